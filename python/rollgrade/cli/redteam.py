"""``rollgrade redteam``: what gets through a rubric, before a policy finds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.check import AsJson, Dataset, Limit, Log, number, percent, progress_bar
from rollgrade.cli.options import CompletionPath, FactsPath, ReferencePath, RubricFile, SourcePath
from rollgrade.cli.terminal import (
    REJECTED,
    check_ending,
    console,
    errors_reported,
    rubric_from,
    shown,
    usable_cores,
)

if TYPE_CHECKING:
    from rich.console import Console

    from rollgrade.audit.redteam import AttackResult, Redteam

__all__ = ["redteam"]

_EXAMPLES_SHOWN = 5
_FOUND_SHOWN = 5


def redteam(
    dataset: Dataset,
    *,
    rubric: RubricFile = None,
    log: Log = None,
    limit: Limit = None,
    search: Annotated[
        int, typer.Option("--search", min=0, metavar="N", help="Grades that the search takes a document; 0: none.")
    ] = 20_000,
    search_documents: Annotated[
        int, typer.Option("--search-documents", min=0, metavar="N", help="Documents that are searched.")
    ] = 5,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed finds the same.")] = 0,
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance", min=0, max=1, metavar="SHARE",
            help="An attack that reaches the honest answer in more documents is a hole.",
        ),
    ] = 0.02,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with examples too.")
    ] = None,
    show_pii: Annotated[
        bool, typer.Option("--show-pii", help="Show PII in examples as it stands; masked without it.")
    ] = False,
    as_json: AsJson = False,
    source: SourcePath = None,
    facts: FactsPath = None,
    reference: ReferencePath = None,
    completion: CompletionPath = None,
) -> None:  # fmt: skip
    """Attack a rubric on a data set, before a policy does.

    Some hundred fixed attacks (nothing, keywords, cut facts, lies, other forms,
    odd characters, PII, ...) are made of every document and graded beside the
    honest answer: its reference, or the log's best completion. Then a search
    edits texts at random and keeps what earns most.

    Exit codes: 0 no hole, 1 an attack reaches the honest answer in more documents
    than tolerated, or records could not be read, 2 could not run.

    [bold]Examples[/bold]
    \b
      rollgrade redteam documents.jsonl --rubric rubric.toml
      rollgrade redteam documents.jsonl --search 100000 --html redteam.html
      rollgrade redteam documents.jsonl --log rollouts.jsonl --search 0
      rollgrade redteam train.parquet --limit 200 --json
    """
    from rollgrade.audit import documents
    from rollgrade.audit.redteam import redteam_data

    with errors_reported():
        check_ending("--html", html, ".html")
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
        with progress_bar("attacking", "documents") as progress:
            found = redteam_data(
                data,
                rules,
                search_grades=search,
                search_documents=search_documents,
                seed=seed,
                tolerance=tolerance,
                show_pii=show_pii,
                threads=usable_cores(),
                progress=progress,
            )
        if html is not None:
            from rollgrade.logs.files import pending
            from rollgrade.pages.redteam import page

            with pending(html) as file:
                file.write(page(found).encode("utf-8", "backslashreplace"))
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        _show(console(), found)
        if html is not None:
            console().print(shown(f"page         {html}"), markup=False, soft_wrap=True)
    if found.holes or found.rejected:
        raise typer.Exit(REJECTED)


def _show(out: Console, found: Redteam) -> None:
    from rich.text import Text

    lacking = f"  ({found.documents - found.graded:,} without an honest answer that earns something)"
    out.print()
    out.print(
        Text.assemble(
            ("documents    ", "dim"),
            (f"{found.graded:,}", "bold"),
            lacking if found.graded < found.documents else "",
        )
    )
    out.print(
        Text.assemble(
            ("honest       ", "dim"),
            (number(found.honest, 3), "bold"),
            f" mean reward; coverage measured against: {found.basis}",
        )
    )
    if found.rejected:
        out.print(
            Text(f"{len(found.rejected):,} records rejected (rollgrade check lists them)", style="yellow")
        )
    _show_attacks(out, found)
    _show_holes(out, found)
    _show_found(out, found)


def _show_attacks(out: Console, found: Redteam) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("family", "attack"):
        table.add_column(name)
    for name in ("documents", "reward", "reaches honest", "the reference"):
        table.add_column(name, justify="right")
    table.add_column("")
    family = ""
    for attack in found.attacks:
        if family and attack.family != family:
            table.add_section()
        mark, style = _mark(attack, found.tolerance)
        table.add_row(
            attack.family if attack.family != family else "",
            attack.name,
            f"{attack.documents:,}" if attack.documents else "-",
            number(attack.reward, 3),
            percent(attack.reaches),
            percent(attack.reaches_reference),
            mark,
            style=style,
        )
        family = attack.family
    out.print(table)
    for attack in found.attacks:
        if attack.fair and attack.is_over(found.tolerance):
            out.print(f"fair    {attack.name}: {attack.fair}", style="dim", markup=False)
        if attack.unseen and attack.is_over(found.tolerance):
            out.print(f"unseen  {attack.name}: {attack.unseen}", style="dim", markup=False)


def _mark(attack: AttackResult, tolerance: float) -> tuple[str, str | None]:
    if attack.is_hole(tolerance):
        return "hole", "bold red"
    if attack.is_over(tolerance):
        return ("fair", None) if attack.fair else ("unseen", "yellow")
    return "", None


def _show_holes(out: Console, found: Redteam) -> None:
    from rich.text import Text

    if not found.holes:
        most = percent(found.tolerance)
        out.print(
            f"\nNo hole: no attack reaches the honest answer in more than {most} of the documents (and more than one).",
            style="green",
        )
        return
    for attack in found.holes[:_EXAMPLES_SHOWN]:
        example = attack.examples[0]
        out.print()
        out.print(Text.assemble(("hole  ", "bold red"), f"{attack.name}, {percent(attack.reaches)}"))
        out.print(shown(f"  {example.reward:.3f}  {example.text}"), markup=False, soft_wrap=True)
        out.print(
            shown(f"  {example.honest_reward:.3f}  {example.honest}"),
            markup=False,
            soft_wrap=True,
            style="dim",
        )


def _show_found(out: Console, found: Redteam) -> None:
    from rich.text import Text

    if not found.found:
        return
    rate = f"; {found.grades_per_second:,.0f} grades/s" if found.grades_per_second else ""
    out.print(
        f"\nsearch       {found.grades:,} grades{rate}; the least like an honest summary first", markup=False
    )
    for item in found.found[:_FOUND_SHOWN]:
        head = f"{item.reward:.3f} against {item.honest_reward:.3f}"
        out.print()
        out.print(
            Text.assemble(
                (head, "bold"),
                f"  from {item.start}; {item.unlike:.2f} unlike; gains most by {item.let_through}",
            )
        )
        out.print(shown(f"  {item.text}"), markup=False, soft_wrap=True)
    if len(found.found) > _FOUND_SHOWN:
        out.print(
            f"and {len(found.found) - _FOUND_SHOWN} more with --json or --html", style="dim", markup=False
        )
