//! The fluency score: the penalties of all measures and rules, added up and calibrated; the reason and the place of the
//! worst of them.

use super::combine;
use super::parts::{self, Measured, RULES};
use super::reading::{MEASURES, MODEL_MEASURES};
use super::symbols;
use std::ops::Range;

/// The fluency rule's result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fluency {
    /// In [0, 1], calibrated: most clean prose is above 0.9, nearly all of it above 0.6; broken text is below 0.3.
    pub score: f64,
    /// What broke it, in words; empty when nothing did.
    pub reason: String,
    /// Byte span of the worst spot.
    pub worst: Option<Range<usize>>,
    /// Named parts, each the score that the text would have if nothing else were wrong with it: `language_model`,
    /// `detector`, `repetition`, ...
    pub parts: Vec<(&'static str, f64)>,
}

impl Fluency {
    /// Puts another passage in the place of the one that the reason quotes, shortened as that was.
    pub fn quote(&mut self, passage: &str) {
        let Some((said, quoted)) = self.reason.split_once(" '") else { return };
        let behind = quoted.rfind('\'').and_then(|end| quoted.get(end + 1..)).unwrap_or_default();
        self.reason = format!("{said} '{}'{behind}", parts::excerpt(passage));
    }
}

/// Of a rule, a score above this has no penalty: those begin at 0.02 nats.
const FLAWLESS: f64 = 0.9802;
/// A score below this is worth a reason.
const NOTABLE: f64 = 0.75;
/// Parts of a score: both models, and each rule.
pub const PARTS: usize = 2 + RULES.len();
/// Measures and rules.
pub(super) const TERMS: usize = MEASURES.len() + RULES.len();

/// Scores the fluency of an answer: 1 reads like a clean paragraph, below 0.5 is hard to read. A text without words
/// scores 0.
///
/// It tells broken text from clean, not good prose from fair: what the sentences mean it cannot see.
pub fn fluency(text: &str) -> Fluency {
    let prose = symbols::prose(text);
    let measured = Measured::new(&text[prose.clone()]);
    if measured.surface.words == 0 {
        return Fluency { reason: "there are no words".to_owned(), ..Fluency::default() };
    }
    let penalties = penalties(&measured);
    let score = scored(&penalties);
    let (read, ruled) = penalties.split_at(MEASURES.len());
    let (model, detector) = read.split_at(MODEL_MEASURES);
    let mut parts = Vec::with_capacity(PARTS);
    parts.extend([("language_model", scored(model)), ("detector", scored(detector))]);
    parts.extend(RULES.iter().zip(ruled).map(|(rule, penalty)| (rule.name, combine::score(*penalty).into())));
    let (reason, worst) = if score < NOTABLE { explain(&measured, read, ruled) } else { Default::default() };
    let worst = worst.map(|span| prose.start + span.start..prose.start + span.end);
    Fluency { score, reason, worst, parts }
}

/// The score of [`fluency`] alone.
pub fn fluency_score(text: &str) -> f64 {
    let measured = Measured::new(&text[symbols::prose(text)]);
    if measured.surface.words == 0 { 0.0 } else { scored(&penalties(&measured)) }
}

fn penalties(measured: &Measured<'_>) -> [f32; TERMS] {
    let mut penalties = values(measured);
    for (measure, value) in penalties.iter_mut().enumerate() {
        *value = combine::penalty(measure, *value);
    }
    penalties
}

/// The score that some penalties leave.
fn scored(penalties: &[f32]) -> f64 {
    f64::from(combine::score(penalties.iter().sum()))
}

/// The reason of whatever weighs most: the order of the words, or a rule, which says more where it says enough.
fn explain(measured: &Measured<'_>, read: &[f32], ruled: &[f32]) -> parts::Explanation {
    let heaviest = RULES.iter().zip(ruled).max_by(|a, b| a.1.total_cmp(b.1));
    const ENOUGH: f32 = 1.0;
    match heaviest {
        Some((rule, penalty)) if *penalty >= read.iter().sum::<f32>().min(ENOUGH) => (rule.explain)(measured),
        _ => parts::explain_reading(measured),
    }
}

/// What the penalties are given for: of each measure and each rule, more is worse.
pub(super) fn values(measured: &Measured<'_>) -> [f32; TERMS] {
    let mut values = [0.0; TERMS];
    let (read, ruled) = values.split_at_mut(MEASURES.len());
    read.copy_from_slice(&measured.reading.measures);
    for (value, rule) in ruled.iter_mut().zip(&RULES) {
        *value = rule_value((rule.score)(measured));
    }
    values
}

/// A rule's score in [0, 1] as what is missing to 1, in nats; nothing where it is so little that it has no penalty.
fn rule_value(score: f64) -> f32 {
    if score > FLAWLESS { 0.0 } else { (-score.max(1e-4).ln()) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_flawless_has_no_penalty() {
        for measure in MEASURES.len()..TERMS {
            let most = (-FLAWLESS.ln()) as f32;
            assert_eq!(combine::penalty(measure, most), combine::penalty(measure, 0.0), "{measure}");
        }
    }
}
