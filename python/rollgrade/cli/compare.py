"""``rollgrade compare``: what two rubrics make of a log, or a rubric and the reward that stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.detection import counted
from rollgrade.cli.options import (
    CompletionPath,
    FactsPath,
    JoinDataset,
    JoinOn,
    ReferencePath,
    SourceFrom,
    SourcePath,
    SourceTemplate,
    files_read,
    reading_from,
)
from rollgrade.cli.terminal import (
    REJECTED,
    check_ending,
    console,
    errors_reported,
    notes,
    rubric_from,
    share_of,
    shown,
    usable_cores,
)

if TYPE_CHECKING:
    from rich.console import Console

    from rollgrade.analysis.comparing import Comparison

__all__ = ["compare"]

_SHOWN = 140


def compare(
    logs: Annotated[
        list[str],
        typer.Argument(metavar="LOG", help="JSONL or Parquet files, folders, or quoted glob patterns."),
    ],
    *,
    rubrics: Annotated[
        list[str],
        typer.Option(
            "--rubric",
            metavar="RUBRIC",
            help="Rubric file (TOML) or recipe: two, or one and the log's reward.",
        ),
    ],
    against: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Where the log's reward is; found by itself without it."),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="The field that names a prompt; else its id or its text."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write it whole: FILE ends in .json or .html."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    completion: CompletionPath = None,
    source: SourcePath = None,
    facts: FactsPath = None,
    reference: ReferencePath = None,
    join: JoinDataset = None,
    on: JoinOn = None,
    source_from: SourceFrom = None,
    template: SourceTemplate = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N records.")] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Threads to grade with; all cores without it.")
    ] = None,
) -> None:
    """Compare two rubrics on a log, or a rubric with the reward in the log.

    Shows rank correlation (Spearman, Kendall's tau-b) overall and within prompts,
    the share of preference pairs that flip, the change of each rule, and the
    twenty rollouts that moved most, with both reasons. PII is masked.

    Exit codes: 0 all compared, 1 some records rejected, 2 could not run.

    [bold]Examples[/bold]
    \b
      rollgrade compare rollouts.jsonl --rubric old.toml --rubric new.toml
      rollgrade compare dump/ --rubric new.toml --against score
      rollgrade compare rollouts.jsonl --rubric a.toml --rubric b.toml -o compare.html
      rollgrade compare rollouts.jsonl --rubric a.toml --rubric b.toml --json
    """
    import json

    from rollgrade.analysis.comparing import compared
    from rollgrade.analysis.reading import Fields, log_inputs
    from rollgrade.cli.detection import show_rejects, watching
    from rollgrade.logs.fieldpath import FieldPath
    from rollgrade.logs.files import check_output, pending

    with errors_reported():
        if len(rubrics) > 2:
            raise ValueError(f"--rubric: got {len(rubrics)}, expected two, or one and the reward in the log")
        check_ending("--out", out, ".json", ".html")
        if out is not None and out.suffix == ".html":
            from rollgrade.pages import require

            require()
        reading = reading_from(
            {"completion": completion, "source": source, "facts": facts, "reference": reference},
            join=join, on=on, source_from=source_from, template=template,
        )  # fmt: skip
        fields = Fields(
            reading.paths,
            join=reading.join,
            template=reading.template,
            group=None if group is None else FieldPath.parse(group),
            reward=None if against is None else FieldPath.parse(against),
        )
        named = [(given, rubric_from(given)) for given in rubrics]
        inputs = log_inputs(logs)
        if out is not None:
            check_output(out, inputs, files_read(*rubrics, join=join, template=template))
        with watching("comparing", sum(item.size for item in inputs)) as watcher:
            found = compared(
                inputs, named, fields, limit=limit, threads=threads or usable_cores(), watcher=watcher
            )
        text = json.dumps(found.to_dict(), indent=1) if as_json or (out and out.suffix == ".json") else ""
        if out is not None:
            page = text if out.suffix == ".json" else found.to_html()
            with pending(out) as file:
                file.write(page.encode("utf-8", "backslashreplace") + b"\n")
    if as_json:
        typer.echo(text)
    else:
        _show(console(), found)
    if out is not None:
        notes().print(f"written       {shown(str(out))}", markup=False, soft_wrap=True)
    if watcher.rejected:
        show_rejects(notes(), watcher, None)
        raise typer.Exit(REJECTED)


def _show(out: Console, found: Comparison) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    data = found.to_dict()
    within = data["within_prompts"]
    out.print()
    for letter, side in (("a", found.a), ("b", found.b)):
        about = (
            "the log's reward"
            if side.rubric is None
            else f"rubric {side.rubric[:12]}; coverage against {side.basis}"
        )
        lacking = f"; {side.missing:,} rollouts have none" if side.missing else ""
        mean = "-" if side.mean is None else f"{side.mean:.3f}"
        out.print(
            Text.assemble(
                (f"{letter}  ", "bold"), f"{shown(side.name)}  mean {mean}", (f"  {about}{lacking}", "dim")
            )
        )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "rollouts", "Spearman", "Kendall", "pairs", "flipped", "tied by b"):
        table.add_column(name, justify="right" if name else "left")
    overall = data["overall"]
    preferred = overall["same"] + overall["flipped"] + overall["tied_b"]
    table.add_row(
        "overall", f"{overall['n']:,}", _number(overall["spearman"]), _number(overall["kendall"]), f"{preferred:,}",
        share_of(overall["flipped"], preferred), share_of(overall["tied_b"], preferred),
    )  # fmt: skip
    table.add_row(
        "within prompts (mean)", f"{int(found.by_group.n.sum()):,}", _number(within["spearman_mean"]),
        _number(within["kendall_mean"]), f"{within['preferred']:,}",
        share_of(within["flipped"], within["preferred"]), share_of(within["tied_b"], within["preferred"]),
    )  # fmt: skip
    out.print(table)
    out.print(
        f"{counted(within['prompts'], 'prompt')}, {within['correlated']:,} with a correlation "
        f"({within['of_one_rollout']:,} have one rollout, {within['constant']:,} a constant reward); "
        "pairs are those of which a prefers one",
        style="dim",
    )
    _show_prompts(out, data["prompts"])
    _show_rules(out, found)
    _show_moved(out, found)


def _show_prompts(out: Console, prompts: list[dict[str, object]]) -> None:
    from rich import box
    from rich.table import Table

    known = [(float(str(p["kendall"])), p) for p in prompts if p["kendall"] is not None]
    least = [p for kendall, p in sorted(known, key=lambda pair: pair[0]) if kendall < 1][:5]
    if not least:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("prompts that agree least", overflow="fold")
    for name in ("rollouts", "Spearman", "Kendall", "flipped"):
        table.add_column(name, justify="right")
    for prompt in least:
        table.add_row(
            shown(str(prompt["prompt"])), f"{prompt['n']:,}", _number(prompt["spearman"]), _number(prompt["kendall"]),
            f"{prompt['flipped']:,}",
        )  # fmt: skip
    out.print(table)


def _show_rules(out: Console, found: Comparison) -> None:
    from rich import box
    from rich.table import Table

    two = found.a.rubric is not None
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("rule")
    names = ("mean a", "mean b", "passed a", "passed b", "gained", "lost") if two else (
        "mean b", "passed b", "Spearman with a")  # fmt: skip
    for name in names:
        table.add_column(name, justify="right")
    for rule in found.rules:
        passed = [("-" if v is None else f"{100 * v:.1f} %") for v in (rule.passed_a, rule.passed_b)]
        cells = (
            [_number(rule.mean_a), _number(rule.mean_b), *passed, _count(rule.gained), _count(rule.lost)]
            if two
            else [_number(rule.mean_b), passed[1], _number(rule.spearman)]
        )
        table.add_row(rule.rule, *cells)
    out.print(table)


def _show_moved(out: Console, found: Comparison) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not found.moved:
        out.print("no rollout moved")
        return
    two = found.a.rubric is not None
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("a", justify="right")
    table.add_column("b", justify="right")
    table.add_column("moved most" if two else "moved most, by rank", overflow="fold")
    table.add_column("why", ratio=1)
    for moved in found.moved:
        why = Text(_cut(moved.reason_b), "")
        if two:
            why = Text.assemble(("a  ", "dim"), _cut(moved.reason_a), "\n", ("b  ", "dim"), why)
        ranks = "" if two else f"\n{moved.place_a:.0%} to {moved.place_b:.0%}"
        place = moved.place if moved.id is None else f"{moved.place}\nid {moved.id}"
        table.add_row(f"{moved.a:.3f}", f"{moved.b:.3f}", shown(place + ranks, keep="\n"), why)
    out.print(table)


def _cut(text: str) -> str:
    text = shown(text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "-"
