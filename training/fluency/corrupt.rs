//! Breaks texts in many ways and keeps track of which places were touched.
//!
//! These are the ways that the model is shown. `benches/corruptions.py` has its own, in part of other kinds.
// Every way to break a text has one type, whether it needs to add and remove words or not.
#![allow(clippy::ptr_arg)]

mod grammar;
mod length;
mod notes;
mod order;
mod pieces;
mod spelling;
mod words;

use super::lexicon::Lexicon;
use super::random::Random;
use pieces::Piece;

pub(super) use pieces::{Labelled, pieces, render};

type Break = fn(&mut Vec<Piece>, &mut Random, &Lexicon, usize) -> bool;

/// One way to break a text.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// How often it is chosen.
    weight: usize,
    /// It touches as many places as it is told, where there are as many.
    break_up: Break,
}

/// Every kind with how often it is chosen.
pub(super) const KINDS: [Kind; 40] = [
    Kind { name: "swap_near", weight: 8, break_up: order::swap_near },
    Kind { name: "swap_far", weight: 5, break_up: order::swap_far },
    Kind { name: "move_words", weight: 5, break_up: order::move_words },
    Kind { name: "shuffle_within", weight: 3, break_up: order::shuffle_within },
    Kind { name: "salad", weight: 2, break_up: order::salad },
    Kind { name: "drop_function", weight: 8, break_up: grammar::drop_function },
    Kind { name: "drop_determiner", weight: 7, break_up: grammar::drop_determiner },
    Kind { name: "drop_auxiliary", weight: 10, break_up: grammar::drop_auxiliary },
    Kind { name: "drop_preposition", weight: 5, break_up: grammar::drop_preposition },
    Kind { name: "drop_link", weight: 4, break_up: grammar::drop_link },
    Kind { name: "drop_content", weight: 5, break_up: grammar::drop_content },
    Kind { name: "moth_eaten", weight: 2, break_up: length::moth_eaten },
    Kind { name: "wrong_preposition", weight: 12, break_up: grammar::wrong_preposition },
    Kind { name: "wrong_article", weight: 8, break_up: grammar::wrong_article },
    Kind { name: "wrong_link", weight: 4, break_up: grammar::wrong_link },
    Kind { name: "wrong_auxiliary", weight: 5, break_up: grammar::wrong_auxiliary },
    Kind { name: "stray_function", weight: 6, break_up: grammar::stray_function },
    Kind { name: "stray_word", weight: 6, break_up: grammar::stray_word },
    Kind { name: "wrong_number", weight: 10, break_up: grammar::wrong_number },
    Kind { name: "wrong_case", weight: 4, break_up: grammar::wrong_case },
    Kind { name: "wrong_sound", weight: 6, break_up: grammar::wrong_sound },
    Kind { name: "negate_twice", weight: 2, break_up: grammar::negate_twice },
    Kind { name: "wrong_verb", weight: 10, break_up: grammar::wrong_verb },
    Kind { name: "wrong_s", weight: 10, break_up: grammar::wrong_s },
    Kind { name: "wrong_derivation", weight: 5, break_up: grammar::wrong_derivation },
    Kind { name: "doubled_comparison", weight: 1, break_up: grammar::doubled_comparison },
    Kind { name: "glue", weight: 3, break_up: spelling::glue },
    Kind { name: "split", weight: 3, break_up: spelling::split },
    Kind { name: "double", weight: 3, break_up: length::double },
    Kind { name: "repeat_phrase", weight: 3, break_up: length::repeat_phrase },
    Kind { name: "repeat_text", weight: 1, break_up: length::repeat_text },
    Kind { name: "truncate", weight: 5, break_up: length::truncate },
    Kind { name: "behead", weight: 2, break_up: length::behead },
    Kind { name: "typo", weight: 5, break_up: spelling::typo },
    Kind { name: "wrong_capital", weight: 4, break_up: spelling::wrong_capital },
    Kind { name: "lower_all", weight: 1, break_up: spelling::lower_all },
    Kind { name: "title_all", weight: 1, break_up: spelling::title_all },
    Kind { name: "drop_marks", weight: 3, break_up: spelling::drop_marks },
    Kind { name: "stray_mark", weight: 4, break_up: spelling::stray_mark },
    Kind { name: "keywords", weight: 3, break_up: notes::keywords },
];

/// What a policy may come to, for the score to be fitted against: keywords dressed up, and chunks woven together.
const DRESSED: [Kind; 2] = [
    Kind { name: "grouped", weight: 1, break_up: notes::grouped },
    Kind { name: "woven", weight: 1, break_up: order::woven },
];

/// The beginnings of one text and the ends of another, chunks of both, and lists in a line.
pub(super) const WHOLE: [Kind; 3] = [
    Kind { name: "splice", weight: 4, break_up: order::splice },
    Kind { name: "woven", weight: 8, break_up: order::woven },
    Kind { name: "flattened", weight: 2, break_up: notes::flattened },
];

/// How texts are broken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// In any way, as often as the kinds say.
    Any,
    /// Mostly in one place: what a slip looks like is learned from slips.
    Light,
    /// As a whole.
    Heavy,
    /// Keywords, dressed up.
    Dressed,
}

/// They break a text as a whole: a light hand seldom does.
const GROSS: [&str; 6] = ["salad", "moth_eaten", "keywords", "repeat_text", "lower_all", "title_all"];

fn choose(hand: Hand, random: &mut Random) -> &'static Kind {
    if hand == Hand::Dressed {
        return if random.chance(0.5) { &DRESSED[0] } else { &DRESSED[1] };
    }
    loop {
        let kind = choose_any(random);
        let is_taken = match hand {
            Hand::Any | Hand::Dressed => true,
            Hand::Light => !GROSS.contains(&kind.name) || random.chance(0.2),
            Hand::Heavy => GROSS.contains(&kind.name),
        };
        if is_taken {
            return kind;
        }
    }
}

fn choose_any(random: &mut Random) -> &'static Kind {
    let total: usize = KINDS.iter().chain(&WHOLE).map(|kind| kind.weight).sum();
    let mut left = random.below(total);
    for kind in KINDS.iter().chain(&WHOLE) {
        if left < kind.weight {
            return kind;
        }
        left -= kind.weight;
    }
    &KINDS[0]
}

/// How many places to touch: often one, at times a third of them.
fn times(words: usize, hand: Hand, random: &mut Random) -> usize {
    let once = if hand == Hand::Light { 7 } else { 5 };
    match random.below(10) {
        draw if draw < once => 1,
        0..=7 => 2 + random.below(2),
        _ => 1 + (words as f64 * (0.1 + 0.25 * random.share())) as usize,
    }
}

/// Breaks a text in one way or two; the name of the first.
pub(super) fn corrupt(
    text: &str,
    hand: Hand,
    random: &mut Random,
    lexicon: &Lexicon,
) -> Option<(&'static str, Labelled)> {
    let mut pieces = pieces(text);
    if pieces.len() < 4 {
        return None;
    }
    let mut name = None;
    let kinds = if random.chance(0.2) { 2 } else { 1 };
    for _ in 0..kinds {
        let kind = choose(hand, random);
        let words = pieces.iter().filter(|piece| piece.is_word).count();
        let times = times(words, hand, random);
        if (kind.break_up)(&mut pieces, random, lexicon, times) {
            name.get_or_insert(kind.name);
        }
        if pieces.len() < 4 {
            break;
        }
    }
    let labelled = render(&pieces);
    name.filter(|_| labelled.text != text && !labelled.tokens.is_empty()).map(|name| (name, labelled))
}
