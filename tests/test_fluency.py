"""Fluency from Python: one text and many, and the language model tier without its library."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rollgrade as rg
from oracles import documents
from rollgrade.language_model import from_loss

CLEAN = [document["reference"] for document in documents()]


def broken(text: str) -> list[str]:
    """A text in ways that nobody would call readable."""
    words = text.split()
    keys = [word.strip(",.") for word in words if len(word) > 4]
    return [
        ", ".join(keys) + ".",
        " the of ".join(keys),
        " ".join(sorted(words)),
        f"{text} {text}",
        text.upper(),
        text.lower().replace(".", "").replace(",", ""),
    ]


def test_the_references_of_the_example_log_read_well_and_what_is_made_of_them_does_not() -> None:
    scores = rg.fluency_batch(CLEAN)
    assert np.median(scores) > 0.9
    assert (scores > 0.5).all()
    for text, score in zip(CLEAN, scores, strict=True):
        lower = rg.fluency_batch(broken(text))
        assert (lower < score).all(), text
        assert np.median(lower) < 0.3, text


@given(st.lists(st.text(max_size=40) | st.sampled_from(CLEAN), max_size=40), st.integers(1, 3))
def test_the_scores_of_many_are_those_of_each(texts: list[str], threads: int) -> None:
    scores = rg.fluency_batch(texts, threads=threads)
    assert scores.dtype == np.float64
    assert scores.tolist() == [rg.fluency(text).score for text in texts]


def test_many_texts_may_be_arrow_strings() -> None:
    assert rg.fluency_batch(pa.array(CLEAN)).tolist() == rg.fluency_batch(CLEAN).tolist()


def test_the_worst_spot_is_in_code_points() -> None:
    found = rg.fluency("“Naïve” café owners met met on Monday, the the mayor said on Friday.")
    assert found.worst is not None
    assert found.reason


class Fixed:
    """Stands for a language model."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def scores(self, texts: Sequence[str]) -> list[float]:
        self.seen += texts
        return [0.25 for _ in texts]


def test_a_score_from_elsewhere_takes_the_place_of_the_rules() -> None:
    rubric, model = rg.Rubric(fluency="lm", thinking="strip"), Fixed()
    rubric._model = model
    grade = rubric.grade(f"<think>Hm.</think>{CLEAN[0]}", facts=[CLEAN[0]])
    assert model.seen == [CLEAN[0]]
    assert (grade.fluency.score, grade.fluency.passed, grade.fluency.parts["lm"]) == (0.25, False, 0.25)
    columns = rubric.grade_batch(CLEAN[:3], facts=[[text] for text in CLEAN[:3]])
    assert columns.fluency.tolist() == [0.25] * 3
    # Coverage is credited in part below the threshold, whoever scored.
    assert columns.coverage[0] == pytest.approx(0.5, abs=0.05)


def test_without_the_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("torch", "transformers"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r'pip install "rollgrade\[lm\]"'):
        rg.Rubric(fluency="lm").grade(CLEAN[0])


def test_wrong_settings_name_the_field() -> None:
    with pytest.raises(ValueError, match=r'fluency\.scorer: got "?\'?ml'):
        rg.Rubric(fluency="ml")
    with pytest.raises(ValueError, match=r"fluency\.model: got ''"):
        rg.Rubric(fluency={"model": ""})


def test_the_formula() -> None:
    assert [from_loss(loss) for loss in (0.0, 2.0, 6.0, 10.0, 30.0)] == [1.0, 1.0, 0.5, 0.0, 0.0]
