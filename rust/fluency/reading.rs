//! How the words follow one another: what the language model and the detector say of a text, as a few numbers.

use super::scan::Token;
use super::{detector, ngrams};
use crate::simd::{Kernel, Level, Set};
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
    "both_highest",
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
    /// Of each token, in steps: how much likelier its class is here than anywhere, and what says it was tampered with.
    odds: Vec<i16>,
    evidence: Vec<i16>,
}

pub(super) fn read(text: &str, tokens: &[Token]) -> Reading {
    let odds = ngrams::log_odds(tokens);
    let evidence = detector::evidence(text, tokens);
    let mut measures = [0.0; MEASURES.len()];
    let windows = tokens.len().div_ceil(WINDOW).max(1);
    let length = tokens.len().div_ceil(windows).max(1);
    for (odds, evidence) in odds.chunks(length).zip(evidence.chunks(length)) {
        let share = odds.len() as f32 / tokens.len() as f32;
        for (sum, measure) in measures.iter_mut().zip(window(odds, evidence)) {
            *sum += share * measure;
        }
    }
    Reading { measures, odds, evidence }
}

impl Reading {
    /// Where the token that both models find oddest stands, with a word before and after.
    pub(super) fn worst_span(&self, tokens: &[Token]) -> Option<Range<usize>> {
        let rows = self.evidence.iter().zip(&self.odds);
        let oddness = rows.map(|(evidence, odds)| detector::nats(*evidence) - 0.25 * ngrams::nats(*odds));
        let (place, _) = oddness.enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let first = tokens.get(place.saturating_sub(1))?;
        let last = tokens.get(place + 1).or(tokens.get(place))?;
        Some(first.start..last.end)
    }
}

fn window(odds: &[i16], evidence: &[i16]) -> [f32; MEASURES.len()] {
    let count = odds.len() as f32;
    // In sixteenths a sum of so few is exact in whatever order.
    let sum = |odds: &[i16]| odds.iter().map(|steps| i32::from(*steps)).sum::<i32>() as f32 / ngrams::SCALE;
    let mean = (sum(odds) + PRIOR * PRIOR_ODDS) / (count + PRIOR);
    let quarter = odds.len().div_ceil(4);
    let tenth = odds.len() / 10;
    let [sorted_odds, sorted_evidence] = Set::default().run(Sort([odds, evidence]));
    let lowest = &sorted_odds[..quarter];
    let worst_odds = sum(lowest) / quarter as f32;
    let mut nats = [0.0; WINDOW];
    let nats = &mut nats[..evidence.len()];
    nats.iter_mut().zip(evidence).for_each(|(nats, steps)| *nats = detector::nats(*steps));
    let both = both_highest(nats, odds);
    let share = nats.iter().filter(|z| **z > 0.0).count() as f32 / (count + PRIOR);
    nats.iter_mut().for_each(|z| *z = doubt(*z));
    let sum: f32 = nats.iter().sum();
    let highest = &sorted_evidence[evidence.len() - quarter..evidence.len()];
    let highest = highest.iter().rev().map(|steps| detector::nats(*steps));
    let worst_evidence = highest.clone().sum::<f32>() / quarter as f32;
    let [first, second] = [0, 1].map(|place| highest.clone().nth(place));
    let first = first.unwrap_or_default();
    [
        -mean,
        -worst_odds,
        -ngrams::nats(lowest[0]),
        -ngrams::nats(lowest[tenth.min(quarter - 1)]),
        (sum + PRIOR * PRIOR_EVIDENCE) / (count + PRIOR),
        worst_evidence,
        first,
        second.unwrap_or(first - 2.0),
        both,
        share,
    ]
}

/// The most evidence of a token together with what the language model says of it and of the one after it.
fn both_highest(nats: &[f32], odds: &[i16]) -> f32 {
    const WEIGHT: f32 = 0.25 / ngrams::SCALE;
    const MOST: i16 = ngrams::SCALE as i16;
    let mut said = [f32::from(MOST); WINDOW];
    for (said, next) in said.iter_mut().zip(odds.get(1..).unwrap_or_default()) {
        *said = f32::from((*next).min(MOST));
    }
    for (said, odds) in said.iter_mut().zip(odds) {
        *said += f32::from(*odds);
    }
    let both = nats.iter().zip(said).map(|(z, said)| z - WEIGHT * said);
    both.fold(f32::NEG_INFINITY, |most, both| if both > most { both } else { most })
}

/// Puts the numbers of windows in order. Of so few, to count for each those below it is quickest.
#[derive(Clone)]
struct Sort<'a>([&'a [i16]; 2]);

impl Kernel for Sort<'_> {
    type Output = [Sorted; 2];

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Self::Output {
        let [first, second] = self.0;
        [sorted(level, first), sorted(level, second)]
    }
}

/// Numbers in order, in an array of a power of two.
type Sorted = [i16; WINDOW.next_power_of_two()];

#[inline(always)]
fn sorted<L: Level>(level: L, numbers: &[i16]) -> Sorted {
    let mut sorted = [i16::MIN; WINDOW.next_power_of_two()];
    // No more rows than they fill: of a summary three or four.
    match numbers.len().div_ceil(LANES) {
        0..=2 => place_in_order::<_, 2>(level, numbers, &mut sorted),
        3 => place_in_order::<_, 3>(level, numbers, &mut sorted),
        4 => place_in_order::<_, 4>(level, numbers, &mut sorted),
        _ => place_in_order::<_, { WINDOW / LANES }>(level, numbers, &mut sorted),
    }
    // Equal numbers have one place; those after it are theirs as well.
    let mut highest = i32::from(i16::MIN);
    for number in sorted.iter_mut().take(numbers.len()) {
        highest = highest.max(i32::from(*number));
        *number = highest as i16;
    }
    sorted
}

/// Numbers that are counted side by side.
const LANES: usize = 16;

/// Writes each number behind those below it.
#[inline(always)]
fn place_in_order<L: Level, const ROWS: usize>(level: L, numbers: &[i16], sorted: &mut Sorted) {
    let mut lanes = [[0; LANES]; ROWS];
    lanes.as_flattened_mut().iter_mut().zip(numbers).for_each(|(lane, number)| *lane = *number);
    let below = level.below(&lanes, numbers);
    for (number, below) in numbers.iter().zip(below.as_flattened()) {
        sorted[*below as usize % sorted.len()] = *number;
    }
}

/// Near ln(1 + e^z), which would be the token's share of the surprise that nothing was touched, and cheap.
fn doubt(z: f32) -> f32 {
    let above = (z + 4.0).max(0.0);
    above * above / (16.0 + 4.0 * above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_every_set;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counting_puts_in_order(few in prop::collection::vec(-3i16..3, 1..=WINDOW), many in prop::collection::vec(-1400i16..1400, 1..=WINDOW)) {
            let expected = [&few, &many].map(|numbers| {
                let mut sorted = numbers.clone();
                sorted.sort_unstable();
                sorted
            });
            for [first, second] in on_every_set(&Sort([&few, &many])) {
                prop_assert_eq!([&first[..few.len()], &second[..many.len()]], [&expected[0][..], &expected[1][..]]);
            }
        }
    }
}
