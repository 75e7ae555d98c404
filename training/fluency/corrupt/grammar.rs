//! Words that are missing, wrong or too many, and wrong forms of words.

use super::pieces::{Piece, drop, each, insert, listed_in, places, replace};
use super::words::{
    ARTICLES, AUXILIARIES, CASES, CONJUNCTIONS, DETERMINERS, NEGATIONS, NUMBERS, PREPOSITIONS, PRONOUNS,
    SOUNDS, STRAY,
};
use crate::fluency::classes;
use crate::fluency::training::lexicon::Lexicon;
use crate::fluency::training::random::Random;

/// Takes out words that, in lower case, fulfil a condition.
fn drop_words(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    times: usize,
    is_fit: impl Fn(&str) -> bool,
) -> bool {
    let found = places(pieces, random, |place| is_fit(&pieces[place].lower()));
    drop(pieces, found, times)
}

pub(super) fn drop_function(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    drop_words(pieces, random, times, classes::is_function_word)
}

pub(super) fn drop_determiner(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
    drop_words(pieces, random, times, |word| ARTICLES.contains(&word) || DETERMINERS.contains(&word))
}

pub(super) fn drop_auxiliary(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
    drop_words(pieces, random, times, |word| AUXILIARIES.contains(&word))
}

pub(super) fn drop_preposition(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
    drop_words(pieces, random, times, |word| PREPOSITIONS.contains(&word))
}

pub(super) fn drop_link(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    drop_words(pieces, random, times, |word| CONJUNCTIONS.contains(&word) || PRONOUNS.contains(&word))
}

pub(super) fn drop_content(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let is_content =
        |word: &str| classes::is_listed(word) && !classes::is_function_word(word) && !word.ends_with("ly");
    drop_words(pieces, random, times, is_content)
}

pub(super) fn wrong_preposition(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
    let to = if random.chance(0.5) { &PREPOSITIONS[..9] } else { PREPOSITIONS };
    replace(pieces, random, times, &PREPOSITIONS[..20], to)
}

pub(super) fn wrong_article(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    lexicon: &Lexicon,
    times: usize,
) -> bool {
    match random.below(3) {
        // "a" before a vowel, "an" before a consonant.
        0 => {
            let found = places(pieces, random, listed_in(pieces, &["a", "an"]));
            each(found, times, |place| {
                let other = if pieces[place].text.len() == 1 { "an" } else { "a" };
                pieces[place].set(other);
                true
            })
        }
        1 => replace(pieces, random, times, ARTICLES, ARTICLES),
        _ => {
            // An article where none belongs: before a pronoun, a determiner, a name, a plural, a verb.
            let found = places(pieces, random, |place| {
                let low = pieces[place].lower();
                let before = place.checked_sub(1).map(|before| pieces[before].lower());
                let is_free = !before.is_some_and(|before| DETERMINERS.contains(&before.as_str()));
                is_free
                    && (classes::is_function_word(&low) || lexicon.is_verb(&low))
                    && !pieces[place].initial
            });
            let mut found = found;
            found.truncate(times);
            found.sort_unstable_by(|a, b| b.cmp(a));
            for &place in &found {
                let article = if random.chance(0.6) { "the" } else { "a" };
                insert(pieces, place, article);
            }
            !found.is_empty()
        }
    }
}

pub(super) fn wrong_link(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    replace(pieces, random, times, CONJUNCTIONS, CONJUNCTIONS)
}

pub(super) fn wrong_auxiliary(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
    replace(pieces, random, times, AUXILIARIES, AUXILIARIES)
}

pub(super) fn stray_function(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
    for _ in 0..times {
        let place = random.below(pieces.len() + 1);
        if pieces.get(place).is_some_and(|piece| piece.initial) {
            continue;
        }
        if let Some(word) = random.pick(STRAY) {
            insert(pieces, place, word);
        }
    }
    true
}

/// Another word of the language in a word's place, whatever its kind.
pub(super) fn stray_word(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    lexicon: &Lexicon,
    times: usize,
) -> bool {
    let found = places(pieces, random, |_| true);
    each(found, times, |place| match random.pick(&lexicon.frequent) {
        Some(word) => {
            pieces[place].set(word);
            true
        }
        None => false,
    })
}

/// Replaces words that are the first of a pair by its second.
fn pairs(pieces: &mut [Piece], random: &mut Random, times: usize, pairs: &[(&str, &str)]) -> bool {
    let found = places(pieces, random, |place| {
        let low = pieces[place].lower();
        pairs.iter().any(|(from, _)| *from == low)
    });
    each(found, times, |place| {
        let low = pieces[place].lower();
        let fit: Vec<&str> = pairs.iter().filter(|(from, _)| *from == low).map(|(_, to)| *to).collect();
        random.pick(&fit).is_some_and(|to| {
            pieces[place].set(to);
            true
        })
    })
}

pub(super) fn wrong_number(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    pairs(pieces, random, times, NUMBERS)
}

pub(super) fn wrong_case(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    pairs(pieces, random, times, CASES)
}

pub(super) fn wrong_sound(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    pairs(pieces, random, times, SOUNDS)
}

/// A second negation beside the first, or two where none was.
pub(super) fn negate_twice(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let has_negation = pieces.iter().any(|piece| NEGATIONS.contains(&piece.lower().as_str()));
    let found = places(pieces, random, |place| {
        let low = pieces[place].lower();
        if has_negation {
            NEGATIONS.contains(&low.as_str())
        } else {
            AUXILIARIES[..16].contains(&low.as_str())
        }
    });
    each(found, times.min(2), |place| {
        let words = if has_negation || random.chance(0.2) { 1 } else { 2 };
        let mut changed = false;
        for _ in 0..words {
            if let Some(word) = random.pick(&NEGATIONS[..4]) {
                insert(pieces, (place + 1).min(pieces.len()), word);
                changed = true;
            }
        }
        changed
    })
}

fn inflect(
    pieces: &mut [Piece],
    random: &mut Random,
    times: usize,
    forms: impl Fn(&str) -> Vec<String>,
) -> bool {
    let found = places(pieces, random, |_| true);
    each(found, times, |place| {
        let low = pieces[place].lower();
        if pieces[place].text != low && !pieces[place].initial {
            return false;
        }
        let others = forms(&low);
        random.pick(&others).is_some_and(|form| {
            pieces[place].set(form);
            true
        })
    })
}

pub(super) fn wrong_verb(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    lexicon: &Lexicon,
    times: usize,
) -> bool {
    inflect(pieces, random, times, |word| lexicon.verb_forms(word))
}

pub(super) fn wrong_s(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, times: usize) -> bool {
    inflect(pieces, random, times, |word| lexicon.s_form(word).into_iter().collect())
}

pub(super) fn wrong_derivation(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    lexicon: &Lexicon,
    times: usize,
) -> bool {
    inflect(pieces, random, times, |word| lexicon.derived(word))
}

pub(super) fn doubled_comparison(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
    let found = places(pieces, random, |place| {
        let low = pieces[place].lower();
        (low.ends_with("er") || low.ends_with("est")) && classes::is_listed(&low) && low.len() > 4
    });
    each(found, times, |place| {
        let word = if pieces[place].lower().ends_with("est") { "most" } else { "more" };
        pieces.insert(place, Piece::word(word));
        true
    })
}
