//! Prompts, kept by content as long as they are few.

use super::fields::Fields;
use crate::grade::{self, Grader, Scratch, Task};
use crate::rubric::Basis;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, OnceLock};

/// What a prompt's completions are graded against.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Material {
    basis: Basis,
    source: Option<String>,
    facts: Option<Vec<String>>,
    reference: Option<String>,
}

/// A prompt, prepared by the thread that first grades one of its completions, which then finds it near.
#[derive(Debug)]
pub(super) struct Prompt {
    material: Material,
    task: OnceLock<Option<Task>>,
}

impl Prompt {
    /// What its completions are graded against, once it is prepared; `None` where the rubric refuses it.
    pub(super) fn task(&self) -> Option<&Task> {
        self.task.get()?.as_ref()
    }

    pub(super) fn prepare(&self, grader: &Grader, scratch: &mut Scratch) {
        self.task.get_or_init(|| self.material.prepared(grader, scratch));
    }
}

/// Prompts by content. What is not used is dropped where they would hold more than [`Tasks::MOST_BYTES`] of text.
#[derive(Debug, Default)]
pub struct Tasks {
    prompts: HashMap<u64, Vec<(Arc<Prompt>, u64)>>,
    hasher: RandomState,
    round: u64,
    bytes: usize,
}

impl Tasks {
    /// Bytes of text whose prepared prompts are kept from one block to the next.
    pub const MOST_BYTES: usize = 1 << 20;
    /// What the shortest counts as: prepared, it takes some kilobytes.
    const LEAST_BYTES: usize = 1 << 10;

    /// The hash of what a record is graded against on a basis.
    pub(super) fn hash(hasher: &RandomState, basis: Basis, fields: &Fields<'_>) -> u64 {
        hasher.hash_one((basis.name(), &fields.source, &fields.facts, &fields.reference))
    }

    pub(super) fn hasher(&self) -> RandomState {
        self.hasher.clone()
    }

    /// The prompt of a record, and whether it was not there before.
    pub(super) fn find(&mut self, hash: u64, basis: Basis, fields: &Fields<'_>) -> (Arc<Prompt>, bool) {
        let prompts = self.prompts.entry(hash).or_default();
        if let Some((prompt, used)) = prompts.iter_mut().find(|(prompt, _)| prompt.material.is(basis, fields))
        {
            *used = self.round;
            return (Arc::clone(prompt), false);
        }
        let prompt = Arc::new(Prompt { material: Material::new(basis, fields), task: OnceLock::new() });
        self.bytes += prompt.material.bytes();
        prompts.push((Arc::clone(&prompt), self.round));
        (prompt, true)
    }

    /// Ends a block: what was not used for longest is dropped.
    pub(super) fn end_round(&mut self) {
        self.round += 1;
        if self.bytes <= Self::MOST_BYTES {
            return;
        }
        let mut sizes: Vec<(u64, usize)> =
            self.prompts.values().flatten().map(|(prompt, used)| (*used, prompt.material.bytes())).collect();
        sizes.sort_unstable_by_key(|&(used, _)| std::cmp::Reverse(used));
        // What the last block used stays: the next one may go on with it.
        let mut kept = 0;
        let too_old = sizes.into_iter().find_map(|(used, bytes)| {
            kept += bytes;
            (kept > Self::MOST_BYTES / 2).then_some(used)
        });
        let (last, too_old) = (self.round - 1, too_old.unwrap_or(0));
        self.prompts.retain(|_, prompts| {
            prompts.retain(|(_, used)| *used == last || *used > too_old);
            !prompts.is_empty()
        });
        self.bytes = self.prompts.values().flatten().map(|(prompt, _)| prompt.material.bytes()).sum();
    }
}

impl Material {
    fn new(basis: Basis, fields: &Fields<'_>) -> Self {
        Self {
            basis,
            source: fields.source.as_deref().map(str::to_owned),
            facts: fields.facts.as_ref().map(|facts| facts.iter().map(|f| f.clone().into_owned()).collect()),
            reference: fields.reference.as_deref().map(str::to_owned),
        }
    }

    fn prepared(&self, grader: &Grader, scratch: &mut Scratch) -> Option<Task> {
        let facts: Option<Vec<&str>> =
            self.facts.as_ref().map(|facts| facts.iter().map(String::as_str).collect());
        let given = grade::Material {
            source: self.source.as_deref(),
            facts: facts.as_deref(),
            weights: None,
            reference: self.reference.as_deref(),
        };
        grader.prepare(self.basis, given, scratch).ok()
    }

    fn is(&self, basis: Basis, fields: &Fields<'_>) -> bool {
        self.basis == basis
            && self.source.as_deref() == fields.source.as_deref()
            && self.reference.as_deref() == fields.reference.as_deref()
            && match (&self.facts, &fields.facts) {
                (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b),
                (None, None) => true,
                _ => false,
            }
    }

    fn bytes(&self) -> usize {
        let facts = self.facts.iter().flatten().map(String::len).sum::<usize>();
        let rest = [&self.source, &self.reference];
        let bytes = facts + rest.into_iter().flatten().map(String::len).sum::<usize>();
        bytes.max(Tasks::LEAST_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[test]
    fn of_short_prompts_few_are_kept() {
        const EACH: usize = 2000;
        let mut tasks = Tasks::default();
        for round in 0..4 {
            for prompt in 0..EACH {
                let fields = Fields {
                    completion: Cow::default(),
                    source: None,
                    facts: Some(vec![Cow::from(format!("{round} {prompt}"))]),
                    reference: None,
                    truncated: None,
                    id: None,
                };
                let hash = Tasks::hash(&tasks.hasher, Basis::Facts, &fields);
                assert!(tasks.find(hash, Basis::Facts, &fields).1);
                assert!(!tasks.find(hash, Basis::Facts, &fields).1);
            }
            tasks.end_round();
            // Those of the last round alone.
            assert_eq!(tasks.prompts.values().map(Vec::len).sum::<usize>(), EACH);
        }
    }
}
