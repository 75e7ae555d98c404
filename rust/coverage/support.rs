//! Numbers and names of a summary that neither source nor facts hold, and words that say the opposite of them.
//!
//! Numbers compare by value ([`crate::words::numbers`]): `1,200` is `twelve hundred`, `$4.2M` is `4.2 million
//! dollars`. A number that is hedged (`about`, `more than`) or written with a scale word may be rounded. Small
//! counts in words are let pass: honest summaries count things that the source only lists.
//!
//! What a number counts, where a sign or its word tells (`5%`, `5 dollars`), must not be another thing than the known
//! texts count with it; a bare number agrees with either.
//!
//! Names are capitalised words that are not ordinary English words. They compare without case, diacritics and a
//! possessive's `'s`, and by what commonly changes in a retelling: acronyms and their long forms, shortened first names,
//! adjectives and peoples of places, plurals of what is counted or has an article (`the Obamas`). An `-s` or `-e` alone makes
//! another name. Ordinary words beside a name compare by stem. At the start of a sentence or a quotation only an unusual word is taken for a name.

use super::contradiction::{contradicted, is_told};
use super::facts::{Sort, unit};
use super::marks::{HELD, INITIALS, Marks, NEGATED, PLAIN, READ, UNUSUAL, WRITTEN};
use super::units::Measured;
use crate::words::beginnings::Beginnings;
use crate::words::keys::{Keys, Reading};
use crate::words::known::HAS_VALUE;
use crate::words::map::Word;
use crate::words::numbers::{self, Quantity, Rounded, Value};
use crate::words::polarity::Polarity;
use crate::words::stream::{Break, Case, Stream, Token};
use std::ops::Range;

/// What may be said: the numbers and names of source, facts and reference, prepared once.
#[derive(Debug, Clone, Default)]
pub struct Known {
    words: Marks,
    names: Names,
    /// Sorted.
    numbers: Vec<Value>,
    /// The same as floating-point numbers, sorted.
    approximate: Vec<f64>,
    /// What the numbers count that stand with it; sorted.
    sorts: Vec<(Value, Sort)>,
    measured: Measured,
    /// Shares in percent that they tell as `one in five`; sorted.
    shares: Vec<Value>,
}

/// Words that are not ordinary.
#[derive(Debug, Clone, Default)]
struct Names {
    /// End to end.
    text: Vec<u8>,
    /// Where each begins and ends; sorted by what stands there.
    places: Vec<(u32, u32)>,
    /// A bit for what the first [`SHORT_NAME`] bytes of each give.
    beginnings: [u64; 8],
}

impl Names {
    fn push(&mut self, name: &[u8]) {
        let from = self.text.len() as u32;
        self.text.extend_from_slice(name);
        self.places.push((from, self.text.len() as u32));
        let (at, bit) = beginning(name);
        if let Some(bits) = self.beginnings.get_mut(at) {
            *bits |= bit;
        }
    }

    /// Whether one may begin as `name` does: few others do.
    fn may_begin(&self, name: &[u8]) -> bool {
        let (at, bit) = beginning(name);
        self.beginnings.get(at).is_some_and(|bits| bits & bit != 0)
    }

    fn sort(&mut self) {
        let Self { text, places, .. } = self;
        places.sort_unstable_by_key(|place| at(text, *place));
    }

    /// What those that begin with `prefix` go on with, the first [`PLACES`] of them.
    fn rests<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.from(prefix).map_while(move |name| name.strip_prefix(prefix)).take(PLACES)
    }

    /// Those from `name` on, in order.
    fn from(&self, name: &[u8]) -> impl Iterator<Item = &[u8]> {
        let from = self.places.partition_point(|place| at(&self.text, *place) < name);
        self.places.iter().skip(from).map(|place| at(&self.text, *place))
    }
}

/// The place of a bit, of 8 times 64, and the bit that the first letters of a name give.
fn beginning(name: &[u8]) -> (usize, u64) {
    let [first, second, third] = name.first_chunk::<SHORT_NAME>().copied().unwrap_or_default();
    let hash = u32::from_le_bytes([first, second, third, 0]).wrapping_mul(0x9E37_79B1) >> 23;
    (hash as usize / 64, 1 << (hash % 64))
}

fn at(text: &[u8], (from, to): (u32, u32)) -> &[u8] {
    text.get(from as usize..to as usize).unwrap_or_default()
}

/// Support of one summary.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Support {
    /// Numbers in the summary.
    pub numbers: usize,
    /// Names in the summary.
    pub names: usize,
    /// Byte spans of numbers that are not supported.
    pub unsupported_numbers: Vec<Range<usize>>,
    /// Byte spans of names that are not supported.
    pub unsupported_names: Vec<Range<usize>>,
    /// Byte spans of words that say the opposite of what is known.
    pub contradicted: Vec<Range<usize>>,
}

/// How the factor falls: `1 - SLOPE * w^POWER` for `w` unsupported numbers or contradicted words, a name counting as
/// [`NAME`] of one. One
/// slip costs little (an honest summary has one at times), several cost nearly all.
const SLOPE: f64 = 0.1;
const POWER: f64 = 2.0;
const NAME: f64 = 0.5;
/// Where more than this share of the numbers is unsupported, hardly one slipped in: the factor falls besides, in
/// proportion, by `MOSTLY` where all are.
const MOST: f64 = 0.5;
const MOSTLY: f64 = 0.5;
/// The factor never falls below this.
const FLOOR: f64 = 0.1;
/// Counts up to this one are let pass in words.
const COUNTS: f64 = 10.0;
/// Longer words are looked up as they are: a bound on the time.
const LONG_NAME: usize = 40;
/// A shortened name keeps this many letters at least.
const SHORT_NAME: usize = 3;

impl Support {
    /// The factor in (0, 1] by which coverage is lowered: 1 when everything is supported.
    pub fn factor(&self) -> f64 {
        let whole = self.unsupported_numbers.len() + self.contradicted.len();
        let weight = whole as f64 + NAME * self.unsupported_names.len() as f64;
        let share = self.unsupported_numbers.len() as f64 / self.numbers.max(1) as f64;
        let beyond = ((share - MOST) / (1.0 - MOST)).clamp(0.0, 1.0);
        ((1.0 - SLOPE * weight.powf(POWER)) * (1.0 - MOSTLY * beyond)).max(FLOOR)
    }
}

impl Known {
    /// Prepares the texts that support a summary.
    pub fn new(texts: &[&str]) -> Self {
        let streams: Vec<Stream> = texts.iter().map(|text| Stream::new(text)).collect();
        Self::of_streams(streams.iter(), &mut Keys::forgetful())
    }

    /// As [`Known::new`], of texts that are tokenised already.
    pub fn of_streams<'a>(texts: impl Iterator<Item = &'a Stream>, keys: &mut Keys) -> Self {
        let mut known = Self::default();
        texts.for_each(|text| known.read(text, keys));
        known.names.sort();
        known.measured.sort();
        known.shares.sort_unstable();
        known.sorts.sort_unstable();
        known.sorts.dedup();
        known.numbers.sort_unstable();
        known.numbers.dedup();
        known.approximate = known.numbers.iter().map(|v| v.approximate()).collect();
        known.approximate.sort_unstable_by(f64::total_cmp);
        known
    }

    fn read(&mut self, stream: &Stream, keys: &mut Keys) {
        self.words.reserve(stream.tokens.len());
        for (token, polarity) in stream.tokens.iter().zip(stream.polarities()) {
            let word = stream.word(token);
            let (own, of_key) = match polarity {
                _ if !is_told(token) => (HELD | READ, 0),
                Polarity::Negated => (HELD | READ, NEGATED),
                Polarity::Plain | Polarity::Negator | Polarity::Asked => (HELD | READ | WRITTEN, PLAIN),
            };
            let had = self.words.of(word);
            // Most words have been met, and what they say is known.
            if had & own == own && of_key != NEGATED {
                continue;
            }
            let read = keys.of(word);
            self.mark(word, own, of_key, &read);
            if had & READ == 0 {
                self.note(token, word, &read);
            }
        }
        self.measured.read(stream);
        self.shares.extend(stream.quantities().iter().filter_map(|q| numbers::one_in(stream, q)));
        self.sorts.extend(stream.quantities().iter().map(|q| (q.value, unit(stream, q).1)));
        self.numbers.extend(stream.quantities().iter().flat_map(|q| [q.value, q.other]));
        self.numbers.extend(stream.tokens.windows(2).filter_map(|pair| year_range(stream, pair)));
        each_acronym(stream, |initials| {
            self.words.add(Word::new(initials), INITIALS);
        });
    }

    /// Marks a word, its stem and its key, which mostly are one or two words.
    fn mark(&mut self, word: Word<'_>, own: u32, of_key: u32, read: &Reading<'_>) {
        let Reading { stem, key, .. } = *read;
        let (own, of_stem) = if stem.is_same(&word) { (own | HELD, 0) } else { (own, HELD) };
        let (own, of_key) = if key.is_same(&word) { (own | of_key, 0) } else { (own, of_key) };
        let (of_stem, of_key) = if key.is_same(&stem) { (of_stem | of_key, 0) } else { (of_stem, of_key) };
        for (word, bits) in [(word, own), (stem, of_stem), (key, of_key)] {
            if bits != 0 {
                self.words.add(word, bits);
            }
        }
    }

    /// Notes what a word says wherever it stands, once.
    fn note(&mut self, token: &Token, word: Word<'_>, read: &Reading<'_>) {
        if let Some(value) = read.value {
            self.numbers.push(Value::new(u64::from(value), 0));
        }
        if token.number {
            self.numbers.push(Value::parse(word.bytes()));
        } else if word.bytes().len() >= SHORT_NAME && !token.function && !read.ordinary {
            self.names.push(word.bytes());
            self.words.add(word, UNUSUAL);
        }
    }

    /// Numbers and names of `summary` that are not held, and words that say the opposite.
    pub fn check(&self, summary: &str) -> Support {
        self.check_stream(&Stream::new(summary), &mut Keys::forgetful())
    }

    /// Asks for the words of a summary that is checked soon.
    pub fn ask(&self, stream: &Stream) {
        stream.tokens.iter().for_each(|token| self.words.ask(stream.word(token)));
    }

    /// As [`Known::check`], of a summary that is tokenised already.
    pub fn check_stream(&self, stream: &Stream, keys: &mut Keys) -> Support {
        let mut support =
            Support { contradicted: contradicted(&self.words, stream, keys), ..Support::default() };
        for quantity in stream.quantities() {
            support.numbers += 1;
            if !self.holds_number(stream, quantity) {
                if self.measured.holds_converted(stream, quantity) || self.holds_share(stream, quantity) {
                    continue;
                }
                support.unsupported_numbers.push(quantity.span(&stream.tokens));
            } else if let Some(unit) = self.measured.contradicts(stream, quantity)
                && !self.measured.holds_converted(stream, quantity)
            {
                support.contradicted.push(unit);
            }
        }
        for (i, token) in stream.tokens.iter().enumerate() {
            if !is_name(stream, i, keys) {
                continue;
            }
            support.names += 1;
            if !self.holds_name(stream, i, keys) {
                support.unsupported_names.push(token.span());
            }
        }
        support
    }

    fn holds_number(&self, stream: &Stream, quantity: &Quantity) -> bool {
        if self.numbers.binary_search(&quantity.value).is_ok()
            || self.numbers.binary_search(&quantity.other).is_ok()
        {
            return !self.counts_else(stream, quantity);
        }
        let value = quantity.value.approximate();
        if quantity.spelled && value <= COUNTS {
            return true;
        }
        numbers::rounded(stream, quantity).is_some_and(|rounded| self.holds_about(value, rounded))
    }

    /// Whether the known texts have a share in percent in words: `a quarter`, `one in five`.
    fn holds_share(&self, stream: &Stream, quantity: &Quantity) -> bool {
        if unit(stream, quantity).1 != Sort::Percent {
            return false;
        }
        let word: &[u8] = match quantity.value.parts() {
            (5, 1) => b"half",
            (25, 0) => b"quarter",
            (75, 0) => b"quarters",
            (33, 0) => b"third",
            (66 | 67, 0) => b"thirds",
            _ => b"",
        };
        self.words.has(Word::new(word), READ) || self.shares.binary_search(&quantity.value).is_ok()
    }

    /// Whether the known texts have a number of this value, and each time it counts something else.
    fn counts_else(&self, stream: &Stream, quantity: &Quantity) -> bool {
        let sort = unit(stream, quantity).1;
        let from = self.sorts.partition_point(|(value, _)| *value < quantity.value);
        let known = self.sorts.iter().skip(from).take_while(|(value, _)| *value == quantity.value);
        let mut known = known.map(|(_, sort)| *sort).peekable();
        sort.is_marked() && known.peek().is_some() && known.all(|known| known.is_marked() && known != sort)
    }

    /// Whether a known number rounds to `value`.
    fn holds_about(&self, value: f64, rounded: Rounded) -> bool {
        let (least, most) = rounded.bounds(value);
        let from = self.approximate.partition_point(|&known| known < least);
        self.approximate.get(from).is_some_and(|&known| known <= most)
    }

    fn holds_name(&self, stream: &Stream, at: usize, keys: &mut Keys) -> bool {
        let Some(token) = stream.tokens.get(at) else { return true };
        let word = stream.word(token);
        let bytes = word.bytes();
        let read = keys.of(word);
        self.words.has(word, READ | INITIALS)
            || read.ordinary && self.words.has(read.stem, HELD)
            || is_one_of_many(stream, at) && self.holds_other_number(bytes)
            || self.holds_form(bytes)
            || self.holds_acronym_around(stream, at)
            || self.holds_same(bytes)
    }

    /// Whether a known word means the same, or, for a day, month or large country, whether none is known that it
    /// could contradict: reports say `on Monday` where their source says `today`.
    fn holds_same(&self, name: &[u8]) -> bool {
        if !may_be_same(name) {
            return false;
        }
        let known = |word: &&[u8]| self.words.has(Word::new(word), READ);
        let same = SAME.iter().filter(|group| group.contains(&name)).any(|group| group.iter().any(known));
        let countries = || SAME.iter().flat_map(|group| group.iter());
        same || DATES.iter().any(|group| group.contains(&name) && !group.iter().any(known))
            || countries().any(|word| *word == name) && !countries().any(known)
    }

    /// Whether a known name is the plural of this one, or the singular.
    fn holds_other_number(&self, name: &[u8]) -> bool {
        let is_known = |name: &[u8]| self.words.has(Word::new(name), UNUSUAL);
        const ENDINGS: [&[u8]; 2] = [b"s", b"es"];
        ENDINGS.iter().filter_map(|ending| name.strip_suffix(*ending)).any(is_known)
            || name.len() <= LONG_NAME && ENDINGS.iter().any(|ending| is_known(&[name, ending].concat()))
    }

    /// Whether a known name is a short or long form of this one, or of the same place.
    fn holds_form(&self, name: &[u8]) -> bool {
        if !(SHORT_NAME..=LONG_NAME).contains(&name.len()) || !self.names.may_begin(name) {
            return false;
        }
        // `Rob` for `Robert`, `Iraq` for `Iraqi`.
        if self.names.rests(name).any(|rest| is_long_form(name, rest)) {
            return true;
        }
        let splits = || (SHORT_NAME..name.len()).rev().filter_map(|n| name.split_at_checked(n));
        // `Robert` for `Rob`, `Iraqi` for `Iraq`.
        if splits()
            .any(|(short, rest)| is_long_form(short, rest) && self.words.has(Word::new(short), UNUSUAL))
        {
            return true;
        }
        // `Chinese` for `China`, `Italian` for `Italy`.
        splits().filter(|(place, _)| place.len() > SHORT_NAME).any(|(place, rest)| {
            let of_people = is_people(place, rest);
            let is_same = |known: &[u8]| is_people(place, known) || of_people && is_place_ending(known);
            (of_people || is_place_ending(rest)) && self.names.rests(place).any(is_same)
        })
    }

    /// Whether the name is part of a run of capitalised words whose initials are a known word: `European Union`
    /// where the source says `EU`.
    fn holds_acronym_around(&self, stream: &Stream, at: usize) -> bool {
        let initials = Initials::of(stream, capital_run(stream, at));
        initials.get().len() >= 2 && self.words.has(Word::new(initials.get()), READ)
    }
}

/// Names of one country, union or body and of what belongs to it.
const SAME: [&[&[u8]]; 5] = [
    &[b"us", b"usa", b"america", b"american", b"americans"],
    &[b"uk", b"britain", b"british", b"briton", b"britons", b"england", b"english"],
    &[b"eu", b"europe", b"european"],
    &[b"france", b"french"],
    &[b"netherlands", b"dutch", b"holland"],
];
/// Days and months.
const DATES: [&[&[u8]]; 2] = [
    &[b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"],
    &[
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ],
];

/// What the words begin with that [`Known::holds_same`] knows: few others begin like them.
static SAME_BEGINNINGS: Beginnings = {
    let mut beginnings = Beginnings::NONE;
    let mut group = 0;
    while group < SAME.len() {
        beginnings = beginnings.with_words(SAME[group]);
        group += 1;
    }
    beginnings.with_words(DATES[0]).with_words(DATES[1])
};

fn may_be_same(name: &[u8]) -> bool {
    matches!(name, [first, second, ..] if SAME_BEGINNINGS.has(*first, *second))
}

/// Known names with one prefix that are looked at for another ending: a bound on the time.
const PLACES: usize = 16;

/// Endings of places.
fn is_place_ending(ending: &[u8]) -> bool {
    matches!(ending, b"" | b"a" | b"e" | b"o" | b"s" | b"y")
}

/// Whether a name that begins with `place` and ends so is its people, one of them or an adjective.
fn is_people(place: &[u8], ending: &[u8]) -> bool {
    match ending.strip_suffix(b"s").unwrap_or(ending) {
        b"an" | b"ean" | b"ese" | b"ian" | b"ish" => true,
        b"i" => place.len() > SHORT_NAME,
        b"n" => place.len() > SHORT_NAME && place.last().is_some_and(|last| b"aeo".contains(last)),
        _ => false,
    }
}

/// Whether a name may be the long form of the `short` one that it begins with: not by an `-s` or `-e` alone (`Anne`), nor by
/// what makes a family's name of a first one (`Jones`, `Roberts`, `Robinson`).
fn is_long_form(short: &[u8], rest: &[u8]) -> bool {
    let is_of_family = match rest {
        [.., b's', b'o' | b'e', b'n'] | [.., b'e', b's' | b'z'] => true,
        [.., before, b's'] => !b"aiu".contains(before),
        _ => false,
    };
    is_people(short, rest) || rest.len() > 1 && !is_of_family
}

/// Whether the name at `at` may be one of several of that name, or the several: it has an article or a number before it, or a
/// plural's verb behind it.
fn is_one_of_many(stream: &Stream, at: usize) -> bool {
    let is_joined = |at: usize| stream.tokens.get(at).is_some_and(|token| token.before <= Break::Space);
    let before = at.checked_sub(1).and_then(|before| stream.tokens.get(before)).filter(|_| is_joined(at));
    let is_counted =
        before.is_some_and(|before| before.number || before.roles & HAS_VALUE != 0 || before.is_determiner());
    let behind = stream.tokens.get(at + 1).filter(|_| is_joined(at + 1));
    is_counted || behind.is_some_and(|verb| matches!(stream.text(verb), b"are" | b"have" | b"were"))
}

/// `2020` of `2019-20`.
fn year_range(stream: &Stream, pair: &[Token]) -> Option<Value> {
    let [from, to] = pair else { return None };
    if !from.number || !to.number || to.start != from.end + 1 {
        return None;
    }
    let (century, year) = (stream.text(from), stream.text(to));
    if century.len() != 4 || year.len() != 2 {
        return None;
    }
    Some(Value::parse(&[century.get(..2)?, year].concat()))
}

/// Whether the word at `at` is written as a name. At the start of a sentence or a quotation every word has a
/// capital letter, and in the middle of one a title may: ordinary words are names there only in capitals, or right
/// before or after a word that is a name by itself.
fn is_name(stream: &Stream, at: usize, keys: &mut Keys) -> bool {
    let Some(token) = stream.tokens.get(at) else { return false };
    if !is_capitalised(token) {
        return false;
    }
    // The letters of `W.L.` alone name nothing.
    let letters = token.text_len();
    if token.case == Case::Upper && token.span().len() > letters && letters <= 2 {
        return false;
    }
    if !keys.of(stream.word(token)).ordinary {
        return true;
    }
    let starts = token.before == Break::Sentence || token.quoted;
    !starts && beside_name(stream, at, keys)
}

/// A capitalised word that could be a name: no number, initial or function word.
fn is_capitalised(token: &Token) -> bool {
    let could_be = match token.case {
        Case::Lower => false,
        Case::Title => token.text_len() >= SHORT_NAME && !token.function,
        Case::Upper => token.text_len() >= 2,
    };
    could_be && !token.number && token.roles & HAS_VALUE == 0
}

/// Whether an unusual capitalised word stands right before or after, as in `Gordon Brown`.
fn beside_name(stream: &Stream, at: usize, keys: &mut Keys) -> bool {
    let mut is_unusual = |i: usize| {
        let token = stream.tokens.get(i)?;
        (token.case == Case::Title && is_capitalised(token) && !keys.of(stream.word(token)).ordinary)
            .then_some(())
    };
    let joined = |i: usize| stream.tokens.get(i).is_some_and(|t| t.before <= Break::Space);
    let before = joined(at) && at.checked_sub(1).and_then(&mut is_unusual).is_some();
    before || joined(at + 1) && is_unusual(at + 1).is_some()
}

/// The run of capitalised words around `at`: small words inside it (`Department of Health`) belong to it.
fn capital_run(stream: &Stream, at: usize) -> Range<usize> {
    let (mut start, mut end) = (at, at + 1);
    while start > 0 && at - start < RUN && goes_on(stream, start, start - 1) {
        start -= 1;
    }
    while end - at < RUN && goes_on(stream, end, end) {
        end += 1;
    }
    start..end
}

/// The longest half of a run of capitalised words.
const RUN: usize = 8;

/// Whether the token `at` belongs to a run across the gap before the token `gap`.
fn goes_on(stream: &Stream, gap: usize, at: usize) -> bool {
    let joined = stream.tokens.get(gap).is_some_and(|t| t.before <= Break::Space);
    joined && stream.tokens.get(at).is_some_and(|t| t.case != Case::Lower || is_small(stream.text(t)))
}

fn is_small(word: &[u8]) -> bool {
    matches!(word, b"of" | b"and" | b"for" | b"the" | b"in" | b"on")
}

/// First letters of the capitalised words of a run.
struct Initials {
    letters: [u8; 2 * RUN],
    len: usize,
}

impl Initials {
    fn of(stream: &Stream, run: Range<usize>) -> Self {
        let mut initials = Self { letters: [0; 2 * RUN], len: 0 };
        let capitalised = stream.tokens.get(run).unwrap_or_default().iter().filter(|t| t.case != Case::Lower);
        let letters = capitalised.filter_map(|t| stream.text(t).first().copied());
        for (slot, letter) in initials.letters.iter_mut().zip(letters) {
            *slot = letter;
            initials.len += 1;
        }
        initials
    }

    fn get(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }
}

/// Initials of every run of capitalised words in a text, and of the run without its first word, which may only
/// start a sentence.
fn each_acronym(stream: &Stream, mut met: impl FnMut(&[u8])) {
    let mut at = 0;
    while let Some(first) = stream.tokens.get(at) {
        let mut end = at + 1;
        while first.case != Case::Lower && end - at < 2 * RUN && goes_on(stream, end, end) {
            end += 1;
        }
        if end - at >= 2 {
            let initials = Initials::of(stream, at..end);
            let parts = [initials.get(), initials.get().get(1..).unwrap_or_default()];
            parts.into_iter().filter(|letters| letters.len() >= 2).for_each(&mut met);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unsupported(known: &str, summary: &str) -> (Vec<String>, Vec<String>) {
        let support = Known::new(&[known]).check(summary);
        let texts = |spans: &[Range<usize>]| spans.iter().map(|s| summary[s.clone()].to_owned()).collect();
        (texts(&support.unsupported_numbers), texts(&support.unsupported_names))
    }

    #[test]
    fn compares_numbers_by_value() {
        let cases: [(&str, &str, &[&str]); 36] = [
            ("for two decades", "for 20 years", &[]),
            ("for two weeks", "for 14 days", &[]),
            ("for two weeks", "for 15 days", &["15"]),
            ("30 cents", "$0.30", &[]),
            ("1,500 metres", "1.5 kilometres", &[]),
            ("2,000 kilograms", "12 tonnes", &["12"]),
            ("a quarter of it", "25% of it", &[]),
            ("a quarter of it", "26% of it", &["26"]),
            ("fell by half", "fell by 50 percent", &[]),
            ("one in five homes", "20 percent of homes", &[]),
            ("one in five homes", "25 percent of homes", &["25"]),
            ("$1.5 million", "one and a half million dollars", &[]),
            ("1,204 people", "more than 1,200 people", &[]),
            ("1,198 people", "more than 1,200 people", &["1,200"]),
            ("1,200 people", "1200 people", &[]),
            ("1,200 people", "twelve hundred people", &[]),
            ("five percent", "5%", &[]),
            ("$4.2M", "4.2 million dollars", &[]),
            ("4.2 million dollars", "$4.2 billion", &["4.2 billion"]),
            ("4,217,000 people", "4.2 million people", &[]),
            ("1,198 people", "about 1,200 people", &[]),
            ("1,198 people", "1,200 people", &["1,200"]),
            ("47 people", "48 people", &["48"]),
            ("in 2019", "in 2020", &["2020"]),
            ("in 2019-20", "in 2020", &[]),
            ("Ann, Bob and Eve", "three people", &[]),
            ("Ann, Bob and Eve", "thirty people", &["thirty"]),
            ("the third time", "the 3rd time", &["3rd"]),
            ("the fourth time", "the 4th time", &[]),
            ("the 1980s", "in 1980", &[]),
            ("5 dollars", "5%", &["5"]),
            ("five percent", "$5", &["5"]),
            ("$5 and 5 percent", "5%", &[]),
            ("5 members", "5%", &[]),
            ("$5", "the 5", &[]),
            ("$5 million", "5 million dollars", &[]),
        ];
        for (known, summary, expected) in cases {
            assert_eq!(unsupported(known, summary).0, expected, "{known:?} {summary:?}");
        }
    }

    #[test]
    fn compares_names_by_form() {
        let cases: [(&str, &str, &[&str]); 32] = [
            ("Bill Nelson named him", "It was Nelson who named him", &[]),
            ("bill nelson named him", "It was Nelson who named him", &[]),
            ("Beyoncé sang", "It was BEYONCE who sang", &[]),
            ("Bill Nelson named him", "It was Nilsson who named him", &["Nilsson"]),
            ("he said so", "Authorities said so", &[]),
            ("he said so", "Officials at the Agency said so", &[]),
            ("he said so", "Kowalski said so", &["Kowalski"]),
            ("he met Gordon Brown", "he met Gordon Green", &["Green"]),
            ("the European Union agreed", "the EU agreed", &[]),
            ("the EU agreed", "the European Union agreed", &[]),
            ("troops in Iraq", "the Iraqi troops", &[]),
            ("made in China", "the Chinese goods", &[]),
            ("Robert Kowalski won", "later Rob Kowalski won", &[]),
            ("it rained today", "it rained on Monday", &[]),
            ("it rained on Friday", "it rained on Monday", &["Monday"]),
            ("the U.S. agreed", "the American side agreed", &[]),
            ("Maries spoke to Jones", "it was Marie who spoke to Jon", &["Marie", "Jon"]),
            ("Marie spoke to Jon", "it was Maries who spoke to Jones", &["Maries", "Jones"]),
            ("it was Anne", "it was Ann", &["Ann"]),
            ("it was Ann", "it was Anne", &["Anne"]),
            ("he met Roberts", "he met Robert", &["Robert"]),
            ("Rob Kowalski won", "he met Robinson", &["Robinson"]),
            ("Marie's speech", "it was Marie", &[]),
            ("it was Jones", "it was Jones's speech and Jones' friend", &[]),
            ("it was Renée", "it was Renee's speech", &[]),
            ("Obama left", "later the Obamas left", &[]),
            ("he met Muslims", "he met a Muslim", &[]),
            ("a Muslim man", "there Muslims were killed", &[]),
            ("the Iraqi troops", "troops of Iraqis", &[]),
            ("Palestinian homes", "he met Palestinians", &[]),
            ("made in Mexico", "he met Mexicans", &[]),
            ("the Kurds fought", "the Kurdish troops", &[]),
        ];
        for (known, summary, expected) in cases {
            assert_eq!(unsupported(known, summary).1, expected, "{known:?} {summary:?}");
        }
    }

    #[test]
    fn factor_falls_with_every_unsupported_unit() {
        let support = |numbers: usize, names: usize| Support {
            unsupported_numbers: vec![0..1; numbers],
            unsupported_names: vec![0..1; names],
            ..Support::default()
        };
        assert_eq!(support(0, 0).factor(), 1.0);
        let factors: Vec<f64> = (0..40).map(|n| support(n, n / 2).factor()).collect();
        assert!(factors.is_sorted_by(|a, b| a >= b) && factors.iter().all(|f| *f > 0.0));
        assert!(support(0, 1).factor() > support(1, 0).factor());
        let among = |numbers: usize| Support { numbers, ..support(2, 0) }.factor();
        assert!(among(2) < among(3) && among(3) < among(4) && among(4) == among(9));
    }

    proptest! {
        #[test]
        fn a_text_supports_itself(text in "([A-Za-z0-9,.' ]|million |Smith |U.S. |\\PC){0,60}") {
            let support = Known::new(&[&text]).check(&text);
            prop_assert!(support.unsupported_numbers.is_empty() && support.unsupported_names.is_empty(), "{support:?}");
        }
    }
}
