"""Grading the rows of a Parquet file: in Rust, a batch at a time, and in Python what Rust leaves."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from rollgrade import _core
from rollgrade.logs import jsonl, parquet
from rollgrade.logs.blocks import PARQUET_BYTES, PARQUET_ROWS, ReadRows, first_batches
from rollgrade.logs.course import Course, one_a_row
from rollgrade.logs.files import Input
from rollgrade.logs.reader import Reader, keys_read
from rollgrade.logs.records import BLOCK_ROWS, Block
from rollgrade.logs.sinks import Sink, TakesRejects

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["grade_rows"]


@dataclass(frozen=True, slots=True)
class _Rows:
    """A batch of a file's rows."""

    batch: pa.RecordBatch
    wanted: pa.RecordBatch
    """The columns that may be looked at."""
    number: int
    """The first row's, from 1."""


def grade_rows(course: Course, item: Input, sink: Sink, rejects: TakesRejects) -> None:
    """Grades the rows of a file."""
    keys = keys_read(course.options.all_paths())
    with contextlib.ExitStack() as stack:
        batches = stack.enter_context(
            contextlib.closing(
                course.side.ahead(parquet.read_batches(item.path, PARQUET_ROWS, PARQUET_BYTES))
            )
        )
        first = first_batches(batches)
        style = course.options.style
        if first and not style.only_grades:
            schema = first[0][0].schema
            if note := parquet.check_columns(
                item.path, schema, style.key, flat=style.flat, rows=sink.rows_only
            ):
                course.watcher.note(note)
        reader = _reader(course, item, [parquet.of_keys(batch, keys) for batch, _, _ in first])
        if reader is not None:
            keys = reader.keys(course.options.all_paths().values())
        graded = _graded(course, item, _in_order(first, batches), keys, reader, sink)
        # The next batch is graded while what came of one is taken, unless that decides how much of it is wanted.
        if course.options.limit is None:
            graded = course.grading.ahead(graded)
        stack.enter_context(contextlib.closing(graded))
        for rows, bytes_read, done in graded:
            before = course.summary.read
            if reader is None or done is None:
                _slowly(course, item, rows, reader, sink, rejects)
            else:
                _take(course, item, rows, done, reader, sink, rejects)
            course.at.lines += rows.batch.num_rows
            course.watcher.progress(bytes_read, course.summary.read - before)
            if not course.goes_on:
                return


def _in_order(first: list[ReadRows], batches: Iterator[ReadRows]) -> Iterator[ReadRows]:
    while first:
        yield first.pop(0)
    yield from batches


def _reader(course: Course, item: Input, batches: Sequence[pa.RecordBatch]) -> Reader | None:
    entries = islice(
        chain.from_iterable(parquet.entries_of(batch, 0, lines=True) for batch in batches), BLOCK_ROWS
    )
    return course.reader(item, [entry for entry in entries if entry.record is not None])


def _graded(
    course: Course,
    item: Input,
    batches: Iterable[ReadRows],
    keys: Collection[str],
    reader: Reader | None,
    sink: Sink,
) -> Generator[tuple[_Rows, int, _core.LogDone | None]]:
    """The batches of a file, and what Rust made of each."""
    first = course.at.lines
    for batch, number, bytes_read in batches:
        rows = _Rows(batch, parquet.of_keys(batch, keys), number)
        done = None
        if reader is not None and sink.rows_only and not parquet.holds_lines(batch.schema):
            limit = course.left_of_limit
            done = course.native.grade_rows(item.path, reader, rows.wanted, number, first, limit)
        first += batch.num_rows
        yield rows, bytes_read, done


def _take(
    course: Course,
    item: Input,
    rows: _Rows,
    done: _core.LogDone,
    reader: Reader,
    sink: Sink,
    rejects: TakesRejects,
) -> None:
    """Takes what was graded of rows, and grades the rest."""
    course.native.warn_of(done)
    course.add_tally(item, rows.number, done.tally())
    course.summary.passed_over += done.passed_over
    data, parts, at = b"".join(done.pieces()), [], 0
    for hole, row, _, _ in done.left:
        entries = parquet.entries_of(rows.wanted.slice(row, 1), rows.number + row - 1)
        if course.passes_over(entries[0]):
            continue
        block = Block(item.path, entries, batch=rows.batch.slice(row, 1))
        _, grades = course.grade(block, [0], reader, rejects)
        parts += [data[at:hole], *(jsonl.numbered_line(rows.number + row, grade) for grade in grades)]
        at = hole
    sink.graded_rows(item.path, rows.batch, rows.number, b"".join((*parts, data[at:])))


def _slowly(
    course: Course, item: Input, rows: _Rows, reader: Reader | None, sink: Sink, rejects: TakesRejects
) -> None:
    """Grades rows in Python: where the rubric or the output needs it, or nothing could be read of the log so far."""
    one_a_row(item, reader, sink)
    entries = parquet.entries_of(rows.wanted, rows.number - 1, lines=True)
    block = Block(item.path, entries, batch=rows.batch)
    selection = course.options.selection
    taken = [
        index
        for index, entry in enumerate(block.entries)
        if selection.takes_line(course.at.lines + index)
        and (entry.record is None or selection.takes(entry.record))
    ]
    course.summary.passed_over += len(block.entries) - len(taken)
    kept, grades = course.grade(block, taken[: course.left_of_limit], reader, rejects)
    sink.rows(block, kept, grades)
