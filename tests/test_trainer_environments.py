"""How the outcome of a trainer's run is recorded: what cannot be installed has failed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "trainers"))
import environments
from environments import TRAINERS, Result, Trainer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ENVIRONMENTS", "REQUIREMENTS", "HERE"):
        monkeypatch.setattr(environments, name, tmp_path)
    monkeypatch.setattr(environments, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(environments, "PAGE", tmp_path / "results.md")
    return tmp_path


def test_what_cannot_be_installed_has_failed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "none.txt").write_text(str(folder / "no-such-folder"), "utf-8")
    monkeypatch.setattr(environments, "TRAINERS", {"none": Trainer("none", "None", "none")})
    monkeypatch.setattr(sys, "argv", ["environments.py", "none", "--record"])
    with pytest.raises(SystemExit) as ended:
        environments.main()
    assert ended.value.code
    (result,) = json.loads((folder / "results.json").read_text("utf-8"))
    assert (result["status"], result["version"], result["passed"]) == ("failed", "", 0)
    assert result["detail"].startswith("not installed: ")
    assert "| None | none  | " in (folder / "results.md").read_text("utf-8")
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed"


def test_environments_are_made_apart_from_the_tests(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environments, "TRAINERS", {"none": Trainer("none", "None", "none")})
    monkeypatch.setattr(sys, "argv", ["environments.py", "none", "--make"])
    (folder / "none.txt").write_text("", "utf-8")
    environments.main()
    assert (folder / "none" / ".made").exists()
    assert not (folder / "none" / "report.xml").exists()
    (folder / "none.txt").write_text(str(folder / "no-such-folder"), "utf-8")
    environments.main()
    assert not (folder / "none" / ".made").exists()
    assert "no-such-folder" in capsys.readouterr().err


def test_a_test_that_is_skipped_has_shown_nothing(folder: Path) -> None:
    (folder / "real_trl.py").write_text(
        "import pytest\ndef test_a(): ...\n@pytest.mark.skip\ndef test_b(): ...\ndef test_c(): assert 0\n",
        "utf-8",
    )
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    assert environments._tests(TRAINERS["trl"], folder) == (1, 2)


def test_results_are_kept_trainer_by_trainer(folder: Path) -> None:
    def result(name: str, status: str) -> Result:
        trainer = TRAINERS[name]
        return Result(trainer.title, trainer.package, "1.0", "3.11", status, 3, 0, "2026-01-01")

    environments._record([result("verl", "passed"), result("trl", "passed")])
    environments._record([result("verl", "failed")])
    found = json.loads((folder / "results.json").read_text("utf-8"))
    assert [(r["trainer"], r["status"]) for r in found] == [
        (TRAINERS["trl"].title, "passed"),
        ("verl", "failed"),
    ]


def test_every_trainer_has_its_tests_and_requirements() -> None:
    for name in TRAINERS:
        assert (environments.REQUIREMENTS / f"{name}.txt").exists()
        assert (environments.HERE / f"real_{name.replace('-', '_')}.py").exists()
