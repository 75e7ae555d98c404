//! A text in pieces that can be moved, replaced and taken out, and the text that they make again.

use crate::fluency::classes::{self, KNOWN};
use crate::fluency::scan::{INITIAL, Token, WORD, scan};
use crate::fluency::training::random::Random;

/// A token of the text with what stands between it and the next.
#[derive(Debug, Clone)]
pub(in crate::fluency::training) struct Piece {
    pub(super) text: String,
    pub(super) after: String,
    pub(super) is_word: bool,
    pub(super) class: u8,
    pub(super) initial: bool,
    pub(super) listed: bool,
    pub(super) touched: bool,
}

impl Piece {
    pub(super) fn word(text: &str) -> Self {
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

    pub(super) fn is_stop(&self) -> bool {
        matches!(self.text.as_str(), "." | "!" | "?")
    }

    pub(super) fn lower(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// Replaces the word, whose capital stays.
    pub(super) fn set(&mut self, text: &str) {
        let was_capital = self.initial && self.text.starts_with(|c: char| c.is_ascii_uppercase());
        self.text = if was_capital { capitalized(text) } else { text.to_owned() };
        self.touched = true;
    }
}

pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// A text with, for each of its tokens, whether it was touched.
pub(in crate::fluency::training) struct Labelled {
    pub(in crate::fluency::training) text: String,
    pub(in crate::fluency::training) tokens: Vec<Token>,
    pub(in crate::fluency::training) touched: Vec<bool>,
}

pub(in crate::fluency::training) fn pieces(text: &str) -> Vec<Piece> {
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

pub(in crate::fluency::training) fn render(pieces: &[Piece]) -> Labelled {
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
pub(super) fn places(pieces: &[Piece], random: &mut Random, is_fit: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut found: Vec<usize> =
        (0..pieces.len()).filter(|&place| pieces[place].is_word && is_fit(place)).collect();
    random.shuffle(&mut found);
    found
}

pub(super) fn listed_in(pieces: &[Piece], words: &'static [&'static str]) -> impl Fn(usize) -> bool {
    move |place| words.contains(&pieces[place].lower().as_str())
}

/// Applies `change` to up to `times` places.
pub(super) fn each(places: Vec<usize>, times: usize, mut change: impl FnMut(usize) -> bool) -> bool {
    let mut changed = 0;
    for place in places {
        if changed < times && change(place) {
            changed += 1;
        }
    }
    changed > 0
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

/// The same, for removals: from the end, so that places stay true.
pub(super) fn drop(pieces: &mut Vec<Piece>, mut places: Vec<usize>, times: usize) -> bool {
    places.truncate(times);
    places.sort_unstable_by(|a, b| b.cmp(a));
    for &place in &places {
        remove(pieces, place);
    }
    !places.is_empty()
}

pub(super) fn insert(pieces: &mut Vec<Piece>, place: usize, text: &str) {
    if let Some(next) = pieces.get_mut(place) {
        next.touched = true;
    }
    pieces.insert(place, Piece::word(text));
}

pub(super) fn replace(
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

pub(super) fn swap_text(pieces: &mut [Piece], a: usize, b: usize) -> bool {
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
pub(super) fn settle(pieces: &mut [Piece], random: &mut Random) {
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

pub(super) fn push_mark(pieces: &mut Vec<Piece>, mark: &str) {
    if let Some(last) = pieces.last_mut() {
        last.after.clear();
    }
    pieces.push(Piece { text: mark.to_owned(), is_word: false, ..Piece::word("") });
}
