"""Ready rubrics, each a starting point: ``rollgrade.recipes.training(max_tokens=60)``."""

from __future__ import annotations

from typing import Any

from rollgrade.rubric import Rubric


def training(**settings: Any) -> Rubric:
    """The default: ``priority``, which has a slope everywhere, for a trainer's reward."""
    return Rubric(**{"combine": "priority", **settings})


def ranking(**settings: Any) -> Rubric:
    """``lexicographic``, where a higher rule always decides: best-of-n, evaluation, leaderboards."""
    return Rubric(**{"combine": "lexicographic", **settings})


def tutorial(**settings: Any) -> Rubric:
    """The public tutorial's final reward with the right numbers: nothing over the budget (in real GPT-2 tokens),
    else the geometric mean of coverage (of the facts, not of the document's words) and fluency."""
    return Rubric(**{"combine": "gate", **settings})
