//! Masks without vector instructions: a table gives each byte's bit in every mask at once.

use super::{ANYTHING, Ahead, BLOCK, Level, Masks, NUMBER, SEPARATOR, SIGN, Signs, WORDS};

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

/// The same for the signs.
static SIGN_BITS: [u64; 256] = {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 256 {
        let byte = value as u8;
        let kinds = [
            byte.is_ascii_digit(),
            byte.is_ascii_uppercase(),
            byte == b' ',
            byte == b':',
            byte == b'@',
            matches!(byte, b'%' | b'&' | b'\\' | b'_'),
            byte >= 0x80,
            matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')'),
        ];
        let mut kind = 0;
        while kind < kinds.len() {
            table[value] |= (kinds[kind] as u64) << (8 * kind);
            kind += 1;
        }
        value += 1;
    }
    table
};

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

    #[inline(always)]
    fn signs(self, ahead: &Ahead) -> Signs {
        let mut signs = Signs::default();
        for (part, bytes) in ahead.as_chunks::<8>().0.iter().take(BLOCK / 8).enumerate() {
            let joined =
                bytes.iter().enumerate().fold(0, |all, (i, &byte)| all | SIGN_BITS[usize::from(byte)] << i);
            let of = |mask: u32| (joined >> (8 * mask) & 0xFF) << (8 * part);
            signs.digit |= of(0);
            signs.capital |= of(1);
            signs.blank |= of(2);
            signs.colon |= of(3);
            signs.at |= of(4);
            signs.escape |= of(5);
            signs.high |= of(6);
            signs.gap |= of(7);
        }
        for (at, three) in ahead.windows(3).enumerate() {
            let &[first, second, third] = three else { continue };
            let of = |place: usize, b: u8| if b.is_ascii() { WORDS[place][usize::from(b % 32)] } else { 0 };
            // Behind `at` anything may stand.
            let bits = of(0, first) & of(1, second) & (of(2, third) | ANYTHING);
            signs.letter |= u64::from(first.is_ascii_alphabetic()) << at;
            signs.dash |= u64::from(first == b'-') << at;
            signs.equals |= u64::from(first == b'=') << at;
            signs.bracket |= u64::from(matches!(first, b'[' | b']' | b'^' | b'{'..=b'\x7f')) << at;
            signs.number |= u64::from(bits & NUMBER != 0) << at;
            signs.sign |= u64::from(bits & SIGN != 0) << at;
        }
        signs
    }
}
