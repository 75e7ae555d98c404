//! Counting without encoding: most words are looked up in one probe each, and the rest are merged afterwards, or
//! found in a bounded cache of those merged before.

use super::chunk::{BUFFER, CAPACITY, Chunk};
use super::merge::{self, LANES};
use super::split::pretoken_end;
use super::tables::{WORD_BYTES, WordKey, WordSlot, is_hot, word_at, word_slot};
use crate::simd::{Kernel, Level, dispatch, prefetch};
use std::hint::select_unpredictable;

/// Places of the cache, of two words each: 2 MB.
const CACHE_BITS: u32 = 16;

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

/// A pre-token that is not among the most frequent words.
#[derive(Clone, Copy, Debug, Default)]
struct Rare {
    /// Its number among the starts.
    number: u16,
    /// Where it is looked for in the table.
    slot: u32,
    /// Where it is looked for in the cache.
    cached: u32,
}

/// A pre-token that the table lacks.
#[derive(Clone, Copy, Debug, Default)]
struct Unknown {
    start: u16,
    end: u16,
    /// Where it is looked for in the cache.
    cached: u32,
    /// Number of its tokens.
    tokens: u32,
}

impl Unknown {
    #[inline(always)]
    fn piece<'a>(&self, bytes: &'a [u8; BUFFER]) -> &'a [u8] {
        bytes.get(usize::from(self.start)..usize::from(self.end)).unwrap_or_default()
    }
}

/// Buffers and the cache.
#[derive(Default)]
pub(super) struct Engine {
    chunk: Chunk,
    parts: Vec<Part>,
    rare: Vec<Rare>,
    unknown: Vec<Unknown>,
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
        self.first_part()
    }

    /// Number of tokens of the first part in the chunk.
    fn first_part(&mut self) -> usize {
        let Some(&part) = self.parts.first() else { return 0 };
        part.tokens as usize + self.resolve(0, usize::from(part.unknown))
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
                tokens += self.first_part();
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
        let Self { chunk, parts, rare, unknown, cache, tokens } = self;
        dispatch(LookUp { chunk, parts, rare, unknown, cache, tokens, open });
    }

    /// Number of tokens of some of the unknown words.
    fn resolve(&self, from: usize, to: usize) -> usize {
        self.unknown.get(from..to).unwrap_or_default().iter().map(|word| word.tokens as usize).sum()
    }
}

/// Token counts of words that were merged before. A word can be in either slot of its place; a new one moves the
/// older of the two out.
#[derive(Default)]
struct Cache(Vec<[WordSlot; 2]>);

impl Cache {
    /// The place of a word by its hash.
    #[inline(always)]
    fn place(hash: u64) -> u32 {
        (hash >> (u64::BITS - CACHE_BITS)) as u32
    }

    /// What is at a place.
    #[inline(always)]
    fn at(&self, place: u32) -> Option<&[WordSlot; 2]> {
        self.0.get(place as usize)
    }

    /// Number of tokens of the word `key`, whose place is given; 0 if it is not there.
    #[inline(always)]
    fn get(&self, place: u32, key: WordKey) -> usize {
        self.at(place).map_or(0, |slots| slots[0].count_for(key) | slots[1].count_for(key))
    }

    /// Keeps a word at its place.
    fn insert(&mut self, place: u32, word: WordSlot) {
        if self.0.is_empty() {
            self.0 = vec![Default::default(); 1 << CACHE_BITS];
        }
        if let Some(slots) = self.0.get_mut(place as usize) {
            *slots = [word, slots[0]];
        }
    }
}

/// Splits a chunk and looks its pre-tokens up. Tables that do not fit into the nearest cache are asked for ahead of
/// the pass that reads them.
struct LookUp<'a> {
    chunk: &'a mut Chunk,
    parts: &'a mut [Part],
    rare: &'a mut Vec<Rare>,
    unknown: &'a mut Vec<Unknown>,
    cache: &'a mut Cache,
    tokens: &'a mut Vec<u16>,
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
        let unknown = list_unknown(starts, bytes, rare, self.parts, self.unknown);
        for word in &*unknown {
            prefetch(self.cache.at(word.cached));
        }
        count_unknown(bytes, unknown, self.cache, self.tokens);
    }
}

/// Fills in the token counts of the unknown words, from the cache or by merging.
#[inline(always)]
fn count_unknown(bytes: &[u8; BUFFER], words: &mut [Unknown], cache: &mut Cache, tokens: &mut Vec<u16>) {
    let mut lanes = [0; LANES];
    let mut taken = 0;
    for number in 0..words.len() {
        let Some(word) = words.get_mut(number) else { break };
        let piece = word.piece(bytes);
        match WordKey::new(piece) {
            Some(key) => word.tokens = cache.get(word.cached, key) as u32,
            None => word.tokens = merge::count(piece, tokens) as u32,
        }
        if word.tokens == 0
            && let Some(lane) = lanes.get_mut(taken)
        {
            *lane = number;
            taken += 1;
        }
        if taken == LANES {
            merge_lanes(bytes, words, lanes, cache);
            taken = 0;
        }
    }
    // Lanes without a word are empty.
    lanes.iter_mut().skip(taken).for_each(|number| *number = words.len());
    if taken > 0 {
        merge_lanes(bytes, words, lanes, cache);
    }
}

/// Merges words of at most [`WORD_BYTES`] bytes beside each other and keeps their counts.
#[inline(always)]
fn merge_lanes(bytes: &[u8; BUFFER], words: &mut [Unknown], numbers: [usize; LANES], cache: &mut Cache) {
    let counts =
        merge::count_lanes(numbers.map(|number| words.get(number).map_or(&[][..], |word| word.piece(bytes))));
    for (number, count) in numbers.into_iter().zip(counts) {
        let Some(word) = words.get_mut(number) else { continue };
        word.tokens = count as u32;
        if let Some(key) = WordKey::new(word.piece(bytes)) {
            cache.insert(word.cached, WordSlot::new(key, count));
        }
    }
}

/// The pre-tokens that are not among the most frequent words.
#[inline(always)]
fn list_rare<'a>(starts: &[u16], bytes: &[u8; BUFFER], rare: &'a mut Vec<Rare>) -> &'a [Rare] {
    let list = room(rare, starts.len() + 1);
    let mut found = 0;
    for (number, pair) in starts.windows(2).enumerate() {
        let Some(word) = bytes.get(usize::from(pair[0])..).and_then(<[u8]>::first_chunk) else { break };
        if let Some(slot) = list.get_mut(found) {
            slot.number = number as u16;
        }
        found += usize::from(!is_hot(word, usize::from(pair[1].wrapping_sub(pair[0]))));
    }
    let rare = rare.get_mut(..found).unwrap_or_default();
    for word in rare.iter_mut() {
        let hash = key_at(starts, bytes, word.number).map_or(0, |(key, _)| key.hash());
        word.slot = word_slot(hash) as u32;
        word.cached = Cache::place(hash);
        prefetch(word_at(word.slot as usize));
    }
    rare
}

/// Looks the rare words up and counts the tokens of those that are found; the words that are not.
#[inline(always)]
fn list_unknown<'a>(
    starts: &[u16],
    bytes: &[u8; BUFFER],
    rare: &[Rare],
    parts: &mut [Part],
    unknown: &'a mut Vec<Unknown>,
) -> &'a mut [Unknown] {
    let list = room(unknown, rare.len() + 1);
    let mut found = 0;
    let mut first = 0;
    let mut rare = rare.iter();
    for part in parts {
        // Tokens beyond one for each pre-token; less than none while some are unknown.
        let mut more = 0usize;
        for word in rare.by_ref() {
            let Some((key, [start, end])) = key_at(starts, bytes, word.number) else { break };
            // The separator after the part.
            if start == part.end {
                let number = usize::from(word.number);
                part.tokens = (number - first).wrapping_add(more) as u32;
                first = number + 1;
                break;
            }
            let count = word_at(word.slot as usize).map_or(0, |slot| slot.count_for(key));
            let count = select_unpredictable(usize::from(end - start) > WORD_BYTES, 0, count);
            more = more.wrapping_add(count).wrapping_sub(1);
            if let Some(slot) = list.get_mut(found) {
                *slot = Unknown { start, end, cached: word.cached, tokens: 0 };
            }
            found += usize::from(count == 0);
        }
        part.unknown = found as u16;
    }
    unknown.get_mut(..found).unwrap_or_default()
}

/// Key, start and end of a pre-token by its number.
#[inline(always)]
fn key_at(starts: &[u16], bytes: &[u8; BUFFER], number: u16) -> Option<(WordKey, [u16; 2])> {
    let &[start, end] = starts.get(usize::from(number)..)?.first_chunk()?;
    let word = bytes.get(usize::from(start)..)?.first_chunk()?;
    Some((WordKey::load(word, usize::from(end.wrapping_sub(start))), [start, end]))
}

/// A list with at least `size` elements, so that one can be written before it is known to stay.
#[inline(always)]
fn room<T: Copy + Default>(list: &mut Vec<T>, size: usize) -> &mut [T] {
    if list.len() < size {
        list.resize(size, T::default());
    }
    list.as_mut_slice()
}
