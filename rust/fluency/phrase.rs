//! Matching of fixed phrases, whatever their case and apostrophes.

use crate::words::beginnings::Beginnings;

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
    phrases: &'static [&'static str],
    beginnings: Beginnings,
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
        Self { phrases, beginnings }
    }

    /// The length of the first of them that stands at the start of `text`.
    pub(super) fn prefix(&self, text: &str) -> Option<usize> {
        if !may_begin(&self.beginnings, text) {
            return None;
        }
        let first = text.as_bytes().first()?.to_ascii_lowercase();
        let is_like = |phrase: &&&str| phrase.as_bytes().first() == Some(&first);
        self.phrases.iter().filter(is_like).find_map(|phrase| prefix(text, phrase))
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
