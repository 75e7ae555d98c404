//! Copying and support of many predictions: against one source that is prepared once, or each against its own.

use super::coverage::{copied, in_chunks, pairs, score_each, supported};
use super::detached;
use super::text::{Snapshot, Text, named};
use crate::coverage::copying::{self, Copying};
use crate::coverage::support::{Known, Support};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// A source, prepared once for many predictions. Immutable.
#[pyclass(frozen, module = "rollgrade._core")]
struct Source {
    copying: copying::Source,
    known: Known,
}

#[pymethods]
impl Source {
    #[new]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = named::source)] source: Bound<'_, PyString>,
    ) -> PyResult<Self> {
        let source = Text::new(&source)?;
        // Both at once: what is made when it is first asked for would make one thread wait for another.
        detached(py, source.text.len(), || Self {
            copying: copying::Source::new(&source.text),
            known: Known::new(&[&source.text]),
        })
    }

    fn copying<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named::prediction)] prediction: Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(&prediction)?;
        copied(py, &detached(py, text.text.len(), || self.copying.score(&text.text))?)
    }

    fn support<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named::prediction)] prediction: Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(&prediction)?;
        let found = detached(py, text.text.len(), || self.known.check(&text.text))?;
        supported(py, &found, &text)
    }

    fn copying_batch<'py>(
        &self,
        py: Python<'py>,
        predictions: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let predictions = Snapshot::take("predictions", predictions)?;
        copying_columns(py, &score_each(py, &predictions, threads, |text| self.copying.score(text))?)
    }

    fn support_batch<'py>(
        &self,
        py: Python<'py>,
        predictions: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let predictions = Snapshot::take("predictions", predictions)?;
        support_columns(py, &score_each(py, &predictions, threads, |text| counted(&self.known.check(text)))?)
    }
}

#[pyfunction]
fn copying_batch<'py>(
    py: Python<'py>,
    predictions: &Bound<'py, PyAny>,
    sources: &Bound<'py, PyAny>,
    threads: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let score = |source: &copying::Source, text: &str| source.score(text);
    copying_columns(py, &score_pairs(py, predictions, sources, threads, copying::Source::new, score)?)
}

#[pyfunction]
fn support_batch<'py>(
    py: Python<'py>,
    predictions: &Bound<'py, PyAny>,
    sources: &Bound<'py, PyAny>,
    threads: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let prepare = |source: &str| Known::new(&[source]);
    let score = |known: &Known, text: &str| counted(&known.check(text));
    support_columns(py, &score_pairs(py, predictions, sources, threads, prepare, score)?)
}

/// What `score` makes of each prediction and what `prepare` makes of its source, in order, on `threads` threads that
/// are joined before this returns.
fn score_pairs<P, R: Send>(
    py: Python<'_>,
    predictions: &Bound<'_, PyAny>,
    sources: &Bound<'_, PyAny>,
    threads: usize,
    prepare: impl Fn(&str) -> P + Sync,
    score: impl Fn(&P, &str) -> R + Sync,
) -> PyResult<Vec<R>> {
    let predictions = Snapshot::take("predictions", predictions)?;
    let sources = Snapshot::take("sources", sources)?;
    let (predictions, sources) = (predictions.texts()?, sources.texts()?);
    in_chunks(py, &pairs(&predictions, &sources, "source")?, threads, |_, chunk| {
        let mut scored = Vec::with_capacity(chunk.len());
        // Predictions of one source stand together: it is prepared once.
        for group in chunk.chunk_by(|(_, a), (_, b)| a == b) {
            let Some((_, source)) = group.first() else { continue };
            let prepared = prepare(source);
            scored.extend(group.iter().map(|(prediction, _)| score(&prepared, prediction)));
        }
        scored
    })
}

/// One entry a prediction in each column, and a row of four for the novel n-grams.
fn copying_columns<'py>(py: Python<'py>, scored: &[Copying]) -> PyResult<Bound<'py, PyDict>> {
    let novel: Vec<f64> = scored.iter().flat_map(|c| c.novel).collect();
    let d = PyDict::new(py);
    d.set_item("coverage", PyArray1::from_vec(py, scored.iter().map(|c| c.coverage).collect()))?;
    d.set_item("density", PyArray1::from_vec(py, scored.iter().map(|c| c.density).collect()))?;
    d.set_item("longest", PyArray1::from_vec(py, scored.iter().map(|c| count(c.longest)).collect()))?;
    d.set_item("novel", PyArray1::from_vec(py, novel).reshape([scored.len(), 4])?)?;
    Ok(d)
}

/// The counts of [`COUNTS`], and the factor.
type Counted = ([u32; 5], f64);

const COUNTS: [&str; 5] = ["numbers", "names", "unsupported_numbers", "unsupported_names", "contradicted"];

/// What the columns hold of a prediction: less than its spans take, where there are many.
fn counted(support: &Support) -> Counted {
    let (numbers, names) = (support.unsupported_numbers.len(), support.unsupported_names.len());
    let contradicted = support.contradicted.len();
    ([support.numbers, support.names, numbers, names, contradicted].map(count), support.factor())
}

/// One entry a prediction in each column.
fn support_columns<'py>(py: Python<'py>, found: &[Counted]) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (i, name) in COUNTS.into_iter().enumerate() {
        let column = found.iter().filter_map(|(counts, _)| counts.get(i).copied()).collect();
        d.set_item(name, PyArray1::from_vec(py, column))?;
    }
    d.set_item("factor", PyArray1::from_vec(py, found.iter().map(|(_, factor)| *factor).collect()))?;
    Ok(d)
}

/// A count as a column has it.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(copying_batch, m)?)?;
    m.add_function(wrap_pyfunction!(support_batch, m)?)?;
    m.add_class::<Source>()
}
