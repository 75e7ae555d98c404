"""How well fact coverage agrees with people, and what an attack on it earns.

Reads `coverage/realsumm_scu.json` below the folder ROLLGRADE_DATA (REALSumm's human presence labels a fact: 100 news
documents, 25 systems' summaries of each); the attacks run on the example log as well. Run: `ROLLGRADE_DATA=... python
benches/facts_quality.py`; takes a minute. A threshold fitted on one half of the documents is reported on the other.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import rollgrade as rg

Floats = NDArray[np.float64]
THRESHOLDS = np.arange(0.3, 0.95, 0.01)
PRESENT = 0.45
MEAN = rg.Rubric().coverage.threshold
DRAWS = 10
EXAMPLES = Path(__file__).parent.parent / "examples" / "documents.jsonl"
FUNCTION_WORDS = (
    "the a an of to in and for on with that is was were are as by at from it its has have had be".split()
)


def area_under_curve(labels: Floats, scores: Floats) -> float:
    """The chance that a present fact outscores an absent one, ties counting half."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    present = labels.sum()
    return float(
        (ranks[labels == 1].sum() - present * (present + 1) / 2) / (present * (len(labels) - present))
    )


def precision_recall(hits: NDArray[np.bool_], said: NDArray[np.bool_]) -> tuple[float, float]:
    both = float((hits & said).sum())
    return both / max(1, said.sum()), both / max(1, hits.sum())


def f1(labels: Floats, scores: Floats, threshold: float) -> float:
    precision, recall = precision_recall(labels == 1, scores >= threshold)
    return 2 * precision * recall / max(1e-12, precision + recall)


def best_threshold(labels: Floats, scores: Floats) -> float:
    return float(max(THRESHOLDS, key=lambda t: f1(labels, scores, t)))


def pearson(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if np.std(a) > 0 and np.std(b) > 0 else float("nan")


def presence(items: list[dict[str, Any]]) -> None:
    labels, scores, half, within = [], [], [], []
    for i, item in enumerate(items):
        facts = rg.Facts(item["scus"])
        recalls, means = [], []
        for system in item["systems"].values():
            coverage = facts.score(system["summary"])
            labels += system["labels"]
            scores += [fact.score for fact in coverage.per_fact]
            half += [i % 2] * len(coverage.per_fact)
            recalls.append(np.mean(system["labels"]))
            means.append(coverage.mean)
        within.append(pearson(np.array(recalls), np.array(means)))
    y, s, side = np.array(labels, dtype=float), np.array(scores), np.array(half)
    print(
        f"facts: {len(y)} pairs, AUC {area_under_curve(y, s):.4f}, within-document Pearson {np.nanmean(within):.4f}"
    )
    for fitted in (0, 1):
        threshold = best_threshold(y[side == fitted], s[side == fitted])
        other = side != fitted
        print(
            f"  threshold {threshold:.2f} fitted on half {fitted}: F1 {f1(y[other], s[other], threshold):.4f} on the other"
        )
    print(f"  F1 at the default {PRESENT}: {f1(y, s, PRESENT):.4f}")


def harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(1e-12, precision + recall)


def fours(items: list[dict[str, Any]], rng: random.Random) -> None:
    """Random fours of facts: do the single facts, or the mean, tell whether people found at least three, or all?"""
    found, scores, means, half, draws = [], [], [], [], []
    for draw in range(DRAWS):
        for i, item in enumerate(items):
            if len(item["scus"]) < 4:
                continue
            chosen = rng.sample(range(len(item["scus"])), 4)
            facts = rg.Facts([item["scus"][j] for j in chosen])
            for system in item["systems"].values():
                coverage = facts.score(system["summary"])
                found.append(sum(system["labels"][j] for j in chosen))
                scores.append(sorted((fact.score for fact in coverage.per_fact), reverse=True))
                means.append(coverage.mean)
                half.append(i % 2)
                draws.append(draw)
    count, side, drawn = np.array(found), np.array(half), np.array(draws)
    for least in (3, 4):
        hits = count >= least
        # The least-th best score reaches a threshold where that many facts do.
        measures = {
            f"{least} facts": (np.array(scores)[:, least - 1], PRESENT),
            "mean": (np.array(means), MEAN),
        }
        print(f"  at least {least} of four ({hits.mean():.3f} of the pairs):")
        for name, (values, default) in measures.items():
            for fitted in (0, 1):
                fit = side == fitted
                threshold = float(
                    max(THRESHOLDS, key=lambda t: harmonic(*precision_recall(hits[fit], values[fit] >= t)))
                )
                report(
                    f"{name} >= {threshold:.2f}, fitted on half {fitted}",
                    hits[~fit],
                    values[~fit] >= threshold,
                )
            for threshold in sorted({default, *np.round(np.arange(default - 0.1, default + 0.2, 0.05), 2)}):
                report(f"{name} >= {threshold:.2f}", hits, values >= threshold)
            spread = [
                harmonic(*precision_recall(hits[drawn == d], values[drawn == d] >= default))
                for d in range(DRAWS)
            ]
            print(f"    {name} >= {default:.2f}: F1 of a draw from {min(spread):.3f} to {max(spread):.3f}")


def report(name: str, hits: NDArray[np.bool_], said: NDArray[np.bool_]) -> None:
    precision, recall = precision_recall(hits, said)
    print(f"    {name}: precision {precision:.3f}, recall {recall:.3f}, F1 {harmonic(precision, recall):.3f}")


def without_facts(items: list[dict[str, Any]]) -> None:
    """Coverage from the source alone, beside ROUGE-L to the lead and to the document."""
    measures: dict[str, Callable[[str, str], float]] = {
        "ROUGE-L F, first three sentences": lambda source, summary: rouge_l(lead(source), summary),
        "ROUGE-L F, document": rouge_l,
    }
    within: dict[str, list[float]] = {"salience": [], **{name: [] for name in measures}, "words": []}
    for item in items:
        source = item["document"]
        salience = rg.Salience(source)
        summaries = [system["summary"] for system in item["systems"].values()]
        recall = np.array([np.mean(system["labels"]) for system in item["systems"].values()])
        within["salience"].append(pearson(np.array([salience.score(s) for s in summaries]), recall))
        within["words"].append(pearson(np.array([float(len(s.split())) for s in summaries]), recall))
        for name, measure in measures.items():
            within[name].append(pearson(np.array([measure(source, s) for s in summaries]), recall))
    for name, values in within.items():
        print(f"  {name}: within-document Pearson {np.nanmean(values):.4f}")


def lead(source: str) -> str:
    return " ".join(re.split(r"(?<=[.!?])\s+", source)[:3])


def rouge_l(reference: str, summary: str) -> float:
    return rg.rouge(prediction=summary, reference=reference, types=("rougeL",))["rougeL"].fmeasure


def attacks(rng: random.Random) -> dict[str, Callable[[str], str]]:
    def numbers(text: str) -> str:
        return re.sub(
            r"\d[\d,]*", lambda m: str(int(m.group().replace(",", "")[:12]) + rng.choice([1, 2, 7])), text
        )

    def negated(text: str) -> str:
        return re.sub(r"\b(is|was|are|were|has|have|had|will|would)\b", r"\1 not", text)

    def shuffled(text: str) -> str:
        words = text.split()
        rng.shuffle(words)
        return " ".join(words)

    def keywords(text: str) -> str:
        return " ".join(w for w in re.findall(r"[\w']+", text) if w.lower() not in FUNCTION_WORDS)

    def sprinkled(text: str, share: float = 0.5) -> str:
        words = keywords(text).split()
        return " ".join(f"{w} {rng.choice(FUNCTION_WORDS)}" if rng.random() < share else w for w in words)

    return {
        "honest": lambda text: text,
        "numbers shifted": numbers,
        "negated": negated,
        "words shuffled": shuffled,
        "words shuffled, in capitals": lambda text: shuffled(text).upper(),
        "keywords": keywords,
        "keywords and function words": sprinkled,
        "a function word after each": lambda text: sprinkled(text, 1.0),
    }


def detokenised(text: str) -> str:
    """REALSumm's references as they were before a tokenizer cut them: fluency judges the spaces too."""
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" (n't|'(?:s|m|d|ll|re|ve)\b|[.,;:!?%)\]])", r"\1", text)
    text = re.sub(r"([$£(\[]) ", r"\1", text)
    return re.sub(r"\b - \b|\b -(?=\w)|(?<=\w)- \b", "-", text).strip()


@dataclass
class Written:
    """A written reference, its document and its facts."""

    text: str
    source: str
    facts: list[str]


def honesty(written: Sequence[Written], rng: random.Random) -> None:
    """References, and what is done to them: coverage alone, times the factor of support, and as the rubric credits it:
    in readable text only."""
    rubric = rg.Rubric()
    for name, attack in attacks(rng).items():
        rows = []
        for item in written:
            text = attack(item.text)
            grade = rubric.grade(text, source=item.source, facts=item.facts)
            plain = rg.Facts(item.facts, polarity=False).mean(text)
            mean = rg.Facts(item.facts).mean(text)
            factor = rg.support(prediction=text, source=item.source).factor
            rows.append((plain, mean, mean * factor, grade.coverage.score if grade.valid else 0.0))
        plain, mean, supported, credited = np.array(rows, dtype=float).mean(axis=0)
        print(
            f"  {name}: {plain:.3f} without polarity, {mean:.3f} with it, {supported:.3f} with support,"
            f" {credited:.3f} as the rubric credits it"
        )


def main() -> None:
    path = Path(os.environ["ROLLGRADE_DATA"]) / "coverage" / "realsumm_scu.json"
    items: list[dict[str, Any]] = json.loads(path.read_text())["items"]
    rng = random.Random(7)
    presence(items)
    print(f"random fours of facts, {DRAWS} draws:")
    fours(items, rng)
    print("without facts, against human recall:")
    without_facts(items)
    print("attacks on the human references:")
    honesty([Written(detokenised(item["reference"]), item["document"], item["scus"]) for item in items], rng)
    examples = [json.loads(line) for line in EXAMPLES.read_text("utf-8").splitlines()]
    print("attacks on the example log's references:")
    honesty([Written(d["reference"], d["text"], d["facts"]) for d in examples], rng)
    means = np.array([rg.Facts(d["facts"]).mean(d["reference"]) for d in examples])
    for threshold in (0.5, 0.55, 0.6):
        print(f"  {(means >= threshold).sum()} of {len(means)} references reach a mean of {threshold}")


if __name__ == "__main__":
    main()
