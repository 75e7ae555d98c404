//! Many rollouts, over scoped threads, into columns.

use crate::grade::{Detail, Grade, Grader, Rollout, Scratch, Task};
use crate::pii::{Kind, leak::Verdict};
use crate::reason;

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
    /// One sentence a rollout, where asked for.
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
        self.fluency.push(grade.scores.fluency);
        self.form.push(grade.scores.form);
        let p = grade.passed;
        for (column, passed) in self.passed.iter_mut().zip([p.length, p.coverage, p.pii, p.fluency, p.form]) {
            column.push(passed);
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
/// `own` is the caller's thread's scratch memory.
pub fn grade(
    grader: &Grader,
    rollouts: &[(Rollout<'_>, &Task)],
    threads: usize,
    reasons: bool,
    own: &mut Scratch,
) -> Columns {
    let parts = map_chunks(rollouts, threads, own, |scratch, at, chunk| {
        let mut columns = Columns::default();
        for (i, (rollout, task)) in chunk.iter().enumerate() {
            let grade = grader.grade(task, *rollout, Detail::Scores, scratch);
            if reasons {
                columns.reasons.push(reason::sentence(&grade, grader.rubric()));
            }
            columns.push(at + i, &grade);
        }
        columns
    });
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    parts.for_each(|part| all.append(part));
    all
}

/// Applies `work` to contiguous chunks of `items`, in order: one on the caller's thread when `threads` is 1, else
/// several a thread, handed out as the threads come free. `own` is the caller's thread's state; the others begin
/// with an empty one. A panic in `work` goes on in the caller.
pub fn map_chunks<T: Sync, S: Default, R: Send>(
    items: &[T],
    threads: usize,
    own: &mut S,
    work: impl Fn(&mut S, usize, &[T]) -> R + Sync,
) -> Vec<R> {
    // More chunks than threads even out texts of unequal length; few enough that a chunk is worth its hand-over.
    const CHUNKS_A_THREAD: usize = 8;
    const LEAST: usize = 16;
    const MOST_THREADS: usize = 256;
    let threads = threads.clamp(1, items.len().div_ceil(LEAST).clamp(1, MOST_THREADS));
    if threads == 1 {
        return vec![work(own, 0, items)];
    }
    let size = items.len().div_ceil(threads * CHUNKS_A_THREAD).max(LEAST);
    let chunks: Vec<&[T]> = items.chunks(size).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = |state: &mut S| {
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(chunk) = chunks.get(i) else { return done };
            done.push((i, work(state, i * size, chunk)));
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| run(&mut S::default()))).collect();
        let mut results = run(own);
        for other in others {
            match other.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(i, _)| *i);
    results.into_iter().map(|(_, r)| r).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_every_item_once_in_order_on_any_number_of_threads() {
        for n in [0, 1, 15, 16, 17, 1000] {
            let items: Vec<usize> = (0..n).collect();
            for threads in [0, 1, 2, 3, 7, 10_000] {
                let seen: Vec<usize> = map_chunks(&items, threads, &mut (), |(), at, chunk| {
                    assert_eq!(chunk.first().copied().unwrap_or(at), at);
                    chunk.to_vec()
                })
                .concat();
                assert_eq!(seen, items, "{n} items, {threads} threads");
            }
        }
    }
}
