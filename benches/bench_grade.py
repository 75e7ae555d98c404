"""The whole grade of a completion beside one tiktoken `encode` of it; importing the package beside numpy."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import rollgrade as rg
from oracles import EXAMPLES, documents, tiktoken_gpt2

DOCUMENTS = documents()
RUBRIC = rg.Rubric()
TASK = RUBRIC.prepare(source=DOCUMENTS[0]["text"], facts=DOCUMENTS[0]["facts"])


def test_grade_of_a_prepared_task(race: Any) -> None:
    completions = [d["reference"] for d in DOCUMENTS] * 8
    tik = tiktoken_gpt2()
    race(
        f"full grade, prepared task, batch of {len(completions)} completions",
        {
            "rollgrade": lambda: TASK.grade_batch(completions),
            "one tiktoken encode of each": lambda: [tik.encode_ordinary(c) for c in completions],
        },
    )


def test_grade_against_a_source_with_pii(race: Any) -> None:
    completions = [d["reference"] for d in DOCUMENTS] * 8
    held = (
        " Jane Roe lives at 450 Maple Street, Boise. Call (415) 555-0132 or mail jane.roe82@example.org; her SSN is "
        "536-90-4399, born on January 12, 1945."
    )
    document = DOCUMENTS[0]
    task = RUBRIC.prepare(source=document["text"] + held, facts=document["facts"])
    race(
        f"full grade against a source that holds five values of PII, a batch of {len(completions)} completions",
        {
            "rollgrade": lambda: task.grade_batch(completions),
            "rollgrade, a source that holds none": lambda: TASK.grade_batch(completions),
        },
    )


def test_grade_with_evidence(race: Any) -> None:
    completion = DOCUMENTS[0]["reference"]
    tik = tiktoken_gpt2()
    race(
        "full grade with evidence, prepared task, one call",
        {
            "rollgrade": lambda: TASK.grade(completion),
            "one tiktoken encode of it": lambda: tik.encode_ordinary(completion),
        },
        each=50,
    )


def test_custom_rules(race: Any) -> None:
    completions = [d["reference"] for d in DOCUMENTS] * 8
    rubric = rg.Rubric.from_file(EXAMPLES / "custom_rules.toml")
    task = rubric.prepare(source=DOCUMENTS[0]["text"], facts=DOCUMENTS[0]["facts"])
    patterns = [
        re.compile(pattern, re.IGNORECASE if rule.ignore_case else 0)
        for rule in rubric.rules
        for pattern in rule.must_contain or rule.must_not_contain
    ]
    race(
        f"full grade with {len(rubric.rules)} custom rules, a batch of {len(completions)} completions",
        {
            "rollgrade": lambda: task.grade_batch(completions),
            "rollgrade without the rules": lambda: TASK.grade_batch(completions),
            "Python's re, the patterns alone": lambda: [p.findall(c) for c in completions for p in patterns],
        },
    )


def test_prepare(race: Any) -> None:
    document = DOCUMENTS[0]
    grader = RUBRIC._grader
    given = [(document["text"], document["facts"], None, None)]
    tik = tiktoken_gpt2()
    race(
        "preparing a task (source and four facts)",
        {
            "rollgrade": lambda: grader.prepare("facts", given, 1),
            "one tiktoken encode of the source": lambda: tik.encode_ordinary(document["text"]),
        },
        each=10,
    )


def test_import(race: Any) -> None:
    def fresh(code: str) -> None:
        subprocess.run([sys.executable, "-S", "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})

    race(
        "a fresh interpreter that imports it (an empty one beside it)",
        {
            "rollgrade": lambda: fresh("import rollgrade"),
            "numpy": lambda: fresh("import numpy"),
            "nothing": lambda: fresh("pass"),
        },
        rounds=11,
    )
