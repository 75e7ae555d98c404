//! Fluency and form.

use super::coverage::score_each;
use super::detached;
use super::text::{Snapshot, Text, named};
use crate::fluency;
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyString};

#[pyfunction]
#[pyo3(signature = (text))]
fn form<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = named::text)] text: Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyDict>> {
    let text = Text::new(&text)?;
    let form = detached(py, text.text.len(), || fluency::form(&text.text, false))?;
    formed(py, &form, &text)
}

pub(super) fn formed<'py>(
    py: Python<'py>,
    form: &fluency::Form,
    text: &Text<'_>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut points = text.points();
    let violations: Vec<_> = form
        .violations
        .iter()
        .map(|v| {
            let (start, end) = points.span(&v.span);
            (v.kind.name(), start, end, v.kind.describe())
        })
        .collect();
    let d = PyDict::new(py);
    d.set_item("score", form.score)?;
    d.set_item("violations", violations)?;
    Ok(d)
}

/// Score, reason, span of the worst spot, parts.
pub(super) type Fluent<'py> = (f64, Bound<'py, PyString>, Option<(usize, usize)>, Bound<'py, PyDict>);

#[pyfunction(name = "fluency")]
#[pyo3(signature = (text))]
fn fluency_of<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = named::text)] text: Bound<'py, PyString>,
) -> PyResult<Fluent<'py>> {
    let text = Text::new(&text)?;
    let found = detached(py, text.text.len(), || fluency::fluency(&text.text))?;
    fluent(py, &found, &text)
}

/// The scores of many texts, in order, on `threads` threads that are joined before this returns.
#[pyfunction]
#[pyo3(signature = (texts, threads))]
fn fluency_batch<'py>(
    py: Python<'py>,
    texts: &Bound<'py, PyAny>,
    threads: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let snapshot = Snapshot::take("texts", texts)?;
    let scores = score_each(py, &snapshot, threads, fluency::fluency_score)?;
    Ok(PyArray1::from_vec(py, scores))
}

pub(super) fn fluent<'py>(
    py: Python<'py>,
    found: &fluency::Fluency,
    text: &Text<'_>,
) -> PyResult<Fluent<'py>> {
    let parts = parts(py, &found.parts)?;
    let worst = found.worst.as_ref().map(|span| text.points().span(span));
    Ok((found.score, PyString::new(py, &found.reason), worst, parts))
}

/// The parts as a dict. Those that every text has are written into a copy of a dict that has their names already, each with
/// what a part is that nothing is wrong with: it need not grow, no name is made again, and few are written.
fn parts<'py>(py: Python<'py>, parts: &[(&'static str, f64)]) -> PyResult<Bound<'py, PyDict>> {
    const FLAWLESS: f64 = 1.0;
    static NAMED: PyOnceLock<(Vec<Py<PyString>>, Py<PyDict>)> = PyOnceLock::new();
    if parts.len() != fluency::PARTS {
        return parts.into_py_dict(py);
    }
    let (names, named) = NAMED.get_or_try_init(py, || -> PyResult<_> {
        let names: Vec<_> = parts.iter().map(|(name, _)| PyString::intern(py, name)).collect();
        let named = names.iter().map(|name| (name, FLAWLESS)).into_py_dict(py)?;
        Ok((names.into_iter().map(Bound::unbind).collect(), named.unbind()))
    })?;
    let all = named.bind(py).copy()?;
    for (name, (_, part)) in names.iter().zip(parts) {
        if *part != FLAWLESS {
            all.set_item(name, part)?;
        }
    }
    Ok(all)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(form, m)?)?;
    m.add_function(wrap_pyfunction!(fluency_of, m)?)?;
    m.add_function(wrap_pyfunction!(fluency_batch, m)?)
}
