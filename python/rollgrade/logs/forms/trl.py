"""TRL's completion log: ``prompt`` and ``completion``, each a string or messages, and the dataset columns
sent along."""

from __future__ import annotations

from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    return "prompt" in record and isinstance(record.get("completion"), (str, list))


FORM = Form.at("trl", "`prompt` and `completion`", _recognises, completion="completion", prompt="prompt")
