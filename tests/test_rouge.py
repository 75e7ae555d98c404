"""ROUGE is bit-equal to google's rouge_score."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

import rollgrade as rg
from oracles import EXAMPLES, documents, external_data

TYPES = ["rouge1", "rouge2", "rouge3", "rouge9", "rougeL", "rougeLsum"]
GOOGLE = {stemmer: RougeScorer(TYPES, use_stemmer=stemmer) for stemmer in (False, True)}

words = st.sampled_from(
    "the a cat cats running ran flies dies skies easily was-is İstanbul Kelvin naïve café 3.5 1,000 don't x\n \n".split(
        " "
    )
)
texts = st.one_of(st.lists(words, max_size=30).map(" ".join), st.text(max_size=60))


def check(prediction: str, reference: str) -> None:
    for stemmer, google in GOOGLE.items():
        ours = rg.rouge(prediction=prediction, reference=reference, types=TYPES, use_stemmer=stemmer)
        assert {k: tuple(v) for k, v in ours.items()} == {
            k: tuple(v) for k, v in google.score(reference, prediction).items()
        }


@settings(max_examples=1500, deadline=None)
@given(texts, texts)
def test_any_pair_is_bit_equal(prediction: str, reference: str) -> None:
    check(prediction, reference)


@settings(max_examples=300, deadline=None)
@given(texts, st.lists(texts, min_size=2, max_size=4))
def test_several_references_take_the_highest_f(prediction: str, references: list[str]) -> None:
    ours = rg.rouge(prediction=prediction, reference=references, types=TYPES)
    google = GOOGLE[False].score_multi(references, prediction)
    assert {k: tuple(v) for k, v in ours.items()} == {k: tuple(v) for k, v in google.items()}


def test_the_example_log_is_bit_equal() -> None:
    reference_of = {d["id"]: d["reference"] for d in documents()}
    for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()[::4]:
        row = json.loads(line)
        check(row["messages"][-1]["content"], reference_of[row["prompt_id"]])


def test_long_texts_are_bit_equal() -> None:
    texts = [d["text"] for d in documents()]
    for prediction, reference in pairwise(texts[:12]):
        check(prediction, reference)


@pytest.mark.skipif(
    external_data() is None, reason="ROLLGRADE_DATA is not set: the news text can't be shipped"
)
def test_news_summaries_are_bit_equal() -> None:
    data = external_data()
    assert data is not None
    items = json.loads((data / "coverage" / "realsumm_scu.json").read_text("utf-8"))["items"]
    for item in items[::5]:
        check("\n".join(item["bullets"]), item["document"])


def test_a_batch_and_a_prepared_reference_equal_single_calls() -> None:
    pairs = [(d["reference"], d["text"]) for d in documents()] * 2 + [("", ""), ("a", ""), ("", "b")]
    columns = rg.rouge_batch(
        predictions=[p for p, _ in pairs], references=[r for _, r in pairs], types=TYPES, threads=2
    )
    for i, (prediction, reference) in enumerate(pairs):
        single = rg.rouge(prediction=prediction, reference=reference, types=TYPES)
        assert rg.RougeReference(reference, types=TYPES).score(prediction) == single
        assert {
            t: tuple(c[part][i] for part in ("precision", "recall", "fmeasure")) for t, c in columns.items()
        } == {t: tuple(s) for t, s in single.items()}
    assert columns["rougeL"]["fmeasure"].dtype == np.float64


@pytest.mark.parametrize("name", ["rouge0", "rouge10", "rougel", "bleu"])
def test_an_unknown_type_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="types: got"):
        rg.rouge(prediction="a", reference="a", types=[name])


def test_arguments_that_can_be_confused_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        rg.rouge("a", "b")  # type: ignore[misc]
    with pytest.raises(ValueError, match="references: got 1 references for 2 predictions"):
        rg.rouge_batch(predictions=["a", "b"], references=["a"])
