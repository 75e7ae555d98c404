//! Units of what is counted: `nine months` is not `nine years`.

use crate::words::numbers::{Quantity, Value};
use crate::words::stream::{Break, Currency, Stream};
use std::ops::Range;

/// What units measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measure {
    Time,
    Money,
    Length,
    Area,
    Mass,
}
use Measure::{Area, Length, Mass, Money, Time};

/// What a unit measures, and its number among those that do.
pub(super) type Unit = (Measure, u8);

/// How many of another unit one is, where that is exact.
const FACTORS: [(Unit, u64, Unit); 16] = [
    ((Time, 7), 100, (Time, 5)),
    ((Time, 7), 10, (Time, 6)),
    ((Time, 6), 10, (Time, 5)),
    ((Time, 5), 12, (Time, 4)),
    ((Time, 3), 7, (Time, 2)),
    ((Time, 2), 24, (Time, 1)),
    ((Time, 1), 60, (Time, 0)),
    ((Money, 0), 100, (Money, 8)),
    ((Money, 1), 100, (Money, 8)),
    ((Money, 2), 100, (Money, 9)),
    ((Length, 1), 1000, (Length, 2)),
    ((Length, 2), 100, (Length, 3)),
    ((Length, 4), 12, (Length, 5)),
    ((Length, 6), 3, (Length, 4)),
    ((Mass, 3), 1000, (Mass, 1)),
    ((Mass, 1), 1000, (Mass, 0)),
];

/// As much in other units: `20 years` is `two decades`.
pub(super) fn converted(value: Value, unit: Unit) -> impl Iterator<Item = (Value, Unit)> {
    FACTORS.iter().filter_map(move |&(big, factor, small)| match unit {
        _ if unit == big => Some((value.times(factor)?, small)),
        _ if unit == small => Some((value.part(factor)?, big)),
        _ => None,
    })
}

/// Units by name, without the `s` of the plural; names of one unit have one number.
const UNITS: [(&[u8], Unit); 41] = [
    (b"minute", (Time, 0)),
    (b"hour", (Time, 1)),
    (b"day", (Time, 2)),
    (b"week", (Time, 3)),
    (b"month", (Time, 4)),
    (b"year", (Time, 5)),
    (b"decade", (Time, 6)),
    (b"century", (Time, 7)),
    (b"centurie", (Time, 7)),
    (b"dollar", (Money, 0)),
    (b"euro", (Money, 1)),
    (b"pound", (Money, 2)),
    (b"yen", (Money, 3)),
    (b"yuan", (Money, 4)),
    (b"rupee", (Money, 5)),
    (b"peso", (Money, 6)),
    (b"franc", (Money, 7)),
    (b"cent", (Money, 8)),
    (b"pence", (Money, 9)),
    (b"mile", (Length, 0)),
    (b"kilometre", (Length, 1)),
    (b"kilometer", (Length, 1)),
    (b"km", (Length, 1)),
    (b"metre", (Length, 2)),
    (b"meter", (Length, 2)),
    (b"centimetre", (Length, 3)),
    (b"centimeter", (Length, 3)),
    (b"cm", (Length, 3)),
    (b"foot", (Length, 4)),
    (b"feet", (Length, 4)),
    (b"inch", (Length, 5)),
    (b"inche", (Length, 5)),
    (b"yard", (Length, 6)),
    (b"acre", (Area, 0)),
    (b"hectare", (Area, 1)),
    (b"gram", (Mass, 0)),
    (b"kilogram", (Mass, 1)),
    (b"kg", (Mass, 1)),
    (b"ounce", (Mass, 2)),
    (b"ton", (Mass, 3)),
    (b"tonne", (Mass, 3)),
];

/// The unit of the sign before a quantity or the word right behind it, and where that stands; the quantity for a sign.
pub(super) fn unit_of(stream: &Stream, quantity: &Quantity) -> Option<(Unit, Range<usize>)> {
    let sign = match stream.tokens.get(quantity.first).and_then(|token| token.currency) {
        Some(Currency::Dollar) => Some(b"dollar".as_slice()),
        Some(Currency::Euro) => Some(b"euro".as_slice()),
        Some(Currency::Pound) => Some(b"pound".as_slice()),
        Some(Currency::Rupee) => Some(b"rupee".as_slice()),
        // A yen or a yuan.
        Some(Currency::Yen) | None => None,
    };
    if let Some((_, unit)) = sign.and_then(|sign| UNITS.iter().find(|(name, _)| *name == sign)) {
        return Some((*unit, quantity.span(&stream.tokens)));
    }
    let token = stream.tokens.get(quantity.last + 1).filter(|token| token.before <= Break::Space)?;
    let word = stream.text(token);
    let word = word.strip_suffix(b"s").unwrap_or(word);
    let (_, unit) = UNITS.iter().find(|(name, _)| *name == word)?;
    Some((*unit, token.span()))
}

/// Numbers with their units, sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Measured(Vec<(Value, Unit)>);

impl Measured {
    pub(super) fn read(&mut self, stream: &Stream) {
        let found = |quantity: &Quantity| Some((quantity.value, unit_of(stream, quantity)?.0));
        self.0.extend(stream.quantities().iter().filter_map(found));
    }

    pub(super) fn sort(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// Whether the known texts have as much as a quantity in other units.
    pub(super) fn holds_converted(&self, stream: &Stream, quantity: &Quantity) -> bool {
        let Some((unit, _)) = unit_of(stream, quantity) else { return false };
        converted(quantity.value, unit).any(|other| self.0.binary_search(&other).is_ok())
    }

    /// Where the unit of a quantity stands, if the known texts have as much in other units of its kind alone.
    pub(super) fn contradicts(&self, stream: &Stream, quantity: &Quantity) -> Option<Range<usize>> {
        let from = self.0.partition_point(|(value, _)| *value < quantity.value);
        let known = self.0.get(from..)?;
        known.first().filter(|(value, _)| *value == quantity.value)?;
        let ((measure, unit), place) = unit_of(stream, quantity)?;
        let same = known.iter().take_while(|(value, _)| *value == quantity.value);
        let mut same = same.filter(|(_, (of, _))| *of == measure).peekable();
        (same.peek().is_some() && same.all(|(_, (_, other))| *other != unit)).then_some(place)
    }
}
