//! The parts of a text where PII can be, or hide: blocks of 64 bytes, told by what their bytes are.
//!
//! A block is *plain* when it holds an `@` or the start of an address, or when it and a neighbour together hold enough
//! digits or colons, or a digit among capitals. It asks for one of the passes that undo obfuscation when it holds something that the pass
//! would look at. Everything careful happens in such blocks; clean text costs this pass alone.
//! Promise: linear, the same on every instruction set, and no candidate of [`LEAST_DIGITS`] digits within 64 bytes is
//! missed.

use crate::simd::{BLOCK, Kernel, Level, Masks, Set, Signs};

/// Fewest digits of an identifier (an IPv4 address may have four).
pub(crate) const LEAST_DIGITS: u32 = 4;
/// Fewest colons of an address.
const LEAST_COLONS: u32 = 2;
/// Fewest dashes of an address of a network card, or of the rules around a key.
const LEAST_DASHES: u32 = 5;
/// Fewest capitals of a key that has fewer digits.
const LEAST_CAPITALS: u32 = 12;
/// Fewest number words of a spoken number.
const LEAST_WORDS: u32 = 3;

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
    /// Surveys the blocks of `text` from the number `first` on.
    pub(crate) fn of(set: Set, text: &[u8], first: usize) -> Self {
        set.run(Surveyor { text, first })
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

/// The signs of the block number `block`; none behind the end.
pub(crate) fn signs(set: Set, text: &[u8], block: usize) -> Signs {
    set.run(Look { text, block })
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

struct Look<'a> {
    text: &'a [u8],
    block: usize,
}

impl Kernel for Look<'_> {
    type Output = Signs;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Signs {
        look(level, self.text, self.block)
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

/// What is counted in a block and its neighbours.
#[derive(Clone, Copy, Default)]
struct Census {
    digits: u32,
    colons: u32,
    dashes: u32,
    capitals: u32,
    words: u32,
}

impl Census {
    /// Counts in a block of whose bytes the `free` ones have no letter before them.
    #[inline(always)]
    fn of(signs: &Signs, free: u64) -> Self {
        Self {
            digits: signs.digit.count_ones(),
            colons: signs.colon.count_ones(),
            dashes: signs.dash.count_ones(),
            capitals: signs.capital.count_ones(),
            words: (signs.number & free).count_ones(),
        }
    }

    /// Whether this and its neighbour hold enough for a value.
    #[inline(always)]
    fn tells(self, neighbour: Self) -> bool {
        let digits = self.digits + neighbour.digits;
        (digits >= LEAST_DIGITS)
            | (self.colons + neighbour.colons >= LEAST_COLONS)
            | ((digits > 0) & (self.capitals + neighbour.capitals >= LEAST_CAPITALS))
    }

    /// Whether there is anything to look at.
    #[inline(always)]
    fn has_own(self) -> bool {
        self.digits | self.colons != 0
    }

    #[inline(always)]
    fn is_dashed(self, neighbour: Self) -> bool {
        self.dashes + neighbour.dashes >= LEAST_DASHES
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

/// What is said of a block: bits of a byte.
mod says {
    pub(super) const PLAIN: u8 = 1;
    pub(super) const DASHES: u8 = 2;
    pub(super) const FOREIGN: u8 = 4;
    pub(super) const ESCAPES: u8 = 8;
    pub(super) const SIGNS: u8 = 16;
    pub(super) const NUMBERS: u8 = 32;
}

#[inline(always)]
fn when(holds: bool, bit: u8) -> u8 {
    u8::from(holds) * bit
}

struct Surveyor<'a> {
    text: &'a [u8],
    first: usize,
}

impl Kernel for Surveyor<'_> {
    type Output = Survey;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Survey {
        let Self { text, first } = self;
        let end = text.len().div_ceil(BLOCK).min(first + SURVEYED);
        // The block before the first one counts for it, and the one behind the last one.
        let mut last = Census::default();
        // Whether a letter stands right before the block.
        let mut letter = false;
        if let Some(earlier) = first.checked_sub(1) {
            let signs = look(level, text, earlier);
            let before = (earlier * BLOCK).checked_sub(1).and_then(|i| text.get(i));
            let open = before.is_some_and(u8::is_ascii_alphabetic);
            last = Census::of(&signs, !(signs.letter << 1 | u64::from(open)));
            letter = signs.letter >> 63 != 0;
        }
        let mut said = [0; SURVEYED + 2];
        for block in first..=end {
            let rest = self.text.get(block * BLOCK..).unwrap_or_default();
            let [before, here] = &mut said[(block - first) % (SURVEYED + 1)..][..2] else { break };
            let signs = match rest.first_chunk() {
                Some(ahead) => {
                    let outline = level.outline(ahead);
                    let free = !(outline.letter << 1 | u64::from(letter));
                    // Most blocks of prose: nothing but their capitals and dashes counts, for what is beside them.
                    if !outline.telling & (outline.word & free == 0) {
                        let census = Census {
                            capitals: outline.capital.count_ones(),
                            dashes: outline.dash.count_ones(),
                            ..Census::default()
                        };
                        let dashed = when(census.is_dashed(last), says::DASHES);
                        *before |= dashed | when((last.digits != 0) & census.tells(last), says::PLAIN);
                        *here |= dashed;
                        last = census;
                        letter = outline.letter >> 63 != 0;
                        continue;
                    }
                    level.signs(ahead)
                }
                None if rest.is_empty() => Signs::default(),
                None => level.short_signs(rest),
            };
            let free = !(signs.letter << 1 | u64::from(letter));
            let census = Census::of(&signs, free);
            let spoken = (census.words > 0) & (census.words + last.words >= LEAST_WORDS);
            let place = signs.digit != 0 && holds_place(&signs, rest.get(BLOCK..).unwrap_or_default());
            // What a place's digit belongs to may start in the block before.
            let tells = census.tells(last) | place;
            let both = when(census.is_dashed(last), says::DASHES) | when(spoken, says::NUMBERS);
            *before |= both | when(tells & last.has_own(), says::PLAIN);
            *here |= both
                | when((tells & census.has_own()) | (signs.at != 0), says::PLAIN)
                | when(signs.sign & free | signs.at != 0, says::SIGNS)
                | when(signs.high != 0, says::FOREIGN)
                | when(signs.escape != 0, says::ESCAPES);
            letter = signs.letter >> 63 != 0;
            last = census;
        }
        // Of the block behind the last one only what it has in common with that was asked.
        if let Some(behind) = said.get_mut(1 + end - first) {
            *behind = 0;
        }
        let blocks = (end - first).next_multiple_of(8).min(SURVEYED);
        let said = said.get(1..=blocks).unwrap_or_default();
        if said.iter().all(|&said| said == 0) {
            return Survey::default();
        }
        let gather = |bit| gather(said, bit);
        Survey {
            plain: gather(says::PLAIN),
            dashes: gather(says::DASHES),
            foreign: gather(says::FOREIGN),
            escapes: gather(says::ESCAPES),
            signs: gather(says::SIGNS),
            numbers: gather(says::NUMBERS),
        }
    }
}

/// One bit of each byte, as a mask.
#[inline(always)]
fn gather(bytes: &[u8], bit: u8) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| {
        let ones = u64::from_le_bytes(*eight) >> bit.trailing_zeros() & 0x0101_0101_0101_0101;
        // The product moves the eight ones side by side into the highest byte.
        mask << 8 | ones.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// The numbers of the blocks that `which` chooses of a survey.
pub(crate) fn blocks(set: Set, text: &[u8], which: impl Fn(&Survey) -> u64) -> impl Iterator<Item = usize> {
    (0..text.len().div_ceil(BLOCK)).step_by(SURVEYED).flat_map(move |first| {
        let chosen = which(&Survey::of(set, text, first));
        bits(chosen).map(move |block| first + block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::on_every_set;
    use proptest::prelude::*;

    /// The survey of a text's first blocks, the same on every instruction set.
    fn survey(text: &str) -> Survey {
        let surveys: Vec<Survey> = Set::all().map(|set| Survey::of(set, text.as_bytes(), 0)).collect();
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
            let chosen: Vec<usize> = blocks(set, text.as_bytes(), |survey| survey.plain).collect();
            assert_eq!(chosen, [63, 64]);
        }
    }

    #[derive(Clone)]
    struct Whole(Vec<u8>);

    impl Kernel for Whole {
        type Output = Survey;

        #[inline(always)]
        fn run<L: Level>(self, level: L) -> Survey {
            Surveyor { text: &self.0, first: 0 }.run(level)
        }
    }

    proptest! {
        #[test]
        fn all_paths_agree(text in prop::collection::vec(prop_oneof![
            any::<u8>(), Just(b'1'), Just(b'@'), Just(b' '), Just(b'a'), Just(b't'), Just(b'o'), Just(b'n'), Just(b'e'),
        ], 0..400)) {
            let surveys = on_every_set(&Whole(text));
            prop_assert!(surveys.iter().all(|survey| *survey == surveys[0]));
        }
    }
}
