//! Groups of digits that together are as long as an identifier and are split as none is: `"125-7" + "4-9493"`, `A198 58761`,
//! `5515 21726 993 4813`. Words say whether they are one, as much that is counted stands so.

use super::Edit;
use super::loose::{GROUPS, Row, begins_word, between, is_plain};
use crate::pii::candidate::{before, byte};
use crate::pii::prefilter::{Groups as Near, Surveys, low};
use crate::simd::{BLOCK, Set};
use std::ops::Range;

/// How many digits identifiers have that may be split anywhere, a bit each; and with letters among them.
const NUMBERS: u32 = 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 15 | 1 << 16;
const CODES: u32 = 1 << 8 | 1 << 9;
/// Most digits and letters, letters, letters of a group without a digit, and groups.
const LONGEST: usize = 16;
const MOST_LETTERS: usize = 3;
const MOST_ALONE: usize = 2;
const MOST_GROUPS: usize = 6;
/// How numbers are split that are read as they stand, beside [`GROUPS`].
const USUAL: &[&[usize]] = &[&[2, 7], &[3, 3, 3], &[2, 4, 4], &[3, 4, 4], &[2, 2, 2, 2, 2]];

type Groups = Row<MOST_GROUPS>;

/// Adds what stands between the groups, beside the edits of others.
pub(super) fn edits(set: Set, text: &[u8], surveys: &Surveys, edits: &mut Vec<Edit>) {
    let (others, mut next) = (edits.len(), 0);
    for at in surveys.digits(set, text) {
        // Behind another digit none begins.
        if at < next || !byte(text, at).is_ascii_digit() || before(text, at).is_ascii_digit() {
            continue;
        }
        let letters = (1..=MOST_LETTERS).take_while(|&i| at >= i && byte(text, at - i).is_ascii_uppercase());
        let start = at - letters.count();
        let near = Near::of(set, text, start);
        let Some(groups) = (if may_begin(text, start, &near) { groups(text, start) } else { None }) else {
            continue;
        };
        let gaps = groups.inner();
        let whole = start..gaps.last().map_or(start, |gap| gap.end);
        let earlier = edits.get(..others).unwrap_or_default();
        let other = earlier.get(earlier.partition_point(|edit| edit.end <= whole.start));
        if other.is_none_or(|edit| edit.start >= whole.end) {
            next = whole.end;
            edits.extend(gaps.iter().map(|gap| Edit::new(gap.clone(), b"")));
        }
    }
}

/// Whether a group of digits and letters begins what [`edits`] would put together.
pub(crate) fn asks(text: &[u8], group: &Range<usize>) -> bool {
    let Range { start, end } = *group;
    let is_word = |at: usize| byte(text, at).is_ascii_lowercase() && !begins_word(text, at);
    // A word of prose stands behind most, and no other group.
    if is_word(end + 1) || is_word(end + 2) || end - start >= LONGEST {
        return false;
    }
    let has_digit = |next: usize| (next..next + 3).any(|at| byte(text, at).is_ascii_digit());
    between(text, end).is_some_and(has_digit) && groups(text, start).is_some()
}

/// Whether no groups begin at `start`, by what stands before: it is inside of a row, which was asked about where it begins, or
/// of a word.
fn goes_on(text: &[u8], start: usize) -> bool {
    let last = before(text, start);
    let inside = before(text, start.saturating_sub(1)).is_ascii_digit();
    inside || last.is_ascii_alphanumeric() || last == b'+'
}

/// Whether groups that together are as long as an identifier may begin at `start`, by what the bytes from there on are: most
/// stand before a word of prose, or are too few. Where the bytes do not tell they may.
pub(crate) fn may_begin(text: &[u8], start: usize, near: &Near) -> bool {
    if goes_on(text, start) {
        return false;
    }
    let part = near.letter | near.digit;
    let small = near.letter & !near.capital;
    let (mut at, mut all, mut letters) = (0, 0, 0);
    for count in 1..=MOST_GROUPS {
        let length = (part >> at).trailing_ones() as usize;
        let end = at + length;
        if end >= BLOCK {
            return true;
        }
        let own = low(length as u32) << at;
        let digits = (near.digit & own).count_ones() as usize;
        (all, letters) = (all + length, letters + length - digits);
        let is_word = digits == 0 && length > MOST_ALONE;
        if is_word || all > LONGEST || letters > MOST_LETTERS || small & own != 0 {
            return false;
        }
        if count > 1 && (NUMBERS | CODES) >> all & 1 == 1 {
            return true;
        }
        let gap = (part >> end).trailing_zeros() as usize;
        at = end + gap;
        if at >= BLOCK {
            return true;
        }
        // A word between two groups is read where they are.
        let next = start + at;
        if byte(text, next).is_ascii_lowercase() {
            return begins_word(text, next);
        }
    }
    false
}

/// The groups that begin at `start`, as many as make the longest identifier.
fn groups(text: &[u8], start: usize) -> Option<Groups> {
    if goes_on(text, start) {
        return None;
    }
    let mut found = Groups::new(start);
    let (mut at, mut digits, mut letters) = (start, 0, 0);
    let slots = found.lengths.iter_mut().zip(&mut found.gaps).zip(1..);
    for ((slot, gap), count) in slots {
        let length = (at..at + LONGEST + 1).take_while(|&i| byte(text, i).is_ascii_alphanumeric()).count();
        let group = text.get(at..at + length)?;
        let own = group.iter().filter(|b| b.is_ascii_digit()).count();
        // A word of prose.
        let is_word = own == 0 && length > MOST_ALONE;
        (digits, letters) = (digits + own, letters + length - own);
        if is_word
            || digits + letters > LONGEST
            || letters > MOST_LETTERS
            || group.iter().any(u8::is_ascii_lowercase)
        {
            break;
        }
        *slot = length;
        let known = if letters == 0 { NUMBERS } else { CODES };
        if known >> (digits + letters) & 1 == 1 {
            found.count = count;
        }
        let end = at + length;
        let Some(next) = between(text, end) else { break };
        *gap = end..next;
        at = next;
    }
    (found.count > 1 && !is_usual(text, &found) && !is_counted(text, &found)).then_some(found)
}

/// The sign between every two groups, if it is one, and such as stands in numbers.
fn sign<'t>(text: &'t [u8], groups: &Groups) -> Option<&'t [u8]> {
    let first = text.get(groups.inner().first()?.clone()).filter(|first| is_plain(first))?;
    groups.inner().iter().all(|gap| text.get(gap.clone()) == Some(first)).then_some(first)
}

/// Whether it is split as such numbers are.
fn is_usual(text: &[u8], groups: &Groups) -> bool {
    let lengths = groups.lengths();
    sign(text, groups).is_some() && (GROUPS.contains(&lengths) || USUAL.contains(&lengths))
}

/// Whether it is counted or listed: sums with their thousands, decimals, dates, times, years, pages of a volume.
fn is_counted(text: &[u8], groups: &Groups) -> bool {
    let (lengths, sign) = (groups.lengths(), sign(text, groups));
    let between = |gap: &Range<usize>| text.get(gap.clone()).unwrap_or_default();
    let gaps = || groups.inner().iter().map(between);
    let is_list = |gap: &[u8]| {
        let has = |sign: u8| gap.contains(&sign);
        let quoted = has(b'"') || has(b'\'');
        has(b'(') || has(b')') || has(b':') || (!quoted && (has(b',') || has(b';') || gap.ends_with(b"and ")))
    };
    let row = sign.is_none() && lengths.len() > 2 && gaps().is_sorted_by(PartialEq::eq);
    let decimal = lengths.len() == 2 && sign == Some(b".");
    let year = |at: usize| matches!(text.get(at..at + 2), Some(b"19" | b"20"));
    let starts = std::iter::once(groups.start).chain(groups.inner().iter().map(|gap| gap.end));
    let years = starts.zip(lengths).any(|(at, &length)| length == 4 && year(at));
    let slashes = gaps().filter(|gap| *gap == b"/").count() > 1;
    let dated = slashes || (years && (lengths.len() > 2 || lengths.iter().all(|&length| length == 4)));
    let thousands = sign.is_some()
        && lengths.iter().skip(1).all(|&length| length == 3)
        && lengths.first().is_some_and(|&first| first <= 3);
    gaps().any(is_list) || row || decimal || dated || thousands
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_prose_begin_no_groups() {
        let begins = |text: &str| {
            Set::all().all(|set| may_begin(text.as_bytes(), 0, &Near::of(set, text.as_bytes(), 0)))
        };
        for text in ["125-7 4-9493", "A198 58761", "12 followed by 9884335", "5515 21726 993 4813"] {
            assert!(begins(text), "{text}");
        }
        for text in [
            "1998. Psychology of 1999 and of 2001",
            "12 people and 1234567 cells",
            "19th 2001 of",
            "4, 7. The",
        ] {
            assert!(!begins(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_groups_begin_where_masks_say_so(
            text in "([0-9]{1,6}|[A-Z]{1,3}|[A-Z][0-9]{1,3}|[a-z]{1,5}|[ ,.;:/()'\"+-]{1,4}| and | followed by | x |é|\u{0}){1,16}",
        ) {
            let text = text.as_bytes();
            for set in Set::all() {
                for start in 0..text.len() {
                    let near = Near::of(set, text, start);
                    prop_assert!(groups(text, start).is_none() || may_begin(text, start, &near));
                }
            }
        }
    }
}
