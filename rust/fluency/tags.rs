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
/// No tag: the group has no more. All its bits are set, by which [`Ways::to`] counts them.
#[cfg(any(test, feature = "training"))]
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
pub(super) fn place(key: u32) -> (usize, u8) {
    (((u64::from(key) * BUCKETS as u64) >> 32) as usize, (key as u8).max(1))
}

/// Whether the word itself tells what it may be; of a name its class does.
pub(super) fn has_own(token: &Token) -> bool {
    token.is(WORD) && (!token.is(CAPITAL) || token.is(INITIAL))
}

/// The group of a token: that of its class, or behind those the word's own.
fn group(token: &Token) -> &'static [u8; 2 * MOST] {
    let class = usize::from(token.class);
    let (bucket, mark) = place(token.key);
    // Eight bytes: four words, each its mark and its group.
    let slots = TABLE.words[bucket % BUCKETS].as_chunks::<2>().0;
    let own = slots.iter().rev().fold(class, |found, [tag, group]| {
        select_unpredictable(*tag == mark, CLASSES + usize::from(*group), found)
    });
    &TABLE.groups[select_unpredictable(has_own(token), own, class) % (2 * CLASSES)]
}

/// The ways up to a token: the tags that it may have, and how likely the likeliest way to each is.
#[derive(Clone, Copy)]
struct Ways {
    tags: [u8; MOST],
    sums: [i32; MOST],
    count: usize,
}

/// What a token may be, and from which of the tags before it the likeliest way to each leads.
#[derive(Clone, Copy)]
struct Step {
    tags: [u8; MOST],
    from: [u8; MOST],
}

impl Ways {
    /// Of what stands before a text.
    const START: Self = Self { tags: [Tag::Stop as u8; MOST], sums: [0; MOST], count: 1 };

    /// The likeliest way from here to a tag, times [`MOST`], with the place that it comes from in the lowest bits: of equal
    /// ones the first.
    #[inline(always)]
    fn best(&self, tag: u8) -> i32 {
        let ways = self.tags.iter().zip(self.sums).take(self.count).enumerate();
        let way = |(place, (first, sum)): (usize, (&u8, i32))| {
            let pair = TABLE.pairs[usize::from(*first) % TAGS][usize::from(tag) % TAGS] as i8;
            (sum + i32::from(pair)) * MOST as i32 + (MOST - 1 - place) as i32
        };
        ways.map(way).fold(i32::MIN, i32::max)
    }

    /// The ways to a token of a group.
    #[inline(always)]
    fn to(&self, group: &[u8; 2 * MOST]) -> (Self, Step) {
        let [a, b, c, d, weights @ ..] = *group;
        let tags = [a, b, c, d];
        let count = MOST - u32::from_le_bytes(tags).leading_ones() as usize / 8;
        let (mut sums, mut from) = ([0; MOST], [0; MOST]);
        let place = |best: i32| (MOST - 1) as u8 - best.rem_euclid(MOST as i32) as u8;
        if count == 1 {
            // Every way leads over it: how likely it is tells nothing.
            from[0] = if self.count == 1 { 0 } else { place(self.best(a)) };
        } else {
            for (at, (tag, weight)) in tags.iter().zip(weights).take(count).enumerate() {
                let best = self.best(*tag);
                sums[at] = best.div_euclid(MOST as i32) + i32::from(weight as i8);
                from[at] = place(best);
            }
            // What they have in common would grow with the text.
            let first = sums[0];
            sums.iter_mut().for_each(|sum| *sum -= first);
        }
        (Self { tags, sums, count }, Step { tags, from })
    }
}

/// The tag of each token.
pub(super) fn of(tokens: &[Token]) -> Vec<u8> {
    let mut ways = Ways::START;
    let mut steps = Vec::with_capacity(tokens.len());
    steps.extend(tokens.iter().map(|token| {
        let (next, step) = ways.to(group(token));
        ways = next;
        step
    }));
    let last = ways.sums.iter().take(ways.count).enumerate();
    let mut at = last.rev().max_by_key(|(_, sum)| **sum).map_or(0, |(place, _)| place);
    let mut found = vec![0; tokens.len()];
    for (tag, step) in found.iter_mut().zip(&steps).rev() {
        *tag = step.tags[at % MOST];
        at = usize::from(step.from[at % MOST]);
    }
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
