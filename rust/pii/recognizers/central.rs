//! Identifiers of the middle, the east and the south-east of Europe.

use super::{BASE, Find, Recognizer, Shape, Strength, Verdict};
use crate::pii::candidate::{Candidate, Gap};
use crate::pii::checksum::{ends_in, is_day, is_monotonous, mod11_10, number, pair, weighted};

pub(super) const CZ_RODNE_CISLO: Recognizer = Recognizer {
    name: "CZ_RODNE_CISLO",
    aliases: &["SK_RODNE_CISLO"],
    severity: 1.0,
    accepts: "a date and four digits, a slash between or not, divisible by eleven, with context",
    example: "rodné číslo 710319/2745",
    source: "Zákon č. 133/2000 Sb., § 13; Slovak Act 301/1995",
    find: &[Find::Shapes(
        &[
            Shape::new("999999-9999", Strength::Weak),
            Shape::new("9999999999", Strength::Weak),
            Shape::new("999999-999", Strength::Weak),
        ],
        rodne_cislo,
    )],
    context: "rodné číslo, rodné, rodného čísla, rodne cislo, rč, rČ, birth number, czech, slovak",
    ..BASE
};

fn rodne_cislo(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // It is written with a slash; without a check digit it has to be.
    let slash = candidate.separator().is_none_or(|gap| gap == Gap::Slash || digits.len() == 10);
    // A woman has fifty added to the month, a full day twenty.
    let month = pair(digits, 2)? % 50 % 20;
    if !slash || !is_day(month, pair(digits, 4)?) {
        return None;
    }
    if digits.len() == 9 {
        // Up to 1953 there was no check digit.
        return (pair(digits, 0)? < 54).then_some(Verdict::shape(strength));
    }
    let check = number(digits.get(..9)?)? % 11 % 10;
    ends_in(digits, u32::try_from(check).ok()?).then_some(Verdict::checked(strength, true))
}

pub(super) const RO_CNP: Recognizer = Recognizer {
    name: "RO_CNP",
    severity: 1.0,
    accepts: "sex, date, county, serial and a passing check digit: thirteen digits, with context",
    example: "CNP 1800101221144",
    source: "Legea nr. 105/1996 (weights 2 7 9 1 4 6 3 5 8 2 7 9 modulo 11)",
    find: &[Find::Shapes(&[Shape::new("9999999999999", Strength::Weak)], cnp)],
    context: "cnp, cod numeric, numeric personal, romanian, personal code",
    ..BASE
};

fn cnp(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let county = matches!(pair(digits, 7)?, 1..=48 | 51 | 52 | 70 | 80..=83);
    let dated = is_day(pair(digits, 3)?, pair(digits, 5)?) && !digits.starts_with(b"0");
    let rest = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9])? % 11;
    (county && dated && ends_in(digits, if rest == 10 { 1 } else { rest }))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const BG_EGN: Recognizer = Recognizer {
    name: "BG_EGN",
    severity: 1.0,
    accepts: "a date, three digits and a passing check digit, with context",
    example: "EGN 7523169263",
    source: "ГРАО, структура на ЕГН (weights 2 4 8 5 10 9 7 3 6 modulo 11)",
    find: &[Find::Shapes(&[Shape::new("9999999999", Strength::Weak)], egn)],
    context: "egn, егн, ЕГН, bulgarian, единен граждански, personal number",
    ..BASE
};

fn egn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // Twenty or forty are added to the month of those born in the century before or after.
    let month = pair(digits, 2)?;
    let dated = month < 60 && is_day(month % 20, pair(digits, 4)?);
    let check = weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6])? % 11 % 10;
    (dated && ends_in(digits, check)).then_some(Verdict::checked(strength, true))
}

pub(super) const HU_TAX_ID: Recognizer = Recognizer {
    name: "HU_TAX_ID",
    accepts: "ten digits from 8 on with a passing check digit, with context",
    example: "adóazonosító jel 8071592153",
    source: "1996. évi XX. törvény, annex (places times digits modulo 11)",
    find: &[Find::Shapes(&[Shape::new("9999999999", Strength::Weak)], hungarian_tax)],
    context: "adóazonosító, adóazonosító jel, adóazonosító jele, adóazonosító jelem, adószám, hungarian",
    ..BASE
};

fn hungarian_tax(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let check = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9])? % 11;
    (digits.starts_with(b"8") && ends_in(digits, check)).then_some(Verdict::checked(strength, true))
}

pub(super) const HU_TAJ: Recognizer = Recognizer {
    name: "HU_TAJ",
    accepts: "nine digits with a passing check digit, with context",
    example: "TAJ szám 037 687 210",
    source: "1996. évi XX. törvény, annex (weights 3 and 7 modulo 10)",
    find: &[Find::Shapes(
        &[Shape::new("999999999", Strength::Weak), Shape::new("999-999-999", Strength::Weak)],
        taj,
    )],
    context: "taj, taj szám, társadalombiztosítási",
    ..BASE
};

fn taj(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let check = weighted(digits, &[3, 7, 3, 7, 3, 7, 3, 7])? % 10;
    (ends_in(digits, check) && !is_monotonous(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const EE_ISIKUKOOD: Recognizer = Recognizer {
    name: "EE_ISIKUKOOD",
    severity: 1.0,
    accepts: "sex and century, date, serial and a passing check digit: eleven digits, with context",
    example: "isikukood 36805280109",
    source: "EVS 585:2007",
    find: &[Find::Shapes(&[Shape::new("99999999999", Strength::Weak)], baltic)],
    context: "isikukood, estonian, personal code",
    ..BASE
};

pub(super) const LT_ASMENS_KODAS: Recognizer = Recognizer {
    name: "LT_ASMENS_KODAS",
    severity: 1.0,
    accepts: "sex and century, date, serial and a passing check digit: eleven digits, with context",
    example: "asmens kodas 33309240064",
    source: "Lietuvos Respublikos gyventojų registro įstatymas",
    find: &[Find::Shapes(&[Shape::new("99999999999", Strength::Weak)], baltic)],
    context: "asmens kodas, asmens, lithuanian, personal code",
    ..BASE
};

/// Estonia and Lithuania count alike: two rows of weights, the second where the first leaves ten.
fn baltic(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let dated = is_day(pair(digits, 3)?, pair(digits, 5)?) && matches!(digits.first(), Some(b'1'..=b'8'));
    let mut check = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1])? % 11;
    if check == 10 {
        check = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3])? % 11 % 10;
    }
    (dated && ends_in(digits, check)).then_some(Verdict::checked(strength, true))
}

pub(super) const LV_PERSONAS_KODS: Recognizer = Recognizer {
    name: "LV_PERSONAS_KODS",
    severity: 1.0,
    accepts: "a date or 32, five digits more and a passing check digit; in one piece with context",
    example: "personas kods 161175-19997",
    source: "Fizisko personu reģistra likums (a weighted sum modulo 11)",
    find: &[Find::Shapes(
        &[Shape::new("999999-99999", Strength::Fair), Shape::new("99999999999", Strength::Weak)],
        personas_kods,
    )],
    context: "personas kods, personas, latvian, personal code",
    ..BASE
};

fn personas_kods(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let dated =
        is_day(pair(digits, 2)?, pair(digits, 0)?) && matches!(digits.get(6), Some(b'0' | b'1' | b'2'));
    let check = (1 + weighted(digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])?) % 11 % 10;
    ((dated || digits.starts_with(b"32")) && ends_in(digits, check))
        .then_some(Verdict::checked(strength, true))
}

pub(super) const HR_OIB: Recognizer = Recognizer {
    name: "HR_OIB",
    accepts: "eleven digits with a passing check digit, with context",
    example: "OIB 33392005961",
    source: "Zakon o osobnom identifikacijskom broju; ISO 7064 mod 11,10",
    find: &[Find::Shapes(&[Shape::new("99999999999", Strength::Weak)], oib)],
    context: "oib, osobni identifikacijski, identifikacijski broj, croatian",
    ..BASE
};

fn oib(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    (mod11_10(digits) && !is_monotonous(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const JMBG: Recognizer = Recognizer {
    name: "JMBG",
    aliases: &["SI_EMSO", "RS_JMBG", "BA_JMBG", "ME_JMBG", "MK_EMBG"],
    severity: 1.0,
    accepts: "date, region, serial and a passing check digit: thirteen digits, with context",
    example: "EMŠO 0101006500006",
    source: "Zakon o centralnem registru prebivalstva (weights 7 6 5 4 3 2 twice, modulo 11)",
    find: &[Find::Shapes(&[Shape::new("9999999999999", Strength::Weak)], jmbg)],
    context: "jmbg, emšo, emŠo, emso, embg, jedinstveni matični, matični broj, матични број, јмбг, ЈМБГ",
    ..BASE
};

fn jmbg(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let dated =
        is_day(pair(digits, 2)?, pair(digits, 0)?) && matches!(digits.get(4), Some(b'0' | b'8' | b'9'));
    let rest = weighted(digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])? % 11;
    (dated && ends_in(digits, (11 - rest) % 11 % 10)).then_some(Verdict::checked(strength, true))
}

pub(super) const UA_RNOKPP: Recognizer = Recognizer {
    name: "UA_RNOKPP",
    aliases: &["UA_RNTRC"],
    accepts: "ten digits with a passing check digit, with context",
    example: "РНОКПП 1759013776",
    source: "Державний реєстр фізичних осіб - платників податків (a weighted sum modulo 11)",
    find: &[Find::Shapes(&[Shape::new("9999999999", Strength::Weak)], rnokpp)],
    context: "rnokpp, рнокпп, РНОКПП, іпн, ІПН, ukrainian, taxpayer card",
    ..BASE
};

fn rnokpp(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    // Ten is minus one modulo eleven.
    let check = weighted(digits, &[10, 5, 7, 9, 4, 6, 10, 5, 7])? % 11 % 10;
    (ends_in(digits, check) && !is_monotonous(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const RU_INN: Recognizer = Recognizer {
    name: "RU_INN",
    accepts: "twelve digits with two passing check digits, with context",
    example: "ИНН 123456789047",
    source: "Приказ ФНС России ММВ-7-6/435 (two weighted sums modulo 11)",
    find: &[Find::Shapes(&[Shape::new("999999999999", Strength::Weak)], inn)],
    context: "inn, инн, ИНН, russian tax, taxpayer number",
    ..BASE
};

fn inn(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    let digits = candidate.compact();
    let first = weighted(digits, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8])? % 11 % 10;
    let second = weighted(digits, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8])? % 11 % 10;
    let passes = ends_in(digits.get(..11)?, first) && ends_in(digits, second);
    (passes && !is_monotonous(digits)).then_some(Verdict::checked(strength, true))
}

pub(super) const RU_SNILS: Recognizer = Recognizer {
    name: "RU_SNILS",
    accepts: "112-233-445 95 with a passing check of two digits; in one piece with context",
    example: "СНИЛС 112-233-445 95",
    source: "Постановление Правления ПФР № 192п (a weighted sum modulo 101)",
    find: &[Find::Lengths(1 << 11, snils)],
    context: "snils, снилс, СНИЛС, pension insurance",
    ..BASE
};

fn snils(candidate: &Candidate) -> Option<Verdict> {
    let strength = match candidate.group_count() {
        1 => Strength::Weak,
        4 if candidate.is_grouped(&[3, 3, 3, 2])
            && candidate.gaps().take(2).all(|gap| gap == Gap::Dash)
            && candidate.gaps().skip(2).all(|gap| matches!(gap, Gap::Space | Gap::Dash)) =>
        {
            Strength::Strong
        }
        _ => return None,
    };
    let digits = candidate.compact();
    let check = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1])? % 101 % 100;
    (candidate.is_number() && check > 0 && pair(digits, 9)? == u64::from(check))
        .then_some(Verdict::checked(strength, true))
}
