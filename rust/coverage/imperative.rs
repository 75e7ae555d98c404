//! Whether a passage tells somebody to do something: `Stop using the heater.`, `Before meals, wash your hands.`
//!
//! Such a sentence begins with the plain form of a verb, and what follows it shows that it is one: an article, a pronoun, or
//! a few words on a preposition or another function word (`Apply online before March.`). A list of keywords may begin with a
//! verb as well, but goes on without any.

use super::fragments::is_past;
use crate::fluency::{Plain, plain};
use crate::words::known::{BEGINS_NUMBER, HAS_VALUE};
use crate::words::stream::{Break, Case, Stream, Token};

/// Words of an object, at most, before the first function word: `Replace smoke alarm batteries every six months.`
const OBJECT: usize = 3;
/// The last group of articles and possessives, which stand behind no object: `use heater the store`.
const ARTICLES: u8 = 4;
/// The group of `them` and `yourself` ([`crate::words::function`]).
const PRONOUNS: u8 = 22;
/// The groups of prepositions and conjunctions that a clause or an adverbial before an imperative begins with.
const BEFORE: std::ops::RangeInclusive<u8> = 8..=13;

/// Whether a passage is an imperative sentence, or has one behind a clause or an adverbial.
pub(super) fn is_imperative(stream: &Stream, words: &[Token]) -> bool {
    let is_addressed = || words.iter().any(|token| is_you(stream.text(token)));
    if begins(stream, words, is_addressed()) {
        return true;
    }
    let leads = words
        .first()
        .is_some_and(|first| first.function && BEFORE.contains(&first.group) || is_adverb(stream, first));
    let is_clause =
        |at: usize, token: &Token| at > 0 && token.before == Break::Clause && token.case == Case::Lower;
    leads
        && words
            .iter()
            .enumerate()
            .filter(|(at, token)| is_clause(*at, token))
            .any(|(at, _)| words.get(at..).is_some_and(|clause| begins(stream, clause, is_addressed())))
}

/// Whether words begin with what tells somebody to do something. `is_addressed`: the sentence says `you`.
fn begins(stream: &Stream, words: &[Token], is_addressed: bool) -> bool {
    // "Please return it.", "Never share it.", "Carefully lift it."
    let led = words.iter().take_while(|token| is_adverb(stream, token)).count();
    let Some([first, behind @ ..]) = words.get(led..) else { return false };
    let word = stream.text(first);
    if first.is_auxiliary() {
        return tells_with_auxiliary(stream, word, behind);
    }
    if !is_plain(stream, first) {
        return false;
    }
    let kind = plain(word);
    let next = behind.first().filter(|next| next.before <= Break::Space);
    let has_object = next.is_some_and(|next| {
        next.is_determiner() || next.function && (next.group == PRONOUNS || is_it(stream.text(next)))
    });
    match kind {
        Plain::Closed => false,
        _ if has_object => true,
        Plain::Other => false,
        Plain::Verb => gets_on(stream, behind),
        // "Visit to Paris", "Mark Ellis of the union", "Vote on the ban" may be no more than that.
        Plain::Either => {
            let is_thing = next.is_some_and(|next| !next.function && next.case == Case::Lower);
            (is_thing || is_addressed || has_particle(stream, behind)) && gets_on(stream, behind)
        }
    }
}

/// "Turn off the gas.": a verb may be of two words.
fn has_particle(stream: &Stream, behind: &[Token]) -> bool {
    let [particle, next, ..] = behind else { return false };
    let is_particle = matches!(stream.text(particle), b"away" | b"down" | b"off" | b"out" | b"up");
    is_particle && next.before <= Break::Space && next.is_determiner()
}

/// Whether a function word that may stand behind an object follows upon at most [`OBJECT`] other words, or an adverb is the last of them.
fn gets_on(stream: &Stream, behind: &[Token]) -> bool {
    let same_clause = |token: &&Token| token.before <= Break::Space;
    let object = behind.iter().take(OBJECT + 1).take_while(same_clause).take_while(|token| !token.function);
    let count = object.clone().count();
    let last = object.last();
    match behind.get(count).filter(same_clause) {
        Some(next) => {
            // "Stop using the heater."
            let has_own = last.is_some_and(|last| stream.text(last).ends_with(b"ing"));
            next.function && (next.group > ARTICLES || has_own) && !next.is_auxiliary()
        }
        None => last.is_some_and(|last| is_adverb(stream, last)),
    }
}

/// "Do not use it.", "Don't wait.", "Be careful on ice.", "Have your papers ready."
fn tells_with_auxiliary(stream: &Stream, word: &[u8], behind: &[Token]) -> bool {
    let next = |at: usize| behind.get(at).filter(|next| next.before <= Break::Space);
    let has_article = |at: usize| next(at).is_some_and(|next| next.is_determiner());
    let is_word = |at: usize| next(at).is_some_and(|next| is_plain(stream, next));
    match word {
        b"do" => match next(0).map(|next| stream.text(next)) {
            Some(b"not") => is_word(1) || next(1).is_some_and(|next| is_adverb(stream, next)) && is_word(2),
            _ => has_article(0),
        },
        b"dont" => is_word(0),
        b"have" => has_article(0),
        b"be" => is_word(0) && behind.len() > 1,
        _ => false,
    }
}

/// Whether a word has the plain form of a verb, as far as its ending tells.
fn is_plain(stream: &Stream, token: &Token) -> bool {
    let word = stream.text(token);
    let has_vowel = |stem: &[u8]| stem.iter().any(|letter| b"aeiouy".contains(letter));
    let is_inflected = match word {
        [stem @ .., b'i', b'n', b'g'] => has_vowel(stem),
        [.., b'l', b'y'] => is_adverb(stream, token),
        [.., b's', b's'] | [.., b'e', b'e', b'd'] => false,
        [.., b's'] => true,
        _ => is_past(word),
    };
    let is_number = token.number || token.roles & (BEGINS_NUMBER | HAS_VALUE) != 0;
    token.case != Case::Upper && !token.function && !is_number && !is_inflected
}

/// What stands before a verb: "please", "never", "then", "gently".
fn is_adverb(stream: &Stream, token: &Token) -> bool {
    let word = stream.text(token);
    match word {
        b"always" | b"finally" | b"first" | b"instead" | b"never" | b"next" | b"please" => true,
        _ if token.function => token.is_small_adverb(),
        _ => word.ends_with(b"ly") && !matches!(plain(word), Plain::Verb | Plain::Either),
    }
}

fn is_it(word: &[u8]) -> bool {
    matches!(word, b"it" | b"you")
}

fn is_you(word: &[u8]) -> bool {
    matches!(word, b"you" | b"your" | b"yours" | b"yourself" | b"yourselves" | b"youre" | b"youve")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_imperatives_from_lists_and_headings() {
        let imperatives = [
            "Stop using the heater immediately.",
            "Return it to the store.",
            "Wash your hands before meals.",
            "Apply online before March 3.",
            "Descale the kettle.",
            "Replace smoke alarm batteries every six months.",
            "Check with your doctor.",
            "Drive carefully.",
            "Do not use the heater.",
            "Don't wait.",
            "Never share passwords with anyone.",
            "Be careful on icy roads.",
            "Have your passport ready.",
            "Please remove the cover.",
            "Before cooking, wash the pan.",
            "Then gently fold the flour in.",
            "Turn off the gas.",
        ];
        let others = [
            "",
            "Stop",
            "Ban leaf blower council vote noise.",
            "Return heater fire refund store recall company for customers.",
            "Use heater the store of refund.",
            "Visit to Paris in May.",
            "Mark Ellis of the union.",
            "Agreement on the budget.",
            "Record flooding in the valley.",
            "Amid the storm.",
            "Flooding of the valley.",
            "Will make recommendations.",
            "Be removed from the list.",
            "North America on Monday.",
            "Over wildfires, visit to the coast.",
            "Half the staff.",
        ];
        for (texts, expected) in [(&imperatives[..], true), (&others[..], false)] {
            for text in texts {
                let stream = Stream::new(text);
                assert_eq!(is_imperative(&stream, &stream.tokens), expected, "{text:?}");
            }
        }
    }
}
