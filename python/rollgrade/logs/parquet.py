"""Parquet: record batches in, the same batches with a struct column ``rollgrade`` out. Needs pyarrow.

pyarrow is imported when a Parquet file is met, and its absence is a ``LogError`` that says what to install.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Container, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from rollgrade.grades import RULES
from rollgrade.logs.cells import row_value, values_of
from rollgrade.logs.errors import LogError, reading
from rollgrade.logs.records import BLOCK_ROWS, GRADE_KEY, Block, Entry, Grade, Shape, grade_shape, own_field

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = [
    "GradesParquetWriter",
    "ParquetWriter",
    "check_columns",
    "count_rows",
    "entries_of",
    "grade_columns",
    "grade_type",
    "grades_of",
    "holds_lines",
    "is_own",
    "of_keys",
    "parquet_modules",
    "read_batches",
    "read_blocks",
    "row_of",
    "runs",
    "schema_of",
    "without_grades",
]

Rows = TypeVar("Rows", "pa.RecordBatch", "pa.Table")

BATCH_BYTES = 1 << 19
"""Bytes of rows that are read at once, about."""

SAMPLE_BYTES = 4 << 20
"""Bytes of the first rows by which it is found out what a file holds, at most; about, as well."""

_ROW_GROUP_BYTES = 4 << 20
"""Bytes of rows that are written as one row group, at least."""

_LOOKED_AT = 16
"""Most rows by which it is guessed how long a row is."""

_MAGIC = b"PAR1"
"""How a file begins and ends."""

_BUFFER = 1 << 17
"""Bytes that are read at once of a column."""


def read_blocks(
    path: Path, keys: Collection[str], *, lines: bool = True, only: Collection[int] | None = None
) -> Iterator[Block]:
    """The file's rows in batches of bounded size, of which only the columns in ``keys`` become Python values; of rows
    that hold ``lines`` the records in them; and ``only`` the rows of these numbers. The first block has no rows and
    carries the columns. Raises ``LogError`` where the file cannot be read."""
    for batch, number, bytes_read in read_batches(path, size=SAMPLE_BYTES):
        wanted = of_keys(batch, keys)
        if only is None:
            entries = entries_of(wanted, number - 1, lines=lines)
        else:
            rows = [i for i in range(batch.num_rows) if number + i in only]
            entries = [e for i in rows for e in entries_of(wanted.slice(i, 1), number + i - 1, lines=lines)]
        yield Block(path, entries, bytes_read=bytes_read, batch=batch)


def of_keys(batch: pa.RecordBatch, keys: Container[str]) -> pa.RecordBatch:
    """The columns of a batch whose names are in ``keys``; all of one that holds lines, where a record has any key."""
    if holds_lines(batch.schema):
        return batch
    return batch.select([name for name in batch.schema.names if name in keys])


def read_batches(
    path: Path, rows: int = BLOCK_ROWS, size: int = BATCH_BYTES
) -> Iterator[tuple[pa.RecordBatch, int, int]]:
    """Record batches of up to so many rows and about so many bytes, each with the number of its first, from 1, and its
    share of the file's size. The first has no rows. Raises ``LogError`` where the file cannot be read."""
    arrow, parquet = parquet_modules()
    try:
        # Pages are read as they are needed: a row group may be larger than memory.
        with parquet.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False) as file:
            schema = file.schema_arrow
            if twice := {name for name in schema.names if schema.names.count(name) > 1}:
                raise LogError(f"{path}: the column {min(twice)!r} stands twice")
            yield _no_rows(schema), 1, 0
            in_all, all_rows, number = path.stat().st_size, file.metadata.num_rows, 1
            for batch in _bounded(file, rows, size):
                yield batch, number, in_all * batch.num_rows // all_rows
                number += batch.num_rows
    except (OSError, arrow.ArrowException) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> LogError:
    """What is wrong with a file that Arrow does not read, in our words; Arrow's reason stands behind."""
    if isinstance(error, OSError) and error.strerror:
        return reading(path, error)
    with path.open("rb") as file:
        file.seek(-min(len(_MAGIC), path.stat().st_size), os.SEEK_END)
        is_whole = file.read() == _MAGIC
    what = (
        "is damaged, or holds what Arrow cannot read"
        if is_whole
        else "is cut short: its end, which says where everything stands, is missing"
    )
    reason = " ".join(str(error).split())
    return LogError(f"{path}: {what}; copy or write it again (Arrow: {reason})")


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    # Not from_pylist or array: those import pandas, where there is one, and that is 50 MB.
    arrow, _ = parquet_modules()
    batch: pa.RecordBatch = arrow.RecordBatch.from_arrays(
        [arrow.nulls(0, field.type) for field in schema], schema=schema
    )
    return batch


def _bounded(file: pq.ParquetFile, most: int, size: int) -> Iterator[pa.RecordBatch]:
    """The rows of a file in batches of about ``size`` bytes, as far as rows are as long as those before them."""
    bytes_a_row = 0.0
    for groups, all_rows, packed in _groups(file.metadata, size):
        if not bytes_a_row:
            few = min(max(int(size * all_rows / max(packed, 1)), 1), _LOOKED_AT)
            first = next(file.iter_batches(batch_size=few, row_groups=groups, use_threads=False))
            bytes_a_row = first.nbytes / first.num_rows
        bytes_a_row = max(bytes_a_row, packed / all_rows, 1.0)
        rows = min(max(int(size / bytes_a_row), 1), most)
        read = 0
        for batch in file.iter_batches(batch_size=rows, row_groups=groups, use_threads=False):
            read += batch.nbytes
            yield batch
        bytes_a_row = read / all_rows


def _groups(metadata: pq.FileMetaData, least: int) -> Iterator[tuple[list[int], int, int]]:
    """Row groups, small ones together: their numbers, how many rows they have, and in how many bytes."""
    groups: list[int] = []
    rows = size = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        groups.append(number)
        rows, size = rows + group.num_rows, size + group.total_byte_size
        if size >= least or number + 1 == metadata.num_row_groups:
            if rows:
                yield groups, rows, size
            groups, rows, size = [], 0, 0


def count_rows(path: Path) -> int:
    """How many rows a file has. Raises ``LogError`` where it cannot be read."""
    arrow, parquet = parquet_modules()
    try:
        return int(parquet.read_metadata(path).num_rows)
    except (OSError, arrow.ArrowException) as error:
        raise _unreadable(path, error) from None


def schema_of(path: Path) -> pa.Schema:
    """A file's columns. Raises ``LogError`` where it cannot be read."""
    arrow, parquet = parquet_modules()
    try:
        schema: pa.Schema = parquet.read_schema(path)
    except (OSError, arrow.ArrowException) as error:
        raise _unreadable(path, error) from None
    return schema


def row_of(batch: pa.RecordBatch, index: int) -> dict[str, Any]:
    """One row as JSON values, as far as JSON has them; ``cells.as_json`` makes text of the rest."""
    return {name: row_value(batch.column(name)[index]) for name in batch.schema.names}


def grade_type(rules: Sequence[str] = RULES) -> pa.StructType:
    """The type of the column ``rollgrade``: a struct of the fields that a grade by these rules is written with."""
    kind: pa.StructType = _type_of(grade_shape(rules))
    return kind


def _type_of(shape: Shape) -> Any:
    arrow, _ = parquet_modules()
    if isinstance(shape, dict):
        return arrow.struct({name: _type_of(field) for name, field in shape.items()})
    if isinstance(shape, list):
        return arrow.list_(_type_of(shape[0]))
    plain = {"number": arrow.float64, "whole": arrow.int64, "flag": arrow.bool_, "text": arrow.string}
    return plain[shape]()


def grades_of(lines: bytes, rules: Sequence[str] = RULES) -> tuple[list[int], pa.StructArray]:
    """Grades that were written as lines of JSON, each with the number of its row under ``line``, as Arrow has
    them."""
    arrow, _ = parquet_modules()
    import pyarrow.json

    kind = grade_type(rules)
    fields = list(kind)
    if not lines:
        return [], arrow.nulls(0, kind)
    table = pyarrow.json.read_json(
        arrow.BufferReader(lines),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=arrow.schema([("line", arrow.int64()), *fields]),
            unexpected_field_behavior="error",
        ),
    ).combine_chunks()
    columns = [table.column(field.name).chunk(0) for field in fields]
    numbers = [int(number) for number in table.column("line").to_pylist() if number is not None]
    return numbers, arrow.StructArray.from_arrays(columns, fields=fields)


def _columns_of(grades: Sequence[Grade], rules: Sequence[str]) -> pa.StructArray:
    """Grades as Arrow has them, by way of JSON: Arrow's own way from Python's values imports pandas, where there is one."""
    return grades_of(b"".join(json.dumps({"line": 0} | grade).encode() + b"\n" for grade in grades), rules)[1]


class ParquetWriter:
    """Writes rows as they were read with the grade as a column at the end (or, ``flat``, a column for each of its
    fields), in place of an older one. A column ``rollgrade`` that holds no grades, as TRL's reward of that name does,
    becomes ``rollgrade_reward``; for others see ``check_columns``. A line of JSON becomes a row of one column, ``record``, which holds it as it was."""

    def __init__(
        self, file: BinaryIO, key: str = GRADE_KEY, *, flat: bool = False, rules: Sequence[str] = RULES
    ) -> None:
        self._file = file
        self._rules = rules
        self._key = key
        self._flat = flat
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None
        self._waiting: list[pa.Table] = []
        self._waiting_bytes = 0

    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None:
        """Writes the rows of ``block`` at ``kept``, each with its grade. Raises ``LogError`` where the
        columns are not those of the first block."""
        arrow, _ = parquet_modules()
        batch = block.batch
        if batch is None:
            lines = [block.entries[index].raw.decode().rstrip("\r\n") for index in kept]
            batch, kept = (
                arrow.RecordBatch.from_pydict({"record": arrow.array(lines, arrow.string())}),
                range(len(kept)),
            )
        self.write_rows(block.file, batch, kept, _columns_of(grades, self._rules))

    def write_rows(
        self, file: Path, batch: pa.RecordBatch, kept: Sequence[int], grades: pa.StructArray
    ) -> None:
        """The same for grades that are columns."""
        arrow, parquet = parquet_modules()
        batch = without_grades(batch, self._key)
        if self._schema is None or self._writer is None:
            self._schema = batch.schema
            schema = batch.schema
            for name, column in self._columns(grades):
                schema = schema.append(arrow.field(name, column.type))
            self._writer = parquet.ParquetWriter(self._file, schema, compression="zstd")
        elif not batch.schema.equals(self._schema):
            raise LogError(f"{file}: its columns are not those of the files before it; use a folder for -o")
        if kept:
            # Runs of rows that are kept, as slices: not every type can be taken row by row.
            table = arrow.Table.from_batches([batch.slice(start, length) for start, length in runs(kept)])
            for name, column in self._columns(grades):
                table = table.append_column(name, column)
            self._waiting.append(table)
            self._waiting_bytes += table.nbytes
            if self._waiting_bytes >= _ROW_GROUP_BYTES:
                self._write_waiting(self._writer)

    def _write_waiting(self, writer: pq.ParquetWriter) -> None:
        arrow, _ = parquet_modules()
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if waiting:
            table = arrow.concat_tables(waiting)
            writer.write_table(table, row_group_size=table.num_rows)
            del table, waiting
            arrow.default_memory_pool().release_unused()

    def _columns(self, grades: Any) -> list[tuple[str, Any]]:
        if not self._flat:
            return [(self._key, grades)]
        columns = []
        for field in grades.type:
            column = grades.field(field.name)
            if field.name == "passed":
                columns += [
                    (f"{self._key}.passed.{rule.name}", column.field(rule.name)) for rule in field.type
                ]
            else:
                columns.append((f"{self._key}.{field.name}", column))
        return columns

    def close(self) -> None:
        """Writes what Parquet has at its end."""
        if self._writer is not None:
            try:
                self._write_waiting(self._writer)
            finally:
                self._writer.close()


class GradesParquetWriter:
    """Writes one row of grade for each record, with the place of the record instead of the record."""

    def __init__(self, file: BinaryIO, *, rules: Sequence[str] = RULES) -> None:
        arrow, parquet = parquet_modules()
        place = [("file", arrow.string()), ("line", arrow.int64())]
        self._type = grade_type(rules)
        self._schema = arrow.schema(place + list(self._type))
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None:
        """Writes the grades of the entries of ``block`` at ``kept``."""
        arrow, _ = parquet_modules()
        numbers = [block.entries[index].number for index in kept]
        self.write_rows(block.file, numbers, arrow.array(grades, self._type))

    def write_rows(self, file: Path, numbers: Sequence[int], grades: pa.StructArray) -> None:
        """The same for grades that are columns."""
        arrow, _ = parquet_modules()
        if numbers:
            place = [arrow.array([str(file)] * len(numbers)), arrow.array(numbers, arrow.int64())]
            columns = [grades.field(field.name) for field in self._type]
            self._writer.write_batch(arrow.RecordBatch.from_arrays([*place, *columns], schema=self._schema))

    def close(self) -> None:
        """Writes what Parquet has at its end."""
        self._writer.close()


def parquet_modules() -> tuple[ModuleType, ModuleType]:
    """pyarrow and its Parquet module. Raises ``LogError`` where it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise LogError("Parquet needs pyarrow: pip install 'rollgrade[parquet]'") from None
    return pyarrow, pyarrow.parquet


def runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rising numbers as runs: where each begins and how long it is."""
    found: list[tuple[int, int]] = []
    for row in rows:
        start, length = found[-1] if found else (row, 0)
        if found and row == start + length:
            found[-1] = (start, length + 1)
        else:
            found.append((row, 1))
    return found


def without_grades(batch: Rows, key: str) -> Rows:
    """Rows without older grades; a column of their own whose name the grades take gets another one."""
    schema = batch.schema
    if _own_below(schema, key) is None:
        batch = batch.drop_columns([name for name in schema.names if name.startswith(f"{key}.")])
    if key not in schema.names:
        return batch
    if not is_own(schema, key):
        return batch.drop_columns([key])
    kept = _kept_as(schema, key)
    return batch.rename_columns([kept if name == key else name for name in batch.schema.names])


def _kept_as(schema: pa.Schema, key: str) -> str:
    """What a column is renamed to whose name the grades take."""
    kept = f"{key}_reward"
    while kept in schema.names:
        kept += "_"
    return kept


def is_own(schema: pa.Schema, key: str) -> bool:
    """Whether there is a column of this name that holds something, and no grades."""
    arrow, _ = parquet_modules()
    if key not in schema.names:
        return False
    kind = schema.field(key).type
    is_grade = arrow.types.is_struct(kind) and kind.get_field_index("score") >= 0
    return not is_grade and not arrow.types.is_null(kind)


def _own_below(schema: pa.Schema, key: str) -> str | None:
    """The first column below the key that is of no older flat grade."""
    arrow, _ = parquet_modules()
    score = f"{key}.score"
    if score not in schema.names:
        return next((name for name in schema.names if name.startswith(f"{key}.")), None)
    kind = schema.field(score).type
    if arrow.types.is_list(kind):  # of several rollouts
        kind = kind.value_type
    is_number = arrow.types.is_floating, arrow.types.is_integer, arrow.types.is_null
    return own_field(schema.names, key) if any(test(kind) for test in is_number) else score


def check_columns(file: Path, schema: pa.Schema, key: str, *, flat: bool, rows: bool) -> str | None:
    """Raises ``LogError`` where a file has something of its own where its grades are to stand, which it would lose. Of
    rows that stay ``rows``, a column ``rollgrade`` is renamed instead, which is what is returned as a note, and columns
    below the key stand in the way of ``flat`` grades alone."""
    renamed = rows and key == GRADE_KEY and is_own(schema, key)
    own = key if is_own(schema, key) and not renamed else None
    if own is None and (flat or not rows):
        own = _own_below(schema, key)
    if own is not None:
        raise LogError(
            f"{file}: --key {key}: it has a column `{own}` of its own, which is no grade; choose another"
        )
    return (
        f"{file}: its column `{key}` holds no grades; it is kept as `{_kept_as(schema, key)}`"
        if renamed
        else None
    )


def grade_columns(schema: pa.Schema) -> frozenset[str]:
    """The columns that look like grades, whatever their key: structs, those of flat ones, or all where the file holds
    nothing else."""
    arrow, _ = parquet_modules()
    names = frozenset(schema.names)
    if names >= {"file", "line", "score", "passed"}:
        return names
    structs = frozenset(
        field.name
        for field in schema
        if arrow.types.is_struct(field.type)
        and all(field.type.get_field_index(name) >= 0 for name in ("score", "passed", "rubric"))
    )
    keys = [n.removesuffix(".score") for n in names if n.endswith(".score")]
    keys = [key for key in keys if {f"{key}.valid", f"{key}.reason", f"{key}.rubric"} <= names]
    return structs | {name for name in names if any(name.startswith(f"{key}.") for key in keys)}


def holds_lines(schema: pa.Schema) -> bool:
    """Whether a file is what ``ParquetWriter`` makes of lines: their text as a column ``record``, and grades."""
    arrow, _ = parquet_modules()
    if "record" not in schema.names:
        return False
    kind = schema.field("record").type
    is_text = arrow.types.is_string(kind) or arrow.types.is_large_string(kind)
    grades = grade_columns(schema)
    return is_text and bool(grades) and grades == set(schema.names) - {"record"}


def entries_of(batch: pa.RecordBatch, before: int, *, lines: bool = False) -> list[Entry]:
    """The rows of a batch as entries, numbered from ``before`` + 1 on; of rows that hold ``lines`` what stands in them."""
    try:
        entries = [Entry(before + i, row) for i, row in enumerate(_rows(batch), 1)]
    except UnicodeDecodeError:
        entries = [_entry(batch.slice(i, 1), before + i + 1) for i in range(batch.num_rows)]
    return list(map(_line_in, entries)) if lines and holds_lines(batch.schema) else entries


def _line_in(row: Entry) -> Entry:
    """The line that a row holds, with the row's grades over it; ``record`` leads to it as well."""
    from rollgrade.logs import jsonl  # which imports this

    if row.record is None or row.record["record"] is None:
        return Entry(row.number, None, row.reason or "no text in `record`")
    line = jsonl.entry(row.number, row.record["record"].encode())
    if line.record is not None:
        grades = {name: value for name, value in row.record.items() if name != "record"}
        line.record = {"record": line.record, **line.record, **grades}
    return line


def _entry(row: pa.RecordBatch, number: int) -> Entry:
    try:
        return Entry(number, _rows(row)[0])
    except UnicodeDecodeError:
        return Entry(number, None, "invalid UTF-8 in a string column")


def _rows(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    columns = [(name, values_of(batch.column(name))) for name in batch.schema.names]
    return [{name: values[i] for name, values in columns} for i in range(batch.num_rows)]
