//! Runs of characters of a text, such as its words.

use crate::simd::{BLOCK, Kernel, Level, Set, bits};

type IsPart = fn(char) -> bool;

/// The characters that runs are made of: the letters and digits of ASCII, and others.
pub(super) struct Class {
    /// Marks of ASCII, each a bit.
    marks: u128,
    /// Whether a character beyond ASCII is one; none is where nothing says so.
    beyond: Option<IsPart>,
}

impl Class {
    /// With some marks.
    pub(super) const fn with(marks: &[u8]) -> Self {
        let (mut all, mut i) = (0, 0);
        while i < marks.len() {
            all |= 1 << marks[i];
            i += 1;
        }
        Self { marks: all, beyond: None }
    }

    /// With all marks but some.
    pub(super) const fn with_all_but(marks: &[u8]) -> Self {
        const GRAPHIC: u128 = !(1 << 0x7F) & !((1 << 0x21) - 1);
        Self { marks: GRAPHIC & !Self::with(marks).marks, beyond: None }
    }

    /// And of what lies beyond ASCII what `beyond` says.
    pub(super) const fn and_beyond(mut self, beyond: IsPart) -> Self {
        self.beyond = Some(beyond);
        self
    }

    /// For each byte of a text whether it is of the class, a bit each, and zeros behind the last.
    fn masks(&self, set: Set, text: &str) -> Vec<u64> {
        let mut masks = Vec::with_capacity(text.len() / BLOCK + 1);
        let is_ascii = set.run(Marking { class: self, bytes: text.as_bytes(), masks: &mut masks });
        if let Some(is_part) = self.beyond.filter(|_| !is_ascii) {
            let beyond = text.char_indices().filter(|(_, c)| !c.is_ascii() && is_part(*c));
            for at in beyond.flat_map(|(start, c)| start..start + c.len_utf8()) {
                if let Some(mask) = masks.get_mut(at / BLOCK) {
                    *mask |= 1 << (at % BLOCK);
                }
            }
        }
        masks
    }
}

/// Finds what of ASCII is of a class; whether all of the text is ASCII.
struct Marking<'a> {
    class: &'a Class,
    bytes: &'a [u8],
    masks: &'a mut Vec<u64>,
}

impl Kernel for Marking<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> bool {
        let mut high = 0;
        for bytes in self.bytes.chunks(BLOCK) {
            let of = bytes.first_chunk().map_or_else(|| level.short_masks(bytes), |block| level.masks(block));
            let words = of.letter | of.digit;
            high |= of.high;
            let others = if self.class.marks == 0 { 0 } else { !(words | of.space | of.high) };
            let is_mark =
                |at: &usize| bytes.get(*at).is_some_and(|&b| self.class.marks >> (b % 128) & 1 == 1);
            let marks = bits(others).filter(is_mark).fold(0, |marks, at| marks | 1 << at);
            self.masks.push(words | marks);
        }
        high == 0
    }
}

/// The longest runs of a class, each with where it starts.
pub(super) fn runs<'t>(text: &'t str, class: &Class) -> impl Iterator<Item = (usize, &'t str)> {
    let mut masks = class.masks(Set::default(), text).into_iter().enumerate();
    let (mut base, mut edges, mut open) = (0, 0u64, 0);
    let mut edge = move || {
        while edges == 0 {
            let (block, mask) = masks.next()?;
            base = block * BLOCK;
            // A bit where a run begins, and one right behind its end.
            edges = mask ^ (mask << 1 | open);
            open = mask >> (BLOCK - 1);
        }
        let at = base + edges.trailing_zeros() as usize;
        edges &= edges - 1;
        Some(at)
    };
    std::iter::from_fn(move || {
        let start = edge()?;
        let end = edge().unwrap_or(text.len());
        Some((start, text.get(start..end)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    static PLAIN: Class = Class::with(b"._");
    static BUT: Class = Class::with_all_but(b",;");
    static WORDS: Class = Class::with(b"").and_beyond(char::is_alphabetic);

    proptest! {
        #[test]
        fn runs_are_what_splitting_gives(text in "[a-c0-1 .,;_é—Ж\u{7}]{0,200}|[ab]{60,70}|\\PC{0,20}") {
            let classes: [(&Class, IsPart); 3] = [
                (&PLAIN, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')),
                (&BUT, |c| c.is_ascii_graphic() && !matches!(c, ',' | ';')),
                (&WORDS, |c| if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphabetic() }),
            ];
            for (class, is_part) in classes {
                let found: Vec<_> = runs(&text, class).map(|(_, run)| run).collect();
                let split: Vec<_> = text.split(|c| !is_part(c)).filter(|run| !run.is_empty()).collect();
                prop_assert_eq!(&found, &split);
                prop_assert!(runs(&text, class).all(|(start, run)| text[start..].starts_with(run)));
                let masks = class.masks(Set::default(), &text);
                prop_assert!(Set::all().all(|set| class.masks(set, &text) == masks));
            }
        }
    }
}
