"""Lines of JSON graded in Rust, a block at a time, and the lines of which it is not certain here."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollgrade import _core
from rollgrade.completion import END_OF_TURN
from rollgrade.logs.fieldpath import FieldPath
from rollgrade.logs.forms.form import CUT_OFF, GROUND_TRUTH, NAMES, STOPPED
from rollgrade.logs.grading import Grader
from rollgrade.logs.reader import Reader
from rollgrade.logs.selecting import Selection

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Native", "Style"]


@dataclass(frozen=True, slots=True)
class Style:
    """How grades are written: under a key or, ``flat``, each field under its own, which begins with the key; or
    alone, behind the place of their record."""

    key: str = "rollgrade"
    flat: bool = False
    only_grades: bool = False


@dataclass(slots=True)
class Native:
    """The Rust path over the files of a run. It keeps prepared prompts from file to file."""

    grader: Grader
    style: Style
    selection: Selection
    _current: _core.LogGrader | None = None
    _file: tuple[Path, Reader, str | None] | None = None
    _partners: _core.LogPartners | None = None
    _warned: set[str] = field(default_factory=set)

    def grade(
        self, file: Path, reader: Reader, block: _core.LogBlock, first: int, limit: int | None
    ) -> _core.LogDone | None:
        """Grades a block, or ``None`` where the rubric or the run so far needs Python."""
        alone = f'{{"file": {json.dumps(str(file))}, "line": ' if self.style.only_grades else None
        current = self._of(file, reader, alone)
        if current is None:
            return None
        return current.grade(block, first, self.selection.at_most, limit)

    def grade_rows(
        self, file: Path, reader: Reader, batch: pa.RecordBatch, number: int, first: int, limit: int | None
    ) -> _core.LogDone | None:
        """Grades rows, of the columns that may be looked at: lines of grades, each with the number of its row."""
        current = self._of(file, reader, '{"line": ')
        if current is None:
            return None
        return current.grade_rows(batch, number, first, self.selection.at_most, limit)

    def _of(self, file: Path, reader: Reader, alone: str | None) -> _core.LogGrader | None:
        """The grader of a file's records."""
        core = self.grader.native
        if core is None or self.grader.basis is None or reader.many:
            return None
        if self._current is None or self._file != (file, reader, alone):
            demands = self.grader.demands()
            style = {"key": self.style.key, "flat": self.style.flat, "alone": alone}
            if self._partners is None and reader.join is not None:
                rows = [(k, row.source, row.facts, row.reference) for k, row in reader.join.rows.items()]
                self._partners = _core.LogPartners(rows)
            spec = _spec(reader, self.selection) | {"partners": self._partners}
            new = _core.LogGrader(core, spec | demands | style, demands["threads"])
            if self._current is not None:
                new.take_tasks(self._current)
            self._current, self._file = new, (file, reader, alone)
        return self._current

    def warn_of(self, done: _core.LogDone) -> None:
        """Warns of PII in facts, once of each kind."""
        if not self._warned.issuperset(kinds := done.pii_in_facts):
            self._warned.update(kinds)
            warnings.warn(
                f"facts hold PII ({', '.join(sorted(self._warned))}): it carries no weight in coverage",
                stacklevel=2,
            )


def _spec(reader: Reader, selection: Selection) -> dict[str, Any]:
    """Where a file's fields are, as Rust takes it."""
    form, paths, join = reader.form, reader.paths, reader.join
    completion = paths.get("completion") or (form.completion if form else None)
    return {
        "completion": _path(completion),
        "prompt": _path(form.prompt if form else None),
        "truths": [_path(path) for path in form.truths] if form else [],
        "stopped": [_path(path) for path in form.stopped] if form else [],
        "source": _path(paths.get("source")),
        "facts": _path(paths.get("facts")),
        "reference": _path(paths.get("reference")),
        "template": (reader.template.before, reader.template.after) if reader.template else None,
        "on": _path(join.on if join else None),
        "conditions": [(_path(c.path), c.operator, c.text, c.number) for c in selection.conditions],
        "source_names": NAMES["source"],
        "facts_names": NAMES["facts"],
        "reference_names": NAMES["reference"],
        "id_names": NAMES["id"],
        "truth_name": GROUND_TRUTH,
        "stopped_names": STOPPED,
        "cut_off": sorted(CUT_OFF),
        "end_of_turn": END_OF_TURN,
    }


def _path(path: FieldPath | None) -> tuple[str, Sequence[str | int]] | None:
    return None if path is None else (path.text, list(path.steps))
