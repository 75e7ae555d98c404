"""Token counting against tiktoken, Hugging Face tokenizers, gigatoken and tokie; one thread, all from Python."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gigatoken
import pytest
import tokie
from corpus import mixed_scripts, strings

import rollgrade as rg
from oracles import DATA, hf_gpt2, tiktoken_gpt2, tokenizer_json

os.environ["TOKENIZERS_PARALLELISM"] = "false"


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = Path(tmp_path_factory.mktemp("gpt2")) / "tokenizer.json"
    path.write_text(tokenizer_json())
    return {
        "gigatoken": gigatoken.Tokenizer.from_tiktoken(DATA / "r50k_base.tiktoken"),
        "tokie": tokie.Tokenizer.from_json(str(path)),
    }


SHAPES = {
    "batch of 211 B strings": strings(211, 500_000),
    "batch of 600 B documents": strings(600, 500_000),
    "batch of mixed scripts, 211 B": mixed_scripts(211, 250_000),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_count_tokens_batch(race: Any, peers: dict[str, Any], shape: str) -> None:
    texts = SHAPES[shape]
    giga, tok, tik, hf = peers["gigatoken"], peers["tokie"], tiktoken_gpt2(), hf_gpt2()
    assert rg.count_tokens_batch(texts).sum() == sum(len(tik.encode_ordinary(t)) for t in texts)
    race(
        shape,
        {
            "rollgrade": lambda: rg.count_tokens_batch(texts),
            "gigatoken": lambda: giga.encode_batch(texts, parallel=False),
            "tokie": lambda: [len(tok.encode(t)) for t in texts],
            "tiktoken": lambda: [len(tik.encode_ordinary(t)) for t in texts],
            "tokenizers": lambda: hf.encode_batch_fast(texts, add_special_tokens=False),
        },
        rounds=7,
    )


def test_count_tokens_single(race: Any, peers: dict[str, Any]) -> None:
    text = strings(211, 400)[0]
    giga, tok, tik, hf = peers["gigatoken"], peers["tokie"], tiktoken_gpt2(), hf_gpt2()
    race(
        "one call, 211 B",
        {
            "rollgrade": lambda: rg.count_tokens(text),
            "gigatoken": lambda: len(giga.encode(text)),
            "tokie": lambda: len(tok.encode(text)),
            "tiktoken": lambda: len(tik.encode_ordinary(text)),
            "tokenizers": lambda: len(hf.encode(text, add_special_tokens=False)),
        },
        each=300,
    )


def test_encode(race: Any, peers: dict[str, Any]) -> None:
    text = strings(600, 1200)[0]
    giga, tik = peers["gigatoken"], tiktoken_gpt2()
    race(
        "encode, one call, 600 B",
        {
            "rollgrade": lambda: rg.encode(text),
            "gigatoken": lambda: giga.encode(text),
            "tiktoken": lambda: tik.encode_ordinary(text),
        },
        each=200,
    )


def test_long_runs(race: Any) -> None:
    """A megabyte of one thing beside a megabyte of prose: what is not linear would show."""
    size = 1 << 20
    prose = " ".join(strings(size, size))[:size]
    runs = ["a", "ab", " ", "\n", " \n", "é", "😀", "1", "'", "\u3000"]
    texts = {unit: (unit * size)[: size // len(unit.encode())] for unit in runs}
    race(
        "1 MB of prose; peers: 1 MB of one unit, by rollgrade",
        {"rollgrade": lambda: rg.count_tokens(prose)}
        | {repr(unit): (lambda text=text: rg.count_tokens(text)) for unit, text in texts.items()},
        rounds=5,
    )
