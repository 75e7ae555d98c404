"""Rules of a rubric's own: their settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rollgrade import _core
from rollgrade._fields import InsideError, entry, flag, named, number, plain_value, strings
from rollgrade._names import hinting
from rollgrade.grades import RULES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

Scoring = Callable[[Mapping[str, Any]], "NDArray[np.float64] | Sequence[float]"]
"""A rule of your own: from the columns of a batch to one score each, in [0, 1]. Arrays of shape (n,): the built-in
rules' scores, those of the rubric's rules before it, ``tokens``, ``valid``. Lists, made when they are asked for:
``completions`` (the answers), ``sources``, ``facts``, ``references``."""


RESERVED = frozenset(
    {
        "score", "scores", "valid", "invalid", "graded", "reason", "reasons", "tokens", "passed", "answer", "custom",
        "pii_matches", "pii_basis", "basis", "rubric", "rubric_hash", "version", "reward", "rewards", "all", "groups",
        "zero_variance_groups", "completion", "completions", "source", "sources", "facts", "reference", "references",
        "truncated", "file", "line",
    }
)  # fmt: skip
"""Names that stand beside the rules' in columns, logs and metrics: no rule may have one of them."""
HEAVIEST = 1e6
"""The most that a rule may weigh: the weights of all rules are added up."""
_NAME = re.compile("[a-z][a-z0-9_-]{0,39}")
_ASKS = ("must_contain", "must_not_contain", "score")
_NOTHING: tuple[Any, ...] = (None, ())


def _rule_name() -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise ValueError("at most 40 small letters, digits, dashes and underscores, a letter first")
        if value in RULES:
            raise ValueError("a name of its own, which no built-in rule has")
        if value in RESERVED or value.endswith("_passed"):
            raise ValueError("a name of its own, which no column or field of a grade has")
        return value

    return field(metadata={"check": check})


def _callable() -> Any:
    def check(value: Any) -> Scoring | None:
        if value is not None and not callable(value):
            raise ValueError("a callable on the columns, from Python")
        return cast("Scoring | None", value)

    return field(default=None, metadata={"check": check})


def rules_field() -> Any:
    def check(value: Any) -> tuple[Rule, ...]:
        if isinstance(value, str | Mapping | Rule) or not isinstance(value, Iterable):
            raise ValueError("a list of rules")
        rules: list[Rule] = []
        for i, item in enumerate(value):
            rules.append(rule := _rule(f"[{i}]", item))
            if any(rule.name == other.name for other in rules[:i]):
                raise InsideError(f"[{i}].name: got {rule.name!r} a second time, expected a name of its own")
        return tuple(rules)

    return field(default=(), metadata={"check": check})


def _rule(where: str, given: Any) -> Rule:
    if isinstance(given, Rule):
        return given
    expected = "a Rule, or a table with name and must_contain or must_not_contain"
    if isinstance(given, str) and given in RULES:
        expected += '; what "gate" asks for goes as gate={"rules": [...]}'
    values = entry(where, Rule, given, "a rule", expected)
    if "name" not in values:
        raise InsideError(f"{where}.name: got nothing, expected a name")
    try:
        return Rule(**values)
    except ValueError as error:
        raise InsideError(where + str(error).removeprefix("Rule")) from None


def _check_together(rule: Rule) -> None:
    """Raises ``ValueError`` for what no field of a rule alone is wrong in, and for patterns that cannot be searched."""
    asked = [key for key in _ASKS if getattr(rule, key) not in _NOTHING]
    if len(asked) != 1:
        got = " and ".join(asked) or "nothing to look for"
        raise ValueError(
            f"Rule ({rule.name}): got {got}, expected one of must_contain, must_not_contain and, from Python, score"
        )
    if asked == ["score"]:
        if rule.examples:
            raise ValueError(
                f"Rule.examples ({rule.name}): got examples, expected none, as a callable needs whole batches"
            )
        return
    from rollgrade import settings  # which imports this

    try:
        _core.Grader(settings.core(settings.Settings(rules=(rule,))))
    except ValueError as error:
        raise ValueError(f"Rule{str(error).removeprefix('rules[0]')}") from None


def _hinting(kind: type[T]) -> type[T]:
    kind.__init__ = hinting(kind.__init__)  # type: ignore[method-assign]
    return kind


@_hinting
@dataclass(frozen=True, slots=True, repr=False)
class Rule:
    """A rule of your own beside the built-in ones, under a ``name`` of small letters, digits, ``-`` and ``_``.

    It asks for one of three. ``must_contain``: regular expressions (one, or a list) that an answer must contain; the
    score is the share of them that it does. ``must_not_contain``: ones that it must not; the score is
    ``1 / (1 + matches)``. ``score``: a callable from the columns of a batch (:data:`Scoring`) to one score each, in
    [0, 1]; from Python only. It passes from ``threshold`` on, and counts with ``weight`` beside the built-in rules'
    8, 4, 2 and 1 (docs/rules.md). ``ignore_case`` and ``unicode`` (``\\w``, ``\\d``, ``\\s`` and ``\\b`` mean all
    scripts) are for patterns, which are searched in linear time: no look-around, no back-references. Each of
    ``examples`` must pass. What is wrong raises ``ValueError`` when the rule is made.

    >>> Rule("cites-a-year", must_contain=r"\\b(19|20)\\d\\d\\b", weight=2).name
    'cites-a-year'
    """

    name: str = _rule_name()
    must_contain: tuple[str, ...] | str = strings(one=True)
    must_not_contain: tuple[str, ...] | str = strings(one=True)
    score: Scoring | None = _callable()
    weight: float = number(1, 0, HEAVIEST)
    threshold: float = number(1, 0, 1)
    ignore_case: bool = flag(False)
    unicode: bool = flag(False)
    examples: tuple[str, ...] = strings()

    def __post_init__(self) -> None:
        try:
            values = entry("Rule", Rule, self, "a rule", "a rule")
        except InsideError as error:
            raise ValueError(str(error)) from None
        for name, value in values.items():
            object.__setattr__(self, name, value)
        _check_together(self)

    @property
    def asks(self) -> str:
        """What it asks for: ``"must_contain"``, ``"must_not_contain"`` or ``"score"``."""
        return next(key for key in _ASKS if getattr(self, key) not in _NOTHING)

    def __repr__(self) -> str:
        from rollgrade.evidence import without_pii

        given = {
            f.name: getattr(self, f.name) for f in fields(self)[1:] if getattr(self, f.name) != f.default
        }
        said = without_pii(given)
        return f"Rule({self.name!r}{''.join(f', {key}={value!r}' for key, value in said.items())})"

    def core(self) -> tuple[Any, ...]:
        """The fields as the core takes them."""
        patterns = list(self.must_contain or self.must_not_contain)
        more = (self.weight, self.threshold, self.ignore_case, self.unicode, list(self.examples))
        return (self.name, self.asks, patterns, *more)

    def plain(self) -> dict[str, Any]:
        """The fields as the rubric file has them; a callable by its name."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        asked = values[self.asks]
        given = {"name": self.name, self.asks: named(asked) if callable(asked) else list(asked)}
        return given | {
            key: plain_value(value) for key, value in values.items() if key not in ("name", *_ASKS)
        }
