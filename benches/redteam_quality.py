"""What gets through the default rubric: the fixed attacks and the search, on the example documents and on REALSumm.

Prints the tables of docs/redteam.md. REALSumm (`coverage/realsumm_scu.json` below the folder ROLLGRADE_DATA: news, whose
facts are people's own and whose references need up to 100 tokens) is left out without it. Run: `ROLLGRADE_DATA=... python
benches/redteam_quality.py [grades a document] [documents to search]`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import rollgrade as rg
from facts_quality import detokenised

EXAMPLES = Path(__file__).parent.parent / "examples" / "documents.jsonl"
REALSUMM_TOKENS = 100


def realsumm() -> list[dict[str, Any]]:
    """REALSumm's documents as they were before a tokenizer cut them; those whose reference ends no sentence, where a
    quotation was torn apart, are left out."""

    def plain(text: str) -> str:
        return re.sub(r"' (.+?) '(?=[ .,]|$)", r"'\1'", detokenised(text))

    path = Path(os.environ["ROLLGRADE_DATA"]) / "coverage" / "realsumm_scu.json"
    rows = [
        {
            "id": item["id"],
            "source": plain(item["document"]),
            "facts": item["scus"],
            "reference": plain(item["reference"]),
        }
        for item in json.loads(path.read_text("utf-8"))["items"]
    ]
    return [row for row in rows if row["reference"].endswith((".", "!", "?"))]


def table(runs: dict[str, rg.Redteam]) -> None:
    """A row an attack, two columns a data set."""
    print("| attack |" + "".join(f" {name}: reward | reaches |" for name in runs) + " |")
    print("|---|" + "---:|---:|" * len(runs) + "---|")
    for of_attack in zip(*(run.attacks for run in runs.values()), strict=True):
        cells, mark = [], ""
        for attack, run in zip(of_attack, runs.values(), strict=True):
            cells += (
                ["-", "-"]
                if attack.reward is None or attack.reaches is None
                else [f"{attack.reward:.2f}", f"{100 * attack.reaches:.0f} %"]
            )
            if attack.is_over(run.tolerance):
                mark = "fair" if attack.fair else "unseen" if attack.unseen else "HOLE"
        print(f"| {of_attack[0].name} | {' | '.join(cells)} | {mark} |")


def main() -> None:
    grades, documents = (int(text) for text in [*sys.argv[1:], "0", "10"][:2])
    runs = {"examples": rg.redteam(EXAMPLES, search_grades=grades, search_documents=documents, threads=2)}
    if "ROLLGRADE_DATA" in os.environ:
        runs["REALSumm"] = rg.redteam(
            realsumm(),
            rubric=rg.Rubric(max_tokens=REALSUMM_TOKENS),
            search_grades=grades,
            search_documents=documents,
            threads=2,
        )
    table(runs)
    for name, run in runs.items():
        honest = run.honest or 0.0
        print(
            f"\n{name}: {run.graded} documents, honest {honest:.3f}, holes {[hole.name for hole in run.holes]}"
        )
        if run.grades_per_second:
            print(f"{run.grades:,} grades of the search, {run.grades_per_second:,.0f} a second")
        for found in run.found:
            print(
                f"\n{found.document}, from {found.start}: {found.reward:.3f} against {found.honest_reward:.3f}, "
                f"{found.unlike:.2f} unlike, by {found.let_through}\n> {found.text}"
            )


if __name__ == "__main__":
    main()
