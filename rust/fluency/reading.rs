//! How the words follow one another: what the language model and the detector say of a text, as a few numbers.

use super::scan::Token;
use super::{detector, ngrams};
use std::ops::Range;

/// Names of the measures, in the order of [`Reading::measures`]; of each, more is worse.
pub(super) const MEASURES: [&str; 10] = [
    "model_mean",
    "model_worst_quarter",
    "model_lowest",
    "model_tenth",
    "detector_mean",
    "detector_worst_quarter",
    "detector_highest",
    "detector_second",
    "detector_sum",
    "detector_share",
];
/// Of these the first so many are the language model's.
pub(super) const MODEL_MEASURES: usize = 4;

/// Tokens that are measured together; a longer text is as good as its pieces are on average.
const WINDOW: usize = 80;
/// Tokens of plain prose that a window is filled up with: few words prove little.
const PRIOR: f32 = 4.0;
const PRIOR_ODDS: f32 = 0.9;
const PRIOR_EVIDENCE: f32 = 0.06;

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reading {
    pub(super) measures: [f32; MEASURES.len()],
    /// Where the detector finds most, with a word before and after.
    pub(super) worst_span: Option<Range<usize>>,
}

pub(super) fn read(text: &str, tokens: &[Token]) -> Reading {
    let odds = ngrams::log_odds(tokens);
    let evidence = detector::evidence(text, tokens);
    let mut reading = Reading::default();
    let windows = tokens.len().div_ceil(WINDOW).max(1);
    let length = tokens.len().div_ceil(windows).max(1);
    for (odds, evidence) in odds.chunks(length).zip(evidence.chunks(length)) {
        let share = odds.len() as f32 / tokens.len() as f32;
        for (sum, measure) in reading.measures.iter_mut().zip(window(odds, evidence)) {
            *sum += share * measure;
        }
    }
    reading.worst_span = worst_span(tokens, &odds, &evidence);
    reading
}

fn window(odds: &[f32], evidence: &[f32]) -> [f32; MEASURES.len()] {
    let mut odds = odds.to_vec();
    let mut evidence = evidence.to_vec();
    let count = odds.len() as f32;
    let mean = (odds.iter().sum::<f32>() + PRIOR * PRIOR_ODDS) / (count + PRIOR);
    let sum: f32 = evidence.iter().map(|z| doubt(*z)).sum();
    let share = evidence.iter().filter(|z| **z > 0.0).count() as f32 / (count + PRIOR);
    let quarter = odds.len().div_ceil(4);
    let (tenth, last) = (odds.len() / 10, odds.len() - 1);
    odds.select_nth_unstable_by(quarter.min(last), f32::total_cmp);
    let lowest = &mut odds[..quarter];
    let worst_odds = lowest.iter().sum::<f32>() / quarter as f32;
    lowest.sort_unstable_by(f32::total_cmp);
    evidence.select_nth_unstable_by(quarter.min(last), |a, b| b.total_cmp(a));
    let highest = &mut evidence[..quarter];
    highest.sort_unstable_by(|a, b| b.total_cmp(a));
    let worst_evidence = highest.iter().sum::<f32>() / quarter as f32;
    [
        -mean,
        -worst_odds,
        -lowest[0],
        -lowest[tenth.min(quarter - 1)],
        (sum + PRIOR * PRIOR_EVIDENCE) / (count + PRIOR),
        worst_evidence,
        highest[0],
        highest.get(1).copied().unwrap_or(highest[0] - 2.0),
        sum.ln_1p(),
        share,
    ]
}

/// Near ln(1 + e^z), which would be the token's share of the surprise that nothing was touched, and cheap.
fn doubt(z: f32) -> f32 {
    let above = (z + 4.0).max(0.0);
    above * above / (16.0 + 4.0 * above)
}

/// The token that both models find oddest, between its neighbours.
fn worst_span(tokens: &[Token], odds: &[f32], evidence: &[f32]) -> Option<Range<usize>> {
    let oddness = evidence.iter().zip(odds).map(|(evidence, odds)| evidence - 0.25 * odds);
    let (place, _) = oddness.enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let first = tokens.get(place.saturating_sub(1))?;
    let last = tokens.get(place + 1).or(tokens.get(place))?;
    Some(first.start..last.end)
}
