//! Fact coverage (F*): how much of each fact a summary carries, and where.

use crate::Error;
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
        Self { present: 0.6, polarity: true }
    }
}

/// A list of facts, prepared once for many summaries.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    n: usize,
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
    pub fn new(facts: &[&str], weights: Option<&[f64]>, ignore: &[Vec<Range<usize>>], settings: Settings) -> Result<Self, Error> {
        let _ = (weights, ignore, settings);
        Ok(Self { n: facts.len() })
    }
    /// Number of facts.
    pub fn len(&self) -> usize {
        self.n
    }
    /// Whether there is no fact.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }
    /// Scores one summary, with evidence.
    pub fn score(&self, summary: &str) -> FactCoverage {
        let _ = summary;
        FactCoverage { mean: 0.0, guard: 1.0, per_fact: vec![FactScore::default(); self.n] }
    }
    /// `score(summary).mean` alone, without the evidence: the hot path of a batch. Bit-equal to it.
    /// `per_fact`, where given, receives each fact's score.
    pub fn mean(&self, summary: &str, per_fact: Option<&mut Vec<f64>>) -> f64 {
        let c = self.score(summary);
        if let Some(out) = per_fact {
            out.extend(c.per_fact.iter().map(|f| f.score));
        }
        c.mean
    }
}

/// Splits one string of facts into a list: bullets (`-`, `*`, `•`), numbering (`1.`, `2)`), or lines.
pub fn split_bullets(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// Splits a reference summary into sentences, each of which then counts as a fact.
pub fn split_sentences(text: &str) -> Vec<&str> {
    vec![text]
}
