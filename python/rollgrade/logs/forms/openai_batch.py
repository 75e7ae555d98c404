"""The output file of an OpenAI batch: ``custom_id``, ``response.body.choices[0].message``, ``error``."""

from __future__ import annotations

from collections.abc import Mapping

from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    response = record.get("response")
    return "custom_id" in record and "error" in record and (response is None or isinstance(response, Mapping))


def _failed(record: Record) -> str | None:
    """The request's error, or that of its response."""
    response = record.get("response")
    body = response.get("body") if isinstance(response, Mapping) else None
    for error in (record.get("error"), body.get("error") if isinstance(body, Mapping) else None):
        if isinstance(error, Mapping):
            said = [str(error[name]) for name in ("code", "message") if error.get(name) is not None]
            return ": ".join(said) or "it is not said why"
    return None


FORM = Form.at(
    "openai batch",
    "`custom_id`, `response` and `error`",
    _recognises,
    completion="response.body.choices[0].message.content",
    stopped=("response.body.choices[0].finish_reason",),
    failed=_failed,
)
