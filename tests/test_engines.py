"""The callable from batches to graded batches. The engines themselves: tests/engines (make test-engines)."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import rollgrade as rg
from rollgrade.cli import app
from rollgrade.engines import GradeBatch
from rollgrade.engines.ray import score_jobs
from rollgrade.logs import LogError

EXAMPLES = Path(__file__).parent.parent / "examples"
FACTS = ["The council approved the new budget."]
GOOD = "The council approved the new budget on Monday."
TABLE = pa.table(
    {"completion": [GOOD, None, "Bad.", GOOD], "facts": [FACTS, FACTS, FACTS, None], "n": [1, 2, 3, 4]}
)


def test_every_row_comes_out_with_a_grade_or_a_reason() -> None:
    out = GradeBatch(basis="facts")(TABLE)
    assert out.drop_columns(["rollgrade", "rollgrade_error"]).equals(TABLE)
    errors = out["rollgrade_error"].to_pylist()
    assert [error is None for error in errors] == [True, True, True, False]
    assert errors[3].startswith("facts: got nothing")
    grades = out["rollgrade"].to_pylist()
    assert [grade is None for grade in grades] == [False, False, False, True]
    assert grades[1]["reason"] == "Not valid: the answer is empty."
    assert grades[0]["score"] == rg.Rubric().grade(GOOD, facts=FACTS).score
    assert out.schema.field("rollgrade").type == GradeBatch(basis="facts").type


def test_threads_grade_side_by_side() -> None:
    grade = GradeBatch(basis="facts")
    table = pa.concat_tables([TABLE] * 200)
    expected = grade(table)
    with ThreadPoolExecutor(4) as pool:
        assert all(out.equals(expected) for out in pool.map(grade, [table] * 8))


def test_rules_of_the_rubrics_own_are_in_the_column() -> None:
    seen = rg.Rule("seen", must_contain="Monday"), rg.Rule("scored", score=lambda columns: columns["pii"])
    for rules in (seen[:1], seen):
        out = GradeBatch(rg.Rubric(rules=rules), basis="facts")(TABLE)
        grades = out["rollgrade"].to_pylist()
        assert [grade and grade["seen"] for grade in grades] == [1.0, 0.0, 0.0, None]
        assert [grade and grade["passed"]["seen"] for grade in grades] == [True, False, False, None]
        assert ("scored" in grades[0]) == (len(rules) == 2)


@pytest.mark.parametrize(
    "batch",
    [
        TABLE.to_batches()[0],
        TABLE.to_pydict(),
        {
            "completion": np.array([GOOD, None, "Bad.", GOOD], dtype=object),
            "facts": [FACTS, FACTS, FACTS, None],
        },
        pl.DataFrame(TABLE),
        TABLE.to_pandas(),
    ],
    ids=["record batch", "dict", "arrays", "polars", "pandas"],
)
def test_batches_of_any_kind(batch: Any) -> None:
    out = GradeBatch(basis="facts")(batch)
    expected = GradeBatch(basis="facts")(TABLE)
    for key in ("rollgrade", "rollgrade_error"):
        found = out[key].to_pylist() if isinstance(out, pa.Table) else list(out[key])
        assert found == expected[key].to_pylist()
    if isinstance(batch, pl.DataFrame):
        assert isinstance(out, pl.DataFrame)
    with pytest.raises(TypeError, match="batch: got int"):
        GradeBatch(basis="facts")(3)


@pytest.mark.parametrize("kind", [pa.table, pl.DataFrame, dict])
def test_a_column_of_the_batchs_own_is_kept(kind: Any) -> None:
    grade, own = GradeBatch(basis="facts"), [0.77, 0.5, 0.25, 0.0]
    columns = TABLE.to_pydict() | {"rollgrade": own}
    out = grade(kind(columns))
    again = grade(out)
    for graded in (out, again):
        names = list(graded if kind is dict else graded.schema.names if kind is pa.table else graded.columns)
        assert names == [*TABLE.column_names, "rollgrade_reward", "rollgrade", "rollgrade_error"]
        kept = graded["rollgrade_reward"]
        assert (kept if kind is dict else kept.to_pylist() if kind is pa.table else kept.to_list()) == own


@pytest.mark.parametrize("own", [[1, 2, 3, 4], ["seen", None, None, None]])
def test_errors_of_the_batchs_own_are_not_overwritten(own: list[Any]) -> None:
    grade = GradeBatch(basis="facts")
    with pytest.raises(LogError, match="a column `rollgrade_error` of its own"):
        grade(TABLE.append_column("rollgrade_error", pa.array(own)))
    assert "rollgrade_error" in grade(grade(TABLE.to_pandas()).to_pandas()).column_names


def test_how_a_log_is_cut_changes_no_grade() -> None:
    table = pq.read_table(EXAMPLES / "trl" / "completions_00001.parquet")
    grade = pickle.loads(pickle.dumps(GradeBatch(EXAMPLES / "rubric.toml", basis="facts")))
    whole = grade(table)
    for size in (1, 7, 64):
        assert pa.concat_tables(grade(b) for b in table.to_batches(max_chunksize=size)).equals(whole)
    assert grade(table.slice(0, 0)).schema == whole.schema
    assert grade(whole).equals(whole)


def test_an_open_basis_and_missing_columns_are_errors() -> None:
    with pytest.raises(ValueError, match='basis: got none, and coverage.basis is "auto"'):
        GradeBatch()
    with pytest.raises(ValueError, match="coverage.basis"):
        GradeBatch(basis="sauce")
    assert GradeBatch(rg.Rubric(coverage={"basis": "none"}))(TABLE)["rollgrade_error"].null_count == 4
    with pytest.raises(
        LogError, match="no completions: got the columns n, expected a column of any known form"
    ):
        GradeBatch(basis="none")(TABLE.select(["n"]))
    with pytest.raises(LogError, match="expected `meta.text`"):
        GradeBatch(basis="none", completion="meta.text")(TABLE)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--engine", "spark"], 'engine: got \'spark\', expected "local" or "ray"'),
        (["--engine", "ray", "--limit", "3"], "--limit: is for one machine"),
        (["--engine", "ray", "--only-grades"], "--only-grades: is for one machine"),
    ],
)
def test_what_an_engine_does_not_do_is_said(options: list[str], message: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["score", str(EXAMPLES / "rollouts.jsonl"), "-o", str(tmp_path / "o.jsonl"), *options]
    )
    assert result.exit_code == 2
    assert message in result.output
    assert list(tmp_path.iterdir()) == []


def test_without_ray_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from rollgrade.logs.files import find_inputs, plan

    monkeypatch.setitem(sys.modules, "ray", None)
    log = EXAMPLES / "rollouts.jsonl"

    class Watcher:
        def form(self, file: Path, taken: str) -> None: ...
        def progress(self, bytes_read: int, records: int) -> None: ...
        def reject(self, reject: object) -> None: ...
        def note(self, text: str) -> None: ...

    with pytest.raises(ImportError, match=r"pip install 'rollgrade\[ray\]'"):
        score_jobs(
            plan(find_inputs([str(log)])[0], str(tmp_path / "o.jsonl")), rg.Rubric(), watcher=Watcher()
        )
    assert list(tmp_path.iterdir()) == []
