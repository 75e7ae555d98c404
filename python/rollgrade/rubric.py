"""The rubric: grading by its settings, one rollout or many.

A rubric is immutable, may be shared by threads, survives pickling, and keeps a bounded cache of prepared tasks.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import tomllib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollgrade import _core, settings
from rollgrade._callables import Callables, named_columns
from rollgrade._names import hinting, repeated_key
from rollgrade._results import grade_from
from rollgrade.completion import completion_text, kind_of
from rollgrade.grades import Grade, Grades, without_code
from rollgrade.material import (
    Material,
    check_many,
    column_of,
    flag_of,
    flags_of,
    listed,
    materials_of,
    texts_of,
)
from rollgrade.rules import Rule
from rollgrade.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from rollgrade.language_model import LanguageModel

_FALLBACKS = (*settings.BASES, "none")
"""What coverage may be measured against, in the order in which "auto" and "fallback" take it."""


class LackingError(ValueError):
    """A row of a batch lacks what a rule needs."""

    def __init__(self, row: int, lacking: str) -> None:
        super().__init__(f'row {row}: {lacking} (missing = "skip" grades the other rows)')
        self.row, self.lacking = row, lacking

    def __reduce__(self) -> tuple[Any, ...]:
        return LackingError, (self.row, self.lacking)


class Task:
    """A prompt's source, facts or reference, prepared once for its many completions. Made by
    :meth:`Rubric.prepare`."""

    __slots__ = ("_core", "_material", "_rubric")

    def __init__(self, rubric: Rubric, core: _core.Task, material: Material) -> None:
        self._rubric = rubric
        self._core = core
        self._material = material

    @property
    def basis(self) -> str:
        """What coverage is measured against: ``"facts"``, ``"reference"``, ``"source"`` or ``"none"``."""
        return self._core.basis

    def grade(self, completion: Any, *, truncated: bool | None = None) -> Grade:
        """Grades one completion of this prompt."""
        return self._rubric._grade_text(self._core, self._material, completion_text(completion), truncated)

    def grade_batch(
        self, completions: Any, *, truncated: Sequence[bool | None] | None = None, threads: int = 1
    ) -> Grades:
        """Grades many completions of this prompt."""
        texts = texts_of(completions)
        return self._rubric._grade_texts(
            texts,
            [self._core],
            [self._material],
            [0] * len(texts),
            flags_of(truncated, len(texts)),
            threads,
        )

    def rewards(self, texts: Sequence[str], *, threads: int = 1) -> NDArray[np.float64]:
        """The rewards of many completions of this prompt, given as strings: what :meth:`grade_batch` has as ``score``,
        without the rest. Float64 of shape (n,)."""
        check_many("texts", "of strings", texts)
        return self._rubric._rewards(self._core, self._material, listed("texts", texts), threads)

    def __reduce__(self) -> tuple[Any, ...]:
        return Task._from, (self._rubric, self.basis, self._material)

    @classmethod
    def _from(cls, rubric: Rubric, basis: str, material: Material) -> Task:
        return cls(rubric, rubric._task(basis, material), material)

    def __repr__(self) -> str:
        return f"Task(basis={self.basis!r}, source={'known' if self._core.has_source else 'not known'})"


@dataclass(frozen=True, slots=True)
class _Explaining:
    """What the grades of a batch were made of: the whole grade of one, when asked for. Where it was pickled, tasks are
    prepared again and callables are not called again: ``known`` are their scores and the rewards."""

    rubric: Rubric
    texts: list[str]
    tasks: dict[int, _core.Task]
    bases: list[str]
    materials: list[Material]
    index: list[int]
    truncated: list[Any] | None
    skipped: Mapping[int, str]
    known: Mapping[str, NDArray[np.float64]]

    def __call__(self, i: int) -> Grade:
        at = self.index[i]
        if at not in self.tasks:
            self.tasks[at] = self.rubric._task(self.bases[at], self.materials[at])
        grade = self.rubric._grade_text(
            self.tasks[at],
            self.materials[at],
            self.texts[i],
            self.truncated[i] if self.truncated else None,
            {name: float(column[i]) for name, column in self.known.items()},
        )
        return (
            replace(grade, score=None, reason=f"Not graded: {self.skipped[i]}.")
            if i in self.skipped
            else grade
        )

    def __reduce__(self) -> tuple[Any, ...]:
        rubric = Rubric._from(without_code(self.rubric._settings))
        given = {f.name: getattr(self, f.name) for f in fields(self)} | {"rubric": rubric, "tasks": {}}
        return _Explaining, tuple(given.values())


class Rubric:
    """The rules' settings and how they combine into one reward.

    Any setting of the rubric file goes by keyword: a section as a dict (``pii={"tier": "strict"}``), a setting
    that only one section has by its bare name (``max_tokens=50``). ``combine`` also takes a callable from the
    columns to the rewards, and ``rules`` a list of :class:`Rule`. Wrong settings raise ``ValueError`` naming the field, what came and what was expected.

    >>> rubric = Rubric(max_tokens=60, coverage={"threshold": 0.7})
    >>> rubric.length.max_tokens
    60
    """

    CACHED_TASKS = 1024
    """Most prepared tasks that a rubric keeps."""
    CACHED_CHARS = 8 << 20
    """Most text that these are prepared of, which takes some twenty bytes of memory a character; the last one is kept
    however long it is."""

    def __init__(self, **given: Any) -> None:
        self._set(settings.given_by_keyword(Settings(), given))

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise AttributeError(
                f"{name}: a rubric is not changed, as its hash stands for it; rubric.replace({name}=...) makes a new one"
            )
        object.__setattr__(self, name, value)

    def _set(self, chosen: Settings) -> None:
        self._settings = chosen
        if chosen.pii.exclude:
            _check_kinds(chosen.pii)
        # A callable combines the columns afterwards; until then the core needs a name that it knows.
        named = replace(chosen, combine="priority") if callable(chosen.combine) else chosen
        self._grader = _core.Grader(settings.core(named))
        self._callables = Callables(chosen, self._grader)
        self._hash = hashlib.sha256(settings.canonical(chosen).encode()).hexdigest()
        self._tokenizer: Tokenizer | None = None
        self._model: LanguageModel | None = None
        self._tasks: dict[tuple[str, Material], _core.Task] = {}
        self._tasks_chars = 0
        self._tasks_lock = threading.Lock()

    # ---- settings ------------------------------------------------------------------------------------------

    combine = property(lambda self: self._settings.combine, doc="How the rules combine.")
    missing = property(lambda self: self._settings.missing, doc="What becomes of a row that lacks something.")
    invalid = property(
        lambda self: self._settings.invalid, doc="What becomes of an answer that is not valid."
    )
    thinking = property(lambda self: self._settings.thinking, doc="What becomes of a thinking block.")

    @property
    def length(self) -> settings.Length:
        """The length rule's settings."""
        return self._settings.length

    @property
    def coverage(self) -> settings.Coverage:
        """The coverage rule's settings."""
        return self._settings.coverage

    @property
    def pii(self) -> settings.Pii:
        """The PII rule's settings."""
        return self._settings.pii

    @property
    def fluency(self) -> settings.Fluency:
        """The fluency rule's settings."""
        return self._settings.fluency

    @property
    def form(self) -> settings.Form:
        """The form rule's settings."""
        return self._settings.form

    @property
    def gate(self) -> settings.Gate:
        """What "gate" asks for."""
        return self._settings.gate

    @property
    def weights(self) -> settings.Weights:
        """The weights."""
        return self._settings.weights

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rubric's own rules."""
        return self._settings.rules

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The names of all rules: the built-in ones, in order of priority, then the rubric's own."""
        return self._settings.rule_names

    @property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of the settings' canonical form: JSON with sorted keys. Equal settings have
        equal hashes, however they were written."""
        return self._hash

    def replace(self, **given: Any) -> Rubric:
        """A rubric like this one but for the settings given."""
        return self._from(settings.given_by_keyword(self._settings, given))

    @classmethod
    def _from(cls, chosen: Settings) -> Rubric:
        rubric = cls.__new__(cls)
        rubric._set(chosen)
        return rubric

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Rubric:
        """A rubric from what a rubric file says."""
        if not isinstance(given, Mapping):
            raise TypeError(f"rubric: got {type(given).__name__}, expected a table of settings")
        return cls._from(settings.given_in_file(given))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Rubric:
        """Reads a rubric file (TOML; JSON where its name ends in ``.json``). An unreadable file raises ``OSError``, wrong
        settings ``ValueError``."""
        form = _form_of(path)
        try:
            # Some editors begin a file with a byte-order mark.
            text = Path(path).read_text(encoding="utf-8-sig")
            return cls.from_dict(_json(text) if form == "JSON" else tomllib.loads(text))
        except UnicodeDecodeError:
            raise ValueError(f"{path}: is not UTF-8, expected a rubric file ({form})") from None
        except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as e:
            raise ValueError(f"{path}: {e}; expected a rubric file ({form})") from None
        except (ValueError, TypeError) as e:
            raise ValueError(f"{path}: {e}") from None

    def to_dict(self) -> dict[str, Any]:
        """The settings as the rubric file has them. A rubric with a callable (``combine``, or a rule's ``score``) has no
        such form."""
        if callable(self._settings.combine):
            raise ValueError("combine: got a callable, expected a named combination: a file can't hold code")
        for i, rule in self._callables.rules:
            raise ValueError(
                f"rules[{i}].score ({rule.name}): got a callable, expected must_contain or must_not_contain: a file "
                "can't hold code"
            )
        return settings.plain(self._settings)

    def to_file(self, path: str | os.PathLike[str]) -> None:
        """Writes the rubric file (TOML; JSON where its name ends in ``.json``) that :meth:`from_file` reads back to an equal
        rubric."""
        plain = self.to_dict()  # raises where the settings have no file's form
        as_json = _form_of(path) == "JSON"
        text = json.dumps(plain, indent=2) + "\n" if as_json else settings.toml(self._settings)
        Path(path).write_text(text, encoding="utf-8")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rubric) and self._settings == other._settings

    def __hash__(self) -> int:
        return hash(self._hash)

    def __reduce__(self) -> tuple[Any, ...]:
        return Rubric._from, (self._settings,)

    def __repr__(self) -> str:
        changed = settings.changes(self._settings)
        return f"Rubric({', '.join(f'{name}={value!r}' for name, value in changed.items())})"

    # ---- grading -------------------------------------------------------------------------------------------

    @hinting
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
        Raises ``ValueError`` where the coverage basis, ``pii.fail_on`` or ``coverage.max_density`` needs what is not
        there; where ``missing`` is ``"fallback"``, where there is nothing to fall back to.
        """
        material = Material.of(source, facts, weights, reference)
        basis = self._run_basis([material])
        found = self._row_basis(material, basis)
        if found is None:
            raise ValueError(self._lacking(material, basis))
        return Task(self, self._prepared([(found, material)], threads=1)[0], material)

    @hinting
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
        score is None under ``"skip"``, and under ``"fallback"`` where it has nothing else. Preparing is cached, so grading several completions of one prompt in a row
        costs no more than with :meth:`prepare`.
        """
        text = completion_text(completion)
        material = Material.of(source, facts, None, reference)
        basis = self._run_basis([material])
        found = self._row_basis(material, basis)
        if found is not None:
            return self._grade_text(
                self._prepared([(found, material)], threads=1)[0], material, text, truncated
            )
        if self._settings.missing == "error":
            raise ValueError(self._lacking(material, basis))
        return self._skipped(material, text, truncated, self._lacking(material, basis))

    @hinting
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
        threads = settings.checked_threads(threads)
        texts = texts_of(completions)
        n = len(texts)
        flags = flags_of(truncated, n)
        columns = (
            column_of("sources", sources, n),
            column_of("facts", facts, n),
            column_of("references", references, n),
        )
        rows = materials_of(*(c or [None] * n for c in columns))
        said = "auto" if basis is None else settings.checked_basis(basis)
        run = self._run_basis(rows) if said == "auto" else said
        keys: dict[tuple[str, Material], int] = {}
        index: list[int] = []
        skipped: dict[int, str] = {}
        for i, material in enumerate(rows):
            if i and material is rows[i - 1]:
                index.append(index[-1])
                if i - 1 in skipped:
                    skipped[i] = skipped[i - 1]
                continue
            found = self._row_basis(material, run)
            if found is None:
                lacking = self._lacking(material, run)
                if self._settings.missing == "error":
                    raise LackingError(i, lacking)
                skipped[i] = lacking
                found = "none"
            index.append(keys.setdefault((found, material), len(keys)))
        tasks = self._prepared(list(keys), threads=threads)
        materials = [material for _, material in keys]
        return self._grade_texts(texts, tasks, materials, index, flags, threads, run, skipped)

    def _run_basis(self, rows: Sequence[Material]) -> str:
        """The coverage basis of a run: what the rubric says, or the first that any of its rows has. Facts that somebody
        gave and that are empty are none, but they say what was to be measured."""
        if self._settings.coverage.basis != "auto":
            return self._settings.coverage.basis
        for basis in _FALLBACKS:
            if any(row.has(basis) for row in rows):
                return "facts" if basis == "none" and any(row.facts == () for row in rows) else basis
        return "none"

    def _row_basis(self, material: Material, basis: str) -> str | None:
        """The basis that this row can be graded on; None where it lacks something."""
        if self._settings.missing == "fallback":
            found = next(b for b in _FALLBACKS[_FALLBACKS.index(basis) :] if material.has(b))
            # What is not measured would pay more than what is.
            return None if found == "none" != basis else found
        lacks_source = material.source is None and self._needs_source(basis) is not None
        return basis if material.has(basis) and not lacks_source else None

    def _lacking(self, material: Material, basis: str) -> str:
        if self._settings.missing == "fallback":
            *others, last = _FALLBACKS[_FALLBACKS.index(basis) : -1]
            first = f"{', '.join(others)} or {last}" if others else last
            return f"{first}: got nothing, expected something to measure coverage against"
        if not material.has(basis):
            return f'{basis}: got nothing, expected a value, as coverage is measured against "{basis}"'
        return f"source: got nothing, expected a document, as {self._needs_source(basis)}"

    def _needs_source(self, basis: str) -> str | None:
        """The setting that needs a source whatever coverage is measured against, in words; None where none does."""
        if self._settings.pii.fail_on == "leaks":
            return 'pii.fail_on is "leaks"'
        if self._settings.coverage.max_density is not None and basis != "none":
            return "coverage.max_density is set"
        return None

    def _prepared(self, keys: list[tuple[str, Material]], threads: int) -> list[_core.Task]:
        """The tasks of ``keys``, each a basis and the material, from the cache where it has them."""
        cached = {key: task for key in keys if (task := self._tasks.get(key)) is not None}
        by_basis: dict[str, list[tuple[str, Material]]] = {}
        for key in keys:
            if key not in cached:
                by_basis.setdefault(key[0], []).append(key)
        for basis, new in by_basis.items():
            given = [material.core() for _, material in new]
            tasks = self._grader.prepare(basis, given, threads)
            _warn_of_pii(tasks, self._settings.coverage.measure)
            cached.update(zip(new, tasks, strict=True))
        if by_basis and self._tasks_lock.acquire(
            blocking=False
        ):  # never waited for: a fork may have left it held
            try:
                for new in by_basis.values():
                    for key in new[-self.CACHED_TASKS :]:
                        if key not in self._tasks:  # as another thread may have put it there
                            self._tasks[key] = cached[key]
                            self._tasks_chars += key[1].chars
                while len(self._tasks) > self.CACHED_TASKS or (
                    self._tasks_chars > self.CACHED_CHARS and len(self._tasks) > 1
                ):
                    oldest = next(iter(self._tasks))
                    del self._tasks[oldest]
                    self._tasks_chars -= oldest[1].chars
            finally:
                self._tasks_lock.release()
        return [cached[key] for key in keys]

    def _task(self, basis: str, material: Material) -> _core.Task:
        """A task that was prepared before, in another process: without the cache, and a second warning."""
        return self._grader.prepare(basis, [material.core()], 1)[0]

    def _grade_text(
        self,
        task: _core.Task,
        material: Material,
        text: str,
        truncated: bool | None,
        known: Mapping[str, float] | None = None,
    ) -> Grade:
        """The whole grade of one answer; ``known`` are scores of rules that are callables."""
        tokens = self._count([text])[0] if self._counts() else None
        read = self._read([text])
        raw = self._grader.grade(task, text, flag_of(truncated), tokens, read[0] if read else None)
        if self._callables:
            self._callables.complete_one(raw, text, material, known)
        if raw["valid"]:
            raw["reason"] = material.said(raw["reason"], task.basis)
        return grade_from(raw, text, material, self._settings, self._hash)

    def _rewards(
        self, task: _core.Task, material: Material, texts: list[str], threads: int
    ) -> NDArray[np.float64]:
        threads = settings.checked_threads(threads)
        if self._callables:
            return self._grade_texts(texts, [task], [material], [0] * len(texts), None, threads).score
        tokens = self._count(texts) if self._counts() else None
        columns = self._grader.grade_batch(
            texts, [task], [0] * len(texts), None, tokens, self._read(texts), threads
        )
        score: NDArray[np.float64] = columns["score"]
        return score

    def _skipped(self, material: Material, text: str, truncated: bool | None, lacking: str) -> Grade:
        task = self._prepared([("none", material)], threads=1)[0]
        grade = self._grade_text(task, material, text, truncated)
        return replace(grade, score=None, reason=f"Not graded: {lacking}.")

    def _grade_texts(
        self,
        texts: list[str],
        tasks: list[_core.Task],
        materials: list[Material],
        index: list[int],
        truncated: list[Any] | None,
        threads: int,
        basis: str | None = None,
        skipped: Mapping[int, str] | None = None,
    ) -> Grades:
        import numpy as np

        threads = settings.checked_threads(threads)
        skipped = skipped or {}
        tokens = self._count(texts) if self._counts() else None

        columns = named_columns(
            self._grader.grade_batch(texts, tasks, index, truncated, tokens, self._read(texts), threads),
            self.rule_names,
        )
        if self._callables:
            self._callables.complete(columns, texts, [materials[i] for i in index])
        told = {at for at, material in enumerate(materials) if material.facts == ()}
        for i, at in enumerate(index) if told else ():
            if at in told and columns["valid"][i]:
                columns["reasons"][i] = materials[at].said(columns["reasons"][i], tasks[at].basis)
        for i, lacking in skipped.items():
            columns["reasons"][i] = f"Not graded: {lacking}."
        score = columns["score"]
        graded = np.ones(len(texts), dtype=bool)
        if skipped:
            graded[list(skipped)] = False
            score[~graded] = np.nan
        known = {name: columns[name] for name in ("score", *(rule.name for _, rule in self._callables.rules))}
        leaks = self._settings.pii.fail_on != "any"
        bases = ["leaks" if leaks and task.has_source else "any" for task in tasks]
        return Grades(
            columns,
            score=score,
            graded=graded,
            basis=basis or tasks[0].basis,
            pii_basis=[bases[i] for i in index],
            explain=_Explaining(
                self,
                texts,
                dict(enumerate(tasks)),
                [task.basis for task in tasks],
                materials,
                index,
                truncated,
                skipped,
                known,
            ),
            rubric_hash=self._hash,
            version=_core.__version__,
        )

    def _read(self, texts: list[str]) -> list[float] | None:
        """The fluency of each answer by the rubric's language model; None where the built-in rules score it."""
        if self._settings.fluency.scorer != "lm":
            return None
        if self._model is None:
            from rollgrade.language_model import LanguageModel

            self._model = LanguageModel(self._settings.fluency.model)
        return self._model.scores(self._grader.answers(texts))

    def _counts(self) -> bool:
        """Whether tokens are counted by another tokenizer than GPT-2's."""
        return self._settings.length.tokenizer not in ("gpt2", "words")

    def _count(self, texts: list[str]) -> list[int]:
        if self._tokenizer is None:
            self._tokenizer = load_tokenizer(self._settings.length.tokenizer)
        # One by one: the library's batches start a thread pool, which a trainer that forks would hang on.
        encode = self._tokenizer.encode
        return [len(encode(a, add_special_tokens=False).ids) for a in self._grader.answers(texts)]


def _form_of(path: str | os.PathLike[str]) -> str:
    """What a rubric file is written in, by its name. Raises ``ValueError`` for what is neither TOML nor JSON."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: got {kind_of(path)}, expected the path of a rubric file")
    ending = Path(path).suffix.lower()
    if ending in (".yaml", ".yml"):
        raise ValueError(f"{path}: is YAML by its name, expected a rubric file (.toml or .json)")
    return "JSON" if ending == ".json" else "TOML"


def _json(text: str) -> Any:
    """What a rubric file in JSON says. A key that stands twice in one table is an error, as it is in TOML."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if (twice := repeated_key(pairs)) is not None:
            raise ValueError(f"{twice!r} stands twice in one table, expected each key once")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def _check_kinds(pii: settings.Pii) -> None:
    """Raises ``ValueError`` where a rubric excludes every kind of PII that it looks for."""
    from rollgrade.pii import PiiOptions

    try:
        PiiOptions(**{f.name: getattr(pii, f.name) for f in fields(PiiOptions)}).scanner()
    except ValueError as error:
        raise ValueError(f"pii.{str(error).removeprefix('pii.')}") from None


def load_tokenizer(path: str) -> Tokenizer:
    """The tokenizer of a ``tokenizer.json``, set to neither truncate nor pad. Raises ``ValueError`` where there is none,
    ``ImportError`` without the package tokenizers."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise ImportError("length.tokenizer needs tokenizers: pip install 'rollgrade[tokenizers]'") from None
    settings.check_tokenizer(path)
    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as e:  # the library raises plain Exception
        raise ValueError(f"length.tokenizer: got {path!r}, expected a tokenizer.json ({e})") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _warn_of_pii(tasks: Sequence[_core.Task], measure: str) -> None:
    """Warns where facts hold PII: an answer that carries them whole would leak."""
    kinds = sorted({kind for task in tasks for _, kind in task.pii_in_facts})
    if kinds:
        weight = (
            "it carries no weight in coverage" if measure == "content" else f"{measure} pays for carrying it"
        )
        warnings.warn(f"facts hold PII ({', '.join(kinds)}): {weight}", stacklevel=5)
