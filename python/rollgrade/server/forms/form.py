"""What a form is, and what forms share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rollgrade._names import nearest

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What the forms need beside the rubric. ``eos`` and ``prompt_end`` are of the policy's chat template, for trainers
    that send prompt and answer as one text; ``threads`` are those of one request."""

    max_batch: int = 4096
    threads: int = 1
    eos: str | None = None
    prompt_end: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A path, and how a JSON object that is posted there is answered.

    ``answer`` raises ``ValueError`` or ``TypeError`` that name the field where the payload is not of this form. ``many``
    is the field that holds one entry a completion; None where a payload is one. ``request``, ``reply``: JSON schemas.
    """

    path: str
    summary: str
    description: str
    answer: Callable[[Payload], dict[str, Any]]
    request: dict[str, Any]
    reply: dict[str, Any]
    example: dict[str, Any]
    many: str | None = None
    max_batch: int = field(default=4096)

    def completions(self, payload: Payload) -> int:
        """How many completions a payload holds. Raises ``ValueError`` where they are none or too many."""
        if self.many is None:
            return 1
        held = payload.get(self.many)
        if not isinstance(held, list):
            came = "nothing" if self.many not in payload else kind(held)
            raise ValueError(f"{self.many}: got {came}, expected a list of completions")
        return len(held)


def checked_fields(payload: Payload, known: Sequence[str], required: str) -> None:
    """Raises ``ValueError`` for a payload that lacks a field or has one that the form does not know."""
    for name in payload:
        if name not in known:
            raise ValueError(
                f"{name}: no such field{nearest(name, known)}; the fields are {', '.join(known)}"
            )
    if required not in payload:
        raise ValueError(f"{required}: got nothing, expected a value")


def checked_truncated(where: str, value: Any) -> bool | None:
    """Whether an answer was cut off, or None where that is not known."""
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{where}: got {kind(value)}, expected true, false or null")
    return value


def number(value: float) -> float | None:
    """A number as JSON has it, which knows no NaN."""
    return value if math.isfinite(value) else None


def kind(value: Any) -> str:
    """What a JSON value is, without what it says."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


# ---- schemas -----------------------------------------------------------------------------------------------

TEXT: dict[str, Any] = {"type": ["string", "null"]}
FACTS: dict[str, Any] = {
    "description": "Key facts: a list of strings, or a string of bullets.",
    "oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}, {"type": "null"}],
}
COMPLETION: dict[str, Any] = {
    "description": "A string, a message, or a list of messages of which the last assistant's counts.",
    "oneOf": [{"type": "string"}, {"type": "object"}, {"type": "array"}],
}
CUT: dict[str, Any] = {
    "type": ["boolean", "null"],
    "description": "Whether the sampler cut it off; null where that is not known.",
}
SCORE: dict[str, Any] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
STAMP: dict[str, Any] = {"rubric_hash": {"type": "string"}, "version": {"type": "string"}}


def array(items: Mapping[str, Any], description: str = "") -> dict[str, Any]:
    """The schema of a list."""
    said = {"description": description} if description else {}
    return {"type": "array", "items": dict(items)} | said


def obj(properties: Mapping[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    """The schema of an object."""
    return {"type": "object", "properties": dict(properties), "required": list(required)}
