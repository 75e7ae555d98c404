//! The pre-tokens of a chunk, looked up in the tables: which are one token, and which are left over.
//!
//! Each pass goes over a list of pre-tokens without a branch on what it finds: those that it leaves over are
//! appended to the list of the next pass. So the processor has the memory accesses of many words in flight.

use super::chunk::{BUFFER, Chunk, STARTS, zeros};
use super::tables::{self, HOT, LONG, SHORT, WordKey};
use crate::simd::{BLOCK, Level, long_key};

/// Fewer pre-tokens than this are soon done.
const FEW: u16 = 128;

/// A list of pre-tokens by their numbers.
struct List(Box<[u16; STARTS]>);

impl Default for List {
    fn default() -> Self {
        Self(zeros())
    }
}

impl List {
    /// Appends a number to the first `len` numbers if it is to `stay`; how many there are then.
    #[inline(always)]
    fn offer(&mut self, len: u16, number: u16, stay: bool) -> u16 {
        self.0[usize::from(len)] = number;
        len + u16::from(stay)
    }

    /// Appends those of eight numbers that `mask` keeps to the first `len` numbers; how many there are then.
    #[inline(always)]
    fn append<L: Level>(&mut self, level: L, len: u16, numbers: [u16; 8], mask: u8) -> u16 {
        if let Some(room) = self.0.get_mut(usize::from(len)..).and_then(<[u16]>::first_chunk_mut) {
            level.keep(numbers, mask, room);
        }
        len + mask.count_ones() as u16
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
        let (bytes, length) = self.sixteen(number);
        (WordKey::load(bytes, length), length)
    }

    /// Sixteen bytes from the beginning of a pre-token on, and its length.
    #[inline(always)]
    fn sixteen(self, number: u16) -> (&'a [u8; 16], usize) {
        let (start, length) = self.at(number);
        let bytes = self.bytes.get(start..start + 16).and_then(<[u8]>::first_chunk);
        (bytes.unwrap_or(&[0; 16]), length)
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
        let slot = HOT.slot(key);
        ids.note(base + at as u16, || tables::hot_id(slot));
        missing = missing << 1 | u64::from(!HOT.holds(slot, key));
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
    pub(super) fn look_up<L: Level, I: Ids>(
        &mut self,
        level: L,
        chunk: &Chunk,
        count: u16,
        mut ids: I,
    ) -> (&[u16], usize) {
        let listed = self.hot_pass(level, chunk, count, &mut ids);
        // Eight words side by side take less work than one after the other, but longer until the first is done.
        let (shorts, unknown);
        if I::WANTED || !L::SIDE_BY_SIDE || count < FEW {
            shorts = self.short_pass(chunk, listed, &mut ids);
            unknown = self.long_pass(chunk, count, shorts, &mut ids);
        } else {
            shorts = self.short_pass_by_eights(level, chunk, listed);
            unknown = self.long_pass_by_eights(level, chunk, count, shorts);
        }
        (self.unknown.first(unknown), usize::from(shorts))
    }

    /// Bytes of the lists.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.short.0) + size_of_val(&*self.unknown.0)
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
                None if !I::WANTED => level.missing(&HOT, keys),
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
        let mut unknown = 0;
        for &number in self.short.first(listed) {
            let key = chunk.keys()[usize::from(number)];
            let slot = SHORT.slot(key);
            ids.note(number, || tables::short_id(slot));
            unknown = self.unknown.offer(unknown, number, !SHORT.holds(slot, key));
        }
        unknown
    }

    /// The same without their ids.
    #[inline(always)]
    fn short_pass_by_eights<L: Level>(&mut self, level: L, chunk: &Chunk, listed: u16) -> u16 {
        let mut unknown = 0;
        for (numbers, valid) in eights(&self.short.0, listed) {
            let mut keys = [0; 8];
            for at in 0..8 {
                keys[at] = chunk.keys()[usize::from(numbers[at])];
            }
            let lacking = level.lacking_keys(&SHORT, keys) & valid;
            unknown = self.unknown.append(level, unknown, numbers, lacking);
        }
        unknown
    }

    /// Lists the longer words that are not long tokens, behind the `unknown` words that are listed.
    #[inline(always)]
    fn long_pass(&mut self, chunk: &Chunk, count: u16, mut unknown: u16, ids: &mut impl Ids) -> u16 {
        for &number in chunk.long(count) {
            let (bytes, length) = chunk.pieces().sixteen(number);
            let key = long_key(bytes, length);
            let slot = LONG.slot(key);
            ids.note(number, || tables::long_id(slot));
            let holds = LONG.holds(slot, key) & (length <= bytes.len());
            unknown = self.unknown.offer(unknown, number, !holds);
        }
        unknown
    }

    /// The same without their ids.
    #[inline(always)]
    fn long_pass_by_eights<L: Level>(
        &mut self,
        level: L,
        chunk: &Chunk,
        count: u16,
        mut unknown: u16,
    ) -> u16 {
        for (numbers, valid) in eights(chunk.long_list(), chunk.long(count).len() as u16) {
            let (mut words, mut lengths) = ([&[0; 16]; 8], [0; 8]);
            for at in 0..8 {
                let (bytes, length) = chunk.pieces().sixteen(numbers[at]);
                (words[at], lengths[at]) = (bytes, length as u16);
            }
            let lacking = level.lacking_words(&LONG, words, lengths) & valid;
            unknown = self.unknown.append(level, unknown, numbers, lacking);
        }
        unknown
    }
}

/// The first `count` numbers of a list eight at a time, and which of the eight are among them.
#[inline(always)]
fn eights(list: &[u16; STARTS], count: u16) -> impl Iterator<Item = ([u16; 8], u8)> {
    let (eights, _) = list.as_chunks::<8>();
    eights.iter().zip((0..count).step_by(8)).map(move |(&numbers, at)| {
        let left = u32::from(count - at);
        (numbers, if left < 8 { (1 << left) - 1 } else { u8::MAX })
    })
}
