//! Identifiers of Canada, Brazil and Mexico.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::{luhn, weighted};

pub(super) const CA_SIN: Recognizer = Recognizer {
    name: "CA_SIN",
    accepts: "nine digits that pass Luhn's check, with context",
    example: "SIN 130 692 544",
    source: "Employment and Social Development Canada, Social Insurance Number",
    find: &[Find::Shapes(
        &[Shape::new("999-999-999", Strength::Weak), Shape::new("999999999", Strength::Weak)],
        sin,
    )],
    context: "sin, social insurance, insurance number, canadian",
    ..BASE
};

fn sin(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    (!digits.starts_with(b"0") && !digits.starts_with(b"8") && luhn(digits))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const BR_CPF: Recognizer = Recognizer {
    name: "BR_CPF",
    accepts: "eleven digits with two passing check digits, as 123.456.789-09 or with context",
    example: "CPF 529.982.247-25",
    source: "Receita Federal, Cadastro de Pessoas Físicas (modulus 11)",
    find: &[Find::Lengths(1 << 11, cpf)],
    context: "cpf, contribuinte, cadastro, receita",
    ..BASE
};

fn cpf(candidate: &Candidate) -> Option<Verdict> {
    let digits = candidate.compact();
    let strength = match candidate.group_count() {
        1 => Strength::Weak,
        4 if candidate.gaps().eq([Gap::Dot, Gap::Dot, Gap::Dash]) => Strength::Strong,
        _ => return None,
    };
    if !candidate.is_number() || digits.iter().all(|b| digits.first() == Some(b)) {
        return None;
    }
    let check = |weights: &[u32]| weighted(digits, weights).map(|sum| sum * 10 % 11 % 10);
    let value = |i: usize| digits.get(i).map(|b| u32::from(b - b'0'));
    let passes = check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]) == value(9)
        && check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == value(10);
    passes.then_some(Verdict::checked(strength, true))
}

pub(super) const MX_CURP: Recognizer = Recognizer {
    name: "MX_CURP",
    accepts: "four letters, a date, sex, state, three consonants, a letter or digit, a check digit",
    example: "CURP HEGG560427MVZRRL04",
    source: "RENAPO, Instructivo normativo para la asignación de la CURP",
    find: &[Find::Shapes(&[Shape::new("AAAA999999AAAAAAX9", Strength::Strong)], curp)],
    context: "curp, registro",
    canonical: Canonical::Code,
    ..BASE
};

fn curp(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let mut sum = 0;
    for (&b, weight) in code.iter().take(17).zip((2..=18).rev()) {
        let value = match b {
            b'0'..=b'9' => b - b'0',
            b'A'..=b'N' => b - b'A' + 10,
            // The alphabet has an Ñ behind the N.
            b'O'..=b'Z' => b - b'A' + 11,
            _ => return None,
        };
        sum += u32::from(value) * weight;
    }
    let expected = (10 - sum % 10) % 10;
    let passes = code.last().map(|b| u32::from(b - b'0')) == Some(expected);
    let sex = matches!(code.get(10), Some(b'H' | b'M' | b'X'));
    (sex && passes).then_some(Verdict::checked(strength, true))
}
