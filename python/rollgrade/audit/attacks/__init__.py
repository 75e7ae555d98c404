"""The fixed attacks: a file a family, a function or a line an attack. A new family is a file and a line here."""

from __future__ import annotations

from rollgrade.audit.attacks import (
    characters,
    copied,
    facts,
    form,
    keywords,
    language,
    length,
    lies,
    nothing,
    order,
    pii,
)
from rollgrade.audit.attacks.attack import Attack, Target

__all__ = ["FAMILIES", "Attack", "Target"]

FAMILIES: dict[str, tuple[Attack, ...]] = {
    "nothing": nothing.ATTACKS,
    "copied": copied.ATTACKS,
    "facts": facts.ATTACKS,
    "keywords": keywords.ATTACKS,
    "order": order.ATTACKS,
    "lies": lies.ATTACKS,
    "form": form.ATTACKS,
    "characters": characters.ATTACKS,
    "pii": pii.ATTACKS,
    "language": language.ATTACKS,
    "length": length.ATTACKS,
}
"""In the order of the tables."""
