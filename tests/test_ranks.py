"""Rank correlation and preference pairs, against SciPy and against counting pair by pair."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rollgrade.analysis.ranks import agreement, percentiles

VALUES = st.sampled_from([-1.0, 0.0, 1e-300, 0.1, 0.30000000000000004, 0.3, 1.0, 5e9])


def scipy_or_nan(function: object, a: list[float], b: list[float]) -> float:
    if len(a) < 2:
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(function(a, b).statistic)  # type: ignore[operator]


@given(rows=st.lists(st.tuples(VALUES, VALUES, st.integers(0, 3)), max_size=40))
def test_agreement_is_scipys_and_its_pairs_add_up(rows: list[tuple[float, float, int]]) -> None:
    a, b, group = (np.array(column) for column in (zip(*rows, strict=True) if rows else ([], [], [])))
    found = agreement(a.astype(float), b.astype(float), group.astype(np.int64), 4)
    for index in range(4):
        mine = [(x, y) for x, y, g in rows if g == index]
        xs, ys = [x for x, _ in mine], [y for _, y in mine]
        np.testing.assert_allclose(found.spearman[index], scipy_or_nan(stats.spearmanr, xs, ys), atol=1e-12)
        np.testing.assert_allclose(found.kendall[index], scipy_or_nan(stats.kendalltau, xs, ys), atol=1e-12)
        signs = [
            (np.sign(x1 - x2), np.sign(y1 - y2)) for (x1, y1), (x2, y2) in itertools.combinations(mine, 2)
        ]
        counted = {
            "n": len(mine),
            "pairs": len(signs),
            "same": sum(s * t > 0 for s, t in signs),
            "flipped": sum(s * t < 0 for s, t in signs),
            "tied_a": sum(s == 0 != t for s, t in signs),
            "tied_b": sum(t == 0 != s for s, t in signs),
            "tied": sum(s == t == 0 for s, t in signs),
        }
        assert {name: getattr(found, name)[index] for name in counted} == counted
        assert found.preferred[index] == sum(s != 0 for s, _ in signs)


@pytest.mark.parametrize("groups", [1, 25_000])
def test_two_hundred_thousand_rollouts_in_one_group_and_in_many(groups: int) -> None:
    random = np.random.default_rng(5)
    n = 200_000
    a = random.random(n).round(3)
    b = (a + random.normal(0, 0.2, n)).round(4)
    group = random.permutation(np.arange(n) % groups)
    found = agreement(a, b, group, groups)
    for index in range(0, groups, max(1, groups // 20)):
        mine = group == index
        assert found.kendall[index] == pytest.approx(stats.kendalltau(a[mine], b[mine]).statistic, abs=1e-12)
        assert found.spearman[index] == pytest.approx(stats.spearmanr(a[mine], b[mine]).statistic, abs=1e-12)
    parts = (found.same, found.flipped, found.tied_a, found.tied_b, found.tied)
    assert (sum(parts) == found.pairs).all()


@given(values=st.lists(st.one_of(VALUES, st.just(math.nan)), max_size=30))
def test_percentiles_are_scipys_ranks(values: list[float]) -> None:
    found = percentiles(np.array(values, dtype=float))
    known = [value for value in values if not math.isnan(value)]
    expected = iter((stats.rankdata(known) - 1) / (len(known) - 1) if len(known) > 1 else [0.5] * len(known))
    np.testing.assert_allclose(found, [math.nan if math.isnan(v) else next(expected) for v in values])


def test_the_whole_range_of_groups_and_no_rollouts_at_all() -> None:
    empty = np.empty(0)
    found = agreement(empty, empty, np.empty(0, dtype=np.int64), 0)
    assert len(found.n) == len(found.kendall) == 0
    found = agreement(empty, empty, np.empty(0, dtype=np.int64), 2)
    assert found.n.tolist() == [0, 0]
    assert np.isnan(found.spearman).all()
