//! Coverage without facts: the weighted share of a document's salient content that a summary carries.
//!
//! Content units are the stems of the document's content words. A unit weighs the square root of its frequency,
//! more the earlier it first occurs (the lead), more in a title line, and more for a name or number. The score is
//! the weight of the units in the summary over that of the heaviest units that a summary has room for, lowered by
//! the guard against keyword lists.

use super::prose;
use crate::words::key::key;
use crate::words::map::{UNKNOWN, WordMap};
use crate::words::ordinary::is_ordinary;
use crate::words::stream::Stream;

/// A source's weighted content units, prepared once.
#[derive(Debug, Clone, Default)]
pub struct Salience {
    words: WordMap,
    keys: WordMap,
    weights: Vec<f64>,
    /// Weight of the heaviest [`ROOM`] units.
    best: f64,
}

/// Content units that a summary of fifty tokens has room for.
const ROOM: usize = 25;
/// The lead counts double, and fades with this many tokens.
const LEAD: f64 = 120.0;
const NAME: f64 = 1.5;
const NUMBER: f64 = 2.0;
const TITLE: f64 = 1.5;
/// A first line of up to this many tokens without a full stop is a title.
const TITLE_TOKENS: usize = 20;

struct Unit {
    count: u32,
    weight: f64,
}

impl Salience {
    /// Prepares `source`.
    pub fn new(source: &str) -> Self {
        Self::of_stream(source, &Stream::new(source))
    }

    /// As [`Salience::new`], of a source that is tokenised already.
    pub fn of_stream(source: &str, stream: &Stream) -> Self {
        let title = title_len(source);
        let mut salience = Self::default();
        let mut units: Vec<Unit> = Vec::new();
        let mut buffer = Vec::new();
        for (place, token) in stream.tokens.iter().enumerate() {
            let word = stream.word(token);
            if token.function {
                continue;
            }
            let mut id = salience.words.get(word);
            if id == UNKNOWN {
                id = salience.keys.get_or_insert(key(word, &mut buffer), units.len() as u32);
                salience.words.get_or_insert(word, id);
            }
            match units.get_mut(id as usize) {
                Some(unit) => unit.count += 1,
                None => {
                    let kind = if token.number {
                        NUMBER
                    } else if is_ordinary(word.bytes()) {
                        1.0
                    } else {
                        NAME
                    };
                    let in_title = if token.span().end <= title { TITLE } else { 1.0 };
                    let lead = 1.0 + (-(place as f64) / LEAD).exp();
                    units.push(Unit { count: 1, weight: kind * in_title * lead });
                }
            }
        }
        salience.weights = units.iter().map(|unit| unit.weight * f64::from(unit.count).sqrt()).collect();
        let mut heaviest = salience.weights.clone();
        heaviest.sort_unstable_by(|a, b| b.total_cmp(a));
        salience.best = heaviest.iter().take(ROOM).sum();
        salience
    }

    /// Share carried by `summary`, in [0, 1].
    pub fn score(&self, summary: &str) -> f64 {
        self.score_stream(&Stream::new(summary))
    }

    /// As [`Salience::score`], of a summary that is tokenised already.
    pub fn score_stream(&self, stream: &Stream) -> f64 {
        if self.best <= 0.0 {
            return 0.0;
        }
        let mut met = vec![false; self.weights.len()];
        let mut buffer = Vec::new();
        let mut sum = 0.0;
        for token in &stream.tokens {
            let word = stream.word(token);
            let mut id = self.words.get(word);
            if id == UNKNOWN && !token.function {
                id = self.keys.get(key(word, &mut buffer));
            }
            if let (Some(met), Some(weight)) = (met.get_mut(id as usize), self.weights.get(id as usize)) {
                sum += if *met { 0.0 } else { *weight };
                *met = true;
            }
        }
        (sum / self.best).min(1.0) * prose::guard(stream)
    }
}

/// Bytes of the title line at the start of `source`, 0 without one.
fn title_len(source: &str) -> usize {
    let lead = source.len() - source.trim_start().len();
    let body = source.get(lead..).unwrap_or_default();
    match body.split_once('\n') {
        Some((line, _)) if is_title(line) => lead + line.len(),
        _ => 0,
    }
}

fn is_title(line: &str) -> bool {
    !line.trim_end().ends_with(['.', '!', '?', '"', '”']) && line.split_whitespace().count() <= TITLE_TOKENS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SOURCE: &str = "Agency Names New Chief\n\nThe agency on Monday named Maria Lopez as its new chief. Lopez will \
        lead 1,200 workers at the agency. Rain is expected in the north of the country later in the week.";

    #[test]
    fn prefers_the_lead_the_names_and_the_numbers() {
        let salience = Salience::new(SOURCE);
        let scores = [
            "The agency named Maria Lopez as its new chief on Monday, to lead 1,200 workers.",
            "The agency has named a new chief on Monday.",
            "There will be rain in the north of the country later in the week.",
            "The cat sat on the mat with a hat.",
            "The",
        ]
        .map(|summary| salience.score(summary));
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        assert!(scores[0] > 0.6 && scores[3] == 0.0 && scores[4] == 0.0, "{scores:?}");
    }

    #[test]
    fn a_keyword_list_earns_little() {
        let salience = Salience::new(SOURCE);
        assert!(salience.score("agency named Maria Lopez new chief Monday 1,200 workers") < 0.1);
    }

    #[test]
    fn without_content_nothing_is_carried() {
        for source in ["", "the of and", "\n\n"] {
            assert_eq!(Salience::new(source).score("The agency has named a chief."), 0.0);
        }
    }

    proptest! {
        #[test]
        fn stays_within_0_and_1(source in "\\PC{0,80}", summary in "\\PC{0,60}") {
            let score = Salience::new(&source).score(&summary);
            prop_assert!((0.0..=1.0).contains(&score));
        }
    }
}
