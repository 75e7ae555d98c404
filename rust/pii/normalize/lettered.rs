//! Letters that are spelled: `Papa Romeo one two three four five six Alfa`, `j as in Juliett, a as in Alfa, ... at example.org`.
//!
//! Their words are names and prose as well, so they are read in runs alone: before an at sign three letters, else as many
//! letters and digits as codes have. Promise: a run is bounded, and is read once.

use super::Edit;
use super::counted::digit_word;
use crate::pii::candidate::{before, byte, skip, skip_back};
use crate::pii::prefilter::{Ground, Letters, Surveys, signs};
use crate::pii::said::LETTERS;
use crate::simd::{BLOCK, Set, bits};
use std::ops::Range;

/// What joins a letter to the word that it begins: any word may be that.
const JOINING: &[&[u8]] = &[b" as in ", b" for ", b" like "];
/// Words for signs in a name.
const SIGNS: &[(&[u8], u8)] =
    &[(b"dot", b'.'), (b"point", b'.'), (b"dash", b'-'), (b"hyphen", b'-'), (b"underscore", b'_')];
/// Fewest letters of a name, fewest letters that are spelled of a code, and fewest and most characters of one.
const LEAST_OF_NAME: usize = 3;
const LEAST_LETTERS: usize = 1;
const LEAST: usize = 8;
const MOST: usize = 40;
/// Longest word, and most bytes between two.
const WORD: usize = 10;
const GAP: usize = 2;

/// Collects the codes that are spelled.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    for block in surveys.blocks(|survey| survey.numbers | survey.plain) {
        if !surveys.has(block, |survey| survey.numbers) && !has_single_digits(text, block) {
            continue;
        }
        let letters = signs::<Letters>(set, Ground::of(text), block);
        for at in bits(letters & !(letters << 1)).map(|bit| block * BLOCK + bit) {
            if at >= next && letter(text, at).is_some() {
                let start = begin(text, at);
                if let Some((end, found)) = code(text, start.max(next)) {
                    next = end;
                    edits.extend(found);
                }
            }
        }
    }
    edits
}

/// Whether digits stand alone in a block: in most none do.
fn has_single_digits(text: &[u8], block: usize) -> bool {
    let bytes = text.get(block * BLOCK..text.len().min((block + 1) * BLOCK)).unwrap_or_default();
    let single = |three: &&[u8]| matches!(three, [b' ' | b',' | b'-', b'0'..=b'9', b' ' | b',' | b'-']);
    bytes.windows(3).filter(single).count() > 1
}

/// Whether a word that begins at `at` is part of a code that is spelled.
pub(super) fn asks(text: &[u8], at: usize) -> bool {
    letter(text, at).is_some() && code(text, begin(text, at)).is_some()
}

/// Whether a digit that stands alone is, the first of some behind a letter that is spelled.
pub(crate) fn asks_digit(text: &[u8], at: usize) -> bool {
    let single = |at: usize| byte(text, at).is_ascii_digit() && !byte(text, at + 1).is_ascii_alphanumeric();
    if !single(at) || !single(at + 2) {
        return false;
    }
    let Some(end) = at.checked_sub(1) else { return false };
    let start = skip_back(text, end, WORD, |b| b.is_ascii_alphabetic());
    letter(text, start).is_some_and(|(to, _)| to == end) && code(text, begin(text, start)).is_some()
}

/// The letter whose word begins at `at`, and where the word ends.
fn letter(text: &[u8], at: usize) -> Option<(usize, u8)> {
    let first = byte(text, at) | 0x20;
    let words = LETTERS.get(usize::from(first.wrapping_sub(b'a')))?;
    let rest = text.get(at..)?;
    let second = byte(rest, 1) | 0x20;
    let is = |word: &&&str| {
        byte(word.as_bytes(), 1) | 0x20 == second
            && rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word.as_bytes()))
            && !byte(rest, word.len()).is_ascii_alphanumeric()
    };
    let word = words.iter().find(is).filter(|_| !before(text, at).is_ascii_alphabetic())?;
    Some((at + word.len(), byte(word.as_bytes(), 0)))
}

/// The letter or digit of a code at `at`, where it ends, and whether it is a letter that is spelled.
fn unit(text: &[u8], at: usize) -> Option<(usize, u8, bool)> {
    if let Some((end, letter)) = letter(text, at) {
        return Some((end, letter.to_ascii_uppercase(), true));
    }
    if before(text, at).is_ascii_alphanumeric() {
        return None;
    }
    let end = skip(text, at, WORD, |b| b.is_ascii_alphanumeric());
    match text.get(at..end)? {
        [digit @ b'0'..=b'9'] => Some((end, *digit, false)),
        [letter @ b'A'..=b'Z'] => Some((end, *letter, false)),
        word => Some((end, digit_word(word)?, false)),
    }
}

/// Where the run begins that the word at `at` is part of.
fn begin(text: &[u8], at: usize) -> usize {
    let mut start = at;
    for _ in 0..MOST {
        let end = skip_back(text, start, GAP, is_gap);
        let word = skip_back(text, end, WORD, |b| b.is_ascii_alphanumeric());
        if end == start || word == end || unit(text, word).is_none_or(|(to, ..)| to != end) {
            break;
        }
        start = word;
    }
    start
}

fn is_gap(b: u8) -> bool {
    matches!(b, b' ' | b',' | b'-' | b'.' | b'/' | b'\n')
}

/// Reads the code whose first unit begins at `start`; gives where it ends.
fn code(text: &[u8], start: usize) -> Option<(usize, Vec<Edit>)> {
    let (mut at, mut last, mut spelled, mut digits) = (start, start, 0, 0);
    let mut found = Vec::new();
    while found.len() < 2 * MOST
        && let Some((end, put, is_spelled)) = unit(text, at)
    {
        if at > last {
            found.push(Edit::new(last..at, b""));
        }
        found.push(Edit::new(at..end, &[put]));
        spelled += usize::from(is_spelled);
        digits += usize::from(put.is_ascii_digit());
        last = end;
        at = skip(text, end, GAP, is_gap);
    }
    let units = found.len().div_ceil(2);
    let whole = (LEAST..=MOST).contains(&units) && spelled >= LEAST_LETTERS && digits > 2;
    whole.then_some((last, found))
}

/// Reads the letters of a name that end at `end`, from the last to the first; gives whether there are any.
pub(super) fn name(text: &[u8], end: usize, found: &mut Vec<Edit>) -> bool {
    let (mut from, mut letters, mut signs) = (end, 0, 0);
    let mut units: Vec<Edit> = Vec::new();
    for _ in 0..MOST {
        let last = if from == end { end } else { skip_back(text, from, GAP, is_gap) };
        if from < end && last == from {
            break;
        }
        let Some((span, put, is_sign)) = unit_before(text, last) else { break };
        if from < end {
            units.push(Edit::new(last..from, b""));
        }
        letters += usize::from(!is_sign);
        signs += usize::from(is_sign);
        from = span.start;
        units.push(Edit::new(span, &[put]));
    }
    let any = letters >= LEAST_OF_NAME && letters > signs;
    if any {
        found.extend(units);
    }
    any
}

/// The letter, digit or sign that is spelled and ends at `end`, and whether it is a sign.
fn unit_before(text: &[u8], end: usize) -> Option<(Range<usize>, u8, bool)> {
    let start = skip_back(text, end, WORD + 2, |b| b.is_ascii_alphabetic());
    // "as in x-ray"
    let start =
        if start >= 2 && text.get(start - 2..end).is_some_and(|word| word.eq_ignore_ascii_case(b"x-ray")) {
            start - 2
        } else {
            start
        };
    let word = text.get(start..end)?;
    let first = byte(word, 0).to_ascii_lowercase();
    for joining in JOINING {
        let at = start.checked_sub(joining.len() + 1);
        if let Some(at) = at
            && text.get(at + 1..start).is_some_and(|between| between.eq_ignore_ascii_case(joining))
            && byte(text, at).eq_ignore_ascii_case(&first)
            && first.is_ascii_alphabetic()
            && !before(text, at).is_ascii_alphanumeric()
        {
            return Some((at..end, first, false));
        }
    }
    if let Some((_, put)) = letter(text, start).filter(|(to, _)| *to == end) {
        return Some((start..end, put, false));
    }
    let sign = SIGNS.iter().find(|(sign, _)| word.eq_ignore_ascii_case(sign));
    if let Some((_, put)) = sign {
        return Some((start..end, *put, true));
    }
    None
}
