//! What the tokens of a text are, a bit each: what is rare is found without asking every token.

use super::classes::{FUNCTION, KNOWN};
use super::lexemes::{DETERMINER, JOINS, RULING, VERBAL};
use super::scan::{CAPITAL, DIGIT, INITIAL, LONG, STOP, Token, WORD};
use crate::simd::{Kernel, Level, Set, bits};
use std::ops::Range;

/// Tokens of a row.
pub(super) const ROW: usize = 64;

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
    /// What begins a sentence, determiners that begin a clause, and [`RULING`] words.
    pub(super) ruling: u64,
    /// [`VERBAL`] words, but not "May" and "Will" inside of a sentence.
    pub(super) verbal: u64,
}

/// All tokens of a text.
pub(super) struct Rows(Vec<Row>);

impl Rows {
    /// `kinds`: what each token may be, by [`lexemes::of`](super::lexemes::of).
    pub(super) fn of(tokens: &[Token], kinds: &[u64]) -> Self {
        Set::default().run(Look { tokens, kinds })
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
            .flat_map(move |(number, row)| bits(kind(row)).map(move |place| ROW * number + place))
    }

    /// How many of some tokens are of a kind.
    pub(super) fn count_within(&self, range: Range<usize>, kind: fn(&Row) -> u64) -> usize {
        let rows = self.0.iter().enumerate().take(range.end.div_ceil(ROW)).skip(range.start / ROW);
        let counts = rows.map(|(number, row)| {
            let from = range.start.saturating_sub(ROW * number);
            let until = (range.end - ROW * number).min(ROW);
            let kept = (u64::MAX << from) & (u64::MAX >> (ROW - until));
            (kind(row) & kept).count_ones() as usize
        });
        counts.sum()
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
                    let start = ROW * number + passed as usize;
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
    /// `before`: whether the token before these joins clauses.
    fn of<L: Level>(level: L, tokens: &[Token], kinds: &[u64], before: bool) -> (Self, bool) {
        let mut flags = [0; ROW];
        flags.iter_mut().zip(tokens).for_each(|(flags, token)| *flags = token.flags);
        const FRAME: u16 = WORD | FUNCTION as u16;
        const PLAIN: u16 = WORD | KNOWN as u16;
        let word = level.equal(&flags, WORD, WORD);
        let plain = level.equal(&flags, PLAIN | CAPITAL | INITIAL | DIGIT | LONG, PLAIN);
        // What is asked for stands in their upper bits.
        let mut parts = [0; ROW];
        parts.iter_mut().zip(kinds).for_each(|(part, kind)| *part = (kind >> 48) as u16);
        let may_be = |kind: u64| level.equal(&parts, (kind >> 48) as u16, (kind >> 48) as u16);
        let joins = may_be(JOINS);
        let initial = level.equal(&flags, INITIAL, INITIAL);
        let begins = initial | joins << 1 | u64::from(before);
        let capital = level.equal(&flags, CAPITAL, CAPITAL);
        let row = Self {
            word,
            mark: !word & (u64::MAX >> (ROW - tokens.len())),
            function: level.equal(&flags, FRAME, FRAME),
            odd: word & !plain,
            stop: level.equal(&flags, STOP, STOP),
            ruling: initial | may_be(RULING) | may_be(DETERMINER) & begins,
            verbal: word & may_be(VERBAL) & (initial | !capital),
        };
        (row, joins >> (ROW - 1) != 0)
    }
}

/// Looks at all tokens.
struct Look<'a> {
    tokens: &'a [Token],
    kinds: &'a [u64],
}

impl Kernel for Look<'_> {
    type Output = Rows;

    #[inline(always)]
    fn run<L: Level>(self, level: L) -> Rows {
        let mut before = false;
        let rows = self.tokens.chunks(ROW).zip(self.kinds.chunks(ROW)).map(|(tokens, kinds)| {
            let row;
            (row, before) = Row::of(level, tokens, kinds, before);
            row
        });
        Rows(rows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexemes;
    use super::super::scan::scan;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_say_of_each_token_what_it_is(text in "((the|of|a|An|Rome|12|will|be|[a-z]{25}|,|[.]|said|council|that|has|\\PC) ?){0,200}", ends: [prop::sample::Index; 2]) {
            let tokens = scan(&text);
            let kinds = lexemes::of(&tokens);
            let rows = Rows::of(&tokens, &kinds);
            let places = |is: fn(&Token) -> bool| {
                tokens.iter().enumerate().filter(|(_, token)| is(token)).map(|(place, _)| place).collect::<Vec<_>>()
            };
            let words = places(|token| token.is(WORD));
            prop_assert_eq!(rows.count(|row| row.word), words.len());
            prop_assert_eq!(rows.places(|row| row.word).collect::<Vec<_>>(), words);
            prop_assert_eq!(rows.places(|row| row.mark).collect::<Vec<_>>(), places(|token| !token.is(WORD)));
            prop_assert_eq!(rows.places(|row| row.stop).collect::<Vec<_>>(), places(|token| token.is(STOP)));
            prop_assert_eq!(rows.places(|row| row.function).collect::<Vec<_>>(), places(|token| token.is(WORD) && token.is(FUNCTION.into())));
            let kind = |place: usize, wanted| kinds[place] & wanted != 0;
            let is_ruling = |place: &usize| {
                let begins = tokens[*place].is(INITIAL) || *place > 0 && kind(*place - 1, JOINS);
                tokens[*place].is(INITIAL) || kind(*place, RULING) || kind(*place, DETERMINER) && begins
            };
            prop_assert_eq!(rows.places(|row| row.ruling).collect::<Vec<_>>(), (0..tokens.len()).filter(is_ruling).collect::<Vec<_>>());
            let is_verbal = |place: &usize| {
                let token = tokens[*place];
                token.is(WORD) && kind(*place, VERBAL) && (token.is(INITIAL) || !token.is(CAPITAL))
            };
            prop_assert_eq!(rows.places(|row| row.verbal).collect::<Vec<_>>(), (0..tokens.len()).filter(is_verbal).collect::<Vec<_>>());
            let [from, until] = ends.map(|end: prop::sample::Index| end.index(tokens.len() + 1));
            let range = from.min(until)..from.max(until);
            prop_assert_eq!(rows.count_within(range.clone(), |row| row.mark), tokens[range].iter().filter(|token| !token.is(WORD)).count());
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
