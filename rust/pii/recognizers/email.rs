//! E-mail addresses: the part before the `@` as people write it, a domain of at least two labels. And URLs with
//! a name and a password before the `@`.

use super::{BASE, Canonical, Find, Recognizer, Tier};
use crate::pii::candidate::{before, byte, is_label};

pub(super) const EMAIL: Recognizer = Recognizer {
    name: "EMAIL",
    aliases: &["EMAIL_ADDRESS"],
    severity: 0.6,
    tier: Tier::Default,
    accepts: "local part of up to 64 characters, domain of two labels or more that ends in letters",
    example: "write to jane.doe@example.org",
    source: "RFC 5321 section 4.1.2 (dot-string local part), RFC 1035 section 2.3.1",
    find: &[Find::At(address)],
    context: "email, mail, e mail, contact, write, address, reach, message, send, reply, inbox, cc",
    labels: "",
    against: 0,
    canonical: Canonical::Lower,
    widen: None,
};

/// Longest local part and domain (RFC 5321 section 4.5.3.1).
const LOCAL: usize = 64;
const DOMAIN: usize = 255;
/// Last labels that are no domains but names of files (`icon@2x.png`).
const FILES: &[&[u8]] = &[b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"css", b"js", b"html", b"json"];

fn is_local(b: u8) -> bool {
    is_label(b) || matches!(b, b'.' | b'_' | b'%' | b'+')
}

fn address(text: &[u8], at: usize) -> Option<(usize, usize)> {
    if !is_local(before(text, at)) || !is_label(byte(text, at + 1)) {
        return None;
    }
    let floor = at.saturating_sub(LOCAL);
    let mut start = at;
    while start > floor && is_local(before(text, start)) {
        start -= 1;
    }
    while start < at && matches!(byte(text, start), b'.' | b'-' | b'%' | b'+') {
        start += 1;
    }
    let local = text.get(start..at)?;
    if !local.iter().any(u8::is_ascii_alphanumeric) {
        return None;
    }
    let end = domain(text, at + 1)?;
    // Marks of emphasis on both sides are no part of it.
    let mut mark = end;
    while byte(text, start) == b'_' && byte(text, mark) == b'_' {
        (start, mark) = (start + 1, mark + 1);
    }
    Some((start, end))
}

/// Where the domain that starts at `start` ends: after its last label that can be a top-level one.
fn domain(text: &[u8], start: usize) -> Option<usize> {
    let (mut label, mut end) = (start, None);
    for _ in 0..DOMAIN / 2 {
        let mut at = label;
        while at - start < DOMAIN && is_label(byte(text, at)) {
            at += 1;
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
