"""An input block by block: opened, read, and looked at for the form of its records before anything is graded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from rollgrade import _core
from rollgrade.logs import jsonl, parquet
from rollgrade.logs.errors import LogError, reading, unpacking
from rollgrade.logs.fieldpath import FieldPath
from rollgrade.logs.files import Input, Job, Kind
from rollgrade.logs.options import Options, Watcher
from rollgrade.logs.reader import SAMPLE, Reader, keys_read
from rollgrade.logs.records import BLOCK_ROWS, Block, Entry

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET_ROWS = 2048
"""Most rows of a Parquet file that are graded at once."""

PARQUET_BYTES = 1 << 21
"""Bytes of rows that are graded at once, about: enough for several threads."""

_NAMED = 20

__all__ = [
    "PARQUET_BYTES",
    "PARQUET_ROWS",
    "ReadRows",
    "blocks_of",
    "check_forms",
    "first_batches",
    "first_entries",
    "opened",
    "read_blocks",
    "records_of",
]

ReadRows = tuple["pa.RecordBatch", int, int]
"""A batch as ``parquet.read_batches`` gives it: the rows, the number of the first, and bytes of the file."""


# ---- looking at files before they are graded ---------------------------------------------------------------


def check_forms(jobs: Sequence[Job], options: Options) -> None:
    """Raises ``LogError`` that names every file of which no record could be graded, before the first is. One alone says
    so before anything is written, and with a limit not all may be read."""
    items = [item for job in jobs for item in job.inputs if not item.once]
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
        read = first_batches(parquet.read_batches(item.path, PARQUET_ROWS, PARQUET_BYTES))
        first = [(parquet.of_keys(batch, keys), number) for batch, number, _ in read]
        entries = chain.from_iterable(parquet.entries_of(batch, number - 1) for batch, number in first)
        return list(islice((entry for entry in entries if entry.record is not None), most))
    blocks = opened(item, options.block_bytes, 0, 1)
    found = next(blocks_of(item, blocks), None)
    return [] if found is None else list(islice(records_of(found[0]), most))


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


# ---- lines -------------------------------------------------------------------------------------------------


def opened(item: Input, size: int, offset: int, number: int) -> _core.LogBlocks:
    path = None if item.path == jsonl.STDIN else item.path
    try:
        return _core.LogBlocks(path, item.packing, size, offset, number)
    except OSError as error:
        raise reading(item.path, error) from None


def blocks_of(item: Input, blocks: _core.LogBlocks) -> Iterator[tuple[_core.LogBlock, int]]:
    """The blocks, each with the bytes of the file that were read for it and those before it."""
    while True:
        try:
            block = blocks.next()
        except OSError as error:
            if item.packing == "plain":
                raise reading(item.path, error) from None
            raise unpacking(item.path, item.packing, error, "rollgrade score - -o OUT") from None
        if block is None:
            return
        if not block.offset and item.once:
            jsonl.check_lines(item.path, block.bytes(0, 4))
        yield block, blocks.read


def records_of(block: _core.LogBlock) -> Iterator[Entry]:
    """The first records of a block."""
    for number, line in enumerate(block.lines(BLOCK_ROWS), block.number):
        if line.strip(b" \t\r\n") and (entry := jsonl.entry(number, line)).record is not None:
            yield entry


# ---- rows --------------------------------------------------------------------------------------------------


def first_batches(batches: Iterator[ReadRows]) -> list[ReadRows]:
    """As many batches as say what a file holds."""
    first: list[ReadRows] = []
    rows = size = 0
    for read in batches:
        first.append(read)
        rows, size = rows + read[0].num_rows, size + read[0].nbytes
        if rows >= BLOCK_ROWS or size >= parquet.SAMPLE_BYTES:
            break
    return first
