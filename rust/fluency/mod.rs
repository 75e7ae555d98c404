//! Fluency, form and validity: deterministic rules, repetition measures and the order of word classes.
//!
//! [`form`] asks whether there is anything but one paragraph, [`fluency`] how its sentences read, [`validity`] whether
//! there is an answer at all. All three are total, and linear in the text.

mod classes;
mod form;
mod grammar;
mod language;
mod parts;
mod phrase;
mod repetition;
mod scan;
mod score;
mod surface;
mod validity;

#[cfg(test)]
mod tests;

pub use form::{Form, Violation, ViolationKind, form};
pub use score::{Fluency, fluency};
pub use validity::{Invalid, validity};
