"""Facts, salience, copying and support: what they take, and the same results whichever way they are asked for."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import rollgrade as rg
from oracles import documents

NEGATED = "The council never approved the budget on Monday."
FACTS = ["The council approved the budget on Monday.", "Property taxes rise by 3 percent in May."]
REFERENCE = "Mr. Smith's council approved the budget, worth $1.5 million. Taxes rise in May!"

# ---- what facts may come as --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        FACTS,
        tuple(FACTS),
        np.array(FACTS),
        np.array(FACTS, dtype=object),
        pa.array(FACTS),
        "\n".join(FACTS),
        "Key facts:\r\n" + "".join(f"- {fact}\r\n-\r\n" for fact in FACTS),
        "".join(f"{n}. {fact}\n" for n, fact in enumerate(FACTS, 1)),
        "".join(f"{letter}) {fact}\n\n" for letter, fact in zip("ab", FACTS, strict=True)),
        "".join(f"\t● {fact}\n" for fact in FACTS),
        f"- {FACTS[0]}\n  - {FACTS[1]}",
        json.dumps(FACTS),
    ],
    ids=lambda given: f"{type(given).__name__}: {str(given)[:24]!r}",
)
def test_facts_come_in_many_forms(given: Any) -> None:
    facts = rg.Facts(given)
    assert facts.facts == FACTS
    assert len(facts) == 2
    assert facts.score(FACTS[1]) == rg.Facts(FACTS).score(FACTS[1])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (7, "facts are an int"),
        (["a", None], "fact 2 of 2 is None; expected a string"),
        ({"a": "b"}, "facts are an object"),
    ],
)
def test_what_are_no_facts_is_a_type_error(given: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        rg.Facts(given)


@pytest.mark.parametrize("present", [-0.1, 1.5, float("nan")])
def test_a_threshold_of_presence_is_a_share(present: float) -> None:
    with pytest.raises(ValueError, match=r"present: got .*, expected a number from 0 to 1"):
        rg.Facts(FACTS, present=present)


def test_weights_count_in_the_mean() -> None:
    of_first = rg.Facts(FACTS, weights=np.array([3, 1])).score(FACTS[0])
    scores = [fact.score for fact in of_first.per_fact]
    assert of_first.mean == pytest.approx((3 * scores[0] + scores[1]) / 4)
    assert rg.Facts(FACTS, weights=[2.5, 2.5]).mean(FACTS[0]) == rg.Facts(FACTS).mean(FACTS[0])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([], "weights: got 0 weights, expected one for each of 2 facts"),
        ([1, 2, 3], "weights: got 3 weights, expected one for each of 2 facts"),
        ([1, 0], "weights: got 0, expected positive numbers of at most 1000000"),
        ([1, -2], "weights: got -2, expected positive numbers of at most 1000000"),
        ([float("nan"), 1], "weights: got NaN, expected positive numbers of at most 1000000"),
        ([float("inf"), 1], "weights: got inf, expected positive numbers of at most 1000000"),
    ],
)
def test_wrong_weights_are_named(weights: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rg.Facts(FACTS, weights=weights)
    with pytest.raises(ValueError, match=message):
        rg.Facts.from_reference(REFERENCE, weights=weights)
    with pytest.raises(TypeError, match="weights"):
        rg.Facts(FACTS, weights=["1", 2])  # type: ignore[list-item]


@pytest.mark.parametrize("options", [{}, {"weights": [2, 0.5], "present": 0.9, "polarity": False}])
def test_facts_pickle(options: dict[str, Any]) -> None:
    facts = rg.Facts(FACTS, **options)
    again = pickle.loads(pickle.dumps(facts))
    assert again.facts == facts.facts
    for text in (NEGATED, REFERENCE):
        assert again.score(text) == facts.score(text)


def test_the_sentences_of_a_reference_are_facts() -> None:
    facts = rg.Facts.from_reference(REFERENCE, present=0.6, polarity=False)
    assert facts.facts == [
        "Mr. Smith's council approved the budget, worth $1.5 million.",
        "Taxes rise in May!",
    ]
    assert isinstance(facts, rg.Facts)
    assert facts.score(FACTS[0]) == rg.Facts(facts.facts, present=0.6, polarity=False).score(FACTS[0])
    graded = rg.Rubric().grade(FACTS[0], reference=REFERENCE).coverage
    assert graded.per_fact == rg.Facts.from_reference(REFERENCE).score(FACTS[0]).per_fact
    assert len(rg.Facts.from_reference(" \n")) == 0


# ---- the same results, whichever way they are asked for ---------------------------------------------------

WORDS = (
    "the The a council budget approved not never Smith NASA May 3 5 percent 1.5 million . , ; - \n café 😀"
)
SENTENCES = [sentence for d in documents()[:6] for sentence in (*d["facts"], d["reference"])]
# Without what begins a tag: a grade takes a thinking block off first.
letters = st.characters(exclude_characters="<")
any_text = st.text(st.one_of(letters, st.characters(categories=["Cs"])), max_size=24)
texts = st.one_of(
    st.just(""),
    any_text,
    st.lists(st.sampled_from(WORDS.split(" ")), max_size=24).map(" ".join),
    st.lists(st.one_of(st.sampled_from(SENTENCES), any_text), min_size=1, max_size=3).map(" ".join),
)
several = st.lists(texts, min_size=1, max_size=5)
SAME = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def joined(text: str) -> str:
    """What is read of a text with lone surrogates: a pair is joined, any other becomes U+FFFD."""
    return re.sub(
        "[\ud800-\udfff]",
        "\ufffd",
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass"),
    )


def many(texts: list[str]) -> list[str]:
    """As many as two threads share."""
    return (texts * 40)[:40]


def forms(texts: list[str]) -> Iterator[dict[str, Any]]:
    """The texts in every form that a batch takes, and numbers of threads."""
    read = [joined(text) for text in texts]
    arrow = pa.array(read, pa.string())
    for form, threads in product(
        (
            texts,
            tuple(texts),
            np.array([*texts, None], dtype=object)[:-1],
            arrow,
            pa.array(read, pa.large_string()),
            pa.chunked_array([arrow[:7], arrow[7:7], arrow[7:]]),
        ),
        (1, 2),
    ):
        yield {"given": form, "threads": threads}


def check(batch: Callable[..., Any], texts: list[str], expected: dict[str, Any]) -> None:
    """Whether every form of a batch gives the expected columns, to the bit."""
    for form in forms(texts):
        columns = batch(form["given"], threads=form["threads"])
        for name, column in expected.items():
            found = columns if name == "" else getattr(columns, name)
            np.testing.assert_array_equal(found, np.array(column, dtype=found.dtype))
            assert found.shape == np.array(column).shape


@SAME
@given(several, texts)
def test_rouge_is_the_same_single_prepared_and_in_a_batch(given: list[str], reference: str) -> None:
    types, predictions = ("rouge1", "rouge2", "rougeL", "rougeLsum"), many(given)
    prepared = rg.RougeReference(reference, types=types)
    single = [rg.rouge(prediction=p, reference=reference, types=types) for p in given]
    assert [prepared.score(p) for p in given] == single
    # With another reference in between each is a pair of its own, of which the shorter text is indexed.
    between = [reference if i % 2 else f"{reference}." for i in range(40)]
    for form in forms(predictions):
        for columns in (
            prepared.score_batch(form["given"], threads=form["threads"]),
            rg.rouge_batch(
                predictions=form["given"], references=[reference] * 40, types=types, threads=form["threads"]
            ),
            rg.rouge_batch(
                predictions=form["given"], references=between, types=types, threads=form["threads"]
            ),
        ):
            for name in types:
                for part in ("precision", "recall", "fmeasure"):
                    assert columns[name][part].tolist() == [getattr(s[name], part) for s in many(single)]


@SAME
@example([NEGATED, FACTS[0], "\ud83d\ude00\udc00 May.", ""], FACTS, True)
@example([NEGATED, FACTS[0]], [*FACTS, FACTS[0], "\ud800", "..."], False)
@given(several, st.lists(texts, max_size=4), st.booleans())
def test_facts_are_the_same_single_in_a_batch_and_in_a_grade(
    given: list[str], listed: list[str], polarity: bool
) -> None:
    facts = rg.Facts(listed, polarity=polarity)
    single = [facts.score(text) for text in given]
    assert [facts.mean(text) for text in given] == [s.mean for s in single]
    scores = many(single)
    rows = {
        name: np.array([[getattr(f, name) for f in s.per_fact] for s in scores]).reshape(40, len(facts))
        for name in ("score", "present", "negated")
    }
    means = {name: [getattr(s, name) for s in scores] for name in ("mean", "guard")}
    check(facts.score_batch, many(given), means | rows)
    assert len(facts.score_batch(given)) == len(given)
    check(facts.mean_batch, many(given), {"": means["mean"]})
    if facts.facts:
        check_grade(
            given,
            lambda coverage: (coverage.raw, coverage.guard, coverage.per_fact),
            [(s.mean, s.guard, s.per_fact) for s in single],
            coverage={"basis": "facts", "polarity": polarity},
            facts=listed,
        )


@SAME
@given(several, texts)
def test_sentences_are_the_same_single_in_a_batch_and_in_a_grade(given: list[str], reference: str) -> None:
    facts = rg.Facts.from_reference(reference)
    single = [facts.score(text) for text in given]
    check(facts.score_batch, many(given), {"mean": [s.mean for s in many(single)]})
    if reference:
        check_grade(
            given,
            lambda coverage: coverage.raw,
            [s.mean for s in single],
            basis="reference",
            reference=reference,
        )


@SAME
@given(several, texts)
def test_what_is_of_the_source_is_the_same_single_prepared_in_a_batch_and_in_a_grade(
    given: list[str], source: str
) -> None:
    salience, prepared = rg.Salience(source), rg.Source(source)
    scores = [salience.score(text) for text in given]
    copied = [rg.copying(prediction=text, source=source) for text in given]
    supported = [rg.support(prediction=text, source=source) for text in given]
    assert [prepared.copying(text) for text in given] == copied
    assert [prepared.support(text) for text in given] == supported
    check(salience.score_batch, many(given), {"": many(scores)})
    check(prepared.copying_batch, many(given), copying_columns(many(copied)))
    check(prepared.support_batch, many(given), support_columns(many(supported)))
    if source:
        check_grade(
            given,
            lambda coverage: (coverage.raw, coverage.copying, coverage.support),
            list(zip(scores, copied, supported, strict=True)),
            basis="source",
            max_density=2,
            source=source,
        )


@SAME
@given(several, several)
def test_pairs_are_the_same_single_and_in_a_batch(given: list[str], sources: list[str]) -> None:
    pairs = list(zip(many(given), many(sorted(sources * 3)), strict=True))
    copied = copying_columns([rg.copying(prediction=p, source=s) for p, s in pairs])
    supported = support_columns([rg.support(prediction=p, source=s) for p, s in pairs])
    # Sources come in the same forms as predictions, in turn.
    for batch, expected in ((rg.copying_batch, copied), (rg.support_batch, supported)):
        in_turn = (form["given"] for form in forms([s for _, s in pairs]))
        check(
            lambda given, threads: batch(predictions=given, sources=next(in_turn), threads=threads),  # noqa: B023
            [p for p, _ in pairs],
            expected,
        )


def copying_columns(copied: list[Any]) -> dict[str, Any]:
    return {name: [getattr(c, name) for c in copied] for name in ("coverage", "density", "longest", "novel")}


def support_columns(supported: list[Any]) -> dict[str, Any]:
    spans = ("unsupported_numbers", "unsupported_names", "contradicted")
    columns: dict[str, Any] = {name: [len(getattr(s, name)) for s in supported] for name in spans}
    return columns | {name: [getattr(s, name) for s in supported] for name in ("numbers", "names", "factor")}


def check_grade(
    texts: list[str], of: Callable[[Any], Any], expected: list[Any], *, facts: Any = None, **given: Any
) -> None:
    """Whether the grades of a prepared task hold what was expected, and its batches credit what they credit."""
    material = {name: given.pop(name) for name in ("source", "reference") if name in given}
    # PII inside a fact would carry no weight in a grade.
    task = rg.Rubric(allow=["*"], **given).prepare(facts=facts, **material)
    grades = [task.grade(text) for text in texts]
    for text, grade, found in zip(texts, grades, expected, strict=True):
        assert not is_read_whole(text, grade) or of(grade.coverage) == found
    check(task.grade_batch, many(texts), {"coverage": [grade.coverage.score for grade in many(grades)]})


def is_read_whole(text: str, grade: rg.Grade) -> bool:
    """Whether a grade reads coverage off the whole text: not where remarks stand around the paragraph, or where a
    sentence behind another breaks off."""
    kinds = {violation.kind for violation in grade.form.violations}
    around = {
        "preamble",
        "metadata",
        "assistant",
        "question",
        "special_tokens",
        "control_characters",
        "markdown",
    }
    broken = "truncated" in kinds and any(not (c.isalnum() or c in " ,-'’") for c in text)
    return not kinds & around and not broken


def test_remarks_and_a_sentence_that_breaks_off_carry_nothing() -> None:
    task = rg.Rubric().prepare(facts=FACTS)
    whole = task.grade(FACTS[0]).coverage.raw
    for text in (f"Summary: {FACTS[0]}", f"{FACTS[0]} I hope this helps!", f"{FACTS[0]} {FACTS[1][:-6]}"):
        assert task.grade(text).coverage.raw == whole, text


# ---- what a batch takes ------------------------------------------------------------------------------------

BATCHES: dict[str, tuple[str, Callable[..., Any]]] = {
    "facts": ("summaries", rg.Facts(FACTS).score_batch),
    "salience": ("summaries", rg.Salience(REFERENCE).score_batch),
    "means": ("summaries", rg.Facts(FACTS).mean_batch),
    "copying": ("predictions", rg.Source(REFERENCE).copying_batch),
    "support": ("predictions", rg.Source(REFERENCE).support_batch),
    "copying of pairs": ("predictions", partial(rg.copying_batch, sources=[REFERENCE] * 2)),
    "support of pairs": ("predictions", partial(rg.support_batch, sources=[REFERENCE] * 2)),
    "copying from pairs": ("sources", partial(rg.copying_batch, predictions=FACTS)),
    "support by pairs": ("sources", partial(rg.support_batch, predictions=FACTS)),
}


@pytest.mark.parametrize("name", BATCHES)
def test_a_wrong_batch_is_named_with_its_place(name: str) -> None:
    argument, batch = BATCHES[name]
    for wrong, message in (
        ("one text", f"{argument}: got one str, expected a list of str or an Arrow string array"),
        ({"one": "text"}, f"{argument}: got one dict, expected a list of str or an Arrow string array"),
        (7, f"{argument}: got int, expected a list of str"),
        (["a", 7], rf"{argument}\[1\]: got int, expected str"),
        (pa.array(["a", None]), rf"{argument}\[1\]: got null, expected a string"),
        (pa.array([1, 2]), f"{argument}: got an Arrow array of Int64, expected a list of str"),
    ):
        with pytest.raises(TypeError, match=message):
            batch(**{argument: wrong})
    for threads in (0, -1, 1.5, None):
        with pytest.raises(
            ValueError, match=f"threads: got {threads}, expected a whole number of at least 1"
        ):
            batch(**{argument: FACTS}, threads=threads)


def test_pairs_must_be_pairs() -> None:
    for batch in (rg.copying_batch, rg.support_batch):
        with pytest.raises(
            ValueError, match="sources: got 1 sources for 2 predictions, expected one source a"
        ):
            batch(predictions=FACTS, sources=[REFERENCE])
        with pytest.raises(TypeError):
            batch(FACTS, FACTS)  # type: ignore[misc]


@pytest.mark.parametrize("name", BATCHES)
def test_no_texts_are_columns_of_length_zero(name: str) -> None:
    argument, batch = BATCHES[name]
    none: dict[str, list[str]] = {"predictions": [], "sources": []} if "pairs" in name else {argument: []}
    assert len(batch(**none)) == 0


def test_columns_have_their_shapes_and_types() -> None:
    facts, source = rg.Facts(FACTS), rg.Source(REFERENCE)
    scored, copied, supported = (
        batch([*FACTS, ""]) for batch in (facts.score_batch, source.copying_batch, source.support_batch)
    )
    assert scored.score.shape == scored.present.shape == scored.negated.shape == (3, 2)
    assert scored.present.tolist() == [[True, False], [False, True], [False, False]]
    assert rg.Facts([]).score_batch(FACTS).score.shape == (2, 0)
    assert copied.novel.shape == (3, 4)
    assert (scored.score.dtype, scored.present.dtype, copied.longest.dtype) == (
        np.float64,
        np.bool_,
        np.uint32,
    )
    assert supported.unsupported_numbers.tolist() == [0, 1, 0]
    assert supported.unsupported_numbers.dtype == np.uint32
    assert len(scored) == len(copied) == len(supported) == 3
