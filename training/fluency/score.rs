//! Makes `fluency_score.bin`: which penalty each measure gives, and which score their sum.
//!
//! An additive logistic model whose functions rise with every measure, fitted on passages of sources that no other
//! table has seen, clean ones against broken ones.

use super::corpus::{Source, is_prose, passages};
use super::corrupt::{Hand, corrupt};
use super::lexicon::Lexicon;
use super::random::{Random, sigmoid};
use crate::fluency::combine::{CURVE, HEADER, KNOTS};
use crate::fluency::parts::{Measured, RULES};
use crate::fluency::reading::MEASURES;
use crate::fluency::score::{TERMS, values};
use std::collections::BTreeMap;

/// Passages of one source, at most.
const PASSAGES: usize = 4_000;
const STEPS: usize = 1_500;
/// Broken versions of each passage, the last two only of every so many.
const BROKEN: [Hand; 4] = [Hand::Any, Hand::Any, Hand::Heavy, Hand::Dressed];
const GROSS: usize = 3;
/// A rule's penalty is at least the logarithm of what it says, so that a text that fails it fails.
const RULE_SLOPE: f64 = 1.5;
/// Slips that give a text away, but leave it readable: they weigh no more than this and what the rule itself says.
const SLIPS: [&str; 4] = ["spacing", "articles", "spelling", "stray_capitals"];
const SLIP: f32 = 1.2;
const RULE_KNOTS: [f32; KNOTS] = [0.02, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

struct Sample {
    values: [f32; TERMS],
    kind: &'static str,
    source: usize,
    /// Number of the passage.
    passage: usize,
    /// Not a caption or an entry of a bibliography, which clean prose is not measured by.
    has_sentences: bool,
}

impl Sample {
    fn new(text: &str, kind: &'static str, source: usize, passage: usize) -> Self {
        let measured = Measured::new(text);
        Self { values: values(&measured), kind, source, passage, has_sentences: measured.has_sentences() }
    }
}

pub(super) fn make(sources: &[Source], lexicon: &Lexicon, random: &mut Random) -> Vec<u8> {
    let samples = samples(sources, lexicon, random);
    let knots = knots(&samples);
    let penalties = fit(&samples, &knots);
    let total = |sample: &Sample| total(sample, &knots, &penalties);
    report(&samples, sources, total);
    let curve = curve(&samples, sources.len(), total);
    let mut data = vec![0_u8; HEADER];
    data[..8].copy_from_slice(b"rgscor01");
    let numbers = knots.iter().zip(&penalties).flat_map(|(knots, penalties)| knots.iter().chain(penalties));
    for number in numbers.chain(&curve) {
        data.extend_from_slice(&number.to_le_bytes());
    }
    data
}

fn samples(sources: &[Source], lexicon: &Lexicon, random: &mut Random) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut passage = 0;
    for (source, Source { paragraphs, .. }) in sources.iter().enumerate() {
        let mut found: Vec<&str> =
            paragraphs.iter().flat_map(|paragraph| passages(paragraph, random)).collect();
        found.retain(|passage| is_prose(passage));
        random.shuffle(&mut found);
        for text in found.into_iter().take(PASSAGES) {
            passage += 1;
            samples.push(Sample::new(text, "", source, passage));
            for hand in &BROKEN[..if passage % GROSS == 0 { BROKEN.len() } else { BROKEN.len() - 2 }] {
                if let Some((kind, broken)) = corrupt(text, *hand, random, lexicon) {
                    samples.push(Sample::new(&broken.text, kind, source, passage));
                }
            }
        }
    }
    samples
}

/// Places between which the penalties are straight: shares of the clean passages, then of the broken ones.
fn knots(samples: &[Sample]) -> Vec<[f32; KNOTS]> {
    let mut knots = vec![RULE_KNOTS; TERMS];
    for (measure, knots) in knots.iter_mut().enumerate().take(MEASURES.len()) {
        let sorted = |is_clean: bool| {
            let mut values: Vec<f32> = samples
                .iter()
                .filter(|sample| sample.kind.is_empty() == is_clean)
                .map(|sample| sample.values[measure])
                .collect();
            values.sort_unstable_by(f32::total_cmp);
            values
        };
        let (clean, broken) = (sorted(true), sorted(false));
        let share = |values: &[f32], share: f64| values[(share * (values.len() - 1) as f64) as usize];
        let places = [(0, 0.1), (0, 0.5), (0, 0.75), (0, 0.9), (0, 0.97), (0, 0.995), (1, 0.9), (1, 0.99)];
        for (knot, (of, at)) in knots.iter_mut().zip(places) {
            *knot = share(if of == 0 { &clean } else { &broken }, at);
        }
        knots.sort_unstable_by(f32::total_cmp);
        for place in 1..KNOTS {
            knots[place] = knots[place].max(knots[place - 1] + 1e-3);
        }
    }
    knots
}

/// How far a value has come between each two knots, from 0 to 1.
fn progress(knots: &[f32; KNOTS], value: f32) -> [f32; KNOTS - 1] {
    let mut found = [0.0; KNOTS - 1];
    for (place, share) in found.iter_mut().enumerate() {
        *share = ((value - knots[place]) / (knots[place + 1] - knots[place])).clamp(0.0, 1.0);
    }
    found
}

/// Projected gradient descent with Adam's step sizes on the logistic loss.
fn fit(samples: &[Sample], knots: &[[f32; KNOTS]]) -> Vec<[f32; KNOTS]> {
    const WIDTH: usize = TERMS * (KNOTS - 1);
    const RIDGE: f64 = 1e-5;
    let rows: Vec<Vec<f32>> = samples
        .iter()
        .map(|sample| (0..TERMS).flat_map(|term| progress(&knots[term], sample.values[term])).collect())
        .collect();
    let floor: Vec<f64> = (0..WIDTH)
        .map(|place| {
            let (term, step) = (place / (KNOTS - 1), place % (KNOTS - 1));
            let is_rule = term >= MEASURES.len();
            if is_rule { RULE_SLOPE * f64::from(knots[term][step + 1] - knots[term][step]) } else { 0.0 }
        })
        .collect();
    let mut weights: Vec<f64> = floor.iter().map(|floor| floor + 0.05).collect();
    let mut bias = -2.0;
    let (mut first, mut second) = (vec![0.0; WIDTH + 1], vec![0.0; WIDTH + 1]);
    let clean = samples.iter().filter(|sample| sample.kind.is_empty()).count() as f64;
    let broken = samples.len() as f64 - clean;
    for step in 1..=STEPS {
        let mut gradient = vec![0.0; WIDTH + 1];
        let mut loss = 0.0;
        for (sample, row) in samples.iter().zip(&rows) {
            let z: f64 =
                bias + weights.iter().zip(row).map(|(weight, x)| weight * f64::from(*x)).sum::<f64>();
            let p = sigmoid(z);
            let (error, weight) =
                if sample.kind.is_empty() { (p, 0.5 / clean) } else { (p - 1.0, 0.5 / broken) };
            loss -= weight * super::random::ln((1.0 - error.abs()).max(1e-12));
            let error = weight * error;
            for (sum, x) in gradient.iter_mut().zip(row) {
                *sum += error * f64::from(*x);
            }
            gradient[WIDTH] += error;
        }
        let rate = 0.05 * (1.0 - step as f64 / (STEPS as f64 + 1.0));
        for place in 0..=WIDTH {
            if place < WIDTH {
                gradient[place] += RIDGE * (weights[place] - floor[place]);
            }
            first[place] = 0.9 * first[place] + 0.1 * gradient[place];
            second[place] = 0.99 * second[place] + 0.01 * gradient[place] * gradient[place];
            let change = rate * first[place] / (second[place].sqrt() + 1e-9);
            if place < WIDTH {
                weights[place] = (weights[place] - change).max(floor[place]);
            } else {
                bias -= change;
            }
        }
        if step % 250 == 0 {
            eprintln!("score: step {step}, loss {loss:.4}, bias {bias:.2}");
        }
    }
    let mut penalties = vec![[0.0; KNOTS]; TERMS];
    for (term, penalties) in penalties.iter_mut().enumerate() {
        let mut sum = 0.0;
        for step in 0..KNOTS - 1 {
            sum += weights[term * (KNOTS - 1) + step];
            penalties[step + 1] = sum as f32;
        }
        let rule = term.checked_sub(MEASURES.len()).and_then(|rule| RULES.get(rule));
        if rule.is_some_and(|rule| SLIPS.contains(&rule.name)) {
            for (penalty, value) in penalties.iter_mut().zip(RULE_KNOTS) {
                *penalty = penalty.min(SLIP + RULE_SLOPE as f32 * value);
            }
        }
    }
    penalties
}

fn total(sample: &Sample, knots: &[[f32; KNOTS]], penalties: &[[f32; KNOTS]]) -> f64 {
    let mut sum = 0.0;
    for term in 0..TERMS {
        for (step, share) in progress(&knots[term], sample.values[term]).iter().enumerate() {
            sum += f64::from(share * (penalties[term][step + 1] - penalties[term][step]));
        }
    }
    sum
}

/// Sums of penalties and the scores that they give: anchored at shares of the clean passages, the worst source's.
fn curve(samples: &[Sample], sources: usize, total: impl Fn(&Sample) -> f64) -> [f32; 2 * CURVE] {
    // Share of the clean passages of all sources, of the worst source, and the score there.
    const CLEAN: [(f64, f64, f32); 6] = [
        (0.1, 0.0, 1.0),
        (0.5, 0.0, 0.965),
        (0.75, 0.0, 0.92),
        (0.9, 0.0, 0.82),
        (0.956, 0.918, 0.72),
        (0.993, 0.987, 0.5),
    ];
    let mut curve = [0.0; 2 * CURVE];
    let mut by_source: Vec<Vec<f64>> = vec![Vec::new(); sources];
    for sample in samples.iter().filter(|sample| sample.kind.is_empty() && sample.has_sentences) {
        by_source[sample.source].push(total(sample));
    }
    by_source.iter_mut().for_each(|totals| totals.sort_unstable_by(f64::total_cmp));
    let mut every = by_source.concat();
    every.sort_unstable_by(f64::total_cmp);
    let at = |totals: &[f64], share: f64| totals[(share * (totals.len() - 1) as f64) as usize];
    let mut before = f64::NEG_INFINITY;
    for (place, (share, of_worst, score)) in CLEAN.into_iter().enumerate() {
        let worst = by_source.iter().map(|totals| at(totals, of_worst)).fold(at(&every, share), f64::max);
        before = worst.max(before + 1e-3);
        curve[place] = before as f32;
        curve[CURVE + place] = score;
    }
    // Beyond, every 0.2 nats take a third of what is left.
    for place in CLEAN.len()..CURVE {
        curve[place] = curve[place - 1] + 0.2;
        curve[CURVE + place] = curve[CURVE + place - 1] * 0.66;
    }
    // What is left goes to nothing slowly, so that a broken text still gains by every repair.
    curve[CURVE - 1] += 12.0;
    curve[2 * CURVE - 1] = 0.0;
    curve
}

fn report(samples: &[Sample], sources: &[Source], total: impl Fn(&Sample) -> f64) {
    let mut clean: Vec<f64> = Vec::new();
    let mut of_passage: BTreeMap<usize, f64> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, Vec<(f64, usize)>> = BTreeMap::new();
    let mut by_source: Vec<Vec<f64>> = vec![Vec::new(); sources.len()];
    for sample in samples {
        let total = total(sample);
        if sample.kind.is_empty() {
            clean.push(total);
            of_passage.insert(sample.passage, total);
            by_source[sample.source].push(total);
        } else {
            kinds.entry(sample.kind).or_default().push((total, sample.passage));
        }
    }
    clean.sort_unstable_by(f64::total_cmp);
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (kind, totals) in &kinds {
        let below = |total: f64| {
            let low = clean.partition_point(|clean| *clean < total);
            let high = clean.partition_point(|clean| *clean <= total);
            (low + high) as f64 / 2.0 / clean.len() as f64
        };
        let auc = totals.iter().map(|(total, _)| below(*total)).sum::<f64>() / totals.len() as f64;
        let won = totals
            .iter()
            .filter(|(total, passage)| of_passage.get(passage).is_some_and(|clean| clean < total));
        let pairwise = won.count() as f64 / totals.len() as f64;
        eprintln!("{kind:20} {:6} auc {auc:.3} pairwise {pairwise:.3}", totals.len());
        sum += auc;
        pairs += pairwise;
    }
    eprintln!("mean auc {:.4}, pairwise {:.4}", sum / kinds.len() as f64, pairs / kinds.len() as f64);
    for (source, mut totals) in sources.iter().zip(by_source) {
        totals.sort_unstable_by(f64::total_cmp);
        let share =
            |share: f64| totals.get((share * totals.len() as f64) as usize).copied().unwrap_or_default();
        eprintln!(
            "{:24} {:.2} {:.2} {:.2} {:.2}",
            source.name,
            share(0.5),
            share(0.9),
            share(0.95),
            share(0.988)
        );
    }
}
