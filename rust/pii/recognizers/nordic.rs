//! Identifiers of Norway, Denmark and Iceland.

use super::{BASE, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::Candidate;
use crate::pii::checksum::{is_day, pair, weighted};

pub(super) const NO_FODSELSNUMMER: Recognizer = Recognizer {
    name: "NO_FODSELSNUMMER",
    aliases: &["NO_BIRTH_NUMBER"],
    severity: 1.0,
    accepts: "a date and five digits, the last two of which are passing check digits; in one piece with context",
    example: "fødselsnummer 03089233320",
    source: "Skatteetaten, fødselsnummer og D-nummer (two weighted sums modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("99999999999", Strength::Weak), Shape::new("999999-99999", Strength::Fair)],
        fodselsnummer,
    )],
    context: "fødselsnummer, fodselsnummer, fnr, personnummer, norwegian, birth number, national id, \
              personal number",
    ..BASE
};

fn fodselsnummer(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // A D-number has forty added to the day, an H-number to the month.
    let less = |n: u64| if n > 40 { n - 40 } else { n };
    let dated = is_day(less(pair(digits, 2)?), less(pair(digits, 0)?));
    let first = weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1])?;
    let second = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1])?;
    (dated && first % 11 == 0 && second % 11 == 0).then_some(Verdict::checked(strength, true))
}

pub(super) const DK_CPR: Recognizer = Recognizer {
    name: "DK_CPR",
    severity: 1.0,
    accepts: "a date and four digits, with context",
    example: "CPR 211062-5629",
    source: "CPR-kontoret, Personnummeret i CPR (no check digit since October 2007)",
    find: &[Find::Shapes(
        &[Shape::new("999999-9999", Strength::Weak), Shape::new("9999999999", Strength::Weak)],
        cpr,
    )],
    context: "cpr, cpr number, cpr nummer, personnummer, danish",
    ..BASE
};

fn cpr(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    is_day(pair(digits, 2)?, pair(digits, 0)?).then_some(Verdict::shape(strength))
}

pub(super) const IS_KENNITALA: Recognizer = Recognizer {
    name: "IS_KENNITALA",
    accepts: "a date, two digits, a passing check digit and the century's digit, with context",
    example: "kennitala 450401-3150",
    source: "Þjóðskrá, Um kennitölur (weights 3 2 7 6 5 4 3 2 modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("999999-9999", Strength::Weak), Shape::new("9999999999", Strength::Weak)],
        kennitala,
    )],
    context: "kennitala, kt, icelandic, iceland",
    ..BASE
};

fn kennitala(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // A company has forty added to the day.
    let day = pair(digits, 0)?;
    let dated = is_day(pair(digits, 2)?, if day > 40 { day - 40 } else { day });
    let century = matches!(digits.last(), Some(b'0' | b'8' | b'9'));
    let sum = weighted(digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1])?;
    (dated && century && sum % 11 == 0).then_some(Verdict::checked(strength, true))
}
