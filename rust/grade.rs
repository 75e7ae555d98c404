//! One rollout through every rule, over a prepared task.
//!
//! A [`Grader`] is a checked rubric; a [`Task`] is a prompt's source, facts or reference, prepared once for its
//! many completions. Both are immutable, so threads share them; what a thread needs of its own is a [`Scratch`].

mod stages;

use crate::Error;
use crate::coverage::{
    copying,
    facts::{self, FactCoverage, Facts},
    rouge,
    salience::Salience,
    support::{Known, Support},
};
use crate::fluency::{Fluency, Form, Invalid};
use crate::pii::{
    self, Scanner,
    leak::{SourceIndex, Verdict},
};
use crate::reward::{Passed, Scores};
use crate::rubric::{Basis, Measure, Rubric};
use crate::rules::{self, Rules};
use crate::tokens::Counter;
use crate::words::keys::Keys;
use crate::words::stream::Stream;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::OnceLock;

/// A checked rubric, ready to grade. Immutable.
#[derive(Debug, Clone)]
pub struct Grader {
    rubric: Rubric,
    scanner: Scanner,
    rules: Rules,
}

/// What a prompt's completions are graded against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Material<'a> {
    /// The source document.
    pub source: Option<&'a str>,
    /// The facts that an answer should carry.
    pub facts: Option<&'a [&'a str]>,
    /// One weight a fact.
    pub weights: Option<&'a [f64]>,
    /// A reference summary.
    pub reference: Option<&'a str>,
}

#[derive(Debug, Clone)]
enum Carried {
    Facts(Facts),
    Salience(Salience),
    Rouge(Box<rouge::Reference>, Measure),
    Nothing,
}

/// Source, facts or reference of one prompt, prepared once. Immutable.
#[derive(Debug, Clone)]
pub struct Task {
    basis: Basis,
    carried: Carried,
    known: Option<Known>,
    index: Option<SourceIndex>,
    /// Prepared when it is first asked for, as only evidence needs it, unless the rubric limits copying.
    copied: OnceLock<copying::Source>,
    pii_in_facts: Vec<(usize, pii::Kind)>,
}

/// What a thread needs to prepare and to grade: scratch memory and caches.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Counts tokens.
    pub counter: Counter,
    /// Scores ROUGE.
    pub rouge: rouge::Scratch,
    keys: Keys,
}

/// One completion.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rollout<'a> {
    /// The text of the completion.
    pub text: &'a str,
    /// Whether the sampler cut it off, where that is known.
    pub truncated: Option<bool>,
    /// Tokens of the answer where another tokenizer than GPT-2's counted them.
    pub tokens: Option<usize>,
    /// Fluency of the answer, in [0, 1], where something else than the built-in rules scored it.
    pub fluency: Option<f64>,
}

/// One PII match with its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct PiiFound {
    /// The match; its span is of the completion.
    pub found: pii::Match,
    /// Where the value comes from.
    pub verdict: Verdict,
    /// Whether the rubric lets it fail the rule, or only warn.
    pub fails: bool,
}

/// The grade of one rollout. Spans are bytes of the completion.
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// The reward, in [0, 1]; 0 when the answer is not valid.
    pub score: f64,
    /// Why the answer is not valid, if it is not.
    pub invalid: Option<Invalid>,
    /// The rules' scores.
    pub scores: Scores,
    /// Which rules pass.
    pub passed: Passed,
    /// What the user's own rules make of it, in their order; spans are of the completion.
    pub custom: Vec<rules::Found>,
    /// What was graded: the completion without its thinking block.
    pub answer: Range<usize>,
    /// Tokens of the answer.
    pub tokens: usize,
    /// What coverage was measured against.
    pub basis: Basis,
    /// Coverage before support, copying and readability lowered it.
    pub coverage_raw: f64,
    /// What that was multiplied by, as its words are strung together or its facts woven into each other; 1 for prose.
    pub guard: f64,
    /// Each fact's score; empty where the basis is neither facts nor a reference.
    pub fact_scores: Vec<f64>,
    /// PII found.
    pub pii: Vec<PiiFound>,
    /// The form rule's result.
    pub form: Form,
    /// The fluency rule's result; empty where it is not graded.
    pub fluency: Fluency,
    /// What the answer carries of the facts; with [`Detail::Evidence`] only.
    pub facts: Option<FactCoverage>,
    /// Numbers and names that nothing supports, and words that say the opposite, where the rubric asks for it.
    pub support: Option<Support>,
    /// How much is copied from the source, where it is known; with [`Detail::Evidence`], or where the rubric limits
    /// it.
    pub copying: Option<copying::Copying>,
    /// What coverage was multiplied by for copying, where the rubric limits it and the source is known.
    pub copying_factor: Option<f64>,
}

/// How much a grade holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What the columns of a batch need.
    Scores,
    /// What a person who looks at one rollout needs as well.
    Evidence,
}

impl Grader {
    /// Checks the settings that need checking here: the kinds of PII, and patterns.
    pub fn new(rubric: Rubric) -> Result<Self, Error> {
        let scanner = Scanner::new(&rubric.pii.options)?;
        let rules = Rules::new(&rubric.rules)?;
        Ok(Self { rubric, scanner, rules })
    }

    /// The settings.
    pub fn rubric(&self) -> &Rubric {
        &self.rubric
    }

    /// What looks for PII, and knows the names of what it finds.
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// Prepares a task for `basis`; what the basis needs must be there.
    pub fn prepare(
        &self,
        basis: Basis,
        material: Material<'_>,
        scratch: &mut Scratch,
    ) -> Result<Task, Error> {
        let mut pii_in_facts = Vec::new();
        let streams = Streams::new(material);
        let carried = if self.rubric.coverage.measure == Measure::Content {
            self.content(basis, material, &streams, &mut pii_in_facts, &mut scratch.keys)?
        } else {
            self.whole(basis, material, &mut pii_in_facts, &mut scratch.rouge)?
        };
        // A lone reference or fact list says too little about what the document holds to call a name unsupported.
        let known = (self.rubric.coverage.support && basis != Basis::None && material.source.is_some())
            .then(|| Known::of_streams(streams.all(), &mut scratch.keys));
        // Every grade needs it then: it is prepared here, where no grade waits for another.
        let limited = self.max_density(basis).and(streams.source());
        let copied =
            limited.map_or_else(OnceLock::new, |source| OnceLock::from(copying::Source::of_stream(source)));
        Ok(Task {
            basis,
            carried,
            known,
            index: material.source.map(|source| SourceIndex::new(&self.scanner, source)),
            copied,
            pii_in_facts,
        })
    }

    /// What coverage looks for, fact by fact, or the salient content of the source.
    fn content(
        &self,
        basis: Basis,
        material: Material<'_>,
        streams: &Streams<'_>,
        pii: &mut Vec<(usize, pii::Kind)>,
        keys: &mut Keys,
    ) -> Result<Carried, Error> {
        let settings =
            facts::Settings { polarity: self.rubric.coverage.polarity, ..facts::Settings::default() };
        Ok(match basis {
            Basis::Facts => {
                let list = material.facts.ok_or_else(|| absent("facts", basis))?;
                let ignore = self.pii_of(list, pii);
                let facts = streams.facts();
                Carried::Facts(Facts::of_streams(list, facts, material.weights, &ignore, settings, keys)?)
            }
            Basis::Reference => {
                let reference = material.reference.ok_or_else(|| absent("reference", basis))?;
                let list = facts::split_sentences(reference);
                let ignore = self.pii_of(&list, pii);
                Carried::Facts(Facts::with(&list, None, &ignore, settings, keys)?)
            }
            Basis::Source => {
                let source = material.source.ok_or_else(|| absent("source", basis))?;
                let stream = streams.source().ok_or_else(|| absent("source", basis))?;
                Carried::Salience(Salience::of_stream(source, stream))
            }
            Basis::None => Carried::Nothing,
        })
    }

    /// What ROUGE compares with: the facts as one text, a line each, the reference or the source.
    fn whole(
        &self,
        basis: Basis,
        material: Material<'_>,
        pii: &mut Vec<(usize, pii::Kind)>,
        scratch: &mut rouge::Scratch,
    ) -> Result<Carried, Error> {
        let coverage = &self.rubric.coverage;
        if let Some(weights) = material.weights {
            let expected = format!("none, as coverage.measure is {:?}", coverage.measure.name());
            return Err(Error::new("weights", format!("{} numbers", weights.len()), expected));
        }
        let joined = material.facts.map(|facts| facts.join("\n"));
        let text = match basis {
            Basis::Facts => {
                self.pii_of(material.facts.unwrap_or_default(), pii);
                joined.as_deref().ok_or_else(|| absent("facts", basis))?
            }
            Basis::Reference => material.reference.ok_or_else(|| absent("reference", basis))?,
            Basis::Source => material.source.ok_or_else(|| absent("source", basis))?,
            Basis::None => return Ok(Carried::Nothing),
        };
        let reference = rouge::Reference::for_types(text, coverage.stemmer, &[rouge::RougeType::L], scratch);
        Ok(Carried::Rouge(Box::new(reference), coverage.measure))
    }

    /// Where the facts hold PII, for each of them; what is found is added to `found`.
    fn pii_of(&self, facts: &[&str], found: &mut Vec<(usize, pii::Kind)>) -> Vec<Vec<Range<usize>>> {
        let spans = |(i, fact): (usize, &&str)| {
            let matches = self.scanner.scan(fact);
            found.extend(matches.iter().map(|m| (i, m.kind)));
            matches.into_iter().map(|m| m.span).collect()
        };
        facts.iter().enumerate().map(spans).collect()
    }
}

/// The material of a task, each text tokenised when it is first asked for, and no text twice.
struct Streams<'a> {
    material: Material<'a>,
    source: OnceCell<Option<Stream>>,
    facts: OnceCell<Vec<Stream>>,
    reference: OnceCell<Option<Stream>>,
}

impl<'a> Streams<'a> {
    fn new(material: Material<'a>) -> Self {
        Self { material, source: OnceCell::new(), facts: OnceCell::new(), reference: OnceCell::new() }
    }

    fn source(&self) -> Option<&Stream> {
        self.source.get_or_init(|| self.material.source.map(Stream::new)).as_ref()
    }

    fn facts(&self) -> &[Stream] {
        let read = || self.material.facts.unwrap_or_default().iter().map(|fact| Stream::new(fact)).collect();
        self.facts.get_or_init(read)
    }

    fn all(&self) -> impl Iterator<Item = &Stream> {
        let reference = self.reference.get_or_init(|| self.material.reference.map(Stream::new));
        self.source().into_iter().chain(self.facts()).chain(reference)
    }
}

fn absent(what: &str, basis: Basis) -> Error {
    Error::new(what, "nothing", format!("a value, as coverage.basis is {:?}", basis.name()))
}

impl Task {
    /// What coverage is measured against.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// Facts (by index) that hold PII, and its kind; that part of a fact carries no weight.
    pub fn pii_in_facts(&self) -> &[(usize, pii::Kind)] {
        &self.pii_in_facts
    }

    /// Whether the source is known.
    pub fn has_source(&self) -> bool {
        self.index.is_some()
    }
}
