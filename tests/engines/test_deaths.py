"""A worker or a node that dies in the middle changes nothing in the output. Run by `make test-engines`."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from clusters import LINES, Watcher, jobs_of, locally, same_sums, two_nodes

from rollgrade import Rubric
from rollgrade.engines.ray import score_jobs
from rollgrade.logs.errors import LogError


@pytest.mark.parametrize("what", ["worker", "node"])
def test_a_death_in_the_middle_changes_nothing(tmp_path: Path, what: str) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(LINES * 12))
    here, there = tmp_path / "here" / "out.jsonl", tmp_path / "there" / "out.jsonl"
    summary, _ = locally(log, here)
    with two_nodes() as cluster:
        node = next(n for n in cluster.list_all_nodes() if n is not cluster.head_node)
        killed: list[int] = []

        def kill() -> None:
            parts = there.with_name(".out.jsonl.parts")
            while len(list(parts.glob("part-*"))) < 3:
                time.sleep(0.01)
            if what == "node":
                cluster.remove_node(node, allow_graceful=False)
                killed.append(0)
                return
            while not killed:
                for process in Path("/proc").iterdir():
                    if process.name.isdigit() and _is_grading(process, os.getpid()):
                        os.kill(int(process.name), signal.SIGKILL)
                        killed.append(int(process.name))
                        return

        killer = threading.Thread(target=kill)
        killer.start()
        found = score_jobs(jobs_of(log, there), Rubric(), watcher=Watcher(), chunk_bytes=400_000)
        killer.join(timeout=60)
    assert killed
    assert there.read_bytes() == here.read_bytes()
    same_sums(found, summary)
    assert found.graded == 12 * len(LINES)
    assert [path.name for path in there.parent.iterdir()] == ["out.jsonl"]


def _is_grading(process: Path, driver: int) -> bool:
    """Whether a process is a Ray worker of this run that runs a task of Ray Data's now."""
    try:
        name = (process / "cmdline").read_bytes().decode(errors="replace")
        return name.startswith("ray::") and "Map(_Task)" in name and int(process.name) != driver
    except OSError:
        return False


def test_no_cluster_at_the_address(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(LINES[0])
    with pytest.raises(LogError, match="no Ray cluster there"):
        score_jobs(jobs_of(log, tmp_path / "o.jsonl"), Rubric(), watcher=Watcher(), address="127.0.0.1:1")
