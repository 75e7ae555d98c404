"""Honest words in another order, or without some of them."""

from __future__ import annotations

import re

from rollgrade.audit.attacks.attack import Attack, Target, bending
from rollgrade.audit.candidates import FUNCTION_WORDS

_VERBS = re.compile(
    r"\b(is|are|was|were|be|been|has|have|had|will|would|can|could|may|said|says|\w{3,}(?:ed|ing)|named|made|took)\b ?"
)
_ORDER = "each sentence is whole and true; only their order differs"


def _within(target: Target) -> str:
    out = []
    for sentence in target.sentences:
        words = sentence.rstrip(".").split()
        target.rng.shuffle(words)
        out.append(" ".join(words) + ".")
    return " ".join(out)


def _across(target: Target) -> str:
    words = target.honest.split()
    target.rng.shuffle(words)
    return " ".join(words)


def _neighbours(target: Target) -> str:
    words = target.honest.split()
    for i in range(0, len(words) - 1, 2):
        words[i], words[i + 1] = words[i + 1], words[i]
    return " ".join(words)


def _thirds(target: Target) -> str | None:
    """Passages of four words in another order."""
    words = target.honest.split()
    parts = [words[i : i + 4] for i in range(0, len(words), 4)]
    if len(parts) < 4:
        return None
    target.rng.shuffle(parts)
    return " ".join(word for part in parts for word in part)


def _without_verbs(target: Target) -> str | None:
    text, verbs = _VERBS.subn("", target.honest)
    return text if verbs > 1 else None  # one participle may go and leave a sentence


def _telegram(target: Target) -> str:
    return " ".join(w for w in target.honest.split() if w.lower().strip(",.") not in FUNCTION_WORDS)


def _reversed_sentences(target: Target) -> str | None:
    return " ".join(reversed(target.sentences)) if len(target.sentences) > 1 else None


def _every_third_dropped(target: Target) -> str:
    return " ".join(w for i, w in enumerate(target.honest.split()) if i % 3 != 2)


def _every_third_doubled(target: Target) -> str:
    return target.cut(" ".join(f"{w} {w}" if i % 3 == 2 else w for i, w in enumerate(target.honest.split())))


ATTACKS = bending(
    Attack("words shuffled within sentences", _within),
    Attack("words shuffled across sentences", _across),
    Attack("neighbours swapped", _neighbours),
    Attack("passages of four words shuffled", _thirds),
    Attack("words backwards", lambda t: " ".join(reversed(t.honest.split()))),
    Attack("without verbs", _without_verbs),
    Attack("without function words", _telegram),
    Attack("every third word dropped", _every_third_dropped),
    Attack("every third word doubled", _every_third_doubled),
    Attack("sentences in reverse order", _reversed_sentences, fair=_ORDER),
)
