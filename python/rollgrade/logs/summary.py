"""What a rescore adds up: counts, means, pass rates, PII by kind, the worst rollouts."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field

from rollgrade.grades import RULES
from rollgrade.logs.records import Grade, Rollout

__all__ = ["IDS_KEPT", "Summary", "Worst"]

IDS_KEPT = 1_000_000
"""Ids that are compared to find the same one twice; of a longer log the rest is not compared."""

WORST = 3


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the worst rollouts."""

    score: float
    place: str
    id: str | None
    reason: str


@dataclass(slots=True)
class Summary:
    """Sums over the graded records of a run; ``read = graded + rejected``, and blank lines hold no record."""

    graded: int = 0
    rejected: int = 0
    blank: int = 0
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
    scores: dict[str, float] = field(default_factory=lambda: dict.fromkeys(RULES, 0.0))
    """Sum of those scores, by rule."""
    pii: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Matches by kind and verdict."""
    pii_basis: Counter[str] = field(default_factory=Counter)
    """Records by what makes their PII fail."""
    repeated_ids: int = 0
    """Records whose id an earlier record has."""
    basis: str | None = None
    _ids: set[int] = field(default_factory=set)
    _worst: list[tuple[float, int, Worst]] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Records that were read."""
        return self.graded + self.rejected

    @property
    def mean(self) -> float | None:
        """The mean reward, of those that have one."""
        scored = self.graded - self.unscored
        return self.reward / scored if scored else None

    def worst(self) -> list[Worst]:
        """The rollouts with the lowest rewards, the lowest first; of equal ones the first in the log."""
        return [worst for _, _, worst in sorted(self._worst, reverse=True, key=lambda item: item[:2])]

    def add(self, place: str, rollout: Rollout, grade: Grade) -> None:
        """Adds one graded record, which stands at ``place``."""
        self.graded += 1
        self.valid += grade["valid"]
        self.tokens += grade["tokens"]
        self.over_budget += not grade["passed"]["length"]
        for rule in RULES:
            if grade[rule] is not None:
                self.measured[rule] += 1
                self.passed[rule] += grade["passed"][rule]
                self.scores[rule] += grade[rule]
        self.pii.update((match["kind"], match["verdict"]) for match in grade["pii_matches"])
        self.pii_basis[grade["pii_basis"]] += 1
        self._compare_id(rollout.id)
        score = grade["score"]
        if score is None:
            self.unscored += 1
            return
        self.reward += score
        item = (-score, -self.graded, Worst(score, place, rollout.id, grade["reason"]))
        if len(self._worst) < WORST:
            heapq.heappush(self._worst, item)
        elif item[:2] > self._worst[0][:2]:
            heapq.heapreplace(self._worst, item)

    def _compare_id(self, identity: str | None) -> None:
        if identity is None:
            return
        key = hash(identity)
        if key in self._ids:
            self.repeated_ids += 1
        elif len(self._ids) < IDS_KEPT:
            self._ids.add(key)
