//! Function words, runs without a pause, the last word.

use super::classes::{self, Class};
use super::lexemes::{ADVERB, BE, DETERMINER, PREPOSITION};
use super::rows::Rows;
use super::scan::{ABBREVIATED, Token, WORD};
use std::ops::Range;

/// Words of plain prose that the share of function words is filled up with: few words prove little.
const PRIOR_WORDS: f64 = 4.0;
const PRIOR_FUNCTION: f64 = 1.6;
/// Function words among which the different ones are counted, and those that they are filled up with.
const LINKS: usize = 24;
const PRIOR_LINKS: f64 = 1.5;
const PRIOR_DIFFERENT: f64 = 1.0;

/// What was counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Grammar {
    /// Function words as a share of the words, filled up as well.
    pub(super) function: f64,
    /// The smallest share of different ones among so many function words in a row, filled up too.
    pub(super) links: f64,
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

pub(super) fn measure(text: &str, tokens: &[Token], rows: &Rows, kinds: &[u64]) -> Grammar {
    let bare = rows.longest(|row| row.word & !row.function);
    let bare_span = match tokens.get(bare.clone()) {
        Some([first, .., last]) => Some(first.start..last.end),
        Some([only]) => Some(only.span()),
        _ => None,
    };
    let (words, function) = (rows.count(|row| row.word), rows.count(|row| row.function));
    let mut grammar = Grammar {
        function: (function as f64 + PRIOR_FUNCTION) / (words as f64 + PRIOR_WORDS),
        links: links(tokens, rows),
        bare: bare.len(),
        bare_span,
        unbroken: rows.longest(|row| row.word).len(),
        ..Grammar::default()
    };
    closing(text, tokens, rows, kinds, &mut grammar);
    grammar
}

/// The smallest share of different words among [`LINKS`] function words, of which a third may be "the". Prose has hardly
/// ever less than a third: who strings chunks together with one or two of them has less.
fn links(tokens: &[Token], rows: &Rows) -> f64 {
    // A function word has a class of its own, or nearly.
    let (mut classes, mut all, mut articles, mut least) = ([0_u64; 4], 0, 0, 1.0_f64);
    let mut share = |classes: [u64; 4], all: usize, articles: usize| {
        let more = articles.saturating_sub((all - articles) / 2);
        let different = classes.map(|row| row.count_ones() as usize).iter().sum::<usize>();
        let different = different - usize::from(articles > 0 && more == 0);
        let all = all - articles + more;
        least = least.min((different as f64 + PRIOR_DIFFERENT) / (all as f64 + PRIOR_LINKS));
    };
    for token in rows.places(|row| row.function).filter_map(|place| tokens.get(place)) {
        classes[usize::from(token.class / 64)] |= 1 << (token.class % 64);
        articles += usize::from(token.key == classes::THE);
        all += 1;
        if all == LINKS {
            share(classes, all, articles);
            (classes, all, articles) = ([0; 4], 0, 0);
        }
    }
    share(classes, all, articles);
    least
}

/// How well the sentences' last words can be last.
fn closing(text: &str, tokens: &[Token], rows: &Rows, kinds: &[u64], grammar: &mut Grammar) {
    let mut close = |place: usize| {
        let Some(word) = tokens.get(place) else { return };
        // An abbreviation's full stop is no token, and the text may well end with it.
        if word.is(WORD) && !word.is(ABBREVIATED) {
            let odds = classes::log_odds(word.class, Class::Stop as u8);
            if odds < grammar.closing && !may_close(text, tokens, kinds, place) {
                grammar.closing = odds;
                grammar.closing_span = Some(word.span());
            }
        }
    };
    for stop in rows.places(|row| row.stop) {
        // A mark inside of a word, as in "example.com", ends nothing.
        let next = tokens.get(stop + 1);
        if let (Some(before), Some(mark)) = (stop.checked_sub(1), tokens.get(stop))
            && next.is_none_or(|next| next.start > mark.end)
        {
            close(before);
        }
    }
    tokens.len().checked_sub(1).into_iter().for_each(close);
}

/// Whether a word that hardly ever ends a sentence may end this one: "It was his.", "What are you afraid of?"
fn may_close(text: &str, tokens: &[Token], kinds: &[u64], place: usize) -> bool {
    let mark = tokens.get(place + 1).and_then(|mark| text.as_bytes().get(mark.start));
    let word = tokens.get(place).and_then(|word| text.get(word.span())).unwrap_or_default();
    let before = place.checked_sub(1).and_then(|before| kinds.get(before)).copied().unwrap_or_default();
    match (word, mark) {
        ("his", Some(_)) => before & (BE | ADVERB | PREPOSITION) != 0,
        (_, Some(b'?')) => {
            kinds.get(place).is_some_and(|kind| kind & PREPOSITION != 0) && before & DETERMINER == 0
        }
        _ => false,
    }
}
