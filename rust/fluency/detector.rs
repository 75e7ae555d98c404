//! Which tokens look tampered with: a linear model over hashed words, classes and parts of speech around each of them.
//!
//! `rust/data/fluency_detector.bin` is made by `training/fluency`: 64 bytes of header, then buckets of four features,
//! 16 bits each: ten bits that tell features apart, six of weight. The method is ELECTRA's (Clark et al. 2020), with
//! n-grams for a network: the model was shown texts in which some tokens had been replaced, moved, dropped or bent,
//! and learned to tell which.

use super::classes::KNOWN;
use super::scan::{CAPITAL, DIGIT, Token, WORD};
#[cfg(any(test, feature = "training"))]
use super::sequence::Item;
use super::sequence::{Columns, MARGIN, Room, SIDE};
#[cfg(feature = "training")]
pub(super) use crate::simd::WEIGHT_BITS;
use crate::simd::{Kernel, Level, Set, Wanted, Weights, hash};

/// Buckets of the table, as a power of two.
pub(super) const BITS: u32 = 19;
pub(super) const HEADER: usize = 64;
/// Steps of a weight in one nat.
pub(super) const SCALE: f32 = 10.0;
/// Bits of a feature's hash that count: bucket and tag.
#[cfg(feature = "training")]
pub(super) const FEATURE_BITS: u32 = BITS + 16 - WEIGHT_BITS;
/// Templates of words, classes and parts of speech around a token.
pub(super) const TEMPLATES: usize = 22;

/// The file: a header, then the buckets.
#[repr(C, align(64))]
struct Table {
    header: [u8; HEADER],
    buckets: [[u8; 8]; 1 << BITS],
}

static TABLE: Table = {
    let file: &[u8; HEADER + (8 << BITS)] = include_bytes!("../data/fluency_detector.bin");
    match file.split_first_chunk() {
        Some((header, buckets)) => match buckets.as_chunks().0.first_chunk() {
            Some(buckets) => Table { header: *header, buckets: *buckets },
            None => unreachable!(),
        },
        None => unreachable!(),
    }
};

static WEIGHTS: Weights<{ 1 << BITS }> = Weights(&TABLE.buckets);

/// The evidence that each token was tampered with, in steps: see [`nats`].
pub(super) fn evidence(text: &str, tokens: &[Token]) -> Vec<i16> {
    let mut room = Room::new();
    let columns = Columns::of(tokens, &mut room);
    let mut steps = Set::default().run(Around { columns: &columns, tokens: tokens.len() });
    steps.truncate(tokens.len());
    for (token, steps) in tokens.iter().zip(&mut steps) {
        each_piece(text, token, |feature| *steps += WEIGHTS.weight(feature) as i16);
    }
    steps
}

/// Steps as nats of evidence.
pub(super) fn nats(steps: i16) -> f32 {
    let [.., a, b, c, d] = TABLE.header.first_chunk::<12>().copied().unwrap_or_default();
    f32::from_le_bytes([a, b, c, d]) + f32::from(steps) / SCALE
}

/// What the words and classes around each token weigh, in steps.
#[derive(Clone)]
struct Around<'a> {
    columns: &'a Columns<'a>,
    tokens: usize,
}

impl Kernel for Around<'_> {
    type Output = Vec<i16>;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Vec<i16> {
        let mut steps = Vec::with_capacity(self.tokens + SIDE);
        let columns = self.columns.all();
        // No branch depends on what the buckets hold, so that the processor asks for many of them at once: most are far off in
        // memory.
        let mut wanted = Wanted::default();
        for first in (0..self.tokens).step_by(SIDE) {
            want(level, &windows(columns, first), &mut wanted);
            steps.extend(level.sums(&WEIGHTS, &wanted).map(|sum| sum as i16));
        }
        steps
    }
}

/// Bucket of a feature, and its tag in the place where a slot has it.
#[cfg(feature = "training")]
pub(super) fn place(feature: u32) -> (usize, u64) {
    let (bucket, tag) = crate::simd::place(feature, BITS);
    (bucket as usize, u64::from(tag))
}

/// The items in one place of the windows around some tokens.
#[derive(Clone, Copy)]
struct Items<'a> {
    word: &'a [u32; SIDE],
    class: &'a [u32; SIDE],
    look: &'a [u32; SIDE],
    before: &'a [u32; SIDE],
    after: &'a [u32; SIDE],
    own: &'a [u32; SIDE],
    part: &'a [u32; SIDE],
    clause: &'a [u32; SIDE],
    ahead: &'a [u32; SIDE],
}

/// The items from two before to two after each of some tokens.
#[inline(always)]
fn windows(columns: [&[u32]; 9], first: usize) -> [Items<'_>; 5] {
    let at = first + MARGIN;
    let items = |at| items(columns, at);
    [items(at - 2), items(at - 1), items(at), items(at + 1), items(at + 2)]
}

#[inline(always)]
fn items([word, class, look, before, after, own, part, clause, ahead]: [&[u32]; 9], at: usize) -> Items<'_> {
    Items {
        word: eight(word, at),
        class: eight(class, at),
        look: eight(look, at),
        before: eight(before, at),
        after: eight(after, at),
        own: eight(own, at),
        part: eight(part, at),
        clause: eight(clause, at),
        ahead: eight(ahead, at),
    }
}

#[inline(always)]
fn eight(column: &[u32], at: usize) -> &[u32; SIDE] {
    column.get(at..).and_then(<[u32]>::first_chunk).unwrap_or(&[0; SIDE])
}

/// The features of the tokens in the middle of some windows, each by what it hashes.
macro_rules! features {
    ([$a2:ident, $a1:ident, $here:ident, $b1:ident, $b2:ident], $looks:ident, $found:ident) => {
        $found!(0, $a1.class, $here.class);
        $found!(1, $here.class, $b1.class);
        $found!(2, $here.before, $here.class);
        $found!(3, $a1.class, $here.word);
        $found!(4, $a1.class, $here.own);
        $found!(5, $looks, $here.word);
        $found!(6, $a1.word, $here.word);
        $found!(7, $here.word, $b1.word);
        $found!(8, $here.before, $here.word);
        $found!(9, $here.after, $here.word);
        $found!(10, $a1.class, $here.word, $b1.class);
        $found!(11, $a2.class, $a1.class, $here.word);
        $found!(12, $here.word, $b1.class, $b2.class);
        $found!(13, $a1.word, $here.word, $b1.word);
        $found!(14, $looks, $here.own);
        $found!(15, $a1.part, $here.part, $b1.part);
        $found!(16, $a2.part, $a1.part, $here.part);
        $found!(17, $here.part, $b1.part, $b2.part);
        $found!(18, $a2.part, $a1.part, $b1.part, $b2.part);
        $found!(19, $here.part, $here.own);
        $found!(20, $here.clause, $here.part, $b1.part);
        $found!(21, $here.clause, $here.ahead, $here.part);
    };
}

/// Finds the features of the tokens in the middle of some windows.
#[inline(always)]
fn want<L: Level>(
    level: L,
    [a2, a1, here, b1, b2]: &[Items<'_>; 5],
    wanted: &mut Wanted<{ 1 << BITS }, TEMPLATES>,
) {
    let mut looks = *here.look;
    looks.iter_mut().zip(b1.look).for_each(|(looks, next)| *looks |= next << 4);
    looks.iter_mut().zip(a1.look).for_each(|(looks, before)| *looks |= before << 8);
    let looks = &looks;
    macro_rules! want {
        ($template:literal, $($number:expr),*) => {
            level.want($template, beginning($template), [$($number),*], wanted);
        };
    }
    features!([a2, a1, here, b1, b2], looks, want);
}

/// The features of the token in the middle of a window of `2 * MARGIN + 1` items.
#[cfg(any(test, feature = "training"))]
pub(super) fn features_of(window: &[Item]) -> [u32; TEMPLATES] {
    let [_, a2, a1, here, b1, b2, _] = window else { return [0; TEMPLATES] };
    let looks = here.look | b1.look << 4 | a1.look << 8;
    let mut features = [0; TEMPLATES];
    macro_rules! list {
        ($template:literal, $($number:expr),*) => {
            features[$template] = hash(beginning($template), [$($number),*]);
        };
    }
    features!([a2, a1, here, b1, b2], looks, list);
    features
}

/// What the hash of a feature begins with.
const fn beginning(template: u32) -> u32 {
    template.wrapping_mul(0x7f4a_7c15)
}

/// The features of the letters of a word in lower case that stands in no list: a slip, or a rare word.
pub(super) fn each_piece(text: &str, token: &Token, mut found: impl FnMut(u32)) {
    if !token.is(WORD) || token.is(u16::from(KNOWN) | CAPITAL | DIGIT) {
        return;
    }
    let mut piece = u32::from(b'^');
    let letters = text.get(token.span()).unwrap_or_default().bytes().take(MAX_LETTERS);
    for byte in letters.chain([b'$']) {
        piece = (piece << 8) | u32::from(byte);
        found(hash(beginning(TEMPLATES as u32), [(piece & 0xff_ffff).wrapping_mul(0xc2b2_ae35)]));
    }
}

/// Letters beyond these say nothing more.
const MAX_LETTERS: usize = 24;

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::super::sequence::sequence;
    use super::*;
    use crate::simd::on_every_set;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn side_by_side_as_one_by_one(text in "((the|of|Rome|12|will|be|running|,|[.]|said|council|\\PC) ?){0,100}") {
            let tokens = scan(&text);
            let items = sequence(&tokens);
            let windows = items.windows(2 * MARGIN + 1);
            let alone: Vec<i16> = windows.map(|window| features_of(window).into_iter().map(|feature| WEIGHTS.weight(feature) as i16).sum()).collect();
            let mut room = Room::new();
            for steps in on_every_set(&Around { columns: &Columns::of(&tokens, &mut room), tokens: tokens.len() }) {
                prop_assert_eq!(steps.get(..tokens.len()), Some(&alone[..]));
            }
        }
    }
}
