"""A trainer's call of the reward beside what tiktoken takes to encode the same completions four times."""

from __future__ import annotations

import json
from typing import Any

import pytest

import rollgrade as rg
from oracles import EXAMPLES, tiktoken_gpt2
from rollgrade.trainers import trl, verl

GROUPS, SIZE, TIMES = 8, 8, 4


def batch(which: str) -> dict[str, list[Any]]:
    """64 completions of four facts each, as TRL hands them over: eight documents of the example log, and eight
    completions a document, sampled from a small model or (which="references") the written reference eight times."""
    records = [json.loads(line) for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()]
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        groups.setdefault(record["prompt_id"], []).append(record)
    # The reference is the last one of its group.
    rows = [
        r for g in list(groups.values())[:GROUPS] for r in (g[:SIZE] if which == "sampled" else g[-1:] * SIZE)
    ]
    return {
        "prompts": [r["messages"][:-1] for r in rows],
        "completions": [r["messages"][-1:] for r in rows],
        "completion_ids": [[1, 2, 3]] * len(rows),
        "facts": [list(r["facts"]) for r in rows],
        "source": [r["messages"][1]["content"] for r in rows],
    }


def tiktoken_four_times(texts: list[str]) -> None:
    tik = tiktoken_gpt2()
    for _ in range(TIMES):
        for text in texts:
            tik.encode_ordinary(text)


@pytest.mark.parametrize("which", ["sampled", "references"])
def test_a_call_of_the_reward(race: Any, which: str) -> None:
    given = batch(which)
    texts = [messages[0]["content"] for messages in given["completions"]]
    assert len(texts) == 64
    assert all(len(facts) == 4 for facts in given["facts"])
    reward = trl.reward(rg.Rubric(), facts="facts", source="source", eos=3)
    logged: dict[str, float] = {}
    with_metrics = given | {"log_metric": logged.__setitem__, "log_extra": lambda column, values: None}
    rules = trl.rules(rg.Rubric(), facts="facts", source="source")
    race(
        f"TRL's call: 64 completions of 4 facts ({which}), metrics logged",
        {
            "rollgrade": lambda: reward(**with_metrics),
            "the five rules as functions": lambda: [rule(**given) for rule in rules],
            "tiktoken, four encodes of each": lambda: tiktoken_four_times(texts),
        },
    )


@pytest.mark.parametrize("which", ["sampled", "references"])
def test_a_call_for_one_sample(race: Any, which: str) -> None:
    given = batch(which)
    texts = [messages[0]["content"] for messages in given["completions"]]
    truths = [{"facts": f, "source": s} for f, s in zip(given["facts"], given["source"], strict=True)]
    compute = verl.ComputeScore(rubric=rg.Rubric())
    race(
        f"verl's calls: 64 samples of 4 facts ({which}), one by one",
        {
            "rollgrade": lambda: [
                compute("news", text, truth, {}) for text, truth in zip(texts, truths, strict=True)
            ],
            "tiktoken, four encodes of each": lambda: tiktoken_four_times(texts),
        },
    )
