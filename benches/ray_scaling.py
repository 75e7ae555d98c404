"""A log graded by Ray with one worker and with two, in turns: rollouts a second, and what a billion rollouts come to.

Run in the environment of the engines: ``make test-engines`` makes it, then
``.venv-engines/bin/python benches/ray_scaling.py``. Every prompt's facts and source are unique, in groups of 8.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import ray

from rollgrade import Rubric
from rollgrade.engines.ray import score_jobs
from rollgrade.logs.files import find_inputs, plan
from rollgrade.logs.grading import Grader
from rollgrade.logs.rescore import Options, rescore

EXAMPLES = Path(__file__).parent.parent / "examples"


class Quiet:
    """A watcher that says nothing."""

    def form(self, file: Path, taken: str) -> None: ...
    def progress(self, bytes_read: int, records: int) -> None: ...
    def reject(self, reject: object) -> None: ...
    def note(self, text: str) -> None: ...


def make_log(path: Path, rollouts: int) -> None:
    """Groups of 8 answers; a number in each source and fact makes them unique."""
    rows = [json.loads(line) for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()]
    with path.open("w", encoding="utf-8") as file:
        for group in range(rollouts // 8):
            task = rows[group * 13 % len(rows)]
            source = f"{task['messages'][1]['content']} This is document {group}."
            facts = [*task["facts"][:3], f"{task['facts'][3]} This is document {group}."]
            for answer in range(8):
                said = rows[(group * 13 + answer) % len(rows)]["messages"][-1]
                messages = [{"role": "user", "content": source}, said]
                record = {"id": f"{group}/{answer}", "prompt_id": group, "messages": messages, "facts": facts}
                file.write(json.dumps(record) + "\n")


def with_workers(workers: int, log: Path, out: Path) -> float:
    """Seconds that a cluster of so many cores takes, without its start."""
    ray.init(num_cpus=workers, logging_level="ERROR", log_to_driver=False, include_dashboard=False)
    try:
        ray.data.range(workers).map(lambda row: row).take_all()  # its processes are there
        start = time.perf_counter()
        score_jobs(plan(find_inputs([str(log)])[0], str(out)), Rubric(), watcher=Quiet(), chunk_bytes=4 << 20)
        return time.perf_counter() - start
    finally:
        ray.shutdown()


def graded(log: Path, out: Path, chunk_bytes: int) -> None:
    """Grades a log on the cluster that there is."""
    jobs = plan(find_inputs([str(log)])[0], str(out))
    score_jobs(jobs, Rubric(), watcher=Quiet(), chunk_bytes=chunk_bytes)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rollouts", type=int, default=24_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log, out = Path(folder) / "log.jsonl", Path(folder) / "out.jsonl"
        make_log(log, given.rollouts)
        before = time.process_time()
        rescore(plan(find_inputs([str(log)])[0], str(out)), Grader(Rubric()), Options(), Quiet())
        core_seconds = time.process_time() - before
        size, written = log.stat().st_size, out.stat().st_size
        times: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(given.rounds):
            for workers, seconds in times.items():
                seconds.append(with_workers(workers, log, out))
                print(f"{workers} worker(s): {seconds[-1]:.1f} s", flush=True)
    one, two = (statistics.median(seconds) for seconds in times.values())
    pairs = [a / b for a, b in zip(*times.values(), strict=True)]
    print(f"{given.rollouts:,} rollouts, {size / 1e6:.0f} MB in, {written / 1e6:.0f} MB out")
    print(
        f"core seconds on one machine  {core_seconds:.1f}  ({given.rollouts / core_seconds:,.0f} rollouts a core second)"
    )
    print(f"one worker   {one:.1f} s  {given.rollouts / one:,.0f}/s")
    print(f"two workers  {two:.1f} s  {given.rollouts / two:,.0f}/s")
    print(f"ratio of each round  {', '.join(f'{ratio:.2f}' for ratio in pairs)}")
    hours = core_seconds / given.rollouts * 1e9 / 3600
    print(
        f"a billion rollouts: {hours:,.0f} core hours, {size / given.rollouts / 1e3:.1f} TB in, {written / given.rollouts / 1e3:.1f} TB out"
    )


if __name__ == "__main__":
    main()
