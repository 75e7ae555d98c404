//! Extractive fragments: how much of a summary is copied from its source.
//!
//! Grusky, Naaman and Artzi, "Newsroom: A Dataset of 1.3 Million Summaries with Diverse Extractive Strategies"
//! (2018). Going through the summary from the left, a fragment is the longest run of words from here on that
//! stands in the source; the next one starts after it. Words are the normalised tokens of
//! [`crate::words::stream`]: case, diacritics and punctuation do not hide a copy.
//!
//! The source is indexed by a suffix array (n log² n once); a summary then costs a binary search a word.

use crate::words::map::{UNKNOWN, WordMap};
use crate::words::stream::Stream;
use std::ops::Range;

/// A source, indexed once for many summaries.
#[derive(Debug, Clone, Default)]
pub struct Source {
    words: WordMap,
    ids: Vec<u32>,
    /// Places in `ids`, sorted by what follows them.
    suffixes: Vec<u32>,
}

/// How much of a summary is copied from its source.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Copying {
    /// Share of the summary's words that lie in an extractive fragment.
    pub coverage: f64,
    /// Mean squared fragment length over the summary's words.
    pub density: f64,
    /// Words of the longest fragment.
    pub longest: usize,
    /// Share of n-grams (n = 1 to 4) of the summary that the source does not hold; 0 where there is none.
    pub novel: [f64; 4],
}

impl Copying {
    /// What coverage is multiplied by where the density may be at most `max_density`: 1 up to there, then falling
    /// towards 0 without a step, so that every further copied run costs.
    pub fn factor(&self, max_density: f64) -> f64 {
        if self.density > max_density { max_density.max(0.0) / self.density } else { 1.0 }
    }
}

/// Longest n-gram whose novelty is told.
const NOVEL: usize = 4;

impl Source {
    /// Prepares `source`.
    pub fn new(source: &str) -> Self {
        Self::of_stream(&Stream::new(source))
    }

    /// As [`Source::new`], of a source that is tokenised already.
    pub fn of_stream(stream: &Stream) -> Self {
        let mut words = WordMap::with_capacity(stream.tokens.len() / 2);
        let ids: Vec<u32> = stream
            .tokens
            .iter()
            .map(|token| {
                let new = words.len() as u32;
                words.get_or_insert(stream.word(token), new)
            })
            .collect();
        let suffixes = suffix_array(&ids);
        Self { words, ids, suffixes }
    }

    /// Measures `summary`.
    pub fn score(&self, summary: &str) -> Copying {
        self.score_stream(&Stream::new(summary))
    }

    /// As [`Source::score`], of a summary that is tokenised already.
    pub fn score_stream(&self, stream: &Stream) -> Copying {
        let ids: Vec<u32> = stream.tokens.iter().map(|token| self.words.get(stream.word(token))).collect();
        if ids.is_empty() {
            return Copying::default();
        }
        let (mut copied, mut squares, mut longest) = (0, 0, 0);
        let mut rest = ids.as_slice();
        while !rest.is_empty() {
            let run = self.match_len(rest, usize::MAX);
            copied += run;
            squares += run * run;
            longest = longest.max(run);
            rest = rest.get(run.max(1)..).unwrap_or_default();
        }
        let words = ids.len() as f64;
        let (coverage, density) = (copied as f64 / words, squares as f64 / words);
        Copying { coverage, density, longest, novel: self.novel(&ids) }
    }

    fn novel(&self, ids: &[u32]) -> [f64; NOVEL] {
        let mut held = [0usize; NOVEL];
        for start in 0..ids.len() {
            let run = self.match_len(ids.get(start..).unwrap_or_default(), NOVEL);
            held.iter_mut().take(run).for_each(|count| *count += 1);
        }
        let mut n = 0;
        held.map(|held| {
            let all = ids.len().saturating_sub(n);
            n += 1;
            if all == 0 { 0.0 } else { (all - held) as f64 / all as f64 }
        })
    }

    /// Length of the longest prefix of `ids`, up to `limit`, that stands in the source.
    fn match_len(&self, ids: &[u32], limit: usize) -> usize {
        let mut range = 0..self.suffixes.len();
        for (depth, &id) in ids.iter().enumerate().take(limit) {
            range = self.narrow(range, depth, id);
            if id == UNKNOWN || range.is_empty() {
                return depth;
            }
        }
        ids.len().min(limit)
    }

    /// The part of `range`, whose suffixes agree up to `depth`, that goes on with `id`.
    fn narrow(&self, range: Range<usize>, depth: usize, id: u32) -> Range<usize> {
        let suffixes = self.suffixes.get(range.clone()).unwrap_or_default();
        // A suffix that ends here sorts before all that go on.
        let next = |&place: &u32| self.ids.get(place as usize + depth).map_or(0, |&id| u64::from(id) + 1);
        let wanted = u64::from(id) + 1;
        let from = suffixes.partition_point(|place| next(place) < wanted);
        let to = suffixes.partition_point(|place| next(place) <= wanted);
        range.start + from..range.start + to
    }
}

/// The places of `ids` sorted by the suffixes that start there, by doubling the length that is sorted.
fn suffix_array(ids: &[u32]) -> Vec<u32> {
    let mut rank: Vec<u64> = ids.iter().map(|&id| u64::from(id) + 1).collect();
    let mut suffixes: Vec<u32> = (0..ids.len() as u32).collect();
    let mut width = 1;
    let mut next = vec![0u64; ids.len()];
    loop {
        let of = |place: usize| rank.get(place).copied().unwrap_or(0);
        let key = |place: u32| (of(place as usize), of(place as usize + width));
        suffixes.sort_unstable_by_key(|&place| key(place));
        let mut distinct = 0;
        let mut previous = None;
        for &place in &suffixes {
            let key = key(place);
            distinct += u64::from(previous != Some(key));
            previous = Some(key);
            if let Some(slot) = next.get_mut(place as usize) {
                *slot = distinct;
            }
        }
        std::mem::swap(&mut rank, &mut next);
        width *= 2;
        if distinct as usize >= ids.len() || width >= 2 * ids.len() {
            return suffixes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn measures_the_fragments_of_a_summary() {
        let source = Source::new("The agency said on Monday that the mission will launch in June.");
        let cases = [
            ("", 0.0, 0.0, 0, [0.0; 4]),
            ("Nothing whatsoever", 0.0, 0.0, 0, [1.0, 1.0, 0.0, 0.0]),
            ("the mission will launch", 1.0, 4.0, 4, [0.0; 4]),
            ("THE AGENCY said: launch!", 1.0, 2.5, 3, [0.0, 1.0 / 3.0, 0.5, 1.0]),
            ("officials said on Friday", 0.5, 1.0, 2, [0.5, 2.0 / 3.0, 1.0, 1.0]),
        ];
        for (summary, coverage, density, longest, novel) in cases {
            assert_eq!(source.score(summary), Copying { coverage, density, longest, novel }, "{summary:?}");
        }
        assert_eq!(Source::new("").score("a b").coverage, 0.0);
    }

    #[test]
    fn factor_is_one_up_to_the_limit_and_falls_from_there_without_a_step() {
        let of = |density, max_density| Copying { density, ..Copying::default() }.factor(max_density);
        for (density, max_density, expected) in [
            (0.0, 4.0, 1.0),
            (4.0, 4.0, 1.0),
            (8.0, 4.0, 0.5),
            (0.0, 0.0, 1.0),
            (2.0, 0.0, 0.0),
            (2.0, -1.0, 0.0),
        ] {
            assert_eq!(of(density, max_density), expected, "{density} {max_density}");
        }
        assert!(of(4.0 + 1e-9, 4.0) > 1.0 - 1e-9);
        let falling: Vec<f64> = (0..100).map(|tenths| of(f64::from(tenths) / 10.0, 3.0)).collect();
        assert!(falling.is_sorted_by(|a, b| a >= b) && falling.iter().all(|f| *f > 0.0));
    }

    /// Fragments by trying every start in the source, as the paper's pseudocode does.
    fn slow(source: &[&str], summary: &[&str]) -> (f64, f64, usize) {
        let (mut copied, mut squares, mut longest, mut i) = (0, 0, 0, 0);
        while i < summary.len() {
            let run = (0..source.len())
                .map(|j| summary[i..].iter().zip(&source[j..]).take_while(|(a, b)| a == b).count())
                .max()
                .unwrap_or(0);
            copied += run;
            squares += run * run;
            longest = longest.max(run);
            i += run.max(1);
        }
        let n = summary.len().max(1) as f64;
        (copied as f64 / n, squares as f64 / n, longest)
    }

    proptest! {
        #[test]
        fn equals_the_papers_search(source in prop::collection::vec("[a-d]", 0..40), summary in prop::collection::vec("[a-e]", 0..20)) {
            let got = Source::new(&source.join(" ")).score(&summary.join(" "));
            let source: Vec<&str> = source.iter().map(String::as_str).collect();
            let summary: Vec<&str> = summary.iter().map(String::as_str).collect();
            prop_assert_eq!((got.coverage, got.density, got.longest), slow(&source, &summary));
            for n in 1..=4 {
                let grams: Vec<&[&str]> = summary.windows(n).collect();
                let novel = grams.iter().filter(|g| !source.windows(n).any(|s| s == **g)).count();
                let share = if grams.is_empty() { 0.0 } else { novel as f64 / grams.len() as f64 };
                prop_assert_eq!(got.novel[n - 1], share);
            }
        }
    }
}
