//! A text's tokens as the detector sees them: numbers, column by column, with margins on both sides.

use super::classes::{COMMON, FUNCTION};
use super::scan::{CAPITAL, Token, WORD};
use super::{clauses, tags};
use std::hint::select_unpredictable;

/// Places before the first token and after the last that stand for what is beyond the text.
pub(super) const MARGIN: usize = 3;
/// The number of what stands beyond the text.
const EDGE: u32 = 0x100;

/// What is known of the tokens; most are hashes. Token `i` stands at `i + MARGIN` of each column, and behind
/// the last margin there is room for a step of [`SIDE`].
pub(super) struct Columns<'a> {
    numbers: &'a [u32],
    length: usize,
}

/// Tokens that are looked at side by side.
pub(super) const SIDE: usize = 8;
const COUNT: usize = 9;
/// Numbers of a column that are no token's.
const BESIDE: usize = 2 * MARGIN + SIDE;

/// Room for columns: those of a summary stand where none need be asked for.
pub(super) struct Room {
    few: [u32; Self::FEW],
    many: Vec<u32>,
}

impl Room {
    const FEW: usize = COUNT * (64 + BESIDE);

    pub(super) const fn new() -> Self {
        Self { few: [0; Self::FEW], many: Vec::new() }
    }

    /// So many numbers, whatever they were before.
    fn numbers(&mut self, count: usize) -> &mut [u32] {
        match self.few.get_mut(..count) {
            Some(few) => few,
            None => {
                self.many.resize(count, 0);
                &mut self.many
            }
        }
    }
}

impl<'a> Columns<'a> {
    #[inline(always)]
    pub(super) fn of(tokens: &[Token], room: &'a mut Room) -> Self {
        let length = tokens.len() + BESIDE;
        let numbers = room.numbers(COUNT * length);
        fill(tokens, numbers, length);
        Self { numbers, length }
    }

    /// The word if it is frequent, otherwise its class; the class; capitals, the beginning of a sentence and the space
    /// before it; the function word or mark nearest before it, and how many other words stand between (three at most);
    /// the same after it; the word, frequent or not, with its capitals and whether it begins a sentence; its part of
    /// speech; what the clause has had before it; what comes after it.
    #[inline(always)]
    pub(super) fn all(&self) -> [&'a [u32]; COUNT] {
        let mut columns = self.numbers.chunks_exact(self.length);
        let mut next = || columns.next().unwrap_or_default();
        [next(), next(), next(), next(), next(), next(), next(), next(), next()]
    }
}

#[inline(always)]
fn fill(tokens: &[Token], numbers: &mut [u32], length: usize) {
    let mut columns = numbers.chunks_exact_mut(length);
    let mut next = || columns.next().unwrap_or_default();
    let [words, classes, looks, befores, afters, owns, parts, clauses, aheads] =
        [next(), next(), next(), next(), next(), next(), next(), next(), next()];
    let edge = HASHES[EDGE as usize];
    let last = tokens.len() + MARGIN;
    let beyond = [&mut *words, classes, befores, afters, parts].map(|column| (column, edge));
    let nothing = [&mut *looks, owns, clauses, aheads].map(|column| (column, 0));
    for (column, number) in beyond.into_iter().chain(nothing) {
        for margin in [0..MARGIN, last..last + MARGIN] {
            column.get_mut(margin).unwrap_or_default().fill(number);
        }
    }
    let [words, classes, looks, befores, afters, owns, parts, behind, aheads] =
        [words, classes, looks, befores, afters, owns, parts, clauses, aheads]
            .map(|column| column.get_mut(MARGIN..last).unwrap_or_default());
    let mut path = tags::Path::new();
    let rows =
        words.iter_mut().zip(classes).zip(looks).zip(befores).zip(owns).zip(&mut *parts).zip(&mut *behind);
    let (mut end, mut nearest) = (usize::MAX, edge);
    for (token, ((((((word, class), look), before), own), part), clause)) in tokens.iter().zip(rows) {
        *class = hashed(0, token.class);
        let frequent = hash(token.key ^ (u32::from(token.class) << 20));
        *word = select_unpredictable(token.is(u16::from(COMMON)), frequent, *class);
        *look = u32::from((token.flags / CAPITAL) & 7) | u32::from(token.start == end) << 3;
        *own = hash(token.key).wrapping_add(*look & 7);
        *before = nearest;
        nearest = pass(nearest, *word, token);
        end = token.end;
        // Until its part of speech is known.
        [*part, *clause] = path.pass(token).0;
    }
    let (mut back, mut next, mut nearest) = (path.end(), 0, edge);
    let rows = tokens.iter().zip(words).zip(afters).zip(aheads).zip(parts).zip(&mut *behind);
    for (((((token, word), after), ahead), part), clause) in rows.rev() {
        let tag = back.pass(tags::Step([*part, *clause]));
        (*part, *clause) = (hashed(TAG, tag), u32::from(tag));
        *ahead = hashed(AHEAD, next);
        next = clauses::ahead(next, tag);
        *after = nearest;
        nearest = pass(nearest, *word, token);
    }
    let mut state = clauses::START;
    for clause in behind {
        let tag = *clause as u8;
        *clause = hashed(CLAUSE, state);
        state = clauses::behind(state, tag);
    }
}

/// What is nearest once a token has been passed: itself if it is a function word or a mark, or what was, one word further
/// off.
#[inline(always)]
fn pass(nearest: u32, word: u32, token: &Token) -> u32 {
    let is_frame = token.flags & (WORD | FUNCTION as u16) != WORD;
    select_unpredictable(is_frame, word & !3, nearest + u32::from(nearest & 3 != 3))
}

/// Where the numbers of tags, clauses and what comes next begin: beyond those of classes.
const TAG: u32 = EDGE + 1;
const CLAUSE: u32 = 0x200;
const AHEAD: u32 = 0x300;

/// The hashes of small numbers.
static HASHES: [u32; 0x400] = {
    let mut hashes = [0; 0x400];
    let mut number = 0;
    while number < hashes.len() {
        hashes[number] = hash(number as u32);
        number += 1;
    }
    hashes
};

/// The hash of a class, a tag or a state, by where their numbers begin.
#[inline(always)]
fn hashed(first: u32, number: u8) -> u32 {
    HASHES[(first + u32::from(number)) as usize % HASHES.len()]
}

/// Well mixed: sums of a few turned ones tell words apart.
#[inline(always)]
const fn hash(number: u32) -> u32 {
    let value = (number ^ (number >> 16)).wrapping_add(1).wrapping_mul(0x7feb_352d);
    let value = (value ^ (value >> 15)).wrapping_mul(0x846c_a68b);
    value ^ (value >> 16)
}

/// What is known of one token.
#[cfg(any(test, feature = "training"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) word: u32,
    pub(super) class: u32,
    pub(super) look: u32,
    pub(super) before: u32,
    pub(super) after: u32,
    pub(super) own: u32,
    pub(super) part: u32,
    pub(super) clause: u32,
    pub(super) ahead: u32,
}

/// The tokens between their margins, one after the other.
#[cfg(any(test, feature = "training"))]
pub(super) fn sequence(tokens: &[Token]) -> Vec<Item> {
    let mut room = Room::new();
    let columns = Columns::of(tokens, &mut room);
    let [words, classes, looks, befores, afters, owns, parts, clauses, aheads] = columns.all();
    let item = |at: usize| Item {
        word: words[at],
        class: classes[at],
        look: looks[at],
        before: befores[at],
        after: afters[at],
        own: owns[at],
        part: parts[at],
        clause: clauses[at],
        ahead: aheads[at],
    };
    (0..tokens.len() + 2 * MARGIN).map(item).collect()
}
