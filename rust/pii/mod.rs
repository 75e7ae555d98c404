//! PII: candidates, recognisers with evidence, verdicts against a source, redaction.
//!
//! A prefilter finds the blocks of a text where something could be ([`Scanner`] does nothing careful
//! elsewhere); candidates there go to the recognisers (`recognizers/`, a file a family); evidence decides:
//! a strong shape, a passing checksum, or words around it. Promise: any text in linear time, spans exact.

mod allow;
mod candidate;
mod checksum;
mod context;
mod custom;
pub mod leak;
mod normalize;
mod prefilter;
mod prose;
mod recognizers;
mod redact;
mod run;
mod said;
mod scan;
mod sha256;

pub use custom::{Pattern, PatternChecksum};
pub use recognizers::{Kind, Tier};
pub use redact::{Style, mask, redact};
pub use scan::Scanner;

use std::ops::Range;

/// How identifiers with a checksum are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checksum {
    /// A passing checksum is evidence; a strong shape, or context, is accepted without.
    #[default]
    Accept,
    /// Presidio's semantics: every shape counts, without context, and kinds that have a checksum must pass it.
    Require,
}

/// What to look for; from the rubric.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// `default` or `strict`; empty is `default`.
    pub tier: String,
    /// Kinds to look for; empty for all of the tier.
    pub kinds: Vec<String>,
    /// Kinds not to look for.
    pub exclude: Vec<String>,
    /// Values, or domains of addresses, that are not PII: compared without case, numbers without separators; `*`
    /// stands for any run.
    pub allow: Vec<String>,
    /// How checksums are treated.
    pub checksum: Checksum,
    /// Patterns of the user's own, looked for beside the kinds.
    pub patterns: Vec<Pattern>,
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
    /// It was hidden: an obfuscation had to be undone.
    pub const OBFUSCATED: u8 = 8;
    /// The source holds it as PII, whatever the words around it call it here.
    pub const SOURCE: u8 = 16;

    /// The names of the bits that are set.
    pub fn names(self) -> Vec<&'static str> {
        [
            (Self::SHAPE, "shape"),
            (Self::CHECKSUM, "checksum"),
            (Self::CONTEXT, "context"),
            (Self::OBFUSCATED, "obfuscated"),
            (Self::SOURCE, "source"),
        ]
        .into_iter()
        .filter(|(bit, _)| self.0 & bit != 0)
        .map(|(_, name)| name)
        .collect()
    }

    fn set(&mut self, bit: u8, on: bool) {
        if on {
            self.0 |= bit;
        }
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

#[cfg(test)]
mod tests;
