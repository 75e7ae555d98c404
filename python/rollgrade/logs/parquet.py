"""Parquet: record batches in, the same batches with a struct column ``rollgrade`` out. Needs pyarrow.

pyarrow is imported when a Parquet file is met, and its absence is a ``LogError`` that says what to install.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO

from rollgrade.grades import RULES
from rollgrade.logs.errors import LogError, reading
from rollgrade.logs.records import BLOCK_ROWS, GRADE_KEY, Block, Entry, Grade

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["GradesParquetWriter", "ParquetWriter", "grade_type", "parquet_modules", "read_blocks", "row_of"]


def read_blocks(path: Path, keys: Collection[str]) -> Iterator[Block]:
    """The file's rows in batches of bounded size, of which only the columns in ``keys`` become Python values.
    The first block has no rows and carries the columns. Raises ``LogError`` where the file cannot be read."""
    arrow, parquet = parquet_modules()
    try:
        with parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if twice := {name for name in names if names.count(name) > 1}:
                raise LogError(f"{path}: the column {min(twice)!r} stands twice")
            yield Block(path, batch=arrow.RecordBatch.from_pylist([], schema=file.schema_arrow))
            wanted = [name for name in names if name in keys]
            size, rows, number = path.stat().st_size, file.metadata.num_rows, 0
            for batch in file.iter_batches(batch_size=BLOCK_ROWS):
                entries = _entries(batch.select(wanted), number)
                number += batch.num_rows
                yield Block(path, entries, bytes_read=size * batch.num_rows // rows, batch=batch)
    except (OSError, arrow.ArrowException) as error:
        raise reading(path, error) from None


def row_of(batch: pa.RecordBatch, index: int) -> dict[str, Any]:
    """One row as JSON values, as far as JSON has them: a number that is not finite becomes null, undecodable
    text is shown as bytes."""
    row: dict[str, Any] = {}
    for name in batch.schema.names:
        if name != GRADE_KEY:
            try:
                row[name] = _finite(batch.column(name)[index].as_py())
            except UnicodeDecodeError as error:
                row[name] = str(error.object)
    return row


def grade_type() -> pa.StructType:
    """The type of the column ``rollgrade``: a struct of the fields that a grade is written with."""
    arrow, _ = parquet_modules()
    text, number, flag, whole = arrow.string(), arrow.float64(), arrow.bool_(), arrow.int64()
    match = arrow.struct({"kind": text, "start": whole, "end": whole, "verdict": text})
    grade: pa.StructType = arrow.struct(
        {"score": number, "valid": flag, "reason": text, "tokens": whole}
        | dict.fromkeys(RULES, number)
        | {
            "passed": arrow.struct(dict.fromkeys(RULES, flag)),
            "pii_matches": arrow.list_(match),
            "pii_basis": text,
        }
        | {"basis": text, "rubric": text, "version": text}
    )
    return grade


class ParquetWriter:
    """Writes rows as they were read with the column ``rollgrade`` at the end, in place of an older one. A column of
    that name that holds no grades, as TRL's reward of that name does, becomes ``rollgrade_reward``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None

    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None:
        """Writes the rows of ``block`` at ``kept``, each with its grade. Raises ``LogError`` where the
        columns are not those of the first block."""
        arrow, parquet = parquet_modules()
        batch = block.batch
        if batch is None:
            raise LogError(
                f"{block.file}: lines of JSON do not become Parquet rows; write .jsonl or --only-grades"
            )
        batch = _without_grades(batch)
        if self._schema is None or self._writer is None:
            self._schema = batch.schema
            schema = batch.schema.append(arrow.field(GRADE_KEY, grade_type()))
            self._writer = parquet.ParquetWriter(self._file, schema, compression="zstd")
        elif not batch.schema.equals(self._schema):
            raise LogError(
                f"{block.file}: its columns are not those of the files before it; use a folder for -o"
            )
        if kept:
            rows = batch.take(arrow.array(kept, arrow.int64()))
            self._writer.write_batch(rows.append_column(GRADE_KEY, arrow.array(grades, grade_type())))

    def close(self) -> None:
        """Writes what Parquet has at its end."""
        if self._writer is not None:
            self._writer.close()


class GradesParquetWriter:
    """Writes one row of grade for each record, with the place of the record instead of the record."""

    def __init__(self, file: BinaryIO) -> None:
        arrow, parquet = parquet_modules()
        place = [("file", arrow.string()), ("line", arrow.int64())]
        self._schema = arrow.schema(place + list(grade_type()))
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None:
        """Writes the grades of the entries of ``block`` at ``kept``."""
        arrow, _ = parquet_modules()
        file = str(block.file)
        rows = [
            {"file": file, "line": block.entries[index].number} | grade
            for index, grade in zip(kept, grades, strict=True)
        ]
        if rows:
            self._writer.write_batch(arrow.RecordBatch.from_pylist(rows, schema=self._schema))

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


def _without_grades(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrow, _ = parquet_modules()
    names = batch.schema.names
    if GRADE_KEY not in names:
        return batch
    if arrow.types.is_struct(batch.schema.field(GRADE_KEY).type):
        return batch.drop_columns([GRADE_KEY])
    kept = f"{GRADE_KEY}_reward"
    while kept in names:
        kept += "_"
    return batch.rename_columns([kept if name == GRADE_KEY else name for name in names])


def _entries(batch: pa.RecordBatch, before: int) -> list[Entry]:
    try:
        return [Entry(before + i, row) for i, row in enumerate(batch.to_pylist(), 1)]
    except UnicodeDecodeError:
        return [_entry(batch.slice(i, 1), before + i + 1) for i in range(batch.num_rows)]


def _entry(row: pa.RecordBatch, number: int) -> Entry:
    try:
        return Entry(number, row.to_pylist()[0])
    except UnicodeDecodeError:
        return Entry(number, None, "invalid UTF-8 in a string column")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
