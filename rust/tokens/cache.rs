//! Token counts of words met before: bounded, whatever a policy invents.

use super::tables::{WordKey, WordSlot};

/// Places of the cache at first, 128 KB, and at most, 2 MB. It grows with what it holds, since one that is larger than
/// it need be takes longer to reach.
const LEAST_BITS: u32 = 11;
const MOST_BITS: u32 = 15;
/// Places for words of up to 31 and of up to 127 bytes, one each: 256 and 128 KB.
const LONG_BITS: u32 = 13;
const LONGER_BITS: u32 = 10;

/// Where a word can be: a cache line, the newest first.
#[repr(align(64))]
#[derive(Clone, Copy, Default)]
pub(super) struct Place([WordSlot; 4]);

/// Token counts of words that were looked up or merged before. A word can be anywhere in its place; a new one moves
/// the oldest out.
#[derive(Default)]
pub(super) struct Cache {
    words: Vec<Place>,
    bits: u32,
    /// Words that were kept since the last growth.
    kept: usize,
    long: Vec<LongSlot<32>>,
    longer: Vec<LongSlot<128>>,
}

impl Cache {
    /// Takes up the memory of the cache, if it has not yet.
    #[inline(always)]
    pub(super) fn open(&mut self) {
        if self.words.is_empty() {
            self.bits = LEAST_BITS;
            self.words = vec![Default::default(); 1 << LEAST_BITS];
        }
    }

    /// The place of a word by its hash.
    #[inline(always)]
    fn place(&self, hash: u64) -> usize {
        // There are no places before the cache is open.
        (hash >> (u64::BITS - self.bits.max(1))) as usize
    }

    /// What is at the place of a word by its hash.
    #[inline(always)]
    pub(super) fn at(&self, hash: u64) -> Option<&Place> {
        self.words.get(self.place(hash))
    }

    /// Number of tokens of the word `key`, whose hash is given; 0 if it is not there.
    #[inline(always)]
    pub(super) fn get(&self, hash: u64, key: WordKey) -> usize {
        self.at(hash).map_or(0, |place| place.0.iter().fold(0, |count, slot| count | slot.count_for(key)))
    }

    /// Keeps a word at the place that its hash gives.
    #[inline(always)]
    pub(super) fn insert(&mut self, hash: u64, word: WordSlot) {
        let place = self.place(hash);
        if let Some(Place(slots)) = self.words.get_mut(place) {
            slots.rotate_right(1);
            slots[0] = word;
        }
        self.kept += 1;
        if self.kept == 2 << self.bits && self.bits < MOST_BITS {
            self.grow();
        }
    }

    /// Doubles the places: the words of each go to two new ones.
    #[inline(never)]
    fn grow(&mut self) {
        let full = std::mem::take(&mut self.words);
        self.bits += 1;
        self.words = vec![Default::default(); 1 << self.bits];
        for word in
            full.into_iter().flat_map(|Place(slots)| slots.into_iter().rev()).filter(|slot| slot.holds())
        {
            let place = self.place(word.key().hash());
            if let Some(Place(slots)) = self.words.get_mut(place) {
                slots.rotate_right(1);
                slots[0] = word;
            }
        }
    }

    /// Number of tokens of a piece that is too long for a word; `merge` gives it the first time.
    #[inline(never)]
    pub(super) fn get_long(&mut self, piece: &[u8], merge: impl FnOnce(&[u8]) -> usize) -> usize {
        if let Some(key) = LongSlot::key(piece) {
            key.get_or_merge(&mut self.long, LONG_BITS, || merge(piece))
        } else if let Some(key) = LongSlot::key(piece) {
            key.get_or_merge(&mut self.longer, LONGER_BITS, || merge(piece))
        } else {
            merge(piece)
        }
    }

    /// Bytes that the cache takes up.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of::<Place>() * self.words.capacity()
            + size_of::<LongSlot<32>>() * self.long.capacity()
            + size_of::<LongSlot<128>>() * self.longer.capacity()
    }
}

/// Places of the cache of ids, of one word each: 512 KB.
const ID_BITS: u32 = 14;
/// Tokens of a word that is kept there, at most.
const IDS: usize = 8;

/// The tokens of words that were merged before; only encoding needs it.
#[derive(Default)]
pub(super) struct IdCache(Vec<(WordSlot, [u16; IDS])>);

impl IdCache {
    /// Appends the tokens of a word whose key is given; `merge` appends them the first time.
    #[inline(always)]
    pub(super) fn extend(&mut self, key: WordKey, out: &mut Vec<u16>, merge: impl FnOnce(&mut Vec<u16>)) {
        if self.0.is_empty() {
            self.0 = vec![Default::default(); 1 << ID_BITS];
        }
        let Some((word, ids)) = self.0.get_mut((key.hash() >> (u64::BITS - ID_BITS)) as usize) else {
            return;
        };
        let count = word.count_for(key);
        if count > 0 {
            out.extend_from_slice(ids.get(..count).unwrap_or_default());
            return;
        }
        let before = out.len();
        merge(out);
        let merged = out.get(before..).unwrap_or_default();
        if let Some(ids) = ids.get_mut(..merged.len()) {
            ids.copy_from_slice(merged);
            *word = WordSlot::new(key, merged.len());
        }
    }

    /// Bytes that the cache takes up.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of::<(WordSlot, [u16; IDS])>() * self.0.capacity()
    }
}

/// A word of less than `N` bytes, padded, and in the last byte the number of its tokens: that of no word is 0, and of a
/// word whose count is not known yet as well.
#[repr(align(32))]
#[derive(Clone, Copy)]
struct LongSlot<const N: usize>([u8; N]);

impl<const N: usize> LongSlot<N> {
    /// The slot of a word before its count is known.
    fn key(piece: &[u8]) -> Option<Self> {
        let mut key = [0xFF; N];
        key[N - 1] = 0;
        key.get_mut(..N - 1)?.get_mut(..piece.len())?.copy_from_slice(piece);
        Some(Self(key))
    }

    fn hash(&self) -> u64 {
        let (parts, _) = self.0.as_chunks::<16>();
        parts.iter().fold(0, |hash, part| hash.rotate_left(23) ^ WordKey::load(part, 16).hash())
    }

    /// Number of tokens of this word, found in `slots` or else merged and kept there.
    fn get_or_merge(mut self, slots: &mut Vec<Self>, bits: u32, merge: impl FnOnce() -> usize) -> usize {
        if slots.is_empty() {
            *slots = vec![Self([0; N]); 1 << bits];
        }
        let Some(slot) = slots.get_mut((self.hash() >> (u64::BITS - bits)) as usize) else { return merge() };
        let count = slot.0[N - 1];
        self.0[N - 1] = count;
        if count > 0 && slot.0 == self.0 {
            return usize::from(count);
        }
        let count = merge();
        self.0[N - 1] = count as u8;
        *slot = self;
        count
    }
}
