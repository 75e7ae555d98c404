"""Makes the tables of the GPT-2 token kernel (rust/data/gpt2/*.bin).

    python training/tokens.py --ranks r50k_base.tiktoken --prose prose.tar.xz prose2.tar.xz

writes them to rust/data/gpt2, or where `--out` says.

`--ranks` is GPT-2's list of mergeable ranks as tiktoken publishes it, under the name
https://openaipublic.blob.core.windows.net/encodings/r50k_base.tiktoken; its SHA-256 is checked. `--prose` are
archives of text files; how often a word occurs in every second file decides which words of several tokens are
kept. The character classes come from the regex engine inside tiktoken, the one the kernel has to agree with,
and not from Python's `unicodedata`, whose Unicode version is another. Needs `tiktoken` and `numpy`. The same
inputs give the same bytes; `--check` compares with what is there instead of writing.

All numbers in the tables are little-endian.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import itertools
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import tiktoken

RANKS_SHA256 = "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"
PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
MASK64 = (1 << 64) - 1
ABSENT = 0xFFFF

# Classes of a code point; the kernel's `Class`.
OTHER, LETTER, NUMBER, SPACE = range(4)
PAGE = 256

# A word of at most this many bytes is looked up whole; the sixteenth byte of a slot holds its token count.
WORD_BYTES = 15
WORD_KEYS = (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)
WORD_BUCKETS = 1 << 14
WORD_LOAD = 0.97
# Frequent words of several tokens that are kept with their count.
LEARNED_WORDS = 24_000

# The most frequent tokens of at most this many bytes are found first in a table small enough for the nearest cache.
HOT_BYTES = 8
HOT_KEY = 0x9E3779B97F4A7C15
HOT_BITS = 13
# No text holds these bytes, and no padded word is made of them.
HOT_EMPTY = 0xFEFEFEFEFEFEFEFE

PAIR_KEY = 0x9E3779B97F4A7C15
PAIR_BUCKETS = 1 << 14
PAIR_SLOTS = 1 << 16


def read_ranks(path: Path) -> list[bytes]:
    """The tokens in order of rank, from a checked file."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != RANKS_SHA256:
        sys.exit(f"{path}: SHA-256 {found}, expected {RANKS_SHA256}")
    tokens: list[bytes] = []
    for line in data.splitlines():
        token, rank = line.split()
        if int(rank) != len(tokens):
            sys.exit(f"{path}: ranks are not in order")
        tokens.append(base64.b64decode(token))
    return tokens


def matching(pattern: str) -> set[str]:
    """Every character that tiktoken's regex engine matches with `pattern`."""
    by_byte = {bytes([value]): value for value in range(256)}
    engine = tiktoken.Encoding(name="class", pat_str=pattern, mergeable_ranks=by_byte, special_tokens={})
    everything = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)
    return set(engine.decode(engine.encode_ordinary(everything)))


def class_tables() -> tuple[bytes, bytes]:
    """Page number of each 256 code points, and the distinct pages, two bits a code point."""
    classes = np.full(0x110000, OTHER, dtype=np.uint8)
    for value, pattern in ((LETTER, r"\p{L}"), (NUMBER, r"\p{N}"), (SPACE, r"\s")):
        points = np.array([ord(c) for c in matching(pattern)])
        if (classes[points] != OTHER).any():
            sys.exit("the classes overlap")
        classes[points] = value
    pages: dict[bytes, int] = {}
    index = bytearray()
    for first in range(0, 0x110000, PAGE):
        fields = classes[first : first + PAGE].reshape(-1, 4)
        page = (fields << np.array([0, 2, 4, 6], dtype=np.uint8)).sum(axis=1).astype(np.uint8).tobytes()
        index.append(pages.setdefault(page, len(pages)))
    return bytes(index), b"".join(pages)


def split_in_two(token: bytes, rank: int, ranks: dict[bytes, int]) -> tuple[int, int]:
    """The last two parts that byte-pair merging of `token` joins."""
    parts = [token[i : i + 1] for i in range(len(token))]
    while len(parts) > 2:
        joined = [ranks.get(a + b, rank) for a, b in itertools.pairwise(parts)]
        at = joined.index(min(joined))
        if joined[at] >= rank:
            sys.exit(f"token {rank} cannot be reached by merging")
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    left, right = ranks[parts[0]], ranks[parts[1]]
    # The kernel's check of token borders relies on ranks that grow from part to whole.
    if left >= rank or right >= rank:
        sys.exit(f"token {rank} is older than its parts")
    return left, right


def perfect_hash(
    buckets: Sequence[int], n_buckets: int, n_pilots: int, slot: Callable[[int, int], int]
) -> tuple[list[int], dict[int, int]]:
    """A pilot for each bucket such that no two keys share a slot, and the key in each slot.

    `buckets[key]` is the bucket of a key; `slot(key, pilot)` where it lands. Large buckets choose first.
    """
    members: list[list[int]] = [[] for _ in range(n_buckets)]
    for key, bucket in enumerate(buckets):
        members[bucket].append(key)
    pilots = [0] * n_buckets
    owner: dict[int, int] = {}
    for bucket in sorted(range(n_buckets), key=lambda b: (-len(members[b]), b)):
        for pilot in range(n_pilots):
            slots = [slot(key, pilot) for key in members[bucket]]
            if len(set(slots)) == len(slots) and not any(s in owner for s in slots):
                owner.update(zip(slots, members[bucket], strict=True))
                pilots[bucket] = pilot
                break
        else:
            sys.exit("no pilot found: change the key constant")
    return pilots, owner


def pair_tables(parts: Sequence[tuple[int, int]]) -> tuple[bytes, bytes]:
    """Perfect hash from a pair of tokens to the token it merges into: pilots, and slots of pair and token."""
    pairs = [(left | right << 16, 256 + i) for i, (left, right) in enumerate(parts)]
    hashes = [pair * PAIR_KEY & MASK64 for pair, _ in pairs]
    pilots, owner = perfect_hash(
        [h >> 50 for h in hashes],
        PAIR_BUCKETS,
        1 << 8,
        lambda key, pilot: (hashes[key] >> 32 ^ pilot * 257) % PAIR_SLOTS,
    )
    # An empty slot reads as the pair of two absent tokens, which merges into the absent token.
    slots = np.full(PAIR_SLOTS, MASK64, dtype="<u8")
    for slot, key in owner.items():
        pair, token = pairs[key]
        slots[slot] = pair | token << 32
    return np.array(pilots, dtype=np.uint8).tobytes(), slots.tobytes()


def word_key(word: bytes) -> tuple[int, int]:
    """The word as two numbers, padded with a byte that UTF-8 text cannot hold."""
    padded = word.ljust(16, b"\xff")
    return int.from_bytes(padded[:8], "little"), int.from_bytes(padded[8:], "little")


def word_tables(words: Sequence[tuple[bytes, int, int]]) -> tuple[bytes, bytes, bytes, int]:
    """Perfect hash of whole words with their token counts and, where the word is a token, its id."""
    keys = [word_key(word) for word, _, _ in words]
    hashes = []
    for low, high in keys:
        product = (low ^ WORD_KEYS[0]) * (high ^ WORD_KEYS[1])
        hashes.append((product ^ product >> 64) & MASK64)
    n_slots = int(len(words) / WORD_LOAD)
    pilots, owner = perfect_hash(
        [h % WORD_BUCKETS for h in hashes],
        WORD_BUCKETS,
        1 << 16,
        lambda key, pilot: ((hashes[key] * (2 * pilot + 1) & MASK64) >> 32) * n_slots >> 32,
    )
    slots = np.full((n_slots, 2), MASK64, dtype="<u8")
    ids = np.full(n_slots, ABSENT, dtype="<u2")
    for slot, key in owner.items():
        low, high = keys[key]
        _, count, token = words[key]
        slots[slot] = low, high & (MASK64 >> 8) | count << 56
        ids[slot] = token
    return np.array(pilots, dtype="<u2").tobytes(), slots.tobytes(), ids.tobytes(), n_slots


def prose_words(archives: Iterable[Path]) -> Counter[bytes]:
    """How often each plain ASCII pre-token occurs in every second file of the archives."""
    split = re.compile(r"'(?:[sdmt]|ll|ve|re)| ?[^\W\d_]+| ?\d+| ?(?:_|[^\s\w])+|\s+(?!\S)|\s+")
    plain = re.compile(r" ?[A-Za-z]+| ?[0-9]+| ?[!-/:-@\[-`{-~]+")
    counts: Counter[str] = Counter()
    for path in archives:
        with tarfile.open(path) as archive:
            names = sorted(
                member.name for member in archive if member.isfile() and member.name.endswith(".txt")
            )
        with tarfile.open(path) as archive:
            for member in archive:
                if member.name not in names[::2]:
                    continue
                file = archive.extractfile(member)
                if file is None:
                    continue
                for line in file:
                    counts.update(split.findall(line.decode().rstrip("\n")))
    return Counter({word.encode(): n for word, n in counts.items() if plain.fullmatch(word)})


def hot_table(counts: Counter[bytes], known: dict[bytes, int]) -> bytes:
    """The frequent short words that are tokens; of those that fall into one slot, the most frequent."""
    slots = np.full(1 << HOT_BITS, HOT_EMPTY, dtype="<u8")
    for word in sorted(counts, key=lambda word: (-counts[word], word)):
        low, _ = word_key(word)
        slot = (low * HOT_KEY & MASK64) >> (64 - HOT_BITS)
        if len(word) <= HOT_BYTES and word in known and slots[slot] == HOT_EMPTY:
            slots[slot] = low
    return slots.tobytes()


def learned_words(
    counts: Counter[bytes], known: dict[bytes, int], gpt2: tiktoken.Encoding
) -> list[tuple[bytes, int, int]]:
    """The most frequent words that are not tokens, with their token counts."""
    frequent = sorted(
        (word for word in counts if word not in known and len(word) <= WORD_BYTES),
        key=lambda word: (-counts[word], word),
    )[:LEARNED_WORDS]
    return [(word, len(gpt2.encode_ordinary(word.decode())), ABSENT) for word in frequent]


def vocabulary_words(tokens: Sequence[bytes]) -> list[tuple[bytes, int, int]]:
    """The tokens that can stand as a whole word in a text and are short enough for the table."""
    words = []
    for rank, token in enumerate(tokens):
        if len(token) > WORD_BYTES:
            continue
        try:
            token.decode()
        except UnicodeDecodeError:
            continue
        words.append((token, 1, rank))
    return words


def make(ranks_path: Path, prose: Sequence[Path]) -> dict[str, bytes]:
    """Every table by file name."""
    tokens = read_ranks(ranks_path)
    ranks = {token: rank for rank, token in enumerate(tokens)}
    gpt2 = tiktoken.Encoding(name="gpt2", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})
    files: dict[str, bytes] = {}
    files["class_index.bin"], files["class_pages.bin"] = class_tables()
    files["byte_tokens.bin"] = np.array([ranks[bytes([b])] for b in range(256)], dtype="<u2").tobytes()
    parts = [split_in_two(token, rank, ranks) for rank, token in enumerate(tokens) if rank >= 256]
    # A single byte has no parts: it stands as the byte and nothing.
    single = [(tokens[rank][0], ABSENT) for rank in range(256)]
    files["parts.bin"] = np.array(single + parts, dtype="<u2").tobytes()
    files["lengths.bin"] = bytes(len(token) for token in tokens)
    files["pair_pilots.bin"], files["pair_slots.bin"] = pair_tables(parts)
    counts = prose_words(prose)
    files["hot_words.bin"] = hot_table(counts, ranks)
    # The empty word stands for the separator between texts, which is counted as one.
    words = [(b"", 1, ABSENT), *vocabulary_words(tokens), *learned_words(counts, ranks, gpt2)]
    files["word_pilots.bin"], files["word_slots.bin"], files["word_ids.bin"], n_slots = word_tables(words)
    print(f"{len(words)} words in {n_slots} slots; {len(files['class_pages.bin']) // 64} class pages")
    return files


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ranks", type=Path, required=True)
    parser.add_argument("--prose", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=Path("rust/data/gpt2"))
    parser.add_argument("--check", action="store_true", help="compare with what --out holds; write nothing")
    arguments = parser.parse_args()
    differing = []
    for name, data in make(arguments.ranks, arguments.prose).items():
        path = arguments.out / name
        if arguments.check:
            if not path.exists() or path.read_bytes() != data:
                differing.append(name)
        else:
            path.write_bytes(data)
        print(f"{name:16} {len(data):9} {hashlib.sha256(data).hexdigest()}")
    if differing:
        sys.exit(f"differing: {', '.join(differing)}")


if __name__ == "__main__":
    main()
