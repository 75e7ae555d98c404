"""eval-protocol's decorators and its evaluation tests with rollgrade, offline: the rows hold their completions."""
# No `from __future__ import annotations`: eval-protocol compares annotations by identity.

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from eval_protocol import EvaluateResult, reward_function
from eval_protocol.models import EvaluationRow, InputMetadata, Message
from snippets import snippets

import rollgrade as rg
from rollgrade.grades import RULES
from rollgrade.trainers import eval_protocol as adapter

FACTS = ["The council approved the budget on Monday.", "Property taxes rise by 3 percent in May."]
SOURCE = "After a long debate the council approved the budget on Monday. Property taxes rise by 3 percent in May. Write to jane.roe@example.org."
ANSWER = "The council approved the budget on Monday, and property taxes rise by 3 percent in May."
LEAK = "The council approved the budget on Monday; write to jane.roe@example.org about it."
EXPECTED = rg.Rubric().grade(ANSWER, facts=FACTS, source=SOURCE)


def conversation(answer: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": SOURCE}, {"role": "assistant", "content": answer}]


def row(answer: str, **more: Any) -> EvaluationRow:
    return EvaluationRow(messages=[Message(**m) for m in conversation(answer)], **more)


def check(result: Any, grade: rg.Grade) -> None:
    assert isinstance(result, EvaluateResult)
    assert result.is_score_valid
    assert (result.score, result.reason) == (grade.score, grade.reason)
    assert list(result.metrics) == list(RULES)
    for rule, metric in result.metrics.items():
        assert metric.score == getattr(grade, rule).score
        assert metric.data == {"passed": getattr(grade, rule).passed}
        assert metric.reason
    assert "jane.roe" not in result.model_dump_json()


@pytest.mark.parametrize(
    "given",
    [
        {"ground_truth": {"facts": FACTS}},
        {"facts": FACTS},
        {"ground_truth": json.dumps({"key_facts": FACTS})},
    ],
)
def test_a_pointwise_reward_function(given: dict[str, Any]) -> None:
    reward = adapter.reward()
    assert reward._reward_function_mode == "pointwise"
    for answer in (ANSWER, LEAK):
        for messages in (conversation(answer), [Message(**m) for m in conversation(answer)]):
            check(reward(messages=messages, **given), rg.Rubric().grade(answer, facts=FACTS, source=SOURCE))


def test_a_batch_reward_function() -> None:
    reward = adapter.reward(mode="batch")
    assert reward._reward_function_mode == "batch"
    rollouts = [conversation(ANSWER), conversation(LEAK)]
    for given in ({"facts": FACTS}, {"facts": [FACTS, FACTS]}, {"ground_truth": [{"facts": FACTS}] * 2}):
        found = reward(rollouts_messages=rollouts, **given)
        for result, answer in zip(found, (ANSWER, LEAK), strict=True):
            check(result, rg.Rubric().grade(answer, facts=FACTS, source=SOURCE))
    with pytest.raises(ValueError, match="mode: got 'all', expected"):
        adapter.reward(mode="all")


def test_a_row_that_is_skipped_is_marked_as_not_valid() -> None:
    reward = adapter.reward(rg.Rubric(missing="skip", basis="facts"))
    result = reward(messages=conversation(ANSWER))
    assert (result.score, result.is_score_valid) == (0.0, False)
    assert result.reason.startswith("Not graded: facts: got nothing")
    with pytest.raises(ValueError, match="row 0: facts: got nothing"):
        adapter.reward(rg.Rubric(basis="facts"))(messages=conversation(ANSWER))


def test_content_of_parts_and_the_reason_it_stopped() -> None:
    reward = adapter.reward()
    parts = [{"type": "text", "text": ANSWER}]
    assert reward(messages=conversation(parts), facts=FACTS).score == EXPECTED.score
    graded = adapter.rows()(
        row(
            ANSWER,
            ground_truth={"facts": FACTS},
            input_metadata=InputMetadata(dataset_info={"facts": ["Other."]}),
        )
    )
    check(graded.evaluation_result, EXPECTED)
    cut = row(ANSWER, ground_truth={"facts": FACTS})
    cut.execution_metadata.finish_reason = "length"
    with pytest.warns(UserWarning, match="limit on a completion"):
        adapter.rows()(cut)
    assert not cut.evaluation_result.metrics["length"].data["passed"]


def test_a_result_can_be_used_inside_a_reward_of_ones_own() -> None:
    inner = adapter.reward()

    @reward_function
    def doubled(messages: list[Message], **kwargs: Any) -> EvaluateResult:
        result = inner(messages=messages, **kwargs)
        return result.model_copy(update={"score": result.score / 2})

    assert doubled(messages=conversation(ANSWER), facts=FACTS).score == EXPECTED.score / 2


SUITE = """
import warnings
from eval_protocol.models import EvaluationRow, Message
from eval_protocol.pytest import evaluation_test
from eval_protocol.pytest.default_no_op_rollout_processor import NoOpRolloutProcessor

import rollgrade as rg
from rollgrade.trainers import eval_protocol

SOURCE, FACTS, ANSWERS = {source!r}, {facts!r}, {answers!r}
ROWS = [
    EvaluationRow(
        messages=[Message(role="user", content=SOURCE), Message(role="assistant", content=answer)],
        ground_truth={{"facts": FACTS, "source": SOURCE}},
    )
    for answer in ANSWERS
]
grade = eval_protocol.rows(rg.Rubric())


@evaluation_test(input_rows=[ROWS], rollout_processor=NoOpRolloutProcessor(), mode="pointwise", passed_threshold=0.1)
def test_pointwise(row: EvaluationRow) -> EvaluationRow:
    return grade(row)


@evaluation_test(
    input_rows=[ROWS], completion_params=[{{"model": "a"}}, {{"model": "b"}}],
    rollout_processor=NoOpRolloutProcessor(), mode="groupwise",
)
def test_groupwise(rows: list[EvaluationRow]) -> list[EvaluationRow]:
    return grade(rows)


@evaluation_test(input_rows=[ROWS], rollout_processor=NoOpRolloutProcessor(), mode="all")
def test_all(rows: list[EvaluationRow]) -> list[EvaluationRow]:
    return grade(rows)
"""


def test_evaluation_tests_pointwise_groupwise_and_all(tmp_path: Path) -> None:
    answers = [ANSWER, LEAK]
    (tmp_path / "test_suite.py").write_text(
        SUITE.format(source=SOURCE, facts=FACTS, answers=answers), "utf-8"
    )
    suite_passes(tmp_path)
    logs = sorted((tmp_path / "out").rglob("*.jsonl"))
    assert len(logs) >= 3
    expected = {a: rg.Rubric().grade(a, facts=FACTS, source=SOURCE).score for a in answers}
    for log in logs:
        for line in log.read_text("utf-8").splitlines():
            record = json.loads(line)
            assert record["evals"]["score"] == expected[record["messages"][-1]["content"]]
            assert set(record["eval_details"]["metrics"]) >= set(RULES)


def suite_passes(folder: Path) -> None:
    """Runs the tests of a folder as a user would."""
    environment = {
        "EP_NO_UPLOAD": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "EP_OUTPUT_DIR": str(folder / "out"),
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_suite.py"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_snippets_of_the_page(tmp_path: Path) -> None:
    test, reward = [code for _, code in snippets("python eval-protocol")]
    (tmp_path / "test_suite.py").write_text(test, "utf-8")
    suite_passes(tmp_path)
    found: dict[str, Any] = {}
    exec(reward, found)
    assert found["result"].is_score_valid
