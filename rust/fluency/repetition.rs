//! Repeated words, phrases and sentences: linear in the text, by one hash table of word triples.

use super::classes;
use super::scan::{DIGIT, Token, WORD};
use crate::distinct::distinct as distinct_of;
use std::ops::Range;

/// A phrase this long counts as repeated when it returns within [`NEAR`] words.
const SHORT: usize = 3;
const NEAR: usize = 64;
/// A phrase this long counts wherever it returns.
const LONG: usize = 8;
/// Words of the window in which distinct words are counted.
const WINDOW: usize = 40;
/// What one word right after itself weighs, in repeated words.
const DOUBLED: f64 = 3.0;

/// What a text repeats.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Repetition {
    /// Words of phrases that came before, and doubled words, as a share of all words; stutter counts more, so that
    /// the share may pass 1.
    pub(super) share: f64,
    /// The smallest share of distinct words in a window, corrected for how long the window is; 1 for short texts.
    pub(super) distinct: f64,
    /// The longest phrase that returns.
    pub(super) longest: Option<Phrase>,
}

/// A phrase that returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Byte span of the repetition.
    pub(super) span: Range<usize>,
    /// How often the phrase stands in the text.
    pub(super) times: usize,
}

/// A run of words that stood in the same order before.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: usize,
    length: usize,
    source: usize,
}

pub(super) fn measure(tokens: &[Token]) -> Repetition {
    let words: Vec<&Token> = tokens.iter().filter(|token| token.is(WORD)).collect();
    if words.len() < 2 {
        return Repetition { distinct: 1.0, ..Repetition::default() };
    }
    let runs = runs(&words);
    let repeated: usize = runs.iter().map(weight).sum();
    let doubled = doubled(&words);
    let share = (repeated as f64 + DOUBLED * doubled.len() as f64) / words.len() as f64;
    let longest = runs.iter().max_by_key(|run| run.length).map(|run| phrase(&words, &runs, *run));
    let longest = longest.or_else(|| {
        let place = *doubled.first()?;
        Some(Phrase { span: words[place].span(), times: 1 + streak(&words, place) })
    });
    Repetition { share, distinct: distinct(&words), longest }
}

/// The runs of words that came before, none overlapping another.
fn runs(words: &[&Token]) -> Vec<Run> {
    let mut seen = LastPlaces::new(words.len());
    let mut runs = Vec::new();
    let mut open: Option<Run> = None;
    for place in 0..words.len().saturating_sub(SHORT - 1) {
        let found = seen.replace(triple(words, place), place);
        let ahead = open.map_or(0, |run| place - run.first);
        open = match (open, found) {
            // The triple begins one word further than the run's last, here and where it stood before.
            (Some(run), Some(source)) if ahead + SHORT == run.length + 1 && source == run.source + ahead => {
                Some(Run { length: run.length + 1, ..run })
            }
            (run, Some(source)) if run.is_none_or(|run| ahead >= run.length) => {
                runs.extend(run.filter(counts));
                Some(Run { first: place, length: SHORT, source })
            }
            (run, _) => run,
        };
    }
    runs.extend(open.filter(counts));
    runs
}

fn counts(run: &Run) -> bool {
    run.length >= LONG || run.first - run.source <= NEAR
}

/// The words of a run that count: a few may return by chance or as a name does, a phrase right after itself may not.
fn weight(run: &Run) -> usize {
    let is_stutter = run.first - run.source <= run.length;
    (run.length + 1 - SHORT) * if is_stutter { 2 } else { 1 }
}

fn triple(words: &[&Token], place: usize) -> u64 {
    words[place..place + SHORT].iter().fold(0x9e37_79b9_7f4a_7c15, |hash, word| {
        (hash ^ u64::from(word.key)).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29)
    })
}

/// Where each triple stood last: an open-addressing table twice as large as the text has words.
struct LastPlaces {
    slots: Vec<(u64, usize)>,
}

impl LastPlaces {
    fn new(words: usize) -> Self {
        Self { slots: vec![(0, usize::MAX); (2 * words).next_power_of_two()] }
    }

    /// Notes that `hash` stands at `place`; where it stood before, if it did.
    fn replace(&mut self, hash: u64, place: usize) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 20) as usize & mask;
        loop {
            let (found, last) = self.slots[slot];
            if last == usize::MAX || found == hash {
                self.slots[slot] = (hash, place);
                return (last != usize::MAX).then_some(last);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Places of words that repeat the word before them. Numbers may, and so may "that that" and "had had".
fn doubled(words: &[&Token]) -> Vec<usize> {
    let may_double =
        |word: &Token| ["that", "had"].iter().any(|twin| classes::word(twin, false, false).key == word.key);
    let is_doubled = |place: &usize| {
        let (before, word) = (words[*place - 1], words[*place]);
        let length = word.end - word.start;
        before.key == word.key
            && !word.is(DIGIT)
            && length > 1
            && word.start - before.end == 1
            && !may_double(word)
    };
    (1..words.len()).filter(is_doubled).collect()
}

fn streak(words: &[&Token], place: usize) -> usize {
    words[place..].iter().take_while(|word| word.key == words[place].key).count()
}

/// The run's phrase, with how often it stands in the text.
fn phrase(words: &[&Token], runs: &[Run], run: Run) -> Phrase {
    let period = run.first - run.source;
    // A run that overlaps its source says one phrase again and again.
    if period <= run.length {
        let span = words[run.first].start..words[run.first + period - 1].end;
        return Phrase { span, times: 1 + run.length / period };
    }
    let key = triple(words, run.first);
    let same = runs.iter().filter(|other| triple(words, other.first) == key).count();
    let span = words[run.first].start..words[run.first + run.length - 1].end;
    Phrase { span, times: same + 1 }
}

/// The smallest share of distinct words in any window of [`WINDOW`] words.
///
/// A short text is filled up with distinct words, so that it is judged no harder than a long one.
fn distinct(words: &[&Token]) -> f64 {
    let mut least = WINDOW;
    for window in words.chunks(WINDOW) {
        // Of hashes 0 and 1 are one.
        let different = distinct_of(window.iter().map(|word| u64::from(word.key) + 1), WINDOW);
        least = least.min(different + (WINDOW - window.len()));
    }
    least as f64 / WINDOW as f64
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    fn of(text: &str) -> Repetition {
        measure(&scan(text))
    }

    #[test]
    fn prose_that_repeats_nothing_has_no_share() {
        let found = of("The council met on Monday, and the mayor said that that was the end of the debate.");
        assert_eq!(found.longest, None);
        assert_eq!(found.share, 0.0);
    }

    #[test]
    fn the_longest_repeated_phrase_is_found_with_how_often_it_stands() {
        let text = "The officials said no. Then the officials said yes. Later the officials said nothing.";
        let phrase = of(text).longest.unwrap();
        assert_eq!(&text[phrase.span], "the officials said");
        assert_eq!(phrase.times, 3);
    }

    #[test]
    fn a_phrase_of_three_words_counts_only_near_and_a_longer_one_everywhere() {
        let filler: String = (0..100).map(|number| format!("w{number} ")).collect();
        assert_eq!(of(&format!("red green blue {filler} red green blue")).share, 0.0);
        let long = "one two three four five six seven eight";
        assert!(of(&format!("{long} {filler} {long}")).share > 0.0);
    }

    #[test]
    fn more_repetition_is_never_a_smaller_share() {
        let sentence = "The council met on Monday to vote on the new budget.";
        let mut last = 0.0;
        for times in 2..6 {
            let share = of(&[sentence; 6][..times].join(" ")).share;
            assert!(share > last, "{times}");
            last = share;
        }
    }

    #[test]
    fn a_word_after_itself_is_stutter_unless_it_is_a_number() {
        assert!(of("They met on on Monday.").share > 0.0);
        assert_eq!(of("The score was 2 2 and 10 10.").share, 0.0);
        assert_eq!(of("the Advisory Committee (Committee) met").share, 0.0);
    }

    #[test]
    fn few_words_over_and_over_lower_the_share_of_distinct_words() {
        assert_eq!(of("All words here are quite different.").distinct, 1.0);
        assert!(of(&"red green blue green red blue ".repeat(10)).distinct < 0.2);
    }
}
