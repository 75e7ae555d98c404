"""Documents to audit a rubric on: each with a source, facts and a reference as far as known, and the completions
that a log has of it.

Read from JSONL and Parquet files, from rows (mappings), or from an Arrow table, a data frame or a Hugging Face data
set. A rollout log is a data set as well: its rollouts of one prompt are one document with many completions. A record that cannot be read is
kept with its place and reason, and costs its neighbours nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rollgrade.completion import completion_text, document_text, facts_list, there
from rollgrade.logs import jsonl, parquet
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.files import Kind, find_inputs
from rollgrade.logs.forms import Form, detect
from rollgrade.logs.forms.form import Fields, Record, common_fields
from rollgrade.logs.reader import SAMPLE, keys_read, keys_shown

__all__ = ["Data", "Document", "read"]

_MORE_NAMES = {"source": ("text", "article"), "reference": ("summary", "highlights")}
"""Names that data sets have beside those of logs."""
_MORE_KEYS = frozenset(name for names in _MORE_NAMES.values() for name in names)
_FIELDS = ("source", "facts", "reference")
_ROWS = (("to_pylist", ()), ("to_dicts", ()), ("to_list", ()), ("to_dict", ("records",)))
"""How what is no list gives its rows, the first that it has: Arrow, Polars, Hugging Face datasets, pandas. Of these
``to_dict`` gives columns."""

T = TypeVar("T")


@dataclass(slots=True)
class Document:
    """One document; ``None`` is what is not known. ``place`` is ``file:number``, or ``row 3``."""

    place: str
    id: str | None = None
    source: str | None = None
    facts: tuple[str, ...] | None = None
    reference: str | None = None
    completions: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What to call it in a table."""
        return self.id or self.place


@dataclass(slots=True)
class Data:
    """What was read: the documents, the records that could not be read (place and reason), and completions of a log
    whose document is not among them."""

    documents: list[Document] = field(default_factory=list)
    rejects: list[tuple[str, str]] = field(default_factory=list)
    repeated: int = 0
    unmatched: int = 0

    @property
    def completions(self) -> int:
        """Completions of all documents."""
        return sum(len(document.completions) for document in self.documents)

    def require_any(self) -> None:
        """Raises ``ValueError`` where there is no document."""
        if not self.documents:
            reason = f"; the first record was rejected: {self.rejects[0][1]}" if self.rejects else ""
            raise ValueError(f"dataset: got no document, expected at least one{reason}")


def read(
    dataset: Any,
    *,
    log: Any = None,
    source: str | None = None,
    facts: str | None = None,
    reference: str | None = None,
    completion: str | None = None,
    limit: int | None = None,
) -> Data:
    """Reads documents, at most ``limit``, and the completions of ``log``.

    ``dataset`` and ``log``: a path (a file, a folder, a glob pattern), several, rows, an Arrow table or a data frame.
    ``source``, ``facts``, ``reference`` and ``completion`` are field paths over the names that are known. Raises
    ``LogError`` where a file cannot be read, or no record of it has a field that was named.
    """
    given = {"source": source, "facts": facts, "reference": reference, "completion": completion}
    paths = {name: FieldPath.parse(text) for name, text in given.items() if text is not None}
    data = Data()
    seen: dict[tuple[Any, ...], Document] = {}
    for document in _documents(dataset, paths, data):
        key = (document.source, document.facts, document.reference)
        if (known := seen.get(key)) is not None:
            known.completions += document.completions
            data.repeated += not document.completions
        elif limit is None or len(data.documents) < limit:
            seen[key] = document
            data.documents.append(document)
    if log is not None:
        _add_log(log, {n: p for n, p in paths.items() if n == "completion"}, data)
    return data


def _add_log(log: Any, paths: Mapping[str, FieldPath], data: Data) -> None:
    """Gives the documents their completions: found by their source, or where a rollout has none, by its facts, its
    reference or its prompt's id."""
    places: dict[tuple[str, Any], Document] = {}
    for document in data.documents:
        for key in _keys(document):
            places.setdefault(key, document)
    found = False
    for rollout in _documents(log, paths, data):
        matched = next((places[key] for key in _keys(rollout) if key in places), None)
        if matched is None:
            data.unmatched += len(rollout.completions)
        else:
            matched.completions += rollout.completions
            found = True
    if not found:
        raise LogError(
            f"{_shown(log)}: no completion of any of the documents; they are found by the same source, facts, "
            "reference or id"
        )


def _keys(document: Document) -> Iterator[tuple[str, Any]]:
    if document.source is not None:
        yield "source", " ".join(document.source.split())
    if document.facts is not None:
        yield "facts", document.facts
    if document.reference is not None:
        yield "reference", document.reference
    if document.id is not None:
        yield "id", document.id


def _documents(dataset: Any, paths: Mapping[str, FieldPath], data: Data) -> Iterator[Document]:
    if isinstance(dataset, str | os.PathLike):
        dataset = [dataset]
    for method, arguments in () if isinstance(dataset, Mapping) else _ROWS:
        if callable(rows_of := getattr(dataset, method, None)):
            dataset = rows_of(*arguments)
            break
    if isinstance(dataset, Mapping) or not isinstance(dataset, Iterable):
        raise TypeError(
            f"dataset: got {type(dataset).__name__}, expected a path, rows, an Arrow table or a data frame"
        )
    rows = list(dataset)
    if rows and all(isinstance(row, str | os.PathLike) for row in rows):
        yield from _of_files([os.fspath(row) for row in rows], paths, data)
    else:
        entries = [
            (
                f"row {i}",
                row,
                None if isinstance(row, Mapping) else f"got {type(row).__name__}, expected a row",
            )
            for i, row in enumerate(rows)
        ]
        yield from _of_entries("the data set", iter(entries), paths, data)


def _of_files(given: Sequence[str], paths: Mapping[str, FieldPath], data: Data) -> Iterator[Document]:
    inputs, _ = find_inputs(given)
    for item in inputs:
        blocks = (
            parquet.read_blocks(item.path, keys_read(paths) | _MORE_KEYS)
            if item.kind is Kind.PARQUET
            else jsonl.read_blocks(item.path)
        )
        entries = (
            (f"{item.path}:{entry.number}", entry.record, entry.reason)
            for block in blocks
            for entry in block.entries
        )
        yield from _of_entries(str(item.path), entries, paths, data)


def _of_entries(
    where: str,
    entries: Iterator[tuple[str, Any, str | None]],
    paths: Mapping[str, FieldPath],
    data: Data,
) -> Iterator[Document]:
    sample = [entry for entry, _ in zip(entries, range(SAMPLE), strict=False)]
    records = [record for _, record, reason in sample if reason is None]
    for name, path in paths.items():
        if records and all(path.find(record) is ABSENT for record in records):
            raise LogError(
                f"{where}: --{name} {path.text}: no such field in the first {len(records)} records; "
                f"the first has {keys_shown(records[0])}"
            )
    detected = detect(records) if records else None
    form = detected[0] if detected else None
    for place, record, reason in _chained(sample, entries):
        if reason is not None:
            data.rejects.append((place, reason))
            continue
        try:
            yield _document(place, record, form, paths)
        except RecordError as error:
            data.rejects.append((place, str(error)))


def _chained(first: Sequence[T], rest: Iterator[T]) -> Iterator[T]:
    yield from first
    yield from rest


def _document(place: str, record: Record, form: Form | None, paths: Mapping[str, FieldPath]) -> Document:
    fields: Fields = common_fields(record) if form is None else form.read(record)
    for name, names in _MORE_NAMES.items():
        other = next((record[n] for n in names if record.get(n) is not None), None)
        if other is not None:
            fields.setdefault(name, other)
    for name, path in paths.items():
        value = path.find(record)
        fields[name] = None if value is ABSENT else value
    found = Document(place)
    identity = record.get("prompt_id", fields.get("id"))
    found.id = str(identity) if isinstance(identity, str | int) else None
    found.source = _convert("source", document_text, fields.get("source"))
    found.facts = _convert("facts", _facts, fields.get("facts"))
    found.reference = _convert("reference", document_text, fields.get("reference"))
    if fields.get("completion") is not None:
        found.completions.append(_convert("completion", completion_text, fields["completion"]))
    if all(getattr(found, name) is None for name in _FIELDS):
        raise RecordError(f"no source, facts or reference; it has {keys_shown(record)}")
    return found


def _facts(value: object) -> tuple[str, ...] | None:
    return None if there(value) is None else tuple(facts_list(value)) or None


def _convert(name: str, convert: Callable[[Any], T], value: object) -> T:
    try:
        return convert(value)
    except (TypeError, ValueError) as error:
        raise RecordError(f"{name}: {error}") from None


def _shown(given: Any) -> str:
    return str(given) if isinstance(given, str | os.PathLike) else "the log"
