//! The way of rollouts through the rules, a stage at a time.
//!
//! The kernels together are more code, and read more tables, than a core's nearest caches hold. Many rollouts therefore
//! go through a stage one after the other before any goes on to the next: each kernel then finds its code, its tables and
//! what the processor has learned of its branches as the last rollout left them.

use super::{Carried, Detail, Grade, Grader, PiiFound, Rollout, Scratch, Task};
use crate::answer::{self, Answer};
use crate::coverage::{copying, facts::FactCoverage, rouge, support::Support};
use crate::fluency::{self, Fluency, Form, Invalid};
use crate::pii::{
    self, Scanner,
    leak::{canonical, judge},
};
use crate::reward::{self, Scores};
use crate::rubric::{Basis, FailOn, Measure, Thinking, Unit};
use crate::rules;
use crate::words::spaced;
use crate::words::stream::Stream;
use std::borrow::Cow;
use std::ops::Range;

/// A grade in the making.
struct Unfinished<'a> {
    grader: &'a Grader,
    task: &'a Task,
    rollout: Rollout<'a>,
    detail: Detail,
    parts: Answer,
    /// What is graded of the completion.
    text: &'a str,
    truncated: bool,
    tokens: usize,
    form: Form,
    paragraph: Cow<'a, str>,
    invalid: Option<Invalid>,
    fluency: Fluency,
    /// The paragraph tokenised, once for all of coverage; not where it is not graded.
    stream: Option<Stream>,
    carried: Option<f64>,
    guard: f64,
    fact_scores: Vec<f64>,
    facts: Option<FactCoverage>,
    support: Option<Support>,
    copying: Option<copying::Copying>,
    pii: Vec<PiiFound>,
    custom: Vec<rules::Found>,
}

impl Grader {
    /// Rollouts that go through the stages together: enough that what a stage has to fetch anew costs each of them little,
    /// few enough that what they hold stays near.
    pub const TOGETHER: usize = 32;

    /// Grades one rollout.
    pub fn grade(&self, task: &Task, rollout: Rollout<'_>, detail: Detail, scratch: &mut Scratch) -> Grade {
        let mut one = Unfinished::new(self, task, rollout, detail);
        for stage in Unfinished::STAGES {
            stage(&mut one, scratch);
        }
        one.finish()
    }

    /// Grades many rollouts, each with its task, and hands on their grades in order: the same as one by one, in less time.
    pub fn grade_each(
        &self,
        rollouts: &[(Rollout<'_>, &Task)],
        detail: Detail,
        scratch: &mut Scratch,
        mut done: impl FnMut(Grade),
    ) {
        let mut together = Vec::with_capacity(rollouts.len().min(Self::TOGETHER));
        for rollouts in rollouts.chunks(Self::TOGETHER) {
            let begun = rollouts.iter().map(|(rollout, task)| Unfinished::new(self, task, *rollout, detail));
            together.extend(begun);
            for stage in Unfinished::STAGES {
                together.iter_mut().for_each(|one| stage(one, scratch));
            }
            together.drain(..).for_each(|one| done(one.finish()));
        }
    }

    /// The density from which on copying lowers coverage, where coverage is graded at all.
    pub(super) fn max_density(&self, basis: Basis) -> Option<f64> {
        self.rubric.coverage.max_density.filter(|_| basis != Basis::None)
    }
}

impl<'a> Unfinished<'a> {
    /// What is done to a rollout, in this order.
    const STAGES: [fn(&mut Self, &mut Scratch); 8] = [
        Self::count,
        Self::check_form,
        Self::read,
        Self::tokenize,
        Self::check_support,
        Self::cover,
        Self::find_pii,
        Self::judge,
    ];

    fn new(grader: &'a Grader, task: &'a Task, rollout: Rollout<'a>, detail: Detail) -> Self {
        let parts = answer::split(rollout.text, grader.rubric.thinking);
        Self {
            text: rollout.text.get(parts.span.clone()).unwrap_or_default(),
            truncated: grader.rubric.truncated_fails && rollout.truncated == Some(true),
            grader,
            task,
            rollout,
            detail,
            parts,
            tokens: 0,
            form: Form::default(),
            paragraph: Cow::default(),
            invalid: None,
            fluency: Fluency::default(),
            stream: None,
            carried: None,
            guard: 1.0,
            fact_scores: Vec::new(),
            facts: None,
            support: None,
            copying: None,
            pii: Vec::new(),
            custom: Vec::new(),
        }
    }

    fn count(&mut self, scratch: &mut Scratch) {
        self.tokens = self.rollout.tokens.unwrap_or_else(|| match self.grader.rubric.length.unit {
            Unit::Tokens => scratch.counter.count(self.text),
            Unit::Words => spaced::count(self.text),
        });
    }

    /// Form, what is left of the text as the paragraph, and whether it is an answer at all.
    fn check_form(&mut self, _: &mut Scratch) {
        self.form = fluency::form(self.text, self.truncated);
        self.paragraph = self.form.paragraph(self.text);
        self.invalid = self.validity().filter(|_| self.grader.rubric.invalid_is_zero);
    }

    fn validity(&self) -> Option<Invalid> {
        let rubric = &self.grader.rubric;
        if self.parts.unclosed {
            return Some(Invalid::UnclosedThinking);
        }
        if self.parts.thought && rubric.thinking == Thinking::Forbid {
            return Some(Invalid::ForbiddenThinking);
        }
        fluency::validity(self.text, rubric.length.min_words)
    }

    /// Fluency.
    fn read(&mut self, _: &mut Scratch) {
        if self.grader.rubric.fluency_graded {
            self.fluency = fluency::fluency(&self.paragraph);
        }
        if let Some(score) = self.rollout.fluency {
            self.fluency.score = score;
            self.fluency.parts.insert(0, ("lm", score));
        }
    }

    fn tokenize(&mut self, _: &mut Scratch) {
        self.stream = (self.task.basis != Basis::None).then(|| Stream::new(&self.paragraph));
        if let (Some(known), Some(stream)) = (&self.task.known, &self.stream) {
            known.ask(stream);
        }
    }

    /// What the paragraph carries.
    fn cover(&mut self, scratch: &mut Scratch) {
        let breaks_off = self.form.breaks_off(&self.paragraph);
        // Nothing behind this reads the stream.
        if let Some(stream) = self.stream.as_mut().filter(|_| breaks_off) {
            stream.leave_out_last_sentence();
        }
        let Some(stream) = &self.stream else { return };
        let invented = self.support.as_ref().map_or(&[][..], |support| &support.unsupported_names);
        match &self.task.carried {
            Carried::Facts(facts) if self.detail == Detail::Evidence => {
                let coverage = facts.score_stream(stream, invented, &mut scratch.keys);
                self.fact_scores.extend(coverage.per_fact.iter().map(|f| f.score));
                (self.carried, self.guard) = (Some(coverage.mean), coverage.guard);
                self.facts = Some(coverage);
            }
            Carried::Facts(facts) => {
                let scores = Some(&mut self.fact_scores);
                let (mean, guard) = facts.mean_stream(stream, invented, scores, &mut scratch.keys);
                (self.carried, self.guard) = (Some(mean), guard);
            }
            Carried::Salience(salience) => self.carried = Some(salience.score_stream(stream)),
            Carried::Rouge(reference, measure) => {
                let mut found = Vec::with_capacity(1);
                reference.score_into(self.text, &[rouge::RougeType::L], &mut scratch.rouge, &mut found);
                let score = found.pop().unwrap_or_default();
                self.carried = Some(match measure {
                    Measure::RougePrecision => score.precision,
                    Measure::RougeFmeasure => score.fmeasure,
                    Measure::RougeRecall | Measure::Content => score.recall,
                });
            }
            Carried::Nothing => {}
        }
    }

    /// What supports the paragraph, and how much of it is copied.
    fn check_support(&mut self, scratch: &mut Scratch) {
        let stream = self.stream.as_ref();
        let known = self.task.known.as_ref();
        self.support = known.zip(stream).map(|(known, stream)| known.check_stream(stream, &mut scratch.keys));
        let is_asked = self.detail == Detail::Evidence || self.grader.max_density(self.task.basis).is_some();
        self.copying = self.task.index.as_ref().filter(|_| is_asked).map(|index| {
            let copied = self.task.copied.get_or_init(|| copying::Source::new(index.text()));
            stream.map_or_else(|| copied.score(&self.paragraph), |stream| copied.score_stream(stream))
        });
    }

    /// PII of the answer, and of the thinking block where the rubric asks.
    fn find_pii(&mut self, _: &mut Scratch) {
        let rubric = &self.grader.rubric.pii;
        let index = self.task.index.as_ref();
        let leaks_only = match rubric.fail_on {
            FailOn::Auto | FailOn::Leaks => index.is_some(),
            FailOn::Any => false,
        };
        let thought = self.parts.thinking.clone();
        let thinking = self.rollout.text.get(thought.clone()).filter(|_| rubric.scan_thinking);
        let answer = (self.text, self.parts.span.start);
        for (part, at) in thinking.map(|text| (text, thought.start)).into_iter().chain([answer]) {
            for (mut m, verdict) in judge(index, part, self.grader.scanner.scan(part)) {
                m.span = m.span.start + at..m.span.end + at;
                self.pii.push(PiiFound { found: m, verdict, fails: !leaks_only || verdict.is_leak() });
            }
        }
        self.mask_reason();
    }

    /// What fluency's reason quotes of the answer is for people: PII in it is masked, also where the quotation begins or
    /// ends inside a value.
    fn mask_reason(&mut self) {
        let Some(quoted) = self.fluency.worst.clone() else { return };
        let begin = self.parts.span.start;
        let (mut passage, mut at) = (String::new(), quoted.start);
        for PiiFound { found, .. } in &self.pii {
            let span = found.span.start.saturating_sub(begin)..found.span.end.saturating_sub(begin);
            let (start, end) = (span.start.max(at), span.end.min(quoted.end));
            let Some(value) = self.text.get(start..end).filter(|value| !value.is_empty()) else { continue };
            passage += self.paragraph.get(at..start).unwrap_or_default();
            if (start, end) == (span.start, span.end) {
                passage += &pii::mask(found.kind, value);
            } else {
                passage.extend(value.chars().map(|c| if c.is_alphanumeric() { '*' } else { c }));
            }
            at = end;
        }
        if at > quoted.start {
            passage += self.paragraph.get(at..quoted.end).unwrap_or_default();
            self.fluency.quote(&passage);
        }
    }

    /// The user's own rules.
    fn judge(&mut self, _: &mut Scratch) {
        let Grader { rubric, rules, .. } = self.grader;
        self.custom = rules.judge(&rubric.rules, self.text, self.detail == Detail::Evidence);
    }

    /// The grade, with all spans in the completion.
    fn finish(mut self) -> Grade {
        let Grader { rubric, scanner, .. } = self.grader;
        self.move_spans(self.parts.span.start);
        let copied = self.copying.zip(self.grader.max_density(self.task.basis));
        let copying_factor = copied.map(|(copying, max)| copying.factor(max));
        let factor = self.support.as_ref().map_or(1.0, Support::factor) * copying_factor.unwrap_or(1.0);
        // What was cut off would have gone on: it is not known to keep the budget, and does not pass for short.
        let at_least = if self.truncated { rubric.length.max_tokens.saturating_add(1) } else { 0 };
        let read = rubric.fluency_graded.then_some(self.fluency.score);
        let completion = self.rollout.text;
        let severities =
            |fails| distinct_severities(scanner, completion, self.pii.iter().filter(|f| f.fails == fails));
        let scores = Scores {
            length: reward::length_score(&rubric.length, self.tokens.max(at_least)),
            coverage: self.carried.map(|carried| match rubric.coverage.readable {
                true => reward::credited(carried * factor, read, rubric.fluency_threshold),
                false => carried * factor,
            }),
            pii: reward::pii_score(&severities(true), &severities(false)),
            fluency: read,
            form: self.form.score,
        };
        let reward = || reward::reward(rubric, &scores, &self.custom);
        Grade {
            score: if self.invalid.is_some() { 0.0 } else { reward() },
            invalid: self.invalid,
            passed: reward::passed(rubric, &scores),
            scores,
            custom: self.custom,
            answer: self.parts.span,
            tokens: self.tokens,
            basis: self.task.basis,
            coverage_raw: self.carried.unwrap_or(0.0),
            guard: self.guard,
            fact_scores: self.fact_scores,
            pii: self.pii,
            form: self.form,
            fluency: self.fluency,
            facts: self.facts,
            support: self.support,
            copying: self.copying,
            copying_factor,
        }
    }

    /// Moves the spans that are of the answer to where it begins in the completion.
    fn move_spans(&mut self, at: usize) {
        if at == 0 {
            return;
        }
        let shift = |span: &mut Range<usize>| *span = span.start + at..span.end + at;
        self.form.violations.iter_mut().for_each(|v| shift(&mut v.span));
        self.fluency.worst.iter_mut().for_each(shift);
        self.custom.iter_mut().flat_map(|found| &mut found.spans).for_each(shift);
        self.facts.iter_mut().flat_map(|f| &mut f.per_fact).filter_map(|f| f.span.as_mut()).for_each(shift);
        if let Some(s) = &mut self.support {
            let unsupported = s.unsupported_numbers.iter_mut().chain(&mut s.unsupported_names);
            unsupported.chain(&mut s.contradicted).for_each(shift);
        }
    }
}

/// Distinct PII values of one answer that are told apart: the score is then 0 in all but name, and a text of
/// nothing but PII stays linear.
const MOST_VALUES: usize = 64;

/// The severities of distinct values: the same value twice counts once, however it is written.
fn distinct_severities<'a>(
    scanner: &Scanner,
    completion: &str,
    found: impl Iterator<Item = &'a PiiFound>,
) -> Vec<f64> {
    let mut seen: Vec<(pii::Kind, String)> = Vec::new();
    for f in found {
        if seen.len() == MOST_VALUES {
            break;
        }
        let value = (f.found.kind, canonical(&f.found, completion));
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen.into_iter().map(|(kind, _)| scanner.severity(kind)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Material;
    use super::*;
    use crate::rubric::Rubric;

    #[test]
    fn an_invented_name_in_the_place_of_a_facts_voids_it() {
        let grader = Grader::new(Rubric::default()).unwrap();
        let mut scratch = Scratch::default();
        let facts = ["The mayor, Ada Pell, signed the plan in Corvane."];
        let source = "On Monday Ada Pell, the mayor and a friend of Ben Lind, signed the plan in Corvane.";
        let material = Material { source: Some(source), facts: Some(&facts), ..Material::default() };
        let task = grader.prepare(Basis::Facts, material, &mut scratch).unwrap();
        let cases = [
            ("The mayor, Ada Pell, signed the plan in Corvane.", true),
            ("The mayor, Ada Zorn, signed the plan in Corvane.", false),
            ("The mayor, Ada Pell, signed the plan in Zorn.", false),
            // What is told besides stands in no name's place, and what the source knows may be meant otherwise.
            ("The mayor, Ada Pell, signed the plan in Corvane. It was read by the people of Zorn.", true),
            ("The mayor, a friend of Ben Lind, signed the plan in Corvane.", true),
        ];
        for (text, carried) in cases {
            let rollout = Rollout { text, ..Rollout::default() };
            for detail in [Detail::Scores, Detail::Evidence] {
                let grade = grader.grade(&task, rollout, detail, &mut scratch);
                assert_eq!(grade.fact_scores[0] > 0.4, carried, "{text:?} {:?}", grade.fact_scores);
            }
        }
    }

    #[test]
    fn together_or_one_by_one_grades_are_the_same() {
        let grader = Grader::new(Rubric::default()).unwrap();
        let mut scratch = Scratch::default();
        let facts = ["The council approved 12 new flats on Monday.", "The mayor, Ada Pell, signed the plan."];
        let source = "On Monday the council approved 12 new flats. Ada Pell, the mayor, signed the plan. \
                      Write to ada.pell@example.org.";
        let with_source = Material { source: Some(source), facts: Some(&facts), ..Material::default() };
        let with_reference = Material { reference: Some(source), ..Material::default() };
        let tasks = [
            grader.prepare(Basis::Facts, with_source, &mut scratch).unwrap(),
            grader.prepare(Basis::Reference, with_reference, &mut scratch).unwrap(),
            grader.prepare(Basis::None, Material::default(), &mut scratch).unwrap(),
        ];
        let texts = [
            "The council approved 12 new flats on Monday, and Ada Pell signed the plan.",
            "<think>Which facts? Call 212-555-0147.</think>\n\nThe council did not approve 13 flats.",
            "- flats\n- council\n- plan of of the the",
            "Write to ada.pell@example.org or to ben at example dot com about the council's flats.",
            "",
            "<think>never ends",
        ];
        let rollouts: Vec<(Rollout<'_>, &Task)> = (0..3 * Grader::TOGETHER)
            .map(|i| {
                let truncated = [None, Some(false), Some(true)][i % 3];
                let fluency = (i % 7 == 0).then_some(0.25);
                let text = texts[i % texts.len()];
                (Rollout { text, truncated, fluency, tokens: None }, &tasks[i / texts.len() % tasks.len()])
            })
            .collect();
        for detail in [Detail::Scores, Detail::Evidence] {
            for count in [0, 1, Grader::TOGETHER - 1, Grader::TOGETHER, Grader::TOGETHER + 1, rollouts.len()]
            {
                let rollouts = &rollouts[..count];
                let mut together = Vec::new();
                grader.grade_each(rollouts, detail, &mut scratch, |grade| together.push(grade));
                let single: Vec<Grade> = rollouts
                    .iter()
                    .map(|(rollout, task)| grader.grade(task, *rollout, detail, &mut Scratch::default()))
                    .collect();
                assert_eq!(together, single, "{count} {detail:?}");
            }
        }
    }
}
