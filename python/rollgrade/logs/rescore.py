"""Rescoring: inputs through the grader into outputs, block by block, with nothing lost.

Every record of the inputs is either in the output, in order and with its grade, or in the rejects file with
its place and the reason. Memory is bounded by a block, whatever the size of a file. Lines of JSON are graded in Rust
(``native``); here is what it leaves, and Parquet. A run that is cut short goes on where it was (``resume``).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from rollgrade import _core
from rollgrade.logs import jsonl, parquet
from rollgrade.logs.errors import LogError, RecordError, reading
from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.files import STDOUT, Input, Job, Kind, pending, rejects_path, writes_through
from rollgrade.logs.grading import Grader, together
from rollgrade.logs.joining import Join, Template
from rollgrade.logs.native import Native, Style
from rollgrade.logs.reader import SAMPLE, Reader, keys_read, reader_for
from rollgrade.logs.records import BLOCK_ROWS, Block, Entry, Grade, Reject, Rollout
from rollgrade.logs.resume import Partial, Position, Snapshot, State, name_output
from rollgrade.logs.selecting import Selection
from rollgrade.logs.side import Side
from rollgrade.logs.sinks import PartialRejects, Rejects, Sink, TakesRejects, line_of
from rollgrade.logs.summary import Order, Summary

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET_ROWS = 2048
"""Most rows of a Parquet file that are graded at once."""

_NAMED = 20

PARQUET_BYTES = 1 << 21
"""Bytes of rows that are graded at once, about: enough for several threads."""

__all__ = ["Options", "Style", "Watcher", "check_forms", "first_entries", "read_blocks", "rescore"]


class Watcher(Protocol):
    """Is told what happens during a rescore."""

    def form(self, file: Path, taken: str) -> None:
        """The form of ``file`` was found; ``taken`` says which and why."""

    def progress(self, bytes_read: int, records: int) -> None:
        """So much more was read and graded."""

    def reject(self, reject: Reject) -> None:
        """A record was not graded."""


class RunWatcher(Watcher, Protocol):
    """Is told what else there is to say about a rescore."""

    def note(self, text: str) -> None:
        """Something a person should know, in one line."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to rescore: field paths over the forms, how grades are written, how many records and which of them, rows
    joined from elsewhere, and the text around the source."""

    paths: Mapping[str, FieldPath] = field(default_factory=dict)
    style: Style = field(default_factory=Style)
    limit: int | None = None
    selection: Selection = field(default_factory=Selection)
    join: Join | None = None
    template: Template | None = None
    block_bytes: int = 4 << 20
    """Bytes of lines that are graded at once."""
    checkpoint_seconds: float = 3.0
    """How often the place is noted that a run goes on from."""

    def reader(self, file: Path, sample: Sequence[Mapping[str, object]]) -> Reader:
        """The reader for a file whose first records are ``sample``. Raises ``LogError`` where no form fits."""
        reader = reader_for(file, sample, self.paths, join=self.join, template=self.template)
        unknown = [
            f"none of them has `{condition.path.text}`, which --where asks for"
            for condition in self.selection.conditions
            if all(condition.path.find(record) is ABSENT for record in sample)
        ]
        return replace(reader, taken="; ".join([reader.taken, *unknown]))

    def all_paths(self) -> dict[str, FieldPath]:
        """Every path that a record is looked at by, under any name."""
        joined = {"on": self.join.on} if self.join else {}
        conditions = {str(i): condition.path for i, condition in enumerate(self.selection.conditions)}
        return {**self.paths, **joined, **conditions}

    def digest(self) -> str:
        """What of it decides the output."""
        said = [
            sorted((name, path.text) for name, path in self.paths.items()),
            repr(self.style),
            self.limit,
            [[c.path.text, c.operator, c.text, c.number] for c in self.selection.conditions],
            self.selection.at_most,
            repr(self.template),
            None if self.join is None else [self.join.on.text, _join_digest(self.join)],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _join_digest(join: Join) -> str:
    digest = hashlib.sha256()
    for key, row in join.rows.items():
        digest.update(json.dumps([key, row.source, row.facts, row.reference]).encode())
    return digest.hexdigest()


class _Writer(Protocol):
    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None: ...
    def close(self) -> None: ...


def rescore(jobs: Sequence[Job], grader: Grader, options: Options, watcher: RunWatcher) -> Summary:
    """Grades the inputs of every job into its output. Raises ``LogError`` where a file cannot be read or
    written; the outputs that were not whole by then do not appear, and the same call goes on with them."""
    with contextlib.ExitStack() as stack:
        state = None
        if not writes_through(jobs[0].output):
            of = {
                "rubric": grader.stamp,
                "version": _core.__version__,
                "options": options.digest(),
                "outputs": _outputs(jobs),
            }
            state = stack.enter_context(contextlib.closing(State(jobs, of)))
        check_forms(jobs, options)
        side, grading = stack.enter_context(Side()), stack.enter_context(Side())
        return _Run(jobs, grader, options, watcher, state, side, grading).all()


def check_forms(jobs: Sequence[Job], options: Options) -> None:
    """Raises ``LogError`` that names every file of which no record could be graded, before the first is. One alone says
    so before anything is written, and with a limit not all may be read."""
    items = [item for job in jobs for item in job.inputs if item.path != jsonl.STDIN]
    if len(items) < 2 or options.limit is not None:
        return
    wrong: dict[Path, LogError] = {}
    for item in items:
        sample = [entry.record for entry in first_entries(item, options, SAMPLE) if entry.record is not None]
        try:
            if sample:
                options.reader(item.path, sample)
        except LogError as error:
            wrong[item.path] = error
    if wrong:
        first, *more = wrong
        too = f" {len(more)} more do not fit: {_listed(more)}." if more else ""
        raise LogError(f"{wrong[first]}{too} Nothing was graded of the {len(items)} files.")


def _listed(files: Sequence[Path]) -> str:
    names = ", ".join(map(str, files[:_NAMED]))
    return f"{names}, ..." if len(files) > _NAMED else names


def first_entries(item: Input, options: Options, most: int = BLOCK_ROWS) -> list[Entry]:
    """The first records of a file, as a run looks at them; none where its first lines hold none."""
    if item.kind is Kind.PARQUET:
        keys = keys_read(options.all_paths())
        read = _first_batches(parquet.read_batches(item.path, PARQUET_ROWS, PARQUET_BYTES))
        first = [(parquet.of_keys(batch, keys), number) for batch, number, _ in read]
        entries = chain.from_iterable(parquet.entries_of(batch, number - 1) for batch, number in first)
        return list(islice((entry for entry in entries if entry.record is not None), most))
    blocks = _opened(item, options.block_bytes, 0, 1)
    found = next(_blocks(item, blocks), None)
    return [] if found is None else list(islice(_entries_of(found[0]), most))


def _outputs(jobs: Sequence[Job]) -> str:
    said = [[str(job.output), job.kind.value, len(job.inputs)] for job in jobs]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def read_blocks(
    item: Input,
    paths: Mapping[str, FieldPath],
    watcher: Watcher | None = None,
    *,
    options: Options | None = None,
) -> Iterator[tuple[Block, Reader | None]]:
    """The blocks of a file, with the reader that its first records call for; there is none for blocks before
    the first record that could be parsed. Raises ``LogError`` where the file cannot be read or no form
    fits."""
    blocks = (
        parquet.read_blocks(item.path, keys_read(paths))
        if item.kind is Kind.PARQUET
        else jsonl.read_blocks(item.path)
    )
    return _with_reader(item, blocks, options or Options(paths), watcher)


class _Run:
    """One rescore, and what it adds up to."""

    def __init__(
        self,
        jobs: Sequence[Job],
        grader: Grader,
        options: Options,
        watcher: RunWatcher,
        state: State | None,
        side: Side,
        grading: Side,
    ) -> None:
        self._jobs = jobs
        self._grader = grader
        self._options = options
        self._watcher = watcher
        self._state = state
        self._side = side
        self._grading = grading
        self._native = Native(grader, options.style, options.selection)
        self._at = Position()
        self._safe: Snapshot | None = None
        self._inside = False  # the manifest leads into the job that is being done
        self._saved = time.monotonic()
        self.summary = Summary()

    def all(self) -> Summary:
        """Every job, from where an earlier run of the same got to."""
        state = self._state
        if state is None:
            return self._through()
        resumed = self._resume(state)
        while self._at.job < len(self._jobs):
            self._job(self._jobs[self._at.job], resumed)
            resumed = None
        state.remove()
        self.summary.basis = self._grader.basis
        return self.summary

    def _through(self) -> Summary:
        """The one job whose output is standard output or a device: nothing of it can be taken back, so it is not
        resumed."""
        (job,) = self._jobs
        with contextlib.ExitStack() as stack:
            rejects = Rejects(rejects_path(job.output), stack, self._watcher)
            is_stdout = job.output == STDOUT
            file = sys.stdout.buffer if is_stdout else stack.enter_context(pending(job.output))
            try:
                self._inputs(job, self._sink(lambda: file, job), rejects, None)
                file.flush()
            except BrokenPipeError:
                raise
            except OSError as error:
                raise reading(Path("standard output") if is_stdout else job.output, error) from None
        rejects.finish()
        self.summary.basis = self._grader.basis
        return self.summary

    def _begin(self) -> None:
        """Before the first output is opened. A run that is refused has not come here."""
        if self._state is not None and (anew := self._state.begin()) is not None:
            self._watcher.note(anew)

    def _resume(self, state: State) -> Position | None:
        if state.resumed is None:
            return None
        self._at, self.summary = state.resumed
        self._grader.basis = self._at.basis
        for job in self._jobs[: self._at.job]:
            self._watcher.progress(sum(item.size for item in job.inputs), 0)
        self._watcher.note(
            f"goes on where an earlier run of the same was cut short: {self.summary.read:,} records in"
        )
        if self._at.sealed:
            self._inside = True
            self._name(self._jobs[self._at.job].output, state)
            return None
        return self._at

    def _goes_on(self) -> bool:
        return self._options.limit is None or self.summary.read < self._options.limit

    @property
    def _left_of_limit(self) -> int | None:
        return None if self._options.limit is None else max(self._options.limit - self.summary.read, 0)

    def _job(self, job: Job, resumed: Position | None) -> None:
        """Grades the inputs of one job."""
        state = self._state
        if state is None:
            return
        self._inside = resumed is not None
        if resumed is None:
            self._at = Position(job=self._at.job, lines=self._at.lines)
            self._safe = self._snapshot() if self._at.job else None
        partial = Partial(job.output, resumed, self._begin)
        sink = self._sink(partial.open, job)
        try:
            self._inputs(job, sink, PartialRejects(partial, self._watcher), partial)
            sink.close()
            self._end(partial, state)
        except OSError as error:  # of the output: what is wrong with an input has been said by then
            raise reading(job.output, error) from None
        except KeyboardInterrupt:
            self._interrupted(partial, state)
            raise
        finally:
            sink.drop()
            partial.close()
            if not state.written:
                partial.remove()

    def _sink(self, opened: Callable[[], BinaryIO], job: Job) -> Sink:
        return Sink(opened, job, self._options.style, self._grader.rules, self._side)

    def _interrupted(self, partial: Partial, state: State) -> None:
        """Leaves what there is so that it can be gone on with. The last block may be half written: what counts is
        the place before it."""
        if not state.repeatable:
            if state.written:
                state.remove()
            self._watcher.note(
                "standard input cannot be read again, so nothing of it is kept: to be able to go on, grade a file"
            )
            return
        with contextlib.suppress(ValueError, OSError):
            if self._safe is not None:
                partial.sync()
                state.save(self._safe)
        if state.written:
            self._watcher.note("what is done is kept: the same command goes on from there")

    def _end(self, partial: Partial, state: State) -> None:
        """Gives the output its name. Where the manifest leads into this job it is told, before and after; where it
        leads to an earlier one's beginning, that stays right, and is seldom told anew: there may be many small files."""
        self._at.written, self._at.rejects = partial.sync()
        if self._inside:
            self._at.sealed = True
            self._save()
        partial.close()
        self._name(partial.output, state)

    def _name(self, output: Path, state: State) -> None:
        name_output(output, rejected=self._at.rejects is not None)
        self._at = Position(job=self._at.job + 1, lines=self._at.lines)
        self._safe = None
        due = time.monotonic() - self._saved >= self._options.checkpoint_seconds
        if self._at.job < len(self._jobs) and (due or self._inside):
            self._save()

    def _snapshot(self) -> Snapshot:
        self._at.basis = self._grader.basis
        return Snapshot.of(self._at, self.summary)

    def _save(self) -> None:
        if self._state is not None:
            self._state.save(self._snapshot())
            self._saved = time.monotonic()

    def _note(self, partial: Partial) -> None:
        """Notes that everything up to here is on disk, so that a run that is cut short goes on from here."""
        self._at.written, self._at.rejects = partial.sync()
        self._inside = True
        self._save()

    def _inputs(self, job: Job, sink: Sink, rejects: TakesRejects, partial: Partial | None) -> None:
        start = self._at.input
        for item in job.inputs[:start]:
            self._watcher.progress(item.size, 0)
        for index in range(start, len(job.inputs)):
            if not self._goes_on():
                return
            item = job.inputs[index]
            if item.kind is Kind.PARQUET:
                self._rows(item, sink, rejects)
            else:
                self._lines(item, sink, rejects, partial if job.kind is Kind.JSONL else None)
            self._at.input, self._at.offset, self._at.number = index + 1, 0, 1

    # ---- Parquet -------------------------------------------------------------------------------------------

    def _rows(self, item: Input, sink: Sink, rejects: TakesRejects) -> None:
        """Grades the rows of a file."""
        keys = keys_read(self._options.all_paths())
        with contextlib.ExitStack() as stack:
            batches = stack.enter_context(
                contextlib.closing(
                    self._side.ahead(parquet.read_batches(item.path, PARQUET_ROWS, PARQUET_BYTES))
                )
            )
            first = _first_batches(batches)
            style = self._options.style
            if first and not style.only_grades:
                schema = first[0][0].schema
                if note := parquet.check_columns(
                    item.path, schema, style.key, flat=style.flat, rows=sink.rows_only
                ):
                    self._watcher.note(note)
            reader = self._reader_of_rows(item, [parquet.of_keys(batch, keys) for batch, _, _ in first])
            if reader is not None:
                keys = reader.keys(self._options.all_paths().values())
            graded = self._graded_rows(item, _in_order(first, batches), keys, reader, sink)
            # The next batch is graded while what came of one is taken, unless that decides how much of it is wanted.
            if self._options.limit is None:
                graded = self._grading.ahead(graded)
            stack.enter_context(contextlib.closing(graded))
            for rows, bytes_read, done in graded:
                before = self.summary.read
                if reader is None or done is None:
                    self._slow_rows(item, rows, reader, sink, rejects)
                else:
                    self._native_rows(item, rows, done, reader, sink, rejects)
                self._at.lines += rows.batch.num_rows
                self._watcher.progress(bytes_read, self.summary.read - before)
                if not self._goes_on():
                    return

    def _graded_rows(
        self, item: Input, batches: Iterable[_Read], keys: Collection[str], reader: Reader | None, sink: Sink
    ) -> Generator[tuple[_Rows, int, _core.LogDone | None]]:
        """The batches of a file, and what Rust made of each."""
        first = self._at.lines
        for batch, number, bytes_read in batches:
            rows = _Rows(batch, parquet.of_keys(batch, keys), number)
            done = None
            if reader is not None and sink.rows_only and not parquet.holds_lines(batch.schema):
                limit = self._left_of_limit
                done = self._native.grade_rows(item.path, reader, rows.wanted, number, first, limit)
            first += batch.num_rows
            yield rows, bytes_read, done

    def _reader_of_rows(self, item: Input, batches: Sequence[pa.RecordBatch]) -> Reader | None:
        entries = islice(
            chain.from_iterable(parquet.entries_of(batch, 0, lines=True) for batch in batches), BLOCK_ROWS
        )
        return self._reader(item, [entry for entry in entries if entry.record is not None])

    def _native_rows(
        self,
        item: Input,
        rows: _Rows,
        done: _core.LogDone,
        reader: Reader,
        sink: Sink,
        rejects: TakesRejects,
    ) -> None:
        """Takes what was graded of rows, and grades the rest."""
        self._native.warn_of(done)
        self._add_tally(item, rows.number, done.tally())
        self.summary.passed_over += done.passed_over
        data, parts, at = b"".join(done.pieces()), [], 0
        for hole, row, _, _ in done.left:
            entries = parquet.entries_of(rows.wanted.slice(row, 1), rows.number + row - 1)
            if self._passed_over(entries[0]):
                continue
            block = Block(item.path, entries, batch=rows.batch.slice(row, 1))
            _, grades = self._python(block, [0], reader, rejects)
            parts += [data[at:hole], *(jsonl.numbered_line(rows.number + row, grade) for grade in grades)]
            at = hole
        sink.graded_rows(item.path, rows.batch, rows.number, b"".join((*parts, data[at:])))

    def _slow_rows(
        self, item: Input, rows: _Rows, reader: Reader | None, sink: Sink, rejects: TakesRejects
    ) -> None:
        """Grades rows in Python: where the rubric or the output needs it, or nothing could be read of the log so far."""
        _one_a_row(item, reader, sink)
        entries = parquet.entries_of(rows.wanted, rows.number - 1, lines=True)
        block = Block(item.path, entries, batch=rows.batch)
        selection = self._options.selection
        taken = [
            index
            for index, entry in enumerate(block.entries)
            if selection.takes_line(self._at.lines + index)
            and (entry.record is None or selection.takes(entry.record))
        ]
        self.summary.passed_over += len(block.entries) - len(taken)
        kept, grades = self._python(block, taken[: self._left_of_limit], reader, rejects)
        sink.rows(block, kept, grades)

    # ---- JSONL ---------------------------------------------------------------------------------------------

    def _lines(self, item: Input, sink: Sink, rejects: TakesRejects, partial: Partial | None) -> None:
        """Grades the lines of a file from the run's position on."""
        blocks = _opened(item, self._options.block_bytes, self._at.offset, self._at.number)
        before = 0
        with contextlib.ExitStack() as stack:
            read = stack.enter_context(
                contextlib.closing(self._side.ahead(_blocks(item, blocks), blocks.stop))
            )
            graded = self._graded(item, read, sink)
            # The next block is graded while one is written, unless that decides how much of it is wanted.
            if self._options.limit is None:
                graded = self._grading.ahead(graded, blocks.stop)
            stack.enter_context(contextlib.closing(graded))
            for block, bytes_read, reader, done in graded:
                records = self._block(item, block, reader, done, sink, rejects)
                self._at.offset, self._at.number = block.offset + len(block), block.number + block.line_ends
                if partial is not None:
                    self._at.written, self._at.rejects = partial.tell()
                    self._safe = self._snapshot()
                    if time.monotonic() - self._saved >= self._options.checkpoint_seconds:
                        self._note(partial)
                self._watcher.progress(bytes_read - before, records)
                before = bytes_read
                if not self._goes_on():
                    return

    def _graded(
        self, item: Input, blocks: Iterable[tuple[_core.LogBlock, int]], sink: Sink
    ) -> Generator[tuple[_core.LogBlock, int, Reader | None, _core.LogDone | None]]:
        """The blocks of a file, each with the reader that the first records call for, and what Rust made of it."""
        reader = self._reader_again(item) if self._at.offset else None
        first = self._at.lines
        for block, bytes_read in blocks:
            if reader is None:
                if block.offset == 0 and (hint := _no_lines(item, block)):
                    self._watcher.note(hint)
                reader = self._reader(item, list(_entries_of(block)))
            done = None
            if reader is not None and not sink.rows_only:
                done = self._native.grade(item.path, reader, block, first, self._left_of_limit)
            first += block.line_ends
            yield block, bytes_read, reader, done

    def _reader_again(self, item: Input) -> Reader | None:
        """The reader that the run that was cut short had taken for a file."""
        blocks = _blocks(item, _opened(item, self._options.block_bytes, 0, 1))
        found = (self._reader(item, list(_entries_of(block))) for block, _ in blocks)
        return next((reader for reader in found if reader), None)

    def _reader(self, item: Input, entries: Sequence[Entry]) -> Reader | None:
        """The reader that the first records of a file call for; they settle the basis of the run as well."""
        records = [entry.record for entry in entries if entry.record is not None]
        if not records:
            return None
        reader = self._options.reader(item.path, records[:SAMPLE])
        if item.kind is Kind.JSONL and not self._options.style.only_grades:
            jsonl.check_key(item.path, entries, self._options.style.key)
        warning = None
        if self._grader.basis is None:
            taken = (record for record in records if self._options.selection.takes(record))
            found = (_rollouts(Entry(0, record), reader) for record in taken)
            self._grader.decide([r for each in found if not isinstance(each, RecordError) for r in each])
            warning = self._grader.ungrounded
        against = f"; {self._grader.chosen}" if self._grader.basis is not None else ""
        self._watcher.form(item.path, reader.taken + against)
        if warning is not None:
            self._watcher.note(warning)
        return reader

    def _block(
        self,
        item: Input,
        block: _core.LogBlock,
        reader: Reader | None,
        done: _core.LogDone | None,
        sink: Sink,
        rejects: TakesRejects,
    ) -> int:
        """Takes what was graded of a block of lines, and grades the rest; how many records it had."""
        before = self.summary.read
        if reader is None or done is None:
            self._slowly(item, block, reader, sink, rejects)
            return self.summary.read - before
        self._native.warn_of(done)
        self._add_tally(item, block.number, done.tally())
        self.summary.blank += done.blank
        self.summary.passed_over += done.passed_over
        self._at.lines += done.lines
        pieces = done.pieces()
        if not (left := done.left):
            sink.lines(pieces)
            return self.summary.read - before
        data, parts, at = b"".join(pieces), [], 0
        for hole, entry in self._entries(block, left):
            if self._passed_over(entry):
                continue
            kept, grades = self._python(Block(item.path, [entry]), [0], reader, rejects)
            parts.append(data[at:hole])
            parts += [sink.line(item.path, entry, grade) for _, grade in zip(kept, grades, strict=True)]
            at = hole
        sink.lines([*parts, data[at:]])
        return self.summary.read - before

    def _entries(
        self, block: _core.LogBlock, left: Sequence[tuple[int, int, int, int]]
    ) -> Iterator[tuple[int, Entry]]:
        for at, line, start, end in left:
            yield at, jsonl.entry(block.number + line, block.bytes(start, end), block.offset + start)

    def _slowly(
        self, item: Input, block: _core.LogBlock, reader: Reader | None, sink: Sink, rejects: TakesRejects
    ) -> None:
        """Grades a block in Python: where the rubric needs it, or nothing could be read of the log so far."""
        _one_a_row(item, reader, sink)
        offset = block.offset
        entries: list[Entry] = []
        lines = block.lines(len(block))
        for index, line in enumerate(lines):
            if not line.strip(b" \t\r\n"):
                self.summary.blank += 1
            elif not self._options.selection.takes_line(self._at.lines + index):
                self.summary.passed_over += 1
            else:
                entry = jsonl.entry(block.number + index, line, offset)
                if entry.record is not None and not self._options.selection.takes(entry.record):
                    self.summary.passed_over += 1
                elif len(entries) == self._left_of_limit:
                    break
                else:
                    entries.append(entry)
            offset += len(line)
        self._at.lines += len(lines)
        for start in range(0, len(entries), BLOCK_ROWS):
            part = Block(item.path, entries[start : start + BLOCK_ROWS])
            kept, grades = self._python(part, range(len(part.entries)), reader, rejects)
            sink.rows(part, kept, grades)

    # ---- both ----------------------------------------------------------------------------------------------

    def _passed_over(self, entry: Entry) -> bool:
        """Counts an entry that was left to Python if it does not pass the conditions."""
        over = entry.record is not None and not self._options.selection.takes(entry.record)
        self.summary.passed_over += over
        return over

    def _order(self, number: int, part: int = 0) -> Order:
        """Where a rollout of the input that is read stands in the run."""
        return self._at.job, self._at.input, number, part

    def _add_tally(self, item: Input, number: int, tally: Mapping[str, Any]) -> None:
        """Adds what was graded in Rust of lines or rows from ``number`` on."""
        self.summary.add_tally(
            tally,
            self._grader.rules,
            lambda line: f"{item.path}:{number + line}",
            lambda line: self._order(number + line),
        )

    def _rollouts(self, block: Block, index: int, reader: Reader | None) -> list[Rollout] | RecordError:
        entry, style = block.entries[index], self._options.style
        is_line = block.batch is None or bool(entry.raw)
        if entry.record is not None and is_line and not style.only_grades:
            name = jsonl.own_member(entry.record, style.key)
            if name is not None:
                return RecordError(
                    f"has a `{name}` of its own, which is no grade and which it would lose; choose another --key"
                )
        return _rollouts(entry, reader)

    def _python(
        self, block: Block, rows: Sequence[int], reader: Reader | None, rejects: TakesRejects
    ) -> tuple[list[int], list[Grade]]:
        """Grades some of a block's entries in Python: those that could be, and their grades."""
        found = [self._rollouts(block, index, reader) for index in rows]
        graded = iter(
            self._grader.grade([r for each in found if not isinstance(each, RecordError) for r in each])
        )
        kept: list[int] = []
        written: list[Grade] = []
        for index, rollouts in zip(rows, found, strict=True):
            entry = block.entries[index]
            grades = (
                rollouts if isinstance(rollouts, RecordError) else _whole([next(graded) for _ in rollouts])
            )
            if isinstance(rollouts, RecordError) or isinstance(grades, RecordError):
                self.summary.rejected += 1
                rejects.add(
                    Reject(block.file, entry.number, str(grades), line_of(block, index), entry.offset)
                )
                continue
            place = f"{block.file}:{entry.number}"
            self.summary.more += len(grades) - 1
            for part, (rollout, grade) in enumerate(zip(rollouts, grades, strict=True)):
                self.summary.add(place, rollout, grade, self._order(entry.number, part))
            kept.append(index)
            written.append(together(grades) if reader is not None and reader.many else grades[0])
        return kept, written


_Read = tuple["pa.RecordBatch", int, int]


@dataclass(frozen=True, slots=True)
class _Rows:
    """A batch of a file's rows."""

    batch: pa.RecordBatch
    wanted: pa.RecordBatch
    """The columns that may be looked at."""
    number: int
    """The first row's, from 1."""


def _first_batches(batches: Iterator[_Read]) -> list[_Read]:
    """As many batches as say what a file holds."""
    first: list[_Read] = []
    rows = size = 0
    for read in batches:
        first.append(read)
        rows, size = rows + read[0].num_rows, size + read[0].nbytes
        if rows >= BLOCK_ROWS or size >= parquet.SAMPLE_BYTES:
            break
    return first


def _in_order(first: list[_Read], batches: Iterator[_Read]) -> Iterator[_Read]:
    while first:
        yield first.pop(0)
    yield from batches


def _entries_of(block: _core.LogBlock) -> Iterator[Entry]:
    """The first records of a block."""
    for number, line in enumerate(block.lines(BLOCK_ROWS), block.number):
        if line.strip(b" \t\r\n") and (entry := jsonl.entry(number, line)).record is not None:
            yield entry


def _no_lines(item: Input, block: _core.LogBlock) -> str | None:
    """What to do about JSON that is no record a line: an array, or indented."""
    first = next((line for line in map(bytes.strip, block.lines(BLOCK_ROWS)) if line), b"")
    if first.startswith(b"["):
        what, make = "one JSON array", "jq -c '.[]'"
    elif first == b"{":
        what, make = "JSON over several lines", "jq -c ."
    else:
        return None
    return f"{item.path}: looks like {what}; expected a record a line, which `{make} {item.path}` makes of it"


def _opened(item: Input, size: int, offset: int, number: int) -> _core.LogBlocks:
    path = None if item.path == jsonl.STDIN else item.path
    try:
        return _core.LogBlocks(path, item.packing, size, offset, number)
    except OSError as error:
        raise reading(item.path, error) from None


def _one_a_row(item: Input, reader: Reader | None, sink: Sink) -> None:
    if reader is not None and reader.many and sink.rows_only:
        raise LogError(
            f"{item.path}: its records hold several rollouts each, and a row has one grade; write .jsonl"
        )


def _breaks_off(item: Input, error: OSError) -> LogError:
    return LogError(
        f"{item.path}: cannot be unpacked to its end ({error}); what there is can be graded with "
        f"`{item.packing} -dc {item.path} | rollgrade score - -o OUT`"
    )


def _blocks(item: Input, blocks: _core.LogBlocks) -> Iterator[tuple[_core.LogBlock, int]]:
    """The blocks, each with the bytes of the file that were read for it and those before it."""
    while True:
        try:
            block = blocks.next()
        except OSError as error:
            raise _breaks_off(item, error) if item.packing != "plain" else reading(item.path, error) from None
        if block is None:
            return
        if item.path == jsonl.STDIN and not block.offset:
            jsonl.check_lines(block.bytes(0, 4))
        yield block, blocks.read


def _with_reader(
    item: Input, blocks: Iterator[Block], options: Options, watcher: Watcher | None
) -> Iterator[tuple[Block, Reader | None]]:
    reader = None
    for block in blocks:
        if reader is None:
            sample = [entry.record for entry in block.entries if entry.record is not None][:SAMPLE]
            if sample:
                reader = options.reader(item.path, sample)
                if watcher is not None:
                    watcher.form(item.path, reader.taken)
        yield block, reader


def _rollouts(entry: Entry, reader: Reader | None) -> list[Rollout] | RecordError:
    if entry.record is None or reader is None:
        return RecordError(entry.reason or "no record")
    try:
        return reader.rollouts(entry.record)
    except RecordError as error:
        return error


def _whole(grades: list[Grade | RecordError]) -> list[Grade] | RecordError:
    """The grades of one record, or why one of them is none."""
    kept: list[Grade] = []
    for grade in grades:
        if isinstance(grade, RecordError):
            return grade
        kept.append(grade)
    return kept
