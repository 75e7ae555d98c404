//! Tables of words that are probed one key or eight at a time.
//!
//! But for [`Direct`], a perfect hash: each bucket of keys has a pilot, an odd number, that sends its keys to slots of their own. So a key
//! has one place it can be in, and a probe is two loads and a comparison.

use super::SEPARATOR;
use std::hint::select_unpredictable;

/// A table of some keys of eight bytes without pilots: of keys that fall into one slot, it holds one.
pub(crate) struct Direct<const SLOTS: usize> {
    pub(crate) multiplier: u64,
    pub(crate) slots: &'static [u64; SLOTS],
}

impl<const SLOTS: usize> Direct<SLOTS> {
    /// The slot that `key` can be in.
    #[inline(always)]
    pub(crate) fn slot(&self, key: u64) -> usize {
        (key.wrapping_mul(self.multiplier) >> (u64::BITS - SLOTS.ilog2())) as usize
    }

    /// Whether a slot holds `key`.
    #[inline(always)]
    pub(crate) fn holds(&self, slot: usize, key: u64) -> bool {
        self.slots[slot % SLOTS] == key
    }
}

/// A table of keys of eight bytes.
pub(crate) struct Keys<const BUCKETS: usize, const SLOTS: usize> {
    pub(crate) multiplier: u64,
    pub(crate) pilots: &'static [u16; BUCKETS],
    pub(crate) slots: &'static [u64; SLOTS],
}

impl<const BUCKETS: usize, const SLOTS: usize> Keys<BUCKETS, SLOTS> {
    /// The slot that `key` can be in.
    #[inline(always)]
    pub(crate) fn slot(&self, key: u64) -> usize {
        slot::<BUCKETS, SLOTS>(mixed(key.wrapping_mul(self.multiplier)), self.pilots)
    }

    /// Whether a slot holds `key`.
    #[inline(always)]
    pub(crate) fn holds(&self, slot: usize, key: u64) -> bool {
        self.slots[slot % SLOTS] == key
    }
}

/// A table of words of nine to sixteen bytes by their [`long_key`].
pub(crate) struct Pairs<const BUCKETS: usize, const SLOTS: usize> {
    pub(crate) multipliers: [u64; 2],
    pub(crate) pilots: &'static [u16; BUCKETS],
    pub(crate) slots: &'static [[u64; 2]; SLOTS],
}

impl<const BUCKETS: usize, const SLOTS: usize> Pairs<BUCKETS, SLOTS> {
    /// The slot that `key` can be in.
    #[inline(always)]
    pub(crate) fn slot(&self, [low, high]: [u64; 2]) -> usize {
        let [multiplier, other] = self.multipliers;
        let hash = low.wrapping_mul(multiplier) ^ high.wrapping_mul(other);
        slot::<BUCKETS, SLOTS>(mixed(hash), self.pilots)
    }

    /// Whether a slot holds `key`.
    #[inline(always)]
    pub(crate) fn holds(&self, slot: usize, [low, high]: [u64; 2]) -> bool {
        let [known_low, known_high] = self.slots[slot % SLOTS];
        (known_low ^ low) | (known_high ^ high) == 0
    }
}

/// What pads eight bytes from each length on; from nine on nothing of them is left.
static PADDING: [u64; 16] = {
    let mut padding = [u64::MAX; 16];
    let mut length = 0;
    while length < 8 {
        padding[length] = u64::MAX << (8 * length);
        length += 1;
    }
    padding[8] = 0;
    padding
};

/// The first `length` bytes, padded with [`SEPARATOR`]; nothing but padding where they are more than eight.
#[inline(always)]
pub(crate) fn short_key(bytes: &[u8; 8], length: usize) -> u64 {
    // Which words are longer is not foreseen.
    u64::from_le_bytes(*bytes) | PADDING[select_unpredictable(length < 9, length, 9)]
}

/// The first `length` bytes of at least eight, padded with [`SEPARATOR`]; all of them where that is more.
#[inline(always)]
pub(crate) fn long_key(bytes: &[u8; 16], length: usize) -> [u64; 2] {
    let left = length.saturating_sub(8);
    [eight(bytes, 0), eight(bytes, 8) | PADDING[select_unpredictable(left < 8, left, 8)]]
}

/// Sixteen zeros and sixteen times the padding: from the right place on, what pads a word of any length.
static WORD_PADDING: [u8; 32] = {
    let mut padding = [0; 32];
    let mut at = 16;
    while at < 32 {
        padding[at] = SEPARATOR;
        at += 1;
    }
    padding
};

/// The same for any length: both halves at once.
#[inline(always)]
pub(crate) fn word_key(bytes: &[u8; 16], length: usize) -> [u64; 2] {
    let shown = 16 - length.min(16);
    [eight(bytes, 0) | eight(&WORD_PADDING, shown), eight(bytes, 8) | eight(&WORD_PADDING, shown + 8)]
}

/// Eight of some bytes.
#[inline(always)]
fn eight(bytes: &[u8], from: usize) -> u64 {
    u64::from_le_bytes(bytes.get(from..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default())
}

/// The upper half of a hash, which is mixed better, joins the lower.
#[inline(always)]
fn mixed(hash: u64) -> u64 {
    hash ^ hash >> 32
}

#[inline(always)]
fn slot<const BUCKETS: usize, const SLOTS: usize>(hash: u64, pilots: &[u16; BUCKETS]) -> usize {
    let pilot = pilots[hash as usize % BUCKETS];
    (hash.wrapping_mul(u64::from(pilot)) >> (u64::BITS - SLOTS.ilog2())) as usize
}
