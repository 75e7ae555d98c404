"""What the commands that look for PII share: their options, which rubric and options make the settings, progress."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rollgrade.cli.terminal import notes, rubric_from, shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from rollgrade.logs.records import Reject

__all__ = [
    "AllStrings", "AllowValues", "ChecksumUse", "ExcludeKinds", "Fields", "OnlyKinds", "PiiRubric", "Tier", "Watching",
    "counted", "detection", "show_kinds", "show_rejects", "watching",
]  # fmt: skip

REJECTS_SHOWN = 10
_PANEL = "What counts as PII"
_FIELDS = "Where to look, in a log"

PiiRubric = Annotated[
    Path | None,
    typer.Option(
        "--rubric",
        metavar="FILE",
        rich_help_panel=_PANEL,
        help="Rubric file (TOML), of which the section \\[pii] counts; the options below go before it.",
    ),
]
Tier = Annotated[
    str | None,
    typer.Option(
        metavar="TIER", rich_help_panel=_PANEL, help="default, or strict: more kinds, weaker evidence."
    ),
]
OnlyKinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kinds", metavar="KIND", rich_help_panel=_PANEL, help="Only these kinds; repeat it, or use commas."
    ),
]
ExcludeKinds = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", metavar="KIND", rich_help_panel=_PANEL, help="Not these kinds; repeat it, or use commas."
    ),
]
AllowValues = Annotated[
    list[str] | None,
    typer.Option(
        "--allow", metavar="VALUE", rich_help_panel=_PANEL,
        help="A value that is no PII (* for any run), or a domain whose addresses are not; may be repeated.",
    ),
]  # fmt: skip
ChecksumUse = Annotated[
    str | None,
    typer.Option(
        "--checksum", metavar="USE", rich_help_panel=_PANEL,
        help="accept, or require: every shape counts, and a checksum must pass where the kind has one.",
    ),
]  # fmt: skip
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field", metavar="PATH", rich_help_panel=_FIELDS,
        help="This field, and every string in it, instead of the completion; may be repeated.",
    ),
]  # fmt: skip
AllStrings = Annotated[
    bool, typer.Option("--all-strings", rich_help_panel=_FIELDS, help="Every string of each record.")
]


def detection(
    rubric: Path | None,
    *,
    tier: str | None = None,
    checksum: str | None = None,
    kinds: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    allow: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The arguments of ``find_pii`` from a rubric's section [pii] and the options: ``--allow`` and ``--exclude``
    add to it, the others go before it. Raises ``ValueError`` where one is not understood."""
    given: dict[str, Any] = {}
    base = rubric_from(rubric).pii
    if tier is not None:
        given["tier"] = tier
    if checksum is not None:
        given["checksum"] = checksum
    if kinds:
        given["kinds"] = _split(kinds)
    if exclude:
        given["exclude"] = [*base.exclude, *_split(exclude)]
    if allow:
        given["allow"] = [*base.allow, *allow]
    if given:
        base = rubric_from(rubric).replace(pii=given).pii
    return {
        "tier": base.tier,
        "checksum": base.checksum,
        "kinds": base.kinds or None,
        "exclude": base.exclude,
        "allow": base.allow,
        "patterns": base.patterns,
    }


def _split(names: Sequence[str]) -> list[str]:
    """Names that may stand behind one option with commas between them, as settings write them."""
    return [name.strip().upper() for given in names for name in given.split(",") if name.strip()]


class Watching:
    """Shows how far the reading of logs is, and keeps the first rejects for the end."""

    def __init__(self, progress: Progress | None, size: int | None) -> None:
        self.rejects: list[Reject] = []
        self.rejected = 0
        self.records = 0
        self._progress = progress
        self._task = progress.add_task("", total=size, records=0) if progress else None
        self._out = progress.console if progress else notes()

    def form(self, file: Path, taken: str) -> None:
        self._out.print(shown(f"{file}: {taken}"), markup=False, soft_wrap=True)

    def progress(self, bytes_read: int, records: int) -> None:
        self.records += records
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=bytes_read, records=self.records)

    def reject(self, reject: Reject) -> None:
        self.rejected += 1
        if len(self.rejects) < REJECTS_SHOWN:
            self.rejects.append(reject)


@contextlib.contextmanager
def watching(verb: str, size: int | None) -> Iterator[Watching]:
    """A progress bar on standard error, where that is a terminal; ``size`` is in bytes, None where not known."""
    out = notes()
    if not out.is_terminal:
        yield Watching(None, size)
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    count = TextColumn("{task.fields[records]:,} records")
    columns = (TextColumn(verb), BarColumn(), TaskProgressColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        yield Watching(progress, size)


def show_kinds(out: Console, matches: Mapping[str, int], records: Mapping[str, int], of: str) -> None:
    """A table of the kinds that were found: their matches, and the records (or texts) that hold one."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("kind")
    table.add_column("matches", justify="right")
    table.add_column(of, justify="right")
    for kind, n in Counter(matches).most_common():
        table.add_row(kind, f"{n:,}", f"{records[kind]:,}")
    out.print(table)


def show_rejects(out: Console, watcher: Watching, kept: Path | None) -> None:
    """The first records that were rejected, and the file that holds them all."""
    total = watcher.records
    out.print(f"{watcher.rejected:,} of {counted(total, 'record')} rejected:", style="yellow", markup=False)
    for reject in watcher.rejects:
        out.print(shown(f"{reject.place}: {reject.reason}"), markup=False, soft_wrap=True)
    if watcher.rejected > len(watcher.rejects):
        out.print(f"and {watcher.rejected - len(watcher.rejects):,} more", markup=False)
    if kept is not None:
        out.print(
            f"rejects       {shown(str(kept))} (as they stood, PII and all)", markup=False, soft_wrap=True
        )


def counted(n: int, what: str) -> str:
    """A number of things: ``1 match``, ``2,000 matches``."""
    ending = "" if n == 1 else "es" if what.endswith("ch") else "s"
    return f"{n:,} {what}{ending}"
