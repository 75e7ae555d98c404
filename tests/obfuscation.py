"""Ways to hide a value from a filter, and values to hide: for the tests and for `benches/pii_quality.py`.

A transform rewrites a value; what it is applied to must still be read as that value by a person. All values are
invented. Nothing here knows the package.
"""

from __future__ import annotations

import itertools
import random
import re
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
    """Broken over a line; an address in the first part of its domain, as elsewhere a part is an address too."""
    inner = range(len(value) // 3, len(value) * 2 // 3 + 1)
    sign = value.find("@") + 1
    signs = range(sign, value.find(".", sign)) if sign else ()
    at = rng.choice(signs or [i for i in inner if value[i - 1].isalnum() or value[i - 1] in "-@."])
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


def lookalikes(letters: str, others: str) -> Hide:
    return lambda value, _: value.translate(str.maketrans(letters, others))


def alphabet(small: int, capital: int, zero: int | None = None) -> Hide:
    """Letters and digits of another block of Unicode."""

    def one(c: str) -> str:
        if "a" <= c <= "z":
            return chr(small + ord(c) - 97)
        if "A" <= c <= "Z":
            return chr(capital + ord(c) - 65)
        return chr(zero + int(c)) if zero and c.isdecimal() and c.isascii() else c

    return lambda value, _: "".join(map(one, value))


def each_digit(before: str, after: str) -> Hide:
    return lambda value, _: "".join(f"{before}{c}{after}" if c.isdigit() else c for c in value)


def digits_joined(mark: str) -> Hide:
    """The digits alone, something between them."""
    return lambda value, _: mark.join(c for c in value if c.isdigit())


def words_joined(mark: str, change: Callable[[str], str] = str) -> Hide:
    return lambda value, _: mark.join(change(WORDS[int(c)]) for c in value if c.isdigit())


def some_words(value: str, rng: random.Random) -> str:
    digits = [c for c in value if c.isdigit()]
    spelled_out = [WORDS[int(c)] if rng.random() < 0.5 else c for c in digits]
    return " ".join(spelled_out) if spelled_out != digits else " ".join([WORDS[int(digits[0])], *digits[1:]])


def groups_joined(mark: str) -> Hide:
    """Another separator between the groups of a number."""

    def hide(value: str, _: random.Random) -> str:
        groups = [
            "".join(g)
            for is_group, g in itertools.groupby(value, lambda c: c.isalnum() or c == "+")
            if is_group
        ]
        return mark.join(groups)

    return hide


def cut(mark: str) -> Hide:
    """Something in the middle, where a line or a tag could be."""

    def hide(value: str, rng: random.Random) -> str:
        inner = range(len(value) // 3, len(value) * 2 // 3 + 1)
        at = rng.choice([i for i in inner if value[i - 1].isalnum() and value[i].isalnum()] or list(inner))
        return value[:at] + mark + value[at:]

    return hide


def escaped(form: str, which: Callable[[str], bool] = lambda c: not c.isalnum()) -> Hide:
    """Characters as escapes, the code in the place of a format field."""
    return lambda value, _: "".join(form.format(ord(c)) if which(c) else c for c in value)


def pairs(value: str) -> list[str]:
    digits = "".join(c for c in value if c.isdigit())
    return [digits[i : i + 2] for i in range(0, len(digits), 2)]


def in_tens(group: str) -> str:
    """A group in words of two digits, where it can be said so."""
    teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    out = [WORDS[int(group[0])]] if len(group) % 2 else []
    for i in range(len(group) % 2, len(group), 2):
        ten, one = int(group[i]), int(group[i + 1])
        if ten == 0:
            out += ["oh", WORDS[one]]
        elif ten == 1:
            out.append(teens[one])
        else:
            out.append(tens[ten - 2] + (f"-{WORDS[one]}" if one else ""))
    return " ".join(out)


def tagged(value: str, _: random.Random) -> str:
    """Invisible tag characters between all characters."""
    return "".join(c + chr(0xE0020 + ord(c) % 64) for c in value[:-1]) + value[-1]


EMAIL = {"EMAIL"}
NATIONAL = {"CA_SIN", "BR_CPF", "IN_AADHAAR"}
NUMBERS = {"PHONE", "US_SSN", "CREDIT_CARD"} | NATIONAL
# What is told by its groups alone, and what has a writing in one piece.
LISTED = {"US_SSN", "CREDIT_CARD"}
PAIRED = NUMBERS - {"PHONE"}
# A CPF is found in its own writing, or in one piece with context: not in other groups.
GROUPED = NUMBERS - {"BR_CPF"}
CODES = {"IBAN", "UK_NINO", "ES_NIF", "FI_HETU", "IT_FISCAL_CODE"}
ANY = EMAIL | NUMBERS | CODES | {"IP_ADDRESS"}

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
    "every character spaced": (ANY - {"IP_ADDRESS", "UK_NINO", "FI_HETU"}, joined(" ")),
    "digits spaced": (NUMBERS, between_digits(" ")),
    "digits with dots": (GROUPED, between_digits(".")),
    "digits with underscores": (NUMBERS, between_digits("_")),
    "digits with stars": (NUMBERS, between_digits("*")),
    "groups with stars": (NUMBERS, lambda v, _: v.replace("-", "*").replace(" ", "*")),
    "groups in bold": (GROUPED, lambda v, _: "".join(f"**{''.join(g)}**" if d else "".join(g) for d, g in itertools.groupby(v, str.isdigit))),
    "digits in words": (NUMBERS, spelled),
    "groups in words": (GROUPED, spelled_grouped),
    "double, triple, oh": (NUMBERS, doubled),
    "[at] [dot]": (EMAIL, words_for_signs(" [at] ", " [dot] ")),
    "(at) (dot), joined": (EMAIL, words_for_signs("(at)", "(dot)")),
    "AT DOT": (EMAIL, words_for_signs(" AT ", " DOT ")),
    "{at} and plain dots": (EMAIL, lambda v, _: v.replace("@", " {at} ")),
    "[@] [.]": (EMAIL, words_for_signs("[@]", "[.]")),
    "<at> _dot_": (EMAIL, words_for_signs("<at>", "_dot_")),
    "spaces around signs": (EMAIL, words_for_signs(" @ ", " . ")),
    "Cyrillic lookalikes": (EMAIL | CODES, lambda v, _: v.translate(CYRILLIC)),
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
    "broken over a line": (EMAIL | NUMBERS, broken),
    # Other digits, letters and marks.
    "Bengali digits": (NUMBERS, shifted(0x9E6)),
    "Persian digits": (NUMBERS, shifted(0x6F0)),
    "Tamil digits": (NUMBERS, shifted(0xBE6)),
    "double-struck digits": (NUMBERS, shifted(0x1D7D8)),
    "monospace": (ANY, alphabet(0x1D68A, 0x1D670, 0x1D7F6)),
    "sans-serif bold": (ANY, alphabet(0x1D5EE, 0x1D5D4, 0x1D7EC)),
    "segmented digits": (NUMBERS, shifted(0x1FBF0)),
    "subscripts": (NUMBERS, lookalikes("0123456789", "₀₁₂₃₄₅₆₇₈₉")),
    "negative circled digits": (NUMBERS, lookalikes("0123456789", "⓿❶❷❸❹❺❻❼❽❾")),
    "circled letters": (EMAIL, alphabet(0x24D0, 0x24B6)),
    "small capitals": (EMAIL, lookalikes("abcdeghijklmnoprtuvwz", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡᴢ")),
    "Greek lookalikes": (EMAIL, lookalikes("aovpi", "αονρι")),
    "full-width at sign alone": (EMAIL, lookalikes("@", "＠")),
    "ideographic full stops": (EMAIL, lookalikes(".", "。")),
    "letters struck through": (EMAIL, joined("\u0336")),
    "zero-width non-joiners": (ANY, joined("\u200c")),
    "zero-width joiners": (ANY, joined("\u200d")),
    "byte-order marks": (ANY, joined("\ufeff")),
    "invisible separators": (ANY, sprinkled("\u2061\u2062\u2063\u2064")),
    "invisible tags": (ANY, tagged),
    "grapheme joiners": (ANY, joined("\u034f")),
    # Other separators.
    "digits with dashes": (NUMBERS, digits_joined("-")),
    "digits with slashes": (NUMBERS, digits_joined("/")),
    "digits with bars": (NUMBERS, digits_joined("|")),
    "digits with middle dots": (NUMBERS, digits_joined("·")),
    "digits in parentheses": (NUMBERS, lambda v, _: "".join(f"({c})" for c in v if c.isdigit())),
    "digits in code marks": (NUMBERS, lambda v, _: " ".join(f"`{c}`" for c in v if c.isdigit())),
    "digits in bold": (NUMBERS, lambda v, _: "".join(f"**{c}**" for c in v if c.isdigit())),
    "groups with bars": (GROUPED, groups_joined("|")),
    "groups with underscores": (GROUPED, groups_joined("_")),
    "groups with tildes": (GROUPED, groups_joined("~")),
    # Words.
    "digits in capital words": (NUMBERS, words_joined(" ", str.upper)),
    "digits in titled words": (NUMBERS, words_joined(" ", str.title)),
    "digit words with dashes": (NUMBERS, words_joined("-")),
    "digit words with commas": (NUMBERS, words_joined(", ")),
    "digit words in lines": (NUMBERS, words_joined("\n")),
    "at, dot": (EMAIL, words_for_signs(" at ", " dot ")),
    "At, Dot": (EMAIL, words_for_signs(" At ", " Dot ")),
    "[ at ] [ dot ]": (EMAIL, words_for_signs(" [ at ] ", " [ dot ] ")),
    "[AT] [DOT], joined": (EMAIL, words_for_signs("[AT]", "[DOT]")),
    "{at} {dot}": (EMAIL, words_for_signs("{at}", "{dot}")),
    "(@) (.)": (EMAIL, words_for_signs("(@)", "(.)")),
    "(at) and plain dots": (EMAIL, words_for_signs(" (at) ", ".")),
    "period for dots": (EMAIL, words_for_signs(" at ", " period ")),
    # Escapes and markup.
    "percent, lower case": (ANY, lambda v, _: percent(v).lower()),
    "percent, three times": (ANY, lambda v, _: percent(v).replace("%", "%2525")),
    "entities, padded": (ANY, escaped("&#{:07d};")),
    "entities, twice": (ANY, escaped("&amp;#{};")),
    "entities, capital X": (ANY, escaped("&#X{:X};")),
    "escapes \\x00": (ANY, escaped("\\x{:02x}")),
    "escapes \\u0000, all": (ANY, escaped("\\u{:04x}", lambda _: True)),
    "broken and indented": (NUMBERS, cut("\n    ")),
    "[.] in addresses of machines": ({"IP_ADDRESS"}, lambda v, _: v.replace(".", "[.]")),
    "digits with tabs": (NUMBERS, digits_joined("\t")),
    "at sign in words": (EMAIL, words_for_signs(" at sign ", " dot ")),
    "*at* *dot*": (EMAIL, words_for_signs(" *at* ", " *dot* ")),
    "escapes \\u{0}": (ANY, escaped("\\u{{{:x}}}")),
    # What another generator found.
    "digits with commas": (NUMBERS, digits_joined(", ")),
    "digits with arrows": (NUMBERS, digits_joined("→")),
    "digits with smileys": (NUMBERS, digits_joined("🙂")),
    "digits with colons": (NUMBERS, digits_joined(":")),
    "digits with two spaces": (NUMBERS, digits_joined("  ")),
    "digits with spaced dashes": (NUMBERS, digits_joined(" - ")),
    "digits in brackets": (NUMBERS, lambda v, _: " ".join(f"[{c}]" for c in v if c.isdigit())),
    "digits in quotation marks": (NUMBERS, lambda v, _: " ".join(f'"{c}"' for c in v if c.isdigit())),
    "digits in pairs": (PAIRED, lambda v, _: " ".join(pairs(v))),
    # Twelve digits in pairs with dashes are the address of a network card.
    "digits in pairs with dashes": (PAIRED - {"IN_AADHAAR"}, lambda v, _: "-".join(pairs(v))),
    "groups with spaced dashes": (GROUPED - {"PHONE"}, groups_joined(" - ")),
    "groups with two spaces": (GROUPED - {"PHONE"}, groups_joined("  ")),
    "groups with dashes in words": (GROUPED, groups_joined(" dash ")),
    "groups with commas": (LISTED, groups_joined(", ")),
    "groups in brackets": (LISTED, lambda v, _: " ".join(f"[{g}]" for g in re.findall(r"\d+", v))),
    "groups with then": (LISTED, groups_joined(" then ")),
    "digit words in groups, glued": ({"US_SSN"}, lambda v, _: " ".join("".join(WORDS[int(c)] for c in g) for g in re.findall(r"\d+", v))),
    "digit words with underscores": (NUMBERS, words_joined("_")),
    "digit words with slashes": (NUMBERS, words_joined("/")),
    "digit words and digits in turns": (NUMBERS, lambda v, _: " ".join(WORDS[int(c)] if i % 2 else c for i, c in enumerate(d for d in v if d.isdigit()))),
    "tens and teens": (LISTED, lambda v, _: ", ".join(in_tens(g) for g in re.findall(r"\d+", v))),
    "groups in words with then": (GROUPED, lambda v, _: " then ".join(" ".join(WORDS[int(c)] for c in g) for g in re.findall(r"\d+", v))),
    "empty tags": (EMAIL | NUMBERS, cut("<b></b>")),
    "a comment inside": (EMAIL | NUMBERS, cut("<!-- x -->")),
    "control characters": (EMAIL | NUMBERS, cut("\x08")),
    "a command to the terminal": (EMAIL | NUMBERS, cut("\x1b[1m")),
    "braille blanks": (NUMBERS, lambda v, _: v.replace(" ", "\u2800")),
    "letters of flags": (EMAIL, lambda v, _: "".join(chr(0x1F1E6 + ord(c) - 97) if "a" <= c <= "z" else c for c in v)),
    "escapes \\U00000000": (ANY, escaped("\\U{:08x}")),
    "octal escapes": (ANY, escaped("\\{:03o}")),
    "percent, u0000": (ANY, escaped("%u{:04x}")),
    "escaped for Markdown": (EMAIL | NUMBERS, escaped("\\{:c}", "@.-+()_".__contains__)),
    "-at- -dot-": (EMAIL, words_for_signs("-at-", "-dot-")),
    "/at/ /dot/": (EMAIL, words_for_signs(" /at/ ", " /dot/ ")),
    "((at)) ((dot))": (EMAIL, words_for_signs(" ((at)) ", " ((dot)) ")),
    "**at** **dot**": (EMAIL, words_for_signs("**at**", "**dot**")),
    "'at' 'dot'": (EMAIL, words_for_signs(" 'at' ", " 'dot' ")),
    "a sign in bold": (EMAIL, words_for_signs("**@**", ".")),
    "dots in words, addresses of machines": ({"IP_ADDRESS"}, lambda v, _: v.replace(".", " dot ")),
    "(dot), addresses of machines": ({"IP_ADDRESS"}, lambda v, _: v.replace(".", " (dot) ")),
}  # fmt: skip
# What is not undone yet, or on purpose: measured by the benchmark, claimed nowhere.
BEYOND: dict[str, tuple[set[str], Hide]] = {
    "groups with spaced dots": (NUMBERS, groups_joined(" . ")),
    "broken behind a dash": (NUMBERS, cut("-\n")),
    "digit words glued": (NUMBERS, words_joined("", str.title)),
    "digits and words mixed": (NUMBERS, some_words),
    "(a)": (EMAIL, words_for_signs("(a)", ".")),
    "space before the sign": (EMAIL, words_for_signs(" @", ".")),
    "space behind the sign": (EMAIL, words_for_signs("@ ", ".")),
    "quoted-printable": (EMAIL, escaped("={:02X}", "@.-_".__contains__)),
    "i and | for 1": (NUMBERS, lambda v, rng: v.replace("1", rng.choice("i|"))),
    "Z and G for 2 and 6": (NUMBERS, swapped("2Z6G")),
    "broken by CRLF": (EMAIL | NUMBERS, cut("\r\n")),
}  # fmt: skip
# No escape stands for a control character, so these are hidden by nothing else.
ALONE = {"control characters", "a command to the terminal"}
# What can be done to what was hidden already: signs as escapes, characters as others.
SECOND = [
    "full-width", "mathematical", "zero-width space joined", "soft hyphens", "bidi marks sprinkled",
    "typographic dashes", "no-break spaces", "percent, all", "entities, decimal", "Cyrillic lookalikes",
]  # fmt: skip
FRAMES = {
    "EMAIL": [
        "Write to {} today.",
        "email: {}",
        "Her address is {}, as of May.",
        '{{"mail": "{}"}}',
        "- contact ({})",
    ],
    "PHONE": [
        "Call {} today.",
        "phone: {}",
        "His phone number is {}, as of May.",
        "* mobile: {}",
        '"Ring me: {}," she said.',
    ],
    "US_SSN": ["His SSN is {}.", "SSN: {}", "Her social security number, {}, was printed."],
    "CREDIT_CARD": ["Charge the card {} today.", "credit card: {}", "My card number is {}, valid until May."],
    "IBAN": ["Pay to IBAN {} today.", "iban: {}", "The account is {} in Berlin."],
    "CA_SIN": ["His SIN is {}.", "social insurance number: {}"],
    "BR_CPF": ["O CPF dele: {}.", "CPF {}"],
    "IN_AADHAAR": ["Her Aadhaar number is {}.", "Aadhaar: {}"],
    "UK_NINO": ["Her NI number is {}.", "national insurance number: {}"],
    "ES_NIF": ["Su DNI es {}.", "DNI: {}"],
    "FI_HETU": ["His personal identity code is {}.", "henkilötunnus: {}"],
    "IT_FISCAL_CODE": ["Il suo codice fiscale: {}.", "codice fiscale {}"],
    "IP_ADDRESS": ["The server is {} today.", "ip: {}", "Requests came from the IP {} in May."],
}


def threes(digits: str) -> list[str]:
    return [digits[i : i + 3] for i in range(0, len(digits), 3)]


def luhned(body: str) -> str:
    """Digits with Luhn's check digit behind them."""
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def check_11(digits: str, weight: int) -> str:
    rest = sum(int(d) * (weight - i) for i, d in enumerate(digits)) * 10 % 11
    return str(rest % 10)


def verhoeffed(body: str) -> str:
    """Digits with Verhoeff's check digit behind them: symmetries of a pentagon, permuted by place."""

    def product(a: int, b: int) -> int:
        turned = a + b if a < 5 else a - b
        return turned % 5 + 5 * ((a < 5) != (b < 5))

    def place(digit: int, times: int) -> int:
        for _ in range(times % 8):
            digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
        return digit

    def passes(digits: str) -> bool:
        state = 0
        for i, d in enumerate(reversed(digits)):
            state = product(state, place(int(d), i))
        return state == 0

    return next(body + d for d in "0123456789" if passes(body + d))


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
        card = luhned("4" + "".join(str(n(0, 9)) for _ in range(14)))
        yield "CREDIT_CARD", rng.choice(["", " ", "-"]).join(card[i : i + 4] for i in range(0, 16, 4))
        iban = rng.choice(ibans)
        yield "IBAN", rng.choice([iban, " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))])
        yield "CA_SIN", "{} {} {}".format(*threes(luhned(f"{n(1, 7)}{n(10**6, 10**7 - 1)}")))
        nine = f"{n(10**8, 10**9 - 1)}"
        first = check_11(nine, 10)
        second = check_11(nine + first, 11)
        yield "BR_CPF", f"{nine[:3]}.{nine[3:6]}.{nine[6:]}-{first}{second}"
        twelve = verhoeffed(f"{n(2, 9)}{n(10**9, 10**10 - 1)}")
        yield "IN_AADHAAR", f"{twelve[:4]} {twelve[4:8]} {twelve[8:]}"
        yield (
            "UK_NINO",
            f"{rng.choice(['AB', 'CE', 'JK', 'PW'])} {n(10, 99)} {n(10, 99)} {n(10, 99)} {rng.choice('ACD')}",
        )
        dni = n(10**7, 10**8 - 1)
        yield "ES_NIF", f"{dni}{'TRWAGMYFPDXBNJZSQVHLCKE'[dni % 23]}"
        born, serial = f"{n(1, 28):02}{n(1, 12):02}{n(50, 99)}", f"{n(2, 899):03}"
        yield "FI_HETU", f"{born}-{serial}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(born + serial) % 31]}"
        yield "IT_FISCAL_CODE", rng.choice(["RSSMRA85T10A562S", "BNCLRA90A41F205T"])
        yield "IP_ADDRESS", f"{n(11, 223)}.{n(0, 255)}.{n(0, 255)}.{n(1, 254)}"  # fmt: skip
