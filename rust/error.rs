//! The one error of the crate: a configuration that cannot be used.

use std::fmt;

/// A configuration error: which field, what came, what was expected.
///
/// Texts never cause an error, only settings do, so the message may quote what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Dotted name of the setting or argument, such as `length.max_tokens`.
    pub field: String,
    /// What came, as the user wrote it.
    pub got: String,
    /// What would have been accepted.
    pub expected: String,
}

impl Error {
    /// Builds an error from its three parts.
    pub fn new(field: impl Into<String>, got: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { field: field.into(), got: got.into(), expected: expected.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: got {}, expected {}", self.field, self.got, self.expected)
    }
}

impl std::error::Error for Error {}
