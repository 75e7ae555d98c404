"""The page of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rollgrade.pages import charts, highlighted, listed, number, percent, render

if TYPE_CHECKING:
    from markupsafe import Markup

    from rollgrade.analysis.reporting import Example, Report, Sums

__all__ = ["page"]

_VERDICTS = {
    "leak_exact": charts.COLOURS[2],
    "leak_reformatted": charts.COLOURS[4],
    "leak_partial": charts.COLOURS[3],
    "invented": charts.COLOURS[0],
    "unknown": charts.COLOURS[6],
}
"""The verdicts on PII, the worst first, and their colours."""
_POINTS = 200
_TOKEN_BINS = 50
_PII_KINDS = 20


def page(report: Report, *, show_pii: bool = False) -> str:
    """The report as one self-contained page."""
    steps = _points(report)
    return render(
        "report.html",
        report=report,
        logs=listed(report.logs),
        tiles=_tiles(report),
        rewards=_rewards(report),
        tokens=_tokens(report),
        pass_rates=_pass_rates(report.all, report.rules),
        curves=_curves(steps, report.rules) if len(steps) > 1 else [],
        rules=[_rule(report.all, rule) for rule in report.rules],
        rule_columns=[(rule, "number") for rule in report.rules],
        steps=[_step(step, sums, report.rules) for step, sums in steps] if len(steps) > 1 else [],
        binned=len(report.steps) > _POINTS,
        pii_chart=_pii_chart(report),
        verdicts=[(verdict.replace("_", " "), "number") for verdict in _verdicts(report)],
        show_pii=show_pii,
        pii=_pii(report),
        facts_chart=_facts_chart(report),
        facts=[_fact(i, *counts) for i, counts in enumerate(report.facts, 1)],
        cards=[_card(example, show_pii) for example in report.gallery],
        marks=_marks(report),
        failing=[rule for rule in report.rules if any(rule in example.failed for example in report.gallery)],
        gallery_steps=sorted({example.step for example in report.gallery if example.step is not None}),
    )


def _tiles(report: Report) -> list[tuple[str, str, str]]:
    sums, over = report.all, report.all.measured["length"] - report.all.passed["length"]
    tokens = f"{percent(over / sums.rollouts)} fail length"
    lacking = sums.rollouts - sums.scored
    tiles = [
        (
            "Rollouts",
            f"{sums.rollouts:,}",
            f"{report.valid:,} valid" if report.valid < sums.rollouts else "all valid",
        ),
        ("Mean reward", number(sums.mean), f"{lacking:,} have none" if lacking else ""),
        ("Mean tokens", f"{sums.tokens / sums.rollouts:.1f}", tokens),
        ("Hold PII", f"{report.with_pii:,}", percent(report.with_pii / sums.rollouts)),
    ]
    if len(report.steps) > 1:
        tiles.append(("Steps", f"{len(report.steps):,}", f"{min(report.steps):,} to {max(report.steps):,}"))
    return tiles


def _rewards(report: Report) -> Markup:
    bins = len(report.rewards)
    return charts.histogram([round(i / bins, 6) for i in range(bins + 1)], report.rewards, "reward")


def _tokens(report: Report) -> Markup:
    """Tokens in bins of whole numbers, up to what nearly all rollouts have."""
    total, seen, most = report.all.rollouts, 0, 1
    for n in sorted(report.tokens):
        seen, most = seen + report.tokens[n], n
        if seen >= 0.995 * total:
            break
    most = max(most, report.budget or 0, 1)
    width = -(-(most + 1) // _TOKEN_BINS)
    bins = -(-(most + 1) // width)
    counts = [0] * bins
    for n, rollouts in report.tokens.items():
        counts[min(n // width, bins - 1)] += rollouts
    edges = [i * width for i in range(bins + 1)]
    line = None if report.budget is None else report.budget + 1
    label = "" if report.budget is None else f"budget {report.budget}"
    return charts.histogram(
        edges, counts, "GPT-2 tokens" if report.budget else "tokens", line=line, label=label
    )


def _pass_rates(sums: Sums, rules: Sequence[str]) -> Markup:
    rows = [{"name": rule, "value": share} for rule in rules if (share := sums.share(rule)) is not None]
    return charts.bars(rows, "share that passes")


def _points(report: Report) -> list[tuple[int, Sums]]:
    """The steps, at most so many: of longer runs neighbours together, under the first one's number."""
    from rollgrade.analysis.reporting import Sums

    order = sorted(report.steps)
    size = -(-len(order) // _POINTS) or 1
    points = []
    for at in range(0, len(order), size):
        sums = Sums()
        for step in order[at : at + size]:
            sums.merge(report.steps[step])
        points.append((order[at], sums))
    return points


def _curves(steps: list[tuple[int, Sums]], rules: Sequence[str]) -> list[tuple[Markup, str]]:
    reward = [
        {"step": s, "value": sums.mean, "series": "reward"} for s, sums in steps if sums.mean is not None
    ]
    tokens = [{"step": s, "value": sums.tokens / sums.rollouts, "series": "tokens"} for s, sums in steps]
    passed = [
        {"step": step, "value": share, "series": rule}
        for rule in rules
        for step, sums in steps
        if (share := sums.share(rule)) is not None
    ]
    return [
        (charts.lines(reward, "mean reward", unit="number", domain=(0, 1)), "Mean reward by step."),
        (charts.lines(passed, "share that passes"), "Share of rollouts that pass each rule, by step."),
        (charts.lines(tokens, "mean tokens", unit="number"), "Mean tokens of an answer by step."),
    ]


def _rule(sums: Sums, rule: str) -> list[str]:
    n = sums.measured[rule]
    mean = sums.scores[rule] / n if n else None
    return [rule, f"{n:,}", f"{sums.passed[rule]:,}", percent(sums.share(rule)), number(mean)]


def _step(step: int, sums: Sums, rules: Sequence[str]) -> list[str]:
    shares = [percent(sums.share(rule)) for rule in rules]
    return [str(step), f"{sums.rollouts:,}", number(sums.mean), f"{sums.tokens / sums.rollouts:.1f}", *shares]


def _verdicts(report: Report) -> list[str]:
    found = {verdict for _, verdict in report.pii}
    return [verdict for verdict in _VERDICTS if verdict in found]


def _kinds(report: Report) -> list[str]:
    kinds: Counter[str] = Counter()
    for (kind, _), n in report.pii.items():
        kinds[kind] += n
    return [kind for kind, _ in kinds.most_common()]


def _pii(report: Report) -> list[list[str]]:
    rows = []
    for kind in _kinds(report):
        counts = [report.pii[kind, verdict] for verdict in _verdicts(report)]
        rows.append([kind, f"{sum(counts):,}", *(f"{n:,}" for n in counts)])
    return rows


def _pii_chart(report: Report) -> Markup | None:
    verdicts = _verdicts(report)
    rows: list[dict[str, Any]] = [
        {"name": kind, "value": report.pii[kind, verdict], "series": verdict.replace("_", " ")}
        for verdict in verdicts
        for kind in _kinds(report)[:_PII_KINDS]
    ]
    colours = [_VERDICTS[verdict] for verdict in verdicts]
    return charts.bars(rows, "matches", share=False, stacked=True, colours=colours) if rows else None


def _facts_chart(report: Report) -> Markup | None:
    rows = [
        {"name": f"fact {i}", "value": carried / n} for i, (n, carried, _) in enumerate(report.facts, 1) if n
    ]
    return charts.bars(rows, "share of rollouts that carry it") if rows else None


def _fact(index: int, rollouts: int, carried: int, negated: int) -> list[str]:
    return [
        f"fact\u00a0{index}",
        f"{rollouts:,}",
        f"{carried:,}",
        percent(carried / rollouts),
        f"{negated:,}",
    ]


def _card(example: Example, show_pii: bool) -> dict[str, Any]:
    return {
        "example": example,
        "text": None
        if example.completion is None
        else highlighted(example.completion, example.marks, show_pii=show_pii) or "(empty)",
        "badges": [(rule, number(example.grade[rule], 2)) for rule in example.failed],
        "score": number(example.grade["score"]),
    }


def _marks(report: Report) -> list[str]:
    order = ("fact", "unsupported", "pii", "fluency", "form", "rule", "over the budget", "thinking")
    used = {mark.name for example in report.gallery for mark in example.marks}
    return [name for name in order if name in used]
