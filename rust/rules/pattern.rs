//! Patterns that an answer must, or must not, contain.
//!
//! Promise: linear time. One search over a text is linear, and of each pattern at most [`MOST_MATCHES`] matches are
//! looked for: a search may look far ahead for each, so that finding all of them would not be.

use crate::Error;
use crate::regex::{Syntax, compile};
use regex_automata::Input;
use regex_automata::meta::Regex;
use std::ops::Range;

/// Most patterns of a rule.
const MOST: usize = 64;
/// Matches of one pattern that are counted; more cost nothing more.
pub(super) const MOST_MATCHES: usize = 64;

/// The patterns of one rule.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    regexes: Vec<Regex>,
    /// They must be there; otherwise they must not.
    wanted: bool,
}

impl Patterns {
    /// Compiles patterns; `field` names the setting that the pattern with that number is.
    pub(super) fn new(
        given: &[String],
        wanted: bool,
        syntax: Syntax,
        field: &dyn Fn(usize) -> String,
    ) -> Result<Self, Error> {
        if given.is_empty() || given.len() > MOST {
            let field = field(0).replace("[0]", "");
            return Err(Error::new(field, format!("{} patterns", given.len()), format!("1 to {MOST}")));
        }
        let one = |(i, pattern): (usize, &String)| compile(&field(i), pattern, syntax);
        Ok(Self { regexes: given.iter().enumerate().map(one).collect::<Result<_, _>>()?, wanted })
    }

    /// The score of `text`, and the matches of each pattern: their count, and in no order where they are.
    pub(super) fn score(&self, text: &str, mut spans: Option<&mut Vec<Range<usize>>>) -> (f64, Vec<usize>) {
        let most = if self.wanted { 1 } else { MOST_MATCHES };
        let mut count = |regex: &Regex| {
            let mut count = 0;
            each(regex, text, most, &mut |span| {
                count += 1;
                if let Some(spans) = spans.as_mut() {
                    spans.push(span);
                }
            });
            count
        };
        let counts: Vec<usize> = self.regexes.iter().map(&mut count).collect();
        let score = if self.wanted {
            counts.iter().filter(|&&count| count > 0).count() as f64 / counts.len() as f64
        } else {
            1.0 / (1 + counts.iter().sum::<usize>()) as f64
        };
        (score, counts)
    }
}

/// Calls `visit` with the first matches, at most so many, in order, disjoint. None of them is empty.
fn each(regex: &Regex, text: &str, most: usize, visit: &mut dyn FnMut(Range<usize>)) {
    let mut at = 0;
    for _ in 0..most {
        let Some(found) = regex.find(Input::new(text).range(at..)) else { return };
        at = found.end();
        visit(found.range());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn patterns(given: &[&str], wanted: bool) -> Patterns {
        let given: Vec<String> = given.iter().map(|&s| s.to_owned()).collect();
        Patterns::new(&given, wanted, Syntax::default(), &|i| i.to_string()).unwrap()
    }

    fn spans(of: &Patterns, text: &str) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        of.score(text, Some(&mut spans));
        spans
    }

    #[test]
    fn matches_are_counted_up_to_a_limit() {
        let none = patterns(&["a", "b"], false);
        for (text, counted) in [("a".repeat(63), 63), ("a".repeat(64), 64), ("a".repeat(5000), 64)] {
            assert_eq!(none.score(&text, None), (1.0 / (1 + counted) as f64, vec![counted, 0]));
            assert_eq!(spans(&none, &text).len(), counted);
        }
    }

    #[test]
    fn matches_may_be_as_long_as_the_text() {
        let far = patterns(&["(?s)^First.*then.*finally"], true);
        let text = format!("First {} then\n{} finally.", "é".repeat(5000), "b".repeat(5000));
        assert_eq!(spans(&far, &text).first(), Some(&(0..text.len() - 1)));
        assert_eq!(far.score(&text.replace("then", "when"), None).0, 0.0);
    }

    #[test]
    fn a_pattern_that_looks_far_ahead_stays_linear() {
        let far = patterns(&[".*[^A-Z]|[A-Z]"], false);
        // A search that looked to the text's end for each letter would take hours.
        let (_, counts) = far.score(&"A".repeat(1_000_000), None);
        assert_eq!(counts, [64]);
    }

    proptest! {
        #[test]
        fn any_text_is_scored_and_spans_are_of_characters(text in "[abé😀\\r\\n ]{0,80}") {
            for of in [patterns(&["a", "é.", r"[^b]\n"], true), patterns(&["a", "é.", r"[^b]\n"], false)] {
                let mut spans = Vec::new();
                let (score, counts) = of.score(&text, Some(&mut spans));
                prop_assert!((0.0..=1.0).contains(&score));
                prop_assert_eq!((score, counts.clone()), of.score(&text, None));
                prop_assert_eq!(counts.iter().sum::<usize>(), spans.len());
                prop_assert!(spans.iter().all(|span| text.get(span.clone()).is_some_and(|part| !part.is_empty())));
            }
        }

        #[test]
        fn one_more_match_never_helps_where_there_must_be_none(text in "[ab ]{0,80}", at in 0..80usize) {
            let none = patterns(&["a", "b"], false);
            let mut more = text.clone();
            more.insert(at.min(text.len()), 'a');
            prop_assert!(none.score(&more, None).0 < none.score(&text, None).0 || text.len() >= 64);
        }
    }
}
