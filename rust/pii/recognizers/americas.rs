//! Identifiers of Canada and Latin America.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::{digit, ends_in, is_date, is_monotonous, luhn, pair, weighted};

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
        4 if candidate.is_uniform() && candidate.is_grouped(&[3, 3, 3, 2]) => Strength::Weak,
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
    let dated = is_date(pair(code, 4)?, pair(code, 6)?, pair(code, 8)?);
    (sex && dated && passes).then_some(Verdict::checked(strength, true))
}

pub(super) const BR_CNPJ: Recognizer = Recognizer {
    name: "BR_CNPJ",
    severity: 0.3,
    accepts: "fourteen characters with two passing check digits, as 12.345.678/0001-95 or with context",
    example: "CNPJ 16.727.230/0001-97",
    source: "Receita Federal, Cadastro Nacional da Pessoa Jurídica; letters since Instrução Normativa 2229/2024",
    find: &[Find::Lengths(1 << 14, cnpj)],
    context: "cnpj, pessoa jurídica, cadastro, receita, empresa",
    canonical: Canonical::Code,
    ..BASE
};

fn cnpj(candidate: &Candidate) -> Option<Verdict> {
    let code = candidate.compact();
    let strength = match candidate.group_count() {
        1 => Strength::Weak,
        5 if candidate.gaps().eq([Gap::Dot, Gap::Dot, Gap::Slash, Gap::Dash]) => Strength::Strong,
        5 if candidate.is_uniform() && candidate.is_grouped(&[2, 3, 3, 4, 2]) => Strength::Weak,
        _ => return None,
    };
    // A letter counts its place in ASCII behind the digit zero.
    let check = |weights: &[u32]| {
        let sum: u32 = code.iter().zip(weights).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
        sum * 10 % 11 % 10
    };
    let first = check(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = check(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let passes = ends_in(code.get(..13)?, first) && ends_in(code, second);
    (passes && !is_monotonous(code)).then_some(Verdict::checked(strength, true))
}

pub(super) const MX_RFC: Recognizer = Recognizer {
    name: "MX_RFC",
    accepts: "three or four letters, a date, two characters and a passing check character, or with context",
    example: "RFC GODE561231GR8",
    source: "SAT, Registro Federal de Contribuyentes (weights 13 to 2 modulo 11)",
    find: &[Find::Shapes(
        &[
            Shape::new("AAAA999999XXX", Strength::Strong),
            Shape::new("AAAA-999999-XXX", Strength::Strong),
            Shape::new("AAA999999XXX", Strength::Weak),
            Shape::new("AAA-999999-XXX", Strength::Weak),
        ],
        rfc,
    )],
    context: "rfc, contribuyentes, registro federal, sat, taxpayer",
    canonical: Canonical::Code,
    ..BASE
};

fn rfc(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let (check, body) = code.split_last()?;
    let at = code.len().checked_sub(9)?;
    if !is_date(pair(code, at)?, pair(code, at + 2)?, pair(code, at + 4)?) {
        return None;
    }
    // The alphabet has an ampersand behind the N; a company's code counts a blank in front, which is 37.
    let value = |b: u8| match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'N' => u32::from(b - b'A') + 10,
        _ => u32::from(b - b'A') + 11,
    };
    let sum: u32 = body.iter().rev().zip(2..).map(|(&b, weight)| value(b) * weight).sum();
    let sum = if body.len() == 11 { sum + 37 * 13 } else { sum };
    let passes = b"0123456789A".get(((11 - sum % 11) % 11) as usize) == Some(check);
    Some(if passes { Verdict::checked(strength, true) } else { Verdict::checked(Strength::Weak, false) })
}

pub(super) const AR_CUIT: Recognizer = Recognizer {
    name: "AR_CUIT",
    aliases: &["AR_CUIL"],
    accepts: "a known type, eight digits and a passing check digit, dashed or with context",
    example: "CUIT 20-05536168-2",
    source: "AFIP, Clave Única de Identificación Tributaria (weights 5 4 3 2 7 6 5 4 3 2 modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("99-99999999-9", Strength::Fair), Shape::new("99999999999", Strength::Weak)],
        cuit,
    )],
    context: "cuit, cuil, afip, identificación tributaria",
    ..BASE
};

fn cuit(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let known = matches!(pair(digits, 0)?, 20 | 23 | 24 | 27 | 30 | 33 | 34 | 50 | 51 | 55);
    let check = match 11 - weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])? % 11 {
        11 => 0,
        10 => 9,
        check => check,
    };
    (known && ends_in(digits, check)).then_some(Verdict::checked(strength, true))
}

pub(super) const CL_RUT: Recognizer = Recognizer {
    name: "CL_RUT",
    aliases: &["CL_RUN"],
    accepts: "seven or eight digits and their check character, as 12.345.678-5 or with context",
    example: "RUT 12.531.909-2",
    source: "Servicio de Registro Civil e Identificación (weights 2 to 7 modulo 11)",
    find: &[Find::Lengths(0b11 << 8, rut)],
    context: "rut, run, rol único, cédula, chilean",
    canonical: Canonical::Code,
    ..BASE
};

fn rut(candidate: &Candidate) -> Option<Verdict> {
    let (check, body) = candidate.compact().split_last()?;
    let gaps = || candidate.gaps();
    let last = candidate.group_lengths().last();
    let strength = match candidate.group_count() {
        1 => Strength::Weak,
        2 if last == Some(1) && gaps().eq([Gap::Dash]) => Strength::Weak,
        4 if last == Some(1) && gaps().eq([Gap::Dot, Gap::Dot, Gap::Dash]) => Strength::Fair,
        4 if candidate.is_uniform() && candidate.group_lengths().skip(1).eq([3, 3, 1]) => Strength::Weak,
        _ => return None,
    };
    let weights = (2..=7).cycle();
    let sum: u32 =
        body.iter().rev().zip(weights).map(|(&b, w)| digit(b).map(|d| d * w)).sum::<Option<u32>>()?;
    let passes = b"0K987654321".get((sum % 11) as usize) == Some(check);
    (passes && !is_monotonous(body)).then_some(Verdict::checked(strength, true))
}

pub(super) const CO_NIT: Recognizer = Recognizer {
    name: "CO_NIT",
    accepts: "nine digits and a passing check digit, as 213.123.432-1 or with context",
    example: "NIT 213.123.432-1",
    source: "DIAN, Número de Identificación Tributaria (primes as weights, modulo 11)",
    find: &[Find::Lengths(1 << 10, nit)],
    context: "nit, identificación tributaria, dian, cédula, colombian",
    ..BASE
};

fn nit(candidate: &Candidate) -> Option<Verdict> {
    let (gaps, last) = (|| candidate.gaps(), candidate.group_lengths().last());
    let strength = match candidate.group_count() {
        1 => Strength::Weak,
        2 if last == Some(1) && gaps().eq([Gap::Dash]) => Strength::Weak,
        4 if candidate.is_grouped(&[3, 3, 3, 1]) && gaps().eq([Gap::Dot, Gap::Dot, Gap::Dash]) => {
            Strength::Fair
        }
        4 if candidate.is_grouped(&[3, 3, 3, 1]) && candidate.is_uniform() => Strength::Weak,
        _ => return None,
    };
    let digits = candidate.compact();
    let rest = weighted(digits, &[41, 37, 29, 23, 19, 17, 13, 7, 3])? % 11;
    let check = if rest < 2 { rest } else { 11 - rest };
    (ends_in(digits, check) && !is_monotonous(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const DO_CEDULA: Recognizer = Recognizer {
    name: "DO_CEDULA",
    accepts: "eleven digits that pass Luhn's check, with context",
    example: "cédula 224-0002211-1",
    source: "Junta Central Electoral, cédula de identidad y electoral",
    find: &[Find::Shapes(
        &[Shape::new("999-9999999-9", Strength::Weak), Shape::new("99999999999", Strength::Weak)],
        dominican,
    )],
    context: "cédula, cedula, cédula de, dominican, dominicana",
    ..BASE
};

fn dominican(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    (luhn(digits) && !is_monotonous(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const EC_CEDULA: Recognizer = Recognizer {
    name: "EC_CEDULA",
    accepts: "a province, a digit up to 6, six digits and a passing check digit, with context",
    example: "cédula 171430710-3",
    source: "Registro Civil del Ecuador, cédula de identidad",
    find: &[Find::Shapes(
        &[Shape::new("9999999999", Strength::Weak), Shape::new("999999999-9", Strength::Weak)],
        ecuadorian,
    )],
    context: "cédula, cedula, ecuadorian, ecuatoriana, registro civil",
    ..BASE
};

fn ecuadorian(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let province = matches!(pair(digits, 0)?, 1..=24 | 30 | 50);
    let natural = matches!(digits.get(2), Some(b'0'..=b'6'));
    (province && natural && luhn(digits)).then_some(Verdict::checked(strength, true))
}
