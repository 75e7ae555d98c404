//! GPT-2 token counting: exact, and linear in the length of the text.
//!
//! A text is cut into pre-tokens, many at a time ([`chunk`], as [`split`] does it one character at a time); one that
//! is in the vocabulary is one token ([`lookup`]), the others are merged from their bytes ([`merge`]), or remembered
//! ([`cache`]). The result equals tiktoken's and Hugging Face tokenizers' for any text. Special
//! tokens are not known here: `<|endoftext|>` is seven ordinary tokens.

mod cache;
mod chunk;
mod count;
#[cfg(test)]
mod golden;
mod lookup;
mod merge;
mod ranks;
mod split;
mod tables;

#[cfg(test)]
mod tests;

use crate::simd::Set;
use count::{Engine, Excess};
use merge::Prefixes;
use split::class_at;
use std::ops::Range;
use tables::Class;

/// Scratch memory and bounded caches of token counting; belongs to whoever calls. It takes up some 300 KB at first and
/// grows with the words of several tokens that it meets, to at most 6 MB however many there are.
#[derive(Default)]
pub struct Counter {
    engine: Engine,
}

impl std::fmt::Debug for Counter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counter").finish_non_exhaustive()
    }
}

impl Counter {
    /// A counter with empty caches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names of the instruction sets that counting is compiled for and the processor has; the last one is used.
    pub fn instruction_sets() -> Vec<&'static str> {
        Set::all().map(Set::name).collect()
    }

    /// A counter that keeps to one of the [`Self::instruction_sets`]: for comparing them. `None` if it is none.
    pub fn with_instruction_set(name: &str) -> Option<Self> {
        let set = Set::all().find(|set| set.name() == name)?;
        let mut counter = Self::default();
        counter.engine.set = set;
        Some(counter)
    }

    /// Number of GPT-2 tokens of `text`.
    pub fn count(&mut self, text: &str) -> usize {
        self.engine.count(text)
    }

    /// Appends the number of GPT-2 tokens of each text to `out`; faster than one call each.
    pub fn count_each(&mut self, texts: &[impl AsRef<str>], out: &mut Vec<u32>) {
        self.engine.count_each(texts, out);
    }

    /// Whether `text` has at most `max_tokens` tokens; stops as soon as the answer is known.
    pub fn within(&mut self, text: &str, max_tokens: usize) -> bool {
        self.engine.within(text, max_tokens)
    }

    /// Appends the token ids of `text` to `out`.
    pub fn encode_into(&mut self, text: &str, out: &mut Vec<u32>) {
        self.engine.encode(text, |tokens| out.extend(tokens.iter().map(|&token| u32::from(token))));
    }

    /// Appends the byte span of each token of `text` to `out`; the spans tile the text. A token may begin or end
    /// within a character.
    pub fn spans_into(&mut self, text: &str, out: &mut Vec<(usize, usize)>) {
        let mut start = 0;
        self.engine.encode(text, |tokens| {
            out.extend(tokens.iter().map(|&token| {
                let end = start + tables::length(token);
                (std::mem::replace(&mut start, end), end)
            }));
        });
    }

    /// Byte length of the longest prefix of `text` that has at most `max_tokens` tokens and ends at a character.
    /// With `at_word`, of the longest that also ends where a word does: after it comes white space and before it
    /// none. A text that fits is kept whole.
    pub fn truncate(&mut self, text: &str, max_tokens: usize, at_word: bool) -> usize {
        match self.engine.exceeding(text, max_tokens) {
            None => text.len(),
            Some(excess) if at_word => word_end(text, excess.last.start),
            Some(Excess { last, before, tokens_before, left }) => {
                cut(text, before, tokens_before, last, left)
            }
        }
    }
}

/// Where to cut when the pre-token `last` no longer fits into the `left` tokens that those before it leave.
///
/// Only the end of a prefix is cut into other pre-tokens than the same part of the whole text: white space
/// there is one pre-token, where a last space that is followed by a word belongs to that.
fn cut(text: &str, before: Range<usize>, tokens_before: usize, last: Range<usize>, left: usize) -> usize {
    let bytes = text.as_bytes();
    let space = if is_space_at(text, last.start) && is_space(text, before.clone()) {
        before.start
    } else {
        last.start
    };
    let space_end = (space..)
        .scan(space, |at, _| match class_at(bytes, *at) {
            Some((Class::Space, length)) => {
                *at += length;
                Some(*at)
            }
            _ => None,
        })
        .last()
        .unwrap_or(space);
    if space_end < last.end {
        let piece = bytes.get(last.clone()).unwrap_or_default();
        // `'l` is two pre-tokens, whereas `'ll` is one.
        let contraction_cut =
            |end: usize| matches!(piece, [b'\'', b'l' | b'v' | b'r', _]) && end == 2 && left < 2;
        let allowed = |end: usize| {
            let at = last.start + end;
            at > space_end && text.is_char_boundary(at) && !contraction_cut(end)
        };
        let fits = Prefixes::new(piece).longest(left, allowed);
        if fits > 0 {
            return last.start + fits;
        }
    }
    let left = if space < last.start { left + tokens_before } else { left };
    let piece = bytes.get(space..space_end).unwrap_or_default();
    space + Prefixes::new(piece).longest(left, |end| text.is_char_boundary(space + end))
}

/// The last place up to `limit` where a word ends: before white space and after something else; 0 if there is none.
fn word_end(text: &str, limit: usize) -> usize {
    let mut end = limit;
    let mut space = is_space_at(text, end);
    for (at, _) in text.get(..limit).unwrap_or_default().char_indices().rev() {
        let space_before = is_space_at(text, at);
        if space && !space_before {
            return end;
        }
        (end, space) = (at, space_before);
    }
    0
}

/// The bytes that the tokens `ids` stand for; `None` if one of them is no token.
pub fn decode(ids: &[u32]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(4 * ids.len());
    for &id in ids {
        let token = u16::try_from(id).ok().filter(|&token| usize::from(token) < tables::TOKENS)?;
        tables::push_bytes(token, &mut bytes);
    }
    Some(bytes)
}

/// Whether the character at `at` is white space.
fn is_space_at(text: &str, at: usize) -> bool {
    matches!(class_at(text.as_bytes(), at), Some((Class::Space, _)))
}

/// Whether the pre-token at `range` is nothing but white space; false for the empty range.
fn is_space(text: &str, range: Range<usize>) -> bool {
    !range.is_empty()
        && text.get(range).is_some_and(|piece| piece.char_indices().all(|(at, _)| is_space_at(piece, at)))
}
