//! Identifiers of Asia, Australia and Africa.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::Candidate;
use crate::pii::checksum::{is_day, luhn, number, verhoeff, weighted};

pub(super) const AU_TFN: Recognizer = Recognizer {
    name: "AU_TFN",
    accepts: "nine digits with a passing check and context",
    example: "TFN 876 543 210",
    source: "Australian Taxation Office; weights 1 4 3 7 5 8 6 9 10 modulo 11",
    find: &[Find::Shapes(
        &[Shape::new("999-999-999", Strength::Weak), Shape::new("999999999", Strength::Weak)],
        tfn,
    )],
    context: "tfn, tax file, file number",
    ..BASE
};

fn tfn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let sum = weighted(candidate.compact(), &[1, 4, 3, 7, 5, 8, 6, 9, 10])?;
    (sum % 11 == 0 && sum > 0).then_some(Verdict::checked(strength, true))
}

pub(super) const AU_MEDICARE: Recognizer = Recognizer {
    name: "AU_MEDICARE",
    accepts: "ten digits from 2 to 6 on with a passing check digit, with context",
    example: "Medicare 2123 45670 1",
    source: "Services Australia; weights 1 3 7 9 1 3 7 9 modulo 10",
    find: &[Find::Shapes(
        &[Shape::new("9999-99999-9", Strength::Weak), Shape::new("9999999999", Strength::Weak)],
        medicare,
    )],
    context: "medicare",
    ..BASE
};

fn medicare(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9])?;
    let check = digits.get(8).map(|b| u32::from(b - b'0'));
    (matches!(digits.first(), Some(b'2'..=b'6')) && check == Some(sum % 10))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const AU_ABN: Recognizer = Recognizer {
    name: "AU_ABN",
    severity: 0.3,
    accepts: "eleven digits with a passing check and context",
    example: "ABN 51 824 753 556",
    source: "Australian Business Register; modulus 89",
    find: &[Find::Shapes(
        &[Shape::new("99-999-999-999", Strength::Weak), Shape::new("99999999999", Strength::Weak)],
        abn,
    )],
    context: "abn, business number",
    ..BASE
};

fn abn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let sum = weighted(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19])?;
    (!digits.starts_with(b"0") && sum % 89 == 10).then_some(Verdict::checked(strength, true))
}

pub(super) const IN_PAN: Recognizer = Recognizer {
    name: "IN_PAN",
    accepts: "five letters, the fourth a kind of holder (or context), four digits, a letter",
    example: "PAN ABBPM4567S",
    source: "Income Tax Department of India, structure of the PAN",
    find: &[Find::Shapes(&[Shape::new("AAAAA9999A", Strength::Strong)], pan)],
    context: "pan, permanent account, income tax",
    canonical: Canonical::Code,
    ..BASE
};

fn pan(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let holder = candidate.compact().get(3)?;
    let known = b"ABCFGHJLPTE".contains(holder);
    Some(Verdict::shape(if known { strength } else { Strength::Weak }))
}

pub(super) const IN_AADHAAR: Recognizer = Recognizer {
    name: "IN_AADHAAR",
    accepts: "twelve digits from 2 on that pass Verhoeff's check, in fours or with context",
    example: "Aadhaar 3123 4567 8909",
    source: "UIDAI; Verhoeff (1969)",
    find: &[Find::Shapes(
        &[Shape::new("9999-9999-9999", Strength::Weak), Shape::new("999999999999", Strength::Weak)],
        aadhaar,
    )],
    context: "aadhaar, aadhar, uidai, uid",
    ..BASE
};

fn aadhaar(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let mirrored = digits.iter().eq(digits.iter().rev());
    (matches!(digits.first(), Some(b'2'..=b'9')) && !mirrored && verhoeff(digits))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const SG_NRIC: Recognizer = Recognizer {
    name: "SG_NRIC",
    aliases: &["SG_NRIC_FIN"],
    accepts: "S, T, F, G or M, seven digits and their check letter; other letters need context",
    example: "NRIC S9108268C",
    source: "Immigration and Checkpoints Authority of Singapore; weights 2 7 6 5 4 3 2 modulo 11",
    find: &[Find::Shapes(&[Shape::new("A9999999A", Strength::Fair)], nric)],
    context: "nric, fin, singapore, identity",
    canonical: Canonical::Code,
    ..BASE
};

fn nric(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let (series, check) = (*code.first()?, code.last()?);
    let sum = weighted(code.get(1..8)?, &[2, 7, 6, 5, 4, 3, 2])?;
    let (offset, letters) = match series {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"KLJNPQRTUWX"),
        // No series, but words may say that it is one all the same.
        _ => return Some(Verdict::shape(Strength::Weak)),
    };
    let rest = ((sum + offset) % 11) as usize;
    let passes = letters.get(if series == b'M' { 10 - rest } else { rest }) == Some(check);
    // Series M has its letters printed in either direction.
    let passes = passes || (series == b'M' && letters.get(rest) == Some(check));
    // The check letters are known by use, not by decree: a failing one leaves the shape.
    Some(if passes { Verdict::checked(strength, true) } else { Verdict::shape(Strength::Weak) })
}

pub(super) const KR_RRN: Recognizer = Recognizer {
    name: "KR_RRN",
    severity: 1.0,
    accepts: "a date, a dash and seven digits; without a dash with context",
    example: "RRN 960121-1234567",
    source: "Resident Registration Act of Korea; numbers since October 2020 carry no check digit",
    find: &[Find::Shapes(
        &[Shape::new("999999-9999999", Strength::Fair), Shape::new("9999999999999", Strength::Weak)],
        rrn,
    )],
    context: "rrn, resident registration, korean, 주민등록번호, 주민번호",
    ..BASE
};

fn rrn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let (month, day) = (number(digits.get(2..4)?)?, number(digits.get(4..6)?)?);
    let person = matches!(digits.get(6), Some(b'1'..=b'4'));
    (person && is_day(month, day)).then_some(Verdict::shape(strength))
}

pub(super) const TH_TNIN: Recognizer = Recognizer {
    name: "TH_TNIN",
    accepts: "thirteen digits with a passing check digit and context",
    example: "Thai ID 1-2345-67890-12-1",
    source: "Department of Provincial Administration of Thailand; weights 13 to 2 modulo 11",
    find: &[Find::Shapes(
        &[Shape::new("9-9999-99999-99-9", Strength::Fair), Shape::new("9999999999999", Strength::Weak)],
        tnin,
    )],
    context: "thai, thailand, tnin, national id, บัตรประชาชน",
    ..BASE
};

fn tnin(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let (check, body) = candidate.compact().split_last()?;
    let sum = weighted(body, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2])?;
    // Behind the category stands the province.
    let province = matches!(number(body.get(1..3)?)?, 10..=96);
    (province && matches!(body.first(), Some(b'1'..=b'8')) && (11 - sum % 11) % 10 == u32::from(check - b'0'))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const TR_NATIONAL_ID: Recognizer = Recognizer {
    name: "TR_NATIONAL_ID",
    aliases: &["TR_TCKN"],
    accepts: "eleven digits with two passing check digits and context",
    example: "TC kimlik 10000000146",
    source: "Nüfus Hizmetleri Kanunu, T.C. kimlik numarası",
    find: &[Find::Shapes(&[Shape::new("99999999999", Strength::Weak)], tckn)],
    context: "tc, kimlik, tckn, turkish, türkiye",
    ..BASE
};

fn tckn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let odd = weighted(digits, &[7, 9, 7, 9, 7, 9, 7, 9, 7])?;
    let all = weighted(digits, &[1; 10])?;
    let value = |i: usize| digits.get(i).map(|b| u32::from(b - b'0'));
    // Nine is minus one modulo ten.
    let passes = value(9) == Some(odd % 10) && value(10) == Some(all % 10);
    (passes && !digits.starts_with(b"0")).then_some(Verdict::checked(strength, true))
}

pub(super) const ZA_ID: Recognizer = Recognizer {
    name: "ZA_ID_NUMBER",
    aliases: &["ZA_ID"],
    accepts: "thirteen digits that begin with a date and pass Luhn's check, with context",
    example: "South African ID 8001015009087",
    source: "Department of Home Affairs of South Africa, Identification Act",
    find: &[Find::Shapes(
        &[Shape::new("9999999999999", Strength::Weak), Shape::new("999999-9999-999", Strength::Weak)],
        za_id,
    )],
    context: "south african, rsa, id number, identity number, sa id, resident number, african id",
    ..BASE
};

fn za_id(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let (month, day) = (number(digits.get(2..4)?)?, number(digits.get(4..6)?)?);
    let citizen = matches!(digits.get(10), Some(b'0'..=b'2'));
    (is_day(month, day) && citizen && luhn(digits)).then_some(Verdict::checked(strength, true))
}
