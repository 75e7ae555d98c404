"""The kernels as functions: PII, ROUGE, fact coverage, salience, copying, support, fluency, form.

Token counting comes straight from the core: ``count_tokens`` and its family.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
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
    PiiKind,
    PiiMatch,
    Rouge,
    Support,
    SupportColumns,
    whole_index,
)
from rollgrade.settings import Pattern, checked_patterns, checked_threads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL")
STYLES = ("label", "mask", "hash")
"""How PII may be replaced."""

_SHORTEST_KEY = 8
"""Fewest bytes of a key."""


# ---- PII ---------------------------------------------------------------------------------------------------


def _scanner(
    tier: str = "default",
    checksum: str = "accept",
    kinds: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    patterns: Any = (),
) -> _core.Scanner:
    without = _strings("exclude", exclude)
    scanner = _core.Scanner(
        tier,
        checksum,
        _strings("kinds", () if kinds is None else kinds),
        without,
        _strings("allow", allow),
        [pattern.core() for pattern in checked_patterns(patterns)],
    )
    if without and not scanner.names():
        raise ValueError(
            f"exclude: got {', '.join(without)}, expected to leave at least one of the kinds that are looked for"
        )
    return scanner


def _strings(name: str, given: Any) -> list[str]:
    if isinstance(given, str):
        raise ValueError(f"{name}: got one str, expected a list of strings")
    return list(given)


def find_pii(
    text: str,
    *,
    tier: str = "default",
    checksum: str = "accept",
    kinds: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    patterns: Any = (),
    source: str | None = None,
) -> list[PiiMatch]:
    """Finds PII in ``text``: matches in order, without overlaps, spans in code points.

    ``kinds`` and ``exclude`` choose among the tier's kinds; ``allow`` names values that are not PII (``*`` stands
    for any run) or domains whose addresses are not; ``checksum="require"`` takes only values whose checksum passes,
    where their kind has one; ``patterns`` are kinds of your own, as tables of the rubric file's ``pii.patterns``
    (compiled anew by each call: for many texts, :func:`find_pii_batch`).
    With a ``source``, each match gets the verdict of whether the source holds it. Linear time. Raises
    ``ValueError`` for a name or pattern that is not understood.
    """
    found = _scanner(tier, checksum, kinds, exclude, allow, patterns).scan(text, source)
    return [_results.pii_match(match) for match in found]


class PiiMatches(Sequence[list[PiiMatch]]):
    """The PII of many texts: ``[i]`` gives the matches of text i, ``columns()`` one entry a match. What is not asked
    for is not made."""

    __slots__ = ("_found", "_texts")

    def __init__(self, found: _core.Matches | _Kept, texts: range | None = None) -> None:
        self._found = found
        self._texts = range(len(found)) if texts is None else texts

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return PiiMatches(self._found, self._texts[i])
        if not -len(self) <= (at := whole_index("matches", i)) < len(self):
            raise IndexError(f"matches: got {i}, expected an index below {len(self)}")
        return [_results.pii_match(match) for match in self._found.row(self._texts[at])]

    def __iter__(self) -> Iterator[list[PiiMatch]]:
        return (self[i] for i in range(len(self)))

    def columns(self) -> dict[str, Any]:
        """``text`` (index), ``start``, ``end``, ``obfuscated`` as NumPy arrays; ``kind``, ``masked``, ``verdict`` as
        lists."""
        if self._texts.step == 1:
            return self._found.columns(self._texts.start, self._texts.stop)
        import numpy as np

        parts = [self._found.columns(i, i + 1) for i in self._texts]
        for place, part in enumerate(parts):
            part["text"] += place
        empty = self._found.columns(0, 0)
        return {
            name: [value for part in parts for value in part[name]]
            if isinstance(none, list)
            else np.concatenate([none, *(part[name] for part in parts)])
            for name, none in empty.items()
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return PiiMatches, (_Kept([self._found.row(i) for i in self._texts], self.columns()),)

    def __repr__(self) -> str:
        count = sum(self._found.count(i, i + 1) for i in self._texts)
        return f"PiiMatches({len(self)} texts, {count} matches)"


class _Kept:
    """What was found, as plain values: what the core's matches become where they are pickled or copied."""

    def __init__(self, rows: list[list[Any]], columns: dict[str, Any]) -> None:
        self._rows = rows
        self._columns = columns

    def __len__(self) -> int:
        return len(self._rows)

    def count(self, start: int, stop: int) -> int:
        return sum(map(len, self._rows[start:stop]))

    def row(self, i: int) -> list[Any]:
        return self._rows[i]

    def columns(self, start: int, stop: int) -> dict[str, Any]:
        first = self.count(0, start)
        there = slice(first, first + self.count(start, stop))
        part = {name: values[there] for name, values in self._columns.items()}
        return part | {"text": part["text"] - start}


def find_pii_batch(
    texts: Any,
    *,
    tier: str = "default",
    checksum: str = "accept",
    kinds: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    patterns: Any = (),
    sources: Any = None,
    threads: int = 1,
) -> PiiMatches:
    """:func:`find_pii` of many texts (a list of str or an Arrow string array), each with its own source."""
    scanner = _scanner(tier, checksum, kinds, exclude, allow, patterns)
    return PiiMatches(scanner.scan_batch(texts, sources, checked_threads(threads)))


class Redactor:
    """What :func:`redact` does, prepared once for many texts; immutable. Also says which kinds were replaced. Where it
    is pickled, so is its key."""

    __slots__ = ("_given", "_keep", "_key", "_scanner", "_style")

    def __init__(
        self,
        *,
        style: str = "label",
        key: bytes | str | None = None,
        keep: Sequence[str] = (),
        tier: str = "default",
        checksum: str = "accept",
        kinds: Sequence[str] | None = None,
        exclude: Sequence[str] = (),
        allow: Sequence[str] = (),
        patterns: Any = (),
    ) -> None:
        if style not in STYLES:
            raise ValueError(f"style: got {style!r}, expected {', '.join(STYLES)}")
        secret = _secret(key, style)
        self._scanner = _scanner(tier, checksum, kinds, exclude, allow, patterns)
        self._keep = _kept(_strings("keep", keep), self._scanner)
        self._style, self._key = style, secret
        self._given: dict[str, Any] = {
            "style": style, "key": secret, "keep": list(keep), "tier": tier, "checksum": checksum,
            "kinds": None if kinds is None else list(kinds), "exclude": list(exclude), "allow": list(allow),
            "patterns": checked_patterns(patterns),
        }  # fmt: skip

    def __call__(self, text: str) -> tuple[str, list[str]]:
        """The text with its PII replaced, and the kind of each match that was."""
        return self._scanner.redact(text, self._style, self._key, self._keep)

    def batch(self, texts: Any, *, threads: int = 1) -> list[tuple[str, list[str]]]:
        """The same of many texts (a list of str or an Arrow string array)."""
        return self._scanner.redact_batch(texts, self._style, self._key, self._keep, checked_threads(threads))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Redactor, **self._given), ()

    def __repr__(self) -> str:
        return f"Redactor(style={self._style!r})"


def _secret(key: object, style: str) -> bytes | None:
    """The key as bytes. One that can be found by trying all is refused, whether or not a text holds anything to hash."""
    if isinstance(key, str):
        key = key.encode("utf-8", "surrogatepass")
    elif isinstance(key, (bytearray, memoryview)):
        key = bytes(key)
    elif key is not None and not isinstance(key, bytes):
        raise TypeError(f"key: got {type(key).__name__}, expected bytes or str")
    if style == "hash" and not key:
        raise ValueError("key: got nothing, expected a secret, as style is 'hash'")
    if key is not None and 0 < len(key) < _SHORTEST_KEY:
        size = "1 byte" if len(key) == 1 else f"{len(key)} bytes"
        raise ValueError(
            f"key: got {size}, expected a secret of at least {_SHORTEST_KEY}, better 16 random ones"
        )
    return key


def _kept(names: list[str], scanner: _core.Scanner) -> list[str]:
    """The names of kinds to keep, as matches have them; an unknown one raises ``ValueError``."""
    known = {name: name for name in scanner.names()}
    for kind in pii_kind_info():
        known |= dict.fromkeys((kind.name, *kind.aliases), kind.name)
    kept = []
    for name in names:
        if name.upper() not in known:
            close = get_close_matches(name.upper(), known, n=1, cutoff=0.5)
            nearest = f" (did you mean {close[0]}?)" if close else ""
            raise ValueError(f"keep: got {name!r}, expected the name of a kind{nearest}")
        kept.append(known[name.upper()])
    return kept


def redact(
    text: str,
    *,
    style: str = "label",
    key: bytes | str | None = None,
    keep: Sequence[str] = (),
    tier: str = "default",
    checksum: str = "accept",
    kinds: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    patterns: Any = (),
) -> str:
    """``text`` with its PII replaced, found as :func:`find_pii` finds it.

    ``style``: ``label`` gives ``[EMAIL]``, ``mask`` ``j***@e***.com``, ``hash`` ``[EMAIL:5f0c3a9b17d2e846]``, the
    first 64 bits of SipHash-2-4 of the value under ``key``: the same for the same value and key, however the value
    is written. Matches of the kinds in ``keep`` stay as they are. Raises ``ValueError`` for a style, a kind or a
    pattern that is not understood, and where a hash has no key or one of fewer than 8 bytes.
    """
    options = {"tier": tier, "checksum": checksum, "kinds": kinds, "exclude": exclude, "allow": allow}
    return Redactor(style=style, key=key, keep=keep, patterns=patterns, **options)(text)[0]  # type: ignore[arg-type]


def redact_batch(
    texts: Any,
    *,
    style: str = "label",
    key: bytes | str | None = None,
    keep: Sequence[str] = (),
    tier: str = "default",
    checksum: str = "accept",
    kinds: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    patterns: Any = (),
    threads: int = 1,
) -> list[str]:
    """:func:`redact` of many texts (a list of str or an Arrow string array)."""
    options = {"tier": tier, "checksum": checksum, "kinds": kinds, "exclude": exclude, "allow": allow}
    redactor = Redactor(style=style, key=key, keep=keep, patterns=patterns, **options)  # type: ignore[arg-type]
    return [redacted for redacted, _ in redactor.batch(texts, threads=threads)]


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
    return Fluency(*_core.fluency(text))


def fluency_batch(texts: Any, *, threads: int = 1) -> NDArray[np.float64]:
    """The score of :func:`fluency` of many texts (a list of str or an Arrow string array): an array of shape (n,)."""
    return _core.fluency_batch(texts, checked_threads(threads))


def form(text: str) -> Form:
    """Whether ``text`` is one paragraph and nothing else: 1, or lower with each violation."""
    return _results.form(_core.form(text))


def pii_kinds() -> Mapping[str, float]:
    """The kinds of PII that are known, with the severity of each, in (0, 1]."""
    return {kind.name: kind.severity for kind in pii_kind_info()}


def pii_kind_info(*, patterns: Any = ()) -> list[PiiKind]:
    """Every kind of PII that is known, and ``patterns`` of your own behind them: tier, severity, what is accepted,
    an example, the source of its rules."""
    own = [
        PiiKind(
            name=pattern.name,
            aliases=(),
            tier="own",
            severity=pattern.severity,
            accepts=_accepts(pattern),
            example=pattern.examples[0] if pattern.examples else "",
            source="the rubric",
        )
        for pattern in checked_patterns(patterns)
    ]
    return [PiiKind(kind[0], tuple(kind[1]), *kind[2:]) for kind in _core.pii_kinds()] + own


def looked_for(
    *,
    tier: str = "default",
    checksum: str = "accept",
    kinds: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    patterns: Any = (),
) -> list[PiiKind]:
    """The kinds that :func:`find_pii` looks for with these settings, patterns of your own last."""
    known = {kind.name: kind for kind in pii_kind_info(patterns=patterns)}
    return [known[name] for name in _scanner(tier, checksum, kinds, exclude, allow, patterns).names()]


def _accepts(pattern: Pattern) -> str:
    """What a pattern of your own accepts, in words."""
    parts = [f"matches of {pattern.pattern}"]
    if pattern.checksum != "none":
        parts.append(f"with a checksum ({pattern.checksum})")
    if pattern.context_required:
        parts.append(f"near {', '.join(pattern.context)}")
    return " ".join(parts)
