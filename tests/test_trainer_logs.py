"""Logs that the trainers' own code wrote (tests/data), rescored to the rewards of their runs."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import rollgrade as rg
from rollgrade.cli import app
from rollgrade.completion import last_user_text

DATA = Path(__file__).parent / "data"
# The logs' rewards are those of the version that ran then; in a run (tests/trainers) they agree to a millionth.
SINCE = 0.02


def score(log: Path, out: Path, rubric: rg.Rubric) -> None:
    file = out.with_suffix(".toml")
    rubric.to_file(file)
    result = CliRunner().invoke(app, ["score", str(log), "-o", str(out), "--rubric", str(file)])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("form", ["text", "messages"])
def test_trls_completion_log(form: str, tmp_path: Path) -> None:
    """Its column "rollgrade" is the reward that the run was given; it stays beside the grade."""
    rubric = rg.Rubric(max_tokens=20)
    file, out, again = (
        DATA / f"trl_1.16.0_{form}.parquet",
        tmp_path / "graded.parquet",
        tmp_path / "again.parquet",
    )
    score(file, out, rubric)
    before, after = pq.read_table(file).to_pylist(), pq.read_table(out).to_pylist()
    assert len(before) == len(after) == 8
    assert len({row["finish_reason"] for row in before}) == 2
    for was, row in zip(before, after, strict=True):
        assert row["rollgrade_reward"] == was["rollgrade"]
        grade = rubric.grade(
            was["completion"],
            source=was["source"] if "source" in was else last_user_text(was["prompt"]),
            facts=was["facts"],
            truncated=was["finish_reason"] == "length",
        )
        assert row["rollgrade"]["score"] == pytest.approx(grade.score, abs=1e-6)
        assert grade.score == pytest.approx(was["rollgrade"], abs=SINCE)
        kept = {name: value for name, value in row.items() if not name.startswith("rollgrade")}
        assert kept == {name: value for name, value in was.items() if name != "rollgrade"}
    # Graded once more, the grade is replaced and the reward stays.
    score(out, again, rubric)
    assert pq.read_table(again).to_pylist() == after


def test_eval_protocols_results(tmp_path: Path) -> None:
    out = tmp_path / "graded.jsonl"
    score(DATA / "eval_protocol_0.3.33.jsonl", out, rg.Rubric())
    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(records) == 3
    for record in records:
        assert record["rollgrade"]["score"] == pytest.approx(record["evals"]["score"], abs=SINCE)
