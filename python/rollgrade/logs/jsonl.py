"""JSONL: lines in, the same lines with a grade out.

A line is what ends in a line feed. It must be UTF-8 and strict JSON (no NaN or Infinity, no raw control
characters, no key twice in one object), and an object. What is not is an entry with a reason, never an
exception, and costs its neighbours nothing. The bytes of a line are kept; a grade goes in front of its
closing brace.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from rollgrade.logs.errors import RecordError, reading
from rollgrade.logs.parquet import row_of
from rollgrade.logs.records import BLOCK_BYTES, BLOCK_ROWS, GRADE_KEY, Block, Entry, Grade

__all__ = ["STDIN", "GradesJsonlWriter", "JsonlWriter", "graded_line", "parse_line", "read_blocks"]

STDIN = Path("-")
"""Standard input."""

_WHITE = b" \t\r\n"


def read_blocks(path: Path) -> Iterator[Block]:
    """The lines of a file, or of standard input where the path is ``STDIN``, in bounded blocks. A byte-order mark is dropped, blank lines are counted and passed
    over. Raises ``LogError`` where the file cannot be read."""
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if path == STDIN else path.open("rb") as lines:
            block, size = Block(path), 0
            for number, raw in enumerate(lines, 1):
                block.bytes_read += len(raw)
                line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
                if line.strip(_WHITE):
                    block.entries.append(_entry(number, line))
                    size += len(line)
                else:
                    block.blank += 1
                if len(block.entries) >= BLOCK_ROWS or size >= BLOCK_BYTES:
                    yield block
                    block, size = Block(path), 0
            yield block
    except OSError as error:
        raise reading(path, error) from None


def parse_line(raw: bytes) -> dict[str, Any]:
    """The object of a line. Raises ``RecordError`` with the reason; no more of the line is quoted than a
    key's name."""
    try:
        record = _decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecordError(f"invalid UTF-8 at byte {error.start + 1} of the line") from None
    except json.JSONDecodeError as error:
        cut = "" if raw.endswith(b"\n") else ", where the file ends"
        raise RecordError(f"invalid JSON at character {error.pos + 1}{cut}: {error.msg}") from None
    except RecursionError:
        raise RecordError("nested too deeply") from None
    if not isinstance(record, dict):
        raise RecordError(f"a JSON {_NAMES.get(type(record), 'value')}; expected an object")
    return record


def graded_line(entry: Entry, grade: Grade) -> bytes:
    """The entry's line with the grade as its last member, in place of an older grade, and a line ending."""
    raw = entry.raw if entry.raw.endswith(b"\n") else entry.raw + b"\n"
    if entry.record is not None and GRADE_KEY in entry.record:
        raw = _without_member(raw, GRADE_KEY)
    body = raw.rstrip(_WHITE)
    head, tail = body[:-1], raw[len(body) :]
    comma = b"" if head.rstrip(_WHITE).endswith(b"{") else b", "
    return b"".join((head, comma, f'"{GRADE_KEY}": '.encode(), json.dumps(grade).encode(), b"}", tail))


class JsonlWriter:
    """Writes graded records as lines: JSONL as it was read, a Parquet row as the object it amounts to."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None:
        """Writes the entries of ``block`` at ``kept``, each with its grade."""
        for index, grade in zip(kept, grades, strict=True):
            entry = block.entries[index]
            if block.batch is None:
                self._file.write(graded_line(entry, grade))
            else:
                row = row_of(block.batch, index) | {GRADE_KEY: grade}
                self._file.write(json.dumps(row, default=str, allow_nan=False).encode() + b"\n")

    def close(self) -> None:
        """Nothing is held back."""


class GradesJsonlWriter:
    """Writes a line of grade for each record, with the place of the record instead of the record."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, block: Block, kept: Sequence[int], grades: Sequence[Grade]) -> None:
        """Writes the grades of the entries of ``block`` at ``kept``."""
        for index, grade in zip(kept, grades, strict=True):
            place = {"file": str(block.file), "line": block.entries[index].number}
            self._file.write(json.dumps(place | grade).encode() + b"\n")

    def close(self) -> None:
        """Nothing is held back."""


def _entry(number: int, line: bytes) -> Entry:
    try:
        return Entry(number, parse_line(line), None, line)
    except RecordError as error:
        return Entry(number, None, str(error), line)


def _decode(text: str) -> Any:
    try:
        return _STRICT.decode(text)
    except (json.JSONDecodeError, RecordError):
        raise
    except ValueError:  # Python refuses integers of thousands of digits; none of ours is one
        return _LONG_NUMBERS.decode(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for index, key in enumerate(keys) if key in keys[:index])
        raise RecordError(f"the key {twice[:40]!r} stands twice in one object")
    return record


def _no_constant(name: str) -> NoReturn:
    raise RecordError(f"invalid JSON: {name} is no JSON number")


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
_LONG_NUMBERS = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=str)
_NAMES = {list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def _without_member(raw: bytes, key: str) -> bytes:
    """A valid line of an object without one of its members; every other byte stays."""
    text = raw.decode("utf-8")
    at = _skip(text, 0) + 1
    previous_end = at
    while True:
        name, end = _LONG_NUMBERS.raw_decode(text, _skip(text, at))
        value = _skip(text, _skip(text, end) + 1)
        end = _LONG_NUMBERS.raw_decode(text, value)[1]
        comma = _skip(text, end)
        last = text[comma] == "}"
        if name == key:
            # the comma that goes is the one before it, or, for the first member, the one after it
            first = text[previous_end] != ","
            text = text[:previous_end] + text[comma + (1 if first and not last else 0) :]
            return text.encode("utf-8")
        previous_end, at = comma, comma + 1


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at
