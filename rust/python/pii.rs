//! PII: scanning, verdicts, masking, redaction.

use super::text::{Points, Snapshot, Text, named};
use super::{detached, guarded};
use crate::Error;
use crate::batch::map_chunks;
use crate::pii::leak::{SourceIndex, Verdict, judge};
use crate::pii::{self, Checksum, Evidence, Kind, Match, Options, Pattern, PatternChecksum, Tier};
use numpy::ToPyArray;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::ops::Range;

/// (kind, start, end, value, masked value, evidence, obfuscated, verdict)
pub(super) type Found<'a> = (&'a str, usize, usize, String, String, Vec<&'static str>, bool, &'static str);

pub(super) fn found<'a>(
    scanner: &'a pii::Scanner,
    text: &str,
    points: &mut Points<'_>,
    m: &Match,
    verdict: Verdict,
) -> Found<'a> {
    let (start, end) = points.span(&m.span);
    let value = text.get(m.span.clone()).unwrap_or_default();
    let masked = pii::mask(m.kind, value);
    let name = scanner.name(m.kind);
    (name, start, end, value.to_owned(), masked, m.evidence.names(), m.obfuscated, verdict.name())
}

/// A pattern of the user's own, as (name, pattern, context, context_required, checksum, severity, examples,
/// unicode).
pub(super) type GivenPattern = (String, String, Vec<String>, bool, String, f64, Vec<String>, bool);

pub(super) fn patterns(given: Vec<GivenPattern>) -> Result<Vec<Pattern>, Error> {
    let one = |(i, given): (usize, GivenPattern)| {
        let (name, pattern, context, context_required, checksum, severity, examples, unicode) = given;
        let checksum = PatternChecksum::parse(&checksum)
            .map_err(|e| Error::new(format!("pii.patterns[{i}].{}", e.field), e.got, e.expected))?;
        Ok(Pattern { name, pattern, context, context_required, checksum, severity, examples, unicode })
    };
    given.into_iter().enumerate().map(one).collect()
}

pub(super) fn checksum(name: &str) -> Result<Checksum, Error> {
    match name {
        "accept" => Ok(Checksum::Accept),
        "require" => Ok(Checksum::Require),
        _ => Err(Error::new("checksum", format!("{name:?}"), "\"accept\" or \"require\"")),
    }
}

/// What to look for, checked once. Immutable.
#[pyclass(frozen, module = "rollgrade._core")]
struct Scanner {
    inner: pii::Scanner,
}

#[pymethods]
impl Scanner {
    #[new]
    fn new(
        tier: String,
        checksum_name: &str,
        kinds: Vec<String>,
        exclude: Vec<String>,
        allow: Vec<String>,
        given: Vec<GivenPattern>,
    ) -> PyResult<Self> {
        let (checksum, patterns) = (checksum(checksum_name)?, patterns(given)?);
        let options = Options { tier, kinds, exclude, allow, checksum, patterns };
        Ok(Self { inner: pii::Scanner::new(&options)? })
    }

    #[pyo3(signature = (text, source=None))]
    fn scan(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::text)] text: Bound<'_, PyString>,
        source: Option<&Bound<'_, PyString>>,
    ) -> PyResult<Vec<Found<'_>>> {
        let text = Text::new(&text)?;
        let source = source.map(Text::new).transpose()?;
        let bytes = text.text.len() + source.as_ref().map_or(0, |s| s.text.len());
        detached(py, bytes, || {
            let index = source.as_ref().map(|s| SourceIndex::new(&self.inner, &s.text));
            let mut points = text.points();
            judge(index.as_ref(), &text.text, self.inner.scan(&text.text))
                .iter()
                .map(|(m, verdict)| found(&self.inner, &text.text, &mut points, m, *verdict))
                .collect()
        })
    }

    /// Matches of each text. A text whose source is None has none, as all have without `sources`.
    fn scan_batch(
        slf: &Bound<'_, Self>,
        texts: &Bound<'_, PyAny>,
        sources: Option<&Bound<'_, PyAny>>,
        threads: usize,
    ) -> PyResult<Matches> {
        let texts = Snapshot::take("texts", texts)?;
        let texts = texts.texts()?;
        let sources = sources.map(|s| Snapshot::take("sources", s)).transpose()?;
        let sources = sources.as_ref().map(Snapshot::optional_texts).transpose()?;
        if let Some(sources) = &sources
            && sources.len() != texts.len()
        {
            let got = format!("{} sources for {} texts", sources.len(), texts.len());
            return Err(Error::new("sources", got, "one source a text").into());
        }
        let scanner = &slf.get().inner;
        let columns = slf.py().detach(|| {
            guarded(|| {
                let parts = map_chunks(&texts, threads, &mut Vec::new(), |(), at, chunk| {
                    let mut columns = Columns::with_texts(chunk.len());
                    let mut sources = sources.as_ref().and_then(|s| s.get(at..)).map(|s| s.iter());
                    let mut last: Option<(&str, SourceIndex)> = None;
                    let mut left = chunk.iter();
                    scanner.scan_each(chunk.iter().map(|text| &*text.text), |found| {
                        let Some(text) = left.next() else { return };
                        let Some(source) = sources.as_mut().and_then(Iterator::next).and_then(Option::as_ref)
                        else {
                            return columns.push(text, found.into_iter().map(|m| (m, Verdict::Unknown)));
                        };
                        if last.as_ref().is_none_or(|(prepared, _)| *prepared != &*source.text) {
                            last = Some((&source.text, SourceIndex::new(scanner, &source.text)));
                        }
                        if let Some((_, index)) = &last {
                            columns.push(text, index.judge(&text.text, found));
                        }
                    });
                    columns
                });
                parts.into_iter().reduce(Columns::and).unwrap_or_default()
            })
        })?;
        Ok(Matches { scanner: slf.clone().unbind(), columns })
    }

    /// `text` without its PII, and the kind of each match that was replaced; of the kinds in `keep` none is.
    fn redact(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = named::text)] text: Bound<'_, PyString>,
        style: &str,
        key: Option<&[u8]>,
        keep: Vec<String>,
    ) -> PyResult<(String, Vec<&str>)> {
        let style = pii::Style::parse(style, key)?;
        let text = Text::new(&text)?;
        detached(py, text.text.len(), || self.redacted(&text.text, style, &keep))
    }

    /// The same for many texts.
    fn redact_batch(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        style: &str,
        key: Option<&[u8]>,
        keep: Vec<String>,
        threads: usize,
    ) -> PyResult<Vec<(String, Vec<&str>)>> {
        let style = pii::Style::parse(style, key)?;
        let texts = Snapshot::take("texts", texts)?;
        let texts = texts.texts()?;
        py.detach(|| {
            guarded(|| {
                map_chunks(&texts, threads, &mut Vec::new(), |(), _, chunk| {
                    chunk.iter().map(|text| self.redacted(&text.text, style, &keep)).collect::<Vec<_>>()
                })
                .into_iter()
                .flatten()
                .collect()
            })
        })
    }

    /// The names of the kinds that are looked for, patterns last.
    fn names(&self) -> Vec<&str> {
        self.inner.kinds().into_iter().map(|kind| self.inner.name(kind)).collect()
    }
}

impl Scanner {
    fn redacted(&self, text: &str, style: pii::Style<'_>, keep: &[String]) -> (String, Vec<&str>) {
        let mut matches = self.inner.scan(text);
        matches.retain(|m| !keep.iter().any(|kept| kept == self.inner.name(m.kind)));
        let kinds = matches.iter().map(|m| self.inner.name(m.kind)).collect();
        (pii::redact(&self.inner, text, &matches, style), kinds)
    }
}

/// Matches of many texts, one entry a match.
#[derive(Default)]
struct Columns {
    /// For each text, how many matches it and those before it have.
    ends: Vec<usize>,
    kind: Vec<Kind>,
    /// Code points of the text.
    start: Vec<u32>,
    end: Vec<u32>,
    evidence: Vec<Evidence>,
    obfuscated: Vec<bool>,
    verdict: Vec<Verdict>,
    /// The values, one behind the other, and where each ends.
    values: String,
    value_ends: Vec<usize>,
}

impl Columns {
    /// With room for what is known of each of so many texts.
    fn with_texts(texts: usize) -> Self {
        Self { ends: Vec::with_capacity(texts), ..Self::default() }
    }

    fn push(&mut self, text: &Text<'_>, judged: impl IntoIterator<Item = (Match, Verdict)>) {
        // Whether a text is ASCII is asked only where it matters: most have no match.
        let mut points = None;
        for (m, verdict) in judged {
            let (start, end) = points.get_or_insert_with(|| text.points()).span(&m.span);
            self.kind.push(m.kind);
            self.start.push(u32::try_from(start).unwrap_or(u32::MAX));
            self.end.push(u32::try_from(end).unwrap_or(u32::MAX));
            self.evidence.push(m.evidence);
            self.obfuscated.push(m.obfuscated);
            self.verdict.push(verdict);
            self.values.push_str(text.text.get(m.span.clone()).unwrap_or_default());
            self.value_ends.push(self.values.len());
        }
        self.ends.push(self.kind.len());
    }

    /// These, and behind them those of more texts.
    fn and(mut self, mut more: Self) -> Self {
        let (matches, bytes) = (self.kind.len(), self.values.len());
        self.ends.extend(more.ends.iter().map(|end| end + matches));
        self.kind.append(&mut more.kind);
        self.start.append(&mut more.start);
        self.end.append(&mut more.end);
        self.evidence.append(&mut more.evidence);
        self.obfuscated.append(&mut more.obfuscated);
        self.verdict.append(&mut more.verdict);
        self.values.push_str(&more.values);
        self.value_ends.extend(more.value_ends.iter().map(|end| end + bytes));
        self
    }

    /// The matches of the text number `i`.
    fn row(&self, i: usize) -> Range<usize> {
        let end = |i: usize| self.ends.get(i).copied().unwrap_or(self.kind.len());
        i.checked_sub(1).map_or(0, end)..end(i)
    }

    fn value(&self, i: usize) -> &str {
        let end = |i: usize| self.value_ends.get(i).copied().unwrap_or(0);
        self.values.get(i.checked_sub(1).map_or(0, end)..end(i)).unwrap_or_default()
    }
}

/// The matches of many texts. Immutable; what Python sees of a match is made when it is asked for.
#[pyclass(frozen, module = "rollgrade._core")]
struct Matches {
    scanner: Py<Scanner>,
    columns: Columns,
}

#[pymethods]
impl Matches {
    fn __len__(&self) -> usize {
        self.columns.ends.len()
    }

    /// How many matches the texts from `start` to `stop` have.
    fn count(&self, start: usize, stop: usize) -> usize {
        (start..stop).map(|i| self.columns.row(i).len()).sum()
    }

    /// The matches of one text.
    fn row(&self, i: usize) -> Vec<Found<'_>> {
        let scanner = &self.scanner.get().inner;
        let columns = &self.columns;
        let zipped = |j: usize| {
            let (kind, value) = (*columns.kind.get(j)?, columns.value(j));
            Some((
                scanner.name(kind),
                *columns.start.get(j)? as usize,
                *columns.end.get(j)? as usize,
                value.to_owned(),
                pii::mask(kind, value),
                columns.evidence.get(j)?.names(),
                *columns.obfuscated.get(j)?,
                columns.verdict.get(j)?.name(),
            ))
        };
        columns.row(i).filter_map(zipped).collect()
    }

    /// The columns of the texts from `start` to `stop`: `text` counts from `start` on.
    fn columns<'py>(&self, py: Python<'py>, start: usize, stop: usize) -> PyResult<Bound<'py, PyDict>> {
        let (scanner, columns) = (&self.scanner.get().inner, &self.columns);
        let texts = (start..stop.min(columns.ends.len())).map(|i| (i - start, columns.row(i)));
        let text: Vec<u32> = texts
            .flat_map(|(i, row)| std::iter::repeat_n(u32::try_from(i).unwrap_or(u32::MAX), row.len()))
            .collect();
        let first = columns.row(start).start;
        let rows = first..first + text.len();
        let out = PyDict::new(py);
        let part = |numbers: &[u32]| numbers.get(rows.clone()).unwrap_or_default().to_pyarray(py);
        let kinds = columns.kind.get(rows.clone()).unwrap_or_default();
        let masked = kinds.iter().zip(rows.clone()).map(|(kind, i)| pii::mask(*kind, columns.value(i)));
        let verdicts = columns.verdict.get(rows.clone()).unwrap_or_default();
        out.set_item("text", text.to_pyarray(py))?;
        out.set_item("kind", kinds.iter().map(|kind| scanner.name(*kind)).collect::<Vec<_>>())?;
        out.set_item("start", part(&columns.start))?;
        out.set_item("end", part(&columns.end))?;
        out.set_item("masked", masked.collect::<Vec<_>>())?;
        out.set_item("obfuscated", columns.obfuscated.get(rows.clone()).unwrap_or_default().to_pyarray(py))?;
        out.set_item("verdict", verdicts.iter().map(|verdict| verdict.name()).collect::<Vec<_>>())?;
        Ok(out)
    }
}

type Described =
    (&'static str, Vec<&'static str>, &'static str, f64, &'static str, &'static str, &'static str);

/// Every built-in kind: (name, other names, tier, severity, what it accepts, an example, source).
#[pyfunction]
fn pii_kinds() -> Vec<Described> {
    let tier = |kind: &Kind| match kind.tier() {
        Tier::Default => "default",
        Tier::Strict => "strict",
    };
    let one = |k: &Kind| {
        (k.name(), k.aliases().to_vec(), tier(k), k.severity(), k.accepts(), k.example(), k.source())
    };
    Kind::ALL.iter().map(one).collect()
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(pii_kinds, m)?)?;
    m.add_class::<Matches>()?;
    m.add_class::<Scanner>()
}
