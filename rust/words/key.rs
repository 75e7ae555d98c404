//! What a token stands for when texts are compared: its stem, or the digits of a small number.

use super::irregular::base;
use super::map::Word;
use super::numbers::small_value;
use super::porter;

/// The Porter stem of `word` (above three letters; words beyond ASCII stay), written to `buffer`.
pub fn stem<'a>(word: Word<'_>, buffer: &'a mut Vec<u8>) -> Word<'a> {
    buffer.clear();
    buffer.extend_from_slice(word.bytes());
    if buffer.is_ascii() {
        let n = porter::stem_from_four(buffer);
        buffer.truncate(n);
    }
    Word::new(buffer)
}

/// The digits of a number word up to a hundred, else the stem (of the base form, if irregular), written to
/// `buffer`.
pub fn key<'a>(word: Word<'_>, buffer: &'a mut Vec<u8>) -> Word<'a> {
    match small_value(word.bytes()) {
        Some(value) => value_key(value, buffer),
        None => stem(base(word.bytes()).map_or(word, Word::new), buffer),
    }
}

/// The key of a number word, written to `buffer`.
pub(super) fn value_key(value: u8, buffer: &mut Vec<u8>) -> Word<'_> {
    buffer.clear();
    buffer.extend_from_slice(value.to_string().as_bytes());
    Word::new(buffer)
}

/// The key of an irregular form, written to `buffer`; none of another word.
pub(super) fn base_stem<'a>(word: &[u8], buffer: &'a mut Vec<u8>) -> Option<Word<'a>> {
    base(word).map(|base| stem(Word::new(base), buffer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_words_are_digits_and_the_rest_stems() {
        let cases = [
            ("twelve", "12"),
            ("fourth", "4"),
            ("agencies", "agenc"),
            ("took", "take"),
            ("was", "was"),
            ("中文", "中文"),
        ];
        let mut buffer = Vec::new();
        for (word, expected) in cases {
            assert_eq!(key(Word::new(word.as_bytes()), &mut buffer).bytes(), expected.as_bytes(), "{word}");
        }
    }
}
