//! Many rollouts, over scoped threads, into columns.

use crate::grade::{Detail, Grade, Grader, Rollout, Scratch, Task};
use crate::pii::{Kind, leak::Verdict};
use crate::reason;
use crate::reward::{self, Scores};
use crate::rubric::Rubric;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The columns of many grades: one entry a rollout in each, in the order given.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The reward, in [0, 1].
    pub score: Vec<f64>,
    /// Whether the answer is valid.
    pub valid: Vec<bool>,
    /// Tokens of the answer.
    pub tokens: Vec<u32>,
    /// The length rule's score.
    pub length: Vec<f64>,
    /// Coverage as credited; NaN where it is not graded.
    pub coverage: Vec<f64>,
    /// The PII rule's score.
    pub pii: Vec<f64>,
    /// The fluency rule's score.
    pub fluency: Vec<f64>,
    /// The form rule's score.
    pub form: Vec<f64>,
    /// Which rules pass: length, coverage, pii, fluency, form.
    pub passed: [Vec<bool>; 5],
    /// A column of scores, and whether they pass, for each of the user's own rules; NaN where the caller scores it.
    pub custom: Vec<(Vec<f64>, Vec<bool>)>,
    /// One sentence a rollout.
    pub reasons: Vec<String>,
    /// PII matches of all rollouts, in order.
    pub matches: Matches,
}

/// The columns of PII matches.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// Which rollout.
    pub row: Vec<u32>,
    /// What it is.
    pub kind: Vec<Kind>,
    /// Bytes of the completion where it begins and ends.
    pub span: Vec<(usize, usize)>,
    /// Where the value comes from.
    pub verdict: Vec<Verdict>,
    /// Whether it fails the rule.
    pub fails: Vec<bool>,
}

impl Columns {
    fn push(&mut self, row: usize, grade: &Grade) {
        self.score.push(grade.score);
        self.valid.push(grade.invalid.is_none());
        self.tokens.push(u32::try_from(grade.tokens).unwrap_or(u32::MAX));
        self.length.push(grade.scores.length);
        self.coverage.push(grade.scores.coverage.unwrap_or(f64::NAN));
        self.pii.push(grade.scores.pii);
        self.fluency.push(grade.scores.fluency.unwrap_or(f64::NAN));
        self.form.push(grade.scores.form);
        for (column, passed) in self.passed.iter_mut().zip(grade.passed.in_order()) {
            column.push(passed);
        }
        self.custom.resize_with(grade.custom.len(), Default::default);
        for ((scores, passed), found) in self.custom.iter_mut().zip(&grade.custom) {
            scores.push(found.score.unwrap_or(f64::NAN));
            passed.push(found.passed);
        }
        for m in &grade.pii {
            self.matches.row.push(u32::try_from(row).unwrap_or(u32::MAX));
            self.matches.kind.push(m.found.kind);
            self.matches.span.push((m.found.span.start, m.found.span.end));
            self.matches.verdict.push(m.verdict);
            self.matches.fails.push(m.fails);
        }
    }

    fn append(&mut self, mut other: Self) {
        self.score.append(&mut other.score);
        self.valid.append(&mut other.valid);
        self.tokens.append(&mut other.tokens);
        self.length.append(&mut other.length);
        self.coverage.append(&mut other.coverage);
        self.pii.append(&mut other.pii);
        self.fluency.append(&mut other.fluency);
        self.form.append(&mut other.form);
        for (column, more) in self.passed.iter_mut().zip(&mut other.passed) {
            column.append(more);
        }
        self.custom.resize_with(self.custom.len().max(other.custom.len()), Default::default);
        for ((scores, passed), (more_scores, more_passed)) in self.custom.iter_mut().zip(&mut other.custom) {
            scores.append(more_scores);
            passed.append(more_passed);
        }
        self.reasons.append(&mut other.reasons);
        let (all, more) = (&mut self.matches, &mut other.matches);
        all.row.append(&mut more.row);
        all.kind.append(&mut more.kind);
        all.span.append(&mut more.span);
        all.verdict.append(&mut more.verdict);
        all.fails.append(&mut more.fails);
    }
}

/// Grades `rollouts`, each with the task it names, on `threads` threads that are joined before this returns.
/// `scratch` is theirs, the caller's first.
pub fn grade(
    grader: &Grader,
    rollouts: &[(Rollout<'_>, &Task)],
    threads: usize,
    scratch: &mut Vec<Scratch>,
) -> Columns {
    let parts = map_chunks(rollouts, threads, scratch, |scratch, at, chunk| {
        let mut columns = Columns::default();
        grader.grade_each(chunk, Detail::Scores, scratch, |grade| {
            columns.reasons.push(reason::sentence(&grade, grader));
            columns.push(at + columns.score.len(), &grade);
        });
        columns
    });
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    all.custom.resize_with(grader.rubric().rules.len(), Default::default);
    parts.for_each(|part| all.append(part));
    all
}

/// The rewards of valid answers from columns: the scores of the built-in rules, in their order (coverage and fluency NaN
/// where they are not graded), and those of the user's own rules.
pub fn rewards(rubric: &Rubric, scores: &[&[f64]], custom: &[&[f64]]) -> Vec<f64> {
    let rows = scores.first().map_or(0, |column| column.len());
    let at = |column: &[f64], i: usize| column.get(i).copied().filter(|score| !score.is_nan());
    let mut found = Vec::with_capacity(custom.len());
    let one = |i: usize| {
        let score = |rule: usize| scores.get(rule).and_then(|column| at(column, i));
        let scores = Scores {
            length: score(0).unwrap_or_default(),
            coverage: score(1),
            pii: score(2).unwrap_or_default(),
            fluency: score(3),
            form: score(4).unwrap_or_default(),
        };
        found.clear();
        found.extend(rubric.rules.iter().zip(custom).map(|(rule, column)| rule.scored(at(column, i))));
        reward::reward(rubric, &scores, &found)
    };
    (0..rows).map(one).collect()
}

/// Items that are worth a thread of their own, which costs more than what is fewer.
const WORTH_A_THREAD: usize = 16;

/// Applies `work` to contiguous chunks of `items`, in order: one on the caller's thread when `threads` is 1, else
/// several a thread, handed out as the threads come free. `scratch` is the threads' state, the caller's first; it
/// grows to one for each thread. A panic in `work` goes on in the caller.
pub fn map_chunks<T: Sync, S: Default + Send, R: Send>(
    items: &[T],
    threads: usize,
    scratch: &mut Vec<S>,
    work: impl Fn(&mut S, usize, &[T]) -> R + Sync,
) -> Vec<R> {
    // More chunks than threads even out texts of unequal length; few enough that a chunk is worth its hand-over.
    const CHUNKS_A_THREAD: usize = 16;
    const LEAST_OF_CHUNK: usize = 4;
    let size = match threads.min(items.len().div_ceil(WORTH_A_THREAD)) {
        0 | 1 => items.len().max(1),
        threads => items.len().div_ceil(threads * CHUNKS_A_THREAD).max(LEAST_OF_CHUNK),
    };
    let chunks: Vec<Range<usize>> =
        (0..items.len().max(1)).step_by(size).map(|at| at..(at + size).min(items.len())).collect();
    map_ranges(&chunks, threads, scratch, |state, range| {
        let at = range.start;
        work(state, at, items.get(range).unwrap_or_default())
    })
}

/// Applies `work` to ranges that follow one another, in order, as [`map_chunks`] does to its chunks.
pub fn map_ranges<S: Default + Send, R: Send>(
    ranges: &[Range<usize>],
    threads: usize,
    scratch: &mut Vec<S>,
    work: impl Fn(&mut S, Range<usize>) -> R + Sync,
) -> Vec<R> {
    let items = ranges.last().map_or(0, |last| last.end);
    let threads = threads.clamp(1, items.div_ceil(WORTH_A_THREAD).clamp(1, MOST_THREADS));
    let make = |i: usize| Ok::<_, std::convert::Infallible>(ranges.get(i).cloned().unwrap_or_default());
    match map_made(
        ranges.len(),
        threads,
        scratch,
        make,
        |run| run(),
        |state, range| work(state, range.clone()),
    ) {
        Ok(results) => results,
        Err(never) => match never {},
    }
}

/// Threads that a call uses at most.
const MOST_THREADS: usize = 256;

/// Applies `work` to `count` items in order, on `threads` threads that are joined before this returns. The caller's
/// thread makes the items one after the other, by their index, while the others already work on those that are
/// made; when all are, it takes part, and `detached` says how: it has to call what it is given. `scratch` is the
/// threads' state, the caller's first; it grows to one for each thread.
///
/// # Errors
/// The first that making an item gives.
pub fn map_made<T: Send + Sync, S: Default + Send, R: Send, E>(
    count: usize,
    threads: usize,
    scratch: &mut Vec<S>,
    mut make: impl FnMut(usize) -> Result<T, E>,
    detached: impl FnOnce(&mut (dyn FnMut() + Send)),
    work: impl Fn(&mut S, &T) -> R + Sync,
) -> Result<Vec<R>, E> {
    let threads = threads.clamp(1, MOST_THREADS);
    if scratch.len() < threads {
        scratch.resize_with(threads, S::default);
    }
    let Some((own, others)) = scratch.split_first_mut() else { return Ok(Vec::new()) };
    // Nothing is made after an error: then an item is `None`.
    let items: Vec<OnceLock<Option<T>>> = (0..count).map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let run = |state: &mut S| {
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(Some(item)) = items.get(i).map(OnceLock::wait) else { return done };
            done.push((i, work(state, item)));
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> =
            others.iter_mut().take(threads - 1).map(|state| scope.spawn(|| run(state))).collect();
        let end = EndOf(&items);
        for (i, item) in items.iter().enumerate() {
            let _ = item.set(Some(make(i)?));
        }
        drop(end);
        let (mut results, mut others) = (Vec::new(), others.into_iter());
        detached(&mut || {
            results = run(own);
            for other in others.by_ref() {
                match other.join() {
                    Ok(done) => results.extend(done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        Ok(results)
    })?;
    results.sort_by_key(|(i, _)| *i);
    Ok(results.into_iter().map(|(_, r)| r).collect())
}

/// Items that threads wait for: when this is dropped, those that were not made are known never to be, so that
/// nobody waits any longer.
struct EndOf<'a, T>(&'a [OnceLock<Option<T>>]);

impl<T> Drop for EndOf<'_, T> {
    fn drop(&mut self) {
        for item in self.0 {
            item.get_or_init(|| None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_every_item_once_in_order_on_any_number_of_threads() {
        for n in [0, 1, 15, 16, 17, 1000] {
            let items: Vec<usize> = (0..n).collect();
            for threads in [0, 1, 2, 3, 7, 10_000] {
                let seen: Vec<usize> = map_chunks(&items, threads, &mut Vec::new(), |(), at, chunk| {
                    assert_eq!(chunk.first().copied().unwrap_or(at), at);
                    chunk.to_vec()
                })
                .concat();
                assert_eq!(seen, items, "{n} items, {threads} threads");
            }
        }
    }

    #[test]
    fn items_that_are_made_one_by_one_are_worked_on_in_order() {
        for count in [0, 1, 5, 300] {
            for threads in [1, 2, 4] {
                let mut used = Vec::new();
                let make = |i: usize| Ok::<_, ()>(i * 3);
                let work = |seen: &mut usize, item: &usize| {
                    *seen += 1;
                    item + 1
                };
                let found = map_made(count, threads, &mut used, make, |run| run(), work).unwrap();
                assert_eq!(found, (0..count).map(|i| i * 3 + 1).collect::<Vec<_>>());
                assert_eq!(used.len(), threads);
                assert_eq!(used.iter().sum::<usize>(), count);
            }
        }
    }

    #[test]
    fn an_item_that_cannot_be_made_ends_the_work() {
        for threads in [1, 3] {
            let make = |i: usize| if i < 7 { Ok(i) } else { Err(i) };
            let found = map_made(100, threads, &mut Vec::new(), make, |run| run(), |(), &item| item);
            assert_eq!(found, Err(7));
        }
    }
}
