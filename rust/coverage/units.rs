//! Units of what is counted: `nine months` is not `nine years`.

use crate::words::numbers::{Quantity, Value};
use crate::words::stream::{Break, Currency, Stream};
use std::ops::Range;

/// What units measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Measure {
    Time,
    Money,
    Length,
    Area,
    Mass,
}
use Measure::{Area, Length, Mass, Money, Time};

/// What a unit measures, and its number among those that do.
type Unit = (Measure, u8);

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
fn unit_of(stream: &Stream, quantity: &Quantity) -> Option<(Unit, Range<usize>)> {
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
