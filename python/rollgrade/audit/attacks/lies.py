"""Fluent answers that say what is not so."""

from __future__ import annotations

import re

from rollgrade.audit.attacks.attack import Attack, Target, bending, swapped

_AUXILIARY = re.compile(r"\b(is|was|are|were|has|have|had|will|would|can|could|may)\b(?! not\b)")
_NEGATOR = re.compile(
    r"\b(no|not|never|nobody|none|nothing|without|neither|nor|no-one|\w+n['’]t)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)")
_NAME = re.compile(r"(?<=[a-z,;:] )(?:[A-Z][\w’'.-]+)(?: [A-Z][\w’'.-]+)*")

_DIRECTIONS = {
    "rose": "fell", "rise": "fall", "rises": "falls", "rising": "falling", "increase": "decrease", "new": "old",
    "increased": "decreased", "increases": "decreases", "increasing": "decreasing", "up": "down", "won": "lost",
    "win": "lose", "gain": "loss", "gained": "lost", "more": "less", "higher": "lower", "first": "last",
    "approved": "rejected", "accepted": "refused", "opened": "closed", "launched": "cancelled", "began": "ended",
    "begin": "end", "begins": "ends", "start": "stop", "started": "stopped", "before": "after", "support": "oppose",
    "supported": "opposed", "supports": "opposes", "guilty": "innocent", "arrested": "released", "expanded": "reduced",
    "largest": "smallest", "best": "worst", "north": "south", "east": "west", "alive": "dead", "strong": "weak",
    "improve": "worsen", "improved": "worsened", "safe": "unsafe", "allow": "forbid", "allowed": "forbade",
    "early": "late", "earlier": "later", "high": "low", "large": "small", "major": "minor", "public": "private",
    "named": "dismissed", "joined": "left", "bought": "sold", "beat": "lost to", "defeated": "lost to",
    "successful": "failed", "successfully": "unsuccessfully", "including": "excluding", "found": "missed",
    "with": "without", "all": "none", "must": "may",
}  # fmt: skip
_WHO = "every name is one of the source, and sentences of other words than the facts' show too little of who did what"
_SMALL = "small words that turn a sentence round (up, before, less) stand somewhere in most sources"
_ELSEWHERE = "a wrong number that the source has in another place is not told from a right one"
_UNITS = {
    "million": "billion", "thousand": "hundred", "percent": "percentage points", "miles": "metres", "km": "m",
    "kilometres": "metres", "kilometers": "meters", "feet": "inches", "pounds": "tons", "years": "months",
    "year": "month", "days": "hours", "day": "hour", "weeks": "minutes", "week": "minute", "dollars": "euros",
    "$": "€", "degrees": "points", "acres": "hectares",
}  # fmt: skip
_DATES = {
    "Monday": "Thursday", "Tuesday": "Saturday", "Wednesday": "Sunday", "January": "August", "February": "October",
    "March": "November", "April": "December", "May": "September", "June": "Friday", "July": "winter",
}  # fmt: skip


def _with_not(target: Target, most: int) -> str | None:
    """At most so many auxiliaries negated, in sentences that say yes."""
    out, found = [], 0
    for sentence in target.sentences:
        room = 0 if _NEGATOR.search(sentence) else most - found
        text, n = _AUXILIARY.subn(r"\1 not", sentence, count=room) if room else (sentence, 0)
        found += n
        out.append(text)
    return " ".join(out) if found else None


def _framed(target: Target, frame: str) -> str:
    first, rest = target.sentences[0], target.sentences[1:]
    return target.cut(" ".join([frame + first[0].lower() + first[1:], *rest]))


def _shifted(target: Target) -> str | None:
    def other(match: re.Match[str]) -> str:
        digits = match[0].replace(",", "")
        whole = digits.split(".")[0]
        return (
            f"{int(whole[:15]) + target.rng.choice([1, 2, 7]):,}"
            if "," in match[0]
            else str(int(whole[:15]) + 3)
        )

    text = _NUMBER.sub(other, target.honest)
    return None if text == target.honest else text


def _one_shifted(target: Target) -> str | None:
    text, found = _NUMBER.subn(
        lambda m: str(int(m[0].replace(",", "").split(".")[0][:15]) + 3), target.honest, count=1
    )
    return text if found else None


def _names_permuted(target: Target) -> str | None:
    """Every name of the answer in the place of another."""
    found = list(dict.fromkeys(_NAME.findall(target.honest)))
    if len(found) < 2:
        return None
    others = dict(zip(found, found[1:] + found[:1], strict=True))
    pattern = re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))
    return pattern.sub(lambda m: others[m[0]], target.honest)


def _names_of_others(target: Target) -> str | None:
    """Every name of the answer replaced by one of nobody there."""
    strangers = ["Kowalczyk", "Okonkwo", "Lindqvist", "Marchetti", "Vasquez"]
    text = _NAME.sub(lambda m: target.rng.choice(strangers), target.honest)
    return None if text == target.honest else text


def _sentences_of_another(target: Target) -> str | None:
    """Half of the answer, and a fluent sentence that nothing supports."""
    if len(target.sentences) < 2:
        return None
    made_up = (
        "Officials later withdrew the decision after a public outcry and promised to pay for the damage."
    )
    return target.cut(f"{target.sentences[0]} {made_up}")


def _hedged(target: Target) -> str:
    return target.cut(f"Nobody has confirmed that {target.honest[0].lower()}{target.honest[1:]}")


ATTACKS = bending(
    Attack("every auxiliary negated", lambda t: _with_not(t, 99)),
    Attack("one auxiliary negated", lambda t: _with_not(t, 1)),
    Attack("first sentence denied", lambda t: _framed(t, "It is not true that ")),
    Attack("nobody has confirmed", _hedged),
    Attack("directions turned round", lambda t: swapped(t.honest, _DIRECTIONS), unseen=_SMALL),
    Attack("numbers shifted", _shifted),
    Attack("one number shifted", _one_shifted, unseen=_ELSEWHERE),
    Attack("names permuted", _names_permuted, unseen=_WHO),
    Attack("names of nobody there", _names_of_others),
    Attack("units swapped", lambda t: swapped(t.honest, _UNITS)),
    Attack("dates moved", lambda t: swapped(t.honest, {a.lower(): b.lower() for a, b in _DATES.items()})),
    Attack("half of it made up", _sentences_of_another),
)
