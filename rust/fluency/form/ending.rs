//! How the answer ends.

use super::{Answer, Found, ViolationKind};

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
    const CLOSING: [char; 12] = ['"', '\'', '”', '’', '»', ')', ']', '}', '*', '_', '`', ' '];
    let inner = text.trim_end().trim_end_matches(CLOSING);
    // An ellipsis leaves the sentence open.
    let is_open = inner.ends_with("...") || inner.ends_with('…');
    !is_open && inner.ends_with(['.', '!', '?', '。', '！', '？', '।', '؟'])
}
