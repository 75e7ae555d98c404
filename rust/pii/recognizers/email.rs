//! E-mail addresses: the part before the `@` as people write it, a domain of at least two labels.

use super::{Canonical, Find, Recognizer, Tier};
use crate::pii::candidate::{before, byte};

pub(super) const EMAIL: Recognizer = Recognizer {
    name: "EMAIL",
    aliases: &["EMAIL_ADDRESS"],
    severity: 0.6,
    tier: Tier::Default,
    accepts: "local part of up to 64 characters, domain of two labels or more that ends in letters",
    example: "write to jane.doe@example.org",
    source: "RFC 5321 section 4.1.2 (dot-string local part), RFC 1035 section 2.3.1",
    find: &[Find::At(address)],
    context: "email, mail, e mail, contact, write, address",
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
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-')
}

fn address(text: &[u8], at: usize) -> Option<(usize, usize)> {
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
    Some((start, domain(text, at + 1)?))
}

/// Where the domain that starts at `start` ends: after its last label that can be a top-level one.
fn domain(text: &[u8], start: usize) -> Option<usize> {
    let (mut label, mut end) = (start, None);
    for _ in 0..DOMAIN / 2 {
        let mut at = label;
        while at - start < DOMAIN && (byte(text, at).is_ascii_alphanumeric() || byte(text, at) == b'-') {
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
