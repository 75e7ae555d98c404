//! Markup and control characters inside of a value: `jane<b>@</b>example.org`, `415<wbr>-555<!-- -->-0132`.

use super::Edit;
use super::pieces::is_sign;
use crate::pii::candidate::{before, byte, is_label};
use crate::pii::prefilter::Surveys;
use crate::simd::{BLOCK, Set};

/// Longest tag that is looked at.
const LONGEST: usize = 64;
/// What commands to a terminal begin with.
const ESCAPE: u8 = 27;
/// Tags that do not end a word.
const INLINE: &[&[u8]] = &[
    b"a", b"b", b"i", b"u", b"s", b"em", b"tt", b"wbr", b"sub", b"sup", b"big", b"del", b"ins", b"kbd",
    b"var", b"code", b"font", b"mark", b"span", b"samp", b"small", b"strong",
];

/// Whether some bytes may begin a tag, or are control characters: hardly any do.
pub(super) fn may_have_any(bytes: &[u8]) -> bool {
    bytes.iter().fold(false, |any, &b| any | (b == b'<') | is_control(b))
}

/// Collects the tags that stand inside of something. A value reaches over the blocks in which its digits and signs stand, so
/// all are read.
pub(super) fn edits(_: Set, text: &[u8], _: &Surveys) -> Vec<Edit> {
    let (mut edits, mut next) = (Vec::new(), 0);
    let blocks = text.chunks(BLOCK).zip((0..).step_by(BLOCK));
    for (block, from) in blocks.filter(|(block, _)| may_have_any(block)) {
        for at in from..from + block.len() {
            if at >= next
                && let Some((end, put)) = tag(text, at).or_else(|| control(text, at))
            {
                edits.push(Edit::new(at..end, put));
                next = end;
            }
        }
    }
    edits
}

/// Whether a tag begins at `end`, or ends at `start`, behind which, or before which, a value may go on.
pub(crate) fn asks(text: &[u8], start: usize, end: usize) -> bool {
    asks_beside(text, start, end)
        || (is_sign(byte(text, end)) && asks_beside(text, start, end + 1))
        || (is_sign(before(text, start)) && asks_beside(text, start - 1, end))
}

fn asks_beside(text: &[u8], start: usize, end: usize) -> bool {
    let next = tag(text, end).or_else(|| control(text, end)).map(|(next, _)| byte(text, next));
    let behind = next.is_some_and(|next| is_part(next) || is_control(next));
    let command = start > 1 && byte(text, start - 1) == b'[' && byte(text, start - 2) == ESCAPE;
    behind
        || command
        || (start > 0 && is_control(before(text, start)))
        || (before(text, start) == b'>' && (2..=LONGEST.min(start)).any(|i| opens(text, start - i, start)))
}

/// Whether a tag stands in what is written around the `@` at `at`.
pub(super) fn asks_sign(text: &[u8], at: usize) -> bool {
    let name = |b: u8| is_label(b) || matches!(b, b'.' | b'_' | b'+');
    let start = at - (1..=LONGEST.min(at)).take_while(|&i| name(byte(text, at - i))).count();
    let end = at + 1 + (1..LONGEST).take_while(|&i| name(byte(text, at + i))).count();
    asks(text, start, end)
}

/// Whether a tag from `at` to `end` stands behind something.
fn opens(text: &[u8], at: usize, end: usize) -> bool {
    byte(text, at) == b'<'
        && (is_part(before(text, at)) || before(text, at) == b'>')
        && tag(text, at).is_some_and(|(next, _)| next == end)
}

/// Whether a byte may be part of a value, or begin another tag.
fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'+' | b'_' | b'(' | b')' | b' ' | b'<')
}

/// The tag or comment at `at`: its end, and what it stands for.
fn tag(text: &[u8], at: usize) -> Option<(usize, &'static [u8])> {
    if byte(text, at) != b'<' {
        return None;
    }
    let first = byte(text, at + 1);
    if !first.is_ascii_alphabetic() && !matches!(first, b'/' | b'!') {
        return None;
    }
    let rest = text.get(at..text.len().min(at + LONGEST))?;
    if rest.starts_with(b"<!--") {
        let close = rest.windows(3).skip(2).position(|three| three == b"-->")?;
        return Some((at + close + 5, b""));
    }
    let close = rest.iter().position(|&b| b == b'>')?;
    let inner = rest.get(1..close)?;
    let inner = inner.strip_prefix(b"/").unwrap_or(inner);
    let length = inner.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (name, attributes) = inner.split_at_checked(length)?;
    if name.eq_ignore_ascii_case(b"br") {
        return Some((at + close + 1, b"\n"));
    }
    let known = INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name));
    let plain = matches!(attributes.first(), None | Some(b' ' | b'/'));
    (known && plain).then_some((at + close + 1, b""))
}

/// Neither a tab nor the end of a line: nothing that is seen.
fn is_control(b: u8) -> bool {
    ((b < 32) & (b.wrapping_sub(b'\t') > 4)) | (b == 127)
}

/// The control character at `at`, with what a terminal takes for a command: where it ends, and that it stands for nothing.
fn control(text: &[u8], at: usize) -> Option<(usize, &'static [u8])> {
    const PARAMETERS: usize = 16;
    let &b = text.get(at).filter(|b| is_control(**b))?;
    let mut end = at + 1;
    if b == ESCAPE && byte(text, end) == b'[' {
        let is_parameter = |i: &usize| matches!(byte(text, *i), b'0'..=b'9' | b';');
        end += 1 + (end + 1..end + PARAMETERS).take_while(is_parameter).count();
        end += usize::from(byte(text, end).is_ascii_alphabetic());
    }
    Some((end, b""))
}
