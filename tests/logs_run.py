"""Rescoring a log inside a test, and a rubric that is graded in Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rollgrade import Rubric
from rollgrade.logs.files import find_inputs, plan
from rollgrade.logs.grading import Grader
from rollgrade.logs.reader import field_paths
from rollgrade.logs.records import Reject
from rollgrade.logs.rescore import Options, Style, rescore
from rollgrade.logs.summary import Summary

ANSWER = "The council approved the new budget on Monday after a long debate."
SOURCE = "The council met on Monday. After a long debate it approved the new budget of 12 million dollars."
FACTS = ["The council approved the new budget.", "The debate was long."]


def chat(answer: Any = ANSWER, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": SOURCE}, {"role": "assistant", "content": answer}]
    return {"messages": messages, "facts": FACTS, **more}


def write_log(path: Path, *records: Any) -> Path:
    """Writes records, or lines as they are, as JSONL."""
    lines = (record if isinstance(record, str) else json.dumps(record) for record in records)
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


class Slow(Rubric):
    """The same rubric, graded in Python: no path but the plain rubric's is Rust from end to end."""


class Told:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.forms: list[str] = []
        self.notes: list[str] = []
        self.rejects: list[Reject] = []

    def form(self, file: Path, taken: str) -> None:
        self.forms.append(taken)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def reject(self, reject: Reject) -> None:
        self.rejects.append(reject)

    def progress(self, bytes_read: int, records: int) -> None:
        pass


def run(
    *logs: Path,
    out: Path | str,
    rubric: Rubric | None = None,
    threads: int = 1,
    told: Told | None = None,
    paths: dict[str, str] | None = None,
    **options: Any,
) -> Summary:
    """Rescores logs into `out`."""
    inputs, _ = find_inputs([str(log) for log in logs])
    jobs = plan(inputs, str(out), only_grades=options.get("style", Style()).only_grades)
    given = Options(field_paths(**(paths or {})), **options)
    return rescore(jobs, Grader(rubric or Rubric(), threads=threads), given, told or Told())
