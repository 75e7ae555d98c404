"""The kernels as functions: ROUGE, fact coverage, salience, copying, support, fluency, form.

Token counting comes straight from the core (``count_tokens`` and its family); PII has a module of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from rollgrade import _core, _results
from rollgrade.completion import facts_list
from rollgrade.grades import (
    Copying,
    CopyingColumns,
    FactColumns,
    FactCoverage,
    Fluency,
    Form,
    Rouge,
    Support,
    SupportColumns,
)
from rollgrade.settings import checked_threads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL")


# ---- coverage ----------------------------------------------------------------------------------------------


def rouge(
    *,
    prediction: str,
    reference: str | Sequence[str],
    types: Sequence[str] = ROUGE_TYPES,
    use_stemmer: bool = False,
) -> dict[str, Rouge]:
    """ROUGE of ``prediction`` against ``reference``, bit-equal to google's ``rouge_score`` 0.1.2.

    ``types``: ``rouge1`` to ``rouge9``, ``rougeL``, ``rougeLsum``. Against a list of references, each type takes
    the one with the highest F (google's ``score_multi``). Both are keyword-only: swapped, recall is precision.
    """
    return _core.rouge_scores(prediction, reference, types, use_stemmer, Rouge)


class RougeReference:
    """A reference prepared once for many predictions; :meth:`score` equals :func:`rouge`."""

    __slots__ = ("_core", "_reference", "_stemmed", "_types")

    def __init__(
        self, reference: str, *, types: Sequence[str] = ROUGE_TYPES, use_stemmer: bool = False
    ) -> None:
        self._types = tuple(types)
        self._core = _core.RougeReference(reference, self._types, use_stemmer)
        self._reference, self._stemmed = reference, use_stemmer

    def score(self, prediction: str) -> dict[str, Rouge]:
        """ROUGE of ``prediction`` against this reference."""
        return self._core.score(prediction, Rouge)

    def score_batch(self, predictions: Any, *, threads: int = 1) -> dict[str, dict[str, NDArray[np.float64]]]:
        """ROUGE of many predictions (a list of str or an Arrow string array), in columns as of :func:`rouge_batch`."""
        return _rouge_columns(self._types, self._core.score_batch(predictions, checked_threads(threads)))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(RougeReference, types=self._types, use_stemmer=self._stemmed), (self._reference,)

    def __repr__(self) -> str:
        return f"RougeReference(types={self._types!r})"


def rouge_batch(
    *,
    predictions: Any,
    references: Any,
    types: Sequence[str] = ROUGE_TYPES,
    use_stemmer: bool = False,
    threads: int = 1,
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """ROUGE of many pairs, as columns: ``result["rougeL"]["fmeasure"]`` is an array of shape (pairs,)."""
    columns = _core.rouge_batch(predictions, references, types, use_stemmer, checked_threads(threads))
    return _rouge_columns(types, columns)


def _rouge_columns(
    types: Sequence[str], scores: NDArray[np.float64]
) -> dict[str, dict[str, NDArray[np.float64]]]:
    return {
        name: {part: scores[:, i, j] for j, part in enumerate(Rouge._fields)} for i, name in enumerate(types)
    }


class Facts:
    """A list of facts, prepared once for many summaries.

    ``facts``: a list of strings (or a NumPy array), a string with a bullet or a line a fact, or a JSON list in a
    string; blank ones are left out. ``weights``: one positive number for each of the rest. A fact counts as present
    from a score of ``present`` on; with ``polarity``, one that is carried negated does not count. The attribute
    ``facts`` is the list that was made of them. Raises ``TypeError`` for what are no facts, ``ValueError`` for
    weights of another number, or that are not positive and finite.
    """

    __slots__ = ("_core", "_options", "facts")

    def __init__(
        self,
        facts: Any,
        *,
        weights: Sequence[float] | None = None,
        present: float = 0.45,
        polarity: bool = True,
    ) -> None:
        try:
            self.facts: list[str] = facts_list(facts)
        except ValueError as error:
            raise ValueError(f"facts: {error}") from None
        self._options = (None if weights is None else list(weights), present, polarity)
        self._core = _core.Facts(self.facts, *self._options)

    @classmethod
    def from_reference(
        cls,
        reference: str,
        *,
        weights: Sequence[float] | None = None,
        present: float = 0.45,
        polarity: bool = True,
    ) -> Self:
        """The sentences of a reference summary, each taken as a fact: what a rubric measures coverage against where it
        has a reference alone."""
        return cls(_core.split_sentences(reference), weights=weights, present=present, polarity=polarity)

    def score(self, summary: str) -> FactCoverage:
        """What ``summary`` carries of the facts, with evidence."""
        return _results.fact_coverage(self._core.score(summary))

    def mean(self, summary: str) -> float:
        """``score(summary).mean``, without the evidence."""
        return self._core.mean(summary)

    def score_batch(self, summaries: Any, *, threads: int = 1) -> FactColumns:
        """:meth:`score` of many summaries (a list of str or an Arrow string array), as columns."""
        return FactColumns(**self._core.score_batch(summaries, checked_threads(threads)))

    def mean_batch(self, summaries: Any, *, threads: int = 1) -> NDArray[np.float64]:
        """:meth:`mean` of many summaries, as :meth:`score_batch` takes them: float64 of shape (n,)."""
        return self._core.mean_batch(summaries, checked_threads(threads))

    def __len__(self) -> int:
        return len(self.facts)

    def __reduce__(self) -> tuple[Any, ...]:
        weights, present, polarity = self._options
        return partial(type(self), weights=weights, present=present, polarity=polarity), (self.facts,)

    def __repr__(self) -> str:
        return f"Facts({len(self)} facts)"


class Salience:
    """A source's salient content, prepared once for many summaries: coverage where there are no facts."""

    __slots__ = ("_core", "_source")

    def __init__(self, source: str) -> None:
        self._core = _core.Salience(source)
        self._source = source

    def score(self, summary: str) -> float:
        """The weighted share of the source's salient content that ``summary`` carries, in [0, 1]."""
        return self._core.score(summary)

    def score_batch(self, summaries: Any, *, threads: int = 1) -> NDArray[np.float64]:
        """:meth:`score` of many summaries (a list of str or an Arrow string array): float64 of shape (n,)."""
        return self._core.score_batch(summaries, checked_threads(threads))

    def __reduce__(self) -> tuple[Any, ...]:
        return Salience, (self._source,)

    def __repr__(self) -> str:
        return "Salience()"


class Source:
    """A source, prepared once for what many predictions copy from it and what it supports."""

    __slots__ = ("_core", "_source")

    def __init__(self, source: str) -> None:
        self._core = _core.Source(source)
        self._source = source

    def copying(self, prediction: str) -> Copying:
        """:func:`copying` of ``prediction`` from this source."""
        return _results.copying(self._core.copying(prediction))

    def copying_batch(self, predictions: Any, *, threads: int = 1) -> CopyingColumns:
        """:meth:`copying` of many predictions (a list of str or an Arrow string array), as columns."""
        return CopyingColumns(**self._core.copying_batch(predictions, checked_threads(threads)))

    def support(self, prediction: str) -> Support:
        """:func:`support` of ``prediction`` by this source."""
        return _results.support(self._core.support(prediction))

    def support_batch(self, predictions: Any, *, threads: int = 1) -> SupportColumns:
        """:meth:`support` of many predictions (a list of str or an Arrow string array), as columns."""
        return SupportColumns(**self._core.support_batch(predictions, checked_threads(threads)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Source, (self._source,)

    def __repr__(self) -> str:
        return "Source()"


def copying(*, prediction: str, source: str) -> Copying:
    """How much of ``prediction`` is copied from ``source``: extractive fragments, by Grusky, Naaman and Artzi,
    "Newsroom" (2018). For many predictions of one source, :class:`Source`."""
    return _results.copying(_core.copying(prediction, source))


def copying_batch(*, predictions: Any, sources: Any, threads: int = 1) -> CopyingColumns:
    """:func:`copying` of many predictions, each from its own source, as columns.

    Both are lists of str or Arrow string arrays of one length, else ``ValueError``. A source that stands in several
    rows one after the other is prepared once.
    """
    return CopyingColumns(**_core.copying_batch(predictions, sources, checked_threads(threads)))


def support(*, prediction: str, source: str) -> Support:
    """Numbers and names of ``prediction`` that ``source`` does not hold; numbers compare by value and
    what they count (``5%`` is not ``5 dollars``), names without case, accents and a possessive's ``'s``. For many
    predictions of one source, :class:`Source`."""
    return _results.support(_core.support(prediction, source))


def support_batch(*, predictions: Any, sources: Any, threads: int = 1) -> SupportColumns:
    """:func:`support` of many predictions, each by its own source, as columns; takes what :func:`copying_batch`
    does."""
    return SupportColumns(**_core.support_batch(predictions, sources, checked_threads(threads)))


# ---- fluency and form --------------------------------------------------------------------------------------


def fluency(text: str) -> Fluency:
    """How fluent ``text`` reads, in [0, 1], with what broke it and where. ``reason`` quotes the text as it stands; the
    result's ``repr``, and the reason in a grade, mask PII."""
    # What `_make` does, without the call of one more function.
    return tuple.__new__(Fluency, _core.fluency(text))


def fluency_batch(texts: Any, *, threads: int = 1) -> NDArray[np.float64]:
    """The score of :func:`fluency` of many texts (a list of str or an Arrow string array): an array of shape (n,)."""
    return _core.fluency_batch(texts, checked_threads(threads))


def form(text: str) -> Form:
    """Whether ``text`` is one paragraph and nothing else: 1, or lower with each violation."""
    return _results.form(_core.form(text))
