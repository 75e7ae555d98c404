"""Writes the tables of these pages again from the package: `make docs`.

A table stands between `<!-- kinds -->` and `<!-- /kinds -->`; the tests compare it with the package.
"""

from __future__ import annotations

import re
from pathlib import Path

import rollgrade as rg

PAGE = Path(__file__).parent / "pii.md"
BETWEEN = re.compile(r"(?<=<!-- kinds -->\n).*?(?=<!-- /kinds -->)", re.DOTALL)


def kinds_table() -> str:
    """Every kind with its tier, its severity and what is accepted."""
    rows = ["| kind | tier | severity | accepts |", "|---|---|---|---|"]
    for kind in rg.pii_kind_info():
        accepts = kind.accepts.replace("|", r"\|")
        rows.append(f"| `{kind.name}` | {kind.tier} | {kind.severity:g} | {accepts} |")
    return "\n".join(rows) + "\n"


def with_tables(page: str) -> str:
    """The page with its table as the package has it."""
    return BETWEEN.sub(lambda _: kinds_table(), page)


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
