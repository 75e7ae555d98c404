//! Tables of words that are probed one key or eight at a time.
//!
//! But for [`Direct`], a perfect hash: each bucket of keys has a pilot, an odd number, that sends its keys to slots of their own. So a key
//! has one place it can be in, and a probe is two loads and a comparison.

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

/// A table of words of nine to sixteen bytes. A key is the first and the last eight of them; with the length it says
/// what the word is.
pub(crate) struct Pairs<const BUCKETS: usize, const SLOTS: usize> {
    pub(crate) multipliers: [u64; 2],
    pub(crate) pilots: &'static [u16; BUCKETS],
    pub(crate) slots: &'static [[u64; 2]; SLOTS],
    pub(crate) lengths: &'static [u8; SLOTS],
}

impl<const BUCKETS: usize, const SLOTS: usize> Pairs<BUCKETS, SLOTS> {
    /// The slot that a word can be in.
    #[inline(always)]
    pub(crate) fn slot(&self, first: u64, last: u64, length: u16) -> usize {
        let last = (last ^ u64::from(length)).wrapping_mul(self.multipliers[1]);
        slot::<BUCKETS, SLOTS>(mixed(first.wrapping_mul(self.multipliers[0]) ^ last), self.pilots)
    }

    /// Whether a slot holds the word.
    #[inline(always)]
    pub(crate) fn holds(&self, slot: usize, first: u64, last: u64, length: u16) -> bool {
        let [known_first, known_last] = self.slots[slot % SLOTS];
        let known_length = u16::from(self.lengths[slot % SLOTS]);
        (known_first ^ first) | (known_last ^ last) | u64::from(known_length ^ length) == 0
    }
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
