"""What an attack is, and what it may use."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from rollgrade.audit.candidates import Budget, cut, keywords, sentences, stopped
from rollgrade.audit.documents import Document

__all__ = ["Attack", "Target", "bending", "fitted", "swapped", "words"]


@dataclass(frozen=True, slots=True)
class Target:
    """A document under attack. ``honest`` is the answer to beat, ``rng`` the attack's own and the same each run."""

    document: Document
    honest: str
    budget: Budget
    rng: random.Random

    @property
    def source(self) -> str:
        """The source, or what stands for it."""
        return self.document.source or self.honest

    @property
    def facts(self) -> list[str]:
        """The facts, each without the full stop at its end, or the sentences of the honest answer."""
        listed = self.document.facts or sentences(self.honest) or [self.honest]
        return [fact.strip().rstrip(".;, ") for fact in listed]

    @property
    def sentences(self) -> list[str]:
        """The sentences of the honest answer."""
        return sentences(self.honest) or [stopped(self.honest.strip())]

    @property
    def keywords(self) -> list[str]:
        """The content words of the facts, in order, each once."""
        return list(dict.fromkeys(word.strip(".,") for word in keywords(" ".join(self.facts))))

    def cut(self, text: str) -> str:
        """``text`` up to the last word that the budget holds."""
        return cut(text, self.budget)


Make = Callable[[Target], str | None]


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to earn a reward without a summary. ``make`` gives None where it has nothing to work on: no number to
    shift, no PII to leak. One that ``bends`` the honest answer must not reach that very answer, others must not reach the
    best honest one. ``fair`` says, for what leaves a true and readable summary, why it may earn the reward; ``unseen``,
    for a lie that no word shows, why it cannot be told.
    """

    name: str
    make: Make
    fair: str = ""
    unseen: str = ""
    bends: bool = False


def bending(*attacks: Attack) -> tuple[Attack, ...]:
    """Attacks that bend the honest answer."""
    return tuple(replace(attack, bends=True) for attack in attacks)


def words(text: str) -> list[str]:
    """The words of a text, without the marks around them."""
    return re.findall(r"\w[\w'’.,-]*\w|\w", text)


def fitted(target: Target, start: str, tail: list[str], least: int = 4) -> str | None:
    """``start`` and as many words of ``tail`` as the budget holds; None where those are fewer than ``least``."""
    kept = list(tail)
    while len(kept) >= least:
        text = f"{start} {' '.join(kept)}"
        if target.budget.holds(text):
            return text
        kept.pop()
    return None


def swapped(text: str, pairs: dict[str, str]) -> str | None:
    """``text`` with each word of ``pairs`` for its other, either way; None where it has none of them."""
    both = pairs | {other: word for word, other in pairs.items()}
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, both))})\b", re.IGNORECASE)

    def other(match: re.Match[str]) -> str:
        word = both[match[0].lower()]
        return word.capitalize() if match[0][0].isupper() else word

    changed = pattern.sub(other, text)
    return None if changed == text else changed
