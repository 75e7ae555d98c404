"""What a log form is, and the fields that records of any form may have.

A form says where the raw values are; turning them into text, facts and flags is one code for all
(``rollgrade.logs.reader``, and for lines of JSON the same in Rust).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rollgrade.completion import python_literal
from rollgrade.logs.errors import quoted
from rollgrade.logs.fieldpath import ABSENT, FieldPath, Steps

__all__ = [
    "COMMON",
    "CUT_OFF",
    "GROUND_TRUTH",
    "NAMES",
    "STOPPED",
    "Fields",
    "Form",
    "Record",
    "common_fields",
    "ground_truth_fields",
]

Record = Mapping[str, Any]
Fields = dict[str, Any]
"""Raw values under the names ``completion``, ``source``, ``facts``, ``reference``, ``truncated`` and ``id``,
as far as there."""

NAMES: dict[str, tuple[str, ...]] = {
    "source": ("source", "document"),
    "facts": ("facts", "key_facts"),
    "reference": ("reference", "reference_summary"),
    "id": ("custom_id", "id", "uid"),
}
"""Top-level names of the fields, each in order of preference."""

GROUND_TRUTH = "ground_truth"
STOPPED = ("finish_reason", "stop_reason")
CUT_OFF = frozenset({"length", "LENGTH", "max_tokens", "MAX_TOKENS", "max_output_tokens"})
"""Why a sampler stopped, where that cut the answer off (Gemini writes it in capitals)."""

COMMON: frozenset[str] = frozenset(
    {name for names in NAMES.values() for name in names} | {GROUND_TRUTH, *STOPPED}
)
"""The top-level keys that ``common_fields`` reads."""


@dataclass(frozen=True, slots=True)
class Form:
    """One shape of log record. A new one is a file beside this and a line in ``forms/__init__.py``."""

    name: str
    """Short: "chat"."""
    signs: str
    """What its records have, to end the sentence "all of them have ..."; every top-level key that tells stands in
    backticks."""
    recognises: Callable[[Record], bool]
    """Whether a record has this form. Never raises."""
    completion: FieldPath
    """Where the completion is."""
    prompt: FieldPath | None = None
    """Where a prompt is: of messages, the last user's is the source where nothing else is."""
    truths: tuple[FieldPath, ...] = ()
    """Where ground truths are, the later ones over the earlier."""
    stopped: tuple[FieldPath, ...] = ()
    """Where it says why the sampler stopped, the first over the later."""
    split: Callable[[Record], list[Record]] | None = None
    """Where a line holds several rollouts: a record for each, in which the paths lead. Never raises."""
    turns: Callable[[Record], list[tuple[Steps, object]]] | None = None
    """Where ``split`` puts the messages together from elsewhere: each, and its place in the record. Never raises."""
    failed: Callable[[Record], str | None] | None = None
    """What a record without a completion says of why there is none. Never raises."""

    @classmethod
    def at(
        cls,
        name: str,
        signs: str,
        recognises: Callable[[Record], bool],
        *,
        completion: str,
        prompt: str | None = None,
        truths: tuple[str, ...] = (),
        stopped: tuple[str, ...] = (),
        split: Callable[[Record], list[Record]] | None = None,
        turns: Callable[[Record], list[tuple[Steps, object]]] | None = None,
        failed: Callable[[Record], str | None] | None = None,
    ) -> Form:
        """A form whose paths are given as text."""
        return cls(
            name,
            signs,
            recognises,
            FieldPath.parse(completion),
            None if prompt is None else FieldPath.parse(prompt),
            tuple(map(FieldPath.parse, truths)),
            tuple(map(FieldPath.parse, stopped)),
            split,
            turns,
            failed,
        )

    @property
    def marks(self) -> frozenset[str]:
        """Top-level keys that ``recognises`` and ``split`` look at: those that ``signs`` names."""
        return frozenset(re.findall("`([^`]+)`", self.signs))

    @property
    def keys(self) -> frozenset[str]:
        """Top-level keys that ``split`` and ``read`` look at, beyond ``COMMON``."""
        paths = [self.completion, *self.truths, *self.stopped, *([self.prompt] if self.prompt else [])]
        return frozenset(self.marks if self.split else ()).union(*(path.heads for path in paths))

    def without_completion(self, record: Record) -> str:
        """Why a record without a completion has none."""
        if self.failed is not None and (said := self.failed(record)) is not None:
            return f"no completion: the request failed: {quoted(said)}"
        if self.recognises(record):
            return f"no completion: no `{self.completion.text}`"
        return f"no completion: no {self.name} record, which has {self.signs}"

    def read(self, record: Record) -> Fields:
        """The fields of a record; without ``completion`` where it has not this form. Never raises."""
        fields: Fields = {}
        for path in self.truths:
            fields |= ground_truth_fields(_found(path, record))
        fields |= common_fields(record)
        reason = next((r for path in self.stopped if isinstance(r := path.find(record), str)), None)
        if reason is not None:
            fields["truncated"] = reason in CUT_OFF
        completion = self.completion.find(record)
        if completion is not ABSENT:
            fields["completion"] = completion
        if self.prompt is not None and isinstance(prompt := self.prompt.find(record), list):
            fields.setdefault("source", prompt)  # its last user message
        return fields


def common_fields(record: Record) -> Fields:
    """The fields that any record may have at its top level, whatever its form."""
    if COMMON.isdisjoint(record):
        return {}
    fields = ground_truth_fields(record.get(GROUND_TRUTH))
    for field, names in NAMES.items():
        for name in names:
            if record.get(name) is not None:
                fields[field] = record[name]
                break
    for name in STOPPED:
        if isinstance(record.get(name), str):
            fields["truncated"] = record[name] in CUT_OFF
            break
    return fields


def ground_truth_fields(value: object) -> Fields:
    """The fields of a ground truth: a reference (a string), facts (a list), or an object with fields; list and
    object also as JSON, or as Python writes them."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        text = value
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            literal = python_literal(text)
            value = text if literal is None else literal
    if isinstance(value, Mapping):
        return common_fields(value)
    if value is None:
        return {}
    return {"facts" if isinstance(value, list) else "reference": value}


def _found(path: FieldPath, record: Record) -> object:
    value = path.find(record)
    return None if value is ABSENT else value
