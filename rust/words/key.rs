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
        Some(value) => {
            buffer.clear();
            buffer.extend_from_slice(value.to_string().as_bytes());
            Word::new(buffer)
        }
        None => stem(base(word.bytes()).map_or(word, Word::new), buffer),
    }
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
