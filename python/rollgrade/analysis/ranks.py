"""How two rewards rank the same rollouts: Spearman's rho, Kendall's tau-b and preference pairs, by group.

Exact with ties, in O(n log n) time and O(n) memory for any sizes of group: a million groups of eight or one group of
eight million. Held against SciPy in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Agreement", "agreement", "percentiles"]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How two rewards, a and b, agree in each of some groups; every array is of shape (groups,).

    ``n``: rollouts; ``pairs``: pairs of rollouts of one group, of which ``same`` are ranked alike by both, ``flipped``
    the other way round, ``tied_a`` and ``tied_b`` equal under one of them alone, and ``tied`` under both.
    ``spearman`` and ``kendall`` (tau-b) are NaN where a group has fewer than two rollouts, or one reward is constant.
    """

    n: Ints
    pairs: Ints
    same: Ints
    flipped: Ints
    tied_a: Ints
    tied_b: Ints
    tied: Ints
    spearman: Floats
    kendall: Floats

    @property
    def preferred(self) -> Ints:
        """Pairs of which a prefers one."""
        return self.same + self.flipped + self.tied_b


def agreement(a: Floats, b: Floats, group: Ints, groups: int) -> Agreement:
    """How ``a`` and ``b`` agree inside each group. ``group`` holds for each rollout a number from 0 to ``groups - 1``;
    neither reward may be NaN."""
    order = np.argsort(group, kind="stable")
    group = np.asarray(group, dtype=np.int64)[order]
    rank_a, rank_b = _dense(a)[order], _dense(b)[order]
    n = np.bincount(group, minlength=groups).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(n)[:-1]])
    pairs = _pairs(n)

    by_a = np.lexsort((rank_b, rank_a, group))
    by_b = np.lexsort((rank_b, group))
    runs_a, mean_a = _runs(by_a, (group, rank_a), start)
    runs_b, mean_b = _runs(by_b, (group, rank_b), start)
    runs_both, _ = _runs(by_a, (group, rank_a, rank_b), start)
    in_a, in_b, in_both = (
        _sums(group[by[first]], _pairs(length), groups)
        for by, (first, length) in ((by_a, runs_a), (by_b, runs_b), (by_a, runs_both))
    )
    # Ranks inside the group need few bits where groups are small.
    inside = _inside(by_b, runs_b, group)
    flipped = _inversions(group, inside[by_a], groups)
    same = pairs - in_a - in_b + in_both - flipped
    with np.errstate(invalid="ignore", divide="ignore"):
        kendall = (same - flipped) / np.sqrt(pairs - in_a) / np.sqrt(pairs - in_b)
    return Agreement(
        n=n,
        pairs=pairs,
        same=same,
        flipped=flipped,
        tied_a=in_a - in_both,
        tied_b=in_b - in_both,
        tied=in_both,
        spearman=_correlation(mean_a, mean_b, group, n),
        kendall=np.clip(kendall, -1.0, 1.0),
    )


def percentiles(values: Floats) -> Floats:
    """Each value's place among all, in [0, 1]: its average rank, from the lowest (0) to the highest (1); 0.5 where
    there is only one. NaN stays NaN and has no part in it."""
    places = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    rank = _dense(values[known])
    count = np.bincount(rank)
    mean = np.cumsum(count) - count + (count - 1) / 2
    total = int(known.sum())
    places[known] = mean[rank] / (total - 1) if total > 1 else 0.5
    return places


def _dense(values: Floats) -> Ints:
    """The rank of each value among the distinct ones."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _pairs(n: Ints) -> Ints:
    pairs: Ints = n * (n - 1) // 2
    return pairs


def _runs(order: Ints, keys: tuple[Ints, ...], start: Ints) -> tuple[tuple[Ints, Ints], Floats]:
    """Runs of equal keys in sorted order: where each begins and how long it is; and for each rollout the mean rank of
    its run inside its group, which is the first of ``keys`` and begins at ``start``."""
    total = len(order)
    new = np.zeros(total, dtype=bool)
    new[:1] = True
    for key in keys:
        ordered = key[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    first = np.flatnonzero(new)
    length = np.diff(np.append(first, total))
    mean = np.empty(total)
    mean[order] = np.repeat(first + (length - 1) / 2, length) - start[keys[0][order]]
    return (first, length), mean


def _inside(order: Ints, runs: tuple[Ints, Ints], group: Ints) -> Ints:
    """Each rollout's rank among the distinct values of its group, from the runs of the values in sorted order."""
    first, length = runs
    run = np.arange(len(first))
    of = group[order[first]]
    new = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
    rank = run - np.repeat(new, np.diff(np.append(new, len(first))))
    inside = np.empty(len(order), dtype=np.int64)
    inside[order] = np.repeat(rank, length)
    return inside


def _correlation(a: Floats, b: Floats, group: Ints, n: Ints) -> Floats:
    """Pearson's correlation of ranks in each group; the mean of a group's ranks is known."""
    centre = ((n - 1) / 2)[group]
    a, b = a - centre, b - centre
    ab, aa, bb = (np.bincount(group, weights=w, minlength=len(n)) for w in (a * b, a * a, b * b))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(ab / np.sqrt(aa) / np.sqrt(bb), -1.0, 1.0)


def _inversions(group: Ints, values: Ints, groups: int) -> Ints:
    """For each group, the pairs of which the earlier has the larger value. ``group`` is sorted.

    From the highest bit of the values down: among those that agree in all higher bits, each with a 0 is inverted with
    every earlier one with a 1; then zeros go before ones, each in their order, and the next bit decides the rest.
    """
    found = np.zeros(groups, dtype=np.int64)
    total = len(values)
    if not total:
        return found
    segment = group.copy()
    for bit in range(int(values.max()).bit_length() - 1, -1, -1):
        one = (values >> bit) & 1
        before = np.cumsum(one) - one
        first = np.flatnonzero(np.r_[True, segment[1:] != segment[:-1]])
        length = np.diff(np.append(first, total))
        before -= np.repeat(before[first], length)
        zero = one == 0
        found += _sums(group[zero], before[zero], groups)
        # A stable partition of each segment: zeros, then ones.
        begin = np.repeat(first, length)
        ones = np.add.reduceat(one, first)
        place = np.where(zero, np.arange(total) - before, begin + np.repeat(length - ones, length) + before)
        values, segment = _moved(values, place), np.repeat(np.arange(len(first)) * 2, length)
        segment += (values >> bit) & 1
        # Groups are unions of segments, so they do not move.
    return found


def _sums(group: Ints, values: Ints, groups: int) -> Ints:
    """Sums by sorted group, exactly: by differences of the running sum."""
    running = np.concatenate([[0], np.cumsum(values)])
    edges = np.searchsorted(group, np.arange(groups + 1))
    sums: Ints = running[edges[1:]] - running[edges[:-1]]
    return sums


def _moved(values: Ints, place: Ints) -> Ints:
    moved = np.empty_like(values)
    moved[place] = values
    return moved
