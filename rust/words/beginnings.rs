//! What some words begin with, by two letters: hardly another word is compared with each of them.

/// For the lowest five bits of the first byte, those of the second, a bit each: capital and small letters are one. It may
/// have a beginning that none of the words has, but never lacks one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beginnings([u32; 32]);

impl Beginnings {
    pub(crate) const NONE: Self = Self([0; 32]);

    /// With the words that begin with these two.
    pub(crate) const fn with(mut self, first: u8, second: u8) -> Self {
        self.0[first as usize % 32] |= 1 << (second % 32);
        self
    }

    /// With the word of this one byte, whatever follows.
    pub(crate) const fn with_any(mut self, first: u8) -> Self {
        self.0[first as usize % 32] = u32::MAX;
        self
    }

    /// With a word of letters; one of a single letter has [`NO_LETTER`] behind it.
    pub(crate) const fn with_word(self, word: &[u8]) -> Self {
        self.with(word[0], if word.len() > 1 { word[1] } else { NO_LETTER })
    }

    /// With some of them.
    pub(crate) const fn with_words(mut self, words: &[&[u8]]) -> Self {
        let mut at = 0;
        while at < words.len() {
            self = self.with_word(words[at]);
            at += 1;
        }
        self
    }

    /// With the words of both.
    pub(crate) const fn with_all(mut self, others: &Self) -> Self {
        let mut first = 0;
        while first < 32 {
            self.0[first] |= others.0[first];
            first += 1;
        }
        self
    }

    /// Whether a word may begin with these two.
    #[inline]
    pub(crate) fn has(&self, first: u8, second: u8) -> bool {
        self.0.get(usize::from(first % 32)).is_some_and(|seconds| seconds >> (second % 32) & 1 == 1)
    }

    /// The same of words of letters, exactly: whatever is no letter ends a word of one.
    #[inline]
    pub(crate) fn has_letters(&self, first: u8, second: u8) -> bool {
        let second = if second.is_ascii_alphabetic() { second } else { NO_LETTER };
        first.is_ascii_alphabetic() && self.has(first, second)
    }
}

/// Stands for what is no letter: of its lowest five bits no letter has as few.
const NO_LETTER: u8 = 0;
