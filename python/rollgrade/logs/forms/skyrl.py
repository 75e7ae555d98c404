"""SkyRL's evaluation dump: ``input_prompt``, ``output_response``, ``stop_reason`` and the dataset's columns in
``env_extras``."""

from __future__ import annotations

from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    return "input_prompt" in record and "output_response" in record


FORM = Form.at(
    "skyrl",
    "`input_prompt` and `output_response`",
    _recognises,
    completion="output_response",
    prompt="input_prompt",
    truths=("env_extras.reward_spec.ground_truth", "env_extras.extra_info", "env_extras"),
)
