"""Two explanations side by side: what one has and the other has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rollgrade.explaining.arithmetic import shares
from rollgrade.explaining.explanation import Explanation, RuleShown, explanation, given_of
from rollgrade.explaining.views import Shows, plain
from rollgrade.grades import Grade
from rollgrade.settings import Settings
from rollgrade.settings import plain as tables

__all__ = ["Differences", "RuleDifference", "SettingDifference", "differences", "side_by_side"]

_PRIVATE = ("pii.allow", "pii.patterns")
"""Settings that may hold the values which are to be masked."""


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """One rule in both. ``change`` is b's score less a's, None where one of them is not graded; ``share`` how much of the
    difference of the rewards it makes (:func:`rollgrade.explaining.arithmetic.shares`), None where there is no telling."""

    rule: str
    a: RuleShown | None
    b: RuleShown | None
    change: float | None
    share: float | None

    def sides(self, a: str, b: str) -> list[tuple[str, RuleShown]]:
        """What there is to say, each with whose it is: once where it is the same of both."""
        if self.a is not None and self.b is not None and self.a.details == self.b.details:
            return [("", self.a)]
        return [(name, rule) for name, rule in ((a, self.a), (b, self.b)) if rule is not None]


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """A setting in which the two rubrics differ, as text."""

    name: str
    a: str
    b: str


@dataclass(frozen=True, slots=True, repr=False)
class Differences(Shows):
    """Two rollouts, or one under two rubrics, side by side. Made by ``grade.explain(other)``.

    It shows itself as an :class:`Explanation` does. ``only_a`` and ``only_b`` are the numbers of the facts that one
    carries and the other does not, where both were measured against the same ones.
    """

    a: Explanation
    b: Explanation
    change: float | None
    """b's reward less a's; None where one has none."""
    rules: tuple[RuleDifference, ...]
    same_facts: bool
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]
    settings: tuple[SettingDifference, ...]

    @property
    def same_text(self) -> bool:
        """Whether it is one completion, graded twice."""
        return self.a.text == self.b.text

    @property
    def same_marks(self) -> bool:
        """Whether the two texts look the same, with all that is marked on them."""
        return self.same_text and self.a.pieces == self.b.pieces and self.a.max_tokens == self.b.max_tokens

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called."""
        return ("a", "b")

    @property
    def verdict(self) -> str:
        """Which of the two earns more, and by how much."""
        a, b = self.names
        if self.change is None:
            return "one of the two has no reward"
        if self.change == 0:
            return f"{a} and {b} earn the same"
        better, worse = (b, a) if self.change > 0 else (a, b)
        return f"{better} earns {abs(self.change):.3f} more than {worse}"

    @property
    def shares(self) -> list[tuple[str, float]]:
        """What each rule makes of the better one's lead, the most telling first; empty where there is no telling."""
        sign = 1 if (self.change or 0) > 0 else -1
        found = [(rule.rule, sign * rule.share) for rule in self.rules if rule.share]
        return sorted(found, key=lambda share: -abs(share[1]))

    def to_dict(self) -> dict[str, Any]:
        """The differences as plain dicts, lists and numbers, ready for JSON; PII is masked as it is shown."""
        data: dict[str, Any] = plain(self)
        return data


def differences(a: Grade, b: Grade, *, show_pii: bool = False) -> Differences:
    """The differences of two grades. Raises ``ValueError`` for one that no rubric made."""
    of_a, of_b = given_of(a).settings, given_of(b).settings
    left, right = (explanation(grade, show_pii=show_pii, private=(of_a.pii, of_b.pii)) for grade in (a, b))
    return side_by_side(left, right, of_a, of_b)


def side_by_side(a: Explanation, b: Explanation, settings_a: Settings, settings_b: Settings) -> Differences:
    """The differences of two explanations, and of the settings that they were graded by."""
    same_facts = (
        bool(a.facts) and a.basis == b.basis and [f.text for f in a.facts] == [f.text for f in b.facts]
    )
    carried_a = {fact.number for fact in a.facts if fact.carried}
    carried_b = {fact.number for fact in b.facts if fact.carried}
    return Differences(
        a=a,
        b=b,
        change=_less(b.score, a.score),
        rules=tuple(_rules(a, b, _shares(a, b, settings_a, settings_b))),
        same_facts=same_facts,
        only_a=tuple(sorted(carried_a - carried_b)) if same_facts else (),
        only_b=tuple(sorted(carried_b - carried_a)) if same_facts else (),
        settings=tuple(_settings(settings_a, settings_b)),
    )


def _shares(a: Explanation, b: Explanation, settings_a: Settings, settings_b: Settings) -> dict[str, float]:
    """What each rule makes of the difference: where both are valid and combined in the same way."""
    ways = [
        (s.combine, s.gate, s.weights, [(r.name, r.weight) for r in s.rules])
        for s in (settings_a, settings_b)
    ]
    if ways[0] != ways[1] or not all(side.valid and side.score is not None for side in (a, b)):
        return {}
    return shares(a.rules, b.rules, settings_a)


def _rules(a: Explanation, b: Explanation, share: Mapping[str, float]) -> Iterable[RuleDifference]:
    of_a, of_b = ({rule.rule: rule for rule in side.rules} for side in (a, b))
    for name in dict.fromkeys([*of_a, *of_b]):
        left, right = of_a.get(name), of_b.get(name)
        change = None if left is None or right is None else _less(right.score, left.score)
        yield RuleDifference(name, left, right, change, share.get(name))


def _less(b: float | None, a: float | None) -> float | None:
    return None if a is None or b is None else b - a


def _settings(a: Settings, b: Settings) -> Iterable[SettingDifference]:
    flat_a, flat_b = dict(_flat(tables(a))), dict(_flat(tables(b)))
    for name in dict.fromkeys([*flat_a, *flat_b]):
        left, right = flat_a.get(name), flat_b.get(name)
        if left != right:
            yield SettingDifference(name, _value(name, left), _value(name, right))


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in settings.items():
        if name == "rules" and not above:  # the rubric's own, each under its name
            yield from _flat({rule["name"]: rule for rule in value}, f"{name}.")
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _value(name: str, value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, list):
        if not value:
            return "none"
        return f"{len(value)} given" if name in _PRIVATE else ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
