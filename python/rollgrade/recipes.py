"""Ready rubrics, each a starting point: ``rollgrade.recipes.summarization(max_tokens=60)``.

Each has a name (:data:`RECIPES`) that goes wherever a rubric does: in the trainers' ``rubric=`` and the command line's
``--rubric``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from rollgrade._names import nearest
from rollgrade.rubric import Rubric

__all__ = ["RECIPES", "as_rubric", "ranking", "summarization", "tutorial"]

STEPS = (1, 2, 3, 4)
"""The tutorial's rewards."""

_BASIS = {1: "none", 2: "source", 3: "facts", 4: "facts"}
_RULES = {1: (), 2: ("coverage",), 3: ("coverage",), 4: ("coverage", "fluency")}


def summarization(**settings: Any) -> Rubric:
    """The recommended rubric, which is the default one: ``priority``, with a slope everywhere, for training."""
    return Rubric(**settings)


def ranking(**settings: Any) -> Rubric:
    """``lexicographic``, where a higher rule always decides: best-of-n, evaluation, leaderboards."""
    return Rubric(combine="lexicographic").replace(**settings)


def tutorial(step: int = 4, *, as_published: bool = False, **settings: Any) -> Rubric:
    """One of the four rewards of Fireworks' public tutorial on reward hacking
    (https://docs.fireworks.ai/examples/reward-hacking), each of which is 0 over a budget of 50 tokens: 1 is nothing
    but that gate; 2 pays ROUGE-L with the document; 3 ROUGE-L with the joined facts; 4 the square root of that times
    fluency. ROUGE-L is stemmed.

    As meant: tokens are GPT-2's, ROUGE-L is the recall, fluency the built-in one (``fluency="lm"`` for GPT-2's), and an
    answer that is not valid gets 0.

    ``as_published``, to reproduce old curves: words between white space are counted for tokens; ROUGE's arguments are
    swapped, so that what is called recall is the precision, and the answer "The" scores 1; fluency is ``1 - (loss - 2) /
    8`` of GPT-2 (the extra ``[lm]``); step 4 takes coverage and fluency for at least .05, each; every answer is graded,
    whatever it says, thinking included. The tutorial rounds its rewards to four places, which this does not.
    """
    if step not in STEPS or isinstance(step, bool):
        raise ValueError(f"step: got {step!r}, expected 1, 2, 3 or 4")
    gate: dict[str, Any] = {"rules": _RULES[step]}
    coverage = {"basis": _BASIS[step], "measure": "rougeL-recall", "support": False, "readable": False}
    rubric = Rubric(combine="gate", gate=gate, over=0.0, coverage=coverage)
    if as_published:
        rubric = rubric.replace(
            invalid="grade",
            thinking="count",
            tokenizer="words",
            measure="rougeL-precision",
            truncated="ignore",
            floor=0.05 if step == 4 else 0.0,
            scorer="lm" if step == 4 else "builtin",
        )
    return rubric.replace(**settings)


RECIPES: Mapping[str, Callable[[], Rubric]] = MappingProxyType(
    {
        "summarization": summarization,
        "ranking": ranking,
        **{f"tutorial-{step}": partial(tutorial, step) for step in STEPS},
        **{f"tutorial-{step}-as-published": partial(tutorial, step, as_published=True) for step in STEPS},
    }
)
"""The recipes by name."""


def as_rubric(rubric: Rubric | str | os.PathLike[str] | None) -> Rubric:
    """The rubric that is meant: a rubric itself, the name of a recipe, the path of a rubric file, or None for the
    default one. A recipe goes before a file of its name; a ``Path`` is always a file. Raises ``ValueError`` where there
    is neither, and for a file with wrong settings."""
    if rubric is None:
        return Rubric()
    if isinstance(rubric, Rubric):
        return rubric
    if not isinstance(rubric, str | os.PathLike):
        raise TypeError(f"rubric: got {type(rubric).__name__}, expected a Rubric, a recipe's name or a path")
    if isinstance(rubric, str) and rubric in RECIPES:
        return RECIPES[rubric]()
    if rubric == "":  # a path to the folder that one is in
        raise ValueError("rubric: got nothing, expected a recipe's name or the path of a rubric file")
    try:
        return Rubric.from_file(rubric)
    except FileNotFoundError as error:
        raise ValueError(
            f"rubric: got {str(rubric)!r}, expected the path of a rubric file ({rubric}: {error.strerror}) or a recipe "
            f"({', '.join(RECIPES)}){nearest(rubric, RECIPES)}"
        ) from None
