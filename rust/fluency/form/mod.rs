//! The form rule: nothing but one paragraph. Every violation is named with its byte span.
//!
//! White space before and after the answer is no violation: trainers differ in what they strip. What is checked is
//! listed in [`CHECKS`], a file a family; each check is linear in the text, with bounded look-ahead.

mod about;
mod balance;
mod ending;
mod foreign;
mod framing;
mod lines;
mod marks;
mod placeholder;
mod quotation;
mod wordings;

use super::bytes::Bytes;
use super::symbols::{self, BYTE_ORDER_MARK};
pub(super) use ending::ends_sentence;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

/// What breaks the form rule ("only the paragraph").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ViolationKind {
    /// More than one paragraph; the span is that of each further one.
    Paragraphs,
    /// A line break inside a paragraph.
    LineBreak,
    /// A bullet or a number that begins a list's item.
    Bullets,
    /// A heading or a title line.
    Heading,
    /// Markdown: emphasis, links, tables, quotes, rules.
    Markdown,
    /// Code fences and code spans.
    Code,
    /// JSON, XML, HTML.
    Markup,
    /// Words before the paragraph that announce it: "Here is a summary:".
    Preamble,
    /// Labels and notes: "Summary:", "Note:", "Word count: 48".
    Metadata,
    /// The assistant speaks of itself or to the user: "As an AI", "I hope this helps".
    Assistant,
    /// A question back to the user.
    Question,
    /// Tokens of a chat template, and tags of thinking: `<|im_end|>`, `[INST]`, `</think>`.
    SpecialTokens,
    /// Control characters, but for tabs and what breaks lines.
    ControlCharacters,
    /// Emoji and other symbols behind the last sentence.
    Symbols,
    /// Quotation marks or brackets around the whole.
    Quotes,
    /// A bracket or quotation mark without the one that belongs to it.
    Unbalanced,
    /// What was to be filled in: `[NAME]`, `{{date}}`, `____`.
    Placeholder,
    /// A passage in another language, or the whole answer.
    OtherLanguage,
    /// No end of a sentence at the end, or cut off by the sampler.
    Truncated,
}

impl ViolationKind {
    /// Every kind, in the order of the reports.
    pub const ALL: [Self; 19] = [
        Self::Paragraphs,
        Self::LineBreak,
        Self::Bullets,
        Self::Heading,
        Self::Markdown,
        Self::Code,
        Self::Markup,
        Self::Preamble,
        Self::Metadata,
        Self::Assistant,
        Self::Question,
        Self::SpecialTokens,
        Self::ControlCharacters,
        Self::Symbols,
        Self::Quotes,
        Self::Unbalanced,
        Self::Placeholder,
        Self::OtherLanguage,
        Self::Truncated,
    ];

    /// The name in reports: `paragraphs`, `bullets`, ...
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// What to say to a person: "more than one paragraph".
    pub fn describe(self) -> &'static str {
        self.entry().1
    }

    /// The share of the score that one violation takes, in (0, 1).
    pub fn severity(self) -> f64 {
        self.entry().2
    }

    fn entry(self) -> (&'static str, &'static str, f64) {
        match self {
            Self::Paragraphs => ("paragraphs", "more than one paragraph", 0.4),
            Self::LineBreak => ("line_break", "a line break inside the paragraph", 0.2),
            Self::Bullets => ("bullets", "bullets or numbering", 0.3),
            Self::Heading => ("heading", "a heading or title", 0.4),
            Self::Markdown => ("markdown", "markdown", 0.3),
            Self::Code => ("code", "code", 0.5),
            Self::Markup => ("markup", "JSON, XML or HTML", 0.5),
            Self::Preamble => ("preamble", "a preamble before the paragraph", 0.5),
            Self::Metadata => ("metadata", "a label, note or count", 0.4),
            Self::Assistant => ("assistant", "speaks as an assistant", 0.5),
            Self::Question => ("question", "a question back to the user", 0.4),
            Self::SpecialTokens => ("special_tokens", "chat-template or special tokens", 0.5),
            Self::ControlCharacters => ("control_characters", "control characters", 0.5),
            Self::Symbols => ("symbols", "symbols behind the paragraph", 0.2),
            Self::Quotes => ("quotes", "quotes or brackets around the whole", 0.3),
            Self::Unbalanced => ("unbalanced", "a bracket or quotation mark without its pair", 0.2),
            Self::Placeholder => ("placeholder", "a placeholder that was never filled in", 0.5),
            Self::OtherLanguage => ("other_language", "a passage in another language", 0.5),
            Self::Truncated => ("truncated", "breaks off before the end of a sentence", 0.5),
        }
    }
}

/// One violation of the form and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong.
    pub kind: ViolationKind,
    /// Byte span.
    pub span: Range<usize>,
}

/// The form rule's result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    /// 1 without a violation, lower with each, by its severity; in [0, 1].
    pub score: f64,
    /// In the order of their place; at most eight of a kind.
    pub violations: Vec<Violation>,
}

/// How far the end of a remark's sentence is looked for.
const SENTENCE: usize = 160;

impl Form {
    /// Whether the [`paragraph`](Self::paragraph) breaks off before the end of a sentence. An answer that the sampler cut
    /// off right behind one does not: whoever knows of no sampler sees the same text.
    pub fn breaks_off(&self, paragraph: &str) -> bool {
        let is_truncated = self.violations.iter().any(|violation| violation.kind == ViolationKind::Truncated);
        is_truncated && !ends_sentence(paragraph)
    }

    /// The text that [`form`] checked, with spaces in the place of what is said around the paragraph: announcements,
    /// remarks, the assistant's voice, questions back, special tokens, control characters, marks of emphasis and symbols
    /// behind it. The rules
    /// that read the paragraph read this, so that what does not belong to it neither counts as prose nor thins out what
    /// does. As long as the text in bytes, so that spans are of both.
    pub fn paragraph<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut around: Vec<Range<usize>> = self.violations.iter().filter_map(|v| v.around(text)).collect();
        if self.violations.iter().any(|violation| violation.kind == ViolationKind::Markdown) {
            around.extend(emphasis_marks(text));
        }
        if around.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut bytes = text.as_bytes().to_vec();
        for span in around {
            // What stood on two sides stays apart, and no character is cut.
            if text.is_char_boundary(span.start) && text.is_char_boundary(span.end) {
                bytes.get_mut(span).unwrap_or_default().fill(b' ');
            }
        }
        String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// Runs of two stars or low lines and more.
fn emphasis_marks(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    text.as_bytes().chunk_by(|a, b| a == b).filter_map(move |run| {
        at += run.len();
        (run.len() > 1 && matches!(run, [b'*' | b'_', ..])).then_some(at - run.len()..at)
    })
}

impl Violation {
    /// What of it stands around the paragraph: all of it, to the end of its sentence for a remark.
    fn around(&self, text: &str) -> Option<Range<usize>> {
        let Range { start, end } = self.span;
        match self.kind {
            ViolationKind::Preamble
            | ViolationKind::Question
            | ViolationKind::SpecialTokens
            | ViolationKind::ControlCharacters
            | ViolationKind::Symbols => Some(start..end),
            ViolationKind::Metadata | ViolationKind::Assistant => {
                let rest = text.as_bytes().get(end..).unwrap_or_default();
                let is_end = |byte: &u8| matches!(byte, b'.' | b'!' | b'?' | b':' | b'\n' | b')' | b']');
                let is_whole =
                    text.get(start..end).is_some_and(|said| said.ends_with([':', '-', '–', '—', ']', ')']));
                let more = if is_whole { None } else { rest.iter().take(SENTENCE).position(is_end) };
                Some(start..end + more.map_or(0, |more| more + 1))
            }
            _ => None,
        }
    }
}

/// Of one kind, no more than this many are listed and counted.
const MAX_OF_A_KIND: usize = 8;

/// What the checks read.
struct Answer<'a> {
    text: &'a str,
    /// The text without the white space around it and a byte order mark before it.
    body: Range<usize>,
    truncated: bool,
    /// Where in the body one of [`ASKED`] stands; read once for all checks.
    places: OnceCell<Vec<usize>>,
}

/// The bytes that any check looks for.
static ASKED: Bytes = Bytes::new(b"")
    .with(&lines::MAY_BREAK)
    .with(&marks::TRIGGERS)
    .with(&framing::BEGINS)
    .with(&balance::MARKS);

impl<'a> Answer<'a> {
    fn new(text: &'a str, truncated: bool) -> Self {
        let start = text.len() - text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).trim_start().len();
        let body = start..start + text[start..].trim_end().len();
        Self { text, body, truncated, places: OnceCell::new() }
    }

    fn body(&self) -> &'a str {
        &self.text[self.body.clone()]
    }

    /// The place in the body of the first of some bytes, from `at` on.
    fn next(&self, asked: &Bytes, at: usize) -> Option<usize> {
        let bytes = self.body().as_bytes();
        let places = self.places.get_or_init(|| ASKED.places(bytes));
        let from = places.partition_point(|place| *place < at);
        places.iter().skip(from).copied().find(|place| bytes.get(*place).is_some_and(|byte| asked.has(*byte)))
    }
}

/// The violations found so far.
#[derive(Default)]
struct Found {
    violations: Vec<Violation>,
    counts: [usize; ViolationKind::ALL.len()],
}

impl Found {
    fn add(&mut self, kind: ViolationKind, span: Range<usize>) {
        let count = &mut self.counts[kind as usize];
        if *count < MAX_OF_A_KIND {
            *count += 1;
            self.violations.push(Violation { kind, span });
        }
    }
}

type Check = fn(&Answer<'_>, &mut Found);

/// The families of checks, but for the ending, which comes last.
const CHECKS: [Check; 5] = [lines::check, marks::check, balance::check, framing::check, foreign::check];

/// Checks the form of an answer. `truncated`: the sampler cut it off.
///
/// The score is the product of `1 - severity` over the violations. An empty answer has no form to break: it is
/// [`validity`](super::validity) that turns it down.
pub fn form(text: &str, truncated: bool) -> Form {
    let answer = Answer::new(text, truncated);
    let mut found = Found::default();
    if !answer.body.is_empty() {
        CHECKS.iter().for_each(|check| check(&answer, &mut found));
        if let Some(span) = symbols::trailing(text) {
            found.add(ViolationKind::Symbols, span);
        }
        // A remark behind the paragraph is not its end.
        let so_far = Form { score: 0.0, violations: found.violations.clone() };
        ending::check(&Answer::new(&so_far.paragraph(text), truncated), &mut found);
    } else if truncated {
        found.add(ViolationKind::Truncated, 0..text.len());
    }
    let mut violations = found.violations;
    violations.sort_by_key(|violation| (violation.span.start, violation.kind));
    let score = violations.iter().map(|violation| 1.0 - violation.kind.severity()).product();
    Form { score, violations }
}

#[cfg(test)]
mod tests;
