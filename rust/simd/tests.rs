use super::{BLOCK, Kernel, Level, Masks, Portable, SEPARATOR, dispatch};
use proptest::prelude::*;

struct Block([u8; BLOCK]);

impl Kernel for Block {
    type Output = Masks;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Masks {
        level.masks(&self.0)
    }
}

/// The masks of `block` on every path that this processor has.
fn on_every_path(block: [u8; BLOCK]) -> Vec<Masks> {
    let mut all = vec![dispatch(Block(block)), Block(block).run(Portable)];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend(super::x86::Avx2::detect().map(|level| level.run(Block(block))));
        all.extend(super::x86::Avx512::detect().map(|level| level.run(Block(block))));
    }
    all
}

/// The masks by their definitions.
fn expected(block: [u8; BLOCK]) -> Masks {
    let mask = |holds: &dyn Fn(u8) -> bool| {
        block.iter().enumerate().fold(0, |all, (i, &byte)| all | u64::from(holds(byte)) << i)
    };
    Masks {
        letter: mask(&|b| b.is_ascii_alphabetic()),
        digit: mask(&|b| b.is_ascii_digit()),
        space: mask(&|b| b" \t\n\x0b\x0c\r".contains(&b)),
        blank: mask(&|b| b == b' '),
        apostrophe: mask(&|b| b == b'\''),
        high: mask(&|b| !b.is_ascii()),
        separator: mask(&|b| b == SEPARATOR),
    }
}

#[test]
fn every_byte_has_its_masks_at_every_place() {
    for first in 0..=255u8 {
        let block = std::array::from_fn(|i| first.wrapping_add(i as u8));
        for masks in on_every_path(block) {
            assert_eq!(masks, expected(block));
        }
    }
}

proptest! {
    #[test]
    fn all_paths_agree(block in prop::array::uniform32(any::<[u8; 2]>())) {
        let block: [u8; BLOCK] = std::array::from_fn(|i| block[i / 2][i % 2]);
        for masks in on_every_path(block) {
            prop_assert_eq!(masks, expected(block));
        }
    }
}
