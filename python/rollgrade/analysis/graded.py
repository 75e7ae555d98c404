"""Where the grades of a graded log stand: under a key, as an object or flat, or alone with the place of their record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rollgrade.logs.forms import Record
from rollgrade.logs.records import GRADE_FIELDS, GRADE_KEY

__all__ = ["grade_in", "grade_key", "is_alone", "is_sound", "of_part"]


def grade_in(record: Record, key: str | None = None) -> Mapping[str, Any] | None:
    """The grade that a record holds under ``key``; without one under the usual key, or else wherever there is one."""
    found = key if key is not None else grade_key(record)
    return None if found is None else _under(record, found)


def grade_key(record: Record) -> str | None:
    """The key under which a record holds a grade, the usual one before others."""
    return next((key for key in _keys(record) if _under(record, key) is not None), None)


def is_alone(record: Record) -> bool:
    """Whether it is what ``--only-grades`` writes: a grade with the file and line of its record."""
    return "file" in record and "line" in record and _is_grade(record)


def is_sound(grade: Mapping[str, Any]) -> bool:
    """Whether the values of one rollout's grade are what they are called."""
    numbers = [grade["score"], *(grade[rule] for rule in grade["passed"])]
    return (
        type(grade["tokens"]) is int
        and all(value is None or isinstance(value, (int, float)) for value in numbers)
        and all(
            isinstance(match, Mapping) and {"kind", "verdict", "start", "end"} <= match.keys()
            for match in grade["pii_matches"] or []
        )
    )


def of_part(grade: Mapping[str, Any], part: int) -> dict[str, Any]:
    """The grade of one rollout of a record, in which each field is a list of all of them's."""

    def of(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: of(item) for name, item in value.items()}
        return value[part] if isinstance(value, list) and part < len(value) else value

    return {name: of(value) for name, value in grade.items()}


def _keys(record: Record) -> Iterator[str]:
    yield GRADE_KEY
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield name
        elif name.endswith(".score"):
            yield name.removesuffix(".score")


def _under(record: Record, key: str) -> Mapping[str, Any] | None:
    grade = record.get(key)
    if not isinstance(grade, Mapping) and f"{key}.score" in record:
        below = {name[len(key) + 1 :]: record[name] for name in record if name.startswith(f"{key}.")}
        rules = [name for name in below if name.startswith("passed.")]
        passed = {name.removeprefix("passed."): below.pop(name) for name in rules}
        grade = below | {"passed": passed}
    return grade if isinstance(grade, Mapping) and _is_grade(grade) else None


def _is_grade(value: Mapping[str, Any]) -> bool:
    passed = value.get("passed")
    return isinstance(passed, Mapping) and GRADE_FIELDS.union(passed) <= value.keys()
