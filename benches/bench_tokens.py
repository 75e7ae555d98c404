"""Token counting against gigatoken, tokie, tiktoken and Hugging Face tokenizers; one thread, all from Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# Before they are imported: the peers' batches are to use one thread too.
os.environ |= {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}

import gigatoken
import pyarrow as pa
import pytest
import tokie
from corpus import mixed_scripts, prose, sources, strings, topics, unseen

import rollgrade as rg
from oracles import DATA, hf_gpt2, tiktoken_gpt2, tokenizer_json
from rollgrade import _core

MB = 1_000_000


@pytest.fixture(scope="module")
def tokenizer_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = Path(tmp_path_factory.mktemp("gpt2")) / "tokenizer.json"
    path.write_text(tokenizer_json())
    return str(path)


@pytest.fixture(scope="module")
def peers(tokenizer_file: str) -> dict[str, Any]:
    return {
        "gigatoken": gigatoken.Tokenizer.from_tiktoken(DATA / "r50k_base.tiktoken"),
        "tokie": tokie.Tokenizer.from_json(tokenizer_file),
    }


def shapes() -> dict[str, list[str]]:
    found = {
        "the example documents": {size: strings(size, MB) for size in (211, 600)},
        "the standard library's topics": {size: topics(size) for size in (211, 600)},
        "mixed scripts": {211: mixed_scripts(211, MB)},
    }
    if sources(0):
        found |= {
            "prose that made the tables": {size: prose(0, size, 4 * MB) for size in (211, 600)},
            "prose that did not": {size: prose(1, size, 4 * MB) for size in (211, 600)},
        }
    return {f"{name}, {size} B": texts for name, sizes in found.items() for size, texts in sizes.items()}


SHAPES = shapes()


@pytest.mark.parametrize("shape", SHAPES)
def test_count_tokens_batch(race: Any, peers: dict[str, Any], shape: str) -> None:
    texts = SHAPES[shape]
    giga, tok, tik, hf = peers["gigatoken"], peers["tokie"], tiktoken_gpt2(), hf_gpt2()
    sample = texts[::20]
    assert rg.count_tokens_batch(sample).tolist() == [len(tik.encode_ordinary(t)) for t in sample]
    race(
        f"{shape}, {sum(len(t.encode()) for t in texts) / MB:.1f} MB",
        {
            "rollgrade": lambda: rg.count_tokens_batch(texts),
            "gigatoken": lambda: giga.encode_batch(texts, parallel=False),
            "tokie": lambda: tok.count_tokens_batch(texts),
            # These are slow enough for a twentieth of the texts to do.
            "tiktoken": (20, lambda: [len(tik.encode_ordinary(t)) for t in sample]),
            "tokenizers": (20, lambda: hf.encode_batch_fast(sample, add_special_tokens=False)),
        },
        rounds=9,
    )


FIRST_CALLS = {
    "rollgrade": "import numpy, rollgrade\n",
    "gigatoken": "import numpy, gigatoken\n",
    "tokie": "import numpy, tokie\n",
    "tiktoken": "import sys; sys.path.insert(0, 'tests')\nimport tiktoken, oracles\n",
}
FIRST_WORK = {
    "rollgrade": "rollgrade.count_tokens_batch(texts)",
    "gigatoken": "gigatoken.Tokenizer.from_tiktoken(ranks).encode_batch(texts, parallel=False)",
    "tokie": "tokie.Tokenizer.from_json(tokenizer).count_tokens_batch(texts)",
    "tiktoken": "tik = oracles.tiktoken_gpt2(); [tik.encode_ordinary(t) for t in texts]",
}


def first_call(name: str, texts: Path, tokenizer: str) -> float:
    """Seconds from having the texts and the module to having the counts, in a fresh process."""
    program = (
        "import json, time\n"
        f"texts = json.load(open({str(texts)!r}))\n"
        f"ranks, tokenizer = {str(DATA / 'r50k_base.tiktoken')!r}, {tokenizer!r}\n"
        f"{FIRST_CALLS[name]}"
        "start = time.perf_counter()\n"
        f"{FIRST_WORK[name]}\n"
        "print(time.perf_counter() - start)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    return float(done.stdout)


@pytest.mark.parametrize("size", [211, 600])
def test_first_call_of_a_process(race_of_times: Any, tmp_path: Path, tokenizer_file: str, size: int) -> None:
    texts = unseen(size, MB)
    path = tmp_path / "texts.json"
    path.write_text(json.dumps(texts))
    race_of_times(
        f"first call of a process, {size} B, 1 MB",
        {name: (lambda name=name: first_call(name, path, tokenizer_file)) for name in FIRST_CALLS},
        rounds=7,
    )


def ascii_text(size: int) -> str:
    return next(text for text in strings(size, 1000 * size) if text.isascii())[:size]


@pytest.mark.parametrize("kind", ["ASCII", "with a dash and quotes"])
def test_count_tokens_single(race: Any, peers: dict[str, Any], kind: str) -> None:
    text = ascii_text(211)
    if kind != "ASCII":
        text = f"{text[:100]} — “{text[100:]}”"
    giga, tok, tik, hf = peers["gigatoken"], peers["tokie"], tiktoken_gpt2(), hf_gpt2()
    race(
        f"one call, 211 B, {kind}",
        {
            "rollgrade": lambda: rg.count_tokens(text),
            "gigatoken": lambda: len(giga.encode(text)),
            "tokie": lambda: tok.count_tokens(text),
            "tiktoken": lambda: len(tik.encode_ordinary(text)),
            "tokenizers": lambda: len(hf.encode(text, add_special_tokens=False)),
        },
        each=2000,
    )


def test_utf8_cache(race: Any) -> None:
    """The first time a string that is not ASCII is asked for its UTF-8, Python makes it and keeps it."""
    text = f"{ascii_text(211)[:100]} — “{ascii_text(211)[100:]}”"
    copies = iter([(text + " ")[:-1] for _ in range(20 * 300)])
    race(
        "one call, 211 B, not ASCII, seen before; peer: a string never seen",
        {"rollgrade": lambda: rg.count_tokens(text), "fresh": lambda: rg.count_tokens(next(copies))},
        each=300,
    )


def test_instruction_sets(race: Any) -> None:
    texts = unseen(211, MB)
    tik, sample = tiktoken_gpt2(), texts[::20]
    sets = {name: _core._TokenCounter(name) for name in _core._instruction_sets()}
    race(
        "batch of 211 B strings; peers: the other instruction sets",
        {
            "rollgrade": lambda: rg.count_tokens_batch(texts),
            **{name: (lambda counter=counter: counter.count(texts)) for name, counter in sets.items()},
            "tiktoken": (20, lambda: [len(tik.encode_ordinary(t)) for t in sample]),
        },
    )


@pytest.mark.parametrize("size", [211, 600])
def test_threads_and_arrow(race: Any, size: int) -> None:
    texts = unseen(size, 12 * MB)
    arrow = pa.array(texts)
    race(
        f"12 MB of {size} B strings on two threads",
        {
            "rollgrade": lambda: rg.count_tokens_batch(texts, threads=2),
            "one thread": lambda: rg.count_tokens_batch(texts),
            "Arrow, two threads": lambda: rg.count_tokens_batch(arrow, threads=2),
            "Arrow, one thread": lambda: rg.count_tokens_batch(arrow),
        },
        rounds=11,
    )


@pytest.mark.parametrize("size", [211, 600, 100_000])
def test_encode(race: Any, peers: dict[str, Any], size: int) -> None:
    text = ascii_text(size) if size < 1000 else " ".join(strings(size, size))
    giga, tik = peers["gigatoken"], tiktoken_gpt2()
    race(
        f"`encode`, one call, {size} B",
        {
            "rollgrade": lambda: rg.encode(text),
            "gigatoken": lambda: giga.encode(text),
            "tiktoken": lambda: tik.encode_ordinary(text),
        },
        each=max(1, 100_000 // size),
    )


def test_budgets(race: Any) -> None:
    """What asks for a budget of 50 tokens on a text of 2 KB."""
    text = " ".join(text for text in strings(211, 20_000) if text.isascii())[:2000]
    tik = tiktoken_gpt2()
    race(
        "`within(text, 50)` of 2 KB",
        {
            "rollgrade": lambda: rg.within(text, 50),
            "counting": lambda: rg.count_tokens(text),
            "`truncate`": lambda: rg.truncate(text, 50),
            "`truncate` at a word": lambda: rg.truncate(text, 50, at="word"),
            "`token_spans`": lambda: rg.token_spans(text),
            "tiktoken": lambda: tik.decode(tik.encode_ordinary(text)[:50]),
        },
        each=200,
    )


def test_long_runs(race: Any) -> None:
    """A megabyte of one thing beside a megabyte of prose: what is not linear would show."""
    size = 1 << 20
    text = " ".join(strings(size, size))[:size]
    runs = [
        "a",
        "ab",
        " ",
        "\n",
        " \n",
        "a ",
        "1a",
        "é",
        "中",
        "😀",
        "👩‍👩‍👧",
        "1",
        "'",
        "'s",
        "-",
        "=-",
        "\u3000",
        "a\u0301",
    ]
    texts = {unit: (unit * size)[: size // len(unit.encode())] for unit in runs}
    race(
        "1 MB of prose; peers: 1 MB of one unit, by rollgrade",
        {"rollgrade": lambda: rg.count_tokens(text)}
        | {repr(unit): (lambda text=text: rg.count_tokens(text)) for unit, text in texts.items()},
        rounds=5,
    )
