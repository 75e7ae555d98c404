"""Rewards with the exact contract of each trainer."""

from __future__ import annotations

import asyncio
import math
import pickle
from typing import Any

import pytest

import rollgrade as rg
from rollgrade.trainers import trl

FACTS = ["The council approved the new budget on Monday.", "Taxes rise by 3 percent in May."]
ANSWER = "The council approved the new budget on Monday, and taxes rise by 3 percent in May."
CONVERSATION = [{"role": "assistant", "content": ANSWER}]


def call(reward: Any, completions: list[Any], **columns: Any) -> list[float | None]:
    """A call as TRL 1.16's ``_calculate_rewards`` makes it."""
    n = len(completions)
    prompts = (
        ["Summarise."] * n
        if isinstance(completions[0], str)
        else [[{"role": "user", "content": "Summarise."}]] * n
    )
    found: list[float | None] = reward(
        prompts=prompts,
        completions=completions,
        completion_ids=[[1, 2, 3]] * n,
        trainer_state=object(),
        log_extra=lambda column, values: None,
        **columns,
    )
    return found


def test_trl_string_and_conversational_completions_get_the_same_floats() -> None:
    reward = trl.reward(rg.Rubric(), facts="facts", source="source")
    columns = {"facts": [FACTS] * 2, "source": [ANSWER] * 2}
    strings = call(reward, [ANSWER, "The"], **columns)
    messages = call(reward, [CONVERSATION, [{"role": "assistant", "content": "The"}]], **columns)
    assert strings == messages
    assert strings[1] == 0.0
    assert all(type(s) is float for s in strings)
    assert strings[0] == rg.Rubric().grade(ANSWER, facts=FACTS, source=ANSWER).score


def test_trl_metrics_go_through_log_metric_where_it_is_offered() -> None:
    logged: dict[str, float] = {}
    call(trl.reward(facts="facts"), [ANSWER, ANSWER], facts=[FACTS] * 2, log_metric=logged.__setitem__)
    assert logged["rollgrade/length_passed"] == 1.0
    assert {
        "rollgrade/coverage",
        "rollgrade/pii",
        "rollgrade/fluency",
        "rollgrade/form",
        "rollgrade/tokens",
    } <= set(logged)
    assert all(type(v) is float and math.isfinite(v) for v in logged.values())


def test_trl_the_async_trainer_calls_without_state_and_pickles() -> None:
    reward = pickle.loads(pickle.dumps(trl.reward(rg.Rubric(max_tokens=40), facts="facts", name="brief")))
    assert reward.__name__ == "brief"
    assert reward(prompts=["p"], completions=[ANSWER], completion_ids=[[1]], facts=[FACTS]) == [
        rg.Rubric(max_tokens=40).grade(ANSWER, facts=FACTS).score
    ]
    assert not asyncio.iscoroutinefunction(reward)


def test_trl_a_row_that_is_skipped_gets_none() -> None:
    reward = trl.reward(rg.Rubric(missing="skip"), facts="facts")
    assert call(reward, [ANSWER, ANSWER], facts=[FACTS, None])[1] is None


def test_trl_metrics_leave_out_rows_that_were_skipped() -> None:
    logged: dict[str, float] = {}
    reward = trl.reward(rg.Rubric(missing="skip"), facts="facts")
    call(reward, [ANSWER, ANSWER], facts=[FACTS, None], log_metric=logged.__setitem__)
    assert logged["rollgrade/coverage"] == rg.Rubric().grade(ANSWER, facts=FACTS).coverage.score


def test_trl_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(
        ValueError, match=r"facts: got 'fact', expected a column of the dataset \(there are: facts\)"
    ):
        call(trl.reward(facts="fact"), [ANSWER], facts=[FACTS])


def test_trl_takes_the_path_of_a_rubric_file(tmp_path: Any) -> None:
    path = tmp_path / "rubric.toml"
    rg.Rubric(max_tokens=10).to_file(path)
    assert trl.reward(path).rubric == trl.reward(str(path)).rubric == rg.Rubric(max_tokens=10)
    assert (
        repr(trl.reward(path, facts="facts")) == "rollgrade(Rubric(length={'max_tokens': 10}), facts='facts')"
    )
