//! A text's tokens as the language model and the detector see them: numbers with margins on both sides.

use super::classes::{COMMON, FUNCTION};
use super::scan::{ALL_CAPITALS, CAPITAL, INITIAL, Token, WORD};

/// Places before the first token and after the last that hold [`EDGE`].
pub(super) const MARGIN: usize = 3;
/// The number of what stands beyond the text.
const EDGE: u32 = 0x100;

/// What is known of one token; numbers of 64 bits are hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// The word if it is frequent, otherwise its class.
    pub(super) word: u64,
    /// The class.
    pub(super) class: u64,
    /// The class itself, below 256, or [`EDGE`].
    pub(super) number: u32,
    /// Capitals, the beginning of a sentence, the space before it.
    pub(super) look: u64,
    /// The function word or mark nearest before it, and how many other words stand between (three at most).
    pub(super) before: u64,
    /// The same after it.
    pub(super) after: u64,
    /// A function word or a mark.
    is_frame: bool,
}

/// The tokens between their margins: token `i` stands at `i + MARGIN`.
pub(super) fn sequence(tokens: &[Token]) -> Vec<Item> {
    let edge = hash(EDGE);
    let beyond =
        Item { word: edge, class: edge, number: EDGE, look: 0, before: edge, after: edge, is_frame: true };
    let mut items = Vec::with_capacity(tokens.len() + 2 * MARGIN);
    items.extend([beyond; MARGIN]);
    let mut end = usize::MAX;
    let mut nearest = edge;
    for token in tokens {
        let number = u32::from(token.class);
        let class = hash(number);
        let word = if token.is(u16::from(COMMON)) { hash(token.key ^ (number << 20)) } else { class };
        let look = u64::from(token.is(CAPITAL))
            | u64::from(token.is(ALL_CAPITALS)) << 1
            | u64::from(token.is(INITIAL)) << 2
            | u64::from(token.start == end) << 3;
        let is_frame = !token.is(WORD) || token.is(u16::from(FUNCTION));
        items.push(Item { word, class, number, look, before: nearest, after: edge, is_frame });
        nearest = pass(nearest, word, is_frame);
        end = token.end;
    }
    let mut nearest = edge;
    for item in items.iter_mut().skip(MARGIN).rev() {
        item.after = nearest;
        nearest = pass(nearest, item.word, item.is_frame);
    }
    items.extend([beyond; MARGIN]);
    items
}

/// What is nearest once a token has been passed: itself, or what was, one word further off.
fn pass(nearest: u64, word: u64, is_frame: bool) -> u64 {
    if is_frame { word & !3 } else { (nearest & !3) | (nearest + 1).min(nearest | 3) & 3 }
}

fn hash(number: u32) -> u64 {
    let value = (u64::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (value ^ (value >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}
