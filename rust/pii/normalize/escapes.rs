//! Escapes: percent signs, character references, backslashes.

use super::Edit;
use crate::pii::candidate::byte;
use crate::pii::prefilter::{Escapes, Ground, Surveys, signs};
use crate::simd::{BLOCK, Set, bits};

/// Named character references that stand for what addresses and numbers are written with.
const NAMED: &[(&[u8], char)] = &[
    (b"commat;", '@'),
    (b"period;", '.'),
    (b"plus;", '+'),
    (b"lpar;", '('),
    (b"rpar;", ')'),
    (b"hyphen;", '-'),
    (b"dash;", '-'),
    (b"minus;", '-'),
    (b"ndash;", '-'),
    (b"nbsp;", ' '),
    (b"lowbar;", '_'),
    (b"colon;", ':'),
    (b"sol;", '/'),
    (b"comma;", ','),
    (b"at;", '@'),
    (b"dot;", '.'),
    (b"shy;", '\u{ad}'),
    (b"zwnj;", '\u{200c}'),
    (b"zwj;", '\u{200d}'),
];

/// Collects the escapes of `text`.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    for block in surveys.blocks(|survey| survey.escapes) {
        for at in bits(signs::<Escapes>(set, Ground::of(text), block)).map(|bit| block * BLOCK + bit) {
            if at >= next
                && let Some((end, value)) = escape(text, at)
            {
                edits.push(Edit::new(at..end, value.encode_utf8(&mut [0; 4]).as_bytes()));
                next = end;
            }
        }
    }
    edits
}

/// Whether an escape begins at `at`. White space that is written out hides nothing but what stands beside it, so it asks
/// only where values are near (`loud`).
pub(super) fn asks(text: &[u8], at: usize, loud: bool) -> bool {
    let is_space = byte(text, at) == b'\\' && matches!(byte(text, at + 1), b'n' | b'r' | b't');
    (loud || !is_space) && escape(text, at).is_some()
}

/// Whether the backslash and the letter at `at` are the end of a line or a tab, written out: before a digit, a word with a
/// capital, a sign that a value begins with, or another one. What goes on in small letters is the name of a file or command.
fn is_space(text: &[u8], at: usize) -> bool {
    let more = byte(text, at + 2) == b'\\' && matches!(byte(text, at + 3), b'n' | b'r' | b't');
    let next = byte(text, if more { at + 4 } else { at + 2 });
    next.is_ascii_digit() || next.is_ascii_uppercase() || matches!(next, b'(' | b'+')
}

/// The escape at `at`: its end, and what it stands for.
fn escape(text: &[u8], at: usize) -> Option<(usize, char)> {
    match byte(text, at) {
        b'%' => percent(text, at),
        b'&' => reference(text, at),
        b'\\' => backslash(text, at),
        _ => None,
    }
}

/// Three octal digits, of a character that is no control.
fn octal(text: &[u8], at: usize) -> Option<(usize, char)> {
    let digits = text.get(at..at + 3).filter(|digits| digits.iter().all(|b| (b'0'..=b'7').contains(b)))?;
    let code = digits.iter().fold(0, |n, &b| n << 3 | u32::from(b - b'0'));
    Some((at + 3, written(code)?))
}

/// A character that text is written with; control characters but tabs and line ends are none.
fn written(code: u32) -> Option<char> {
    char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r'))
}

fn hex(text: &[u8], at: usize, digits: usize) -> Option<u32> {
    let bytes = text.get(at..at + digits)?;
    bytes.iter().try_fold(0, |n, &b| Some(n << 4 | char::from(b).to_digit(16)?))
}

/// `%40`, the bytes of a character outside of ASCII (`%EF%BC%A0`), also encoded twice (`%2540`), and `%u0040`.
fn percent(text: &[u8], at: usize) -> Option<(usize, char)> {
    if byte(text, at + 1) == b'u' {
        return Some((at + 6, written(hex(text, at + 2, 4)?)?));
    }
    let (mut end, first) = percent_byte(text, at)?;
    let length = match first {
        0..=0x7f => return Some((end, written(first.into())?)),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut bytes = [first, 0, 0, 0];
    for slot in bytes.iter_mut().take(length).skip(1) {
        (end, *slot) = percent_byte(text, end)?;
    }
    let c = std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next()?;
    Some((end, written(c.into())?))
}

fn percent_byte(text: &[u8], at: usize) -> Option<(usize, u8)> {
    if byte(text, at) != b'%' {
        return None;
    }
    let mut start = at + 1;
    while text.get(start..start + 2) == Some(b"25") && hex(text, start + 2, 2).is_some() {
        start += 2;
    }
    Some((start + 2, u8::try_from(hex(text, start, 2)?).ok()?))
}

/// `&#64;`, `&#x40;`, `&commat;`, also with the ampersand escaped (`&amp;#64;`).
fn reference(text: &[u8], at: usize) -> Option<(usize, char)> {
    let mut start = at + 1;
    while text.get(start..start + 4) == Some(b"amp;") {
        start += 4;
    }
    let rest = text.get(start..)?;
    if byte(rest, 0) != b'#' {
        let named = NAMED.iter().find(|(name, _)| rest.starts_with(name));
        return named.map(|(name, value)| (start + name.len(), *value));
    }
    let radix = if matches!(byte(rest, 1), b'x' | b'X') { 16 } else { 10 };
    let from = if radix == 16 { 2 } else { 1 };
    let digits = rest.iter().skip(from).take(7).take_while(|&&b| char::from(b).is_digit(radix)).count();
    let code = rest.get(from..from + digits).and_then(|d| std::str::from_utf8(d).ok())?;
    let value = written(u32::from_str_radix(code, radix).ok()?)?;
    let end = start + from + digits;
    Some((end + usize::from(byte(text, end) == b';'), value))
}

/// `\u0040`, `\u{40}`, also as two halves of a character, `\U00000040`, `\x40`, `\100`, white space such as `\n`, and a
/// backslash before punctuation.
fn backslash(text: &[u8], at: usize) -> Option<(usize, char)> {
    match byte(text, at + 1) {
        b'u' if byte(text, at + 2) == b'{' => {
            let digits = (at + 3..at + 9).take_while(|&i| byte(text, i).is_ascii_hexdigit()).count();
            let code =
                hex(text, at + 3, digits).filter(|_| digits > 0 && byte(text, at + 3 + digits) == b'}')?;
            Some((at + 4 + digits, written(code)?))
        }
        b'u' => {
            let code = hex(text, at + 2, 4)?;
            let low =
                text.get(at + 6..at + 8).filter(|next| *next == b"\\u").and_then(|_| hex(text, at + 8, 4));
            match (code, low) {
                (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                    Some((at + 12, written(0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00))?))
                }
                _ => Some((at + 6, written(code)?)),
            }
        }
        b'U' => Some((at + 10, written(hex(text, at + 2, 8)?)?)),
        b'x' => Some((at + 4, written(hex(text, at + 2, 2)?)?)),
        b'0' | b'1' => octal(text, at + 1),
        b'n' | b'r' | b't' if is_space(text, at) => Some((at + 2, ' ')),
        b @ (b'@' | b'.' | b'-' | b'_' | b'+' | b'(' | b')' | b':' | b'/' | b',' | b'#') => {
            Some((at + 2, char::from(b)))
        }
        _ => None,
    }
}
