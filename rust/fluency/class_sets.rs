//! Sets of word classes that are mostly of one kind, for the rules that ask what a word may be.
//!
//! Frequent words with the same neighbours have one class of `fluency_classes.bin`. A table that is made otherwise numbers
//! them otherwise: the tests beside the rules say what stands in each set.

/// A set of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClassSet([u64; 4]);

impl ClassSet {
    pub(super) const fn of(classes: &[u8]) -> Self {
        let mut set = [0; 4];
        let mut at = 0;
        while at < classes.len() {
            set[classes[at] as usize / 64] |= 1 << (classes[at] % 64);
            at += 1;
        }
        Self(set)
    }

    /// The classes of both.
    pub(super) const fn and(self, more: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, more.0);
        Self([a | e, b | f, c | g, d | h])
    }

    pub(super) fn holds(&self, class: u8) -> bool {
        self.0[usize::from(class / 64)] >> (class % 64) & 1 != 0
    }
}

/// Plain forms of verbs that are no nouns.
pub(super) const BASES: ClassSet = ClassSet::of(&[172, 187, 210, 221, 242]);
/// Plain forms of verbs that may be nouns.
pub(super) const WISHES: ClassSet = ClassSet::of(&[230, 252]);
/// Plain forms that are as often nouns.
pub(super) const MAYBE_BASES: ClassSet = ClassSet::of(&[161, 164, 182]);
