"""What a grade says of its rollout, as every view shows it: the text with its evidence, facts, rules, PII, arithmetic.

All text in it is ready to be shown but for escaping: PII is masked, unless it is to be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rollgrade import _core
from rollgrade.evidence import Mark, Piece, budget_end, marks_of, masked, pieces, pii_found
from rollgrade.explaining.arithmetic import Step, Term, costs, steps, terms
from rollgrade.explaining.views import Shows, plain
from rollgrade.grades import RULES, FactScore, Given, Grade, Span, Support

if TYPE_CHECKING:
    from rollgrade.settings import Pii

__all__ = ["Explanation", "FactShown", "PiiShown", "RuleShown", "explanation", "given_of"]

PARTLY = 0.3
"""From this score on the span that carries a part of a fact is worth a look."""
_QUOTED = 8
_LONG = 80
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class FactShown:
    """One fact, numbered from 1, and what the answer carries of it."""

    number: int
    text: str
    score: float
    state: str
    """``carried``, ``partly carried``, ``negated`` or ``not carried``."""
    missing: tuple[str, ...]
    span: Span | None
    """Where it is carried, also in part or negated."""
    quoted: str
    """What stands there."""

    @property
    def carried(self) -> bool:
        """Whether it counts as carried."""
        return self.state == "carried"

    @property
    def said(self) -> str:
        """How it is carried, and which of its words are missing."""
        return f"{self.state}; missing: {', '.join(self.missing)}" if self.missing else self.state


@dataclass(frozen=True, slots=True)
class RuleShown(Term):
    """One rule: its score, what it asks for, what it weighs, what it costs the reward, and why."""

    cost: float | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PiiShown:
    """One piece of PII, its value masked unless it is to be shown."""

    kind: str
    value: str
    verdict: str
    fails: bool
    evidence: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True, repr=False)
class Explanation(Shows):
    """Why a rollout got its reward. Made by :meth:`Grade.explain`.

    It shows itself: ``print`` and the prompt show text, a notebook HTML; ``to_html()`` is a page, ``to_dict()`` plain
    data. Spans are code points of the completion.
    """

    score: float | None
    valid: bool
    reason: str
    combine: str
    text: str
    answer: Span
    pieces: tuple[Piece, ...]
    budget: int | None
    """Where in the text the budget ends; None within it."""
    tokens: int
    max_tokens: int
    unit: str
    """``tokens`` or ``words``."""
    basis: str
    facts: tuple[FactShown, ...]
    rules: tuple[RuleShown, ...]
    pii: tuple[PiiShown, ...]
    arithmetic: tuple[Step, ...]
    rubric_hash: str
    version: str
    place: str = ""
    """Where the rollout stands, if that is known."""
    id: str | None = None
    taken: str = ""
    """How its record was read."""
    rubric: str = ""
    """What the rubric is called, where that tells it from another one."""

    @property
    def heading(self) -> tuple[str, ...]:
        """Which rollout it is, and how it was read and graded, as far as that is known."""
        rubric = f"rubric {self.rubric}" if self.rubric else ""
        return tuple(part for part in (self.place, self.id, rubric, self.taken) if part)

    @property
    def failed(self) -> tuple[str, ...]:
        """The rules that do not pass."""
        return tuple(rule.rule for rule in self.rules if rule.score is not None and not rule.passed)

    @property
    def marks(self) -> tuple[str, ...]:
        """The names of the marks in the text, each once, in the order of a legend."""
        names = {mark.name for piece in self.pieces for mark in piece.marks}
        return tuple(name for name in _LEGEND if name in names)

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain dicts, lists and numbers, ready for JSON; PII is masked as it is shown."""
        data: dict[str, Any] = plain(self)
        return data


def given_of(grade: Grade) -> Given:
    """What a grade was made of. Raises ``ValueError`` for one that no rubric made."""
    if grade._given is None:
        raise ValueError(
            "explain: this grade does not hold its text: only grades that a rubric made can be explained"
        )
    return grade._given


def explanation(
    grade: Grade,
    *,
    show_pii: bool = False,
    private: Sequence[Pii] = (),
    place: str = "",
    id: str | None = None,
    taken: str = "",
    rubric: str = "",
) -> Explanation:
    """Explains a grade. ``place``, ``id``, ``taken`` and ``rubric`` say which one it is, where that is known; ``private``
    are settings by which PII is masked beside the grade's own. Raises ``ValueError`` for a grade that no rubric made."""
    given = given_of(grade)
    settings = given.settings
    hider = _Private(grade, given, () if show_pii else (settings.pii, *private))
    marks = [*marks_of(given.text, grade, settings), *_parts_of_facts(grade)]
    marks.sort(key=lambda mark: _ORDER.index(mark.name))
    budget = budget_end(given.text, grade, settings)
    cost = costs(grade, settings)
    said = _Said(grade, given, hider)
    combine = settings.combine
    return Explanation(
        score=grade.score,
        valid=grade.valid,
        reason=hider.hidden(grade.reason),
        combine=combine if isinstance(combine, str) else "a callable",
        text=hider.text,
        answer=grade.answer,
        pieces=pieces(hider.text, marks, [] if budget is None else [budget]),
        budget=budget,
        tokens=grade.length.tokens,
        max_tokens=grade.length.max_tokens,
        unit=said.unit,
        basis=grade.coverage.basis,
        facts=tuple(_facts(grade, given, hider)),
        rules=tuple(
            RuleShown(**plain(term), cost=cost.get(term.rule), details=tuple(said.of(term.rule)))
            for term in terms(grade, settings)
        ),
        pii=tuple(
            PiiShown(
                m.kind, m.text if show_pii else m.masked, m.verdict, bool(m.fails), m.evidence, m.span
            )
            for m in grade.pii.matches
        ),
        arithmetic=tuple(steps(grade, settings)),
        rubric_hash=grade.rubric_hash,
        version=grade.version,
        place=place,
        id=None if id is None else hider.hidden(id),
        taken=taken,
        rubric=rubric,
    )  # fmt: skip


_ORDER = (
    "thinking",
    "over the budget",
    "part of a fact",
    "negated fact",
    "fact",
    "fluency",
    "unsupported",
    "rule",
    "form",
    "pii",
)
"""The marks, the most important last."""
_LEGEND = (
    "fact", "part of a fact", "negated fact", "pii", "form", "unsupported", "fluency", "rule", "over the budget", "thinking"
)  # fmt: skip
"""The marks in the order of a legend."""


def _parts_of_facts(grade: Grade) -> list[Mark]:
    """Where a fact is carried in part, or negated."""
    return [
        Mark("negated fact" if fact.negated else "part of a fact", *fact.span, str(number))
        for number, fact in enumerate(grade.coverage.per_fact, 1)
        if fact.span and not fact.present and _is_seen(fact)
    ]


def _is_seen(fact: FactScore) -> bool:
    return fact.present or fact.negated or fact.score >= PARTLY


def _facts(grade: Grade, given: Given, private: _Private) -> Iterable[FactShown]:
    for number, (text, fact) in enumerate(zip(private.facts, grade.coverage.per_fact, strict=True), 1):
        span = fact.span if fact.span and _is_seen(fact) else None
        state = (
            "negated" if fact.negated else "carried" if fact.present
            else "partly carried" if fact.score >= PARTLY else "not carried"
        )  # fmt: skip
        missing = tuple(private.word(word) for word in fact.missing)
        yield FactShown(
            number, text, fact.score, state, missing, span, private.text[slice(*span)] if span else ""
        )


class _Private:
    """The texts of a grade with PII masked, unless it is to be shown."""

    def __init__(self, grade: Grade, given: Given, pii: Sequence[Pii]) -> None:
        self._pii = tuple(dict.fromkeys(pii))  # none where PII is to be shown
        self._words: set[str] = set()
        self._values: dict[str, None] = {}
        spans = [match.span for match in grade.pii.matches]
        for match in grade.pii.matches:
            self._know(match.text)
        self.text = self.hidden(given.text, spans)
        """The completion."""
        self.facts = [self.hidden(fact) for fact in _facts_of(grade, given)]
        """The facts, or the sentences of the reference."""

    def hidden(self, text: str, spans: Iterable[Span] = ()) -> str:
        """The text with PII masked: at the spans, wherever the rubric finds it, and what was found before."""
        if not self._pii:
            return text
        found = [match for pii in self._pii for match in pii_found(text, pii)]
        for match in found:
            self._know(match.text)
        hidden = masked(text, [*spans, *(match.span for match in found)])
        if len(text) <= _QUOTES:  # short texts quote the long ones
            for value in self._values:
                hidden = hidden.replace(value, masked(value, [(0, len(value))]))
        return hidden

    def word(self, word: str) -> str:
        """A word of a fact: also one that is a part of PII is masked."""
        if not self._pii:
            return word
        if any(part.casefold() in self._words for part in _WORD.findall(word)):
            return masked(word, [(0, len(word))])
        return self.hidden(word)

    def _know(self, value: str) -> None:
        if len(self._values) < _MOST_VALUES:
            self._values[value] = None
            self._words.update(part.casefold() for part in _WORD.findall(value) if len(part) > 2)


_QUOTES = 1000
_MOST_VALUES = 256


def _facts_of(grade: Grade, given: Given) -> list[str]:
    """The texts of what coverage was measured against, one for each of its scores."""
    number = len(grade.coverage.per_fact)
    if grade.coverage.basis == "reference":
        texts = _core.split_sentences(given.reference or "")
    else:
        texts = list(given.facts or ())
    return texts if len(texts) == number else [f"{grade.coverage.basis} {i}" for i in range(1, number + 1)]


class _Said:
    """What lowered each rule, in words."""

    def __init__(self, grade: Grade, given: Given, private: _Private) -> None:
        self._grade = grade
        self._settings = given.settings
        self._private = private
        self.unit = "words" if given.settings.length.tokenizer == "words" else "tokens"

    def of(self, rule: str) -> Iterable[str]:
        """The lines of a rule."""
        if rule in self._grade.custom:
            return self._custom(rule)
        said: dict[str, Any] = {name: getattr(self, f"_{name}") for name in RULES}
        return said[rule]() if rule in said else ()

    def _custom(self, rule: str) -> Iterable[str]:
        result = self._grade.custom[rule]
        if result.reason:
            yield self._private.hidden(result.reason.removesuffix(f" ({rule})"))
        if result.spans:
            yield f"found: {self._quote(result.spans)}"

    def _quote(self, spans: Sequence[Span]) -> str:
        """What stands at some spans, the first ones of them."""
        texts = dict.fromkeys(" ".join(self._private.text[start:end].split()) for start, end in spans)
        quoted = [f"“{text if len(text) <= _LONG else text[: _LONG - 1] + '…'}”" for text in texts]
        more = f" and {len(quoted) - _QUOTED:,} more" if len(quoted) > _QUOTED else ""
        return ", ".join(quoted[:_QUOTED]) + more

    def _length(self) -> Iterable[str]:
        result = self._grade.length
        unit = self.unit if result.tokens != 1 else self.unit[:-1]
        yield f"{result.tokens:,} {unit}; the budget is {result.max_tokens:,}"
        if not result.passed and result.tokens <= result.max_tokens:
            yield "cut off by the sampler: nobody knows how long it would have been"

    def _coverage(self) -> Iterable[str]:
        result, settings = self._grade.coverage, self._settings.coverage
        if result.score is None or result.raw is None:
            yield "not graded: nothing to measure it against"
            return
        count = f", {sum(fact.present for fact in result.per_fact)} of {len(result.per_fact)} carried"
        how = "" if settings.measure == "content" else f"{settings.measure} "
        yield f"{how}against {result.basis}: {result.raw:.3f}{count if result.per_fact else ''}"
        if result.guard is not None and result.guard < 1:
            yield f"in which the guard against lists of words and facts woven into each other takes × {result.guard:.3f}"
        if result.support is not None and result.support.factor < 1:
            yield f"× {result.support.factor:.3f} for what the source {self._unsupported(result.support)}"
        if result.copying is not None and result.copying_factor is not None and result.copying_factor < 1:
            yield (
                f"× {result.copying_factor:.3f} for copying: density {result.copying.density:.1f}, "
                f"{settings.max_density:g} allowed"
            )
        fluency, threshold = self._grade.fluency.score, self._settings.fluency.threshold
        if settings.readable and fluency is not None and fluency < threshold:
            yield f"× {fluency / threshold:.3f}, as the text is not readable"

    def _unsupported(self, support: Support) -> str:
        """What the source does not say, and what it contradicts."""
        absent = sorted(support.unsupported_numbers + support.unsupported_names)
        said = [("does not say", absent), ("contradicts", support.contradicted)]
        return " and ".join(f"{what}: {self._quote(spans)}" for what, spans in said if spans)

    def _pii(self) -> Iterable[str]:
        matches = self._grade.pii.matches
        if not matches:
            yield "none found"
            return
        failing = sum(bool(match.fails) for match in matches)
        kinds = Counter(match.kind for match in matches)
        listed = ", ".join(f"{kind} {n}" if n > 1 else kind for kind, n in kinds.most_common(_QUOTED))
        verdict = (
            "all fail" if failing == len(matches) else f"{failing} fail" if failing else "they only warn"
        )
        yield (
            f"{len(matches)} found ({listed}); {verdict}"
            if len(matches) > 1
            else (f"{listed} found; it {'fails' if failing else 'only warns'}")
        )

    def _fluency(self) -> Iterable[str]:
        result = self._grade.fluency
        if result.score is None:
            yield 'not graded: fluency.scorer is "none"'
            return
        yield self._private.hidden(result.reason) or "nothing broke it"
        if result.worst:
            yield f"worst: {self._quote([result.worst])}"

    def _form(self) -> Iterable[str]:
        violations = self._grade.form.violations
        if not violations:
            yield "only the paragraph"
        for description, times in Counter(v.description for v in violations).items():
            spans = [(v.start, v.end) for v in violations if v.description == description]
            where = [span for span in spans if span != self._grade.answer and span[1] > span[0]]
            quoted = f": {self._quote(where[:3])}" if where else ""
            yield self._private.hidden(description) + quoted + (f" ({times} times)" if times > 1 else "")
