"""Which strings of a record are looked at for PII: the completion, fields that were named, or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollgrade.completion import is_assistant
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.fieldpath import FieldPath, Steps
from rollgrade.logs.forms import FORMS, Form, Record, detect
from rollgrade.logs.reader import keys_read, keys_shown, no_text
from rollgrade.logs.records import GRADE_KEY, Entry

__all__ = ["Chosen", "Wanted", "choose", "field_text", "strings_of"]


class _Everything(frozenset[str]):
    """Every column."""

    def __contains__(self, _name: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: fields by path, or every string; neither is the completion."""

    paths: tuple[FieldPath, ...] = ()
    every: bool = False

    @classmethod
    def parse(cls, fields: Sequence[str], *, every: bool) -> Wanted:
        """Parses field paths; raises ``ValueError`` for one that is not understood."""
        if fields and every:
            raise ValueError("--field and --all-strings: got both, expected one of them")
        return cls(tuple(FieldPath.parse(text) for text in fields), every)

    @property
    def keys(self) -> frozenset[str]:
        """The top-level keys that may be looked at."""
        if self.every:
            return _Everything()
        return keys_read({path.text: path for path in self.paths})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The strings of one file's records. ``taken`` says in one line which they are and why."""

    wanted: Wanted
    form: Form | None
    taken: str

    def strings(self, record: Record) -> Iterator[tuple[Steps, str]]:
        """The strings and where they stand. Raises ``RecordError`` where there is no completion."""
        for prefix in self.prefixes(record):
            value: Any = record
            for step in prefix:
                value = value[step]
            yield from _strings(value, prefix)

    def prefixes(self, record: Record) -> list[Steps]:
        """Where the fields stand: every string in them, and none twice. A field that a record has not is passed
        over. Raises ``RecordError`` where the completion is what was asked for and there is none."""
        if self.wanted.every:
            return [(key,) for key in record if key != GRADE_KEY]
        if self.form is None:
            found = {steps for path in self.wanted.paths if (steps := path.locate(record)) is not None}
            return [a for a in sorted(found, key=str) if not any(a[: len(b)] == b for b in found if b != a)]
        return _completion(self.form, record)


def choose(file: Path, sample: Sequence[Record], wanted: Wanted) -> Chosen:
    """The strings of a file whose first records are ``sample``. Raises ``LogError`` where no known form says which
    field is the completion, or where none of the records has a field that was named."""
    if wanted.every:
        return Chosen(wanted, None, "every string of each record")
    if wanted.paths:
        for path in wanted.paths:
            if all(path.locate(record) is None for record in sample):
                raise LogError(
                    f"{file}: --field {path.text}: no such field in the first {len(sample)} records; "
                    f"the first has {keys_shown(sample[0])}"
                )
        return Chosen(wanted, None, ", ".join(path.text for path in wanted.paths))
    found = detect(sample)
    if found is None:
        known = "; ".join(f"{form.name} ({form.signs})" for form in FORMS)
        raise LogError(
            f"{file}: no known form of log, so its completions are not known. Its first record has "
            f"{keys_shown(sample[0])}{no_text(sample[0])}; known are {known}. Name fields with --field, or take --all-strings."
        )
    return Chosen(wanted, found[0], f"the completions of the {found[0].name} form alone (--all-strings: all)")


def strings_of(entry: Entry, chosen: Chosen | None) -> list[tuple[Steps, str]]:
    """The strings of an entry. Raises ``RecordError`` where it could not be read, or has no completion."""
    if entry.record is None or chosen is None:
        raise RecordError(entry.reason or "no record")
    return list(chosen.strings(entry.record))


def field_text(steps: Steps) -> str:
    """A place in a record as a field path: ``messages[1].content``."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step and not any(c in step for c in '.[]"'):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def _completion(form: Form, record: Record) -> list[Steps]:
    """Where the completion stands: a string, or what the assistant says in a list of messages."""
    if form.turns is not None and (turns := form.turns(record)):
        return _of_assistant(turns)
    place = form.completion.locate(record)
    if place is None:
        raise RecordError(form.without_completion(record))
    completion = form.completion.find(record)
    if isinstance(completion, list) and any(isinstance(m, Mapping) and "role" in m for m in completion):
        return _of_assistant([((*place, i), message) for i, message in enumerate(completion)])
    return [place]


def _of_assistant(messages: Sequence[tuple[Steps, object]]) -> list[Steps]:
    said = [place for place, message in messages if is_assistant(message)]
    if not said:
        raise RecordError(f"no completion: no assistant message among {len(messages)} messages")
    return said


def _strings(value: object, steps: Steps) -> Iterator[tuple[Steps, str]]:
    # A stack instead of recursion: records may be nested deeper than Python calls.
    waiting: list[tuple[Steps, object]] = [(steps, value)]
    while waiting:
        at, item = waiting.pop()
        if isinstance(item, str):
            yield at, item
        elif isinstance(item, Mapping):
            waiting.extend(((*at, key), item[key]) for key in reversed(list(item)))
        elif isinstance(item, list | tuple):
            waiting.extend(((*at, i), item[i]) for i in reversed(range(len(item))))
