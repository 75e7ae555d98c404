"""ROUGE against google's rouge_score and rouge-score-rs; fact coverage beside google's ROUGE-L."""

from __future__ import annotations

from typing import Any

import pytest
import rouge_score_rs.rouge_scorer
from rouge_score.rouge_scorer import RougeScorer

import rollgrade as rg
from oracles import documents

DOCUMENT = max(documents(), key=lambda d: len(d["text"].split()))
SUMMARY = " ".join(d["reference"] for d in documents()[:2])
TARGETS = {"a long document": DOCUMENT["text"], "four joined facts": " ".join(DOCUMENT["facts"])}


@pytest.mark.parametrize("stemmer", [False, True], ids=["plain", "stemmed"])
@pytest.mark.parametrize("target", TARGETS)
def test_rouge_l(race: Any, target: str, stemmer: bool) -> None:
    reference = TARGETS[target]
    google = RougeScorer(["rougeL"], use_stemmer=stemmer)
    rust = rouge_score_rs.rouge_scorer.RougeScorer(["rougeL"], use_stemmer=stemmer)
    prepared = rg.RougeReference(reference, types=("rougeL",), use_stemmer=stemmer)
    n = len(reference.split())
    race(
        f"ROUGE-L{' with stemmer' if stemmer else ''}, {len(SUMMARY.split())} words against {target} ({n} words)",
        {
            "rollgrade": lambda: rg.rouge(
                prediction=SUMMARY, reference=reference, types=("rougeL",), use_stemmer=stemmer
            ),
            "rollgrade prepared": lambda: prepared.score(SUMMARY),
            "rouge-score-rs": lambda: rust.score(reference, SUMMARY),
            "google": lambda: google.score(reference, SUMMARY),
        },
        rounds=9,
        each=10,
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
