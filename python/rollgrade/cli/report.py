"""``rollgrade report``: a graded log as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rollgrade.cli.options import (
    CompletionPath,
    FactsPath,
    JoinDataset,
    JoinOn,
    ReferencePath,
    RubricFile,
    SourceFrom,
    SourcePath,
    SourceTemplate,
    files_read,
    reading_from,
)
from rollgrade.cli.terminal import REJECTED, check_ending, console, errors_reported, notes, rubric_from, shown

__all__ = ["report"]


def report(
    logs: Annotated[
        list[str],
        typer.Argument(
            metavar="GRADED", help="Graded logs: JSONL or Parquet files, folders, or glob patterns."
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The page to write.")] = Path(
        "report.html"
    ),
    rubric: RubricFile = None,
    step: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="The field of the training step; else `step`, or the files' names."
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY", help="What grades stand under, where there are several; else they are found."
        ),
    ] = None,
    completion: CompletionPath = None,
    source: SourcePath = None,
    facts: FactsPath = None,
    reference: ReferencePath = None,
    join: JoinDataset = None,
    on: JoinOn = None,
    source_from: SourceFrom = None,
    template: SourceTemplate = None,
    show_pii: Annotated[
        bool, typer.Option("--show-pii", help="Show PII as it stands; masked without it.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N records.")] = None,
) -> None:
    """Write a graded log as one self-contained HTML page.

    Rewards and tokens, pass rates by rule and by step, PII by kind and verdict,
    coverage by fact, and a gallery of failures with their evidence highlighted,
    to be filtered by rule, step and text. The page loads nothing, and stays small
    whatever the size of the log. Give the rubric that the log was graded with.
    Grades are found under any key, flat or not; of --only-grades no completions are shown.

    Needs the extra: pip install 'rollgrade\\[report]'

    [bold]Examples[/bold]
    \b
      rollgrade score rollouts.jsonl -o graded.jsonl
      rollgrade report graded.jsonl -o report.html
      rollgrade report graded/ --rubric rubric.toml --step meta.global_step
    """
    from rollgrade.analysis.reading import Fields, graded_inputs
    from rollgrade.analysis.reporting import summed
    from rollgrade.cli.detection import show_rejects, watching
    from rollgrade.logs.fieldpath import FieldPath
    from rollgrade.logs.files import check_output, pending
    from rollgrade.pages import require

    with errors_reported("no page was written"):
        check_ending("--out", out, ".html")
        require()
        rules = rubric_from(rubric)
        reading = reading_from(
            {"completion": completion, "source": source, "facts": facts, "reference": reference},
            join=join, on=on, source_from=source_from, template=template,
        )  # fmt: skip
        fields = Fields(
            reading.paths,
            join=reading.join,
            template=reading.template,
            step=None if step is None else FieldPath.parse(step),
            key=key,
        )
        inputs = graded_inputs(logs)
        check_output(out, inputs, files_read(rubric, join=join, template=template))
        with watching("reading", sum(item.size for item in inputs)) as watcher:
            found = summed(inputs, rules, fields, limit=limit, show_pii=show_pii, watcher=watcher)
        with pending(out) as file:
            file.write(found.to_html(show_pii=show_pii).encode("utf-8", "backslashreplace") + b"\n")
    if found.alone:
        notes().print("note: the log holds grades alone, so the page shows no completions", markup=False)
    if not found.rubric_known and found.alone < found.all.rollouts:
        notes().print(
            "note: the log was graded with another rubric than this one; give it with --rubric to see all evidence",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    mean = "-" if found.all.mean is None else f"{found.all.mean:.3f}"
    console().print(f"rollouts     {found.all.rollouts:,}\nmean reward  {mean}", markup=False)
    console().print(f"report       {shown(str(out))}", markup=False, soft_wrap=True)
    if found.ungraded:
        notes().print(f"warning: {found.ungraded:,} records hold no grade and were passed over", markup=False)
    if watcher.rejected:
        show_rejects(notes(), watcher, None)
    if watcher.rejected or found.ungraded:
        raise typer.Exit(REJECTED)
