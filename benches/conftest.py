"""Side-by-side benchmarks: every contestant is timed in every round, so that a neighbour's noise hits all alike.

The figures are ratios of medians; the last lines of a run are the tables of `benches/README.md`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

OURS = "rollgrade"
_ROWS: list[tuple[str, str, float, Mapping[str, float]]] = []

Race = Callable[..., None]


@pytest.fixture
def race(benchmark: Any, request: pytest.FixtureRequest) -> Race:
    """Times `contestants` (ours first, named rollgrade) in turns, `rounds` times each after one warm-up."""

    def run(
        shape: str, contestants: Mapping[str, Callable[[], Any]], *, rounds: int = 15, each: int = 1
    ) -> None:
        seconds: dict[str, list[float]] = {name: [] for name in contestants}
        for work in contestants.values():
            work()

        def peers() -> None:
            for name, work in contestants.items():
                if name == OURS:
                    continue
                start = time.perf_counter()
                for _ in range(each):
                    work()
                seconds[name].append((time.perf_counter() - start) / each)

        def ours() -> None:
            start = time.perf_counter()
            for _ in range(each):
                contestants[OURS]()
            seconds[OURS].append((time.perf_counter() - start) / each)

        benchmark.pedantic(ours, setup=peers, rounds=rounds)
        medians = {name: statistics.median(times) for name, times in seconds.items()}
        benchmark.extra_info.update({"shape": shape, "median_seconds": medians})
        group = Path(request.node.path).stem.removeprefix("bench_")
        _ROWS.append(
            (group, shape, medians[OURS], {n: t / medians[OURS] for n, t in medians.items() if n != OURS})
        )

    return run


def _duration(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for group in dict.fromkeys(row[0] for row in _ROWS):
        terminalreporter.write_line(
            f"\n{group}: time of each peer as a multiple of rollgrade's, medians of one run"
        )
        for _, shape, seconds, ratios in (row for row in _ROWS if row[0] == group):
            peers = ", ".join(f"{name} {ratio:.3g}x" for name, ratio in ratios.items())
            terminalreporter.write_line(f"| {shape} | {_duration(seconds)} | {peers} |")
