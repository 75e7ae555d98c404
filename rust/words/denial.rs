//! What is taken back behind it was said: `..., which is untrue`, `The claim that ... is false`, `None of this is true.`
//!
//! Looked for only at a word that may take something back ([`super::known::DENIES`]), so most texts cost nothing.

use super::stream::{Break, Stream};
use std::ops::Range;

/// Most words that are looked back over, and taken back.
const FAR: usize = 64;
/// Words between a subject's end and the word that denies: `was simply a complete`.
const BETWEEN: usize = 4;
/// Words before a `that` that introduces what is claimed: `Several of the reports`.
const BEFORE_THAT: usize = 6;

/// The tokens that the one at `at` takes back.
pub(super) fn taken_back(stream: &Stream, at: usize) -> Option<Range<usize>> {
    let word = |i: usize| stream.tokens.get(i).map_or(&b""[..], |token| stream.text(token));
    let breaks = |i: usize| stream.tokens.get(i).map_or(Break::Sentence, |token| token.before);
    let is_last = breaks(at + 1) == Break::Sentence;
    match word(at) {
        b"no" if !is_last || breaks(at) != Break::Sentence => return None,
        b"not" if !is_last => return None,
        _ => {}
    }
    // Where the sentence of a word begins, if that is not too far away.
    let sentence = |end: usize| (0..=end).rev().take(FAR).find(|&i| breaks(i) == Break::Sentence);
    let start = sentence(at)?;
    let earlier = |all: bool| {
        let last = start.checked_sub(1)?;
        Some(if all { start.saturating_sub(FAR) } else { sentence(last)? }..start)
    };
    match word(at) {
        // `Did it pass? No.`
        b"no" => return earlier(false),
        // `..., but it did not.`
        b"not" => {
            let pronoun = is_pronoun(word(at.checked_sub(2)?));
            let but = at.checked_sub(2 + usize::from(pronoun))?;
            let denies = is_auxiliary(word(at - 1)) && but > start && word(but) == b"but";
            return denies.then_some(start..but);
        }
        _ => {}
    }
    if word(at + 1) == b"that" && !is_last {
        return None;
    }
    let copula = (start..at).rev().take(BETWEEN).find(|&i| is_copula(word(i)))?;
    let negated = word(copula).ends_with(b"nt") || (copula..at).any(|i| matches!(word(i), b"not" | b"never"));
    let none = word(start) == b"none";
    if (word(at) == b"true") != (negated || none) {
        return None;
    }
    let subject = start..copula;
    if breaks(copula - 1) == Break::Clause && word(copula - 1) == b"which" {
        return Some(start..copula - 1);
    }
    if subject.len() <= 3 && (none || matches!(word(start), b"this" | b"that" | b"it" | b"all")) {
        return earlier(none || word(start) == b"all");
    }
    let that = subject.clone().take(BEFORE_THAT).find(|&i| word(i) == b"that")?;
    (start..that).any(|i| is_claim(word(i))).then_some(that + 1..copula)
}

fn is_copula(word: &[u8]) -> bool {
    matches!(word, b"is" | b"was" | b"are" | b"were" | b"isnt" | b"wasnt" | b"arent" | b"werent")
}

fn is_auxiliary(word: &[u8]) -> bool {
    matches!(
        word,
        b"did" | b"does" | b"do" | b"had" | b"has" | b"have" | b"will" | b"would" | b"could" | b"can"
    ) || is_copula(word)
}

fn is_pronoun(word: &[u8]) -> bool {
    matches!(word, b"it" | b"he" | b"she" | b"they" | b"this" | b"that" | b"we")
}

/// Nouns of what is said to be so.
fn is_claim(word: &[u8]) -> bool {
    const NOUNS: [&[u8]; 9] = [
        b"allegation",
        b"assertion",
        b"claim",
        b"idea",
        b"notion",
        b"report",
        b"rumor",
        b"rumour",
        b"suggestion",
    ];
    NOUNS.binary_search(&word.strip_suffix(b"s").unwrap_or(word)).is_ok()
}
