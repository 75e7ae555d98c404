//! A source, prepared once for what is measured against it: copying and support.

use super::coverage::{copied, score_each, supported};
use super::detached;
use super::text::{Snapshot, Text};
use crate::coverage::{copying, support};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// A source, prepared once for many predictions. Immutable.
#[pyclass(frozen, module = "rollgrade._core")]
struct Source {
    copying: copying::Source,
    known: support::Known,
}

#[pymethods]
impl Source {
    #[new]
    fn new(py: Python<'_>, source: &Bound<'_, PyString>) -> PyResult<Self> {
        let source = Text::new(source)?;
        // Both at once: what is made when it is first asked for would make one thread wait for another.
        detached(py, source.text.len(), || Self {
            copying: copying::Source::new(&source.text),
            known: support::Known::new(&[&source.text]),
        })
    }

    fn copying<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(prediction)?;
        copied(py, &detached(py, text.text.len(), || self.copying.score(&text.text))?)
    }

    fn support<'py>(
        &self,
        py: Python<'py>,
        prediction: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let text = Text::new(prediction)?;
        let found = detached(py, text.text.len(), || self.known.check(&text.text))?;
        supported(py, &found, &text)
    }

    /// Columns: one entry a prediction, or a row of four for the novel n-grams.
    fn copying_batch<'py>(
        &self,
        py: Python<'py>,
        predictions: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let predictions = Snapshot::take("predictions", predictions)?;
        let scored = score_each(py, &predictions, threads, |text| self.copying.score(text))?;
        let novel: Vec<f64> = scored.iter().flat_map(|c| c.novel).collect();
        let d = PyDict::new(py);
        d.set_item("coverage", PyArray1::from_vec(py, scored.iter().map(|c| c.coverage).collect()))?;
        d.set_item("density", PyArray1::from_vec(py, scored.iter().map(|c| c.density).collect()))?;
        d.set_item("longest", PyArray1::from_vec(py, scored.iter().map(|c| count(c.longest)).collect()))?;
        d.set_item("novel", PyArray1::from_vec(py, novel).reshape([scored.len(), 4])?)?;
        Ok(d)
    }

    /// Columns: one entry a prediction.
    fn support_batch<'py>(
        &self,
        py: Python<'py>,
        predictions: &Bound<'py, PyAny>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let predictions = Snapshot::take("predictions", predictions)?;
        let found = score_each(py, &predictions, threads, |text| {
            let support = self.known.check(text);
            let (numbers, names) = (&support.unsupported_numbers, &support.unsupported_names);
            let counts = [support.numbers, support.names, numbers.len(), names.len()];
            (counts.map(count), support.factor())
        })?;
        let d = PyDict::new(py);
        for (i, name) in
            ["numbers", "names", "unsupported_numbers", "unsupported_names"].into_iter().enumerate()
        {
            let column = found.iter().filter_map(|(counts, _)| counts.get(i).copied()).collect();
            d.set_item(name, PyArray1::from_vec(py, column))?;
        }
        d.set_item("factor", PyArray1::from_vec(py, found.iter().map(|(_, factor)| *factor).collect()))?;
        Ok(d)
    }
}

/// A count as a column has it.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Source>()
}
