//! What is known of the words of some texts: a few bits each, so that a word of a summary is looked up once for all.

use crate::words::map::{Word, WordMap};

/// A word of a text, or the stem of one.
pub(super) const HELD: u32 = 1;
/// A word of a text that was read: what comes of it is known.
pub(super) const READ: u32 = 1 << 1;
/// A word that stands in a text as it is written, without a negation.
pub(super) const WRITTEN: u32 = 1 << 2;
/// The key of such a word.
pub(super) const PLAIN: u32 = 1 << 3;
/// The key of a word that stands under a negation.
pub(super) const NEGATED: u32 = 1 << 4;
/// Initials of a run of capitalised words.
pub(super) const INITIALS: u32 = 1 << 5;
/// A word that is not ordinary.
pub(super) const UNUSUAL: u32 = 1 << 6;

/// Words, stems, keys and initials with their bits.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks(WordMap);

impl Marks {
    /// Has room for `words` of each before it grows.
    pub(super) fn reserve(&mut self, words: usize) {
        if self.0.is_empty() {
            self.0 = WordMap::with_capacity(words);
        }
    }

    /// Asks for a word that is looked up soon.
    #[inline]
    pub(super) fn ask(&self, word: Word<'_>) {
        self.0.ask(word);
    }

    /// Adds bits; those that there were.
    #[inline]
    pub(super) fn add(&mut self, word: Word<'_>, bits: u32) -> u32 {
        self.0.mark(word, bits)
    }

    /// Those of a word.
    #[inline]
    pub(super) fn of(&self, word: Word<'_>) -> u32 {
        self.0.marks(word)
    }

    /// Whether a word has any of some bits.
    #[inline]
    pub(super) fn has(&self, word: Word<'_>, bits: u32) -> bool {
        self.of(word) & bits != 0
    }
}
