"""What is graded, and what it is graded against, as it was given: checked, and brought into one form."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from rollgrade.completion import completion_text, facts_list, says_nothing, there

__all__ = [
    "Material",
    "check_many",
    "column_of",
    "flag_of",
    "flags_of",
    "listed",
    "materials_of",
    "texts_of",
]


class Material(NamedTuple):
    """What one prompt's completions are graded against, checked; what is empty is None, but for a list of facts, as
    that somebody gave."""

    source: str | None
    facts: tuple[str, ...] | None
    weights: tuple[float, ...] | None
    reference: str | None

    @classmethod
    def of(cls, source: Any, facts: Any, weights: Any, reference: Any) -> Material:
        source, reference = _document("source", source), _document("reference", reference)
        if type(facts) is not list:  # most are
            facts = there(facts)
        if isinstance(facts, str) and says_nothing(facts):
            facts = None
        try:
            listed = None if facts is None else tuple(facts_list(facts))
        except ValueError as error:
            raise ValueError(f"facts: {error}") from None
        weighed = None if weights is None else _weights(weights)
        if weighed and not listed:
            got = "1 weight" if len(weighed) == 1 else f"{len(weighed)} weights"
            raise ValueError(f"weights: got {got} and no facts, expected as many facts, or no weights")
        return cls(source, listed, weighed, reference)

    @property
    def chars(self) -> int:
        """How much text it is."""
        return sum(map(len, (self.source or "", self.reference or "", *(self.facts or ()))))

    def has(self, basis: str) -> bool:
        """Whether coverage can be measured against ``basis``."""
        return basis == "none" or bool(getattr(self, basis))

    def core(self) -> tuple[Any, ...]:
        """As the core takes it: an empty list of facts is none."""
        return (self.source, self.facts or None, self.weights, self.reference)

    def said(self, reason: str, basis: str) -> str:
        """The reason of a grade on ``basis``, with why that is not the facts where a list of them came and was empty."""
        if self.facts != () or basis in ("facts", "none"):
            return reason
        return f"{reason.removesuffix('.')}; facts is empty, so coverage is measured against the {basis}."


def _document(name: str, value: Any) -> str | None:
    """A source or a reference, an empty one as none."""
    if isinstance(value, str):
        return value or None
    if there(value) is not None:
        raise TypeError(f"{name}: got {type(value).__name__}, expected str or None")
    return None


def _weights(given: Any) -> tuple[float, ...]:
    try:
        return tuple(weight * 1.0 for weight in given)  # float() would read text
    except TypeError:
        raise TypeError("weights: expected a list of numbers, one a fact") from None


# ---- columns of a batch ------------------------------------------------------------------------------------


def check_many(name: str, what: str, values: Any) -> None:
    """Raises ``TypeError`` for one thing where a list is expected: of a string its characters would be taken, of an object
    or a table its keys."""
    if type(values) is list:
        return
    kind = type(values).__name__
    if isinstance(values, str | Mapping) or getattr(values, "ndim", 1) == 0:
        raise TypeError(f"{name}: got one {kind}, expected a list {what}")
    if hasattr(values, "columns") or hasattr(values, "column_names"):
        raise TypeError(f"{name}: got a table ({kind}), expected one column of it: a list {what}")
    if getattr(values, "ndim", 1) != 1:
        raise TypeError(f"{name}: got {values.ndim} dimensions ({kind}), expected one: a list {what}")


def texts_of(completions: Any) -> list[str]:
    """The texts of many completions."""
    check_many("completions", "of completions", completions)
    given, found = listed("completions", completions), list[str]()
    try:
        # One by one, as how many there are then says which row is wrong.
        found.extend(map(completion_text, given))
    except (TypeError, ValueError) as error:
        raise type(error)(f"row {len(found)}: completion: {error}") from None
    return found


def listed(name: str, values: Any) -> list[Any]:
    """A list of what a list, an array or an Arrow or pandas column holds."""
    if type(values) is list:
        return values.copy()
    for convert in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, convert):
            return cast(list[Any], getattr(values, convert)())
    try:
        return list(values)
    except TypeError:
        got = "nothing" if values is None else f"one {type(values).__name__}"
        raise TypeError(f"{name}: got {got}, expected a list with one entry a completion") from None


def column_of(name: str, values: Any, n: int) -> list[Any] | None:
    """A column of a batch of ``n`` rows; None where none was given."""
    if values is None:
        return None
    check_many(name, "with one entry a completion", values)
    column = listed(name, values)
    if len(column) != n:
        raise ValueError(f"{name}: got {len(column)} entries, expected {n}, one a completion")
    return column


def materials_of(sources: list[Any], facts: list[Any], references: list[Any]) -> list[Material]:
    """What each row is graded against: one object for rows side by side that were given the same objects, as the rows of
    a group are."""
    rows: list[Material] = []
    last: tuple[Any, ...] = ()
    for row in zip(sources, facts, references, strict=True):
        if rows and all(map(operator.is_, row, last)):
            rows.append(rows[-1])
        else:
            try:
                rows.append(Material.of(row[0], row[1], None, row[2]))
            except (TypeError, ValueError) as error:
                raise type(error)(f"row {len(rows)}: {error}") from None
        last = row
    return rows


def flags_of(values: Any, n: int) -> list[bool | None] | None:
    """Which of the answers are cut off; None where that is not known of one, or of all."""
    listed = column_of("truncated", values, n)
    if listed is None:
        return None
    for i, value in enumerate(listed):
        if value is not None and type(value) is not bool:
            try:
                listed[i] = flag_of(value)
            except TypeError as error:
                raise TypeError(f"row {i}: {error}") from None
    return listed


def flag_of(value: Any) -> bool | None:
    """Whether an answer is cut off, as True, False, NumPy's or None."""
    value = there(value)
    if value is None or type(value) is bool:
        return value
    if getattr(getattr(value, "dtype", None), "kind", None) != "b":
        raise TypeError(f"truncated: got {type(value).__name__}, expected True, False or None")
    return bool(value)
