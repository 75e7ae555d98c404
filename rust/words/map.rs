//! Words to small integer ids.
//!
//! A word of at most 16 bytes is its own 128-bit key; a longer one is hashed and its bytes are kept, so that
//! two words never share an id by accident.

use crate::simd::prefetch;

/// The id that no word has.
pub const UNKNOWN: u32 = u32::MAX;

const SHORT: usize = 16;

/// A word, ready to be looked up.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    key: [u64; 2],
    bytes: &'a [u8],
}

impl<'a> Word<'a> {
    /// A word from its bytes, none of them NUL.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        if bytes.len() > SHORT {
            return Self { key: [long_hash(bytes), bytes.len() as u64], bytes };
        }
        Self { key: split(packed(bytes)), bytes }
    }

    /// As [`Word::new`] of `text[start..end]`, faster where 16 bytes can be read from `start` on.
    #[inline]
    pub fn in_buffer(text: &'a [u8], start: usize, end: usize) -> Self {
        let bytes = text.get(start..end).unwrap_or_default();
        match text.get(start..).and_then(<[u8]>::first_chunk) {
            Some(block) if bytes.len() <= SHORT => Self { key: key_of_first(block, bytes.len()), bytes },
            _ => Self::new(bytes),
        }
    }

    /// A word of which the key is known.
    #[inline]
    pub(super) fn of_key(key: [u64; 2], bytes: &'a [u8]) -> Self {
        Self { key, bytes }
    }

    /// What is looked up.
    #[inline]
    pub(super) fn key(&self) -> [u64; 2] {
        self.key
    }

    /// The key of a word of at most 16 bytes: the bytes themselves.
    #[inline]
    pub(crate) fn short_key(&self) -> Option<[u64; 2]> {
        (self.bytes.len() <= SHORT).then_some(self.key)
    }

    /// The word of a [`Word::short_key`], without its bytes: only to look up.
    #[inline]
    pub(crate) fn of_short_key(key: [u64; 2]) -> Self {
        Self { key, bytes: &[] }
    }

    /// The [`Word::short_key`] of a word of at most 16 bytes, for tables.
    pub(crate) const fn key_of(bytes: &[u8]) -> [u64; 2] {
        split(pack(bytes))
    }

    /// The word's bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether both are known to be one word; of long words it is not known.
    #[inline]
    pub(crate) fn is_same(&self, other: &Word<'_>) -> bool {
        self.key == other.key && self.bytes.len() <= SHORT && other.bytes.len() <= SHORT
    }

    /// A well-mixed hash of the word.
    #[inline]
    pub fn hash64(&self) -> u64 {
        hash_of(self.key)
    }

    #[inline]
    fn hash(&self) -> usize {
        self.hash64() as usize
    }
}

/// The [`Word::short_key`] of the first `len` of some bytes, at most all.
#[inline(always)]
pub(super) fn key_of_first(block: &[u8; SHORT], len: usize) -> [u64; 2] {
    let keep = KEEP.get(SHORT.saturating_sub(len)..).and_then(<[u8]>::first_chunk);
    let keep = u128::from_le_bytes(*keep.unwrap_or(&[0; SHORT]));
    split(u128::from_le_bytes(*block) & keep)
}

/// From the right place on, ones for the bytes of a word and zeros for those after it: quicker than a shift of 128 bits.
static KEEP: [u8; 2 * SHORT] = {
    let mut keep = [0; 2 * SHORT];
    let mut at = 0;
    while at < SHORT {
        keep[at] = 0xFF;
        at += 1;
    }
    keep
};

/// The first 16 bytes of a word as one number, zeros after the last.
#[inline]
pub(crate) fn packed(bytes: &[u8]) -> u128 {
    // The last bytes are read once more, in their place.
    match (bytes.first_chunk::<8>(), bytes.first_chunk::<4>(), bytes) {
        (Some(first), _, _) => {
            let bytes = bytes.get(..SHORT).unwrap_or(bytes);
            let last = bytes.last_chunk().copied().unwrap_or_default();
            u128::from(u64::from_le_bytes(*first))
                | u128::from(u64::from_le_bytes(last)) << (8 * (bytes.len() - 8))
        }
        (None, Some(first), _) => {
            let last = bytes.last_chunk().copied().unwrap_or_default();
            let last = u64::from(u32::from_le_bytes(last)) << (8 * (bytes.len() - 4));
            u128::from(u64::from(u32::from_le_bytes(*first)) | last)
        }
        (_, _, &[a, b, c]) => u128::from(u32::from_le_bytes([a, b, c, 0])),
        (_, _, &[a, b]) => u128::from(u16::from_le_bytes([a, b])),
        (_, _, &[a]) => u128::from(a),
        _ => 0,
    }
}

/// The same for tables.
pub(crate) const fn pack(bytes: &[u8]) -> u128 {
    let (mut key, mut at) = (0, 0);
    while at < bytes.len() && at < SHORT {
        key |= (bytes[at] as u128) << (8 * at);
        at += 1;
    }
    key
}

const fn split(key: u128) -> [u64; 2] {
    [key as u64, (key >> 64) as u64]
}

/// Both halves of the 128-bit product, folded together.
#[inline]
const fn mix(a: u64, b: u64) -> u64 {
    let p = a as u128 * b as u128;
    (p as u64) ^ ((p >> 64) as u64)
}

/// The hash of a [`Word::short_key`].
#[inline]
pub(crate) const fn hash_of(key: [u64; 2]) -> u64 {
    mix(key[0] ^ 0x9E37_79B9_7F4A_7C15, key[1] ^ 0xE703_7ED1_A0B4_28DB)
}

fn long_hash(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0x2545_F491_4F6C_DD1D, |h, chunk| {
        let mut block = [0u8; 8];
        for (to, from) in block.iter_mut().zip(chunk) {
            *to = *from;
        }
        mix(h ^ u64::from_le_bytes(block), 0x9E37_79B9_7F4A_7C15)
    })
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    key: [u64; 2],
    /// The word's id, or [`UNKNOWN`] for a free slot.
    id: u32,
    /// For a word of more than 16 bytes, one more than the place of its bytes in the arena; else 0.
    long: u32,
}

const FREE: Slot = Slot { key: [0, 0], id: UNKNOWN, long: 0 };

/// Slots, and bytes of long words, of which the memory is kept when a map is reset.
const KEPT: usize = 1 << 14;

/// A map from words to ids.
#[derive(Debug, Clone, Default)]
pub struct WordMap {
    /// Open addressing with linear probing; the length is a power of two, at most half of it is used.
    slots: Vec<Slot>,
    used: usize,
    arena: Vec<u8>,
}

impl WordMap {
    /// An empty map with room for `words` words before it grows.
    pub fn with_capacity(words: usize) -> Self {
        let slots = vec![FREE; (2 * words.max(8)).next_power_of_two()];
        Self { slots, used: 0, arena: Vec::new() }
    }

    /// Forgets all words, and has room for `words` before it grows.
    pub fn reset(&mut self, words: usize) {
        let slots = (2 * words.max(8)).next_power_of_two();
        self.slots.clear();
        self.slots.shrink_to(KEPT);
        self.slots.resize(slots, FREE);
        self.used = 0;
        self.arena.clear();
        self.arena.shrink_to(KEPT);
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Asks for the slot of a word that is looked up soon: it may be far off in memory.
    #[inline]
    pub(crate) fn ask(&self, word: Word<'_>) {
        prefetch(self.slots.get(word.hash() & self.slots.len().wrapping_sub(1)));
    }

    /// The word's id, or [`UNKNOWN`].
    #[inline]
    pub fn get(&self, word: Word<'_>) -> u32 {
        self.slots.get(self.probe(&word)).map_or(UNKNOWN, |slot| slot.id)
    }

    /// The word's id; a word not met before gets the id `new`.
    #[inline]
    pub fn get_or_insert(&mut self, word: Word<'_>, new: u32) -> u32 {
        self.met(word, new).map_or(new, |id| *id)
    }

    /// Of a map whose ids are bits: adds bits to a word; those that it had.
    #[inline]
    pub fn mark(&mut self, word: Word<'_>, bits: u32) -> u32 {
        self.met(word, bits).map_or(0, |id| std::mem::replace(id, *id | bits))
    }

    /// The id of a word that was met before; one that was not gets the id `new`.
    #[inline(always)]
    fn met(&mut self, word: Word<'_>, new: u32) -> Option<&mut u32> {
        if self.slots.len() < 2 * (self.used + 1) {
            self.grow();
        }
        let at = self.probe(&word);
        let long = if word.bytes.len() > SHORT { self.arena.len() as u32 + 1 } else { 0 };
        let slot = self.slots.get_mut(at)?;
        if slot.id != UNKNOWN {
            return Some(&mut slot.id);
        }
        *slot = Slot { key: word.key, id: new, long };
        if long != 0 {
            self.arena.extend_from_slice(word.bytes);
        }
        self.used += 1;
        None
    }

    /// Of a map whose ids are bits: those of a word, none of a word not met.
    #[inline]
    pub fn marks(&self, word: Word<'_>) -> u32 {
        match self.get(word) {
            UNKNOWN => 0,
            bits => bits,
        }
    }

    /// Gives a word that is known another id.
    pub fn replace(&mut self, word: Word<'_>, id: u32) {
        let at = self.probe(&word);
        if let Some(slot) = self.slots.get_mut(at).filter(|slot| slot.id != UNKNOWN) {
            slot.id = id;
        }
    }

    /// The slot that holds the word, or the free one where it belongs.
    #[inline]
    fn probe(&self, word: &Word<'_>) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = word.hash() & mask;
        while let Some(slot) = self.slots.get(at) {
            // Without a branch on whether the slot is free: which words are known is not foreseen.
            let same = (slot.key[0] ^ word.key[0]) | (slot.key[1] ^ word.key[1]) == 0;
            if (slot.id == UNKNOWN) | same {
                let short = (slot.long == 0) & (word.bytes.len() <= SHORT);
                if short || slot.id == UNKNOWN || self.same_bytes(slot, word) {
                    break;
                }
            }
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    fn same_bytes(&self, slot: &Slot, word: &Word<'_>) -> bool {
        match (slot.long, word.bytes.len() > SHORT) {
            (0, false) => true,
            (0, true) | (_, false) => false,
            (place, true) => {
                let start = place as usize - 1;
                self.arena.get(start..start + word.bytes.len()) == Some(word.bytes)
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        let wider = vec![FREE; (2 * self.slots.len()).max(16)];
        let mask = wider.len() - 1;
        for slot in std::mem::replace(&mut self.slots, wider) {
            if slot.id == UNKNOWN {
                continue;
            }
            let mut at = Word { key: slot.key, bytes: &[] }.hash() & mask;
            while self.slots.get(at).is_some_and(|s| s.id != UNKNOWN) {
                at = (at + 1) & mask;
            }
            if let Some(free) = self.slots.get_mut(at) {
                *free = slot;
            }
        }
    }
}
