//! Telling parts of the source's values that are no match by themselves: the last characters of a number where words or a
//! mask say that they are (`ending in 6789`, `***6789`), all but its last where a mask stands for these or words say that
//! it begins so (`536-90-xxxx`), a piece of a key, the network of a machine's address before a mask, the local part of an
//! e-mail.
//!
//! Promise: one pass over the words of a text; a word costs a bounded number of steps.

use super::units::{english, is_ten};
use super::words;
use crate::pii::Kind;
use crate::pii::candidate::WIDEST_GAP;
use crate::pii::context::speaks_of;
use crate::pii::recognizers::Canonical;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

/// Fewest characters of an e-mail's local part that tell it again.
const TELLING_LOCAL: usize = 5;
/// How many characters the end of a number has.
const ENDING: usize = 4;
/// Fewest characters of a number's beginning that tell it again; half of it at least.
const BEGINNING: usize = 5;
/// Fewest characters of a piece of a key, with a digit among them or in capitals, and of its beginning where words say so.
const PIECE: usize = 12;
const KEY_BEGINNING: usize = 6;
/// Longest key of which every piece is kept.
const LONGEST_KEY: usize = 256;
/// Bytes before an ending that a word for its kind stands in.
const LABEL: usize = 24;
/// Most groups and characters of a beginning.
const MOST_GROUPS: usize = 10;
const MOST_LENGTH: usize = 40;
/// Fewest marks that hide the rest of a number.
const MASK: usize = 2;
/// Bytes before a part that are looked at, and words of them.
const REACH: usize = 96;
const NEAR: usize = 5;
const FAR: usize = 10;

/// What parts a source has.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// Local parts of e-mail addresses.
    locals: BTreeMap<String, Kind>,
    /// Which lengths they have, in bytes: a bit each, the highest for all that are longer.
    lengths: u64,
    /// Last characters of numbers and codes.
    endings: BTreeMap<String, Kind>,
    /// Whether one of these has no digit.
    has_letters: bool,
    /// Numbers and codes, for what they begin with.
    values: BTreeMap<String, Kind>,
    /// Keys, wallets and codes, for what they begin with, and every [`PIECE`] of them.
    keys: BTreeMap<String, Kind>,
    pieces: BTreeMap<String, Kind>,
    /// The first three numbers of machines' addresses.
    networks: BTreeMap<String, Kind>,
}

/// The bit of a length.
pub(super) fn length_bit(value: &str) -> u64 {
    1 << value.len().min(63)
}

impl Parts {
    /// Takes in the parts of a canonical value.
    pub(super) fn add(&mut self, kind: Kind, value: &str) {
        let canonical = kind.recognizer().canonical;
        if let Some((local, _)) = value.split_once('@') {
            for local in [local, untagged(local)].into_iter().filter(|local| is_telling(local)) {
                self.lengths |= length_bit(local);
                self.locals.insert(local.to_owned(), kind);
            }
        } else if let Some((network, _)) = value.rsplit_once('.').filter(|_| canonical == Canonical::Address)
        {
            self.networks.insert(network.to_owned(), kind);
        } else if !matches!(
            canonical,
            Canonical::Address | Canonical::Date | Canonical::Street | Canonical::Coordinates
        ) {
            let ending = super::tail(value, ENDING);
            self.has_letters |= !ending.bytes().any(|b| b.is_ascii_digit());
            self.endings.insert(ending.to_owned(), kind);
            // What a phone number begins with is a place.
            if matches!(canonical, Canonical::Digits | Canonical::Code) {
                self.values.insert(value.to_owned(), kind);
            }
            if matches!(canonical, Canonical::Exact | Canonical::Wallet | Canonical::Code) {
                self.keys.insert(value.to_owned(), kind);
                let pieces = (0..value.len().min(LONGEST_KEY)).filter_map(|at| value.get(at..at + PIECE));
                let is_telling = |piece: &&str| {
                    piece.bytes().any(|b| b.is_ascii_digit())
                        || !piece.bytes().any(|b| b.is_ascii_lowercase())
                };
                let telling = pieces.filter(is_telling);
                self.pieces.extend(telling.map(|piece| (piece.to_owned(), kind)));
            }
        }
    }

    /// Whether a local part, but for its tag, is a telling one of the source's.
    pub(super) fn has_local(&self, local: &str) -> bool {
        self.locals.contains_key(untagged(local))
    }

    /// Parts in `text`, in order, disjoint.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, Kind)> {
        let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
        if self.locals.is_empty() && self.endings.is_empty() && self.networks.is_empty() {
            return found;
        }
        let (mut row, mut groups) = (Row::default(), Groups::default());
        for (start, word) in words(text) {
            // Most words have neither digits nor capitals nor the letter that masks.
            let is_plain = word.bytes().all(|b| b.is_ascii_lowercase() && b != b'x');
            let hit = self.local(start, word).or_else(|| self.ending(text, start, word, &mut row));
            let hit = if is_plain {
                groups.0.clear();
                hit
            } else {
                hit.or_else(|| self.beginning(text, start, word, &mut groups))
                    .or_else(|| self.piece(text, start, word))
                    .or_else(|| self.network(text, start, word))
            };
            if let Some(hit) = hit
                && found.last().is_none_or(|(last, _)| last.end <= hit.0.start)
            {
                found.push(hit);
            }
        }
        found
    }

    fn local(&self, start: usize, word: &str) -> Option<(Range<usize>, Kind)> {
        // Few words are as long as one of them.
        let kind =
            (self.lengths & length_bit(word) != 0).then(|| self.locals.get(&word.to_ascii_lowercase()));
        kind.flatten().map(|kind| (start..start + word.len(), *kind))
    }

    fn ending(&self, text: &str, start: usize, word: &str, row: &mut Row) -> Option<(Range<usize>, Kind)> {
        if self.endings.is_empty() {
            return None;
        }
        // A mask may be glued to it: `xxxx9855`.
        let shown = word.get(masking(word.bytes())..).unwrap_or_default();
        if word.len() >= shown.len() + MASK
            && let Some(kind) = self.endings.get(shown)
        {
            return Some((start + word.len() - shown.len()..start + word.len(), *kind));
        }
        let (span, value) = match row.read(start, word) {
            Some(read) => read,
            // Most endings have digits, and most words of as many letters none.
            None if word.len() == ENDING
                && (self.has_letters || word.bytes().any(|b| b.is_ascii_digit())) =>
            {
                (start..start + word.len(), word.to_ascii_uppercase())
            }
            None => return None,
        };
        let kind = self.endings.get(&value)?;
        let year = span.len() == ENDING && is_year(&value);
        let labelled = || !year && is_labelled(text, span.start, *kind);
        (is_ending(text, span.start, year.then_some(*kind)) || labelled()).then_some((span, *kind))
    }

    /// A piece of a key that is long enough, or its beginning where that is said.
    fn piece(&self, text: &str, start: usize, word: &str) -> Option<(Range<usize>, Kind)> {
        let is_of_key = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
        if self.keys.is_empty() || word.len() < KEY_BEGINNING || !word.bytes().any(is_of_key) {
            return None;
        }
        let end = start + word.len();
        let piece = word.get(..PIECE).and_then(|piece| self.pieces.get(piece));
        let begun = || {
            let (key, kind) = self.keys.range(word.to_owned()..).next()?;
            let said = key.starts_with(word) && (is_beginning(text, start) || is_masked(text, end));
            said.then_some(kind)
        };
        piece.or_else(begun).map(|kind| (start..end, *kind))
    }

    /// The network of an address with a mask for the rest: `203.0.113.xxx`.
    fn network(&self, text: &str, start: usize, word: &str) -> Option<(Range<usize>, Kind)> {
        if self.networks.is_empty() {
            return None;
        }
        let shown = word.trim_end_matches(['x', 'X']).trim_end_matches('.');
        let end = start + shown.len();
        let kind = self.networks.get(shown).filter(|_| shown.len() < word.len() || is_masked(text, end))?;
        Some((start..end, *kind))
    }

    fn beginning(
        &self,
        text: &str,
        start: usize,
        word: &str,
        groups: &mut Groups,
    ) -> Option<(Range<usize>, Kind)> {
        if self.values.is_empty() {
            return None;
        }
        // A mask may be glued to it: `94545678xxxx`.
        let shown = word.get(..word.len() - masking(word.bytes().rev())).unwrap_or_default();
        let glued = word.len() >= shown.len() + MASK;
        let word = if glued { shown } else { word };
        if !groups.read(start, word) {
            return None;
        }
        let end = start + word.len();
        let masked = glued || is_masked(text, end);
        let mut value = String::new();
        for (from, group) in groups.0.iter().rev() {
            value.insert_str(0, group);
            if value.len() > MOST_LENGTH {
                break;
            }
            if value.len() >= BEGINNING
                && let Some((whole, kind)) = self.values.range(value.clone()..).next()
                && whole.starts_with(&value)
                && (value.len() + 1..=value.len() * 2).contains(&whole.len())
                && (masked || is_beginning(text, *from))
            {
                return Some((*from..end, *kind));
            }
        }
        None
    }
}

/// Groups of digits, and words for them, in a row, that amount to an ending: `9 8 5 5`, `four three nine nine`,
/// `forty-three ninety-nine`.
#[derive(Default)]
struct Row {
    start: usize,
    end: usize,
    value: String,
    /// The tens of a number of which the units may follow.
    is_open: bool,
}

impl Row {
    /// Takes in a word; gives the row when it is as long as an ending, in more than one piece.
    fn read(&mut self, start: usize, word: &str) -> Option<(Range<usize>, String)> {
        let is_number = word.len() < ENDING && word.bytes().all(|b| b.is_ascii_digit());
        let said = if is_number { Some(word) } else { english(word) };
        let is_tens = !is_number && said.is_some_and(is_ten);
        let was_open = std::mem::replace(&mut self.is_open, is_tens);
        // Of tens the first digit.
        let Some(digits) = said.and_then(|said| if is_tens { said.get(..1) } else { Some(said) }) else {
            self.value.clear();
            return None;
        };
        // `forty four` is 44, and `forty 4` or `forty ten` is 404 or 4010.
        if was_open && (is_number || is_tens || digits == "0" || digits.len() > 1 || start > self.end + 1) {
            self.value.push('0');
        }
        if self.value.is_empty() || start > self.end + WIDEST_GAP || self.value.len() >= ENDING {
            self.value.clear();
            self.start = start;
        }
        self.value.push_str(digits);
        self.end = start + word.len();
        (self.value.len() == ENDING && !is_tens).then(|| (self.start..self.end, self.value.clone()))
    }
}

/// The last groups of digits and capitals with little between them, each with where it starts.
#[derive(Default)]
struct Groups(VecDeque<(usize, String)>, usize);

impl Groups {
    /// Takes in a word; says whether it is one of the groups.
    fn read(&mut self, start: usize, word: &str) -> bool {
        let is_group = word.len() <= MOST_LENGTH
            && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'.');
        if !is_group || start > self.1 + WIDEST_GAP {
            self.0.clear();
        }
        if is_group {
            if self.0.len() == MOST_GROUPS {
                self.0.pop_front();
            }
            self.0.push_back((start, word.replace('.', "")));
            self.1 = start + word.len();
        }
        is_group
    }
}

/// How many of some bytes, from the first on, mask what stood there.
fn masking(bytes: impl Iterator<Item = u8>) -> usize {
    bytes.take_while(|b| matches!(b, b'x' | b'X')).count()
}

/// A local part without its tag: `jane.roe+news` is `jane.roe`'s too.
fn untagged(local: &str) -> &str {
    local.split_once('+').map_or(local, |(account, _)| account)
}

/// Whether the local part of an e-mail address tells a person or account by itself: `jane.roe`, `roe82`. A lone
/// word does not: summaries say `media` and `Roe` for reasons of their own.
fn is_telling(local: &str) -> bool {
    local.len() >= TELLING_LOCAL && local.bytes().any(|b| !b.is_ascii_alphabetic())
}

/// What stands before `start`, without the marks right before it; so much of it that it may say something.
fn head(text: &str, start: usize) -> &[u8] {
    let head = text.as_bytes().get(start.saturating_sub(REACH)..start).unwrap_or_default();
    let marks =
        head.iter().rev().take_while(|b| matches!(b, b' ' | b'-' | b'"' | b':' | b',' | b'(')).count();
    head.get(..head.len() - marks).unwrap_or_default()
}

/// Whether a word for the kind stands right before `start`: `SSN 6789`.
fn is_labelled(text: &str, start: usize, kind: Kind) -> bool {
    let head = head(text, start);
    let label = head.get(head.len().saturating_sub(LABEL)..).unwrap_or_default();
    let from = label.iter().rposition(|b| matches!(b, b',' | b';' | b'(' | b'"')).map_or(0, |at| at + 1);
    let label = label.get(from..).unwrap_or_default();
    // Two words: `card number`.
    let words = back(label).take(2).map(<[u8]>::len).sum::<usize>() + 1;
    speaks_of(label.get(label.len().saturating_sub(words)..).unwrap_or_default(), kind)
}

/// Whether digits read as the year of something that ended.
fn is_year(digits: &str) -> bool {
    ("1900".."2040").contains(&digits) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the characters at `start` are said to be the last ones of something: behind a mask, or words. Much ends in a
/// `year`, so one needs a word for digits or for its kind in the sentence as well.
fn is_ending(text: &str, start: usize, year: Option<Kind>) -> bool {
    let head = head(text, start);
    let masked = ["*", "#", "•", "…", "...", "xx", "XX"].iter().any(|mask| head.ends_with(mask.as_bytes()));
    let said =
        says(head, &["ending", "ends", "end", "ended", "finishing", "finishes", "last", "final", "suffix"])
            || says_digits(head, &["last", "final"]);
    let named = |kind: Kind| {
        let sentence = sentence(head);
        speaks_of(sentence, kind) || back(sentence).any(|word| is_any(word, DIGITS))
    };
    masked || (said && year.is_none_or(named))
}

/// Whether the characters at `start` are said to be the first ones of something.
fn is_beginning(text: &str, start: usize) -> bool {
    let head = head(text, start);
    says(head, &["begins", "begin", "beginning", "began", "starts", "start", "starting", "prefix"])
        || says_digits(head, &["first"])
}

/// Whether a mask stands for what follows: `-xxxx`, ` ****`.
fn is_masked(text: &str, end: usize) -> bool {
    let tail = text.get(end..).unwrap_or_default();
    let gap = tail.bytes().take(WIDEST_GAP).take_while(|b| matches!(b, b' ' | b'-' | b'.' | b'/')).count();
    let tail = tail.get(gap..).unwrap_or_default();
    tail.chars().take(MASK).filter(|c| matches!(c, 'x' | 'X' | '*' | '#' | '•' | '…' | '_')).count() == MASK
}

/// The words of `head`, the last first.
fn back(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    head.rsplit(|b| !b.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

fn is_any(word: &[u8], said: &[&str]) -> bool {
    said.iter().any(|said| word.eq_ignore_ascii_case(said.as_bytes()))
}

/// Whether one of the words stands close before.
fn says(head: &[u8], said: &[&str]) -> bool {
    back(head).take(NEAR).any(|word| is_any(word, said))
}

/// Words for what a number or code is made of, and for these.
const DIGITS: &[&str] = &["digits", "digit", "number", "numbers", "characters", "figures"];

/// What of `head` stands in the sentence that goes on behind it.
fn sentence(head: &[u8]) -> &[u8] {
    let stop = |pair: &[u8]| matches!(pair, [b'.' | b'?' | b'!' | b';', b' '] | [b'\n', b'\n']);
    let from = head.windows(2).rposition(stop).map_or(0, |at| at + 2);
    head.get(from..).unwrap_or_default()
}

/// Whether one of the words stands before in the sentence, with digits right behind it: `the last four digits of`.
fn says_digits(head: &[u8], said: &[&str]) -> bool {
    const COUNTS: &[&str] = &["four", "five", "six", "eight", "nine"];
    let mut behind: &[u8] = &[];
    back(sentence(head)).take(FAR).any(|word| {
        let is_said = is_any(word, said) && (is_any(behind, COUNTS) || is_any(behind, DIGITS));
        behind = word;
        is_said
    })
}
