//! What some bytes around a number are: those of up to 64 at once, from any place on.

use crate::simd::{Kernel, Level, Masks, Set, Signs};

/// What up to 64 bytes are, a bit each: letters, and all but ASCII.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub(crate) letter: u64,
    pub(crate) high: u64,
}

impl Near {
    /// Those of the first of some bytes.
    #[inline]
    pub(crate) fn of(set: Set, bytes: &[u8]) -> Self {
        set.run(Classify(bytes))
    }
}

struct Classify<'a>(&'a [u8]);

impl Kernel for Classify<'_> {
    type Output = Near;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Near {
        let Masks { letter, high, .. } = match self.0.first_chunk() {
            Some(block) => level.masks(block),
            None => level.short_masks(self.0),
        };
        Near { letter, high }
    }
}

/// What the bytes from the start of a group of digits and letters on are, a bit each of up to 64.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Groups {
    pub(crate) letter: u64,
    pub(crate) capital: u64,
    pub(crate) digit: u64,
    /// What separates groups.
    pub(crate) gap: u64,
    /// How many digits the first one has.
    pub(crate) digits: u32,
}

impl Groups {
    #[inline]
    pub(crate) fn of(set: Set, text: &[u8], start: usize) -> Self {
        set.run(Group(text.get(start..).unwrap_or_default()))
    }
}

/// The lowest so many bits.
#[inline(always)]
pub(crate) fn low(count: u32) -> u64 {
    if count < u64::BITS { (1 << count) - 1 } else { u64::MAX }
}

struct Group<'a>(&'a [u8]);

impl Kernel for Group<'_> {
    type Output = Groups;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Groups {
        let Signs { letter, capital, digit, gap, .. } = match self.0.first_chunk() {
            Some(ahead) => level.signs(ahead),
            None => level.short_signs(self.0),
        };
        let first = low((letter | digit).trailing_ones());
        Groups { letter, capital, digit, gap, digits: (digit & first).count_ones() }
    }
}
