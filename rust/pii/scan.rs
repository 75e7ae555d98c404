//! The engine: interesting parts of a text, candidates in them, recognisers, evidence, overlaps.
//!
//! Promise: total and linear. Every anchor (a digit, an `@`, a colon) is visited once, a visit costs a bounded
//! number of steps, and matches come in order, disjoint, on character boundaries.

use super::allow::AllowList;
use super::candidate::{Candidate, Chain, MAX_LENGTH, before, byte, ends_chain, is_gap};
use super::context::{Context, is_word};
use super::custom::{self, Pattern, Patterns};
use super::normalize::{Hidden, Part, View};
use super::prefilter::{Anchors, Dashes, Ground, LEAST_DIGITS, Room, SURVEYED, Survey, bits, signs};
use super::prose;
use super::recognizers::{
    Find, FindAt, FindDash, FindGroup, FindToken, JudgeFree, JudgeRun, JudgeShape, KindSet, Shape, Strength,
    Verdict,
};
use super::{Checksum, Evidence, Kind, Match, Options, Tier};
use crate::Error;
use crate::nearest::nearest;
use crate::simd::{BLOCK, Set};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

/// The recognisers of candidates of one length.
#[derive(Debug, Clone, Default)]
struct Lane {
    shapes: Vec<Gapped>,
    free: Vec<(Kind, JudgeFree)>,
    hinted: Vec<(Kind, JudgeFree)>,
    hinted_kinds: KindSet,
}

/// The shapes of one length that have the same gaps.
#[derive(Debug, Clone, Default)]
struct Gapped {
    gaps: u64,
    /// Those that say nothing without words around them, and the others.
    weak: Vec<(Kind, Shape, JudgeShape)>,
    telling: Vec<(Kind, Shape, JudgeShape)>,
    weak_kinds: KindSet,
}

/// Which groups of letters may lead a value, with a gap behind them: for each length the lengths of the group that
/// follows, a bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Leads {
    any: [u64; LONGEST_LEAD + 1],
    /// Those that must be hexadecimal.
    hexadecimal: [u64; LONGEST_LEAD + 1],
    /// All of them.
    nexts: u64,
}

impl Leads {
    fn add(&mut self, shape: &Shape) {
        let first = shape.gaps.trailing_zeros();
        let group = 1u64.checked_shl(first).unwrap_or(0).wrapping_sub(1);
        let leads = if shape.letters & group == group { &mut self.any } else { &mut self.hexadecimal };
        if let Some(next) = leads.get_mut(first as usize).filter(|_| shape.digits & group == 0) {
            let rest = shape.gaps & shape.gaps.wrapping_sub(1);
            let bit = 1 << (rest.trailing_zeros().min(shape.length) - first);
            *next |= bit;
            self.nexts |= bit;
        }
    }

    /// Whether any letters lead a group of that length.
    fn lead(&self, next: usize) -> bool {
        next < 64 && self.nexts >> next & 1 == 1
    }

    /// Whether letters may lead a group of that length.
    fn has(&self, letters: &[u8], next: usize) -> bool {
        let of = |leads: &[u64]| leads.get(letters.len()).is_some_and(|lengths| lengths >> next & 1 == 1);
        next < 64 && (of(&self.any) || (of(&self.hexadecimal) && letters.iter().all(u8::is_ascii_hexdigit)))
    }
}

impl Lane {
    fn add(&mut self, kind: Kind, shape: Shape, judge: JudgeShape) {
        let known = self.shapes.iter().position(|gapped| gapped.gaps == shape.gaps);
        let at = known.unwrap_or_else(|| {
            self.shapes.push(Gapped { gaps: shape.gaps, ..Gapped::default() });
            self.shapes.len() - 1
        });
        let Some(gapped) = self.shapes.get_mut(at) else { return };
        if shape.strength > Strength::Weak {
            gapped.telling.push((kind, shape, judge));
        } else {
            gapped.weak.push((kind, shape, judge));
            gapped.weak_kinds |= kind.bit();
        }
    }

    fn is_empty(&self) -> bool {
        self.shapes.is_empty() && self.free.is_empty() && self.hinted.is_empty()
    }
}

/// Whether a candidate of a shape's length and gaps has its digits and letters.
fn fits(candidate: &Candidate, shape: &Shape) -> bool {
    let digits = candidate.digits();
    digits & shape.letters == 0 && !digits & shape.digits == 0
}

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

/// An accepted candidate, before overlaps are resolved.
#[derive(Debug, Clone)]
struct Hit {
    found: Match,
    score: usize,
    /// How far away the nearest word is that speaks for it.
    own: Option<usize>,
    /// Its shape says next to nothing.
    slight: bool,
}

/// The score from which on a value leaves no doubt: a strong shape, and a checksum or near words.
const SURE: usize = 12 * Strength::Strong as usize + 10;

/// Most letters that lead a value.
const LONGEST_LEAD: usize = 4;
/// Shortest token that can be a key or a wallet.
const LEAST_TOKEN: usize = 16;
/// Longest run read as an address: IPv6 with an IPv4 tail has 45 characters.
const LONGEST_ADDRESS: usize = 48;
/// Farthest word that confirms a guess, or a slight shape.
const GUESS_REACH: usize = 2;

/// A text that is being read.
struct Reading<'t> {
    set: Set,
    text: &'t [u8],
    ground: Ground<'t>,
    /// Up to here every group, and every token, has been read.
    groups: usize,
    tokens: usize,
    /// Where a value ends that leaves no doubt: what begins inside of it is none of its own.
    sure: usize,
    context: Context,
    hits: Vec<Hit>,
}

impl<'t> Reading<'t> {
    fn new(set: Set, text: &'t [u8], ground: Ground<'t>) -> Self {
        Self {
            set,
            text,
            ground,
            groups: 0,
            tokens: 0,
            sure: 0,
            context: Context::default(),
            hits: Vec::new(),
        }
    }

    /// The words around a candidate.
    fn around(&mut self, start: usize, end: usize) -> &Context {
        self.context.move_to(self.set, self.text, start, end)
    }
}

/// The kinds named, or an error that tells the nearest known name.
fn kinds(field: &str, names: &[String], patterns: &[Pattern]) -> Result<KindSet, Error> {
    names.iter().try_fold(0, |mask, name| {
        Kind::parse(name).map(|kind| mask | kind.bit()).ok_or_else(|| {
            let near = custom::nearest_name(name, patterns);
            Error::new(
                field,
                name,
                near.map_or_else(|| "the name of a kind".into(), |n| format!("{n} (nearest)")),
            )
        })
    })
}

fn tier(name: &str) -> Result<Tier, Error> {
    match name {
        "" | "default" => Ok(Tier::Default),
        "strict" => Ok(Tier::Strict),
        _ => {
            let near = nearest(name, ["default", "strict"]);
            let expected = near.map_or_else(|| "default or strict".into(), |n| format!("{n} (nearest)"));
            Err(Error::new("pii.tier", name, expected))
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
        let mut hidden = Hidden::new(self.set, text, ground);
        let mut hits = self.read(text.as_bytes(), ground, Some(&mut hidden));
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
        let Some(view) = View::new(self.set, shown) else { return };
        let from = part.whole.start;
        let ground = Ground::of(view.text());
        for mut hit in
            self.read(view.text(), ground, None).into_iter().filter_map(|hit| uncovered(shown, &view, hit))
        {
            let span = hit.found.span.start + from..hit.found.span.end + from;
            let inside = span.start < part.inner.end && part.inner.start < span.end;
            hit.found.span = span;
            if inside {
                hits.push(hit);
            }
        }
        self.patterns.uncover(shown, &view, from, own);
    }

    /// Finds what stands plainly in `text`, and tells `hidden` where more could be.
    fn read(&self, text: &[u8], ground: Ground, mut hidden: Option<&mut Hidden>) -> Vec<Hit> {
        let mut reading: Option<Reading> = None;
        for first in (0..ground.blocks()).step_by(SURVEYED) {
            let survey = Survey::of(self.set, ground, first);
            if survey.plain | survey.dashes != 0 {
                let reading = reading.get_or_insert_with(|| Reading::new(self.set, text, ground));
                for block in bits(survey.plain) {
                    self.read_block(reading, first + block, hidden.as_deref_mut());
                }
                for block in bits(survey.dashes) {
                    self.read_dashes(reading, first + block);
                }
            }
            if let Some(hidden) = hidden.as_deref_mut() {
                hidden.ask(&survey, first);
            }
        }
        reading.map_or_else(Vec::new, |reading| reading.hits)
    }

    fn read_block(&self, reading: &mut Reading, block: usize, mut hidden: Option<&mut Hidden>) {
        let text = reading.text;
        let from = block * BLOCK;
        let mut next = reading.groups;
        for bit in bits(signs::<Anchors>(self.set, reading.ground, block)) {
            let at = from + bit;
            if at < next {
                continue;
            }
            next = match byte(text, at) {
                b'@' => {
                    self.at_sign(reading, at);
                    if let Some(hidden) = hidden.as_deref_mut() {
                        hidden.ask_sign(at);
                    }
                    at + 1
                }
                b':' => self.at_colon(reading, at).max(at + 1),
                _ if let Some(end) = prose::number(text, at) => {
                    if is_gap(byte(text, end)) {
                        self.at_led(reading, &(at..end));
                    }
                    reading.groups = end.max(reading.sure);
                    reading.groups
                }
                _ => {
                    let group = group(text, at, reading.groups);
                    if at >= reading.tokens && !self.tokens.is_empty() {
                        self.at_token(reading, &group);
                    }
                    self.at_group(reading, &group);
                    reading.groups = group.end.max(reading.sure);
                    if let Some(hidden) = hidden.as_deref_mut() {
                        hidden.ask_group(&(group.start..reading.groups));
                    }
                    reading.groups
                }
            };
        }
    }

    fn read_dashes(&self, reading: &mut Reading, block: usize) {
        let dashes = signs::<Dashes>(self.set, reading.ground, block);
        for at in bits(dashes & !(dashes << 1)).map(|bit| block * BLOCK + bit) {
            if before(reading.text, at) != b'-' {
                for &(kind, find) in &self.dashes {
                    if let Some(((start, end), verdict)) = find(reading.text, at) {
                        self.accept(reading, kind, start, end, verdict);
                    }
                }
            }
        }
    }

    fn at_sign(&self, reading: &mut Reading, at: usize) {
        for &(kind, find) in &self.at {
            if let Some((start, end)) = find(reading.text, at) {
                self.accept(reading, kind, start, end, Verdict::shape(Strength::Certain));
            }
        }
    }

    /// Reads the run of hexadecimal digits, colons and dots at its first colon; gives where to go on.
    fn at_colon(&self, reading: &mut Reading, at: usize) -> usize {
        let text = reading.text;
        let Some(start) = address_start(text, at).filter(|_| !self.colons.is_empty()) else {
            return at + 1;
        };
        let is_part = |b: u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        let mut end = start;
        while end - start <= LONGEST_ADDRESS && is_part(byte(text, end)) {
            end += 1;
        }
        while end > start && matches!(before(text, end), b':' | b'.') && !ends_open(text, start, end) {
            end -= 1;
        }
        let free = !byte(text, end).is_ascii_alphanumeric() && byte(text, end) != b':';
        let Some(run) = text.get(start..end).filter(|run| free && run.len() <= LONGEST_ADDRESS) else {
            return at + 1;
        };
        let mut found = false;
        for (kind, judge) in &self.colons {
            if let Some(verdict) = judge(run) {
                found |= self.accept(reading, *kind, start, end, verdict);
            }
        }
        // What is no address may hold a number: a port, a time, a value behind a label.
        if found { end } else { at + 1 }
    }

    /// Reads the token around a group.
    fn at_token(&self, reading: &mut Reading, group: &Range<usize>) {
        let text = reading.text;
        let is_part = |b: u8| is_name(b) || b == b'-';
        let Range { mut start, mut end } = *group;
        if end - start < LEAST_TOKEN && !is_part(before(text, start)) && !is_part(byte(text, end)) {
            reading.tokens = end;
            return;
        }
        while start > reading.tokens && is_part(before(text, start)) {
            start -= 1;
        }
        while is_part(byte(text, end)) {
            end += 1;
        }
        reading.tokens = end;
        if end - start >= LEAST_TOKEN {
            for (kind, find) in &self.tokens {
                if let Some(((from, to), verdict)) = find(text, start, end) {
                    self.accept(reading, *kind, from, to, verdict);
                }
            }
        }
    }

    /// Reads the chains that begin at a group, or at letters before it.
    fn at_group(&self, reading: &mut Reading, group: &Range<usize>) {
        let (text, length) = (reading.text, group.len());
        if length == 1 && opens_row(text, group.start) {
            return;
        }
        let free = starts_free(text, group.start);
        if free {
            let number = byte(text, group.start).is_ascii_digit();
            for &(kind, find) in if number { &self.numbers } else { &self.codes } {
                if let Some(((start, end), verdict)) = find(text, group.start, group.end) {
                    self.accept(reading, kind, start, end, verdict);
                }
            }
        }
        // No kind is written in so few characters, or digits, without a gap between them.
        let short = length <= LEAST_DIGITS as usize;
        if length > MAX_LENGTH || (!is_gap(byte(text, group.end)) && (short || is_poor(text, group))) {
            return;
        }
        if free && !(short && ends_chain(text, group)) {
            self.read_chain(reading, group.start);
        }
        self.at_led(reading, group);
    }

    /// Reads the chain that begins at letters before a group.
    fn at_led(&self, reading: &mut Reading, group: &Range<usize>) {
        let (text, length) = (reading.text, group.len());
        let led = |from: &usize| {
            text.get(*from..group.start - 1).is_some_and(|letters| self.leads.has(letters, length))
        };
        if reading.sure <= group.start
            && self.leads.lead(length)
            && let Some(prefix) = letters_before(text, group.start).filter(led)
            && starts_free(text, prefix)
        {
            self.read_chain(reading, prefix);
        }
    }

    fn read_chain(&self, reading: &mut Reading, start: usize) {
        let chain = Chain::read(self.set, reading.text, start);
        if chain.is_poor() {
            return;
        }
        for candidate in chain.candidates() {
            let lane = self.lanes.get(candidate.length()).filter(|lane| !lane.is_empty());
            if let Some(lane) = lane.filter(|_| ends_free(reading.text, &candidate)) {
                self.judge(reading, start, lane, &candidate);
            }
        }
    }

    fn judge(&self, reading: &mut Reading, start: usize, lane: &Lane, candidate: &Candidate) {
        let end = candidate.end();
        // Else nothing weak is accepted without words that speak for it.
        let lenient = self.strict || self.require;
        let gaps = candidate.gap_bits();
        let gapped = lane.shapes.iter().find(|gapped| gapped.gaps == gaps).filter(|_| candidate.is_uniform());
        if let Some(gapped) = gapped {
            let hinted = !gapped.weak.is_empty()
                && (lenient || reading.around(start, end).mentions(gapped.weak_kinds));
            for (kind, shape, judge) in
                gapped.telling.iter().chain(hinted.then_some(&gapped.weak).into_iter().flatten())
            {
                if fits(candidate, shape)
                    && (lenient
                        || shape.strength > Strength::Weak
                        || reading.around(start, end).mentions(kind.bit()))
                    && let Some(verdict) = judge(candidate, shape.strength)
                {
                    debug_assert!(verdict.strength <= shape.strength, "{kind:?} is stronger than its shape");
                    self.accept(reading, *kind, start, end, verdict);
                }
            }
        }
        for (kind, judge) in &lane.free {
            if let Some(verdict) = judge(candidate) {
                self.accept(reading, *kind, start, end, verdict);
            }
        }
        let plain = lane.hinted_kinds != 0 && candidate.is_led_number();
        if plain && (lenient || reading.around(start, end).mentions(lane.hinted_kinds)) {
            for (kind, judge) in &lane.hinted {
                if (lenient || reading.around(start, end).mentions(kind.bit()))
                    && let Some(verdict) = judge(candidate)
                {
                    self.accept(reading, *kind, start, end, verdict);
                }
            }
        }
    }

    /// Weighs the evidence; says whether the match was accepted.
    fn accept(&self, reading: &mut Reading, kind: Kind, start: usize, end: usize, verdict: Verdict) -> bool {
        let text = reading.text;
        let recognizer = kind.recognizer();
        let mut own = None;
        if verdict.strength < Strength::Certain {
            if is_money(text, start) {
                return false;
            }
            let context = reading.around(start, end);
            own = context.speaks_for(kind.bit());
            let reach = if verdict.strength == Strength::Strong { 1 } else { 2 };
            let other = context.speaks_against(recognizer.against).filter(|&distance| distance <= reach);
            let close = match verdict.strength {
                Strength::Faint => own == Some(0) && is_labelled(text, start),
                Strength::Slight => context
                    .spoke_for(kind.bit())
                    .is_some_and(|n| n <= GUESS_REACH && n < announced(text, start)),
                _ => true,
            };
            if !close || !self.is_enough(verdict, own, other) {
                return false;
            }
        }
        let passes = verdict.checksum == Some(true);
        let shape = verdict.strength >= Strength::Strong || (own.is_none() && !passes);
        let mut evidence = Evidence(0);
        evidence.set(Evidence::SHAPE, shape);
        evidence.set(Evidence::CHECKSUM, passes);
        evidence.set(Evidence::CONTEXT, own.is_some());
        let score = 12 * verdict.strength as usize + 10 * usize::from(passes) + own.map_or(0, |d| 16 - d);
        if score >= SURE {
            reading.sure = reading.sure.max(end);
        }
        let (from, to) = recognizer.widen.map_or((start, end), |widen| widen(text, start, end));
        let slight = verdict.strength == Strength::Slight;
        reading.hits.push(Hit {
            found: Match { kind, span: from..to, evidence, obfuscated: false },
            score,
            own,
            slight,
        });
        true
    }

    /// Whether shape, checksum and the words for (`own`) and against it are enough.
    fn is_enough(&self, verdict: Verdict, own: Option<usize>, other: Option<usize>) -> bool {
        if self.require {
            return verdict.checksum != Some(false);
        }
        let vetoed = other.is_some_and(|other| own.is_none_or(|own| other < own));
        let evident = match verdict.strength {
            Strength::Faint | Strength::Slight => false,
            Strength::Weak => self.strict && verdict.checksum == Some(true),
            Strength::Fair => self.strict || verdict.checksum == Some(true),
            Strength::Strong | Strength::Certain => true,
        };
        !vetoed && (evident || own.is_some())
    }
}

/// The group of digits and letters around the digit at `at`, which does not begin before `floor`.
fn group(text: &[u8], at: usize, floor: usize) -> Range<usize> {
    let (mut start, mut end) = (at, at + 1);
    while start > floor && before(text, start).is_ascii_alphanumeric() {
        start -= 1;
    }
    while byte(text, end).is_ascii_alphanumeric() {
        end += 1;
    }
    start..end
}

/// Whether a group has fewer than four digits.
fn is_poor(text: &[u8], group: &Range<usize>) -> bool {
    let group = text.get(group.clone()).unwrap_or_default();
    group.iter().filter(|b| b.is_ascii_digit()).count() < LEAST_DIGITS as usize
}

/// Whether the digit at `at` and the next two stand alone, with one byte between: no kind is written so, but an address of
/// the internet with dots.
fn opens_row(text: &[u8], at: usize) -> bool {
    let mark = |b: u8| !b.is_ascii_alphanumeric() && b != b'.';
    matches!(text.get(at..at + 6), Some([_, a, b'0'..=b'9', b, b'0'..=b'9', c]) if mark(*a) && mark(*b) && mark(*c))
}

/// Where an address starts whose first colon is at `at`: at the hexadecimal digits before it, or after it if
/// what stands before is a label.
fn address_start(text: &[u8], at: usize) -> Option<usize> {
    let next = byte(text, at + 1);
    let mut start = at;
    while at - start < 5 && before(text, start).is_ascii_hexdigit() {
        start -= 1;
    }
    match before(text, start) {
        b':' => None,
        last if start < at && !is_name(last) => Some(start),
        last if start == at && next == b':' => (!is_name(last)).then_some(at),
        _ if before(text, at).is_ascii_digit() => None,
        _ => next.is_ascii_hexdigit().then_some(at + 1),
    }
}

/// Whether a run that ends in a colon ends in `::`, which is part of an address, with nothing after it.
fn ends_open(text: &[u8], start: usize, end: usize) -> bool {
    end >= start + 2
        && before(text, end) == b':'
        && before(text, end - 1) == b':'
        && (end < start + 3 || before(text, end - 2) != b':')
}

/// Whether a colon stands before `start`, spaces between them or not.
fn is_labelled(text: &[u8], start: usize) -> bool {
    let mut at = start;
    while start - at < 3 && matches!(before(text, at), b' ' | b'\n' | b'(' | b'+') {
        at -= 1;
    }
    before(text, at) == b':'
}

/// How many words lead up to `start` without anything between them but spaces and a colon; an abbreviation's
/// full stop may stand right before it.
fn announced(text: &[u8], start: usize) -> usize {
    const FAR: usize = 32;
    let mut at = start;
    while start - at < 3 && matches!(before(text, at), b' ' | b':' | b'.' | b'(' | b'-') {
        at -= 1;
    }
    let (mut words, mut inside) = (0, false);
    while start - at < FAR {
        let b = before(text, at);
        let letter = is_word(b);
        if !letter && !matches!(b, b' ' | b':' | b'\'') {
            break;
        }
        words += usize::from(letter && !inside);
        inside = letter;
        at -= 1;
    }
    words
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Where the one to four letters start that stand one separator before `start`.
fn letters_before(text: &[u8], start: usize) -> Option<usize> {
    let end = start.checked_sub(1).filter(|&end| matches!(byte(text, end), b' ' | b'-'))?;
    let mut from = end;
    while end - from <= LONGEST_LEAD && before(text, from).is_ascii_alphabetic() {
        from -= 1;
    }
    ((1..=LONGEST_LEAD).contains(&(end - from)) && !is_name(before(text, from))).then_some(from)
}

/// Whether what starts at `start` is no part of a longer word or number.
fn starts_free(text: &[u8], start: usize) -> bool {
    let last = before(text, start);
    match last {
        b' ' => true,
        b'(' | b'.' | b'-' | b'/' => start < 2 || !byte(text, start - 2).is_ascii_digit(),
        b',' => !is_thousands(text, start - 1),
        _ => !is_name(last),
    }
}

/// Whether the candidate ends where its word or number ends.
fn ends_free(text: &[u8], candidate: &Candidate) -> bool {
    let end = candidate.end();
    let digit_after = byte(text, end + 1).is_ascii_digit();
    match byte(text, end) {
        b'.' | b'-' => !digit_after,
        b'/' => !(digit_after && candidate.group_count() == 1),
        b',' => !is_thousands(text, end),
        b'_' | b'%' => false,
        b'x' | b'X' => digit_after && candidate.is_number() && candidate.length() >= 7,
        next => !next.is_ascii_alphanumeric(),
    }
}

/// Whether the comma at `at` groups thousands: up to three digits before it, exactly three after.
fn is_thousands(text: &[u8], at: usize) -> bool {
    let digit = |i: usize| byte(text, i).is_ascii_digit();
    let leading = (1..=4).take_while(|&i| at >= i && digit(at - i)).count();
    (1..=3).contains(&leading) && (at + 1..at + 4).all(digit) && !digit(at + 4) && byte(text, at + 4) != b'-'
}

/// Whether a currency sign stands before `start`, a space between them or not.
fn is_money(text: &[u8], start: usize) -> bool {
    let at = start - usize::from(before(text, start) == b' ');
    let head = text.get(..at).unwrap_or_default();
    ["$", "€", "£", "¥", "₹"].iter().any(|sign| head.ends_with(sign.as_bytes()))
}

/// A hit of the view as one of the text; `None` where it rests on a guess alone.
fn uncovered(text: &str, view: &View, mut hit: Hit) -> Option<Hit> {
    let shown = hit.found.span.clone();
    let checked = hit.found.evidence.0 & Evidence::CHECKSUM != 0;
    if view.is_guess(&shown) && !checked && hit.own.is_none_or(|distance| distance > GUESS_REACH) {
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

/// The best of hits that overlap: by score, then by length, then by kind.
fn resolve(mut hits: Vec<Hit>) -> Vec<Match> {
    hits.sort_by_key(|hit| (hit.found.span.start, hit.found.span.end));
    let mut matches = Vec::with_capacity(hits.len());
    let mut cluster: Vec<Hit> = Vec::new();
    let mut reach = 0;
    for hit in hits {
        if hit.found.span.start >= reach {
            settle(&mut cluster, &mut matches);
        }
        reach = reach.max(hit.found.span.end);
        cluster.push(hit);
    }
    settle(&mut cluster, &mut matches);
    matches
}

/// Moves the best hits of a cluster, in order, to `matches`.
fn settle(cluster: &mut Vec<Hit>, matches: &mut Vec<Match>) {
    if cluster.len() <= 1 {
        matches.extend(cluster.drain(..).map(|hit| hit.found));
        return;
    }
    cluster.sort_by_key(|hit| (Reverse(hit.score), Reverse(hit.found.span.len()), hit.found.kind));
    let best = cluster.first().map(|hit| hit.found.span.clone()).unwrap_or_default();
    if cluster.iter().all(|Hit { found, .. }| found.span.start < best.end && best.start < found.span.end) {
        matches.extend(cluster.drain(..).next().map(|hit| hit.found));
        return;
    }
    let mut chosen: BTreeMap<usize, Match> = BTreeMap::new();
    for Hit { found, .. } in cluster.drain(..) {
        let earlier = chosen.range(..found.span.end).next_back();
        if earlier.is_none_or(|(_, other)| other.span.end <= found.span.start) {
            chosen.insert(found.span.start, found);
        }
    }
    matches.extend(chosen.into_values());
}
