//! Where somebody is: street addresses, postal codes, coordinates.
//!
//! An address is a number, words with capitals and a word such as `Street`. That alone is found in prose too
//! (`In 2008 Wall Street fell`), so it counts with a unit, a state or a postal code behind it, or with words
//! around it. Promise: a bounded number of words and bytes is read at each number.

use super::{BASE, Canonical, Find, Recognizer, Shape, Span, Strength, Verdict};
use crate::pii::candidate::{Candidate, before, byte, digits_at, digits_up_to};
use crate::pii::context::{APOSTROPHE, is_word, is_word_before};

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
/// Longest word that is read.
const LONGEST: usize = 20;

/// The word at `at`, and where it ends: letters, with apostrophes and dashes inside.
fn word(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    // How far the word goes on at once.
    let step = |i: usize| {
        let joint = match byte(text, i) {
            b'\'' | b'-' => 1,
            0xe2 if text.get(i..).is_some_and(|rest| rest.starts_with(APOSTROPHE)) => APOSTROPHE.len(),
            _ => return usize::from(is_word(text, i)),
        };
        if is_word(text, i + joint) { joint } else { 0 }
    };
    let mut length = 0;
    while length <= LONGEST {
        match step(at + length) {
            0 => break,
            step => length += step,
        }
    }
    let free = !byte(text, at + length).is_ascii_digit();
    Some((text.get(at..at + length)?, at + length)).filter(|_| (1..=LONGEST).contains(&length) && free)
}

fn is_of(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

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

/// Where an Australian postal code ends.
fn four(text: &[u8], at: usize) -> Option<usize> {
    (digits_at(text, at, 5) == 4 && !is_word(text, at + 4)).then_some(at + 4)
}

/// Where a postal code of the United States, the United Kingdom or Canada ends.
fn postal_code(text: &[u8], at: usize) -> Option<usize> {
    zip(text, at).or_else(|| postcode(text, at)).or_else(|| canadian(text, at))
}

fn zip(text: &[u8], at: usize) -> Option<usize> {
    let end = at + 5;
    if digits_at(text, at, 6) != 5 || is_word(text, end) {
        return None;
    }
    let longer = byte(text, end) == b'-' && digits_at(text, end + 1, 5) == 4;
    Some(if longer { end + 5 } else { end })
}

/// `SW1A 1AA`: an area of one or two letters, a district, a sector and two letters.
fn postcode(text: &[u8], at: usize) -> Option<usize> {
    let code = |i: usize| byte(text, i).to_ascii_uppercase();
    let area = (at..at + 3).take_while(|&i| code(i).is_ascii_uppercase()).count();
    let known = match area {
        1 => !b"QVX".contains(&code(at)),
        2 => !b"QVX".contains(&code(at)) && !b"IJZ".contains(&code(at + 1)),
        3 => (at..at + 3).map(code).eq(*b"GIR"),
        _ => false,
    };
    if !known {
        return None;
    }
    let mut end = at + area;
    if area < 3 {
        let district = digits_at(text, end, 2);
        if district == 0 {
            return None;
        }
        end += district;
        // `W1A 1HQ`, and `M11AA` in one piece, whose second digit is the sector's.
        end += usize::from(
            district == 1
                && code(end).is_ascii_uppercase()
                && byte(text, end + 1) != 0
                && inward(text, end + 1).is_some(),
        );
    }
    inward(text, end).or_else(|| {
        inward(text, end - 1)
            .filter(|_| byte(text, end - 1).is_ascii_digit() && area < 3 && end > at + area + 1)
    })
}

/// Where the second half of a postcode ends: a digit and two letters, behind a space or not.
fn inward(text: &[u8], at: usize) -> Option<usize> {
    let at = at + usize::from(byte(text, at) == b' ');
    let letter = |i: usize| {
        let b = byte(text, i).to_ascii_uppercase();
        b.is_ascii_uppercase() && !b"CIKMOV".contains(&b)
    };
    (byte(text, at).is_ascii_digit()
        && letter(at + 1)
        && letter(at + 2)
        && !byte(text, at + 3).is_ascii_alphanumeric())
    .then_some(at + 3)
}

/// `K1A 0B1`: letters and digits in turn.
fn canadian(text: &[u8], at: usize) -> Option<usize> {
    let gap = usize::from(matches!(byte(text, at + 3), b' ' | b'-'));
    let fits = (0..6).all(|i| {
        let b = byte(text, at + i + if i > 2 { gap } else { 0 });
        if i % 2 == 1 { b.is_ascii_digit() } else { b.is_ascii_uppercase() && !b"DFIOQU".contains(&b) }
    });
    let end = at + 6 + gap;
    (fits && !byte(text, end).is_ascii_alphanumeric()).then_some(end)
}

pub(super) const POSTAL_CODE: Recognizer = Recognizer {
    name: "POSTAL_CODE",
    aliases: &["ZIP_CODE", "UK_POSTCODE"],
    severity: 0.2,
    accepts: "five digits, or a code of the United States, the United Kingdom, Canada or the Netherlands, with context",
    example: "postcode SW1A 1AA",
    source: "45 CFR 164.514(b)(2)(i)(B); Royal Mail PAF; Canada Post addressing guidelines",
    find: &[
        Find::Shapes(
            &[Shape::new("99999-9999", Strength::Weak), Shape::new("9999-AA", Strength::Slight)],
            as_written,
        ),
        Find::Codes(lettered),
        Find::Numbers(bare_zip),
    ],
    context: "zip, zip code, zipcode, postal code, postcode, post code, plz, postleitzahl, code postal, \
              código postal, codigo postal",
    canonical: Canonical::Code,
    ..BASE
};

fn as_written(_: &Candidate, strength: Strength) -> Option<Verdict> {
    Some(Verdict::shape(strength))
}

/// Five digits right behind a word that names or announces them: `ZIP 62704`, `the postal code is 62704`, but
/// not `text your ZIP to 62704`.
fn bare_zip(text: &[u8], at: usize, end: usize) -> Option<(Span, Verdict)> {
    if end - at != 5 {
        return None;
    }
    let end = zip(text, at).filter(|end| end - at == 5)?;
    if matches!(byte(text, end), b'.' | b'-' | b',' | b'/' | b'%') && byte(text, end + 1).is_ascii_digit() {
        return None;
    }
    let row = zips_before(text, at);
    let mut last = row;
    while row - last < 3 && matches!(before(text, last), b' ' | b':' | b'(' | b'#' | b'=' | b'"') {
        last -= 1;
    }
    let mut first = last;
    while last - first < LONGEST && is_word_before(text, first) {
        first -= 1;
    }
    let names = ["zip", "zipcode", "code", "postcode", "plz", "postleitzahl", "postal", "is", "number"];
    let name = text.get(first..last)?;
    // `ZIP codes number 41000`
    if name.eq_ignore_ascii_case(b"number") && before(text, first.saturating_sub(1)) == b's' {
        return None;
    }
    // What leads to several leads to each of them.
    let several = is_of(&["zips", "zipcodes", "codes", "postcodes"], name);
    let strength = if several { Strength::Weak } else { Strength::Slight };
    (several || (row == at && is_of(&names, name))).then_some(((at, end), Verdict::shape(strength)))
}

/// Where the row of five digits each begins that the one at `at` belongs to: `94103, 94104 and 94105`.
fn zips_before(text: &[u8], at: usize) -> usize {
    const MOST: usize = 16;
    let mut first = at;
    for _ in 0..MOST {
        let head = text.get(..first).unwrap_or_default();
        let joints: [&[u8]; 5] = [b", and ", b", or ", b" and ", b" or ", b", "];
        let Some(joint) = joints.into_iter().find(|joint| head.ends_with(joint)) else { break };
        let end = first - joint.len();
        let start = end - digits_up_to(text, end, 6);
        if end - start != 5 || before(text, start).is_ascii_alphanumeric() {
            break;
        }
        first = start;
    }
    first
}

/// Postal codes with letters in front.
fn lettered(text: &[u8], at: usize, _: usize) -> Option<(Span, Verdict)> {
    let end = postcode(text, at).or_else(|| canadian(text, at))?;
    Some(((at, end), Verdict::shape(Strength::Weak)))
}

pub(super) const GPS_COORDINATES: Recognizer = Recognizer {
    name: "GPS_COORDINATES",
    aliases: &["COORDINATES", "GEO_COORDINATES"],
    severity: 0.4,
    accepts: "latitude and longitude to a hundred metres or better: with degrees or quarters, or with context",
    example: "coordinates 40.71278, -74.00594",
    source: "ISO 6709:2022",
    find: &[Find::Numbers(coordinates)],
    context: "coordinate, gps, latitude, longitude, lat, lon, lng, long, geolocation, geo, location",
    against: 0,
    canonical: Canonical::Coordinates,
    ..BASE
};

/// One of a pair of coordinates.
#[derive(Debug, Clone, Copy)]
struct Angle {
    /// Whole degrees.
    degrees: u32,
    /// How many decimal places of a degree it is written with, at least.
    places: usize,
    /// It has a sign of degrees.
    signed: bool,
    /// `N`, `S`, `E` or `W` behind it, or nothing.
    quarter: u8,
    end: usize,
}

/// Where a mark of one of these writings at `at` ends.
fn mark(text: &[u8], at: usize, marks: &[&str]) -> Option<usize> {
    let rest = text.get(at..)?;
    marks.iter().find(|mark| rest.starts_with(mark.as_bytes())).map(|mark| at + mark.len())
}

fn past_space(text: &[u8], at: usize) -> usize {
    at + usize::from(byte(text, at) == b' ')
}

/// A number at `at`: its whole part, its decimal places, and where it ends.
fn decimal(text: &[u8], at: usize, most: usize) -> Option<(u32, usize, usize)> {
    const PLACES: usize = 16;
    let whole = digits_at(text, at, most + 1);
    let mut end = at + whole;
    let places = if byte(text, end) == b'.' { digits_at(text, end + 1, PLACES) } else { 0 };
    end += if places > 0 { places + 1 } else { 0 };
    let value = text.get(at..at + whole)?.iter().fold(0, |n, &b| n * 10 + u32::from(b - b'0'));
    ((1..=most).contains(&whole) && places < PLACES && !byte(text, end).is_ascii_digit())
        .then_some((value, places, end))
}

/// The angle at `at`: `40.7128`, `40.7128° N`, `40°42'46"N`.
fn angle(text: &[u8], at: usize) -> Option<Angle> {
    let (degrees, mut places, mut end) = decimal(text, at, 3)?;
    let sign = mark(text, past_space(text, end), &["°", "º", "˚"]);
    if let Some(behind) = sign {
        end = behind;
        let minutes = decimal(text, past_space(text, end), 2).filter(|_| places == 0);
        let minutes = minutes.and_then(|(value, more, at)| {
            Some((value, more, mark(text, past_space(text, at), &["′", "'", "’", "´"])?))
        });
        if let Some((value, more, behind)) = minutes {
            if value >= 60 {
                return None;
            }
            (places, end) = (2 + more, behind);
            let seconds = decimal(text, past_space(text, end), 2).filter(|(value, ..)| *value < 60);
            let seconds = seconds.and_then(|(_, more, at)| {
                Some((more, mark(text, past_space(text, at), &["″", "\"", "”", "''", "′′"])?))
            });
            if let Some((more, behind)) = seconds {
                (places, end) = (4 + more, behind);
            }
        }
    }
    let at = past_space(text, end);
    let quarter = byte(text, at).to_ascii_uppercase();
    let told =
        matches!(byte(text, at), b'N' | b'S' | b'E' | b'W') && !byte(text, at + 1).is_ascii_alphanumeric();
    let (quarter, end) = if told { (quarter, at + 1) } else { (0, end) };
    Some(Angle { degrees, places, signed: sign.is_some(), quarter, end })
}

/// Past what stands between two coordinates: marks, and words that name the second.
fn between(text: &[u8], at: usize) -> Option<usize> {
    const MOST: usize = 24;
    let mut end = at;
    while end - at < MOST && !byte(text, end).is_ascii_digit() {
        if let Some(behind) = mark(text, end, &["−"]) {
            end = behind;
        } else if let Some((name, behind)) = word(text, end) {
            if !is_of(&["and", "lon", "lng", "long", "longitude", "lat", "latitude"], name) {
                return None;
            }
            end = behind;
        } else if matches!(
            byte(text, end),
            b',' | b';' | b'/' | b' ' | b'"' | b'\'' | b'=' | b':' | b'&' | b'-' | b'+'
        ) {
            end += 1;
        } else {
            return None;
        }
    }
    (end > at && byte(text, end).is_ascii_digit()).then_some(end)
}

/// Whether another number stands right before the one at `at`.
fn is_in_row(text: &[u8], at: usize) -> bool {
    let mut start = at;
    while at - start < 3 && matches!(before(text, start), b' ' | b',' | b';' | b'-' | b'+') {
        start -= 1;
    }
    start < at && before(text, start).is_ascii_digit()
}

fn coordinates(text: &[u8], at: usize, end: usize) -> Option<(Span, Verdict)> {
    // Most numbers have neither decimals nor degrees.
    let decimal = byte(text, end) == b'.' && byte(text, end + 1).is_ascii_digit();
    if end > at + 3 || !(decimal || byte(text, past_space(text, end)) >= 0x80) {
        return None;
    }
    let first = angle(text, at).filter(|angle| angle.places >= 2)?;
    let second = angle(text, between(text, first.end)?)?;
    let quarters = match (first.quarter, second.quarter) {
        (0, 0) => false,
        (b'N' | b'S', b'E' | b'W') | (b'E' | b'W', b'N' | b'S') => true,
        _ => return None,
    };
    let (latitude, longitude) = if matches!(first.quarter, b'E' | b'W') || first.degrees > 90 {
        (second, first)
    } else {
        (first, second)
    };
    let places = first.places.min(second.places);
    let told = (quarters || (first.signed && second.signed)) && places >= 3;
    // A third number makes it a point in space, or a row of a table.
    let third = between(text, second.end).is_some() && !told;
    let third = third || (is_in_row(text, at) && !told);
    let nowhere = latitude.degrees == 0 && longitude.degrees == 0 && !told;
    if latitude.degrees > 90
        || longitude.degrees > 180
        || third
        || nowhere
        || !(told || places >= 3 || quarters)
    {
        return None;
    }
    let minus = text.get(..at).is_some_and(|head| head.ends_with("−".as_bytes()));
    let sign = usize::from(matches!(before(text, at), b'-' | b'+'));
    let start = at - if minus { "−".len() } else { sign };
    Some(((start, second.end), Verdict::shape(if told { Strength::Strong } else { Strength::Fair })))
}

/// A pair of coordinates, however it is written: signed degrees, latitude first.
pub(crate) fn canonical_coordinates(value: &[u8]) -> Option<String> {
    const MOST: usize = 7;
    let at = value.iter().position(u8::is_ascii_digit)?;
    let first = angle(value, at)?;
    let next = between(value, first.end)?;
    let second = angle(value, next)?;
    let ((a, a_places), (b, b_places)) = (degrees(value, at, &first)?, degrees(value, next, &second)?);
    let places = a_places.min(b_places).min(MOST);
    let east = matches!(first.quarter, b'E' | b'W') || first.degrees > 90;
    let (latitude, longitude) = if east { (b, a) } else { (a, b) };
    Some(format!("{latitude:.places$},{longitude:.places$}"))
}

/// The signed degrees of the angle at `at`, and to how many decimal places they are told.
fn degrees(text: &[u8], at: usize, angle: &Angle) -> Option<(f64, usize)> {
    let written = std::str::from_utf8(text.get(at..angle.end)?).ok()?;
    let numbers: Vec<f64> = written
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|number| number.parse().ok())
        .collect();
    let value: f64 = numbers.iter().zip([1.0, 60.0, 3600.0]).map(|(number, of)| number / of).sum();
    // A minute, or a second, is more than what it is counted as.
    let places = if numbers.len() > 1 { angle.places.saturating_sub(1) } else { angle.places };
    let head = text.get(..at)?;
    let minus =
        matches!(angle.quarter, b'S' | b'W') || head.ends_with(b"-") || head.ends_with("−".as_bytes());
    Some((if minus { -value } else { value }, places))
}

/// Whether two of these are one place, as far as the coarser one tells.
pub(crate) fn is_same_point(one: &str, other: &str) -> bool {
    let places = |number: &str| number.split_once('.').map_or(0, |(_, places)| places.len());
    let agree = |(one, other): (&str, &str)| {
        let (fine, coarse) = (places(one).max(places(other)), places(one).min(places(other)));
        // What is coarser was rounded or cut off.
        let slack = if fine == coarse { 0.5 } else { 1.0 };
        let apart = one.parse::<f64>().ok().zip(other.parse::<f64>().ok()).map(|(a, b)| (a - b).abs());
        apart.is_some_and(|apart| apart * 10f64.powi(coarse as i32) < slack)
    };
    one.split(',').zip(other.split(',')).all(agree)
}

#[cfg(test)]
mod tests {
    use crate::pii::{Options, Scanner};

    fn found<'t>(kind: &str, tier: &str, text: &'t str) -> Vec<&'t str> {
        let options = Options { tier: tier.into(), kinds: vec![kind.to_owned()], ..Options::default() };
        Scanner::new(&options).unwrap().scan(text).into_iter().map(|m| &text[m.span]).collect()
    }

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

    #[test]
    fn postal_codes_need_their_word() {
        for (text, value) in [
            ("ZIP code 62704", "62704"),
            ("zip: 62704-1234", "62704-1234"),
            ("postcode M1 1AA", "M1 1AA"),
            ("Postcode: EC1A1BB.", "EC1A1BB"),
            ("the postcode is DN551PT", "DN551PT"),
            ("postcode W1A 1HQ", "W1A 1HQ"),
            ("postal code K1A 0B1", "K1A 0B1"),
            ("PLZ 10115", "10115"),
            ("postcode 1012 AB", "1012 AB"),
            ("ZIP codes: 62704", "62704"),
        ] {
            assert_eq!(found("POSTAL_CODE", "", text), [value], "{text}");
        }
        assert_eq!(
            found("POSTAL_CODE", "", "ZIP codes 94103, 94104 and 94105."),
            ["94103", "94104", "94105"]
        );
        for text in [
            "62704",
            "error codes 94103, 94104",
            "M1 1AA",
            "order 62704",
            "text your zip code to 43362",
            "postcode QA1 1AA",
            "postcode M1 1CA",
            "zip codes of 12 towns",
            "post codes number 17000",
        ] {
            assert_eq!(found("POSTAL_CODE", "", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn coordinates_come_in_pairs() {
        for (text, value) in [
            ("coordinates: 40.7128, -74.0060", "40.7128, -74.0060"),
            ("{\"lat\": -33.8688, \"lng\": 151.2093}", "-33.8688, \"lng\": 151.2093"),
            ("latitude 40.7128 and longitude -74.0060 here", "40.7128 and longitude -74.0060"),
            ("at 40.7128° N, 74.0060° W.", "40.7128° N, 74.0060° W"),
            ("at 40.7128 N 74.0060 W", "40.7128 N 74.0060 W"),
            ("near 40°42'46\"N 74°00'21\"W", "40°42'46\"N 74°00'21\"W"),
            ("near 40° 42′ 46.5″ N, 74° 0′ 21″ W", "40° 42′ 46.5″ N, 74° 0′ 21″ W"),
            ("GPS 151.2093, -33.8688", "151.2093, -33.8688"),
            ("GPS −33.8688, −70.6693", "−33.8688, −70.6693"),
        ] {
            assert_eq!(found("GPS_COORDINATES", "", text), [value], "{text}");
        }
        for text in [
            "40.7128, -74.0060",
            "coordinates 40.7, -74.0",
            "coordinates 0.1234, 0.5678",
            "coordinates 10.1234, 20.5678, 30.9012",
            "coordinates 95.1234, 185.5678",
            "coordinates 40.7128",
            "40.7128° N, 74.0060° N",
            "at 40° N and 74° W",
            "40°72'46\"N 74°00'21\"W",
        ] {
            assert_eq!(found("GPS_COORDINATES", "", text), [""; 0], "{text}");
        }
    }
}
