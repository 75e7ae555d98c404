//! Stems of words met before: stemming takes twenty times as long as looking up.

use super::key::stem;
use super::map::Word;

/// Words that are kept at most: 128 KB.
const PLACES: usize = 1 << 12;
/// Words up to this are their own stem.
const OWN: usize = 3;

/// A cache of Porter stems: bounded, a word in the place that its hash gives.
#[derive(Debug, Clone, Default)]
pub struct Stems {
    /// A word and its stem as keys; no word's key is 0.
    places: Vec<[[u64; 2]; 2]>,
    buffer: Vec<u8>,
}

impl Stems {
    /// The stem of a word, as [`stem`] gives it, to look up.
    #[inline]
    pub fn of<'a>(&'a mut self, word: Word<'a>) -> Word<'a> {
        if word.bytes().len() <= OWN {
            return word;
        }
        let Some(key) = word.short_key() else { return stem(word, &mut self.buffer) };
        if self.places.is_empty() {
            self.places = vec![Default::default(); PLACES];
        }
        let place = (word.hash64() >> (u64::BITS - PLACES.ilog2())) as usize;
        let Some([known, of_known]) = self.places.get_mut(place) else { return word };
        if *known != key {
            // A stem is never longer than its word.
            let Some(of_key) = stem(word, &mut self.buffer).short_key() else { return word };
            (*known, *of_known) = (key, of_key);
        }
        Word::of_short_key(*of_known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::map::WordMap;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn stems_are_those_of_the_stemmer(words in prop::collection::vec("[a-z0-9]{1,20}|(un)?(dry|lov|agre)(ing|ed|ness|y)", 1..200)) {
            let mut stems = Stems::default();
            let mut buffer = Vec::new();
            for word in words.iter().chain(&words) {
                let word = Word::new(word.as_bytes());
                let mut map = WordMap::default();
                map.get_or_insert(stem(word, &mut buffer), 7);
                prop_assert_eq!(map.get(stems.of(word)), 7);
            }
        }
    }
}
