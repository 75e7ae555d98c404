"""Logs on a real Ray cluster of two nodes: the same output as on one machine. Run by `make test-engines`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import ray
from clusters import EXAMPLES, LINES, Watcher, jobs_of, locally, same_sums, two_nodes
from ray.cluster_utils import Cluster

from rollgrade import Rubric
from rollgrade.engines import GradeBatch
from rollgrade.engines.ray import score_jobs
from rollgrade.logs.errors import LogError
from rollgrade.logs.files import find_inputs, plan, rejects_path
from rollgrade.logs.grading import Grader
from rollgrade.logs.rescore import Options, rescore


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with two_nodes() as made:
        yield made


@pytest.fixture
def hard_log(tmp_path: Path) -> Path:
    """Lines of every kind: CRLF, blank, broken, not UTF-8, very long, and a last one without an end."""
    log = tmp_path / "log.jsonl"
    lines = [
        *LINES[:100],
        b"\r\n",
        b"{broken\n",
        b"\xff\xfe{}\n",
        *(line.rstrip() + b"\r\n" for line in LINES[100:200]),
    ]
    lines += [
        b"\n",
        json.dumps({"x": "y" * 300_000}).encode() + b"\n",
        *LINES[200:300],
        b'{"no": "completion"}\n',
    ]
    log.write_bytes(b"".join(lines) + LINES[300].rstrip())
    return log


@pytest.mark.parametrize("chunk_bytes", [1000, 20_000, 333_333, 64 << 20])
def test_the_output_is_that_of_one_machine(
    cluster: Cluster, hard_log: Path, tmp_path: Path, chunk_bytes: int
) -> None:
    if chunk_bytes == 1000:  # most chunks hold no beginning of a line
        hard_log.write_bytes(b"".join(hard_log.read_bytes().splitlines(keepends=True)[95:112]))
    here, there = tmp_path / "here" / "out.jsonl", tmp_path / "there" / "out.jsonl"
    summary, heard = locally(hard_log, here)
    watcher = Watcher()
    found = score_jobs(jobs_of(hard_log, there), Rubric(), watcher=watcher, chunk_bytes=chunk_bytes)
    assert there.read_bytes() == here.read_bytes()
    assert rejects_path(there).read_bytes() == rejects_path(here).read_bytes()
    assert [(r.number, r.reason) for r in watcher.rejects] == [(r.number, r.reason) for r in heard.rejects]
    same_sums(found, summary)
    assert watcher.records == summary.read
    assert sorted(path.name for path in there.parent.iterdir()) == ["out.jsonl", "out.jsonl.rejects.jsonl"]


def test_parquet_in_many_row_groups(cluster: Cluster, tmp_path: Path) -> None:
    table = pa.concat_tables([pq.read_table(f) for f in sorted((EXAMPLES / "trl").glob("*.parquet"))])
    log = tmp_path / "log.parquet"
    pq.write_table(table, log, row_group_size=37)
    here, there = tmp_path / "here" / "out.parquet", tmp_path / "there" / "out.parquet"
    summary, _ = locally(log, here)
    found = score_jobs(jobs_of(log, there), Rubric(), watcher=Watcher(), chunk_bytes=10_000)
    assert pq.read_table(there).equals(pq.read_table(here))
    assert pq.read_table(there).num_rows == 520
    same_sums(found, summary)


def test_several_files_into_one_output_and_into_a_folder(cluster: Cluster, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a.jsonl").write_bytes(b"".join(LINES[:60]) + b"{broken\n" + b"".join(LINES[60:100]))
    (logs / "b.jsonl").write_bytes(b"")
    (logs / "c.jsonl").write_bytes(b"".join(LINES[100:200]) + b"[]\n")
    for out in ("one.jsonl", "many/"):
        folders = [tmp_path / where for where in ("here", "there")]
        summary = rescore(
            plan(find_inputs([str(logs)])[0], f"{folders[0]}/{out}"), Grader(Rubric()), Options(), Watcher()
        )
        found = score_jobs(
            plan(find_inputs([str(logs)])[0], f"{folders[1]}/{out}"),
            Rubric(),
            watcher=Watcher(),
            chunk_bytes=50_000,
        )
        same_sums(found, summary)
        here, there = (
            {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders
        )
        assert there == here


def test_map_batches_gives_a_row_for_each_row(cluster: Cluster, tmp_path: Path) -> None:
    table = pa.concat_tables([pq.read_table(f) for f in sorted((EXAMPLES / "trl").glob("*.parquet"))])
    table = table.set_column(0, "step", pa.array(range(520), pa.int64()))
    pq.write_table(table, tmp_path / "log.parquet", row_group_size=50)
    grade = GradeBatch(basis="facts")
    graded = ray.data.read_parquet(str(tmp_path / "log.parquet")).map_batches(
        grade, batch_format="pyarrow", batch_size=64, zero_copy_batch=True
    )
    rows = sorted(graded.take_all(), key=lambda row: row["step"])
    expected = grade(table)
    assert [row["step"] for row in rows] == list(range(520))
    assert [row["rollgrade"] for row in rows] == expected["rollgrade"].to_pylist()
    assert all(row["rollgrade_error"] is None for row in rows)


def test_the_command(cluster: Cluster, hard_log: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here" / "out.jsonl", tmp_path / "there" / "out.jsonl"
    done = [
        subprocess.run(
            [sys.executable, "-m", "rollgrade", "score", hard_log, "-o", out, *engine],
            check=False, capture_output=True, text=True,
        )
        for out, engine in ((here, []), (there, ["--engine", "ray", "--address", cluster.address]))
    ]  # fmt: skip
    assert [d.returncode for d in done] == [1, 1], done[1].stderr
    assert there.read_bytes() == here.read_bytes()
    assert done[1].stdout.replace("/there/", "/here/") == done[0].stdout
    assert done[1].stderr.replace("/there/", "/here/") == done[0].stderr


def test_what_cannot_run_says_so(cluster: Cluster, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"a": 1}\n' * 10)
    with pytest.raises(LogError, match="no known form"):
        score_jobs(jobs_of(log, tmp_path / "o.jsonl"), Rubric(), watcher=Watcher())
    assert [path.name for path in tmp_path.iterdir()] == ["log.jsonl"]
