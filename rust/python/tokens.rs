//! Token counting.

use super::text::{Snapshot, Text, named};
use super::{detached, guarded, with_scratch, with_scratches};
use crate::batch::map_made;
use crate::grade::Scratch;
use crate::tokens::Counter;
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyString};
use std::borrow::Cow;

/// The name of a value's type, for an error.
fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "another type".into(), |name| name.to_string())
}

/// A whole number of at least `low`, by the name of its argument; one that is larger than any text is the largest.
fn whole(name: &str, number: &Bound<'_, PyAny>, low: usize) -> PyResult<usize> {
    let expected = || format!("a whole number of at least {low}");
    let wrong = |got: String| PyErr::from(crate::Error::new(name, got, expected()));
    if number.is_instance_of::<PyBool>() {
        return Err(wrong(number.to_string()));
    }
    let index = number.call_method0("__index__").map_err(|_| {
        let kind = type_name(number);
        PyTypeError::new_err(format!("{name}: got {kind}, expected {}", expected()))
    })?;
    if index.lt(low)? {
        return Err(wrong(index.to_string()));
    }
    Ok(index.extract().unwrap_or(usize::MAX))
}

fn thread_count(given: &Bound<'_, PyAny>) -> PyResult<usize> {
    whole("threads", given, 1)
}

fn most_tokens(given: &Bound<'_, PyAny>) -> PyResult<usize> {
    whole("max_tokens", given, 0)
}

fn with_counter<R: Send>(
    py: Python<'_>,
    bytes: usize,
    work: impl FnOnce(&mut Counter) -> R + Send,
) -> PyResult<R> {
    detached(py, bytes, || with_scratch(|s| work(&mut s.counter)))
}

/// The number of GPT-2 tokens of `text`, equal to tiktoken's; special tokens are plain text. Linear time.
///
/// The first time a string that is not ASCII is counted, Python makes its UTF-8 and keeps it with the string: that
/// takes about as long as counting, and as much memory again. ASCII strings are read in place.
#[pyfunction]
#[pyo3(signature = (text))]
fn count_tokens(
    py: Python<'_>,
    #[pyo3(from_py_with = named::text)] text: Bound<'_, PyString>,
) -> PyResult<usize> {
    let text = Text::new(&text)?;
    with_counter(py, text.text.len(), |c| c.count(&text.text))
}

/// GPT-2 tokens of each text (a list of str or an Arrow string array): a uint32 array of shape (n,).
///
/// With `threads` above 1, the others count what this one has got at so far. Strings that are not ASCII keep their UTF-8,
/// as with `count_tokens`; Arrow's are read in place.
#[pyfunction]
#[pyo3(signature = (texts, *, threads=1))]
fn count_tokens_batch<'py>(
    py: Python<'py>,
    texts: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = thread_count)] threads: usize,
) -> PyResult<Bound<'py, PyArray1<u32>>> {
    // Texts are got at in parts of this many: memory that stays in the nearest caches, and while the other threads
    // count one part, this one gets at the next.
    const PART: usize = 256;
    let snapshot = Snapshot::take("texts", texts)?;
    let part = PART.min(snapshot.len().div_ceil(threads)).max(1);
    let strings = |i: usize| snapshot.strings(i * part..snapshot.len().min((i + 1) * part));
    let count = |scratch: &mut Scratch, strings: &Vec<Cow<'_, str>>| {
        let mut counts = Vec::with_capacity(strings.len());
        scratch.counter.count_each(strings, &mut counts);
        counts
    };
    let parts = snapshot.len().div_ceil(part);
    let counts = guarded(|| {
        with_scratches(|s| map_made(parts, threads.min(parts), s, strings, |run| py.detach(run), count))
    })??;
    Ok(PyArray1::from_vec(py, counts.concat()))
}

/// The instruction sets that counting is compiled for and this processor has; the last one is used.
#[pyfunction]
fn _instruction_sets() -> Vec<&'static str> {
    Counter::instruction_sets()
}

/// Counts with one of them, so that they can be compared.
#[pyclass(module = "rollgrade._core")]
struct _TokenCounter {
    inner: Counter,
}

#[pymethods]
impl _TokenCounter {
    #[new]
    fn new(instruction_set: &str) -> PyResult<Self> {
        let expected = || format!("one of {}", Counter::instruction_sets().join(", "));
        let inner = Counter::with_instruction_set(instruction_set).ok_or_else(|| {
            crate::Error::new("instruction_set", format!("{instruction_set:?}"), expected())
        })?;
        Ok(Self { inner })
    }

    /// GPT-2 tokens of each text, on one thread.
    fn count<'py>(
        &mut self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyArray1<u32>>> {
        let snapshot = Snapshot::take("texts", texts)?;
        let strings = snapshot.strings(0..snapshot.len())?;
        let mut counts = Vec::with_capacity(strings.len());
        py.detach(|| guarded(|| self.inner.count_each(&strings, &mut counts)))?;
        Ok(PyArray1::from_vec(py, counts))
    }

    /// The GPT-2 token ids of a text.
    fn encode(&mut self, text: &Bound<'_, PyString>) -> PyResult<Vec<u32>> {
        let text = Text::new(text)?;
        let mut ids = Vec::new();
        guarded(|| self.inner.encode_into(&text.text, &mut ids))?;
        Ok(ids)
    }
}

/// The GPT-2 token ids of `text`: a uint32 array of shape (tokens,).
#[pyfunction]
#[pyo3(signature = (text))]
fn encode<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = named::text)] text: Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyArray1<u32>>> {
    let text = Text::new(&text)?;
    let ids = with_counter(py, text.text.len(), |c| {
        let mut ids = Vec::with_capacity(text.text.len() / 3);
        c.encode_into(&text.text, &mut ids);
        ids
    })?;
    Ok(PyArray1::from_vec(py, ids))
}

/// The bytes of token ids. An id outside the vocabulary raises ValueError.
#[pyfunction]
#[pyo3(signature = (tokens))]
fn decode<'py>(py: Python<'py>, tokens: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let unknown =
        || PyValueError::new_err("tokens: got an id that is not in the vocabulary, expected 0 to 50255");
    let tokens: Vec<u32> = tokens.extract().map_err(|error: PyErr| {
        // A negative id, or one of more than 32 bits.
        if error.is_instance_of::<PyOverflowError>(py) {
            unknown()
        } else {
            let got = type_name(&tokens);
            PyTypeError::new_err(format!("tokens: got {got}, expected a list of token ids (whole numbers)"))
        }
    })?;
    match guarded(|| crate::tokens::decode(&tokens))? {
        Some(bytes) => Ok(PyBytes::new(py, &bytes)),
        None => Err(unknown()),
    }
}

/// Whether `text` has at most `max_tokens` GPT-2 tokens; stops as soon as the answer is known.
#[pyfunction]
#[pyo3(signature = (text, max_tokens))]
fn within(
    py: Python<'_>,
    #[pyo3(from_py_with = named::text)] text: Bound<'_, PyString>,
    #[pyo3(from_py_with = most_tokens)] max_tokens: usize,
) -> PyResult<bool> {
    let text = Text::new(&text)?;
    with_counter(py, text.text.len(), |c| c.within(&text.text, max_tokens))
}

/// The longest prefix of `text` of at most `max_tokens` GPT-2 tokens that ends at a character, or with
/// `at="word"` at the end of a word.
#[pyfunction]
#[pyo3(signature = (text, max_tokens, *, at="char"))]
fn truncate<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = named::text)] text: Bound<'py, PyString>,
    #[pyo3(from_py_with = most_tokens)] max_tokens: usize,
    at: &str,
) -> PyResult<Bound<'py, PyString>> {
    let at_word = match at {
        "char" => false,
        "word" => true,
        _ => return Err(crate::Error::new("at", format!("{at:?}"), "\"char\" or \"word\"").into()),
    };
    let utf8 = Text::new(&text)?;
    let end = with_counter(py, utf8.text.len(), |c| c.truncate(&utf8.text, max_tokens, at_word))?;
    if end == utf8.text.len() && matches!(utf8.text, std::borrow::Cow::Borrowed(_)) {
        return Ok(text);
    }
    Ok(PyString::new(py, utf8.text.get(..end).unwrap_or_default()))
}

/// The code points (start, end) of each GPT-2 token: a uint32 array of shape (tokens, 2). A character that
/// takes several tokens is in the span of each of them.
#[pyfunction]
#[pyo3(signature = (text))]
fn token_spans<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = named::text)] text: Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyArray2<u32>>> {
    let text = Text::new(&text)?;
    let flat = detached(py, text.text.len(), || {
        let mut spans = Vec::with_capacity(text.text.len() / 3);
        with_scratch(|s| s.counter.spans_into(&text.text, &mut spans));
        let mut points = text.points();
        let mut flat = Vec::with_capacity(spans.len() * 2);
        for (start, end) in spans {
            let (start, end) = points.around(start, end);
            flat.extend([start, end].map(|point| u32::try_from(point).unwrap_or(u32::MAX)));
        }
        flat
    })?;
    let n = flat.len() / 2;
    PyArray1::from_vec(py, flat).reshape([n, 2])
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_instruction_sets, m)?)?;
    m.add_class::<_TokenCounter>()?;
    m.add_function(wrap_pyfunction!(count_tokens, m)?)?;
    m.add_function(wrap_pyfunction!(count_tokens_batch, m)?)?;
    m.add_function(wrap_pyfunction!(encode, m)?)?;
    m.add_function(wrap_pyfunction!(decode, m)?)?;
    m.add_function(wrap_pyfunction!(within, m)?)?;
    m.add_function(wrap_pyfunction!(truncate, m)?)?;
    m.add_function(wrap_pyfunction!(token_spans, m)?)
}
