"""Make rust/data/fold.bin: what case, compatibility forms and diacritics fold to.

Every record is 8 bytes: the code point (little-endian u32), then what it folds to in UTF-8, padded with NUL
(nothing but NULs: the character is dropped). Records are sorted by code point. Characters without a record fold
to their simple lower case. Source: the Unicode Character Database of the Python that runs this.
"""

from __future__ import annotations

import struct
import sys
import unicodedata
from pathlib import Path

# Letters that NFKD leaves whole although English writes them with plain ones.
PLAIN = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "þ": "th",
    "ı": "i",
    "ħ": "h",
    "ŧ": "t",
}
APOSTROPHES = "\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07"
HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


def fold(char: str) -> str:
    if char in APOSTROPHES:
        return "'"
    if char in HYPHENS:
        return "-"
    parts = "".join(c for c in unicodedata.normalize("NFKD", char).lower() if not unicodedata.combining(c))
    plain = "".join(PLAIN.get(c, c) for c in parts)
    return plain if plain == char else "".join(fold(c) for c in plain)


def main(out: Path) -> None:
    records = []
    for code in range(0x80, 0x110000):
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
            continue
        char = chr(code)
        if unicodedata.category(char) == "So":  # a trade mark sign is no "tm"
            continue
        folded = fold(char).encode()
        simple = char.lower() if len(char.lower()) == 1 else char
        if folded != simple.encode() and len(folded) <= 4:
            records.append(struct.pack("<I4s", code, folded))
    out.write_bytes(b"".join(records))
    print(f"{len(records)} records, Unicode {unicodedata.unidata_version}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
