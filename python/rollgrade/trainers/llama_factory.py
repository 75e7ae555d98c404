"""LLaMA-Factory (PPO): ``reward_model: http://host:port/llamafactory`` and ``reward_model_type: api``, answered by
``rollgrade serve``.

The contract (read, not run): POST ``{"model", "messages"}``, where each message is prompt and answer as one text with
their special tokens; the reply is ``{"scores"}``, a number a message. It hands over no facts, so the source is what the
user said, where the chat template is one that is known here, and coverage is measured against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rollgrade.rubric import Rubric
from rollgrade.trainers._reward import Grading, Record, converted, numbers, rows_of, strings, texts

__all__ = ["Reward", "Template", "reward", "turns_of"]


class Template(NamedTuple):
    """How a chat template marks turns: what begins and ends a user's, and what begins the assistant's."""

    user: str
    end: str
    assistant: str


TEMPLATES = (
    Template("<|im_start|>user\n", "<|im_end|>", "<|im_start|>assistant\n"),  # ChatML: Qwen, Yi, Hermes
    Template(
        "<|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),  # Llama 3
    Template("<start_of_turn>user\n", "<end_of_turn>", "<start_of_turn>model\n"),  # Gemma
    Template("<|user|>\n", "<|end|>", "<|assistant|>\n"),  # Phi
    Template("<｜User｜>", "<｜Assistant｜>", "<｜Assistant｜>"),  # DeepSeek
    Template("[INST]", "[/INST]", "[/INST]"),  # Llama 2, Mistral
    Template("Human: ", "\nAssistant:", "\nAssistant:"),  # LLaMA-Factory's "default"
    Template("USER: ", " ASSISTANT:", " ASSISTANT:"),  # Vicuna
)
"""The chat templates that are known, in the order in which they are looked for."""


class Reward:
    """Scores by LLaMA-Factory's contract. Made by :func:`reward`."""

    def __init__(self, grading: Grading, prompt_end: str | None, eos: str | None) -> None:
        self.grading = grading
        self._prompt_end = prompt_end
        self._eos = eos

    def __call__(self, messages: Sequence[str]) -> list[float]:
        """One score a message. Raises ``ValueError`` that names the row where the answer in a message is not found, or
        where the rubric gives a row no reward."""
        turns = converted("messages", lambda message: turns_of(message, self._prompt_end), messages)
        answers = texts([answer for _, answer in turns])
        records = [Record(source=source, truncated=self._truncated(answer)) for source, answer in turns]
        return [
            row["score"] for row in numbers(self.grading.grade(rows_of(answers, records)), "LLaMA-Factory")
        ]

    def respond(self, payload: Any) -> dict[str, Any]:
        """The answer to a payload, both as JSON values. Raises ``ValueError`` or ``TypeError`` that name the field for
        a payload that is not LLaMA-Factory's."""
        if not isinstance(payload, Mapping):
            raise TypeError(f"payload: got {type(payload).__name__}, expected an object")
        return {"scores": self(strings(payload, "messages"))}

    def _truncated(self, answer: str) -> bool | None:
        return None if self._eos is None else self._eos not in answer


def turns_of(message: str, prompt_end: str | None = None) -> tuple[str | None, str]:
    """What the user said (None where that is not told apart) and the answer: what stands after the first
    ``prompt_end``, or after the first beginning of an assistant's turn in a chat template that is known. It is the
    first, so that an answer cannot begin another turn to have what stands before it forgotten.

    Raises ``ValueError`` where there is none.
    """
    for template in TEMPLATES:
        prompt, found, answer = message.partition(prompt_end or template.assistant)
        if found and template.user in prompt:
            said = (prompt + found).rpartition(template.user)[2].partition(template.end)[0]
            return said.strip() or None, answer
    for mark in (prompt_end,) if prompt_end else (template.assistant for template in TEMPLATES):
        _, found, answer = message.partition(mark)
        if found:
            return None, answer
    looked = "the end of the prompt that was given" if prompt_end else "the beginning of an assistant's turn"
    raise ValueError(f"{looked} is not in it; say how your template ends a prompt (prompt_end, --prompt-end)")


def reward(
    rubric: Rubric | str | Path | None = None,
    *,
    prompt_end: str | None = None,
    eos: str | None = None,
    threads: int = 1,
) -> Reward:
    """A reward for LLaMA-Factory's reward server (:meth:`Reward.respond`).

    ``rubric``: a rubric, the name of a recipe, the path of a rubric file, or None for the defaults. ``prompt_end``: how
    the policy's template ends a prompt (``"<|im_start|>assistant\\n"``), where it is none of those known. ``eos``: the
    policy's end-of-turn token: an answer without it was cut off.
    """
    return Reward(
        Grading(rubric, nothing="none", threads=threads, needs_all="LLaMA-Factory"), prompt_end, eos
    )
