//! Fluency, form and validity: deterministic rules and repetition measures.

use std::ops::Range;

/// What breaks the form rule ("only the paragraph"), or makes an answer not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolationKind {
    /// More than one paragraph.
    Paragraphs,
}

impl ViolationKind {
    /// The name in reports: `paragraphs`, `bullets`, ...
    pub fn name(self) -> &'static str {
        "paragraphs"
    }
    /// What to say to a person: "more than one paragraph".
    pub fn describe(self) -> &'static str {
        "more than one paragraph"
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
    /// 1 without a violation, lower with each; in [0, 1].
    pub score: f64,
    /// In the order of their place.
    pub violations: Vec<Violation>,
}

/// The fluency rule's result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fluency {
    /// In [0, 1].
    pub score: f64,
    /// What broke it, in words; empty when nothing did.
    pub reason: String,
    /// Byte span of the worst spot.
    pub worst: Option<Range<usize>>,
    /// Named part scores, each in [0, 1], of which the worst ones decide.
    pub parts: Vec<(&'static str, f64)>,
}

/// Why an answer is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// Nothing, or white space only.
    Empty,
    /// Fewer words than the rubric asks for.
    TooFewWords,
    /// The model refused.
    Refusal,
    /// Not English.
    OtherLanguage,
    /// A thinking block that never closes.
    UnclosedThinking,
    /// A thinking block where the rubric forbids it.
    ForbiddenThinking,
}

impl Invalid {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        "empty"
    }
    /// What to say to a person: "it is empty".
    pub fn describe(self) -> &'static str {
        "it is empty"
    }
}

/// Checks the form of an answer. `truncated`: the sampler cut it off.
pub fn form(text: &str, truncated: bool) -> Form {
    let _ = (text, truncated);
    Form { score: 1.0, violations: Vec::new() }
}

/// Scores the fluency of an answer.
pub fn fluency(text: &str) -> Fluency {
    let _ = text;
    Fluency { score: 1.0, ..Fluency::default() }
}

/// Whether an answer says anything at all that can be graded.
pub fn validity(text: &str, min_words: usize) -> Option<Invalid> {
    let _ = min_words;
    text.is_empty().then_some(Invalid::Empty)
}
