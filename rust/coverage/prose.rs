//! The guard of coverage against what is no prose: keyword lists, with function words strewn in or not, words out of
//! order, and pieces of sentences.

use super::{fragments, order};
use crate::distinct::distinct;
use crate::words::stream::Stream;

/// Prose has at least this share of function words and of distinct bigrams. Sentences may do with fewer function words by so
/// many, and a text of at most `SHORT` words that is like a headline without any.
const FUNCTION: f64 = 0.2;
const FEWER: f64 = 1.25;
const SHORT: usize = 8;
const DISTINCT: f64 = 0.8;
/// The mean log-odds of neighbours ([`order::agreement`]) from which words are in order, and at which there is none:
/// 99 of 100 sentences of held-out prose lie above the first, three in four of shuffled paragraphs below the second.
const ORDER: f64 = 0.05;
const NO_ORDER: f64 = -0.15;
/// Fewer tokens than this carry nothing.
const MIN_TOKENS: usize = 4;

/// 1 for prose; less for a text with few function words, many repeated bigrams, words out of order or pieces of
/// sentences; 0 below four tokens.
pub(super) fn guard(stream: &Stream) -> f64 {
    let n = stream.tokens.len();
    if n < MIN_TOKENS {
        return 0.0;
    }
    let function = stream.tokens.iter().filter(|t| t.function).count();
    let mut words = stream.tokens.iter().map(|token| stream.word(token).hash64());
    let mut last = words.next().unwrap_or_default();
    let bigrams = words.map(|word| word ^ mix(std::mem::replace(&mut last, word)));
    let distinct = distinct(bigrams, n);
    let fragments = fragments::factor(stream);
    let needed = match (fragments < 1.0, n) {
        (true, _) => FUNCTION * n as f64,
        (false, ..=SHORT) => 0.0,
        (false, _) => FUNCTION * n as f64 - FEWER,
    };
    let function = if needed > 0.0 { function as f64 / needed } else { 1.0 };
    let distinct = distinct as f64 / (n - 1) as f64;
    let order = (order::agreement(stream) - NO_ORDER) / (ORDER - NO_ORDER);
    function.min(1.0) * (distinct / DISTINCT).min(1.0) * order.clamp(0.0, 1.0) * fragments
}

/// Scrambles the hash of a bigram's first word, so that the order of the two counts.
fn mix(hash: u64) -> u64 {
    hash.rotate_left(31).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowers_what_is_no_prose() {
        let cases = [
            ("", 0.0),
            ("too short here", 0.0),
            ("The agency said on Monday that the mission will launch in June.", 1.0),
            ("agency Monday mission launch June crew", 0.0),
            ("the launch of the crew is in June", 1.0),
            ("Sales fell sharply in May.", 1.0),
            ("Prices rose 3 percent Tuesday.", 1.0),
            ("Apple named Tim Cook chief executive.", 1.0),
            ("Honda recalls 40,000 cars over faulty airbags.", 1.0),
            ("Farmers grow less wheat than in 2020.", 1.0),
            ("World Bank lent Kenya $145 million.", 1.0),
            (
                "crew have Monday the mission it launch is June of agency had officer as budget be rain an",
                0.0,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(guard(&Stream::new(text)), expected, "{text:?}");
        }
        assert!(guard(&Stream::new(&"the launch is on ".repeat(10))) < 0.2);
    }
}
