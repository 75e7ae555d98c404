//! A grade as JSON, as Python's `json.dumps` writes it.

use super::json::{Kind, Value, plain, plain_ascii};
use crate::grade::{Grade, Grader};
use crate::rubric::FailOn;
use std::io::Write;

/// How grades are written.
#[derive(Debug, Clone, Default)]
pub struct Style {
    /// The key that a grade stands under, or that the keys of its fields begin with.
    pub key: String,
    /// The grade's fields stand beside the record's own, each under its own key.
    pub flat: bool,
    /// Grades stand alone, each behind these members, which are JSON up to the line's number.
    pub alone: Option<String>,
    /// The hash of the rubric.
    pub rubric: String,
    /// The package's version.
    pub version: String,
    /// What coverage of the run is measured against.
    pub basis: String,
}

impl Style {
    /// Whether a key is that of an older grade.
    pub(super) fn owns(&self, key: &[u8]) -> bool {
        key.strip_prefix(self.key.as_bytes()).is_some_and(|rest| matches!(rest, [] | [b'.', ..]))
    }

    /// Whether what a record has under the keys of an older grade is one: the record would lose anything else.
    pub(super) fn is_grade(&self, record: Value<'_, '_>) -> bool {
        let own = record.get(&self.key);
        let is_one = own.is_none_or(|own| own.kind() == Kind::Null || own.get("score").is_some());
        is_one && self.is_flat_grade(record)
    }

    /// Whether what stands below the key is a flat grade, or nothing. Rules of an older rubric are not known by their
    /// names, but each has two: `KEY.NAME` and `KEY.passed.NAME`.
    fn is_flat_grade(&self, record: Value<'_, '_>) -> bool {
        let dotted = format!("{}.", self.key);
        let has = |part: &str, field: &str| record.get(&format!("{dotted}{part}{field}")).is_some();
        let is_field = |field: &str| {
            let rule = field.strip_prefix("passed.").unwrap_or(field);
            FIELDS.contains(&field) || RULES.contains(&rule) || (has("", rule) && has("passed.", rule))
        };
        let is_number = |value: Value<'_, '_>| matches!(value.kind(), Kind::Number | Kind::Null);
        match record.get(&format!("{dotted}score")) {
            // Of several rollouts it is a list.
            Some(score) => {
                (is_number(score) || (score.kind() == Kind::Array && score.items().all(is_number)))
                    && record.keys().filter_map(|key| key.strip_prefix(&dotted)).all(is_field)
            }
            None => !record.keys().any(|key| key.starts_with(&dotted)),
        }
    }

    /// Writes a grade's members, without braces around them.
    pub(super) fn members(&self, grade: &Graded<'_>, out: &mut Vec<u8>) {
        if self.flat && self.alone.is_none() {
            let prefix = format!("{}.", self.key);
            self.fields(grade, &prefix, out);
        } else if self.alone.is_some() {
            self.fields(grade, "", out);
        } else {
            string(&self.key, out);
            out.extend_from_slice(b": {");
            self.fields(grade, "", out);
            out.push(b'}');
        }
    }

    fn fields(&self, graded: &Graded<'_>, prefix: &str, out: &mut Vec<u8>) {
        let Graded { grade, .. } = graded;
        let (scores, passed) = (&grade.scores, grade.passed);
        let mut first = true;
        let mut key = |name: &str, out: &mut Vec<u8>| {
            if !std::mem::take(&mut first) {
                out.extend_from_slice(b", ");
            }
            out.push(b'"');
            if !prefix.is_empty() {
                escaped(prefix, plain_ascii, out);
            }
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\": ");
        };
        key("score", out);
        number(Some(grade.score), out);
        key("valid", out);
        flag(grade.invalid.is_none(), out);
        key("reason", out);
        string(graded.reason, out);
        key("tokens", out);
        let _ = write!(out, "{}", grade.tokens);
        for (name, score) in RULES.into_iter().zip(scores.in_order()) {
            key(name, out);
            number(score, out);
        }
        let custom = || graded.grader.rubric().rules.iter().map(|rule| rule.name.as_str()).zip(&grade.custom);
        for (name, found) in custom() {
            key(name, out);
            number(found.score, out);
        }
        let passed = RULES
            .into_iter()
            .zip(passed.in_order())
            .chain(custom().map(|(name, found)| (name, found.passed)));
        if prefix.is_empty() {
            key("passed", out);
            out.push(b'{');
            for (i, (name, passed)) in passed.enumerate() {
                let comma = if i == 0 { "" } else { ", " };
                let _ = write!(out, "{comma}\"{name}\": {passed}");
            }
            out.push(b'}');
        } else {
            for (name, passed) in passed {
                key(&format!("passed.{name}"), out);
                flag(passed, out);
            }
        }
        key("pii_matches", out);
        matches(graded, out);
        key("pii_basis", out);
        string(graded.pii_basis, out);
        key("basis", out);
        string(&self.basis, out);
        key("rubric", out);
        string(&self.rubric, out);
        key("version", out);
        string(&self.version, out);
    }
}

/// The built-in rules, in their order.
pub(super) const RULES: [&str; 5] = ["length", "coverage", "pii", "fluency", "form"];

/// The fields of a grade beside its rules' scores and what they passed.
const FIELDS: [&str; 9] =
    ["score", "valid", "reason", "tokens", "pii_matches", "pii_basis", "basis", "rubric", "version"];

/// A grade and what is written with it.
pub(super) struct Graded<'a> {
    pub(super) grade: &'a Grade,
    pub(super) reason: &'a str,
    pub(super) pii_basis: &'static str,
    pub(super) completion: &'a str,
    pub(super) grader: &'a Grader,
}

impl<'a> Graded<'a> {
    pub(super) fn new(
        grade: &'a Grade,
        reason: &'a str,
        completion: &'a str,
        has_source: bool,
        grader: &'a Grader,
    ) -> Self {
        let leaks = grader.rubric().pii.fail_on != FailOn::Any && has_source;
        Self { grade, reason, pii_basis: if leaks { "leaks" } else { "any" }, completion, grader }
    }
}

fn matches(graded: &Graded<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    let (mut byte, mut point) = (0, 0);
    // Matches rise, so that counting characters is linear; what does not rise is counted from the start.
    let mut points = |at: usize| {
        if at < byte {
            (byte, point) = (0, 0);
        }
        point += graded.completion.get(byte..at).map_or(0, |part| part.chars().count());
        byte = at;
        point
    };
    for (i, found) in graded.grade.pii.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let (start, end) = (points(found.found.span.start), points(found.found.span.end));
        let _ = write!(out, "{comma}{{\"kind\": ");
        string(graded.grader.scanner().name(found.found.kind), out);
        let _ =
            write!(out, ", \"start\": {start}, \"end\": {end}, \"verdict\": \"{}\"}}", found.verdict.name());
    }
    out.push(b']');
}

fn flag(value: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// A number as Python's `repr` has it.
fn number(value: Option<f64>, out: &mut Vec<u8>) {
    let Some(value) = value.filter(|v| v.is_finite()) else {
        out.extend_from_slice(b"null");
        return;
    };
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(value);
    if value == 0.0 || (1e-4..1e16).contains(&value.abs()) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    // The same digits, but Python begins to write exponents a little earlier, and writes them otherwise.
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |text| ("-", text));
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text.trim_start_matches(['0', '.']), "-5"));
    let (first, rest) = mantissa.split_at_checked(1).unwrap_or((mantissa, ""));
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let point = if rest.is_empty() { "" } else { "." };
    let (exponent_sign, exponent) =
        exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    let _ = write!(out, "{sign}{first}{point}{rest}e{exponent_sign}{exponent:0>2}");
}

/// A string in ASCII.
pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escaped(text, plain_ascii, out);
    out.push(b'"');
}

/// A string of which only what has to be is escaped.
pub(super) fn plain_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escaped(text, plain, out);
    out.push(b'"');
}

/// A string without its quotes; `plain` says how many bytes of a text stand as they are.
fn escaped(text: &str, plain: fn(&[u8]) -> usize, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((head, tail)) = rest.split_at_checked(plain(rest.as_bytes())) {
        out.extend_from_slice(head.as_bytes());
        let mut chars = tail.chars();
        let Some(c) = chars.next() else { break };
        escape(c, out);
        rest = chars.as_str();
    }
}

fn escape(c: char, out: &mut Vec<u8>) {
    let short = match c {
        '"' | '\\' => c,
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        _ => {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short as u8]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_read_again_as_they_were_and_are_as_short_as_can_be(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let mut out = Vec::new();
            number(Some(value), &mut out);
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            let digits = |text: &str| {
                let digits: String = text.split('e').next().unwrap().chars().filter(char::is_ascii_digit).collect();
                digits.trim_matches('0').len()
            };
            prop_assert_eq!(digits(&text), digits(&format!("{value:e}")));
        }
    }

    #[test]
    fn numbers_and_strings_are_written_as_python_writes_them() {
        for (value, text) in [
            (1.0, "1.0"),
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (-1.0, "-1.0"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.3333333333333333"),
            (0.0001, "0.0001"),
            (0.00005, "5e-05"),
            (-0.000_012_34, "-1.234e-05"),
            (9.999e-5, "9.999e-05"),
            (1.5e300, "1.5e+300"),
            (-2e16, "-2e+16"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (1.25e-7, "1.25e-07"),
            (1e-100, "1e-100"),
            (1e16, "1e+16"),
            (f64::from_bits(0x3fef_3850_0000_0000), "0.9756240844726562"),
            (-12.5, "-12.5"),
            (120.0, "120.0"),
            (0.001, "0.001"),
            (123_456.789, "123456.789"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
        ] {
            let mut out = Vec::new();
            number(Some(value), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        let mut out = Vec::new();
        string("a\"\\\n\u{7f}é😀\0", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#""a\"\\\n\u007f\u00e9\ud83d\ude00\u0000""#);
    }
}
