"""Instructions a byte of text takes to count, by instruction set: a figure that no neighbour on the machine changes.

    python benches/instructions.py TEXTS

runs the built `benches/tokens.rs` under valgrind's callgrind with one pass and with three: the difference is two warm
passes, without start-up, reading and the first meeting of each word. Valgrind knows no AVX-512.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def built() -> Path:
    """The newest benchmark binary."""
    found = [path for path in Path("target/release/deps").glob("tokens-*") if not path.suffix]
    return max(found, key=lambda path: path.stat().st_mtime)


def instructions(texts: str, passes: int, instruction_set: str) -> int:
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    command += [str(built()), texts, str(passes), instruction_set]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    total = re.search(r"Collected : (\d+)", done.stderr)
    assert total is not None, done.stderr
    return int(total[1])


if __name__ == "__main__":
    size = Path(sys.argv[1]).stat().st_size
    for name in ("portable", "avx2"):
        one, three = (instructions(sys.argv[1], passes, name) for passes in (1, 3))
        print(f"{name}: {(three - one) / 2 / size:.1f} instructions a byte")
