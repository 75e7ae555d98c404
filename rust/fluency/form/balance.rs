//! Brackets and quotation marks that do not pair.

use super::{Answer, Found, ViolationKind, ends_sentence};
use crate::fluency::bytes::Bytes;

/// The bytes that are looked at; the last begins curly quotation marks.
pub(super) static MARKS: Bytes = Bytes::new(b"()[]\"\xe2");

/// What was seen of quotation marks of one form.
#[derive(Default)]
struct Quotes {
    open: Option<usize>,
    /// The first that closes nothing.
    odd: Option<usize>,
    /// They stand for inches as well, or open below the line: nothing can be told.
    unclear: bool,
}

pub(super) fn check(answer: &Answer<'_>, found: &mut Found) {
    let body = answer.body();
    let bytes = body.as_bytes();
    let (mut brackets, mut odd) = (Vec::new(), None);
    let (mut straight, mut curly) = (Quotes::default(), Quotes::default());
    let mut at = 0;
    while let Some(place) = answer.next(&MARKS, at) {
        at = place + 1;
        let before = place.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        match bytes.get(place) {
            Some(b'(' | b'[') => {
                if !matches!(before, b':' | b';') {
                    brackets.push(place);
                }
            }
            Some(close @ (b')' | b']')) => match brackets.last() {
                Some(open) if pairs(bytes, *open, place) => {
                    brackets.pop();
                }
                _ if *close == b')' && is_mark(bytes, place) => {}
                _ => odd = odd.or(Some(place)),
            },
            Some(b'"') => {
                straight.unclear |= before.is_ascii_digit();
                straight.open = if straight.open.is_some() { None } else { Some(place) };
            }
            _ => {
                let rest = body.get(place..).unwrap_or_default();
                curly.unclear |= rest.starts_with('„') || rest.starts_with('”') && before.is_ascii_digit();
                if rest.starts_with('“') {
                    curly.open = curly.open.or(Some(place));
                } else if rest.starts_with('”') && curly.open.take().is_none() {
                    curly.odd = curly.odd.or(Some(place));
                }
            }
        }
    }
    // What breaks off closes nothing, and a quotation of several paragraphs opens in each.
    if !answer.truncated && ends_sentence(body) {
        odd = odd.or(brackets.first().copied());
        for quotes in [straight, curly] {
            let is_odd =
                quotes.odd.or(quotes.open).filter(|_| !quotes.unclear && !body.contains(['\n', '\r']));
            odd = odd.or(is_odd);
        }
    }
    if let Some(mark) = odd.and_then(|at| body.get(at..)?.chars().next().map(|mark| at..at + mark.len_utf8()))
    {
        let offset = answer.body.start;
        found.add(ViolationKind::Unbalanced, offset + mark.start..offset + mark.end);
    }
}

/// Whether the bracket at `close` closes the one at `open`: the same, or a half-open interval, "[0, 1)".
fn pairs(bytes: &[u8], open: usize, close: usize) -> bool {
    const LONGEST: usize = 24;
    let is_same =
        matches!((bytes.get(open), bytes.get(close)), (Some(b'('), Some(b')')) | (Some(b'['), Some(b']')));
    let inner = || bytes.get(open + 1..close).unwrap_or_default();
    let is_interval = || {
        let is_part = |byte: &u8| !byte.is_ascii() || byte.is_ascii_digit() || b" ,.-+".contains(byte);
        inner().len() <= LONGEST && inner().contains(&b',') && inner().iter().all(is_part)
    };
    is_same || is_interval()
}

/// Whether the bracket at `at` ends the mark of a list, "a)", "12)", "iv)", or a smile.
fn is_mark(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    if before.ends_with(b":") || before.ends_with(b";") || before.ends_with(b":-") || before.ends_with(b";-")
    {
        return true;
    }
    let label = before.iter().rev().take(4).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (rest, label) = before.split_at(at - label);
    let is_label = label.len() == 1
        || label.iter().all(u8::is_ascii_digit)
        || label.iter().all(|byte| matches!(byte, b'i' | b'v' | b'x' | b'I' | b'V' | b'X'));
    (1..=3).contains(&label.len()) && is_label && rest.last().is_none_or(|byte| !byte.is_ascii_alphanumeric())
}
