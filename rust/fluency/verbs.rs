//! How much of a text stands in sentences without a verb: lists of names and things put between full stops.
//!
//! Judged generously: headlines ("Jonas Gutierrez in midfield.") do well with a place or a time, an auxiliary will do, whatever ends like a past tense, a word of a class that is mostly verbs, an `-s`
//! behind a noun, a plain form behind a plural or at the beginning.

use super::agreement;
use super::class_sets::{self, ClassSet, WISHES};
use super::classes::{self, FUNCTION};
use super::lexemes::{ADVERB, AND_OR, DETERMINER, ONE, PLURAL, PREPOSITION, SEVERAL, SINGLE, TO, WE};
use super::plain;
use super::rows::Rows;
use super::scan::{CAPITAL, INITIAL, Token, WORD};

/// Words of sentences that the share is filled up with: few words prove little.
const PRIOR_WORDS: f64 = 1.0;

/// What a plain form may follow.
const SUBJECTS: u64 = PLURAL | WE | ONE | ADVERB;
/// Classes whose words are mostly finite verbs, and those of plain forms: see [`agreement`] for what they are.
pub(super) const FINITE: ClassSet = ClassSet::of(&[177, 193, 201, 204, 218, 241, 248]);
const BASES: ClassSet = class_sets::BASES.and(WISHES).and(ClassSet::of(&[199]));
/// Plain forms that are as often nouns.
const MAYBE_BASES: ClassSet = class_sets::MAYBE_BASES.and(ClassSet::of(&[222]));

/// The share of words that stand in sentences without a verb, filled up.
pub(super) fn outside(text: &str, tokens: &[Token], rows: &Rows, kinds: &[u64]) -> f64 {
    let (mut outside, mut first) = (0, 0);
    for stop in rows.places(|row| row.stop).chain([tokens.len()]) {
        let sentence = first..stop;
        first = stop + 1;
        let is_verb = |place: usize| tokens[place].is(WORD) && is_verb(text, tokens, kinds, place);
        if rows.count_within(sentence.clone(), |row| row.verbal) == 0 && !sentence.clone().any(is_verb) {
            outside += rows.count_within(sentence, |row| row.word);
        }
    }
    outside as f64 / (rows.count(|row| row.word) as f64 + PRIOR_WORDS)
}

fn is_verb(text: &str, tokens: &[Token], kinds: &[u64], place: usize) -> bool {
    let Some(token) = tokens.get(place).filter(|token| !token.is(CAPITAL) || token.is(INITIAL)) else {
        return false;
    };
    let word = text.as_bytes().get(token.span()).unwrap_or_default();
    if token.is(u16::from(FUNCTION)) {
        // "It's", "let's".
        return !word.iter().all(u8::is_ascii_alphabetic);
    }
    if FINITE.holds(token.class) || agreement::ends_in_ed(word) || word == b"used" {
        return true;
    }
    let is_maybe = MAYBE_BASES.holds(token.class) || is_odd(word);
    let next = || tokens.get(place + 1).zip(kinds.get(place + 1));
    let has_object = || next().is_some_and(|(_, kind)| kind & (DETERMINER | SINGLE | SEVERAL) != 0);
    let Some((before, kind)) =
        place.checked_sub(1).and_then(|before| Some((tokens.get(before)?, kinds.get(before)?)))
    else {
        return BASES.holds(token.class)
            || is_maybe
            || has_object()
            || has_manner(text, tokens, kinds, place);
    };
    if BASES.holds(token.class) {
        return kind & TO == 0;
    }
    if token.is(INITIAL) && (has_object() || has_manner(text, tokens, kinds, place)) {
        return true;
    }
    let is_noun = before.is(WORD) && !before.is(u16::from(FUNCTION));
    let ends = |end: &[u8]| text.as_bytes().get(before.span()).is_some_and(|word| word.ends_with(end));
    if is_noun && ends(b"s") && has_object() {
        return true;
    }
    let subject = text.get(before.span()).unwrap_or_default();
    if is_maybe {
        let is_led = kind & SUBJECTS != 0
            || PLURALS.iter().any(|plural| subject.eq_ignore_ascii_case(plural))
            || is_noun && (ends(b"s") || ends(b"ly"));
        // "Council, vote, taxes" lists things: a verb there goes on.
        let goes_on = || next().is_some_and(|(next, _)| next.is(WORD));
        return !before.is(WORD) && goes_on()
            || is_led
            || kind & (DETERMINER | SINGLE | TO) == 0 && has_object();
    }
    // "They gather", "if you smell gas".
    if kind & WE != 0 || subject.eq_ignore_ascii_case("you") {
        return true;
    }
    let leads = || {
        next().is_some_and(|(next, kind)| {
            next.is(WORD) && kind & AND_OR == 0 && (is_noun || next.is(u16::from(FUNCTION)) && next.key != OF)
        })
    };
    is_third(word) && (has_object() || (is_noun || !before.is(WORD)) && leads())
}

/// Whether a word, whatever its case, is a verb that the classes do not tell.
fn is_odd(word: &[u8]) -> bool {
    let mut lower = [0; 8];
    let Some(lower) = lower.get_mut(..word.len()) else { return false };
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    plain::is_odd(lower)
}

/// What says how or when and what follows it: "Dress warmly for the match."
fn has_manner(text: &str, tokens: &[Token], kinds: &[u64], place: usize) -> bool {
    let (Some(manner), Some(after)) = (tokens.get(place + 1), kinds.get(place + 2)) else { return false };
    let is_manner = text.get(manner.span()).is_some_and(|word| word.len() > 4 && word.ends_with("ly"));
    is_manner && !manner.is(CAPITAL) && after & (PREPOSITION | DETERMINER) != 0
}

/// Several in one form.
const PLURALS: [&str; 13] = [
    "bacteria", "cattle", "cod", "deer", "feet", "fish", "fungi", "geese", "larvae", "salmon", "sheep",
    "teeth", "trout",
];

/// `-s`, but no ending of nouns and adjectives.
fn is_third(word: &[u8]) -> bool {
    !matches!(word, [.., b's' | b'u' | b'i' | b'\'', b's']) && word.len() > 3 && word.ends_with(b"s")
}

const OF: u32 = classes::key(classes::hash_of(b"of", 0, 2));

#[cfg(test)]
mod tests {
    use super::super::lexemes;
    use super::super::scan::scan_whole;
    use super::*;

    fn of(text: &str) -> f64 {
        let tokens = scan_whole(text);
        let kinds = lexemes::of(&tokens);
        outside(text, &tokens, &Rows::of(&tokens, &kinds), &kinds)
    }

    #[test]
    fn classes_hold_the_words_that_they_are_taken_for() {
        let cases = [
            (FINITE, "began announced said remains showed makes became"),
            (BASES, "improve create fall agree take think want"),
            (MAYBE_BASES, "support vote change"),
        ];
        for (classes, words) in cases {
            for token in scan_whole(&format!("The {words}")).iter().skip(1) {
                assert!(classes.holds(token.class), "{token:?} of {words}");
            }
        }
    }

    #[test]
    fn sentences_have_verbs_and_lists_have_none() {
        let sentences = [
            "The agency said on Monday that the mission will launch in June.",
            "Heavy rain closed the airport. Hundreds of flights were cancelled.",
            "Farmers grow less wheat than before.",
            "Chelsea beat Porto.",
            "Wash your hands before a meal.",
            "Two dead, dozens hurt as train derails near Thessaloniki.",
            "It rained. Half the staff left.",
            "Jonas Gutierrez in midfield, Danny Ings up front.",
            "Salmon return to the rivers of their birth.",
            "Never mix bleach with vinegar.",
            "Peel, core and chop the apples.",
            "Elephants, like people, mourn their dead.",
            "Dress warmly for the match.",
            "Ring 999 if you smell gas.",
        ];
        let lists = [
            "The council and the leaf blowers and the noise and the rebate and the mayor.",
            "The ferry. The island of Naxos. The captain. The coast guard. The hospital.",
            "Council, budget, Monday, property taxes, 3 percent, May.",
            "NASA, David Salvagnini, chief artificial intelligence officer, Bill Nelson, decades of AI use.",
        ];
        for text in sentences {
            assert_eq!(of(text), 0.0, "{text}");
        }
        for text in lists {
            assert!(of(text) > 0.8, "{text} {}", of(text));
        }
        assert!(of("The agency said on Monday that the mission will launch in June. A first.") < 0.2);
        assert_eq!(of(""), 0.0);
    }
}
