"""verl's generation dump: ``input``, ``output``, ``gts`` (a reference, or an object with facts and source),
``score``, ``step``."""

from __future__ import annotations

from rollgrade.logs.forms.form import Fields, Form, Record, common_fields, ground_truth_fields

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    return "output" in record and "input" in record and ("gts" in record or "score" in record)


def _read(record: Record) -> Fields:
    fields = ground_truth_fields(record.get("gts")) | common_fields(record)
    if "output" in record:
        fields["completion"] = record["output"]
    return fields


FORM = Form("verl", "`input`, `output` and `gts` or `score`", frozenset({"input", "output", "gts", "score"}),
            _recognises, _read)  # fmt: skip
