//! ROUGE's words: the text lower-cased as Python's `str.lower` does, split at every run of characters outside
//! `[a-z0-9]`.
//!
//! Lower-casing maps two characters beyond ASCII into `[a-z]`: the Kelvin sign to `k`, and the capital I with a
//! dot above to `i` and a combining dot (which then separates). All others separate.

use super::map::Word;

/// Bytes after the text, so that a word's 16 bytes can always be read.
const PADDING: usize = 16;
const SEPARATOR: u8 = 0;
const NEWLINE: u8 = 1;

/// For each byte its lower-case letter or digit, [`NEWLINE`] for a line feed, or [`SEPARATOR`].
const LOWER: [u8; 256] = {
    let mut table = [SEPARATOR; 256];
    let mut b = 0;
    while b < 128 {
        let byte = b as u8;
        if byte.is_ascii_alphanumeric() {
            table[b] = byte.to_ascii_lowercase();
        }
        b += 1;
    }
    table[b'\n' as usize] = NEWLINE;
    table
};

/// The lower-cased words of one text.
#[derive(Debug, Clone)]
pub struct Words {
    buffer: Vec<u8>,
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
        let mut buffer = Vec::with_capacity(text.len() + PADDING);
        let mut rest = text;
        // Only these two are looked for beyond ASCII, and they are rare: copy bytes up to each.
        while let Some(at) = find_special(rest) {
            let (head, tail) = rest.split_at(at);
            push_lower(&mut buffer, head);
            let mut chars = tail.chars();
            match chars.next() {
                Some('\u{212A}') => buffer.push(b'k'),
                _ => buffer.extend_from_slice(&[b'i', SEPARATOR]),
            }
            rest = chars.as_str();
        }
        push_lower(&mut buffer, rest);
        buffer.resize(buffer.len() + PADDING, SEPARATOR);
        Self { buffer }
    }

    /// Calls `visit` with every word and line feed, in order.
    #[inline]
    pub fn visit(&self, mut visit: impl FnMut(Item<'_>)) {
        let buffer = self.buffer.as_slice();
        let mut start = None;
        for (i, &b) in buffer.iter().enumerate() {
            if b > NEWLINE {
                start = start.or(Some(i));
                continue;
            }
            if let Some(start) = start.take() {
                visit(Item::Word(Word::in_buffer(buffer, start, i)));
            }
            if b == NEWLINE {
                visit(Item::Newline);
            }
        }
    }
}

fn push_lower(buffer: &mut Vec<u8>, text: &str) {
    buffer.extend(text.bytes().map(|b| LOWER[usize::from(b)]));
}

/// The place of the first Kelvin sign or dotted capital I.
fn find_special(text: &str) -> Option<usize> {
    if text.is_ascii() {
        return None;
    }
    text.bytes().zip(text.bytes().skip(1)).enumerate().find_map(|(i, pair)| match pair {
        (0xC4, 0xB0) => Some(i),
        (0xE2, 0x84) if text.as_bytes().get(i + 2) == Some(&0xAA) => Some(i),
        _ => None,
    })
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
