"""``rollgrade count``: tokens of files or of standard input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rollgrade.cli.terminal import REJECTED, errors_reported, notes, shown

__all__ = ["count"]

_STDIN = "-"


def count(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE", help="Text files (UTF-8; also .gz, .zst); - or none is standard input."
        ),
    ] = None,
    *,
    lines: Annotated[
        bool, typer.Option("--lines", help="Count every line by itself, without its line ending.")
    ] = False,
    tokenizer: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Count with this tokenizer.json instead of GPT-2's tokens."),
    ] = None,
) -> None:
    """Count tokens, exactly, as GPT-2 counts them.

    One line a file: the tokens and its name; with more than one file a total.
    A special token in a text is plain text. Bytes that are not UTF-8 count as
    U+FFFD, with a warning and exit code 1.

    [bold]Examples[/bold]
    \b
      rollgrade count summary.txt
      rollgrade count --lines summaries.txt
      echo -n 'One paragraph.' | rollgrade count
      rollgrade count --tokenizer policy/tokenizer.json *.txt
    """
    total, whole = 0, True
    given = files or [_STDIN]
    with errors_reported():
        counter = _counter(tokenizer)
        for name in given:
            text, is_utf8 = _read(name)
            whole = whole and is_utf8
            total += _count(name, text, counter, lines)
    if len(given) > 1:
        typer.echo(f"{total:8}  total")
    if not whole:
        raise typer.Exit(REJECTED)


def _count(name: str, text: str, counter: Callable[[str], int], lines: bool) -> int:
    """Prints the tokens of a text, or of each of its lines, and returns their sum."""
    label = "" if name == _STDIN else f"  {shown(name)}"
    if not lines:
        tokens = counter(text)
        typer.echo(f"{tokens:8}{label}")
        return tokens
    total = 0
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], 1):
        tokens = counter(line.removesuffix("\r"))
        typer.echo(f"{tokens:8}{label}{f':{number}' if label else ''}")
        total += tokens
    return total


def _read(name: str) -> tuple[str, bool]:
    """The text of a file, and whether it was UTF-8."""
    from rollgrade.logs.files import read_text

    data = read_text(Path(name))
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        notes().print(f"warning: {shown(name)}: is not UTF-8; such bytes count as U+FFFD", markup=False)
        return data.decode("utf-8", "replace"), False


def _counter(tokenizer: Path | None) -> Callable[[str], int]:
    if tokenizer is None:
        from rollgrade._core import count_tokens

        return count_tokens
    from rollgrade.rubric import load_tokenizer

    loaded = load_tokenizer(str(tokenizer))
    return lambda text: len(loaded.encode(text, add_special_tokens=False).ids)
