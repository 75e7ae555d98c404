"""What the commands share: consoles, errors as one line and exit code 2, text made safe to show."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from rollgrade.display import shown

if TYPE_CHECKING:
    from rich.console import Console

    from rollgrade.rubric import Rubric

__all__ = [
    "REJECTED",
    "console",
    "could_not_run",
    "errors_reported",
    "notes",
    "rubric_from",
    "share_of",
    "shown",
    "usable_cores",
]

REJECTED = 1
"""Exit code where some of the input was rejected and the rest graded."""

_COULD_NOT_RUN = 2
_INTERRUPTED = 130
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
    from rich.text import Text

    notes().print(Text.assemble(("error: ", "bold red"), shown(message)), soft_wrap=True)
    raise typer.Exit(_COULD_NOT_RUN)


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
    except BrokenPipeError:  # whoever read the output has enough
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed at the end
        raise typer.Exit(_PIPE_CLOSED) from None
    except (ValueError, OSError, ImportError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            could_not_run(f"{error.filename}: {error.strerror}")
        could_not_run(str(error))
    except KeyboardInterrupt:
        notes().print(f"interrupted{'; ' if interrupted else ''}{interrupted}", markup=False, soft_wrap=True)
        raise typer.Exit(_INTERRUPTED) from None


def rubric_from(given: str | Path | None) -> Rubric:
    """The rubric of a file, a recipe by its name, or the default one."""
    from rollgrade.recipes import as_rubric

    return as_rubric(given)


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
