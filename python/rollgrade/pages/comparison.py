"""The page of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rollgrade.pages import charts, listed, number, percent, render

if TYPE_CHECKING:
    from markupsafe import Markup
    from numpy.typing import NDArray

    from rollgrade.analysis.comparing import Comparison

__all__ = ["page"]

_LEAST = 10
_CELLS = 25


def page(found: Comparison) -> str:
    """The comparison as one self-contained page."""
    data = found.to_dict()
    two = found.a.rubric is not None
    return render(
        "comparison.html",
        a=found.a,
        b=found.b,
        two=two,
        logs=listed(found.logs),
        rollouts=len(found.reward_a),
        both=found.both,
        rejected=found.rejected,
        tiles=_tiles(data),
        sides=[_side(letter, side) for letter, side in (("a", found.a), ("b", found.b))],
        density=_density(found),
        change=_change(found),
        within=_correlations(found),
        rules_chart=_rules_chart(found),
        rule_columns=_rule_columns(two),
        rules=[_rule(rule, two) for rule in found.rules],
        pairs=_pairs(data),
        least=_least(data["prompts"]),
        least_of=data["within_prompts"],
        moved=found.moved,
    )


def _tiles(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    overall, within = data["overall"], data["within_prompts"]
    return [
        ("Spearman, overall", number(overall["spearman"]), f"{overall['n']:,} rollouts"),
        ("Kendall's τ-b, overall", number(overall["kendall"]), f"{overall['pairs']:,} pairs"),
        ("Spearman, within prompts", number(within["spearman_mean"]), f"mean of {within['correlated']:,} prompts"),
        ("Kendall, within prompts", number(within["kendall_mean"]), f"median {number(within['kendall_median'])}"),
        ("Preferences that flip", percent(within["flip_share"]), f"{within['flipped']:,} of {within['preferred']:,} pairs within prompts"),
        ("Preferences that b ties", percent(within["tie_share"]), f"{within['tied_b']:,} pairs"),
    ]  # fmt: skip


def _side(letter: str, side: Any) -> tuple[str, str, str, str, str]:
    what = "the reward in the log" if side.rubric is None else f"rubric {side.rubric[:12]}"
    return letter, side.name, what, number(side.mean), f"{side.missing:,}"


def _both(found: Comparison) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    known = ~np.isnan(found.reward_a) & ~np.isnan(found.reward_b)
    return found.reward_a[known], found.reward_b[known]


def _density(found: Comparison) -> Markup:
    a, b = _both(found)
    edges_a, edges_b = _edges(a), _edges(b)
    counts, _, _ = np.histogram2d(a, b, bins=(edges_a, edges_b))
    cells = [
        {
            "x": edges_a[i], "x2": edges_a[i + 1], "y": edges_b[j], "y2": edges_b[j + 1],
            "rollouts": int(counts[i, j]),
        }
        for i, j in np.argwhere(counts).tolist()
    ]  # fmt: skip
    domains = ([edges_a[0], edges_a[-1]], [edges_b[0], edges_b[-1]])
    return charts.heatmap(cells, f"a: {found.a.name}", f"b: {found.b.name}", domains=domains)


def _edges(values: NDArray[np.float64], cells: int = _CELLS) -> list[float]:
    """Edges of equal bins: over [0, 1] where all values are inside, else over the values."""
    low, high = min(0.0, float(values.min())), max(1.0, float(values.max()))
    if low < 0 or high > 1:
        low, high = float(values.min()), float(values.max())
    edges: list[float] = np.linspace(low, high, cells + 1).tolist()
    return edges


def _change(found: Comparison) -> Markup:
    a, b = _both(found)
    if found.a.rubric is None:
        from rollgrade.analysis.ranks import percentiles

        change, title = percentiles(b) - percentiles(a), "change of rank (b - a), as a share of the log"
    else:
        change, title = b - a, "change of the reward (b - a)"
    edges = np.linspace(-1, 1, 41)
    counts, _ = np.histogram(change, bins=edges)
    return charts.histogram(edges.round(4).tolist(), counts.tolist(), title)


def _correlations(found: Comparison) -> Markup | None:
    values = found.by_group.kendall
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    edges = np.linspace(-1, 1, 41)
    counts, _ = np.histogram(values, bins=edges)
    return charts.histogram(
        edges.round(4).tolist(), counts.tolist(), "Kendall's τ-b of a prompt", counted="prompts"
    )


def _rules_chart(found: Comparison) -> Markup:
    rows: list[dict[str, Any]] = []
    for rule in found.rules:
        for series, value in (("a", rule.passed_a), ("b", rule.passed_b)):
            if value is not None:
                rows.append({"name": rule.rule, "value": value, "series": series})
    return charts.bars(rows, "share that passes")


def _rule_columns(two: bool) -> list[tuple[str, str]]:
    names = (
        ("mean a", "mean b", "passed a", "passed b", "gained", "lost")
        if two
        else ("mean b", "passed b", "Spearman with a")
    )
    return [("rule", "text"), *((name, "number") for name in names)]


def _rule(rule: Any, two: bool) -> list[str]:
    if not two:
        return [rule.rule, number(rule.mean_b), percent(rule.passed_b), number(rule.spearman)]
    means = [number(rule.mean_a), number(rule.mean_b), percent(rule.passed_a), percent(rule.passed_b)]
    counts = ["-" if n is None else f"{n:,}" for n in (rule.gained, rule.lost)]
    return [rule.rule, *means, *counts]


def _pairs(data: dict[str, Any]) -> list[list[str]]:
    rows = []
    for name, source in (("all rollouts", data["overall"]), ("within prompts", data["within_prompts"])):
        counts = [source[key] for key in ("same", "flipped", "tied_b", "tied_a", "tied")]
        rows.append(
            [name, *(f"{n:,} ({percent(n / source['pairs'] if source['pairs'] else None)})" for n in counts)]
        )
    return rows


def _least(prompts: list[dict[str, Any]]) -> list[list[str]]:
    """The prompts on which the two agree least; none where they agree on all."""
    known = sorted(
        (p for p in prompts if p["kendall"] is not None and p["kendall"] < 1),
        key=lambda p: (p["kendall"], -p["flipped"]),
    )
    return [
        [
            p["prompt"],
            f"{p['n']:,}",
            number(p["spearman"]),
            number(p["kendall"]),
            f"{p['flipped']:,}",
            f"{p['tied_b']:,}",
        ]
        for p in known[:_LEAST]
    ]
