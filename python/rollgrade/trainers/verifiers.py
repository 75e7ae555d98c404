"""verifiers: a base for your task with a reward and the rules' metrics.

The contract (verifiers 0.4, ``verifiers.v1``): a ``vf.Task`` has methods marked ``@vf.reward`` and ``@vf.metric``,
``async def (self, trace)``, which give a float or a mapping of floats. ``class Brief(verifiers.graded(rubric),
vf.Task[BriefData])`` has the reward ``rollgrade`` and the metrics ``rollgrade/length``, ``rollgrade/length_passed``, ...
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from rollgrade.completion import last_user_text
from rollgrade.rubric import Rubric
from rollgrade.trainers._reward import Fields, Grading, numbers, record, rows_of, texts

__all__ = ["graded"]


def graded(
    rubric: Rubric | str | Path | None = None,
    *,
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    weight: float = 1.0,
) -> type[Any]:
    """A base class that gives a task the reward ``rollgrade``, of this weight, and a metric for each rule.

    ``rubric``: a rubric, the name of a recipe, the path of a rubric file, or None for the defaults. The task data's
    fields ``facts``, ``source`` and ``reference`` (or those named here) say what a reply is graded against; without a
    source it is the prompt. A reply that the trace says was cut off is graded so.
    """
    vf: Any = import_module("verifiers.v1")
    fields = Fields.of(facts, source, reference)
    grading = Grading(rubric, declared=fields.named(), needs_all="verifiers")

    def scores(task: Any, trace: Any) -> dict[str, float]:
        given = task.data.model_dump()
        prompt = given.get("prompt")
        found = record(fields, None, given)
        if found.source is None:
            found = found._replace(source=prompt if isinstance(prompt, str) else last_user_text(prompt))
        found = found._replace(truncated=trace.is_truncated)
        return numbers(grading.grade(rows_of(texts([trace.last_reply]), [found])), "verifiers")[0]

    class Graded:
        """Grades the last reply of a trace by rollgrade's rubric."""

        @vf.reward(weight=weight)  # type: ignore[untyped-decorator]
        async def rollgrade(self, trace: Any) -> float:
            """The reward."""
            return scores(self, trace)["score"]

        @vf.metric  # type: ignore[untyped-decorator]
        async def rollgrade_rules(self, trace: Any) -> dict[str, float]:
            """Each rule's score and pass, whether the reply is valid, and its tokens."""
            found = scores(self, trace)
            return {f"rollgrade/{name}": value for name, value in found.items() if name != "score"}

    return Graded
