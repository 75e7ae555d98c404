//! PII: scanning, verdicts, masking, redaction.

use super::text::{Points, Snapshot, Text};
use super::{detached, guarded};
use crate::Error;
use crate::batch::map_chunks;
use crate::pii::leak::{SourceIndex, Verdict, judge};
use crate::pii::{self, Checksum, Kind, Match, Options, Pattern, PatternChecksum, Tier};
use pyo3::prelude::*;
use pyo3::types::PyString;

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
        text: &Bound<'_, PyString>,
        source: Option<&Bound<'_, PyString>>,
    ) -> PyResult<Vec<Found<'_>>> {
        let text = Text::new(text)?;
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

    /// Matches of each text.
    fn scan_batch(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        sources: Option<&Bound<'_, PyAny>>,
        threads: usize,
    ) -> PyResult<Vec<Vec<Found<'_>>>> {
        let texts = Snapshot::take("texts", texts)?;
        let texts = texts.texts()?;
        let sources = sources.map(|s| Snapshot::take("source", s)).transpose()?;
        let sources = sources.as_ref().map(Snapshot::texts).transpose()?;
        if let Some(sources) = &sources
            && sources.len() != texts.len()
        {
            let got = format!("{} sources for {} texts", sources.len(), texts.len());
            return Err(Error::new("source", got, "one source a text").into());
        }
        let pairs: Vec<(&Text<'_>, Option<&str>)> = texts
            .iter()
            .enumerate()
            .map(|(i, text)| (text, sources.as_ref().and_then(|s| s.get(i)).map(|s| &*s.text)))
            .collect();
        py.detach(|| {
            guarded(|| {
                map_chunks(&pairs, threads, &mut Vec::new(), |(), _, chunk| {
                    let mut last: Option<(&str, SourceIndex)> = None;
                    let mut out = Vec::with_capacity(chunk.len());
                    for (text, source) in chunk {
                        if let Some(source) = source
                            && last.as_ref().is_none_or(|(prepared, _)| prepared != source)
                        {
                            last = Some((source, SourceIndex::new(&self.inner, source)));
                        }
                        let index = source.and(last.as_ref().map(|(_, index)| index));
                        let mut points = text.points();
                        let judged = judge(index, &text.text, self.inner.scan(&text.text));
                        out.push(
                            judged
                                .iter()
                                .map(|(m, v)| found(&self.inner, &text.text, &mut points, m, *v))
                                .collect::<Vec<_>>(),
                        );
                    }
                    out
                })
                .into_iter()
                .flatten()
                .collect()
            })
        })
    }

    /// `text` without its PII, and the kind of each match that was replaced; of the kinds in `keep` none is.
    fn redact(
        &self,
        py: Python<'_>,
        text: &Bound<'_, PyString>,
        style: &str,
        key: Option<&[u8]>,
        keep: Vec<String>,
    ) -> PyResult<(String, Vec<&str>)> {
        let style = pii::Style::parse(style, key)?;
        let text = Text::new(text)?;
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
    m.add_class::<Scanner>()
}
