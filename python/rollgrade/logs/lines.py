"""Grading the lines of a JSONL file: in Rust, a block at a time, and in Python what Rust leaves."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from rollgrade import _core
from rollgrade.logs import jsonl
from rollgrade.logs.blocks import blocks_of, opened, records_of
from rollgrade.logs.course import Course, one_a_row
from rollgrade.logs.files import Input
from rollgrade.logs.reader import Reader
from rollgrade.logs.records import BLOCK_ROWS, Block, Entry
from rollgrade.logs.sinks import Sink, TakesRejects

__all__ = ["grade_lines"]


def grade_lines(
    course: Course, item: Input, sink: Sink, rejects: TakesRejects, block_done: Callable[[], None]
) -> None:
    """Grades the lines of a file from the run's position on; ``block_done`` is told when that has moved on."""
    blocks = opened(item, course.options.block_bytes, course.at.offset, course.at.number)
    before = 0
    with contextlib.ExitStack() as stack:
        read = stack.enter_context(
            contextlib.closing(course.side.ahead(blocks_of(item, blocks), blocks.stop))
        )
        graded = _graded(course, item, read, sink)
        # The next block is graded while one is written, unless that decides how much of it is wanted.
        if course.options.limit is None:
            graded = course.grading.ahead(graded, blocks.stop)
        stack.enter_context(contextlib.closing(graded))
        for block, bytes_read, reader, done in graded:
            records = _block(course, item, block, reader, done, sink, rejects)
            course.at.offset, course.at.number = block.offset + len(block), block.number + block.line_ends
            block_done()
            course.watcher.progress(bytes_read - before, records)
            before = bytes_read
            if not course.goes_on:
                return


def _graded(
    course: Course, item: Input, blocks: Iterable[tuple[_core.LogBlock, int]], sink: Sink
) -> Generator[tuple[_core.LogBlock, int, Reader | None, _core.LogDone | None]]:
    """The blocks of a file, each with the reader that the first records call for, and what Rust made of it."""
    reader = _reader_again(course, item) if course.at.offset else None
    first = course.at.lines
    for block, bytes_read in blocks:
        if reader is None:
            if block.offset == 0 and (hint := jsonl.not_by_line(item.path, block.lines(BLOCK_ROWS))):
                course.watcher.note(hint)
            reader = course.reader(item, list(records_of(block)))
        done = None
        if reader is not None and not sink.rows_only:
            done = course.native.grade(item.path, reader, block, first, course.left_of_limit)
        first += block.line_ends
        yield block, bytes_read, reader, done


def _reader_again(course: Course, item: Input) -> Reader | None:
    """The reader that the run that was cut short had taken for a file."""
    blocks = blocks_of(item, opened(item, course.options.block_bytes, 0, 1))
    found = (course.reader(item, list(records_of(block))) for block, _ in blocks)
    return next((reader for reader in found if reader), None)


def _block(
    course: Course,
    item: Input,
    block: _core.LogBlock,
    reader: Reader | None,
    done: _core.LogDone | None,
    sink: Sink,
    rejects: TakesRejects,
) -> int:
    """Takes what was graded of a block of lines, and grades the rest; how many records it had."""
    before = course.summary.read
    if reader is None or done is None:
        _slowly(course, item, block, reader, sink, rejects)
        return course.summary.read - before
    course.native.warn_of(done)
    course.add_tally(item, block.number, done.tally())
    course.summary.blank += done.blank
    course.summary.passed_over += done.passed_over
    course.at.lines += done.lines
    pieces = done.pieces()
    if not (left := done.left):
        sink.lines(pieces)
        return course.summary.read - before
    data, parts, at = b"".join(pieces), [], 0
    for hole, entry in _entries(block, left):
        if course.passes_over(entry):
            continue
        kept, grades = course.grade(Block(item.path, [entry]), [0], reader, rejects)
        parts.append(data[at:hole])
        parts += [sink.line(item.path, entry, grade) for _, grade in zip(kept, grades, strict=True)]
        at = hole
    sink.lines([*parts, data[at:]])
    return course.summary.read - before


def _entries(block: _core.LogBlock, left: Sequence[tuple[int, int, int, int]]) -> Iterator[tuple[int, Entry]]:
    for at, line, start, end in left:
        yield at, jsonl.entry(block.number + line, block.bytes(start, end), block.offset + start)


def _slowly(
    course: Course,
    item: Input,
    block: _core.LogBlock,
    reader: Reader | None,
    sink: Sink,
    rejects: TakesRejects,
) -> None:
    """Grades a block in Python: where the rubric needs it, or nothing could be read of the log so far."""
    one_a_row(item, reader, sink)
    offset = block.offset
    entries: list[Entry] = []
    lines = block.lines(len(block))
    for index, line in enumerate(lines):
        if not line.strip(b" \t\r\n"):
            course.summary.blank += 1
        elif not course.options.selection.takes_line(course.at.lines + index):
            course.summary.passed_over += 1
        else:
            entry = jsonl.entry(block.number + index, line, offset)
            if entry.record is not None and not course.options.selection.takes(entry.record):
                course.summary.passed_over += 1
            elif len(entries) == course.left_of_limit:
                break
            else:
                entries.append(entry)
        offset += len(line)
    course.at.lines += len(lines)
    for start in range(0, len(entries), BLOCK_ROWS):
        part = Block(item.path, entries[start : start + BLOCK_ROWS])
        kept, grades = course.grade(part, range(len(part.entries)), reader, rejects)
        sink.rows(part, kept, grades)
