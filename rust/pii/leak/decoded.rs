//! Words of a text that are an encoding of another text: base64, base32, hexadecimal digits in one piece or in pairs,
//! quoted-printable.
//!
//! Promise: linear; a word longer than any value's encoding is passed over.

use super::runs;
use std::ops::Range;

/// Fewest and most characters of an encoding.
const LEAST: usize = 12;
const MOST: usize = 256;

/// What words of `text` stand for, each with its span, where that is text in ASCII.
pub(super) fn decoded(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let words = tokens(text).filter(|(_, word)| (LEAST..=MOST).contains(&word.len()));
    let values = words.flat_map(|(start, word)| {
        let codes: [fn(u8) -> Option<u8>; 3] = [of_64, of_32, of_16];
        codes.into_iter().zip([6, 5, 4]).filter_map(move |(code, bits)| {
            let plain = word.trim_end_matches(['=', '.', ',']);
            Some((start..start + plain.len(), unpack(plain.bytes().map(code), bits)?))
        })
    });
    values.chain(pairs(text)).chain(quoted(text))
}

/// Words with a byte written as `=40` in them.
fn quoted(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let any = text.as_bytes().windows(3).any(|three| code(three).is_some());
    let text = if any { text } else { "" };
    let words = runs(text, |c| c.is_ascii_graphic() && !matches!(c, ',' | ';' | '(' | ')' | '"' | '<' | '>'));
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

/// The byte of the code that some bytes begin with.
fn code(bytes: &[u8]) -> Option<u8> {
    let &[b'=', high, low] = bytes.first_chunk()? else { return None };
    let is_small = high.is_ascii_lowercase() || low.is_ascii_lowercase();
    let byte = of_16(high)? << 4 | of_16(low)?;
    (!is_small && is_text(byte)).then_some(byte)
}

/// Runs of what encodings are written in.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    runs(text, |c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_'))
}

/// Hexadecimal digits in pairs with a space, colon or dash between: `34 31 35`.
fn pairs(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        while at < bytes.len() {
            let (start, mut end, mut value) = (at, at, Vec::new());
            while let Some(&[a, b]) = bytes.get(end..end + 2).and_then(|pair| pair.first_chunk())
                && let (Some(a), Some(b)) = (of_16(a), of_16(b))
                && !bytes.get(end + 2).is_some_and(u8::is_ascii_alphanumeric)
                && value.len() <= MOST
            {
                value.push(a << 4 | b);
                end += 2;
                if !matches!(bytes.get(end), Some(b' ' | b':' | b'-')) {
                    break;
                }
                end += 1;
            }
            // Behind letters or digits that are no pair nothing begins.
            at = end.max(start + 1);
            while value.is_empty()
                && at < bytes.len()
                && bytes.get(at - 1).is_some_and(u8::is_ascii_alphanumeric)
            {
                at += 1;
            }
            let last = end - usize::from(matches!(bytes.get(end.wrapping_sub(1)), Some(b' ' | b':' | b'-')));
            if value.len() * 2 >= LEAST
                && let Some(value) = ascii(value)
            {
                return Some((start..last, value));
            }
        }
        None
    })
}

/// The text that digits of so many bits stand for.
fn unpack(digits: impl Iterator<Item = Option<u8>>, bits: u32) -> Option<String> {
    let (mut value, mut held, mut bytes) = (0u32, 0, Vec::new());
    for digit in digits {
        value = value << bits | u32::from(digit?);
        held += bits;
        if held >= 8 {
            held -= 8;
            let byte = u8::try_from(value >> held & 0xff).ok()?;
            // What is no text is soon told.
            if !is_text(byte) {
                return None;
            }
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn is_text(b: u8) -> bool {
    b.is_ascii_graphic() || b == b' '
}

fn ascii(bytes: Vec<u8>) -> Option<String> {
    let text = bytes.iter().all(|&b| is_text(b));
    if text { String::from_utf8(bytes).ok() } else { None }
}

fn of_64(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn of_32(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a',
        b'2'..=b'7' => b - b'2' + 26,
        _ => return None,
    })
}

fn of_16(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
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
            assert!(decoded(text).any(|(_, value)| value == "415-555-0132"), "{text}");
        }
        let text = "It was sent as NDE1LTU1NS0wMTMy, he said.";
        let (span, _) = decoded(text).next().unwrap_or_default();
        assert_eq!(text.get(span), Some("NDE1LTU1NS0wMTMy"));
    }

    #[test]
    fn prose_and_long_words_are_none() {
        assert_eq!(
            decoded("A considerably extraordinary misunderstanding followed in ab cd ef; x=10, y=20.")
                .count(),
            0
        );
        assert_eq!(decoded(&"ab".repeat(100_000)).count(), 0);
        assert_eq!(decoded(&"ab ".repeat(100_000)).count(), 0);
    }
}
