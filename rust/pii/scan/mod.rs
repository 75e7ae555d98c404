//! The engine: interesting parts of a text, candidates in them, recognisers, evidence, overlaps.
//!
//! Promise: total and linear. Every anchor (a digit, an `@`, a colon) is visited once, a visit costs a bounded
//! number of steps, and matches come in order, disjoint, on character boundaries.

mod edges;
mod lanes;
mod overlaps;
mod reading;

use super::allow::AllowList;
use super::candidate::MAX_LENGTH;
use super::custom::{self, Pattern, Patterns};
use super::normalize::{Guess, Hidden, Part, View, has_lists, with_plain_signs};
use super::prefilter::{Ground, Room, SURVEYED, Survey, Surveys, surveys};
use super::recognizers::{Find, FindAt, FindDash, FindGroup, FindToken, JudgeRun, KindSet};
use super::run::Run;
use super::{Checksum, Evidence, Kind, Match, Options, Tier};
use crate::Error;
use crate::nearest::nearest;
use crate::simd::{BLOCK, Set};
use lanes::{Lane, Leads};
use overlaps::{Hit, resolve};

/// A checked set of options, ready to scan. Immutable: threads may share it.
#[derive(Debug, Clone)]
pub struct Scanner {
    kinds: Vec<Kind>,
    at: Vec<(Kind, FindAt)>,
    colons: Vec<(Kind, JudgeRun)>,
    tokens: Vec<(Kind, FindToken)>,
    numbers: Vec<(Kind, FindGroup)>,
    codes: Vec<(Kind, FindGroup)>,
    dashes: Vec<(Kind, FindDash)>,
    lanes: Vec<Lane>,
    leads: Leads,
    allow: AllowList,
    patterns: Patterns,
    strict: bool,
    require: bool,
    set: Set,
}

/// Farthest word that confirms a guess, or a slight shape.
const GUESS_REACH: usize = 2;
/// The same of groups of digits that may be a list.
const LOOSE_REACH: usize = 3;

/// How far before a sign a value begins that it is part of, or whose words it is among, and how far behind it.
const BEFORE: usize = 96;
const BEHIND: usize = BLOCK;

/// The kinds named, or an error that tells the nearest known name.
fn kinds(field: &str, names: &[String], patterns: &[Pattern]) -> Result<KindSet, Error> {
    names.iter().try_fold(0, |mask, name| {
        Kind::parse(name).map(|kind| mask | kind.bit()).ok_or_else(|| {
            let near = custom::nearest_name(name, patterns);
            Error::new(field, name, format!("the name of a kind{}", did_you_mean(near)))
        })
    })
}

/// The nearest name, to end an error with.
fn did_you_mean(near: Option<impl std::fmt::Display>) -> String {
    near.map(|name| format!(" (did you mean \"{name}\"?)")).unwrap_or_default()
}

fn tier(name: &str) -> Result<Tier, Error> {
    match name {
        "" | "default" => Ok(Tier::Default),
        "strict" => Ok(Tier::Strict),
        _ => {
            let near = did_you_mean(nearest(name, ["default", "strict"]));
            Err(Error::new("pii.tier", name, format!("default or strict{near}")))
        }
    }
}

impl Scanner {
    /// Checks the options; an unknown kind or tier is an error that names the nearest known one.
    ///
    /// Kinds that are named are looked for whatever their tier.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let tier = tier(&options.tier)?;
        let (own, named) = custom::split_names(&options.kinds, &options.patterns);
        let (not_own, not_named) = custom::split_names(&options.exclude, &options.patterns);
        let chosen = kinds("pii.kinds", &named, &options.patterns)?;
        let excluded = kinds("pii.exclude", &not_named, &options.patterns)?;
        let has = |list: &[String], name: &str| list.iter().any(|other| other.eq_ignore_ascii_case(name));
        let every = options.kinds.is_empty();
        let patterns =
            Patterns::new(&options.patterns, |name| (every || has(&own, name)) && !has(&not_own, name))?;
        let mut scanner = Self {
            kinds: Vec::new(),
            at: Vec::new(),
            colons: Vec::new(),
            tokens: Vec::new(),
            numbers: Vec::new(),
            codes: Vec::new(),
            dashes: Vec::new(),
            lanes: vec![Lane::default(); MAX_LENGTH + 1],
            leads: Leads::default(),
            allow: AllowList::new(&options.allow),
            patterns,
            strict: tier == Tier::Strict,
            require: options.checksum == Checksum::Require,
            set: Set::default(),
        };
        for &kind in Kind::ALL {
            let wanted = if every { kind.tier() <= tier } else { chosen & kind.bit() != 0 };
            if wanted && excluded & kind.bit() == 0 {
                scanner.add(kind);
            }
        }
        Ok(scanner)
    }

    /// The same scanner on another instruction set.
    #[cfg(test)]
    pub(super) fn on(self, set: Set) -> Self {
        Self { set, ..self }
    }

    fn add(&mut self, kind: Kind) {
        self.kinds.push(kind);
        for find in kind.recognizer().find {
            match *find {
                Find::At(find) => self.at.push((kind, find)),
                Find::Colons(judge) => self.colons.push((kind, judge)),
                Find::Tokens(find) => self.tokens.push((kind, find)),
                Find::Numbers(find) => self.numbers.push((kind, find)),
                Find::Codes(find) => self.codes.push((kind, find)),
                Find::Dashes(find) => self.dashes.push((kind, find)),
                Find::Shapes(shapes, judge) => {
                    for shape in shapes {
                        if let Some(lane) = self.lanes.get_mut(shape.length as usize) {
                            lane.add(kind, *shape, judge);
                        }
                        self.leads.add(shape);
                    }
                }
                Find::Lengths(lengths, judge) => {
                    self.of_lengths(lengths, |lane| lane.free.push((kind, judge)))
                }
                Find::Hinted(lengths, judge) => {
                    self.of_lengths(lengths, |lane| {
                        lane.hinted.push((kind, judge));
                        lane.hinted_kinds |= kind.bit();
                    });
                }
            }
        }
    }

    fn of_lengths(&mut self, lengths: u64, add: impl Fn(&mut Lane)) {
        let wanted = self.lanes.iter_mut().enumerate().filter(|(length, _)| lengths >> length & 1 == 1);
        wanted.for_each(|(_, lane)| add(lane));
    }

    /// The name of a kind that this scanner found: a built-in one's, or a pattern's.
    pub fn name(&self, kind: Kind) -> &str {
        match kind {
            Kind::Custom(number) => self.patterns.get(number).map_or(kind.name(), |(name, _)| name),
            _ => kind.name(),
        }
    }

    /// The kinds that this scanner looks for, the user's own patterns last.
    pub fn kinds(&self) -> Vec<Kind> {
        self.kinds.iter().copied().chain(self.patterns.kinds()).collect()
    }

    /// How bad a leak of a kind is that this scanner found, in (0, 1].
    pub fn severity(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Custom(number) => {
                self.patterns.get(number).map_or(kind.severity(), |(_, severity)| severity)
            }
            _ => kind.severity(),
        }
    }

    /// Finds PII in `text`, in order, without overlaps.
    pub fn scan(&self, text: &str) -> Vec<Match> {
        let mut room = [0; size_of::<Room>()];
        let ground = Ground::in_room(text.as_bytes(), &mut room);
        self.scan_blocks(text, ground, surveys(self.set, ground))
    }

    /// The same of many texts: `found` is called for each, in order. Quicker for short ones.
    pub fn scan_each<'t>(&self, texts: impl IntoIterator<Item = &'t str>, mut found: impl FnMut(Vec<Match>)) {
        let (mut run, mut waiting) = (Run::new(), Vec::with_capacity(SURVEYED));
        for text in texts {
            let mut first = run.push(text.as_bytes());
            if first.is_none() {
                self.scan_run(&mut run, &mut waiting, &mut found);
                first = run.push(text.as_bytes());
            }
            match first {
                Some(first) => waiting.push((text, first)),
                None => found(self.scan(text)),
            }
        }
        self.scan_run(&mut run, &mut waiting, &mut found);
    }

    /// Scans the texts of a run, and makes room for others.
    fn scan_run(&self, run: &mut Run, waiting: &mut Vec<(&str, usize)>, found: &mut impl FnMut(Vec<Match>)) {
        let all = run.survey(self.set);
        for (text, first) in waiting.drain(..) {
            let ground = run.ground(first, text.len());
            let survey = all.part(first, ground.blocks());
            if survey.is_clean() && self.patterns.is_empty() {
                found(Vec::new());
            } else {
                found(self.scan_blocks(text, ground, [(0, survey)]));
            }
        }
        run.clear();
    }

    /// Finds PII in `text` by the surveys of its blocks, each with the number of its first one.
    fn scan_blocks(
        &self,
        text: &str,
        ground: Ground,
        surveys: impl IntoIterator<Item = (usize, Survey)>,
    ) -> Vec<Match> {
        let mut hidden = Hidden::new(self.set, text, ground);
        let mut hits = self.read(text.as_bytes(), ground, surveys, Some(&mut hidden));
        let mut own = self.patterns.find(text);
        for part in hidden.parts() {
            self.uncover(text, part, &mut hits, &mut own);
        }
        if hits.is_empty() && own.is_empty() {
            return Vec::new();
        }
        let mut matches = resolve(hits);
        // Behind the overlaps: where a value is allowed, so is every part of it.
        if !self.allow.is_empty() {
            matches.retain(|m| !self.allow.allows(text.get(m.span.clone()).unwrap_or_default()));
        }
        if own.is_empty() { matches } else { self.patterns.join(text, &self.allow, matches, own) }
    }

    /// Finds what is hidden in a part of the text, and of the patterns their `own`. What it holds beside that was found
    /// already.
    fn uncover(&self, text: &str, part: Part, hits: &mut Vec<Hit>, own: &mut Vec<Match>) {
        let Some(shown) = text.get(part.whole.clone()) else { return };
        if part.foreign && self.patterns.is_empty() && self.shows_nothing(text, &part) {
            return;
        }
        self.undo(shown, &part, hits, own);
    }

    /// The same by views of all that is `shown` in the part.
    fn undo(&self, shown: &str, part: &Part, hits: &mut Vec<Hit>, own: &mut Vec<Match>) {
        let mut view = View::new(self.set, shown);
        if let Some(sober) = view.sober(self.set) {
            self.uncover_in(part, &sober, hits, |hit| uncovered(shown, &sober, hit));
        }
        if view.is_changed() {
            self.uncover_in(part, &view, hits, |hit| uncovered(shown, &view, hit));
            self.patterns.uncover(shown, &view, part.whole.start, own);
        }
        if let Some(view) = view.loosened(self.set) {
            self.uncover_in(part, &view, hits, |hit| {
                let is_told = hit.own.is_some_and(|distance| distance <= LOOSE_REACH);
                if is_told && view.is_edited(&hit.found.span) { uncovered(shown, &view, hit) } else { None }
            });
        }
    }

    /// Whether a part holds nothing when its dashes, spaces and the like are in ASCII, and hides nothing more: most are
    /// dashes between years or words, and this is quicker than a view. What is farther from them than a value reaches is
    /// what it was.
    fn shows_nothing(&self, text: &str, part: &Part) -> bool {
        let Some(shown) = text.get(part.close.clone()) else { return false };
        with_plain_signs(self.set, shown).is_some_and(|plain| {
            let bytes = plain.as_bytes();
            let (ground, surveys) = (Ground::of(bytes), Surveys::of(self.set, bytes));
            // They stand no farther on than in the text, and as much before as was taken out.
            let first = (part.seen.start - part.close.start).saturating_sub(shown.len() - bytes.len());
            let last = part.seen.end - part.close.start;
            let near = first.saturating_sub(BEFORE) / BLOCK..(last + BEHIND) / BLOCK + 1;
            let mut hidden = Hidden::new(self.set, &plain, ground);
            let close = surveys.iter().map(|(first, survey)| (first, survey.with_values_in(first, &near)));
            let hits = self.read(bytes, ground, close, Some(&mut hidden));
            // Of a list that a word leads to no group asks.
            hits.is_empty() && hidden.is_empty() && !has_lists(self.set, bytes, &surveys)
        })
    }

    /// Adds what a view of a part shows, as far as `uncovered` makes a hit of the text of it.
    fn uncover_in(
        &self,
        part: &Part,
        view: &View,
        hits: &mut Vec<Hit>,
        uncovered: impl Fn(Hit) -> Option<Hit>,
    ) {
        let from = part.whole.start;
        let ground = Ground::of(view.text());
        for mut hit in self.read(view.text(), ground, view.surveys(), None).into_iter().filter_map(uncovered)
        {
            let span = hit.found.span.start + from..hit.found.span.end + from;
            let inside = span.start < part.inner.end && part.inner.start < span.end;
            hit.found.span = span;
            if inside {
                hits.push(hit);
            }
        }
    }
}

/// A hit of the view as one of the text; `None` where it rests on a guess alone.
fn uncovered(text: &str, view: &View, mut hit: Hit) -> Option<Hit> {
    let shown = hit.found.span.clone();
    let checked = hit.found.evidence.0 & Evidence::CHECKSUM != 0;
    let told = checked || hit.own.is_some_and(|distance| distance <= GUESS_REACH);
    let believed = match view.guess(&shown) {
        Guess::None => true,
        Guess::Likely => told || hit.strong,
        Guess::Wild => told,
    };
    if !believed {
        return None;
    }
    let span = view.original(&shown);
    hit.found.obfuscated = text.as_bytes().get(span.clone()) != view.text().get(shown);
    if hit.slight && hit.found.obfuscated {
        return None;
    }
    hit.found.evidence.set(Evidence::OBFUSCATED, hit.found.obfuscated);
    hit.found.span = span;
    Some(hit)
}

#[cfg(test)]
mod tests;
