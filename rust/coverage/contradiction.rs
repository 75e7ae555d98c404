//! Words of a summary that say the opposite of what source and facts say.
//!
//! A word that a summary negates although the known texts have it without a negation only, a word that it has without
//! one although they only negate it, and one word of a pair of opposites where they only have the other. Words that the
//! known texts have either way, or not at all, tell nothing. A unit behind a number that has but others of its kind there is
//! one too ([`units`](super::units)).

use super::marks::{Marks, NEGATED, PLAIN, WRITTEN};
use crate::words::keys::Keys;
use crate::words::map::{Word, hash_of};
use crate::words::polarity::Polarity;
use crate::words::stream::{Stream, Token};
use std::ops::Range;

/// Opposites that hardly ever stand for anything else, as keys ([`key`]). In order of the first. None of them tells the
/// same from the other side, as who buys and who sells do.
const OPPOSITES: [[&[u8]; 2]; 36] = [
    [b"accept", b"reject"],
    [b"acquit", b"convict"],
    [b"aliv", b"dead"],
    [b"allow", b"ban"],
    [b"allow", b"forbid"],
    [b"approv", b"reject"],
    [b"arriv", b"depart"],
    [b"best", b"worst"],
    [b"destroy", b"restor"],
    [b"east", b"west"],
    [b"eastern", b"western"],
    [b"expand", b"shrink"],
    [b"faster", b"slower"],
    [b"grow", b"shrink"],
    [b"guilti", b"innoc"],
    [b"higher", b"lower"],
    [b"highest", b"lowest"],
    [b"improv", b"worsen"],
    [b"includ", b"exclud"],
    [b"increas", b"decreas"],
    [b"increas", b"reduc"],
    [b"indoor", b"outdoor"],
    [b"largest", b"smallest"],
    [b"launch", b"cancel"],
    [b"longer", b"shorter"],
    [b"major", b"minor"],
    [b"male", b"femal"],
    [b"north", b"south"],
    [b"northern", b"southern"],
    [b"oldest", b"youngest"],
    [b"permit", b"prohibit"],
    [b"rise", b"fall"],
    [b"rural", b"urban"],
    [b"strengthen", b"weaken"],
    [b"support", b"oppos"],
    [b"warmer", b"cooler"],
];

/// The same to look up.
static OPPOSITE_KEYS: [[[u64; 2]; 2]; OPPOSITES.len()] = {
    let mut keys = [[[0; 2]; 2]; OPPOSITES.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = [Word::key_of(OPPOSITES[at][0]), Word::key_of(OPPOSITES[at][1])];
        at += 1;
    }
    keys
};

/// A bit for each place that the hash of one of them gives: hardly another word has one of these.
static OPPOSITE_HASHES: [u64; 64] = {
    let mut bits = [0; 64];
    let mut at = 0;
    while at < 2 * OPPOSITE_KEYS.len() {
        let hash = hash_of(OPPOSITE_KEYS[at / 2][at % 2]);
        bits[(hash >> 58) as usize] |= 1 << (hash >> 52 & 63);
        at += 1;
    }
    bits
};

/// Byte spans of the words of a summary that say the opposite of what the known words are marked with.
pub(super) fn contradicted(known: &Marks, stream: &Stream, keys: &mut Keys) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (token, polarity) in stream.tokens.iter().zip(stream.polarities()).filter(|(token, _)| is_told(token))
    {
        let word = stream.word(token);
        // Most words of a summary stand so in its source.
        if *polarity == Polarity::Plain && known.has(word, WRITTEN) {
            continue;
        }
        let key = keys.of(word).key;
        let marks = known.of(key);
        let (plain, negated) = (marks & PLAIN != 0, marks & NEGATED != 0);
        let contradicts = match polarity {
            Polarity::Negated => plain && !negated,
            Polarity::Plain => !plain && (negated || has_opposite(known, key)),
            Polarity::Negator => false,
        };
        if contradicts {
            found.push(token.span());
        }
    }
    found
}

fn has_opposite(known: &Marks, key: Word<'_>) -> bool {
    let hash = key.hash64();
    let bits = OPPOSITE_HASHES.get((hash >> 58) as usize).copied().unwrap_or_default();
    let Some(key) = key.short_key().filter(|_| bits >> (hash >> 52 & 63) & 1 == 1) else { return false };
    let pairs = OPPOSITE_KEYS.iter().flat_map(|[a, b]| [(a, b), (b, a)]);
    pairs.filter(|(this, _)| **this == key).any(|(_, other)| known.has(Word::of_short_key(*other), PLAIN))
}

/// Whether a word tells anything when it is negated: function words and numbers do not.
pub(super) fn is_told(token: &Token) -> bool {
    !token.function && !token.number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::support::Known;

    fn contradicted<'a>(known: &str, summary: &'a str) -> Vec<&'a str> {
        let support = Known::new(&[known]).check(summary);
        support.contradicted.into_iter().map(|span| &summary[span]).collect()
    }

    #[test]
    fn tells_what_is_turned_round() {
        let cases: [(&str, &str, &[&str]); 20] = [
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
            ("No receipt is needed.", "Customers get their money back without showing a receipt.", &[]),
            ("Tarrant sold the mill to Corvane.", "Corvane bought the mill.", &[]),
            ("The ban ends in nine months.", "The ban ends in nine years.", &["years"]),
            ("The ban of nine months cost 2.3 million euros.", "It cost 2.3 million pounds.", &["pounds"]),
            ("It took nine days, after two weeks.", "It took nine days, after a fortnight.", &[]),
            ("It took nine days, and nine weeks to mend.", "It took nine weeks.", &[]),
            ("He got nine dollars.", "He waited nine days.", &[]),
            ("The 12-year-old ran 5 km.", "The girl, 12 years old, ran 5 kilometres.", &[]),
        ];
        for (known, summary, expected) in cases {
            assert_eq!(contradicted(known, summary), expected, "{known:?} {summary:?}");
        }
    }

    #[test]
    fn opposites_are_keys_in_order() {
        let words = "accept acquit alive allow approve arrive ban best cancel convict cooler dead decrease depart destroy \
                     east eastern exclude expand fall faster female forbid grow guilty higher highest improve include \
                     increase indoors innocent largest launch longer lower lowest major male minor north northern oldest \
                     oppose outdoors permit prohibit reduce reject restore rise rural shorter shrink slower smallest south \
                     southern strengthen support urban warmer weaken west western worsen worst youngest";
        let mut buffer = Vec::new();
        let mut keys: Vec<Vec<u8>> = words
            .split(' ')
            .map(|word| crate::words::key::key(Word::new(word.as_bytes()), &mut buffer).bytes().to_vec())
            .collect();
        keys.sort_unstable();
        assert!(OPPOSITES.iter().flatten().all(|word| keys.iter().any(|key| key == word)));
        assert!(OPPOSITES.is_sorted());
    }
}
