//! Numbers of prose: years, counts, sums. Most numbers are, and a look at the bytes around one tells, before any recogniser
//! is asked about it.

use super::candidate::{before, byte, digits_up_to, ends_chain, is_gap};
use super::normalize::{is_filled_by_digit, is_loose, is_neighbour, is_said};
use super::recognizers::{may_be_dated, may_be_month};
use crate::words::beginnings::Beginnings;

/// Most digits that are told apart: no kind is written in so few.
const MOST: usize = 4;

/// Whether the number from `at` to `end` is prose: in words between spaces or dashes, or before a mark that groups
/// nothing. Nothing begins there then, and nothing is hidden; but letters may lead to it. It is no part of a token, no
/// house's number, day or year with a month, no part of a chain, and no letter beside it is taken for a digit.
pub(crate) fn is_number(text: &[u8], at: usize, end: usize) -> bool {
    if end > at + MOST || !is_apart(text, at, end) {
        return false;
    }
    if byte(text, end) == b' ' && is_plain_word(byte(text, end + 1), byte(text, end + 2)) {
        return ends_chain(text, &(at..end));
    }
    is_followed_by_prose(text, at, end)
}

/// Whether what stands before the number makes no more of it.
fn is_apart(text: &[u8], at: usize, end: usize) -> bool {
    let [last, earlier, first] = [0, 1, 2].map(|back| before(text, at.saturating_sub(back)));
    match last {
        b' ' | b'(' => {
            // A post office box; a letter that is a digit; a row of single characters.
            let is_word = first.is_ascii_alphanumeric();
            let joins = last == b' '
                && ((is_neighbour(earlier) && (is_neighbour(first) || !is_word))
                    || (end == at + 1 && !(is_word && earlier.is_ascii_alphanumeric())));
            !joins && earlier | 0x20 != b'x'
        }
        // Thousands.
        b',' => end == at + 3 && matches!(digits_up_to(text, at - 1, MOST), 1..=3),
        0x80.. => end > at + 1 && is_dash(&[first, earlier, last]),
        _ => false,
    }
}

/// U+2010 to U+2015.
fn is_dash(bytes: &[u8]) -> bool {
    matches!(bytes, [0xE2, 0x80, 0x90..=0x95])
}

/// Whether what follows the number from `at` to `end` makes no more of it.
fn is_followed_by_prose(text: &[u8], at: usize, end: usize) -> bool {
    let [next, second, third] = [end, end + 1, end + 2].map(|i| byte(text, i));
    let ends = match next {
        b' ' => second.is_ascii_lowercase() && !(is_neighbour(second) && is_neighbour(third)),
        b'.' | b')' => !is_filled_by_digit(text, end),
        b',' | b';' | b'"' | b'\'' | b'?' | b'!' | b']' | b'%' => true,
        0xE2 => is_dash(&[next, second, third]),
        _ => false,
    };
    ends && (!is_gap(next) || (ends_chain(text, &(at..end)) && is_said(text, end).is_none()))
        && !may_be_dated(text, at, end)
        && !is_loose(text, &(at..end))
}

/// What words begin with that make more of a number before them, beside those of the months: `of`, `de`, words for signs,
/// words between the numbers of a list, and letters that look like digits.
static TELLING: Beginnings = Beginnings::NONE.with_words(&[
    b"of", b"de", b"do", b"da", b"po", b"pe", b"hy", b"mi", b"an", b"fo", b"ne", b"th", b"oo", b"ol", b"lo",
    b"ll",
]);

/// Whether a word that begins with these letters makes nothing of a number before it: most are told so.
fn is_plain_word(first: u8, second: u8) -> bool {
    let small = first.is_ascii_lowercase() && second.is_ascii_lowercase();
    small && !TELLING.has(first, second) && !may_be_month(first, second)
}

#[cfg(test)]
mod tests {
    use super::super::candidate::Chain;
    use super::super::normalize::asks;
    use super::super::recognizers::{Find, RECOGNIZERS};
    use super::*;
    use crate::simd::Set;
    use proptest::prelude::*;

    /// Where the number ends that starts at `at`, if it is prose.
    fn number(text: &[u8], at: usize) -> Option<usize> {
        let end = at + text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        is_number(text, at, end).then_some(end)
    }

    #[test]
    fn a_plain_word_makes_nothing_of_a_number() {
        for (first, second) in
            (b'a'..=b'z').flat_map(|first| (b'a'..=b'z').map(move |second| (first, second)))
        {
            let begins = [first, second];
            if !is_plain_word(first, second) {
                continue;
            }
            for word in ["", "s", "rch", "t", "llowed by", "en", "d then", "xt", "nus", "ril", "x"] {
                for behind in [" of", " 12", " 1999", ", 12", ". 5", " 555 0132", "-1"] {
                    let text = ["of 12 ".as_bytes(), &begins, word.as_bytes(), behind.as_bytes()].concat();
                    assert_eq!(
                        ends_chain(&text, &(3..5)),
                        is_followed_by_prose(&text, 3, 5),
                        "{begins:?} {word}"
                    );
                }
            }
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
        ] {
            let at = text.find(|c: char| c.is_ascii_digit()).unwrap();
            assert!(number(text.as_bytes(), at).is_some(), "{text}");
        }
        for (text, at) in [("of 1,234 people", 5), ("in 1999–2003, the", 10)] {
            assert!(number(text.as_bytes(), at).is_some(), "{text}");
        }
        for text in [
            "at 12 Oak",
            "on 12 May 1999",
            "May 12, 1999",
            "box 12 is",
            "a 1 is",
            "I 12 is",
            "to 5 o clock",
            "of 12-14",
            "of 12 14",
            "of 12.\n14",
            "the 62704 is",
            "x-12 is",
            "40.71, 12",
            "in 12 AB",
        ] {
            let at = text.find(|c: char| c.is_ascii_digit()).unwrap();
            assert_eq!(number(text.as_bytes(), at), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_begins_at_a_number_of_prose(
            parts in prop::collection::vec(
                "[0-9]{1,5}|[ (.,;)'x!%:–°-]{1,2}|[A-Za-z]{1,6}|of|de|May|[OolISB]|\n|ju|é|box |° N| May 1999",
                1..12,
            ),
        ) {
            let text = parts.concat();
            let text = text.as_bytes();
            let starts = (0..text.len()).filter(|&at| {
                text[at].is_ascii_digit() && !before(text, at).is_ascii_alphanumeric()
            });
            for (at, end) in starts.filter_map(|at| Some((at, number(text, at)?))) {
                prop_assert!(!byte(text, end).is_ascii_alphanumeric());
                for find in RECOGNIZERS.iter().flat_map(|recognizer| recognizer.find) {
                    if let Find::Numbers(find) = find {
                        prop_assert_eq!(find(text, at, end), None);
                    }
                }
                prop_assert!(!asks(text, &(at..end)));
                let chain = Chain::read(Set::default(), text, at);
                prop_assert!(!is_gap(byte(text, end)) || chain.candidates().count() <= 1);
            }
        }
    }
}
