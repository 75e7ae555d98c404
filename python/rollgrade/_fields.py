"""The kinds of settings: each makes a dataclass field with a check, which returns the value or raises ``ValueError``
that says what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, fields
from operator import index
from sys import float_info
from typing import Any, cast

from rollgrade._names import nearest


def choice(default: str, *names: str) -> Any:
    def check(value: Any) -> str:
        if value not in names:
            raise ValueError(" or ".join(f'"{n}"' for n in names) + nearest(value, names))
        return cast(str, value)

    return field(default=default, metadata={"check": check})


def _whole(value: Any) -> int | None:
    """A whole number, NumPy's as well, as ``int``; None where a value is none."""
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        return None


def number(default: float, low: float, high: float) -> Any:
    def check(value: Any) -> float:
        given = value if isinstance(value, float) else _whole(value)
        if given is None or not low <= given <= high:
            raise ValueError(f"a number from {low:.15g} to {high:.15g}")
        return float(given)

    return field(default=float(default), metadata={"check": check})


def limit() -> Any:
    """A positive number, or no limit."""

    def check(value: Any) -> float | None:
        if value is None:
            return None
        given = value if isinstance(value, float) else _whole(value)
        if given is None or not 0 < given <= float_info.max:
            raise ValueError("a positive number, or None for no limit")
        return float(given)

    return field(default=None, metadata={"check": check})


def count(default: int, low: int) -> Any:
    def check(value: Any) -> int:
        given = _whole(value)
        if given is None or given < low:
            raise ValueError(f"a whole number of at least {low}")
        if given > 2**31:
            raise ValueError(f"a whole number of at most {2**31}")
        return given

    return field(default=default, metadata={"check": check})


def flag(default: bool) -> Any:
    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value

    return field(default=default, metadata={"check": check})


def _is_text(value: Any) -> bool:
    """Whether a value is a string of characters: a lone surrogate is none."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def string(default: str) -> Any:
    def check(value: Any) -> str:
        if not _is_text(value) or not value:
            raise ValueError("a string")
        return cast(str, value)

    return field(default=default, metadata={"check": check})


def strings(*, one: bool = False) -> Any:
    """A list of strings; ``one`` may stand alone."""

    def check(value: Any) -> tuple[str, ...]:
        if one and _is_text(value):
            return (value,)
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError(expected)
        items = tuple(value)
        if not all(map(_is_text, items)):
            raise ValueError(expected)
        return items

    expected = "a string or a list of strings" if one else "a list of strings"

    return field(default=(), metadata={"check": check})


def string_set(canonical: Callable[[str], str] = str) -> Any:
    """Strings of which neither order nor number matters, in one order, each once; ``canonical`` makes one of several
    spellings."""
    listed = strings().metadata["check"]

    def check(value: Any) -> tuple[str, ...]:
        return tuple(sorted(set(map(canonical, listed(value)))))

    return field(default=(), metadata={"check": check})


class InsideError(ValueError):
    """Something inside a setting's value is wrong; the message begins where the setting's name ends."""


def text() -> Any:
    """A string that has no default."""
    return field(metadata=string("").metadata)


def entry(where: str, kind: type, given: Any, what: str, expected: str) -> dict[str, Any]:
    """The checked values of one entry of a list of tables: a table, or a ``kind`` already."""
    specs = {f.name: f for f in fields(kind)}
    if isinstance(given, kind):
        given = {name: getattr(given, name) for name in specs}
    if not isinstance(given, Mapping):
        raise InsideError(f"{where}: got {given!r}, expected {expected}")
    values = {}
    for key, value in given.items():
        if key not in specs:
            known = ", ".join(specs)
            raise InsideError(f"{where}.{key}: unknown setting{nearest(key, specs)}; {what} has {known}")
        try:
            values[key] = checked(f"{where}.{key}", specs[key], value)
        except ValueError as e:
            raise InsideError(str(e)) from None
    return values


def checked(where: str, spec: Any, value: Any) -> Any:
    try:
        return spec.metadata["check"](value)
    except InsideError as e:
        raise ValueError(f"{where}{e}") from None
    except ValueError as e:
        from rollgrade.evidence import without_pii

        raise ValueError(f"{where}: got {without_pii(value)!r}, expected {e}") from None


def named(function: Any) -> str:
    """A callable by its name."""
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def plain_value(value: Any) -> Any:
    """Tuples as lists, however deep."""
    if isinstance(value, dict):
        return {key: plain_value(item) for key, item in value.items()}
    return [plain_value(item) for item in value] if isinstance(value, tuple) else value
