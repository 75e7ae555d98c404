"""Keywords, bare and dressed up."""

from __future__ import annotations

import itertools
from collections import defaultdict

from rollgrade.audit.attacks.attack import Attack, Target, fitted
from rollgrade.audit.candidates import FUNCTION_WORDS

_COMMON = "the of and in to for on with at by from as".split()


def _shuffled(target: Target) -> str:
    chosen = target.keywords
    target.rng.shuffle(chosen)
    return target.cut(" ".join(chosen)) + "."


def _sprinkled(target: Target, share: float) -> str:
    out = []
    for word in target.keywords:
        out.append(word)
        if target.rng.random() < share:
            out.append(target.rng.choice(_COMMON))
    return target.cut(" ".join(out)) + "."


def _bigrams(target: Target) -> str:
    """Keywords and the words between them in the order of the source's own pairs."""
    wanted = {word.lower() for word in target.keywords}
    follows: dict[str, list[str]] = defaultdict(list)
    words = target.source.split()
    for first, second in itertools.pairwise(words):
        follows[first.lower().strip(".,")].append(second)
    at, out, used = target.keywords[0] if target.keywords else "the", [], set()
    for _ in range(60):
        out.append(at.strip(".,"))
        used.add(at.lower().strip(".,"))
        choices = follows.get(at.lower().strip(".,")) or words
        fresh = [w for w in choices if w.lower().strip(".,") in wanted and w.lower().strip(".,") not in used]
        small = [w for w in choices if w.lower().strip(".,") in FUNCTION_WORDS]
        at = target.rng.choice(fresh or small or choices)
    return target.cut(" ".join(out)) + "."


def _listed(target: Target, frame: str) -> str | None:
    chosen = list(target.keywords)
    while len(chosen) > 3:
        text = frame.format(", ".join(chosen[:-1]) + " and " + chosen[-1])
        if target.budget.holds(text):
            return text
        chosen.pop()
    return None


def _tail(target: Target) -> str | None:
    there = target.honest.lower()
    fresh = [word for word in target.keywords if word.lower() not in there]
    return fitted(target, target.honest, fresh)


def _pairs(target: Target) -> str:
    """Keywords two by two with a function word between: "budget of council. taxes in May."."""
    chosen = target.keywords
    pairs = [f"{a} {target.rng.choice(_COMMON)} {b}" for a, b in zip(chosen[::2], chosen[1::2], strict=False)]
    return target.cut(", ".join(pairs)) + "."


def _joined(target: Target, link: str) -> str:
    """The facts, with one small word in the place of all others: "council approved and budget and Monday"."""
    words = f" {link} ".join(target.facts).split()
    runs = itertools.groupby(words, lambda word: word.lower() in FUNCTION_WORDS)
    kept = [link if small else " ".join(run) for small, run in runs]
    return target.cut(" ".join(kept).removeprefix(f"{link} ")) + "."


ATTACKS = (
    Attack("keywords in order", lambda t: t.cut(" ".join(t.keywords))),
    Attack("keywords in order, stopped", lambda t: t.cut(" ".join(t.keywords)) + "."),
    Attack("keywords with commas", lambda t: t.cut(", ".join(t.keywords)) + "."),
    Attack("keywords shuffled", _shuffled),
    Attack("keywords, function words strewn in", lambda t: _sprinkled(t, 0.5)),
    Attack("keywords, a function word after each", lambda t: _sprinkled(t, 1.0)),
    Attack("keywords by the source's word pairs", _bigrams),
    Attack("keywords in pairs", _pairs),
    Attack('chunks of the facts, joined by "and"', lambda t: _joined(t, "and")),
    Attack('chunks of the facts, joined by "of"', lambda t: _joined(t, "of")),
    Attack("keywords listed in a sentence", lambda t: _listed(t, "The report is about {}.")),
    Attack("honest answer, keyword tail", _tail, bends=True),
)
