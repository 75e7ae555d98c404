"""Chat lines: ``messages`` as OpenAI, Fireworks, ART and eval-protocol write them; the answer is the last
assistant turn. Messages that end with the user's, beside a ``completion``, are a prompt: such records are of other forms."""

from __future__ import annotations

from collections.abc import Mapping

from rollgrade.completion import is_assistant
from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    messages = record.get("messages")
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(m, Mapping) and "role" in m for m in messages)
        and (is_assistant(messages[-1]) or not isinstance(record.get("completion"), (str, list)))
    )


FORM = Form.at("chat", "`messages`", _recognises, completion="messages", prompt="messages")
