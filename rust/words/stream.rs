//! Normalised tokens with their place in the text: what facts, support, salience and copying compare.
//!
//! Characters are folded ([`super::fold`]) first. A token is one of
//! - a number: digits, with commas or blanks between thousands and one decimal part; an ordinal or plural ending and what
//!   parts the thousands are dropped (`1,200th` is `1200`);
//! - a word: letters, with apostrophes inside; a possessive `'s` is dropped and other apostrophes removed
//!   (`nation's` is `nation`, `don't` is `dont`); initials with full stops join (`U.S.` is `us`).
//!
//! Everything else separates, and is remembered as the break before the next token.

mod scanner;

use super::function::{ADVERBS, AUXILIARIES, DETERMINERS};
use super::known::{DENIES, TURNS};
use super::map::Word;
use super::numbers::{self, Quantity};
use super::polarity::{self, Polarity};
use scanner::Scanner;
use std::ops::Range;
use std::sync::OnceLock;

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Break {
    /// Nothing at all: the two were written together, as in `4.2M`.
    #[default]
    None,
    /// Blanks or a hyphen.
    Space,
    /// Punctuation inside a sentence: comma, colon, dash, bracket, quotation mark.
    Clause,
    /// The end of a sentence, or the start of the text.
    Sentence,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Case {
    /// A number, or without upper-case letters at the front.
    #[default]
    Lower,
    /// The first letter is upper-case.
    Title,
    /// Two letters or more, all upper-case.
    Upper,
}

/// What a currency sign stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// `$`, of whatever country.
    Dollar,
    /// `€`.
    Euro,
    /// `£`.
    Pound,
    /// `₹`.
    Rupee,
    /// `¥`, which is a yen or a yuan.
    Yen,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Token {
    /// Byte span in the text.
    pub start: u32,
    /// End of the byte span.
    pub end: u32,
    /// Whether it is a number.
    pub number: bool,
    /// How it is written.
    pub case: Case,
    /// What stands before it.
    pub before: Break,
    /// Whether it is an English function word.
    pub function: bool,
    /// If so, its group, below [`super::function::FUNCTION_GROUPS`].
    pub group: u8,
    /// Which rules have to read it ([`super::known`]).
    pub(crate) roles: u8,
    /// Whether the character right before it is a quotation mark.
    pub quoted: bool,
    /// The currency sign right before it.
    pub currency: Option<Currency>,
    /// Whether it is a number with a per cent sign right after it.
    pub percent: bool,
    text: u32,
    text_end: u32,
    /// The normalised text, to look up.
    key: [u64; 2],
}

impl Token {
    /// Byte span in the text.
    pub fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether it is an auxiliary or a modal verb.
    pub(crate) fn is_auxiliary(&self) -> bool {
        self.function && AUXILIARIES.contains(&self.group)
    }

    /// Whether it is a word that begins a noun phrase: an article, a possessive, a quantifier.
    pub(crate) fn is_determiner(&self) -> bool {
        self.function && self.group <= DETERMINERS
    }

    /// Whether it is a small word that stands between a subject and its verb: "also", "now".
    pub(crate) fn is_small_adverb(&self) -> bool {
        self.function && self.group == ADVERBS
    }

    /// Bytes of its normalised text.
    #[inline]
    pub(crate) fn text_len(&self) -> usize {
        self.text_end.saturating_sub(self.text) as usize
    }
}

/// Zeros behind the texts, so that a word's first bytes can be read at once.
const PADDING: usize = 16;
/// What makes a small letter of a capital one.
const LOWER: u8 = 0x20;

/// The tokens of one text.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// In the order of the text.
    pub tokens: Vec<Token>,
    /// The text as if all its bytes were letters, in lower case, where most tokens have their normalised text; then those
    /// of the others, end to end. Padding after both.
    text: Vec<u8>,
    /// Read when first asked for: several rules ask.
    quantities: OnceLock<Vec<Quantity>>,
    polarities: OnceLock<Vec<Polarity>>,
}

impl Stream {
    /// Reads `text`.
    pub fn new(text: &str) -> Self {
        Self::read::<true>(text)
    }

    /// Reads `text`, with or without short cuts for plain words and numbers.
    fn read<const SHORT_CUTS: bool>(text: &str) -> Self {
        let mut out = Self::default();
        out.tokens.reserve(text.len() / 5);
        out.text.reserve(text.len() + text.len() / 16 + 3 * PADDING);
        out.text.extend(text.as_bytes().iter().map(|byte| byte | LOWER));
        out.text.extend_from_slice(&[0; PADDING]);
        let mut out = Scanner::new(text, out).run::<SHORT_CUTS>();
        out.text.extend_from_slice(&[0; PADDING]);
        out
    }

    /// Leaves out the last sentence, which broke off, where there is one before it.
    pub fn leave_out_last_sentence(&mut self) {
        let last = self.tokens.iter().rposition(|token| token.before == Break::Sentence);
        let Some((kept, left_out)) = last.and_then(|last| self.tokens.split_at_checked(last)) else { return };
        let Some(end) = kept.last() else { return };
        // What negation does to a word only the next one may change, or one that takes back what was said.
        let may_turn = end.roles & TURNS != 0 || left_out.iter().any(|token| token.roles & DENIES != 0);
        let last = kept.len();
        self.tokens.truncate(last);
        match self.polarities.get_mut() {
            Some(polarities) if !may_turn => polarities.truncate(last),
            _ => self.polarities = OnceLock::new(),
        }
        // No number goes on behind the end of a sentence.
        if let Some(quantities) = self.quantities.get_mut() {
            quantities.truncate(quantities.partition_point(|quantity| quantity.last < last));
        }
    }

    /// Its numbers, in order ([`numbers::quantities`]).
    pub fn quantities(&self) -> &[Quantity] {
        self.quantities.get_or_init(|| numbers::quantities(self))
    }

    /// Of each token, what negation does to it.
    pub fn polarities(&self) -> &[Polarity] {
        self.polarities.get_or_init(|| polarity::mark(self))
    }

    /// The normalised text of a token of this stream: folded, lower-case.
    #[inline]
    pub fn text(&self, token: &Token) -> &[u8] {
        self.text.get(token.text as usize..token.text_end as usize).unwrap_or_default()
    }

    /// Whether a semicolon stands between a token and the one before it.
    pub(crate) fn is_behind_semicolon(&self, at: usize) -> bool {
        let ends =
            at.checked_sub(1).and_then(|before| Some((self.tokens.get(before)?, self.tokens.get(at)?)));
        let gap = ends.and_then(|(a, b)| self.text.get(a.end as usize..b.start as usize));
        gap.is_some_and(|gap| gap.contains(&b';'))
    }

    /// Whether a token is the month of May, not the auxiliary, as its capital tells.
    #[inline]
    pub(crate) fn is_month(&self, token: &Token) -> bool {
        token.case == Case::Title
            && token.function
            && token.before != Break::Sentence
            && self.text(token) == b"may"
    }

    /// The normalised text of the token at a place; nothing behind the last.
    #[inline]
    pub(crate) fn text_at(&self, at: usize) -> &[u8] {
        self.tokens.get(at).map_or(&[], |token| self.text(token))
    }

    /// The same; nothing where more than a blank stands before it.
    #[inline]
    pub(crate) fn joined_text_at(&self, at: usize) -> &[u8] {
        let token = self.tokens.get(at).filter(|token| token.before <= Break::Space);
        token.map_or(&[], |token| self.text(token))
    }

    /// A token of this stream, ready to be looked up.
    #[inline]
    pub fn word(&self, token: &Token) -> Word<'_> {
        Word::of_key(token.key, self.text(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        let stream = Stream::new(text);
        stream.tokens.iter().map(|t| String::from_utf8(stream.text(t).to_vec()).unwrap()).collect()
    }

    #[test]
    fn a_sign_belongs_to_its_number() {
        let stream = Stream::new("It rose 5% or 5.5 % on $12, 7%");
        let signs: Vec<(bool, bool, Break)> =
            stream.tokens.iter().map(|t| (t.percent, t.currency.is_some(), t.before)).collect();
        assert_eq!(signs[2], (true, false, Break::Space));
        assert_eq!(signs[3], (false, false, Break::Space));
        assert_eq!(signs[4], (false, false, Break::Space));
        assert_eq!(signs[6], (false, true, Break::Space));
        assert_eq!(signs[7], (true, false, Break::Clause));
        assert_eq!(signs.len(), 8);
    }

    #[test]
    fn normalises_numbers_words_and_letter_runs() {
        let cases: [(&str, &[&str]); 19] = [
            ("", &[]),
            ("1,200 people", &["1200", "people"]),
            ("10 000 and 2 050 000", &["10000", "and", "2050000"]),
            (
                "10\u{202f}500 or 1\u{2009}200\u{2009}300 or 5\u{a0}km",
                &["10500", "or", "1200300", "or", "5", "km"],
            ),
            (
                "in 2015 300 of 2015\u{a0}300, 12 500, 5.5 000, 7 0001",
                &["in", "2015", "300", "of", "2015", "300", "12", "500", "5.5", "000", "7", "0001"],
            ),
            ("4.2M, 5% and 3.", &["4.2", "m", "5", "and", "3"]),
            ("the 1,200th, the 1980s, 1990's", &["the", "1200", "the", "1980", "1990"]),
            ("5star 7th-grade", &["5", "star", "7", "grade"]),
            ("the nation’s don't O'Neil's", &["the", "nation", "dont", "oneil"]),
            ("dogs' 'quoted'", &["dogs", "quoted"]),
            ("Café NAÏVE e\u{301}té", &["cafe", "naive", "ete"]),
            ("the U.S. and U.S.A.", &["the", "us", "and", "usa"]),
            ("J. Smith", &["j", "smith"]),
            ("well-known", &["well", "known"]),
            ("covid19", &["covid", "19"]),
            ("10:30 a.m.", &["10", "30", "a", "m"]),
            ("1.2.3", &["1.2", "3"]),
            ("中文 текст", &["中文", "текст"]),
            ("１２ ﬁnd", &["12", "find"]),
        ];
        for (text, expected) in cases {
            assert_eq!(texts(text), expected, "{text:?}");
        }
    }

    #[test]
    fn knows_where_sentences_start() {
        let cases = [
            ("One. Two", vec![0, 1]),
            ("Mr. Smith met Dr. Who. He left", vec![0, 5]),
            ("J. R. Smith of Acme Inc. paid 3.5 times", vec![0]),
            ("in the U.S. The court", vec![0, 3]),
            ("the U.S. Army", vec![0]),
            ("Yes! No? So", vec![0, 1, 2]),
            ("a\nb", vec![0, 1]),
            ("a, b; c", vec![0]),
        ];
        for (text, expected) in cases {
            let tokens = Stream::new(text).tokens;
            let starts: Vec<usize> =
                (0..tokens.len()).filter(|&i| tokens[i].before == Break::Sentence).collect();
            assert_eq!(starts, expected, "{text:?}");
        }
    }

    #[test]
    fn knows_how_words_are_written() {
        let cases = [("NASA", Case::Upper), ("Nasa", Case::Title), ("A", Case::Title), ("nasa", Case::Lower)];
        for (text, case) in cases {
            assert_eq!(Stream::new(text).tokens[0].case, case, "{text:?}");
        }
        assert_eq!(
            Stream::new("U.S. NASA's").tokens.iter().map(|t| t.case).collect::<Vec<_>>(),
            [Case::Upper; 2]
        );
    }

    proptest! {
        #[test]
        fn short_cuts_change_nothing(
            text in "([A-Za-z]{1,20}|[0-9]{1,3}|U\\.S\\.|[.,!?'`’ %$\"-]| the |\n|é|ß|I|\\PC){0,60}",
            other in any::<String>(),
        ) {
            for text in [text, other] {
                let (short, long) = (Stream::new(&text), Stream::read::<false>(&text));
                let texts = |stream: &Stream| stream.tokens.iter().map(|t| stream.text(t).to_vec()).collect::<Vec<_>>();
                prop_assert_eq!(texts(&short), texts(&long));
                let bare = |stream: &Stream| {
                    stream.tokens.iter().map(|t| Token { text: 0, text_end: 0, ..*t }).collect::<Vec<_>>()
                };
                prop_assert_eq!(bare(&short), bare(&long));
                for token in &short.tokens {
                    prop_assert_eq!(short.word(token).hash64(), Word::new(short.text(token)).hash64());
                }
            }
        }

        #[test]
        fn spans_are_in_order_and_on_character_boundaries(text in "\\PC{0,60}|[ -~’é1,.'US\n]{0,60}") {
            let stream = Stream::new(&text);
            let mut end = 0;
            for token in &stream.tokens {
                prop_assert!(token.span().start >= end);
                prop_assert!(text.get(token.span()).is_some_and(|t| !t.is_empty()));
                end = token.span().end;
            }
        }
    }
}
