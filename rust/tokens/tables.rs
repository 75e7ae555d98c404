//! GPT-2's tables, embedded and read in place: character classes, whole words, pairs of tokens, token parts.
//!
//! `training/tokens.py` makes them; `rust/data/README.md` says from what. Both lookups are perfect hashes: a key
//! has one place it can be in, so a probe is two loads and a comparison, without a loop.

use std::hint::select_unpredictable;

#[cfg(target_endian = "big")]
compile_error!("the embedded tables are little-endian");

/// Number of tokens; ids are below it.
pub(super) const TOKENS: usize = 50_256;
/// Stands for "no token" wherever an id is expected.
pub(super) const ABSENT: u16 = u16::MAX;
/// Longest word that the word table holds, in bytes.
pub(super) const WORD_BYTES: usize = 15;
/// Tokens below this are single bytes; the others have two parts.
const FIRST_MERGED: u16 = 256;

const WORD_SLOTS: usize = 76_064;
const WORD_BUCKETS: usize = 1 << 14;
const WORD_KEYS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
const HOT_BITS: u32 = 13;
const HOT_BYTES: usize = 8;
const HOT_KEY: u64 = 0x9E37_79B9_7F4A_7C15;
const PAIR_SLOTS: usize = 1 << 16;
const PAIR_BUCKETS: usize = 1 << 14;
const PAIR_KEY: u64 = 0x9E37_79B9_7F4A_7C15;
const CLASS_PAGES: usize = 133;

/// Starts at a cache line, so that no slot straddles two.
#[repr(C, align(64))]
struct Aligned<T>(T);

/// A file of bytes; its length is checked when compiling.
macro_rules! bytes {
    ($file:literal) => {
        Aligned(*include_bytes!(concat!("../data/gpt2/", $file)))
    };
}

/// A file of little-endian numbers as an array of them; its length is checked when compiling.
macro_rules! numbers {
    ($type:ty, $file:literal) => {
        // SAFETY: an array of integers, or of structs of them, has no invalid bit pattern, and `transmute` checks the size.
        Aligned(unsafe {
            std::mem::transmute::<[u8; size_of::<$type>()], $type>(*include_bytes!(concat!(
                "../data/gpt2/",
                $file
            )))
        })
    };
}

static CLASS_INDEX: Aligned<[u8; 0x11_0000 / 256]> = bytes!("class_index.bin");
static CLASS_PAGE: Aligned<[u8; CLASS_PAGES * 64]> = bytes!("class_pages.bin");
static BYTE_TOKEN: Aligned<[u16; 256]> = numbers!([u16; 256], "byte_tokens.bin");
static PARTS: Aligned<[[u16; 2]; TOKENS]> = numbers!([[u16; 2]; TOKENS], "parts.bin");
static LENGTH: Aligned<[u8; TOKENS]> = bytes!("lengths.bin");
static HOT_WORD: Aligned<[u64; 1 << HOT_BITS]> = numbers!([u64; 1 << HOT_BITS], "hot_words.bin");
static PAIR_PILOT: Aligned<[u8; PAIR_BUCKETS]> = bytes!("pair_pilots.bin");
static PAIR_SLOT: Aligned<[u64; PAIR_SLOTS]> = numbers!([u64; PAIR_SLOTS], "pair_slots.bin");
static WORD_PILOT: Aligned<[u16; WORD_BUCKETS]> = numbers!([u16; WORD_BUCKETS], "word_pilots.bin");
static WORD_SLOT: Aligned<[WordSlot; WORD_SLOTS]> = numbers!([WordSlot; WORD_SLOTS], "word_slots.bin");
static WORD_ID: Aligned<[u16; WORD_SLOTS]> = numbers!([u16; WORD_SLOTS], "word_ids.bin");

/// What the pre-tokenizer's pattern tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// None of the following.
    Other,
    /// `\p{L}`
    Letter,
    /// `\p{N}`
    Number,
    /// `\s`
    Space,
}

/// Class of a code point; of a number that is none, [`Class::Other`].
pub(super) fn class(code_point: u32) -> Class {
    let at = code_point as usize;
    let page = CLASS_INDEX.0.get(at / 256).copied().unwrap_or(0);
    let byte = CLASS_PAGE.0.get(usize::from(page) * 64 + at % 256 / 4).copied().unwrap_or(0);
    match byte >> (at % 4 * 2) & 3 {
        0 => Class::Other,
        1 => Class::Letter,
        2 => Class::Number,
        _ => Class::Space,
    }
}

/// A word of at most [`WORD_BYTES`] bytes, padded with a byte that no text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WordKey {
    low: u64,
    high: u64,
}

/// Sixteen zeros and sixteen times the padding of a key: from the right place on, what pads a word.
static PADDING: [u8; 32] = {
    let mut padding = [0; 32];
    let mut at = 16;
    while at < 32 {
        padding[at] = 0xFF;
        at += 1;
    }
    padding
};

impl WordKey {
    /// The key of `word`, if it is short enough for one.
    pub(super) fn new(word: &[u8]) -> Option<Self> {
        if word.len() > WORD_BYTES {
            return None;
        }
        let mut padded = [0xFF; 16];
        padded.iter_mut().zip(word).for_each(|(to, &from)| *to = from);
        let both = u128::from_le_bytes(padded);
        Some(Self { low: both as u64, high: (both >> 64) as u64 })
    }

    /// The key of `length` bytes at the start of `bytes`; of the first [`WORD_BYTES`] where it is longer.
    #[inline(always)]
    pub(super) fn load(bytes: &[u8; 16], length: usize) -> Self {
        let shown = 16 - length.min(WORD_BYTES);
        let [low, high] = [0, 8].map(|half| {
            let padding =
                PADDING.get(shown + half..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
            let text = bytes.get(half..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
            u64::from_le_bytes(text) | u64::from_le_bytes(padding)
        });
        Self { low, high }
    }

    /// A well mixed hash of the key.
    #[inline(always)]
    pub(super) fn hash(self) -> u64 {
        let product = u128::from(self.low ^ WORD_KEYS[0]) * u128::from(self.high ^ WORD_KEYS[1]);
        product as u64 ^ (product >> 64) as u64
    }
}

/// A word and, where the last byte of its key would be padding, the number of its tokens. The default is that of no
/// word.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WordSlot([u64; 2]);

impl WordSlot {
    /// The slot of a word of `tokens` tokens.
    pub(super) fn new(key: WordKey, tokens: usize) -> Self {
        Self([key.low, key.high & (u64::MAX >> 8) | (tokens as u64) << 56])
    }

    /// Number of tokens of the word `key`; 0 if the slot holds another.
    #[inline(always)]
    pub(super) fn count_for(self, key: WordKey) -> usize {
        let Self([low, high]) = self;
        let other = (low ^ key.low) | (high ^ key.high) << 8;
        select_unpredictable(other == 0, (high >> 56) as usize, 0)
    }
}

/// Whether the `length` bytes at the start of `bytes` are one of the most frequent words that are one token.
#[inline(always)]
pub(super) fn is_hot(bytes: &[u8; 8], length: usize) -> bool {
    // A longer word becomes nothing but padding, which the table does not hold.
    let shown = if length > HOT_BYTES { 16 } else { 16 - length };
    let padding = PADDING.get(shown..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    let word = u64::from_le_bytes(*bytes) | u64::from_le_bytes(padding);
    HOT_WORD.0.get((word.wrapping_mul(HOT_KEY) >> (64 - HOT_BITS)) as usize) == Some(&word)
}

/// Slot of the word table that the key of this hash can be in.
#[inline(always)]
pub(super) fn word_slot(hash: u64) -> usize {
    let pilot = WORD_PILOT.0[hash as usize % WORD_BUCKETS];
    let spread = hash.wrapping_mul(2 * u64::from(pilot) + 1) >> 32;
    ((spread * WORD_SLOTS as u64) >> 32) as usize
}

/// What a slot of the word table holds: a token that can be a word, or a frequent word of several tokens. The empty
/// word is there and counts as one token, so that separators need no exception.
#[inline(always)]
pub(super) fn word_at(slot: usize) -> Option<&'static WordSlot> {
    WORD_SLOT.0.get(slot)
}

/// Number of tokens of a word that the table holds; 0 for others.
pub(super) fn word_count(key: WordKey) -> usize {
    word_at(word_slot(key.hash())).map_or(0, |word| word.count_for(key))
}

/// The token that a whole word is, or [`ABSENT`].
pub(super) fn word_token(key: WordKey) -> u16 {
    if word_count(key) == 1 {
        WORD_ID.0.get(word_slot(key.hash())).copied().unwrap_or(ABSENT)
    } else {
        ABSENT
    }
}

/// The token that `left` and `right` merge into, or [`ABSENT`].
#[inline(always)]
pub(super) fn merged(left: u16, right: u16) -> u16 {
    #[cfg(test)]
    super::tests::note_lookup();
    let pair = u32::from(left) | u32::from(right) << 16;
    let hash = u64::from(pair).wrapping_mul(PAIR_KEY);
    let pilot = PAIR_PILOT.0[(hash >> 50) as usize];
    let slot = PAIR_SLOT.0[((hash >> 32) as usize ^ (usize::from(pilot) * 257)) % PAIR_SLOTS];
    select_unpredictable(slot as u32 == pair, (slot >> 32) as u16, ABSENT)
}

/// The token of a single byte.
#[inline(always)]
pub(super) fn byte_token(byte: u8) -> u16 {
    BYTE_TOKEN.0[usize::from(byte)]
}

/// The two tokens that `token` is merged from; `None` for a single byte and for what is no token.
pub(super) fn parts(token: u16) -> Option<[u16; 2]> {
    if token < FIRST_MERGED { None } else { PARTS.0.get(usize::from(token)).copied() }
}

/// Length of a token in bytes; 0 for what is no token.
pub(super) fn length(token: u16) -> usize {
    LENGTH.0.get(usize::from(token)).map_or(0, |&length| usize::from(length))
}

/// Appends the bytes of `token`; nothing for what is no token.
pub(super) fn push_bytes(token: u16, out: &mut Vec<u8>) {
    // Depth-first, left part first: the stack holds the right parts still to come, fewer than a token has bytes.
    let mut pending = vec![token];
    while let Some(token) = pending.pop() {
        match parts(token) {
            Some([left, right]) => pending.extend([right, left]),
            None => out.extend(PARTS.0.get(usize::from(token)).map(|&[byte, _]| byte as u8)),
        }
    }
}
