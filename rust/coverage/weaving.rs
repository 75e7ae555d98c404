//! Whether a text tells its facts one after the other, or weaves them into each other: who leaves a fact for another and
//! comes back to it, again and again, has put passages together rather than told anything.
//!
//! What a text returns to is told by the words that one fact alone holds.

use crate::words::map::UNKNOWN;

/// Honest summaries return to a fact this often, in as many words; beyond it the factor falls, to a half at twice as many.
const RETURNS: f64 = 2.0;
const MORE: f64 = 2.0;
/// Words that may hold as many returns: a summary's length. In a longer text they are spread out.
const WORDS: f64 = 50.0;

/// The factor in (0, 1] for the facts that the words of a text belong to, in order; `words` is how many the text has.
pub(super) fn factor(facts: impl Iterator<Item = u32>, words: usize) -> f64 {
    let returns = returns(facts) as f64 / (words as f64 / WORDS).max(1.0);
    let beyond = (returns - RETURNS).max(0.0) / MORE;
    1.0 / (1.0 + beyond * beyond)
}

/// How often a fact that was left is come back to. [`UNKNOWN`] is no fact, nor are those beyond the 64th.
fn returns(facts: impl Iterator<Item = u32>) -> usize {
    let (mut told, mut here, mut returns) = (0_u64, UNKNOWN, 0);
    for fact in facts.filter(|fact| *fact < u64::BITS) {
        if fact != here {
            returns += usize::from(told >> fact & 1 == 1);
            told |= 1 << fact;
            here = fact;
        }
    }
    returns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_is_to_a_fact_that_was_left() {
        let cases: [(&[u32], usize); 6] = [
            (&[], 0),
            (&[0, 0, 1, 1, 2, 3, 3], 0),
            (&[0, 1, 0], 1),
            (&[0, UNKNOWN, 0, 1, UNKNOWN, 1], 0),
            (&[0, 1, 0, 1, 0, 1], 4),
            (&[70, 71, 70], 0),
        ];
        for (facts, expected) in cases {
            assert_eq!(returns(facts.iter().copied()), expected, "{facts:?}");
        }
    }

    #[test]
    fn each_return_beyond_the_second_costs_more_and_a_long_text_may_hold_more() {
        let factor = |returns: usize, words: usize| {
            super::factor((0..returns + 2).map(|visit| visit as u32 % 2), words)
        };
        assert_eq!(factor(0, 40), 1.0);
        assert_eq!(factor(2, 40), 1.0);
        assert_eq!(factor(4, 40), 0.5);
        assert!(factor(3, 40) < 0.85 && factor(3, 40) > 0.75 && factor(9, 40) < 0.1);
        assert_eq!(factor(4, 200), 1.0);
    }
}
