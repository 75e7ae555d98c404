"""LLaMA-Factory's reward server: ``reward_model: http://host:port/llamafactory``, ``reward_model_type: api``. See
:mod:`rollgrade.trainers.llama_factory`."""

from __future__ import annotations

from rollgrade.rubric import Rubric
from rollgrade.server.forms.form import Form, Options, array, obj
from rollgrade.trainers import llama_factory

_MESSAGE = (
    "<|im_start|>user\nSummarise: The vote passed on Monday, after a long debate.<|im_end|>\n"
    "<|im_start|>assistant\nThe vote passed on Monday.<|im_end|>\n"
)


def form(rubric: Rubric, options: Options) -> Form:
    """``/llamafactory``."""
    reward = llama_factory.reward(
        rubric, prompt_end=options.prompt_end, eos=options.eos, threads=options.threads
    )
    return Form(
        path="/llamafactory",
        summary="LLaMA-Factory's reward server",
        description="A message is prompt and answer as one text with its special tokens. There are no facts: the user's "
        "last turn is the source.",
        answer=reward.respond,
        request=obj({"model": {"type": "string"}, "messages": array({"type": "string"})}, ["messages"]),
        reply=obj({"scores": array({"type": "number"})}, ["scores"]),
        example={"model": "policy", "messages": [_MESSAGE]},
        many="messages",
        max_batch=options.max_batch,
    )
