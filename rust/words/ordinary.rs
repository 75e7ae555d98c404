//! Which words are ordinary English words, so that a capital letter makes no name of them.
//!
//! A Bloom filter of stems (`rust/data/ordinary.bin`): a word in it is ordinary but for one in several hundred.

use super::porter;

const FILTER: &[u8] = include_bytes!("../data/ordinary.bin");
const HASHES: u64 = 6;
/// Longer words are not ordinary.
const LONGEST: usize = 32;

/// Whether `word` (folded, lower-case) is an ordinary English word or a form of one.
pub fn is_ordinary(word: &[u8]) -> bool {
    let mut buffer = [0u8; LONGEST];
    let Some(copy) = buffer.get_mut(..word.len()) else { return false };
    copy.copy_from_slice(word);
    let n = porter::stem_from_four(copy);
    holds(copy.get(..n).unwrap_or_default())
}

/// The same of an ASCII word of which the Porter stem (above three letters) is known.
pub(super) fn is_ordinary_stem(word: &[u8], stem: &[u8]) -> bool {
    word.len() <= LONGEST && holds(stem)
}

fn holds(stem: &[u8]) -> bool {
    let hash =
        stem.iter().fold(0xCBF2_9CE4_8422_2325u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3));
    let (start, step) = (hash & 0xFFFF_FFFF, hash >> 32 | 1);
    (0..HASHES).all(|i| {
        let bit = (start + i * step) as usize % (8 * FILTER.len());
        FILTER.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_ordinary_words_from_names() {
        for word in ["police", "authorities", "former", "agency", "researchers", "scientists"] {
            assert!(is_ordinary(word.as_bytes()), "{word}");
        }
        for word in ["", "nelson", "salvagnini", "obama", "texas", "kathmandu", "monday", "qzxv"] {
            assert!(!is_ordinary(word.as_bytes()), "{word}");
        }
        assert!(!is_ordinary(&[b'a'; 1000]));
    }
}
