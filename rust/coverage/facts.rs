//! Fact coverage (F*): how much of each fact a summary carries, and where.
//!
//! A fact's tokens (see [`crate::words::stream`]; numbers by their value, the rest Porter-stemmed) weigh 1, function
//! words a quarter, divided by the number of facts that hold the token: what tells facts apart counts. Three
//! recalls are averaged: of the bag of tokens, of the bag in the best window of the summary, and of the weighted
//! longest common subsequence. A fact that the summary negates, or gives another number for, scores 0. The list's mean
//! is lowered by a guard against what is no prose, and what weaves facts into each other.
//!
//! An empty fact scores 0 and a fact that repeats an earlier one scores as that does; neither counts in the mean.
//!
//! Facts are prepared once. Scoring is linear in the summary for a given list.

pub use super::split::split_sentences;

use super::{prose, weaving};
use crate::Error;
use crate::words::keys::{Keys, Reading};
use crate::words::map::{UNKNOWN, Word, WordMap};
use crate::words::numbers::{Quantity, Value};
use crate::words::polarity::Polarity;
use crate::words::stream::{Break, Case, Stream, Token};
use std::collections::HashSet;
use std::ops::Range;

/// How facts are scored; the same for every fact list of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// A fact counts as present at this score.
    pub present: f64,
    /// A fact that is carried negated does not count.
    pub polarity: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { present: 0.45, polarity: true }
    }
}

/// A function word weighs a quarter of an ordinary content word, an unusual word or a number twice as much.
const FUNCTION: u64 = 1;
const CONTENT: u64 = 4;
const UNUSUAL: u64 = 8;
/// What a fact loses where all its numbers, and where all its names, are missing.
const MISSING_NUMBERS: f64 = 0.15;
const MISSING_NAMES: f64 = 0.05;
/// Weights are whole multiples of 1 / `SCALE`, so that sums do not depend on their order.
const SCALE: u64 = 1 << 24;
/// The window is twice the fact's length and a little, and never narrower than 28 tokens.
const WINDOW_MIN: usize = 14;
const WINDOW_MORE: usize = 4;
/// The common subsequence looks at this many tokens of either side: far more than a fact or a summary has, and
/// a bound on its time.
const LCS_TOKENS: usize = 4096;
/// A fact that scores less than this is not carried, negated or not.
const CARRIED: f64 = 0.4;
/// A number belongs to the content word at most this many tokens away.
const NUMBER_REACH: usize = 2;
/// An amount, share or year this many tokens around the passage that carries a fact belongs to it.
const SORT_REACH: usize = 4;
/// A negator this many tokens before the passage that carries a fact belongs to it.
const BEFORE_SPAN: usize = 3;

/// A list of facts, prepared once for many summaries.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    settings: Settings,
    facts: Vec<Fact>,
    /// Words of the facts as normalised, to the id of what they stand for.
    words: WordMap,
    /// What the words stand for (a stem or a number), to ids.
    keys: WordMap,
    /// Sum of the facts' weights.
    weight: f64,
    /// Whether any fact holds a number.
    has_numbers: bool,
    /// For each id that no function word has the one fact that holds it, or [`UNKNOWN`].
    owners: Vec<u32>,
}

/// One token of a fact.
#[derive(Debug, Clone)]
struct FactToken {
    id: u32,
    weight: u64,
    kind: Kind,
    /// No ordinary English word.
    unusual: bool,
    polarity: Polarity,
    /// Where it stands in the fact.
    span: (u32, u32),
    /// Words of a number beyond the first.
    words: usize,
    sort: Sort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Content,
    Number,
    Name,
}

#[derive(Debug, Clone, Default)]
struct Fact {
    /// Weight in the mean; 0 for an empty or repeated fact.
    weight: f64,
    text: String,
    tokens: Vec<FactToken>,
    /// Distinct ids.
    units: Vec<Unit>,
    /// For each token, its place in `units`.
    unit_of: Vec<u32>,
    total: u64,
    anchors: Vec<Anchor>,
    /// Amounts, shares and years, as places in `units`.
    sorts: Vec<(u32, Sort)>,
    /// Whether the fact holds a negator.
    says_no: bool,
}

/// A number of a fact and the word it goes with, both as places in `units`.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    number: u32,
    word: u32,
    side: Side,
}

/// On which side of the word the number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Before,
    After,
}

/// A distinct token of a fact.
#[derive(Debug, Clone, Copy)]
struct Unit {
    id: u32,
    count: u32,
    weight: u64,
    /// For a content word: whether the fact has it under a negation.
    negated: Option<bool>,
}

/// Which facts there were; to be asked of each before it joins the others.
#[derive(Default)]
struct Met {
    many: HashSet<Vec<(u32, Polarity)>>,
}

impl Met {
    /// So many are compared one by one.
    const FEW: usize = 16;

    /// Whether no other fact says the same in the same words.
    fn is_new(&mut self, fact: &Fact, others: &[Fact]) -> bool {
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

/// What a summary carries of one fact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FactScore {
    /// In [0, 1].
    pub score: f64,
    /// Whether the score reaches the threshold (and the fact is not carried negated).
    pub present: bool,
    /// The fact is carried, but negated (or the reverse).
    pub negated: bool,
    /// Content words of the fact that the summary lacks, as written in the fact.
    pub missing: Vec<String>,
    /// Numbers of the fact that the summary lacks.
    pub missing_numbers: Vec<String>,
    /// Names of the fact that the summary lacks.
    pub missing_names: Vec<String>,
    /// Byte span of the summary that carries the fact best.
    pub span: Option<Range<usize>>,
}

/// What a summary carries of a list of facts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FactCoverage {
    /// Weighted mean of the facts' scores times `guard`; in [0, 1].
    pub mean: f64,
    /// What the guard against keyword lists left: 1 for prose.
    pub guard: f64,
    /// One entry a fact, in the order given.
    pub per_fact: Vec<FactScore>,
}

/// A summary's words and numbers as ids of the facts.
#[derive(Default)]
struct Summary {
    /// [`UNKNOWN`] for a word that no fact holds, for a number [`Sort::other`].
    ids: Vec<u32>,
    /// Those that a fact holds, and their places.
    held: Vec<(u32, u32)>,
    /// Byte spans of all.
    spans: Vec<(u32, u32)>,
    polarities: Vec<Polarity>,
    guard: f64,
}

/// What a number counts, as far as its form tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Plain,
    Money,
    Percent,
    Year,
}

/// The sorts that tell numbers apart.
const SORTS: [Sort; 3] = [Sort::Money, Sort::Percent, Sort::Year];

impl Sort {
    /// The id of a number of this sort that no fact holds.
    fn other(self) -> u32 {
        UNKNOWN - 1 - self as u32
    }
}

/// Where the ids of [`Sort::other`] begin: no list of facts has as many words.
const OTHER_NUMBER: u32 = UNKNOWN - 4;

/// A word or number of the summary that a fact holds.
#[derive(Debug, Clone, Copy)]
struct Match {
    /// Place among the summary's words and numbers.
    at: u32,
    /// Place among the fact's units.
    unit: u32,
}

/// Buffers that every fact of one summary uses anew.
#[derive(Default)]
struct Scratch {
    /// For each id, its unit in the fact at hand, or [`UNKNOWN`].
    unit_of: Vec<u32>,
    matches: Vec<Match>,
    counts: Vec<u32>,
    row: Vec<u64>,
}

/// What the recalls found.
struct Carried {
    score: f64,
    /// Matches that carry the fact best, as a range of `Scratch::matches`.
    best: Range<usize>,
    negated: bool,
}

impl Facts {
    /// Prepares facts. `weights`: one positive number a fact, or none for equal weights. `ignore`: for each
    /// fact, byte spans that carry no weight (PII inside a fact); empty for none.
    pub fn new(
        facts: &[&str],
        weights: Option<&[f64]>,
        ignore: &[Vec<Range<usize>>],
        settings: Settings,
    ) -> Result<Self, Error> {
        Self::with(facts, weights, ignore, settings, &mut Keys::forgetful())
    }

    /// As [`Facts::new`], with the words that were met before.
    pub fn with(
        facts: &[&str],
        weights: Option<&[f64]>,
        ignore: &[Vec<Range<usize>>],
        settings: Settings,
        keys: &mut Keys,
    ) -> Result<Self, Error> {
        let streams: Vec<Stream> = facts.iter().map(|fact| Stream::new(fact)).collect();
        Self::of_streams(facts, &streams, weights, ignore, settings, keys)
    }

    /// As [`Facts::with`], of facts that are tokenised already.
    pub fn of_streams(
        facts: &[&str],
        streams: &[Stream],
        weights: Option<&[f64]>,
        ignore: &[Vec<Range<usize>>],
        settings: Settings,
        keys: &mut Keys,
    ) -> Result<Self, Error> {
        if let Some(weights) = weights {
            check_weights(weights, facts.len())?;
        }
        let words = streams.iter().map(|stream| stream.tokens.len()).sum();
        let mut prepared = Self {
            settings,
            words: WordMap::with_capacity(words),
            keys: WordMap::with_capacity(words),
            ..Self::default()
        };
        let mut met = Met::default();
        for (i, (text, stream)) in facts.iter().zip(streams).enumerate() {
            let mut fact = prepared.read(text, stream, ignore.get(i).map_or(&[], Vec::as_slice), keys);
            let given = weights.and_then(|w| w.get(i)).copied().unwrap_or(1.0);
            if !fact.tokens.is_empty() && met.is_new(&fact, &prepared.facts) {
                fact.weight = given;
            }
            prepared.facts.push(fact);
        }
        prepared.weigh();
        Ok(prepared)
    }

    /// Tokens of one fact, not yet weighed.
    fn read(&mut self, text: &str, stream: &Stream, ignore: &[Range<usize>], keys: &mut Keys) -> Fact {
        let polarities = stream.polarities();
        let mut fact = Fact { text: text.to_owned(), ..Fact::default() };
        fact.tokens.reserve(stream.tokens.len());
        for piece in pieces(stream, stream.quantities()) {
            let Some(token) = stream.tokens.get(piece.first) else { continue };
            let span = piece.span(stream);
            if ignore.iter().any(|ignored| ignored.start < span.end && span.start < ignored.end) {
                continue;
            }
            let word = stream.word(token);
            let read = keys.of(word);
            let number = piece.number.or_else(|| number_word(word, &read));
            let new = self.keys.len() as u32;
            let id = match number {
                Some(number) => {
                    let id = self.keys.get_or_insert(Word::new(&number_key(number.value)), new);
                    self.keys.get_or_insert(Word::new(&number_key(number.other)), id);
                    id
                }
                None => {
                    let id = self.keys.get_or_insert(read.key, new);
                    self.words.get_or_insert(word, id);
                    id
                }
            };
            self.has_numbers |= number.is_some();
            fact.tokens.push(FactToken {
                id,
                weight: 0,
                kind: if number.is_some() { Kind::Number } else { kind(token, piece.first) },
                unusual: !read.ordinary,
                polarity: polarities.get(piece.first).copied().unwrap_or_default(),
                span: (span.start as u32, span.end as u32),
                words: piece.last - piece.first,
                sort: number.map_or(Sort::Plain, |number| number.sort),
            });
        }
        fact
    }

    /// Weighs the tokens of every fact, once it is known how many facts hold each.
    fn weigh(&mut self) {
        let mut holders = vec![0u64; self.keys.len()];
        let mut last = vec![usize::MAX; self.keys.len()];
        for (i, fact) in self.facts.iter().enumerate().filter(|(_, fact)| fact.weight > 0.0) {
            for token in &fact.tokens {
                if let (Some(holders), Some(last)) =
                    (holders.get_mut(token.id as usize), last.get_mut(token.id as usize))
                {
                    *holders += u64::from(*last != i);
                    *last = i;
                }
            }
        }
        let mut unit_of = vec![UNKNOWN; self.keys.len()];
        self.owners = vec![UNKNOWN; self.keys.len()];
        for (i, fact) in self.facts.iter_mut().enumerate() {
            for token in &mut fact.tokens {
                let base = match token.kind {
                    Kind::Function => FUNCTION,
                    Kind::Number => UNUSUAL + CONTENT * token.words as u64,
                    _ if token.unusual => UNUSUAL,
                    _ => CONTENT,
                };
                let holders = holders.get(token.id as usize).copied().unwrap_or(1).max(1);
                token.weight = base * SCALE / holders;
                if holders == 1
                    && fact.weight > 0.0
                    && token.kind != Kind::Function
                    && let Some(owner) = self.owners.get_mut(token.id as usize)
                {
                    *owner = i as u32;
                }
            }
            fact.index(&mut unit_of);
        }
        self.weight = self.facts.iter().map(|fact| fact.weight).sum();
    }

    /// Number of facts.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there is no fact.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Scores one summary, with evidence.
    pub fn score(&self, summary: &str) -> FactCoverage {
        self.score_stream(&Stream::new(summary), &mut Keys::forgetful())
    }

    /// As [`Facts::score`], of a summary that is tokenised already.
    pub fn score_stream(&self, summary: &Stream, keys: &mut Keys) -> FactCoverage {
        let summary = self.read_summary(summary, keys);
        let mut scratch = self.scratch();
        let mut per_fact = Vec::with_capacity(self.facts.len());
        for fact in &self.facts {
            let carried = self.carried(fact, &summary, &mut scratch);
            per_fact.push(self.explain(fact, &summary, &scratch, &carried));
        }
        let mean = self.weighted_mean(per_fact.iter().map(|f| f.score), summary.guard);
        FactCoverage { mean, guard: summary.guard, per_fact }
    }

    /// `score(summary).mean` alone, without the evidence: the hot path of a batch. Bit-equal to it.
    /// `per_fact`, where given, receives each fact's score.
    pub fn mean(&self, summary: &str, per_fact: Option<&mut Vec<f64>>) -> f64 {
        self.mean_stream(&Stream::new(summary), per_fact, &mut Keys::forgetful())
    }

    /// As [`Facts::mean`], of a summary that is tokenised already.
    pub fn mean_stream(&self, summary: &Stream, per_fact: Option<&mut Vec<f64>>, keys: &mut Keys) -> f64 {
        let summary = self.read_summary(summary, keys);
        let mut scratch = self.scratch();
        let scores: Vec<f64> =
            self.facts.iter().map(|fact| self.carried(fact, &summary, &mut scratch).score).collect();
        let mean = self.weighted_mean(scores.iter().copied(), summary.guard);
        if let Some(out) = per_fact {
            out.extend_from_slice(&scores);
        }
        mean
    }

    fn weighted_mean(&self, scores: impl Iterator<Item = f64>, guard: f64) -> f64 {
        if self.weight <= 0.0 {
            return 0.0;
        }
        let sum: f64 = self.facts.iter().zip(scores).map(|(fact, score)| fact.weight * score).sum();
        (sum / self.weight).min(1.0) * guard
    }

    fn scratch(&self) -> Scratch {
        Scratch { unit_of: vec![UNKNOWN; self.keys.len()], ..Scratch::default() }
    }

    fn read_summary(&self, stream: &Stream, keys: &mut Keys) -> Summary {
        for token in &stream.tokens {
            let word = stream.word(token);
            self.words.ask(word);
            keys.ask(word);
        }
        let polarities = if self.settings.polarity { stream.polarities() } else { &[] };
        // Where no fact has a number there is none to compare.
        let quantities = if self.has_numbers { stream.quantities() } else { &[] };
        let mut summary = Summary { guard: prose::guard(stream), ..Summary::default() };
        summary.ids.reserve(stream.tokens.len());
        summary.held.reserve(stream.tokens.len());
        summary.spans.reserve(stream.tokens.len());
        summary.polarities.reserve(polarities.len());
        for piece in pieces(stream, quantities) {
            let Some(token) = stream.tokens.get(piece.first) else { continue };
            let id = match piece.number {
                Some(number) => self.number_id(&number),
                None => self.word_id(stream.word(token), keys),
            };
            if id < OTHER_NUMBER {
                summary.held.push((id, summary.ids.len() as u32));
            }
            summary.ids.push(id);
            let span = piece.span(stream);
            summary.spans.push((span.start as u32, span.end as u32));
            if let Some(polarity) = polarities.get(piece.first) {
                summary.polarities.push(*polarity);
            }
        }
        // A word that is said again tells nothing new.
        let mut owners = self.owners.clone();
        let owner = |(id, _): &(u32, u32)| {
            owners.get_mut(*id as usize).map(|owner| std::mem::replace(owner, UNKNOWN))
        };
        let owners = summary.held.iter().filter_map(owner);
        summary.guard *= weaving::factor(owners, summary.ids.len());
        summary
    }

    fn word_id(&self, word: Word<'_>, keys: &mut Keys) -> u32 {
        match self.words.get(word) {
            UNKNOWN => {
                let read = keys.of(word);
                number_word(word, &read)
                    .map_or_else(|| self.keys.get(read.key), |number| self.number_id(&number))
            }
            id => id,
        }
    }

    fn number_id(&self, number: &Number) -> u32 {
        let get = |value: Value| match self.keys.get(Word::new(&number_key(value))) {
            UNKNOWN => None,
            id => Some(id),
        };
        let other = || if number.other == number.value { None } else { get(number.other) };
        get(number.value).or_else(other).unwrap_or(number.sort.other())
    }

    /// Scores one fact; leaves its matches in `scratch`.
    fn carried(&self, fact: &Fact, summary: &Summary, scratch: &mut Scratch) -> Carried {
        fact.find_matches(summary, scratch);
        if scratch.matches.is_empty() {
            return Carried { score: 0.0, best: 0..0, negated: false };
        }
        let bag = fact.bag(scratch);
        let (window, best) = fact.window(scratch);
        let longest = fact.longest(scratch);
        let total = 3 * fact.total.max(1);
        let recall = (bag + window + longest) as f64 / total as f64;
        let mut score = (recall - fact.missing_penalty(scratch)).max(0.0);
        let negated = self.settings.polarity && score >= CARRIED && fact.is_negated(summary, scratch, &best);
        if negated || score > 0.0 && fact.has_other_number(summary, scratch, &best) {
            score = 0.0;
        }
        Carried { score, best, negated }
    }

    fn explain(&self, fact: &Fact, summary: &Summary, scratch: &Scratch, carried: &Carried) -> FactScore {
        let mut out = FactScore {
            score: carried.score,
            present: carried.score >= self.settings.present && !carried.negated,
            negated: carried.negated,
            span: carried.span(summary, scratch),
            ..FactScore::default()
        };
        let mut left: Vec<u32> = vec![0; fact.units.len()];
        for m in &scratch.matches {
            if let Some(count) = left.get_mut(m.unit as usize) {
                *count += 1;
            }
        }
        for (token, unit) in fact.tokens.iter().zip(&fact.unit_of) {
            match left.get_mut(*unit as usize) {
                Some(count) if *count > 0 => *count -= 1,
                _ => out.miss(token, &fact.text),
            }
        }
        out
    }
}

impl Summary {
    /// Whether a number that no fact holds stands in `range`.
    fn has_other_number(&self, range: Range<usize>) -> bool {
        self.ids.iter().take(range.end).skip(range.start).any(|id| (OTHER_NUMBER..UNKNOWN).contains(id))
    }
}

/// A word of a text, or the words that make up one number.
struct Piece {
    /// Tokens.
    first: usize,
    last: usize,
    number: Option<Number>,
}

/// A number's value, and what it may be read as besides.
#[derive(Clone, Copy)]
struct Number {
    value: Value,
    other: Value,
    sort: Sort,
}

impl Piece {
    /// Byte span in the text.
    fn span(&self, stream: &Stream) -> Range<usize> {
        let start = stream.tokens.get(self.first).map_or(0, |t| t.span().start);
        start..stream.tokens.get(self.last).map_or(start, |t| t.span().end)
    }
}

/// The words and numbers of a text. What a number counts in belongs to it where a sign may stand for it: `5 %` is
/// `five per cent`, `$4.2M` is `4.2 million dollars`.
fn pieces<'a>(stream: &'a Stream, quantities: &'a [Quantity]) -> impl Iterator<Item = Piece> + 'a {
    let mut quantities = quantities.iter().peekable();
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = at;
        if first >= stream.tokens.len() {
            return None;
        }
        let quantity = quantities.next_if(|q| q.first == first);
        let mut piece = Piece { first, last: first, number: None };
        if let Some(quantity) = quantity {
            let (len, sort) = unit(stream, quantity);
            piece.last = quantity.last + len;
            piece.number = Some(Number { value: quantity.value, other: quantity.other, sort });
        }
        at = piece.last + 1;
        Some(piece)
    })
}

/// How many tokens after a number are a unit that a sign may stand for, and what the number counts.
fn unit(stream: &Stream, quantity: &Quantity) -> (usize, Sort) {
    let at = quantity.last + 1;
    let word = |i: usize| {
        let token = stream.tokens.get(i).filter(|t| t.before <= Break::Space);
        token.map_or(&b""[..], |t| stream.text(t))
    };
    let len = match word(at) {
        b"dollar" | b"dollars" | b"pound" | b"pounds" | b"euro" | b"euros" => return (1, Sort::Money),
        b"percent" => 1,
        b"per" if word(at + 1) == b"cent" => 2,
        _ => 0,
    };
    let Some(token) = stream.tokens.get(quantity.first) else { return (len, Sort::Plain) };
    let sort = match stream.text(token) {
        _ if len > 0 || token.percent => Sort::Percent,
        _ if token.currency => Sort::Money,
        [b'1', b'8' | b'9', b'0'..=b'9', b'0'..=b'9'] | [b'2', b'0', b'0'..=b'9', b'0'..=b'9']
            if quantity.first == quantity.last =>
        {
            Sort::Year
        }
        _ => Sort::Plain,
    };
    (len, sort)
}

/// The number that a number word, or a number that is read as a word, stands for.
fn number_word(word: Word<'_>, read: &Reading<'_>) -> Option<Number> {
    let value = match read.value {
        Some(value) => Value::new(u64::from(value), 0),
        None if word.bytes().first().is_some_and(u8::is_ascii_digit) => Value::parse(word.bytes()),
        None => return None,
    };
    Some(Number { value, other: value, sort: Sort::Plain })
}

/// What a number is looked up by: no word's key has these bytes, seven bits of digits and exponent each.
fn number_key(value: Value) -> [u8; 16] {
    let (digits, exponent) = value.parts();
    let mut key = [b'#'; 16];
    let rest = u128::from(digits) | u128::from(exponent as u32) << 70;
    for (slot, at) in key.iter_mut().skip(1).zip(0..) {
        *slot = 0x80 | (rest >> (7 * at)) as u8;
    }
    key
}

impl FactScore {
    fn miss(&mut self, token: &FactToken, fact: &str) {
        let text = || fact.get(token.span.0 as usize..token.span.1 as usize).unwrap_or_default().to_owned();
        if token.kind == Kind::Function {
            return;
        }
        self.missing.push(text());
        match token.kind {
            Kind::Number => self.missing_numbers.push(text()),
            Kind::Name => self.missing_names.push(text()),
            Kind::Content | Kind::Function => {}
        }
    }
}

impl Carried {
    fn span(&self, summary: &Summary, scratch: &Scratch) -> Option<Range<usize>> {
        let best = scratch.matches.get(self.best.clone())?;
        let span = |m: &Match| summary.spans.get(m.at as usize).copied();
        let (start, _) = best.first().and_then(span)?;
        let (_, end) = best.last().and_then(span)?;
        Some(start as usize..end as usize)
    }
}

impl Fact {
    /// Gathers the distinct tokens. `unit_of` has room for every id and comes back as it was.
    fn index(&mut self, unit_of: &mut [u32]) {
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
        self.says_no = self.tokens.iter().any(|t| t.polarity == Polarity::Negator);
        self.total = self.units.iter().map(|unit| unit.weight * u64::from(unit.count)).sum();
    }

    fn unit(&self, m: &Match) -> Unit {
        self.units.get(m.unit as usize).copied().unwrap_or(Unit {
            id: UNKNOWN,
            count: 0,
            weight: 0,
            negated: None,
        })
    }

    fn find_matches(&self, summary: &Summary, scratch: &mut Scratch) {
        for (i, unit) in self.units.iter().enumerate() {
            if let Some(slot) = scratch.unit_of.get_mut(unit.id as usize) {
                *slot = i as u32;
            }
        }
        scratch.matches.clear();
        for &(id, at) in &summary.held {
            match scratch.unit_of.get(id as usize) {
                Some(&unit) if unit != UNKNOWN => scratch.matches.push(Match { at, unit }),
                _ => {}
            }
        }
        for unit in &self.units {
            if let Some(slot) = scratch.unit_of.get_mut(unit.id as usize) {
                *slot = UNKNOWN;
            }
        }
    }

    /// Weight of the fact's tokens that the summary holds anywhere, each as often as the fact does.
    fn bag(&self, scratch: &mut Scratch) -> u64 {
        scratch.counts.clear();
        scratch.counts.resize(self.units.len(), 0);
        let mut sum = 0;
        for m in &scratch.matches {
            sum += self.add(m, &mut scratch.counts);
        }
        sum
    }

    /// Counts a match; its weight unless the fact's count is used up.
    fn add(&self, m: &Match, counts: &mut [u32]) -> u64 {
        let unit = self.unit(m);
        let Some(count) = counts.get_mut(m.unit as usize) else { return 0 };
        *count += 1;
        if *count <= unit.count { unit.weight } else { 0 }
    }

    /// Takes a match back; the weight that this costs.
    fn remove(&self, m: &Match, counts: &mut [u32]) -> u64 {
        let unit = self.unit(m);
        let Some(count) = counts.get_mut(m.unit as usize) else { return 0 };
        *count -= 1;
        if *count < unit.count { unit.weight } else { 0 }
    }

    /// The heaviest bag within a window of the summary, and the shortest run of matches that has it.
    fn window(&self, scratch: &mut Scratch) -> (u64, Range<usize>) {
        let width = 2 * WINDOW_MIN.max(self.tokens.len() + WINDOW_MORE);
        let Scratch { matches, counts, .. } = scratch;
        counts.clear();
        counts.resize(self.units.len(), 0);
        let (mut sum, mut start) = (0, 0);
        let (mut best, mut best_run, mut best_len) = (0, 0..0, u32::MAX);
        for (end, m) in matches.iter().enumerate() {
            sum += self.add(m, counts);
            while let Some(first) = matches.get(start) {
                let outside = (m.at - first.at) as usize >= width;
                let spare = counts.get(first.unit as usize).copied().unwrap_or(0) > self.unit(first).count;
                if !outside && !spare {
                    break;
                }
                sum -= self.remove(first, counts);
                start += 1;
            }
            let len = matches.get(start).map_or(0, |first| m.at - first.at);
            if sum > best || (sum == best && len < best_len) {
                (best, best_run, best_len) = (sum, start..end + 1, len);
            }
        }
        (best, best_run)
    }

    /// What the score loses for numbers and names that the summary lacks. Expects the counts of all matches.
    fn missing_penalty(&self, scratch: &Scratch) -> f64 {
        let share = |kind: Kind| {
            let (mut missing, mut all) = (0u32, 0u32);
            for (_, &unit) in self.tokens.iter().zip(&self.unit_of).filter(|(token, _)| token.kind == kind) {
                all += 1;
                missing += u32::from(scratch.counts.get(unit as usize).is_none_or(|&count| count == 0));
            }
            f64::from(missing) / f64::from(all.max(1))
        };
        MISSING_NUMBERS * share(Kind::Number) + MISSING_NAMES * share(Kind::Name)
    }

    /// Whether the summary gives a number that no fact holds where this one has a number that the summary lacks:
    /// next to the same word, on the same side, or an amount, share or year in the passage that carries the fact.
    /// Expects the counts of all matches.
    fn has_other_number(&self, summary: &Summary, scratch: &Scratch, best: &Range<usize>) -> bool {
        if self.anchors.is_empty() && self.sorts.is_empty() {
            return false;
        }
        let held = |unit: u32| scratch.counts.get(unit as usize).is_some_and(|&count| count > 0);
        let run = scratch.matches.get(best.clone()).unwrap_or_default();
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            let from = (first.at as usize).saturating_sub(SORT_REACH);
            let to = (last.at as usize + 1 + SORT_REACH).min(summary.ids.len());
            let passage = summary.ids.get(from..to).unwrap_or_default();
            let others = SORTS.map(|sort| (sort, passage.contains(&sort.other())));
            let is_other = |sort: &Sort| others.contains(&(*sort, true));
            if self.sorts.iter().any(|(unit, sort)| !held(*unit) && is_other(sort)) {
                return true;
            }
        }
        let mut sides: Vec<(u32, Side)> =
            self.anchors.iter().filter(|a| !held(a.number)).map(|a| (a.word, a.side)).collect();
        sides.sort_unstable();
        let is_anchor = |m: &Match, side: Side| sides.binary_search(&(m.unit, side)).is_ok();
        scratch.matches.iter().any(|m| {
            let at = m.at as usize;
            is_anchor(m, Side::Before) && summary.has_other_number(at.saturating_sub(NUMBER_REACH)..at)
                || is_anchor(m, Side::After) && summary.has_other_number(at + 1..at + 1 + NUMBER_REACH)
        })
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

    /// Weight of the heaviest common subsequence.
    fn longest(&self, scratch: &mut Scratch) -> u64 {
        let Scratch { matches, counts, row, .. } = scratch;
        let matches = matches.get(..matches.len().min(LCS_TOKENS)).unwrap_or_default();
        counts.clear();
        counts.resize(self.units.len(), 0);
        for m in matches {
            self.add(m, counts);
        }
        row.clear();
        row.resize(matches.len(), 0);
        for &unit in self.unit_of.iter().take(LCS_TOKENS) {
            if counts.get(unit as usize).is_none_or(|&count| count == 0) {
                continue;
            }
            let weight = self.units.get(unit as usize).map_or(0, |u| u.weight);
            // `diagonal` and `left`: the best of the row before without, and of this row with, the matches so far.
            let (mut diagonal, mut left) = (0, 0);
            for (m, cell) in matches.iter().zip(row.iter_mut()) {
                let above = *cell;
                let taken = if m.unit == unit { diagonal + weight } else { 0 };
                left = taken.max(above).max(left);
                diagonal = above;
                *cell = left;
            }
        }
        row.last().copied().unwrap_or(0)
    }

    /// Whether the matches that carry the fact say the opposite of it: one of its words stands under a negation
    /// there while the fact has none, or the reverse. Words that the summary also has the other way, and facts and
    /// passages that are both negated somewhere, are left alone.
    fn is_negated(&self, summary: &Summary, scratch: &Scratch, best: &Range<usize>) -> bool {
        let run = scratch.matches.get(best.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
        let from = (first.at as usize).saturating_sub(BEFORE_SPAN);
        let passage = summary.polarities.get(from..=last.at as usize).unwrap_or_default();
        let says_no = passage.iter().any(|polarity| *polarity != Polarity::Plain);
        if says_no == self.says_no {
            return false;
        }
        let is_negated = |m: &Match| summary.polarities.get(m.at as usize) == Some(&Polarity::Negated);
        // Units that the passage has the way the fact has them.
        let mut agrees = vec![false; self.units.len()];
        for m in run.iter().filter(|m| is_negated(m) != says_no) {
            if let Some(agrees) = agrees.get_mut(m.unit as usize) {
                *agrees = true;
            }
        }
        let differs = |m: &Match| self.unit(m).negated == Some(self.says_no) && is_negated(m) == says_no;
        run.iter().any(|m| differs(m) && !agrees.get(m.unit as usize).copied().unwrap_or(false))
    }
}

fn check_weights(weights: &[f64], facts: usize) -> Result<(), Error> {
    if weights.len() != facts {
        return Err(Error::new(
            "weights",
            format!("{} weights", weights.len()),
            format!("one for each of {facts} facts"),
        ));
    }
    match weights.iter().find(|w| !(w.is_finite() && **w > 0.0)) {
        Some(bad) => Err(Error::new("weights", bad.to_string(), "positive finite numbers")),
        None => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FACTS: [&str; 4] = [
        "NASA named David Salvagnini its first chief artificial intelligence officer.",
        "The mission will launch 12 astronauts in June 2026.",
        "The agency did not approve the budget of $4.2 million.",
        "Heavy rain closed the airport in Lisbon on Monday.",
    ];

    fn prepared(facts: &[&str]) -> Facts {
        Facts::new(facts, None, &[], Settings::default()).unwrap()
    }

    fn first(fact: &str, summary: &str) -> FactScore {
        prepared(&[fact]).score(summary).per_fact.remove(0)
    }

    #[test]
    fn a_summary_that_holds_every_fact_scores_1() {
        let coverage = prepared(&FACTS).score(&FACTS.join(" "));
        assert_eq!(coverage.guard, 1.0);
        assert_eq!(coverage.mean, 1.0);
        for fact in &coverage.per_fact {
            assert!(fact.present && !fact.negated && fact.missing.is_empty(), "{fact:?}");
        }
    }

    #[test]
    fn the_span_is_the_passage_that_carries_the_fact() {
        let summary = FACTS.join(" ");
        let coverage = prepared(&FACTS).score(&summary);
        for (fact, score) in FACTS.iter().zip(&coverage.per_fact) {
            assert_eq!(summary.get(score.span.clone().unwrap()), Some(fact.trim_end_matches('.')));
        }
        assert_eq!(first(FACTS[0], "Cats purr quietly.").span, None);
    }

    #[test]
    fn says_what_is_missing() {
        let score = first(FACTS[1], "The mission will launch some astronauts next year.");
        assert_eq!(score.missing, ["12", "June", "2026"]);
        assert_eq!(score.missing_numbers, ["12", "2026"]);
        assert_eq!(score.missing_names, ["June"]);
    }

    #[test]
    fn numbers_compare_by_value() {
        let cases = [
            (
                "The plant employs 1,200 people.",
                ["1200", "twelve hundred", "one thousand two hundred", "1.2 thousand"],
            ),
            ("Prices rose by 5% in May.", ["5 percent", "five percent", "five per cent", "5.0 %"]),
            ("The city paid $4.2M for it.", ["$4.2 million", "4.2 million dollars", "$4,200,000", "$4.2m"]),
            ("The 4th bid won.", ["fourth", "4th", "4", "four"]),
        ];
        let written = ["1,200", "5%", "$4.2M", "4th"];
        for ((fact, others), written) in cases.into_iter().zip(written) {
            for other in others {
                let score = first(fact, &fact.replace(written, other));
                assert_eq!((score.score, score.missing), (1.0, Vec::new()), "{fact:?} with {other:?}");
            }
        }
        let score = first("The city paid $4.2 million for it.", "The city paid a lot for it.");
        assert_eq!(score.missing_numbers, ["4.2 million"]);
        assert_eq!(first("He ran the 5m race.", "He ran the 5 m race.").missing, Vec::<String>::new());
    }

    #[test]
    fn the_span_covers_a_number_of_several_words() {
        let summary = "Yesterday twenty-five thousand dollars were paid to them.";
        let score = first("$25,000 were paid.", summary);
        assert_eq!(summary.get(score.span.unwrap()), Some("twenty-five thousand dollars were paid"));
        let score = first("They were paid $25,000.", "They were paid twenty-five thousand dollars, he said.");
        assert_eq!(score.span, Some(0.."They were paid twenty-five thousand dollars".len()));
    }

    #[test]
    fn names_fold_case_and_diacritics() {
        let fact = "The prize went to José Muñoz of İzmir and NASA.";
        for summary in [
            "The prize went to JOSE MUNOZ of Izmir and NASA.",
            "the prize went to josé munoz of izmir and nasa.",
        ] {
            let score = first(fact, summary);
            assert_eq!((score.score, score.missing_names), (1.0, Vec::new()), "{summary:?}");
        }
        assert_eq!(
            first(fact, "The prize went to someone of Izmir.").missing_names,
            ["José", "Muñoz", "NASA"]
        );
    }

    #[test]
    fn wording_that_means_the_same_matches() {
        let cases = [
            (
                "The agency took 12 samples in Café Zoë.",
                "Twelve samples were taken by the agency in cafe Zoe.",
            ),
            ("The nation's 1,200 workers won.", "1200 workers of the nation win."),
            ("The U.S. didn’t fight.", "The US didn't fight."),
        ];
        for (fact, summary) in cases {
            assert!(first(fact, summary).present, "{fact:?} {summary:?}");
        }
    }

    #[test]
    fn a_negated_fact_does_not_count() {
        let cases = [
            ("The chief was suspended on Monday.", "The chief was not suspended on Monday.", true),
            ("The chief was suspended on Monday.", "The chief wasn't suspended on Monday.", true),
            ("The agency launched the probe.", "The agency never launched the probe.", true),
            ("The agency launched the probe.", "The agency failed to launch the probe.", true),
            ("The agency launched the probe.", "The agency denies it launched the probe.", true),
            ("The team won the final game.", "The team did not win the final game.", true),
            ("The chief was not suspended on Monday.", "The chief was suspended on Monday.", true),
            ("The chief was not suspended on Monday.", "The chief was not suspended on Monday.", false),
            ("The chief was suspended on Monday.", "The chief was suspended on Monday, not fired.", false),
            ("The chief left without paying rent.", "The chief left, paying rent.", true),
            ("The board found no errors in the report.", "The board found errors in the report.", true),
            ("She is expected to marry Ann.", "She is not expected to marry Ann.", true),
            ("She is going to marry Ann.", "She is not due to marry Ann.", true),
            (
                "The derby starts at noon.",
                "Police had no objections to the derby, which starts at noon.",
                false,
            ),
            ("The probe found 5 cases.", "The probe found not only 5 cases but also 3 gaps.", false),
        ];
        for (fact, summary, negated) in cases {
            let score = first(fact, summary);
            assert_eq!(score.negated, negated, "{fact:?} {summary:?}");
            assert_eq!(score.present, !negated, "{fact:?} {summary:?}");
        }
        let settings = Settings { polarity: false, ..Settings::default() };
        let facts = Facts::new(&[cases[0].0], None, &[], settings).unwrap();
        assert!(facts.score(cases[0].1).per_fact[0].present);
    }

    #[test]
    fn another_number_in_the_place_of_the_facts_voids_it() {
        let fact = "The storm killed 45 people in the town.";
        assert!(first(fact, "The storm killed 45 people in the town.").present);
        assert_eq!(first(fact, "The storm killed 54 people in the town.").score, 0.0);
        assert_eq!(first(fact, "The storm killed sixty people in the town.").score, 0.0);
        assert!(first(fact, "The storm killed many people in the town.").score > 0.3);
        for (fact, summary) in [
            ("The law passed in June 2013.", "The law passed in June 2015."),
            ("It was founded by Ann Lee in 1970.", "Founded by Ann Lee way back in 1985, it was sold."),
            ("The deal is worth $300 million.", "The deal is, they said, worth $310 million."),
            ("Turnout reached 61% in the vote.", "Turnout in the vote reached a record 75 per cent."),
            ("The rule is in Section 702 of it.", "The rule is in Section 704 of it."),
        ] {
            assert_eq!(first(fact, summary).score, 0.0, "{fact:?} {summary:?}");
        }
        let score =
            first("The deal is worth $300 million.", "The deal is worth a lot, and 12 people signed it.");
        assert!(score.score > 0.3, "{score:?}");
    }

    #[test]
    fn facts_woven_into_each_other_earn_less_than_facts_told_one_by_one() {
        let facts = [
            "The council has approved the budget on Monday.",
            "The tax on property will rise by 3 percent in May.",
        ];
        let guard = |text: &str| prepared(&facts).score(text).guard;
        assert_eq!(guard(&facts.join(" ")), 1.0);
        // A word that was said before tells nothing new.
        let again = "The council has approved the budget on Monday, and the tax on property will rise by 3 percent in \
                     May, as the council said of the budget before it spoke of the tax.";
        assert_eq!(guard(again), 1.0);
        let woven = "The council and the tax have approved the budget and will rise on Monday by 3 percent.";
        assert!(guard(woven) < 0.9, "{}", guard(woven));
    }

    #[test]
    fn keyword_lists_earn_little() {
        let keywords =
            "NASA named David Salvagnini first chief artificial intelligence officer mission launch";
        let coverage = prepared(&FACTS).score(keywords);
        assert!(coverage.guard < 0.1 && coverage.mean < 0.05, "{coverage:?}");
        assert_eq!(prepared(&FACTS).score("NASA named David").mean, 0.0);
    }

    #[test]
    fn empty_and_repeated_facts_do_not_count_in_the_mean() {
        let summary = "NASA has named David Salvagnini its first chief artificial intelligence officer.";
        let alone = prepared(&FACTS[..2]).score(summary);
        let more = prepared(&[FACTS[0], "", FACTS[1], FACTS[1], " - "]).score(summary);
        assert_eq!(alone.mean, more.mean);
        let scores: Vec<f64> = more.per_fact.iter().map(|f| f.score).collect();
        assert_eq!(
            scores,
            [alone.per_fact[0].score, 0.0, alone.per_fact[1].score, alone.per_fact[1].score, 0.0]
        );
        assert_eq!(prepared(&[]).mean(summary, None), 0.0);
        assert_eq!(prepared(&["", "..."]).mean(summary, None), 0.0);
    }

    #[test]
    fn weights_weigh_the_facts() {
        let weigh = |weights: &[f64]| Facts::new(&FACTS[..2], Some(weights), &[], Settings::default());
        let summary = "The mission will launch 12 astronauts in June 2026.";
        assert!(
            weigh(&[1.0, 3.0]).unwrap().mean(summary, None) > weigh(&[1.0, 1.0]).unwrap().mean(summary, None)
        );
        for bad in [&[1.0][..], &[1.0, 0.0], &[1.0, -1.0], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0]] {
            assert_eq!(weigh(bad).map_err(|e| e.field).err(), Some("weights".to_owned()), "{bad:?}");
        }
    }

    #[test]
    fn ignored_spans_carry_no_weight() {
        let fact = "Write to jane.doe@example.org about the open call.";
        let at = fact.find("jane").unwrap();
        let email = at..at + "jane.doe@example.org".len();
        let facts = Facts::new(&[fact], None, &[Vec::from([email])], Settings::default()).unwrap();
        let with = facts.mean("Write to jane.doe@example.org about the open call.", None);
        let without = facts.mean("Write to us about the open call.", None);
        assert!(with <= without, "{with} {without}");
        assert!(facts.score("Write about it.").per_fact[0].missing.iter().all(|w| !w.contains("jane")));
    }

    proptest! {
        #[test]
        fn any_strings_have_a_score(facts in prop::collection::vec("\\PC{0,60}", 0..4), summary in any::<String>()) {
            let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
            let facts = prepared(&facts);
            let coverage = facts.score(&summary);
            prop_assert!((0.0..=1.0).contains(&coverage.mean) && (0.0..=1.0).contains(&coverage.guard));
            prop_assert_eq!(facts.mean(&summary, None).to_bits(), coverage.mean.to_bits());
        }

        #[test]
        fn the_fast_path_equals_the_evidence(
            facts in prop::collection::vec("((the|not|Rome|12|twelve|fell|army|,|no|denied|million|5%|[$]4.2M|2019|\\PC) ){0,12}", 0..5),
            summary in "((the|not|Rome|12|13|fell|army|[.]|never|million|%|percent|[$]5m|2019|\\PC) ){0,40}",
        ) {
            let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
            let facts = prepared(&facts);
            let coverage = facts.score(&summary);
            let mut scores = Vec::new();
            prop_assert_eq!(facts.mean(&summary, Some(&mut scores)).to_bits(), coverage.mean.to_bits());
            prop_assert_eq!(scores, coverage.per_fact.iter().map(|f| f.score).collect::<Vec<_>>());
            prop_assert!((0.0..=1.0).contains(&coverage.mean));
            for fact in &coverage.per_fact {
                prop_assert!((0.0..=1.0).contains(&fact.score));
                prop_assert!(fact.span.clone().is_none_or(|span| summary.get(span).is_some()));
            }
        }
    }
}
