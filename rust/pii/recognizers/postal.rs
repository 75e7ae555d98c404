//! Postal codes: five digits are found in prose everywhere, so a word has to name them.

use super::words::{LONGEST, is_of};
use super::{BASE, Canonical, Find, Recognizer, Shape, Span, Strength, Verdict};
use crate::pii::candidate::{Candidate, before, byte, digits_at, digits_up_to};
use crate::pii::context::{is_word, is_word_before};

/// Where an Australian postal code ends.
pub(super) fn four(text: &[u8], at: usize) -> Option<usize> {
    (digits_at(text, at, 5) == 4 && !is_word(text, at + 4)).then_some(at + 4)
}

/// Where a postal code of the United States, the United Kingdom or Canada ends.
pub(super) fn postal_code(text: &[u8], at: usize) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::super::found;

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
}
