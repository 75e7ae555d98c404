//! The fluency score: the product of its parts, with the reason and the place of the worst one.

use super::parts::{Measured, PARTS};
use std::ops::Range;

/// The fluency rule's result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fluency {
    /// In [0, 1]: the product of the parts.
    pub score: f64,
    /// What broke it, in words; empty when nothing did.
    pub reason: String,
    /// Byte span of the worst spot.
    pub worst: Option<Range<usize>>,
    /// Named part scores, each in [0, 1]: `order`, `repetition`, ...; near 1 in clean prose.
    pub parts: Vec<(&'static str, f64)>,
}

/// A part below this is worth a reason.
const NOTABLE: f64 = 0.8;

/// Scores the fluency of an answer: 1 reads like a clean paragraph, below 0.5 is hard to read. A text without words
/// scores 0.
///
/// It tells broken text from clean, not good prose from fair: what the sentences mean it cannot see.
pub fn fluency(text: &str) -> Fluency {
    let measured = Measured::new(text);
    if measured.surface.words == 0 {
        return Fluency { reason: "there are no words".to_owned(), ..Fluency::default() };
    }
    let scored = PARTS.map(|part| (part, (part.score)(&measured)));
    let lowest = scored.iter().min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, score)| *score < NOTABLE);
    let (reason, worst) = lowest.map_or_else(Default::default, |(part, _)| (part.explain)(&measured));
    Fluency {
        score: scored.iter().map(|(_, score)| score).product(),
        reason,
        worst,
        parts: scored.iter().map(|(part, score)| (part.name, *score)).collect(),
    }
}
