"""What a log lacks, from elsewhere: rows of a dataset joined by key, and a source inside a prompt's text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rollgrade.completion import document_text, facts_list
from rollgrade.logs.errors import LogError, RecordError, quoted
from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.forms import Record, common_fields

__all__ = ["Join", "Partner", "Template", "load_join"]

_MARK = "{document}"


@dataclass(frozen=True, slots=True)
class Partner:
    """What a row of the dataset knows."""

    source: str | None
    facts: list[str] | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Join:
    """The rows of a dataset by key, and where a record of the log has its key."""

    dataset: Path
    on: FieldPath
    rows: Mapping[str, Partner]

    def partner(self, record: Record) -> Partner:
        """The row that a record goes with. Raises ``RecordError`` where there is none."""
        value = self.on.find(record)
        key = _key(value)
        if key is None:
            raise RecordError(f"join: no key: `{self.on.text}` {_no_key(value)}")
        partner = self.rows.get(key)
        if partner is None:
            raise RecordError(
                f"join: no row of {self.dataset} has this record's `{self.on.text}`, which is {quoted(key)}"
            )
        return partner


@dataclass(frozen=True, slots=True)
class Template:
    """The text around a document in a prompt."""

    before: str
    after: str

    @classmethod
    def parse(cls, text: str) -> Template:
        """Parses ``text around {document} and behind``. Raises ``ValueError`` where the mark is not there once."""
        if text.count(_MARK) != 1:
            raise ValueError(f"--template: {_MARK} stands there {text.count(_MARK)} times; expected it once")
        before, after = text.split(_MARK)
        return cls(before, after)

    def inside(self, text: str | None) -> str:
        """What stands where the document does. Raises ``RecordError`` that says which side does not fit."""
        if text is None:
            raise RecordError("source: no prompt, so the template has nothing to fit")
        wrong = "source: the prompt does not fit the template: "
        start = text.find(self.before)
        if start < 0:
            raise RecordError(
                f"{wrong}what it has before {_MARK} is not there; the prompt begins {quoted(text)}"
            )
        end = text.rfind(self.after, start + len(self.before))
        if end < 0:
            raise RecordError(
                f"{wrong}what it has behind {_MARK} is not there; the prompt ends {quoted(text, end=True)}"
            )
        if end == start + len(self.before):
            raise RecordError(f"{wrong}nothing stands where {_MARK} does")
        return text[start + len(self.before) : end]


def load_join(dataset: Path, on: str, paths: Mapping[str, FieldPath]) -> Join:
    """The rows of a dataset (JSONL or Parquet) by key. ``on`` names the key's field, or LOG_FIELD=DATASET_FIELD;
    ``paths`` name the fields of the dataset that are not found by themselves. Raises ``LogError`` where a row has no
    key or two have the same."""
    log_field, _, dataset_field = on.partition("=")
    on_log, on_dataset = (
        FieldPath.parse(log_field.strip()),
        FieldPath.parse((dataset_field or log_field).strip()),
    )
    rows: dict[str, Partner] = {}
    places: dict[str, int] = {}
    first: Record = {}
    for number, record in _records(dataset, on_dataset, paths):
        first = first or record
        value = on_dataset.find(record)
        key = _key(value)
        if key is None:
            raise LogError(f"{dataset}:{number}: no key to join on: `{on_dataset.text}` {_no_key(value)}")
        if key in rows:
            raise LogError(
                f"{dataset}: rows {places[key]} and {number} have the same `{on_dataset.text}`; "
                "a row of the log would have two partners"
            )
        places[key] = number
        rows[key] = _partner(dataset, number, record, paths)
    if not rows:
        raise LogError(f"{dataset}: no rows to join")
    if not any(row.source or row.facts or row.reference for row in rows.values()):
        raise LogError(
            f"{dataset}: holds no source, facts or reference; its first row has {_keys(dataset, first)}. Name the "
            "dataset's field with --source, --facts or --reference"
        )
    return Join(dataset, on_log, rows)


def _keys(dataset: Path, first: Record) -> str:
    """What a dataset has in its first row."""
    from rollgrade.logs.files import find_inputs
    from rollgrade.logs.reader import all_keys, keys_shown

    (item, *_), _ = find_inputs([str(dataset)])
    return keys_shown(all_keys(item.path, first))


def _partner(dataset: Path, number: int, record: Record, paths: Mapping[str, FieldPath]) -> Partner:
    fields = common_fields(record)
    for name, path in paths.items():
        value = path.find(record)
        if value is ABSENT:
            raise LogError(f"{dataset}:{number}: --{name} {path.text}: no such field in this row")
        fields[name] = value
    try:
        facts = fields.get("facts")
        return Partner(
            document_text(fields.get("source")) or None,
            None if facts is None else facts_list(facts) or None,
            document_text(fields.get("reference")) or None,
        )
    except (TypeError, ValueError) as error:
        raise LogError(f"{dataset}:{number}: {error}") from None


def _records(dataset: Path, on: FieldPath, paths: Mapping[str, FieldPath]) -> Iterator[tuple[int, Record]]:
    from rollgrade.logs import jsonl, parquet
    from rollgrade.logs.files import Kind, find_inputs
    from rollgrade.logs.reader import keys_read

    (item, *more), _ = find_inputs([str(dataset)])
    if more:
        raise LogError(f"{dataset}: more than one file; name one")
    keys = keys_read({**paths, "on": on})
    blocks = (
        parquet.read_blocks(item.path, keys) if item.kind is Kind.PARQUET else jsonl.read_blocks(item.path)
    )
    for block in blocks:
        for entry in block.entries:
            if entry.record is None:
                raise LogError(f"{dataset}:{entry.number}: {entry.reason}")
            yield entry.number, entry.record


def _key(value: Any) -> str | None:
    """A key as text: a string, a whole number (``1.0`` is one: pandas writes ids so where one is missing), or of
    messages what the last user says."""
    if isinstance(value, (float, Decimal)) and math.isfinite(value) and value == int(value):
        value = int(value)
    try:
        text = document_text(value) if isinstance(value, list) else value
    except (TypeError, ValueError):
        return None
    return str(text).strip() if isinstance(text, (str, int)) and not isinstance(text, bool) else None


def _no_key(value: Any) -> str:
    """Why a value is no key; it is not quoted."""
    kinds = {bool: "a boolean", float: "no whole number", Decimal: "no whole number", type(None): "null"}
    got = "is not there" if value is ABSENT else f"is {kinds.get(type(value), 'none of these')}"
    return f"{got}, expected a string, a whole number or messages"
