//! The binding: the only folder that names pyo3. It turns Python values into the kernels' arguments and results
//! into columns or plain tuples, and holds no logic of its own.
//!
//! Heavy work is done detached from the interpreter. A bug that panics is caught here and raised as a
//! `RuntimeError`; neither it nor stderr quotes any input.

mod coverage;
mod fluency;
mod grade;
mod logs;
mod pii;
mod rows;
mod source;
mod text;
mod tokens;

use crate::Error;
use crate::grade::Scratch;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        PyValueError::new_err(error.to_string())
    }
}

thread_local! {
    // The calling thread's scratch memory, and that of the threads it starts: bounded, and its own, so that no call
    // waits for another and a forked child needs nothing.
    static SCRATCH: RefCell<Vec<Scratch>> = const { RefCell::new(Vec::new()) };
}

/// Runs `work` with the scratch memory that the calling thread keeps for itself and for the threads it starts.
fn with_scratches<R>(work: impl FnOnce(&mut Vec<Scratch>) -> R) -> R {
    // Taken out for as long: what runs meanwhile on this thread, a destructor for example, finds none and no harm.
    let mut scratches = SCRATCH.take();
    let result = work(&mut scratches);
    SCRATCH.set(scratches);
    result
}

/// Runs `work` with the calling thread's scratch memory.
fn with_scratch<R>(work: impl FnOnce(&mut Scratch) -> R) -> R {
    SCRATCH.with_borrow_mut(|scratches| {
        if scratches.is_empty() {
            scratches.push(Scratch::default());
        }
        match scratches.first_mut() {
            Some(scratch) => work(scratch),
            None => work(&mut Scratch::default()),
        }
    })
}

/// Runs `work`; a panic in it becomes a `RuntimeError`.
fn guarded<R>(work: impl FnOnce() -> R) -> PyResult<R> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        PyRuntimeError::new_err(
            "internal error in rollgrade (a bug): its place is on stderr; please report it with the version",
        )
    })
}

/// Runs `work` detached from the interpreter when there is enough of it (`bytes` of text) to be worth it.
fn detached<R: Send>(py: Python<'_>, bytes: usize, work: impl FnOnce() -> R + Send) -> PyResult<R> {
    if bytes < text::SHORT { guarded(work) } else { py.detach(|| guarded(work)) }
}

/// Panics on purpose, so that the tests can see what becomes of a bug.
#[pyfunction]
fn _panic(py: Python<'_>, text: &str) -> PyResult<()> {
    #[allow(clippy::panic)]
    detached(py, text::SHORT, || panic!("{text}"))
}

#[pymodule]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    // The default hook prints the message, which may quote a text. This hook is of this library's own copy of
    // the standard library: no other extension's panics pass through it.
    std::panic::set_hook(Box::new(|info| {
        if let Some(place) = info.location() {
            eprintln!("rollgrade: internal error at {}:{}", place.file(), place.line());
        }
    }));
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add("PII_THRESHOLD", crate::reward::PII_THRESHOLD)?;
    m.add_function(wrap_pyfunction!(_panic, m)?)?;
    tokens::register(m)?;
    coverage::register(m)?;
    source::register(m)?;
    pii::register(m)?;
    fluency::register(m)?;
    grade::register(m)?;
    logs::register(m)
}
