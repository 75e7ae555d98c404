"""OpenRLHF's remote reward: ``--remote_rm_url http://host:port/openrlhf``. See :mod:`rollgrade.trainers.openrlhf`."""

from __future__ import annotations

from rollgrade.rubric import Rubric
from rollgrade.server.forms.form import Form, Options, array, obj
from rollgrade.trainers import openrlhf

_PROMPT = "Summarise: The vote passed on Monday, after a long debate.\n"


def form(rubric: Rubric, options: Options) -> Form:
    """``/openrlhf``."""
    reward = openrlhf.reward(rubric, eos=options.eos, threads=options.threads)
    strings = array({"type": "string"})
    numbers = {"oneOf": [{"type": "number"}, array({"type": "number"})]}
    return Form(
        path="/openrlhf",
        summary="OpenRLHF's remote reward",
        description="`query` is prompt and answer with their special tokens; a label is a reference, or JSON: a list of "
        "facts, or an object with `facts`, `source` and `reference`. The reply holds numbers for one query, lists for "
        "more.",
        answer=reward.respond,
        request=obj({"query": strings, "prompts": strings, "labels": array({})}, ["query", "prompts"]),
        reply=obj(
            {
                "rewards": numbers,
                "scores": numbers,
                "extra_logs": {"type": "object", "additionalProperties": numbers},
            },
            ["rewards", "scores", "extra_logs"],
        ),
        example={
            "query": [f"{_PROMPT}The vote passed on Monday."],
            "prompts": [_PROMPT],
            "labels": ['["The vote passed on Monday."]'],
        },
        many="query",
        max_batch=options.max_batch,
    )
