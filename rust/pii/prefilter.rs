//! The parts of a text where PII can be, or hide: blocks of 64 bytes, told by what their bytes are.
//!
//! A block is *plain* when it holds an `@` or the start of an address, or when it and a neighbour together hold enough
//! digits or colons, or a digit among capitals. It asks for one of the passes that undo obfuscation when it holds something that the pass
//! would look at. Everything careful happens in such blocks; clean text costs this pass alone.
//! Promise: linear, the same on every instruction set, and no candidate of [`LEAST_DIGITS`] digits within 64 bytes is
//! missed.

mod near;

use crate::pii::said::begins_number;
use crate::simd::{BLOCK, Kernel, Level, MANY_WORDS, Outline, Set, Signs, bits, there};
pub(crate) use near::{Groups, Near, low};
use std::marker::PhantomData;
use std::ops::Range;

/// Fewest digits of an identifier (an IPv4 address may have four).
pub(crate) const LEAST_DIGITS: u32 = 4;
/// Fewest colons of an address.
const LEAST_COLONS: u32 = 2;
/// Fewest dashes of an address of a network card, or of the rules around a key.
const LEAST_DASHES: u32 = 5;
/// A block holds as many of them, or its neighbour does.
const MANY_DASHES: u32 = LEAST_DASHES.div_ceil(2);
/// Fewest capitals of a key that has fewer digits.
const LEAST_CAPITALS: u32 = 12;
/// Fewest number words of a spoken number.
const LEAST_WORDS: u32 = 3;
const _: () =
    assert!(MANY_WORDS == LEAST_WORDS.div_ceil(2), "a block holds as many of them, or its neighbour does");

/// Blocks that are surveyed at a time: a bit each.
pub(crate) const SURVEYED: usize = u64::BITS as usize;

/// What up to [`SURVEYED`] blocks hold; bit `i` speaks of block `i`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Values could be here.
    pub(crate) plain: u64,
    /// Values without a digit could be here that are written with dashes.
    pub(crate) dashes: u64,
    /// There is something other than ASCII.
    pub(crate) foreign: u64,
    /// There is a sign that escapes begin with, an underscore, or a bracket.
    pub(crate) escapes: u64,
    /// There is an at sign, or a word or a code that could stand for one.
    pub(crate) signs: u64,
    /// There are number words.
    pub(crate) numbers: u64,
}

impl Survey {
    /// Surveys the blocks of the ground from the number `first` on.
    pub(crate) fn of(set: Set, ground: Ground, first: usize) -> Self {
        set.run(Surveyor { ground, first, starts: 0 })
    }

    /// Surveys blocks of several texts that stand side by side, with two zeros between them at least; each begins in one
    /// of `starts`.
    pub(crate) fn of_run(set: Set, ground: Ground, starts: u64) -> Self {
        set.run(Surveyor { ground, first: 0, starts })
    }

    /// What it says of `count` blocks from the number `first` on.
    pub(crate) fn part(&self, first: usize, count: usize) -> Self {
        let part = |blocks: u64| blocks >> first & !u64::MAX.checked_shl(count as u32).unwrap_or(0);
        Self {
            plain: part(self.plain),
            dashes: part(self.dashes),
            foreign: part(self.foreign),
            escapes: part(self.escapes),
            signs: part(self.signs),
            numbers: part(self.numbers),
        }
    }

    /// The same of a survey that begins with the block number `first`, but values only in `blocks`.
    pub(crate) fn with_values_in(self, first: usize, blocks: &Range<usize>) -> Self {
        let low = |blocks: usize| low(blocks.saturating_sub(first).min(SURVEYED) as u32);
        Self { plain: self.plain & low(blocks.end) & !low(blocks.start), ..self }
    }

    /// Whether nothing is in any of the blocks.
    pub(crate) fn is_clean(&self) -> bool {
        self.plain | self.dashes | self.foreign | self.escapes | self.signs | self.numbers == 0
    }
}

/// Texts up to so many bytes are copied, for zeros behind them.
pub(crate) const SHORT: usize = 8 * BLOCK;

/// What a short text is copied to, with room for the zeros: see [`Ground`].
pub(crate) type Room = [u8; SHORT + BLOCK + 2];

/// The bytes that blocks are looked at in: a text's, and zeros behind those of a short one. So the blocks of that are
/// whole, and none is copied each time it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'t> {
    bytes: &'t [u8],
    length: usize,
}

impl<'t> Ground<'t> {
    /// That of a text alone.
    pub(crate) fn of(text: &'t [u8]) -> Self {
        Self { bytes: text, length: text.len() }
    }

    /// The bytes of a text of that length, and zeros behind them.
    pub(crate) fn part(bytes: &'t [u8], length: usize) -> Self {
        Self { bytes, length }
    }

    /// That of a text with `room`, which is all zeros, for a short one.
    pub(crate) fn in_room(text: &'t [u8], room: &'t mut Room) -> Self {
        match room.get_mut(..text.len()) {
            Some(start) if text.len() <= SHORT => {
                start.copy_from_slice(text);
                Self { bytes: room, length: text.len() }
            }
            _ => Self::of(text),
        }
    }

    /// How many blocks the text has.
    pub(crate) fn blocks(self) -> usize {
        self.length.div_ceil(BLOCK)
    }
}

/// Which of a block's signs are wanted: to find a few is quicker than to find all.
pub(crate) trait Of {
    type Found;
    fn of(signs: &Signs) -> Self::Found;
}

/// What values begin at: a bit each, as are all letters and digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchors {
    pub(crate) all: u64,
    pub(crate) alphanumeric: u64,
}

impl Of for Anchors {
    type Found = Self;

    #[inline(always)]
    fn of(signs: &Signs) -> Self {
        let Signs { digit, at, colon, letter, .. } = *signs;
        Self { all: digit | at | colon, alphanumeric: letter | digit }
    }
}

/// All but ASCII.
pub(crate) struct High;
/// What escapes begin with, and underscores.
pub(crate) struct Escapes;
/// At signs, and where words for them may begin, no letter before them, or what fences these in.
pub(crate) struct Spoken;
/// What codes of quoted-printable begin with.
pub(crate) struct Equals;
/// Digits and at signs.
struct Digits;
pub(crate) struct Dashes;
pub(crate) struct Letters;

macro_rules! of {
    ($($wanted:ident = |$signs:ident| $mask:expr),+ $(,)?) => {
        $(impl Of for $wanted {
            type Found = u64;

            #[inline(always)]
            fn of($signs: &Signs) -> u64 {
                $mask
            }
        })+
    };
}

of! {
    High = |signs| signs.high,
    Escapes = |signs| signs.escape,
    Spoken = |signs| signs.sign & !(signs.letter << 1) | signs.at | signs.bracket,
    Equals = |signs| signs.equals,
    Digits = |signs| signs.digit | signs.at,
    Dashes = |signs| signs.dash,
    Letters = |signs| signs.letter,
}

/// Those signs of the block number `block`; none behind the end.
pub(crate) fn signs<O: Of>(set: Set, ground: Ground, block: usize) -> O::Found {
    set.run(Look::<O> { text: ground.bytes, block, of: PhantomData })
}

struct Look<'a, O> {
    text: &'a [u8],
    block: usize,
    of: PhantomData<O>,
}

impl<O: Of> Kernel for Look<'_, O> {
    type Output = O::Found;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> O::Found {
        O::of(&look(level, self.text, self.block))
    }
}

#[inline(always)]
fn look<L: Level>(level: L, text: &[u8], block: usize) -> Signs {
    let rest = text.get(block * BLOCK..).unwrap_or_default();
    match rest.first_chunk() {
        Some(ahead) => level.signs(ahead),
        None => level.short_signs(rest),
    }
}

/// Whether an address starts (`12 O`, `221B B`) or a postcode ends (`1AA`) in a block: a digit, and behind it two bytes
/// that are each a space or a capital, and not both spaces. `behind` is what follows the block.
#[inline(always)]
fn holds_place(signs: &Signs, behind: &[u8]) -> bool {
    let next = |mask: u64, is: fn(u8) -> bool| {
        let (one, two) = (behind.first().is_some_and(|b| is(*b)), behind.get(1).is_some_and(|b| is(*b)));
        (mask >> 1 | u64::from(one) << 63, mask >> 2 | u64::from(one) << 62 | u64::from(two) << 63)
    };
    let (capital, later_capital) = next(signs.capital, |b| b.is_ascii_uppercase());
    let (blank, later_blank) = next(signs.blank, |b| b == b' ');
    let both = (capital | blank) & (later_capital | later_blank) & (capital | later_capital);
    signs.digit & both != 0
}

/// Letters and digits in a row that are a long word.
const LONG_WORD: u32 = 10;

/// Whether a digit of a block is part of a long word that stands in it.
#[inline(always)]
fn has_digit_in_long_word(signs: &Signs) -> bool {
    const { assert!(LONG_WORD == 8 + 2) };
    let one = signs.letter | signs.digit;
    let two = one & one >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    // Where long words begin, and all that belongs to them.
    let begin = eight & two >> 8;
    let two = begin | begin << 1;
    let four = two | two << 2;
    let eight = four | four << 4;
    signs.digit & (eight | two << 8) != 0
}

/// What is to be known of a block at least.
#[inline(always)]
fn outline<L: Level>(level: L, text: &[u8], block: usize) -> Outline {
    let rest = text.get(block * BLOCK..).unwrap_or_default();
    match rest.first_chunk() {
        Some(ahead) => level.outline(ahead),
        None => level.short_outline(rest),
    }
}

/// Whether a word for the at sign stands at `at`, and not one that begins alike, or a code of quoted-printable, the end of a line
/// that it breaks, or what fills up a word in base64.
fn begins_sign(text: &[u8], at: usize) -> bool {
    let byte = |i: usize| text.get(i).copied().unwrap_or(0);
    let next = byte(at + 1);
    match byte(at) {
        b'=' => {
            let encoded = || at > 10 && (at - 11..at).all(|i| byte(i).is_ascii_alphanumeric());
            matches!(next, b'2'..=b'7' | b'\n' | b'\r') || (!next.is_ascii_alphanumeric() && encoded())
        }
        _ => matches!(next | 0x20, b't' | b'r') || (next == b')' && at > 0 && byte(at - 1) == b'('),
    }
}

/// The bytes of a block's signs that have no letter before them.
#[inline(always)]
fn free(text: &[u8], block: usize, signs: &Signs) -> u64 {
    let before = (block * BLOCK).checked_sub(1).and_then(|i| text.get(i));
    !(signs.letter << 1 | u64::from(before.is_some_and(u8::is_ascii_alphabetic)))
}

struct Surveyor<'a> {
    ground: Ground<'a>,
    first: usize,
    /// The blocks that a text begins in which has nothing to do with the block before.
    starts: u64,
}

impl Kernel for Surveyor<'_> {
    type Output = Survey;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Survey {
        let Self { ground, first, starts } = self;
        let (text, blocks) = (ground.bytes, ground.blocks());
        let end = blocks.min(first + SURVEYED);
        let (mut kinds, mut dashed) = ([0; SURVEYED], 0);
        let mut rest = text.get(first * BLOCK..).unwrap_or_default();
        let mut slots = kinds.iter_mut().take(end - first).enumerate();
        let mut note = |outline: Outline, at: usize, slot: &mut u8| {
            *slot = outline.kinds;
            dashed |= u64::from(outline.dashes >= MANY_DASHES) << at;
        };
        // All but the last block, or two, have bytes behind them.
        while let Some(ahead) = rest.first_chunk()
            && let Some((at, slot)) = slots.next()
        {
            note(level.outline(ahead), at, slot);
            rest = rest.get(BLOCK..).unwrap_or_default();
        }
        for (at, slot) in slots {
            note(level.short_outline(rest), at, slot);
            rest = rest.get(BLOCK..).unwrap_or_default();
        }
        let (eights, _) = kinds.as_chunks();
        let any = eights.iter().fold(0, |any, eight| any | u64::from_le_bytes(*eight));
        let any = any.to_le_bytes().iter().fold(0, |any, kinds| any | kinds);
        // The blocks on either side count for those beside them.
        let before = if first > 0 { outline(level, text, first - 1) } else { Outline::default() };
        let behind = if end < blocks { outline(level, text, end) } else { Outline::default() };
        let mut survey = Survey::default();
        let walk = Walk { level, text, blocks: first..end, all: blocks, starts };
        if dashed != 0 || before.dashes.max(behind.dashes) >= MANY_DASHES {
            survey.dashes = walk.pairs::<Dashes>(dashed);
        }
        let kinds = kinds.get(..(end - first).next_multiple_of(EIGHT)).unwrap_or_default();
        if (before.kinds | any | behind.kinds) & there::WORDS != 0 {
            survey.numbers = walk.pairs::<Words>(gather(kinds, there::WORDS));
        }
        if any & there::HIGH != 0 {
            survey.foreign = gather(kinds, there::HIGH);
        }
        if any & (there::AT | there::ESCAPE) != 0 {
            survey.plain = gather(kinds, there::AT);
            survey.escapes = gather(kinds, there::ESCAPE & 7) | gather(kinds, there::ESCAPE & 8);
            survey.signs = survey.plain;
        }
        if any & there::SIGN != 0 {
            let signs = gather(kinds, there::SIGN & 64) | gather(kinds, there::SIGN & 128);
            survey.signs |= walk.signs(signs);
        }
        if any & there::NUMBER != 0 {
            survey.plain |= walk.numbers(gather(kinds, there::NUMBER), before.kinds, behind.kinds);
        }
        survey
    }
}

/// The careful part of a survey: the blocks that are told by more than letters.
struct Walk<'a, L> {
    level: L,
    text: &'a [u8],
    blocks: Range<usize>,
    /// How many blocks the text has.
    all: usize,
    /// See [`Surveyor`].
    starts: u64,
}

/// How many digits and colons the blocks of a survey have, those of the block before it first, and behind it last.
struct Counts {
    digits: [u8; SURVEYED + 2],
    colons: [u8; SURVEYED + 2],
}

impl<L: Level> Walk<'_, L> {
    /// Whether a text begins in the block that is number `at` of the survey.
    #[inline(always)]
    fn begins(&self, at: usize) -> bool {
        at < SURVEYED && self.starts >> at & 1 == 1
    }

    /// Which of the blocks that have digits or colons, each with one beside it, have enough for a value. What the blocks
    /// before and behind the survey have is told by `before` and `behind`.
    #[inline(always)]
    fn numbers(&self, numbers: u64, before: u8, behind: u8) -> u64 {
        let mut counts = Counts { digits: [0; SURVEYED + 2], colons: [0; SURVEYED + 2] };
        let mut left = numbers;
        while left != 0 {
            self.count(&mut counts, self.blocks.start + left.trailing_zeros() as usize);
            left &= left - 1;
        }
        if before & there::NUMBER != 0 {
            self.count(&mut counts, self.blocks.start.wrapping_sub(1));
        }
        if behind & there::NUMBER != 0 {
            self.count(&mut counts, self.blocks.end);
        }
        let (mut telling, mut left) = (0, numbers);
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            let three = |counts: &[u8; SURVEYED + 2]| {
                let three = counts.get(at..).and_then(<[u8]>::first_chunk);
                three.map_or([0; 3], |three: &[u8; 3]| three.map(u32::from))
            };
            let (mut digits, mut colons) = (three(&counts.digits), three(&counts.colons));
            if self.begins(at) {
                (digits[0], colons[0]) = (0, 0);
            }
            if self.begins(at + 1) {
                (digits[2], colons[2]) = (0, 0);
            }
            let most = |[before, own, behind]: [u32; 3]| own + before.max(behind);
            let tells = (most(digits) >= LEAST_DIGITS) | (most(colons) >= LEAST_COLONS)
                || self.is_special(at, digits);
            telling |= bit(tells, 1 << at);
        }
        telling
    }

    #[inline(always)]
    fn count(&self, counts: &mut Counts, block: usize) {
        let signs = look(self.level, self.text, block);
        let at = block.wrapping_add(1).wrapping_sub(self.blocks.start);
        if let (Some(digits), Some(colons)) = (counts.digits.get_mut(at), counts.colons.get_mut(at)) {
            *digits = signs.digit.count_ones() as u8;
            *colons = signs.colon.count_ones() as u8;
        }
    }

    /// Whether a block's digits, and those of the blocks before and behind it, are among many capitals, part of an address,
    /// or part of a long word.
    #[inline(always)]
    fn is_special(&self, at: usize, [before, own, behind]: [u32; 3]) -> bool {
        let block = self.blocks.start + at;
        let rest = |block: usize| self.text.get(block * BLOCK..).unwrap_or_default();
        let signs = look(self.level, self.text, block);
        if own > 0
            && (holds_place(&signs, rest(block + 1))
                || has_digit_in_long_word(&signs)
                || self.goes_beyond(at, &signs))
        {
            return true;
        }
        let capitals = |signs: &Signs| signs.capital.count_ones();
        let own_capitals = capitals(&signs);
        if own + before > 0 {
            let last = match block.checked_sub(1) {
                Some(last) if !self.begins(at) => capitals(&look(self.level, self.text, last)),
                _ => 0,
            };
            if own_capitals + last >= LEAST_CAPITALS {
                return true;
            }
        }
        if own + behind == 0 || block + 1 >= self.all || self.begins(at + 1) {
            return false;
        }
        let signs = look(self.level, self.text, block + 1);
        // What a place's digit belongs to may start in the block before.
        own_capitals + capitals(&signs) >= LEAST_CAPITALS
            || (behind > 0 && holds_place(&signs, rest(block + 2)))
    }

    /// Whether a digit of a block is part of a long word that begins before it or ends behind it.
    #[inline(always)]
    fn goes_beyond(&self, at: usize, signs: &Signs) -> bool {
        let block = self.blocks.start + at;
        let own = signs.letter | signs.digit;
        let word = |block: usize| {
            let signs = look(self.level, self.text, block);
            signs.letter | signs.digit
        };
        let (first, last) = (own.trailing_ones(), own.leading_ones());
        let begins = first > 0 && signs.digit << (u64::BITS - first) != 0;
        let ends = last > 0 && signs.digit >> (u64::BITS - last) != 0;
        (begins && block > 0 && !self.begins(at) && first + word(block - 1).leading_ones() >= LONG_WORD)
            || (ends
                && block + 1 < self.all
                && !self.begins(at + 1)
                && last + word(block + 1).trailing_ones() >= LONG_WORD)
    }

    /// Which of the blocks that may have words or codes for the at sign have one.
    #[inline(always)]
    fn signs(&self, signs: u64) -> u64 {
        let (mut found, mut left) = (0, signs);
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let block = self.blocks.start + at as usize;
            let signs = look(self.level, self.text, block);
            let mut words = bits(signs.sign & free(self.text, block, &signs) | signs.equals);
            let tells = words.any(|bit| begins_sign(self.text, block * BLOCK + bit));
            found |= bit(tells, 1 << at);
        }
        found
    }

    /// The blocks that have, with a neighbour that has some, enough of what is counted: one of the two is among
    /// `many`, or beside the survey.
    #[inline(always)]
    fn pairs<C: Count>(&self, many: u64) -> u64 {
        let (start, end) = (self.blocks.start, self.blocks.end);
        let mut found: u128 = 0;
        // Bit `i` is of the block number `i` and the one before it.
        let mut left = u128::from(many) | u128::from(many) << 1 | 1 | 1 << (end - start);
        // The block that was counted last, and what it has.
        let mut last = (usize::MAX, 0);
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            // Nothing stands before the text, and nothing behind it.
            let own = C::of(self, start + at);
            let before = match (start + at).checked_sub(1) {
                Some(block) if !self.begins(at) && own > 0 => {
                    if last.0 == block {
                        last.1
                    } else {
                        C::of(self, block)
                    }
                }
                _ => 0,
            };
            last = (start + at, own);
            if own > 0 && own + before >= C::LEAST {
                found |= if self.begins(at) { 2 } else { 3 } << at;
            }
        }
        // Only those of the survey.
        (found >> 1) as u64 & (u64::MAX >> (SURVEYED - (end - start)))
    }
}

/// Something that is counted in a block, and of which two blocks side by side have enough.
trait Count {
    const LEAST: u32;
    fn of<L: Level>(walk: &Walk<L>, block: usize) -> u32;
}

struct Words;

impl Count for Words {
    const LEAST: u32 = LEAST_WORDS;

    #[inline(always)]
    fn of<L: Level>(walk: &Walk<L>, block: usize) -> u32 {
        let signs = look(walk.level, walk.text, block);
        // Three letters of a word may be those of many.
        let words = bits(signs.number & free(walk.text, block, &signs)).filter(|bit| {
            let word = walk.text.get(block * BLOCK + bit..);
            word.is_some_and(begins_number)
        });
        words.count() as u32
    }
}

impl Count for Dashes {
    const LEAST: u32 = LEAST_DASHES;

    #[inline(always)]
    fn of<L: Level>(walk: &Walk<L>, block: usize) -> u32 {
        outline(walk.level, walk.text, block).dashes
    }
}

#[inline(always)]
fn bit(holds: bool, bit: u64) -> u64 {
    if holds { bit } else { 0 }
}

/// Bytes that are gathered at a time.
const EIGHT: usize = 8;

/// One bit of each byte, as a mask.
#[inline(always)]
fn gather(bytes: &[u8], bit: u8) -> u64 {
    let (eights, _) = bytes.as_chunks::<EIGHT>();
    eights.iter().rev().fold(0, |mask, eight| {
        let ones = u64::from_le_bytes(*eight) >> bit.trailing_zeros() & 0x0101_0101_0101_0101;
        // The product moves the eight ones side by side into the highest byte.
        mask << 8 | ones.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// A text's surveys, each with the number of its first block.
pub(crate) fn surveys(set: Set, ground: Ground) -> impl Iterator<Item = (usize, Survey)> {
    (0..ground.blocks()).step_by(SURVEYED).map(move |first| (first, Survey::of(set, ground, first)))
}

/// All of a text's surveys.
#[derive(Debug)]
pub(crate) struct Surveys(Vec<Survey>);

impl Surveys {
    pub(crate) fn of(set: Set, text: &[u8]) -> Self {
        Self(surveys(set, Ground::of(text)).map(|(_, survey)| survey).collect())
    }

    /// Each with the number of its first block.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, Survey)> {
        (0..).step_by(SURVEYED).zip(self.0.iter().copied())
    }

    /// Whether `which` chooses any block.
    pub(crate) fn has_any(&self, which: fn(&Survey) -> u64) -> bool {
        self.0.iter().any(|survey| which(survey) != 0)
    }

    /// The numbers of the blocks that `which` chooses.
    pub(crate) fn blocks(&self, which: fn(&Survey) -> u64) -> impl Iterator<Item = usize> {
        let firsts = (0..).step_by(SURVEYED);
        firsts.zip(&self.0).flat_map(move |(first, survey)| bits(which(survey)).map(move |bit| first + bit))
    }

    /// The places of the digits and at signs in the blocks of `text` that values could be in.
    pub(crate) fn digits(&self, set: Set, text: &[u8]) -> impl Iterator<Item = usize> {
        let of_block = move |block| {
            bits(signs::<Digits>(set, Ground::of(text), block)).map(move |bit| block * BLOCK + bit)
        };
        self.blocks(|survey| survey.plain).flat_map(of_block)
    }

    /// Whether the block of that number is one that `which` chooses.
    pub(crate) fn has(&self, block: usize, which: fn(&Survey) -> u64) -> bool {
        self.0.get(block / SURVEYED).is_some_and(|survey| which(survey) >> (block % SURVEYED) & 1 == 1)
    }
}

#[cfg(test)]
mod tests;
