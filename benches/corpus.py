"""Text to time on: the example documents, cut into the shapes that trainers and logs have."""

from __future__ import annotations

from functools import cache

from oracles import documents


@cache
def paragraphs() -> list[str]:
    return [p for d in documents() for p in d["text"].split("\n") if len(p.split()) >= 8]


def strings(size: int, total: int) -> list[str]:
    """About `total` bytes of text in strings of about `size` bytes, cut at spaces, none twice in a row."""
    words = " ".join(paragraphs()).split(" ")
    out: list[str] = []
    part: list[str] = []
    length = done = i = 0
    while done < total:
        word = words[i % len(words)]
        part.append(word)
        length += len(word) + 1
        # A step that shares no factor with the text's length, so that a second pass cuts elsewhere.
        i += 1
        if length >= size:
            out.append(" ".join(part))
            done += length
            part, length = [], 0
    return out


def mixed_scripts(size: int, total: int) -> list[str]:
    """Strings that mix English with other scripts."""
    others = [
        "Привет мир",
        "日本語の文章です",
        "Ελληνικά γράμματα",
        "naïve café",
        "한국어 문장",
        "مرحبا",
        "😀🎉",
        "π ≈ 3.14159",
    ]
    return [
        f"{text[: size // 2]} {others[i % len(others)]} {text[size // 2 :]}"
        for i, text in enumerate(strings(size, total))
    ]
