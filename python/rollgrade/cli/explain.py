"""``rollgrade explain``: one rollout of a log, with the evidence of every rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.options import CompletionPath, FactsPath, ReferencePath, RubricFile, SourcePath
from rollgrade.cli.terminal import console, errors_reported, rubric_from

if TYPE_CHECKING:
    from rollgrade.logs.fieldpath import FieldPath
    from rollgrade.logs.files import Input
    from rollgrade.logs.records import Rollout

__all__ = ["explain"]


def explain(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A JSONL or Parquet file.")],
    *,
    row: Annotated[
        int,
        typer.Option(
            "--row", "-n", metavar="N", help="Which rollout: its line (JSONL) or row (Parquet), from 1."
        ),
    ] = 1,
    rubric: RubricFile = None,
    completion: CompletionPath = None,
    source: SourcePath = None,
    facts: FactsPath = None,
    reference: ReferencePath = None,
    show_pii: Annotated[
        bool, typer.Option("--show-pii", help="Show PII as it stands; masked without it.")
    ] = False,
) -> None:
    """Show one rollout with its evidence, and how its reward comes about.

    Rows count from 1, as `rollgrade score` names them (FILE:ROW): in a JSONL file
    N is the line's number.

    [bold]Examples[/bold]
    \b
      rollgrade explain rollouts.jsonl --row 17
      rollgrade explain completions_00001.parquet -n 3 --rubric rubric.toml
    """
    from rollgrade.cli.evidence import show
    from rollgrade.logs.files import find_inputs
    from rollgrade.logs.reader import field_paths

    with errors_reported():
        rules = rubric_from(rubric)
        paths = field_paths(completion=completion, source=source, facts=facts, reference=reference)
        (item, *more), _ = find_inputs([str(log)])
        if more:
            raise ValueError(f"{log}: more than one file; name one")
        rollout, taken = _find(item, row, paths)
        grade = rules.grade(
            rollout.completion,
            source=rollout.source,
            facts=rollout.facts,
            reference=rollout.reference,
            truncated=rollout.truncated,
        )
    show(console(), rollout, grade, rules, place=f"{item.path}:{row}", taken=taken, show_pii=show_pii)


def _find(item: Input, row: int, paths: dict[str, FieldPath]) -> tuple[Rollout, str]:
    """The rollout that stands at ``row``, and the form it was read in. Raises ``LogError`` where there is
    none."""
    from rollgrade.logs.errors import LogError, RecordError
    from rollgrade.logs.rescore import read_blocks

    place, last = f"{item.path}:{row}", 0
    if row < 1:
        raise LogError(f"{place}: rows count from 1")
    for block, reader in read_blocks(item, paths):
        for entry in block.entries:
            last = entry.number
            if last > row:
                raise LogError(f"{place}: is a blank line")
            if last < row:
                continue
            if entry.record is None or reader is None:
                raise LogError(f"{place}: was rejected: {entry.reason}")
            try:
                return reader.rollout(entry.record), reader.taken
            except RecordError as error:
                raise LogError(f"{place}: was rejected: {error}") from None
    raise LogError(f"{place}: no such row; the last is {last}")
