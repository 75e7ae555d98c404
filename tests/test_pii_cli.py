"""``rollgrade pii`` and ``rollgrade redact``: what they print and write, and their exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import rollgrade as rg
from rollgrade import _core
from rollgrade.cli import app
from rollgrade.logs.jsonl import parse_line
from rollgrade.logs.redacting import string_literals

EXAMPLES = Path(__file__).parent.parent / "examples"
LEAKY = "Zoë wrote to jane.roe@example.org & called (415) 555-0132."
CLEAN = "Zoë wrote to [EMAIL] & called [PHONE]."
SECRETS = ("jane.roe", "555-0132", "536-90")
RUBRIC = r"""
[pii]
exclude = ["PHONE"]

[[pii.patterns]]
name = "EMPLOYEE_ID"
pattern = '\bE-?\d{6}\b'
severity = 0.5
examples = ["employee E-123456"]
"""


def chat(answer: Any = LEAKY, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": f"Summarise: {LEAKY}"}, {"role": "assistant", "content": answer}]
    return {"messages": messages, "n": 1.50, **more}


def run(
    *arguments: str | Path | int, stdin: bytes | None = None, env: dict[str, str] | None = None
) -> Result:
    result = CliRunner().invoke(app, [str(a) for a in arguments], input=stdin, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    def write(*records: Any, name: str = "log.jsonl") -> Path:
        lines = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
        path = tmp_path / name
        path.write_text("".join(line + "\n" for line in lines), "utf-8")
        return path

    return write


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    path = tmp_path / "rubric.toml"
    path.write_text(RUBRIC, "utf-8")
    return path


def no_secrets(result: Result) -> bool:
    return not [secret for secret in SECRETS if secret in result.output]


# ---- pii ---------------------------------------------------------------------------------------------------


def test_the_kinds_are_listed() -> None:
    result = run("pii", "--list")
    assert result.exit_code == 0
    for info in rg.pii_kind_info():
        assert info.name in result.output
    lines = [json.loads(line) for line in run("pii", "--list", "--json").output.splitlines()]
    assert [(line["name"], line["tier"], line["severity"]) for line in lines] == [
        (info.name, info.tier, info.severity) for info in rg.pii_kind_info()
    ]
    assert all(line["accepts"] and line["example"] and line["source"] for line in lines)


def test_the_kinds_of_a_rubric_are_listed(rubric: Path) -> None:
    names = [
        json.loads(line)["name"]
        for line in run("pii", "--list", "--json", "--rubric", rubric).output.splitlines()
    ]
    assert names[-1] == "EMPLOYEE_ID"
    assert "PHONE" not in names
    chosen = run("pii", "--list", "--json", "--rubric", rubric, "--kinds", "email,employee_id").output
    assert [json.loads(line)["name"] for line in chosen.splitlines()] == ["EMAIL", "EMPLOYEE_ID"]
    assert "EMPLOYEE_ID" in run("pii", "--list", "--rubric", rubric).output


def test_a_text_is_searched_and_masked(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(f"Hello\n\n{LEAKY}\nSSN 536-90-4399", "utf-8")
    result = run("pii", path)
    assert result.exit_code == 0
    assert no_secrets(result)
    for said in ("j***@e***.org", f"{path}:3:14", f"{path}:4:5", "***-**-4399", "shape, context"):
        assert said in result.output
    shown = run("pii", path, "--show").output
    assert "jane.roe@example.org" in shown
    found = [json.loads(line) for line in run("pii", path, "--json", "--show").output.splitlines()]
    assert [(f["kind"], f["line"], f["column"], f["text"]) for f in found] == [
        ("EMAIL", 3, 14, "jane.roe@example.org"),
        ("PHONE", 3, 44, "(415) 555-0132"),
        ("US_SSN", 4, 5, "536-90-4399"),
    ]
    text = path.read_text("utf-8")
    assert all(text[f["start"] : f["end"]] == f["text"] for f in found)
    masked = run("pii", path, "--json")
    assert no_secrets(masked)
    assert next(json.loads(line)["masked"] for line in masked.output.splitlines()) == "j***@e***.org"


def test_standard_input_and_options(rubric: Path) -> None:
    text = f"{LEAKY} employee E-123456".encode()
    assert "no PII found in 1 text" in run("pii", "-", stdin=b"nothing here").output
    kinds = lambda *options: {json.loads(x)["kind"] for x in run("pii", "-", "--json", *options, stdin=text).output.splitlines()}  # noqa: E731 # fmt: skip
    assert kinds() == {"EMAIL", "PHONE"}
    assert kinds("--rubric", rubric) == {"EMAIL", "EMPLOYEE_ID"}
    assert kinds("--rubric", rubric, "--exclude", "email") == {"EMPLOYEE_ID"}
    assert kinds("--kinds", "phone") == {"PHONE"}
    assert kinds("--exclude", "PHONE,EMAIL") == set()
    assert kinds("--allow", "example.org", "--allow", "415-555-*") == set()
    assert kinds("--tier", "strict", "--checksum", "require") >= {"EMAIL", "PHONE"}


@pytest.mark.parametrize("name", ["log.jsonl.gz", "log.ndjson.zst", "log.json", "*.jsonl"])
def test_a_log_is_one_however_it_is_packed_or_named(
    name: str, log: Callable[..., Path], tmp_path: Path
) -> None:
    plain = log(chat(), chat("x"))
    found = run("pii", plain, "--json").output
    assert found.count('"record": 1') == 2
    if "*" not in name:
        packing = {".gz": "gzip", ".zst": "zstd"}.get(Path(name).suffix, "plain")
        (tmp_path / name).write_bytes(_core.pack_log(plain.read_bytes(), packing))
    assert run("pii", tmp_path / name, "--json").output.replace(name, plain.name) == found


@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
def test_a_text_is_one_however_it_is_packed(packing: str, tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_bytes(_core.pack_log(LEAKY.encode(), packing))
    for result in (run("pii", text, "--json"), run("pii", "-", "--json", stdin=text.read_bytes())):
        assert [json.loads(line)["start"] for line in result.stdout.splitlines()] == [
            match.start for match in rg.find_pii(LEAKY)
        ]


def test_json_that_is_no_log_is_a_text_and_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(chat(), indent=1), "utf-8")
    result = run("pii", path)
    assert "a.json: holds no record a line; read as a text" in " ".join(result.stderr.split())
    assert "a.json:9:" in result.stdout
    path.write_bytes(b"BZh91AY")
    assert run("pii", path).exit_code == 2


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_standard_input_that_is_packed_is_a_log_to_every_command(
    packing: str, log: Callable[..., Path], tmp_path: Path
) -> None:
    packed = _core.pack_log(log(chat(facts=["Zoë wrote."]), chat(facts=["Zoë wrote."])).read_bytes(), packing)
    command = [sys.executable, "-m", "rollgrade"]
    redacted = subprocess.run(
        [*command, "redact", "-", "-o", "-"], input=packed, capture_output=True, check=False
    )
    assert redacted.returncode == 0
    assert redacted.stdout.count(CLEAN.encode()) == 2
    checked = subprocess.run(
        [*command, "check", "-", "--json"], input=packed, capture_output=True, check=False
    )
    assert json.loads(checked.stdout)["documents"] == 1
    out = tmp_path / ("clean.jsonl" + {"gzip": ".gz", "zstd": ".zst"}[packing])
    (tmp_path / "packed.jsonl").write_bytes(packed)
    assert run("redact", tmp_path / "packed.jsonl", "-o", out).exit_code == 0
    assert _core.unpack_log(out.read_bytes()) == redacted.stdout


def test_bytes_that_are_not_utf8_are_read_with_a_warning() -> None:
    result = run("pii", "-", stdin=b"\xff jane.roe@example.org")
    assert result.exit_code == 1
    assert "-: is not UTF-8" in result.output
    assert "-:1:3" in result.output


def test_a_log_is_searched_where_it_was_asked(log: Callable[..., Path]) -> None:
    path = log(
        chat(), "{broken jane.roe@example.org", chat("nothing"), chat([{"type": "text", "text": LEAKY}])
    )
    result = run("pii", path)
    assert result.exit_code == 1
    assert no_secrets(result)
    for said in (
        "the completions of the chat form alone",
        f"{path}:1 messages[1].content:13",
        f"{path}:4 messages[1].content[0].text:13",
        f"{path}:2: invalid JSON at character 2",
        "1 of 4 records rejected",
    ):
        assert said in result.output
    found = [
        json.loads(x) for x in run("pii", path, "--all-strings", "--json").output.splitlines() if x[0] == "{"
    ]
    assert [(f["record"], f["field"]) for f in found if f["kind"] == "EMAIL"] == [
        (1, "messages[0].content"),
        (1, "messages[1].content"),
        (3, "messages[0].content"),
        (4, "messages[0].content"),
        (4, "messages[1].content[0].text"),
    ]
    one = run("pii", path, "--field", "messages[0].content", "--rows", "2").output
    assert "and 4 more (--json prints all)" in one


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "FILE: got nothing, expected text files or logs"),
        (("nope.txt",), "nope.txt: No such file or directory"),
        (("nope.jsonl",), "nope.jsonl: no such file or folder"),
        ((EXAMPLES,), "is a folder; name its files"),
        (("--list", "x.txt"), "--list: got FILE (x.txt) as well"),
        (("-", "--field", "a"), "--field and --all-strings are for logs"),
        (
            ("-", "--kinds", "EMIAL"),
            'pii.kinds: got EMIAL, expected the name of a kind (did you mean "EMAIL"?)',
        ),
        (
            ("-", "--tier", "strct"),
            'pii.tier: got \'strct\', expected "default" or "strict" (did you mean "strict"?)',
        ),
        (("-", "--checksum", "x"), "pii.checksum: got 'x', expected"),
        (("-", "--rubric", "nope.toml"), "nope.toml: No such file or directory"),
        (("--lst",), "No such option: --lst"),
        ((EXAMPLES / "rollouts.jsonl", "--field", "a..b"), "field path 'a..b' is not understood"),
        (
            (EXAMPLES / "rollouts.jsonl", "--field", "nope"),
            "--field nope: no such field in the first 64 records",
        ),
        ((EXAMPLES / "rollouts.jsonl", "--field", "a", "--all-strings"), "got both, expected one of them"),
    ],
)
def test_what_cannot_run_says_why(arguments: tuple[Any, ...], said: str) -> None:
    result = run("pii", *arguments, stdin=b"x")
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


# ---- redact ------------------------------------------------------------------------------------------------


def test_completions_are_redacted_and_nothing_else(log: Callable[..., Path], tmp_path: Path) -> None:
    path = log(
        chat(id="a@b.example.com"),
        '{"messages":[{"role":"assistant","content":"none \\u00e9"}]  , "x": 1e5}',
        chat("x"),
    )
    out = tmp_path / "clean.jsonl"
    result = run("redact", path, "-o", out)
    assert result.exit_code == 0
    assert no_secrets(result)
    before, after = path.read_text("utf-8").splitlines(), out.read_text("utf-8").splitlines()
    assert after[0] == before[0].replace(f'"content": "{LEAKY}"', f'"content": "{CLEAN}"')
    assert after[1:] == before[1:]
    for said in ("2 matches in 1 of 3 records replaced", "the completions of the chat form alone", f"{out}"):
        assert said in result.output
    assert not out.with_name("clean.jsonl.rejects.jsonl").exists()


def test_all_strings_but_keys_numbers_and_grades(log: Callable[..., Path], tmp_path: Path) -> None:
    record = {
        "jane.roe@example.org": LEAKY,
        "n": 4155550132,
        "deep": [[{"a": LEAKY}]],
        "rollgrade": {"x": LEAKY},
    }
    path, out = log(record), tmp_path / "clean.jsonl"
    assert run("redact", path, "-o", out, "--all-strings").exit_code == 0
    expected = record | {"jane.roe@example.org": CLEAN, "deep": [[{"a": CLEAN}]]}
    assert json.loads(out.read_text("utf-8")) == expected


def test_fields_by_path(log: Callable[..., Path], tmp_path: Path) -> None:
    record = {"response": {"choices": [{"message": {"content": LEAKY}}, LEAKY]}, "a.b": LEAKY, "other": LEAKY}
    path, out = log(record, {"other": LEAKY}), tmp_path / "clean.jsonl"
    fields = (
        "--field",
        "response.choices[0].message.content",
        "--field",
        '["a.b"]',
        "--field",
        "response.choices[-2]",
    )
    assert run("redact", path, "-o", out, *fields).exit_code == 0
    first, second = map(json.loads, out.read_text("utf-8").splitlines())
    assert first == {
        "response": {"choices": [{"message": {"content": CLEAN}}, LEAKY]},
        "a.b": CLEAN,
        "other": LEAKY,
    }
    assert second == {"other": LEAKY}


def test_bad_lines_go_to_the_rejects_and_the_rest_goes_on(log: Callable[..., Path], tmp_path: Path) -> None:
    path = log(
        chat(),
        "{broken jane.roe@example.org",
        "",
        "[1]",
        {"messages": [{"role": "user", "content": "x"}]},
        chat("x"),
    )
    out = tmp_path / "clean.jsonl"
    result = run("redact", path, "-o", out)
    assert result.exit_code == 1
    assert no_secrets(result)
    for said in (
        "3 of 5 records rejected",
        f"{path}:2: invalid JSON at character 2",
        f"{path}:4: a JSON array; expected an object",
        f"{path}:5: no completion: no assistant message among 1 messages",
        "1 blank line left out",
        "(as they stood, PII and all)",
    ):
        assert said in result.output
    assert len(out.read_text("utf-8").splitlines()) == 2
    rejects = [
        json.loads(line) for line in out.with_name("clean.jsonl.rejects.jsonl").read_text().splitlines()
    ]
    assert next((r["line"], r["record"]) for r in rejects) == (2, "{broken jane.roe@example.org")
    elsewhere = tmp_path / "bad.jsonl"
    assert run("redact", path, "-o", out, "--rejects", elsewhere).exit_code == 1
    assert len(elsewhere.read_text().splitlines()) == 3
    assert run("redact", log(chat()), "-o", out, "--rejects", elsewhere).exit_code == 0
    assert elsewhere.read_text() == ""
    assert run("redact", path, "-o", out).exit_code == 0
    assert not out.with_name("clean.jsonl.rejects.jsonl").exists()


def test_standard_input_to_standard_output(log: Callable[..., Path]) -> None:
    path = log(chat(), "{broken", chat("x"))
    result = subprocess.run(
        [sys.executable, "-m", "rollgrade", "redact", "-", "-o", "-"],
        input=path.read_text("utf-8"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert [json.loads(line)["messages"][1]["content"] for line in lines] == [CLEAN, "x"]
    assert "-:2: invalid JSON" in result.stderr
    assert "2 matches in 1 of 2 records replaced" in result.stderr


def test_a_reader_that_has_enough_is_no_error(log: Callable[..., Path]) -> None:
    path = log(*[chat()] * 3000)
    for command in (["pii", str(path), "--json", "--all-strings"], ["redact", str(path), "-o", "-"]):
        with subprocess.Popen(
            [sys.executable, "-m", "rollgrade", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline().startswith(b"{")
            process.stdout.close()
            said = process.stderr.read()
        assert b"error" not in said.lower()
        assert b"Traceback" not in said
        assert process.returncode == 141


def test_hashes_are_stable_over_a_log_and_keyed(log: Callable[..., Path], tmp_path: Path) -> None:
    path, out = log(chat("call (415) 555-0132"), chat("call 415-555-0132")), tmp_path / "out.jsonl"
    key = tmp_path / "key"
    key.write_text("0123456789abcdef\n")

    def labels() -> list[str]:
        return [json.loads(line)["messages"][1]["content"] for line in out.read_text().splitlines()]

    assert run("redact", path, "-o", out, "--style", "hash", "--key-file", key).exit_code == 0
    first = labels()
    assert len(set(first)) == 1
    assert first[0] == rg.redact("call (415) 555-0132", style="hash", key="0123456789abcdef")
    result = run("redact", path, "-o", out, "--style", "hash", env={"ROLLGRADE_KEY": "0123456789abcdef"})
    assert labels() == first
    assert "warning" not in result.output
    result = run("redact", path, "-o", out, "--style", "hash", env={"ROLLGRADE_KEY": "eye-eight"})
    assert "the key has 9 bytes" in result.output
    assert "eye" not in result.output
    assert labels() != first


def test_styles_kept_kinds_allowed_values_and_the_rubric(
    log: Callable[..., Path], tmp_path: Path, rubric: Path
) -> None:
    path, out = log(chat(f"{LEAKY} E-123456")), tmp_path / "out.jsonl"

    def redacted(*options: str | Path) -> str:
        assert run("redact", path, "-o", out, *options).exit_code == 0
        content: str = json.loads(out.read_text("utf-8"))["messages"][1]["content"]
        return content.removeprefix("Zoë wrote to ").removesuffix(".")

    assert redacted("--style", "mask") == "j***@e***.org & called (***) ***-0132. E-123456"
    assert redacted("--keep", "phone_number") == "[EMAIL] & called (415) 555-0132. E-123456"
    assert redacted("--allow", "example.org") == "jane.roe@example.org & called [PHONE]. E-123456"
    assert redacted("--rubric", rubric) == "[EMAIL] & called (415) 555-0132. [EMPLOYEE_ID]"
    assert redacted("--rubric", rubric, "--keep", "EMPLOYEE_ID", "--allow", "*.org").endswith("E-123456")
    assert redacted("--kinds", "phone") == "jane.roe@example.org & called [PHONE]. E-123456"


SAID = {"role": "assistant", "content": LEAKY}
ASKED = {"role": "user", "content": LEAKY}


@pytest.mark.parametrize(
    ("record", "left"),
    [
        ({"messages": [ASKED, SAID]}, 1),
        ({"input": LEAKY, "output": LEAKY, "gts": "R"}, 1),
        ({"prompt": [ASKED], "completion": [SAID]}, 1),
        ({"input_prompt": LEAKY, "output_response": LEAKY}, 1),
        ({"prompt": [LEAKY, "p"], "completion": ["x", LEAKY]}, 1),
        ({"traces": [{"nodes": [{"message": ASKED}, {"message": SAID}, {"at": 1}]}, {"nodes": []}]}, 1),
        ({"completion": LEAKY, "facts": [LEAKY]}, 1),
        ({"custom_id": "1", "error": None, "response": {"body": {"choices": [{"message": SAID}]}}}, 0),
    ],
)
def test_the_completions_of_every_form_are_redacted(
    record: dict[str, Any], left: int, log: Callable[..., Path], tmp_path: Path
) -> None:
    path, out = log(record), tmp_path / "out.jsonl"
    result = run("redact", path, "-o", out)
    assert result.exit_code == 0, result.output
    assert out.read_text("utf-8").count("jane.roe@example.org") == left
    assert run("pii", path).output.count("EMAIL") == 2  # the match, and the sum


def test_times_stay_beside_text_that_is_redacted(tmp_path: Path) -> None:
    nano = 1_234_567_890_123_456_789
    cells = {
        "said": (["Write to press@example.org."], pa.string()),
        "at": ([nano], pa.timestamp("ns")),
        "both": (
            [{"text": "press@example.org", "at": nano, "took": [nano], "day": 2**30, "exact": b"\xff"}],
            pa.struct(
                {
                    "text": pa.string(),
                    "at": pa.timestamp("ns", "UTC"),
                    "took": pa.list_(pa.duration("ns")),
                    "day": pa.date32(),
                    "exact": pa.binary(),
                }
            ),
        ),
    }
    table = pa.table({name: pa.array(values, kind) for name, (values, kind) in cells.items()})
    path, out = tmp_path / "log.parquet", tmp_path / "clean.parquet"
    pq.write_table(table, path)
    assert run("redact", path, "-o", out, "--all-strings").exit_code == 0
    clean = pq.read_table(out)
    assert clean.schema == table.schema
    assert clean["at"] == table["at"]
    assert "press" not in str(clean)
    for name in ("at", "took", "day", "exact"):
        assert clean["both"].chunk(0).field(name) == table["both"].chunk(0).field(name)
    assert run("pii", path, "--all-strings").exit_code == 0


def test_parquet_keeps_its_columns_and_types(tmp_path: Path) -> None:
    source = pa.table(
        {
            "prompt": [LEAKY, "x", None],
            "completion": pa.array([[{"role": "assistant", "content": LEAKY}], [], None]),
            "n": pa.array([1, 2, None], pa.int16()),
            "when": pa.array([1, 2, 3], pa.timestamp("ns", "UTC")),
            "kind": pa.array([LEAKY, "b", None]).dictionary_encode(),
            "view": pa.array(["a", "b", None], pa.string_view()),
        }
    ).replace_schema_metadata({"made": "here"})
    path, out = tmp_path / "log.parquet", tmp_path / "clean.parquet"
    pq.write_table(source, path)
    result = run("redact", path, "-o", out, "--all-strings")
    assert result.exit_code == 0
    clean = pq.read_table(out)
    assert clean.schema.equals(pq.read_table(path).schema, check_metadata=True)
    assert clean["prompt"].to_pylist() == [CLEAN, "x", None]
    assert clean["completion"].to_pylist() == [[{"content": CLEAN, "role": "assistant"}], [], None]
    assert clean["kind"].to_pylist() == [CLEAN, "b", None]
    assert clean["n"].equals(source["n"])
    assert clean["view"].equals(source["view"])
    assert clean["when"].equals(source["when"])
    assert "6 matches in 1 of 3 records replaced" in result.output


def test_the_example_logs_are_clean_afterwards(tmp_path: Path) -> None:
    for name in ("rollouts.jsonl", "trl/completions_00001.parquet", "verl/step_1.jsonl"):
        out = tmp_path / Path(name).name
        assert run("redact", EXAMPLES / name, "-o", out, "--all-strings").exit_code == 0
        found = run("pii", out, "--all-strings")
        assert "no PII found" in found.output, found.output


def test_redact_into_a_device_leaves_no_file(
    log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = log(chat(), "{")
    monkeypatch.chdir(path.parent)
    assert "in 1 of 1 record replaced" in run("redact", path, "-o", "/dev/null").output
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("{log}",), "Missing option '--out' / '-o'"),
        (("{log}", "-o", "{log}"), "is an input; choose another name"),
        (("{log}", "-o", "{folder}"), "is a folder; name a file"),
        (("{log}", "-o", "x.csv"), "x.csv: .csv is not written; expected .jsonl, .jsonl.gz, .jsonl.zst or .parquet"),
        (("{log}", "-o", "x.parquet"), "is JSONL, and what is redacted stays that"),
        (("nope.jsonl", "-o", "x.jsonl"), "nope.jsonl: no such file or folder"),
        (("{log}", "-o", "x.jsonl", "--rejects", "{log}"), "is the input; choose another name for the rejects"),
        (("{log}", "-o", "x.jsonl", "--rejects", "x.jsonl"), "is the output; choose another name for the rejects"),
        (("{log}", "-o", "x.jsonl", "--rejects", "{folder}"), "is no regular file, so the rejects"),
        (("{log}", "-o", "x.jsonl", "--style", "lable"), "style: got 'lable', expected label, mask, hash"),
        (("{log}", "-o", "x.jsonl", "--style", "hash"), "--style hash needs a secret in --key-file FILE or in ROLLGRADE_KEY"),
        (("{log}", "-o", "x.jsonl", "--key-file", "k"), "--key-file: got k and --style label, which takes no key; add --style hash"),
        (("{log}", "-o", "x.jsonl", "--keep", "PONE"), 'did you mean "PHONE"?'),
        (("{log}", "-o", "x.jsonl", "--field", "nope"), "--field nope: no such field"),
        (("{other}", "-o", "x.jsonl"), "no known form of log, so its completions are not known"),
        ((str(EXAMPLES / "trl" / "completions_00001.parquet"), "-o", "-"), "standard output takes JSONL"),
    ],
)  # fmt: skip
def test_what_cannot_be_redacted_says_why(
    arguments: tuple[str, ...],
    said: str,
    log: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ROLLGRADE_KEY", raising=False)
    paths = {"log": log(chat()), "other": log({"a": "b"}, name="other.jsonl"), "folder": tmp_path}
    before = sorted(tmp_path.iterdir())
    result = run("redact", *(argument.format(**paths) for argument in arguments))
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert sorted(tmp_path.iterdir()) == before


# ---- the other commands ------------------------------------------------------------------------------------


def test_score_and_explain_name_patterns_and_say_what_fails(log: Callable[..., Path], rubric: Path) -> None:
    answer = "The employee E123456 approved the new budget on Monday."
    source = "Employee E-123456 approved the new budget on Monday."
    path = log(
        {"messages": [{"role": "user", "content": source}, {"role": "assistant", "content": answer}]},
        {"messages": [{"role": "assistant", "content": answer}]},
    )
    result = run("score", path, "--rubric", rubric)
    assert result.exit_code == 1
    assert "EMPLOYEE_ID 1 (1 leaked); leaks fail" in result.output
    (grade,) = (
        json.loads(line)["rollgrade"] for line in path.with_name("log.graded.jsonl").read_text().splitlines()
    )
    assert grade["pii_basis"] == "leaks"
    assert [(m["kind"], m["verdict"]) for m in grade["pii_matches"]] == [("EMPLOYEE_ID", "leak_reformatted")]
    assert grade["reason"] == "Leaks PII (EMPLOYEE_ID)."
    explained = run("explain", path, "--rubric", rubric).output
    assert re.search(r"EMPLOYEE_ID +\*{7} +leak reformatted +fails +shape", explained)
    assert "123456" not in explained
    fallback = rubric.with_name("fallback.toml")
    fallback.write_text(f'missing = "fallback"\n{RUBRIC}')
    both = run("score", path, "--rubric", fallback).output
    assert "leaks fail, and any PII in the 1 records without a source" in both
    table = path.with_name("grades.parquet")
    assert run("score", path, "--rubric", fallback, "--only-grades", "-o", table).exit_code == 0
    assert pq.read_table(table)["pii_basis"].to_pylist() == ["leaks", "any"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(
    record=st.dictionaries(st.text(max_size=5), JSON, max_size=5),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_string_literals_stand_where_the_parser_finds_them(
    record: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    line = json.dumps(record, indent=indent, ensure_ascii=ascii_only)
    parsed = parse_line(line.encode("utf-8", "surrogatepass")) if ascii_only else json.loads(line)
    found = {steps: json.loads(line[start:end]) for steps, start, end in string_literals(line)}

    def strings(value: Any, at: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], str]:
        if isinstance(value, str):
            return {at: value}
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        return {place: text for key, item in items for place, text in strings(item, (*at, key)).items()}

    assert found == strings(parsed)
