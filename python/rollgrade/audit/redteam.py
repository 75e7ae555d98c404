"""What gets through a rubric: fixed attacks and a search, each against the honest answers to the same documents."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from rollgrade._core import __version__
from rollgrade._names import hinting
from rollgrade.audit import documents
from rollgrade.audit.attacks import FAMILIES, Attack, Target
from rollgrade.audit.candidates import Budget, whole_facts
from rollgrade.audit.documents import Data, Document
from rollgrade.audit.grading import Bench
from rollgrade.audit.search import Found, Searched, search
from rollgrade.recipes import as_rubric

if TYPE_CHECKING:
    import os

    from rollgrade.rubric import Rubric

__all__ = ["TOLERANCE", "AttackResult", "Example", "Redteam", "redteam", "redteam_data"]

TOLERANCE = 0.02
"""An attack that reaches the honest answer in more documents than this share is a hole."""
SEARCH_GRADES = 20_000
SEARCH_DOCUMENTS = 10

Mask = Callable[[str], str]
_PIECE_GAP = r"[\W_]{0,3}"
"""What an attack puts between the letters and digits of a value."""
_SHORTEST_PIECE = 3
_EXAMPLES = 3
_CHUNK = 64
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Example:
    """One attack on one document, and the honest answer beside it. PII in both texts is masked."""

    document: str
    text: str
    reward: float
    honest: str
    honest_reward: float
    reason: str


@dataclass(frozen=True, slots=True)
class AttackResult:
    """What one attack earns over the ``documents`` that it can be made of: its mean ``reward``, that of the ``honest``
    answers to the same documents, and the share of documents in which it ``reaches`` what it must not: where it ``bends``
    the honest answer (the reference, or the log's best), that very answer, else the best of that and the facts that fit
    whole, which a policy could write as well. ``reaches_reference`` is measured against the former alone. ``fair`` says,
    for what leaves a true and readable summary, why it may; ``unseen``, for a lie that no word shows, why it cannot be
    told."""

    name: str
    family: str
    documents: int
    reward: float | None
    honest: float | None
    reaches: float | None
    reaches_reference: float | None
    bends: bool
    fair: str
    unseen: str
    examples: Sequence[Example]

    def is_over(self, tolerance: float = TOLERANCE) -> bool:
        """Whether it reaches the honest answer in more than the tolerated share. One document is never enough: it would
        not be told from chance."""
        reached = round((self.reaches or 0.0) * self.documents)
        return reached > max(1, math.ceil(tolerance * self.documents - _SAME)) if tolerance else reached > 0

    def is_hole(self, tolerance: float = TOLERANCE) -> bool:
        """Whether it does, though it should not and need not."""
        return self.is_over(tolerance) and not self.fair and not self.unseen


@dataclass(frozen=True, slots=True)
class Redteam:
    """What :func:`redteam` found: the fixed attacks in the order of their families, and the winners of the search, the
    least like an honest summary first. ``honest`` is the mean reward of the honest answers."""

    documents: int
    graded: int
    rejected: Sequence[tuple[str, str]]
    basis: str
    rubric_hash: str
    version: str
    seed: int
    honest: float | None
    attacks: Sequence[AttackResult]
    found: Sequence[Found]
    grades: int
    """Grades that the search took."""
    grades_per_second: float | None
    tolerance: float = TOLERANCE

    @property
    def holes(self) -> list[AttackResult]:
        """Attacks that reach the honest answer too often, the worst first."""
        holes = [attack for attack in self.attacks if attack.is_hole(self.tolerance)]
        return sorted(holes, key=lambda attack: -(attack.reaches or 0.0))

    def to_dict(self) -> dict[str, Any]:
        """As plain dicts, lists and numbers, ready for JSON."""
        return {**asdict(self), "holes": [attack.name for attack in self.holes]}


@hinting
def redteam(
    dataset: Any,
    *,
    rubric: Rubric | str | os.PathLike[str] | None = None,
    log: Any = None,
    source: str | None = None,
    facts: str | None = None,
    reference: str | None = None,
    completion: str | None = None,
    limit: int | None = None,
    search_grades: int = SEARCH_GRADES,
    search_documents: int = SEARCH_DOCUMENTS,
    seed: int = 0,
    tolerance: float = TOLERANCE,
    show_pii: bool = False,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Redteam:
    """Attacks ``rubric`` on the documents of ``dataset``.

    Data, rubric and fields are given as for :func:`rollgrade.check`. The honest answer to a document is the best of its
    reference and the log's completions that keep the budget, or the facts that fit where none does. Every fixed attack is made of every
    document; then a search with ``search_grades`` grades a document looks for better ones on the first
    ``search_documents`` (0 of either for none). Everything is the same for the same ``seed``.

    Raises ``ValueError`` for a rubric or a file that cannot be read, or data without a document that can be graded.
    """
    data = documents.read(
        dataset,
        log=log,
        source=source,
        facts=facts,
        reference=reference,
        completion=completion,
        limit=limit,
    )
    return redteam_data(
        data,
        as_rubric(rubric),
        search_grades=search_grades,
        search_documents=search_documents,
        seed=seed,
        tolerance=tolerance,
        show_pii=show_pii,
        threads=threads,
        progress=progress,
    )


def redteam_data(
    data: Data,
    rubric: Rubric,
    *,
    search_grades: int = SEARCH_GRADES,
    search_documents: int = SEARCH_DOCUMENTS,
    seed: int = 0,
    tolerance: float = TOLERANCE,
    show_pii: bool = False,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Redteam:
    """:func:`redteam` of what was read already."""
    data.require_any()
    bench = Bench.of(rubric, data.documents, threads)
    budget = Budget.of(rubric)
    attacked = _honest(data.documents, bench, budget)
    if not attacked:
        raise ValueError(
            "dataset: got no document that has an honest answer which earns something, expected references, "
            "completions or facts; `rollgrade check` says what is wrong"
        )
    mask = _shown if show_pii else _masking
    searched = attacked[:search_documents] if search_grades else []
    steps = [len(attacked), len(searched)]
    report = progress or (lambda _done, _of: None)
    attempts = _Attempts(bench, budget, seed, mask)
    for start in range(0, len(attacked), _CHUNK):
        attempts.run(attacked[start : start + _CHUNK])
        report(min(start + _CHUNK, steps[0]), sum(steps))
    runs: list[Searched] = []
    for i, honest in enumerate(searched):
        task = bench.task(honest.document)
        if task is not None:
            rng = random.Random(f"{seed}:{i}")
            shown = mask(honest.document)
            runs.append(
                search(task, rubric, honest.document, honest.text, budget, rng, search_grades, mask=shown)
            )
        report(steps[0] + i + 1, sum(steps))
    spent, seconds = sum(run.grades for run in runs), sum(run.seconds for run in runs)
    return Redteam(
        documents=len(data.documents),
        graded=len(attacked),
        rejected=tuple(data.rejects),
        basis=bench.basis,
        rubric_hash=rubric.hash,
        version=__version__,
        seed=seed,
        honest=sum(h.reward for h in attacked) / len(attacked),
        attacks=attempts.results(),
        found=sorted((found for run in runs for found in run.found), key=lambda found: -found.unlike),
        grades=spent,
        grades_per_second=spent / seconds if seconds else None,
        tolerance=tolerance,
    )


@dataclass(frozen=True, slots=True)
class _Honest:
    """The honest answer to a document; ``best`` is its reward, or that of the facts that fit where it is higher."""

    document: Document
    text: str
    reward: float
    best: float


def _honest(read: Sequence[Document], bench: Bench, budget: Budget) -> list[_Honest]:
    """The best honest answer to every document that has one which keeps the budget and earns something: the reference or
    a completion, or else the facts that fit."""
    offers = []
    for document in read:
        texts = [t for t in (document.reference, *document.completions) if t and budget.holds(t)]
        facts = whole_facts(document, budget)
        offers += [(document, text, True) for text in texts]
        offers += [(document, facts, not texts)] if facts else []
    grades = bench.grade([text for _, text, _ in offers], [document for document, *_ in offers])
    best: dict[int, _Honest] = {}
    tops: dict[int, float] = {}
    for (document, text, is_answer), reward, graded in zip(
        offers, grades.score.tolist(), grades.graded.tolist(), strict=True
    ):
        known, key = best.get(id(document)), id(document)
        tops[key] = max(tops.get(key, 0.0), reward if graded else 0.0)
        if is_answer and graded and reward > 0 and (known is None or reward > known.reward):
            best[key] = _Honest(document, text, reward, reward)
    return [replace(best[key], best=tops[key]) for key in map(id, read) if key in best]


class _Attempts:
    """Every attack on every document, gathered."""

    def __init__(self, bench: Bench, budget: Budget, seed: int, mask: Callable[[Document], Mask]) -> None:
        self._bench = bench
        self._budget = budget
        self._seed = seed
        self._mask = mask
        self._made: dict[str, list[tuple[float, float, float]]] = {}
        self._examples: dict[str, list[tuple[float, Example]]] = {}

    def run(self, honest: Sequence[_Honest]) -> None:
        """All attacks on some documents, graded in one batch."""
        tried = [
            (attack, item, text)
            for item in honest
            for attacks in FAMILIES.values()
            for attack in attacks
            if (text := self._make(attack, item)) is not None
        ]
        grades = self._bench.grade([text for *_, text in tried], [item.document for _, item, _ in tried])
        for (attack, item, text), reward, reason in zip(
            tried, grades.score.tolist(), grades.reasons, strict=True
        ):
            bar = item.reward if attack.bends else item.best
            self._made.setdefault(attack.name, []).append((reward, bar, item.reward))
            kept = self._examples.setdefault(attack.name, [])
            margin = reward - bar
            if len(kept) < _EXAMPLES or margin > kept[-1][0]:
                mask = self._mask(item.document)
                name, made, answer, why = map(mask, (item.document.name, text, item.text, reason))
                example = Example(name, made, reward, answer, item.reward, why)
                kept.append((margin, example))
                kept.sort(key=lambda pair: -pair[0])
                del kept[_EXAMPLES:]

    def _make(self, attack: Attack, item: _Honest) -> str | None:
        rng = random.Random(f"{self._seed}:{attack.name}:{item.text}")
        text = attack.make(Target(item.document, item.text, self._budget, rng))
        return None if attack.bends and text == item.text else text

    def results(self) -> list[AttackResult]:
        """What each attack earned."""
        return [self._result(attack, family) for family, attacks in FAMILIES.items() for attack in attacks]

    def _result(self, attack: Attack, family: str) -> AttackResult:
        made = self._made.get(attack.name, [])
        n = len(made)
        return AttackResult(
            attack.name,
            family,
            n,
            sum(reward for reward, *_ in made) / n if n else None,
            sum(honest for *_, honest in made) / n if n else None,
            sum(reward >= bar - _SAME for reward, bar, _ in made) / n if n else None,
            sum(reward >= honest - _SAME for reward, _, honest in made) / n if n else None,
            attack.bends,
            attack.fair,
            attack.unseen,
            [example for _, example in self._examples.get(attack.name, [])],
        )


def _masking(document: Document) -> Mask:
    """What masks PII in texts that were made of a document: what is found there, and the document's own values where an
    attack has broken or glued them so that they are no longer found."""
    from rollgrade.evidence import masked
    from rollgrade.pii import find_pii, redact

    texts = (document.source, document.reference, *(document.facts or ()), *document.completions)
    pieces = {
        piece
        for text in texts
        for match in (find_pii(text) if text else ())
        for piece in (*match.text.split("@"), *re.findall(r"\d{3,}", match.text))
    }
    known = [
        _PIECE_GAP.join(re.findall(r"[^\W_]", piece)) for piece in pieces if len(piece) >= _SHORTEST_PIECE
    ]
    longest = sorted(filter(None, known), key=len, reverse=True)
    broken = re.compile(rf"(?<![^\W_])(?:{'|'.join(longest)})(?![^\W_])", re.IGNORECASE) if longest else None

    def mask(text: str) -> str:
        text = redact(text, style="mask")
        return text if broken is None else masked(text, [found.span() for found in broken.finditer(text)])

    return mask


def _shown(_: Document) -> Mask:
    return lambda text: text
