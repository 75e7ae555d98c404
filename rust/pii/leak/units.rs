//! What the words of a completion amount to when a value is woven into them: its digits, whatever words stand between and
//! in whatever language they are said (`415, then 555 and lastly 0132`, `four hundred and fifteen`), its letters and
//! digits spelled out (`Juliett Alfa November Echo`), and its letters and digits with the words for signs left out.
//!
//! Nothing here is evidence: only what a source holds is looked for in it. Promise: one pass over a text.

use super::runs;
use crate::pii::normalize::multiplier;
use crate::words::beginnings::Beginnings;
use std::ops::Range;

/// Most bytes between two units of one value.
const REACH: usize = 48;

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

/// Words for digits and numbers: the first [`ENGLISH`] of them are English.
const NUMBERS: &[(&str, &str)] = &[
    ("zero", "0"),
    ("oh", "0"),
    ("o", "0"),
    ("nought", "0"),
    ("naught", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("niner", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    // Spanish, French, German, Italian, Portuguese, Dutch.
    ("cero", "0"),
    ("uno", "1"),
    ("dos", "2"),
    ("tres", "3"),
    ("cuatro", "4"),
    ("cinco", "5"),
    ("seis", "6"),
    ("siete", "7"),
    ("ocho", "8"),
    ("nueve", "9"),
    ("zéro", "0"),
    ("un", "1"),
    ("deux", "2"),
    ("trois", "3"),
    ("quatre", "4"),
    ("cinq", "5"),
    ("sept", "7"),
    ("huit", "8"),
    ("neuf", "9"),
    ("null", "0"),
    ("eins", "1"),
    ("zwei", "2"),
    ("zwo", "2"),
    ("drei", "3"),
    ("vier", "4"),
    ("fünf", "5"),
    ("fuenf", "5"),
    ("sechs", "6"),
    ("sieben", "7"),
    ("acht", "8"),
    ("neun", "9"),
    ("due", "2"),
    ("tre", "3"),
    ("quattro", "4"),
    ("cinque", "5"),
    ("sei", "6"),
    ("sette", "7"),
    ("otto", "8"),
    ("nove", "9"),
    ("um", "1"),
    ("dois", "2"),
    ("três", "3"),
    ("sete", "7"),
    ("oito", "8"),
    ("nul", "0"),
    ("een", "1"),
    ("twee", "2"),
    ("drie", "3"),
    ("vijf", "5"),
    ("zes", "6"),
    ("zeven", "7"),
    ("negen", "9"),
];
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
/// Words that stand for the letter that they begin with, of the alphabet of aviation and of older ones.
const LETTERS: &[&str] = &[
    "alfa", "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett",
    "juliet", "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango",
    "uniform", "victor", "whiskey", "whisky", "xray", "yankee", "zulu", "able", "baker", "dog", "easy",
    "fox", "george", "item", "jig", "king", "love", "nan", "peter", "queen", "roger", "sugar", "uncle",
    "zebra",
];
const ENGLISH: usize = 33;
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
/// What the words of the lists begin with: most words are in none.
static OF_NUMBERS: Beginnings = {
    let (mut all, mut i) = (Beginnings::NONE, 0);
    while i < NUMBERS.len() {
        all = all.with_word(NUMBERS[i].0.as_bytes());
        i += 1;
    }
    all
};
static OF_LETTERS: Beginnings = of_words(LETTERS);
static OF_SIGNS: Beginnings = of_words(SIGNS);

const fn of_words(words: &[&str]) -> Beginnings {
    let (mut all, mut i) = (Beginnings::NONE, 0);
    while i < words.len() {
        all = all.with_word(words[i].as_bytes());
        i += 1;
    }
    all
}

/// Longest word of these lists, in bytes.
const LONGEST: usize = 10;

/// Letters and digits in capitals, in the order of the text, and what units they come in.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// A zero where two units are too far apart to be one value's.
    pub(super) bytes: Vec<u8>,
    /// For each byte the span of its unit.
    spans: Vec<Range<usize>>,
}

/// A number that is being said.
#[derive(Default)]
struct Said {
    digits: String,
    span: Range<usize>,
    /// How many zeros at its end more may be said in the place of.
    open: usize,
}

impl Units {
    pub(super) fn of(text: &str, reading: Reading) -> Self {
        let (mut units, mut said, mut times) = (Self::default(), Said::default(), 1);
        for (start, word) in words(text) {
            let span = start..start + word.len();
            let folded = Folded::of(word);
            if reading == Reading::Bare {
                if !folded.is_of(&OF_SIGNS, SIGNS) {
                    units.push(word, span);
                }
                continue;
            }
            if reading == Reading::Roman {
                if let Some((_, digit)) = ROMAN.iter().find(|(numeral, _)| *numeral == word) {
                    units.push(digit, span);
                }
                continue;
            }
            if let Some(n) = multiplier(folded.get()) {
                units.take(&mut said);
                times = n;
                continue;
            }
            if let Some(digits) = folded.number() {
                if times > 1 {
                    units.push(&digits.repeat(times), span);
                    times = 1;
                } else if !said.add(text, digits, &span) {
                    units.take(&mut said);
                    said = Said { digits: digits.to_owned(), span, open: usize::from(is_ten(digits)) };
                }
                continue;
            }
            if folded.is_any(&["hundred"]) && said.hundred(&span) {
                continue;
            }
            if folded.is_any(&["and"]) && said.open == 2 {
                continue;
            }
            units.take(&mut said);
            times = 1;
            if reading == Reading::Digits {
                for (at, digits) in runs(word, |c| c.is_ascii_digit()) {
                    units.push(digits, start + at..start + at + digits.len());
                }
            } else if folded.is_of(&OF_LETTERS, LETTERS) {
                units.push(word.get(..1).unwrap_or_default(), span);
            } else if word.len() == 1 || !folded.is_of(&OF_SIGNS, SIGNS) {
                units.push(word, span);
            }
        }
        units.take(&mut said);
        if reading == Reading::Spelled {
            units.bytes.iter_mut().for_each(|b| *b = alike(*b));
        }
        units
    }

    /// Adds a unit.
    fn push(&mut self, unit: &str, span: Range<usize>) {
        if self.spans.last().is_some_and(|last| span.start > last.end + REACH) {
            self.part(span.start);
        }
        let unit = unit.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase());
        self.bytes.extend(unit);
        self.spans.resize(self.bytes.len(), span);
    }

    /// Says that what comes is no part of what was.
    fn part(&mut self, at: usize) {
        if self.bytes.last().is_some_and(|last| *last != 0) {
            self.bytes.push(0);
            self.spans.push(at..at);
        }
    }

    fn take(&mut self, said: &mut Said) {
        let said = std::mem::take(said);
        if !said.digits.is_empty() {
            self.push(&said.digits, said.span);
        }
    }

    /// The unit that begins at a byte: its letters and digits, and its span.
    pub(super) fn unit(&self, at: usize) -> Option<(String, Range<usize>)> {
        let span = self.spans.get(at)?;
        let length = self.spans.iter().skip(at).take_while(|other| *other == span).count();
        let unit = self.bytes.get(at..at + length)?;
        Some((String::from_utf8_lossy(unit).into_owned(), span.clone()))
    }

    /// Whether a unit begins at a byte, or all end before it.
    pub(super) fn is_edge(&self, at: usize) -> bool {
        match (at.checked_sub(1).and_then(|last| self.spans.get(last)), self.spans.get(at)) {
            (Some(last), Some(span)) => last != span,
            _ => true,
        }
    }

    /// The span of the text that some bytes stand for.
    pub(super) fn span(&self, bytes: Range<usize>) -> Option<Range<usize>> {
        let last = self.spans.get(bytes.end.checked_sub(1)?)?;
        Some(self.spans.get(bytes.start)?.start..last.end)
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
    let folded = Folded::of(word);
    let numbers = NUMBERS.get(..ENGLISH).unwrap_or_default();
    if folded.begins(&OF_NUMBERS) { folded.find(numbers) } else { None }
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

/// A short word in small letters.
struct Folded {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Folded {
    fn of(word: &str) -> Self {
        let mut bytes = [0; LONGEST];
        let length = if word.len() <= LONGEST { word.len() } else { 0 };
        for (slot, b) in bytes.iter_mut().zip(word.bytes().take(length)) {
            *slot = b.to_ascii_lowercase();
        }
        Self { bytes, length }
    }

    fn get(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn begins(&self, beginnings: &Beginnings) -> bool {
        let [first, second, ..] = self.bytes;
        beginnings.has(first, second)
    }

    fn number(&self) -> Option<&'static str> {
        if self.begins(&OF_NUMBERS) { self.find(NUMBERS) } else { None }
    }

    fn is_of(&self, beginnings: &Beginnings, words: &[&str]) -> bool {
        self.begins(beginnings) && self.is_any(words)
    }

    fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| word.as_bytes() == self.get())
    }

    fn find<'w>(&self, words: &[(&str, &'w str)]) -> Option<&'w str> {
        words.iter().find(|(word, _)| word.as_bytes() == self.get()).map(|(_, value)| *value)
    }
}

/// The words of a text, each with where it starts: runs of letters and digits, of any script.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphabetic() };
    runs(text, is_part)
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
