//! The fluency score from its parts: each in [0, 1], near 1 in clean prose, and multiplied.
//!
//! A part is a smooth, monotone function of one measurement, so nothing is gained by being worse, and every
//! improvement shows. The curves' middles stand where clean paragraphs hardly ever reach: at the lowest half percent
//! of the texts that the class table was made from.

use super::form::ends_sentence;
use super::grammar::{self, Grammar};
use super::repetition::{self, Repetition};
use super::scan;
use super::surface::{self, Surface};
use std::ops::Range;

/// The fluency rule's result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fluency {
    /// In [0, 1]: the product of the parts.
    pub score: f64,
    /// What broke it, in words; empty when nothing did.
    pub reason: String,
    /// Byte span of the worst spot.
    pub worst: Option<Range<usize>>,
    /// Named part scores, each in [0, 1], of which the worst ones decide.
    pub parts: Vec<(&'static str, f64)>,
}

/// A part below this is worth a reason.
const NOTABLE: f64 = 0.8;

/// The names of the parts, in the order of [`Fluency::parts`].
const PARTS: [&str; 13] = [
    "order",
    "worst_spot",
    "function_words",
    "bare_run",
    "unbroken",
    "repetition",
    "variety",
    "letters",
    "hidden",
    "capitals",
    "sentence_starts",
    "spacing",
    "ending",
];

/// Everything that was measured.
struct Measured<'a> {
    text: &'a str,
    grammar: Grammar,
    repetition: Repetition,
    surface: Surface,
}

/// Scores the fluency of an answer: 1 reads like a clean paragraph, below 0.5 is hard to read. A text without words
/// scores 0.
pub fn fluency(text: &str) -> Fluency {
    let tokens = scan::scan(text);
    let measured = Measured {
        text,
        grammar: grammar::measure(&tokens),
        repetition: repetition::measure(&tokens),
        surface: surface::measure(text, &tokens),
    };
    if measured.surface.words == 0 {
        return Fluency { reason: "there are no words".to_owned(), ..Fluency::default() };
    }
    let scores = measured.scores();
    let lowest = (0..PARTS.len())
        .min_by(|a, b| scores[*a].total_cmp(&scores[*b]))
        .filter(|part| scores[*part] < NOTABLE);
    let (reason, worst) = lowest.map_or((String::new(), None), |part| measured.explain(PARTS[part]));
    Fluency { score: scores.iter().product(), reason, worst, parts: PARTS.into_iter().zip(scores).collect() }
}

/// 1 far above `middle`, 0.5 on it, 0 far below.
fn rising(value: f64, middle: f64, width: f64) -> f64 {
    1.0 / (1.0 + ((middle - value) / width).exp())
}

/// 1 at 0, 0.5 at `middle`, towards 0 beyond.
fn falling(value: f64, middle: f64) -> f64 {
    1.0 / (1.0 + (value.max(0.0) / middle).powi(2))
}

impl Measured<'_> {
    fn scores(&self) -> [f64; PARTS.len()] {
        let (g, r, s) = (&self.grammar, &self.repetition, &self.surface);
        let words = s.words as f64;
        // The lowest of many windows is lower than the lowest of few.
        let windows = (words / 60.0).max(1.0).ln();
        [
            rising(g.order, 0.08, 0.1),
            rising(g.worst, -0.55 - 0.1 * windows, 0.12),
            rising(g.function, 0.13, 0.025),
            rising(-(g.bare as f64), -14.0, 1.5),
            rising(-(g.unbroken as f64), -50.0, 6.0),
            falling(r.share, 0.15),
            rising(r.distinct, 0.55, 0.03),
            rising(s.letters as f64 / s.visible.max(1) as f64, 0.66, 0.03),
            falling(s.hidden.count as f64 / s.visible.max(1) as f64, 0.03),
            rising(-s.shouted, -0.3, 0.05) * falling(s.titled.count as f64 / words, 0.15),
            falling(s.small_starts, 0.7),
            falling(s.glued.count as f64 / words, 0.045),
            self.ending(),
        ]
    }

    /// Whether the sentences come to their end: a mark at the end of the text, and no "of the." before any.
    fn ending(&self) -> f64 {
        let mark = if ends_sentence(self.text) { 1.0 } else { 0.62 };
        mark * (0.42 + 0.58 * rising(self.grammar.closing, -3.4, 0.35))
    }

    /// What to say of a part, and where it shows most.
    fn explain(&self, part: &str) -> (String, Option<Range<usize>>) {
        let (g, s) = (&self.grammar, &self.surface);
        let start = self.text.len() - self.text.trim_start().len();
        let whole = Some(start..self.text.trim_end().len());
        match part {
            "order" => ("the words do not follow one another like English".to_owned(), g.worst_span.clone()),
            "worst_spot" => {
                let span = g.worst_span.clone().unwrap_or_default();
                (format!("does not read like English at '{}'", excerpt(&self.text[span.clone()])), Some(span))
            }
            "function_words" => ("reads like a keyword list".to_owned(), whole),
            "bare_run" => (format!("strings {} words together like keywords", g.bare), g.bare_span.clone()),
            "unbroken" => (format!("runs on for {} words without punctuation", g.unbroken), whole),
            "repetition" => self.explain_repetition(),
            "variety" => ("says the same few words over and over".to_owned(), whole),
            "letters" => ("is mostly digits and symbols".to_owned(), whole),
            "hidden" => ("has control or invisible characters".to_owned(), s.hidden.first.clone()),
            "capitals" => match s.shouted > 0.2 {
                true => ("is written in capitals".to_owned(), whole),
                false => ("capitalises words like a title".to_owned(), s.titled.first.clone()),
            },
            "sentence_starts" => ("sentences begin with small letters".to_owned(), s.small.first.clone()),
            "spacing" => {
                let span = s.glued.first.clone().unwrap_or_default();
                (
                    format!("spaces are missing or misplaced at '{}'", excerpt(&self.text[span.clone()])),
                    Some(span),
                )
            }
            _ => self.explain_ending(),
        }
    }

    fn explain_ending(&self) -> (String, Option<Range<usize>>) {
        let text = self.text.trim_end();
        let word = text
            .rfind(char::is_whitespace)
            .map_or(0, |place| place + text[place..].chars().next().map_or(0, char::len_utf8));
        let span = match &self.grammar.closing_span {
            Some(span) if ends_sentence(self.text) => span.clone(),
            _ => word..text.len(),
        };
        ("breaks off in the middle of a sentence".to_owned(), Some(span))
    }

    fn explain_repetition(&self) -> (String, Option<Range<usize>>) {
        let Some(phrase) = &self.repetition.longest else {
            return ("repeats itself".to_owned(), None);
        };
        let quoted = excerpt(&self.text[phrase.span.clone()]);
        (format!("repeats '{quoted}' {} times", phrase.times), Some(phrase.span.clone()))
    }
}

/// The start of a passage, short enough for a sentence about it, on one line.
fn excerpt(passage: &str) -> String {
    const MAX_WORDS: usize = 8;
    const MAX_CHARS: usize = 60;
    let mut words = passage.split_whitespace();
    let quoted: Vec<&str> = words.by_ref().take(MAX_WORDS).collect();
    let joined = quoted.join(" ");
    let short: String = joined.chars().take(MAX_CHARS).collect();
    if words.next().is_some() || short.len() < joined.len() { short + " ..." } else { short }
}
