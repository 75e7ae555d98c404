"""Fluency of texts of 50 GPT-2 tokens beside one tiktoken `encode` of each."""

from __future__ import annotations

from typing import Any

from corpus import unseen

import rollgrade as rg
from oracles import documents, tiktoken_gpt2

TOKENS = 50
TEXTS = [rg.truncate(text, TOKENS) for text in unseen(400, 400_000)]
TEXTS = [text for text in TEXTS if rg.count_tokens(text) == TOKENS][:1000]


def test_fluency_of_one_text(race: Any) -> None:
    tik = tiktoken_gpt2()
    text = max((d["reference"] for d in documents()), key=lambda text: len(tik.encode_ordinary(text)))
    race(
        f"fluency of one text of {len(tik.encode_ordinary(text))} tokens again and again",
        {
            "rollgrade": lambda: rg.fluency(text),
            "tiktoken encode": lambda: tik.encode_ordinary(text),
        },
        each=2000,
    )


def test_fluency_of_many_texts(race: Any) -> None:
    tik = tiktoken_gpt2()
    race(
        f"fluency of {len(TEXTS)} different texts of {TOKENS} tokens, with evidence",
        {
            "rollgrade": lambda: [rg.fluency(text) for text in TEXTS],
            "tiktoken encode": lambda: [tik.encode_ordinary(text) for text in TEXTS],
        },
    )


def test_fluency_scores_of_many_texts(race: Any) -> None:
    tik = tiktoken_gpt2()
    race(
        f"fluency of {len(TEXTS)} different texts of {TOKENS} tokens, scores alone",
        {
            "rollgrade": lambda: rg.fluency_batch(TEXTS),
            "tiktoken encode": lambda: [tik.encode_ordinary(text) for text in TEXTS],
        },
    )
