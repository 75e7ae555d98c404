"""What a rescore adds up: counts, means, pass rates, PII by kind, the worst rollouts."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rollgrade import _core
from rollgrade.logs.records import Grade, Rollout, before
from rollgrade.settings import BASES

__all__ = ["Summary", "Worst"]

WORST = 3

_COUNTS = (
    "graded", "rejected", "blank", "passed_over", "unscored", "valid", "reward", "tokens", "over_budget",
    "repeated_ids", "basis", "more",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the worst rollouts."""

    score: float
    place: str
    id: str | None
    reason: str


Order = tuple[int, ...]
"""A place in a run as numbers that rise with it."""


@dataclass(slots=True)
class Summary:
    """Sums over the graded rollouts of a run; ``read = graded - more + rejected``. Blank lines hold no record, and what
    was passed over was not read."""

    graded: int = 0
    """Rollouts: of most forms a record is one."""
    more: int = 0
    """Of those, the ones behind the first of their record."""
    rejected: int = 0
    """Records: one is rejected as a whole."""
    blank: int = 0
    passed_over: int = 0
    """Records that were not looked at: not of the sample, or not as the conditions say."""
    unscored: int = 0
    """Graded records without a reward: the rubric says ``missing = "skip"``."""
    valid: int = 0
    reward: float = 0.0
    """Sum of the rewards."""
    tokens: int = 0
    over_budget: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    """Records that pass, by rule."""
    measured: Counter[str] = field(default_factory=Counter)
    """Records that have a score, by rule: coverage may have none."""
    scores: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Sum of those scores, by rule."""
    pii: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Matches by kind and verdict."""
    pii_basis: Counter[str] = field(default_factory=Counter)
    """Records by what makes their PII fail."""
    unused: Counter[str] = field(default_factory=Counter)
    """Rollouts that hold facts, a reference or a source which go before the run's basis."""
    repeated_ids: int = 0
    """Records whose id an earlier record has."""
    basis: str | None = None
    ids: _core.LogIds = field(default_factory=_core.LogIds)
    """Those that were met, as far as they are compared."""
    _worst: list[tuple[float, Order, Worst]] = field(default_factory=list)
    """A heap: the negated reward, the negated place, and which it is; the one to drop first."""

    @property
    def read(self) -> int:
        """Records that were read."""
        return self.graded - self.more + self.rejected

    @property
    def mean(self) -> float | None:
        """The mean reward, of those that have one."""
        scored = self.graded - self.unscored
        return self.reward / scored if scored else None

    def worst(self) -> list[Worst]:
        """The rollouts with the lowest rewards, the lowest first; of equal ones the first in the log."""
        return [worst for _, _, worst in sorted(self._worst, reverse=True, key=lambda item: item[:2])]

    def add(self, place: str, rollout: Rollout, grade: Grade, order: Order) -> None:
        """Adds one graded record, which stands at ``place``; ``order`` is that in numbers, each record's its own."""
        self.graded += 1
        self.valid += grade["valid"]
        self.tokens += grade["tokens"]
        self.over_budget += not grade["passed"]["length"]
        for rule in grade["passed"]:
            if grade[rule] is not None:
                self.measured[rule] += 1
                self.passed[rule] += grade["passed"][rule]
                self.scores[rule] += grade[rule]
        self.pii.update((match["kind"], match["verdict"]) for match in grade["pii_matches"])
        self.pii_basis[grade["pii_basis"]] += 1
        self.unused.update(name for name in before(grade["basis"]) if getattr(rollout, name))
        if rollout.id is not None:
            self.repeated_ids += self.ids.add_id(rollout.id)
        score = grade["score"]
        if score is None:
            self.unscored += 1
            return
        self.reward += score
        self.keep(order, Worst(score, place, rollout.id, grade["reason"]))

    def keep(self, order: Order, worst: Worst) -> None:
        """Keeps a rollout if it is one of the worst so far."""
        item = (-worst.score, tuple(-number for number in order), worst)
        if len(self._worst) < WORST:
            heapq.heappush(self._worst, item)
        elif item[:2] > self._worst[0][:2]:
            heapq.heapreplace(self._worst, item)

    def add_ids(self, packed: bytes) -> None:
        """Counts ids, by their hashes, that were there before."""
        self.repeated_ids += self.ids.add(packed)

    def add_tally(
        self,
        tally: Mapping[str, Any],
        rules: Sequence[str],
        place: Callable[[int], str],
        order: Callable[[int], Order],
    ) -> None:
        """Adds what the records of a block, graded by these rules, add up to; ``place`` and ``order`` say where a line of
        it, from 0, stands."""
        self.graded += tally["graded"]
        self.valid += tally["valid"]
        self.reward += tally["reward"]
        self.tokens += tally["tokens"]
        self.over_budget += tally["over_budget"]
        for index in range(len(tally["measured"])):
            rule = rules[index]
            if tally["measured"][index]:
                self.measured[rule] += tally["measured"][index]
                self.passed[rule] += tally["passed"][index]
                self.scores[rule] += tally["scores"][index]
        for kind, verdict, count in tally["pii"]:
            self.pii[kind, verdict] += count
        for basis, count in (("leaks", tally["leaks"]), ("any", tally["graded"] - tally["leaks"])):
            if count:
                self.pii_basis[basis] += count
        for name, count in zip(BASES, tally["unused"], strict=True):
            if count:
                self.unused[name] += count
        self.add_ids(tally["ids"])
        for score, line, identity, reason in tally["worst"]:
            self.keep(order(line), Worst(score, place(line), identity, reason))

    def state(self) -> dict[str, Any]:
        """Everything but the ids as JSON values."""
        return {
            **{name: getattr(self, name) for name in _COUNTS},
            **{
                name: dict(getattr(self, name))
                for name in ("passed", "measured", "scores", "pii_basis", "unused")
            },
            "pii": [[*key, count] for key, count in self.pii.items()],
            "worst": [[a, b, w.score, w.place, w.id, w.reason] for a, b, w in self._worst],
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], ids: _core.LogIds) -> Summary:
        """The summary of a ``state`` and its ids."""
        summary = cls(**{name: state[name] for name in _COUNTS}, ids=ids)
        summary.scores.update(state["scores"])
        for name in ("passed", "measured", "pii_basis", "unused"):
            getattr(summary, name).update(state[name])
        summary.pii.update({(kind, verdict): count for kind, verdict, count in state["pii"]})
        summary._worst.extend((a, tuple(b), Worst(*worst)) for a, b, *worst in state["worst"])
        heapq.heapify(summary._worst)
        return summary
