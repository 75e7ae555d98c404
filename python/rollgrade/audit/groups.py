"""What the rewards of a log tell apart: a trainer that compares the completions of one prompt learns from their
differences alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollgrade.audit.documents import Document
from rollgrade.audit.grading import Bench

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Gathered", "Groups"]

_FLAT = 1e-6


@dataclass(frozen=True, slots=True)
class Groups:
    """Completions by prompt. ``deviation`` is the mean standard deviation of the rewards within a group, ``flat`` the
    share of groups in which all rewards are the same, ``drives`` for each rule the share of the variance within groups
    that its score alone explains (r², in [0, 1]; shares overlap), ``constant`` the rules whose scores never differ
    within a group, ``over_budget`` the share of completions over the budget."""

    completions: int
    groups: int
    single: int
    """Prompts with one completion alone, which make no group."""
    reward: float
    deviation: float | None
    flat: float | None
    over_budget: float
    valid: float
    drives: Mapping[str, float]
    constant: Sequence[str]

    @property
    def driver(self) -> str | None:
        """The rule that explains most."""
        return max(self.drives, key=lambda rule: self.drives[rule]) if self.drives else None


class Gathered:
    """The rewards of completions, gathered chunk by chunk."""

    def __init__(self, rules: Sequence[str]) -> None:
        self._scores: list[Floats] = []
        self._centred: list[Floats] = []
        self._rules: dict[str, list[Floats]] = {rule: [] for rule in rules}
        self._deviations: list[float] = []
        self._flat = self._single = self._groups = self._over = self._valid = 0

    def add(self, chunk: Sequence[Document], bench: Bench) -> None:
        """The completions of some documents."""
        import numpy as np

        rows = [(text, d) for d in chunk for text in d.completions]
        if not rows:
            return
        grades = bench.grade([text for text, _ in rows], [d for _, d in rows])
        at = 0
        for document in chunk:
            part = slice(at, at + len(document.completions))
            at = part.stop
            graded = grades.graded[part]
            score = grades.score[part][graded]
            if not len(score):
                continue
            self._scores.append(score)
            self._over += int((~grades.passed["length"][part][graded]).sum())
            self._valid += int(grades.valid[part][graded].sum())
            if len(score) < 2:
                self._single += 1
                continue
            self._groups += 1
            self._deviations.append(float(score.std()))
            self._flat += float(np.ptp(score)) < _FLAT
            self._centred.append(score - score.mean())
            for rule, scores in grades.scores.items():
                values = scores[part][graded]
                self._rules[rule].append(np.nan_to_num(values - values.mean()))

    def rewards(self) -> Floats:
        """All rewards."""
        import numpy as np

        return np.concatenate(self._scores) if self._scores else np.array([])

    def finish(self) -> Groups | None:
        """What they add up to; None without any completion."""
        import numpy as np

        rewards = self.rewards()
        if not len(rewards):
            return None
        centred = np.concatenate(self._centred) if self._centred else np.array([])
        rules = {rule: np.concatenate(v) if v else np.array([]) for rule, v in self._rules.items()}
        return Groups(
            completions=len(rewards),
            groups=self._groups,
            single=self._single,
            reward=float(rewards.mean()),
            deviation=float(np.mean(self._deviations)) if self._deviations else None,
            flat=self._flat / self._groups if self._groups else None,
            over_budget=self._over / len(rewards),
            valid=self._valid / len(rewards),
            drives={rule: _explained(values, centred) for rule, values in rules.items()}
            if self._groups
            else {},
            constant=[rule for rule, v in rules.items() if len(v) and float(np.abs(v).max()) < _FLAT],
        )


def _explained(values: Floats, rewards: Floats) -> float:
    """r² of two centred columns; 0 where one of them does not vary."""
    own, other = float(values @ values), float(rewards @ rewards)
    return float(values @ rewards) ** 2 / (own * other) if own > _FLAT**2 and other > _FLAT**2 else 0.0
