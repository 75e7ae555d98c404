//! The rules of the fluency score: a line of [`RULES`] each, with how it is scored and what is said of it.
//!
//! A rule is a smooth, monotone function of one or two measurements, so nothing is gained by being worse, and every
//! improvement shows. The curves' middles stand where clean paragraphs hardly ever reach, with room for summaries,
//! which are denser than those.

use super::agreement::{self, Agreement, Fault};
use super::form::ends_sentence;
use super::grammar::{self, Grammar};
use super::lexemes;
use super::reading::{self, Reading};
use super::repetition::{self, Repetition};
use super::rows::Rows;
use super::scan::{self, Token};
use super::spelling::{self, Spelling};
use super::surface::{self, Surface};
use super::verbs;
use std::ops::Range;

/// Everything that was measured of a text.
pub(super) struct Measured<'a> {
    pub(super) text: &'a str,
    tokens: Vec<Token>,
    pub(super) reading: Reading,
    pub(super) grammar: Grammar,
    pub(super) repetition: Repetition,
    pub(super) surface: Surface,
    agreement: Agreement,
    spelling: Spelling,
    /// The share of words outside of sentences with a verb.
    verbless: f64,
}

impl<'a> Measured<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = scan::scan_whole(text);
        let kinds = lexemes::of(&tokens);
        let rows = Rows::of(&tokens, &kinds);
        Self {
            text,
            reading: reading::read(text, &tokens),
            grammar: grammar::measure(text, &tokens, &rows, &kinds),
            repetition: repetition::measure(text, &tokens),
            surface: surface::measure(text, &tokens, &rows),
            agreement: agreement::measure(text, &tokens, &rows, &kinds),
            spelling: spelling::measure(text, &tokens, &rows),
            verbless: verbs::outside(text, &tokens, &rows, &kinds),
            tokens,
        }
    }

    /// Whether most of it stands in sentences with a verb.
    #[cfg(feature = "training")]
    pub(super) fn has_sentences(&self) -> bool {
        self.verbless < 0.5
    }

    /// `count` for each word.
    fn per_word(&self, count: usize) -> f64 {
        count as f64 / self.surface.words.max(1) as f64
    }

    /// `count` for each word, filled up with plain ones: one slip in a few words is one slip.
    fn per_some_words(&self, count: usize) -> f64 {
        const PRIOR: usize = 10;
        count as f64 / (self.surface.words + PRIOR) as f64
    }

    /// `count` for each visible character.
    fn per_character(&self, count: usize) -> f64 {
        count as f64 / self.surface.visible.max(1) as f64
    }
}

/// What is said of a rule, and the byte span it is said of.
pub(super) type Explanation = (String, Option<Range<usize>>);

/// One rule.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// In [0, 1].
    pub(super) score: fn(&Measured<'_>) -> f64,
    pub(super) explain: fn(&Measured<'_>) -> Explanation,
}

/// What a wrong article weighs, a capital where none belongs and a full stop where none does, in nats.
const ARTICLE: f64 = 0.5;
const STRAY: f64 = 0.5;
const STOP: f64 = 1.5;
/// The share of sentences that begin small from which on that is the way of the text.
const SMALL_STARTS: f64 = 0.7;

/// Every rule.
pub(super) const RULES: [Rule; 18] = [
    Rule {
        name: "function_words",
        score: |m| rising(m.grammar.function, 0.13, 0.025),
        explain: |m| whole(m, "reads like a keyword list".to_owned()),
    },
    Rule {
        name: "bare_run",
        score: |m| rising(-(m.grammar.bare as f64), -14.0, 1.5),
        explain: |m| {
            (format!("strings {} words together like keywords", m.grammar.bare), m.grammar.bare_span.clone())
        },
    },
    Rule {
        name: "unbroken",
        score: |m| rising(-(m.grammar.unbroken as f64), -50.0, 6.0),
        explain: |m| whole(m, format!("runs on for {} words without punctuation", m.grammar.unbroken)),
    },
    Rule { name: "repetition", score: |m| falling(m.repetition.share, 0.15), explain: explain_repetition },
    Rule {
        name: "variety",
        score: |m| rising(m.repetition.distinct, 0.55, 0.03),
        explain: |m| whole(m, "says the same few words over and over".to_owned()),
    },
    Rule {
        name: "letters",
        score: |m| rising(letters(m), 0.66, 0.03),
        explain: |m| whole(m, "is mostly digits and symbols".to_owned()),
    },
    Rule {
        name: "hidden",
        score: |m| falling(m.per_character(m.surface.hidden.count), 0.03),
        explain: |m| ("has control or invisible characters".to_owned(), m.surface.hidden.first.clone()),
    },
    Rule { name: "capitals", score: |m| shouting(m) * titling(m), explain: explain_capitals },
    Rule {
        name: "sentence_starts",
        score: |m| {
            falling(m.surface.small_starts, SMALL_STARTS)
                * weighing(STOP * m.surface.stray_stops.count as f64)
        },
        explain: explain_starts,
    },
    Rule {
        name: "spacing",
        score: |m| falling(m.per_word(m.surface.glued.count), 0.025),
        explain: |m| quoting(m, "spaces are missing or misplaced at", m.surface.glued.first.clone()),
    },
    Rule {
        name: "articles",
        score: |m| weighing(ARTICLE * m.surface.articles.count as f64),
        explain: |m| quoting(m, "has the wrong article at", m.surface.articles.first.clone()),
    },
    Rule { name: "ending", score: ending, explain: explain_ending },
    Rule {
        name: "agreement",
        score: |m| falling(m.per_some_words(m.agreement.count), 0.007),
        explain: explain_agreement,
    },
    Rule {
        name: "stutter",
        score: |m| falling(m.per_some_words(m.repetition.stutters), 0.006),
        explain: explain_stutter,
    },
    Rule {
        name: "verbs",
        score: |m| rising(-m.verbless, -0.74, 0.04),
        explain: |m| whole(m, "lists things without a verb".to_owned()),
    },
    Rule {
        name: "links",
        score: |m| rising(m.grammar.links, 0.385, 0.02),
        explain: |m| whole(m, "strings words together with the same few small words".to_owned()),
    },
    Rule { name: "spelling", score: |m| weighing(m.spelling.weight), explain: explain_spelling },
    Rule {
        name: "stray_capitals",
        score: |m| weighing(STRAY * m.surface.stray_capitals.count as f64),
        explain: |m| {
            quoting(m, "has a capital where none belongs at", m.surface.stray_capitals.first.clone())
        },
    },
];

/// What is said of the order of the words.
pub(super) fn explain_reading(m: &Measured<'_>) -> Explanation {
    let is_everywhere = m.reading.measures[reading::MEASURES.len() - 1] > 0.2;
    if is_everywhere {
        return whole(m, "the words do not follow one another like English".to_owned());
    }
    quoting(m, "does not read like English at", m.reading.worst_span(&m.tokens))
}

/// 1 far above `middle`, 0.5 on it, 0 far below.
fn rising(value: f64, middle: f64, width: f64) -> f64 {
    let below = (middle - value) / width;
    // What is that far above most texts are, and no more is asked.
    if below < -8.0 { 1.0 } else { 1.0 / (1.0 + below.exp()) }
}

/// 1 at 0, 0.5 at `middle`, towards 0 beyond.
fn falling(value: f64, middle: f64) -> f64 {
    1.0 / (1.0 + (value.max(0.0) / middle).powi(2))
}

/// 1 where nothing weighs, and less by so many nats.
fn weighing(nats: f64) -> f64 {
    if nats > 0.0 { (-nats).exp() } else { 1.0 }
}

/// Words in capitals throughout.
fn shouting(m: &Measured<'_>) -> f64 {
    rising(-m.surface.shouted, -0.3, 0.05)
}

/// Words With A Capital Each.
fn titling(m: &Measured<'_>) -> f64 {
    falling(m.per_word(m.surface.titled.count), 0.15)
}

/// Whether the sentences come to their end: a mark at the end of the text, and no "of the." before any.
fn ending(m: &Measured<'_>) -> f64 {
    let mark = if ends_sentence(m.text) { 1.0 } else { 0.5 };
    mark * (0.42 + 0.58 * rising(m.grammar.closing, -3.4, 0.35))
}

/// Letters as a share of what is seen, filled up with some: a result or two in a short sentence is no table.
fn letters(m: &Measured<'_>) -> f64 {
    const PRIOR: usize = 20;
    (m.surface.letters + PRIOR) as f64 / (m.surface.visible + PRIOR) as f64
}

/// Said of the whole text, without the white space around it.
fn whole(m: &Measured<'_>, reason: String) -> Explanation {
    let start = m.text.len() - m.text.trim_start().len();
    (reason, Some(start..m.text.trim_end().len()))
}

/// Said of a passage that is quoted.
fn quoting(m: &Measured<'_>, reason: &str, span: Option<Range<usize>>) -> Explanation {
    let quoted = span.clone().map(|span| excerpt(&m.text[span])).unwrap_or_default();
    (format!("{reason} '{quoted}'"), span)
}

fn explain_repetition(m: &Measured<'_>) -> Explanation {
    let Some(phrase) = &m.repetition.longest else {
        return whole(m, "repeats itself".to_owned());
    };
    let (reason, span) = quoting(m, "repeats", Some(phrase.span.clone()));
    (format!("{reason} {} times", phrase.times), span)
}

fn explain_stutter(m: &Measured<'_>) -> Explanation {
    if m.repetition.longest.as_ref().is_some_and(|phrase| phrase.times > 2) {
        return explain_repetition(m);
    }
    let (reason, span) = quoting(m, "repeats", m.repetition.stutter.clone());
    (format!("{reason} at once"), span)
}

fn explain_agreement(m: &Measured<'_>) -> Explanation {
    let (fault, span) = m.agreement.first.clone().unzip();
    quoting(m, fault.map_or("", Fault::reason), span)
}

fn explain_starts(m: &Measured<'_>) -> Explanation {
    match &m.surface.stray_stops {
        stops if stops.count > 0 && m.surface.small_starts < SMALL_STARTS => {
            quoting(m, "has a full stop inside a sentence at", stops.first.clone())
        }
        _ => ("sentences begin with small letters".to_owned(), m.surface.small.first.clone()),
    }
}

fn explain_spelling(m: &Measured<'_>) -> Explanation {
    let (span, is_slip) = m.spelling.first.clone().unzip();
    quoting(m, if is_slip == Some(true) { "misspells" } else { "has an unknown word at" }, span)
}

fn explain_capitals(m: &Measured<'_>) -> Explanation {
    if shouting(m) < titling(m) {
        return whole(m, "is written in capitals".to_owned());
    }
    ("capitalises words like a title".to_owned(), m.surface.titled.first.clone())
}

fn explain_ending(m: &Measured<'_>) -> Explanation {
    let text = m.text.trim_end();
    let word = text
        .rfind(char::is_whitespace)
        .map_or(0, |place| place + text[place..].chars().next().map_or(0, char::len_utf8));
    let span = match &m.grammar.closing_span {
        Some(span) if ends_sentence(m.text) => span.clone(),
        _ => word..text.len(),
    };
    ("breaks off in the middle of a sentence".to_owned(), Some(span))
}

/// The start of a passage, short enough for a sentence about it, on one line.
pub(super) fn excerpt(passage: &str) -> String {
    const MAX_WORDS: usize = 8;
    const MAX_CHARS: usize = 60;
    let mut words = passage.split_whitespace();
    let quoted: Vec<&str> = words.by_ref().take(MAX_WORDS).collect();
    let joined = quoted.join(" ");
    let short: String = joined.chars().take(MAX_CHARS).collect();
    if words.next().is_some() || short.len() < joined.len() { short + " ..." } else { short }
}
