"""Which files are read and written: inputs from files, folders and globs, and the output that each goes to.

An output appears under its name only when it is whole: it is written beside it under a temporary name, synced
and renamed. Until then what was there before stays.
"""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from rollgrade.logs.errors import LogError, reading

__all__ = ["Input", "Job", "Kind", "find_inputs", "pending", "plan", "rejects_path"]


class Kind(Enum):
    """What a log file is made of; the value is the usual ending."""

    JSONL = ".jsonl"
    PARQUET = ".parquet"


@dataclass(frozen=True, slots=True)
class Input:
    """A log file. ``below`` is its path inside the folder that was given, or its name."""

    path: Path
    below: Path
    kind: Kind

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Job:
    """Inputs, in order, that make one output."""

    output: Path
    kind: Kind
    inputs: tuple[Input, ...]


_SUFFIXES = {
    ".jsonl": Kind.JSONL,
    ".ndjson": Kind.JSONL,
    ".json": Kind.JSONL,
    ".parquet": Kind.PARQUET,
    ".pq": Kind.PARQUET,
}
_IN_FOLDERS = frozenset(_SUFFIXES) - {".json"}
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x03\x04": "zip",
}
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_OURS = (".graded.", ".grades.", ".rejects.")


def find_inputs(given: Sequence[str]) -> tuple[list[Input], int]:
    """The files of paths, folders (all ``.jsonl``, ``.ndjson``, ``.parquet`` and ``.pq`` below them) and glob
    patterns, each once, folders sorted by name; and how many were passed over as an earlier run's output,
    which happens where more than one file is found. Raises ``LogError`` for a path that leads nowhere or to
    something unreadable."""
    found: dict[Path, Path] = {}
    for text in given:
        for path, below in _expand(text):
            found.setdefault(path, below)
    paths = {path: below for path, below in found.items() if len(found) == 1 or not _is_ours(path)}
    if not paths:
        raise LogError(f"{', '.join(given)}: no .jsonl or .parquet file there but earlier outputs")
    return [Input(path, below, _kind(path)) for path, below in paths.items()], len(found) - len(paths)


def plan(inputs: Sequence[Input], out: str | None, *, only_grades: bool = False) -> list[Job]:
    """The outputs: beside each input as NAME.graded.jsonl (or .parquet; .grades with ``only_grades``) where
    ``out`` is ``None``; the same names below ``out`` where that is a folder or ends in a slash; else all in
    the one file ``out``, whose ending decides its kind. Raises ``LogError`` where outputs meet each other or
    an input."""
    if out is None:
        jobs = [_job(item.path.parent, item, only_grades, Path(item.path.name)) for item in inputs]
    elif out.endswith(("/", os.sep)) or Path(out).is_dir():
        jobs = [_job(Path(out), item, only_grades, item.below) for item in inputs]
    else:
        output = Path(out)
        jobs = [Job(output, _SUFFIXES.get(output.suffix.lower(), inputs[0].kind), tuple(inputs))]
    for job in jobs:
        _check(job, inputs, only_grades)
    outputs = [job.output for job in jobs]
    if twice := {path for path in outputs if outputs.count(path) > 1}:
        raise LogError(
            f"{min(twice)}: the output of more than one input; choose another -o, or run them apart"
        )
    return jobs


def rejects_path(output: Path) -> Path:
    """Where the records go that could not be graded: beside the output, with ``.rejects.jsonl`` added to its
    name."""
    return output.with_name(output.name + ".rejects.jsonl")


@contextlib.contextmanager
def pending(path: Path) -> Iterator[BinaryIO]:
    """A file that gets the name ``path`` when the block ends well, and leaves nothing when it does not.
    Raises ``LogError`` where it cannot be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise reading(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _expand(text: str) -> list[tuple[Path, Path]]:
    path = Path(text)
    if path.is_dir():
        files = [f for f in sorted(path.rglob("*")) if f.suffix.lower() in _IN_FOLDERS and f.is_file()]
        files = [f for f in files if not any(part.startswith(".") for part in f.relative_to(path).parts)]
        if not files:
            raise LogError(f"{text}: no .jsonl or .parquet file in this folder")
        return [(file, file.relative_to(path)) for file in files]
    if path.exists():
        return [(path, Path(path.name))]
    # Path.glob takes no absolute pattern before Python 3.13
    matches = sorted(glob.glob(text, recursive=True)) if glob.has_magic(text) else []  # noqa: PTH207
    if not matches:
        raise LogError(f"{text}: no such file or folder")
    return [(Path(match), Path(Path(match).name)) for match in matches if Path(match).is_file()]


def _is_ours(path: Path) -> bool:
    return any(mark in path.name for mark in _OURS)


def _kind(path: Path) -> Kind:
    """A file's kind from how it begins and, where that says nothing, from its name."""
    if not path.is_file():
        return _SUFFIXES.get(path.suffix.lower(), Kind.JSONL)
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise reading(path, error) from None
    if start.startswith(b"PAR1"):
        return Kind.PARQUET
    for magic, name in _PACKED.items():
        if start.startswith(magic):
            raise LogError(f"{path}: is compressed with {name}; unpack it first")
    if start.startswith(_WIDE):
        raise LogError(f"{path}: is UTF-16; convert it to UTF-8 first")
    if _SUFFIXES.get(path.suffix.lower()) is Kind.PARQUET:
        raise LogError(f"{path}: is no Parquet file, whatever its name")
    return Kind.JSONL


def _job(folder: Path, item: Input, only_grades: bool, below: Path) -> Job:
    known = item.path.suffix.lower() in _SUFFIXES
    stem = below.stem if known else below.name
    suffix = item.path.suffix if known else item.kind.value
    name = f"{stem}.{'grades' if only_grades else 'graded'}{suffix}"
    return Job(folder / below.parent / name, item.kind, (item,))


def _check(job: Job, inputs: Sequence[Input], only_grades: bool) -> None:
    output = job.output
    if output.exists() and not output.is_file():
        raise LogError(f"{output}: is no regular file, so the output cannot be put in its place")
    for written in (output, rejects_path(output)):
        if any(written.exists() and written.samefile(item.path) for item in inputs):
            raise LogError(f"{written}: is an input; choose another name for the output with -o")
    if job.kind is Kind.PARQUET and not only_grades:
        for item in job.inputs:
            if item.kind is Kind.JSONL:
                raise LogError(
                    f"{item.path}: lines of JSON do not become Parquet rows; write .jsonl or --only-grades"
                )


def _sync_folder(folder: Path) -> None:
    """Makes a rename last; folders cannot be opened everywhere, and where not there is nothing to do."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
