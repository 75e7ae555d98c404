"""Chat lines: ``messages`` as OpenAI, Fireworks and eval-protocol write them; the answer is the last
assistant turn."""

from __future__ import annotations

from collections.abc import Mapping

from rollgrade.logs.forms.form import Fields, Form, Record, common_fields

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    messages = record.get("messages")
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(m, Mapping) and "role" in m for m in messages)
    )


def _read(record: Record) -> Fields:
    fields = common_fields(record)
    if "messages" in record:
        fields["completion"] = record["messages"]
        fields.setdefault("source", record["messages"])  # its last user message
    return fields


FORM = Form("chat", "`messages`", frozenset({"messages"}), _recognises, _read)
