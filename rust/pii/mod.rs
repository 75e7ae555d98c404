//! PII: candidates, recognisers with evidence, verdicts against a source, redaction.

pub mod leak;

use crate::Error;
use std::ops::Range;

/// A kind of PII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Kind {
    /// An e-mail address.
    Email,
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: &'static [Kind] = &[Kind::Email];
    /// The name in reports and settings: `EMAIL`, `PHONE`, ...
    pub fn name(self) -> &'static str {
        "EMAIL"
    }
    /// How bad a leak of it is, in (0, 1].
    pub fn severity(self) -> f64 {
        0.5
    }
}

/// How identifiers with a checksum are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checksum {
    /// A passing checksum is evidence; a strong shape is accepted without.
    #[default]
    Accept,
    /// Kinds that have a checksum must pass it.
    Require,
}

/// What to look for; from the rubric.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// `default` or `strict`.
    pub tier: String,
    /// Kinds to look for; empty for all of the tier.
    pub kinds: Vec<String>,
    /// Kinds not to look for.
    pub exclude: Vec<String>,
    /// Values that are not PII: compared without case and separators; `*` stands for any run.
    pub allow: Vec<String>,
    /// How checksums are treated.
    pub checksum: Checksum,
}

/// Why a match was accepted: bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence(pub u8);

impl Evidence {
    /// The shape alone is telling.
    pub const SHAPE: u8 = 1;
    /// A checksum passes.
    pub const CHECKSUM: u8 = 2;
    /// Words around it say what it is.
    pub const CONTEXT: u8 = 4;
    /// The names of the bits that are set.
    pub fn names(self) -> Vec<&'static str> {
        Vec::new()
    }
}

/// One match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What it is.
    pub kind: Kind,
    /// Byte span in the text as given.
    pub span: Range<usize>,
    /// Why it was accepted.
    pub evidence: Evidence,
    /// It was hidden: the text as written does not show it plainly.
    pub obfuscated: bool,
}

/// A checked set of options, ready to scan. Immutable: threads may share it.
#[derive(Debug, Clone)]
pub struct Scanner {}

impl Scanner {
    /// Checks the options; an unknown kind or tier is an error that names the nearest known one.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let _ = options;
        Ok(Self {})
    }
    /// Finds PII in `text`, in order, without overlaps.
    pub fn scan(&self, text: &str) -> Vec<Match> {
        let _ = text;
        Vec::new()
    }
}

/// What is shown of a match in a report: `j***@e***.com`, `***-**-6789`.
pub fn mask(kind: Kind, value: &str) -> String {
    let _ = (kind, value);
    "***".to_owned()
}

/// How redacted PII is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Style {
    /// `[EMAIL]`.
    Label,
    /// As [`mask`].
    Mask,
    /// A keyed hash, stable over a log.
    Hash(Vec<u8>),
}

impl Style {
    /// Parses `label`, `mask` or `hash`; a hash needs a key.
    pub fn parse(name: &str, key: Option<&[u8]>) -> Result<Self, Error> {
        match (name, key) {
            ("label", _) => Ok(Self::Label),
            ("mask", _) => Ok(Self::Mask),
            ("hash", Some(key)) => Ok(Self::Hash(key.to_vec())),
            ("hash", None) => Err(Error::new("key", "nothing", "a key, as style is \"hash\"")),
            _ => Err(Error::new("style", format!("{name:?}"), "\"label\", \"mask\" or \"hash\"")),
        }
    }
}

/// `text` with each match replaced.
pub fn redact(text: &str, matches: &[Match], style: &Style) -> String {
    let _ = (matches, style);
    text.to_owned()
}
