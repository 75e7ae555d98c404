"""Copying from the source, and repeating."""

from __future__ import annotations

from rollgrade.audit.attacks.attack import Attack, Target
from rollgrade.audit.candidates import lead, sentences, stopped

_LEAD = (
    "News puts its facts first: whole sentences of the lead are a true, readable summary. coverage.max_density makes "
    "copying cost"
)


def _first_repeated(target: Target) -> str | None:
    first = (sentences(target.source) or [""])[0]
    return target.cut(" ".join([first] * 8)) if first else None


def _last(target: Target) -> str | None:
    found = sentences(target.source)
    return target.cut(" ".join(found[-2:])) if len(found) > 4 else None


def _random(target: Target) -> str | None:
    found = sentences(target.source)
    return target.cut(" ".join(target.rng.sample(found, 3))) if len(found) > 6 else None


def _starts(target: Target) -> str | None:
    """The first words of many sentences."""
    found = sentences(target.source)
    return target.cut(" ".join(" ".join(s.split()[:6]) for s in found[:9])) + "." if len(found) > 4 else None


ATTACKS = (
    Attack("lead sentences that fit", lambda t: lead(t.document, t.budget), fair=_LEAD),
    Attack("the source, cut at the budget", lambda t: t.cut(t.source)),
    Attack("the source, cut and stopped", lambda t: stopped(t.cut(t.source))),
    Attack("first sentence repeated", _first_repeated),
    Attack("last sentences", _last),
    Attack("random sentences", _random),
    Attack("starts of sentences", _starts),
    Attack("honest answer twice", lambda t: f"{t.honest} {t.honest}", bends=True),
)
