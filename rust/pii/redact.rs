//! What may be shown of PII: masks, and texts with their matches replaced.
//!
//! Promise: a mask holds at most the first letter of each half of an e-mail, or the last four characters of a
//! longer number or code. A keyed hash is stable for a key, equal for all the ways of writing a value, and
//! SipHash-2-4 of 128 bits (Aumasson and Bernstein, 2012): without the key a value cannot be looked up, with
//! it short values can be tried out, so the key is to be kept as secret as the values.

use super::leak::canonical;
use super::normalize::plain;
use super::recognizers::Canonical;
use super::{Kind, Match, Scanner};
use crate::Error;
use std::fmt::Write;

/// How matches are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style<'a> {
    /// `[EMAIL]`.
    Label,
    /// `***-**-6789`, as [`mask`] writes it.
    Mask,
    /// `[EMAIL:5f0c3a9b17d2e846]`: the first 64 bits of the keyed hash of the kind and the canonical value.
    Hash(&'a [u8]),
}

impl<'a> Style<'a> {
    /// Parses `label`, `mask` or `hash`; a hash needs a key.
    pub fn parse(name: &str, key: Option<&'a [u8]>) -> Result<Self, Error> {
        match (name, key) {
            ("label", _) => Ok(Self::Label),
            ("mask", _) => Ok(Self::Mask),
            ("hash", Some(key)) => Ok(Self::Hash(key)),
            ("hash", None) => Err(Error::new("key", "nothing", "a key, as style is \"hash\"")),
            _ => Err(Error::new("style", format!("{name:?}"), "\"label\", \"mask\" or \"hash\"")),
        }
    }
}

/// What is shown of a match in a report, of its plain writing: `j***@e***.com`, `***-**-6789`.
pub fn mask(kind: Kind, value: &str) -> String {
    let value = &plain(value);
    match kind.recognizer().canonical {
        Canonical::Lower => mask_email(value),
        Canonical::Address | Canonical::Date | Canonical::Street | Canonical::Coordinates => {
            mask_all_but(value, 0)
        }
        _ => mask_all_but(value, 4),
    }
}

/// The first letter of the local part and of the domain, and the top-level domain.
fn mask_email(value: &str) -> String {
    let first = |part: &str| part.chars().next().map(String::from).unwrap_or_default();
    let Some((local, domain)) = value.split_once('@') else { return "***".to_owned() };
    match domain.rsplit_once('.') {
        Some((name, top)) => format!("{}***@{}***.{top}", first(local), first(name)),
        None => format!("{}***@***", first(local)),
    }
}

/// A star for every letter and digit but the last `shown`; none is shown of a value of eight or fewer.
fn mask_all_but(value: &str, shown: usize) -> String {
    let total = value.chars().filter(|c| c.is_alphanumeric()).count();
    let hidden = if total > 8 { total - shown.min(total) } else { total };
    let mut seen = 0;
    value
        .chars()
        .map(|c| {
            if !c.is_alphanumeric() {
                return if c.is_ascii() { c } else { '*' };
            }
            seen += 1;
            if seen <= hidden { '*' } else { c }
        })
        .collect()
}

/// `text` with `matches` (in order, disjoint, as `scanner` found them) replaced.
pub fn redact(scanner: &Scanner, text: &str, matches: &[Match], style: Style) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for found in matches {
        let (Some(plain), Some(value)) = (text.get(at..found.span.start), text.get(found.span.clone()))
        else {
            continue;
        };
        out.push_str(plain);
        at = found.span.end;
        let name = scanner.name(found.kind);
        // Writing to a string cannot fail.
        let _ = match style {
            Style::Label => write!(out, "[{name}]"),
            Style::Mask => write!(out, "{}", mask(found.kind, value)),
            Style::Hash(key) => {
                write!(out, "[{name}:{:016x}]", hash(key, name, &canonical(found, text)))
            }
        };
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The first 64 bits of the keyed hash of a kind's name and a canonical value.
fn hash(key: &[u8], name: &str, value: &str) -> u64 {
    // A key of any length becomes 128 bits by the same function under a fixed key.
    let (k0, k1) = sip128(0, 0, key);
    let message = format!("{name}\0{value}");
    sip128(k0, k1, message.as_bytes()).0
}

/// SipHash-2-4 with a result of 128 bits, as two little-endian words.
fn sip128(k0: u64, k1: u64, message: &[u8]) -> (u64, u64) {
    let mut state = Sip {
        v0: k0 ^ 0x736f_6d65_7073_6575,
        v1: k1 ^ 0x646f_7261_6e64_6f6d ^ 0xee,
        v2: k0 ^ 0x6c79_6765_6e65_7261,
        v3: k1 ^ 0x7465_6462_7974_6573,
    };
    let mut chunks = message.chunks_exact(8);
    for chunk in chunks.by_ref() {
        state.absorb(chunk.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b)));
    }
    let rest = chunks.remainder().iter().rev().fold(0, |word, &b| word << 8 | u64::from(b));
    state.absorb((message.len() as u64) << 56 | rest);
    state.v2 ^= 0xee;
    let first = state.squeeze();
    state.v1 ^= 0xdd;
    (first, state.squeeze())
}

struct Sip {
    v0: u64,
    v1: u64,
    v2: u64,
    v3: u64,
}

impl Sip {
    fn round(&mut self) {
        self.v0 = self.v0.wrapping_add(self.v1);
        self.v1 = self.v1.rotate_left(13) ^ self.v0;
        self.v0 = self.v0.rotate_left(32);
        self.v2 = self.v2.wrapping_add(self.v3);
        self.v3 = self.v3.rotate_left(16) ^ self.v2;
        self.v0 = self.v0.wrapping_add(self.v3);
        self.v3 = self.v3.rotate_left(21) ^ self.v0;
        self.v2 = self.v2.wrapping_add(self.v1);
        self.v1 = self.v1.rotate_left(17) ^ self.v2;
        self.v2 = self.v2.rotate_left(32);
    }

    fn absorb(&mut self, word: u64) {
        self.v3 ^= word;
        self.round();
        self.round();
        self.v0 ^= word;
    }

    fn squeeze(&mut self) -> u64 {
        for _ in 0..4 {
            self.round();
        }
        self.v0 ^ self.v1 ^ self.v2 ^ self.v3
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::Options;

    #[test]
    fn masks_show_little() {
        for (kind, value, shown) in [
            (Kind::Email, "jane.doe@example.com", "j***@e***.com"),
            (Kind::Email, "a@mail.example.co.uk", "a***@m***.uk"),
            (Kind::UsSsn, "123-45-6789", "***-**-6789"),
            (Kind::Phone, "+1 (415) 555-0132", "+* (***) ***-0132"),
            (Kind::Phone, "555-0132", "***-****"),
            (Kind::CreditCard, "4111 1111 1111 1111", "**** **** **** 1111"),
            (Kind::IpAddress, "203.0.113.77", "***.*.***.**"),
            (Kind::Email, "", "***"),
            (Kind::Email, "jane [at] example [dot] org", "j***@e***.org"),
            (Kind::UsSsn, "５３６－９０－４３９９", "***-**-4399"),
        ] {
            assert_eq!(mask(kind, value), shown, "{value}");
        }
    }

    #[test]
    fn siphash_equals_the_reference_vectors() {
        // The key is 00 to 0f; the messages are empty and 00.
        let key = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        let message = [0];
        for (length, expected) in [
            (0, (0xe6a8_25ba_047f_81a3_u64, 0x9302_55c7_1472_f66d_u64)),
            (1, (0x44af_996b_d8c1_87da, 0x45fc_229b_1159_7634)),
        ] {
            assert_eq!(sip128(key.0, key.1, &message[..length]), expected, "{length}");
        }
    }

    #[test]
    fn texts_keep_all_but_their_matches() {
        let scanner = Scanner::new(&Options::default()).unwrap();
        let text = "Zoë: jane@example.com, SSN 536-90-4399.";
        let matches = scanner.scan(text);
        assert_eq!(redact(&scanner, text, &matches, Style::Label), "Zoë: [EMAIL], SSN [US_SSN].");
        assert_eq!(redact(&scanner, text, &matches, Style::Mask), "Zoë: j***@e***.com, SSN ***-**-4399.");
        assert_eq!(redact(&scanner, "none", &[], Style::Label), "none");
    }

    #[test]
    fn hashes_are_keyed_and_stable_over_ways_of_writing() {
        let scanner = Scanner::new(&Options::default()).unwrap();
        let of = |key: &[u8], value: &str| {
            let found = scanner.scan(value);
            assert_eq!(found.len(), 1, "{value}");
            hash(key, scanner.name(found[0].kind), &canonical(&found[0], value))
        };
        assert_eq!(of(b"k", "(415) 555-0132"), of(b"k", "415.555.0132"));
        for same in [
            &["(415) 555-0132", "+1 415 555 0132", "1-415-555-0132 ext. 9", "001-415-555-0132"][..],
            &["020 7946 0958", "+44 20 7946 0958", "+44 (0)20 7946 0958", "00 44 20 7946 0958"],
            &["call 8 495 123-45-67", "+7 495 123-45-67"],
            &["MAC C6:A9:B5:0F:46:44", "MAC c6-a9-b5-0f-46-44"],
            &["0x52908400098527886E0F7030069857D2E4169EE7", "0x52908400098527886e0f7030069857d2e4169ee7"],
            &["2001:DB8::B5", "2001:db8:0::b5"],
            &["NI number AB 78 76 38 B", "NI number ab787638b"],
            &["lives at 12 Oak Street, Apt 4, Boise, Idaho", "lives at 12 Oak St. #4, Boise, ID"],
            &["GPS 40.71278, -74.00594", "40.71278° N, 74.00594° W"],
        ] {
            assert!(same.iter().all(|value| of(b"k", value) == of(b"k", same[0])), "{same:?}");
        }
        assert_ne!(of(b"k", "(415) 555-0132"), of(b"l", "(415) 555-0132"));
        assert_ne!(of(b"k", "(415) 555-0132"), of(b"k", "(415) 555-0133"));
        assert_ne!(hash(b"k", "US_SSN", "536904399"), hash(b"k", "CREDIT_CARD", "536904399"));
    }
}
