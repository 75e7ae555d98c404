//! International bank account numbers: per-country structures and ISO 7064 mod 97-10.

use super::{Canonical, Find, Recognizer, Strength, Tier, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::mod97;

pub(super) const IBAN: Recognizer = Recognizer {
    name: "IBAN",
    aliases: &["IBAN_CODE"],
    severity: 0.9,
    tier: Tier::Default,
    accepts: "a country's length and structure and a passing check; in one piece or in groups of four",
    example: "IBAN GB82 WEST 1234 5698 7654 32",
    source: "ISO 13616, SWIFT IBAN registry (release 101)",
    find: &[Find::Lengths(((1 << 35) - 1) & !((1 << 15) - 1), iban)],
    context: "iban, account, bank, swift, bic, transfer, konto, compte, cuenta, rekening",
    labels: "",
    against: 0,
    canonical: Canonical::Code,
    belongs: None,
    widen: None,
};

/// Countries and what stands behind their two letters and check digits, as the registry writes it: so many digits (`n`),
/// capital letters (`a`), or either (`c`).
const COUNTRIES: &[(&[u8; 2], &[u8])] = &[
    (b"AD", b"8n12c"),
    (b"AE", b"19n"),
    (b"AL", b"8n16c"),
    (b"AT", b"16n"),
    (b"AZ", b"4a20c"),
    (b"BA", b"16n"),
    (b"BE", b"12n"),
    (b"BG", b"4a6n8c"),
    (b"BH", b"4a14c"),
    (b"BI", b"23n"),
    (b"BR", b"23n1a1c"),
    (b"BY", b"4c4n16c"),
    (b"CH", b"5n12c"),
    (b"CR", b"18n"),
    (b"CY", b"8n16c"),
    (b"CZ", b"20n"),
    (b"DE", b"18n"),
    (b"DJ", b"23n"),
    (b"DK", b"14n"),
    (b"DO", b"4c20n"),
    (b"EE", b"16n"),
    (b"EG", b"25n"),
    (b"ES", b"20n"),
    (b"FI", b"14n"),
    (b"FK", b"2a12n"),
    (b"FO", b"14n"),
    (b"FR", b"10n11c2n"),
    (b"GB", b"4a14n"),
    (b"GE", b"2a16n"),
    (b"GI", b"4a15c"),
    (b"GL", b"14n"),
    (b"GR", b"7n16c"),
    (b"GT", b"24c"),
    (b"HN", b"4a20n"),
    (b"HR", b"17n"),
    (b"HU", b"24n"),
    (b"IE", b"4a14n"),
    (b"IL", b"19n"),
    (b"IQ", b"4a15n"),
    (b"IS", b"22n"),
    (b"IT", b"1a10n12c"),
    (b"JO", b"4a4n18c"),
    (b"KW", b"4a22c"),
    (b"KZ", b"3n13c"),
    (b"LB", b"4n20c"),
    (b"LC", b"4a24c"),
    (b"LI", b"5n12c"),
    (b"LT", b"16n"),
    (b"LU", b"3n13c"),
    (b"LV", b"4a13c"),
    (b"LY", b"21n"),
    (b"MC", b"10n11c2n"),
    (b"MD", b"20c"),
    (b"ME", b"18n"),
    (b"MK", b"3n10c2n"),
    (b"MN", b"16n"),
    (b"MR", b"23n"),
    (b"MT", b"4a5n18c"),
    (b"MU", b"4a19n3a"),
    (b"NI", b"4a20n"),
    (b"NL", b"4a10n"),
    (b"NO", b"11n"),
    (b"OM", b"3n16c"),
    (b"PK", b"4a16c"),
    (b"PL", b"24n"),
    (b"PS", b"4a21c"),
    (b"PT", b"21n"),
    (b"QA", b"4a21c"),
    (b"RO", b"4a16c"),
    (b"RS", b"18n"),
    (b"RU", b"14n15c"),
    (b"SA", b"2n18c"),
    (b"SC", b"4a20n3a"),
    (b"SD", b"14n"),
    (b"SE", b"20n"),
    (b"SI", b"15n"),
    (b"SK", b"20n"),
    (b"SM", b"1a10n12c"),
    (b"SO", b"19n"),
    (b"ST", b"21n"),
    (b"SV", b"4a20n"),
    (b"TL", b"19n"),
    (b"TN", b"20n"),
    (b"TR", b"6n16c"),
    (b"UA", b"6n19c"),
    (b"VA", b"18n"),
    (b"VG", b"4a16n"),
    (b"XK", b"16n"),
    (b"YE", b"4a4n18c"),
];

/// How many characters a country's numbers have.
#[inline]
pub(crate) fn account_length(country: [u8; 2]) -> Option<usize> {
    // Most of what is asked about are digits.
    if !country.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    structure(country).map(|parts| parts.fold(4, |length, (count, _)| length + count))
}

/// The parts of a country's numbers: how many characters each has, and of which class.
fn structure(country: [u8; 2]) -> Option<impl Iterator<Item = (usize, u8)>> {
    let (_, parts) = COUNTRIES.iter().find(|(known, _)| **known == country)?;
    Some(parts.split_inclusive(u8::is_ascii_alphabetic).filter_map(|part| {
        let (&class, count) = part.split_last()?;
        Some((count.iter().fold(0, |count, b| count * 10 + usize::from(b - b'0')), class))
    }))
}

/// Whether an account's number, in capitals, is written as its country writes them, and passes its check.
pub(crate) fn is_account(code: &[u8]) -> bool {
    is_structured(code) && mod97(code)
}

/// Whether a country writes its numbers so.
fn is_structured(code: &[u8]) -> bool {
    let Some((&country, rest)) = code.split_first_chunk::<2>() else { return false };
    let mut rest = rest.get(2..).unwrap_or_default();
    let Some(mut parts) = structure(country) else { return false };
    parts.all(|(count, class)| {
        let Some((part, behind)) = rest.split_at_checked(count) else { return false };
        rest = behind;
        part.iter().all(|b| match class {
            b'n' => b.is_ascii_digit(),
            b'a' => b.is_ascii_alphabetic(),
            _ => true,
        })
    }) && rest.is_empty()
}

fn iban(candidate: &Candidate) -> Option<Verdict> {
    let code = candidate.compact();
    if candidate.digits() & 0b1111 != 0b1100 || !is_grouped(candidate) {
        return None;
    }
    if !is_structured(code) {
        return None;
    }
    let passes = mod97(code);
    Some(Verdict::checked(if passes { Strength::Certain } else { Strength::Weak }, passes))
}

fn is_grouped(candidate: &Candidate) -> bool {
    if candidate.group_count() == 1 {
        return true;
    }
    if !matches!(candidate.separator(), Some(Gap::Space | Gap::Dash | Gap::Dot)) {
        return false;
    }
    let leading = candidate.group_count() - 1;
    candidate.group_lengths().take(leading).all(|length| length == 4)
        && candidate.group_lengths().all(|length| length <= 4)
}
