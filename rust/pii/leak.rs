//! Verdicts of matches against the source.
//!
//! A value leaks when the source holds it, however either side writes it and whatever it is called in the completion.
//! Values compare in a [`canonical`] form: digits alone for numbers (a phone number without its country code), lower case
//! for e-mail, letters and digits for codes, signed degrees for coordinates, an address with nothing abbreviated. Promise: preparing is linear in the source; a verdict is one lookup and, at
//! worst, a linear search.

mod canonical;
mod dated;
mod decoded;
mod held;
mod leads;
mod parts;
mod runs;
mod streets;
mod units;
mod woven;

use super::normalize::View;
use super::recognizers::{Canonical, is_same_point};
use super::{Evidence, Kind, Match, Scanner};
use crate::simd::Set;
pub(crate) use canonical::canonical;
use canonical::{bare, looked_up};
use dated::{Dated, Says};
use held::Held;
use parts::Parts;
use runs::{Class, runs};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;
use woven::Woven;

/// Where a match's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// There was no source to compare with.
    Unknown,
    /// The source does not hold it.
    Invented,
    /// The source holds a value of which this is a telling part.
    LeakPartial,
    /// The source holds the same value, written otherwise.
    LeakReformatted,
    /// The source holds it as written.
    LeakExact,
}

impl Verdict {
    /// The name in reports: `leak_exact`, ...
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Invented => "invented",
            Self::LeakPartial => "leak_partial",
            Self::LeakReformatted => "leak_reformatted",
            Self::LeakExact => "leak_exact",
        }
    }
    /// Whether the value stands in the source.
    pub fn is_leak(self) -> bool {
        self >= Self::LeakPartial
    }
}

/// Fewest digits that tell a number again when more stand before them.
const TELLING_DIGITS: usize = 7;

/// A match and its verdict.
type Judged = (Match, Verdict);

/// `matches` of `text` with their verdicts against the source, where there is one.
pub fn judge(source: Option<&SourceIndex>, text: &str, matches: Vec<Match>) -> Vec<Judged> {
    match source {
        Some(index) => index.judge(text, matches),
        None => matches.into_iter().map(|m| (m, Verdict::Unknown)).collect(),
    }
}

/// The canonical values of a source, prepared once.
#[derive(Debug, Clone, Default)]
pub struct SourceIndex {
    text: String,
    /// The source's letters and digits alone, upper case; made when an answer first asks, as most hold no PII.
    bare: OnceLock<String>,
    /// Canonical values, each by its key: the last digits of a phone number, the street of an address, the whole degrees of
    /// a latitude, the whole of any other.
    values: BTreeMap<String, Vec<String>>,
    /// Codes with their lookalikes made one.
    lookalikes: BTreeSet<String>,
    /// Where they stand in the source, in order.
    places: Vec<Match>,
    /// The values that are looked up in a completion, whatever they are called there.
    held: Held,
    /// Their telling parts.
    parts: Parts,
    /// What of them is looked for among the words of a completion.
    woven: Woven,
    /// Its dates of birth.
    dated: Dated,
}

impl SourceIndex {
    /// Prepares `source`.
    pub fn new(scanner: &Scanner, source: &str) -> Self {
        let mut index = Self { text: source.to_owned(), ..Self::default() };
        let mut held = Vec::new();
        for found in scanner.scan(source) {
            let value = canonical(&found, source);
            // Of a date the digits alone are no secret, and an e-mail is found wherever it stands.
            if !matches!(found.kind.recognizer().canonical, Canonical::Date | Canonical::Lower) {
                held.push((looked_up(&found, source, &value), found.kind));
            }
            index.parts.add(found.kind, &value);
            index.woven.add(found.kind, &value, source.get(found.span.clone()).unwrap_or_default());
            if found.kind.recognizer().canonical == Canonical::Date {
                index.dated.add(&value);
            }
            if found.kind.recognizer().canonical == Canonical::Code {
                index.lookalikes.insert(lookalike(&value));
            }
            index.values.entry(key(found.kind, &value).into_owned()).or_default().push(value);
            index.places.push(found);
        }
        index.held = Held::new(held);
        index
    }

    /// The source.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `matches` of `text` with their verdicts, and what else of the source's values stands there: values that words
    /// call something else, and parts. In order, disjoint.
    pub fn judge(&self, text: &str, matches: Vec<Match>) -> Vec<Judged> {
        let mut judged: Vec<Judged> = Vec::with_capacity(matches.len());
        for m in matches {
            let verdict = self.verdict(text, &m);
            judged.push((m, verdict));
        }
        if self.places.is_empty() {
            return judged;
        }
        let view = View::new(Set::default(), text);
        let view = Some(&view).filter(|view| view.is_changed());
        join(&mut judged, self.named_otherwise(text, text, None));
        self.join_woven(&mut judged, text, None);
        join(&mut judged, self.partial(text, None));
        if let Some(view) = view {
            let shown = std::str::from_utf8(view.text()).unwrap_or_default();
            join(&mut judged, self.named_otherwise(text, shown, Some(view)));
            self.join_woven(&mut judged, shown, Some(view));
            join(&mut judged, self.partial(shown, Some(view)));
        }
        judged
    }

    /// Values of the source that stand in `text` as it is `shown`, whatever words call them there.
    fn named_otherwise(&self, text: &str, shown: &str, view: Option<&View>) -> Vec<Judged> {
        let judged = self.held.find(shown).into_iter().map(|(span, kind)| {
            let found = part(kind, span, Evidence::SOURCE, view);
            let written = text.get(found.span.clone()).unwrap_or_default();
            let verdict = self.holds(kind, written, &canonical(&found, text));
            (found, verdict.max(Verdict::LeakReformatted))
        });
        judged.collect()
    }

    /// Adds the values of the source that are woven into `text`, or into the text that a view of it shows.
    fn join_woven(&self, judged: &mut Vec<Judged>, text: &str, view: Option<&View>) {
        let woven = self.woven.find(text).into_iter().map(|(span, kind)| {
            let found = part(kind, span, Evidence::SOURCE | Evidence::OBFUSCATED, view);
            (Match { obfuscated: true, ..found }, Verdict::LeakReformatted)
        });
        join(judged, woven.collect());
        let dated = self.dated.find(text).into_iter().map(|(span, says)| {
            let verdict = if says == Says::Whole { Verdict::LeakReformatted } else { Verdict::LeakPartial };
            (part(Kind::DateOfBirth, span, Evidence::CONTEXT, view), verdict)
        });
        join(judged, dated.collect());
    }

    /// Parts of the source's values in `text`, or in the text that a view of it shows.
    fn partial(&self, text: &str, view: Option<&View>) -> Vec<Judged> {
        let found = self.parts.find(text).into_iter();
        found.map(|(span, kind)| (part(kind, span, Evidence::CONTEXT, view), Verdict::LeakPartial)).collect()
    }

    /// The verdict of a match found in `text`.
    pub fn verdict(&self, text: &str, found: &Match) -> Verdict {
        let written = text.get(found.span.clone()).unwrap_or_default();
        let value = canonical(found, text);
        let held = self.holds(found.kind, written, &value);
        if held == Verdict::LeakExact {
            return held;
        }
        let known = self.values.get(&*key(found.kind, &value)).map_or(Verdict::Invented, |others| {
            others.iter().map(|other| compare(found.kind, &value, other)).max().unwrap_or(Verdict::Invented)
        });
        let alike = self.looks_like(found, &value).max(self.is_account_of(found.kind, &value));
        held.max(known).max(self.unrecognised(found.kind, &value)).max(alike)
    }

    /// The verdict of an e-mail address whose local part is a telling one of the source's, or that holds an address of the
    /// source, with a mark between it and the rest.
    fn is_account_of(&self, kind: Kind, value: &str) -> Verdict {
        let lower = kind.recognizer().canonical == Canonical::Lower;
        let Some((local, domain)) = value.split_once('@').filter(|_| lower) else { return Verdict::Invented };
        let is_held =
            |address: Option<&str>| address.is_some_and(|address| self.values.contains_key(address));
        let ends = |(at, _): (usize, &str)| is_held(value.get(at + 1..));
        let begins = |(at, _): (usize, &str)| is_held(value.get(..local.len() + 1 + at));
        match self.parts.has_local(local)
            || local.match_indices(['.', '-', '_', '+', '%']).any(ends)
            || domain.match_indices(['.', '-']).any(begins)
        {
            true => Verdict::LeakPartial,
            false => Verdict::Invented,
        }
    }

    /// The verdict of a code that words alone tell, and that may have a letter for a digit, or the other way.
    fn looks_like(&self, found: &Match, value: &str) -> Verdict {
        let is_told = found.evidence.0 & (Evidence::SHAPE | Evidence::CHECKSUM) == 0;
        let is_code = found.kind.recognizer().canonical == Canonical::Code;
        match is_told && is_code && self.lookalikes.contains(&lookalike(value)) {
            true => Verdict::LeakReformatted,
            false => Verdict::Invented,
        }
    }

    /// Whether the source holds a value as it is `written`, and not inside a longer word: by itself, or only as a part
    /// of other values of its kind.
    fn holds(&self, kind: Kind, written: &str, value: &str) -> Verdict {
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let mut held = Verdict::Invented;
        if written.is_empty() {
            return held;
        }
        for (at, _) in self.text.match_indices(written) {
            let span = at..at + written.len();
            let (head, tail) = (self.text.get(..at), self.text.get(span.end..));
            if joins(head.and_then(|s| s.chars().next_back())) || joins(tail.and_then(|s| s.chars().next())) {
                continue;
            }
            if !self.is_part(kind, &span, value) {
                return Verdict::LeakExact;
            }
            held = Verdict::LeakPartial;
        }
        held
    }

    /// Whether a span of the source is a part of another value of its kind than its own.
    fn is_part(&self, kind: Kind, span: &Range<usize>, value: &str) -> bool {
        let past = self.places.partition_point(|place| place.span.end < span.end);
        let Some(place) = self.places.get(past) else { return false };
        place.kind == kind
            && place.span.start <= span.start
            && place.span.len() > span.len()
            && compare(kind, value, &canonical(place, &self.text)) < Verdict::LeakReformatted
    }

    /// The verdict from the source's letters and digits, where nothing told that they are PII.
    fn unrecognised(&self, kind: Kind, value: &str) -> Verdict {
        let canonical = kind.recognizer().canonical;
        let value = if canonical == Canonical::Coordinates { &bare(value) } else { value };
        let apart = matches!(
            canonical,
            Canonical::Lower | Canonical::Address | Canonical::Wallet | Canonical::Exact | Canonical::Street
        );
        match value.len() {
            _ if apart || !self.bare.get_or_init(|| bare(&self.text)).contains(value) => Verdict::Invented,
            TELLING_DIGITS if canonical == Canonical::Phone => Verdict::LeakPartial,
            TELLING_DIGITS.. => Verdict::LeakReformatted,
            _ => Verdict::Invented,
        }
    }
}

/// What of a value of the source stands at a span of a text, or of a view of one.
fn part(kind: Kind, span: Range<usize>, why: u8, view: Option<&View>) -> Match {
    let mut evidence = Evidence(why);
    let (span, obfuscated) = match view {
        Some(view) => view.shown_at(&span),
        None => (span, false),
    };
    evidence.set(Evidence::OBFUSCATED, obfuscated);
    Match { kind, span, evidence, obfuscated }
}

/// Adds `more`, which is in order and disjoint, to `judged`: a part only beside what was found, a whole value also in place
/// of what says less.
fn join(judged: &mut Vec<Judged>, mut more: Vec<Judged>) {
    more.retain(|(m, verdict)| {
        let is_whole = *verdict > Verdict::LeakPartial;
        overlapping(judged, &m.span).iter().all(|(_, other)| is_whole && *other < Verdict::LeakReformatted)
    });
    if !more.is_empty() {
        judged.retain(|(m, _)| overlapping(&more, &m.span).is_empty());
        judged.append(&mut more);
        judged.sort_by_key(|(m, _)| m.span.start);
    }
}

/// Those of `judged`, in order and disjoint, that overlap a span.
fn overlapping<'a>(judged: &'a [Judged], span: &Range<usize>) -> &'a [Judged] {
    let from = judged.partition_point(|(m, _)| m.span.end <= span.start);
    let rest = judged.get(from..).unwrap_or_default();
    rest.get(..rest.partition_point(|(m, _)| m.span.start < span.end)).unwrap_or_default()
}

/// A code with the digits that its letters look like.
fn lookalike(value: &str) -> String {
    let digit = |c| match c {
        'O' => '0',
        'I' | 'L' => '1',
        'S' => '5',
        'B' => '8',
        _ => c,
    };
    value.chars().map(digit).collect()
}

/// How two canonical values of one key compare.
fn compare(kind: Kind, value: &str, other: &str) -> Verdict {
    if value == other {
        return Verdict::LeakReformatted;
    }
    match kind.recognizer().canonical {
        Canonical::Phone => {}
        // What one key is looked up by is one street.
        Canonical::Street if streets::agree(value, other) => return Verdict::LeakReformatted,
        Canonical::Coordinates if is_same_point(value, other) => return Verdict::LeakReformatted,
        _ => return Verdict::Invented,
    }
    // One may carry the country code; seven digits alone lack the area.
    let shorter = value.len().min(other.len());
    match value.ends_with(other) || other.ends_with(value) {
        true if shorter > TELLING_DIGITS => Verdict::LeakReformatted,
        true if shorter == TELLING_DIGITS => Verdict::LeakPartial,
        _ => Verdict::Invented,
    }
}

/// What a canonical value is looked up by.
fn key(kind: Kind, value: &str) -> Cow<'_, str> {
    match kind.recognizer().canonical {
        Canonical::Phone => tail(value, TELLING_DIGITS).into(),
        Canonical::Street => streets::street(value).into(),
        Canonical::Coordinates => value.split('.').next().unwrap_or_default().into(),
        _ => value.into(),
    }
}

/// The last `n` bytes of ASCII text; all of it where it is shorter.
fn tail(value: &str, n: usize) -> &str {
    value.get(value.len().saturating_sub(n)..).unwrap_or(value)
}

/// Letters, digits and what local parts join them by.
static OF_LOCALS: Class = Class::with(b"._+");

/// The words of a text, each with where it starts: runs of letters, digits and what local parts join them by.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_mark = |b: &&u8| matches!(b, b'.' | b'_' | b'+');
    runs(text, &OF_LOCALS).filter_map(move |(start, run)| {
        let before = run.bytes().take_while(|b| is_mark(&b)).count();
        let behind = run.bytes().rev().take_while(|b| is_mark(&b)).count();
        Some((start + before, run.get(before..run.len() - behind)?))
    })
}

#[cfg(test)]
mod tests;
