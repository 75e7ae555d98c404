//! E-mail addresses: the part before the `@` as people write it, a domain of at least two labels. And URLs with
//! a name and a password before the `@`.

use super::secrets::is_key;
use super::{BASE, Canonical, Find, Recognizer, Tier};
use crate::pii::candidate::{before, byte, is_label};

pub(super) const EMAIL: Recognizer = Recognizer {
    name: "EMAIL",
    aliases: &["EMAIL_ADDRESS"],
    severity: 0.6,
    tier: Tier::Default,
    accepts: "local part of up to 64 bytes, apostrophes and letters with accents too, domain of two labels or more that ends in letters",
    example: "write to jane.doe@example.org",
    source: "RFC 5321 section 4.1.2 (dot-string local part), RFC 1035 section 2.3.1",
    find: &[Find::At(address)],
    context: "email, mail, e mail, contact, write, address, reach, message, send, reply, inbox, cc",
    labels: "",
    against: 0,
    canonical: Canonical::Lower,
    belongs: None,
    widen: None,
};

/// Longest local part and domain (RFC 5321 section 4.5.3.1).
const LOCAL: usize = 64;
const DOMAIN: usize = 255;
/// Fewest characters of a key before the `@`.
const LEAST_OF_KEY: usize = 20;
/// Last labels that are no domains but names of files (`icon@2x.png`).
const FILES: &[&[u8]] = &[b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"css", b"js", b"html", b"json"];

fn is_local(b: u8) -> bool {
    is_label(b) || matches!(b, b'.' | b'_' | b'%' | b'+')
}

/// The length of the Latin letter beyond ASCII at the start of some bytes; 0 without one. Those that are taken for other
/// letters are left out.
fn wide_letter(bytes: &[u8]) -> usize {
    match *bytes {
        // Signs for times and divided by, a dotless i, a hook, a click.
        [0xc3, 0x97 | 0xb7, ..] | [0xc4, 0xb1, ..] | [0xc6, 0x92, ..] | [0xc7, 0x80, ..] => 0,
        [0xc3..=0xc8, 0x80..=0xbf, ..] | [0xc9, 0x80..=0x8f, ..] => 2,
        [0xe1, 0xb8..=0xbb, 0x80..=0xbf, ..] => 3,
        _ => 0,
    }
}

/// The same of the one that ends at `end`.
fn wide_letter_before(text: &[u8], end: usize) -> usize {
    let is = |length: &usize| {
        let start = end.checked_sub(*length);
        start.and_then(|start| text.get(start..end)).is_some_and(|bytes| wide_letter(bytes) == *length)
    };
    if before(text, end) < 0x80 { 0 } else { [2, 3].into_iter().find(is).unwrap_or_default() }
}

/// The length of the letter that ends at `end`, ASCII or not.
fn letter_before(text: &[u8], end: usize) -> usize {
    if before(text, end).is_ascii_alphabetic() { 1 } else { wide_letter_before(text, end) }
}

/// The length of an apostrophe before `end` that stands between two letters.
fn apostrophe_before(text: &[u8], end: usize) -> usize {
    const CURLY: &[u8] = "’".as_bytes();
    let length = match text.get(..end) {
        Some([.., b'\'']) => 1,
        Some(head) if head.ends_with(CURLY) => CURLY.len(),
        _ => return 0,
    };
    let next = byte(text, end);
    let joins = next.is_ascii_alphabetic() || wide_letter(text.get(end..).unwrap_or_default()) > 0;
    if joins && letter_before(text, end - length) > 0 { length } else { 0 }
}

/// Where the local part starts that ends at `at`, and where it does from its last apostrophe on.
fn local_start(text: &[u8], at: usize) -> (usize, usize) {
    let floor = at.saturating_sub(LOCAL);
    let (mut start, mut quoted) = (at, None);
    while start > floor {
        if is_local(before(text, start)) {
            start -= 1;
            continue;
        }
        let wide = wide_letter_before(text, start);
        let apostrophe = if wide == 0 { apostrophe_before(text, start) } else { 0 };
        if apostrophe > 0 {
            quoted = quoted.or(Some(start));
        }
        let step = wide + apostrophe;
        if step == 0 || start < floor + step {
            break;
        }
        start -= step;
    }
    (start, quoted.unwrap_or(start))
}

fn address(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let (last, next) = (before(text, at), byte(text, at + 1));
    if !(is_local(last) || last >= 0x80) || !(is_label(next) || next >= 0x80) {
        return None;
    }
    let end = domain(text, at + 1)?;
    let (whole, quoted) = local_start(text, at);
    // Between two quotation marks the first is no apostrophe.
    let mut start = if byte(text, end) == b'\'' { quoted } else { whole };
    while start < at && matches!(byte(text, start), b'.' | b'-' | b'%' | b'+') {
        start += 1;
    }
    start += usize::from(is_written_out(text, start) && start + 1 < at);
    let local = text.get(start..at)?;
    if !local.iter().any(|b| b.is_ascii_alphanumeric() || *b >= 0x80) {
        return None;
    }
    // The user of a URL may be a key alone, which is what counts there.
    if local.len() >= LEAST_OF_KEY && is_key(text, at) {
        return None;
    }
    // Marks of emphasis on both sides are no part of it.
    let mut mark = end;
    while byte(text, start) == b'_' && byte(text, mark) == b'_' {
        (start, mark) = (start + 1, mark + 1);
    }
    Some((start, end))
}

/// Whether the letter at `at` and a backslash before it are white space, written out (`\njane@example.org`); behind a
/// capital they are a user's name and the domain's (`CORP\nancy@example.org`).
fn is_written_out(text: &[u8], at: usize) -> bool {
    matches!(byte(text, at), b'n' | b'r' | b't')
        && before(text, at) == b'\\'
        && !before(text, at - 1).is_ascii_uppercase()
}

/// Where the domain that starts at `start` ends: after its last label that can be a top-level one.
fn domain(text: &[u8], start: usize) -> Option<usize> {
    let (mut label, mut end) = (start, None);
    for _ in 0..DOMAIN / 2 {
        let mut at = label;
        while at - start < DOMAIN {
            let b = byte(text, at);
            let step = if b < 0x80 {
                usize::from(is_label(b))
            } else {
                wide_letter(text.get(at..).unwrap_or_default())
            };
            if step == 0 {
                break;
            }
            at += step;
        }
        let letters = text.get(label..at)?;
        let letters = letters.strip_suffix(b"-").unwrap_or(letters);
        if letters.is_empty() || letters.starts_with(b"-") {
            break;
        }
        if label > start && is_top(letters) {
            end = Some(label + letters.len());
        }
        if byte(text, at) != b'.' {
            break;
        }
        label = at + 1;
    }
    end
}

fn is_top(label: &[u8]) -> bool {
    let international = label.len() > 4 && label.get(..4).is_some_and(|p| p.eq_ignore_ascii_case(b"xn--"));
    let letters = (2..=24).contains(&label.len()) && label.iter().all(u8::is_ascii_alphabetic);
    (international || letters) && !FILES.iter().any(|file| label.eq_ignore_ascii_case(file))
}

pub(super) const URL_CREDENTIALS: Recognizer = Recognizer {
    name: "URL_CREDENTIALS",
    aliases: &["BASIC_AUTH_URL"],
    severity: 1.0,
    accepts: "scheme://user:password@host, with a port if there is one",
    example: "use postgres://admin:s3cr3t@db.example.com:5432/main",
    source: "RFC 3986 section 3.2.1",
    find: &[Find::At(credentials)],
    context: "url, uri, dsn, database, connection, connect",
    against: 0,
    canonical: Canonical::Exact,
    ..BASE
};

/// Longest scheme, and longest user data, that is looked at.
const SCHEME: usize = 16;
const USER_DATA: usize = 128;

fn credentials(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let is_part = |b: u8| b.is_ascii_graphic() && !matches!(b, b'/' | b'<' | b'>' | b'"' | b'@' | b'\\');
    let mut start = at;
    while at - start < USER_DATA && is_part(before(text, start)) {
        start -= 1;
    }
    let data = text.get(start..at)?;
    let password = data.get(data.iter().position(|&b| b == b':')?..)?;
    let scheme_end = start.checked_sub(3).filter(|&end| text.get(end..start) == Some(b"://"))?;
    let mut from = scheme_end;
    while scheme_end - from < SCHEME
        && (before(text, from).is_ascii_alphanumeric() || before(text, from) == b'+')
    {
        from -= 1;
    }
    // The password follows a colon; a user may be left out.
    let named = password.len() > 1 && from < scheme_end;
    let host = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    let mut end = at + 1;
    while end - at <= DOMAIN && host(byte(text, end)) {
        end += 1;
    }
    while matches!(before(text, end), b'.' | b':' | b'-') {
        end -= 1;
    }
    (named && end > at + 1).then_some((from, end))
}
