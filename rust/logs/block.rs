//! A block of whole lines from end to end: read, prepared, graded, written.

use super::fields::{Fields, Found, Spec};
use super::ids;
use super::json::{Member, Tape, Wanted};
use super::tasks::{Prompt, Tasks};
use super::written::{Graded, RULES};
use crate::batch::{map_chunks, map_ranges};
use crate::grade::{Detail, Grade, Grader, Rollout, Scratch, Task};
use crate::reason;
use crate::rubric::Basis;
use std::hash::RandomState;
use std::ops::Range;
use std::sync::Arc;

pub use super::written::Style;

/// What a run asks of every block.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where fields are.
    pub spec: Spec,
    /// How grades are written.
    pub style: Style,
    /// What coverage is measured against.
    pub basis: Basis,
    /// A record without what that needs is measured against the next thing that it has.
    pub fall_back: bool,
    /// Every record has to have a source.
    pub needs_source: bool,
}

/// What of a block is graded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    /// The number of its first line in its file, from 1.
    pub number: u64,
    /// The line that it begins with, from 0, of all that the run reads.
    pub first: u64,
    /// Lines are taken whose number hashes to no more than this.
    pub at_most: Option<u64>,
    /// The most records that are read.
    pub limit: Option<usize>,
}

/// What threads need of their own.
#[derive(Debug, Default)]
pub struct Hands {
    grading: Scratch,
    tape: Tape,
}

/// A line that is left to Python: where its output goes, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Bytes of output before it.
    pub at: usize,
    /// Which line of the block, from 0.
    pub line: usize,
    /// Its bytes in the block, its line ending included.
    pub span: Range<usize>,
}

/// One of the rollouts with the lowest rewards.
#[derive(Debug, Clone)]
pub struct Worst {
    /// The reward.
    pub score: f64,
    /// Which line of the block, from 0.
    pub line: usize,
    /// Its id.
    pub id: Option<String>,
    /// The grade in one sentence.
    pub reason: String,
}

/// What the grades of a block add up to; arrays are by rule: length, coverage, pii, fluency, form. The user's own rules
/// have a score in every record.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Records graded here.
    pub graded: usize,
    /// Of those, the valid ones.
    pub valid: usize,
    /// The sum of their rewards.
    pub reward: f64,
    /// The sum of their tokens.
    pub tokens: u64,
    /// How many do not pass length.
    pub over_budget: usize,
    /// How many have a score.
    pub measured: [usize; 5],
    /// How many pass.
    pub passed: [usize; 5],
    /// The sum of their scores.
    pub scores: [f64; 5],
    /// How many pass each of the user's own rules, and the sum of their scores.
    pub custom: Vec<(usize, f64)>,
    /// PII by kind and verdict.
    pub pii: Vec<(String, &'static str, usize)>,
    /// Records in which only leaks fail.
    pub leaks: usize,
    /// How many hold facts, a reference, a source that were passed by, as the run's basis is one behind them.
    pub unused: [usize; 3],
    /// Hashes of the records' ids.
    pub ids: Vec<u64>,
    /// The three lowest rewards, the lowest first.
    pub worst: Vec<Worst>,
}

/// What comes of a block.
#[derive(Debug, Default)]
pub struct Done {
    /// The graded lines, in order, in pieces.
    pub pieces: Vec<Vec<u8>>,
    /// What is left to Python, in order.
    pub left: Vec<Left>,
    /// Sums over what was graded.
    pub tally: Tally,
    /// Lines of nothing but white space.
    pub blank: usize,
    /// Records that do not pass a condition, or are not of the sample.
    pub passed_over: usize,
    /// Lines that were looked at; fewer than there are where the limit was reached.
    pub lines: usize,
    /// Bytes of those.
    pub bytes: usize,
    /// Kinds of PII in the facts of prompts that were prepared.
    pub pii_in_facts: Vec<String>,
}

/// A line and what it is.
struct Row<'a> {
    span: Range<usize>,
    line: usize,
    what: What<'a>,
}

enum What<'a> {
    Blank,
    PassedOver,
    Left,
    Record(Record<'a>),
}

struct Record<'a> {
    fields: Fields<'a>,
    key: Key,
    /// What it holds of an older grade.
    old: Option<Member>,
    /// See [`Tally::unused`].
    unused: [bool; 3],
    prompt: Option<Arc<Prompt>>,
}

/// A record that is graded here.
struct Gradable<'r, 'a> {
    row: &'r Row<'a>,
    record: &'r Record<'a>,
    task: &'r Task,
}

impl<'r> Gradable<'r, '_> {
    fn rollout(&self) -> (Rollout<'r>, &'r Task) {
        let Fields { completion, truncated, .. } = &self.record.fields;
        (Rollout { text: completion, truncated: *truncated, ..Rollout::default() }, self.task)
    }
}

/// How a record's prompt is found.
#[derive(Clone, Copy)]
enum Key {
    /// By what it is measured against, and the hash of its texts.
    Own { basis: Basis, hash: u64 },
    /// It is that of the record before. Its texts are gone.
    Before,
}

impl<'a> Row<'a> {
    /// The record, where it is one that is graded here.
    fn graded(&self) -> Option<Gradable<'_, 'a>> {
        let What::Record(record) = &self.what else { return None };
        let task = record.prompt.as_ref()?.task()?;
        Some(Gradable { row: self, record, task })
    }

    /// Gives its prompt back, once it is graded.
    fn let_go(&mut self) {
        if let What::Record(record) = &mut self.what {
            record.prompt = None;
        }
    }

    fn prompt(&self) -> Option<&Prompt> {
        let What::Record(record) = &self.what else { return None };
        record.prompt.as_deref()
    }

    /// Whether its prompt is that of other fields.
    fn has_prompt(&self, of: Basis, other: &Fields<'_>) -> bool {
        let What::Record(Record { fields, key: Key::Own { basis, .. }, .. }) = &self.what else {
            return false;
        };
        *basis == of
            && fields.source == other.source
            && fields.facts == other.facts
            && fields.reference == other.reference
    }
}

/// Keys that are recorded because a rollout may need them, or because they are those of an older grade.
struct Keys<'a>(&'a Plan);

impl Wanted for Keys<'_> {
    fn recorded(&self, key: &[u8]) -> bool {
        self.0.spec.recorded(key) || self.marked(key)
    }
    fn marked(&self, key: &[u8]) -> bool {
        self.0.style.alone.is_none() && self.0.style.owns(key)
    }
}

/// The hash of a line's number that decides whether it is in a sample (splitmix64).
pub fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Grades a block of whole lines on `threads` threads that are joined before this returns.
pub fn run(
    block: &[u8],
    share: Share,
    plan: &Plan,
    grader: &Grader,
    tasks: &mut Tasks,
    threads: usize,
    hands: &mut Vec<Hands>,
) -> Done {
    let spans = lines(block);
    let hasher = tasks.hasher();
    let parsed = map_chunks(&spans, threads, hands, |hands, at, chunk| {
        let mut rows: Vec<Row<'_>> = Vec::with_capacity(chunk.len());
        // Where the last record stands that has its texts.
        let mut last = None;
        for (i, span) in chunk.iter().enumerate() {
            let before = last.and_then(|at: usize| rows.get(at));
            let bytes = block.get(span.clone()).unwrap_or_default();
            let is_drawn = share.at_most.is_none_or(|most| mixed(share.first + (at + i) as u64) <= most);
            let what = plan.row(bytes, is_drawn, &hasher, &mut hands.tape, before);
            if matches!(what, What::Record(Record { key: Key::Own { .. }, .. })) {
                last = Some(rows.len());
            }
            rows.push(Row { span: span.clone(), line: at + i, what });
        }
        rows
    });
    let mut rows: Vec<Row<'_>> = parsed.into_iter().flatten().collect();
    let mut done = Done::default();
    limit(&mut rows, share.limit);
    done.lines = rows.len();
    done.bytes = rows.last().map_or(0, |row| row.span.end);
    let (mut last, mut before) = (None, 0);
    for rows in rows.chunks_mut(TOGETHER) {
        let new = find_prompts(rows, tasks, &mut last);
        let graded = map_ranges(&portions(rows), threads, hands, |hands, portion| {
            plan.graded(block, rows.get(portion).unwrap_or_default(), share, grader, hands)
        });
        for part in graded {
            done.left.extend(part.left.into_iter().map(|left| Left { at: left.at + before, ..left }));
            before += part.out.len();
            done.pieces.push(part.out);
            done.blank += part.blank;
            done.passed_over += part.passed_over;
            done.tally.add(part.tally);
        }
        for (_, kind) in new.iter().filter_map(|prompt| prompt.task()).flat_map(Task::pii_in_facts) {
            let name = grader.scanner().name(*kind);
            if !done.pii_in_facts.iter().any(|known| known == name) {
                done.pii_in_facts.push(name.to_owned());
            }
        }
        rows.iter_mut().for_each(Row::let_go);
        tasks.end_round();
    }
    done
}

/// Rows whose prompts are held at once: of short ones a block has tens of thousands, each of which takes some kilobytes
/// when it is prepared.
const TOGETHER: usize = 2048;

/// The lines of a block, their endings included.
fn lines(block: &[u8]) -> Vec<Range<usize>> {
    let mut spans = Vec::with_capacity(block.len() / 1024);
    let mut from = 0;
    while from < block.len() {
        let rest = block.get(from..).unwrap_or_default();
        let until = memchr(rest).map_or(block.len(), |at| from + at + 1);
        spans.push(from..until);
        from = until;
    }
    spans
}

/// The first line feed.
pub(super) fn memchr(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 64;
    let mut at = 0;
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        if block.iter().fold(false, |any, &b| any | (b == b'\n')) {
            break;
        }
        at += BLOCK;
    }
    bytes.get(at..)?.iter().position(|&b| b == b'\n').map(|found| at + found)
}

fn is_white(b: &u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r' | b'\n')
}

/// Cuts off what is behind the last record that the limit allows.
fn limit(rows: &mut Vec<Row<'_>>, limit: Option<usize>) {
    let Some(limit) = limit else { return };
    let mut records = 0;
    let kept = rows.iter().position(|row| {
        records += usize::from(matches!(row.what, What::Left | What::Record(_)));
        records > limit
    });
    if let Some(kept) = kept {
        rows.truncate(kept);
    }
}

/// Gives every record its prompt; those that are new. `last` is that of the last record before.
fn find_prompts(rows: &mut [Row<'_>], tasks: &mut Tasks, last: &mut Option<Arc<Prompt>>) -> Vec<Arc<Prompt>> {
    let mut new = Vec::new();
    for row in rows {
        let What::Record(Record { fields, key, prompt, .. }) = &mut row.what else { continue };
        if let Key::Own { basis, hash } = *key {
            let (found, is_new) = tasks.find(hash, basis, fields);
            new.extend(is_new.then(|| Arc::clone(&found)));
            *last = Some(found);
        }
        prompt.clone_from(last);
    }
    new
}

/// The rows as they are graded together: few at a time, so that what was prepared of their prompts is near when their
/// completions are graded, and a prompt's completions on one thread, so that none waits for another to prepare it.
fn portions(rows: &[Row<'_>]) -> Vec<Range<usize>> {
    const LEAST: usize = Grader::TOGETHER / 2;
    let goes_on = |at: usize| {
        let prompt = |at: usize| rows.get(at).and_then(Row::prompt);
        prompt(at - 1).zip(prompt(at)).is_some_and(|(before, prompt)| std::ptr::eq(before, prompt))
    };
    let mut portions = Vec::with_capacity(rows.len() / LEAST + 1);
    let mut start = 0;
    while start < rows.len() {
        let most = (start + Grader::TOGETHER).min(rows.len());
        let end = (start + LEAST..=most).rev().find(|end| !goes_on(*end)).unwrap_or(most);
        portions.push(start..end);
        start = end;
    }
    portions
}

/// What comes of a portion of the rows.
#[derive(Default)]
struct Part {
    out: Vec<u8>,
    left: Vec<Left>,
    tally: Tally,
    blank: usize,
    passed_over: usize,
}

impl Part {
    /// Takes rows up to the next one that is graded here, which it returns, and notes what the others are.
    fn up_to_graded<'r, 'a>(
        &mut self,
        rows: &mut impl Iterator<Item = &'r Row<'a>>,
    ) -> Option<Gradable<'r, 'a>>
    where
        'a: 'r,
    {
        for row in rows {
            match row.what {
                What::Blank => self.blank += 1,
                What::PassedOver => self.passed_over += 1,
                What::Left | What::Record(_) => match row.graded() {
                    Some(found) => return Some(found),
                    None => {
                        let at = self.out.len();
                        self.left.push(Left { at, line: row.line, span: row.span.clone() });
                    }
                },
            }
        }
        None
    }
}

impl Plan {
    /// What a line is, of which it is known whether it is of the sample. `before` is the last record that has its texts.
    fn row<'a>(
        &self,
        bytes: &'a [u8],
        is_drawn: bool,
        hasher: &RandomState,
        tape: &mut Tape,
        before: Option<&Row<'a>>,
    ) -> What<'a> {
        if bytes.iter().all(is_white) {
            return What::Blank;
        }
        if !is_drawn {
            return What::PassedOver;
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return What::Left };
        let mut old = None;
        let Some(record) = tape.read(text, &Keys(self), &mut old) else { return What::Left };
        if !record.is_object() || (old.is_some() && !self.style.is_grade(record)) {
            return What::Left;
        }
        match self.spec.read(record) {
            Found::PassedOver => What::PassedOver,
            Found::Left => What::Left,
            Found::Fields(mut fields) => match self.basis_of(&fields) {
                None => What::Left,
                Some(basis) => {
                    let unused = self.unused(&fields);
                    let key = if before.is_some_and(|row| row.has_prompt(basis, &fields)) {
                        // Here and at once, where no other thread waits for it: there may be many, and they are long.
                        (fields.source, fields.facts, fields.reference) = (None, None, None);
                        Key::Before
                    } else {
                        Key::Own { basis, hash: Tasks::hash(hasher, basis, &fields) }
                    };
                    What::Record(Record { fields, key, old, unused, prompt: None })
                }
            },
        }
    }

    /// What a record is measured against; `None` where it lacks something.
    fn basis_of(&self, fields: &Fields<'_>) -> Option<Basis> {
        if self.fall_back {
            let mut order = Self::ORDER.into_iter().skip_while(|basis| *basis != self.basis);
            let found = order.find(|basis| fields.has(*basis));
            // What is not measured would pay more than what is.
            return found.filter(|basis| *basis != Basis::None || self.basis == Basis::None);
        }
        (fields.has(self.basis) && (fields.source.is_some() || !self.needs_source)).then_some(self.basis)
    }

    const ORDER: [Basis; 4] = [Basis::Facts, Basis::Reference, Basis::Source, Basis::None];

    /// What a record holds that goes before the run's basis.
    fn unused(&self, fields: &Fields<'_>) -> [bool; 3] {
        let before = Self::ORDER.iter().position(|basis| *basis == self.basis).unwrap_or(0);
        std::array::from_fn(|i| i < before && Self::ORDER.get(i).is_some_and(|basis| fields.has(*basis)))
    }

    fn graded(
        &self,
        block: &[u8],
        rows: &[Row<'_>],
        share: Share,
        grader: &Grader,
        hands: &mut Hands,
    ) -> Part {
        let mut part = Part::default();
        let size: usize = rows.iter().map(|row| row.span.len() + 700).sum();
        part.out.reserve(if self.style.alone.is_some() { rows.len() * 800 } else { size });
        for prompt in rows.iter().filter_map(Row::prompt) {
            prompt.prepare(grader, &mut hands.grading);
        }
        let rollouts: Vec<_> = rows.iter().filter_map(|row| Some(row.graded()?.rollout())).collect();
        let mut rows = rows.iter();
        grader.grade_each(&rollouts, Detail::Scores, &mut hands.grading, |grade| {
            let Some(Gradable { row, record, task }) = part.up_to_graded(&mut rows) else { return };
            let reason = reason::sentence(&grade, grader);
            let completion = &record.fields.completion;
            let graded = Graded::new(&grade, &reason, completion, task.has_source(), grader);
            let bytes = block.get(row.span.clone()).unwrap_or_default();
            let number = share.number + row.line as u64;
            self.write(bytes, number, record.old, &graded, &mut hands.tape, &mut part.out);
            part.tally.push(row.line, record, &graded);
        });
        part.up_to_graded(&mut rows);
        part
    }

    /// Writes a line with its grade as its last member, in place of an older one, and a line ending.
    fn write(
        &self,
        line: &[u8],
        number: u64,
        old: Option<Member>,
        graded: &Graded<'_>,
        tape: &mut Tape,
        out: &mut Vec<u8>,
    ) {
        if let Some(place) = &self.style.alone {
            out.extend_from_slice(place.as_bytes());
            out.extend_from_slice(number.to_string().as_bytes());
            out.extend_from_slice(b", ");
            self.style.members(graded, out);
            out.extend_from_slice(b"}\n");
            return;
        }
        let kept;
        let line = match old {
            None => line,
            Some(member) => {
                kept = self.without_old(line, member, tape);
                &kept
            }
        };
        let end = line.iter().rposition(|b| !is_white(b)).unwrap_or(0);
        let head = line.get(..end).unwrap_or_default();
        out.extend_from_slice(head);
        if head.iter().rfind(|b| !is_white(b)) != Some(&b'{') {
            out.extend_from_slice(b", ");
        }
        self.style.members(graded, out);
        out.push(b'}');
        out.extend_from_slice(line.get(end + 1..).unwrap_or_default());
        if !line.ends_with(b"\n") {
            out.push(b'\n');
        }
    }

    /// A line without the members of older grades; every other byte stays.
    fn without_old(&self, line: &[u8], member: Member, tape: &mut Tape) -> Vec<u8> {
        let mut line = line.to_vec();
        let mut old = Some(member);
        while let Some(Member { from, until, first, last }) = old.take() {
            // The comma that goes is the one before it, or, for the first member, the one behind it.
            line.drain(from..until + usize::from(first && !last));
            if let Ok(text) = std::str::from_utf8(&line) {
                let _ = tape.read(text, &Keys(self), &mut old);
            }
        }
        line
    }
}

impl Tally {
    fn push(&mut self, line: usize, record: &Record<'_>, graded: &Graded<'_>) {
        let fields = &record.fields;
        let grade: &Grade = graded.grade;
        self.graded += 1;
        self.valid += usize::from(grade.invalid.is_none());
        self.reward += grade.score;
        self.tokens += grade.tokens as u64;
        self.over_budget += usize::from(!grade.passed.length);
        let (scores, passed) = (grade.scores.in_order(), grade.passed.in_order());
        for i in 0..RULES.len() {
            if let Some(score) = scores[i] {
                self.measured[i] += 1;
                self.passed[i] += usize::from(passed[i]);
                self.scores[i] += score;
            }
        }
        self.custom.resize_with(grade.custom.len(), Default::default);
        for ((passed, scores), found) in self.custom.iter_mut().zip(&grade.custom) {
            *passed += usize::from(found.passed);
            *scores += found.score.unwrap_or(0.0);
        }
        for found in &grade.pii {
            self.found(graded.grader.scanner().name(found.found.kind), found.verdict.name(), 1);
        }
        self.leaks += usize::from(graded.pii_basis == "leaks");
        for (count, is_unused) in self.unused.iter_mut().zip(record.unused) {
            *count += usize::from(is_unused);
        }
        if let Some(id) = &fields.id {
            self.ids.push(ids::hash(id));
        }
        let last = self.worst.last().map_or(f64::INFINITY, |worst| worst.score);
        if self.worst.len() < Self::WORST || grade.score < last {
            let id = fields.id.as_deref().map(str::to_owned);
            self.keep(Worst { score: grade.score, line, id, reason: graded.reason.to_owned() });
        }
    }

    const WORST: usize = 3;

    fn keep(&mut self, worst: Worst) {
        let at = self.worst.partition_point(|other| other.score <= worst.score);
        self.worst.insert(at, worst);
        self.worst.truncate(Self::WORST);
    }

    fn found(&mut self, kind: &str, verdict: &'static str, count: usize) {
        match self.pii.iter_mut().find(|(k, v, _)| k == kind && *v == verdict) {
            Some((_, _, n)) => *n += count,
            None => self.pii.push((kind.to_owned(), verdict, count)),
        }
    }

    fn add(&mut self, other: Self) {
        self.graded += other.graded;
        self.valid += other.valid;
        self.reward += other.reward;
        self.tokens += other.tokens;
        self.over_budget += other.over_budget;
        for i in 0..RULES.len() {
            self.measured[i] += other.measured[i];
            self.passed[i] += other.passed[i];
            self.scores[i] += other.scores[i];
        }
        self.custom.resize_with(self.custom.len().max(other.custom.len()), Default::default);
        for ((passed, scores), (more_passed, more_scores)) in self.custom.iter_mut().zip(other.custom) {
            *passed += more_passed;
            *scores += more_scores;
        }
        for (kind, verdict, count) in other.pii {
            self.found(&kind, verdict, count);
        }
        self.leaks += other.leaks;
        for (count, more) in self.unused.iter_mut().zip(other.unused) {
            *count += more;
        }
        self.ids.extend(other.ids);
        for worst in other.worst {
            self.keep(worst);
        }
    }
}
