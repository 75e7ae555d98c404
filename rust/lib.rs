//! Kernels that grade language-model rollouts: GPT-2 token counting, ROUGE and fact coverage, PII, fluency
//! and form, and the reward that combines them.
//!
//! Data flows one way: text -> kernels ([`tokens`], [`words`], [`coverage`], [`pii`], [`fluency`]) ->
//! [`grade`] -> [`batch`] columns -> the Python binding. A kernel is a pure function on text: it is total
//! (any `&str` gets an answer), linear in time, and does no I/O. Only configuration can fail, with one
//! [`Error`].

pub mod answer;
pub mod batch;
pub mod coverage;
mod distinct;
mod eight;
mod error;
pub mod fluency;
pub mod grade;
pub mod logs;
mod nearest;
pub mod pii;
pub mod reason;
mod regex;
pub mod reward;
pub mod rubric;
pub mod rules;
mod simd;
pub mod tokens;
pub mod words;

#[cfg(feature = "python")]
mod python;

pub use error::Error;
