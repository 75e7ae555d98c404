"""Evidence of a grade as marks on its completion, and text with its PII masked: what every view of a grade shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollgrade._core import truncate
from rollgrade.grades import Grade, PiiMatch, Span
from rollgrade.kernels import find_pii

if TYPE_CHECKING:
    from rollgrade.rubric import Rubric
    from rollgrade.settings import Pii

__all__ = ["MASK", "Mark", "budget_end", "marks_of", "masked", "pii_found", "pii_masked"]

MASK = "•"
"""What stands for each letter and digit of a masked value."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span (code points of the completion) and what it is evidence of: ``thinking``, ``over the budget``, ``fact``,
    ``unsupported``, ``fluency``, ``form`` or ``pii``. ``label`` is the fact's number, the PII's kind, or empty."""

    name: str
    start: int
    end: int
    label: str = ""


def marks_of(completion: str, grade: Grade, rubric: Rubric) -> list[Mark]:
    """The evidence of a grade of ``completion``; a later mark is the more important one where two overlap."""
    start, end = grade.answer
    marks = [Mark("thinking", 0, start)]
    budget = budget_end(completion, grade, rubric)
    if budget is not None:
        marks.append(Mark("over the budget", budget, end))
    marks += [
        Mark("fact", *fact.span, str(number))
        for number, fact in enumerate(grade.coverage.per_fact, 1)
        if fact.span and fact.present
    ]
    marks += [Mark("unsupported", *span) for span in grade.coverage.unsupported]
    marks += [Mark("fluency", *grade.fluency.worst)] if grade.fluency.worst else []
    marks += [
        Mark("form", v.start, v.end, v.kind)
        for v in grade.form.violations
        if (v.start, v.end) != grade.answer
    ]
    marks += [Mark("pii", match.start, match.end, match.kind) for match in grade.pii.matches]
    return [mark for mark in marks if mark.end > mark.start]


def budget_end(completion: str, grade: Grade, rubric: Rubric) -> int | None:
    """Where in the completion the token budget ends; None within it, and for other tokens than GPT-2's."""
    result = grade.length
    if result.tokens <= result.max_tokens or rubric.length.tokenizer != "gpt2":
        return None
    start, end = grade.answer
    return start + len(truncate(completion[start:end], result.max_tokens))


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text, as long as it was, with the letters and digits of some spans masked."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = [MASK if c.isalnum() else c for c in chars[start:end]]
    return "".join(chars)


def pii_masked(text: str, *rubrics: Rubric) -> str:
    """The text with everything masked that is PII by any of the rubrics."""
    settings = dict.fromkeys(rubric.pii for rubric in rubrics)
    return masked(text, [match.span for pii in settings for match in pii_found(text, pii)])


def pii_found(text: str, pii: Pii) -> list[PiiMatch]:
    """What is PII in a text by a rubric's settings."""
    return find_pii(
        text,
        tier=pii.tier,
        checksum=pii.checksum,
        kinds=pii.kinds or None,
        exclude=pii.exclude,
        allow=pii.allow,
        patterns=pii.patterns,
    )
