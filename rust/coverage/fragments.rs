//! How much of a text is no sentence: passages between full stops without a verb, as facts that were cut leave them.
//!
//! A verb is told by its form: an auxiliary, a past tense, or an `-s` after a noun or pronoun. Those are most of English
//! prose; a sentence in a bare present (`They plan`) may have none, so a small share counts for nothing.

use crate::words::irregular::base;
use crate::words::stream::{Break, Case, Stream, Token};

/// Groups of function words ([`crate::words::function`]) that are auxiliaries.
const AUXILIARIES: std::ops::RangeInclusive<u8> = 14..=19;
/// Honest summaries leave this share of their words outside of sentences, at most; beyond it the factor falls, by `MOST`
/// where `ALL` of the words are.
const SOME: f64 = 0.25;
const ALL: f64 = 0.6;
const MOST: f64 = 0.7;

/// The factor in (0, 1] for a text: 1 for sentences.
pub(super) fn factor(stream: &Stream) -> f64 {
    let beyond = (share(stream) - SOME) / (ALL - SOME);
    1.0 - MOST * beyond.clamp(0.0, 1.0)
}

/// The share of words that stand in no sentence.
fn share(stream: &Stream) -> f64 {
    let (mut outside, mut start) = (0, 0);
    for end in 1..=stream.tokens.len() {
        if stream.tokens.get(end).is_none_or(|token| token.before == Break::Sentence) {
            let words = stream.tokens.get(start..end).unwrap_or_default();
            outside += if has_verb(stream, words) { 0 } else { words.len() };
            start = end;
        }
    }
    outside as f64 / stream.tokens.len().max(1) as f64
}

/// Whether a passage has a verb behind its first word. What begins with an auxiliary lacks its subject.
fn has_verb(stream: &Stream, words: &[Token]) -> bool {
    let is_auxiliary = |token: &Token| token.function && AUXILIARIES.contains(&token.group);
    let Some(first) = words.first().filter(|first| !is_auxiliary(first)) else { return false };
    // "Over winds from the north.", "Affected people in two counties.": an `-s` there needs an object to be a verb.
    let is_open =
        first.function && PREPOSITIONS.contains(&first.group) || stream.text(first).ends_with(b"ed");
    words.windows(2).enumerate().any(|(i, pair)| match pair {
        [before, word] => {
            let next = words.get(i + 2);
            // "May" inside of a sentence is the month.
            is_auxiliary(word) && word.case == Case::Lower || is_verb(stream, before, word, next, is_open)
        }
        _ => false,
    })
}

/// Groups of prepositions and conjunctions.
const PREPOSITIONS: std::ops::RangeInclusive<u8> = 7..=12;
/// The last group of words that begin a noun phrase.
const DETERMINERS: u8 = 6;

fn is_verb(stream: &Stream, before: &Token, token: &Token, next: Option<&Token>, is_open: bool) -> bool {
    let word = stream.text(token);
    if token.function || token.number || token.case != Case::Lower {
        return false;
    }
    let has_object = || {
        next.is_some_and(|next| {
            next.number || next.case != Case::Lower || next.function && next.group <= DETERMINERS
        })
    };
    match word {
        [_, _, .., b'e', b'd'] => true,
        [_, .., b's' | b'u', b's'] => false,
        [_, _, .., b's'] => may_lead(stream, before) && (!is_open || has_object()),
        _ => is_past(word),
    }
}

/// Whether an `-s` behind this word may be a verb: not so behind an article or a number.
fn may_lead(stream: &Stream, before: &Token) -> bool {
    let word = stream.text(before);
    !before.function && !before.number
        || matches!(word, b"it" | b"he" | b"she" | b"that" | b"which" | b"who" | b"and" | b"also" | b"not")
}

/// An irregular past tense, or one like the present.
fn is_past(word: &[u8]) -> bool {
    let is_noun = matches!(word, b"children" | b"feet" | b"men" | b"mice" | b"people" | b"teeth" | b"women");
    let is_bare = matches!(
        word,
        b"beat"
            | b"cost"
            | b"cut"
            | b"hit"
            | b"hurt"
            | b"let"
            | b"put"
            | b"quit"
            | b"set"
            | b"shut"
            | b"split"
    );
    is_bare || !is_noun && base(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(text: &str) -> f64 {
        share(&Stream::new(text))
    }

    #[test]
    fn sentences_have_verbs_and_pieces_of_them_have_none() {
        let sentences = [
            "The agency said on Monday that the mission will launch in June.",
            "Heavy rain has closed the airport. Hundreds of flights were cancelled.",
            "NASA picks a new chief; he takes office in May.",
            "Chelsea beat Porto. The council chose its mayor.",
        ];
        let pieces = [
            "Over Hurricane Ida, beginning on August 26, 2021. At the hotel in Washington. Will make recommendations.",
            "Easy access to high-value public data. Almost 50 institutions across the states.",
            "A total solar eclipse. North America on Monday.",
            "Over wildfires and heavy winds from May. Affected individuals in two counties.",
        ];
        for text in sentences {
            assert_eq!(outside(text), 0.0, "{text:?}");
            assert_eq!(factor(&Stream::new(text)), 1.0);
        }
        for text in pieces {
            assert!(outside(text) > 0.7, "{text:?} {}", outside(text));
            assert!(factor(&Stream::new(text)) < 0.4);
        }
    }

    #[test]
    fn one_short_piece_among_sentences_costs_nothing() {
        let text = "The agency said on Monday that the mission will launch in June. A first. It carries four people.";
        assert!(outside(text) > 0.0);
        assert_eq!(factor(&Stream::new(text)), 1.0);
        assert_eq!(factor(&Stream::new("")), 1.0);
    }
}
