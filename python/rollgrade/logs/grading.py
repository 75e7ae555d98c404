"""From rollouts to grades as they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rollgrade.logs.errors import RecordError
from rollgrade.logs.records import Grade, Rollout, a_basis, before
from rollgrade.rubric import Material, Rubric
from rollgrade.settings import BASES

if TYPE_CHECKING:
    from rollgrade import _core
    from rollgrade.grades import Grades

__all__ = ["Grader", "together"]

_STAMP = ("basis", "rubric", "version")


class Grader:
    """Grades the rollouts of one run, all of them on the basis that the first ones have.

    Under ``missing = "error"`` a rollout that lacks what a rule needs is an error of its own, not of the run.
    """

    def __init__(self, rubric: Rubric, *, threads: int = 1) -> None:
        self._rubric = rubric.replace(missing="skip") if rubric.missing == "error" else rubric
        self._stamp = rubric.hash
        self._strict = rubric.missing == "error"
        self._threads = threads
        self.basis: str | None = None
        """What coverage is measured against, once something was graded."""
        self._why = ""

    @property
    def stamp(self) -> str:
        """The rubric's hash, as every grade has it."""
        return self._stamp

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of all rules, as every grade has them."""
        return self._rubric.rule_names

    @property
    def native(self) -> _core.Grader | None:
        """The grader for the path that is Rust from end to end; ``None`` for a rubric that needs Python: a callable
        combination or rule, another tokenizer, a language model."""
        rubric = self._rubric
        plain = (
            type(rubric) is Rubric
            and not callable(rubric.combine)
            and all(rule.score is None for rule in rubric.rules)
            and rubric.length.tokenizer == "gpt2"
            and rubric.fluency.scorer != "lm"
        )
        return rubric._grader if plain else None

    def decide(self, rollouts: Sequence[Rollout]) -> None:
        """Settles the basis by the first rollouts of a run, as grading them would."""
        if self.basis is None and rollouts:
            rows = [Material.of(r.source, r.facts, None, r.reference) for r in rollouts]
            self.basis = self._rubric._run_basis(rows)
            self._why = self._why_of(rows)

    @property
    def chosen(self) -> str:
        """The basis, and why it is this one, for a person."""
        why = f" ({self._why})" if self._why else ""
        return f"coverage against: {self.basis}{why}"

    @property
    def ungrounded(self) -> str | None:
        """A warning where there was nothing to measure coverage against, and the rubric does not say so."""
        if self.basis != "none" or not self._is_auto or not self._why:
            return None
        return (
            f"warning: nothing to measure coverage against: {self._why}, so it is in no reward. Name "
            "the fields with --facts, --source or --reference, or bring them with --join or --source-from; "
            'coverage.basis = "none" in the rubric says that it is meant'
        )

    @property
    def _is_auto(self) -> bool:
        return self._rubric.coverage.basis == "auto"

    def _why_of(self, rows: Sequence[Material]) -> str:
        if self.basis is None or not self._is_auto:
            return "as the rubric says"
        better = before(self.basis)
        listed = " or ".join([", ".join(better[:-1]), better[-1]] if len(better) > 1 else better)
        lacking = f"the first {len(rows):,} rollouts hold no {listed}" if better else ""
        with_it = sum(row.has(self.basis) for row in rows)
        if self.basis == "none" or with_it == len(rows):
            return lacking
        held = f"{with_it:,} of the first {len(rows):,} rollouts hold {'it' if lacking else 'them'}"
        return f"{lacking}; {held}" if lacking else held

    def demands(self) -> dict[str, Any]:
        """What the rubric asks of every record, and what stands in every grade, once the basis is settled."""
        basis = self.basis or "none"
        return {
            "basis": basis,
            # A record that lacks the basis is left to Python, which knows of those that have nothing else.
            "fall_back": False,
            "needs_source": self._rubric.missing != "fallback"
            and self._rubric._needs_source(basis) is not None,
            "rubric": self._stamp,
            "threads": self._threads,
        }

    def grade(self, rollouts: Sequence[Rollout]) -> list[Grade | RecordError]:
        """One grade, or the reason there is none, for each rollout."""
        if not rollouts:
            return []
        try:
            return self._batch(rollouts)
        except (ValueError, TypeError, RuntimeError) as error:
            if len(rollouts) == 1:
                return [RecordError(str(error))]
        # One of them cannot be graded, and the batch does not say which.
        return [grade for rollout in rollouts for grade in self.grade([rollout])]

    def _batch(self, rollouts: Sequence[Rollout]) -> list[Grade | RecordError]:
        grades = self._rubric.grade_batch(
            [r.completion for r in rollouts],
            sources=[r.source for r in rollouts],
            facts=[r.facts for r in rollouts],
            references=[r.reference for r in rollouts],
            truncated=[r.truncated for r in rollouts],
            basis=self.basis,
            threads=self._threads,
        )
        self.basis = grades.basis
        written = self._written(grades)
        if not self._strict:
            return list(written)
        return [
            grade
            if graded
            else RecordError(
                grade["reason"].removeprefix("Not graded: ").removesuffix(".") + self._instead(rollout)
            )
            for rollout, grade, graded in zip(rollouts, written, grades.graded.tolist(), strict=True)
        ]

    def _instead(self, rollout: Rollout) -> str:
        """What to set for a rollout that lacks what the run is measured against, and holds something else."""
        material = Material.of(rollout.source, rollout.facts, None, rollout.reference)
        if self.basis is None or material.has(self.basis):
            return ""
        found = next((basis for basis in BASES if material.has(basis)), None)
        if found is None:
            return '; missing = "skip" in the rubric leaves it without a reward'
        return (
            f'; it holds {a_basis(found)}: in the rubric, coverage.basis = "{found}" measures every record against that, '
            'missing = "fallback" each against the first that it has'
        )

    def _written(self, grades: Grades) -> list[Grade]:
        columns: dict[str, list[Any]] = {
            "score": _numbers(grades.score),
            "valid": grades.valid.tolist(),
            "reason": grades.reasons,
            "tokens": grades.tokens.tolist(),
            **{rule: _numbers(scores) for rule, scores in grades.scores.items()},
            "passed": _records({rule: passed.tolist() for rule, passed in grades.passed.items()}),
            "pii_matches": _matches(grades),
            "pii_basis": grades.pii_basis,
        }
        stamp = {"basis": grades.basis, "rubric": self._stamp, "version": grades.version}
        return [row | stamp for row in _records(columns)]


def together(grades: Sequence[Grade]) -> Grade:
    """The grades of the rollouts of one record: under each name a list, one entry a rollout, but for what is the same
    for all of a run."""
    first = grades[0]
    lists: Grade = {name: [grade[name] for grade in grades] for name in first if name not in _STAMP}
    lists["passed"] = {rule: [grade["passed"][rule] for grade in grades] for rule in first["passed"]}
    return lists | {name: first[name] for name in _STAMP}


def _records(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _matches(grades: Grades) -> list[list[dict[str, Any]]]:
    """The PII of each rollout: what and where, never the value."""
    found = grades.pii_matches
    columns = {
        "kind": found.kind,
        "start": found.start.tolist(),
        "end": found.end.tolist(),
        "verdict": found.verdict,
    }
    matches: list[list[dict[str, Any]]] = [[] for _ in range(len(grades))]
    for row, match in zip(found.row.tolist(), _records(columns), strict=True):
        matches[row].append(match)
    return matches


def _numbers(column: Any) -> list[float | None]:
    """A float column with ``None`` where there is no number."""
    return [None if math.isnan(value) else value for value in column.tolist()]
