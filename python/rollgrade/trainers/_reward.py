"""What every trainer's reward shares: the rubric, the dataset's columns by name, and the metrics of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rollgrade.grades import RULES, Grades
from rollgrade.rubric import Rubric


def as_rubric(rubric: Rubric | str | Path | None) -> Rubric:
    """A rubric, the path of a rubric file, or None for the defaults."""
    if rubric is None:
        return Rubric()
    return rubric if isinstance(rubric, Rubric) else Rubric.from_file(rubric)


def column(columns: Mapping[str, Any], argument: str, name: str | None) -> Any:
    """The dataset's column ``name``; an error that names the columns there are where it is not among them."""
    if name is None:
        return None
    if name not in columns:
        there = ", ".join(sorted(columns)) or "none"
        raise ValueError(f"{argument}: got {name!r}, expected a column of the dataset (there are: {there})")
    return columns[name]


def metrics(grades: Grades) -> dict[str, float]:
    """What to log of a batch: each rule's mean score and pass rate, tokens, and the share of valid answers, over
    the rollouts that were graded."""
    if not grades.graded.any():
        return {}
    found = {name: getattr(grades, name) for name in ("valid", "tokens")}
    for rule in RULES:
        if rule != "coverage" or grades.basis != "none":
            found |= {rule: getattr(grades, rule), f"{rule}_passed": grades.passed[rule]}
    return {f"rollgrade/{name}": float(column[grades.graded].mean()) for name, column in found.items()}
