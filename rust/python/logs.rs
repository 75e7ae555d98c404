//! Rollout logs: files in blocks of lines, and blocks graded.

use super::grade::Grader;
use super::{guarded, rows};
use crate::Error;
use crate::logs::block::{self, Done, Hands, Plan, Share, Style, Tally};
use crate::logs::fields::{Common, Condition, Operator, Partner, Partners, Path, Spec, Step, Template};
use crate::logs::ids::{self, Ids};
use crate::logs::read::{self, Packing};
use crate::logs::tasks::Tasks;
use crate::rubric::Basis;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};
use pyo3_arrow::PyRecordBatch;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

fn packing(name: &str) -> Result<Packing, Error> {
    let expected = || Error::new("packing", format!("{name:?}"), "\"plain\", \"gzip\" or \"zstd\"");
    Packing::parse(name).ok_or_else(expected)
}

/// Whole lines of a file.
#[pyclass(frozen, module = "rollgrade._core")]
struct LogBlock {
    inner: read::Block,
}

#[pymethods]
impl LogBlock {
    #[new]
    fn new(lines: Vec<u8>, offset: u64, number: u64) -> Self {
        Self { inner: read::Block { bytes: lines, offset, number } }
    }

    /// Where its first line begins in the unpacked file, in bytes.
    #[getter]
    fn offset(&self) -> u64 {
        self.inner.offset
    }

    /// The number of its first line, from 1.
    #[getter]
    fn number(&self) -> u64 {
        self.inner.number
    }

    /// How many lines end in it.
    #[getter]
    fn line_ends(&self) -> u64 {
        read::line_ends(&self.inner.bytes)
    }

    fn __len__(&self) -> usize {
        self.inner.bytes.len()
    }

    /// Some of its bytes.
    fn bytes<'py>(&self, py: Python<'py>, start: usize, end: usize) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.inner.bytes.get(start..end).unwrap_or_default())
    }

    /// The first lines, their endings included.
    fn lines<'py>(&self, py: Python<'py>, most: usize) -> Vec<Bound<'py, PyBytes>> {
        read::first_lines(&self.inner.bytes, most).into_iter().map(|line| PyBytes::new(py, line)).collect()
    }
}

/// The blocks of a JSONL file.
#[pyclass(frozen, module = "rollgrade._core")]
struct LogBlocks {
    inner: Mutex<read::Blocks>,
    watch: read::Watch,
}

#[pymethods]
impl LogBlocks {
    #[new]
    fn new(
        py: Python<'_>,
        path: Option<PathBuf>,
        packing_name: &str,
        size: usize,
        offset: u64,
        number: u64,
    ) -> PyResult<Self> {
        let packing = packing(packing_name)?;
        let open = || read::Blocks::open(path.as_deref(), packing, size.max(1), offset, number.max(1));
        let inner = py.detach(|| guarded(open))??;
        Ok(Self { watch: inner.watch(), inner: Mutex::new(inner) })
    }

    /// Bytes that were read of the file as it stands.
    #[getter]
    fn read(&self) -> u64 {
        self.watch.read()
    }

    /// Ends a wait for standard input in another thread.
    fn stop(&self) {
        self.watch.stop();
    }

    /// The next block; None at the end.
    fn next(&self, py: Python<'_>) -> PyResult<Option<LogBlock>> {
        let next = || self.inner.lock().unwrap_or_else(PoisonError::into_inner).next_block();
        let block = py.detach(|| guarded(next))??;
        Ok(block.map(|inner| LogBlock { inner }))
    }
}

/// How many lines a file has.
#[pyfunction]
fn count_log_lines(py: Python<'_>, path: PathBuf, packing_name: &str) -> PyResult<u64> {
    let packing = packing(packing_name)?;
    Ok(py.detach(|| guarded(|| read::count_lines(&path, packing)))??)
}

/// Bytes packed with gzip or zstd.
#[pyfunction]
fn pack_log<'py>(py: Python<'py>, bytes: &[u8], packing_name: &str) -> PyResult<Bound<'py, PyBytes>> {
    let packing = packing(packing_name)?;
    Ok(PyBytes::new(py, &py.detach(|| guarded(|| packing.pack(bytes)))??))
}

/// Bytes unpacked, where they begin as gzip or zstd does.
#[pyfunction]
fn unpack_log<'py>(py: Python<'py>, bytes: Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyBytes>> {
    let packed = bytes.as_bytes();
    match Packing::of(packed) {
        Packing::Plain => Ok(bytes),
        packing => Ok(PyBytes::new(py, &py.detach(|| guarded(|| packing.unpack(packed)))??)),
    }
}

/// The hash that decides whether a line, counted from 0 over all that a run reads, is in a sample.
#[pyfunction]
fn log_sample_hash(line: u64) -> u64 {
    block::mixed(line)
}

#[derive(FromPyObject)]
enum PyStep {
    Index(i64),
    Key(String),
}

/// A path: its text, and its steps.
type GivenPath = (String, Vec<PyStep>);

fn path((text, steps): GivenPath) -> Path {
    let step = |step| match step {
        PyStep::Index(index) => Step::Index(index),
        PyStep::Key(key) => Step::Key(key),
    };
    Path { text, steps: steps.into_iter().map(step).collect() }
}

fn operator(name: &str) -> Result<Operator, Error> {
    Ok(match name {
        "=" => Operator::Equal,
        "!=" => Operator::Unequal,
        "<" => Operator::Less,
        "<=" => Operator::AtMost,
        ">" => Operator::Greater,
        ">=" => Operator::AtLeast,
        _ => return Err(Error::new("operator", format!("{name:?}"), "=, !=, <, <=, > or >=")),
    })
}

type GivenPartner = (String, Option<String>, Option<Vec<String>>, Option<String>);

/// Rows of a dataset by key.
#[pyclass(frozen, module = "rollgrade._core")]
struct LogPartners {
    rows: Arc<HashMap<String, Partner>>,
}

#[pymethods]
impl LogPartners {
    #[new]
    fn new(rows: Vec<GivenPartner>) -> Self {
        let partner = |(key, source, facts, reference)| (key, Partner { source, facts, reference });
        Self { rows: Arc::new(rows.into_iter().map(partner).collect()) }
    }
}

fn spec(given: &Bound<'_, PyDict>) -> PyResult<Spec> {
    let any = given.as_any();
    let one = |name: &str| -> PyResult<Option<Path>> {
        Ok(any.get_item(name)?.extract::<Option<GivenPath>>()?.map(path))
    };
    let many = |name: &str| -> PyResult<Vec<Path>> {
        Ok(any.get_item(name)?.extract::<Vec<GivenPath>>()?.into_iter().map(path).collect())
    };
    let names = |name: &str| any.get_item(name)?.extract::<Vec<String>>();
    let rows = any.get_item("partners")?.extract::<Option<Bound<'_, LogPartners>>>()?;
    let rows = rows.map(|rows| Arc::clone(&rows.get().rows)).unwrap_or_default();
    let template: Option<(String, String)> = any.get_item("template")?.extract()?;
    let conditions =
        any.get_item("conditions")?.extract::<Vec<(GivenPath, String, String, Option<f64>)>>()?;
    Ok(Spec {
        completion: one("completion")?,
        prompt: one("prompt")?,
        truths: many("truths")?,
        stopped: many("stopped")?,
        source: one("source")?,
        facts: one("facts")?,
        reference: one("reference")?,
        template: template.map(|(before, after)| Template { before, after }),
        common: Common {
            source: names("source_names")?,
            facts: names("facts_names")?,
            reference: names("reference_names")?,
            id: names("id_names")?,
            truth: any.get_item("truth_name")?.extract()?,
            stopped: names("stopped_names")?,
        },
        cut_off: names("cut_off")?,
        end_of_turn: names("end_of_turn")?,
        partners: Partners { on: one("on")?, rows },
        conditions: conditions
            .into_iter()
            .map(|(at, name, text, number)| {
                Ok(Condition { path: path(at), operator: operator(&name)?, text, number })
            })
            .collect::<PyResult<_>>()?,
    })
}

/// Grades blocks of a file's lines. Keeps the prompts that it has prepared.
#[pyclass(module = "rollgrade._core")]
struct LogGrader {
    grader: Py<Grader>,
    plan: Plan,
    tasks: Tasks,
    hands: Vec<Hands>,
    threads: usize,
}

#[pymethods]
impl LogGrader {
    #[new]
    fn new(grader: Py<Grader>, given: &Bound<'_, PyDict>, threads: usize) -> PyResult<Self> {
        let any = given.as_any();
        let style = Style {
            key: any.get_item("key")?.extract()?,
            flat: any.get_item("flat")?.extract()?,
            alone: any.get_item("alone")?.extract()?,
            rubric: any.get_item("rubric")?.extract()?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            basis: any.get_item("basis")?.extract()?,
        };
        let plan = Plan {
            spec: spec(given)?,
            basis: Basis::parse(&style.basis)?,
            style,
            fall_back: any.get_item("fall_back")?.extract()?,
            needs_source: any.get_item("needs_source")?.extract()?,
        };
        Ok(Self { grader, plan, tasks: Tasks::default(), hands: Vec::new(), threads })
    }

    /// Takes over the prompts that another one, of the same rubric, has prepared.
    fn take_tasks(&mut self, other: &mut LogGrader) {
        self.tasks = std::mem::take(&mut other.tasks);
        self.hands = std::mem::take(&mut other.hands);
    }

    /// Grades a block, of which the first line is the `first`th of the run.
    fn grade(
        &mut self,
        py: Python<'_>,
        block: &LogBlock,
        first: u64,
        at_most: Option<u64>,
        limit: Option<usize>,
    ) -> PyResult<LogDone> {
        let share = Share { number: block.inner.number, first, at_most, limit };
        py.detach(|| guarded(|| self.run(&block.inner.bytes, share)))
    }

    /// Grades the rows of a record batch of the columns that a rollout may be made of. `number` is that of the first,
    /// from 1.
    fn grade_rows(
        &mut self,
        py: Python<'_>,
        batch: PyRecordBatch,
        number: u64,
        first: u64,
        at_most: Option<u64>,
        limit: Option<usize>,
    ) -> PyResult<LogDone> {
        let share = Share { number, first, at_most, limit };
        let batch = batch.into_inner();
        py.detach(|| guarded(|| self.run(&rows::lines(&batch, self.threads), share)))
    }
}

impl LogGrader {
    fn run(&mut self, lines: &[u8], share: Share) -> LogDone {
        let Self { grader, plan, tasks, hands, threads } = self;
        LogDone { inner: block::run(lines, share, plan, &grader.get().inner, tasks, *threads, hands) }
    }
}

/// What came of a block.
#[pyclass(frozen, module = "rollgrade._core")]
struct LogDone {
    inner: Done,
}

#[pymethods]
impl LogDone {
    /// The graded lines in order.
    fn pieces<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        self.inner.pieces.iter().map(|piece| PyBytes::new(py, piece)).collect()
    }

    /// Lines that are left to Python: (bytes of output before it, line of the block from 0, start, end).
    #[getter]
    fn left(&self) -> Vec<(usize, usize, usize, usize)> {
        self.inner.left.iter().map(|left| (left.at, left.line, left.span.start, left.span.end)).collect()
    }

    #[getter]
    fn blank(&self) -> usize {
        self.inner.blank
    }

    #[getter]
    fn passed_over(&self) -> usize {
        self.inner.passed_over
    }

    #[getter]
    fn lines(&self) -> usize {
        self.inner.lines
    }

    #[getter]
    fn bytes(&self) -> usize {
        self.inner.bytes
    }

    #[getter]
    fn pii_in_facts(&self) -> Vec<String> {
        self.inner.pii_in_facts.clone()
    }

    /// Sums over what was graded.
    fn tally<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let Tally { graded, valid, reward, tokens, over_budget, .. } = self.inner.tally;
        let tally = &self.inner.tally;
        let d = PyDict::new(py);
        d.set_item("graded", graded)?;
        d.set_item("valid", valid)?;
        d.set_item("reward", reward)?;
        d.set_item("tokens", tokens)?;
        d.set_item("over_budget", over_budget)?;
        let (passed, scores): (Vec<usize>, Vec<f64>) = tally.custom.iter().copied().unzip();
        d.set_item("measured", [tally.measured.to_vec(), vec![graded; tally.custom.len()]].concat())?;
        d.set_item("passed", [tally.passed.to_vec(), passed].concat())?;
        d.set_item("scores", [tally.scores.to_vec(), scores].concat())?;
        d.set_item("pii", tally.pii.clone())?;
        d.set_item("leaks", tally.leaks)?;
        d.set_item("unused", tally.unused.to_vec())?;
        d.set_item("ids", packed(py, &tally.ids))?;
        let worst: Vec<_> =
            tally.worst.iter().map(|w| (w.score, w.line, w.id.clone(), w.reason.clone())).collect();
        d.set_item("worst", worst)?;
        Ok(d)
    }
}

/// Hashes as bytes, eight each, the lowest first.
fn packed<'py>(py: Python<'py>, hashes: &[u64]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect::<Vec<u8>>())
}

/// Ids that were met in a run.
#[pyclass(eq, module = "rollgrade._core")]
#[derive(PartialEq)]
struct LogIds {
    inner: Ids,
}

#[pymethods]
impl LogIds {
    #[new]
    #[pyo3(signature = (packed=&[][..], most=Ids::MOST))]
    fn new(packed: &[u8], most: usize) -> Self {
        let mut ids = Self { inner: Ids::new(most) };
        ids.add(packed);
        ids
    }

    /// Adds an id; whether it was met before.
    fn add_id(&mut self, id: &str) -> bool {
        self.inner.add(ids::hash(id))
    }

    /// Adds hashes of ids; how many were met before.
    fn add(&mut self, packed: &[u8]) -> usize {
        let hashes = packed.as_chunks::<8>().0.iter();
        hashes.filter(|hash| self.inner.add(u64::from_le_bytes(**hash))).count()
    }

    /// The hashes from one place to another, in the order in which they were met.
    #[pyo3(signature = (start=0, end=usize::MAX))]
    fn packed<'py>(&self, py: Python<'py>, start: usize, end: usize) -> Bound<'py, PyBytes> {
        let hashes = self.inner.in_order();
        packed(py, hashes.get(start..end.min(hashes.len())).unwrap_or_default())
    }

    fn __len__(&self) -> usize {
        self.inner.in_order().len()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (Bound<'py, PyBytes>,)) {
        (py.get_type::<Self>(), (packed(py, self.inner.in_order()),))
    }
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<LogBlock>()?;
    m.add_class::<LogBlocks>()?;
    m.add_class::<LogGrader>()?;
    m.add_class::<LogDone>()?;
    m.add_class::<LogPartners>()?;
    m.add_class::<LogIds>()?;
    m.add_function(wrap_pyfunction!(count_log_lines, m)?)?;
    m.add_function(wrap_pyfunction!(pack_log, m)?)?;
    m.add_function(wrap_pyfunction!(unpack_log, m)?)?;
    m.add_function(wrap_pyfunction!(log_sample_hash, m)?)
}
