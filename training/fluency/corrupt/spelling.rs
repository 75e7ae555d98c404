//! How words are written: letters, capitals, spaces and marks.

use super::pieces::{Piece, capitalized, each, places};
use crate::fluency::training::lexicon::Lexicon;
use crate::fluency::training::random::Random;

pub(super) fn glue(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| {
        pieces[place].after == " " && pieces.get(place + 1).is_some_and(|next| next.is_word)
    });
    each(found, times, |place| {
        pieces[place].after.clear();
        (pieces[place].touched, pieces[place + 1].touched) = (true, true);
        true
    })
}

pub(super) fn split(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| pieces[place].text.len() > 4 && pieces[place].text.is_ascii());
    each(found, times, |place| {
        let at = 2 + random.below(pieces[place].text.len() - 3);
        pieces[place].text.insert(at, ' ');
        pieces[place].touched = true;
        true
    })
}

pub(super) fn typo(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

pub(super) fn wrong_capital(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

pub(super) fn lower_all(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
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

pub(super) fn title_all(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    let shout = random.chance(0.5);
    for piece in pieces.iter_mut() {
        let text = if shout { piece.text.to_ascii_uppercase() } else { capitalized(&piece.text) };
        piece.touched |= text != piece.text;
        piece.text = text;
    }
    true
}

pub(super) fn drop_marks(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

pub(super) fn stray_mark(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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
