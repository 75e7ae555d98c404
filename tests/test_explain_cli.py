"""``rollgrade explain``: from a log of any form or from the command line, to a terminal, a page or JSON."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import rollgrade as rg
from logs_run import ANSWER, FACTS, SOURCE, chat, write_log
from rollgrade import _core
from rollgrade.cli import app
from rollgrade.grades import RULES

EXAMPLES = Path(__file__).parent.parent / "examples"
LOG = EXAMPLES / "rollouts.jsonl"
OTHER = "The debate of the council was long, it was said on Monday."


def run(*arguments: str | Path | int, stdin: bytes | None = None, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["explain", *map(str, arguments)], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def data(*arguments: str | Path | int, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", **options).stdout)
    return found


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    def write(*records: Any, name: str = "log.jsonl") -> Path:
        return write_log(tmp_path / name, *records)

    return write


# ---- one rollout -------------------------------------------------------------------------------------------


def test_the_reward_and_why_come_first_then_text_facts_rules_and_arithmetic() -> None:
    row = 520
    record = json.loads(LOG.read_text("utf-8").splitlines()[row - 1])
    output = run(LOG, "--row", row).output
    answer, facts = record["messages"][-1]["content"], record["facts"]
    grade = rg.Rubric().grade(answer, source=record["messages"][1]["content"], facts=facts, truncated=False)
    flat = re.sub(r"\s+", " ", re.sub(r"[│¹²³⁴˙]", "", output))
    order = [
        f"{LOG}:{row}", record["id"], f"reward {grade.score:.3f}", grade.reason, " ".join(answer.split()[:4]),
        *(" ".join(fact.split()[:3]) for fact in facts), *(f" {rule} " for rule in RULES), "arithmetic", "reward = ",
    ]  # fmt: skip
    at = 0
    for words in order:
        at = flat.index(words, at)


@pytest.mark.parametrize("packing", ["jsonl", "gz", "zst", "parquet", "pipe"])
def test_any_log_in_any_packing(packing: str, tmp_path: Path) -> None:
    rows = [{"prompt": SOURCE, "completion": text, "facts": FACTS} for text in ("No.", ANSWER, OTHER)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path = tmp_path / "log.jsonl"
    if packing == "parquet":
        path = tmp_path / "log.parquet"
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        name = {"gz": "gzip", "zst": "zstd"}.get(packing, "plain")
        path.write_bytes(lines if name == "plain" else _core.pack_log(lines, name))
    rows_asked = ("--row", "3", "--row", "2")
    if (
        packing == "pipe"
    ):  # read by the core from the descriptor, which a runner inside of the process does not replace
        command = [sys.executable, "-m", "rollgrade", "explain", "-", *rows_asked, "--json"]
        done = subprocess.run(command, input=lines, capture_output=True, check=True)
        found = json.loads(done.stdout)
    else:
        found = data(path, *rows_asked)
    assert [found[side]["text"] for side in "ab"] == [OTHER, ANSWER]
    grade = rg.Rubric().grade(ANSWER, source=SOURCE, facts=FACTS)
    assert found["b"]["score"] == grade.score
    assert found["b"]["arithmetic"][-1]["value"] == grade.score
    assert found["b"]["place"].endswith(":2")


def test_what_coverage_is_measured_against_is_one_for_the_log_as_score_has_it(
    log: Callable[..., Path], tmp_path: Path
) -> None:
    rubric = tmp_path / "rubric.toml"
    rubric.write_text('missing = "skip"\n')
    path = log(chat(), chat(facts=None))
    assert data(path, "--row", 2, "--rubric", rubric)["score"] is None
    output = run(path, "--row", 2, code=2).output
    assert f"{path}:2: facts: got nothing" in output.replace("\n", "")
    assert data(log(chat(facts=None), chat()), "--row", 2)["basis"] == "facts"


def test_a_rollout_among_several_of_one_record(log: Callable[..., Path]) -> None:
    def trace(answer: str) -> dict[str, Any]:
        messages = [{"role": "user", "content": SOURCE}, {"role": "assistant", "content": answer}]
        return {"nodes": [{"message": message} for message in messages]}

    path = log({"traces": [trace(ANSWER), trace(OTHER)]})
    assert data(path)["text"] == ANSWER
    second = data(path, "--row", "1[1]")
    assert (second["text"], second["place"]) == (OTHER, f"{path}:1[1]")
    assert "the record has 2" in run(path, "--row", "1[2]", code=2).output


def test_pii_is_masked_unless_asked(log: Callable[..., Path]) -> None:
    answer = "Write to jane.doe@example.org about the new budget that the council approved."
    facts = ["The budget is at jane.doe@example.org now.", *FACTS]
    path = log(chat(answer, facts=facts, id="jane.doe@example.org"))
    for more in ((), ("--json",), ("--row", 1, "--with", 1)):
        hidden = run(path, *more).output
        assert "warning: facts hold PII (EMAIL): it carries no weight in coverage" in hidden
        assert "jane.doe" not in hidden
        assert "example.org" not in hidden
    assert "••••.•••@•••••••.•••" in run(path).output
    assert run(path, "--show-pii").output.count("jane.doe@example.org") >= 3


def test_the_example_of_every_trainer_is_explained() -> None:
    for path in (EXAMPLES / "trl" / "completions_00001.parquet", EXAMPLES / "verl" / "step_1.jsonl"):
        found = data(path, "--row", 2)
        assert found["arithmetic"][-1]["value"] == found["score"]
        assert found["taken"]


# ---- two of them -------------------------------------------------------------------------------------------


def test_two_rollouts_of_one_log_or_of_two(log: Callable[..., Path]) -> None:
    path, second = log(chat(), "", chat(OTHER)), log(chat(OTHER), name="b:2.jsonl")
    for more in (("--row", 1, "--row", 3), ("--with", 3), ("--row", 1, "--with", f"{second}:1")):
        found = data(path, *more)
        assert [found[side]["text"] for side in "ab"] == [ANSWER, OTHER]
        assert found["only_a"] == [1]
    assert found["b"]["place"] == f"{second}:1"
    output = run(path, "--with", 3).output
    assert f"a earns {-found['change']:.3f} more than b" in output
    assert "only a" in output


def test_one_rollout_under_two_rubrics(log: Callable[..., Path], tmp_path: Path) -> None:
    short = tmp_path / "short.toml"
    short.write_text("[length]\nmax_tokens = 5\n")
    found = data(log(chat()), "--rubric", "summarization", "--rubric", short)
    assert found["settings"] == [{"name": "length.max_tokens", "a": "50", "b": "5"}]
    assert [found[side]["rubric"] for side in "ab"] == ["summarization", str(short)]
    assert found["a"]["rubric_hash"] == rg.Rubric().hash
    page = tmp_path / "page.html"
    run(log(chat()), "--rubric", "summarization", "--rubric", short, "--html", page)
    assert all(found[side]["rubric_hash"] in page.read_text("utf-8") for side in "ab")
    output = run(log(chat()), "--rubric", "summarization", "--rubric", short).output
    assert "rubric summarization" in output
    assert re.search(r"length.max_tokens +50 +5", output)


# ---- a sentence --------------------------------------------------------------------------------------------


def test_a_sentence_from_the_command_line(tmp_path: Path) -> None:
    source, facts = tmp_path / "source.txt", tmp_path / "facts.md"
    source.write_text(f"\ufeff{SOURCE}", "utf-8")
    facts.write_text("".join(f"- {fact}\n" for fact in FACTS[:1]))
    found = data("--text", ANSWER, "--fact", FACTS[1], "--facts-file", facts, "--source-file", source)
    grade = rg.Rubric().grade(ANSWER, source=SOURCE, facts=FACTS)
    assert [fact["text"] for fact in found["facts"]] == FACTS
    assert found["score"] == grade.score
    piped = data("--text", "-", "--reference-file", source, stdin=ANSWER.encode())
    assert (piped["text"], piped["basis"]) == (ANSWER, "reference")
    two = data("--text", ANSWER, "--text", OTHER, "--fact", FACTS[0])
    assert [two[side]["text"] for side in "ab"] == [ANSWER, OTHER]
    alone = run("--text", ANSWER).output
    assert "not graded: nothing to measure it against" in alone


# ---- pages -------------------------------------------------------------------------------------------------


def test_a_page_is_written_whole_or_not_at_all(
    log: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "pages" / "one.html"
    result = run(log(chat("<script>alert(1)</script> The council \ud83d said.", id="<i>")), "--html", page)
    assert result.stdout == ""
    assert f"written      {page}" in result.stderr
    html = page.read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "http" not in html.replace("http-equiv", "")
    assert [file.name for file in page.parent.iterdir()] == ["one.html"]
    both = run(log(chat(), chat(OTHER)), "--with", 2, "--html", page, "--json")
    assert json.loads(both.stdout)["a"]["text"] == ANSWER
    assert "Two rollouts side by side" in page.read_text("utf-8")

    before = page.read_bytes()

    def broken(*_: Any, **__: Any) -> str:
        raise OSError(28, "No space left on device", "out")

    monkeypatch.setattr("rollgrade.pages.explanation.render", broken)
    assert "No space left" in run(log(chat()), "--html", page, code=2).output
    assert page.read_bytes() == before


# ---- what cannot run ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "LOG: got nothing, expected a log, or a completion by --text"),
        (["{log}", "--row", "x"], "--row: got 'x', expected a row's number"),
        (["{log}", "--row", "{log}:1"], "expected a row's number"),
        (["{log}", "--with", "one"], "--with: got 'one', expected a row's number, or FILE:NUMBER"),
        (["{log}", "--with", "nothing.jsonl:1"], "nothing.jsonl: no such file or folder"),
        (["{log}", "--row", "1", "--row", "5", "--row", "1"], "got 3 rollouts and 1 rubrics"),
        (["{log}", "--with", "5", "--rubric", "ranking", "--rubric", "summarization"], "got 2 rollouts and 2 rubrics"),
        (["{log}", "--row", "1", "--row", "2"], "log.jsonl:2: is a blank line"),
        (["{log}", "--row", "5", "--row", "9"], "log.jsonl:9: no such row; the last is 5"),
        (["{log}", "--row", "0"], "log.jsonl:0: rows count from 1"),
        (["{log}", "--row", "3"], "log.jsonl:3: was rejected: invalid JSON"),
        (["{log}", "--row", "4"], "log.jsonl:4: was rejected: no completion"),
        (["{folder}"], "more than one file; name one"),
        (["{log}", "--text", "A sentence."], "with --text, which reads no log"),
        (["--text", "A sentence.", "--row", "2"], "--row: got ['2'] with --text"),
        (["{log}", "--fact", "A fact."], "--fact: got ['A fact.'] without --text"),
        (["{log}", "--basis", "sauce"], "basis: got 'sauce', expected"),
        (["{log}", "--join", "{log}"], "--join and --on go together"),
        (["--text", "-", "--text", "-"], "--text: got standard input twice"),
        (["--text", "A sentence.", "--source-file", "{latin}"], "is not UTF-8, at byte 4"),
        (["--text", "A sentence.", "--facts-file", "nothing.txt"], "nothing.txt: No such file or directory"),
    ],
)  # fmt: skip
def test_what_cannot_run_says_why(
    arguments: list[str], message: str, log: Callable[..., Path], tmp_path: Path
) -> None:
    path, latin = log(chat(), "", "{", {"a": 1}, chat()), tmp_path / "latin.txt"
    log(chat(), name="second.jsonl")
    latin.write_bytes(b"caf\xe9")
    given = [argument.format(log=path, folder=tmp_path, latin=latin) for argument in arguments]
    assert message in run(*given, code=2).output.replace("\n", " ").replace("  ", " ")


# ---- as score graded it ------------------------------------------------------------------------------------


def trl(completion: str = ANSWER, **more: Any) -> dict[str, Any]:
    return {"prompt": f"It's long.\nSummarise: {SOURCE}", "completion": completion, **more}


@pytest.mark.parametrize(
    ("logs", "options"),
    [
        (([chat(facts=None, key=1)],), ["--join", "{dataset}", "--on", "key=id"]),
        (([chat(facts=None, key=1)],), ["--join", "{dataset}", "--on", "key=id", "--facts", "points", "--rubric", "ranking"]),
        (([trl(), trl("A word.")],), ["--source-from", "prompt", "--template", "It's long.\nSummarise: {{document}}"]),
        (([trl(said=[ANSWER], told=FACTS)],), ["--completion", "said[0]", "--facts", "told"]),
        (([chat(facts=None)], [chat(OTHER)]), []),
        (([chat(facts=None, step=1), chat(OTHER, step=2)],), ["--where", "step > 1"]),
    ],
    ids=["joined", "joined by names", "template", "fields", "another file's basis", "a selection's basis"],
)  # fmt: skip
def test_the_command_that_score_prints_shows_the_same_reward(
    logs: tuple[list[Any], ...], options: list[str], log: Callable[..., Path], tmp_path: Path
) -> None:
    dataset = log({"id": 1, "facts": FACTS[:1], "points": FACTS[1:]}, name="the dataset.jsonl")
    paths = [log(*records, name=f"log {number}.jsonl") for number, records in enumerate(logs)]
    given = [option.format(dataset=dataset) for option in options]
    graded = tmp_path / "graded.jsonl"
    scored = CliRunner().invoke(app, ["score", *map(str, paths), "-o", str(graded), *given])
    assert scored.exit_code == 0, scored.output
    command = re.search(r"^look at one  (.+?)^graded log", scored.output, re.MULTILINE | re.DOTALL)
    assert command is not None
    _, explain, *arguments = shlex.split(command[1])
    assert explain == "explain"
    rewards = [json.loads(line)["rollgrade"] for line in graded.read_text().splitlines()]
    worst = min(rewards, key=lambda grade: float(grade["score"]))
    found = data(*arguments)
    assert (found["score"], found["reason"], found["basis"]) == (
        worst["score"],
        worst["reason"],
        worst["basis"],
    )


def test_the_command_that_score_prints_names_a_log_that_begins_with_a_dash(
    log: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(chat(), name="-log.jsonl")
    monkeypatch.chdir(tmp_path)
    scored = CliRunner().invoke(app, ["score", "-o", "graded.jsonl", "--", "-log.jsonl"])
    assert scored.exit_code == 0, scored.output
    command = re.search(r"^look at one  rollgrade explain (.+)$", scored.output, re.MULTILINE)
    assert command is not None
    assert run(*shlex.split(command[1])).stdout.startswith("-log.jsonl:1")
