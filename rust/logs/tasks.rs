//! Prepared prompts, kept by content as long as they are few.

use super::fields::Fields;
use crate::grade::Task;
use crate::rubric::Basis;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// What a prompt's completions are graded against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Material {
    pub(super) basis: Basis,
    pub(super) source: Option<String>,
    pub(super) facts: Option<Vec<String>>,
    pub(super) reference: Option<String>,
}

/// A prompt that was prepared; without a task where the rubric refuses it.
#[derive(Debug)]
pub(super) struct Prompt {
    pub(super) material: Material,
    pub(super) task: Option<Task>,
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

    /// The hash of what a record is graded against on a basis.
    pub(super) fn hash(hasher: &RandomState, basis: Basis, fields: &Fields<'_>) -> u64 {
        hasher.hash_one((basis.name(), &fields.source, &fields.facts, &fields.reference))
    }

    pub(super) fn hasher(&self) -> RandomState {
        self.hasher.clone()
    }

    pub(super) fn find(&mut self, hash: u64, basis: Basis, fields: &Fields<'_>) -> Option<Arc<Prompt>> {
        let round = self.round;
        let (prompt, used) =
            self.prompts.get_mut(&hash)?.iter_mut().find(|(prompt, _)| prompt.material.is(basis, fields))?;
        *used = round;
        Some(Arc::clone(prompt))
    }

    pub(super) fn add(&mut self, hash: u64, prompt: Arc<Prompt>) {
        self.bytes += prompt.material.bytes();
        self.prompts.entry(hash).or_default().push((prompt, self.round));
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
    pub(super) fn new(basis: Basis, fields: &Fields<'_>) -> Self {
        Self {
            basis,
            source: fields.source.as_deref().map(str::to_owned),
            facts: fields.facts.as_ref().map(|facts| facts.iter().map(|f| f.clone().into_owned()).collect()),
            reference: fields.reference.as_deref().map(str::to_owned),
        }
    }

    pub(super) fn is(&self, basis: Basis, fields: &Fields<'_>) -> bool {
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
        facts + self.source.as_ref().map_or(0, String::len) + self.reference.as_ref().map_or(0, String::len)
    }
}
