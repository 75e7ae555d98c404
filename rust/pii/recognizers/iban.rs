//! International bank account numbers: per-country lengths and ISO 7064 mod 97-10.

use super::{Canonical, Find, Recognizer, Strength, Tier, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::mod97;

pub(super) const IBAN: Recognizer = Recognizer {
    name: "IBAN",
    aliases: &["IBAN_CODE"],
    severity: 0.9,
    tier: Tier::Default,
    accepts: "a country's length and a passing check; in one piece or in groups of four",
    example: "IBAN GB82 WEST 1234 5698 7654 32",
    source: "ISO 13616, SWIFT IBAN registry (release 99)",
    find: &[Find::Lengths(((1 << 35) - 1) & !((1 << 15) - 1), iban)],
    context: "iban, account, bank, swift, bic, transfer, konto, compte, cuenta, rekening",
    labels: "",
    against: 0,
    canonical: Canonical::Code,
    belongs: None,
    widen: None,
};

/// Countries and the length of their numbers.
const COUNTRIES: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// How many characters a country's numbers have.
pub(crate) fn account_length(country: [u8; 2]) -> Option<usize> {
    COUNTRIES.iter().find(|(known, _)| **known == country).map(|&(_, length)| length)
}

fn iban(candidate: &Candidate) -> Option<Verdict> {
    let code = candidate.compact();
    if candidate.digits() & 0b1111 != 0b1100 || !is_grouped(candidate) {
        return None;
    }
    let length = code.first_chunk().and_then(|&country| account_length(country));
    if length != Some(code.len()) {
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
