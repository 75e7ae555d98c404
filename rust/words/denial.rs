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
    // Where the sentence of a word begins, if that is not too far away.
    let sentence = |end: usize| (0..=end).rev().take(FAR).find(|&i| breaks(i) == Break::Sentence);
    let before = |start: usize| Some(sentence(start.checked_sub(1)?)?..start);
    let is_last = breaks(at + 1) == Break::Sentence;
    match word(at) {
        // `Did it pass? No.`
        b"no" => return if is_last && breaks(at) == Break::Sentence { before(at) } else { None },
        // `..., but it did not.`
        b"not" => {
            let pronoun = is_pronoun(word(at.checked_sub(2)?));
            let but = at.checked_sub(2 + usize::from(pronoun))?;
            let denies = is_last && is_auxiliary(word(at - 1)) && word(but) == b"but";
            return sentence(at).filter(|&start| denies && start < but).map(|start| start..but);
        }
        _ => {}
    }
    if word(at + 1) == b"that" && !is_last {
        return None;
    }
    let start = sentence(at)?;
    let copula = (start..at).rev().take(BETWEEN).find(|&i| is_copula(word(i)))?;
    let last = copula.checked_sub(1)?;
    let negated = word(copula).ends_with(b"nt") || (copula..at).any(|i| matches!(word(i), b"not" | b"never"));
    let none = word(start) == b"none";
    if (word(at) == b"true") != (negated || none) {
        return None;
    }
    let subject = start..copula;
    if breaks(last) == Break::Clause && word(last) == b"which" {
        return Some(start..last);
    }
    if subject.len() <= 3 && (none || word(start) == b"all") {
        return (start > 0).then(|| start.saturating_sub(FAR)..start);
    }
    if subject.len() <= 3 && matches!(word(start), b"this" | b"that" | b"it") {
        return before(start);
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
