"""``rollgrade explain``: why a rollout got its reward, or what sets two apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.options import (
    LACKS,
    CompletionPath,
    FactsPath,
    JoinDataset,
    JoinOn,
    ReferencePath,
    SourceFrom,
    SourcePath,
    SourceTemplate,
    reading_from,
)
from rollgrade.cli.terminal import check_ending, console, errors_reported, notes, rubric_from, shown

if TYPE_CHECKING:
    from rollgrade.explaining import Differences, Explanation
    from rollgrade.grades import Grade
    from rollgrade.logs.options import Options
    from rollgrade.logs.reader import Reader
    from rollgrade.logs.records import Entry, Rollout
    from rollgrade.rubric import Rubric

__all__ = ["explain"]

_DIRECT = "A sentence instead of a log"
_PLACE = re.compile(r"(?:(?P<file>.+):)?(?P<row>\d+)(?:\[(?P<part>\d+)\])?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a rollout stands: its file, its record from 1, and which of the record's rollouts, from 0."""

    file: str
    row: int
    part: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.row}" + (f"[{self.part}]" if self.part else "")


@dataclass(frozen=True, slots=True)
class _Found:
    """A rollout, and those that decide what coverage of its log is measured against."""

    rollout: Rollout
    place: str = ""
    taken: str = ""
    first: tuple[Rollout, ...] = ()
    basis: str | None = None
    """What coverage is measured against, where that was said."""


def explain(
    log: Annotated[
        str | None,
        typer.Argument(
            metavar="LOG", help="A JSONL or Parquet file; - for standard input.", show_default=False
        ),
    ] = None,
    *,
    rows: Annotated[
        list[str] | None,
        typer.Option(
            "--row",
            "-n",
            metavar="N",
            help="Which rollout: its line (JSONL) or row (Parquet), from 1; twice for two.",
        ),
    ] = None,
    other: Annotated[
        str | None,
        typer.Option("--with", metavar="N|FILE:N", help="Beside it another one, also of another log."),
    ] = None,
    rubrics: Annotated[
        list[str] | None,
        typer.Option(
            "--rubric",
            metavar="RUBRIC",
            help="Rubric file (TOML) or recipe; without it the default rubric. Twice for one rollout under two.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a self-contained page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    show_pii: Annotated[
        bool, typer.Option("--show-pii", help="Show PII as it stands; masked without it.")
    ] = False,
    texts: Annotated[
        list[str] | None,
        typer.Option(
            "--text",
            metavar="TEXT",
            rich_help_panel=_DIRECT,
            help="The completion; - for standard input. Twice for two.",
        ),
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", metavar="TEXT", rich_help_panel=_DIRECT, help="A key fact; may be repeated."),
    ] = None,
    facts_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=_DIRECT,
            help="Key facts: a bullet or a line each, or a JSON list.",
        ),
    ] = None,
    source_file: Annotated[
        Path | None, typer.Option(metavar="FILE", rich_help_panel=_DIRECT, help="The source document.")
    ] = None,
    reference_file: Annotated[
        Path | None, typer.Option(metavar="FILE", rich_help_panel=_DIRECT, help="A reference summary.")
    ] = None,
    completion: CompletionPath = None,
    source: SourcePath = None,
    facts: FactsPath = None,
    reference: ReferencePath = None,
    join: JoinDataset = None,
    on: JoinOn = None,
    source_from: SourceFrom = None,
    template: SourceTemplate = None,
    basis: Annotated[
        str | None,
        typer.Option(
            "--basis",
            metavar="BASIS",
            rich_help_panel=LACKS,
            help="What the run measured coverage against, where the log's first records do not say: facts, reference, "
            "source or none.",
        ),
    ] = None,
) -> None:
    """Show why a rollout got its reward: the text with its evidence, and the arithmetic.

    A fact and the span that carries it have the same number and colour; the budget
    is a line in the text. Of two rollouts, or of one under two rubrics, the
    differences are shown side by side. Rows count from 1, as `rollgrade score`
    names them (FILE:ROW): in a JSONL file N is the line's number. Give what decides
    the reward as you gave it there: --rubric, fields, --join. --html needs
    pip install 'rollgrade\\[report]'.

    [bold]Examples[/bold]
    \b
      rollgrade explain rollouts.jsonl --row 17
      rollgrade explain rollouts.jsonl --row 17 --row 18 --html two.html
      rollgrade explain step_1.jsonl --row 3 --with step_9.jsonl:3
      rollgrade explain rollouts.jsonl -n 17 --rubric old.toml --rubric new.toml
      rollgrade explain batch.jsonl -n 17 --join prompts.parquet --on custom_id=id
      rollgrade explain --text "The vote passed." --fact "The vote passed on Monday."
    """
    import json

    from rollgrade.settings import checked_basis

    with errors_reported("nothing was written"):
        check_ending("--html", html, ".html")
        paths = {"completion": completion, "source": source, "facts": facts, "reference": reference}
        of_log = {
            "LOG": log,
            "--row": rows,
            "--with": other,
            **{f"--{name}": path for name, path in paths.items()},
            "--join": join, "--on": on, "--source-from": source_from, "--template": template, "--basis": basis,
        }  # fmt: skip
        of_text = {
            "--fact": fact, "--facts-file": facts_file, "--source-file": source_file, "--reference-file": reference_file
        }  # fmt: skip
        if texts:
            _refuse(of_log, "with --text, which reads no log")
            found = _of_texts(texts, fact or [], facts_file, source_file, reference_file)
        else:
            _refuse(of_text, "without --text: what a log's rollouts are graded against stands in the log")
            settled = None if basis in (None, "auto") else checked_basis(basis)
            reading = reading_from(paths, join=join, on=on, source_from=source_from, template=template)
            found = _of_logs(log, rows, other, reading, settled)
        given = [(name, rubric_from(name)) for name in rubrics or ()] or [("", rubric_from(None))]
        explained = _explained(found, given, show_pii)
        if html is not None:
            _write(html, explained.to_html())
    if as_json:
        typer.echo(json.dumps(explained.to_dict(), indent=1))
    elif html is None:
        console().print(explained)
    if html is not None:
        notes().print(f"written      {shown(str(html))}", markup=False, soft_wrap=True)


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Raises ``ValueError`` where one of the options was given."""
    for name, value in options.items():
        if value:
            raise ValueError(f"{name}: got {value if isinstance(value, Path) else repr(value)} {why}")


def _write(path: Path, page: str) -> None:
    from rollgrade.logs.files import pending

    with pending(path) as file:
        file.write(page.encode("utf-8", "backslashreplace") + b"\n")


# ---- what is explained -------------------------------------------------------------------------------------


def _explained(
    found: Sequence[_Found], rubrics: Sequence[tuple[str, Rubric]], show_pii: bool
) -> Explanation | Differences:
    """One rollout, or two, or one under two rubrics."""
    from rollgrade.explaining import explanation, side_by_side
    from rollgrade.explaining.explanation import given_of

    if len(found) * len(rubrics) > 2:
        raise ValueError(
            f"got {len(found)} rollouts and {len(rubrics)} rubrics, expected one rollout, two rollouts under one rubric, "
            "or one rollout under two rubrics"
        )
    pairs = [(one, name, rubric) for one in found for name, rubric in rubrics]
    private = tuple(rubric.pii for _, rubric in rubrics)
    graded = [_grade(one, rubric) for one, _, rubric in pairs]
    sides = [
        explanation(
            grade, show_pii=show_pii, private=private, place=one.place, id=one.rollout.id, taken=one.taken,
            rubric=name if len(rubrics) > 1 else "",
        )
        for (one, name, _), grade in zip(pairs, graded, strict=True)
    ]  # fmt: skip
    if len(sides) == 1:
        return sides[0]
    (a, b), (of_a, of_b) = sides, (given_of(grade).settings for grade in graded)
    return side_by_side(a, b, of_a, of_b)


def _grade(one: _Found, rubric: Rubric) -> Grade:
    """The grade that ``rollgrade score`` gives: what coverage is measured against is one for the whole log."""
    from rollgrade.logs.errors import LogError
    from rollgrade.logs.grading import Grader

    grader, rollout = Grader(rubric), one.rollout
    grader.basis = one.basis
    grader.decide(one.first or [rollout])
    try:
        grades = rubric.grade_batch(
            [rollout.completion],
            sources=[rollout.source],
            facts=[rollout.facts],
            references=[rollout.reference],
            truncated=[rollout.truncated],
            basis=grader.basis,
        )
    except ValueError as error:
        message = str(error).removeprefix("row 0: ")
        raise LogError(f"{one.place}: {message}" if one.place else message) from None
    return grades.explain(0)


# ---- from logs ---------------------------------------------------------------------------------------------


def _of_logs(
    log: str | None, rows: Sequence[str] | None, other: str | None, reading: Options, basis: str | None
) -> list[_Found]:
    """The rollouts that are named, in the order in which they are."""
    if log is None:
        raise ValueError("LOG: got nothing, expected a log, or a completion by --text")
    places = [_place("--row", row, log) for row in rows or (["1"])]
    if other is not None:
        places.append(_place("--with", other, log))
    found: dict[_Place, _Found] = {}
    for file in dict.fromkeys(place.file for place in places):
        found |= _find(file, {place for place in places if place.file == file}, reading)
    return [replace(found[place], basis=basis) for place in places]


def _place(option: str, text: str, log: str) -> _Place:
    parts = _PLACE.fullmatch(text)
    if parts is None or (option == "--row" and parts["file"] is not None):
        expected = "a row's number" if option == "--row" else "a row's number, or FILE:NUMBER"
        raise ValueError(f"{option}: got {text!r}, expected {expected}")
    return _Place(parts["file"] or log, int(parts["row"]), int(parts["part"] or 0))


def _find(log: str, places: set[_Place], reading: Options) -> dict[_Place, _Found]:
    """The rollouts that stand at some places of one log. Raises ``LogError`` where there is none."""
    from rollgrade.logs.blocks import read_blocks
    from rollgrade.logs.errors import LogError
    from rollgrade.logs.files import find_inputs

    (item, *more), _ = find_inputs([log])
    if more:
        raise ValueError(f"{log}: more than one file; name one")
    waiting = sorted({place.row for place in places})
    if waiting[0] < 1:
        raise LogError(f"{item.path}:{waiting[0]}: rows count from 1")
    found: dict[_Place, _Found] = {}
    last, first = 0, None
    for block, reader in read_blocks(item, reading.all_paths(), options=reading):
        if first is None and reader is not None:
            first = tuple(
                rollout for entry in block.entries for rollout in _read(entry, reader, passing=True)
            )
        for entry in block.entries:
            last = entry.number
            if last > waiting[0]:
                raise LogError(f"{item.path}:{waiting[0]}: is a blank line")
            if last < waiting[0]:
                continue
            try:
                rollouts = _read(entry, reader)
            except ValueError as error:
                raise LogError(f"{item.path}:{last}: was rejected: {error}") from None
            for place in (place for place in places if place.row == last):
                if place.part >= len(rollouts):
                    raise LogError(f"{place}: no such rollout; the record has {len(rollouts)}")
                found[place] = _Found(
                    rollouts[place.part], str(place), reader.taken if reader else "", first or ()
                )
            del waiting[0]
            if not waiting:
                return found
    raise LogError(f"{item.path}:{waiting[0]}: no such row; the last is {last}")


def _read(entry: Entry, reader: Reader | None, *, passing: bool = False) -> list[Rollout]:
    """The rollouts of a record. Raises ``RecordError`` with the reason where it has none, unless that is to be passed
    over."""
    from rollgrade.logs.errors import RecordError

    if entry.record is None or reader is None:
        if passing:
            return []
        raise RecordError(entry.reason or "no record")
    try:
        return reader.rollouts(entry.record)
    except RecordError:
        if passing:
            return []
        raise


# ---- from the command line ---------------------------------------------------------------------------------


def _of_texts(
    texts: Sequence[str],
    facts: Sequence[str],
    facts_file: Path | None,
    source_file: Path | None,
    reference_file: Path | None,
) -> list[_Found]:
    """Completions that were given as they are, with what they are graded against."""
    from rollgrade.completion import facts_list
    from rollgrade.logs.jsonl import STDIN
    from rollgrade.logs.records import Rollout

    if texts.count("-") > 1:
        raise ValueError("--text: got standard input twice, expected it once")
    listed = [*(facts_list(_file(facts_file)) if facts_file else []), *facts_list(list(facts))]
    source, reference = (None if path is None else _file(path) for path in (source_file, reference_file))
    completions = [_file(STDIN) if text == "-" else text for text in texts]
    return [
        _Found(Rollout(text, source=source, facts=listed or None, reference=reference))
        for text in completions
    ]


def _file(path: Path) -> str:
    from rollgrade.logs.files import read_text
    from rollgrade.logs.jsonl import name_of

    try:
        return read_text(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name_of(path)}: is not UTF-8, at byte {error.start + 1}") from None
