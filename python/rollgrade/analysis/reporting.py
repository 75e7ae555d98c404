"""A graded log summed up: distributions, pass rates by rule and step, PII, facts, and a bounded gallery of failures.

One pass adds up; a second reads again the few rollouts that are shown. Memory does not grow with the log, but for a
few numbers a step.
"""

from __future__ import annotations

import heapq
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rollgrade.analysis.graded import grade_in, is_sound
from rollgrade.analysis.reading import Counting, Fields, Key, Row, fetch, not_by_line, rows, step_of
from rollgrade.evidence import Mark, marks_of, masked, pii_masked
from rollgrade.grades import RULES, Grade
from rollgrade.kernels import Facts
from rollgrade.logs.errors import LogError
from rollgrade.logs.files import Input
from rollgrade.logs.options import Watcher
from rollgrade.rubric import Rubric

__all__ = ["BINS", "FACTS", "Example", "Report", "Sums", "summed"]

BINS = 40
"""Bins of the rewards, over [0, 1]."""

TOKENS = 1000
"""Answers of more tokens than this are counted as this many."""

FACTS = 20
"""Facts of a prompt whose coverage is told apart; of longer lists the first."""

PER_RULE = 24
PER_STEP = 2
STEPS = 40
"""The gallery holds, for each rule, so many of those that fail it worst; and so many of the lowest rewards for each of
so many steps."""


@dataclass(slots=True)
class Sums:
    """Sums over rollouts: of a whole log, or of one step."""

    rollouts: int = 0
    scored: int = 0
    reward: float = 0.0
    tokens: int = 0
    measured: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    scores: Counter[str] = field(default_factory=Counter)

    def add(self, grade: Mapping[str, Any]) -> None:
        """Adds one grade."""
        self.rollouts += 1
        self.tokens += grade["tokens"]
        if grade["score"] is not None:
            self.scored += 1
            self.reward += grade["score"]
        for rule in grade["passed"]:
            if grade[rule] is not None:
                self.measured[rule] += 1
                self.passed[rule] += bool(grade["passed"][rule])
                self.scores[rule] += grade[rule]

    def merge(self, other: Sums) -> None:
        """Adds the sums of other rollouts."""
        self.rollouts += other.rollouts
        self.scored += other.scored
        self.reward += other.reward
        self.tokens += other.tokens
        for name in ("measured", "passed", "scores"):
            getattr(self, name).update(getattr(other, name))

    @property
    def mean(self) -> float | None:
        """The mean reward, of those that have one."""
        return self.reward / self.scored if self.scored else None

    def share(self, rule: str) -> float | None:
        """The share that passes a rule, of those that it was measured for."""
        return self.passed[rule] / self.measured[rule] if self.measured[rule] else None


@dataclass(frozen=True, slots=True)
class Example:
    """A rollout of the gallery. ``grade`` is as it stands in the log; ``marks`` is the evidence on the completion; of
    each fact its text, its score and what is said of it. PII is masked unless it was asked for. There is no
    ``completion`` where the log holds grades alone."""

    file: str
    number: int
    place: str
    id: str | None
    step: int | None
    grade: Mapping[str, Any] = field(repr=False)
    failed: tuple[str, ...]
    reason: str
    completion: str | None
    marks: tuple[Mark, ...]
    facts: tuple[tuple[str, float, str], ...]


@dataclass(slots=True)
class Report:
    """What a graded log adds up to."""

    logs: tuple[str, ...]
    all: Sums = field(default_factory=Sums)
    rejected: int = 0
    ungraded: int = 0
    """Records that could be read and hold no grade."""
    alone: int = 0
    """Grades that stand alone, without their records."""
    valid: int = 0
    rewards: list[int] = field(default_factory=lambda: [0] * BINS)
    """Rollouts by reward, in equal bins over [0, 1]."""
    tokens: Counter[int] = field(default_factory=Counter)
    """Rollouts by tokens, up to ``TOKENS``."""
    rules: list[str] = field(default_factory=lambda: list(RULES))
    """The rules that its grades have: the built-in ones, then the rubrics' own."""
    steps: dict[int, Sums] = field(default_factory=dict)
    pii: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Matches by kind and verdict."""
    with_pii: int = 0
    """Rollouts that hold PII."""
    facts: list[list[int]] = field(default_factory=list)
    """For the first fact of a prompt, the second, and so on: rollouts that had such a fact, carried it, and carried it
    negated."""
    rubrics: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    bases: Counter[str] = field(default_factory=Counter)
    budget: int | None = None
    """The token budget, where the rubric is known."""
    rubric_known: bool = False
    """Whether the grades were made with the rubric that was given, so that evidence can be shown."""
    gallery: list[Example] = field(default_factory=list)

    def to_html(self, *, show_pii: bool = False) -> str:
        """The report as one self-contained page (needs ``rollgrade[report]``)."""
        from rollgrade.pages.report import page

        return page(self, show_pii=show_pii)


def summed(
    inputs: Sequence[Input],
    rubric: Rubric,
    fields: Fields,
    *,
    limit: int | None = None,
    show_pii: bool = False,
    watcher: Watcher | None = None,
) -> Report:
    """Sums up graded logs, as ``rollgrade score`` writes them. Evidence beyond what the log says is shown where it was
    graded with ``rubric``. Raises ``LogError`` where a file cannot be read, or no record holds a grade."""
    fields = replace(fields, grades=True)
    run = _Run(inputs, rubric, fields, show_pii, watcher)
    for block in rows(inputs, fields, run.watcher, limit):
        run.block(block)
    return run.finish()


class _Run:
    """One report while it is made."""

    def __init__(
        self, inputs: Sequence[Input], rubric: Rubric, fields: Fields, show_pii: bool, watcher: Watcher | None
    ) -> None:
        self._inputs = inputs
        self._rubric = rubric
        self._fields = fields
        self._show_pii = show_pii
        self.watcher = Counting(watcher)
        self._report = Report(tuple(str(item.path) for item in inputs))
        self._lowest: dict[str, _Lowest] = {}
        self._of_step: dict[int, _Lowest] = {}

    def block(self, block: Sequence[Row]) -> None:
        """Adds the rollouts of a block."""
        graded = [(row, grade) for row in block if (grade := self._grade_of(row)) is not None]
        self._report.ungraded += len(block) - len(graded)
        for row, grade in graded:
            self._add(row, grade)
        self._add_facts([row for row, _ in graded if row.rollout.facts])

    def _grade_of(self, row: Row) -> Mapping[str, Any] | None:
        """The grade that a record holds, if it is one."""
        grade = row.record if row.origin else grade_in(row.record, self._fields.key)
        return grade if grade is not None and is_sound(grade) else None

    def _add(self, row: Row, grade: Mapping[str, Any]) -> None:
        report = self._report
        report.all.add(grade)
        report.rules += [rule for rule in grade["passed"] if rule not in report.rules]
        report.valid += bool(grade["valid"])
        report.alone += row.origin is not None
        score = grade["score"]
        if score is not None:
            report.rewards[min(BINS - 1, max(0, int(score * BINS)))] += 1
        report.tokens[min(TOKENS, grade["tokens"])] += 1
        matches = grade["pii_matches"] or []
        report.pii.update((match["kind"], match["verdict"]) for match in matches)
        report.with_pii += bool(matches)
        report.rubrics[grade["rubric"]] += 1
        report.versions[grade["version"]] += 1
        report.bases[grade["basis"]] += 1
        step = step_of(row, self._fields.step)
        if step is not None:
            report.steps.setdefault(step, Sums()).add(grade)
        failed = _failed(grade)
        for rule in failed:
            self._lowest.setdefault(rule, _Lowest(PER_RULE)).add(grade[rule], row)
        if failed and step is not None:
            self._of_step.setdefault(step, _Lowest(PER_STEP)).add(score, row)

    def _add_facts(self, block: Sequence[Row]) -> None:
        """What the answers carry of their prompts' facts, those with the same facts together."""
        together: dict[tuple[str, ...], list[str]] = {}
        answers = self._rubric._grader.answers([row.rollout.completion for row in block])
        for row, answer in zip(block, answers, strict=True):
            together.setdefault(tuple(row.rollout.facts or ()), []).append(answer)
        counts = self._report.facts
        for facts, texts in together.items():
            found = Facts(list(facts), polarity=self._rubric.coverage.polarity).score_batch(texts)
            negated = found.negated.sum(axis=0).tolist()
            carried = found.present.sum(axis=0).tolist()
            for index, (yes, no) in enumerate(zip(carried[:FACTS], negated, strict=False)):
                if index == len(counts):
                    counts.append([0, 0, 0])
                counts[index][0] += len(texts)
                counts[index][1] += yes
                counts[index][2] += no

    def finish(self) -> Report:
        """The report, with its gallery. Raises ``LogError`` where nothing was graded."""
        report = self._report
        report.rejected = self.watcher.rejected
        if not report.all.rollouts:
            raise LogError(
                not_by_line(self._inputs)
                or f"{', '.join(report.logs)}: none of {report.ungraded + report.rejected:,} records holds a grade"
                f"{f' under `{self._fields.key}`' if self._fields.key else ''}; "
                "grade the log first: rollgrade score LOG -o GRADED"
            )
        report.rubric_known = set(report.rubrics) == {self._rubric.hash}
        report.budget = self._rubric.length.max_tokens if report.rubric_known else None
        steps = sorted(self._of_step)
        shown = {steps[i * len(steps) // STEPS] for i in range(STEPS)} if len(steps) > STEPS else steps
        places = {place for lowest in self._lowest.values() for place in lowest.places()}
        places |= {place for step in shown for place in self._of_step[step].places()}
        read = fetch(self._inputs, self._fields, places)
        report.gallery = sorted((self._example(row) for row in read.values()), key=_by_reward)
        return report

    def _example(self, row: Row) -> Example:
        grade = self._grade_of(row)
        if grade is None:
            raise LogError(f"{row.place}: changed while it was read")
        marks: Sequence[Mark] = [
            Mark(
                "pii", match["start"], match["end"], f"{match['kind']}, {match['verdict']}".replace("_", " ")
            )
            for match in grade["pii_matches"] or []
        ]
        facts: list[tuple[str, float, str]] = []
        if row.origin is not None:
            marks = []
        elif self._report.rubric_known:
            again = self._again(row)
            if again is not None:
                marks, facts = marks_of(row.rollout.completion, again, self._rubric), self._facts(row, again)
        return Example(
            file=str(row.file),
            number=row.number,
            place=row.place,
            id=None if row.rollout.id is None else self._masked(row.rollout.id),
            step=step_of(row, self._fields.step),
            grade=grade,
            failed=_failed(grade),
            reason=self._masked(grade["reason"]),
            completion=None
            if row.origin is not None
            else self._masked(row.rollout.completion, [m for m in marks if m.name == "pii"]),
            marks=tuple(marks),
            facts=tuple(facts),
        )

    def _again(self, row: Row) -> Grade | None:
        """The whole grade with its evidence; None for a rollout that lacks what a rule needs."""
        rollout = row.rollout
        try:
            return self._rubric.grade(
                rollout.completion,
                source=rollout.source,
                facts=rollout.facts,
                reference=rollout.reference,
                truncated=rollout.truncated,
            )
        except ValueError:
            return None

    def _facts(self, row: Row, grade: Grade) -> list[tuple[str, float, str]]:
        if grade.coverage.basis != "facts":
            return []
        said = []
        for text, fact in zip(row.rollout.facts or [], grade.coverage.per_fact, strict=False):
            state = "negated" if fact.negated else "carried" if fact.present else "not carried"
            missing = f"; missing: {', '.join(fact.missing)}" if fact.missing and not fact.present else ""
            said.append((self._masked(text), fact.score, self._masked(state + missing)))
        return said

    def _masked(self, text: str, marks: Sequence[Mark] = ()) -> str:
        """The text with PII masked, unless it is to be shown: at the marks, and wherever the rubric finds it."""
        if self._show_pii:
            return text
        return masked(pii_masked(text, self._rubric), [(mark.start, mark.end) for mark in marks])


class _Lowest:
    """The places of the lowest scores. Of equal ones, which are many where a whole batch gets 0, a spread that is the
    same in every run."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[float, int, Key]] = []

    def add(self, score: float | None, row: Row) -> None:
        spread = zlib.crc32(row.place.encode("utf-8", "surrogateescape"))
        item = (-(score or 0.0), spread, row.key)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, item)
        else:
            heapq.heappushpop(self._heap, item)

    def places(self) -> set[Key]:
        return {key for _, _, key in self._heap}


def _failed(grade: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(rule for rule, passed in grade["passed"].items() if grade[rule] is not None and not passed)


def _by_reward(example: Example) -> tuple[float, str, int]:
    score = example.grade["score"]
    return (2.0 if score is None else score, example.file, example.number)
