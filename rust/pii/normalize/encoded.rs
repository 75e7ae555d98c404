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
const LEAST: usize = 10;
const MOST: usize = 256;
const LEAST_OF_16: usize = 14;
/// Most equals signs that fill up a word.
const MOST_FILLING: usize = 6;
/// Fewest pairs of hexadecimal digits in a row of groups, and the digits that a group may have.
const LEAST_PAIRS: usize = 7;
const GROUPS: [usize; 3] = [2, 4, 8];
/// Fewest digits of a value, and fewest characters of one that has but one, as a street with its number.
const LEAST_DIGITS: usize = 4;
const LEAST_OF_STREET: usize = 11;
/// Fewest codes of a word in which other letters than an at sign are in codes.
const LEAST_CODES: usize = 3;
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
    let beside = next == b'=' || (at > 2 && byte(text, at - 3) == b'=') || is_broken(text, at);
    let (begins, ends) = (last.is_ascii_alphanumeric(), next.is_ascii_alphanumeric());
    let count = codes(text, at);
    let digits = last.is_ascii_digit() || next.is_ascii_digit();
    let joins = match put {
        b'(' | b'+' => ends,
        b')' => begins,
        b if b.is_ascii_alphanumeric() => {
            (begins || ends) && (count >= LEAST_CODES || (digits && b.is_ascii_digit()))
        }
        b => begins && ends && is_sign(b),
    };
    count > 0 && (beside || joins)
}

/// Whether a line ends at `at` in the way of quoted-printable.
fn is_broken(text: &[u8], at: usize) -> bool {
    text.get(..at).is_some_and(|head| head.ends_with(b"=\n") || head.ends_with(b"=\r\n"))
}

/// A sign that addresses and numbers are written with.
fn is_sign(b: u8) -> bool {
    matches!(b, b'@' | b'.' | b'-' | b'_' | b'+' | b':' | b'/' | b'(' | b')' | b' ')
}

/// How many codes the word around `at` has, if it is in codes: one stands for an at sign, or all for signs and digits, or there are
/// several. The groups of a number may be joined by the same sign, and a name and its value: so of one code alone a letter is
/// needed.
fn codes(text: &[u8], at: usize) -> usize {
    let is_part =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'-' | b'.' | b'_' | b':' | b'/' | b'@');
    let start = skip_back(text, at, FAR, is_part);
    let end = skip(text, at, FAR, is_part);
    let (mut all, mut any, mut count) = (true, false, usize::from(is_broken(text, start)));
    for code in (start..end).filter(|&i| byte(text, i) == b'=') {
        let Some((_, put)) = quoted(text, code) else { return 0 };
        all &= put.is_none_or(|b| is_sign(b) || b.is_ascii_digit());
        let number = before(text, code).is_ascii_digit() && byte(text, code + 3).is_ascii_digit();
        any |= put == Some(b'@') && !number;
        count += 1;
    }
    let lettered = text.get(at..at + 3).is_some_and(|code| code.iter().any(u8::is_ascii_alphabetic));
    let is_coded = any || (all && (count > 1 || lettered)) || count >= LEAST_CODES;
    if is_coded { count } else { 0 }
}

/// The code at `at`: its end, and what it stands for, which is nothing for the end of a line that breaks a word.
fn quoted(text: &[u8], at: usize) -> Option<(usize, Option<u8>)> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b':' | b'/' | b' ');
    let line = at + 1 + usize::from(byte(text, at + 1) == b'\r');
    if byte(text, line) == b'\n' {
        let goes_on = is_part(byte(text, line + 1)) || byte(text, line + 1) == b'=';
        return (is_part(before(text, at)) && goes_on).then_some((line + 1, None));
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
    let length = group.len().saturating_sub(prefix(text, group.start));
    if GROUPS.contains(&length) {
        let found = row(text, group.start, length);
        if found.is_some() || group.len() < LEAST {
            return found;
        }
    }
    if (LEAST..=MOST).contains(&group.len()) { word(text, group) } else { None }
}

/// The length of what says that hexadecimal digits follow: `0x`.
fn prefix(text: &[u8], at: usize) -> usize {
    if byte(text, at) == b'0' && byte(text, at + 1) | 0x20 == b'x' { 2 } else { 0 }
}

/// Reads a word.
fn word(text: &[u8], group: &Range<usize>) -> Option<(usize, Vec<Edit>)> {
    let Range { start, end } = *group;
    let own = text.get(group.clone())?;
    // A value in plain writing has other signs.
    let is_part = |b: &u8| b.is_ascii_alphanumeric() | matches!(b, b'+' | b'-' | b'/' | b'_');
    if !own.iter().all(is_part) {
        return None;
    }
    let prefix = prefix(text, start);
    let digits = own.get(prefix..)?;
    let in_16 = || {
        let mut edits = decode(digits, start + prefix, of_16, 4, &[(2, 1)])?;
        if prefix > 0 {
            edits.push(Edit::new(start..start + prefix, b""));
        }
        Some(edits)
    };
    let mut edits = in_16()
        .or_else(|| decode(own, start, of_64, 6, &[(4, 3)]))
        .or_else(|| decode(own, start, of_32, 5, &[(4, 2), (4, 3)]))
        .or_else(|| decode(own, start, of_small_32, 5, &[(4, 2), (4, 3)]))?;
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

/// Reads the hexadecimal digits that begin at `at` in groups of so many, with the same between every two; the last may have
/// fewer.
fn row(text: &[u8], at: usize, digits: usize) -> Option<(usize, Vec<Edit>)> {
    let prefix = prefix(text, at);
    let width = prefix + digits;
    let gap = match (byte(text, at + width), byte(text, at + width + 1)) {
        (b',', b' ') => 2,
        (b' ' | b':' | b'-' | b',' | b'|' | b'_', _) => 1,
        _ => return None,
    };
    if before(text, at).is_ascii_alphanumeric() {
        return None;
    }
    let between = text.get(at + width..at + width + gap)?;
    // The bytes of the group at `at`, and where it ends: of hardly any number all are text.
    let group = |at: usize| {
        if self::prefix(text, at) != prefix {
            return None;
        }
        let start = at + prefix;
        let end = skip(text, start, digits + 1, |b| b.is_ascii_alphanumeric());
        let (pairs, rest) = text.get(start..end)?.as_chunks();
        let whole = (1..=digits).contains(&(end - start)) && rest.is_empty();
        let bytes: Option<Vec<u8>> = pairs.iter().map(|&[high, low]| of_pair(high, low)).collect();
        bytes.filter(|_| whole).map(|bytes| (bytes, end))
    };
    group(at)?;
    // Inside of a row, which was asked about where it begins.
    let last =
        at.checked_sub(gap + width).filter(|_| text.get(..at).is_some_and(|head| head.ends_with(between)));
    if last.is_some_and(|last| {
        !before(text, last).is_ascii_alphanumeric() && group(last).is_some_and(|(_, end)| end + gap == at)
    }) {
        return None;
    }
    let (mut next, mut end, mut bytes, mut edits) = (at, at, Vec::new(), Vec::new());
    while bytes.len() < MOST
        && let Some((own, to)) = group(next)
    {
        let mut from = next + prefix;
        if from > end {
            edits.push(Edit::new(end..from, b""));
        }
        for b in &own {
            edits.push(Edit::new(from..from + 2, &[*b]));
            from += 2;
        }
        bytes.extend(own);
        end = to;
        if to - next < width || text.get(end..end + gap) != Some(between) {
            break;
        }
        next = end + gap;
    }
    let number = text.get(at..end).is_some_and(|row| !row.iter().any(u8::is_ascii_alphabetic));
    // Numbers with commas between are a list.
    let listed = number && between.starts_with(b",");
    if bytes.len() < LEAST_PAIRS || !holds(&bytes) || listed || (number && !is_number(&bytes)) {
        return None;
    }
    Some((end, edits))
}

/// Whether what was decoded is a number or mostly one, or is long: what stands in digits alone may be a number itself.
fn is_number(bytes: &[u8]) -> bool {
    const LONG: usize = 10;
    const MANY: usize = 6;
    bytes.len() > LONG
        || bytes.iter().filter(|b| b.is_ascii_digit()).count() > MANY
        || bytes
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.' | b'+' | b'/' | b'(' | b')'))
}

/// Whether what was decoded may hold a value.
fn holds(bytes: &[u8]) -> bool {
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let street = || bytes.len() >= LEAST_OF_STREET && digits > 0 && bytes.contains(&b' ');
    digits >= LEAST_DIGITS || bytes.contains(&b'@') || street()
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

/// The same of small letters, which some write.
fn of_small_32(b: u8) -> Option<u8> {
    if b.is_ascii_uppercase() { None } else { of_32(b.to_ascii_uppercase()) }
}

pub(crate) fn of_16(b: u8) -> Option<u8> {
    Some(match b {
        b'0'..=b'9' => b - b'0',
        b'a'..=b'f' => b - b'a' + 10,
        b'A'..=b'F' => b - b'A' + 10,
        _ => return None,
    })
}
