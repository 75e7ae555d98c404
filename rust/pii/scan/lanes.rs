//! The recognisers of candidates, by their lengths and gaps.

use crate::pii::Kind;
use crate::pii::candidate::Candidate;
use crate::pii::recognizers::{JudgeFree, JudgeShape, KindSet, Shape, Strength};

/// Most letters that lead a value.
pub(super) const LONGEST_LEAD: usize = 4;

/// The recognisers of candidates of one length.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    pub(super) shapes: Vec<Gapped>,
    pub(super) free: Vec<(Kind, JudgeFree)>,
    pub(super) hinted: Vec<(Kind, JudgeFree)>,
    pub(super) hinted_kinds: KindSet,
}

/// The shapes of one length that have the same gaps.
#[derive(Debug, Clone, Default)]
pub(super) struct Gapped {
    pub(super) gaps: u64,
    /// Those that say nothing without words around them, and the others.
    pub(super) weak: Vec<(Kind, Shape, JudgeShape)>,
    pub(super) telling: Vec<(Kind, Shape, JudgeShape)>,
    pub(super) weak_kinds: KindSet,
}

/// Which groups of letters may lead a value, with a gap behind them: for each length the lengths of the group that
/// follows, a bit each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Leads {
    any: [u64; LONGEST_LEAD + 1],
    /// Those that must be hexadecimal.
    hexadecimal: [u64; LONGEST_LEAD + 1],
    /// All of them.
    nexts: u64,
}

impl Leads {
    pub(super) fn add(&mut self, shape: &Shape) {
        let first = shape.gaps.trailing_zeros();
        let group = 1u64.checked_shl(first).unwrap_or(0).wrapping_sub(1);
        let leads = if shape.letters & group == group { &mut self.any } else { &mut self.hexadecimal };
        if let Some(next) = leads.get_mut(first as usize).filter(|_| shape.digits & group == 0) {
            let rest = shape.gaps & shape.gaps.wrapping_sub(1);
            let bit = 1 << (rest.trailing_zeros().min(shape.length) - first);
            *next |= bit;
            self.nexts |= bit;
        }
    }

    /// Whether any letters lead a group of that length.
    pub(super) fn lead(&self, next: usize) -> bool {
        next < 64 && self.nexts >> next & 1 == 1
    }

    /// Whether letters may lead a group of that length.
    pub(super) fn has(&self, letters: &[u8], next: usize) -> bool {
        let of = |leads: &[u64]| leads.get(letters.len()).is_some_and(|lengths| lengths >> next & 1 == 1);
        next < 64 && (of(&self.any) || (of(&self.hexadecimal) && letters.iter().all(u8::is_ascii_hexdigit)))
    }
}

impl Lane {
    pub(super) fn add(&mut self, kind: Kind, shape: Shape, judge: JudgeShape) {
        let known = self.shapes.iter().position(|gapped| gapped.gaps == shape.gaps);
        let at = known.unwrap_or_else(|| {
            self.shapes.push(Gapped { gaps: shape.gaps, ..Gapped::default() });
            self.shapes.len() - 1
        });
        let Some(gapped) = self.shapes.get_mut(at) else { return };
        if shape.strength > Strength::Weak {
            gapped.telling.push((kind, shape, judge));
        } else {
            gapped.weak.push((kind, shape, judge));
            gapped.weak_kinds |= kind.bit();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shapes.is_empty() && self.free.is_empty() && self.hinted.is_empty()
    }
}

/// Whether a candidate of a shape's length and gaps has its digits and letters.
pub(super) fn fits(candidate: &Candidate, shape: &Shape) -> bool {
    let digits = candidate.digits();
    digits & shape.letters == 0 && !digits & shape.digits == 0
}
