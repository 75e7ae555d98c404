"""OpenRLHF: a file with ``reward_func = openrlhf.reward(rubric)`` as ``--remote_rm_url``, or the same over HTTP.

The contract (OpenRLHF 0.11): ``reward_func(queries, prompts, labels)`` gives ``{"rewards", "scores", "extra_logs"}``,
one item a call; a query is prompt and answer with their special tokens, and its prompt may have lost its beginning.
Over HTTP the lists come as ``{"query", "prompts", "labels"}``. What is raised is swallowed there and the reward becomes
None, so it is logged here as well.

A label (``--label_key``) is a reference, or JSON: a list of facts, or an object with ``facts``, ``source`` and
``reference``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rollgrade.completion import kind_of
from rollgrade.rubric import Rubric
from rollgrade.trainers._reward import (
    Fields,
    Grading,
    converted,
    log,
    numbers,
    record,
    rows_of,
    strings,
    texts,
)

__all__ = ["Reward", "answer_of", "reward"]

_TAIL = 16
"""So much of a prompt's end stands for it where the tokenizer does not give its text back as it was."""


class Reward:
    """A reward function with OpenRLHF's contract. Made by :func:`reward`."""

    def __init__(self, grading: Grading, fields: Fields, eos: str | None) -> None:
        self.grading = grading
        self._fields = fields
        self._eos = eos
        self.__name__ = "reward_func"

    def __call__(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any] | None, **_: Any
    ) -> dict[str, Any]:
        """``rewards`` and ``scores`` (the same) and, under ``extra_logs``, each rule's score and pass: numbers for a
        call with one query, as OpenRLHF makes them, and lists for more."""
        try:
            return self._answered(queries, prompts, labels)
        except Exception as error:
            log.error("no reward: %s", error)
            raise

    def _answered(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any] | None
    ) -> dict[str, Any]:
        graded = self._graded(queries, prompts, labels)
        if len(graded) == 1:
            return _reply(graded[0])
        names = graded[0] if graded else {"score": 0.0}
        return _reply({name: [row[name] for row in graded] for name in names})

    def respond(self, payload: Any) -> dict[str, Any]:
        """The answer to the remote reward's payload, both as JSON values. Raises ``ValueError`` or ``TypeError`` that
        name the field for a payload that is not OpenRLHF's."""
        if not isinstance(payload, Mapping):
            raise TypeError(f"payload: got {type(payload).__name__}, expected an object")
        queries, prompts = strings(payload, "query"), strings(payload, "prompts")
        labels = payload.get("labels") or [None] * len(queries)
        if not isinstance(labels, list):
            raise ValueError("labels: expected a list")
        return self._answered(queries, prompts, labels)

    def _graded(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any] | None
    ) -> list[dict[str, Any]]:
        for name, given in (("queries", queries), ("prompts", prompts)):
            if isinstance(given, str) or not hasattr(given, "__len__"):
                raise TypeError(f"{name}: got one {type(given).__name__}, expected a list of strings")
        labels = [None] * len(queries) if labels is None else labels
        for name, values in (("prompts", prompts), ("labels", labels)):
            if len(values) != len(queries):
                raise ValueError(f"{name}: got {len(values)} entries, expected {len(queries)}, one a query")
        answers = converted("query", lambda pair: answer_of(*pair), zip(queries, prompts, strict=True))
        records = [record(self._fields, label, row=row) for row, label in enumerate(labels)]
        if self._eos is not None:
            records = [
                r._replace(truncated=not a.rstrip().endswith(self._eos))
                for r, a in zip(records, answers, strict=True)
            ]
        return numbers(self.grading.grade(rows_of(texts(answers), records)), "OpenRLHF")


def answer_of(query: str, prompt: str) -> str:
    """What stands after the prompt in a query, whose prompt may have lost its beginning.

    Raises ``ValueError`` where the end of the prompt is not found, ``TypeError`` where either is no string.
    """
    for name, text in (("it", query), ("its prompt", prompt)):
        if not isinstance(text, str):
            raise TypeError(f"{name} is {kind_of(text)}, expected a string")
    if query.startswith(prompt):
        return query[len(prompt) :]
    # A character that was cut through in the middle of its bytes is shown as U+FFFD.
    bare = query.lstrip("\ufffd")
    if kept := _overlap(bare, prompt):
        return bare[kept:]
    tail = prompt[-_TAIL:]
    at = query.find(tail) if tail.strip() else -1
    if at < 0:
        raise ValueError("holds neither its prompt nor the end of it, so the answer in it is not found")
    return query[at + len(tail) :]


def _overlap(query: str, prompt: str) -> int:
    """How many characters of the query's beginning are the prompt's end: the most there are, in linear time."""
    n = min(len(query), len(prompt))
    text, end = query[:n], prompt[len(prompt) - n :]
    # Knuth, Morris and Pratt: how long a prefix of `text` ends at each place of `end`.
    failure = [0] * n
    matched = 0
    for i in range(1, n):
        while matched and text[i] != text[matched]:
            matched = failure[matched - 1]
        matched += text[i] == text[matched]
        failure[i] = matched
    matched = 0
    for char in end:
        while matched and (matched == n or char != text[matched]):
            matched = failure[matched - 1]
        matched += n > 0 and char == text[matched]
    return matched


def _reply(graded: Mapping[str, Any]) -> dict[str, Any]:
    extra = {name: value for name, value in graded.items() if name != "score"}
    return {"rewards": graded["score"], "scores": graded["score"], "extra_logs": extra}


def reward(
    rubric: Rubric | str | Path | None = None,
    *,
    facts: str | None = None,
    source: str | None = None,
    reference: str | None = None,
    eos: str | None = None,
    threads: int = 1,
) -> Reward:
    """A reward function for OpenRLHF, also for its remote reward (:meth:`Reward.respond`).

    ``rubric``: a rubric, the name of a recipe, the path of a rubric file, or None for the defaults. ``facts``,
    ``source``, ``reference``: where a label has them under other names. ``eos``: the policy's end-of-turn token
    (``"<|im_end|>"``): a query without it at its end was cut off.
    """
    fields = Fields.of(facts, source, reference)
    return Reward(
        Grading(rubric, declared=fields.named(), threads=threads, needs_all="OpenRLHF"), fields, eos
    )
