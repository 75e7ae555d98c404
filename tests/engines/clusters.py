"""What the tests of Ray share: a cluster of two nodes, and the same log graded on one machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray
from ray.cluster_utils import Cluster

from rollgrade import Rubric
from rollgrade.logs.files import Job, find_inputs, plan
from rollgrade.logs.grading import Grader
from rollgrade.logs.reader import field_paths
from rollgrade.logs.records import Reject
from rollgrade.logs.rescore import Options, rescore
from rollgrade.logs.summary import Summary

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
LINES = (EXAMPLES / "rollouts.jsonl").read_bytes().splitlines(keepends=True)


class Watcher:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.rejects: list[Reject] = []
        self.records = 0

    def form(self, file: Path, taken: str) -> None: ...

    def progress(self, bytes_read: int, records: int) -> None:
        self.records += records

    def reject(self, reject: Reject) -> None:
        self.rejects.append(reject)

    def note(self, text: str) -> None: ...


@contextlib.contextmanager
def two_nodes() -> Iterator[Cluster]:
    """A head and one more node, a core each."""
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 100 << 20})
    try:
        made.add_node(num_cpus=1, object_store_memory=100 << 20)
        made.wait_for_nodes()
        ray.init(address=made.address, logging_level="ERROR", log_to_driver=False)
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


def jobs_of(log: Path, out: Path) -> list[Job]:
    return plan(find_inputs([str(log)])[0], str(out))


def locally(log: Path, out: Path, **paths: str) -> tuple[Summary, Watcher]:
    watcher = Watcher()
    return rescore(jobs_of(log, out), Grader(Rubric()), Options(field_paths(**paths)), watcher), watcher


def same_sums(one: Summary, other: Summary) -> None:
    for name in (
        "graded",
        "rejected",
        "blank",
        "valid",
        "tokens",
        "over_budget",
        "passed",
        "measured",
        "pii",
        "basis",
    ):
        assert getattr(one, name) == getattr(other, name), name
    assert one.reward == pytest.approx(other.reward)
    assert [w.score for w in one.worst()] == [w.score for w in other.worst()]
