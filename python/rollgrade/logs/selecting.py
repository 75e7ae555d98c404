"""Which records are looked at: conditions on their fields, and a sample of their lines."""

from __future__ import annotations

import contextlib
import json
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
_CONDITION = re.compile(r"\s*(?P<path>.+?)\s*(?P<operator>!=|<=|>=|==|=|<|>)\s*(?P<value>.*?)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison that a record has to pass: by number where both sides are one, else by text. A field that is not
    there, or is a list or an object, is unequal to everything."""

    path: FieldPath
    operator: str
    text: str
    number: float | None

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Parses ``step >= 100``. Raises ``ValueError`` that shows how one looks."""
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise ValueError(
                f"--where {text!r} is not understood; one looks like 'step >= 100' or 'split = \"test\"'"
            )
        value, number = found["value"], None
        if value.startswith('"'):
            with contextlib.suppress(ValueError):
                value = str(json.loads(value))
        else:
            with contextlib.suppress(ValueError):
                number = float(value)
        return cls(FieldPath.parse(found["path"]), found["operator"].replace("==", "="), value, number)

    def holds(self, record: Record) -> bool:
        """Whether a record passes."""
        value = self.path.find(record)
        if value is ABSENT or isinstance(value, (list, dict)):
            return self.operator == "!="
        if (
            self.number is not None
            and isinstance(value, (int, float, Decimal))
            and not isinstance(value, bool)
        ):
            return _COMPARE[self.operator](float(value), self.number)
        # As JSON has it, where it has it: a column may hold a time.
        plain = value is None or isinstance(value, (bool, int, float))
        return _COMPARE[self.operator](json.dumps(value) if plain else str(value), self.text)


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
