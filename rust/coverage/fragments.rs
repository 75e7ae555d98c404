//! How much of a text is no sentence: passages between full stops without a verb, as facts that were cut leave them.
//!
//! A verb is told by its form: an auxiliary, a past tense, an `-s` after a noun or pronoun, or a plain word after a plural
//! (`Farmers grow`). Imperatives are told by what follows it ([`imperative`]). A few sentences show none of these, so a small
//! share counts for nothing.

use super::imperative;
use crate::words::irregular::base;
use crate::words::stream::{Break, Case, Stream, Token};

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
            let is_sentence = !breaks_off(stream, words)
                && (has_verb(stream, words) || imperative::is_imperative(stream, words));
            outside += if is_sentence { 0 } else { words.len() };
            start = end;
        }
    }
    outside as f64 / stream.tokens.len().max(1) as f64
}

/// Whether a passage has a verb behind its first word. What begins with an auxiliary lacks its subject.
fn has_verb(stream: &Stream, words: &[Token]) -> bool {
    let Some(first) = words.first().filter(|first| !first.is_auxiliary()) else { return false };
    // "Over winds from the north.", "Affected people in two counties.": what looks like a verb there needs an object.
    let is_open =
        first.function && PREPOSITIONS.contains(&first.group) || stream.text(first).ends_with(b"ed");
    (1..words.len()).any(|at| match words.split_at_checked(at) {
        // "May" inside of a sentence is the month.
        Some((before, [word, behind @ ..])) => {
            word.is_auxiliary() && word.case == Case::Lower || is_verb(stream, before, word, behind, is_open)
        }
        _ => false,
    })
}

/// Whether a passage lacks its end: "Two reviews raise concerns about."
fn breaks_off(stream: &Stream, words: &[Token]) -> bool {
    words.last().is_some_and(|last| leads_on(stream.text(last)))
}

/// Words that hardly ever end a sentence.
fn leads_on(word: &[u8]) -> bool {
    matches!(
        word,
        b"a" | b"about"
            | b"among"
            | b"an"
            | b"and"
            | b"at"
            | b"between"
            | b"but"
            | b"by"
            | b"during"
            | b"from"
            | b"into"
            | b"its"
            | b"of"
            | b"or"
            | b"the"
            | b"their"
            | b"to"
            | b"with"
    )
}

/// Whether the token at `at` is a verb, as far as its form tells.
pub(super) fn is_verb_at(stream: &Stream, at: usize) -> bool {
    let Some((before, [token, behind @ ..])) = stream.tokens.split_at_checked(at) else { return false };
    let is_led = before.last().is_some_and(Token::is_auxiliary);
    let is_word = !token.function && !token.number && token.case == Case::Lower;
    is_word && is_led || is_verb(stream, before, token, behind, false)
}

/// Groups of prepositions and conjunctions.
const PREPOSITIONS: std::ops::RangeInclusive<u8> = 7..=12;

fn is_verb(stream: &Stream, before: &[Token], token: &Token, behind: &[Token], is_open: bool) -> bool {
    let word = stream.text(token);
    if token.function || token.number || token.case != Case::Lower {
        return false;
    }
    let has_object =
        || behind.first().is_some_and(|next| next.number || next.case != Case::Lower || next.is_determiner());
    let leads = |lead: fn(&Stream, &[Token]) -> bool| lead(stream, before) && (!is_open || has_object());
    match word {
        [_, _, .., b'e', b'd'] => true,
        [_, .., b's' | b'u', b's'] | [.., b'i', b'n', b'g'] | [.., b'l', b'y'] => false,
        [_, _, .., b's'] => leads(is_singular),
        _ if is_irregular(word) => true,
        _ => leads(is_plural) && !behind.is_empty() || is_bare(word) && is_singular(stream, before),
    }
}

/// Whether an `-s` behind these words may be a verb: not so behind an article or a number.
fn is_singular(stream: &Stream, before: &[Token]) -> bool {
    before.last().is_some_and(|last| {
        !last.function && !last.number
            || matches!(
                stream.text(last),
                b"it" | b"he" | b"she" | b"that" | b"which" | b"who" | b"and" | b"also" | b"not"
            )
    })
}

/// Whether these words may be the subject of a verb in its base form: they end in a plural, adverbs apart.
fn is_plural(stream: &Stream, before: &[Token]) -> bool {
    let is_adverb = |token: &Token| token.is_small_adverb() || stream.text(token).ends_with(b"ly");
    let Some(at) = before.iter().rposition(|token| !is_adverb(token)) else { return false };
    let Some(last) = before.get(at) else { return false };
    let behind_and =
        || at.checked_sub(1).and_then(|i| before.get(i)).is_some_and(|t| stream.text(t) == b"and");
    match stream.text(last) {
        b"children" | b"men" | b"people" | b"police" | b"women" => true,
        b"both" | b"i" | b"many" | b"most" | b"they" | b"we" | b"who" | b"you" => true,
        _ if last.function || last.number => false,
        [_, .., b's' | b'u' | b'i', b's'] => false,
        // "Paris climate deal": names in `-s` are no plurals, but the first word may be either.
        [_, _, .., b's'] => last.case == Case::Lower || at == 0,
        // "NASA and ESA launch the probe."
        _ => last.case != Case::Lower && behind_and(),
    }
}

/// Whether a verb of this form is in the past, or a participle.
pub(super) fn is_past(word: &[u8]) -> bool {
    word.ends_with(b"ed") || is_irregular(word)
}

/// A past tense that is irregular.
fn is_irregular(word: &[u8]) -> bool {
    let is_noun = || {
        matches!(
            word,
            b"children" | b"feet" | b"lives" | b"men" | b"mice" | b"people" | b"teeth" | b"wives" | b"women"
        )
    };
    base(word).is_some() && !is_noun()
}

/// A past tense like the present.
fn is_bare(word: &[u8]) -> bool {
    const FORMS: [&[u8]; 27] = [
        b"beat",
        b"bet",
        b"bid",
        b"broadcast",
        b"burst",
        b"cast",
        b"cost",
        b"cut",
        b"forecast",
        b"hit",
        b"hurt",
        b"let",
        b"outbid",
        b"put",
        b"quit",
        b"read",
        b"recast",
        b"reset",
        b"rid",
        b"set",
        b"shed",
        b"shut",
        b"split",
        b"spread",
        b"thrust",
        b"undercut",
        b"upset",
    ];
    FORMS.binary_search(&word).is_ok()
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
            "Farmers grow less wheat than in 2020. Most doctors now fear a shortage. They want more beds.",
            "NASA and ESA launch the probe on Monday. The World Bank lent Kenya $145 million.",
            "The storm swept 30 boats ashore. The court upheld the ban. Fire spread across the valley.",
        ];
        let pieces = [
            "Over Hurricane Ida, beginning on August 26, 2021. At the hotel in Washington. Will make recommendations.",
            "Easy access to high-value public data. Almost 50 institutions across the states.",
            "A total solar eclipse. North America on Monday.",
            "Over wildfires and heavy winds from May. Affected individuals in two counties.",
            "Record flooding in the valley. Paris climate deal of 2015. A road for the town.",
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
