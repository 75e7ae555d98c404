//! What a summary carries of one fact: the recalls, what voids them, and the evidence.

use super::fact::{self, Fact, FactToken, Kind, NUMBER_REACH, Side, Slot, Unit};
use super::pieces::{SORTS, Sort};
use super::summary::Summary;
use super::{FactScore, Facts};
use crate::words::map::UNKNOWN;
use crate::words::polarity::Polarity;
use std::ops::Range;

/// What a fact loses where all its numbers, and where all its names, are missing.
const MISSING_NUMBERS: f64 = 0.15;
const MISSING_NAMES: f64 = 0.05;
/// The window is twice the fact's length and a little, and never narrower than 28 tokens.
const WINDOW_MIN: usize = 14;
const WINDOW_MORE: usize = 4;
/// The common subsequence looks at this many tokens of either side: far more than a fact or a summary has, and
/// a bound on its time.
const LCS_TOKENS: usize = 4096;
/// A fact that scores less than this is not carried, negated or not.
const CARRIED: f64 = 0.4;
/// An amount, share or year this many tokens around the passage that carries a fact belongs to it.
const SORT_REACH: usize = 4;
/// A negator this many tokens before the passage that carries a fact belongs to it.
const BEFORE_SPAN: usize = 3;
/// A subject stands at most this many tokens before a negated verb, and its object as many behind it.
const VERB_REACH: usize = 3;
/// A fact that a passage carries but for its verb scores at least this.
const ALL_BUT_VERB: f64 = 0.6;
/// A name and the word that it stands beside are at most this many tokens apart: one small word may part them.
const NAME_REACH: usize = 2;
/// A word so many tokens around it may stand in the place of one of the fact's.
const SLOT_REACH: usize = 1;

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
pub(super) struct Scratch {
    /// For each id, its unit in the fact at hand, or [`UNKNOWN`].
    unit_of: Vec<u32>,
    matches: Vec<Match>,
    counts: Vec<u32>,
    row: Vec<u64>,
}

/// What the recalls found.
pub(super) struct Carried {
    pub(super) score: f64,
    /// Matches that carry the fact best, as a range of `Scratch::matches`.
    best: Range<usize>,
    negated: bool,
}

impl Facts {
    pub(super) fn scratch(&self) -> Scratch {
        Scratch { unit_of: vec![UNKNOWN; self.keys.len()], ..Scratch::default() }
    }

    /// Scores one fact; leaves its matches in `scratch`.
    pub(super) fn carried(&self, fact: &Fact, summary: &Summary, scratch: &mut Scratch) -> Carried {
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
        let negated =
            self.settings.polarity && score >= CARRIED && fact.is_negated(summary, scratch, &best, score);
        let has_other = || {
            fact.has_other_number(summary, scratch, &best)
                || fact.has_other_name(summary, scratch, &best)
                || self.settings.polarity
                    && (fact.has_opposite(summary, scratch, &best)
                        || fact.is_left_open(summary, scratch, &best))
        };
        if negated || score > 0.0 && has_other() {
            score = 0.0;
        }
        Carried { score, best, negated }
    }

    pub(super) fn explain(
        &self,
        fact: &Fact,
        summary: &Summary,
        scratch: &Scratch,
        carried: &Carried,
    ) -> FactScore {
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
        scratch.matches.reserve(summary.held.len());
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

    /// Whether an invented name stands where this fact has one that the summary lacks: beside the same word, on the same
    /// side. Expects the counts of all matches.
    fn has_other_name(&self, summary: &Summary, scratch: &Scratch, best: &Range<usize>) -> bool {
        if summary.invented.is_empty() {
            return false;
        }
        let run = scratch.matches.get(best.clone()).unwrap_or_default();
        let held = |unit: u32| scratch.counts.get(unit as usize).is_some_and(|&count| count > 0);
        let words: Vec<(Kind, u32)> =
            self.tokens.iter().map(|t| t.kind).zip(self.unit_of.iter().copied()).collect();
        let anchor = |mut places: Range<usize>, from_behind: bool| {
            let is_anchor =
                |(kind, unit): &(Kind, u32)| matches!(kind, Kind::Content | Kind::Name) && held(*unit);
            places.end = places.end.min(words.len());
            let mut near = words.get(places).unwrap_or_default().iter().filter(|word| is_anchor(word));
            let found = if from_behind { near.next_back() } else { near.next() };
            found.map(|(_, unit)| *unit)
        };
        let is_there =
            |places: Range<usize>| summary.invented.iter().any(|at| places.contains(&(*at as usize)));
        words.iter().enumerate().filter(|(_, (kind, unit))| *kind == Kind::Name && !held(*unit)).any(
            |(i, _)| {
                let before = anchor(i.saturating_sub(NAME_REACH)..i, true);
                let behind = anchor(i + 1..i + 1 + NAME_REACH, false);
                run.iter().any(|m| {
                    let at = m.at as usize;
                    before == Some(m.unit) && is_there(at + 1..at + 1 + NAME_REACH)
                        || behind == Some(m.unit) && is_there(at.saturating_sub(NAME_REACH)..at)
                })
            },
        )
    }

    /// Whether the passage that carries the fact has, in the place of one of its words, another that excludes it. Expects
    /// the counts of all matches.
    fn has_opposite(&self, summary: &Summary, scratch: &Scratch, best: &Range<usize>) -> bool {
        let held = |unit: u32| scratch.counts.get(unit as usize).is_some_and(|&count| count > 0);
        let run = scratch.matches.get(best.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
        let from = (first.at as usize).saturating_sub(SLOT_REACH);
        let to = (last.at as usize + 1 + SLOT_REACH).min(summary.ids.len());
        let places = |id: u32| {
            let words = (0..).zip(summary.ids.iter().zip(&summary.polarities)).take(to).skip(from);
            let said = words.filter(move |(_, (of, polarity))| **of == id && **polarity == Polarity::Plain);
            said.map(|(at, _)| at)
        };
        let said = |id: u32| places(id).next().is_some();
        let has_number = |at: u32| {
            let reach = at.saturating_sub(NUMBER_REACH as u32)..=at + NUMBER_REACH as u32;
            let is_own = |m: &&Match| reach.contains(&m.at) && self.numbers.contains(&m.unit);
            run.iter().filter(is_own).any(|m| summary.clause(m.at) == summary.clause(at))
        };
        // `shut` may stand for the `closed` of another fact, where that is not said.
        let stands_in = |slot: &Slot, side: u8, id: u32| {
            let mut held = slot.held_on(side).peekable();
            held.peek().is_some() && !held.any(|id| summary.ids.contains(&id)) && !places(id).any(has_number)
        };
        self.slots.iter().any(|slot| {
            !held(slot.word)
                && (slot.other.iter().any(|(id, side)| said(*id) && !stands_in(slot, *side, *id))
                    || slot.lent.iter().any(|(id, _)| places(*id).any(has_number)))
                && !slot.same.iter().any(|id| said(*id))
        })
    }

    /// Whether the passage leaves open what the fact says did happen: `may have approved` for `approved`.
    fn is_left_open(&self, summary: &Summary, scratch: &Scratch, best: &Range<usize>) -> bool {
        if self.told.is_empty() || summary.open.is_empty() {
            return false;
        }
        let run = scratch.matches.get(best.clone()).unwrap_or_default();
        // Of a verb that other facts tell as well, what stands with it says whose it is.
        let is_here = |verb: &Match| {
            let clause = summary.clause(verb.at);
            let beside = |m: &&Match| m.unit != verb.unit && summary.clause(m.at) == clause;
            run.iter().filter(beside).any(|m| self.unit(m).negated.is_some())
        };
        self.told.iter().any(|unit| {
            let mut said = run.iter().filter(|m| m.unit == *unit).peekable();
            let is_told = said.peek().is_some_and(|m| !self.shared.contains(unit) || is_here(m));
            is_told && said.all(|m| summary.open.binary_search(&m.at).is_ok())
        })
    }

    /// Whether the passage has a negated word in the place of the fact's verb, between words of the fact: `the council did
    /// not back a wall` where it `approved` one.
    fn denies_verb(&self, summary: &Summary, run: &[Match], passage: Range<usize>) -> bool {
        let is_said = |verb: &u32| run.iter().any(|m| m.unit == *verb);
        if self.verbs.is_empty() || self.verbs.iter().any(is_said) {
            return false;
        }
        let is_content = |m: &&Match| self.unit(m).negated.is_some();
        let matched =
            |range: Range<usize>| run.iter().filter(is_content).any(|m| range.contains(&(m.at as usize)));
        let polarity = |at: usize| summary.polarities.get(at).copied().unwrap_or_default();
        passage.filter(|&at| polarity(at) == Polarity::Negator).any(|at| {
            let verb = (at + 1..=at + VERB_REACH).find(|&at| polarity(at) == Polarity::Negated);
            matched(at.saturating_sub(VERB_REACH)..at)
                && verb
                    .is_some_and(|verb| !matched(verb..verb + 1) && matched(verb + 1..verb + 1 + VERB_REACH))
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
    fn is_negated(&self, summary: &Summary, scratch: &Scratch, best: &Range<usize>, score: f64) -> bool {
        let run = scratch.matches.get(best.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
        let from = (first.at as usize).saturating_sub(BEFORE_SPAN);
        let passage = summary.polarities.get(from..=last.at as usize).unwrap_or_default();
        let says_no = fact::says_no(passage.iter().copied());
        if says_no == self.says_no {
            return false;
        }
        if says_no && score >= ALL_BUT_VERB && self.denies_verb(summary, run, from..last.at as usize + 1) {
            return true;
        }
        let is_negated = |m: &Match| {
            matches!(summary.polarities.get(m.at as usize), Some(Polarity::Negated | Polarity::Asked))
        };
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
