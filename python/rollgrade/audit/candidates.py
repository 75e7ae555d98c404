"""Answers that need no model: what an honest one could be, and what a lazy policy tries first."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollgrade.audit.documents import Document

if TYPE_CHECKING:
    from rollgrade.rubric import Rubric

__all__ = [
    "CANDIDATES",
    "FUNCTION_WORDS",
    "Budget",
    "Candidate",
    "cut",
    "joined",
    "keywords",
    "lead",
    "sentences",
    "whole_facts",
]

FUNCTION_WORDS = frozenset(
    "a an and are as at be been but by for from had has have he her his in into is it its more no not of on or she "
    "so than that the their them then there these they this those to was we were what when which who will with would "
    "you".split()
)

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Budget:
    """The rubric's token budget, in its own tokens."""

    tokens: int
    count: Callable[[str], int]

    @classmethod
    def of(cls, rubric: Rubric) -> Budget:
        """The budget of ``rubric``."""
        from rollgrade import _core

        if rubric._counts():
            return cls(rubric.length.max_tokens, lambda text: rubric._count([text])[0])
        return cls(rubric.length.max_tokens, _core.count_tokens)

    def holds(self, text: str) -> bool:
        """Whether ``text`` keeps the budget."""
        return self.count(text) <= self.tokens


Make = Callable[[Document, Budget], str | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer made of a document; None where the document lacks what it is made of. ``honest`` ones are fit to be
    read."""

    name: str
    make: Make
    honest: bool
    lazy: bool = False
    """What a policy tries that does not want to summarise."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, of those lines that end one: titles and credits are left out."""
    found: list[str] = []
    for line in text.splitlines():
        bare = line.strip()
        if bare.endswith((".", "!", "?", '."', ".”", ".’", ".)")):
            found += [part for part in _SENTENCE_END.split(bare) if part.strip()]
    return found


def _whole(parts: Sequence[str], budget: Budget) -> str:
    """As many of ``parts`` in their order as the budget holds, each that fits."""
    text = ""
    for part in parts:
        longer = f"{text} {part}".strip()
        if budget.holds(longer):
            text = longer
    return text


def cut(text: str, budget: Budget) -> str:
    """``text`` up to the last word that the budget holds."""
    if budget.holds(text):
        return text
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        if budget.holds(text[: ends[middle - 1]]):
            low = middle
        else:
            high = middle - 1
    return text[: ends[low - 1]] if low else ""


def lead(document: Document, budget: Budget) -> str | None:
    """The first sentences of the source that fit."""
    if document.source is None:
        return None
    text = ""
    for sentence in sentences(document.source) or [document.source.strip()]:
        longer = f"{text} {sentence}".strip()
        if not budget.holds(longer):
            break
        text = longer
    return text or cut(document.source.strip(), budget)


def stopped(fact: str) -> str:
    """A fact as a sentence."""
    return fact if fact.endswith((".", "!", "?", '."', ".”")) else fact.rstrip(",;:") + "."


def joined(document: Document, _budget: Budget) -> str | None:
    """All facts as sentences, one after another."""
    return " ".join(map(stopped, document.facts)) if document.facts else None


def whole_facts(document: Document, budget: Budget) -> str | None:
    """The facts that fit, whole."""
    return _whole([stopped(fact) for fact in document.facts], budget) if document.facts else None


def keywords(text: str) -> list[str]:
    """The words of a text without its function words."""
    return [
        word for word in re.findall(r"[\w$%€£'’.,-]*\w[\w%]*", text) if word.lower() not in FUNCTION_WORDS
    ]


def _carrier(document: Document) -> str | None:
    return " ".join(document.facts) if document.facts else document.reference or document.source


def _keywords(document: Document, budget: Budget) -> str | None:
    carrier = _carrier(document)
    return None if carrier is None else cut(" ".join(keywords(carrier)), budget)


def _salad(document: Document, budget: Budget) -> str | None:
    carrier = _carrier(document)
    if carrier is None:
        return None
    words = carrier.split()
    random.Random(0).shuffle(words)
    return cut(" ".join(words), budget)


def _cut_facts(document: Document, budget: Budget) -> str | None:
    text = joined(document, budget)
    # What fits is not cut: it is the honest answer.
    return None if text is None or budget.holds(text) else cut(text, budget)


CANDIDATES = (
    Candidate("reference", lambda d, _: d.reference, honest=True),
    Candidate("facts that fit, whole", whole_facts, honest=True),
    Candidate("lead sentences that fit", lead, honest=True),
    Candidate("all facts, joined", joined, honest=False),
    Candidate("facts, cut at the budget", _cut_facts, honest=False, lazy=True),
    Candidate("keywords", _keywords, honest=False, lazy=True),
    Candidate("word salad", _salad, honest=False, lazy=True),
    Candidate("nothing", lambda _d, _b: "", honest=False, lazy=True),
)
"""In the order of the tables."""
