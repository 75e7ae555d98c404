"""Hidden values are found where they stand, and undoing what hides them invents nothing."""

from __future__ import annotations

import collections
import random
from collections.abc import Sequence
from functools import cache

import pytest
from innocent import INNOCENT

import rollgrade as rg
from obfuscation import ALONE, FRAMES, SECOND, TRANSFORMS, values

# Marks around a value, such as those of bold type, are no part of it.
MARKS = '*`()[]"'
ENOUGH = 0.98


@cache
def known() -> list[tuple[str, str, str]]:
    """Kind, value and frame of what is found in plain form."""
    plain = [(kind, value, frame) for kind, value in values(random.Random(20)) for frame in FRAMES[kind]]
    found = rg.find_pii_batch([frame.format(value) for _, value, frame in plain])
    return [
        item
        for item, matches in zip(plain, found, strict=True)
        if any((m.kind, m.text) == item[:2] and not m.obfuscated for m in matches)
    ]


class Tally:
    """Recall, exact spans and marks of one way of hiding."""

    def __init__(
        self, steps: Sequence[str], items: Sequence[tuple[str, str, str]], rng: random.Random
    ) -> None:
        kinds = set.intersection(*(TRANSFORMS[step][0] for step in steps))
        self.hidden = []
        for kind, value, frame in items:
            disguise = value
            if kind in kinds:
                for step in steps:
                    disguise = TRANSFORMS[step][1](disguise, rng)
            # What still holds the value, between marks, is not hidden.
            if value not in disguise:
                self.hidden.append((kind, disguise, frame))
        texts = [frame.format(disguise) for _, disguise, frame in self.hidden]
        self.found = self.exact = self.marked = 0
        self.missed: list[str] = []
        for (kind, disguise, _), text, matches in zip(
            self.hidden, texts, rg.find_pii_batch(texts), strict=True
        ):
            start = text.index(disguise)
            got = [m for m in matches if m.kind == kind and m.start < start + len(disguise) and start < m.end]
            self.found += bool(got)
            if not got:
                self.missed.append(text)
            assert all(text[m.start : m.end] == m.text for m in matches)
            self.exact += any(is_exact(m, text, start, disguise) for m in got)
            self.marked += any(m.obfuscated and "obfuscated" in m.evidence for m in got)

    def __str__(self) -> str:
        return f"{self.found} of {len(self.hidden)} found, {self.exact} exact, {self.marked} marked; {self.missed[:3]}"

    @property
    def is_enough(self) -> bool:
        total = len(self.hidden)
        return (
            self.found >= ENOUGH * total and self.exact >= ENOUGH * self.found and self.marked == self.found
        )


def is_exact(match: rg.PiiMatch, text: str, start: int, disguise: str) -> bool:
    """Whether a match covers a disguise and nothing else, but for marks around it."""
    inner = disguise.strip(MARKS)
    first = start + disguise.index(inner)
    before, behind = text[match.start : first], text[first + len(inner) : match.end]
    return match.start <= first and first + len(inner) <= match.end and not (before + behind).strip(MARKS)


def test_the_values_are_found_in_plain_form() -> None:
    kinds = collections.Counter(kind for kind, _, _ in known())
    plain = collections.Counter(kind for kind, _ in values(random.Random(20)) for _ in FRAMES[kind])
    assert set(kinds) == set(FRAMES)
    assert all(kinds[kind] >= 0.95 * plain[kind] for kind in plain)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_values_hidden_one_way_are_found(name: str) -> None:
    tally = Tally([name], known()[::2], random.Random(name))
    assert len(tally.hidden) >= 20
    assert tally.is_enough, str(tally)


def test_values_hidden_two_ways_are_found() -> None:
    rng = random.Random(21)
    below = {}
    total = collections.Counter[str]()
    for first in TRANSFORMS:
        for second in SECOND:
            tally = Tally([first, second], rng.sample(known(), 120), rng)
            if first == second or first in ALONE or not tally.hidden:
                continue
            total += collections.Counter(all=len(tally.hidden), found=tally.found, marked=tally.marked)
            if tally.found < 0.9 * len(tally.hidden):
                below[first, second] = str(tally)
    assert total["all"] > 5000
    assert total["found"] >= ENOUGH * total["all"], below
    assert total["marked"] == total["found"]
    assert below == {}


def test_values_hidden_three_ways_are_found() -> None:
    rng = random.Random(22)
    total = collections.Counter[str]()
    missed = []
    for _ in range(1200):
        steps = [rng.choice(list(TRANSFORMS)), *rng.sample(SECOND, 2)]
        tally = Tally(steps, rng.sample(known(), 40), rng)
        total += collections.Counter(all=len(tally.hidden), found=tally.found)
        missed += [(steps, text) for text in tally.missed]
    assert total["all"] > 6000
    assert total["found"] >= ENOUGH * total["all"], missed[:10]


@pytest.mark.parametrize("text", INNOCENT, ids=lambda text: text.strip()[:30])
def test_undoing_what_hides_invents_nothing(text: str) -> None:
    assert [(m.kind, m.text, m.evidence) for m in rg.find_pii(text)] == []


def test_there_are_enough_innocent_texts() -> None:
    assert len(set(INNOCENT)) >= 60
