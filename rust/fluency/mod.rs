//! Fluency, form and validity: deterministic rules, repetition measures and the order of word classes.
//!
//! [`form`] asks whether there is anything but one paragraph, [`fluency`] how its sentences read, [`validity`] whether
//! there is an answer at all. All three are total, and linear in the text.

mod agreement;
mod bytes;
mod class_sets;
mod classes;
mod clauses;
mod combine;
mod cut;
mod detector;
mod form;
mod grammar;
mod language;
mod lexemes;
mod ngrams;
mod parts;
mod phrase;
mod plain;
mod reading;
mod repetition;
mod rows;
mod scan;
mod score;
mod sequence;
mod spelling;
mod surface;
mod symbols;
mod tags;
mod validity;
mod verbs;

#[cfg(test)]
mod tests;

#[cfg(feature = "training")]
#[path = "../../training/fluency/mod.rs"]
pub mod training;

pub(crate) use plain::{Plain, plain};

pub use form::{Form, Violation, ViolationKind, form};
pub use score::{Fluency, PARTS, fluency, fluency_score};
pub use validity::{Invalid, validity};
