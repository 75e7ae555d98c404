//! Eight bytes as one number. What holds of a byte is said by its highest bit.

const ONES: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte.
const HIGH: u64 = 0x80 * ONES;

/// What makes small letters of capital ones.
pub(crate) const SMALL: u64 = 0x20 * ONES;

/// Which bytes are from `first` to `last`, both ASCII.
#[inline(always)]
pub(crate) fn within(block: u64, first: u8, last: u8) -> u64 {
    let ascii = block & !HIGH;
    let reaches = ascii + u64::from(0x80 - first) * ONES;
    let passes = ascii + u64::from(0x7F - last) * ONES;
    reaches & !passes & !block & HIGH
}

/// Of how many bytes something holds, from the lowest on, before the first of which it does not.
#[inline(always)]
pub(crate) fn leading(found: u64) -> usize {
    (!found & HIGH).trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_byte_is_told_by_itself(bytes in any::<[u8; 8]>(), first in 0u8..0x80, last in 0u8..0x80) {
            let found = within(u64::from_le_bytes(bytes), first, last);
            let expected = bytes.map(|byte| if first <= byte && byte <= last { 0x80 } else { 0 });
            if first <= last {
                prop_assert_eq!(found, u64::from_le_bytes(expected));
                prop_assert_eq!(leading(found), expected.iter().take_while(|high| **high != 0).count());
            }
        }
    }
}
