//! Abbreviations that a full stop belongs to.

/// Abbreviations that a full stop belongs to; lower-case, sorted.
const ABBREVIATIONS: [&str; 57] = [
    "adm", "al", "apr", "assn", "aug", "ave", "blvd", "brig", "capt", "cf", "cmdr", "co", "col", "corp",
    "dec", "dept", "dr", "etc", "feb", "fig", "fr", "ft", "gen", "gov", "hon", "inc", "jan", "jr", "lt",
    "ltd", "maj", "mr", "mrs", "ms", "mt", "no", "nov", "oct", "op", "pfc", "ph", "prof", "pvt", "rep",
    "reps", "rev", "sec", "sen", "sens", "sept", "sgt", "sr", "st", "supt", "univ", "viz", "vs",
];

const LONGEST_ABBREVIATION: usize = 4;

/// Abbreviations that come last in a name, and so may end a sentence too.
pub(super) fn ends_names(word: &[u8]) -> bool {
    word.len() == 1 || matches!(word, b"inc" | b"corp" | b"co" | b"ltd" | b"jr" | b"sr" | b"etc")
}

/// Whether a full stop after `word` (folded) may be part of it: a known abbreviation or a single letter.
pub(super) fn is_abbreviation(word: &[u8]) -> bool {
    word.len() == 1 && word.first().is_some_and(u8::is_ascii_lowercase)
        || word.len() <= LONGEST_ABBREVIATION
            && ABBREVIATIONS.binary_search_by(|w| w.as_bytes().cmp(word)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_sorted() {
        assert!(ABBREVIATIONS.is_sorted());
    }
}
