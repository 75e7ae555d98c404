"""``rollgrade check``: whether a rubric can teach on a data set, before a run."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.detection import counted
from rollgrade.cli.options import CompletionPath, FactsPath, ReferencePath, RubricFile, SourcePath
from rollgrade.cli.terminal import (
    REJECTED,
    console,
    errors_reported,
    notes,
    rubric_from,
    shown,
    usable_cores,
)

if TYPE_CHECKING:
    from rich.console import Console

    from rollgrade.audit.check import Check

__all__ = ["AsJson", "Dataset", "Limit", "Log", "check", "progress_bar"]

Dataset = Annotated[
    list[str],
    typer.Argument(
        metavar="DATASET", help="Documents, or a rollout log: JSONL or Parquet files, folders, globs."
    ),
]
Log = Annotated[
    list[str] | None,
    typer.Option("--log", metavar="LOG", help="Completions of these documents; may be repeated."),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Look at the first N documents only.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]

_REJECTS_SHOWN = 10


def check(
    dataset: Dataset,
    *,
    rubric: RubricFile = None,
    log: Log = None,
    limit: Limit = None,
    as_json: AsJson = False,
    source: SourcePath = None,
    facts: FactsPath = None,
    reference: ReferencePath = None,
    completion: CompletionPath = None,
) -> None:
    """Say whether a rubric can teach on a data set, before a training run.

    Documents need facts or references; completions they need not. Each is graded
    with its reference, its facts, its lead, keywords and nothing: what can an
    honest answer reach, and what does a lazy one get? With a log (or where the
    data set is one), also what its rewards tell apart within groups. Ends with
    what to change.

    Exit codes: 0 fit to train on, 1 it has problems or records that could not be
    read, 2 could not run.

    [bold]Examples[/bold]
    \b
      rollgrade check documents.jsonl --rubric rubric.toml
      rollgrade check documents.jsonl --log rollouts.jsonl
      rollgrade check train.parquet --source article --reference highlights
      rollgrade check rollouts.jsonl --json
    """
    from rollgrade.audit import documents
    from rollgrade.audit.check import check_data

    with errors_reported():
        rules = rubric_from(rubric)
        data = documents.read(
            dataset,
            log=log or None,
            source=source,
            facts=facts,
            reference=reference,
            completion=completion,
            limit=limit,
        )
        with progress_bar("checking", "documents") as progress:
            found = check_data(data, rules, threads=usable_cores(), progress=progress)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        _show(console(), found)
    if not found.ok:
        raise typer.Exit(REJECTED)


@contextlib.contextmanager
def progress_bar(what: str, unit: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, told how many are done and of how many; None where that is no terminal."""
    out = notes()
    if not out.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, of: bar.update(task, completed=done, total=of)


def percent(share: float | None) -> str:
    """A share as a table shows it."""
    return "-" if share is None else f"{100 * share:.0f} %"


def number(value: float | None, digits: int = 2) -> str:
    """A number as a table shows it."""
    return "-" if value is None else f"{value:.{digits}f}"


def _show(out: Console, found: Check) -> None:
    from rich.text import Text

    out.print()
    lacking = f"  ({found.documents - found.graded:,} not graded)" if found.graded < found.documents else ""
    out.print(Text.assemble(("documents    ", "dim"), (f"{found.documents:,}", "bold"), lacking))
    out.print(Text.assemble(("coverage     ", "dim"), f"measured against: {found.basis}"))
    room = Text.assemble(
        ("headroom     ", "dim"), (number(found.headroom), "bold"), " by the best honest answer, "
    )
    out.print(room + Text.assemble((number(found.cheap), "bold"), " by the best lazy one"))
    if found.spread is not None:
        of = "completions" if found.groups else "candidates"
        low, high = found.spread
        out.print(
            Text.assemble(
                ("rewards      ", "dim"), f"{low:.2f} to {high:.2f} (5th to 95th percentile of the {of})"
            )
        )
    _show_candidates(out, found)
    _show_facts(out, found)
    _show_groups(out, found)
    _show_rejects(out, found)
    _show_advice(out, found)


def _show_candidates(out: Console, found: Check) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("answer")
    rules = list(found.reachable)
    for name in ("reward", "tokens", *rules[:-1], "all rules"):
        table.add_column(name, justify="right")
    for item in found.candidates:
        shares = [percent(item.passed[rule]) if item.documents else "-" for rule in rules]
        style = None if item.honest else "dim"
        table.add_row(item.name, number(item.reward, 3), number(item.tokens, 0), *shares, style=style)
    table.add_section()
    reach = [percent(found.reachable[rule]) for rule in rules]
    table.add_row("within honest reach", number(found.headroom, 3), "", *reach, style="bold")
    out.print(table)
    out.print("a rule's column: the documents in which the answer passes it", style="dim")


def _show_facts(out: Console, found: Check) -> None:
    facts = found.facts
    if not facts.facts:
        return
    kinds = ", ".join(f"{kind} {n:,}" for kind, n in facts.pii_kinds.items())
    rows = [
        ("with PII", facts.pii, kinds),
        ("number or name not in the source", facts.unsupported, ""),
        ("hardly in the source", facts.absent, ""),
        ("said twice", facts.duplicates, ""),
    ]
    out.print(f"\nfacts        {facts.facts:,}; {counted(facts.without, 'document')} without", markup=False)
    for name, finding, more in rows:
        if finding.facts:
            where = shown(", ".join(filter(None, (more, f"first: {finding.where[0]}"))))
            line = f"  {name:34}{finding.facts:>6,} in {counted(finding.documents, 'document')}  {where}"
            out.print(line, markup=False, soft_wrap=True)


def _show_groups(out: Console, found: Check) -> None:
    told = found.groups
    if told is None:
        return
    out.print(
        f"\ncompletions  {told.completions:,} in {counted(told.groups, 'group')}; mean reward {told.reward:.3f}; "
        f"{percent(told.over_budget)} over the budget, {percent(1 - told.valid)} not valid",
        markup=False,
    )
    if told.deviation is not None:
        out.print(
            f"  within a group the rewards deviate by {told.deviation:.3f} (standard deviation); "
            f"{percent(told.flat)} of the groups not at all",
            markup=False,
        )
        drives = sorted(told.drives.items(), key=lambda item: -item[1])
        shares = ", ".join(f"{rule} {percent(share)}" for rule, share in drives if share > 0)
        out.print(
            f"  what drives the differences (variance explained alone): {shares or 'nothing'}", markup=False
        )


def _show_rejects(out: Console, found: Check) -> None:
    if not found.rejected:
        return
    out.print(f"\n{len(found.rejected):,} records rejected:", style="yellow", markup=False)
    for place, reason in found.rejected[:_REJECTS_SHOWN]:
        out.print(shown(f"  {place}: {reason}"), markup=False, soft_wrap=True)
    if len(found.rejected) > _REJECTS_SHOWN:
        out.print(f"  and {len(found.rejected) - _REJECTS_SHOWN:,} more", markup=False)


def _show_advice(out: Console, found: Check) -> None:
    from rich.text import Text

    out.print()
    if not found.advice:
        out.print("Nothing to change.", style="green")
    for item in found.advice:
        mark = ("problem  ", "bold red") if item.problem else ("advice   ", "yellow")
        out.print(Text.assemble(mark, shown(item.text)), soft_wrap=True)
