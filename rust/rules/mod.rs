//! Rules of the user's own, beside the built-in ones: patterns that an answer must or must not contain ([`pattern`]),
//! and rules that the caller scores.

mod pattern;

use crate::Error;
use crate::regex::Syntax;
use pattern::Patterns;
use std::ops::Range;

/// Most rules of a rubric: each has a bit in the bands of "lexicographic", and a reward's digits are not endless.
const MOST: usize = 32;

/// What a rule asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asks {
    /// Each of these patterns; the score is the share of them that is there.
    MustContain(Vec<String>),
    /// None of these patterns; the score falls with each match.
    MustNotContain(Vec<String>),
    /// What the caller finds, who gives the score.
    Caller,
}

/// A rule as the rubric says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The name in columns, reports and settings: small letters, digits, dashes and underscores.
    pub name: String,
    /// What it asks for.
    pub asks: Asks,
    /// Its weight beside those of the built-in rules; finite, at least 0.
    pub weight: f64,
    /// The score at which it passes.
    pub threshold: f64,
    /// Whether "gate" asks for it.
    pub gated: bool,
    /// Whether capital and small letters are the same to its patterns.
    pub ignore_case: bool,
    /// Whether `\w`, `\d`, `\s` and `\b` mean the characters of all scripts, not of ASCII alone.
    pub unicode: bool,
    /// Texts that it must pass.
    pub examples: Vec<String>,
}

/// What a rule makes of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The score, in [0, 1]; `None` for a rule that the caller scores.
    pub score: Option<f64>,
    /// Whether it passes; so does what the caller has not scored yet.
    pub passed: bool,
    /// Matches of each of its patterns: counted up to a limit where there must be none, the first one where there must
    /// be one.
    pub counts: Vec<usize>,
    /// Where they are, in bytes of the text, in order; only where it was asked for.
    pub spans: Vec<Range<usize>>,
}

impl Rule {
    /// Whether a score passes.
    pub fn passes(&self, score: Option<f64>) -> bool {
        score.is_none_or(|score| score >= self.threshold)
    }

    /// What it makes of an answer by the score alone.
    pub fn scored(&self, score: Option<f64>) -> Found {
        Found { score, passed: self.passes(score), counts: Vec::new(), spans: Vec::new() }
    }

    fn given(&self) -> &[String] {
        match &self.asks {
            Asks::MustContain(given) | Asks::MustNotContain(given) => given,
            Asks::Caller => &[],
        }
    }

    /// What there is to say of a rule that fails: which patterns are missing, or found.
    pub fn describe(&self, found: &Found) -> Option<String> {
        let score = found.score.filter(|_| !found.passed)?;
        let counted = self.given().iter().zip(&found.counts);
        Some(match &self.asks {
            Asks::MustContain(_) => {
                let missing = counted.filter(|(_, count)| **count == 0).map(|(given, _)| quoted(given));
                format!("must contain {} ({})", listed(missing.collect()), self.name)
            }
            Asks::MustNotContain(_) => {
                let there = counted.filter(|(_, count)| **count > 0).map(|(given, count)| match count {
                    1 => quoted(given),
                    _ => format!("{} ({count} times)", quoted(given)),
                });
                format!("must not contain {} ({})", listed(there.collect()), self.name)
            }
            Asks::Caller => format!("scores {score:.2} by {}, {} asked for", self.name, self.threshold),
        })
    }
}

/// A pattern to be read by a person.
fn quoted(pattern: &str) -> String {
    const SHOWN: usize = 60;
    let mut cut: String = pattern.chars().take(SHOWN).collect();
    if cut.len() < pattern.len() {
        cut.push('…');
    }
    format!("\"{cut}\"")
}

fn listed(items: Vec<String>) -> String {
    const SHOWN: usize = 3;
    let more = items.len().saturating_sub(SHOWN);
    let shown: Vec<String> = items.into_iter().take(SHOWN).collect();
    let shown = shown.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// A rubric's rules, compiled. Immutable.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    /// The patterns of each; `None` for one that the caller scores.
    patterns: Vec<Option<Patterns>>,
}

impl Rules {
    /// Compiles the patterns, and checks the examples.
    pub(crate) fn new(rules: &[Rule]) -> Result<Self, Error> {
        if rules.len() > MOST {
            return Err(Error::new("rules", format!("{} rules", rules.len()), format!("at most {MOST}")));
        }
        let patterns =
            rules.iter().enumerate().map(|(i, rule)| compiled(i, rule)).collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }

    /// What `rules`, of which these are the patterns, make of an answer; with the places of matches where `evidence` is
    /// asked for.
    pub(crate) fn judge(&self, rules: &[Rule], text: &str, evidence: bool) -> Vec<Found> {
        let one =
            |(rule, patterns): (&Rule, &Option<Patterns>)| judge(rule, patterns.as_ref(), text, evidence);
        rules.iter().zip(&self.patterns).map(one).collect()
    }
}

fn judge(rule: &Rule, patterns: Option<&Patterns>, text: &str, evidence: bool) -> Found {
    let Some(patterns) = patterns else { return rule.scored(None) };
    let mut spans = Vec::new();
    let (score, counts) = patterns.score(text, evidence.then_some(&mut spans));
    spans.sort_by_key(|span| (span.start, span.end));
    Found { score: Some(score), passed: rule.passes(Some(score)), counts, spans }
}

fn compiled(number: usize, rule: &Rule) -> Result<Option<Patterns>, Error> {
    let (setting, wanted) = match &rule.asks {
        Asks::MustContain(_) => ("must_contain", true),
        Asks::MustNotContain(_) => ("must_not_contain", false),
        Asks::Caller => return Ok(None),
    };
    let field = |name: &str| format!("rules[{number}].{name}");
    let named = |name: &str| format!("{} ({})", field(name), rule.name);
    let syntax = Syntax { unicode: rule.unicode, ignore_case: rule.ignore_case, ..Syntax::default() };
    let patterns = Patterns::new(rule.given(), wanted, syntax, &|i| match rule.given().len() {
        1 => named(setting),
        _ => named(&format!("{setting}[{i}]")),
    })?;
    for (i, example) in rule.examples.iter().enumerate() {
        let found = judge(rule, Some(&patterns), example, false);
        if let Some(why) = rule.describe(&found) {
            let got = format!("a text that does not pass ({why})");
            return Err(Error::new(named(&format!("examples[{i}]")), got, "a text that does"));
        }
    }
    Ok(Some(patterns))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn rule(asks: Asks) -> Rule {
        Rule {
            name: "own".into(),
            asks,
            weight: 1.0,
            threshold: 1.0,
            gated: false,
            ignore_case: false,
            unicode: false,
            examples: Vec::new(),
        }
    }

    fn strings(given: &[&str]) -> Vec<String> {
        given.iter().map(|&s| s.to_owned()).collect()
    }

    fn must(given: &[&str]) -> Rule {
        rule(Asks::MustContain(strings(given)))
    }

    fn must_not(given: &[&str]) -> Rule {
        rule(Asks::MustNotContain(strings(given)))
    }

    fn found(rule: &Rule, text: &str) -> Found {
        let rules = [rule.clone()];
        Rules::new(&rules).unwrap().judge(&rules, text, true).remove(0)
    }

    #[test]
    fn what_must_be_there_scores_the_share_that_is() {
        let two = must(&[r"\b(19|20)\d\d\b", "vote"]);
        for (text, score, spans) in [
            ("The vote of 1999 and the vote of 2004.", 1.0, vec![(4, 8), (12, 16)]),
            ("The vote of 19999.", 0.5, vec![(4, 8)]),
            ("", 0.0, vec![]),
        ] {
            let found = found(&two, text);
            let at: Vec<_> = found.spans.iter().map(|span| (span.start, span.end)).collect();
            assert_eq!((found.score, at, found.passed), (Some(score), spans, score >= 1.0), "{text}");
        }
    }

    #[test]
    fn what_must_not_be_there_costs_with_each_match() {
        let two = must_not(&["perhaps", "may(be)?"]);
        for (text, score, spans) in [
            ("It is so.", 1.0, vec![]),
            ("It may be.", 0.5, vec![(3, 6)]),
            ("maybe, perhaps maybe", 0.25, vec![(0, 5), (7, 14), (15, 20)]),
        ] {
            let found = found(&two, text);
            let at: Vec<_> = found.spans.iter().map(|span| (span.start, span.end)).collect();
            assert_eq!((found.score, at, found.passed), (Some(score), spans, score >= 1.0), "{text}");
        }
    }

    #[test]
    fn a_rule_that_fails_says_what_is_missing_or_there() {
        for (rule, text, said) in [
            (must(&["a", "b", "c"]), "b", Some("must contain \"a\", \"c\" (own)")),
            (
                must(&["a", "b", "c", "d", "e"]),
                "e",
                Some("must contain \"a\", \"b\", \"c\" and 1 more (own)"),
            ),
            (must(&["a"]), "a", None),
            (must_not(&["a", "b"]), "abab", Some("must not contain \"a\" (2 times), \"b\" (2 times) (own)")),
            (must_not(&["a", "b"]), "a", Some("must not contain \"a\" (own)")),
            (Rule { threshold: 0.5, ..must(&["a", "b"]) }, "a", None),
        ] {
            assert_eq!(rule.describe(&found(&rule, text)).as_deref(), said);
        }
        let long = must(&[&"é".repeat(100)]);
        assert!(long.describe(&found(&long, "")).unwrap().contains(&format!("{}…\"", "é".repeat(60))));
        let own = rule(Asks::Caller);
        let said = own.describe(&own.scored(Some(0.25))).unwrap();
        assert_eq!(said, "scores 0.25 by own, 1 asked for");
    }

    #[test]
    fn what_the_caller_scores_is_left_open() {
        let open = found(&rule(Asks::Caller), "text");
        assert_eq!((open.score, open.passed), (None, true));
    }

    #[test]
    fn errors_name_the_rule_and_the_setting() {
        let fine = must(&["a"]);
        for (wrong, said) in [
            (must(&["(a"]), "rules[1].must_contain (own): got \"(a\" (unclosed group at character 1)"),
            (must_not(&["a", "(?<=b)c"]), "rules[1].must_not_contain[1] (own): got \"(?<=b)c\" (look-around"),
            (must(&["a*"]), "it matches the empty text"),
            (must(&["\u{8}a"]), "a backspace in it"),
            (must(&[]), "rules[1].must_contain (own): got 0 patterns, expected 1 to 64"),
            (must(&["a"; 65]), "rules[1].must_contain (own): got 65 patterns"),
            (
                Rule { examples: strings(&["a", "b"]), ..fine.clone() },
                "rules[1].examples[1] (own): got a text that does not pass (must contain \"a\" (own))",
            ),
        ] {
            let error = Rules::new(&[fine.clone(), wrong]).unwrap_err().to_string();
            assert!(error.contains(said), "{error} should say {said}");
        }
        let error = Rules::new(&vec![fine; 33]).unwrap_err().to_string();
        assert_eq!(error, "rules: got 33 rules, expected at most 32");
    }

    #[test]
    fn letters_are_compared_as_the_rule_says() {
        let insensitive = |pattern| Rule { ignore_case: true, ..must(&[pattern]) };
        assert_eq!(found(&must(&["council"]), "COUNCIL").score, Some(0.0));
        assert_eq!(found(&insensitive("council"), "COUNCIL").score, Some(1.0));
        assert_eq!(found(&must(&[r"^\w+$"]), "Zoë").score, Some(0.0));
        assert_eq!(found(&Rule { unicode: true, ..must(&[r"^\w+$"]) }, "Zoë").score, Some(1.0));
    }
}
