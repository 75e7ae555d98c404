"""Fluency by a causal language model, on a tiny random GPT-2 that is made here.

Run by `make test-lm`, in an environment of its own.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

import rollgrade as rg
from rollgrade.language_model import LanguageModel, from_loss

TEXTS = [
    "The council approved the budget on Monday.",
    "Heavy rain closed two bridges in the valley, and officials asked residents to stay at home until Thursday.",
    "Naïve café owners protested.",
    "a",
    "",
    "The museum will close for three years while workers replace its roof. " * 20,
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a random GPT-2 of two layers over bytes, with 64 positions."""
    folder = tmp_path_factory.mktemp("gpt2")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=256, n_positions=64, n_embd=16, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    return str(folder)


def loss_of(folder: str, text: str) -> float:
    """The tutorial's way: one text at a time, the model's own loss."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), GPT2LMHeadModel.from_pretrained(folder).eval()
    ids = tokenizer(text, return_tensors="pt")["input_ids"][:, :64]
    with torch.inference_mode():
        return float(model(ids, labels=ids).loss)


def test_batched_losses_are_those_of_one_text_at_a_time(model: str) -> None:
    for text, loss in zip(TEXTS, LanguageModel(model).losses(TEXTS), strict=True):
        if len(text) < 2:
            assert loss is None
        else:
            assert loss == pytest.approx(loss_of(model, text), abs=1e-5)


def test_many_texts_keep_their_order(model: str) -> None:
    scorer = LanguageModel(model)
    texts = [f"{text} {number}" for number in range(20) for text in TEXTS[:3]]
    alone = [scorer.scores([text])[0] for text in texts]
    assert scorer.scores(texts) == pytest.approx(alone, abs=1e-6)


def test_the_formula() -> None:
    assert [from_loss(loss) for loss in (0.0, 2.0, 6.0, 10.0, 30.0)] == [1.0, 1.0, 0.5, 0.0, 0.0]
    assert from_loss(math.log(256)) == pytest.approx(1 - (math.log(256) - 2) / 8)


def test_a_rubric_scores_fluency_by_the_model(model: str) -> None:
    rubric = rg.Rubric(fluency={"scorer": "lm", "model": model})
    expected = from_loss(loss_of(model, TEXTS[0]))
    grade = rubric.grade(TEXTS[0])
    assert grade.fluency.score == pytest.approx(expected, abs=1e-5)
    assert grade.fluency.parts["lm"] == grade.fluency.score
    columns = rubric.grade_batch([TEXTS[0], f"<think>Hm.</think>{TEXTS[0]}", TEXTS[1]])
    assert columns.fluency[:2] == pytest.approx([expected, expected], abs=1e-5)
    assert columns[2].fluency.score == pytest.approx(columns.fluency[2], abs=1e-6)


def test_the_name_of_the_scorer_is_enough(tmp_path: Path) -> None:
    rubric = rg.Rubric(fluency="lm")
    assert (rubric.fluency.scorer, rubric.fluency.model) == ("lm", "gpt2")


def test_a_model_that_is_not_there_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(
        ValueError, match=r"fluency\.model: got '.*', expected the folder or the name of a causal"
    ):
        rg.Rubric(fluency={"scorer": "lm", "model": str(tmp_path)}).grade(TEXTS[0])
