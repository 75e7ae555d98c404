"""A tiny policy that needs no download: a tokenizer of whole words, and a random GPT-2 over them. What it samples are
words in random order, some of them to an end and some cut off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

FACTS = ["The council approved the budget on Monday .", "Property taxes rise by 3 percent in May ."]
DOCUMENTS = [
    "After a long debate the council approved the budget on Monday . Property taxes rise by 3 percent in May .",
    "The library opens on Friday . Its new hall holds 200 people and the mayor will read a short story there .",
]
EOS, PAD = "<|im_end|>", "<|pad|>"
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] + ' : ' + m['content'] + ' ' }}{% endfor %}"
    "{% if add_generation_prompt %}assistant : {% endif %}"
)


def tokenizer() -> PreTrainedTokenizerFast:
    """One token a word, so that random tokens are words; spaces between them."""
    words = sorted(
        {word for text in (*FACTS, *DOCUMENTS) for word in text.split()} | {"user", "assistant", ":"}
    )
    words += ["<|unk|>", PAD, EOS]
    inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<|unk|>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token=EOS,
        bos_token=EOS,
        pad_token=PAD,
        unk_token="<|unk|>",
        padding_side="left",
    )
    made.chat_template = TEMPLATE
    return made


def policy(folder: Path) -> Path:
    """A saved random model with its tokenizer."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    tok = tokenizer()
    ids = {
        "bos_token_id": tok.bos_token_id,
        "eos_token_id": tok.eos_token_id,
        "pad_token_id": tok.pad_token_id,
    }
    config = GPT2Config(vocab_size=len(tok), n_positions=160, n_embd=32, n_layer=2, n_head=2, **ids)
    GPT2LMHeadModel(config).save_pretrained(folder)
    tok.save_pretrained(folder)
    return folder


def rows(form: str, **columns: list[Any]) -> list[dict[str, Any]]:
    """Eight rows of a dataset with string or conversational prompts; ``columns`` over those that each row has."""
    made = []
    for i in range(8):
        document = f"{DOCUMENTS[i % 2]} {i}"  # no two prompts alike
        prompt: Any = [{"role": "user", "content": document}] if form == "messages" else document
        row = {"prompt": prompt, "facts": FACTS, "source": document, "number": i}
        made.append(row | {name: values[i] for name, values in columns.items()})
    return made


def score(log: Path, rubric: Path, out: Path) -> list[dict[str, Any]]:
    """The grades that ``rollgrade score`` gives a log, record by record."""
    command = [
        sys.executable,
        "-m",
        "rollgrade",
        "score",
        str(log),
        "--rubric",
        str(rubric),
        "-o",
        str(out),
        "--only-grades",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    if out.suffix == ".parquet":
        import pyarrow.parquet as pq

        grades: list[dict[str, Any]] = pq.read_table(out).to_pylist()
        return grades
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]
