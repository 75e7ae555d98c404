"""Where a rescore writes: one output, whatever it is made of, and the records that were not taken."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from rollgrade import _core
from rollgrade.logs import jsonl, parquet
from rollgrade.logs.cells import as_json
from rollgrade.logs.files import Job, Kind, packing_by_name, pending
from rollgrade.logs.native import Style
from rollgrade.logs.records import Block, Entry, Grade, Reject
from rollgrade.logs.resume import Partial
from rollgrade.logs.side import Side

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PartialRejects", "Rejects", "Sink", "TakesRejects", "line_of"]


class _Told(Protocol):
    def reject(self, reject: Reject) -> None: ...


class Sink:
    """Writes to one output, whatever it is made of, which is ``opened`` when there is something to write. Rows are
    written beside the grading: what is wrong with the output is then raised by the next call."""

    def __init__(
        self, opened: Callable[[], BinaryIO], job: Job, style: Style, rules: Sequence[str], side: Side
    ) -> None:
        self._opened = opened
        self._style = style
        self._rules = rules
        self.rows_only = job.kind is Kind.PARQUET
        """Whether the output is rows; else it is lines."""
        self._packing = "plain" if self.rows_only else packing_by_name(job.output)
        self._rows: parquet.GradesParquetWriter | parquet.ParquetWriter | None = None
        self._side = side

    def _writer(self) -> parquet.GradesParquetWriter | parquet.ParquetWriter:
        if self._rows is None:
            file, style, rules = self._opened(), self._style, self._rules
            self._rows = (
                parquet.GradesParquetWriter(file, rules=rules)
                if style.only_grades
                else parquet.ParquetWriter(file, style.key, flat=style.flat, rules=rules)
            )
        return self._rows

    def graded_rows(self, file: Path, batch: pa.RecordBatch, number: int, lines: bytes) -> None:
        """Writes rows, the first of which has this number, with grades that are lines with the numbers of theirs."""
        writer = self._writer()

        def write() -> None:
            numbers, grades = parquet.grades_of(lines, self._rules)
            if isinstance(writer, parquet.GradesParquetWriter):
                writer.write_rows(file, numbers, grades)
            else:
                writer.write_rows(file, batch, [n - number for n in numbers], grades)

        self._side.behind(write)

    def lines(self, pieces: Sequence[bytes]) -> None:
        """Writes pieces of lines as they are."""
        if self._packing != "plain":
            whole = b"".join(pieces)
            pieces = [_core.pack_log(whole, self._packing)] if whole else []
        for piece in pieces:
            self._opened().write(piece)

    def line(self, file: Path, entry: Entry, grade: Grade) -> bytes:
        """The line of an entry with its grade."""
        if self._style.only_grades:
            return jsonl.place_line(file, entry, grade)
        return jsonl.graded_line(entry, grade, self._style.key, flat=self._style.flat)

    def rows(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None:
        """Writes entries of a block, each with its grade."""
        if self.rows_only:
            self._side.behind(self._writer().write, block, kept, grades)
            return
        lines = []
        for index, grade in zip(kept, grades, strict=True):
            entry = block.entries[index]
            if block.batch is not None and entry.raw:  # without what a row has beside its line
                entry = jsonl.entry(entry.number, entry.raw)
            if block.batch is None or entry.raw or self._style.only_grades:
                lines.append(self.line(block.file, entry, grade))
            else:
                lines.append(
                    jsonl.row_line(block.batch, index, grade, self._style.key, flat=self._style.flat)
                )
        self.lines(lines)

    def close(self) -> None:
        """Writes what the output has at its end."""
        self._side.wait()
        if self.rows_only:
            self._writer().close()
            self._rows = None

    def drop(self) -> None:
        """Ends without that, where the output is not whole."""
        rows, self._rows = self._rows, None
        with contextlib.suppress(Exception):
            self._side.wait()
        with contextlib.suppress(Exception):
            if rows is not None:
                rows.close()


class TakesRejects(Protocol):
    """Takes records that could not be graded."""

    def add(self, reject: Reject) -> None:
        """Writes one, and tells of it."""


class PartialRejects:
    """Rejects in the file that they grow in."""

    def __init__(self, partial: Partial, watcher: _Told) -> None:
        self._partial = partial
        self._watcher = watcher

    def add(self, reject: Reject) -> None:
        """Writes a record that was not taken, and tells the watcher."""
        self._partial.rejects.write(_reject_line(reject))
        self._watcher.reject(reject)


def line_of(block: Block, index: int) -> str:
    """An entry as text, for the rejects."""
    if block.batch is not None and not block.entries[index].raw:
        return json.dumps(parquet.row_of(block.batch, index), default=as_json)
    return block.entries[index].raw.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _reject_line(reject: Reject) -> bytes:
    place = {"file": str(reject.file), "line": reject.number}
    if reject.offset is not None:
        place["offset"] = reject.offset
    return json.dumps(place | {"reason": reject.reason, "record": reject.line}).encode() + b"\n"


class Rejects:
    """The rejects file: opened at the first reject; one of an earlier run goes where this run has none."""

    def __init__(self, path: Path, stack: contextlib.ExitStack, watcher: _Told) -> None:
        self._path = path
        self._stack = stack
        self._watcher = watcher
        self._file: BinaryIO | None = None

    def open(self) -> BinaryIO:
        """The file, made if there is none yet."""
        if self._file is None:
            self._file = self._stack.enter_context(pending(self._path))
        return self._file

    def add(self, reject: Reject) -> None:
        """Writes a record that was not taken, and tells the watcher."""
        self.open().write(_reject_line(reject))
        self._watcher.reject(reject)

    def finish(self) -> None:
        """To be called when the output is whole."""
        if self._file is None:
            self._path.unlink(missing_ok=True)
