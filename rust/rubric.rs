//! The settings of a rubric: what each rule asks for and how the rules combine.
//!
//! The rubric file is read and checked in Python, where its users are; this is its typed form. Names, defaults
//! and meaning follow the rubric file, version 1.

use crate::{Error, pii, rules};

/// How the rules combine into one reward; see [`crate::reward`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Combine {
    /// Length as a factor over halving weights: for training.
    #[default]
    Priority,
    /// Pass bits make a band, the weighted mean the place in it: for ranking.
    Lexicographic,
    /// 0 over the budget, else the geometric mean of the rules of [`Gate`].
    Gate,
    /// The weighted mean alone.
    Weighted,
}

/// What happens to a leading thinking block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Thinking {
    /// It is taken off before grading.
    #[default]
    Strip,
    /// It is graded with the rest.
    Count,
    /// An answer that has one is not valid.
    Forbid,
}

/// What coverage is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A list of facts.
    Facts,
    /// The sentences of a reference summary, each taken as a fact.
    Reference,
    /// The salient content of the source document.
    Source,
    /// Coverage is not graded.
    None,
}

/// Which PII makes the rule fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FailOn {
    /// Leaks where the source is known, any where it is not.
    #[default]
    Auto,
    /// What stands in the source; needs one.
    Leaks,
    /// Any match.
    Any,
}

/// What the budget is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Tokens, of GPT-2 or another tokenizer.
    #[default]
    Tokens,
    /// Words between white space, as Python's `str.split` tells them.
    Words,
}

/// How coverage is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// The content of each fact, or the salient content of the source.
    #[default]
    Content,
    /// ROUGE-L against the whole: the share of the answer's words that stand in it in order.
    RougePrecision,
    /// ROUGE-L against the whole: the share of its words that the answer has in order.
    RougeRecall,
    /// ROUGE-L against the whole: the harmonic mean of the two.
    RougeFmeasure,
}

/// The token budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Length {
    /// Most tokens an answer may have; at least 1.
    pub max_tokens: usize,
    /// What is counted.
    pub unit: Unit,
    /// An answer of n > max_tokens scores `over * max_tokens / n`; in [0, 1].
    pub over: f64,
    /// Below this many words an answer is not valid.
    pub min_words: usize,
}

/// The coverage rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Whether it is graded: where it is and has nothing to be measured against, the sentence says so.
    pub graded: bool,
    /// How it is measured.
    pub measure: Measure,
    /// ROUGE's words are stemmed.
    pub stemmer: bool,
    /// The score at which the rule passes.
    pub threshold: f64,
    /// Numbers and names that neither source nor facts hold lower the score.
    pub support: bool,
    /// A fact that is carried negated does not count.
    pub polarity: bool,
    /// It is credited in readable text only.
    pub readable: bool,
    /// Above this extractive density ([`crate::coverage::copying`]) copying lowers the score; positive.
    pub max_density: Option<f64>,
}

/// The PII rule.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pii {
    /// What is looked for.
    pub options: pii::Options,
    /// Which matches fail.
    pub fail_on: FailOn,
    /// Look in a stripped thinking block too.
    pub scan_thinking: bool,
}

/// What "gate" asks for within the budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// Coverage counts.
    pub coverage: bool,
    /// The PII rule counts.
    pub pii: bool,
    /// Fluency counts.
    pub fluency: bool,
    /// The form rule counts.
    pub form: bool,
    /// A rule's score counts at least as much as this; in [0, 1].
    pub floor: f64,
}

/// The weights of "weighted" and of the place inside a band of "lexicographic".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Weight of the length rule; each weight is at least 0.
    pub length: f64,
    /// Weight of the coverage rule.
    pub coverage: f64,
    /// Weight of the PII rule.
    pub pii: f64,
    /// Weight of the fluency rule.
    pub fluency: f64,
    /// Weight of the form rule.
    pub form: f64,
}

/// The settings of a rubric.
#[derive(Debug, Clone, PartialEq)]
pub struct Rubric {
    /// How the rules combine.
    pub combine: Combine,
    /// What happens to a thinking block.
    pub thinking: Thinking,
    /// The length rule.
    pub length: Length,
    /// The coverage rule.
    pub coverage: Coverage,
    /// The PII rule.
    pub pii: Pii,
    /// Whether fluency is graded.
    pub fluency_graded: bool,
    /// The fluency score at which its rule passes.
    pub fluency_threshold: f64,
    /// The form score at which its rule passes.
    pub form_threshold: f64,
    /// An answer cut off by the sampler violates the form.
    pub truncated_fails: bool,
    /// An answer that is not valid gets 0; without it every answer is graded.
    pub invalid_is_zero: bool,
    /// What "gate" asks for.
    pub gate: Gate,
    /// The weights.
    pub weights: Weights,
    /// Rules of the user's own, in their order.
    pub rules: Vec<rules::Rule>,
}

impl Default for Rubric {
    fn default() -> Self {
        Self {
            combine: Combine::default(),
            thinking: Thinking::default(),
            length: Length { max_tokens: 50, unit: Unit::Tokens, over: 0.5, min_words: 4 },
            coverage: Coverage {
                graded: true,
                measure: Measure::Content,
                stemmer: true,
                threshold: 0.6,
                support: true,
                polarity: true,
                readable: true,
                max_density: None,
            },
            pii: Pii::default(),
            fluency_graded: true,
            fluency_threshold: 0.5,
            form_threshold: 1.0,
            truncated_fails: true,
            invalid_is_zero: true,
            gate: Gate { coverage: true, pii: false, fluency: true, form: false, floor: 0.0 },
            weights: Weights { length: 16.0, coverage: 8.0, pii: 4.0, fluency: 2.0, form: 1.0 },
            rules: Vec::new(),
        }
    }
}

impl Unit {
    /// What is counted, in words: "tokens", "words".
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Words => "words",
        }
    }
}

/// Parses a setting that is one of a few names.
macro_rules! named {
    ($type:ident, $field:literal, $($name:literal => $variant:ident),+) => {
        impl $type {
            /// Parses the name used in the rubric file.
            pub fn parse(name: &str) -> Result<Self, Error> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(Error::new($field, format!("{name:?}"), [$($name),+].join(", "))),
                }
            }
            /// The name used in the rubric file.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}
named!(Combine, "combine", "priority" => Priority, "lexicographic" => Lexicographic, "gate" => Gate, "weighted" => Weighted);
named!(Thinking, "thinking", "strip" => Strip, "count" => Count, "forbid" => Forbid);
named!(Basis, "coverage.basis", "facts" => Facts, "reference" => Reference, "source" => Source, "none" => None);
named!(Measure, "coverage.measure", "content" => Content, "rougeL-precision" => RougePrecision, "rougeL-recall" => RougeRecall, "rougeL-fmeasure" => RougeFmeasure);
named!(FailOn, "pii.fail_on", "auto" => Auto, "leaks" => Leaks, "any" => Any);
