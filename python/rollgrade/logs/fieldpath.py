"""Paths to a value inside a record: ``response.body.choices[0].message.content``, ``messages[-1]``,
``meta["a.b"]``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ABSENT", "FieldPath", "Steps"]

Steps = tuple[str | int, ...]
"""A place in a record: keys, and list indexes from 0."""


class _Absent:
    """The type of ``ABSENT``: not there, which is not the same as ``None``."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

_STEP = re.compile(r"""(?P<dot>\.)?(?P<name>[^.\[\]"]+)|\[(?P<index>-?\d{1,9})\]|\["(?P<quoted>[^"]*)"\]""")


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A parsed path. ``text`` is what was given; ``steps`` are keys and list indexes."""

    text: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> FieldPath:
        """Parses a path; raises ``ValueError`` that shows how one looks."""
        steps: list[str | int] = []
        at = 0
        while at < len(text):
            step = _STEP.match(text, at)
            if step is None or (step["name"] is not None and (step["dot"] is None) != (at == 0)):
                break
            index, quoted = step["index"], step["quoted"]
            steps.append(int(index) if index is not None else quoted if quoted is not None else step["name"])
            at = step.end()
        if at < len(text) or not steps:
            raise ValueError(
                f"field path {text!r} is not understood at character {at + 1}; "
                'one looks like output, meta.document, choices[0].message.content or meta["a.b"]'
            )
        return cls(text, tuple(steps))

    @property
    def heads(self) -> frozenset[str]:
        """The top-level keys that the path may begin with."""
        return frozenset({self.text, str(self.steps[0])})

    def find(self, record: Mapping[str, Any]) -> object:
        """The value at the path, or ``ABSENT``. A key that is spelled like the whole path goes first. The path leads on
        into a string that holds an object or a list as JSON."""
        found = self._walk(record, into_text=True)
        return ABSENT if found is None else found[1]

    def locate(self, record: Mapping[str, Any]) -> Steps | None:
        """The place that the path leads to, indexes counted from the start; ``None`` where it leads nowhere, or into a
        string."""
        found = self._walk(record, into_text=False)
        return None if found is None else found[0]

    def _walk(self, record: Mapping[str, Any], *, into_text: bool) -> tuple[Steps, object] | None:
        if self.text in record:
            return (self.text,), record[self.text]
        value: Any = record
        place: list[str | int] = []
        for step in self.steps:
            key = step
            if into_text and isinstance(value, str):
                value = _parsed(value)
            if isinstance(value, Mapping):
                if step not in value:
                    return None
            elif isinstance(value, list) and (index := _index(step)) is not None:
                if not -len(value) <= index < len(value):
                    return None
                key = index % len(value)
            else:
                return None
            value = value[key]
            place.append(key)
        return tuple(place), value


def _parsed(text: str) -> object:
    """What a string holds as JSON, where that is an object or a list."""
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    return None


def _index(step: str | int) -> int | None:
    """A step as a list index; ``choices.0`` means ``choices[0]``."""
    if isinstance(step, int):
        return step
    return int(step) if step.isascii() and step.isdigit() and len(step) < 10 else None
