//! Values written backwards, where a word says so (`gro.elpmaxe@enaj, backwards`) or a mark that turns what is shown.
//!
//! Promise: linear; a value is no longer than [`LONGEST`], and words are looked for only around what may be one.

use super::Edit;
use crate::pii::candidate::{before, byte, is_label};
use crate::pii::prefilter::Surveys;
use crate::simd::{BLOCK, Kernel, Level, Set};
use std::ops::Range;

/// What words begin with that say so.
const WORDS: &[&[u8]] =
    &[b"backward", b"revers", b"mirrored", b"right to left", b"back to front", b"flipped"];
/// What each of them begins with, in small letters.
const BEGINNINGS: [[u8; 4]; 5] = [*b"back", *b"reve", *b"mirr", *b"righ", *b"flip"];
/// How far from the value they are.
const NEAR: usize = 32;
/// No word that is as near begins as far before or behind a digit or an `@` of the value.
const FAR: usize = LONGEST + NEAR + 2;
/// Longest value, and fewest digits of one without an `@`, or characters between marks.
const LONGEST: usize = 64;
const LEAST: usize = 7;
/// Fewest letters and digits, and fewest digits, of a code of both.
const CODE: usize = 9;
const LEAST_OF_CODE: usize = 4;
/// What turns what is shown: the mark that begins it, and those that end it.
const TURN: char = '\u{202e}';
const BACK: [char; 2] = ['\u{202c}', '\u{2069}'];

/// Turns the values around that words speak of.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    if !set.run(Hear { text, from: 0, end: text.len() }) {
        return edits;
    }
    for at in surveys.digits(set, text) {
        if at >= next {
            let value = value(text, at);
            next = value.end.max(at + 1);
            if is_said(text, &value) {
                edits.extend(order(text, &value));
                turn(value, text, &mut edits);
            }
        }
    }
    edits
}

/// Where no word says so, as far as it has been looked for.
#[derive(Debug, Default)]
pub(super) struct Silence(Range<usize>);

impl Silence {
    /// Whether the value around the `@` or digit at `at` is written backwards. Of values close to each other, what is around
    /// them is looked through once.
    pub(super) fn asks(&mut self, set: Set, text: &[u8], at: usize) -> bool {
        let near = at.saturating_sub(FAR)..text.len().min(at + FAR);
        let known = self.0.start <= near.start && near.start <= self.0.end;
        if known && near.end <= self.0.end {
            return false;
        }
        let from = if known { self.0.end } else { near.start };
        let end = near.end.next_multiple_of(BLOCK);
        if set.run(Hear { text, from, end }) {
            return is_said(text, &value(text, at));
        }
        self.0 = if known { self.0.start } else { near.start }..end;
        false
    }
}

/// Whether one of the [`BEGINNINGS`] stands in a part of a text: hardly ever.
struct Hear<'a> {
    text: &'a [u8],
    from: usize,
    end: usize,
}

impl Kernel for Hear<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> bool {
        let mut rest = self.text.get(self.from..).unwrap_or_default();
        let mut any = 0;
        for _ in 0..self.end.min(self.text.len()).saturating_sub(self.from).div_ceil(BLOCK) {
            any |= match rest.first_chunk() {
                Some(block) => level.fours(block, &BEGINNINGS),
                None => level.short_fours(rest, &BEGINNINGS),
            };
            rest = rest.get(BLOCK..).unwrap_or_default();
        }
        any != 0
    }
}

/// Turns around what stands between marks that do.
pub(super) fn turned(_: Set, text: &[u8], _: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    // The mark's last byte: hardly any other character has it.
    if !text.contains(&0xae) {
        return edits;
    }
    let Ok(text) = std::str::from_utf8(text) else { return edits };
    for (at, mark) in text.match_indices(TURN) {
        if at < next {
            continue;
        }
        let start = at + mark.len();
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.find(|c: char| BACK.contains(&c) || matches!(c, TURN | '\n')).unwrap_or(rest.len());
        let inner = rest.get(..length).unwrap_or_default();
        next = start + length;
        // Strewn between the characters of a value, such marks are there to hide it from a search.
        let marks = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
        let begins = !text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_alphanumeric() || marks(c));
        let another = rest.get(length..).is_some_and(|rest| rest.starts_with(TURN));
        if !begins || another || inner.len() < LEAST || inner.contains(marks) {
            continue;
        }
        edits.push(Edit::new(at..start, b""));
        let places = inner.char_indices().map(|(i, c)| start + i..start + i + c.len_utf8());
        for (place, c) in places.zip(inner.chars().rev()) {
            edits.push(Edit::new(place, c.encode_utf8(&mut [0; 4]).as_bytes()));
        }
    }
    edits
}

fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'_' | b'+' | b'/' | b':' | b'(' | b')')
}

/// The value around the digit or `@` at `at`: words with such in them, one space between.
fn value(text: &[u8], at: usize) -> Range<usize> {
    let (mut start, mut end) = (at, at + 1);
    // A letter by itself is part of a code.
    let tells = |word: &[u8]| {
        let letter = |word: &[u8]| matches!(word.trim_ascii(), [b'A'..=b'Z']);
        word.iter().any(|b| b.is_ascii_digit() || *b == b'@') || letter(word)
    };
    let address = byte(text, at) == b'@';
    loop {
        let mut from = start;
        while at - from < LONGEST && is_part(before(text, from)) {
            from -= 1;
        }
        if from < start && (start == at || tells(text.get(from..start).unwrap_or_default())) {
            start = from;
        }
        let spaced = before(text, start) == b' ' && is_part(before(text, start - 1));
        if address || !spaced || start > from || at - start >= LONGEST {
            break;
        }
        let mut word = start - 1;
        while at - word < LONGEST && is_part(before(text, word)) {
            word -= 1;
        }
        if !tells(text.get(word..start).unwrap_or_default()) {
            break;
        }
        start -= 1;
    }
    loop {
        let mut to = end;
        while to - at < LONGEST && is_part(byte(text, to)) {
            to += 1;
        }
        end = to;
        if address || byte(text, end) != b' ' || !is_part(byte(text, end + 1)) || end - at >= LONGEST {
            break;
        }
        let mut word = end + 1;
        while word - at < LONGEST && is_part(byte(text, word)) {
            word += 1;
        }
        let next = text.get(end..word).unwrap_or_default().trim_ascii();
        // What a code begins with is its end now.
        if !tells(next) && !matches!(next, [b'A'..=b'Z', b'A'..=b'Z']) {
            break;
        }
        end += 1;
    }
    // What ends a sentence or opens a parenthesis is no part of it; behind it one is closed.
    while start < end && matches!(byte(text, start), b'.' | b':' | b'-' | b'/') {
        start += 1;
    }
    let opened = |end: usize| text.get(start..end).is_some_and(|value| value.contains(&b'('));
    while start < end
        && (matches!(before(text, end), b'.' | b':' | b'-' | b'/')
            || (before(text, end) == b')' && !opened(end)))
    {
        end -= 1;
    }
    start..end
}

/// Whether a value may be one backwards, and words around it say so.
fn is_said(text: &[u8], value: &Range<usize>) -> bool {
    let own = text.get(value.clone()).unwrap_or_default();
    let address = own.iter().position(|b| *b == b'@').is_some_and(|at| {
        // The domain comes first, with its last label before the others.
        let domain = own.get(..at).unwrap_or_default();
        domain.contains(&b'.') && domain.iter().all(|&b| is_label(b) || b == b'.')
    });
    let digits = own.iter().filter(|b| b.is_ascii_digit()).count();
    let mixed =
        || digits >= LEAST_OF_CODE && own.iter().filter(|b| b.is_ascii_alphanumeric()).count() >= CODE;
    if own.len() > LONGEST || (!address && digits < LEAST && !mixed()) {
        return false;
    }
    let floor = value.start.saturating_sub(NEAR);
    let before = text.get(floor..value.start).unwrap_or_default();
    let behind = text.get(value.end..text.len().min(value.end + NEAR)).unwrap_or_default();
    says(before) || says(behind)
}

/// The words `reverse order` before a value, which would call it an order's number; before single digits they speak of a list.
fn order(text: &[u8], value: &Range<usize>) -> Option<Edit> {
    const ORDER: &[u8] = b"reverse order";
    const GROUP: usize = 3;
    let own = text.get(value.clone())?;
    if !own.windows(GROUP).any(|group| group.iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let floor = value.start.saturating_sub(NEAR);
    let before = text.get(floor..value.start)?;
    let at = floor + before.windows(ORDER.len()).rposition(|words| words.eq_ignore_ascii_case(ORDER))?;
    Some(Edit::new(at..at + ORDER.len(), b""))
}

fn says(bytes: &[u8]) -> bool {
    let begins =
        |rest: &[u8], word: &[u8]| rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word));
    (0..bytes.len()).any(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        let free = at == 0 || !before(bytes, at).is_ascii_alphabetic();
        free && matches!(byte(rest, 0) | 0x20, b'b' | b'r' | b'm' | b'f')
            && WORDS.iter().any(|word| begins(rest, word))
    })
}

fn turn(value: Range<usize>, text: &[u8], edits: &mut Vec<Edit>) {
    let turned = value.clone().rev().map(|from| byte(text, from));
    edits.extend(value.zip(turned).map(|(at, put)| Edit::new(at..at + 1, &[put])));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found where every place is asked about by itself.
    fn plainly(text: &[u8], at: usize) -> bool {
        is_said(text, &value(text, at))
    }

    #[test]
    fn what_is_known_to_be_silent_is() {
        let words =
            ["backwards", "Reversed", "MIRRORED", "right to left", "back to front", "flipped", "review"];
        let values = ["gro.elpmaxe@enaj", "2310-555-514", "4111 1111 1111 1111", "7"];
        let cases = (0..140).flat_map(|gap| words.map(|word| (gap, word)));
        for ((gap, word), value) in cases.zip(values.iter().cycle()) {
            let fill = "and so on ".repeat(15);
            let fill = fill.get(..gap).unwrap_or_default();
            let around = "of old books ".repeat(gap % 12);
            for text in [
                format!("{around}{value} {fill}{word} {around}{value}"),
                format!("{value}{around}{word}{fill} {value} {around}{value} {word}"),
            ] {
                let text = text.as_bytes();
                let places = (0..text.len()).filter(|&at| text[at].is_ascii_digit() || text[at] == b'@');
                for set in Set::all() {
                    let mut silence = Silence::default();
                    for at in places.clone() {
                        let found = silence.asks(set, text, at);
                        assert_eq!(found, plainly(text, at), "{} at {at}", String::from_utf8_lossy(text));
                    }
                    // Also where what comes first is asked about last.
                    for at in places.clone().rev() {
                        assert_eq!(silence.asks(set, text, at), plainly(text, at));
                    }
                }
            }
        }
    }

    #[test]
    fn every_word_has_its_beginning() {
        for word in WORDS {
            assert!(BEGINNINGS.iter().any(|begins| word.starts_with(begins)), "{word:?}");
        }
    }
}
