//! Facts that come as one string: lists into their items, and a reference summary into its sentences.

use crate::words::stream::{Break, Stream};
use std::ops::Range;

/// Splits one string of facts into a list: bullets (`-`, `*`, `•`), numbering (`1.`, `2)`), or lines.
///
/// Where lines have markers, a line without one goes on with the fact before it, and a heading before the first
/// marker (a line that ends with a colon) is left out.
pub fn split_bullets(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let start = at;
        at += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let marker = marker_len(line);
        lines.push((marker.is_some(), start + marker.unwrap_or(0)..at));
    }
    let marked = lines.iter().any(|(marker, _)| *marker);
    let mut facts: Vec<Range<usize>> = Vec::new();
    let mut in_list = false;
    for (marker, span) in lines {
        in_list |= marker;
        let heading =
            marked && !in_list && text.get(span.clone()).is_some_and(|l| l.trim_end().ends_with(':'));
        match facts.last_mut() {
            Some(fact) if in_list && !marker => fact.end = span.end,
            _ if heading => {}
            _ => facts.push(span),
        }
    }
    facts.into_iter().filter_map(|span| text.get(span)).map(str::trim).filter(|f| !f.is_empty()).collect()
}

/// Bytes of the list marker, and the blanks around it, at the start of a line.
fn marker_len(line: &str) -> Option<usize> {
    let body = line.trim_start();
    let bullet = body.strip_prefix(['-', '*', '•', '‣', '◦', '▪', '–', '—', '+', '·']);
    let rest = bullet.or_else(|| numbered(body))?;
    // `-5 degrees` and `3.5 million` are text.
    let text = rest.trim_start();
    let spaced = text.len() < rest.len() || body.starts_with('•');
    (spaced || rest.is_empty()).then_some(line.len() - text.len())
}

/// What follows `1.`, `(2)` or `3)`.
fn numbered(body: &str) -> Option<&str> {
    let inner = body.strip_prefix('(').unwrap_or(body);
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    inner.get(digits..)?.strip_prefix(['.', ')', ':'])
}

/// Splits a reference summary into sentences, each of which then counts as a fact.
///
/// Sentences end at a full stop, exclamation or question mark (not one inside an abbreviation, initials or a
/// number) or at a line break; quotation marks and brackets that close there belong to the sentence.
pub fn split_sentences(text: &str) -> Vec<&str> {
    let stream = Stream::new(text);
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = 0;
    for token in &stream.tokens {
        let span = token.span();
        if token.before == Break::Sentence && previous > 0 {
            let gap = text.get(previous..span.start).unwrap_or_default();
            ends.push(previous + sentence_end(gap));
        }
        previous = span.end;
    }
    ends.push(text.len());
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let spans = starts.zip(ends.iter().copied());
    spans.filter_map(|(start, end)| text.get(start..end)).map(str::trim).filter(|s| !s.is_empty()).collect()
}

/// How much of the gap between two sentences belongs to the first: up to the last blank.
fn sentence_end(gap: &str) -> usize {
    gap.rfind(char::is_whitespace).map_or(gap.len(), |at| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn splits_lists_at_their_markers() {
        let cases: [(&str, &[&str]); 10] = [
            ("", &[]),
            ("one fact", &["one fact"]),
            ("- a b\n- c", &["a b", "c"]),
            ("1. a\n2) b\n(3) c", &["a", "b", "c"]),
            ("• a\n•b", &["a", "b"]),
            ("a\n\nb\r\nc", &["a", "b", "c"]),
            ("Key facts:\n* a\n  goes on\n  and on\n* b", &["a\n  goes on\n  and on", "b"]),
            ("-5 degrees\n3.5 million", &["-5 degrees", "3.5 million"]),
            ("2024 was hot\nit rained", &["2024 was hot", "it rained"]),
            ("- \n- a", &["a"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split_bullets(text), expected, "{text:?}");
        }
    }

    #[test]
    fn splits_sentences_where_they_end() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("One sentence", &["One sentence"]),
            ("One. Two! Three?", &["One.", "Two!", "Three?"]),
            (
                "Mr. Smith of Acme Inc. paid $3.5 million. He left.",
                &["Mr. Smith of Acme Inc. paid $3.5 million.", "He left."],
            ),
            ("J. R. Smith met the U.S. Army. It won.", &["J. R. Smith met the U.S. Army.", "It won."]),
            ("He said \"No.\" Then he left.", &["He said \"No.\"", "Then he left."]),
            ("A line\nanother line.", &["A line", "another line."]),
            ("See example.org for more. Bye.", &["See example.org for more.", "Bye."]),
            ("First .  Second .", &["First .", "Second ."]),
        ];
        for (text, expected) in cases {
            assert_eq!(split_sentences(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn splitting_loses_no_word(text in "([a-z]{1,4}[ .!\n]|[0-9][.)] |- |\\PC){0,40}") {
            let words = |t: &str| Stream::new(t).tokens.len();
            let sentences: usize = split_sentences(&text).iter().map(|s| words(s)).sum();
            prop_assert_eq!(sentences, words(&text));
            prop_assert!(split_bullets(&text).iter().map(|s| words(s)).sum::<usize>() <= words(&text));
        }
    }
}
