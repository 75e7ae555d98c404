"""The page on engines: each snippet runs with its engine, and gives the grades that the callable gives. Run by
`make test-engines`."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from clusters import EXAMPLES

from rollgrade.engines import GradeBatch

PAGE = EXAMPLES.parent / "docs" / "engines.md"
SNIPPETS = re.findall(r"^```python (\w+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_every_engine_has_a_snippet() -> None:
    assert [name for name, _ in SNIPPETS] == ["ray", "polars", "daft", "datasets"]


@pytest.mark.parametrize(("name", "code"), SNIPPETS, ids=[name for name, _ in SNIPPETS])
def test_a_snippet_gives_the_same_grades(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(EXAMPLES)
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "out").rglob("*.parquet"))
    graded = pa.concat_tables([pq.read_table(file).select(["completion", "rollgrade"]) for file in files])
    logs = pa.concat_tables([pq.read_table(file) for file in sorted((EXAMPLES / "trl").glob("*.parquet"))])
    expected = GradeBatch(basis="facts")(logs)
    found = _by_completion(graded)
    assert len(found) == 520
    if name == "daft":  # it was given the facts alone, so nothing is known of the source
        expected = GradeBatch(basis="facts")(logs.select(["completion", "facts"]))
    assert found == _by_completion(expected)


def _by_completion(table: pa.Table) -> list[tuple[str, str]]:
    return sorted(
        (str(row["completion"]), str(row["rollgrade"]))
        for row in table.select(["completion", "rollgrade"]).to_pylist()
    )


def test_the_callable_takes_frames_and_is_pickled() -> None:
    grade = pickle.loads(pickle.dumps(GradeBatch(basis="facts")))
    frame = pl.read_parquet(EXAMPLES / "trl" / "completions_00001.parquet")
    out = grade(frame)
    assert isinstance(out, pl.DataFrame)
    assert out.columns == [*frame.columns, "rollgrade", "rollgrade_error"]
    assert out.drop("rollgrade", "rollgrade_error").equals(frame)
