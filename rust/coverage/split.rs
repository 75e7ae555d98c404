//! A reference summary into its sentences, which then count as facts.

use crate::words::stream::{Break, Stream};

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
        }
    }
}
