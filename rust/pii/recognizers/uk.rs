//! Identifiers of the United Kingdom.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::Candidate;
use crate::pii::checksum::weighted;

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
