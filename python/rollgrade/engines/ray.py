"""Rollout logs graded on a Ray cluster, with Ray Data. Needs the extra ``rollgrade[ray]``.

The driver cuts each log into chunks of whole lines, or of row groups. A task grades one chunk, by the same code as
``rollgrade score`` does on one machine, into a part beside the output, and the driver joins the parts in order. A part
gets its name when it is whole and depends on its chunk alone: a task that is run again, as Ray does when a worker or a
node dies, changes nothing. Logs and outputs must lie where all nodes see them under the same path.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import pickle
import shutil
import socket
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from rollgrade.engines.batches import GradeBatch
from rollgrade.logs.blocks import check_forms, read_blocks
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.files import Input, Job, Kind, pending, rejects_path
from rollgrade.logs.grading import Grader
from rollgrade.logs.options import Options, RunWatcher
from rollgrade.logs.parquet import parquet_modules
from rollgrade.logs.records import Reject, Rollout
from rollgrade.logs.rescore import rescore
from rollgrade.logs.summary import Summary
from rollgrade.rubric import Rubric

__all__ = ["CHUNK_BYTES", "GradeBatch", "score_jobs"]

CHUNK_BYTES = 64 << 20
"""Size of a chunk: a task's work, of some seconds."""

_COPIED = 16 << 20
_CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Chunk:
    """A share of one input: bytes from ``start`` to ``end`` (JSONL; the lines that begin there), or row groups
    (Parquet), for one part of one output."""

    job: int
    number: int
    file: str
    kind: str
    packing: str
    into: str
    start: int
    end: int
    whole: bool
    part: str
    size: int


def score_jobs(
    jobs: Sequence[Job],
    rubric: Rubric,
    options: Options | None = None,
    *,
    watcher: RunWatcher,
    address: str | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Summary:
    """Grades the inputs of every job into its output on a Ray cluster: the one at ``address``, the one that this process
    is connected to, or one on this machine. Every input row is in the output or in the rejects exactly once, and the
    output is what ``rescore`` writes. Raises ``LogError`` where a file cannot be read or written, ``ImportError``
    without Ray."""
    ray = _ray()
    options = options or Options()
    check_forms(jobs, options)
    basis = _basis(jobs, rubric, options, watcher)
    chunks: list[Chunk] = []
    with contextlib.ExitStack() as stack:
        for index, job in enumerate(jobs):
            folder = stack.enter_context(_parts(job.output))
            chunks += _chunks(index, job, folder, chunk_bytes, len(chunks))
        summaries = _run(ray, chunks, _Task(rubric, options, basis), watcher, address)
        total = Summary()
        total.basis = basis
        for index, job in enumerate(jobs):
            mine = [chunk for chunk in chunks if chunk.job == index]
            _join(job, mine, summaries, watcher)
            _add_up(total, mine, summaries)
    return total


def _basis(jobs: Sequence[Job], rubric: Rubric, options: Options, watcher: RunWatcher) -> str | None:
    """What coverage is measured against: what the first records that can be graded have, as on one machine."""
    grader = Grader(rubric)
    for job in jobs:
        for item in job.inputs:
            for block, reader in read_blocks(item, options.paths, options=options):
                rollouts: list[Rollout] = []
                for entry in block.entries:
                    if (
                        reader is not None
                        and entry.record is not None
                        and options.selection.takes(entry.record)
                    ):
                        with contextlib.suppress(RecordError):
                            rollouts += reader.rollouts(entry.record)
                grader.decide(rollouts)
                if reader is not None and grader.basis is not None:
                    watcher.form(item.path, f"{reader.taken}; {grader.chosen}")
                    if grader.ungrounded is not None:
                        watcher.note(grader.ungrounded)
                    return grader.basis
    return None


@contextlib.contextmanager
def _parts(output: Path) -> Iterator[Path]:
    """An empty folder beside the output for its parts, which goes when the block ends."""
    folder = output.with_name(f".{output.name}.parts").absolute()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        raise LogError(f"{error.filename or folder}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _chunks(index: int, job: Job, folder: Path, size: int, first: int) -> list[Chunk]:
    """The chunks of a job's inputs, in order."""
    chunks: list[Chunk] = []
    for item in job.inputs:
        ranges = _row_groups(item, size) if item.kind is Kind.PARQUET else _bytes(item, size)
        for start, end, share in ranges:
            number = first + len(chunks)
            part = folder / f"part-{number:08d}{''.join(job.output.suffixes)}"
            file, whole = str(item.path.absolute()), len(ranges) == 1
            chunks.append(
                Chunk(
                    index,
                    number,
                    file,
                    item.kind.name,
                    item.packing,
                    job.kind.name,
                    start,
                    end,
                    whole,
                    str(part),
                    share,
                )
            )
    return chunks


def _bytes(item: Input, size: int) -> list[tuple[int, int, int]]:
    if item.packing != "plain":
        size = max(1, item.size)  # a packed file is read from its beginning
    total = item.size
    edges = [*range(0, total, size), total] if total else [0, 0]
    return [(start, end, end - start) for start, end in itertools.pairwise(edges)]


def _row_groups(item: Input, size: int) -> list[tuple[int, int, int]]:
    """Runs of row groups of about that size each."""
    arrow, arrow_parquet = parquet_modules()
    try:
        found = arrow_parquet.read_metadata(item.path)
    except (OSError, arrow.ArrowException) as error:
        raise LogError(f"{item.path}: {error}") from None
    sizes = [found.row_group(i).total_byte_size for i in range(found.num_row_groups)]
    scale = item.size / max(1, sum(sizes))
    ranges, start, held = [], 0, 0
    for i, n in enumerate(sizes):
        held += n
        if held >= size or i == len(sizes) - 1:
            ranges.append((start, i + 1, int(held * scale)))
            start, held = i + 1, 0
    return ranges or [(0, 0, item.size)]


def _ray() -> Any:
    """Ray with Ray Data. Raises ``ImportError`` that says what to install."""
    try:
        import ray
        import ray.data
    except ImportError:
        raise ImportError("--engine ray needs Ray Data: pip install 'rollgrade[ray]'") from None
    return ray


def _run(
    ray: Any, chunks: list[Chunk], task: _Task, watcher: RunWatcher, address: str | None
) -> dict[int, Summary]:
    """What came of each chunk, by its number."""
    started = not ray.is_initialized()
    if started:
        _connect(ray, address)
    try:
        items = [{"chunk": pickle.dumps(chunk)} for chunk in chunks]
        summaries: dict[int, Summary] = {}
        by_number = {chunk.number: chunk for chunk in chunks}
        with _quiet(ray):
            graded = ray.data.from_items(items, override_num_blocks=len(items)).map(task, num_cpus=1)
            for row in graded.iter_rows():
                summaries[row["number"]] = pickle.loads(row["summary"])
                watcher.progress(by_number[row["number"]].size, summaries[row["number"]].read)
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", None) or error
        raise LogError(f"Ray: {str(cause).strip().splitlines()[-1]}") from None
    finally:
        if started:
            ray.shutdown()
    if missing := set(by_number) - set(summaries):
        raise LogError(f"Ray: {len(missing)} of {len(chunks)} chunks were lost; run it again")
    return summaries


@contextlib.contextmanager
def _quiet(ray: Any) -> Iterator[None]:
    """Ray Data without its own progress and notes: the watcher is told how far it is. Both are set back."""
    context, logger = ray.data.DataContext.get_current(), logging.getLogger("ray.data")
    bars, level = context.enable_progress_bars, logger.level
    context.enable_progress_bars = False
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        context.enable_progress_bars = bars
        logger.setLevel(level)


def _connect(ray: Any, address: str | None) -> None:
    """Connects to a cluster, or starts one on this machine. Ray itself would try for minutes where nobody listens."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    try:
        if host and port.isdigit():
            socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
        dashboard = None if address else False
        ray.init(address=address, logging_level="ERROR", log_to_driver=False, include_dashboard=dashboard)
    except (OSError, ValueError, RuntimeError) as error:
        raise LogError(f"--address {address}: no Ray cluster there ({error})") from None


@dataclass(frozen=True, slots=True)
class _Task:
    """What a task does: one chunk into its part."""

    rubric: Rubric
    options: Options
    basis: str | None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        chunk: Chunk = pickle.loads(row["chunk"])
        part = Path(chunk.part)
        grader = Grader(self.rubric)
        grader.basis = self.basis
        with tempfile.TemporaryDirectory(prefix="rollgrade-") as folder:
            item = _item(chunk, Path(folder))
            # Another attempt at this chunk may still run elsewhere: each writes under a name of its own.
            mine = part.with_name(f"{uuid.uuid4().hex}-{part.name}")
            summary = rescore([Job(mine, Kind[chunk.into], (item,))], grader, self.options, _Silent())
            if rejects_path(mine).exists():
                rejects_path(mine).replace(rejects_path(part))
            mine.replace(part)
        return {"number": chunk.number, "summary": pickle.dumps(summary)}


def _item(chunk: Chunk, folder: Path) -> Input:
    """The chunk as a file: its log where it is the whole of it, else a copy of its share."""
    path = Path(chunk.file)
    if chunk.whole:
        return Input(path, Path(path.name), Kind[chunk.kind], chunk.packing)
    copy = folder / path.name
    if Kind[chunk.kind] is Kind.PARQUET:
        _, arrow_parquet = parquet_modules()
        with (
            arrow_parquet.ParquetFile(path) as file,
            arrow_parquet.ParquetWriter(copy, file.schema_arrow) as out,
        ):
            for batch in file.iter_batches(row_groups=range(chunk.start, chunk.end)):
                out.write_batch(batch)
    else:
        with path.open("rb") as file, copy.open("wb") as out:
            _copy_lines(file, out, chunk.start, chunk.end)
    return Input(copy, Path(copy.name), Kind[chunk.kind])


def _begin(file: BinaryIO, start: int) -> int:
    """Goes to where the first line begins, at ``start`` or after it."""
    file.seek(max(0, start - 1))
    if start and file.read(1) != b"\n":
        file.readline()  # it began before
    return file.tell()


def _copy_lines(file: BinaryIO, out: BinaryIO, start: int, end: int) -> None:
    """Copies the lines that begin at ``start`` or after it, and before ``end``, each to its end."""
    left = end - _begin(file, start)
    while left > 0:
        data = file.read(min(left, _COPIED))
        if not data:
            return
        out.write(data)
        left -= len(data)
        if left == 0 and not data.endswith(b"\n"):
            out.write(file.readline())


class _Silent:
    """A watcher that says nothing: what there is to say is in the summary and the rejects."""

    def form(self, file: Path, taken: str) -> None: ...
    def progress(self, bytes_read: int, records: int) -> None: ...
    def reject(self, reject: Reject) -> None: ...
    def note(self, text: str) -> None: ...


def _join(job: Job, chunks: Sequence[Chunk], summaries: Mapping[int, Summary], watcher: RunWatcher) -> None:
    """The parts as one output, in order, and their rejects as one file with places in the log."""
    parts = [Path(chunk.part) for chunk in chunks]
    if len(parts) == 1:
        parts[0].replace(job.output)
    else:
        with pending(job.output) as out:
            (_join_parquet if job.kind is Kind.PARQUET else _join_bytes)(parts, out)
    rejects = rejects_path(job.output)
    if not any(rejects_path(part).exists() for part in parts):
        rejects.unlink(missing_ok=True)
        return
    with pending(rejects) as out:
        for chunk, before in _before(chunks, summaries):
            if rejects_path(Path(chunk.part)).exists():
                begin = _begin_of(chunk)
                for line in rejects_path(Path(chunk.part)).read_bytes().splitlines():
                    record = json.loads(line)
                    record |= {"file": _given(job, chunk), "line": record["line"] + before}
                    if "offset" in record:
                        record["offset"] += begin
                    out.write(json.dumps(record).encode() + b"\n")
                    watcher.reject(
                        Reject(
                            Path(record["file"]),
                            record["line"],
                            record["reason"],
                            record["record"],
                            record.get("offset"),
                        )
                    )


def _begin_of(chunk: Chunk) -> int:
    """Where the chunk's first line begins in its log."""
    if chunk.whole:
        return 0
    with Path(chunk.file).open("rb") as file:
        return _begin(file, chunk.start)


def _given(job: Job, chunk: Chunk) -> str:
    """A chunk's log under the name that was given."""
    return next(str(item.path) for item in job.inputs if str(item.path.absolute()) == chunk.file)


def _before(chunks: Sequence[Chunk], summaries: Mapping[int, Summary]) -> Iterator[tuple[Chunk, int]]:
    """Chunks with the lines or rows of their log that go before them."""
    before: dict[str, int] = {}
    for chunk in chunks:
        yield chunk, before.get(chunk.file, 0)
        summary = summaries[chunk.number]
        before[chunk.file] = before.get(chunk.file, 0) + summary.read + summary.blank + summary.passed_over


def _join_bytes(parts: Sequence[Path], out: BinaryIO) -> None:
    for part in parts:
        with part.open("rb") as file:
            shutil.copyfileobj(file, out, _COPIED)


def _join_parquet(parts: Sequence[Path], out: BinaryIO) -> None:
    _, arrow_parquet = parquet_modules()
    writer: Any = None
    for part in parts:
        with arrow_parquet.ParquetFile(part) as file:
            if writer is None:
                writer = arrow_parquet.ParquetWriter(out, file.schema_arrow, compression="zstd")
            elif not file.schema_arrow.equals(writer.schema):
                raise LogError("the logs' columns are not the same; use a folder for -o")
            for batch in file.iter_batches(batch_size=1 << 16):
                writer.write_batch(batch)
    if writer is not None:
        writer.close()


def _add_up(total: Summary, chunks: Sequence[Chunk], summaries: Mapping[int, Summary]) -> None:
    """Adds what came of a job's chunks to the total."""
    for chunk, before in _before(chunks, summaries):
        found = summaries[chunk.number]
        for name in (
            "graded",
            "more",
            "rejected",
            "blank",
            "unscored",
            "valid",
            "reward",
            "tokens",
            "over_budget",
            "repeated_ids",
            "passed_over",
        ):
            setattr(total, name, getattr(total, name) + getattr(found, name))
        for name in ("passed", "measured", "pii", "pii_basis", "unused"):
            getattr(total, name).update(getattr(found, name))
        for rule, score in found.scores.items():
            total.scores[rule] += score
        total.add_ids(found.ids.packed())
        for place, worst in enumerate(found.worst()):
            row = int(worst.place.rpartition(":")[2]) + before
            total.keep((chunk.number, place), replace(worst, place=f"{chunk.file}:{row}"))
