"""TRL (GRPO, RLOO): ``GRPOTrainer(..., reward_funcs=[trl.reward(rubric, facts="facts", source="source")])``.

The contract (TRL 1.16): ``f(prompts=, completions=, completion_ids=, **columns, trainer_state=, log_extra=,
log_metric=)`` gives one float or None a completion; dataset columns come as lists aligned with the completions; a
completion is a string or, for conversational prompts, a list of messages; the metric's name is ``__name__``; the
function may be async, and may be pickled to another process, where it is called without state and loggers.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rollgrade.completion import last_user_text
from rollgrade.grades import Grades
from rollgrade.rubric import Rubric
from rollgrade.trainers._reward import (
    Fields,
    Grading,
    Rows,
    Shared,
    checked_name,
    columns,
    metrics,
    texts,
    unused,
)

__all__ = ["AsyncReward", "Reward", "reward", "rules"]


class Reward:
    """A reward function with TRL's contract. Made by :func:`reward` or :func:`rules`."""

    def __init__(
        self,
        shared: Shared,
        fields: Fields,
        *,
        name: str,
        prefix: str,
        rule: str | None = None,
        eos: frozenset[int] | None = None,
        log_columns: bool = True,
    ) -> None:
        self.fields = fields
        self.rule = rule
        self._shared = shared
        self._prefix = prefix
        self._eos = eos
        self._log_columns = log_columns
        # TRL names the metric by it; two rewards of one name would silently merge theirs.
        self.__name__ = name

    @property
    def rubric(self) -> Rubric:
        """The rubric that it grades by."""
        return self._shared.grading.rubric

    def __call__(
        self,
        prompts: Any = None,
        completions: Sequence[Any] = (),
        completion_ids: Any = None,
        **given: Any,
    ) -> list[float | None]:
        """One reward a completion, None where the rubric skips a row.

        ``completion_ids`` are the policy's tokens, not the budget's: the text is counted anew, and they only say
        whether the sampler cut it off.
        """
        return self._rewards(prompts, completions, completion_ids, given)

    def _rewards(
        self, prompts: Any, completions: Sequence[Any], completion_ids: Any, given: dict[str, Any]
    ) -> list[float | None]:
        log_metric, log_extra = given.pop("log_metric", None), given.pop("log_extra", None)
        for state in ("trainer_state", "environments"):
            given.pop(state, None)
        if not self._shared.grading.warned_of_basis:
            self._warn_of_unused(given)
        rows = self._rows(prompts, completions, completion_ids, given)
        grades, new = self._shared.grade(rows, self.__name__)
        if new and log_metric is not None:
            for metric, value in metrics(grades, self._prefix, prompts).items():
                log_metric(metric, value)
        if new and log_extra is not None and self._log_columns:
            self._log(rows, log_extra)
        return grades.rewards() if self.rule is None else _rule(grades, self.rule)

    def _warn_of_unused(self, given: dict[str, Any]) -> None:
        """Says once where the dataset has what coverage could be measured against, and nobody said to use it."""
        found = unused(self.fields, given, self.rubric.coverage.basis)
        if found:
            self._shared.grading.warned_of_basis = True
            arguments = ", ".join(f'{field}="{name}"' for field, name in found.items())
            warnings.warn(
                f"the dataset has {', '.join(found.values())}, and the reward was not told to use it: pass {arguments} "
                f"(the columns are {', '.join(sorted(given))}), or say in the rubric what coverage is measured against "
                "(coverage.basis)",
                stacklevel=4,
            )

    def _rows(self, prompts: Any, completions: Sequence[Any], ids: Any, given: dict[str, Any]) -> Rows:
        answers = texts(completions)
        n = len(answers)
        if not n and prompts is not None and len(prompts):
            raise TypeError(
                f"completions: got nothing, expected as many as prompts ({len(prompts)}); by position the prompts come "
                "first, as in TRL: name the argument (completions=...)"
            )
        found = columns(self.fields, given, n)
        if self.fields.source is None and prompts is not None:
            # As in a log of conversations: the document is what the user sent last.
            asked = [last_user_text(prompt) for prompt in prompts]
            found |= {"source": asked} if any(asked) else {}
        return Rows(
            answers,
            facts=found.get("facts"),
            sources=found.get("source"),
            references=found.get("reference"),
            truncated=self._truncated(ids, n),
        )

    def _truncated(self, ids: Any, n: int) -> list[bool | None] | None:
        """Which completions do not end in an end-of-sequence token, as TRL itself tells it."""
        if self._eos is None or ids is None:
            return None
        if len(ids) != n:
            raise ValueError(f"completion_ids: got {len(ids)} entries, expected {n}, one a completion")
        try:
            return [len(one) > 0 and int(one[-1]) not in self._eos for one in ids]
        except (TypeError, ValueError):
            raise TypeError("completion_ids: expected a list of token ids for each completion") from None

    def _log(self, rows: Rows, log_extra: Callable[[str, list[Any]], None]) -> None:
        """The columns by the names under which the log reader looks for them. A source that stands in the prompt is
        in TRL's log already."""
        sent = {"facts": rows.facts, "source": rows.sources, "reference": rows.references}
        for field in self.fields.named():
            log_extra(field, sent[field] or [])
        if rows.truncated is not None:
            log_extra("finish_reason", ["length" if cut else "stop" for cut in rows.truncated])

    def __repr__(self) -> str:
        named = "".join(f", {field}={name!r}" for field, name in self.fields.named().items())
        return f"{self.__name__}({self.rubric!r}{named})"


class AsyncReward(Reward):
    """The same as a coroutine function: it grades in a thread, and the event loop goes on."""

    async def __call__(  # type: ignore[override]
        self, prompts: Any = None, completions: Sequence[Any] = (), completion_ids: Any = None, **given: Any
    ) -> list[float | None]:
        """One reward a completion, None where the rubric skips a row."""
        return await asyncio.to_thread(self._rewards, prompts, completions, completion_ids, given)


def reward(
    rubric: Rubric | str | Path | None = None,
    *,
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    name: str = "rollgrade",
    eos: Any = None,
    asynchronous: bool = False,
    log_columns: bool | None = None,
    threads: int = 1,
) -> Reward:
    """A picklable reward function for TRL.

    ``rubric``: a rubric, the name of a recipe, the path of a rubric file, or None for the defaults. ``facts``,
    ``source``, ``reference``: the names of the dataset's columns that hold them; without ``source``, the last user
    message of a conversational prompt is the source. ``name``: the metric's name, and the prefix of the metrics
    logged (``rollgrade/length``, ``rollgrade/length_passed``, ...). ``eos``: the policy's tokenizer, or the ids that
    end a completion: one that ends in none of them was cut off. ``asynchronous``: an ``async`` reward function.
    ``log_columns``: send facts, source, reference and finish reason to TRL's completion log, so that ``rollgrade
    score`` rescores it to the same rewards; of several rewards in one trainer only one may, and without an argument
    it is the one named "rollgrade".
    """
    fields = Fields.of(facts, source, reference)
    made = AsyncReward if asynchronous else Reward
    return made(
        Shared(_grading(rubric, fields, threads)),
        fields,
        name=checked_name("name", name, "the metric's name"),
        prefix=name,
        eos=_ids(eos),
        log_columns=name == "rollgrade" if log_columns is None else log_columns,
    )


def rules(
    rubric: Rubric | str | Path | None = None,
    *,
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    prefix: str = "rollgrade",
    eos: Any = None,
    asynchronous: bool = False,
    log_columns: bool = True,
    threads: int = 1,
) -> list[Reward]:
    """The rules as reward functions of their own, for ``reward_weights`` and for normalisation of each alone.

    They are named after the rules and stand in their order (:attr:`Rubric.rule_names`), share one grading pass,
    and pay nothing for an answer that is not valid, whatever it passes; a rule that is not graded gives None. The
    arguments are those of :func:`reward`.
    """
    fields = Fields.of(facts, source, reference)
    shared = Shared(_grading(rubric, fields, threads))
    checked_name("prefix", prefix, "what the metrics' names begin with")
    made = AsyncReward if asynchronous else Reward
    return [
        made(shared, fields, name=rule, prefix=prefix, rule=rule, eos=_ids(eos), log_columns=log_columns)
        for rule in shared.grading.rubric.rule_names
    ]


def _grading(rubric: Rubric | str | Path | None, fields: Fields, threads: int) -> Grading:
    # Without a column the source may still stand in the prompt.
    return Grading(rubric, declared=fields.named(), nothing="none", threads=threads)


def _rule(grades: Grades, rule: str) -> list[float | None]:
    scores = (grades.scores[rule] * grades.valid).tolist()
    # NaN, which is no score, is not at least 0.
    return [s if g and s >= 0 else None for s, g in zip(scores, grades.graded.tolist(), strict=True)]


def _ids(eos: Any) -> frozenset[int] | None:
    """End-of-sequence ids from a tokenizer (or a processor with one), an id, or ids."""
    if eos is None:
        return None
    tokenizer = getattr(eos, "tokenizer", eos)
    if hasattr(tokenizer, "eos_token_id"):
        # Padding counts, as TRL has it: with some models it is the only end there is.
        return frozenset().union(
            *(_ids(i) or () for i in (tokenizer.eos_token_id, getattr(tokenizer, "pad_token_id", None)))
        )
    if isinstance(eos, int) and not isinstance(eos, bool):
        return frozenset({eos})
    if isinstance(eos, Sequence | frozenset | set) and all(isinstance(i, int) for i in eos):
        return frozenset(eos)
    raise TypeError(f"eos: got {type(eos).__name__}, expected a tokenizer, a token id or a list of them")
