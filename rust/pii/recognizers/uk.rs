//! Identifiers of the United Kingdom.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::Candidate;
use crate::pii::checksum::{is_day, pair, weighted};

pub(super) const NHS: Recognizer = Recognizer {
    name: "UK_NHS",
    accepts: "ten digits with a passing check digit and context",
    example: "NHS number 943 476 5919",
    source: "NHS Data Dictionary, NHS NUMBER (modulus 11)",
    find: &[Find::Shapes(
        &[Shape::new("999-999-9999", Strength::Weak), Shape::new("9999999999", Strength::Weak)],
        nhs,
    )],
    context: "nhs, national health, patient, health service",
    ..BASE
};

fn nhs(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let sum = weighted(candidate.compact(), &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1])?;
    (sum % 11 == 0).then_some(Verdict::checked(strength, true))
}

pub(super) const NINO: Recognizer = Recognizer {
    name: "UK_NINO",
    accepts: "two letters of an issued prefix, six digits, a letter from A to D",
    example: "NI number AB 12 34 56 C",
    source: "HMRC National Insurance Manual NIM39110",
    find: &[Find::Shapes(
        &[
            Shape::new("AA999999A", Strength::Strong),
            Shape::new("AA-99-99-99-A", Strength::Strong),
            Shape::new("AA-999999-A", Strength::Strong),
            Shape::new("AA-999999A", Strength::Strong),
        ],
        nino,
    )],
    context: "nino, national insurance, ni, insurance number",
    canonical: Canonical::Code,
    ..BASE
};

fn nino(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let &[first, second, .., suffix] = candidate.compact() else { return None };
    let prefix = [first, second];
    let barred = b"DFIQUV".contains(&first) || b"DFIQUVO".contains(&second);
    let unused = [b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].contains(&&prefix);
    (!barred && !unused && suffix <= b'D').then_some(Verdict::shape(strength))
}

pub(super) const DRIVING_LICENCE: Recognizer = Recognizer {
    name: "UK_DRIVING_LICENCE",
    severity: 0.9,
    accepts: "five characters of the surname, date of birth, initials and three characters more",
    example: "licence MORGA657054SM9IJ",
    source: "DVLA INF255, how a driver number is made up",
    find: &[Find::Shapes(&[Shape::new("XXXXX999999AXXAA", Strength::Strong)], driving)],
    context: "driving licence, driver licence, driver number, dvla, licence",
    canonical: Canonical::Code,
    ..BASE
};

fn driving(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    // Short names are filled up with nines.
    let name = code.get(..5)?.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(5);
    let filled = name > 0 && code.get(name..5)?.iter().all(|&b| b == b'9');
    // A woman has fifty added to the month.
    let month = pair(code, 6)?;
    let dated = month < 63 && is_day(month % 50, pair(code, 8)?);
    let initials = code.get(12).is_some_and(|&b| b == b'9' || b.is_ascii_alphabetic());
    (filled && dated && initials).then_some(Verdict::shape(strength))
}

pub(super) const UTR: Recognizer = Recognizer {
    name: "UK_UTR",
    accepts: "ten digits, the first a passing check digit, with context",
    example: "UTR 1955839661",
    source: "HMRC, Unique Taxpayer Reference (weights 6 7 8 9 10 5 4 3 2 modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("9999999999", Strength::Weak), Shape::new("99999-99999", Strength::Weak)],
        utr,
    )],
    context: "utr, unique taxpayer, taxpayer reference, tax reference, self assessment",
    ..BASE
};

fn utr(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let (check, body) = candidate.compact().split_first()?;
    let rest = weighted(body, &[6, 7, 8, 9, 10, 5, 4, 3, 2])? % 11;
    let expected = if rest < 2 { 2 - rest } else { 11 - rest };
    (u32::from(check - b'0') == expected).then_some(Verdict::checked(strength, true))
}
