"""What ``rollgrade score`` was asked for: its options checked, and what it would do shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rollgrade.cli.terminal import shown

if TYPE_CHECKING:
    from rich.console import Console

    from rollgrade.logs.files import Input, Job
    from rollgrade.logs.grading import Grader
    from rollgrade.logs.native import Style
    from rollgrade.logs.options import Options
    from rollgrade.logs.records import Rollout
    from rollgrade.rubric import Rubric

__all__ = ["options_from", "show_plan"]

_FILES_SHOWN = 20


def options_from(
    reading: Options,
    inputs: Sequence[Input],
    *,
    where: Sequence[str],
    sample: float | None,
    limit: int | None,
    style: Style,
) -> Options:
    """The options of a rescore of logs that are read in a certain way. Raises ``ValueError`` that names the option."""
    from rollgrade.logs.selecting import Condition, Selection

    if not style.key:
        raise ValueError("--key: got nothing, expected the name that grades go under")
    conditions = tuple(map(Condition.parse, where))
    at_most = None if sample is None else _at_most(sample, inputs)
    return replace(reading, style=style, limit=limit, selection=Selection(conditions, at_most))


def _at_most(sample: float, inputs: Sequence[Input]) -> int | None:
    from rollgrade import _core
    from rollgrade.logs import parquet
    from rollgrade.logs.files import Kind
    from rollgrade.logs.selecting import Selection

    if not 0 < sample < math.inf:  # not NaN either
        raise ValueError(f"--sample: got {sample:g}, expected a number of records, or a share below 1")
    if sample < 1:
        return Selection.share(sample)
    if any(item.once for item in inputs):
        raise ValueError(
            "--sample: standard input and pipes have no known number of lines; give a share below 1"
        )
    lines = sum(
        parquet.count_rows(item.path)
        if item.kind is Kind.PARQUET
        else _core.count_log_lines(item.path, item.packing)
        for item in inputs
    )
    return Selection.share(sample / lines) if lines > sample else None


def show_plan(out: Console, jobs: Sequence[Job], options: Options, rubric: Rubric) -> None:
    """Shows what would be read, what of the first record of each file, and how many of the first ones can be."""
    from rich import box
    from rich.table import Table

    from rollgrade.logs.blocks import check_forms
    from rollgrade.logs.grading import Grader

    check_forms(jobs, options)
    grader = Grader(rubric)
    files = [(job, item) for job in jobs for item in job.inputs]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, justify in (("log", "left"), ("MB", "right"), ("first record", "left"), ("into", "left")):
        table.add_column(name, justify="right" if justify == "right" else "left", overflow="fold")
    told: dict[str, None] = {}
    for job, item in files[:_FILES_SHOWN]:
        taken, found = _first(item, options)
        told.setdefault(taken)
        told.update(dict.fromkeys(_looked_at(item, options, grader)))
        table.add_row(shown(str(item.path)), f"{item.size / 1e6:,.1f}", found, shown(str(job.output)))
    if grader.basis is not None:
        told.setdefault(grader.ungrounded or grader.chosen)
    for taken in told:
        out.print(shown(taken), markup=False, soft_wrap=True)
    out.print(table)
    more = f"; {len(files) - _FILES_SHOWN} more are not shown" if len(files) > _FILES_SHOWN else ""
    size = sum(item.size for _, item in files)
    out.print(f"{len(files)} file(s), {size / 1e6:,.1f} MB{more}. Nothing was written.", markup=False)


def _first(item: Input, options: Options) -> tuple[str, str]:
    """How a file would be read, and what its first record that passes has."""
    from rollgrade.logs.blocks import read_blocks
    from rollgrade.logs.errors import RecordError

    if item.once:
        raise ValueError("--dry-run: what standard input or a pipe holds is only known by reading it up")
    for block, reader in read_blocks(item, options.all_paths(), options=options):
        for entry in block.entries:
            if reader is None or entry.record is None or not options.selection.takes(entry.record):
                continue
            try:
                return reader.taken, _said(reader.rollout(entry.record))
            except RecordError as error:
                return reader.taken, f"{entry.number}: would be rejected: {error}"
    return "no record", "-"


def _looked_at(item: Input, options: Options, grader: Grader) -> list[str]:
    """How many of a file's first records can be read, and where their fields come from. They settle the basis."""
    from rollgrade.logs.blocks import first_entries
    from rollgrade.logs.errors import RecordError
    from rollgrade.logs.reader import SAMPLE

    records = [entry.record for entry in first_entries(item, options) if entry.record is not None]
    if not records:
        return []
    reader = options.reader(item.path, records[:SAMPLE])
    rollouts: list[Rollout] = []
    origins: dict[str, str] = {}
    reasons: list[str] = []
    taken = [record for record in records if options.selection.takes(record)]
    for record in taken:
        try:
            rollouts += reader.rollouts(record)
            origins = origins or reader.origins(record)
        except RecordError as error:
            reasons.append(str(error))
    grader.decide(rollouts)
    what = (
        "can be read" if options.join is None else f"can be read and have a partner in {options.join.dataset}"
    )
    share = f"{len(taken) - len(reasons):,} of the first {len(taken):,} records {what}"
    others = f"; the first other: {reasons[0]}" if reasons else ""
    fields = ", ".join(f"{name} from {place}" for name, place in origins.items())
    return [f"{item.path}: {share}{others}", *([f"{item.path}: {fields}"] if fields else [])]


def _said(rollout: Rollout) -> str:
    """What a rollout has, by size: nothing of its content."""
    parts = [f"completion {len(rollout.completion):,} chars"]
    for name, text in (("source", rollout.source), ("reference", rollout.reference)):
        parts.append(f"{name} {len(text):,} chars" if text else f"no {name}")
    parts.append(f"{len(rollout.facts)} facts" if rollout.facts else "no facts")
    if rollout.truncated is not None:
        parts.append("cut off" if rollout.truncated else "not cut off")
    return ", ".join(parts)
