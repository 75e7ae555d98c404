//! Notes instead of sentences: keywords, groups of them, and lists in a line.

use super::pieces::{Piece, capitalized, places, push_mark};
use super::words::{PREPOSITIONS, STRAY};
use crate::fluency::classes;
use crate::fluency::training::lexicon::Lexicon;
use crate::fluency::training::random::Random;

pub(super) fn keywords(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    pieces.retain(|piece| piece.is_word && !classes::is_function_word(&piece.lower()));
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
pub(super) fn grouped(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    pieces.retain(|piece| piece.is_word && !classes::is_function_word(&piece.lower()));
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

/// Bullets or numbers that were joined into a line.
pub(super) fn flattened(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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
