"""Rescoring a log against merely parsing it: wall time, memory, and one thread against two.

    python benches/logs.py --gb 1 --gb 5
    python benches/logs.py --rubric summarization --rubric ranking   # several rubrics side by side

The log is generated under out/ and deleted afterwards: chat lines in groups of 8 completions, every prompt with its
own source and facts. Each contestant runs in a process of its own, in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from corpus import paragraphs

from oracles import documents

ROOT = Path(__file__).parent.parent
GROUP = 8
PARSERS = {
    "polars.read_ndjson": "import polars, sys; polars.read_ndjson(sys.argv[1])",
    "pyarrow.json": "import pyarrow.json, sys; pyarrow.json.read_json(sys.argv[1])",
    "json.loads, line by line": "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)",
    "pyarrow.parquet": "import pyarrow.parquet, sys; pyarrow.parquet.read_table(sys.argv[1])",
}
TO_PARQUET = """import pyarrow.json, pyarrow.parquet, sys
pyarrow.parquet.write_table(pyarrow.json.read_json(sys.argv[1]), sys.argv[2], row_group_size=20_000)"""


def records(seed: int = 0) -> Iterator[dict[str, object]]:
    """Chat lines without end."""
    dice = random.Random(seed)
    texts, facts = paragraphs(), [fact for document in documents() for fact in document["facts"]]
    log = (ROOT / "examples" / "rollouts.jsonl").read_text("utf-8").splitlines()
    answers = [json.loads(line)["messages"][-1]["content"] for line in log]
    prompt = 0
    while True:
        prompt += 1
        source = "\n\n".join([f"Report {prompt} of {dice.random():.9f}.", *dice.sample(texts, 5)])
        own = [f"{fact} That is number {prompt}." for fact in dice.sample(facts, 4)]
        for i in range(GROUP):
            answer = dice.choice(answers)
            messages = [{"role": "user", "content": source}, {"role": "assistant", "content": answer}]
            yield {
                "id": f"{prompt}/{i}",
                "step": prompt // 100,
                "messages": messages,
                "facts": own,
                "reward": dice.random(),
            }


def generate(path: Path, size: float) -> None:
    """Writes a log of `size` bytes."""
    path.parent.mkdir(exist_ok=True)
    done = 0
    with path.open("wb") as file:
        for record in records():
            done += file.write(json.dumps(record).encode() + b"\n")
            if done >= size:
                return


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds and peak resident megabytes of a process."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command}: {said.decode()}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def race(log: Path, rounds: int, rubrics: list[str]) -> None:
    """Runs every contestant in turns and prints the table."""
    out = log.with_name("graded" + log.suffix)
    score = [sys.executable, "-m", "rollgrade", "score", str(log), "-o", str(out)]
    parquet = log.suffix == ".parquet"
    contestants = {
        f"rollgrade score, {rubric}, {n} thread{'s' * (n > 1)}": [
            *score,
            *("--rubric", rubric),
            *("--threads", str(n)),
        ]
        for rubric in rubrics
        for n in (1, 2)
    }
    for name, code in PARSERS.items():
        if (name == "pyarrow.parquet") == parquet and (log.stat().st_size < 2e9 or "json.loads" in name):
            contestants[name] = [sys.executable, "-c", code, str(log)]
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, command in contestants.items():
            found[name].append(measured(command))
    size = log.stat().st_size
    print(f"\n{log.name}, {size / 1e9:.2f} GB, medians of {rounds}")
    for name, times in found.items():
        seconds, peak = statistics.median(t for t, _ in times), max(m for _, m in times)
        print(f"| {name} | {seconds:.1f} s | {size / seconds / 1e6:.0f} MB/s | {peak:.0f} MB |")
    out.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gb", type=float, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rubric", action="append", help="a recipe's name or a rubric file")
    given = parser.parse_args()
    rubrics = given.rubric or ["summarization"]
    for size in given.gb or [1.0]:
        log = ROOT / "out" / "bench_log.jsonl"
        rows = log.with_suffix(".parquet")
        try:
            generate(log, size * 1e9)
            race(log, given.rounds, rubrics)
            if size <= 1:
                # In a process of its own: what this one holds would count as its children's peak.
                subprocess.run([sys.executable, "-c", TO_PARQUET, str(log), str(rows)], check=True)
                race(rows, given.rounds, rubrics)
        finally:
            log.unlink(missing_ok=True)
            rows.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
