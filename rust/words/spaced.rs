//! Words between white space, as Python's `str.split` tells them.

/// How many there are: `len(text.split())`.
pub fn count(text: &str) -> usize {
    text.split(is_space).filter(|word| !word.is_empty()).count()
}

/// Python's `str.isspace` of one character: Unicode's white space, and the four separators of ASCII besides.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn words_are_what_white_space_parts() {
        for (text, words) in [
            ("", 0),
            (" \t\n", 0),
            ("one", 1),
            (" a-b  c.\u{a0}d ", 3),
            ("a\u{1c}b\u{1f}c\u{3000}d\u{85}e", 5),
            ("a\u{200b}b", 1),
        ] {
            assert_eq!(count(text), words, "{text:?}");
        }
    }
}
