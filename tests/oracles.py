"""The oracles, set up without a network: tiktoken and Hugging Face tokenizers over the same ranks."""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import json
import os
from pathlib import Path
from typing import Any

import tiktoken
import tokenizers

DATA = Path(__file__).parent / "data"
EXAMPLES = Path(__file__).parent.parent / "examples"
SHA256 = "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"
PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def external_data() -> Path | None:
    """The folder with the data that can't be shipped (news text, large prose), where there is one."""
    folder = os.environ.get("ROLLGRADE_DATA")
    return Path(folder) if folder else None


@functools.cache
def ranks() -> dict[bytes, int]:
    raw = (DATA / "r50k_base.tiktoken").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == SHA256
    return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in raw.splitlines())}


@functools.cache
def tiktoken_gpt2() -> tiktoken.Encoding:
    return tiktoken.Encoding("gpt2", pat_str=PATTERN, mergeable_ranks=ranks(), special_tokens={})


def _byte_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in set(printable)]
    return {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(others)}


def _parts(token: bytes, rank: int, known: dict[bytes, int]) -> list[bytes]:
    """The two parts whose merge makes `token`: what byte-pair merging with the earlier ranks leaves of it."""
    parts = [bytes([b]) for b in token]
    while len(parts) > 2:
        pairs = [known.get(a + b, rank) for a, b in itertools.pairwise(parts)]
        at = min(range(len(pairs)), key=pairs.__getitem__)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts


@functools.cache
def tokenizer_json() -> str:
    """GPT-2 as a Hugging Face `tokenizer.json`."""
    letters = _byte_alphabet()
    known = ranks()
    name = {token: "".join(letters[b] for b in token) for token in known}
    merges = [
        [name[part] for part in _parts(token, rank, known)]
        for token, rank in sorted(known.items(), key=lambda item: item[1])
        if len(token) > 1
    ]
    byte_level: dict[str, Any] = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    return json.dumps(
        {
            "version": "1.0",
            "pre_tokenizer": byte_level | {"use_regex": True},
            "decoder": byte_level,
            "model": {"type": "BPE", "vocab": {name[t]: r for t, r in known.items()}, "merges": merges},
        }
    )


@functools.cache
def hf_gpt2() -> tokenizers.Tokenizer:
    return tokenizers.Tokenizer.from_str(tokenizer_json())


@functools.cache
def documents() -> list[dict[str, Any]]:
    """The example log's documents: text, facts, reference."""
    return [json.loads(line) for line in (EXAMPLES / "documents.jsonl").read_text("utf-8").splitlines()]
