"""Rules of a rubric's own: patterns and callables, alone and wherever the built-in rules are seen."""

from __future__ import annotations

import json
import math
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import rollgrade as rg
from logs_run import ANSWER, FACTS, SOURCE, chat, run
from oracles import EXAMPLES
from rollgrade.analysis.reading import Fields, graded_inputs
from rollgrade.analysis.reporting import summed
from rollgrade.cli import app
from rollgrade.grades import RULES
from rollgrade.logs.grading import Grader
from rollgrade.logs.summary import Summary
from rollgrade.trainers import openrlhf, trl, verl

YEAR = rg.Rule("cites-a-year", must_contain=r"\b(19|20)\d\d\b", weight=2)
HEDGES = rg.Rule("no-hedging", must_not_contain=["perhaps", "maybe"], ignore_case=True)
DATED = ANSWER.replace("Monday", "Monday in 2024")


def brief(columns: Mapping[str, Any]) -> Any:
    """A rule as a caller may write it."""
    return np.clip(1.5 - columns["tokens"] / 40, 0, 1)


BRIEF = rg.Rule("brief", score=brief, weight=4, threshold=0.9)


def rubric(*rules: rg.Rule, **more: Any) -> rg.Rubric:
    return rg.Rubric(rules=rules or [YEAR, HEDGES], **more)


# ---- patterns ----------------------------------------------------------------------------------------------


def test_a_grade_has_the_rules_beside_the_built_in_ones() -> None:
    grade = rubric().grade(f"Perhaps {ANSWER}", facts=FACTS)
    assert list(grade.rules) == [*RULES, "cites-a-year", "no-hedging"] == list(rubric().rule_names)
    year, hedges = grade.custom["cites-a-year"], grade.custom["no-hedging"]
    assert (year.score, year.passed, year.weight, year.threshold, year.spans) == (0.0, False, 2.0, 1.0, ())
    assert (hedges.score, hedges.passed, hedges.spans) == (0.5, False, ((0, 7),))
    assert grade.reason.endswith(
        r'ust contain "\b(19|20)\d\d\b" (cites-a-year); must not contain "perhaps" (no-hedging).'
    )
    assert year.reason in grade.reason.lower()
    assert not grade.passed
    assert "cites-a-year=0.00!" in repr(grade)
    plain = json.loads(json.dumps(grade.to_dict()))["custom"]
    assert plain["no-hedging"]["spans"] == [[0, 7]]
    assert rubric().grade(DATED, facts=FACTS).custom["cites-a-year"].reason == ""


def test_without_rules_nothing_is_other_than_before() -> None:
    grade = rg.Rubric().grade(ANSWER, facts=FACTS)
    assert grade.custom == {}
    assert list(grade.rules) == list(RULES)
    assert rg.Rubric(rules=[]) == rg.Rubric()
    # Of logs that were graded before there were rules: their rubric's hash has to stay.
    assert rg.Rubric().hash == "88f9ab18c990e3819b00a3f4bcd09e65bf220c8fb50d1933613fd6dfe8a7361b"
    assert "rules" not in rg.Rubric().to_dict()


@pytest.mark.parametrize(
    "lead", ["", "<think>Perhaps 1999?</think>", "<think>é 😀 \ud83d\ude00 \ud83d</think> "]
)
def test_the_answer_is_read_and_spans_are_code_points_of_what_came(lead: str) -> None:
    text = f"{lead}Zoë 😀 \ud83d\ude00 \udc00 said in 1999 that maybe, or perhaps, taxes rise."
    grade = rubric().grade(text, facts=FACTS)
    (year,) = grade.custom["cites-a-year"].spans
    assert text[slice(*year)] == "1999"
    assert [text[slice(*span)] for span in grade.custom["no-hedging"].spans] == ["maybe", "perhaps"]
    assert grade.custom["no-hedging"].score == 1 / 3


def combined(grade: rg.Grade, rubric: rg.Rubric) -> float:
    """The reward by the formulas of docs/rules.md."""
    scores = {name: 1.0 if result.score is None else result.score for name, result in grade.rules.items()}
    custom = {rule.name: rule.weight for rule in rubric.rules}
    named = {"length": 16.0, "coverage": 8.0, "pii": 4.0, "fluency": 2.0, "form": 1.0} | custom

    def mean(weights: dict[str, float]) -> float:
        return sum(w * scores[name] for name, w in weights.items()) / sum(weights.values())

    if rubric.combine == "priority":
        return scores["length"] * mean({name: w for name, w in named.items() if name != "length"})
    if rubric.combine == "weighted":
        return mean(named)
    if rubric.combine == "gate":
        asked = [scores[name] for name in rubric.gate.rules]
        return 0.0 if scores["length"] < 1 else math.prod(asked) ** (1 / len(asked))
    bits = [grade.rules[name].passed for name in (*RULES, *(name for name, w in custom.items() if w))]
    return (int("".join(str(int(bit)) for bit in bits), 2) + mean(named)) / 2 ** len(bits)


@pytest.mark.parametrize("combine", ["priority", "lexicographic", "weighted", "gate"])
@pytest.mark.parametrize("answer", [ANSWER, DATED, f"Maybe {ANSWER}", f"{DATED} " * 5], ids=range(4))
def test_they_combine_as_the_documentation_says(combine: str, answer: str) -> None:
    gate = {"rules": ["coverage", "fluency", "no-hedging"]}
    watched = rg.Rule("watched", must_contain="council", weight=0)
    own = rubric(YEAR, watched, HEDGES, BRIEF, combine=combine, gate=gate)
    grade = own.grade(answer, facts=FACTS)
    assert grade.score == pytest.approx(combined(grade, own), abs=1e-12)


def test_a_rule_without_weight_only_watches() -> None:
    watching = rubric(rg.Rule("watched", must_contain="zebra", weight=0))
    assert watching.grade(ANSWER, facts=FACTS).score == rg.Rubric().grade(ANSWER, facts=FACTS).score
    assert not watching.grade(ANSWER, facts=FACTS).custom["watched"].passed


words = st.sampled_from(
    ["council", "perhaps", "1999", "maybe", "the", "é", "😀", "budget.", "<think>a</think>"]
)
answers = st.lists(words, min_size=0, max_size=30).map(" ".join)
rules_of = st.lists(
    st.builds(
        lambda wanted, patterns, **more: {"must_contain" if wanted else "must_not_contain": patterns, **more},
        st.booleans(),
        st.lists(st.sampled_from([r"\d+", "per", r"(?i)COUNCIL", r"[^ ]\.", "é|😀"]), min_size=1, max_size=3),
        weight=st.floats(0, 10),
        threshold=st.floats(0, 1),
        ignore_case=st.booleans(),
        unicode=st.booleans(),
    ),
    min_size=1,
    max_size=4,
).map(lambda tables: [{"name": f"r{i}", **table} for i, table in enumerate(tables)])
combinations = st.sampled_from(["priority", "lexicographic", "weighted", "gate"])


@settings(max_examples=60, deadline=None)
@given(st.lists(answers, min_size=1, max_size=20), rules_of, combinations, st.booleans())
def test_a_batch_is_its_rollouts_one_by_one(
    texts: list[str], tables: list[dict[str, Any]], combine: str, scored: bool
) -> None:
    own = rg.Rubric(rules=[*tables, *([BRIEF] if scored else [])], combine=combine)
    grades = own.grade_batch(texts, facts=[FACTS] * len(texts))
    threaded = own.grade_batch(texts * 3, facts=[FACTS] * len(texts) * 3, threads=3)
    assert threaded.score.tolist() == grades.score.tolist() * 3
    task = own.prepare(facts=FACTS)
    assert task.rewards(texts).tolist() == grades.score.tolist()
    for i, text in enumerate(texts):
        one = task.grade(text)
        assert one == grades[i]
        assert one.score == grades.score[i]
        assert 0 <= one.score <= 1
        assert one.reason == grades.reasons[i]
        for name, result in one.rules.items():
            assert result.score == grades.scores[name][i]
            assert result.passed == grades.passed[name][i]
        for table in tables:
            result = one.custom[table["name"]]
            assert (result.reason == "") == result.passed


def test_a_batch_of_nothing_has_their_columns() -> None:
    grades = rubric(YEAR, BRIEF).grade_batch([])
    assert [len(column) for column in (*grades.scores.values(), *grades.passed.values())] == [0] * 14


@settings(max_examples=60, deadline=None)
@given(answers, rules_of, combinations)
def test_what_a_rule_asks_for_never_costs(text: str, tables: list[dict[str, Any]], combine: str) -> None:
    """The reward with a score raised by hand is not below: shown with rules that are scored."""
    scores = [0.0]
    own = rg.Rubric(
        rules=[
            *tables,
            rg.Rule("raised", score=lambda columns: scores * len(columns["tokens"]), threshold=0.5),
        ],
        combine=combine,
    )
    rewards = []
    for scores[0] in (0.0, 0.3, 0.5, 1.0):
        rewards.append(own.grade(f"{ANSWER} {text}", facts=FACTS).score)
    assert rewards == sorted(rewards)


# ---- callables ---------------------------------------------------------------------------------------------


def test_a_callable_is_called_once_a_batch_with_the_columns() -> None:
    seen: list[dict[str, Any]] = []

    def look(columns: Mapping[str, Any]) -> list[float]:
        seen.append(dict(columns))
        with pytest.raises(ValueError, match="read-only"):
            columns["pii"][0] = 0
        return [0.25] * len(columns["tokens"])

    own = rubric(YEAR, rg.Rule("look", score=look), rg.Rule("again", score=lambda c: c["look"] * 2))
    texts = [f"<think>So.</think>{ANSWER}", DATED, "No."]
    grades = own.grade_batch(
        texts, facts=[FACTS] * 3, sources=[SOURCE, None, SOURCE], references=[None, ANSWER, None]
    )
    (columns,) = seen
    assert set(columns) == {
        *RULES, "cites-a-year", "tokens", "valid", "completions", "sources", "facts", "references",
    }  # fmt: skip
    assert columns["completions"] == [ANSWER, DATED, "No."]
    assert columns["sources"] == [SOURCE, None, SOURCE]
    assert columns["facts"] == [FACTS] * 3
    assert columns["references"] == [None, ANSWER, None]
    assert columns["coverage"].tolist() == grades.coverage.tolist()
    assert grades.scores["again"].tolist() == [0.5] * 3
    assert grades.reasons[0].endswith(
        "; scores 0.25 by look, 1 asked for; scores 0.50 by again, 1 asked for."
    )
    assert grades.reasons[2] == "Not valid: too few words to grade."
    assert grades.score[2] == 0
    # A row of a batch that is looked at again keeps its score.
    assert grades[1].custom["look"].score == 0.25
    assert len(seen) == 1


def test_the_reason_of_an_answer_that_passes_all_else() -> None:
    own = rubric(BRIEF)
    whole = f"{FACTS[0]} {FACTS[1]}"
    assert rg.Rubric().grade(whole, facts=FACTS).reason.startswith("Passes every rule:")
    never = rubric(rg.Rule("never", score=lambda c: 0 * c["pii"]))
    assert never.grade(whole, facts=FACTS).reason == "Scores 0.00 by never, 1 asked for."
    assert own.grade(whole, facts=FACTS).reason.startswith("Passes every rule:")


def test_a_row_that_is_skipped_has_no_reward() -> None:
    grades = rubric(YEAR, BRIEF, missing="skip").grade_batch([DATED, DATED], facts=[FACTS, None])
    assert grades.rewards()[1] is None
    assert grades.reasons[1].startswith("Not graded: ")
    assert grades[1].score is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda c: [0.5], "rules (own): got an array of shape (1,), expected (2,)"),
        (lambda c: c["pii"] + 1, "rules (own): got a score outside [0, 1]"),
        (lambda c: c["pii"] * np.nan, "rules (own): got a score outside [0, 1]"),
        (lambda c: None, "rules (own): got"),
        (lambda c: ["a", "b"], "rules (own): got list, expected numbers"),
    ],
)
def test_what_a_callable_returns_is_checked(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        rubric(rg.Rule("own", score=given)).grade_batch([ANSWER] * 2, facts=[FACTS] * 2)


def test_what_a_callable_raises_names_the_rule() -> None:
    with pytest.raises(KeyError) as caught:
        rubric(rg.Rule("own", score=lambda c: c["nothing"])).grade(ANSWER, facts=FACTS)
    assert caught.value.__notes__ == ["rollgrade: raised by the rule 'own'"]


def test_a_combination_sees_the_rules() -> None:
    def combine(columns: Mapping[str, Any]) -> Any:
        return columns["cites-a-year"] * columns["brief"]

    own = rubric(YEAR, BRIEF, combine=combine)
    grades = own.grade_batch([DATED, ANSWER], facts=[FACTS] * 2)
    assert grades.score.tolist() == [grades.scores["brief"][0], 0.0]
    assert own.grade(DATED, facts=FACTS).score == grades.score[0]


def test_a_rubric_with_a_callable_pickles_and_has_a_hash_but_no_file(tmp_path: Path) -> None:
    own = rubric(YEAR, BRIEF)
    again = pickle.loads(pickle.dumps(own))
    assert (again, again.hash) == (own, own.hash)
    assert again.grade(ANSWER, facts=FACTS) == own.grade(ANSWER, facts=FACTS)
    other = rubric(YEAR, rg.Rule("brief", score=combined, weight=4, threshold=0.9))
    assert len({own.hash, other.hash, rubric(YEAR).hash, rg.Rubric().hash}) == 4
    with pytest.raises(
        ValueError, match=r"rules\[1\]\.score \(brief\): got a callable, .* a file can't hold code"
    ):
        own.to_file(tmp_path / "rubric.toml")


# ---- the rubric file ---------------------------------------------------------------------------------------


@settings(deadline=None)
@given(rules_of)
def test_rules_survive_the_file(tables: list[dict[str, Any]]) -> None:
    import tempfile

    own = rg.Rubric(rules=tables, gate={"rules": ["form", tables[0]["name"]]})
    with tempfile.TemporaryDirectory() as folder:
        own.to_file(path := Path(folder) / "rubric.toml")
        copies = [rg.Rubric.from_file(path), rg.Rubric.from_dict(own.to_dict())]
    for copy in [*copies, pickle.loads(pickle.dumps(own)), own.replace(rules=own.rules)]:
        assert (copy, copy.hash) == (own, own.hash)


def test_one_pattern_may_stand_alone() -> None:
    assert rubric(YEAR) == rg.Rubric(
        rules=[{"name": YEAR.name, "must_contain": [r"\b(19|20)\d\d\b"], "weight": 2}]
    )
    assert rg.Rule(YEAR.name, must_contain=[r"\b(19|20)\d\d\b"], weight=2) == YEAR


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([{"must_contain": "a"}], "rules[0].name: got nothing, expected a name"),
        ([{"name": "Own", "must_contain": "a"}], "rules[0].name: got 'Own', expected at most 40 small letters"),
        ([{"name": "pii", "must_contain": "a"}], "rules[0].name: got 'pii', expected a name of its own, which no built"),
        ([{"name": "tokens", "must_contain": "a"}], "rules[0].name: got 'tokens', expected a name of its own"),
        ([{"name": "pii_passed", "must_contain": "a"}], "which no column or field of a grade has"),
        ([{"name": "own", "must_contain": "a"}] * 2, "rules[1].name: got 'own' a second time"),
        ([{"name": "own"}], "rules[0] (own): got nothing to look for, expected one of"),
        ([{"name": "own", "must_contain": []}], "rules[0] (own): got nothing to look for"),
        (
            [{"name": "own", "must_contain": "a", "must_not_contain": "b"}],
            "rules[0] (own): got must_contain and must_not_contain, expected one of",
        ),
        ([{"name": "own", "must_contain": 3}], "rules[0].must_contain: got 3, expected a string or a list of str"),
        ([{"name": "own", "must_contain": "\ud83d"}], r"rules[0].must_contain: got '\ud83d', expected a string or"),
        ([{"name": "own", "must_contain": ["a", "(b"]}], 'rules[0].must_contain[1] (own): got "(b" (unclosed group'),
        ([{"name": "own", "must_contain": "a(?=b)"}], "look-around"),
        ([{"name": "own", "must_not_contain": "a*"}], "it matches the empty text"),
        ([{"name": "own", "must_contain": "\ba"}], "a backspace in it: TOML reads"),
        ([{"name": "own", "must_contian": "a"}], 'must_contian: unknown setting (did you mean "must_contain"?); a rule'),
        ([{"name": "own", "must_contain": "a", "weight": -1}], "rules[0].weight: got -1, expected a number from 0"),
        ([{"name": "own", "must_contain": "a", "weight": math.inf}], "rules[0].weight: got inf"),
        ([{"name": "own", "must_contain": "a", "threshold": 1.5}], "rules[0].threshold: got 1.5"),
        ([{"name": "own", "must_contain": "a", "ignore_case": 1}], "rules[0].ignore_case: got 1, expected true or"),
        ([{"name": "own", "must_contain": "a", "examples": ["b"]}], "rules[0].examples[0] (own): got a text that does"),
        ([{"name": "own", "score": "f"}], "rules[0].score: got 'f', expected a callable on the columns, from Python"),
        ([{"name": "own", "score": brief, "examples": ("a",)}], "rules[0].examples (own): got examples, expected none"),
        (["coverage"], 'rules[0]: got \'coverage\', expected a Rule, or a table with name and must_contain'),
        ({"name": "own", "must_contain": "a"}, "rules: got {"),
        ([{"name": f"r{i}", "must_contain": "a"} for i in range(33)], "rules: got 33 rules, expected at most 32"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_errors_name_the_rule_and_the_field(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        rg.Rubric(rules=given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "Own", "must_contain": "a"}, "Rule.name: got 'Own', expected at most 40 small letters"),
        ({"name": "own"}, "Rule (own): got nothing to look for, expected one of"),
        ({"name": "own", "must_contain": 3}, "Rule.must_contain: got 3, expected a string or a list of str"),
        ({"name": "own", "must_contain": ["a", "(b"]}, 'Rule.must_contain[1] (own): got "(b" (unclosed group'),
        ({"name": "own", "must_contain": "a", "weight": -1}, "Rule.weight: got -1, expected a number from 0"),
        ({"name": "own", "must_contain": "a", "examples": ["b"]}, "Rule.examples[0] (own): got a text that does"),
        ({"name": "own", "score": brief, "examples": ["a"]}, "Rule.examples (own): got examples, expected none"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_rule_that_is_wrong_is_not_made(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}") as raised:
        rg.Rule(**given)
    assert type(raised.value) is ValueError


def test_the_gate_asks_for_rules_that_there_are() -> None:
    asked = {"rules": ["no-hedging", "form"]}
    assert rubric(gate=asked).gate.rules == ("form", "no-hedging")
    with pytest.raises(
        ValueError, match=r"gate\.rules: got \['form', 'no-hedging'\], expected .* form, cites-a-year"
    ):
        rubric(YEAR, gate=asked)
    with pytest.raises(ValueError, match=r"gate\.rules"):
        rubric(gate=asked).replace(rules=[])


def test_a_file_with_a_wrong_rule_is_named(tmp_path: Path) -> None:
    (path := tmp_path / "rubric.toml").write_text('[[rules]]\nname = "own"\nmust_contain = "["\n')
    with pytest.raises(
        ValueError, match=rf'{re.escape(str(path))}: rules\[0\]\.must_contain \(own\): got "\["'
    ):
        rg.Rubric.from_file(path)


def test_the_example_file_is_what_it_says() -> None:
    example = rg.Rubric.from_file(EXAMPLES / "custom_rules.toml")
    assert [rule.name for rule in example.rules] == ["names-a-date", "no-hedging", "no-first-person"]


# ---- wherever the built-in rules are -----------------------------------------------------------------------


def test_columns_and_tables_have_them() -> None:
    grades = rubric(YEAR, BRIEF).grade_batch([DATED, ANSWER], facts=[FACTS] * 2)
    names = [*RULES, "cites-a-year", "brief"]
    assert list(grades.scores) == list(grades.passed) == names
    columns = ["score", "valid", "tokens", *names, *(f"{n}_passed" for n in names), "pii_basis", "reason"]
    assert list(grades.to_dict())[: len(columns)] == columns == grades.to_arrow().column_names
    assert grades.to_arrow()["cites-a-year"].to_pylist() == [1.0, 0.0]
    assert grades.to_pandas()["cites-a-year_passed"].tolist() == [True, False]
    assert "cites-a-year 50%" in repr(grades)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_text(
        "".join(
            json.dumps(chat(text, step=i)) + "\n" for i, text in enumerate([ANSWER, DATED, f"Maybe {ANSWER}"])
        )
    )
    run(tmp_path / "log.jsonl", out=tmp_path / "graded.jsonl", rubric=rubric())
    return tmp_path / "graded.jsonl"


def test_a_summary_adds_them_up_and_survives_a_run_cut_short(graded: Path) -> None:
    for own in (rubric(), rubric(YEAR, HEDGES, rg.Rule("always", score=lambda c: c["pii"] * 0 + 1))):
        summary = run(graded, out=graded.with_name("again.jsonl"), rubric=own)
        assert [summary.passed[name] for name in ("cites-a-year", "no-hedging")] == [1, 2]
        assert [summary.scores[name] for name in ("cites-a-year", "no-hedging")] == [1.0, 2.5]
        state = json.loads(json.dumps(summary.state()))
        assert Summary.of_state(state, summary.ids).state() == summary.state()
    assert Grader(rubric()).native is not None
    assert Grader(rubric(BRIEF)).native is None


def test_parquet_has_a_column_for_each(graded: Path, tmp_path: Path) -> None:
    for own in (rubric(), rubric(YEAR, HEDGES, BRIEF)):
        run(graded, out=tmp_path / "out.parquet", rubric=own)
        for row in pq.read_table(tmp_path / "out.parquet")["rollgrade"].to_pylist():
            assert (
                [name for name in row if name in row["passed"]] == list(own.rule_names) == list(row["passed"])
            )
            assert row["cites-a-year"] == float(row["passed"]["cites-a-year"])


def test_a_callable_in_a_log_grades_as_a_batch_does(graded: Path, tmp_path: Path) -> None:
    own = rubric(YEAR, BRIEF)
    run(graded, out=tmp_path / "out.jsonl", rubric=own)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    texts = [row["messages"][-1]["content"] for row in rows]
    expected = own.grade_batch(texts, facts=[FACTS] * 3, sources=[SOURCE] * 3)
    assert [row["rollgrade"]["brief"] for row in rows] == expected.scores["brief"].tolist()
    assert [row["rollgrade"]["score"] for row in rows] == expected.score.tolist()
    assert [row["rollgrade"]["reason"] for row in rows] == expected.reasons


def test_a_report_has_their_pass_rates(graded: Path) -> None:
    pytest.importorskip("jinja2")
    found = summed(graded_inputs([str(graded)]), rubric(), Fields({}))
    assert found.rules == [*RULES, "cites-a-year", "no-hedging"]
    assert found.all.share("cites-a-year") == pytest.approx(1 / 3)
    assert {"cites-a-year", "no-hedging"} <= {rule for example in found.gallery for rule in example.failed}
    page = found.to_html()
    assert page.count("no-hedging") > 4
    # A log that was graded by other rubrics as well has the rules of all of them.
    plain = graded.with_name("plain.jsonl")
    run(graded, out=plain, rubric=rg.Rubric())
    both = summed(graded_inputs([str(graded), str(plain)]), rg.Rubric(), Fields({}))
    assert both.all.rollouts == 6
    assert both.all.measured["cites-a-year"] == 3
    assert both.to_html()


def test_a_comparison_tells_the_change_of_each(graded: Path) -> None:
    found = rg.compare(
        graded, rubric(YEAR), rubric(YEAR.__class__("cites-a-year", must_contain="Monday"), HEDGES)
    )
    rules = {rule.rule: rule for rule in found.rules}
    assert (rules["cites-a-year"].gained, rules["cites-a-year"].lost) == (2, 0)
    hedges = rules["no-hedging"]
    assert (hedges.mean_a, hedges.passed_a, hedges.gained, hedges.lost) == (None, None, None, None)
    assert (hedges.mean_b, hedges.passed_b) == (pytest.approx(2.5 / 3), pytest.approx(2 / 3))
    assert "no-hedging" in found.to_html()
    alone = rg.compare(graded, rubric(), against="step")
    assert {rule.rule: rule.passed_b for rule in alone.rules}["cites-a-year"] == pytest.approx(1 / 3)


def test_check_says_what_cannot_be_reached_and_what_never_varies() -> None:
    never = rg.Rule("never", must_contain="zebra")
    rows = [{"id": "a", "source": SOURCE, "facts": FACTS, "reference": ANSWER}]
    found = rg.check(rows, rubric=rubric(HEDGES, never))
    assert {"no-hedging", "never"} <= set(found.constant)
    assert (found.reachable["no-hedging"], found.reachable["never"]) == (1.0, 0.0)
    (advice,) = [item for item in found.advice if item.about == "never"]
    assert "the rule never (1) is within reach in 0 %" in advice.text
    assert not advice.problem
    log = [chat(text, id="a") for text in (ANSWER, f"Maybe {ANSWER}")]
    groups = rg.check(rows, rubric=rubric(HEDGES, never), log=log).groups
    assert groups is not None
    assert groups.drives["no-hedging"] > 0.5
    assert "never" in groups.constant


def test_redteam_names_the_rule_that_let_a_text_through() -> None:
    bait = rg.Rule("bait", must_contain=["zebra", "debate"], weight=60)
    found = rg.redteam(
        [{"id": "a", "source": f"{SOURCE} A zebra.", "facts": FACTS, "reference": ANSWER}],
        rubric=rubric(bait, max_tokens=60),
        search_grades=1500,
    )
    winners = [item for item in found.found if item.scores["bait"] == 1.0]
    assert winners
    assert "bait" in {item.let_through for item in winners}


@pytest.mark.parametrize("command", ["score", "explain"])
def test_the_terminal_shows_them(command: str, tmp_path: Path, graded: Path) -> None:
    rubric().replace(combine="lexicographic").to_file(path := tmp_path / "rubric.toml")
    more = ["-o", str(tmp_path / "out.jsonl")] if command == "score" else ["--row", "3"]
    shown = CliRunner().invoke(app, [command, str(graded), "--rubric", str(path), *more])
    assert shown.exit_code == 0, shown.output
    assert "cites-a-year" in shown.output
    assert "no-hedging" in shown.output
    if command == "explain":
        assert "/ 128" in shown.output
        assert "must not contain" in shown.output


@pytest.mark.parametrize("asked", [[], ["cites-a-year"], [*RULES[1:], "cites-a-year", "no-hedging"]], ids=len)
def test_explain_writes_out_a_gate_of_any_number(asked: list[str], tmp_path: Path, graded: Path) -> None:
    rubric(combine="gate", gate={"rules": asked}).to_file(path := tmp_path / "rubric.toml")
    shown = CliRunner().invoke(app, ["explain", str(graded), "--rubric", str(path), "--row", "2"])
    assert shown.exit_code == 0, shown.output
    assert "reward " in shown.output


# ---- trainers ----------------------------------------------------------------------------------------------


def test_trainers_log_them() -> None:
    own = rubric(YEAR, BRIEF)
    logged: dict[str, float] = {}
    reward = pickle.loads(pickle.dumps(trl.reward(own, facts="facts")))
    given = {"prompts": ["p"] * 2, "completions": [DATED, ANSWER], "facts": [FACTS] * 2}
    rewards = reward(**given, log_metric=logged.__setitem__)
    assert rewards == own.grade_batch([DATED, ANSWER], facts=[FACTS] * 2).rewards()
    assert (logged["rollgrade/cites-a-year"], logged["rollgrade/cites-a-year_passed"]) == (0.5, 0.5)
    assert "rollgrade/brief" in logged


def test_trl_has_a_reward_for_each_on_one_pass() -> None:
    calls: list[int] = []

    def counted(columns: Mapping[str, Any]) -> Any:
        calls.append(len(columns["tokens"]))
        return columns["pii"]

    rules = trl.rules(rubric(YEAR, rg.Rule("counted", score=counted)), facts="facts")
    assert [rule.__name__ for rule in rules] == [*RULES, "cites-a-year", "counted"]
    given = {"prompts": ["p"] * 2, "completions": [DATED, "No."], "facts": [FACTS] * 2}
    found = {rule.__name__: rule(**given) for rule in rules}
    assert found["cites-a-year"] == [1.0, 0.0]
    assert found["counted"] == [1.0, 0.0]  # the second is not valid
    assert calls == [2]


def test_verls_and_openrlhfs_numbers_have_them() -> None:
    own = rubric(YEAR, BRIEF)
    found = verl.ComputeScore(rubric=own)("rollgrade", DATED, json.dumps({"facts": FACTS, "source": SOURCE}))
    assert (found["cites-a-year"], found["cites-a-year_passed"]) == (1.0, 1.0)
    assert all(type(value) is float and math.isfinite(value) for value in found.values())
    replied = openrlhf.reward(own)([f"p{ANSWER}"], ["p"], [json.dumps(FACTS)])
    assert replied["extra_logs"]["cites-a-year"] == 0.0


def test_evaluations_have_a_metric_for_each() -> None:
    from types import SimpleNamespace

    from rollgrade.trainers._evaluate import Evaluator
    from rollgrade.trainers._reward import Fields as Named
    from rollgrade.trainers._reward import Grading

    package: Any = SimpleNamespace(MetricResult=SimpleNamespace, EvaluateResult=SimpleNamespace)
    evaluate = Evaluator(Grading(rubric()), Named(), package)
    metrics = evaluate.result(rubric().grade(f"Maybe {DATED}", facts=FACTS)).metrics
    assert list(metrics) == [*RULES, "cites-a-year", "no-hedging"]
    assert (metrics["cites-a-year"].score, metrics["cites-a-year"].reason) == (1.0, "passes")
    assert metrics["no-hedging"].reason == 'must not contain "maybe" (no-hedging)'
    assert metrics["no-hedging"].data == {"passed": False}


# ---- explanations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("combine", ["priority", "lexicographic", "weighted", "gate"])
@pytest.mark.parametrize("answer", [ANSWER, DATED, f"Maybe {ANSWER}", f"{DATED} " * 5], ids=range(4))
def test_an_explanation_writes_them_out_to_the_last_bit(combine: str, answer: str) -> None:
    gate = {"rules": ["coverage", "fluency", "no-hedging"]}
    watched = rg.Rule("watched", must_contain="zebra", weight=0)
    grade = rubric(YEAR, watched, HEDGES, BRIEF, combine=combine, gate=gate).grade(answer, facts=FACTS)
    explained = pickle.loads(pickle.dumps(grade)).explain()
    assert explained.arithmetic[-1].value == grade.score
    assert [rule.rule for rule in explained.rules] == list(grade.rules)
    assert ("rule" in explained.marks) == any(result.spans for result in grade.custom.values())
    assert "no-hedging" in str(explained)
    pytest.importorskip("jinja2")
    assert "no-hedging" in explained.to_html()
