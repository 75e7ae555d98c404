//! The longest common subsequence, 64 tokens of the reference at a time.
//!
//! Hyyrö, "Bit-parallel LCS-length computation revisited" (2004). The state after each candidate token is one
//! bit a reference token: 0 where the LCS with the reference grows at that token. Memory is linear in the
//! reference: tokens that occur often have a row of bits, the others a list of places.

use std::ops::Range;

const BITS: usize = 64;

/// Where each token id occurs in a sequence of tokens, as bit masks.
#[derive(Debug, Clone, Default)]
pub(super) struct Masks {
    len: usize,
    blocks: usize,
    /// For each id, its places in `positions`: from `starts[id]` to `starts[id + 1]`. Of more than one block, as are the
    /// next two.
    starts: Vec<u32>,
    positions: Vec<u32>,
    /// For each id, its row in `rows`, or [`SPARSE`].
    row_of: Vec<u32>,
    rows: Vec<u64>,
}

const SPARSE: u32 = u32::MAX;

impl Masks {
    /// Indexes `tokens`, whose ids are below `ids`.
    pub(super) fn new(tokens: &[u32], ids: usize) -> Self {
        let mut masks = Self::default();
        masks.read(tokens, ids);
        masks
    }

    /// Indexes `tokens`, whose ids are below `ids`, in the place of what was indexed before.
    pub(super) fn read(&mut self, tokens: &[u32], ids: usize) {
        self.len = tokens.len();
        self.blocks = tokens.len().div_ceil(BITS);
        self.rows.clear();
        if self.blocks == 1 {
            // Each id has a row of one word, and the unknown token has the last.
            self.rows.resize(ids + 1, 0);
            for (place, &id) in tokens.iter().enumerate() {
                if let Some(row) = self.rows.get_mut(id as usize) {
                    *row |= 1 << place;
                }
            }
            return;
        }
        self.starts.clear();
        self.starts.resize(ids + 1, 0);
        for &id in tokens {
            if let Some(count) = self.starts.get_mut(id as usize + 1) {
                *count += 1;
            }
        }
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
        let mut next = self.starts.clone();
        self.positions.clear();
        self.positions.resize(tokens.len(), 0);
        for (place, &id) in tokens.iter().enumerate() {
            if let Some(at) = next.get_mut(id as usize) {
                if let Some(p) = self.positions.get_mut(*at as usize) {
                    *p = place as u32;
                }
                *at += 1;
            }
        }
        self.fill_rows(ids);
    }

    /// Rows for the ids that occur at least once in every four blocks: at most 32 bytes a token in all.
    fn fill_rows(&mut self, ids: usize) {
        self.row_of.clear();
        self.row_of.resize(ids, SPARSE);
        for id in 0..ids {
            let places = self.places(id as u32);
            if places.is_empty() || 4 * places.len() < self.blocks {
                continue;
            }
            let row = self.rows.len();
            self.row_of[id] = (row / self.blocks) as u32;
            self.rows.resize(row + self.blocks, 0);
            for i in places {
                let place = self.positions[i] as usize;
                self.rows[row + place / BITS] |= 1 << (place % BITS);
            }
        }
    }

    /// The reference's tokens.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The places of `id` in `positions`; none for an id that was not indexed.
    fn places(&self, id: u32) -> Range<usize> {
        match self.starts.get(id as usize..) {
            Some(&[from, to, ..]) => from as usize..to as usize,
            _ => 0..0,
        }
    }

    fn positions(&self, id: u32) -> &[u32] {
        self.positions.get(self.places(id)).unwrap_or_default()
    }

    fn row(&self, id: u32) -> Option<&[u64]> {
        if self.blocks == 1 {
            return self.rows.get(id as usize..).map(|rows| rows.get(..1).unwrap_or_default());
        }
        let row = *self.row_of.get(id as usize)?;
        if row == SPARSE {
            return None;
        }
        let start = row as usize * self.blocks;
        self.rows.get(start..start + self.blocks)
    }

    /// The state before the first candidate token.
    fn start(&self) -> Vec<u64> {
        vec![u64::MAX; self.blocks]
    }

    /// Advances `state` by one candidate token.
    fn step(&self, state: &mut [u64], id: u32) {
        if let Some(row) = self.row(id) {
            let mut carry = 0;
            for (v, &mask) in state.iter_mut().zip(row) {
                carry = advance(v, mask, carry);
            }
            return;
        }
        let mut places = self.positions(id);
        let Some(&first) = places.first() else { return };
        let mut block = first as usize / BITS;
        let mut carry = 0;
        while let Some(v) = state.get_mut(block) {
            let mut mask = 0u64;
            while let [place, rest @ ..] = places
                && *place as usize / BITS == block
            {
                mask |= 1 << (*place as usize % BITS);
                places = rest;
            }
            carry = advance(v, mask, carry);
            block = match (carry, places) {
                (1.., _) => block + 1,
                (0, [next, ..]) => *next as usize / BITS,
                (0, []) => return,
            };
        }
    }

    /// The bits of `block` where `id` occurs.
    fn mask(&self, id: u32, block: usize) -> u64 {
        if let Some(row) = self.row(id) {
            return row.get(block).copied().unwrap_or(0);
        }
        let positions = self.positions(id);
        let from = positions.partition_point(|&p| (p as usize) < block * BITS);
        let inside = positions.iter().skip(from).map(|&p| p as usize).take_while(|&p| p / BITS == block);
        inside.fold(0, |mask, place| mask | 1 << (place % BITS))
    }

    /// Length of the longest common subsequence with `candidate`, whose ids may be unknown.
    pub(super) fn lcs_len(&self, candidate: &[u32]) -> usize {
        if self.blocks == 1 {
            return self.lcs_len_one_block(candidate);
        }
        let mut state = self.start();
        for &id in candidate {
            self.step(&mut state, id);
        }
        // Bits past the last token never turn to 0.
        state.iter().map(|v| v.count_zeros() as usize).sum()
    }

    fn lcs_len_one_block(&self, candidate: &[u32]) -> usize {
        let mut v = u64::MAX;
        for &id in candidate {
            // The last mask is that of unknown tokens, which change nothing. Which they are is not foreseen, so there
            // is no branch.
            let last = self.rows.len().saturating_sub(1);
            let mask = self.rows.get((id as usize).min(last)).copied().unwrap_or(0);
            advance(&mut v, mask, 0);
        }
        v.count_zeros() as usize
    }

    /// Marks in `covered` (one bit a reference token) the subsequence that google's backtracking reads out of
    /// the table of `candidate`: from the end, a match is taken; else the candidate's token is dropped if the
    /// table grew there along the reference's last token, else the reference's.
    ///
    /// Keeps the states of one segment of the candidate and the first of every other segment, about
    /// `2 * sqrt(candidate)` states in all.
    pub(super) fn mark_lcs(&self, candidate: &[u32], covered: &mut [u64]) {
        if self.blocks == 0 || candidate.is_empty() {
            return;
        }
        let segment =
            if candidate.len() * self.blocks <= WHOLE { candidate.len() } else { candidate.len().isqrt() };
        let mut state = self.start();
        let mut firsts = Vec::new();
        for part in candidate.chunks(segment) {
            firsts.extend_from_slice(&state);
            if firsts.len() / self.blocks < candidate.len().div_ceil(segment) {
                part.iter().for_each(|&id| self.step(&mut state, id));
            }
        }
        let mut end = self.len;
        let mut states = Vec::new();
        for (part, first) in candidate.chunks(segment).zip(firsts.chunks(self.blocks)).rev() {
            states.clear();
            state.copy_from_slice(first);
            for &id in part {
                self.step(&mut state, id);
                states.extend_from_slice(&state);
            }
            for (&id, after) in part.iter().zip(states.chunks(self.blocks)).rev() {
                end = self.backtrack(id, after, end, covered);
            }
        }
    }

    /// One candidate token of the backtracking: `end` reference tokens are left before and after it.
    fn backtrack(&self, id: u32, after: &[u64], end: usize, covered: &mut [u64]) -> usize {
        let mut block = end.div_ceil(BITS);
        while block > 0 {
            block -= 1;
            let below = (end - block * BITS).min(BITS);
            let keep = u64::MAX >> (BITS - below);
            let matched = self.mask(id, block) & keep;
            let grown = after.get(block).map_or(0, |v| !v) & keep;
            if matched | grown == 0 {
                continue;
            }
            let bit = BITS - 1 - (matched | grown).leading_zeros() as usize;
            if matched >> bit & 1 == 1 {
                if let Some(c) = covered.get_mut(block) {
                    *c |= 1 << bit;
                }
                return block * BITS + bit;
            }
            return block * BITS + bit + 1;
        }
        0
    }
}

/// States that are kept whole while backtracking, in 64-bit words: 1 MB.
const WHOLE: usize = 1 << 17;

/// One block's step; returns the carry into the next.
#[inline]
fn advance(v: &mut u64, mask: u64, carry: u64) -> u64 {
    let sum = u128::from(*v) + u128::from(*v & mask) + u128::from(carry);
    *v = sum as u64 | (*v & !mask);
    (sum >> 64) as u64
}
