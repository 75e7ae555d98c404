"""Make rust/data/ordinary.bin: a Bloom filter of the stems of ordinary English words.

A word is ordinary if running text writes it in lower case at least ten times, and at least two times in five.
`coverage::support` asks it which capitalised words are no names. Inputs: prose archives (tar.xz of plain text,
named on the command line). Needs nltk for the Porter stemmer.

The filter has 2**18 bits, least significant first; a stem sets six: with h its 64-bit FNV-1a hash, the bits
(h mod 2**32 + i * (h div 2**32 | 1)) mod 2**18 for i from 0 to 5.
"""

from __future__ import annotations

import re
import sys
import tarfile
from collections import Counter
from pathlib import Path

from nltk.stem.porter import PorterStemmer

BITS = 1 << 18
HASHES = 6


def fnv1a(data: bytes) -> int:
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 % (1 << 64)
    return h


def main(out: Path, archives: list[Path]) -> None:
    lower: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    for archive in archives:
        with tarfile.open(archive) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is None or not member.name.endswith(".txt"):
                    continue
                for word, count in Counter(re.findall(r"[A-Za-z]{2,}", file.read().decode())).items():
                    (lower if word.islower() else upper)[word.lower()] += count
    words = [w for w, n in lower.items() if n >= 10 and n >= 0.4 * (n + upper[w])]
    stemmer = PorterStemmer()
    stems = {stemmer.stem(w) if len(w) > 3 else w for w in words}
    bits = bytearray(BITS // 8)
    for stem in stems:
        h = fnv1a(stem.encode())
        for i in range(HASHES):
            bit = ((h & 0xFFFFFFFF) + i * (h >> 32 | 1)) % BITS
            bits[bit // 8] |= 1 << bit % 8
    out.write_bytes(bits)
    print(f"{len(words)} words, {len(stems)} stems", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(a) for a in sys.argv[2:]])
