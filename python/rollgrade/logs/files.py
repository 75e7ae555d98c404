"""Which files are read and written: inputs from files, folders and globs, and the output that each goes to.

An output appears under its name only when it is whole: it is written beside it under a temporary name, synced
and renamed. Until then what was there before stays.
"""

from __future__ import annotations

import contextlib
import glob
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from rollgrade import _core
from rollgrade.logs.errors import LogError, reading
from rollgrade.logs.jsonl import PACKED, STDIN, check_lines, is_lines, reads_once

__all__ = [
    "STDOUT",
    "Input",
    "Job",
    "Kind",
    "check_output",
    "file_itself",
    "find_inputs",
    "find_logs",
    "packing_by_name",
    "pending",
    "plan",
    "read_text",
    "rejects_path",
    "sync_folder",
    "writes_through",
]

STDOUT = Path("-")
"""Standard output."""


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
    packing: str = "plain"
    """``"plain"``, ``"gzip"`` or ``"zstd"``."""

    @property
    def once(self) -> bool:
        """Whether it can be read but once."""
        return reads_once(self.path)

    @property
    def size(self) -> int:
        """Bytes of the file; 0 for standard input and pipes."""
        return 0 if self.path == STDIN else self.path.stat().st_size


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
_PACKED_NAMES = {".gz": "gzip", ".zst": "zstd"}
_UNREADABLE = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x03\x04": "zip",
}
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_OURS = (".graded.", ".grades.", ".rejects.")


def find_inputs(given: Sequence[str]) -> tuple[list[Input], list[str]]:
    """The files of paths, folders (all ``.jsonl``, ``.ndjson``, also with ``.gz`` or ``.zst``, ``.parquet`` and
    ``.pq`` below them) and glob patterns, each once however it is spelled, folders sorted by name; and notes of what is
    not read: what was given again, and, where more than one file is found, an earlier run's output. Raises ``LogError`` for a path that leads nowhere or to
    something unreadable."""
    found: dict[Path, Path] = {}
    first: dict[Path, Path] = {}
    again: dict[Path, Path] = {}
    for text in given:
        for path, below in _expand(text):
            known = first.setdefault(file_itself(path), path)
            if known in found:
                again.setdefault(known, path)
            found.setdefault(known, below)
    paths = {path: below for path, below in found.items() if len(found) == 1 or not _is_ours(path)}
    if not paths:
        raise LogError(f"{', '.join(given)}: no .jsonl or .parquet file there but earlier outputs")
    inputs = [Input(path, below, *_kind(path)) for path, below in paths.items()]
    notes = []
    if twice := [(path, other) for path, other in again.items() if path in paths]:
        (path, other), *more = twice
        spelled = "" if path == other else f", also as {other}"
        so_too = f"; so are {len(more)} more" if more else ""
        notes.append(f"{path}: given more than once{spelled}; it is read once{so_too}")
    if len(found) > len(paths):
        notes.append(f"{len(found) - len(paths)} file(s) of an earlier run passed over")
    return inputs, notes


def find_logs(text: str) -> list[Input] | None:
    """The logs of a path or pattern; ``None`` for what is read as a text: standard input, JSON that is not a record a
    line, and what has another ending. Raises ``LogError`` as ``find_inputs`` does."""
    path = Path(text)
    suffix = _suffix(path)
    is_text = suffix not in _SUFFIXES or (suffix not in _IN_FOLDERS and path.is_file() and not is_lines(path))
    return None if path == STDIN or (is_text and not path.is_dir()) else find_inputs([text])[0]


def read_text(path: Path) -> bytes:
    """What a text file or standard input holds, unpacked. Raises ``LogError`` where it cannot be read."""
    if path == STDIN:
        _check_stdin()
    try:
        data = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
        if path == STDIN:
            check_lines(path, data)
        _check_packing(path, data)
        return _core.unpack_log(data)
    except OSError as error:
        raise reading(path, error) from None


def _check_stdin() -> None:
    """Raises ``LogError`` where the process was given no standard input."""
    if sys.stdin is None:  # as Python has it where the descriptor was closed
        raise LogError("-: standard input is closed; pipe a log into it, or name a file")


def file_itself(path: Path) -> Path:
    """The same for every spelling of a path, and for links."""
    return path if path == STDIN else path.resolve()


def packing_by_name(path: Path) -> str:
    """How a file of this name is to be packed."""
    return _PACKED_NAMES.get(path.suffix.lower(), "plain")


def plan(
    inputs: Sequence[Input], out: str | None, *, only_grades: bool = False, read: Iterable[Path] = ()
) -> list[Job]:
    """The outputs: beside each input as NAME.graded.jsonl (or .parquet; .grades with ``only_grades``) where
    ``out`` is ``None``; the same names below ``out`` where that is a folder or ends in a slash; else all in
    the one file ``out``, whose ending decides its kind; standard output where ``out`` is ``-`` or an input is
    standard input or a pipe. Raises ``LogError`` where outputs meet each other, an
    input or what else is ``read``, or an ending is not known."""
    if out == str(STDOUT) or (out is None and any(item.once for item in inputs)):
        return [Job(STDOUT, Kind.JSONL, tuple(inputs))]
    if out is None:
        jobs = [_job(item.path.parent, item, only_grades, Path(item.path.name)) for item in inputs]
    elif out.endswith(("/", os.sep)) or Path(out).is_dir():
        jobs = [_job(Path(out), item, only_grades, item.below) for item in inputs]
    else:
        jobs = [Job(Path(out), _kind_written(Path(out), inputs), tuple(inputs))]
    for job in jobs:
        _check(job, inputs, only_grades, tuple(read))
    outputs = [job.output for job in jobs]
    if twice := {path for path in outputs if outputs.count(path) > 1}:
        raise LogError(
            f"{min(twice)}: the output of more than one input; choose another -o, or run them apart"
        )
    return jobs


def rejects_path(output: Path) -> Path:
    """Where the records go that could not be graded: beside the output, with ``.rejects.jsonl`` added to its
    name; for standard output and devices ``rollgrade.rejects.jsonl`` in the current folder."""
    if writes_through(output):
        return Path("rollgrade.rejects.jsonl")
    return output.with_name(output.name + ".rejects.jsonl")


def writes_through(output: Path) -> bool:
    """Whether what is written is gone at once: standard output, and devices such as ``/dev/null``."""
    return output == STDOUT or output.is_char_device()


def check_output(output: Path, inputs: Sequence[Input], read: Iterable[Path] = ()) -> None:
    """Raises ``LogError`` where no file can be put under this name, or one of the inputs has it, or of the other files
    that are ``read``, which would be lost."""
    if not output.exists():
        return
    if not (output.is_file() or output.is_char_device()):
        raise LogError(f"{output}: is no regular file, so the output cannot be put in its place")
    if any(item.path != STDIN and output.samefile(item.path) for item in inputs):
        raise LogError(f"{output}: is an input; choose another name for the output with -o")
    if any(path.exists() and output.samefile(path) for path in read):
        raise LogError(
            f"{output}: is a file that this command reads; choose another name for the output with -o"
        )


@contextlib.contextmanager
def pending(path: Path) -> Iterator[BinaryIO]:
    """A file that gets the name ``path`` when the block ends well, and leaves nothing when it does not; a device is
    written as it is. Raises ``LogError`` where it cannot be written."""
    if path.is_char_device():
        try:
            with path.open("wb") as file:
                yield file
        except OSError as error:
            raise reading(path, error) from None
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise reading(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _expand(text: str) -> list[tuple[Path, Path]]:
    path = Path(text)
    if path == STDIN:
        _check_stdin()
        return [(STDIN, Path("stdin.jsonl"))]
    if path.is_dir():
        files = [f for f in sorted(path.rglob("*")) if _suffix(f) in _IN_FOLDERS and f.is_file()]
        files = [f for f in files if not any(part.startswith(".") for part in f.relative_to(path).parts)]
        if not files:
            raise LogError(f"{text}: no .jsonl or .parquet file in this folder")
        return [(file, file.relative_to(path)) for file in files]
    if path.exists():
        return [(path, Path(path.name))]
    # Path.glob takes no absolute pattern before Python 3.13
    pattern = glob.has_magic(text)
    matches = sorted(glob.glob(text, recursive=True)) if pattern else []  # noqa: PTH207
    if not matches:
        raise LogError(f"{text}: no file matches" if pattern else f"{text}: no such file or folder")
    return [(Path(match), Path(Path(match).name)) for match in matches if Path(match).is_file()]


def _is_ours(path: Path) -> bool:
    return any(mark in path.name for mark in _OURS)


def _bare(path: Path) -> Path:
    """A name without the ending that says how it is packed."""
    return path.with_suffix("") if path.suffix.lower() in _PACKED_NAMES else path


def _suffix(path: Path) -> str:
    """The ending that says what a file is made of."""
    return _bare(path).suffix.lower()


def _kind(path: Path) -> tuple[Kind, str]:
    """A file's kind and packing from how it begins and, where that says nothing, from its name."""
    by_name = _SUFFIXES.get(_suffix(path), Kind.JSONL)
    if not path.is_file():
        return by_name, "plain"
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise reading(path, error) from None
    if start.startswith(b"PAR1"):
        return Kind.PARQUET, "plain"
    for magic, packing in PACKED.items():
        if start.startswith(magic):
            return Kind.JSONL, packing
    _check_packing(path, start)
    if path.suffix.lower() == ".json" and start.lstrip().startswith(b"["):
        raise LogError(
            f"{path}: is one JSON array; expected a record a line, which `jq -c '.[]' {path}` makes of it"
        )
    if start.startswith(_WIDE):
        raise LogError(f"{path}: is UTF-16; convert it to UTF-8 first")
    if by_name is Kind.PARQUET:
        raise LogError(f"{path}: is no Parquet file, whatever its name")
    return Kind.JSONL, "plain"


def _check_packing(path: Path, start: bytes) -> None:
    for magic, name in _UNREADABLE.items():
        if start.startswith(magic):
            raise LogError(
                f"{path}: is compressed with {name}; unpack it first (gzip and zstd are read as they are)"
            )


def _job(folder: Path, item: Input, only_grades: bool, below: Path) -> Job:
    bare = _bare(below)
    known = bare.suffix.lower() in _SUFFIXES
    stem = bare.stem if known else below.name
    suffix = below.name[len(bare.stem) :] if known else item.kind.value
    name = f"{stem}.{'grades' if only_grades else 'graded'}{suffix}"
    return Job(folder / below.parent / name, item.kind, (item,))


def _kind_written(output: Path, inputs: Sequence[Input]) -> Kind:
    """What an output for all inputs is made of: what its ending says, or, without one, what they are."""
    if output.is_char_device():
        return Kind.JSONL
    suffix = _suffix(output)
    if suffix and suffix not in _SUFFIXES:
        raise LogError(
            f"{output}: {suffix} is not written; expected .jsonl, .jsonl.gz, .jsonl.zst or .parquet"
        )
    kind = _SUFFIXES.get(suffix, inputs[0].kind)
    if kind is Kind.PARQUET and packing_by_name(output) != "plain":
        raise LogError(f"{output}: Parquet is packed inside; expected .parquet")
    return kind


def _check(job: Job, inputs: Sequence[Input], only_grades: bool, read: Sequence[Path]) -> None:
    output = job.output
    for written in (output, rejects_path(output)):
        check_output(written, inputs, read)
    if job.kind is Kind.PARQUET and not only_grades and len({item.kind for item in job.inputs}) > 1:
        raise LogError(
            f"{output}: its inputs are JSONL and Parquet; write .jsonl, --only-grades, or run them apart"
        )


def sync_folder(folder: Path) -> None:
    """Makes a rename last; folders cannot be opened everywhere, and where not there is nothing to do."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
