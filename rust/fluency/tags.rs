//! Parts of speech in context: what each word is here, by the likeliest path through a hidden Markov model.
//!
//! `rust/data/fluency_tags.bin` is made by `training/fluency`: 64 bytes of header; for each pair of tags the logarithm
//! of how likely the second is after the first, [`TAGS`] signed bytes a row; for each word class, then for each of
//! [`CLASSES`] groups of words, what it may be: up to four tags, the likeliest first, and how much likelier each is
//! than anywhere; buckets of four words (eight bits of hash, group) that are not what most words of their class are.
//! [`SCALE`] steps in one nat.

use super::classes::CLASSES;
use super::scan::{CAPITAL, INITIAL, Token, WORD};
use std::hint::select_unpredictable;

/// Room for tags; [`Tag`] has fewer.
pub(super) const TAGS: usize = 64;
pub(super) const HEADER: usize = 64;
/// Buckets of words.
pub(super) const BUCKETS: usize = 3_200;
/// Steps of the table in one nat.
#[cfg(feature = "training")]
pub(super) const SCALE: f64 = 8.0;
/// Tags that a word may have, at most.
pub(super) const MOST: usize = 4;

/// Parts of speech. Frequent small words are told apart where that says more of their neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[cfg_attr(not(feature = "training"), allow(dead_code, reason = "some stand in the table alone"))]
pub(super) enum Tag {
    Stop,
    Comma,
    Colon,
    Open,
    Close,
    Dash,
    Other,
    Noun,
    Nouns,
    Name,
    Adjective,
    Compared,
    Adverb,
    /// The plain form of a verb.
    Plain,
    Present,
    PresentS,
    Past,
    Participle,
    Ing,
    Number,
    Interjection,
    Particle,
    /// "a", "an".
    A,
    The,
    /// "this", "those".
    Pointing,
    Determiner,
    /// "he", "they".
    Subject,
    /// "him", "them", "herself".
    Object,
    Pronoun,
    Owner,
    Who,
    Which,
    When,
    Preposition,
    Of,
    By,
    /// "because", "if", "as".
    Joining,
    That,
    To,
    And,
    Modal,
    There,
    /// "council's".
    Possessive,
    Is,
    Was,
    Been,
    Be,
    Has,
    Had,
    Does,
    Did,
    Not,
    Being,
}

/// The file.
#[repr(C, align(64))]
struct Table {
    header: [u8; HEADER],
    pairs: [[u8; TAGS]; TAGS],
    groups: [[u8; 2 * MOST]; 2 * CLASSES],
    words: [[u8; 8]; BUCKETS],
}

pub(super) const LENGTH: usize = size_of::<Table>();
/// No tag: the group has no more.
pub(super) const NONE: u8 = 0xff;

static TABLE: Table = {
    let file: &[u8; LENGTH] = include_bytes!("../data/fluency_tags.bin");
    let (header, file) = parts::<HEADER, 1>(file);
    let (pairs, file) = parts(file);
    let (groups, file) = parts(file);
    let (words, rest) = parts(file);
    assert!(rest.is_empty());
    Table { header: header[0], pairs: *pairs, groups: *groups, words: *words }
};

/// The first so many chunks of a file, and the rest.
const fn parts<const SIZE: usize, const COUNT: usize>(file: &[u8]) -> (&[[u8; SIZE]; COUNT], &[u8]) {
    let (first, rest) = file.split_at(SIZE * COUNT);
    match first.as_chunks().0.first_chunk() {
        Some(found) => (found, rest),
        None => unreachable!(),
    }
}

/// Bucket of a word and its mark there, which is never 0.
#[inline(always)]
pub(super) fn place(key: u32) -> (usize, u8) {
    (((u64::from(key) * BUCKETS as u64) >> 32) as usize, (key as u8).max(1))
}

/// Whether the word itself tells what it may be; of a name its class does.
#[inline(always)]
pub(super) fn has_own(token: &Token) -> bool {
    token.is(WORD) && (!token.is(CAPITAL) || token.is(INITIAL))
}

/// The group of a token: that of its class, or behind those the word's own.
#[inline(always)]
fn group(token: &Token) -> &'static [u8; 2 * MOST] {
    let class = usize::from(token.class);
    let (bucket, mark) = place(token.key);
    let own = own(TABLE.words[bucket % BUCKETS], mark).map_or(class, |group| CLASSES + usize::from(group));
    &TABLE.groups[select_unpredictable(has_own(token), own, class) % (2 * CLASSES)]
}

/// The group of the first word of a bucket that has a mark. Its eight bytes are four words, each its mark and its group.
#[inline(always)]
fn own(bucket: [u8; 8], mark: u8) -> Option<u8> {
    const WORDS: u64 = 0x0001_0001_0001_0001;
    let words = u64::from_le_bytes(bucket);
    // Less than 256 each, they lend nothing to one another: of those that are equal alone the bit above stays.
    let differing = (words & (0xff * WORDS)) ^ (u64::from(mark) * WORDS);
    let equal = (0x100 * WORDS - differing) & (0x100 * WORDS);
    // Of none it is shifted by nothing.
    let group = (words >> (equal.trailing_zeros() & 0x38)) as u8;
    (equal != 0).then_some(group)
}

/// The ways up to a token: the tags that it may have, and how likely the likeliest way to each is.
#[derive(Clone, Copy)]
struct Ways {
    tags: [u8; MOST],
    /// Where there is no tag, [`NOWHERE`].
    sums: [i32; MOST],
    /// Whether it has one tag alone.
    only: bool,
}

/// Less than any way has, with room for a few more steps.
const NOWHERE: i32 = -(1 << 20);

/// What a token may be, and from which of the tags before it the likeliest way to each leads: four bytes each.
#[derive(Clone, Copy)]
pub(super) struct Step(pub(super) [u32; 2]);

impl Ways {
    /// Of what stands before a text.
    const START: Self =
        Self { tags: [Tag::Stop as u8; MOST], sums: [0, NOWHERE, NOWHERE, NOWHERE], only: true };

    /// The likeliest way from here to a tag, times [`MOST`], with the place that it comes from in the lowest bits: of equal
    /// ones the first.
    #[inline(always)]
    fn best(&self, rows: [&[u8; TAGS]; MOST], tag: u8) -> i32 {
        let way = |place: usize| {
            let pair = rows[place][usize::from(tag) % TAGS] as i8;
            (self.sums[place] + i32::from(pair)) * MOST as i32 + (MOST - 1 - place) as i32
        };
        way(0).max(way(1)).max(way(2).max(way(3)))
    }

    /// The ways to a token of a group.
    #[inline(always)]
    fn to(&self, group: &[u8; 2 * MOST]) -> (Self, Step) {
        let [a, b, c, d, weights @ ..] = *group;
        let tags = [a, b, c, d];
        let only = b == NONE;
        let row = |tag: u8| &TABLE.pairs[usize::from(tag) % TAGS];
        let place = |best: i32| (MOST - 1) as u8 - best.rem_euclid(MOST as i32) as u8;
        let mut sums = [0, NOWHERE, NOWHERE, NOWHERE];
        let mut from = [0; MOST];
        if only {
            // Every way leads over it: how likely it is tells nothing.
            if !self.only {
                from[0] = place(self.best(self.tags.map(row), a));
            }
        } else {
            let mut all = [0; MOST];
            if self.only {
                // All ways lead from there.
                let [first, ..] = self.tags;
                all = tags.map(|tag| i32::from(row(first)[usize::from(tag) % TAGS] as i8));
            } else {
                let rows = self.tags.map(row);
                for ((best, from), tag) in all.iter_mut().zip(&mut from).zip(tags) {
                    let likeliest = self.best(rows, tag);
                    *best = likeliest.div_euclid(MOST as i32);
                    *from = place(likeliest);
                }
            }
            all.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += i32::from(weight as i8));
            // What they have in common would grow with the text.
            for (at, sum) in sums.iter_mut().enumerate().skip(1) {
                *sum = select_unpredictable(tags[at] == NONE, NOWHERE, all[at] - all[0]);
            }
        }
        (Self { tags, sums, only }, Step([tags, from].map(u32::from_le_bytes)))
    }
}

/// The likeliest path over some tokens, while they are passed.
pub(super) struct Path(Ways);

impl Path {
    pub(super) const fn new() -> Self {
        Self(Ways::START)
    }

    /// Passes a token.
    #[inline(always)]
    pub(super) fn pass(&mut self, token: &Token) -> Step {
        let (next, step) = self.0.to(group(token));
        self.0 = next;
        step
    }

    /// Where it ends: the way back from there.
    #[inline(always)]
    pub(super) fn end(&self) -> Back {
        let last = self.0.sums.iter().enumerate();
        Back(last.rev().max_by_key(|(_, sum)| **sum).map_or(0, |(place, _)| place as u8))
    }
}

/// A place among the tags of a token: the way back leads over it.
pub(super) struct Back(u8);

impl Back {
    /// The tag of a token; of each the last first.
    #[inline(always)]
    pub(super) fn pass(&mut self, step: Step) -> u8 {
        let bits = 8 * u32::from(self.0);
        let [tags, from] = step.0;
        self.0 = from.wrapping_shr(bits) as u8;
        tags.wrapping_shr(bits) as u8
    }
}

/// The tag of each token.
#[cfg(test)]
fn of(tokens: &[Token]) -> Vec<u8> {
    let mut path = Path::new();
    let steps: Vec<Step> = tokens.iter().map(|token| path.pass(token)).collect();
    let mut back = path.end();
    let mut found: Vec<u8> = steps.into_iter().rev().map(|step| back.pass(step)).collect();
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;
    use proptest::prelude::*;

    fn tags(text: &str) -> Vec<u8> {
        of(&scan(text))
    }

    #[test]
    fn the_table_is_the_one_this_reader_knows() {
        assert_eq!(&TABLE.header[..8], b"rgtags01");
        assert!(TABLE.header[8..].iter().all(|byte| *byte == 0));
        for group in &TABLE.groups {
            let tags = group.first_chunk::<MOST>().copied().unwrap_or_default();
            let count = tags.iter().take_while(|tag| **tag != NONE).count();
            assert!(count > 0 && tags[count..].iter().all(|tag| *tag == NONE));
            assert!(tags[..count].iter().all(|tag| *tag <= Tag::Being as u8));
        }
    }

    #[test]
    fn a_word_is_what_its_neighbours_make_it() {
        use Tag::*;
        let cases: [(&str, &[Tag]); 5] = [
            ("The bridge was closed by the mayor.", &[The, Noun, Was, Participle, By, The, Noun, Stop]),
            ("The mayor closed the bridge.", &[The, Noun, Past, The, Noun, Stop]),
            ("They report the results.", &[Subject, Present, The, Nouns, Stop]),
            ("The report was new.", &[The, Noun, Was, Adjective, Stop]),
            ("She wants to work.", &[Subject, PresentS, To, Plain, Stop]),
        ];
        for (text, expected) in cases {
            assert_eq!(tags(text), expected.iter().map(|tag| *tag as u8).collect::<Vec<_>>(), "{text}");
        }
    }

    /// How likely some tags are for some tokens.
    fn sum(tokens: &[Token], tags: &[u8]) -> i64 {
        let mut before = Tag::Stop as u8;
        let steps = tokens.iter().zip(tags).map(|(token, tag)| {
            let (tags, weights) = group(token).split_at(MOST);
            let at = tags.iter().position(|other| other == tag).unwrap_or(usize::MAX);
            let pair = TABLE.pairs[usize::from(before)][usize::from(*tag)] as i8;
            before = *tag;
            i64::from(pair) + i64::from(weights[at] as i8)
        });
        steps.sum()
    }

    /// Every way to tag some tokens.
    fn every(tokens: &[Token]) -> Vec<Vec<u8>> {
        tokens.iter().fold(vec![Vec::new()], |ways, token| {
            let tags = group(token)[..MOST].iter().filter(|tag| **tag != NONE);
            tags.flat_map(|tag| ways.iter().map(|way| [&way[..], &[*tag]].concat())).collect()
        })
    }

    proptest! {
        #[test]
        fn the_first_word_with_a_mark_counts(bucket: [u8; 8], few in prop::array::uniform8(0u8..4), mark in 1u8..=255, small in 1u8..4) {
            for (bucket, mark) in [(bucket, mark), (few, small)] {
                let first = bucket.chunks(2).find(|word| word[0] == mark).map(|word| word[1]);
                prop_assert_eq!(own(bucket, mark), first);
            }
        }

        #[test]
        fn no_path_is_likelier(text in "((the|of|Rome|12|will|be|running|,|said|council|closed|reports|that|her|[a-z]{4}|\\PC) ?){0,6}") {
            let tokens = scan(&text);
            let found = of(&tokens);
            prop_assert_eq!(found.len(), tokens.len());
            if tokens.len() <= 7 {
                let best = every(&tokens).iter().map(|tags| sum(&tokens, tags)).max();
                prop_assert_eq!(Some(sum(&tokens, &found)), best);
            }
        }
    }
}
