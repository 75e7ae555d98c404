"""Grading on engines that spread work: one callable from Arrow batches to graded batches, and a cluster for a whole log.

- ``batches``: :class:`GradeBatch`, for Ray Data, Daft, Polars, Hugging Face datasets and whatever else maps batches
- ``ray``: rollout logs graded by a Ray cluster, as ``rollgrade score --engine ray`` does
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rollgrade.engines.batches import GradeBatch
from rollgrade.logs.files import STDOUT, writes_through

if TYPE_CHECKING:
    from rollgrade.logs.files import Job
    from rollgrade.logs.options import Options, RunWatcher
    from rollgrade.logs.summary import Summary
    from rollgrade.rubric import Rubric

__all__ = ["ENGINES", "GradeBatch", "on_engine"]

ENGINES = ("ray",)
"""Engines that grade a whole log."""


def on_engine(
    engine: str,
    jobs: Sequence[Job],
    rubric: Rubric,
    options: Options,
    *,
    watcher: RunWatcher,
    address: str | None = None,
) -> Summary:
    """Grades the inputs of every job into its output on an engine. Raises ``ValueError`` for an engine that is not known
    and for options that are for one machine alone."""
    if engine not in ENGINES:
        raise ValueError(f'engine: got {engine!r}, expected "local" or "{ENGINES[0]}"')
    for what, given in (
        ("--only-grades", options.style.only_grades),
        ("--limit", options.limit is not None),
        ("--sample", options.selection.at_most is not None),
        ("standard input or output", any(path == STDOUT for job in jobs for path in _paths(job))),
        (f"-o {jobs[0].output}", writes_through(jobs[0].output)),
    ):
        if given:
            raise ValueError(f"{what}: is for one machine; leave it out with --engine {engine}")
    from rollgrade.engines.ray import score_jobs

    return score_jobs(jobs, rubric, options, watcher=watcher, address=address)


def _paths(job: Job) -> list[Path]:
    return [job.output, *(item.path for item in job.inputs)]
