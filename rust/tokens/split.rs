//! GPT-2's pre-tokenizer: where a text is cut before byte-pair merging.
//!
//! Equal to the pattern `'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` with the
//! character classes of tiktoken's regex engine, in linear time and without a regex.

use super::tables::{Class, class};

/// The class of the character at `at` and its length in bytes; `None` at the end.
pub(super) fn class_at(text: &[u8], at: usize) -> Option<(Class, usize)> {
    let &lead = text.get(at)?;
    if lead < 0x80 {
        return Some((class(u32::from(lead)), 1));
    }
    let tail = |i: usize| u32::from(text.get(at + i).copied().unwrap_or(0) & 0x3F);
    let lead = u32::from(lead);
    Some(match lead {
        0xF0.. => (class((lead & 7) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)), 4),
        0xE0.. => (class((lead & 15) << 12 | tail(1) << 6 | tail(2)), 3),
        _ => (class((lead & 31) << 6 | tail(1)), 2),
    })
}

/// Length of the contraction at the start of `rest`, or 0.
pub(super) fn contraction(rest: &[u8]) -> usize {
    match rest {
        [b'\'', b's' | b'd' | b'm' | b't', ..] => 2,
        [b'\'', b'l', b'l', ..] | [b'\'', b'v' | b'r', b'e', ..] => 3,
        _ => 0,
    }
}

/// End of the run of characters of one class that begins at `at`.
fn run_end(text: &[u8], mut at: usize, wanted: Class) -> usize {
    while let Some((found, length)) = class_at(text, at) {
        if found != wanted {
            break;
        }
        at += length;
    }
    at.min(text.len())
}

/// End of the run of white space at `at`, without its last character where something follows it, for that one
/// belongs to what follows; a single character is kept.
fn space_end(text: &[u8], at: usize) -> usize {
    let (mut end, mut last) = (at, at);
    while let Some((Class::Space, length)) = class_at(text, end) {
        last = end;
        end += length;
    }
    if end < text.len() && last > at { last } else { end }
}

/// Length of the pre-token at the start of `text`. Of one that is longer than `most` bytes, some length about as much or
/// more.
pub(super) fn pretoken_length(text: &[u8], most: usize) -> usize {
    // A pre-token that ends before this is the same whatever follows.
    let text = text.get(..most.saturating_add(8)).unwrap_or(text);
    let contracted = contraction(text);
    if contracted > 0 {
        return contracted;
    }
    let body = usize::from(text.first() == Some(&b' '));
    match class_at(text, body) {
        Some((found, _)) if found != Class::Space => run_end(text, body, found),
        _ => space_end(text, 0),
    }
}
