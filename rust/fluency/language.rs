//! Whether a text is English, told by its letters and by the small words of English and of its neighbours.

use super::bytes::{self, count};
use super::classes;
use super::scan::{is_ligature, is_word_char};
use std::ops::Range;

/// Small words of other languages in Latin script that are no English words, in order. Spanish, French, German,
/// Italian, Portuguese, Dutch, the Nordic languages, Polish, Czech, Romanian, Turkish, Indonesian, Vietnamese,
/// Finnish, Hungarian, Swahili.
const FOREIGN: [&str; 163] = [
    "aan", "adalah", "akan", "ale", "als", "anche", "au", "auch", "auf", "aus", "aux", "av", "avec", "az",
    "bahwa", "bei", "bir", "che", "cho", "como", "con", "cu", "că", "da", "dans", "das", "dass", "de",
    "degli", "dei", "del", "della", "delle", "dem", "den", "dengan", "der", "des", "det", "di", "dla", "dos",
    "du", "een", "egy", "ein", "eine", "einem", "einen", "einer", "el", "elle", "em", "en", "er", "es",
    "est", "et", "ett", "gli", "het", "hogy", "ikke", "il", "ile", "ini", "inte", "io", "isso", "ist", "itu",
    "ja", "jak", "je", "jest", "kwa", "la", "las", "le", "les", "lo", "los", "là", "maar", "mais", "med",
    "mit", "muy", "na", "nach", "ne", "nel", "nella", "nicht", "nie", "niet", "nos", "o", "och", "oder",
    "og", "olan", "olarak", "oli", "ou", "pada", "par", "para", "pas", "pe", "pero", "por", "pour", "pre",
    "på", "que", "qui", "sa", "se", "si", "sich", "sie", "sind", "som", "sono", "sont", "su", "sur", "să",
    "są", "tidak", "til", "till", "um", "uma", "un", "una", "und", "une", "untuk", "van", "ve", "von",
    "voor", "vor", "w", "wa", "werden", "wir", "wird", "wurde", "ya", "yang", "za", "ze", "zijn", "zu",
    "zum", "zur", "à", "är", "és", "że",
];

/// Those that stand in names; before a capital they are no evidence.
const PARTICLES: [&str; 15] =
    ["da", "das", "de", "degli", "del", "della", "den", "der", "di", "dos", "du", "la", "le", "van", "von"];

/// Small words of English that other languages have as well: no evidence either way.
fn is_shared(word: &str) -> bool {
    matches!(
        word,
        "a" | "am"
            | "an"
            | "as"
            | "at"
            | "do"
            | "for"
            | "had"
            | "he"
            | "her"
            | "i"
            | "in"
            | "is"
            | "me"
            | "no"
            | "on"
            | "or"
            | "over"
            | "so"
            | "under"
            | "was"
            | "we"
    )
}

/// How much is looked at: the start of a text tells its language.
const MAX_WORDS: usize = 200;
const MAX_BYTES: usize = 4096;

/// Whether the text is not English: mostly letters of other scripts, or small words of other languages in the
/// place of English ones. Short texts full of names pass: without small words there is no evidence.
pub(super) fn is_other(text: &str) -> bool {
    let end = (0..=MAX_BYTES.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let text = &text[..end];
    if !text.is_ascii() && is_other_script(text) {
        return true;
    }
    let words = bytes::word_spans(text).map(|span| bare(text, span)).filter(|word| !word.is_empty());
    let words = words.take(MAX_WORDS);
    // A tenth of them is enough, and there are no more than what parts them allows: most texts are told by their start.
    let parting = count(text, |byte| byte <= b' ' || !byte.is_ascii());
    let enough = (parting + 1).min(MAX_WORDS).div_ceil(10);
    let (mut english, mut all) = (0, 0);
    for word in words.clone() {
        english += usize::from(is_english(text, word));
        if english == enough {
            return false;
        }
        all += 1;
    }
    if 10 * english >= all {
        return false;
    }
    let words: Vec<&str> = words.filter_map(|word| text.get(word)).collect();
    let foreign = foreign(&words);
    foreign >= 2 && foreign > 2 * english && 8 * foreign >= words.len()
}

/// Whether a word of a text, in lower case, is a small word of English alone.
#[inline]
pub(super) fn is_english(text: &str, word: Range<usize>) -> bool {
    classes::is_function(text.as_bytes(), word.clone()) && text.get(word).is_some_and(|word| !is_shared(word))
}

/// The words of a text without the marks around them.
pub(super) fn bare_words(text: &str) -> impl Iterator<Item = &str> + Clone {
    bytes::word_spans(text).filter_map(|span| text.get(bare(text, span))).filter(|word| !word.is_empty())
}

/// A word of a text without the marks around it.
#[inline]
fn bare(text: &str, word: Range<usize>) -> Range<usize> {
    match text.as_bytes().get(word.clone()) {
        // Most have none.
        Some([first, .., last]) if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => word,
        _ => {
            let said = text.get(word.clone()).unwrap_or_default();
            let begun = said.trim_start_matches(|c: char| !is_word_char(c));
            let start = word.start + said.len() - begun.len();
            start..start + begun.trim_end_matches(|c: char| !is_word_char(c)).len()
        }
    }
}

/// The small words of other languages and the words with accents, but for those in names.
pub(super) fn foreign(words: &[&str]) -> usize {
    let mut foreign = 0;
    // From the end, so that the word after a particle is known: "von der Leyen".
    let mut is_name = false;
    for word in words.iter().rev() {
        is_name = word.starts_with(char::is_uppercase) || is_name && PARTICLES.contains(word);
        foreign += usize::from(
            !is_name && (!word.is_ascii() && has_accent(word) || FOREIGN.binary_search(word).is_ok()),
        );
    }
    foreign
}

/// An accented letter: rare in English but for names.
fn has_accent(word: &str) -> bool {
    word.chars().any(|c| !c.is_ascii() && c.is_alphabetic() && !is_ligature(c))
}

/// Whether a letter is of the Latin script. U+0250 ends its blocks; U+1E00 to U+1EFF has the Vietnamese letters.
pub(super) fn is_latin(letter: char) -> bool {
    u32::from(letter) < 0x250 || (0x1e00..=0x1eff).contains(&u32::from(letter)) || is_ligature(letter)
}

/// More letters of other scripts than of the Latin one.
fn is_other_script(text: &str) -> bool {
    // No letter of another script has less than one byte beyond ASCII.
    if count(text, |byte| !byte.is_ascii()) <= count(text, |byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let (mut latin, mut other) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| is_word_char(*c) && c.is_alphabetic()) {
        *(if is_latin(c) { &mut latin } else { &mut other }) += 1;
    }
    other > latin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_are_in_order() {
        assert!(FOREIGN.is_sorted());
    }
}
