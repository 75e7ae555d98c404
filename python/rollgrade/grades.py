"""What comes back: the grade of one rollout, the columns of many, and the evidence of each rule.

Spans are half-open pairs of code points of the completion as it was given. What PII says is masked in every
``repr``; the value itself is the attribute ``text``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple, overload

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from rollgrade.explaining import Differences, Explanation
    from rollgrade.settings import Settings

Span = tuple[int, int]
"""Where something stands: code points (start, end) of the caller's string."""

RULES = ("length", "coverage", "pii", "fluency", "form")
"""The five rules, in order of priority."""


class Rouge(NamedTuple):
    """A ROUGE score (Lin 2004): each of the three in [0, 1]."""

    precision: float
    recall: float
    fmeasure: float


@dataclass(frozen=True, slots=True)
class PiiMatch:
    """One piece of PII: what it is, where it stands, why it was taken for PII.

    ``evidence`` holds any of ``shape``, ``checksum``, ``context``, ``obfuscated``, ``source``; ``verdict`` is ``leak_exact``,
    ``leak_reformatted``, ``leak_partial`` or ``invented`` against a source, and ``unknown`` without one.
    ``fails`` says whether the rubric lets it fail the rule or only warn; None outside a grade.
    """

    kind: str
    start: int
    end: int
    text: str = field(repr=False)
    masked: str
    evidence: tuple[str, ...]
    obfuscated: bool
    verdict: str
    fails: bool | None = None

    @property
    def span(self) -> Span:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class PiiKind:
    """A kind of PII: ``tier`` is ``default``, ``strict`` or, for a pattern of a rubric, ``own``; ``severity`` is in
    (0, 1]; ``example`` is invented; ``aliases`` are other names that settings may use."""

    name: str
    aliases: tuple[str, ...]
    tier: str
    severity: float
    accepts: str
    example: str
    source: str


@dataclass(frozen=True, slots=True)
class FactScore:
    """What a summary carries of one fact, in [0, 1], and the span that carries it. The words that are missing stand in
    no ``repr``: they may be those of PII, which cannot be told from its pieces."""

    score: float
    present: bool
    negated: bool
    missing: tuple[str, ...] = field(repr=False)
    missing_numbers: tuple[str, ...] = field(repr=False)
    missing_names: tuple[str, ...] = field(repr=False)
    span: Span | None


@dataclass(frozen=True, slots=True)
class FactCoverage:
    """What a summary carries of a list of facts: ``mean`` is the weighted mean of the facts' scores, times
    ``guard``, which is 1 for prose and falls towards 0 for a list of keywords, for words out of order and for facts that
    are woven into each other."""

    mean: float
    guard: float
    per_fact: tuple[FactScore, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FactColumns:
    """What many summaries carry of a list of facts: ``mean`` and ``guard`` of shape (summaries,), ``score`` (float64,
    in [0, 1]), ``present`` and ``negated`` (bool) of shape (summaries, facts)."""

    mean: NDArray[np.float64]
    guard: NDArray[np.float64]
    score: NDArray[np.float64]
    present: NDArray[np.bool_]
    negated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.mean)


@dataclass(frozen=True, slots=True)
class Copying:
    """Extractive fragments (Grusky et al. 2018): ``coverage`` is the share of words inside a fragment of the
    source, ``density`` the mean squared length, ``longest`` the words of the longest fragment, ``novel`` the
    share of 1- to 4-grams that the source does not hold."""

    coverage: float
    density: float
    longest: int
    novel: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class CopyingColumns:
    """:class:`Copying` of many texts: ``coverage`` and ``density`` (float64) and ``longest`` (uint32, in words) of
    shape (n,), ``novel`` (float64, for n-grams of 1 to 4 words) of shape (n, 4)."""

    coverage: NDArray[np.float64]
    density: NDArray[np.float64]
    longest: NDArray[np.uint32]
    novel: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.coverage)


@dataclass(frozen=True, slots=True)
class Support:
    """Numbers and names of a summary, the spans of those that nothing supports, and the spans of words that say the
    opposite of the source (``contradicted``). ``factor`` is what coverage is multiplied by for it: 1 when all are
    supported."""

    numbers: int
    names: int
    unsupported_numbers: tuple[Span, ...]
    unsupported_names: tuple[Span, ...]
    contradicted: tuple[Span, ...]
    factor: float


@dataclass(frozen=True, slots=True, eq=False)
class SupportColumns:
    """:class:`Support` of many texts, each of shape (n,): how many numbers and names a text has and how many of them
    are unsupported, how many words the source contradicts (uint32), and the factor (float64)."""

    numbers: NDArray[np.uint32]
    names: NDArray[np.uint32]
    unsupported_numbers: NDArray[np.uint32]
    unsupported_names: NDArray[np.uint32]
    contradicted: NDArray[np.uint32]
    factor: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.factor)


class Fluency(NamedTuple):
    """Fluency in [0, 1]; ``reason`` says what broke it (empty when nothing did), ``worst`` where, ``parts`` holds
    the measures that it was made of."""

    # A tuple, as the core makes it: a frozen dataclass takes a fifth of the time that the score does.

    score: float
    reason: str
    worst: Span | None
    parts: Mapping[str, float]

    def __repr__(self) -> str:
        from rollgrade.evidence import without_pii

        reason = without_pii(self.reason)
        return f"Fluency(score={self.score!r}, reason={reason!r}, worst={self.worst!r}, parts={self.parts!r})"


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation of the form: its name, its span, and what to say to a person."""

    kind: str
    start: int
    end: int
    description: str


@dataclass(frozen=True, slots=True)
class Form:
    """The form rule: 1 when there is only the paragraph, lower with each violation."""

    score: float
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class LengthResult:
    """The length rule: tokens of the answer against the budget (words, where the rubric counts words)."""

    score: float
    passed: bool
    tokens: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class CoverageResult:
    """The coverage rule. ``score`` is what the reward credits: ``raw``, lowered by unsupported numbers and names, by
    copying and by unreadable text; None where coverage is not graded (``basis`` is ``"none"``). ``copying_factor`` is
    what coverage was multiplied by for copying: 1 up to the rubric's ``max_density``; None where the rubric sets no
    limit, or the source is not known."""

    score: float | None
    passed: bool
    threshold: float
    basis: str
    raw: float | None
    guard: float | None
    per_fact: tuple[FactScore, ...]
    support: Support | None
    copying: Copying | None
    copying_factor: float | None

    @property
    def unsupported(self) -> tuple[Span, ...]:
        """Spans of the numbers and names that nothing supports and of words that the source contradicts, in order."""
        if self.support is None:
            return ()
        of = self.support
        return tuple(sorted(of.unsupported_numbers + of.unsupported_names + of.contradicted))


@dataclass(frozen=True, slots=True)
class PiiResult:
    """The PII rule: ``basis`` is ``"leaks"`` where only what stands in the source fails, else ``"any"``."""

    score: float
    passed: bool
    threshold: float
    basis: str
    matches: tuple[PiiMatch, ...]


@dataclass(frozen=True, slots=True)
class FluencyResult:
    """The fluency rule. ``score`` is None where it is not graded (``fluency.scorer = "none"``)."""

    score: float | None
    passed: bool
    threshold: float
    reason: str
    worst: Span | None
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class FormResult:
    """The form rule."""

    score: float
    passed: bool
    threshold: float
    violations: tuple[Violation, ...]


class NameOf:
    """Stands for a callable that is not pickled along: its name, and no more."""

    def __init__(self, of: Any) -> None:
        self.__module__ = of.__module__
        self.__qualname__ = getattr(of, "__qualname__", type(of).__qualname__)

    def __call__(self, *_: Any) -> Any:
        raise TypeError(f"{self.__qualname__}: nothing but the name was pickled")


def without_code(settings: Settings) -> Settings:
    """The settings with a callable as its name: code may not pickle, and explaining needs no more."""
    if callable(settings.combine):
        settings = replace(settings, combine=NameOf(settings.combine))
    named = [r if r.score is None else replace(r, score=NameOf(r.score)) for r in settings.rules]
    return replace(settings, rules=tuple(named)) if named else settings


class Given(NamedTuple):
    """What a grade was made of, by reference: what explaining it needs beside its evidence."""

    text: str
    facts: tuple[str, ...] | None
    weights: tuple[float, ...] | None
    reference: str | None
    settings: Settings

    def __reduce__(self) -> tuple[Any, ...]:
        return Given, (*self[:-1], without_code(self.settings))


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule of the rubric's own. ``spans`` are the matches of its patterns: of each that must be there the first, of
    those that must not the first 64. ``reason`` says why it fails; empty where it passes."""

    score: float
    passed: bool
    threshold: float
    weight: float
    spans: tuple[Span, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of one rollout: the reward, the rules with their evidence, and the reason in one sentence.

    ``score`` is in [0, 1], or None where the rubric skips a rollout that lacks what a rule needs. ``invalid``
    names why an answer is not valid (its score is then 0), else None. ``answer`` is the span that was graded.
    ``custom`` holds the rubric's own rules by name.
    """

    score: float | None
    valid: bool
    invalid: str | None
    reason: str
    length: LengthResult
    coverage: CoverageResult
    pii: PiiResult
    fluency: FluencyResult
    form: FormResult
    answer: Span
    rubric_hash: str
    version: str
    custom: Mapping[str, RuleResult] = field(default_factory=dict)
    _given: Given | None = field(default=None, repr=False, compare=False)

    @property
    def rules(self) -> dict[str, Any]:
        """Each rule's result by name: the built-in ones, in order of priority, then the rubric's own."""
        return {rule: getattr(self, rule) for rule in RULES} | dict(self.custom)

    @property
    def passed(self) -> bool:
        """Whether the answer is valid and every rule passes."""
        return self.valid and all(result.passed for result in self.rules.values())

    @overload
    def explain(self, other: None = None, *, show_pii: bool = False) -> Explanation: ...
    @overload
    def explain(self, other: Grade, *, show_pii: bool = False) -> Differences: ...
    def explain(self, other: Grade | None = None, *, show_pii: bool = False) -> Explanation | Differences:
        """The text with its evidence, and the arithmetic of the reward; with another grade, the differences of the two
        side by side. Shows itself: as text (``print``), in a notebook, as a page (``.to_html()``), as plain data
        (``.to_dict()``). PII is masked unless ``show_pii``.

        Raises ``ValueError`` for a grade that no rubric made.
        """
        from rollgrade.explaining import differences, explanation

        if other is None:
            return explanation(self, show_pii=show_pii)
        if not isinstance(other, Grade):
            raise TypeError(f"other: got {type(other).__name__}, expected another Grade")
        return differences(self, other, show_pii=show_pii)

    def _repr_html_(self) -> str | None:
        return None if self._given is None else self.explain()._repr_html_()

    def to_dict(self, *, show_pii: bool = False) -> dict[str, Any]:
        """The grade as plain dicts, lists and numbers, ready for JSON. PII is masked unless ``show_pii``."""
        plain: dict[str, Any] = _plain(self)
        if not show_pii:
            for match in plain["pii"]["matches"]:
                match["text"] = match["masked"]
        return plain

    def __repr__(self) -> str:
        score = "None" if self.score is None else f"{self.score:.3f}"
        marks = ", ".join(f"{rule}={_mark(result)}" for rule, result in self.rules.items())
        return f"Grade(score={score}, {marks}, reason={self.reason!r})"


def _mark(result: Any) -> str:
    return "-" if result.score is None else f"{result.score:.2f}{'' if result.passed else '!'}"


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not f.name.startswith("_")}
    if isinstance(value, Mapping):
        return {name: _plain(v) for name, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


@dataclass(frozen=True, slots=True, eq=False)
class PiiColumns:
    """PII matches of many rollouts, one entry a match: which rollout (``row``), what, where, and its verdict."""

    row: NDArray[np.uint32]
    kind: list[str]
    start: NDArray[np.uint32]
    end: NDArray[np.uint32]
    verdict: list[str]
    fails: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)


def whole_index(name: str, given: Any) -> int:
    """An index as ``int``, NumPy's as well."""
    try:
        return index(given)
    except TypeError:
        got = repr(given) if isinstance(given, str) and given.isidentifier() else type(given).__name__
        raise TypeError(
            f"{name}: got {got}, expected the number of a row (a column has its own name)"
        ) from None


class Grades(Sequence[Grade]):
    """The grades of many rollouts, as columns; ``grades[i]`` is the whole grade of one, made when asked for.

    Columns, each a NumPy array of shape (n,): ``score`` (float64; NaN where ``graded`` is False), ``valid``,
    ``graded`` (bool), ``tokens`` (uint32) and the rules' scores ``length``, ``coverage``, ``pii``, ``fluency``,
    ``form`` (float64; coverage and fluency NaN where they are not graded). ``passed`` has one bool array a rule, ``reasons`` one sentence
    a rollout, ``pii_matches`` the PII of all rollouts. ``basis`` says what coverage was measured against, ``pii_basis``
    of each rollout whether only what stands in its source fails (``"leaks"``) or any PII (``"any"``). The arrays are
    not to be written to.
    """

    __slots__ = (
        "_explain",
        "basis",
        "coverage",
        "fluency",
        "form",
        "graded",
        "length",
        "passed",
        "pii",
        "pii_basis",
        "pii_matches",
        "reasons",
        "rubric_hash",
        "score",
        "scores",
        "tokens",
        "valid",
        "version",
    )

    def __init__(
        self,
        columns: Mapping[str, Any],
        *,
        score: NDArray[np.float64],
        graded: NDArray[np.bool_],
        basis: str,
        pii_basis: list[str],
        explain: Callable[[int], Grade],
        rubric_hash: str,
        version: str,
    ) -> None:
        self.score = score
        self.graded = graded
        self.valid: NDArray[np.bool_] = columns["valid"]
        self.tokens: NDArray[np.uint32] = columns["tokens"]
        self.length: NDArray[np.float64] = columns["length"]
        self.coverage: NDArray[np.float64] = columns["coverage"]
        self.pii: NDArray[np.float64] = columns["pii"]
        self.fluency: NDArray[np.float64] = columns["fluency"]
        self.form: NDArray[np.float64] = columns["form"]
        self.scores: dict[str, NDArray[np.float64]] = {rule: columns[rule] for rule in columns["passed"]}
        self.passed: dict[str, NDArray[np.bool_]] = columns["passed"]
        self.pii_matches = PiiColumns(**columns["matches"])
        self.reasons: list[str] = columns["reasons"]
        self.basis = basis
        self.pii_basis = pii_basis
        self.rubric_hash = rubric_hash
        self.version = version
        self._explain = explain
        for column in (score, graded, self.valid, self.tokens, *self.scores.values(), *self.passed.values()):
            column.flags.writeable = False

    def rewards(self) -> list[float | None]:
        """The scores as a list, with None where a rollout was not graded: what trainers take."""
        return [s if g else None for s, g in zip(self.score.tolist(), self.graded.tolist(), strict=True)]

    def explain(self, i: int) -> Grade:
        """The whole grade of rollout ``i``, with its evidence."""
        n = len(self)
        if not -n <= (at := whole_index("grades", i)) < n:
            raise IndexError(f"grades: got {i}, expected an index below {n}")
        return self._explain(at % n)

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self.explain(j) for j in range(*i.indices(len(self)))]
        return self.explain(i)

    def __iter__(self) -> Iterator[Grade]:
        return (self.explain(i) for i in range(len(self)))

    def to_dict(self) -> dict[str, Any]:
        """The columns by name: the scores, then one ``<rule>_passed`` a rule, then the PII's basis and the reasons; behind
        them, one value each, the stamp: the basis, the rubric's hash and the package's version."""
        return self._columns() | self._stamp()

    def _stamp(self) -> dict[str, str]:
        return {"basis": self.basis, "rubric_hash": self.rubric_hash, "version": self.version}

    def _columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {"score": self.score, "valid": self.valid, "tokens": self.tokens}
        columns |= self.scores
        columns |= {f"{rule}_passed": passed for rule, passed in self.passed.items()}
        return columns | {"pii_basis": self.pii_basis, "reason": self.reasons}

    def to_arrow(self) -> pa.Table:
        """The columns as an Arrow table, null where there is no value (needs ``rollgrade[parquet]``). The
        package's version, the rubric's hash and the basis stand in the schema's metadata."""
        try:
            import pyarrow as pa
        except ImportError:
            raise ImportError("to_arrow needs pyarrow: pip install 'rollgrade[parquet]'") from None
        columns = {
            name: pa.array(c, from_pandas=True) if isinstance(c, list) or c.dtype.kind == "f" else pa.array(c)
            for name, c in self._columns().items()
        }
        stamp = {f"rollgrade.{name}": value for name, value in self._stamp().items()}
        return pa.table(columns).replace_schema_metadata(stamp)

    def to_pandas(self) -> pd.DataFrame:
        """The columns as a pandas frame (needs ``rollgrade[pandas]``); the stamp stands in ``attrs``."""
        try:
            import pandas as pd
        except ImportError:
            raise ImportError("to_pandas needs pandas: pip install 'rollgrade[pandas]'") from None
        frame = pd.DataFrame(self._columns())
        frame.attrs.update(self._stamp())
        return frame

    def __repr__(self) -> str:
        if not len(self):
            return "Grades(0 rollouts)"
        graded = int(self.graded.sum())
        mean = f"{float(self.score[self.graded].mean()):.3f}" if graded else "-"
        shares = ", ".join(f"{rule} {float(passed.mean()):.0%}" for rule, passed in self.passed.items())
        skipped = f", {len(self) - graded} not graded" if graded < len(self) else ""
        return f"Grades({len(self)} rollouts{skipped}, mean score {mean}; pass: {shares}; basis {self.basis})"
