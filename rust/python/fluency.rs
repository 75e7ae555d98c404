//! Fluency and form.

use super::detached;
use super::text::Text;
use crate::fluency;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

#[pyfunction]
#[pyo3(signature = (text))]
fn form<'py>(py: Python<'py>, text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyDict>> {
    let text = Text::new(text)?;
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

#[pyfunction(name = "fluency")]
#[pyo3(signature = (text))]
fn fluency_of<'py>(py: Python<'py>, text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyDict>> {
    let text = Text::new(text)?;
    let found = detached(py, text.text.len(), || fluency::fluency(&text.text))?;
    fluent(py, &found, &text)
}

pub(super) fn fluent<'py>(
    py: Python<'py>,
    found: &fluency::Fluency,
    text: &Text<'_>,
) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("score", found.score)?;
    d.set_item("reason", &found.reason)?;
    d.set_item("worst", found.worst.as_ref().map(|s| text.points().span(s)))?;
    d.set_item("parts", found.parts.clone())?;
    Ok(d)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(form, m)?)?;
    m.add_function(wrap_pyfunction!(fluency_of, m)?)
}
