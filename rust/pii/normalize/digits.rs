//! Digits pulled apart, joined by marks, broken over lines, or mixed with letters that look like them.

use super::{Edit, Guess, disguise};
use crate::pii::candidate::{before, byte, digits_at, digits_up_to, is_label};
use crate::pii::prefilter::Surveys;
use crate::pii::recognizers::account_length;
use crate::simd::Set;
use std::ops::Range;

/// Fewest single digits that make a number when they stand apart.
const LEAST_APART: usize = 7;
/// Most bytes between two of them.
pub(crate) const GAP: usize = 6;
/// Fewest single characters that make a code, or an address.
const LEAST_LONE: usize = 8;
/// How far around a group the digits are counted that say it is part of a number, and how many it takes.
const AROUND: usize = 20;
const SUPPORT: usize = 4;

/// Collects what is done to digits.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys, edits: &mut Vec<Edit>) {
    let mut next = 0;
    for at in surveys.digits(set, text) {
        if at >= next {
            let end = if byte(text, at) == b'@' { sign(text, at, edits) } else { digits(text, at, edits) };
            next = end.map_or(at + 1, |end| end.max(at + 1));
        }
    }
}

/// Whether a group of digits and letters may be part of what is hidden: it is a superset of what [`edits`] changes.
pub(crate) fn asks(text: &[u8], group: &Range<usize>) -> bool {
    let Range { start, end } = *group;
    let (last, next) = (before(text, start), byte(text, end));
    // Most numbers stand between spaces: what is cheap is asked first.
    let beside = match last {
        b' ' | b'-' | b'.' => is_neighbour(before(text, start - 1)) && neighbours_before(text, start - 1),
        _ => is_mark(last) && is_opened(text, start),
    };
    beside
        || (end - start == 1 && (last == b' ' || next == b' ') && is_lone_row(text, start))
        || (is_filler(next) && is_pulled(text, start, end))
        || (is_separator(next) && is_neighbour(byte(text, end + 1)) && neighbours(text, end + 1) > 0)
        || (matches!(next, b'[' | b'(' | b'{' | b' ') && said(text, end).is_some())
        || (is_filler(next) && wide(text, end).is_some())
        || guessed(text, start, end).is_some()
}

/// Whether the character at `at` stands in a row of so many single ones that [`lone`] reads it.
fn is_lone_row(text: &[u8], at: usize) -> bool {
    let row = |next: fn(&[u8], usize) -> Option<usize>| {
        std::iter::successors(next(text, at), |&at| next(text, at)).take(LEAST_LONE).count()
    };
    1 + row(lone_before) + row(lone_after) >= LEAST_LONE
}

/// Whether a digit stands behind the filler at `end`, and others.
fn is_filled_by_digit(text: &[u8], end: usize) -> bool {
    let second = byte(text, end + 1);
    second.is_ascii_digit() || (is_filler(second) && byte(text, filled(text, end)).is_ascii_digit())
}

/// Whether fillers behind a group, of which one stands at its `end`, break a number, or pull single digits apart.
fn is_pulled(text: &[u8], start: usize, end: usize) -> bool {
    is_filled_by_digit(text, end) && (breaks(text, end) || is_alone(text, start, single_after))
}

/// Whether an `@` may be part of what is hidden; gives where to go on.
pub(super) fn asks_sign(text: &[u8], at: usize) -> Option<usize> {
    // Beside most stands nothing that [`sign`] would read.
    let is_read = |b: u8| is_emphasis(b) || matches!(b, b' ' | b'\n' | b'\r');
    let next = byte(text, at + 1);
    if !is_read(before(text, at)) && !is_read(next) && !is_label(next) && next != b'.' {
        return None;
    }
    let mut edits = Vec::new();
    let end = sign(text, at, &mut edits);
    (!edits.is_empty()).then(|| end.unwrap_or(at).max(at + 1))
}

/// Whether two more follow in a direction.
fn is_alone(text: &[u8], at: usize, next: impl Fn(&[u8], usize) -> Option<usize>) -> bool {
    next(text, at).and_then(|at| next(text, at)).is_some()
}

/// Where the single digit behind the one at `at` stands.
fn single_after(text: &[u8], at: usize) -> Option<usize> {
    let next = filled(text, at + 1);
    (is_single(text, at) && next > at + 1 && is_single(text, next)).then_some(next)
}

/// Where what fills the gap at `from` ends.
fn filled(text: &[u8], from: usize) -> usize {
    from + (from..from + GAP).take_while(|&i| is_filler(byte(text, i))).count()
}

/// Whether marks or a line's end stand between the digit before `end` and one behind it.
fn breaks(text: &[u8], end: usize) -> bool {
    let next = filled(text, end);
    let gap = text.get(end..next).unwrap_or_default();
    gap.iter().any(|&b| b == b'\n' || is_mark(b)) && byte(text, next).is_ascii_digit()
}

/// Whether marks stand before `start`, and a parenthesis or a plus before them.
fn is_opened(text: &[u8], start: usize) -> bool {
    matches!(before(text, start - marks_before(text, start)), b'(' | b'+')
}

fn marks_before(text: &[u8], start: usize) -> usize {
    (1..=3).take_while(|&i| start >= i && is_mark(byte(text, start - i))).count()
}

fn is_separator(b: u8) -> bool {
    matches!(b, b'-' | b'.' | b' ')
}

/// What stands at a digit; gives where to go on.
fn digits(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    // Behind a letter that stands alone too it is a code; else the digits are a number.
    let code = at >= 2
        && byte(text, at - 1) == b' '
        && byte(text, at - 2).is_ascii_alphabetic()
        && is_lone(text, at - 2);
    let found = if code { lone(text, at, edits) } else { None };
    if let Some(end) = found.or_else(|| apart(text, at, edits)).or_else(|| lone(text, at, edits)) {
        return Some(end);
    }
    let mut start = at;
    while at - start < AROUND && before(text, start).is_ascii_alphanumeric() {
        start -= 1;
    }
    let mut end = at;
    while byte(text, end).is_ascii_alphanumeric() {
        end += 1;
    }
    // Marks between a parenthesis, or a plus, and the digits that it stands before.
    let marks = marks_before(text, start);
    if marks > 0 && is_opened(text, start) {
        edits.push(Edit::new(start - marks..start, b""));
    }
    let letters_before = (1..=5).find(|&i| start < i + 1 || !byte(text, start - i - 1).is_ascii_alphabetic());
    if let Some(length) = letters_before.filter(|&length| length > 1 && start >= length) {
        let first = start - length;
        let joined = before(text, start) == b'-' && before(text, first) == b' ';
        if is_separator(before(text, start)) && (joined || !is_separator(before(text, first))) {
            neighbour(text, first, edits);
        }
    }
    if let Some(end) = disguise::edits(text, &(start..end), edits) {
        return Some(end);
    }
    if let Some(lead) = guessed(text, start, end) {
        guess(text, start + lead..end, edits);
    }
    if is_separator(byte(text, end)) {
        neighbour(text, end + 1, edits);
    }
    joint(text, end, edits);
    Some(end)
}

fn is_single(text: &[u8], at: usize) -> bool {
    byte(text, at).is_ascii_digit()
        && !byte(text, at + 1).is_ascii_alphanumeric()
        && !before(text, at).is_ascii_alphanumeric()
}

fn is_filler(b: u8) -> bool {
    is_mark(b) || matches!(b, b' ' | b'.' | b'-' | b'/' | b'\n' | b'\r' | b'\t' | b'(' | b')')
}

fn is_mark(b: u8) -> bool {
    matches!(b, b'*' | b'_' | b'`' | b'~' | b'|' | b'\\')
}

/// Single digits with something between every two of them: `4 1 5 - 5 5 5 - 0 1 3 2`. Gives where the run
/// ends, if it is long enough for a number.
fn apart(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    if !is_single(text, at) {
        return None;
    }
    let (mut count, mut last, mut binary) = (1, at, byte(text, at) <= b'1');
    // The gap that most pairs have (majority vote) is what pulls the digits apart; others group them.
    let (mut usual, mut votes): (&[u8], usize) = (&[], 0);
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    loop {
        let from = last + 1;
        let next = filled(text, from);
        if next == from || !is_single(text, next) {
            break;
        }
        let gap = text.get(from..next)?;
        (usual, votes) = match () {
            () if votes == 0 => (gap, 1),
            () if gap == usual => (usual, votes + 1),
            () => (usual, votes - 1),
        };
        gaps.push((from, next));
        binary &= byte(text, next) <= b'1';
        count += 1;
        last = next;
    }
    // One dot and one other sign in turns are decimals: `0.3 8.2 6.6`.
    let gap = |at: usize| gaps.get(at).and_then(|&(from, next)| text.get(from..next));
    let decimals = gap(0)
        .is_some_and(|first| Some(first) != gap(1) && (first == b"." || gap(1) == Some(b".")))
        && (2..gaps.len()).all(|i| gap(i) == gap(i - 2));
    if count >= LEAST_APART && !binary && !decimals {
        // What opens it belongs to it: `( 4 1 5 )`, `+ 1`.
        let opens = before(text, at) == b' ' && at >= 2 && matches!(byte(text, at - 2), b'(' | b'+');
        if opens {
            edits.push(Edit::new(at - 1..at, b""));
        }
        edits.extend(underscores(text, &(at..last + 1)));
        for (from, next) in gaps {
            let gap = text.get(from..next)?;
            let kept = gap.iter().copied().find(|b| !is_mark(*b) && *b != b' ' && *b != b'\n');
            let put = [kept.unwrap_or(b' ')];
            edits.push(Edit::new(from..next, if gap == usual { &[] } else { &put }));
        }
    }
    (count >= LEAST_APART).then_some(last + 1)
}

/// Whether a character that values are written with stands alone at `at`.
fn is_lone(text: &[u8], at: usize) -> bool {
    let b = byte(text, at);
    let part = b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'_' | b'-' | b'+');
    part && !byte(text, at + 1).is_ascii_alphanumeric() && !before(text, at).is_ascii_alphanumeric()
}

/// Where the lone character before the one at `at` stands.
fn lone_before(text: &[u8], at: usize) -> Option<usize> {
    let spaces = (1..=3).take_while(|&i| at >= i && byte(text, at - i) == b' ').count();
    let before = at.checked_sub(spaces + 1)?;
    (spaces > 0 && is_lone(text, before)).then_some(before)
}

/// Where the lone character behind the one at `at` stands.
fn lone_after(text: &[u8], at: usize) -> Option<usize> {
    let spaces = (1..=3).take_while(|&i| byte(text, at + i) == b' ').count();
    (spaces > 0 && is_lone(text, at + spaces + 1)).then_some(at + spaces + 1)
}

/// Single characters with a space between every two of them, around the one at `at`: an address, a code; three
/// spaces are a space pulled apart. Gives where the run ends, if it is long enough.
fn lone(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    const LONGEST: usize = 64;
    if (before(text, at) != b' ' && byte(text, at + 1) != b' ') || !is_lone(text, at) {
        return None;
    }
    let (mut start, mut count) = (at, 1);
    // What was read before is not read again.
    let floor = edits.last().map_or(0, |edit| edit.end);
    while let Some(before) = lone_before(text, start).filter(|&before| before >= floor && count < LONGEST) {
        start = before;
        count += 1;
    }
    let mut end = at;
    while let Some(after) = lone_after(text, end).filter(|_| count < 2 * LONGEST) {
        end = after;
        count += 1;
    }
    if count < LEAST_LONE {
        return None;
    }
    let mut from = start;
    while let Some(next) = lone_after(text, from).filter(|&next| next <= end) {
        edits.push(Edit::new(from + 1..next, if next - from > 2 { b" " } else { b"" }));
        from = next;
    }
    Some(end + 1)
}

/// The digit that a letter is taken for. More letters look like digits, but those name genes and parts.
pub(super) fn looks_like(b: u8) -> Option<u8> {
    Some(match b {
        b'O' | b'o' => b'0',
        b'l' | b'I' | b'i' => b'1',
        b'Z' => b'2',
        b'S' | b's' => b'5',
        b'B' => b'8',
        _ => return None,
    })
}

/// Whether a letter is often a digit where others stand beside it: the rest name genes and parts as well.
fn is_likely(b: u8) -> bool {
    matches!(b, b'O' | b'o' | b'l' | b'I')
}

/// Whether letters in a group of digits all look like digits, and others around say that it is a number: `l83-74-793l`.
/// Gives how many letters lead it that are letters: those of a passport's number, and a bank account's country.
#[inline]
fn guessed(text: &[u8], start: usize, end: usize) -> Option<usize> {
    let group = text.get(start..end)?;
    // Most are numbers, or end in another letter.
    let is_part = |b: u8| b.is_ascii_digit() || looks_like(b).is_some();
    if group.iter().all(u8::is_ascii_digit) || !group.last().is_some_and(|&b| is_part(b)) {
        return None;
    }
    guessed_in(text, start, group)
}

fn guessed_in(text: &[u8], start: usize, group: &[u8]) -> Option<usize> {
    if group.len() > MOST_LETTERS {
        return None;
    }
    let end = start + group.len();
    let lead = lead(group);
    let rest = group.get(lead..)?;
    let most = if lead > 0 { MOST_LETTERS } else { AROUND };
    let looks = |b: u8| if lead > 0 { is_likely(b) } else { looks_like(b).is_some() };
    if rest.len() > most || !rest.iter().all(|&b| b.is_ascii_digit() || looks(b)) {
        return None;
    }
    let count = rest.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let plural = count == 1 && group.ends_with(b"s");
    if count == 0 || plural || count > rest.len() - count + 2 {
        return None;
    }
    (support(text, start, end) + rest.len() - count >= SUPPORT).then_some(lead)
}

/// Longest bank account number.
const MOST_LETTERS: usize = 34;

/// How many letters lead a group that may be letters.
fn lead(group: &[u8]) -> usize {
    let country = || match group {
        &[a, b, _, _, ..] => {
            account_length([a, b]).is_some_and(|length| group.len() == 4 || group.len() == length)
        }
        _ => false,
    };
    let code = (7..=9).contains(&group.len());
    let letters = group.iter().take_while(|&&b| b.is_ascii_uppercase() && looks_like(b).is_none()).count();
    match letters {
        _ if country() => 2,
        1..=3 if code => letters,
        _ => 0,
    }
}

/// How many digits stand around a group, up to as many as it takes.
fn support(text: &[u8], start: usize, end: usize) -> usize {
    let before = (1..=AROUND.min(start)).map(|i| start - i);
    let digits = before.chain(end..end + AROUND).filter(|&i| byte(text, i).is_ascii_digit());
    digits.take(SUPPORT).count()
}

/// Reads the letters of a group as digits.
fn guess(text: &[u8], group: Range<usize>, edits: &mut Vec<Edit>) {
    for i in group {
        if let (false, Some(digit)) = (byte(text, i).is_ascii_digit(), looks_like(byte(text, i))) {
            let guess = if is_likely(byte(text, i)) { Guess::Likely } else { Guess::Wild };
            edits.push(Edit::new(i..i + 1, &[digit]).guess(guess));
        }
    }
}

/// A letter that is read as a digit where it stands beside some.
pub(crate) const fn is_neighbour(b: u8) -> bool {
    matches!(b, b'O' | b'o' | b'l' | b'I' | b'S' | b'B')
}

/// Whether a group of up to four letters that all look like digits ends at `end`.
fn neighbours_before(text: &[u8], end: usize) -> bool {
    let length = (1..=5).take_while(|&i| end >= i && byte(text, end - i).is_ascii_alphanumeric()).count();
    length > 0 && neighbours(text, end - length) == length
}

/// The length of the group of up to four letters at `start` that all look like digits; 0 if they are none.
fn neighbours(text: &[u8], start: usize) -> usize {
    let length = (start..start + 5).take_while(|&i| is_neighbour(byte(text, i))).count();
    if length <= 4 && !byte(text, start + length).is_ascii_alphanumeric() { length } else { 0 }
}

/// A group of up to four letters that look like digits beside a group of digits: `lOO.113.25.7`.
fn neighbour(text: &[u8], start: usize, edits: &mut Vec<Edit>) {
    let length = neighbours(text, start);
    let end = start + length;
    if length > 0 && support(text, start, end) >= SUPPORT {
        guess(text, start..end, edits);
    }
}

/// What joins two groups of digits where a separator should: marks, or the end of a line.
fn joint(text: &[u8], end: usize, edits: &mut Vec<Edit>) {
    if let Some((next, put)) = said(text, end).or_else(|| wide(text, end)) {
        edits.push(Edit::new(end..next, put));
        return;
    }
    let next = filled(text, end);
    let gap = text.get(end..next).unwrap_or_default();
    if gap.is_empty() || !before(text, end).is_ascii_digit() || !byte(text, next).is_ascii_digit() {
        return;
    }
    let lines = gap.iter().filter(|&&b| b == b'\n').count();
    if lines == 1 {
        edits.push(Edit::new(end..next, broken(text, gap, end, next)));
    } else if lines == 0 && gap.iter().any(|&b| is_mark(b)) {
        let parenthesis = gap.iter().position(|b| matches!(b, b'(' | b')'));
        let dot: &[u8] = if gap.contains(&b'.') { b"." } else { b"-" };
        let put = parenthesis.and_then(|at| gap.get(at..=at)).unwrap_or(dot);
        edits.push(Edit::new(end..next, put));
    }
}

/// Drops the underscores beside a number: a name may begin and end with one, a number with none.
pub(super) fn underscores(text: &[u8], number: &Range<usize>) -> impl Iterator<Item = Edit> {
    let edges = [number.start.wrapping_sub(1), number.end];
    edges.into_iter().filter(|&edge| byte(text, edge) == b'_').map(|edge| Edit::new(edge..edge + 1, b""))
}

/// A dot or dash between two digits that is said, or stands in brackets, as in addresses that are not to be clicked on:
/// `192[.]0[.]2[.]1`, `192 dot 0 dot 2 dot 1`, `415 dash 555`. Gives where it ends, and what it stands for.
fn said(text: &[u8], end: usize) -> Option<(usize, &'static [u8])> {
    const WORDS: &[(&[u8], &[u8])] = &[
        (b".", b"."),
        (b"dot", b"."),
        (b"point", b"."),
        (b"period", b"."),
        (b"dash", b"-"),
        (b"hyphen", b"-"),
        (b"minus", b"-"),
    ];
    let space = |at: usize| at + usize::from(byte(text, at) == b' ');
    let open = space(end);
    let close = match byte(text, open) {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        _ => 0,
    };
    let inner = if close == 0 { open } else { space(open + 1) };
    // Most begin none.
    if !matches!(byte(text, inner) | 0x20, b'.' | b'd' | b'p' | b'h' | b'm') {
        return None;
    }
    let rest = text.get(inner..)?;
    let begins = |word: &[u8]| rest.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    let (word, put) = WORDS.iter().find(|(word, _)| begins(word))?;
    let mut next = inner + word.len();
    if close != 0 {
        next = space(next);
        if byte(text, next) != close {
            return None;
        }
        next += 1;
    }
    // Without brackets it stands between spaces; a lone dot is the end of a sentence.
    let apart = close != 0 || (open > end && byte(text, next) == b' ');
    next = space(next);
    (apart && before(text, end).is_ascii_digit() && byte(text, next).is_ascii_digit()).then_some((next, *put))
}

/// A dash or slash between spaces, or several spaces, between two digits: what one of them stands for.
fn wide(text: &[u8], end: usize) -> Option<(usize, &'static [u8])> {
    const WIDEST: usize = 4;
    let length =
        (end..end + WIDEST).take_while(|&i| matches!(byte(text, i), b' ' | b'-' | b'/' | b'.')).count();
    let next = end + length;
    let marks = || text.get(end..next).unwrap_or_default().iter().filter(|b| **b != b' ');
    let put: &[u8] = match (marks().next(), marks().count()) {
        (None, 0) => b" ",
        (Some(b'-'), 1 | 2) => b"-",
        (Some(b'/'), 1) => b"/",
        (Some(b'.'), 3) => b".",
        _ => return None,
    };
    // A space, or a sign before or behind it, is left: that is how numbers are written.
    let is_wide = length > 2 || matches!(text.get(end..next), Some(b"  " | b"--"));
    (is_wide && before(text, end).is_ascii_digit() && byte(text, next).is_ascii_digit())
        .then_some((next, put))
}

/// What a line's end between digits stands for: the separator before it, a space between whole groups, or
/// nothing inside a group.
fn broken<'a>(text: &[u8], gap: &'a [u8], end: usize, next: usize) -> &'a [u8] {
    if let Some(at) = gap.iter().position(|b| matches!(b, b'-' | b'.' | b'/')) {
        return gap.get(at..=at).unwrap_or_default();
    }
    const MOST: usize = 8;
    let (left, right) = (digits_up_to(text, end, MOST), digits_at(text, next, MOST));
    // The sign that the group before, or the one behind, is joined by.
    let (last, following) = (before(text, end - left), byte(text, next + right));
    let joined = |sign: u8, digit: u8| is_separator(sign) && digit.is_ascii_digit();
    let first = if joined(last, before(text, (end - left).saturating_sub(1))) { last } else { 0 };
    let then = if joined(following, byte(text, next + right + 1)) { following } else { 0 };
    let length_before = if first == 0 { 0 } else { digits_up_to(text, end - left - 1, MOST) };
    let split = left + right <= 4 || left.max(right) > 4 || length_before > 4;
    // Where dashes or dots join the groups one would stand at the line's end, unless the end took its place.
    let dashed = matches!(first, b'-' | b'.') || matches!(then, b'-' | b'.');
    let whole = matches!((length_before, left, right), (3, 3, 4) | (3, 2, 4) | (4, 4, 4));
    // Pairs stay apart, as in a code or a number of five of them.
    let pair_before = first == b' ' && length_before == 2;
    let pair_behind = then == b' ' && digits_at(text, next + right + 1, MOST) == 2;
    let pairs = left == 2 && right == 2 && (pair_before || pair_behind);
    match (split, dashed) {
        (true, false) if pairs => b" ",
        (false, true) if whole && first == b'-' => b"-",
        (false, true) if whole => b".",
        (false, false) => b" ",
        _ => b"",
    }
}

/// A mark of bold text or code.
fn is_emphasis(b: u8) -> bool {
    matches!(b, b'*' | b'`' | b'~')
}

/// Marks of bold text or code beside an `@`: `jane**@**example.org`.
fn marked(text: &[u8], at: usize, edits: &mut Vec<Edit>) {
    const MOST: usize = 2;
    let start = at - (1..=MOST).take_while(|&i| at >= i && is_emphasis(byte(text, at - i))).count();
    let end = at + 1 + (1..=MOST).take_while(|&i| is_emphasis(byte(text, at + i))).count();
    if end - start > 1 && is_label(before(text, start)) && is_label(byte(text, end)) {
        for (from, to) in [(start, at), (at + 1, end)] {
            if to > from {
                edits.push(Edit::new(from..to, b""));
            }
        }
    }
}

/// Most spaces that the next line begins with.
pub(super) const INDENT: usize = 8;

/// A line's end beside an `@`, or in the domain behind it.
fn sign(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    if let Some(end) = lone(text, at, edits) {
        return Some(end);
    }
    marked(text, at, edits);
    let line = at - (1..=INDENT).take_while(|&i| at >= i && byte(text, at - i) == b' ').count();
    if before(text, line) == b'\n' {
        let start = line - 1 - usize::from(before(text, line - 1) == b'\r');
        if is_label(before(text, start)) {
            edits.push(Edit::new(start..at, b""));
        }
    }
    let mut end = at + 1;
    while end < at + 64 && (is_label(byte(text, end)) || byte(text, end) == b'.') {
        end += 1;
    }
    let line = end + usize::from(byte(text, end) == b'\r');
    if byte(text, line) != b'\n' {
        return None;
    }
    let domain = text.get(at + 1..end).unwrap_or_default();
    // A domain that has its dot and a label behind it may be whole.
    let labels = domain.strip_suffix(b".").unwrap_or(domain);
    let last = labels.iter().rev().take_while(|b| **b != b'.').count();
    let from = line + 1 + (1..=INDENT).take_while(|&i| byte(text, line + i) == b' ').count();
    let goes_on = matches!(byte(text, from), b'.' | b'-');
    let open = !labels.contains(&b'.') || last < 2 || goes_on;
    let next = from + usize::from(goes_on);
    if open && byte(text, next).is_ascii_alphanumeric() {
        edits.push(Edit::new(end..from, b""));
        return Some(from);
    }
    None
}
