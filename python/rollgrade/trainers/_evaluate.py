"""What eval-protocol and reward-kit share: a grade as an ``EvaluateResult`` with a ``MetricResult`` a rule, and rewards
for their ``@reward_function``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from rollgrade.completion import last_user_text
from rollgrade.grades import Grade
from rollgrade.rubric import Rubric
from rollgrade.trainers._reward import Fields, Grading, Record, record, rows_of, texts


class Evaluator:
    """Conversations in, a result each out. ``package`` is the library whose models the results are."""

    def __init__(self, grading: Grading, fields: Fields, package: ModuleType) -> None:
        self.grading = grading
        self.fields = fields
        self.package = package

    def __call__(self, conversations: Sequence[Any], records: Sequence[Record]) -> list[Any]:
        """One ``EvaluateResult`` a conversation. The source is what the user said last, where no record has one."""
        known = [
            r if r.source is not None else r._replace(source=last_user_text(messages))
            for r, messages in zip(records, conversations, strict=True)
        ]
        grades = self.grading.grade(rows_of(texts(conversations), known))
        return [self.result(grade) for grade in grades]

    def result(self, grade: Grade) -> Any:
        """A grade as an ``EvaluateResult``; one that the rubric gave no reward is marked as not valid."""
        metrics = {
            rule: self.package.MetricResult(
                score=0.0 if score is None else score,
                is_score_valid=score is not None and grade.score is not None,
                reason=reason,
                data={"passed": grade.rules[rule].passed},
            )
            for rule, score, reason in _rules(grade)
        }
        return self.package.EvaluateResult(
            score=0.0 if grade.score is None else grade.score,
            is_score_valid=grade.score is not None,
            reason=grade.reason,
            metrics=metrics,
        )


def _rules(grade: Grade) -> list[tuple[str, float | None, str]]:
    """Each rule, its score and what it found, in words that hold no PII."""
    facts = grade.coverage.per_fact
    found = [f"{match.kind} ({match.verdict})" for match in grade.pii.matches]
    reasons = {
        "length": f"{grade.length.tokens} tokens, budget {grade.length.max_tokens}",
        "coverage": f"carries {sum(f.present for f in facts)} of {len(facts)} facts"
        if facts
        else f"measured against: {grade.coverage.basis}",
        "pii": ", ".join(found) or "none found",
        "fluency": grade.fluency.reason or "reads like prose",
        "form": ", ".join(dict.fromkeys(v.description for v in grade.form.violations)) or "one paragraph",
    }
    reasons |= {rule: result.reason or "passes" for rule, result in grade.custom.items()}
    return [(rule, result.score, reasons[rule]) for rule, result in grade.rules.items()]


def evaluator(rubric: Rubric | str | Path | None, fields: Fields, package: str, threads: int) -> Evaluator:
    """An evaluator by a rubric, the name of a recipe, or the path of a rubric file; ``package`` is imported."""
    grading = Grading(rubric, declared=fields.named(), threads=threads)
    return Evaluator(grading, fields, import_module(package))


def reward_function(evaluate: Evaluator, mode: str) -> Callable[..., Any]:
    """A reward decorated with the library's ``@reward_function``."""
    fields = evaluate.fields

    def rollgrade(messages: Any, ground_truth: Any = None, **kwargs: Any) -> Any:
        """Grades one conversation by rollgrade's rubric."""
        return evaluate([messages], [record(fields, ground_truth, kwargs)])[0]

    def rollgrade_batch(rollouts_messages: Any, ground_truth: Any = None, **kwargs: Any) -> list[Any]:
        """Grades many conversations by rollgrade's rubric. A keyword holds a list with one entry a conversation, or
        one value for all of them (a list of strings are one value: facts)."""
        n = len(rollouts_messages)
        truths = _spread(ground_truth, n)
        extras = {name: _spread(value, n) for name, value in kwargs.items()}
        records = [
            record(fields, truth, {name: values[row] for name, values in extras.items()}, row=row)
            for row, truth in enumerate(truths)
        ]
        return evaluate(rollouts_messages, records)

    made: dict[str, Callable[..., Any]] = {"pointwise": rollgrade, "batch": rollgrade_batch}
    if mode not in made:
        raise ValueError(f'mode: got {mode!r}, expected "pointwise" or "batch"')
    decorated: Callable[..., Any] = evaluate.package.reward_function(mode=mode)(made[mode])
    return decorated


def _spread(value: Any, n: int) -> Sequence[Any]:
    """One entry a conversation."""
    listed = isinstance(value, Sequence) and not isinstance(value, str)
    if listed and len(value) == n and not all(isinstance(item, str) for item in value):
        return list(value)
    return [value] * n


def conversation_extra(row: Any) -> Mapping[str, Any]:
    """What an ``EvaluationRow`` has beside its messages and its ground truth: the fields of its dataset, and why its
    model stopped."""
    about = getattr(row, "input_metadata", None)
    extra = dict(getattr(about, "dataset_info", None) or {}) | dict(row.model_extra or {})
    finish = getattr(getattr(row, "execution_metadata", None), "finish_reason", None)
    return extra | ({"finish_reason": finish} if finish else {})
