//! Values written in pieces: single characters, or so many at a time, with the same between every two (`N-L-9-1-A-B`,
//! `"j""a""n""e"`, `19yW 6Fan iGyp`), and bank account numbers with anything between their groups.

use super::loose::{between, marks};
use super::{Edit, emphasis};
use crate::pii::candidate::{before, byte, digits_at};
use crate::pii::prefilter::Surveys;
use crate::pii::recognizers::{account_length, is_account};
use crate::simd::Set;
use std::ops::Range;

/// Most bytes between two pieces.
const GAP: usize = 8;
/// Fewest single characters, and most of them that are put together.
const LEAST_SINGLES: usize = 8;
const MOST_SINGLES: usize = 256;
/// Longest piece, and fewest characters and pieces of such.
const LONGEST: usize = 16;
const LEAST: usize = 14;
const LEAST_PIECES: usize = 3;
const MOST_PIECES: usize = 64;

/// Collects what stands between the pieces.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    for at in surveys.digits(set, text) {
        if at >= next {
            let group = if byte(text, at) == b'@' { at..at + 1 } else { group(text, at) };
            if let Some(gaps) = emphasis::gaps(text, &group).or_else(|| gaps(text, &group)) {
                next = gaps.last().map_or(0, |gap| gap.end);
                edits.extend(gaps.into_iter().map(|gap| Edit::new(gap, b"")));
            }
            next = next.max(group.end);
        }
    }
    edits
}

/// Whether a group of digits and letters, or an `@`, is a piece of what [`edits`] would put together.
pub(crate) fn asks(text: &[u8], group: &Range<usize>) -> bool {
    match group.end - group.start {
        1 => gap_of_singles(text, group.start).is_some(),
        _ => pieces(text, group).is_some() || account(text, group).is_some(),
    }
}

/// The group of digits and letters around the digit at `at`; no more than is looked at.
fn group(text: &[u8], at: usize) -> Range<usize> {
    let mut start = at;
    while at - start <= LONGEST && before(text, start).is_ascii_alphanumeric() {
        start -= 1;
    }
    let mut end = at + 1;
    while byte(text, end).is_ascii_alphanumeric() {
        end += 1;
    }
    start..end
}

fn gaps(text: &[u8], group: &Range<usize>) -> Option<Vec<Range<usize>>> {
    if group.end - group.start > 1 {
        return pieces(text, group).or_else(|| account(text, group));
    }
    let gap = gap_of_singles(text, group.start)?;
    let Range { start, end } = singles(text, group.start, gap, MOST_SINGLES);
    let step = 1 + gap.len();
    Some((start + 1..end).step_by(step).map(|at| at..at + gap.len()).filter(|gap| gap.end < end).collect())
}

/// Where letters and digits go on behind `end`, after a few other bytes.
fn behind(text: &[u8], end: usize) -> Option<usize> {
    let next = marks(text, end, end + GAP);
    (next > end && byte(text, next).is_ascii_alphanumeric()).then_some(next)
}

/// What stands between single characters of which the one at `at` is one, if they are not all digits, which others see to.
fn gap_of_singles(text: &[u8], at: usize) -> Option<&[u8]> {
    let is_next_to_more =
        byte(text, at + 1).is_ascii_alphanumeric() || before(text, at).is_ascii_alphanumeric();
    // A space is seen to by others too.
    if is_next_to_more || (byte(text, at + 1) == b' ' && byte(text, at + 2).is_ascii_alphanumeric()) {
        return None;
    }
    let next = behind(text, at + 1)?;
    let gap = text.get(at + 1..next)?;
    if gap.contains(&b'@') {
        return None;
    }
    // Where not all are digits, one stands beside another character.
    let last = at.checked_sub(gap.len() + 1).map_or(0, |last| byte(text, last));
    if last.is_ascii_digit() && byte(text, next).is_ascii_digit() {
        return None;
    }
    let near = singles(text, at, gap, LEAST_SINGLES);
    let units = near.step_by(1 + gap.len()).map(|at| byte(text, at));
    // A letter before digits alone is no part of what they are, but a capital with a sign behind it.
    let letters = if gap.contains(&b' ') { u8::is_ascii_alphabetic } else { u8::is_ascii_lowercase };
    let is_number = units.clone().skip_while(letters).all(|b| b.is_ascii_digit());
    (units.count() >= LEAST_SINGLES && !is_number).then_some(gap)
}

/// The single characters with `gap` between around the one at `at`; no more than `most` in a direction.
fn singles(text: &[u8], at: usize, gap: &[u8], most: usize) -> Range<usize> {
    let goes_on = |end: usize| text.get(end..).is_some_and(|rest| rest.starts_with(gap));
    let comes_from = |start: usize| text.get(..start).is_some_and(|head| head.ends_with(gap));
    let is_mark = |b: u8| b.is_ascii_punctuation() || b == b' ';
    let (mut start, mut from) = (at, at);
    for _ in 0..most {
        let Some(unit) = from.checked_sub(gap.len() + 1).filter(|_| comes_from(from)) else { break };
        match byte(text, unit) {
            b if b.is_ascii_alphanumeric() => {
                if before(text, unit).is_ascii_alphanumeric() {
                    break;
                }
                start = unit;
            }
            b'+' | b'(' if !before(text, unit).is_ascii_alphanumeric() => start = unit,
            b if is_mark(b) && comes_from(unit) => {}
            _ => break,
        }
        from = unit;
    }
    let (mut end, mut last) = (at + 1, at);
    for _ in 0..most {
        let unit = last + 1 + gap.len();
        if !goes_on(last + 1) {
            break;
        }
        match byte(text, unit) {
            b if b.is_ascii_alphanumeric() => {
                if byte(text, unit + 1).is_ascii_alphanumeric() {
                    break;
                }
                end = unit + 1;
            }
            b if is_mark(b) && goes_on(unit + 1) => {}
            _ => break,
        }
        last = unit;
    }
    start..end
}

/// The gaps between pieces of one length, of which the group is one.
fn pieces(text: &[u8], group: &Range<usize>) -> Option<Vec<Range<usize>>> {
    // Where signs stand beside them too, pieces may hold them; those of numbers are dates, ranges and decimals.
    let signed = is_sign(byte(text, group.end)) || is_sign(before(text, group.start));
    let is_number = digits_at(text, group.start, group.end - group.start) == group.end - group.start;
    let in_words = signed && !is_number;
    let all = |b: u8| b.is_ascii_graphic();
    let plain = |b: u8| b.is_ascii_alphanumeric();
    let words = || if in_words { alike(text, group, all) } else { None };
    words().or_else(|| alike(text, group, plain))
}

/// A sign that keys, wallets and addresses are written with.
pub(crate) fn is_sign(b: u8) -> bool {
    matches!(b, b'_' | b'-' | b':' | b'/' | b'.' | b'@' | b'+')
}

/// Those of pieces that are written in such bytes.
fn alike(text: &[u8], group: &Range<usize>, is_part: impl Fn(u8) -> bool) -> Option<Vec<Range<usize>>> {
    let is_gap = |b: u8| b != 0 && !is_part(b);
    let Range { mut start, mut end } = *group;
    while end - start <= LONGEST && is_part(before(text, start)) {
        start -= 1;
    }
    while end - start <= LONGEST && is_part(byte(text, end)) {
        end += 1;
    }
    let length = end - start;
    if length > LONGEST {
        return None;
    }
    let next = end + (end..end + GAP).take_while(|&i| is_gap(byte(text, i))).count();
    let run = |at: usize| (at..at + length + 1).take_while(|&i| is_part(byte(text, i))).count();
    if next == end || run(next) != length {
        return None;
    }
    let gap = text.get(end..next)?;
    // Where not all are numbers, one stands beside a piece that is none.
    let is_number = |from: usize| digits_at(text, from, length) == length;
    let last = start.checked_sub(gap.len() + length);
    if is_number(start)
        && (byte(text, next).is_ascii_lowercase() || (is_number(next) && last.is_none_or(is_number)))
    {
        return None;
    }
    // Words of prose are as long as another by chance.
    let is_word = |piece: &[u8]| {
        let word = piece.strip_suffix(b",").or(piece.strip_suffix(b".")).unwrap_or(piece);
        word.iter().all(u8::is_ascii_lowercase)
    };
    let piece = |from: usize, length: usize| text.get(from..from + length).filter(|piece| !is_word(piece));
    let (mut first, mut count) = (start, 1);
    while count < MOST_PIECES
        && let Some(from) = first.checked_sub(gap.len() + length)
        && text.get(from + length..first) == Some(gap)
        && piece(from, length).is_some_and(|piece| piece.iter().all(|b| is_part(*b)))
        && !is_part(before(text, from))
    {
        (first, count) = (from, count + 1);
    }
    let (mut later, mut last) = (0, start + length);
    let mut chars = count * length;
    while later < MOST_PIECES && text.get(last..last + gap.len()) == Some(gap) {
        let from = last + gap.len();
        let mut found = run(from);
        // What ends a sentence is no part of the last piece.
        if found <= length && !text.get(from + found..).is_some_and(|rest| rest.starts_with(gap)) {
            found -=
                (1..=found).take_while(|&i| !byte(text, from + found - i).is_ascii_alphanumeric()).count();
        }
        if found == 0 || found > length || piece(from, found).is_none() {
            break;
        }
        later += 1;
        (last, chars) = (from + found, chars + found);
        if found < length {
            break;
        }
    }
    let whole = || text.get(first..last).unwrap_or_default().iter();
    let mixed = || whole().any(u8::is_ascii_alphabetic) && whole().any(u8::is_ascii_digit);
    let enough = chars >= LEAST && count + later >= LEAST_PIECES;
    // So stand addresses of the internet, and account numbers.
    let step = length + gap.len();
    let is_account = || (first..last).step_by(step).any(|at| begins_account(text, at).is_some());
    // So does a label before a number.
    let labelled =
        || (first + step..last).step_by(step).all(|at| digits_at(text, at, length) == length.min(last - at));
    let usual = || gap == b":" || (length == 4 && gap.len() == 1 && is_account()) || labelled();
    if !enough || !mixed() || usual() {
        return None;
    }
    let all = (first + length..).step_by(step).take(count - 1 + later);
    Some(all.map(|at| at..at + gap.len()).collect())
}

/// The gaps in a bank account number that begins with the group, if anything unusual stands between its groups.
fn account(text: &[u8], group: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let length = begins_account(text, group.start)?;
    let (mut gaps, mut end, mut code) = (Vec::new(), group.end, text.get(group.clone())?.to_vec());
    while code.len() < length {
        let next = between(text, end)?;
        let mut last = next;
        while byte(text, last).is_ascii_alphanumeric() && last - next <= length {
            last += 1;
        }
        gaps.push(end..next);
        code.extend_from_slice(text.get(next..last)?);
        end = last;
    }
    code.make_ascii_uppercase();
    (!gaps.is_empty() && !is_usual(text, group.start, &gaps) && is_account(&code)).then_some(gaps)
}

/// How long the bank account number is that may begin at `at`; one of the two digits may be a letter that looks like one.
pub(crate) fn begins_account(text: &[u8], at: usize) -> Option<usize> {
    let &[a, b, c, d] = text.get(at..at + 4)? else { return None };
    let looks = |b: u8| b.is_ascii_digit() || matches!(b, b'O' | b'o' | b'l' | b'I');
    let checked = looks(c) && looks(d) && (c.is_ascii_digit() || d.is_ascii_digit());
    let country = checked && a.is_ascii_uppercase() && b.is_ascii_uppercase();
    if country { account_length([a, b]) } else { None }
}

/// Whether groups of four are split as they usually are: that is read as it stands.
fn is_usual(text: &[u8], start: usize, gaps: &[Range<usize>]) -> bool {
    let between = |gap: &Range<usize>| text.get(gap.clone());
    let first = gaps.first().and_then(between);
    let fours = gaps.iter().zip(0..).all(|(gap, i)| gap.start == start + 4 + 5 * i);
    fours && matches!(first, Some(b" " | b"-" | b".")) && gaps.iter().all(|gap| between(gap) == first)
}
