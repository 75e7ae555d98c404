"""The forms of log that are known, and finding out which one a file has."""

from __future__ import annotations

from collections.abc import Sequence

from rollgrade.logs.fieldpath import ABSENT
from rollgrade.logs.forms import chat, ms_swift, openai_batch, plain, prime_rl, skyrl, trl, verl
from rollgrade.logs.forms.form import COMMON, Fields, Form, Record, common_fields

__all__ = ["COMMON", "FORMS", "Fields", "Form", "Record", "common_fields", "detect"]

FORMS: tuple[Form, ...] = (
    chat.FORM,
    verl.FORM,
    ms_swift.FORM,
    trl.FORM,
    skyrl.FORM,
    openai_batch.FORM,
    prime_rl.FORM,
    plain.FORM,
)
"""In the order in which they are preferred where records fit two."""


def detect(records: Sequence[Record]) -> tuple[Form, int] | None:
    """The form that most of the records have and how many have it, or ``None`` where its completion is in fewer than half
    of them: by a form that few have, all others would be rejected."""
    counted = [(sum(map(form.recognises, records)), form) for form in FORMS]
    count, form = max(counted, key=lambda pair: pair[0])
    # A completion that is empty or broken is one all the same.
    fits = sum(form.recognises(record) or form.completion.find(record) is not ABSENT for record in records)
    return (form, count) if count and 2 * fits >= len(records) else None
