"""TRL (GRPO, RLOO): ``GRPOTrainer(..., reward_funcs=[trl.reward(rubric, facts="facts", source="source")])``.

The contract (TRL 1.16): ``f(prompts=, completions=, completion_ids=, **columns, log_metric=, ...)`` gives one
float or None a completion; dataset columns come as lists aligned with the completions; a completion is a string or,
for conversational prompts, a list of messages; the metric's name is ``__name__``; the function may be pickled to
another process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rollgrade.rubric import Rubric
from rollgrade.trainers._reward import as_rubric, column, metrics


class Reward:
    """A reward function with TRL's contract. Made by :func:`reward`."""

    def __init__(
        self,
        rubric: Rubric,
        *,
        facts: str | None,
        source: str | None,
        reference: str | None,
        name: str,
        threads: int,
    ) -> None:
        self.rubric = rubric
        self.facts = facts
        self.source = source
        self.reference = reference
        self.threads = threads
        # TRL names the metric by it; two rewards of one name would silently merge theirs.
        self.__name__ = name

    def __call__(
        self,
        prompts: Any = None,
        completions: Sequence[Any] = (),
        completion_ids: Any = None,
        *,
        log_metric: Callable[[str, float], None] | None = None,
        log_extra: Any = None,
        trainer_state: Any = None,
        environments: Any = None,
        **columns: Any,
    ) -> list[float | None]:
        """One reward a completion, None where the rubric skips a row.

        ``completion_ids`` are the policy's tokens, not the budget's: the text is counted anew.
        """
        grades = self.rubric.grade_batch(
            completions,
            sources=column(columns, "source", self.source),
            facts=column(columns, "facts", self.facts),
            references=column(columns, "reference", self.reference),
            threads=self.threads,
        )
        if log_metric is not None:
            for metric, value in metrics(grades).items():
                log_metric(metric, value)
        return grades.rewards()

    def __repr__(self) -> str:
        given = {"facts": self.facts, "source": self.source, "reference": self.reference}
        columns = ", ".join(f"{k}={v!r}" for k, v in given.items() if v is not None)
        return f"{self.__name__}({self.rubric!r}{', ' + columns if columns else ''})"


def reward(
    rubric: Rubric | str | Path | None = None,
    *,
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    name: str = "rollgrade",
    threads: int = 1,
) -> Reward:
    """A picklable reward function for TRL.

    ``rubric``: a rubric, the path of a rubric file, or None for the defaults. ``facts``, ``source``,
    ``reference``: the names of the dataset's columns that hold them. ``name``: the metric's name.
    """
    return Reward(
        as_rubric(rubric), facts=facts, source=source, reference=reference, name=name, threads=threads
    )
