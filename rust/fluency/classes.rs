//! Word classes, and how likely one is after another, read in place from a static table.
//!
//! `rust/data/fluency_classes.bin` is made by `training/fluency_classes.py`: 64 bytes of header, [`SLOTS`] slots of
//! the word list (16 bits of hash, class, flags), then [`CLASSES`] x [`CLASSES`] signed bytes, each
//! `20 ln(p(second | first) / p(second))`.

use crate::eight::{SMALL, within};
use crate::simd::prefetch;
use crate::words::map::packed;
use std::hint::select_unpredictable;
use std::ops::Range;

/// How many classes there are.
pub(super) const CLASSES: usize = 256;
/// Slots of the word list, a power of two.
const SLOTS: usize = 1 << 17;
const HEADER: usize = 64;
/// Steps of the table in one nat.
const SCALE: f64 = 20.0;

/// Keeps the bytes on a cache line's boundary.
#[repr(align(64))]
struct Aligned([u8; HEADER + SLOTS * 4 + CLASSES * CLASSES]);

static TABLE: Aligned = Aligned(*include_bytes!("../data/fluency_classes.bin"));

/// The slots of the word list.
static LIST: &[[u8; 4]; SLOTS] = match TABLE.0.split_at(HEADER).1.as_chunks().0.first_chunk() {
    Some(list) => list,
    None => unreachable!(),
};

/// A closed-class word: article, pronoun, preposition, conjunction, auxiliary, common adverb.
pub(super) const FUNCTION: u8 = 1;
/// Its full stop belongs to it: "Dr", "Inc", "Jan".
pub(super) const ABBREVIATION: u8 = 8;
/// Stands in the word list with a class of its own or of its neighbours' kind.
pub(super) const KNOWN: u8 = 16;
/// Frequent enough to be told apart from the other words of its class.
pub(super) const COMMON: u8 = 32;
/// Hardly ever has a capital inside of a sentence.
pub(super) const LOWER: u8 = 64;

/// The classes that a mark or a word's shape gives; the numbers are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    Stop,
    Comma,
    Colon,
    Open,
    Close,
    Dash,
    Slash,
    Percent,
    Money,
    Symbol,
    Number,
    Year,
    Ordinal,
    Mixed,
    Name,
    Acronym,
    CapitalFunction,
    Possessive,
    Hyphen,
    Ing,
    Ed,
    Ly,
    Tion,
    Ment,
    Ness,
    Ity,
    Ous,
    Ive,
    Able,
    Al,
    Ic,
    Er,
    Est,
    Ist,
    Ate,
    Ize,
    Ies,
    S,
    Other,
}

/// The endings that tell the class of an unlisted word; the first that fits counts.
const SUFFIXES: [(&[u8], Class); 27] = [
    (b"ing", Class::Ing),
    (b"ed", Class::Ed),
    (b"ly", Class::Ly),
    (b"tion", Class::Tion),
    (b"sion", Class::Tion),
    (b"ment", Class::Ment),
    (b"ness", Class::Ness),
    (b"ity", Class::Ity),
    (b"ous", Class::Ous),
    (b"ful", Class::Ous),
    (b"less", Class::Ous),
    (b"ive", Class::Ive),
    (b"able", Class::Able),
    (b"ible", Class::Able),
    (b"al", Class::Al),
    (b"ic", Class::Ic),
    (b"er", Class::Er),
    (b"or", Class::Er),
    (b"est", Class::Est),
    (b"ist", Class::Ist),
    (b"ism", Class::Ist),
    (b"ate", Class::Ate),
    (b"ize", Class::Ize),
    (b"ise", Class::Ize),
    (b"ify", Class::Ize),
    (b"ies", Class::Ies),
    (b"s", Class::S),
];

/// What is known of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) class: u8,
    pub(super) flags: u8,
    /// Hash of the word in lower case.
    pub(super) key: u32,
}

/// The logarithm of how much likelier `second` is after `first` than anywhere.
pub(super) fn log_odds(first: u8, second: u8) -> f64 {
    let at = HEADER + SLOTS * 4 + usize::from(first) * CLASSES + usize::from(second);
    f64::from(TABLE.0[at] as i8) / SCALE
}

/// Class, flags and key of a word. `initial`: it begins a sentence, so its capital says nothing.
#[cfg(any(test, feature = "training"))]
pub(super) fn word(word: &str, initial: bool, dotted: bool) -> Known {
    let bytes = word.as_bytes();
    known(bytes, hash(bytes, true), initial, dotted)
}

/// The key of a word by its hash in lower case: the half of it that all letters had a part in.
#[inline(always)]
pub(super) const fn key(low_hash: u64) -> u32 {
    low_hash as u32
}

/// The hash of a word in lower case, `bytes[start..end]`, of at most 16 bytes of ASCII.
pub(super) const fn hash_of(bytes: &[u8], start: usize, end: usize) -> u64 {
    assert!(start < end && end - start <= 16);
    let (mut block, mut at) = (0_u128, start);
    while at < end {
        block |= (bytes[at] as u128) << (8 * (at - start));
        at += 1;
    }
    hash_short(end - start, block as u64, (block >> 64) as u64)
}

/// The keys of the articles.
pub(super) const A: u32 = key(hash_of(b"a", 0, 1));
pub(super) const AN: u32 = key(hash_of(b"an", 0, 2));
pub(super) const THE: u32 = key(hash_of(b"the", 0, 3));

/// Asks for the slot of a word in lower case.
#[inline(always)]
pub(super) fn ask(low_hash: u64) {
    prefetch(LIST.get(low_hash as usize % SLOTS));
}

/// The same as [`word`], given the hash of the word in lower case.
#[inline(always)]
pub(super) fn known(bytes: &[u8], low_hash: u64, initial: bool, dotted: bool) -> Known {
    let low = lookup(low_hash).unwrap_or(Entry { class: 0, flags: 0 });
    let is_capital = bytes.first().is_some_and(u8::is_ascii_uppercase);
    if is_classed(&low) & !(is_capital | dotted) {
        return Known { class: low.class, flags: low.flags, key: key(low_hash) };
    }
    let (class, flags) = odd(bytes, low, is_capital, initial, dotted);
    Known { class, flags, key: key(low_hash) }
}

/// Class and flags of a word that begins with a capital or does not stand in the list, where `low` is what the list has of
/// it in lower case.
fn odd(bytes: &[u8], low: Entry, is_capital: bool, initial: bool, dotted: bool) -> (u8, u8) {
    if dotted {
        return (Class::Acronym as u8, 0);
    }
    if !is_capital {
        return (shape(bytes) as u8, low.flags);
    }
    if is_classed(&low) && (initial || is_first_person(bytes)) {
        return (low.class, low.flags);
    }
    if low.flags & FUNCTION != 0 && bytes.len() > 1 && !initial {
        return (Class::CapitalFunction as u8, low.flags);
    }
    let exact = lookup(hash(bytes, false)).filter(is_classed);
    let class = exact.map_or_else(|| capital_shape(bytes) as u8, |entry| entry.class);
    let own = low.flags & !(KNOWN | COMMON);
    (class, exact.map_or(own, |entry| entry.flags | own))
}

/// Whether a word in lower case stands in the word list with a class.
pub(super) fn is_listed(word: &str) -> bool {
    listed(word.as_bytes()) & KNOWN != 0
}

/// The flags of a word in small letters; none where it is not listed.
pub(super) fn listed(word: &[u8]) -> u8 {
    lookup(hash(word, false)).map_or(0, |entry| entry.flags)
}

/// Whether at most 16 small letters, with zeros behind them, are a word that stands in the list with a class: quick where it
/// does not stand there.
#[inline(always)]
pub(super) fn is_known_letters(length: usize, letters: u128) -> bool {
    let hash = hash_short(length, letters as u64, (letters >> 64) as u64);
    may_list(hash) && lookup(hash).is_some_and(|entry| is_classed(&entry))
}

/// Whether [`lookup`] may find something: not where none of the next slots has the tag, and one of them is free.
#[inline(always)]
fn may_list(hash: u64) -> bool {
    const NEXT: usize = 16;
    let first = hash as usize % SLOTS;
    let Some(slots) = LIST.get(first..).and_then(<[[u8; 4]]>::first_chunk::<NEXT>) else { return true };
    let tag = u32::from((hash >> 32) as u16);
    let (mut equal, mut free) = (false, false);
    for slot in slots.map(u32::from_le_bytes) {
        equal |= slot & 0xffff == tag;
        free |= slot == 0;
    }
    equal | !free
}

/// Whether a word in small letters is listed, if only for its spelling.
pub(super) fn is_spelt(word: &[u8]) -> bool {
    listed(word) != 0
}

/// Whether a word of a text, in lower case, is a function word of English.
#[inline]
pub(super) fn is_function(text: &[u8], word: Range<usize>) -> bool {
    lookup(hash_in(text, word)).is_some_and(|entry| entry.flags & FUNCTION != 0)
}

/// The same of a word alone.
#[cfg(feature = "training")]
pub(super) fn is_function_word(word: &str) -> bool {
    is_function(word.as_bytes(), 0..word.len())
}

/// "I", "I'm", "I've": capitals wherever they stand.
fn is_first_person(bytes: &[u8]) -> bool {
    matches!(bytes, [b'I'] | [b'I', b'\'', ..] | [b'I', 0xe2, ..])
}

fn is_classed(entry: &Entry) -> bool {
    entry.flags & KNOWN != 0
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    class: u8,
    flags: u8,
}

/// A hash of the word in blocks of eight bytes; the typographic apostrophe counts as the plain one.
pub(super) fn hash(bytes: &[u8], fold: bool) -> u64 {
    const HIGH: u128 = 0x8080_8080_8080_8080_8080_8080_8080_8080;
    let block = packed(bytes);
    if (1..=16).contains(&bytes.len()) && block & HIGH == 0 {
        let [first, second] =
            [block as u64, (block >> 64) as u64].map(|block| if fold { lower(block) } else { block });
        return hash_short(bytes.len(), first, second);
    }
    hash_long(bytes, fold)
}

/// `hash(&text[word], false)`, quicker: of nearly all words sixteen bytes can be read.
#[inline]
fn hash_in(text: &[u8], word: Range<usize>) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let length = word.len();
    if let Some(block) = text.get(word.start..).and_then(<[u8]>::first_chunk)
        && (1..=16).contains(&length)
    {
        let block = u128::from_le_bytes(*block);
        let [first, second] = KEPT[length % KEPT.len()];
        let (low, high) = (block as u64 & first, (block >> 64) as u64 & second);
        if (low | high) & HIGH == 0 {
            return hash_short(length, low, high);
        }
    }
    hash(text.get(word).unwrap_or_default(), false)
}

/// The hash in lower case of the first `length` of some letters and digits of ASCII.
#[inline(always)]
pub(super) fn hash_plain(bytes: &[u8; 16], length: usize) -> u64 {
    // Digits have the bit of small letters.
    let block = u128::from_le_bytes(*bytes);
    let [first, second] = KEPT[length % KEPT.len()];
    let (low, high) = ((block as u64 | SMALL) & first, ((block >> 64) as u64 | SMALL) & second);
    hash_short(length, low, high)
}

/// What of two blocks belongs to a word, by its length.
static KEPT: [[u64; 2]; 32] = {
    let mut kept = [[u64::MAX; 2]; 32];
    let mut length = 0;
    while length < 16 {
        let all = (1_u128 << (8 * length)) - 1;
        kept[length] = [all as u64, (all >> 64) as u64];
        length += 1;
    }
    kept
};

/// The hash of a word of 1 to 16 ASCII bytes with zeros behind them.
#[inline(always)]
const fn hash_short(length: usize, first: u64, second: u64) -> u64 {
    let value = mix(length as u64, first);
    // Without a branch: how long words are no processor foresees.
    let is_long = ((length > 8) as u64).wrapping_neg();
    (mix(value, second) & is_long) | (value & !is_long)
}

/// The same of any word.
fn hash_long(bytes: &[u8], fold: bool) -> u64 {
    if !bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
        && text.contains('’')
    {
        return hash_long(text.replace('’', "'").as_bytes(), fold);
    }
    let case = |block| if fold { lower(block) } else { block };
    let (blocks, rest) = bytes.as_chunks::<8>();
    let mut value = bytes.len() as u64;
    for block in blocks {
        value = mix(value, case(u64::from_le_bytes(*block)));
    }
    if rest.is_empty() { value } else { mix(value, case(packed(rest) as u64)) }
}

#[inline(always)]
const fn mix(value: u64, block: u64) -> u64 {
    let value = (value ^ block).wrapping_mul(0x9fb2_1c65_1e98_df25);
    value ^ (value >> 32)
}

/// Eight bytes with the ASCII capitals among them in lower case.
fn lower(block: u64) -> u64 {
    block | (within(block, b'A', b'Z') >> 2)
}

#[inline(always)]
fn lookup(hash: u64) -> Option<Entry> {
    /// Slots that are looked at without a branch: where a search ends no processor foresees.
    const FIRST: usize = 2;
    /// No slot: a taken one has flags, a free one is 0.
    const NONE: u32 = 1;
    let tag = (hash >> 32) as u16;
    let slot = |number| u32::from_le_bytes(LIST[(hash as usize).wrapping_add(number) % SLOTS]);
    let ends = |slot: u32| (slot as u16 == tag) | (slot == 0);
    let earlier = |found, slot| select_unpredictable(ends(slot), slot, found);
    let mut found = (0..FIRST).rev().map(slot).fold(NONE, earlier);
    if found == NONE {
        // Half of the slots are free, so a search ends long before it has gone round.
        found = (FIRST..SLOTS).map(slot).find(|slot| ends(*slot)).unwrap_or_default();
    }
    let [.., class, flags] = found.to_le_bytes();
    (flags != 0).then_some(Entry { class, flags })
}

fn ends_with_possessive(bytes: &[u8]) -> bool {
    bytes.ends_with(b"'s") || bytes.ends_with("’s".as_bytes())
}

/// The class of an unlisted word that begins with a capital.
fn capital_shape(bytes: &[u8]) -> Class {
    if bytes.iter().any(u8::is_ascii_digit) {
        return Class::Mixed;
    }
    if ends_with_possessive(bytes) {
        return Class::Possessive;
    }
    if bytes.len() >= 2 && bytes.iter().all(u8::is_ascii_uppercase) {
        return Class::Acronym;
    }
    Class::Name
}

/// The class of any other unlisted word, from its form alone.
fn shape(bytes: &[u8]) -> Class {
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        return number_shape(bytes);
    }
    if bytes.iter().any(u8::is_ascii_digit) {
        return Class::Mixed;
    }
    if bytes.contains(&b'-') || bytes.windows(3).any(|window| window == "‑".as_bytes()) {
        return Class::Hyphen;
    }
    if ends_with_possessive(bytes) {
        return Class::Possessive;
    }
    SUFFIXES
        .iter()
        .find(|(suffix, _)| bytes.len() >= suffix.len() + 3 && bytes.ends_with(suffix))
        .map_or(Class::Other, |(_, class)| *class)
}

fn number_shape(bytes: &[u8]) -> Class {
    if let [b'1', b'5'..=b'9', b, c] | [b'2', b'0', b, c] = bytes
        && b.is_ascii_digit()
        && c.is_ascii_digit()
    {
        return Class::Year;
    }
    if bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b':')) {
        return Class::Number;
    }
    match bytes {
        [.., b's', b't'] | [.., b'n', b'd'] | [.., b'r', b'd'] | [.., b't', b'h'] => Class::Ordinal,
        _ => Class::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(word: &str) -> u8 {
        super::word(word, false, false).class
    }

    #[test]
    fn short_words_have_the_hash_of_long_ones() {
        let word = b"Superca'lifragi-listic";
        for length in 0..=word.len() {
            for fold in [false, true] {
                assert_eq!(hash(&word[..length], fold), hash_long(&word[..length], fold), "{length}");
            }
        }
    }

    #[test]
    fn the_table_is_the_one_this_reader_knows() {
        assert_eq!(&TABLE.0[..8], b"rgfluc02");
        assert!(TABLE.0[8..HEADER].iter().all(|byte| *byte == 0));
        assert!(LIST.iter().all(|[_, _, _, flags]| u16::from(*flags) & super::super::scan::LONG == 0));
        let is_function = |word: &str| is_function(word.as_bytes(), 0..word.len());
        assert!(is_function("the") && is_function("don’t") && !is_function("council"));
        assert!(is_listed("council") && !is_listed("zqblork"));
        assert_eq!(super::word("Dr", false, false).flags & ABBREVIATION, ABBREVIATION);
    }

    #[test]
    fn letters_are_looked_up_like_words() {
        let words = ["council", "the", "zqblork", "counxil", "a", "responsibility", "characteristics"];
        for word in words.iter().flat_map(|word| (1..=word.len()).map(|end| &word.as_bytes()[..end])) {
            let is_known = listed(word) & KNOWN != 0;
            assert_eq!(is_known_letters(word.len(), packed(word)), is_known, "{word:?}");
        }
        // Whatever the table holds may be there, also where it stands far from its place.
        for (at, [low, high, ..]) in LIST.iter().enumerate().filter(|(_, slot)| **slot != [0; 4]) {
            let tag = u64::from(u16::from_le_bytes([*low, *high])) << 32;
            let is_free = |at: &usize| LIST[at % SLOTS] == [0; 4];
            let first = (at.saturating_sub(40)..at).rev().find(is_free).map_or(at, |free| free + 1);
            assert!((first..=at).all(|home| may_list(tag | home as u64)), "{at}");
        }
    }

    #[test]
    fn likely_pairs_have_positive_log_odds_and_impossible_ones_negative() {
        let likely = [("of", "the"), ("to", "be"), ("will", "have"), ("he", "was"), ("the", "council")];
        let impossible =
            [("the", "of"), ("of", "is"), ("a", "are"), ("the", "and"), ("an", "the"), ("to", "of")];
        for (first, second) in likely {
            assert!(log_odds(class(first), class(second)) > 0.3, "{first} {second}");
        }
        for (first, second) in impossible {
            assert!(log_odds(class(first), class(second)) < -1.0, "{first} {second}");
        }
        for word in ["the", "of", "and", "because"] {
            assert!(log_odds(class(word), Class::Stop as u8) < -3.0, "{word} .");
        }
    }
}
