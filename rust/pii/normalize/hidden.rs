//! Where a text could hide something: the parts of it that are worth a [`View`](super::View).
//!
//! What asks for a part is what one of the passes would change, or for digits what it would look at. So clean text has
//! no part, and a stray sign in a long text costs a few hundred bytes' reading, not the text's.
//! Promise: linear, and parts are disjoint, in order, and cut at character boundaries.

use super::{
    backwards, chars, digits, disguise, emphasis, encoded, escapes, lettered, loose, pieces, spoken, tags,
};
use crate::pii::prefilter::{Escapes, Ground, Letters, Survey, signs};
use crate::simd::{BLOCK, Set, bits};
use std::ops::Range;

/// How far around what was seen a value is looked for that it belongs to.
const NEAR: usize = 96;
/// How much more is read for the words around the value.
const MARGIN: usize = 112;
/// How far a part is widened to begin and end between words.
const SNAP: usize = 32;
/// How far from a character a value begins or ends, at most, that it is part of or that is near enough to the words beside
/// it, with the words around the value.
const REACH: usize = 128;

/// A part of a text that could hide something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// What is hidden touches this.
    pub(crate) inner: Range<usize>,
    /// What is to be read.
    pub(crate) whole: Range<usize>,
    /// All that asked for it are characters that stand for others.
    pub(crate) foreign: bool,
    /// What asked for it lies in this.
    pub(crate) seen: Range<usize>,
    /// What could be in a value with that.
    pub(crate) close: Range<usize>,
}

/// Where something could be hidden.
#[derive(Debug)]
struct Found {
    near: Range<usize>,
    seen: Range<usize>,
    /// See [`Part`].
    foreign: bool,
}

/// Collects the parts.
#[derive(Debug)]
pub(crate) struct Hidden<'t> {
    set: Set,
    text: &'t str,
    ground: Ground<'t>,
    found: Vec<Found>,
    spoken: spoken::Reader,
    words: chars::Words,
    silence: backwards::Silence,
    /// Up to where the signs pulled apart have been read.
    apart: usize,
}

impl<'t> Hidden<'t> {
    pub(crate) fn new(set: Set, text: &'t str, ground: Ground<'t>) -> Self {
        Self {
            set,
            text,
            ground,
            found: Vec::new(),
            spoken: spoken::Reader::default(),
            words: chars::Words::default(),
            silence: backwards::Silence::default(),
            apart: 0,
        }
    }

    /// Asks the passes about the blocks of a survey, which begins with the number `first`.
    #[inline]
    pub(crate) fn ask(&mut self, survey: &Survey, first: usize) {
        let asked = survey.foreign | survey.escapes | survey.signs | survey.numbers;
        if asked != 0 {
            self.ask_blocks(survey, first);
        }
    }

    fn ask_blocks(&mut self, survey: &Survey, first: usize) {
        let text = self.text.as_bytes();
        // Beside these a dash or a space of another kind may be part of a value.
        let loud = survey.plain | survey.numbers | survey.signs;
        let loud = loud | loud << 1 | loud >> 1;
        let mut edits = Vec::new();
        for bit in bits(survey.foreign) {
            for (at, c) in chars::Foreign::of(self.set, self.ground, self.text, first + bit) {
                if chars::asks(self.text, (at, c), loud >> bit & 1 == 1, &mut self.words) {
                    self.mark_as(at..at + 1, true);
                }
            }
        }
        for bit in bits(survey.escapes) {
            let block = first + bit;
            for at in bits(signs::<Escapes>(self.set, self.ground, block)).map(|i| block * BLOCK + i) {
                if escapes::asks(text, at, loud >> bit & 1 == 1) {
                    self.mark(at..at + 1);
                }
            }
        }
        for bit in bits(survey.signs) {
            for at in encoded::equals(self.set, self.ground, text, first + bit) {
                if encoded::asks_equals(text, at) {
                    self.mark(at..at + 1);
                }
            }
        }
        for bit in bits(survey.numbers) {
            let block = first + bit;
            let letters = signs::<Letters>(self.set, self.ground, block);
            for at in bits(letters & !(letters << 1)).map(|i| block * BLOCK + i) {
                if lettered::asks(text, at) {
                    self.mark(at..at + 1);
                }
            }
        }
        let mut signs = survey.signs;
        for bit in bits(survey.escapes & !signs) {
            signs |= u64::from(spoken::has_brackets(text, first + bit)) << bit;
        }
        for bit in bits(signs | survey.numbers) {
            let has = [signs, survey.numbers].map(|blocks| blocks >> bit & 1 == 1);
            self.spoken.read(self.set, self.ground, text, first + bit, has, &mut edits);
            for edit in edits.drain(..) {
                self.mark(edit.start..edit.end);
            }
        }
    }

    /// Asks about a group of digits and letters.
    pub(crate) fn ask_group(&mut self, group: &Range<usize>) {
        let text = self.text.as_bytes();
        if digits::asks(text, group)
            || disguise::asks(text, group)
            || emphasis::asks(text, group)
            || loose::asks(text, group)
            || pieces::asks(text, group)
            || tags::asks(text, group.start, group.end)
            || encoded::asks(text, group)
            || self.is_backwards(group.start)
        {
            self.mark(group.clone());
        }
    }

    /// Whether the value around the digit or `@` at `at` is written backwards.
    pub(crate) fn is_backwards(&mut self, at: usize) -> bool {
        self.silence.asks(self.set, self.text.as_bytes(), at)
    }

    /// Asks about an `@`.
    pub(crate) fn ask_sign(&mut self, at: usize) {
        let text = self.text.as_bytes();
        if at < self.apart {
            return;
        }
        if let Some(end) = digits::asks_sign(text, at) {
            self.mark(at..end);
            self.apart = end;
        } else if tags::asks_sign(text, at) || pieces::asks(text, &(at..at + 1)) || self.is_backwards(at) {
            self.mark(at..at + 1);
        }
    }

    /// Notes that something is hidden there.
    pub(crate) fn mark(&mut self, seen: Range<usize>) {
        self.mark_as(seen, false);
    }

    fn mark_as(&mut self, seen: Range<usize>, foreign: bool) {
        let near = seen.start.saturating_sub(NEAR)..seen.end + NEAR;
        match self.found.last_mut() {
            Some(last) if near.start <= last.near.end && last.near.start <= near.end => {
                last.near = last.near.start.min(near.start)..last.near.end.max(near.end);
                last.seen = last.seen.start.min(seen.start)..last.seen.end.max(seen.end);
                last.foreign &= foreign;
            }
            _ => self.found.push(Found { near, seen, foreign }),
        }
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The parts, in order.
    pub(crate) fn parts(mut self) -> impl Iterator<Item = Part> {
        self.found.sort_by_key(|found| found.near.start);
        let mut found = self.found.into_iter().peekable();
        let text = self.text;
        std::iter::from_fn(move || {
            let Found { near: mut inner, mut seen, mut foreign } = found.next()?;
            while let Some(next) = found.next_if(|next| next.near.start <= inner.end + 2 * (MARGIN + SNAP)) {
                inner.end = inner.end.max(next.near.end);
                seen = seen.start.min(next.seen.start)..seen.end.max(next.seen.end);
                foreign &= next.foreign;
            }
            let whole = begin(text, inner.start.saturating_sub(MARGIN))..end(text, inner.end + MARGIN);
            let close = begin(text, seen.start.saturating_sub(REACH))..end(text, seen.end + REACH);
            let close = close.start.max(whole.start)..close.end.min(whole.end);
            Some(Part { inner, whole, foreign, seen, close })
        })
    }
}

fn is_space(b: Option<&u8>) -> bool {
    b.is_none_or(|b| matches!(b, b' ' | b'\n' | b'\t'))
}

/// A little before `at`, behind a space if there is one.
fn begin(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let near = (at.saturating_sub(SNAP)..=at).rev();
    near.clone()
        .find(|&i| i == 0 || is_space(bytes.get(i - 1)))
        .unwrap_or_else(|| text.floor_char_boundary(at))
}

/// A little behind `at`, before a space if there is one.
fn end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let space = (at..=at + SNAP).find(|&i| is_space(bytes.get(i))).map(|i| i.min(bytes.len()));
    space.unwrap_or_else(|| text.ceil_char_boundary(at))
}
