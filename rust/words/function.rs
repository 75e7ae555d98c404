//! English function words: the closed classes, which carry little of a fact by themselves.

use super::map::{Word, pack};

/// Articles, pronouns, prepositions, conjunctions, auxiliaries and the adverbs that go with them; lower-case,
/// without apostrophes. A line holds words that stand in like places, for [`super::order`]: `training/word_order.py`
/// reads them from here.
const GROUPS: [&str; 27] = [
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

const SLOTS: usize = 1024;

/// The words as their bytes (little-endian, at most 10 of 16) and in the last byte their group; open addressing with
/// linear probing, 0 for free.
static TABLE: [u128; SLOTS] = {
    let mut table = [0u128; SLOTS];
    let mut group = 0;
    while group < GROUPS.len() {
        let line = GROUPS[group].as_bytes();
        let (mut start, mut at) = (0, 0);
        while at <= line.len() {
            if at == line.len() || line[at] == b' ' {
                let key = pack(line.split_at(at).0.split_at(start).1);
                let mut slot = slot(key);
                while table[slot] != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                table[slot] = key | (group as u128) << GROUP_SHIFT;
                start = at + 1;
            }
            at += 1;
        }
        group += 1;
    }
    table
};

const GROUP_SHIFT: u32 = 120;
const WORD: u128 = (1 << GROUP_SHIFT) - 1;

const fn slot(key: u128) -> usize {
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize
}

/// Whether `word` (lower-case, apostrophes removed) is a function word.
pub fn is_function_word(word: &[u8]) -> bool {
    function_group(&Word::new(word)).is_some()
}

/// The group of function words that `word` (lower-case, apostrophes removed) belongs to, below
/// [`FUNCTION_GROUPS`]; none for a content word.
pub fn function_group(word: &Word<'_>) -> Option<u8> {
    if word.bytes().is_empty() || word.bytes().len() > LONGEST {
        return None;
    }
    let [low, high] = word.key();
    let key = u128::from(low) | u128::from(high) << 64;
    let mut at = slot(key);
    // A quarter of the table is used, so a free slot is near.
    while let Some(&held) = TABLE.get(at) {
        if held == 0 {
            return None;
        }
        if held & WORD == key {
            return Some((held >> GROUP_SHIFT) as u8);
        }
        at = (at + 1) % SLOTS;
    }
    None
}

/// Letters of the longest function word.
const LONGEST: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_word_is_short_and_stands_in_one_group() {
        let words: Vec<(usize, &str)> = GROUPS
            .iter()
            .enumerate()
            .flat_map(|(i, line)| line.split(' ').map(move |word| (i, word)))
            .collect();
        assert_eq!(words.len(), 219);
        assert_eq!(words.iter().map(|(_, word)| word).collect::<HashSet<_>>().len(), words.len());
        for (group, word) in words {
            assert!(word.len() <= LONGEST, "{word}");
            assert_eq!(function_group(&Word::new(word.as_bytes())), Some(group as u8), "{word}");
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
