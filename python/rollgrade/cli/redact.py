"""``rollgrade redact``: a log in, the same log without its PII out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    counted,
    detection,
    show_kinds,
    show_rejects,
    watching,
)
from rollgrade.cli.options import files_read
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

    from rollgrade.logs.files import Input
    from rollgrade.logs.redacting import Redacted

__all__ = ["redact"]

_KEY = "ROLLGRADE_KEY"
_SHORT_KEY = 16


def redact(
    log: Annotated[str, typer.Argument(metavar="LOG", help="A JSONL (also .gz, .zst) or Parquet file; - is JSONL on standard input.")],
    *,
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="OUT", help="The redacted log; - is standard output (JSONL).")
    ],
    field: Fields = None,
    all_strings: AllStrings = False,
    style: Annotated[
        str, typer.Option(metavar="STYLE", help="label: [EMAIL]; mask: j***@e***.com; hash: [EMAIL:5f0c3a9b17d2e846].")
    ] = "label",
    key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"The secret of hashes; without it the environment's {_KEY}."),
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="Leave this kind as it stands; may be repeated.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where bad lines go, as they stand; OUT.rejects.jsonl without it, and nowhere with -o - or a device."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Threads to search with; all cores without it.")
    ] = None,
    rubric: PiiRubric = None,
    tier: Tier = None,
    kinds: OnlyKinds = None,
    exclude: ExcludeKinds = None,
    allow: AllowValues = None,
    checksum: ChecksumUse = None,
) -> None:  # fmt: skip
    """Replace PII in a log, and leave everything else as it is.

    The completions of a known form of log are redacted (chat: what the assistant
    says), or the fields that you name, or every string. Keys and numbers stay. Order is
    kept; a line that cannot be read is reported, goes to the rejects, and the
    rest goes on. OUT appears when it is whole.

    A hash is the same for the same value and key, however the value is written:
    equal values stay equal over a log. Keep the key as secret as the values.

    Exit codes: 0 all redacted, 1 some records rejected, 2 could not run.

    [bold]Examples[/bold]
    \b
      rollgrade redact rollouts.jsonl -o clean.jsonl --all-strings
      rollgrade redact log.jsonl -o clean.jsonl --field 'response.choices[0].message.content'
      rollgrade redact log.parquet -o clean.parquet --style mask --keep IP_ADDRESS
      rollgrade redact log.jsonl.gz -o clean.jsonl.gz --all-strings --style hash --key-file key
    """
    from rollgrade.logs.chosen import Wanted
    from rollgrade.logs.files import rejects_path, writes_through
    from rollgrade.logs.redacting import redact_log
    from rollgrade.pii import Redactor

    with errors_reported("the output was not written"):
        settings = detection(rubric, tier=tier, checksum=checksum, kinds=kinds, exclude=exclude, allow=allow)
        kept = [name.strip() for given in keep or () for name in given.split(",") if name.strip()]
        redactor = Redactor(style=style, key=_key(style, key_file), keep=kept, **settings)
        wanted = Wanted.parse(field or (), every=all_strings)
        beside = files_read(rubric, key_file)
        item, output = _files(log, out, beside)
        refused = rejects
        if rejects is None and not (output is None or writes_through(output)):
            refused = rejects_path(output)
        _check_rejects(refused, item, output, beside)
        workers = threads or usable_cores()
        with watching("redacting", None if log == "-" else item.size) as watcher:
            done = redact_log(
                item,
                output,
                refused,
                wanted,
                lambda texts: redactor.batch(texts, threads=workers),
                watcher,
                empty_rejects=rejects is not None,
            )
    table = notes() if output is None else console()
    _show(table, done, output)
    if done.rejected:
        show_rejects(notes(), watcher, refused)
        raise typer.Exit(REJECTED)


def _key(style: str, file: Path | None) -> bytes | None:
    """The secret of a file or of the environment; never of the command line, which others can see."""
    if style != "hash":
        if file is not None:
            raise ValueError(
                f"--key-file: got {shown(str(file))} and --style {style}, which takes no key; add --style hash, or leave "
                "--key-file out"
            )
        return None
    key = os.environ.get(_KEY, "").encode() if file is None else file.read_bytes().strip()
    if not key:
        where = f"{file}: is empty" if file is not None else "key: got nothing"
        raise ValueError(f"{where}; --style hash needs a secret in --key-file FILE or in {_KEY}")
    if len(key) < _SHORT_KEY:
        notes().print(f"warning: the key has {len(key)} bytes; {_SHORT_KEY} random ones are hard to guess")
    return key


def _files(log: str, out: str, read: Sequence[Path]) -> tuple[Input, Path | None]:
    """The log to read and the file to write, None for standard output. Raises ``LogError`` where they do not fit."""
    from rollgrade.logs.errors import LogError
    from rollgrade.logs.files import STDOUT, Kind, find_inputs, plan

    (item, *more), _ = find_inputs([log])
    if more:
        raise LogError(f"{log}: more than one file; redact them one by one")
    if out.endswith(("/", os.sep)) or Path(out).is_dir():
        raise LogError(f"{out}: is a folder; name a file")
    (job,) = plan([item], out, read=read)
    if job.output == STDOUT:
        if item.kind is Kind.PARQUET:
            raise LogError("-o -: standard output takes JSONL; name a file for Parquet")
        return item, None
    if job.kind is not item.kind and not job.output.is_char_device():
        raise LogError(
            f"{out}: {item.path} is {item.kind.name}, and what is redacted stays that; change the ending"
        )
    return item, job.output


def _check_rejects(rejects: Path | None, item: Input, output: Path | None, read: Sequence[Path]) -> None:
    from rollgrade.logs.errors import LogError

    if rejects is None:
        return

    def is_same(path: Path) -> bool:
        return rejects.exists() and path.exists() and rejects.samefile(path)

    taken = {
        "the output": rejects == output,
        "the input": is_same(item.path),
        "a file that is read": any(map(is_same, read)),
    }
    if what := next((what for what, meets in taken.items() if meets), None):
        raise LogError(f"{rejects}: is {what}; choose another name for the rejects with --rejects")
    if rejects.exists() and not rejects.is_file():
        raise LogError(f"{rejects}: is no regular file, so the rejects cannot be put in its place")


def _show(out: Console, done: Redacted, output: Path | None) -> None:
    total = sum(done.matches.values())
    found = f"{counted(total, 'match')} in {done.changed:,} of {counted(done.written, 'record')}"
    out.print(f"{found} replaced", markup=False)
    if done.blank:
        out.print(f"{counted(done.blank, 'blank line')} left out", markup=False)
    if total:
        show_kinds(out, done.matches, done.records, "records")
    if output is not None:
        out.print(f"redacted log  {shown(str(output))}", markup=False, soft_wrap=True)
