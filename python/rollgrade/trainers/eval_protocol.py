"""eval-protocol: ``@reward_function`` by :func:`reward`, and what goes inside ``@evaluation_test`` by :func:`rows`.

The contracts (eval-protocol 0.3): ``f(messages, **kwargs) -> EvaluateResult`` or, in mode "batch",
``f(rollouts_messages, **kwargs) -> list[EvaluateResult]``; an evaluation test gets an ``EvaluationRow`` (pointwise) or
a list of them (groupwise, all) and gives the same back with ``evaluation_result`` set. A row that the rubric skips
gets a result that is not valid, as a score of None is rejected.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rollgrade.rubric import Rubric
from rollgrade.trainers._evaluate import Evaluator, conversation_extra, evaluator, reward_function
from rollgrade.trainers._reward import Fields, record

__all__ = ["Rows", "reward", "rows"]


def reward(
    rubric: Rubric | str | Path | None = None,
    *,
    mode: str = "pointwise",
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    threads: int = 1,
) -> Callable[..., Any]:
    """A reward decorated with ``@reward_function(mode=mode)``.

    ``rubric``: a rubric, the name of a recipe, the path of a rubric file, or None for the defaults. The keyword
    ``ground_truth`` and the keywords ``facts``, ``source`` and ``reference`` (or those named here) say what an answer
    is graded against; without a source it is what the user said last.
    """
    fields = Fields.of(facts, source, reference)
    return reward_function(evaluator(rubric, fields, "eval_protocol", threads), mode)


class Rows:
    """Grades an ``EvaluationRow``, or a list of them. Made by :func:`rows`."""

    def __init__(self, evaluate: Evaluator) -> None:
        self._evaluate = evaluate

    def __call__(self, given: Any) -> Any:
        """What was given, each row with its ``evaluation_result``."""
        many = given if isinstance(given, list) else [given]
        records = [
            record(self._evaluate.fields, row.ground_truth, conversation_extra(row), row=number)
            for number, row in enumerate(many)
        ]
        results = self._evaluate([row.messages for row in many], records)
        for row, result in zip(many, results, strict=True):
            row.evaluation_result = result
        return given


def rows(
    rubric: Rubric | str | Path | None = None,
    *,
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    threads: int = 1,
) -> Rows:
    """Grades rows inside ``@evaluation_test``: ``return grade(row)`` or ``return grade(rows)``.

    The arguments are those of :func:`reward`; what they name is looked for in a row's ground truth, in its further
    fields and in its ``dataset_info``.
    """
    return Rows(evaluator(rubric, Fields.of(facts, source, reference), "eval_protocol", threads))
