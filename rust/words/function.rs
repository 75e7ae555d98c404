//! English function words: the closed classes, which carry little of a fact by themselves.

use super::known::known;
use super::map::Word;

/// Articles, pronouns, prepositions, conjunctions, auxiliaries and the adverbs that go with them; lower-case,
/// without apostrophes. A line holds words that stand in like places, for [`super::order`]: `training/word_order.py`
/// reads them from here.
pub(super) const GROUPS: [&str; 27] = [
    "the",
    "a",
    "an",
    "his its my our their whose your",
    "her",
    "that thats these this those",
    "all another any both each either every few many more most much neither no other own same some \
     such",
    "of",
    "to",
    "at in on",
    "by for from into per via with",
    "about above across after against among around before behind below beside besides between beyond \
     despite down during off onto out over since through toward towards under until up upon within \
     without",
    "and but nor or",
    "although as because how if once than though unless when where whether while why",
    "aint am are arent is isnt was wasnt were werent",
    "be",
    "been being",
    "had hadnt has hasnt have havent having",
    "did didnt do does doesnt doing done dont",
    "can cannot cant could couldnt may might mightnt must mustnt neednt ought shall shant should \
     shouldnt will wont would wouldnt",
    "he hes i id ill im ive lets she shes theres they theyd theyll theyre theyve we weve whos youd \
     youll youre youve",
    "it there what you",
    "hers herself him himself itself me mine myself ours ourselves theirs them themselves us yours \
     yourself yourselves",
    "whatever whats which whichever who whoever whom",
    "not",
    "again also even further here just now only so still then too very yet",
    "d ll m o re s t ve y",
];

/// How many groups of function words there are.
pub const FUNCTION_GROUPS: usize = GROUPS.len();

/// The last group of words that begin a noun phrase.
pub(super) const DETERMINERS: u8 = 6;
/// The group of adverbs that stand between a subject and its verb.
pub(super) const ADVERBS: u8 = 25;
/// The groups of auxiliaries.
pub(super) const AUXILIARIES: std::ops::RangeInclusive<u8> = 14..=19;

/// Whether `word` (lower-case, apostrophes removed) is a function word.
pub fn is_function_word(word: &[u8]) -> bool {
    known(&Word::new(word)).group().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_word_stands_in_one_group() {
        let words: Vec<(usize, &str)> = GROUPS
            .iter()
            .enumerate()
            .flat_map(|(i, line)| line.split(' ').map(move |word| (i, word)))
            .collect();
        assert_eq!(words.len(), 219);
        assert_eq!(words.iter().map(|(_, word)| word).collect::<HashSet<_>>().len(), words.len());
        for (group, word) in words {
            assert_eq!(known(&Word::new(word.as_bytes())).group(), Some(group as u8), "{word}");
        }
    }

    #[test]
    fn knows_function_words_from_content_words() {
        for word in ["the", "of", "didnt", "themselves", "yourselves", "not"] {
            assert!(is_function_word(word.as_bytes()), "{word}");
        }
        for word in ["", "said", "agency", "nasa", "2020", "underwater"] {
            assert!(!is_function_word(word.as_bytes()), "{word}");
        }
    }
}
