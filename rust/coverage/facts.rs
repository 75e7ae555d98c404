//! Fact coverage (F*): how much of each fact a summary carries, and where.
//!
//! A fact's tokens (see [`crate::words::stream`]; numbers by their value, the rest Porter-stemmed) weigh 1, function
//! words a quarter, divided by the number of facts that hold the token: what tells facts apart counts. Three
//! recalls are averaged: of the bag of tokens, of the bag in the best window of the summary, and of the weighted
//! longest common subsequence. A fact that the summary negates, leaves open (`may have`), or gives another number or
//! an opposite for, scores 0. The list's mean is lowered by a guard against what is no prose, and what weaves facts into each
//! other.
//!
//! An empty fact scores 0 and a fact that repeats an earlier one scores as that does; neither counts in the mean.
//!
//! Facts are prepared once. Scoring is linear in the summary for a given list.

mod carried;
mod fact;
mod pieces;
mod summary;

pub use super::split::split_sentences;

use super::units::Unit;
use crate::Error;
use crate::words::keys::Keys;
use crate::words::map::{UNKNOWN, WordMap};
use crate::words::numbers::Value;
use crate::words::polarity;
use crate::words::stream::Stream;
use fact::{Fact, Kind, Met};
pub(super) use pieces::{Sort, unit};
use std::ops::Range;

/// How facts are scored; the same for every fact list of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// A fact counts as present at this score.
    pub present: f64,
    /// A fact that is carried negated does not count.
    pub polarity: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { present: 0.45, polarity: true }
    }
}

/// A function word weighs a quarter of an ordinary content word, an unusual word or a number twice as much.
const FUNCTION: u64 = 1;
const CONTENT: u64 = 4;
const UNUSUAL: u64 = 8;
/// Weights are whole multiples of 1 / `SCALE`, so that sums do not depend on their order.
const SCALE: u64 = 1 << 24;

/// A list of facts, prepared once for many summaries.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    settings: Settings,
    facts: Vec<Fact>,
    /// Words of the facts as normalised, to the id of what they stand for.
    words: WordMap,
    /// What the words stand for (a stem or a number), to ids.
    keys: WordMap,
    /// Sum of the facts' weights.
    weight: f64,
    /// Whether any fact holds a number.
    has_numbers: bool,
    /// Numbers of the facts that others may stand for, rounded, with their ids; sorted.
    numbers: Vec<(f64, Value, Sort, u32)>,
    /// Whether any fact says that something is not so: then a summary that does speaks of that, and not of itself.
    takes_back: bool,
    /// Numbers of the facts with their units, and their ids.
    measured: Vec<(Value, Unit, u32)>,
    /// For each id that no function word has the one fact that holds it, or [`UNKNOWN`], and its place there.
    owners: Vec<(u32, u32)>,
    /// How many words each fact alone holds.
    owned: Vec<u32>,
}

/// What a summary carries of one fact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FactScore {
    /// In [0, 1].
    pub score: f64,
    /// Whether the score reaches the threshold (and the fact is not carried negated).
    pub present: bool,
    /// The fact is carried, but negated (or the reverse).
    pub negated: bool,
    /// Content words of the fact that the summary lacks, as written in the fact.
    pub missing: Vec<String>,
    /// Numbers of the fact that the summary lacks.
    pub missing_numbers: Vec<String>,
    /// Names of the fact that the summary lacks.
    pub missing_names: Vec<String>,
    /// Byte span of the summary that carries the fact best.
    pub span: Option<Range<usize>>,
}

/// What a summary carries of a list of facts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FactCoverage {
    /// Weighted mean of the facts' scores times `guard`; in [0, 1].
    pub mean: f64,
    /// What the guard against keyword lists left: 1 for prose.
    pub guard: f64,
    /// One entry a fact, in the order given.
    pub per_fact: Vec<FactScore>,
}

impl Facts {
    /// Prepares facts. `weights`: one positive number a fact, or none for equal weights. `ignore`: for each
    /// fact, byte spans that carry no weight (PII inside a fact); empty for none.
    pub fn new(
        facts: &[&str],
        weights: Option<&[f64]>,
        ignore: &[Vec<Range<usize>>],
        settings: Settings,
    ) -> Result<Self, Error> {
        Self::with(facts, weights, ignore, settings, &mut Keys::forgetful())
    }

    /// As [`Facts::new`], with the words that were met before.
    pub fn with(
        facts: &[&str],
        weights: Option<&[f64]>,
        ignore: &[Vec<Range<usize>>],
        settings: Settings,
        keys: &mut Keys,
    ) -> Result<Self, Error> {
        let streams: Vec<Stream> = facts.iter().map(|fact| Stream::new(fact)).collect();
        Self::of_streams(facts, &streams, weights, ignore, settings, keys)
    }

    /// As [`Facts::with`], of facts that are tokenised already.
    pub fn of_streams(
        facts: &[&str],
        streams: &[Stream],
        weights: Option<&[f64]>,
        ignore: &[Vec<Range<usize>>],
        settings: Settings,
        keys: &mut Keys,
    ) -> Result<Self, Error> {
        if let Some(weights) = weights {
            check_weights(weights, facts.len())?;
        }
        let words = streams.iter().map(|stream| stream.tokens.len()).sum();
        let mut prepared = Self {
            settings,
            words: WordMap::with_capacity(words),
            keys: WordMap::with_capacity(words),
            ..Self::default()
        };
        prepared.takes_back = settings.polarity && streams.iter().any(polarity::takes_back);
        let mut met = Met::default();
        for (i, (text, stream)) in facts.iter().zip(streams).enumerate() {
            let mut fact = prepared.read(text, stream, ignore.get(i).map_or(&[], Vec::as_slice), keys);
            let given = weights.and_then(|w| w.get(i)).copied().unwrap_or(1.0);
            if !fact.tokens.is_empty() && met.is_new(&fact, &prepared.facts) {
                fact.weight = given;
            }
            prepared.facts.push(fact);
        }
        prepared.numbers.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        prepared.weigh();
        Ok(prepared)
    }

    /// Weighs the tokens of every fact, once it is known how many facts hold each.
    fn weigh(&mut self) {
        let mut holders = vec![0u64; self.keys.len()];
        let mut last = vec![usize::MAX; self.keys.len()];
        for (i, fact) in self.facts.iter().enumerate().filter(|(_, fact)| fact.weight > 0.0) {
            for token in &fact.tokens {
                if let (Some(holders), Some(last)) =
                    (holders.get_mut(token.id as usize), last.get_mut(token.id as usize))
                {
                    *holders += u64::from(*last != i);
                    *last = i;
                }
            }
        }
        let mut unit_of = vec![UNKNOWN; self.keys.len()];
        self.owners = vec![(UNKNOWN, 0); self.keys.len()];
        self.owned = vec![0; self.facts.len()];
        for (i, (fact, owned)) in self.facts.iter_mut().zip(&mut self.owned).enumerate() {
            for (place, token) in (0..).zip(&mut fact.tokens) {
                let base = match token.kind {
                    Kind::Function => FUNCTION,
                    Kind::Number => UNUSUAL + CONTENT * token.words as u64,
                    _ if token.unusual => UNUSUAL,
                    _ => CONTENT,
                };
                let holders = holders.get(token.id as usize).copied().unwrap_or(1).max(1);
                token.weight = base * SCALE / holders;
                if holders == 1
                    && fact.weight > 0.0
                    && token.kind != Kind::Function
                    && let Some(owner) = self.owners.get_mut(token.id as usize)
                {
                    *owned += u32::from(owner.0 == UNKNOWN);
                    *owner = (i as u32, place);
                }
            }
            for slot in &mut fact.slots {
                slot.lend(&fact.tokens, |id| holders.get(id as usize).copied().unwrap_or_default());
            }
            fact.index(&mut unit_of);
            let is_shared = |id: u32| holders.get(id as usize).is_some_and(|&holders| holders > 1);
            fact.note_shared(is_shared);
        }
        self.weight = self.facts.iter().map(|fact| fact.weight).sum();
    }

    /// Number of facts.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there is no fact.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Scores one summary, with evidence.
    pub fn score(&self, summary: &str) -> FactCoverage {
        self.score_stream(&Stream::new(summary), &[], &mut Keys::forgetful())
    }

    /// As [`Facts::score`], of a summary that is tokenised already. `invented`: the byte spans of its names that nothing
    /// supports ([`super::support`]); where one stands in the place of a fact's, the fact is not carried.
    pub fn score_stream(&self, summary: &Stream, invented: &[Range<usize>], keys: &mut Keys) -> FactCoverage {
        let summary = self.read_summary(summary, invented, keys);
        let mut scratch = self.scratch();
        let mut per_fact = Vec::with_capacity(self.facts.len());
        for fact in &self.facts {
            let carried = self.carried(fact, &summary, &mut scratch);
            per_fact.push(self.explain(fact, &summary, &scratch, &carried));
        }
        let mean = self.weighted_mean(per_fact.iter().map(|f| f.score), summary.guard);
        FactCoverage { mean, guard: summary.guard, per_fact }
    }

    /// `score(summary).mean` alone, without the evidence: the hot path of a batch. Bit-equal to it.
    /// `per_fact`, where given, receives each fact's score.
    pub fn mean(&self, summary: &str, per_fact: Option<&mut Vec<f64>>) -> f64 {
        self.mean_stream(&Stream::new(summary), &[], per_fact, &mut Keys::forgetful()).0
    }

    /// As [`Facts::mean`], of a summary that is tokenised already, with what of it is invented as in
    /// [`Facts::score_stream`]; and the guard that the mean was multiplied by.
    pub fn mean_stream(
        &self,
        summary: &Stream,
        invented: &[Range<usize>],
        per_fact: Option<&mut Vec<f64>>,
        keys: &mut Keys,
    ) -> (f64, f64) {
        let summary = self.read_summary(summary, invented, keys);
        let mut scratch = self.scratch();
        let scores: Vec<f64> =
            self.facts.iter().map(|fact| self.carried(fact, &summary, &mut scratch).score).collect();
        let mean = self.weighted_mean(scores.iter().copied(), summary.guard);
        if let Some(out) = per_fact {
            out.extend_from_slice(&scores);
        }
        (mean, summary.guard)
    }

    fn weighted_mean(&self, scores: impl Iterator<Item = f64>, guard: f64) -> f64 {
        if self.weight <= 0.0 {
            return 0.0;
        }
        let sum: f64 = self.facts.iter().zip(scores).map(|(fact, score)| fact.weight * score).sum();
        (sum / self.weight).min(1.0) * guard
    }
}

fn check_weights(weights: &[f64], facts: usize) -> Result<(), Error> {
    if weights.len() != facts {
        return Err(Error::new(
            "weights",
            format!("{} weights", weights.len()),
            format!("one for each of {facts} facts"),
        ));
    }
    // More would leave their sum no number.
    const HEAVIEST: f64 = 1e6;
    match weights.iter().find(|w| !(**w > 0.0 && **w <= HEAVIEST)) {
        Some(bad) => Err(Error::new("weights", bad.to_string(), "positive numbers of at most 1000000")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
