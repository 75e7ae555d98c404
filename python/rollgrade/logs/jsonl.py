"""JSONL: lines in, the same lines with a grade out.

A line is what ends in a line feed. It must be UTF-8 and strict JSON (no NaN or Infinity, no raw control
characters, no key twice in one object), and an object. What is not is an entry with a reason, never an
exception, and costs its neighbours nothing. The bytes of a line are kept; a grade goes in front of its
closing brace.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rollgrade import _core
from rollgrade._names import repeated_key
from rollgrade.logs.cells import as_json
from rollgrade.logs.errors import LogError, RecordError, quoted, reading, unpacking
from rollgrade.logs.parquet import row_of
from rollgrade.logs.records import BLOCK_BYTES, BLOCK_ROWS, GRADE_KEY, Block, Entry, Grade, own_field
from rollgrade.logs.side import Side

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "PACKED",
    "STDIN",
    "check_key",
    "check_lines",
    "entry",
    "grade_members",
    "graded_line",
    "is_lines",
    "name_of",
    "not_by_line",
    "numbered_line",
    "own_member",
    "packing_of",
    "parse_line",
    "place_line",
    "read_blocks",
    "reads_once",
    "row_line",
]

STDIN = Path("-")
"""Standard input."""

PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
"""How files begin that are packed in a way that is understood."""

_WHITE = b" \t\r\n"
_PART = 1 << 18


def read_blocks(path: Path, only: Collection[int] | None = None) -> Iterator[Block]:
    """The lines of a file (packed with gzip or zstd, or not), or of standard input where the path is ``STDIN``, in
    bounded blocks; ``only`` those of these numbers. A byte-order mark is dropped, blank lines are counted and passed
    over. Raises ``LogError`` where the file cannot be read."""
    last = max(only, default=0) if only is not None else math.inf
    packing = "plain"
    try:
        packing = packing_of(path)
        block, size = Block(path), 0
        for number, offset, raw, bytes_read in _lines_of(path, packing):
            if number > last:
                break
            block.bytes_read += bytes_read
            if only is not None and number not in only:
                continue
            if raw.strip(_WHITE):
                block.entries.append(entry(number, raw, offset))
                size += len(raw)
            else:
                block.blank += 1
            if len(block.entries) >= BLOCK_ROWS or size >= BLOCK_BYTES:
                yield block
                block, size = Block(path), 0
        yield block
    except OSError as error:
        if packing == "plain":
            raise reading(path, error) from None
        raise unpacking(path, packing, error) from None


def _lines_of(path: Path, packing: str) -> Iterator[tuple[int, int, bytes, int]]:
    """Each line's number, place, bytes, and how many bytes of the file were read for it."""
    before = 0
    with contextlib.ExitStack() as stack:
        blocks = _core.LogBlocks(None if path == STDIN else path, packing, _PART, 0, 1)
        parts = iter(blocks.next, None)
        once = reads_once(path)
        if once:  # on a thread: a wait in Rust would not hear of Ctrl-C
            parts = stack.enter_context(Side()).ahead(parts, blocks.stop)
            stack.enter_context(contextlib.closing(parts))
        for part in parts:
            offset = part.offset
            if once and not offset:
                check_lines(path, part.bytes(0, 4))
            for number, line in enumerate(part.lines(len(part)), part.number):
                read = blocks.read - before
                before += read
                yield number, offset, line, read
                offset += len(line)


def reads_once(path: Path) -> bool:
    """Whether it can be read but once: standard input, and pipes (``<(zcat ...)`` in a shell)."""
    return path == STDIN or not path.is_file()


def check_lines(path: Path, start: bytes) -> None:
    """Raises ``LogError`` where standard input or a pipe begins as Parquet does."""
    if start.startswith(b"PAR1"):
        raise LogError(f"{name_of(path)}: is Parquet, which is read from its end; give the file itself")


def name_of(path: Path) -> str:
    """What a message calls a file, or standard input."""
    return "standard input" if path == STDIN else str(path)


def not_by_line(path: Path, lines: Iterable[bytes]) -> str | None:
    """What to do about JSON that is no record a line, an array or indented, as the first lines of a file show it."""
    first = next((line for line in map(bytes.strip, lines) if line), b"")
    if first.startswith(b"["):
        what, make = "one JSON array", "jq -c '.[]'"
    elif first == b"{":
        what, make = "JSON over several lines", "jq -c ."
    else:
        return None
    return f"{path}: looks like {what}; expected a record a line, which `{make} {path}` makes of it"


def packing_of(path: Path) -> str:
    """How a file is packed, by how it begins: ``"plain"``, ``"gzip"`` or ``"zstd"``."""
    if not path.is_file():
        return "plain"
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for magic, name in PACKED.items() if start.startswith(magic)), "plain")


def is_lines(path: Path) -> bool:
    """Whether a file's first line that is not blank is a record."""
    return next((e.record is not None for block in read_blocks(path) for e in block.entries), False)


def parse_line(raw: bytes) -> dict[str, Any]:
    """The object of a line. Raises ``RecordError`` with the reason; no more of the line is quoted than a
    key's name."""
    try:
        record = _decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RecordError(f"invalid UTF-8 at byte {error.start + 1} of the line") from None
    except json.JSONDecodeError as error:
        cut = "" if raw.endswith(b"\n") else ", where the file ends"
        # Python's message goes on with the place, which stands in front here.
        what = error.msg.removesuffix(" at").removesuffix(" starting")
        if error.msg.startswith("Invalid control character") and not error.doc[error.pos :].strip(" \t\r\n"):
            what = "the line ends inside a string"
        raise RecordError(f"invalid JSON at character {error.pos + 1}{cut}: {what}") from None
    except RecursionError:
        raise RecordError("nested too deeply") from None
    if not isinstance(record, dict):
        raise RecordError(f"a JSON {_NAMES.get(type(record), 'value')}; expected an object")
    return record


def graded_line(entry: Entry, grade: Grade, key: str = GRADE_KEY, *, flat: bool = False) -> bytes:
    """The entry's line with the grade as its last member (or, ``flat``, its fields as the last members), in place of
    an older grade, and a line ending."""
    raw = entry.raw if entry.raw.endswith(b"\n") else entry.raw + b"\n"
    for name in entry.record or ():
        if name == key or name.startswith(f"{key}."):
            raw = _without_member(raw, name)
    body = raw.rstrip(_WHITE)
    head, tail = body[:-1], raw[len(body) :]
    comma = b"" if head.rstrip(_WHITE).endswith(b"{") else b", "
    members = json.dumps(grade_members(grade, key, flat=flat)).encode()[1:]
    return b"".join((head, comma, members, tail))


def check_key(file: Path, entries: Iterable[Entry], key: str) -> None:
    """Raises ``LogError`` where records have something of their own under the key that grades are to have: they would
    lose it."""
    for item in entries:
        if item.record is not None and (name := own_member(item.record, key)) is not None:
            raise LogError(
                f"{file}:{item.number}: --key {key}: the record has a `{name}` of its own, which is no grade; "
                "choose another"
            )


def own_member(record: Mapping[str, Any], key: str) -> str | None:
    """A member of a record that stands where its grade is to stand, and is no older grade."""
    own = record.get(key)
    if own is not None and not (isinstance(own, dict) and "score" in own):
        return key
    score = f"{key}.score"
    if score not in record:
        return next((name for name in record if name.startswith(f"{key}.")), None)
    return own_field(record.keys(), key) if _is_score(record[score]) else score


def _is_score(value: object) -> bool:
    """Whether it is the score of a grade: of several rollouts a list."""
    scores = value if isinstance(value, list) else [value]
    return all(s is None or (isinstance(s, (int, float)) and not isinstance(s, bool)) for s in scores)


def grade_members(grade: Grade, key: str, *, flat: bool) -> dict[str, Any]:
    """What a grade adds to its record: one member, or one for each of its fields and passed rules."""
    if not flat:
        return {key: grade}
    members: dict[str, Any] = {}
    for name, value in grade.items():
        if name == "passed":
            members |= {f"{key}.passed.{rule}": passed for rule, passed in value.items()}
        else:
            members[f"{key}.{name}"] = value
    return members


def place_line(file: Path, entry: Entry, grade: Grade) -> bytes:
    """A line of grade with the place of its record instead of the record."""
    return json.dumps({"file": str(file), "line": entry.number} | grade).encode() + b"\n"


def numbered_line(number: int, grade: Grade) -> bytes:
    """A line of grade with the number of its row."""
    return json.dumps({"line": number} | grade).encode() + b"\n"


def row_line(
    batch: pa.RecordBatch, index: int, grade: Grade, key: str = GRADE_KEY, *, flat: bool = False
) -> bytes:
    """A Parquet row as the object that it amounts to, with its grade in place of an older one."""
    row = row_of(batch, index)
    kept = {name: row[name] for name in row if name != key and not name.startswith(f"{key}.")}
    row = kept | grade_members(grade, key, flat=flat)
    return json.dumps(row, default=as_json, allow_nan=False).encode() + b"\n"


def entry(number: int, line: bytes, offset: int | None = None) -> Entry:
    """A line as an entry, with its record or the reason there is none."""
    try:
        return Entry(number, parse_line(line), None, line, offset)
    except RecordError as error:
        return Entry(number, None, str(error), line, offset)


def _decode(text: str) -> Any:
    try:
        return _STRICT.decode(text)
    except (json.JSONDecodeError, RecordError):
        raise
    except ValueError:  # Python refuses integers of thousands of digits
        return _LONG_NUMBERS.decode(text)


def _integer(digits: str) -> int | str:
    """An integer; as text where Python refuses it."""
    try:
        return int(digits)
    except ValueError:
        return digits


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    # Most objects repeat none, which this tells quickly.
    if len(record) < len(pairs) and (twice := repeated_key(pairs)) is not None:
        raise RecordError(f"the key {quoted(twice)} stands twice in one object")
    return record


def _no_constant(name: str) -> NoReturn:
    raise RecordError(f"invalid JSON: {name} is no JSON number")


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
_LONG_NUMBERS = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer)
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
