"""verl's generation dump: ``input``, ``output``, ``gts`` (a reference, or an object with facts and source),
``score``, ``step``."""

from __future__ import annotations

from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    return "output" in record and "input" in record and ("gts" in record or "score" in record)


FORM = Form.at(
    "verl", "`input`, `output` and `gts` or `score`", _recognises, completion="output", truths=("gts",)
)
