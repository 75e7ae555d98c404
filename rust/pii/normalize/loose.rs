//! Groups of digits that are a number only if words say so, as they may be a list: single digits with any one thing between
//! them (`4, 1, 5, ...`, `[4][1][5]`), pairs or triples where none belong (`53 69 04 39 9`), and the groups of a phone, a
//! card or a social security number with anything between (`415, 555, 0132`, `[415] [555] [0132]`), before the last one
//! also a word (`415, 555 and 0132`).

use super::{Edit, digits::underscores};
use crate::pii::candidate::{before, byte, digits_at, skip};
use crate::pii::prefilter::Surveys;
use crate::simd::Set;
use std::ops::Range;

/// Fewest digits of a number that is pulled apart, and most.
const LEAST: usize = 7;
const MOST: usize = 20;
/// Most digits of one group.
pub(crate) const MOST_OF_GROUP: usize = 6;
/// Most bytes between two groups: `followed by` between commas.
const GAP: usize = 14;
/// Longest word that is read behind a row.
const LONGEST_WORD: usize = 24;
/// Words that may stand there, with spaces around.
const WORDS: &[&[u8]] = &[
    b"then",
    b"and",
    b"and then",
    b"followed by",
    b"next",
    b"x",
    b"slash",
    b"stroke",
    b"space",
    b"pause",
    b"wait",
    b"um",
    b"uh",
    b"er",
];
/// The groups of numbers that are told by them: telephones, social security, cards, taxpayers of Brazil.
pub(super) const GROUPS: &[&[usize]] =
    &[&[3, 3, 4], &[1, 3, 3, 4], &[3, 2, 4], &[4, 4, 4, 4], &[4, 6, 5], &[3, 3, 3, 2]];

/// Groups of digits, or of digits and letters, and what stands between them.
pub(super) struct Row<const MOST: usize> {
    pub(super) start: usize,
    /// How long each is, and what stands behind each but the last.
    pub(super) lengths: [usize; MOST],
    pub(super) gaps: [Range<usize>; MOST],
    pub(super) count: usize,
    /// Whether the last gap is another one than those before it.
    ends: bool,
}

/// Collects what stands between the groups.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    for at in surveys.digits(set, text) {
        let begins = byte(text, at).is_ascii_digit() && !before(text, at).is_ascii_alphanumeric();
        if at < next || !begins || !begins_row(text, at) {
            continue;
        }
        let row = row(text, at);
        if let Some(put) = put(text, &row) {
            next = row.end();
            edits.extend(row.inner().iter().map(|gap| Edit::new(gap.clone(), put)));
            edits.extend(underscores(text, &(row.start..next)));
        } else {
            // No other row begins inside of it, but at its last group.
            next = row.inner().last().map_or(at + 1, |gap| gap.end);
        }
    }
    edits
}

/// Whether a group of digits begins what [`edits`] would put together.
pub(crate) fn asks(text: &[u8], group: &Range<usize>) -> bool {
    let length = group.end - group.start;
    // A word of prose stands behind most.
    let (next, second) = (byte(text, group.end), byte(text, group.end + 1));
    if is_part(next) || (next == b' ' && second.is_ascii_alphabetic() && !begins_word(text, group.end + 1)) {
        return false;
    }
    // Most that have a digit behind one sign are inside of a row.
    if second.is_ascii_digit()
        && next == before(text, group.start)
        && before(text, group.start.saturating_sub(1)).is_ascii_digit()
    {
        return false;
    }
    if length > 4 || !begins_row(text, group.start) || !text.get(group.clone()).is_some_and(is_number) {
        return false;
    }
    let Some(next) = gap(text, group.end) else { return false };
    // Inside of a row, which was asked about where it begins.
    let between = text.get(group.end..next);
    let start = group.start.checked_sub(next - group.end);
    if start
        .is_some_and(|start| text.get(start..group.start) == between && before(text, start).is_ascii_digit())
    {
        return false;
    }
    put(text, &row(text, group.start)).is_some()
}

impl<const MOST: usize> Row<MOST> {
    /// One without any group yet.
    pub(super) fn new(start: usize) -> Self {
        const NOWHERE: Range<usize> = 0..0;
        Self { start, lengths: [0; MOST], gaps: [NOWHERE; MOST], count: 0, ends: false }
    }
    pub(super) fn inner(&self) -> &[Range<usize>] {
        self.gaps.get(..self.count.saturating_sub(1)).unwrap_or_default()
    }
    pub(super) fn lengths(&self) -> &[usize] {
        self.lengths.get(..self.count).unwrap_or_default()
    }
    fn end(&self) -> usize {
        let (last, gap) = (self.lengths().last(), self.inner().last());
        gap.map_or(self.start, |gap| gap.end) + last.copied().unwrap_or_default()
    }
}

fn is_number(group: &[u8]) -> bool {
    group.iter().all(u8::is_ascii_digit)
}

/// A letter or digit, or part of a character that is not ASCII.
fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}

/// The row that begins at `at`, where no digit stands before.
fn row(text: &[u8], at: usize) -> Row<MOST> {
    let mut row = Row::new(at);
    let (mut from, mut digits) = (at, 0);
    let mut usual: &[u8] = b"";
    while row.count < MOST {
        let length = digits_at(text, from, MOST_OF_GROUP + 1);
        let end = from + length;
        if length == 0 || length > MOST_OF_GROUP {
            break;
        }
        if let Some(slot) = row.lengths.get_mut(row.count) {
            *slot = length;
        }
        row.count += 1;
        digits += length;
        if digits > MOST || row.ends {
            break;
        }
        let Some(next) = gap(text, end) else { break };
        let between = text.get(end..next).unwrap_or_default();
        let is_last = row.count > 1 && between != usual;
        if is_last && (has_word(usual) || !has_word(between)) {
            break;
        }
        usual = between;
        if let Some(slot) = row.gaps.get_mut(row.count - 1) {
            *slot = end..next;
        }
        from = next;
        row.ends |= is_last;
    }
    row
}

/// Whether a word stands between two groups.
fn has_word(between: &[u8]) -> bool {
    between.iter().any(u8::is_ascii_alphabetic)
}

/// Whether three groups stand at `at` with the same between them, or a word before the last one: a row has as many, and
/// most numbers begin none.
fn begins_row(text: &[u8], at: usize) -> bool {
    let group =
        |at: usize| Some(digits_at(text, at, MOST_OF_GROUP + 1)).filter(|n| (1..=MOST_OF_GROUP).contains(n));
    let third = || {
        let end = at + group(at)?;
        // A word of prose stands behind most.
        if byte(text, end + 1).is_ascii_alphabetic() && !begins_word(text, end + 1) {
            return None;
        }
        let next = gap(text, end)?;
        let last = next + group(next)?;
        let third = last + (next - end);
        if text.get(end..next) == text.get(last..third) {
            return group(third);
        }
        let third = gap(text, last)?;
        (has_word(text.get(last..third)?) && !has_word(text.get(end..next)?)).then(|| group(third)).flatten()
    };
    third().is_some()
}

/// Whether one of [`WORDS`] may begin at `at`.
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    let next = byte(text, at + 1);
    match byte(text, at) {
        b'a' => next == b'n',
        b'e' => next == b'r',
        b'f' => next == b'o',
        b'n' => next == b'e',
        b'p' | b'w' => next == b'a',
        b's' => matches!(next, b'l' | b'p' | b't'),
        b't' => next == b'h',
        b'u' => matches!(next, b'm' | b'h'),
        b'x' => !next.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Where what stands between two groups of digits ends that begins at `end`.
fn gap(text: &[u8], end: usize) -> Option<usize> {
    let next = marks(text, end, end + GAP);
    let next = if byte(text, next).is_ascii_digit() { next } else { word(text, next, end)? };
    (next > end && byte(text, next).is_ascii_digit()).then_some(next)
}

/// The same between groups of digits and letters.
pub(super) fn between(text: &[u8], end: usize) -> Option<usize> {
    let next = marks(text, end, end + GAP);
    let next = word(text, next, end).unwrap_or(next);
    (next > end && is_part(byte(text, next))).then_some(next)
}

/// Where the marks and spaces that stand at `at` end, before `most` at the latest.
pub(super) fn marks(text: &[u8], at: usize, most: usize) -> usize {
    at + (at..most).take_while(|&i| byte(text, i) != 0 && !is_part(byte(text, i))).count()
}

/// Where one of [`WORDS`] at `at`, and the marks behind it, end, of what stands between two groups from `end` on.
fn word(text: &[u8], at: usize, end: usize) -> Option<usize> {
    if !begins_word(text, at) {
        return None;
    }
    let word = WORDS.iter().rev().find(|word| text.get(at..).is_some_and(|rest| rest.starts_with(word)))?;
    let next = at + word.len();
    Some(marks(text, next, end + GAP + 4)).filter(|&behind| behind > next)
}

/// Whether groups with this between are read as they stand.
pub(super) fn is_plain(between: &[u8]) -> bool {
    matches!(between, b" " | b"-" | b"." | b"/")
}

/// What the gaps of a row stand for, if it may be a number in an odd writing.
fn put(text: &[u8], row: &Row<MOST>) -> Option<&'static [u8]> {
    let lengths = row.lengths();
    let between = text.get(row.inner().first()?.clone())?;
    let plain = is_plain(between);
    let digits: usize = lengths.iter().sum();
    if row.ends {
        return (GROUPS.contains(&lengths) && !is_counted(text, row)).then_some(b"-");
    }
    let (&last, all) = lengths.split_last()?;
    let first = *all.first()?;
    let even = all.iter().all(|&length| length == first) && last <= first;
    // A comma, or anything, between single digits; the same of pairs and triples only where it is one sign.
    let apart = match first {
        1 => !plain,
        2 | 3 => between.len() == 1 && between != b"," && (first == 2 || !(plain && lengths == [3, 3, 3])),
        _ => false,
    };
    if even && apart && (LEAST..=MOST).contains(&digits) && lengths.len() > 2 {
        return Some(b"");
    }
    let grouped = !plain && GROUPS.contains(&lengths);
    (grouped || is_abroad(text, row, between, digits)).then_some(b"-")
}

/// Whether it is as long as a telephone number with its country's code, or with the zero of a trunk.
fn is_abroad(text: &[u8], row: &Row<MOST>, between: &[u8], digits: usize) -> bool {
    let lengths = row.lengths();
    let few = (3..=6).contains(&lengths.len());
    let plus = before(text, row.start) == b'+' && (8..=15).contains(&digits);
    let trunk = byte(text, row.start) == b'0'
        && (9..=11).contains(&digits)
        && lengths.iter().all(|&length| length > 1);
    few && ((plus && (!is_plain(between) || between == b"/")) || (trunk && !is_plain(between)))
}

/// Whether the last group behind a word is a year, or counts things: `212, 555 and 1234 calls`.
fn is_counted(text: &[u8], row: &Row<MOST>) -> bool {
    let end = row.end();
    let start = row.inner().last().map_or(end, |gap| gap.end);
    let year = matches!(text.get(start..end), Some([b'1', b'9', _, _] | [b'2', b'0', _, _]));
    let word = end + 1..skip(text, end + 1, LONGEST_WORD, |b| b.is_ascii_lowercase());
    let things = byte(text, end) == b' ' && word.len() > 3 && before(text, word.end) == b's';
    year || things || byte(text, end) == b'%'
}
