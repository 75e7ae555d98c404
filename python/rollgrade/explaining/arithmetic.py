"""The arithmetic of a reward, line by line.

Everything is computed again, from the rules' evidence, in the order in which the core computes it, so that the last line
is the grade's score to the last bit (``rust/reward.rs`` and ``rust/grade/`` are the truth; the tests hold this against
them).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rollgrade.grades import Grade

if TYPE_CHECKING:
    from rollgrade.settings import Gate, Settings

__all__ = ["Step", "Term", "costs", "reward", "shares", "steps", "terms"]

PRIORITY = {"coverage": 8.0, "pii": 4.0, "fluency": 2.0, "form": 1.0}
"""The weights of "priority": below length they halve from rule to rule."""

_NAMED = ("priority", "lexicographic", "gate", "weighted")
_ROOTS = {2: "√", 3: "∛", 4: "∜"}


@dataclass(frozen=True, slots=True)
class Term:
    """One rule's part in the reward. ``score`` is None where the rule is not graded, ``weight`` None where the
    combination does not weigh the rule: it is then a factor or a gate, or has no part at all."""

    rule: str
    score: float | None
    threshold: float
    passed: bool
    weight: float | None = None
    role: str = ""
    """What the rule is to the combination, in a word: ``factor``, ``gate``, ``root``, ``not counted``; empty for a
    weight."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: ``name = expression = value``. The expression shows numbers rounded, the value is exact."""

    name: str
    expression: str
    value: float | None


def terms(grade: Grade, settings: Settings) -> list[Term]:
    """The rules as the combination takes them, in their order."""
    combine = settings.combine
    found = []
    custom = {rule.name: rule.weight for rule in settings.rules}
    for rule, result in grade.rules.items():
        threshold = getattr(result, "threshold", 1.0)
        weight, role = None, ""
        if combine == "priority":
            weight = custom.get(rule, PRIORITY.get(rule))
            role = "factor" if weight is None else ""
        elif combine in ("weighted", "lexicographic"):
            weight = custom[rule] if rule in custom else getattr(settings.weights, rule)
        elif combine == "gate":
            role = "gate" if rule == "length" else "root" if rule in settings.gate.rules else "not counted"
        if custom.get(rule) == 0 and combine != "gate":
            role = "not counted"
        found.append(Term(rule, result.score, threshold, result.passed, weight, role))
    return found


def reward(combine: object, of: Sequence[Term], gate: Gate) -> float | None:
    """The reward of an answer that is valid; None where ``combine`` is none of the named combinations."""
    steps = _combined(combine, of, gate)
    return steps[-1].value if steps else None


def costs(grade: Grade, settings: Settings) -> dict[str, float]:
    """By how much the reward would be higher if a rule were perfect and the others as they are; a rule that is not
    graded has none. Empty where there is no reward to raise: none was given, the answer is not valid, or the
    combination is the caller's own."""
    if grade.score is None or not grade.valid or settings.combine not in _NAMED:
        return {}
    of = terms(grade, settings)
    found = {}
    for i, term in enumerate(of):
        if term.score is None:
            continue
        raised = [*of[:i], replace(term, score=1.0, passed=True), *of[i + 1 :]]
        if term.rule == "fluency":  # coverage is credited in readable text only
            raised = [_readable(other, grade) if other.rule == "coverage" else other for other in raised]
        best = reward(settings.combine, raised, settings.gate)
        found[term.rule] = 0.0 if best is None else max(0.0, best - grade.score)
    return found


def shares(a: Sequence[Term], b: Sequence[Term], settings: Settings) -> dict[str, float]:
    """How much of the difference of two rewards each rule makes, as b's scores take the place of a's one after the other,
    in the rules' order: they add up to the difference. Empty where there is no telling."""
    if [(t.rule, t.score is None) for t in a] != [(t.rule, t.score is None) for t in b]:
        return {}
    mixed, found = list(a), {}
    before = reward(settings.combine, mixed, settings.gate)
    for i, term in enumerate(b):
        mixed[i] = term
        after = reward(settings.combine, mixed, settings.gate)
        if before is None or after is None:
            return {}
        found[term.rule] = after - before
        before = after
    return found


def _readable(coverage: Term, grade: Grade) -> Term:
    lowered = _lowered(grade)
    if coverage.score is None or lowered is None or lowered <= coverage.score:
        return coverage
    return replace(coverage, score=lowered, passed=lowered >= coverage.threshold)


def steps(grade: Grade, settings: Settings) -> list[Step]:
    """The lines, from what lowered single rules to the reward."""
    if grade.score is None:
        return [Step("reward", "none: what a rule needs is missing", None)]
    if not grade.valid:
        return [Step("reward", "nothing, as the answer is not valid", grade.score)]
    lines = [*_length(grade, settings), *_coverage(grade, settings)]
    combine = settings.combine
    if combine in _NAMED:
        return lines + _combined(combine, terms(grade, settings), settings.gate)
    name = getattr(combine, "__qualname__", type(combine).__qualname__)
    scores = ", ".join(f"{term.rule} {_short(term.score)}" for term in terms(grade, settings))
    return [*lines, Step("reward", f"{name}({scores}), a combination of your own", grade.score)]


# ---- single rules ------------------------------------------------------------------------------------------


def _length(grade: Grade, settings: Settings) -> list[Step]:
    """Over the budget: a step down, then a slope."""
    result = grade.length
    if result.score >= 1:
        return []
    # An answer that was cut off inside the budget counts as one token over.
    tokens = max(result.tokens, result.max_tokens + 1)
    over, most = settings.length.over, result.max_tokens
    return [
        Step("length", f"over {_short(over)} × {most:,} / {tokens:,}", over * float(most) / float(tokens))
    ]


def _coverage(grade: Grade, settings: Settings) -> list[Step]:
    """What facts carry, and what lowered it."""
    result = grade.coverage
    if result.score is None or result.raw is None:
        return []
    lines = _facts(grade, settings)
    factors = []
    if result.support is not None and result.support.factor != 1:
        factors.append(f" × support {_short(result.support.factor)}")
    if result.copying_factor is not None and result.copying_factor != 1:
        factors.append(f" × copying {_short(result.copying_factor)}")
    value = _lowered(grade)
    fluency, threshold = grade.fluency.score, settings.fluency.threshold
    if value is not None and settings.coverage.readable and fluency is not None and fluency < threshold:
        value = value * fluency / threshold
        factors.append(f" × fluency {_short(fluency)} / {_short(threshold)}")
    if factors:
        what = lines[-1].name if lines else result.basis
        lines.append(Step("coverage", f"{what} {_short(result.raw)}{''.join(factors)}", value))
    return lines


def _lowered(grade: Grade) -> float | None:
    """Coverage before unreadable text lowered it."""
    result = grade.coverage
    if result.raw is None:
        return None
    support = 1.0 if result.support is None else result.support.factor
    copying = 1.0 if result.copying_factor is None else result.copying_factor
    return result.raw * (support * copying)


def _facts(grade: Grade, settings: Settings) -> list[Step]:
    """The mean of the facts' scores; none where it is not known how the facts weigh."""
    result, given = grade.coverage, grade._given
    if not result.per_fact or result.raw is None or result.guard is None:
        return []
    scores = [fact.score for fact in result.per_fact]
    weights = given.weights if given is not None and given.weights and result.basis == "facts" else None
    weights = weights or (1.0,) * len(scores)
    total, weighed = _sum(w * s for w, s in zip(weights, scores, strict=True)), _sum(weights)
    value = min(total / weighed, 1.0) * result.guard
    if value != result.raw:  # facts that repeat another or hold nothing but PII do not weigh
        return []
    parts = [
        _short(s) if w == 1 else f"{_short(w)}·{_short(s)}" for w, s in zip(weights, scores, strict=True)
    ]
    mean = parts[0] if len(parts) == 1 else f"({' + '.join(parts)}) / {_short(weighed)}"
    guard = "" if result.guard == 1 else f" × guard {_short(result.guard)}"
    return [Step("facts" if result.basis == "facts" else "sentences", mean + guard, value)]


# ---- combinations ------------------------------------------------------------------------------------------


def _combined(combine: object, of: Sequence[Term], gate: Gate) -> list[Step]:
    """The lines of a named combination; none of another."""
    match combine:
        case "priority":
            return _priority(of)
        case "weighted":
            lines, mean = _mean(of)
            return [*lines, _reward("the weighted mean", mean)]
        case "lexicographic":
            return _lexicographic(of)
        case "gate":
            return _gated(of, gate)
    return []


def _priority(of: Sequence[Term]) -> list[Step]:
    lines, mean = _mean([term for term in of if term.role != "factor"])
    value, shown = mean, [f"mean {_short(mean)}"]
    for term in of:
        if term.role == "factor" and term.score is not None:
            value = term.score * value
            shown.insert(0, f"{term.rule} {_short(term.score)}")
    return [*lines, _reward(" × ".join(shown), value)]


def _lexicographic(of: Sequence[Term]) -> list[Step]:
    bits = [term for term in of if term.role != "not counted"]
    worth = {term.rule: 2 ** (len(bits) - i) for i, term in enumerate(bits, 1) if term.passed}
    band, bands = sum(worth.values()), 2 ** len(bits)
    lines, mean = _mean(of)
    passing = " + ".join(f"{rule} {bit}" for rule, bit in worth.items())
    return [
        Step("band", passing or "no rule passes", float(band)),
        *lines,
        _reward(f"(band {band} + mean {_short(mean)}) / {bands}", (band + mean) / bands),
    ]


def _gated(of: Sequence[Term], gate: Gate) -> list[Step]:
    """The geometric mean behind the gate. Coverage that is not graded counts as 1."""
    if any(term.role == "gate" and term.score is not None and term.score < 1 for term in of):
        return [_reward("nothing, as the gate is shut: over the budget", 0.0)]
    counted = [
        (term.rule, max(1.0 if term.score is None else term.score, gate.floor))
        for term in of
        if term.role == "root"
    ]
    product = 1.0
    for _, score in counted:
        product *= score
    factors = " × ".join(f"{rule} {_short(score)}" for rule, score in counted)
    n = len(counted)
    if n < 2:
        return [_reward(factors or "1, as the gate is open", product)]
    value = math.sqrt(product) if n == 2 else product ** (1.0 / n)
    root = f"{_ROOTS[n]}({factors})" if n in _ROOTS else f"({factors})^(1/{n})"
    return [_reward(root, value)]


def _mean(of: Iterable[Term]) -> tuple[list[Step], float]:
    """A weighted mean, a line a rule; a rule without a score or a weight has no part in it."""
    used = [
        (term, weight, score)
        for term in of
        if (weight := term.weight) is not None and (score := term.score) is not None
    ]
    total = _sum(weight for _, weight, _ in used)
    if not total > 0:
        return [Step("mean", "1, as nothing that has a score has a weight", 1.0)], 1.0
    used = [(term, weight, score) for term, weight, score in used if weight]
    lines = [
        Step(f"{_short(weight)} × {term.rule}", f"{_short(weight)} × {_short(score)}", weight * score)
        for term, weight, score in used
    ]
    mean = _sum(line.value for line in lines if line.value is not None) / total
    parts = " + ".join(_short(line.value) for line in lines)
    return [*lines, Step("mean", f"({parts}) / {_short(total)}", mean)], mean


def _reward(expression: str, value: float) -> Step:
    return Step("reward", expression, min(max(value, 0.0), 1.0))


def _sum(numbers: Iterable[float]) -> float:
    """The sum as the core adds: one after another (Python's own compensates)."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _short(number: float | None) -> str:
    """A number to three places; more where it would look like 0 or 1 and is not."""
    if number is None:
        return "–"
    for places in (3, 6, 9):
        text = f"{number:.{places}f}".rstrip("0").rstrip(".")
        if text not in ("0", "1") or number == float(text):
            return text
    return f"{number:g}"
