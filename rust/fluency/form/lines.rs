//! What the lines show: further paragraphs, line breaks, bullets, headings, quotes, tables and rules.

use super::{Answer, Found, ViolationKind};
use crate::fluency::bytes::Bytes;

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

/// The length of "1.", "12)", "(3)", "a)", "[2]" in front of a space.
fn numbering(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let opened = usize::from(matches!(bytes.first(), Some(b'(' | b'[')));
    let digits = bytes[opened..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let letters = usize::from(digits == 0 && bytes.get(opened).is_some_and(u8::is_ascii_lowercase));
    let close = opened + digits + letters;
    let is_closed = match bytes.get(close) {
        Some(b')' | b']') => true,
        Some(b'.') => digits > 0 && opened == 0,
        _ => false,
    };
    let is_item = (1..=2).contains(&(digits + letters)) && is_closed && bytes.get(close + 1) == Some(&b' ');
    is_item.then_some(close + 1)
}

/// A short line without the end of a sentence, with more text after it.
fn is_title(line: &str) -> bool {
    let last = line.trim_end_matches(['"', '”', '’', ')', '*', '_']).chars().next_back();
    let is_open = !matches!(last, Some('.' | '!' | '?' | '…' | ',' | ';') | None);
    is_open && line.split_whitespace().take(MAX_TITLE_WORDS + 1).count() <= MAX_TITLE_WORDS
}
