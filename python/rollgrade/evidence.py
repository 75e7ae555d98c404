"""Evidence of a grade as marks on its completion, and text with its PII masked: what every view of a grade shares."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rollgrade._core import truncate
from rollgrade.grades import Grade, PiiMatch, Span
from rollgrade.pii import find_pii

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from rollgrade.rubric import Rubric
    from rollgrade.settings import Pii, Settings

__all__ = [
    "MASK",
    "Mark",
    "Piece",
    "allowed_masked",
    "budget_end",
    "marks_of",
    "masked",
    "pieces",
    "pii_found",
    "pii_masked",
    "without_pii",
]

_SURROGATE = re.compile("[\ud800-\udfff]")
MASK = "•"
"""What stands for each letter and digit of a masked value."""


OF_FACTS = ("fact", "part of a fact", "negated fact")
"""The marks that have a fact's number for a label."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span (code points of the completion) and what it is evidence of: ``thinking``, ``over the budget``, ``fact`` (also
    ``part of a fact``, ``negated fact``), ``unsupported``, ``fluency``, ``form`` or ``pii``. ``label`` is the fact's number, the PII's kind and
    verdict, the form's violation, or empty."""

    name: str
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the completion that has the same marks on all of it, in the order of ``marks_of``: a later one is the more
    important. ``start`` and ``end`` are code points of the completion."""

    start: int
    end: int
    text: str
    marks: tuple[Mark, ...]

    @property
    def facts(self) -> tuple[int, ...]:
        """The numbers of the facts that it helps to carry."""
        return tuple(int(mark.label) for mark in self.marks if mark.name in OF_FACTS)


def marks_of(completion: str, grade: Grade, rubric: Rubric | Settings) -> list[Mark]:
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
    marks += [Mark("rule", *span, name) for name, rule in grade.custom.items() for span in rule.spans]
    marks += [Mark("fluency", *grade.fluency.worst)] if grade.fluency.worst else []
    marks += [
        Mark("form", v.start, v.end, v.kind)
        for v in grade.form.violations
        if (v.start, v.end) != grade.answer
    ]
    marks += [
        Mark("pii", match.start, match.end, f"{match.kind}, {match.verdict.replace('_', ' ')}")
        for match in grade.pii.matches
    ]
    return [mark for mark in marks if mark.end > mark.start]


def budget_end(completion: str, grade: Grade, rubric: Rubric | Settings) -> int | None:
    """Where in the completion the budget ends, in whatever the rubric counts; None within it, and where the rubric's
    tokenizer is not to be had here."""
    result, counted = grade.length, rubric.length.tokenizer
    if result.tokens <= result.max_tokens:
        return None
    start, end = grade.answer
    answer = completion[start:end]
    if counted == "gpt2":
        return start + len(truncate(answer, result.max_tokens))
    if counted == "words":
        words = itertools.islice(re.finditer(r"\S+", answer), result.max_tokens)
        return start + max((word.end() for word in words), default=0)
    tokenizer = _tokenizer(rubric)
    if tokenizer is None:
        return None
    # A lone surrogate counts as U+FFFD.
    offsets = tokenizer.encode(_SURROGATE.sub("\ufffd", answer), add_special_tokens=False).offsets
    if len(offsets) <= result.max_tokens:
        return None
    # A token may begin inside a character, and then the character is not wholly within the budget.
    return start + min(offsets[result.max_tokens - 1][1], offsets[result.max_tokens][0])


def _tokenizer(rubric: Rubric | Settings) -> Tokenizer | None:
    """The rubric's tokenizer: the one that it has counted with, or the file's."""
    from rollgrade.rubric import load_tokenizer

    kept: Tokenizer | None = getattr(rubric, "_tokenizer", None)
    try:
        return kept or load_tokenizer(rubric.length.tokenizer)
    except (ValueError, ImportError):
        return None


def pieces(text: str, marks: Sequence[Mark], cuts: Iterable[int] = ()) -> tuple[Piece, ...]:
    """The text cut wherever a mark begins or ends, and at the other ``cuts``."""
    starts: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        starts.setdefault(mark.start, []).append(index)
        ends.setdefault(mark.end, []).append(index)
    edges = sorted(at for at in {0, len(text), *starts, *ends, *cuts} if at <= len(text))
    on: set[int] = set()
    found = []
    for start, end in itertools.pairwise(edges):
        on.difference_update(ends.get(start, ()))
        on.update(starts.get(start, ()))
        found.append(Piece(start, end, text[start:end], tuple(marks[i] for i in sorted(on))))
    return tuple(found)


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text, as long as it was, with the letters and digits of some spans masked."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = [MASK if c.isalnum() else c for c in chars[start:end]]
    return "".join(chars)


def pii_masked(text: str, *rubrics: Rubric | Settings) -> str:
    """The text with everything masked that is PII by any of the rubrics."""
    settings = dict.fromkeys(rubric.pii for rubric in rubrics)
    return masked(text, [match.span for pii in settings for match in pii_found(text, pii)])


def without_pii(value: Any) -> Any:
    """What settings hold, with the PII in its texts masked: whatever a rubric allows."""
    if isinstance(value, str):
        return masked(value, [match.span for match in find_pii(value, tier="strict")])
    if isinstance(value, Mapping):
        return {key: without_pii(item) for key, item in value.items()}
    if type(value) in (tuple, list):
        return type(value)(map(without_pii, value))
    return value


def allowed_masked(entry: str) -> str:
    """An entry of an allow list: what is more than a word or a domain is masked whole, as it may be a value."""
    named = "@" in entry[1:] or any(c.isdigit() for c in entry)
    return masked(entry, [(0, len(entry))]) if named else entry


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
