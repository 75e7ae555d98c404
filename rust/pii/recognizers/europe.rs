//! Identifiers of the west, the south and the north of the European continent.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::{ends_in, is_day, is_monotonous, luhn, mod11_10, number, pair, weighted};

/// The letters of Spanish identity numbers, by the remainder modulo 23.
const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

pub(super) const ES_NIF: Recognizer = Recognizer {
    name: "ES_NIF",
    aliases: &["ES_DNI"],
    accepts: "seven or eight digits and their check letter",
    example: "DNI 12345678Z",
    source: "Real Decreto 1553/2005; remainder modulo 23",
    find: &[Find::Shapes(
        &[
            Shape::new("99999999A", Strength::Fair),
            Shape::new("99999999-A", Strength::Fair),
            Shape::new("9999999A", Strength::Weak),
            Shape::new("9999999-A", Strength::Weak),
        ],
        nif,
    )],
    context: "dni, nif, identidad, documento, identificación",
    canonical: Canonical::Code,
    ..BASE
};

fn nif(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    spanish(candidate.compact(), 0).then_some(Verdict::checked(strength, true))
}

fn spanish(code: &[u8], offset: u64) -> bool {
    let Some((letter, digits)) = code.split_last() else { return false };
    number(digits).is_some_and(|n| SPANISH.get(((n + offset) % 23) as usize) == Some(letter))
}

pub(super) const ES_NIE: Recognizer = Recognizer {
    name: "ES_NIE",
    accepts: "X, Y or Z, seven digits and their check letter",
    example: "NIE X9613851N",
    source: "Orden INT/2058/2008; remainder modulo 23",
    find: &[Find::Shapes(
        &[
            Shape::new("A9999999A", Strength::Fair),
            Shape::new("A9999999-A", Strength::Fair),
            Shape::new("A-9999999-A", Strength::Fair),
        ],
        nie,
    )],
    context: "nie, extranjero, identificación",
    canonical: Canonical::Code,
    ..BASE
};

fn nie(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let (first, rest) = candidate.compact().split_first()?;
    let offset = first.checked_sub(b'X').map(|n| u64::from(n) * 10_000_000)?;
    spanish(rest, offset).then_some(Verdict::checked(strength, true))
}

pub(super) const IT_FISCAL_CODE: Recognizer = Recognizer {
    name: "IT_FISCAL_CODE",
    aliases: &["IT_CODICE_FISCALE"],
    accepts: "sixteen characters of the codice fiscale with their check letter, or with context",
    example: "codice fiscale RSSMRA85T10A562S",
    source: "Decreto ministeriale 23 dicembre 1976",
    find: &[Find::Shapes(&[Shape::new("AAAAAA99A99A999A", Strength::Strong)], fiscal_code)],
    context: "codice fiscale, fiscale, cf",
    canonical: Canonical::Code,
    ..BASE
};

/// What characters in odd places count, by their place in the alphabet; digits count as the first ten.
const ODD: &[u32; 26] =
    &[1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

fn fiscal_code(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let (check, body) = candidate.compact().split_last()?;
    let mut sum = 0;
    for (i, &b) in body.iter().enumerate() {
        let place = usize::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' });
        sum += if i % 2 == 0 { *ODD.get(place)? } else { u32::try_from(place).ok()? };
    }
    // A letter for the month; a woman has forty added to the day.
    let month = body.get(8).is_some_and(|b| b"ABCDEHLMPRST".contains(b));
    let dated = month && matches!(pair(body, 9)?, 1..=31 | 41..=71);
    let passes = dated && sum % 26 == u32::from(check - b'A');
    Some(if passes { Verdict::checked(strength, true) } else { Verdict::shape(Strength::Weak) })
}

pub(super) const PL_PESEL: Recognizer = Recognizer {
    name: "PL_PESEL",
    accepts: "eleven digits that begin with a date, with a passing check digit and context",
    example: "PESEL 44051401458",
    source: "Ustawa o ewidencji ludności, art. 15 (weights 1, 3, 7, 9)",
    find: &[Find::Shapes(&[Shape::new("99999999999", Strength::Weak)], pesel)],
    context: "pesel, ewidencyjny, polish, numer",
    ..BASE
};

fn pesel(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let month = number(digits.get(2..4)?)? % 20;
    let day = number(digits.get(4..6)?)?;
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1])?;
    (sum % 10 == 0 && is_day(month, day)).then_some(Verdict::checked(strength, true))
}

pub(super) const FI_HETU: Recognizer = Recognizer {
    name: "FI_HETU",
    aliases: &["FI_PERSONAL_IDENTITY_CODE"],
    accepts: "a date, a sign of the century, three digits and their check character",
    example: "hetu 131052-308T",
    source: "Digital and Population Data Services Agency; remainder modulo 31",
    find: &[Find::Shapes(
        &[Shape::new("999999-999X", Strength::Fair), Shape::new("999999A999X", Strength::Fair)],
        hetu,
    )],
    context: "hetu, henkilötunnus, identity code, personal identity",
    canonical: Canonical::Code,
    ..BASE
};

fn hetu(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let serial = code.get(code.len().checked_sub(4)?..)?;
    let (check, individual) = serial.split_last()?;
    let date = number(code.get(..6)?)?;
    let day_and_month = is_day(date / 100 % 100, date / 10_000);
    let dashed = candidate.separator().is_none_or(|gap| gap == Gap::Dash);
    let century = code.len() == 10 || matches!(code.get(6), Some(b'A'..=b'F' | b'U'..=b'Y'));
    let expected =
        b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(((date * 1000 + number(individual)?) % 31) as usize);
    (day_and_month && dashed && century && expected == Some(check))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const SE_PERSONNUMMER: Recognizer = Recognizer {
    name: "SE_PERSONNUMMER",
    accepts: "a date and four digits that pass Luhn's check, dashed or with context",
    example: "personnummer 811228-9874",
    source: "Skatteverket SKV 704",
    find: &[Find::Shapes(
        &[
            Shape::new("999999-9999", Strength::Weak),
            Shape::new("99999999-9999", Strength::Fair),
            Shape::new("9999999999", Strength::Weak),
            Shape::new("999999999999", Strength::Weak),
        ],
        personnummer,
    )],
    context: "personnummer, pnr, samordningsnummer, identity code, swedish, personal number, personal identity, \
              identity number",
    ..BASE
};

fn personnummer(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let short = digits.get(digits.len().checked_sub(10)?..)?;
    let century = digits.len() == 10
        || digits.starts_with(b"19")
        || digits.starts_with(b"20")
        || digits.starts_with(b"18");
    let month = number(short.get(2..4)?)?;
    // A coordination number has sixty added to the day.
    let day = number(short.get(4..6)?)? % 60;
    (century && is_day(month, day) && luhn(short)).then_some(Verdict::checked(strength, true))
}

pub(super) const DE_TAX_ID: Recognizer = Recognizer {
    name: "DE_TAX_ID",
    accepts: "eleven digits with a passing check digit and context",
    example: "Steuer-ID 86095742719",
    source: "Bundeszentralamt für Steuern; ISO 7064 mod 11,10",
    find: &[Find::Shapes(
        &[Shape::new("99999999999", Strength::Weak), Shape::new("99-999-999-999", Strength::Weak)],
        steuer_id,
    )],
    context: "steuer, steuer id, idnr, steueridentifikationsnummer, tin, identifikationsnummer, steuernummer, \
              tax id, tax identification, german",
    ..BASE
};

fn steuer_id(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let (_, body) = digits.split_last()?;
    // Numbers are drawn so that no digit occurs more than three times; that one alone is repeated, as some say, others
    // don't.
    let drawn = !body.iter().any(|b| body.iter().filter(|other| *other == b).count() > 3);
    (drawn && !digits.starts_with(b"0") && mod11_10(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const FR_NIR: Recognizer = Recognizer {
    name: "FR_NIR",
    accepts: "sex, year, month, place, order and a passing key: fifteen characters",
    example: "NIR 2 55 08 14 168 025 38",
    source: "INSEE, numéro d'inscription au répertoire; key 97 minus the remainder modulo 97",
    find: &[Find::Shapes(
        &[
            Shape::new("999999999999999", Strength::Fair),
            Shape::new("9-99-99-99-999-999-99", Strength::Strong),
            Shape::new("9999999999999-99", Strength::Strong),
        ],
        nir,
    )],
    context: "nir, sécurité sociale, insee, sociale",
    ..BASE
};

fn nir(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let (body, key) = (number(digits.get(..13)?)?, number(digits.get(13..)?)?);
    let month = number(digits.get(3..5)?)?;
    let person = matches!(digits.first(), Some(b'1' | b'2')) && (matches!(month, 1..=12 | 20..=42 | 50..));
    (person && 97 - body % 97 == key).then_some(Verdict::checked(strength, true))
}

pub(super) const NL_BSN: Recognizer = Recognizer {
    name: "NL_BSN",
    accepts: "nine digits that pass the eleven test, with context",
    example: "BSN 111222333",
    source: "Rijksdienst voor Identiteitsgegevens, burgerservicenummer (elfproef)",
    find: &[Find::Shapes(&[Shape::new("999999999", Strength::Weak)], bsn)],
    context: "bsn, burgerservicenummer, sofinummer, dutch",
    ..BASE
};

fn bsn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    // The last digit counts minus one, which is ten modulo eleven.
    let sum = weighted(candidate.compact(), &[9, 8, 7, 6, 5, 4, 3, 2, 10])?;
    (sum % 11 == 0 && sum > 0).then_some(Verdict::checked(strength, true))
}

pub(super) const BE_NATIONAL_NUMBER: Recognizer = Recognizer {
    name: "BE_NATIONAL_NUMBER",
    aliases: &["BE_NRN"],
    severity: 1.0,
    accepts: "a date, a serial and a check of two digits, as 85.07.30-033.28 or with context",
    example: "rijksregisternummer 85.07.30-033.28",
    source: "Arrêté royal du 3 avril 1984 (97 minus the remainder modulo 97)",
    find: &[Find::Lengths(1 << 11, national_number)],
    context: "rijksregisternummer, rijksregister, registre national, numéro national, nationaal nummer, \
              national number, national id, belgian, bis number, nrn",
    ..BASE
};

fn national_number(candidate: &Candidate) -> Option<Verdict> {
    let digits = candidate.compact();
    let grouped = candidate.is_grouped(&[2, 2, 2, 3, 2]);
    let strength = match candidate.group_count() {
        1 => Strength::Weak,
        _ if grouped && candidate.gaps().eq([Gap::Dot, Gap::Dot, Gap::Dash, Gap::Dot]) => Strength::Strong,
        _ if grouped && candidate.is_uniform() => Strength::Fair,
        _ => return None,
    };
    // Twenty or forty are added to the month of who is not in the register; an unknown date has zeros.
    let dated = pair(digits, 2)? % 20 <= 12 && pair(digits, 4)? <= 31 && pair(digits, 2)? < 60;
    let (body, check) = (number(digits.get(..9)?)?, pair(digits, 9)?);
    // Who is born since 2000 has a two in front when the check is made.
    let passes = |n: u64| 97 - n % 97 == check;
    let passes = passes(body) || (pair(digits, 0)? <= 35 && passes(body + 2_000_000_000));
    (candidate.is_number() && dated && passes).then_some(Verdict::checked(strength, true))
}

pub(super) const PT_NIF: Recognizer = Recognizer {
    name: "PT_NIF",
    accepts: "nine digits with a passing check digit, with context",
    example: "contribuinte 501 964 843",
    source: "Decreto-Lei n.º 14/2013 (weights 9 to 2 modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("999999999", Strength::Weak), Shape::new("999-999-999", Strength::Weak)],
        portuguese,
    )],
    context: "nif, contribuinte, número fiscal, identificação fiscal, portuguese",
    ..BASE
};

fn portuguese(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let rest = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2])? % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    (!digits.starts_with(b"0") && ends_in(digits, check)).then_some(Verdict::checked(strength, true))
}

pub(super) const IE_PPS: Recognizer = Recognizer {
    name: "IE_PPS",
    severity: 1.0,
    accepts: "seven digits, their check letter and perhaps one letter more, with context",
    example: "PPS number 6433435F",
    source: "Department of Social Protection, Personal Public Service number (modulo 23)",
    find: &[Find::Shapes(
        &[
            Shape::new("9999999A", Strength::Weak),
            Shape::new("9999999AA", Strength::Weak),
            Shape::new("9999999-A", Strength::Weak),
            Shape::new("9999999-AA", Strength::Weak),
        ],
        pps,
    )],
    context: "pps, ppsn, pps number, public service",
    canonical: Canonical::Code,
    ..BASE
};

fn pps(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let second = match code.get(8) {
        // A spouse's letter counts nothing.
        None | Some(b'W' | b'T' | b'X') => 0,
        Some(&b @ (b'A' | b'B' | b'H')) => u32::from(b - b'A' + 1),
        _ => return None,
    };
    let sum = weighted(code.get(..7)?, &[8, 7, 6, 5, 4, 3, 2])? + 9 * second;
    (b"WABCDEFGHIJKLMNOPQRSTUV".get((sum % 23) as usize) == code.get(7))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const CH_AHV: Recognizer = Recognizer {
    name: "CH_AHV",
    aliases: &["CH_SSN"],
    severity: 1.0,
    accepts: "756, nine digits and a passing check digit",
    example: "AHV 756.9217.0769.85",
    source: "Zentrale Ausgleichsstelle ZAS, AHV-Nummer (EAN-13)",
    find: &[Find::Shapes(
        &[Shape::new("999-9999-9999-99", Strength::Strong), Shape::new("9999999999999", Strength::Fair)],
        ahv,
    )],
    context: "ahv, avs, ahv nummer, ahvn, navs, oasi, sozialversicherungsnummer, swiss",
    ..BASE
};

fn ahv(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let sum = weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1])?;
    (digits.starts_with(b"756") && sum % 10 == 0).then_some(Verdict::checked(strength, true))
}

pub(super) const AT_SVNR: Recognizer = Recognizer {
    name: "AT_SVNR",
    severity: 1.0,
    accepts: "a serial, a passing check digit and a date of birth: ten digits, with context",
    example: "Sozialversicherungsnummer 1237 010180",
    source: "Dachverband der Sozialversicherungsträger (weights 3 7 9 5 8 4 2 1 6 modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("9999-999999", Strength::Weak), Shape::new("9999999999", Strength::Weak)],
        svnr,
    )],
    context: "svnr, sv nummer, sozialversicherungsnummer, versicherungsnummer, vsnr, austrian, social insurance",
    ..BASE
};

fn svnr(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // Months above twelve serve where a day had no more serials.
    let dated = (1..=31).contains(&pair(digits, 4)?) && (1..=15).contains(&pair(digits, 6)?);
    let check = weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6])? % 11;
    (dated && !digits.starts_with(b"0") && ends_in(digits.get(..4)?, check))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const GR_AMKA: Recognizer = Recognizer {
    name: "GR_AMKA",
    severity: 1.0,
    accepts: "eleven digits that begin with a date and pass Luhn's check, with context",
    example: "AMKA 01013099997",
    source: "ΗΔΙΚΑ, Αριθμός Μητρώου Κοινωνικής Ασφάλισης",
    find: &[Find::Shapes(&[Shape::new("99999999999", Strength::Weak)], amka)],
    context: "amka, αμκα, ΑΜΚΑ, κοινωνικής ασφάλισης, greek",
    ..BASE
};

fn amka(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let dated = is_day(pair(digits, 2)?, pair(digits, 0)?);
    (dated && luhn(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const IT_VAT: Recognizer = Recognizer {
    name: "IT_VAT_CODE",
    aliases: &["IT_PARTITA_IVA"],
    severity: 0.3,
    accepts: "seven digits, an office and a digit that passes Luhn's check, with context",
    example: "partita IVA 01333550323",
    source: "DPR 633/1972, art. 35; Agenzia delle Entrate",
    find: &[Find::Shapes(&[Shape::new("99999999999", Strength::Weak)], partita_iva)],
    context: "partita iva, p iva, iva, piva, vat",
    ..BASE
};

fn partita_iva(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let office = matches!(number(digits.get(7..10)?)?, 1..=100 | 120 | 121 | 888 | 999);
    (office && !is_monotonous(digits.get(..7)?) && luhn(digits)).then_some(Verdict::checked(strength, true))
}
