"""ROUGE is bit-equal to google's rouge_score."""

from __future__ import annotations

import json
import os
import random
import resource
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, lru_cache
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

# Google's stemmer says the same of a word each time, and its tokenizer of a text: asked once, it takes half the time.
for _google in GOOGLE.values():
    _tokenizer = _google._tokenizer
    if _tokenizer._stemmer is not None:
        _tokenizer._stemmer.stem = lru_cache(1 << 18)(_tokenizer._stemmer.stem)
    _tokenizer.tokenize = lru_cache(64)(_tokenizer.tokenize)

LONG = os.environ.get("ROLLGRADE_LONG") == "1"
CHUNK = 5_000

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


@cache
def prose() -> list[str]:
    """Words of the example documents, references and, where they are, of the news summaries; line ends between."""
    texts = [d[part] for d in documents() for part in ("text", "reference")]
    if data := external_data():
        items = json.loads((data / "coverage" / "realsumm_scu.json").read_text("utf-8"))["items"]
        texts += ["\n".join(item["bullets"]) for item in items]
    return [word for text in texts for word in text.replace("\n", " \n ").split(" ") if word]


def random_pairs(seed: int, count: int) -> Iterator[tuple[str, str, bool]]:
    """Predictions, references and whether to stem: pieces of prose, changed copies of them, few words in many orders,
    characters that decide on words, long and empty sides. The same every time."""
    rng = random.Random(seed)
    decisive = "aAbKzs09 '-_.\n\r\t\u2028\x85\x0bİıſéÉßΣ中ªº²½\u0301\u212a\U0001f600"
    endings = "ies ied ying yed eed ing ed ational izer abli ousli alism biliti logi fulli alli ement sses us y".split()
    real = prose()

    def piece(most: int) -> list[str]:
        start = rng.randrange(len(real))
        return real[start : start + rng.randrange(most)]

    def changed(text: list[str]) -> list[str]:
        text = list(text)
        for _ in range(rng.randrange(6)):
            at = rng.randrange(len(text) + 1)
            text[at : at + rng.randrange(3)] = rng.choice(
                [[], ["\n"], piece(3), [word.upper() for word in piece(3)]]
            )
        return text

    for _ in range(count):
        kind = rng.randrange(20)
        if kind == 0:
            sides = [piece(300), piece(40)]
        elif kind < 10:
            text = piece(30)
            sides = [text, changed(text)]
        elif kind < 14:
            few = "a b c d e \n".split(" ")
            sides = [rng.choices(few, k=rng.randrange(1, rng.choice([5, 20, 90]))) for _ in range(2)]
        elif kind < 17:
            stems = ["".join(rng.choices("aeioubcdlnrsty", k=rng.randrange(1, 5))) for _ in range(3)]
            sides = [
                [rng.choice(stems) + rng.choice(endings) for _ in range(rng.randrange(8))] for _ in range(2)
            ]
        elif kind < 19:
            sides = [
                ["".join(rng.choices(decisive, k=rng.randrange(12))) for _ in range(5)] for _ in range(2)
            ]
        else:
            sides = [piece(12), []]
        rng.shuffle(sides)
        prediction, reference = (" ".join(side) for side in sides)
        yield prediction, reference, rng.random() < 0.5


def differing(seed: int) -> list[tuple[str, str, bool]]:
    """Those of a chunk's pairs that are not bit-equal."""
    found = []
    for prediction, reference, stemmer in random_pairs(seed, CHUNK):
        ours = rg.rouge(prediction=prediction, reference=reference, types=TYPES, use_stemmer=stemmer)
        google = GOOGLE[stemmer].score(reference, prediction)
        if any(tuple(ours[name]) != tuple(google[name]) for name in TYPES):
            found.append((prediction, reference, stemmer))
    return found


def test_random_pairs_are_bit_equal() -> None:
    """10^4 pairs; with ROLLGRADE_LONG=1, 10^6."""
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(differing, range(1_000_000 // CHUNK if LONG else 2)):
            assert not found


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


def test_texts_of_a_hundred_thousand_words_take_linear_memory() -> None:
    rng = random.Random(3)
    vocabulary = [f"w{i}" for i in range(5000)] + ["the"] * 1500
    prediction, reference = (" ".join(rng.choices(vocabulary, k=100_000)) for _ in range(2))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = rg.rouge(prediction=prediction, reference=reference, types=[*TYPES, "rouge5"])
    # A table of the subsequence would take 40 GB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    counts = Counter(prediction.split()) & Counter(reference.split())
    assert ours["rouge1"].precision == ours["rouge1"].recall == counts.total() / 100_000
    assert ours["rougeLsum"] == ours["rougeL"]
    assert 0.2 < ours["rougeL"].fmeasure < ours["rouge1"].fmeasure


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


def test_one_name_in_the_place_of_a_list_is_an_error() -> None:
    with pytest.raises(ValueError, match=r'types: got one str, "rougeL", expected a list of names'):
        rg.rouge(prediction="a", reference="a", types="rougeL")


def test_arguments_that_can_be_confused_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        rg.rouge("a", "b")  # type: ignore[misc]
    with pytest.raises(ValueError, match="references: got 1 references for 2 predictions"):
        rg.rouge_batch(predictions=["a", "b"], references=["a"])
