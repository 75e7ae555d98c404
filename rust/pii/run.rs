//! Short texts side by side, so that one survey tells of a dozen of them.
//!
//! Promise: a text's part of the survey is what [`Survey::of`] says of the text alone.

use super::prefilter::{Ground, SHORT, SURVEYED, Survey};
use crate::simd::{BLOCK, Set};

/// Bytes that are looked at behind a block.
const BEHIND: usize = 2;

/// Texts, each from a block's start on and with zeros behind it: as many as one survey holds.
#[derive(Debug)]
pub(crate) struct Run {
    bytes: Box<[u8; SURVEYED * BLOCK + BEHIND]>,
    /// Blocks that are taken.
    blocks: usize,
    /// Those that a text begins in, a bit each.
    starts: u64,
}

impl Run {
    pub(crate) fn new() -> Self {
        Self { bytes: Box::new([0; SURVEYED * BLOCK + BEHIND]), blocks: 0, starts: 0 }
    }

    /// Takes in a text; gives the number of its first block, or `None` if there is no room for it.
    pub(crate) fn push(&mut self, text: &[u8]) -> Option<usize> {
        let first = self.blocks;
        // At least as many zeros as are looked at behind a block stand between two texts.
        let blocks = (text.len() + BEHIND).div_ceil(BLOCK);
        if text.len() > SHORT || first + blocks > SURVEYED {
            return None;
        }
        let room = self.bytes.get_mut(first * BLOCK..(first + blocks) * BLOCK)?;
        // The last block, and the byte before it, are all that zeros could be in.
        *room.last_chunk_mut::<BLOCK>()? = [0; BLOCK];
        *room.get_mut(text.len())? = 0;
        room.get_mut(..text.len())?.copy_from_slice(text);
        self.starts |= 1 << first;
        self.blocks += blocks;
        Some(first)
    }

    /// What the blocks of all texts hold.
    pub(crate) fn survey(&self, set: Set) -> Survey {
        let length = self.blocks * BLOCK;
        let bytes = self.bytes.get(..length + BEHIND).unwrap_or_default();
        Survey::of_run(set, Ground::part(bytes, length), self.starts)
    }

    /// The bytes of the text of so many bytes whose first block has that number.
    pub(crate) fn ground(&self, first: usize, length: usize) -> Ground<'_> {
        let end = first * BLOCK + length.next_multiple_of(BLOCK) + BEHIND;
        Ground::part(self.bytes.get(first * BLOCK..end).unwrap_or_default(), length)
    }

    /// Makes room for other texts.
    pub(crate) fn clear(&mut self) {
        (self.blocks, self.starts) = (0, 0);
    }
}
