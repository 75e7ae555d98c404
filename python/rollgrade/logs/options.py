"""What a rescore is told to do, and whom it tells what happens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.joining import Join, Template
from rollgrade.logs.native import Style
from rollgrade.logs.reader import Reader, reader_for
from rollgrade.logs.records import Reject
from rollgrade.logs.selecting import Selection

__all__ = ["Options", "RunWatcher", "Watcher"]


class Watcher(Protocol):
    """Is told what happens during a rescore."""

    def form(self, file: Path, taken: str) -> None:
        """The form of ``file`` was found; ``taken`` says which and why."""

    def progress(self, bytes_read: int, records: int) -> None:
        """So much more was read and graded."""

    def reject(self, reject: Reject) -> None:
        """A record was not graded."""


class RunWatcher(Watcher, Protocol):
    """Is told what else there is to say about a rescore."""

    def note(self, text: str) -> None:
        """Something a person should know, in one line."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to rescore: field paths over the forms, how grades are written, how many records and which of them, rows
    joined from elsewhere, and the text around the source."""

    paths: Mapping[str, FieldPath] = field(default_factory=dict)
    style: Style = field(default_factory=Style)
    limit: int | None = None
    selection: Selection = field(default_factory=Selection)
    join: Join | None = None
    template: Template | None = None
    block_bytes: int = 4 << 20
    """Bytes of lines that are graded at once."""
    checkpoint_seconds: float = 3.0
    """How often the place is noted that a run goes on from."""

    def reader(self, file: Path, sample: Sequence[Mapping[str, object]]) -> Reader:
        """The reader for a file whose first records are ``sample``. Raises ``LogError`` where no form fits."""
        reader = reader_for(file, sample, self.paths, join=self.join, template=self.template)
        unknown = [
            f"none of them has `{condition.path.text}`, which --where asks for"
            for condition in self.selection.conditions
            if all(condition.path.find(record) is ABSENT for record in sample)
        ]
        return replace(reader, taken="; ".join([reader.taken, *unknown]))

    def all_paths(self) -> dict[str, FieldPath]:
        """Every path that a record is looked at by, under any name."""
        joined = {"on": self.join.on} if self.join else {}
        conditions = {str(i): condition.path for i, condition in enumerate(self.selection.conditions)}
        return {**self.paths, **joined, **conditions}

    def digest(self) -> str:
        """What of it decides the output."""
        said = [
            sorted((name, path.text) for name, path in self.paths.items()),
            repr(self.style),
            self.limit,
            [[c.path.text, c.operator, c.text, c.number] for c in self.selection.conditions],
            self.selection.at_most,
            repr(self.template),
            None if self.join is None else [self.join.on.text, _join_digest(self.join)],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _join_digest(join: Join) -> str:
    digest = hashlib.sha256()
    for key, row in join.rows.items():
        digest.update(json.dumps([key, row.source, row.facts, row.reference]).encode())
    return digest.hexdigest()
