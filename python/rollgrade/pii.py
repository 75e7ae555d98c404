"""The PII kernel as functions: what is found in a text or many, which kinds there are, and texts without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rollgrade import _core, _results
from rollgrade._names import nearest
from rollgrade.grades import PiiKind, PiiMatch, whole_index
from rollgrade.settings import Pattern, checked_patterns, checked_threads

STYLES = ("label", "mask", "hash")
"""How PII may be replaced."""

_SHORTEST_KEY = 8
"""Fewest bytes of a key."""


@dataclass(frozen=True, slots=True)
class PiiOptions:
    """What counts as PII: what every function here takes by keyword, as :func:`find_pii` says it."""

    tier: str
    checksum: str
    kinds: Sequence[str] | None
    exclude: Sequence[str]
    allow: Sequence[str]
    patterns: Any

    def scanner(self) -> _core.Scanner:
        """What searches by them. Raises ``ValueError`` where they are not understood, or leave nothing to look for."""
        _check_text("tier", self.tier)
        _check_text("checksum", self.checksum)
        without = _strings("exclude", self.exclude)
        kinds = _strings("kinds", () if self.kinds is None else self.kinds)
        allow = _strings("allow", self.allow)
        patterns = () if self.patterns == () else checked_patterns(self.patterns)
        if not (allow or patterns):
            return _scanner(self.tier, self.checksum, kinds, without)
        return _new_scanner(self.tier, self.checksum, kinds, without, allow, patterns)

    def kept(self) -> PiiOptions:
        """The same, of values that do not change."""
        kinds = None if self.kinds is None else tuple(self.kinds)
        patterns = checked_patterns(self.patterns)
        return PiiOptions(self.tier, self.checksum, kinds, tuple(self.exclude), tuple(self.allow), patterns)


@lru_cache(maxsize=16)
def _scanner(tier: str, checksum: str, kinds: tuple[str, ...], exclude: tuple[str, ...]) -> _core.Scanner:
    """A scanner of built-in kinds, which a call for each text would make anew: it never changes, and takes several times
    as long to make as to search a summary. Values to allow are somebody's, and not kept."""
    return _new_scanner(tier, checksum, kinds, exclude)


def _new_scanner(
    tier: str,
    checksum: str,
    kinds: tuple[str, ...],
    exclude: tuple[str, ...],
    allow: tuple[str, ...] = (),
    patterns: tuple[Pattern, ...] = (),
) -> _core.Scanner:
    own = [pattern.core() for pattern in patterns]
    scanner = _core.Scanner(tier, checksum, list(kinds), list(exclude), list(allow), own)
    if exclude and not scanner.names():
        raise ValueError(
            f"exclude: got {', '.join(exclude)}, expected to leave at least one of the kinds that are looked for"
        )
    return scanner


def _check_text(name: str, given: Any) -> None:
    if not isinstance(given, str):
        raise TypeError(f"{name}: got {type(given).__name__}, expected str")


def _strings(name: str, given: Any) -> tuple[str, ...]:
    if type(given) is tuple and not given:
        return given
    if isinstance(given, str):
        raise ValueError(f"{name}: got one str, expected a list of strings")
    if not isinstance(given, Iterable):
        raise TypeError(f"{name}: got {type(given).__name__}, expected a list of strings")
    strings = tuple(given)
    for i, value in enumerate(strings):
        _check_text(f"{name}[{i}]", value)
    return strings


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
    _check_text("text", text)
    if source is not None:
        _check_text("source", source)
    found = PiiOptions(tier, checksum, kinds, exclude, allow, patterns).scanner().scan(text, source)
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
    scanner = PiiOptions(tier, checksum, kinds, exclude, allow, patterns).scanner()
    return PiiMatches(scanner.scan_batch(texts, sources, checked_threads(threads)))


# ---- kinds -------------------------------------------------------------------------------------------------


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
    return [
        known[name] for name in PiiOptions(tier, checksum, kinds, exclude, allow, patterns).scanner().names()
    ]


def _accepts(pattern: Pattern) -> str:
    """What a pattern of your own accepts, in words."""
    parts = [f"matches of {pattern.pattern}"]
    if pattern.checksum != "none":
        parts.append(f"with a checksum ({pattern.checksum})")
    if pattern.context_required:
        parts.append(f"near {', '.join(pattern.context)}")
    return " ".join(parts)


# ---- texts without it --------------------------------------------------------------------------------------


class Redactor:
    """What :func:`redact` does, prepared once for many texts; immutable. Also says which kinds were replaced. Where it
    is pickled, so is its key."""

    __slots__ = ("_keep", "_key", "_options", "_scanner", "_style")

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
        self._set(style, key, keep, PiiOptions(tier, checksum, kinds, exclude, allow, patterns))

    @classmethod
    def _of(cls, style: str, key: bytes | str | None, keep: Sequence[str], options: PiiOptions) -> Redactor:
        redactor = cls.__new__(cls)
        redactor._set(style, key, keep, options)
        return redactor

    def _set(self, style: str, key: bytes | str | None, keep: Sequence[str], options: PiiOptions) -> None:
        if style not in STYLES:
            raise ValueError(f"style: got {style!r}, expected {', '.join(STYLES)}")
        self._key = _secret(key, style)
        self._scanner = options.scanner()
        self._keep = _kept(_strings("keep", keep), self._scanner)
        self._style, self._options = style, options.kept()

    def __call__(self, text: str) -> tuple[str, list[str]]:
        """The text with its PII replaced, and the kind of each match that was."""
        return self._scanner.redact(text, self._style, self._key, self._keep)

    def batch(self, texts: Any, *, threads: int = 1) -> list[tuple[str, list[str]]]:
        """The same of many texts (a list of str or an Arrow string array)."""
        return self._scanner.redact_batch(texts, self._style, self._key, self._keep, checked_threads(threads))

    def __reduce__(self) -> tuple[Any, ...]:
        return Redactor._of, (self._style, self._key, self._keep, self._options)

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
    if style != "hash" and key is not None:
        raise ValueError(f"key: got one, expected none, as style is {style!r}; a key is for style='hash'")
    return key


def _kept(names: Sequence[str], scanner: _core.Scanner) -> list[str]:
    """The names of kinds to keep, as matches have them; an unknown one raises ``ValueError``."""
    if not names:
        return []
    known = {name: name for name in scanner.names()}
    for kind in pii_kind_info():
        known |= dict.fromkeys((kind.name, *kind.aliases), kind.name)
    kept = []
    for name in names:
        if name.upper() not in known:
            raise ValueError(f"keep: got {name!r}, expected the name of a kind{nearest(name.upper(), known)}")
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
    options = PiiOptions(tier, checksum, kinds, exclude, allow, patterns)
    return Redactor._of(style, key, keep, options)(text)[0]


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
    options = PiiOptions(tier, checksum, kinds, exclude, allow, patterns)
    redactor = Redactor._of(style, key, keep, options)
    return [redacted for redacted, _ in redactor.batch(texts, threads=threads)]
