"""What to do about what a check found: a sentence with figures each, problems first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rollgrade.audit.check import Check
    from rollgrade.rubric import Rubric

__all__ = ["Advice", "advised"]

MOST = 0.9
"""A threshold should be within reach of this share of the documents; a problem below `FEW`."""
FEW = 0.5
HEADROOM = 0.6
GAP = 0.2
FLAT_GROUPS = 0.5
OVER = 0.1


@dataclass(frozen=True, slots=True)
class Advice:
    """``about`` names what it is about; a ``problem`` means that a run on this data would teach little or teach the
    wrong thing."""

    about: str
    problem: bool
    text: str


def advised(check: Check, rubric: Rubric) -> Check:
    """The check with its advice."""
    found = [item for adviser in ADVISERS for item in adviser(check, rubric)]
    return replace(check, advice=sorted(found, key=lambda item: not item.problem))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _data(check: Check, rubric: Rubric) -> Iterator[Advice]:
    if check.rejected:
        yield Advice(
            "records", True, f"{len(check.rejected):,} records could not be read: mend or drop them."
        )
    if lacking := check.documents - check.graded:
        yield Advice(
            "missing",
            rubric.missing == "error",
            f"{lacking:,} of {check.documents:,} documents lack what the rubric needs (coverage is measured against "
            f'{check.basis}): drop them, or set missing = "fallback" or "skip".',
        )
    if check.repeated:
        yield Advice("repeated", False, f"{check.repeated:,} documents stand twice and were taken once.")
    if check.unmatched:
        yield Advice(
            "log",
            False,
            f"{check.unmatched:,} completions of the log belong to no document and were left out.",
        )


def _length(check: Check, _rubric: Rubric) -> Iterator[Advice]:
    lengths = check.lengths
    over, quantiles = lengths.references_over, lengths.references
    what = "references"
    if over is None or quantiles is None:
        over, quantiles, what = lengths.facts_over, lengths.facts, "fact lists, joined,"
    if over is None or quantiles is None or over <= OVER:
        return
    fewer = ""
    if lengths.facts_that_fit is not None and lengths.facts_that_fit < (lengths.most_facts or 0):
        fewer = (
            f" or keep {lengths.facts_that_fit} facts a document (so many fit in nine documents of ten)"
            if lengths.facts_that_fit
            else " or shorten the facts (not even the first one fits in nine documents of ten)"
        )
    yield Advice(
        "length",
        over > FEW,
        f"raise max_tokens to {quantiles[1]:.0f}{fewer}: {_percent(over)} of the {what} are over "
        f"{lengths.budget} tokens (median {quantiles[0]:.0f}).",
    )


def _reach(check: Check, rubric: Rubric) -> Iterator[Advice]:
    thresholds = {
        "coverage": f"coverage.threshold ({rubric.coverage.threshold:g})",
        "pii": "the PII rule",
        "fluency": f"fluency.threshold ({rubric.fluency.threshold:g})",
        "form": f"form.threshold ({rubric.form.threshold:g})",
        "length": "the budget",
    }
    cures = {
        "coverage": "lower the threshold, raise max_tokens, or write facts that a summary can carry",
        "pii": "the references or the facts hold PII: mask it, allow it, or exclude its kind",
        "fluency": "the references and facts read badly: look at a few with `rollgrade explain`",
        "form": "the references are no plain paragraphs: take bullets, headings and labels out",
        "length": "raise max_tokens",
    }
    for custom in rubric.rules:
        thresholds[custom.name] = f"the rule {custom.name} ({custom.threshold:g})"
        cures[custom.name] = "ask for less, lower its threshold, or write references that pass it"
    for rule, threshold in thresholds.items():
        share = check.reachable[rule]
        if check.graded and share < MOST:
            # The other combinations reward these by their scores: their thresholds only count passes.
            decides = rubric.combine == "lexicographic" or rule in ("pii", "fluency", "length")
            yield Advice(
                rule,
                share < FEW and decides,
                f"{threshold} is within reach in {_percent(share)} of the documents only, by the reference, the "
                f"facts that fit or the lead: {cures[rule]}.",
            )


def _room(check: Check, _rubric: Rubric) -> Iterator[Advice]:
    if check.headroom is None or check.cheap is None:
        return
    if check.headroom < HEADROOM:
        yield Advice(
            "headroom",
            True,
            f"the best honest answers reach {check.headroom:.2f} on average: much of the reward cannot be earned.",
        )
    near = {name: gap for name, gap in check.gaps.items() if gap < GAP}
    if near:
        rewards = {candidate.name: candidate.reward or 0.0 for candidate in check.candidates}
        kinds = " and ".join(f"{name} ({rewards[name]:.2f})" for name in near)
        yield Advice(
            "headroom",
            True,
            f"the best honest answers are hardly better than {kinds}, by {min(near.values()):.2f} on the same documents: "
            "the policy will learn those. `rollgrade redteam` shows them.",
        )


def _facts(check: Check, _rubric: Rubric) -> Iterator[Advice]:
    found = check.facts
    if found.pii.facts:
        kinds = ", ".join(
            kind for kind in sorted(found.pii_kinds, key=lambda kind: -found.pii_kinds[kind])[:3]
        )
        yield Advice(
            "facts",
            False,
            f"{found.pii.facts:,} facts in {found.pii.documents:,} documents hold PII ({kinds}), which earns nothing "
            f"and costs the rule below: rewrite them (first: {found.pii.where[0]}).",
        )
    if found.unsupported.facts:
        yield Advice(
            "facts",
            found.unsupported.facts > FEW * found.facts,
            f"{found.unsupported.facts:,} of {found.facts:,} facts have a number or a name that their source does not "
            f"hold: check them (first: {found.unsupported.where[0]}).",
        )
    if found.absent.facts:
        yield Advice(
            "facts",
            found.absent.facts > FEW * found.facts,
            f"{found.absent.facts:,} of {found.facts:,} facts are hardly in their source by their words: check that "
            f"they belong to it (first: {found.absent.where[0]}).",
        )
    if found.duplicates.facts:
        yield Advice(
            "facts",
            False,
            f"{found.duplicates.facts:,} facts say what an earlier one of the document says: drop them (first: "
            f"{found.duplicates.where[0]}).",
        )
    if found.facts and found.without:
        yield Advice("facts", False, f"{found.without:,} of {check.documents:,} documents have no facts.")


def _constant(check: Check, _rubric: Rubric) -> Iterator[Advice]:
    if check.constant:
        among = "within any group of the log" if check.groups else "over all candidates"
        names = ", ".join(check.constant)
        yield Advice("rules", False, f"{names}: the same {among}, so a policy learns nothing from it here.")


def _groups(check: Check, _rubric: Rubric) -> Iterator[Advice]:
    told = check.groups
    if told is None:
        return
    if told.flat is None:
        yield Advice(
            "groups", True, "no prompt has two completions: a group-relative trainer has nothing to compare."
        )
        return
    if told.flat > OVER:
        yield Advice(
            "groups",
            told.flat > FLAT_GROUPS,
            f"{_percent(told.flat)} of the {told.groups:,} groups have no variance and teach nothing: sample warmer "
            "or more completions a prompt, or drop prompts that are always won or always lost.",
        )
    if told.over_budget > MOST:
        yield Advice(
            "groups",
            False,
            f"{_percent(told.over_budget)} of the completions are over the budget: length alone decides at first "
            "(length.over > 0 keeps a slope there).",
        )


Adviser = Callable[["Check", "Rubric"], Iterator[Advice]]
ADVISERS: tuple[Adviser, ...] = (_data, _length, _reach, _room, _facts, _constant, _groups)
