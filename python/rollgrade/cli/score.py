"""``rollgrade score``: a log in, the same log with grades out, and a table of what was found."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.options import (
    Address,
    CompletionPath,
    Engine,
    FactsPath,
    ReferencePath,
    RubricFile,
    SourcePath,
)
from rollgrade.cli.terminal import REJECTED, console, errors_reported, notes, rubric_from, shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from rollgrade.logs.files import Job
    from rollgrade.logs.records import Reject
    from rollgrade.logs.summary import Summary
    from rollgrade.rubric import Rubric

__all__ = ["score"]

_REJECTS_SHOWN = 10
_OUTPUTS_SHOWN = 5


def score(
    logs: Annotated[
        list[str],
        typer.Argument(metavar="LOG", help="JSONL or Parquet files, folders, or quoted glob patterns."),
    ],
    *,
    out: Annotated[
        str | None,
        typer.Option(
            "--out", "-o", metavar="OUT",
            help="A file for all inputs, or a folder (it exists, or OUT ends in /) for a file each. "
            "Without it NAME.graded.jsonl (or .parquet) beside each input.",
        ),
    ] = None,
    rubric: RubricFile = None,
    completion: CompletionPath = None,
    source: SourcePath = None,
    facts: FactsPath = None,
    reference: ReferencePath = None,
    only_grades: Annotated[
        bool, typer.Option("--only-grades", help="Write place and grade of each record, not the record.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Stop after the first N records.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Threads to grade with; all cores without it.")
    ] = None,
    engine: Engine = "local",
    address: Address = None,
) -> None:  # fmt: skip
    """Grade rollout logs: every record gets its reward and the five rules' scores.

    Chat lines (messages), verl's dumps (input, output, gts) and TRL's completion
    logs (prompt, completion) are recognised; for others name the fields.

    Records keep their bytes and their order and get an object "rollgrade".
    What cannot be graded goes, with file, line and reason, to OUT.rejects.jsonl.
    Blank lines are passed over.

    Exit codes: 0 all graded, 1 some records rejected, 2 could not run.

    [bold]Examples[/bold]
    \b
      rollgrade score rollouts.jsonl
      rollgrade score rollouts.jsonl --rubric rubric.toml -o graded.jsonl
      rollgrade score completions/ -o graded/
      rollgrade score 'dump/*.jsonl' -o all.jsonl --limit 1000
      rollgrade score other.jsonl --completion 'choices[0].message.content'
      rollgrade score /shared/logs/ -o /shared/graded/ --engine ray --address auto
    """
    from rollgrade.engines import on_engine
    from rollgrade.logs.files import find_inputs, plan
    from rollgrade.logs.grading import Grader
    from rollgrade.logs.reader import field_paths
    from rollgrade.logs.rescore import Options, rescore

    with errors_reported("outputs that were not whole were not written"):
        rules = rubric_from(rubric)
        paths = field_paths(completion=completion, source=source, facts=facts, reference=reference)
        inputs, passed_over = find_inputs(logs)
        jobs = plan(inputs, out, only_grades=only_grades)
        if passed_over:
            notes().print(f"{passed_over} file(s) of an earlier run passed over", markup=False)
        with _watching(sum(item.size for item in inputs)) as watcher:
            if engine == "local":
                grader = Grader(rules, threads=threads or _cores())
                summary = rescore(jobs, grader, Options(paths, only_grades, limit), watcher)
            else:
                options = Options(paths, only_grades, limit)
                summary = on_engine(engine, jobs, rules, options, watcher=watcher, address=address)
    _show(console(), summary, rules)
    _show_outputs(console(), jobs)
    if summary.rejected:
        _show_rejects(notes(), watcher.rejects, summary, jobs)
        raise typer.Exit(REJECTED)


class _Watcher:
    """Shows how far a rescore is, and keeps the first rejects for the end."""

    def __init__(self, out: Console, progress: Progress | None, size: int) -> None:
        self.rejects: list[Reject] = []
        self._out = out
        self._progress = progress
        self._task = progress.add_task("", total=size, records=0) if progress else None
        self._records = 0
        self._told: set[str] = set()

    def form(self, file: Path, taken: str) -> None:
        if taken not in self._told:
            self._told.add(taken)
            self._out.print(shown(f"{file}: {taken}"), markup=False, soft_wrap=True)

    def progress(self, bytes_read: int, records: int) -> None:
        self._records += records
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=bytes_read, records=self._records)

    def reject(self, reject: Reject) -> None:
        if len(self.rejects) < _REJECTS_SHOWN:
            self.rejects.append(reject)


@contextlib.contextmanager
def _watching(size: int) -> Iterator[_Watcher]:
    out = notes()
    if not out.is_terminal:
        yield _Watcher(out, None, size)
        return
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: object) -> Text:
            elapsed = getattr(task, "elapsed", None) or 0.0
            records = getattr(task, "fields", {}).get("records", 0)
            return Text(f"{records / elapsed:,.0f}/s" if elapsed else "", style="dim")

    count = TextColumn("{task.fields[records]:,} rollouts")
    columns = (TextColumn("grading"), BarColumn(), TaskProgressColumn(), count, Rate(), TimeRemainingColumn())
    with Progress(*columns, console=out) as progress:
        yield _Watcher(progress.console, progress, size)


def _show(out: Console, summary: Summary, rubric: Rubric) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from rollgrade.grades import RULES

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("rule")
    table.add_column("passed", justify="right")
    table.add_column("mean", justify="right")
    table.add_column("")
    details = {
        "length": _tokens(summary, rubric.length.max_tokens),
        "coverage": f"measured against: {summary.basis}" if summary.basis else "",
        "pii": _pii(summary.pii) + _fails(summary.pii_basis),
    }
    for rule in RULES:
        n = summary.measured[rule]
        mean = f"{summary.scores[rule] / n:.3f}" if n else "-"
        table.add_row(rule, _share(summary.passed[rule], n), mean, details.get(rule, ""))
    out.print()
    out.print(Text.assemble(("rollouts     ", "dim"), (f"{summary.graded:,}", "bold"), _counts(summary)))
    mean_reward = "-" if summary.mean is None else f"{summary.mean:.3f}"
    out.print(Text.assemble(("mean reward  ", "dim"), (mean_reward, "bold"), (f"  {rubric.combine}", "dim")))
    out.print(table)
    _show_worst(out, summary)
    if summary.repeated_ids:
        notes().print(
            f"warning: {summary.repeated_ids:,} records repeat an earlier record's id; all were graded"
        )


def _show_worst(out: Console, summary: Summary) -> None:
    from rich import box
    from rich.table import Table

    worst = summary.worst()
    if not worst:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("worst", justify="right")
    table.add_column("where", overflow="fold")
    table.add_column("why", ratio=1)
    for item in worst:
        where = item.place if item.id is None else f"{item.place}\n{item.id}"
        table.add_row(f"{item.score:.3f}", shown(where, keep="\n"), shown(item.reason))
    out.print(table)
    file, _, row = worst[0].place.rpartition(":")
    out.print(f"look at one  rollgrade explain {shown(file)} --row {row}", markup=False, soft_wrap=True)


def _show_outputs(out: Console, jobs: Sequence[Job]) -> None:
    for job in jobs[:_OUTPUTS_SHOWN]:
        out.print(f"graded log   {shown(str(job.output))}", markup=False, soft_wrap=True)
    if len(jobs) > _OUTPUTS_SHOWN:
        out.print(f"             and {len(jobs) - _OUTPUTS_SHOWN} more", markup=False)


def _show_rejects(out: Console, rejects: Sequence[Reject], summary: Summary, jobs: Sequence[Job]) -> None:
    from rollgrade.logs.files import rejects_path

    out.print(f"\n{summary.rejected:,} of {summary.read:,} records rejected:", style="yellow", markup=False)
    for reject in rejects:
        out.print(shown(f"{reject.place}: {reject.reason}"), markup=False, soft_wrap=True)
    if summary.rejected > len(rejects):
        out.print(f"and {summary.rejected - len(rejects):,} more", markup=False)
    files = [path for job in jobs if (path := rejects_path(job.output)).exists()]
    for path in files[:_OUTPUTS_SHOWN]:
        out.print(f"rejects      {shown(str(path))}", markup=False, soft_wrap=True)


def _counts(summary: Summary) -> str:
    parts = []
    if summary.graded > summary.valid:
        parts.append(f"{summary.graded - summary.valid:,} not valid")
    if summary.unscored:
        parts.append(f"{summary.unscored:,} without a reward (they lack what a rule needs)")
    if summary.rejected:
        parts.append(f"{summary.rejected:,} more rejected")
    if summary.blank:
        parts.append(f"{summary.blank:,} blank lines")
    return f"  ({', '.join(parts)})" if parts else ""


def _tokens(summary: Summary, budget: int) -> str:
    if not summary.graded:
        return f"budget {budget} tokens"
    mean = summary.tokens / summary.graded
    over = _share(summary.over_budget, summary.graded)
    return f"{mean:.1f} tokens on average; {over} over the budget of {budget}"


def _pii(found: Counter[tuple[str, str]]) -> str:
    """Matches by kind, and how many of them leak from the source."""
    if not found:
        return "none found"
    kinds: Counter[str] = Counter()
    leaks: Counter[str] = Counter()
    for (kind, verdict), n in found.items():
        kinds[kind] += n
        leaks[kind] += n if verdict.startswith("leak") else 0
    return ", ".join(
        f"{kind} {n:,}" + (f" ({leaks[kind]:,} leaked)" if leaks[kind] else "")
        for kind, n in kinds.most_common()
    )


def _fails(bases: Counter[str]) -> str:
    """What makes the rule fail: leaks from the source, any PII, or for some records this and for some that."""
    if len(bases) == 2:
        return f"; leaks fail, and any PII in the {bases['any']:,} records without a source"
    return {"leaks": "; leaks fail", "any": "; any fails"}.get(next(iter(bases), ""), "")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
