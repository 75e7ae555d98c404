"""rollgrade's own forms: ``/grade``, one completion with all its evidence, and ``/grade_batch``, many into columns."""

from __future__ import annotations

from typing import Any

from rollgrade.grades import RULES
from rollgrade.rubric import Rubric
from rollgrade.server.forms.form import (
    COMPLETION,
    CUT,
    FACTS,
    SCORE,
    STAMP,
    TEXT,
    Form,
    Options,
    Payload,
    array,
    checked_fields,
    checked_truncated,
    number,
    obj,
)
from rollgrade.trainers._reward import Fields, columns, texts

_ONE = ("completion", "source", "facts", "reference", "truncated")
_MANY = ("completions", "sources", "facts", "references", "truncated", "basis")
_AGAINST = ("facts", "sources", "references")
_FACT = "The council approved the budget on Monday."
_ANSWER = "The council approved the budget on Monday, after a long debate."


def one(rubric: Rubric, options: Options) -> Form:
    """``/grade``."""

    def answer(payload: Payload) -> dict[str, Any]:
        checked_fields(payload, _ONE, "completion")
        cut = checked_truncated("truncated", payload.get("truncated"))
        grade = rubric.grade(
            payload["completion"],
            source=payload.get("source"),
            facts=payload.get("facts"),
            reference=payload.get("reference"),
            truncated=cut,
        )
        return grade.to_dict()

    custom = [rule.name for rule in rubric.rules]
    rule = obj({"score": SCORE, "passed": {"type": "boolean"}}, ["score", "passed"])
    return Form(
        path="/grade",
        summary="Grade one completion, with its evidence",
        description="The whole grade: the reward as `score` (null where the rubric skips the row), the reason in one "
        "sentence, and each rule's score and evidence. PII is masked.",
        answer=answer,
        request=obj(
            {"completion": COMPLETION, "source": TEXT, "facts": FACTS, "reference": TEXT, "truncated": CUT},
            ["completion"],
        ),
        reply=obj(
            {"score": SCORE, "valid": {"type": "boolean"}, "reason": {"type": "string"}}
            | dict.fromkeys(RULES, rule)
            | {"custom": obj(dict.fromkeys(custom, rule), custom)}
            | STAMP,
            ["score", "valid", "reason", *RULES, "custom", *STAMP],
        ),
        example={"completion": _ANSWER, "facts": [_FACT]},
    )


def batch(rubric: Rubric, options: Options) -> Form:
    """``/grade_batch``."""

    def answer(payload: Payload) -> dict[str, Any]:
        checked_fields(payload, _MANY, "completions")
        truncated = payload.get("truncated")
        if truncated is not None:
            if not isinstance(truncated, list):
                raise ValueError("truncated: expected a list with one entry a completion")
            truncated = [checked_truncated(f"row {i}: truncated", cut) for i, cut in enumerate(truncated)]
        completions = texts(payload["completions"])
        fields = Fields(*(name if payload.get(name) is not None else None for name in _AGAINST))
        against = columns(fields, payload, len(completions))
        grades = rubric.grade_batch(
            completions,
            facts=against.get("facts"),
            sources=against.get("source"),
            references=against.get("reference"),
            truncated=truncated,
            basis=payload.get("basis"),
            threads=options.threads,
        )
        found: dict[str, Any] = {
            "scores": grades.rewards(),
            "valid": grades.valid.tolist(),
            "tokens": grades.tokens.tolist(),
        }
        for name, scores in grades.scores.items():
            found[name] = [number(score) for score in scores.tolist()]
            found[f"{name}_passed"] = grades.passed[name].tolist()
        return found | {
            "reasons": grades.reasons,
            "basis": grades.basis,
            "rubric_hash": grades.rubric_hash,
            "version": grades.version,
        }

    flags, scores = array({"type": "boolean"}), array(SCORE)
    replied = {
        "scores": array(SCORE, "The rewards; null where the rubric skips a row."),
        "valid": flags,
        "tokens": array({"type": "integer"}),
        **{
            name: column
            for rule in rubric.rule_names
            for name, column in ((rule, scores), (f"{rule}_passed", flags))
        },
        "reasons": array({"type": "string"}),
        "basis": {"type": "string"},
        **STAMP,
    }
    return Form(
        path="/grade_batch",
        summary="Grade many completions into columns",
        description="Every list has one entry a completion. What coverage is measured against is one for the whole "
        "batch: say it in the rubric, or pass the `basis` of the first reply on, so that rewards of several requests "
        "compare.",
        answer=answer,
        request=obj(
            {
                "completions": array(COMPLETION),
                "sources": array(TEXT),
                "facts": array(FACTS),
                "references": array(TEXT),
                "truncated": array(CUT),
                "basis": {"enum": ["auto", "facts", "reference", "source", "none", None]},
            },
            ["completions"],
        ),
        reply=obj(replied, list(replied)),
        example={"completions": [_ANSWER, "The vote passed."], "facts": [[_FACT], [_FACT]]},
        many="completions",
        max_batch=options.max_batch,
    )
