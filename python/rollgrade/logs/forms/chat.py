"""Chat lines: ``messages`` as OpenAI, Fireworks, ART and eval-protocol write them; the answer is the last
assistant turn."""

from __future__ import annotations

from collections.abc import Mapping

from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    messages = record.get("messages")
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(m, Mapping) and "role" in m for m in messages)
    )


FORM = Form.at("chat", "`messages`", _recognises, completion="messages", prompt="messages")
