//! GPT-2's tables, embedded and read in place: character classes, whole words, pairs of tokens, token parts.
//!
//! `training/tokens.py` makes them; `rust/data/README.md` says from what. Every lookup is a perfect hash: a key
//! has one place it can be in, so a probe is two loads and a comparison, without a loop.
//!
//! Words that are one token are looked for in up to two tables, the smaller the likelier: the most frequent of at
//! most eight bytes ([`HOT`]), then all of that length ([`SHORT`]) or longer ([`LONG`]). Frequent words of several
//! tokens have a table of their own ([`learned`]).

use crate::simd::{Direct, Keys, Pairs, word_key};
use std::hint::select_unpredictable;

#[cfg(target_endian = "big")]
compile_error!("the embedded tables are little-endian");

/// Number of tokens; ids are below it.
pub(super) const TOKENS: usize = 50_256;
/// Stands for "no token" wherever an id is expected.
pub(super) const ABSENT: u16 = u16::MAX;
/// Longest word that the tables of frequent and of short tokens hold, in bytes.
pub(super) const SHORT_BYTES: usize = 8;
/// Longest word that has a [`WordSlot`].
pub(super) const WORD_BYTES: usize = 15;
/// Tokens below this are single bytes; the others have two parts.
const FIRST_MERGED: u16 = 256;

const HOT_SLOTS: usize = 1 << 13;
const HOT_KEY: u64 = 0x1583_1FEE_EC41_E6F7;
const KEYS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
const SHORT_SLOTS: usize = 1 << 16;
const SHORT_BUCKETS: usize = 1 << 12;
const LONG_SLOTS: usize = 1 << 14;
const LONG_BUCKETS: usize = 1 << 11;
const LEARNED_SLOTS: usize = 74226;
const LEARNED_BUCKETS: usize = 1 << 14;
const PAIR_SLOTS: usize = 1 << 16;
const PAIR_BUCKETS: usize = 1 << 14;
const PAIR_KEY: u32 = 0x2265_B1F5;
const PAIR_SPREAD: u32 = 0x91B7;
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
static PAIR_PILOT: Aligned<[u8; PAIR_BUCKETS]> = bytes!("pair_pilots.bin");
static PAIR_SLOT: Aligned<[u32; PAIR_SLOTS]> = numbers!([u32; PAIR_SLOTS], "pair_slots.bin");

/// The tables of words, one behind the other, so that one address leads to all of them.
#[repr(C)]
struct Words {
    hot: Aligned<[u64; HOT_SLOTS]>,
    short_pilots: Aligned<[u16; SHORT_BUCKETS]>,
    long_pilots: Aligned<[u16; LONG_BUCKETS]>,
    long: Aligned<[[u64; 2]; LONG_SLOTS]>,
    short: Aligned<[u64; SHORT_SLOTS]>,
    learned_pilots: Aligned<[u16; LEARNED_BUCKETS]>,
    learned: Aligned<[WordSlot; LEARNED_SLOTS]>,
    hot_ids: Aligned<[u16; HOT_SLOTS]>,
    short_ids: Aligned<[u16; SHORT_SLOTS]>,
    long_ids: Aligned<[u16; LONG_SLOTS]>,
}

static WORDS: Words = Words {
    hot: numbers!([u64; HOT_SLOTS], "hot_words.bin"),
    short_pilots: numbers!([u16; SHORT_BUCKETS], "short_pilots.bin"),
    long_pilots: numbers!([u16; LONG_BUCKETS], "long_pilots.bin"),
    long: numbers!([[u64; 2]; LONG_SLOTS], "long_slots.bin"),
    short: numbers!([u64; SHORT_SLOTS], "short_slots.bin"),
    learned_pilots: numbers!([u16; LEARNED_BUCKETS], "learned_pilots.bin"),
    learned: numbers!([WordSlot; LEARNED_SLOTS], "learned_slots.bin"),
    hot_ids: numbers!([u16; HOT_SLOTS], "hot_ids.bin"),
    short_ids: numbers!([u16; SHORT_SLOTS], "short_ids.bin"),
    long_ids: numbers!([u16; LONG_SLOTS], "long_ids.bin"),
};

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

/// A word of at most sixteen bytes, padded with a byte that no text holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WordKey {
    low: u64,
    high: u64,
}

impl WordKey {
    /// The key of the first `length` bytes; of all of them where that is more.
    #[inline(always)]
    pub(super) fn load(bytes: &[u8; 16], length: usize) -> Self {
        let [low, high] = word_key(bytes, length);
        Self { low, high }
    }

    /// A well mixed hash of the key.
    #[inline(always)]
    pub(super) fn hash(self) -> u64 {
        folded(self.low ^ KEYS[0], self.high ^ KEYS[1])
    }
}

/// Both halves of the product, joined.
#[inline(always)]
fn folded(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    product as u64 ^ (product >> 64) as u64
}

/// A word and, where the last byte of its key would be padding, the number of its tokens. The default is that of no
/// word.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WordSlot([u64; 2]);

impl WordSlot {
    /// The slot of a word of at most [`WORD_BYTES`] bytes and `tokens` tokens.
    pub(super) fn new(key: WordKey, tokens: usize) -> Self {
        Self([key.low, key.high & (u64::MAX >> 8) | (tokens as u64) << 56])
    }

    /// Whether there is a word in the slot.
    pub(super) fn holds(self) -> bool {
        self.0[1] >> 56 != 0
    }

    /// The key of the word in the slot.
    pub(super) fn key(self) -> WordKey {
        WordKey { low: self.0[0], high: self.0[1] | 0xFF << 56 }
    }

    /// Number of tokens of the word `key`; 0 if the slot holds another.
    #[inline(always)]
    pub(super) fn count_for(self, key: WordKey) -> usize {
        let Self([low, high]) = self;
        let other = (low ^ key.low) | (high ^ key.high) << 8;
        select_unpredictable(other == 0, (high >> 56) as usize, 0)
    }
}

/// Place of a hash among `slots`: its bucket's pilot, which is odd, decides.
#[inline(always)]
fn place<const BUCKETS: usize>(hash: u64, pilots: &[u16; BUCKETS], slots: usize) -> usize {
    let pilot = pilots[hash as usize % BUCKETS];
    let spread = hash.wrapping_mul(u64::from(pilot)) >> 32;
    ((spread * slots as u64) >> 32) as usize
}

/// The table of frequent tokens of at most [`SHORT_BYTES`] bytes, by their [`short_key`]. Nothing but padding is held,
/// so that a separator or a longer word is not looked for elsewhere.
pub(super) static HOT: Direct<HOT_SLOTS> = Direct { multiplier: HOT_KEY, slots: &WORDS.hot.0 };

/// The table of tokens of at most [`SHORT_BYTES`] bytes, by their [`short_key`].
pub(super) static SHORT: Keys<SHORT_BUCKETS, SHORT_SLOTS> =
    Keys { multiplier: KEYS[0], pilots: &WORDS.short_pilots.0, slots: &WORDS.short.0 };

/// The table of longer tokens, up to sixteen bytes.
pub(super) static LONG: Pairs<LONG_BUCKETS, LONG_SLOTS> =
    Pairs { multipliers: KEYS, pilots: &WORDS.long_pilots.0, slots: &WORDS.long.0 };

/// The slot that a frequent word of several tokens can be in, by the hash of its key.
#[inline(always)]
pub(super) fn learned(hash: u64) -> Option<&'static WordSlot> {
    WORDS.learned.0.get(place(hash, &WORDS.learned_pilots.0, LEARNED_SLOTS))
}

/// The token in a slot of the table of frequent tokens.
#[inline(always)]
pub(super) fn hot_id(slot: usize) -> u16 {
    WORDS.hot_ids.0.get(slot).copied().unwrap_or(ABSENT)
}

/// The token in a slot of the table of short tokens.
#[inline(always)]
pub(super) fn short_id(slot: usize) -> u16 {
    WORDS.short_ids.0.get(slot).copied().unwrap_or(ABSENT)
}

/// The token in a slot of the table of long tokens.
#[inline(always)]
pub(super) fn long_id(slot: usize) -> u16 {
    WORDS.long_ids.0.get(slot).copied().unwrap_or(ABSENT)
}

/// The token that `left` and `right` merge into, or [`ABSENT`].
#[inline(always)]
pub(super) fn merged(left: u16, right: u16) -> u16 {
    #[cfg(test)]
    super::tests::note_lookup();
    let pair = (u32::from(left) | u32::from(right) << 16).wrapping_mul(PAIR_KEY);
    // The upper half names the bucket and is what a slot is compared by; the slot's place then implies the rest.
    let upper = pair >> 16;
    let pilot = PAIR_PILOT.0[(upper >> 2) as usize];
    let place = pair ^ upper.wrapping_mul(PAIR_SPREAD) ^ (u32::from(pilot) * 257);
    let slot = PAIR_SLOT.0[place as usize % PAIR_SLOTS];
    select_unpredictable(slot & 0xFFFF == upper, (slot >> 16) as u16, ABSENT)
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
