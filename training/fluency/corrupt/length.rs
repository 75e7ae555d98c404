//! What is said twice, cut off or left out wherever it stands.

use super::pieces::{Piece, capitalized, drop, places};
use crate::fluency::training::lexicon::Lexicon;
use crate::fluency::training::random::Random;

pub(super) fn double(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

pub(super) fn repeat_phrase(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

pub(super) fn repeat_text(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

pub(super) fn truncate(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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
pub(super) fn behead(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

/// Every k-th word is gone, whatever it is.
pub(super) fn moth_eaten(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    let share = 0.1 + 0.3 * random.share();
    let found: Vec<usize> = (0..pieces.len()).filter(|&place| pieces[place].is_word).collect();
    let mut found: Vec<usize> = found.into_iter().filter(|_| random.chance(share)).collect();
    found.reverse();
    let times = found.len();
    drop(pieces, found, times)
}
