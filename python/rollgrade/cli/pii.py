"""``rollgrade pii``: the kinds of PII, and what of it texts and logs hold."""

from __future__ import annotations

import bisect
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rollgrade.cli.detection import (
    AllowValues,
    AllStrings,
    ChecksumUse,
    ExcludeKinds,
    Fields,
    OnlyKinds,
    PiiRubric,
    Tier,
    Watching,
    counted,
    detection,
    show_kinds,
    show_rejects,
    watching,
)
from rollgrade.cli.terminal import (
    REJECTED,
    console,
    errors_reported,
    notes,
    shown,
    usable_cores,
)

if TYPE_CHECKING:
    from rich.console import Console

    from rollgrade.grades import PiiMatch
    from rollgrade.logs.chosen import Wanted
    from rollgrade.logs.files import Input

__all__ = ["pii"]

_STDIN = "-"
_ROWS = 50
_WIDE = 120
"""From this width on, example and source of a kind have columns of their own."""

Found = tuple[dict[str, Any], "PiiMatch"]
"""Where a match stands, under the names of ``--json``, and the match."""


def pii(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Logs (JSONL, .json too, and Parquet), other files as texts; also .gz, .zst; - is text on standard input."),
    ] = None,
    *,
    list_kinds: Annotated[
        bool, typer.Option("--list", help="List the kinds that are looked for, and those of the rubric.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Show values as they stand; masked without it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line instead of tables.")] = False,
    rows: Annotated[
        int, typer.Option("--rows", min=0, metavar="N", help="Matches shown in the table; --json prints all.")
    ] = _ROWS,
    field: Fields = None,
    all_strings: AllStrings = False,
    rubric: PiiRubric = None,
    tier: Tier = None,
    kinds: OnlyKinds = None,
    exclude: ExcludeKinds = None,
    allow: AllowValues = None,
    checksum: ChecksumUse = None,
) -> None:  # fmt: skip
    """Find PII in texts and logs, or list the kinds that are known.

    Of a log the completions are searched, or the fields you name, or every string.
    A match's place is FILE:LINE:COLUMN in a text, FILE:RECORD and the field in a
    log. Names of people are not looked for. What is found does not change the
    exit code: 0 all read, 1 some input was rejected or not UTF-8, 2 could not
    run.

    [bold]Examples[/bold]
    \b
      rollgrade pii --list
      rollgrade pii --list --rubric rubric.toml --json
      rollgrade pii letter.txt notes.md
      rollgrade pii rollouts.jsonl --all-strings --exclude IP_ADDRESS
      pbpaste | rollgrade pii - --tier strict --show
    """
    with errors_reported():
        if list_kinds and rubric is None:
            tier = tier or "strict"  # its kinds are those of both tiers
        settings = detection(rubric, tier=tier, checksum=checksum, kinds=kinds, exclude=exclude, allow=allow)
        if list_kinds:
            if files:
                raise ValueError(f"--list: got FILE ({shown(files[0])}) as well, expected one of them")
            _list(settings, as_json=as_json)
            return
        if not files:
            raise ValueError(
                "FILE: got nothing, expected text files or logs, - for standard input, or --list"
            )
        whole = _Search(settings, show=show, as_json=as_json, rows=rows).run(files, field or (), all_strings)
    if not whole:
        raise typer.Exit(REJECTED)


class _Search:
    """One search through files, and what it adds up to."""

    def __init__(self, settings: dict[str, Any], *, show: bool, as_json: bool, rows: int) -> None:
        from rollgrade.pii import find_pii

        find_pii("", **settings)  # raises for settings that cannot be used before a file is read
        self._settings = settings
        self._show = show
        self._json = as_json
        self._rows = rows
        self._first: list[Found] = []
        self._matches: Counter[str] = Counter()
        self._holders: Counter[str] = Counter()
        self._texts = 0
        self._what = "text"
        self._whole = True

    def run(self, files: Sequence[str], fields: Sequence[str], every: bool) -> bool:
        """Searches the files and prints what they hold; whether all could be read."""
        from rollgrade.logs.chosen import Wanted

        wanted = Wanted.parse(fields, every=every)
        # A name that leads nowhere is an error before any work.
        given = [(name, item) for name in files for item in self._logs(name)]
        logs = sum(item is not None for _, item in given)
        if logs:
            self._what = "record" if logs == len(given) else "text or record"
        if (fields or every) and not logs:
            raise ValueError("--field and --all-strings are for logs; the files are texts")
        for name, item in given:
            if item is None:
                self._text(name)
            else:
                self._records(item, wanted)
        if not self._json:
            self._print(console())
        return self._whole

    def _logs(self, name: str) -> Sequence[Input | None]:
        """The logs of that name; None for a text. Raises ``OSError`` or ``LogError`` where there is no such file."""
        from rollgrade.logs.files import find_logs

        path = Path(name)
        if path.is_dir():
            raise ValueError(f"{name}: is a folder; name its files")
        if (logs := find_logs(name)) is not None:
            return logs
        if name != _STDIN:
            with path.open("rb"):
                pass
        return [None]

    def _text(self, name: str) -> None:
        from rollgrade.logs.files import read_text
        from rollgrade.pii import find_pii

        if ".json" in map(str.lower, Path(name).suffixes[-2:]):
            notes().print(f"{shown(name)}: holds no record a line; read as a text", markup=False)
        data = read_text(Path(name))
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            notes().print(
                f"warning: {shown(name)}: is not UTF-8; such bytes are read as U+FFFD", markup=False
            )
            text, self._whole = data.decode("utf-8", "replace"), False
        lines = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
        matches = find_pii(text, **self._settings)
        self._add(matches)
        for match in matches:
            line = bisect.bisect_right(lines, match.start)
            column = match.start - lines[line - 1] + 1
            self._one({"file": name, "line": line, "column": column}, match)

    def _records(self, item: Input, wanted: Wanted) -> None:
        with watching("searching", item.size) as watcher:
            for where, match in self._in_log(item, wanted, watcher):
                self._one(where, match)
        if watcher.rejected:
            self._whole = False
            show_rejects(notes(), watcher, None)

    def _in_log(self, item: Input, wanted: Wanted, watcher: Watching) -> Iterator[Found]:
        from rollgrade.logs.chosen import field_text, strings_of
        from rollgrade.logs.errors import RecordError
        from rollgrade.logs.records import Reject
        from rollgrade.logs.redacting import scan_blocks
        from rollgrade.pii import find_pii_batch

        for block, chosen in scan_blocks(item, wanted, watcher):
            strings = []
            for entry in block.entries:
                try:
                    strings += [(entry.number, *found) for found in strings_of(entry, chosen)]
                except RecordError as error:
                    watcher.reject(Reject(item.path, entry.number, str(error), ""))
            texts = [text for _, _, text in strings]
            held: dict[int, list[PiiMatch]] = {}
            for (number, steps, _), matches in zip(
                strings, find_pii_batch(texts, threads=usable_cores(), **self._settings), strict=True
            ):
                held.setdefault(number, []).extend(matches)
                for match in matches:
                    yield {"file": str(item.path), "record": number, "field": field_text(steps)}, match
            for found in held.values():
                self._add(found)

    def _add(self, matches: Sequence[PiiMatch]) -> None:
        """Counts the matches of one text or record."""
        self._texts += 1
        self._matches.update(match.kind for match in matches)
        self._holders.update({match.kind for match in matches})

    def _one(self, where: dict[str, Any], match: PiiMatch) -> None:
        if self._json:
            value = {"text": match.text} if self._show else {"masked": match.masked}
            found = {"kind": match.kind, **where, "start": match.start, "end": match.end, **value}
            typer.echo(json.dumps(found | {"evidence": match.evidence, "obfuscated": match.obfuscated}))
        elif len(self._first) < self._rows:
            self._first.append((where, match))

    def _print(self, out: Console) -> None:
        from rich import box
        from rich.table import Table

        total = sum(self._matches.values())
        if not total:
            out.print(f"no PII found in {counted(self._texts, self._what)}", markup=False)
            return
        if self._first:
            table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
            table.add_column("kind", no_wrap=True)
            table.add_column("value" if self._show else "value (masked)", overflow="fold")
            table.add_column("place", overflow="fold")
            table.add_column("evidence")
            for where, match in self._first:
                value = match.text if self._show else match.masked
                table.add_row(
                    match.kind, shown(value), shown(_place(where, match)), ", ".join(match.evidence)
                )
            out.print(table)
        if 0 < len(self._first) < total:
            out.print(f"and {total - len(self._first):,} more (--json prints all)", markup=False)
        show_kinds(out, self._matches, self._holders, self._what.replace("text or", "texts or") + "s")


def _place(where: dict[str, Any], match: PiiMatch) -> str:
    if "line" in where:
        return f"{where['file']}:{where['line']}:{where['column']}"
    return f"{where['file']}:{where['record']} {where['field']}:{match.start}"


def _list(settings: dict[str, Any], *, as_json: bool) -> None:
    """The kinds that the settings look for."""
    from rollgrade.pii import looked_for

    kinds = looked_for(**settings)
    if as_json:
        for kind in kinds:
            typer.echo(json.dumps(asdict(kind)))
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = console()
    wide = out.width >= _WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("kind", no_wrap=True)
    table.add_column("tier", no_wrap=True)
    table.add_column("severity", justify="right")
    table.add_column("accepts", ratio=4, overflow="fold")
    for name in ("example", "source") if wide else ():
        table.add_column(name, ratio=3, overflow="fold")
    for kind in kinds:
        more = [Text(shown(kind.example)), Text(shown(kind.source))]
        accepts = Text(shown(kind.accepts))
        if not wide:
            example = (f"\nexample: {shown(kind.example)}", "cyan") if kind.example else ""
            accepts = Text.assemble(accepts, example, (f"\nsource: {shown(kind.source)}", "dim"))
            more = []
        table.add_row(kind.name, kind.tier, f"{kind.severity:g}", accepts, *more)
    out.print(table)
    out.print(f"{len(kinds)} kinds; names of people are not looked for", markup=False)
