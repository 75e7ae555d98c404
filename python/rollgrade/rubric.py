"""The rubric: the rules' settings, how they combine, and grading with them.

A rubric is immutable, may be shared by threads, survives pickling, and keeps a bounded cache of prepared tasks.
"""

from __future__ import annotations

import hashlib
import json
import threading
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rollgrade import _core
from rollgrade._results import grade_from
from rollgrade.completion import completion_text, facts_list
from rollgrade.grades import RULES, Grade, Grades

if TYPE_CHECKING:
    import os

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

VERSION = 1
"""The version of the rubric file."""

Combination = Callable[[Mapping[str, "NDArray[Any]"]], "NDArray[np.float64] | Sequence[float]"]
"""A combination of your own: from the columns (the rules' scores, ``tokens``, ``valid``) to one reward each."""

_FALLBACKS = ("facts", "reference", "source", "none")


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
    """What an answer must carry, and what lowers it."""

    basis: str = _choice("auto", "auto", "facts", "reference", "source", "none")
    threshold: float = _number(0.6, 0, 1)
    support: bool = _flag(True)
    polarity: bool = _flag(True)


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
    """From which score on a text counts as readable."""

    threshold: float = _number(0.5, 0, 1)


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


def _settings(base: Settings, given: Mapping[str, Any]) -> Settings:
    """``base`` with what was given: sections as tables, settings by their bare name where it is unambiguous."""
    values: dict[str, Any] = {}
    bare: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if key == "combine" and callable(value):
            values[key] = value
        elif key in _TOP:
            values[key] = _checked(key, _TOP[key], value)
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


class Task:
    """A prompt's source, facts or reference, prepared once for its many completions. Made by
    :meth:`Rubric.prepare`."""

    __slots__ = ("_core", "_rubric")

    def __init__(self, rubric: Rubric, core: _core.Task) -> None:
        self._rubric = rubric
        self._core = core

    @property
    def basis(self) -> str:
        """What coverage is measured against: ``"facts"``, ``"reference"``, ``"source"`` or ``"none"``."""
        return self._core.basis

    def grade(self, completion: Any, *, truncated: bool | None = None) -> Grade:
        """Grades one completion of this prompt."""
        return self._rubric._grade_text(self._core, completion_text(completion), truncated)

    def grade_batch(
        self, completions: Any, *, truncated: Sequence[bool | None] | None = None, threads: int = 1
    ) -> Grades:
        """Grades many completions of this prompt."""
        texts = _texts(completions)
        return self._rubric._grade_texts(
            texts, [self._core], [0] * len(texts), _aligned("truncated", truncated, len(texts)), threads
        )

    def __repr__(self) -> str:
        return f"Task(basis={self.basis!r}, source={'known' if self._core.has_source else 'not known'})"


class Rubric:
    """The rules' settings and how they combine into one reward.

    Any setting of the rubric file goes by keyword: a section as a dict (``pii={"tier": "strict"}``), a setting
    that only one section has by its bare name (``max_tokens=50``). ``combine`` also takes a callable from the
    columns to the rewards. Wrong settings raise ``ValueError`` naming the field, what came and what was expected.

    >>> rubric = Rubric(max_tokens=60, coverage={"threshold": 0.7})
    >>> rubric.length.max_tokens
    60
    """

    CACHED_TASKS = 1024
    """Most prepared tasks that a rubric keeps."""

    def __init__(self, **settings: Any) -> None:
        self._set(_settings(Settings(), settings))

    def _set(self, settings: Settings) -> None:
        self._settings = settings
        self._grader = _core.Grader(self._plain(named_combine="priority"))
        self._hash = hashlib.sha256(self._canonical().encode()).hexdigest()
        self._tokenizer: Tokenizer | None = None
        self._tasks: dict[tuple[Any, ...], _core.Task] = {}
        self._tasks_lock = threading.Lock()

    # ---- settings ------------------------------------------------------------------------------------------

    combine = property(lambda self: self._settings.combine, doc="How the rules combine.")
    missing = property(lambda self: self._settings.missing, doc="What becomes of a row that lacks something.")
    thinking = property(lambda self: self._settings.thinking, doc="What becomes of a thinking block.")

    @property
    def length(self) -> Length:
        """The length rule's settings."""
        return self._settings.length

    @property
    def coverage(self) -> Coverage:
        """The coverage rule's settings."""
        return self._settings.coverage

    @property
    def pii(self) -> Pii:
        """The PII rule's settings."""
        return self._settings.pii

    @property
    def fluency(self) -> Fluency:
        """The fluency rule's settings."""
        return self._settings.fluency

    @property
    def form(self) -> Form:
        """The form rule's settings."""
        return self._settings.form

    @property
    def weights(self) -> Weights:
        """The weights."""
        return self._settings.weights

    @property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of the settings' canonical form: JSON with sorted keys. Equal settings have
        equal hashes, however they were written."""
        return self._hash

    def replace(self, **settings: Any) -> Rubric:
        """A rubric like this one but for the settings given."""
        return self._from(_settings(self._settings, settings))

    @classmethod
    def _from(cls, settings: Settings) -> Rubric:
        rubric = cls.__new__(cls)
        rubric._set(settings)
        return rubric

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Rubric:
        """A rubric from what a rubric file says."""
        given = dict(settings)
        version = given.pop("version", VERSION)
        if version != VERSION:
            raise ValueError(f"version: got {version!r}, expected {VERSION}")
        unknown = [key for key in given if key not in _TOP and key not in _SECTIONS]
        if unknown:
            known = [*_TOP, *_SECTIONS]
            raise ValueError(
                f"{unknown[0]}: unknown setting{_nearest(unknown[0], known)}; a rubric has {', '.join(known)}"
            )
        return cls(**given)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Rubric:
        """Reads a rubric file (TOML). An unreadable file raises ``OSError``, wrong settings ``ValueError``."""
        try:
            return cls.from_dict(tomllib.loads(Path(path).read_text(encoding="utf-8")))
        except ValueError as e:  # a decoding error, of TOML or of UTF-8, is one as well
            raise ValueError(f"{path}: {e}") from None

    def to_dict(self) -> dict[str, Any]:
        """The settings as the rubric file has them. A rubric with a callable ``combine`` has no such form."""
        if callable(self._settings.combine):
            raise ValueError("combine: got a callable, expected a named combination: a file can't hold code")
        return {"version": VERSION, **self._plain()}

    def to_file(self, path: str | os.PathLike[str]) -> None:
        """Writes the rubric file (TOML) that :meth:`from_file` reads back to an equal rubric."""
        settings = self.to_dict()
        lines = [f"{key} = {_toml(value)}" for key, value in settings.items() if not isinstance(value, dict)]
        for name, section in settings.items():
            if isinstance(section, dict):
                lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in section.items())]
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _plain(self, named_combine: str = "") -> dict[str, Any]:
        plain = {
            name: {
                k: list(v) if isinstance(v, tuple) else v
                for k, v in asdict(getattr(self._settings, name)).items()
            }
            for name in _SECTIONS
        }
        combine = self._settings.combine
        top = {"combine": named_combine if callable(combine) else combine}
        return {**top, "missing": self._settings.missing, "thinking": self._settings.thinking, **plain}

    def _canonical(self) -> str:
        combine = self._settings.combine
        name = (
            f"{combine.__module__}.{getattr(combine, '__qualname__', type(combine).__qualname__)}"
            if callable(combine)
            else ""
        )
        return json.dumps({"version": VERSION, **self._plain(name)}, sort_keys=True, separators=(",", ":"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rubric) and self._settings == other._settings

    def __hash__(self) -> int:
        return hash(self._hash)

    def __reduce__(self) -> tuple[Any, ...]:
        return Rubric._from, (self._settings,)

    def __repr__(self) -> str:
        default = Settings()
        changed = []
        for f in fields(Settings):
            value = getattr(self._settings, f.name)
            if f.name in _SECTIONS:
                base = asdict(getattr(default, f.name))
                value = {k: v for k, v in asdict(value).items() if v != base[k]}
                if value:
                    changed.append(f"{f.name}={value!r}")
            elif value != getattr(default, f.name):
                changed.append(f"{f.name}={value!r}")
        return f"Rubric({', '.join(changed)})"

    # ---- grading -------------------------------------------------------------------------------------------

    def prepare(
        self,
        *,
        source: str | None = None,
        facts: Any = None,
        weights: Sequence[float] | None = None,
        reference: str | None = None,
    ) -> Task:
        """Prepares one prompt for its many completions.

        ``facts``: a list of strings, a string of bullets, or JSON text; ``weights``: one positive number a fact.
        Raises ``ValueError`` where the coverage basis, or ``pii.fail_on``, needs what is not there, unless
        ``missing`` is ``"fallback"``.
        """
        material = _material(source, facts, weights, reference)
        basis = self._run_basis([material])
        found = self._row_basis(material, basis)
        if found is None:
            raise ValueError(self._lacking(material, basis))
        return Task(self, self._prepared([(found, *material)], threads=1)[0])

    def grade(
        self,
        completion: Any,
        *,
        source: str | None = None,
        facts: Any = None,
        reference: str | None = None,
        truncated: bool | None = None,
    ) -> Grade:
        """Grades one completion (a string, or messages) with all its evidence.

        Where something that a rule needs is missing: ``ValueError`` under ``missing = "error"``, a grade whose
        score is None under ``"skip"``. Preparing is cached, so grading several completions of one prompt in a row
        costs no more than with :meth:`prepare`.
        """
        text = completion_text(completion)
        material = _material(source, facts, None, reference)
        basis = self._run_basis([material])
        found = self._row_basis(material, basis)
        if found is not None:
            return self._grade_text(self._prepared([(found, *material)], threads=1)[0], text, truncated)
        if self._settings.missing == "error":
            raise ValueError(self._lacking(material, basis))
        return self._skipped(material, text, truncated, self._lacking(material, basis))

    def grade_batch(
        self,
        completions: Any,
        *,
        sources: Sequence[str | None] | None = None,
        facts: Sequence[Any] | None = None,
        references: Sequence[str | None] | None = None,
        truncated: Sequence[bool | None] | None = None,
        basis: str | None = None,
        threads: int = 1,
    ) -> Grades:
        """Grades many completions into columns.

        Every argument holds one entry a completion: lists, NumPy arrays of objects, or Arrow arrays. The
        coverage basis is one for the whole batch; a log that is graded in several batches passes the first
        batch's ``basis`` on, so that rewards compare. Raises ``ValueError`` for lists of unequal length, and for
        a row that lacks what a rule needs under ``missing = "error"``.
        """
        texts = _texts(completions)
        n = len(texts)
        columns = (
            _aligned("sources", sources, n),
            _aligned("facts", facts, n),
            _aligned("references", references, n),
        )
        rows = [
            _material(source, fact, None, reference)
            for source, fact, reference in zip(*(c or [None] * n for c in columns), strict=True)
        ]
        run = self._run_basis(rows) if basis is None else _checked("basis", _KEYS["coverage"]["basis"], basis)
        keys: dict[tuple[Any, ...], int] = {}
        index: list[int] = []
        skipped: dict[int, str] = {}
        for i, material in enumerate(rows):
            found = self._row_basis(material, run)
            if found is None:
                lacking = self._lacking(material, run)
                if self._settings.missing == "error":
                    raise ValueError(f'row {i}: {lacking} (missing = "skip" grades the other rows)')
                skipped[i] = lacking
                found = "none"
            index.append(keys.setdefault((found, *material), len(keys)))
        tasks = self._prepared(list(keys), threads=threads)
        return self._grade_texts(
            texts, tasks, index, _aligned("truncated", truncated, n), threads, run, skipped
        )

    def _run_basis(self, rows: Sequence[tuple[Any, ...]]) -> str:
        """The coverage basis of a run: what the rubric says, or the first that any of its rows has."""
        if self._settings.coverage.basis != "auto":
            return self._settings.coverage.basis
        for basis in _FALLBACKS:
            if any(_has(row, basis) for row in rows):
                return basis
        return "none"

    def _row_basis(self, material: tuple[Any, ...], basis: str) -> str | None:
        """The basis that this row can be graded on; None where it lacks something."""
        if self._settings.missing == "fallback":
            return next(b for b in _FALLBACKS[_FALLBACKS.index(basis) :] if _has(material, b))
        needs_source = self._settings.pii.fail_on == "leaks" and material[0] is None
        return basis if _has(material, basis) and not needs_source else None

    def _lacking(self, material: tuple[Any, ...], basis: str) -> str:
        if not _has(material, basis):
            return f'{basis}: got nothing, expected a value, as coverage is measured against "{basis}"'
        return 'source: got nothing, expected a document, as pii.fail_on is "leaks"'

    def _prepared(self, keys: list[tuple[Any, ...]], threads: int) -> list[_core.Task]:
        """The tasks of ``keys`` (basis, source, facts, weights, reference), from the cache where it has them."""
        cached = {key: task for key in keys if (task := self._tasks.get(key)) is not None}
        by_basis: dict[str, list[tuple[Any, ...]]] = {}
        for key in keys:
            if key not in cached:
                by_basis.setdefault(key[0], []).append(key)
        for basis, new in by_basis.items():
            given = [(key[1], key[2] and list(key[2]), key[3] and list(key[3]), key[4]) for key in new]
            cached.update(zip(new, self._grader.prepare(basis, given, threads), strict=True))
        if by_basis and self._tasks_lock.acquire(
            blocking=False
        ):  # never waited for: a fork may have left it held
            try:
                for new in by_basis.values():
                    self._tasks.update({key: cached[key] for key in new[-self.CACHED_TASKS :]})
                while len(self._tasks) > self.CACHED_TASKS:
                    del self._tasks[next(iter(self._tasks))]
            finally:
                self._tasks_lock.release()
        return [cached[key] for key in keys]

    def _grade_text(self, task: _core.Task, text: str, truncated: bool | None) -> Grade:
        raw = self._grader.grade(task, text, truncated, self._count([text])[0] if self._counts() else None)
        if callable(self._settings.combine):
            raw["score"] = float(self._combined(_columns_of(raw))[0])
        return grade_from(raw, self._settings, self._hash, task.has_source)

    def _skipped(self, material: tuple[Any, ...], text: str, truncated: bool | None, lacking: str) -> Grade:
        task = self._prepared([("none", *material)], threads=1)[0]
        grade = self._grade_text(task, text, truncated)
        return replace(grade, score=None, reason=f"Not graded: {lacking}.")

    def _grade_texts(
        self,
        texts: list[str],
        tasks: list[_core.Task],
        index: list[int],
        truncated: list[Any] | None,
        threads: int,
        basis: str | None = None,
        skipped: Mapping[int, str] | None = None,
    ) -> Grades:
        import numpy as np

        threads = _checked("threads", _count(1, 1), threads)
        skipped = skipped or {}
        tokens = self._count(texts) if self._counts() else None

        def run(reasons: bool) -> dict[str, Any]:
            return self._grader.grade_batch(texts, tasks, index, truncated, tokens, threads, reasons)

        def explain(i: int) -> Grade:
            grade = self._grade_text(tasks[index[i]], texts[i], truncated[i] if truncated else None)
            return replace(grade, score=None, reason=f"Not graded: {skipped[i]}.") if i in skipped else grade

        def reasons() -> list[str]:
            found: list[str] = run(True)["reasons"]
            for i, lacking in skipped.items():
                found[i] = f"Not graded: {lacking}."
            return found

        columns = run(False)
        score = self._combined(columns) if callable(self._settings.combine) else columns["score"]
        graded = np.ones(len(texts), dtype=bool)
        graded[list(skipped)] = False
        score[~graded] = np.nan
        return Grades(
            columns,
            score=score,
            graded=graded,
            basis=basis or tasks[0].basis,
            explain=explain,
            reasons=reasons,
            rubric_hash=self._hash,
            version=_core.__version__,
        )

    def _combined(self, columns: Mapping[str, Any]) -> NDArray[np.float64]:
        """The rewards by the caller's own combination: checked, and 0 where the answer is not valid."""
        import numpy as np

        given = {name: columns[name] for name in (*RULES, "tokens", "valid")}
        combine = cast(Combination, self._settings.combine)
        score = np.array(combine(given), dtype=np.float64)
        if score.shape != given["valid"].shape:
            raise ValueError(f"combine: got an array of shape {score.shape}, expected {given['valid'].shape}")
        if not ((score >= 0) & (score <= 1)).all():
            raise ValueError("combine: got a reward outside [0, 1], expected each to be inside")
        return np.where(given["valid"], score, 0.0)

    def _counts(self) -> bool:
        """Whether tokens are counted by another tokenizer than GPT-2's."""
        return self._settings.length.tokenizer != "gpt2"

    def _count(self, texts: list[str]) -> list[int]:
        if self._tokenizer is None:
            self._tokenizer = load_tokenizer(self._settings.length.tokenizer)
        # One by one: the library's batches start a thread pool, which a trainer that forks would hang on.
        encode = self._tokenizer.encode
        return [len(encode(a, add_special_tokens=False).ids) for a in self._grader.answers(texts)]


def load_tokenizer(path: str) -> Tokenizer:
    """The tokenizer of a ``tokenizer.json``, set to neither truncate nor pad. Raises ``ValueError`` where there is none,
    ``ImportError`` without the package tokenizers."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise ImportError("length.tokenizer needs tokenizers: pip install 'rollgrade[tokenizers]'") from None
    if not Path(path).is_file():
        raise ValueError(f'length.tokenizer: got {path!r}, expected "gpt2" or the path of a tokenizer.json')
    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as e:  # the library raises plain Exception
        raise ValueError(f"length.tokenizer: got {path!r}, expected a tokenizer.json ({e})") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _texts(completions: Any) -> list[str]:
    """The texts of many completions."""
    if isinstance(completions, str | Mapping):
        raise TypeError(f"completions: got one {type(completions).__name__}, expected a list of completions")
    return [completion_text(c) for c in _listed(completions)]


def _listed(values: Any) -> list[Any]:
    """A list of what a list, an array or an Arrow or pandas column holds."""
    for convert in ("to_pylist", "to_list", "tolist"):
        if hasattr(values, convert):
            return cast(list[Any], getattr(values, convert)())
    return list(values)


def _aligned(name: str, values: Any, n: int) -> list[Any] | None:
    if values is None:
        return None
    if isinstance(values, str | Mapping):
        raise TypeError(
            f"{name}: got one {type(values).__name__}, expected a list with one entry a completion"
        )
    listed = _listed(values)
    if len(listed) != n:
        raise ValueError(f"{name}: got {len(listed)} entries, expected {n}, one a completion")
    return listed


def _material(source: Any, facts: Any, weights: Any, reference: Any) -> tuple[Any, ...]:
    """(source, facts, weights, reference), checked; what is empty counts as missing."""
    for name, value in (("source", source), ("reference", reference)):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name}: got {type(value).__name__}, expected str or None")
    listed = () if facts is None else tuple(facts_list(facts))
    return source or None, listed or None, tuple(weights) if weights is not None else None, reference or None


def _has(material: tuple[Any, ...], basis: str) -> bool:
    source, facts, _, reference = material
    return {"facts": facts, "reference": reference, "source": source, "none": True}[basis] is not None


def _columns_of(raw: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    import numpy as np

    scores = [float("nan") if s is None else s for s in raw["scores"]]
    columns = {rule: np.array([s]) for rule, s in zip(RULES, scores, strict=True)}
    return columns | {"tokens": np.array([raw["tokens"]], dtype=np.uint32), "valid": np.array([raw["valid"]])}


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        # TOML's basic strings escape as JSON's do, and DEL besides.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
