//! Breaks texts in many ways and keeps track of which places were touched.
//!
//! These are the ways that the model is shown. `benches/fluency_quality.py` has its own, in part of other kinds.
// Every way to break a text has one type, whether it needs to add and remove words or not.
#![allow(clippy::ptr_arg)]

use super::lexicon::Lexicon;
use super::random::Random;
use crate::fluency::classes::{self, KNOWN};
use crate::fluency::ngrams::log_odds;
use crate::fluency::scan::{INITIAL, Token, WORD, scan};

/// A token of the text with what stands between it and the next.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    after: String,
    pub(super) is_word: bool,
    class: u8,
    initial: bool,
    listed: bool,
    touched: bool,
}

impl Piece {
    fn word(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            after: " ".to_owned(),
            is_word: true,
            class: classes::word(text, false, false).class,
            initial: false,
            listed: true,
            touched: true,
        }
    }

    fn is_stop(&self) -> bool {
        matches!(self.text.as_str(), "." | "!" | "?")
    }

    fn lower(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// Replaces the word, whose capital stays.
    fn set(&mut self, text: &str) {
        let was_capital = self.initial && self.text.starts_with(|c: char| c.is_ascii_uppercase());
        self.text = if was_capital { capitalized(text) } else { text.to_owned() };
        self.touched = true;
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// A text with, for each of its tokens, whether it was touched.
pub(super) struct Labelled {
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
    pub(super) touched: Vec<bool>,
}

pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let tokens = scan(text);
    let mut found = Vec::with_capacity(tokens.len());
    for (place, token) in tokens.iter().enumerate() {
        let next = tokens.get(place + 1).map_or(text.len(), |next| next.start);
        found.push(Piece {
            text: text.get(token.span()).unwrap_or_default().to_owned(),
            after: text.get(token.end..next).unwrap_or_default().to_owned(),
            is_word: token.is(WORD),
            class: token.class,
            initial: token.is(INITIAL),
            listed: token.is(u16::from(KNOWN)),
            touched: false,
        });
    }
    found
}

pub(super) fn render(pieces: &[Piece]) -> Labelled {
    let mut text = String::new();
    let mut spans = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let start = text.len();
        text.push_str(&piece.text);
        spans.push((start, text.len(), piece.touched));
        text.push_str(&piece.after);
    }
    let text = text.trim_end().to_owned();
    let tokens = scan(&text);
    let mut at = 0;
    let touched = tokens
        .iter()
        .map(|token| {
            while spans.get(at).is_some_and(|span| span.1 <= token.start) {
                at += 1;
            }
            spans
                .get(at..)
                .unwrap_or_default()
                .iter()
                .take_while(|span| span.0 < token.end)
                .any(|span| span.2)
        })
        .collect();
    Labelled { text, tokens, touched }
}

/// Where words stand that fulfil a condition, in random order.
fn places(pieces: &[Piece], random: &mut Random, is_fit: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut found: Vec<usize> =
        (0..pieces.len()).filter(|&place| pieces[place].is_word && is_fit(place)).collect();
    random.shuffle(&mut found);
    found
}

fn listed_in(pieces: &[Piece], words: &'static [&'static str]) -> impl Fn(usize) -> bool {
    move |place| words.contains(&pieces[place].lower().as_str())
}

/// Takes a piece out; what follows it is what can be seen of it.
fn remove(pieces: &mut Vec<Piece>, place: usize) {
    let gone = pieces.remove(place);
    if let Some(before) = place.checked_sub(1).and_then(|before| pieces.get_mut(before))
        && !gone.after.contains(' ')
    {
        before.after = gone.after;
    }
    if let Some(next) = pieces.get_mut(place) {
        next.touched = true;
        if gone.initial && next.is_word {
            next.initial = true;
            next.text = capitalized(&next.text);
        }
    } else if let Some(last) = pieces.last_mut() {
        last.touched = true;
    }
}

pub(super) const PREPOSITIONS: &[&str] = &[
    "of", "to", "in", "for", "on", "with", "at", "by", "from", "about", "into", "over", "after", "under",
    "between", "through", "during", "against", "among", "toward", "since", "until", "without", "within",
    "upon", "across", "as",
];
const ARTICLES: &[&str] = &["a", "an", "the"];
const DETERMINERS: &[&str] =
    &["a", "an", "the", "this", "these", "that", "those", "its", "their", "his", "her", "our"];
const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "will", "would", "can", "could", "may",
    "should", "must", "do", "does", "did", "being", "might",
];
const CONJUNCTIONS: &[&str] = &[
    "and", "or", "but", "that", "which", "who", "because", "while", "when", "if", "than", "where", "whether",
    "although",
];
const PRONOUNS: &[&str] =
    &["he", "she", "it", "they", "we", "i", "you", "him", "them", "us", "me", "there", "who"];
const CASES: &[(&str, &str)] = &[
    ("he", "him"),
    ("she", "her"),
    ("they", "them"),
    ("we", "us"),
    ("i", "me"),
    ("him", "he"),
    ("them", "they"),
    ("us", "we"),
    ("me", "I"),
    ("his", "him"),
    ("their", "them"),
    ("their", "they"),
    ("our", "us"),
    ("my", "me"),
    ("your", "you"),
    ("its", "it"),
    ("who", "whose"),
    ("it", "its"),
];
const NUMBERS: &[(&str, &str)] = &[
    ("is", "are"),
    ("are", "is"),
    ("was", "were"),
    ("were", "was"),
    ("has", "have"),
    ("have", "has"),
    ("does", "do"),
    ("do", "does"),
    ("this", "these"),
    ("these", "this"),
    ("that", "those"),
    ("those", "that"),
    ("is", "be"),
    ("are", "be"),
    ("is", "am"),
    ("many", "much"),
    ("much", "many"),
    ("an", "a"),
    ("a", "an"),
    ("isn't", "aren't"),
    ("doesn't", "don't"),
];
const STRAY: &[&str] = &[
    "the", "of", "to", "and", "a", "in", "is", "for", "that", "on", "with", "was", "as", "it", "be", "by",
    "are", "at", "from", "has", "not", "this", "which", "have", "or", "an", "they", "will", "their", "who",
    "its", "been",
];

/// Words that sound alike, or nearly.
const SOUNDS: &[(&str, &str)] = &[
    ("their", "there"),
    ("their", "they're"),
    ("there", "their"),
    ("they're", "their"),
    ("its", "it's"),
    ("it's", "its"),
    ("your", "you're"),
    ("you're", "your"),
    ("to", "too"),
    ("too", "to"),
    ("two", "to"),
    ("than", "then"),
    ("then", "than"),
    ("whose", "who's"),
    ("who's", "whose"),
    ("affect", "effect"),
    ("effect", "affect"),
    ("effects", "affects"),
    ("lose", "loose"),
    ("principal", "principle"),
    ("principle", "principal"),
    ("passed", "past"),
    ("past", "passed"),
    ("were", "where"),
    ("where", "were"),
    ("of", "off"),
    ("off", "of"),
    ("quite", "quiet"),
    ("accept", "except"),
    ("except", "accept"),
    ("advice", "advise"),
    ("led", "lead"),
    ("know", "now"),
    ("now", "know"),
    ("no", "know"),
    ("here", "hear"),
    ("by", "bye"),
    ("for", "four"),
    ("weather", "whether"),
    ("whether", "weather"),
    ("site", "cite"),
    ("rights", "writes"),
    ("right", "write"),
    ("one", "won"),
    ("been", "bean"),
    ("our", "are"),
    ("are", "our"),
    ("through", "threw"),
    ("which", "witch"),
    ("would", "wood"),
    ("peace", "piece"),
    ("piece", "peace"),
    ("role", "roll"),
];
const NEGATIONS: &[&str] =
    &["not", "never", "no", "cannot", "without", "none", "nothing", "don't", "doesn't", "didn't"];

type Break = fn(&mut Vec<Piece>, &mut Random, &Lexicon, usize) -> bool;

/// One way to break a text.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// How often it is chosen.
    weight: usize,
    /// It touches as many places as it is told, where there are as many.
    break_up: Break,
}

/// Applies `change` to up to `times` places.
fn each(places: Vec<usize>, times: usize, mut change: impl FnMut(usize) -> bool) -> bool {
    let mut changed = 0;
    for place in places {
        if changed < times && change(place) {
            changed += 1;
        }
    }
    changed > 0
}

/// The same, for removals: from the end, so that places stay true.
fn drop(pieces: &mut Vec<Piece>, mut places: Vec<usize>, times: usize) -> bool {
    places.truncate(times);
    places.sort_unstable_by(|a, b| b.cmp(a));
    for &place in &places {
        remove(pieces, place);
    }
    !places.is_empty()
}

fn replace(
    pieces: &mut [Piece],
    random: &mut Random,
    times: usize,
    from: &'static [&'static str],
    to: &[&str],
) -> bool {
    let found = places(pieces, random, listed_in(pieces, from));
    each(found, times, |place| {
        let word = pieces[place].lower();
        match random.pick(to) {
            Some(other) if *other != word => {
                pieces[place].set(other);
                true
            }
            _ => false,
        }
    })
}

fn insert(pieces: &mut Vec<Piece>, place: usize, text: &str) {
    if let Some(next) = pieces.get_mut(place) {
        next.touched = true;
    }
    pieces.insert(place, Piece::word(text));
}

fn swap_text(pieces: &mut [Piece], a: usize, b: usize) -> bool {
    if pieces[a].lower() == pieces[b].lower() {
        return false;
    }
    let (first, second) = (pieces[a].text.clone(), pieces[b].text.clone());
    let (is_first, is_second) = (pieces[a].listed, pieces[b].listed);
    pieces[a].text = second;
    pieces[b].text = first;
    (pieces[a].listed, pieces[b].listed) = (is_second, is_first);
    (pieces[a].touched, pieces[b].touched) = (true, true);
    true
}

/// Capitals as they belong at the beginning of a sentence, after words have changed places.
fn settle(pieces: &mut [Piece], random: &mut Random) {
    if random.chance(0.3) {
        return;
    }
    let mut begins = true;
    for piece in pieces {
        if piece.is_word {
            if begins {
                piece.text = capitalized(&piece.text);
            } else if piece.text.len() > 1 || piece.text == "A" {
                let low = piece.lower();
                if piece.text == capitalized(&low) && classes::is_listed(&low) && piece.listed {
                    piece.text = low;
                }
            }
            begins = false;
        } else if piece.is_stop() {
            begins = true;
        }
    }
}

fn swap_near(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| pieces.get(place + 1).is_some_and(|next| next.is_word));
    let changed = each(found, times, |place| swap_text(pieces, place, place + 1));
    settle(pieces, random);
    changed
}

fn swap_far(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |_| true);
    let changed = each(found, times, |place| {
        let other = place + 2 + random.below(8);
        pieces.get(other).is_some_and(|piece| piece.is_word) && swap_text(pieces, place, other)
    });
    settle(pieces, random);
    changed
}

/// Moves a word, or a few, to another place.
fn move_words(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    for _ in 0..times {
        let length = 1 + random.below(3);
        if pieces.len() < length + 4 {
            return false;
        }
        let from = random.below(pieces.len() - length - 1);
        if !pieces[from..from + length].iter().all(|piece| piece.is_word) {
            continue;
        }
        let moved: Vec<Piece> = pieces.drain(from..from + length).collect();
        let to = random.below(pieces.len() - 1);
        if let Some(next) = pieces.get_mut(from) {
            next.touched = true;
        }
        pieces[to].touched = true;
        for (place, mut piece) in moved.into_iter().enumerate() {
            piece.touched |= place == 0 || random.chance(0.5);
            if piece.after.is_empty() {
                piece.after.push(' ');
            }
            pieces.insert(to + place, piece);
        }
    }
    settle(pieces, random);
    true
}

fn shuffle_within(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let mut changed = false;
    for _ in 0..times {
        let length = 3 + random.below(4);
        if pieces.len() < length + 1 {
            break;
        }
        let from = random.below(pieces.len() - length);
        for place in (from + 1..from + length).rev() {
            let other = from + random.below(place - from + 1);
            if pieces[place].is_word && pieces[other].is_word && place != other {
                changed |= swap_text(pieces, place, other);
            }
        }
    }
    settle(pieces, random);
    changed
}

fn salad(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    let words: Vec<usize> = (0..pieces.len()).filter(|&place| pieces[place].is_word).collect();
    for place in (1..words.len()).rev() {
        let other = random.below(place + 1);
        swap_text(pieces, words[place], words[other]);
    }
    settle(pieces, random);
    words.len() > 3
}

fn drop_function(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| classes::is_function(&pieces[place].lower()));
    drop(pieces, found, times)
}

fn drop_determiner(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| {
        ARTICLES.contains(&pieces[place].lower().as_str())
            || DETERMINERS.contains(&pieces[place].lower().as_str())
    });
    drop(pieces, found, times)
}

fn drop_auxiliary(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, listed_in(pieces, AUXILIARIES));
    drop(pieces, found, times)
}

fn drop_preposition(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, listed_in(pieces, PREPOSITIONS));
    drop(pieces, found, times)
}

fn drop_link(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| {
        let low = pieces[place].lower();
        CONJUNCTIONS.contains(&low.as_str()) || PRONOUNS.contains(&low.as_str())
    });
    drop(pieces, found, times)
}

fn drop_content(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| {
        let low = pieces[place].lower();
        classes::is_listed(&low) && !classes::is_function(&low) && !low.ends_with("ly")
    });
    drop(pieces, found, times)
}

fn wrong_preposition(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let to = if random.chance(0.5) { &PREPOSITIONS[..9] } else { PREPOSITIONS };
    replace(pieces, random, times, &PREPOSITIONS[..20], to)
}

fn wrong_article(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, times: usize) -> bool {
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
                is_free && (classes::is_function(&low) || lexicon.is_verb(&low)) && !pieces[place].initial
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

fn wrong_link(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    replace(pieces, random, times, CONJUNCTIONS, CONJUNCTIONS)
}

fn wrong_auxiliary(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    replace(pieces, random, times, AUXILIARIES, AUXILIARIES)
}

fn stray_function(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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
fn stray_word(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, times: usize) -> bool {
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

fn wrong_number(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    pairs(pieces, random, times, NUMBERS)
}

fn wrong_case(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    pairs(pieces, random, times, CASES)
}

fn wrong_sound(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    pairs(pieces, random, times, SOUNDS)
}

/// A second negation beside the first, or two where none was.
fn negate_twice(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

fn wrong_verb(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, times: usize) -> bool {
    inflect(pieces, random, times, |word| lexicon.verb_forms(word))
}

fn wrong_s(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, times: usize) -> bool {
    inflect(pieces, random, times, |word| lexicon.s_form(word).into_iter().collect())
}

fn wrong_derivation(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, times: usize) -> bool {
    inflect(pieces, random, times, |word| lexicon.derived(word))
}

fn doubled_comparison(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

fn glue(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| {
        pieces[place].after == " " && pieces.get(place + 1).is_some_and(|next| next.is_word)
    });
    each(found, times, |place| {
        pieces[place].after.clear();
        (pieces[place].touched, pieces[place + 1].touched) = (true, true);
        true
    })
}

fn split(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| pieces[place].text.len() > 4 && pieces[place].text.is_ascii());
    each(found, times, |place| {
        let at = 2 + random.below(pieces[place].text.len() - 3);
        pieces[place].text.insert(at, ' ');
        pieces[place].touched = true;
        true
    })
}

fn double(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let mut found = places(pieces, random, |_| true);
    found.truncate(times);
    found.sort_unstable_by(|a, b| b.cmp(a));
    for &place in &found {
        let mut again = pieces[place].clone();
        again.touched = true;
        pieces[place].after = " ".to_owned();
        if again.initial && again.listed {
            again.text = again.lower();
        }
        again.initial = false;
        pieces.insert(place + 1, again);
    }
    !found.is_empty()
}

fn repeat_phrase(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let length = 2 + random.below(5);
    if pieces.len() < length + 1 {
        return false;
    }
    let from = random.below(pieces.len() - length);
    let mut phrase: Vec<Piece> = pieces[from..from + length].to_vec();
    if let Some(first) = phrase.first_mut() {
        first.touched = true;
    }
    pieces[from + length - 1].after = " ".to_owned();
    for _ in 0..times.min(4) {
        pieces.splice(from + length..from + length, phrase.iter().cloned());
    }
    true
}

fn repeat_text(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let whole = pieces.clone();
    if let Some(last) = pieces.last_mut() {
        last.after = " ".to_owned();
    }
    for _ in 0..(1 + random.below(2)).min(times) {
        let mut again = whole.clone();
        if let Some(last) = again.last_mut() {
            last.after = " ".to_owned();
        }
        pieces.extend(again);
    }
    true
}

fn truncate(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let cut = (1 + random.below(3 * times + 2)).min(pieces.len().saturating_sub(4));
    pieces.truncate(pieces.len() - cut);
    if let Some(last) = pieces.last_mut() {
        last.touched = true;
        last.after.clear();
        if !last.is_word {
            return true;
        }
    }
    // A full stop after it, or half of a word.
    if random.chance(0.35) {
        pieces.push(Piece { text: ".".to_owned(), after: String::new(), is_word: false, ..Piece::word("") });
    } else if random.chance(0.2)
        && let Some(last) = pieces.last_mut()
        && last.text.is_ascii()
        && last.text.len() > 4
    {
        last.text.truncate(2 + random.below(3));
    }
    true
}

/// The text begins in the middle of a sentence.
fn behead(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let cut = (1 + random.below(3 * times)).min(pieces.len().saturating_sub(5));
    pieces.drain(..cut);
    if let Some(first) = pieces.first_mut() {
        first.touched = true;
        if random.chance(0.7) {
            first.text = capitalized(&first.text);
        }
    }
    cut > 0
}

fn typo(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| pieces[place].text.len() > 2 && pieces[place].text.is_ascii());
    each(found, times, |place| {
        let before = pieces[place].text.clone();
        let mut letters: Vec<u8> = before.bytes().collect();
        let at = random.below(letters.len() - 1);
        match random.below(4) {
            0 => letters.swap(at, at + 1),
            1 => {
                letters.remove(at + 1);
            }
            2 => letters.insert(at, letters[at]),
            _ => letters[at] = b'a' + random.below(26) as u8,
        }
        pieces[place].text = String::from_utf8(letters).unwrap_or_default();
        pieces[place].touched = true;
        pieces[place].text != before
    })
}

fn wrong_capital(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |_| true);
    each(found, times, |place| {
        let piece = &mut pieces[place];
        let before = piece.text.clone();
        piece.text = if before.starts_with(|c: char| c.is_ascii_uppercase()) {
            before.to_ascii_lowercase()
        } else if random.chance(0.7) {
            capitalized(&before)
        } else {
            before.to_ascii_uppercase()
        };
        piece.touched = true;
        piece.text != before
    })
}

fn lower_all(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    let bare = random.chance(0.5);
    pieces.retain(|piece| !bare || piece.is_word);
    for piece in pieces.iter_mut() {
        piece.touched |= piece.text != piece.lower();
        piece.text = piece.lower();
        if bare {
            piece.after = " ".to_owned();
        }
    }
    !pieces.is_empty()
}

fn title_all(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    let shout = random.chance(0.5);
    for piece in pieces.iter_mut() {
        let text = if shout { piece.text.to_ascii_uppercase() } else { capitalized(&piece.text) };
        piece.touched |= text != piece.text;
        piece.text = text;
    }
    true
}

fn drop_marks(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let is_all = random.chance(0.4);
    let mut found: Vec<usize> = (0..pieces.len()).filter(|&place| !pieces[place].is_word).collect();
    random.shuffle(&mut found);
    let times = if is_all { found.len() } else { times };
    found.truncate(times);
    found.sort_unstable_by(|a, b| b.cmp(a));
    for &place in &found {
        let gone = pieces.remove(place);
        if let Some(before) = place.checked_sub(1).and_then(|before| pieces.get_mut(before)) {
            before.after = if gone.after.is_empty() { " ".to_owned() } else { gone.after };
        }
        if let Some(next) = pieces.get_mut(place) {
            next.touched = true;
        } else if let Some(last) = pieces.last_mut() {
            last.touched = true;
        }
    }
    !found.is_empty()
}

fn stray_mark(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let mut found = places(pieces, random, |place| {
        pieces[place].after == " " && pieces.get(place + 1).is_some_and(|next| next.is_word)
    });
    found.truncate(times);
    found.sort_unstable_by(|a, b| b.cmp(a));
    for &place in &found {
        let mark = [",", ",", ".", ";", ":", "-", "!", "?"][random.below(8)];
        pieces[place].after = if random.chance(0.15) { " ".to_owned() } else { String::new() };
        let after = if random.chance(0.15) { "" } else { " " };
        pieces.insert(
            place + 1,
            Piece { text: mark.to_owned(), after: after.to_owned(), is_word: false, ..Piece::word("") },
        );
    }
    !found.is_empty()
}

fn keywords(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    pieces.retain(|piece| piece.is_word && !classes::is_function(&piece.lower()));
    if random.chance(0.5) {
        random.shuffle(pieces);
    }
    let style = random.below(4);
    let mut found = Vec::with_capacity(2 * pieces.len());
    for piece in pieces.iter() {
        let mut piece = piece.clone();
        piece.touched = true;
        piece.after = " ".to_owned();
        if style == 1 {
            piece.after.clear();
        }
        found.push(piece);
        if style == 1 {
            found.push(Piece { text: ",".to_owned(), is_word: false, ..Piece::word("") });
        } else if style == 2
            && random.chance(0.5)
            && let Some(word) = random.pick(STRAY)
        {
            found.push(Piece::word(word));
        }
    }
    *pieces = found;
    close(pieces, random);
    pieces.len() > 2
}

/// Some of the text's own words, set out in groups with small words within and marks between: notes, not sentences.
fn grouped(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    pieces.retain(|piece| piece.is_word && !classes::is_function(&piece.lower()));
    if random.chance(0.3) {
        random.shuffle(pieces);
    }
    let small: &[&str] = [&PREPOSITIONS[..9], &["of", "in", "and"], STRAY][random.below(3)];
    let (most, marks) =
        (1 + random.below(3), [&[","][..], &[","], &[".", ","], &[";"], &["and"], &["with", ","]]);
    let marks = marks[random.below(6)];
    let linked = 0.5 + 0.5 * random.share();
    let mut found: Vec<Piece> = Vec::with_capacity(2 * pieces.len());
    let mut left = 1 + random.below(most + 1);
    for piece in pieces.drain(..) {
        if left == 0 {
            left = 1 + random.below(most + 1);
            match random.pick(marks) {
                Some(word) if word.len() > 1 => found.push(Piece::word(word)),
                mark => push_mark(&mut found, mark.unwrap_or(&",")),
            }
        } else if !found.is_empty()
            && random.chance(linked)
            && let Some(word) = random.pick(small)
        {
            found.push(Piece::word(word));
        }
        left -= 1;
        found.push(Piece { after: " ".to_owned(), touched: true, ..piece });
    }
    *pieces = found;
    close(pieces, random);
    pieces.len() > 4
}

fn push_mark(pieces: &mut Vec<Piece>, mark: &str) {
    if let Some(last) = pieces.last_mut() {
        last.after.clear();
    }
    pieces.push(Piece { text: mark.to_owned(), is_word: false, ..Piece::word("") });
}

fn close(pieces: &mut Vec<Piece>, random: &mut Random) {
    if random.chance(0.7)
        && let Some(last) = pieces.last_mut()
        && last.is_word
    {
        last.after.clear();
        pieces.push(Piece { text: ".".to_owned(), is_word: false, ..Piece::word("") });
    }
    if random.chance(0.7)
        && let Some(first) = pieces.first_mut()
    {
        first.text = capitalized(&first.text);
    }
}

/// Every k-th word is gone, whatever it is.
fn moth_eaten(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    let share = 0.1 + 0.3 * random.share();
    let found: Vec<usize> = (0..pieces.len()).filter(|&place| pieces[place].is_word).collect();
    let mut found: Vec<usize> = found.into_iter().filter(|_| random.chance(share)).collect();
    found.reverse();
    let times = found.len();
    drop(pieces, found, times)
}

/// The beginning of a sentence and the end of another one.
fn splice(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, _: usize) -> bool {
    let Some(other) = random.pick(&lexicon.passages) else { return false };
    let other = self::pieces(other);
    if other.len() < 6 || pieces.len() < 6 {
        return false;
    }
    let cut = 2 + random.below(pieces.len() - 4);
    let from = 2 + random.below(other.len() - 4);
    let seam = pieces.len().min(cut);
    pieces.truncate(seam);
    pieces.extend(other.into_iter().skip(from));
    if let Some(last) = seam.checked_sub(1).and_then(|last| pieces.get_mut(last)) {
        last.after = " ".to_owned();
    }
    if let Some(first) = pieces.get_mut(seam) {
        first.touched = true;
    }
    true
}

/// Some words of a text in a row, and the place that they had in it.
struct Chunk {
    at: usize,
    pieces: Vec<Piece>,
    /// A sentence ended behind it.
    ends: bool,
}

/// Cuts a text into chunks of up to `most` pieces each, none of which goes beyond the end of a sentence. `at` is the place
/// of the first piece.
fn chunks(pieces: Vec<Piece>, most: usize, at: usize, random: &mut Random) -> Vec<Chunk> {
    let mut found: Vec<Chunk> = Vec::new();
    let mut left = 0;
    for (at, piece) in (at..).zip(pieces) {
        if piece.is_stop() {
            left = 0;
            if let Some(last) = found.last_mut() {
                last.ends = true;
            }
            continue;
        }
        if left == 0 {
            left = 1 + random.below(most);
            found.push(Chunk { at, pieces: Vec::new(), ends: false });
        }
        left -= 1;
        if let Some(last) = found.last_mut() {
            last.pieces.push(piece);
        }
    }
    found
}

/// Chunks of this text, and at times of another, put together again so that each follows well on the one before: what is
/// left to a search that knows what the models of neighbours ask for.
fn woven(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, _: usize) -> bool {
    const ELSEWHERE: usize = 1 << 20;
    let kept = if random.chance(0.5) { 0 } else { random.below(pieces.len() / 2) };
    let most = 2 + random.below(4);
    let mut left = chunks(pieces.split_off(kept), most, kept, random);
    if random.chance(0.5)
        && let Some(other) = random.pick(&lexicon.passages)
    {
        left.extend(chunks(self::pieces(other), most, ELSEWHERE, random));
    }
    let length = kept + 12 + random.below(40);
    let looked_at = 2 + random.below(14);
    let (mut next, mut ends) = (kept, false);
    while !left.is_empty() && pieces.len() < length {
        let looked_at = looked_at.min(left.len());
        for place in 0..looked_at {
            let other = place + random.below(left.len() - place);
            left.swap(place, other);
        }
        let best = (0..looked_at).max_by_key(|place| follows(pieces, &left[*place].pieces)).unwrap_or(0);
        let mut chunk = left.swap_remove(best);
        if let (Some(first), Some(last)) = (chunk.pieces.first_mut(), pieces.last_mut()) {
            first.touched |= chunk.at != next;
            if last.is_word && last.after.is_empty() {
                last.after.push(' ');
            }
        }
        (next, ends) = (chunk.at + chunk.pieces.len(), chunk.ends);
        pieces.append(&mut chunk.pieces);
    }
    while pieces.last().is_some_and(|piece| !piece.is_word) {
        pieces.pop();
    }
    push_mark(pieces, ".");
    if let Some(stop) = pieces.last_mut() {
        stop.touched = !ends;
    }
    settle(pieces, random);
    pieces.len() > kept + 4
}

/// How well a chunk follows on some pieces, in the language model's steps.
fn follows(pieces: &[Piece], chunk: &[Piece]) -> i32 {
    const SEEN: usize = 3;
    let before = &pieces[pieces.len().saturating_sub(SEEN)..];
    let tokens: Vec<Token> = before
        .iter()
        .chain(chunk.iter().take(SEEN))
        .map(|piece| Token { start: 0, end: 0, key: 0, class: piece.class, flags: 0 })
        .collect();
    log_odds(&tokens).iter().skip(before.len()).map(|steps| i32::from(*steps)).sum()
}

/// Bullets or numbers that were joined into a line.
fn flattened(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let bullet = ["-", "*", "•", "–", "1.", "(1)"][random.below(6)];
    let mut found = places(pieces, random, |_| true);
    found.truncate(2 + times);
    found.push(0);
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.dedup();
    for (number, &place) in found.iter().rev().enumerate().rev() {
        let mark = bullet.replace('1', &(number + 1).to_string());
        if let Some(before) = place.checked_sub(1).and_then(|before| pieces.get_mut(before)) {
            before.after = " ".to_owned();
        }
        pieces.insert(place, Piece { text: mark, is_word: false, ..Piece::word("") });
    }
    true
}

/// Every kind with how often it is chosen.
pub(super) const KINDS: [Kind; 40] = [
    Kind { name: "swap_near", weight: 8, break_up: swap_near },
    Kind { name: "swap_far", weight: 5, break_up: swap_far },
    Kind { name: "move_words", weight: 5, break_up: move_words },
    Kind { name: "shuffle_within", weight: 3, break_up: shuffle_within },
    Kind { name: "salad", weight: 2, break_up: salad },
    Kind { name: "drop_function", weight: 8, break_up: drop_function },
    Kind { name: "drop_determiner", weight: 7, break_up: drop_determiner },
    Kind { name: "drop_auxiliary", weight: 10, break_up: drop_auxiliary },
    Kind { name: "drop_preposition", weight: 5, break_up: drop_preposition },
    Kind { name: "drop_link", weight: 4, break_up: drop_link },
    Kind { name: "drop_content", weight: 5, break_up: drop_content },
    Kind { name: "moth_eaten", weight: 2, break_up: moth_eaten },
    Kind { name: "wrong_preposition", weight: 12, break_up: wrong_preposition },
    Kind { name: "wrong_article", weight: 8, break_up: wrong_article },
    Kind { name: "wrong_link", weight: 4, break_up: wrong_link },
    Kind { name: "wrong_auxiliary", weight: 5, break_up: wrong_auxiliary },
    Kind { name: "stray_function", weight: 6, break_up: stray_function },
    Kind { name: "stray_word", weight: 6, break_up: stray_word },
    Kind { name: "wrong_number", weight: 10, break_up: wrong_number },
    Kind { name: "wrong_case", weight: 4, break_up: wrong_case },
    Kind { name: "wrong_sound", weight: 6, break_up: wrong_sound },
    Kind { name: "negate_twice", weight: 2, break_up: negate_twice },
    Kind { name: "wrong_verb", weight: 10, break_up: wrong_verb },
    Kind { name: "wrong_s", weight: 10, break_up: wrong_s },
    Kind { name: "wrong_derivation", weight: 5, break_up: wrong_derivation },
    Kind { name: "doubled_comparison", weight: 1, break_up: doubled_comparison },
    Kind { name: "glue", weight: 3, break_up: glue },
    Kind { name: "split", weight: 3, break_up: split },
    Kind { name: "double", weight: 3, break_up: double },
    Kind { name: "repeat_phrase", weight: 3, break_up: repeat_phrase },
    Kind { name: "repeat_text", weight: 1, break_up: repeat_text },
    Kind { name: "truncate", weight: 5, break_up: truncate },
    Kind { name: "behead", weight: 2, break_up: behead },
    Kind { name: "typo", weight: 5, break_up: typo },
    Kind { name: "wrong_capital", weight: 4, break_up: wrong_capital },
    Kind { name: "lower_all", weight: 1, break_up: lower_all },
    Kind { name: "title_all", weight: 1, break_up: title_all },
    Kind { name: "drop_marks", weight: 3, break_up: drop_marks },
    Kind { name: "stray_mark", weight: 4, break_up: stray_mark },
    Kind { name: "keywords", weight: 3, break_up: keywords },
];

/// What a policy may come to, for the score to be fitted against: keywords dressed up, and chunks woven together.
const DRESSED: [Kind; 2] = [
    Kind { name: "grouped", weight: 1, break_up: grouped },
    Kind { name: "woven", weight: 1, break_up: woven },
];

/// The beginnings of one text and the ends of another, chunks of both, and lists in a line.
pub(super) const WHOLE: [Kind; 3] = [
    Kind { name: "splice", weight: 4, break_up: splice },
    Kind { name: "woven", weight: 8, break_up: woven },
    Kind { name: "flattened", weight: 2, break_up: flattened },
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
