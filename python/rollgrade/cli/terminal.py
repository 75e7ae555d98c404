"""What the commands share: consoles, errors as one line and exit code 2, text made safe to show."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from rollgrade.display import shown

if TYPE_CHECKING:
    from rich.console import Console

    from rollgrade.rubric import Rubric

__all__ = [
    "INTERRUPTED",
    "REJECTED",
    "check_ending",
    "console",
    "could_not_run",
    "errors_reported",
    "notes",
    "outputs_guarded",
    "rubric_from",
    "share_of",
    "shown",
    "usable_cores",
]

REJECTED = 1
"""Exit code where some of the input was rejected and the rest graded."""

_COULD_NOT_RUN = 2
INTERRUPTED = 130
"""Exit code of Ctrl-C."""

_PIPE_CLOSED = 141
_WIDE = 160


def console() -> Console:
    """The console for results: standard output. Where that is no terminal, lines may be long."""
    return _console(stderr=False)


def notes() -> Console:
    """The console for progress, warnings and errors: standard error."""
    return _console(stderr=True)


def could_not_run(message: str) -> NoReturn:
    """Ends the command with a message and exit code 2."""
    _error(message)
    raise typer.Exit(_COULD_NOT_RUN)


def _error(message: str) -> None:
    from rich.text import Text

    notes().print(Text.assemble(("error: ", "bold red"), shown(message)), soft_wrap=True)


def _warn(message: Warning | str, *_args: object, **_options: object) -> None:
    from rich.text import Text

    notes().print(Text.assemble(("warning: ", "yellow"), shown(str(message))), soft_wrap=True)


@contextlib.contextmanager
def errors_reported(interrupted: str = "") -> Iterator[None]:
    """Turns what can be the caller's doing into a message and exit code 2, Ctrl-C into ``interrupted`` and 130,
    and warnings into a line each, said once."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("once", UserWarning)
            warnings.showwarning = _warn
            yield
    except (ValueError, OSError, ImportError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            could_not_run(f"{error.filename}: {error.strerror}")
        could_not_run(str(error))
    except KeyboardInterrupt:
        notes().print(f"interrupted{'; ' if interrupted else ''}{interrupted}", markup=False, soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None


class _OutputFailedError(Exception):
    """Standard output or standard error took no more. No ``OSError``, which would be reported as a file's, or be taken
    by rich and click, each for an exit code of its own."""


class _Output(io.RawIOBase):
    """The file under a standard stream: the first error of writing ends the command, and what comes behind it (rich and
    Python write once more as they end) is dropped."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file
        self.failed: OSError | None = None

    def write(self, data: Any) -> int | None:
        if self.failed is not None:
            return memoryview(data).nbytes
        try:
            return self._file.write(data)
        except OSError as error:
            self.failed = error
            raise _OutputFailedError from error

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()


@contextlib.contextmanager
def outputs_guarded() -> Iterator[None]:
    """Runs a command with standard output and standard error guarded: where whoever read one has enough it ends with a
    line that says so and 141, and where one can not be written, with a message and exit code 2. Characters that their
    encoding lacks are replaced."""
    before = sys.stdout, sys.stderr
    outputs: list[_Output] = []
    sys.stdout, sys.stderr = (_guarded(stream, outputs) for stream in before)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(_OutputFailedError):
                stream.flush()
        failed = [output.failed for output in outputs if output.failed is not None]
        if failed:
            with contextlib.suppress(_OutputFailedError):
                if isinstance(failed[0], BrokenPipeError):
                    notes().print("stopped: whoever read the output closed the pipe", markup=False)
                else:
                    _error(f"standard output: {failed[0].strerror}")
        sys.stdout, sys.stderr = before
        if failed:
            sys.exit(_PIPE_CLOSED if isinstance(failed[0], BrokenPipeError) else _COULD_NOT_RUN)


def _guarded(stream: Any, outputs: list[_Output]) -> Any:
    buffer = getattr(stream, "buffer", None)
    file = getattr(buffer, "raw", buffer)  # unbuffered, it is the file itself
    if not isinstance(file, io.RawIOBase):
        return stream  # none, or not one of a process
    stream.flush()
    outputs.append(output := _Output(file))
    return io.TextIOWrapper(
        io.BufferedWriter(output),
        encoding=stream.encoding,
        errors="replace" if stream.errors == "strict" else stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def rubric_from(given: str | Path | None) -> Rubric:
    """The rubric of a file, a recipe by its name, or the default one."""
    from rollgrade.recipes import as_rubric

    return as_rubric(given)


def check_ending(option: str, out: Path | None, *endings: str) -> None:
    """Raises ``ValueError`` for an output whose name says that it is something else. A device is taken as it is."""
    if out is not None and out.suffix not in endings and not out.is_char_device():
        raise ValueError(f"{option}: got {out}, expected a name that ends in {' or '.join(endings)}")


def usable_cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def share_of(part: int, whole: int) -> str:
    """How much of a whole a part is, as a table shows it."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, width=_WIDE)
    return made
