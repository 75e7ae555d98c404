//! Surveys against their definition, on every instruction set.

use super::*;
use crate::pii::run::Run;
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
    assert_eq!(at("zwei drei acht").numbers, 0b11);
    assert_eq!(at("zwo tre unodos").numbers, 0b11);
    assert_eq!(at("treat tree achieve").numbers, 0);
}

#[test]
fn surveys_go_on_where_the_last_one_ended() {
    let text = format!("{}1234{}", "x".repeat(64 * 64 - 2), "x".repeat(200));
    for set in Set::all() {
        let chosen: Vec<usize> = Surveys::of(set, text.as_bytes()).blocks(|survey| survey.plain).collect();
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
        firsts.map(|first| Surveyor { ground: Ground::of(&self.0), first, starts: 0 }.run(level)).collect()
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

/// Whether a digit stands at `at`, and with its neighbours makes a long word.
fn is_in_long_word(text: &[u8], at: usize) -> bool {
    let of_word = |b: &&u8| b.is_ascii_alphanumeric();
    let before = text[..at].iter().rev().take_while(of_word).count();
    let behind = text[at..].iter().take_while(of_word).count();
    text[at].is_ascii_digit() && before + behind >= LONG_WORD as usize
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
            let words = bits(signs.number & free(text, block, &signs))
                .filter(|bit| begins_number(text.get(block * BLOCK + bit..).unwrap_or_default()))
                .count() as u32;
            let place = holds_place(&signs, text.get((block + 1) * BLOCK..).unwrap_or_default());
            let tells = own.tells(last) | place;
            let wordy =
                (block * BLOCK..((block + 1) * BLOCK).min(text.len())).any(|at| is_in_long_word(text, at));
            let mut set = |back: usize, field: fn(&mut Survey) -> &mut u64, holds: bool| {
                if let Some(block) = block.checked_sub(back).filter(|_| holds) {
                    *field(&mut surveys[block / SURVEYED]) |= 1 << (block % SURVEYED);
                }
            };
            set(0, |s| &mut s.plain, tells & own.has_own() | wordy | (signs.at != 0));
            set(1, |s| &mut s.plain, tells & last.has_own());
            for back in 0..2 {
                set(back, |s| &mut s.numbers, words > 0 && words + last_words >= LEAST_WORDS);
                set(back, |s| &mut s.dashes, dashes > 0 && dashes + last_dashes >= LEAST_DASHES);
            }
            let begins = |bit| begins_sign(text, block * BLOCK + bit);
            let said = bits(signs.sign & free(text, block, &signs) | signs.equals).any(begins);
            set(0, |s| &mut s.signs, said | (signs.at != 0));
            set(0, |s| &mut s.foreign, signs.high != 0);
            set(0, |s| &mut s.escapes, signs.escape | signs.bracket != 0);
            (last, last_dashes, last_words) = (own, dashes, words);
        }
        surveys.truncate(blocks.div_ceil(SURVEYED));
        surveys
    }
}

proptest! {
    #[test]
    fn a_run_tells_of_each_text_what_is_told_of_it_alone(
        texts in prop::collection::vec(
            "([0-9A-Z@:é%-]{0,20}|(one|two|nine| |at|arr){0,9}|x{55,70}| {120,130}){0,5}", 0..24,
        ),
    ) {
        for set in Set::all() {
            let mut run = Run::new();
            let places: Vec<_> =
                texts.iter().filter_map(|text| Some((text, run.push(text.as_bytes())?))).collect();
            let all = run.survey(set);
            for (text, first) in places {
                let alone = Survey::of(set, Ground::of(text.as_bytes()), 0);
                prop_assert_eq!(all.part(first, text.len().div_ceil(BLOCK)), alone, "{:?}", text);
            }
        }
    }

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

#[test]
fn digits_are_those_of_the_blocks_that_values_could_be_in() {
    let text =
        format!("{}12 of 3456@ {}{}77 and 88", "x ".repeat(90), "of old ".repeat(800), "y ".repeat(31));
    let text = text.as_bytes();
    for set in Set::all() {
        let surveys = Surveys::of(set, text);
        let plainly = (0..text.len()).filter(|&at| {
            surveys.has(at / BLOCK, |survey| survey.plain) && (text[at].is_ascii_digit() || text[at] == b'@')
        });
        let digits: Vec<usize> = surveys.digits(set, text).collect();
        assert_eq!(digits, plainly.collect::<Vec<_>>());
        assert!(digits.len() == 11 && digits[10] / BLOCK >= SURVEYED);
    }
}
