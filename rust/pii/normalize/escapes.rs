//! Escapes: percent signs, character references, backslashes.

use super::Edit;
use crate::pii::candidate::byte;
use crate::pii::prefilter::find;

/// Named character references that stand for what addresses and numbers are written with.
const NAMED: &[(&[u8], u8)] = &[
    (b"commat;", b'@'),
    (b"period;", b'.'),
    (b"plus;", b'+'),
    (b"lpar;", b'('),
    (b"rpar;", b')'),
    (b"hyphen;", b'-'),
    (b"dash;", b'-'),
    (b"minus;", b'-'),
    (b"ndash;", b'-'),
    (b"nbsp;", b' '),
    (b"lowbar;", b'_'),
    (b"colon;", b':'),
    (b"sol;", b'/'),
    (b"shy;", 0),
    (b"zwnj;", 0),
    (b"zwj;", 0),
];

/// Collects the escapes of `text`.
pub(super) fn edits(text: &[u8], edits: &mut Vec<Edit>) {
    let mut at = 0;
    while let Some(next) = find(text, at, |b| matches!(b, b'%' | b'&' | b'\\')) {
        at = next;
        let found = match byte(text, at) {
            b'%' => percent(text, at),
            b'&' => reference(text, at),
            b'\\' => backslash(text, at),
            _ => None,
        };
        let Some((end, value)) = found else {
            at += 1;
            continue;
        };
        // Zero stands for a character that is not seen.
        let put = [value];
        edits.push(Edit::new(at..end, if value == 0 { &[] } else { &put }));
        at = end;
    }
}

/// A printable ASCII character, or nothing for one that is not seen.
fn printable(code: u32) -> Option<u8> {
    match code {
        0x20..=0x7e => u8::try_from(code).ok(),
        0xa0 => Some(b' '),
        0xad | 0x200b..=0x200f | 0x2060 | 0xfeff => Some(0),
        0xff01..=0xff5e => u8::try_from(code - 0xfee0).ok(),
        _ => None,
    }
}

fn hex(text: &[u8], at: usize, digits: usize) -> Option<u32> {
    let bytes = text.get(at..at + digits)?;
    bytes.iter().try_fold(0, |n, &b| Some(n << 4 | char::from(b).to_digit(16)?))
}

/// `%40`, also encoded twice (`%2540`).
fn percent(text: &[u8], at: usize) -> Option<(usize, u8)> {
    let mut start = at + 1;
    while text.get(start..start + 2) == Some(b"25") && hex(text, start + 2, 2).is_some() {
        start += 2;
    }
    Some((start + 2, printable(hex(text, start, 2)?)?))
}

/// `&#64;`, `&#x40;`, `&commat;`, also with the ampersand escaped (`&amp;#64;`).
fn reference(text: &[u8], at: usize) -> Option<(usize, u8)> {
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
    let value = printable(u32::from_str_radix(code, radix).ok()?)?;
    let end = start + from + digits;
    Some((end + usize::from(byte(text, end) == b';'), value))
}

/// `\u0040`, `\x40`, and a backslash before punctuation.
fn backslash(text: &[u8], at: usize) -> Option<(usize, u8)> {
    match byte(text, at + 1) {
        b'u' => Some((at + 6, printable(hex(text, at + 2, 4)?)?)),
        b'x' => Some((at + 4, printable(hex(text, at + 2, 2)?)?)),
        b @ (b'@' | b'.' | b'-' | b'_' | b'+' | b'(' | b')') => Some((at + 2, b)),
        _ => None,
    }
}
