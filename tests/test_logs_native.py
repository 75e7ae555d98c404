"""Lines and rows graded in Rust: what is written is what Python writes, byte for byte."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from logs_run import ANSWER, FACTS, SOURCE, Slow, Told, chat, run
from rollgrade import Rubric
from rollgrade.logs import native
from rollgrade.logs.files import rejects_path
from rollgrade.logs.rescore import Style

ROOT = Path(__file__).parent.parent
FIXTURES = [
    ROOT / "examples" / "rollouts.jsonl",
    ROOT / "examples" / "verl",
    ROOT / "examples" / "trl" / "completions_00001.parquet",
    *sorted((ROOT / "tests" / "data").glob("*.parquet")),
    *sorted((ROOT / "tests" / "data").glob("*.jsonl")),
]


@pytest.fixture
def natively(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records each block graded in Rust."""
    counts: list[int] = []
    warn_of = native.Native.warn_of

    def counted(self: Any, done: Any) -> None:
        counts.append(done.tally()["graded"])
        warn_of(self, done)

    monkeypatch.setattr(native.Native, "warn_of", counted)
    return counts


def both(log: Path, folder: Path, suffix: str = ".jsonl", **options: Any) -> tuple[bytes, bytes]:
    """Output and rejects of a log, which are the same graded in Rust and in Python, on one thread and two."""
    found = []
    settings_ = options.pop("rubric", {})
    for name, rubric, threads in (
        ("a", Rubric(**settings_), 1),
        ("b", Slow(**settings_), 1),
        ("c", Rubric(**settings_), 2),
    ):
        out = folder / name / f"out{suffix}"
        summary = run(log, out=out, rubric=rubric, threads=threads, **options)
        rejects = rejects_path(out).read_bytes() if rejects_path(out).exists() else b""
        state = {k: v for k, v in summary.state().items() if k not in ("scores", "reward", "worst", "pii")}
        worst = [(w.score, w.place, w.id, w.reason) for w in summary.worst()]
        sums = [round(x, 6) for x in (summary.reward, *summary.scores.values())]
        written = out.read_bytes() if suffix != ".parquet" else repr(pq.read_table(out).to_pylist()).encode()
        found.append((written, rejects, state, worst, sums, summary.pii))
    assert found[0] == found[1] == found[2]
    return found[0][0], found[0][1]


RULES = [
    {"name": "a-date", "must_contain": [r"\b(19|20)\d\d\b", "Monday|May"], "weight": 2},
    {"name": "no_hedging", "must_not_contain": ["may", "it (seems|appears)"], "ignore_case": True},
    {"name": "watched", "must_contain": "(?s)^[^.]{50}.*\\.$", "weight": 0, "unicode": True},
]


@pytest.mark.parametrize("log", FIXTURES, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "style", [Style(), Style("grade", flat=True), Style(only_grades=True)], ids=["nested", "flat", "only"]
)
@pytest.mark.parametrize("rules", [[], RULES], ids=["", "custom"])
def test_the_fixtures_are_graded_alike(
    log: Path, style: Style, rules: list[dict[str, Any]], tmp_path: Path, natively: list[int]
) -> None:
    suffix = ".parquet" if log.suffix == ".parquet" else ".jsonl"
    written, rejects = both(log, tmp_path, suffix, style=style, rubric={"rules": rules})
    assert written
    assert not rejects
    assert sum(natively) == 2 * sum(1 for _ in written.splitlines()) or suffix == ".parquet"
    assert sum(natively) > 0


@pytest.mark.parametrize(
    "rubric",
    [
        {"missing": "fallback"},
        {"missing": "skip"},
        {"coverage": {"basis": "source"}},
        {"coverage": {"max_density": 2.0}},
        {"pii": {"fail_on": "leaks"}, "combine": "lexicographic"},
        {"thinking": "forbid"},
        {"rules": RULES},
        {"rules": RULES, "combine": "lexicographic", "thinking": "forbid"},
    ],
    ids=str,
)
def test_rubrics_are_followed_alike(rubric: dict[str, Any], tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    records = [
        chat(),
        chat(facts=None),
        chat(facts=None, reference=ANSWER),
        {"messages": [{"role": "assistant", "content": ANSWER}]},
        chat("<think>plan</think>" + ANSWER, finish_reason="length"),
        chat("Write to press@example.org or call (415) 555-0132 — now.", source="press@example.org said so."),
        chat(""),
    ]
    log.write_text("".join(json.dumps(r) + "\n" for r in records))
    both(log, tmp_path, rubric=rubric)


def test_prompts_are_told_apart_in_any_order(tmp_path: Path, natively: list[int]) -> None:
    prompts: list[dict[str, Any]] = [
        {},
        {"facts": FACTS[:1]},
        {"facts": [*FACTS, "It cost 12 million dollars."]},
        {"source": SOURCE.replace("12", "13")},
        {"facts": None, "reference": ANSWER},
        {"facts": None, "reference": FACTS[0]},
        {"facts": None},
    ]
    grouped = [
        chat(f"{ANSWER} It cost {i % 5 + 10} million dollars.", **prompts[i // 8 % 7]) for i in range(400)
    ]
    turns = [chat(ANSWER, **prompts[i * i % 7]) for i in range(400)]
    lines = [json.dumps(record) for record in grouped + turns]
    lines[5] = lines[300] = ""
    lines[13] = lines[301] = "[]"
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(lines))
    both(log, tmp_path, rubric={"missing": "fallback"})
    assert sum(natively) == 2 * (len(lines) - 4)


def test_prompts_go_on_from_one_lot_of_rows_to_the_next(tmp_path: Path, natively: list[int]) -> None:
    # Groups of three, some of which begin in one lot of 2,048 rows and end in the next.
    lines = [json.dumps(chat(facts=[f"The council approved budget {i // 3}."], id=i)) for i in range(4200)]
    lines[2047], lines[2048], lines[4096] = "", "[]", lines[4094]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(lines))
    both(log, tmp_path)
    assert sum(natively) == 2 * (len(lines) - 2)


LINES: dict[str, bytes] = {
    "not UTF-8": b'{"messages": "\xff"}',
    "broken": b'{"messages": [',
    "a key twice": b'{"facts": [], "facts": []}',
    "no object": b"[1]",
    "NUL": b'{"messages": "\x00"}',
    "NaN": b'{"messages": [], "a": NaN}',
    "a lone surrogate": json.dumps(chat("Half a \ud83d pair.")).encode(),
    "a lone surrogate elsewhere": json.dumps(chat(other="\ud83d")).encode(),
    "a pair of surrogates": json.dumps(
        chat("A \ud83d\ude00 pair, and jane.roe@example.org after it.")
    ).encode(),
    "a key with escapes": b'{"\\u0061": 1, ' + json.dumps(chat()).encode()[1:],
    "an older grade": json.dumps({"rollgrade": {"score": 1}, **chat()}).encode(),
    "older grades": json.dumps({"rollgrade.score": 1, "x": 1, "rollgrade.valid": True, **chat()}).encode(),
    "big numbers": b'{"n": 12345678901234567890123, "x": 1e400, "y": -0.10, '
    + json.dumps(chat()).encode()[1:],
    "white space": b' \t{ "a" : 1 ,' + json.dumps(chat()).encode()[1:-1] + b" } \r",
    "an empty object": b"{}",
    "deep": b'{"a": ' + b"[" * 500 + b"]" * 500 + b", " + json.dumps(chat()).encode()[1:],
    "blank": b" \t ",
    "long": json.dumps(chat("word " * 100_000)).encode(),
}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_odd_lines_are_judged_alike(start: bytes, end: bytes, tmp_path: Path, natively: list[int]) -> None:
    log = tmp_path / "log.jsonl"
    good = json.dumps(chat(id="x")).encode()
    lines = [good, *(line for odd in LINES.values() for line in (odd, good))]
    log.write_bytes(start + end.join(lines))
    written, rejects = both(log, tmp_path)
    count = len([line for line in lines if line.strip()])
    assert len(written.split(b"\n")) - 1 + len(rejects.splitlines()) == count
    # Every reject says where it stands.
    data = log.read_bytes()
    for reject in map(json.loads, rejects.splitlines()):
        line = data[reject["offset"] :].split(b"\n")[0].rstrip(b"\r")
        assert line == reject["record"].encode("utf-8", "surrogateescape")
        assert data[: reject["offset"]].count(b"\n") == reject["line"] - 1
    assert max(natively) > 20
    (tmp_path / "again").mkdir()
    both(tmp_path / "a" / "out.jsonl", tmp_path / "again")


def test_a_line_of_a_hundred_megabytes(tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    short = json.dumps(chat())
    log.write_text("\n".join([short, json.dumps(chat(more="x" * 100_000_000)), short]))
    assert run(log, out=out).graded == 3
    assert out.stat().st_size > 100_000_000


TEXT = st.text(max_size=30) | st.sampled_from(
    [ANSWER, SOURCE, "- a\n- b", "1. a\n2) b", "x<|im_end|>\n", " </s>", '["a"]']
)
CONTENT = (
    TEXT | st.none() | st.lists(
        TEXT | st.fixed_dictionaries({"type": st.sampled_from(["text", "image_url", "output_text"]), "text": TEXT}), max_size=3
    ) | st.integers()
)  # fmt: skip
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "assistant", "system", "tool", "Model", "HUMAN"]),
            "content": CONTENT,
        }
    )
    | st.fixed_dictionaries({"role": st.just("assistant")})
    | st.fixed_dictionaries({"type": st.just("reasoning")}),
    max_size=4,
)
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT | st.lists(TEXT, max_size=3)
)
KNOWN = st.fixed_dictionaries(
    {}, optional={"facts": ANYTHING, "source": TEXT, "reference": ANYTHING, "ground_truth": TEXT}
)
RECORD = st.fixed_dictionaries(
    {"messages": MESSAGES | TEXT},
    optional={
        "facts": ANYTHING,
        "key_facts": st.lists(TEXT, max_size=3),
        "source": TEXT | MESSAGES,
        "document": ANYTHING,
        "reference": ANYTHING,
        "ground_truth": ANYTHING | KNOWN | KNOWN.map(json.dumps),
        "finish_reason": st.sampled_from(["length", "stop", 7]),
        "stop_reason": st.sampled_from(["max_tokens", "end"]),
        "id": ANYTHING,
        "custom_id": ANYTHING,
        "rollgrade": st.fixed_dictionaries({"score": ANYTHING}),
        "other": ANYTHING,
    },
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(records=st.lists(RECORD, min_size=1, max_size=30), ascii_only=st.booleans())
def test_any_records_are_graded_alike(
    records: list[dict[str, Any]], ascii_only: bool, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    log = folder / "log.jsonl"
    lines = [json.dumps(chat()), *(json.dumps(record, ensure_ascii=ascii_only) for record in records)]
    log.write_bytes("\n".join(lines).encode("utf-8", "replace"))
    both(log, folder)


def test_of_equal_rewards_the_first_in_the_log_are_the_worst(tmp_path: Path) -> None:
    # Some of these lines are graded in Rust, and some are left to Python.
    records = [{"messages": []}, {"messages": []}, {"messages": "", "key_facts": ["0"]}]
    records += [{"messages": [], "key_facts": ["0"]}, {"messages": "", "key_facts": ["1"]}, {"messages": []}]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(json.dumps(record) for record in [chat(), *records, *records]), "utf-8")
    both(log, tmp_path)
    assert [worst.place.rpartition(":")[2] for worst in run(log, out=tmp_path / "out.jsonl").worst()] == [
        "4",
        "5",
        "6",
    ]


VERL = st.fixed_dictionaries(
    {
        "input": TEXT,
        "output": TEXT,
        "gts": ANYTHING | KNOWN | KNOWN.map(json.dumps),
        "score": st.floats(0, 1),
    },
    optional={"step": st.integers(0, 5), "source": TEXT, "facts": st.lists(TEXT, max_size=3)},
)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(records=st.lists(VERL, min_size=1, max_size=30))
def test_any_dumps_are_graded_alike(
    records: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    log = folder / "log.jsonl"
    log.write_bytes("\n".join(json.dumps(record) for record in records).encode("utf-8", "replace"))
    both(log, folder)


@pytest.mark.filterwarnings("ignore:facts hold PII")
@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="-*•1a2) .(\n\t[\"]{:x\u2028\x1c'`nN", max_size=30))
@example("[1]")
@example("None")
@example("['a', 'b']")
@example("```\n- a\n- b\n```")
def test_facts_in_a_string_are_cut_alike(text: str) -> None:
    """Through the whole path: coverage says how many facts there are."""
    from rollgrade import _core
    from rollgrade.completion import facts_list
    from rollgrade.logs.grading import Grader
    from rollgrade.logs.native import Native
    from rollgrade.logs.reader import reader_for
    from rollgrade.logs.selecting import Selection

    record = chat(facts=text)
    try:
        facts = facts_list(text)
    except (TypeError, ValueError):
        facts = None  # meant to be JSON, or a list of no strings: a reject, which is for the reader in Python to word
    grader = Grader(Rubric())
    grader.basis = "facts"
    reader = reader_for(Path("log"), [record], {})
    line = json.dumps(record).encode()
    done = Native(grader, Style(), Selection()).grade(
        Path("log"), reader, _core.LogBlock(line, 0, 1), 0, None
    )
    assert done is not None
    if done.left:
        return
    assert facts is not None
    (piece,) = done.pieces()
    grade = Rubric().grade(ANSWER, source=SOURCE, facts=facts)
    assert json.loads(piece)["rollgrade"]["coverage"] == grade.coverage.score
    assert json.loads(piece)["rollgrade"]["reason"] == grade.reason


def test_rows_of_any_type_are_judged_alike(tmp_path: Path, natively: list[int]) -> None:
    answers: list[Any] = [ANSWER, None, "", "x" * 10, ANSWER, ANSWER]
    columns = {
        "prompt": pa.array(["p"] * 6).dictionary_encode(),
        "completion": pa.array(answers, pa.large_string()),
        "source": pa.array([SOURCE] * 6, pa.string_view()),
        "facts": pa.array([FACTS] * 5 + [[None]], pa.large_list(pa.string())),
        "finish_reason": ["stop", "length", None, "stop", "x", "stop"],
        "id": pa.array([1, 2, 2, 3, 4, 5], pa.uint8()),
        "when": pa.array([0] * 6, pa.timestamp("s")),
        "reward": [0.1, float("nan"), None, float("inf"), 1.0, 2.0],
    }
    log = tmp_path / "log.parquet"
    pq.write_table(pa.table(columns), log)
    both(log, tmp_path, ".parquet")
    both(log, tmp_path, ".parquet", style=Style(only_grades=True))
    both(log, tmp_path, ".parquet", style=Style(flat=True), limit=3)
    assert sum(natively) > 0


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_packed_logs_are_read_and_written(ending: str, tmp_path: Path) -> None:
    from rollgrade import _core

    packing = {"gz": "gzip", "zst": "zstd"}[ending]
    plain = (ROOT / "examples" / "rollouts.jsonl").read_bytes()
    log, out = tmp_path / f"log.jsonl.{ending}", tmp_path / "out.jsonl"
    log.write_bytes(_core.pack_log(plain, packing))
    assert run(log, out=out).graded == 520
    packed = tmp_path / f"out.jsonl.{ending}"
    run(log, out=packed, block_bytes=100_000)
    read = gzip.decompress(packed.read_bytes()) if ending == "gz" else pa.input_stream(packed).read()
    assert read.replace(b"\r", b"") == out.read_bytes()
    beside = f"{tmp_path}/"
    run(log, out=beside)
    assert (tmp_path / f"log.graded.jsonl.{ending}").exists()


def test_a_packed_log_that_breaks_off_says_so(tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl.gz", tmp_path / "out.jsonl"
    log.write_bytes(gzip.compress((ROOT / "examples" / "rollouts.jsonl").read_bytes())[:-5000])
    with pytest.raises(
        ValueError, match=r"log\.jsonl\.gz: cannot be unpacked .* `gzip -dc .*log\.jsonl\.gz \|"
    ):
        run(log, out=out)
    assert list(tmp_path.iterdir()) == [log]


def test_lines_become_rows_where_that_is_asked_for(tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.parquet"
    lines = [json.dumps(chat(n=i)) for i in range(5)]
    log.write_text("\n".join(lines))
    run(log, out=out)
    rows = pq.read_table(out).to_pylist()
    assert [row["record"] for row in rows] == lines
    assert all(row["rollgrade"]["score"] > 0.5 for row in rows)


def test_what_is_looked_at_first_is_the_same_in_both(tmp_path: Path) -> None:
    from rollgrade.logs.selecting import Condition, Selection

    log = tmp_path / "log.jsonl"
    lines = [
        json.dumps(
            chat(
                step=i, split="ab"[i % 2], even=i % 2 == 0, said="True", meta={"a=b": "it's"}, no=None,
                large=(-1) ** i * 10**400,
            )
        )
        + "\n"
        for i in range(200)
    ]  # fmt: skip
    # A key with an escape leaves its line to Python.
    log.write_text("".join(x if i % 7 else x.replace('"step"', r'"st\u0065p"') for i, x in enumerate(lines)))
    for texts, expected in (
        (["step >= 100"], 100),
        (["step<10", 'split = "a"'], 5),
        (["split != a"], 100),
        (["nothing = 1"], 0),
        (["nothing != 1"], 200),
        (["messages[0].role == user"], 200),
        (["split = 'a'"], 100),
        (['meta["a=b"] = "it\'s"'], 200),
        (["even = True"], 100),
        (["even != False", "even == true"], 100),
        (["said = True"], 0),
        (['said = "True"'], 200),
        (["no = null"], 200),
        (["no != 1"], 200),
        (["no > 0"], 0),
        (["no <= null"], 0),
        (["large > 0"], 100),
        (["large != 1"], 200),
    ):
        written, _ = both(log, tmp_path, selection=Selection(tuple(map(Condition.parse, texts))))
        assert len(written.splitlines()) == expected
    written, _ = both(log, tmp_path, selection=Selection(at_most=Selection.share(0.3)), limit=50)
    assert 20 < len(written.splitlines()) <= 50


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("step", "expected one of = != < <= > >="),
        ("step => 100", "got =>, expected one of = != < <= > >="),
        ("step =< 100", "got =<"),
        ("step <> 100", "got <>"),
        ("step =~ 1", "got =~"),
        ("step = > 100", "got > 100 behind =, expected a value"),
        ("step =", "got nothing behind =, expected a value"),
        ("step > ", "got nothing behind >, expected a value"),
        ("split = 'a", "got 'a, expected it to end where its quotes do"),
        ('split = "a" or', 'got "a" or, expected'),
    ],
)
def test_a_condition_that_is_none_is_an_error_that_shows_one(text: str, got: str) -> None:
    from rollgrade.logs.selecting import Condition

    with pytest.raises(ValueError, match="one looks like 'step >= 100'") as error:
        Condition.parse(text)
    assert got in str(error.value)


def test_a_condition_on_what_no_record_has_is_said(tmp_path: Path) -> None:
    from rollgrade.logs.selecting import Condition, Selection

    log, told = tmp_path / "log.jsonl", Told()
    log.write_text(json.dumps(chat(step=1)) + "\n")
    selection = Selection(tuple(map(Condition.parse, ["stpe > 0", "step > 0"])))
    assert run(log, out=tmp_path / "out.jsonl", told=told, selection=selection).passed_over == 1
    assert told.forms[0].endswith("; none of them has `stpe`, which --where asks for")


def test_joined_rows_give_what_the_log_lacks(tmp_path: Path) -> None:
    from rollgrade.logs.joining import Template, load_join

    data = tmp_path / "data.jsonl"
    data.write_text(
        "".join(
            json.dumps({"key": k, "text": SOURCE, "facts": f}) + "\n"
            for k, f in (("a", FACTS), (7, "- x y z"))
        )
    )
    log = tmp_path / "log.jsonl"
    keys: list[Any] = ["a", 7.0, " a ", "7", "other", None, 1.5, [{"role": "user", "content": "a"}]]
    log.write_text(
        "".join(json.dumps({"prompt": k, "completion": ANSWER, "n": i}) + "\n" for i, k in enumerate(keys))
    )
    from rollgrade.logs.fieldpath import FieldPath

    join = load_join(data, "prompt=key", {"source": FieldPath.parse("text")})
    written, rejects = both(log, tmp_path, join=join)
    assert [json.loads(line)["n"] for line in written.splitlines()] == [0, 1, 2, 3, 7]
    assert [json.loads(line)["line"] for line in rejects.splitlines()] == [5, 6, 7]
    assert b"no row of" in rejects
    assert b"this record's `prompt`, which is 'other'" in rejects
    grade = Rubric().grade(ANSWER, source=SOURCE, facts=FACTS)
    assert json.loads(written.splitlines()[0])["rollgrade"]["score"] == grade.score
    with pytest.raises(
        ValueError, match=r"--on promt: no such field in the first 8 records; the first has .*`prompt`"
    ):
        run(log, out=tmp_path / "out.jsonl", join=load_join(data, "promt=key", {}))
    log.write_text("".join(json.dumps({"id": k, "completion": ANSWER}) + "\n" for k in ("a", "other")))
    written, rejects = both(
        log, tmp_path, join=load_join(data, "id=key", {"source": FieldPath.parse("text")})
    )
    assert json.loads(written)["rollgrade"]["score"] == grade.score
    assert b"no row of" in rejects
    data.write_text(data.read_text() + json.dumps({"key": "7"}) + "\n")
    with pytest.raises(ValueError, match="rows 2 and 3 have the same `key`"):
        load_join(data, "prompt=key", {})

    log.write_text(
        "".join(
            json.dumps({"prompt": p, "completion": ANSWER, "facts": FACTS}) + "\n"
            for p in (f"Read: {SOURCE} Now answer.", "Read this.", "Read: jane.roe@example.org", "Read:  Now")
        )
    )
    template = Template.parse("Read: {document} Now")
    written, rejects = both(log, tmp_path, template=template, paths={"source": "prompt"})
    before, behind, nothing = [json.loads(line)["reason"] for line in rejects.splitlines()]
    assert before.endswith("what it has before {document} is not there; the prompt begins 'Read this.'")
    assert "what it has behind {document} is not there; the prompt ends 'Read: " in behind
    assert "jane" not in behind
    assert nothing.endswith("nothing stands where {document} does")
    graded = json.loads(written)["rollgrade"]
    assert graded["coverage"] == Rubric().grade(ANSWER, source=SOURCE, facts=FACTS).coverage.score
    with pytest.raises(ValueError, match="expected it once"):
        Template.parse("Read this")


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_a_dataset_that_brings_nothing_is_an_error(tmp_path: Path, suffix: str) -> None:
    from rollgrade.logs.joining import load_join

    data = tmp_path / f"data{suffix}"
    record = {"id": 1, "doc": SOURCE, "keys": FACTS}
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([record]), data)
    else:
        data.write_text(json.dumps(record) + "\n")
    with pytest.raises(
        ValueError,
        match="holds no source, facts or reference; its first row has the keys `id`, `doc`, `keys`.*--source",
    ):
        load_join(data, "id", {})


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_paths_lead_into_strings_of_json(tmp_path: Path, suffix: str) -> None:
    from rollgrade.logs.selecting import Condition, Selection

    log = tmp_path / f"log{suffix}"
    inside = [json.dumps({"given": {"facts": FACTS}}), "{broken", json.dumps({"given": {}})]
    records = [{"prompt": "p", "completion": ANSWER, "source": SOURCE, "metadata": text} for text in inside]
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(records), log)
    else:
        log.write_text("".join(json.dumps(record) + "\n" for record in records))
    for path in ("metadata.given.facts", 'metadata["given"].facts[0]'):
        written, rejects = both(log, tmp_path, paths={"facts": path})
        assert (len(written.splitlines()), len(rejects.splitlines())) == (1, 2)
    where = Selection((Condition.parse(f'metadata.given.facts[0] = "{FACTS[0]}"'),))
    written, _ = both(log, tmp_path, selection=where)
    assert len(written.splitlines()) == 1
    with pytest.raises(
        ValueError, match=r"no such field .* the keys `prompt`, `completion`, `source`, `metadata`"
    ):
        run(log, out=tmp_path / "no.jsonl", paths={"facts": "metadata.nothing"})


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_a_boolean_or_a_fraction_is_no_key(tmp_path: Path, suffix: str) -> None:
    from rollgrade.logs.joining import load_join

    data = tmp_path / "data.jsonl"
    data.write_text("".join(json.dumps({"k": k, "facts": FACTS}) + "\n" for k in ("True", "1.5", 3)))
    for key, got in ((True, "a boolean"), (1.5, "no whole number")):
        log = tmp_path / f"log{suffix}"
        records = [{"completion": ANSWER, "prompt": "x", "k": key}]
        if suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist(records), log)
        else:
            log.write_text(json.dumps(records[0]) + "\n")
        _, rejects = both(log, tmp_path, suffix, join=load_join(data, "k", {}))
        (reason,) = [json.loads(line)["reason"] for line in rejects.splitlines()]
        assert reason == f"join: no key: `k` is {got}, expected a string, a whole number or messages"
        data_too = tmp_path / "boolean.jsonl"
        data_too.write_text(json.dumps({"k": key, "facts": FACTS}) + "\n")
        with pytest.raises(ValueError, match=f"boolean.jsonl:1: no key to join on: `k` is {got}, expected"):
            load_join(data_too, "k", {})
    log = tmp_path / "strings.jsonl"
    log.write_text(
        "".join(json.dumps({"completion": ANSWER, "prompt": "x", "k": k}) + "\n" for k in ("True", 3))
    )
    written, rejects = both(log, tmp_path, join=load_join(data, "k", {}))
    assert (len(written.splitlines()), rejects) == (2, b"")


def test_kinds_of_pii_in_facts_are_warned_of_once(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    facts = ["Write to jane.roe@example.org about the budget."]
    log.write_text("".join(json.dumps(chat(facts=[*facts, str(i)])) + "\n" for i in range(50)))
    with pytest.warns(UserWarning, match="EMAIL") as caught:
        run(log, out=tmp_path / "out.jsonl", block_bytes=2000, told=Told())
    assert len(caught) == 1
