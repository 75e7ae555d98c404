//! Addresses of machines and of wallets with letters for digits, or broken over a line, and codes that are broken beside
//! their letters. What comes out is checked here: no word looks like one of them.

use super::digits::INDENT;
use super::{Edit, Guess};
use crate::pii::candidate::{before, byte};
use crate::pii::recognizers::{is_address, is_wallet};
use std::ops::Range;

/// Longest address of a machine that is looked at, broken over a line or not.
const LONGEST: usize = 64;
/// Shortest piece of a wallet's address, and longest one in a line.
const LEAST: usize = 8;
const MOST: usize = 64;

/// Collects what is done around a group of digits and letters; gives where it ends.
#[inline]
pub(super) fn edits(text: &[u8], group: &Range<usize>, edits: &mut Vec<Edit>) -> Option<usize> {
    if may_ask(group.len(), before(text, group.start), byte(text, group.end)) {
        asked(text, group, edits)
    } else {
        None
    }
}

fn asked(text: &[u8], group: &Range<usize>, edits: &mut Vec<Edit>) -> Option<usize> {
    let (found, end) = address(text, group).or_else(|| wallet(text, group)).or_else(|| code(text, group))?;
    edits.extend(found);
    Some(end)
}

/// Whether a group is part of what [`edits`] changes.
#[inline]
pub(crate) fn asks(text: &[u8], group: &Range<usize>) -> bool {
    edits(text, group, &mut Vec::new()).is_some()
}

/// Whether it may be, by its length and the bytes beside it: most are none.
#[inline(always)]
pub(crate) fn may_ask(length: usize, last: u8, next: u8) -> bool {
    let breaks = |b: u8| (b == b'\n') | (b == b'\r');
    (next == b':') | (last == b':') | (length > 2 * LEAST) | breaks(next) | breaks(last)
}

/// The digit that a letter stands for which is none of a hexadecimal number's.
fn digit(b: u8) -> Option<u8> {
    match b {
        b'O' | b'o' => Some(b'0'),
        b'l' | b'I' => Some(b'1'),
        _ => None,
    }
}

/// Where the line after the one that ends at `end` begins, its indentation left out; none if no line ends there.
fn next_line(text: &[u8], end: usize) -> Option<usize> {
    let line = end + usize::from(byte(text, end) == b'\r');
    let indent = (1..=INDENT).take_while(|&i| byte(text, line + i) == b' ').count();
    (byte(text, line) == b'\n').then_some(line + 1 + indent)
}

/// Where the line before the one that begins at `start` ends.
fn last_line(text: &[u8], start: usize) -> Option<usize> {
    let indent = (1..=INDENT.min(start)).take_while(|&i| byte(text, start - i) == b' ').count();
    let line = (start - indent).checked_sub(1).filter(|&line| byte(text, line) == b'\n')?;
    Some(line - usize::from(before(text, line) == b'\r'))
}

/// An address with colons around a group.
fn address(text: &[u8], group: &Range<usize>) -> Option<(Vec<Edit>, usize)> {
    if byte(text, group.end) != b':' && before(text, group.start) != b':' {
        return None;
    }
    let is_part = |b: u8| b.is_ascii_hexdigit() || b == b':' || digit(b).is_some();
    let mut start = group.start;
    while group.start - start < LONGEST {
        if is_part(before(text, start)) {
            start -= 1;
        } else if let Some(line) = last_line(text, start).filter(|&line| before(text, line) == b':') {
            start = line;
        } else {
            break;
        }
    }
    let (mut end, mut run, mut found) = (start, Vec::new(), Vec::new());
    while end - start < LONGEST {
        let b = byte(text, end);
        if is_part(b) {
            if let Some(digit) = digit(b) {
                found.push(Edit::new(end..end + 1, &[digit]).guess(Guess::Likely));
            }
            run.push(digit(b).unwrap_or(b));
            end += 1;
        } else if run.last() == Some(&b':')
            && let Some(next) = next_line(text, end)
                .filter(|&next| byte(text, next).is_ascii_hexdigit() || byte(text, next) == b':')
        {
            found.push(Edit::new(end..next, b""));
            end = next;
        } else {
            break;
        }
    }
    let free = !before(text, start).is_ascii_alphanumeric() && !byte(text, end).is_ascii_alphanumeric();
    (free && !found.is_empty() && is_address(&run)).then_some((found, end))
}

/// A wallet's address in a group, or in one and what begins the next line.
fn wallet(text: &[u8], group: &Range<usize>) -> Option<(Vec<Edit>, usize)> {
    if !(LEAST..=MOST).contains(&group.len()) {
        return None;
    }
    let own = text.get(group.clone())?;
    if group.len() > 2 * LEAST && own.iter().any(|&b| digit(b).is_some()) {
        let plain: Vec<u8> = own.iter().map(|&b| digit(b).unwrap_or(b)).collect();
        if !is_wallet(own) && is_wallet(&plain) {
            let letters = own.iter().enumerate().filter_map(|(i, &b)| Some((group.start + i, digit(b)?)));
            let edit = |(at, digit)| Edit::new(at..at + 1, &[digit]).guess(Guess::Likely);
            return Some((letters.map(edit).collect(), group.end));
        }
    }
    let next = next_line(text, group.end)?;
    let length = (next..next + MOST).take_while(|&i| byte(text, i).is_ascii_alphanumeric()).count();
    let joined = [own, text.get(next..next + length)?].concat();
    let broken = length >= LEAST && !is_wallet(own) && is_wallet(&joined);
    broken.then(|| (vec![Edit::new(group.end..next, b"")], next + length))
}

/// The end of a line between the pairs of digits of a code and the letters before or behind them: `CE\n97 01 19 B`.
fn code(text: &[u8], group: &Range<usize>) -> Option<(Vec<Edit>, usize)> {
    let own = text.get(group.clone())?;
    if !matches!(own.len(), 2 | 6) || !own.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pair = |at: usize| {
        let digits = text.get(at..at + 2).is_some_and(|pair| pair.iter().all(u8::is_ascii_digit));
        digits && !byte(text, at + 2).is_ascii_alphanumeric()
    };
    let whole = own.len() == 6;
    if let Some(end) = last_line(text, group.start) {
        let letters = end
            .checked_sub(2)
            .and_then(|at| text.get(at..end))
            .is_some_and(|two| two.iter().all(u8::is_ascii_uppercase));
        let free = end < 3 || !byte(text, end - 3).is_ascii_alphanumeric();
        let goes_on = whole || (byte(text, group.end) == b' ' && pair(group.end + 1));
        return (letters && free && goes_on).then(|| (vec![Edit::new(end..group.start, b" ")], group.end));
    }
    let next = next_line(text, group.end)?;
    let letter = byte(text, next).is_ascii_uppercase() && !byte(text, next + 1).is_ascii_alphanumeric();
    let comes = whole || (before(text, group.start) == b' ' && group.start >= 3 && pair(group.start - 3));
    (letter && comes).then(|| (vec![Edit::new(group.end..next, b" ")], next))
}
