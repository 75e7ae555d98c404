//! Counting without encoding: most words are looked up in one probe each, and the rest are merged afterwards, or
//! found in a bounded cache of those merged before.

use super::cache::{Cache, IdCache};
use super::chunk::{CAPACITY, Chunk, FIRST, SIZE, STARTS, zeros};
use super::lookup::{Lists, Pieces};
use super::merge::{self, LANES, WINDOW};
use super::ranks::Ranks;
use super::split::pretoken_length;
use super::tables::{WORD_BYTES, WordKey, WordSlot, learned};
use crate::simd::{BLOCK, Kernel, Level, Set, prefetch};
use std::ops::Range;

/// Bytes of a cache line.
const LINE: usize = 64;

/// The first byte of each line of the texts that go into the next chunk. They lie wherever their strings were made, and
/// are asked for while this chunk is worked on.
fn lines<'a>(texts: &'a [impl AsRef<str>], lines: &mut Vec<&'a u8>) {
    lines.clear();
    for text in texts {
        let mut rest = text.as_ref().as_bytes();
        while let Some(first) = rest.first() {
            if lines.len() >= CAPACITY / LINE {
                return;
            }
            lines.push(first);
            rest = rest.get(LINE..).unwrap_or_default();
        }
    }
}

/// A pre-token that is not one token.
#[derive(Clone, Copy, Debug, Default)]
struct Unknown {
    number: u16,
    /// Number of its tokens.
    tokens: u16,
    /// Whether it has more bytes than its key can hold.
    long: bool,
    hash: u64,
    key: WordKey,
}

impl Unknown {
    /// Number of its tokens beyond one.
    #[inline(always)]
    fn more(&self) -> u16 {
        self.tokens.wrapping_sub(1)
    }
}

/// Blocks of the numbers that pre-tokens can have.
const BORDERS: usize = SIZE / BLOCK + 1;

/// Buffers and the cache.
#[derive(Default)]
pub(super) struct Engine {
    pub(super) set: Set,
    chunk: Chunk,
    lists: Lists,
    /// Where each text in the chunk ends.
    ends: Vec<u16>,
    /// Number of tokens of each.
    counts: Vec<u32>,
    words: Vec<Unknown>,
    /// The numbers of the separators behind the texts.
    borders: Ranks<BORDERS>,
    /// Tokens beyond one of each pre-token, where they are asked for.
    more: Vec<u16>,
    cache: Cache,
    tokens: Vec<u16>,
    /// The token of each pre-token that is one, when encoding; and those of words that are several.
    ids: Option<Box<[u16; STARTS]>>,
    id_cache: IdCache,
}

impl Engine {
    /// Number of tokens of `text`.
    pub(super) fn count(&mut self, text: &str) -> usize {
        if text.len() < CAPACITY {
            self.count_whole(text, usize::MAX, false)
        } else {
            self.count_long(text, usize::MAX)
        }
    }

    /// Appends the number of tokens of each text.
    pub(super) fn count_each(&mut self, texts: &[impl AsRef<str>], out: &mut Vec<u32>) {
        let mut soon = Vec::with_capacity(2 * CAPACITY / LINE);
        self.clear();
        for (i, text) in texts.iter().enumerate() {
            let text = text.as_ref();
            if !self.chunk.fits(text) {
                lines(texts.get(i..).unwrap_or_default(), &mut soon);
                self.flush(out, &soon);
            }
            if text.len() >= CAPACITY {
                out.push(self.count_long(text, usize::MAX) as u32);
                self.clear();
                continue;
            }
            self.push(text);
        }
        self.flush(out, &[]);
    }

    /// Whether `text` has at most `budget` tokens.
    pub(super) fn within(&mut self, text: &str, budget: usize) -> bool {
        // A token has at least one byte.
        text.len() <= budget || self.count_long(text, budget) <= budget
    }

    /// Number of tokens of a text that fits into the chunk.
    fn count_whole(&mut self, text: &str, most: usize, each: bool) -> usize {
        self.clear();
        self.push(text);
        self.set.run(Count { engine: self, open: false, each, most, soon: &[] });
        self.first_count()
    }

    /// Number of tokens of the first text in the chunk.
    fn first_count(&self) -> usize {
        self.counts.first().map_or(0, |&count| count as usize)
    }

    /// Number of tokens of a text part by part; any number above `budget` once it is exceeded.
    fn count_long(&mut self, text: &str, budget: usize) -> usize {
        let mut tokens = 0;
        let mut rest = text;
        while !rest.is_empty() && tokens <= budget {
            let part = self.count_part(rest, budget - tokens, false);
            tokens = tokens.saturating_add(part.tokens);
            rest = rest.get(part.bytes..).unwrap_or_default();
        }
        tokens
    }

    /// Counts the beginning of `rest`, about as much of it as `left` tokens can be; with `each`, `more` is right after it.
    fn count_part(&mut self, rest: &str, left: usize, each: bool) -> Part {
        self.clear();
        let most = if each { usize::MAX } else { left };
        // In prose this holds more pre-tokens than are left, which settles it before any is looked up.
        let size = left.saturating_mul(6).saturating_add(64).min(CAPACITY - 1);
        if rest.len() <= size {
            return Part {
                bytes: rest.len(),
                tokens: self.count_whole(rest, most, each),
                pretokens: self.more.len(),
            };
        }
        self.push(rest.get(..rest.floor_char_boundary(size)).unwrap_or_default());
        self.set.run(Count { engine: self, open: true, each, most, soon: &[] });
        let bytes = self.first_end();
        if bytes > 0 {
            return Part { bytes, tokens: self.first_count(), pretokens: self.more.len() };
        }
        // One pre-token is longer than the part. It has more tokens than are left if it is longer than they can be.
        let bytes = pretoken_length(rest.as_bytes(), left.saturating_mul(WINDOW));
        if bytes / WINDOW >= left {
            return Part { bytes, tokens: usize::MAX, pretokens: 1 };
        }
        let piece = rest.as_bytes().get(..bytes).unwrap_or_default();
        let tokens = merge::count(piece, &mut self.tokens);
        self.tokens.shrink_to(CAPACITY);
        Part { bytes, tokens, pretokens: 1 }
    }

    /// Where the first text in the chunk ends, in bytes from its start.
    fn first_end(&self) -> usize {
        self.ends.first().map_or(0, |&end| usize::from(end).saturating_sub(FIRST))
    }

    /// The pre-token with which `text` exceeds `budget` tokens, if one does.
    pub(super) fn exceeding(&mut self, text: &str, budget: usize) -> Option<Excess> {
        let mut excess = Excess { last: 0..0, before: 0..0, tokens_before: 0, left: budget };
        let mut at = 0;
        while at < text.len() {
            let part = self.count_part(text.get(at..).unwrap_or_default(), excess.left, true);
            for number in 0..part.pretokens {
                let (end, tokens) = match part.pretokens {
                    1 => (at + part.bytes, part.tokens),
                    _ => (
                        at + self.end_of(number),
                        1 + usize::from(self.more.get(number).copied().unwrap_or(0)),
                    ),
                };
                let last = excess.last.end..end;
                if tokens > excess.left {
                    return Some(Excess { before: excess.last, last, ..excess });
                }
                excess.left -= tokens;
                excess.tokens_before = tokens;
                excess.last = last;
            }
            at += part.bytes;
        }
        None
    }

    /// Where a pre-token of the first text in the chunk ends, in bytes from the text's start.
    fn end_of(&self, number: usize) -> usize {
        let end = self.chunk.pieces().starts.get(number + 1).copied().unwrap_or(0);
        usize::from(end).saturating_sub(FIRST)
    }

    /// Calls `visit` with the tokens of `text`, in order and part by part.
    pub(super) fn encode(&mut self, text: &str, mut visit: impl FnMut(&[u16])) {
        let mut rest = text;
        while !rest.is_empty() {
            self.clear();
            let open = rest.len() >= CAPACITY;
            let part = if open {
                rest.get(..rest.floor_char_boundary(CAPACITY - 1)).unwrap_or_default()
            } else {
                rest
            };
            self.push(part);
            self.tokens.clear();
            self.set.run(Encode { engine: self, open });
            let mut end = self.first_end();
            if end == 0 {
                // One pre-token fills the chunk.
                end = pretoken_length(rest.as_bytes(), usize::MAX);
                merge::merge_into(rest.as_bytes().get(..end).unwrap_or_default(), &mut self.tokens);
            }
            visit(&self.tokens);
            self.tokens.shrink_to(CAPACITY);
            rest = rest.get(end..).unwrap_or_default();
        }
    }

    /// Bytes of the buffers and caches, whether touched or not.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        size_of::<u16>() * (self.ends.capacity() + self.more.capacity() + self.tokens.capacity())
            + size_of::<u32>() * self.counts.capacity()
            + size_of::<Unknown>() * self.words.capacity()
            + self.ids.as_ref().map_or(0, |ids| size_of_val(&**ids))
            + self.borders.memory()
            + self.chunk.memory()
            + self.lists.memory()
            + self.cache.memory()
            + self.id_cache.memory()
    }

    fn clear(&mut self) {
        self.chunk.clear();
        self.ends.clear();
    }

    fn push(&mut self, text: &str) {
        self.ends.push(self.chunk.push(text.as_bytes()));
    }

    /// Appends the counts of the texts in the chunk to `out` and empties it.
    fn flush(&mut self, out: &mut Vec<u32>, soon: &[&u8]) {
        self.set.run(Count { engine: self, open: false, each: false, most: usize::MAX, soon });
        out.extend_from_slice(&self.counts);
        self.clear();
    }
}

/// The beginning of a text, counted.
struct Part {
    bytes: usize,
    tokens: usize,
    pretokens: usize,
}

/// The pre-token with which a budget is exceeded.
pub(super) struct Excess {
    /// Its bytes.
    pub(super) last: Range<usize>,
    /// Those of the one before it.
    pub(super) before: Range<usize>,
    /// The number of tokens of that.
    pub(super) tokens_before: usize,
    /// What is left of the budget for the last one.
    pub(super) left: usize,
}

/// Counts the tokens of each text in the chunk. If it is `open`, more text follows than it holds, and only what does not
/// depend on that counts; the text then ends there.
struct Count<'a> {
    engine: &'a mut Engine,
    open: bool,
    /// Whether `more` is asked for.
    each: bool,
    /// A count that is larger than this may be any that is.
    most: usize,
    /// What is read when the next chunk is filled.
    soon: &'a [&'a u8],
}

impl Kernel for Count<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Level>(self, level: L) {
        let Engine { chunk, lists, ends, counts, words, borders, more, cache, tokens, .. } = self.engine;
        counts.clear();
        let (soon, later) = self.soon.split_at(self.soon.len() / 2);
        // Each pre-token has a token at least; there is a separator among them, and while it is open, not each of the
        // last few bytes may be the start that it seems to be.
        let bounds = chunk.bounds(level, soon);
        if bounds > self.most.saturating_add(8) {
            counts.push(u32::MAX);
            return;
        }
        let count = list(level, chunk, ends, self.open, later);
        cache.open();
        let pieces = chunk.pieces();
        let (unknown, _) = lists.look_up(level, chunk, count, ());
        let words = count_words(pieces, unknown, words, cache, tokens);
        if self.each {
            more.clear();
            more.resize(usize::from(count), 0);
            for word in words {
                if let Some(more) = more.get_mut(usize::from(word.number)) {
                    *more = word.more();
                }
            }
        }
        if ends.len() == 1 {
            let more = words.iter().map(|word| u32::from(word.more()));
            counts.push(u32::from(count) + more.sum::<u32>());
            return;
        }
        let mut first = 0;
        borders.clear(count);
        for &end in ends.iter() {
            let end = chunk.number_at(end);
            counts.push(u32::from(end - first));
            borders.insert(end);
            first = end + 1;
        }
        borders.count_up(count);
        for word in words {
            if let Some(count) = counts.get_mut(usize::from(borders.rank(word.number))) {
                *count += u32::from(word.more());
            }
        }
    }
}

/// Lists the pre-tokens of a chunk whose bounds are found; how many there are, separators between them included.
#[inline(always)]
fn list<L: Level>(level: L, chunk: &mut Chunk, ends: &mut [u16], open: bool, soon: &[&u8]) -> u16 {
    chunk.list(level, soon);
    if open && let Some(end) = ends.first_mut() {
        *end = chunk.settle();
    }
    ends.last().map_or(0, |&end| chunk.number_at(end))
}

/// The tokens of the only text in the chunk; `open` as for [`Count`].
struct Encode<'a> {
    engine: &'a mut Engine,
    open: bool,
}

impl Kernel for Encode<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Level>(self, level: L) {
        let Engine { chunk, lists, ends, tokens, ids, id_cache, .. } = self.engine;
        let ids = ids.get_or_insert_with(zeros);
        chunk.bounds(level, &[]);
        let count = list(level, chunk, ends, self.open, &[]);
        let pieces = chunk.pieces();
        let (unknown, longs) = lists.look_up(level, chunk, count, &mut **ids);
        let (shorts, longs) = unknown.split_at(longs);
        let mut known = 0;
        let [mut shorts, mut longs] = [shorts.iter().peekable(), longs.iter().peekable()];
        loop {
            let number = match (shorts.peek(), longs.peek()) {
                (Some(short), Some(long)) if short < long => shorts.next(),
                (_, Some(_)) => longs.next(),
                _ => shorts.next(),
            };
            let unknown = number.copied().unwrap_or(count);
            tokens.extend_from_slice(ids.get(known..usize::from(unknown)).unwrap_or_default());
            if number.is_none() {
                break;
            }
            let merge = |tokens: &mut Vec<u16>| merge::merge_into(pieces.piece(unknown), tokens);
            match pieces.key(unknown) {
                (key, ..=WORD_BYTES) => id_cache.extend(key, tokens, merge),
                _ => merge(tokens),
            }
            known = usize::from(unknown) + 1;
        }
    }
}

/// Counts the tokens of words that are not one token, by the cache; those that it lacks are looked up among the
/// frequent ones, or merged.
#[inline(always)]
fn count_words<'a>(
    pieces: Pieces<'_>,
    numbers: &[u16],
    words: &'a mut Vec<Unknown>,
    cache: &mut Cache,
    tokens: &mut Vec<u16>,
) -> &'a [Unknown] {
    if words.len() < numbers.len() {
        words.resize(numbers.len(), Unknown::default());
    }
    let words = words.get_mut(..numbers.len()).unwrap_or_default();
    // A loop of its own, so that it is compiled for the instruction set.
    for (word, &number) in words.iter_mut().zip(numbers) {
        let (key, length) = pieces.key(number);
        *word = Unknown { number, tokens: 0, long: length > WORD_BYTES, hash: key.hash(), key };
        prefetch(cache.at(word.hash));
    }
    let mut lanes = [0; LANES];
    let mut taken = 0;
    for at in 0..words.len() {
        let Some(word) = words.get_mut(at) else { break };
        if word.long {
            let merge = |piece: &[u8]| merge::count(piece, tokens);
            word.tokens = cache.get_long(pieces.piece(word.number), merge) as u16;
            continue;
        }
        word.tokens = cache.get(word.hash, word.key) as u16;
        if word.tokens > 0 {
            continue;
        }
        let count = learned(word.hash).map_or(0, |slot| slot.count_for(word.key));
        if count > 0 {
            word.tokens = count as u16;
            cache.insert(word.hash, WordSlot::new(word.key, count));
            continue;
        }
        if let Some(lane) = lanes.get_mut(taken) {
            *lane = at;
            taken += 1;
        }
        if taken == LANES {
            merge_lanes(pieces, words, lanes, cache);
            taken = 0;
        }
    }
    // Lanes without a word are empty.
    lanes.iter_mut().skip(taken).for_each(|number| *number = words.len());
    if taken > 0 {
        merge_lanes(pieces, words, lanes, cache);
    }
    words
}

/// Merges words of at most [`WORD_BYTES`] bytes beside each other and keeps their counts.
#[inline(always)]
fn merge_lanes(pieces: Pieces<'_>, words: &mut [Unknown], lanes: [usize; LANES], cache: &mut Cache) {
    let counts =
        merge::count_lanes(lanes.map(|at| words.get(at).map_or(&[][..], |word| pieces.piece(word.number))));
    for (at, count) in lanes.into_iter().zip(counts) {
        let Some(word) = words.get_mut(at) else { continue };
        word.tokens = count as u16;
        cache.insert(word.hash, WordSlot::new(word.key, count));
    }
}
