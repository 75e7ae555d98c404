//! A set of numbers as bits, and how many of them are below another one.

use super::chunk::zeros;

/// Bits of `64 * BLOCKS` numbers, 64 a block, and how many are set before each block.
pub(super) struct Ranks<const BLOCKS: usize>(Box<[(u64, u16); BLOCKS]>);

impl<const BLOCKS: usize> Default for Ranks<BLOCKS> {
    fn default() -> Self {
        Self(zeros())
    }
}

impl<const BLOCKS: usize> Ranks<BLOCKS> {
    /// The bits of a block.
    #[inline(always)]
    pub(super) fn bits(&self, block: usize) -> u64 {
        self.0.get(block).map_or(0, |block| block.0)
    }

    /// Puts `bits` into a block.
    #[inline(always)]
    pub(super) fn put(&mut self, block: usize, bits: u64) {
        if let Some(block) = self.0.get_mut(block) {
            block.0 = bits;
        }
    }

    /// Notes how many bits are set before a block; returns its own.
    #[inline(always)]
    pub(super) fn count_before(&mut self, block: usize, before: u16) -> u64 {
        let Some(block) = self.0.get_mut(block) else { return 0 };
        block.1 = before;
        block.0
    }

    /// Removes all numbers up to `most`.
    #[inline(always)]
    pub(super) fn clear(&mut self, most: u16) {
        self.up_to(most).fill((0, 0));
    }

    /// Inserts a number.
    #[inline(always)]
    pub(super) fn insert(&mut self, number: u16) {
        if let Some(block) = self.0.get_mut(usize::from(number) / 64) {
            block.0 |= 1 << (number % 64);
        }
    }

    /// Notes for each block up to that of `most` how many numbers there are before it.
    #[inline(always)]
    pub(super) fn count_up(&mut self, most: u16) {
        let mut before = 0;
        for block in self.up_to(most) {
            block.1 = before;
            before += block.0.count_ones() as u16;
        }
    }

    #[inline(always)]
    fn up_to(&mut self, most: u16) -> &mut [(u64, u16)] {
        self.0.get_mut(..=usize::from(most) / 64).unwrap_or_default()
    }

    /// How many of the numbers are below `number`.
    #[inline(always)]
    pub(super) fn rank(&self, number: u16) -> u16 {
        let (bits, before) = self.0.get(usize::from(number) / 64).copied().unwrap_or_default();
        before + (bits & ((1 << (number % 64)) - 1)).count_ones() as u16
    }

    /// Bytes of the bits and counts.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}
