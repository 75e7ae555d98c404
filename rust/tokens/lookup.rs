//! The pre-tokens of a chunk, looked up in the tables: which are one token, and which are left over.
//!
//! Each pass goes over a list of pre-tokens without a branch on what it finds: those that it leaves over are
//! appended to the list of the next pass. So the processor has the memory accesses of many words in flight.

use super::chunk::{BUFFER, Chunk, STARTS, zeros};
use super::tables::{self, Ends, WordKey};
use crate::simd::{BLOCK, Level};

/// Number of elements of a list: whatever 16 bits can count, and room for a block more.
const LIST: usize = (1 << 16) + BLOCK;

/// A list of pre-tokens by their numbers.
struct List(Box<[u16; LIST]>);

impl Default for List {
    fn default() -> Self {
        Self(zeros())
    }
}

impl List {
    /// Writes `number` behind the first `len` numbers; it stays if the caller counts it.
    #[inline(always)]
    fn offer(&mut self, len: u16, number: u16) {
        self.0[usize::from(len)] = number;
    }

    #[inline(always)]
    fn first(&self, len: u16) -> &[u16] {
        &self.0[..usize::from(len)]
    }
}

/// What becomes of the tokens that are found.
pub(super) trait Ids {
    /// Whether they are asked for.
    const WANTED: bool;
    /// The pre-token `number` may be the token that `id` gives; a later pass may know better.
    fn note(&mut self, number: u16, id: impl FnOnce() -> u16);
}

/// They are not asked for.
impl Ids for () {
    const WANTED: bool = false;

    #[inline(always)]
    fn note(&mut self, _: u16, _: impl FnOnce() -> u16) {}
}

/// The token of each pre-token by its number.
impl Ids for &mut [u16; STARTS] {
    const WANTED: bool = true;

    #[inline(always)]
    fn note(&mut self, number: u16, id: impl FnOnce() -> u16) {
        self[usize::from(number)] = id();
    }
}

/// The pre-tokens of a chunk.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'a> {
    pub(super) bytes: &'a [u8; BUFFER],
    pub(super) starts: &'a [u16; STARTS],
}

impl<'a> Pieces<'a> {
    /// Where a pre-token starts, and its length.
    #[inline(always)]
    fn at(self, number: u16) -> (usize, usize) {
        let number = usize::from(number);
        let (start, end) = (self.starts[number], self.starts[number + 1]);
        (usize::from(start), usize::from(end.wrapping_sub(start)))
    }

    /// Key and length of a pre-token; of longer ones than the key holds, that of its beginning.
    #[inline(always)]
    pub(super) fn key(self, number: u16) -> (WordKey, usize) {
        let (start, length) = self.at(number);
        let bytes = self.bytes.get(start..start + 16).and_then(<[u8]>::first_chunk);
        (WordKey::load(bytes.unwrap_or(&[0; 16]), length), length)
    }

    /// Both ends and the length of a pre-token of at least eight bytes.
    #[inline(always)]
    fn ends(self, number: u16) -> (Ends, usize) {
        let (start, length) = self.at(number);
        ([self.eight(start as u16), self.eight((start + length).wrapping_sub(8) as u16)], length)
    }

    /// Eight bytes of the text.
    #[inline(always)]
    fn eight(self, at: u16) -> u64 {
        let at = usize::from(at);
        u64::from_le_bytes(
            self.bytes.get(at..at + 8).and_then(<[u8]>::first_chunk).copied().unwrap_or_default(),
        )
    }

    /// The bytes of a pre-token.
    #[inline(always)]
    pub(super) fn piece(self, number: u16) -> &'a [u8] {
        let (start, length) = self.at(number);
        self.bytes.get(start..start + length).unwrap_or_default()
    }
}

/// Which of the keys of at most 64 words, numbered from `base` on, are not among the frequent tokens.
#[inline(always)]
fn missing(keys: &[u64], base: u16, ids: &mut impl Ids) -> u64 {
    let mut missing = 0;
    for (at, &key) in keys.iter().enumerate().rev() {
        let (slot, found) = tables::hot(key);
        ids.note(base + at as u16, || tables::hot_id(slot));
        missing = missing << 1 | u64::from(!found);
    }
    missing
}

/// The lists that the passes leave over.
#[derive(Default)]
pub(super) struct Lists {
    /// Words that could be short tokens.
    short: List,
    /// Words that are no token: first the short, then the long ones.
    unknown: List,
}

impl Lists {
    /// Looks the first `count` pre-tokens up; returns the numbers of those that are not one token, and how many of
    /// them come before the first long one: up to there and from there on they are in order. Separators count as one
    /// token.
    #[inline(always)]
    pub(super) fn look_up<L: Level>(
        &mut self,
        level: L,
        chunk: &Chunk,
        count: u16,
        mut ids: impl Ids,
    ) -> (&[u16], usize) {
        let listed = self.hot_pass(level, chunk, count, &mut ids);
        let shorts = self.short_pass(chunk, listed, &mut ids);
        let unknown = self.long_pass(chunk, count, shorts, &mut ids);
        (self.unknown.first(unknown), usize::from(shorts))
    }

    /// Lists the words that are not among the frequent tokens.
    #[inline(always)]
    fn hot_pass<L: Level, I: Ids>(&mut self, level: L, chunk: &Chunk, count: u16, ids: &mut I) -> u16 {
        let mut listed = 0u16;
        for base in (0..count).step_by(BLOCK) {
            let at = usize::from(base);
            let Some(keys) = chunk.keys().get(at..).and_then(<[u64]>::first_chunk::<BLOCK>) else { break };
            // All of a whole block without asking for each whether it is there.
            let left = usize::from(count - base);
            let missing = match keys.get(..left) {
                None if !I::WANTED => tables::not_hot(level, keys),
                None => missing(keys, base, ids),
                Some(last) => missing(last, base, ids),
            };
            let Some(room) = self.short.0.get_mut(usize::from(listed)..).and_then(<[u16]>::first_chunk_mut)
            else {
                break;
            };
            level.positions(missing, base, room);
            listed += missing.count_ones() as u16;
        }
        listed
    }

    /// Of the words listed, lists those that are not short tokens.
    #[inline(always)]
    fn short_pass(&mut self, chunk: &Chunk, listed: u16, ids: &mut impl Ids) -> u16 {
        let mut unknown = 0u16;
        for &number in self.short.first(listed) {
            let (slot, found) = tables::short(chunk.keys()[usize::from(number)]);
            ids.note(number, || tables::short_id(slot));
            self.unknown.offer(unknown, number);
            unknown += u16::from(!found);
        }
        unknown
    }

    /// Lists the longer words that are not long tokens, behind the `unknown` words that are listed.
    #[inline(always)]
    fn long_pass(&mut self, chunk: &Chunk, count: u16, mut unknown: u16, ids: &mut impl Ids) -> u16 {
        let pieces = chunk.pieces();
        for &number in chunk.long(count) {
            let (ends, length) = pieces.ends(number);
            let (slot, found) = tables::long(ends, length);
            ids.note(number, || tables::long_id(slot));
            self.unknown.offer(unknown, number);
            unknown += u16::from(!found);
        }
        unknown
    }
}
