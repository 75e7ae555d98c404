"""Comparing rewards: what is counted, what moved, what is missing, and what the command shows and writes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats
from typer.testing import CliRunner, Result

import rollgrade as rg
from rollgrade.cli import app
from rollgrade.logs import LogError

EXAMPLES = Path(__file__).parent.parent / "examples"
LOG = EXAMPLES / "rollouts.jsonl"
FACTS = ["The council approved the new budget.", "The debate was long."]
GOOD = "The council approved the new budget on Monday after a long debate."
EMAIL = "jane.roe@corp-mail.com"


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., Path]:
    def write(*records: Any, name: str = "log.jsonl") -> Path:
        path = tmp_path / name
        path.write_text(
            "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records), "utf-8"
        )
        return path

    return write


def row(answer: str, prompt: str = "p", **more: Any) -> dict[str, Any]:
    return {"prompt": prompt, "completion": answer, "facts": FACTS, **more}


def run(*arguments: str | Path | int) -> Result:
    result = CliRunner().invoke(app, ["compare", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def rubrics(tmp_path: Path) -> list[str | Path]:
    (tmp_path / "a.toml").write_text("[length]\nmax_tokens = 50\n")
    (tmp_path / "b.toml").write_text('combine = "weighted"\n[length]\nmax_tokens = 40\n')
    return ["--rubric", tmp_path / "a.toml", "--rubric", tmp_path / "b.toml"]


# ---- two rubrics -------------------------------------------------------------------------------------------


def test_two_rubrics_on_the_example_log() -> None:
    a, b = rg.Rubric(), rg.Rubric(max_tokens=40, combine="weighted")
    found = rg.compare(LOG, a, b, threads=2)
    rows = [json.loads(line) for line in LOG.read_text("utf-8").splitlines()]
    given = {
        "completions": [r["messages"][-1:] for r in rows],
        "sources": [r["messages"][1]["content"] for r in rows],
        "facts": [r["facts"] for r in rows],
        "truncated": [r["finish_reason"] == "length" for r in rows],
    }
    one, other = (rubric.grade_batch(given["completions"], **{k: v for k, v in given.items() if k != "completions"}) for rubric in (a, b))  # fmt: skip
    np.testing.assert_array_equal(found.reward_a, one.score)
    np.testing.assert_array_equal(found.reward_b, other.score)
    assert found.group_names == list(dict.fromkeys(r["prompt_id"] for r in rows))
    data = found.to_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["overall"]["spearman"] == pytest.approx(stats.spearmanr(one.score, other.score).statistic)
    prompts = {p["prompt"]: p for p in data["prompts"]}
    mine = [i for i, r in enumerate(rows) if r["prompt_id"] == "nasa-eclipse-watch"]
    tau = stats.kendalltau(one.score[mine], other.score[mine]).statistic
    assert prompts["nasa-eclipse-watch"]["kendall"] == pytest.approx(tau)
    assert prompts["nasa-eclipse-watch"]["n"] == len(mine) == 13
    for rule in found.rules:
        assert rule.mean_a == pytest.approx(getattr(one, rule.rule).mean())
        assert rule.passed_b == pytest.approx(other.passed[rule.rule].mean())
        assert rule.gained == (~one.passed[rule.rule] & other.passed[rule.rule]).sum()
        assert rule.lost == (one.passed[rule.rule] & ~other.passed[rule.rule]).sum()
    change = np.abs(other.score - one.score)
    order = np.argsort(-change, kind="stable")[:20]
    assert [m.place for m in found.moved] == [f"{LOG}:{i + 1}" for i in order]
    assert [m.reason_a for m in found.moved] == [one.reasons[i] for i in order]
    assert [m.reason_b for m in found.moved] == [other.reasons[i] for i in order]
    assert repr(found).startswith("Comparison('rubric a', 'rubric b', 520 rollouts, 40 prompts, spearman=0.9")


def test_the_same_rubric_twice_agrees_in_everything() -> None:
    data = rg.compare(LOG, rg.Rubric(), rg.Rubric(), limit=100)
    assert data.overall.spearman[0] == pytest.approx(1)
    assert data.overall.kendall[0] == pytest.approx(1)
    assert data.within_prompts()["flip_share"] == 0
    assert data.moved == ()
    assert len(data.reward_a) == 100


def test_groups_of_one_and_constant_groups_have_no_correlation(log: Callable[..., Path]) -> None:
    path = log(
        row(GOOD, "alone"), row(GOOD, "same"), row(GOOD, "same"), row(GOOD, "two"), row("Bad bad.", "two")
    )
    found = rg.compare(path, rg.Rubric(), rg.Rubric(max_tokens=60))
    within = found.within_prompts()
    assert (within["prompts"], within["of_one_rollout"], within["constant"], within["correlated"]) == (
        3,
        1,
        1,
        1,
    )
    assert [p["kendall"] for p in found.to_dict()["prompts"]] == [None, None, pytest.approx(1)]
    assert within["pairs"] == 2
    assert within["preferred"] == 1


def test_prompts_are_told_apart_by_field_by_id_by_text_and_by_task(log: Callable[..., Path]) -> None:
    path = log(*(row(GOOD, f"p{i % 2}", prompt_id=f"id{i % 3}", other={"x": i % 4}) for i in range(12)))
    assert rg.compare(path, rg.Rubric(), rg.Rubric()).group_names == ["id0", "id1", "id2"]
    assert len(rg.compare(path, rg.Rubric(), rg.Rubric(), group="other.x").group_names) == 4
    path = log(*(row(GOOD, f"p{i % 2}") for i in range(6)))
    assert rg.compare(path, rg.Rubric(), rg.Rubric()).group_names == [f"{path}:1", f"{path}:2"]
    path = log(
        *({"text": GOOD, "facts": [f"Fact {i % 3} is here."]} for i in range(6)),
        {"text": GOOD, "facts": None},
    )
    found = rg.compare(path, rg.Rubric(missing="fallback"), rg.Rubric(missing="fallback"), completion="text")
    assert found.group.tolist() == [0, 1, 2, 0, 1, 2, -1]
    assert (found.both, found.b.missing) == (6, 1)
    assert int(found.by_group.n.sum()) == 6


def test_what_one_rubric_cannot_grade_is_missing_on_its_side(log: Callable[..., Path]) -> None:
    path = log(row(GOOD), {"prompt": "p", "completion": GOOD}, "{broken", row("Bad words only here."))
    strict, lax = rg.Rubric(), rg.Rubric(coverage={"basis": "none"})
    found = rg.compare(path, strict, lax)
    assert (found.a.missing, found.b.missing, found.rejected, found.both) == (1, 0, 1, 2)
    assert np.isnan(found.reward_a[1])
    assert (found.a.basis, found.b.basis) == ("facts", "none")


# ---- against the reward in the log -------------------------------------------------------------------------


def test_a_rubric_against_the_logs_reward(log: Callable[..., Path]) -> None:
    answers = [GOOD, "The council approved the new budget.", "Budget.", "The debate was long and loud."]
    path = log(*(row(a, reward=r) for a, r in zip(answers, [-3.0, 10, 2, None], strict=True)))
    found = rg.compare(path, rg.Rubric())
    assert found.a.name == "reward"
    assert found.a.rubric is None
    assert (found.a.missing, found.both, found.a.mean) == (1, 3, 3.0)
    scores = rg.Rubric().grade_batch(answers, facts=[FACTS] * 4).score
    assert found.overall.kendall[0] == pytest.approx(stats.kendalltau([-3, 10, 2], scores[:3]).statistic)
    # By rank: the best answer has the lowest reward.
    assert (found.moved[0].completion, found.moved[0].place_a, found.moved[0].place_b) == (GOOD, 0.0, 1.0)
    assert {rule.rule: rule.gained for rule in found.rules} == dict.fromkeys(rg.grades.RULES, None)
    coverage = rg.Rubric().grade_batch(answers, facts=[FACTS] * 4).coverage[:3]
    rho = next(rule.spearman for rule in found.rules if rule.rule == "coverage")
    assert rho == pytest.approx(stats.spearmanr([-3, 10, 2], coverage).statistic)


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"score": 1}, "score"),
        ({"reward": 2.5, "score": 1}, "reward"),
        ({"evals": {"score": 0.5}}, "evals.score"),
        ({"done": True, "truncated": False, "reward": True}, "reward"),
        ({"rollgrade": {"score": 0.5}}, "rollgrade.score"),
        ({"my_reward_func": 0.25, "step": 3, "advantage": -1.0, "ok": True}, "my_reward_func"),
    ],
)
def test_the_reward_is_found(log: Callable[..., Path], more: dict[str, Any], name: str) -> None:
    path = log(row(GOOD, **more), row("Bad words only here.", **more))
    assert rg.compare(path, rg.Rubric()).a.name == name


def test_a_boolean_reward_is_one_or_nothing(log: Callable[..., Path]) -> None:
    path = log(row(GOOD, correct=True), row("Bad words only here.", correct=False))
    assert rg.compare(path, rg.Rubric(), against="correct").reward_a.tolist() == [1.0, 0.0]


def test_a_reward_column_of_parquet_is_found(tmp_path: Path) -> None:
    rows = [row(GOOD, my_reward=0.5, step=1), row("Bad words only here.", my_reward=0.25, step=1)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "log.parquet")
    found = rg.compare(tmp_path / "log.parquet", rg.Rubric())
    assert found.a.name == "my_reward"
    assert found.reward_a.tolist() == [0.5, 0.25]


def test_a_folder_of_graded_logs_is_compared_with_their_grades(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["score", str(EXAMPLES / "trl"), "-o", f"{tmp_path}/"]).exit_code == 0
    found = rg.compare(tmp_path, rg.Rubric())
    assert (found.a.name, found.both) == ("rollgrade.score", 520)
    np.testing.assert_allclose(found.reward_a, found.reward_b)


def test_a_named_field_that_no_record_has_is_an_error_that_names_those_there_are(
    log: Callable[..., Path],
) -> None:
    path, other = log(row(GOOD, one=1), row("Bad.", one=0)), log(row(GOOD), name="other.jsonl")
    expected = r"no such field in the first 2 records; the first has the keys .*`one`"
    with pytest.raises(LogError, match=f"{path}: --against nope: {expected}"):
        rg.compare(path, rg.Rubric(), against="nope")
    with pytest.raises(LogError, match=f"{path}: --group meta.nope: {expected}"):
        rg.compare(path, rg.Rubric(), rg.Rubric(), group="meta.nope")
    with pytest.raises(LogError, match=f"{other}: --against one: no such field"):
        rg.compare([path, other], rg.Rubric(), against="one")
    texts = log(row(GOOD, one=None), row("Bad.", one="1.0"), name="texts.jsonl")
    with pytest.raises(LogError, match=f"{texts}: --against one: is a str, expected a number"):
        rg.compare(texts, rg.Rubric(), against="one")
    # One that was found and not named may be missing.
    assert rg.compare([path, other], rg.Rubric()).both == 2


def test_no_reward_and_too_many(log: Callable[..., Path]) -> None:
    with pytest.raises(LogError, match="no reward found to compare with: there is no number"):
        rg.compare(log(row(GOOD)), rg.Rubric())
    with pytest.raises(LogError, match=r"there are `one`, `two` .* Name the field with --against"):
        rg.compare(log(row(GOOD, one=1, two=2)), rg.Rubric())
    with pytest.raises(LogError, match="of 1 rollouts 0 have a reward by words and 1 by rubric a"):
        rg.compare(log(row(GOOD, words=None)), rg.Rubric(), against="words")
    rows: Any = [row(GOOD)]
    with pytest.raises(TypeError, match="log: got dict, expected the path of a log, or a list of them"):
        rg.compare(rows, rg.Rubric(), rg.Rubric())
    with pytest.raises(ValueError, match="against: got a field and two rubrics"):
        rg.compare(log(row(GOOD)), rg.Rubric(), rg.Rubric(), against="x")
    with pytest.raises(LogError, match=r"no rollout could be graded \(1 rejected\)"):
        rg.compare(log(row(GOOD)), *[rg.Rubric(coverage={"basis": "source"})] * 2)


# ---- the command -------------------------------------------------------------------------------------------


def test_the_command_prints_tables(rubrics: list[str | Path]) -> None:
    result = run(LOG, *rubrics)
    assert result.exit_code == 0
    found = rg.compare(LOG, rubrics[1], rubrics[3])
    within = found.within_prompts()
    for text in (
        f"overall +520 +{found.overall.spearman[0]:.3f} +{found.overall.kendall[0]:.3f}",
        rf"within prompts \(mean\) +520 +{within['spearman_mean']:.3f} .* {100 * within['flip_share']:.1f} %",
        "40 prompts, 40 with a correlation",
        r"length .* 15.6 % +12.3 % +0 +17",
        re.escape(found.moved[0].place),
    ):
        assert re.search(text, result.output), text


def test_json_to_the_terminal_and_to_a_file(rubrics: list[str | Path], tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["compare", str(LOG), *map(str, rubrics), "--json", "-o", str(tmp_path / "o.json")]
    )
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data == json.loads((tmp_path / "o.json").read_text("utf-8"))
    assert data == rg.compare(LOG, rubrics[1], rubrics[3]).to_dict()
    assert len(data["prompts"]) == 40
    assert len(data["moved"]) == 20


def test_what_the_log_lacks_is_joined(log: Callable[..., Path], rubrics: list[str | Path]) -> None:
    dataset = log(*({"id": n, "facts": FACTS} for n in range(3)), name="dataset.jsonl")
    answers = list(enumerate((GOOD, FACTS[0], "No.")))
    whole = log(*(row(answer, f"p{n}") for n, answer in answers))
    lacking = log(*(row(answer, f"p{n}", facts=None, key=n) for n, answer in answers), name="lacking.jsonl")
    joined = json.loads(run(lacking, *rubrics, "--json", "--join", dataset, "--on", "key=id").stdout)
    expected = json.loads(run(whole, *rubrics, "--json").stdout)
    assert joined["a"]["basis"] == "facts"
    for name in ("a", "b", "overall", "rules"):
        assert joined[name] == expected[name]


def test_the_page_holds_the_figures(rubrics: list[str | Path], tmp_path: Path) -> None:
    assert run(LOG, *rubrics, "-o", tmp_path / "o.html").exit_code == 0
    page = (tmp_path / "o.html").read_text("utf-8")
    found = rg.compare(LOG, rubrics[1], rubrics[3])
    assert page.count("<svg") == 4
    assert f"{found.overall.kendall[0]:.3f}" in page
    assert found.moved[0].place in page
    assert len(page) < 300_000
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_pii_is_masked_everywhere(
    log: Callable[..., Path], rubrics: list[str | Path], tmp_path: Path
) -> None:
    path = log(
        row(GOOD), row(f"{EMAIL} wrote that the council approved it.", prompt_id=f"of {EMAIL}", id=EMAIL)
    )
    for out in ("o.json", "o.html"):
        result = run(path, *rubrics, "-o", tmp_path / out)
        text = json.dumps((tmp_path / out).read_text("utf-8"), ensure_ascii=False).replace("\\\\u2022", "•")
        assert EMAIL not in result.output + text
        assert "".join("•" if c.isalnum() else c for c in EMAIL) in text
    found = rg.compare(
        log(row(GOOD) | {EMAIL: 1}, row("No.") | {EMAIL: 0}), rg.Rubric(), against=f'["{EMAIL}"]'
    )
    assert found.both == 2
    assert EMAIL not in repr(found) + json.dumps(found.to_dict(), ensure_ascii=False) + found.to_html()


def test_errors_and_exit_codes(log: Callable[..., Path], rubrics: list[str | Path], tmp_path: Path) -> None:
    result = run(log(row(GOOD), "{broken", row("Bad words only here.")), *rubrics)
    assert result.exit_code == 1
    assert "1 of 3 records rejected" in result.output
    os.mkfifo(tmp_path / "pipe")
    for arguments, message in (
        ([LOG, *rubrics, "-o", tmp_path / "o.csv"], "ends in .json or .html"),
        ([LOG, *rubrics, *rubrics[:2]], "got 3, expected two"),
        ([tmp_path / "nothing.jsonl", *rubrics], "no such file"),
        ([LOG, *rubrics, "--against", "score"], "got a field and two rubrics"),
        ([LOG, *rubrics, "--group", "a..b"], "is not understood"),
        (["-", *rubrics], "standard input: can be read but once"),
        ([tmp_path / "pipe", *rubrics], "pipe: can be read but once, which is not enough here"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, message
        assert message in result.output
    assert not (tmp_path / "o.csv").exists()
