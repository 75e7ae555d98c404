//! Words that English does not have: "counxil", "thecouncil", "zqblork".
//!
//! A word in small letters is one if the word list has it, or a word that it is regularly formed of. What is not may be a
//! name, a term or a word of another language, so it counts for little, unless it is a listed word but for one letter, two
//! words without the space between them, or without a vowel.

use super::classes::{self, COMMON, FUNCTION, KNOWN};
use super::rows::Rows;
use super::scan::{ABBREVIATED, CAPITAL, DIGIT, DOTTED, LONG, LONG_WORD, Token};
use crate::simd::{Kernel, Level, Set};
use crate::words::map::packed;
use std::ops::Range;

/// How words are formed of others: an ending, and what stands there in the other word. The word list leaves out what is
/// formed so (`training/fluency_classes.py`).
const ENDINGS: [(&[u8], &[u8]); 21] = [
    (b"ies", b"y"),
    (b"es", b""),
    (b"s", b""),
    (b"ied", b"y"),
    (b"ed", b""),
    (b"ed", b"e"),
    (b"ing", b""),
    (b"ing", b"e"),
    (b"er", b""),
    (b"er", b"e"),
    (b"ers", b""),
    (b"ers", b"e"),
    (b"est", b""),
    (b"est", b"e"),
    (b"ly", b""),
    (b"ness", b""),
    (b"able", b""),
    (b"able", b"e"),
    (b"less", b""),
    (b"ity", b""),
    (b"ity", b"e"),
];
/// Before these a last letter may stand twice: `planned`.
const DOUBLING: [&[u8]; 5] = [b"ed", b"ing", b"er", b"ers", b"est"];
const BEGINNINGS: [&[u8]; 15] = [
    b"un", b"re", b"non", b"pre", b"over", b"under", b"mis", b"dis", b"anti", b"co", b"sub", b"inter",
    b"multi", b"out", b"de",
];
/// Shortest word that others are formed of by an ending.
const LEAST_STEM: usize = 3;
/// Shorter words may be units, symbols or sounds.
const LEAST: usize = 3;
/// Shorter ones are beside another word by chance, and longer ones are not compared with any.
const LEAST_BESIDE: usize = 4;
const MOST_BESIDE: usize = 16;
/// Shortest word that one is grown to without a space, and the shortest of both that is a word of content.
const LEAST_GROWN: usize = 2;
const LEAST_CONTENT: usize = 4;
/// More words are not looked up: a text has as many only if hardly any of it is English.
const MOST: usize = 8;
/// What a word weighs that is another one but for a slip, and what any other, in nats.
const SLIP: f64 = 1.0;
const UNKNOWN: f64 = 0.1;

/// The words of a text that are none.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Spelling {
    /// What they weigh together.
    pub(super) weight: f64,
    /// The first that is misspelt, or else the first; whether it is misspelt.
    pub(super) first: Option<(Range<usize>, bool)>,
}

pub(super) fn measure(text: &str, tokens: &[Token], rows: &Rows) -> Spelling {
    const LISTED: u16 = u8::MAX as u16 & !LONG;
    let mut found = Spelling::default();
    let (mut keys, mut count) = ([0; MOST], 0);
    for token in rows.places(|row| row.odd).filter_map(|place| tokens.get(place)) {
        if token.is(LISTED | CAPITAL | DIGIT | DOTTED | ABBREVIATED) {
            continue;
        }
        let Some(word) = word(text.as_bytes(), token) else { continue };
        let is_whole = !word.contains(&b'-');
        let is_fine = if is_whole { is_word(word) } else { !is_broken(word) };
        if is_fine {
            continue;
        }
        // A term that keeps coming is one.
        if keys.iter().take(count).any(|key| *key == token.key) {
            continue;
        }
        let Some(slot) = keys.get_mut(count) else { break };
        (*slot, count) = (token.key, count + 1);
        let is_slip = !is_whole || is_bare(word) || is_grown(word) || is_beside(word);
        found.weight += if is_slip { SLIP } else { UNKNOWN };
        if found.first.as_ref().is_none_or(|(_, slip)| is_slip && !slip) {
            found.first = Some((token.span(), is_slip));
        }
    }
    found
}

/// The word of a token without `'s`, if it is one of plain letters and hyphens and no part of an address, a path or a name in
/// code.
fn word<'t>(text: &'t [u8], token: &Token) -> Option<&'t [u8]> {
    let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().unwrap_or_default();
    let joins =
        |b: u8| matches!(b, b'/' | b'\\' | b'@' | b'_' | b'#' | b'=' | b'&' | b'$' | b'<' | b'>' | b'~');
    let before = byte(token.start.checked_sub(1));
    let behind = byte(Some(token.end));
    let goes_on = behind == b'.' && byte(Some(token.end + 1)).is_ascii_alphanumeric();
    if joins(before) || joins(behind) || before == b'.' || goes_on {
        return None;
    }
    let whole = text.get(token.span())?;
    let word =
        [b"'s".as_slice(), "’s".as_bytes()].iter().find_map(|end| whole.strip_suffix(*end)).unwrap_or(whole);
    (word.len() >= LEAST && word.iter().all(|b| b.is_ascii_lowercase() || *b == b'-')).then_some(word)
}

/// Whether a word is listed, or formed of one that is.
fn is_word(word: &[u8]) -> bool {
    classes::is_spelt(word) || is_formed(word)
}

fn is_formed(word: &[u8]) -> bool {
    let mut buffer = Vec::with_capacity(word.len() + 1);
    let ends = ENDINGS.iter().any(|&(ending, instead)| {
        let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= LEAST_STEM) else { return false };
        buffer.clear();
        buffer.extend_from_slice(stem);
        buffer.extend_from_slice(instead);
        classes::is_spelt(&buffer)
            || instead.is_empty()
                && DOUBLING.contains(&ending)
                && matches!(stem, [single @ .., a, b] if a == b && classes::is_spelt(stem.get(..=single.len()).unwrap_or_default()))
    });
    ends || BEGINNINGS.iter().any(|beginning| {
        word.strip_prefix(*beginning).is_some_and(|stem| stem.len() > LEAST_STEM && classes::is_spelt(stem))
    })
}

/// Whether a word with a hyphen is a known one that was torn: `coun-cil`.
fn is_broken(word: &[u8]) -> bool {
    let is_part = |part: &[u8]| is_word(part) || BEGINNINGS.contains(&part);
    let is_whole = || {
        let whole: Vec<u8> = word.iter().copied().filter(|b| *b != b'-').collect();
        classes::listed(&whole) & KNOWN != 0
    };
    !word.split(|b| *b == b'-').all(is_part) && is_whole()
}

/// Whether a word is a known one but for a letter that is wrong, too many or missing, or for two that changed places.
fn is_beside(word: &[u8]) -> bool {
    (LEAST_BESIDE..=MOST_BESIDE).contains(&word.len()) && Set::default().run(Beside(word))
}

/// Looks for a known word beside one of small letters.
#[derive(Clone)]
struct Beside<'a>(&'a [u8]);

impl Kernel for Beside<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<L: Level>(self, _: L) -> bool {
        let Self(word) = self;
        let is_known = |length: usize, letters: u128| classes::is_known_letters(length, letters);
        let letters = packed(word);
        // The word's letters before a place, and from it on one place further off or nearer.
        let before = |place: usize| letters & !(u128::MAX << (8 * place));
        let behind = |place: usize| letters.checked_shr(8 * place as u32).unwrap_or_default();
        let with = |place: usize, letter: u8| u128::from(letter) << (8 * place);
        (0..word.len()).any(|at| {
            let (mine, rest) = (before(at), behind(at + 1));
            let is_swapped = match word.get(at..at + 2) {
                Some([first, second]) => {
                    let others = letters ^ with(at, first ^ second) ^ with(at + 1, first ^ second);
                    is_known(word.len(), others)
                }
                _ => false,
            };
            let is_without = || is_known(word.len() - 1, mine | rest << (8 * at));
            let bare = letters & !with(at, u8::MAX);
            let is_changed = || any_letter(|letter| is_known(word.len(), bare | with(at, letter)));
            is_swapped || is_without() || is_changed()
        }) || word.len() < MOST_BESIDE
            && (0..word.len() + 1).any(|at| {
                let apart = before(at) | (letters & !before(at)) << 8;
                any_letter(|letter| is_known(word.len() + 1, apart | with(at, letter)))
            })
    }
}

/// Whether something holds for any letter; all are tried, as it nearly always holds for none.
#[inline(always)]
fn any_letter(mut holds: impl FnMut(u8) -> bool) -> bool {
    let mut any = false;
    // The loops that inclusive ranges bring with them are not compiled for the processor at hand.
    for letter in *b"abcdefghijklmnopqrstuvwxyz" {
        any |= holds(letter);
    }
    any
}

/// Whether a word is two of which each is a function word or common.
fn is_grown(word: &[u8]) -> bool {
    word.len() <= LONG_WORD
        && (LEAST_GROWN..=word.len().saturating_sub(LEAST_GROWN)).any(|at| {
            let Some((first, second)) = word.split_at_checked(at) else { return false };
            [first, second].into_iter().all(|part| {
                let flags = classes::listed(part);
                flags & FUNCTION != 0 || (flags & COMMON != 0 && part.len() >= LEAST_CONTENT)
            })
        })
}

/// Whether a word has no vowel.
fn is_bare(word: &[u8]) -> bool {
    word.len() >= LEAST_BESIDE && !word.iter().any(|b| b"aeiouy".contains(b))
}

#[cfg(test)]
mod tests {
    use super::super::{lexemes, scan};
    use super::*;
    use crate::simd::on_every_set;
    use proptest::prelude::*;

    fn of(text: &str) -> Spelling {
        let tokens = scan::scan_whole(text);
        measure(text, &tokens, &Rows::of(&tokens, &lexemes::of(&tokens)))
    }

    fn first(text: &str) -> Option<(&str, bool)> {
        of(text).first.map(|(span, slip)| (&text[span], slip))
    }

    #[test]
    fn slips_are_told_from_words_that_are_not_known() {
        for (text, expected) in [
            ("The counxil met on Monday.", ("counxil", true)),
            ("The cuoncil met on Monday.", ("cuoncil", true)),
            ("The counccil met on Monday.", ("counccil", true)),
            ("The concil’s mayor met it.", ("concil’s", true)),
            ("They met ofthe council.", ("ofthe", true)),
            ("They met thecouncil again.", ("thecouncil", true)),
            ("They met councilbudget again.", ("councilbudget", true)),
            ("They met the cncl again.", ("cncl", true)),
            ("The zqblork met on Monday.", ("zqblork", false)),
            ("The zqblork met the counxil.", ("counxil", true)),
            ("The agree- mennt was signed.", ("mennt", true)),
            ("The coun-cil met on Monday.", ("coun-cil", true)),
        ] {
            assert_eq!(first(text), Some(expected), "{text}");
        }
        assert!(of("A zqblork and a vrandiq.").weight > of("A zqblork and a zqblork.").weight);
    }

    #[test]
    fn words_names_and_addresses_are_none() {
        for text in [
            "The council approved an unplanned budget and reopened its libraries.",
            "She knelt beside the mice, the geese and the curmudgeonly widower.",
            "The colour of the harbour and the organisers' favourite theatre.",
            "Mail to jane@zqblork.org or see zqblork.io/vrandiq, or run zq_blork.",
            "Kovalqenko met Zqblork in Vrandiqa and drank a café crème.",
            "The well-known, co-operative and zqblork-like re-election.",
            "He doesn't, they weren't, the council's and the workers' rights.",
        ] {
            assert_eq!(of(text), Spelling::default(), "{text}");
        }
    }

    #[test]
    fn it_is_bounded() {
        let text = ('a'..='z').map(|c| format!("qzx{c}vkj ")).collect::<String>();
        assert!(of(&text).weight <= MOST as f64 * SLIP);
        assert_eq!(of(&"qa".repeat(500_000)).weight, UNKNOWN);
    }

    /// The same as [`Beside`], word by word.
    fn is_beside_one_by_one(word: &[u8]) -> bool {
        let is_known = |other: &[u8]| classes::listed(other) & KNOWN != 0;
        let letters = || b'a'..=b'z';
        let changed =
            |at: usize| letters().any(|new| is_known(&[&word[..at], &[new], &word[at + 1..]].concat()));
        let grown = |at: usize| letters().any(|new| is_known(&[&word[..at], &[new], &word[at..]].concat()));
        let bare = |at: usize| is_known(&[&word[..at], &word[at + 1..]].concat());
        let swapped =
            |at: usize| is_known(&[&word[..at], &[word[at + 1], word[at]], &word[at + 2..]].concat());
        (0..word.len()).any(|at| changed(at) || bare(at))
            || (0..word.len() - 1).any(swapped)
            || word.len() < MOST_BESIDE && (0..=word.len()).any(grown)
    }

    fn check_beside(word: &str) {
        for found in on_every_set(&Beside(word.as_bytes())) {
            assert_eq!(found, is_beside_one_by_one(word.as_bytes()), "{word}");
        }
    }

    proptest! {
        #[test]
        fn words_beside_are_found_as_one_by_one(
            word in "council|budget|agree|minister|responsibility|communications|characteristics|the|mayor",
            at: prop::sample::Index, letters in "[a-z]{0,2}", any in "[a-z]{4,16}", short in "[a-z]{4}",
        ) {
            let at = at.index(word.len() + 1);
            let (first, second) = word.split_at(at);
            for word in [format!("{first}{letters}{second}"), format!("{first}{}", second.get(1..).unwrap_or_default()), any, short] {
                if (LEAST_BESIDE..=MOST_BESIDE).contains(&word.len()) {
                    check_beside(&word);
                }
            }
        }
    }
}
