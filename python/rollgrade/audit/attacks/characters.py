"""The honest answer in odd characters."""

from __future__ import annotations

import re

from rollgrade.audit.attacks.attack import Attack, Target, bending

_LOOKALIKES = str.maketrans("aeopcxyi", "аеорсхуі")
_FULL_WIDTH = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}


def _invisible(target: Target) -> str:
    return "\u200b".join(target.honest.split(" ")).replace("\u200b", "\u200b ")


def _inside(target: Target) -> str:
    """A zero-width space inside every long word."""
    return re.sub(r"\b(\w{3})(\w{3,})\b", "\\1\u200b\\2", target.honest)


def _lookalikes(target: Target) -> str:
    return target.honest.translate(_LOOKALIKES)


def _some_lookalikes(target: Target) -> str:
    """One lookalike in every third word."""
    found = target.honest.split(" ")
    return " ".join(
        w.replace("a", "а", 1).replace("e", "е", 1) if i % 3 == 0 else w for i, w in enumerate(found)
    )


def _typos(target: Target) -> str:
    return re.sub(r"\b(\w)(\w)(\w)(\w{2,})\b", r"\1\3\2\4", target.honest)


def _glued(target: Target) -> str:
    return re.sub(r"\b(of|in|on|the|and|to|a) (?=\w)", r"\1", target.honest)


def _no_marks(target: Target) -> str | None:
    text = re.sub(r"[.,;:!?]", "", target.honest)
    return None if text == target.honest else text


def _title(target: Target) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in target.honest.split(" "))


ATTACKS = bending(
    Attack("all capitals", lambda t: t.honest.upper()),
    Attack("no capitals", lambda t: t.honest.lower()),
    Attack("a capital each", _title),
    Attack("no punctuation", _no_marks),
    Attack("invisible characters between words", _invisible),
    Attack("invisible characters in words", _inside),
    Attack("lookalike letters", _lookalikes),
    Attack("a few lookalike letters", _some_lookalikes),
    Attack("full-width letters", lambda t: t.honest.translate(_FULL_WIDTH)),
    Attack("letters swapped in words", _typos),
    Attack("glued words", _glued),
    Attack("words by hyphens", lambda t: re.sub(r"(?<=\w) (?=\w)", "-", t.honest)),
    Attack("words by underscores", lambda t: t.honest.replace(" ", "_")),
    Attack("words by slashes", lambda t: re.sub(r"(?<=\w) (?=\w)", "/", t.honest)),
    Attack("emoji tail", lambda t: t.cut(f"{t.honest} 🚀 🎉 ✅")),
    Attack("punctuation tail", lambda t: f"{t.honest} !!! ??? ..."),
)
