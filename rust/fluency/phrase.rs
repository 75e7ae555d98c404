//! Matching of fixed phrases, whatever their case and apostrophes.

use crate::eight::{SMALL, within};
use crate::words::beginnings::Beginnings;
use crate::words::map::packed;

/// The length in bytes of `phrase` at the start of `text`, where it ends at a word's end.
///
/// `phrase` is ASCII in lower case with plain apostrophes; in the text a typographic apostrophe fits as well, and
/// any run of spaces fits one.
fn prefix(text: &str, phrase: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    for &wanted in phrase.as_bytes() {
        let byte = *bytes.get(at)?;
        if wanted == b'\'' && bytes[at..].starts_with("’".as_bytes()) {
            at += "’".len();
        } else if wanted == b' ' && byte == b' ' {
            at += bytes[at..].iter().take(MAX_SPACES).take_while(|byte| **byte == b' ').count();
        } else if byte.to_ascii_lowercase() == wanted {
            at += 1;
        } else {
            return None;
        }
    }
    let is_open = phrase.as_bytes().last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    (!is_open || bytes[at..].starts_with("’".as_bytes()) || starts_with_mark(&bytes[at..])).then_some(at)
}

/// Spaces inside a phrase beyond this many are no phrase: it keeps the matching linear.
const MAX_SPACES: usize = 8;

/// Whether non-ASCII punctuation follows: a dash or quotation mark of the block U+2000.
fn starts_with_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xe2, 0x80])
}

/// Some phrases, and what any of them begins with.
pub(super) struct Phrases {
    beginnings: Beginnings,
    /// Of the phrases by their first letters, the phrases of one letter in the order of the list.
    heads: [Head; MOST],
    /// Where the heads of each first letter begin, and behind the last of them all.
    letters: [u8; 33],
}

/// How many phrases a list has at most.
const MOST: usize = 48;

/// The first bytes of a phrase, up to where the text may have other bytes, and which they are: few texts begin so.
#[derive(Clone, Copy)]
struct Head {
    bytes: u64,
    mask: u64,
    /// The same where the text has one space where the phrase has one.
    whole: u64,
    phrase: &'static str,
}

impl Head {
    const NONE: Self = Self { bytes: 0, mask: 0, whole: 0, phrase: "" };

    const fn of(said: &'static str) -> Self {
        let phrase = said.as_bytes();
        let (mut head, mut at, mut is_first) = (Self { phrase: said, ..Self::NONE }, 0, true);
        while at < phrase.len() && at < 8 && phrase[at] != b'\'' {
            // What makes small letters of a text's leaves whatever else phrases are made of as it is.
            assert!(phrase[at] & 0x20 != 0);
            head.bytes |= (phrase[at] as u64) << (8 * at);
            head.whole |= 0xff << (8 * at);
            // Any run of spaces fits one.
            head.mask |= if is_first { 0xff << (8 * at) } else { 0 };
            is_first &= phrase[at] != b' ';
            at += 1;
        }
        head
    }

    #[inline]
    fn may_begin(self, start: Start) -> bool {
        (self.bytes ^ start.small) & if start.has_run { self.mask } else { self.whole } == 0
    }
}

/// The first bytes of a text in small letters.
#[derive(Clone, Copy)]
struct Start {
    small: u64,
    /// Two spaces in them, or their end.
    has_run: bool,
}

impl Start {
    #[inline]
    fn of(text: &str) -> Self {
        let small = packed(text.as_bytes()) as u64 | SMALL;
        let spaces = within(small, b' ', b' ');
        Self { small, has_run: spaces & spaces >> 8 != 0 }
    }
}

impl Phrases {
    pub(super) const fn new(phrases: &'static [&'static str]) -> Self {
        let mut beginnings = Beginnings::NONE;
        let mut at = 0;
        while at < phrases.len() {
            beginnings = match phrases[at].as_bytes() {
                [] => beginnings,
                [first] => beginnings.with_any(*first),
                // What a typographic apostrophe begins with fits as well.
                [first, b'\'', ..] => beginnings.with(*first, b'\'').with(*first, 0xe2),
                [first, second, ..] => beginnings.with(*first, *second),
            };
            at += 1;
        }
        let (mut heads, mut letters, mut count) = ([Head::NONE; MOST], [0; 33], 0);
        let mut letter = 0;
        while letter < 32 {
            let mut at = 0;
            while at < phrases.len() {
                if let [first, ..] = phrases[at].as_bytes()
                    && *first as usize % 32 == letter
                {
                    heads[count] = Head::of(phrases[at]);
                    count += 1;
                }
                at += 1;
            }
            letter += 1;
            letters[letter] = count as u8;
        }
        Self { beginnings, heads, letters }
    }

    /// The length of the first of them that stands at the start of `text`.
    pub(super) fn prefix(&self, text: &str) -> Option<usize> {
        if !may_begin(&self.beginnings, text) {
            return None;
        }
        let start = Start::of(text);
        let letter = usize::from(start.small as u8 % 32);
        let heads =
            self.heads.get(usize::from(self.letters[letter])..usize::from(self.letters[letter + 1]))?;
        heads.iter().filter(|head| head.may_begin(start)).find_map(|head| prefix(text, head.phrase))
    }

    /// What any of some lists begins with.
    pub(super) const fn any(lists: &[&Self]) -> Beginnings {
        let (mut all, mut at) = (Beginnings::NONE, 0);
        while at < lists.len() {
            all = all.with_all(&lists[at].beginnings);
            at += 1;
        }
        all
    }
}

/// Whether a phrase may stand at the start of `text`, by the beginnings of all.
#[inline]
pub(super) fn may_begin(beginnings: &Beginnings, text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|first| beginnings.has(*first, bytes.get(1).copied().unwrap_or(0)))
}

/// How far the end of a sentence is looked for.
pub(super) const REACH: usize = 160;

/// A text up to the end of its first sentence or line; no more than [`REACH`] of it.
pub(super) fn sentence(text: &str) -> &str {
    let whole = near(text, REACH);
    whole.find(['.', '!', '?', '\n']).map_or(whole, |end| &whole[..end])
}

/// Whether any of some words, in lower case, stands in a sentence.
pub(super) fn has_any(sentence: &str, words: &[&str]) -> bool {
    letters(sentence).any(|word| is_any(words, word))
}

/// Whether a word, whatever its case, is one of some.
pub(super) fn is_any(words: &[&str], word: &str) -> bool {
    words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted))
}

/// No more of a text than so many bytes.
pub(super) fn near(text: &str, reach: usize) -> &str {
    if text.len() <= reach {
        return text;
    }
    let end = (0..=reach).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

/// The runs of letters in a sentence.
pub(super) fn letters(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_whatever_its_case_and_apostrophes() {
        static PHRASES: Phrases = Phrases::new(&["i'm sorry", "i cannot", "ok", ","]);
        let cases = [
            ("I'm sorry.", Some(9)),
            ("I’m sorry", Some(11)),
            ("i  CANNOT do it", Some(9)),
            ("OK", Some(2)),
            ("okay", None),
            (",", Some(1)),
            (", and", Some(1)),
            ("I'd", None),
            ("i", None),
            ("", None),
            ("ÿ", None),
        ];
        for (text, length) in cases {
            assert_eq!(PHRASES.prefix(text), length, "{text:?}");
        }
    }
}
