//! Counting without encoding: most words are looked up in one probe each, and the rest are merged afterwards, or
//! found in a bounded cache of those merged before.

use super::chunk::{CAPACITY, Chunk};
use super::merge;
use super::split::pretoken_end;
use super::tables::{WORD_BYTES, WordKey, WordSlot, is_hot, word_count};
use crate::simd::{Kernel, Level, dispatch};
use std::hint::select_unpredictable;

/// Slots of the cache: 2 MB.
const CACHE_BITS: u32 = 17;

/// One text, or a part of one, in the chunk.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// Where it ends in the chunk.
    end: u16,
    /// Number of unknown words up to its end.
    unknown: u16,
    /// Number of tokens of its known words.
    tokens: u32,
}

/// Buffers and the cache.
#[derive(Default)]
pub(super) struct Engine {
    chunk: Chunk,
    parts: Vec<Part>,
    /// Numbers of the pre-tokens that are not among the most frequent words.
    rare: Vec<u16>,
    /// Start and end of each pre-token that the table lacks.
    unknown: Vec<[u16; 2]>,
    cache: Cache,
    tokens: Vec<u16>,
}

impl Engine {
    /// Number of tokens of `text`.
    pub(super) fn count(&mut self, text: &str) -> usize {
        if text.len() < CAPACITY { self.count_whole(text) } else { self.count_long(text, usize::MAX) }
    }

    /// Appends the number of tokens of each text.
    pub(super) fn count_each<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>, out: &mut Vec<u32>) {
        self.clear();
        for text in texts {
            if text.len() >= CAPACITY {
                self.flush(out);
                out.push(self.count_long(text, usize::MAX) as u32);
                self.clear();
                continue;
            }
            if !self.chunk.fits(text) {
                self.flush(out);
            }
            self.push(text);
        }
        self.flush(out);
    }

    /// Whether `text` has at most `budget` tokens.
    pub(super) fn within(&mut self, text: &str, budget: usize) -> bool {
        // A token has at least one byte.
        text.len() <= budget || self.count_long(text, budget) <= budget
    }

    /// Number of tokens of a text that fits into the chunk.
    fn count_whole(&mut self, text: &str) -> usize {
        self.clear();
        self.push(text);
        self.look_up(false);
        self.parts.first().map_or(0, |part| part.tokens as usize) + self.resolve(0, self.unknown.len())
    }

    /// Number of tokens of a text piece by piece; any number above `budget` once it is exceeded.
    fn count_long(&mut self, text: &str, budget: usize) -> usize {
        let mut tokens = 0;
        let mut at = 0;
        while tokens <= budget {
            let rest = text.get(at..).unwrap_or_default();
            let left = budget - tokens;
            if rest.len() <= left && budget != usize::MAX {
                break;
            }
            // A budget is met or exceeded after a few bytes a token.
            let size = left.saturating_mul(8).saturating_add(64).min(CAPACITY - 1);
            if rest.len() <= size {
                return tokens + self.count_whole(rest);
            }
            let piece = rest.get(..rest.floor_char_boundary(size)).unwrap_or_default();
            self.clear();
            self.push(piece);
            self.look_up(true);
            let part = self.parts.first().copied().unwrap_or_default();
            if part.end > 0 {
                tokens += part.tokens as usize + self.resolve(0, self.unknown.len());
                at += usize::from(part.end);
            } else {
                // One pre-token fills the chunk.
                let end = pretoken_end(rest.as_bytes(), 0);
                tokens += merge::count(rest.as_bytes().get(..end).unwrap_or_default(), &mut self.tokens);
                at += end;
            }
        }
        tokens
    }

    fn clear(&mut self) {
        self.chunk.clear();
        self.parts.clear();
    }

    fn push(&mut self, text: &str) {
        let end = self.chunk.push(text.as_bytes());
        self.parts.push(Part { end, ..Part::default() });
    }

    /// Appends the counts of the texts in the chunk to `out` and empties it.
    fn flush(&mut self, out: &mut Vec<u32>) {
        self.look_up(false);
        let mut from = 0;
        for at in 0..self.parts.len() {
            let part = self.parts.get(at).copied().unwrap_or_default();
            let to = usize::from(part.unknown);
            out.push(part.tokens + self.resolve(from, to) as u32);
            from = to;
        }
        self.clear();
    }

    /// Splits the chunk and looks every pre-token up. If it is `open`, more text follows than it holds, and only
    /// what does not depend on that counts; the part then ends there.
    fn look_up(&mut self, open: bool) {
        let Self { chunk, parts, rare, unknown, .. } = self;
        dispatch(LookUp { chunk, parts, rare, unknown, open });
    }

    /// Number of tokens of some of the unknown words.
    fn resolve(&mut self, from: usize, to: usize) -> usize {
        let mut tokens = 0;
        for &[start, end] in self.unknown.get(from..to).unwrap_or_default() {
            let piece = self.chunk.bytes().get(usize::from(start)..usize::from(end)).unwrap_or_default();
            tokens += match WordKey::new(piece) {
                Some(key) => self.cache.get_or_insert(key, || merge::count(piece, &mut self.tokens)),
                None => merge::count(piece, &mut self.tokens),
            };
        }
        tokens
    }
}

/// Token counts of words that were merged before. A word can be in two neighbouring slots; a new one moves the
/// older of the two out.
#[derive(Default)]
struct Cache(Vec<[WordSlot; 2]>);

impl Cache {
    /// The count of `key`, which `count` gives if it is not there.
    fn get_or_insert(&mut self, key: WordKey, count: impl FnOnce() -> usize) -> usize {
        if self.0.is_empty() {
            self.0 = vec![Default::default(); 1 << (CACHE_BITS - 1)];
        }
        let Some(slots) = self.0.get_mut((key.hash() >> (64 - CACHE_BITS + 1)) as usize) else { return count() };
        let known = slots[0].count_for(key) | slots[1].count_for(key);
        if known > 0 {
            return known;
        }
        let count = count();
        *slots = [WordSlot::new(key, count), slots[0]];
        count
    }
}

/// Splits a chunk and looks its pre-tokens up.
struct LookUp<'a> {
    chunk: &'a mut Chunk,
    parts: &'a mut [Part],
    rare: &'a mut Vec<u16>,
    unknown: &'a mut Vec<[u16; 2]>,
    open: bool,
}

impl Kernel for LookUp<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Level>(self, level: L) {
        self.chunk.scan(level);
        if self.open
            && let Some(part) = self.parts.first_mut()
        {
            part.end = self.chunk.settle();
        }
        let starts = self.chunk.starts();
        let bytes = self.chunk.bytes();
        let rare = list_rare(starts, bytes, self.rare);

        let unknown = room(self.unknown, rare.len() + 1);
        let mut n_unknown = 0;
        let mut first = 0;
        let mut rare = rare.iter();
        for part in self.parts {
            let mut more = 0usize;
            for &number in rare.by_ref() {
                let number = usize::from(number);
                let Some(&[start, end]) = starts.get(number..).and_then(<[u16]>::first_chunk) else { break };
                // The separator after the part.
                if start == part.end {
                    part.tokens = (number - first).wrapping_add(more) as u32;
                    first = number + 1;
                    break;
                }
                let length = usize::from(end.wrapping_sub(start));
                let Some(word) = bytes.get(usize::from(start)..).and_then(<[u8]>::first_chunk) else { break };
                let count = word_count(WordKey::load(word, length));
                let count = select_unpredictable(length > WORD_BYTES, 0, count);
                more = more.wrapping_add(count).wrapping_sub(1);
                if let Some(slot) = unknown.get_mut(n_unknown) {
                    *slot = [start, end];
                }
                n_unknown += usize::from(count == 0);
            }
            part.unknown = n_unknown as u16;
        }
        self.unknown.truncate(n_unknown);
    }
}

/// The numbers of the pre-tokens that are not among the most frequent words.
#[inline(always)]
fn list_rare<'a>(starts: &[u16], bytes: &[u8], rare: &'a mut Vec<u16>) -> &'a [u16] {
    let list = room(rare, starts.len() + 1);
    let mut n_rare = 0;
    for (number, pair) in starts.windows(2).enumerate() {
        let Some(word) = bytes.get(usize::from(pair[0])..).and_then(<[u8]>::first_chunk) else { break };
        if let Some(slot) = list.get_mut(n_rare) {
            *slot = number as u16;
        }
        n_rare += usize::from(!is_hot(word, usize::from(pair[1].wrapping_sub(pair[0]))));
    }
    rare.get(..n_rare).unwrap_or_default()
}

/// A list with at least `size` elements, so that one can be written before it is known to stay.
#[inline(always)]
fn room<T: Copy + Default>(list: &mut Vec<T>, size: usize) -> &mut [T] {
    if list.len() < size {
        list.resize(size, T::default());
    }
    list.as_mut_slice()
}
