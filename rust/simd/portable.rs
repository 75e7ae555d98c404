//! Masks without vector instructions: a table gives each byte's bit in every mask at once.

use super::{BLOCK, Level, Masks, SEPARATOR};

/// The path of every processor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

/// For each byte a number whose byte `m` is 1 if mask `m` holds it; shifted left by `i` and joined, eight of them
/// are the masks of eight bytes.
static BITS: [u64; 256] = bits();

const fn bits() -> [u64; 256] {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        let byte = value as u8;
        let kinds = [
            byte.is_ascii_alphabetic(),
            byte.is_ascii_digit(),
            matches!(byte, b'\t'..=b'\r' | b' '),
            byte == b' ',
            byte == b'\'',
            byte >= 0x80,
            byte == SEPARATOR,
        ];
        let mut mask = 0;
        while mask < kinds.len() {
            table[value] |= (kinds[mask] as u64) << (8 * mask);
            mask += 1;
        }
        value += 1;
    }
    table
}

impl Level for Portable {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let mut masks = Masks::default();
        for (part, bytes) in block.chunks_exact(8).enumerate() {
            let joined =
                bytes.iter().enumerate().fold(0, |all, (i, &byte)| all | BITS[usize::from(byte)] << i);
            let of = |mask: u32| (joined >> (8 * mask) & 0xFF) << (8 * part);
            masks.letter |= of(0);
            masks.digit |= of(1);
            masks.space |= of(2);
            masks.blank |= of(3);
            masks.apostrophe |= of(4);
            masks.high |= of(5);
            masks.separator |= of(6);
        }
        masks
    }
}
