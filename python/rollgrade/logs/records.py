"""What passes through a rescore: blocks of entries as they were read, and the rollouts made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollgrade.grades import RULES
from rollgrade.settings import BASES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "BLOCK_BYTES",
    "BLOCK_ROWS",
    "GRADE_FIELDS",
    "GRADE_KEY",
    "GRADE_STAMP",
    "Block",
    "Entry",
    "Grade",
    "Reject",
    "Rollout",
    "Shape",
    "a_basis",
    "before",
    "grade_shape",
    "own_field",
]

GRADE_KEY = "rollgrade"
"""The key (JSONL) or column (Parquet) under which a grade is added to its record."""

Grade = dict[str, Any]
"""A grade as it is written: JSON values under the names of ``grade_shape``, in their order."""

Shape = str | dict[str, "Shape"] | list["Shape"]
"""What a field holds: ``"number"``, ``"whole"``, ``"flag"`` or ``"text"``, fields of its own, or a list of what the one
entry says."""

GRADE_STAMP = ("basis", "rubric", "version")
"""The fields of a grade that are the same in all of a run."""


def grade_shape(rules: Sequence[str] = RULES) -> dict[str, Shape]:
    """The fields that a grade by these rules is written with."""
    match: Shape = {"kind": "text", "start": "whole", "end": "whole", "verdict": "text"}
    return {
        "score": "number",
        "valid": "flag",
        "reason": "text",
        "tokens": "whole",
        **dict.fromkeys(rules, "number"),
        "passed": dict.fromkeys(rules, "flag"),
        "pii_matches": [match],
        "pii_basis": "text",
        **dict.fromkeys(GRADE_STAMP, "text"),
    }


GRADE_FIELDS = frozenset(grade_shape()) - {"passed"}
"""What a grade holds, beside ``passed`` with a verdict for each rule, and the scores of the rubric's own rules."""

BLOCK_ROWS = 512
"""Most records in one block."""

BLOCK_BYTES = 16 << 20
"""A block is closed when its lines have this many bytes; a longer line is a block of its own."""


@dataclass(slots=True)
class Entry:
    """One record: its 1-based line (JSONL) or row (Parquet), and the parsed record or the reason there is
    none."""

    number: int
    record: Mapping[str, Any] | None
    reason: str | None = None
    raw: bytes = b""
    """The line as it stands in the file, its line ending included; empty for Parquet, but where its rows hold lines."""
    offset: int | None = None
    """Where the line begins in the unpacked file, in bytes; ``None`` for Parquet."""


@dataclass(slots=True)
class Block:
    """Consecutive entries of one file."""

    file: Path
    entries: list[Entry] = field(default_factory=list)
    blank: int = 0
    """Lines of nothing but white space, which hold no record."""
    bytes_read: int = 0
    """Share of the file's size, for progress."""
    batch: pa.RecordBatch | None = None
    """The rows with all their columns, for Parquet; one row an entry."""


@dataclass(slots=True)
class Rollout:
    """What a record says about one completion; ``None`` where it says nothing."""

    completion: str
    source: str | None = None
    facts: list[str] | None = None
    reference: str | None = None
    truncated: bool | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was not graded, where it stands and why."""

    file: Path
    number: int
    reason: str
    line: str
    """The record as text; bytes that are not UTF-8 as lone surrogates (Python's ``surrogateescape``)."""
    offset: int | None = None
    """Where the line begins in the unpacked file, in bytes; ``None`` for Parquet."""

    @property
    def place(self) -> str:
        """``file:number``."""
        return f"{self.file}:{self.number}"


def a_basis(basis: str) -> str:
    """A basis as what a record holds, for a person."""
    return basis if basis == "facts" else f"a {basis}"


def before(basis: str) -> tuple[str, ...]:
    """What goes before a basis, where a record holds it."""
    return BASES[: BASES.index(basis)] if basis in BASES else BASES


def own_field(names: Collection[str], key: str) -> str | None:
    """The first name below ``key`` that no flat grade has. Rules of an older rubric are not known by their names, but
    each has two: ``KEY.NAME`` and ``KEY.passed.NAME``."""

    def is_field(field: str) -> bool:
        if field in GRADE_FIELDS:
            return True
        rule = field.removeprefix("passed.")
        return rule in RULES or all(f"{key}.{part}{rule}" in names for part in ("", "passed."))

    below = (name for name in names if name.startswith(f"{key}."))
    return next((name for name in below if not is_field(name.removeprefix(f"{key}."))), None)
