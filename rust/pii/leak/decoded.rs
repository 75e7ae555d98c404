//! Words of a text that are an encoding of another text: base64, base32, hexadecimal digits in one piece or in pairs,
//! quoted-printable.
//!
//! Promise: linear; a word longer than any value's encoding is passed over.

use super::held::digits;
use super::runs::{Class, runs};
use crate::pii::normalize::{code, is_text, of_16, of_32, of_64, unpack};
use std::ops::Range;

/// Fewest and most characters of an encoding.
const LEAST: usize = 12;
const MOST: usize = 256;

/// What encodings are written in.
static OF_ENCODINGS: Class = Class::with(b"+/=-_");
static OF_PAIRS: Class = Class::with(b"");
static OF_QUOTED: Class = Class::with_all_but(b",;()\"<>");

/// What words of `text` stand for, each with its span, where that is text in ASCII.
pub(super) fn decoded(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for (start, word) in runs(text, &OF_ENCODINGS).filter(|(_, word)| (LEAST..=MOST).contains(&word.len())) {
        let plain = word.trim_end_matches('=');
        let codes: [fn(u8) -> Option<u8>; 3] = [of_64, of_any_32, of_16];
        let values = codes.into_iter().zip([6, 5, 4]);
        let values =
            values.filter_map(|(digit, width)| unpack(plain.as_bytes(), digit, width).and_then(ascii));
        found.extend(values.map(|value| (start..start + plain.len(), value)));
    }
    // Of the pair that stands for a byte of ASCII the first is a digit.
    if digits(text.as_bytes()) * 2 >= LEAST {
        found.extend(pairs(text));
    }
    if text.contains('=') {
        found.extend(quoted(text));
    }
    found
}

/// Words with a byte written as `=40` in them.
fn quoted(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let words = runs(text, &OF_QUOTED);
    words.filter(|(_, word)| (LEAST..=MOST).contains(&word.len())).filter_map(|(start, word)| {
        let word = word.trim_end_matches(['.', '!', '?', ':']);
        let (mut value, mut at, mut codes) = (Vec::new(), 0, 0);
        while let Some(&b) = word.as_bytes().get(at) {
            let code = word.as_bytes().get(at..).and_then(code);
            value.push(code.unwrap_or(b));
            codes += usize::from(code.is_some());
            at += if code.is_some() { 3 } else { 1 };
        }
        (codes > 0).then_some((start..start + word.len(), ascii(value)?))
    })
}

/// Hexadecimal digits in pairs with a space, colon or dash between: `34 31 35`.
fn pairs(text: &str) -> Vec<(Range<usize>, String)> {
    let (mut found, mut span, mut value) = (Vec::new(), 0..0, Vec::new());
    let mut take = |span: Range<usize>, value: Vec<u8>| {
        if value.len() * 2 >= LEAST && value.len() <= MOST {
            found.extend(ascii(value).map(|value| (span, value)));
        }
    };
    for (start, word) in runs(text, &OF_PAIRS) {
        let byte = match word.as_bytes() {
            &[a, b] => of_16(a).zip(of_16(b)).map(|(a, b)| a << 4 | b),
            _ => None,
        };
        let goes_on =
            start == span.end + 1 && matches!(text.as_bytes().get(span.end), Some(b' ' | b':' | b'-'));
        if byte.is_none() || !goes_on || value.is_empty() {
            take(std::mem::replace(&mut span, start..start), std::mem::take(&mut value));
        }
        value.extend(byte);
        span.end = start + word.len();
    }
    take(span, value);
    found
}

fn ascii(bytes: Vec<u8>) -> Option<String> {
    let text = bytes.iter().all(|&b| is_text(b));
    if text { String::from_utf8(bytes).ok() } else { None }
}

/// Small letters stand for the same.
fn of_any_32(b: u8) -> Option<u8> {
    of_32(b.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_read() {
        for text in [
            "sent NDE1LTU1NS0wMTMy today",
            "sent NDE1LTU1NS0wMTMy.",
            "sent 3431352d3535352d30313332 today",
            "sent 34 31 35 2d 35 35 35 2d 30 31 33 32 today",
            "34:31:35:2D:35:35:35:2D:30:31:33:32",
            "sent GQYTKLJVGU2S2MBRGMZA==== today",
            "sent 415=2D555=2D0132 today",
            "sent =34=31=35=2D=35=35=35=2D=30=31=33=32.",
        ] {
            assert!(decoded(text).iter().any(|(_, value)| value == "415-555-0132"), "{text}");
        }
        let text = "It was sent as NDE1LTU1NS0wMTMy, he said.";
        let (span, _) = decoded(text).into_iter().next().unwrap_or_default();
        assert_eq!(text.get(span), Some("NDE1LTU1NS0wMTMy"));
    }

    #[test]
    fn pairs_begin_behind_other_words() {
        for text in ["sent as 34 31 35 2d 35 35, today", "ad 3 34:31:35:2d:35:35", "34 31 35 2d 35 35"] {
            let spans: Vec<_> = pairs(text).into_iter().map(|(span, _)| text.get(span)).collect();
            assert!(matches!(spans.as_slice(), [Some(span)] if span.len() == 17), "{text}: {spans:?}");
        }
    }

    #[test]
    fn prose_and_long_words_are_none() {
        assert_eq!(
            decoded("A considerably extraordinary misunderstanding followed in ab cd ef; x=10, y=20.").len(),
            0
        );
        assert_eq!(decoded(&"ab".repeat(100_000)).len(), 0);
        assert_eq!(decoded(&"ab ".repeat(100_000)).len(), 0);
    }
}
