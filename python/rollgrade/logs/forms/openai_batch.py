"""The output file of an OpenAI batch: ``custom_id``, ``response.body.choices[0].message``, ``error``."""

from __future__ import annotations

from collections.abc import Mapping

from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    response = record.get("response")
    return "custom_id" in record and "error" in record and (response is None or isinstance(response, Mapping))


FORM = Form.at(
    "openai batch",
    "`custom_id`, `response` and `error`",
    _recognises,
    completion="response.body.choices[0].message.content",
    stopped=("response.body.choices[0].finish_reason",),
)
