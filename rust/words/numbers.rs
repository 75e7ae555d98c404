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

    /// Whether it has fewer digits that count than another, as what that is rounded to.
    pub fn is_rounder_than(self, other: Self) -> bool {
        self.digits.checked_ilog10() < other.digits.checked_ilog10()
    }

    /// So many times as much, if that is exact.
    pub fn times(self, factor: u64) -> Option<Self> {
        Some(Self::new(self.digits.checked_mul(factor)?, self.exponent))
    }

    /// One of so many equal parts, if that is exact.
    pub fn part(self, of: u64) -> Option<Self> {
        const FINER: i32 = 3;
        let digits = self.digits.checked_mul(10u64.pow(FINER.unsigned_abs()))?;
        let exponent = self.exponent.saturating_sub(FINER);
        (of > 0 && digits % of == 0).then(|| Self::new(digits / of, exponent))
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
                let quantity = and_a_half(stream, quantity);
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
    let word = |i: usize| stream.text_at(i);
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

/// A quantity with the half that stands behind it, and the scale word behind that: `two and a half million`.
fn and_a_half(stream: &Stream, quantity: Quantity) -> Quantity {
    let word = |i: usize| stream.joined_text_at(i);
    let at = quantity.last;
    let half = [at + 1, at + 2, at + 3].map(word) == [&b"and"[..], b"a", b"half"];
    let Value { digits, exponent } = quantity.value;
    if !half || quantity.scaled || !(0..=2).contains(&exponent) || digits > MOST_AND_A_HALF {
        return quantity;
    }
    let value = Value::new(digits * 10u64.pow(exponent.unsigned_abs() + 1) + 5, -1);
    match scale(word(at + 4), false) {
        Some(power) => {
            let value = value.scaled(power);
            Quantity { last: at + 4, value, other: value, scaled: true, ..quantity }
        }
        None => Quantity { last: at + 3, value, other: value, ..quantity },
    }
}

/// Beyond this nobody says `and a half`.
const MOST_AND_A_HALF: u64 = 1000;

/// The share in percent that `one in five` stands for, by its second number.
pub fn one_in(stream: &Stream, quantity: &Quantity) -> Option<Value> {
    let word = |back: usize| quantity.first.checked_sub(back).map_or(&b""[..], |at| stream.text_at(at));
    let one = match (word(1), word(2)) {
        (b"of", b"out") => word(3),
        (b"in", one) => one,
        _ => return None,
    };
    let Value { digits, exponent: 0..=2 } = quantity.value else { return None };
    let of = digits.checked_mul(10u64.pow(quantity.value.exponent.unsigned_abs()))?;
    let is_share = matches!(one, b"one" | b"1") && (2..=100).contains(&of) && 1000 % of == 0;
    is_share.then(|| Value::new(1000 / of, -1))
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

/// A number that stands for another may be this far from it, as a share of that.
const ROUNDING: f64 = 0.05;

/// On which side of a number that is not exact the one lies that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounded {
    /// `about 1,200`, `1.2 million`.
    Either,
    /// `more than 1,200`.
    Above,
    /// `nearly 1,200`.
    Below,
}

impl Rounded {
    /// The smallest and the biggest number that `value` may stand for.
    pub fn bounds(self, value: f64) -> (f64, f64) {
        let least = if self == Self::Above { value } else { value / (1.0 + ROUNDING) };
        let most = if self == Self::Below { value } else { value / (1.0 - ROUNDING) };
        (least, most)
    }
}

/// How one of the two tokens before the quantity says that it is not exact (`about`, `more than`, `nearly`).
fn hedge(stream: &Stream, quantity: &Quantity) -> Option<Rounded> {
    let word = |i: Option<usize>| i.map_or(&b""[..], |i| stream.text_at(i));
    let said = |i: usize| match word(Some(i)) {
        b"about" | b"approximately" | b"around" | b"roughly" | b"some" => Some(Rounded::Either),
        b"over" | b"least" => Some(Rounded::Above),
        b"under" | b"most" | b"nearly" | b"almost" => Some(Rounded::Below),
        b"than" => Some(match (word(i.checked_sub(1)), word(i.checked_sub(2))) {
            (b"more" | b"greater" | b"higher", b"no" | b"not") => Rounded::Below,
            (b"less" | b"fewer" | b"lower", b"no" | b"not") => Rounded::Above,
            (b"more" | b"greater" | b"higher", _) => Rounded::Above,
            (b"less" | b"fewer" | b"lower", _) => Rounded::Below,
            _ => Rounded::Either,
        }),
        _ => None,
    };
    (quantity.first.saturating_sub(2)..quantity.first).rev().find_map(said)
}

/// How a quantity is rounded: as it is hedged, or either way if it has a scale word; none if it is exact.
pub fn rounded(stream: &Stream, quantity: &Quantity) -> Option<Rounded> {
    hedge(stream, quantity).or(quantity.scaled.then_some(Rounded::Either))
}

/// The smallest and the biggest number that a quantity stands for if it is not exact: one with a scale word that is not hedged
/// is right to its last digit (`4.2 million`).
pub fn stands_for(stream: &Stream, quantity: &Quantity) -> Option<(f64, f64)> {
    let value = quantity.value.approximate();
    if let Some(rounded) = hedge(stream, quantity) {
        return Some(rounded.bounds(value));
    }
    let digits = stream.text(stream.tokens.get(quantity.first).filter(|t| t.number && quantity.scaled)?);
    let decimals = digits.iter().rposition(|byte| !byte.is_ascii_digit());
    let decimals = decimals.map_or(0, |point| digits.len() - point - 1) as i32;
    let power = quantity.value.exponent.saturating_sub(Value::parse(digits).exponent);
    let half = 10f64.powi(power.saturating_sub(decimals)) / 2.0;
    let (least, most) = Rounded::Either.bounds(value);
    Some((least.max(value - half), most.min(value + half)))
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
        let cases: [(&str, &[f64]); 30] = [
            ("one and a half million", &[1_500_000.0]),
            ("four and a half percent", &[4.5]),
            ("20 and a half years", &[20.5]),
            ("one hundred and a half", &[100.5]),
            ("two, and a half of them", &[2.0]),
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

    #[test]
    fn tells_how_a_number_is_rounded() {
        let cases = [
            ("12 people", None),
            ("about 12 people", Some(Rounded::Either)),
            ("1.2 million people", Some(Rounded::Either)),
            ("more than $12", Some(Rounded::Above)),
            ("at least 12", Some(Rounded::Above)),
            ("nearly 1.2 million", Some(Rounded::Below)),
            ("fewer than 12", Some(Rounded::Below)),
            ("no more than 12", Some(Rounded::Below)),
        ];
        for (text, expected) in cases {
            let stream = Stream::new(text);
            assert_eq!(rounded(&stream, &stream.quantities()[0]), expected, "{text:?}");
        }
        let bounds = |text: &str| {
            let stream = Stream::new(text);
            stands_for(&stream, &stream.quantities()[0])
        };
        assert_eq!(bounds("4.2 million"), Some((4_150_000.0, 4_250_000.0)));
        assert_eq!(bounds("300 million"), Some((299_500_000.0, 300_500_000.0)));
        assert_eq!(bounds("300"), None);
        assert!(Rounded::Above.bounds(100.0).0 == 100.0 && Rounded::Below.bounds(100.0).1 == 100.0);
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
