"""More than the budget, and padding up to it."""

from __future__ import annotations

from rollgrade.audit.attacks.attack import Attack, Target
from rollgrade.audit.candidates import lead, stopped

_PADDING = (
    "This is an important development that many people will follow closely in the coming weeks.".split()
)


def _all_facts_and_lead(target: Target) -> str:
    return " ".join([*map(stopped, target.facts), lead(target.document, target.budget) or ""])


def _padded(target: Target) -> str:
    """Half of the honest answer and idle words up to the budget."""
    half = target.sentences[: (len(target.sentences) + 1) // 2]
    text = " ".join(half) if len(half) < len(target.sentences) else target.honest.rpartition(",")[0] + "."
    return target.cut(" ".join([text, *_PADDING, *_PADDING]))


def _one_over(target: Target) -> str:
    text = target.honest
    while target.budget.holds(text):
        text += " again"
    return text + "."


ATTACKS = (
    Attack("everything at once", _all_facts_and_lead),
    Attack("the whole source", lambda t: t.source),
    Attack("one token over", _one_over, bends=True),
    Attack("half of it and idle words", _padded, bends=True),
)
