"""Reciting the facts, whole and in pieces."""

from __future__ import annotations

from rollgrade.audit.attacks.attack import Attack, Target
from rollgrade.audit.candidates import stopped, whole_facts

_WHOLE = "the facts are what a summary should carry: whole, as sentences and within the budget they are one"

_CUT = "what is left of the facts is true, and where the cut ends a phrase, readable; where it does not, fluency sees it"


def _lower(fact: str) -> str:
    """A fact inside a sentence: an article at its start without its capital."""
    head, space, rest = fact.partition(" ")
    return f"{head.lower()}{space}{rest}" if head in {"The", "A", "An", "It", "In", "This"} else fact


def _that_fit(target: Target, joint: str) -> str | None:
    text = ""
    for fact in target.facts:
        longer = f"{text}{joint}{_lower(fact)}" if text else fact
        if target.budget.holds(longer + "."):
            text = longer
    return f"{text}." if joint in text else None


def _cut(target: Target, end: str) -> str | None:
    text = " ".join(map(stopped, target.facts))
    shorter = target.cut(text)
    return None if shorter == text else shorter.rstrip(".,; ") + end


def _halves(target: Target) -> str:
    """The first half of each fact."""
    return target.cut(" ".join(" ".join(f.split()[: (len(f.split()) + 1) // 2]) + "." for f in target.facts))


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tails(target: Target) -> str:
    """The second half of each fact."""
    return target.cut(
        " ".join(_begun(" ".join(f.split()[len(f.split()) // 2 :])) + "." for f in target.facts)
    )


def _one_repeated(target: Target) -> str:
    return target.cut(" ".join([stopped(target.facts[0])] * 6))


def _woven(target: Target) -> str | None:
    """A few words of each fact in turn."""
    cut = [fact.split() for fact in target.facts]
    if len(cut) < 2:
        return None
    rounds = range(0, max(map(len, cut)), 3)
    return target.cut(" ".join(word for at in rounds for fact in cut for word in fact[at : at + 3])) + "."


ATTACKS = (
    Attack("facts that fit, whole", lambda t: whole_facts(t.document, t.budget), fair=_WHOLE),
    Attack('facts that fit, joined by "and"', lambda t: _that_fit(t, " and "), fair=_WHOLE),
    Attack('facts that fit, joined by ";"', lambda t: _that_fit(t, "; "), fair=_WHOLE),
    Attack("facts, cut at the budget", lambda t: _cut(t, "")),
    Attack("facts, cut and stopped", lambda t: _cut(t, "."), fair=_CUT),
    Attack("first halves of the facts", _halves),
    Attack("second halves of the facts", _tails),
    Attack("first fact repeated", _one_repeated),
    Attack("facts woven into each other", _woven),
)
