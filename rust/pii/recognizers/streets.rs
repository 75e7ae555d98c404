//! Street addresses and post office boxes.
//!
//! An address is a number, words with capitals and a word such as `Street`. That alone is found in prose too
//! (`In 2008 Wall Street fell`), so it counts with a unit, a state or a postal code behind it, or with words
//! around it. Promise: a bounded number of words and bytes is read at each number.

use super::postal::{four, postal_code};
use super::words::{is_of, word};
use super::{BASE, Canonical, Find, Recognizer, Span, Strength, Verdict};
use crate::pii::candidate::{before, byte, digits_at};
use crate::pii::context::{is_word, is_word_before};

pub(super) const STREET_ADDRESS: Recognizer = Recognizer {
    name: "STREET_ADDRESS",
    aliases: &["ADDRESS"],
    severity: 0.7,
    accepts: "number, name and kind of street, with a unit, state or postal code behind or words around it; \
              post office boxes",
    example: "lives at 12 Oak Street",
    source: "45 CFR 164.514(b)(2)(i)(B); USPS Publication 28, appendices B and C",
    find: &[Find::Numbers(street_address)],
    context: "address, lives at, live at, lived at, living at, reside at, resides at, resided at, residing at, \
              resident of, residence, home address, mail to, mailed to, send to, sent to, ship to, shipped to, \
              deliver to, delivered to, moved to, located at, residence at",
    labels: "at, home",
    against: 0,
    canonical: Canonical::Street,
    ..BASE
};

/// What streets are called, in words and abbreviations.
const STREETS: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "av",
    "road",
    "rd",
    "boulevard",
    "blvd",
    "lane",
    "ln",
    "drive",
    "dr",
    "court",
    "ct",
    "place",
    "pl",
    "square",
    "sq",
    "terrace",
    "ter",
    "terr",
    "way",
    "parkway",
    "pkwy",
    "highway",
    "hwy",
    "circle",
    "cir",
    "trail",
    "trl",
    "close",
    "crescent",
    "cres",
    "gardens",
    "gdns",
    "grove",
    "mews",
    "row",
    "walk",
    "alley",
    "plaza",
    "loop",
    "turnpike",
    "tpke",
    "pike",
    "expressway",
    "broadway",
    "hill",
    "quay",
    "wharf",
    "parade",
    "esplanade",
    "embankment",
    "causeway",
    "crossing",
    "cove",
    "freeway",
];
/// Which of them are abbreviations, with a full stop that ends no sentence, and what for.
const SHORT: &[(&str, &str)] = &[
    ("st", "street"),
    ("ave", "avenue"),
    ("av", "avenue"),
    ("rd", "road"),
    ("blvd", "boulevard"),
    ("ln", "lane"),
    ("dr", "drive"),
    ("ct", "court"),
    ("pl", "place"),
    ("sq", "square"),
    ("ter", "terrace"),
    ("terr", "terrace"),
    ("pkwy", "parkway"),
    ("hwy", "highway"),
    ("cir", "circle"),
    ("trl", "trail"),
    ("cres", "crescent"),
    ("gdns", "gardens"),
    ("tpke", "turnpike"),
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("ne", "northeast"),
    ("nw", "northwest"),
    ("se", "southeast"),
    ("sw", "southwest"),
];
/// Those that are named by a number behind them, with or without a name in front.
const NUMBERED: &[&str] = &["highway", "hwy", "route", "rte", "road", "rd", "interstate"];
/// Parts of a house.
const UNITS: &[&str] = &[
    "apartment",
    "apt",
    "suite",
    "ste",
    "unit",
    "flat",
    "floor",
    "room",
    "rm",
    "building",
    "bldg",
    "lot",
    "no",
];
/// Quarters of the compass, as they stand behind a street's name.
const QUARTERS: &[&str] = &[
    "n",
    "s",
    "e",
    "w",
    "ne",
    "nw",
    "se",
    "sw",
    "north",
    "south",
    "east",
    "west",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
];
/// Small words in the middle of a name.
const JOINTS: &[&str] = &["of", "the", "de", "la", "del", "du", "van", "and"];
/// Provinces of Canada, states of Australia, and what of the United States is no state.
const REGIONS: &[&str] = &[
    "DC", "D.C.", "PR", "ON", "QC", "BC", "AB", "MB", "SK", "NS", "NB", "NL", "PE", "NSW", "VIC", "QLD",
    "SA", "TAS", "ACT", "NT",
];
/// The names of the United States, with their abbreviations.
const STATES: &[(&str, &str)] = &[
    ("Alabama", "AL"),
    ("Alaska", "AK"),
    ("Arizona", "AZ"),
    ("Arkansas", "AR"),
    ("California", "CA"),
    ("Colorado", "CO"),
    ("Connecticut", "CT"),
    ("Delaware", "DE"),
    ("Florida", "FL"),
    ("Georgia", "GA"),
    ("Hawaii", "HI"),
    ("Idaho", "ID"),
    ("Illinois", "IL"),
    ("Indiana", "IN"),
    ("Iowa", "IA"),
    ("Kansas", "KS"),
    ("Kentucky", "KY"),
    ("Louisiana", "LA"),
    ("Maine", "ME"),
    ("Maryland", "MD"),
    ("Massachusetts", "MA"),
    ("Michigan", "MI"),
    ("Minnesota", "MN"),
    ("Mississippi", "MS"),
    ("Missouri", "MO"),
    ("Montana", "MT"),
    ("Nebraska", "NE"),
    ("Nevada", "NV"),
    ("New Hampshire", "NH"),
    ("New Jersey", "NJ"),
    ("New Mexico", "NM"),
    ("New York", "NY"),
    ("North Carolina", "NC"),
    ("North Dakota", "ND"),
    ("Ohio", "OH"),
    ("Oklahoma", "OK"),
    ("Oregon", "OR"),
    ("Pennsylvania", "PA"),
    ("Rhode Island", "RI"),
    ("South Carolina", "SC"),
    ("South Dakota", "SD"),
    ("Tennessee", "TN"),
    ("Texas", "TX"),
    ("Utah", "UT"),
    ("Vermont", "VT"),
    ("Virginia", "VA"),
    ("Washington", "WA"),
    ("West Virginia", "WV"),
    ("Wisconsin", "WI"),
    ("Wyoming", "WY"),
];
fn is_capital(word: &[u8]) -> bool {
    word.first().is_some_and(|&b| b.is_ascii_uppercase() || b >= 0x80)
}

/// Where an ordinal number (`42nd`) ends.
fn ordinal(text: &[u8], at: usize) -> Option<usize> {
    let end = at + digits_at(text, at, 3);
    let ending = text.get(end..end + 2)?;
    let known = [b"st", b"nd", b"rd", b"th"].iter().any(|known| known.eq_ignore_ascii_case(ending));
    (end > at && known && !byte(text, end + 2).is_ascii_alphanumeric()).then_some(end + 2)
}

/// Past a full stop behind an abbreviation.
fn past_stop(text: &[u8], at: usize) -> usize {
    at + usize::from(byte(text, at) == b'.')
}

/// What a word is short for.
fn whole_word(word: &[u8]) -> Option<&'static str> {
    SHORT.iter().find(|(short, _)| short.as_bytes().eq_ignore_ascii_case(word)).map(|(_, whole)| *whole)
}

/// The abbreviations of a kind of street.
pub(crate) fn short_forms(whole: &str) -> impl Iterator<Item = &str> {
    SHORT.iter().filter(move |(_, known)| *known == whole).map(|(short, _)| *short)
}

/// Past the full stop of an abbreviated street, if the word that ends there is one.
fn past_short(text: &[u8], end: usize) -> usize {
    let length = (1..=5).take_while(|&i| end >= i && is_word(text, end - i)).count();
    let short = text.get(end - length..end).is_some_and(|name| whole_word(name).is_some());
    if short { past_stop(text, end) } else { end }
}

fn street_address(text: &[u8], at: usize, end: usize) -> Option<(Span, Verdict)> {
    let next = byte(text, end + 1);
    let may_be_house = match byte(text, end) {
        b' ' => next.is_ascii_uppercase() || next.is_ascii_digit() || next >= 0x80,
        b'-' => next.is_ascii_digit(),
        _ => false,
    };
    let may_be_box = at >= 2 && byte(text, at - 2) | 0x20 == b'x';
    if !(may_be_house || may_be_box) || matches!(before(text, at), b'#' | b'$') {
        return None;
    }
    let (start, end, boxed) = match post_box(text, at) {
        Some((start, end)) => (start, end, true),
        None => (at, street(text, house(text, at)?)?, false),
    };
    let (end, told) = tail(text, end);
    Some(((start, end), Verdict::shape(if told || boxed { Strength::Strong } else { Strength::Fair })))
}

/// `P.O. Box 123`: the words before the number.
fn post_box(text: &[u8], at: usize) -> Option<Span> {
    let head = text.get(..at)?;
    let head = head.strip_suffix(b" ").filter(|head| head.len() >= 5)?;
    if !matches!(head.last(), Some(b'x' | b'X')) {
        return None;
    }
    let tail = head.get(head.len().saturating_sub(16)..)?.to_ascii_lowercase();
    let known: [&[u8]; 5] = [b"p.o. box", b"po box", b"p.o.box", b"p. o. box", b"post office box"];
    let length = known.iter().find(|words| tail.ends_with(words))?.len();
    let start = head.len() - length;
    let end = at + digits_at(text, at, 7);
    (!is_word_before(text, start) && !byte(text, end).is_ascii_alphanumeric()).then_some((start, end))
}

/// Where a house's number ends (`12`, `221B`, `12-14`, `12 1/2`), with the space behind it.
fn house(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at + digits_at(text, at, 6);
    if byte(text, end).is_ascii_alphabetic() {
        end += 1;
    } else if byte(text, end) == b'-' && byte(text, end + 1).is_ascii_digit() {
        end += 1 + digits_at(text, end + 1, 5);
    } else if text.get(end..end + 4) == Some(b" 1/2") {
        end += 4;
    }
    (byte(text, end) == b' ').then_some(end + 1)
}

/// Where the street ends whose name starts at `at`.
fn street(text: &[u8], at: usize) -> Option<usize> {
    const WORDS: usize = 6;
    let (mut at, mut found) = (at, None);
    for named in 0..WORDS {
        let Some((name, end)) = word(text, at).or_else(|| Some((b"9th".as_slice(), ordinal(text, at)?)))
        else {
            break;
        };
        let capital = is_capital(name) || name == b"9th";
        let is_street =
            capital && is_of(STREETS, name) && (named > 0 || name.eq_ignore_ascii_case(b"broadway"));
        if !is_street && (found.is_some() || !(capital || (named > 0 && is_of(JOINTS, name)))) {
            break;
        }
        // `Highway 61`, `County Road 12`.
        let number = past_stop(text, end) + 1;
        let length = digits_at(text, number, 4);
        if capital
            && is_of(NUMBERED, name)
            && byte(text, number - 1) == b' '
            && length > 0
            && !is_word(text, number + length)
        {
            return Some(number + length);
        }
        if is_street {
            found = Some(end);
        }
        // An abbreviation's full stop, as in `St. Marks Place` or `N. Main Street`.
        let next = if name.len() <= 2 { past_stop(text, end) } else { end };
        if byte(text, next) != b' ' {
            break;
        }
        at = next + 1;
    }
    let end = found?;
    // A quarter of the compass, if it is not the start of the next sentence.
    let stop = past_short(text, end);
    let quarter = word(text, stop + 1).filter(|(name, _)| is_capital(name) && is_of(QUARTERS, name));
    let quarter = quarter.filter(|(name, _)| byte(text, stop) == b' ' && (stop == end || name.len() <= 2));
    Some(quarter.map_or(end, |(_, end)| end))
}

/// Past what stands between two parts of an address: a comma, a line's end, spaces.
fn past_gap(text: &[u8], at: usize) -> Option<usize> {
    let length = (at..at + 3).take_while(|&i| matches!(byte(text, i), b',' | b' ' | b'\n')).count();
    (length > 0).then_some(at + length)
}

/// What belongs to an address behind its street, and whether it tells that it is one.
fn tail(text: &[u8], end: usize) -> (usize, bool) {
    const PARTS: usize = 5;
    let (mut end, mut told) = (end, false);
    let mut at = past_short(text, end);
    for _ in 0..PARTS {
        let Some(next) = past_gap(text, at) else { break };
        if let Some(region) = region(text, next) {
            return (region, true);
        }
        if let Some(unit) = unit(text, next) {
            (at, end, told) = (unit, unit, true);
        } else if let Some(city) = city(text, next) {
            at = city;
        } else {
            break;
        }
    }
    (end, told)
}

/// Where a unit ends: `Apt. 4B`, `#12`.
fn unit(text: &[u8], at: usize) -> Option<usize> {
    let number = if byte(text, at) == b'#' {
        at + 1
    } else {
        let (name, end) = word(text, at).filter(|(name, _)| is_of(UNITS, name))?;
        let end = past_stop(text, end);
        // `No` is a word of prose too.
        if byte(text, end) != b' ' || (name.len() == 2 && !byte(text, end + 1).is_ascii_digit()) {
            return None;
        }
        end + 1
    };
    let number = number + usize::from(byte(text, number) == b'#');
    const LONGEST: usize = 8;
    let length = (number..=number + LONGEST)
        .take_while(|&i| byte(text, i).is_ascii_alphanumeric() || byte(text, i) == b'-')
        .count();
    if length > LONGEST {
        return None;
    }
    let code = text.get(number..number + length)?;
    let short = length == 1 && code.iter().all(u8::is_ascii_uppercase);
    (short || code.iter().any(u8::is_ascii_digit)).then_some(number + length)
}

/// Where a town's name of up to three words ends, in front of another part.
fn city(text: &[u8], at: usize) -> Option<usize> {
    const WORDS: usize = 3;
    let mut at = at;
    for _ in 0..WORDS {
        let (name, end) = word(text, at)?;
        if !is_capital(name) {
            return None;
        }
        let end = if name.len() <= 2 { past_stop(text, end) } else { end };
        match byte(text, end) {
            b',' | b'\n' => return Some(end),
            b' ' if region(text, end + 1).is_some() => return Some(end),
            b' ' => at = end + 1,
            _ => return None,
        }
    }
    None
}

/// Where a region with its postal code, or a postal code, ends; a town may bear a state's name
/// (`Washington, DC 20500`).
fn region(text: &[u8], at: usize) -> Option<usize> {
    let Some(end) = state(text, at) else { return postal_code(text, at) };
    let Some(next) = past_gap(text, past_stop(text, end)) else { return Some(end) };
    let end = state(text, next).unwrap_or(end);
    let Some(next) = past_gap(text, past_stop(text, end)) else { return Some(end) };
    Some(postal_code(text, next).or_else(|| four(text, next)).unwrap_or(end))
}

/// Where a region's name or abbreviation ends.
fn state(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let end = |name: &&str| {
        let end = at + name.len();
        (rest.starts_with(name.as_bytes()) && !byte(text, end).is_ascii_alphanumeric()).then_some(end)
    };
    // `Kansas City` is no state.
    let longer = |end: usize| byte(text, end) == b' ' && byte(text, end + 1).is_ascii_uppercase();
    let codes = REGIONS.iter().chain(STATES.iter().map(|(_, code)| code)).filter_map(end).max();
    codes.or_else(|| STATES.iter().filter_map(|(name, _)| end(name)).max().filter(|&end| !longer(end)))
}

/// The abbreviation of a region that is written so.
fn region_code(written: &[u8]) -> String {
    let code = STATES.iter().find(|(name, _)| name.as_bytes() == written).map(|(_, code)| (*code).to_owned());
    code.unwrap_or_else(|| letters_and_digits(written))
}

fn letters_and_digits(written: &[u8]) -> String {
    written.iter().filter(|b| b.is_ascii_alphanumeric()).map(|b| char::from(b.to_ascii_uppercase())).collect()
}

/// Where the street ends of an address that begins `value`, or the number of its box.
pub(crate) fn street_end(value: &[u8]) -> usize {
    let first = value.iter().position(u8::is_ascii_digit).unwrap_or_default();
    match first {
        0 => house(value, 0).and_then(|at| street(value, at)).unwrap_or(value.len()),
        _ => first + digits_at(value, first, 7),
    }
}

/// An address, however it is written: number, name and kind of the street (or the box), then, behind a `|` each, region,
/// postal code, and unit and town. Nothing is abbreviated but the region.
pub(crate) fn canonical_street(value: &[u8]) -> String {
    let end = street_end(value);
    let mut at = past_short(value, end);
    let (mut region, mut code, mut rest) = (String::new(), String::new(), Vec::new());
    while at < value.len() {
        let start = at;
        while is_of_word(value, at) {
            at += 1;
        }
        if at == start {
            at += 1;
        } else if let Some(end) = state(value, start) {
            region = region_code(value.get(start..end).unwrap_or_default());
            at = end;
        } else if let Some(end) = postal_code(value, start) {
            code = letters_and_digits(value.get(start..end).unwrap_or_default());
            at = end;
        } else {
            rest.push(value.get(start..at).unwrap_or_default());
        }
    }
    let head = value.get(..end).unwrap_or_default();
    let is_box = !head.first().is_some_and(u8::is_ascii_digit);
    let street =
        if is_box { format!("box {}", number_of(head)) } else { spelled(head.split(|&b| !is_part(b))) };
    let rest = spelled(rest.into_iter().filter(|word| !is_of(UNITS, word)));
    format!("{street}|{region}|{code}|{rest}")
}

fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'\'') || b >= 0x80
}

fn is_of_word(text: &[u8], at: usize) -> bool {
    byte(text, at).is_ascii_digit() || is_word(text, at)
}

fn number_of(text: &[u8]) -> String {
    text.iter().filter(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect()
}

/// Words in lower case, apostrophes left out and abbreviations spelled out.
fn spelled<'t>(words: impl Iterator<Item = &'t [u8]>) -> String {
    let spell = |word: &[u8]| match whole_word(word) {
        Some(whole) => whole.to_owned(),
        None => String::from_utf8_lossy(word).replace(['\'', '’'], "").to_lowercase(),
    };
    words.filter(|word| !word.is_empty()).map(spell).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::found;

    #[test]
    fn addresses_end_where_they_end() {
        for (text, value) in [
            ("She lives at 12 Oak Street.", "12 Oak Street"),
            ("Her address is 221B Baker Street, London NW1 6XE, and", "221B Baker Street, London NW1 6XE"),
            (
                "at 1600 Pennsylvania Avenue NW, Washington, DC 20500.",
                "1600 Pennsylvania Avenue NW, Washington, DC 20500",
            ),
            (
                "Mail to 742 Evergreen Terrace, Springfield, IL 62704-1234",
                "742 Evergreen Terrace, Springfield, IL 62704-1234",
            ),
            ("350 Fifth Avenue, New York, NY 10118 is", "350 Fifth Avenue, New York, NY 10118"),
            (
                "45 W. 34th St., Apt. 5C, New York, New York 10001",
                "45 W. 34th St., Apt. 5C, New York, New York 10001",
            ),
            ("home: 10 Tottenham Court Road", "10 Tottenham Court Road"),
            ("12 St. Marks Place, Suite 300 is", "12 St. Marks Place, Suite 300"),
            ("4500 Highway 61, Memphis, TN", "4500 Highway 61, Memphis, TN"),
            ("99 Rue de la Paix Road, Ottawa ON K1A 0B1", "99 Rue de la Paix Road, Ottawa ON K1A 0B1"),
            ("5 George Street\nSydney NSW 2000\n", "5 George Street\nSydney NSW 2000"),
            (
                "12-14 High Street, Oxford, Oxfordshire, OX1 4AH.",
                "12-14 High Street, Oxford, Oxfordshire, OX1 4AH",
            ),
            ("write to P.O. Box 1234, Boise, Idaho 83701", "P.O. Box 1234, Boise, Idaho 83701"),
            ("resident of 7 Elm Dr. North of it", "7 Elm Dr"),
            (
                "address: 3130 Broadway, Kansas City, Missouri 64111.",
                "3130 Broadway, Kansas City, Missouri 64111",
            ),
            (
                "at 1620 L Street, NW, Room 401, Washington, D.C. 20002",
                "1620 L Street, NW, Room 401, Washington, D.C. 20002",
            ),
            ("at 5 Long Way. New York is far.", "5 Long Way"),
            ("address: 1234 Broadway", "1234 Broadway"),
            ("lives at 12 O’Connell Street”", "12 O’Connell Street"),
            ("“She lives at 12 Oak Street…", "12 Oak Street"),
        ] {
            assert_eq!(found("STREET_ADDRESS", "", text), [value], "{text}");
        }
    }

    #[test]
    fn prose_holds_no_address() {
        for text in [
            "In 2008 Wall Street fell.",
            "the 12 Apostles Road show",
            "some 300 Main Street businesses closed",
            "on 12 May Street fighting began",
            "lives at 12 oak street",
            "at 12 Oak Trees",
            "address 12.5 Oak Street",
            "She paid $12 Oak Street for it, address",
            "4 Roads to 5 Places",
        ] {
            assert_eq!(found("STREET_ADDRESS", "", text), [""; 0], "{text}");
        }
        assert_eq!(found("STREET_ADDRESS", "strict", "In 2008 Wall Street fell."), ["2008 Wall Street"]);
    }
}
