"""The command line: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import rollgrade as rg
from logs_run import ANSWER, FACTS, SOURCE, chat, write_log
from rollgrade import _core
from rollgrade.cli import app
from rollgrade.cli.terminal import shown

EXAMPLES = Path(__file__).parent.parent / "examples"
LOG = EXAMPLES / "rollouts.jsonl"


def run(*arguments: str | Path | int, stdin: bytes | None = None) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    def write(*records: Any, name: str = "log.jsonl") -> Path:
        return write_log(tmp_path / name, *records)

    return write


# ---- score -------------------------------------------------------------------------------------------------


def test_score_grades_the_example_log(tmp_path: Path) -> None:
    out = tmp_path / "graded.jsonl"
    result = run("score", LOG, "--rubric", EXAMPLES / "rubric.toml", "-o", out)
    assert result.exit_code == 0
    lines = LOG.read_bytes().splitlines()
    graded = out.read_bytes().splitlines()
    assert len(graded) == len(lines) == 520
    assert all(after.startswith(before[:-1]) for before, after in zip(lines, graded, strict=True))
    grades = [json.loads(line)["rollgrade"] for line in graded]
    mean = sum(grade["score"] for grade in grades) / 520
    over = sum(not grade["passed"]["length"] for grade in grades) / 520
    for shown_text in (
        "chat form: all of the first 64 records have `messages`",
        "rollouts     520",
        f"mean reward  {mean:.3f}  priority",
        f"rubric       {rg.Rubric.from_file(EXAMPLES / 'rubric.toml').hash[:12]}, rollgrade {rg.__version__}",
        f"{100 * over:.1f} % over the budget of 50",
        "measured against: facts",
        f"graded log   {out}",
    ):
        assert shown_text in result.output
    for rule in ("length", "coverage", "pii", "fluency", "form"):
        share = 100 * sum(grade["passed"][rule] for grade in grades) / 520
        assert re.search(rf"{rule} +{share:.1f} %", result.output)
    worst = min(range(520), key=lambda i: grades[i]["score"])
    assert f"{LOG}:{worst + 1}" in result.output
    assert grades[worst]["reason"].split(";")[0] in result.output


def test_score_writes_beside_the_input_and_leaves_its_outputs_out_next_time(log: Callable[..., Path]) -> None:
    path = log(chat())
    assert run("score", path).exit_code == 0
    first = path.with_name("log.graded.jsonl").read_bytes()
    again = run("score", path.parent)
    assert again.exit_code == 0
    assert "1 file(s) of an earlier run passed over" in again.output
    assert path.with_name("log.graded.jsonl").read_bytes() == first
    assert sorted(p.name for p in path.parent.iterdir()) == ["log.graded.jsonl", "log.jsonl"]


def test_score_of_folders_and_parquet(tmp_path: Path) -> None:
    result = run("score", EXAMPLES / "trl", "-o", f"{tmp_path}/", "--threads", "1")
    assert result.exit_code == 0
    assert result.output.count("trl form") == 2  # alike for 64 records and for step 4's 40
    tables = [pq.read_table(path) for path in sorted(tmp_path.glob("completions_*.graded.parquet"))]
    assert [table.num_rows for table in tables] == [160, 160, 160, 40]
    assert all(table.column_names[-1] == "rollgrade" for table in tables)


def test_score_rejects_bad_lines_and_grades_the_rest(log: Callable[..., Path]) -> None:
    path = log(chat(), "{broken", chat(id="a"), *["[]"] * 12, chat(id="a"))
    result = run("score", path)
    assert result.exit_code == 1
    assert "13 of 16 records rejected" in result.output
    assert f"{path}:2: invalid JSON at character 2" in result.output
    assert result.output.count("a JSON array; expected an object") == 9
    assert "and 3 more" in result.output
    assert "1 record repeats an earlier record's id; all were graded" in result.output
    rejects = path.with_name("log.graded.jsonl.rejects.jsonl")
    assert f"rejects      {rejects}" in result.output
    assert len(rejects.read_text().splitlines()) == 13
    assert len(path.with_name("log.graded.jsonl").read_text().splitlines()) == 3


def test_score_of_zero_rows(log: Callable[..., Path]) -> None:
    result = run("score", log())
    assert result.exit_code == 0
    assert "rollouts     0" in result.output
    assert "mean reward  -" in result.output
    assert "log.jsonl: nothing was graded" in result.output


def test_score_into_a_device_writes_through(
    log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = log(chat(), "{broken")
    monkeypatch.chdir(path.parent)
    for _ in range(2):
        result = run("score", path, "-o", os.devnull)
        assert result.exit_code == 1
        assert "rollouts     1" in result.output
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, "rollgrade.rejects.jsonl"]
    assert Path(os.devnull).is_char_device()


def test_scores_table_masks_pii_in_ids_and_reasons(log: Callable[..., Path]) -> None:
    mail, answer = "jane.roe@example.org", f"Please reach {'jane.roe@example.org'} now and " * 12
    result = run("score", log(chat(answer, id="jane.roe@corp-mail.com")))
    assert result.exit_code == 0
    assert mail not in result.output
    assert "jane.roe@corp-mail.com" not in result.output


def test_score_options(log: Callable[..., Path], tmp_path: Path) -> None:
    record = {
        "choices": [{"message": {"content": ANSWER}}],
        "doc": SOURCE,
        "points": "- " + "\n- ".join(FACTS),
        "r": ANSWER,
    }
    path, out = log(record, record, record), tmp_path / "grades.jsonl"
    paths = {"completion": "choices[0].message.content", "source": "doc", "facts": "points", "reference": "r"}
    given = [argument for name, field in paths.items() for argument in (f"--{name}", field)]
    result = run("score", path, "-o", out, "--only-grades", "--limit", 2, "--threads", 2, *given)
    assert result.exit_code == 0
    assert "no known form; completion = choices[0].message.content, source = doc" in result.output
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["line"], row["basis"]) for row in rows] == [(1, "facts"), (2, "facts")]
    assert rows[0]["score"] == rg.Rubric().grade(ANSWER, source=SOURCE, facts=FACTS, reference=ANSWER).score


def test_score_says_where_no_record_meets_the_conditions(log: Callable[..., Path], tmp_path: Path) -> None:
    path = log(*[chat(step=i) for i in range(3)])
    result = run("score", path, "-o", tmp_path / "none.jsonl", "--where", "step > 5")
    assert result.exit_code == 0
    assert "warning: no record meets --where: 3 passed over" in result.stderr
    result = run("score", path, "-o", tmp_path / "none.jsonl", "--where", "step >")
    assert result.exit_code == 2
    assert "--where 'step >' is not understood: got nothing behind >, expected a value" in result.stderr
    assert "warning: no record" not in run("score", path, "--where", "step > 1").stderr


def test_score_says_what_coverage_is_measured_against(log: Callable[..., Path], tmp_path: Path) -> None:
    bare = {"prompt": "p", "completion": ANSWER}
    path = log(*[bare] * 512, bare | {"facts": FACTS})
    result = run("score", path)
    assert result.exit_code == 0
    assert (
        "warning: nothing to measure coverage against: the first 512 rollouts hold no facts" in result.stderr
    )
    assert "--join or --source-from" in result.stderr
    assert (
        "warning: 1 of 513 rollouts hold facts, not used: coverage is measured against none" in result.stderr
    )
    rubric = tmp_path / "rubric.toml"
    rubric.write_text('version = 1\nmissing = "fallback"\n[coverage]\nbasis = "facts"\n')
    assert "warning" not in run("score", path, "--rubric", rubric).stderr


def test_score_counts_records_and_rollouts(log: Callable[..., Path]) -> None:
    line = {"prompt": ["p"] * 2, "completion": [ANSWER] * 2, "facts": FACTS}
    result = run("score", log(line, line, line | {"facts": [FACTS, 7]}))
    assert "rollouts     4  (in 2 records, 1 more record rejected)" in result.output
    assert "1 of 3 records rejected" in result.output


def test_a_template_file_may_end_its_line(log: Callable[..., Path], tmp_path: Path) -> None:
    template = tmp_path / "template.txt"
    template.write_text("Read:\n{document}\nAnswer:\n")
    path = log({"prompt": f"Read:\n{SOURCE}\nAnswer:", "completion": ANSWER})
    result = run("score", path, "--source-from", "prompt", "--template", f"@{template}")
    assert result.exit_code == 0


def test_a_dry_run_tries_the_first_records(log: Callable[..., Path]) -> None:
    path = log(*({"prompt": "p", "completion": ANSWER, "id": i} for i in range(4)))
    data = log({"id": 1, "doc": SOURCE}, {"id": 2, "doc": SOURCE}, name="data.jsonl")
    result = run("score", path, "--join", data, "--on", "id", "--source", "doc", "--dry-run")
    for said in (
        f"2 of the first 4 records can be read and have a partner in {data}; the first other: join: no row of {data}",
        f"completion from `completion`, source from {data}",
        "coverage against: source (the first 2 rollouts hold no facts or reference)",
    ):
        assert said in result.output


def test_score_counts_those_without_a_reward(log: Callable[..., Path], tmp_path: Path) -> None:
    rubric = tmp_path / "rubric.toml"
    rubric.write_text('version = 1\nmissing = "skip"\n')
    result = run("score", log(chat(), chat(facts=None)), "--rubric", rubric)
    assert result.exit_code == 0
    assert "1 without a reward" in result.output


@pytest.mark.parametrize(
    ("rubric", "message"),
    [
        (
            "version = 1\n[length]\nmax_token = 50\n",
            'length.max_token: unknown setting (did you mean "max_tokens"?)',
        ),
        (
            "version = 1\n[coverage]\nthreshold = 1.5\n",
            "coverage.threshold: got 1.5, expected a number from 0 to 1",
        ),
        ("version = \n", "rubric.toml: "),
    ],
)
def test_a_wrong_rubric_is_shown_and_nothing_is_written(
    rubric: str, message: str, log: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "rubric.toml").write_text(rubric)
    path = log(chat())
    for command in ("score", "explain"):
        result = run(command, path, "--rubric", tmp_path / "rubric.toml")
        assert result.exit_code == 2
        assert message in result.output
        assert "error: " in result.output
    assert not path.with_name("log.graded.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["score", "nothing.jsonl"], "nothing.jsonl: no such file or folder"),
        (["score", "nothing*.jsonl"], "nothing*.jsonl: no file matches"),
        (["score", "{log}", "--rubric", ""], "rubric: got nothing, expected a recipe's name or the path"),
        (["score", "{log}", "--sample", "nan"], "--sample: got nan, expected a number of records"),
        (["score", "{log}", "--where", "n != 1 and m = 2"], "got 1 and m = 2 behind !=, expected one value"),
        (["score", "{log}", "--where", "name = Jane Roe"], "got Jane Roe behind =, expected one value"),
        (["score", "{log}", "--rubric", "nothing.toml"], "nothing.toml: No such file or directory"),
        (
            ["score", "{log}", "--completion", "a..b"],
            "completion: field path 'a..b' is not understood at character 2",
        ),
        (["score", "{log}", "-o", "{log}"], "is an input; choose another name"),
        (["score", "{log}", "-o", "x.jsonl.bz2"], "x.jsonl.bz2: .bz2 is not written; expected .jsonl"),
        (["score", "{log}", "--address", "auto"], "--address: got 'auto' without --engine ray"),
        (
            ["score", "{log}", "--source-from", "nope", "--template", "{{document}}!"],
            "--source-from nope: no such field",
        ),
        (["report", "{log}", "-o", "{log}"], "log.jsonl, expected a name that ends in .html"),
        (["report", "{html}", "-o", "{html}"], "is an input; choose another name"),
        (
            ["explain", "{log}", "--row", "1", "--html", "{log}"],
            "log.jsonl, expected a name that ends in .html",
        ),
        (["redteam", "{log}", "--html", "{log}"], "log.jsonl, expected a name that ends in .html"),
        (["compare", "{html}", "--rubric", "ranking", "-o", "{html}"], "is an input; choose another name"),
        (["compare", "{log}", "--rubric", "ranking", "-o", "{hard}"], "is an input; choose another name"),
        (
            ["score", "{log}", "--join", "{docs}", "--on", "n", "-o", "{docs}"],
            "docs.jsonl: is a file that this",
        ),
        (
            ["score", "{log}", "--source-from", "id", "--template", "@{docs}", "-o", "{docs}"],
            "docs.jsonl: is a file that this command reads; choose another name",
        ),
        (
            ["compare", "{log}", "--rubric", "{json}", "-o", "{json}"],
            "rubric.json: is a file that this command",
        ),
        (
            ["redact", "{log}", "--rubric", "{json}", "-o", "{json}"],
            "rubric.json: is a file that this command",
        ),
        (
            ["redact", "{log}", "--rubric", "{json}", "-o", "x.jsonl", "--rejects", "{json}"],
            "rubric.json: is a file that is read; choose another name for the rejects",
        ),
        (["score", "{log}", "--limit", "0"], "limit"),
        (["score", "{other}"], "no known form of log. Its first record has the keys `text`, `n`"),
        (["score"], "LOG"),
        (["explain", "{log}", "--row", "0"], "log.jsonl:0: rows count from 1"),
        (["explain", "{log}", "--row", "9"], "log.jsonl:9: no such row; the last is 5"),
        (["explain", "{log}", "--row", "2"], "log.jsonl:2: is a blank line"),
        (["explain", "{log}", "--row", "3"], "log.jsonl:3: was rejected: invalid JSON"),
        (["explain", "{log}", "--row", "4"], "log.jsonl:4: was rejected: no completion"),
        (["count", "nothing.txt"], "nothing.txt: No such file or directory"),
        (["count", "--tokenizer", "{log}", "{log}"], "expected a tokenizer.json"),
    ],
)
def test_what_cannot_run_says_why_and_exits_with_2(
    arguments: list[str], message: str, log: Callable[..., Path]
) -> None:
    other = log({"text": "x", "n": 1}, name="other.jsonl")
    path = log(chat(), "", "{", {"a": 1}, chat())
    docs = log({"n": 1, "facts": FACTS, "text": "{document}"}, name="docs.jsonl")
    html, hard, rubric = path.with_suffix(".html"), path.with_suffix(".json"), path.with_name("rubric.json")
    rg.Rubric().to_file(rubric)
    html.symlink_to(path)
    hard.hardlink_to(path)
    before = path.read_bytes()
    files = {"log": path, "other": other, "docs": docs, "html": html, "hard": hard, "json": rubric}
    result = run(*(a.format(**files) for a in arguments))
    assert result.exit_code == 2
    assert path.read_bytes() == before
    assert message in result.output


def test_ctrl_c_leaves_nothing_half_written(
    log: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rollgrade.logs.lines._block", interrupted)
    path = log(chat())
    result = run("score", path)
    assert result.exit_code == 130
    assert "interrupted" in result.output
    assert list(path.parent.iterdir()) == [path]


# ---- text in a terminal ------------------------------------------------------------------------------------


def test_shown_text_is_as_long_as_it_was() -> None:
    text = "a\tb\nc\x1b\x7f\x85\u202e\ud800\u00a0é\U0001f600"
    assert shown(text) == "a␉b␊c␛␡\ufffd\ufffd\ufffd é\U0001f600"
    assert shown(text, keep="\n") == "a␉b\nc␛␡\ufffd\ufffd\ufffd é\U0001f600"


# ---- count -------------------------------------------------------------------------------------------------


def test_count_of_files_lines_and_standard_input(tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_bytes(b"Hello world.\nOne more line.\r\n\nThe end")
    second.write_bytes(b"<|endoftext|>")
    n = [rg.count_tokens(line) for line in ("Hello world.", "One more line.", "", "The end")]
    whole = rg.count_tokens(first.read_bytes().decode())
    assert run("count", first).output == f"{whole:8}  {first}\n"
    both = run("count", first, second).output.splitlines()
    assert both == [f"{whole:8}  {first}", f"{7:8}  {second}", f"{whole + 7:8}  total"]
    assert run("count", "--lines", first).output == "".join(
        f"{k:8}  {first}:{i}\n" for i, k in enumerate(n, 1)
    )
    assert run("count", stdin=b"Hello world.").output == f"{n[0]:8}\n"
    assert run("count", stdin=_core.pack_log(b"Hello world.", "gzip")).output == f"{n[0]:8}\n"
    assert run("count", "-", stdin=b"").output == f"{0:8}\n"
    assert run("count", "--lines", stdin=b"").output == ""


def test_count_with_a_tokenizer_of_ones_own(tmp_path: Path) -> None:
    import tokenizers

    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    result = run("count", "--tokenizer", tmp_path / "tokenizer.json", stdin=b"a b unbelievable")
    assert result.output == f"{3:8}\n"


def test_count_of_what_is_no_utf8_warns_and_exits_with_1(tmp_path: Path) -> None:
    path = tmp_path / "latin1.txt"
    path.write_bytes(b"caf\xe9")
    result = run("count", path)
    assert result.exit_code == 1
    assert f"{rg.count_tokens(chr(0xFFFD).join(['caf', ''])):8}  {path}" in result.output
    assert "is not UTF-8" in result.output


# ---- the program -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["--help"], ["score", "--help"], ["explain", "--help"], ["count", "-h"]])
def test_help_has_examples(command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 0
    assert "Examples" in result.output
    assert f"rollgrade {command[0] if not command[0].startswith('-') else 'score'} " in result.output


def test_version() -> None:
    assert run("--version").output == f"rollgrade {rg.__version__}\n"


def test_the_module_runs_as_a_program_with_plain_lines(log: Callable[..., Path]) -> None:
    path = log(chat(), "{")
    ran = subprocess.run(
        [sys.executable, "-m", "rollgrade", "score", str(path)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 1
    assert "\x1b" not in ran.stdout + ran.stderr
    assert "rollouts     1" in ran.stdout
    assert f"{path}:2: invalid JSON" in ran.stderr
    assert "Traceback" not in ran.stderr


OUTPUTS = (
    ["--help"],
    ["--version"],
    ["doctor"],
    ["score", str(LOG), "-o", "{folder}/graded.jsonl"],
    ["score", str(LOG), "-o", "-"],
    ["explain", str(LOG), "--row", "1"],
    ["check", str(EXAMPLES / "documents.jsonl")],
)


@pytest.mark.parametrize("command", OUTPUTS, ids=" ".join)
def test_an_output_that_takes_no_more_ends_every_command_alike(command: list[str], tmp_path: Path) -> None:
    program = [sys.executable, "-m", "rollgrade", *(part.format(folder=tmp_path) for part in command)]
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "wb") as full, open(writing, "wb") as closed:  # noqa: PTH123
        ran = [
            subprocess.run(program, stdout=out, stderr=subprocess.PIPE, check=False) for out in (full, closed)
        ]
    assert [each.returncode for each in ran] == [2, 141]
    assert ran[0].stderr.splitlines()[-1] == b"error: standard output: No space left on device"
    assert not [each.stderr for each in ran if b"Traceback" in each.stderr or b"Exception" in each.stderr]
    assert b"error" not in ran[1].stderr
    assert ran[1].stderr.splitlines()[-1] == b"stopped: whoever read the output closed the pipe"


@pytest.mark.parametrize("command", OUTPUTS, ids=" ".join)
def test_a_process_without_standard_streams_does_its_work(command: list[str], tmp_path: Path) -> None:
    program = [sys.executable, "-m", "rollgrade", *(part.format(folder=tmp_path) for part in command)]
    ran = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *program], check=False)
    assert ran.returncode == 0
    written = tmp_path / "graded.jsonl"
    if written.name in command[-1]:
        assert len(written.read_text("utf-8").splitlines()) == len(LOG.read_text("utf-8").splitlines())


@pytest.mark.parametrize("command", [["count"], ["score", "-"], ["pii", "-"]], ids=" ".join)
def test_a_standard_input_that_is_closed_is_said(command: list[str]) -> None:
    program = [sys.executable, "-m", "rollgrade", *command]
    ran = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *program], capture_output=True, check=False, text=True
    )
    assert ran.returncode == 2
    assert "-: standard input is closed" in ran.stderr


def test_characters_that_the_output_cannot_say_are_replaced(log: Callable[..., Path]) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "rollgrade",
            "explain",
            log(chat(f"{ANSWER} Caf\u00e9 \u2603.")),
            "--row",
            "1",
        ],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"Caf? ?." in ran.stdout


def test_on_a_terminal_there_is_a_progress_bar(log: Callable[..., Path]) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "rollgrade", "score", str(log(chat()))],
        stdout=theirs,
        stderr=theirs,
        env=environment,
    ) as ran:
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    assert ran.returncode == 0
    assert "100%" in seen.decode()
    assert "1 rollouts" in seen.decode()
    assert "graded log" in seen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], ("numpy", "pyarrow", "tokenizers", "rollgrade.rubric")),
        (["score", str(LOG), "-o", "{folder}/graded.jsonl"], ("numpy", "pyarrow", "tokenizers")),
    ],
)
def test_imports_nothing_heavy(arguments: list[str], heavy: tuple[str, ...], tmp_path: Path) -> None:
    given = ["rollgrade", *(argument.format(folder=tmp_path) for argument in arguments)]
    code = (
        f"import sys; sys.argv = {given!r}\n"
        "from rollgrade.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
