"""Makes rust/data/word_order.bin: how likely one kind of word is to follow another in English prose.

    python training/word_order.py PROSE.tar.xz PROSE2.tar.xz rust/data/word_order.bin

The kinds are the groups of function words (read from rust/words/function.rs) and eight more, in the order of
`Kind` in rust/coverage/order.rs, which reads the table: signed bytes, `20 ln(p(second | first) / p(second))`,
row by row. The paragraphs are those of fluency_classes.py. Needs numpy.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from pathlib import Path

import numpy as np
from fluency_classes import paragraphs

CLAUSE, SENTENCE, NUMBER, ING, ED, LY, S, OTHER = range(8)
OTHERS = 8
SCALE = 20.0
SMOOTHING = 8.0
# Every k-th paragraph is enough for so small a table.
STEP = 8

TOKEN = re.compile(
    r"(?P<dotted>(?:[A-Za-z]\.){2,})"
    r"|(?P<number>\d(?:[\d,.]*\d)?(?:st|nd|rd|th|s)?)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<sentence>[.!?\n]+)"
    r"|(?P<clause>[,;:()\[\]\"“”—–]|--)"
)


def function_groups() -> dict[str, int]:
    """Every function word and its group's number."""
    source = (Path(__file__).parent.parent / "rust/words/function.rs").read_text(encoding="utf-8")
    array = source.split("const GROUPS", 1)[1].split("= [", 1)[1].split("];", 1)[0]
    lines = re.findall(r'"([^"]*)"', array)
    return {word: group for group, line in enumerate(lines) for word in line.replace("\\", " ").split()}


def ending(word: str) -> int:
    """The kind of a content word in lower case."""
    if word.endswith("ing") and len(word) > 4:
        return ING
    if word.endswith("ed") and len(word) > 3:
        return ED
    if word.endswith("ly"):
        return LY
    return S if word.endswith("s") and not word.endswith("ss") else OTHER


def kinds(text: str, groups: dict[str, int]) -> list[int]:
    """What stands in a text, between the ends of two sentences; of several marks in a row the strongest."""
    found = [SENTENCE]
    for match in TOKEN.finditer(text):
        token = match.group()
        if match.lastgroup in ("sentence", "clause"):
            mark = SENTENCE if match.lastgroup == "sentence" else CLAUSE
            if found[-1] in (SENTENCE, CLAUSE):
                found[-1] = max(found[-1], mark)
            else:
                found.append(mark)
            continue
        word = re.sub("['’]s$", "", token.lower())
        word = re.sub("['’.]", "", word)
        if match.lastgroup == "number":
            found.append(NUMBER)
        elif word in groups:
            found.append(OTHERS + groups[word])
        else:
            found.append(ending(word))
    if found[-1] == CLAUSE:
        found[-1] = SENTENCE
    elif found[-1] != SENTENCE:
        found.append(SENTENCE)
    return found


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("archives", nargs=2, type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    groups = function_groups()
    size = OTHERS + max(groups.values()) + 1
    pairs = np.zeros(size * size, dtype=np.int64)
    for text in paragraphs(options.archives)[::STEP]:
        row = np.array(kinds(text, groups), dtype=np.int64)
        pairs += np.bincount(row[:-1] * size + row[1:], minlength=size * size)
    counts = pairs.reshape(size, size).astype(np.float64)
    share = (counts.sum(axis=0) + 0.5) / (counts.sum() + 0.5 * size)
    odds = np.log((counts + SMOOTHING * share) / ((counts.sum(axis=1, keepdims=True) + SMOOTHING) * share))
    data = np.clip(np.rint(odds * SCALE), -127, 127).astype(np.int8).tobytes()
    options.output.write_bytes(data)
    print(f"{pairs.sum()} pairs of {size} kinds, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
