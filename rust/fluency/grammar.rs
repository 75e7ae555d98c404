//! Function words, runs without a pause, the last word.

use super::classes::{self, Class, FUNCTION};
use super::scan::{ABBREVIATED, STOP, Token, WORD};
use std::hint::select_unpredictable;
use std::ops::Range;

/// Words of plain prose that the share of function words is filled up with: few words prove little.
const PRIOR_WORDS: f64 = 4.0;
const PRIOR_FUNCTION: f64 = 1.6;

/// What was counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Grammar {
    /// Function words as a share of the words, filled up as well.
    pub(super) function: f64,
    /// The most words in a row without a function word or a mark among them.
    pub(super) bare: usize,
    /// Where they stand.
    pub(super) bare_span: Option<Range<usize>>,
    /// The most words between two marks of punctuation.
    pub(super) unbroken: usize,
    /// The lowest log-odds of a word before the full stop it stands at, at most 0; the last word of the text counts
    /// without one as well.
    pub(super) closing: f64,
    /// Where that word stands.
    pub(super) closing_span: Option<Range<usize>>,
}

pub(super) fn measure(tokens: &[Token]) -> Grammar {
    let mut grammar = Grammar::default();
    vocabulary(tokens, &mut grammar);
    closing(tokens, &mut grammar);
    grammar
}

/// How well the sentences' last words can be last.
fn closing(tokens: &[Token], grammar: &mut Grammar) {
    for (place, word) in tokens.iter().enumerate() {
        let is_last = match (tokens.get(place + 1), tokens.get(place + 2)) {
            (None, _) => true,
            // A mark inside of a word, as in "example.com", ends nothing.
            (Some(stop), next) => stop.is(STOP) && next.is_none_or(|next| next.start > stop.end),
        };
        // An abbreviation's full stop is no token, and the text may well end with it.
        if is_last && word.is(WORD) && !word.is(ABBREVIATED) {
            let odds = classes::log_odds(word.class, Class::Stop as u8);
            if odds < grammar.closing {
                grammar.closing = odds;
                grammar.closing_span = Some(word.span());
            }
        }
    }
}

fn vocabulary(tokens: &[Token], grammar: &mut Grammar) {
    let (mut words, mut function, mut bare, mut unbroken) = (0_usize, 0_usize, 0_usize, 0_usize);
    // Where the longest bare run ends. Nothing branches: how words and marks follow one another, no processor foresees.
    let mut bare_end = 0;
    for (place, token) in tokens.iter().enumerate() {
        let word = usize::from(token.is(WORD));
        let is_function = word & usize::from(token.is(u16::from(FUNCTION)));
        words += word;
        function += is_function;
        unbroken = (unbroken + 1) & word.wrapping_neg();
        bare = (bare + 1) & (word & !is_function & 1).wrapping_neg();
        grammar.unbroken = grammar.unbroken.max(unbroken);
        bare_end = select_unpredictable(bare > grammar.bare, place, bare_end);
        grammar.bare = grammar.bare.max(bare);
    }
    if let Some(run) = tokens.get((bare_end + 1).saturating_sub(grammar.bare)..=bare_end)
        && let ([first, ..], [.., last]) = (run, run)
    {
        grammar.bare_span = Some(first.start..last.end);
    }
    grammar.function = (function as f64 + PRIOR_FUNCTION) / (words as f64 + PRIOR_WORDS);
}
