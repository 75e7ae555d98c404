//! Matching of fixed phrases, whatever their case and apostrophes.

/// The length in bytes of `phrase` at the start of `text`, where it ends at a word's end.
///
/// `phrase` is ASCII in lower case with plain apostrophes; in the text a typographic apostrophe fits as well, and
/// any run of spaces fits one.
pub(super) fn prefix(text: &str, phrase: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    for &wanted in phrase.as_bytes() {
        let byte = *bytes.get(at)?;
        if wanted == b'\'' && bytes[at..].starts_with("’".as_bytes()) {
            at += "’".len();
        } else if wanted == b' ' && byte == b' ' {
            at += bytes[at..].iter().take(MAX_SPACES).take_while(|byte| **byte == b' ').count();
        } else if byte.to_ascii_lowercase() == wanted {
            at += 1;
        } else {
            return None;
        }
    }
    let is_open = phrase.as_bytes().last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    (!is_open || bytes[at..].starts_with("’".as_bytes()) || starts_with_mark(&bytes[at..])).then_some(at)
}

/// Spaces inside a phrase beyond this many are no phrase: it keeps the matching linear.
const MAX_SPACES: usize = 8;

/// Whether non-ASCII punctuation follows: a dash or quotation mark of the block U+2000.
fn starts_with_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xe2, 0x80])
}

/// The length of the first of `phrases` that stands at the start of `text`.
pub(super) fn any_prefix(text: &str, phrases: &[&str]) -> Option<usize> {
    let first = text.as_bytes().first()?.to_ascii_lowercase();
    phrases
        .iter()
        .filter(|phrase| phrase.as_bytes().first() == Some(&first))
        .find_map(|phrase| prefix(text, phrase))
}
