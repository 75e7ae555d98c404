"""Logs as blocks of rollouts, each with its place, and where its step, its prompt and its reward stand."""

from __future__ import annotations

import glob
import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from rollgrade.analysis.graded import grade_in, grade_key, is_alone, of_part
from rollgrade.completion import kind_of
from rollgrade.logs import jsonl, parquet
from rollgrade.logs.errors import LogError, RecordError
from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.files import Input, Kind, file_itself, find_inputs
from rollgrade.logs.forms import Record
from rollgrade.logs.joining import Join, Template
from rollgrade.logs.options import Watcher
from rollgrade.logs.reader import SAMPLE, Reader, check_field, keys_read, keys_shown, reader_for
from rollgrade.logs.records import GRADE_KEY, Block, Entry, Reject, Rollout

__all__ = [
    "Counting",
    "Fields",
    "Key",
    "Row",
    "fetch",
    "find_reward",
    "first_records",
    "graded_inputs",
    "log_inputs",
    "prompt_key",
    "reward_at",
    "rows",
    "step_of",
]

_REWARDS = tuple(
    FieldPath.parse(text)
    for text in (
        "reward", "score", "evaluation_result.score", "eval_details.score", "evals.score", f"{GRADE_KEY}.score",
    )
)  # fmt: skip
_NO_REWARDS = frozenset({"step", "advantage", "temperature", "seed", "top_p", "group_index", "index", "id"})
_IDS = ("prompt_id", "group_id", "prompt_uid")
_PROMPTS = ("prompt", "input", "input_prompt")
_STEPS = tuple(map(FieldPath.parse, ("step", "global_step", "training_step", "metadata.step")))
_GRADED = (".jsonl", ".ndjson", ".json", ".parquet", ".pq")
_STEP_IN_NAME = re.compile(
    r"(?:^|[^a-z])(?:global_?step|step|completions|iter)[_-]?(\d{1,9})(?:\D|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Fields:
    """Field paths: those over the log's form, and where group, step and reward stand if that is given."""

    paths: Mapping[str, FieldPath]
    group: FieldPath | None = None
    step: FieldPath | None = None
    reward: FieldPath | None = None
    reward_found: bool = False
    """Nobody named the reward's field: a log may be without it."""
    grades: bool = False
    """The grades are what is wanted: a log may hold them alone."""
    key: str | None = None
    """What grades stand under; without it they are looked for."""
    join: Join | None = None
    template: Template | None = None

    def check(self, file: Path, sample: Sequence[Record]) -> None:
        """Raises ``LogError`` where none of a file's first records has a field that was named, or what should be a number
        there is something else: all rollouts would be without a group, a step or a reward."""
        named = {
            "group": self.group,
            "step": self.step,
            "against": None if self.reward_found else self.reward,
        }
        for name, path in named.items():
            if path is not None:
                check_field(file, name, path, sample)
        for name in ("step", "against"):
            if (path := named[name]) is not None:
                _check_number(file, name, path, sample)

    def keys(self) -> frozenset[str]:
        """Every top-level key that is looked at."""
        on = self.join.on if self.join is not None else None
        given = [path for path in (self.group, self.step, self.reward, on) if path is not None]
        heads = [path.heads for path in (*_REWARDS, *_STEPS, *given)]
        return keys_read(self.paths).union(_IDS, _PROMPTS, *heads)


Key = tuple[str, int, int]
"""Where a rollout stands: file, 1-based number of the record, and which of its rollouts, from 0."""


@dataclass(slots=True)
class Row:
    """One record that could be read, at its 1-based ``number`` in ``file``."""

    file: Path
    number: int
    record: Record
    rollout: Rollout
    part: int = 0
    """Which of the record's rollouts, from 0; of most forms it has one."""
    origin: tuple[str, int] | None = None
    """Of a grade that stands alone: file and number of the record that it is of, which is not known here."""

    @property
    def place(self) -> str:
        """``file:number``, and which rollout of the record where it is not the first."""
        file, number = self.origin or (self.file, self.number)
        return f"{file}:{number}" + (f"[{self.part}]" if self.part else "")

    @property
    def key(self) -> Key:
        """The place as what ``fetch`` takes."""
        return str(self.file), self.number, self.part


class Counting:
    """A watcher that counts what is rejected, and passes all on to another one."""

    def __init__(self, watcher: Watcher | None) -> None:
        self.rejected = 0
        self._watcher = watcher

    def form(self, file: Path, taken: str) -> None:
        """Passed on."""
        if self._watcher is not None:
            self._watcher.form(file, taken)

    def progress(self, bytes_read: int, records: int) -> None:
        """Passed on."""
        if self._watcher is not None:
            self._watcher.progress(bytes_read, records)

    def reject(self, reject: Reject) -> None:
        """Counted and passed on."""
        self.rejected += 1
        if self._watcher is not None:
            self._watcher.reject(reject)


def graded_inputs(given: Sequence[str]) -> list[Input]:
    """The files of paths, folders and glob patterns, each once; of folders that hold outputs of ``rollgrade score``,
    these alone. Raises ``LogError`` for a path that leads nowhere."""
    found: dict[Path, Input] = {}
    for text in given:
        path = Path(text)
        if path.is_dir():
            files = [
                f
                for f in sorted(path.rglob("*.graded.*"))
                if f.suffix in _GRADED and not f.name.startswith(".")
            ]
        elif not path.exists() and glob.has_magic(text):
            # Path.glob takes no absolute pattern before Python 3.13
            files = [Path(f) for f in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207
        else:
            files = []
        # One by one: of several, earlier outputs would be passed over.
        for names in ([str(f)] for f in files if ".rejects." not in f.name) if files else ([text],):
            for item in find_inputs(names)[0]:
                found.setdefault(file_itself(item.path), item)
    return _to_read_twice(list(found.values()))


def log_inputs(given: Sequence[str]) -> list[Input]:
    """The files of paths, folders and glob patterns as ``rollgrade score`` takes them; graded logs where there are no
    others. Raises ``LogError`` for a path that leads nowhere."""
    try:
        found = find_inputs(given)[0]
    except LogError:
        return graded_inputs(given)
    return _to_read_twice(found)


def _to_read_twice(inputs: list[Input]) -> list[Input]:
    if once := next((item.path for item in inputs if item.once), None):
        raise LogError(
            f"{jsonl.name_of(once)}: can be read but once, which is not enough here; give the file itself"
        )
    return inputs


def rows(
    inputs: Sequence[Input], fields: Fields, watcher: Watcher | None = None, limit: int | None = None
) -> Iterator[list[Row]]:
    """The rollouts of logs, block by block; what cannot be read is told to the watcher. Raises ``LogError`` where a file
    cannot be read, no known form fits it, or it has not a field that was named."""
    left = math.inf if limit is None else limit
    for item in inputs:
        reader: Reader | None = None
        checked = False
        for block in _blocks(item, fields.keys()):
            if left <= 0:
                return
            if reader is None:
                sample = _sample(block)
                reader = _reader(item.path, sample, fields) if sample else None
                if reader is not None and watcher is not None:
                    watcher.form(item.path, reader.taken)
            if left < len(block.entries):
                del block.entries[int(left) :]
            left -= len(block.entries)
            read = _rows(block, reader, fields.key, watcher)
            if not checked and read:
                checked = True
                fields.check(item.path, [row.record for row in read[:SAMPLE]])
            yield read
            if watcher is not None:
                watcher.progress(block.bytes_read, len(block.entries))


def fetch(inputs: Sequence[Input], fields: Fields, keys: set[Key]) -> dict[Key, Row]:
    """The rows at some places, read again; of the other records nothing is parsed but what tells the form."""
    found: dict[Key, Row] = {}
    for item in inputs:
        numbers = {number for file, number, _ in keys if file == str(item.path)}
        if not numbers:
            continue
        samples = map(_sample, _blocks(item, fields.keys()))
        reader = next((_reader(item.path, sample, fields) for sample in samples if sample), None)
        for block in _blocks(item, fields.keys(), numbers):
            read = _rows(block, reader, fields.key, None)
            found |= {row.key: row for row in read if row.key in keys}
    return found


def first_records(inputs: Sequence[Input], fields: Fields) -> list[Record]:
    """The first records that could be read, of the first log that has any."""
    for block in rows(inputs, fields):
        if block:
            return [row.record for row in block[:SAMPLE]]
    return []


def not_by_line(inputs: Sequence[Input]) -> str | None:
    """What to do about the first log that is JSON, but no record a line; None where there is none."""
    for item in inputs:
        if item.kind is Kind.JSONL:
            first = next(jsonl.read_blocks(item.path))
            if hint := jsonl.not_by_line(item.path, (entry.raw for entry in first.entries)):
                return hint
    return None


def find_reward(sample: Sequence[Record]) -> FieldPath:
    """Where the reward stands in records: the first usual field that holds a number, or the only number there is.
    Raises ``LogError`` that says what to name."""
    for path in _REWARDS:
        if any(not math.isnan(reward_at(record, path)) for record in sample):
            return path
    if key := next((key for record in sample if (key := grade_key(record)) is not None), None):
        return FieldPath(f"{key}.score", (key, "score"))
    numbers = {
        key: FieldPath(key, (key,))
        for record in sample
        for key in record
        if key not in _NO_REWARDS and not math.isnan(_number_at(record, FieldPath(key, (key,))))
    }
    if len(numbers) == 1:
        return next(iter(numbers.values()))
    which = (
        f"there are {', '.join(f'`{key}`' for key in list(numbers)[:8])}" if numbers else "there is no number"
    )
    shown = keys_shown(sample[0]) if sample else "no records"
    raise LogError(
        f"no reward found to compare with: {which} in the first records (the first has {shown}). "
        "Name the field with --against, or give two rubrics."
    )


def reward_at(record: Record, path: FieldPath) -> float:
    """The reward at a path, 1 or 0 for a boolean, as verifiers write it; NaN where there is none."""
    value = path.find(record)
    return float(value) if isinstance(value, bool) else _number_at(record, path)


def _number_at(record: Record, path: FieldPath) -> float:
    """The number at a path; NaN where there is none."""
    value = path.find(record)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            return math.nan
        return number if math.isfinite(number) else math.nan
    return math.nan


def prompt_key(row: Row, group: FieldPath | None) -> tuple[int, str] | None:
    """The prompt of a rollout, as 64 bits of a hash and as a name to show: the field ``group``, or an id of the prompt;
    else the prompt's text, or what is known of the task, which have no name. None where nothing is known."""
    named = (
        group.find(row.record)
        if group
        else next((v for k in _IDS if (v := row.record.get(k)) is not None), None)
    )
    if named is not None and named is not ABSENT:
        text = named if isinstance(named, str) else json.dumps(named, sort_keys=True, default=str)
        return _hashed(text), text
    if group is not None:
        return None
    rollout = row.rollout
    prompt = next((v for k in _PROMPTS if (v := row.record.get(k)) is not None), None)
    task = [prompt] if prompt is not None else [rollout.source, rollout.facts, rollout.reference]
    if not any(task):
        return None
    return _hashed(json.dumps(task, sort_keys=True, default=str)), ""


def step_of(row: Row, step: FieldPath | None) -> int | None:
    """The training step of a rollout: the field ``step``, a usual field of that meaning, or what the names of the file and
    its folders say (``completions_00012.parquet``, ``12.jsonl``, ``step_12/``)."""
    for path in (step,) if step is not None else _STEPS:
        if (found := _step_at(row.record, path)) is not None:
            return found
    return None if step is not None else _step_in_name(Path(row.origin[0]) if row.origin else row.file)


def _check_number(file: Path, name: str, path: FieldPath, sample: Sequence[Record]) -> None:
    found = [value for value in map(path.find, sample) if value is not None and value is not ABSENT]
    is_step = name == "step" and any(_step_at(record, path) is not None for record in sample)
    if found and not is_step and not any(_may_be(v, name) for v in found):
        raise LogError(f"{file}: --{name} {path.text}: is {kind_of(found[0])}, expected a number")


def _may_be(value: object, name: str) -> bool:
    """Whether a value may be what the option ``name`` asks for: a number, and of a reward true or false."""
    return isinstance(value, int | float) and (name == "against" or not isinstance(value, bool))


def _step_at(record: Record, path: FieldPath) -> int | None:
    text = path.find(record)
    if isinstance(text, str) and _is_number(text.strip()):  # as a table saved as CSV has it
        return int(text)
    number = _number_at(record, path)
    return int(number) if abs(number) < 2**53 else None  # neither NaN nor more than a chart can draw


def _step_in_name(file: Path) -> int | None:
    stem = file.name.split(".", 1)[0]
    if _is_number(stem):
        return int(stem)
    for name in (stem, *reversed(file.parent.parts)):
        if found := _STEP_IN_NAME.search(name):
            return int(found[1])
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _hashed(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little", signed=True)


def _blocks(item: Input, keys: frozenset[str], only: Collection[int] | None = None) -> Iterator[Block]:
    if item.kind is Kind.JSONL:
        return jsonl.read_blocks(item.path, only)
    return parquet.read_blocks(item.path, keys | _more_columns(item.path), only=only)


def _sample(block: Block) -> list[Record]:
    """The records of a block that tell the form."""
    return [entry.record for entry in block.entries if entry.record is not None][:SAMPLE]


def _more_columns(path: Path) -> frozenset[str]:
    """The columns of numbers, any of which may be a reward, and those of grades."""
    arrow, _ = parquet.parquet_modules()
    schema = parquet.schema_of(path)
    is_number = arrow.types.is_floating, arrow.types.is_integer
    numbers = frozenset(field.name for field in schema if any(test(field.type) for test in is_number))
    return numbers | parquet.grade_columns(schema)


@dataclass(frozen=True, slots=True)
class _Alone(Reader):
    """Reads grades that stand alone: of their rollouts no more is known than how many there are."""

    def rollouts(self, record: Record) -> list[Rollout]:
        if not is_alone(record):
            raise RecordError("no grade with `file` and `line`")
        return [Rollout("")] * (len(record["score"]) if isinstance(record["score"], list) else 1)


def _reader(file: Path, sample: Sequence[Record], fields: Fields) -> Reader:
    if fields.grades and all(map(is_alone, sample)):
        return _Alone(None, taken="grades alone, without their records")
    return reader_for(file, sample, fields.paths, join=fields.join, template=fields.template)


def _rows(block: Block, reader: Reader | None, key: str | None, watcher: Watcher | None) -> list[Row]:
    read = []
    for entry in block.entries:
        try:
            for part, (record, rollout) in enumerate(_read(entry, reader, key)):
                origin = (str(record["file"]), record["line"]) if isinstance(reader, _Alone) else None
                read.append(Row(block.file, entry.number, record, rollout, part, origin))
        except RecordError as error:
            if watcher is not None:
                watcher.reject(Reject(block.file, entry.number, str(error), ""))
    return read


def _read(entry: Entry, reader: Reader | None, key: str | None) -> list[tuple[Record, Rollout]]:
    """The rollouts of a record, each with the record, or with its part of one that holds several."""
    if entry.record is None or reader is None:
        raise RecordError(entry.reason or "no record")
    record = entry.record
    rollouts = reader.rollouts(record)
    if isinstance(reader, _Alone) and isinstance(record["score"], list):
        return [(of_part(record, i), rollout) for i, rollout in enumerate(rollouts)]
    if not reader.many or reader.form is None or reader.form.split is None:
        return [(record, rollout) for rollout in rollouts]
    grade = grade_in(record, key) or record.get(GRADE_KEY)
    parts: list[tuple[Record, Rollout]] = []
    for i, (part, rollout) in enumerate(zip(reader.form.split(record), rollouts, strict=True)):
        mine = {key or GRADE_KEY: of_part(grade, i)} if isinstance(grade, Mapping) else {}
        parts.append((dict(part) | mine, rollout))
    return parts
