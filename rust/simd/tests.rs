use super::{BLOCK, Kernel, Level, Masks, SEPARATOR, on_every_set};
use proptest::prelude::*;

#[derive(Clone)]
struct Block([u8; BLOCK]);

impl Kernel for Block {
    type Output = Masks;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Masks {
        level.masks(&self.0)
    }
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

#[derive(Clone)]
struct Positions(u64);

impl Kernel for Positions {
    type Output = Vec<u16>;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Vec<u16> {
        let mut out = [0; BLOCK];
        level.positions(self.0, 1000, &mut out);
        out[..self.0.count_ones() as usize].to_vec()
    }
}

#[test]
fn every_byte_has_its_masks_at_every_place() {
    for first in 0..=255u8 {
        let block = std::array::from_fn(|i| first.wrapping_add(i as u8));
        for masks in on_every_set(&Block(block)) {
            assert_eq!(masks, expected(block));
        }
    }
}

proptest! {
    #[test]
    fn positions_are_those_of_the_bits(bits in any::<u64>(), fewer in any::<u64>()) {
        for mask in [bits, bits & fewer, bits | fewer, 0, u64::MAX] {
            let expected: Vec<u16> = (0..64).filter(|&at| mask >> at & 1 != 0).map(|at| 1000 + at).collect();
            for found in on_every_set(&Positions(mask)) {
                prop_assert_eq!(&found, &expected);
            }
        }
    }

    #[test]
    fn all_paths_agree(block in prop::array::uniform32(any::<[u8; 2]>())) {
        let block: [u8; BLOCK] = std::array::from_fn(|i| block[i / 2][i % 2]);
        for masks in on_every_set(&Block(block)) {
            prop_assert_eq!(masks, expected(block));
        }
    }
}
