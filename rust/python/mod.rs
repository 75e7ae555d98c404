//! The binding: the only folder that names pyo3. It turns Python values into the kernels' arguments and results
//! into columns or plain tuples, and holds no logic of its own.
//!
//! Heavy work is done detached from the interpreter. A bug that panics is caught here and raised as a
//! `RuntimeError`; neither it nor stderr quotes any input.

mod coverage;
mod fluency;
mod grade;
mod pii;
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
    // The calling thread's scratch memory: bounded, and its own, so that no call waits for another and a forked
    // child needs nothing.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// Runs `work` with the calling thread's scratch memory.
fn with_scratch<R>(work: impl FnOnce(&mut Scratch) -> R) -> R {
    SCRATCH.with_borrow_mut(work)
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
    pii::register(m)?;
    fluency::register(m)?;
    grade::register(m)
}
