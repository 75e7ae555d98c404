//! Repeated words, phrases and sentences: linear in the text, by one hash table of word triples.

use super::classes::FUNCTION;
use super::scan::{CAPITAL, DIGIT, INITIAL, Token, WORD};
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
    /// How many words but function words, and phrases, stand twice in a row, and the first that does, the second time.
    pub(super) stutters: usize,
    pub(super) stutter: Option<Range<usize>>,
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

pub(super) fn measure(text: &str, tokens: &[Token]) -> Repetition {
    let keys = keys(tokens);
    if keys.len() < 2 {
        return Repetition { distinct: 1.0, ..Repetition::default() };
    }
    let distinct = distinct(&keys);
    let runs = runs(&keys);
    let pairs = keys.windows(4).filter_map(<[u32]>::first_chunk);
    let pairs = pairs.fold(false, |any, [a, b, c, d]| any | ((a == c) & (b == d)));
    if runs.is_empty() && !pairs && keys.windows(2).all(|pair| pair[0] != pair[1]) {
        return Repetition { distinct, ..Repetition::default() };
    }
    let words: Vec<&Token> = tokens.iter().filter(|token| token.is(WORD)).collect();
    let repeated: usize = runs.iter().map(weight).sum();
    let doubled = doubled(text, &words);
    let (stutters, stutter) = stutters(text, &words, &doubled, &runs);
    let share = (repeated as f64 + DOUBLED * doubled.len() as f64) / words.len() as f64;
    let longest = runs.iter().max_by_key(|run| run.length).map(|run| phrase(&words, &keys, &runs, *run));
    let longest = longest.or_else(|| {
        let place = *doubled.first()?;
        Some(Phrase { span: words[place].span(), times: 1 + streak(&words, place) })
    });
    Repetition { share, distinct, longest, stutters, stutter }
}

/// The keys of the words.
fn keys(tokens: &[Token]) -> Vec<u32> {
    // Each is written, and only a word's stays.
    let mut keys = vec![0; tokens.len()];
    let mut words = 0;
    for token in tokens {
        keys[words] = token.key;
        words += usize::from(token.is(WORD));
    }
    keys.truncate(words);
    keys
}

/// The runs of words that came before, none overlapping another.
fn runs(words: &[u32]) -> Vec<Run> {
    let mut seen = LastPlaces::new(words.len());
    let mut runs = Vec::new();
    let mut open: Option<Run> = None;
    for (place, three) in words.windows(SHORT).filter_map(<[u32]>::first_chunk).enumerate() {
        let Some(source) = seen.replace(words, *three, place) else { continue };
        let ahead = open.map_or(0, |run| place - run.first);
        open = match open {
            // The triple begins one word further than the run's last, here and where it stood before.
            Some(run) if ahead + SHORT == run.length + 1 && source == run.source + ahead => {
                Some(Run { length: run.length + 1, ..run })
            }
            run if run.is_none_or(|run| ahead >= run.length) => {
                runs.extend(run.filter(counts));
                Some(Run { first: place, length: SHORT, source })
            }
            run => run,
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

/// Three words.
type Triple = [u32; SHORT];

fn triple(words: &[u32], place: usize) -> Option<&Triple> {
    words.get(place..)?.first_chunk()
}

/// Where each triple stood last: an open-addressing table at least four times as large as the text has words.
struct LastPlaces {
    /// One more than the place, 0 for a free slot. A summary's stand where none need be asked for.
    few: [u32; Self::FEW],
    many: Vec<u32>,
}

impl LastPlaces {
    const FEW: usize = 256;

    fn new(words: usize) -> Self {
        let slots = (4 * words).next_power_of_two();
        Self { few: [0; Self::FEW], many: if slots > Self::FEW { vec![0; slots] } else { Vec::new() } }
    }

    /// Notes that a triple stands at `place` of the words; where it stood before, if it did.
    #[inline]
    fn replace(&mut self, words: &[u32], three: Triple, place: usize) -> Option<usize> {
        let [a, b, c] = three.map(u64::from);
        let sum = a ^ b.rotate_left(21) ^ c.rotate_left(42);
        let hash = (sum ^ sum >> 32).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let slots = if self.many.is_empty() { &mut self.few[..] } else { &mut self.many };
        let mask = slots.len() - 1;
        let mut slot = (hash >> 32) as usize & mask;
        loop {
            let found = slots[slot];
            let last = (found as usize).checked_sub(1);
            if last.is_none_or(|last| triple(words, last) == Some(&three)) {
                // A text of as many words as there are numbers of 32 bits is not met.
                slots[slot] = u32::try_from(place + 1).unwrap_or(u32::MAX);
                return last;
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Words that may stand twice in a row: "that that", "a very very long way".
const TWINS: [&str; 9] = ["that", "had", "very", "really", "so", "no", "much", "many", "bye"];

/// Whether two words are the same, but for the capital of a sentence.
fn is_same(text: &str, first: &Token, second: &Token) -> bool {
    let [a, b] = [first, second].map(|word| text.as_bytes().get(word.span()).unwrap_or_default());
    first.key == second.key && (a == b || first.is(INITIAL) && a.eq_ignore_ascii_case(b))
}

/// Whether nothing but a space stands between two words.
fn is_next(text: &str, before: &Token, word: &Token) -> bool {
    text.as_bytes().get(before.end..word.start) == Some(b" ")
}

/// Places of words that repeat the word before them. Numbers and names may ("Duran Duran"), and [`TWINS`] once.
fn doubled(text: &str, words: &[&Token]) -> Vec<usize> {
    let is_twin = |place: usize| {
        words[place].key != words.get(place + 1).map_or(0, |next| next.key)
            && (place < 2 || words[place - 2].key != words[place].key)
            && TWINS.contains(&&*text[words[place].span()].to_ascii_lowercase())
    };
    let is_doubled = |place: &usize| {
        let (before, word) = (words[*place - 1], words[*place]);
        let length = word.end - word.start;
        before.key == word.key
            && !word.is(DIGIT)
            && length > 1
            && is_next(text, before, word)
            && !(before.is(CAPITAL) && word.is(CAPITAL))
            && is_same(text, before, word)
            && !is_twin(*place)
    };
    (1..words.len()).filter(is_doubled).collect()
}

/// Words and phrases that stand twice in a row: how many, and the first of them.
fn stutters(text: &str, words: &[&Token], doubled: &[usize], runs: &[Run]) -> (usize, Option<Range<usize>>) {
    // A function word twice is what the detector sees best: to say it again would count it twice.
    let singles = doubled.iter().map(|place| words[*place]);
    let singles = singles.filter(|word| !word.is(u16::from(FUNCTION))).map(Token::span);
    let pairs = pairs(text, words);
    let phrases = runs.iter().filter_map(|run| {
        let period = run.first - run.source;
        let phrase = words.get(run.first..run.first + period)?;
        // "It is called a reflex. A reflex is": a sentence may begin with what the last one ended with.
        let is_whole = !phrase[0].is(INITIAL) || words.get(run.source).is_some_and(|word| word.is(INITIAL));
        let is_twice = (SHORT..=run.length).contains(&period)
            && is_whole
            && phrase.iter().any(|word| !word.is(DIGIT | CAPITAL));
        is_twice.then(|| phrase[0].start..phrase[period - 1].end)
    });
    let all: Vec<Range<usize>> = singles.chain(pairs).chain(phrases).collect();
    (all.len(), all.into_iter().min_by_key(|span| span.start))
}

/// Two words that stand twice in a row, without a mark among them: not "day after day after day" nor "again and again and
/// again", nor names and numbers.
fn pairs(text: &str, words: &[&Token]) -> Vec<Range<usize>> {
    let returns = |place: usize| words.get(place + 2).is_some_and(|word| is_same(text, words[place], word));
    let is_function = |place: usize| words[place].is(u16::from(FUNCTION));
    let (mut found, mut place) = (Vec::new(), 0);
    while place < words.len() {
        let length = (place..words.len()).take_while(|place| returns(*place)).count();
        if length > 1 {
            let is_joined = (place + 1..place + 4).all(|place| is_next(text, words[place - 1], words[place]));
            let is_and = text.get(words[place + 1].span()) == Some("and");
            let is_idiom = length == 3 && is_function(place + 1) && (is_and || !is_function(place));
            let is_stutter = words[place].key == words[place + 1].key;
            let is_named = (place..place + 2).all(|place| words[place].is(DIGIT | CAPITAL));
            if is_joined && !is_idiom && !is_stutter && !is_named {
                found.push(words[place + 2].start..words[place + 3].end);
            }
        }
        place += length.max(1);
    }
    found
}

fn streak(words: &[&Token], place: usize) -> usize {
    words[place..].iter().take_while(|word| word.key == words[place].key).count()
}

/// The run's phrase, with how often it stands in the text.
fn phrase(words: &[&Token], keys: &[u32], runs: &[Run], run: Run) -> Phrase {
    let period = run.first - run.source;
    // A run that overlaps its source says one phrase again and again.
    if period <= run.length {
        let span = words[run.first].start..words[run.first + period - 1].end;
        return Phrase { span, times: 1 + run.length / period };
    }
    let three = triple(keys, run.first);
    let same = runs.iter().filter(|other| triple(keys, other.first) == three).count();
    let span = words[run.first].start..words[run.first + run.length - 1].end;
    Phrase { span, times: same + 1 }
}

/// The smallest share of distinct words in any window of [`WINDOW`] words.
///
/// A short text is filled up with distinct words, so that it is judged no harder than a long one.
fn distinct(words: &[u32]) -> f64 {
    let mut least = WINDOW;
    for window in words.chunks(WINDOW) {
        least = least.min(different(window) + (WINDOW - window.len()));
    }
    least as f64 / WINDOW as f64
}

/// How many of the words of a window of [`WINDOW`] at most are different.
fn different(window: &[u32]) -> usize {
    // The words from place 1 on, and for each hash the place of the word that it stands for, 0 for none: nearly always a
    // search ends with the first.
    const BITS: u32 = 10;
    let mut words = [0; WINDOW.next_power_of_two()];
    let mut places = [0_u8; 1 << BITS];
    let mut different = 0;
    for (place, word) in (1..).zip(window.iter().take(WINDOW)) {
        let mut slot = (word.wrapping_mul(0x9e37_79b9) >> (u32::BITS - BITS)) as usize;
        let mut found = places[slot];
        // One branch for both ends of a search: which of them it is no processor foresees.
        while u64::from(found) * u64::from(words[usize::from(found) % words.len()] ^ word) != 0 {
            slot = (slot + 1) % places.len();
            found = places[slot];
        }
        different += usize::from(found == 0);
        places[slot] = place;
        words[usize::from(place) % words.len()] = *word;
    }
    different
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn a_triple_is_found_where_it_stood_last(words in prop::collection::vec(0u32..4, 0..80)) {
            let mut seen = LastPlaces::new(words.len());
            for place in 0..words.len().saturating_sub(SHORT - 1) {
                let three = *triple(&words, place).unwrap();
                let last = (0..place).rev().find(|before| triple(&words, *before) == Some(&three));
                prop_assert_eq!(seen.replace(&words, three, place), last);
            }
        }

        #[test]
        fn different_words_are_counted(words in prop::collection::vec(any::<u32>().prop_map(|word| word % 60), 0..=WINDOW), far in prop::collection::vec(any::<u32>(), 0..=WINDOW)) {
            for words in [words, far] {
                prop_assert_eq!(different(&words), words.iter().collect::<HashSet<_>>().len());
            }
        }
    }

    fn of(text: &str) -> Repetition {
        measure(text, &scan(text))
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
