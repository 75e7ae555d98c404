//! Rollout logs in JSONL, a block of whole lines at a time: lines in, the same lines with their grades out.
//!
//! What is done here is done exactly as the Python package's reader of logs does it; a line of which that is not
//! certain (broken, or of an unusual shape) is handed back with its place, for that reader to judge.
//!
//! - [`json`]: one line, checked whole, as a flat list of its values
//! - [`text`]: what Python's strings do that Rust's do not
//! - [`fields`]: the fields of a rollout, by paths
//! - [`content`]: texts of messages, documents and facts
//! - [`tasks`]: prepared prompts, kept by content
//! - [`written`]: a grade as JSON
//! - [`ids`]: the ids that were met
//! - [`block`]: a block of lines from end to end
//! - [`read`]: files, packed or not, in such blocks

pub mod block;
mod content;
pub mod fields;
pub mod ids;
mod json;
mod piped;
pub mod read;
pub mod tasks;
mod text;
mod written;

/// Writes a string as JSON, its other characters as they are.
pub fn string_into(text: &str, out: &mut Vec<u8>) {
    written::plain_string(text, out);
}
