//! A summary's words and numbers, as the facts know them.

use super::Facts;
use super::pieces::{Number, OTHER_NUMBER, Sort, number_key, number_word, pieces, quantity_at};
use crate::coverage::mood::Mood;
use crate::coverage::weaving::{self, Told};
use crate::coverage::{opposites, prose, units};
use crate::words::keys::Keys;
use crate::words::map::{UNKNOWN, Word};
use crate::words::numbers::{self, Value};
use crate::words::polarity::{self, Polarity};
use crate::words::stream::{Break, Stream};
use std::borrow::Cow;
use std::ops::Range;

/// A summary's words and numbers as ids of the facts.
#[derive(Default)]
pub(super) struct Summary {
    /// [`UNKNOWN`] for a word that no fact holds, for a number [`Sort::other`].
    pub(super) ids: Vec<u32>,
    /// Those that a fact holds, and their places.
    pub(super) held: Vec<(u32, u32)>,
    /// The clauses that those stand in.
    clauses: Vec<u32>,
    /// Byte spans of all.
    pub(super) spans: Vec<(u32, u32)>,
    pub(super) polarities: Vec<Polarity>,
    /// Places of words that a fact holds and that are left open.
    pub(super) open: Vec<u32>,
    /// Places of names that neither source nor facts know.
    pub(super) invented: Vec<u32>,
    pub(super) guard: f64,
}

/// The group of `and` and `but` ([`crate::words::function`]).
const AND: u8 = 12;

impl Facts {
    /// Reads a summary; `invented` are the byte spans of names in it that nothing supports.
    pub(super) fn read_summary(
        &self,
        stream: &Stream,
        invented: &[Range<usize>],
        keys: &mut Keys,
    ) -> Summary {
        for token in &stream.tokens {
            let word = stream.word(token);
            self.words.ask(word);
            keys.ask(word);
        }
        let polarities: Cow<'_, [Polarity]> = match (self.settings.polarity, self.takes_back) {
            (false, _) => Cow::default(),
            (true, false) => Cow::Borrowed(stream.polarities()),
            (true, true) => Cow::Owned(polarity::mark_within_sentences(stream)),
        };
        // Where no fact has a number there is none to compare.
        let quantities = if self.has_numbers { stream.quantities() } else { &[] };
        let mut summary = Summary { guard: prose::guard(stream), ..Summary::default() };
        summary.ids.reserve(stream.tokens.len());
        summary.held.reserve(stream.tokens.len());
        summary.spans.reserve(stream.tokens.len());
        summary.polarities.reserve(polarities.len());
        let mut mood = Mood::default();
        summary.clauses.reserve(stream.tokens.len());
        let mut clause = 0;
        for piece in pieces(stream, quantities) {
            let Some(token) = stream.tokens.get(piece.first) else { continue };
            let id = match piece.number {
                Some(number) => self
                    .number_id(&number)
                    .or_else(|| self.equal_id(stream, piece.first, number.sort))
                    .unwrap_or(number.sort.other()),
                None if opposites::is_may(stream, piece.first) => self.keys.get(opposites::may()),
                None => self.word_id(stream.word(token), keys),
            };
            clause += u32::from(token.before >= Break::Clause || token.group == AND && token.function);
            let is_open = mood.leaves_open(stream, piece.first);
            if id < OTHER_NUMBER {
                if is_open {
                    summary.open.push(summary.ids.len() as u32);
                }
                summary.held.push((id, summary.ids.len() as u32));
                summary.clauses.push(clause);
            }
            summary.ids.push(id);
            let span = piece.span(stream);
            summary.spans.push((span.start as u32, span.end as u32));
            if let Some(polarity) = polarities.get(piece.first) {
                summary.polarities.push(*polarity);
            }
        }
        let place = |name: &Range<usize>| {
            summary.spans.binary_search_by_key(&(name.start as u32), |(start, _)| *start).ok()
        };
        summary.invented = invented.iter().filter_map(place).map(|at| at as u32).collect();
        // A word that is said again tells nothing new.
        let mut owners = self.owners.clone();
        let told = |(&(id, _), &clause): (&(u32, u32), &u32)| {
            let owner = owners.get_mut(id as usize)?;
            let (fact, place) = std::mem::replace(owner, (UNKNOWN, 0));
            (fact != UNKNOWN).then_some(Told { fact, place, clause })
        };
        let mut words: Vec<Told> = Vec::with_capacity(summary.held.len());
        words.extend(summary.held.iter().zip(&summary.clauses).filter_map(told));
        summary.guard *= weaving::factor(words.iter().map(|word| word.fact), summary.ids.len())
            * weaving::exchange_factor(&words, &self.owned);
        summary
    }

    fn word_id(&self, word: Word<'_>, keys: &mut Keys) -> u32 {
        match self.words.get(word) {
            UNKNOWN => {
                let read = keys.of(word);
                number_word(word, &read)
                    .map_or_else(|| Some(self.keys.get(read.key)), |number| self.number_id(&number))
                    .unwrap_or(Sort::Plain.other())
            }
            id => id,
        }
    }

    fn number_id(&self, number: &Number) -> Option<u32> {
        let get = |value: Value| match self.keys.get(Word::new(&number_key(value))) {
            UNKNOWN => None,
            id => Some(id),
        };
        let other = || if number.other == number.value { None } else { get(number.other) };
        get(number.value).or_else(other)
    }

    /// The id of a number of the facts that the one at `first` is in other words: in another unit, as a share, rounded.
    fn equal_id(&self, stream: &Stream, first: usize, sort: Sort) -> Option<u32> {
        let quantity = quantity_at(stream, first)?;
        let of_unit = |unit| self.measured.iter().find(|(value, of, _)| (*value, *of) == unit);
        let in_other_units = |(unit, _)| units::converted(quantity.value, unit).find_map(of_unit);
        if let Some((.., id)) = units::unit_of(stream, quantity).and_then(in_other_units) {
            return Some(*id);
        }
        let of_share = |share: Value| self.keys.get(Word::new(&number_key(share)));
        if let Some(id) = numbers::one_in(stream, quantity).map(of_share).filter(|id| *id != UNKNOWN) {
            return Some(id);
        }
        let (least, most) = numbers::stands_for(stream, quantity)?;
        let from = self.numbers.partition_point(|(value, ..)| *value < least);
        let near = self.numbers.iter().skip(from).take_while(|(value, ..)| *value <= most);
        let of_sort = |of: Sort| of == sort || !of.is_marked() || !sort.is_marked();
        let is_rounded = |of: Value| quantity.value.is_rounder_than(of);
        near.into_iter().find(|(_, value, of, _)| of_sort(*of) && is_rounded(*value)).map(|(.., id)| *id)
    }
}

impl Summary {
    /// The clause of a word that a fact holds.
    pub(super) fn clause(&self, at: u32) -> Option<u32> {
        let held = self.held.binary_search_by_key(&at, |(_, at)| *at).ok()?;
        self.clauses.get(held).copied()
    }

    /// Whether a number that no fact holds stands in `range`.
    pub(super) fn has_other_number(&self, range: Range<usize>) -> bool {
        self.ids.iter().take(range.end).skip(range.start).any(|id| (OTHER_NUMBER..UNKNOWN).contains(id))
    }
}
