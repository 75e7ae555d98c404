"""The command line: a file each for ``rollgrade score``, ``compare``, ``report``, ``explain``, ``check``, ``redteam``,
``count``, ``pii``, ``redact``, ``serve`` and ``doctor``.

Exit codes: 0 all done, 1 some input was rejected and the rest done, 2 could not run, 130 interrupted, 141 whoever read the
output had enough. What a command needs is
imported when it runs, so that help is quick.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from rollgrade.cli import (
    check,
    compare,
    count,
    doctor,
    explain,
    pii,
    redact,
    redteam,
    report,
    score,
    serve,
)
from rollgrade.cli.terminal import INTERRUPTED, outputs_guarded

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """Ends quietly where Ctrl-C comes before or behind a command's own work."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    cls=_Commands,
    name="rollgrade",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(score.score)
app.command()(compare.compare)
app.command()(report.report)
app.command()(explain.explain)
app.command()(check.check)
app.command()(redteam.redteam)
app.command()(count.count)
app.command()(pii.pii)
app.command()(redact.redact)
app.command()(serve.serve)
app.command()(doctor.doctor)


def main() -> None:
    """Runs the command line."""
    _hold_descriptors()
    # Arrow's own allocator keeps what was freed, which is tens of megabytes of a log's pages.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    with outputs_guarded():
        app()


def _hold_descriptors() -> None:
    """Gives a standard stream that the process was started without to the null device: a file that is opened would get its
    number, and what is meant for the stream be written into it."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            held = os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, and keeps it
            if name != "stdin":  # who reads it says that it is closed
                setattr(sys, name, open(held, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def _version(wanted: bool) -> None:
    if wanted:
        from rollgrade import __version__

        typer.echo(f"rollgrade {__version__}")
        raise typer.Exit


@app.callback()
def _rollgrade(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Grades language-model rollouts of a summarisation task.

    Five rules: token budget, coverage of the facts, no PII, fluency, form.

    [bold]Examples[/bold]
    \b
      rollgrade score rollouts.jsonl             grade a log
      rollgrade compare log.jsonl --rubric a.toml --rubric b.toml
      rollgrade report graded.jsonl              the graded log as a page
      rollgrade explain rollouts.jsonl --row 17  one rollout and its evidence
      rollgrade check documents.jsonl            can the rubric teach on this data?
      rollgrade redteam documents.jsonl          what gets through the rubric?
      rollgrade count summary.txt                tokens as GPT-2 counts them
      rollgrade pii --list                       the kinds of PII; or name files to search
      rollgrade redact log.jsonl -o clean.jsonl  the same log without PII
      rollgrade serve --port 8000                grade over HTTP
    """
