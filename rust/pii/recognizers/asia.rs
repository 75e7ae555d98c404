//! Identifiers of Asia, Australia and Africa.

use super::{BASE, Canonical, Find, Recognizer, Shape, Span, Strength, Verdict};
use crate::pii::candidate::{Candidate, Gap, before, byte};
use crate::pii::checksum::{digit, ends_in, is_day, is_monotonous, luhn, number, pair, verhoeff, weighted};

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
    // The two check digits are a remainder from 11 on.
    (digits >= b"11".as_slice() && sum % 89 == 10).then_some(Verdict::checked(strength, true))
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
    accepts: "twelve digits from 2 on that pass Verhoeff's check, in one piece or in fours, with context",
    example: "Aadhaar 3123 4567 8909",
    source: "UIDAI; Verhoeff (1969)",
    find: &[
        Find::Shapes(
            &[Shape::new("9999-9999-9999", Strength::Weak), Shape::new("999999999999", Strength::Weak)],
            aadhaar,
        ),
        Find::Numbers(aadhaar_with_colons),
    ],
    context: "aadhaar, aadhar, uidai, uid",
    ..BASE
};

fn aadhaar(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    resident(candidate.compact(), strength)
}

/// Three groups of four with colons between.
fn aadhaar_with_colons(text: &[u8], start: usize, first: usize) -> Option<(Span, Verdict)> {
    const LENGTH: usize = 14;
    if first != start + 4 || byte(text, first) != b':' {
        return None;
    }
    let end = start + LENGTH;
    let value = text.get(start..end)?;
    let free = |b: u8| !b.is_ascii_alphanumeric() && b != b':' && b != b'-';
    let fits =
        value.iter().enumerate().all(|(i, b)| if i % 5 == 4 { *b == b':' } else { b.is_ascii_digit() });
    // A label's colon may stand right before it.
    let label = before(text, start) == b':' && !before(text, start - 1).is_ascii_digit();
    if !fits || !free(byte(text, end)) || !(label || free(before(text, start))) {
        return None;
    }
    let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_digit).collect();
    Some(((start, end), resident(&digits, Strength::Weak)?))
}

fn resident(digits: &[u8], strength: Strength) -> Option<Verdict> {
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
    registered(candidate.compact(), strength, b"1234")
}

/// A date, and a digit for sex, century and nationality.
fn registered(digits: &[u8], strength: Strength, persons: &[u8]) -> Option<Verdict> {
    let person = digits.get(6).is_some_and(|b| persons.contains(b));
    (person && is_day(pair(digits, 2)?, pair(digits, 4)?)).then_some(Verdict::shape(strength))
}

pub(super) const KR_FRN: Recognizer = Recognizer {
    name: "KR_FRN",
    severity: 1.0,
    accepts: "a date and seven digits from 5 to 8 on, with context",
    example: "FRN 911124-5678901",
    source: "Immigration Act of Korea, foreigner registration number",
    find: &[Find::Shapes(
        &[Shape::new("999999-9999999", Strength::Fair), Shape::new("9999999999999", Strength::Weak)],
        frn,
    )],
    context: "frn, foreigner registration, foreign registration, alien registration, korean, 외국인등록번호",
    ..BASE
};

fn frn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    registered(candidate.compact(), strength, b"5678")
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

pub(super) const AU_ACN: Recognizer = Recognizer {
    name: "AU_ACN",
    severity: 0.3,
    accepts: "nine digits with a passing check digit, with context",
    example: "ACN 005 499 981",
    source: "ASIC, Australian Company Number (weights 8 to 1 modulo 10)",
    find: &[Find::Shapes(
        &[Shape::new("999-999-999", Strength::Weak), Shape::new("999999999", Strength::Weak)],
        acn,
    )],
    context: "acn, company number, australian company",
    ..BASE
};

fn acn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let rest = weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1])? % 10;
    ends_in(digits, (10 - rest) % 10).then_some(Verdict::checked(strength, true))
}

pub(super) const NZ_IRD: Recognizer = Recognizer {
    name: "NZ_IRD",
    accepts: "eight or nine digits of the range that is issued with a passing check digit, with context",
    example: "IRD 49-098-576",
    source: "Inland Revenue, IRD number validation (two rows of weights modulo 11)",
    find: &[Find::Shapes(
        &[
            Shape::new("99-999-999", Strength::Weak),
            Shape::new("999-999-999", Strength::Weak),
            Shape::new("99999999", Strength::Weak),
            Shape::new("999999999", Strength::Weak),
        ],
        ird,
    )],
    context: "ird, ird number, inland revenue",
    ..BASE
};

fn ird(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // Eight digits count as nine with a zero in front.
    let body = digits.get(digits.len().checked_sub(8)?..)?;
    let lead = digits.len().checked_sub(9).and_then(|_| digits.first().copied()).and_then(digit).unwrap_or(0);
    let mut rest = (3 * lead + weighted(body, &[2, 7, 6, 5, 4, 3, 2])?) % 11;
    if rest == 1 {
        rest = (7 * lead + weighted(body, &[4, 3, 2, 5, 2, 7, 6])?) % 11;
    }
    let issued = matches!(number(digits)?, 10_000_001..=149_999_999);
    (issued && ends_in(digits, (11 - rest) % 11)).then_some(Verdict::checked(strength, true))
}

pub(super) const IN_VOTER: Recognizer = Recognizer {
    name: "IN_VOTER",
    aliases: &["IN_EPIC"],
    accepts: "three letters and seven digits, with context",
    example: "voter ID WKH1186253",
    source: "Election Commission of India, EPIC number (Luhn's check, which older cards lack)",
    find: &[Find::Shapes(&[Shape::new("AAA9999999", Strength::Weak)], voter)],
    context: "voter, voter id, epic, election, elector, vote",
    canonical: Canonical::Code,
    ..BASE
};

fn voter(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let passes = luhn(candidate.compact().get(3..)?);
    Some(if passes { Verdict::checked(strength, true) } else { Verdict::shape(strength) })
}

pub(super) const IN_GSTIN: Recognizer = Recognizer {
    name: "IN_GSTIN",
    severity: 0.5,
    accepts: "a state, a permanent account number, a registration, Z and a passing check character, or context",
    example: "GSTIN 27AAPFU0939F1ZV",
    source: "GST Network, structure of the GSTIN (Luhn's check over 36 characters)",
    find: &[Find::Shapes(&[Shape::new("99AAAAA9999AXAX", Strength::Strong)], gstin)],
    context: "gstin, gst, tax identification",
    canonical: Canonical::Code,
    ..BASE
};

fn gstin(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let state = matches!(pair(code, 0)?, 1..=38 | 97);
    let registered = code.get(13) == Some(&b'Z') && code.get(12) != Some(&b'0');
    let double = |(i, &b): (usize, &u8)| {
        let value = char::from(b).to_digit(36)?;
        Some(if i % 2 == 0 { value } else { value * 2 / 36 + value * 2 % 36 })
    };
    let sum: u32 = code.iter().rev().enumerate().map(double).sum::<Option<u32>>()?;
    let verdict = if sum.is_multiple_of(36) {
        Verdict::checked(strength, true)
    } else {
        Verdict::shape(Strength::Weak)
    };
    (state && registered).then_some(verdict)
}

pub(super) const JP_MY_NUMBER: Recognizer = Recognizer {
    name: "JP_MY_NUMBER",
    severity: 1.0,
    accepts: "twelve digits with a passing check digit, with context",
    example: "My Number 6214 9832 0257",
    source: "行政手続における特定の個人を識別するための番号の利用等に関する法律 (a weighted sum modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("9999-9999-9999", Strength::Weak), Shape::new("999999999999", Strength::Weak)],
        my_number,
    )],
    context: "my number, mynumber, individual number, マイナンバー, 個人番号, kojin bango",
    ..BASE
};

fn my_number(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let rest = weighted(digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])? % 11;
    (ends_in(digits, (11 - rest) % 11 % 10) && !is_monotonous(digits))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const CN_RESIDENT_ID: Recognizer = Recognizer {
    name: "CN_RESIDENT_ID",
    severity: 1.0,
    accepts: "region, date of birth, serial and a passing check character: eighteen characters",
    example: "身份证 360426199101010071",
    source: "GB 11643-1999 (ISO 7064 mod 11-2)",
    find: &[Find::Shapes(&[Shape::new("99999999999999999X", Strength::Strong)], resident_id)],
    context: "身份证, 身份证号, 身份证号码, 公民身份号码, resident id, resident identity, chinese id, national id, identity card",
    canonical: Canonical::Code,
    ..BASE
};

fn resident_id(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let region =
        matches!(pair(code, 0)?, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83);
    let dated = matches!(number(code.get(6..10)?)?, 1880..=2049) && is_day(pair(code, 10)?, pair(code, 12)?);
    let sum = weighted(code.get(..17)?, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])?;
    let passes = b"10X98765432".get((sum % 11) as usize) == code.last();
    (region && dated && passes).then_some(Verdict::checked(strength, true))
}

pub(super) const TW_ID: Recognizer = Recognizer {
    name: "TW_ID",
    severity: 1.0,
    accepts: "a letter, a digit for the sex and eight digits with a passing check, with context",
    example: "Taiwan ID A123456789",
    source: "戶籍法, 國民身分證統一編號; residents' numbers since January 2021",
    find: &[Find::Shapes(&[Shape::new("A999999999", Strength::Weak)], taiwanese)],
    context: "taiwan, taiwanese, roc id, 身分證, 身分證字號, 統一編號, national id",
    canonical: Canonical::Code,
    ..BASE
};

fn taiwanese(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let (letter, digits) = candidate.compact().split_first()?;
    // Letters were given to places in this order, from ten on.
    let place = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|b| b == letter)? + 10;
    let place = u32::try_from(place).ok()?;
    let sum = place / 10 + place % 10 * 9 + weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1])?;
    (matches!(digits.first(), Some(b'1' | b'2' | b'8' | b'9')) && sum % 10 == 0)
        .then_some(Verdict::checked(strength, true))
}

pub(super) const HK_ID: Recognizer = Recognizer {
    name: "HK_ID",
    aliases: &["HKID"],
    severity: 1.0,
    accepts: "one or two letters, six digits and a passing check character in parentheses, or with context",
    example: "HKID A123456(3)",
    source: "Immigration Department of Hong Kong (weights 9 to 1 modulo 11)",
    find: &[Find::Lengths(0b11 << 8, hong_kong)],
    context: "hkid, hong kong, identity card, 身份證, 身分證",
    canonical: Canonical::Code,
    widen: Some(closing),
    ..BASE
};

fn hong_kong(candidate: &Candidate) -> Option<Verdict> {
    let (check, body) = candidate.compact().split_last()?;
    let letters = body.len().checked_sub(6)?;
    let leading = candidate.digits() & ((1 << body.len()) - 1) == 0b11_1111 << letters;
    let strength = match candidate.group_count() {
        1 => Strength::Weak,
        2 if candidate.is_grouped(&[body.len(), 1]) && candidate.gaps().eq([Gap::Open]) => Strength::Fair,
        _ => return None,
    };
    let value = |b: u8| char::from(b).to_digit(36);
    let weighed = body.iter().rev().zip(2..).map(|(&b, weight)| value(b).map(|v| v * weight));
    // A blank stands for a first letter that is not there, and counts 36.
    let blank = if letters == 1 { 36 * 9 } else { 0 };
    let sum = weighed.sum::<Option<u32>>()? + blank + value(*check).filter(|&v| v <= 10)?;
    (leading && sum % 11 == 0).then_some(Verdict::checked(strength, true))
}

/// Takes in the parenthesis behind the check character.
fn closing(text: &[u8], start: usize, end: usize) -> Span {
    let open = end >= 2 && byte(text, end - 2) == b'(';
    (start, end + usize::from(open && byte(text, end) == b')'))
}

pub(super) const MY_NRIC: Recognizer = Recognizer {
    name: "MY_NRIC",
    aliases: &["MY_MYKAD"],
    severity: 1.0,
    accepts: "a date, a place of birth and four digits, with context",
    example: "MyKad 770305-02-1234",
    source: "Jabatan Pendaftaran Negara, codes of places of birth",
    find: &[Find::Shapes(
        &[Shape::new("999999-99-9999", Strength::Fair), Shape::new("999999999999", Strength::Weak)],
        mykad,
    )],
    context: "mykad, nric, kad pengenalan, malaysian, ic number, ic no, identity card",
    ..BASE
};

fn mykad(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let place = !matches!(pair(digits, 6)?, 0 | 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97);
    (place && is_day(pair(digits, 2)?, pair(digits, 4)?)).then_some(Verdict::shape(strength))
}

pub(super) const ID_NIK: Recognizer = Recognizer {
    name: "ID_NIK",
    aliases: &["ID_KTP"],
    severity: 1.0,
    accepts: "a district, a date of birth and four digits: sixteen digits, with context",
    example: "NIK 3171011708450001",
    source: "Undang-Undang Nomor 23 Tahun 2006, Nomor Induk Kependudukan",
    find: &[Find::Shapes(&[Shape::new("9999999999999999", Strength::Weak)], nik)],
    context: "nik, ktp, induk kependudukan, indonesian",
    ..BASE
};

fn nik(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // A woman has forty added to the day.
    let day = pair(digits, 6)?;
    let dated = is_day(pair(digits, 8)?, if day > 40 { day - 40 } else { day });
    let province =
        matches!(pair(digits, 0)?, 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97);
    (province && dated).then_some(Verdict::shape(strength))
}

pub(super) const PK_CNIC: Recognizer = Recognizer {
    name: "PK_CNIC",
    severity: 1.0,
    accepts: "a province, twelve digits more, with context",
    example: "CNIC 54201-1234567-1",
    source: "NADRA, Computerised National Identity Card",
    find: &[Find::Shapes(
        &[Shape::new("99999-9999999-9", Strength::Fair), Shape::new("9999999999999", Strength::Weak)],
        cnic,
    )],
    context: "cnic, nadra, nicop, pakistani, national identity",
    ..BASE
};

fn cnic(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let person = matches!(digits.first(), Some(b'1'..=b'7')) && digits.last() != Some(&b'0');
    (person && !is_monotonous(digits)).then_some(Verdict::shape(strength))
}

pub(super) const IL_ID: Recognizer = Recognizer {
    name: "IL_ID",
    aliases: &["IL_ID_NUMBER"],
    severity: 1.0,
    accepts: "nine digits that pass Luhn's check, with context",
    example: "teudat zehut 039337423",
    source: "Population and Immigration Authority of Israel",
    find: &[Find::Shapes(
        &[Shape::new("999999999", Strength::Weak), Shape::new("99999999-9", Strength::Weak)],
        israeli,
    )],
    context: "teudat zehut, teudat, zehut, mispar zehut, israeli, זהות, תעודת זהות",
    ..BASE
};

fn israeli(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    (luhn(digits) && !is_monotonous(digits)).then_some(Verdict::checked(strength, true))
}
