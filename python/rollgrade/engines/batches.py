"""One callable from batches to graded batches, for every engine that maps functions over Arrow data."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.forms import FORMS, Record, detect
from rollgrade.logs.grading import Grader
from rollgrade.logs.native import Native, Style
from rollgrade.logs.parquet import (
    entries_of,
    grade_type,
    grades_of,
    is_own,
    parquet_modules,
    row_of,
    without_grades,
)
from rollgrade.logs.reader import SAMPLE, Reader, field_paths, keys_read
from rollgrade.logs.records import GRADE_KEY, Grade, Rollout
from rollgrade.logs.selecting import Selection
from rollgrade.recipes import as_rubric
from rollgrade.rubric import Rubric

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ERROR_KEY", "GradeBatch"]

ERROR_KEY = f"{GRADE_KEY}_error"
"""The column that says why a row has no grade."""


class GradeBatch:
    """Grades batches: to their columns it adds ``rollgrade``, a struct as ``rollgrade score`` writes it, and
    ``rollgrade_error``, which is null but where a row could not be graded and says why. Every row that comes in goes
    out, in order. Older grades are replaced; a column ``rollgrade`` that holds none is kept as ``rollgrade_reward``.

    ``rubric`` is a :class:`Rubric`, a recipe's name, a rubric file, or None for the default one. Batches are graded apart, maybe on
    several machines, so what coverage is measured against cannot be found out on the way: say it in the rubric
    (``coverage.basis``) or as ``basis``. Fields are found as in logs; ``completion``, ``source``, ``facts`` and
    ``reference`` are field paths for those that are not. Picklable. Raises ``ValueError`` for an open basis.

    >>> grade = GradeBatch(basis="facts")
    >>> grade({"completion": ["The vote passed."], "prompt": ["?"], "facts": [["The vote passed."]]})["rollgrade_error"]
    [None]
    """

    def __init__(
        self,
        rubric: Rubric | str | os.PathLike[str] | None = None,
        *,
        basis: str | None = None,
        completion: str | None = None,
        source: str | None = None,
        facts: str | None = None,
        reference: str | None = None,
        threads: int = 1,
    ) -> None:
        rubric = as_rubric(rubric)
        if basis is not None:
            rubric = rubric.replace(coverage={"basis": basis})
        elif rubric.coverage.basis == "auto":
            raise ValueError(
                'basis: got none, and coverage.basis is "auto", expected "facts", "reference", "source" or "none", as '
                "batches are graded apart and their rewards must compare"
            )
        self._paths = field_paths(completion=completion, source=source, facts=facts, reference=reference)
        self._grader = Grader(rubric, threads=threads)
        self._grader.basis = rubric.coverage.basis
        self._idle: list[Native] = []
        self._keys = keys_read(self._paths)

    @property
    def type(self) -> pa.StructType:
        """The Arrow type of the column ``rollgrade``."""
        return grade_type(self._grader.rules)

    def __call__(self, batch: Any) -> Any:
        """The batch with its grades: an Arrow table or record batch becomes a table, a Polars frame a frame, and a dict of
        columns (lists or arrays) a dict of lists. Raises ``LogError`` where no column can hold completions, and for a column ``rollgrade_error`` of
        the batch's own."""
        arrow, _ = parquet_modules()
        if isinstance(batch, Mapping):
            table = self._graded(arrow.table({name: _column(values) for name, values in batch.items()}))
            # A name that the batch has not is that of its own column ``rollgrade`` from now on.
            kept = {name: batch.get(name, batch.get(GRADE_KEY)) for name in table.column_names}
            return kept | {key: table[key].to_pylist() for key in (GRADE_KEY, ERROR_KEY)}
        if isinstance(batch, arrow.RecordBatch):
            return self._graded(arrow.Table.from_batches([batch]))
        if isinstance(batch, arrow.Table):
            return self._graded(batch)
        if hasattr(batch, "__arrow_c_stream__"):
            table = self._graded(arrow.table(batch))
            return _like(batch, table)
        raise TypeError(
            f"batch: got {type(batch).__name__}, expected an Arrow table, a frame, or a dict of columns"
        )

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_idle": []}

    @contextlib.contextmanager
    def _native(self) -> Iterator[Native]:
        """A Rust path of the caller's own: engines call from several threads."""
        try:
            native = self._idle.pop()
        except IndexError:
            native = Native(self._grader, Style(), Selection())
        yield native
        self._idle.append(native)

    def _graded(self, table: pa.Table) -> pa.Table:
        arrow, _ = parquet_modules()
        looked_at = table.select([name for name in table.column_names if name in self._keys])
        first = (row for batch in looked_at.slice(0, SAMPLE).to_batches() for row in entries_of(batch, 0))
        reader = self._reader(table.column_names, [row.record for row in first if row.record is not None])
        pieces, errors, before = [], [], 0
        with self._native() as native:
            keys = reader.keys()
            read = looked_at.select([name for name in looked_at.column_names if name in keys])
            for rows in read.to_batches():
                grades, reasons = self._batch(native, reader, rows, before)
                pieces.append(grades)
                errors += reasons
                before += rows.num_rows
        table = without_grades(_without_errors(table), GRADE_KEY)
        table = table.append_column(GRADE_KEY, arrow.chunked_array(pieces, self.type))
        return table.append_column(ERROR_KEY, arrow.array(errors, arrow.string()))

    def _batch(
        self, native: Native, reader: Reader, rows: pa.RecordBatch, before: int
    ) -> tuple[pa.StructArray, list[str | None]]:
        """A grade for each row, or null and the reason. Rust grades them, Python what that leaves."""
        arrow, _ = parquet_modules()
        numbers: list[int] = []
        quick = arrow.array([], self.type)
        left: Sequence[int] = range(rows.num_rows)
        if (done := native.grade_rows(Path(), reader, rows, before, 0, None)) is not None:
            numbers, quick = grades_of(b"".join(done.pieces()), self._grader.rules)
            left = [row for _, row, _, _ in done.left]
        slow = [_rollout(reader, row_of(rows, row)) for row in left]
        graded = iter(self._grader.grade([rollout for rollout in slow if isinstance(rollout, Rollout)]))
        slow_grades = [error if isinstance(error, RecordError) else next(graded) for error in slow]
        place: list[int | None] = [None] * rows.num_rows
        for at, number in enumerate(numbers):
            place[number - before] = at
        errors: list[str | None] = [None] * rows.num_rows
        found: list[Grade] = []
        for row, grade in zip(left, slow_grades, strict=True):
            if isinstance(grade, RecordError):
                errors[row] = str(grade)
            else:
                place[row] = len(quick) + len(found)
                found.append(grade)
        together = arrow.concat_arrays([quick, arrow.array(found, self.type)])
        return together.take(arrow.array(place, arrow.int64())), errors

    def _reader(self, columns: list[str], records: Sequence[Record]) -> Reader:
        """How rows are read: by the form that most of the first have, else by the fields that were named."""
        named = self._paths.get("completion")
        known = named.heads if named is not None else frozenset().union(*(form.keys for form in FORMS))
        if not known & set(columns):
            wanted = f"`{named.text}`" if named is not None else "a column of any known form"
            raise LogError(
                f"no completions: got the columns {', '.join(columns[:12])}, expected {wanted}; name the completion's "
                "field with completion="
            )
        form = detect(records[:SAMPLE])
        if form is not None:
            return Reader(form[0], self._paths)
        # No form, but a column that says what it is.
        return Reader(None, field_paths(completion="completion") | self._paths)


def _rollout(reader: Reader, record: dict[str, Any]) -> Rollout | RecordError:
    try:
        return reader.rollout(record)
    except RecordError as error:
        return error


def _without_errors(table: pa.Table) -> pa.Table:
    """The table without the errors of an older grading. Raises ``LogError`` for a column of that name that is none: it
    would be lost."""
    if ERROR_KEY not in table.column_names:
        return table
    arrow, _ = parquet_modules()
    kind = table.schema.field(ERROR_KEY).type
    tests = (
        arrow.types.is_null,
        arrow.types.is_string,
        arrow.types.is_large_string,
        arrow.types.is_string_view,
    )
    graded = GRADE_KEY in table.column_names and not is_own(table.schema, GRADE_KEY)
    if not graded or not any(test(kind) for test in tests):
        raise LogError(
            f"the batch has a column `{ERROR_KEY}` of its own, which is of no older grading and would be lost; "
            "rename it, or drop it"
        )
    return table.drop_columns([ERROR_KEY])


def _column(values: Any) -> Any:
    """A column as Arrow takes it; NumPy arrays of arrays become lists."""
    if hasattr(values, "tolist") and not hasattr(values, "to_pylist"):
        return [v.tolist() if hasattr(v, "tolist") else v for v in values]
    return values


def _like(frame: Any, table: pa.Table) -> Any:
    """The table as a frame of the kind that came in, where that kind can be made of Arrow; else the table."""
    if type(frame).__module__.partition(".")[0] == "polars":
        import polars

        return polars.from_arrow(table)
    return table
