//! Counted n-grams of a sequence of ids: an open-addressing table keyed by the ids themselves, which stay where
//! they are in the sequence.

use crate::words::map::UNKNOWN;

const FREE: u32 = u32::MAX;

/// The n-grams of one sequence, for one order.
#[derive(Debug, Clone)]
pub(super) struct Ngrams {
    order: u8,
    /// For each slot, the entry that it holds, or [`FREE`]; a power of two, at most half used.
    slots: Vec<u32>,
    /// For each distinct n-gram, its first place in the sequence and how often it occurs.
    entries: Vec<(u32, u32)>,
}

impl Ngrams {
    /// Counts the n-grams of `order` in `ids`.
    pub(super) fn new(ids: &[u32], order: u8) -> Self {
        let n = usize::from(order).max(1);
        let room = (2 * (ids.len() + 1).saturating_sub(n).max(4)).next_power_of_two();
        let mut table = Self { order, slots: vec![FREE; room], entries: Vec::new() };
        for (place, gram) in ids.windows(n).enumerate() {
            let (slot, entry) = table.find(ids, gram);
            match entry.and_then(|e| table.entries.get_mut(e)) {
                Some((_, count)) => *count += 1,
                None => {
                    if let Some(slot) = table.slots.get_mut(slot) {
                        *slot = table.entries.len() as u32;
                    }
                    table.entries.push((place as u32, 1));
                }
            }
        }
        table
    }

    /// The order that was counted.
    pub(super) fn order(&self) -> u8 {
        self.order
    }

    /// How many n-grams of `candidate` the sequence `ids` (the one counted) holds, none more often than it does.
    pub(super) fn clipped(&self, ids: &[u32], candidate: &[u32]) -> usize {
        let mut left: Vec<u32> = self.entries.iter().map(|(_, count)| *count).collect();
        let mut hits = 0;
        for gram in candidate.windows(usize::from(self.order).max(1)) {
            if gram.contains(&UNKNOWN) {
                continue;
            }
            if let Some(count) = self.find(ids, gram).1.and_then(|e| left.get_mut(e))
                && *count > 0
            {
                *count -= 1;
                hits += 1;
            }
        }
        hits
    }

    /// The slot where `gram` is or belongs, and its entry if it is there.
    fn find(&self, ids: &[u32], gram: &[u32]) -> (usize, Option<usize>) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash(gram) & mask;
        while let Some(&entry) = self.slots.get(at) {
            if entry == FREE {
                break;
            }
            let place = self.entries.get(entry as usize).map_or(0, |(place, _)| *place as usize);
            if ids.get(place..place + gram.len()) == Some(gram) {
                return (at, Some(entry as usize));
            }
            at = (at + 1) & mask;
        }
        (at, None)
    }
}

fn hash(gram: &[u32]) -> usize {
    let h = gram
        .iter()
        .fold(0u64, |h, &id| (h.rotate_left(23) ^ u64::from(id)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (h >> 32) as usize
}
