//! Dates of birth: in digits or with the month's name, where words say that somebody was born then.

use super::{BASE, Canonical, Find, Recognizer, Shape, Span, Strength, Verdict};
use crate::pii::candidate::{Candidate, before, byte, digits_at};
use crate::pii::checksum::{is_day, number};
use crate::pii::context::{dotted_start, is_any, is_word, is_word_before};
use crate::words::beginnings::Beginnings;

pub(super) const DATE_OF_BIRTH: Recognizer = Recognizer {
    name: "DATE_OF_BIRTH",
    aliases: &["DOB"],
    severity: 0.5,
    accepts: "a date, in digits or with the month's name, where words say that somebody was born then",
    example: "born on July 14, 1995",
    source: "45 CFR 164.514(b)(2)(i)(C); ISO 8601 and the orders in common use",
    find: &[
        Find::Shapes(
            &[
                Shape::new("9999-99-99", Strength::Weak),
                Shape::new("99-99-9999", Strength::Weak),
                Shape::new("9-99-9999", Strength::Weak),
                Shape::new("99-9-9999", Strength::Weak),
                Shape::new("9-9-9999", Strength::Weak),
                Shape::new("99-99-99", Strength::Slight),
                Shape::new("9-99-99", Strength::Slight),
                Shape::new("99-9-99", Strength::Slight),
                Shape::new("9-9-99", Strength::Slight),
                Shape::new("99999999", Strength::Slight),
            ],
            in_digits,
        ),
        Find::Numbers(with_month),
    ],
    context: "dob, born, birth, birthday, birthdate, geboren, geburtsdatum, naissance, né le, née le, nacimiento, \
              nacido, nacida, nato il, nata il, nascita, of birth",
    against: 0,
    labels: "b",
    canonical: Canonical::Date,
    belongs: Some(is_of_birth),
    ..BASE
};

/// Words for a birth, for who it is said of in another clause, and for what is no person.
const BIRTHS: &[&[u8]] = &[b"born", b"birth", b"birthday", b"birthdate", b"dob"];
const OTHERS: &[&[u8]] = &[b"he", b"she", b"they", b"it", b"who", b"we"];
const IMPERSONAL: &[&[u8]] = &[
    b"company",
    b"firm",
    b"startup",
    b"band",
    b"idea",
    b"movement",
    b"nation",
    b"country",
    b"state",
    b"republic",
    b"project",
    b"language",
    b"website",
    b"site",
    b"team",
    b"club",
    b"party",
    b"magazine",
    b"show",
    b"series",
    b"brand",
    b"service",
    b"internet",
    b"web",
    b"city",
    b"town",
    b"network",
    b"agency",
    b"institution",
    b"league",
    b"festival",
    b"game",
    b"tradition",
    b"holiday",
    b"euro",
    b"currency",
    b"bank",
    b"union",
    b"alliance",
    b"association",
    b"organization",
    b"organisation",
    b"foundation",
    b"society",
    b"museum",
    b"university",
    b"college",
    b"school",
    b"church",
    b"airline",
    b"station",
    b"channel",
    b"newspaper",
    b"journal",
    b"label",
    b"studio",
    b"orchestra",
    b"campaign",
    b"program",
    b"programme",
    b"product",
    b"app",
    b"sport",
    b"genre",
    b"dynasty",
    b"empire",
    b"democracy",
    b"constitution",
    b"cub",
    b"calf",
    b"foal",
    b"pup",
    b"puppy",
    b"kitten",
    b"lamb",
    b"panda",
    b"elephant",
    b"giraffe",
    b"gorilla",
    b"tiger",
];
/// Past tenses that do not end in -ed.
const DONE: &[&[u8]] =
    &[b"became", b"went", b"began", b"won", b"left", b"took", b"made", b"got", b"met", b"led"];
const ORDINALS: &[&[u8]] = &[
    b"first", b"second", b"third", b"fourth", b"fifth", b"sixth", b"seventh", b"eighth", b"ninth", b"tenth",
    b"st", b"nd", b"rd", b"th",
];

/// Whether the date that starts at `start` is the one of the birth that is spoken of before it: no other year and no other
/// clause stands between, and it is a person who was born.
fn is_of_birth(text: &[u8], start: usize, end: usize) -> bool {
    const FAR: usize = 64;
    let floor = start.saturating_sub(FAR);
    // The letter counts before a date alone.
    if byte(text, end + 1) | 0x20 == b'b' && !is_word(text, end) && !is_word(text, end + 2) {
        return is_birth_before(text, start, floor);
    }
    let (mut at, mut nearer): (usize, &[u8]) = (start, b"");
    let mut first = true;
    if is_done_then(text, start, floor) {
        return false;
    }
    while let Some((word, from)) = word_before(text, at, floor) {
        let between = text.get(from + word.len()..at).unwrap_or_default();
        if between.windows(4).any(|four| four.iter().all(u8::is_ascii_digit)) {
            return is_of_several(text, start) || !is_birth_before(text, at, floor);
        }
        // `(b. 14 March 1986)`
        if std::mem::take(&mut first) && word.eq_ignore_ascii_case(b"b") {
            let letters = text.get(dotted_start(text, from, floor)..=from).unwrap_or_default();
            if letters.eq_ignore_ascii_case(b"d.o.b") {
                return true;
            }
            let [last, earlier] = [before(text, from), before(text, from.saturating_sub(1))];
            return word == b"b" && (last == b'(' || (last == b' ' && earlier == b','));
        }
        if is_any(BIRTHS, word) {
            let beside = byte(text, from + word.len()) == b' ' && from + word.len() + 1 == at;
            return !(beside && word.eq_ignore_ascii_case(b"birth") && names_other(nearer))
                && is_of_person(text, from, floor);
        }
        let done = is_any(DONE, nearer) || nearer.ends_with(b"ed") || nearer == b"died";
        if is_any(OTHERS, word) || (word == b"and" && done) {
            return !is_birth_before(text, from, floor);
        }
        (at, nearer) = (from, word);
    }
    true
}

/// Whether a past tense that opens a clause stands right before the date: `, accessed 17 August 2021`.
fn is_done_then(text: &[u8], start: usize, floor: usize) -> bool {
    let Some((word, from)) = word_before(text, start, floor) else { return false };
    let opens =
        from >= floor + 2 && matches!(byte(text, from - 2), b',' | b';' | b'.') && before(text, from) == b' ';
    opens
        && from + word.len() + 1 == start
        && word.ends_with(b"ed")
        && names_other(&word.to_ascii_lowercase())
}

/// Whether a word right behind `birth` makes it another thing's name: `birth control`, `birth rate`.
fn names_other(word: &[u8]) -> bool {
    const GO_ON: &[&[u8]] = &[
        b"date",
        b"dates",
        b"day",
        b"year",
        b"month",
        b"is",
        b"was",
        b"were",
        b"on",
        b"in",
        b"at",
        b"as",
        b"of",
        b"to",
        b"and",
        b"given",
        b"recorded",
        b"listed",
        b"registered",
        b"shown",
        b"noted",
        b"certificate",
        b"record",
        b"details",
    ];
    word.first().is_some_and(u8::is_ascii_lowercase) && !GO_ON.contains(&word) && month(word).is_none()
}

/// Whether the date at `start` is one of a row that words for several births lead: `Dates of birth: A, B and C`.
fn is_of_several(text: &[u8], start: usize) -> bool {
    const FAR: usize = 256;
    let floor = start.saturating_sub(FAR);
    let mut at = start;
    loop {
        let is_mark =
            |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b',' | b'/' | b'-' | b'.' | b'&' | b':');
        while at > floor && is_mark(before(text, at)) {
            at -= 1;
        }
        let Some((word, from)) = word_before(text, at, floor).filter(|(word, from)| from + word.len() == at)
        else {
            return false;
        };
        if !(matches!(word, b"and" | b"or") || month(word).is_some()) {
            break;
        }
        at = from;
    }
    let mut words = [b"".as_slice(); 3];
    for slot in &mut words {
        let Some((word, from)) = word_before(text, at, floor) else { break };
        (*slot, at) = (word, from);
    }
    let is = |word: &[u8], known: &str| word.eq_ignore_ascii_case(known.as_bytes());
    let [last, earlier, first] = words;
    ["births", "birthdays", "birthdates", "dobs"].iter().any(|known| is(last, known))
        || (is(last, "birth") && is(earlier, "of") && is(first, "dates"))
        || (is(last, "on") && is(earlier, "born") && is(first, "were"))
}

/// Whether a word for a birth stands between `floor` and `at`.
fn is_birth_before(text: &[u8], at: usize, floor: usize) -> bool {
    let mut at = at;
    while let Some((word, from)) = word_before(text, at, floor) {
        if is_any(BIRTHS, word) {
            return true;
        }
        at = from;
    }
    false
}

/// Whether the word for a birth at `at` speaks of a person's, and of no anniversary.
fn is_of_person(text: &[u8], at: usize, floor: usize) -> bool {
    let Some((last, from)) = word_before(text, at, floor) else { return true };
    if !matches!(last, b"was" | b"were") {
        let beside = text.get(from + last.len()..at) == Some(b" ");
        return !(is_any(ORDINALS, last) || beside && is_any(IMPERSONAL, last));
    }
    let Some((subject, from)) = word_before(text, from, floor) else { return true };
    let star =
        || word_before(text, from, floor).is_some_and(|(article, _)| article.eq_ignore_ascii_case(b"a"));
    !(is_any(IMPERSONAL, subject) || subject == b"star" && star())
}

/// The word that ends before `at`, and where it starts; none that begins before `floor`.
fn word_before(text: &[u8], at: usize, floor: usize) -> Option<(&[u8], usize)> {
    let mut end = at;
    while end > floor && !is_word_before(text, end) {
        end -= 1;
    }
    let mut start = end;
    while start > floor && is_word_before(text, start) {
        start -= 1;
    }
    text.get(start..end).filter(|word| !word.is_empty()).map(|word| (word, start))
}

/// The names of the months in English, German, French, Spanish and Italian, lower case.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "janvier", "enero", "gennaio"],
    &["february", "feb", "februar", "février", "febrero", "febbraio"],
    &["march", "mar", "märz", "mars", "marzo"],
    &["april", "apr", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "maggio"],
    &["june", "jun", "juni", "juin", "junio", "giugno"],
    &["july", "jul", "juli", "juillet", "julio", "luglio"],
    &["august", "aug", "août", "agosto"],
    &["september", "sep", "sept", "septembre", "septiembre", "settembre"],
    &["october", "oct", "oktober", "octobre", "octubre", "ottobre"],
    &["november", "nov", "novembre", "noviembre"],
    &["december", "dec", "dezember", "décembre", "diciembre", "dicembre"],
];
/// The longest of them, in bytes.
const LONGEST: usize = 10;

/// What their names begin with.
pub(crate) static MONTH_BEGINNINGS: Beginnings = {
    let (mut all, mut month) = (Beginnings::NONE, 0);
    while month < MONTHS.len() {
        let mut name = 0;
        while name < MONTHS[month].len() {
            all = all.with_word(MONTHS[month][name].as_bytes());
            name += 1;
        }
        month += 1;
    }
    all
};

/// Whether a month's name may begin so: most words do not.
fn may_be_month(first: u8, second: u8) -> bool {
    first.is_ascii_alphabetic() && MONTH_BEGINNINGS.has(first, second)
}

/// The number of the month of that name.
pub(crate) fn month(name: &[u8]) -> Option<u64> {
    if !matches!(name, [first, second, _, ..] if may_be_month(*first, *second)) {
        return None;
    }
    let first = byte(name, 0) | 0x20;
    let is = |known: &[u8]| byte(known, 0) == first && known.eq_ignore_ascii_case(name);
    let of = |names: &[&str]| names.iter().any(|known| is(known.as_bytes()));
    MONTHS.iter().position(|names| of(names)).map(|i| i as u64 + 1)
}

/// Year, month and day; which of the two smaller numbers is the day is not always told.
type Date = (u64, u64, u64);

fn dated((year, a, b): Date, strength: Strength) -> Option<Verdict> {
    let known = year < 100 || (1880..=2035).contains(&year);
    (known && is_day(a.min(b), a.max(b))).then_some(Verdict::shape(strength))
}

fn in_digits(candidate: &Candidate, strength: Strength) -> Option<Verdict> {
    if candidate.length() == 8 && candidate.group_lengths().count() == 1 {
        return dated(in_one(candidate.compact())?, strength);
    }
    let (mut parts, mut at) = ([0; 3], 0);
    for (part, length) in parts.iter_mut().zip(candidate.group_lengths()) {
        *part = number(candidate.compact().get(at..at + length)?)?;
        at += length;
    }
    dated(in_order(parts), strength)
}

/// A date in eight digits: `19670107`, or with the year behind.
fn in_one(digits: &[u8]) -> Option<Date> {
    let part = |from: usize, to: usize| number(digits.get(from..to)?);
    let known = |date: &Date| dated(*date, Strength::Slight).is_some();
    let date = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    Some(date).filter(known).or(Some((part(4, 8)?, part(0, 2)?, part(2, 4)?)))
}

/// The year is what cannot be a day, or the last.
fn in_order([a, b, c]: [u64; 3]) -> Date {
    if a > 31 { (a, b, c) } else { (c, a, b) }
}

/// A number of up to `most` digits at `at`, and where it ends.
fn digits(text: &[u8], at: usize, most: usize) -> Option<(u64, usize)> {
    let length = digits_at(text, at, most + 1);
    Some((number(text.get(at..at + length)?)?, at + length)).filter(|_| (1..=most).contains(&length))
}

/// What stands between the parts of a date: at most two of space, comma, full stop, dash and slash.
fn gap(text: &[u8], at: usize) -> usize {
    let is_gap = |b: u8| matches!(b, b' ' | b',' | b'.' | b'-' | b'/');
    let first = usize::from(is_gap(byte(text, at)));
    first + (first & usize::from(is_gap(byte(text, at + 1))))
}

/// The day at `at`, with its ending (`3rd`), and where it ends.
fn day(text: &[u8], at: usize) -> Option<(u64, usize)> {
    let (day, end) = digits(text, at, 2)?;
    let ending = text.get(end..end + 2).unwrap_or_default();
    let ordinal = [b"st", b"nd", b"rd", b"th"].iter().any(|known| known.eq_ignore_ascii_case(ending));
    let end = end + if ordinal { 2 } else { 0 };
    (!byte(text, end).is_ascii_alphanumeric()).then_some((day, end))
}

/// The month whose name starts at `at`, and where it ends.
fn month_at(text: &[u8], at: usize) -> Option<(u64, usize)> {
    if !may_be_month(byte(text, at), byte(text, at + 1)) {
        return None;
    }
    let letter = |&i: &usize| is_word(text, i);
    let length = (at..=at + LONGEST).take_while(letter).count();
    Some((month(text.get(at..at + length)?)?, at + length))
}

/// The month whose name ends right before `at`, and where it starts.
fn month_before(text: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut end = at;
    while at - end < 2 && matches!(before(text, end), b' ' | b'.' | b'-') {
        end -= 1;
    }
    let mut start = end;
    while end - start <= LONGEST && is_word_before(text, start) {
        start -= 1;
    }
    (end < at).then_some((month(text.get(start..end)?)?, start))
}

/// The year at `at`, and where it ends; two digits are one only behind a dash.
fn year(text: &[u8], at: usize) -> Option<(u64, usize)> {
    let (year, end) = digits(text, at, 4)?;
    let whole = end - at == 4 || (end - at == 2 && before(text, at) == b'-');
    (whole && !byte(text, end).is_ascii_alphanumeric()).then_some((year, end))
}

/// Reads the date of which the number at `at` is the first one.
fn read(text: &[u8], at: usize) -> Option<(Span, Date)> {
    if let Some((month, start)) = month_before(text, at) {
        let (day, end) = day(text, at)?;
        let (year, end) = year(text, end + gap(text, end))?;
        return Some(((start, end), (year, month, day)));
    }
    if let Some((year, end)) = digits(text, at, 4).filter(|(year, _)| *year > 31) {
        let (month, end) = month_at(text, end + gap(text, end))?;
        let (day, end) = day(text, end + gap(text, end))?;
        return Some(((at, end), (year, month, day)));
    }
    let (day, end) = day(text, at)?;
    let mut from = end + gap(text, end);
    if text.get(from..from + 3).is_some_and(|word| word == b"of " || word == b"de ") {
        from += 3;
    }
    let (month, end) = month_at(text, from)?;
    let mut from = end + gap(text, end);
    if text.get(from..from + 3) == Some(b"de ") {
        from += 3;
    }
    let (year, end) = year(text, from)?;
    Some(((at, end), (year, month, day)))
}

/// Whether at most three words of its sentence stand before `at`: words of another sentence say little. The
/// full stop of an initial or of a short abbreviation ends none.
fn begins_anew(text: &[u8], at: usize) -> bool {
    const REACH: usize = 40;
    const WORDS: usize = 3;
    let ends = |&i: &usize| {
        let stop = matches!(byte(text, i), b'.' | b'?' | b'!') && !byte(text, i + 1).is_ascii_alphanumeric();
        let letters = (1..=4).take_while(|&back| i >= back && is_word(text, i - back)).count();
        stop && (letters == 4 || before(text, i).is_ascii_digit())
    };
    let Some(end) = (at.saturating_sub(REACH)..at).rev().find(ends) else { return false };
    let starts = |&i: &usize| byte(text, i).is_ascii_alphabetic() && !is_word_before(text, i);
    (end..at).filter(starts).count() <= WORDS
}

/// Whether a word stands before `at`, as a month's name would.
fn is_behind_word(text: &[u8], at: usize) -> bool {
    let is_gap = |b: u8| matches!(b, b' ' | b'.' | b'-');
    let place = |back: usize| at.saturating_sub(back);
    let is_word = |back: usize| is_word_before(text, place(back));
    is_gap(before(text, at)) && (is_word(1) || (is_gap(before(text, place(1))) && is_word(2)))
}

/// Whether a date may be read at a group: a month's name follows, or a day that one stands before has its year behind.
pub(crate) fn may_be_dated(text: &[u8], at: usize, end: usize) -> bool {
    let from = end + gap(text, end);
    let (first, second) = (byte(text, from), byte(text, from + 1));
    if (first.is_ascii_digit() && is_behind_word(text, at))
        || may_be_month(first, second)
        || matches!((first, second), (b'o', b'f') | (b'd', b'e'))
    {
        return true;
    }
    // A year and a month may stand in one piece.
    let mut inner = at;
    while byte(text, inner).is_ascii_digit() {
        inner += 1;
    }
    inner < end && may_be_month(byte(text, inner), byte(text, inner + 1))
}

fn with_month(text: &[u8], at: usize, end: usize) -> Option<(Span, Verdict)> {
    if !may_be_dated(text, at, end) {
        return None;
    }
    // A day has two digits at most; a year has four, and a month's name behind it.
    let digits = digits_at(text, at, 5);
    let after = at + digits + gap(text, at + digits);
    let is_year = || digits == 4 && may_be_month(byte(text, after), byte(text, after + 1));
    if digits > 2 && !is_year() {
        return None;
    }
    let (span, (year, month, day)) = read(text, at)?;
    if !is_day(month, day) {
        return None;
    }
    let strength = if year < 100 || begins_anew(text, span.0) { Strength::Slight } else { Strength::Weak };
    Some((span, dated((year, month, day), strength)?))
}

/// The last two digits of the year, and day and month, the smaller first: equal for all the ways of writing it.
pub(crate) fn canonical_date(value: &[u8]) -> Option<String> {
    let first = value.iter().position(u8::is_ascii_digit)?;
    let whole = digits_at(value, first, 9) == 8;
    let (year, a, b) = read(value, first).map(|(_, date)| date).or_else(|| {
        if whole {
            return in_one(value.get(first..first + 8)?);
        }
        let mut parts = value.split(|b| !b.is_ascii_digit()).filter(|part| !part.is_empty()).map(number);
        let parts = [parts.next()??, parts.next()??, parts.next()??];
        Some(in_order(parts))
    })?;
    Some(format!("{:02}-{:02}-{:02}", year % 100, a.min(b), a.max(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_equal_however_they_are_written() {
        for value in [
            "July 14, 1995",
            "Jul. 14 1995",
            "14 July 1995",
            "14th of July, 1995",
            "14-JUL-95",
            "14. Juli 1995",
            "14 de julio de 1995",
            "1995 July 14",
            "7/14/1995",
            "19950714",
            "07141995",
            "14.07.1995",
            "1995-07-14",
            "7/14/95",
        ] {
            assert_eq!(canonical_date(value.as_bytes()).as_deref(), Some("95-07-14"), "{value}");
        }
        for value in ["", "July", "July 1995", "14 July", "12345"] {
            assert_eq!(canonical_date(value.as_bytes()), None, "{value}");
        }
    }
}
