"""Grades language-model rollouts of a summarisation task: token budget, coverage of facts, PII, fluency, form.

>>> import rollgrade as rg
>>> rubric = rg.Rubric(max_tokens=50)
>>> grade = rubric.grade("The vote passed on Monday.", facts=["The vote passed on Monday."])
>>> grade.length.tokens
6

Names load when they are first used, so that importing this costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

from rollgrade._core import __version__

# Spelled out, as importing typing takes longer than all the rest; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rollgrade._core import (
        count_tokens as count_tokens,
    )
    from rollgrade._core import (
        count_tokens_batch as count_tokens_batch,
    )
    from rollgrade._core import (
        decode as decode,
    )
    from rollgrade._core import (
        encode as encode,
    )
    from rollgrade._core import (
        token_spans as token_spans,
    )
    from rollgrade._core import (
        truncate as truncate,
    )
    from rollgrade._core import (
        within as within,
    )
    from rollgrade.analysis.comparing import Comparison as Comparison
    from rollgrade.analysis.comparing import compare as compare
    from rollgrade.audit.check import Check as Check
    from rollgrade.audit.check import check as check
    from rollgrade.audit.redteam import Redteam as Redteam
    from rollgrade.audit.redteam import redteam as redteam
    from rollgrade.completion import completion_text as completion_text
    from rollgrade.explaining import Differences as Differences
    from rollgrade.explaining import Explanation as Explanation
    from rollgrade.grades import Grade as Grade
    from rollgrade.grades import Grades as Grades
    from rollgrade.grades import PiiKind as PiiKind
    from rollgrade.grades import PiiMatch as PiiMatch
    from rollgrade.grades import Rouge as Rouge
    from rollgrade.kernels import (
        Facts as Facts,
    )
    from rollgrade.kernels import (
        RougeReference as RougeReference,
    )
    from rollgrade.kernels import (
        Salience as Salience,
    )
    from rollgrade.kernels import (
        Source as Source,
    )
    from rollgrade.kernels import (
        copying as copying,
    )
    from rollgrade.kernels import (
        copying_batch as copying_batch,
    )
    from rollgrade.kernels import (
        fluency as fluency,
    )
    from rollgrade.kernels import (
        fluency_batch as fluency_batch,
    )
    from rollgrade.kernels import (
        form as form,
    )
    from rollgrade.kernels import (
        rouge as rouge,
    )
    from rollgrade.kernels import (
        rouge_batch as rouge_batch,
    )
    from rollgrade.kernels import (
        support as support,
    )
    from rollgrade.kernels import (
        support_batch as support_batch,
    )
    from rollgrade.pii import (
        PiiMatches as PiiMatches,
    )
    from rollgrade.pii import (
        Redactor as Redactor,
    )
    from rollgrade.pii import (
        find_pii as find_pii,
    )
    from rollgrade.pii import (
        find_pii_batch as find_pii_batch,
    )
    from rollgrade.pii import (
        pii_kind_info as pii_kind_info,
    )
    from rollgrade.pii import (
        pii_kinds as pii_kinds,
    )
    from rollgrade.pii import (
        redact as redact,
    )
    from rollgrade.pii import (
        redact_batch as redact_batch,
    )
    from rollgrade.rubric import Rubric as Rubric
    from rollgrade.rubric import Task as Task
    from rollgrade.rules import Rule as Rule

_NAMES = {
    "_core": ("count_tokens", "count_tokens_batch", "decode", "encode", "token_spans", "truncate", "within"),
    "analysis.comparing": ("Comparison", "compare"),
    "audit.check": ("Check", "check"),
    "audit.redteam": ("Redteam", "redteam"),
    "completion": ("completion_text",),
    "explaining": ("Differences", "Explanation"),
    "grades": ("Grade", "Grades", "PiiKind", "PiiMatch", "Rouge"),
    "kernels": (
        "Facts",
        "RougeReference",
        "Salience",
        "Source",
        "copying",
        "copying_batch",
        "fluency",
        "fluency_batch",
        "form",
        "rouge",
        "rouge_batch",
        "support",
        "support_batch",
    ),
    "pii": (
        "PiiMatches",
        "Redactor",
        "find_pii",
        "find_pii_batch",
        "pii_kind_info",
        "pii_kinds",
        "redact",
        "redact_batch",
    ),
    "rubric": ("Rubric", "Task"),
    "rules": ("Rule",),
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
