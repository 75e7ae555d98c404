//! Whether a text tells its facts one after the other, or weaves them into each other: who leaves a fact for another and
//! comes back to it, again and again, has put passages together rather than told anything.
//!
//! Nor does it tell facts where it has the end of one behind the beginning of another, and the other way round.
//!
//! What a text returns to is told by the words that one fact alone holds.

use crate::words::map::UNKNOWN;

/// Honest summaries return to a fact this often, in as many words; beyond it the factor falls, to a half at twice as many.
const RETURNS: f64 = 2.0;
const MORE: f64 = 2.0;
/// Words that may hold as many returns: a summary's length. In a longer text they are spread out.
const WORDS: f64 = 50.0;

/// A word that one fact alone holds, where a text says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) fact: u32,
    /// Its place among the fact's words.
    pub(super) place: u32,
    /// The clause of the text.
    pub(super) clause: u32,
}

/// A text that says nothing else but facts with their ends exchanged is left this share.
const EXCHANGED: f64 = 0.25;

/// What is left of a text in which pairs of facts have their ends exchanged: `A bought C. D sued B.` for `A sued B. D bought
/// C.`; as much as without those facts. `owned` is how many words each fact alone holds.
pub(super) fn exchange_factor(told: &[Told], owned: &[u32]) -> f64 {
    let exchanges = exchanges(told, owned);
    if exchanges == 0 {
        return 1.0;
    }
    let seen =
        told.iter().filter(|word| word.fact < u64::BITS).fold(0_u64, |seen, word| seen | 1 << word.fact);
    (1.0 - 2.0 * exchanges as f64 / f64::from(seen.count_ones())).max(EXCHANGED)
}

/// How often a fact breaks off, another's end stands in its place, and behind that one's beginning the rest of the first.
/// Of each, half of its own words or more are there: in a text that tells little of either, words fall so by chance.
fn exchanges(told: &[Told], owned: &[u32]) -> usize {
    let is_most = |count: usize, word: Option<&Told>| {
        word.and_then(|word| owned.get(word.fact as usize)).is_some_and(|owned| 2 * count >= *owned as usize)
    };
    let runs: Vec<&[Told]> = told.chunk_by(|a, b| a.fact == b.fact).collect();
    let is_exchange = |runs: &&[&[Told]]| match runs {
        [head, between, tail] => {
            let same_clause = |a: Option<&Told>, b: Option<&Told>| a.map(|a| a.clause) == b.map(|b| b.clause);
            same_clause(head.last(), between.first())
                && same_clause(between.last(), tail.first())
                && is_most(head.len() + tail.len(), head.last())
                && is_most(between.len(), between.last())
                && is_split(head, tail)
                && is_turned(between)
        }
        _ => false,
    };
    runs.windows(3).filter(is_exchange).count()
}

/// Whether words are the beginning of a fact and others, of another clause, its end.
fn is_split(beginning: &[Told], end: &[Told]) -> bool {
    let (Some(first), Some(second)) = (beginning.last(), end.first()) else { return false };
    let last_of_beginning = beginning.iter().map(|word| word.place).max();
    first.fact == second.fact
        && first.clause != second.clause
        && last_of_beginning < end.iter().map(|word| word.place).min()
}

/// Whether, in the last clause that they reach into, a fact's beginning follows upon its end.
fn is_turned(told: &[Told]) -> bool {
    let Some(last) = told.last() else { return false };
    let at = told.iter().position(|word| word.clause == last.clause).unwrap_or_default();
    let (end, beginning) = told.split_at(at);
    is_split(beginning, end)
}

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
    fn exchanged_ends_are_told_from_asides() {
        let told = |words: &[(u32, u32, u32)]| -> Vec<Told> {
            words.iter().map(|&(fact, place, clause)| Told { fact, place, clause }).collect()
        };
        // `A bought C. D sued B.`
        let exchanged = told(&[(0, 0, 0), (1, 1, 0), (1, 2, 0), (1, 0, 1), (0, 1, 1), (0, 2, 1)]);
        assert_eq!(exchanges(&exchanged, &[6, 6]), 1);
        assert_eq!(exchange_factor(&exchanged, &[6, 6]), EXCHANGED);
        assert_eq!(exchanges(&exchanged, &[6, 7]), 0);
        let honest = [
            // `A sued B. D bought C.`
            told(&[(0, 0, 0), (0, 1, 0), (0, 2, 0), (1, 0, 1), (1, 1, 1)]),
            // `A, who bought C as D, sued B.`
            told(&[(0, 0, 0), (1, 1, 1), (1, 0, 1), (0, 1, 2)]),
            // `A, having D, who bought C, sued B.`
            told(&[(0, 0, 0), (1, 0, 1), (1, 1, 2), (0, 1, 3)]),
            // `B was sued by A, ...`
            told(&[(0, 2, 0), (1, 2, 1), (1, 0, 2), (0, 0, 3)]),
        ];
        for told in honest {
            assert_eq!(exchanges(&told, &[3, 3]), 0);
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
