"""Text to time on, cut into the shapes that trainers and logs have.

    python benches/corpus.py TEXTS

writes the strings that `benches/tokens.rs` reads, one a line.
"""

from __future__ import annotations

import random
import sys
import tarfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from oracles import documents, external_data

MIXED = [
    "Привет мир",
    "日本語の文章です",
    "Ελληνικά γράμματα",
    "naïve café",
    "한국어 문장",
    "مرحبا",
    "😀🎉",
    "π ≈ 3.14159",
]


@cache
def paragraphs() -> list[str]:
    """Those of the example documents."""
    return [p for d in documents() for p in d["text"].split("\n") if len(p.split()) >= 8]


def cut(words: Iterable[str], size: int) -> Iterable[str]:
    """Strings of about `size` bytes, cut at spaces."""
    part: list[str] = []
    length = 0
    for word in words:
        part.append(word)
        length += len(word.encode()) + 1
        if length >= size:
            yield " ".join(part)
            part, length = [], 0


def strings(size: int, total: int) -> list[str]:
    """About `total` bytes of the example documents in strings of about `size` bytes, none twice in a row."""
    words = " ".join(paragraphs()).split(" ")
    out: list[str] = []
    done = 0
    # Cut from a stream that goes round and round, so that a second pass cuts elsewhere.
    stream = (words[i % len(words)] for i in range(sys.maxsize))
    for text in cut(stream, size):
        out.append(text)
        done += len(text.encode()) + 1
        if done >= total:
            break
    return out


def mixed_scripts(size: int, total: int) -> list[str]:
    """Strings that mix English with other scripts."""
    return [
        f"{text[: size // 2]} {MIXED[i % len(MIXED)]} {text[size // 2 :]}"
        for i, text in enumerate(strings(size, total))
    ]


def topics(size: int) -> list[str]:
    """The standard library's help texts: code and prose that no table was made from."""
    from pydoc_data.topics import topics as texts

    text = " ".join(texts.values())
    return [text[at : at + size] for at in range(0, len(text), size)]


@cache
def sources(half: int) -> dict[str, str]:
    """The prose archives' texts by name: those that the token tables were made from (0), and the others (1)."""
    found: dict[str, str] = {}
    data = external_data()
    for name in ("prose", "prose2") if data is not None else ():
        with tarfile.open(f"{data}/text/{name}.tar.xz") as archive:
            texts = {
                member.name: file.read().decode()
                for member in archive
                if member.name.endswith(".txt") and (file := archive.extractfile(member)) is not None
            }
        found |= {name: texts[name] for name in sorted(texts)[half::2]}
    return found


def prose(half: int, size: int, total: int) -> list[str]:
    """About `total` bytes of one half of the sources, the same from each, in strings of about `size` bytes, shuffled;
    nothing without the data."""
    texts = sources(half)
    out: list[str] = []
    for text in texts.values():
        share = total // len(texts)
        words = text[: 4 * share].split(" ")
        done = 0
        for string in cut(words, size):
            out.append(string)
            done += len(string.encode())
            if done >= share:
                break
    random.Random(0).shuffle(out)
    return out


def unseen(size: int, total: int) -> list[str]:
    """Prose that no table was made from; without the data, the example documents."""
    return prose(1, size, total) or strings(size, total)


if __name__ == "__main__":
    texts = unseen(211, 1_000_000)
    Path(sys.argv[1]).write_text("\n".join(text.replace("\n", " ") for text in texts))
