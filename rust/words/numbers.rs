//! English numbers: the values of digits and number words.

use super::known::BEGINS_NUMBER;
use super::stream::{Break, Stream, Token};
use std::ops::Range;

/// The value of a number word that stands for itself in running text: `zero` to `ninety`, `hundred`, the ordinals
/// `fourth` to `tenth`, `twice`. `first` to `third` and the bigger units mean too many other things.
pub fn small_value(word: &[u8]) -> Option<u8> {
    if !(3..=9).contains(&word.len()) {
        return None;
    }
    match word {
        b"twice" => Some(2),
        b"fourth" => Some(4),
        b"fifth" => Some(5),
        b"sixth" => Some(6),
        b"seventh" => Some(7),
        b"eighth" => Some(8),
        b"ninth" => Some(9),
        b"tenth" => Some(10),
        b"hundred" => Some(100),
        _ => cardinal(word),
    }
}

fn cardinal(word: &[u8]) -> Option<u8> {
    let value = match word {
        b"zero" => 0,
        b"one" => 1,
        b"two" => 2,
        b"three" => 3,
        b"four" => 4,
        b"five" => 5,
        b"six" => 6,
        b"seven" => 7,
        b"eight" => 8,
        b"nine" => 9,
        b"ten" => 10,
        b"eleven" => 11,
        b"twelve" => 12,
        b"thirteen" => 13,
        b"fourteen" => 14,
        b"fifteen" => 15,
        b"sixteen" => 16,
        b"seventeen" => 17,
        b"eighteen" => 18,
        b"nineteen" => 19,
        b"twenty" => 20,
        b"thirty" => 30,
        b"forty" => 40,
        b"fifty" => 50,
        b"sixty" => 60,
        b"seventy" => 70,
        b"eighty" => 80,
        b"ninety" => 90,
        _ => return None,
    };
    Some(value)
}

fn ordinal_unit(word: &[u8]) -> Option<u8> {
    match word {
        b"first" => Some(1),
        b"second" => Some(2),
        b"third" => Some(3),
        b"fourth" | b"fifth" | b"sixth" | b"seventh" | b"eighth" | b"ninth" => small_value(word),
        _ => None,
    }
}

/// The power of ten of a scale word; short forms only where they are written against the digits.
fn scale(word: &[u8], attached: bool) -> Option<i32> {
    match word {
        b"thousand" => Some(3),
        b"million" | b"mn" | b"mln" => Some(6),
        b"billion" | b"bn" | b"bln" => Some(9),
        b"trillion" | b"tn" | b"trn" => Some(12),
        b"k" if attached => Some(3),
        b"m" if attached => Some(6),
        b"b" if attached => Some(9),
        _ => None,
    }
}

/// A decimal number, exact up to 19 digits: `digits * 10^exponent`, without trailing zeros, so that equal values
/// are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value {
    exponent: i32,
    digits: u64,
}

impl Value {
    /// `digits * 10^exponent`.
    pub fn new(mut digits: u64, mut exponent: i32) -> Self {
        while digits != 0 && digits.is_multiple_of(10) {
            digits /= 10;
            exponent = exponent.saturating_add(1);
        }
        if digits == 0 {
            exponent = 0;
        }
        Self { exponent, digits }
    }

    /// The value of a number token's text; digits beyond the 19th are folded in, so that equal texts are equal.
    pub fn parse(text: &[u8]) -> Self {
        let mut digits = 0u64;
        let mut exponent = 0i32;
        let mut decimals = false;
        for &b in text {
            if b.is_ascii_digit() {
                digits = digits.wrapping_mul(10).wrapping_add(u64::from(b - b'0'));
                exponent = exponent.saturating_sub(i32::from(decimals));
            } else {
                decimals = true;
            }
        }
        Self::new(digits, exponent)
    }

    /// Digits and exponent; equal for equal values.
    pub fn parts(self) -> (u64, i32) {
        (self.digits, self.exponent)
    }

    fn scaled(self, power: i32) -> Self {
        Self::new(self.digits, self.exponent.saturating_add(power))
    }

    /// The nearest floating-point number.
    pub fn approximate(self) -> f64 {
        self.digits as f64 * 10f64.powi(self.exponent)
    }
}

/// A number in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// Its value.
    pub value: Value,
    /// What it may be read as besides: `5m` is five million, or five metres.
    pub other: Value,
    /// Whether it is written in words alone.
    pub spelled: bool,
    /// Whether a scale word (`million`) is part of it.
    pub scaled: bool,
}

impl Quantity {
    /// Byte span in the text.
    pub fn span(&self, tokens: &[Token]) -> Range<usize> {
        let start = tokens.get(self.first).map_or(0, |t| t.span().start);
        start..tokens.get(self.last).map_or(start, |t| t.span().end)
    }
}

/// The numbers of a text, in order: digits (with a scale word or letter after them) and number words, put together
/// as they are read (`twenty-five`, `twelve hundred`, `two million three hundred thousand`, `half a dozen`).
pub fn quantities(stream: &Stream) -> Vec<Quantity> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(token) = stream.tokens.get(at) {
        let found = match token.number {
            true => digits_at(stream, at),
            false if token.roles & BEGINS_NUMBER != 0 => words_at(stream, at).or_else(|| half_at(stream, at)),
            false => None,
        };
        match found {
            Some(quantity) => {
                at = quantity.last + 1;
                out.push(quantity);
            }
            None => at += 1,
        }
    }
    out
}

fn digits_at(stream: &Stream, at: usize) -> Option<Quantity> {
    let token = stream.tokens.get(at).filter(|t| t.number)?;
    let plain = Value::parse(stream.text(token));
    let mut quantity =
        Quantity { first: at, last: at, value: plain, other: plain, spelled: false, scaled: false };
    if let Some(next) = stream.tokens.get(at + 1).filter(|t| t.before <= Break::Space) {
        let attached = next.before == Break::None;
        let word = stream.text(next);
        let hundred = (word == b"hundred").then_some(2);
        if let Some(power) = scale(word, attached).or(hundred) {
            quantity.value = plain.scaled(power);
            // Only the letters are in doubt.
            quantity.other = if attached && word.len() == 1 { plain } else { quantity.value };
            quantity.last = at + 1;
            quantity.scaled = true;
        }
    }
    Some(quantity)
}

/// Reads number words from the left: units gather in `group`, a scale word moves the group into `total`.
fn words_at(stream: &Stream, at: usize) -> Option<Quantity> {
    let word = |i: usize| stream.tokens.get(i).map_or(&b""[..], |t| stream.text(t));
    let joined = |i: usize| stream.tokens.get(i).is_some_and(|t| t.before <= Break::Space);
    let (mut total, mut group): (u64, Option<u64>) = (0, None);
    let (mut end, mut scaled) = (at, false);
    loop {
        let mut i = end;
        if end > at && matches!(word(i), b"and" | b"a") && joined(i) {
            i += 1;
        }
        if i > at && !joined(i) {
            break;
        }
        let now = word(i);
        match (read_unit(now, group, i > end), now) {
            (Some(unit), _) => group = Some(unit),
            (None, b"hundred") if i == end => group = Some(group.unwrap_or(1).saturating_mul(100)),
            (None, b"dozen") if i == end => group = Some(group.unwrap_or(1).saturating_mul(12)),
            (None, _) if i == end => match (scale(now, false), group.is_some() || end == at) {
                (Some(power), true) => {
                    let unit = 10u64.saturating_pow(power.unsigned_abs());
                    total = total.saturating_add(group.take().unwrap_or(1).saturating_mul(unit));
                    scaled = true;
                }
                _ => break,
            },
            _ => break,
        }
        end = i + 1;
    }
    if end == at {
        return None;
    }
    let value = Value::new(total.saturating_add(group.unwrap_or(0)), 0);
    Some(Quantity { first: at, last: end - 1, value, other: value, spelled: true, scaled })
}

/// Reads `half a million`, `half a dozen`.
fn half_at(stream: &Stream, at: usize) -> Option<Quantity> {
    let [half, article, unit] = stream.tokens.get(at..at + 3)? else { return None };
    let joined = article.before <= Break::Space && unit.before <= Break::Space;
    if stream.text(half) != b"half" || stream.text(article) != b"a" || !joined {
        return None;
    }
    let (value, scaled) = match (stream.text(unit), scale(stream.text(unit), false)) {
        (b"dozen", _) => (Value::new(6, 0), false),
        (b"hundred", _) => (Value::new(50, 0), false),
        (_, Some(power)) => (Value::new(5, power - 1), true),
        _ => return None,
    };
    Some(Quantity { first: at, last: at + 2, value, other: value, spelled: true, scaled })
}

/// The group after a word of less than a hundred, if the word can go on with it: `after_and` tells that an `and`
/// stands between.
fn read_unit(word: &[u8], group: Option<u64>, after_and: bool) -> Option<u64> {
    let cardinal = cardinal(word).map(u64::from);
    match group {
        None if after_and => None,
        None => cardinal,
        // `hundred (and) five`
        Some(group) if group >= 100 && group % 100 == 0 => cardinal.map(|unit| group + unit),
        // `twenty-five`, `twenty-first`
        Some(group) if !after_and && group % 10 == 0 && group % 100 >= 20 => {
            let unit = cardinal.filter(|unit| (1..10).contains(unit));
            unit.or_else(|| ordinal_unit(word).map(u64::from)).map(|unit| group + unit)
        }
        Some(_) => None,
    }
}

/// Whether one of the two tokens before the quantity says that it is not exact (`about`, `more than`, `nearly`).
pub fn is_hedged(stream: &Stream, quantity: &Quantity) -> bool {
    let from = quantity.first.saturating_sub(2);
    let before = stream.tokens.get(from..quantity.first).unwrap_or_default();
    before.iter().any(|token| {
        matches!(
            stream.text(token),
            b"about"
                | b"approximately"
                | b"around"
                | b"roughly"
                | b"nearly"
                | b"almost"
                | b"over"
                | b"under"
                | b"some"
                | b"than"
                | b"least"
                | b"most"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> Vec<f64> {
        quantities(&Stream::new(text)).iter().map(|q| q.value.approximate()).collect()
    }

    #[test]
    fn reads_numbers_by_value() {
        let cases: [(&str, &[f64]); 25] = [
            ("none here", &[]),
            ("1,200", &[1200.0]),
            ("1200.0", &[1200.0]),
            ("twelve hundred", &[1200.0]),
            ("one thousand two hundred", &[1200.0]),
            ("5% and five percent", &[5.0, 5.0]),
            ("$4.2M", &[4_200_000.0]),
            ("4.2 million dollars", &[4_200_000.0]),
            ("twenty-five", &[25.0]),
            ("twenty-first century", &[21.0]),
            ("a hundred and five", &[105.0]),
            ("two million three hundred thousand", &[2_300_000.0]),
            ("half a dozen", &[6.0]),
            ("half a million, half the crowd", &[500_000.0]),
            ("12 hundred", &[1200.0]),
            ("a million", &[1_000_000.0]),
            ("10k runs of 5km", &[10_000.0, 5.0]),
            ("three, four", &[3.0, 4.0]),
            ("two three", &[2.0, 3.0]),
            ("five and six", &[5.0, 6.0]),
            ("one hundred. And five, two", &[100.0, 5.0, 2.0]),
            ("thousands of millions", &[]),
            ("0.5", &[0.5]),
            ("the 3rd of 1990s", &[3.0, 1990.0]),
            ("٣ nineteen", &[19.0]),
        ];
        for (text, expected) in cases {
            assert_eq!(values(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_values(text in "([0-9,. ]|million |hundred |two |and |twenty|k|bn|-|\\PC){0,40}") {
            let stream = Stream::new(&text);
            let found = quantities(&stream);
            prop_assert!(found.windows(2).all(|pair| pair[0].last < pair[1].first));
        }

        #[test]
        fn digits_read_as_the_number(n in 0u32..10_000_000) {
            prop_assert_eq!(values(&n.to_string()), [f64::from(n)]);
        }
    }
}
