"""Where a rescore is, on disk: so that a run that was killed goes on where it was, and nothing half-written is seen.

Beside each output grows ``.NAME.partial``, and beside the first one stands ``.NAME.run``, a folder with the manifest:
what the run is of (inputs with their sizes and times, rubric, version, options), and a position up to which everything
is on disk. A run that begins to write drops a manifest that is of something else; one that is refused before that leaves
it. What lies behind the position is cut off and done again,
so the result is byte for byte that of a run that nobody disturbed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from rollgrade import _core
from rollgrade.logs.errors import LogError, reading
from rollgrade.logs.files import Input, Job, rejects_path, sync_folder
from rollgrade.logs.summary import Summary

__all__ = ["Partial", "Position", "Snapshot", "State", "name_output"]

_LOCKS = importlib.util.find_spec("fcntl") is not None
_TRIES = 20


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
    """The files that one output and its rejects grow in, empty or as they were at a position. They are opened when there
    is something to write, of which ``begin`` is told: until then a run may be refused and has changed nothing. Raises
    ``LogError`` where they cannot be written."""

    def __init__(
        self, output: Path, position: Position | None = None, begin: Callable[[], None] = lambda: None
    ) -> None:
        self.output = output
        self._rejects = rejects_path(output)
        self._at = Position() if position is None else replace(position)
        self._begin = begin
        self._files: dict[Path, BinaryIO] = {}

    def open(self) -> BinaryIO:
        """The output's file."""
        if file := self._files.get(self.output):
            return file
        file = self._open(self.output, self._at.written, self._begin)
        if self._at.rejects is not None:
            self._open(self._rejects, self._at.rejects)
        else:  # of a run that this one does not go on with
            with contextlib.suppress(OSError):
                _partial(self._rejects).unlink()
        return file

    @property
    def rejects(self) -> BinaryIO:
        """The rejects' file, made when it is first asked for."""
        self.open()
        return self._files.get(self._rejects) or self._open(self._rejects, 0)

    def _open(self, path: Path, size: int, locked: Callable[[], None] = lambda: None) -> BinaryIO:
        partial = _partial(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
            _lock(path, file)
            locked()
            file.truncate(size)
            file.seek(size)
        except OSError as error:
            raise reading(path, error) from None
        self._files[path] = file
        return file

    def sync(self) -> tuple[int, int | None]:
        """Brings everything to disk; the sizes of output and rejects."""
        self.open()
        for path, file in self._files.items():
            try:
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                raise reading(path, error) from None
        return self.tell()

    def tell(self) -> tuple[int, int | None]:
        """The sizes of output and rejects so far."""
        written, rejects = self.open().tell(), self._files.get(self._rejects)
        return written, None if rejects is None else rejects.tell()

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
    """A run's manifest, locked against other runs for as long as it is open. ``resumed`` is where an earlier run of the
    same got to; a manifest of something else stays until ``begin``. Raises ``LogError`` where another run has it."""

    def __init__(self, jobs: Sequence[Job], of: Mapping[str, Any]) -> None:
        self._output = jobs[0].output
        self._folder = self._output.with_name(f".{self._output.name}.run")
        self._manifest = self._folder / "manifest.json"
        self._known_ids = self._folder / "ids"
        self._jobs = jobs
        inputs = [_marks(item) for job in jobs for item in job.inputs]
        self._of: dict[str, Any] = {"inputs": _digest(inputs)} | dict(of)
        self._ids = 0
        self.repeatable = not any(item.once for job in jobs for item in job.inputs)
        """Whether the inputs can be read again."""
        self.written = False
        """Whether the manifest on disk is of this run."""
        self.resumed: tuple[Position, Summary] | None = None
        self._anew: str | None = None
        self._held: BinaryIO | None = None
        if self._output.parent.exists():  # else there is nothing yet that another run may have
            self._hold()
        self._load()

    def _hold(self) -> None:
        """Keeps others away, where the system can."""
        path = self._folder / "lock"
        tries = _TRIES if _LOCKS and self._held is None else 0
        for left in reversed(range(tries)):
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                file = path.open("ab")
                _lock(self._output, file)
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    self._held = file
                    return
                file.close()  # of a run that ended meanwhile, and took it away
            except OSError as error:
                if not (left and isinstance(error, FileNotFoundError)):
                    raise reading(self._output, error) from None

    def _load(self) -> None:
        try:
            found = json.loads(self._manifest.read_bytes())
            if changed := [name for name in self._of if found["of"].get(name) != self._of[name]]:
                self._anew = (
                    f"other {', '.join(changed)} than in the run that was left unfinished: starts anew"
                )
                return
            position = Position(**found["position"])
            packed = self._known_ids.read_bytes() if self._known_ids.exists() else b""
            ids = _core.LogIds(packed[: 8 * found["ids"]])
            if len(ids) == found["ids"] and self._is_there(position):
                self.resumed = position, Summary.of_state(found["summary"], ids)
                self._ids, self.written = len(ids), True
                return
            self._anew = "files of the run that was left unfinished are missing: starts anew"
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (OSError, ValueError, KeyError, TypeError):
            self._anew = "the manifest of the run that was left unfinished cannot be read: starts anew"

    def begin(self) -> str | None:
        """To be called before anything is written: what another run left goes. Why it is not gone on with, told once."""
        self._hold()
        if not self.written:
            for path in (self._manifest, self._known_ids):
                path.unlink(missing_ok=True)
        said, self._anew = self._anew, None
        return said

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
            self._append(snapshot)
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

    def _append(self, snapshot: Snapshot) -> None:
        """Adds ids behind those that the manifest knows of; what stands there of a run that was cut short goes. Where
        they are not all there any more, all are written."""
        path = self._known_ids
        if not path.exists() or path.stat().st_size < 8 * self._ids:
            self._ids = 0
        ids = snapshot.ids.packed(self._ids, snapshot.count)
        if ids or not self._ids:
            with path.open("r+b" if path.exists() else "wb") as file:
                file.truncate(8 * self._ids)
                file.seek(8 * self._ids)
                file.write(ids)
                file.flush()
                os.fsync(file.fileno())
            self._ids += len(ids) // 8

    def remove(self) -> None:
        """Removes the manifest: the run is done."""
        with contextlib.suppress(OSError):
            self._manifest.unlink()
        shutil.rmtree(self._folder, ignore_errors=True)
        self.written = False

    def close(self) -> None:
        """Lets others in; where there is no manifest, nothing is left."""
        if self._held is not None:
            if not self._manifest.exists():
                shutil.rmtree(self._folder, ignore_errors=True)
            self._held.close()
            self._held = None


def _lock(path: Path, file: BinaryIO) -> None:
    """Keeps others away for as long as the file is open, where the system can."""
    if not _LOCKS:
        return
    import fcntl

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
    """By what an input is known to be the same. Standard input and pipes never are."""
    if item.once:
        return [os.urandom(16).hex()]
    return [str(item.path), item.size, item.path.stat().st_mtime_ns]


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
