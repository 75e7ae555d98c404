//! Telephone numbers: North American, international, and national ones where words say so.

use super::{Canonical, Find, Recognizer, Strength, Tier, Verdict, plans};
use crate::pii::candidate::{Candidate, Gap, before, byte, digits_at};
use crate::pii::checksum::{is_day, number};
use crate::pii::context::against;

pub(super) const PHONE: Recognizer = Recognizer {
    name: "PHONE",
    aliases: &["PHONE_NUMBER"],
    severity: 0.7,
    tier: Tier::Default,
    accepts: "+ and a number of the country's plan; North American ones in three parts; trunk zero, area and number; \
              others with context",
    example: "call (212) 555-0187",
    source: "ITU-T E.164, numbering plans as libphonenumber lists them, North American Numbering Plan",
    find: &[Find::Lengths(0xfff << 5, phone), Find::Hinted(0x1ff << 5, hinted)],
    context: "phone, phone number, telephone, tel, mobile, cell, cellphone, call, called, calling, \
              dial, ring, fax, telefax, text me, text us, text him, text her, or text, \
              to text, please text, sms, whatsapp, contact, \
              reach, hotline, helpline, voicemail, landline, answering, message to, messages to, \
              message on, messages on, reached, phoned, texted, texting, pager, switchboard, toll \
              free, handy, telefon, telefono, teléfono, telefone, téléphone, tél, móvil, movil, \
              celular, cellulare, numéro, número, rufnummer, телефон, тел, puhelin, telefoon, \
              telefonnummer, telefoonnummer, handynummer, anrufen, rufen, mobil, mobiel, bellen, \
              appelez, appeler, llama, llame, llamar, llámame, chiama, chiamare, chiamami, ligar, \
              zadzwoń, dzwonić, komórka, gsm, puh, telefonu, звоните, позвоните, звони, мобильный, \
              номер, τηλέφωνο, κινητό, טלפון, נייד, هاتف, جوال, फोन, मोबाइल, โทร, điện thoại, telepon, \
              ponsel, hubungi, 電話, 电话, 手机, 전화",
    labels: "office, desk, home, direct, text, ph",
    against: against::ANY,
    canonical: Canonical::Phone,
    belongs: None,
    widen: Some(extension),
};

/// Fewest digits with the country's code that leave no doubt in three groups: Niue's have seven.
const LEAST_ABROAD: usize = 7;

/// What is written as a number of some plan.
fn phone(candidate: &Candidate) -> Option<Verdict> {
    if !candidate.is_number() {
        return None;
    }
    let digits = candidate.compact();
    let strength = if candidate.plus() {
        // Nothing but a phone number has a plus and a country's code; lengths that no plan has need context.
        let possible = (5..=15).contains(&digits.len()).then(|| is_possible(digits))?;
        // So few digits may be the minutes and seconds of a declination.
        if !possible || (digits.len() < LEAST_ABROAD && candidate.group_count() > 2) {
            Strength::Weak
        } else if is_used(digits) {
            Strength::Complete
        } else {
            Strength::Strong
        }
    } else {
        // Behind a plus or not, trunks and exit codes begin with a zero.
        let abroad = || candidate.group_count() >= 3 && abroad(candidate).is_some_and(is_used);
        let zero = digits.first() == Some(&b'0');
        let known = if zero {
            is_national(candidate) || is_british_mobile(candidate) || abroad()
        } else {
            is_north_american(candidate)
        };
        let complete = !zero && candidate.open();
        known.then_some(if complete { Strength::Complete } else { Strength::Strong })?
    };
    let slashed =
        !candidate.plus() && candidate.separator() == Some(Gap::Slash) && candidate.group_count() > 2;
    (is_written_as_phone(candidate) && !slashed).then_some(Verdict::shape(strength))
}

/// What could be one, where words say so.
fn hinted(candidate: &Candidate) -> Option<Verdict> {
    let strength = match candidate.length() {
        ..=6 if candidate.group_lengths().next() == Some(4) => Strength::Faint,
        ..=6 => Strength::Slight,
        _ => Strength::Weak,
    };
    let fits = candidate.is_number() && !candidate.plus() && is_written_as_phone(candidate);
    fits.then_some(Verdict::shape(strength))
}

/// What follows an exit code that is written as one: `00` with the country code, or `011` apart.
fn abroad<'a>(candidate: &'a Candidate) -> Option<&'a [u8]> {
    let first = candidate.group_lengths().next()?;
    let digits = candidate.compact();
    let rest = match first {
        3 => digits.strip_prefix(b"011").or_else(|| digits.strip_prefix(b"00")),
        2 | 4 | 5 => digits.strip_prefix(b"00"),
        _ => None,
    };
    rest.filter(|rest| rest.len() >= 9)
}

/// Whether the digits are a country code and a number of a length that its plan has.
fn is_possible(digits: &[u8]) -> bool {
    plans::international(digits).is_some_and(|(plan, national)| {
        let possible = |number: &[u8]| plan.allows(number) || plan.uses(number);
        possible(national) || plan.without_trunk(national).is_some_and(possible)
    })
}

/// Whether they are a country code and a number in use there.
fn is_used(digits: &[u8]) -> bool {
    plans::international(digits).is_some_and(|(plan, national)| plan.uses(national))
}

/// Ten digits as 3-3-4, with or without the country code; neither area nor exchange starts with 0 or 1. Two groups have
/// an area that is in use.
fn is_north_american(candidate: &Candidate) -> bool {
    let (digits, whole) = match (candidate.compact(), candidate.gap_bits()) {
        ([b'1', national @ ..], 0b1001_0010) => (national, true),
        (national, 0b100_1000) => (national, true),
        (national, 0b1000) => (national, false),
        _ => return false,
    };
    let in_use = || {
        let joined = candidate.open() || candidate.separator() == Some(Gap::Dash);
        joined && plans::international(b"1").is_some_and(|(plan, _)| plan.uses(digits))
    };
    digits.len() == 10 && matches!(digits, [b'2'..=b'9', _, _, b'2'..=b'9', ..]) && (whole || in_use())
}

/// A British mobile number in one piece.
fn is_british_mobile(candidate: &Candidate) -> bool {
    let mobile =
        matches!(candidate.compact(), [b'0', b'7', b'1'..=b'5' | b'7'..=b'9', rest @ ..] if rest.len() == 8);
    mobile && candidate.group_count() == 1
}

/// A trunk zero and nine or ten digits more, apart from it by an area: `020 7946 0958`, `01 42 68 53 00`.
fn is_national(candidate: &Candidate) -> bool {
    let digits = candidate.compact();
    let trunk = matches!(digits, [b'0', b'1'..=b'9', ..]) && (10..=11).contains(&digits.len());
    let trunk = trunk && digits.iter().any(|&b| b > b'1');
    let first = candidate.group_lengths().next().unwrap_or_default();
    let pairs = candidate.is_grouped(&[2, 2, 2, 2, 2]);
    let area = (3..=5).contains(&first) || candidate.open();
    let rest = candidate.group_lengths().skip(1).all(|length| (2..=8).contains(&length));
    trunk && rest && candidate.group_count() > 1 && (pairs || area) && candidate.separator() != Some(Gap::Dot)
}

/// Whether the grouping is one that phone numbers have: no date, no decimal, no range of years.
fn is_written_as_phone(candidate: &Candidate) -> bool {
    let mut lengths = [0; 8];
    for (slot, length) in lengths.iter_mut().zip(candidate.group_lengths()) {
        *slot = length;
    }
    let single = lengths.iter().filter(|&&length| length == 1).count();
    let decimal = candidate.group_count() == 2 && candidate.separator() == Some(Gap::Dot);
    let slashes = candidate.gaps().filter(|&gap| gap == Gap::Slash).count();
    candidate.group_count() <= 8
        && is_balanced(candidate)
        && single <= 2
        && !decimal
        && !is_row_of_years(candidate)
        && (slashes <= 1 || candidate.plus() || is_slashed(&lengths))
        && !is_date(candidate)
        && !(matches!(lengths, [3, 2, 4, 0, ..]) && candidate.separator() == Some(Gap::Dash))
        && !is_years(candidate, &lengths)
}

/// Three groups as in North America with slashes between, which only words make a number.
fn is_slashed(lengths: &[usize; 8]) -> bool {
    matches!(lengths, [3, 3, 4, 0, ..])
}

/// Whether it is three years or more.
fn is_row_of_years(candidate: &Candidate) -> bool {
    let year = |group: &[u8]| matches!(group, [b'1', b'5'..=b'9', _, _] | [b'2', b'0', _, _]);
    let digits = candidate.compact();
    candidate.group_count() > 2
        && digits.len() == 4 * candidate.group_count()
        && candidate.separator() == Some(Gap::Dash)
        && digits.chunks(4).all(year)
}

/// Whether it is a day, month and year in some order, or two years.
fn is_date(candidate: &Candidate) -> bool {
    if candidate.group_count() != 3 {
        return false;
    }
    let (mut parts, mut lengths, mut at) = ([0; 3], [0; 3], 0);
    for ((part, slot), length) in parts.iter_mut().zip(&mut lengths).zip(candidate.group_lengths()) {
        let Some(value) = candidate.compact().get(at..at + length).and_then(number) else { return false };
        (*part, *slot) = (value, length);
        at += length;
    }
    let [first, second, third] = parts;
    let is_year = |year| (1500..2200).contains(&year);
    match lengths {
        [4, 2, 4] => is_year(first) && (is_year(third) || candidate.separator() == Some(Gap::Dot)),
        [4, 2, 2] => is_year(first) && is_day(second, third),
        [1 | 2, 1 | 2, 4] => is_year(third) && (is_day(second, first) || is_day(first, second)),
        // Days written with spaces have their year whole.
        [2, 2, 2] if candidate.separator() != Some(Gap::Space) => {
            is_day(second, first) || is_day(first, second) || is_day(second, third)
        }
        _ => false,
    }
}

/// Whether every parenthesis has its other half.
fn is_balanced(candidate: &Candidate) -> bool {
    let mut inside = candidate.open() && candidate.gaps().any(|gap| gap == Gap::Close);
    for gap in candidate.gaps() {
        inside = match gap {
            Gap::Open if !inside => true,
            Gap::Close if inside => false,
            Gap::Open | Gap::Close => return false,
            _ => inside,
        };
    }
    !inside
}

/// Two groups of four digits that are both years, or pages of a volume.
fn is_years(candidate: &Candidate, lengths: &[usize; 8]) -> bool {
    let dash = candidate.separator() == Some(Gap::Dash);
    let year = |part: &[u8]| match part {
        [b'1', b'5'..=b'9', ..] | [b'2', b'0', ..] => true,
        [b'1' | b'2', ..] => dash,
        _ => false,
    };
    let range = |(from, to): (&[u8], &[u8])| year(from) && year(to);
    matches!(lengths, [4, 4, 0, ..]) && candidate.compact().split_at_checked(4).is_some_and(range)
}

/// The digits of a number within its country, however it is written: without exit prefix, country code, trunk prefix and
/// extension. Of a number without its country the trunk prefix is told by what it leaves: a zero, North America's 1,
/// Russia's 8.
pub(crate) fn national_number(written: &str) -> String {
    let mut digits = String::with_capacity(written.len());
    for c in written.replace("(0)", "").chars() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else if matches!(c, 'x' | 'X' | 'e' | 'E') && digits.len() >= LEAST_ABROAD {
            break;
        }
    }
    let plus = written.trim_start_matches('(').starts_with('+');
    let exit = || ["011", "00"].into_iter().find_map(|exit| digits.strip_prefix(exit));
    let exit = || exit().filter(|rest| rest.len() >= 9 && is_possible(rest.as_bytes()));
    let abroad = if plus { Some(digits.as_str()) } else { exit() };
    let national = abroad.and_then(|abroad| plans::international(abroad.as_bytes()));
    let national = national.and_then(|(_, national)| abroad?.get(abroad?.len() - national.len()..));
    let number = national.unwrap_or(&digits).trim_start_matches('0');
    match number.as_bytes() {
        [b'1', b'2'..=b'9', _, _, b'2'..=b'9', ..] | [b'8', b'3' | b'4' | b'8' | b'9', ..]
            if number.len() == 11 =>
        {
            number.get(1..).unwrap_or_default().to_owned()
        }
        _ => number.to_owned(),
    }
}

/// Takes in the `+`, an opening parenthesis whose closing one is inside, and an extension (`x12`, `ext. 12`).
fn extension(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let mut from = start;
    let closed = text.get(start..end).is_some_and(|value| value.contains(&b')'));
    if before(text, from) == b'(' && closed {
        from -= 1;
    }
    if before(text, from) == b'+' {
        from -= 1;
        from -= usize::from(from + 1 == start && closed && before(text, from) == b'(');
    }
    (from, extension_end(text, end).unwrap_or(end))
}

fn extension_end(text: &[u8], end: usize) -> Option<usize> {
    let mut at = end;
    while at < end + 2 && matches!(byte(text, at), b' ' | b',') {
        at += 1;
    }
    if !matches!(byte(text, at), b'e' | b'E' | b'x' | b'X') {
        return None;
    }
    let word = ["extension", "ext.", "ext", "x"].into_iter().find(|word| {
        text.get(at..at + word.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(word.as_bytes()))
    })?;
    at += word.len();
    at += usize::from(byte(text, at) == b' ' && word.len() > 1);
    let digits = digits_at(text, at, 7);
    let free = !byte(text, at + digits).is_ascii_alphanumeric();
    ((1..=6).contains(&digits) && free).then_some(at + digits)
}
