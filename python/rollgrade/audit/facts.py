"""What is wrong with the facts of a data set: PII, what the source does not say, the same fact twice, none at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rollgrade.audit.documents import Document

if TYPE_CHECKING:
    from rollgrade.rubric import Rubric

__all__ = ["EXAMPLES", "FactsFound", "look"]

EXAMPLES = 5
"""Places that are kept of each finding."""
_SAME = 0.9
"""Two facts that carry each other to this score say the same."""
_ABSENT = 0.5
"""A fact of whose longer words more than this share is nowhere in the source is not found in it."""
_LONG = 4


@dataclass(slots=True)
class Finding:
    """How many facts, in how many documents, and where the first ones are (the document's place, the fact's number
    from 1)."""

    facts: int = 0
    documents: int = 0
    where: list[str] = field(default_factory=list)

    def add(self, document: Document, numbers: list[int]) -> None:
        """Facts of one document, counted from 0."""
        if numbers:
            self.facts += len(numbers)
            self.documents += 1
            if len(self.where) < EXAMPLES:
                self.where.append(f"{document.place} fact {numbers[0] + 1}")


@dataclass(slots=True)
class FactsFound:
    """``facts`` of all documents, ``without`` the documents that have none, ``pii`` with its kinds, ``unsupported``:
    with a number or a name that the source does not hold; ``absent``: most of its words are nowhere in the source;
    ``duplicates``: say what an earlier fact of the document says."""

    facts: int = 0
    without: int = 0
    pii: Finding = field(default_factory=Finding)
    pii_kinds: dict[str, int] = field(default_factory=dict)
    unsupported: Finding = field(default_factory=Finding)
    absent: Finding = field(default_factory=Finding)
    duplicates: Finding = field(default_factory=Finding)


def look(document: Document, rubric: Rubric, found: FactsFound) -> None:
    """Adds what is wrong with one document's facts."""
    if document.facts is None:
        found.without += 1
        return
    found.facts += len(document.facts)
    found.duplicates.add(document, _duplicates(document.facts))
    with_pii = [(i, kind) for i, fact in enumerate(document.facts) for kind in _kinds(fact, rubric)]
    for _, kind in with_pii:
        found.pii_kinds[kind] = found.pii_kinds.get(kind, 0) + 1
    found.pii.add(document, sorted({i for i, _ in with_pii}))
    if document.source is not None:
        unsupported, absent = _unheard(document.facts, document.source)
        found.unsupported.add(document, unsupported)
        found.absent.add(document, absent)


def _kinds(fact: str, rubric: Rubric) -> set[str]:
    from rollgrade.evidence import pii_found

    return {match.kind for match in pii_found(fact, rubric.pii)}


def _duplicates(facts: tuple[str, ...]) -> list[int]:
    """Facts that an earlier one carries, and that carry it."""
    from rollgrade.kernels import Facts

    if len(facts) < 2:
        return []
    bare = [" ".join(re.findall(r"\w+", fact.casefold())) for fact in facts]
    # Alone, so that what two facts share weighs as much as in a summary of one.
    carried = [Facts([fact]).score_batch(list(facts)).score[:, 0] for fact in facts]

    def same(i: int, j: int) -> bool:
        return bare[i] == bare[j] or float(min(carried[i][j], carried[j][i])) >= _SAME

    return [i for i in range(len(facts)) if any(same(i, j) for j in range(i))]


def _unheard(facts: tuple[str, ...], source: str) -> tuple[list[int], list[int]]:
    """Facts with unsupported numbers or names, and facts that are hardly in the source."""
    from rollgrade.kernels import Facts, Source

    support = Source(source).support_batch(list(facts))
    wrong = (support.unsupported_numbers + support.unsupported_names > 0).tolist()
    missing = [
        len([w for w in fact.missing if len(w) >= _LONG]) for fact in Facts(facts).score(source).per_fact
    ]
    words = [len(re.findall(rf"\w{{{_LONG},}}", fact)) for fact in facts]
    absent = [i for i in range(len(facts)) if words[i] and missing[i] > _ABSENT * words[i]]
    return [i for i, is_wrong in enumerate(wrong) if is_wrong], absent
