//! Byte-pair merging: the tokens of one pre-token.
//!
//! The rule: as long as some pair of neighbours is a token, join the pair of lowest rank, the leftmost first.
//! A short piece is merged in a window on the stack. A long one is merged window by window, which is exact because
//! a sequence of tokens is the one that merging gives if and only if it is so for every two neighbours
//! ([`borders`]); so its cost grows with its length and not with the square of it.

use super::tables::{ABSENT, byte_token, length, merged, parts};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::select_unpredictable;

/// Bytes that are merged at once; at least the length of the longest token.
pub(super) const WINDOW: usize = 128;

/// Bytes of a piece that can be merged beside others.
pub(super) const LANE: usize = 16;
/// Pieces that are merged in turns.
pub(super) const LANES: usize = 4;

/// Appends the tokens of `piece` to `out`.
pub(super) fn merge_into(piece: &[u8], out: &mut Vec<u16>) {
    match piece.len() {
        0..=LANE => out.extend(Short::<LANE>::new(piece).reduce().tokens()),
        17..=32 => out.extend(Short::<32>::new(piece).reduce().tokens()),
        33..=WINDOW => out.extend_from_slice(Window::new(piece).reduce()),
        _ => merge_long(piece, out),
    }
}

/// Number of tokens of `piece`; `scratch` is overwritten.
pub(super) fn count(piece: &[u8], scratch: &mut Vec<u16>) -> usize {
    scratch.clear();
    merge_into(piece, scratch);
    scratch.len()
}

/// Number of tokens of each of several pieces of at most [`LANE`] bytes. They are merged in turns, so that one does
/// not wait for what another has asked of the memory.
#[inline(always)]
pub(super) fn count_lanes(pieces: [&[u8]; LANES]) -> [usize; LANES] {
    // Loops rather than iterators, which would be compiled apart and not for the instruction set.
    let [mut a, mut b, mut c, mut d] = [
        Short::<LANE>::new(pieces[0]),
        Short::<LANE>::new(pieces[1]),
        Short::<LANE>::new(pieces[2]),
        Short::<LANE>::new(pieces[3]),
    ];
    while a.step() | b.step() | c.step() | d.step() {}
    [a, b, c, d].each_ref().map(|lane| lane.begins.count_ones() as usize)
}

/// A piece of at most `N` bytes, 32 or less, while it is merged. Tokens stay where their first byte is.
struct Short<const N: usize> {
    tokens: [u16; N],
    /// What each token and the next merge into, above its place; so the least is the pair to join, the leftmost of
    /// several.
    joined: [u32; N],
    /// Bit `i` is set if a token begins at byte `i`.
    begins: u32,
}

impl<const N: usize> Short<N> {
    /// Neither a pair nor a place.
    const NONE: u32 = u32::MAX;

    /// The first `N` bytes of `piece` as single bytes.
    #[inline(always)]
    fn new(piece: &[u8]) -> Self {
        let mut short = Self { tokens: [ABSENT; N], joined: [Self::NONE; N], begins: 0 };
        for (token, &byte) in short.tokens.iter_mut().zip(piece) {
            *token = byte_token(byte);
        }
        let pairs = short.tokens.windows(2).take(piece.len().saturating_sub(1));
        for (at, (joined, pair)) in short.joined.iter_mut().zip(pairs).enumerate() {
            *joined = Self::entry(pair[0], pair[1], at);
        }
        short.begins = ((1u64 << piece.len().min(N)) - 1) as u32;
        short
    }

    #[inline(always)]
    fn entry(left: u16, right: u16, at: usize) -> u32 {
        u32::from(merged(left, right)) << 16 | at as u32
    }

    /// Merges until no pair is a token.
    fn reduce(mut self) -> Self {
        while self.step() {}
        self
    }

    /// Joins the pair that comes first; without a branch, nothing changes if there is none. Whether there was.
    #[inline(always)]
    fn step(&mut self) -> bool {
        let least = self.joined.iter().fold(Self::NONE, |least, &entry| least.min(entry));
        let token = (least >> 16) as u16;
        let any = token != ABSENT;
        let at = least as usize % N;
        let after = self.next(at) % N;
        self.begins &= !(u32::from(any) << after);
        self.tokens[at] = select_unpredictable(any, token, self.tokens[at]);
        self.joined[after] = select_unpredictable(any, Self::NONE, self.joined[after]);
        self.join(at);
        // The first token has none before it, and is done once more instead.
        let before = self.begins & ((1 << at) - 1);
        let before = select_unpredictable(before == 0, 1 << at, before);
        self.join((31 - before.leading_zeros()) as usize % N);
        any
    }

    /// Notes what the token at `at` and the next one merge into.
    #[inline(always)]
    fn join(&mut self, at: usize) {
        let right = self.tokens.get(self.next(at)).copied().unwrap_or(ABSENT);
        self.joined[at] = Self::entry(self.tokens[at], right, at);
    }

    /// Place of the token after the one at `at`; 32 if there is none.
    #[inline(always)]
    fn next(&self, at: usize) -> usize {
        (u64::from(self.begins) >> (at + 1) << (at + 1)).trailing_zeros().min(32) as usize
    }

    fn tokens(&self) -> impl Iterator<Item = u16> {
        self.tokens.iter().enumerate().filter(|(at, _)| self.begins >> at & 1 != 0).map(|(_, &token)| token)
    }
}

/// A piece of at most [`WINDOW`] bytes while it is merged.
struct Window {
    tokens: [u16; WINDOW],
    /// What each token and the next one merge into; the rank of a token is its id.
    joined: [u16; WINDOW],
    len: usize,
}

impl Window {
    /// The first [`WINDOW`] bytes of `piece` as single bytes.
    fn new(piece: &[u8]) -> Self {
        let len = piece.len().min(WINDOW);
        let mut window = Self { tokens: [ABSENT; WINDOW], joined: [ABSENT; WINDOW], len };
        for (token, &byte) in window.tokens.iter_mut().zip(piece) {
            *token = byte_token(byte);
        }
        let (tokens, joined) = (&window.tokens[..len], &mut window.joined[..len]);
        for (joined, pair) in joined.iter_mut().zip(tokens.windows(2)) {
            *joined = merged(pair[0], pair[1]);
        }
        window
    }

    /// Merges until no pair is a token.
    fn reduce(&mut self) -> &[u16] {
        while let Some(&lowest) = self.joined[..self.len].iter().min().filter(|&&lowest| lowest != ABSENT) {
            self.join_all(lowest);
        }
        &self.tokens[..self.len]
    }

    /// Joins every pair that makes `token`, the lowest, from left to right. One pass does for all of them, since a
    /// pair that only arises now ranks above the token it holds.
    fn join_all(&mut self, token: u16) {
        let (tokens, joined) = (&mut self.tokens[..self.len], &mut self.joined[..self.len]);
        let mut read = joined.iter().position(|&found| found == token).unwrap_or(joined.len());
        let mut write = read;
        let mut before_is_new = false;
        while read < tokens.len() {
            let is_new = joined[read] == token;
            tokens[write] = if is_new { token } else { tokens[read] };
            if write > 0 && (is_new || before_is_new) {
                joined[write - 1] = merged(tokens[write - 1], tokens[write]);
            }
            read += 1 + usize::from(is_new);
            joined[write] = joined.get(read - 1).copied().unwrap_or(ABSENT);
            write += 1;
            before_is_new = is_new;
        }
        if write > 0 {
            joined[write - 1] = ABSENT;
        }
        self.len = write;
    }
}

/// Merges a piece of any length by windows. A window whose first token does not border on the last one so far
/// starts again further left and reaches further right, twice as far each time, so that every repetition is paid
/// for by the progress that follows it.
fn merge_long(piece: &[u8], out: &mut Vec<u16>) {
    let base = out.len();
    let mut tokens: Vec<u16> = Vec::new();
    let mut known: &[u8] = &[];
    let mut at = 0;
    while at < piece.len() {
        let mut start = at;
        let mut reach = WINDOW;
        let mut dropped = 1;
        loop {
            let end = piece.len().min(at + reach);
            let bytes = piece.get(start..end).unwrap_or_default();
            // Runs of one character repeat the same window over and over.
            if bytes != known {
                tokens.clear();
                merge_whole(bytes, &mut tokens);
                known = bytes;
            }
            let borders_on_last = match (out.get(base..).and_then(<[u16]>::last), tokens.first()) {
                (Some(&last), Some(&first)) => borders(last, first),
                _ => true,
            };
            if borders_on_last {
                let kept = if end < piece.len() { settled(bytes, &tokens) } else { &tokens };
                out.extend_from_slice(kept);
                at = start + kept.iter().map(|&token| length(token)).sum::<usize>();
                break;
            }
            let remaining = out.len().saturating_sub(dropped).max(base);
            start -= out.drain(remaining..).map(length).sum::<usize>();
            reach *= 2;
            dropped *= 2;
        }
    }
}

/// The tokens of a window that stay whatever follows it, at least one: its last token may be another one once that is
/// seen. They end where a character ends, if any does, so that the windows of a run of one character are the same.
fn settled<'a>(bytes: &[u8], tokens: &'a [u16]) -> &'a [u16] {
    let mut end = bytes.len();
    for (kept, &token) in tokens.iter().enumerate().skip(1).rev() {
        end -= length(token);
        if bytes.get(end).is_some_and(|byte| !(0x80..0xC0).contains(byte)) {
            return tokens.get(..kept).unwrap_or(tokens);
        }
    }
    tokens.get(..tokens.len().max(2) - 1).unwrap_or(tokens)
}

/// Merges a window of any width as one.
fn merge_whole(piece: &[u8], out: &mut Vec<u16>) {
    if piece.len() <= WINDOW {
        out.extend_from_slice(Window::new(piece).reduce());
    } else {
        merge_queued(piece, out);
    }
}

/// Merges with a queue of pairs by rank: for windows that outgrew the stack.
fn merge_queued(piece: &[u8], out: &mut Vec<u16>) {
    let end = piece.len();
    let mut tokens: Vec<u16> = piece.iter().map(|&byte| byte_token(byte)).collect();
    // Index of the next and the previous token that is still there; `end` stands for none.
    let mut next: Vec<usize> = (1..=end).collect();
    let mut previous: Vec<usize> = (0..end).map(|i| i.checked_sub(1).unwrap_or(end)).collect();
    let mut joined: Vec<u16> = vec![ABSENT; end];
    let mut queue: BinaryHeap<Reverse<(u16, usize)>> = BinaryHeap::new();
    let offer = |at: usize, tokens: &[u16], next: &[usize], joined: &mut [u16], queue: &mut BinaryHeap<_>| {
        joined[at] = tokens.get(next[at]).map_or(ABSENT, |&right| merged(tokens[at], right));
        if joined[at] != ABSENT {
            queue.push(Reverse((joined[at], at)));
        }
    };
    for at in 0..end {
        offer(at, &tokens, &next, &mut joined, &mut queue);
    }
    while let Some(Reverse((token, at))) = queue.pop() {
        // An entry is out of date once its pair has changed.
        if joined[at] != token {
            continue;
        }
        let gone = next[at];
        tokens[at] = token;
        joined[gone] = ABSENT;
        next[at] = next[gone];
        if let Some(back) = previous.get_mut(next[at]) {
            *back = at;
        }
        offer(at, &tokens, &next, &mut joined, &mut queue);
        if previous[at] < end {
            offer(previous[at], &tokens, &next, &mut joined, &mut queue);
        }
    }
    let mut at = 0;
    while at < end {
        out.push(tokens[at]);
        at = next[at];
    }
}

/// Whether merging the bytes of `left` and `right` together leaves the border between them, that is, gives
/// these two tokens.
///
/// Each token grew from its parts, and beside the border one part of each was there at any time. These pairs of
/// neighbours are visited from the youngest to the oldest; a pair that is a token of its own would have been
/// joined across the border if that came before what happened to either of the two. Equal ranks go leftmost first.
pub(super) fn borders(mut left: u16, mut right: u16) -> bool {
    let (mut left_joins, mut right_joins) = (ABSENT, ABSENT);
    loop {
        let across = merged(left, right);
        if across != ABSENT && across < left_joins && across <= right_joins {
            return false;
        }
        match (parts(left), parts(right)) {
            (Some([_, inner]), _) if left > right => (left_joins, left) = (left, inner),
            (_, Some([inner, _])) => (right_joins, right) = (right, inner),
            (Some([_, inner]), None) => (left_joins, left) = (left, inner),
            (None, None) => return true,
        }
    }
}

/// Token counts of the prefixes of one piece, each from its neighbourhood alone.
pub(super) struct Prefixes<'a> {
    piece: &'a [u8],
    tokens: Vec<u16>,
    /// End of each token.
    ends: Vec<usize>,
}

impl<'a> Prefixes<'a> {
    /// Merges `piece`.
    pub(super) fn new(piece: &'a [u8]) -> Self {
        let mut tokens = Vec::new();
        merge_into(piece, &mut tokens);
        let ends = tokens.iter().scan(0, |end, &token| {
            *end += length(token);
            Some(*end)
        });
        Self { piece, ends: ends.collect(), tokens }
    }

    /// Number of tokens of the first `end` bytes.
    fn count(&self, end: usize) -> usize {
        let mut tail = Vec::new();
        let mut kept = self.ends.partition_point(|&stop| stop + WINDOW / 2 <= end);
        loop {
            let start = kept.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0);
            tail.clear();
            merge_into(self.piece.get(start..end).unwrap_or_default(), &mut tail);
            let last = kept.checked_sub(1).and_then(|last| self.tokens.get(last));
            match (last, tail.first()) {
                (Some(&last), Some(&first)) if !borders(last, first) => kept = kept.saturating_sub(WINDOW),
                _ => return kept + tail.len(),
            }
        }
    }

    /// Length of the longest prefix of at most `budget` tokens whose length `allowed` accepts; 0 if there is none.
    pub(super) fn longest(&self, budget: usize, allowed: impl Fn(usize) -> bool) -> usize {
        let Some(fits) =
            budget.checked_sub(1).map(|last| self.ends.get(last).copied().unwrap_or(self.piece.len()))
        else {
            return 0;
        };
        // Any prefix is some shorter prefix and one token more. So once as many neighbouring prefixes as a token
        // has bytes at most all have the whole budget or more, every longer prefix exceeds it.
        let mut longest = 0;
        let mut full = 0;
        for end in fits..=self.piece.len() {
            let count = self.count(end);
            if count <= budget && allowed(end) {
                longest = end;
            }
            full = if count >= budget { full + 1 } else { 0 };
            if full == WINDOW {
                break;
            }
        }
        if longest > 0 {
            return longest;
        }
        (1..fits).rev().find(|&end| allowed(end) && self.count(end) <= budget).unwrap_or(0)
    }
}
