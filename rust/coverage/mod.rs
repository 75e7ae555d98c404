//! Coverage: ROUGE, facts, salience, copying, support.

mod contradiction;
pub mod copying;
pub mod facts;
mod fragments;
mod imperative;
mod lcs;
mod marks;
mod mood;
mod ngrams;
mod opposites;
mod order;
mod prefixes;
mod prose;
pub mod rouge;
pub mod salience;
mod split;
pub mod support;
mod units;
mod weaving;
