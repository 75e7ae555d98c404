"""``rollgrade doctor``: versions, the machine, optional extras, and which trainers it was run with."""

from __future__ import annotations

import json
import os
import platform
import re
from typing import Any

from rollgrade.cli.terminal import console, errors_reported, usable_cores

__all__ = ["doctor", "trainer_results"]

_EXTRA = re.compile(r"""^([\w.-]+).*\bextra\s*==\s*["']([\w-]+)""")


def doctor() -> None:
    """Show versions, instruction set, cores, optional extras, and the trainers it was run with.

    Grades one answer to see that all is well; that is what to paste into a bug report.

    [bold]Examples[/bold]
    \b
      rollgrade doctor
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = console()
    with errors_reported():
        facts = Table(box=None, show_header=False, pad_edge=False)
        facts.add_column(style="dim")
        facts.add_column(overflow="fold")
        for name, value in [*_about(), *_extras()]:
            facts.add_row(name, Text(value))
        out.print(facts)
        trainers = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in ("trainer", "run with", "outcome", "on", "here"):
            trainers.add_column(column, overflow="fold")
        for result in trainer_results():
            trainers.add_row(*map(Text, _trainer(result)))
        out.print(trainers)


def trainer_results() -> list[dict[str, Any]]:
    """What came of the runs of each trainer's released package, as the package recorded it."""
    from importlib import resources

    file = resources.files("rollgrade.trainers") / "results.json"
    results: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return results


def _about() -> list[tuple[str, str]]:
    from rollgrade import _core

    sets = _core._instruction_sets()
    return [
        ("rollgrade", _core.__version__),
        ("Python", f"{platform.python_version()} ({platform.python_implementation()})"),
        ("platform", platform.platform()),
        ("instruction set", f"{sets[-1]} (of {', '.join(sets)})"),
        ("cores", f"{usable_cores()} of {os.cpu_count()} usable"),
        ("numpy", _installed("numpy")),
        ("a grade", _graded()),
    ]


def _graded() -> str:
    """One answer graded: that everything is there."""
    from rollgrade.rubric import Rubric

    fact = "The council approved the budget on Monday."
    grade = Rubric().grade(fact, facts=[fact])
    return f"{grade.score:.3f}, as it should be" if grade.passed else f"unexpected: {grade!r}"


def _extras() -> list[tuple[str, str]]:
    """The optional extras that the package declares, each with what it needs."""
    from importlib import metadata

    try:
        declared = metadata.requires("rollgrade") or []
    except metadata.PackageNotFoundError:
        return []
    found: dict[str, list[str]] = {}
    for line in declared:
        if match := _EXTRA.match(line):
            found.setdefault(match[2], []).append(match[1])
    rows = []
    for extra, packages in sorted(found.items()):
        versions = {package: _installed(package) for package in packages}
        missing = [package for package, version in versions.items() if not version]
        there = ", ".join(f"{package} {version}" for package, version in versions.items() if version)
        lacks = f"not installed: pip install 'rollgrade[{extra}]'"
        rows.append((f"extra {extra}", lacks if missing else there))
    return rows


def _trainer(result: dict[str, Any]) -> tuple[str, ...]:
    tests = f"{result['passed']} of {result['passed'] + result['failed']} tests"
    outcome = f"{result['status']} ({tests})" if result["version"] else "failed: not installed"
    return (
        result["trainer"],
        f"{result['package']} {result['version']}".strip(),
        outcome,
        result["date"],
        _installed(result["package"]) or "-",
    )


def _installed(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
