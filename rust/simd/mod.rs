//! Blocks of 64 bytes to masks: what every byte of a block is, one bit a byte.
//!
//! There is a portable path and one each for AVX2 and AVX-512, all with the same result. A [`Kernel`] is compiled
//! once for each of them and [`dispatch`] runs the best that the processor has.

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
mod tests;

pub(crate) use portable::Portable;

/// Bytes in a block.
pub(crate) const BLOCK: usize = 64;

/// Stands between and after texts in a buffer; no UTF-8 holds it.
pub(crate) const SEPARATOR: u8 = 0xFF;

/// What the bytes of a block are; bit `i` speaks of byte `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `A` to `Z` and `a` to `z`.
    pub(crate) letter: u64,
    /// `0` to `9`.
    pub(crate) digit: u64,
    /// Tab, line feed, vertical tab, form feed, carriage return and space.
    pub(crate) space: u64,
    /// The space alone.
    pub(crate) blank: u64,
    /// `'`
    pub(crate) apostrophe: u64,
    /// 0x80 and above, [`SEPARATOR`] among them.
    pub(crate) high: u64,
    /// [`SEPARATOR`]
    pub(crate) separator: u64,
}

/// An instruction set; a value of it proves that the processor has it.
pub(crate) trait Level: Copy {
    /// The masks of one block.
    fn masks(self, block: &[u8; BLOCK]) -> Masks;

    /// Writes `base` plus the position of each bit of `mask` in order; what lies behind them is arbitrary.
    #[inline(always)]
    fn positions(self, mask: u64, base: u16, out: &mut [u16; BLOCK]) {
        let mut left = mask;
        for eight in out.chunks_exact_mut(8) {
            // Eight at a time without asking for each whether it is there.
            for position in eight {
                *position = base.wrapping_add(left.trailing_zeros() as u16);
                left &= left.wrapping_sub(1);
            }
            if left == 0 {
                break;
            }
        }
    }

    /// Words side by side, where that is quicker than one at a time: for each bit of `starts` the bytes of `window`
    /// from there to the next bit, the last one's to `next`, padded with [`SEPARATOR`] to eight; nothing but padding
    /// for more than eight. What lies behind them is arbitrary. Returns which of the words have more than eight
    /// bytes, the first in bit 0.
    #[inline(always)]
    fn words(
        self,
        window: &[u8; 2 * BLOCK],
        starts: u64,
        next: u8,
        out: &mut [u64; BLOCK],
    ) -> Option<u64> {
        let _ = (window, starts, next, out);
        None
    }
}

/// Work that is compiled for each instruction set.
pub(crate) trait Kernel {
    /// What the work gives.
    type Output;
    /// Does the work. To be marked `#[inline(always)]`, so that it is compiled for the instruction set.
    fn run<L: Level>(self, level: L) -> Self::Output;
}

/// Runs `kernel` on the best instruction set that the processor has.
pub(crate) fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(level) = x86::Avx512::detect() {
            return level.run(kernel);
        }
        if let Some(level) = x86::Avx2::detect() {
            return level.run(kernel);
        }
    }
    kernel.run(Portable)
}

/// Asks the processor to fetch what is needed soon.
#[inline(always)]
pub(crate) fn prefetch<T>(soon: Option<&T>) {
    #[cfg(target_arch = "x86_64")]
    if let Some(soon) = soon {
        x86::prefetch(soon);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = soon;
}

/// What `kernel` gives on every instruction set that the processor has, and by [`dispatch`].
#[cfg(test)]
pub(crate) fn on_every_level<K: Kernel + Clone>(kernel: &K) -> Vec<K::Output> {
    let mut all = vec![dispatch(kernel.clone()), kernel.clone().run(Portable)];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend(x86::Avx2::detect().map(|level| level.run(kernel.clone())));
        all.extend(x86::Avx512::detect().map(|level| level.run(kernel.clone())));
    }
    all
}
