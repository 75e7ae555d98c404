//! Words of a summary that say the opposite of what source and facts say.
//!
//! A word that a summary negates although the known texts have it without a negation only, a word that it has without
//! one although they only negate it, and one word of a pair of opposites where they only have the other. Words that the
//! known texts have either way, or not at all, tell nothing. A unit behind a number that has but others of its kind there is
//! one too ([`units`](super::units)).

use super::marks::{Marks, NEGATED, PLAIN, WRITTEN};
use super::opposites;
use crate::words::keys::Keys;
use crate::words::map::Word;
use crate::words::polarity::Polarity;
use crate::words::stream::{Stream, Token};
use std::ops::Range;

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
            Polarity::Negator | Polarity::Asked => false,
        };
        if contradicts {
            found.push(token.span());
        }
    }
    found
}

/// Whether the known texts have an opposite of a word, and none that tells the same: `gained` for `rose`.
fn has_opposite(known: &Marks, key: Word<'_>) -> bool {
    let is_told = || opposites::in_place(key).any(|beside| beside.same && known.has(beside.key, PLAIN));
    let is_beside = |other| opposites::in_place(key).any(|beside| !beside.same && beside.key.is_same(&other));
    opposites::everywhere(key).any(|other| known.has(other, PLAIN) && !(is_told() && is_beside(other)))
}

/// Whether a word tells anything when it is negated: function words and numbers do not.
pub(super) fn is_told(token: &Token) -> bool {
    !token.function && !token.number
}

#[cfg(test)]
mod tests {
    use crate::coverage::support::Known;

    fn contradicted<'a>(known: &str, summary: &'a str) -> Vec<&'a str> {
        let support = Known::new(&[known]).check(summary);
        support.contradicted.into_iter().map(|span| &summary[span]).collect()
    }

    #[test]
    fn tells_what_is_turned_round() {
        let cases: [(&str, &str, &[&str]); 25] = [
            ("Shares closed higher and sales fell.", "Shares closed lower.", &["lower"]),
            ("Prices gained in May and sales fell.", "Prices rose in May.", &[]),
            ("The council approved the budget.", "The council approved the budget.", &[]),
            ("The council approved the budget.", "The council has not approved the budget.", &["approved"]),
            ("The council did not approve the budget.", "The council approved the budget.", &["approved"]),
            ("The council did not approve the budget.", "The council did not approve it.", &[]),
            ("Ann was not hurt; Bob was hurt.", "Ann was hurt, Bob was not hurt.", &[]),
            ("The council approved the budget.", "It was not cheap.", &[]),
            (
                "If prices rose in May, as the bank and all of its members expect they would, wages rose.",
                "Prices rose.",
                &[],
            ),
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
            ("It cost €20.", "It cost $20, or 20 euros.", &["20"]),
            ("It cost £20, or ¥30.", "It cost 20 pounds, or 30 yuan.", &[]),
            ("The 12-year-old ran 5 km.", "The girl, 12 years old, ran 5 kilometres.", &[]),
        ];
        for (known, summary, expected) in cases {
            assert_eq!(contradicted(known, summary), expected, "{known:?} {summary:?}");
        }
    }
}
