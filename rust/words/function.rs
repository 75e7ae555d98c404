//! English function words: the closed classes, which carry little of a fact by themselves.

/// Articles, pronouns, prepositions, conjunctions, auxiliaries and the adverbs that go with them; lower-case,
/// without apostrophes, sorted.
const FUNCTION_WORDS: [&str; 219] = [
    "a",
    "about",
    "above",
    "across",
    "after",
    "again",
    "against",
    "aint",
    "all",
    "also",
    "although",
    "am",
    "among",
    "an",
    "and",
    "another",
    "any",
    "are",
    "arent",
    "around",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "behind",
    "being",
    "below",
    "beside",
    "besides",
    "between",
    "beyond",
    "both",
    "but",
    "by",
    "can",
    "cannot",
    "cant",
    "could",
    "couldnt",
    "d",
    "despite",
    "did",
    "didnt",
    "do",
    "does",
    "doesnt",
    "doing",
    "done",
    "dont",
    "down",
    "during",
    "each",
    "either",
    "even",
    "every",
    "few",
    "for",
    "from",
    "further",
    "had",
    "hadnt",
    "has",
    "hasnt",
    "have",
    "havent",
    "having",
    "he",
    "her",
    "here",
    "hers",
    "herself",
    "hes",
    "him",
    "himself",
    "his",
    "how",
    "i",
    "id",
    "if",
    "ill",
    "im",
    "in",
    "into",
    "is",
    "isnt",
    "it",
    "its",
    "itself",
    "ive",
    "just",
    "lets",
    "ll",
    "m",
    "many",
    "may",
    "me",
    "might",
    "mightnt",
    "mine",
    "more",
    "most",
    "much",
    "must",
    "mustnt",
    "my",
    "myself",
    "neednt",
    "neither",
    "no",
    "nor",
    "not",
    "now",
    "o",
    "of",
    "off",
    "on",
    "once",
    "only",
    "onto",
    "or",
    "other",
    "ought",
    "our",
    "ours",
    "ourselves",
    "out",
    "over",
    "own",
    "per",
    "re",
    "s",
    "same",
    "shall",
    "shant",
    "she",
    "shes",
    "should",
    "shouldnt",
    "since",
    "so",
    "some",
    "still",
    "such",
    "t",
    "than",
    "that",
    "thats",
    "the",
    "their",
    "theirs",
    "them",
    "themselves",
    "then",
    "there",
    "theres",
    "these",
    "they",
    "theyd",
    "theyll",
    "theyre",
    "theyve",
    "this",
    "those",
    "though",
    "through",
    "to",
    "too",
    "toward",
    "towards",
    "under",
    "unless",
    "until",
    "up",
    "upon",
    "us",
    "ve",
    "very",
    "via",
    "was",
    "wasnt",
    "we",
    "were",
    "werent",
    "weve",
    "what",
    "whatever",
    "whats",
    "when",
    "where",
    "whether",
    "which",
    "whichever",
    "while",
    "who",
    "whoever",
    "whom",
    "whos",
    "whose",
    "why",
    "will",
    "with",
    "within",
    "without",
    "wont",
    "would",
    "wouldnt",
    "y",
    "yet",
    "you",
    "youd",
    "youll",
    "your",
    "youre",
    "yours",
    "yourself",
    "yourselves",
    "youve",
];

const SLOTS: usize = 1024;

/// The words as their bytes (little-endian, at most 10 of 16), open addressing with linear probing, 0 for free.
static TABLE: [u128; SLOTS] = {
    let mut table = [0u128; SLOTS];
    let mut i = 0;
    while i < FUNCTION_WORDS.len() {
        let key = pack(FUNCTION_WORDS[i].as_bytes());
        let mut slot = slot(key);
        while table[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = key;
        i += 1;
    }
    table
};

const fn pack(word: &[u8]) -> u128 {
    let mut key = 0u128;
    let mut i = 0;
    while i < word.len() {
        key |= (word[i] as u128) << (8 * i);
        i += 1;
    }
    key
}

const fn slot(key: u128) -> usize {
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize
}

/// Whether `word` (lower-case, apostrophes removed) is a function word.
pub fn is_function_word(word: &[u8]) -> bool {
    if word.is_empty() || word.len() > LONGEST {
        return false;
    }
    let key = pack(word);
    let mut at = slot(key);
    // A quarter of the table is used, so a free slot is near.
    while let Some(&held) = TABLE.get(at) {
        if held == key || held == 0 {
            return held == key;
        }
        at = (at + 1) % SLOTS;
    }
    false
}

/// Letters of the longest function word.
const LONGEST: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_sorted_and_short() {
        assert!(FUNCTION_WORDS.is_sorted());
        assert!(FUNCTION_WORDS.iter().all(|w| w.len() <= LONGEST));
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
