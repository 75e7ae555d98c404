//! The pre-tokens of a buffer by mask arithmetic, 64 bytes at a time.
//!
//! Texts are copied into a buffer with a separator after each, so that nothing here has a tail or reads past an
//! end. The starts of pre-tokens are those that [`super::split`] finds one character at a time.

use super::lookup::Pieces;
use super::ranks::Ranks;
use super::split::{class_at, contraction};
use super::tables::{Class, SHORT_BYTES};
use crate::simd::{BLOCK, Level, MARGIN, Room, SEPARATOR, Window, is_foreign, prefetch, short_key};
use std::ops::Range;

/// Positions in the buffer are below this.
pub(super) const SIZE: usize = 1 << 14;
/// Where the first text begins: before it are separators.
pub(super) const FIRST: usize = BLOCK;
/// Bytes of text that a chunk holds, separators included.
pub(super) const CAPACITY: usize = SIZE - FIRST;
/// The buffer goes on as far as any kernel reads from wherever 16 bits can point to: so the compiler can tell that
/// nothing is read beyond its end. Most of it is never touched.
pub(super) const BUFFER: usize = (1 << 16) + 2 * BLOCK;
/// Blocks of a full buffer, and one more that is looked at as the last one's next.
const BLOCKS: usize = SIZE / BLOCK + 1;
/// Pre-tokens have numbers of 16 bits; more than any block can add is free after the last one.
pub(super) const STARTS: usize = (1 << 16) + BLOCK;

/// A buffer of texts and where their pre-tokens begin.
pub(super) struct Chunk {
    bytes: Box<[u8; BUFFER]>,
    starts: Box<[u16; STARTS]>,
    /// The [`short_key`] of each pre-token.
    keys: Box<[u64; STARTS]>,
    /// Numbers of the pre-tokens that are longer than [`SHORT_BYTES`].
    long: Box<[u16; STARTS]>,
    /// How many of them there are.
    longs: usize,
    /// The starts as bits.
    blocks: Ranks<BLOCKS>,
    filled: usize,
}

impl Default for Chunk {
    fn default() -> Self {
        let mut bytes = zeros();
        if let Some(before) = bytes.get_mut(..FIRST) {
            before.fill(SEPARATOR);
        }
        Self {
            bytes,
            starts: zeros(),
            keys: zeros(),
            long: zeros(),
            longs: 0,
            blocks: Ranks::default(),
            filled: FIRST,
        }
    }
}

/// Zeros, of memory that is taken up when it is written to.
pub(super) fn zeros<T: Clone + Default, const N: usize>() -> Box<[T; N]> {
    vec![T::default(); N]
        .into_boxed_slice()
        .try_into()
        .unwrap_or_else(|_| Box::new(std::array::from_fn(|_| T::default())))
}

impl Chunk {
    /// Forgets all texts.
    pub(super) fn clear(&mut self) {
        self.filled = FIRST;
    }

    /// Whether there is room for `text`; an empty chunk has room for less than [`CAPACITY`] bytes.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.filled + text.len() < SIZE
    }

    /// Appends a text that fits, and a separator; returns where the text ends.
    pub(super) fn push(&mut self, text: &[u8]) -> u16 {
        let end = self.filled + text.len();
        if let Some(to) = self.bytes.get_mut(self.filled..end) {
            to.copy_from_slice(text);
            self.filled = end + 1;
        }
        if let Some(separator) = self.bytes.get_mut(end) {
            *separator = SEPARATOR;
        }
        end as u16
    }

    /// Finds the starts of the pre-tokens and of the separators, as bits; returns their number, those behind the last
    /// text left out. Asks for one of the lines that `soon` lists with each block, for the processor keeps track of a
    /// few only.
    #[inline(always)]
    pub(super) fn bounds<L: Level>(&mut self, level: L, soon: &[&u8]) -> usize {
        if let Some(after) = self.bytes.get_mut(self.filled..).and_then(<[u8]>::first_chunk_mut) {
            *after = [SEPARATOR; 2 * BLOCK];
        }
        let mut carry = Carry::default();
        let mut soon = soon.iter();
        let mut found = 0;
        for block in self.filled_blocks() {
            prefetch(soon.next().copied());
            let starts = carry.starts(level, &self.bytes, block * BLOCK);
            self.blocks.put(block, starts);
            found += starts.count_ones() as usize;
        }
        // The bytes behind the last separator are separators too, and each of them begins.
        found.saturating_sub(self.filled.next_multiple_of(BLOCK) - self.filled)
    }

    /// The blocks that texts and their separators are in: a separator comes last, so that each pre-token has a next
    /// one.
    #[inline(always)]
    fn filled_blocks(&self) -> Range<usize> {
        FIRST / BLOCK..self.filled.div_ceil(BLOCK)
    }

    /// Lists what [`Self::bounds`] found, and asks for `soon` as it does.
    #[inline(always)]
    pub(super) fn list<L: Level>(&mut self, level: L, soon: &[&u8]) {
        let mut soon = soon.iter();
        let mut before = 0;
        let mut side_by_side = false;
        self.longs = 0;
        for block in self.filled_blocks() {
            prefetch(soon.next().copied());
            let starts = self.blocks.count_before(block, before as u16);
            // The last word of the block ends in the next one; more than eight bytes are as good as any.
            let next = self.blocks.bits(block + 1);
            let next = (BLOCK as u32 + next.trailing_zeros()) as u8;
            let base = block * BLOCK;
            let Some(window) = self.bytes.get(base..).and_then(<[u8]>::first_chunk) else { break };
            let room = (
                self.starts.get_mut(before..).and_then(<[u16]>::first_chunk_mut),
                self.keys.get_mut(before..).and_then(<[u64]>::first_chunk_mut),
                self.long.get_mut(self.longs..).and_then(<[u16]>::first_chunk_mut),
            );
            let (Some(starts_room), Some(keys), Some(long)) = room else { break };
            let room = Room { starts: starts_room, keys, long };
            if let Some(longs) = level.words(window, starts, next, [base as u16, before as u16], room) {
                self.longs += longs;
                side_by_side = true;
            }
            before += starts.count_ones() as usize;
        }
        if !side_by_side {
            self.words(before);
        }
    }

    /// Keys and long words among the first `count` pre-tokens.
    #[inline(always)]
    fn words(&mut self, count: usize) {
        let (starts, keys, long) = (&self.starts, &mut self.keys, &mut self.long);
        let mut longs = 0;
        // Plain indices, all of them known to be within the arrays: iterators side by side go through memory.
        for number in 0..count.min(STARTS - 1) {
            let (start, end) = (starts[number], starts[number + 1]);
            let length = usize::from(end.wrapping_sub(start));
            let start = usize::from(start);
            let bytes = self.bytes.get(start..start + SHORT_BYTES).and_then(<[u8]>::first_chunk);
            keys[number] = short_key(bytes.unwrap_or(&[0; SHORT_BYTES]), length);
            long[longs % SIZE] = number as u16;
            longs += usize::from(length > SHORT_BYTES);
        }
        self.longs = longs;
    }

    /// Keys of the pre-tokens that can be short tokens, by number.
    #[inline(always)]
    pub(super) fn keys(&self) -> &[u64; STARTS] {
        &self.keys
    }

    /// The numbers of those of the first `count` pre-tokens that are too long for such a key.
    #[inline(always)]
    pub(super) fn long(&self, count: u16) -> &[u16] {
        let long = self.long.get(..self.longs).unwrap_or_default();
        // Those behind the last text are few.
        let behind = long.iter().rev().take_while(|&&number| number >= count).count();
        long.get(..long.len() - behind).unwrap_or_default()
    }

    /// The same, and what lies behind them.
    #[inline(always)]
    pub(super) fn long_list(&self) -> &[u16; STARTS] {
        &self.long
    }

    /// Number of the pre-token or separator that begins at a byte.
    #[inline(always)]
    pub(super) fn number_at(&self, start: u16) -> u16 {
        self.blocks.rank(start)
    }

    /// The bytes and starts of the pre-tokens.
    #[inline(always)]
    pub(super) fn pieces(&self) -> Pieces<'_> {
        Pieces { bytes: &self.bytes, starts: &self.starts }
    }

    /// Bytes of the buffers.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.bytes)
            + size_of_val(&*self.starts)
            + size_of_val(&*self.keys)
            + size_of_val(&*self.long)
            + self.blocks.memory()
    }

    /// Ends the only text, of which more follows than the chunk holds, where it is cut whatever follows: its last
    /// few bytes may begin a contraction or be white space that goes on. Returns that end.
    pub(super) fn settle(&mut self) -> u16 {
        let last = self.filled.saturating_sub(4);
        // The last start up to there.
        let number = self.number_at(last as u16 + 1).wrapping_sub(1);
        let end = self.starts.get(usize::from(number)).copied().unwrap_or(FIRST as u16);
        if let Some(byte) = self.bytes.get_mut(usize::from(end)) {
            *byte = SEPARATOR;
        }
        end
    }
}

/// What contractions change in the block after theirs.
#[derive(Default)]
struct Carry {
    started: u64,
    cleared: u64,
}

impl Carry {
    /// Where pre-tokens begin in the block at `base`, of which the blocks come in order.
    #[inline(always)]
    fn starts<L: Level>(&mut self, level: L, bytes: &[u8; BUFFER], base: usize) -> u64 {
        let Some(window) = bytes.get(base - MARGIN..).and_then(<[u8]>::first_chunk) else { return 0 };
        let mut runs = level.runs(window);
        if runs.foreign {
            let block = window.get(MARGIN..).and_then(<[u8]>::first_chunk);
            let masks = block.map(|block| level.masks(block)).unwrap_or_default();
            let ascii = AsAscii::new(bytes, base, window, masks.high & !masks.separator);
            runs = level.runs(&ascii.window);
            runs.starts = runs.starts & !ascii.wide_spaces | ascii.before_word;
        }
        let mut starts = runs.starts & !self.cleared | self.started;
        (self.cleared, self.started) = (0, 0);
        let mut quotes = runs.quotes;
        while quotes != 0 {
            let at = quotes.trailing_zeros() as usize;
            quotes &= quotes - 1;
            let length = contraction(bytes.get(base + at..).unwrap_or_default());
            if length > 0 {
                // The letters no longer begin where the apostrophe ends, but after the contraction.
                let (inside, end) = (2u128 << at, 1u128 << (at + length));
                starts = starts & !(inside as u64) | end as u64;
                self.cleared |= (inside >> 64) as u64;
                self.started |= (end >> 64) as u64;
            }
        }
        starts
    }
}

/// A block and its neighbours with ASCII of the same class in the place of every other character.
struct AsAscii {
    window: Window,
    /// All bytes of white space but the first of each character.
    wide_spaces: u64,
    /// First bytes of such white space that something other than white space follows.
    before_word: u64,
}

impl AsAscii {
    /// `foreign` says which bytes of the block are neither ASCII nor separators.
    #[inline(never)]
    fn new(bytes: &[u8; BUFFER], base: usize, window: &Window, foreign: u64) -> Self {
        let mut all = Self { window: *window, wide_spaces: 0, before_word: 0 };
        // Bit `i` is the byte `i` of the window.
        let edge = |at: usize| u128::from(is_foreign(window[at])) << at;
        let mut left = edge(MARGIN - 1) | u128::from(foreign) << MARGIN | edge(MARGIN + BLOCK);
        // Where the window begins.
        let base = base - MARGIN;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            // The first character may have begun earlier.
            let start = (base + at - 3..=base + at)
                .rev()
                .find(|&start| bytes.get(start).is_none_or(|byte| !(0x80..0xC0).contains(byte)))
                .unwrap_or(base + at);
            let Some((class, length)) = class_at(bytes, start) else { break };
            let end = (start + length).saturating_sub(base).clamp(at + 1, MARGIN + BLOCK + 1);
            left &= u128::MAX << end;
            let stand_in = match class {
                Class::Letter => b'a',
                Class::Number => b'0',
                Class::Other => b'!',
                // A plain space would join the word after it.
                Class::Space => b'\n',
            };
            if let Some(covered) = all.window.get_mut(at..end) {
                covered.iter_mut().for_each(|byte| *byte = stand_in);
            }
            if class == Class::Space {
                let first = start == base + at;
                let bits = |from: usize| ((1u128 << end) - (1u128 << from)) >> MARGIN;
                all.wide_spaces |= bits(at + usize::from(first)) as u64;
                if first && is_word_at(bytes, start + length) {
                    all.before_word |= ((1u128 << at) >> MARGIN) as u64;
                }
            }
        }
        all
    }
}

/// Whether something other than white space and separators is at `at`.
#[inline(always)]
fn is_word_at(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|&byte| byte != SEPARATOR)
        && !matches!(class_at(bytes, at), Some((Class::Space, _)))
}
