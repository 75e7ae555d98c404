//! The canonical form of a value: equal for all the ways of writing it.

use crate::pii::normalize::plain;
use crate::pii::recognizers::{
    Canonical, canonical_coordinates, canonical_date, canonical_street, national_number, street_end,
};
use crate::pii::{Kind, Match};

/// The canonical form of what was found in `text`.
pub(crate) fn canonical(found: &Match, text: &str) -> String {
    let written = text.get(found.span.clone()).unwrap_or_default();
    // What was found as it is written stands for itself: a letter in it is no digit in disguise.
    if !found.obfuscated {
        return of_plain(found.kind, written);
    }
    let value = of_plain(found.kind, &plain(written));
    match value.split_once('@') {
        // Underscores belong to names as well as to the words that they set apart.
        Some((local, domain)) if local.contains("_dot_") => {
            format!("{}@{domain}", local.trim_matches('_').replace("_dot_", "."))
        }
        _ => value,
    }
}

/// What a value of the source that was found in `text` is looked up by, whatever stands around it: its letters and digits,
/// of an address only the street's, as it is written.
pub(super) fn looked_up(found: &Match, text: &str, value: &str) -> String {
    if found.kind.recognizer().canonical != Canonical::Street {
        return bare(value);
    }
    let written = text.get(found.span.clone()).unwrap_or_default();
    let written = if found.obfuscated { plain(written) } else { written.to_owned() };
    bare(written.get(..street_end(written.as_bytes())).unwrap_or_default())
}

/// The same of a value in plain writing.
fn of_plain(kind: Kind, value: &str) -> String {
    match kind.recognizer().canonical {
        Canonical::Lower => value.to_lowercase(),
        Canonical::Digits => digits_of(value),
        Canonical::Phone => national_number(value),
        Canonical::Code => bare(value),
        Canonical::Street => canonical_street(value.as_bytes()),
        Canonical::Coordinates => canonical_coordinates(value.as_bytes()).unwrap_or_else(|| bare(value)),
        Canonical::Date => canonical_date(value.as_bytes()).unwrap_or_else(|| bare(value)),
        Canonical::Address => address(value),
        Canonical::Wallet => wallet(value),
        Canonical::Exact => value.to_owned(),
    }
}

/// Digits alone.
pub(super) fn digits_of(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

/// Letters and digits alone, upper case.
pub(super) fn bare(text: &str) -> String {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| char::from(b.to_ascii_uppercase())).collect()
}

/// An address in its shortest form, without zone and prefix length.
fn address(value: &str) -> String {
    let value = value.split(['/', '%']).next().unwrap_or_default();
    value.parse::<std::net::IpAddr>().map_or_else(|_| value.to_lowercase(), |address| address.to_string())
}

/// Base58 tells capitals from small letters; hexadecimal digits and bech32 do not.
fn wallet(value: &str) -> String {
    let is_hex = value.get(..2).is_some_and(|lead| lead.eq_ignore_ascii_case("0x"));
    let is_capital = !value.bytes().any(|b| b.is_ascii_lowercase());
    if is_hex || is_capital { value.to_ascii_lowercase() } else { value.to_owned() }
}
