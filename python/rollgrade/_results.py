"""From what the core returns (plain dicts and tuples) to the result types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rollgrade import _core
from rollgrade.grades import (
    Copying,
    CoverageResult,
    FactCoverage,
    FactScore,
    Fluency,
    FluencyResult,
    Form,
    FormResult,
    Given,
    Grade,
    LengthResult,
    PiiMatch,
    PiiResult,
    RuleResult,
    Support,
    Violation,
)

if TYPE_CHECKING:
    from rollgrade.material import Material
    from rollgrade.settings import Settings


def fact_coverage(raw: Mapping[str, Any]) -> FactCoverage:
    return FactCoverage(
        mean=raw["mean"],
        guard=raw["guard"],
        per_fact=tuple(
            FactScore(
                score=fact["score"],
                present=fact["present"],
                negated=fact["negated"],
                missing=tuple(fact["missing"]),
                missing_numbers=tuple(fact["missing_numbers"]),
                missing_names=tuple(fact["missing_names"]),
                span=fact["span"],
            )
            for fact in raw["per_fact"]
        ),
    )


def support(raw: Mapping[str, Any]) -> Support:
    return Support(
        numbers=raw["numbers"],
        names=raw["names"],
        unsupported_numbers=tuple(raw["unsupported_numbers"]),
        unsupported_names=tuple(raw["unsupported_names"]),
        contradicted=tuple(raw["contradicted"]),
        factor=raw["factor"],
    )


def copying(raw: Mapping[str, Any]) -> Copying:
    return Copying(**raw)


def form(raw: Mapping[str, Any]) -> Form:
    return Form(score=raw["score"], violations=tuple(Violation(*v) for v in raw["violations"]))


def pii_match(raw: Sequence[Any], fails: bool | None = None) -> PiiMatch:
    kind, start, end, text, masked, evidence, obfuscated, verdict = raw
    return PiiMatch(kind, start, end, text, masked, tuple(evidence), obfuscated, verdict, fails)


def grade_from(
    raw: Mapping[str, Any], text: str, material: Material, settings: Settings, rubric_hash: str
) -> Grade:
    """The grade of one rollout, whose completion is ``text``, from the core's dict."""
    (length, coverage, pii, fluent, formed) = raw["scores"]
    passed = raw["passed"]
    facts = fact_coverage(raw["facts"]) if raw["facts"] is not None else None
    fluency_part, form_part = Fluency._make(raw["fluency"]), form(raw["form"])
    return Grade(
        score=raw["score"],
        valid=raw["valid"],
        invalid=raw["invalid"],
        reason=raw["reason"],
        length=LengthResult(length, passed[0], raw["tokens"], settings.length.max_tokens),
        coverage=CoverageResult(
            score=coverage,
            passed=passed[1],
            threshold=settings.coverage.threshold,
            basis=raw["basis"],
            raw=None if coverage is None else raw["coverage_raw"],
            guard=facts.guard if facts else None,
            per_fact=facts.per_fact if facts else (),
            support=support(raw["support"]) if raw["support"] is not None else None,
            copying=copying(raw["copying"]) if raw["copying"] is not None else None,
            copying_factor=raw["copying_factor"],
        ),
        pii=PiiResult(
            score=pii,
            passed=passed[2],
            threshold=_core.PII_THRESHOLD,
            basis="leaks" if settings.pii.fail_on != "any" and material.source is not None else "any",
            matches=tuple(pii_match(match, fails) for match, fails in raw["pii"]),
        ),
        fluency=FluencyResult(
            fluent,
            passed[3],
            settings.fluency.threshold,
            fluency_part.reason,
            fluency_part.worst,
            fluency_part.parts,
        ),
        form=FormResult(formed, passed[4], settings.form.threshold, form_part.violations),
        answer=raw["answer"],
        custom={
            rule.name: RuleResult(score, ok, rule.threshold, rule.weight, tuple(spans), reason or "")
            for rule, (score, ok, spans, reason) in zip(settings.rules, raw["custom"], strict=True)
        },
        rubric_hash=rubric_hash,
        version=_core.__version__,
        _given=Given(text, material.facts or None, material.weights, material.reference, settings),
    )
