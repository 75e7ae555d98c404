"""Rescoring: inputs through the grader into outputs, block by block, with nothing lost.

Every record of the inputs is either in the output, in order and with its grade, or in the rejects file with
its place and the reason. Memory is bounded by a block, whatever the size of a file.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from rollgrade.logs import jsonl, parquet
from rollgrade.logs.errors import RecordError
from rollgrade.logs.fieldpath import FieldPath
from rollgrade.logs.files import Input, Job, Kind, pending, rejects_path
from rollgrade.logs.grading import Grader
from rollgrade.logs.reader import SAMPLE, Reader, keys_read, reader_for
from rollgrade.logs.records import Block, Entry, Grade, Reject, Rollout
from rollgrade.logs.summary import Summary

__all__ = ["Options", "Rejects", "Watcher", "line_of", "read_blocks", "rescore"]


class Watcher(Protocol):
    """Is told what happens during a rescore."""

    def form(self, file: Path, taken: str) -> None:
        """The form of ``file`` was found; ``taken`` says which and why."""

    def progress(self, bytes_read: int, records: int) -> None:
        """So much more was read and graded."""

    def reject(self, reject: Reject) -> None:
        """A record was not graded."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to rescore: field paths over the forms, grades alone or with their records, and how many
    records."""

    paths: Mapping[str, FieldPath] = field(default_factory=dict)
    only_grades: bool = False
    limit: int | None = None


class _Writer(Protocol):
    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None: ...
    def close(self) -> None: ...


def rescore(jobs: Sequence[Job], grader: Grader, options: Options, watcher: Watcher) -> Summary:
    """Grades the inputs of every job into its output. Raises ``LogError`` where a file cannot be read or
    written; the outputs that were not whole by then do not appear."""
    run = _Run(grader, options, watcher)
    for job in jobs:
        if run.goes_on():
            run.job(job)
    run.summary.basis = grader.basis
    return run.summary


def read_blocks(
    item: Input, paths: Mapping[str, FieldPath], watcher: Watcher | None = None
) -> Iterator[tuple[Block, Reader | None]]:
    """The blocks of a file, with the reader that its first records call for; there is none for blocks before
    the first record that could be parsed. Raises ``LogError`` where the file cannot be read or no form
    fits."""
    reader = None
    blocks = (
        parquet.read_blocks(item.path, keys_read(paths))
        if item.kind is Kind.PARQUET
        else jsonl.read_blocks(item.path)
    )
    for block in blocks:
        if reader is None:
            sample = [entry.record for entry in block.entries if entry.record is not None][:SAMPLE]
            if sample:
                reader = reader_for(item.path, sample, paths)
                if watcher is not None:
                    watcher.form(item.path, reader.taken)
        yield block, reader


class _Run:
    """One rescore, and what it adds up to."""

    def __init__(self, grader: Grader, options: Options, watcher: Watcher) -> None:
        self._grader = grader
        self._options = options
        self._watcher = watcher
        self.summary = Summary()

    def goes_on(self) -> bool:
        """Whether the limit allows another record."""
        return self._options.limit is None or self.summary.read < self._options.limit

    def job(self, job: Job) -> None:
        """Grades the inputs of one job."""
        with contextlib.ExitStack() as stack:
            rejects = Rejects(rejects_path(job.output), stack, self._watcher)
            writer = _writer(job.kind, self._options.only_grades, stack.enter_context(pending(job.output)))
            try:
                for block, reader in self._blocks(job):
                    self._block(block, reader, writer, rejects)
                    self._watcher.progress(block.bytes_read, len(block.entries))
            finally:
                writer.close()
        rejects.finish()

    def _blocks(self, job: Job) -> Iterator[tuple[Block, Reader | None]]:
        for item in job.inputs:
            if not self.goes_on():
                return
            for block, reader in read_blocks(item, self._options.paths, self._watcher):
                if self._options.limit is not None:
                    del block.entries[self._options.limit - self.summary.read :]
                yield block, reader
                if not self.goes_on():
                    return

    def _block(self, block: Block, reader: Reader | None, writer: _Writer, rejects: Rejects) -> None:
        self.summary.blank += block.blank
        found = [_rollout(entry, reader) for entry in block.entries]
        grades = iter(self._grader.grade([rollout for rollout in found if isinstance(rollout, Rollout)]))
        kept: list[int] = []
        written: list[Grade] = []
        for index, rollout in enumerate(found):
            entry = block.entries[index]
            grade = rollout if isinstance(rollout, RecordError) else next(grades)
            if isinstance(grade, RecordError):
                self.summary.rejected += 1
                rejects.add(Reject(block.file, entry.number, str(grade), line_of(block, index)))
            elif isinstance(rollout, Rollout):
                self.summary.add(f"{block.file}:{entry.number}", rollout, grade)
                kept.append(index)
                written.append(grade)
        writer.write(block, kept, written)


def _rollout(entry: Entry, reader: Reader | None) -> Rollout | RecordError:
    if entry.record is None or reader is None:
        return RecordError(entry.reason or "no record")
    try:
        return reader.rollout(entry.record)
    except RecordError as error:
        return error


def line_of(block: Block, index: int) -> str:
    """An entry as text, for the rejects."""
    if block.batch is not None:
        return json.dumps(parquet.row_of(block.batch, index), default=str)
    return block.entries[index].raw.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _writer(kind: Kind, only_grades: bool, file: BinaryIO) -> _Writer:
    if kind is Kind.PARQUET:
        return parquet.GradesParquetWriter(file) if only_grades else parquet.ParquetWriter(file)
    return jsonl.GradesJsonlWriter(file) if only_grades else jsonl.JsonlWriter(file)


class Rejects:
    """The rejects file: opened at the first reject; one of an earlier run goes where this run has none."""

    def __init__(self, path: Path, stack: contextlib.ExitStack, watcher: Watcher) -> None:
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
        file = self.open()
        line = {
            "file": str(reject.file),
            "line": reject.number,
            "reason": reject.reason,
            "record": reject.line,
        }
        file.write(json.dumps(line).encode() + b"\n")
        self._watcher.reject(reject)

    def finish(self) -> None:
        """To be called when the output is whole."""
        if self._file is None:
            self._path.unlink(missing_ok=True)
