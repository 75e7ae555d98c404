//! Grading: one rollout with its evidence, or a batch into columns.

use super::text::{Snapshot, Text};
use super::{coverage, detached, fluency, guarded, pii as pii_python, with_scratch, with_scratches};
use crate::Error;
use crate::answer;
use crate::batch::{self, map_chunks};
use crate::grade::{self, Detail, Grade, Material, Rollout};
use crate::pii::{Kind, Options, Scanner};
use crate::reason;
use crate::rubric::{self, Basis, Combine, FailOn, Gate, Measure, Rubric, Thinking, Unit, Weights};
use crate::rules::{Asks, Found, Rule};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

fn get<'py, T>(settings: &Bound<'py, PyDict>, section: &str, name: &str) -> PyResult<T>
where
    T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
{
    let value = if section.is_empty() {
        settings.as_any().get_item(name)?
    } else {
        settings.as_any().get_item(section)?.get_item(name)?
    };
    value.extract()
}

fn read(settings: &Bound<'_, PyDict>) -> PyResult<Rubric> {
    let name = |section: &str, field: &str| get::<String>(settings, section, field);
    let weight = |field: &str| get::<f64>(settings, "weights", field);
    Ok(Rubric {
        combine: Combine::parse(&name("", "combine")?)?,
        thinking: Thinking::parse(&name("", "thinking")?)?,
        length: rubric::Length {
            unit: if name("length", "tokenizer")? == "words" { Unit::Words } else { Unit::Tokens },
            max_tokens: get(settings, "length", "max_tokens")?,
            over: get(settings, "length", "over")?,
            min_words: get(settings, "length", "min_words")?,
        },
        coverage: rubric::Coverage {
            graded: name("coverage", "basis")? != "none",
            measure: Measure::parse(&name("coverage", "measure")?)?,
            stemmer: get(settings, "coverage", "stemmer")?,
            threshold: get(settings, "coverage", "threshold")?,
            support: get(settings, "coverage", "support")?,
            polarity: get(settings, "coverage", "polarity")?,
            readable: get(settings, "coverage", "readable")?,
            max_density: get(settings, "coverage", "max_density")?,
        },
        pii: rubric::Pii {
            options: Options {
                tier: name("pii", "tier")?,
                kinds: get(settings, "pii", "kinds")?,
                exclude: get(settings, "pii", "exclude")?,
                allow: get(settings, "pii", "allow")?,
                checksum: pii_python::checksum(&name("pii", "checksum")?)?,
                patterns: pii_python::patterns(get(settings, "pii", "patterns")?)?,
            },
            fail_on: FailOn::parse(&name("pii", "fail_on")?)?,
            scan_thinking: get(settings, "pii", "scan_thinking")?,
        },
        fluency_graded: name("fluency", "scorer")? != "none",
        fluency_threshold: get(settings, "fluency", "threshold")?,
        form_threshold: get(settings, "form", "threshold")?,
        truncated_fails: name("form", "truncated")? == "fail",
        invalid_is_zero: name("", "invalid")? == "zero",
        gate: gate(settings)?,
        weights: Weights {
            length: weight("length")?,
            coverage: weight("coverage")?,
            pii: weight("pii")?,
            fluency: weight("fluency")?,
            form: weight("form")?,
        },
        rules: rules(settings)?,
    })
}

/// A rule of the user's own, as (name, what it asks for, patterns, weight, threshold, ignore_case, unicode, examples).
type GivenRule = (String, String, Vec<String>, f64, f64, bool, bool, Vec<String>);

fn rules(settings: &Bound<'_, PyDict>) -> PyResult<Vec<Rule>> {
    let gated: Vec<String> = get(settings, "gate", "rules")?;
    let one = |given: GivenRule| {
        let (name, asks, patterns, weight, threshold, ignore_case, unicode, examples) = given;
        let asks = match asks.as_str() {
            "must_contain" => Asks::MustContain(patterns),
            "must_not_contain" => Asks::MustNotContain(patterns),
            _ => Asks::Caller,
        };
        let gated = gated.contains(&name);
        Rule { name, asks, weight, threshold, gated, ignore_case, unicode, examples }
    };
    Ok(get::<Vec<GivenRule>>(settings, "", "rules")?.into_iter().map(one).collect())
}

fn gate(settings: &Bound<'_, PyDict>) -> PyResult<Gate> {
    let rules: Vec<String> = get(settings, "gate", "rules")?;
    let has = |rule: &str| rules.iter().any(|r| r == rule);
    Ok(Gate {
        coverage: has("coverage"),
        pii: has("pii"),
        fluency: has("fluency"),
        form: has("form"),
        floor: get(settings, "gate", "floor")?,
    })
}

/// A prompt's source, facts or reference, prepared. Immutable.
#[pyclass(frozen, module = "rollgrade._core")]
struct Task {
    inner: grade::Task,
    /// (index of the fact, kind) of PII inside facts.
    pii_in_facts: Vec<(usize, String)>,
}

#[pymethods]
impl Task {
    #[getter]
    fn basis(&self) -> &'static str {
        self.inner.basis().name()
    }

    #[getter]
    fn has_source(&self) -> bool {
        self.inner.has_source()
    }

    #[getter]
    fn pii_in_facts(&self) -> Vec<(usize, String)> {
        self.pii_in_facts.clone()
    }
}

type Given<'py> = (
    Option<Bound<'py, PyString>>,
    Option<Vec<Bound<'py, PyString>>>,
    Option<Vec<f64>>,
    Option<Bound<'py, PyString>>,
);

/// A checked rubric. Immutable.
#[pyclass(frozen, module = "rollgrade._core")]
pub(super) struct Grader {
    pub(super) inner: grade::Grader,
}

#[pymethods]
impl Grader {
    #[new]
    fn new(settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        Ok(Self { inner: grade::Grader::new(read(settings)?)? })
    }

    /// Prepares one task for each (source, facts, weights, reference).
    fn prepare(
        &self,
        py: Python<'_>,
        basis: &str,
        given: Vec<Given<'_>>,
        threads: usize,
    ) -> PyResult<Vec<Task>> {
        let basis = Basis::parse(basis)?;
        let one = |text: &Option<Bound<'_, PyString>>| -> PyResult<Option<String>> {
            text.as_ref().map(|t| Text::new(t).map(|t| t.text.into_owned())).transpose()
        };
        let mut owned = Vec::with_capacity(given.len());
        for (source, facts, weights, reference) in &given {
            let facts = match facts {
                None => None,
                Some(list) => Some(
                    list.iter()
                        .map(|f| Text::new(f).map(|t| t.text.into_owned()))
                        .collect::<PyResult<Vec<_>>>()?,
                ),
            };
            owned.push((one(source)?, facts, weights.clone(), one(reference)?));
        }
        let prepared = py.detach(|| {
            guarded(|| {
                with_scratches(|scratches| {
                    map_chunks(&owned, threads, scratches, |scratch, _, chunk| {
                        let mut tasks = Vec::with_capacity(chunk.len());
                        for (source, facts, weights, reference) in chunk {
                            let facts: Option<Vec<&str>> =
                                facts.as_ref().map(|f| f.iter().map(String::as_str).collect());
                            let material = Material {
                                source: source.as_deref(),
                                facts: facts.as_deref(),
                                weights: weights.as_deref(),
                                reference: reference.as_deref(),
                            };
                            tasks.push(self.inner.prepare(basis, material, scratch)?);
                        }
                        Ok::<_, Error>(tasks)
                    })
                })
            })
        })?;
        let mut tasks = Vec::with_capacity(given.len());
        for part in prepared {
            tasks.extend(part?.into_iter().map(|inner| {
                let named = |(i, kind): &(usize, Kind)| (*i, self.inner.scanner().name(*kind).to_owned());
                Task { pii_in_facts: inner.pii_in_facts().iter().map(named).collect(), inner }
            }));
        }
        Ok(tasks)
    }

    /// The answer inside each completion: what a budget in other tokens is counted on.
    fn answers(&self, texts: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        let snapshot = Snapshot::take("completions", texts)?;
        let thinking = self.inner.rubric().thinking;
        let answer =
            |t: &Text<'_>| t.text.get(answer::split(&t.text, thinking).span).unwrap_or_default().to_owned();
        Ok(snapshot.texts()?.iter().map(answer).collect())
    }

    /// Grades one completion, with all evidence.
    fn grade<'py>(
        &self,
        py: Python<'py>,
        task: &Task,
        completion: &Bound<'py, PyString>,
        truncated: Option<bool>,
        tokens: Option<usize>,
        fluency: Option<f64>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(completion)?;
        let rollout = Rollout { text: &text.text, truncated, tokens, fluency };
        let (grade, reason) = detached(py, text.text.len(), || {
            let grade = with_scratch(|s| self.inner.grade(&task.inner, rollout, Detail::Evidence, s));
            let reason = reason::sentence(&grade, &self.inner);
            (grade, reason)
        })?;
        as_dict(py, &self.inner, &grade, &reason, &text)
    }

    /// The reason of a valid answer with what the rules say that the caller scored, and what each of them says; `scores`
    /// has an entry for each of the user's own rules, None for those that were judged here.
    fn reason_and(&self, reason: &str, scores: Vec<Option<f64>>) -> (String, Vec<Option<String>>) {
        let rules = self.inner.rubric().rules.iter().zip(scores);
        let said: Vec<_> = rules.map(|(rule, score)| rule.describe(&rule.scored(score))).collect();
        let failed: Vec<String> = said.iter().flatten().cloned().collect();
        (reason::and_fails(reason, &failed), said)
    }

    /// The rewards of valid answers from their columns: the built-in rules' scores (coverage NaN where it is not graded)
    /// and those of the user's own rules.
    fn rewards<'py>(
        &self,
        py: Python<'py>,
        scores: [PyReadonlyArray1<'py, f64>; 5],
        custom: Vec<PyReadonlyArray1<'py, f64>>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let scores = scores.iter().map(|column| column.as_slice()).collect::<Result<Vec<_>, _>>()?;
        let custom = custom.iter().map(|column| column.as_slice()).collect::<Result<Vec<_>, _>>()?;
        let rewards = guarded(|| batch::rewards(self.inner.rubric(), &scores, &custom))?;
        Ok(PyArray1::from_vec(py, rewards))
    }

    /// Grades `completions[i]` over `tasks[index[i]]`, into columns.
    #[allow(clippy::too_many_arguments)]
    fn grade_batch<'py>(
        &self,
        py: Python<'py>,
        completions: &Bound<'py, PyAny>,
        tasks: Vec<Bound<'py, Task>>,
        index: Vec<usize>,
        truncated: Option<Vec<Option<bool>>>,
        tokens: Option<Vec<usize>>,
        fluency: Option<Vec<f64>>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let snapshot = Snapshot::take("completions", completions)?;
        let texts = snapshot.texts()?;
        let tasks: Vec<&grade::Task> = tasks.iter().map(|t| &t.get().inner).collect();
        let unequal =
            || PyTypeError::new_err("completions, index, truncated, tokens and fluency differ in length");
        let same = |n: usize| n == texts.len();
        if !(same(index.len())
            && truncated.as_ref().is_none_or(|t| same(t.len()))
            && tokens.as_ref().is_none_or(|t| same(t.len()))
            && fluency.as_ref().is_none_or(|f| same(f.len())))
        {
            return Err(unequal());
        }
        let mut rollouts = Vec::with_capacity(texts.len());
        for (i, (text, task)) in texts.iter().zip(&index).enumerate() {
            let task = tasks.get(*task).copied().ok_or_else(unequal)?;
            let truncated = truncated.as_ref().and_then(|t| t.get(i).copied().flatten());
            let tokens = tokens.as_ref().and_then(|t| t.get(i).copied());
            let fluency = fluency.as_ref().and_then(|f| f.get(i).copied());
            rollouts.push((Rollout { text: &text.text, truncated, tokens, fluency }, task));
        }
        let columns =
            py.detach(|| guarded(|| with_scratches(|s| batch::grade(&self.inner, &rollouts, threads, s))))?;
        as_columns(py, self.inner.scanner(), columns, &texts)
    }
}

fn as_dict<'py>(
    py: Python<'py>,
    grader: &grade::Grader,
    grade: &Grade,
    reason: &str,
    text: &Text<'_>,
) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    let scanner = grader.scanner();
    let mut points = text.points();
    d.set_item("score", grade.score)?;
    d.set_item("valid", grade.invalid.is_none())?;
    d.set_item("invalid", grade.invalid.map(|i| i.name()))?;
    d.set_item("reason", reason)?;
    d.set_item("answer", points.span(&grade.answer))?;
    d.set_item("tokens", grade.tokens)?;
    d.set_item("basis", grade.basis.name())?;
    let (s, p) = (&grade.scores, grade.passed);
    d.set_item("scores", (s.length, s.coverage, s.pii, s.fluency, s.form))?;
    d.set_item("passed", (p.length, p.coverage, p.pii, p.fluency, p.form))?;
    d.set_item("coverage_raw", grade.coverage_raw)?;
    let matches: Vec<_> = grade
        .pii
        .iter()
        .map(|m| (pii_python::found(scanner, &text.text, &mut points, &m.found, m.verdict), m.fails))
        .collect();
    d.set_item("pii", matches)?;
    d.set_item("form", fluency::formed(py, &grade.form, text)?)?;
    d.set_item("fluency", fluency::fluent(py, &grade.fluency, text)?)?;
    d.set_item("facts", grade.facts.as_ref().map(|f| coverage::fact_coverage(py, f, text)).transpose()?)?;
    d.set_item("support", grade.support.as_ref().map(|s| coverage::supported(py, s, text)).transpose()?)?;
    d.set_item("copying", grade.copying.as_ref().map(|c| coverage::copied(py, c)).transpose()?)?;
    d.set_item("copying_factor", grade.copying_factor)?;
    let custom =
        grader.rubric().rules.iter().zip(&grade.custom).map(|(rule, found)| custom_rule(rule, found, text));
    d.set_item("custom", custom.collect::<Vec<_>>())?;
    Ok(d)
}

/// What a rule of the user's own found: (score, passed, spans, reason).
type CustomFound = (Option<f64>, bool, Vec<(usize, usize)>, Option<String>);

fn custom_rule(rule: &Rule, found: &Found, text: &Text<'_>) -> CustomFound {
    let mut points = text.points();
    let spans = found.spans.iter().map(|span| points.span(span)).collect();
    (found.score, found.passed, spans, rule.describe(found))
}

fn as_columns<'py>(
    py: Python<'py>,
    scanner: &Scanner,
    columns: batch::Columns,
    texts: &[Text<'_>],
) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("score", PyArray1::from_vec(py, columns.score))?;
    d.set_item("valid", PyArray1::from_vec(py, columns.valid))?;
    d.set_item("tokens", PyArray1::from_vec(py, columns.tokens))?;
    d.set_item("length", PyArray1::from_vec(py, columns.length))?;
    d.set_item("coverage", PyArray1::from_vec(py, columns.coverage))?;
    d.set_item("pii", PyArray1::from_vec(py, columns.pii))?;
    d.set_item("fluency", PyArray1::from_vec(py, columns.fluency))?;
    d.set_item("form", PyArray1::from_vec(py, columns.form))?;
    let passed: Vec<_> = columns.passed.into_iter().map(|p| PyArray1::from_vec(py, p)).collect();
    d.set_item("passed", PyList::new(py, passed)?)?;
    let (scores, passed): (Vec<_>, Vec<_>) = columns
        .custom
        .into_iter()
        .map(|(scores, passed)| (PyArray1::from_vec(py, scores), PyArray1::from_vec(py, passed)))
        .unzip();
    d.set_item("custom", PyList::new(py, scores)?)?;
    d.set_item("custom_passed", PyList::new(py, passed)?)?;
    d.set_item("reasons", columns.reasons)?;

    let found = columns.matches;
    let (mut start, mut end) = (Vec::with_capacity(found.row.len()), Vec::with_capacity(found.row.len()));
    let mut cursor = None;
    for (row, span) in found.row.iter().zip(&found.span) {
        // One cursor a text, so that a text full of matches stays linear.
        if !matches!(&cursor, Some((at, _)) if at == row) {
            cursor = texts.get(*row as usize).map(|t| (*row, t.points()));
        }
        if let Some((_, points)) = &mut cursor {
            start.push(points.at(span.0) as u32);
            end.push(points.at(span.1) as u32);
        }
    }
    let m = PyDict::new(py);
    m.set_item("row", PyArray1::from_vec(py, found.row))?;
    m.set_item("kind", found.kind.iter().map(|k| scanner.name(*k)).collect::<Vec<_>>())?;
    m.set_item("start", PyArray1::from_vec(py, start))?;
    m.set_item("end", PyArray1::from_vec(py, end))?;
    m.set_item("verdict", found.verdict.iter().map(|v| v.name()).collect::<Vec<_>>())?;
    m.set_item("fails", PyArray1::from_vec(py, found.fails))?;
    d.set_item("matches", m)?;
    Ok(d)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Task>()?;
    m.add_class::<Grader>()
}
