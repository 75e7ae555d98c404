//! Words in another order, and parts of texts joined that do not belong together.

use super::pieces::{Piece, each, pieces, places, push_mark, settle, swap_text};
use crate::fluency::ngrams::log_odds;
use crate::fluency::scan::Token;
use crate::fluency::training::lexicon::Lexicon;
use crate::fluency::training::random::Random;

pub(super) fn swap_near(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |place| pieces.get(place + 1).is_some_and(|next| next.is_word));
    let changed = each(found, times, |place| swap_text(pieces, place, place + 1));
    settle(pieces, random);
    changed
}

pub(super) fn swap_far(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
    let found = places(pieces, random, |_| true);
    let changed = each(found, times, |place| {
        let other = place + 2 + random.below(8);
        pieces.get(other).is_some_and(|piece| piece.is_word) && swap_text(pieces, place, other)
    });
    settle(pieces, random);
    changed
}

/// Moves a word, or a few, to another place.
pub(super) fn move_words(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, times: usize) -> bool {
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

pub(super) fn shuffle_within(
    pieces: &mut Vec<Piece>,
    random: &mut Random,
    _: &Lexicon,
    times: usize,
) -> bool {
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

pub(super) fn salad(pieces: &mut Vec<Piece>, random: &mut Random, _: &Lexicon, _: usize) -> bool {
    let words: Vec<usize> = (0..pieces.len()).filter(|&place| pieces[place].is_word).collect();
    for place in (1..words.len()).rev() {
        let other = random.below(place + 1);
        swap_text(pieces, words[place], words[other]);
    }
    settle(pieces, random);
    words.len() > 3
}

/// The beginning of a sentence and the end of another one.
pub(super) fn splice(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, _: usize) -> bool {
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
pub(super) fn woven(pieces: &mut Vec<Piece>, random: &mut Random, lexicon: &Lexicon, _: usize) -> bool {
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
