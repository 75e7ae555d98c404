"""``rollgrade score``: a log in, the same log with grades out, and a table of what was found."""

from __future__ import annotations

import contextlib
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.detection import counted
from rollgrade.cli.options import (
    Address,
    CompletionPath,
    Engine,
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
from rollgrade.cli.score_options import options_from, show_plan
from rollgrade.cli.terminal import (
    REJECTED,
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
    from rich.progress import Progress

    from rollgrade.logs.files import Job
    from rollgrade.logs.records import Reject
    from rollgrade.logs.summary import Summary
    from rollgrade.rubric import Rubric

__all__ = ["score"]

_LOOK = "For a look first"

_REJECTS_SHOWN = 10
_OUTPUTS_SHOWN = 5


def score(
    logs: Annotated[
        list[str],
        typer.Argument(
            metavar="LOG", help="JSONL (also .gz, .zst) or Parquet files, folders, quoted glob patterns; - is stdin."
        ),
    ],
    *,
    out: Annotated[
        str | None,
        typer.Option(
            "--out", "-o", metavar="OUT",
            help="A file for all inputs (its ending says what it is: .jsonl, .jsonl.gz, .jsonl.zst, .parquet), or a "
            "folder (it exists, or OUT ends in /) for a file each; - is stdout. Without it NAME.graded.jsonl (or "
            ".parquet) beside each input.",
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
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", help="The key (JSONL) or column (Parquet) that grades go under.")
    ] = "rollgrade",
    flat: Annotated[
        bool, typer.Option("--flat", help="A field each: KEY.score, KEY.valid, ... instead of one object.")
    ] = False,
    join: JoinDataset = None,
    on: JoinOn = None,
    source_from: SourceFrom = None,
    template: SourceTemplate = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="CONDITION", rich_help_panel=_LOOK,
            help="Only records that pass: 'step >= 100', 'split = \"test\"', 'done = true' (or True). Several: all of them.",
        ),
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option("--sample", metavar="N", rich_help_panel=_LOOK, help="About N records, or below 1 their share; always the same."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", rich_help_panel=_LOOK, help="Stop after the first N records."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", rich_help_panel=_LOOK, help="Say what would be read, and which fields; write nothing."),
    ] = False,
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Threads to grade with; all cores without it.")
    ] = None,
    engine: Engine = "local",
    address: Address = None,
) -> None:  # fmt: skip
    """Grade rollout logs: every record gets its reward and the five rules' scores.

    The logs of TRL, verl, SkyRL, eval-protocol and ART, chat lines (messages) and
    OpenAI's batches are recognised; for others name the fields.

    Records keep their bytes and their order and get an object "rollgrade".
    What cannot be graded goes, with file, line and reason, to OUT.rejects.jsonl.
    Blank lines are passed over. An output appears when it is whole; a run that
    was cut short goes on where it was when the same command is given again.

    Exit codes: 0 all graded, 1 some records rejected, 2 could not run,
    130 Ctrl-C, 141 whoever read standard output closed the pipe.

    [bold]Examples[/bold]
    \b
      rollgrade score rollouts.jsonl
      rollgrade score rollouts.jsonl.zst --rubric rubric.toml -o graded.jsonl.zst
      rollgrade score completions/ -o graded/
      rollgrade score 'dump/*.jsonl' -o look.jsonl --sample 1000 --where 'step > 50'
      rollgrade score batch.jsonl --join prompts.parquet --on custom_id=id
      rollgrade score other.jsonl --completion 'choices[0].message.content' --dry-run
      zcat log.jsonl.gz | rollgrade score - --only-grades > grades.jsonl
      rollgrade score /shared/logs/ -o /shared/graded/ --engine ray --address auto
    """
    from rollgrade.engines import on_engine
    from rollgrade.logs.files import STDOUT, find_inputs, plan
    from rollgrade.logs.grading import Grader
    from rollgrade.logs.native import Style
    from rollgrade.logs.rescore import rescore

    with errors_reported():
        if address is not None and engine == "local":
            raise ValueError(
                f"--address: got {address!r} without --engine ray, which it is for; add that, or leave it out"
            )
        rules = rubric_from(rubric)
        given = {"completion": completion, "source": source, "facts": facts, "reference": reference}
        inputs, unread = find_inputs(logs)
        options = options_from(
            reading_from(given, join=join, on=on, source_from=source_from, template=template),
            inputs, where=where or (), sample=sample, limit=limit, style=Style(key, flat, only_grades),
        )  # fmt: skip
        beside = files_read(rubric, join=join, template=template)
        jobs = plan(inputs, out, only_grades=only_grades, read=beside)
        for note in unread:
            notes().print(shown(note), markup=False, soft_wrap=True)
        if dry_run:
            show_plan(console(), jobs, options, rules)
            return
        with _watching(sum(item.size for item in inputs)) as watcher:
            if engine == "local":
                grader = Grader(rules, threads=threads or usable_cores())
                summary = rescore(jobs, grader, options, watcher)
            else:
                summary = on_engine(engine, jobs, rules, options, watcher=watcher, address=address)
    to_stdout = jobs[0].output == STDOUT
    results = notes() if to_stdout else console()
    # Elsewhere than in one log as a whole, other records would settle what coverage is measured against.
    elsewhere = len(inputs) > 1 or bool(where) or sample is not None
    settled = summary.basis if elsewhere and rules.coverage.basis == "auto" else None
    decides = {
        "rubric": rubric, **given, "join": join, "on": on, "source-from": source_from, "template": template, "basis": settled
    }  # fmt: skip
    _show(results, summary, rules, decides)
    if not to_stdout:
        _show_outputs(results, jobs)
    if not (summary.read or summary.passed_over):
        notes().print(
            shown(f"warning: no record in {', '.join(logs)}: nothing was graded"),
            markup=False,
            soft_wrap=True,
        )
    if summary.passed_over and not summary.read:
        asked = " and ".join(name for name, given in (("--where", where), ("--sample", sample)) if given)
        notes().print(f"warning: no record meets {asked}: {summary.passed_over:,} passed over", markup=False)
    _warn_of_unused(summary, rules)
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

    def note(self, text: str) -> None:
        self._out.print(shown(text), markup=False, soft_wrap=True)

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


def _show(out: Console, summary: Summary, rubric: Rubric, decides: Mapping[str, object]) -> None:
    """Shows what was found; ``decides`` are the options that decide a reward."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from rollgrade import __version__

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
    for rule in rubric.rule_names:
        n = summary.measured[rule]
        mean = f"{summary.scores[rule] / n:.3f}" if n else "-"
        table.add_row(rule, share_of(summary.passed[rule], n), mean, details.get(rule, ""))
    out.print()
    out.print(Text.assemble(("rollouts     ", "dim"), (f"{summary.graded:,}", "bold"), _counts(summary)))
    mean_reward = "-" if summary.mean is None else f"{summary.mean:.3f}"
    out.print(Text.assemble(("mean reward  ", "dim"), (mean_reward, "bold"), (f"  {rubric.combine}", "dim")))
    out.print(f"rubric       {rubric.hash[:12]}, rollgrade {__version__}", style="dim", markup=False)
    out.print(table)
    _show_worst(out, summary, rubric, decides)
    if n := summary.repeated_ids:
        notes().print(
            f"warning: {counted(n, 'record')} {'repeats' if n == 1 else 'repeat'} an earlier record's id; all were graded"
        )


def _show_worst(out: Console, summary: Summary, rubric: Rubric, decides: Mapping[str, object]) -> None:
    from rich import box
    from rich.table import Table

    from rollgrade.evidence import pii_masked

    worst = summary.worst()
    if not worst:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("worst", justify="right")
    table.add_column("where", overflow="fold")
    table.add_column("why", ratio=1)
    for item in worst:
        where = item.place if item.id is None else f"{item.place}\nid {pii_masked(item.id, rubric)}"
        table.add_row(f"{item.score:.3f}", shown(where, keep="\n"), shown(pii_masked(item.reason, rubric)))
    out.print(table)
    file, _, row = worst[0].place.rpartition(":")
    if file != "-":  # standard input is gone
        options = ["--row", row]
        for option, value in decides.items():
            options += [] if value is None else [f"--{option}", str(value)]
        # A name that begins with a dash is one of an option unless it stands behind all of them.
        command = ["rollgrade", "explain"]
        command += [*options, "--", file] if file.startswith("-") else [file, *options]
        # A line break of a template is one between quotes as well.
        look = shown(shlex.join(command), keep="\n")
        out.print(f"look at one  {look}", markup=False, soft_wrap=True)


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
    if summary.more:
        whole = summary.graded - summary.more
        parts.append(f"in {whole:,} record{'s' if whole != 1 else ''}")
    if summary.rejected:
        unit = (" record" if summary.rejected == 1 else " records") if summary.more else ""
        parts.append(f"{summary.rejected:,} more{unit} rejected")
    if summary.blank:
        parts.append(f"{summary.blank:,} blank line{'s' if summary.blank != 1 else ''}")
    if summary.passed_over:
        parts.append(f"{summary.passed_over:,} passed over")
    return f"  ({', '.join(parts)})" if parts else ""


def _warn_of_unused(summary: Summary, rubric: Rubric) -> None:
    """Warns where rollouts hold something that goes before what coverage was measured against."""
    from rollgrade.logs.records import a_basis
    from rollgrade.settings import BASES

    if rubric.coverage.basis != "auto" or not summary.unused:
        return
    best = next(basis for basis in BASES if summary.unused[basis])
    notes().print(
        f"warning: {summary.unused[best]:,} of {summary.graded:,} rollouts hold {a_basis(best)}, not used: coverage is measured "
        f"against {summary.basis}, as the first ones hold no {best}, and one basis goes for the whole run; "
        f'coverage.basis = "{best}" in the rubric, with missing = "fallback" where others lack it, takes it',
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _tokens(summary: Summary, budget: int) -> str:
    if not summary.graded:
        return f"budget {budget} tokens"
    mean = summary.tokens / summary.graded
    over = share_of(summary.over_budget, summary.graded)
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
