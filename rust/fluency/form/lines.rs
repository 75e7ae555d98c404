//! What the lines show: further paragraphs, line breaks, bullets, headings, quotes, tables and rules.

use super::{Answer, Found, MAX_OF_A_KIND, ViolationKind};
use crate::fluency::bytes::Bytes;
use std::ops::Range;

/// A line of more words than this is text, not a title.
const MAX_TITLE_WORDS: usize = 12;

pub(super) fn check(answer: &Answer<'_>, found: &mut Found) {
    let body = answer.body();
    let offset = answer.body.start;
    let mut at = 0;
    // Whether a line with text came before, and how many line breaks stand between it and this one.
    let mut breaks = None;
    let mut last_end = offset;
    while at <= body.len() {
        let end = line_end(answer, at);
        let line = body[at..end].trim();
        let next = end + break_length(body, end);
        if line.is_empty() {
            breaks = breaks.map(|breaks: usize| breaks + 1);
        } else {
            let start = at + (body[at..end].len() - body[at..end].trim_start().len());
            let span = offset + start..offset + start + line.len();
            match breaks {
                Some(2..) => found.add(ViolationKind::Paragraphs, span.clone()),
                Some(_) => found.add(ViolationKind::LineBreak, last_end..span.start),
                None => {}
            }
            if let Some((kind, length)) = opening(line) {
                found.add(kind, span.start..span.start + length);
                if kind == ViolationKind::Bullets {
                    further_items(line, length, |item| {
                        found.add(kind, span.start + item.start..span.start + item.end);
                    });
                }
            } else if next < body.len() && is_title(line) {
                found.add(ViolationKind::Heading, span.clone());
            }
            breaks = Some(1);
            last_end = span.end;
        }
        if next == end {
            break;
        }
        at = next;
    }
}

fn line_end(answer: &Answer<'_>, at: usize) -> usize {
    let text = answer.body();
    let mut place = at;
    while let Some(next) = answer.next(&MAY_BREAK, place) {
        place = next;
        if break_length(text, place) > 0 {
            return place;
        }
        place += 1;
    }
    text.len()
}

/// The bytes at which a line break may begin.
pub(super) static MAY_BREAK: Bytes = Bytes::new(b"\n\x0b\x0c\r\xc2\xe2");

/// The length of the line break at a place, 0 where there is none.
fn break_length(text: &str, at: usize) -> usize {
    match text.as_bytes().get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\n' | b'\r' | 0x0b | 0x0c, ..]) => 1,
        Some([0xe2, 0x80, 0xa8 | 0xa9, ..]) => 3,
        Some([0xc2, 0x85, ..]) => 2,
        _ => 0,
    }
}

/// What a line begins with that a paragraph's line does not, and its length.
fn opening(line: &str) -> Option<(ViolationKind, usize)> {
    let first = line.chars().next()?;
    let rest = &line[first.len_utf8()..];
    match first {
        '•' | '‣' | '◦' | '▪' | '●' | '■' | '○' | '·' | '➢' | '➤' | '✓' | '✔' | '★' => {
            Some((ViolationKind::Bullets, first.len_utf8()))
        }
        '#' => heading(line),
        '>' => rest.starts_with(' ').then_some((ViolationKind::Markdown, 1)),
        '|' => rest.contains('|').then_some((ViolationKind::Markdown, line.len())),
        '-' | '*' | '+' | '_' | '=' | '–' | '—' => rule(line).or_else(|| {
            (rest.starts_with([' ', '\t']) && first != '_' && first != '=')
                .then_some((ViolationKind::Bullets, first.len_utf8()))
        }),
        '\u{2190}'..='\u{21ff}' | '\u{25a0}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}' => {
            let marks = rest.strip_prefix('\u{fe0f}').unwrap_or(rest);
            marks.starts_with(' ').then_some((ViolationKind::Bullets, first.len_utf8()))
        }
        _ if first.is_ascii_alphabetic() || first == '_' => statement(line)
            .map(|length| (ViolationKind::Code, length))
            .or_else(|| numbering(line).map(|length| (ViolationKind::Bullets, length))),
        _ => numbering(line).map(|length| (ViolationKind::Bullets, length)),
    }
}

/// "# Title" to "###### Title".
fn heading(line: &str) -> Option<(ViolationKind, usize)> {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    let is_heading = marks <= 6 && line[marks..].starts_with([' ', '\t']);
    is_heading.then_some((ViolationKind::Heading, line.len()))
}

/// A line of nothing but three or more dashes, stars or equal signs.
fn rule(line: &str) -> Option<(ViolationKind, usize)> {
    let first = line.chars().next()?;
    let is_rule =
        line.len() >= 3 && line.chars().all(|c| c == first || c == ' ') && line.matches(first).count() >= 3;
    is_rule.then_some((ViolationKind::Markdown, line.len()))
}

/// The length of "1.", "12)", "(3)", "a)", "[2]" in front of a space; of "A." and "i." where the next one follows.
fn numbering(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let opened = usize::from(matches!(bytes.first(), Some(b'(' | b'[')));
    let digits = bytes[opened..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let letters = usize::from(digits == 0 && bytes.get(opened).is_some_and(u8::is_ascii_alphabetic));
    let close = opened + digits + letters;
    let is_small = digits > 0 || bytes.get(opened).is_some_and(u8::is_ascii_lowercase);
    let is_closed = match bytes.get(close) {
        Some(b')' | b']') => is_small,
        // Initials of names look the same.
        Some(b'.') => opened == 0 && (digits > 0 || next_item(line, 0, 2).is_some()),
        _ => false,
    };
    let is_item = (1..=2).contains(&(digits + letters)) && is_closed && bytes.get(close + 1) == Some(&b' ');
    (is_item && !is_club(line)).then_some(close + 1)
}

/// "1. FC Köln", the name of a club and no item of a list.
fn is_club(line: &str) -> bool {
    const CLUBS: [&str; 8] = ["FC ", "FSV ", "SC ", "SV ", "FFC ", "TSV ", "CfR ", "VfL "];
    line.strip_prefix("1. ").is_some_and(|rest| CLUBS.iter().any(|club| rest.starts_with(club)))
        && next_item(line, 0, 2).is_none()
}

/// The places of the items that follow the first of a line: "2.", "b)", or the same bullet again.
fn further_items(line: &str, length: usize, mut add: impl FnMut(Range<usize>)) {
    let label = line.get(..length).unwrap_or_default();
    if !label.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '(' | '[')) {
        // Bullets inside a line that the marks tell are theirs to find; a dash stands in sentences as well.
        let is_told = |c: char| c.is_ascii() || matches!(c, '–' | '—' | '•' | '→' | '⇒' | '➔' | '➜');
        if !label.starts_with(is_told) {
            let again = line.match_indices(label).skip(1).take(MAX_OF_A_KIND);
            again.for_each(|(at, _)| add(at..at + label.len()));
        }
        return;
    }
    let (mut at, mut number) = (0, first_number(label) + 1);
    while let Some(item) = next_item(line, at, number) {
        at = item.end;
        number += 1;
        if number > MAX_OF_A_KIND + 1 {
            break;
        }
        add(item);
    }
}

/// The number of a list's first item as it is written: lists of letters begin at 1.
fn first_number(label: &str) -> usize {
    let digits = label.trim_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or(1)
}

/// Where a list's item of that number stands behind `from`, labelled as the line's first one is.
fn next_item(line: &str, from: usize, number: usize) -> Option<Range<usize>> {
    const ROMAN: [&str; 9] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let bytes = line.as_bytes();
    let opened = bytes.first().filter(|byte| matches!(byte, b'(' | b'['));
    let first = *bytes.get(usize::from(opened.is_some()))?;
    let close = *bytes.iter().find(|byte| matches!(byte, b'.' | b')' | b']'))?;
    let label = match first {
        b'0'..=b'9' => number.to_string(),
        b'i' => (*ROMAN.get(number.checked_sub(1)?)?).to_owned(),
        b'I' => ROMAN.get(number.checked_sub(1)?)?.to_uppercase(),
        b'a' | b'A' => char::from(first + u8::try_from(number.checked_sub(1)?).ok()?.min(25)).to_string(),
        _ => return None,
    };
    let opened = opened.map_or(String::new(), |byte| char::from(*byte).to_string());
    let label = format!(" {opened}{label}{} ", char::from(close));
    line.get(from..)?.match_indices(&label).take(MAX_OF_A_KIND).find_map(|(at, _)| {
        let at = from + at;
        // Initials of names have a full stop as well: "A. Smith met W. B. Yeats".
        let before = line.get(..at)?;
        let word = before.strip_suffix(['.', '!', '?', ';', ',', ':'])?.rsplit(' ').next()?;
        let ends = close != b'.' || before.ends_with(['.', '!', '?', ';']) && word.len() > 2;
        ends.then(|| at + 1..at + label.len() - 1)
    })
}

/// The length of the beginning of a line of code: `summary = "`, `print("`, `return "`.
fn statement(line: &str) -> Option<usize> {
    let line_of = |keyword: &str| line.strip_prefix(keyword);
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    let keyword = ["let ", "const ", "var "].iter().find_map(|keyword| line_of(keyword));
    if line_of("return ").is_some_and(|rest| rest.as_bytes().first().is_some_and(is_quote)) {
        return Some("return ".len());
    }
    let begun = line.len() - keyword.unwrap_or(line).len();
    let bytes = line.as_bytes().get(begun..)?;
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let name = bytes.iter().take(32).take_while(is_name).count();
    let spaces = usize::from(bytes.get(name) == Some(&b' '));
    let next = match bytes.get(name + spaces)? {
        b'(' if spaces == 0 => name + 1,
        b'=' => {
            let end = name + spaces + 1;
            end + usize::from(bytes.get(end) == Some(&b' '))
        }
        _ => return None,
    };
    // `f"..."`
    let next = next + usize::from(matches!(bytes.get(next), Some(b'f' | b'r')));
    bytes.get(next).is_some_and(is_quote).then_some(begun + next)
}

/// A short line without the end of a sentence, with more text after it.
fn is_title(line: &str) -> bool {
    let last = line.trim_end_matches(['"', '”', '’', ')', '*', '_']).chars().next_back();
    let is_open = !matches!(last, Some('.' | '!' | '?' | '…' | ',' | ';') | None);
    is_open && line.split_whitespace().take(MAX_TITLE_WORDS + 1).count() <= MAX_TITLE_WORDS
}
