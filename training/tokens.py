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

# No text holds this byte: it pads words to the size of their key.
PAD = b"\xff"
KEYS = (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)

# The most frequent tokens of at most SHORT_BYTES bytes are looked for first, in a table small enough for the nearest
# caches. Of many keys tried, this one lets the fewest of them fall together.
HOT_KEY = 0x15831FEEEC41E6F7
HOT_BITS = 13

# Tokens are looked up by their bytes, in one table up to SHORT_BYTES and in another up to LONG_BYTES. Powers of two
# make a place the matter of one multiplication; few buckets stay in the nearest cache.
SHORT_BYTES = 8
SHORT_BUCKET_BITS = 12
SHORT_SLOTS = 1 << 16
LONG_BYTES = 16
LONG_BUCKET_BITS = 11
LONG_SLOTS = 1 << 14
# Frequent words of several tokens are kept with their count, which is the last byte of a slot.
LEARNED_BYTES = 15
LEARNED_BUCKET_BITS = 14
LEARNED_WORDS = 72_000
LOAD = 0.97

# Found by trying: with most others some bucket has no pilot.
PAIR_KEY = 0x2265B1F5
PAIR_SPREAD = 0x91B7
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
    """Perfect hash from a pair of tokens to the token it merges into: pilots, and slots of 32 bits.

    The pair is scrambled into two halves, which can be undone. The upper half is kept in the slot and also
    names the bucket; so with the place of the slot it says what the pair was, and the lookup is exact.
    """
    pairs = [((left | right << 16) * PAIR_KEY & 0xFFFFFFFF, 256 + i) for i, (left, right) in enumerate(parts)]
    pilots, owner = perfect_hash(
        [pair >> 18 for pair, _ in pairs],
        PAIR_BUCKETS,
        1 << 8,
        lambda key, pilot: (pairs[key][0] ^ (pairs[key][0] >> 16) * PAIR_SPREAD ^ pilot * 257) % PAIR_SLOTS,
    )
    # Whatever upper half an empty slot is compared with, it names no token.
    slots = np.full(PAIR_SLOTS, ABSENT << 16, dtype="<u4")
    for slot, key in owner.items():
        pair, token = pairs[key]
        slots[slot] = pair >> 16 | token << 16
    return np.array(pilots, dtype=np.uint8).tobytes(), slots.tobytes()


def key_of(word: bytes) -> tuple[int, int]:
    """The word as two numbers, padded."""
    padded = word.ljust(16, PAD)
    return int.from_bytes(padded[:8], "little"), int.from_bytes(padded[8:], "little")


def folded(left: int, right: int) -> int:
    """Both halves of a product of 64 bits each, joined."""
    product = left * right
    return (product ^ product >> 64) & MASK64


def mixed(value: int) -> int:
    """The upper half of a product, which is mixed better, joins the lower."""
    return value & MASK64 ^ (value & MASK64) >> 32


def short_hash(word: bytes) -> int:
    """Hash of a word by the first half of its key."""
    return mixed(key_of(word)[0] * KEYS[0])


def long_hash(word: bytes) -> int:
    """Hash of a word by its whole key, made of what vectors can multiply."""
    low, high = key_of(word)
    return mixed(low * KEYS[0] ^ high * KEYS[1])


def whole_hash(word: bytes) -> int:
    """Hash of a word by its whole key."""
    low, high = key_of(word)
    return folded(low ^ KEYS[0], high ^ KEYS[1])


def word_table(
    words: Sequence[bytes], hash_of: Callable[[bytes], int], bucket_bits: int, n_slots: int
) -> tuple[bytes, list[bytes | None]]:
    """Perfect hash of words, the most frequent first: an odd pilot for each bucket, and the word in each slot.

    Among the pilots that let no two words share a slot, a bucket takes the one that leaves its words nearest to where
    they would stand in order: frequent words then share cache lines with frequent ones, and the lines of words that
    hardly occur stay out of the caches. Large buckets choose first.
    """
    n_buckets = 1 << bucket_bits
    hashes = np.array([hash_of(word) for word in words], dtype=np.uint64)
    members: list[list[int]] = [[] for _ in range(n_buckets)]
    for index, value in enumerate(hashes):
        members[int(value) % n_buckets].append(index)
    candidates = np.arange(1, 1 << 16, 2, dtype=np.uint64)
    # Places are compared by their order of magnitude.
    level = (16 * np.log2(np.arange(n_slots) + n_slots / 32)).astype(np.int64)
    free = np.ones(n_slots, dtype=bool)
    pilots = np.ones(n_buckets, dtype="<u2")
    slots: list[bytes | None] = [None] * n_slots
    for bucket in sorted(range(n_buckets), key=lambda b: (-len(members[b]), b)):
        keys = members[bucket]
        if not keys:
            continue
        spread = hashes[keys, None] * candidates >> np.uint64(32)
        places = (spread * np.uint64(n_slots) >> np.uint64(32)).astype(np.int64)
        usable = free[places].all(axis=0)
        for left, right in itertools.combinations(range(len(keys)), 2):
            usable &= places[left] != places[right]
        if not usable.any():
            sys.exit(f"no pilot found for {[words[key] for key in keys]}: change the key constants")
        wanted = level[keys]
        cost = ((level[places] - wanted[:, None]) ** 2).sum(axis=0)
        best = int(np.where(usable, cost, np.iinfo(np.int64).max).argmin())
        pilots[bucket] = candidates[best]
        free[places[:, best]] = False
        for key, place in zip(keys, places[:, best].tolist(), strict=True):
            slots[place] = words[key]
    return pilots.tobytes(), slots


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


def hot_table(counts: Counter[bytes], known: dict[bytes, int]) -> tuple[bytes, bytes]:
    """The frequent short words that are tokens, and their ids; of those that fall into one slot, the most frequent.

    What is nothing but padding is in the table too: a separator between texts and a word that is too long for it
    look like that, and neither is to be looked up elsewhere.
    """
    padding = MASK64
    slots = np.full(1 << HOT_BITS, padding, dtype="<u8")
    ids = np.full(1 << HOT_BITS, ABSENT, dtype="<u2")
    taken = {padding * HOT_KEY % (1 << 64) >> (64 - HOT_BITS)}
    for word in sorted(counts, key=lambda word: (-counts[word], word)):
        low, _ = key_of(word)
        slot = (low * HOT_KEY & MASK64) >> (64 - HOT_BITS)
        if len(word) <= SHORT_BYTES and word in known and slot not in taken:
            taken.add(slot)
            slots[slot], ids[slot] = low, known[word]
    return slots.tobytes(), ids.tobytes()


def short_tables(words: Sequence[bytes], known: dict[bytes, int]) -> dict[str, bytes]:
    """The files of the table of short tokens."""
    pilots, slots = word_table(words, short_hash, SHORT_BUCKET_BITS, SHORT_SLOTS)
    keys = np.full(len(slots), MASK64, dtype="<u8")
    ids = np.full(len(slots), ABSENT, dtype="<u2")
    for slot, word in enumerate(slots):
        if word is not None:
            (keys[slot], _), ids[slot] = key_of(word), known[word]
    return {"short_pilots.bin": pilots, "short_slots.bin": keys.tobytes(), "short_ids.bin": ids.tobytes()}


def long_tables(words: Sequence[bytes], known: dict[bytes, int]) -> dict[str, bytes]:
    """The files of the table of long tokens; an empty slot holds nothing but padding."""
    pilots, slots = word_table(words, long_hash, LONG_BUCKET_BITS, LONG_SLOTS)
    keys = np.full((len(slots), 2), MASK64, dtype="<u8")
    ids = np.full(len(slots), ABSENT, dtype="<u2")
    for slot, word in enumerate(slots):
        if word is not None:
            keys[slot], ids[slot] = key_of(word), known[word]
    return {"long_pilots.bin": pilots, "long_slots.bin": keys.tobytes(), "long_ids.bin": ids.tobytes()}


def learned_tables(
    counts: Counter[bytes], known: dict[bytes, int], gpt2: tiktoken.Encoding
) -> dict[str, bytes]:
    """The files of the most frequent words that are not tokens, with their token counts."""
    frequent = sorted(
        (word for word in counts if word not in known and len(word) <= LEARNED_BYTES),
        key=lambda word: (-counts[word], word),
    )[:LEARNED_WORDS]
    pilots, slots = word_table(frequent, whole_hash, LEARNED_BUCKET_BITS, int(len(frequent) / LOAD))
    keys = np.zeros((len(slots), 2), dtype="<u8")
    for slot, word in enumerate(slots):
        if word is not None:
            low, high = key_of(word)
            keys[slot] = low, high & (MASK64 >> 8) | len(gpt2.encode_ordinary(word.decode())) << 56
    return {"learned_pilots.bin": pilots, "learned_slots.bin": keys.tobytes()}


def is_text(token: bytes) -> bool:
    """Whether a token can stand as a whole word in a text."""
    try:
        token.decode()
    except UnicodeDecodeError:
        return False
    return True


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
    files["hot_words.bin"], files["hot_ids.bin"] = hot_table(counts, ranks)
    words = sorted((token for token in tokens if is_text(token)), key=lambda token: -counts[token])
    files |= short_tables([word for word in words if len(word) <= SHORT_BYTES], ranks)
    files |= long_tables([word for word in words if SHORT_BYTES < len(word) <= LONG_BYTES], ranks)
    files |= learned_tables(counts, ranks, gpt2)
    print(f"{len(files['class_pages.bin']) // 64} class pages")
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
