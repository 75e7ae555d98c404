//! Words of a summary that say the opposite of what source and facts say.
//!
//! A word that a summary negates although the known texts have it without a negation only, a word that it has without
//! one although they only negate it, and one word of a pair of opposites where they only have the other. Words that the
//! known texts have either way, or not at all, tell nothing.

use super::polarity::{self, Polarity};
use crate::words::key::key;
use crate::words::map::{UNKNOWN, Word, WordMap};
use crate::words::stream::{Stream, Token};
use std::ops::Range;

/// What the known texts say, by the keys of their content words.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    plain: WordMap,
    negated: WordMap,
    /// The plain ones as they are written: most words of a summary are among them, and need no key then.
    written: WordMap,
}

/// Opposites that hardly ever stand for anything else, as keys ([`key`]). In order of the first.
const OPPOSITES: [[&[u8]; 2]; 27] = [
    [b"accept", b"reject"],
    [b"aliv", b"dead"],
    [b"allow", b"ban"],
    [b"allow", b"forbid"],
    [b"approv", b"reject"],
    [b"best", b"worst"],
    [b"buy", b"sell"],
    [b"east", b"west"],
    [b"eastern", b"western"],
    [b"expand", b"shrink"],
    [b"grow", b"shrink"],
    [b"guilti", b"innoc"],
    [b"higher", b"lower"],
    [b"highest", b"lowest"],
    [b"improv", b"worsen"],
    [b"includ", b"exclud"],
    [b"increas", b"decreas"],
    [b"increas", b"reduc"],
    [b"largest", b"smallest"],
    [b"launch", b"cancel"],
    [b"major", b"minor"],
    [b"north", b"south"],
    [b"northern", b"southern"],
    [b"permit", b"prohibit"],
    [b"rise", b"fall"],
    [b"strengthen", b"weaken"],
    [b"support", b"oppos"],
];

impl Said {
    /// Adds what a text says.
    pub(super) fn read(&mut self, stream: &Stream) {
        let mut polarities = Vec::with_capacity(stream.tokens.len());
        polarity::mark(stream, &mut polarities);
        let mut buffer = Vec::new();
        for (token, polarity) in stream.tokens.iter().zip(&polarities).filter(|(token, _)| is_told(token)) {
            let word = stream.word(token);
            let is_negated = *polarity == Polarity::Negated;
            if !is_negated {
                self.written.get_or_insert(word, 1);
            }
            let said = if is_negated { &mut self.negated } else { &mut self.plain };
            said.get_or_insert(key(word, &mut buffer), 1);
        }
    }

    /// Byte spans of the words of a summary that say the opposite.
    pub(super) fn contradicted(&self, stream: &Stream) -> Vec<Range<usize>> {
        let mut polarities = Vec::with_capacity(stream.tokens.len());
        polarity::mark(stream, &mut polarities);
        let mut buffer = Vec::new();
        let tokens = stream.tokens.iter().zip(&polarities).filter(|(token, _)| is_told(token));
        tokens
            .filter(|(token, polarity)| {
                let word = stream.word(token);
                if **polarity == Polarity::Plain && has(&self.written, word) {
                    return false;
                }
                let key = key(word, &mut buffer);
                let (plain, negated) = (has(&self.plain, key), has(&self.negated, key));
                match polarity {
                    Polarity::Negated => plain && !negated,
                    Polarity::Plain => !plain && (negated || self.has_opposite(key.bytes())),
                    Polarity::Negator => false,
                }
            })
            .map(|(token, _)| token.span())
            .collect()
    }

    fn has_opposite(&self, key: &[u8]) -> bool {
        OPPOSITES.iter().any(|[a, b]| {
            *a == key && has(&self.plain, Word::new(b)) || *b == key && has(&self.plain, Word::new(a))
        })
    }
}

/// Whether a word tells anything when it is negated: function words and numbers do not.
fn is_told(token: &Token) -> bool {
    !token.function && !token.number
}

fn has(words: &WordMap, key: Word<'_>) -> bool {
    words.get(key) != UNKNOWN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contradicted<'a>(known: &str, summary: &'a str) -> Vec<&'a str> {
        let mut said = Said::default();
        said.read(&Stream::new(known));
        said.contradicted(&Stream::new(summary)).into_iter().map(|span| &summary[span]).collect()
    }

    #[test]
    fn tells_what_is_turned_round() {
        let cases: [(&str, &str, &[&str]); 12] = [
            ("The council approved the budget.", "The council approved the budget.", &[]),
            ("The council approved the budget.", "The council has not approved the budget.", &["approved"]),
            ("The council did not approve the budget.", "The council approved the budget.", &["approved"]),
            ("The council did not approve the budget.", "The council did not approve it.", &[]),
            ("Ann was not hurt; Bob was hurt.", "Ann was hurt, Bob was not hurt.", &[]),
            ("The council approved the budget.", "It was not cheap.", &[]),
            ("Prices rose in May.", "Prices fell in May.", &["fell"]),
            ("Prices rose in May and fell in June.", "Prices fell in May.", &[]),
            ("Prices went up in May.", "Prices fell in May.", &[]),
            (
                "The council approved it.",
                "It is not true that the council approved it.",
                &["council", "approved"],
            ),
            (
                "The council approved it.",
                "Nobody has confirmed that the council approved it.",
                &["council", "approved"],
            ),
            ("The council approved it.", "There is no doubt that the council approved it.", &[]),
        ];
        for (known, summary, expected) in cases {
            assert_eq!(contradicted(known, summary), expected, "{known:?} {summary:?}");
        }
    }

    #[test]
    fn opposites_are_keys_in_order() {
        let words = "accept alive allow approve ban best buy cancel dead decrease east eastern exclude expand fall forbid \
                     grow guilty higher highest improve include increase innocent largest launch lower lowest major minor \
                     north northern oppose permit prohibit reduce reject rise sell shrink smallest south southern \
                     strengthen support weaken west western worsen worst";
        let mut buffer = Vec::new();
        let mut keys: Vec<Vec<u8>> = words
            .split(' ')
            .map(|word| key(Word::new(word.as_bytes()), &mut buffer).bytes().to_vec())
            .collect();
        keys.sort_unstable();
        assert!(OPPOSITES.iter().flatten().all(|word| keys.iter().any(|key| key == word)));
        assert!(OPPOSITES.is_sorted());
    }
}
