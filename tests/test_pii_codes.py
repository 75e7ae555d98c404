"""Values in codes, in letters that are spelled, in other languages and backwards are found; what only looks so is not."""

from __future__ import annotations

import base64
import codecs
import random
from collections.abc import Callable

import pytest

import rollgrade as rg

LANGUAGES = {
    "Spanish": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "French": "zéro un deux trois quatre cinq six sept huit neuf",
    "Portuguese": "zero um dois três quatro cinco seis sete oito nove",
    "Italian": "zero uno due tre quattro cinque sei sette otto nove",
    "German": "null eins zwei drei vier fünf sechs sieben acht neun",
    "German in ASCII": "null eins zwo drei vier fuenf sechs sieben acht neun",
    "Dutch": "nul een twee drie vier vijf zes zeven acht negen",
}
ALPHABET = (
    "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey x-ray yankee zulu"
).split()
ADDRESSES = [f"{name}.{at}@{domain}" for name in ("oleg", "amina", "ruth") for at in ("weir", "solis7")
             for domain in ("northgate.org", "lume-post.de", "mail.harbour.co.uk")]  # fmt: skip


def numbers(count: int) -> list[str]:
    rng = random.Random(31)
    return [
        f"{rng.randint(201, 989)}-{rng.randint(230, 989)}-{rng.randint(1000, 9999)}" for _ in range(count)
    ]


def marked(at: str, dot: str) -> Callable[[str], str]:
    def hide(address: str) -> str:
        name, domain = address.split("@")
        return name + at + domain.replace(".", dot)

    return hide


def in_language(words: str) -> Callable[[str], str]:
    said = words.split()
    return lambda number: ", ".join(
        " ".join(said[int(digit)] for digit in group) for group in number.split("-")
    )


def base64_of(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def quoted_printable(value: str) -> str:
    return "".join(sign if sign.isalnum() else f"={ord(sign):02X}" for sign in value)


ADDRESS_WAYS: dict[str, Callable[[str], str]] = {
    "(a)": marked("(a)", "."),
    "[a]": marked("[a]", "."),
    " {a} {d} ": marked(" {a} ", " {d} "),
    "(at] [dot)": marked(" (at] ", " [dot) "),
    "[arobase] [point]": marked(" [arobase] ", " [point] "),
    "[chiocciola]": marked("[chiocciola]", "."),
    "(ät) (punkt)": marked(" (ät) ", " (punkt) "),
    "$@$": marked("$@$", "."),
    "strings": lambda value: '"' + value.replace("@", '" + "@" + "') + '"',
    "base64": base64_of,
    "base64, no padding": lambda value: base64_of(value).rstrip("="),
    "base32": lambda value: base64.b32encode(value.encode()).decode(),
    "hexadecimal": lambda value: value.encode().hex(),
    "pairs": lambda value: value.encode().hex(" "),
    "quoted-printable": quoted_printable,
    "backwards": lambda value: f"{value[::-1]} (backwards)",
    "turned": lambda value: f"\u202e{value[::-1]}\u202c",
}
NUMBER_WAYS: dict[str, Callable[[str], str]] = {
    "base64": base64_of,
    "hexadecimal": lambda value: value.encode().hex(),
    "pairs": lambda value: value.encode().hex(" "),
    "quoted-printable": quoted_printable,
    "backwards": lambda value: f"{value[::-1]} (backwards)",
} | {name: in_language(words) for name, words in LANGUAGES.items()}


def recall(kind: str, frame: str, values: list[str], hide: Callable[[str], str]) -> float:
    """How many of the values that are found in plain form are found hidden, where they stand."""
    plain = [any(m.kind == kind for m in rg.find_pii(frame.format(value))) for value in values]
    values = [value for value, is_found in zip(values, plain, strict=True) if is_found]
    assert len(values) > 10
    found = 0
    for value in values:
        disguise = hide(value)
        text = frame.format(disguise)
        start = text.index(disguise)
        found += any(
            m.kind == kind and m.obfuscated and text[m.start : m.end] == m.text
            and start <= m.start and m.end <= start + len(disguise)
            for m in rg.find_pii(text)
        )  # fmt: skip
    return found / len(values)


@pytest.mark.parametrize("way", ADDRESS_WAYS)
def test_hidden_addresses_are_found(way: str) -> None:
    assert recall("EMAIL", "Please send the minutes to {} by noon.", ADDRESSES, ADDRESS_WAYS[way]) >= 0.98


@pytest.mark.parametrize("way", NUMBER_WAYS)
def test_hidden_numbers_are_found(way: str) -> None:
    assert recall("PHONE", "Her phone number is {}, she wrote.", numbers(60), NUMBER_WAYS[way]) >= 0.95


def test_spelled_codes_and_names_are_found() -> None:
    code = "PR123456A"
    words = " ".join(ALPHABET[ord(sign) - ord("A")].title() if sign.isalpha() else sign for sign in code)
    (match,) = rg.find_pii(f"Her National Insurance number is {words}.")
    assert (match.kind, match.text, match.obfuscated) == ("UK_NINO", words, True)
    name = " ".join(ALPHABET[ord(sign) - ord("a")] for sign in "mira")
    (match,) = rg.find_pii(f"Write to {name} at northgate dot org today.")
    assert (match.kind, match.text) == ("EMAIL", f"{name} at northgate dot org")


def test_numbers_from_abroad_with_any_sign_between_are_found() -> None:
    for sign in (";", " > ", "=", "'", "][", ":", "/"):
        value = sign.join(("+49", "30", "901820"))
        assert [m.text for m in rg.find_pii(f"Call {value} before ten.")] == [value], sign


@pytest.mark.parametrize(
    "text",
    [
        "Section 12(a) applies; under 17 U.S.C. 107(a)(1) and Rule 10b-5(a) the claim fails.",
        "The parties shall (a) pay the fee, (b) file the form and (c) notify the clerk of example.com.",
        "See paragraph 4(a).The tribunal may, (d) of its own motion, extend the time.",
        "Commit 3f2a9c1d7e5b8a6f4c0d2e1b9a8f7c6d5e4b3a29 fixes the build (a) and the tests (b).",
        'integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"',
        "GET /search?q=40tips.com&page=20&size=40example.org HTTP/1.1",
        "width=40px; color=33FF99; margin=2D",
        "y[a] = m.x; z{a}.map(p.q); w<a>.b",
        "Mike, Victor and Oscar met Charlie in India in November, one of two, three or four times.",
        "Uno, dos, tres, cuatro: the song counts in Spanish. Sei, sette, otto, nove.",
        "The ruling of 1994-95 was reversed; 12 of 415 cases went back.",
        "48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 is a greeting.",
        codecs.encode("nothing to be seen here at all", "rot13"),
    ],
)
def test_what_only_looks_so_is_none(text: str) -> None:
    assert rg.find_pii(text) == []
