"""What a log form is, and the fields that records of any form may have.

A form finds the raw values; turning them into text, facts and flags is one code for all
(``rollgrade.logs.reader``).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["COMMON", "Fields", "Form", "Record", "common_fields", "ground_truth_fields"]

Record = Mapping[str, Any]
Fields = dict[str, Any]
"""Raw values under the names ``completion``, ``source``, ``facts``, ``reference``, ``truncated`` and ``id``,
as far as there."""

_NAMES: dict[str, tuple[str, ...]] = {
    "source": ("source", "document"),
    "facts": ("facts", "key_facts"),
    "reference": ("reference", "reference_summary"),
    "id": ("id", "custom_id", "uid"),
}
_GROUND_TRUTH = "ground_truth"
_STOPPED = ("finish_reason", "stop_reason")
_CUT_OFF = frozenset({"length", "max_tokens"})

COMMON: frozenset[str] = frozenset(
    {name for names in _NAMES.values() for name in names} | {_GROUND_TRUTH, *_STOPPED}
)
"""The top-level keys that ``common_fields`` reads."""


@dataclass(frozen=True, slots=True)
class Form:
    """One shape of log record. A new one is a file beside this and a line in ``forms/__init__.py``."""

    name: str
    """Short: "chat"."""
    signs: str
    """What its records have, to end the sentence "all of them have ..."."""
    keys: frozenset[str]
    """Top-level keys that ``read`` looks at, beyond ``COMMON``."""
    recognises: Callable[[Record], bool]
    """Whether a record has this form. Never raises."""
    read: Callable[[Record], Fields]
    """The fields of a record; without ``completion`` where it has not this form. Never raises."""


def common_fields(record: Record) -> Fields:
    """The fields that any record may have at its top level, whatever its form."""
    fields = ground_truth_fields(record.get(_GROUND_TRUTH))
    for field, names in _NAMES.items():
        for name in names:
            if record.get(name) is not None:
                fields[field] = record[name]
                break
    for name in _STOPPED:
        if isinstance(record.get(name), str):
            fields["truncated"] = record[name] in _CUT_OFF
            break
    return fields


def ground_truth_fields(value: object) -> Fields:
    """The fields of a ground truth: a reference (a string), facts (a list), or an object with fields; list and
    object also as JSON."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, Mapping):
        return common_fields(value)
    if value is None:
        return {}
    return {"facts" if isinstance(value, list) else "reference": value}
