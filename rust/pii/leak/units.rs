//! What the words of a completion amount to when a value is woven into them: its digits, whatever words stand between and
//! in whatever language they are said (`415, then 555 and lastly 0132`, `four hundred and fifteen`), its letters and
//! digits spelled out (`Juliett Alfa November Echo`), and its letters and digits with the words for signs left out.
//!
//! Nothing here is evidence: only what a source holds is looked for in it. Promise: one pass over a text.

use super::held::digits;
use super::runs::{Class, runs};
use crate::pii::said::{self, ENGLISH, FOREIGN, LETTERS, MULTIPLIERS, OLDER_LETTERS};
use crate::words::map::{hash_of, pack, packed};
use std::ops::Range;

/// Most bytes between two units of one value.
const REACH: usize = 48;
/// How often a word may say that a digit is meant.
const MOST_TIMES: usize = 4;
/// Fewest bytes that a word of a text takes as a rule.
const BYTES_A_WORD: usize = 5;

/// Letters of any script, and digits.
static OF_WORDS: Class = Class::with(b"").and_beyond(char::is_alphabetic);

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Digits and number words; other words are passed over.
    Digits,
    /// Roman numerals of one digit; other words are passed over.
    Roman,
    /// Letters and digits as they stand or are spelled; words for signs are passed over, and what looks alike is one.
    Spelled,
    /// Letters and digits as they stand; words for signs are passed over.
    Bare,
}

const ROMAN: &[(&str, &str)] = &[
    ("nulla", "0"),
    ("I", "1"),
    ("II", "2"),
    ("III", "3"),
    ("IV", "4"),
    ("V", "5"),
    ("VI", "6"),
    ("VII", "7"),
    ("VIII", "8"),
    ("IX", "9"),
];
/// Letters of the longest of them.
const LONGEST_ROMAN: usize = 5;
/// Words for signs, and words that say how a value goes on.
const SIGNS: &[&str] = &[
    "at",
    "dot",
    "point",
    "period",
    "punkt",
    "punto",
    "ponto",
    "punt",
    "arobase",
    "arroba",
    "chiocciola",
    "ät",
    "dash",
    "hyphen",
    "minus",
    "underscore",
    "slash",
    "colon",
    "plus",
    "space",
    "sign",
    "symbol",
    "then",
    "and",
    "followed",
    "by",
    "next",
    "the",
    "with",
    "a",
    "an",
    "capital",
    "uppercase",
    "lowercase",
    "upper",
    "lower",
    "case",
    "small",
    "letter",
    "letters",
    "digit",
    "digits",
    "number",
    "no",
    "house",
    "on",
    "in",
    "of",
];
/// Longest word of these lists, in bytes.
const LONGEST: usize = 10;

/// What a word of the lists is.
#[derive(Debug, Clone, Copy)]
struct Meaning {
    /// Its place among [`ENGLISH`] and behind them [`FOREIGN`], or none.
    number: u8,
    /// How often it says that a digit is meant; 1 unless it does.
    times: u8,
    roles: u8,
}

impl Meaning {
    const NOTHING: Self = Self { number: u8::MAX, times: 1, roles: 0 };

    /// The digits of the number that it says.
    fn digits(self) -> Option<&'static str> {
        said::number(usize::from(self.number)).map(|(_, digits)| digits)
    }

    fn is(self, role: u8) -> bool {
        self.roles & role != 0
    }
}

const LETTER: u8 = 1;
const SIGN: u8 = 1 << 1;
const HUNDRED: u8 = 1 << 2;
const AND: u8 = 1 << 3;

/// The words of the lists by their [`key`]; open addressing with linear probing, 0 for free.
struct Dictionary {
    keys: [u128; SLOTS],
    meanings: [Meaning; SLOTS],
}

const SLOTS: usize = 512;

static DICTIONARY: Dictionary = {
    let mut all = Dictionary { keys: [0; SLOTS], meanings: [Meaning::NOTHING; SLOTS] };
    let mut i = 0;
    assert!(ENGLISH.len() + FOREIGN.len() < u8::MAX as usize);
    while i < FOREIGN.len() {
        let at = all.place(FOREIGN[i].0.as_bytes());
        all.meanings[at].number = (ENGLISH.len() + i) as u8;
        i += 1;
    }
    // What is English too is English.
    let mut i = 0;
    while i < ENGLISH.len() {
        let at = all.place(ENGLISH[i].0.as_bytes());
        all.meanings[at].number = i as u8;
        i += 1;
    }
    let mut i = 0;
    while i < MULTIPLIERS.len() {
        let at = all.place(MULTIPLIERS[i].0.as_bytes());
        assert!(MULTIPLIERS[i].1 <= MOST_TIMES);
        all.meanings[at].times = MULTIPLIERS[i].1 as u8;
        i += 1;
    }
    let mut i = 0;
    while i < LETTERS.len() {
        all = all.with_role(LETTER, LETTERS[i]);
        i += 1;
    }
    all.with_role(LETTER, OLDER_LETTERS)
        .with_role(SIGN, SIGNS)
        .with_role(HUNDRED, &["hundred"])
        .with_role(AND, &["and"])
};

impl Dictionary {
    /// The place of a word, which is taken from now on.
    const fn place(&mut self, word: &[u8]) -> usize {
        assert!(word.len() <= LONGEST);
        let key = pack(word) | SMALL;
        let mut at = slot(key);
        while self.keys[at] != 0 && self.keys[at] != key {
            at = (at + 1) % SLOTS;
        }
        self.keys[at] = key;
        at
    }

    const fn with_role(mut self, role: u8, words: &[&str]) -> Self {
        let mut i = 0;
        while i < words.len() {
            let at = self.place(words[i].as_bytes());
            self.meanings[at].roles |= role;
            i += 1;
        }
        self
    }

    /// What a word is, in whatever case.
    fn meaning(&self, word: &str) -> Meaning {
        if !(1..=LONGEST).contains(&word.len()) {
            return Meaning::NOTHING;
        }
        let key = packed(word.as_bytes()) | SMALL;
        let mut at = slot(key);
        // A third of the table is used, so a free slot is near.
        while let (Some(&held), Some(&meaning)) = (self.keys.get(at), self.meanings.get(at)) {
            if held == key {
                return meaning;
            }
            if held == 0 {
                break;
            }
            at = (at + 1) % SLOTS;
        }
        Meaning::NOTHING
    }
}

/// Makes small letters of capitals, in ASCII and beside it in Latin-1; digits stay.
const SMALL: u128 = u128::from_le_bytes([0x20; 16]);

const fn slot(key: u128) -> usize {
    hash_of([key as u64, (key >> 64) as u64]) as usize % SLOTS
}

/// The words of a text, to be read in several ways.
pub(super) struct Words<'t> {
    text: &'t str,
    all: Vec<Word<'t>>,
}

struct Word<'t> {
    start: usize,
    text: &'t str,
    meaning: Meaning,
}

/// Letters and digits in capitals, in the order of the text, and what units they come in.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// A zero where two units are too far apart to be one value's.
    pub(super) bytes: Vec<u8>,
    /// The units, in order.
    all: Vec<Unit>,
}

#[derive(Debug)]
struct Unit {
    /// Where it begins among the bytes.
    at: usize,
    span: Range<usize>,
}

/// A number that is being said.
#[derive(Default)]
struct Said {
    digits: String,
    span: Range<usize>,
    /// How many zeros at its end more may be said in the place of.
    open: usize,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let word = |(start, text)| Word { start, text, meaning: DICTIONARY.meaning(text) };
        let mut all = Vec::with_capacity(text.len() / BYTES_A_WORD);
        all.extend(runs(text, &OF_WORDS).map(word));
        Self { text, all }
    }

    /// How many digits [`Reading::Digits`] gives, or more.
    pub(super) fn most_digits(&self) -> usize {
        let is_any = |is: fn(Meaning) -> bool| self.all.iter().filter(|word| is(word.meaning)).count();
        let numbers = is_any(|meaning| meaning.digits().is_some());
        let hundreds = is_any(|meaning| meaning.is(HUNDRED));
        let times = if is_any(|meaning| meaning.times > 1) > 0 { MOST_TIMES } else { 1 };
        digits(self.text.as_bytes()) + 2 * (times * numbers + hundreds)
    }

    /// Whether a word is a Roman numeral and no other word, as `I` and `V` may be.
    pub(super) fn has_numerals(&self) -> bool {
        self.all.iter().any(|word| matches!(word.text, "II" | "III" | "IV" | "VII" | "VIII" | "IX"))
    }

    /// What they amount to.
    pub(super) fn read(&self, reading: Reading) -> Units {
        let mut units =
            Units { bytes: Vec::with_capacity(self.text.len()), all: Vec::with_capacity(self.all.len()) };
        match reading {
            Reading::Bare => {
                for word in self.all.iter().filter(|word| !word.meaning.is(SIGN)) {
                    units.push(word.text, word.span());
                }
            }
            Reading::Roman => {
                for word in self.all.iter().filter(|word| word.text.len() <= LONGEST_ROMAN) {
                    if let Some((_, digit)) = ROMAN.iter().find(|(numeral, _)| *numeral == word.text) {
                        units.push(digit, word.span());
                    }
                }
            }
            Reading::Digits | Reading::Spelled => self.read_said(reading, &mut units),
        }
        units.bytes.make_ascii_uppercase();
        if reading == Reading::Spelled {
            units.bytes.iter_mut().for_each(|b| *b = alike(*b));
        }
        units
    }

    fn read_said(&self, reading: Reading, units: &mut Units) {
        let (mut said, mut times) = (Said::default(), 1);
        for word in &self.all {
            let (span, meaning) = (word.span(), word.meaning);
            if meaning.times > 1 {
                units.take(&mut said);
                times = usize::from(meaning.times);
                continue;
            }
            if let Some(digits) = meaning.digits() {
                if times > 1 {
                    units.push(&digits.repeat(times), span);
                    times = 1;
                } else if !said.add(self.text, digits, &span) {
                    units.take(&mut said);
                    said = Said { digits: digits.to_owned(), span, open: usize::from(is_ten(digits)) };
                }
                continue;
            }
            if (meaning.is(HUNDRED) && said.hundred(&span)) || (meaning.is(AND) && said.open == 2) {
                continue;
            }
            units.take(&mut said);
            times = 1;
            if reading == Reading::Digits {
                // Few words have a digit in them.
                if digits(word.text.as_bytes()) > 0 {
                    let mut start = word.start;
                    for run in word.text.as_bytes().split(|b| !b.is_ascii_digit()) {
                        let end = start + run.len();
                        if !run.is_empty() {
                            units.push(self.text.get(start..end).unwrap_or_default(), start..end);
                        }
                        start = end + 1;
                    }
                }
            } else if meaning.is(LETTER) {
                units.push(word.text.get(..1).unwrap_or_default(), span);
            } else if word.text.len() == 1 || !meaning.is(SIGN) {
                units.push(word.text, span);
            }
        }
        units.take(&mut said);
    }
}

impl Word<'_> {
    fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

impl Units {
    pub(super) fn of(text: &str, reading: Reading) -> Self {
        Words::of(text).read(reading)
    }

    /// Adds a unit.
    fn push(&mut self, unit: &str, span: Range<usize>) {
        if self.all.last().is_some_and(|last| span.start > last.span.end + REACH) {
            self.part(span.start);
        }
        let at = self.bytes.len();
        if unit.is_ascii() {
            self.bytes.extend_from_slice(unit.as_bytes());
        } else {
            self.bytes.extend(unit.bytes().filter(u8::is_ascii_alphanumeric));
        }
        if self.bytes.len() > at {
            self.all.push(Unit { at, span });
        }
    }

    /// Says that what comes is no part of what was.
    fn part(&mut self, at: usize) {
        if self.bytes.last().is_some_and(|last| *last != 0) {
            self.all.push(Unit { at: self.bytes.len(), span: at..at });
            self.bytes.push(0);
        }
    }

    fn take(&mut self, said: &mut Said) {
        if !said.digits.is_empty() {
            let said = std::mem::take(said);
            self.push(&said.digits, said.span);
        }
    }

    /// Where they begin among the bytes, in order.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> {
        self.all.iter().map(|unit| unit.at)
    }

    /// The unit that begins at a byte: its letters and digits, and its span.
    pub(super) fn unit(&self, at: usize) -> Option<(String, Range<usize>)> {
        let place = self.all.binary_search_by_key(&at, |unit| unit.at).ok()?;
        let end = self.all.get(place + 1).map_or(self.bytes.len(), |next| next.at);
        let unit = self.bytes.get(at..end)?;
        Some((String::from_utf8_lossy(unit).into_owned(), self.all.get(place)?.span.clone()))
    }

    /// Whether a unit begins at a byte, or all end before it.
    pub(super) fn is_edge(&self, at: usize) -> bool {
        at >= self.bytes.len() || self.all.binary_search_by_key(&at, |unit| unit.at).is_ok()
    }

    /// The span of the text that some bytes stand for.
    pub(super) fn span(&self, bytes: Range<usize>) -> Option<Range<usize>> {
        let unit = |at: usize| self.all.get(self.all.partition_point(|unit| unit.at <= at).checked_sub(1)?);
        Some(unit(bytes.start)?.span.start..unit(bytes.end.checked_sub(1)?)?.span.end)
    }
}

impl Said {
    /// Adds what is said in the place of its last zeros, if it may be: `twenty` and `one`, `four hundred` and `fifteen`.
    fn add(&mut self, text: &str, digits: &str, span: &Range<usize>) -> bool {
        let between = text.get(self.span.end..span.start).unwrap_or_default();
        let close = self.open == 2 || matches!(between, " " | "-");
        if digits.len() > self.open || digits == "0" || !close || between.contains([',', ';']) {
            return false;
        }
        let kept = self.digits.len() - digits.len();
        self.digits.truncate(kept);
        self.digits.push_str(digits);
        self.span.end = span.end;
        self.open = usize::from(self.open == 2 && is_ten(digits));
        true
    }

    /// Makes hundreds of it.
    fn hundred(&mut self, span: &Range<usize>) -> bool {
        let may_be = (1..=2).contains(&self.digits.len()) && self.digits != "0";
        if may_be {
            self.digits.push_str("00");
            self.span.end = span.end;
            self.open = 2;
        }
        may_be
    }
}

/// The digits of the number that an English word says: one, or two.
pub(super) fn english(word: &str) -> Option<&'static str> {
    let meaning = DICTIONARY.meaning(word);
    if usize::from(meaning.number) < ENGLISH.len() { meaning.digits() } else { None }
}

/// Whether a digit may follow: `twenty`.
pub(super) fn is_ten(digits: &str) -> bool {
    digits.len() == 2 && digits.ends_with('0') && !digits.starts_with('1')
}

/// The one of some letters and digits that look alike that stands for all.
pub(super) fn alike(b: u8) -> u8 {
    match b {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        b'Z' => b'2',
        b'E' => b'3',
        b'A' => b'4',
        b'S' => b'5',
        b'T' => b'7',
        b'B' => b'8',
        _ => b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, reading: Reading) -> String {
        Units::of(text, reading).bytes.iter().map(|&b| if b == 0 { '|' } else { char::from(b) }).collect()
    }

    #[test]
    fn english_numbers_come_first() {
        let known = ["zero", "ninety", "Niner", "cero", "eins", "hundred"].map(english);
        assert_eq!(known, [Some("0"), Some("90"), Some("9"), None, None, None]);
    }

    #[test]
    fn digits_are_read_through_words() {
        for (text, digits) in [
            ("541, 257 and 8151", "5412578151"),
            ("area code 713, then 953 and lastly 2491", "7139532491"),
            ("its first digit is 4, its second digit is 6", "46"),
            ("twenty-one, twenty, one and thirty oh two", "2120130" /* twenty | one */),
            (
                "four hundred and eighty-five, two hundred twelve, six hundred and ten, nine hundred",
                "485212610900",
            ),
            ("double five triple oh", "55000"),
            ("neuf six zéro fünf Drei cuatro", "960534"),
            ("the 2nd of B12", "212"),
        ] {
            let read = read(text, Reading::Digits);
            assert!(read.starts_with(digits), "{text}: {read}");
        }
    }

    #[test]
    fn letters_are_read_as_they_are_spelled() {
        assert_eq!(read("Juliett Alfa, november nine at X y dot o", Reading::Spelled), "J4N9XY0");
        assert_eq!(read("D G one two, roe77", Reading::Spelled), "DG12R0377");
        assert_eq!(read("ghp underscore Hz7 followed by \"k3\" + x", Reading::Bare), "GHPHZ7K3X");
        assert_eq!(read("IX, III and nulla", Reading::Roman), "930");
    }

    #[test]
    fn what_is_far_apart_is_not_one() {
        let text = format!("415 {} 555", "word ".repeat(20));
        assert_eq!(read(&text, Reading::Digits), "415|555");
    }
}
