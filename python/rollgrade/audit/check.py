"""Whether a rubric can teach on a data set: what an honest answer can reach, what a lazy one gets, what is wrong with
the facts, and what the rewards of a log tell apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rollgrade._core import __version__
from rollgrade._names import hinting
from rollgrade.audit import advice, documents, facts, groups
from rollgrade.audit.advice import Advice
from rollgrade.audit.candidates import CANDIDATES, Budget, joined, stopped
from rollgrade.audit.documents import Data, Document
from rollgrade.audit.facts import FactsFound
from rollgrade.audit.grading import Bench
from rollgrade.audit.groups import Groups
from rollgrade.recipes import as_rubric

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from rollgrade.rubric import Rubric

    Floats = NDArray[np.float64]

__all__ = ["CandidateResult", "Check", "check"]

_CHUNK = 256
_FEW = 0.1
"""A kind of answer that no larger share of the documents has is not judged."""
FLAT = 1e-6
"""Rewards that differ by no more than this are the same."""


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """What one kind of answer gets over the documents that it can be made of. Shares and means are in [0, 1]."""

    name: str
    honest: bool
    documents: int
    reward: float | None
    coverage: float | None
    tokens: float | None
    """The mean number of tokens."""
    passed: Mapping[str, float]
    """A share for each rule, and for ``"all"`` of them."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Tokens of what should be said, against the budget."""

    budget: int
    references: tuple[float, float] | None
    """Median and 90th percentile: the budget that nine in ten keep."""
    references_over: float | None
    """The share of references that don't keep the budget."""
    facts: tuple[float, float] | None
    facts_over: float | None
    facts_that_fit: int | None
    """So many of the facts, from the first on, fit together in nine documents of ten."""
    most_facts: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """What :func:`check` found. ``headroom`` is the mean of the best honest candidate's reward over the documents,
    ``cheap`` the highest mean of a kind that nobody should write, and ``gaps`` says for each of these kinds by how much
    the best honest answers to the same documents are better; ``reachable`` is, for each rule and for ``"all"`` of them
    at once, the share of documents in which an honest candidate passes it; ``constant`` names the rules whose scores
    never differ."""

    documents: int
    graded: int
    rejected: Sequence[tuple[str, str]]
    repeated: int
    unmatched: int
    basis: str
    rubric_hash: str
    version: str
    candidates: Sequence[CandidateResult]
    headroom: float | None
    cheap: float | None
    gaps: Mapping[str, float]
    reachable: Mapping[str, float]
    spread: tuple[float, float] | None
    """5th and 95th percentile of the rewards: of the completions where there is a log, else of the candidates."""
    constant: Sequence[str]
    lengths: Lengths
    facts: FactsFound
    groups: Groups | None
    advice: Sequence[Advice] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether no advice is about a problem, and every record was read."""
        return not self.rejected and not any(item.problem for item in self.advice)

    def to_dict(self) -> dict[str, Any]:
        """As plain dicts, lists and numbers, ready for JSON."""
        return {**asdict(self), "ok": self.ok}


@hinting
def check(
    dataset: Any,
    *,
    rubric: Rubric | str | os.PathLike[str] | None = None,
    log: Any = None,
    source: str | None = None,
    facts: str | None = None,
    reference: str | None = None,
    completion: str | None = None,
    limit: int | None = None,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Check:
    """Says whether ``rubric`` can teach on ``dataset``, before anything is trained.

    ``dataset``: documents with facts and/or references (no completions needed), or a rollout log: a path to JSONL or
    Parquet (a folder, a glob pattern, several), rows, an Arrow table or a data frame. ``rubric``: a rubric, or the
    path of a rubric file. ``log``: completions of these documents, in the same forms; they are matched by their
    source, facts, reference or id. ``source``, ``facts``, ``reference`` and ``completion`` name the fields where they
    are not found. ``progress`` is called with how many documents are done, and of how many.

    Raises ``ValueError`` for a rubric or a file that cannot be read, or data without any document.
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
    return check_data(data, as_rubric(rubric), threads=threads, progress=progress)


def check_data(
    data: Data, rubric: Rubric, *, threads: int = 1, progress: Callable[[int, int], None] | None = None
) -> Check:
    """:func:`check` of what was read already."""
    import numpy as np

    data.require_any()
    bench = Bench.of(rubric, data.documents, threads)
    budget = Budget.of(rubric)
    table = _Table(len(data.documents), rubric.rule_names)
    found = FactsFound()
    grouped = groups.Gathered(rubric.rule_names)
    for start in range(0, len(data.documents), _CHUNK):
        chunk = data.documents[start : start + _CHUNK]
        table.add(start, chunk, bench, budget)
        grouped.add(chunk, bench)
        for document in chunk:
            facts.look(document, rubric, found)
        if progress is not None:
            progress(min(start + _CHUNK, len(data.documents)), len(data.documents))
    told = grouped.finish()
    honest = np.array([c.honest for c in CANDIDATES])
    lazy = table.lazy(honest)
    rewards = grouped.rewards() if told else table.score[np.isfinite(table.score)]
    result = Check(
        documents=len(data.documents),
        graded=int(np.isfinite(table.score).any(axis=1).sum()),
        rejected=tuple(data.rejects),
        repeated=data.repeated,
        unmatched=data.unmatched,
        basis=bench.basis,
        rubric_hash=rubric.hash,
        version=__version__,
        candidates=[table.result(i) for i in range(len(CANDIDATES))],
        headroom=_mean_of_best(table.score[:, honest]),
        cheap=max((mean for mean, _ in lazy.values()), default=None),
        gaps={name: gap for name, (_, gap) in lazy.items()},
        reachable=table.reachable(honest),
        spread=tuple(np.percentile(rewards, [5, 95]).tolist()) if len(rewards) else None,
        constant=told.constant if told else table.constant(),
        lengths=_lengths(data.documents, budget),
        facts=found,
        groups=told,
    )
    return advice.advised(result, rubric)


class _Table:
    """Every candidate of every document, graded: arrays of shape (documents, candidates), NaN where there is none."""

    def __init__(self, n: int, rules: Sequence[str]) -> None:
        import numpy as np

        shape = (n, len(CANDIDATES))
        self.score = np.full(shape, np.nan)
        self.tokens = np.full(shape, np.nan)
        self.rules = {rule: np.full(shape, np.nan) for rule in rules}
        self.passed = {rule: np.zeros(shape, dtype=bool) for rule in (*rules, "all")}

    def add(self, start: int, chunk: Sequence[Document], bench: Bench, budget: Budget) -> None:
        import numpy as np

        made = [
            (start + i, j, text, document)
            for i, document in enumerate(chunk)
            for j, candidate in enumerate(CANDIDATES)
            if (text := candidate.make(document, budget)) is not None
        ]
        grades = bench.grade([text for _, _, text, _ in made], [document for *_, document in made])
        at = np.array([i for i, *_ in made]), np.array([j for _, j, *_ in made])
        self.score[at] = grades.score
        self.tokens[at] = grades.tokens
        every = grades.valid.copy()
        for rule, scores in grades.scores.items():
            self.rules[rule][at] = scores
            self.passed[rule][at] = grades.passed[rule] & grades.graded
            every &= grades.passed[rule]
        self.passed["all"][at] = every & grades.graded

    def result(self, column: int) -> CandidateResult:
        import numpy as np

        candidate, there = CANDIDATES[column], np.isfinite(self.score[:, column])

        def mean(values: Floats) -> float | None:
            return float(values[there].mean()) if there.any() else None

        coverage = self.rules["coverage"][:, column]
        return CandidateResult(
            candidate.name,
            candidate.honest,
            int(there.sum()),
            mean(self.score[:, column]),
            None if np.isnan(coverage[there]).any() else mean(coverage),
            mean(self.tokens[:, column]),
            {
                rule: float(passed[there, column].mean()) if there.any() else 0.0
                for rule, passed in self.passed.items()
            },
        )

    def lazy(self, honest: Any) -> dict[str, tuple[float, float]]:
        """For each kind that nobody should write its mean reward, and by how much the best honest answers to the same
        documents are better. A kind that one document of many, or few, have says nothing of the data."""
        import numpy as np

        found = {}
        graded = np.isfinite(self.score[:, honest]).any(axis=1)
        for column, candidate in enumerate(CANDIDATES):
            there = graded & np.isfinite(self.score[:, column])
            enough = there.sum() == graded.sum() or there.sum() > max(1, _FEW * graded.sum())
            if candidate.lazy and there.any() and enough:
                mean = float(self.score[there, column].mean())
                best = float(np.nanmax(self.score[there][:, honest], axis=1).mean())
                found[candidate.name] = mean, best - mean
        return found

    def reachable(self, honest: Any) -> dict[str, float]:
        import numpy as np

        there = np.isfinite(self.score[:, honest]).any(axis=1)
        if not there.any():
            return dict.fromkeys(self.passed, 0.0)
        return {
            rule: float(passed[there][:, honest].any(axis=1).mean()) for rule, passed in self.passed.items()
        }

    def constant(self) -> list[str]:
        import numpy as np

        graded = np.isfinite(self.score)
        return [
            rule
            for rule, values in self.rules.items()
            if len(v := values[graded & np.isfinite(values)]) and float(np.ptp(v)) < FLAT
        ]


def _mean_of_best(scores: Floats) -> float | None:
    import numpy as np

    there = np.isfinite(scores).any(axis=1)
    return float(np.nanmax(scores[there], axis=1).mean()) if there.any() else None


def _lengths(read: Sequence[Document], budget: Budget) -> Lengths:
    import numpy as np

    references = np.array([budget.count(d.reference) for d in read if d.reference is not None])
    listed = [d.facts for d in read if d.facts is not None]
    whole = np.array([budget.count(joined(d, budget) or "") for d in read if d.facts is not None])

    def quantiles(n: NDArray[Any]) -> tuple[float, float] | None:
        return (float(np.percentile(n, 50)), float(np.percentile(n, 90, method="higher"))) if len(n) else None

    def over(n: NDArray[Any]) -> float | None:
        return float((n > budget.tokens).mean()) if len(n) else None

    most = max(map(len, listed), default=None)
    return Lengths(
        budget.tokens, quantiles(references), over(references), quantiles(whole), over(whole),
        _facts_that_fit(listed, budget) if listed else None, most,
    )  # fmt: skip


def _facts_that_fit(listed: Sequence[tuple[str, ...]], budget: Budget) -> int:
    """The largest number of facts, from the first on, that keeps the budget in nine lists of ten."""
    fit = 0
    for n in range(1, max(map(len, listed)) + 1):
        held = sum(budget.holds(" ".join(map(stopped, listing[:n]))) for listing in listed)
        if held < 0.9 * len(listed):
            break
        fit = n
    return fit
