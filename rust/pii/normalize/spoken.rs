//! What is said instead of written: `jane [at] example (dot) com`, `four one five, five five five ...`.
//!
//! A marker alone is prose ("look at the dot"), so addresses are read only as a whole: a name, a marker for
//! the `@`, labels with markers for the dots, a last label that is a domain; and numbers only as runs of at
//! least seven digits with three of them in words.

use super::Edit;
use crate::pii::candidate::{before, byte, is_label};
use crate::pii::prefilter::{Ground, Letters, Spoken, Surveys, bits, signs};
use crate::simd::{BLOCK, Set};
use std::ops::Range;

/// Words for the `@` and the dot.
const AT: &[&[u8]] = &[b"at sign", b"at-sign", b"at", b"@", b"arroba", b"(at)"];
const DOT: &[&[u8]] = &[b"dot", b".", b"punkt", b"punto", b"point", b"period"];
/// Last labels that are read behind words without brackets; English words among the domains are left out.
const DOMAINS: &[&[u8]] = &[
    b"com", b"org", b"net", b"edu", b"gov", b"mil", b"info", b"biz", b"io", b"ai", b"co", b"uk", b"de",
    b"fr", b"es", b"nl", b"ch", b"se", b"fi", b"dk", b"pl", b"cz", b"ru", b"ua", b"jp", b"cn", b"kr", b"br",
    b"mx", b"ar", b"cl", b"au", b"nz", b"ca", b"za", b"ie", b"pt", b"gr", b"eu", b"app", b"dev", b"xyz",
    b"hu", b"ro",
];
/// Words for digits.
const DIGITS: &[(&[u8], &[u8])] = &[
    (b"zero", b"0"),
    (b"oh", b"0"),
    (b"o", b"0"),
    (b"nought", b"0"),
    (b"one", b"1"),
    (b"two", b"2"),
    (b"three", b"3"),
    (b"four", b"4"),
    (b"five", b"5"),
    (b"six", b"6"),
    (b"seven", b"7"),
    (b"eight", b"8"),
    (b"nine", b"9"),
    (b"niner", b"9"),
    (b"hundred", b"00"),
    (b"thousand", b"000"),
];
/// Words for what stands between digits.
const DASHES: &[&[u8]] = &[b"dash", b"hyphen", b"minus", b"space"];
/// Fewest digits of a spoken number, and most.
const LEAST: usize = 7;
const MOST: usize = 20;
/// Fewest of them that are words.
const LEAST_WORDS: usize = 3;
/// Longest label, name and gap looked at.
const LABEL: usize = 64;
const GAP: usize = 5;

/// Collects spoken addresses and numbers.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys, edits: &mut Vec<Edit>) {
    let mut reader = Reader::default();
    for block in surveys.blocks(|survey| survey.signs | survey.numbers) {
        let has_signs = surveys.has(block, |survey| survey.signs);
        let has_numbers = surveys.has(block, |survey| survey.numbers);
        reader.read(set, Ground::of(text), text, block, [has_signs, has_numbers], edits);
    }
}

/// Reads block after block.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Up to where addresses, and numbers, have been read.
    addresses: usize,
    numbers: usize,
}

impl Reader {
    /// Reads the addresses that begin in a block, and the numbers, where it has any.
    pub(super) fn read(
        &mut self,
        set: Set,
        ground: Ground,
        text: &[u8],
        block: usize,
        [has_signs, has_numbers]: [bool; 2],
        edits: &mut Vec<Edit>,
    ) {
        let from = block * BLOCK;
        let spoken = if has_signs { signs::<Spoken>(set, ground, block) } else { 0 };
        for at in bits(spoken).map(|bit| bracket_before(text, from + bit)) {
            if at >= self.addresses
                && let Some(end) = address(text, at, edits)
            {
                self.addresses = end.max(at + 1);
            }
        }
        if has_numbers {
            let letters = signs::<Letters>(set, ground, block);
            for at in bits(letters & !(letters << 1)).map(|bit| from + bit) {
                if at >= self.numbers
                    && !before(text, at).is_ascii_alphanumeric()
                    && let Some(end) = number(text, at, edits)
                {
                    self.numbers = end.max(at + 1);
                }
            }
        }
    }
}

fn is_name(b: u8) -> bool {
    is_label(b) || matches!(b, b'.' | b'_' | b'+')
}

fn skip(text: &[u8], at: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    // Nothing stands behind the end that any of the conditions would take.
    let mut end = at;
    while end < at + most && is(byte(text, end)) {
        end += 1;
    }
    end
}

/// How a marker is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The sign itself, with nothing around it.
    Sign,
    /// The sign between spaces, or anything in brackets.
    Marked,
    /// A word between spaces.
    Word,
}

/// The marker that starts at `at`, spaces and brackets included: its end, and its manner.
fn marker(text: &[u8], at: usize, words: &[&[u8]]) -> Option<(usize, Manner)> {
    let space = |b: u8| matches!(b, b' ' | b'\n' | b'\t');
    let from = skip(text, at, 3, space);
    let close = match byte(text, from) {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        b'<' => b'>',
        b @ (b'_' | b'*' | b'|' | b'-') => b,
        _ => 0,
    };
    let inner = if close == 0 { from } else { skip(text, from + 1, 2, space) };
    let rest = text.get(inner..)?;
    let first = byte(rest, 0).to_ascii_lowercase();
    let begins = |word: &&&[u8]| {
        byte(word, 0) == first && rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word))
    };
    let word = words.iter().find(begins)?;
    let sign = !word.iter().any(u8::is_ascii_alphabetic);
    let mut end = inner + word.len();
    if close == 0 {
        let spaced = from > at && space(byte(text, end));
        return match (sign, spaced) {
            (_, true) => Some((skip(text, end, 3, space), if sign { Manner::Marked } else { Manner::Word })),
            (true, false) if from == at && !space(byte(text, end)) => Some((end, Manner::Sign)),
            _ => None,
        };
    }
    end = skip(text, end, 2, space);
    (byte(text, end) == close).then(|| (skip(text, end + 1, 3, space), Manner::Marked))
}

/// Where the bracket stands that opens before a word or sign at `at`, with two spaces between at most; `at` without one.
fn bracket_before(text: &[u8], at: usize) -> usize {
    let mut start = at;
    while at - start < 2 && matches!(before(text, start), b' ' | b'\n' | b'\t') {
        start -= 1;
    }
    if matches!(before(text, start), b'[' | b'(' | b'{' | b'<') { start - 1 } else { at }
}

/// Whether a marker for an `@` may begin at `at`: a sign, a bracket, or a whole word.
fn may_be_marker(text: &[u8], at: usize) -> bool {
    let word = match byte(text, at) {
        b'[' | b'(' | b'{' | b'<' => return true,
        b'@' => return true,
        b'a' | b'A' if byte(text, at + 1) | 0x20 == b't' => 2,
        b'a' | b'A' => b"arroba".len(),
        _ => return false,
    };
    !before(text, at).is_ascii_alphanumeric() && !byte(text, at + word).is_ascii_alphanumeric()
}

/// Whether an `at` between spaces stands in prose: nothing that may be a domain is behind it. Most are told so.
fn is_prose(text: &[u8], at: usize) -> bool {
    let space = |b: u8| matches!(b, b' ' | b'\n' | b'\t');
    let word = byte(text, at + 1) | 0x20 == b't' && space(before(text, at)) && space(byte(text, at + 2));
    // `at sign` is a marker too.
    let next = skip(text, at + 2, 3, space);
    word && byte(text, next) | 0x20 != b's' && !may_be_domain(text, next)
}

/// Whether nothing is spelled in the address around a plain sign from `at` to `end`: what nearly all are.
fn is_plain_address(text: &[u8], at: usize, end: usize) -> bool {
    let mut start = at;
    while at - start < LABEL && is_name(before(text, start)) {
        start -= 1;
    }
    let mut last = end;
    for _ in 0..6 {
        let label = skip(text, last, LABEL, is_label);
        if byte(text, label) != b'.' || !is_label(byte(text, label + 1)) {
            break;
        }
        last = label + 1;
    }
    !may_be_dot_before(text, start) && !may_be_domain(text, last)
}

/// Whether a label and what may be a marker for a dot stand at `at`: most words behind an "at" are soon told apart.
fn may_be_domain(text: &[u8], at: usize) -> bool {
    let end = skip(text, at, LABEL, is_label);
    let space = skip(text, end, 3, |b| matches!(b, b' ' | b'\n' | b'\t'));
    let next = byte(text, space + 1) | 0x20;
    let marked = match byte(text, space) {
        b'.' => space > end || is_label(byte(text, end + 1)),
        b'[' | b'(' | b'{' | b'<' | b'_' | b'*' | b'|' | b'-' => true,
        b'd' | b'D' => next == b'o',
        b'p' | b'P' => matches!(next, b'u' | b'o' | b'e'),
        _ => false,
    };
    // A dash belongs to the label, and may be a marker's.
    end > at && (marked || before(text, end) == b'-')
}

/// Reads an address around the marker for its `@` at `at`; gives its end.
fn address(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    if !may_be_marker(text, at) || is_prose(text, at) {
        return None;
    }
    let mut open = at;
    while at - open < 3 && matches!(before(text, open), b' ' | b'\n' | b'\t') {
        open -= 1;
    }
    if open == at && matches!(before(text, open), b'_' | b'*' | b'|' | b'-') {
        open -= 1;
        // Spaces around the marked word belong to it.
        let mark = open;
        while mark - open < 3 && matches!(before(text, open), b' ' | b'\n' | b'\t') {
            open -= 1;
        }
    }
    let (end, manner) = marker(text, open, AT)?;
    if !may_be_domain(text, end) || (manner == Manner::Sign && is_plain_address(text, open, end)) {
        return None;
    }
    let mut found = Vec::new();
    let mut spelled = manner == Manner::Marked;
    let (last, dots) = domain(text, end, &mut found)?;
    let labels = found.len();
    let plain = name(text, open, &mut found)?;
    spelled |= found.len() > labels || (plain && manner == Manner::Word);
    found.push(Edit::new(open..end, b"@"));
    spelled |= dots;
    let bare = manner == Manner::Word || found.iter().any(|edit| is_bare(text, edit));
    let known = DOMAINS.iter().any(|d| text.get(last.clone()).is_some_and(|l| l.eq_ignore_ascii_case(d)));
    if !spelled || (bare && !known) || (manner == Manner::Sign && found.len() == 1) {
        return None;
    }
    edits.extend(found);
    Some(last.end)
}

/// Whether a marker is a word without brackets.
fn is_bare(text: &[u8], edit: &Edit) -> bool {
    let marker = text.get(edit.start..edit.end).unwrap_or_default();
    let brackets = marker.iter().any(|b| matches!(b, b'[' | b'(' | b'{' | b'<'));
    marker.iter().any(u8::is_ascii_alphabetic) && !brackets
}

/// Reads the name before `open`, spelled dots in it; gives whether it holds a dot or underscore of its own.
fn name(text: &[u8], open: usize, found: &mut Vec<Edit>) -> Option<bool> {
    let mut end = open;
    for _ in 0..4 {
        let mut start = end;
        while end - start < LABEL && is_name(before(text, start)) {
            start -= 1;
        }
        let label = text.get(start..end)?;
        if !label.iter().any(u8::is_ascii_alphanumeric) {
            break;
        }
        let Some(gap) = dot_before(text, start) else {
            let inner = label.get(1..label.len().saturating_sub(1)).unwrap_or_default();
            let letters = label.iter().any(u8::is_ascii_alphabetic);
            return Some(letters && inner.iter().any(|b| matches!(b, b'.' | b'_')));
        };
        found.push(Edit::new(gap..start, b"."));
        end = gap;
    }
    (end < open).then_some(true)
}

/// Whether a sign or word for a dot may end at `end`, brackets and spaces left aside.
fn may_be_dot_before(text: &[u8], end: usize) -> bool {
    let back = |mut at: usize, most: usize, is: fn(u8) -> bool| {
        let floor = at.saturating_sub(most);
        while at > floor && is(before(text, at)) {
            at -= 1;
        }
        at
    };
    let space = |b: u8| matches!(b, b' ' | b'\n' | b'\t');
    let close = |b: u8| matches!(b, b']' | b')' | b'}' | b'>' | b'_' | b'*' | b'|' | b'-');
    let at = back(back(back(end, 3, space), 1, close), 2, space);
    let word = back(at, 7, |b| b.is_ascii_alphabetic());
    let is_word = matches!(at - word, 3 | 5 | 6) && matches!(byte(text, word) | 0x20, b'd' | b'p');
    at < end && (before(text, at) == b'.' || is_word)
}

/// Where the marker for a dot starts that ends at `end`.
fn dot_before(text: &[u8], end: usize) -> Option<usize> {
    if !may_be_dot_before(text, end) {
        return None;
    }
    let first = end.saturating_sub(9);
    (first..end).find(|&from| {
        is_label(before(text, from))
            && marker(text, from, DOT).is_some_and(|(to, manner)| to == end && manner != Manner::Sign)
    })
}

/// Reads the labels from `start` on; gives the last one, and whether a dot was spelled.
fn domain(text: &[u8], start: usize, found: &mut Vec<Edit>) -> Option<(Range<usize>, bool)> {
    let (mut at, mut spelled, mut last) = (start, false, None);
    for _ in 0..6 {
        let end = skip(text, at, LABEL, is_label);
        if end == at {
            break;
        }
        let label = text.get(at..end)?;
        if last.is_some() || at > start {
            last = label.iter().all(u8::is_ascii_alphabetic).then_some(at..end).or(last);
        }
        let Some((next, manner)) = marker(text, end, DOT) else { break };
        if !is_label(byte(text, next)) {
            break;
        }
        if manner != Manner::Sign {
            spelled = true;
            found.push(Edit::new(end..next, b"."));
        }
        at = next;
    }
    // Markers behind the last label belong to what follows.
    let last = last.filter(|last: &Range<usize>| (2..=24).contains(&last.len()))?;
    found.retain(|edit| edit.start < last.end);
    Some((last, spelled))
}

/// Reads a run of spoken digits from `at` on; gives where it ends.
fn number(text: &[u8], at: usize, edits: &mut Vec<Edit>) -> Option<usize> {
    if !byte(text, at).is_ascii_alphabetic() {
        return None;
    }
    let mut times = 1;
    let (mut digits, mut words, mut gaps, mut strong) = (0, 0, 0, 0);
    let mut found: Vec<Edit> = Vec::new();
    let at = digits_before(text, at);
    let mut from = at;
    let mut last = at;
    // "plus" opens an international number.
    let plus = at.checked_sub(5).filter(|&plus| {
        text.get(plus..at).is_some_and(|word| word.eq_ignore_ascii_case(b"plus "))
            && !before(text, plus).is_ascii_alphanumeric()
    });
    if let Some(plus) = plus {
        found.push(Edit::new(plus..at, b"+"));
    }
    loop {
        let end = skip(text, from, 9, |b| b.is_ascii_alphanumeric());
        let token = text.get(from..end).unwrap_or_default();
        if token.is_empty() || byte(text, end).is_ascii_alphanumeric() {
            break;
        }
        let mut start = from;
        if let Some(n) = multiplier(token) {
            times = n;
        } else if DASHES.iter().any(|dash| token.eq_ignore_ascii_case(dash)) && digits > 0 {
            found.push(Edit::new(last..end, b"-"));
            strong += 1;
            last = end;
        } else {
            let Some((value, spoken)) = value(token) else { break };
            let gap = text.get(last..start).unwrap_or_default();
            if times > 1 {
                start = last.max(at);
            }
            if digits > 0 && start > last {
                let breaks = gap.iter().any(|b| matches!(b, b',' | b';' | b'\n' | b'(' | b')'));
                strong += usize::from(breaks);
                gaps += 1;
                found.push(Edit::new(last..start, if breaks { b"-" } else { b"" }));
            }
            if spoken || times > 1 {
                let put: Vec<u8> = value.iter().copied().cycle().take(value.len() * times).collect();
                found.push(Edit::new(start..end, &put));
            }
            digits += value.len() * times;
            words += usize::from(spoken);
            times = 1;
            last = end;
        }
        let next =
            skip(text, end, GAP, |b| matches!(b, b' ' | b'-' | b',' | b'\n' | b'.' | b';' | b'(' | b')'));
        if next == end || digits > MOST {
            break;
        }
        from = next;
    }
    if (LEAST..=MOST).contains(&digits) && words >= LEAST_WORDS {
        // A comma after every digit groups nothing.
        let grouped = strong < gaps;
        edits.extend(found.into_iter().map(|edit| {
            if !grouped && edit.put() == b"-" { Edit::new(edit.start..edit.end, b"") } else { edit }
        }));
    }
    (last > at).then_some(last)
}

/// Where up to four digits start that stand one space before a spoken digit; `at` where none do.
fn digits_before(text: &[u8], at: usize) -> usize {
    let Some(end) = at.checked_sub(1).filter(|&end| matches!(byte(text, end), b' ' | b'-')) else {
        return at;
    };
    let mut start = end;
    while end - start < 4 && before(text, start).is_ascii_digit() {
        start -= 1;
    }
    if start < end && !before(text, start).is_ascii_alphanumeric() { start } else { at }
}

fn multiplier(token: &[u8]) -> Option<usize> {
    [(b"double".as_slice(), 2), (b"triple", 3), (b"treble", 3)]
        .into_iter()
        .find(|(word, _)| token.eq_ignore_ascii_case(word))
        .map(|(_, n)| n)
}

/// The digits of a token, and whether it is a word.
fn value(token: &[u8]) -> Option<(&[u8], bool)> {
    if token.iter().all(u8::is_ascii_digit) {
        return Some((token, false));
    }
    DIGITS.iter().find(|(word, _)| token.eq_ignore_ascii_case(word)).map(|&(_, digits)| (digits, true))
}
