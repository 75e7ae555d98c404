"""ROUGE against google's rouge_score, rouge-score-rs and rapidfuzz; fact coverage beside google's ROUGE-L."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import rouge_score_rs.rouge_scorer
from nltk.stem.porter import PorterStemmer
from rapidfuzz.distance import LCSseq
from rouge_score.rouge_scorer import RougeScorer

import rollgrade as rg
from oracles import documents

DOCUMENT = max(documents(), key=lambda d: len(d["text"].split()))
SUMMARY = " ".join(d["reference"] for d in documents()[:2])
TARGETS = {"a long document": DOCUMENT["text"], "four joined facts": " ".join(DOCUMENT["facts"])}


stem = cache(PorterStemmer().stem)


def rapidfuzz_rouge_l(stemmer: bool) -> Callable[[str, str], tuple[float, float, float]]:
    """ROUGE-L from rapidfuzz's subsequence, on google's words, with the stems of words met before."""

    def words(text: str) -> list[str]:
        found: list[str] = re.findall(r"[a-z0-9]+", text.lower())
        return [stem(word) if len(word) > 3 else word for word in found] if stemmer else found

    def score(reference: str, prediction: str) -> tuple[float, float, float]:
        referred, predicted = words(reference), words(prediction)
        hits = LCSseq.similarity(referred, predicted)
        precision, recall = hits / max(1, len(predicted)), hits / max(1, len(referred))
        return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0

    return score


@pytest.mark.parametrize("stemmer", [False, True], ids=["plain", "stemmed"])
@pytest.mark.parametrize("target", TARGETS)
def test_rouge_l(race: Any, target: str, stemmer: bool) -> None:
    reference = TARGETS[target]
    google = RougeScorer(["rougeL"], use_stemmer=stemmer)
    rust = rouge_score_rs.rouge_scorer.RougeScorer(["rougeL"], use_stemmer=stemmer)
    prepared = rg.RougeReference(reference, types=("rougeL",), use_stemmer=stemmer)
    rapid = rapidfuzz_rouge_l(stemmer)
    assert rapid(reference, SUMMARY) == tuple(google.score(reference, SUMMARY)["rougeL"])
    n = len(reference.split())
    race(
        f"ROUGE-L{' with stemmer' if stemmer else ''}, {len(SUMMARY.split())} words against {target} ({n} words)",
        {
            "rollgrade": lambda: rg.rouge(
                prediction=SUMMARY, reference=reference, types=("rougeL",), use_stemmer=stemmer
            ),
            "rollgrade prepared": lambda: prepared.score(SUMMARY),
            "rouge-score-rs": lambda: rust.score(reference, SUMMARY),
            "rapidfuzz": lambda: rapid(reference, SUMMARY),
            "google": lambda: google.score(reference, SUMMARY),
        },
        rounds=15,
        each=20,
    )


@pytest.mark.parametrize("stemmer", [False, True], ids=["plain", "stemmed"])
def test_rouge_batch(race: Any, stemmer: bool) -> None:
    """The usual three types of every reference against its document, in one call."""
    predictions = [d["reference"] for d in documents()]
    references = [d["text"] for d in documents()]
    types = ["rouge1", "rouge2", "rougeL"]
    google = RougeScorer(types, use_stemmer=stemmer)
    rust = rouge_score_rs.rouge_scorer.RougeScorer(types, use_stemmer=stemmer)
    pairs = list(zip(references, predictions, strict=True))
    race(
        f"ROUGE-1, 2 and L{' with stemmer' if stemmer else ''} of {len(pairs)} pairs",
        {
            "rollgrade": lambda: rg.rouge_batch(
                predictions=predictions, references=references, types=types, use_stemmer=stemmer
            ),
            "rouge-score-rs": lambda: [rust.score(*pair) for pair in pairs],
            "google": (20, lambda: [google.score(*pair) for pair in pairs[::20]]),
        },
        rounds=7,
    )


def test_facts(race: Any) -> None:
    summary = DOCUMENT["reference"]
    facts = rg.Facts(DOCUMENT["facts"])
    joined = " ".join(DOCUMENT["facts"])
    google = RougeScorer(["rougeL"])
    race(
        "four prepared facts, a 50-token summary",
        {
            "rollgrade": lambda: facts.mean(summary),
            "rollgrade with evidence": lambda: facts.score(summary),
            "google ROUGE-L of the same pair": lambda: google.score(joined, summary),
        },
        each=30,
    )
