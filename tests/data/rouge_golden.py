"""Make rouge_golden.tsv: texts and their scores by google's rouge_score 0.1.2 (pip install rouge-score==0.1.2).

Columns: stemmer (0 or 1), prediction, references (joined by U+001F), then precision, recall and F-measure of each
type of TYPES. In the texts a backslash stands before n, t, r and itself. Run: rouge_golden.py DOCUMENTS > OUT, with
the example log's documents.jsonl (public-domain news releases).
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer

TYPES = [*(f"rouge{n}" for n in range(1, 10)), "rougeL", "rougeLsum"]
ALPHABET = [
    *"aabbcdey  \n\n.,-'19AEK",
    "\u212a",
    "\u0130",
    "é",
    "ﬁ",
    "\x00",
    "\r",
    "\u2028",
    "ies",
    "ation",
    "ally",
    "ed ",
]
WORDS = "the a cat cats running runs ran relational flies dying agencies happily generously skies x y".split()
EDGES = ["", " ", "\n", "the", "The cat.", "a\n\nb\n", "K\u212a", "d\u0130y", "naïve café", "x " * 70]


def random_text(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return "".join(rng.choice(ALPHABET) for _ in range(rng.randint(0, 60)))
    words = rng.sample(WORDS, rng.randint(1, len(WORDS)))
    ends = [*[" "] * 8, "\n", ". ", ".\n"]
    return "".join(rng.choice(words) + rng.choice(ends) for _ in range(rng.randint(1, 80)))


def cases(documents: Path) -> list[tuple[str, list[str]]]:
    rng = random.Random(20)
    out = [(prediction, [reference]) for prediction in EDGES for reference in EDGES[:6]]
    out += [
        (random_text(rng), [random_text(rng) for _ in range(rng.choice([1, 1, 1, 3]))]) for _ in range(80)
    ]
    rows = [json.loads(line) for line in documents.read_text().splitlines()]
    for row in rows[::4]:
        out.append((row["reference"], row["facts"]))
        out.append(("\n".join(row["facts"]), [row["reference"].replace(". ", ".\n")]))
        out.append((row["reference"], [row["text"][:1200]]))
    return out


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def main(documents: Path) -> None:
    scorers = [RougeScorer(TYPES, use_stemmer=stem) for stem in (False, True)]
    for i, (prediction, references) in enumerate(cases(documents)):
        scores = scorers[i % 2].score_multi(references, prediction)
        values = [repr(float(value)) for name in TYPES for value in scores[name]]
        print(i % 2, escape(prediction), escape("\x1f".join(references)), *values, sep="\t")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
