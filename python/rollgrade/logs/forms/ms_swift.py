"""ms-swift's ``completions.jsonl``: a line a step, with lists of prompts, completions, rewards and advantages."""

from __future__ import annotations

from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    prompts, completions = record.get("prompt"), record.get("completion")
    return (
        isinstance(prompts, list)
        and isinstance(completions, list)
        and len(prompts) == len(completions) > 0
        and all(isinstance(text, str) for text in completions)
    )


def _split(record: Record) -> list[Record]:
    """A record for each completion: of lists that are as long, the element that goes with it."""
    completions = record.get("completion")
    if not isinstance(completions, list):
        return [record]
    n = len(completions)
    return [
        {
            key: value[i] if isinstance(value, list) and len(value) == n else value
            for key, value in record.items()
        }
        for i in range(n)
    ]


FORM = Form.at(
    "ms-swift", "lists `prompt` and `completion` of strings", _recognises,
    completion="completion", prompt="prompt", split=_split,
)  # fmt: skip
