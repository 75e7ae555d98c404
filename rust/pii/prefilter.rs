//! The parts of a text where PII can be: blocks of 64 bytes in which a candidate could start.
//!
//! A block is interesting when it holds an `@`, or when it and a neighbour together hold enough digits or
//! colons, or a digit among capitals. Everything careful happens inside interesting blocks; clean text costs
//! this pass alone.
//! Promise: linear, portable, and no candidate of [`LEAST_DIGITS`] digits within 64 bytes is missed.

use std::ops::Range;

const BLOCK: usize = 64;
/// Fewest digits of an identifier (an IPv4 address may have four).
pub(crate) const LEAST_DIGITS: u32 = 4;
/// Fewest colons of an address.
const LEAST_COLONS: u32 = 2;

/// Fewest capitals of a key that has fewer digits.
const LEAST_CAPITALS: u32 = 12;

/// What a block holds.
#[derive(Debug, Clone, Copy, Default)]
struct Census {
    digits: u32,
    colons: u32,
    capitals: u32,
    at: bool,
}

impl Census {
    fn of(block: &[u8]) -> Self {
        let (mut digits, mut colons, mut capitals, mut at) = (0u8, 0u8, 0u8, 0u8);
        for &b in block {
            digits += u8::from(b.wrapping_sub(b'0') < 10);
            colons += u8::from(b == b':');
            capitals += u8::from(b.wrapping_sub(b'A') < 26);
            at |= u8::from(b == b'@');
        }
        Self {
            digits: u32::from(digits),
            colons: u32::from(colons),
            capitals: u32::from(capitals),
            at: at != 0,
        }
    }

    fn tells(self, neighbour: Self) -> bool {
        let digits = self.digits + neighbour.digits;
        digits >= LEAST_DIGITS
            || self.colons + neighbour.colons >= LEAST_COLONS
            || (digits > 0 && self.capitals + neighbour.capitals >= LEAST_CAPITALS)
    }
}

/// The interesting parts of `text`, in order, each as long as possible.
pub(crate) fn regions(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut blocks = text.chunks(BLOCK).enumerate();
    let mut current = blocks.next().map(|(i, block)| (i, Census::of(block)));
    let mut last = Census::default();
    let mut open: Option<usize> = None;
    std::iter::from_fn(move || {
        loop {
            let Some((i, census)) = current else {
                return open.take().map(|from| from..text.len());
            };
            let next = blocks.next().map(|(i, block)| (i, Census::of(block)));
            let following = next.map_or_else(Census::default, |(_, census)| census);
            let interesting = census.at || census.tells(last) || census.tells(following);
            last = census;
            current = next;
            match (interesting, open) {
                (true, None) => open = Some(i * BLOCK),
                (false, Some(from)) => {
                    open = None;
                    return Some(from..i * BLOCK);
                }
                _ => {}
            }
        }
    })
}

/// The first byte from `from` on for which `is` holds; blocks without one are passed over whole.
pub(crate) fn find(text: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = from;
    for block in text.get(from..)?.chunks(BLOCK) {
        if block.iter().fold(false, |any, &b| any | is(b)) {
            return block.iter().position(|&b| is(b)).map(|i| at + i);
        }
        at += block.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(usize, usize)> {
        regions(text.as_bytes()).map(|region| (region.start, region.end)).collect()
    }

    #[test]
    fn the_first_byte_is_found() {
        let text = format!("{}%a%", "x".repeat(150));
        assert_eq!(find(text.as_bytes(), 0, |b| b == b'%'), Some(150));
        assert_eq!(find(text.as_bytes(), 151, |b| b == b'%'), Some(152));
        assert_eq!(find(text.as_bytes(), 153, |b| b == b'%'), None);
        assert_eq!(find(text.as_bytes(), 999, |b| b == b'%'), None);
    }

    #[test]
    fn clean_text_has_no_region() {
        assert_eq!(of(""), []);
        assert_eq!(of("Nothing to see here, in 12 words: none. "), []);
        assert_eq!(of(&"clean prose ".repeat(100)), []);
    }

    #[test]
    fn digits_count_over_a_block_border() {
        let text = format!("{}1234{}", "x".repeat(62), "x".repeat(200));
        assert_eq!(of(&text), [(0, 128)]);
    }

    #[test]
    fn regions_are_joined_and_reach_the_end() {
        let text = format!("{}@{}", "x".repeat(130), "x".repeat(10));
        assert_eq!(of(&text), [(128, 141)]);
        assert_eq!(of(&"@".repeat(200)), [(0, 200)]);
    }
}
