//! The engine: interesting parts of a text, candidates in them, recognisers, evidence, overlaps.
//!
//! Promise: total and linear. Every anchor (a digit, an `@`, a colon) is visited once, a visit costs a bounded
//! number of steps, and matches come in order, disjoint, on character boundaries.

use super::allow::AllowList;
use super::candidate::{Candidate, Chain, MAX_LENGTH, before, byte};
use super::context::{Before, Context};
use super::custom::{self, Pattern, Patterns};
use super::normalize::View;
use super::prefilter::{LEAST_DIGITS, regions};
use super::recognizers::{Find, FindAt, JudgeFree, JudgeRun, JudgeShape, Shape, Strength, Verdict};
use super::{Checksum, Evidence, Kind, Match, Options, Tier};
use crate::Error;
use crate::nearest::nearest;
use std::collections::BTreeMap;

/// A recogniser of candidates of one length.
#[derive(Debug, Clone, Copy)]
enum Judge {
    Shape(Shape, JudgeShape),
    Free(JudgeFree),
}

impl Judge {
    fn judge(&self, candidate: &Candidate) -> Option<Verdict> {
        match self {
            Self::Free(judge) => judge(candidate),
            Self::Shape(shape, judge) => {
                let (digits, gaps) = (candidate.digits(), candidate.gap_bits());
                let fits = gaps == shape.gaps && digits & shape.letters == 0 && !digits & shape.digits == 0;
                if fits && candidate.is_uniform() { judge(candidate, shape.strength) } else { None }
            }
        }
    }
}

/// A checked set of options, ready to scan. Immutable: threads may share it.
#[derive(Debug, Clone)]
pub struct Scanner {
    kinds: Vec<Kind>,
    at: Vec<(Kind, FindAt)>,
    colons: Vec<(Kind, JudgeRun)>,
    tokens: Vec<(Kind, JudgeRun)>,
    by_length: Vec<Vec<(Kind, Judge)>>,
    allow: AllowList,
    patterns: Patterns,
    strict: bool,
    require: bool,
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

/// Shortest token that can be a key or a wallet.
const LEAST_TOKEN: usize = 16;
/// Longest run read as an address: IPv6 with an IPv4 tail has 45 characters.
const LONGEST_ADDRESS: usize = 48;
/// Farthest word that confirms a guess, or a slight shape.
const GUESS_REACH: usize = 2;

/// Where a candidate stands; what was said before it is looked up at most once.
struct Site<'t> {
    text: &'t [u8],
    start: usize,
    said: Option<Before>,
    /// The words around the candidate that ends there.
    context: Option<(usize, Context)>,
}

impl<'t> Site<'t> {
    fn new(text: &'t [u8], start: usize) -> Self {
        Self { text, start, said: None, context: None }
    }

    fn around(&mut self, end: usize) -> Context {
        if let Some((_, context)) = self.context.filter(|(at, _)| *at == end) {
            return context;
        }
        let said = *self.said.get_or_insert_with(|| Before::new(self.text, self.start));
        let context = Context::new(said, self.text, end);
        self.context = Some((end, context));
        context
    }
}

/// The kinds named, or an error that tells the nearest known name.
fn kinds(field: &str, names: &[String], patterns: &[Pattern]) -> Result<u64, Error> {
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
            by_length: vec![Vec::new(); MAX_LENGTH + 1],
            allow: AllowList::new(&options.allow),
            patterns,
            strict: tier == Tier::Strict,
            require: options.checksum == Checksum::Require,
        };
        for &kind in Kind::ALL {
            let wanted = if every { kind.tier() <= tier } else { chosen & kind.bit() != 0 };
            if wanted && excluded & kind.bit() == 0 {
                scanner.add(kind);
            }
        }
        Ok(scanner)
    }

    fn add(&mut self, kind: Kind) {
        self.kinds.push(kind);
        for find in kind.recognizer().find {
            match *find {
                Find::At(find) => self.at.push((kind, find)),
                Find::Colons(judge) => self.colons.push((kind, judge)),
                Find::Tokens(judge) => self.tokens.push((kind, judge)),
                Find::Shapes(shapes, judge) => {
                    for shape in shapes {
                        if let Some(list) = self.by_length.get_mut(shape.length as usize) {
                            list.push((kind, Judge::Shape(*shape, judge)));
                        }
                    }
                }
                Find::Lengths(lengths, judge) => {
                    for (length, list) in self.by_length.iter_mut().enumerate() {
                        if lengths >> length & 1 == 1 {
                            list.push((kind, Judge::Free(judge)));
                        }
                    }
                }
            }
        }
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
        let mut hits = Vec::new();
        self.scan_bytes(text.as_bytes(), &mut hits);
        let view = View::new(text);
        if let Some(view) = &view {
            let mut hidden = Vec::new();
            self.scan_bytes(view.text(), &mut hidden);
            hits.extend(hidden.into_iter().filter_map(|hit| uncover(text, view, hit)));
        }
        let mut matches = resolve(hits);
        // Behind the overlaps: where a value is allowed, so is every part of it.
        if !self.allow.is_empty() {
            matches.retain(|m| !self.allow.allows(text.get(m.span.clone()).unwrap_or_default()));
        }
        if self.patterns.is_empty() {
            return matches;
        }
        let mut own = self.patterns.find(text);
        if let Some(view) = &view {
            self.patterns.uncover(text, view, 0, &mut own);
        }
        self.patterns.join(text, &self.allow, matches, own)
    }

    fn scan_bytes(&self, text: &[u8], hits: &mut Vec<Hit>) {
        // Up to here everything has been read: no group and no token is read twice.
        let (mut floor, mut token) = (0, 0);
        for region in regions(text) {
            let mut at = region.start.max(floor);
            while at < region.end {
                at = match byte(text, at) {
                    b'0'..=b'9' => {
                        if at >= token && !self.tokens.is_empty() {
                            token = self.at_token(text, at, token, hits);
                        }
                        floor = self.at_digit(text, at, floor, hits);
                        floor
                    }
                    b'@' => {
                        self.at_sign(text, at, hits);
                        at + 1
                    }
                    b':' => {
                        let end = self.at_colon(text, at, hits);
                        end.max(at + 1)
                    }
                    _ => at + 1,
                };
            }
        }
    }

    fn at_sign(&self, text: &[u8], at: usize, hits: &mut Vec<Hit>) {
        for &(kind, find) in &self.at {
            if let Some((start, end)) = find(text, at) {
                self.accept(&mut Site::new(text, start), kind, end, Verdict::shape(Strength::Certain), hits);
            }
        }
    }

    /// Reads the run of hexadecimal digits, colons and dots at its first colon; gives where to go on.
    fn at_colon(&self, text: &[u8], at: usize, hits: &mut Vec<Hit>) -> usize {
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
        let (mut found, mut site) = (false, Site::new(text, start));
        for (kind, judge) in &self.colons {
            if let Some(verdict) = judge(run) {
                found |= self.accept(&mut site, *kind, end, verdict, hits);
            }
        }
        // What is no address may hold a number: a port, a time, a value behind a label.
        if found { end } else { at + 1 }
    }

    /// Reads the token around the digit at `at`; gives where it ends.
    fn at_token(&self, text: &[u8], at: usize, floor: usize, hits: &mut Vec<Hit>) -> usize {
        let is_part = |b: u8| is_name(b) || b == b'-';
        let mut start = at;
        while start > floor && is_part(before(text, start)) {
            start -= 1;
        }
        let length = text.get(at..).unwrap_or_default().iter().take_while(|&&b| is_part(b)).count();
        let end = at + length;
        let token = text.get(start..end).unwrap_or_default();
        if token.len() >= LEAST_TOKEN {
            for (kind, judge) in &self.tokens {
                if let Some(verdict) = judge(token) {
                    self.accept(&mut Site::new(text, start), *kind, end, verdict, hits);
                }
            }
        }
        end
    }

    /// Reads the chains at the group around the digit at `at`; gives where the group ends.
    fn at_digit(&self, text: &[u8], at: usize, floor: usize, hits: &mut Vec<Hit>) -> usize {
        let mut start = at;
        while start > floor && before(text, start).is_ascii_alphanumeric() {
            start -= 1;
        }
        let mut end = at;
        while byte(text, end).is_ascii_alphanumeric() {
            end += 1;
        }
        if start + MAX_LENGTH >= end {
            self.read_chain(text, start, hits);
            if let Some(prefix) = letters_before(text, start) {
                self.read_chain(text, prefix, hits);
            }
        }
        end
    }

    fn read_chain(&self, text: &[u8], start: usize, hits: &mut Vec<Hit>) {
        if !starts_free(text, start) {
            return;
        }
        let chain = Chain::read(text, start);
        if chain.is_poor(LEAST_DIGITS) {
            return;
        }
        let mut site = Site::new(text, start);
        for candidate in chain.candidates() {
            let Some(judges) = self.by_length.get(candidate.length()).filter(|list| !list.is_empty()) else {
                continue;
            };
            if !ends_free(text, &candidate) {
                continue;
            }
            for (kind, judge) in judges {
                if let Some(verdict) = judge.judge(&candidate) {
                    self.accept(&mut site, *kind, candidate.end(), verdict, hits);
                }
            }
        }
    }

    /// Weighs the evidence; says whether the match was accepted.
    fn accept(&self, site: &mut Site, kind: Kind, end: usize, verdict: Verdict, hits: &mut Vec<Hit>) -> bool {
        let Site { text, start, .. } = *site;
        let recognizer = kind.recognizer();
        let mut own = None;
        if verdict.strength < Strength::Certain {
            if is_money(text, start) {
                return false;
            }
            let context = site.around(end);
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
        let (from, to) = recognizer.widen.map_or((start, end), |widen| widen(text, start, end));
        let slight = verdict.strength == Strength::Slight;
        hits.push(Hit {
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
        let letter = b.is_ascii_alphabetic() || b >= 0x80;
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
    while end - from <= 4 && before(text, from).is_ascii_alphabetic() {
        from -= 1;
    }
    ((1..=4).contains(&(end - from)) && !is_name(before(text, from))).then_some(from)
}

/// Whether what starts at `start` is no part of a longer word or number.
fn starts_free(text: &[u8], start: usize) -> bool {
    let last = before(text, start);
    let digit_before = start >= 2 && byte(text, start - 2).is_ascii_digit();
    match last {
        b'(' => !digit_before,
        b'.' | b'-' | b'/' => !digit_before,
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
fn uncover(text: &str, view: &View, mut hit: Hit) -> Option<Hit> {
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

/// The best of hits that overlap: by score, then by length, then the first.
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
    cluster.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| b.found.span.len().cmp(&a.found.span.len())));
    let mut chosen: BTreeMap<usize, Match> = BTreeMap::new();
    for Hit { found, .. } in cluster.drain(..) {
        let earlier = chosen.range(..found.span.end).next_back();
        if earlier.is_none_or(|(_, other)| other.span.end <= found.span.start) {
            chosen.insert(found.span.start, found);
        }
    }
    matches.extend(chosen.into_values());
}
