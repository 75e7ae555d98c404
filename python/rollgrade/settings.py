"""The settings of a rubric: their defaults, their checks, and the rubric file.

A wrong setting raises ``ValueError`` that names the field, what came and what was expected. A new setting is one
line in its section.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rollgrade._fields import (
    InsideError,
    checked,
    choice,
    count,
    entry,
    flag,
    limit,
    named,
    number,
    plain_value,
    string,
    string_set,
    strings,
    text,
)
from rollgrade._names import nearest
from rollgrade.grades import RULES
from rollgrade.rules import HEAVIEST, Rule, rules_field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
"""The version of the rubric file."""

BASES = ("facts", "reference", "source")
"""What coverage is measured against, the first that is there."""

Combination = Callable[[Mapping[str, "NDArray[Any]"]], "NDArray[np.float64] | Sequence[float]"]
"""A combination of your own: from the columns (those of ``Scoring``, with every rule's scores) to one reward each."""

_GATED = ("coverage", "pii", "fluency", "form")
"""The built-in rules that the gate may ask for; length is the gate itself."""


def _gated(*default: str) -> Any:
    def check(value: Any) -> tuple[str, ...]:
        listed = not isinstance(value, str) and isinstance(value, Iterable)
        items = tuple(value) if listed else ()
        if not listed or not all(isinstance(item, str) for item in items) or len(set(items)) < len(items):
            raise ValueError(f"a list of rules, each once: {', '.join(_GATED)}")
        # Which further rules there are is seen when all settings are known.
        return (
            *(rule for rule in _GATED if rule in items),
            *sorted(item for item in items if item not in _GATED),
        )

    return field(default=default, metadata={"check": check})


def _kind(name: str) -> str:
    """The name of a kind of PII that is given in small letters, or by another of its names."""
    from rollgrade._core import pii_kinds

    upper = name.upper()
    return next((kind for kind, others, *_ in pii_kinds() if upper in others), upper)


def _severity() -> Any:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise ValueError("a number above 0, at most 1")
        return float(value)

    return field(default=0.8, metadata={"check": check})


def _patterns() -> Any:
    def check(value: Any) -> tuple[Pattern, ...]:
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            raise ValueError("a list of patterns")
        return tuple(_pattern(f"[{i}]", item) for i, item in enumerate(value))

    return field(default=(), metadata={"check": check})


def _pattern(where: str, given: Any) -> Pattern:
    values = entry(where, Pattern, given, "a pattern", "a table with name and pattern")
    for key in ("name", "pattern"):
        if key not in values:
            raise InsideError(f"{where}.{key}: got nothing, expected a string")
    return Pattern(**values)


@dataclass(frozen=True, slots=True, repr=False)
class Pattern:
    """A kind of PII of your own: a regular expression (linear time: no look-around, no back-references).

    ``name`` (capital letters, digits, underscores) stands in matches and labels. ``context`` names words, one of
    which must be near if ``context_required``; ``checksum`` says which check digits a match must have (docs/pii.md);
    each of ``examples`` must hold a match. ``unicode`` lets ``\\w``, ``\\d``, ``\\s`` and ``\\b`` mean all scripts.
    """

    name: str = text()
    pattern: str = text()
    context: tuple[str, ...] = string_set()
    context_required: bool = flag(False)
    checksum: str = choice("none", "none", "luhn", "mod97", "mod11", "verhoeff", "damm")
    severity: float = _severity()
    examples: tuple[str, ...] = strings()
    unicode: bool = flag(False)

    def __repr__(self) -> str:
        return _shown(self)

    def core(self) -> tuple[Any, ...]:
        """The fields as the core takes them."""
        return tuple(list(v) if isinstance(v, tuple) else v for v in asdict(self).values())


def _masked_pii(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of PII, or of one pattern, to be shown: without the values that they name."""
    from rollgrade.evidence import allowed_masked, masked, without_pii

    shown: dict[str, Any] = {}
    for key, value in values.items():
        if key == "patterns":
            shown[key] = tuple(_masked_pii(item) if isinstance(item, dict) else item for item in value)
        elif key == "allow":
            shown[key] = tuple(map(allowed_masked, value))
        elif key == "examples":
            shown[key] = tuple(masked(item, [(0, len(item))]) for item in value)
        else:
            shown[key] = without_pii(value)
    return shown


def _shown(section: Pii | Pattern) -> str:
    values = _masked_pii({f.name: getattr(section, f.name) for f in fields(section)})
    return f"{type(section).__name__}({', '.join(f'{key}={value!r}' for key, value in values.items())})"


def checked_patterns(given: Any) -> tuple[Pattern, ...]:
    """Patterns passed as an argument: tables, or :class:`Pattern`."""
    return cast("tuple[Pattern, ...]", checked("pii.patterns", _patterns(), given))


@dataclass(frozen=True, slots=True)
class Length:
    """The token budget: an answer of n > ``max_tokens`` scores ``over * max_tokens / n``. ``tokenizer``: ``"gpt2"``, the
    path of a tokenizer.json, or ``"words"``, which counts words between white space in place of tokens."""

    max_tokens: int = count(50, 1)
    tokenizer: str = string("gpt2")
    over: float = number(0.5, 0, 1)
    min_words: int = count(4, 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an answer must carry, and what lowers it. ``measure`` "content" looks at each fact (or at the source's salient
    content); the others are google's ROUGE-L with the joined facts, the reference or the source, Porter-stemmed with
    ``stemmer``. ``readable``: in text that is not fluent enough it is credited in part only. An answer whose extractive density (Grusky et al. 2018) is above
    ``max_density`` is credited ``max_density / density`` of its coverage; that needs the source."""

    basis: str = choice("auto", "auto", "facts", "reference", "source", "none")
    measure: str = choice("content", "content", "rougeL-recall", "rougeL-precision", "rougeL-fmeasure")
    stemmer: bool = flag(True)
    threshold: float = number(0.6, 0, 1)
    support: bool = flag(True)
    polarity: bool = flag(True)
    readable: bool = flag(True)
    max_density: float | None = limit()


@dataclass(frozen=True, slots=True, repr=False)
class Pii:
    """What counts as PII, and which of it fails."""

    tier: str = choice("default", "default", "strict")
    checksum: str = choice("accept", "accept", "require")
    fail_on: str = choice("auto", "auto", "leaks", "any")
    kinds: tuple[str, ...] = string_set(_kind)
    exclude: tuple[str, ...] = string_set(_kind)
    allow: tuple[str, ...] = string_set()
    patterns: tuple[Pattern, ...] = _patterns()
    scan_thinking: bool = flag(False)

    def __repr__(self) -> str:
        return _shown(self)


@dataclass(frozen=True, slots=True)
class Fluency:
    """From which score on a text counts as readable. ``scorer`` "lm" scores by the causal language model ``model``
    (a folder, or a name that transformers knows) in place of the built-in rules; it needs the extra ``[lm]``. "none"
    does not grade fluency: its weight is left out, and coverage is credited however hard a text is to read."""

    threshold: float = number(0.5, 0, 1)
    scorer: str = choice("builtin", "builtin", "lm", "none")
    model: str = string("gpt2")


@dataclass(frozen=True, slots=True)
class Form:
    """Only the paragraph."""

    threshold: float = number(1.0, 0, 1)
    truncated: str = choice("fail", "fail", "ignore")


@dataclass(frozen=True, slots=True)
class Gate:
    """What "gate" asks for within the budget: the geometric mean of these rules' scores, each taken for at least
    ``floor``; 1 without any rule."""

    rules: tuple[str, ...] = _gated("coverage", "fluency")
    floor: float = number(0, 0, 1)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of "weighted", and of the place inside a band of "lexicographic"."""

    length: float = number(16, 0, HEAVIEST)
    coverage: float = number(8, 0, HEAVIEST)
    pii: float = number(4, 0, HEAVIEST)
    fluency: float = number(2, 0, HEAVIEST)
    form: float = number(1, 0, HEAVIEST)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a rubric file says."""

    combine: str | Combination = choice("priority", "priority", "lexicographic", "gate", "weighted")
    missing: str = choice("error", "error", "skip", "fallback")
    invalid: str = choice("zero", "zero", "grade")
    thinking: str = choice("strip", "strip", "count", "forbid")
    length: Length = field(default_factory=Length)
    coverage: Coverage = field(default_factory=Coverage)
    pii: Pii = field(default_factory=Pii)
    fluency: Fluency = field(default_factory=Fluency)
    form: Form = field(default_factory=Form)
    gate: Gate = field(default_factory=Gate)
    weights: Weights = field(default_factory=Weights)
    rules: tuple[Rule, ...] = rules_field()

    @property
    def rule_names(self) -> tuple[str, ...]:
        """All rules: the built-in ones, in order of priority, then the rubric's own."""
        return (*RULES, *(rule.name for rule in self.rules))


_SECTIONS: dict[str, Any] = {
    f.name: f.default_factory for f in fields(Settings) if callable(f.default_factory)
}
_TOP = {f.name: f for f in fields(Settings) if f.name not in _SECTIONS}
_KEYS = {section: {f.name: f for f in fields(make)} for section, make in _SECTIONS.items()}
# A setting may be given by its bare name where only one section has it.
_BARE: dict[str, list[str]] = {}
for _owner, _names in _KEYS.items():
    for _name in _names:
        _BARE.setdefault(_name, []).append(_owner)


def checked_basis(value: Any) -> str:
    """A coverage basis passed as an argument; "auto" is that of the rubric and the rows."""
    return cast(str, checked("basis", _KEYS["coverage"]["basis"], value))


_THREADS = count(1, 1)


def checked_threads(value: Any) -> int:
    """A number of threads passed as an argument."""
    return cast(int, checked("threads", _THREADS, value))


def _section(name: str, given: Any, base: Any) -> Any:
    if isinstance(given, type(base)):
        given = asdict(given)
    if not isinstance(given, Mapping):
        raise ValueError(f"{name}: got {given!r}, expected a table of settings")
    values = {}
    for key, value in given.items():
        if key not in _KEYS[name]:
            known = ", ".join(_KEYS[name])
            raise ValueError(
                f"{name}.{key}: unknown setting{nearest(key, _KEYS[name])}; [{name}] has {known}"
            )
        values[key] = checked(f"{name}.{key}", _KEYS[name][key], value)
    return replace(base, **values)


def _with_bare(name: str, table: Mapping[str, Any], base: Any, given: Mapping[str, Any]) -> Any:
    """A section with settings that were given by their bare name. Raises ``ValueError`` where its table says otherwise."""
    section, said = _section(name, table, base), given.get(name)
    if isinstance(said, str):
        said = {"scorer": said}
    if not isinstance(said, Mapping):
        return section
    for key in table:
        one, other = getattr(base, key), getattr(section, key)
        if key in said and one != other:
            from rollgrade.evidence import without_pii

            raise ValueError(
                f"{key}: got {without_pii(other)!r} and, in {name}, {without_pii(one)!r}, expected one of them"
            )
    return section


def given_by_keyword(base: Settings, given: Mapping[str, Any]) -> Settings:
    """``base`` with what was given: sections as tables, settings by their bare name where it is unambiguous."""
    values: dict[str, Any] = {}
    bare: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if key == "version":
            _check_version(value)
        elif key == "combine" and callable(value):
            values[key] = value
        elif key in _TOP:
            values[key] = checked(key, _TOP[key], value)
        elif key == "fluency" and isinstance(value, str):
            values[key] = _section(key, {"scorer": value}, base.fluency)
        elif key in _SECTIONS:
            values[key] = _section(key, value, getattr(base, key))
        elif len(sections := _BARE.get(key, [])) == 1:
            bare.setdefault(sections[0], {})[key] = value
        elif sections:
            example = f'{sections[0]}={{"{key}": {value!r}}}'
            raise ValueError(f"{key}: {' and '.join(sections)} have this setting; say which, as in {example}")
        else:
            known = [*_TOP, *_SECTIONS, *_BARE]
            raise ValueError(f"{key}: unknown setting{nearest(key, known)}")
    for section, table in bare.items():
        values[section] = _with_bare(section, table, values.get(section, getattr(base, section)), given)
    changed = replace(base, **values)
    _check_together(changed, base)
    return changed


def _check_together(changed: Settings, base: Settings) -> None:
    """Raises ``ValueError`` for what no setting alone is wrong in."""
    if changed.length.tokenizer != base.length.tokenizer:
        check_tokenizer(changed.length.tokenizer)
    if not any(asdict(changed.weights).values()) and not any(rule.weight for rule in changed.rules):
        raise ValueError("weights: got only zeros, expected at least one weight above 0")
    known = [*_GATED, *(rule.name for rule in changed.rules)]
    for name in changed.gate.rules:
        if name not in known:
            raise ValueError(
                f"gate.rules: got {list(changed.gate.rules)!r}, expected a list of rules, each once: "
                f"{', '.join(known)}{nearest(name, known)}"
            )


def _check_version(version: Any) -> None:
    if version != VERSION or isinstance(version, bool):
        raise ValueError(f"version: got {version!r}, expected {VERSION}")


def check_tokenizer(name: str) -> None:
    """Raises ``ValueError`` where ``length.tokenizer`` is none of the names, and no file."""
    if name not in ("gpt2", "words") and not Path(name).is_file():
        raise ValueError(
            f'length.tokenizer: got {name!r}, expected "gpt2" or the path of a tokenizer.json, or "words"'
        )


def given_in_file(given: Mapping[str, Any]) -> Settings:
    """The settings of a rubric file's content: its version is checked, and sections go by table only."""
    given = dict(given)
    _check_version(given.pop("version", VERSION))
    known = [*_TOP, *_SECTIONS]
    for key in given:
        if key in known:
            continue
        if key in _BARE:
            tables = " or ".join(f"[{section}]" for section in _BARE[key])
            raise ValueError(f"{key}: stands at the top of the file, expected in {tables}")
        close = nearest(key, [*known, *_BARE])
        raise ValueError(f"{key}: unknown setting{close}; a rubric has {', '.join(known)}")
    return given_by_keyword(Settings(), given)


def plain(settings: Settings) -> dict[str, Any]:
    """The settings as tables of plain values, in the rubric file's order; a callable combination by its name."""
    tables = {name: plain_value(asdict(getattr(settings, name))) for name in _SECTIONS}
    combine = settings.combine
    found = {
        "version": VERSION,
        "combine": named(combine) if callable(combine) else combine,
        "missing": settings.missing,
        "invalid": settings.invalid,
        "thinking": settings.thinking,
        **tables,
    }
    # Not written where there are none: a rubric without rules of its own keeps the hash that it always had.
    return found | ({"rules": [rule.plain() for rule in settings.rules]} if settings.rules else {})


def core(settings: Settings) -> dict[str, Any]:
    """The settings as the core takes them."""
    tables = plain(settings)
    tables["pii"]["patterns"] = [pattern.core() for pattern in settings.pii.patterns]
    tables["rules"] = [rule.core() for rule in settings.rules]
    return tables


def canonical(settings: Settings) -> str:
    """The settings as JSON with sorted keys: the same for equal settings, however they were written."""
    return json.dumps(plain(settings), sort_keys=True, separators=(",", ":"))


def toml(settings: Settings) -> str:
    """The settings as a rubric file."""
    tables = plain(settings)
    rules = tables.pop("rules", [])
    lines = [f"{key} = {_toml(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    for name, section in tables.items():
        if isinstance(section, dict):
            # TOML has no null: a limit that is not set is not written.
            given = {
                key: value for key, value in section.items() if value is not None and not _is_tables(value)
            }
            lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in given.items())]
            for key, value in section.items():
                for table in value if _is_tables(value) else ():
                    lines += ["", f"[[{name}.{key}]]", *(f"{k} = {_toml(v)}" for k, v in table.items())]
    for rule in rules:
        lines += ["", "[[rules]]", *(f"{k} = {_toml(v)}" for k, v in rule.items())]
    return "\n".join(lines) + "\n"


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def changes(settings: Settings) -> dict[str, Any]:
    """What differs from the defaults, as keywords, to be shown: PII is masked."""
    default = Settings()
    found: dict[str, Any] = {}
    for f in fields(Settings):
        value, base = getattr(settings, f.name), getattr(default, f.name)
        if f.name in _SECTIONS:
            value = {k: v for k, v in asdict(value).items() if v != asdict(base)[k]}
            value, base = _masked_pii(value) if f.name == "pii" else value, {}
        if value != base:
            found[f.name] = value
    return found


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        # TOML's basic strings escape as JSON's do, and DEL besides.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
