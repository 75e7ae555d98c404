"""Which records are looked at: conditions on their fields, and a sample of their lines."""

from __future__ import annotations

import contextlib
import json
import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from rollgrade import _core
from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.forms import Record

__all__ = ["Condition", "Selection"]

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
# Whatever looks like an operator is taken for one, so that "=>" is an error and not "=" and a text.
_CONDITION = re.compile(
    r"""\s*(?P<path>(?:\["[^"]*"\]|.)+?)\s*(?P<operator>!?[=<>]+[=<>!~]*)\s*(?P<value>.*?)\s*""", re.DOTALL
)
# A second condition is no text to compare with: with "!=" every record would pass.
_MORE = re.compile(r"[=<>\s]")
_BOOLEANS: Final = {"True": "true", "False": "false"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison that a record has to pass: by number where both sides are one, else by text. A field that is not
    there, or is a list or an object, is unequal to everything; null is neither more nor less than anything."""

    path: FieldPath
    operator: str
    text: str
    number: float | None

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Parses ``step >= 100``; ``True`` and ``False`` are JSON's. Raises ``ValueError`` that shows how one looks."""
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise _not_understood(text, f"expected one of {' '.join(_COMPARE)}")
        comparison, value, number = found["operator"], found["value"], None
        if comparison == "==":
            comparison = "="
        if comparison not in _COMPARE:
            raise _not_understood(text, f"got {comparison}, expected one of {' '.join(_COMPARE)}")
        if not value or value[0] in "=<>":
            raise _not_understood(text, f"got {value or 'nothing'} behind {comparison}, expected a value")
        if value[0] in "\"'":
            value = _unquoted(text, value)
        elif _MORE.search(value):
            raise _not_understood(
                text,
                f"got {value} behind {comparison}, expected one value (text with spaces or signs goes in quotes, a second "
                "condition in a --where of its own)",
            )
        else:
            value = _BOOLEANS.get(value, value)
            with contextlib.suppress(ValueError):
                number = float(value)
        return cls(FieldPath.parse(found["path"]), comparison, value, number)

    def holds(self, record: Record) -> bool:
        """Whether a record passes."""
        value = self.path.find(record)
        if value is ABSENT or isinstance(value, (list, dict)):
            return self.operator == "!="
        if value is None and self.operator not in ("=", "!="):
            return False
        if (
            self.number is not None
            and isinstance(value, (int, float, Decimal))
            and not isinstance(value, bool)
        ):
            return _COMPARE[self.operator](_as_float(value), self.number)
        # As JSON has it, where it has it: a column may hold a time.
        plain = value is None or isinstance(value, (bool, int, float))
        return _COMPARE[self.operator](json.dumps(value) if plain else str(value), self.text)


def _as_float(number: int | float | Decimal) -> float:
    try:
        return float(number)
    except OverflowError:  # hundreds of digits
        return math.inf if number > 0 else -math.inf


def _not_understood(text: str, why: str) -> ValueError:
    return ValueError(
        f"--where {text!r} is not understood: {why}; one looks like 'step >= 100' or 'split = \"test\"'"
    )


def _unquoted(text: str, value: str) -> str:
    """What stands between double quotes, with JSON's escapes, or between single ones."""
    with contextlib.suppress(ValueError):
        if value[0] == '"':
            return str(json.loads(value))
        if len(value) > 1 and value[-1] == "'":
            return value[1:-1]
    raise _not_understood(text, f"got {value}, expected it to end where its quotes do")


@dataclass(frozen=True, slots=True)
class Selection:
    """The records that are looked at: those that pass every condition, and of all lines those whose number hashes to
    no more than ``at_most``."""

    conditions: Sequence[Condition] = ()
    at_most: int | None = None

    @staticmethod
    def share(part: float) -> int:
        """The ``at_most`` that takes such a part of all lines, in (0, 1]."""
        return min(int(part * 2.0**64), 2**64 - 1)

    def takes_line(self, number: int) -> bool:
        """Whether the line of this number, from 0 over all that the run reads, is in the sample."""
        return self.at_most is None or _core.log_sample_hash(number) <= self.at_most

    def takes(self, record: Record) -> bool:
        """Whether a record passes every condition."""
        return all(condition.holds(record) for condition in self.conditions)
