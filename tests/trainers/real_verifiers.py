"""A verifiers task with rollgrade's reward and metrics, scored offline over traces."""

import asyncio
import json
from typing import Any

import pytest
import verifiers.v1 as vf
from pydantic import Field
from snippets import snippets
from verifiers.v1.configs.agent import WireAgentConfig
from verifiers.v1.graph import MessageNode
from verifiers.v1.trace import AgentInfo, Trace, TraceTask
from verifiers.v1.types import AssistantMessage, UserMessage

import rollgrade as rg
from rollgrade.grades import RULES
from rollgrade.trainers import verifiers as adapter

FACTS = ["The council approved the budget on Monday.", "Property taxes rise by 3 percent in May."]
SOURCE = (
    "After a long debate the council approved the budget on Monday. Property taxes rise by 3 percent in May."
)
ANSWER = "The council approved the budget on Monday, and property taxes rise by 3 percent in May."
EXPECTED = rg.Rubric().grade(ANSWER, facts=FACTS, source=SOURCE)


class BriefData(vf.TaskData):
    facts: list[str] = Field(default_factory=list)


class Brief(adapter.graded(rg.Rubric(), weight=2.0), vf.Task[BriefData]): ...


def scored(task: Any, *replies: Any, stopped: str | None = None) -> Trace:
    trace = Trace(
        task=TraceTask(type=type(task).__name__, data=task.data), agent=AgentInfo(config=WireAgentConfig())
    )
    trace.nodes = [MessageNode(message=UserMessage(content=task.data.prompt))]
    for parent, reply in enumerate(replies):
        trace.nodes.append(MessageNode(parent=parent, sampled=True, message=AssistantMessage(content=reply)))
    trace.stop_condition = stopped
    asyncio.run(task.score(trace, None))
    return trace


def test_a_task_has_the_reward_and_a_metric_a_rule() -> None:
    trace = scored(Brief(BriefData(prompt=SOURCE, facts=FACTS)), ANSWER)
    assert trace.rewards["rollgrade"].score == EXPECTED.score
    assert trace.reward == 2 * EXPECTED.score
    names = {
        f"rollgrade/{name}" for name in (*RULES, *(f"{rule}_passed" for rule in RULES), "valid", "tokens")
    }
    assert set(trace.metrics) == names
    assert trace.metrics["rollgrade/coverage"] == EXPECTED.coverage.score
    # They ride on the trace that is written.
    written = json.loads(trace.model_dump_json(exclude_none=True))
    assert written["metrics"]["rollgrade/length_passed"] == 1.0
    assert written["rewards"]["rollgrade"]["score"] == EXPECTED.score


@pytest.mark.parametrize(
    ("replies", "same_as"),
    [(["Let me see.", ANSWER], ANSWER), ([f"<think>a</think>{ANSWER}"], ANSWER), ([""], ""), ([None], "")],
)
def test_the_last_reply_is_graded(replies: list[Any], same_as: str) -> None:
    trace = scored(Brief(BriefData(prompt=SOURCE, facts=FACTS)), *replies)
    assert trace.rewards["rollgrade"].score == rg.Rubric().grade(same_as, facts=FACTS, source=SOURCE).score


def test_a_reply_that_was_cut_off_is_graded_so() -> None:
    with pytest.warns(UserWarning, match="limit on a completion"):
        trace = scored(Brief(BriefData(prompt=SOURCE, facts=FACTS)), ANSWER, stopped="max_output_tokens")
    assert trace.metrics["rollgrade/length_passed"] == 0.0


def test_a_task_without_facts_is_a_clear_error() -> None:
    class Named(adapter.graded(rg.Rubric(), facts="points"), vf.Task[BriefData]): ...

    with pytest.raises(Exception, match=r"facts: got 'points', expected a field of the row") as raised:
        scored(Named(BriefData(prompt=SOURCE, facts=FACTS)), ANSWER)
    assert "jane" not in str(raised.value)

    class Strict(adapter.graded(rg.Rubric(basis="facts")), vf.Task[BriefData]): ...

    with pytest.raises(Exception, match="facts: got nothing, expected a value"):
        scored(Strict(BriefData(prompt=SOURCE)), ANSWER)


def test_the_snippet_of_the_page() -> None:
    ((_, code),) = snippets("python verifiers")
    found: dict[str, Any] = {"__name__": "page"}
    exec(code, found)
    trace = scored(found["task"], "The vote passed on Monday.")
    assert trace.metrics["rollgrade/coverage_passed"] == 1.0
