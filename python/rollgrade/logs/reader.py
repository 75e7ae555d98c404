"""From a record to a rollout: the file's form, with field paths over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from rollgrade.completion import completion_text, document_text, facts_list, kind_of
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.forms import COMMON, FORMS, Form, Record, chat, common_fields, detect, plain
from rollgrade.logs.forms.form import GROUND_TRUTH, NAMES, ground_truth_fields
from rollgrade.logs.joining import Join, Template
from rollgrade.logs.records import Rollout

__all__ = [
    "PATHS",
    "SAMPLE",
    "Reader",
    "all_keys",
    "check_field",
    "field_paths",
    "keys_read",
    "keys_shown",
    "reader_for",
]

PATHS = ("completion", "source", "facts", "reference")
"""The fields for which a path can be given."""

SAMPLE = 64
"""Records that decide the form."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reader:
    """How the records of one file are read. ``taken`` says in one line which form it is and why."""

    form: Form | None
    paths: Mapping[str, FieldPath] = field(default_factory=dict)
    taken: str = ""
    join: Join | None = None
    template: Template | None = None

    @property
    def many(self) -> bool:
        """Whether a record may hold several rollouts."""
        return self.form is not None and self.form.split is not None and "completion" not in self.paths

    def keys(self, more: Iterable[FieldPath] = ()) -> frozenset[str]:
        """Every top-level key that a rollout may be made of, and that more paths may look at."""
        own = frozenset() if self.form is None else self.form.keys
        return COMMON.union(own, *(path.heads for path in (*self.paths.values(), *more)))

    def rollouts(self, record: Record) -> list[Rollout]:
        """The rollouts of a record, one but where the form has ``many``. Raises ``RecordError`` with the reason where
        there is none, or one of them is none."""
        if self.form is None or self.form.split is None or not self.many:
            return [self._rollout(record)]
        rollouts = []
        parts = self.form.split(record)
        for number, part in enumerate(parts, 1):
            try:
                rollouts.append(self._rollout(part))
            except RecordError as error:
                raise RecordError(f"rollout {number} of {len(parts)}: {error}") from None
        if not rollouts:
            raise RecordError("no rollouts")
        return rollouts

    def rollout(self, record: Record) -> Rollout:
        """The rollout of a record, the first where it has several. Raises ``RecordError`` with the reason where there
        is none."""
        return self.rollouts(record)[0]

    def _rollout(self, record: Record) -> Rollout:
        fields = common_fields(record) if self.form is None else self.form.read(record)
        if self.join is not None:
            partner = self.join.partner(record)
            for name in ("source", "facts", "reference"):
                if (known := getattr(partner, name)) is not None:
                    fields[name] = known
        for name, path in self.paths.items():
            value = path.find(record)
            if value is ABSENT:
                fields.pop(name, None)
            else:
                fields[name] = value
        if "completion" not in fields:
            raise RecordError(self._without_completion(record))
        identity = fields.get("id")
        source = _convert("source", document_text, fields.get("source"))
        try:
            completion = _convert("completion", completion_text, fields["completion"])
        except RecordError as error:
            raise RecordError(f"{error}{self._instead(record)}") from None
        return Rollout(
            completion=completion,
            source=source if self.template is None else self.template.inside(source),
            facts=_convert("facts", _facts, fields.get("facts")),
            reference=_convert("reference", document_text, fields.get("reference")),
            truncated=fields.get("truncated"),
            id=str(identity) if isinstance(identity, (str, int)) else None,
        )

    def origins(self, record: Record) -> dict[str, str]:
        """Where the fields of a record's (first) rollout come from, for a person. Raises ``RecordError`` where it has no
        partner."""
        form, said = self.form, dict[str, str]()
        if form is not None and form.split is not None and self.many:
            record = (form.split(record) or [record])[0]
        truths = form.truths if form is not None else ()
        for path in (*truths, FieldPath(GROUND_TRUTH, (GROUND_TRUTH,))):
            if (value := path.find(record)) is not ABSENT:
                said |= dict.fromkeys(ground_truth_fields(value), f"`{path.text}`")
        for name, names in NAMES.items():
            if found := next((key for key in names if record.get(key) is not None), None):
                said[name] = f"`{found}`"
        if form is not None:
            said["completion"] = f"`{form.completion.text}`"
            if form.prompt is not None and isinstance(form.prompt.find(record), list):
                said.setdefault("source", f"the last user message of `{form.prompt.text}`")
        if self.join is not None:
            partner = self.join.partner(record)
            joined = [name for name in PATHS[1:] if getattr(partner, name) is not None]
            said |= dict.fromkeys(joined, str(self.join.dataset))
        said |= {name: f"`{path.text}`" for name, path in self.paths.items()}
        if self.template is not None:
            said["source"] += " by the template"
        return {name: said[name] for name in PATHS if name in said}

    def _instead(self, record: Record) -> str:
        """Where else the completion may be, for a record whose form says a field that has none."""
        if "completion" in self.paths:
            return ""
        found = next((name for name in _LIKELY if isinstance(record.get(name), str)), None)
        return f"; if it is `{found}`, say --completion {found}" if found else ""

    def _without_completion(self, record: Record) -> str:
        if path := self.paths.get("completion"):
            return f"no completion: no `{path.text}`"
        return "no completion" if self.form is None else self.form.without_completion(record)


_LIKELY = ("completion", "response", "output", "answer", "generation", "prediction", "summary")
"""What a completion is often called."""


def field_paths(**texts: str | None) -> dict[str, FieldPath]:
    """Parsed paths of those fields (``PATHS``) for which one is given. Raises ``ValueError`` that names the
    field."""
    paths = {}
    for name, text in texts.items():
        if text is not None:
            try:
                paths[name] = FieldPath.parse(text)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return paths


def keys_read(paths: Mapping[str, FieldPath]) -> frozenset[str]:
    """Every top-level key that any form may be told by, and that any form or path may look at."""
    forms = (form.marks | form.keys for form in FORMS)
    return COMMON.union(*forms, *(path.heads for path in paths.values()))


def check_field(
    file: Path, option: str, path: FieldPath, sample: Sequence[Record], *, hint: str = ""
) -> None:
    """Raises ``LogError`` where none of a file's first records has the field that an option names."""
    if all(path.find(record) is ABSENT for record in sample):
        raise LogError(
            f"{file}: --{option} {path.text}: no such field in the first {len(sample)} records; "
            f"the first has {keys_shown(all_keys(file, sample[0]))}{hint}"
        )


def reader_for(
    file: Path,
    sample: Sequence[Record],
    paths: Mapping[str, FieldPath],
    *,
    join: Join | None = None,
    template: Template | None = None,
) -> Reader:
    """The reader for a file whose first records are ``sample``. Raises ``LogError`` where no form fits, or where
    none of them has a field that was asked for: grading without it would be grading something else."""
    for name, path in paths.items():
        check_field(file, "source-from" if template is not None and name == "source" else name, path, sample)
    if join is not None:
        check_field(file, "on", join.on, sample, hint=" (LOG_FIELD=DATASET_FIELD where the two differ)")
    found = detect(sample)
    given = ", ".join(f"{name} = {path.text}" for name, path in paths.items())
    if found is not None:
        form, count = found
        taken = f"{form.name} form: {share_of(count, sample)} {form.signs}"
        return Reader(form, paths, f"{taken}; {given} as given" if given else taken, join, template)
    if "completion" in paths:
        return Reader(None, paths, f"no known form; {given} as given", join, template)
    if paths or join is not None:  # plain records, and what they lack was named or is joined
        completion = plain.FORM.completion
        have = sum(isinstance(completion.find(record), str | list) for record in sample)
        if have and 2 * have >= len(sample):
            taken = f"plain form: {share_of(have, sample)} `completion`"
            taken = f"{taken}; {given} as given" if given else taken
            return Reader(None, {**paths, "completion": completion}, taken, join, template)
    known = "; ".join(f"{form.name} ({form.signs})" for form in FORMS)
    most = "" if len(sample) == 1 else f", which half of its first {len(sample)} records have"
    counted = {form.name: sum(map(form.recognises, sample)) for form in FORMS}
    some = ", ".join(f"{count} of the {name} form" for name, count in counted.items() if count)
    raise LogError(
        f"{file}: no known form of log{most}{some and f' (there are {some})'}. "
        f"Its first record has {keys_shown(all_keys(file, sample[0]))}"
        f"{no_text(sample[0])}; known are {known}. "
        "Name the completion's field with --completion, and --source, --facts or --reference."
    )


def _convert(name: str, convert: Callable[[Any], T], value: object) -> T:
    try:
        return convert(value)
    except (TypeError, ValueError) as error:
        raise RecordError(f"{name}: {error}") from None


def _facts(value: object) -> list[str] | None:
    return None if value is None else facts_list(value) or None


def all_keys(file: Path, record: Record) -> Iterable[object]:
    """A record's keys: of Parquet, of which few columns are read, all that the file has."""
    from rollgrade.logs import parquet

    if file.is_file():
        with file.open("rb") as opened:
            if opened.read(4) == b"PAR1":
                return list(parquet.schema_of(file).names)
    return record


def share_of(count: int, sample: Sequence[Record]) -> str:
    """How many of a file's first records have something, to begin a sentence that names it."""
    if len(sample) == 1:
        return "the first record has"
    share = "all" if count == len(sample) else f"{count}"
    return f"{share} of the first {len(sample)} records have"


def no_text(record: Record) -> str:
    """Where a record has the field of a known form's completion, which is no text: what it is."""
    for form in FORMS:
        value = form.completion.find(record)
        if form is chat.FORM and isinstance(value, str) and value.lstrip().startswith("["):
            path = form.completion.text
            return f" (`{path}` is JSON in a string, of which --completion '{path}[-1].content' is the last)"
        if value is not ABSENT and not isinstance(value, str | list | tuple):
            return f" (`{form.completion.text}` is {kind_of(value)}, expected a string or messages)"
    return ""


def keys_shown(record: Iterable[object]) -> str:
    """A record's first keys, for an error, their PII masked."""
    from rollgrade.evidence import without_pii

    names = list(record)
    keys = [f"`{without_pii(str(key))[:40]}`" for key in names[:12]]
    if not keys:
        return "no keys"
    return (
        ("the keys " if len(keys) > 1 else "the key ")
        + ", ".join(keys)
        + (", ..." if len(names) > 12 else "")
    )
