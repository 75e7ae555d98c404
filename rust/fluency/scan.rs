//! One pass over a text: its words and marks, each with its class, for every measure of the fluency rule.
//!
//! The tokens are those of `training/fluency_classes.py`: what the table was counted on is what it is asked for.

use super::bytes::leading_alphanumerics;
use super::classes::{self, Class, Known};
use crate::eight::within;
use std::ops::Range;

/// A word or a mark of punctuation. White space and quotation marks are no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Hash of the word in lower case; equal words have equal keys.
    pub(super) key: u32,
    /// The word's class in the table.
    pub(super) class: u8,
    /// The flags of [`classes`], and the ones below.
    pub(super) flags: u16,
}

/// A word, not a mark.
pub(super) const WORD: u16 = 1 << 8;
/// Begins with an ASCII capital.
pub(super) const CAPITAL: u16 = 1 << 9;
/// Two letters or more, all of them ASCII capitals.
pub(super) const ALL_CAPITALS: u16 = 1 << 10;
/// The first word of a sentence.
pub(super) const INITIAL: u16 = 1 << 11;
/// Ends a sentence: `.`, `!`, `?`.
pub(super) const STOP: u16 = 1 << 12;
/// Holds a digit.
pub(super) const DIGIT: u16 = 1 << 13;
/// Was followed by a full stop that marks an abbreviation ("Dr.", "J.").
pub(super) const ABBREVIATED: u16 = 1 << 14;

impl Token {
    pub(super) fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Whether a character belongs to words: letters and digits of any script, and the marks that combine with them.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c,
            '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{1fff}' | '\u{2c00}'..='\u{2fff}'
            | '\u{3040}'..='\u{d7ff}' | '\u{10000}'..='\u{1efff}' | '\u{20000}'..='\u{3ffff}')
}

/// The tokens of a text, in order.
pub(super) fn scan(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 1);
    let mut initial = true;
    // The full stop right after an abbreviation ends no sentence.
    let mut skip_stop = false;
    let mut at = 0;
    while let Some(c) = char_at(text, at) {
        if c == ' ' {
            skip_stop = false;
            at += 1;
            continue;
        }
        if is_word_char(c) {
            let (mut token, dotted) = match plain_word(text, at, initial) {
                Some(token) => (token, false),
                None => any_word(text, at, initial),
            };
            let end = token.end;
            let is_single = end - at == 1 && token.is(CAPITAL) && c != 'I';
            skip_stop = !dotted && (token.is(u16::from(classes::ABBREVIATION)) || is_single);
            if skip_stop && text.as_bytes().get(end) == Some(&b'.') {
                token.flags |= ABBREVIATED;
            }
            tokens.push(token);
            initial = false;
            at = end;
            continue;
        }
        let end = at + c.len_utf8();
        let abbreviates = std::mem::take(&mut skip_stop) && c == '.';
        if !(c.is_whitespace() || abbreviates || is_quote(c)) {
            let class = mark_class(c);
            initial = class == Class::Stop;
            let flags = if initial { STOP } else { 0 };
            tokens.push(Token { start: at, end, key: c as u32, class: class as u8, flags });
        }
        at = end;
    }
    tokens
}

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        Some(_) => text.get(at..).and_then(|rest| rest.chars().next()),
        None => None,
    }
}

/// Quotation marks stand outside the grammar of the words they enclose.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | '„' | '«' | '»')
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

/// The word that begins at `at`, and whether it is made of letters with a full stop each.
fn any_word(text: &str, at: usize, initial: bool) -> (Token, bool) {
    let (end, dotted) = match dotted_end(text, at) {
        Some(end) => (end, true),
        None => (word_end(text, at), false),
    };
    (word(&text[at..end], at, initial, dotted), dotted)
}

fn word(word: &str, at: usize, initial: bool, dotted: bool) -> Token {
    let known = classes::word(word, initial, dotted);
    let bytes = word.as_bytes();
    let is_capital = bytes.first().is_some_and(u8::is_ascii_uppercase);
    let is_all_capitals = is_capital && is_all_capitals(bytes);
    let flags =
        word_flags(&known, is_capital, is_all_capitals, initial, bytes.iter().any(u8::is_ascii_digit));
    Token { start: at, end: at + word.len(), key: known.key, class: known.class, flags }
}

#[inline(always)]
fn word_flags(known: &Known, capital: bool, all_capitals: bool, initial: bool, digit: bool) -> u16 {
    let flag = |holds: bool, flag: u16| u16::from(holds) * flag;
    WORD | u16::from(known.flags)
        | flag(capital, CAPITAL)
        | flag(all_capitals, ALL_CAPITALS)
        | flag(initial, INITIAL)
        | flag(digit, DIGIT)
}

/// The word that begins at `at`, if it is one of up to 15 letters and digits of ASCII with as many bytes behind it, and
/// nothing follows that may go on with it: as nearly all are.
#[inline(always)]
fn plain_word(text: &str, at: usize, initial: bool) -> Option<Token> {
    let bytes = text.as_bytes().get(at..)?;
    let (first, second) =
        (u64::from_le_bytes(*bytes.first_chunk()?), u64::from_le_bytes(*bytes.get(8..)?.first_chunk()?));
    let both = |of: fn(u64) -> u64| u128::from(of(first)) | u128::from(of(second)) << 64;
    let (digits, capitals) =
        (both(|block| within(block, b'0', b'9')), both(|block| within(block, b'A', b'Z')));
    let small = both(|block| within(block, b'a', b'z'));
    let length = (!(digits | capitals | small) & HIGH).trailing_zeros() as usize / 8;
    let (word, next) = (bytes.get(..length)?, *bytes.get(length)?);
    let last = *word.last()?;
    let may_go_on = match next {
        b'.' => length == 1 || last.is_ascii_digit(),
        b',' | b':' => last.is_ascii_digit(),
        _ => length == 16 || !next.is_ascii() || matches!(next, b'\'' | b'-'),
    };
    if may_go_on {
        return None;
    }
    let keep = u128::MAX >> (128 - 8 * length);
    let block = (u128::from(first) | u128::from(second) << 64) & keep;
    let known = classes::short_word(word, block, block | (capitals & keep) >> 2, initial);
    let is_capital = capitals & 0x80 != 0;
    let is_all_capitals = is_capital & (length > 1) & (small & keep == 0);
    let flags = word_flags(&known, is_capital, is_all_capitals, initial, digits & keep != 0);
    Some(Token { start: at, end: at + length, key: known.key, class: known.class, flags })
}

/// The highest bit of each byte.
const HIGH: u128 = 0x8080_8080_8080_8080_8080_8080_8080_8080;

fn is_all_capitals(bytes: &[u8]) -> bool {
    bytes.len() > 1 && !bytes.iter().any(u8::is_ascii_lowercase)
}

fn mark_class(c: char) -> Class {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_words_are_read_like_any(text in "([a-zA-Z0-9]{1,18}[-'.,: é’]{0,2}){0,8}", initial in any::<bool>()) {
            for (at, c) in text.char_indices().filter(|(_, c)| is_word_char(*c)) {
                if let Some(token) = plain_word(&text, at, initial) {
                    prop_assert_eq!((token, false), any_word(&text, at, initial), "{}", c);
                }
            }
        }
    }

    fn words(text: &str) -> Vec<&str> {
        scan(text).iter().map(|token| &text[token.span()]).collect()
    }

    #[test]
    fn a_text_falls_into_words_and_marks() {
        let cases: [(&str, &[&str]); 12] = [
            ("The council met.", &["The", "council", "met", "."]),
            ("Don't panic, it’s well-known.", &["Don't", "panic", ",", "it’s", "well-known", "."]),
            ("It rose 3,000.5% by 10:30", &["It", "rose", "3,000.5", "%", "by", "10:30"]),
            ("In the U.S. at 5 p.m. today", &["In", "the", "U.S.", "at", "5", "p.m.", "today"]),
            ("Dr. J. Lee of Acme Inc. left.", &["Dr", "J", "Lee", "of", "Acme", "Inc", "left", "."]),
            ("\"Stop,\" he said.", &["Stop", ",", "he", "said", "."]),
            ("one/two (three)", &["one", "/", "two", "(", "three", ")"]),
            ("Škoda naïve 東京", &["Škoda", "naïve", "東京"]),
            ("- a -b c-", &["-", "a", "-", "b", "c", "-"]),
            ("", &[]),
            (" \n\t", &[]),
            ("’ ' \" `", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn shapes_and_suffixes_give_the_class_of_unlisted_words() {
        let cases = [
            ("zqblorking", Class::Ing),
            ("zqblorked", Class::Ed),
            ("zqblorkness", Class::Ness),
            ("zqblorkify", Class::Ize),
            ("zqblork", Class::Other),
            ("zq-blork", Class::Hyphen),
            ("zqblork's", Class::Possessive),
            ("1987", Class::Year),
            ("2087", Class::Year),
            ("3087", Class::Number),
            ("3,087.5", Class::Number),
            ("21st", Class::Ordinal),
            ("21km", Class::Mixed),
            ("b2b", Class::Mixed),
        ];
        for (word, class) in cases {
            assert_eq!(classes::word(word, false, false).class, class as u8, "{word}");
        }
        assert_eq!(classes::word("ZQB", false, false).class, Class::Acronym as u8);
        assert_eq!(classes::word("Zqblork", false, false).class, Class::Name as u8);
        assert_eq!(classes::word("Of", false, false).class, Class::CapitalFunction as u8);
    }

    #[test]
    fn a_capital_at_the_start_of_a_sentence_does_not_change_the_word() {
        let (first, inner) = (scan("The council met. The end"), scan("the council met. the end"));
        let classes = |tokens: &[Token]| tokens.iter().map(|token| token.class).collect::<Vec<_>>();
        assert_eq!(classes(&first), classes(&inner));
    }
}
