//! ROUGE, fact coverage, salience, copying, support.

use super::text::{Snapshot, Text};
use super::{detached, guarded};
use crate::Error;
use crate::batch::map_chunks;
use crate::coverage::rouge::{Reference, RougeType, Score};
use crate::coverage::{copying, facts, rouge, salience, support};
use numpy::{PyArray1, PyArray2, PyArray3, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// What `score` makes of each text, in order, on `threads` threads that are joined before this returns.
pub(super) fn score_each<R: Send>(
    py: Python<'_>,
    texts: &Snapshot<'_>,
    threads: usize,
    score: impl Fn(&str) -> R + Sync,
) -> PyResult<Vec<R>> {
    in_chunks(py, &texts.texts()?, threads, |chunk| chunk.iter().map(|text| score(&text.text)).collect())
}

/// What `work` makes of chunks of the items, joined in order; detached from the interpreter.
pub(super) fn in_chunks<T: Sync, R: Send>(
    py: Python<'_>,
    items: &[T],
    threads: usize,
    work: impl Fn(&[T]) -> Vec<R> + Sync,
) -> PyResult<Vec<R>> {
    let chunks = || map_chunks(items, threads, &mut Vec::new(), |(), _, chunk| work(chunk));
    py.detach(|| guarded(|| chunks().into_iter().flatten().collect()))
}

/// [`score_each`] of summaries, as an array of shape (summaries,).
fn score_column<'py>(
    py: Python<'py>,
    summaries: &Bound<'py, PyAny>,
    threads: usize,
    score: impl Fn(&str) -> f64 + Sync,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let summaries = Snapshot::take("summaries", summaries)?;
    Ok(PyArray1::from_vec(py, score_each(py, &summaries, threads, score)?))
}

type Triple = (f64, f64, f64);

fn triple(score: &Score) -> Triple {
    (score.precision, score.recall, score.fmeasure)
}

fn parse(types: &[String]) -> Result<Vec<RougeType>, Error> {
    types.iter().map(|name| RougeType::parse(name)).collect()
}

/// One (precision, recall, fmeasure) a type; against several references, the one with the highest F.
#[pyfunction]
fn rouge_scores(
    py: Python<'_>,
    prediction: &Bound<'_, PyString>,
    references: &Bound<'_, PyAny>,
    types: Vec<String>,
    use_stemmer: bool,
) -> PyResult<Vec<Triple>> {
    let types = parse(&types)?;
    let prediction = Text::new(prediction)?;
    let snapshot = Snapshot::take("reference", references)?;
    let references = snapshot.texts()?;
    let references: Vec<&str> = references.iter().map(|r| &*r.text).collect();
    let bytes = prediction.text.len() + references.iter().map(|r| r.len()).sum::<usize>();
    detached(py, bytes, || {
        let scores = match references.as_slice() {
            [reference] => rouge::score(&prediction.text, reference, &types, use_stemmer),
            several => rouge::score_multi(&prediction.text, several, &types, use_stemmer),
        };
        scores.iter().map(triple).collect()
    })
}

/// An array of shape (pairs, types, 3): precision, recall, fmeasure.
#[pyfunction]
fn rouge_batch<'py>(
    py: Python<'py>,
    predictions: &Bound<'py, PyAny>,
    references: &Bound<'py, PyAny>,
    types: Vec<String>,
    use_stemmer: bool,
    threads: usize,
) -> PyResult<Bound<'py, PyArray3<f64>>> {
    let types = parse(&types)?;
    let predictions = Snapshot::take("predictions", predictions)?;
    let references = Snapshot::take("references", references)?;
    let (predictions, references) = (predictions.texts()?, references.texts()?);
    if predictions.len() != references.len() {
        let got = format!("{} references for {} predictions", references.len(), predictions.len());
        return Err(Error::new("references", got, "one reference a prediction").into());
    }
    let pairs: Vec<(&str, &str)> =
        predictions.iter().zip(&references).map(|(p, r)| (&*p.text, &*r.text)).collect();
    let flat = py.detach(|| {
        guarded(|| {
            map_chunks(&pairs, threads, &mut Vec::new(), |(), _, chunk| {
                let mut scores = Vec::with_capacity(chunk.len() * types.len());
                // Predictions of one prompt stand together: their reference is prepared once.
                let mut last: Option<(&str, Reference)> = None;
                for &(prediction, reference) in chunk {
                    let prepared = match last.take() {
                        Some((text, prepared)) if text == reference => prepared,
                        _ => Reference::for_types(reference, use_stemmer, &types),
                    };
                    prepared.score_into(prediction, &types, &mut scores);
                    last = Some((reference, prepared));
                }
                scores.iter().flat_map(|s| [s.precision, s.recall, s.fmeasure]).collect::<Vec<f64>>()
            })
            .concat()
        })
    })?;
    PyArray1::from_vec(py, flat).reshape([pairs.len(), types.len(), 3])
}

/// A reference, prepared once for many predictions.
#[pyclass(frozen, module = "rollgrade._core")]
struct RougeReference {
    inner: Reference,
    types: Vec<RougeType>,
}

#[pymethods]
impl RougeReference {
    #[new]
    fn new(
        py: Python<'_>,
        reference: &Bound<'_, PyString>,
        types: Vec<String>,
        use_stemmer: bool,
    ) -> PyResult<Self> {
        let types = parse(&types)?;
        let text = Text::new(reference)?;
        let inner = detached(py, text.text.len(), || Reference::for_types(&text.text, use_stemmer, &types))?;
        Ok(Self { inner, types })
    }

    fn score(&self, py: Python<'_>, prediction: &Bound<'_, PyString>) -> PyResult<Vec<Triple>> {
        let text = Text::new(prediction)?;
        detached(py, text.text.len(), || {
            let mut scores = Vec::with_capacity(self.types.len());
            self.inner.score_into(&text.text, &self.types, &mut scores);
            scores.iter().map(triple).collect()
        })
    }
}

/// Facts, prepared once for many summaries.
#[pyclass(frozen, module = "rollgrade._core")]
struct Facts {
    inner: facts::Facts,
}

#[pymethods]
impl Facts {
    #[new]
    fn new(
        facts_list: &Bound<'_, PyAny>,
        weights: Option<Vec<f64>>,
        present: f64,
        polarity: bool,
    ) -> PyResult<Self> {
        let snapshot = Snapshot::take("facts", facts_list)?;
        let texts = snapshot.texts()?;
        let list: Vec<&str> = texts.iter().map(|t| &*t.text).collect();
        let settings = facts::Settings { present, polarity };
        Ok(Self { inner: guarded(|| facts::Facts::new(&list, weights.as_deref(), &[], settings))?? })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn score<'py>(&self, py: Python<'py>, summary: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(summary)?;
        let coverage = detached(py, text.text.len(), || self.inner.score(&text.text))?;
        fact_coverage(py, &coverage, &text)
    }

    fn mean(&self, py: Python<'_>, summary: &Bound<'_, PyString>) -> PyResult<f64> {
        let text = Text::new(summary)?;
        detached(py, text.text.len(), || self.inner.mean(&text.text, None))
    }

    /// An array of shape (summaries,).
    fn mean_batch<'py>(
        &self,
        py: Python<'py>,
        summaries: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        score_column(py, summaries, threads, |text| self.inner.mean(text, None))
    }

    /// Columns: one entry a summary, or a row a summary and a column a fact.
    fn score_batch<'py>(
        &self,
        py: Python<'py>,
        summaries: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let summaries = Snapshot::take("summaries", summaries)?;
        let scored = score_each(py, &summaries, threads, |text| {
            let coverage = self.inner.score(text);
            let facts: Vec<_> =
                coverage.per_fact.iter().map(|fact| (fact.score, fact.present, fact.negated)).collect();
            (coverage.mean, coverage.guard, facts)
        })?;
        let facts = || scored.iter().flat_map(|(_, _, facts)| facts);
        let shape = [scored.len(), self.inner.len()];
        let flags = |flags: Vec<bool>| -> PyResult<Bound<'py, PyArray2<bool>>> {
            PyArray1::from_vec(py, flags).reshape(shape)
        };
        let scores: Vec<f64> = facts().map(|fact| fact.0).collect();
        let d = PyDict::new(py);
        d.set_item("mean", PyArray1::from_vec(py, scored.iter().map(|s| s.0).collect()))?;
        d.set_item("guard", PyArray1::from_vec(py, scored.iter().map(|s| s.1).collect()))?;
        d.set_item("score", PyArray1::from_vec(py, scores).reshape(shape)?)?;
        d.set_item("present", flags(facts().map(|fact| fact.1).collect())?)?;
        d.set_item("negated", flags(facts().map(|fact| fact.2).collect())?)?;
        Ok(d)
    }
}

/// The sentences of a reference summary, as coverage takes each for a fact.
#[pyfunction]
fn split_sentences(py: Python<'_>, reference: &Bound<'_, PyString>) -> PyResult<Vec<String>> {
    let text = Text::new(reference)?;
    detached(py, text.text.len(), || {
        facts::split_sentences(&text.text).into_iter().map(str::to_owned).collect()
    })
}

pub(super) fn fact_coverage<'py>(
    py: Python<'py>,
    coverage: &facts::FactCoverage,
    text: &Text<'_>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut points = text.points();
    let mut per_fact = Vec::with_capacity(coverage.per_fact.len());
    for fact in &coverage.per_fact {
        let d = PyDict::new(py);
        d.set_item("score", fact.score)?;
        d.set_item("present", fact.present)?;
        d.set_item("negated", fact.negated)?;
        d.set_item("missing", fact.missing.clone())?;
        d.set_item("missing_numbers", fact.missing_numbers.clone())?;
        d.set_item("missing_names", fact.missing_names.clone())?;
        d.set_item("span", fact.span.as_ref().map(|s| points.span(s)))?;
        per_fact.push(d);
    }
    let d = PyDict::new(py);
    d.set_item("mean", coverage.mean)?;
    d.set_item("guard", coverage.guard)?;
    d.set_item("per_fact", per_fact)?;
    Ok(d)
}

/// A source's salient content, prepared once for many summaries.
#[pyclass(frozen, module = "rollgrade._core")]
struct Salience {
    inner: salience::Salience,
}

#[pymethods]
impl Salience {
    #[new]
    fn new(py: Python<'_>, source: &Bound<'_, PyString>) -> PyResult<Self> {
        let text = Text::new(source)?;
        Ok(Self { inner: detached(py, text.text.len(), || salience::Salience::new(&text.text))? })
    }

    fn score(&self, py: Python<'_>, summary: &Bound<'_, PyString>) -> PyResult<f64> {
        let text = Text::new(summary)?;
        detached(py, text.text.len(), || self.inner.score(&text.text))
    }

    /// An array of shape (summaries,).
    fn score_batch<'py>(
        &self,
        py: Python<'py>,
        summaries: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        score_column(py, summaries, threads, |text| self.inner.score(text))
    }
}

#[pyfunction(name = "copying")]
fn copying_of<'py>(
    py: Python<'py>,
    prediction: &Bound<'py, PyString>,
    source: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyDict>> {
    let (prediction, source) = (Text::new(prediction)?, Text::new(source)?);
    let bytes = prediction.text.len() + source.text.len();
    copied(py, &detached(py, bytes, || copying::Source::new(&source.text).score(&prediction.text))?)
}

pub(super) fn copied<'py>(py: Python<'py>, copying: &copying::Copying) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("coverage", copying.coverage)?;
    d.set_item("density", copying.density)?;
    d.set_item("longest", copying.longest)?;
    d.set_item("novel", (copying.novel[0], copying.novel[1], copying.novel[2], copying.novel[3]))?;
    Ok(d)
}

#[pyfunction(name = "support")]
fn support_of<'py>(
    py: Python<'py>,
    prediction: &Bound<'py, PyString>,
    source: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyDict>> {
    let (prediction, source) = (Text::new(prediction)?, Text::new(source)?);
    let bytes = prediction.text.len() + source.text.len();
    let found = detached(py, bytes, || support::Known::new(&[&source.text]).check(&prediction.text))?;
    supported(py, &found, &prediction)
}

pub(super) fn supported<'py>(
    py: Python<'py>,
    support: &support::Support,
    text: &Text<'_>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut points = text.points();
    let mut spans = |list: &[std::ops::Range<usize>]| list.iter().map(|s| points.span(s)).collect::<Vec<_>>();
    let d = PyDict::new(py);
    d.set_item("numbers", support.numbers)?;
    d.set_item("names", support.names)?;
    d.set_item("unsupported_numbers", spans(&support.unsupported_numbers))?;
    d.set_item("unsupported_names", spans(&support.unsupported_names))?;
    d.set_item("factor", support.factor())?;
    Ok(d)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(rouge_scores, m)?)?;
    m.add_function(wrap_pyfunction!(rouge_batch, m)?)?;
    m.add_function(wrap_pyfunction!(split_sentences, m)?)?;
    m.add_function(wrap_pyfunction!(copying_of, m)?)?;
    m.add_function(wrap_pyfunction!(support_of, m)?)?;
    m.add_class::<RougeReference>()?;
    m.add_class::<Facts>()?;
    m.add_class::<Salience>()
}
