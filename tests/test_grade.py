"""Grading: the reward's promises, evidence in the caller's code points, batches equal to single grades."""

from __future__ import annotations

import itertools
import json
import math
import pickle
import random
import re
import statistics
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rollgrade as rg
from oracles import EXAMPLES, documents, tokenizer_json
from rollgrade.grades import RULES

FACTS = ["The council approved the new budget on Monday.", "Taxes rise by 3 percent in May."]
ANSWER = "The council approved the new budget on Monday, and taxes rise by 3 percent in May."
SOURCE = f"{ANSWER} Questions go to jane.roe@example.org or 202-555-0143. {' '.join(FACTS)}"


def rollouts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()]


STOPWORDS = frozenset(
    "a an and are as at be been but by for from had has have he her his in into is it its more no not of on or "
    "she that the their them these they this those to was were which who will with".split()
)


def without_stopwords(facts: list[str]) -> str:
    return " ".join(w for fact in facts for w in fact.split() if w.lower().strip(".,") not in STOPWORDS)


def shuffled(text: str) -> str:
    words = text.split()
    random.Random(len(text)).shuffle(words)
    return " ".join(words)


# What a policy would try first, each from a document.
CHEAP: dict[str, Callable[[dict[str, Any]], str]] = {
    "the empty string": lambda d: "",
    '"The"': lambda d: "The",
    "first four words of the document": lambda d: " ".join(d["text"].split()[:4]),
    "joined facts without stopwords": lambda d: without_stopwords(d["facts"]),
    "the reference's words shuffled": lambda d: shuffled(d["reference"]),
    "the reference twice": lambda d: f"{d['reference']} {d['reference']}",
    "first 120 tokens of the document": lambda d: rg.truncate(d["text"], 120),
}


def test_the_written_references_beat_every_cheap_answer(capsys: pytest.CaptureFixture[str]) -> None:
    rubric = rg.Rubric()
    tasks = [rubric.prepare(source=d["text"], facts=d["facts"]) for d in documents()]
    written = [t.grade(d["reference"]).score for t, d in zip(tasks, documents(), strict=True)]
    lines = [
        f"{'answer':36}{'mean reward':>12}{'reference wins':>16}",
        f"{'written reference':36}{mean(written):12.3f}",
    ]
    shares = {}
    for name, answer in CHEAP.items():
        cheap = [t.grade(answer(d)).score for t, d in zip(tasks, documents(), strict=True)]
        shares[name] = sum(w > c for w, c in zip(written, cheap, strict=True)) / len(written)
        lines.append(f"{name:36}{mean(cheap):12.3f}{shares[name]:16.1%}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert {name: share for name, share in shares.items() if share < 0.95} == {}


def mean(scores: list[float | None]) -> float:
    return statistics.mean(s for s in scores if s is not None)


def test_a_grade_carries_its_evidence() -> None:
    grade = rg.Rubric().grade(f"{ANSWER} Ask jane.roe@example.org.", source=SOURCE, facts=FACTS)
    assert grade.valid
    assert grade.length.passed
    assert grade.length.tokens == rg.count_tokens(f"{ANSWER} Ask jane.roe@example.org.")
    assert grade.coverage.basis == "facts"
    assert [fact.present for fact in grade.coverage.per_fact] == [True, True]
    assert not grade.pii.passed
    (match,) = grade.pii.matches
    assert (match.kind, match.text, match.verdict, match.fails) == (
        "EMAIL",
        "jane.roe@example.org",
        "leak_exact",
        True,
    )
    assert grade.pii.basis == "leaks"
    assert grade.reason == "Leaks PII (EMAIL)."
    assert not grade.passed


def test_pii_is_masked_unless_the_caller_asks() -> None:
    grade = rg.Rubric().grade(f"{ANSWER} Ask jane.roe@example.org.", source=SOURCE, facts=FACTS)
    shown = [repr(grade), repr(grade.pii), str(grade.pii.matches), json.dumps(grade.to_dict()), grade.reason]
    assert not [text for text in shown if "jane.roe" in text]
    assert grade.to_dict(show_pii=True)["pii"]["matches"][0]["text"] == "jane.roe@example.org"


def test_an_invented_value_only_warns_where_the_source_is_known() -> None:
    answer = f"{ANSWER} Ask bob@elsewhere.example.net."
    with_source = rg.Rubric().grade(answer, source=SOURCE, facts=FACTS)
    assert with_source.pii.passed
    assert with_source.pii.threshold <= with_source.pii.score < 1
    without = rg.Rubric().grade(answer, facts=FACTS)
    assert not without.pii.passed
    assert without.pii.basis == "any"
    assert not rg.Rubric(fail_on="any").grade(answer, source=SOURCE, facts=FACTS).pii.passed


@pytest.mark.parametrize(
    ("answer", "invalid"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("The", "too_few_words"),
        ("<think>The council approved the budget.", "unclosed_thinking"),
        ("I'm sorry, but I can't help with that request.", "refusal"),
        ("El consejo aprobó el nuevo presupuesto de la ciudad el lunes por la tarde.", "other_language"),
    ],
)
@pytest.mark.parametrize("combine", ["priority", "lexicographic", "gate", "weighted"])
def test_an_answer_that_is_not_valid_gets_nothing(answer: str, invalid: str, combine: str) -> None:
    grade = rg.Rubric(combine=combine).grade(answer, source=SOURCE, facts=FACTS)
    assert (grade.score, grade.valid, grade.invalid) == (0.0, False, invalid)
    assert grade.reason.startswith("Not valid: ")


@pytest.mark.parametrize(
    ("thinking", "completion", "valid", "graded"),
    [
        ("strip", f"<think>Let me see.</think>\n\n{ANSWER}", True, ANSWER),
        ("strip", f"Let me see.</think>{ANSWER}", True, ANSWER),
        ("count", f"<think>Let me see.</think>{ANSWER}", True, f"<think>Let me see.</think>{ANSWER}"),
        ("forbid", f"<think>Let me see.</think>{ANSWER}", False, f"<think>Let me see.</think>{ANSWER}"),
        ("forbid", ANSWER, True, ANSWER),
    ],
)
def test_a_thinking_block_is_treated_as_the_rubric_says(
    thinking: str, completion: str, valid: bool, graded: str
) -> None:
    grade = rg.Rubric(thinking=thinking).grade(completion, facts=FACTS)
    assert grade.valid is valid
    assert completion[slice(*grade.answer)] == graded
    assert grade.length.tokens == rg.count_tokens(graded)


def test_spans_count_code_points_of_the_completion_as_given() -> None:
    lead = "<think>😀 \ud83d\ude00 é</think> "
    completion = f"{lead}{ANSWER} Ask jane.roe@example.org."
    grade = rg.Rubric().grade(completion, source=SOURCE, facts=FACTS)
    (match,) = grade.pii.matches
    assert completion[match.start : match.end] == "jane.roe@example.org"
    for fact in grade.coverage.per_fact:
        assert fact.span is not None
        assert completion[slice(*fact.span)] in ANSWER
    assert completion[grade.answer[0] :].startswith("The council")


def test_pii_in_a_thinking_block_counts_where_the_rubric_asks() -> None:
    completion = f"<think>Mail jane.roe@example.org?</think>{ANSWER}"
    assert rg.Rubric().grade(completion, source=SOURCE, facts=FACTS).pii.score == 1
    grade = rg.Rubric(scan_thinking=True).grade(completion, source=SOURCE, facts=FACTS)
    assert not grade.pii.passed
    assert completion[slice(*grade.pii.matches[0].span)] == "jane.roe@example.org"


def test_a_telling_part_of_a_source_value_is_a_leak() -> None:
    answer = f"{ANSWER} Ask the spokeswoman, jane.roe, about it."
    (match,) = rg.Rubric().grade(answer, source=SOURCE, facts=FACTS).pii.matches
    assert (match.text, match.verdict, match.fails) == ("jane.roe", "leak_partial", True)
    assert [m.verdict for m in rg.find_pii(answer, source=SOURCE)] == ["leak_partial"]
    assert rg.find_pii_batch([answer], sources=[SOURCE])[0] == rg.find_pii(answer, source=SOURCE)
    assert rg.find_pii(answer) == []


def test_pii_inside_a_fact_carries_no_weight_and_preparing_warns_without_quoting_it() -> None:
    facts = [FACTS[0], "Questions go to jane.roe@example.org by Friday."]
    with pytest.warns(UserWarning, match=r"facts hold PII \(EMAIL\)") as caught:
        task = rg.Rubric().prepare(facts=facts)
    assert "jane" not in str(caught[0].message)
    with_it = task.grade(f"{FACTS[0]} Questions go to jane.roe@example.org by Friday.")
    without = task.grade(f"{FACTS[0]} Questions go to the office by Friday.")
    assert with_it.coverage.per_fact[1].score <= without.coverage.per_fact[1].score + 0.05
    assert with_it.score < without.score


def test_a_cut_off_answer_passes_neither_form_nor_length_unless_the_rubric_ignores_it() -> None:
    cut = rg.Rubric().grade(ANSWER, facts=FACTS, truncated=True)
    assert [v.kind for v in cut.form.violations] == ["truncated"]
    # It would have gone on, so it earns what an answer of one token too many earns.
    assert cut.length.score == 0.5 * 50 / 51
    assert not cut.length.passed
    assert cut.reason.startswith(
        f"Cut off at {cut.length.tokens} tokens, so not known to keep the budget of 50;"
    )
    batch = rg.Rubric().grade_batch([ANSWER], facts=[FACTS], truncated=[True])
    assert (batch.length[0], batch.reasons[0]) == (cut.length.score, cut.reason)
    over = rg.Rubric(max_tokens=5).grade(ANSWER, facts=FACTS)
    assert rg.Rubric(max_tokens=5).grade(ANSWER, facts=FACTS, truncated=True).length == over.length
    ignored = rg.Rubric(truncated="ignore").grade(ANSWER, facts=FACTS, truncated=True)
    assert (ignored.form.score, ignored.length.score) == (1, 1)


# ---- what a row needs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "basis"),
    [
        ({"facts": FACTS, "reference": ANSWER, "source": SOURCE}, "facts"),
        ({"facts": [], "reference": ANSWER, "source": SOURCE}, "reference"),
        ({"facts": "- one fact here\n- another fact here", "source": SOURCE}, "facts"),
        ({"source": SOURCE}, "source"),
        ({}, "none"),
    ],
)
def test_auto_takes_the_first_basis_there_is_and_says_so(given: dict[str, Any], basis: str) -> None:
    grade = rg.Rubric().grade(ANSWER, **given)
    assert grade.coverage.basis == basis
    assert (grade.coverage.score is None) == (basis == "none")
    assert rg.Rubric().prepare(**given).basis == basis


def test_missing_error_names_the_row_and_what_it_lacks() -> None:
    with pytest.raises(ValueError, match='row 1: facts: got nothing, expected a value.*missing = "skip"'):
        rg.Rubric().grade_batch([ANSWER] * 3, facts=[FACTS, None, FACTS])
    with pytest.raises(ValueError, match='source: got nothing.*pii.fail_on is "leaks"'):
        rg.Rubric(fail_on="leaks").grade(ANSWER, facts=FACTS)
    with pytest.raises(ValueError, match="facts: got nothing"):
        rg.Rubric(basis="facts").prepare(source=SOURCE)


def test_missing_skip_gives_no_reward_to_that_row_alone() -> None:
    grades = rg.Rubric(missing="skip").grade_batch([ANSWER] * 3, facts=[FACTS, None, FACTS])
    assert grades.graded.tolist() == [True, False, True]
    assert math.isnan(grades.score[1])
    assert grades.rewards()[1] is None
    assert grades[1].score is None
    assert grades.reasons[1].startswith("Not graded: facts: got nothing")
    assert rg.Rubric(missing="skip", basis="facts").grade(ANSWER).score is None


def test_missing_fallback_takes_the_next_basis() -> None:
    rubric = rg.Rubric(missing="fallback", basis="facts")
    grades = rubric.grade_batch([ANSWER] * 3, facts=[FACTS, None, None], sources=[SOURCE, SOURCE, None])
    assert [g.coverage.basis for g in grades] == ["facts", "source", "none"]
    assert grades.graded.tolist() == [True, True, False]
    assert grades.reasons[2].startswith(
        "Not graded: facts, reference or source: got nothing, expected something"
    )
    assert rubric.grade(ANSWER).score is None
    with pytest.raises(ValueError, match="facts, reference or source: got nothing"):
        rubric.prepare()


@pytest.mark.parametrize("missing", ["error", "skip", "fallback"])
def test_no_row_is_paid_for_having_nothing(missing: str) -> None:
    rubric = rg.Rubric(missing=missing)
    rows: list[dict[str, Any]] = [
        {"facts": [FACTS, None]},
        {"facts": [[], None]},
        {"facts": [FACTS, []], "basis": "source"},
    ]
    for row in rows:
        if missing == "error":
            with pytest.raises(ValueError, match="got nothing"):
                rubric.grade_batch([ANSWER] * 2, **row)
        else:
            assert rubric.grade_batch([ANSWER] * 2, **row).rewards()[1] is None
    # Facts that were given and are empty: one answer alone, as in a batch.
    for empty in ([], (), [" "], np.array([]), "[]"):
        if missing == "error":
            with pytest.raises(ValueError, match="facts: got nothing"):
                rubric.grade(ANSWER, facts=empty)
        else:
            assert rubric.grade(ANSWER, facts=empty).score is None
        assert rubric.grade(ANSWER, facts=empty, reference=ANSWER).coverage.basis == "reference"
    for none in (None, "", "null"):
        assert rubric.grade(ANSWER, facts=none).coverage.basis == "none"
        assert rubric.grade_batch([ANSWER], facts=[none], basis="auto").basis == "none"


@pytest.mark.parametrize("name", ["sources", "facts", "references", "truncated"])
def test_lists_of_unequal_length_are_an_error_that_names_the_list(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: got 1 entries, expected 2, one a completion"):
        rg.Rubric().grade_batch([ANSWER] * 2, **{name: [None]})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: r.grade_batch(ANSWER), "completions: got one str, expected a list"),
        (lambda r: r.grade_batch([ANSWER], facts="- a\n- b"), "facts: got one str, expected a list"),
        (lambda r: r.grade_batch({"a": ANSWER}), "completions: got one dict, expected a list"),
        (
            lambda r: r.grade_batch(pa.table({"a": [ANSWER]})),
            r"completions: got a table \(Table\), expected one col",
        ),
        (lambda r: r.grade_batch([ANSWER], facts=pa.table({"a": ["b"]})), "facts: got a table"),
        (lambda r: r.grade_batch(np.array([[ANSWER]])), "completions: got 2 dimensions"),
        (lambda r: r.grade_batch(np.array(ANSWER)), "completions: got one ndarray"),
        (lambda r: r.prepare().rewards(None), "texts: got nothing, expected a list"),
        (lambda r: rg.Rubric.from_file(None), "path: got None, expected the path of a rubric file"),
        (lambda r: r.grade(ANSWER).explain(5), "other: got int, expected another Grade"),
        (lambda r: r.grade([1, 2, 3]), "a content part is an int; .*token ids: decode them"),
        (lambda r: r.prepare().rewards({"a": ANSWER}), "texts: got one dict, expected a list"),
        (lambda r: r.grade(ANSWER, source=3), "source: got int, expected str or None"),
        (lambda r: r.grade(ANSWER, facts=[1]), "fact"),
        (lambda r: r.grade(3), "int"),
    ],
)
def test_wrong_types_are_named(call: Callable[[rg.Rubric], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call(rg.Rubric())


def test_weights_must_be_positive_and_one_a_fact() -> None:
    for weights in ([1.0], [1.0, -1.0], [0.0, 0.0], [float("nan"), 1.0]):
        with pytest.raises(ValueError, match="weights"):
            rg.Rubric().prepare(facts=FACTS, weights=weights)
    wrong: Any
    for wrong in (["a", "b"], ["1", "2"], 5, [None, 1]):
        with pytest.raises(TypeError, match="weights: expected a list of numbers, one a fact"):
            rg.Rubric().prepare(facts=FACTS, weights=wrong)
    for facts in (None, []):
        with pytest.raises(ValueError, match="weights: got 2 weights and no facts, expected as many facts"):
            rg.Rubric().prepare(source=ANSWER, facts=facts, weights=[2, 1])
    heavy = rg.Rubric().prepare(facts=FACTS, weights=[9, 1]).grade(FACTS[0])
    light = rg.Rubric().prepare(facts=FACTS, weights=[1, 9]).grade(FACTS[0])
    assert heavy.coverage.score > light.coverage.score


# ---- copying -----------------------------------------------------------------------------------------------

LIFTED = "The council approved the new budget on Monday, and taxes rise by 3 percent in May."
REWORDED = "On Monday the council approved a new budget; in May, taxes rise by 3 percent."


def test_copying_costs_nothing_unless_the_rubric_limits_it() -> None:
    grade = rg.Rubric().grade(LIFTED, source=SOURCE, facts=FACTS)
    assert grade.coverage.copying is not None
    assert grade.coverage.copying.density > 10
    assert grade.coverage.copying_factor is None
    assert grade.coverage.score == grade.coverage.raw


def test_above_the_limit_coverage_is_credited_in_proportion_and_the_grade_says_so() -> None:
    rubric = rg.Rubric(max_density=4)
    lifted, reworded = (rubric.grade(a, source=SOURCE, facts=FACTS) for a in (LIFTED, REWORDED))
    copying = rg.copying(prediction=LIFTED, source=SOURCE)
    assert lifted.coverage.copying == copying
    assert lifted.coverage.copying_factor == 4 / copying.density
    assert lifted.coverage.score == pytest.approx(lifted.coverage.raw * 4 / copying.density)
    assert reworded.coverage.copying_factor == 1
    assert reworded.coverage.score == reworded.coverage.raw
    assert lifted.score < reworded.score
    said = f"too much copied (density {copying.density:.1f}, 4 allowed)"
    assert said in lifted.reason
    assert "copied" not in reworded.reason
    assert lifted.to_dict()["coverage"]["copying_factor"] == lifted.coverage.copying_factor
    grades = rubric.grade_batch([LIFTED, REWORDED] * 20, sources=[SOURCE] * 40, facts=[FACTS] * 40, threads=2)
    assert grades.coverage.tolist() == [lifted.coverage.score, reworded.coverage.score] * 20
    assert grades.reasons == [lifted.reason, reworded.reason] * 20
    assert grades[0] == lifted


def test_the_penalty_for_copying_has_no_step_and_falls_with_the_limit() -> None:
    density = rg.copying(prediction=LIFTED, source=SOURCE).density
    limits = [density * share for share in (2, 1, 1 - 1e-9, 0.9, 0.5, 0.1, 1e-9)]
    grades = [rg.Rubric(max_density=limit).grade(LIFTED, source=SOURCE, facts=FACTS) for limit in limits]
    scores = [grade.coverage.score or 0.0 for grade in grades]
    assert scores[0] == scores[1] == pytest.approx(scores[2])
    assert all(0 <= high <= low for low, high in itertools.pairwise(scores))


def test_a_limit_of_copying_needs_a_source() -> None:
    lacking = "source: got nothing, expected a document, as coverage.max_density is set"
    rubric = rg.Rubric(max_density=4)
    with pytest.raises(ValueError, match=lacking):
        rubric.prepare(facts=FACTS)
    with pytest.raises(ValueError, match=f"row 1: {lacking}"):
        rubric.grade_batch([ANSWER] * 2, facts=[FACTS] * 2, sources=[SOURCE, None])
    skipped = rubric.replace(missing="skip").grade(ANSWER, facts=FACTS)
    assert skipped.score is None
    assert skipped.reason == f"Not graded: {lacking}."
    fallen_back = rubric.replace(missing="fallback").grade(ANSWER, facts=FACTS)
    assert fallen_back.coverage.copying_factor is None
    assert fallen_back == replace(rg.Rubric().grade(ANSWER, facts=FACTS), rubric_hash=fallen_back.rubric_hash)
    assert rubric.replace(basis="none").grade(ANSWER).coverage.score is None


# ---- batches -----------------------------------------------------------------------------------------------


def test_a_batch_equals_single_grades_on_any_number_of_threads() -> None:
    rows = rollouts()
    rubric = rg.Rubric()
    given = {
        "completions": [r["messages"] for r in rows],
        "sources": [r["messages"][1]["content"] for r in rows],
        "facts": [r["facts"] for r in rows],
        "truncated": [r["finish_reason"] == "length" for r in rows],
    }
    grades = rubric.grade_batch(**given)
    again = rubric.grade_batch(**given, threads=3)
    assert len(grades) == len(rows) == 520
    for rule in (*RULES, "score", "tokens", "valid"):
        np.testing.assert_array_equal(getattr(grades, rule), getattr(again, rule))
    assert grades.reasons == again.reasons
    for i in range(0, len(rows), 7):
        one = rubric.grade(
            rows[i]["messages"],
            source=given["sources"][i],
            facts=given["facts"][i],
            truncated=given["truncated"][i],
        )
        assert one == grades[i]
        assert one.score == grades.score[i]
        assert one.reason == grades.reasons[i]
        assert [getattr(one, rule).passed for rule in RULES] == [
            bool(grades.passed[rule][i]) for rule in RULES
        ]
        at = np.flatnonzero(grades.pii_matches.row == i)
        assert [(m.kind, m.start, m.end, m.verdict) for m in one.pii.matches] == [
            (
                grades.pii_matches.kind[j],
                grades.pii_matches.start[j],
                grades.pii_matches.end[j],
                grades.pii_matches.verdict[j],
            )
            for j in at
        ]


def once(rows: int) -> Callable[[Any], Any]:
    """A callable that does not pickle, and takes the whole batch only."""

    def score(columns: Any) -> Any:
        assert len(columns["valid"]) == rows
        return columns["pii"] / 2

    return score


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"combine": once(3)},
        {"rules": [rg.Rule("mine", score=once(3), weight=2)]},
    ],
    ids=["plain", "combine", "rule"],
)
def test_grades_of_a_batch_pickle(given: dict[str, Any]) -> None:
    rubric = rg.Rubric(missing="skip", fail_on="leaks", **given)
    leaky = [*FACTS, "Write to jane@example.org."]
    with pytest.warns(UserWarning, match="facts hold PII"):
        grades = rubric.grade_batch(
            [ANSWER, "No.", ANSWER], sources=[ANSWER, ANSWER, None], facts=[leaky] * 3
        )
    again = pickle.loads(pickle.dumps(grades))
    assert repr(again) == repr(grades)
    assert again.rubric_hash == rubric.hash
    np.testing.assert_array_equal(again.score, grades.score)
    assert list(again) == list(grades)
    assert [grade.score for grade in again] == again.rewards()
    assert again[0].explain() == grades[0].explain()
    assert list(pickle.loads(pickle.dumps(again))) == list(grades)


def test_prepared_tasks_pickle() -> None:
    task = rg.Rubric(max_tokens=40).prepare(source=ANSWER, facts=FACTS, weights=range(1, len(FACTS) + 1))
    again = pickle.loads(pickle.dumps(task))
    assert again.grade(ANSWER) == task.grade(ANSWER)
    assert repr(again) == repr(task)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(max_size=200), max_size=4),
    st.text(max_size=200),
    st.lists(st.text(max_size=60), max_size=4),
)
def test_any_text_gets_a_grade_in_the_unit_interval(
    completions: list[str], source: str, facts: list[str]
) -> None:
    for combine in ("priority", "lexicographic", "gate", "weighted"):
        n = len(completions)
        grades = rg.Rubric(combine=combine).grade_batch(
            completions, sources=[source or "."] * n, facts=[facts] * n
        )
        assert ((grades.score >= 0) & (grades.score <= 1)).all()
        for i, text in enumerate(completions):
            grade = grades[i]
            assert grade.score == grades.score[i]
            spans = [m.span for m in grade.pii.matches] + [(v.start, v.end) for v in grade.form.violations]
            spans += [f.span for f in grade.coverage.per_fact if f.span] + list(grade.coverage.unsupported)
            assert all(0 <= start <= end <= len(text) for start, end in spans)


def test_zero_rows_are_columns_of_length_zero() -> None:
    grades = rg.Rubric().grade_batch([], facts=[])
    assert len(grades) == 0
    assert grades.score.shape == (0,)
    assert grades.reasons == []
    assert repr(grades) == "Grades(0 rollouts)"
    assert grades.to_arrow().num_rows == 0


def test_columns_go_to_arrow_and_pandas_with_a_stamp() -> None:
    rubric = rg.Rubric(missing="skip")
    grades = rubric.grade_batch([ANSWER, ANSWER], facts=[FACTS, None])
    table = grades.to_arrow()
    assert table.column("score").null_count == 1
    assert table.column_names[:3] == ["score", "valid", "tokens"]
    assert table.schema.metadata[b"rollgrade.rubric_hash"] == rubric.hash.encode()
    frame = grades.to_pandas()
    assert frame.attrs["version"] == rg.__version__
    assert frame["reason"].tolist() == grades.reasons
    plain = grades.to_dict()
    assert list(frame.columns) == table.column_names == list(plain)[:-3]
    assert list(plain.items())[-3:] == [
        ("basis", "facts"), ("rubric_hash", rubric.hash), ("version", rg.__version__)
    ]  # fmt: skip


def test_columns_are_read_from_arrow_and_pandas() -> None:
    import pandas as pd
    import pyarrow as pa

    expected = rg.Rubric().grade_batch([ANSWER] * 2, facts=[FACTS] * 2, sources=[SOURCE] * 2).score
    for completions, facts, sources in (
        (pa.array([ANSWER] * 2), pa.array([FACTS] * 2), pa.array([SOURCE] * 2)),
        (pd.Series([ANSWER] * 2), pd.Series([FACTS] * 2), pd.Series([SOURCE] * 2)),
        (np.array([ANSWER] * 2, dtype=object), [np.array(FACTS, dtype=object)] * 2, (SOURCE, SOURCE)),
    ):
        grades = rg.Rubric().grade_batch(completions, facts=facts, sources=sources)
        np.testing.assert_array_equal(grades.score, expected)


@pytest.mark.parametrize("missing", [float("nan"), np.nan, "NA"])
def test_what_pandas_writes_for_a_missing_value_is_none(missing: Any) -> None:
    import pandas as pd

    missing = pd.NA if missing == "NA" else missing
    rubric = rg.Rubric(missing="skip")
    columns = {"facts": [FACTS, missing], "sources": [missing, SOURCE], "references": [missing] * 2}
    given = {name: pd.Series(column, dtype=object) for name, column in columns.items()}
    expected = {name: [None if v is missing else v for v in column] for name, column in columns.items()}
    answers = pd.Series([ANSWER, missing], dtype=object)
    grades = rubric.grade_batch(answers, truncated=[missing, False], **given)
    assert grades.rewards() == rubric.grade_batch([ANSWER, None], **expected).rewards()
    assert grades.rewards()[1] is None
    assert rubric.grade(ANSWER, facts=FACTS, source=missing).score == grades.score[0]


def test_indexing_outside_is_an_index_error() -> None:
    grades = rg.Rubric().grade_batch([ANSWER], facts=[FACTS])
    assert grades[-1] == grades[0]
    assert grades[:1] == [grades[0]]
    with pytest.raises(IndexError, match="grades: got 1"):
        grades[1]


# ---- combinations and tokenizers of one's own --------------------------------------------------------------


def halved(columns: Any) -> Any:
    return columns["coverage"] / 2


def test_a_callable_combines_the_columns() -> None:
    rubric = rg.Rubric(combine=halved)
    grades = rubric.grade_batch([ANSWER, ""], facts=[FACTS] * 2)
    assert grades.score.tolist() == [grades.coverage[0] / 2, 0.0]
    assert rubric.grade(ANSWER, facts=FACTS).score == grades.score[0]
    assert rubric.hash != rg.Rubric().hash
    with pytest.raises(ValueError, match="combine: got a callable"):
        rubric.to_dict()


@pytest.mark.parametrize(
    ("combine", "message"),
    [
        (lambda c: c["coverage"] * 3, r"combine: got a reward outside \[0, 1\]"),
        (lambda c: c["coverage"] * math.nan, r"combine: got a reward outside \[0, 1\]"),
        (lambda c: [0.5], r"combine: got an array of shape \(1,\), expected \(2,\)"),
    ],
)
def test_a_callable_that_gives_no_reward_is_an_error(combine: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rg.Rubric(combine=combine).grade_batch([ANSWER] * 2, facts=[FACTS] * 2)


def test_the_budget_in_another_tokenizer(tmp_path: Any) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(tokenizer_json())
    rubric = rg.Rubric(tokenizer=str(path))
    answers = [ANSWER, "", "é😀 \ud83d"]
    grades = rubric.grade_batch([f"<think>x</think>{a}" for a in answers], facts=[FACTS] * 3)
    assert grades.tokens.tolist() == [rg.count_tokens(a) for a in answers]
    assert rubric.grade(ANSWER, facts=FACTS).length.tokens == rg.count_tokens(ANSWER)


def test_a_tokenizer_that_is_none_is_a_clear_error(tmp_path: Any) -> None:
    with pytest.raises(
        ValueError, match='length.tokenizer: got .*expected "gpt2" or the path of a tokenizer.json'
    ):
        rg.Rubric(tokenizer=str(tmp_path / "none.json")).grade(ANSWER, facts=FACTS)
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(ValueError, match=r"length\.tokenizer: got .*expected a tokenizer\.json"):
        rg.Rubric(tokenizer=str(tmp_path / "bad.json")).grade(ANSWER, facts=FACTS)


def test_prepared_tasks_are_kept_in_a_bounded_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    rubric = rg.Rubric()
    for i in range(rubric.CACHED_TASKS + 50):
        rubric.grade(ANSWER, facts=[f"Fact number {i}."])
    assert len(rubric._tasks) == rubric.CACHED_TASKS
    monkeypatch.setattr(rg.Rubric, "CACHED_CHARS", 10_000)
    for i in range(20):
        rubric.grade(ANSWER, source=f"{i:02}{'a' * 998}")
        assert rubric._tasks_chars == sum(material.chars for _, material in rubric._tasks) <= 10_000
    assert len(rubric._tasks) == 10
    rubric.grade(ANSWER, source="a" * 20_000)
    assert len(rubric._tasks) == 1


def test_a_reason_is_one_sentence() -> None:
    for row in rollouts()[::10]:
        reason = rg.Rubric().grade(row["messages"], facts=row["facts"]).reason
        assert re.fullmatch(r"[A-Z0-9].*\.", reason)


REPEATED = " and ".join(["reach jane.roe@example.org now"] * 3) + "."


def test_a_reason_says_why_coverage_is_lower_than_what_is_carried() -> None:
    for text, why in (
        (
            "Budget the on approved Monday council the 12 apples Foobar percent in rise 3 property.",
            "its words are",
        ),
        (f"{FACTS[0]} Foobar bought 12 apples;and 13 pears", "the text is not readable"),
    ):
        grade = rg.Rubric().grade(text, facts=FACTS, source=SOURCE)
        share = (grade.coverage.guard or 0) * grade.fluency.score / grade.fluency.threshold
        assert f", lowered to {100 * share:.0f} % as {why}" in grade.reason
        assert re.search(r"(prose|readable), with \d+ unsupported numbers? or names?;", grade.reason)


def test_reasons_and_what_shows_them_mask_pii() -> None:
    rubric = rg.Rubric()
    grade, grades = rubric.grade(REPEATED, facts=FACTS), rubric.grade_batch([REPEATED], facts=[FACTS])
    assert "repeats 'reach j***@e***.org now" in grade.reason
    shown = [grade.reason, grade.fluency.reason, repr(grade), json.dumps(grade.to_dict()), *grades.reasons]
    shown += [repr(grades[0]), repr(rg.fluency(REPEATED))]
    assert not [text for text in shown if "jane" in text]
    assert "jane.roe@example.org" in rg.fluency(REPEATED).reason  # as its docs say


def test_the_reason_says_what_coverage_was_not_measured_against() -> None:
    said = "coverage was not measured, as there was nothing to measure it against"
    assert said in rg.Rubric().grade(ANSWER).reason
    assert said in rg.Rubric().grade("- flats\n- council plan of of the the").reason
    assert "measured" not in rg.Rubric(coverage={"basis": "none"}).grade(ANSWER).reason
    assert said in rg.Rubric(rules=[rg.Rule("x", score=lambda c: c["length"] * 0)]).grade(ANSWER).reason
    empty = "facts is empty, so coverage is measured against the source"
    assert empty in rg.Rubric().grade(ANSWER, facts=[], source=SOURCE).reason
    assert empty in rg.Rubric().grade_batch([ANSWER], facts=[[]], sources=[SOURCE]).reasons[0]
    assert empty not in rg.Rubric().grade(ANSWER, source=SOURCE).reason


@pytest.mark.parametrize("broken", ['["The vote passed', ' {"facts": 3', '[\n  {"a'])
def test_facts_that_were_meant_to_be_json_are_an_error(broken: str) -> None:
    for call in (
        lambda: rg.Rubric().grade(ANSWER, facts=broken),
        lambda: rg.Rubric().grade_batch([ANSWER], facts=[broken]),
        lambda: rg.Facts(broken),
    ):
        with pytest.raises(ValueError, match="facts: got text that looks like JSON and breaks") as caught:
            call()
        assert "vote" not in str(caught.value)
    assert rg.Rubric().grade(ANSWER, facts="null").coverage.basis == "none"
    assert rg.Facts("[1] The vote passed.").facts == ["[1] The vote passed."]


def test_columns_are_not_to_be_written_to() -> None:
    def emptied(columns: Any) -> Any:
        columns["length"][:] = 0
        return columns["coverage"]

    grades = rg.Rubric().grade_batch([ANSWER], facts=[FACTS])
    with pytest.raises(ValueError, match="read-only"):
        grades.score[0] = 5
    with pytest.raises(ValueError, match="read-only"):
        rg.Rubric(combine=emptied).grade(ANSWER, facts=[*FACTS])
    with pytest.raises(KeyError, match="nope: no such column; there are length, .*completions"):
        rg.Rubric(combine=lambda columns: columns["nope"]).grade(ANSWER)
    by_text = rg.Rubric(combine=lambda columns: [float(bool(c)) for c in columns["completions"]])
    assert by_text.grade(ANSWER).score == 1


@pytest.mark.parametrize("threads", [0, -1, True])
def test_threads_are_checked_before_anything_is_prepared(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubric = rg.Rubric()
    task = rubric.prepare(facts=FACTS)
    monkeypatch.setattr(rg.Rubric, "_prepared", None)
    monkeypatch.setattr(rg.Rubric, "_count", None)
    for call in (
        lambda: rubric.grade_batch([ANSWER], facts=[FACTS], threads=threads),
        lambda: task.grade_batch([ANSWER], threads=threads),
        lambda: task.rewards([ANSWER], threads=threads),
    ):
        with pytest.raises(ValueError, match=r"threads: got .*, expected a whole number of at least 1"):
            call()


def test_words_of_facts_stand_in_no_repr() -> None:
    found = rg.Facts(["Write to jane.roe82@example.org now, or call 415-555-0132."]).score("Nothing.")
    assert "roe" in found.per_fact[0].missing
    assert not re.search("roe|82|example|0132", repr(found))


def test_errors_of_batches_name_the_argument_and_the_row() -> None:
    rubric = rg.Rubric()
    with pytest.raises(TypeError, match="completions: got nothing"):
        rubric.grade_batch(None)
    with pytest.raises(TypeError, match="sources: got one int"):
        rubric.grade_batch([ANSWER], sources=5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="row 1: completion: a completion is an int"):
        rubric.grade_batch([ANSWER, 5])
    with pytest.raises(TypeError, match="^row 1: truncated: got int, expected True, False or None"):
        rubric.grade_batch([ANSWER] * 2, truncated=[True, 1])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="^truncated: got str"):
        rubric.grade(ANSWER, truncated="no")  # type: ignore[arg-type]
    assert rubric.grade(ANSWER, truncated=np.True_).form.violations[0].kind == "truncated"  # type: ignore[arg-type]
    grades = rubric.grade_batch([ANSWER])
    with pytest.raises(TypeError, match="grades: got 'score', expected the number of a row"):
        grades["score"]
    assert grades.pii_matches != rubric.grade_batch([ANSWER]).pii_matches
