//! Reads a text: anchors, groups, chains, and what the recognisers say of them.

use super::edges::{
    address_start, announced, ends_free, ends_open, goes_on, group, is_in_row, is_labelled, is_money,
    is_name, letters_before, opens_row, starts_free,
};
use super::lanes::{Lane, fits};
use super::overlaps::Hit;
use super::{GUESS_REACH, Scanner};
use crate::pii::candidate::{Candidate, Chain, LEAST_TOKEN, MAX_LENGTH, before, byte, ends_chain, is_gap};
use crate::pii::context::Context;
use crate::pii::normalize::{Hidden, is_split};
use crate::pii::prefilter::{Anchors, Dashes, Escapes, Ground, Groups, LEAST_DIGITS, Survey, signs};
use crate::pii::prose::Glance;
use crate::pii::recognizers::{KindSet, Span, Strength, Verdict};
use crate::pii::{Evidence, Kind, Match};
use crate::simd::{BLOCK, Set, bits};
use std::ops::Range;

/// The score from which on a value leaves no doubt: a strong shape, and a checksum or near words.
const SURE: usize = 12 * Strength::Strong as usize + 10;

/// What words and a passing checksum together add to a score.
const NAMED: usize = 6;

/// Longest run read as an address: IPv6 with an IPv4 tail has 45 characters.
const LONGEST_ADDRESS: usize = 48;

/// How far behind a group that hides something others wait to be asked about.
const SOON: usize = 32;

/// How many of the last hits may be of the group that has just been read.
const SOME: usize = 4;

/// Whether the word for something else around a value is overruled, by the word that names the value or by what it is.
fn is_overruled(
    reading: &mut Reading,
    kind: Kind,
    (start, end): Span,
    verdict: Verdict,
    own: Option<usize>,
) -> bool {
    let against = kind.recognizer().against;
    let strong = verdict.strength >= Strength::Strong;
    let (text, context) = (reading.text, reading.around(start, end));
    let refers = own.is_some_and(|own| context.only_refers(own, against));
    // What passes its checksum among its own words is no order's number by chance.
    (refers && strong && verdict.checksum == Some(true))
        || ((strong || refers) && context.is_purpose(text, start, kind.bit(), against))
}

fn is_of_token(b: u8) -> bool {
    is_name(b) || b == b'-'
}

/// Whether nothing of a token stands beside a group.
fn is_free_of_tokens(text: &[u8], group: &Range<usize>) -> bool {
    !is_of_token(before(text, group.start)) && !is_of_token(byte(text, group.end))
}

/// A text that is being read.
struct Reading<'t> {
    set: Set,
    text: &'t [u8],
    ground: Ground<'t>,
    /// Whether it is a view, of which the words around a value that leaves no doubt are to be known too.
    uncovers: bool,
    /// Up to here every group, and every token, has been read.
    groups: usize,
    tokens: usize,
    /// The same of tokens without a digit, by their underscores.
    lettered: usize,
    /// Where a value ends that leaves no doubt: what begins inside of it is none of its own.
    sure: usize,
    /// Groups up to here are not asked yet whether they hide something, as one right before them does.
    soon: usize,
    waiting: Vec<Range<usize>>,
    context: Context,
    hits: Vec<Hit>,
}

impl<'t> Reading<'t> {
    fn new(set: Set, text: &'t [u8], ground: Ground<'t>, uncovers: bool) -> Self {
        Self {
            set,
            text,
            ground,
            uncovers,
            groups: 0,
            tokens: 0,
            lettered: 0,
            sure: 0,
            soon: 0,
            waiting: Vec::new(),
            context: Context::default(),
            hits: Vec::new(),
        }
    }

    /// Ends the reading of a group, and asks whether it hides something; gives where to go on.
    #[inline(always)]
    fn end_group(
        &mut self,
        group: Range<usize>,
        hidden: Option<&mut Hidden>,
        glance: impl FnOnce() -> Glance<'t>,
    ) -> usize {
        self.groups = group.end.max(self.sure);
        match hidden {
            Some(hidden) if self.groups > group.end => hidden.ask_group(&(group.start..self.groups)),
            Some(hidden) => self.ask(hidden, group, glance),
            None => {}
        }
        self.groups
    }

    /// Asks whether a group hides something, and notes where. What is read again reaches far beyond it: of the others right
    /// behind only the last one counts that hides something too, so they wait.
    #[inline(always)]
    fn ask(&mut self, hidden: &mut Hidden, group: Range<usize>, glance: impl FnOnce() -> Glance<'t>) {
        if group.end > self.soon && !self.waiting.is_empty() {
            self.ask_waiting(hidden);
        }
        if group.end <= self.soon {
            self.waiting.push(group);
        } else if self.hides(hidden, &group, &glance()) {
            self.soon = group.end + SOON;
            hidden.mark(group);
        }
    }

    fn ask_waiting(&mut self, hidden: &mut Hidden) {
        while let Some(group) = self.waiting.pop() {
            if self.hides(hidden, &group, &Glance::at(self.set, self.text, &group)) {
                self.soon = group.end + SOON;
                hidden.mark(group);
                self.waiting.clear();
            }
        }
    }

    fn hides(&mut self, hidden: &mut Hidden, group: &Range<usize>, glance: &Glance) -> bool {
        glance.hides()
            || (glance.may_be_backwards() && hidden.is_backwards(group.start))
            || (glance.may_be_split() && self.is_split(group))
    }

    /// Whether a group begins a value in an unusual writing that words could speak for, and that is not found yet.
    fn is_split(&mut self, group: &Range<usize>) -> bool {
        let is_found = |hit: &Hit| hit.found.span.start <= group.start && group.end < hit.found.span.end;
        is_split(self.text, group)
            && !self.hits.iter().rev().take(SOME).any(is_found)
            && self.around(group.start, group.end).mentions(KindSet::MAX)
    }

    /// The words around a candidate.
    fn around(&mut self, start: usize, end: usize) -> &Context {
        self.context.move_to(self.set, self.text, start, end)
    }
}

impl Scanner {
    /// Finds what stands plainly in `text` by the surveys of its blocks, and tells `hidden` where more could be.
    pub(super) fn read(
        &self,
        text: &[u8],
        ground: Ground,
        surveys: impl IntoIterator<Item = (usize, Survey)>,
        mut hidden: Option<&mut Hidden>,
    ) -> Vec<Hit> {
        let mut reading: Option<Reading> = None;
        for (first, survey) in surveys {
            if survey.plain | survey.dashes | survey.escapes != 0 {
                let uncovers = hidden.is_none();
                let reading = reading.get_or_insert_with(|| Reading::new(self.set, text, ground, uncovers));
                self.read_blocks(reading, (first, &survey), hidden.as_deref_mut());
            }
            if let Some(hidden) = hidden.as_deref_mut() {
                hidden.ask(&survey, first);
            }
        }
        if let Some((reading, hidden)) = reading.as_mut().zip(hidden) {
            reading.ask_waiting(hidden);
        }
        reading.map_or_else(Vec::new, |reading| reading.hits)
    }

    /// Reads the blocks of a survey that values could be in.
    fn read_blocks(
        &self,
        reading: &mut Reading,
        (first, survey): (usize, &Survey),
        mut hidden: Option<&mut Hidden>,
    ) {
        for block in bits(survey.plain) {
            self.read_block(reading, first + block, hidden.as_deref_mut());
        }
        for block in bits(survey.dashes) {
            self.read_dashes(reading, first + block);
        }
        for block in bits(survey.escapes) {
            self.read_underscores(reading, first + block);
        }
    }

    /// Reads the tokens around the underscores of a block that have no digit, to which nothing else leads.
    fn read_underscores(&self, reading: &mut Reading, block: usize) {
        let text = reading.text;
        let places = block * BLOCK..text.len().min((block + 1) * BLOCK);
        // Most are there for another sign.
        let has_any = |bytes: &[u8]| bytes.iter().fold(false, |any, &b| any | (b == b'_'));
        if !text.get(places).is_some_and(has_any) {
            return;
        }
        for at in bits(signs::<Escapes>(self.set, reading.ground, block)).map(|bit| block * BLOCK + bit) {
            if at < reading.lettered || byte(text, at) != b'_' {
                continue;
            }
            let (mut start, mut end) = (at, at + 1);
            while start > reading.lettered && is_of_token(before(text, start)) {
                start -= 1;
            }
            while is_of_token(byte(text, end)) {
                end += 1;
            }
            reading.lettered = end;
            let token = text.get(start..end).unwrap_or_default();
            if token.len() >= LEAST_TOKEN && !token.iter().any(u8::is_ascii_digit) {
                for (kind, find) in &self.tokens {
                    if let Some(((from, to), verdict)) = find(text, start, end) {
                        self.accept(reading, *kind, from, to, verdict);
                    }
                }
            }
        }
    }

    fn read_block(&self, reading: &mut Reading, block: usize, mut hidden: Option<&mut Hidden>) {
        let text = reading.text;
        let from = block * BLOCK;
        let mut next = reading.groups;
        let anchors = signs::<Anchors>(self.set, reading.ground, block);
        for bit in bits(anchors.all) {
            let at = from + bit;
            if at < next {
                continue;
            }
            next = match byte(text, at) {
                b'@' => {
                    self.at_sign(reading, at);
                    if let Some(hidden) = hidden.as_deref_mut() {
                        hidden.ask_sign(at);
                    }
                    at + 1
                }
                b':' => self.at_colon(reading, at).max(at + 1),
                _ => self.at_digit(reading, (at, bit), &anchors, hidden.as_deref_mut()),
            };
        }
    }

    /// Reads the group of the digit at `at`, which is number `bit` of a block with those anchors; gives where to go on.
    fn at_digit(
        &self,
        reading: &mut Reading,
        (at, bit): (usize, usize),
        anchors: &Anchors,
        hidden: Option<&mut Hidden>,
    ) -> usize {
        let text = reading.text;
        let group = group(text, (at, bit), anchors.alphanumeric, reading.groups);
        // Nothing begins here, and no token is around it, or it has been read.
        if ((goes_on(text, group.start) && group.len() < LEAST_TOKEN)
            || (group.len() == 1 && opens_row(text, at)))
            && (at < reading.tokens || is_free_of_tokens(text, &group))
        {
            return reading.end_group(group.clone(), hidden, || Glance::at(self.set, text, &group));
        }
        let glance = Glance::at(self.set, text, &group);
        if glance.is_plain() {
            if is_gap(byte(text, group.end)) {
                self.at_led(reading, &group);
            }
            reading.groups = group.end.max(reading.sure);
            return reading.groups;
        }
        if glance.is_apart() {
            self.at_apart(reading, &group, &glance);
        } else {
            if at >= reading.tokens && !self.tokens.is_empty() {
                self.at_token(reading, &group);
            }
            self.at_group(reading, &group, &glance);
        }
        reading.end_group(group, hidden, || glance)
    }

    fn read_dashes(&self, reading: &mut Reading, block: usize) {
        let dashes = signs::<Dashes>(self.set, reading.ground, block);
        for at in bits(dashes & !(dashes << 1)).map(|bit| block * BLOCK + bit) {
            if before(reading.text, at) != b'-' {
                for &(kind, find) in &self.dashes {
                    if let Some(((start, end), verdict)) = find(reading.text, at) {
                        self.accept(reading, kind, start, end, verdict);
                    }
                }
            }
        }
    }

    fn at_sign(&self, reading: &mut Reading, at: usize) {
        for &(kind, find) in &self.at {
            if let Some((start, end)) = find(reading.text, at) {
                self.accept(reading, kind, start, end, Verdict::shape(Strength::Certain));
            }
        }
    }

    /// Reads the run of hexadecimal digits, colons and dots at its first colon; gives where to go on.
    fn at_colon(&self, reading: &mut Reading, at: usize) -> usize {
        let text = reading.text;
        let Some(start) = address_start(text, at).filter(|_| !self.colons.is_empty()) else {
            return at + 1;
        };
        let is_part = |b: u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        let mut end = start;
        while end - start <= LONGEST_ADDRESS && is_part(byte(text, end)) {
            end += 1;
        }
        while end > start && matches!(before(text, end), b':' | b'.') && !ends_open(text, start, end) {
            end -= 1;
        }
        let free = !byte(text, end).is_ascii_alphanumeric() && byte(text, end) != b':';
        let Some(run) = text.get(start..end).filter(|run| free && run.len() <= LONGEST_ADDRESS) else {
            return at + 1;
        };
        let mut found = false;
        for (kind, judge) in &self.colons {
            if let Some(verdict) = judge(run) {
                found |= self.accept(reading, *kind, start, end, verdict);
            }
        }
        // What is no address may hold a number: a port, a time, a value behind a label.
        if found { end } else { at + 1 }
    }

    /// Reads the token around a group.
    fn at_token(&self, reading: &mut Reading, group: &Range<usize>) {
        let text = reading.text;
        let Range { mut start, mut end } = *group;
        if end - start < LEAST_TOKEN && is_free_of_tokens(text, group) {
            reading.tokens = end;
            return;
        }
        while start > reading.tokens && is_of_token(before(text, start)) {
            start -= 1;
        }
        while is_of_token(byte(text, end)) {
            end += 1;
        }
        reading.tokens = end;
        if end - start >= LEAST_TOKEN {
            for (kind, find) in &self.tokens {
                if let Some(((from, to), verdict)) = find(text, start, end) {
                    self.accept(reading, *kind, from, to, verdict);
                }
            }
        }
    }

    /// Reads what begins at a group that is part of no token and no chain, or at letters before it.
    fn at_apart(&self, reading: &mut Reading, group: &Range<usize>, glance: &Glance) {
        if group.len() == 1 && opens_row(reading.text, group.start) {
            return;
        }
        if glance.may_begin() && starts_free(reading.text, group.start) {
            self.find_at(reading, group);
        }
        if is_gap(byte(reading.text, group.end)) {
            self.at_led(reading, group);
        }
    }

    /// Finds the values that no chain makes and that begin at a group.
    fn find_at(&self, reading: &mut Reading, group: &Range<usize>) {
        let text = reading.text;
        let number = byte(text, group.start).is_ascii_digit();
        for &(kind, find) in if number { &self.numbers } else { &self.codes } {
            if let Some(((start, end), verdict)) = find(text, group.start, group.end) {
                self.accept(reading, kind, start, end, verdict);
            }
        }
    }

    /// Reads the chains that begin at a group, or at letters before it.
    fn at_group(&self, reading: &mut Reading, group: &Range<usize>, glance: &Glance) {
        let (text, length) = (reading.text, group.len());
        if length == 1 && opens_row(text, group.start) {
            return;
        }
        let free = starts_free(text, group.start);
        if free && glance.may_begin() {
            self.find_at(reading, group);
        }
        // No kind is written in so few characters, or digits, without a gap between them.
        let short = length <= LEAST_DIGITS as usize;
        if length > MAX_LENGTH
            || (!is_gap(byte(text, group.end)) && (short || glance.groups.digits < LEAST_DIGITS))
        {
            return;
        }
        if free && !(short && ends_chain(text, group)) {
            self.read_chain(reading, group.start, &glance.groups);
        }
        self.at_led(reading, group);
    }

    /// Reads the chain that begins at letters before a group.
    fn at_led(&self, reading: &mut Reading, group: &Range<usize>) {
        let (text, length) = (reading.text, group.len());
        let led = |from: &usize| {
            text.get(*from..group.start - 1).is_some_and(|letters| self.leads.has(letters, length))
        };
        if reading.sure <= group.start
            && self.leads.lead(length)
            && let Some(prefix) = letters_before(text, group.start).filter(led)
            && starts_free(text, prefix)
        {
            let groups = Groups::of(self.set, text, prefix);
            self.read_chain(reading, prefix, &groups);
        }
    }

    /// Reads the chain that begins at `start`, where these groups do.
    fn read_chain(&self, reading: &mut Reading, start: usize, groups: &Groups) {
        let chain = Chain::read(reading.text, start, groups);
        if chain.is_poor() {
            return;
        }
        for candidate in chain.candidates() {
            let lane = self.lanes.get(candidate.length()).filter(|lane| !lane.is_empty());
            if let Some(lane) = lane.filter(|_| ends_free(reading.text, &candidate)) {
                self.judge(reading, start, lane, &candidate);
            }
        }
    }

    fn judge(&self, reading: &mut Reading, start: usize, lane: &Lane, candidate: &Candidate) {
        let end = candidate.end();
        // Else nothing weak is accepted without words that speak for it.
        let lenient = self.strict || self.require;
        let gaps = candidate.gap_bits();
        let gapped = lane.shapes.iter().find(|gapped| gapped.gaps == gaps).filter(|_| candidate.is_uniform());
        if let Some(gapped) = gapped {
            let hinted = !gapped.weak.is_empty()
                && (lenient || reading.around(start, end).mentions(gapped.weak_kinds));
            for (kind, shape, judge) in
                gapped.telling.iter().chain(hinted.then_some(&gapped.weak).into_iter().flatten())
            {
                if fits(candidate, shape)
                    && (lenient
                        || shape.strength > Strength::Weak
                        || reading.around(start, end).mentions(kind.bit()))
                    && let Some(verdict) = judge(candidate, shape.strength)
                {
                    debug_assert!(verdict.strength <= shape.strength, "{kind:?} is stronger than its shape");
                    self.accept(reading, *kind, start, end, verdict);
                }
            }
        }
        // What was accepted, and needs no weaker hit of the same kind beside it.
        let mut settled = 0;
        for (kind, judge) in &lane.free {
            if let Some(verdict) = judge(candidate)
                && self.accept(reading, *kind, start, end, verdict)
                && verdict.strength >= Strength::Strong
            {
                settled |= kind.bit();
            }
        }
        let hinted = lane.hinted_kinds & !settled;
        let plain = hinted != 0 && candidate.is_led_number();
        if plain && (lenient || reading.around(start, end).mentions(hinted)) {
            for (kind, judge) in &lane.hinted {
                if settled & kind.bit() == 0
                    && (lenient || reading.around(start, end).mentions(kind.bit()))
                    && let Some(verdict) = judge(candidate)
                {
                    self.accept(reading, *kind, start, end, verdict);
                }
            }
        }
    }

    /// Weighs the evidence; says whether the match was accepted.
    fn accept(&self, reading: &mut Reading, kind: Kind, start: usize, end: usize, verdict: Verdict) -> bool {
        let text = reading.text;
        let recognizer = kind.recognizer();
        let mut own = None;
        if verdict.strength < Strength::Certain {
            if is_money(text, start, end) {
                return false;
            }
            let context = reading.around(start, end);
            own = context.speaks_for(kind.bit());
            let reach = if verdict.strength == Strength::Strong { 1 } else { 2 };
            let other = match verdict.strength {
                Strength::Complete => context.names_other(recognizer.against).then_some(0),
                _ => context.speaks_against(recognizer.against).filter(|&distance| distance <= reach),
            };
            let close = match verdict.strength {
                Strength::Faint => own == Some(0) && is_labelled(text, start),
                Strength::Slight => context
                    .spoke_for(kind.bit())
                    .is_some_and(|n| n <= GUESS_REACH && n < announced(text, start)),
                _ => true,
            };
            let other = other.filter(|_| !is_overruled(reading, kind, (start, end), verdict, own));
            if !close || !self.is_enough(verdict, own, other) {
                return false;
            }
            if recognizer.belongs.is_some_and(|belongs| !self.require && !belongs(text, start, end)) {
                return false;
            }
            // A table's cells, or a list's numbers, look like anything; a column's pass a checksum by chance.
            let proven = verdict.checksum == Some(true) && !reading.uncovers;
            if own.is_none() && !proven && !self.require && is_in_row(text, start, end) {
                return false;
            }
        } else if reading.uncovers {
            own = reading.around(start, end).speaks_for(kind.bit());
        }
        let passes = verdict.checksum == Some(true);
        let shape = verdict.strength >= Strength::Strong || (own.is_none() && !passes);
        let mut evidence = Evidence(0);
        evidence.set(Evidence::SHAPE, shape);
        evidence.set(Evidence::CHECKSUM, passes);
        evidence.set(Evidence::CONTEXT, own.is_some());
        let score = 12 * verdict.strength as usize + 10 * usize::from(passes) + own.map_or(0, |d| 16 - d);
        // What its words and its checksum call it is more than what it looks like.
        let named = passes && own.is_some();
        if score >= SURE {
            reading.sure = reading.sure.max(end);
        }
        let (from, to) = recognizer.widen.map_or((start, end), |widen| widen(text, start, end));
        let slight = verdict.strength == Strength::Slight;
        reading.hits.push(Hit {
            found: Match { kind, span: from..to, evidence, obfuscated: false },
            score: score + NAMED * usize::from(named),
            own,
            strong: verdict.strength >= Strength::Strong,
            slight,
        });
        true
    }

    /// Whether shape, checksum and the words for (`own`) and against it are enough.
    fn is_enough(&self, verdict: Verdict, own: Option<usize>, other: Option<usize>) -> bool {
        if self.require {
            return verdict.checksum != Some(false);
        }
        // A slight shape beside a word for something else is that.
        let vetoed = other.is_some_and(|other| {
            own.is_none_or(|own| other < own || (other == own && verdict.strength == Strength::Slight))
        });
        let evident = match verdict.strength {
            Strength::Faint | Strength::Slight => false,
            Strength::Weak => self.strict && verdict.checksum == Some(true),
            Strength::Fair => self.strict || verdict.checksum == Some(true),
            Strength::Strong | Strength::Complete | Strength::Certain => true,
        };
        !vetoed && (evident || own.is_some())
    }
}
