//! A grade in one sentence.

use crate::coverage::facts;
use crate::grade::{Grade, Grader};
use crate::pii::{Scanner, leak::Verdict};
use crate::reward;
use crate::rubric::{Basis, Measure, Rubric};

/// Says in one sentence what decided the grade: the rules that fail, in their order, or that all pass.
pub fn sentence(grade: &Grade, grader: &Grader) -> String {
    let rubric = grader.rubric();
    let unit = rubric.length.unit.name();
    if let Some(invalid) = grade.invalid {
        return format!("Not valid: {}.", invalid.describe());
    }
    let failed: Vec<String> = [
        length(grade, rubric),
        coverage(grade, rubric),
        pii(grade, grader.scanner()),
        fluency(grade),
        form(grade),
    ]
    .into_iter()
    .flatten()
    .chain(rubric.rules.iter().zip(&grade.custom).filter_map(|(rule, found)| rule.describe(found)))
    .collect();
    let unmeasured = if rubric.coverage.graded && grade.basis == Basis::None { UNMEASURED } else { "" };
    if failed.is_empty() {
        return match carried(grade) {
            Some(carried) => format!("{PASSES} {} {unit}, {carried}.", grade.tokens),
            None => format!("{PASSES} {} {unit}{unmeasured}.", grade.tokens),
        };
    }
    capital(failed.join("; ")) + unmeasured + "."
}

/// What is said where coverage has nothing to be measured against.
const UNMEASURED: &str = "; coverage was not measured, as there was nothing to measure it against";

/// How the sentence of an answer begins that passes every rule.
const PASSES: &str = "Passes every rule:";

/// The sentence of a valid answer that fails further rules as well, which say `failed`.
pub fn and_fails(sentence: &str, failed: &[String]) -> String {
    if failed.is_empty() {
        return sentence.to_owned();
    }
    let failed = failed.join("; ");
    if sentence.starts_with(PASSES) {
        let unmeasured = if sentence.contains(UNMEASURED) { UNMEASURED } else { "" };
        return capital(failed) + unmeasured + ".";
    }
    format!("{}; {failed}.", sentence.strip_suffix('.').unwrap_or(sentence))
}

fn capital(mut sentence: String) -> String {
    if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
        sentence.replace_range(..1, &first);
    }
    sentence
}

fn length(grade: &Grade, rubric: &Rubric) -> Option<String> {
    let budget = rubric.length.max_tokens;
    let unit = rubric.length.unit.name();
    (!grade.passed.length).then(|| match grade.tokens.checked_sub(budget) {
        Some(over @ 1..) => format!("{} {unit}, {over} over the budget of {budget}", grade.tokens),
        _ => format!("cut off at {} {unit}, so not known to keep the budget of {budget}", grade.tokens),
    })
}

fn carried(grade: &Grade) -> Option<String> {
    if grade.fact_scores.is_empty() {
        return None;
    }
    let present = facts::Settings::default().present;
    let carried = grade.fact_scores.iter().filter(|&&s| s >= present).count();
    let what = if grade.basis == Basis::Reference { "sentences of the reference" } else { "facts" };
    Some(format!("carries {carried} of {} {what}", grade.fact_scores.len()))
}

fn coverage(grade: &Grade, rubric: &Rubric) -> Option<String> {
    if grade.passed.coverage {
        return None;
    }
    let score = grade.scores.coverage?;
    let threshold = rubric.coverage.threshold;
    let mut said = match carried(grade) {
        Some(carried) => format!("{carried} (coverage {score:.2}, {threshold} asked for)"),
        None if rubric.coverage.measure != Measure::Content => {
            let measure = rubric.coverage.measure.name();
            format!("{measure} of the {} is {score:.2}, {threshold} asked for", grade.basis.name())
        }
        None => format!("coverage of the source is {score:.2}, {threshold} asked for"),
    };
    let readable = match rubric.coverage.readable {
        true => reward::credited(1.0, grade.scores.fluency, rubric.fluency_threshold),
        false => 1.0,
    };
    let share = grade.guard * readable;
    if share < 1.0 {
        let why = match grade.guard <= readable {
            true => "its words are not put together as prose",
            false => "the text is not readable",
        };
        said += &format!(", lowered to {:.0} % as {why}", 100.0 * share);
    }
    if let Some(support) = &grade.support {
        let unsupported = support.unsupported_numbers.len() + support.unsupported_names.len();
        let mut with = if share < 1.0 { ", with" } else { " with" };
        if unsupported > 0 {
            said += &format!(
                "{with} {unsupported} unsupported {}",
                plural(unsupported, "number or name", "numbers or names")
            );
            with = " and";
        }
        let contradicted = support.contradicted.len();
        if contradicted > 0 {
            said += &format!(
                "{with} {contradicted} {} that the source contradicts",
                plural(contradicted, "word", "words")
            );
        }
    }
    if let Some((copying, max)) = grade.copying.zip(rubric.coverage.max_density)
        && grade.copying_factor.is_some_and(|factor| factor < 1.0)
    {
        said += &format!(", too much copied (density {:.1}, {max} allowed)", copying.density);
    }
    Some(said)
}

fn pii(grade: &Grade, scanner: &Scanner) -> Option<String> {
    if grade.passed.pii {
        return None;
    }
    let failing: Vec<_> = grade.pii.iter().filter(|p| p.fails).collect();
    let mut kinds: Vec<&str> = Vec::new();
    for p in &failing {
        let name = scanner.name(p.found.kind);
        if !kinds.contains(&name) {
            kinds.push(name);
        }
    }
    let verb = if failing.iter().any(|p| p.verdict != Verdict::Unknown) { "leaks" } else { "holds" };
    Some(format!("{verb} PII ({})", kinds.join(", ")))
}

fn fluency(grade: &Grade) -> Option<String> {
    if grade.passed.fluency {
        return None;
    }
    Some(if grade.fluency.reason.is_empty() {
        format!("fluency is {:.2}", grade.fluency.score)
    } else {
        grade.fluency.reason.clone()
    })
}

fn form(grade: &Grade) -> Option<String> {
    if grade.passed.form {
        return None;
    }
    let mut said: Vec<&str> = Vec::new();
    for violation in &grade.form.violations {
        let text = violation.kind.describe();
        if !said.contains(&text) {
            said.push(text);
        }
    }
    Some(said.join(", "))
}

fn plural<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}
