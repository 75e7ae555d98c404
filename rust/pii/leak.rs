//! Verdicts of matches against the source.
//!
//! A value leaks when the source holds it, however either side writes it. Values compare in a canonical form:
//! digits alone for numbers (a phone number with or without its country code), lower case for e-mail, letters
//! and digits for codes. Promise: preparing is linear in the source; a verdict is one lookup and, at worst, a
//! linear search.

use super::normalize::plain;
use super::recognizers::{Canonical, canonical_date};
use super::{Evidence, Kind, Match, Scanner};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

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
/// Fewest characters of an e-mail's local part that tell it again.
const TELLING_LOCAL: usize = 5;

/// `matches` of `text` with their verdicts against the source, where there is one.
pub fn judge(source: Option<&SourceIndex>, text: &str, matches: Vec<Match>) -> Vec<(Match, Verdict)> {
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
    /// Canonical values, each by its key (the last digits of a phone number, the whole of any other).
    values: BTreeMap<String, Vec<String>>,
    /// Where they stand in the source, in order.
    places: Vec<(Range<usize>, Kind)>,
    /// Local parts of e-mail addresses.
    locals: BTreeMap<String, Kind>,
    /// Which lengths they have, in bytes: a bit each, the highest for all that are longer.
    lengths: u64,
    /// Last four characters of numbers and codes.
    endings: BTreeMap<String, Kind>,
}

/// The bit of a length.
fn length_bit(value: &str) -> u64 {
    1 << value.len().min(63)
}

impl SourceIndex {
    /// Prepares `source`.
    pub fn new(scanner: &Scanner, source: &str) -> Self {
        let mut index = Self { text: source.to_owned(), ..Self::default() };
        for found in scanner.scan(source) {
            index.add(found.kind, source.get(found.span.clone()).unwrap_or_default());
            index.places.push((found.span, found.kind));
        }
        index
    }

    /// The source.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn add(&mut self, kind: Kind, value: &str) {
        let value = canonical(kind, value);
        if let Some((local, _)) = value.split_once('@') {
            if is_telling(local) {
                self.lengths |= length_bit(local);
                self.locals.insert(local.to_owned(), kind);
            }
        } else if !matches!(
            kind.recognizer().canonical,
            Canonical::Address | Canonical::Date | Canonical::Place
        ) {
            self.endings.insert(tail(&value, 4).to_owned(), kind);
        }
        self.values.entry(key(kind, &value).to_owned()).or_default().push(value);
    }

    /// `matches` of `text` with their verdicts, and the parts of the source's values that are no match by
    /// themselves, in order.
    pub fn judge(&self, text: &str, matches: Vec<Match>) -> Vec<(Match, Verdict)> {
        let partial = self.partial(text, &matches);
        let mut judged = Vec::with_capacity(matches.len() + partial.len());
        for m in matches {
            let verdict = self.verdict(text, &m);
            judged.push((m, verdict));
        }
        if !partial.is_empty() {
            judged.extend(partial.into_iter().map(|m| (m, Verdict::LeakPartial)));
            judged.sort_by_key(|(m, _)| m.span.start);
        }
        judged
    }

    /// The verdict of a match found in `text`.
    pub fn verdict(&self, text: &str, found: &Match) -> Verdict {
        let written = text.get(found.span.clone()).unwrap_or_default();
        let value = canonical(found.kind, written);
        let held = self.holds(found.kind, written, &value);
        if held == Verdict::LeakExact {
            return held;
        }
        let known = self.values.get(key(found.kind, &value)).map_or(Verdict::Invented, |others| {
            others.iter().map(|other| compare(found.kind, &value, other)).max().unwrap_or(Verdict::Invented)
        });
        held.max(known).max(self.unrecognised(found.kind, &value))
    }

    /// Parts of the source's values in `text`, outside of `matches`: the last four characters of a number
    /// where words or a mask say that they are (`ending in 6789`, `***6789`), the local part of an e-mail.
    /// Their verdict is [`Verdict::LeakPartial`].
    pub fn partial(&self, text: &str, matches: &[Match]) -> Vec<Match> {
        let mut found = Vec::new();
        if self.locals.is_empty() && self.endings.is_empty() {
            return found;
        }
        let mut past = 0;
        for (start, word) in words(text) {
            let span = start..start + word.len();
            while matches.get(past).is_some_and(|m| m.span.end <= span.start) {
                past += 1;
            }
            if matches.get(past).is_some_and(|m| m.span.start < span.end) {
                continue;
            }
            // Few words are as long as one of them.
            let local = if self.lengths & length_bit(word) == 0 {
                None
            } else {
                self.locals.get(&word.to_ascii_lowercase())
            };
            let kind = match local {
                Some(kind) => Some(*kind),
                None if word.len() == 4 && !self.endings.is_empty() && is_ending(text, start) => {
                    self.endings.get(&word.to_ascii_uppercase()).copied()
                }
                None => None,
            };
            if let Some(kind) = kind {
                found.push(Match { kind, span, evidence: Evidence(Evidence::CONTEXT), obfuscated: false });
            }
        }
        found
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
        let past = self.places.partition_point(|(place, _)| place.end < span.end);
        let Some((place, of)) = self.places.get(past) else { return false };
        *of == kind && place.start <= span.start && place.len() > span.len() && {
            let whole = canonical(kind, self.text.get(place.clone()).unwrap_or_default());
            compare(kind, value, &whole) < Verdict::LeakReformatted
        }
    }

    /// The verdict from the source's letters and digits, where nothing told that they are PII.
    fn unrecognised(&self, kind: Kind, value: &str) -> Verdict {
        let canonical = kind.recognizer().canonical;
        let apart = matches!(canonical, Canonical::Lower | Canonical::Address | Canonical::Exact);
        match value.len() {
            _ if apart || !self.bare.get_or_init(|| bare(&self.text)).contains(value) => Verdict::Invented,
            TELLING_DIGITS if canonical == Canonical::Phone => Verdict::LeakPartial,
            TELLING_DIGITS.. => Verdict::LeakReformatted,
            _ => Verdict::Invented,
        }
    }
}

/// How two canonical values of one key compare.
fn compare(kind: Kind, value: &str, other: &str) -> Verdict {
    if value == other {
        return Verdict::LeakReformatted;
    }
    if kind.recognizer().canonical != Canonical::Phone {
        return Verdict::Invented;
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
fn key(kind: Kind, value: &str) -> &str {
    match kind.recognizer().canonical {
        Canonical::Phone => tail(value, TELLING_DIGITS),
        _ => value,
    }
}

/// The last `n` bytes of ASCII text; all of it where it is shorter.
fn tail(value: &str, n: usize) -> &str {
    value.get(value.len().saturating_sub(n)..).unwrap_or(value)
}

fn bare(text: &str) -> String {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| char::from(b.to_ascii_uppercase())).collect()
}

/// The canonical form of a value: equal for all the ways of writing it.
pub(crate) fn canonical(kind: Kind, value: &str) -> String {
    let value = &plain(value);
    match kind.recognizer().canonical {
        Canonical::Lower => value.to_lowercase(),
        Canonical::Digits => value.chars().filter(char::is_ascii_digit).collect(),
        Canonical::Phone => phone(value),
        Canonical::Code | Canonical::Place => bare(value),
        Canonical::Date => canonical_date(value.as_bytes()).unwrap_or_else(|| bare(value)),
        Canonical::Address => address(value),
        Canonical::Exact => value.to_owned(),
    }
}

/// Digits without exit and trunk prefixes (`00`, `011`, `0`, `(0)`) and without an extension.
fn phone(value: &str) -> String {
    let number = value.find(['x', 'e', 'X', 'E', ',']).and_then(|at| value.get(..at)).unwrap_or(value);
    let digits: String = number.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    let abroad = if number.starts_with('+') { None } else { digits.strip_prefix("011") };
    abroad.unwrap_or(&digits).trim_start_matches('0').to_owned()
}

/// An address in its shortest form, without zone and prefix length.
fn address(value: &str) -> String {
    let value = value.split(['/', '%']).next().unwrap_or_default();
    value.parse::<std::net::IpAddr>().map_or_else(|_| value.to_lowercase(), |address| address.to_string())
}

/// Whether the local part of an e-mail address tells a person or account by itself: `jane.roe`, `roe82`. A lone
/// word does not: summaries say `media` and `Roe` for reasons of their own.
fn is_telling(local: &str) -> bool {
    local.len() >= TELLING_LOCAL && local.bytes().any(|b| !b.is_ascii_alphabetic())
}

/// The words of a text, each with where it starts: runs of letters, digits and what local parts join them by.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes.get(at..)?.iter().position(u8::is_ascii_alphanumeric)?;
        let run = bytes.get(start..)?;
        let joins = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+');
        let len = run.iter().position(|byte| !joins(byte)).unwrap_or(run.len());
        at = start + len;
        let word = text.get(start..at)?.trim_end_matches(['.', '_', '+']);
        Some((start, word))
    })
}

/// Whether four characters at `start` are said to be the last ones of something: behind a mask, or words.
fn is_ending(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default().trim_end_matches([' ', '-', '"', ':', ',', '(']);
    if head.ends_with(['*', '•', '…', '#'])
        || head.ends_with("...")
        || head.ends_with("xx")
        || head.ends_with("XX")
    {
        return true;
    }
    let mut back = head.rsplit(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    back.by_ref().take(5).any(|word| {
        ["ending", "ends", "end", "last", "final", "suffix"]
            .iter()
            .any(|said| word.eq_ignore_ascii_case(said))
    })
}
