"""Plain records: ``completion`` beside what it is graded against, and no ``prompt``, with which they are TRL's."""

from __future__ import annotations

from rollgrade.logs.forms.form import GROUND_TRUTH, NAMES, Form, Record

__all__ = ["FORM"]

_AGAINST = (*NAMES["facts"], *NAMES["source"], *NAMES["reference"], GROUND_TRUTH)


def _recognises(record: Record) -> bool:
    return (
        isinstance(record.get("completion"), (str, list))
        and "prompt" not in record
        and any(name in record for name in _AGAINST)
    )


FORM = Form.at(
    "plain", "`completion` and `facts`, `source` or `reference`", _recognises, completion="completion"
)
