//! ROUGE, fact coverage, salience, copying, support.

use super::text::{Snapshot, Text, named};
use super::{detached, guarded, with_scratch, with_scratches};
use crate::Error;
use crate::batch::map_chunks;
use crate::coverage::rouge::{Reference, RougeType, Score};
use crate::coverage::{copying, facts, rouge, salience, support};
use crate::grade::Scratch;
use numpy::{PyArray1, PyArray2, PyArray3, PyArrayMethods};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

/// What `score` makes of each text, in order, on `threads` threads that are joined before this returns.
pub(super) fn score_each<R: Send>(
    py: Python<'_>,
    texts: &Snapshot<'_>,
    threads: usize,
    score: impl Fn(&str) -> R + Sync,
) -> PyResult<Vec<R>> {
    in_chunks(py, &texts.texts()?, threads, |_, chunk| chunk.iter().map(|text| score(&text.text)).collect())
}

/// What `work` makes of chunks of the items, joined in order; detached from the interpreter.
pub(super) fn in_chunks<T: Sync, R: Send>(
    py: Python<'_>,
    items: &[T],
    threads: usize,
    work: impl Fn(&mut Scratch, &[T]) -> Vec<R> + Sync,
) -> PyResult<Vec<R>> {
    let chunks = || {
        with_scratches(|scratches| {
            map_chunks(items, threads, scratches, |scratch, _, chunk| work(scratch, chunk))
        })
    };
    py.detach(|| guarded(|| chunks().into_iter().flatten().collect()))
}

/// Each prediction with what stands beside it, of which there is one each.
pub(super) fn pairs<'a>(
    predictions: &'a [Text<'_>],
    others: &'a [Text<'_>],
    name: &str,
) -> Result<Vec<(&'a str, &'a str)>, Error> {
    if predictions.len() != others.len() {
        let got = format!("{} {name}s for {} predictions", others.len(), predictions.len());
        return Err(Error::new(format!("{name}s"), got, format!("one {name} a prediction")));
    }
    Ok(predictions.iter().zip(others).map(|(prediction, other)| (&*prediction.text, &*other.text)).collect())
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

/// The scores by the names of their types, each as a `kind`, which is a tuple of three.
fn named<'py>(
    types: &Bound<'py, PyAny>,
    scores: &[Score],
    kind: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let py = kind.py();
    // What the class itself would call, less a detour through Python that takes longer than scoring.
    let new = py.get_type::<PyTuple>().getattr(intern!(py, "__new__"))?;
    let named = PyDict::new(py);
    for (name, score) in types.try_iter()?.zip(scores) {
        let parts = (score.precision, score.recall, score.fmeasure).into_pyobject(py)?;
        named.set_item(name?, new.call1((kind, parts))?)?;
    }
    Ok(named)
}

fn parse(types: &Bound<'_, PyAny>) -> PyResult<Vec<RougeType>> {
    if let Ok(one) = types.cast::<PyString>() {
        let got = format!("one str, {:?}", Text::new(one)?.text);
        return Err(Error::new("types", got, "a list of names, such as [\"rougeL\"]").into());
    }
    let one = |name: &Bound<'_, PyAny>| Ok(RougeType::parse(name.cast::<PyString>()?.to_str()?)?);
    match types.cast::<PyTuple>() {
        Ok(types) => types.iter_borrowed().map(|name| one(&name)).collect(),
        Err(_) => types.try_iter()?.map(|name| one(&name?)).collect(),
    }
}

/// By type a `kind` of (precision, recall, fmeasure); against several references, the one with the highest F.
#[pyfunction]
fn rouge_scores<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = named::prediction)] prediction: Bound<'py, PyString>,
    references: &Bound<'py, PyAny>,
    types: &Bound<'py, PyAny>,
    use_stemmer: bool,
    kind: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let names = types;
    let types = parse(types)?;
    let prediction = Text::new(&prediction)?;
    let mut scores = Vec::with_capacity(types.len());
    if let Ok(reference) = references.cast::<PyString>() {
        let reference = Text::new(reference)?;
        let bytes = prediction.text.len() + reference.text.len();
        detached(py, bytes, || {
            with_scratch(|s| {
                rouge::score_into(
                    &prediction.text,
                    &reference.text,
                    &types,
                    use_stemmer,
                    &mut s.rouge,
                    &mut scores,
                );
            });
        })?;
    } else {
        let snapshot = Snapshot::take("reference", references)?;
        let references = snapshot.texts()?;
        let references: Vec<&str> = references.iter().map(|r| &*r.text).collect();
        let bytes = prediction.text.len() + references.iter().map(|r| r.len()).sum::<usize>();
        scores = detached(py, bytes, || {
            with_scratch(|s| {
                rouge::score_multi(&prediction.text, &references, &types, use_stemmer, &mut s.rouge)
            })
        })?;
    }
    named(names, &scores, kind)
}

/// An array of shape (pairs, types, 3): precision, recall, fmeasure.
#[pyfunction]
fn rouge_batch<'py>(
    py: Python<'py>,
    predictions: &Bound<'py, PyAny>,
    references: &Bound<'py, PyAny>,
    types: &Bound<'_, PyAny>,
    use_stemmer: bool,
    threads: usize,
) -> PyResult<Bound<'py, PyArray3<f64>>> {
    let types = parse(types)?;
    let predictions = Snapshot::take("predictions", predictions)?;
    let references = Snapshot::take("references", references)?;
    let (predictions, references) = (predictions.texts()?, references.texts()?);
    let pairs = pairs(&predictions, &references, "reference")?;
    let scores = in_chunks(py, &pairs, threads, |scratch, chunk| {
        rouge::score_pairs(chunk, &types, use_stemmer, &mut scratch.rouge)
    })?;
    rouge_columns(py, &scores, types.len())
}

/// Scores of many texts, so many types of each, as an array of shape (texts, types, 3): precision, recall, fmeasure.
fn rouge_columns<'py>(
    py: Python<'py>,
    scores: &[Score],
    types: usize,
) -> PyResult<Bound<'py, PyArray3<f64>>> {
    let flat: Vec<f64> = scores.iter().flat_map(|s| [s.precision, s.recall, s.fmeasure]).collect();
    let texts = scores.len().checked_div(types).unwrap_or(0);
    PyArray1::from_vec(py, flat).reshape([texts, types, 3])
}

/// A reference, prepared once for many predictions.
#[pyclass(frozen, module = "rollgrade._core")]
struct RougeReference {
    inner: Reference,
    types: Vec<RougeType>,
    names: Py<PyAny>,
}

#[pymethods]
impl RougeReference {
    #[new]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = named::reference)] reference: Bound<'_, PyString>,
        types: &Bound<'_, PyAny>,
        use_stemmer: bool,
    ) -> PyResult<Self> {
        let names = types.clone().unbind();
        let types = parse(types)?;
        let text = Text::new(&reference)?;
        let inner = detached(py, text.text.len(), || {
            with_scratch(|s| Reference::for_types(&text.text, use_stemmer, &types, &mut s.rouge))
        })?;
        Ok(Self { inner, types, names })
    }

    fn score<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named::prediction)] prediction: Bound<'py, PyString>,
        kind: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(&prediction)?;
        let mut scores = Vec::with_capacity(self.types.len());
        detached(py, text.text.len(), || {
            with_scratch(|s| self.inner.score_into(&text.text, &self.types, &mut s.rouge, &mut scores));
        })?;
        named(self.names.bind(py), &scores, kind)
    }

    /// An array of shape (predictions, types, 3): precision, recall, fmeasure.
    fn score_batch<'py>(
        &self,
        py: Python<'py>,
        predictions: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray3<f64>>> {
        let predictions = Snapshot::take("predictions", predictions)?;
        let scores = in_chunks(py, &predictions.texts()?, threads, |scratch, chunk| {
            let mut scores = Vec::with_capacity(chunk.len() * self.types.len());
            for text in chunk {
                self.inner.score_into(&text.text, &self.types, &mut scratch.rouge, &mut scores);
            }
            scores
        })?;
        rouge_columns(py, &scores, self.types.len())
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
        if !(0.0..=1.0).contains(&present) {
            return Err(Error::new("present", present.to_string(), "a number from 0 to 1").into());
        }
        let settings = facts::Settings { present, polarity };
        Ok(Self { inner: guarded(|| facts::Facts::new(&list, weights.as_deref(), &[], settings))?? })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn score<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = named::summary)] summary: Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(&summary)?;
        let coverage = detached(py, text.text.len(), || self.inner.score(&text.text))?;
        fact_coverage(py, &coverage, &text)
    }

    fn mean(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::summary)] summary: Bound<'_, PyString>,
    ) -> PyResult<f64> {
        let text = Text::new(&summary)?;
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
fn split_sentences(
    py: Python<'_>,
    #[pyo3(from_py_with = named::reference)] reference: Bound<'_, PyString>,
) -> PyResult<Vec<String>> {
    let text = Text::new(&reference)?;
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
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = named::source)] source: Bound<'_, PyString>,
    ) -> PyResult<Self> {
        let text = Text::new(&source)?;
        Ok(Self { inner: detached(py, text.text.len(), || salience::Salience::new(&text.text))? })
    }

    fn score(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::summary)] summary: Bound<'_, PyString>,
    ) -> PyResult<f64> {
        let text = Text::new(&summary)?;
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
    #[pyo3(from_py_with = named::prediction)] prediction: Bound<'py, PyString>,
    #[pyo3(from_py_with = named::source)] source: Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyDict>> {
    let (prediction, source) = (Text::new(&prediction)?, Text::new(&source)?);
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
    #[pyo3(from_py_with = named::prediction)] prediction: Bound<'py, PyString>,
    #[pyo3(from_py_with = named::source)] source: Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyDict>> {
    let (prediction, source) = (Text::new(&prediction)?, Text::new(&source)?);
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
    d.set_item("contradicted", spans(&support.contradicted))?;
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
