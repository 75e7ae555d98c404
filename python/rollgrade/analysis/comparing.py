"""Two rewards for the same rollouts: of two rubrics, or of one rubric and what stands in the log.

One pass grades the log into columns of numbers; a second reads again the few rollouts that are shown.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rollgrade import __version__
from rollgrade._names import hinting
from rollgrade.analysis.ranks import Agreement, agreement, percentiles
from rollgrade.analysis.reading import (
    Counting,
    Fields,
    Row,
    fetch,
    find_reward,
    first_records,
    log_inputs,
    not_by_line,
    prompt_key,
    reward_at,
    rows,
)
from rollgrade.evidence import pii_masked, without_pii
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.fieldpath import FieldPath
from rollgrade.logs.files import Input
from rollgrade.logs.grading import Grader
from rollgrade.logs.options import Watcher
from rollgrade.logs.reader import field_paths
from rollgrade.logs.records import Grade, Reject
from rollgrade.recipes import as_rubric
from rollgrade.rubric import Rubric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["MOVED", "Comparison", "Moved", "RuleChange", "Side", "compare", "compared"]

MOVED = 20
"""Rollouts that are shown, of those that moved most."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two rewards. ``name`` is the rubric's file, or the field; ``rubric`` its hash, None for a field.
    ``missing`` counts rollouts without this reward; ``mean`` is over the others."""

    name: str
    rubric: str | None
    basis: str | None
    missing: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule under both. For two rubrics: the mean scores, the shares that pass, and how many rollouts came to pass
    (``gained``) and to fail (``lost``); None for what a rubric without that rule does not say. Against a reward in the log: b's mean and share, and Spearman's correlation of
    b's rule with that reward."""

    rule: str
    mean_a: float | None
    mean_b: float | None
    passed_a: float | None
    passed_b: float | None
    gained: int | None
    lost: int | None
    spearman: float | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A rollout that moved far: its rewards, its places among all (0 lowest, 1 highest), both reasons, and the
    completion, PII masked."""

    place: str
    id: str | None
    a: float
    b: float
    place_a: float
    place_b: float
    reason_a: str
    reason_b: str
    completion: str


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two rewards a and b for the rollouts of a log.

    ``reward_a``, ``reward_b`` (float64, NaN where missing) and ``group`` (int64, the prompt's index; -1 where no prompt
    is known) are of shape (rollouts,). ``overall`` has one entry, ``by_group`` one a prompt, both over the rollouts
    that have both rewards; ``group_names`` names the prompts, by an id or by the place of their first rollout.
    """

    logs: tuple[str, ...]
    a: Side
    b: Side
    rejected: int
    reward_a: Floats
    reward_b: Floats
    group: NDArray[np.int64]
    overall: Agreement
    by_group: Agreement
    group_names: list[str]
    rules: tuple[RuleChange, ...]
    moved: tuple[Moved, ...]

    @property
    def both(self) -> int:
        """Rollouts that have both rewards."""
        return int(self.overall.n[0])

    def to_dict(self) -> dict[str, Any]:
        """Everything but the columns of rollouts as plain data, ready for JSON: None where a figure is not defined."""
        return {
            "version": __version__,
            "logs": list(self.logs),
            "a": asdict(self.a),
            "b": asdict(self.b),
            "rollouts": len(self.reward_a),
            "rejected": self.rejected,
            "both": self.both,
            "overall": _entries(self.overall)[0],
            "within_prompts": self.within_prompts(),
            "prompts": [
                {"prompt": name} | entry
                for name, entry in zip(self.group_names, _entries(self.by_group), strict=True)
            ],
            "rules": [asdict(rule) for rule in self.rules],
            "moved": [asdict(moved) for moved in self.moved],
        }

    def within_prompts(self) -> dict[str, Any]:
        """The prompts taken together: sums of pairs, the shares of the pairs of which a prefers one that b flips or
        ties, and mean and median of the correlations where they are defined."""
        by = self.by_group
        pairs = {
            name: int(getattr(by, name).sum())
            for name in ("pairs", "same", "flipped", "tied_a", "tied_b", "tied")
        }
        preferred = int(by.preferred.sum())
        defined = ~np.isnan(by.spearman)
        found: dict[str, Any] = {
            "prompts": len(by.n),
            "of_one_rollout": int((by.n == 1).sum()),
            "constant": int(((by.n > 1) & ~defined).sum()),
            "correlated": int(defined.sum()),
            **pairs,
            "preferred": preferred,
            "flip_share": pairs["flipped"] / preferred if preferred else None,
            "tie_share": pairs["tied_b"] / preferred if preferred else None,
        }
        for name in ("spearman", "kendall"):
            values = getattr(by, name)[defined]
            found[f"{name}_mean"] = float(values.mean()) if len(values) else None
            found[f"{name}_median"] = float(np.median(values)) if len(values) else None
        return found

    def to_html(self) -> str:
        """The comparison as one self-contained page (needs ``rollgrade[report]``)."""
        from rollgrade.pages.comparison import page

        return page(self)

    def __repr__(self) -> str:
        overall = _entries(self.overall)[0]
        flips = self.within_prompts()["flip_share"]
        return (
            f"Comparison({self.a.name!r}, {self.b.name!r}, {self.both} rollouts, {len(self.group_names)} prompts, "
            f"spearman={_short(overall['spearman'])}, kendall={_short(overall['kendall'])}, "
            f"flipped={'-' if flips is None else f'{flips:.1%}'})"
        )


@hinting
def compare(
    log: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    a: Rubric | str | os.PathLike[str],
    b: Rubric | str | os.PathLike[str] | None = None,
    *,
    against: str | None = None,
    group: str | None = None,
    completion: str | None = None,
    source: str | None = None,
    facts: str | None = None,
    reference: str | None = None,
    limit: int | None = None,
    threads: int = 1,
) -> Comparison:
    """Compares what two rubrics make of a rollout log; with one rubric, the reward that stands in the log with the
    rubric's, under the field path ``against`` or wherever it is usually found.

    ``log``: files, folders or glob patterns, as ``rollgrade score`` takes them; rubrics are :class:`Rubric` or rubric
    files. ``group`` is the field that names a prompt; without it prompts are told apart by an id or by their text.
    Memory grows by some 100 bytes a rollout. Raises ``LogError`` (a ``ValueError``) for what cannot be read.
    """
    given = [log] if isinstance(log, (str, os.PathLike)) else list(log)
    for path in given:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"log: got {type(path).__name__}, expected the path of a log, or a list of them")
    inputs = log_inputs([os.fspath(path) for path in given])
    named = [
        (_name(rubric, "ab"[i]), as_rubric(rubric)) for i, rubric in enumerate((a, b)) if rubric is not None
    ]
    fields = Fields(
        field_paths(completion=completion, source=source, facts=facts, reference=reference),
        group=None if group is None else FieldPath.parse(group),
        reward=None if against is None else FieldPath.parse(against),
    )
    return compared(inputs, named, fields, limit=limit, threads=threads)


def compared(
    inputs: Sequence[Input],
    rubrics: Sequence[tuple[str, Rubric]],
    fields: Fields,
    *,
    limit: int | None = None,
    threads: int = 1,
    watcher: Watcher | None = None,
) -> Comparison:
    """:func:`compare` with everything found: one or two named rubrics; with one, against the reward in the log."""
    if not 1 <= len(rubrics) <= 2:
        raise ValueError(
            f"rubrics: got {len(rubrics)}, expected two, or one to compare with the reward in the log"
        )
    if len(rubrics) == 2 and fields.reward is not None:
        raise ValueError("against: got a field and two rubrics, expected the one or the other")
    if len(rubrics) == 1 and fields.reward is None:
        fields = replace(fields, reward=find_reward(first_records(inputs, fields)), reward_found=True)
    run = _Run(rubrics, fields, threads, watcher)
    for block in rows(inputs, fields, run.watcher, limit):
        run.block(block)
    return run.finish(inputs)


class _Run:
    """One comparison while it is made."""

    def __init__(
        self, rubrics: Sequence[tuple[str, Rubric]], fields: Fields, threads: int, watcher: Watcher | None
    ) -> None:
        self._rubrics = [rubric for _, rubric in rubrics]
        self._names = [name for name, _ in rubrics]
        self._fields = fields
        self._graders = [Grader(rubric, threads=threads) for rubric in self._rubrics]
        self.watcher = Counting(watcher)
        self._rewards = (array("d"), array("d"))
        # Of both rubrics: one may have rules that the other has not.
        rules = list(dict.fromkeys(rule for rubric in self._rubrics for rule in rubric.rule_names))
        self._rules = [{rule: array("d") for rule in rules} for _ in rubrics] if len(rubrics) == 1 else []
        self._means = [{rule: _Tally() for rule in rules} for _ in rubrics]
        self._changed = {rule: [0, 0] for rule in rules}
        self._groups: dict[int, int] = {}
        self._group = array("q")
        self._names_of_groups: list[str] = []
        self._file = array("q")
        self._number = array("q")
        self._part = array("l")
        self._files: dict[str, int] = {}

    def block(self, block: Sequence[Row]) -> None:
        """Grades a block into the columns. What no rubric can grade is rejected."""
        graded = [grader.grade([row.rollout for row in block]) for grader in self._graders]
        for row, *grades in zip(block, *graded, strict=True):
            errors = [grade for grade in grades if isinstance(grade, RecordError)]
            if len(errors) == len(grades):
                self.watcher.reject(Reject(row.file, row.number, str(errors[0]), ""))
                continue
            self._add(row, [None if isinstance(grade, RecordError) else grade for grade in grades])

    def _add(self, row: Row, grades: Sequence[Grade | None]) -> None:
        rewards = [np.nan if grade is None or grade["score"] is None else grade["score"] for grade in grades]
        if len(rewards) == 1 and self._fields.reward is not None:
            rewards.insert(0, reward_at(row.record, self._fields.reward))
        for column, reward in zip(self._rewards, rewards, strict=True):
            column.append(reward)
        for rule in self._changed:
            scores = [None if grade is None else grade.get(rule) for grade in grades]
            passed = [bool(grade and grade["passed"].get(rule)) for grade in grades]
            for tally, score, good in zip(self._means, scores, passed, strict=True):
                tally[rule].add(score, good)
            if len(grades) == 2 and None not in scores and passed[0] != passed[1]:
                self._changed[rule][passed[0]] += 1
            if len(grades) == 1:
                self._rules[0][rule].append(np.nan if scores[0] is None else scores[0])
        self._file.append(self._files.setdefault(str(row.file), len(self._files)))
        self._number.append(row.number)
        self._part.append(row.part)
        self._group.append(self._group_of(row))

    def _group_of(self, row: Row) -> int:
        key = prompt_key(row, self._fields.group)
        if key is None:
            return -1
        index = self._groups.setdefault(key[0], len(self._groups))
        if index == len(self._names_of_groups):
            self._names_of_groups.append(key[1] or row.place)
        return index

    def finish(self, inputs: Sequence[Input]) -> Comparison:
        """The comparison. Raises ``LogError`` where no rollout has both rewards."""
        a, b = (
            np.frombuffer(column, dtype=np.float64) if column else np.empty(0) for column in self._rewards
        )
        group = np.array(self._group, dtype=np.int64)
        both = ~np.isnan(a) & ~np.isnan(b)
        if not both.any():
            raise LogError(self._nothing(a, b, inputs))
        grouped = both & (group >= 0)
        groups = len(self._names_of_groups)
        everything = np.zeros(int(both.sum()), dtype=np.int64)
        return Comparison(
            logs=tuple(str(item.path) for item in inputs),
            a=self._side(0, a),
            b=self._side(1, b),
            rejected=self.watcher.rejected,
            reward_a=a,
            reward_b=b,
            group=group,
            overall=agreement(a[both], b[both], everything, 1),
            by_group=agreement(a[grouped], b[grouped], group[grouped], groups),
            group_names=[pii_masked(name, *self._rubrics) for name in self._names_of_groups],
            rules=tuple(self._rule(rule, a) for rule in self._changed),
            moved=self._moved(inputs, np.where(both, a, np.nan), np.where(both, b, np.nan)),
        )

    def _nothing(self, a: Floats, b: Floats, inputs: Sequence[Input]) -> str:
        if not len(a):
            none = f"nothing to compare: no rollout could be graded ({self.watcher.rejected:,} rejected)"
            return not_by_line(inputs) or none
        have = [int((~np.isnan(column)).sum()) for column in (a, b)]
        named = [self._side(0, a).name, self._side(1, b).name]
        return (
            f"nothing to compare: of {len(a):,} rollouts {have[0]:,} have a reward by {named[0]} and {have[1]:,} by "
            f"{named[1]}, and none has both"
        )

    def _side(self, index: int, column: Floats) -> Side:
        known = column[~np.isnan(column)]
        missing, mean = len(column) - len(known), float(known.mean()) if len(known) else None
        at = index - (2 - len(self._rubrics))
        if at < 0:
            field = self._fields.reward
            return Side(without_pii(field.text) if field else "", None, None, missing, mean)
        return Side(
            without_pii(self._names[at]), self._rubrics[at].hash, self._graders[at].basis, missing, mean
        )

    def _rule(self, rule: str, a: Floats) -> RuleChange:
        tallies = [tally[rule] for tally in self._means]
        of_b = tallies[-1]
        if len(tallies) == 2:
            of_a, (gained, lost) = tallies[0], self._changed[rule]
            known = all(rule in rubric.rule_names for rubric in self._rubrics)
            change = (gained, lost) if known else (None, None)
            return RuleChange(rule, of_a.mean, of_b.mean, of_a.share, of_b.share, change[0], change[1], None)
        score = np.array(self._rules[0][rule])
        known = ~np.isnan(score) & ~np.isnan(a)
        everything = np.zeros(int(known.sum()), dtype=np.int64)
        rho = _number(agreement(a[known], score[known], everything, 1).spearman[0])
        return RuleChange(rule, None, of_b.mean, None, of_b.share, None, None, rho)

    def _moved(self, inputs: Sequence[Input], a: Floats, b: Floats) -> tuple[Moved, ...]:
        """The rollouts that moved most: by the difference of the rewards, or, where the log's reward may have a scale of
        its own, by the difference of places. Of equal ones the first in the log."""
        places = percentiles(a), percentiles(b)
        distance = np.abs(b - a) if len(self._rubrics) == 2 else np.abs(places[1] - places[0])
        distance = np.where(np.isnan(distance), -1.0, distance)
        count = min(MOVED, len(distance))
        # The first of equal ones: as few as are needed from those at the threshold.
        least = np.partition(distance, -count)[-count]
        more = np.flatnonzero(distance > least)
        equal = np.flatnonzero(distance == least)[: count - len(more)]
        chosen = np.concatenate([more, equal])
        chosen = chosen[np.lexsort((chosen, -distance[chosen]))]
        chosen = chosen[distance[chosen] > 0]
        files = list(self._files)
        at = [(files[self._file[i]], self._number[i], self._part[i]) for i in chosen.tolist()]
        read = fetch(inputs, self._fields, set(at))
        return tuple(
            self._one_moved(read[place], float(a[i]), float(b[i]), float(places[0][i]), float(places[1][i]))
            for place, i in zip(at, chosen.tolist(), strict=True)
        )

    def _one_moved(self, row: Row, a: float, b: float, place_a: float, place_b: float) -> Moved:
        reasons = []
        for grader in self._graders:
            (grade,) = grader.grade([row.rollout])
            reason = str(grade) if isinstance(grade, RecordError) else grade["reason"]
            reasons.append(pii_masked(reason, *self._rubrics))
        if len(reasons) == 1:
            reasons.insert(0, "")
        text = pii_masked(row.rollout.completion, *self._rubrics)
        identity = None if row.rollout.id is None else pii_masked(row.rollout.id, *self._rubrics)
        return Moved(row.place, identity, a, b, place_a, place_b, reasons[0], reasons[1], text)


@dataclass(slots=True)
class _Tally:
    """A rule's scores summed up."""

    n: int = 0
    total: float = 0.0
    passed: int = 0

    def add(self, score: float | None, passed: bool) -> None:
        if score is not None:
            self.n += 1
            self.total += score
            self.passed += passed

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None

    @property
    def share(self) -> float | None:
        return self.passed / self.n if self.n else None


def _entries(found: Agreement) -> list[dict[str, Any]]:
    """One plain record a group."""
    counts = ("n", "pairs", "same", "flipped", "tied_a", "tied_b", "tied")
    columns: Mapping[str, list[Any]] = {name: getattr(found, name).tolist() for name in counts}
    figures = {name: [_number(v) for v in getattr(found, name).tolist()] for name in ("spearman", "kendall")}
    columns = dict(columns) | figures
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _name(rubric: Rubric | str | os.PathLike[str], name: str) -> str:
    return f"rubric {name}" if isinstance(rubric, Rubric) else os.fspath(rubric)
