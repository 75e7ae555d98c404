"""PII against hyperscan, re2, a Python regex union and Presidio's pattern recognisers, on clean text and on text full of
it."""

from __future__ import annotations

import re
from typing import Any

import hyperscan
import pytest
import re2
from corpus import strings, unseen
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UsSsnRecognizer,
)

import rollgrade as rg

# The shapes that a careful user would write down for the usual kinds, without validation.
PATTERNS = [
    r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}",
    r"\b\d{3}[- .]\d{2}[- .]\d{4}\b",
    r"\b(?:\d[ -]?){12,18}\d\b",
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b",
    r"(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b",
    r"\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}",
    r"\b0\d{2,4}[ .-]\d{3,4}[ .-]?\d{3,4}\b",
    r"\b(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\b",
    r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b",
    r"\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b",
    r"\b(?:bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40})\b",
    r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,})\b",
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
PROSE = " ".join(unseen(275, 1_000_000))
CLEAN = [t for t in unseen(275, 300_000) if not rg.find_pii(t)]
DENSE = [
    f"{t[:60]} call 202-555-01{i % 100:02} or write to user{i}@example{i % 7}.com, card 4111 1111 1111 1111"
    for i, t in enumerate(strings(275, 300_000))
]


def presidio(texts: list[str]) -> None:
    for text in texts:
        for recognizer in RECOGNIZERS:
            recognizer.analyze(text, recognizer.supported_entities, None)


@pytest.mark.parametrize(
    ("shape", "texts"),
    [("one text of prose", [PROSE]), ("clean summaries, 275 B", CLEAN), ("dense with PII", DENSE)],
)
def test_find_pii(race: Any, shape: str, texts: list[str]) -> None:
    re2_union = re2.compile(UNION)
    database = hyperscan.Database()
    database.compile(
        expressions=[p.encode() for p in PATTERNS], flags=[hyperscan.HS_FLAG_UTF8] * len(PATTERNS)
    )

    def scan() -> None:
        for text in texts:
            database.scan(text.encode(), match_event_handler=lambda *_: None)

    race(
        f"{shape}, {len(texts)} texts",
        {
            "rollgrade": lambda: rg.find_pii_batch(texts),
            "hyperscan": scan,
            "re2 union": lambda: [list(re2_union.finditer(t)) for t in texts],
        },
        rounds=15,
    )


@pytest.mark.parametrize(("shape", "texts"), [("clean summaries, 275 B", CLEAN), ("dense with PII", DENSE)])
def test_slower_peers(race: Any, shape: str, texts: list[str]) -> None:
    union, few = re.compile(UNION), texts[:: len(texts) // 20]
    race(
        f"{shape}, {len(few)} texts",
        {
            "rollgrade": lambda: rg.find_pii_batch(few),
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
    "6 ",
    "3 ",
    "0 ",
    "2)",
    "9/",
    "@ ",
    "а",
    "٣",
    "--",
    "S5 ",
    "12 O ",
    "0@",
    "\\@",
    "\x04@",
    ".7",
    "*1",
]


def test_repeated_units(race: Any) -> None:
    """200 kB of one unit beside 200 kB of prose: what is not linear would show."""
    size = 200_000
    prose = PROSE[:size]
    texts = {repr(unit): (unit * size)[:size] for unit in UNITS}
    race(
        "200 kB of prose; peers: 200 kB of one unit, by rollgrade",
        {"rollgrade": lambda: rg.find_pii_batch([prose])}
        | {name: (lambda text=text: rg.find_pii_batch([text])) for name, text in texts.items()},
        rounds=3,
    )
