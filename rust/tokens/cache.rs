//! Token counts of words met before: bounded, whatever a policy invents.

use super::tables::{WordKey, WordSlot};

/// Places of the cache: 2 MB.
const PLACE_BITS: u32 = 15;
/// Places for longer words, of one each: 256 KB.
const LONG_BITS: u32 = 11;
/// Longest word that is kept, in bytes.
const LONG_BYTES: usize = 127;

/// Where a word can be: a cache line, the newest first.
#[repr(align(64))]
#[derive(Clone, Copy, Default)]
pub(super) struct Place([WordSlot; 4]);

/// Token counts of words that were looked up or merged before. A word can be anywhere in its place; a new one moves
/// the oldest out.
#[derive(Default)]
pub(super) struct Cache {
    words: Vec<Place>,
    long: Vec<LongSlot>,
}

/// The place of a word by its hash.
#[inline(always)]
pub(super) fn place(hash: u64) -> u32 {
    (hash >> (u64::BITS - PLACE_BITS)) as u32
}

impl Cache {
    /// Takes up the memory of the cache, if it has not yet.
    #[inline(always)]
    pub(super) fn open(&mut self) {
        if self.words.is_empty() {
            self.words = vec![Default::default(); 1 << PLACE_BITS];
        }
    }

    /// What is at a place.
    #[inline(always)]
    pub(super) fn at(&self, place: u32) -> Option<&Place> {
        self.words.get(place as usize)
    }

    /// Number of tokens of the word `key`, whose place is given; 0 if it is not there.
    #[inline(always)]
    pub(super) fn get(&self, place: u32, key: WordKey) -> usize {
        self.at(place).map_or(0, |place| place.0.iter().fold(0, |count, slot| count | slot.count_for(key)))
    }

    /// Keeps a word at its place.
    #[inline(always)]
    pub(super) fn insert(&mut self, place: u32, word: WordSlot) {
        if let Some(Place(slots)) = self.words.get_mut(place as usize) {
            slots.rotate_right(1);
            slots[0] = word;
        }
    }

    /// Number of tokens of a piece that is too long for a word; `merge` gives it the first time.
    #[inline(never)]
    pub(super) fn get_long(&mut self, piece: &[u8], merge: impl FnOnce(&[u8]) -> usize) -> usize {
        let Some(key) = LongSlot::key(piece) else { return merge(piece) };
        if self.long.is_empty() {
            self.long = vec![LongSlot::default(); 1 << LONG_BITS];
        }
        let Some(slot) = self.long.get_mut((key.hash() >> (u64::BITS - LONG_BITS)) as usize) else {
            return 0;
        };
        if let Some(count) = slot.count_for(&key) {
            return count;
        }
        let count = merge(piece);
        *slot = key.with_count(count);
        count
    }

    /// Bytes that the cache takes up.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of::<Place>() * self.words.capacity() + size_of::<LongSlot>() * self.long.capacity()
    }
}

/// A word of at most [`LONG_BYTES`] bytes, padded, and in the last byte the number of its tokens. The default is that
/// of no word.
#[repr(align(64))]
#[derive(Clone, Copy)]
struct LongSlot([u8; LONG_BYTES + 1]);

impl Default for LongSlot {
    fn default() -> Self {
        Self([0; LONG_BYTES + 1])
    }
}

impl LongSlot {
    /// The slot of a word before its count is known, which is not 0.
    fn key(piece: &[u8]) -> Option<Self> {
        let mut key = [0xFF; LONG_BYTES + 1];
        key.get_mut(..LONG_BYTES)?.get_mut(..piece.len())?.copy_from_slice(piece);
        key[LONG_BYTES] = 0;
        Some(Self(key))
    }

    fn with_count(mut self, count: usize) -> Self {
        self.0[LONG_BYTES] = count as u8;
        self
    }

    fn hash(&self) -> u64 {
        let (parts, _) = self.0.as_chunks::<16>();
        parts.iter().fold(0, |hash, part| hash.rotate_left(23) ^ WordKey::load(part, 16).hash())
    }

    /// Number of tokens, if this is the slot of `key`.
    fn count_for(&self, key: &Self) -> Option<usize> {
        let count = self.0[LONG_BYTES];
        (self.0.first_chunk::<LONG_BYTES>() == key.0.first_chunk()).then_some(usize::from(count))
    }
}
