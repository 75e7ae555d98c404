//! What stands around a group or a candidate: whether it begins and ends there, and what is written before it.

use super::lanes::LONGEST_LEAD;
use crate::pii::candidate::{Candidate, Gap, before, byte, digits_at, digits_up_to};
use crate::pii::context::{APOSTROPHE, is_word_before};
use crate::simd::BLOCK;
use std::ops::Range;

/// The group of digits and letters around the digit at `at`, which does not begin before `floor`. The digit is number
/// `bit` of a block, whose digits and letters are given as bits.
pub(super) fn group(text: &[u8], (at, bit): (usize, usize), alphanumeric: u64, floor: usize) -> Range<usize> {
    let earlier = (alphanumeric << (BLOCK - 1 - bit) << 1).leading_ones() as usize;
    let mut start = at - earlier;
    // It may have begun in the block before.
    if earlier == bit {
        while start > floor && before(text, start).is_ascii_alphanumeric() {
            start -= 1;
        }
    }
    start.max(floor)..run_end(text, (at, bit), alphanumeric, |b| b.is_ascii_alphanumeric())
}

/// Where the bytes of a kind end that begin with the one at `at`, which is number `bit` of a block with those in `bits`;
/// they may go on in the blocks behind.
fn run_end(text: &[u8], (at, bit): (usize, usize), bits: u64, is: impl Fn(u8) -> bool) -> usize {
    let mut end = at + (bits >> bit).trailing_ones() as usize;
    if bit + end - at == BLOCK {
        while is(byte(text, end)) {
            end += 1;
        }
    }
    end
}

/// Whether the digit at `at` and the next two stand alone, with one byte between: no kind is written so, but an address of
/// the internet with dots.
pub(super) fn opens_row(text: &[u8], at: usize) -> bool {
    let mark = |b: u8| !b.is_ascii_alphanumeric() && b != b'.';
    matches!(text.get(at..at + 6), Some([_, a, b'0'..=b'9', b, b'0'..=b'9', c]) if mark(*a) && mark(*b) && mark(*c))
}

/// Where an address starts whose first colon is at `at`: at the hexadecimal digits before it, or after it if
/// what stands before is a label.
pub(super) fn address_start(text: &[u8], at: usize) -> Option<usize> {
    let next = byte(text, at + 1);
    let mut start = at;
    while at - start < 5 && before(text, start).is_ascii_hexdigit() {
        start -= 1;
    }
    match before(text, start) {
        b':' => None,
        last if start < at && (!is_name(last) || begins_emphasis(text, start)) => Some(start),
        last if start == at && next == b':' => (!is_name(last) || begins_emphasis(text, at)).then_some(at),
        _ if before(text, at).is_ascii_digit() => None,
        _ => next.is_ascii_hexdigit().then_some(at + 1),
    }
}

/// Whether a run that ends in a colon ends in `::`, which is part of an address, with nothing after it.
pub(super) fn ends_open(text: &[u8], start: usize, end: usize) -> bool {
    end >= start + 2
        && before(text, end) == b':'
        && before(text, end - 1) == b':'
        && (end < start + 3 || before(text, end - 2) != b':')
}

/// Whether a colon stands before `start`, spaces between them or not.
pub(super) fn is_labelled(text: &[u8], start: usize) -> bool {
    let mut at = start;
    while start - at < 3 && matches!(before(text, at), b' ' | b'\n' | b'(' | b'+') {
        at -= 1;
    }
    before(text, at) == b':'
}

/// How many words lead up to `start` without anything between them but spaces and a colon; an abbreviation's
/// full stop may stand right before it.
pub(super) fn announced(text: &[u8], start: usize) -> usize {
    const FAR: usize = 32;
    let mut at = start;
    while start - at < 3 && matches!(before(text, at), b' ' | b':' | b'.' | b'(' | b'-') {
        at -= 1;
    }
    let (mut words, mut inside) = (0, false);
    while start - at < FAR {
        let letter = is_word_before(text, at);
        let quoted = text.get(..at).is_some_and(|head| head.ends_with(APOSTROPHE));
        if !letter && !quoted && !matches!(before(text, at), b' ' | b':' | b'\'') {
            break;
        }
        words += usize::from(letter && !inside);
        inside = letter;
        at -= if quoted { APOSTROPHE.len() } else { 1 };
    }
    words
}

/// Whether digits and spaces from `start` to `end` stand in a row of numbers: another group of two digits or more stands
/// beside them, with nothing but spaces between.
pub(super) fn is_in_row(text: &[u8], start: usize, end: usize) -> bool {
    const GAP: usize = 3;
    const MOST: usize = 20;
    let value = text.get(start..end).unwrap_or_default();
    if !value.contains(&b' ') || !value.iter().all(|b| b.is_ascii_digit() || *b == b' ') {
        return false;
    }
    let next = end + (end..end + GAP).take_while(|&i| byte(text, i) == b' ').count();
    let close = next + digits_at(text, next, MOST);
    // A date or a time of day may follow.
    let ends = !is_name(byte(text, close)) && !matches!(byte(text, close), b'/' | b':' | b'-');
    let last = start - (1..=GAP.min(start)).take_while(|&i| byte(text, start - i) == b' ').count();
    let group = digits_up_to(text, last, MOST);
    let before = before(text, last - group);
    let begins = !is_name(before) && !matches!(before, b'+' | b'/' | b':' | b'-' | b'.');
    (next > end && close >= next + 2 && ends) || (last < start && group >= 2 && begins)
}

pub(super) fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Where the one to four letters start that stand one separator before `start`.
pub(super) fn letters_before(text: &[u8], start: usize) -> Option<usize> {
    let end = start.checked_sub(1).filter(|&end| matches!(byte(text, end), b' ' | b'-'))?;
    let mut from = end;
    while end - from <= LONGEST_LEAD && before(text, from).is_ascii_alphabetic() {
        from -= 1;
    }
    let free = || !is_name(before(text, from)) || begins_emphasis(text, from);
    ((1..=LONGEST_LEAD).contains(&(end - from)) && free()).then_some(from)
}

/// Whether what starts at `start` is no part of a longer word or number.
pub(super) fn starts_free(text: &[u8], start: usize) -> bool {
    let last = before(text, start);
    match last {
        b' ' => true,
        b'(' | b'.' | b'-' | b'/' => !goes_on(text, start),
        b',' => !is_thousands(text, start - 1),
        b'_' => begins_emphasis(text, start),
        _ => !is_name(last),
    }
}

/// Whether underscores before `start` are marks of emphasis: nothing of a name stands before them.
fn begins_emphasis(text: &[u8], start: usize) -> bool {
    let marks = (1..=EMPHASIS).take_while(|&i| start >= i && byte(text, start - i) == b'_').count();
    marks > 0 && !is_name(before(text, start - marks))
}

/// Whether underscores from `end` on are: nothing of a name stands behind them.
fn ends_emphasis(text: &[u8], end: usize) -> bool {
    let marks = (end..end + EMPHASIS).take_while(|&i| byte(text, i) == b'_').count();
    marks > 0 && !is_name(byte(text, end + marks))
}

/// Most underscores that are a mark of emphasis.
const EMPHASIS: usize = 3;

/// Whether a digit and one separator stand before `start`: what starts there goes on with what they are part of.
pub(super) fn goes_on(text: &[u8], start: usize) -> bool {
    start >= 2
        && matches!(byte(text, start - 1), b'(' | b'.' | b'-' | b'/')
        && byte(text, start - 2).is_ascii_digit()
}

/// Whether the candidate ends where its word or number ends.
pub(super) fn ends_free(text: &[u8], candidate: &Candidate) -> bool {
    let end = candidate.end();
    let digit_after = byte(text, end + 1).is_ascii_digit();
    match byte(text, end) {
        b'.' | b'-' => !digit_after,
        b'/' => !(digit_after && (candidate.group_count() == 1 || candidate.separator() == Some(Gap::Slash))),
        b',' => !is_thousands(text, end),
        b'_' => ends_emphasis(text, end),
        b'%' => false,
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

/// Whether a currency sign stands before `start`, a space between them or not. One on either side sets a formula.
pub(super) fn is_money(text: &[u8], start: usize, end: usize) -> bool {
    if before(text, start) == b'$' && byte(text, end) == b'$' {
        return false;
    }
    let at = start - usize::from(before(text, start) == b' ');
    let head = text.get(..at).unwrap_or_default();
    ["$", "€", "£", "¥", "₹"].iter().any(|sign| head.ends_with(sign.as_bytes()))
}
