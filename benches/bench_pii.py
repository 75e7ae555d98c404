"""PII against Presidio's pattern recognisers, a Python regex union and re2, on clean text and on text full of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import re2
from corpus import strings
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UsSsnRecognizer,
)

import rollgrade as rg

# The shapes that a careful user would write down for the same kinds, without validation.
PATTERNS = [
    r"[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}",
    r"\b\d{3}[- .]\d{2}[- .]\d{4}\b",
    r"\b(?:\d[ -]?){12,18}\d\b",
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b",
    r"(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b",
    r"\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}",
    r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b",
    r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b",
]
UNION = "|".join(f"(?:{p})" for p in PATTERNS)
RECOGNIZERS = [
    EmailRecognizer(),
    PhoneRecognizer(),
    UsSsnRecognizer(),
    CreditCardRecognizer(),
    IbanRecognizer(),
    IpRecognizer(),
]
CLEAN = [t for t in strings(275, 200_000) if not rg.find_pii(t)]
DENSE = [
    f"{t[:60]} call 202-555-01{i % 100:02} or write to user{i}@example{i % 7}.com, card 4111 1111 1111 1111"
    for i, t in enumerate(strings(275, 60_000))
]


def presidio(texts: list[str]) -> None:
    for text in texts:
        for recognizer in RECOGNIZERS:
            recognizer.analyze(text, recognizer.supported_entities, None)


@pytest.mark.parametrize(("shape", "texts"), [("clean summaries, 275 B", CLEAN), ("dense with PII", DENSE)])
def test_find_pii(race: Any, shape: str, texts: list[str]) -> None:
    union, fast = re.compile(UNION), re2.compile(UNION)
    few = texts[:: max(1, len(texts) // 20)]
    scale = len(few)
    race(
        f"{shape}, {scale} texts",
        {
            "rollgrade": lambda: rg.find_pii_batch(few),
            "re2 union": lambda: [list(fast.finditer(t)) for t in few],
            "Python re union": lambda: [list(union.finditer(t)) for t in few],
            "presidio patterns": lambda: presidio(few),
        },
        rounds=7,
    )


# What could make a careless engine slow: anything that begins like PII and goes on for ever.
UNITS = [
    "@",
    "1",
    "1-",
    "1 ",
    "12 ",
    "(",
    "[](",
    ":",
    "a:",
    "a@",
    "1@1.",
    "AB12 ",
    "415-555-0132 ",
    "a.",
    "%40",
    "&#6",
    "four ",
    "a at ",
    "[at]",
    "1 2 ",
    "l0 ",
    "é",
    "\u200b1",
    "x1-",
    "1\n",
]


def test_repeated_units(race: Any) -> None:
    """200 kB of one unit beside 200 kB of prose: what is not linear would show."""
    size = 200_000
    prose = " ".join(strings(size, size))[:size]
    texts = {repr(unit): (unit * size)[:size] for unit in UNITS}
    race(
        "200 kB of prose; peers: 200 kB of one unit, by rollgrade",
        {"rollgrade": lambda: rg.find_pii_batch([prose])}
        | {name: (lambda text=text: rg.find_pii_batch([text])) for name, text in texts.items()},
        rounds=3,
    )
