//! Bytes of a text by the dozen: how many are of a kind, where one of a set stands next, the characters beyond ASCII.

use crate::eight::{SMALL, leading, within};
use std::ops::Range;

/// A set of bytes.
pub(super) struct Bytes([bool; 256]);

impl Bytes {
    pub(super) const fn new(bytes: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut at = 0;
        while at < bytes.len() {
            table[bytes[at] as usize] = true;
            at += 1;
        }
        Self(table)
    }

    pub(super) const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// Those of both.
    pub(super) const fn with(mut self, others: &Self) -> Self {
        let mut at = 0;
        while at < 256 {
            self.0[at] |= others.0[at];
            at += 1;
        }
        self
    }

    /// The place of the first of them in `text`, from `at` on.
    pub(super) fn next(&self, text: &[u8], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        // Eight at a time without asking each: most are none.
        let (blocks, tail) = rest.as_chunks::<8>();
        let has = |block: &[u8; 8]| block.iter().fold(false, |any, byte| any | self.has(*byte));
        let skipped = 8 * blocks.iter().position(has).unwrap_or(blocks.len());
        let near = rest.get(skipped..).unwrap_or(tail).iter().position(|byte| self.has(*byte))?;
        Some(at + skipped + near)
    }

    /// The places of all of them in `text`.
    pub(super) fn places(&self, text: &[u8]) -> Vec<usize> {
        let mut at = 0;
        std::iter::from_fn(|| {
            let next = self.next(text, at)?;
            at = next + 1;
            Some(next)
        })
        .collect()
    }
}

/// How many bytes of a text are of a kind.
#[inline(always)]
pub(super) fn count(text: &str, is: impl Fn(u8) -> bool) -> usize {
    // A byte counts no further than 255, but many bytes are added at once.
    let sum = |bytes: &[u8]| bytes.iter().fold(0u8, |sum, byte| sum + u8::from(is(*byte)));
    text.as_bytes().chunks(192).map(|bytes| usize::from(sum(bytes))).sum()
}

/// How many ASCII letters and digits a text begins with.
pub(super) fn leading_alphanumerics(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let block = u64::from_le_bytes(*block);
        let length = leading(within(block | SMALL, b'a', b'z') | within(block, b'0', b'9'));
        at += length;
        if length < 8 {
            return at;
        }
    }
    at + text.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}

/// The words between white space: `text.split_whitespace()`, quicker.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    word_spans(text).filter_map(|span| text.get(span))
}

/// Where those words stand.
pub(super) fn word_spans(text: &str) -> impl Iterator<Item = Range<usize>> + Clone + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at;
            let (end, blank) = next_blank(text, at)?;
            at = end + blank;
            if end > start {
                return Some(start..end);
            }
        }
    })
}

/// Where the first white space from `at` on stands, and its length: none at the end of the text, and nothing behind that.
#[inline]
fn next_blank(text: &str, mut at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    bytes.get(at)?;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        at += match rest.first_chunk() {
            Some(block) => leading(within(u64::from_le_bytes(*block), b'!', b'~')),
            None => rest.iter().take_while(|byte| byte.is_ascii_graphic()).count(),
        };
        match bytes.get(at) {
            Some(b'!'..=b'~') => {}
            Some(b' ') => return Some((at, 1)),
            Some(byte) if MAY_BE_BLANK.has(*byte) => {
                let c = text.get(at..).and_then(|rest| rest.chars().next());
                if let Some(c) = c.filter(|c| c.is_whitespace()) {
                    return Some((at, c.len_utf8()));
                }
                at += 1;
            }
            Some(_) => at += 1,
            None => return Some((text.len(), 0)),
        }
    }
}

/// White space, and what it begins with beyond ASCII.
static MAY_BE_BLANK: Bytes = Bytes::new(b"\t\n\x0b\x0c\r \xc2\xe1\xe2\xe3");

/// The characters of a text that are not ASCII, each with where it starts.
pub(super) fn beyond_ascii(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.as_bytes().get(at..)?;
        let (blocks, _) = rest.as_chunks::<8>();
        let skipped = 8 * blocks.iter().position(|block| !block.is_ascii()).unwrap_or(blocks.len());
        let start = at + skipped + rest.get(skipped..)?.iter().position(|byte| !byte.is_ascii())?;
        let c = text.get(start..)?.chars().next()?;
        at = start + c.len_utf8();
        Some((start, c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_next_is_the_first(text in prop::collection::vec(0u8..20, 0..60), at in 0usize..70) {
            const SOME: Bytes = Bytes::new(b"\x03\x07");
            let found = (at..text.len()).find(|place| matches!(text[*place], 3 | 7));
            prop_assert_eq!(SOME.next(&text, at), found);
        }

        #[test]
        fn letters_and_digits_are_counted(text in "([a-zA-Z0-9]{0,20}[\\x00-\\x7fé])*") {
            let leading = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
            prop_assert_eq!(leading_alphanumerics(text.as_bytes()), leading);
            let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
            prop_assert_eq!(count(&text, |byte| byte.is_ascii_alphabetic()), letters);
        }

        #[test]
        fn words_are_those_of_split_whitespace(text in "([a-zé’]{0,4}[ \\t\n\x0b\x0c\r\u{85}\u{a0}\u{1680}\u{2003}\u{3000}\x1c]{0,2}\\PC?){0,12}") {
            prop_assert_eq!(words(&text).collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
        }

        #[test]
        fn all_beyond_ascii_are_found(text in "([a-z]{0,12}\\PC)*") {
            let expected: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_ascii()).collect();
            prop_assert_eq!(beyond_ascii(&text).collect::<Vec<_>>(), expected);
        }
    }
}
