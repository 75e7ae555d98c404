"""The settings of a rubric: their defaults, their checks, and the rubric file.

A wrong setting raises ``ValueError`` that names the field, what came and what was expected. A new setting is one
line in its section.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from sys import float_info
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
"""The version of the rubric file."""

Combination = Callable[[Mapping[str, "NDArray[Any]"]], "NDArray[np.float64] | Sequence[float]"]
"""A combination of your own: from the columns (the rules' scores, ``tokens``, ``valid``) to one reward each."""


def _choice(default: str, *names: str) -> Any:
    def check(value: Any) -> str:
        if value not in names:
            raise ValueError(" or ".join(f'"{n}"' for n in names) + _nearest(value, names))
        return cast(str, value)

    return field(default=default, metadata={"check": check})


def _number(default: float, low: float, high: float = float("inf")) -> Any:
    expected = (
        f"a number of at least {low:g}" if high == float("inf") else f"a number from {low:g} to {high:g}"
    )

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(expected)
        return float(value)

    return field(default=float(default), metadata={"check": check})


def _limit() -> Any:
    """A positive number, or no limit."""

    def check(value: Any) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= float_info.max:
            raise ValueError("a positive number, or None for no limit")
        return float(value)

    return field(default=None, metadata={"check": check})


def _count(default: int, low: int) -> Any:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= 2**31:
            raise ValueError(f"a whole number of at least {low}")
        return value

    return field(default=default, metadata={"check": check})


def _flag(default: bool) -> Any:
    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value

    return field(default=default, metadata={"check": check})


def _string(default: str) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise ValueError("a string")
        return value

    return field(default=default, metadata={"check": check})


def _strings() -> Any:
    def check(value: Any) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError("a list of strings")
        items = tuple(value)
        if not all(isinstance(item, str) for item in items):
            raise ValueError("a list of strings")
        return items

    return field(default=(), metadata={"check": check})


@dataclass(frozen=True, slots=True)
class Length:
    """The token budget: an answer of n > ``max_tokens`` scores ``over * max_tokens / n``."""

    max_tokens: int = _count(50, 1)
    tokenizer: str = _string("gpt2")
    over: float = _number(0.5, 0, 1)
    min_words: int = _count(4, 0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an answer must carry, and what lowers it. An answer whose extractive density (Grusky et al. 2018) is above
    ``max_density`` is credited ``max_density / density`` of its coverage; that needs the source."""

    basis: str = _choice("auto", "auto", "facts", "reference", "source", "none")
    threshold: float = _number(0.6, 0, 1)
    support: bool = _flag(True)
    polarity: bool = _flag(True)
    max_density: float | None = _limit()


@dataclass(frozen=True, slots=True)
class Pii:
    """What counts as PII, and which of it fails."""

    tier: str = _choice("default", "default", "strict")
    checksum: str = _choice("accept", "accept", "require")
    fail_on: str = _choice("auto", "auto", "leaks", "any")
    kinds: tuple[str, ...] = _strings()
    exclude: tuple[str, ...] = _strings()
    allow: tuple[str, ...] = _strings()
    scan_thinking: bool = _flag(False)


@dataclass(frozen=True, slots=True)
class Fluency:
    """From which score on a text counts as readable. ``scorer`` "lm" scores by the causal language model ``model``
    (a folder, or a name that transformers knows) in place of the built-in rules; it needs the extra ``[lm]``."""

    threshold: float = _number(0.5, 0, 1)
    scorer: str = _choice("builtin", "builtin", "lm")
    model: str = _string("gpt2")


@dataclass(frozen=True, slots=True)
class Form:
    """Only the paragraph."""

    threshold: float = _number(1.0, 0, 1)
    truncated: str = _choice("fail", "fail", "ignore")


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of "weighted", and of the place inside a band of "lexicographic"."""

    length: float = _number(16, 0)
    coverage: float = _number(8, 0)
    pii: float = _number(4, 0)
    fluency: float = _number(2, 0)
    form: float = _number(1, 0)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a rubric file says."""

    combine: str | Combination = _choice("priority", "priority", "lexicographic", "gate", "weighted")
    missing: str = _choice("error", "error", "skip", "fallback")
    thinking: str = _choice("strip", "strip", "count", "forbid")
    length: Length = field(default_factory=Length)
    coverage: Coverage = field(default_factory=Coverage)
    pii: Pii = field(default_factory=Pii)
    fluency: Fluency = field(default_factory=Fluency)
    form: Form = field(default_factory=Form)
    weights: Weights = field(default_factory=Weights)


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


def _nearest(name: Any, names: Iterable[str]) -> str:
    close = get_close_matches(str(name), list(names), n=1, cutoff=0.5)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _checked(where: str, spec: Any, value: Any) -> Any:
    try:
        return spec.metadata["check"](value)
    except ValueError as e:
        raise ValueError(f"{where}: got {value!r}, expected {e}") from None


def checked_basis(value: Any) -> str:
    """A coverage basis passed as an argument."""
    return cast(str, _checked("basis", _KEYS["coverage"]["basis"], value))


def checked_threads(value: Any) -> int:
    """A number of threads passed as an argument."""
    return cast(int, _checked("threads", _count(1, 1), value))


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
                f"{name}.{key}: unknown setting{_nearest(key, _KEYS[name])}; [{name}] has {known}"
            )
        values[key] = _checked(f"{name}.{key}", _KEYS[name][key], value)
    return replace(base, **values)


def given_by_keyword(base: Settings, given: Mapping[str, Any]) -> Settings:
    """``base`` with what was given: sections as tables, settings by their bare name where it is unambiguous."""
    values: dict[str, Any] = {}
    bare: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if key == "combine" and callable(value):
            values[key] = value
        elif key in _TOP:
            values[key] = _checked(key, _TOP[key], value)
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
            raise ValueError(f"{key}: unknown setting{_nearest(key, known)}")
    for section, table in bare.items():
        values[section] = _section(section, table, values.get(section, getattr(base, section)))
    changed = replace(base, **values)
    if not any(asdict(changed.weights).values()):
        raise ValueError("weights: got only zeros, expected at least one weight above 0")
    return changed


def given_in_file(given: Mapping[str, Any]) -> Settings:
    """The settings of a rubric file's content: its version is checked, and sections go by table only."""
    given = dict(given)
    version = given.pop("version", VERSION)
    if version != VERSION:
        raise ValueError(f"version: got {version!r}, expected {VERSION}")
    known = [*_TOP, *_SECTIONS]
    for key in given:
        if key not in known:
            raise ValueError(f"{key}: unknown setting{_nearest(key, known)}; a rubric has {', '.join(known)}")
    return given_by_keyword(Settings(), given)


def plain(settings: Settings) -> dict[str, Any]:
    """The settings as tables of plain values, in the rubric file's order; a callable combination by its name."""
    tables = {
        name: {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(getattr(settings, name)).items()}
        for name in _SECTIONS
    }
    combine = settings.combine
    if callable(combine):
        combine = f"{combine.__module__}.{getattr(combine, '__qualname__', type(combine).__qualname__)}"
    return {
        "version": VERSION,
        "combine": combine,
        "missing": settings.missing,
        "thinking": settings.thinking,
        **tables,
    }


def canonical(settings: Settings) -> str:
    """The settings as JSON with sorted keys: the same for equal settings, however they were written."""
    return json.dumps(plain(settings), sort_keys=True, separators=(",", ":"))


def toml(settings: Settings) -> str:
    """The settings as a rubric file."""
    tables = plain(settings)
    lines = [f"{key} = {_toml(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    for name, section in tables.items():
        if isinstance(section, dict):
            # TOML has no null: a limit that is not set is not written.
            given = {key: value for key, value in section.items() if value is not None}
            lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in given.items())]
    return "\n".join(lines) + "\n"


def changes(settings: Settings) -> dict[str, Any]:
    """What differs from the defaults, as keywords."""
    default = Settings()
    found: dict[str, Any] = {}
    for f in fields(Settings):
        value, base = getattr(settings, f.name), getattr(default, f.name)
        if f.name in _SECTIONS:
            value = {k: v for k, v in asdict(value).items() if v != asdict(base)[k]}
            base = {}
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
