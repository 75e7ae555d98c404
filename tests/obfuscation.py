"""Ways to hide a value from a filter, and values to hide: for the tests and for `benches/pii_quality.py`.

A transform rewrites a value; what it is applied to must still be read as that value by a person. All values are
invented. Nothing here knows the package.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

Hide = Callable[[str, random.Random], str]
WORDS = "zero one two three four five six seven eight nine".split()
CYRILLIC = str.maketrans("aceopxyijsABCEHKMOPTX", "асеорхуіјѕАВСЕНКМОРТХ")
ENTITIES = {"@": "&commat;", ".": "&period;", "-": "&#x2d;", "+": "&plus;", "(": "&lpar;", ")": "&rpar;"}


def shifted(zero: int) -> Hide:
    return lambda value, _: "".join(chr(zero + int(c)) if c.isdecimal() else c for c in value)


def joined(mark: str) -> Hide:
    return lambda value, _: mark.join(value)


def between_digits(mark: str) -> Hide:
    def hide(value: str, _: random.Random) -> str:
        return "".join(
            c + (mark if c.isdigit() and value[i + 1 : i + 2].isdigit() else "") for i, c in enumerate(value)
        )

    return hide


def spelled(value: str, rng: random.Random) -> str:
    return " ".join(WORDS[int(c)] for c in value if c.isdigit())


def spelled_grouped(value: str, _: random.Random) -> str:
    groups = "".join(c if c.isdigit() else " " for c in value).split()
    return ", ".join(" ".join(WORDS[int(c)] for c in group) for group in groups)


def doubled(value: str, _: random.Random) -> str:
    out = []
    for digit, run in itertools.groupby(c for c in value if c.isdigit()):
        count = len(list(run))
        while count >= 2:
            times = 3 if count == 3 else 2
            out.append(f"{'triple' if times == 3 else 'double'} {WORDS[int(digit)]}")
            count -= times
        out += [WORDS[int(digit)].replace("zero", "oh")] * count
    return " ".join(out)


def broken(value: str, rng: random.Random) -> str:
    inner = range(len(value) // 3, len(value) * 2 // 3 + 1)
    at = rng.choice([i for i in inner if value[i - 1].isalnum() or value[i - 1] in "-@."])
    return value[:at] + "\n" + value[at:]


def words_for_signs(at: str, dot: str) -> Hide:
    return lambda value, _: value.replace("@", at).replace(".", dot)


def swapped(pairs: str) -> Hide:
    return lambda value, _: value.translate(str.maketrans(pairs[::2], pairs[1::2]))


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def wide(value: str, _: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def mathematical(value: str, _: random.Random) -> str:
    def one(c: str) -> str:
        if "a" <= c <= "z":
            return chr(0x1D41A + ord(c) - 97)
        if "A" <= c <= "Z":
            return chr(0x1D400 + ord(c) - 65)
        return chr(0x1D7CE + int(c)) if c.isdecimal() and c.isascii() else c

    return "".join(map(one, value))


def sprinkled(marks: str) -> Hide:
    return lambda value, rng: "".join(c + (rng.choice(marks) if rng.random() < 0.4 else "") for c in value[:-1]) + value[-1] if any(marks) else value  # fmt: skip


EMAIL = {"EMAIL"}
NUMBERS = {"PHONE", "US_SSN", "CREDIT_CARD"}
ANY = EMAIL | NUMBERS | {"IBAN", "IP_ADDRESS"}

TRANSFORMS: dict[str, tuple[set[str], Hide]] = {
    "full-width": (ANY, wide),
    "mathematical": (ANY, mathematical),
    "Arabic-Indic digits": (NUMBERS, shifted(0x660)),
    "Devanagari digits": (NUMBERS, shifted(0x966)),
    "Thai digits": (NUMBERS, shifted(0xE50)),
    "zero-width space joined": (ANY, joined("\u200b")),
    "word joiner joined": (ANY, joined("\u2060")),
    "soft hyphens": (ANY, joined("\u00ad")),
    "bidi marks sprinkled": (ANY, sprinkled("\u200e\u200f\u202a\u202c")),
    "variation selectors sprinkled": (ANY, sprinkled("\ufe0e\ufe0f")),
    "combining marks": (NUMBERS, joined("\u0332")),
    "keycaps": (NUMBERS, lambda v, _: "".join(c + "\ufe0f\u20e3" if c.isdigit() else c for c in v)),
    "circled digits": (NUMBERS, lambda v, _: v.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"))),
    "superscripts": (NUMBERS, lambda v, _: v.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))),
    "typographic dashes": (NUMBERS, lambda v, rng: v.replace("-", rng.choice("–—‑−‒"))),
    "no-break spaces": (NUMBERS, lambda v, rng: v.replace(" ", rng.choice("\u00a0\u2009\u202f\u3000"))),
    "every character spaced": (ANY - {"IP_ADDRESS"}, joined(" ")),
    "digits spaced": (NUMBERS, between_digits(" ")),
    "digits with dots": (NUMBERS, between_digits(".")),
    "digits with underscores": (NUMBERS, between_digits("_")),
    "digits with stars": (NUMBERS, between_digits("*")),
    "groups with stars": (NUMBERS, lambda v, _: v.replace("-", "*").replace(" ", "*")),
    "groups in bold": (NUMBERS, lambda v, _: "".join(f"**{''.join(g)}**" if d else "".join(g) for d, g in itertools.groupby(v, str.isdigit))),
    "digits in words": (NUMBERS, spelled),
    "groups in words": (NUMBERS, spelled_grouped),
    "double, triple, oh": (NUMBERS, doubled),
    "[at] [dot]": (EMAIL, words_for_signs(" [at] ", " [dot] ")),
    "(at) (dot), joined": (EMAIL, words_for_signs("(at)", "(dot)")),
    "AT DOT": (EMAIL, words_for_signs(" AT ", " DOT ")),
    "{at} and plain dots": (EMAIL, lambda v, _: v.replace("@", " {at} ")),
    "[@] [.]": (EMAIL, words_for_signs("[@]", "[.]")),
    "<at> _dot_": (EMAIL, words_for_signs("<at>", "_dot_")),
    "spaces around signs": (EMAIL, words_for_signs(" @ ", " . ")),
    "Cyrillic lookalikes": (EMAIL | {"IBAN"}, lambda v, _: v.translate(CYRILLIC)),
    "percent, signs": (ANY, lambda v, _: "".join(c if c.isalnum() else percent(c) for c in v)),
    "percent, all": (ANY, lambda v, _: percent(v)),
    "percent, twice": (ANY, lambda v, _: percent(v).replace("%", "%25")),
    "entities, decimal": (ANY, lambda v, _: "".join(f"&#{ord(c)};" for c in v)),
    "entities, hexadecimal": (ANY, lambda v, _: "".join(f"&#x{ord(c):x};" for c in v)),
    "entities, named": (EMAIL | NUMBERS, lambda v, _: "".join(ENTITIES.get(c, c) for c in v)),
    "escapes \\u0000": (ANY, lambda v, _: "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in v)),
    "O and l for 0 and 1": (NUMBERS, swapped("0O1l")),
    "o and I for 0 and 1": (NUMBERS, swapped("0o1I")),
    "S and B for 5 and 8": (NUMBERS, swapped("5S8B")),
    "broken over a line": (ANY - {"IBAN", "IP_ADDRESS"}, broken),
}  # fmt: skip
# What can be done to what was hidden already: signs as escapes, characters as others.
SECOND = [
    "full-width", "mathematical", "zero-width space joined", "soft hyphens", "bidi marks sprinkled",
    "typographic dashes", "no-break spaces", "percent, all", "entities, decimal", "Cyrillic lookalikes",
]  # fmt: skip
FRAMES = {
    "EMAIL": ["Write to {} today.", "email: {}", "Her address is {}, as of May."],
    "PHONE": ["Call {} today.", "phone: {}", "His phone number is {}, as of May."],
    "US_SSN": ["His SSN is {}.", "SSN: {}", "Her social security number, {}, was printed."],
    "CREDIT_CARD": ["Charge the card {} today.", "credit card: {}", "My card number is {}, valid until May."],
    "IBAN": ["Pay to IBAN {} today.", "iban: {}", "The account is {} in Berlin."],
    "IP_ADDRESS": ["The server is {} today.", "ip: {}", "Requests came from the IP {} in May."],
}


def values(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Invented values of the core kinds, in the writings that people use."""
    names = "jane.doe omar_khan li.wei42 s.ortiz peter contact priya-rao k.lund anna.b.smith tom1985".split()
    domains = "example.com mail.example.org example.co.uk post.example.de corp-example.net".split()
    ibans = ["DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606"]
    n = rng.randint
    for _ in range(40):
        yield "EMAIL", f"{rng.choice(names)}@{rng.choice(domains)}"
        area, line = f"{n(2, 9)}{n(0, 8)}{n(0, 9)}", f"{n(0, 9999):04}"
        exchange = f"{n(2, 9)}{n(10, 99)}"
        yield (
            "PHONE",
            rng.choice(["({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}", "+1-{}-{}-{}"]).format(
                area, exchange, line
            ),
        )
        yield (
            "PHONE",
            rng.choice(
                [
                    f"+44 20 {n(7000, 8999)} {n(1000, 9999)}",
                    f"+49 30 {n(2000000, 9999999)}",
                    f"+33 1 {n(40, 59)} {n(10, 99)} {n(10, 99)} {n(10, 99)}",
                ]
            ),
        )
        yield "US_SSN", f"{n(100, 665)}-{n(10, 99)}-{n(1000, 9999)}"
        body = "4" + "".join(str(n(0, 9)) for _ in range(14))
        total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(body))
        card = body + str(-total % 10)
        yield "CREDIT_CARD", rng.choice(["", " ", "-"]).join(card[i : i + 4] for i in range(0, 16, 4))
        iban = rng.choice(ibans)
        yield "IBAN", rng.choice([iban, " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))])
        yield "IP_ADDRESS", f"{n(11, 223)}.{n(0, 255)}.{n(0, 255)}.{n(1, 254)}"  # fmt: skip
