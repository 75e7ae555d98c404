//! Values of the source, looked up in a completion whatever stands around them: `order 536-90-4399` is the number
//! that the source calls a social security number.
//!
//! Both sides are read as their letters and digits alone, where little stands between them. Promise: one pass over
//! the completion; a place costs a lookup of a bit and, seldom, a binary search.

use super::leads::Leads;
use super::runs::{Class, runs};
use crate::pii::Kind;
use crate::pii::candidate::WIDEST_GAP;
use std::ops::Range;

/// Fewest and most letters and digits of a value that is looked up: fewer tell little, and longer ones are found
/// by their shape.
const LEAST: usize = 7;
const MOST: usize = 64;
/// A value of so many letters and digits, so many of them digits, stands nowhere by chance: it may be glued to others.
const LONG: usize = 9;
const LONG_DIGITS: usize = 5;
/// Most zeros that may stand before it.
const MOST_ZEROS: usize = 3;

static LETTERS_DIGITS: Class = Class::with(b"");

/// Values to look up.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// In order; none is the beginning of another.
    values: Vec<(String, Kind)>,
    leads: Leads,
    /// Digits that each has at least: most texts have fewer.
    digits: usize,
}

pub(super) fn digits(text: &[u8]) -> usize {
    text.iter().filter(|byte| byte.is_ascii_digit()).count()
}

impl Held {
    /// Values as letters and digits, upper case.
    pub(super) fn new(mut values: Vec<(String, Kind)>) -> Self {
        values.retain(|(value, _)| {
            (LEAST..=MOST).contains(&value.len()) && value.bytes().any(|b| b.is_ascii_digit())
        });
        values.sort();
        values.dedup_by(|next, kept| next.0.starts_with(&kept.0));
        let mut leads = Leads::default();
        values.iter().for_each(|(value, _)| leads.add(value.as_bytes()));
        let digits = values.iter().map(|(value, _)| digits(value.as_bytes())).min().unwrap_or_default();
        Self { values, leads, digits }
    }

    /// Where values stand in `text`, in order, disjoint.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, Kind)> {
        let mut found = Vec::new();
        if self.values.is_empty() || digits(text.as_bytes()) < self.digits {
            return found;
        }
        let stream = Stream::of(text);
        let mut at = 0;
        while let Some(rest) = stream.bytes.get(at..).filter(|rest| rest.len() >= LEAST) {
            let hit = if self.leads.has(rest) { self.value_at(rest) } else { None };
            match hit.and_then(|(value, kind)| Some((stream.span(at, value)?, value.len(), *kind))) {
                Some((span, length, kind)) => {
                    found.push((span, kind));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// The value that `rest` begins with. It is the last of those not behind it, as none is the beginning of another.
    fn value_at(&self, rest: &[u8]) -> Option<&(String, Kind)> {
        let past = self.values.partition_point(|(value, _)| value.as_bytes() <= rest);
        self.values.get(past.checked_sub(1)?).filter(|(value, _)| rest.starts_with(value.as_bytes()))
    }
}

/// The letters and digits of a text, upper case, a zero where more than a gap stands between them.
#[derive(Default)]
struct Stream {
    bytes: Vec<u8>,
    at: Vec<usize>,
}

impl Stream {
    fn of(text: &str) -> Self {
        let mut stream = Self { bytes: Vec::with_capacity(text.len()), at: Vec::with_capacity(text.len()) };
        let mut last = 0;
        for (start, run) in runs(text, &LETTERS_DIGITS) {
            if start > last + WIDEST_GAP && !stream.bytes.is_empty() {
                stream.bytes.push(0);
                stream.at.push(start - 1);
            }
            last = start + run.len();
            stream.bytes.extend_from_slice(run.as_bytes());
            stream.at.extend(start..last);
        }
        stream.bytes.make_ascii_uppercase();
        stream
    }

    /// The span of the text of a value found at `from`, unless it is a short one inside something longer.
    fn span(&self, from: usize, value: &str) -> Option<Range<usize>> {
        let end = from + value.len();
        let free = (value.len() >= LONG && digits(value.as_bytes()) >= LONG_DIGITS)
            || (self.parts(self.lead(from)) && self.parts(end));
        let (first, last) = (self.at.get(from)?, self.at.get(end - 1)?);
        free.then_some(*first..last + 1)
    }

    /// Where the zeros before a number begin, such as a trunk prefix: they make it no other.
    fn lead(&self, from: usize) -> usize {
        let zeros = self.bytes.get(..from).unwrap_or_default().iter().rev();
        from - zeros.take(MOST_ZEROS).take_while(|b| **b == b'0').count()
    }

    /// Whether a number or word ends before place `at`, or one begins there.
    fn parts(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        let place = |at: usize| Some((*self.bytes.get(at)?, *self.at.get(at)?));
        let (Some((left, from)), Some((right, to))) = (place(before), place(at)) else { return true };
        from + 1 != to || left == 0 || left.is_ascii_digit() != right.is_ascii_digit()
    }
}
