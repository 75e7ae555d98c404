//! The parts of a text where PII can be: blocks of 64 bytes in which a candidate could start.
//!
//! A block is interesting when it holds an `@` or the start of an address, or when it and a neighbour together
//! hold enough digits, colons or dashes, or a digit among capitals. Everything careful happens inside interesting blocks; clean text costs
//! this pass alone.
//! Promise: linear, portable, and no candidate of [`LEAST_DIGITS`] digits within 64 bytes is missed.

use std::ops::Range;

const BLOCK: usize = 64;
/// Fewest digits of an identifier (an IPv4 address may have four).
pub(crate) const LEAST_DIGITS: u32 = 4;
/// Fewest colons of an address.
const LEAST_COLONS: u32 = 2;
/// Fewest dashes of an address of a network card, or of the rules around a key.
const LEAST_DASHES: u32 = 5;

/// Fewest capitals of a key that has fewer digits.
const LEAST_CAPITALS: u32 = 12;

/// What a block holds.
#[derive(Debug, Clone, Copy, Default)]
struct Census {
    digits: u32,
    colons: u32,
    dashes: u32,
    capitals: u32,
    at: bool,
    /// It holds the start of an address (`12 O`, `221B B`) or the end of a postcode (`1AA`).
    place: bool,
}

impl Census {
    /// Of a block, given with the two bytes behind it; a shorter one counts as if filled up with zeros.
    fn of(block: &[u8]) -> Self {
        block.first_chunk().map_or_else(
            || {
                let mut padded = [0; BLOCK + 2];
                padded.iter_mut().zip(block).for_each(|(to, from)| *to = *from);
                Self::count(&padded)
            },
            Self::count,
        )
    }

    /// A block's length is known here, so that it is counted in vectors.
    fn count(block: &[u8; BLOCK + 2]) -> Self {
        let (mut digits, mut colons, mut dashes, mut capitals, mut at, mut place) =
            (0u8, 0u8, 0u8, 0u8, 0u8, 0u8);
        for i in 0..BLOCK {
            let (b, first, second) = (block[i], block[i + 1], block[i + 2]);
            let digit = b.wrapping_sub(b'0') < 10;
            digits += u8::from(digit);
            colons += u8::from(b == b':');
            dashes += u8::from(b == b'-');
            capitals += u8::from(b.wrapping_sub(b'A') < 26);
            at |= u8::from(b == b'@');
            // A digit, and behind it a space and a capital in either order, or two capitals.
            let (one, two) = (first.wrapping_sub(b'A') < 26, second.wrapping_sub(b'A') < 26);
            place |= u8::from(digit & (one | (first == b' ')) & (two | (second == b' ')) & (one | two));
        }
        Self {
            digits: u32::from(digits),
            colons: u32::from(colons),
            dashes: u32::from(dashes),
            capitals: u32::from(capitals),
            at: at != 0,
            place: place != 0,
        }
    }

    fn tells(self, neighbour: Self) -> bool {
        let digits = self.digits + neighbour.digits;
        digits >= LEAST_DIGITS
            || self.colons + neighbour.colons >= LEAST_COLONS
            || self.dashes + neighbour.dashes >= LEAST_DASHES
            || (digits > 0 && self.capitals + neighbour.capitals >= LEAST_CAPITALS)
    }
}

/// The interesting parts of `text`, in order, each as long as possible.
pub(crate) fn regions(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let census =
        |i: usize| Census::of(text.get(i * BLOCK..text.len().min((i + 1) * BLOCK + 2)).unwrap_or_default());
    let mut blocks = 0..text.len().div_ceil(BLOCK);
    let mut current = blocks.next().map(|i| (i, census(i)));
    let mut last = Census::default();
    let mut open: Option<usize> = None;
    std::iter::from_fn(move || {
        loop {
            let Some((i, here)) = current else {
                return open.take().map(|from| from..text.len());
            };
            let next = blocks.next().map(|i| (i, census(i)));
            let following = next.map_or_else(Census::default, |(_, census)| census);
            // What a place's digit belongs to may start in the block before.
            let interesting =
                here.at || here.place || following.place || here.tells(last) || here.tells(following);
            last = here;
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
    fn addresses_and_postcodes_open_a_region_over_a_block_border_too() {
        for start in ["12 Oak", "221B Baker", "M1 1AA"] {
            for lead in 55..66 {
                let text = format!("{}{start}{}", "x".repeat(lead), "x".repeat(200));
                assert!(of(&text).iter().any(|&(from, to)| from <= lead && lead < to), "{start} {lead}");
            }
        }
        assert_eq!(of("at 12 noon or  4  A"), []);
        assert_eq!(of(&"x-".repeat(5)), [(0, 10)]);
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
