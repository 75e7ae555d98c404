//! Words as several families read them.

use crate::pii::candidate::byte;
use crate::pii::context::{APOSTROPHE, is_word};

/// Longest word that is read.
pub(super) const LONGEST: usize = 20;

/// The word at `at`, and where it ends: letters, with apostrophes and dashes inside.
pub(super) fn word(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
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

pub(super) fn is_of(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}
