//! Which tokens look tampered with: a linear model over hashed words and classes around each of them.
//!
//! `rust/data/fluency_detector.bin` is made by `training/fluency`: 64 bytes of header, then buckets of four features,
//! 16 bits each: ten bits that tell features apart, six of weight. The method is ELECTRA's (Clark et al. 2020), with
//! n-grams for a network: the model was shown texts in which some tokens had been replaced, moved, dropped or bent,
//! and learned to tell which.

use super::classes::KNOWN;
use super::scan::{CAPITAL, DIGIT, Token, WORD};
use super::sequence::{Item, MARGIN};
use crate::simd::{Kernel, Level, Set, prefetch};

/// Buckets of the table, as a power of two.
pub(super) const BITS: u32 = 19;
pub(super) const HEADER: usize = 64;
/// Steps of a weight in one nat.
pub(super) const SCALE: f32 = 10.0;
/// Bits of a feature's weight; the rest of its 16 tells it from the others of its bucket.
pub(super) const WEIGHT_BITS: u32 = 6;
/// Bits of a feature's hash that count: bucket and tag.
pub(super) const FEATURE_BITS: u32 = BITS + 16 - WEIGHT_BITS;
/// Templates of words and classes around a token.
pub(super) const TEMPLATES: usize = 17;

/// Tokens that are looked at side by side.
const SIDE: usize = 8;
/// Places of 16 bits in a bucket, as bits.
const SLOTS: u64 = 0x0001_0001_0001_0001;
const WEIGHTS: u64 = ((1 << WEIGHT_BITS) - 1) * SLOTS;
const TAGS: u64 = !WEIGHTS;

#[repr(align(64))]
struct Aligned([u8; HEADER + (8 << BITS)]);

static TABLE: Aligned = Aligned(*include_bytes!("../data/fluency_detector.bin"));

/// The evidence, in nats, that each token was tampered with.
pub(super) fn evidence(text: &str, tokens: &[Token], items: &[Item]) -> Vec<f32> {
    let bias = f32::from_le_bytes([TABLE.0[8], TABLE.0[9], TABLE.0[10], TABLE.0[11]]);
    let steps = Set::default().run(Around { columns: Columns::of(items), tokens: tokens.len() });
    let evidence = |(token, mut sum): (&Token, i32)| {
        each_piece(text, token, |feature| sum += weight(feature));
        bias + sum as f32 / SCALE
    };
    tokens.iter().zip(steps).map(evidence).collect()
}

/// What the words and classes around each token weigh, in steps.
#[derive(Clone)]
struct Around {
    columns: Columns,
    tokens: usize,
}

impl Kernel for Around {
    type Output = Vec<i32>;

    #[inline(always)]
    fn run<L: Level>(self, _level: L) -> Vec<i32> {
        let mut steps = Vec::with_capacity(self.tokens + SIDE);
        // While some tokens' buckets are on their way from memory, those of the tokens before are weighed.
        let mut here = self.coming(0);
        for next in (SIDE..self.tokens).step_by(SIDE) {
            let coming = self.coming(next);
            steps.extend(weights(&here));
            here = coming;
        }
        steps.extend(weights(&here));
        steps
    }
}

impl Around {
    /// The features of some tokens, whose buckets are asked for.
    #[inline(always)]
    fn coming(&self, first: usize) -> [[u32; SIDE]; TEMPLATES] {
        let features = features(&self.columns.windows(first));
        features.as_flattened().iter().for_each(|feature| prefetch(bucket(*feature)));
        features
    }
}

/// Bucket of a feature, and its tag, which is never 0, in the place where a slot has it.
pub(super) fn place(feature: u32) -> (usize, u64) {
    let tag = (feature >> (32 - FEATURE_BITS)) & ((1 << (16 - WEIGHT_BITS)) - 1);
    ((feature >> (32 - BITS)) as usize, u64::from(tag.max(1)) << WEIGHT_BITS)
}

fn bucket(feature: u32) -> Option<&'static [u8; 8]> {
    let buckets = TABLE.0.get(HEADER..)?.as_chunks::<8>().0;
    buckets.get(place(feature).0)
}

/// The weight of a feature in steps; 0 when the table does not hold it.
fn weight(feature: u32) -> i32 {
    weights(&[[feature]])[0]
}

/// For each of some tokens the sum of the weights of its features. A feature that the table does not hold weighs nothing.
#[inline(always)]
fn weights<const TOKENS: usize, const FEATURES: usize>(
    features: &[[u32; TOKENS]; FEATURES],
) -> [i32; TOKENS] {
    const LOW: u64 = 0x7fff * SLOTS;
    // Of the slots that hold a feature, the sums of their weights and how many they are, each place by itself.
    let (mut sums, mut counts) = ([0; TOKENS], [0; TOKENS]);
    for features in features {
        for (token, &feature) in features.iter().enumerate() {
            let slots = u64::from_le_bytes(*bucket(feature).unwrap_or(&[0; 8]));
            let tag = place(feature).1;
            let pair = tag | tag << 16;
            let differing = (slots & TAGS) ^ (pair | pair << 32);
            let equal = !((((differing & LOW) + LOW) | differing) >> 15) & SLOTS;
            let first = equal & equal.wrapping_neg();
            sums[token] += slots & ((first << WEIGHT_BITS) - first);
            counts[token] += first;
        }
    }
    let total = |places: u64| (places.wrapping_mul(SLOTS) >> 48) as i32;
    let mut weights = [0; TOKENS];
    for (weight, (sums, count)) in weights.iter_mut().zip(sums.into_iter().zip(counts)) {
        *weight = total(sums) - (total(count) << (WEIGHT_BITS - 1));
    }
    weights
}

/// Items, column by column.
#[derive(Clone)]
struct Columns {
    columns: [Vec<u64>; 5],
}

impl Columns {
    fn of(items: &[Item]) -> Self {
        let column = |of: fn(&Item) -> u64| {
            let mut column = Vec::with_capacity(items.len() + SIDE);
            column.extend(items.iter().map(of));
            column.resize(items.len() + SIDE, 0);
            column
        };
        Self {
            columns: [
                column(|item| item.word),
                column(|item| item.class),
                column(|item| item.look),
                column(|item| item.before),
                column(|item| item.after),
            ],
        }
    }

    /// The items from two before to two after each of some tokens.
    #[inline(always)]
    fn windows(&self, first: usize) -> [Items<SIDE>; 5] {
        let take = |column: usize, at: usize| {
            self.columns[column].get(at..).and_then(<[u64]>::first_chunk).copied().unwrap_or([0; SIDE])
        };
        std::array::from_fn(|place| {
            let at = first + MARGIN - 2 + place;
            Items {
                word: take(0, at),
                class: take(1, at),
                look: take(2, at),
                before: take(3, at),
                after: take(4, at),
            }
        })
    }
}

/// The items in one place of the windows around some tokens.
#[derive(Clone, Copy)]
struct Items<const TOKENS: usize> {
    word: [u64; TOKENS],
    class: [u64; TOKENS],
    look: [u64; TOKENS],
    before: [u64; TOKENS],
    after: [u64; TOKENS],
}

/// The features of the token in the middle of a window of `2 * MARGIN + 1` items.
#[cfg(any(test, feature = "training"))]
pub(super) fn features_of(window: &[Item]) -> [u32; TEMPLATES] {
    let [_, a2, a1, here, b1, b2, _] = window else { return [0; TEMPLATES] };
    let items = [a2, a1, here, b1, b2].map(|item| Items {
        word: [item.word],
        class: [item.class],
        look: [item.look],
        before: [item.before],
        after: [item.after],
    });
    features(&items).map(|[feature]| feature)
}

/// The features of the tokens in the middle of some windows.
#[inline(always)]
fn features<const TOKENS: usize>([a2, a1, here, b1, b2]: &[Items<TOKENS>; 5]) -> [[u32; TOKENS]; TEMPLATES] {
    let none = [0; TOKENS];
    let mut look = here.look;
    for (look, next) in look.iter_mut().zip(b1.look) {
        *look |= next << 4;
    }
    [
        feature(0, &here.word, &none, &none, &none),
        feature(1, &a1.word, &here.word, &none, &none),
        feature(2, &here.word, &b1.word, &none, &none),
        feature(3, &a1.word, &b1.word, &none, &none),
        feature(4, &a2.word, &a1.word, &here.word, &none),
        feature(5, &a1.word, &here.word, &b1.word, &none),
        feature(6, &here.word, &b1.word, &b2.word, &none),
        feature(7, &a1.class, &here.word, &b1.class, &none),
        feature(8, &a2.class, &a1.class, &here.word, &none),
        feature(9, &here.word, &b1.class, &b2.class, &none),
        feature(10, &a2.class, &a1.class, &here.class, &b1.class),
        feature(11, &a1.class, &here.class, &b1.class, &b2.class),
        feature(12, &a1.word, &here.class, &b1.word, &none),
        feature(13, &look, &a1.class, &here.class, &b1.class),
        feature(14, &here.before, &here.word, &none, &none),
        feature(15, &here.after, &here.word, &none, &none),
        feature(16, &here.before, &here.after, &here.class, &none),
    ]
}

/// The features of the letters of a word in lower case that stands in no list: a slip, or a rare word.
pub(super) fn each_piece(text: &str, token: &Token, mut found: impl FnMut(u32)) {
    if !token.is(WORD) || token.is(u16::from(KNOWN) | CAPITAL | DIGIT) {
        return;
    }
    let mut piece = u64::from(b'^');
    let letters = text.get(token.span()).unwrap_or_default().bytes().take(MAX_LETTERS);
    for byte in letters.chain([b'$']) {
        piece = (piece << 8) | u64::from(byte);
        let letters = [(piece & 0xff_ffff).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)];
        found(feature(17, &letters, &[0], &[0], &[0])[0]);
    }
}

/// Letters beyond these say nothing more.
const MAX_LETTERS: usize = 24;

/// For each of some tokens a hash of 32 bits, of which the first [`FEATURE_BITS`] count.
#[inline(always)]
fn feature<const TOKENS: usize>(
    template: u64,
    a: &[u64; TOKENS],
    b: &[u64; TOKENS],
    c: &[u64; TOKENS],
    d: &[u64; TOKENS],
) -> [u32; TOKENS] {
    let template = template.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut hashes = [0; TOKENS];
    for (token, hash) in hashes.iter_mut().enumerate() {
        let sum = template
            .wrapping_add(a[token])
            .wrapping_add(b[token].rotate_left(13))
            .wrapping_add(c[token].rotate_left(29))
            .wrapping_add(d[token].rotate_left(43));
        *hash = ((sum ^ (sum >> 31)).wrapping_mul(0xff51_afd7_ed55_8ccd) >> 32) as u32;
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::super::sequence::sequence;
    use super::*;
    use crate::simd::on_every_set;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn side_by_side_as_one_by_one(text in "((the|of|Rome|12|will|be|running|,|[.]|said|council|\\PC) ?){0,60}") {
            let tokens = scan(&text);
            let items = sequence(&tokens);
            let windows = items.windows(2 * MARGIN + 1);
            let alone: Vec<i32> = windows.map(|window| features_of(window).into_iter().map(weight).sum()).collect();
            for steps in on_every_set(&Around { columns: Columns::of(&items), tokens: tokens.len() }) {
                prop_assert_eq!(steps.get(..tokens.len()), Some(&alone[..]));
            }
        }
    }
}
