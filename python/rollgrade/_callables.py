"""What of a rubric is code of the user's: rules that are callables, and the combination."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rollgrade.grades import RULES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rollgrade import _core
    from rollgrade.material import Material
    from rollgrade.rules import Rule
    from rollgrade.settings import Settings


class Callables:
    """The callables of a rubric; false where it has none. They are called once for each batch."""

    def __init__(self, settings: Settings, grader: _core.Grader) -> None:
        self.rules = [(i, rule) for i, rule in enumerate(settings.rules) if rule.score is not None]
        self._settings = settings
        self._grader = grader

    def __bool__(self) -> bool:
        return bool(self.rules) or callable(self._settings.combine)

    def complete_one(
        self, raw: dict[str, Any], text: str, material: Material, known: Mapping[str, float] | None = None
    ) -> None:
        """:meth:`complete` for the core's whole grade of one answer."""
        columns = named_columns(_columns_of(raw), self._settings.rule_names)
        said = self.complete(columns, [text], [material], known).get(0)
        raw["score"], (raw["reason"],) = float(columns["score"][0]), columns["reasons"]
        for i, rule in self.rules:
            score, passed = float(columns[rule.name][0]), bool(columns["passed"][rule.name][0])
            raw["custom"][i] = (score, passed, (), said[i] if said else None)

    def complete(
        self,
        columns: dict[str, Any],
        texts: list[str],
        materials: Sequence[Material],
        known: Mapping[str, float] | None = None,
    ) -> dict[int, list[str | None]]:
        """Adds what the callables make of the columns: the scores of rules, unless they are ``known``, what there is to
        say of them, and the rewards, which are 0 where the answer is not valid. What each rule says is returned for the
        rows in which one fails. A combination is not asked again where the reward is ``known``, as ``score``."""
        import numpy as np

        given = self._given(columns, texts, materials)
        said = self._score(columns, given, known) if self.rules else {}
        if callable(self._settings.combine) and known is not None:
            rewards = np.array([known["score"]])
        elif callable(self._settings.combine):
            rewards = _checked("combine", self._settings.combine(given), given["valid"].shape, "a reward")
        else:
            custom = [columns[rule.name] for rule in self._settings.rules]
            rewards = self._grader.rewards([columns[rule] for rule in RULES], custom)
        columns["score"] = np.where(columns["valid"], rewards, 0.0)
        return said

    def _given(self, columns: dict[str, Any], texts: list[str], materials: Sequence[Material]) -> Columns:
        """What callables look at; the scores of rules that are callables come when they are known."""
        waiting = {rule.name for _, rule in self.rules}
        there = [name for name in self._settings.rule_names if name not in waiting]
        return Columns(
            {name: columns[name] for name in (*there, "tokens", "valid")},
            {
                "completions": lambda: self._grader.answers(texts),
                "sources": lambda: [m.source for m in materials],
                "facts": lambda: [list(m.facts) if m.facts else None for m in materials],
                "references": lambda: [m.reference for m in materials],
            },
        )

    def _score(
        self, columns: dict[str, Any], given: Columns, known: Mapping[str, float] | None
    ) -> dict[int, list[str | None]]:
        import numpy as np

        n = len(columns["valid"])
        fails = np.zeros(n, dtype=bool)
        for _, rule in self.rules:
            score = _scored(rule, given) if known is None else np.full(n, known[rule.name])
            given[rule.name] = columns[rule.name] = score
            columns["passed"][rule.name] = passed = score >= rule.threshold
            fails |= ~passed
        said = {}
        for i in np.flatnonzero(fails).tolist():
            scores: list[float | None] = [None] * len(self._settings.rules)
            for at, rule in self.rules:
                scores[at] = float(columns[rule.name][i])
            reason, said[i] = self._grader.reason_and(columns["reasons"][i], scores)
            if columns["valid"][i]:
                columns["reasons"][i] = reason
        return said


class Columns(Mapping[str, Any]):
    """What a rule that is a callable (:data:`Scoring`) and a combination look at: arrays that are not to be written to, and lists that
    are made when they are first asked for."""

    def __init__(
        self, arrays: Mapping[str, NDArray[Any]], lists: Mapping[str, Callable[[], list[Any]]]
    ) -> None:
        self._found: dict[str, Any] = {}
        self._lists = lists
        for name, column in arrays.items():
            self[name] = column

    def __setitem__(self, name: str, column: NDArray[Any]) -> None:
        self._found[name] = column.view()
        self._found[name].flags.writeable = False

    def __getitem__(self, name: str) -> Any:
        if name not in self._found and name in self._lists:
            self._found[name] = self._lists[name]()
        try:
            return self._found[name]
        except KeyError:
            raise KeyError(f"{name}: no such column; there are {', '.join(self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter({**self._found, **self._lists})

    def __len__(self) -> int:
        return len(self._found.keys() | self._lists.keys())


def _scored(rule: Rule, columns: Columns) -> NDArray[np.float64]:
    """The scores of a rule that is a callable, checked: float64 of shape (n,), in [0, 1]. What it raises itself says of
    which rule it is in a note."""
    try:
        given = rule.score(columns)  # type: ignore[misc]
    except Exception as error:
        error.add_note(f"rollgrade: raised by the rule {rule.name!r}")
        raise
    return _checked(f"rules ({rule.name})", given, columns["valid"].shape, "a score")


def _checked(where: str, given: Any, shape: tuple[int, ...], what: str) -> NDArray[np.float64]:
    """What a callable of the user's returned, as float64 of that shape, in [0, 1]. Raises ``ValueError`` where it is
    not."""
    import numpy as np

    try:
        scores = np.array(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: got {type(given).__name__}, expected numbers ({error})") from None
    if scores.shape != shape:
        raise ValueError(f"{where}: got an array of shape {scores.shape}, expected {shape}")
    if not ((scores >= 0) & (scores <= 1)).all():
        row, bad = next((i, float(score)) for i, score in enumerate(scores.flat) if not 0 <= score <= 1)
        at = f" in row {row}" if scores.ndim else ""
        raise ValueError(f"{where}: got {what} outside [0, 1] ({bad:g}{at}), expected each to be inside")
    return scores


def named_columns(columns: dict[str, Any], rules: Sequence[str]) -> dict[str, Any]:
    """The core's columns with those of all rules by name."""
    columns |= dict(zip(rules[len(RULES) :], columns.pop("custom"), strict=True))
    passed = [*columns["passed"], *columns.pop("custom_passed")]
    return columns | {"passed": dict(zip(rules, passed, strict=True))}


def _columns_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A grade of the core as columns of one row."""
    import numpy as np

    scores = [float("nan") if s is None else s for s in raw["scores"]]
    columns: dict[str, Any] = {rule: np.array([s]) for rule, s in zip(RULES, scores, strict=True)}
    return columns | {
        "score": np.array([raw["score"]]),
        "tokens": np.array([raw["tokens"]], dtype=np.uint32),
        "valid": np.array([raw["valid"]]),
        "passed": [np.array([passed]) for passed in raw["passed"]],
        "custom": [np.array([score], dtype=np.float64) for score, *_ in raw["custom"]],
        "custom_passed": [np.array([passed]) for _, passed, *_ in raw["custom"]],
        "reasons": [raw["reason"]],
    }
