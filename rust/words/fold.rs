//! Case, compatibility forms and diacritics folded away: `É` to `e`, `ﬁ` to `fi`, `ß` to `ss`, `’` to `'`.
//!
//! Unicode's compatibility decomposition without combining marks, lower-cased, and plain letters for the few
//! that have no decomposition (`ø`, `ł`, `æ`). The table is `rust/data/fold.bin`, read in place.

const TABLE: &[u8] = include_bytes!("../data/fold.bin");
const RECORD: usize = 8;

/// What one character folds to: at most four bytes of UTF-8, none for a combining mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folded {
    bytes: [u8; 4],
    len: u8,
}

impl Folded {
    /// The folded bytes, UTF-8.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Folds one character.
pub fn fold(c: char) -> Folded {
    if c.is_ascii() {
        return Folded { bytes: [c.to_ascii_lowercase() as u8, 0, 0, 0], len: 1 };
    }
    if let Some(bytes) = find(u32::from(c)) {
        let len = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len()) as u8;
        return Folded { bytes, len };
    }
    let mut lower = c.to_lowercase();
    let simple = if lower.len() == 1 { lower.next().unwrap_or(c) } else { c };
    let mut bytes = [0; 4];
    let len = simple.encode_utf8(&mut bytes).len() as u8;
    Folded { bytes, len }
}

fn find(code: u32) -> Option<[u8; 4]> {
    let record = |i: usize| TABLE.get(i * RECORD..(i + 1) * RECORD);
    let key = |i: usize| match record(i) {
        Some(&[a, b, c, d, ..]) => u32::from_le_bytes([a, b, c, d]),
        _ => u32::MAX,
    };
    let (mut low, mut high) = (0, TABLE.len() / RECORD);
    while low < high {
        let middle = low.midpoint(high);
        match key(middle).cmp(&code) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                return record(middle).and_then(|r| r.get(4..)).and_then(|b| b.try_into().ok());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_diacritics_and_forms() {
        let cases = [
            ('A', "a"),
            ('É', "e"),
            ('ß', "ss"),
            ('Ø', "o"),
            ('Ł', "l"),
            ('ﬁ', "fi"),
            ('’', "'"),
            ('–', "-"),
            ('２', "2"),
            ('\u{301}', ""),
            ('Σ', "σ"),
            ('ά', "α"),
            ('Й', "и"),
            ('中', "中"),
            ('\u{1D400}', "a"),
            ('™', "™"),
            ('\u{10FFFF}', "\u{10FFFF}"),
        ];
        for (c, folded) in cases {
            assert_eq!(fold(c).bytes(), folded.as_bytes(), "{c:?}");
        }
    }

    #[test]
    fn folds_every_code_point_to_text_that_is_already_folded() {
        for c in (0..=0x10FFFF).filter_map(char::from_u32) {
            let once = fold(c);
            let text = std::str::from_utf8(once.bytes()).unwrap();
            let twice: Vec<u8> = text.chars().flat_map(|c| fold(c).bytes().to_vec()).collect();
            assert_eq!(twice, once.bytes(), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn table_is_sorted() {
        let keys: Vec<u32> =
            TABLE.chunks(RECORD).map(|r| u32::from_le_bytes(r[..4].try_into().unwrap())).collect();
        assert!(keys.is_sorted());
    }
}
