"""Rollout logs: every form and kind read, records written back byte for byte, and nothing lost on bad
input."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from logs_run import ANSWER, FACTS, SOURCE, Slow, chat
from rollgrade import Rubric
from rollgrade.cli import app
from rollgrade.evidence import masked
from rollgrade.logs import LogError, RecordError
from rollgrade.logs.blocks import read_blocks
from rollgrade.logs.chosen import Chosen, Wanted
from rollgrade.logs.fieldpath import ABSENT, FieldPath
from rollgrade.logs.files import Kind, find_inputs, pending, plan, rejects_path
from rollgrade.logs.forms import FORMS, Form
from rollgrade.logs.grading import Grader
from rollgrade.logs.jsonl import graded_line, parse_line
from rollgrade.logs.reader import Reader, field_paths, keys_read, reader_for
from rollgrade.logs.records import Entry, Reject, Rollout
from rollgrade.logs.rescore import Options, Style, rescore
from rollgrade.logs.summary import Summary

EXAMPLES = Path(__file__).parent.parent / "examples"


class Watcher:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.forms: list[str] = []
        self.notes: list[str] = []
        self.rejects: list[Reject] = []
        self.bytes_read = 0

    def form(self, file: Path, taken: str) -> None:
        self.forms.append(taken)

    def progress(self, bytes_read: int, records: int) -> None:
        self.bytes_read += bytes_read

    def reject(self, reject: Reject) -> None:
        self.rejects.append(reject)

    def note(self, text: str) -> None:
        self.notes.append(text)


class Run:
    """A rescore of files into `out`, with everything that came of it."""

    def __init__(self, *logs: Path, out: Path, rubric: Rubric | None = None, **options: Any) -> None:
        paths = field_paths(**options.pop("paths", {}))
        jobs = plan(
            find_inputs([str(log) for log in logs])[0],
            str(out),
            only_grades=options.get("style", Style()).only_grades,
        )
        self.watcher = Watcher()
        self.out = out
        self.summary: Summary = rescore(
            jobs, Grader(rubric or Rubric()), Options(paths, **options), self.watcher
        )

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.read_bytes().splitlines()]

    @property
    def reasons(self) -> dict[int, str]:
        return {reject.number: reject.reason for reject in self.watcher.rejects}


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines (bytes as they are, text, or objects as JSON) to a log and gives its path."""

    def write(
        *lines: bytes | str | Mapping[str, Any] | list[Any], name: str = "log.jsonl", end: bytes = b"\n"
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        encoded = [
            line
            if isinstance(line, bytes)
            else (line if isinstance(line, str) else json.dumps(line)).encode()
            for line in lines
        ]
        path.write_bytes(b"".join(line + end for line in encoded))
        return path

    return write


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "graded.jsonl"


# ---- field paths -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", {"b": [10, {"c": 1}], "d.e": 2, "": 3}),
        ("a.b[0]", 10),
        ("a.b[-1].c", 1),
        ("a.b.0", 10),
        ('a["d.e"]', 2),
        ('a[""]', 3),
        ("x.y", 5),  # a key that is spelled like the path
        ("a.b[2]", ABSENT),
        ("a.b[-3]", ABSENT),
        ("a.nothing", ABSENT),
        ("a.b.c", ABSENT),
        ("a.b[0].c", ABSENT),
        ("null", None),
        ("null.a", ABSENT),
        ("json.a[0].b", 1),
        ("json.a", [{"b": 1}]),
        ("json.b", ABSENT),
        ("text.a", ABSENT),
    ],
)
def test_field_paths_find_values(path: str, value: object) -> None:
    record = {"a": {"b": [10, {"c": 1}], "d.e": 2, "": 3}, "x.y": 5, "null": None}
    record |= {"json": ' {"a": [{"b": 1}]}', "text": "{a"}
    assert FieldPath.parse(path).find(record) == value


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a]", "a[0]b", 'a["b]', "[-]"])
def test_a_wrong_field_path_says_how_one_looks(path: str) -> None:
    with pytest.raises(ValueError, match=r"completion: field path .* one looks like"):
        field_paths(completion=path)


# ---- forms -------------------------------------------------------------------------------------------------

FIELDS = {"facts": FACTS, "source": SOURCE}


SINGLE = [
    pytest.param("chat", chat(), Rollout(ANSWER, SOURCE, FACTS), id="chat"),
    pytest.param("chat", chat(source="Another."), Rollout(ANSWER, "Another.", FACTS), id="chat-source"),
    pytest.param("chat", chat(facts="- a\n- b"), Rollout(ANSWER, SOURCE, ["a", "b"]), id="chat-bullets"),
    pytest.param(
        "chat", chat(facts=[], reference="R"), Rollout(ANSWER, SOURCE, None, "R"), id="chat-reference"
    ),
    pytest.param(
        "chat", chat(facts=None, ground_truth="R"), Rollout(ANSWER, SOURCE, None, "R"), id="eval-protocol"
    ),
    pytest.param(
        "chat", chat(finish_reason="length"), Rollout(ANSWER, SOURCE, FACTS, None, True), id="cut-off"
    ),
    pytest.param(
        "chat", chat(finish_reason="stop"), Rollout(ANSWER, SOURCE, FACTS, None, False), id="not-cut-off"
    ),
    pytest.param("chat", chat(id=7), Rollout(ANSWER, SOURCE, FACTS, id="7"), id="number-for-an-id"),
    pytest.param("chat", chat(None), Rollout("", SOURCE, FACTS), id="content-none"),
    pytest.param("chat", chat([{"type": "text", "text": "a"}]), Rollout("a", SOURCE, FACTS), id="parts"),
    pytest.param(
        "verl",
        {"input": "p", "output": ANSWER, "gts": FIELDS, "score": 0.0, "step": 1},
        Rollout(ANSWER, SOURCE, FACTS),
        id="verl-object",
    ),
    pytest.param(
        "verl",
        {"input": "p", "output": ANSWER, "gts": json.dumps(FIELDS), "score": 0.0},
        Rollout(ANSWER, SOURCE, FACTS),
        id="verl-object-as-json",
    ),
    pytest.param(
        "verl",
        {"input": "p", "output": ANSWER, "gts": "A reference.", "score": 0.0},
        Rollout(ANSWER, None, None, "A reference."),
        id="verl-string",
    ),
    pytest.param(
        "verl",
        {"input": "p", "output": ANSWER, "gts": {"ground_truth": "R"}, "score": 0.0},
        Rollout(ANSWER, None, None, "R"),
        id="verl-nested-ground-truth",
    ),
    pytest.param(
        "verl",
        {"input": "p", "output": ANSWER, "gts": FACTS, "score": 0.0},
        Rollout(ANSWER, None, FACTS),
        id="verl-list",
    ),
    pytest.param(
        "verl",
        {"input": "p", "output": ANSWER + "<|im_end|>", "gts": None, "score": 0.0},
        Rollout(ANSWER),
        id="verl-nothing-known",
    ),
    pytest.param(
        "trl",
        {"step": 1, "prompt": "p", "completion": ANSWER, **FIELDS},
        Rollout(ANSWER, SOURCE, FACTS),
        id="trl-strings",
    ),
    pytest.param(
        "trl",
        {
            "prompt": [{"role": "user", "content": SOURCE}],
            "completion": [{"role": "assistant", "content": ANSWER}],
        },
        Rollout(ANSWER, SOURCE),
        id="trl-messages",
    ),
    pytest.param("plain", {"completion": ANSWER, **FIELDS}, Rollout(ANSWER, SOURCE, FACTS), id="plain"),
    pytest.param(
        "plain",
        {"completion": [{"role": "assistant", "content": ANSWER}], "ground_truth": "R", "id": 3},
        Rollout(ANSWER, None, None, "R", id="3"),
        id="plain-messages",
    ),
    pytest.param(
        "plain",
        {"completion": ANSWER, "ground_truth": str({"facts": FACTS, "source": SOURCE})},
        Rollout(ANSWER, SOURCE, FACTS),
        id="plain-python",
    ),
    pytest.param(
        "trl",
        {"prompt": "p", "completion": ANSWER, **FIELDS},
        Rollout(ANSWER, SOURCE, FACTS),
        id="trl-plain",
    ),
]
"""A form, a record of it and its rollout."""


@pytest.mark.parametrize(("form", "record", "rollout"), SINGLE)
def test_forms_are_found_and_read(form: str, record: dict[str, Any], rollout: Rollout) -> None:
    reader = reader_for(Path("log"), [record], {})
    assert reader.form is not None
    assert reader.form.name == form
    assert reader.taken.startswith(f"{form} form: the first record has")
    assert reader.rollout(record) == rollout


OTHERS = [
    pytest.param(
        "skyrl",
        {
            "input_prompt": "p",
            "output_response": ANSWER,
            "score": 0.0,
            "stop_reason": "length",
            "env_extras": {**FIELDS, "reward_spec": {"ground_truth": "R"}},
        },
        [Rollout(ANSWER, SOURCE, FACTS, "R", True)],
        id="skyrl",
    ),
    pytest.param(
        "openai batch",
        {
            "custom_id": "7",
            "response": {"body": {"choices": [{"message": {"content": ANSWER}, "finish_reason": "stop"}]}},
            "error": None,
        },
        [Rollout(ANSWER, truncated=False, id="7")],
        id="openai-batch",
    ),
    pytest.param(
        "ms-swift",
        {
            "step": 3,
            "prompt": ["p", "p"],
            "completion": [ANSWER, "b"],
            "source": [SOURCE, "s"],
            "r": [0, 1],
        },
        [Rollout(ANSWER, SOURCE), Rollout("b", "s")],
        id="ms-swift",
    ),
    pytest.param(
        "prime-rl",
        {
            "traces": [
                {
                    "nodes": [{"message": message} for message in chat()["messages"]],
                    "rewards": {"a": {"score": 1.0, "weight": 1.0}},
                    "task": {"data": {"facts": FACTS}},
                }
            ]
        },
        [Rollout(ANSWER, SOURCE, FACTS)],
        id="prime-rl",
    ),
]
"""The same, where a record may have several."""


@pytest.mark.parametrize(("form", "record", "rollouts"), OTHERS)
def test_other_trainers_forms(form: str, record: dict[str, Any], rollouts: list[Rollout]) -> None:
    reader = reader_for(Path("log"), [record], {})
    assert reader.form is not None
    assert reader.form.name == form
    assert reader.rollouts(record) == rollouts
    with pytest.raises(RecordError):
        reader.rollouts({})


@pytest.mark.parametrize(
    ("form", "record"),
    # a column holds no strings beside lists
    [pytest.param(*each.values[:2], id=each.id) for each in (*SINGLE, *OTHERS) if each.id != "parts"],
)
def test_forms_are_found_in_rows_as_in_lines(
    form: str, record: dict[str, Any], log: Callable[..., Path], tmp_path: Path
) -> None:
    rows = tmp_path / "log.parquet"
    pq.write_table(pa.Table.from_pylist([record] * 3), rows)
    basis = Rubric(missing="skip")
    lines = Run(log(*[record] * 3), out=tmp_path / "lines.jsonl", rubric=basis)
    assert lines.watcher.forms[0].startswith(f"{form} form")
    for name in ("rows.jsonl", "rows.parquet"):
        if name == "rows.parquet" and isinstance(lines.records[0]["rollgrade"]["score"], list):
            continue  # a row has one grade
        run = Run(rows, out=tmp_path / name, rubric=basis)
        written = pq.read_table(run.out).to_pylist() if name == "rows.parquet" else run.records
        assert run.watcher.forms == lines.watcher.forms
        assert [row["rollgrade"] for row in written] == [row["rollgrade"] for row in lines.records]
    item = find_inputs([str(rows)])[0][0]
    ((_, _), (_, reader)) = read_blocks(item, {})
    assert reader is not None
    assert lines.watcher.forms[0].startswith(f"{reader.taken}; coverage against: ")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_forms_are_told_by_the_keys_that_they_name(form: Form) -> None:
    class Asked(dict[str, Any]):
        def __missing__(self, key: str) -> None:
            asked.add(key)

        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return super().get(key, default)

        def __contains__(self, key: object) -> bool:
            asked.add(key)
            return super().__contains__(key)

    asked: set[object] = set()
    for each in (*SINGLE, *OTHERS):
        record = each.values[1]
        assert isinstance(record, dict)
        form.recognises(Asked(record))
    assert asked
    assert asked <= keys_read({})


def test_lines_of_several_rollouts_get_lists_of_grades(log: Callable[..., Path], out: Path) -> None:
    line = {
        "step": 1,
        "prompt": ["p"] * 3,
        "completion": [ANSWER, "", ANSWER],
        "facts": FACTS,
        "source": [SOURCE] * 3,
    }
    run = Run(log(line, line | {"facts": [FACTS, 7, FACTS]}), out=out)
    assert (run.summary.graded, run.summary.more, run.summary.rejected, run.summary.read) == (3, 2, 1, 2)
    assert run.reasons[2].startswith("rollout 2 of 3: facts: ")
    grade = run.records[0]["rollgrade"]
    assert grade["valid"] == grade["passed"]["fluency"] == [True, False, True]
    assert grade["score"][0] == Rubric().grade(ANSWER, source=SOURCE, facts=FACTS).score
    assert grade["rubric"] == Rubric().hash
    with pytest.raises(LogError, match="several rollouts"):
        Run(log(line), out=out.with_suffix(".parquet"))


def test_the_form_that_most_records_have_is_taken() -> None:
    verl = {"input": "p", "output": ANSWER, "gts": "R"}
    reader = reader_for(Path("log"), [{"other": 1}, verl, verl, chat()], {})
    assert reader.taken == "verl form: 2 of the first 4 records have `input`, `output` and `gts` or `score`"


def test_messages_that_end_with_the_users_are_the_prompt_of_a_completion_beside_them() -> None:
    asked = [
        {"role": "user", "content": "Q"},
        {"role": "assistant", "content": "A"},
        {"role": "user", "content": "Q"},
    ]
    reader = reader_for(Path("log"), [{"messages": asked, "completion": ANSWER, "facts": FACTS}], {})
    assert reader.taken.startswith("plain form")
    with pytest.raises(RecordError, match="if it is `response`, say --completion response"):
        reader_for(Path("log"), [chat()], {}).rollout({"messages": asked[:1], "response": ANSWER})


@pytest.mark.parametrize("said", ["length", "LENGTH", "MAX_TOKENS", "max_output_tokens"])
def test_a_sampler_that_says_so_cut_the_answer_off(said: str) -> None:
    assert reader_for(Path("log"), [chat()], {}).rollout(chat(finish_reason=said)).truncated is True


def test_a_form_that_few_records_have_is_not_taken() -> None:
    other = {"text": ANSWER, "facts": FACTS}
    with pytest.raises(
        LogError,
        match=r"no known form of log, which half of its first 32 records have \(there are 1 of the chat form\)",
    ) as caught:
        reader_for(Path("log"), [chat(), *[other] * 31], {})
    assert "--completion" in str(caught.value)
    reader = reader_for(Path("log"), [chat(), *[other] * 31], field_paths(completion="text"))
    assert reader.taken == "no known form; completion = text as given"
    bare = {"completion": ANSWER, "doc": SOURCE}
    reader = reader_for(Path("log"), [bare], field_paths(source="doc"))
    assert reader.taken == "plain form: the first record has `completion`; source = doc as given"
    with pytest.raises(LogError, match="no known form of log"):
        reader_for(Path("log"), [bare], {})
    for value, kind in ((None, "None"), (5, "an int"), (b"x", "a bytes"), ({"text": "x"}, "an object")):
        with pytest.raises(LogError, match=rf"\(`completion` is {kind}, expected a string or messages\)"):
            reader_for(Path("log"), [{"completion": value, "facts": FACTS}], {})
    with pytest.raises(
        LogError, match=r"is JSON in a string, of which --completion 'messages\[-1\]\.content'"
    ):
        reader_for(Path("log"), [{"messages": json.dumps(chat()["messages"])}], {})
    with pytest.raises(LogError) as caught:
        reader_for(Path("log"), [{"jane.roe@example.org": ANSWER}], {})
    assert "jane" not in str(caught.value)
    broken = {"messages": [], "facts": FACTS}
    taken = reader_for(Path("log"), [chat(), *[broken] * 31], {}).taken
    assert taken == "chat form: 1 of the first 32 records have `messages`"
    plain = {"completion": ANSWER, "facts": FACTS}
    taken = reader_for(Path("log"), [chat(), *[plain] * 31], {}).taken
    assert taken.startswith("plain form: 31 of the first 32 records have")


def test_no_known_form_names_the_keys_and_what_is_known() -> None:
    with pytest.raises(LogError, match="the keys `text`, `n`; known are") as caught:
        reader_for(Path("some.jsonl"), [{"text": "secret", "n": 1}], {})
    assert "some.jsonl" in str(caught.value)
    assert "--completion" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert all(form.signs in str(caught.value) for form in FORMS)


def test_field_paths_go_over_the_form() -> None:
    record = chat() | {"meta": {"doc": "D", "points": ["x"]}, "choices": [{"message": {"content": "a"}}]}
    paths = field_paths(
        completion="choices[0].message.content", source="meta.doc", facts="meta.points", reference="no"
    )
    reader = reader_for(Path("log"), [record, {"no": "R"}], paths)
    assert reader.rollout(record) == Rollout("a", "D", ["x"])


def test_a_path_that_no_record_has_is_an_error_rather_than_another_basis() -> None:
    with pytest.raises(
        LogError, match=r"log: --facts meta\.nope: no such field in the first 1 records; the first has"
    ):
        reader_for(Path("log"), [chat()], field_paths(facts="meta.nope"))


def test_with_a_path_to_the_completion_no_form_is_needed() -> None:
    record = {
        "custom_id": "7",
        "response": {"body": {"choices": [{"message": {"role": "assistant", "content": ANSWER}}]}},
    }
    reader = reader_for(
        Path("log"), [record], field_paths(completion="response.body.choices[0].message.content")
    )
    assert reader.taken == "no known form; completion = response.body.choices[0].message.content as given"
    assert reader.rollout(record) == Rollout(ANSWER, id="7")
    with pytest.raises(
        RecordError, match=r"no completion: no `response\.body\.choices\[0\]\.message\.content`"
    ):
        reader.rollout({"custom_id": "8", "response": None, "error": {"message": "overloaded"}})


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"error": {"code": "batch_expired", "message": "It ran out."}}, "'batch_expired: It ran out.'"),
        (
            {"response": {"body": {"error": {"message": "Ask jane.roe@example.org"}}}},
            f"'Ask {masked('jane.roe@example.org', [(0, 20)])}'",
        ),
        ({"response": {"body": {"choices": []}}}, "no `response.body.choices[0].message.content`"),
    ],
)
def test_a_failed_request_says_why(more: dict[str, Any], reason: str) -> None:
    form = next(form for form in FORMS if form.name == "openai batch")
    record = {"id": "r", "custom_id": "8", "response": None, "error": None, **more}
    chosen = Chosen(Wanted(), form, "")
    for read in (Reader(form).rollout, chosen.prefixes):
        with pytest.raises(RecordError) as caught:
            read(record)
        assert str(caught.value).endswith(f": {reason}")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "no completion: no chat record, which has `messages`"),
        ({"input": "p", "output": "o", "gts": "R"}, "no completion: no chat record"),
        (chat(7), "completion: content is an int"),
        ({"messages": 7}, "completion: a completion is an int"),
        (
            {"messages": [{"role": "user", "content": "q"}]},
            "completion: no assistant message among 1 messages",
        ),
        (chat(facts=7), "facts: facts are an int"),
        (chat(facts=["a", None]), "facts: fact 2 of 2 is None"),
        (chat(reference=7), "reference: content is an int"),
        (chat(source={"a": 1}), "source: a content part is an object"),
    ],
)
def test_a_record_that_is_no_rollout_has_a_reason(record: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        Reader(FORMS[0]).rollout(record)
    assert str(caught.value).startswith(reason)


# ---- lines of JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "invalid JSON at character 8, where the file ends"),
        (b'{"a": 1\n', "invalid JSON at character"),
        (b'{"a": 1}}\n', "invalid JSON at character 9: Extra data"),
        (b"nonsense\n", "invalid JSON at character 1"),
        (b'{"a": "x\n', "invalid JSON at character 9: the line ends inside a string"),
        (b'{"a": "x', "invalid JSON at character 7, where the file ends: Unterminated string"),
        (b'{"a": NaN}\n', "invalid JSON: NaN is no JSON number"),
        (b'{"a": [-Infinity]}\n', "invalid JSON: -Infinity is no JSON number"),
        (b'{"a": "x\x00y"}\n', "invalid JSON at character 9: Invalid control character"),
        (b'{"a": "\xff"}\n', "invalid UTF-8 at byte 8 of the line"),
        (b'{"a": "\xed\xa0\x80"}\n', "invalid UTF-8 at byte 8 of the line"),
        (b'{"a": 1, "a": 2}\n', "the key 'a' stands twice in one object"),
        (b'{"b": {"a": 1, "a": 1}}\n', "the key 'a' stands twice in one object"),
        (b'{"a@bc.org": 1, "a@bc.org": 2}\n', "the key '•@••.•••' stands twice in one object"),
        (b"[1]\n", "a JSON array; expected an object"),
        (b'"text"\n', "a JSON string; expected an object"),
        (b"7\n", "a JSON number; expected an object"),
        (b"null\n", "a JSON null; expected an object"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_record_has_a_reason(line: bytes, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse_line(line)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    "line",
    [
        json.dumps(chat("A lone \ud83d surrogate escape stands in this answer.")).encode(),
        json.dumps(chat("A pair \ud83d\ude00 of surrogates stands in this answer.")).encode(),
        json.dumps(chat("A nul \x00 escape stands in this answer.")).encode(),
        json.dumps(chat(""), ensure_ascii=False).encode(),
        json.dumps(
            chat(ANSWER + "\u2028\u0085" + ANSWER), ensure_ascii=False
        ).encode(),  # no line ends for JSONL
        b'{ "n" : 1.10, "big":12345678901234567890123, "e":1E400 ,'
        + json.dumps(chat()).encode()[1:-1]
        + b" }",
        b'{"long":' + b"9" * 5000 + b"," + json.dumps(chat()).encode()[1:],
    ],
)
def test_records_keep_their_bytes(line: bytes, log: Callable[..., Path], out: Path) -> None:
    run = Run(log(line), out=out)
    (written,) = out.read_bytes().split(b"\n")[:-1]
    assert run.summary.graded == 1
    assert written.startswith(line[:-1])
    assert written[len(line) - 1 :].startswith(b', "rollgrade": {"score": ')
    assert parse_line(written)["rollgrade"]["version"]


def test_line_endings_bom_blank_lines_and_a_missing_last_line_feed(
    log: Callable[..., Path], out: Path
) -> None:
    line = json.dumps(chat()).encode()
    path = log(b"\xef\xbb\xbf" + line + b"\r", b"", b" \t\r", line + b" ", name="log.jsonl")
    path.write_bytes(path.read_bytes() + line)
    run = Run(path, out=out)
    first, second, third, rest = out.read_bytes().split(b"\n")
    assert (run.summary.graded, run.summary.rejected, run.summary.blank) == (3, 0, 2)
    assert first.startswith(line[:-1])  # the file's byte-order mark is no part of the record
    assert (first[-2:], second[-2:], third[-1:], rest) == (b"}\r", b"} ", b"}", b"")


@pytest.mark.parametrize(
    ("members", "kept"),
    [
        ('"rollgrade": {"score": 1}, {}', " {}"),
        ('{}, "rollgrade": {"score": null}', "{}"),
        ('"a": [1, {"rollgrade": 2}], "rollgrade" : {"score": "old"} , {}', '"a": [1, {"rollgrade": 2}], {}'),
        ('"a": 1.50,"\\u0072ollgrade": null,{}', '"a": 1.50,{}'),
    ],
)
def test_an_older_grade_is_replaced_and_the_rest_kept(
    members: str, kept: str, log: Callable[..., Path], out: Path
) -> None:
    record = json.dumps(chat())[1:-1]
    Run(log("{" + members.replace("{}", record) + "}"), out=out)
    assert out.read_text().startswith("{" + kept.replace("{}", record).rstrip())
    assert out.read_text().count('"rollgrade": {"score"') == 1
    assert parse_line(out.read_bytes())["rollgrade"]["valid"] is True


@pytest.mark.parametrize(
    ("own", "key", "named"),
    [
        ({"reward": 0.5}, "reward", "reward"),
        ({"reward": {"format": 1}}, "reward", "reward"),
        ({"reward.format": 1}, "reward", "reward.format"),
        ({}, "messages", "messages"),
    ],
)
def test_a_grade_takes_the_place_of_nothing_but_a_grade(
    own: dict[str, Any], key: str, named: str, log: Callable[..., Path], out: Path
) -> None:
    path = log(chat() if own else "", chat(**own))
    with pytest.raises(LogError, match=f"log.jsonl:2: --key {key}: the record has a `{named}` of its own"):
        Run(path, out=out, style=Style(key))
    assert not out.exists()
    Run(path, out=out, style=Style("mine"))
    Run(path, out=out, style=Style(key, only_grades=True))


@pytest.mark.parametrize("workings", ["in Rust", "in Python"])
def test_a_later_record_with_something_of_its_own_there_is_rejected(
    workings: str, log: Callable[..., Path], out: Path
) -> None:
    own = [
        {"rollgrade": "mine"},
        {"rollgrade": {"mine": 1}},
        {"rollgrade.mine": 1},
        {"rollgrade.score": "mine", "rollgrade.note": "keep"},
        {"rollgrade.score": True},
        {"rollgrade.score": 1, "rollgrade.note": "keep"},
        {"rollgrade.score": 1, "rollgrade.rule": 1},
        {"rollgrade.score": 1, "rollgrade.passed.rule": True},
        {"rollgrade.score": [1, "2"]},
    ]
    grades = [
        {"rollgrade": {"score": 1}},
        {"rollgrade": None},
        {"rollgrade.score": 1, "rollgrade.valid": True},
        {"rollgrade.score": None, "rollgrade.passed.form": None, "rollgrade.pii_matches": []},
        {"rollgrade.score": 1, "rollgrade.rule": 0.5, "rollgrade.passed.rule": True},
        {"rollgrade.score": [1, None], "rollgrade.basis": "facts"},
    ]
    records = [chat()] * 600 + [chat(**members) for members in [*own, *grades]]
    rubric = Rubric() if workings == "in Rust" else Rubric(combine=lambda columns: columns["length"])
    run = Run(log(*records), out=out, rubric=rubric)
    assert (run.summary.graded, run.summary.rejected) == (606, 9)
    rejects = [json.loads(line) for line in rejects_path(out).read_bytes().splitlines()]
    assert [json.loads(reject["record"]) for reject in rejects] == [chat(**each) for each in own]
    members = ["", "", ".mine", ".score", ".score", ".note", ".rule", ".passed.rule", ".score"]
    named = [f"`rollgrade{member}`" for member in members]
    for reject, name in zip(rejects, named, strict=True):
        assert reject["reason"].startswith(f"has a {name} of its own, which is no grade")
    assert [len(parse_line(line)) for line in out.read_bytes().splitlines()[-6:]] == [len(chat()) + 1] * 6


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda values: (
        st.lists(values, max_size=4) | st.dictionaries(st.text() | st.just("rollgrade"), values, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)  # a busy machine is no failure
@given(
    record=st.dictionaries(st.text() | st.just("rollgrade"), VALUES, max_size=5),
    indent=st.sampled_from([None, "\t"]),
    ascii_only=st.booleans(),
    end=st.sampled_from([b"\n", b"\r\n", b" \n", b""]),
)
def test_any_record_comes_back_with_its_grade_and_nothing_else(
    record: dict[str, Any], indent: str | None, ascii_only: bool, end: bytes
) -> None:
    text = json.dumps(record, indent=indent, ensure_ascii=ascii_only).replace("\n", " ")
    line = text.encode("utf-8", "surrogatepass" if ascii_only else "replace") + end
    record = parse_line(line)
    graded = graded_line(Entry(1, record, None, line), {"score": 0.5})
    assert graded.endswith(end or b"\n")
    assert list(parse_line(graded)) == [*(key for key in record if key != "rollgrade"), "rollgrade"]
    assert parse_line(graded) == record | {"rollgrade": {"score": 0.5}}
    again = graded_line(Entry(1, parse_line(graded), None, graded), {"score": 0.5})
    assert again == graded


@settings(deadline=None)
@given(VALUES)
def test_any_value_is_a_record_or_has_a_reason(value: Any) -> None:
    message = {"role": "assistant", "content": value}
    for record in ({"messages": value}, {"messages": [message]}, {"messages": "text", "facts": value}):
        with contextlib.suppress(RecordError):
            assert type(Reader(FORMS[0]).rollout(record).completion) is str


# ---- whole runs --------------------------------------------------------------------------------------------


def test_bad_lines_are_rejected_with_their_place_and_the_rest_graded(
    log: Callable[..., Path], out: Path
) -> None:
    lines: dict[int, tuple[bytes | str | dict[str, Any] | list[Any], str | None]] = {
        1: (chat(), None),
        2: ("{broken", "invalid JSON"),
        3: (b'{"a": "\xff\xfe"}', "invalid UTF-8"),
        4: ([chat()], "a JSON array"),
        5: ({"input": "p", "output": ANSWER, "gts": FIELDS}, "no completion: no chat record"),
        6: (chat(None), None),
        7: (chat(facts=7), "facts: facts are an int"),
        8: (chat(facts=None), "facts: got nothing"),
        9: (chat(id="x"), None),
    }
    path = log(*(line for line, _ in lines.values()))
    run = Run(path, out=out)
    rejects = [json.loads(line) for line in rejects_path(out).read_bytes().splitlines()]
    expected = {number: reason for number, (_, reason) in lines.items() if reason}
    assert [(reject["file"], reject["line"]) for reject in rejects] == [
        (str(path), number) for number in expected
    ]
    assert all(reject["reason"].startswith(expected[reject["line"]]) for reject in rejects)
    originals = path.read_bytes().split(b"\n")
    assert all(
        reject["record"].encode("utf-8", "surrogateescape") == originals[reject["line"] - 1]
        for reject in rejects
    )
    assert (run.summary.read, run.summary.graded, run.summary.rejected) == (9, 3, 6)
    assert [record["rollgrade"]["valid"] for record in run.records] == [True, False, True]
    assert run.watcher.bytes_read == path.stat().st_size


def test_a_log_without_a_single_record_that_parses_is_all_rejects(
    log: Callable[..., Path], out: Path
) -> None:
    run = Run(log("{", "["), out=out)
    assert (run.summary.graded, run.summary.rejected) == (0, 2)
    assert out.read_bytes() == b""


def test_zero_rows(log: Callable[..., Path], out: Path) -> None:
    run = Run(log(), out=out)
    assert (run.summary.read, run.summary.mean, run.summary.worst()) == (0, None, [])
    assert out.read_bytes() == b""
    assert not rejects_path(out).exists()


def test_a_line_of_ten_megabytes(log: Callable[..., Path], out: Path) -> None:
    run = Run(log(chat(), chat("word " * 2_000_000), chat()), out=out)
    assert [record["rollgrade"]["tokens"] > 2_000_000 - 10 for record in run.records] == [False, True, False]


def test_repeated_ids_are_graded_and_counted(log: Callable[..., Path], out: Path) -> None:
    run = Run(log(chat(id="a"), chat(id="b"), chat(id="a"), chat(id="a"), chat()), out=out)
    assert (run.summary.graded, run.summary.repeated_ids) == (5, 2)


def test_rows_that_lack_what_a_rule_needs(log: Callable[..., Path], out: Path) -> None:
    path = log(chat(), chat(facts=None), chat())
    strict = Run(path, out=out)
    assert strict.reasons == {
        2: 'facts: got nothing, expected a value, as coverage is measured against "facts"; it holds a source: in the '
        'rubric, coverage.basis = "source" measures every record against that, missing = "fallback" each against the '
        "first that it has"
    }
    skip = Run(path, out=out, rubric=Rubric(missing="skip"))
    assert [record["rollgrade"]["score"] is None for record in skip.records] == [False, True, False]
    assert (skip.summary.unscored, skip.summary.mean) == (1, skip.records[0]["rollgrade"]["score"])
    assert not rejects_path(out).exists()  # the strict run's went with it
    fallback = Run(path, out=out, rubric=Rubric(missing="fallback"))
    assert (fallback.summary.graded, fallback.summary.unscored) == (3, 0)


def test_the_basis_is_one_for_the_run(log: Callable[..., Path], out: Path) -> None:
    first, second = log(chat(), name="a.jsonl"), log(chat(facts=None, reference=ANSWER), name="b.jsonl")
    run = Run(first, second, out=out)
    assert run.summary.basis == "facts"
    assert list(run.reasons) == [1]
    assert run.reasons[1].startswith(
        'facts: got nothing, expected a value, as coverage is measured against "facts"; it holds a reference: '
    )


def grounded(**fields: Any) -> dict[str, Any]:
    return {"prompt": "p", "completion": ANSWER, **fields}


@pytest.mark.parametrize(
    ("records", "said", "unused"),
    [
        ([grounded(facts=FACTS)], "facts", {}),
        (
            [grounded(facts=FACTS), grounded(source=SOURCE)],
            "facts (1 of the first 2 rollouts hold them)",
            {},
        ),
        (
            [grounded(facts=[], source=SOURCE), grounded()],
            "source (the first 2 rollouts hold no facts or reference; 1 of the first 2 rollouts hold it)",
            {},
        ),
        (
            [*[grounded()] * 512, grounded(facts=FACTS, source=SOURCE), grounded(facts=FACTS)],
            "none (the first 512 rollouts hold no facts, reference or source)",
            {"facts": 2, "source": 1},
        ),
        (
            [*[grounded(source=SOURCE)] * 512, grounded(facts=FACTS, source=SOURCE)],
            "source (the first 512 rollouts hold no facts or reference)",
            {"facts": 1},
        ),
    ],
)
@pytest.mark.parametrize("workings", ["in Rust", "in Python"])
def test_the_basis_is_said_and_what_it_passes_by_counted(
    workings: str,
    records: list[dict[str, Any]],
    said: str,
    unused: dict[str, int],
    log: Callable[..., Path],
    out: Path,
) -> None:
    run = Run(log(*records), out=out, rubric=Rubric() if workings == "in Rust" else Slow())
    assert run.watcher.forms[0].endswith(f"; coverage against: {said}")
    assert run.summary.unused == unused
    warned = [note.startswith("warning: nothing to measure coverage against") for note in run.watcher.notes]
    assert warned == [True] * said.startswith("none")


def test_a_rubric_that_asks_for_no_basis_is_not_warned_of(log: Callable[..., Path], out: Path) -> None:
    run = Run(log(grounded()), out=out, rubric=Rubric(coverage={"basis": "none"}))
    assert run.watcher.forms[0].endswith("; coverage against: none (as the rubric says)")
    assert not run.watcher.notes


def test_every_form_is_checked_before_anything_is_graded(log: Callable[..., Path], out: Path) -> None:
    logs = [log(chat(), name="a.jsonl"), *(log({"loss": 1}, name=f"{n}.jsonl") for n in ("b", "c"))]
    with pytest.raises(
        LogError, match=r"(?s)b.jsonl: no known form.* 1 more do not fit: .*c.jsonl\. Nothing"
    ):
        Run(*logs, out=out.parent / "")
    assert not out.parent.exists()
    assert Run(*logs, out=out, limit=1).summary.read == 1


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        (["[", json.dumps(chat()), "]"], "looks like one JSON array; .* `jq -c '.\\[\\]' "),
        (json.dumps(chat(), indent=1).splitlines(), "looks like JSON over several lines; .* `jq -c . "),
    ],
)
def test_json_that_is_no_record_a_line_gets_a_hint(
    lines: list[str], hint: str, log: Callable[..., Path], out: Path
) -> None:
    (note,) = Run(log(*lines), out=out).watcher.notes
    assert re.search(hint, note)


def test_grades_are_those_of_the_rubric(log: Callable[..., Path], out: Path) -> None:
    rubric = Rubric(max_tokens=5)
    answer = "Write to press@example.org about the new budget that the council approved."
    run = Run(log(chat(answer, finish_reason="length")), out=out, rubric=rubric)
    written = run.records[0]["rollgrade"]
    grade = rubric.grade(answer, source=SOURCE, facts=FACTS, truncated=True)
    assert written["score"] == grade.score
    assert written["reason"] == grade.reason
    assert written["passed"] == {rule: getattr(grade, rule).passed for rule in written["passed"]}
    for rule in written["passed"]:
        assert written[rule] == getattr(grade, rule).score
    assert (written["tokens"], written["rubric"], written["basis"]) == (
        grade.length.tokens,
        rubric.hash,
        "facts",
    )
    assert written["pii_matches"] == [
        {"kind": m.kind, "start": m.start, "end": m.end, "verdict": m.verdict} for m in grade.pii.matches
    ]
    assert len(written["pii_matches"]) == 1
    assert "press@example.org" not in json.dumps(written)


def test_a_row_that_the_rubric_refuses_does_not_take_its_block_along(
    log: Callable[..., Path], out: Path
) -> None:
    class Refusing(Rubric):
        def grade_batch(self, completions: Any, **more: Any) -> Any:
            if any("refuse" in text for text in completions):
                raise ValueError("facts: refused")
            return super().grade_batch(completions, **more)

        def replace(self, **settings: Any) -> Rubric:
            return self

    run = Run(log(chat(), chat("Please refuse this one here."), chat()), out=out, rubric=Refusing())
    assert run.reasons == {2: "facts: refused"}
    assert run.summary.graded == 2


@pytest.mark.parametrize("name", ["rollouts.jsonl", "verl", "trl"])
def test_the_example_log_has_the_same_grades_in_every_form(name: str, tmp_path: Path) -> None:
    run = Run(EXAMPLES / name, out=tmp_path / "grades.jsonl", style=Style(only_grades=True))
    chat_run = Run(EXAMPLES / "rollouts.jsonl", out=tmp_path / "chat.jsonl", style=Style(only_grades=True))
    assert (run.summary.graded, run.summary.rejected) == (520, 0)
    # verl and TRL keep no finish_reason: whether an answer was cut off is not known there, so form differs
    for rule in ("length", "coverage", "pii", "fluency"):
        assert sorted(row[rule] for row in run.records) == sorted(row[rule] for row in chat_run.records)
    assert run.summary.tokens == chat_run.summary.tokens


def test_only_grades_name_the_record_and_leave_it_out(log: Callable[..., Path], out: Path) -> None:
    path = log(chat(), "", chat())
    run = Run(path, out=out, style=Style(only_grades=True))
    assert [(row["file"], row["line"]) for row in run.records] == [(str(path), 1), (str(path), 3)]
    assert all("messages" not in row and row["score"] > 0 for row in run.records)


def test_limit_counts_records_over_all_files(log: Callable[..., Path], out: Path) -> None:
    first, second = log(chat(), "", "{", name="a.jsonl"), log(chat(), chat(), chat(), name="b.jsonl")
    run = Run(first, second, out=out, limit=3)
    assert (run.summary.read, run.summary.graded, run.summary.rejected) == (3, 2, 1)
    assert Run(first, second, out=out, limit=1).summary.read == 1


def test_the_summary_adds_up(log: Callable[..., Path], out: Path) -> None:
    long = " ".join([ANSWER] * 10)
    run = Run(
        log(chat(id="good"), chat("", id="empty"), chat(long, id="long"), chat("No.", id="short")), out=out
    )
    summary, grades = run.summary, [record["rollgrade"] for record in run.records]
    assert summary.mean == pytest.approx(sum(g["score"] for g in grades) / 4)
    assert summary.tokens == sum(g["tokens"] for g in grades)
    assert (summary.valid, summary.over_budget) == (2, 1)
    for rule in summary.scores:
        assert summary.passed[rule] == sum(g["passed"][rule] for g in grades)
        assert summary.scores[rule] == pytest.approx(sum(g[rule] for g in grades))
    assert [worst.id for worst in summary.worst()] == ["empty", "short", "long"]
    assert summary.worst()[0].place.endswith("log.jsonl:2")


def test_memory_does_not_grow_with_the_log(log: Callable[..., Path], out: Path) -> None:
    line = json.dumps(chat(padding="x" * 2000)).encode()

    def peak(lines: int) -> int:
        path = log(*[line] * lines)
        tracemalloc.start()
        try:
            Run(path, out=out)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    assert peak(4000) < 1.3 * peak(1500)


# ---- Parquet -----------------------------------------------------------------------------------------------


def table(path: Path, **columns: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_keeps_its_columns_and_gets_one(tmp_path: Path) -> None:
    original = pq.read_table(EXAMPLES / "trl" / "completions_00001.parquet")
    run = Run(EXAMPLES / "trl" / "completions_00001.parquet", out=tmp_path / "graded.parquet")
    written = pq.read_table(run.out)
    assert written.drop_columns(["rollgrade"]).equals(original)
    grades = written.column("rollgrade").to_pylist()
    assert sum(grade["score"] for grade in grades) == pytest.approx(run.summary.reward)
    again = Run(run.out, out=tmp_path / "again.parquet")
    assert pq.read_table(again.out).equals(written)  # an older grade is replaced


def test_parquet_with_messages_and_bad_rows(tmp_path: Path) -> None:
    path = table(
        tmp_path / "log.parquet",
        prompt=[[{"role": "user", "content": SOURCE}]] * 4,
        completion=[
            [{"role": "assistant", "content": c}] if c != "none" else None
            for c in (ANSWER, None, "none", "x")
        ],
        facts=[FACTS, FACTS, FACTS, None],
        advantage=[0.5, float("nan"), 1.0, float("inf")],
    )
    run = Run(path, out=tmp_path / "graded.parquet")
    form = "trl form: 3 of the first 4 records have `prompt` and `completion`"
    assert run.watcher.forms == [f"{form}; coverage against: facts (3 of the first 4 rollouts hold them)"]
    assert [grade["valid"] for grade in pq.read_table(run.out).column("rollgrade").to_pylist()] == [
        True,
        False,
        False,
    ]
    assert list(run.reasons) == [4]
    reject = json.loads(rejects_path(run.out).read_bytes())
    assert json.loads(reject["record"])["advantage"] is None
    lines = Run(path, out=tmp_path / "graded.jsonl").records
    assert lines[0]["prompt"] == [{"role": "user", "content": SOURCE}]
    assert [line["advantage"] for line in lines] == [0.5, None, 1.0]


def test_parquet_with_a_string_that_is_no_utf8(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xff"))
    run = Run(
        table(tmp_path / "log.parquet", prompt=["p", "p"], completion=broken), out=tmp_path / "graded.parquet"
    )
    assert run.reasons == {2: "invalid UTF-8 in a string column"}
    assert run.summary.graded == 1


def test_parquet_of_zero_rows_keeps_its_columns(tmp_path: Path) -> None:
    path = table(
        tmp_path / "log.parquet", prompt=pa.array([], pa.string()), completion=pa.array([], pa.string())
    )
    run = Run(path, out=tmp_path / "graded.parquet")
    assert pq.read_schema(run.out).names == ["prompt", "completion", "rollgrade"]
    assert run.summary.read == 0


def test_only_grades_as_parquet_from_lines(log: Callable[..., Path], tmp_path: Path) -> None:
    run = Run(log(chat(), chat()), out=tmp_path / "grades.parquet", style=Style(only_grades=True))
    assert pq.read_table(run.out).column("line").to_pylist() == [1, 2]


def test_parquet_files_with_other_columns_do_not_go_into_one_output(tmp_path: Path) -> None:
    first = table(tmp_path / "a.parquet", prompt=["p"], completion=[ANSWER])
    second = table(tmp_path / "b.parquet", prompt=["p"], completion=[ANSWER], extra=[1])
    with pytest.raises(LogError, match=r"b\.parquet: its columns are not those"):
        Run(first, second, out=tmp_path / "graded.parquet")
    assert not (tmp_path / "graded.parquet").exists()


def test_without_pyarrow_parquet_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path / "log.parquet", prompt=["p"], completion=[ANSWER])
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(LogError, match=r"pip install 'rollgrade\[parquet\]'"):
        Run(path, out=tmp_path / "graded.parquet")


# ---- files -------------------------------------------------------------------------------------------------


def names(jobs: Any, below: Path) -> list[str]:
    return [str(job.output.relative_to(below)) for job in jobs]


def test_outputs_beside_inputs_in_a_folder_or_in_one_file(log: Callable[..., Path], tmp_path: Path) -> None:
    (
        log(name="logs/a.jsonl"),
        log(name="logs/deep/a.jsonl"),
        log(name="logs/.hidden.jsonl"),
        log(name="logs/notes.txt"),
    )
    table(tmp_path / "logs" / "c.parquet", prompt=["p"], completion=["c"])
    inputs, _ = find_inputs([str(tmp_path / "logs")])
    assert [item.kind for item in inputs] == [Kind.JSONL, Kind.PARQUET, Kind.JSONL]
    beside = ["logs/a.graded.jsonl", "logs/c.graded.parquet", "logs/deep/a.graded.jsonl"]
    assert names(plan(inputs, None), tmp_path) == beside
    below = ["new/a.graded.jsonl", "new/c.graded.parquet", "new/deep/a.graded.jsonl"]
    assert names(plan(inputs, f"{tmp_path}/new/"), tmp_path) == below
    grades = ["logs/a.grades.jsonl", "logs/c.grades.parquet", "logs/deep/a.grades.jsonl"]
    assert names(plan(inputs, None, only_grades=True), tmp_path) == grades
    (job,) = plan(inputs, str(tmp_path / "all.jsonl"))
    assert (job.output.name, len(job.inputs)) == ("all.jsonl", 3)


def test_inputs_are_files_folders_and_globs_each_once(
    log: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = log(name="a.jsonl"), log(name="b.jsonl")
    log(name="a.graded.jsonl"), log(name="a.graded.jsonl.rejects.jsonl")
    inputs, notes = find_inputs([str(first), str(tmp_path / "*.jsonl"), str(tmp_path)])
    assert [item.path for item in inputs] == [first, second]
    assert notes == [
        f"{first}: given more than once; it is read once; so are 1 more",
        "2 file(s) of an earlier run passed over",
    ]
    inputs, notes = find_inputs([str(tmp_path / "a.graded.jsonl")])
    assert (len(inputs), notes) == (1, [])  # named alone, it is meant
    assert find_inputs(["-", "-"])[1] == ["-: given more than once; it is read once"]
    (tmp_path / "link.jsonl").symlink_to(first)
    for other in (f"{tmp_path}/../{tmp_path.name}/a.jsonl", str(tmp_path / "link.jsonl")):
        inputs, notes = find_inputs([str(first), other])
        assert [item.path for item in inputs] == [first]
        assert notes == [f"{first}: given more than once, also as {other}; it is read once"]
    (tmp_path / "link.jsonl").unlink()
    monkeypatch.chdir(tmp_path)
    assert [str(item.path) for item in find_inputs(["?.jsonl"])[0]] == ["a.jsonl", "b.jsonl"]


@pytest.mark.parametrize(
    ("start", "name", "message"),
    [
        (
            b"\x1f\x8b\x08\x00",
            "log.jsonl.gz",
            r"log\.jsonl\.gz: cannot be unpacked to its end \(unexpected end of file\)",
        ),
        (b"\x28\xb5\x2f\xfd", "log.jsonl.zst", "log.jsonl.zst: "),
        (b"BZh9", "log.jsonl.bz2", "is compressed with bzip2; unpack it first"),
        (b"\xff\xfe{\x00", "log.jsonl", "is UTF-16"),
        (b"{}\n", "log.parquet", "is no Parquet file"),
        (b"PAR1 and no more", "log.parquet", "log.parquet: "),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    start: bytes, name: str, message: str, tmp_path: Path, out: Path
) -> None:
    (tmp_path / name).write_bytes(start)
    with pytest.raises(LogError, match=message):
        Run(tmp_path / name, out=out)
    assert not out.exists()


def test_a_packed_log_that_breaks_off_says_how_to_get_at_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 1000)[:-9])
    for command in (["report", path], ["redact", path, "-o", tmp_path / "o.jsonl"], ["pii", path]):
        result = CliRunner().invoke(app, list(map(str, command)))
        assert result.exit_code == 2
        assert f"{path}: cannot be unpacked to its end" in result.output
        assert f"what there is comes with `gzip -dc {path}`" in result.output


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    for path, message in {
        "nothing.jsonl": "nothing.jsonl: no such file or folder",
        "*.jsonl": "no file matches",
        "": "no .jsonl or .parquet file in this folder",
    }.items():
        with pytest.raises(LogError, match=message.replace(".", r"\.")):
            find_inputs([str(tmp_path / path)])


def test_an_output_is_never_an_input_nor_a_folder(log: Callable[..., Path], tmp_path: Path) -> None:
    path = log(chat())
    inputs, _ = find_inputs([str(path)])
    with pytest.raises(LogError, match="is an input"):
        plan(inputs, str(path))
    (tmp_path / "out.jsonl.rejects.jsonl").mkdir()
    with pytest.raises(LogError, match="no regular file"):
        plan(inputs, str(tmp_path / "out.jsonl"))
    for name in ("out.txt", "out.csv", "out.jsonl.bz2", "out.jsonl.xz", "out.parquet.gz"):
        with pytest.raises(LogError, match=r"is not written|packed inside"):
            plan(inputs, str(tmp_path / name))
    both, _ = find_inputs([str(path), str(EXAMPLES / "trl")])
    with pytest.raises(LogError, match="its inputs are JSONL and Parquet"):
        plan(both, str(tmp_path / "out.parquet"))
    again, _ = find_inputs([str(path), str(log(chat(), name="other/log.jsonl"))])
    with pytest.raises(LogError, match="more than one input"):
        plan(again, f"{tmp_path}/new/")


def test_an_output_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.jsonl"
    with pending(path) as file:
        file.write(b"first")
        assert not path.exists()
    assert path.read_bytes() == b"first"
    with pytest.raises(ZeroDivisionError), pending(path) as file:
        file.write(bytes([1 // (file.tell())]))
    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]


def test_an_output_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LogError, match=r"out\.jsonl: File exists"), pending(tmp_path / "file" / "out.jsonl"):
        pass
