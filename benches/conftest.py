"""Side-by-side benchmarks: every contestant is timed in every round, so that a neighbour's noise hits all alike.

The figures are ratios of medians; the last lines of a run are the tables of `benches/README.md`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

OURS = "rollgrade"
_ROWS: list[tuple[str, str, float, Mapping[str, float]]] = []

Race = Callable[..., None]


Contestant = Callable[[], Any] | tuple[int, Callable[[], Any]]


@pytest.fixture
def race_of_times(benchmark: Any, request: pytest.FixtureRequest) -> Race:
    """Compares what contestants (ours first, named rollgrade) say they take, in seconds, asked in turns."""

    def run(shape: str, contestants: Mapping[str, Callable[[], float]], *, rounds: int = 15) -> None:
        seconds: dict[str, list[float]] = {name: [] for name in contestants}

        def ask(names: list[str]) -> None:
            for name in names:
                seconds[name].append(contestants[name]())

        peers = [name for name in contestants if name != OURS]
        benchmark.pedantic(lambda: ask([OURS]), setup=lambda: ask(peers), rounds=rounds)
        medians = {name: statistics.median(times) for name, times in seconds.items()}
        benchmark.extra_info.update({"shape": shape, "median_seconds": medians})
        group = Path(request.node.path).stem.removeprefix("bench_")
        _ROWS.append(
            (group, shape, medians[OURS], {n: t / medians[OURS] for n, t in medians.items() if n != OURS})
        )

    return run


@pytest.fixture
def race(race_of_times: Race) -> Race:
    """Times `contestants` (ours first, named rollgrade) in turns, `rounds` times each after one warm-up. One that is
    given with a number does just that part of the work."""

    def run(shape: str, contestants: Mapping[str, Contestant], *, rounds: int = 15, each: int = 1) -> None:
        parts = {n: c if isinstance(c, tuple) else (1, c) for n, c in contestants.items()}
        for _, work in parts.values():
            work()

        def timed(part: int, work: Callable[[], Any]) -> float:
            start = time.perf_counter()
            for _ in range(each):
                work()
            return part * (time.perf_counter() - start) / each

        race_of_times(shape, {n: partial(timed, *c) for n, c in parts.items()}, rounds=rounds)

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
