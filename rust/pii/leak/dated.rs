//! Dates of birth of the source that a completion says in words, or in another order: `born on the twelfth of January,
//! nineteen forty-five`, `born on day 22 of month 2 of 1980`, `DOB 19670107`, `19.XI.1994`, and their day and month alone.
//!
//! A date is looked for only behind a word for a birth, and in its sentence. Promise: a word for a birth costs a bounded
//! number of steps.

use super::runs::{Class, runs};
use super::units::{Reading, Units};
use crate::pii::recognizers::month;
use std::collections::BTreeSet;
use std::ops::Range;

/// Words for a birth.
const BIRTHS: &[&str] =
    &["born", "birth", "birthday", "birthdate", "dob", "geboren", "naissance", "nacido", "nacida"];
/// Bytes behind such a word that are looked at.
const REACH: usize = 80;
const ORDINALS: &[(&str, u64)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
];
const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

static OF_WORDS: Class = Class::with(b"").and_beyond(char::is_alphanumeric);

/// The dates of birth of a source.
#[derive(Debug, Clone, Default)]
pub(super) struct Dated {
    /// In canonical form: two digits of the year, and day and month, the smaller first.
    dates: BTreeSet<String>,
}

/// What a completion says of a date.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// All of it.
    Whole,
    /// Its day and month.
    Day,
}

/// A number of a date, and whether it is a month's name.
struct Number {
    value: u64,
    /// How many digits it is written in.
    length: usize,
    is_month: bool,
    span: Range<usize>,
}

impl Dated {
    pub(super) fn add(&mut self, value: &str) {
        self.dates.insert(value.to_owned());
    }

    /// What `text` says of them, in order.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, Says)> {
        if self.dates.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(Range<usize>, Says)> = Vec::new();
        for (start, word) in runs(text, &OF_WORDS) {
            let is_new = found.last().is_none_or(|(last, _)| last.end <= start);
            if is_new && BIRTHS.iter().any(|birth| birth.eq_ignore_ascii_case(word)) {
                found.extend(self.behind(text, start + word.len()));
            }
        }
        found
    }

    /// The date behind a word for a birth.
    fn behind(&self, text: &str, from: usize) -> Option<(Range<usize>, Says)> {
        let numbers = numbers(text, from);
        let (first, last) = (numbers.first()?, numbers.last()?);
        let span = first.span.start..last.span.end;
        let parts: Vec<u64> = numbers.iter().map(|number| number.value).collect();
        let says = |year: u64, a: u64, b: u64| {
            self.dates.contains(&format!("{:02}-{:02}-{:02}", year % 100, a.min(b), a.max(b)))
        };
        match *parts.as_slice() {
            [whole] if first.length == 8 => {
                let (head, tail) = (whole / 10_000, whole % 10_000);
                let whole = says(head, tail / 100, tail % 100) || says(tail, head / 100, head % 100);
                whole.then_some((span, Says::Whole))
            }
            [a, b, c] if a > 31 => says(a, b, c).then_some((span, Says::Whole)),
            [a, b, c] => says(c, a, b).then_some((span, Says::Whole)),
            [a, b] if first.is_month != last.is_month => {
                let day = format!("{:02}-{:02}", a.min(b), a.max(b));
                self.dates.iter().any(|date| date.ends_with(&day)).then_some((span, Says::Day))
            }
            _ => None,
        }
    }
}

/// The numbers of a date behind `from`, up to three, before the sentence ends.
fn numbers(text: &str, from: usize) -> Vec<Number> {
    let rest = text.get(from..text.floor_char_boundary(from + REACH)).unwrap_or_default();
    let mut numbers: Vec<Number> = Vec::new();
    let mut words = runs(rest, &OF_WORDS).peekable();
    while let Some((at, word)) = words.next() {
        if numbers.len() == 3 {
            break;
        }
        let span = from + at..from + at + word.len();
        let small = word.to_lowercase();
        let ordinal = |word: &str| ORDINALS.iter().find(|(name, _)| *name == word).map(|(_, n)| *n);
        let roman = || ROMAN.iter().position(|numeral| *numeral == word).map(|i| i as u64 + 1);
        let shown = numbers.last().map_or(0, |last| last.span.end);
        if let Some(value) = digits(&small) {
            let length = word.bytes().filter(u8::is_ascii_digit).count();
            numbers.push(Number { value, length, is_month: false, span });
        } else if let Some(value) =
            month(small.as_bytes()).or_else(|| roman().filter(|_| shown + 1 == span.start))
        {
            numbers.push(Number { value, length: 0, is_month: true, span });
        } else if let Some(value) = ordinal(&small) {
            numbers.push(Number { value, length: 0, is_month: false, span });
        } else if let Some(tens) = [("twenty", 20), ("thirty", 30)].iter().find(|(name, _)| *name == small)
            && let Some((next, unit)) =
                words.peek().and_then(|(next, word)| Some((*next, ordinal(&word.to_lowercase())?)))
            && next == at + word.len() + 1
            && unit < 10
        {
            let end = words.next().map_or(span.end, |(at, word)| from + at + word.len());
            numbers.push(Number { value: tens.1 + unit, length: 0, is_month: false, span: span.start..end });
        } else if let Some((value, end)) = year(rest, at) {
            numbers.push(Number { value, length: 0, is_month: false, span: span.start..from + end });
            while words.next_if(|(at, _)| *at < end).is_some() {}
        } else if rest.get(..at).is_some_and(|head| head.contains(". ") && numbers.is_empty()) {
            break;
        }
    }
    numbers
}

/// `12`, `12th`.
fn digits(word: &str) -> Option<u64> {
    let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word.get(number.len()..)?;
    let fits = matches!(ending, "" | "st" | "nd" | "rd" | "th") && (1..=8).contains(&number.len());
    if fits { number.parse().ok() } else { None }
}

/// `nineteen forty-five`, `two thousand and two`, `nineteen hundred`.
fn year(text: &str, at: usize) -> Option<(u64, usize)> {
    const LONGEST: usize = 32;
    let rest = text.get(at..)?;
    let head = rest.char_indices().take(LONGEST).last().map_or(0, |(i, c)| i + c.len_utf8());
    let rest = rest.get(..head)?;
    let two = "two thousand";
    if rest.get(..two.len()).is_some_and(|head| head.eq_ignore_ascii_case(two)) {
        let behind = rest.get(two.len()..)?;
        let units = Units::of(behind, Reading::Digits);
        let more = units.unit(0).filter(|(_, span)| {
            let between = behind.get(..span.start).unwrap_or_default();
            matches!(between, " " | " and ")
        });
        let value = more.as_ref().and_then(|(value, _)| value.parse::<u64>().ok()).unwrap_or_default();
        return Some((2000 + value, at + two.len() + more.map_or(0, |(_, span)| span.end)));
    }
    let units = Units::of(rest, Reading::Digits);
    let (century, first) = units.unit(0)?;
    if first.start != 0 || !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    match century.as_str() {
        "19" | "20" | "18" => {
            let (ten, last) = units.unit(century.len())?;
            let (mut value, mut end) = (ten.parse::<u64>().ok()?, last.end);
            // `nineteen oh five`
            if ten == "0" {
                let (unit, last) = units.unit(century.len() + 1)?;
                (value, end) = (unit.parse().ok()?, last.end);
            }
            let close = rest.get(first.end..last.start).is_some_and(|between| between.len() <= 1);
            (close && value < 100).then_some((100 * century.parse::<u64>().ok()? + value, at + end))
        }
        _ if century.len() == 4 => Some((century.parse().ok()?, at + first.end)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::recognizers::canonical_date;

    fn found(source: &str, text: &str) -> Option<(String, Says)> {
        let mut dated = Dated::default();
        dated.add(&canonical_date(source.as_bytes()).unwrap_or_default());
        let (span, says) = dated.find(text).pop()?;
        Some((text.get(span).unwrap_or_default().to_owned(), says))
    }

    #[test]
    fn dates_are_read_in_words_and_odd_orders() {
        for (date, said) in [
            ("January 12, 1945", "the twelfth of January, nineteen forty-five"),
            ("October 11, 2002", "October eleventh, two thousand two"),
            ("October 21, 2000", "October twenty-first, two thousand"),
            ("May 3, 1905", "the 3rd of May nineteen oh five"),
            ("January 15, 1961", "January 15 in the year 1961"),
            ("February 22, 1980", "day 22 of month 2 of 1980"),
            ("January 7, 1967", "19670107"),
            ("January 7, 1967", "07011967"),
            ("November 19, 1994", "19.XI.1994"),
        ] {
            let text = format!("Roe, who was born on {said}, has a fever.");
            let whole = found(date, &text);
            assert_eq!(whole.as_ref().map(|(_, says)| says), Some(&Says::Whole), "{text}");
            assert!(whole.is_some_and(|(span, _)| said.ends_with(&span)), "{text}");
            assert_eq!(found("March 1, 1950", &text), None, "{text}");
        }
        let day = found("March 14, 1986", "Her birthday is March 14.");
        assert_eq!(day, Some(("March 14".to_owned(), Says::Day)));
    }

    #[test]
    fn other_dates_are_none() {
        for text in [
            "The law of the fourteenth of March, nineteen eighty-six, stands.",
            "He was born in Boise. The law passed on March 14, 1986.",
            "She was born in March.",
        ] {
            assert_eq!(found("March 14, 1986", text), None, "{text}");
        }
    }
}
