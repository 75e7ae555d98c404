"""A search for what a rubric rewards: a beam of texts, edited at random, of which the best survive.

It knows nothing of the rules. It starts from nothing, from the facts and from the honest answer, edits with words and
passages of the source, the facts and a list of common words, and keeps what earns most. What it ends with is what a
policy would find in many more steps.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rollgrade.audit.candidates import Budget, stopped, whole_facts
from rollgrade.audit.documents import Document
from rollgrade.settings import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rollgrade.grades import Grade
    from rollgrade.rubric import Rubric, Task

__all__ = ["Found", "Searched", "search"]

BEAM = 12
CHILDREN = 24
"""Edits of each text of the beam in one round."""
PATIENCE = 25
"""Rounds without a better text after which the search starts again."""
LONGEST = 120
"""Most words of a text."""

_COMMON = (
    "the of and to in a is that for it was on with as by at from has have had be are were will not this which its they "
    "he she said also after over new more about into their"
).split()

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The best text found for a document from one start. ``unlike`` is 1 - the ROUGE-L F-measure to the nearest of the
    honest answer and the facts; ``let_through`` the rule that gains it most over the honest answer, or
    "no rule". PII is masked."""

    document: str
    start: str
    text: str
    reward: float
    honest: str
    honest_reward: float
    unlike: float
    let_through: str
    scores: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Searched:
    """The winners of one document, a start each, and what they cost."""

    found: list[Found]
    grades: int
    seconds: float


def search(
    task: Task,
    rubric: Rubric,
    document: Document,
    honest: str,
    budget: Budget,
    rng: random.Random,
    grades: int,
    *,
    mask: Callable[[str], str] = str,
) -> Searched:
    """Looks for texts that earn much, with at most ``grades`` grades in all."""
    began = time.perf_counter()
    pool = _Pool(document, honest, rng)
    starts: dict[str, Words] = {"nothing": ()}
    if document.facts:
        starts["facts"] = tuple(" ".join(map(stopped, document.facts)).split())
    starts["honest answer"] = tuple(honest.split())
    winners = []
    spent = 0
    for name, start in starts.items():
        climb = _Climb(task, pool, rng, grades // len(starts))
        text = climb.run(start)
        spent += climb.spent
        winners.append((name, text))
    graded = task.grade(honest)
    found = [
        _found(task, rubric, document, honest, graded, name, text, budget, mask) for name, text in winners
    ]
    return Searched(found, spent, time.perf_counter() - began)


def _found(
    task: Task,
    rubric: Rubric,
    document: Document,
    honest: str,
    honest_grade: Grade,
    start: str,
    text: str,
    budget: Budget,
    mask: Callable[[str], str],
) -> Found:
    from rollgrade.kernels import rouge

    grade = task.grade(text)
    likes = filter(None, [honest, whole_facts(document, budget), " ".join(document.facts or ())])
    nearest = max(
        rouge(prediction=text, reference=like, types=("rougeL",))["rougeL"].fmeasure for like in likes
    )
    weights = _weights(rubric) | {rule: result.weight for rule, result in grade.custom.items()}
    gains = {
        rule: weight * (_score(grade, rule) - _score(honest_grade, rule)) for rule, weight in weights.items()
    }
    return Found(
        mask(document.name),
        start,
        mask(text),
        grade.score or 0.0,
        mask(honest),
        honest_grade.score or 0.0,
        1.0 - nearest,
        max(gains, key=lambda rule: gains[rule]) if max(gains.values()) > 0 else "no rule",
        {rule: result.score for rule, result in grade.rules.items()},
    )


def _weights(rubric: Rubric) -> dict[str, float]:
    """What the built-in rules weigh: where the rubric's weights are not asked, as the default ones do, which halve from
    rule to rule as priorities do."""
    given = rubric.weights if rubric.combine in ("weighted", "lexicographic") else Weights()
    return asdict(given)


def _score(grade: Grade, rule: str) -> float:
    score: float | None = grade.rules[rule].score
    return 0.0 if score is None else score


class _Pool:
    """Words and passages to edit with."""

    def __init__(self, document: Document, honest: str, rng: random.Random) -> None:
        self._rng = rng
        texts = [*(document.facts or ()), *filter(None, [document.source])] or [honest]
        self.passages = [words for text in texts for words in (text.split(),) if words]
        carried = re.findall(r"\S+", " ".join(document.facts or [honest]))
        self.words = _COMMON + carried * 3 + (document.source or "").split()[:400]

    def word(self) -> str:
        """A word of the facts, the source or the common ones."""
        word: str = self._rng.choice(self.words)
        return word

    def passage(self) -> list[str]:
        """A run of words of a fact or the source."""
        words = self._rng.choice(self.passages if self._rng.random() < 0.7 else self.passages[-1:])
        length = self._rng.randint(2, 10)
        start = self._rng.randrange(max(1, len(words) - length + 1))
        return words[start : start + length]


class _Climb:
    """One climb from a start, with restarts, until its grades are spent."""

    def __init__(self, task: Task, pool: _Pool, rng: random.Random, grades: int) -> None:
        self._task = task
        self._pool = pool
        self._rng = rng
        self._left = grades
        self.spent = 0

    def run(self, start: Words) -> str:
        """The best text found."""
        best: tuple[float, Words] = (self._graded([start])[0], start)
        while self._left > 0:
            top = self._climb(start)
            best = max(best, top, key=lambda pair: pair[0])
        return " ".join(best[1])

    def _climb(self, start: Words) -> tuple[float, Words]:
        """One beam until it no longer gets better."""
        beam: list[tuple[float, Words]] = [(-1.0, start)]
        seen = {start}
        stale = 0
        while self._left > 0 and stale < PATIENCE:
            fresh: list[Words] = []
            for _, words in beam:
                for _ in range(CHILDREN * BEAM // len(beam)):
                    child = self._edited(words)
                    if child not in seen:
                        seen.add(child)
                        fresh.append(child)
            fresh = fresh[: self._left]
            if not fresh:
                break
            before = beam[0][0]
            scored = zip(self._graded(fresh), fresh, strict=True)
            beam = sorted([*beam, *scored], key=lambda pair: (-pair[0], len(pair[1])))[:BEAM]
            stale = stale + 1 if beam[0][0] <= before else 0
        return beam[0]

    def _graded(self, texts: Sequence[Words]) -> list[float]:
        self._left -= len(texts)
        self.spent += len(texts)
        rewards: NDArray[np.float64] = self._task.rewards([" ".join(words) for words in texts])
        return [float(reward) for reward in rewards]

    def _edited(self, words: Words) -> Words:
        edited = list(words)
        for _ in range(1 if self._rng.random() < 0.7 else 2):
            self._rng.choice(_EDITS)(edited, self._pool, self._rng)
        return tuple(edited[:LONGEST])


def _insert(words: list[str], pool: _Pool, rng: random.Random) -> None:
    words.insert(rng.randint(0, len(words)), pool.word())


def _splice(words: list[str], pool: _Pool, rng: random.Random) -> None:
    at = rng.randint(0, len(words))
    words[at:at] = pool.passage()


def _overwrite(words: list[str], pool: _Pool, rng: random.Random) -> None:
    passage = pool.passage()
    at = rng.randint(0, len(words))
    words[at : at + rng.randint(1, 10)] = passage


def _delete(words: list[str], _pool: _Pool, rng: random.Random) -> None:
    if words:
        at = rng.randrange(len(words))
        del words[at : at + rng.choice((1, 1, 1, 2, 3, 6))]


def _replace(words: list[str], pool: _Pool, rng: random.Random) -> None:
    if words:
        words[rng.randrange(len(words))] = pool.word()


def _swap(words: list[str], _pool: _Pool, rng: random.Random) -> None:
    if len(words) > 1:
        a, b = rng.sample(range(len(words)), 2)
        words[a], words[b] = words[b], words[a]


def _move(words: list[str], _pool: _Pool, rng: random.Random) -> None:
    if len(words) > 2:
        at = rng.randrange(len(words))
        part = words[at : at + rng.randint(1, 6)]
        del words[at : at + len(part)]
        to = rng.randint(0, len(words))
        words[to:to] = part


def _punctuate(words: list[str], _pool: _Pool, rng: random.Random) -> None:
    if words:
        at = rng.randrange(len(words))
        bare = words[at].rstrip(".,;")
        words[at] = bare + rng.choice((".", ",", "", ";")) if bare else words[at]


def _finish(words: list[str], _pool: _Pool, _rng: random.Random) -> None:
    """A capital at the start and a full stop at the end."""
    if words:
        words[0] = words[0][:1].upper() + words[0][1:]
        words[-1] = words[-1].rstrip(".,;:") + "."


_EDITS = (
    _insert,
    _insert,
    _splice,
    _splice,
    _overwrite,
    _delete,
    _delete,
    _replace,
    _swap,
    _move,
    _punctuate,
    _finish,
)
