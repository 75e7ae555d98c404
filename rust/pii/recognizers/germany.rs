//! Identifiers of Germany that stand on cards.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::Candidate;
use crate::pii::checksum::{ends_in, is_day, pair};

pub(super) const DE_ID_CARD: Recognizer = Recognizer {
    name: "DE_PERSONALAUSWEIS",
    severity: 0.9,
    accepts: "nine characters of an identity card's or passport's number, with or without its check digit, \
              with context",
    example: "Personalausweis L01X00T471",
    source: "PAuswV annex; ICAO Doc 9303 part 3 section 4.9 (weights 7 3 1)",
    find: &[Find::Shapes(
        &[Shape::new("AXXXXXXXX", Strength::Weak), Shape::new("AXXXXXXXX9", Strength::Weak)],
        id_card,
    )],
    context: "personalausweis, personalausweisnummer, ausweis, ausweisnummer, ausweis nr, ausweis nummer, \
              reisepass, reisepassnummer, pass nr, seriennummer",
    canonical: Canonical::Code,
    ..BASE
};

/// The value of a digit or letter: 0 to 35.
fn value(b: u8) -> Option<u32> {
    char::from(b).to_digit(36)
}

fn id_card(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    // Vowels, and letters that look like digits or each other, are not issued.
    let issued = |b: &u8| b.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(b);
    if !code.iter().all(issued) {
        return None;
    }
    if code.len() == 9 {
        return Some(Verdict::shape(strength));
    }
    let body = code.iter().take(9).zip([7, 3, 1].into_iter().cycle());
    let sum: u32 = body.map(|(&b, weight)| value(b).map(|v| v * weight)).sum::<Option<u32>>()?;
    ends_in(code, sum % 10).then_some(Verdict::checked(strength, true))
}

pub(super) const DE_SOCIAL_SECURITY: Recognizer = Recognizer {
    name: "DE_SOCIAL_SECURITY",
    aliases: &["DE_RVNR"],
    severity: 1.0,
    accepts: "area, date of birth, initial, serial and a passing check digit: twelve characters",
    example: "Rentenversicherungsnummer 65 170839 J 003",
    source: "VKVV § 4 (weights 2 1 2 5 7 1 2 1 2 1 2 1)",
    find: &[Find::Shapes(
        &[
            Shape::new("99999999A999", Strength::Fair),
            Shape::new("99-999999-A-999", Strength::Fair),
            Shape::new("99-999999-A-99-9", Strength::Fair),
        ],
        pension,
    )],
    context: "rentenversicherungsnummer, rvnr, sozialversicherungsnummer, versicherungsnummer, svnr, sv nummer",
    canonical: Canonical::Code,
    ..BASE
};

/// The sum of the digits of each digit of `code` times its weight, a letter being two digits.
fn crossed(code: &[u8], weights: impl Iterator<Item = u32>) -> Option<u32> {
    let digits = code.iter().flat_map(|&b| match b {
        b'A'..=b'Z' => [Some((b - b'A' + 1) / 10), Some((b - b'A' + 1) % 10)],
        _ => [Some(b.wrapping_sub(b'0')), None],
    });
    let sum = |(digit, weight): (u8, u32)| {
        let product = u32::from(digit) * weight;
        (digit < 10).then_some(product / 10 + product % 10)
    };
    digits.flatten().zip(weights).map(sum).sum()
}

fn pension(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let sum = crossed(code.get(..11)?, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].into_iter())?;
    // Where a day had no more serials, fifty is added to it.
    let dated = is_day(pair(code, 4)?, pair(code, 2)? % 50);
    (dated && ends_in(code, sum % 10)).then_some(Verdict::checked(strength, true))
}

pub(super) const DE_HEALTH_INSURANCE: Recognizer = Recognizer {
    name: "DE_HEALTH_INSURANCE",
    aliases: &["DE_KVNR"],
    severity: 1.0,
    accepts: "a letter and nine digits, the last a passing check digit, with context",
    example: "Krankenversichertennummer A123456780",
    source: "SGB V § 290; GKV-Spitzenverband, Richtlinie zur Krankenversichertennummer",
    find: &[Find::Shapes(&[Shape::new("A999999999", Strength::Weak)], health)],
    context: "krankenversichertennummer, krankenversicherungsnummer, versichertennummer, kvnr, gkv, krankenkasse, \
              versicherten nr, kv nummer, gesundheitskarte",
    canonical: Canonical::Code,
    ..BASE
};

fn health(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let sum = crossed(code.get(..9)?, [1, 2].into_iter().cycle())?;
    ends_in(code, sum % 10).then_some(Verdict::checked(strength, true))
}
