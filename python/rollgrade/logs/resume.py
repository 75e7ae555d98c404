"""Where a rescore is, on disk: so that a run that was killed goes on where it was, and nothing half-written is seen.

Beside each output grows ``.NAME.partial``, and beside the first one stands ``.NAME.run``, a folder with the manifest:
what the run is of (inputs with their sizes and times, rubric, version, options), and a position up to which everything
is on disk. A manifest that is of something else is dropped. What lies behind the position is cut off and done again,
so the result is byte for byte that of a run that nobody disturbed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rollgrade import _core
from rollgrade.logs.errors import LogError, reading
from rollgrade.logs.files import Input, Job, rejects_path, sync_folder
from rollgrade.logs.jsonl import STDIN
from rollgrade.logs.summary import Summary

__all__ = ["Partial", "Position", "Snapshot", "State", "name_output"]


@dataclass(slots=True)
class Position:
    """Up to where a run is done: before line ``number`` (at byte ``offset``) of an input of a job."""

    job: int = 0
    input: int = 0
    offset: int = 0
    number: int = 1
    lines: int = 0
    """Lines and rows of all that was read before."""
    written: int = 0
    """Bytes of the job's partial output."""
    rejects: int | None = None
    """Bytes of its partial rejects; ``None`` where there are none yet."""
    sealed: bool = False
    """The job's output is whole, and only its name is missing."""
    basis: str | None = None
    """What coverage is measured against, once that is known."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A position, and what a run adds up to there."""

    position: dict[str, Any]
    summary: dict[str, Any]
    ids: _core.LogIds
    count: int
    """How many of ``ids`` there are."""

    @classmethod
    def of(cls, position: Position, summary: Summary) -> Snapshot:
        """What is true now."""
        return cls(asdict(position), summary.state(), summary.ids, len(summary.ids))


class Partial:
    """The files that one output and its rejects grow in. Raises ``LogError`` where they cannot be written."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self._rejects = rejects_path(output)
        self._files: dict[Path, BinaryIO] = {}

    def open(self, position: Position | None = None) -> BinaryIO:
        """The output's file: empty, or as it was at a position."""
        if position is not None and position.rejects is not None:
            self._open(self._rejects, position.rejects)
        return self._open(self.output, 0 if position is None else position.written)

    @property
    def rejects(self) -> BinaryIO:
        """The rejects' file, made when it is first asked for."""
        return self._files.get(self._rejects) or self._open(self._rejects, 0)

    def _open(self, path: Path, size: int) -> BinaryIO:
        partial = _partial(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
            _lock(path, file)
            file.truncate(size)
            file.seek(size)
        except OSError as error:
            raise reading(path, error) from None
        self._files[path] = file
        return file

    def sync(self) -> tuple[int, int | None]:
        """Brings everything to disk; the sizes of output and rejects."""
        for path, file in self._files.items():
            try:
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                raise reading(path, error) from None
        return self.tell()

    def tell(self) -> tuple[int, int | None]:
        """The sizes of output and rejects so far."""
        rejects = self._files.get(self._rejects)
        return self._files[self.output].tell(), None if rejects is None else rejects.tell()

    def close(self) -> None:
        """Closes the files; what cannot be written any more is not in them."""
        for file in self._files.values():
            with contextlib.suppress(OSError):
                file.close()

    def remove(self) -> None:
        """Removes what there is."""
        self.close()
        for path in self._files:
            with contextlib.suppress(OSError):
                _partial(path).unlink()


def name_output(output: Path, *, rejected: bool) -> None:
    """Gives an output that is whole, and its rejects, their names. May be done again after it was cut short."""
    rejects = rejects_path(output)
    try:
        if _partial(rejects).exists():
            _partial(rejects).replace(rejects)
        elif not rejected:
            rejects.unlink(missing_ok=True)
        if _partial(output).exists():
            _partial(output).replace(output)
        sync_folder(output.parent)
    except OSError as error:
        raise reading(output, error) from None


class State:
    """A run's manifest. ``resumed`` is where an earlier run of the same got to; ``anew`` says why there is no such
    place although there was a manifest."""

    def __init__(self, jobs: Sequence[Job], of: Mapping[str, Any]) -> None:
        first = jobs[0].output
        self._folder = first.with_name(f".{first.name}.run")
        self._manifest = self._folder / "manifest.json"
        self._jobs = jobs
        inputs = [_marks(item) for job in jobs for item in job.inputs]
        self._of: dict[str, Any] = {"inputs": _digest(inputs)} | dict(of)
        self._ids = 0
        self.repeatable = all(item.path != STDIN for job in jobs for item in job.inputs)
        """Whether the inputs can be read again."""
        self.written = False
        """Whether there is a manifest on disk."""
        self.resumed: tuple[Position, Summary] | None = None
        self.anew: str | None = None
        self._load()

    def _load(self) -> None:
        try:
            found = json.loads(self._manifest.read_bytes())
            if changed := [name for name in self._of if found["of"].get(name) != self._of[name]]:
                self.anew = (
                    f"other {', '.join(changed)} than in the run that was left unfinished: starts anew"
                )
            else:
                position = Position(**found["position"])
                ids = _core.LogIds((self._folder / "ids").read_bytes()[: 8 * found["ids"]])
                if len(ids) == found["ids"] and self._is_there(position):
                    self.resumed = position, Summary.of_state(found["summary"], ids)
                    self._ids, self.written = len(ids), True
                    return
                self.anew = "files of the run that was left unfinished are missing: starts anew"
        except (FileNotFoundError, NotADirectoryError):
            if not self._folder.exists():
                return
        except (OSError, ValueError, KeyError, TypeError):
            self.anew = "the manifest of the run that was left unfinished cannot be read: starts anew"
        self.remove()

    def _is_there(self, position: Position) -> bool:
        """Whether the partial files are as long as the position says."""
        if position.job >= len(self._jobs) or position.sealed:
            return position.job < len(self._jobs)
        output = self._jobs[position.job].output
        sizes = {output: position.written, rejects_path(output): position.rejects or 0}
        return all(
            not size or (_partial(path).exists() and _partial(path).stat().st_size >= size)
            for path, size in sizes.items()
        )

    def save(self, snapshot: Snapshot) -> None:
        """Writes the manifest; everything before its position has to be on disk. Raises ``LogError`` where it cannot
        be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._append(snapshot.ids.packed(self._ids, snapshot.count))
            found = {
                "of": self._of,
                "position": snapshot.position,
                "summary": snapshot.summary,
                "ids": snapshot.count,
            }
            _write(self._manifest, json.dumps(found).encode())
            self.written = True
        except OSError as error:
            raise reading(self._manifest, error) from None

    def _append(self, ids: bytes) -> None:
        """Adds ids behind those that the manifest knows of; what stands there of a run that was cut short goes."""
        if ids or not self._ids:
            path = self._folder / "ids"
            with path.open("r+b" if path.exists() else "wb") as file:
                file.truncate(8 * self._ids)
                file.seek(8 * self._ids)
                file.write(ids)
                file.flush()
                os.fsync(file.fileno())
            self._ids += len(ids) // 8

    def remove(self) -> None:
        """Removes the manifest: the run is done, or starts anew."""
        with contextlib.suppress(OSError):
            self._manifest.unlink()
        shutil.rmtree(self._folder, ignore_errors=True)
        self.written = False


def _lock(path: Path, file: BinaryIO) -> None:
    """Keeps others away for as long as the file is open, where the system can."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise LogError(f"{path}: another run is writing it at this moment") from None


def _write(path: Path, data: bytes) -> None:
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def _marks(item: Input) -> list[str | int]:
    """By what an input is known to be the same. Standard input never is."""
    if item.path == STDIN:
        return [os.urandom(16).hex()]
    return [str(item.path), item.size, item.path.stat().st_mtime_ns]


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
