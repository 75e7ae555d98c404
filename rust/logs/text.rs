//! What Python's strings do that Rust's do not.

pub(super) use crate::words::spaced::is_space;

/// Python's `str.strip`.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Python's `str.rstrip`.
pub(super) fn rstrip(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

/// Python's `str.splitlines`.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let ends = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let (mut lines, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(ends) {
        let (line, behind) = rest.split_at(at);
        lines.push(line);
        rest = behind.strip_prefix("\r\n").or_else(|| behind.strip_prefix(ends)).unwrap_or_default();
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_pythons() {
        assert_eq!(lines("a\r\nb\rc\n\nd\u{2028}e\u{1c}"), ["a", "b", "c", "", "d", "e"]);
        assert_eq!(lines(""), Vec::<&str>::new());
        assert_eq!(strip("\u{1f}\u{a0} a \u{85}\n"), "a");
    }
}
