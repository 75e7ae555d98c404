//! Patterns of the user's own: regular expressions with context and a checksum, beside the built-in kinds.
//!
//! They run on the text, and on the view in which obfuscations are undone where there is one. A match must pass
//! its checksum and, where the pattern asks for it, have one of its words near. Where it overlaps a built-in
//! value the pattern wins, unless it lies inside a longer one, such as an address that holds a number.
//! Promise: linear time. A finite automaton searches, in windows of bounded length, so that the work a match
//! costs is bounded whatever the pattern; a match has at most [`LONGEST`] bytes.

use super::allow::AllowList;
use super::checksum::{damm, luhn, mod11, mod97_in_order, verhoeff};
use super::normalize::{Guess, View};
use super::recognizers::{BASE, Canonical, Recognizer};
use super::{Evidence, Kind, Match};
use crate::Error;
use crate::nearest::nearest;
use crate::regex::{self, Syntax};
use regex_automata::Input;
use regex_automata::meta::Regex;
use std::ops::Range;

/// Most bytes of a match.
const LONGEST: usize = 256;
/// Bytes searched at a time: a match that starts in all but the last [`LONGEST`] of them is seen whole.
const WINDOW: usize = 2048;
/// Most patterns of a rubric.
const MOST: usize = 64;
/// Most characters of a name.
const MOST_NAME: usize = 40;
/// Words looked at before and after a match, and the bytes they may reach over.
const BEFORE: usize = 6;
const AFTER: usize = 2;
const REACH: usize = 80;

/// What the recogniser of every pattern has in common with the built-in ones.
pub(crate) const RECOGNIZER: Recognizer = Recognizer { name: "CUSTOM", canonical: Canonical::Code, ..BASE };

/// Which check digits a pattern's matches have; other characters than those named are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PatternChecksum {
    /// None: every match counts.
    #[default]
    None,
    /// Luhn's over the digits (ISO/IEC 7812-1), the last one the check digit.
    Luhn,
    /// ISO/IEC 7064 MOD 97-10 over digits and letters (A = 10 ... Z = 35) in the order written: remainder one.
    Mod97,
    /// Each digit times its place from the right, the last one's being one: the sum divides by eleven. An X at
    /// the end counts ten, as in ISBN-10.
    Mod11,
    /// Verhoeff's over the digits, the last one the check digit.
    Verhoeff,
    /// Damm's over the digits, the last one the check digit.
    Damm,
}

impl PatternChecksum {
    const NAMES: [(&'static str, Self); 6] = [
        ("none", Self::None),
        ("luhn", Self::Luhn),
        ("mod97", Self::Mod97),
        ("mod11", Self::Mod11),
        ("verhoeff", Self::Verhoeff),
        ("damm", Self::Damm),
    ];

    /// Parses the name used in the rubric file.
    pub fn parse(name: &str) -> Result<Self, Error> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, checksum)| *checksum).ok_or_else(|| {
            let known = Self::NAMES.map(|(known, _)| known).join(", ");
            Error::new("checksum", format!("{name:?}"), known)
        })
    }

    /// Whether the check digits of `value` are right; `None` for a pattern without any.
    fn passes(self, value: &str) -> Option<bool> {
        let digits = || value.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
        let code = || {
            let kept = value.bytes().filter(u8::is_ascii_alphanumeric);
            kept.map(|b| b.to_ascii_uppercase()).collect::<Vec<_>>()
        };
        let some = |digits: Vec<u8>, check: fn(&[u8]) -> bool| Some(digits.len() > 1 && check(&digits));
        match self {
            Self::None => None,
            Self::Luhn => some(digits(), luhn),
            Self::Mod97 => some(code(), mod97_in_order),
            Self::Mod11 => {
                let mut kept = digits();
                kept.extend(value.bytes().next_back().filter(|b| matches!(b, b'X' | b'x')).map(|_| b'X'));
                some(kept, mod11)
            }
            Self::Verhoeff => some(digits(), verhoeff),
            Self::Damm => some(digits(), damm),
        }
    }
}

/// A pattern as the rubric says it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pattern {
    /// The name in matches, reports and settings: capital letters, digits and underscores.
    pub name: String,
    /// The regular expression.
    pub pattern: String,
    /// Words, or several in a row, that speak for it; without case.
    pub context: Vec<String>,
    /// Whether one of those words must be near.
    pub context_required: bool,
    /// The check digits it has.
    pub checksum: PatternChecksum,
    /// How bad a leak of it is, in (0, 1].
    pub severity: f64,
    /// Texts in which it must be found.
    pub examples: Vec<String>,
    /// Whether `\w`, `\d`, `\s` and `\b` mean the characters of all scripts, not of ASCII alone.
    pub unicode: bool,
}

/// A compiled pattern, and its number.
#[derive(Debug, Clone)]
struct Compiled {
    kind: Kind,
    name: String,
    severity: f64,
    regex: Regex,
    /// The phrases that speak for it, each word in lower case.
    context: Vec<Vec<String>>,
    context_required: bool,
    checksum: PatternChecksum,
}

/// Why a text holds no match of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    Match,
    Checksum,
    Context,
}

/// The patterns that are looked for. Immutable.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    names: Vec<(String, f64)>,
    wanted: Vec<Compiled>,
}

impl Patterns {
    /// Compiles and checks the patterns; those that `is_wanted` are looked for.
    pub(crate) fn new(given: &[Pattern], is_wanted: impl Fn(&str) -> bool) -> Result<Self, Error> {
        if given.len() > MOST {
            let got = format!("{} patterns", given.len());
            return Err(Error::new("pii.patterns", got, format!("at most {MOST}")));
        }
        let mut patterns = Self::default();
        for (i, pattern) in given.iter().enumerate() {
            let compiled = Compiled::new(i, pattern, &patterns.names)?;
            patterns.names.push((compiled.name.clone(), compiled.severity));
            if is_wanted(&compiled.name) {
                patterns.wanted.push(compiled);
            }
        }
        Ok(patterns)
    }

    /// Whether none are looked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The patterns that are looked for.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.wanted.iter().map(|pattern| pattern.kind)
    }

    /// Name and severity of the pattern with that number.
    pub(crate) fn get(&self, number: u8) -> Option<(&str, f64)> {
        self.names.get(number as usize).map(|(name, severity)| (name.as_str(), *severity))
    }

    /// What stands plainly in `text`, in no order.
    pub(crate) fn find(&self, text: &str) -> Vec<Match> {
        let mut own = Vec::new();
        self.wanted.iter().for_each(|pattern| pattern.find(text.as_bytes(), &mut |found| own.push(found)));
        own
    }

    /// Adds what stands only in the view of `part`, a part of the text that begins at `from` there.
    pub(crate) fn uncover(&self, part: &str, view: &View, from: usize, own: &mut Vec<Match>) {
        for pattern in &self.wanted {
            pattern.find(view.text(), &mut |found| {
                if let Some(mut found) = uncovered(part, view, found) {
                    found.span = found.span.start + from..found.span.end + from;
                    own.push(found);
                }
            });
        }
    }

    /// `matches` of `text` (in order, disjoint) with the patterns' `own`, whatever their order.
    pub(crate) fn join(
        &self,
        text: &str,
        allow: &AllowList,
        matches: Vec<Match>,
        mut own: Vec<Match>,
    ) -> Vec<Match> {
        own.retain(|m| !allow.allows(text.get(m.span.clone()).unwrap_or_default()));
        if own.is_empty() {
            return matches;
        }
        // Of matches that overlap: the first, the longest, the plain one, the first in the rubric.
        own.sort_by_key(|m| (m.span.start, std::cmp::Reverse(m.span.end), m.obfuscated, m.kind));
        let mut reach = 0;
        own.retain(|m| {
            let free = m.span.start >= reach;
            if free {
                reach = m.span.end;
            }
            free
        });
        merged(matches, own)
    }
}

/// Two lists of matches, each in order and disjoint, as one: where they overlap `own` wins, unless it lies inside
/// a longer match of the other.
fn merged(matches: Vec<Match>, mut own: Vec<Match>) -> Vec<Match> {
    let holds = |outer: &Match, inner: &Match| {
        outer.span.start <= inner.span.start
            && inner.span.end <= outer.span.end
            && outer.span.len() > inner.span.len()
    };
    own.retain(|m| {
        let last = matches.partition_point(|other| other.span.start <= m.span.start);
        !last.checked_sub(1).and_then(|i| matches.get(i)).is_some_and(|other| holds(other, m))
    });
    let free = |m: &Match| {
        let next = own.partition_point(|other| other.span.end <= m.span.start);
        own.get(next).is_none_or(|other| other.span.start >= m.span.end)
    };
    let mut all: Vec<Match> = matches.into_iter().filter(free).collect();
    all.append(&mut own);
    all.sort_by_key(|m| m.span.start);
    all
}

/// A match of the view as one of the text; `None` where it stands there plainly, or rests on a guess alone.
fn uncovered(text: &str, view: &View, mut found: Match) -> Option<Match> {
    let shown = found.span.clone();
    if view.guess(&shown) > Guess::None && found.evidence.0 & (Evidence::CHECKSUM | Evidence::CONTEXT) == 0 {
        return None;
    }
    let span = view.original(&shown);
    let written = text.get(span.clone())?;
    if span.is_empty() || Some(written.as_bytes()) == view.text().get(shown) {
        return None;
    }
    found.span = span;
    found.obfuscated = true;
    found.evidence.set(Evidence::OBFUSCATED, true);
    Some(found)
}

impl Compiled {
    fn new(number: usize, given: &Pattern, earlier: &[(String, f64)]) -> Result<Self, Error> {
        let field = |name: &str| format!("pii.patterns[{number}].{name}");
        let named = |name: &str| format!("{} ({})", field(name), given.name);
        check_name(&field("name"), &given.name, earlier)?;
        if !(given.severity > 0.0 && given.severity <= 1.0) {
            let got = given.severity.to_string();
            return Err(Error::new(named("severity"), got, "a number above 0, at most 1"));
        }
        let context: Vec<Vec<String>> =
            given.context.iter().map(|phrase| words(phrase)).filter(|words| !words.is_empty()).collect();
        if given.context_required && context.is_empty() {
            let expected = "words in context, as context_required is true";
            return Err(Error::new(named("context"), "none", expected));
        }
        let syntax = Syntax { unicode: given.unicode, longest: LONGEST, ..Syntax::default() };
        let regex = regex::compile(&named("pattern"), &given.pattern, syntax)?;
        let compiled = Self {
            // There are at most MOST of them.
            kind: Kind::Custom(u8::try_from(number).unwrap_or(u8::MAX)),
            name: given.name.clone(),
            severity: given.severity,
            regex,
            context,
            context_required: given.context_required,
            checksum: given.checksum,
        };
        for (i, example) in given.examples.iter().enumerate() {
            if let Some(lack) = compiled.lacks(example) {
                let why = match lack {
                    Lack::Match => "the pattern matches nothing in it",
                    Lack::Checksum => "its checksum is wrong",
                    Lack::Context => "none of the words in context is near",
                };
                let got = format!("a text in which it is not found ({why})");
                return Err(Error::new(named(&format!("examples[{i}]")), got, "a text in which it is"));
            }
        }
        Ok(compiled)
    }

    /// Why `text` holds no match; `None` where it holds one.
    fn lacks(&self, text: &str) -> Option<Lack> {
        let mut lack = Lack::Match;
        let mut found = false;
        each(&self.regex, text.as_bytes(), &mut |span| match self.judge(text.as_bytes(), &span) {
            Ok(_) => found = true,
            Err(why) => lack = lack.max(why),
        });
        (!found).then_some(lack)
    }

    /// Calls `visit` with every match in `text`, in order.
    fn find(&self, text: &[u8], visit: &mut dyn FnMut(Match)) {
        each(&self.regex, text, &mut |span| {
            if let Ok(evidence) = self.judge(text, &span) {
                visit(Match { kind: self.kind, span, evidence, obfuscated: false });
            }
        });
    }

    fn judge(&self, text: &[u8], span: &Range<usize>) -> Result<Evidence, Lack> {
        let value = String::from_utf8_lossy(text.get(span.clone()).unwrap_or_default());
        let passes = self.checksum.passes(&value);
        if passes == Some(false) {
            return Err(Lack::Checksum);
        }
        let near = !self.context.is_empty() && self.is_announced(text, span);
        if self.context_required && !near {
            return Err(Lack::Context);
        }
        let mut evidence = Evidence(Evidence::SHAPE);
        evidence.set(Evidence::CHECKSUM, passes == Some(true));
        evidence.set(Evidence::CONTEXT, near);
        Ok(evidence)
    }

    /// Whether one of the words in context stands among the last six before the match, or the first two behind
    /// it in the same line and sentence.
    fn is_announced(&self, text: &[u8], span: &Range<usize>) -> bool {
        let head = text.get(span.start.saturating_sub(REACH)..span.start).unwrap_or_default();
        let tail = text.get(span.end..(span.end + REACH).min(text.len())).unwrap_or_default();
        let stop = tail
            .iter()
            .zip(tail.iter().skip(1).chain([&b' ']))
            .position(|(b, next)| *b == b'\n' || (matches!(b, b'.' | b';' | b'?' | b'!') && *next == b' '));
        let tail = tail.get(..stop.unwrap_or(tail.len())).unwrap_or_default();
        let before = words(&String::from_utf8_lossy(head));
        let before = before.get(before.len().saturating_sub(BEFORE)..).unwrap_or_default();
        let mut after = words(&String::from_utf8_lossy(tail));
        after.truncate(AFTER);
        self.context.iter().any(|phrase| has_phrase(before, phrase) || has_phrase(&after, phrase))
    }
}

/// Checks that a name can be told from all others.
fn check_name(field: &str, name: &str, earlier: &[(String, f64)]) -> Result<(), Error> {
    let fits = name.len() <= MOST_NAME
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if !fits {
        let expected = format!("at most {MOST_NAME} capital letters, digits and underscores, a letter first");
        return Err(Error::new(field, format!("{name:?}"), expected));
    }
    if let Some(kind) = Kind::parse(name) {
        let got = format!("{name:?}, which is a built-in kind ({})", kind.name());
        return Err(Error::new(field, got, "a name of its own"));
    }
    if earlier.iter().any(|(other, _)| other == name) {
        return Err(Error::new(field, format!("{name:?} a second time"), "a name of its own"));
    }
    Ok(())
}

/// The names of `given` that are patterns, and the rest, for the built-in kinds.
pub(crate) fn split_names(given: &[String], patterns: &[Pattern]) -> (Vec<String>, Vec<String>) {
    let is_own = |name: &String| patterns.iter().any(|p| p.name.eq_ignore_ascii_case(name));
    given.iter().cloned().partition(is_own)
}

/// The known name nearest to one that is not known: a built-in kind's, or a pattern's.
pub(crate) fn nearest_name<'a>(name: &str, patterns: &'a [Pattern]) -> Option<&'a str> {
    let own = patterns.iter().map(|p| p.name.as_str());
    nearest(name, Kind::ALL.iter().map(|kind| kind.name()).chain(own))
}

/// The words of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether the words hold a phrase; a plural counts as its singular.
fn has_phrase(words: &[String], phrase: &[String]) -> bool {
    let same = |(word, said): (&String, &String)| word == said || word.strip_suffix('s') == Some(said);
    words.windows(phrase.len()).any(|window| window.iter().zip(phrase).all(same))
}

/// Calls `visit` with the matches of `regex`, in order, disjoint.
fn each(regex: &Regex, text: &[u8], visit: &mut dyn FnMut(Range<usize>)) {
    let mut at = 0;
    while at < text.len() {
        let end = (at + WINDOW).min(text.len());
        let (last, settled) = (end == text.len(), at + WINDOW - LONGEST);
        match regex.find(Input::new(text).span(at..end)) {
            // What starts so late may go on behind the window.
            Some(found) if !last && found.start() >= settled => at = found.start(),
            Some(found) => {
                if found.range().len() <= LONGEST {
                    visit(found.range());
                }
                at = found.end().max(at + 1);
            }
            None => at = if last { end } else { settled },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::{Options, Scanner};

    fn pattern(name: &str, pattern: &str) -> Pattern {
        Pattern { name: name.into(), pattern: pattern.into(), severity: 0.8, ..Pattern::default() }
    }

    fn scanner(patterns: Vec<Pattern>) -> Scanner {
        Scanner::new(&Options { patterns, ..Options::default() }).unwrap()
    }

    fn found(scanner: &Scanner, text: &str) -> Vec<(String, String, Vec<&'static str>)> {
        let show =
            |m: Match| (scanner.name(m.kind).to_owned(), text[m.span.clone()].to_owned(), m.evidence.names());
        scanner.scan(text).into_iter().map(show).collect()
    }

    fn spans(regex: &Regex, text: &str) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        each(regex, text.as_bytes(), &mut |span| spans.push((span.start, span.end)));
        spans
    }

    #[test]
    fn errors_name_the_setting_and_say_what_is_wrong() {
        let more = |p: Pattern| vec![pattern("FIRST", "a+"), p];
        for (patterns, said) in [
            (
                more(pattern("X", "(a")),
                "pii.patterns[1].pattern (X): got \"(a\" (unclosed group at character 1)",
            ),
            (more(pattern("X", r"\p{Nope}")), "Unicode property not found"),
            (more(pattern("X", "a(?=b)")), "look-around"),
            (more(pattern("X", r"(a)\1")), "backreferences"),
            (more(pattern("X", "a*")), "it matches the empty text"),
            (more(pattern("X", "\u{8}a")), "a backspace in it"),
            (more(pattern("X", r"\b")), "it matches the empty text"),
            (more(pattern("X", r"[a&&b]")), "it can match nothing"),
            (more(pattern("X", r"((a{100}){100}){100}")), "longer than 256 bytes"),
            (more(pattern("X", r"x(\w{0,200}){0,200}")), ""),
            (more(pattern("X", r"(?u:\p{L}{200}|a)((\p{L}{0,200}){0,200}){0,200}")), "too large"),
            (more(pattern("X", &"a".repeat(1001))), "longer than 1000 characters"),
            (more(pattern("FIRST", "b")), "pii.patterns[1].name: got \"FIRST\" a second time"),
            (
                more(pattern("EMAIL", "b")),
                "pii.patterns[1].name: got \"EMAIL\", which is a built-in kind (EMAIL)",
            ),
            (more(pattern("email_address", "b")), "capital letters"),
            (more(pattern("EMAIL_ADDRESS", "b")), "which is a built-in kind (EMAIL)"),
            (more(pattern("", "b")), "capital letters"),
            (
                more(Pattern { severity: 0.0, ..pattern("X", "b") }),
                "pii.patterns[1].severity (X): got 0, expected",
            ),
            (more(Pattern { severity: f64::NAN, ..pattern("X", "b") }), "pii.patterns[1].severity"),
            (
                more(Pattern { context_required: true, ..pattern("X", "b") }),
                "pii.patterns[1].context (X): got none",
            ),
            (
                more(Pattern { examples: vec!["b".into(), "c".into()], ..pattern("X", "b") }),
                "pii.patterns[1].examples[1] (X): got a text in which it is not found (the pattern matches nothing",
            ),
        ] {
            let last = patterns[1].clone();
            match Scanner::new(&Options { patterns, ..Options::default() }) {
                Err(error) => assert!(error.to_string().contains(said), "{error} should say {said}"),
                Ok(_) => assert_eq!(said, "", "{last:?}"),
            }
        }
        let many = (0..65).map(|i| pattern(&format!("P{i}"), "a")).collect();
        assert!(Scanner::new(&Options { patterns: many, ..Options::default() }).is_err());
    }

    #[test]
    fn examples_say_why_they_are_not_found() {
        let base = Pattern {
            context: vec!["badge".into()],
            context_required: true,
            checksum: PatternChecksum::Luhn,
            ..pattern("BADGE", r"\b\d{8}\b")
        };
        for (example, said) in [
            ("badge 12345674", None),
            ("badge 12345675", Some("its checksum is wrong")),
            ("gate 12345674", Some("none of the words in context is near")),
        ] {
            let with = Pattern { examples: vec![example.into()], ..base.clone() };
            let made = Scanner::new(&Options { patterns: vec![with], ..Options::default() });
            let error = made.err().map(|e| e.to_string());
            assert_eq!(error.is_some(), said.is_some(), "{example}");
            assert!(error.unwrap_or_default().contains(said.unwrap_or_default()), "{example}");
        }
    }

    #[test]
    fn patterns_are_found_with_context_and_by_name() {
        let scanner = scanner(vec![
            Pattern {
                context: vec!["employee".into(), "staff number".into()],
                severity: 0.4,
                ..pattern("EMPLOYEE_ID", r"\bE-?\d{6}\b")
            },
            pattern("CASE_FILE", r"\b\d{2}/[A-ZÄÖ]{2}/\d{4}\b"),
        ]);
        assert_eq!(
            found(
                &scanner,
                "Employees E-123456 and E654321 (staff number E111111), file 12/ÄB/2024, jane@example.com."
            ),
            [
                ("EMPLOYEE_ID".into(), "E-123456".into(), vec!["shape", "context"]),
                ("EMPLOYEE_ID".into(), "E654321".into(), vec!["shape", "context"]),
                ("EMPLOYEE_ID".into(), "E111111".into(), vec!["shape", "context"]),
                ("CASE_FILE".into(), "12/ÄB/2024".into(), vec!["shape"]),
                ("EMAIL".into(), "jane@example.com".into(), vec!["shape"]),
            ]
        );
        let m = scanner.scan("E123456").remove(0);
        assert_eq!((scanner.name(m.kind), scanner.severity(m.kind)), ("EMPLOYEE_ID", 0.4));
        assert!(found(&scanner, "nothing, XE123456, E1234567").is_empty());
    }

    #[test]
    fn kinds_and_exclude_take_their_names() {
        let options = |kinds: &[&str], exclude: &[&str]| Options {
            patterns: vec![pattern("EMPLOYEE_ID", r"E\d{6}"), pattern("ROOM", r"R\d{3}")],
            kinds: kinds.iter().map(ToString::to_string).collect(),
            exclude: exclude.iter().map(ToString::to_string).collect(),
            ..Options::default()
        };
        let text = "E123456 in R101 wrote to jane@example.com.";
        for (kinds, exclude, expected) in [
            (&[][..], &[][..], vec!["EMPLOYEE_ID", "ROOM", "EMAIL"]),
            (&["EMPLOYEE_ID"], &[], vec!["EMPLOYEE_ID"]),
            (&["employee_id", "EMAIL"], &[], vec!["EMPLOYEE_ID", "EMAIL"]),
            (&["EMAIL"], &[], vec!["EMAIL"]),
            (&[], &["ROOM"], vec!["EMPLOYEE_ID", "EMAIL"]),
            (&["ROOM"], &["ROOM"], vec![]),
        ] {
            let scanner = Scanner::new(&options(kinds, exclude)).unwrap();
            let names: Vec<_> = found(&scanner, text).into_iter().map(|f| f.0).collect();
            assert_eq!(names, expected, "{kinds:?} {exclude:?}");
        }
        let error = Scanner::new(&options(&["EMPLOYE_ID"], &[])).unwrap_err().to_string();
        assert!(error.contains("did you mean \"EMPLOYEE_ID\""), "{error}");
    }

    #[test]
    fn hidden_values_are_found_and_point_at_the_text() {
        let scanner = scanner(vec![pattern("EMPLOYEE_ID", r"\bEMP-\d{6}\b")]);
        for hidden in [
            "ＥＭＰ－１２３４５６",
            "EMP-\u{200b}123\u{200b}456",
            "EMP&#45;123456",
            "EMP%2D123456",
            "EMP-١٢٣٤٥٦",
        ] {
            let text = format!("Zoë is {hidden} here.");
            let expected = vec![("EMPLOYEE_ID".to_owned(), hidden.to_owned(), vec!["shape", "obfuscated"])];
            assert_eq!(found(&scanner, &text), expected, "{hidden}");
        }
    }

    #[test]
    fn overlaps_go_to_the_pattern_unless_it_is_a_part() {
        let scanner = scanner(vec![pattern("NUMBER", r"\d{3,}"), pattern("CLIENT", r"\d{3}-\d{2}-\d{4}")]);
        for (text, expected) in [
            ("536-90-4399", vec![("CLIENT", "536-90-4399")]),
            ("jane.82345@example.com", vec![("EMAIL", "jane.82345@example.com")]),
            ("room 1234", vec![("NUMBER", "1234")]),
        ] {
            let got: Vec<_> = found(&scanner, text).into_iter().map(|(k, v, _)| (k, v)).collect();
            let expected: Vec<_> = expected.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn windows_change_nothing() {
        let regex = regex::compile("", r"\bEMP-\d{4,6}\b", Syntax::default()).unwrap();
        for gap in [0, 1, 255, 256, 257, 1783, 1790, 1791, 1792, 1793, 2040, 2047, 2048, 2049, 5000] {
            let text = format!("{} EMP-12345, {} EMP-6789", "é".repeat(gap / 2), "y ".repeat(gap));
            let expected: Vec<_> = ["EMP-12345", "EMP-6789"]
                .map(|v| text.find(v).map(|at| (at, at + v.len())))
                .into_iter()
                .flatten()
                .collect();
            assert_eq!(spans(&regex, &text), expected, "{gap}");
        }
        let long = regex::compile("", r"x\d+y", Syntax::default()).unwrap();
        let digits = |n: usize| format!("x{}y", "1".repeat(n));
        assert_eq!(spans(&long, &digits(LONGEST - 2)).len(), 1);
        assert_eq!(spans(&long, &digits(LONGEST - 1)).len(), 0);
        assert_eq!(spans(&long, &format!("{} x1y", digits(10_000))).len(), 1);
    }

    #[test]
    fn a_pattern_that_looks_far_ahead_stays_linear() {
        let scanner = scanner(vec![pattern("FAR", ".*[^A-Z]|[A-Z]")]);
        for (text, found) in
            [("A".repeat(500_000), 500_000), ("A ".repeat(250_000), 0), ("1".repeat(500_000), 0)]
        {
            // A search that looked to the text's end for each letter would take hours.
            assert_eq!(scanner.scan(&text).len(), found, "{text:.2}");
        }
    }

    #[test]
    fn checksums_take_published_examples() {
        use PatternChecksum::{Damm, Luhn, Mod11, Mod97, None as Without, Verhoeff};
        for (checksum, good, bad) in [
            (Luhn, "79927398713", "79927398714"),
            (Luhn, "CH-4111 1111 1111 1111", "CH-4111 1111 1111 1112"),
            // A legal entity identifier (ISO 17442).
            (Mod97, "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"),
            (Mod11, "0-306-40615-2", "0-306-40615-3"),
            (Mod11, "080442957X", "0804429571"),
            (Verhoeff, "2363", "2364"),
            (Damm, "5724", "5725"),
            (Luhn, "18", "0"),
        ] {
            assert_eq!(checksum.passes(good), Some(true), "{checksum:?} {good}");
            assert_eq!(checksum.passes(bad), Some(false), "{checksum:?} {bad}");
        }
        assert_eq!(Without.passes("anything"), None);
        assert!(PatternChecksum::parse("luhn").is_ok());
        assert!(PatternChecksum::parse("lune").unwrap_err().to_string().contains("none, luhn, mod97"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_disjoint_spans_on_character_boundaries(
            text in "(\\PC|[Ee&%#@ \\n]|[0-9]{1,9}|E-[0-9]{6}|jane@example\\.com|\u{200b}|１){0,40}"
        ) {
            let scanner = scanner(vec![
                pattern("ID", r"\bE-?\d{6}\b"),
                pattern("NUMBER", r"\d+"),
                pattern("ANY", r"(?s)..[^a-z]|é+"),
                Pattern { context: vec!["e".into()], checksum: PatternChecksum::Luhn, ..pattern("LUHN", r"\d{2,9}") },
            ]);
            let mut reach = 0;
            for m in scanner.scan(&text) {
                proptest::prop_assert!(m.span.start >= reach && m.span.end > m.span.start);
                proptest::prop_assert!(text.get(m.span.clone()).is_some());
                proptest::prop_assert!(!scanner.name(m.kind).is_empty() && scanner.severity(m.kind) > 0.0);
                reach = m.span.end;
            }
        }
    }

    #[test]
    fn allowed_values_are_passed_over() {
        let options = Options {
            patterns: vec![pattern("ROOM", r"R-\d{3}")],
            allow: vec!["R-100".into()],
            ..Options::default()
        };
        let scanner = Scanner::new(&options).unwrap();
        let names: Vec<_> = found(&scanner, "R-100 and R-101").into_iter().map(|f| f.1).collect();
        assert_eq!(names, ["R-101"]);
    }
}
