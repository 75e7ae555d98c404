"""Grades language-model rollouts of a summarisation task: token budget, coverage of facts, PII, fluency, form.

>>> import rollgrade as rg
>>> rubric = rg.Rubric(max_tokens=50)
>>> grade = rubric.grade("The vote passed on Monday.", facts=["The vote passed on Monday."])
>>> grade.length.tokens
6

Names load when they are first used, so that importing this costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rollgrade._core import __version__

if TYPE_CHECKING:
    from rollgrade._core import (
        count_tokens,
        count_tokens_batch,
        decode,
        encode,
        token_spans,
        truncate,
        within,
    )
    from rollgrade.completion import completion_text
    from rollgrade.grades import Grade, Grades, PiiMatch, Rouge
    from rollgrade.kernels import (
        Facts,
        PiiMatches,
        RougeReference,
        Salience,
        copying,
        find_pii,
        find_pii_batch,
        fluency,
        form,
        pii_kinds,
        redact,
        rouge,
        rouge_batch,
        support,
    )
    from rollgrade.rubric import Rubric, Task

_NAMES = {
    "_core": ("count_tokens", "count_tokens_batch", "decode", "encode", "token_spans", "truncate", "within"),
    "completion": ("completion_text",),
    "grades": ("Grade", "Grades", "PiiMatch", "Rouge"),
    "kernels": (
        "Facts",
        "PiiMatches",
        "RougeReference",
        "Salience",
        "copying",
        "find_pii",
        "find_pii_batch",
        "fluency",
        "form",
        "pii_kinds",
        "redact",
        "rouge",
        "rouge_batch",
        "support",
    ),
    "rubric": ("Rubric", "Task"),
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [  # noqa: PLE0604 - the one list of names is above
    "__version__",
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'rollgrade' has no attribute {name!r}")
    value = getattr(import_module(f"rollgrade.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
