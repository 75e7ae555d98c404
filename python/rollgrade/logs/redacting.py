"""Redacting a log: block by block, every record whole but for the strings that were chosen.

A JSONL line keeps its bytes but those of strings that held PII; a Parquet file keeps its columns and types. Order
is kept. What cannot be read goes to the rejects, as it stood. Memory is bounded by a block.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from rollgrade import _core
from rollgrade.logs import jsonl, parquet
from rollgrade.logs.cells import has_times, stored_value
from rollgrade.logs.chosen import Chosen, Wanted, choose, strings_of
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.fieldpath import Steps
from rollgrade.logs.files import Input, Kind, packing_by_name, pending
from rollgrade.logs.options import Watcher
from rollgrade.logs.reader import SAMPLE
from rollgrade.logs.records import Block, Reject
from rollgrade.logs.sinks import Rejects, line_of

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["Redacted", "redact_log", "scan_blocks", "string_literals"]

RedactBatch = Callable[[list[str]], list[tuple[str, list[str]]]]
"""From texts to each text without its PII and the kind of each match."""


@dataclass(slots=True)
class Redacted:
    """What a redaction adds up to; ``read = written + rejected``, and blank lines hold no record."""

    written: int = 0
    rejected: int = 0
    blank: int = 0
    changed: int = 0
    """Records that held PII."""
    matches: Counter[str] = field(default_factory=Counter)
    """Matches by kind."""
    records: Counter[str] = field(default_factory=Counter)
    """Records by kind."""


class _Writer(Protocol):
    def write(self, block: Block, kept: Sequence[int], new: dict[int, dict[Steps, str]]) -> None: ...
    def close(self) -> None: ...


def scan_blocks(item: Input, wanted: Wanted, watcher: Watcher) -> Iterator[tuple[Block, Chosen | None]]:
    """The blocks of a file with the strings that are chosen in it; nothing is chosen in blocks before the first
    record that could be parsed. Raises ``LogError`` where the file cannot be read, or nothing can be chosen."""
    chosen = None
    if item.kind is Kind.PARQUET:
        blocks = parquet.read_blocks(item.path, wanted.keys, lines=False)
    else:
        blocks = jsonl.read_blocks(item.path)
    for block in blocks:
        if chosen is None:
            sample = [entry.record for entry in block.entries if entry.record is not None][:SAMPLE]
            if sample:
                chosen = choose(item.path, sample, wanted)
                watcher.form(item.path, chosen.taken)
        yield block, chosen
        watcher.progress(block.bytes_read, len(block.entries))


def redact_log(
    item: Input,
    output: Path | None,
    rejects: Path | None,
    wanted: Wanted,
    redact: RedactBatch,
    watcher: Watcher,
    *,
    empty_rejects: bool = False,
) -> Redacted:
    """Redacts a log into ``output``, or to standard output where that is ``None``. Without a record that is refused
    there is no file ``rejects`` afterwards, or an empty one with ``empty_rejects``. Raises ``LogError`` where a file
    cannot be read or written; the output then does not appear."""
    summary = Redacted()
    with contextlib.ExitStack() as stack:
        refused = None if rejects is None else Rejects(rejects, stack, watcher)
        if refused is not None and empty_rejects:
            refused.open()
        file: BinaryIO = sys.stdout.buffer if output is None else stack.enter_context(pending(output))
        writer: _Writer = (
            _ParquetWriter(file)
            if item.kind is Kind.PARQUET
            else _JsonlWriter(file, "plain" if output is None else packing_by_name(output))
        )
        try:
            for block, chosen in scan_blocks(item, wanted, watcher):
                for reject in _block(block, chosen, redact, writer, summary):
                    if refused is None:
                        watcher.reject(reject)
                    else:
                        refused.add(reject)
        finally:
            writer.close()
    if refused is not None:
        refused.finish()
    return summary


def _block(
    block: Block, chosen: Chosen | None, redact: RedactBatch, writer: _Writer, summary: Redacted
) -> list[Reject]:
    summary.blank += block.blank
    kept: list[int] = []
    rejected: list[Reject] = []
    places: list[tuple[int, Steps]] = []
    texts: list[str] = []
    for index, entry in enumerate(block.entries):
        try:
            found = strings_of(entry, chosen)
        except RecordError as error:
            rejected.append(Reject(block.file, entry.number, str(error), line_of(block, index)))
            continue
        kept.append(index)
        places += [(index, steps) for steps, _ in found]
        texts += [text for _, text in found]
    new: dict[int, dict[Steps, str]] = {}
    kinds: dict[int, list[str]] = {}
    for (index, steps), (text, found_kinds) in zip(places, redact(texts), strict=True):
        if found_kinds:
            new.setdefault(index, {})[steps] = text
            kinds.setdefault(index, []).extend(found_kinds)
    writer.write(block, kept, new)
    summary.written += len(kept)
    summary.rejected += len(rejected)
    summary.changed += len(new)
    for found_kinds in kinds.values():
        summary.matches.update(found_kinds)
        summary.records.update(set(found_kinds))
    return rejected


# ---- JSONL -------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')


def string_literals(text: str) -> Iterator[tuple[Steps, int, int]]:
    """The string values of valid JSON: where each stands in the record, and where its literal starts and ends."""
    path: list[Any] = []
    is_key = False
    for token in _TOKEN.finditer(text):
        sign = text[token.start()]
        if sign == "{":
            path.append("")
            is_key = True
        elif sign == "[":
            path.append(0)
            is_key = False
        elif sign in "}]":
            path.pop()
            is_key = False
        elif sign == ":":
            is_key = False
        elif sign == ",":
            is_key = isinstance(path[-1], str)
            if not is_key:
                path[-1] += 1
        elif sign == '"':
            if is_key:
                path[-1] = json.loads(token.group())
            else:
                yield tuple(path), token.start(), token.end()


class _JsonlWriter:
    """Writes lines as they were read, but for the strings that are new."""

    def __init__(self, file: BinaryIO, packing: str) -> None:
        self._file = file
        self._packing = packing

    def write(self, block: Block, kept: Sequence[int], new: dict[int, dict[Steps, str]]) -> None:
        lines = []
        for index in kept:
            raw = block.entries[index].raw
            line = _with_strings(raw.decode(), new[index]).encode() if index in new else raw
            lines.append(line if line.endswith(b"\n") else line + b"\n")
        if lines:
            self._file.write(_core.pack_log(b"".join(lines), self._packing))

    def close(self) -> None:
        if self._file is sys.stdout.buffer:
            self._file.flush()


def _with_strings(line: str, new: dict[Steps, str]) -> str:
    parts, at = [], 0
    for steps, start, end in string_literals(line):
        if steps in new:
            # A literal that was pure ASCII stays so.
            literal = json.dumps(new[steps], ensure_ascii=line[start:end].isascii())
            parts += [line[at:start], literal]
            at = end
    return "".join([*parts, line[at:]])


# ---- Parquet -----------------------------------------------------------------------------------------------


class _ParquetWriter:
    """Writes rows as they were read, but for the strings that are new, under the same schema."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._writer: pq.ParquetWriter | None = None

    def write(self, block: Block, kept: Sequence[int], new: dict[int, dict[Steps, str]]) -> None:
        arrow, arrow_parquet = parquet.parquet_modules()
        batch = block.batch
        if batch is None:
            raise LogError(f"{block.file}: has no columns")
        if self._writer is None:
            self._writer = arrow_parquet.ParquetWriter(self._file, batch.schema, compression="zstd")
        if not kept:
            return
        changed = {str(steps[0]) for texts in new.values() for steps in texts}
        columns = []
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name not in changed:
                # As slices: not every type can be taken row by row.
                slices = [column.slice(start, length) for start, length in parquet.runs(kept)]
                columns.append(arrow.chunked_array(slices, column.type))
                continue
            values = []
            for index in kept:
                texts = {s[1:]: text for s, text in new.get(index, {}).items() if s[0] == name}
                record = block.entries[index].record or {}
                value = stored_value(column[index]) if has_times(column.type) else record[name]
                values.append(_replaced(value, texts))
            columns.append(arrow.array(values, column.type))
        self._writer.write_table(arrow.Table.from_arrays(columns, schema=batch.schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _replaced(value: Any, new: dict[Steps, str]) -> Any:
    """A value with the strings at some places in it replaced; the rest is shared."""
    if not new:
        return value
    if () in new:
        return new[()]
    below: dict[Any, dict[Steps, str]] = {}
    for steps, text in new.items():
        below.setdefault(steps[0], {})[steps[1:]] = text
    if isinstance(value, dict):
        return {key: _replaced(item, below.get(key, {})) for key, item in value.items()}
    items = [_replaced(item, below.get(i, {})) for i, item in enumerate(value)]
    return tuple(items) if isinstance(value, tuple) else items
