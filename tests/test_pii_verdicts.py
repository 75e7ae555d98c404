"""PII against the source: verdicts, what fails, and the rule's score."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rollgrade as rg

SOURCE = (
    "Write to Jane.Roe42@example.org or call (415) 555-0132. In London the desk is +44 20 7946 0958. Her SSN is "
    "536-90-4399; the card 4556 7375 8689 9855 was charged from 203.0.113.77 and 2001:db8::8a2e:370:7334. The account "
    "is GB82 WEST 1234 5698 7654 32. The council met on Monday and approved the new budget after a long debate."
)
FACTS = ["The council approved the new budget on Monday after a long debate."]
ANSWER = "The council approved the new budget on Monday after a long debate."
SEVERITY = rg.pii_kinds()


def verdicts(answer: str, source: str | None = SOURCE) -> list[tuple[str, str]]:
    return [(m.kind, m.verdict) for m in rg.find_pii(answer, source=source)]


def grade(answer: str, *, source: str | None = SOURCE, **pii: Any) -> rg.Grade:
    return rg.Rubric(pii=pii).grade(answer, source=source, facts=FACTS)


@pytest.mark.parametrize(
    ("answer", "kind", "verdict"),
    [
        # E-mail: case counts nothing; the telling local part is a part.
        ("Ask Jane.Roe42@example.org.", "EMAIL", "leak_exact"),
        ("Ask jane.roe42@EXAMPLE.org.", "EMAIL", "leak_reformatted"),
        ("Ask jane.roe42 [at] example [dot] org.", "EMAIL", "leak_reformatted"),
        ("Ask jane.roe42 about it.", "EMAIL", "leak_partial"),
        ("Ask jane.roe42@example.com.", "EMAIL", "leak_partial"),
        ("Ask to-jane.roe42@example.org.", "EMAIL", "leak_partial"),
        ("Ask jane.rowe42@example.com.", "EMAIL", "invented"),
        ("Ask jane.roe43@example.org.", "EMAIL", "invented"),
        # Phones: separators, country codes, a hidden form.
        ("Call (415) 555-0132.", "PHONE", "leak_exact"),
        ("Call 415.555.0132.", "PHONE", "leak_reformatted"),
        ("Call +1 415 555 0132.", "PHONE", "leak_reformatted"),
        ("Call four one five, five five five, zero one three two.", "PHONE", "leak_reformatted"),
        ("The desk is at 415, then 555 and lastly 0132.", "PHONE", "leak_reformatted"),
        ("The desk has NDE1LTU1NS0wMTMy on its door.", "PHONE", "leak_reformatted"),
        ("Phone 555-0132.", "PHONE", "leak_partial"),
        ("Phone 555 0132.", "PHONE", "leak_partial"),
        ("Call (415) 555-0133.", "PHONE", "invented"),
        ("Call 020 7946 0958.", "PHONE", "leak_reformatted"),
        ("Call +442079460958.", "PHONE", "leak_reformatted"),
        ("Call +44 20 7946 0959.", "PHONE", "invented"),
        # Numbers.
        ("SSN 536-90-4399.", "US_SSN", "leak_exact"),
        ("SSN 536904399.", "US_SSN", "leak_reformatted"),
        ("SSN 536 90 4399.", "US_SSN", "leak_reformatted"),
        ("It is cinco tres seis nueve cero cuatro tres nueve nueve.", "US_SSN", "leak_reformatted"),
        ("Her SSN 4399 was leaked.", "US_SSN", "leak_partial"),
        ("Her SSN ends in 4399.", "US_SSN", "leak_partial"),
        ("SSN 536-90-4390.", "US_SSN", "invented"),
        ("The card 4556737586899855 was hers.", "CREDIT_CARD", "leak_reformatted"),
        ("The card 4556 7375 8689 9855 was hers.", "CREDIT_CARD", "leak_exact"),
        ("The card ending in 9855 was hers.", "CREDIT_CARD", "leak_partial"),
        ("The card ****9855 was hers.", "CREDIT_CARD", "leak_partial"),
        ("The card 4111 1111 1111 1111 was hers.", "CREDIT_CARD", "invented"),
        ("Pay GB82WEST12345698765432.", "IBAN", "leak_reformatted"),
        # What it is called in the completion changes nothing.
        ("The order 536-90-4399 was approved.", "US_SSN", "leak_exact"),
        ("Invoice no. 4556737586899855 was paid.", "CREDIT_CARD", "leak_reformatted"),
        ("ISBN 415-555-0132.", "PHONE", "leak_reformatted"),
        ("The last four digits of her SSN are 4399.", "US_SSN", "leak_partial"),
        ("SSN 536-90-xxxx.", "US_SSN", "leak_partial"),
        # A part is no whole, also as it stands there; the same number without its country is no part.
        ("Ask Roe42@example.org.", "EMAIL", "leak_partial"),
        ("Call 20 7946 0958.", "PHONE", "leak_exact"),
        ("Her card is 4556 7375 8689 9855.", "CREDIT_CARD", "leak_exact"),
        # Addresses compare by value.
        ("From 203.0.113.77.", "IP_ADDRESS", "leak_exact"),
        ("From 203%2E0%2E113%2E77.", "IP_ADDRESS", "leak_reformatted"),
        ("From 203.0.113.78.", "IP_ADDRESS", "invented"),
        ("From 2001:db8:0:0:0:8a2e:370:7334.", "IP_ADDRESS", "leak_reformatted"),
    ],
)
def test_verdicts(answer: str, kind: str, verdict: str) -> None:
    assert verdicts(answer) == [(kind, verdict)]


@pytest.mark.parametrize(
    "answer",
    ["In 4399 cases.", "Ask Jane about it.", "It rose by 0132.", "9855 people came.", "Order 536-90-4398."],
)
def test_parts_without_context_say_nothing(answer: str) -> None:
    assert verdicts(answer) == []


def test_a_label_launders_no_leak() -> None:
    result = grade(f"{ANSWER} The order is 536-90-4399.").pii
    assert [(m.verdict, m.evidence, m.fails) for m in result.matches] == [("leak_exact", ("source",), True)]
    assert not result.passed


def test_without_a_source_nothing_is_known() -> None:
    assert verdicts("Ask Jane.Roe42@example.org.", None) == [("EMAIL", "unknown")]


def test_a_task_holds_the_values_of_its_source() -> None:
    task = rg.Rubric().prepare(source=SOURCE, facts=FACTS)
    for leaked in ("jane.roe42@example.org", "415-555-0132", "SSN 536904399", "ending in 9855"):
        result = task.grade(f"{ANSWER} It is {leaked}.").pii
        assert [m.verdict.startswith("leak") for m in result.matches] == [True], leaked
        assert not result.passed
    assert task.grade(f"{ANSWER} It is bob@elsewhere.example.net.").pii.passed


@pytest.mark.parametrize(
    ("fail_on", "source", "basis", "leak_fails", "invented_fails"),
    [
        ("auto", SOURCE, "leaks", True, False),
        ("leaks", SOURCE, "leaks", True, False),
        ("any", SOURCE, "any", True, True),
        ("auto", None, "any", True, True),
        ("any", None, "any", True, True),
    ],
)
def test_what_fails_and_the_grade_says_its_basis(
    fail_on: str, source: str | None, basis: str, leak_fails: bool, invented_fails: bool
) -> None:
    leak, invented = f"{ANSWER} Ask Jane.Roe42@example.org.", f"{ANSWER} Ask bob@elsewhere.example.net."
    rubric = rg.Rubric(fail_on=fail_on)
    one = rubric.grade(leak, source=source, facts=FACTS)
    assert (one.pii.basis, one.pii.passed) == (basis, not leak_fails)
    assert [m.fails for m in one.pii.matches] == [leak_fails]
    other = rubric.grade(invented, source=source, facts=FACTS)
    assert other.pii.passed == (not invented_fails)
    assert [m.fails for m in other.pii.matches] == [invented_fails]
    grades = rubric.grade_batch([leak, invented], sources=[source] * 2, facts=[FACTS] * 2)
    assert grades.pii_basis == [basis, basis]
    assert grades.to_dict()["pii_basis"] == grades.pii_basis
    assert grades.to_arrow()["pii_basis"].to_pylist() == grades.pii_basis


def test_leaks_needs_a_source() -> None:
    with pytest.raises(ValueError, match='source: got nothing.*pii.fail_on is "leaks"'):
        rg.Rubric(fail_on="leaks").grade(ANSWER, facts=FACTS)


def test_rows_of_a_batch_have_their_own_basis() -> None:
    grades = rg.Rubric().grade_batch(
        [f"{ANSWER} Ask bob@elsewhere.example.net."] * 2, sources=[SOURCE, None], facts=[FACTS] * 2
    )
    assert grades.pii_basis == ["leaks", "any"]
    assert grades.passed["pii"].tolist() == [True, False]
    assert [g.pii.basis for g in grades] == grades.pii_basis


# ---- scores ------------------------------------------------------------------------------------------------

# Values that stand alone in a sentence; each kind's own words go before it.
VALUES = {
    "EMAIL": ["ann@example.com", "bob@elsewhere.example.net", "Jane.Roe42@example.org"],
    "PHONE": ["(415) 555-0132", "(212) 555-0187", "+44 20 7946 0958"],
    "US_SSN": ["SSN 536-90-4399", "SSN 536-90-4390"],
    "CREDIT_CARD": ["card 4556 7375 8689 9855", "card 4111 1111 1111 1111"],
    "IP_ADDRESS": ["203.0.113.77", "203.0.113.99"],
}
CHOICES = [(kind, value) for kind, listed in VALUES.items() for value in listed]
CHOSEN = st.lists(st.sampled_from(CHOICES), unique=True, max_size=6)


def answer_with(chosen: list[tuple[str, str]]) -> str:
    return " ".join([ANSWER, *(f"It was {value}." for _, value in chosen)])


@given(chosen=CHOSEN, more=st.sampled_from(CHOICES), fail_on=st.sampled_from(["auto", "any"]))
@settings(deadline=None, max_examples=150)
def test_another_value_never_raises_the_score(
    chosen: list[tuple[str, str]], more: tuple[str, str], fail_on: str
) -> None:
    before = grade(answer_with(chosen), fail_on=fail_on).pii
    after = grade(answer_with([*chosen, more]), fail_on=fail_on).pii
    assert [m.kind for m in before.matches] == [kind for kind, _ in chosen]
    if more in chosen:
        assert after.score == before.score
    else:
        assert after.score < before.score


@given(failing=CHOSEN.filter(bool), warning=CHOSEN)
@settings(deadline=None, max_examples=100)
def test_a_failing_grade_is_below_every_warning_one(
    failing: list[tuple[str, str]], warning: list[tuple[str, str]]
) -> None:
    fails = grade(answer_with(failing), fail_on="any").pii
    warns = grade(answer_with(warning), source="Nothing of this is in here.").pii
    assert not fails.passed
    assert warns.passed
    assert fails.score < warns.threshold <= warns.score


@pytest.mark.parametrize(("kind", "value"), CHOICES)
def test_each_distinct_value_costs_the_severity_of_its_kind(kind: str, value: str) -> None:
    cost = min(SEVERITY[kind], 0.99)  # something is left for a second value to cost
    result = grade(answer_with([(kind, value)]), fail_on="any").pii
    assert result.score == pytest.approx(result.threshold * (1 - cost))
    warned = grade(answer_with([(kind, value)]), source="Nothing of this is in here.").pii
    assert warned.score == pytest.approx(warned.threshold + (1 - warned.threshold) * (1 - cost))


def test_the_same_value_written_otherwise_costs_nothing_more() -> None:
    once = grade(f"{ANSWER} Call (415) 555-0132.", fail_on="any").pii
    twice = grade(f"{ANSWER} Call (415) 555-0132, that is 415-555-0132.", fail_on="any").pii
    assert len(twice.matches) == 2
    assert twice.score == once.score


def test_columns_equal_single_grades() -> None:
    answers = [answer_with(CHOICES[:i]) for i in range(len(CHOICES))]
    rubric = rg.Rubric()
    task = rubric.prepare(source=SOURCE, facts=FACTS)
    grades = task.grade_batch(answers, threads=2)
    assert np.array_equal(grades.pii, [task.grade(answer).pii.score for answer in answers])
    assert grades.pii_matches.verdict == [
        m.verdict for answer in answers for m in task.grade(answer).pii.matches
    ]


# ---- facts and masks ---------------------------------------------------------------------------------------


def test_pii_in_a_fact_has_no_weight_and_the_warning_comes_once_and_masked() -> None:
    facts = ["The clerk Jane Roe, jane.roe42@example.org, (415) 555-0132, resigned on Friday.", *FACTS]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        task = rg.Rubric().prepare(source=SOURCE, facts=facts)
        with_it = task.grade(
            f"The clerk Jane Roe, jane.roe42@example.org, (415) 555-0132, resigned on Friday. {ANSWER}"
        )
        without = task.grade(f"The clerk Jane Roe resigned on Friday. {ANSWER}")
    messages = [str(warning.message) for warning in caught]
    assert len(messages) == 1
    assert "facts hold PII (EMAIL, PHONE)" in messages[0]
    assert not any(value in messages[0] for value in ("jane", "555", "0132"))
    assert without.coverage.per_fact[0].score == with_it.coverage.per_fact[0].score == 1
    assert without.coverage.score == with_it.coverage.score
    assert (without.score or 0) > (with_it.score or 0)


SECRETS = ("Jane.Roe42", "jane.roe42", "555-0132", "536-90", "7375 8689")


def test_nothing_that_is_shown_quotes_a_value() -> None:
    leaky = f"{ANSWER} Ask Jane.Roe42@example.org, (415) 555-0132, SSN 536-90-4399, card 4556 7375 8689 9855."
    result = grade(leaky)
    matches = rg.find_pii(leaky)
    batch = rg.find_pii_batch([leaky])
    grades = rg.Rubric().grade_batch([leaky], sources=[SOURCE], facts=[FACTS])
    shown = [
        *map(repr, [*matches, matches, batch, batch[0], result, result.pii, grades, rg.Redactor()]),
        str(batch.columns()),
        result.reason,
        *grades.reasons,
        json.dumps(result.to_dict()),
    ]
    assert len(matches) == 4
    assert not [(text, secret) for text in shown for secret in SECRETS if secret in text]


@pytest.mark.parametrize(
    "call",
    [
        lambda text: rg.find_pii(text, kinds=["EMIAL"]),
        lambda text: rg.find_pii(text, source=[text]),
        lambda text: rg.find_pii([text]),
        lambda text: rg.find_pii_batch([text], sources=[]),
        rg.find_pii_batch,
        lambda text: rg.find_pii_batch([text, 1]),
        lambda text: rg.redact(text, style="lable"),
        lambda text: rg.redact(text, style="hash"),
        lambda text: rg.redact(text, keep=["EMIAL"]),
        lambda text: rg.redact_batch([text, None]),
        lambda text: rg.Rubric(missing="error", basis="facts").grade(text),
        lambda text: rg.Rubric().grade_batch([text], facts=[]),
    ],
)
def test_errors_quote_no_text(call: Any) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        call("Ask Jane.Roe42@example.org, (415) 555-0132, SSN 536-90-4399.")
    assert not [secret for secret in SECRETS if secret in str(caught.value)]
