//! Ids that were met in a run, as hashes: in order, and few bytes each, as there may be a million.

use super::block::mixed;

/// The hash by which ids are compared, the same in every run.
pub fn hash(id: &str) -> u64 {
    // FNV-1a, with its bits mixed once more: ids differ in their last characters.
    let hash =
        id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    mixed(hash)
}

/// Hashes in the order in which they were met, each once.
#[derive(Debug, Clone)]
pub struct Ids {
    order: Vec<u64>,
    /// Where a hash stands in `order`, and one more; 0 where nothing is. Its low bits choose the first place that it may
    /// have here.
    places: Vec<u32>,
    most: usize,
}

impl Default for Ids {
    fn default() -> Self {
        Self::new(Self::MOST)
    }
}

impl PartialEq for Ids {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Ids {
    /// Ids that are compared to find the same one twice; of a longer log the rest is not compared.
    pub const MOST: usize = 1_000_000;

    /// None yet, and never more than `most`.
    pub fn new(most: usize) -> Self {
        Self { order: Vec::new(), places: Vec::new(), most }
    }

    /// Adds a hash, if there is room; whether it was met before.
    pub fn add(&mut self, hash: u64) -> bool {
        // At most two thirds full.
        if self.places.len() * 2 <= self.order.len() * 3 {
            self.widen();
        }
        let place = self.place(hash);
        let Some(found) = self.places.get_mut(place) else { return false };
        if *found != 0 {
            return true;
        }
        if self.order.len() < self.most
            && let Ok(next) = u32::try_from(self.order.len() + 1)
        {
            self.order.push(hash);
            *found = next;
        }
        false
    }

    /// The hashes, in order.
    pub fn in_order(&self) -> &[u64] {
        &self.order
    }

    /// The place of a hash, or the free one where it would go.
    fn place(&self, hash: u64) -> usize {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        while let Some(&found) = self.places.get(place).filter(|found| **found != 0) {
            if self.order.get(found as usize - 1) == Some(&hash) {
                break;
            }
            place = (place + 1) & mask;
        }
        place
    }

    fn widen(&mut self) {
        let room = (2 * self.places.len()).max(64);
        self.places = Vec::new(); // its room is wanted
        self.places = vec![0; room];
        for (i, &hash) in self.order.iter().enumerate() {
            let mut place = hash as usize & (room - 1);
            while self.places.get(place).is_some_and(|found| *found != 0) {
                place = (place + 1) & (room - 1);
            }
            if let Some(found) = self.places.get_mut(place) {
                *found = i as u32 + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_a_list_says(
            hashes in proptest::collection::vec(prop_oneof![0..40_u64, any::<u64>(), Just(u64::MAX)], 0..400),
            most in prop_oneof![0..30_usize, Just(Ids::MOST)],
        ) {
            let (mut ids, mut expected) = (Ids::new(most), Vec::new());
            for hash in hashes {
                let met = expected.contains(&hash);
                prop_assert_eq!(ids.add(hash), met);
                if !met && expected.len() < most {
                    expected.push(hash);
                }
                prop_assert_eq!(ids.in_order(), &expected[..]);
            }
        }
    }
}
