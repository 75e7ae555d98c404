//! What the words of texts stand for, kept for the words met before: to find out takes forty times as long as to look up.

use super::key::{base_stem, stem, value_key};
use super::map::Word;
use super::numbers::small_value;
use super::ordinary::{is_ordinary, is_ordinary_stem};
use crate::simd::prefetch;

/// Words that are kept at most: 1 MB.
const PLACES: usize = 1 << 14;
/// Places for words of one hash: what two words share is kept for both.
const WAYS: usize = 2;

/// What a word stands for.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Its Porter stem ([`stem`]), to look up.
    pub stem: Word<'a>,
    /// What it is compared by ([`key`]), to look up.
    pub key: Word<'a>,
    /// Its value, if it is a number word ([`small_value`]).
    pub value: Option<u8>,
    /// Whether it is an ordinary English word ([`is_ordinary`]).
    pub ordinary: bool,
}

/// A word that was met, one to a line of the processor's cache.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Place {
    /// No word's is 0.
    word: [u64; 2],
    stem: [u64; 2],
    key: [u64; 2],
    value: Option<u8>,
    ordinary: bool,
}

static NO_PLACE: Place = Place { word: [0; 2], stem: [0; 2], key: [0; 2], value: None, ordinary: false };

impl Place {
    #[inline]
    fn reading(&self) -> Reading<'_> {
        Reading {
            stem: Word::of_short_key(self.stem),
            key: Word::of_short_key(self.key),
            value: self.value,
            ordinary: self.ordinary,
        }
    }
}

/// A cache of readings: bounded, a word in one of the [`WAYS`] places that its hash gives.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    places: Vec<Place>,
    forgets: bool,
    stem: Vec<u8>,
    key: Vec<u8>,
}

impl Keys {
    /// One that keeps nothing, for a text alone.
    pub fn forgetful() -> Self {
        Self { forgets: true, ..Self::default() }
    }

    /// Asks for the places of a word that is looked up soon: they may be far off in memory.
    #[inline]
    pub(crate) fn ask(&self, word: Word<'_>) {
        if let Some([place, other]) =
            self.places.get(first_place(word)..).and_then(<[Place]>::first_chunk::<WAYS>)
        {
            prefetch(Some(place));
            prefetch(Some(other));
        }
    }

    /// What a word stands for.
    #[inline(always)]
    pub fn of<'a>(&'a mut self, word: Word<'a>) -> Reading<'a> {
        match word.short_key().filter(|_| !self.forgets) {
            Some(short) => {
                let first = first_place(word);
                let at = match self.places.get(first..).and_then(<[Place]>::first_chunk::<WAYS>) {
                    Some([place, _]) if place.word == short => first,
                    Some([_, place]) if place.word == short => first + 1,
                    _ => self.meet(word, short, first),
                };
                self.places.get(at).unwrap_or(&NO_PLACE).reading()
            }
            None => self.read(word),
        }
    }

    fn read<'a>(&'a mut self, word: Word<'a>) -> Reading<'a> {
        let stem = stem(word, &mut self.stem);
        let value = small_value(word.bytes());
        let key = match value {
            Some(value) => value_key(value, &mut self.key),
            None => base_stem(word.bytes(), &mut self.key).unwrap_or(stem),
        };
        let ordinary = match word.bytes().is_ascii() {
            true => is_ordinary_stem(word.bytes(), stem.bytes()),
            false => is_ordinary(word.bytes()),
        };
        Reading { stem, key, value, ordinary }
    }

    /// Keeps a word in the first of its places, and the one that stood there in the second.
    #[cold]
    fn meet(&mut self, word: Word<'_>, short: [u64; 2], first: usize) -> usize {
        if self.places.is_empty() {
            self.places = vec![Place::default(); PLACES];
        }
        let read = self.read(word);
        // Neither is longer than a short word: a stem is no longer than its word, and the irregular bases are short.
        let (stem, key) = (read.stem.short_key().unwrap_or(short), read.key.short_key().unwrap_or(short));
        let place = Place { word: short, stem, key, value: read.value, ordinary: read.ordinary };
        if let Some([kept, other]) = self.places.get_mut(first..).and_then(<[Place]>::first_chunk_mut::<WAYS>)
        {
            *other = std::mem::replace(kept, place);
        }
        first
    }
}

/// The first of the places that a word may stand in.
#[inline]
fn first_place(word: Word<'_>) -> usize {
    (word.hash64() >> (u64::BITS - (PLACES / WAYS).ilog2())) as usize * WAYS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::key::key;
    use crate::words::map::WordMap;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_kept_is_what_is_read(
            words in prop::collection::vec("[a-zß0-9]{1,20}|(un)?(dry|lov|agre)(ing|ed|ness|y)|took|children|twelve|fourth|12", 1..200),
        ) {
            let (mut keys, mut other) = (Keys::default(), Keys::forgetful());
            let mut buffer = Vec::new();
            for word in words.iter().chain(&words) {
                let word = Word::new(word.as_bytes());
                let (mut stems, mut all) = (WordMap::default(), WordMap::default());
                stems.get_or_insert(stem(word, &mut buffer), 7);
                all.get_or_insert(key(word, &mut buffer), 8);
                for keys in [&mut keys, &mut other] {
                    let found = keys.of(word);
                    prop_assert_eq!((stems.get(found.stem), all.get(found.key)), (7, 8));
                    prop_assert_eq!(found.value, small_value(word.bytes()));
                    prop_assert_eq!(found.ordinary, is_ordinary(word.bytes()));
                }
            }
        }
    }
}
