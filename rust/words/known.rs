//! Words that several rules ask for, found by one look: function words with their group, and what words may begin.
//!
//! A word's roles say which rule has to read it; the rules themselves stay where they are.

use super::function::GROUPS;
use super::map::{Word, pack};

/// It may negate what follows, or deny it (`not`, `denied`, `that`): [`super::polarity`].
pub(crate) const TURNS: u8 = 1;
/// A number in words may begin with it: [`super::numbers`].
pub(crate) const BEGINS_NUMBER: u8 = 1 << 1;
/// It stands for a number by itself: [`super::numbers::small_value`].
pub(crate) const HAS_VALUE: u8 = 1 << 2;

/// It may take back what was said before it (`false`, `untrue`): [`super::denial`].
pub(crate) const DENIES: u8 = 1 << 3;
/// It does so only in a passage that says nothing else (`I made this up.`).
pub(crate) const ALONE: u8 = 1 << 5;
/// It is the last of a question; no word has it by itself.
pub(crate) const ASKED: u8 = 1 << 4;

/// The words with these roles; lower-case, without apostrophes.
const ROLES: [(u8, &str); 9] = [
    (
        TURNS,
        "aint arent cannot cant couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt neednt neither never no \
         nobody none nor not nothing nt shouldnt t that wasnt werent without wont wouldnt",
    ),
    (
        TURNS,
        "decline declined declines denied denies deny denying fail failed failing fails far hardly rarely refrain \
         refrained refrains refuse refused refuses refusing scarcely seldom unable yet",
    ),
    (
        BEGINS_NUMBER | HAS_VALUE,
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
         seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred",
    ),
    (BEGINS_NUMBER, "billion bln dozen half million mln thousand trillion trn"),
    (
        DENIES,
        "baseless bogus debunked disproved fabricated fake false fiction hoax incorrect invented lie myth nonsense not \
         refuted retracted unfounded untrue wrong",
    ),
    (DENIES, "if imagine suppose supposing"),
    (DENIES, "accurate case correct happen happened occurred real so true"),
    (
        DENIES | ALONE,
        "believe disregard dream forget ignore inaccurate joke joking kidding lies made opposite place",
    ),
    (HAS_VALUE, "twice fourth fifth sixth seventh eighth ninth tenth"),
];

/// What is known of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    group: u8,
    /// Bits of what it may do.
    pub(crate) roles: u8,
}

impl Known {
    /// What is known of most words.
    pub(crate) const NOTHING: Self = Self { group: NO_GROUP, roles: 0 };

    /// The group of function words that it belongs to, below [`super::function::FUNCTION_GROUPS`]; none for a content
    /// word.
    #[inline]
    pub(crate) fn group(self) -> Option<u8> {
        (self.group != NO_GROUP).then_some(self.group)
    }
}

const NO_GROUP: u8 = u8::MAX;
const SLOTS: usize = 1024;
/// Letters of the longest of the words.
const LONGEST: usize = 10;

/// The words as their bytes (little-endian, at most [`LONGEST`] of 16), in the last but one byte their roles and in the last
/// their group; open addressing with linear probing, 0 for free.
static TABLE: [u128; SLOTS] = {
    let mut table = [0u128; SLOTS];
    let mut at = 0;
    while at < GROUPS.len() {
        table = with_words(table, GROUPS[at], at as u8, 0);
        at += 1;
    }
    let mut at = 0;
    while at < ROLES.len() {
        table = with_words(table, ROLES[at].1, NO_GROUP, ROLES[at].0);
        at += 1;
    }
    table
};

const GROUP_SHIFT: u32 = 120;
const ROLES_SHIFT: u32 = 112;
const WORD: u128 = (1 << ROLES_SHIFT) - 1;

/// The table with the words of a line, each with what it was before and these roles.
const fn with_words(mut table: [u128; SLOTS], line: &str, group: u8, roles: u8) -> [u128; SLOTS] {
    let line = line.as_bytes();
    let (mut start, mut at) = (0, 0);
    while at <= line.len() {
        if at == line.len() || line[at] == b' ' {
            assert!(at > start && at - start <= LONGEST);
            let key = pack(line.split_at(at).0.split_at(start).1);
            let mut slot = slot(key);
            while table[slot] != 0 && table[slot] & WORD != key {
                slot = (slot + 1) % SLOTS;
            }
            if table[slot] == 0 {
                table[slot] = key | (group as u128) << GROUP_SHIFT;
            }
            table[slot] |= (roles as u128) << ROLES_SHIFT;
            start = at + 1;
        }
        at += 1;
    }
    table
}

const fn slot(key: u128) -> usize {
    let mixed = (key as u64 ^ (key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize
}

/// What is known of `word` (lower-case, apostrophes removed).
#[inline]
pub(crate) fn known(word: &Word<'_>) -> Known {
    known_short(word.key(), word.bytes().len())
}

/// The same of the key of a word of so many bytes.
#[inline]
pub(super) fn known_short([low, high]: [u64; 2], len: usize) -> Known {
    if !(1..=LONGEST).contains(&len) {
        return Known::NOTHING;
    }
    let key = u128::from(low) | u128::from(high) << 64;
    let mut at = slot(key);
    // A third of the table is used, so a free slot is near.
    while let Some(&held) = TABLE.get(at) {
        if held == 0 {
            break;
        }
        if held & WORD == key {
            return Known { group: (held >> GROUP_SHIFT) as u8, roles: (held >> ROLES_SHIFT) as u8 };
        }
        at = (at + 1) % SLOTS;
    }
    Known::NOTHING
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::numbers::{quantities, small_value};
    use crate::words::polarity::Polarity;
    use crate::words::stream::Stream;
    use proptest::prelude::*;

    fn roles(word: &str) -> u8 {
        known(&Word::new(word.as_bytes())).roles
    }

    fn words() -> impl Iterator<Item = &'static str> {
        GROUPS.iter().chain(ROLES.iter().map(|(_, line)| line)).flat_map(|line| line.split(' '))
    }

    /// Whether a number of words begins `text`.
    fn begins_number(text: &str) -> bool {
        quantities(&Stream::new(text)).iter().any(|quantity| quantity.first == 0)
    }

    #[test]
    fn the_words_have_the_roles_of_their_rules() {
        for word in words() {
            assert_eq!(roles(word) & HAS_VALUE != 0, small_value(word.as_bytes()).is_some(), "{word}");
            let begins = begins_number(word) || begins_number(&format!("{word} a dozen"));
            assert_eq!(roles(word) & BEGINS_NUMBER != 0, begins, "{word}");
            let said = ["do", "neither", "on", "it"].into_iter().flat_map(|before| {
                ["to go", "people", "true", "it is", "from it"]
                    .map(|after| format!("{before} {word} {after}"))
            });
            let negates =
                said.into_iter().any(|text| Stream::new(&text).polarities()[1] == Polarity::Negator);
            assert_eq!(roles(word) & TURNS != 0, negates || word == "that", "{word}");
        }
    }

    proptest! {
        #[test]
        fn no_other_word_has_a_value(word in "[a-z]{1,12}|(thir|four|fif|six|seven|eigh|nine?)(t?een|t?y|th)?s?") {
            prop_assert_eq!(roles(&word) & HAS_VALUE != 0, small_value(word.as_bytes()).is_some());
        }
    }
}
