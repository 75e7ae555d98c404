//! Identifiers of the United States, and those that every country writes much alike (passports, licences,
//! accounts, medical records, dates of birth): weak shapes that need words around them.

use super::{BASE, Canonical, Find, Recognizer, Shape, Strength, Tier, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::{ends_in, is_monotonous, luhn, number, pair, weighted};
use crate::pii::context::against;

pub(super) const SSN: Recognizer = Recognizer {
    name: "US_SSN",
    aliases: &["SSN"],
    severity: 1.0,
    tier: Tier::Default,
    accepts: "123-45-6789 with an area, group and serial that are issued; other writings need context",
    example: "her SSN is 536-90-4399",
    source: "Social Security Administration, randomisation of 2011 (no area 000, 666 or 9xx)",
    find: &[Find::Shapes(
        &[
            Shape::new("999-99-9999", Strength::Strong),
            Shape::new("999999999", Strength::Weak),
            Shape::new("999-999999", Strength::Weak),
            Shape::new("99999-9999", Strength::Weak),
        ],
        ssn,
    )],
    context: "ssn, ssns, social, social security, security number, soc sec, ss number, ssa, taxpayer",
    labels: "",
    against: against::ANY,
    canonical: Canonical::Digits,
    belongs: Some(is_social_security),
    widen: None,
};

/// Whether a number without dashes is not said to be one of a social insurance, which other countries have.
fn is_social_security(text: &[u8], start: usize, _: usize) -> bool {
    const FAR: usize = 32;
    let before = text.get(start.saturating_sub(FAR)..start).unwrap_or_default();
    let insurance = b"social insurance";
    text.get(start + 3) == Some(&b'-')
        || !before.windows(insurance.len()).any(|words| words.eq_ignore_ascii_case(insurance))
}

/// Numbers that were printed in advertisements and belong to nobody.
const ADVERTISED: &[&[u8]] = &[b"078051120", b"219099999"];

fn ssn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let (area, group, serial) = (digits.get(..3)?, digits.get(3..5)?, digits.get(5..)?);
    if area == b"000" || area == b"666" || group == b"00" || serial == b"0000" || !candidate.is_uniform() {
        return None;
    }
    // Written with spaces or dots it may be any number; areas above 899 were never issued.
    let strength = match candidate.separator() {
        Some(Gap::Dash) if area < b"900".as_slice() => strength,
        Some(Gap::Dash) => strength.min(Strength::Fair),
        _ => Strength::Weak,
    };
    if ADVERTISED.contains(&digits) {
        return Some(Verdict::checked(Strength::Weak, false));
    }
    Some(Verdict::shape(strength))
}

pub(super) const ITIN: Recognizer = Recognizer {
    name: "US_ITIN",
    aliases: &["ITIN"],
    severity: 0.9,
    accepts: "912-34-5678 with a group that is issued; other writings need context",
    example: "ITIN 911-70-1234",
    source: "IRS Internal Revenue Manual 3.21.263 (groups 50-65, 70-88, 90-92, 94-99)",
    find: &[Find::Shapes(
        &[
            Shape::new("999-99-9999", Strength::Strong),
            Shape::new("999999999", Strength::Weak),
            Shape::new("999-999999", Strength::Weak),
            Shape::new("99999-9999", Strength::Weak),
        ],
        itin,
    )],
    context: "itin, taxpayer, tax id, individual taxpayer",
    ..BASE
};

fn itin(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let issued = matches!(number(digits.get(3..5)?)?, 50..=65 | 70..=88 | 90..=92 | 94..=99);
    let strength = if candidate.separator() == Some(Gap::Dash) { strength } else { Strength::Weak };
    (issued && digits.starts_with(b"9")).then_some(Verdict::shape(strength))
}

pub(super) const ROUTING: Recognizer = Recognizer {
    name: "US_BANK_ROUTING",
    aliases: &["ABA_ROUTING_NUMBER", "US_ABA_ROUTING"],
    severity: 0.4,
    accepts: "nine digits of an issued range with a passing check digit and context",
    example: "routing number 121000358",
    source: "American Bankers Association, routing number policy (weights 3 7 1)",
    find: &[Find::Shapes(
        &[Shape::new("999999999", Strength::Weak), Shape::new("9999-9999-9", Strength::Weak)],
        routing,
    )],
    context: "routing, aba, rtn, routing number, bank",
    ..BASE
};

fn routing(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let issued = matches!(number(digits.get(..2)?)?, 1..=12 | 21..=32 | 61..=72 | 80);
    let sum = weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1])?;
    (issued && sum % 10 == 0).then_some(Verdict::checked(strength, true))
}

pub(super) const NPI: Recognizer = Recognizer {
    name: "US_NPI",
    severity: 0.4,
    accepts: "ten digits from 1 or 2 on that pass Luhn's check behind 80840, with context",
    example: "NPI 1234567893",
    source: "45 CFR 162.406",
    find: &[Find::Shapes(
        &[Shape::new("9999999999", Strength::Weak), Shape::new("9999-999-999", Strength::Weak)],
        npi,
    )],
    context: "npi, provider, national provider",
    ..BASE
};

fn npi(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let prefixed: Vec<u8> = b"80840".iter().chain(digits).copied().collect();
    let drawn = digits.iter().skip(1).take(8).any(|b| digits.first() != Some(b));
    (drawn && matches!(digits.first(), Some(b'1' | b'2')) && luhn(&prefixed))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const MBI: Recognizer = Recognizer {
    name: "US_MBI",
    accepts: "eleven characters in the order of a Medicare beneficiary identifier",
    example: "Medicare ID 1EG4-TE5-MK73",
    source: "CMS, Understanding the Medicare Beneficiary Identifier Format",
    find: &[Find::Shapes(
        &[Shape::new("9AX9AX9AA99", Strength::Strong), Shape::new("9AX9-AX9-AA99", Strength::Strong)],
        mbi,
    )],
    context: "mbi, medicare, beneficiary",
    canonical: Canonical::Code,
    ..BASE
};

fn mbi(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let looks = code.iter().any(|b| b"SLOIBZ".contains(b));
    (!looks && !code.starts_with(b"0")).then_some(Verdict::shape(strength))
}

pub(super) const PASSPORT: Recognizer = Recognizer {
    name: "PASSPORT",
    aliases: &["US_PASSPORT"],
    severity: 0.9,
    accepts: "one to three letters and six to eight digits, or nine digits, with context",
    example: "passport number A12803456",
    source: "ICAO Doc 9303 part 4 (at most nine characters)",
    find: &[Find::Shapes(
        &[
            Shape::new("999999999", Strength::Weak),
            Shape::new("A9999999", Strength::Weak),
            Shape::new("A99999999", Strength::Weak),
            Shape::new("AA9999999", Strength::Weak),
            Shape::new("AA999999", Strength::Weak),
            Shape::new("AAA999999", Strength::Weak),
        ],
        as_written,
    )],
    context: "passport, passeport, pasaporte, reisepass, passaporto, travel document",
    canonical: Canonical::Code,
    ..BASE
};

/// A shape that only words can confirm.
fn as_written(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    (!digits.iter().all(|b| digits.first() == Some(b))).then_some(Verdict::shape(strength))
}

pub(super) const DRIVER_LICENSE: Recognizer = Recognizer {
    name: "DRIVER_LICENSE",
    aliases: &["US_DRIVER_LICENSE", "DRIVERS_LICENSE"],
    accepts: "up to two letters and five to fourteen digits, with context",
    example: "driver's license number F16282354011",
    source: "AAMVA, formats of the United States' licences",
    find: &[Find::Hinted(0x7ff << 6, license)],
    context: "driver license, driver licence, driving license, driving licence, drivers license, s license, \
              s licence, license number, licence number, dl",
    canonical: Canonical::Code,
    ..BASE
};

fn license(candidate: &Candidate) -> Option<Verdict> {
    let letters = candidate.length() - candidate.digits().count_ones() as usize;
    // The letters lead.
    let leading = candidate.digits().trailing_zeros() as usize == letters;
    let plain =
        candidate.group_count() == 1 || (candidate.is_number() && candidate.separator() == Some(Gap::Dash));
    (letters <= 2 && leading && plain).then_some(Verdict::shape(Strength::Weak))
}

pub(super) const BANK_ACCOUNT: Recognizer = Recognizer {
    name: "BANK_ACCOUNT",
    aliases: &["US_BANK_NUMBER"],
    accepts: "eight to seventeen digits in one piece, with context",
    example: "bank account 945456787654",
    source: "Nacha operating rules (account numbers of up to 17 characters)",
    find: &[Find::Hinted(0x3ff << 8, account)],
    context: "bank account, account number, account no, checking, savings, acct, account ending, iban, account",
    ..BASE
};

fn account(candidate: &Candidate) -> Option<Verdict> {
    (candidate.is_number() && candidate.group_count() == 1).then_some(Verdict::shape(Strength::Weak))
}

pub(super) const MEDICAL_RECORD: Recognizer = Recognizer {
    name: "MEDICAL_RECORD",
    aliases: &["MEDICAL_RECORD_NUMBER", "MRN"],
    accepts: "five to ten digits with context",
    example: "MRN-5197167",
    source: "45 CFR 164.514(b)(2)(i)(H) names it; hospitals number freely",
    find: &[Find::Hinted(0x3f << 5, record)],
    context: "mrn, medical record, record number, chart number, hospital number, patient id, patient number, \
              patient no",
    ..BASE
};

fn record(candidate: &Candidate) -> Option<Verdict> {
    (candidate.is_number() && candidate.is_uniform() && candidate.group_count() <= 3)
        .then_some(Verdict::shape(Strength::Weak))
}

pub(super) const EIN: Recognizer = Recognizer {
    name: "US_EIN",
    aliases: &["EIN", "US_FEIN"],
    severity: 0.4,
    accepts: "12-3456789 with a prefix that is issued, with context",
    example: "EIN 91-1144442",
    source: "IRS, How EINs are assigned and valid EIN prefixes",
    find: &[Find::Shapes(
        &[Shape::new("99-9999999", Strength::Weak), Shape::new("999999999", Strength::Weak)],
        ein,
    )],
    context: "ein, fein, employer identification, employer id, tax id, federal tax, federal id, taxpayer",
    ..BASE
};

fn ein(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let prefix = pair(candidate.compact(), 0)?;
    let issued = matches!(prefix, 1..=6 | 10..=16 | 20..=27 | 30..=48 | 50..=68 | 71..=77 | 80..=88 | 90..=95)
        || prefix >= 98;
    (issued && !is_monotonous(candidate.compact())).then_some(Verdict::shape(strength))
}

pub(super) const DEA: Recognizer = Recognizer {
    name: "US_DEA",
    aliases: &["MEDICAL_LICENSE", "DEA_NUMBER"],
    severity: 0.5,
    accepts: "a registrant's letter, a letter or 9, six digits and a passing check digit, with context",
    example: "DEA number AB1234563",
    source: "Drug Enforcement Administration, registration numbers (21 CFR 1301)",
    find: &[Find::Shapes(
        &[Shape::new("AA9999999", Strength::Weak), Shape::new("A99999999", Strength::Weak)],
        dea,
    )],
    context: "dea, dea number, prescriber, practitioner, certificate, medical license, controlled substance",
    canonical: Canonical::Code,
    ..BASE
};

fn dea(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let code = candidate.compact();
    let (registrant, second, digits) = (code.first()?, code.get(1)?, code.get(2..)?);
    let issued =
        b"ABCDEFGHJKLMPRSTUX".contains(registrant) && (second.is_ascii_alphabetic() || *second == b'9');
    let check = weighted(digits, &[1, 2, 1, 2, 1, 2])? % 10;
    (issued && ends_in(digits, check)).then_some(Verdict::checked(strength, true))
}
