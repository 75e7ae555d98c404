//! ROUGE's words: the text lower-cased as Python's `str.lower` does, split at every run of characters outside
//! `[a-z0-9]`.
//!
//! Lower-casing maps two characters beyond ASCII into `[a-z]`: the Kelvin sign to `k`, and the capital I with a
//! dot above to `i` and a combining dot (which then separates). All others separate.

use super::map::Word;

/// Bytes after the text, so that a word's 16 bytes can always be read.
const PADDING: usize = 16;
const BLOCK: usize = 64;
const SEPARATOR: u8 = 0;

/// The lower-cased words of one text.
#[derive(Debug, Clone)]
pub struct Words {
    /// Lower-case letters and digits; [`SEPARATOR`] for all else; padded.
    buffer: Vec<u8>,
    /// One bit a byte of the buffer: a letter or digit.
    masks: Vec<u64>,
    /// Places of the line feeds.
    newlines: Vec<u32>,
}

/// One step through [`Words`].
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// A word, lower-cased.
    Word(Word<'a>),
    /// A line feed.
    Newline,
}

impl Words {
    /// Lower-cases `text`.
    pub fn new(text: &str) -> Self {
        if has_special(text) {
            return Self::of(&text.replace('\u{212A}', "k").replace('\u{130}', "i\u{307}"));
        }
        Self::of(text)
    }

    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let padded = bytes.len().next_multiple_of(BLOCK);
        let mut buffer = Vec::with_capacity(padded + PADDING);
        buffer.extend(bytes.iter().map(|&b| lower(b)));
        buffer.resize(padded, SEPARATOR);
        let masks = buffer.chunks_exact(BLOCK).map(mask).collect();
        buffer.resize(padded + PADDING, SEPARATOR);
        let mut newlines = Vec::new();
        if bytes.contains(&b'\n') {
            let places = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n');
            newlines.extend(places.map(|(place, _)| place as u32));
        }
        Self { buffer, masks, newlines }
    }

    /// Calls `visit` with every word and line feed, in order.
    #[inline]
    pub fn visit(&self, mut visit: impl FnMut(Item<'_>)) {
        let mut newlines = self.newlines.iter().map(|&place| place as usize).peekable();
        let (mut open, mut start) = (false, 0);
        for (block, &mask) in self.masks.iter().enumerate() {
            // A bit where a word starts and one right after it ends.
            let mut edges = mask ^ (mask << 1 | u64::from(open));
            while edges != 0 {
                let at = block * BLOCK + edges.trailing_zeros() as usize;
                edges &= edges - 1;
                if open {
                    visit(Item::Word(Word::in_buffer(&self.buffer, start, at)));
                } else {
                    start = at;
                    while newlines.next_if(|&place| place < start).is_some() {
                        visit(Item::Newline);
                    }
                }
                open = !open;
            }
        }
        if open {
            visit(Item::Word(Word::in_buffer(&self.buffer, start, self.masks.len() * BLOCK)));
        }
        newlines.for_each(|_| visit(Item::Newline));
    }
}

fn lower(b: u8) -> u8 {
    let letter = b | 0x20;
    if letter.wrapping_sub(b'a') < 26 {
        letter
    } else if b.wrapping_sub(b'0') < 10 {
        b
    } else {
        SEPARATOR
    }
}

/// One bit for each of 64 bytes that is not zero; none of them has its highest bit set.
fn mask(block: &[u8]) -> u64 {
    block.chunks_exact(8).enumerate().fold(0, |mask, (i, chunk)| {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        let set = (word + 0x7F7F_7F7F_7F7F_7F7F) & 0x8080_8080_8080_8080;
        // Gathers the eight high bits into the top byte.
        let bits = (set >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask | bits << (8 * i)
    })
}

/// Whether the text may hold a Kelvin sign or a dotted capital I: no false negatives.
fn has_special(text: &str) -> bool {
    let holds = |b: u8| text.as_bytes().contains(&b);
    !text.is_ascii() && (holds(0xC4) || (holds(0x84) && holds(0xAA)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        Words::new(text).visit(|item| {
            out.push(match item {
                Item::Word(w) => String::from_utf8(w.bytes().to_vec()).unwrap(),
                Item::Newline => "\n".into(),
            });
        });
        out
    }

    #[test]
    fn splits_at_everything_but_ascii_letters_and_digits() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("The cat, 2nd.", &["the", "cat", "2nd"]),
            ("Café naïve", &["caf", "na", "ve"]),
            ("a_b-c'd", &["a", "b", "c", "d"]),
            ("\u{212A}elvin bar\u{212A}", &["kelvin", "bark"]),
            ("D\u{0130}YAR", &["di", "yar"]),
            ("ΣΑΣ \u{1F600}x", &["x"]),
            ("a\nb\r\n\nc", &["a", "\n", "b", "\n", "\n", "c"]),
            ("supercalifragilisticexpialidocious", &["supercalifragilisticexpialidocious"]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lowercases_every_code_point_as_unicode_does() {
        for c in (0..=0x10FFFF).filter_map(char::from_u32) {
            // A letter on either side shows whether the character joins or separates.
            let text = format!("x{c}x");
            let lower: String = text.chars().flat_map(char::to_lowercase).collect();
            let expected: Vec<&str> = lower
                .split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit())
                .filter(|w| !w.is_empty())
                .collect();
            let got: Vec<String> = words(&text).into_iter().filter(|w| w != "\n").collect();
            assert_eq!(got, expected, "U+{:04X}", u32::from(c));
        }
    }
}
