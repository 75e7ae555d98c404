//! What single characters give away: chat templates, tags, JSON, code and markdown inside the lines.

use super::ViolationKind::{Bullets, Code, ControlCharacters, Markdown, Markup, Placeholder, SpecialTokens};
use super::quotation::Quotation;
use super::{Answer, Found, ViolationKind, placeholder};
use crate::fluency::bytes::Bytes;
use crate::fluency::phrase::Phrases;

/// How far the end of a tag, link or emphasis is looked for.
const REACH: usize = 200;

/// Tokens of chat templates and tags of answers that are no markup of the text; matched in lower case.
const SPECIAL: [&str; 34] = [
    "<s>",
    "</s>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<mask>",
    "<eot>",
    "<eod>",
    "<sep>",
    "<cls>",
    "<<sys>>",
    "<</sys>>",
    "<think>",
    "</think>",
    "<thinking>",
    "</thinking>",
    "<thought>",
    "</thought>",
    "<answer>",
    "</answer>",
    "<reasoning>",
    "</reasoning>",
    "<tool_call>",
    "</tool_call>",
    "<function_call>",
    "<start_of_turn>",
    "<end_of_turn>",
    "[inst]",
    "[/inst]",
    "[/sys]",
    "[eos]",
    "[bos]",
    "[end_of_text]",
];

/// The same, which in small letters are words in brackets.
const BRACKETED: [&str; 16] = [
    "[MASK]",
    "[CLS]",
    "[SEP]",
    "[PAD]",
    "[UNK]",
    "[THINK]",
    "[/THINK]",
    "[TOOL_CALLS]",
    "[/TOOL_CALLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[SYS]",
];

/// The bytes at which one of these may begin. None of them lies inside of a character.
pub(super) static TRIGGERS: Bytes = Bytes::new(
    b"<>[{&*_`~\\\xe2\xc2\x7f\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\
      \x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f",
);

pub(super) fn check(answer: &Answer<'_>, found: &mut Found) {
    let (body, offset) = (answer.body(), answer.body.start);
    let mut at = 0;
    if let Some(length) = channels(body) {
        found.add(SpecialTokens, offset..offset + length);
        at = length;
    }
    let mut quotation = Quotation::of(body);
    while let Some(next) = answer.next(&TRIGGERS, at) {
        at = next;
        if let Some(start) = arrow(body, at) {
            found.add(Code, offset + start..offset + at + 1);
        }
        let is_quoted_gap = placeholder::is_gap(&body[at..]) && quotation.holds(at);
        let hit = matched(body, at).filter(|_| !is_quoted_gap);
        if let Some((kind, length)) = hit {
            found.add(kind, offset + at..offset + at + length);
        }
        at += hit.map_or(1, |(_, length)| length);
    }
}

/// The length of a channel of thinking whose tokens were taken out: "analysis ... assistantfinal".
fn channels(text: &str) -> Option<usize> {
    const FINAL: &str = "assistantfinal";
    text.strip_prefix("analysis").or_else(|| text.strip_prefix("commentary"))?;
    text.find(FINAL).map(|at| at + FINAL.len())
}

fn matched(text: &str, at: usize) -> Option<(ViolationKind, usize)> {
    let byte = *text.as_bytes().get(at)?;
    let rest = &text[at..];
    match byte {
        b'<' => special(rest).or_else(|| filled(text, at)).or_else(|| {
            tag(rest).filter(|length| !is_named(text, at, *length)).map(|length| (Markup, length))
        }),
        b'[' if at == 0 && rest[1..].starts_with('"') => Some((Markup, 1)),
        b'[' => {
            special(rest).or_else(|| link(rest).map(|length| (Markdown, length))).or_else(|| filled(text, at))
        }
        b'\\' => command(rest).map(|length| (Markup, length)),
        b'{' => object(rest).map(|length| (Markup, length)).or_else(|| filled(text, at)),
        b'&' => entity(rest).map(|length| (Markup, length)),
        b'`' => code(rest),
        b'~' => rest.starts_with("~~").then_some((Markdown, 2)),
        0..0x20 | 0x7f | 0xc2 => controls(rest).map(|length| (ControlCharacters, length)),
        b'*' | b'_' => emphasis(text, at)
            .map(|length| (Markdown, length))
            .or_else(|| is_star_bullet(text, at).then_some((Bullets, 1)))
            .or_else(|| filled(text, at)),
        0xe2 if rest.starts_with('◁') => barred(rest, "◁", "▷").map(|length| (SpecialTokens, length)),
        _ => rest
            .starts_with(['•', '→', '⇒', '➔', '➜'])
            .then_some((Bullets, '•'.len_utf8()))
            .filter(|_| at > 0 && is_inner(text, at)),
    }
}

fn filled(text: &str, at: usize) -> Option<(ViolationKind, usize)> {
    placeholder::length(text, at).map(|length| (Placeholder, length))
}

/// Where an arrow begins that ends at `at` and stands between words: ` -> `, ` => `.
fn arrow(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let head = bytes.get(..at).filter(|_| bytes.get(at) == Some(&b'>'))?;
    let shaft = head.iter().rev().take(4).take_while(|byte| matches!(byte, b'-' | b'=')).count();
    let is_apart = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
    let start = at - shaft;
    (shaft > 0 && is_apart(bytes.get(at + 1)) && is_apart(head.get(..start)?.last())).then_some(start)
}

/// A bullet that does not begin a line; one that does is found with the lines.
fn is_inner(text: &str, at: usize) -> bool {
    text[..at]
        .bytes()
        .rev()
        .take(4)
        .find(|byte| *byte != b' ')
        .is_some_and(|byte| byte != b'\n' && byte != b'\r')
}

/// A star that begins an item behind the end of a sentence: "It voted. * The mayor".
fn is_star_bullet(text: &str, at: usize) -> bool {
    let next = text.get(at..).and_then(|rest| rest.strip_prefix("* "));
    let before = text.get(..at).and_then(|before| before.strip_suffix(' '));
    next.is_some_and(|next| next.starts_with(char::is_uppercase))
        && before.is_some_and(|before| before.ends_with(['.', '!', '?', ':', ';']))
}

/// A tag that a sentence speaks of: it stands apart between words and never closes.
fn is_named(text: &str, at: usize, length: usize) -> bool {
    let (before, rest) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let (tag, after) = rest.split_at_checked(length).unwrap_or_default();
    let is_apart = before.strip_suffix(' ').is_some_and(|before| before.ends_with(char::is_alphanumeric))
        && after.strip_prefix(' ').is_some_and(|after| after.starts_with(char::is_lowercase));
    let name = tag.trim_matches(['<', '>']);
    let closes = || {
        let near = after.char_indices().map(|(at, _)| at).take_while(|at| *at < REACH).last().unwrap_or(0);
        after[..near].contains(&format!("</{name}>"))
    };
    is_apart && !tag.starts_with("</") && !matches!(name, "br" | "hr" | "p") && !closes()
}

fn special(rest: &str) -> Option<(ViolationKind, usize)> {
    let listed = SPECIAL.iter().find(|token| {
        rest.as_bytes().get(..token.len()).is_some_and(|found| found.eq_ignore_ascii_case(token.as_bytes()))
    });
    let length = listed
        .or_else(|| BRACKETED.iter().find(|token| rest.starts_with(**token)))
        .map(|token| token.len())
        .or_else(|| barred(rest, "<|", "|>"))
        .or_else(|| barred(rest, "<｜", "｜>"));
    length.or_else(|| byte_token(rest)).map(|length| (SpecialTokens, length))
}

/// A run of control characters that break no line.
fn controls(rest: &str) -> Option<usize> {
    let is_one = |c: &char| c.is_control() && !matches!(c, '\t'..='\r' | '\u{85}');
    let length = rest.chars().take_while(is_one).map(char::len_utf8).sum();
    (length > 0).then_some(length)
}

/// `<|name|>` and its full-width form.
fn barred(rest: &str, open: &str, close: &str) -> Option<usize> {
    let inner = rest.strip_prefix(open)?;
    let end = inner.char_indices().take(48).find(|(place, _)| inner[*place..].starts_with(close))?.0;
    let is_name =
        inner[..end].chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '▁' | '/' | ' '));
    is_name.then_some(open.len() + end + close.len())
}

/// `<0x0A>`: a byte that was never decoded.
fn byte_token(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes().get(..6)?;
    let is_byte =
        bytes.starts_with(b"<0x") && bytes[3..5].iter().all(u8::is_ascii_hexdigit) && bytes[5] == b'>';
    is_byte.then_some(6)
}

/// `<name>`, `</name>`, `<name attribute="...">`, `<!-- ... -->`.
fn tag(rest: &str) -> Option<usize> {
    if rest.starts_with("<!--") {
        return Some(4);
    }
    let bytes = rest.as_bytes();
    let start = if bytes.get(1) == Some(&b'/') { 2 } else { 1 };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    let name = bytes[start..].iter().take(32).take_while(|byte| is_name(byte)).count();
    if !bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    match bytes.get(start + name) {
        // One letter in angle brackets is a formula's mean; the tags of one letter are those of HTML.
        Some(b'>') => (name > 1 || start == 2 || matches!(bytes[start], b'p' | b'b' | b'i' | b'u' | b'a'))
            .then_some(start + name + 1),
        Some(b' ' | b'/') => {
            let inner = bytes[start + name..].iter().take(REACH);
            let end = inner.clone().position(|byte| *byte == b'>')?;
            let is_tag = end <= 2 || inner.take(end).any(|byte| *byte == b'=');
            is_tag.then_some(start + name + end + 1)
        }
        _ => None,
    }
}

/// `[text](target)`.
fn link(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    // Stopping at the next opening bracket keeps a row of them from being walked again and again.
    let close = 1 + bytes[1..].iter().take(REACH).position(|byte| matches!(byte, b']' | b'['))?;
    if bytes[close] == b'[' || bytes.get(close + 1) != Some(&b'(') {
        return None;
    }
    let end = bytes[close..].iter().take(REACH).position(|byte| *byte == b')')?;
    Some(close + end + 1)
}

/// `{"key":` and `{'key':`.
fn object(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let spaces = bytes[1..].iter().take(REACH).take_while(|byte| byte.is_ascii_whitespace()).count();
    let quote = *bytes.get(1 + spaces).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let key = 2 + spaces;
    let end = key + bytes[key..].iter().take(REACH).position(|byte| *byte == quote)?;
    let colon = bytes[end + 1..].iter().take(4).find(|byte| **byte != b' ')?;
    (*colon == b':').then_some(end + 1)
}

/// `\\boxed{`, `\\textbf{`, and a line break that stayed an escape (`\\n`).
fn command(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let name = bytes[1..].iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if name > 1 && bytes.get(1 + name) == Some(&b'{') {
        return Some(2 + name);
    }
    let is_escape = bytes.get(1) == Some(&b'n') && bytes.get(2).is_none_or(|byte| !byte.is_ascii_lowercase());
    is_escape.then_some(2)
}

/// `&amp;`, `&#39;`.
fn entity(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let end = bytes.iter().take(10).position(|byte| *byte == b';')?;
    let inner = &bytes[1..end];
    let is_number =
        inner.first() == Some(&b'#') && inner.len() > 1 && inner[1..].iter().all(u8::is_ascii_alphanumeric);
    let is_name = matches!(
        inner,
        b"amp"
            | b"lt"
            | b"gt"
            | b"quot"
            | b"apos"
            | b"nbsp"
            | b"mdash"
            | b"ndash"
            | b"rsquo"
            | b"ldquo"
            | b"rdquo"
    );
    (is_number || is_name).then_some(end + 1)
}

/// A fence, or a span of code.
fn code(rest: &str) -> Option<(ViolationKind, usize)> {
    let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
    if ticks >= 3 {
        return Some((Code, ticks));
    }
    let inner = &rest.as_bytes()[ticks..];
    let end = inner.iter().take(REACH).position(|byte| *byte == b'`')?;
    (end > 0).then_some((Code, ticks + end + 1))
}

/// `**text**`, `*text*`, `__text__`: marks that hug what they enclose, outside of words. Two marks that hug a word's start
/// are emphasis wherever it ends.
fn emphasis(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mark = bytes[at];
    let width = bytes[at..].iter().take(4).take_while(|byte| **byte == mark).count();
    let after_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == mark);
    let inner = bytes.get(at + width..)?;
    if width > 3 || after_word || inner.first().is_none_or(u8::is_ascii_whitespace) {
        return None;
    }
    let opens = (width == 2 && inner.first().is_some_and(u8::is_ascii_alphanumeric)).then_some(width);
    let Some(end) = inner.iter().take(REACH).position(|byte| *byte == mark) else { return opens };
    let close = inner[end..].iter().take(4).take_while(|byte| **byte == mark).count();
    let is_hugged = !inner[..end].last().is_none_or(u8::is_ascii_whitespace);
    let next = inner.get(end + close);
    let is_closed = close == width && next.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (is_hugged && is_closed).then_some(width + end + close).or(opens)
}

/// Labels of speakers in a chat, at the start of a line.
pub(super) static SPEAKERS: Phrases = Phrases::new(&[
    "assistant:",
    "user:",
    "human:",
    "system:",
    "ai:",
    "bot:",
    "### instruction",
    "### response",
]);

/// Those that stand behind a sentence as well, where a model goes on with the chat.
static NEXT_SPEAKERS: Phrases = Phrases::new(&["assistant:", "user:", "human:"]);

/// The length of a speaker's label at the start of a line or, with a capital, of a sentence; of hashes at the end.
pub(super) fn speaker(text: &str, is_line: bool) -> Option<usize> {
    if text.starts_with("###") && text.bytes().all(|byte| byte == b'#') {
        return Some(text.len());
    }
    let list = if is_line { &SPEAKERS } else { &NEXT_SPEAKERS };
    list.prefix(text).filter(|_| is_line || text.starts_with(char::is_uppercase))
}
