"""reward-kit, the predecessor of eval-protocol: the same ``@reward_function`` (reward-kit 0.4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rollgrade.rubric import Rubric
from rollgrade.trainers._evaluate import evaluator, reward_function
from rollgrade.trainers._reward import Fields

__all__ = ["reward"]


def reward(
    rubric: Rubric | str | Path | None = None,
    *,
    mode: str = "pointwise",
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    threads: int = 1,
) -> Callable[..., Any]:
    """A reward decorated with ``@reward_function(mode=mode)``; the arguments are those of
    :func:`rollgrade.trainers.eval_protocol.reward`."""
    return reward_function(
        evaluator(rubric, Fields.of(facts, source, reference), "reward_kit", threads), mode
    )
