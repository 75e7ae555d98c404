//! Emoji and other symbols, which are no text: what is read of an answer goes without those behind its last sentence, and
//! without a byte order mark before the first.

use super::form::ends_sentence;
use std::ops::Range;

/// The mark that some tools write before a text.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
const JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';
const BLACK_FLAG: char = '\u{1f3f4}';
/// Tags behind a flag at most, with the one that ends them: `gbeng`.
const TAGS: usize = 6;

/// What of a text is read: neither a byte order mark before it nor symbols behind its last sentence.
pub(super) fn prose(text: &str) -> Range<usize> {
    let start = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let end = trailing(text).map_or(text.len(), |symbols| symbols.start);
    start.min(end)..end
}

/// The symbols behind the end of the last sentence.
pub(super) fn trailing(text: &str) -> Option<Range<usize>> {
    let text = text.trim_end();
    // Nearly every answer ends with a sign of ASCII.
    if text.as_bytes().last().is_none_or(u8::is_ascii) {
        return None;
    }
    let is_part = |c: char| is_symbol(c) || is_mark(c) || c.is_whitespace();
    let mut before = text.trim_end_matches(is_part);
    // "1" of a keycap.
    while let Some(less) = before.strip_suffix(|c: char| c.is_ascii_digit() || matches!(c, '#' | '*'))
        && text
            .get(before.len()..)
            .is_some_and(|rest| rest.trim_start_matches('\u{fe0f}').starts_with(KEYCAP))
    {
        before = less.trim_end_matches(is_part);
    }
    let rest = text.get(before.len()..)?;
    let start = text.len() - rest.trim_start().len();
    let is_shown = rest.chars().any(|c| is_symbol(c) || c == KEYCAP);
    (is_shown && ends_sentence(before)).then_some(start..text.len())
}

/// Pictures, arrows, stars, check marks and the like.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// What changes the look of a symbol or joins two.
fn is_mark(c: char) -> bool {
    matches!(c, JOINER | KEYCAP | '\u{fe0e}' | '\u{fe0f}') || is_tag(c)
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Whether the character `c` at `at`, which shows nothing by itself, is part of an emoji: it joins two, or names the region
/// of a flag.
pub(super) fn is_of_emoji(text: &str, at: usize, c: char) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + c.len_utf8()..).unwrap_or_default();
    match c {
        JOINER => before.trim_end_matches('\u{fe0f}').ends_with(is_symbol) && after.starts_with(is_symbol),
        _ if is_tag(c) => before.chars().rev().take(TAGS).find(|c| !is_tag(*c)) == Some(BLACK_FLAG),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn symbols_behind_the_last_sentence_are_told_from_its_words() {
        let cases = [
            ("It passed. 😀", Some("😀")),
            ("It passed.😀 🎉\n", Some("😀 🎉")),
            ("It “passed.” ✔\u{fe0f}", Some("✔\u{fe0f}")),
            ("It passed! 👨\u{200d}👩\u{200d}👧", Some("👨\u{200d}👩\u{200d}👧")),
            ("It passed. 👍🏽 🇺🇸 ★ →", Some("👍🏽 🇺🇸 ★ →")),
            ("It passed. 1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}", Some("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}")),
            ("It passed.", None),
            ("It passed 😀", None),
            ("It passed in 2020 😀", None),
            ("It cost 20 €", None),
            ("It passed.\u{200d}", None),
            ("😀", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(trailing(text).map(|symbols| &text[symbols]), expected, "{text:?}");
        }
        assert_eq!(prose("\u{feff}It passed. 😀"), 3..14);
    }

    #[test]
    fn only_what_belongs_to_an_emoji_joins() {
        let count = |text: &str| text.char_indices().filter(|(at, c)| is_of_emoji(text, *at, *c)).count();
        let england = "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        let cases = [
            ("👨\u{200d}👩\u{200d}👧", 2),
            ("❤\u{fe0f}\u{200d}🔥", 1),
            (england, 6),
            ("bud\u{200d}get", 0),
            ("😀\u{200d}new", 0),
            ("new\u{e0067}", 0),
            ("bud\u{200b}get", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(count(text), expected, "{text:?}");
        }
        // No more than a region's name is hidden behind a flag.
        assert_eq!(count(&format!("🏴{}", "\u{e0067}".repeat(40))), TAGS);
    }

    proptest! {
        #[test]
        fn any_text_has_prose(text in "(\u{feff}|[.] |a|1|\u{fe0f}|\u{20e3}|\u{200d}|😀|\\PC){0,12}") {
            prop_assert!(text.get(prose(&text)).is_some());
        }
    }
}
