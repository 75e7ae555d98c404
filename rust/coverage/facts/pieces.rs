//! The words and numbers of a text, what each number counts, and what numbers are looked up by.

use crate::words::keys::Reading;
use crate::words::map::{UNKNOWN, Word};
use crate::words::numbers::{Quantity, Value};
use crate::words::stream::Stream;
use std::ops::Range;

/// A word of a text, or the words that make up one number.
pub(super) struct Piece {
    /// Tokens.
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) number: Option<Number>,
}

/// A number's value, and what it may be read as besides.
#[derive(Clone, Copy)]
pub(super) struct Number {
    pub(super) value: Value,
    pub(super) other: Value,
    pub(super) sort: Sort,
}

/// What a number counts, as far as its form tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::coverage) enum Sort {
    Plain,
    Money,
    Percent,
    Year,
}

/// The sorts that tell numbers apart.
pub(super) const SORTS: [Sort; 3] = [Sort::Money, Sort::Percent, Sort::Year];

impl Sort {
    /// Whether a sign or a word says what is counted.
    pub(in crate::coverage) fn is_marked(self) -> bool {
        matches!(self, Self::Money | Self::Percent)
    }

    /// The id of a number of this sort that no fact holds.
    pub(super) fn other(self) -> u32 {
        UNKNOWN - 1 - self as u32
    }
}

/// Where the ids of [`Sort::other`] begin: no list of facts has as many words.
pub(super) const OTHER_NUMBER: u32 = UNKNOWN - 4;

impl Piece {
    /// Byte span in the text.
    pub(super) fn span(&self, stream: &Stream) -> Range<usize> {
        let start = stream.tokens.get(self.first).map_or(0, |t| t.span().start);
        start..stream.tokens.get(self.last).map_or(start, |t| t.span().end)
    }
}

/// The words and numbers of a text. What a number counts in belongs to it where a sign may stand for it: `5 %` is
/// `five per cent`, `$4.2M` is `4.2 million dollars`.
pub(super) fn pieces<'a>(stream: &'a Stream, quantities: &'a [Quantity]) -> impl Iterator<Item = Piece> + 'a {
    let mut quantities = quantities.iter().peekable();
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = at;
        if first >= stream.tokens.len() {
            return None;
        }
        let quantity = quantities.next_if(|q| q.first == first);
        let mut piece = Piece { first, last: first, number: None };
        if let Some(quantity) = quantity {
            let (len, sort) = unit(stream, quantity);
            piece.last = quantity.last + len;
            piece.number = Some(Number { value: quantity.value, other: quantity.other, sort });
        }
        at = piece.last + 1;
        Some(piece)
    })
}

/// The quantity that begins at a token.
pub(super) fn quantity_at(stream: &Stream, first: usize) -> Option<&Quantity> {
    let quantities = stream.quantities();
    quantities.get(quantities.binary_search_by_key(&first, |quantity| quantity.first).ok()?)
}

/// How many tokens after a number are a unit that a sign may stand for, and what the number counts.
pub(in crate::coverage) fn unit(stream: &Stream, quantity: &Quantity) -> (usize, Sort) {
    let at = quantity.last + 1;
    let word = |i: usize| stream.joined_text_at(i);
    let len = match word(at) {
        b"dollar" | b"dollars" | b"pound" | b"pounds" | b"euro" | b"euros" => return (1, Sort::Money),
        b"percent" => 1,
        b"per" if word(at + 1) == b"cent" => 2,
        _ => 0,
    };
    let Some(token) = stream.tokens.get(quantity.first) else { return (len, Sort::Plain) };
    let sort = match stream.text(token) {
        _ if len > 0 || token.percent => Sort::Percent,
        _ if token.currency.is_some() => Sort::Money,
        [b'1', b'8' | b'9', b'0'..=b'9', b'0'..=b'9'] | [b'2', b'0', b'0'..=b'9', b'0'..=b'9']
            if quantity.first == quantity.last =>
        {
            Sort::Year
        }
        _ => Sort::Plain,
    };
    (len, sort)
}

/// The number that a number word, or a number that is read as a word, stands for.
pub(super) fn number_word(word: Word<'_>, read: &Reading<'_>) -> Option<Number> {
    let value = match read.value {
        Some(value) => Value::new(u64::from(value), 0),
        None if word.bytes().first().is_some_and(u8::is_ascii_digit) => Value::parse(word.bytes()),
        None => return None,
    };
    Some(Number { value, other: value, sort: Sort::Plain })
}

/// What a number is looked up by: no word's key has these bytes, seven bits of digits and exponent each.
pub(super) fn number_key(value: Value) -> [u8; 16] {
    let (digits, exponent) = value.parts();
    let mut key = [b'#'; 16];
    let rest = u128::from(digits) | u128::from(exponent as u32) << 70;
    for (slot, at) in key.iter_mut().skip(1).zip(0..) {
        *slot = 0x80 | (rest >> (7 * at)) as u8;
    }
    key
}
