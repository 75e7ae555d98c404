//! The pre-tokens of a chunk, looked up in the tables: which are one token, and which are left over.
//!
//! Each pass goes over a list of pre-tokens without a branch on what it finds: those that it leaves over are
//! appended to the list of the next pass. So the processor has the memory accesses of many words in flight.

use super::chunk::{BUFFER, CAPACITY, Chunk, STARTS};
use super::tables::{self, LONG_BYTES, WordKey};
use crate::simd::{BLOCK, Level};

/// Number of elements of a list; a power of two, so that an index is within it by its lower bits alone.
const LIST: usize = 2 * CAPACITY;

/// A list of pre-tokens by their numbers.
struct List(Box<[u16; LIST]>);

impl Default for List {
    fn default() -> Self {
        Self(Box::new([0; LIST]))
    }
}

impl List {
    /// Writes `number` behind the first `len` numbers; it stays if the caller counts it.
    #[inline(always)]
    fn offer(&mut self, len: usize, number: u16) {
        self.0[len % LIST] = number;
    }

    #[inline(always)]
    fn first(&self, len: usize) -> &[u16] {
        self.0.get(..len).unwrap_or_default()
    }
}

/// What becomes of the tokens that are found.
pub(super) trait Ids {
    /// The pre-token `number` may be the token that `id` gives; a later pass may know better.
    fn note(&mut self, number: u16, id: impl FnOnce() -> u16);
}

/// They are not asked for.
impl Ids for () {
    #[inline(always)]
    fn note(&mut self, _: u16, _: impl FnOnce() -> u16) {}
}

/// The token of each pre-token by its number.
impl Ids for &mut [u16; CAPACITY] {
    #[inline(always)]
    fn note(&mut self, number: u16, id: impl FnOnce() -> u16) {
        self[usize::from(number) % CAPACITY] = id();
    }
}

/// The pre-tokens of a chunk.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'a> {
    pub(super) bytes: &'a [u8; BUFFER],
    pub(super) starts: &'a [u16; STARTS],
}

impl<'a> Pieces<'a> {
    /// Where a pre-token starts, and its length. Only an empty piece could start beyond the chunk.
    #[inline(always)]
    fn at(self, number: u16) -> (usize, usize) {
        let number = usize::from(number) % CAPACITY;
        let (start, end) = (self.starts[number], self.starts[number + 1]);
        (usize::from(start) % CAPACITY, usize::from(end.wrapping_sub(start)))
    }

    /// Key and length of a pre-token; of longer ones than the key holds, that of its beginning.
    #[inline(always)]
    pub(super) fn key(self, number: u16) -> (WordKey, usize) {
        let (start, length) = self.at(number);
        let bytes = self.bytes.get(start..start + LONG_BYTES).and_then(<[u8]>::first_chunk);
        (WordKey::load(bytes.unwrap_or(&[0; LONG_BYTES]), length), length)
    }

    /// The bytes of a pre-token.
    #[inline(always)]
    pub(super) fn piece(self, number: u16) -> &'a [u8] {
        let (start, length) = self.at(number);
        self.bytes.get(start..start + length).unwrap_or_default()
    }
}

/// The lists that the passes leave over.
#[derive(Default)]
pub(super) struct Lists {
    /// Words that could be short tokens, and those that are none.
    short: List,
    unknown_short: List,
    unknown_long: List,
}

impl Lists {
    /// Looks the first `count` pre-tokens up; returns the numbers of those that are not one token, the short and the
    /// long ones, each in order. Separators count as one token.
    #[inline(always)]
    pub(super) fn look_up<L: Level>(&mut self, level: L, chunk: &Chunk, count: u16, mut ids: impl Ids) -> [&[u16]; 2] {
        let keys = chunk.keys();
        let mut shorts = 0;
        for base in (0..count).step_by(BLOCK) {
            let Some(keys) = keys.get(usize::from(base)..).and_then(<[u64]>::first_chunk::<BLOCK>) else { break };
            let mut missing = 0;
            for (at, &key) in keys.iter().enumerate().rev() {
                let (slot, found) = tables::hot(key);
                ids.note(base + at as u16, || tables::hot_id(slot));
                missing = missing << 1 | u64::from(!found);
            }
            let left = usize::from(count - base);
            if left < BLOCK {
                missing &= (1 << left) - 1;
            }
            let Some(room) = self.short.0.get_mut(shorts..).and_then(<[u16]>::first_chunk_mut) else { break };
            level.positions(missing, base, room);
            shorts += missing.count_ones() as usize;
        }
        let [mut unknown_shorts, mut unknown_longs] = [0, 0];
        for &number in self.short.first(shorts) {
            let (slot, found) = tables::short(keys[usize::from(number) % CAPACITY]);
            ids.note(number, || tables::short_id(slot));
            self.unknown_short.offer(unknown_shorts, number);
            unknown_shorts += usize::from(!found);
        }
        let pieces = chunk.pieces();
        for &number in chunk.long() {
            let (key, length) = pieces.key(number);
            let (slot, found) = tables::long(key);
            ids.note(number, || tables::long_id(slot));
            self.unknown_long.offer(unknown_longs, number);
            unknown_longs += usize::from(!found | (length > LONG_BYTES));
        }
        [self.unknown_short.first(unknown_shorts), self.unknown_long.first(unknown_longs)]
    }
}
