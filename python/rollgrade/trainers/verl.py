"""verl: ``reward.custom_reward_function.path=pkg://rollgrade.trainers.verl``, ``.name=compute_score``.

The contract (verl 0.9): ``compute_score(data_source=, solution_str=, ground_truth=, extra_info=, **reward_kwargs)``
gives a dict with ``score``, one sample a call, from many threads; the dict has the same keys for every sample and its
values are numbers. Older verl's ``batch`` manager passes lists: ``data_sources=``, ``solution_strs=``, ... (name
``compute_score_batch``).

``ground_truth``: a reference (a string), facts (a list, also a NumPy array of objects or JSON), or an object with
``facts``, ``source`` and ``reference``. What stands in ``extra_info`` under these names is taken too, but verl does not
write it into its dump, so what a rescore needs belongs into the ground truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rollgrade._names import nearest
from rollgrade.rubric import Rubric
from rollgrade.trainers._reward import Fields, Grading, numbers, record, rows_of, texts

__all__ = ["ComputeScore", "ComputeScoreBatch", "compute_score", "compute_score_batch"]

_SETTINGS = ("rubric", "facts", "source", "reference", "threads")
_FROM_VERL = frozenset({"reward_router_address", "reward_model_tokenizer"})


class ComputeScore:
    """verl's reward function. ``reward_kwargs`` say the rest: ``rubric`` (the path of a rubric file or a recipe's
    name), ``facts``, ``source``, ``reference`` (where a row has them under other names), ``threads``. A rubric file is
    read once."""

    __name__ = "compute_score"

    def __init__(self, **settings: Any) -> None:
        """``settings``: what ``reward_kwargs`` may say, for a reward function in a file of your own."""
        self._settings = _checked(settings)
        self._prepared: dict[Any, tuple[Grading, Fields]] = {}

    def __call__(
        self,
        data_source: Any = None,
        solution_str: str = "",
        ground_truth: Any = None,
        extra_info: Any = None,
        **settings: Any,
    ) -> dict[str, float]:
        """The reward of one sample as ``score``, with each rule's score, ``<rule>_passed``, ``valid`` and
        ``tokens``."""
        return self._scores([solution_str], [ground_truth], [extra_info], settings)[0]

    def _scores(
        self,
        solutions: Sequence[Any],
        truths: Sequence[Any],
        extras: Sequence[Any],
        settings: Mapping[str, Any],
    ) -> list[dict[str, float]]:
        grading, fields = self._with(settings)
        records = [
            record(fields, truth, extra, row=row)
            for row, (truth, extra) in enumerate(zip(truths, extras, strict=True))
        ]
        return numbers(grading.grade(rows_of(texts(solutions), records)), "verl")

    def _with(self, settings: Mapping[str, Any]) -> tuple[Grading, Fields]:
        chosen = self._settings | _checked(settings)
        key = tuple(chosen.get(name) for name in _SETTINGS)
        if key not in self._prepared:
            fields = Fields.of(chosen.get("facts"), chosen.get("source"), chosen.get("reference"))
            grading = Grading(
                chosen.get("rubric"),
                declared=fields.named(),
                threads=chosen.get("threads", 1),
                needs_all="verl",
            )
            # Threads that come at the same time agree on the first.
            self._prepared.setdefault(key, (grading, fields))
        return self._prepared[key]


class ComputeScoreBatch(ComputeScore):
    """The same for the ``batch`` manager of older verl: lists in, one dict a sample out."""

    __name__ = "compute_score_batch"

    def __call__(  # type: ignore[override]
        self,
        data_sources: Any = None,
        solution_strs: Sequence[str] = (),
        ground_truths: Any = None,
        extra_infos: Any = None,
        **settings: Any,
    ) -> list[dict[str, float]]:
        """One dict a sample, as :class:`ComputeScore` gives it."""
        nothing = [None] * len(solution_strs)
        truths = nothing if ground_truths is None else list(ground_truths)
        extras = nothing if extra_infos is None else list(extra_infos)
        for name, given in (("ground_truths", truths), ("extra_infos", extras)):
            if len(given) != len(solution_strs):
                raise ValueError(
                    f"{name}: got {len(given)} entries, expected {len(solution_strs)}, one a sample"
                )
        return self._scores(solution_strs, truths, extras, settings)


def _checked(settings: Mapping[str, Any]) -> dict[str, Any]:
    for name in settings:
        if name not in _SETTINGS and name not in _FROM_VERL:
            raise ValueError(
                f"reward_kwargs: got {name!r}, expected one of {', '.join(_SETTINGS)}{nearest(name, _SETTINGS)}"
            )
    if not isinstance(settings.get("rubric"), Rubric | str | Path | None):
        raise TypeError(
            f"rubric: got {type(settings['rubric']).__name__}, expected a recipe's name or a path"
        )
    return {name: value for name, value in settings.items() if name in _SETTINGS and value is not None}


compute_score = ComputeScore()
compute_score_batch = ComputeScoreBatch()
