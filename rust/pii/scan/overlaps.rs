//! Accepted candidates, and which of those that overlap are kept.

use crate::pii::Match;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// An accepted candidate, before overlaps are resolved.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) found: Match,
    pub(super) score: usize,
    /// How far away the nearest word is that speaks for it.
    pub(super) own: Option<usize>,
    /// Its shape is enough without words around it.
    pub(super) strong: bool,
    /// Its shape says next to nothing.
    pub(super) slight: bool,
}

/// The best of hits that overlap: by score, then by length, then by kind.
pub(super) fn resolve(mut hits: Vec<Hit>) -> Vec<Match> {
    hits.sort_by_key(|hit| (hit.found.span.start, hit.found.span.end));
    let mut matches = Vec::with_capacity(hits.len());
    let mut cluster: Vec<Hit> = Vec::new();
    let mut hits = hits.into_iter().peekable();
    while let Some(hit) = hits.next() {
        let mut reach = hit.found.span.end;
        let mut next = hits.next_if(|next| next.found.span.start < reach);
        if next.is_none() {
            matches.push(hit.found);
            continue;
        }
        cluster.push(hit);
        while let Some(hit) = next {
            reach = reach.max(hit.found.span.end);
            cluster.push(hit);
            next = hits.next_if(|next| next.found.span.start < reach);
        }
        settle(&mut cluster, &mut matches);
    }
    matches
}

/// Moves the best hits of a cluster, in order, to `matches`.
fn settle(cluster: &mut Vec<Hit>, matches: &mut Vec<Match>) {
    cluster.sort_by_key(|hit| (Reverse(hit.score), Reverse(hit.found.span.len()), hit.found.kind));
    let best = cluster.first().map(|hit| hit.found.span.clone()).unwrap_or_default();
    if cluster.iter().all(|Hit { found, .. }| found.span.start < best.end && best.start < found.span.end) {
        matches.extend(cluster.drain(..).next().map(|hit| hit.found));
        return;
    }
    let mut chosen: BTreeMap<usize, Match> = BTreeMap::new();
    for Hit { found, .. } in cluster.drain(..) {
        let earlier = chosen.range(..found.span.end).next_back();
        if earlier.is_none_or(|(_, other)| other.span.end <= found.span.start) {
            chosen.insert(found.span.start, found);
        }
    }
    matches.extend(chosen.into_values());
}
