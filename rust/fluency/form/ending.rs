//! How the answer ends.

use super::{Answer, Found, ViolationKind};
use crate::fluency::symbols::BYTE_ORDER_MARK;

pub(super) fn check(answer: &Answer<'_>, found: &mut Found) {
    let body = answer.body();
    if body.is_empty() && !answer.truncated {
        return; // nothing but remarks
    }
    if answer.truncated || !ends_sentence(body) {
        let word = body
            .trim_end()
            .rfind(char::is_whitespace)
            .map_or(0, |place| place + body[place..].chars().next().map_or(0, char::len_utf8));
        found.add(ViolationKind::Truncated, answer.body.start + word..answer.body.end);
    }
}

/// Whether a text ends with the end of a sentence; marks that close (quotes, brackets) may follow it.
pub(in crate::fluency) fn ends_sentence(text: &str) -> bool {
    const CLOSING: [char; 14] = ['"', '」', '\'', '”', '’', '»', '›', ')', ']', '}', '*', '_', '`', ' '];
    // What shows nothing is no ending; fluency names it.
    let text = text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | BYTE_ORDER_MARK)
    });
    // „So,“ as quotation marks stand in other languages.
    let text = text.strip_suffix('“').filter(|inner| inner.contains('„')).unwrap_or(text);
    let inner = text.trim_end_matches(CLOSING);
    // An ellipsis leaves the sentence open.
    let is_open = inner.ends_with("...") || inner.ends_with('…');
    let is_stopped = inner.ends_with(['.', '!', '?', '。', '！', '？', '।', '؟']);
    is_stopped && !is_open && !inner.strip_suffix('.').is_some_and(needs_more)
}

/// Words that no sentence ends with.
const OPEN: [&str; 11] = ["the", "an", "and", "or", "than", "my", "our", "their", "your", "its", "every"];

/// What has a full stop of its own and a name or more behind it.
const TITLES: [&str; 11] = ["Dr", "Mr", "Mrs", "Ms", "Prof", "Rev", "Sen", "Gov", "Rep", "e.g", "i.e"];

/// Whether what stands before the last full stop ends with a word that needs another: "ban the", "made by Dr".
fn needs_more(text: &str) -> bool {
    let Some((before, word)) = text.rsplit_once(' ') else { return false };
    // "Rodeo Dr." is a street.
    let follows_name = || before.rsplit(' ').next().is_some_and(|word| word.starts_with(char::is_uppercase));
    OPEN.contains(&word) || TITLES.contains(&word) && !follows_name()
}
