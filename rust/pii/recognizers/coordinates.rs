//! Latitude and longitude, in degrees with decimals or in minutes and seconds.

use super::words::{is_of, word};
use super::{BASE, Canonical, Find, Recognizer, Span, Strength, Verdict};
use crate::pii::candidate::{before, byte, digits_at};

pub(super) const GPS_COORDINATES: Recognizer = Recognizer {
    name: "GPS_COORDINATES",
    aliases: &["COORDINATES", "GEO_COORDINATES"],
    severity: 0.4,
    accepts: "latitude and longitude to a hundred metres or better: with degrees or quarters, or with context",
    example: "coordinates 40.71278, -74.00594",
    source: "ISO 6709:2022",
    find: &[Find::Numbers(coordinates)],
    context: PLACES,
    against: 0,
    canonical: Canonical::Coordinates,
    belongs: Some(is_place),
    ..BASE
};

/// Words that say that a pair of numbers is a place, and words that say what else it is.
const PLACES: &str = "coordinate, gps, latitude, longitude, lat, lon, lng, long, geolocation, geo, location";
const STATISTICS: &[&str] = &[
    "ci",
    "cis",
    "cri",
    "interval",
    "intervals",
    "confidence",
    "credible",
    "iqr",
    "range",
    "ratio",
    "hr",
    "rr",
    "aor",
    "ahr",
    "sd",
    "mean",
    "means",
    "median",
    "quartiles",
    "quantiles",
    "percentiles",
    "limits",
    "auc",
    "score",
    "scores",
    "loss",
    "accuracy",
    "coefficients",
    "weights",
    "eigenvalues",
];

/// Whether a pair may be a place: it has degrees or quarters (whose letters and signs nothing else in it has), or the nearest
/// word that tells speaks of places, or none tells and not both numbers are small.
fn is_place(text: &[u8], start: usize, end: usize) -> bool {
    const NEAR: usize = 48;
    const BEFORE: usize = 6;
    const BEHIND: usize = 3;
    const SMALL: u32 = 10;
    let value = text.get(start..end).unwrap_or_default();
    if value.iter().any(|b| matches!(b, b'N' | b'S' | b'E' | b'W' | 0xc2 | 0xcb)) {
        return true;
    }
    let is_apart = |b: &u8| !b.is_ascii_alphanumeric();
    let is_place = |word: &[u8]| {
        PLACES.split(", ").chain(["coordinates"]).any(|place| word.eq_ignore_ascii_case(place.as_bytes()))
    };
    let is_told = |word: &[u8]| match (is_place(word), is_of(STATISTICS, word)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let before = text.get(start.saturating_sub(NEAR)..start).unwrap_or_default();
    let behind = text.get(end..text.len().min(end + NEAR)).unwrap_or_default();
    let before = before.rsplit(is_apart).filter(|word| !word.is_empty()).take(BEFORE).find_map(is_told);
    let behind = || behind.split(is_apart).filter(|word| !word.is_empty()).take(BEHIND).find_map(is_told);
    before.or_else(behind).unwrap_or_else(|| {
        let mut numbers =
            value.split(|b| !b.is_ascii_digit() && *b != b'.').filter(|number| !number.is_empty());
        let is_small = |number: &[u8]| decimal(number, 0, 3).is_some_and(|(whole, ..)| whole < SMALL);
        !numbers.all(is_small)
    })
}

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
    use super::super::found;

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
        for (text, value) in [
            ("they met at 51.5074, -0.1278 in May", "51.5074, -0.1278"),
            ("at Atqasuk (70°27’N, 157°24’W) in 1996. Mean July", "70°27’N, 157°24’W"),
            ("Accra, 5.6037, -0.1870 (latitude, longitude)", "5.6037, -0.1870"),
        ] {
            assert_eq!(found("GPS_COORDINATES", "strict", text), [value], "{text}");
        }
        for text in [
            "OR 0.912 (95% CI [0.755, 1.114])",
            "a confidence interval of 12.345, 18.901 was",
            "intercept and slope 3.142, -2.718 were",
            "(40.712, 74.006), the 95% CI",
        ] {
            assert_eq!(found("GPS_COORDINATES", "strict", text), [""; 0], "{text}");
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
