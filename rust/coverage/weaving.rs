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

/// What is left of a text in which facts have their ends exchanged, two or more in a ring: `A bought C. D sued B.` for `A
/// sued B. D bought C.`; as much as without those facts. `owned` is how many words each fact alone holds.
pub(super) fn exchange_factor(told: &[Told], owned: &[u32]) -> f64 {
    let exchanged = exchanged(told, owned);
    if exchanged == 0 {
        return 1.0;
    }
    let seen =
        told.iter().filter(|word| word.fact < u64::BITS).fold(0_u64, |seen, word| seen | 1 << word.fact);
    (1.0 - exchanged as f64 / f64::from(seen.count_ones())).max(EXCHANGED)
}

/// Where a fact breaks off and another's end follows in the same clause.
#[derive(Clone, Copy)]
struct Seam<'a> {
    head: &'a [Told],
    tail: &'a [Told],
}

/// How many facts break off, have another's end in the place of their own, and their own behind another's beginning, around a
/// ring. Of each, half of its own words or more are there: in a text that tells little of any, words fall so by chance.
fn exchanged(told: &[Told], owned: &[u32]) -> usize {
    let is_seam = |pair: &[Told]| matches!(pair, [a, b] if a.clause == b.clause && a.fact != b.fact && a.fact.max(b.fact) < u64::BITS);
    if told.windows(2).filter(|pair| is_seam(pair)).take(2).count() < 2 {
        return 0;
    }
    // A fact that begins in the next clause where its end stood in the last is told anew.
    let goes_on = |a: &Told, b: &Told| a.fact == b.fact && (a.clause == b.clause || a.place < b.place);
    let runs: Vec<&[Told]> = told.chunk_by(goes_on).collect();
    let mut of_fact: Vec<[Option<Seam>; 2]> = vec![[None; 2]; owned.len().min(u64::BITS as usize)];
    for pair in runs.windows(2) {
        let [head, tail] = pair else { continue };
        let (Some(last), Some(first)) = (head.last(), tail.first()) else { continue };
        if !is_seam(&[*last, *first]) {
            continue;
        }
        let seam = Seam { head, tail };
        if let Some([slot, _]) = of_fact.get_mut(last.fact as usize)
            && slot.is_none_or(|seam| seam.head.len() < head.len())
        {
            *slot = Some(seam);
        }
        if let Some([_, slot]) = of_fact.get_mut(first.fact as usize)
            && slot.is_none_or(|seam| seam.tail.len() < tail.len())
        {
            *slot = Some(seam);
        }
    }
    let is_cut = |fact: usize| match of_fact.get(fact) {
        Some([Some(begins), Some(ends)]) => {
            let (head, tail) = (begins.head, ends.tail);
            let most = owned.get(fact).is_some_and(|owned| 2 * (head.len() + tail.len()) >= *owned as usize);
            most && is_split(head, tail)
        }
        _ => false,
    };
    // The fact whose end stands behind the beginning of another, if neither has more elsewhere.
    let next = |fact: usize| {
        let [begins, _] = of_fact.get(fact).filter(|_| is_cut(fact))?;
        let tail = begins.as_ref()?.tail;
        let next = tail.first()?.fact as usize;
        let [_, ends] = of_fact.get(next)?;
        ends.filter(|seam| std::ptr::eq(seam.tail, tail)).map(|_| next)
    };
    let (mut met, mut exchanged) = (0_u64, 0);
    for first in 0..of_fact.len() {
        let (mut at, mut ring) = (first, 0);
        while met >> at & 1 == 0 {
            met |= 1 << at;
            ring += 1;
            match next(at) {
                Some(next) if next == first => exchanged += ring,
                Some(next) => at = next,
                None => break,
            }
        }
    }
    exchanged
}

/// Whether words are the beginning of a fact and others, of another clause, its end.
fn is_split(beginning: &[Told], end: &[Told]) -> bool {
    let (Some(first), Some(second)) = (beginning.last(), end.first()) else { return false };
    let last_of_beginning = beginning.iter().map(|word| word.place).max();
    first.fact == second.fact
        && first.clause != second.clause
        && last_of_beginning < end.iter().map(|word| word.place).min()
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
        assert_eq!(super::exchanged(&exchanged, &[6, 6]), 2);
        assert_eq!(exchange_factor(&exchanged, &[6, 6]), EXCHANGED);
        assert_eq!(super::exchanged(&exchanged, &[6, 7]), 0);
        // Three in a ring, and three of which the last is whole.
        let ring = |last: u32| {
            told(&[(0, 0, 0), (1, 2, 0), (1, 0, 1), (2, 2, 1), (2, 0, 2), (last, 2, 2), (last, 3, 2)])
        };
        assert_eq!(super::exchanged(&ring(0), &[3, 2, 2]), 3);
        assert_eq!(super::exchanged(&ring(2), &[3, 2, 2]), 0);
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
            assert_eq!(super::exchanged(&told, &[3, 3]), 0);
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
