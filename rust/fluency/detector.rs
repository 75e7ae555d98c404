//! Which tokens look tampered with: a linear model over hashed words and classes around each of them.
//!
//! `rust/data/fluency_detector.bin` is made by `training/fluency`: 64 bytes of header, then buckets of four features,
//! 16 bits each: ten bits that tell features apart, six of weight. The method is ELECTRA's (Clark et al. 2020), with
//! n-grams for a network: the model was shown texts in which some tokens had been replaced, moved, dropped or bent,
//! and learned to tell which.

use super::classes::KNOWN;
use super::scan::{CAPITAL, DIGIT, Token, WORD};
use super::sequence::{Item, MARGIN};
use crate::simd::prefetch;

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

const LANES: u64 = 0x0001_0001_0001_0001;
const TAGS: u64 = (0xffff << WEIGHT_BITS & 0xffff) * LANES;

#[repr(align(64))]
struct Aligned([u8; HEADER + (8 << BITS)]);

static TABLE: Aligned = Aligned(*include_bytes!("../data/fluency_detector.bin"));

/// The evidence, in nats, that each token was tampered with.
pub(super) fn evidence(text: &str, tokens: &[Token], items: &[Item]) -> Vec<f32> {
    let bias = f32::from_le_bytes([TABLE.0[8], TABLE.0[9], TABLE.0[10], TABLE.0[11]]);
    let mut windows = items.windows(2 * MARGIN + 1).map(ahead);
    let mut next = windows.next();
    tokens
        .iter()
        .map_while(|token| {
            let here = next?;
            next = windows.next();
            let mut sum: i32 = here.into_iter().map(weight).sum();
            each_piece(text, token, |feature| sum += weight(feature));
            Some(bias + sum as f32 / SCALE)
        })
        .collect()
}

/// The features of a window, whose buckets are on their way from memory: there is a token's work in between.
fn ahead(window: &[Item]) -> [u32; TEMPLATES] {
    let features = features(window);
    for feature in features {
        prefetch(TABLE.0.get(HEADER + 8 * place(feature).0));
    }
    features
}

/// Bucket of a feature, and its tag, which is never 0, in the place where a slot has it.
pub(super) fn place(feature: u32) -> (usize, u64) {
    let tag = (feature >> (32 - FEATURE_BITS)) & ((1 << (16 - WEIGHT_BITS)) - 1);
    ((feature >> (32 - BITS)) as usize, u64::from(tag.max(1)) << WEIGHT_BITS)
}

/// The weight of a feature in steps; 0 when the table does not hold it.
fn weight(feature: u32) -> i32 {
    let (bucket, tag) = place(feature);
    let at = HEADER + 8 * bucket;
    let mut slots = [0; 8];
    slots.copy_from_slice(&TABLE.0[at..at + 8]);
    let slots = u64::from_le_bytes(slots);
    let differing = (slots & TAGS) ^ (tag * LANES);
    // The lowest lane that is zero has its high bit set here (higher lanes may have it too).
    let equal = differing.wrapping_sub(LANES) & !differing & (0x8000 * LANES);
    // Without a branch, so that the next features' buckets are fetched while this one's is waited for.
    let lane = (equal | 1 << 63).trailing_zeros() & 0x30;
    let steps = (slots >> lane) as u32 & ((1 << WEIGHT_BITS) - 1);
    (steps as i32 - (1 << (WEIGHT_BITS - 1))) & -i32::from(equal != 0)
}

/// The features of the token in the middle of a window of `2 * MARGIN + 1` items.
pub(super) fn features(window: &[Item]) -> [u32; TEMPLATES] {
    let [_, a2, a1, here, b1, b2, _] = window else { return [0; TEMPLATES] };
    [
        feature(0, here.word, 0, 0, 0),
        feature(1, a1.word, here.word, 0, 0),
        feature(2, here.word, b1.word, 0, 0),
        feature(3, a1.word, b1.word, 0, 0),
        feature(4, a2.word, a1.word, here.word, 0),
        feature(5, a1.word, here.word, b1.word, 0),
        feature(6, here.word, b1.word, b2.word, 0),
        feature(7, a1.class, here.word, b1.class, 0),
        feature(8, a2.class, a1.class, here.word, 0),
        feature(9, here.word, b1.class, b2.class, 0),
        feature(10, a2.class, a1.class, here.class, b1.class),
        feature(11, a1.class, here.class, b1.class, b2.class),
        feature(12, a1.word, here.class, b1.word, 0),
        feature(13, here.look | b1.look << 4, a1.class, here.class, b1.class),
        feature(14, here.before, here.word, 0, 0),
        feature(15, here.after, here.word, 0, 0),
        feature(16, here.before, here.after, here.class, 0),
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
        found(feature(17, (piece & 0xff_ffff).wrapping_mul(0xc2b2_ae3d_27d4_eb4f), 0, 0, 0));
    }
}

/// Letters beyond these say nothing more.
const MAX_LETTERS: usize = 24;

/// A hash of 32 bits, of which the first [`FEATURE_BITS`] count.
fn feature(template: u64, a: u64, b: u64, c: u64, d: u64) -> u32 {
    let sum = template
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(a)
        .wrapping_add(b.rotate_left(13))
        .wrapping_add(c.rotate_left(29))
        .wrapping_add(d.rotate_left(43));
    ((sum ^ (sum >> 31)).wrapping_mul(0xff51_afd7_ed55_8ccd) >> 32) as u32
}
