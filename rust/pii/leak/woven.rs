//! Values of the source that are woven into a completion: their groups with words between (`415, then 555 and 0132`), said
//! in another language, spelled out, written backwards, in another base or encoded, an e-mail's two halves apart.
//!
//! Without the source that may be a list, prose or anything; the nine digits of a number of the source, one behind the other
//! with no other number between, are no chance. Promise: linear in the completion; a place costs a lookup of a bit, and,
//! seldom, one of each length.

use super::canonical::{bare, digits_of};
use super::decoded::decoded;
use super::leads::Leads;
use super::parts::length_bit;
use super::streets;
use super::units::{Reading, Units, Words, alike};
use super::words;
use crate::pii::Kind;
use crate::pii::recognizers::{Canonical, short_forms};
use crate::words::ordinary::is_ordinary;
use std::collections::BTreeMap;
use std::ops::Range;

/// Fewest digits, or letters and digits, that stand nowhere by chance; of an address of a machine, whose groups must fit too.
const LEAST: usize = 9;
const LEAST_OF_ADDRESS: usize = 8;
/// The same of a street's number and name.
const LEAST_OF_STREET: usize = 6;
/// Most of them.
const MOST: usize = 63;
/// Fewest letters of a local part that tells an e-mail beside its domain, and of one that does farther away.
const LEAST_LOCAL: usize = 5;
const TELLING_LOCAL: usize = 8;
/// Most bytes between a local part and its domain.
const REACH: usize = 64;

/// What of a source is looked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Woven {
    /// Numbers by their digits.
    numbers: Values,
    /// Values by their letters and digits.
    whole: Values,
    /// The same with what looks alike made one.
    spelled: Values,
    /// Streets without their kind: number and name.
    streets: Values,
    /// Values that are told only in an encoding: of a date as it is written words tell.
    encoded: Values,
    /// Local parts of e-mails in small letters, and the domains that they are at.
    mails: BTreeMap<String, (String, Kind)>,
    /// Which lengths these have, in bytes: a bit each, the highest for all that are longer.
    locals: u64,
}

/// Values to look up, each with its kind.
#[derive(Debug, Clone, Default)]
struct Values {
    of: BTreeMap<String, Kind>,
    /// Which lengths they have, a bit each.
    lengths: u64,
    leads: Leads,
}

impl Values {
    fn add(&mut self, value: &str, kind: Kind, least: usize) {
        if (least..=MOST).contains(&value.len()) {
            self.lengths |= 1 << value.len();
            self.leads.add(value.as_bytes());
            self.of.entry(value.to_owned()).or_insert(kind);
        }
    }

    /// How long the shortest is.
    fn shortest(&self) -> usize {
        self.lengths.trailing_zeros() as usize
    }

    /// The longest that `rest` begins with, and that ends at an edge.
    fn at(&self, rest: &[u8], is_edge: impl Fn(usize) -> bool) -> Option<(usize, Kind)> {
        if !self.leads.has(rest) {
            return None;
        }
        let mut left = self.lengths;
        let lengths = std::iter::from_fn(|| {
            let longest = left.checked_ilog2()?;
            left ^= 1 << longest;
            Some(longest as usize)
        });
        lengths.filter(|length| is_edge(*length)).find_map(|length| {
            let value = std::str::from_utf8(rest.get(..length)?).ok()?;
            self.of.get(value).map(|kind| (length, *kind))
        })
    }

    /// Where they stand among units, in order, disjoint.
    fn find(&self, units: &Units, found: &mut Vec<(Range<usize>, Kind)>) {
        let mut end = 0;
        for at in units.starts() {
            let rest = units.bytes.get(at..).unwrap_or_default();
            if at >= end
                && let Some((length, kind)) = self.at(rest, |length| units.is_edge(at + length))
                && let Some(span) = units.span(at..at + length)
            {
                found.push((span, kind));
                end = at + length;
            }
        }
    }
}

/// With every letter thirteen places on, as in ROT13.
fn rotated(value: &str) -> String {
    let letter = |b: u8| if b.is_ascii_uppercase() { (b - b'A' + 13) % 26 + b'A' } else { b };
    value.bytes().map(|b| char::from(letter(b))).collect()
}

/// Whether no longer address stands there: `to-jane@example.org`, `jane@example.org.uk`.
fn is_whole(text: &str, span: &Range<usize>) -> bool {
    let joins = |c: char| matches!(c, '.' | '-' | '_' | '+');
    let joined = |sign: Option<char>, next: Option<char>| {
        sign.is_some_and(joins) && next.is_some_and(char::is_alphanumeric)
    };
    let mut before = text.get(..span.start).unwrap_or_default().chars().rev();
    let mut behind = text.get(span.end..).unwrap_or_default().chars();
    !joined(before.next(), before.next()) && !joined(behind.next(), behind.next())
}

/// Whether a number and a name stand there as those of a place: one space between, in capitals, and no name goes on behind.
fn is_place(text: &str, span: &Range<usize>) -> bool {
    let mut words = text.get(span.clone()).unwrap_or_default().split(' ').skip(1);
    let mut behind = text.get(span.end..).unwrap_or_default().chars();
    let goes_on = behind.next() == Some(' ') && behind.next().is_some_and(char::is_uppercase);
    !goes_on && words.all(|word| word.starts_with(char::is_uppercase))
}

fn backwards(value: &str) -> String {
    value.chars().rev().collect()
}

impl Woven {
    /// Takes in a value in its canonical form and as the source writes it.
    pub(super) fn add(&mut self, kind: Kind, value: &str, written: &str) {
        let canonical = kind.recognizer().canonical;
        let (digits, plain, written) = (digits_of(value), bare(value), bare(written));
        self.encoded.add(&written, kind, LEAST_OF_ADDRESS);
        self.add_whole(kind, &backwards(&written));
        if written.bytes().filter(u8::is_ascii_alphabetic).count() >= LEAST_LOCAL {
            self.whole.add(&rotated(&written), kind, LEAST);
        }
        match canonical {
            Canonical::Date => return,
            Canonical::Street => return self.add_street(kind, value),
            Canonical::Lower => return self.add_mail(kind, value, &plain),
            Canonical::Address => self.add_address(kind, value),
            Canonical::Coordinates => {
                let (latitude, longitude) = value.split_once(',').unwrap_or((value, ""));
                self.add_number(kind, &(digits_of(longitude) + &digits_of(latitude)), LEAST);
            }
            // What of a code is no digit may stand anywhere.
            _ if 2 * digits.len() >= plain.len() => self.add_number(kind, &digits, LEAST),
            _ => {}
        }
        if canonical == Canonical::Phone {
            self.add_number(kind, &format!("0{digits}"), LEAST);
        }
        self.add_whole(kind, &plain);
        self.encoded.add(&plain, kind, LEAST_OF_ADDRESS);
    }

    fn add_whole(&mut self, kind: Kind, value: &str) {
        self.whole.add(value, kind, LEAST);
        self.spelled.add(&value.bytes().map(|b| char::from(alike(b))).collect::<String>(), kind, LEAST);
    }

    /// A street with its number behind it, or in words, or without its kind.
    fn add_street(&mut self, kind: Kind, value: &str) {
        let street = streets::street(value);
        let Some((number, name)) = street.split_once(' ') else { return };
        let Some((name, sort)) = name.rsplit_once(' ') else { return };
        // The number of a box tells nothing beside the word.
        if !number.starts_with(|c: char| c.is_ascii_digit()) {
            return;
        }
        for sort in std::iter::once(sort).chain(short_forms(sort)) {
            self.add_whole(kind, &bare(&format!("{number}{name}{sort}")));
            self.add_whole(kind, &bare(&format!("{name}{sort}{number}")));
        }
        if number.len() > 1 {
            self.streets.add(&bare(&format!("{number}{name}")), kind, LEAST_OF_STREET);
        }
    }

    fn add_number(&mut self, kind: Kind, digits: &str, least: usize) {
        // `000000000` is a filler, not a number.
        if digits.bytes().any(|b| Some(b) != digits.bytes().next()) {
            self.numbers.add(digits, kind, least);
            self.numbers.add(&backwards(digits), kind, LEAST);
        }
    }

    /// An address of a machine in the writings that its parts do not show.
    fn add_address(&mut self, kind: Kind, value: &str) {
        let Ok(address) = value.parse::<std::net::Ipv4Addr>() else { return };
        let joined = |part: fn(u8) -> String| address.octets().map(part).concat();
        self.add_number(kind, &joined(|n| n.to_string()), LEAST_OF_ADDRESS);
        self.add_number(kind, &joined(|n| format!("{n:03}")), LEAST);
        self.add_number(kind, &joined(|n| format!("0{n:o}")), LEAST);
        self.add_number(kind, &u32::from(address).to_string(), LEAST);
        self.whole.add(&format!("0X{:08X}", u32::from(address)), kind, LEAST);
    }

    fn add_mail(&mut self, kind: Kind, value: &str, plain: &str) {
        let Some((local, domain)) = value.split_once('@') else { return };
        // What the press at a newspaper says is prose.
        if local.len() >= LEAST_LOCAL && !is_ordinary(local.as_bytes()) {
            self.add_whole(kind, plain);
            let tells = local.len() >= TELLING_LOCAL || local.bytes().any(|b| !b.is_ascii_alphabetic());
            if tells {
                self.mails.insert(local.to_owned(), (domain.to_owned(), kind));
                self.locals |= length_bit(local);
            }
        }
    }

    /// Where values stand in `text`, in order, disjoint.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, Kind)> {
        let mut found = Vec::new();
        let words = Words::of(text);
        if !self.numbers.of.is_empty() {
            if words.most_digits() >= self.numbers.shortest() {
                self.numbers.find(&words.read(Reading::Digits), &mut found);
            }
            if words.has_numerals() {
                self.numbers.find(&words.read(Reading::Roman), &mut found);
            }
        }
        if !self.whole.of.is_empty() {
            let bare = words.read(Reading::Bare);
            self.whole.find(&bare, &mut found);
            let mut streets = Vec::new();
            self.streets.find(&bare, &mut streets);
            found.extend(streets.into_iter().filter(|(span, _)| is_place(text, span)));
            self.spelled.find(&words.read(Reading::Spelled), &mut found);
        }
        if !self.encoded.of.is_empty() {
            found.extend(decoded(text).into_iter().filter_map(|(span, value)| {
                let kind = self.encoded.of.get(&bare(&value))?;
                Some((span, *kind))
            }));
        }
        found.extend(self.halves(text));
        found.retain(|(span, kind)| kind.recognizer().canonical != Canonical::Lower || is_whole(text, span));
        // Of two readings of a place the longer one is told.
        found.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut end = 0;
        found.retain(|(span, _)| {
            let is_new = span.start >= end;
            end = end.max(span.end);
            is_new
        });
        found
    }

    /// E-mails of which the two halves stand close to each other: `jane_roe on the domain example.org`.
    fn halves<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, Kind)> + 't {
        let words = if self.mails.is_empty() { None } else { Some(words(text)) };
        words.into_iter().flatten().filter_map(move |(start, word)| {
            // Few words are as long as one of them.
            let mail =
                (self.locals & length_bit(word) != 0).then(|| self.mails.get(&word.to_ascii_lowercase()));
            let (domain, kind) = mail.flatten()?;
            let end = start + word.len();
            let from = start.saturating_sub(REACH + domain.len());
            let near = text.as_bytes().get(from..(end + REACH + domain.len()).min(text.len()))?;
            let at =
                near.windows(domain.len()).position(|part| part.eq_ignore_ascii_case(domain.as_bytes()))?;
            let place = from + at..from + at + domain.len();
            Some((place.start.min(start)..place.end.max(end), *kind))
        })
    }
}
