//! Candidates: short chains of digits and letters, as recognisers see them.
//!
//! A chain starts where a group of digits and letters starts and runs over single separators; every prefix of
//! it that ends where a group ends is a candidate. Promise: a chain has at most [`MAX_GROUPS`] groups and
//! [`MAX_LENGTH`] characters, so reading one costs a bounded number of steps, whatever the text.

use super::prefilter::{Groups, LEAST_DIGITS};
use crate::simd::BLOCK;
use std::ops::Range;

/// Most digits and letters of a candidate: the longest IBAN has 34.
pub(crate) const MAX_LENGTH: usize = 40;
/// Most groups of a candidate: an IBAN in fours has nine.
pub(crate) const MAX_GROUPS: usize = 10;
const _: () = assert!(MAX_LENGTH + 3 * MAX_GROUPS <= u8::MAX as usize, "places in a chain are bytes");
/// Most separators between two groups.
pub(crate) const WIDEST_GAP: usize = 3;
/// Shortest token that can be a key or a wallet.
pub(crate) const LEAST_TOKEN: usize = 16;
/// Most groups of one character: an address of four digits has four, no other kind as many.
const MAX_SINGLES: usize = 4;

/// Bytes that are copied at a time.
const EIGHT: usize = 8;

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// One space.
    Space,
    /// One dash.
    Dash,
    /// One dot.
    Dot,
    /// One slash.
    Slash,
    /// An opening parenthesis, alone or with a space or dash beside it.
    Open,
    /// A closing one.
    Close,
    /// Two or three separators, such as a dash between spaces.
    Wide,
}

/// One group: where it ends, what came before it, and how much was read with it.
#[derive(Debug, Clone, Copy)]
struct Group {
    gap: Gap,
    /// Bytes from the chain's start on.
    end: u8,
    length: u8,
    /// Whether every gap up to it is the same.
    same: bool,
}

/// A chain of groups, read once; its prefixes are the candidates.
#[derive(Debug)]
pub(crate) struct Chain {
    start: usize,
    plus: bool,
    open: bool,
    compact: [u8; MAX_LENGTH + EIGHT],
    digits: u64,
    gaps: u64,
    groups: [Group; MAX_GROUPS],
    count: usize,
}

/// A candidate: some digits and letters and how they are grouped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    chain: &'a Chain,
    groups: usize,
    length: usize,
}

/// The byte at `i`; 0 past the end, which is no part of any identifier.
pub(crate) fn byte(text: &[u8], i: usize) -> u8 {
    text.get(i).copied().unwrap_or(0)
}

/// The byte before `i`; 0 at the start.
pub(crate) fn before(text: &[u8], i: usize) -> u8 {
    i.checked_sub(1).map_or(0, |i| byte(text, i))
}

/// Where what stands at `at` ends of which all is so; no more than `most` bytes are asked.
pub(crate) fn skip(text: &[u8], at: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    // Nothing stands behind the end that any of the conditions would take.
    let mut end = at;
    while end < at + most && is(byte(text, end)) {
        end += 1;
    }
    end
}

/// Where what ends at `end` starts of which all is so; no more than `most` bytes are asked.
#[inline]
pub(crate) fn skip_back(text: &[u8], end: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    end - (1..=most.min(end)).take_while(|&i| is(byte(text, end - i))).count()
}

/// How many digits stand at `at`; no more than `most` are counted.
pub(crate) fn digits_at(text: &[u8], at: usize, most: usize) -> usize {
    (at..at + most).take_while(|&i| byte(text, i).is_ascii_digit()).count()
}

/// How many digits end before `end`; no more than `most` are counted.
pub(crate) fn digits_up_to(text: &[u8], end: usize, most: usize) -> usize {
    end - skip_back(text, end, most, |b| b.is_ascii_digit())
}

/// What domains are written in, by byte: letters, digits and dashes.
static LABELS: [bool; 256] = {
    let mut labels = [false; 256];
    let mut b = 0;
    while b < 256 {
        labels[b] = (b as u8).is_ascii_alphanumeric() || b == b'-' as usize;
        b += 1;
    }
    labels
};

/// Whether a byte is part of a domain's label.
#[inline]
pub(crate) fn is_label(b: u8) -> bool {
    LABELS[usize::from(b)]
}

/// What separates groups, by byte.
static GAPS: [Option<Gap>; 256] = {
    let mut gaps = [None; 256];
    gaps[b' ' as usize] = Some(Gap::Space);
    gaps[b'-' as usize] = Some(Gap::Dash);
    gaps[b'.' as usize] = Some(Gap::Dot);
    gaps[b'/' as usize] = Some(Gap::Slash);
    gaps[b'(' as usize] = Some(Gap::Open);
    gaps[b')' as usize] = Some(Gap::Close);
    gaps
};

/// Whether a byte separates groups.
#[inline]
pub(crate) fn is_gap(b: u8) -> bool {
    GAPS[usize::from(b)].is_some()
}

/// Whether a chain that begins at a group surely has no other: no group follows, or a word of prose does. It may have none
/// for other reasons.
pub(crate) fn ends_chain(text: &[u8], group: &Range<usize>) -> bool {
    const LONGEST: usize = 16;
    let first = byte(text, group.end);
    let gap = (group.end..group.end + 3).take_while(|&i| is_gap(byte(text, i))).count();
    let next = group.end + gap;
    let b = byte(text, next);
    if !b.is_ascii_alphabetic() {
        return !b.is_ascii_digit();
    }
    let joined = gap == 1 && matches!(first, b'-' | b'.' | b'/');
    let number = text.get(group.clone()).is_some_and(|group| group.iter().all(u8::is_ascii_digit));
    let letters = (next + 1..next + LONGEST).take_while(|&i| byte(text, i).is_ascii_lowercase()).count();
    number
        && !joined
        && (1..LONGEST - 1).contains(&letters)
        && !byte(text, next + 1 + letters).is_ascii_alphanumeric()
}

/// The separator at `i`: what it is, and its length in bytes.
#[inline]
fn gap(bytes: &[u8], i: usize) -> Option<(Gap, usize)> {
    let single = |i| bytes.get(i).and_then(|&b| GAPS[usize::from(b)]);
    let mut kind = single(i)?;
    let mut length = 1;
    while let Some(next) = single(i + length).filter(|_| length < WIDEST_GAP) {
        kind = match (kind, next) {
            (Gap::Open | Gap::Close, Gap::Open | Gap::Close) => return None,
            (Gap::Open | Gap::Close, _) => kind,
            (_, Gap::Open | Gap::Close) => next,
            _ => Gap::Wide,
        };
        length += 1;
    }
    Some((kind, length))
}

/// Whether of some digits, a bit each, there are fewer than four.
pub(crate) fn is_poor(digits: u64) -> bool {
    const { assert!(LEAST_DIGITS == 4) };
    let dropped = |digits: u64| digits & digits.wrapping_sub(1);
    dropped(dropped(dropped(digits))) == 0
}

#[cold]
fn padded(bytes: &[u8]) -> [u8; EIGHT] {
    let mut eight = [0; EIGHT];
    eight.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    eight
}

/// Eight bytes with their letters, if there are but letters and digits, made capitals.
fn capital(bytes: [u8; EIGHT]) -> [u8; EIGHT] {
    let eight = u64::from_le_bytes(bytes);
    (eight & !((eight & 0x4040_4040_4040_4040) >> 1)).to_le_bytes()
}

impl Chain {
    /// Reads the chain whose first group starts at `start`, where these groups do: as much of it as stands in 64 bytes, and
    /// nothing if these have too few digits.
    pub(crate) fn read(text: &[u8], start: usize, groups: &Groups) -> Self {
        let opened = before(text, start) == b'(';
        let plus = before(text, start - usize::from(opened)) == b'+';
        let open = opened || (plus && before(text, start - 1) == b'(');
        let mut chain = Self {
            start,
            plus,
            open,
            compact: [0; MAX_LENGTH + EIGHT],
            digits: 0,
            gaps: 0,
            groups: [Group { gap: Gap::Space, end: 0, length: 0, same: true }; MAX_GROUPS],
            count: 0,
        };
        let bytes = text.get(start..).unwrap_or_default();
        if !is_poor(groups.digit) {
            chain.fill(bytes, groups);
        }
        chain
    }

    fn fill(&mut self, bytes: &[u8], groups: &Groups) {
        let (mut at, mut length, mut between) = (0, 0, Gap::Space);
        let (mut wordy, mut singles, mut same) = (false, 0, true);
        while self.count < MAX_GROUPS && at < BLOCK {
            let (letter, digit) = (groups.letter >> at, groups.digit >> at);
            let mut run = (letter | digit).trailing_ones() as usize;
            // A group that goes on behind the bytes, or that is too long, is no identifier.
            if run == 0 || at + run >= BLOCK || length + run > MAX_LENGTH {
                return;
            }
            let plain = letter.trailing_zeros() as usize;
            if plain < run && self.is_extension(bytes, at + plain, length + plain) {
                run = plain;
            }
            let digits = digit & ((1 << run) - 1);
            // Small letters behind a number, or two groups of letters in a row, are prose.
            let small = letter & !(groups.capital >> at) & ((1 << run) - 1) != 0;
            let prose = digits == 0
                && (wordy
                    || (run > 1
                        && !matches!(between, Gap::Dash | Gap::Dot | Gap::Slash)
                        && self.digits & 1 == 1))
                && small;
            singles += usize::from(run == 1);
            if run == 0 || singles > MAX_SINGLES || prose {
                return;
            }
            wordy = digits == 0;
            same &= self.count < 2 || self.groups.get(1).is_some_and(|first| first.gap == between);
            let mut copied = 0;
            while copied < run {
                let from = bytes.get(at + copied..).unwrap_or_default();
                let to = self.compact.get_mut(length + copied..).and_then(<[u8]>::first_chunk_mut);
                if let Some(to) = to {
                    *to = capital(from.first_chunk().copied().unwrap_or_else(|| padded(from)));
                }
                copied += EIGHT;
            }
            self.digits |= digits << length;
            (at, length) = (at + run, length + run);
            if let Some(slot) = self.groups.get_mut(self.count) {
                *slot = Group { gap: between, end: at as u8, length: length as u8, same };
            }
            self.count += 1;
            let Some((kind, skip)) = gap(bytes, at) else { return };
            self.gaps |= 1 << length;
            between = kind;
            at += skip;
        }
    }

    /// Whether an extension starts at `at`, behind `length` characters: an `x` between seven digits or more and a
    /// digit.
    fn is_extension(&self, bytes: &[u8], at: usize, length: usize) -> bool {
        let read = self.groups.get(self.count.wrapping_sub(1)).map_or(0, |group| group.length);
        byte(bytes, at) | 0x20 == b'x'
            && length >= 7
            && self.digits == (1 << read) - 1
            && byte(bytes, at + 1).is_ascii_digit()
    }

    /// Whether no candidate of it can be an identifier: fewer than four digits.
    pub(crate) fn is_poor(&self) -> bool {
        is_poor(self.digits)
    }

    /// The candidates, shortest first.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.groups.iter().take(self.count).enumerate().map(|(i, group)| Candidate {
            chain: self,
            groups: i + 1,
            length: group.length.into(),
        })
    }
}

impl Candidate<'_> {
    /// The digits and letters, upper case.
    pub(crate) fn compact(&self) -> &[u8] {
        self.chain.compact.get(..self.length).unwrap_or_default()
    }
    /// How many digits and letters.
    pub(crate) fn length(&self) -> usize {
        self.length
    }
    fn mask(&self) -> u64 {
        (1 << self.length) - 1
    }
    /// Bit i: the i-th character is a digit.
    pub(crate) fn digits(&self) -> u64 {
        self.chain.digits & self.mask()
    }
    /// Bit i: a separator stands before the i-th character.
    pub(crate) fn gap_bits(&self) -> u64 {
        self.chain.gaps & self.mask()
    }
    /// Whether it holds digits alone.
    pub(crate) fn is_number(&self) -> bool {
        self.digits() == self.mask()
    }
    /// Whether it holds digits alone behind three letters at most.
    pub(crate) fn is_led_number(&self) -> bool {
        (self.digits() ^ self.mask()) >> 3 == 0
    }
    /// How many groups.
    pub(crate) fn group_count(&self) -> usize {
        self.groups
    }
    /// The lengths of the groups.
    pub(crate) fn group_lengths(&self) -> impl Iterator<Item = usize> + '_ {
        let mut last = 0;
        self.chain.groups.iter().take(self.groups).map(move |group| {
            let length = group.length - last;
            last = group.length;
            length.into()
        })
    }
    /// Whether the groups have exactly these lengths.
    pub(crate) fn is_grouped(&self, lengths: &[usize]) -> bool {
        lengths.len() == self.groups && self.group_lengths().eq(lengths.iter().copied())
    }
    /// The separators between the groups.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = Gap> + '_ {
        self.chain.groups.iter().take(self.groups).skip(1).map(|group| group.gap)
    }
    fn last(&self) -> Option<&Group> {
        self.chain.groups.get(self.groups.checked_sub(1)?)
    }
    /// The one separator used throughout, if one is.
    pub(crate) fn separator(&self) -> Option<Gap> {
        self.last().filter(|group| self.groups > 1 && group.same).map(|group| group.gap)
    }
    /// Whether the groups are split by one single separator throughout, or there is but one group.
    pub(crate) fn is_uniform(&self) -> bool {
        self.groups == 1 || !matches!(self.separator(), None | Some(Gap::Wide | Gap::Open | Gap::Close))
    }
    /// Whether a `+` stands before it.
    pub(crate) fn plus(&self) -> bool {
        self.chain.plus
    }
    /// Whether a parenthesis opens right before it.
    pub(crate) fn open(&self) -> bool {
        self.chain.open
    }
    /// Where its last character ends.
    pub(crate) fn end(&self) -> usize {
        self.chain.start + self.last().map_or(0, |group| group.end.into())
    }
}
