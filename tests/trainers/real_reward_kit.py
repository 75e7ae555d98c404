"""reward-kit's ``@reward_function`` with rollgrade."""

from __future__ import annotations

from typing import Any

import pytest
from reward_kit import EvaluateResult, Message

import rollgrade as rg
from rollgrade.grades import RULES
from rollgrade.trainers import reward_kit as adapter

FACTS = ["The council approved the budget on Monday.", "Property taxes rise by 3 percent in May."]
SOURCE = (
    "After a long debate the council approved the budget on Monday. Property taxes rise by 3 percent in May."
)
ANSWER = "The council approved the budget on Monday, and property taxes rise by 3 percent in May."
EXPECTED = rg.Rubric().grade(ANSWER, facts=FACTS, source=SOURCE)


def conversation(answer: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": SOURCE}, {"role": "assistant", "content": answer}]


@pytest.mark.parametrize("given", [{"ground_truth": {"facts": FACTS}}, {"facts": FACTS}])
def test_pointwise(given: dict[str, Any]) -> None:
    for messages in (conversation(ANSWER), [Message(**m) for m in conversation(ANSWER)]):
        result = adapter.reward()(messages=messages, **given)
        assert isinstance(result, EvaluateResult)
        assert (result.score, result.reason, result.is_score_valid) == (EXPECTED.score, EXPECTED.reason, True)
        assert {rule: m.score for rule, m in result.metrics.items()} == {
            rule: getattr(EXPECTED, rule).score for rule in RULES
        }
        assert all(m.reason for m in result.metrics.values())


def test_batch() -> None:
    found = adapter.reward(mode="batch")(
        rollouts_messages=[conversation(ANSWER), conversation("The")], facts=FACTS
    )
    assert [result.score for result in found] == [EXPECTED.score, 0.0]


def test_a_row_that_is_skipped_is_marked_as_not_valid() -> None:
    result = adapter.reward(rg.Rubric(missing="skip", basis="facts"))(messages=conversation(ANSWER))
    assert (result.score, result.is_score_valid) == (0.0, False)
