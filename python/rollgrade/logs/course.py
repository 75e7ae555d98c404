"""What the inputs of one run share: where it is, what it adds up to, and the entries that are graded in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rollgrade.logs import jsonl
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.files import Input, Kind
from rollgrade.logs.grading import Grader, together
from rollgrade.logs.native import Native
from rollgrade.logs.options import Options, RunWatcher
from rollgrade.logs.reader import SAMPLE, Reader
from rollgrade.logs.records import Block, Entry, Grade, Reject, Rollout
from rollgrade.logs.resume import Position, Snapshot
from rollgrade.logs.side import Side
from rollgrade.logs.sinks import Sink, TakesRejects, line_of
from rollgrade.logs.summary import Order, Summary

__all__ = ["Course", "one_a_row"]


class Course:
    """One run from its first input to its last. What is read ahead goes on ``side``, what is graded ahead on
    ``grading``."""

    def __init__(
        self, grader: Grader, options: Options, watcher: RunWatcher, side: Side, grading: Side
    ) -> None:
        self.grader = grader
        self.options = options
        self.watcher = watcher
        self.side = side
        self.grading = grading
        self.native = Native(grader, options.style, options.selection)
        self.at = Position()
        self.summary = Summary()

    @property
    def goes_on(self) -> bool:
        """Whether more records are wanted."""
        return self.options.limit is None or self.summary.read < self.options.limit

    @property
    def left_of_limit(self) -> int | None:
        """How many more records are wanted; ``None`` for all."""
        return None if self.options.limit is None else max(self.options.limit - self.summary.read, 0)

    def snapshot(self) -> Snapshot:
        """What is true of the run now."""
        self.at.basis = self.grader.basis
        return Snapshot.of(self.at, self.summary)

    def reader(self, item: Input, entries: Sequence[Entry]) -> Reader | None:
        """The reader that the first records of a file call for; they settle the basis of the run as well."""
        records = [entry.record for entry in entries if entry.record is not None]
        if not records:
            return None
        reader = self.options.reader(item.path, records[:SAMPLE])
        if item.kind is Kind.JSONL and not self.options.style.only_grades:
            jsonl.check_key(item.path, entries, self.options.style.key)
        warning = None
        if self.grader.basis is None:
            taken = (record for record in records if self.options.selection.takes(record))
            found = (_rollouts(Entry(0, record), reader) for record in taken)
            self.grader.decide([r for each in found if not isinstance(each, RecordError) for r in each])
            warning = self.grader.ungrounded
        against = f"; {self.grader.chosen}" if self.grader.basis is not None else ""
        self.watcher.form(item.path, reader.taken + against)
        if warning is not None:
            self.watcher.note(warning)
        return reader

    def passes_over(self, entry: Entry) -> bool:
        """Whether an entry that was left to Python does not pass the conditions, which is counted."""
        over = entry.record is not None and not self.options.selection.takes(entry.record)
        self.summary.passed_over += over
        return over

    def add_tally(self, item: Input, number: int, tally: Mapping[str, Any]) -> None:
        """Adds what was graded in Rust of lines or rows from ``number`` on."""
        self.summary.add_tally(
            tally,
            self.grader.rules,
            lambda line: f"{item.path}:{number + line}",
            lambda line: self._order(number + line),
        )

    def grade(
        self, block: Block, rows: Sequence[int], reader: Reader | None, rejects: TakesRejects
    ) -> tuple[list[int], list[Grade]]:
        """Grades some of a block's entries in Python: those that could be, and their grades."""
        found = [self._rollouts(block, index, reader) for index in rows]
        graded = iter(
            self.grader.grade([r for each in found if not isinstance(each, RecordError) for r in each])
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

    def _order(self, number: int, part: int = 0) -> Order:
        """Where a rollout of the input that is read stands in the run."""
        return self.at.job, self.at.input, number, part

    def _rollouts(self, block: Block, index: int, reader: Reader | None) -> list[Rollout] | RecordError:
        entry, style = block.entries[index], self.options.style
        is_line = block.batch is None or bool(entry.raw)
        if entry.record is not None and is_line and not style.only_grades:
            name = jsonl.own_member(entry.record, style.key)
            if name is not None:
                return RecordError(
                    f"has a `{name}` of its own, which is no grade and which it would lose; choose another --key"
                )
        return _rollouts(entry, reader)


def one_a_row(item: Input, reader: Reader | None, sink: Sink) -> None:
    """Raises ``LogError`` where records of several rollouts would have to be rows, which have one grade each."""
    if reader is not None and reader.many and sink.rows_only:
        raise LogError(
            f"{item.path}: its records hold several rollouts each, and a row has one grade; write .jsonl"
        )


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
