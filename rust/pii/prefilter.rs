//! The parts of a text where PII can be, or hide: blocks of 64 bytes, told by what their bytes are.
//!
//! A block is *plain* when it holds an `@` or the start of an address, or when it and a neighbour together hold enough
//! digits or colons, or a digit among capitals. It asks for one of the passes that undo obfuscation when it holds something that the pass
//! would look at. Everything careful happens in such blocks; clean text costs this pass alone.
//! Promise: linear, the same on every instruction set, and no candidate of [`LEAST_DIGITS`] digits within 64 bytes is
//! missed.

use crate::simd::{BLOCK, Kernel, Level, MANY_WORDS, Masks, Outline, Set, Signs, there};
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
    /// There is a sign that escapes begin with.
    pub(crate) escapes: u64,
    /// There is an at sign, or a word that could stand for one.
    pub(crate) signs: u64,
    /// There are number words.
    pub(crate) numbers: u64,
}

impl Survey {
    /// Surveys the blocks of the ground from the number `first` on.
    pub(crate) fn of(set: Set, ground: Ground, first: usize) -> Self {
        set.run(Surveyor { ground, first })
    }
}

/// Texts up to so many bytes are copied, for zeros behind them.
const SHORT: usize = 8 * BLOCK;

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

/// The numbers of the bits that are set.
pub(crate) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        bit
    })
}

/// Which of a block's signs are wanted: to find a few is quicker than to find all.
pub(crate) trait Of {
    fn of(signs: &Signs) -> u64;
}

/// What values begin at.
pub(crate) struct Anchors;
/// All but ASCII.
pub(crate) struct High;
/// What escapes begin with.
pub(crate) struct Escapes;
/// At signs, and where words for them may begin, no letter before them.
pub(crate) struct Spoken;
/// Digits and at signs.
pub(crate) struct Digits;
pub(crate) struct Dashes;
pub(crate) struct Letters;

macro_rules! of {
    ($($wanted:ident = |$signs:ident| $mask:expr),+ $(,)?) => {
        $(impl Of for $wanted {
            #[inline(always)]
            fn of($signs: &Signs) -> u64 {
                $mask
            }
        })+
    };
}

of! {
    Anchors = |signs| signs.digit | signs.at | signs.colon,
    High = |signs| signs.high,
    Escapes = |signs| signs.escape,
    Spoken = |signs| signs.sign & !(signs.letter << 1) | signs.at,
    Digits = |signs| signs.digit | signs.at,
    Dashes = |signs| signs.dash,
    Letters = |signs| signs.letter,
}

/// Those signs of the block number `block`; none behind the end.
pub(crate) fn signs<O: Of>(set: Set, ground: Ground, block: usize) -> u64 {
    set.run(Look::<O> { text: ground.bytes, block, of: PhantomData })
}

/// What up to 64 bytes are, a bit each: letters, digits, and all but ASCII.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub(crate) letter: u64,
    pub(crate) digit: u64,
    pub(crate) high: u64,
}

impl Near {
    /// Those of the first of some bytes.
    #[inline]
    pub(crate) fn of(set: Set, bytes: &[u8]) -> Self {
        set.run(Classify(bytes))
    }
}

struct Classify<'a>(&'a [u8]);

impl Kernel for Classify<'_> {
    type Output = Near;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Near {
        let Masks { letter, digit, high, .. } = match self.0.first_chunk() {
            Some(block) => level.masks(block),
            None => level.short_masks(self.0),
        };
        Near { letter, digit, high }
    }
}

struct Look<'a, O> {
    text: &'a [u8],
    block: usize,
    of: PhantomData<O>,
}

impl<O: Of> Kernel for Look<'_, O> {
    type Output = u64;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> u64 {
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

/// What is to be known of a block at least.
#[inline(always)]
fn outline<L: Level>(level: L, text: &[u8], block: usize) -> Outline {
    let rest = text.get(block * BLOCK..).unwrap_or_default();
    match rest.first_chunk() {
        Some(ahead) => level.outline(ahead),
        None => level.short_outline(rest),
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
}

impl Kernel for Surveyor<'_> {
    type Output = Survey;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Survey {
        let Self { ground, first } = self;
        let (text, blocks) = (ground.bytes, ground.blocks());
        let end = blocks.min(first + SURVEYED);
        let (mut kinds, mut dashed, mut any) = ([0; SURVEYED], 0, 0);
        let mut rest = text.get(first * BLOCK..).unwrap_or_default();
        for (at, slot) in kinds.iter_mut().enumerate().take(end - first) {
            let outline = match rest.first_chunk() {
                Some(ahead) => level.outline(ahead),
                None => level.short_outline(rest),
            };
            rest = rest.get(BLOCK..).unwrap_or_default();
            *slot = outline.kinds;
            any |= outline.kinds;
            dashed |= u64::from(outline.dashes >= MANY_DASHES) << at;
        }
        // The blocks on either side count for those beside them.
        let before = if first > 0 { outline(level, text, first - 1) } else { Outline::default() };
        let behind = if end < blocks { outline(level, text, end) } else { Outline::default() };
        let mut survey = Survey::default();
        let walk = Walk { level, text, blocks: first..end, all: blocks };
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
            survey.signs |= walk.signs(gather(kinds, there::SIGN));
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
}

/// How many digits and colons the blocks of a survey have, those of the block before it first, and behind it last.
struct Counts {
    digits: [u8; SURVEYED + 2],
    colons: [u8; SURVEYED + 2],
}

impl<L: Level> Walk<'_, L> {
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
            let (digits, colons) = (three(&counts.digits), three(&counts.colons));
            let most = |[before, own, behind]: [u32; 3]| own + before.max(behind);
            let tells = (most(digits) >= LEAST_DIGITS) | (most(colons) >= LEAST_COLONS)
                || self.is_special(self.blocks.start + at, digits);
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

    /// Whether a block's digits, and those of the blocks before and behind it, are among many capitals, or part of an
    /// address.
    #[inline(always)]
    fn is_special(&self, block: usize, [before, own, behind]: [u32; 3]) -> bool {
        let rest = |block: usize| self.text.get(block * BLOCK..).unwrap_or_default();
        let signs = look(self.level, self.text, block);
        if own > 0 && holds_place(&signs, rest(block + 1)) {
            return true;
        }
        let capitals = |signs: &Signs| signs.capital.count_ones();
        let own_capitals = capitals(&signs);
        if own + before > 0 {
            let last = match block.checked_sub(1) {
                Some(last) => capitals(&look(self.level, self.text, last)),
                None => 0,
            };
            if own_capitals + last >= LEAST_CAPITALS {
                return true;
            }
        }
        if own + behind == 0 || block + 1 >= self.all {
            return false;
        }
        let signs = look(self.level, self.text, block + 1);
        // What a place's digit belongs to may start in the block before.
        own_capitals + capitals(&signs) >= LEAST_CAPITALS
            || (behind > 0 && holds_place(&signs, rest(block + 2)))
    }

    /// Which of the blocks that may have words for the at sign have one.
    #[inline(always)]
    fn signs(&self, signs: u64) -> u64 {
        let (mut found, mut left) = (0, signs);
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            let block = self.blocks.start + at as usize;
            let signs = look(self.level, self.text, block);
            found |= bit(signs.sign & free(self.text, block, &signs) != 0, 1 << at);
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
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            // Nothing stands before the text, and nothing behind it.
            let own = C::of(self, start + at);
            let before = match (start + at).checked_sub(1) {
                Some(block) => C::of(self, block),
                None => 0,
            };
            if own > 0 && own + before >= C::LEAST {
                found |= 3 << at;
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
        (signs.number & free(walk.text, block, &signs)).count_ones()
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

/// All of a text's surveys.
#[derive(Debug)]
pub(crate) struct Surveys(Vec<Survey>);

impl Surveys {
    pub(crate) fn of(set: Set, text: &[u8]) -> Self {
        let firsts = (0..text.len().div_ceil(BLOCK)).step_by(SURVEYED);
        Self(firsts.map(|first| Survey::of(set, Ground::of(text), first)).collect())
    }

    /// The numbers of the blocks that `which` chooses.
    pub(crate) fn blocks(&self, which: fn(&Survey) -> u64) -> impl Iterator<Item = usize> {
        let firsts = (0..).step_by(SURVEYED);
        firsts.zip(&self.0).flat_map(move |(first, survey)| bits(which(survey)).map(move |bit| first + bit))
    }

    /// Whether the block of that number is one that `which` chooses.
    pub(crate) fn has(&self, block: usize, which: fn(&Survey) -> u64) -> bool {
        self.0.get(block / SURVEYED).is_some_and(|survey| which(survey) >> (block % SURVEYED) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_every_set;
    use proptest::prelude::*;

    /// The survey of a text's first blocks, the same on every instruction set.
    fn survey(text: &str) -> Survey {
        let surveys: Vec<Survey> =
            Set::all().map(|set| Survey::of(set, Ground::of(text.as_bytes()), 0)).collect();
        assert!(surveys.iter().all(|survey| *survey == surveys[0]));
        surveys[0]
    }

    #[test]
    fn clean_text_has_nothing() {
        for text in ["", "Nothing to see here, in 12 words: none. ", &"clean prose ".repeat(100)] {
            assert_eq!(survey(text), Survey::default(), "{text}");
        }
    }

    #[test]
    fn addresses_and_postcodes_open_a_region_over_a_block_border_too() {
        for start in ["12 Oak", "221B Baker", "M1 1AA"] {
            for lead in 55..66 {
                let text = format!("{}{start}{}", "x".repeat(lead), "x".repeat(200));
                let digit = lead + usize::from(start.starts_with('M'));
                assert!(survey(&text).plain >> (digit / BLOCK) & 1 == 1, "{start} {lead}");
            }
        }
        assert_eq!(survey("at 12 noon or  4  A").plain, 0);
        assert_eq!(survey(&"x-".repeat(5)).dashes, 1);
    }

    #[test]
    fn digits_count_over_a_block_border() {
        let text = format!("{}1234{}", "x".repeat(62), "x".repeat(200));
        assert_eq!(survey(&text).plain, 0b11);
        assert_eq!(survey(&format!("12{}34{}", "x".repeat(70), "x".repeat(200))).plain, 0b11);
        assert_eq!(survey(&format!("1234{}", "x".repeat(200))).plain, 0b1);
        assert_eq!(survey(&format!("{}@{}", "x".repeat(130), "x".repeat(10))).plain, 0b100);
        assert_eq!(survey(&"@".repeat(200)).plain, 0b1111);
    }

    #[test]
    fn passes_are_asked_for() {
        let at = |text: &str| survey(&format!("{}{text}", "x ".repeat(40)));
        assert_eq!(at("jane at home").signs, 0b10);
        assert_eq!(at("[ at ]").signs, 0b10);
        assert_eq!(at("that hat (or @) so").signs, 0b10);
        assert_eq!(at("that hat (or so)").signs, 0);
        assert_eq!(at("100%").escapes, 0b10);
        assert_eq!(at("é").foreign, 0b10);
        assert_eq!(at("one two").numbers, 0);
        assert_eq!(at("one two three").numbers, 0b11);
    }

    #[test]
    fn surveys_go_on_where_the_last_one_ended() {
        let text = format!("{}1234{}", "x".repeat(64 * 64 - 2), "x".repeat(200));
        for set in Set::all() {
            let chosen: Vec<usize> =
                Surveys::of(set, text.as_bytes()).blocks(|survey| survey.plain).collect();
            assert_eq!(chosen, [63, 64]);
        }
    }

    /// Every survey of a text.
    #[derive(Clone)]
    struct Whole(Vec<u8>);

    impl Kernel for Whole {
        type Output = Vec<Survey>;

        #[inline(always)]
        fn run<L: Level>(self, level: L) -> Vec<Survey> {
            let firsts = (0..self.0.len().div_ceil(BLOCK)).step_by(SURVEYED);
            firsts.map(|first| Surveyor { ground: Ground::of(&self.0), first }.run(level)).collect()
        }
    }

    /// What is counted in a block and its neighbours.
    #[derive(Clone, Copy, Default)]
    struct Census {
        digits: u32,
        colons: u32,
        capitals: u32,
    }

    impl Census {
        fn of(signs: &Signs) -> Self {
            Self {
                digits: signs.digit.count_ones(),
                colons: signs.colon.count_ones(),
                capitals: signs.capital.count_ones(),
            }
        }

        /// Whether this and its neighbour hold enough for a value.
        fn tells(self, neighbour: Self) -> bool {
            let digits = self.digits + neighbour.digits;
            (digits >= LEAST_DIGITS)
                | (self.colons + neighbour.colons >= LEAST_COLONS)
                | ((digits > 0) & (self.capitals + neighbour.capitals >= LEAST_CAPITALS))
        }

        /// Whether there is anything to look at.
        fn has_own(self) -> bool {
            self.digits | self.colons != 0
        }
    }

    /// The same as it is defined: every block's signs, and what it and the one before it hold together.
    #[derive(Clone)]
    struct Defined(Vec<u8>);

    impl Kernel for Defined {
        type Output = Vec<Survey>;

        #[inline(always)]
        fn run<L: Level>(self, level: L) -> Vec<Survey> {
            let text = &self.0;
            let blocks = text.len().div_ceil(BLOCK);
            let mut surveys = vec![Survey::default(); blocks.div_ceil(SURVEYED) + 1];
            let (mut last, mut last_dashes, mut last_words) = (Census::default(), 0, 0);
            for block in 0..blocks {
                let signs = look(level, text, block);
                let (own, dashes) = (Census::of(&signs), signs.dash.count_ones());
                let words = (signs.number & free(text, block, &signs)).count_ones();
                let place = holds_place(&signs, text.get((block + 1) * BLOCK..).unwrap_or_default());
                let tells = own.tells(last) | place;
                let mut set = |back: usize, field: fn(&mut Survey) -> &mut u64, holds: bool| {
                    if let Some(block) = block.checked_sub(back).filter(|_| holds) {
                        *field(&mut surveys[block / SURVEYED]) |= 1 << (block % SURVEYED);
                    }
                };
                set(0, |s| &mut s.plain, tells & own.has_own() | (signs.at != 0));
                set(1, |s| &mut s.plain, tells & last.has_own());
                for back in 0..2 {
                    set(back, |s| &mut s.numbers, words > 0 && words + last_words >= LEAST_WORDS);
                    set(back, |s| &mut s.dashes, dashes > 0 && dashes + last_dashes >= LEAST_DASHES);
                }
                set(0, |s| &mut s.signs, signs.sign & free(text, block, &signs) | signs.at != 0);
                set(0, |s| &mut s.foreign, signs.high != 0);
                set(0, |s| &mut s.escapes, signs.escape != 0);
                (last, last_dashes, last_words) = (own, dashes, words);
            }
            surveys.truncate(blocks.div_ceil(SURVEYED));
            surveys
        }
    }

    proptest! {
        #[test]
        fn all_paths_do_as_defined(
            parts in prop::collection::vec(
                (prop::collection::vec(prop_oneof![
                    any::<u8>(), Just(b'1'), Just(b'@'), Just(b' '), Just(b'a'), Just(b't'), Just(b'-'), Just(b'A'),
                ], 0..70), "[a-zA-Z -]{0,90}|(one|two|nine| |at|arr){0,9}|[1A-]{0,9}"),
                0..6),
            filler in 0..3usize,
        ) {
            // Now and then a text of several surveys.
            let filler = "nothing of note ".repeat([0, 3, 250][filler]);
            let text: Vec<u8> = parts.iter().flat_map(|(bytes, letters)| {
                [bytes.as_slice(), letters.as_bytes(), filler.as_bytes()].concat()
            }).collect();
            let defined = on_every_set(&Defined(text.clone()));
            for surveys in defined.iter().chain(&on_every_set(&Whole(text))) {
                prop_assert_eq!(surveys, &defined[0]);
            }
        }
    }
}
