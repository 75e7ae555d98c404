//! What the values that are looked for begin with: at most places of a text none of them does.

/// Bytes that a place is told by.
const LEAD: usize = 4;
const BITS: u32 = 10;
const WORDS: usize = (1 << BITS) / 64;

/// What values begin with, as bits that this hashes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Leads([u64; WORDS]);

impl Leads {
    /// Takes in a value of [`LEAD`] bytes or more.
    pub(super) fn add(&mut self, value: &[u8]) {
        let (word, bit) = place(value);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Whether a value may begin as `rest` does.
    #[inline]
    pub(super) fn has(&self, rest: &[u8]) -> bool {
        let (word, bit) = place(rest);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

#[inline]
fn place(bytes: &[u8]) -> (usize, u64) {
    let word = bytes.first_chunk::<LEAD>().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    let hash = word.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS);
    (hash as usize / 64, 1 << (hash % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_in_is_there_and_hardly_anything_else() {
        let mut leads = Leads::default();
        let values: Vec<String> = (0..20).map(|n| format!("{:09}", n * 48_271_337)).collect();
        values.iter().for_each(|value| leads.add(value.as_bytes()));
        assert!(values.iter().all(|value| leads.has(value.as_bytes())));
        let others = (0..1000).filter(|n| leads.has(format!("x{n}y7").as_bytes())).count();
        assert!(others < 60, "{others}");
    }
}
