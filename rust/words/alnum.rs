//! ROUGE's words: the text lower-cased as Python's `str.lower` does, split at every run of characters outside
//! `[a-z0-9]`.
//!
//! Lower-casing maps two characters beyond ASCII into `[a-z]`: the Kelvin sign to `k`, and the capital I with a
//! dot above to `i` and a combining dot (which then separates). All others separate.

use super::map::Word;
use crate::simd::{BLOCK, Kernel, Level, Set};

/// Bytes after the text, so that a word's 16 bytes can always be read.
const PADDING: usize = 16;
/// Of a longer text the memory is given back.
const KEPT: usize = 1 << 20;

/// The lower-cased words of one text; its memory serves for the next text.
#[derive(Debug, Clone, Default)]
pub struct Words {
    set: Set,
    /// The text with its letters in lower case; what else is in it does not matter. Padded, and never shorter than for
    /// an earlier text.
    buffer: Vec<u8>,
    /// Where each word starts and ends.
    edges: Vec<u32>,
    /// Places of the line feeds.
    newlines: Vec<u32>,
}

impl Words {
    /// Lower-cases `text` in the place of the text before and finds its words.
    pub fn read(&mut self, text: &str) {
        if self.read_plain(text) {
            self.read_plain(&text.replace('\u{212A}', "k").replace('\u{130}', "i\u{307}"));
        }
    }

    /// Lower-cases a text in which nothing beyond ASCII becomes a letter; whether something may.
    fn read_plain(&mut self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let padded = bytes.len().next_multiple_of(BLOCK);
        if self.buffer.len() > KEPT.max(padded) + PADDING {
            *self = Self { set: self.set, ..Self::default() };
        }
        if self.buffer.len() < padded + PADDING {
            self.buffer.resize(padded + PADDING, 0);
        }
        self.edges.clear();
        self.newlines.clear();
        let (buffer, edges, newlines) = (&mut self.buffer, &mut self.edges, &mut self.newlines);
        self.set.run(Lower { bytes, buffer, edges, newlines, open: false, special: false })
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.edges.len() / 2
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// The words in order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Word<'_>> {
        let (edges, _) = self.edges.as_chunks();
        edges.iter().map(|&[start, end]| Word::in_buffer(&self.buffer, start as usize, end as usize))
    }

    /// For each line feed, the number of words before it.
    pub fn breaks(&self) -> impl Iterator<Item = u32> {
        let (edges, _) = self.edges.as_chunks::<2>();
        let mut before = 0;
        self.newlines.iter().map(move |&place| {
            let more = edges.get(before..).unwrap_or_default();
            before += more.iter().take_while(|[start, _]| *start < place).count();
            before as u32
        })
    }
}

/// Lower-cases the letters of a text and finds its words, block by block.
struct Lower<'a> {
    bytes: &'a [u8],
    buffer: &'a mut [u8],
    edges: &'a mut Vec<u32>,
    newlines: &'a mut Vec<u32>,
    /// Whether a word reaches into the next block.
    open: bool,
    /// Whether there may be a Kelvin sign or a dotted capital I.
    special: bool,
}

impl Kernel for Lower<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Level>(mut self, level: L) -> bool {
        let (blocks, rest) = self.bytes.as_chunks::<BLOCK>();
        for (at, block) in blocks.iter().enumerate() {
            self.block(level, at, block);
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            for (to, &from) in block.iter_mut().zip(rest) {
                *to = from;
            }
            self.block(level, blocks.len(), &block);
        }
        if self.open {
            self.edges.push(self.bytes.len() as u32);
        }
        self.special
    }
}

impl Lower<'_> {
    #[inline(always)]
    fn block<L: Level>(&mut self, level: L, at: usize, block: &[u8; BLOCK]) {
        let at = at * BLOCK;
        let Some(lower) = self.buffer.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<BLOCK>) else {
            return;
        };
        // Digits have that bit anyway.
        for (to, &from) in lower.iter_mut().zip(block) {
            *to = from | 0x20;
        }
        let masks = level.masks(block);
        if masks.high != 0 {
            self.special |= may_be_special(block);
        }
        let words = masks.letter | masks.digit;
        // A bit where a word starts and one right after it ends.
        let edges = words ^ (words << 1 | u64::from(self.open));
        self.open = words >> (BLOCK - 1) != 0;
        let mut places = [0; BLOCK];
        level.positions(edges, 0, &mut places);
        // All of them, of which the arbitrary ones are cut off again: no loop whose end is not foreseen.
        let filled = self.edges.len() + edges.count_ones() as usize;
        self.edges.extend_from_slice(&wide(places, at as u32));
        self.edges.truncate(filled);
        let mut others = masks.space & !masks.blank;
        while others != 0 {
            let place = others.trailing_zeros() as usize;
            others &= others - 1;
            if block.get(place) == Some(&b'\n') {
                self.newlines.push((at + place) as u32);
            }
        }
    }
}

/// Places in a text from those in a block that begins at `base`.
#[inline(always)]
fn wide(places: [u16; BLOCK], base: u32) -> [u32; BLOCK] {
    let mut out = [0; BLOCK];
    for (out, place) in out.iter_mut().zip(places) {
        *out = base + u32::from(place);
    }
    out
}

/// Whether a block may hold the second byte of a Kelvin sign, or the first of a dotted capital I.
#[inline(always)]
fn may_be_special(block: &[u8; BLOCK]) -> bool {
    let mut found = false;
    // All of them without a branch: so it is done side by side.
    for &byte in block {
        found |= (byte == 0x84) | (byte == 0xC4);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words and line feeds in order.
    fn words(text: &str) -> Vec<String> {
        // What an earlier text leaves behind does not matter.
        let mut words = Words::default();
        words.read(&"left OVER 12".repeat(20));
        words.read(text);
        let mut out: Vec<String> =
            words.iter().map(|word| String::from_utf8(word.bytes().to_vec()).unwrap()).collect();
        for (i, before) in words.breaks().enumerate() {
            out.insert(i + before as usize, "\n".into());
        }
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
            let got: Vec<String> = words(&text).into_iter().filter(|word| word != "\n").collect();
            assert_eq!(got, expected, "U+{:04X}", u32::from(c));
        }
    }
}
