"""From the cells of Parquet columns to Python's values, and on to JSON, which has fewer types than either."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Time", "as_json", "has_times", "row_value", "stored_value", "values_of"]

_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


@dataclass(frozen=True, slots=True)
class Time:
    """A time that Python has no type for, as text. It is no string: nothing in it is looked for, or can be replaced."""

    text: str

    def __str__(self) -> str:
        return self.text


def values_of(column: pa.Array[Any]) -> list[Any]:
    """The cells of a column, its times as Python has them, or as ``Time``. Raises ``UnicodeDecodeError``."""
    if not has_times(column.type):
        values: list[Any] = column.to_pylist()
        return values
    return [_value(cell, _time, _plain) for cell in column]


def row_value(cell: Any) -> Any:
    """A cell as ``values_of`` has it, but what is no number is null, and bytes of text that are not UTF-8 are lone
    surrogates (Python's ``surrogateescape``)."""
    try:
        if not has_times(cell.type):
            return _finite(cell.as_py())
    except UnicodeDecodeError:
        pass
    return _value(cell, _time, _shown)


def stored_value(cell: Any) -> Any:
    """A cell as Arrow takes it back: every time as the whole number that it is stored as."""
    return _value(cell, lambda time: time.value, _plain)


def as_json(value: object) -> str:
    """What JSON has no type for, for ``json.dumps``: bytes in base64, all else as text."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


@lru_cache(256)
def has_times(kind: pa.DataType) -> bool:
    """Whether times may be in the cells of a column of this type."""
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return has_times(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return has_times(kind.value_type)
    return _is_time(kind) or any(has_times(kind.field(i).type) for i in range(kind.num_fields))


def _is_time(kind: pa.DataType) -> bool:
    from pyarrow import types

    return any(test(kind) for test in (types.is_timestamp, types.is_date, types.is_time, types.is_duration))


def _value(cell: Any, time: Callable[[Any], Any], plain: Callable[[Any], Any]) -> Any:
    """A cell, whatever is nested in it: its times made by one function, what is neither time nor nested by another."""
    import pyarrow as pa

    kind = cell.type
    if not cell.is_valid:
        return None
    if pa.types.is_dictionary(kind) or (isinstance(kind, pa.BaseExtensionType) and has_times(kind)):
        return _value(cell.value, time, plain)
    if _is_time(kind):
        return time(cell)
    if pa.types.is_struct(kind):
        return {kind.field(i).name: _value(cell[i], time, plain) for i in range(kind.num_fields)}
    if pa.types.is_map(kind):
        return [(_value(pair[0], time, plain), _value(pair[1], time, plain)) for pair in cell.values]
    if hasattr(cell, "values"):  # lists of every kind
        return [_value(item, time, plain) for item in cell.values]
    return plain(cell)


def _plain(cell: Any) -> Any:
    return cell.as_py()


def _shown(cell: Any) -> Any:
    try:
        value = cell.as_py()
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "surrogateescape")
    return _finite(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value


def _time(cell: Any) -> Any:
    import pyarrow as pa

    kind = cell.type
    if pa.types.is_duration(kind):
        return Time(_duration(cell.value, _DIGITS[kind.unit]))
    try:
        # Of nanoseconds Arrow makes a type of pandas, where there is pandas, and an error where not.
        return Time(cell.cast(pa.string()).as_py()) if getattr(kind, "unit", "") == "ns" else cell.as_py()
    except (ValueError, OverflowError):  # of a year, or a time zone, that Python does not know
        return Time(str(cell.value))


def _duration(count: int, digits: int) -> str:
    """ISO 8601, in seconds alone."""
    whole, part = divmod(abs(count), 10**digits)
    fraction = f".{part:0{digits}}" if part else ""
    return f"{'-' if count < 0 else ''}PT{whole}{fraction}S"
