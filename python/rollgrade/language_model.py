"""Fluency by a causal language model: the public tutorial's formula, off by default.

Needs transformers and torch (``pip install 'rollgrade[lm]'``), which are imported when the first text is scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_BATCH = 16
"""Texts that go through the model together."""


def from_loss(loss: float) -> float:
    """The score of a mean token loss (nats): ``1 - (loss - 2) / 8``, clipped to [0, 1]."""
    return min(1.0, max(0.0, 1.0 - (loss - 2.0) / 8.0))


class LanguageModel:
    """A causal language model of transformers: a folder, or a name that transformers knows.

    Raises ``ImportError`` without the extra ``[lm]``, ``ValueError`` where there is no such model.
    """

    def __init__(self, model: str) -> None:
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError:
            raise ImportError(
                'fluency.scorer = "lm" needs transformers and torch: pip install "rollgrade[lm]"'
            ) from None
        self._torch = torch
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(model)
            self._model: Any = AutoModelForCausalLM.from_pretrained(model)
        except (OSError, ValueError) as e:
            raise ValueError(
                f"fluency.model: got {model!r}, expected the folder or the name of a causal language model ({e})"
            ) from None
        self._model.eval()
        self._most = getattr(self._model.config, "max_position_embeddings", None) or 1024

    def losses(self, texts: Sequence[str]) -> list[float | None]:
        """The mean loss of each text's tokens but the first, in nats; None for a text of fewer than two tokens."""
        encoded = [self._tokenizer(text)["input_ids"][: self._most] for text in texts]
        found: list[float | None] = [None] * len(texts)
        # Texts of like length together, so that little is padded.
        order = sorted((i for i, ids in enumerate(encoded) if len(ids) > 1), key=lambda i: len(encoded[i]))
        for at in range(0, len(order), _BATCH):
            rows = order[at : at + _BATCH]
            for row, loss in zip(rows, self._batch([encoded[i] for i in rows]), strict=True):
                found[row] = loss
        return found

    def _batch(self, rows: Sequence[list[int]]) -> list[float]:
        torch = self._torch
        width = max(map(len, rows))
        # What is padded is never looked at: the mask hides it, and its loss is not counted.
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows], device=self._model.device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=ids.device)
        with torch.inference_mode():
            logits = self._model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
            each = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
        counted = mask[:, 1:]
        means = (each * counted).sum(dim=1) / counted.sum(dim=1)
        return [float(mean) for mean in means]

    def scores(self, texts: Sequence[str]) -> list[float]:
        """The fluency of each text, in [0, 1]; 0 for a text of fewer than two tokens."""
        return [0.0 if loss is None else from_loss(loss) for loss in self.losses(texts)]
