//! One fact: its tokens, the distinct ones among them, and the words that its numbers stand beside.

use super::Facts;
use super::pieces::{Sort, number_key, number_word, pieces, quantity_at};
use crate::coverage::mood::Mood;
use crate::coverage::{fragments, opposites, prefixes, units};
use crate::words::keys::Keys;
use crate::words::map::{UNKNOWN, Word};
use crate::words::numbers;
use crate::words::polarity::Polarity;
use crate::words::stream::{Case, Stream, Token};
use std::collections::HashSet;
use std::ops::Range;

/// A number belongs to the content word at most this many tokens away.
pub(super) const NUMBER_REACH: usize = 2;

/// One token of a fact.
#[derive(Debug, Clone)]
pub(super) struct FactToken {
    pub(super) id: u32,
    pub(super) weight: u64,
    pub(super) kind: Kind,
    /// No ordinary English word.
    pub(super) unusual: bool,
    polarity: Polarity,
    /// Where it stands in the fact.
    pub(super) span: (u32, u32),
    /// Words of a number beyond the first.
    pub(super) words: usize,
    sort: Sort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Function,
    Content,
    Number,
    Name,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Fact {
    /// Weight in the mean; 0 for an empty or repeated fact.
    pub(super) weight: f64,
    pub(super) text: String,
    pub(super) tokens: Vec<FactToken>,
    /// Distinct ids.
    pub(super) units: Vec<Unit>,
    /// For each token, its place in `units`.
    pub(super) unit_of: Vec<u32>,
    pub(super) total: u64,
    pub(super) anchors: Vec<Anchor>,
    /// Amounts, shares and years, as places in `units`.
    pub(super) sorts: Vec<(u32, Sort)>,
    /// Numbers that no other fact has, as places in `units`.
    pub(super) numbers: Vec<u32>,
    /// Whether the fact holds a negator or is a question.
    pub(super) says_no: bool,
    /// Its verbs, as far as their form tells, as places in `units`; none where one of them is a `no` by itself (`rejected`).
    pub(super) verbs: Vec<u32>,
    /// Verbs in the past, which tell what did happen, as places in `units`.
    pub(super) told: Vec<u32>,
    /// Which of `told` another fact holds as well.
    pub(super) shared: Vec<u32>,
    pub(super) slots: Vec<Slot>,
}

/// A word of a fact in whose place others tell something else.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    /// The place of the token, then of its unit.
    pub(super) word: u32,
    /// Ids of words that tell the same.
    pub(super) same: Vec<u32>,
    /// Ids of words that tell something else, and that no fact holds; with their sides.
    pub(super) other: Vec<(u32, u8)>,
    /// Ids of words that tell something else only beside a number of this fact alone: another fact tells it, or it is an
    /// `up`.
    pub(super) lent: Vec<(u32, u8)>,
    /// Which of both other facts hold.
    held: Vec<(u32, u8)>,
}

impl Slot {
    /// Sets apart what other facts tell, by how many hold a word; what this one tells besides is nothing else.
    pub(super) fn lend(&mut self, own: &[FactToken], holders: impl Fn(u32) -> u64) {
        let both = self.other.iter().chain(&self.lent);
        self.held = both.filter(|(id, _)| holders(*id) > 0).copied().collect();
        if self.held.is_empty() {
            return;
        }
        let is_own = |id: u32| own.iter().any(|token| token.id == id);
        let is_told = |side: u8| self.held.iter().any(|(id, of)| *of == side && is_own(*id));
        self.other.retain(|(_, side)| !is_told(*side));
        self.lent.retain(|(_, side)| !is_told(*side));
        let is_held = |word: &(u32, u8)| self.held.contains(word);
        self.lent.extend(self.other.iter().filter(|word| is_held(word)));
        self.other.retain(|word| !is_held(word));
    }

    /// Words of other facts on a side: another of that side may stand for them.
    pub(super) fn held_on(&self, side: u8) -> impl Iterator<Item = u32> {
        self.held.iter().filter(move |(_, of)| *of == side).map(|(id, _)| *id)
    }
}

/// A number of a fact and the word it goes with, both as places in `units`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) number: u32,
    pub(super) word: u32,
    pub(super) side: Side,
}

/// On which side of the word the number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Before,
    After,
}

/// A distinct token of a fact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub(super) id: u32,
    pub(super) count: u32,
    pub(super) weight: u64,
    /// For a content word: whether the fact has it under a negation.
    pub(super) negated: Option<bool>,
}

/// Which facts there were; to be asked of each before it joins the others.
#[derive(Default)]
pub(super) struct Met {
    many: HashSet<Vec<(u32, Polarity)>>,
}

impl Met {
    /// So many are compared one by one.
    const FEW: usize = 16;

    /// Whether no other fact says the same in the same words.
    pub(super) fn is_new(&mut self, fact: &Fact, others: &[Fact]) -> bool {
        let said = |fact: &Fact| fact.tokens.iter().map(|t| (t.id, t.polarity)).collect::<Vec<_>>();
        if others.len() < Self::FEW {
            let same = |(a, b): (&FactToken, &FactToken)| a.id == b.id && a.polarity == b.polarity;
            let is_same = |other: &Fact| {
                other.tokens.len() == fact.tokens.len() && other.tokens.iter().zip(&fact.tokens).all(same)
            };
            return !others.iter().any(is_same);
        }
        if self.many.is_empty() {
            self.many.extend(others.iter().map(said));
        }
        self.many.insert(said(fact))
    }
}

impl Facts {
    /// Tokens of one fact, not yet weighed.
    pub(super) fn read(
        &mut self,
        text: &str,
        stream: &Stream,
        ignore: &[Range<usize>],
        keys: &mut Keys,
    ) -> Fact {
        let polarities = stream.polarities();
        let mut fact = Fact { text: text.to_owned(), ..Fact::default() };
        fact.tokens.reserve(stream.tokens.len());
        let mut says_no = false;
        let mut mood = Mood::of_fact();
        for piece in pieces(stream, stream.quantities()) {
            let Some(token) = stream.tokens.get(piece.first) else { continue };
            let span = piece.span(stream);
            if ignore.iter().any(|ignored| ignored.start < span.end && span.start < ignored.end) {
                continue;
            }
            let word = stream.word(token);
            let read = keys.of(word);
            let is_may = opposites::is_may(stream, piece.first);
            let key = if is_may { opposites::may() } else { read.key };
            let number = piece.number.or_else(|| number_word(word, &read));
            let ordinary = read.ordinary;
            let new = self.keys.len() as u32;
            let id = match number {
                Some(number) => {
                    let id = self.keys.get_or_insert(Word::new(&number_key(number.value)), new);
                    self.keys.get_or_insert(Word::new(&number_key(number.other)), id);
                    // A year is none of another.
                    if number.sort != Sort::Year {
                        self.numbers.push((number.value.approximate(), number.value, number.sort, id));
                    }
                    if let Some(quantity) = quantity_at(stream, piece.first) {
                        let unit = units::unit_of(stream, quantity);
                        self.measured.extend(unit.map(|(unit, _)| (number.value, unit, id)));
                        if let Some(share) = numbers::one_in(stream, quantity) {
                            self.keys.get_or_insert(Word::new(&number_key(share)), id);
                        }
                    }
                    id
                }
                None => {
                    let id = self.keys.get_or_insert(key, new);
                    if !is_may {
                        self.words.get_or_insert(word, id);
                    }
                    id
                }
            };
            self.has_numbers |= number.is_some();
            let polarity = polarities.get(piece.first).copied().unwrap_or_default();
            let may_have_slots = !token.function || is_may || opposites::needs_number(word.bytes());
            if number.is_none() && may_have_slots && polarity == Polarity::Plain {
                self.add_slots(&mut fact, key);
            }
            let is_open = mood.leaves_open(stream, piece.first);
            if fragments::is_verb_at(stream, piece.first) {
                if !is_open && fragments::is_past(stream.text(token)) {
                    fact.told.push(fact.tokens.len() as u32);
                }
                fact.verbs.push(fact.tokens.len() as u32);
                says_no |= opposites::is_no(read.key);
            }
            fact.tokens.push(FactToken {
                id,
                weight: 0,
                kind: match number {
                    Some(_) => Kind::Number,
                    None if is_may => Kind::Name,
                    None => kind(token, piece.first),
                },
                unusual: !ordinary,
                polarity,
                span: (span.start as u32, span.end as u32),
                words: piece.last - piece.first,
                sort: number.map_or(Sort::Plain, |number| number.sort),
            });
            if number.is_none() && !token.function && token.case == Case::Lower && polarity == Polarity::Plain
            {
                self.add_turned_round(&mut fact, word, ordinary, keys);
            }
        }
        if says_no {
            fact.verbs.clear();
        }
        fact
    }

    /// Notes the words that a prefix makes of the fact's last one.
    fn add_turned_round(&mut self, fact: &mut Fact, word: Word<'_>, is_known: bool, keys: &mut Keys) {
        let mut other = Vec::new();
        prefixes::turned_round(word.bytes(), is_known, |turned, is_sure| {
            let read = keys.of(Word::new(turned));
            if is_sure || read.ordinary {
                let new = self.keys.len() as u32;
                other.push((self.keys.get_or_insert(read.key, new), 0));
            }
        });
        if !other.is_empty() {
            let word = fact.tokens.len() as u32 - 1;
            fact.slots.push(Slot { word, other, ..Slot::default() });
        }
    }

    /// Notes the words that exclude the fact's next one, and those that do not.
    fn add_slots(&mut self, fact: &mut Fact, key: Word<'_>) {
        let mut line = None;
        for beside in opposites::in_place(key) {
            if line != Some(beside.line) {
                line = Some(beside.line);
                fact.slots.push(Slot { word: fact.tokens.len() as u32, ..Slot::default() });
            }
            let new = self.keys.len() as u32;
            let id = self.keys.get_or_insert(beside.key, new);
            if let Some(slot) = fact.slots.last_mut() {
                match beside.same {
                    true => slot.same.push(id),
                    false if opposites::needs_number(key.bytes()) || beside.needs_number() => {
                        slot.lent.push((id, beside.side));
                    }
                    false => slot.other.push((id, beside.side)),
                }
            }
        }
    }
}

/// Whether words say that something is not so, or ask. Two negators that cancel (`did not fail to`) do not.
pub(super) fn says_no(polarities: impl Iterator<Item = Polarity>) -> bool {
    let (mut negators, mut negated) = (0, false);
    for polarity in polarities {
        negators += usize::from(polarity == Polarity::Negator);
        negated |= matches!(polarity, Polarity::Negated | Polarity::Asked);
    }
    negated || negators == 1
}

/// What a word of a fact is; the first one is a name only in capitals.
fn kind(token: &Token, place: usize) -> Kind {
    if token.case != Case::Upper && token.function {
        Kind::Function
    } else if token.case == Case::Upper || (token.case == Case::Title && place > 0) {
        Kind::Name
    } else {
        Kind::Content
    }
}

impl Fact {
    /// Gathers the distinct tokens. `unit_of` has room for every id and comes back as it was.
    pub(super) fn index(&mut self, unit_of: &mut [u32]) {
        self.units.reserve_exact(self.tokens.len());
        self.unit_of.reserve_exact(self.tokens.len());
        for token in &self.tokens {
            let Some(unit) = unit_of.get_mut(token.id as usize) else { continue };
            if *unit == UNKNOWN {
                *unit = self.units.len() as u32;
                let negated = (token.kind != Kind::Function).then_some(false);
                self.units.push(Unit { id: token.id, count: 0, weight: token.weight, negated });
            }
            self.unit_of.push(*unit);
            if let Some(unit) = self.units.get_mut(*unit as usize) {
                unit.count += 1;
                unit.weight = unit.weight.max(token.weight);
                if token.polarity == Polarity::Negated {
                    unit.negated = unit.negated.map(|_| true);
                }
            }
        }
        for unit in &self.units {
            if let Some(slot) = unit_of.get_mut(unit.id as usize) {
                *slot = UNKNOWN;
            }
        }
        self.find_anchors();
        let numbers = self.tokens.iter().zip(&self.unit_of).filter(|(t, _)| t.sort != Sort::Plain);
        self.sorts = numbers.map(|(t, unit)| (*unit, t.sort)).collect();
        self.says_no = says_no(self.tokens.iter().map(|token| token.polarity));
        let unit = |place: &mut u32| *place = self.unit_of.get(*place as usize).copied().unwrap_or(UNKNOWN);
        self.verbs.iter_mut().chain(&mut self.told).for_each(unit);
        self.slots.iter_mut().for_each(|slot| unit(&mut slot.word));
        self.total = self.units.iter().map(|unit| unit.weight * u64::from(unit.count)).sum();
    }

    /// Notes which verbs another fact holds as well, and which numbers this one alone.
    pub(super) fn note_shared(&mut self, is_shared: impl Fn(u32) -> bool) {
        let unit = |unit: &u32| self.units.get(*unit as usize);
        self.shared =
            self.told.iter().filter(|told| unit(told).is_some_and(|u| is_shared(u.id))).copied().collect();
        let numbers = self.tokens.iter().zip(&self.unit_of).filter(|(t, _)| t.kind == Kind::Number);
        self.numbers = numbers.filter(|(t, _)| !is_shared(t.id)).map(|(_, unit)| *unit).collect();
    }

    /// For each number of the fact the content words that it stands beside: the next one and the one before.
    fn find_anchors(&mut self) {
        let is_content =
            |i: &usize| self.tokens.get(*i).is_some_and(|t| !matches!(t.kind, Kind::Function | Kind::Number));
        let unit_of = |i: usize| self.unit_of.get(i).copied();
        let anchor = |number: usize, word: Option<usize>, side: Side| {
            Some(Anchor { number: unit_of(number)?, word: unit_of(word?)?, side })
        };
        let numbers = self.tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Number);
        self.anchors = numbers
            .flat_map(|(i, _)| {
                let next = (i + 1..=i + NUMBER_REACH).find(is_content);
                let last = (i.saturating_sub(NUMBER_REACH)..i).rev().find(is_content);
                [anchor(i, next, Side::Before), anchor(i, last, Side::After)]
            })
            .flatten()
            .collect();
    }
}
