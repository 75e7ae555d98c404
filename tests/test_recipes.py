"""Recipes: the tutorial's rewards against what google's rouge_score and plain Python make of its text, and every recipe
by its name wherever a rubric goes."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

import rollgrade as rg
from oracles import EXAMPLES, tiktoken_gpt2
from rollgrade import recipes
from rollgrade.language_model import LanguageModel
from rollgrade.trainers import llama_factory, openrlhf, trl, verl

SCORER = RougeScorer(["rougeL"], use_stemmer=True)
ROWS = [json.loads(line) for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()][::7]
TEXTS = [row["messages"][-1]["content"] for row in ROWS]
FACTS = [row["facts"] for row in ROWS]
SOURCES = [row["messages"][1]["content"] for row in ROWS]


def tokens(text: str) -> int:
    return len(tiktoken_gpt2().encode_ordinary(text))


def published(step: int, text: str, source: str, facts: list[str], fluency: float) -> float:
    """The tutorial's rewards, as it writes them: prediction and reference change places."""
    if len(text.strip().split()) > 50:
        return 0.0
    recall = {
        1: lambda: 1.0,
        2: lambda: SCORER.score(text, source)["rougeL"].recall,
        3: lambda: SCORER.score(text, "\n".join(facts))["rougeL"].recall,
        4: lambda: SCORER.score(text, "\n".join(facts))["rougeL"].recall,
    }[step]()
    return math.sqrt(max(0.05, recall) * max(0.05, fluency)) if step == 4 else recall


def meant(step: int, text: str, source: str, facts: list[str], fluency: float) -> float:
    """The same with the right numbers."""
    if tokens(text) > 50:
        return 0.0
    against = {2: source, 3: "\n".join(facts), 4: "\n".join(facts)}
    recall = 1.0 if step == 1 else SCORER.score(against[step], text)["rougeL"].recall
    return math.sqrt(recall * fluency) if step == 4 else recall


def material(step: int) -> dict[str, Any]:
    return {"sources": SOURCES} if step == 2 else {"facts": FACTS, "sources": SOURCES}


@pytest.mark.parametrize("step", [1, 2, 3])
def test_the_tutorials_rewards_as_published(step: int) -> None:
    grades = recipes.tutorial(step, as_published=True).grade_batch(TEXTS, **material(step))
    expected = [published(step, *row, 0.0) for row in zip(TEXTS, SOURCES, FACTS, strict=True)]
    assert grades.rewards() == expected
    assert 0 < sum(reward == 0 for reward in expected) < len(expected)
    assert grades.tokens.tolist() == [len(text.split()) for text in TEXTS]


def test_the_tutorials_last_reward_as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """With losses that are made up in place of GPT-2's, which ``make test-lm`` compares with transformers."""
    losses = {text: 1.5 + 9 * i / len(TEXTS) for i, text in enumerate(TEXTS)}
    monkeypatch.setattr(LanguageModel, "__init__", lambda self, model: None)
    monkeypatch.setattr(LanguageModel, "losses", lambda self, texts: [losses[text] for text in texts])
    rubric = recipes.tutorial(4, as_published=True)
    assert (rubric.fluency.scorer, rubric.fluency.model) == ("lm", "gpt2")
    found = rubric.grade_batch(TEXTS, **material(4)).rewards()
    fluent = [max(0.0, min(1.0, 1 - (loss - 2) / 8)) for loss in losses.values()]
    expected = [published(4, *row) for row in zip(TEXTS, SOURCES, FACTS, fluent, strict=True)]
    assert found == pytest.approx(expected, abs=1e-12)
    assert min(reward for reward in expected if reward) < 0.3


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_the_tutorials_rewards_as_meant(step: int) -> None:
    grades = recipes.tutorial(step).grade_batch(TEXTS, **material(step))
    rows = zip(TEXTS, SOURCES, FACTS, grades.fluency.tolist(), strict=True)
    expected = [meant(step, *row) if valid else 0.0 for row, valid in zip(rows, grades.valid, strict=True)]
    assert grades.rewards() == pytest.approx(expected, abs=1e-15)
    assert len({reward > 0 for reward in expected}) == 2
    assert grades.tokens.tolist() == [tokens(text) for text in TEXTS]


@pytest.mark.parametrize("measure", ["precision", "recall", "fmeasure"])
@pytest.mark.parametrize("stemmer", [True, False])
@pytest.mark.parametrize("basis", ["facts", "reference", "source"])
def test_coverage_by_rouge_is_googles(measure: str, stemmer: bool, basis: str) -> None:
    scorer = RougeScorer(["rougeL"], use_stemmer=stemmer)
    rubric = recipes.tutorial(3, basis=basis, measure=f"rougeL-{measure}", stemmer=stemmer, invalid="grade")
    whole = {"facts": "\n".join(FACTS[0]), "reference": TEXTS[1], "source": SOURCES[0]}
    task = rubric.prepare(facts=FACTS[0], reference=TEXTS[1], source=SOURCES[0])
    for text in [*TEXTS[:12], "", "The", "naïve Café's 1,000.5"]:
        expected = getattr(scorer.score(whole[basis], text)["rougeL"], measure)
        grade = task.grade(text)
        assert grade.coverage.score == grade.coverage.raw == expected
        assert grade.coverage.per_fact == ()


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "Z", "Cc", "So"]), max_size=60))
def test_words_are_what_python_splits(text: str) -> None:
    rubric = recipes.tutorial(1, as_published=True, max_tokens=3)
    words = len(text.split())
    grade = rubric.grade(text)
    assert grade.length.tokens == words
    assert grade.score == (words <= 3)


def test_what_was_wrong_is_as_published_and_not_as_meant() -> None:
    facts = ["The council approved the budget on Monday.", "Taxes rise in May."]
    assert recipes.tutorial(3, as_published=True).grade("The", facts=facts).score == 1
    assert recipes.tutorial(3).grade("The", facts=facts).score == 0
    assert recipes.tutorial(1, as_published=True).grade("").score == 1
    assert recipes.tutorial(1).grade("").score == 0
    long = " ".join(["uncharacteristically"] * 40)
    assert recipes.tutorial(1, as_published=True).grade(long).score == 1
    assert recipes.tutorial(1, invalid="grade").grade(long).score == 0


def test_a_reason_says_what_was_measured() -> None:
    facts = ["The council approved the budget on Monday.", "Property taxes rise by 3 percent in May."]
    published = recipes.tutorial(3, as_published=True, coverage={"threshold": 0.9}, max_tokens=5)
    reason = published.grade("The mayor spoke of taxes in May.", facts=facts).reason
    assert reason.startswith("7 words, 2 over the budget of 5; rougeL-precision of the facts is 0.")
    with pytest.warns(UserWarning, match=r"facts hold PII \(EMAIL\): rougeL-recall pays for carrying it"):
        recipes.tutorial(3).grade("Write to her.", facts=["Write to jane.roe@example.org."])
    with pytest.raises(ValueError, match=r"weights: got 2 numbers, expected none, as coverage.measure"):
        recipes.tutorial(3).prepare(facts=facts, weights=[1, 2])


def test_recipes_are_rubrics_whose_settings_can_be_changed(tmp_path: Path) -> None:
    assert recipes.summarization() == rg.Rubric()
    assert recipes.summarization(max_tokens=60) == rg.Rubric(max_tokens=60)
    assert recipes.ranking(max_tokens=60) == rg.Rubric(combine="lexicographic", max_tokens=60)
    assert recipes.tutorial() == recipes.tutorial(4)
    assert recipes.tutorial(2, coverage={"threshold": 0.3}).coverage.measure == "rougeL-recall"
    for step in (0, 5, True, "1"):
        with pytest.raises(ValueError, match="step: got .*, expected 1, 2, 3 or 4"):
            recipes.tutorial(step)  # type: ignore[arg-type]
    hashes = {recipe().hash for recipe in recipes.RECIPES.values()}
    assert len(hashes) == len(recipes.RECIPES) == 10
    for name, recipe in recipes.RECIPES.items():
        recipe().to_file(tmp_path / name)
        assert rg.Rubric.from_file(tmp_path / name).hash == recipe().hash


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"gate": {"rules": ["length"]}},
            r"gate.rules: got \['length'\], expected a list of rules, each once: cov",
        ),
        ({"gate": {"rules": ["pii", "pii"]}}, "gate.rules: got .*each once"),
        ({"gate": {"rules": "pii"}}, "gate.rules: got 'pii'"),
        ({"gate": {"rules": [["pii"]]}}, "gate.rules: got "),
        ({"floor": 2}, "gate.floor: got 2, expected a number from 0 to 1"),
        (
            {"measure": "rougeL"},
            'coverage.measure: got \'rougeL\', expected "content" or .*did you mean "rougeL-',
        ),
        ({"readable": 1}, "coverage.readable: got 1, expected true or false"),
        ({"invalid": "ignore"}, 'invalid: got \'ignore\', expected "zero" or "grade"'),
    ],
)
def test_wrong_settings_of_the_recipes_are_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rg.Rubric(**given)


def test_the_gate_is_a_geometric_mean_of_the_rules_it_names() -> None:
    answer, facts = TEXTS[0], FACTS[0]
    named = rg.Rubric(combine="gate", gate={"rules": ["form", "coverage", "pii"]}, floor=0.2, max_tokens=500)
    assert named.gate.rules == ("coverage", "pii", "form")
    grade = named.grade(answer, facts=facts)
    scores = [max(0.2, s or 0) for s in (grade.coverage.score, grade.pii.score, grade.form.score)]
    assert grade.score == pytest.approx(np.prod(scores) ** (1 / 3))
    assert rg.Rubric(combine="gate", gate={"rules": ["fluency", "coverage"]}) == rg.Rubric(combine="gate")


@pytest.mark.parametrize("name", [name for name in recipes.RECIPES if name != "tutorial-4-as-published"])
def test_every_recipe_goes_by_name_everywhere(name: str, tmp_path: Path) -> None:
    rubric = recipes.RECIPES[name]()
    fact, source = "The vote passed on Monday.", "The vote passed on Monday, after a long debate."
    expected = rubric.grade(fact, facts=[fact], source=source).score
    given: dict[str, Any] = {"facts": [[fact]], "source": [source]}
    assert trl.reward(name, facts="facts", source="source")(completions=[fact], **given) == [expected]
    truth = {"facts": [fact], "source": source}
    assert verl.ComputeScore()("news", fact, truth, {}, rubric=name)["score"] == expected
    assert (
        openrlhf.reward(name)([f"Sum up: {fact}"], ["Sum up: "], [json.dumps(truth)])["rewards"] == expected
    )
    assert llama_factory.reward(name).grading.rubric == rubric
    log = tmp_path / "log.jsonl"
    messages = [{"role": "user", "content": source}, {"role": "assistant", "content": fact}]
    log.write_text(json.dumps({"messages": messages, "facts": [fact], "source": source}), "utf-8")
    for command in (["score", log, "-o", tmp_path / "graded.jsonl"], ["explain", log]):
        done = subprocess.run(
            [sys.executable, "-m", "rollgrade", *map(str, command), "--rubric", name],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert f"= {expected:.3f}" in done.stdout
    graded = json.loads((tmp_path / "graded.jsonl").read_text("utf-8"))["rollgrade"]
    assert (graded["score"], graded["rubric"]) == (pytest.approx(expected), rubric.hash)


def test_what_is_neither_a_file_nor_a_recipe_names_the_recipes(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ValueError, match=r"got 'tutorial3', expected .*\(.*tutorial-4-as-published\).*\"tutorial-3\""
    ):
        trl.reward("tutorial3")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "rollgrade",
            "score",
            str(EXAMPLES / "rollouts.jsonl"),
            "--rubric",
            "tutorial3",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "summarization, ranking, tutorial-1" in done.stderr
    # A recipe goes before a file of its name, a path is a file.
    Path("ranking").write_text("[length]\nmax_tokens = 7\n", "utf-8")
    assert recipes.as_rubric("ranking") == recipes.ranking()
    for path in (Path("ranking"), "./ranking"):
        assert recipes.as_rubric(path) == rg.Rubric(max_tokens=7)
