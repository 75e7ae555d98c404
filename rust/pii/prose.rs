//! Groups of digits and letters in prose: years, counts, sums, names of genes and models. Most are, and a look at the bytes
//! around one tells, before any recogniser is asked about it.
//!
//! Promise: what is told is what the recognisers and the passes would say; where the look does not tell they are asked.

use super::candidate::{LEAST_TOKEN, WIDEST_GAP, before, byte, ends_chain, is_poor, skip};
use super::normalize::{
    MOST_FILLERS, MOST_OF_GROUP, asks, asks_tag, begins_account, is_among_letters, is_disguised,
    is_emphasised, is_encoded, is_in_pieces, is_loose, is_neighbour, is_sign, may_be_disguised, may_be_split,
};
use super::prefilter::{Groups, LEAST_DIGITS, low};
use super::recognizers::{MONTH_BEGINNINGS, may_be_dated};
use crate::simd::{BLOCK, Set};
use crate::words::beginnings::Beginnings;
use std::ops::Range;

/// What a byte beside a group may be.
mod is {
    pub(super) const DIGIT: u16 = 1;
    pub(super) const LETTER: u16 = 2;
    pub(super) const ALPHANUMERIC: u16 = DIGIT | LETTER;
    /// Part of a token: a dash, or an underscore.
    pub(super) const JOINT: u16 = 4;
    /// What separates the groups of a chain.
    pub(super) const GAP: u16 = 8;
    /// What stands beside a letter that is taken for a digit.
    pub(super) const SEPARATOR: u16 = 16;
    /// Such a letter.
    pub(super) const NEIGHBOUR: u16 = 32;
    /// Marks that digits are pulled apart by.
    pub(super) const MARK: u16 = 64;
    /// What fills a gap between digits.
    pub(super) const FILLER: u16 = 128;
    /// Part of a tag, or a control character.
    pub(super) const TAG: u16 = 256;
    /// What opens a dash or dot that is said.
    pub(super) const OPENING: u16 = 512;
    /// A single character that codes are written in, when it stands alone.
    pub(super) const LONE: u16 = 1024;
    /// A dash, dot or slash, which joins words to numbers.
    pub(super) const JOINS: u16 = 2048;
    /// A capital, or anything but ASCII.
    pub(super) const CAPITAL: u16 = 4096;
    /// A mark of prose behind a number, with a space or a line's end behind it.
    pub(super) const MARKING: u16 = 8192;
    /// A space, or the end of a line.
    pub(super) const BLANK: u16 = 16384;
}

const fn class(b: u8) -> u16 {
    let kind = match b {
        b'0'..=b'9' => is::DIGIT | is::LONE,
        b'a'..=b'z' => is::LETTER | is::LONE,
        b'A'..=b'Z' => is::LETTER | is::LONE | is::CAPITAL,
        b' ' => is::GAP | is::SEPARATOR | is::FILLER | is::OPENING,
        b'-' => is::GAP | is::SEPARATOR | is::FILLER | is::JOINT | is::JOINS | is::LONE,
        b'.' => is::GAP | is::SEPARATOR | is::FILLER | is::JOINS | is::LONE,
        b'/' => is::GAP | is::FILLER | is::JOINS,
        b'(' => is::GAP | is::FILLER | is::OPENING,
        b')' => is::GAP | is::FILLER,
        b'_' => is::JOINT | is::MARK | is::FILLER | is::LONE,
        b'*' | b'`' | b'~' | b'|' | b'\\' => is::MARK | is::FILLER,
        b'\n' | b'\r' | b'\t' => is::FILLER,
        b'[' | b'{' => is::OPENING,
        b'@' | b'+' => is::LONE,
        b'<' | b'>' | 0..=8 | 14..=31 | 127 => is::TAG,
        0x80.. => is::CAPITAL,
        _ => 0,
    };
    let neighbour = if is_neighbour(b) { is::NEIGHBOUR } else { 0 };
    let marking = match b {
        b',' | b';' | b':' | b'.' | b')' | b'?' | b'!' | b'\'' | b'"' | b'%' | b']' => is::MARKING,
        _ => 0,
    };
    let blank = if matches!(b, b' ' | b'\n') { is::BLANK } else { 0 };
    kind | neighbour | marking | blank
}

static CLASSES: [u16; 256] = {
    let mut classes = [0; 256];
    let mut b = 0;
    while b < 256 {
        classes[b] = class(b as u8);
        b += 1;
    }
    classes
};

#[inline(always)]
fn of(b: u8, kinds: u16) -> bool {
    CLASSES[usize::from(b)] & kinds != 0
}

/// What words begin with that make more of a number before them, beside those of the months.
static TELLING: Beginnings = Beginnings::NONE.with_words(&[b"of", b"de"]);
/// What the words between the numbers of a row begin with; an `x` stands alone.
static JOINING: Beginnings = Beginnings::NONE
    .with_words(&[b"an", b"fo", b"ne", b"th", b"sl", b"sp", b"um", b"uh", b"er"])
    .with_any(b'x');
/// What words for dots and dashes begin with.
static SAID: Beginnings = Beginnings::NONE.with_words(&[b"do", b"po", b"pe", b"da", b"hy", b"mi"]);

/// What names of months begin with; and all such words, and those that are read as letters for digits.
static TELLING_NAMES: Beginnings = Beginnings::NONE.with_all(&MONTH_BEGINNINGS).with_any(b'x');
static TELLING_WORDS: Beginnings = TELLING
    .with_all(&TELLING_NAMES)
    .with_all(&JOINING)
    .with_all(&SAID)
    .with_words(&[b"oo", b"ol", b"lo", b"ll"]);

/// Those of them that tell of a number that no other follows closely.
static TELLING_ALONE: Beginnings = TELLING.with_all(&TELLING_NAMES).with_words(&[b"oo", b"ol", b"lo", b"ll"]);

/// How far behind a number another stands that a word or signs join to it, at most.
const FAR: u32 = 24;

/// Stands for what is behind the end of the text: a byte that makes nothing of a group beside it.
const NOTHING: u8 = b'$';
const _: () = assert!(class(NOTHING) == 0);
/// Longest word that surely ends a chain is shorter: see [`ends_chain`].
const LONGEST_WORD: usize = 16;
/// Most digits of a group in which nothing is written, if no other belongs to it.
const MOST: usize = LEAST_DIGITS as usize;

/// A group of digits and letters, and what stands beside it.
pub(crate) struct Glance<'t> {
    text: &'t [u8],
    group: Range<usize>,
    /// Those from it on; a group that is longer is looked at no further.
    pub(crate) groups: Groups,
    digits: usize,
    /// The bytes before it, the nearest first, and those behind it.
    before: [u8; 3],
    behind: [u8; 4],
}

impl<'t> Glance<'t> {
    #[inline(always)]
    pub(crate) fn at(set: Set, text: &'t [u8], group: &Range<usize>) -> Self {
        let Range { start, end } = *group;
        let behind = match text.get(end..).and_then(<[u8]>::first_chunk) {
            Some(behind) => *behind,
            None => [0, 1, 2, 3].map(|i| text.get(end + i).copied().unwrap_or(NOTHING)),
        };
        let before = match text.get(..start).and_then(<[u8]>::last_chunk) {
            Some([third, second, first]) => [*first, *second, *third],
            None => [1, 2, 3].map(|i| start.checked_sub(i).map_or(NOTHING, |at| byte(text, at))),
        };
        let groups = Groups::of(set, text, start);
        Self { text, group: start..end, groups, digits: groups.digits as usize, before, behind }
    }

    fn is_number(&self) -> bool {
        self.digits == self.group.len()
    }

    /// Whether it is a number of a few digits in words, or before a mark that groups nothing: what most are. Then it is apart,
    /// hides nothing, and nothing begins at it. Told with few branches, as which of it fails is by chance.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        let ([last, earlier, first], [next, second, third, _]) = (self.before, self.behind);
        let Groups { letter, capital, digit, .. } = self.groups;
        if self.digits != self.group.len() || self.digits > MOST || !of(next, is::MARKING | is::BLANK) {
            return false;
        }
        // One space, or up to three marks and spaces, and a word.
        let wide = of(second, is::MARKING | is::BLANK);
        let wider = wide & of(third, is::MARKING | is::BLANK);
        let start = self.group.len() + 1 + usize::from(wide) + usize::from(wider);
        let end = start + (letter >> (start % BLOCK)).trailing_ones() as usize;
        let [a, b] = if wider {
            [byte(self.text, self.group.start + start), byte(self.text, self.group.start + start + 1)]
        } else if wide {
            [third, self.behind[3]]
        } else {
            [second, third]
        };
        let named = capital >> (start % BLOCK) & 1 == 1;
        let telling = match (named, self.is_followed()) {
            (true, _) => &TELLING_NAMES,
            (_, true) => &TELLING_WORDS,
            _ => &TELLING_ALONE,
        };
        let ordinary = of(a, is::LETTER) & b.is_ascii_lowercase() & !telling.has(a, b);
        // Small letters behind the first one, and no more of them than end a chain.
        let inner = capital >> (start % BLOCK) & low((end - start) as u32) & !1;
        let ends = (end < BLOCK) && (digit >> end & 1 == 0) & (inner == 0) & (end - start < LONGEST_WORD);
        let separated = if wide { of(next, is::MARKING) } else { (next == b' ') & !named };
        let begins = !of(last, is::ALPHANUMERIC | is::JOINT | is::MARK | is::TAG)
            & !matches!(last, b'[' | b':')
            & !self.is_behind_command();
        let lone = (earlier == b' ') | (of(earlier, is::LONE) & !of(first, is::ALPHANUMERIC));
        let joins = self.has_neighbours_before() | ((last == b' ') & lone & (self.group.len() == 1));
        separated & ends & ordinary & begins & !joins & (earlier | 0x20 != b'x')
    }

    /// Whether a sign with the end of a tag or the beginning of a terminal's command before it stands before it.
    #[inline(always)]
    fn is_behind_command(&self) -> bool {
        let [last, earlier, _] = self.before;
        is_sign(last) & (of(earlier, is::TAG) | (earlier == b'['))
    }

    /// Whether letters that are taken for digits may stand before it, and nothing else in their group.
    #[inline(always)]
    fn has_neighbours_before(&self) -> bool {
        let [last, earlier, first] = self.before;
        let goes_on = of(first, is::ALPHANUMERIC) & !of(first, is::NEIGHBOUR);
        of(last, is::SEPARATOR) & of(earlier, is::NEIGHBOUR) & !goes_on
    }

    /// Whether a digit stands close behind it: without, nothing joins it to another number.
    #[inline(always)]
    fn is_followed(&self) -> bool {
        let end = self.group.len();
        end + FAR as usize > BLOCK || self.groups.digit >> end & low(FAR) != 0
    }

    /// Whether the group is part of no token and no chain. Letters may lead to it, and a value that no chain makes may still
    /// begin at it.
    #[inline(always)]
    pub(crate) fn is_apart(&self) -> bool {
        let (last, next) = (self.before[0], self.behind[0]);
        let short = self.group.len() < LEAST_TOKEN && !of(last, is::ALPHANUMERIC);
        let joined = of(last, is::JOINT) || of(next, is::JOINT);
        short
            && !(joined && self.is_in_token())
            && if of(next, is::GAP) {
                !self.may_begin_chain()
            } else {
                self.digits < MOST || self.group.len() <= MOST
            }
    }

    /// Whether something is hidden in or beside the group.
    #[inline(always)]
    pub(crate) fn hides(&self) -> bool {
        let ([last, earlier, _], [next, ..]) = (self.before, self.behind);
        let tagged = of(last, is::TAG)
            || of(next, is::TAG)
            || (last == b'[' && of(earlier, is::TAG))
            || (is_sign(next) && of(self.behind[1], is::TAG))
            || self.is_behind_command();
        (self.may_hide() && asks(self.text, &self.group))
            || (self.is_number()
                && self.is_followed()
                && self.may_be_loose()
                && is_loose(self.text, &self.group))
            || (self.may_be_piece() && is_in_pieces(self.text, &self.group))
            || (tagged && asks_tag(self.text, self.group.start, self.group.end))
            || (may_be_disguised(self.group.len(), last, next) && is_disguised(self.text, &self.group))
            || (of(last, is::MARK) && is_emphasised(self.text, &self.group))
            || (self.may_be_encoded() && is_encoded(self.text, &self.group))
            || (self.may_be_lettered() && is_among_letters(self.text, self.group.start))
    }

    /// Whether it may begin a value in an unusual writing, by what stands behind it.
    #[inline(always)]
    pub(crate) fn may_be_split(&self) -> bool {
        self.is_followed() && may_be_split(self.text, self.group.start, &self.groups)
    }

    /// Whether it is long enough for an encoded word, or as long as a group of hexadecimal digits beside another.
    #[inline(always)]
    fn may_be_encoded(&self) -> bool {
        let [next, second, third, fourth] = self.behind;
        let length = self.group.len();
        if !matches!(length, 2 | 4 | 6 | 8) {
            return length >= 10;
        }
        let spaced = next == b',' && second == b' ';
        let [high, low] = if spaced { [third, fourth] } else { [second, third] };
        let pair = high.is_ascii_hexdigit() & (low.is_ascii_hexdigit() | (low | 0x20 == b'x'));
        let whole = length > 2 || spaced || !of(fourth, is::ALPHANUMERIC);
        pair & whole & matches!(next, b' ' | b':' | b'-' | b',' | b'|' | b'_')
    }

    /// Whether it is a digit that stands alone before another.
    #[inline(always)]
    fn may_be_lettered(&self) -> bool {
        let [next, second, third, _] = self.behind;
        let lone = self.group.len() == 1 && of(second, is::DIGIT) && !of(third, is::ALPHANUMERIC);
        lone && self.is_number() && !of(next, is::ALPHANUMERIC)
    }

    /// Whether there are digits enough around it for a number that is not the end of another.
    #[inline(always)]
    pub(crate) fn may_be_backwards(&self) -> bool {
        let joined = self.digits > 1 && of(self.behind[0], is::GAP) && of(self.behind[1], is::DIGIT);
        (joined || self.group.len() >= 7) && self.groups.digit.count_ones() >= 7
    }

    /// Whether the token around it is long enough to be read.
    fn is_in_token(&self) -> bool {
        let is_part = |b: u8| of(b, is::ALPHANUMERIC | is::JOINT);
        let Range { mut start, mut end } = self.group;
        while end - start < LEAST_TOKEN && is_part(before(self.text, start)) {
            start -= 1;
        }
        while end - start < LEAST_TOKEN && is_part(byte(self.text, end)) {
            end += 1;
        }
        end - start >= LEAST_TOKEN
    }

    /// Whether a chain may begin at it that has digits enough: most end at a word of prose before.
    fn may_begin_chain(&self) -> bool {
        if self.digits >= MOST {
            return self.group.len() > MOST || !ends_chain(self.text, &self.group);
        }
        let Groups { letter, capital, digit, gap, .. } = self.groups;
        let (mut end, mut wordy) = (self.group.len(), false);
        while end < BLOCK {
            let gaps = (gap >> end).trailing_ones() as usize;
            let start = end + gaps;
            if !(1..=WIDEST_GAP).contains(&gaps) || start >= BLOCK {
                return false;
            }
            let length = ((letter | digit) >> start).trailing_ones();
            let within = |mask: u64| mask >> start & low(length);
            if !is_poor(digit & low(start as u32 + length)) {
                return true;
            }
            // The same words end a chain when it is read.
            let words = within(digit) == 0;
            let joined = gaps == 1 && of(byte(self.text, self.group.start + end), is::JOINS);
            let behind_number = digit & 1 == 1 && length > 1 && !joined;
            if length == 0 || (words && within(letter & !capital) != 0 && (wordy || behind_number)) {
                return false;
            }
            (end, wordy) = (start + length as usize, words);
        }
        false
    }

    /// Whether [`asks`] may say that something is hidden here.
    #[inline(always)]
    fn may_hide(&self) -> bool {
        let ([last, earlier, first], [next, second, third, _]) = (self.before, self.behind);
        let lone = |b: u8, other: u8| (b == b' ') | (of(b, is::LONE) & !of(other, is::ALPHANUMERIC));
        let in_row = (self.group.len() == 1)
            & (((last == b' ') & lone(earlier, first)) | ((next == b' ') & lone(second, third)));
        let opened = (second == b'.') | (of(second, is::OPENING) & ((second, next) != (b' ', b' ')));
        let said = of(next, is::OPENING) & (opened | SAID.has(second, third));
        let marked = of(last, is::MARK) | of(next, is::MARK);
        let neighbours = self.has_neighbours_before();
        in_row | said | marked | neighbours
            || (of(next, is::FILLER) && self.may_be_filled())
            || (!self.is_number() && self.looks_like_digits())
    }

    /// Whether digits, or letters that are taken for some, stand behind what may fill the gap behind it.
    #[inline(always)]
    fn may_be_filled(&self) -> bool {
        let [next, second, third, _] = self.behind;
        if of(second, is::FILLER) {
            let end = skip(self.text, self.group.end, MOST_FILLERS, |b| of(b, is::FILLER));
            return of(byte(self.text, end), is::DIGIT);
        }
        if of(second, is::DIGIT) {
            return next == b'\n' || (self.group.len() == 1 && !of(third, is::ALPHANUMERIC));
        }
        of(next, is::SEPARATOR)
            && of(second, is::NEIGHBOUR)
            && (of(third, is::NEIGHBOUR) || !of(third, is::ALPHANUMERIC))
    }

    /// Whether all its letters look like digits, but some capitals at its beginning; that of a plural does not.
    fn looks_like_digits(&self) -> bool {
        const LEAST: usize = 4;
        const LEAD: usize = 3;
        let looks = |b: u8| of(b, is::DIGIT | is::NEIGHBOUR) || matches!(b, b'i' | b's' | b'Z');
        if !looks(before(self.text, self.group.end)) {
            return false;
        }
        let group = self.text.get(self.group.clone()).unwrap_or_default();
        let plural = self.digits + 1 == group.len() && group.ends_with(b"s");
        let is_lead = |b: &&u8| group.len() >= LEAST && b.is_ascii_uppercase();
        let lead = group.iter().take(LEAD).take_while(is_lead).count();
        !plural && group.iter().skip(lead).all(|&b| looks(b))
    }

    /// Whether [`is_loose`] may say that it begins a row.
    #[inline(always)]
    fn may_be_loose(&self) -> bool {
        let [next, second, third, fourth] = self.behind;
        if of(second, is::LETTER) {
            return JOINING.has(second, third);
        }
        if of(second, is::DIGIT) {
            let start = self.group.end + 1;
            let end = skip(self.text, start, MOST_OF_GROUP + 1, |b| of(b, is::DIGIT));
            return byte(self.text, end) == next && of(byte(self.text, end + 1), is::DIGIT);
        }
        self.group.len() <= MOST && second != 0 && (!of(third, is::LETTER) || JOINING.has(third, fourth))
    }

    /// Whether [`is_in_pieces`] may say that it is one of some pieces.
    #[inline(always)]
    fn may_be_piece(&self) -> bool {
        let ([last, ..], [next, second, ..]) = (self.before, self.behind);
        let length = self.group.len();
        let Groups { letter, digit, .. } = self.groups;
        if length == 1 {
            let spaced = next == b' ' && of(second, is::ALPHANUMERIC);
            // Another single character stands behind it, or the same before it as behind.
            let behind = (letter | digit) >> 1;
            let gap = behind.trailing_zeros() as usize;
            let single = behind.checked_shr(gap as u32 + 1).unwrap_or(0) & 1 == 0;
            let alike = || last == byte(self.text, self.group.start + gap);
            return !spaced && !of(last, is::ALPHANUMERIC) && (single || alike());
        }
        // Most numbers stand before a word of another length, or before none.
        let behind = (letter | digit) >> (length % BLOCK);
        let gap = behind.trailing_zeros();
        let alike = behind.checked_shr(gap).unwrap_or(0).trailing_ones() as usize == length;
        if self.is_number() {
            return alike && !byte(self.text, self.group.end + gap as usize).is_ascii_lowercase();
        }
        alike
            || length + gap as usize >= BLOCK
            || is_sign(last)
            || is_sign(next)
            || begins_account(self.text, self.group.start).is_some()
    }

    /// Whether a value may begin at it that no chain makes.
    #[inline(always)]
    pub(crate) fn may_begin(&self) -> bool {
        let ([_, earlier, _], [next, second, third, _]) = (self.before, self.behind);
        let length = self.group.len();
        if self.groups.digit & 1 == 0 {
            // A postal code.
            return length > 4 || (of(next, is::SEPARATOR) && of(second, is::DIGIT));
        }
        let place = match next {
            b' ' => of(second, is::DIGIT | is::CAPITAL),
            b'-' => of(second, is::DIGIT),
            b'.' => of(second, is::DIGIT) && length <= 3,
            b':' => length == 4 && of(second, is::DIGIT),
            // A sign of degrees.
            _ => next >= 0x80,
        };
        let plain = || next == b' ' && self.is_number() && is_plain_word(second, third);
        place
            || length == 5
            || earlier | 0x20 == b'x'
            || (!plain() && may_be_dated(self.text, self.group.start, self.group.end))
    }
}

/// Whether a word that begins with these letters makes no date of a number before it: most are told so.
#[inline(always)]
fn is_plain_word(first: u8, second: u8) -> bool {
    of(first, is::LETTER) && !TELLING.has(first, second) && !MONTH_BEGINNINGS.has(first, second)
}

#[cfg(test)]
mod tests {
    use super::super::candidate::{Chain, is_gap};
    use super::super::normalize::is_split;
    use super::super::recognizers::{Find, RECOGNIZERS};
    use super::*;
    use proptest::prelude::*;

    /// The groups of a text.
    fn groups(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let is_part = |at: usize| byte(text, at).is_ascii_alphanumeric();
        let starts = (0..text.len()).filter(move |&at| is_part(at) && (at == 0 || !is_part(at - 1)));
        let groups = starts
            .map(move |at| at..at + text[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count());
        groups.filter(|group| text[group.clone()].iter().any(u8::is_ascii_digit))
    }

    /// Whether each group of a text is apart, hides nothing and begins nothing.
    fn is_prose(text: &str) -> bool {
        groups(text.as_bytes()).all(|group| {
            let glance = Glance::at(Set::default(), text.as_bytes(), &group);
            glance.is_apart() && !glance.hides() && !glance.may_begin()
        })
    }

    #[test]
    fn most_numbers_are_told_at_once() {
        let is_plain = |text: &str| {
            groups(text.as_bytes())
                .all(|group| Glance::at(Set::default(), text.as_bytes(), &group).is_plain())
        };
        for text in ["in 2019, the old", "by 2019 and so", "until 2002, we", "in 12: the", "was 5 then"] {
            assert!(is_plain(text), "{text}");
        }
        for text in ["4, then 15, then 5", "415 and 555 and 0132", "lo 415, a", "12 of them"] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn a_number_behind_a_command_and_a_sign_hides_as_it_is_asked_about() {
        for text in ["\u{1b}[_0", "\u{1b}[_0, then", "\u{1b}.0 then"] {
            let text = text.as_bytes();
            for group in groups(text).filter(|group| asks_tag(text, group.start, group.end)) {
                let glance = Glance::at(Set::default(), text, &group);
                assert!(glance.hides() && !glance.is_plain(), "{}", String::from_utf8_lossy(text));
            }
            assert!(groups(text).any(|group| asks_tag(text, group.start, group.end)));
        }
    }

    #[test]
    fn years_and_counts_are_prose() {
        for text in [
            "in 2019 the",
            "of 12 people",
            "by 2019, the",
            "(1999). The",
            "the 5 books",
            "was 300.\nSo",
            "up 12% of",
            "P6 and CD3 cells",
            "a lin-3 tail",
            "4D, which",
            "until 2002, a",
            "at 12: the",
        ] {
            assert!(is_prose(text), "{text}");
        }
        for text in [
            "at 12 Oak",
            "on 12 May 1999",
            "May 12, 1999",
            "box 12 is",
            "of 12-14",
            "of 12 14 19",
            "of 12.\n14",
            "the 62704 is",
            "40.71, 12",
            "in 12 dot 13",
            "4, 1, 5, 5, 5, 0, 1",
            "M1 1AA is",
        ] {
            assert!(!is_prose(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_glance_tells_is_so(
            parts in prop::collection::vec(
                "[0-9]{1,5}|[0-9]|and |, then |the |slash |to |[ (.,;)'x!%:°*_/\\[{<>\\\\@+-]{1,2}|[ .-]|[A-Za-z]{1,6}|[A-Za-z]|of|de|May|[OolISBZis]|\n|ju|é|box |° N| May 1999|dot|then|\u{1b}|\u{0}",
                1..16,
            ),
        ) {
            let text = parts.concat();
            let text = text.as_bytes();
            for group in groups(text) {
                let glance = Glance::at(Set::default(), text, &group);
                let number = text[group.start].is_ascii_digit();
                for find in RECOGNIZERS.iter().flat_map(|recognizer| recognizer.find) {
                    if let (Find::Numbers(find), true) | (Find::Codes(find), false) = (find, number)
                        && !glance.may_begin()
                    {
                        prop_assert_eq!(find(text, group.start, group.end), None);
                    }
                }
                prop_assert!(glance.may_be_split() || !is_split(text, &group));
                if glance.is_plain() {
                    prop_assert!(glance.is_apart() && !glance.hides() && !glance.may_begin());
                }
                let tagged = asks_tag(text, group.start, group.end);
                let pieced = is_in_pieces(text, &group);
                let other = is_disguised(text, &group) || is_emphasised(text, &group);
                let lettered = is_among_letters(text, group.start);
                let encoded = is_encoded(text, &group) || lettered;
                prop_assert_eq!(glance.hides(), asks(text, &group) || is_loose(text, &group) || pieced || tagged || other || encoded);
                if glance.is_apart() {
                    let chain = Chain::read(text, group.start, &glance.groups);
                    let short = group.len() <= MOST && ends_chain(text, &group);
                    let written = is_gap(byte(text, group.end)) || (group.len() > MOST && glance.digits >= MOST);
                    prop_assert!(!written || short || chain.is_poor());
                }
            }
        }
    }
}
