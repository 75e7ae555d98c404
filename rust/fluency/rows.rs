//! What the tokens of a text are, a bit each: what is rare is found without asking every token.

use super::classes::{FUNCTION, KNOWN};
use super::scan::{CAPITAL, DIGIT, INITIAL, LONG, STOP, Token, WORD};
use crate::simd::{Kernel, Level, Set, bits};
use std::ops::Range;

/// What 64 tokens are; bit `i` speaks of token `i` of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Row {
    pub(super) word: u64,
    /// Marks of punctuation.
    pub(super) mark: u64,
    /// Function words.
    pub(super) function: u64,
    /// Words but for known ones in small letters inside of a sentence that are not [`LONG`].
    pub(super) odd: u64,
    /// What ends a sentence.
    pub(super) stop: u64,
}

/// All tokens of a text.
pub(super) struct Rows(Vec<Row>);

impl Rows {
    pub(super) fn of(tokens: &[Token]) -> Self {
        Set::default().run(Look(tokens))
    }

    /// How many tokens are of a kind.
    pub(super) fn count(&self, kind: fn(&Row) -> u64) -> usize {
        self.0.iter().map(|row| kind(row).count_ones() as usize).sum()
    }

    /// The places of the tokens that are of a kind, in order.
    pub(super) fn places(&self, kind: fn(&Row) -> u64) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .flat_map(move |(number, row)| bits(kind(row)).map(move |place| 64 * number + place))
    }

    /// The places of the most tokens of a kind in a row; the first where there are several.
    pub(super) fn longest(&self, kind: fn(&Row) -> u64) -> Range<usize> {
        let (mut longest, mut open) = (0..0, 0..0);
        let mut close = |run: &Range<usize>| {
            if run.len() > longest.len() {
                longest = run.clone();
            }
        };
        for (number, row) in self.0.iter().enumerate() {
            let (mut left, mut passed) = (kind(row), 0);
            loop {
                // A run that reaches the end of the last row goes on at the beginning of this one.
                let run = left.trailing_ones();
                if run > 0 {
                    let start = 64 * number + passed as usize;
                    let first = if open.end == start && !open.is_empty() { open.start } else { start };
                    open = first..start + run as usize;
                    close(&open);
                }
                left = left.checked_shr(run).unwrap_or(0);
                if left == 0 {
                    break;
                }
                let gap = left.trailing_zeros();
                left >>= gap;
                passed += run + gap;
            }
        }
        longest
    }
}

impl Row {
    fn of<L: Level>(level: L, tokens: &[Token]) -> Self {
        let mut flags = [0; 64];
        flags.iter_mut().zip(tokens).for_each(|(flags, token)| *flags = token.flags);
        const FRAME: u16 = WORD | FUNCTION as u16;
        const PLAIN: u16 = WORD | KNOWN as u16;
        let word = level.equal(&flags, WORD, WORD);
        let plain = level.equal(&flags, PLAIN | CAPITAL | INITIAL | DIGIT | LONG, PLAIN);
        Self {
            word,
            mark: !word & (u64::MAX >> (64 - tokens.len())),
            function: level.equal(&flags, FRAME, FRAME),
            odd: word & !plain,
            stop: level.equal(&flags, STOP, STOP),
        }
    }
}

/// Looks at all tokens.
struct Look<'a>(&'a [Token]);

impl Kernel for Look<'_> {
    type Output = Rows;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Rows {
        Rows(self.0.chunks(64).map(|tokens| Row::of(level, tokens)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_say_of_each_token_what_it_is(text in "((the|of|a|An|Rome|12|will|be|[a-z]{25}|,|[.]|said|council|\\PC) ?){0,200}") {
            let tokens = scan(&text);
            let rows = Rows::of(&tokens);
            let places = |is: fn(&Token) -> bool| {
                tokens.iter().enumerate().filter(|(_, token)| is(token)).map(|(place, _)| place).collect::<Vec<_>>()
            };
            let words = places(|token| token.is(WORD));
            prop_assert_eq!(rows.count(|row| row.word), words.len());
            prop_assert_eq!(rows.places(|row| row.word).collect::<Vec<_>>(), words);
            prop_assert_eq!(rows.places(|row| row.mark).collect::<Vec<_>>(), places(|token| !token.is(WORD)));
            prop_assert_eq!(rows.places(|row| row.stop).collect::<Vec<_>>(), places(|token| token.is(STOP)));
            prop_assert_eq!(rows.places(|row| row.function).collect::<Vec<_>>(), places(|token| token.is(WORD) && token.is(FUNCTION.into())));
            let mut longest = 0..0;
            for run in tokens.chunk_by(|a, b| a.is(WORD) == b.is(WORD)) {
                let start = run.as_ptr_range().start as usize - tokens.as_ptr() as usize;
                let start = start / size_of::<Token>();
                if run[0].is(WORD) && run.len() > longest.len() {
                    longest = start..start + run.len();
                }
            }
            prop_assert_eq!(rows.longest(|row| row.word), longest);
        }
    }
}
