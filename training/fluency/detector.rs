//! Makes `fluency_detector.bin`: a logistic model over the hashed surroundings of a token, by AdaGrad.
//!
//! Features that are seen too rarely are never learned; after half of the rounds those that say most keep their place,
//! as many as the table holds, and the other rounds teach these alone.
//!
//! It learns two things at once: which tokens were touched, and, by all evidence of a text together, whether any was. The
//! second is what the score asks: it teaches most where a clean text looks oddest.

use super::corpus::{Source, passages};
use super::corrupt::{Hand, Labelled, corrupt, pieces, render};
use super::lexicon::Lexicon;
use super::random::{Random, exp, ln, sigmoid};
use crate::fluency::detector::{
    BITS, FEATURE_BITS, HEADER, SCALE, TEMPLATES, WEIGHT_BITS, each_piece, features_of, place,
};
use crate::fluency::scan::Token;
use crate::fluency::sequence::{Item, MARGIN, sequence};

const RATE: f32 = 0.08;
/// Times that the texts are gone through, broken in other ways each time.
const ROUNDS: usize = 8;
/// Passages left as they are.
const CLEAN: f64 = 0.25;
/// Features of a token that are passed over when it is learned from: new text has fewer that are known.
const DROPPED: f64 = 0.25;
/// What a text counts for, in tokens.
const TEXT: f32 = 3.0;
/// Rarer features are not learned.
const LEAST_COUNT: u8 = 6;

/// Learned features, numbered.
struct Features {
    /// A bit for each feature that there may be.
    bits: Vec<u64>,
    /// How many stand before each word of `bits`.
    ranks: Vec<u32>,
    count: usize,
}

impl Features {
    fn new(is_kept: impl Fn(usize) -> bool) -> Self {
        let mut bits = vec![0_u64; 1 << (FEATURE_BITS - 6)];
        let mut ranks = Vec::with_capacity(bits.len());
        let mut count = 0;
        for (word, bits) in bits.iter_mut().enumerate() {
            ranks.push(count as u32);
            for bit in 0..64 {
                if is_kept(word * 64 + bit) {
                    *bits |= 1 << bit;
                    count += 1;
                }
            }
        }
        Self { bits, ranks, count }
    }

    fn number(&self, feature: usize) -> Option<usize> {
        let bits = self.bits[feature >> 6];
        let bit = 1_u64 << (feature & 63);
        (bits & bit != 0)
            .then(|| self.ranks[feature >> 6] as usize + (bits & (bit - 1)).count_ones() as usize)
    }
}

struct Model {
    known: Features,
    /// Of each feature its weight and the sum of its squared gradients.
    weights: Vec<[f32; 2]>,
    bias: f32,
    whole: Whole,
}

/// How the evidence of the tokens adds up to that of their text: `slope ln(sum of e^z) - length ln(tokens) + bias`.
struct Whole {
    slope: f32,
    length: f32,
    bias: f32,
}

impl Whole {
    /// Learns from one text; by how much the evidence of each token is too high for the text.
    fn learn(&mut self, evidence: &[f32], is_broken: bool) -> Vec<f32> {
        const RATE: f32 = 3e-4;
        let most = evidence.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut shares: Vec<f32> = evidence.iter().map(|z| exp(f64::from(z - most)) as f32).collect();
        let sum: f32 = shares.iter().sum();
        let total = most + ln(f64::from(sum)) as f32;
        let length = ln(evidence.len() as f64) as f32;
        let (_, gradient) = loss(self.slope * total - self.length * length + self.bias, is_broken);
        let pull = self.slope * gradient / sum;
        shares.iter_mut().for_each(|share| *share *= pull);
        self.slope -= RATE * gradient * total;
        self.length += RATE * gradient * length;
        self.bias -= RATE * gradient;
        shares
    }
}

pub(super) fn make(sources: &[Source], held: &[Source], lexicon: &Lexicon, random: &mut Random) -> Vec<u8> {
    let mut order: Vec<&String> = sources.iter().flat_map(|source| &source.paragraphs).collect();
    let mut counts = vec![0_u8; 1 << FEATURE_BITS];
    each_text(&order, lexicon, random, |labelled, _| {
        each_token(labelled, |features, _| {
            for &feature in features {
                counts[feature] = counts[feature].saturating_add(1);
            }
        });
    });
    let known = Features::new(|feature| counts[feature] >= LEAST_COUNT);
    let count = known.count;
    let mut model = Model {
        known,
        weights: vec![[0.0, 1e-3]; count],
        bias: -2.0,
        whole: Whole { slope: 1.0, length: 0.5, bias: 1.5 },
    };
    eprintln!("detector: {count} features");
    for round in 0..ROUNDS {
        if round == ROUNDS / 2 {
            prune(&mut model, &counts);
        }
        random.shuffle(&mut order);
        let rate = RATE * (1.0 - 0.8 * round as f32 / ROUNDS as f32);
        let (mut loss, mut seen) = (0.0, 0_u64);
        let mut dropping = Random::new(round as u64);
        each_text(&order, lexicon, random, |labelled, is_broken| {
            loss += learn(&mut model, labelled, is_broken, rate, &mut dropping);
            seen += labelled.tokens.len() as u64;
        });
        let loss = loss / seen as f64;
        let held = measure(&model, held, lexicon);
        eprintln!(
            "detector: round {round}, {seen} tokens, loss {loss:.4}, held out {held:.4}, bias {:.2}",
            model.bias
        );
    }
    write(&model)
}

fn each_text(
    paragraphs: &[&String],
    lexicon: &Lexicon,
    random: &mut Random,
    mut found: impl FnMut(&Labelled, bool),
) {
    for paragraph in paragraphs {
        for passage in passages(paragraph, random) {
            let broken =
                if random.chance(CLEAN) { None } else { corrupt(passage, Hand::Light, random, lexicon) };
            let is_broken = broken.is_some();
            found(&broken.map_or_else(|| render(&pieces(passage)), |(_, labelled)| labelled), is_broken);
        }
    }
}

/// The features of each token, as numbers below 2^[`FEATURE_BITS`], and whether it was touched.
fn each_token(labelled: &Labelled, mut found: impl FnMut(&[usize], bool)) {
    let items = sequence(&labelled.tokens);
    let mut numbers = Vec::with_capacity(TEMPLATES + 16);
    let windows = items.windows(2 * MARGIN + 1);
    for ((token, window), touched) in labelled.tokens.iter().zip(windows).zip(&labelled.touched) {
        fill(&labelled.text, token, window, &mut numbers);
        found(&numbers, *touched);
    }
}

fn fill(text: &str, token: &Token, window: &[Item], numbers: &mut Vec<usize>) {
    numbers.clear();
    numbers.extend(features_of(window).map(|feature| (feature >> (32 - FEATURE_BITS)) as usize));
    each_piece(text, token, |feature| numbers.push((feature >> (32 - FEATURE_BITS)) as usize));
}

fn loss(evidence: f32, touched: bool) -> (f64, f32) {
    let p = sigmoid(f64::from(evidence));
    let right = if touched { p } else { 1.0 - p };
    (-ln(right.max(1e-9)), (p - f64::from(u8::from(touched))) as f32)
}

fn learn(model: &mut Model, labelled: &Labelled, is_broken: bool, rate: f32, dropping: &mut Random) -> f64 {
    const KEPT: f32 = (1.0 / (1.0 - DROPPED)) as f32;
    let (mut evidence, mut ends, mut known) = (Vec::new(), Vec::new(), Vec::new());
    each_token(labelled, |features, _| {
        let start = known.len();
        let kept = features.iter().filter(|_| !dropping.chance(DROPPED));
        known.extend(kept.filter_map(|feature| model.known.number(*feature)));
        let weights = known[start..].iter().map(|number| model.weights[*number][0]);
        evidence.push(model.bias + KEPT * weights.sum::<f32>());
        ends.push(known.len());
    });
    let of_text = model.whole.learn(&evidence, is_broken);
    let (mut sum, mut start) = (0.0, 0);
    for (((evidence, of_text), end), touched) in evidence.iter().zip(of_text).zip(ends).zip(&labelled.touched)
    {
        let (loss, gradient) = loss(*evidence, *touched);
        sum += loss;
        model.bias -= 1e-4 * gradient;
        let gradient = gradient + TEXT * of_text;
        for &number in &known[start..end] {
            let [weight, square] = &mut model.weights[number];
            *square += gradient * gradient;
            *weight -= rate * gradient / square.sqrt();
        }
        start = end;
    }
    sum
}

/// The loss on texts that were not learned from.
fn measure(model: &Model, sources: &[Source], lexicon: &Lexicon) -> f64 {
    let (mut sum, mut seen) = (0.0, 0_usize);
    let paragraphs: Vec<&String> =
        sources.iter().flat_map(|source| source.paragraphs.iter().step_by(4)).collect();
    each_text(&paragraphs, lexicon, &mut Random::new(77), |labelled, _| {
        each_token(labelled, |features, touched| {
            let known = features.iter().filter_map(|feature| model.known.number(*feature));
            sum += loss(model.bias + known.map(|number| model.weights[number][0]).sum::<f32>(), touched).0;
            seen += 1;
        });
    });
    sum / seen as f64
}

/// The features whose weights are set, the weightiest first.
fn ranked(model: &Model, weigh: impl Fn(usize, f32) -> f32) -> Vec<(usize, f32)> {
    let mut found: Vec<(f32, usize, f32)> = (0..1_usize << FEATURE_BITS)
        .filter_map(|feature| {
            let [weight, _] = model.weights[model.known.number(feature)?];
            Some((weigh(feature, weight), feature, weight))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.into_iter().map(|(_, feature, weight)| (feature, weight)).collect()
}

/// Keeps the features that say most, four a bucket.
fn prune(model: &mut Model, counts: &[u8]) {
    let ranked = ranked(model, |feature, weight| weight.abs() * f32::from(counts[feature]).sqrt());
    let mut taken = vec![0_u8; 1 << BITS];
    let mut kept: Vec<usize> = Vec::new();
    for (feature, _) in ranked {
        let bucket = &mut taken[place((feature as u32) << (32 - FEATURE_BITS)).0];
        if *bucket < 4 {
            *bucket += 1;
            kept.push(feature);
        }
    }
    kept.sort_unstable();
    let known = Features::new(|feature| kept.binary_search(&feature).is_ok());
    let old = |feature: &usize| model.known.number(*feature);
    let numbers: Vec<usize> = kept.iter().filter_map(old).collect();
    model.weights = numbers.iter().map(|number| model.weights[*number]).collect();
    eprintln!("detector: {} features kept", known.count);
    model.known = known;
}

fn write(model: &Model) -> Vec<u8> {
    const MIDDLE: f32 = (1 << (WEIGHT_BITS - 1)) as f32;
    let mut data = vec![0_u8; HEADER + (8 << BITS)];
    data[..8].copy_from_slice(b"rgdetc03");
    data[8..12].copy_from_slice(&model.bias.to_le_bytes());
    for (feature, weight) in ranked(model, |_, weight| weight.abs()) {
        let (bucket, tag) = place((feature as u32) << (32 - FEATURE_BITS));
        let steps = ((weight * SCALE).round() + MIDDLE).clamp(0.0, 2.0 * MIDDLE - 1.0) as u16;
        let slots = &mut data[HEADER + 8 * bucket..HEADER + 8 * bucket + 8];
        if let Some(slot) = slots.chunks_mut(2).find(|slot| *slot == [0, 0]) {
            slot.copy_from_slice(&(tag as u16 | steps).to_le_bytes());
        }
    }
    data
}
