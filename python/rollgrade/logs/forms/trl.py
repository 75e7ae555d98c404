"""TRL's completion log: ``prompt`` and ``completion``, each a string or messages, and the dataset columns
sent along."""

from __future__ import annotations

from rollgrade.logs.forms.form import Fields, Form, Record, common_fields

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    return "prompt" in record and isinstance(record.get("completion"), (str, list))


def _read(record: Record) -> Fields:
    fields = common_fields(record)
    if "completion" in record:
        fields["completion"] = record["completion"]
        if isinstance(record.get("prompt"), list):
            fields.setdefault("source", record["prompt"])  # its last user message
    return fields


FORM = Form("trl", "`prompt` and `completion`", frozenset({"prompt", "completion"}), _recognises, _read)
