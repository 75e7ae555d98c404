//! Fact coverage (F*): how much of each fact a summary carries, and where.
//!
//! A fact's tokens (see [`crate::words::stream`]; number words as digits, the rest Porter-stemmed) weigh 1, function
//! words a quarter, divided by the number of facts that hold the token: what tells facts apart counts. Three
//! recalls are averaged: of the bag of tokens, of the bag in the best window of the summary, and of the weighted
//! longest common subsequence. The list's mean is lowered by a guard against keyword lists.
//!
//! An empty fact scores 0 and a fact that repeats an earlier one scores as that does; neither counts in the mean.
//!
//! Facts are prepared once. Scoring is linear in the summary for a given list.

use super::polarity::{self, Polarity};
use super::prose;
use crate::Error;
use crate::words::function::is_function_word;
use crate::words::key::key;
use crate::words::map::{UNKNOWN, WordMap};
use crate::words::numbers::small_value;
use crate::words::ordinary::is_ordinary;
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
    /// As written in the fact.
    text: String,
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
    tokens: Vec<FactToken>,
    /// Distinct ids.
    units: Vec<Unit>,
    /// For each token, its place in `units`.
    unit_of: Vec<u32>,
    total: u64,
    /// Whether the fact holds a negator.
    says_no: bool,
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

/// A summary's tokens as ids of the facts.
struct Summary {
    stream: Stream,
    ids: Vec<u32>,
    polarities: Vec<Polarity>,
    guard: f64,
}

/// A token of the summary that a fact holds.
#[derive(Debug, Clone, Copy)]
struct Match {
    /// Place among the summary's tokens.
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
        if let Some(weights) = weights {
            check_weights(weights, facts.len())?;
        }
        let mut prepared = Self { settings, ..Self::default() };
        let mut met = HashSet::new();
        for (i, text) in facts.iter().enumerate() {
            let mut fact = prepared.read(text, ignore.get(i).map_or(&[], Vec::as_slice));
            let key: Vec<(u32, Polarity)> = fact.tokens.iter().map(|t| (t.id, t.polarity)).collect();
            let given = weights.and_then(|w| w.get(i)).copied().unwrap_or(1.0);
            if !key.is_empty() && met.insert(key) {
                fact.weight = given;
            }
            prepared.facts.push(fact);
        }
        prepared.weigh();
        Ok(prepared)
    }

    /// Tokens of one fact, not yet weighed.
    fn read(&mut self, text: &str, ignore: &[Range<usize>]) -> Fact {
        let stream = Stream::new(text);
        let mut polarities = Vec::new();
        polarity::mark(&stream, &mut polarities);
        let mut fact = Fact::default();
        let mut buffer = Vec::new();
        for (i, token) in stream.tokens.iter().enumerate() {
            if ignore.iter().any(|span| span.start < token.span().end && token.span().start < span.end) {
                continue;
            }
            let word = stream.word(token);
            let mut id = self.words.get(word);
            if id == UNKNOWN {
                let new = self.keys.len() as u32;
                id = self.keys.get_or_insert(key(word, &mut buffer), new);
                self.words.get_or_insert(word, id);
            }
            fact.tokens.push(FactToken {
                id,
                weight: 0,
                kind: kind(token, word.bytes(), i),
                unusual: !is_ordinary(word.bytes()),
                polarity: polarities.get(i).copied().unwrap_or_default(),
                text: text.get(token.span()).unwrap_or_default().to_owned(),
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
        for fact in &mut self.facts {
            for token in &mut fact.tokens {
                let base = match token.kind {
                    Kind::Function => FUNCTION,
                    _ if token.unusual || token.kind == Kind::Number => UNUSUAL,
                    _ => CONTENT,
                };
                let holders = holders.get(token.id as usize).copied().unwrap_or(1).max(1);
                token.weight = base * SCALE / holders;
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
        let summary = self.read_summary(summary);
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
        let summary = self.read_summary(summary);
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

    fn read_summary(&self, text: &str) -> Summary {
        let stream = Stream::new(text);
        let mut buffer = Vec::new();
        let id = |token: &Token| {
            let word = stream.word(token);
            match self.words.get(word) {
                UNKNOWN => self.keys.get(key(word, &mut buffer)),
                id => id,
            }
        };
        let ids = stream.tokens.iter().map(id).collect();
        let mut polarities = Vec::new();
        if self.settings.polarity {
            polarities.reserve(stream.tokens.len());
            polarity::mark(&stream, &mut polarities);
        }
        let guard = prose::guard(&stream);
        Summary { stream, ids, polarities, guard }
    }

    /// Scores one fact; leaves its matches in `scratch`.
    fn carried(&self, fact: &Fact, summary: &Summary, scratch: &mut Scratch) -> Carried {
        fact.find_matches(summary, scratch);
        let bag = fact.bag(scratch);
        let (window, best) = fact.window(scratch);
        let longest = fact.longest(scratch);
        let total = 3 * fact.total.max(1);
        let recall = (bag + window + longest) as f64 / total as f64;
        let mut score = (recall - fact.missing_penalty(scratch)).max(0.0);
        let negated = self.settings.polarity && score >= CARRIED && fact.is_negated(summary, scratch, &best);
        if negated || fact.has_other_number(summary, scratch) {
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
                _ => out.miss(token),
            }
        }
        out
    }
}

impl Summary {
    /// Whether one of the tokens in `range` is a number that no fact holds.
    fn has_other_number(&self, range: Range<usize>) -> bool {
        let ids = self.ids.iter().enumerate().take(range.end).skip(range.start);
        ids.filter(|(_, id)| **id == UNKNOWN)
            .filter_map(|(at, _)| self.stream.tokens.get(at))
            .any(|token| token.number || small_value(self.stream.text(token)).is_some())
    }
}

impl FactScore {
    fn miss(&mut self, token: &FactToken) {
        if token.kind == Kind::Function {
            return;
        }
        self.missing.push(token.text.clone());
        match token.kind {
            Kind::Number => self.missing_numbers.push(token.text.clone()),
            Kind::Name => self.missing_names.push(token.text.clone()),
            Kind::Content | Kind::Function => {}
        }
    }
}

impl Carried {
    fn span(&self, summary: &Summary, scratch: &Scratch) -> Option<Range<usize>> {
        let best = scratch.matches.get(self.best.clone())?;
        let token = |m: &Match| summary.stream.tokens.get(m.at as usize);
        let first = best.first().and_then(token)?;
        let last = best.last().and_then(token)?;
        Some(first.span().start..last.span().end)
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
        for (at, &id) in summary.ids.iter().enumerate() {
            match scratch.unit_of.get(id as usize) {
                Some(&unit) if unit != UNKNOWN => scratch.matches.push(Match { at: at as u32, unit }),
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
            let of_kind =
                || self.tokens.iter().zip(&self.unit_of).filter(move |(token, _)| token.kind == kind);
            let is_missing = |unit: u32| scratch.counts.get(unit as usize).is_none_or(|&count| count == 0);
            let missing = of_kind().filter(|(_, unit)| is_missing(**unit)).count();
            missing as f64 / of_kind().count().max(1) as f64
        };
        MISSING_NUMBERS * share(Kind::Number) + MISSING_NAMES * share(Kind::Name)
    }

    /// Whether the summary gives a number that no fact holds where this one has a number that the summary lacks:
    /// next to the same word, on the same side. Expects the counts of all matches.
    fn has_other_number(&self, summary: &Summary, scratch: &Scratch) -> bool {
        let held = |unit: u32| scratch.counts.get(unit as usize).is_some_and(|&count| count > 0);
        let unit_of = |i: usize| self.unit_of.get(i).copied();
        let lacking = (0..self.tokens.len()).filter(|&i| {
            self.tokens.get(i).is_some_and(|t| t.kind == Kind::Number) && !unit_of(i).is_some_and(held)
        });
        let is_content =
            |i: &usize| self.tokens.get(*i).is_some_and(|t| !matches!(t.kind, Kind::Function | Kind::Number));
        lacking.into_iter().any(|i| {
            let after = (i + 1..=i + NUMBER_REACH).find(is_content).and_then(unit_of);
            let before = (i.saturating_sub(NUMBER_REACH)..i).rev().find(is_content).and_then(unit_of);
            scratch.matches.iter().any(|m| {
                let at = m.at as usize;
                let other = |range: Range<usize>| summary.has_other_number(range);
                after == Some(m.unit) && other(at.saturating_sub(NUMBER_REACH)..at)
                    || after.is_none() && before == Some(m.unit) && other(at + 1..at + 1 + NUMBER_REACH)
            })
        })
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
        let says_no = passage.contains(&Polarity::Negator);
        if says_no == self.says_no {
            return false;
        }
        let is_negated = |m: &Match| summary.polarities.get(m.at as usize) == Some(&Polarity::Negated);
        let differs = |m: &Match| self.unit(m).negated == Some(self.says_no) && is_negated(m) == says_no;
        let agrees = |m: &Match, with: &Match| m.unit == with.unit && is_negated(m) != is_negated(with);
        run.iter().any(|m| differs(m) && !run.iter().any(|other| agrees(other, m)))
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

/// What a token of a fact is; the first word of a fact is a name only in capitals.
fn kind(token: &Token, word: &[u8], place: usize) -> Kind {
    if token.number || small_value(word).is_some() {
        Kind::Number
    } else if token.case != Case::Upper && is_function_word(word) {
        Kind::Function
    } else if token.case == Case::Upper || (token.case == Case::Title && place > 0) {
        Kind::Name
    } else {
        Kind::Content
    }
}

/// Splits one string of facts into a list: bullets (`-`, `*`, `•`), numbering (`1.`, `2)`), or lines.
///
/// Where lines have markers, a line without one goes on with the fact before it, and a heading before the first
/// marker (a line that ends with a colon) is left out.
pub fn split_bullets(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let start = at;
        at += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let marker = marker_len(line);
        lines.push((marker.is_some(), start + marker.unwrap_or(0)..at));
    }
    let marked = lines.iter().any(|(marker, _)| *marker);
    let mut facts: Vec<Range<usize>> = Vec::new();
    let mut in_list = false;
    for (marker, span) in lines {
        in_list |= marker;
        let heading =
            marked && !in_list && text.get(span.clone()).is_some_and(|l| l.trim_end().ends_with(':'));
        match facts.last_mut() {
            Some(fact) if in_list && !marker => fact.end = span.end,
            _ if heading => {}
            _ => facts.push(span),
        }
    }
    facts.into_iter().filter_map(|span| text.get(span)).map(str::trim).filter(|f| !f.is_empty()).collect()
}

/// Bytes of the list marker, and the blanks around it, at the start of a line.
fn marker_len(line: &str) -> Option<usize> {
    let body = line.trim_start();
    let bullet = body.strip_prefix(['-', '*', '•', '‣', '◦', '▪', '–', '—', '+', '·']);
    let rest = bullet.or_else(|| numbered(body))?;
    // `-5 degrees` and `3.5 million` are text.
    let text = rest.trim_start();
    let spaced = text.len() < rest.len() || body.starts_with('•');
    (spaced || rest.is_empty()).then_some(line.len() - text.len())
}

/// What follows `1.`, `(2)` or `3)`.
fn numbered(body: &str) -> Option<&str> {
    let inner = body.strip_prefix('(').unwrap_or(body);
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    inner.get(digits..)?.strip_prefix(['.', ')', ':'])
}

/// Splits a reference summary into sentences, each of which then counts as a fact.
///
/// Sentences end at a full stop, exclamation or question mark (not one inside an abbreviation, initials or a
/// number) or at a line break; quotation marks and brackets that close there belong to the sentence.
pub fn split_sentences(text: &str) -> Vec<&str> {
    let stream = Stream::new(text);
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = 0;
    for token in &stream.tokens {
        let span = token.span();
        if token.before == Break::Sentence && previous > 0 {
            let gap = text.get(previous..span.start).unwrap_or_default();
            ends.push(previous + sentence_end(gap));
        }
        previous = span.end;
    }
    ends.push(text.len());
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let spans = starts.zip(ends.iter().copied());
    spans.filter_map(|(start, end)| text.get(start..end)).map(str::trim).filter(|s| !s.is_empty()).collect()
}

/// How much of the gap between two sentences belongs to the first: up to the last blank.
fn sentence_end(gap: &str) -> usize {
    gap.rfind(char::is_whitespace).map_or(gap.len(), |at| at)
}
