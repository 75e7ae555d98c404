//! Where the words and marks of a text stand, by the masks of its blocks, and the hash of each word.
//!
//! What the word list holds of a word is only asked for here: until it is looked at it has come from memory.

use super::bytes::leading_alphanumerics;
use super::classes::{self, Class};
use super::scan::{
    ALL_CAPITALS, CAPITAL, DIGIT, DOTTED, LONG, LONG_WORD, STOP, Token, WORD, char_at, is_ligature, is_quote,
    is_word_char,
};
use crate::simd::{BLOCK, Kernel, Level, Signs, bits};
use crate::words::fold::fold;

/// Words and marks in order, without what the word list says of them, and beside each the hash of a word in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pieces {
    pub(super) tokens: Vec<Token>,
    pub(super) hashes: Vec<u64>,
}

impl Pieces {
    fn with_room_for(text: &str) -> Self {
        let room = text.len() / 4 + 1;
        Self { tokens: Vec::with_capacity(room), hashes: Vec::with_capacity(room) }
    }

    #[inline(always)]
    fn add_mark(&mut self, start: usize, mark: char, class: u8) {
        let flags = u16::from(class == Class::Stop as u8) * STOP;
        let end = start + mark.len_utf8();
        self.tokens.push(Token { start, end, key: mark as u32, class, flags });
        self.hashes.push(0);
    }

    /// The same as [`Self::add`] where no word begins.
    #[inline(always)]
    fn add_other(&mut self, text: &str, at: usize) -> usize {
        let Some(class) = text.as_bytes().get(at).and_then(|byte| MARKS.get(usize::from(*byte))) else {
            return self.add(text, at);
        };
        if let Some(class) = *class {
            self.add_mark(at, char::from(text.as_bytes()[at]), class);
        }
        at + 1
    }

    /// Adds whatever stands at `at`, read character by character, and says where it ends.
    pub(super) fn add(&mut self, text: &str, at: usize) -> usize {
        match char_at(text, at) {
            Some(c) if is_word_char(c) => self.add_word(text, at),
            Some(c) => {
                if !(c.is_whitespace() || is_quote(c)) {
                    self.add_mark(at, c, mark_class(c) as u8);
                }
                at + c.len_utf8()
            }
            None => text.len(),
        }
    }

    fn add_word(&mut self, text: &str, at: usize) -> usize {
        let (end, dotted) = match dotted_end(text, at) {
            Some(end) => (end, DOTTED),
            None => (word_end(text, at), 0),
        };
        let word = &text.as_bytes()[at..end];
        let is_capital = word.first().is_some_and(u8::is_ascii_uppercase);
        let is_all_capitals = is_capital && word.len() > 1 && !word.iter().any(u8::is_ascii_lowercase);
        let long = u16::from(word.len() > LONG_WORD) * LONG;
        let has_digit = word.iter().any(u8::is_ascii_digit);
        let flags = word_flags(is_capital, is_all_capitals, has_digit) | dotted | long;
        self.add_hashed(at, end, flags, hash(&text[at..end]));
        end
    }

    #[inline(always)]
    fn add_hashed(&mut self, at: usize, end: usize, flags: u16, hash: u64) {
        classes::ask(hash);
        self.tokens.push(Token { start: at, end, key: classes::key(hash), class: 0, flags });
        self.hashes.push(hash);
    }
}

#[inline(always)]
fn word_flags(capital: bool, all_capitals: bool, digit: bool) -> u16 {
    let flag = |holds: bool, flag: u16| u16::from(holds) * flag;
    WORD | flag(capital, CAPITAL) | flag(all_capitals, ALL_CAPITALS) | flag(digit, DIGIT)
}

/// The hash of a word in lower case; letters that were set as one count as those that they are.
fn hash(word: &str) -> u64 {
    if !word.contains(is_ligature) {
        return classes::hash(word.as_bytes(), true);
    }
    let mut folded = Vec::with_capacity(word.len());
    for c in word.chars() {
        match is_ligature(c) {
            true => folded.extend_from_slice(fold(c).bytes()),
            false => folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    classes::hash(&folded, true)
}

/// The end of "U.S.", "a.m.", "J.R.R.": letters with a full stop each, two or more.
fn dotted_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = at;
    while bytes.get(end).is_some_and(u8::is_ascii_alphabetic) && bytes.get(end + 1) == Some(&b'.') {
        end += 2;
    }
    (end >= at + 4 && !char_at(text, end).is_some_and(is_word_char)).then_some(end)
}

/// The end of the word that begins at `at`: apostrophes and hyphens join letters, points and commas join digits.
fn word_end(text: &str, at: usize) -> usize {
    let mut end = at;
    let mut last = ' ';
    let bytes = text.as_bytes();
    while let Some(c) = char_at(text, end) {
        if c.is_ascii_alphanumeric() {
            end += leading_alphanumerics(&bytes[end..]);
            last = char::from(bytes[end - 1]);
            continue;
        }
        let next = end + c.len_utf8();
        let joins = match c {
            '\'' | '’' | '-' | '‑' => char_at(text, next).is_some_and(is_word_char),
            '.' | ',' | ':' => {
                last.is_ascii_digit() && char_at(text, next).is_some_and(|c| c.is_ascii_digit())
            }
            _ => is_word_char(c),
        };
        if !joins {
            break;
        }
        last = c;
        end = next;
    }
    end
}

/// The class of each mark of ASCII; none for what is passed over.
static MARKS: [Option<u8>; 128] = {
    let mut marks = [None; 128];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8 as char;
        if !(c.is_whitespace() || is_quote(c)) {
            marks[byte] = Some(mark_class(c) as u8);
        }
        byte += 1;
    }
    marks
};

const fn mark_class(c: char) -> Class {
    match c {
        '.' | '!' | '?' | '…' => Class::Stop,
        ',' => Class::Comma,
        ';' | ':' => Class::Colon,
        '(' | '[' | '{' => Class::Open,
        ')' | ']' | '}' => Class::Close,
        '-' | '–' | '—' | '‐' | '‑' | '‒' | '―' => Class::Dash,
        '/' => Class::Slash,
        '%' => Class::Percent,
        '$' | '€' | '£' | '¥' => Class::Money,
        _ => Class::Symbol,
    }
}

/// Cuts a text.
#[derive(Clone)]
pub(super) struct Cut<'a>(pub(super) &'a str);

impl Kernel for Cut<'_> {
    type Output = Pieces;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Pieces {
        let text = self.0;
        let mut pieces = Pieces::with_room_for(text);
        let mut coming = Kinds::of(level, text, 0);
        // Where the last piece ends, and whether the byte before the block belongs to a word.
        let (mut end, mut last) = (0, 0);
        for first in (0..text.len()).step_by(BLOCK) {
            let here = coming;
            coming = Kinds::of(level, text, first + BLOCK);
            let places = here.word & !(here.word << 1 | last) | here.other;
            last = here.word >> (BLOCK - 1);
            for place in bits(places) {
                let at = first + place;
                if at < end {
                    continue;
                }
                end = if here.word >> place & 1 == 0 {
                    pieces.add_other(text, at)
                } else if let Some(plain) = Plain::at(text, at, place, &here, &coming) {
                    pieces.add_hashed(at, at + plain.length, plain.flags, plain.hash);
                    at + plain.length
                } else {
                    pieces.add(text, at)
                };
            }
        }
        pieces
    }
}

/// What the bytes of a block are, a bit each; none behind the end of the text.
#[derive(Clone, Copy, Default)]
struct Kinds {
    /// ASCII letters and digits.
    word: u64,
    digit: u64,
    capital: u64,
    /// Neither a letter or digit nor a space.
    other: u64,
}

impl Kinds {
    #[inline(always)]
    fn of<L: Level>(level: L, text: &str, first: usize) -> Self {
        let rest = text.as_bytes().get(first..).unwrap_or_default();
        let (signs, there) = match rest.first_chunk() {
            Some(ahead) => (level.signs(ahead), u64::MAX),
            None if rest.is_empty() => return Self::default(),
            None => (level.short_signs(rest), u64::MAX >> BLOCK.saturating_sub(rest.len())),
        };
        let Signs { digit, capital, blank, letter, .. } = signs;
        let word = letter | digit;
        Self { word, digit, capital, other: !(word | blank) & there }
    }
}

/// After what a word may go on with a byte: any word, one that ends in a digit, one of a single letter.
const ALWAYS: u8 = 1;
const DIGITS: u8 = 1 << 1;
const LETTER: u8 = 1 << 2;

/// The same for each byte that is no letter or digit.
static GOES_ON: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = match byte as u8 {
            b'.' => DIGITS | LETTER,
            b',' | b':' => DIGITS,
            b'\'' | b'-' | 0x80.. => ALWAYS,
            _ => 0,
        };
        byte += 1;
    }
    bytes
};

/// A word of up to 16 letters and digits of ASCII in a text of as many bytes, and nothing behind it that may go on with it:
/// as nearly all are.
struct Plain {
    length: usize,
    flags: u16,
    hash: u64,
}

impl Plain {
    const MAX: usize = 16;

    /// The bytes from a place on, with zeros behind the last.
    #[inline(always)]
    fn ahead(text: &[u8], at: usize) -> Option<[u8; Self::MAX]> {
        text.get(at..)?.first_chunk().copied().or_else(|| {
            let last = u128::from_le_bytes(*text.last_chunk::<{ Self::MAX }>()?);
            Some((last >> (8 * (at + Self::MAX - text.len()))).to_le_bytes())
        })
    }

    #[inline(always)]
    fn at(text: &str, at: usize, place: usize, here: &Kinds, coming: &Kinds) -> Option<Self> {
        let from = |kind: fn(&Kinds) -> u64| kind(here) >> place | kind(coming) << 1 << (63 - place);
        let word = from(|kinds| kinds.word);
        let length = word.trailing_ones() as usize;
        let bytes = Self::ahead(text.as_bytes(), at)?;
        if length > Self::MAX {
            return None;
        }
        let keep = (1 << length) - 1;
        let (digits, capitals) = (from(|kinds| kinds.digit) & keep, from(|kinds| kinds.capital) & keep);
        let ends_in_digit = digits >> (length - 1) != 0;
        let next = text.as_bytes().get(at + length).unwrap_or(&b' ');
        let asked = ALWAYS | (u8::from(ends_in_digit) * DIGITS) | (u8::from(length == 1) * LETTER);
        let may_go_on = GOES_ON[usize::from(*next)] & asked != 0;
        if may_go_on {
            return None;
        }
        let is_capital = capitals & 1 != 0;
        let is_all_capitals = is_capital & (length > 1) & (digits | capitals == keep);
        Some(Self {
            length,
            flags: word_flags(is_capital, is_all_capitals, digits != 0),
            hash: classes::hash_plain(&bytes, length),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_every_set;
    use proptest::prelude::*;

    fn one_by_one(text: &str) -> Pieces {
        let mut pieces = Pieces::with_room_for(text);
        let mut at = 0;
        while at < text.len() {
            at = pieces.add(text, at);
        }
        pieces
    }

    fn check(text: &str) {
        for pieces in on_every_set(&Cut(text)) {
            assert_eq!(pieces, one_by_one(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn blocks_are_cut_like_characters(text in "([a-zA-Z0-9]{1,20}[-'.,: é’]{0,2}){0,30}", any in "\\PC{0,140}") {
            check(&text);
            check(&any);
        }
    }

    #[test]
    fn words_are_cut_across_the_edges_of_blocks() {
        let words = ["Council", "a", "x".repeat(15).as_str(), "U.S.", "3,000.5", "don’t", "é", "...", "\n"]
            .map(str::to_owned);
        for before in 40..70 {
            for word in &words {
                check(&format!("{}{word}", " ".repeat(before)));
                check(&format!("{} {word}B2 and so on, until the text has ended", "y".repeat(before)));
            }
        }
    }
}
