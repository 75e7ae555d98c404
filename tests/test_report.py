"""Reports: what a graded log adds up to, what the gallery holds, and a page that stays small and says no secret."""

from __future__ import annotations

import builtins
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import rollgrade as rg
from rollgrade.analysis.reading import Fields, graded_inputs
from rollgrade.analysis.reporting import PER_RULE, Report, summed
from rollgrade.cli import app
from rollgrade.evidence import Mark
from rollgrade.grades import RULES
from rollgrade.logs import LogError, jsonl
from rollgrade.logs.fieldpath import FieldPath
from rollgrade.logs.records import BLOCK_ROWS
from rollgrade.pages import highlighted, render
from rollgrade.pages.report import page

EXAMPLES = Path(__file__).parent.parent / "examples"
FACTS = ["The council approved the new budget.", "The debate was long."]
GOOD = "The council approved the new budget on Monday after a long debate."
EMAIL = "jane.roe@corp-mail.com"


def run(*arguments: str | Path | int) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def summed_up(*logs: Path, rubric: rg.Rubric | None = None, **options: Any) -> Report:
    return summed(graded_inputs([str(log) for log in logs]), rubric or rg.Rubric(), Fields({}), **options)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example log in four steps, graded."""
    folder = tmp_path_factory.mktemp("graded")
    assert run("score", EXAMPLES / "trl", "-o", f"{folder}/").exit_code == 0
    return folder


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    """Grades rows into a log."""

    def write(*rows: dict[str, Any], rubric: str = "", name: str = "log") -> Path:
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        (tmp_path / "rubric.toml").write_text(rubric)
        out = tmp_path / f"{name}.graded.jsonl"
        assert run("score", path, "--rubric", tmp_path / "rubric.toml", "-o", out).exit_code == 0
        return out

    return write


def row(answer: str, **more: Any) -> dict[str, Any]:
    return {"prompt": "p", "completion": answer, "facts": FACTS, **more}


def test_the_sums_are_those_of_the_log(graded: Path) -> None:
    import pyarrow.parquet as pq

    rows = [row for file in sorted(graded.glob("*.parquet")) for row in pq.read_table(file).to_pylist()]
    found = summed_up(graded)
    grades = [row["rollgrade"] for row in rows]
    assert found.all.rollouts == len(rows) == 520
    assert found.all.mean == pytest.approx(sum(g["score"] for g in grades) / 520)
    assert found.valid == sum(g["valid"] for g in grades)
    assert sum(found.rewards) == 520
    assert found.rewards[2] == sum(0.05 <= g["score"] < 0.075 for g in grades)
    assert found.tokens == Counter(g["tokens"] for g in grades)
    assert found.pii == Counter((m["kind"], m["verdict"]) for g in grades for m in g["pii_matches"])
    assert sorted(found.steps) == [1, 2, 3, 4]
    for step, sums in found.steps.items():
        mine = [row["rollgrade"] for row in rows if row["step"] == step]
        assert sums.rollouts == len(mine)
        for rule in RULES:
            assert sums.share(rule) == pytest.approx(sum(g["passed"][rule] for g in mine) / len(mine))
    facts = [rg.Facts(row["facts"]).score(rg.completion_text(row["completion"])).per_fact for row in rows]
    assert found.facts == [
        [520, sum(f[i].present for f in facts), sum(f[i].negated for f in facts)] for i in range(4)
    ]
    assert found.rubric_known
    assert found.budget == 50


def test_the_gallery_is_bounded_and_holds_the_worst_of_each_rule(graded: Path) -> None:
    found = summed_up(graded)
    assert found.gallery == summed_up(graded).gallery
    assert len(found.gallery) <= 5 * PER_RULE + 4 * 2
    for rule in RULES:
        scores = [e.grade[rule] for e in found.gallery if rule in e.failed]
        assert len(scores) >= min(PER_RULE, found.all.measured[rule] - found.all.passed[rule])
    assert {example.step for example in found.gallery} >= {1, 2, 3}
    assert [e.grade["score"] for e in found.gallery] == sorted(e.grade["score"] for e in found.gallery)
    assert all(example.failed for example in found.gallery)


def test_a_page_of_many_rows_stays_small(log: Callable[..., Path]) -> None:
    rows = [row(f"{GOOD} " * (i % 5) + f"Number {i}, which nobody said.", step=i) for i in range(1500)]
    path = log(*rows)
    small = page(summed_up(path, limit=40))
    assert len(small) < 200_000
    found = summed_up(path)
    many = page(found)
    assert len(found.gallery) <= 5 * PER_RULE + 80
    assert len(many) < 1_000_000
    # Points of the curves stand for several steps.
    assert "neighbours are taken together" in many
    assert many.count('aria-label="step: ') <= 8 * 200


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "parquet"])
def test_the_records_of_the_gallery_alone_are_parsed_again(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, kept = 3000, tmp_path / f"log.graded.{ending}"
    lines = [json.dumps(row("Budget." if i == 2900 else f"{GOOD} {i}.", step=i)) for i in range(rows)]
    (tmp_path / "log.jsonl").write_text("\n".join(lines))
    assert run("score", tmp_path / "log.jsonl", "-o", kept).exit_code == 0
    parse, parsed = jsonl.parse_line, list[bytes]()

    def counted(raw: bytes) -> dict[str, Any]:
        parsed.append(raw)
        return parse(raw)

    monkeypatch.setattr(jsonl, "parse_line", counted)
    gallery = summed_up(kept).gallery
    assert (gallery[0].number, gallery[0].step) == (2901, 2900)
    assert len(parsed) <= rows + len(gallery) + BLOCK_ROWS  # which tell the form


def test_steps_by_field_and_by_the_files_names(log: Callable[..., Path], tmp_path: Path) -> None:
    path = log(row(GOOD, meta={"at": 7}), row("Bad.", meta={"at": 9}))
    fields = Fields({}, step=FieldPath.parse("meta.at"))
    assert sorted(summed(graded_inputs([str(path)]), rg.Rubric(), fields).steps) == [7, 9]
    assert summed_up(path).steps == {}
    assert summed_up(log(row(GOOD, step=10**20), row(GOOD, step=1.5), name="odd")).steps.keys() == {1}
    texts = [row(GOOD, step=step) for step in ("12", " 3\n", "-1", "1.0", "last", "", "9" * 30)]
    assert summed_up(log(*texts, name="texts")).steps.keys() == {3, 12}
    with pytest.raises(LogError, match="--step prompt: is a str, expected a number"):
        summed(graded_inputs([str(path)]), rg.Rubric(), Fields({}, step=FieldPath.parse("prompt")))
    for number, name in enumerate(("12", "completions_00013", "run-step_14-x"), 12):
        assert sorted(summed_up(log(row(GOOD), name=name)).steps) == [number]
    folder = tmp_path / "step_99"
    folder.mkdir()
    assert sorted(summed_up(path.rename(folder / "traces.graded.jsonl")).steps) == [99]


def test_a_folder_with_logs_and_graded_logs_is_read_once(log: Callable[..., Path], tmp_path: Path) -> None:
    log(row(GOOD), name="a")
    log(row(GOOD), row("Bad."), name="b")
    (tmp_path / "b.graded.jsonl.rejects.jsonl").write_text("{}\n")
    for given in ([tmp_path], [tmp_path / "a.graded.jsonl", tmp_path / "*.graded.jsonl"]):
        assert summed_up(*given).all.rollouts == 3


def test_records_of_several_rollouts(tmp_path: Path) -> None:
    record = {
        "step": 3,
        "prompt": ["p", "q"],
        "completion": [GOOD, "Bad."],
        "facts": [FACTS, FACTS],
        "reward": [1, 0],
    }
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(record) + "\n", "utf-8")
    assert run("score", log, "-o", tmp_path / "log.graded.jsonl").exit_code == 0
    found = summed_up(tmp_path / "log.graded.jsonl")
    assert found.all.rollouts == 2
    assert found.steps[3].reward == pytest.approx(rg.Rubric().grade(GOOD, facts=FACTS).score)
    assert [example.completion for example in found.gallery] == ["Bad."]
    assert found.gallery[0].place.endswith("log.graded.jsonl:1[1]")
    compared = rg.compare(log, rg.Rubric())
    assert (compared.a.name, compared.reward_a.tolist(), compared.both) == ("reward", [1, 0], 2)
    assert len(compared.group_names) == 2


def test_evidence_needs_the_rubric_that_graded(log: Callable[..., Path], tmp_path: Path) -> None:
    path = log(
        row(f"{GOOD} Write to {EMAIL}. 77 people.", source=f"{GOOD} {EMAIL}"),
        rubric="[length]\nmax_tokens = 9\n",
    )
    known = summed_up(path, rubric=rg.Rubric(max_tokens=9))
    (example,) = known.gallery
    assert {mark.name for mark in example.marks} >= {"fact", "pii", "unsupported", "over the budget"}
    assert [said for _, _, said in example.facts] == ["carried", "carried"]
    other = summed_up(path)
    assert not other.rubric_known
    assert {mark.name for mark in other.gallery[0].marks} == {"pii"}
    assert other.gallery[0].facts == ()
    result = run("report", path, "-o", tmp_path / "r.html")
    assert result.exit_code == 0
    assert "graded with another rubric" in result.output
    result = run("report", path, "-o", tmp_path / "r.html", "--rubric", tmp_path / "rubric.toml")
    assert "graded with another rubric" not in result.output


def test_evidence_of_what_was_joined(tmp_path: Path) -> None:
    dataset, path, page = (tmp_path / name for name in ("dataset.jsonl", "log.jsonl", "report.html"))
    dataset.write_text(json.dumps({"id": 1, "facts": FACTS}))
    path.write_text(json.dumps({"completion": FACTS[0], "key": 1}))
    join = ("--join", dataset, "--on", "key=id")
    assert run("score", path, *join).exit_code == 0
    assert run("report", tmp_path / "log.graded.jsonl", *join, "-o", page).exit_code == 0
    assert FACTS[1] in page.read_text("utf-8")


def test_pii_is_masked_unless_asked_for(log: Callable[..., Path], tmp_path: Path) -> None:
    text = row(
        f"<think>It is {EMAIL}.</think> Write to {EMAIL} now.", source=f"{EMAIL} signed.", id=f"id {EMAIL}"
    )
    text["facts"] = [f"The address is {EMAIL}.", "The vote passed."]
    path = log(text)
    with pytest.warns(UserWarning, match="facts hold PII"):
        assert EMAIL not in repr(summed_up(path))
    assert run("report", path, "-o", tmp_path / "r.html").exit_code == 0
    assert EMAIL not in (tmp_path / "r.html").read_text("utf-8")
    assert run("report", path, "-o", tmp_path / "r.html", "--show-pii").exit_code == 0
    assert (tmp_path / "r.html").read_text("utf-8").count(EMAIL) >= 4


def test_nothing_that_fails_and_nothing_that_is_measured(log: Callable[..., Path]) -> None:
    text = page(summed_up(log({"prompt": "p", "completion": GOOD}, rubric='[coverage]\nbasis = "none"\n')))
    assert "No rollout fails a rule." in text
    assert "<h2>Coverage by fact</h2>" not in text
    assert "None found." in text


def test_an_integer_of_thousands_of_digits_stands_in_no_ones_way(log: Callable[..., Path]) -> None:
    path = log(row(GOOD, id="a"), row(GOOD, id="b"))
    first, second = path.read_text().splitlines()
    path.write_text(f'{first}\n{{"n": {"9" * 5000}, {second[1:]}\n')
    found = summed_up(path)
    assert found.all.rollouts == 2
    assert not found.ungraded
    assert found.all.tokens == 2 * json.loads(first)["rollgrade"]["tokens"]


@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
@pytest.mark.parametrize("options", [(), ("--flat",), ("--key", "mine"), ("--flat", "--key", "mine")])
def test_grades_are_found_however_they_were_written(
    options: tuple[str, ...], ending: str, tmp_path: Path, log: Callable[..., Path]
) -> None:
    usual = log(row(GOOD, id="a", step=1), row("bad", id="b", step=2))
    out = tmp_path / f"out{ending}"
    assert run("score", usual.with_name("log.jsonl"), "-o", out, *options).exit_code == 0
    found, expected = summed_up(out), summed_up(usual)
    assert found.all == expected.all
    assert found.steps == expected.steps
    assert [(e.id, e.completion, e.grade) for e in found.gallery] == [
        (e.id, e.completion, e.grade) for e in expected.gallery
    ]
    key = "mine" if "mine" in options else "rollgrade"
    assert run("report", out, "-o", tmp_path / "x.html", "--key", key).exit_code == 0
    result = run("report", out, "-o", tmp_path / "x.html", "--key", "other")
    assert result.exit_code == 2
    assert "none of 2 records holds a grade under `other`" in result.output
    compared = run("compare", out, "--rubric", "ranking")
    assert compared.exit_code == 0
    assert f"{key}.score" in compared.output


@pytest.mark.parametrize("out", ["out.jsonl", "out.parquet"])
def test_grades_alone_make_a_report_without_completions(
    out: str, tmp_path: Path, log: Callable[..., Path]
) -> None:
    usual = log(row(GOOD), row(f"Write to {EMAIL}."))
    assert run("score", tmp_path / "log.jsonl", "-o", tmp_path / out, "--only-grades").exit_code == 0
    found = summed_up(tmp_path / out)
    assert found.all == summed_up(usual).all
    assert found.pii == summed_up(usual).pii
    assert found.alone == 2
    assert {(e.place, e.completion) for e in found.gallery} == {(f"{tmp_path / 'log.jsonl'}:2", None)}
    html = page(found)
    assert "so no completions are shown" in html
    assert "(empty)" not in html


def test_grades_alone_of_several_rollouts_a_record(tmp_path: Path) -> None:
    path, out = tmp_path / "completions_7.jsonl", tmp_path / "out.jsonl"
    path.write_text(json.dumps({"prompt": ["p", "p"], "completion": [GOOD, "bad"], "facts": FACTS}) + "\n")
    assert run("score", path, "-o", out, "--only-grades").exit_code == 0
    found = summed_up(out)
    assert found.all.rollouts == 2
    assert list(found.steps) == [7]


def test_what_is_no_grade_is_none(tmp_path: Path, log: Callable[..., Path]) -> None:
    path = log(row(GOOD), row(GOOD))
    first, second = map(json.loads, path.read_text().splitlines())
    for name, value in {"tokens": "12", "score": "0.5", "passed": [], "pii_matches": [1]}.items():
        broken = second | {"rollgrade": second["rollgrade"] | {name: value}}
        path.write_text(f"{json.dumps(first)}\n{json.dumps(broken)}\n")
        assert (summed_up(path).all.rollouts, summed_up(path).ungraded) == (1, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps([row(GOOD)]), "one JSON array; .* `jq -c '.\\[\\]' "),
        (json.dumps([row(GOOD)], indent=1), "one JSON array; .* `jq -c '.\\[\\]' "),
        (json.dumps(row(GOOD), indent=1), "JSON over several lines; .* `jq -c . "),
    ],
)
@pytest.mark.parametrize("command", ["report", "compare"])
def test_what_holds_no_record_a_line_says_what_jq_makes_of_it(
    command: str, text: str, said: str, tmp_path: Path
) -> None:
    (path := tmp_path / "array.jsonl").write_text(text)
    more = (
        ("-o", tmp_path / "r.html")
        if command == "report"
        else ("--rubric", "ranking", "--rubric", "summarization")
    )
    result = run(command, path, *more)
    assert result.exit_code == 2
    assert re.search(f"looks like {said}{re.escape(str(path))}", " ".join(result.output.split()))


def test_a_log_without_grades_says_what_to_do(tmp_path: Path, log: Callable[..., Path]) -> None:
    result = run("report", EXAMPLES / "rollouts.jsonl", "-o", tmp_path / "r.html")
    assert result.exit_code == 2
    assert "none of 520 records holds a grade; grade the log first: rollgrade score" in result.output
    assert not (tmp_path / "r.html").exists()
    path = log(row(GOOD), row("Bad."))
    path.write_text(path.read_text("utf-8") + json.dumps(row(GOOD, rollgrade=0.5)) + "\n{broken\n", "utf-8")
    result = run("report", path, "-o", tmp_path / "r.html")
    assert result.exit_code == 1
    assert "1 records hold no grade" in result.output
    assert "1 of 4 records rejected" in result.output
    assert "rollouts     2" in result.output


def test_without_the_extra_it_says_what_to_install(
    graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jinja2" else real(name))
    result = run("report", graded, "-o", tmp_path / "r.html")
    assert result.exit_code == 2
    assert "pip install 'rollgrade[report]'" in result.output
    real_import = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name in {"jinja2", "vl_convert"}:
            raise ImportError(name)
        return real_import(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r"rollgrade\[report\]"):
        render("report.html")


# ---- what pages share --------------------------------------------------------------------------------------


def test_marks_become_html_and_text_stays_text() -> None:
    text = "<b>bold</b> & jane@x.org \u202e\ud800 end"
    marks = [Mark("fact", 0, 11, "1"), Mark("form", 3, 7), Mark("pii", 14, 24, "EMAIL")]
    html = str(highlighted(text, marks))
    assert (
        re.sub(r"<sup>.*?</sup>|</?mark.*?>", "", html)
        == "&lt;b&gt;bold&lt;/b&gt; &amp; ••••@•.••• \ufffd\ufffd end"
    )
    assert '<mark class="form" title="fact 1, form">bold</mark>' in html
    assert html.count("<sup>1</sup>") == 1
    assert "jane@x.org" in str(highlighted(text, marks, show_pii=True))
    assert str(highlighted("x" * 50, [Mark("fluency", 0, 50)], limit=10)).endswith(
        "… 40 more characters</span>"
    )
    assert str(highlighted("", [])) == ""
    assert (
        str(highlighted("abc", [Mark("form", 2, 9), Mark("fact", 5, 9)]))
        == 'ab<mark class="form" title="form">c</mark>'
    )


def test_a_script_that_is_changed_has_another_hash(graded: Path) -> None:
    import base64
    import hashlib

    text = page(summed_up(graded))
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?!#)', text)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
