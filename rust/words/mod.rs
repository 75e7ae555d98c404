//! The word streams that coverage and fluency share.
//!
//! - [`alnum`]: ROUGE's words, exactly google's: lower-cased runs of `[a-z0-9]`.
//! - [`porter`]: the Porter stemmer, exactly NLTK's default mode; [`stems`]: a cache of what it gave.
//! - [`map`]: words to small integer ids, so that everything after the first pass compares integers.
//! - [`stream`]: normalised tokens (numbers, words, letter runs) with their place in the text, on top of
//!   [`fold`] (case and diacritics) and `abbreviations`; [`key`]: what a token stands for; [`keys`]: a cache of that.
//! - [`polarity`]: which words stand under a negation.
//! - [`saying`]: verbs of saying.
//! - [`spaced`]: words between white space, exactly Python's `str.split`.
//! - [`numbers`], [`function`], [`ordinary`], [`irregular`]: what is known of English: values of number words,
//!   function words, ordinary words, irregular forms; [`known`]: the words that several rules ask for, in one table.
//!
//! Everything here is total and linear in the length of the text.

mod abbreviations;
pub mod alnum;
pub(crate) mod beginnings;
mod denial;
pub mod fold;
pub mod function;
pub mod irregular;
pub mod key;
pub mod keys;
pub(crate) mod known;
pub mod map;
pub mod numbers;
pub mod ordinary;
pub mod polarity;
pub mod porter;
pub(crate) mod saying;
pub mod spaced;
pub mod stems;
pub mod stream;
