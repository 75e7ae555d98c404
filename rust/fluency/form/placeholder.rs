//! What a template leaves to be filled in.

use crate::pii::Kind;

/// How far the end of a placeholder is looked for, and the words that it has at most.
const LONGEST: usize = 48;
const WORDS: usize = 6;

/// What is to be filled in, in capitals.
const BLANKS: [&str; 26] = [
    "ADDRESS",
    "AGE",
    "AMOUNT",
    "BLANK",
    "CITY",
    "COMPANY",
    "COUNTRY",
    "DATE",
    "DAY",
    "HERE",
    "INSERT",
    "LOCATION",
    "MONTH",
    "NAME",
    "NAMES",
    "NUMBER",
    "ORGANISATION",
    "ORGANIZATION",
    "PERSON",
    "PLACE",
    "PLACEHOLDER",
    "REDACTED",
    "TIME",
    "TITLE",
    "TODO",
    "YEAR",
];

/// The length of a placeholder that begins at `at`.
pub(super) fn length(text: &str, at: usize) -> Option<usize> {
    let (before, rest) = text.split_at_checked(at)?;
    match rest.as_bytes().first()? {
        b'[' if is_gap(rest) => rest.find(']').map(|end| end + 1),
        b'[' => enclosed(rest, ']')
            .filter(|inner| is_label(inner) && !is_redacted(inner))
            .map(|inner| inner.len() + 2),
        b'<' => enclosed(rest, '>').filter(|inner| is_label(inner)).map(|inner| inner.len() + 2),
        b'{' => variable(rest),
        b'_' => blank(before, rest),
        _ => None,
    }
}

/// `[...]`, which stands for words that are left out: in a quotation it is the writer's own.
pub(super) fn is_gap(rest: &str) -> bool {
    rest.starts_with("[...]") || rest.starts_with("[…]")
}

/// What stands between the bracket at the start and the next one.
fn enclosed(rest: &str, close: char) -> Option<&str> {
    let bytes = rest.as_bytes().get(1..)?;
    let end = bytes
        .iter()
        .take(LONGEST)
        .position(|byte| !(byte.is_ascii_alphanumeric() || b" _-/'".contains(byte)))?;
    let inner = rest.get(1..=end)?;
    rest.get(end + 1..)?.starts_with(close).then_some(inner)
}

/// "NAME", "COMPANY_NAME", "insert date", "Your Name", "city name": what is told to fill something in, or names it.
fn is_label(inner: &str) -> bool {
    let words = || inner.split([' ', '_', '-', '/']).filter(|word| !word.is_empty());
    let is_blank = |word: &str| {
        BLANKS
            .iter()
            .any(|blank| word.trim_end_matches(|c: char| c.is_ascii_digit()).eq_ignore_ascii_case(blank))
    };
    if words().take(WORDS + 1).count() > WORDS {
        return false;
    }
    if !inner.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return words().any(is_blank);
    }
    let (Some(first), Some(last)) = (words().next(), words().next_back()) else { return false };
    let begins = |word: &str| first.eq_ignore_ascii_case(word);
    let ends = || is_blank(last) || last.eq_ignore_ascii_case("here");
    let is_told = begins("insert") || ["your", "enter", "add"].into_iter().any(begins) && ends();
    // "[his name]" stands in quotations.
    let is_named = last.eq_ignore_ascii_case("name")
        && !["a", "her", "his", "its", "my", "our", "that", "the", "their", "this"].into_iter().any(begins);
    words().nth(1).is_some() && (is_told || is_named)
}

/// Whether it is a kind of personal data, which `redact` writes in its place.
fn is_redacted(inner: &str) -> bool {
    Kind::ALL.iter().any(|kind| kind.name() == inner)
}

/// `{{name}}`.
fn variable(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix("{{")?;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b" _-.".contains(byte);
    let end = inner.bytes().take(LONGEST).take_while(|byte| is_part(byte)).count();
    let is_one =
        inner.get(end..)?.starts_with("}}") && inner.get(..end)?.bytes().any(|b| b.is_ascii_alphabetic());
    is_one.then_some(end + 4)
}

/// `____` in the place of words, but not as a line of its own.
fn blank(before: &str, rest: &str) -> Option<usize> {
    let length = rest.bytes().take_while(|byte| *byte == b'_').count();
    let after = rest.get(length..)?;
    let opens = |c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '$' | '£' | '€');
    let closes = |c: char| {
        c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '%' | '’' | '\'')
    };
    let is_apart =
        (before.is_empty() || before.ends_with(opens)) && (after.is_empty() || after.starts_with(closes));
    let is_line = (before.is_empty() || before.ends_with('\n'))
        && (after.is_empty() || after.starts_with(['\r', '\n']));
    (length > 1 && is_apart && !is_line).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_to_be_filled_in_is_told_from_what_brackets_hold() {
        let placeholders = [
            "[NAME]",
            "[REDACTED]",
            "[NAME REDACTED]",
            "[COMPANY_NAME]",
            "[PERSON 1]",
            "[insert date]",
            "[Your Name]",
            "[city name]",
            "<NAME>",
            "<insert date>",
            "{{council}}",
            "{{ user.name }}",
            "____",
            "[...]",
            "[…]",
        ];
        let others = [
            "[EMAIL]",
            "[DATE_OF_BIRTH]",
            "[sic]",
            "[WHO]",
            "[their]",
            "[your client]",
            "[T]he",
            "[1]",
            "[Company]",
            "[the name]s",
            "<b>",
            "<1.5",
            "{5, 10}",
            "{a}",
            "_",
            "__init__",
            "a__b",
        ];
        for text in placeholders {
            assert_eq!(
                length(text, 0).or_else(|| length(&format!(" {text} "), 1)),
                Some(text.len()),
                "{text}"
            );
        }
        for text in others {
            assert_eq!(length(&format!(" {text} "), 1), None, "{text}");
        }
        assert_eq!(length("The fee is ____.", 11), Some(4));
        assert_eq!(length("One.\n____\nTwo.", 5), None);
    }
}
