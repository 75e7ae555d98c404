//! One pass over a text: its words and marks, each with its class, for every measure of the fluency rule.
//!
//! The tokens are those of `training/fluency_classes.py`: what the table was counted on is what it is asked for. Ligatures alone
//! are letters here and marks there: hardly a text that tables are made from has one.

use super::classes::{self, Class};
use super::cut::{Cut, Pieces};
use crate::simd::Set;
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

/// Longer than [`LONG_WORD`]: a bit that the word list leaves free.
pub(super) const LONG: u16 = 1 << 7;
/// A word of more letters than this is no English word in prose.
pub(super) const LONG_WORD: usize = 24;
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
/// Letters with a full stop each ("U.S.").
pub(super) const DOTTED: u16 = 1 << 15;

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
            | '\u{3040}'..='\u{d7ff}' | '\u{fb00}'..='\u{fb06}' | '\u{10000}'..='\u{1efff}' | '\u{20000}'..='\u{3ffff}')
}

/// Letters that were set as one, as a document's pages have them: `ﬁ`, `ﬂ`.
pub(super) fn is_ligature(c: char) -> bool {
    matches!(c, '\u{fb00}'..='\u{fb06}')
}

/// The tokens of a text, in order: what the tables are made of.
#[cfg(any(test, feature = "training"))]
pub(super) fn scan(text: &str) -> Vec<Token> {
    scan_telling(text).0
}

/// The tokens of a text, in order, and whether numbers stand in it with nothing but a space between them.
fn scan_telling(text: &str) -> (Vec<Token>, bool) {
    let Pieces { mut tokens, hashes } = Set::default().run(Cut(text));
    let mut initial = true;
    // The full stop right after an abbreviation ends no sentence.
    let (mut abbreviation, mut any) = (usize::MAX, false);
    // Behind the space after a number.
    let (mut behind, mut meet) = (usize::MAX, false);
    for (token, hash) in tokens.iter_mut().zip(hashes) {
        if token.is(WORD) {
            classify(text, token, hash, initial);
            initial = false;
            let is_number = token.is(DIGIT);
            meet |= is_number & (token.start == behind);
            behind = if is_number { token.end + 1 } else { usize::MAX };
            if token.is(ABBREVIATED) {
                abbreviation = token.end;
                any = true;
            }
        } else if token.start == abbreviation && token.key == u32::from('.') {
            token.flags = DROPPED;
        } else {
            initial = token.is(STOP);
        }
    }
    if any {
        tokens.retain(|token| token.flags != DROPPED);
    }
    (tokens, meet)
}

/// Makes one of a number that is written with spaces; the tables of words and neighbours are made of its parts: "1 204 000", "0800 111 999".
fn join_numbers(text: &str, tokens: &mut Vec<Token>) {
    let digits = |token: &Token| {
        let word = text.as_bytes().get(token.span()).unwrap_or_default();
        word.iter().all(u8::is_ascii_digit).then_some(word).filter(|_| token.is(WORD))
    };
    let bytes = text.as_bytes();
    let meets = |a: &Token, b: &Token| {
        b.start == a.end + 1 && bytes.get(a.end) == Some(&b' ') && digits(a).is_some() && digits(b).is_some()
    };
    let mut joined = Vec::with_capacity(tokens.len());
    for run in tokens.chunk_by(meets) {
        match run {
            [first, .., last] if is_number(run.iter().filter_map(digits)) => {
                let hash = classes::hash(bytes.get(first.start..last.end).unwrap_or_default(), true);
                joined.push(Token {
                    end: last.end,
                    key: classes::key(hash),
                    class: Class::Number as u8,
                    ..*first
                });
            }
            _ => joined.extend_from_slice(run),
        }
    }
    *tokens = joined;
}

/// Whether groups of digits are those of one number: thousands, or a telephone's.
fn is_number<'a>(mut groups: impl Iterator<Item = &'a [u8]> + Clone) -> bool {
    let all = groups.clone();
    let count: usize = all.clone().map(<[u8]>::len).sum();
    let Some(first) = groups.next() else { return false };
    let is_thousands =
        first.len() <= 3 && first.first() != Some(&b'0') && groups.clone().all(|group| group.len() == 3);
    let is_called = first.first() == Some(&b'0') && all.clone().all(|group| (2..=6).contains(&group.len()));
    let is_grouped = groups.count() >= 2 && all.clone().all(|group| (3..=4).contains(&group.len()));
    is_thousands || (7..=15).contains(&count) && (is_called || is_grouped)
}

/// The tokens of a whole text: where it ends with an abbreviation, that one's full stop ends its last sentence too. A number
/// that is written with spaces is one.
pub(super) fn scan_whole(text: &str) -> Vec<Token> {
    let (mut tokens, meet) = scan_telling(text);
    if meet {
        join_numbers(text, &mut tokens);
    }
    if let Some(last) = tokens.last()
        && last.is(ABBREVIATED)
    {
        let (start, end) = (last.end, last.end + 1);
        tokens.push(Token { start, end, key: u32::from('.'), class: Class::Stop as u8, flags: STOP });
    }
    tokens
}

/// The flags of what is no token after all: no word has as many.
const DROPPED: u16 = u16::MAX;

/// Writes down what the word list knows of a word. `initial`: it begins a sentence.
#[inline(always)]
fn classify(text: &str, token: &mut Token, hash: u64, initial: bool) {
    let word = text.as_bytes().get(token.span()).unwrap_or_default();
    let dotted = token.is(DOTTED);
    let known = classes::known(word, hash, initial, dotted);
    token.class = known.class;
    token.flags |= u16::from(known.flags) | (u16::from(initial) * INITIAL);
    let may_abbreviate = token.is(u16::from(classes::ABBREVIATION)) | (word.len() == 1);
    if may_abbreviate && text.as_bytes().get(token.end) == Some(&b'.') {
        let is_initial = word.len() == 1 && token.is(CAPITAL) && word != b"I";
        let abbreviates = !dotted && (is_initial || token.is(u16::from(classes::ABBREVIATION)));
        token.flags |= u16::from(abbreviates) * ABBREVIATED;
    }
}

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
        Some(_) => text.get(at..).and_then(|rest| rest.chars().next()),
        None => None,
    }
}

/// Quotation marks stand outside the grammar of the words they enclose.
pub(super) const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | '„' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        scan(text).iter().map(|token| &text[token.span()]).collect()
    }

    #[test]
    fn a_number_with_spaces_is_one_in_a_whole_text() {
        let cases: [(&str, &[&str]); 3] = [
            ("Ring 0800 111 999 now", &["Ring", "0800 111 999", "now"]),
            ("has 1 204 000 of 2 148 000", &["has", "1 204 000", "of", "2 148 000"]),
            ("In 2020 300 of 4 8 15 16", &["In", "2020", "300", "of", "4", "8", "15", "16"]),
        ];
        for (text, expected) in cases {
            let words: Vec<&str> = scan_whole(text).iter().map(|token| &text[token.span()]).collect();
            assert_eq!(words, expected, "{text:?}");
        }
    }

    #[test]
    fn a_text_falls_into_words_and_marks() {
        let cases: [(&str, &[&str]); 13] = [
            ("Ring 0800 111", &["Ring", "0800", "111"]),
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
    fn the_full_stop_of_a_last_abbreviation_ends_the_text() {
        for (text, tokens) in
            [("He joined Acme Inc.", 5), ("It is Artemis V. ”", 5), ("He joined Acme Inc. today", 5), ("", 0)]
        {
            assert_eq!(scan_whole(text).len(), tokens, "{text:?}");
        }
        assert_eq!(scan("He joined Acme Inc.").len(), 4);
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
