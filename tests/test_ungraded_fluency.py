"""`fluency.scorer = "none"`: fluency is not graded, as coverage is not where nothing says what is to be covered."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import rollgrade as rg
from rollgrade.cli import app
from rollgrade.trainers._reward import metrics

FACTS = ["The council approved the budget on Monday.", "Property taxes will rise by 3 percent in May."]
GOOD = "The council approved the budget on Monday. Property taxes will rise by 3 percent in May."
KEYWORDS = "council budget Monday property taxes rise 3 percent May"
COMBINATIONS = ("priority", "weighted", "gate", "lexicographic")
LOG = Path(__file__).parent.parent / "examples" / "rollouts.jsonl"


@pytest.mark.parametrize("combine", COMBINATIONS)
def test_its_weight_is_left_out_and_coverage_credited_in_full(combine: str) -> None:
    rubric = rg.Rubric(fluency="none", combine=combine, weights={"coverage": 3})
    for text in (GOOD, KEYWORDS):
        grade = rubric.grade(text, facts=FACTS)
        assert (grade.fluency.score, grade.fluency.passed, grade.fluency.reason) == (None, True, "")
        assert grade.coverage.score == grade.coverage.raw
        explained = grade.explain()
        assert explained.arithmetic[-1].value == grade.score
        assert "fluency.scorer" in str(explained)
        assert "fluency" not in grade.reason
    readable = rg.Rubric(combine=combine, weights={"coverage": 3}).grade(KEYWORDS, facts=FACTS)
    assert readable.fluency.score is not None
    assert readable.fluency.score < 0.5


def test_priority_without_it() -> None:
    grade = rg.Rubric(fluency="none").grade(GOOD, facts=FACTS)
    assert grade.coverage.score is not None
    expected = (8 * grade.coverage.score + 4 * grade.pii.score + grade.form.score) / 13
    assert grade.score == pytest.approx(expected, abs=1e-12)


def test_columns_hold_nothing_and_metrics_leave_it_out() -> None:
    grades = rg.Rubric(fluency="none").grade_batch([GOOD, KEYWORDS], facts=[FACTS, FACTS])
    assert np.isnan(grades.fluency).all()
    assert grades.passed["fluency"].all()
    assert [grades[i].score for i in range(2)] == grades.score.tolist()
    logged = metrics(grades)
    assert "rollgrade/fluency" not in logged
    assert "rollgrade/coverage" in logged
    assert not any(math.isnan(value) for value in logged.values())


def test_logs_have_null_there_in_every_format(tmp_path: Path) -> None:
    rubric = tmp_path / "rubric.toml"
    rubric.write_text('[fluency]\nscorer = "none"\n')
    graded = {}
    for name in ("out.jsonl", "out.parquet"):
        ran = CliRunner().invoke(
            app, ["score", str(LOG), "--rubric", str(rubric), "-o", str(tmp_path / name)]
        )
        assert ran.exit_code == 0, ran.output
        graded[name] = tmp_path / name
    lines = [json.loads(line)["rollgrade"] for line in graded["out.jsonl"].read_text("utf-8").splitlines()]
    assert len(lines) == 520
    assert {line["fluency"] for line in lines} == {None}
    assert all(line["passed"]["fluency"] for line in lines)
    rows = pq.read_table(graded["out.parquet"])["rollgrade"].to_pylist()
    assert [row["score"] for row in rows] == [line["score"] for line in lines]
    assert {row["fluency"] for row in rows} == {None}
    for command in (
        ["report", str(graded["out.jsonl"]), "-o", str(tmp_path / "r.html")],
        ["check", str(LOG.parent / "documents.jsonl"), "--rubric", str(rubric), "--limit", "3"],
    ):
        ran = CliRunner().invoke(app, command)
        assert ran.exit_code in (0, 1), ran.output
        assert "Traceback" not in ran.output


def test_what_else_it_can_be_is_said() -> None:
    with pytest.raises(ValueError, match=r'fluency.scorer: got "?\'?nothing.*"none"'):
        rg.Rubric(fluency="nothing")
