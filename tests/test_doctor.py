"""``rollgrade doctor``: what it shows of this machine and of the trainers' runs."""

from __future__ import annotations

import json
import os
import platform
import re
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rollgrade as rg
from rollgrade.cli import app, doctor

ROOT = Path(__file__).parent.parent
RESULTS = json.loads((ROOT / "python" / "rollgrade" / "trainers" / "results.json").read_text("utf-8"))


def shown() -> str:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    return result.output


def test_it_shows_versions_and_the_machine() -> None:
    out = shown()
    for name, value in [
        ("rollgrade", rg.__version__),
        ("Python", platform.python_version()),
        ("instruction set", "(avx512|avx2|portable)"),
        ("cores", rf"{len(os.sched_getaffinity(0))} of {os.cpu_count()} usable"),
        ("numpy", metadata.version("numpy")),
        ("a grade", r"0\.\d+, as it should be"),
        ("extra parquet", f"pyarrow {metadata.version('pyarrow')}"),
    ]:
        assert re.search(rf"^{name} +{value}", out, re.MULTILINE), name


def test_an_extra_that_is_not_there_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_installed", lambda package: "")
    assert re.search(
        r"^extra parquet +not installed: pip install 'rollgrade\[parquet\]'", shown(), re.MULTILINE
    )


def test_it_shows_every_trainer_that_was_run() -> None:
    out = shown()
    assert [result["trainer"] for result in RESULTS] == [
        "TRL (GRPO, RLOO)",
        "verl",
        "eval-protocol",
        "reward-kit",
        "OpenRLHF",
        "verifiers",
    ]
    for result in RESULTS:
        line = next(line for line in out.splitlines() if line.lstrip().startswith(result["trainer"]))
        assert f"{result['package']} {result['version']}" in line
        assert (
            f"{result['status']} ({result['passed']} of {result['passed'] + result['failed']} tests)" in line
        )


def test_a_trainer_that_could_not_be_installed_is_shown_as_failed() -> None:
    result = RESULTS[0] | {"version": "", "status": "failed", "passed": 0}
    assert doctor._trainer(result)[1:3] == ("trl", "failed: not installed")


def test_the_page_says_what_the_package_says() -> None:
    page = (ROOT / "docs" / "trainers" / "results.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:]] for line in page.splitlines() if line.startswith("| ")
    ]
    assert [row[:2] for row in rows[1:]] == [
        [result["trainer"], f"{result['package']} {result['version']}".strip()] for result in RESULTS
    ]
