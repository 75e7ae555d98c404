//! Values in an encoding: base64, base32, hexadecimal digits in one piece or in pairs, the codes and the broken lines of
//! quoted-printable (`amFuZUBleGFtcGxlLm9yZw==`, `jane=40example.org`).
//!
//! Hashes and other names look alike, so a word is read only where all of it stands for ASCII that has a sign or the digits
//! of a value. Promise: a word is looked at once, and of a longer one than any value's encoding nothing is read.

use super::Edit;
use crate::pii::candidate::{before, byte, skip, skip_back};
use crate::pii::prefilter::{Equals, Ground, Surveys, signs};
use crate::simd::{BLOCK, Set, bits};
use std::ops::Range;

/// Fewest and most characters of an encoded word, and fewest of one of hexadecimal digits.
const LEAST: usize = 12;
const MOST: usize = 256;
const LEAST_OF_16: usize = 14;
/// Most equals signs that fill up a word.
const MOST_FILLING: usize = 6;
/// Fewest pairs of hexadecimal digits in a row.
const LEAST_PAIRS: usize = 7;
/// Fewest digits of a value.
const LEAST_DIGITS: usize = 4;
/// How far before a code the address of a page is looked for whose query it may be part of.
const FAR: usize = 64;

/// What so many characters stand for: an edit each.
type Unit = (usize, usize);

/// Collects what encoded words stand for.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    for at in surveys.digits(set, text).filter(|&at| byte(text, at) != b'@') {
        if at >= next {
            let start = group_start(text, at);
            let end = skip(text, at, text.len(), |b| b.is_ascii_alphanumeric());
            next = end;
            if let Some((last, found)) = read(text, &(start..end)) {
                next = last.max(next);
                edits.extend(found);
            }
        }
    }
    let words = edits.len();
    for block in surveys.blocks(|survey| survey.signs) {
        for at in equals(set, Ground::of(text), text, block) {
            let earlier = edits.get(..words).unwrap_or_default();
            let inside = earlier.get(earlier.partition_point(|edit| edit.end <= at));
            if inside.is_some_and(|edit| edit.start <= at) {
                continue;
            }
            if let Some(found) = filled_up(text, at) {
                edits.extend(found);
            } else if let Some((end, put)) = quoted(text, at).filter(|code| hides(text, at, code)) {
                edits.push(match put {
                    Some(b) => Edit::new(at..end, &[b]),
                    None => Edit::new(at..end, b""),
                });
            }
        }
    }
    edits
}

/// The equals signs of a block: hardly any has one.
pub(super) fn equals<'t>(
    set: Set,
    ground: Ground<'t>,
    text: &'t [u8],
    block: usize,
) -> impl Iterator<Item = usize> + use<'t> {
    let bytes = text.get(block * BLOCK..text.len().min((block + 1) * BLOCK)).unwrap_or_default();
    let any = bytes.iter().fold(false, |any, &b| any | (b == b'='));
    bits(if any { signs::<Equals>(set, ground, block) } else { 0 }).map(move |bit| block * BLOCK + bit)
}

/// Whether a group of digits and letters is part of an encoded word.
pub(crate) fn asks(text: &[u8], group: &Range<usize>) -> bool {
    read(text, group).is_some()
}

/// Whether a code of quoted-printable, or what fills up an encoded word, begins at `at`.
pub(super) fn asks_equals(text: &[u8], at: usize) -> bool {
    filled_up(text, at).is_some() || quoted(text, at).is_some_and(|code| hides(text, at, &code))
}

/// The encoded word before what fills up its last characters at `at`. One with digits has been read.
fn filled_up(text: &[u8], at: usize) -> Option<Vec<Edit>> {
    let start = group_start(text, at);
    let own = text.get(start..at)?;
    let ends = !byte(text, at + 1).is_ascii_alphanumeric() && (LEAST - 1..MOST).contains(&own.len());
    if !ends || own.iter().any(u8::is_ascii_digit) {
        return None;
    }
    word(text, &(start..at)).map(|(_, edits)| edits)
}

/// Whether a code hides something: a sign of an address or a number, or one of several side by side.
fn hides(text: &[u8], at: usize, (end, put): &(usize, Option<u8>)) -> bool {
    let Some(put) = *put else { return true };
    let (last, next) = (before(text, at), byte(text, *end));
    let beside = next == b'=' || (at > 2 && byte(text, at - 3) == b'=');
    let (begins, ends) = (last.is_ascii_alphanumeric(), next.is_ascii_alphanumeric());
    let joins = match put {
        b'(' | b'+' => ends,
        b')' => begins,
        b => begins && ends && is_sign(b),
    };
    (beside || joins) && is_coded(text, at)
}

/// A sign that addresses and numbers are written with.
fn is_sign(b: u8) -> bool {
    matches!(b, b'@' | b'.' | b'-' | b'_' | b'+' | b':' | b'/' | b'(' | b')' | b' ')
}

/// Whether the word around `at` is in codes: one stands for an at sign, or all for signs and digits, or nothing else is in it. The groups
/// of a number may be joined by the same sign, and a name and its value: so of one code alone a letter is needed.
fn is_coded(text: &[u8], at: usize) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'=';
    let start = skip_back(text, at, FAR, is_part);
    let end = skip(text, at, FAR, is_part);
    let (mut all, mut any, mut count) = (true, false, 0);
    for code in (start..end).filter(|&i| byte(text, i) == b'=') {
        let Some((_, put)) = quoted(text, code) else { return false };
        all &= put.is_none_or(|b| is_sign(b) || b.is_ascii_digit());
        let number = before(text, code).is_ascii_digit() && byte(text, code + 3).is_ascii_digit();
        any |= put == Some(b'@') && !number;
        count += 1;
    }
    let lettered = text.get(at..at + 3).is_some_and(|code| code.iter().any(u8::is_ascii_alphabetic));
    any || (all && (count > 1 || lettered)) || (count > 1 && 3 * count == end - start)
}

/// The code at `at`: its end, and what it stands for, which is nothing for the end of a line that breaks a word.
fn quoted(text: &[u8], at: usize) -> Option<(usize, Option<u8>)> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b':' | b'/' | b' ');
    let line = at + 1 + usize::from(byte(text, at + 1) == b'\r');
    if byte(text, line) == b'\n' {
        return (is_part(before(text, at)) && is_part(byte(text, line + 1))).then_some((line + 1, None));
    }
    let value = code(text.get(at..)?)?;
    if is_query(text, at) { None } else { Some((at + 3, Some(value))) }
}

/// The byte of text that the code stands for that some bytes begin with.
pub(crate) fn code(bytes: &[u8]) -> Option<u8> {
    let &[b'=', high, low] = bytes.first_chunk()? else { return None };
    let is_small = high.is_ascii_lowercase() || low.is_ascii_lowercase();
    of_pair(high, low).filter(|_| !is_small)
}

/// The byte of text that two hexadecimal digits stand for.
fn of_pair(high: u8, low: u8) -> Option<u8> {
    let value = of_16(high)? << 4 | of_16(low)?;
    is_text(value).then_some(value)
}

/// Whether the word before `at` is the address of a page with a query, in which an `=` is one.
fn is_query(text: &[u8], at: usize) -> bool {
    let word = (1..=FAR.min(at)).map(|i| byte(text, at - i)).take_while(u8::is_ascii_graphic);
    word.into_iter().any(|b| matches!(b, b'?' | b'&'))
}

fn group_start(text: &[u8], at: usize) -> usize {
    skip_back(text, at, MOST, |b| b.is_ascii_alphanumeric())
}

/// Reads the word that a group is, or the pairs that begin with it; gives where it ends, and what it stands for. The signs that base64
/// has too stand for nothing in ASCII that values are written with.
fn read(text: &[u8], group: &Range<usize>) -> Option<(usize, Vec<Edit>)> {
    match group.len() {
        2 => pairs(text, group.start),
        LEAST..=MOST => word(text, group),
        _ => None,
    }
}

/// Reads a word.
fn word(text: &[u8], group: &Range<usize>) -> Option<(usize, Vec<Edit>)> {
    let Range { start, end } = *group;
    let own = text.get(group.clone())?;
    // A value in plain writing has other signs.
    let is_part = |b: &u8| b.is_ascii_alphanumeric() | matches!(b, b'+' | b'-' | b'/' | b'_');
    if !own.iter().fold(true, |all, b| all & is_part(b)) {
        return None;
    }
    let mut edits = decode(own, start, of_16, 4, &[(2, 1)])
        .or_else(|| decode(own, start, of_64, 6, &[(4, 3)]))
        .or_else(|| decode(own, start, of_32, 5, &[(4, 2), (4, 3)]))?;
    // What fills up the last characters belongs to the word.
    let last = skip(text, end, MOST_FILLING, |b| b == b'=');
    if last > end {
        edits.push(Edit::new(end..last, b"").mark());
    }
    Some((last, edits))
}

/// Reads a word of digits of so many bits; `units` are how many digits make how many bytes, in turns.
fn decode(
    word: &[u8],
    start: usize,
    digit: fn(u8) -> Option<u8>,
    width: u32,
    units: &[Unit],
) -> Option<Vec<Edit>> {
    if width == 4 && (word.len() < LEAST_OF_16 || word.len() % 2 == 1) {
        return None;
    }
    let bytes = unpack(word, digit, width)?;
    let number = word.iter().all(u8::is_ascii_digit);
    if !holds(&bytes) || (number && !is_number(&bytes)) {
        return None;
    }
    let (mut edits, mut at, mut from) = (Vec::new(), 0, 0);
    for &(digits, count) in units.iter().cycle() {
        let to = (at + digits).min(word.len());
        let put = bytes.get(from..(from + count).min(bytes.len()))?;
        edits.push(Edit::new(start + at..start + to, put));
        (at, from) = (to, from + put.len());
        if at == word.len() {
            return Some(edits);
        }
    }
    None
}

/// The bytes of text that a word of digits of so many bits stands for.
pub(crate) fn unpack(word: &[u8], digit: fn(u8) -> Option<u8>, width: u32) -> Option<Vec<u8>> {
    let (mut value, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for &b in word {
        value = value << width | u32::from(digit(b)?);
        held += width;
        if held >= 8 {
            held -= 8;
            let byte = (value >> held & 0xff) as u8;
            // What is no text is soon told.
            if !is_text(byte) {
                return None;
            }
            bytes.push(byte);
        }
    }
    Some(bytes)
}

/// Reads the pairs of hexadecimal digits that begin at `at`, with one sign between every two.
fn pairs(text: &[u8], at: usize) -> Option<(usize, Vec<Edit>)> {
    let pair = |at: usize| {
        let &[high, low] = text.get(at..at + 2)?.first_chunk()?;
        of_pair(high, low).filter(|_| !byte(text, at + 2).is_ascii_alphanumeric())
    };
    let gap = byte(text, at + 2);
    if !matches!(gap, b' ' | b':' | b'-') || before(text, at).is_ascii_alphanumeric() {
        return None;
    }
    // Inside of a row, which was asked about where it begins.
    if before(text, at) == gap && at > 2 && pair(at - 3).is_some() {
        return None;
    }
    let (mut next, mut bytes) = (at, Vec::new());
    while bytes.len() < MOST
        && let Some(value) = pair(next)
    {
        bytes.push(value);
        next += 3;
        if byte(text, next - 1) != gap {
            break;
        }
    }
    let last = at + (3 * bytes.len()).saturating_sub(1);
    let number = text.get(at..last).is_some_and(|pairs| !pairs.iter().any(u8::is_ascii_alphabetic));
    if bytes.len() < LEAST_PAIRS || !holds(&bytes) || (number && !is_number(&bytes)) {
        return None;
    }
    let edit = |(i, b): (usize, &u8)| Edit::new(at + 3 * i..(at + 3 * i + 3).min(last), &[*b]);
    Some((last, bytes.iter().enumerate().map(edit).collect()))
}

/// Whether what was decoded is a number, or is long: what stands in digits alone may be a number itself.
fn is_number(bytes: &[u8]) -> bool {
    const LONG: usize = 10;
    bytes.len() > LONG
        || bytes
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'+' | b'/' | b'(' | b')'))
}

/// Whether what was decoded may hold a value.
fn holds(bytes: &[u8]) -> bool {
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= LEAST_DIGITS || bytes.contains(&b'@')
}

/// Whether a byte is one of text in ASCII, in one line.
pub(crate) fn is_text(b: u8) -> bool {
    b.is_ascii_graphic() || b == b' '
}

/// What a digit of base64, plain or for addresses, stands for; so of base32 and of hexadecimal digits.
pub(crate) fn of_64(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

pub(crate) fn of_32(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'2'..=b'7' => b - b'2' + 26,
        _ => return None,
    })
}

pub(crate) fn of_16(b: u8) -> Option<u8> {
    Some(match b {
        b'0'..=b'9' => b - b'0',
        b'a'..=b'f' => b - b'a' + 10,
        b'A'..=b'F' => b - b'A' + 10,
        _ => return None,
    })
}
