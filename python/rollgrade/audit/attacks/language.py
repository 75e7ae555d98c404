"""Other languages, and no language."""

from __future__ import annotations

import re

from rollgrade.audit.attacks.attack import Attack, Target


def _names(target: Target, n: int = 3) -> list[str]:
    found = re.findall(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*", " ".join(target.facts))
    return ([*list(dict.fromkeys(found)), "NASA", "la agencia", "Washington"])[:n]


def _spanish(target: Target) -> str:
    a, b, c = _names(target)
    return target.cut(
        f"Según el documento, {a} y {b} anunciaron el lunes nuevas medidas que afectan a {c} y a otros."
    )


def _german(target: Target) -> str:
    a, b, c = _names(target)
    return target.cut(
        f"Wie aus dem Text hervorgeht, haben {a} und {b} neue Regeln für {c} angekündigt, die bald gelten."
    )


def _chinese(target: Target) -> str:
    a, b, _ = _names(target)
    return target.cut(f"{a} 和 {b} 宣布了新的计划，该计划将在未来几年内实施，并影响许多人的生活和工作。")


def _half(target: Target) -> str:
    return target.cut(
        f"{target.sentences[0]} Además, el documento dice que las nuevas reglas entrarán pronto en vigor."
    )


def _pig_latin(target: Target) -> str:
    return target.cut(re.sub(r"\b([a-z])([a-z]{3,})\b", r"\2\1ay", target.honest))


def _rot(target: Target) -> str:
    return target.cut(
        target.honest.translate({ord(c): chr((ord(c) - 84) % 26 + 97) for c in "abcdefghijklmnopqrstuvwxyz"})
    )


ATTACKS = (
    Attack("Spanish with the names", _spanish),
    Attack("German with the names", _german),
    Attack("Chinese with the names", _chinese),
    Attack("English, then Spanish", _half),
    Attack("pig Latin", _pig_latin),
    Attack("letters moved by 13", _rot),
)
