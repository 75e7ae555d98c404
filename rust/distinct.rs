//! How many different ones there are.

/// Slots that need no allocation: enough for a summary's words.
const NEAR: usize = 256;

/// How many of at most `most` hashes are different.
pub(crate) fn distinct(hashes: impl Iterator<Item = u64>, most: usize) -> usize {
    // Open addressing with linear probing, 0 for free: at most half of the slots are used.
    let len = (2 * most).next_power_of_two();
    let (mut near, mut far) = ([0; NEAR], Vec::new());
    let slots = match near.get_mut(..len) {
        Some(slots) => slots,
        None => {
            far.resize(len, 0);
            &mut far
        }
    };
    let mask = slots.len() - 1;
    let mut distinct = 0;
    for hash in hashes {
        let hash = hash.max(1);
        let mut at = hash as usize & mask;
        while let Some(slot) = slots.get_mut(at) {
            if *slot == 0 {
                *slot = hash;
                distinct += 1;
            }
            if *slot == hash {
                break;
            }
            at = (at + 1) & mask;
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn as_many_as_a_set_holds(hashes in prop::collection::vec(1u64..50, 0..300), far in any::<Vec<u64>>()) {
            for hashes in [hashes, far] {
                let set: HashSet<u64> = hashes.iter().map(|hash| (*hash).max(1)).collect();
                prop_assert_eq!(distinct(hashes.iter().copied(), hashes.len()), set.len());
            }
        }
    }
}
