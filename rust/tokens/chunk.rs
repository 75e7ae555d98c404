//! The pre-tokens of a buffer by mask arithmetic, 64 bytes at a time.
//!
//! Texts are copied into a buffer with a separator after each, so that nothing here has a tail or reads past an
//! end. The starts of pre-tokens are those that [`super::split`] finds one character at a time.

use super::lookup::Pieces;
use super::split::{class_at, contraction};
use super::tables::{Class, SHORT_BYTES, short_key};
use crate::simd::{BLOCK, Level, Masks, SEPARATOR};

/// Bytes of text that a chunk holds, separators included.
pub(super) const CAPACITY: usize = 8192;
/// The buffer goes on with separators as far as any kernel reads.
pub(super) const BUFFER: usize = CAPACITY + 2 * BLOCK;
/// Blocks of a full buffer; the last is nothing but separators.
const BLOCKS: usize = CAPACITY / BLOCK + 1;
/// More than any block can add is free after the last start.
pub(super) const STARTS: usize = CAPACITY + 2 * BLOCK;

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
    /// The starts in each block as bits, and their number before it.
    blocks: Box<[(u64, u16); BLOCKS]>,
    filled: usize,
}

impl Default for Chunk {
    fn default() -> Self {
        Self {
            bytes: Box::new([SEPARATOR; BUFFER]),
            starts: Box::new([0; STARTS]),
            keys: Box::new([0; STARTS]),
            long: Box::new([0; STARTS]),
            longs: 0,
            blocks: Box::new([(0, 0); BLOCKS]),
            filled: 0,
        }
    }
}

impl Chunk {
    /// Forgets all texts.
    pub(super) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Whether there is room for `text`; an empty chunk has room for less than [`CAPACITY`] bytes.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.filled + text.len() < CAPACITY
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

    /// Finds the starts of the pre-tokens and of the separators.
    #[inline(always)]
    pub(super) fn scan<L: Level>(&mut self, level: L) {
        if let Some(after) = self.bytes.get_mut(self.filled..self.filled + 2 * BLOCK) {
            after.fill(SEPARATOR);
        }
        let mut scan = Scan::default();
        // A whole block of separators comes last, so that each start has a next one.
        let blocks = self.filled / BLOCK + 1;
        for (block, found) in self.blocks.iter_mut().take(blocks).enumerate() {
            let base = block * BLOCK;
            let Some(bytes) = self.bytes.get(base..).and_then(<[u8]>::first_chunk::<BLOCK>) else { break };
            found.0 = scan.starts(&self.bytes, base, level.masks(bytes));
        }
        let mut before = 0;
        let mut side_by_side = false;
        self.longs = 0;
        for block in 0..blocks {
            let Some(found) = self.blocks.get_mut(block) else { break };
            found.1 = before as u16;
            let starts = found.0;
            let Some(room) = self.starts.get_mut(before..).and_then(<[u16]>::first_chunk_mut) else { break };
            level.positions(starts, (block * BLOCK) as u16, room);
            // The last word of the block ends in the next one; more than eight bytes are as good as any.
            let next = self.blocks.get(block + 1).map_or(0, |next| next.0);
            let next = (BLOCK as u32 + next.trailing_zeros()) as u8;
            let window = self.bytes.get(block * BLOCK..).and_then(<[u8]>::first_chunk);
            let keys = self.keys.get_mut(before..).and_then(<[u64]>::first_chunk_mut);
            let long = self.long.get_mut(self.longs..).and_then(<[u16]>::first_chunk_mut);
            let (Some(window), Some(keys), Some(long)) = (window, keys, long) else { break };
            if let Some(longs) = level.words(window, starts, next, keys) {
                level.positions(longs, before as u16, long);
                self.longs += longs.count_ones() as usize;
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
        let ends = self.starts.get(1..).unwrap_or_default();
        for (number, ((&start, &end), key)) in
            self.starts.iter().zip(ends).zip(self.keys.iter_mut()).take(count).enumerate()
        {
            let length = usize::from(end.wrapping_sub(start));
            let start = usize::from(start) % CAPACITY;
            let bytes = self.bytes.get(start..start + SHORT_BYTES).and_then(<[u8]>::first_chunk);
            *key = short_key(bytes.unwrap_or(&[0; SHORT_BYTES]), length);
            self.long[self.longs % CAPACITY] = number as u16;
            self.longs += usize::from(length > SHORT_BYTES);
        }
    }

    /// Keys of the pre-tokens that can be short tokens, by number.
    #[inline(always)]
    pub(super) fn keys(&self) -> &[u64; STARTS] {
        &self.keys
    }

    /// The numbers of the pre-tokens that are too long for such a key.
    #[inline(always)]
    pub(super) fn long(&self) -> &[u16] {
        self.long.get(..self.longs).unwrap_or_default()
    }

    /// Number of the pre-token or separator that begins at a byte.
    #[inline(always)]
    pub(super) fn number_at(&self, start: u16) -> u16 {
        let at = usize::from(start);
        let (starts, before) = self.blocks.get(at / BLOCK).copied().unwrap_or_default();
        before + (starts & ((1 << (at % BLOCK)) - 1)).count_ones() as u16
    }

    /// The bytes and starts of the pre-tokens.
    #[inline(always)]
    pub(super) fn pieces(&self) -> Pieces<'_> {
        Pieces { bytes: &self.bytes, starts: &self.starts }
    }

    /// Ends the only text, of which more follows than the chunk holds, where it is cut whatever follows: its last
    /// few bytes may begin a contraction or be white space that goes on. Returns that end.
    pub(super) fn settle(&mut self) -> u16 {
        let last = self.filled.saturating_sub(4);
        // The last start up to there.
        let number = self.number_at(last as u16 + 1).wrapping_sub(1);
        let end = self.starts.get(usize::from(number)).copied().unwrap_or(0);
        if let Some(byte) = self.bytes.get_mut(usize::from(end)) {
            *byte = SEPARATOR;
        }
        end
    }
}

/// What a block needs to know of the one before it.
#[derive(Default)]
struct Scan {
    /// Bits that characters, contractions and classes reach into the next block with.
    letter: u64,
    number: u64,
    space: u64,
    other: u64,
    started: u64,
    cleared: u64,
    /// Class of the last byte of the block before, as bit 0.
    last: Last,
}

/// One bit each: what the byte before the block was.
#[derive(Default)]
struct Last {
    letter: u64,
    number: u64,
    space: u64,
    other: u64,
    blank: u64,
}

impl Scan {
    /// Where pre-tokens begin in the block at `base`.
    #[inline(always)]
    fn starts(&mut self, bytes: &[u8; BUFFER], base: usize, masks: Masks) -> u64 {
        let mut letter = masks.letter;
        let mut number = masks.digit;
        let mut space = masks.space;
        let mut other = !(masks.letter | masks.digit | masks.space | masks.high);
        let mut extra = 0;
        if masks.high & !masks.separator != 0 {
            extra = self.classify(bytes, base, masks, [&mut letter, &mut number, &mut space, &mut other]);
        }
        let word = letter | number | other;
        // White space of one byte before something else: that last one of a run begins a pre-token. At the end of
        // the block it takes a look at the next.
        let mut before_word = masks.space & (word >> 1);
        if masks.space >> 63 != 0 && is_word_at(bytes, base + BLOCK) {
            before_word |= 1 << 63;
        }
        let after = |mask: u64, last: u64| mask & !(mask << 1 | last);
        let other_begins = after(other, self.last.other);
        let word_begins = after(letter, self.last.letter) | after(number, self.last.number) | other_begins;
        let after_blank = masks.blank << 1 | self.last.blank;
        let mut starts = word_begins & !after_blank
            | after(space, self.last.space)
            | before_word
            | extra
            | masks.separator;
        starts = starts & !self.cleared | self.started;
        (self.cleared, self.started) = (0, 0);
        let mut apostrophes = masks.apostrophe & other_begins & !after_blank;
        while apostrophes != 0 {
            let at = apostrophes.trailing_zeros() as usize;
            apostrophes &= apostrophes - 1;
            let length = contraction(bytes.get(base + at..).unwrap_or_default());
            if length > 0 {
                // The letters no longer begin where the apostrophe ends, but after the contraction.
                let (inside, end) = (2u128 << at, 1u128 << (at + length));
                starts = starts & !(inside as u64) | end as u64;
                self.cleared |= (inside >> 64) as u64;
                self.started |= (end >> 64) as u64;
            }
        }
        self.last = Last {
            letter: letter >> 63,
            number: number >> 63,
            space: space >> 63,
            other: other >> 63,
            blank: masks.blank >> 63,
        };
        starts
    }

    /// Adds the characters beyond ASCII to the masks; returns the starts of such white space that stands before
    /// something else.
    #[inline(never)]
    fn classify(&mut self, bytes: &[u8; BUFFER], base: usize, masks: Masks, into: [&mut u64; 4]) -> u64 {
        let [letter, number, space, other] = into;
        *letter |= std::mem::take(&mut self.letter);
        *number |= std::mem::take(&mut self.number);
        *space |= std::mem::take(&mut self.space);
        *other |= std::mem::take(&mut self.other);
        let mut extra = 0;
        let mut high = masks.high & !(masks.separator | *letter | *number | *space | *other);
        while high != 0 {
            let at = high.trailing_zeros() as usize;
            let Some((class, length)) = class_at(bytes, base + at) else { break };
            let covered = ((1u128 << length) - 1) << at;
            high &= !(covered as u64);
            let (mask, beyond) = match class {
                Class::Letter => (&mut *letter, &mut self.letter),
                Class::Number => (&mut *number, &mut self.number),
                Class::Other => (&mut *other, &mut self.other),
                Class::Space => {
                    extra |= u64::from(is_word_at(bytes, base + at + length)) << at;
                    (&mut *space, &mut self.space)
                }
            };
            *mask |= covered as u64;
            *beyond |= (covered >> 64) as u64;
        }
        extra
    }
}

/// Whether something other than white space and separators is at `at`.
#[inline(always)]
fn is_word_at(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|&byte| byte != SEPARATOR)
        && !matches!(class_at(bytes, at), Some((Class::Space, _)))
}
