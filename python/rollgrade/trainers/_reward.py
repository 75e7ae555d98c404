"""What every trainer's reward shares: the text of a completion, what it is graded against, one grading pass over
them, and what is logged of it.

A trainer's module turns its trainer's call into :class:`Rows` and the grades into what the trainer expects; all
that lies between stands here.
"""

from __future__ import annotations

import itertools
import logging
import math
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from rollgrade._names import nearest
from rollgrade.completion import (
    completion_text,
    document_text,
    facts_list,
    given_json,
    kind_of,
    says_nothing,
    there,
)
from rollgrade.grades import Grades
from rollgrade.logs.forms.form import NAMES, common_fields, ground_truth_fields
from rollgrade.material import check_many
from rollgrade.recipes import as_rubric
from rollgrade.rubric import LackingError, Rubric
from rollgrade.settings import BASES, checked_threads

T = TypeVar("T")

log = logging.getLogger("rollgrade")


class Rows(NamedTuple):
    """A batch of completions and what each is graded against; None where there is nothing."""

    texts: list[str]
    facts: list[list[str] | None] | None = None
    sources: list[str | None] | None = None
    references: list[str | None] | None = None
    truncated: list[bool | None] | None = None
    unread: list[str] | None = None
    """What else the ground truth of each row has, to be told where something is missing."""

    def of(self, basis: str) -> list[Any]:
        """The column that coverage on ``basis`` is measured against."""
        column = {"facts": self.facts, "reference": self.references, "source": self.sources}[basis]
        return [None] * len(self.texts) if column is None else column


class Grading:
    """A rubric at work in a trainer: one pass over a batch, with a coverage basis that stays the same.

    ``declared``: what of facts, reference and source the user said there is, where that is known beforehand; "auto"
    then takes the first of them. Otherwise the first row that has anything decides, and a later row with something
    that stands before it is an error, since the rewards would not compare. ``nothing`` is the basis as long as no row
    has anything. ``needs_all`` names a trainer that takes no row without a reward.

    Safe from many threads, survives pickling and forking. Prepared tasks are kept by the rubric.
    """

    def __init__(
        self,
        rubric: Rubric | str | Path | None = None,
        *,
        declared: Iterable[str] = (),
        nothing: str = "facts",
        threads: int = 1,
        needs_all: str | None = None,
    ) -> None:
        self.rubric = as_rubric(rubric)
        self.threads = checked_threads(threads)
        self._needs_all = needs_all
        self._nothing = nothing
        self._basis = self._known(set(declared))
        self._open = self._basis is None
        self._warned = False
        self.warned_of_basis = False

    def _known(self, declared: set[str]) -> str | None:
        basis: str = self.rubric.coverage.basis
        if basis != "auto":
            return basis
        if declared:
            return next(b for b in BASES if b in declared)
        return "facts" if self.rubric.missing == "fallback" else None

    def grade(self, rows: Rows) -> Grades:
        """Grades a batch. Raises ``ValueError`` that names the row and the field where something is missing that a
        rule needs and the rubric does not say what then (``missing``)."""
        settled = self._settled(rows) if self._open else self._basis
        try:
            grades = self.rubric.grade_batch(
                rows.texts,
                sources=rows.sources,
                facts=rows.facts,
                references=rows.references,
                truncated=rows.truncated,
                basis=settled or self._nothing,
                threads=self.threads,
            )
        except LackingError as error:
            raise ValueError(self._lacking(error, rows)) from None
        # Only now: rows that were not graded fix nothing.
        self._basis = self._basis or settled
        if rows.texts and not self.warned_of_basis:
            self._warn_of_basis(rows, grades)
        if rows.truncated and not self._warned:
            self._warn_of_cap(rows, grades)
        return grades

    def _lacking(self, error: LackingError, rows: Rows) -> str:
        unread = f" ({rows.unread[error.row]})" if rows.unread and rows.unread[error.row] else ""
        if self._needs_all is None:
            return f"{error}{unread}"
        return f"row {error.row}: {unrewarded(error.lacking + unread, self._needs_all)}"

    def _warn_of_basis(self, rows: Rows, grades: Grades) -> None:
        """Says once where no row of a call has anything that coverage could be measured against."""
        if grades.basis != "none" and any(rows.of(grades.basis)):
            return
        falls_back = self.rubric.missing == "fallback"
        measured = grades.coverage if falls_back else grades.coverage[grades.graded]
        if falls_back and len(measured) < 2:
            return  # one row may lack what others have: the rubric foresees it
        if self.rubric.coverage.basis != "none" and len(measured) and not (measured >= 0).any():
            self.warned_of_basis = True
            warnings.warn(
                "coverage is not measured: no row of the call has facts, a reference or a source; name the columns or "
                "fields that hold them (facts=..., source=...), or say in the rubric that there are none (coverage.basis "
                '= "none")',
                stacklevel=4,
            )

    def _settled(self, rows: Rows) -> str | None:
        """The basis that the first row with anything has, from then on; None as long as there was none."""
        if self._basis is None:
            return next((b for b in BASES if any(v is not None for v in rows.of(b))), None)
        for before in BASES[: BASES.index(self._basis)]:
            row = next((i for i, v in enumerate(rows.of(before)) if v is not None), None)
            if row is not None:
                raise ValueError(
                    f"row {row}: {before}: got a value in a run whose coverage has been measured against "
                    f'"{self._basis}" so far; rewards would not compare, so say in the rubric which it is '
                    f'(coverage.basis = "{before}" or "{self._basis}")'
                )
        return self._basis

    def _warn_of_cap(self, rows: Rows, grades: Grades) -> None:
        """Says once where answers are cut off inside the budget: none can then be too long."""
        budget = self.rubric.length.max_tokens
        cut = [
            tokens
            for text, truncated, valid, tokens in zip(
                rows.texts, rows.truncated or (), grades.valid.tolist(), grades.tokens.tolist(), strict=True
            )
            # After a thinking block the answer is what was left of the cap.
            if truncated and valid and "</think>" not in text
        ]
        if cut and max(cut) <= budget:
            self._warned = True
            warnings.warn(
                f"the trainer's limit on a completion cut answers off at {max(cut)} tokens, within the budget of "
                f"{budget}: no answer can be too long, and cut-off ones fail the length rule; raise that limit",
                stacklevel=4,
            )

    def __repr__(self) -> str:
        return f"Grading({self.rubric!r})"


class Shared:
    """One grading pass for several callers: what is asked again with the same rows is not graded again.

    A caller that asks twice starts a new pass. Threads that ask at the same time wait for the one that grades.
    """

    def __init__(self, grading: Grading) -> None:
        self.grading = grading
        self._clear()

    def _clear(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._rows: Rows | None = None
        self._grades: Grades | None = None
        self._asked: set[str] = set()

    def grade(self, rows: Rows, caller: str) -> tuple[Grades, bool]:
        """The grades of ``rows``, and whether they are new."""
        if self._process != os.getpid():  # a fork may have left the lock held
            self._clear()
        with self._lock:
            if self._grades is not None and caller not in self._asked and rows == self._rows:
                self._asked.add(caller)
                return self._grades, False
            grades = self.grading.grade(rows)
            self._rows, self._grades, self._asked = rows, grades, {caller}
            return grades, True

    def __getstate__(self) -> dict[str, Any]:
        return {"grading": self.grading}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.grading = state["grading"]
        self._clear()


# ---- what comes in -----------------------------------------------------------------------------------------


def converted(field: str, convert: Callable[[Any], T], values: Iterable[Any]) -> list[T]:
    """Every value through ``convert``; what it raises names the row and the field."""
    done: list[T] = []
    last: Any = None
    for row, value in enumerate(values):
        # The rows of a group stand side by side and say the same.
        if row and type(value) is type(last) and type(value) in (str, list) and value == last:
            done.append(done[-1])
            continue
        last = value
        try:
            done.append(convert(value))
        except (TypeError, ValueError) as error:
            raise type(error)(f"row {row}: {field}: {error}") from None
    return done


def strings(payload: Mapping[str, Any], name: str) -> list[str]:
    """The list of strings that a payload holds under a name."""
    value = payload.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name}: got {kind_of(value)}, expected a list of strings")
    return value


def texts(completions: Any) -> list[str]:
    """The texts of completions: strings or messages."""
    check_many("completions", "of completions", completions)
    return converted("completion", completion_text, completions)


def facts_of(value: Any) -> list[str] | None:
    """Facts in any form that they come in; an empty list is none."""
    return None if there(value) is None else facts_list(value) or None


def _document(value: Any) -> str | None:
    """A source or a reference; text that says that there is nothing is none."""
    text = document_text(value)
    return None if text is not None and says_nothing(text) else text


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "facts": facts_of,
    "source": _document,
    "reference": _document,
}


class Fields(NamedTuple):
    """Under which names a dataset has what completions are graded against; None for what it has not."""

    facts: str | None = None
    source: str | None = None
    reference: str | None = None

    @classmethod
    def of(cls, facts: Any = None, source: Any = None, reference: Any = None) -> Fields:
        """Fields by names that a user gave, checked."""
        given = {"facts": facts, "source": source, "reference": reference}
        for field, name in given.items():
            if name is not None:
                checked_name(field, name, "the name of the field or column that holds it")
        return cls(**given)

    def named(self) -> dict[str, str]:
        """The fields that have a name, and their names."""
        if self.count(None) == len(self):  # a trainer that sends one row a call asks for each
            return {}
        return {field: name for field, name in self._asdict().items() if name is not None}


def checked_name(argument: str, given: Any, what: str) -> str:
    """A name that a user gave. Raises ``TypeError`` or ``ValueError`` that names the argument where it is none."""
    if not isinstance(given, str):
        raise TypeError(f"{argument}: got one {type(given).__name__}, expected {what}, a string")
    if not given:
        raise ValueError(f"{argument}: got an empty string, expected {what}")
    return given


def unused(fields: Fields, given: Mapping[str, Any], basis: str) -> dict[str, str]:
    """The column that a call has under a well-known name and that nobody said to use, for each field that coverage would
    be measured against; none where facts or a reference were declared, as a dataset may have more than one task's."""
    found: dict[str, str] = {}
    if fields.facts is not None or fields.reference is not None:
        return found
    for field in BASES if basis == "auto" else (basis,):
        if getattr(fields, field, None) is not None:
            break
        there = next((name for name in NAMES.get(field, ()) if given.get(name) is not None), None)
        if there is not None:
            found[field] = there
    return found


def columns(fields: Fields, given: Mapping[str, Any], n: int) -> dict[str, list[Any]]:
    """The columns of a dataset that ``fields`` name, one entry a completion, converted. An error names the field, the
    column and the row, or the columns there are."""
    found = {}
    for field, name in fields.named().items():
        if name not in given:
            there = ", ".join(sorted(given)) or "none"
            raise ValueError(
                f"{field}: got {name!r}, expected a column of the dataset (there are: {there})"
                f"{nearest(name, given)}"
            )
        values = given[name]
        if isinstance(values, str | Mapping) or not hasattr(values, "__len__"):
            raise TypeError(
                f"{field}: the column {name!r} is one {type(values).__name__}, "
                "expected a list with one entry a completion"
            )
        if len(values) != n:
            raise ValueError(
                f"{field}: the column {name!r} has {len(values)} entries, expected {n}, one a completion"
            )
        label = field if field == name else f"{field} (column {name!r})"
        found[field] = converted(label, _CONVERT[field], values)
    return found


class Record(NamedTuple):
    """What one row says beside its completion."""

    facts: list[str] | None = None
    source: str | None = None
    reference: str | None = None
    truncated: bool | None = None
    unread: str = ""
    """What the ground truth has, where none of it is read."""


def record(fields: Fields, ground_truth: Any, extra: Any = None, *, row: int = 0) -> Record:
    """What a row's ground truth and its further fields say.

    The ground truth is a reference (a string), facts (a list), or an object with ``facts``, ``source`` and
    ``reference``, each also as JSON; ``extra`` an object with the same names, or with those that ``fields`` say. Read
    as the log reader reads a dump of them, so that a rescore gives the same rewards. Text that was meant to be JSON and
    is none is an error.
    """
    try:
        truth = given_json(_unwrapped(ground_truth))
    except ValueError as error:
        raise ValueError(f"row {row}: ground_truth: {error}") from None
    more = _unwrapped(extra)
    more = more if isinstance(more, Mapping) else {}
    read = ground_truth_fields(truth)
    found = common_fields(more) | read
    for field, name in fields.named().items():
        if isinstance(truth, Mapping) and name in truth:
            found[field] = truth[name]
        elif name in more:
            found[field] = more[name]
        else:
            there = ", ".join(
                sorted({*map(str, truth if isinstance(truth, Mapping) else ()), *map(str, more)})
            )
            raise ValueError(
                f"row {row}: {field}: got {name!r}, expected a field of the row (there are: {there or 'none'})"
                f"{nearest(name, more)}"
            )

    def value(field: str) -> Any:
        try:
            return _CONVERT[field](found.get(field))
        except (TypeError, ValueError) as error:
            raise type(error)(f"row {row}: {field}: {error}") from None

    truncated = found.get("truncated")
    unread = "" if read or fields.named() else _unread(truth)
    return Record(value("facts"), value("source"), value("reference"), truncated, unread)


def _unread(truth: Any) -> str:
    """What there is in an object of which nothing was read."""
    if not isinstance(truth, Mapping) or not truth:
        return ""
    known = [name for field in BASES for name in NAMES[field]]
    keys = ", ".join(sorted(map(str, truth))[:8])
    close = next((hint for key in truth if (hint := nearest(key, known))), "")
    return f"the ground truth has {keys}, and facts, reference and source are read{close}"


def rows_of(completions: Sequence[str], records: Sequence[Record]) -> Rows:
    """A batch of texts, each with its record."""
    return Rows(
        list(completions),
        [r.facts for r in records],
        [r.source for r in records],
        [r.reference for r in records],
        [r.truncated for r in records],
        [r.unread for r in records],
    )


def _unwrapped(value: Any) -> Any:
    """NumPy scalars and arrays of objects as what they hold."""
    return value.tolist() if hasattr(value, "tolist") else value


# ---- what goes out -----------------------------------------------------------------------------------------


def metrics(
    grades: Grades, prefix: str = "rollgrade", groups: Sequence[Any] | None = None
) -> dict[str, float]:
    """What to log of a batch, over the rollouts that were graded: each rule's mean score and pass rate, tokens, the
    share of valid answers; and with ``groups`` (what each completion answers, those of one prompt side by side) how
    many groups there are and in how many all rewards are equal, from which a group-relative trainer learns
    nothing."""
    if not grades.graded.any():
        return {}
    found = {name: getattr(grades, name) for name in ("valid", "tokens")}
    for rule, scores in grades.scores.items():
        if (scores[grades.graded] >= 0).any():  # NaN, where it is not graded, is not
            found |= {rule: scores, f"{rule}_passed": grades.passed[rule]}
    means = {name: _mean(column[grades.graded]) for name, column in found.items()}
    if groups is not None:
        means["groups"], means["zero_variance_groups"] = zero_variance(groups, grades.rewards())
    return {f"{prefix}/{name}": value for name, value in means.items()}


def _mean(column: Any) -> float:
    """The mean of what there is: coverage is not graded in rows that fall back to nothing."""
    there = column[column >= 0]  # NaN is not
    return float(there.mean()) if len(there) else 0.0


def zero_variance(groups: Sequence[Any], rewards: Sequence[float | None]) -> tuple[float, float]:
    """How many groups of at least two rewards there are, and in how many of them all are equal."""
    counted = equal = 0
    position = 0
    for _, members in itertools.groupby(groups):
        size = sum(1 for _ in members)
        given = [r for r in rewards[position : position + size] if r is not None]
        position += size
        if len(given) > 1:
            counted += 1
            equal += max(given) == min(given)
    return float(counted), float(equal)


def numbers(grades: Grades, trainer: str) -> list[dict[str, float]]:
    """One dict of finite floats a rollout, the same keys in each: the reward as ``score``, each rule's score and
    whether it passed, ``valid`` and ``tokens``. Coverage is 0 where it is not graded. Raises ``ValueError`` for a
    row that the rubric gives no reward, as ``trainer`` needs one."""
    for row, graded in enumerate(grades.graded.tolist()):
        if not graded:
            raise ValueError(f"row {row}: {unrewarded(grades.reasons[row], trainer)}")
    found: dict[str, Any] = {"score": grades.score, "valid": grades.valid, "tokens": grades.tokens}
    for rule, scores in grades.scores.items():
        found |= {rule: scores, f"{rule}_passed": grades.passed[rule]}
    listed = {name: column.tolist() for name, column in found.items()}
    listed["coverage"] = [_finite(score) for score in listed["coverage"]]
    return [dict(zip(listed, map(float, row), strict=True)) for row in zip(*listed.values(), strict=True)]


def unrewarded(reason: str, trainer: str) -> str:
    """Why a row has no reward, and what to do where a trainer needs one."""
    lacking = reason.removeprefix("Not graded: ").removesuffix(".")
    return (
        f"{lacking}; {trainer} needs a number for every row: leave such rows out, or, where they hold a reference or a "
        'source, set missing = "fallback"'
    )


def _finite(value: Any) -> float:
    number = float(value)
    return number if math.isfinite(number) else 0.0
