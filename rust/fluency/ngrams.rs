//! The class language model: how much likelier a class is after the three before it than anywhere.
//!
//! `rust/data/fluency_ngrams.bin` is made by `training/fluency`: 64 bytes of header; for each pair of classes the
//! log-odds of the second after the first, and the weight with which a missing trigram falls back on it; hashed
//! trigrams in buckets of four (16 bits of hash, log-odds, back-off weight) and hashed 4-grams (the same without the weight). Modified
//! Kneser-Ney (Chen & Goodman 1998), pruned; signed bytes, [`SCALE`] steps in one nat.

use super::classes::CLASSES;
use super::scan::Token;
use std::hint::select_unpredictable;

pub(super) const HEADER: usize = 64;
pub(super) const PAIRS: usize = CLASSES * CLASSES;
pub(super) const TRIGRAM_BITS: u32 = 17;
pub(super) const FOURGRAM_BITS: u32 = 17;
pub(super) const SCALE: f32 = 16.0;
const TRIGRAMS: usize = HEADER + 2 * PAIRS;
const FOURGRAMS: usize = TRIGRAMS + (4 << TRIGRAM_BITS);
pub(super) const LENGTH: usize = FOURGRAMS + (4 << FOURGRAM_BITS);

#[repr(align(64))]
struct Aligned([u8; LENGTH]);

static TABLE: Aligned = Aligned(*include_bytes!("../data/fluency_ngrams.bin"));

/// The buckets of both tables.
static TRIGRAM: &[[u8; 16]; 1 << (TRIGRAM_BITS - 2)] = buckets(TRIGRAMS);
static FOURGRAM: &[[u8; 16]; 1 << (FOURGRAM_BITS - 2)] = buckets(FOURGRAMS);

const fn buckets<const BUCKETS: usize>(offset: usize) -> &'static [[u8; 16]; BUCKETS] {
    match TABLE.0.split_at(offset).1.as_chunks().0.first_chunk() {
        Some(buckets) => buckets,
        None => unreachable!(),
    }
}

/// For each token the logarithm of p(class | three before) / p(class), in steps: see [`nats`].
pub(super) fn log_odds(tokens: &[Token]) -> Vec<i16> {
    // No branch depends on what is found, so that the processor asks for the buckets of many tokens at once: most are far
    // off in memory. Before its beginning a text is as after a full stop, which has class 0.
    let (mut four, mut back_off) = (0, 0);
    let mut odds = Vec::with_capacity(tokens.len());
    odds.extend(tokens.iter().map(|token| {
        four = four << 8 | u32::from(token.class);
        let [_, b, c, d] = four.to_be_bytes().map(u32::from);
        // Whether a table has a key no processor foresees: what is asked in vain costs less than a wrong guess.
        let trigram = find(TRIGRAM, place(four & THREE, TRIGRAM_BITS));
        let fourgram = find(FOURGRAM, place(four, FOURGRAM_BITS));
        let odds = |[_, _, odds, _]: [u8; 4]| i32::from(odds as i8);
        let pairs = pair(b, c, PAIRS) + pair(c, d, 0);
        let lower = back_off + select_unpredictable(trigram == FREE, pairs, odds(trigram));
        let found = select_unpredictable(fourgram == FREE, lower, odds(fourgram));
        // Of a free slot it is 0.
        back_off = i32::from(trigram[3] as i8);
        found as i16
    }));
    odds
}

/// Steps as nats.
pub(super) fn nats(steps: i16) -> f32 {
    f32::from(steps) / SCALE
}

fn pair(first: u32, second: u32, offset: usize) -> i32 {
    i32::from(TABLE.0[HEADER + offset + first as usize * CLASSES + second as usize] as i8)
}

/// What of a key's classes a trigram's has.
const THREE: u32 = 0xff_ffff;

/// Four classes as one number; that of a trigram begins with a zero and is told apart by its table.
#[cfg(feature = "training")]
pub(super) fn key(a: u32, b: u32, c: u32, d: u32) -> u32 {
    a << 24 | b << 16 | c << 8 | d
}

/// Bucket and tag of a key; a tag is never 0, which marks a free slot.
pub(super) fn place(key: u32, bits: u32) -> (usize, u16) {
    let hash = (u64::from(key) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> (66 - bits)) as usize, (hash >> 16) as u16 | 1)
}

/// The slot of a key, or [`FREE`] where the table has none: log-odds and weight stand in its upper half.
#[inline(always)]
fn find<const BUCKETS: usize>(table: &[[u8; 16]; BUCKETS], (bucket, tag): (usize, u16)) -> [u8; 4] {
    let slots = table[bucket % BUCKETS].as_chunks::<4>().0.iter().map(|slot| u32::from_le_bytes(*slot));
    let found = slots.rev().fold(0, |found, slot| select_unpredictable(slot as u16 == tag, slot, found));
    found.to_le_bytes()
}

/// A slot without a key.
const FREE: [u8; 4] = [0; 4];
