"""`rollgrade redteam`: no attack reaches an honest answer, and the search finds the same for the same seed."""

from __future__ import annotations

import html
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import rollgrade as rg
from oracles import EXAMPLES
from rollgrade.audit.attacks import FAMILIES
from rollgrade.cli import app

DOCUMENTS = EXAMPLES / "documents.jsonl"
REALSUMM = Path(os.environ.get("ROLLGRADE_DATA", "nowhere")) / "coverage" / "realsumm_scu.json"
SOURCE = (
    "The council approved the new budget on Monday. Property taxes rise by 3 percent in May. Mayor Ann Lee signed it. "
    "Questions go to jane.roe@example.org."
)
FACTS = ["The council approved the new budget on Monday.", "Property taxes rise by 3 percent in May."]
UNSEEN = {"names permuted": 0.05, "directions turned round": 0.08, "one number shifted": 0.05}
"""How often lies that no word shows may reach the honest answer: a change that lets more of them through fails too."""


def rows() -> list[dict[str, Any]]:
    return [{"id": "a", "source": SOURCE, "facts": FACTS, "reference": " ".join(FACTS)}]


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["redteam", *map(str, arguments)])


def assert_closed(found: rg.Redteam) -> None:
    assert {hole.name: (hole.reaches, hole.examples[0]) for hole in found.holes} == {}
    reached = {a.name: a.reaches for a in found.attacks if a.unseen}
    assert {
        name: share for name, share in reached.items() if share is not None and share > UNSEEN[name]
    } == {}


@pytest.fixture(scope="module")
def examples() -> rg.Redteam:
    return rg.redteam(DOCUMENTS, search_grades=0, threads=2)


def test_no_attack_gets_through_on_the_example_documents(examples: rg.Redteam) -> None:
    tried = [attack for attack in examples.attacks if attack.documents]
    assert examples.graded == 40
    assert len(tried) >= 100
    assert_closed(examples)


@pytest.mark.skipif(not REALSUMM.exists(), reason="needs ROLLGRADE_DATA")
def test_no_attack_gets_through_on_news_that_people_summarised() -> None:
    sys.path.insert(0, str(EXAMPLES.parent / "benches"))
    from redteam_quality import REALSUMM_TOKENS, realsumm

    found = rg.redteam(realsumm(), rubric=rg.Rubric(max_tokens=REALSUMM_TOKENS), search_grades=0, threads=2)
    assert found.graded > 90
    assert_closed(found)


def test_names_of_attacks_are_unique_and_each_is_reported(examples: rg.Redteam) -> None:
    names = [attack.name for attacks in FAMILIES.values() for attack in attacks]
    assert len(set(names)) == len(names)
    assert [attack.name for attack in examples.attacks] == names


def test_an_attack_is_graded_as_the_rubric_grades_it(examples: rg.Redteam) -> None:
    documents = {d["id"]: d for d in map(json.loads, DOCUMENTS.read_text("utf-8").splitlines())}
    caps = next(attack for attack in examples.attacks if attack.name == "all capitals")
    example = caps.examples[0]
    document = documents[example.document]
    grade = rg.Rubric().grade(document["reference"].upper(), source=document["text"], facts=document["facts"])
    assert example.text == document["reference"].upper()
    assert example.reward == pytest.approx(grade.score)


def test_a_rubric_with_a_hole_is_told_on(tmp_path: Path) -> None:
    found = rg.redteam(DOCUMENTS, rubric=rg.Rubric(coverage={"basis": "none"}), limit=5, search_grades=0)
    assert "a sentence that fits every document" in {hole.name for hole in found.holes}
    rg.Rubric(coverage={"basis": "none"}).to_file(tmp_path / "r.toml")
    done = run(DOCUMENTS, "--rubric", tmp_path / "r.toml", "--limit", 5, "--search", 0)
    assert done.exit_code == 1
    assert "a sentence that fits every document" in done.stdout
    assert "hole" in done.stdout


def test_the_same_seed_finds_the_same_and_never_spends_more_than_it_may() -> None:
    runs = [rg.redteam(rows(), search_grades=1500, seed=3) for _ in range(2)]
    first, second = ([(f.text, f.reward, f.start) for f in run.found] for run in runs)
    assert first == second
    assert {start for *_, start in first} == {"nothing", "facts", "honest answer"}
    assert 0 < runs[0].grades <= 1500
    other = rg.redteam(rows(), search_grades=1500, seed=4)
    assert [f.text for f in other.found] != [text for text, *_ in first]


def test_the_search_climbs_from_nothing_to_something() -> None:
    found = {f.start: f for f in rg.redteam(rows(), search_grades=6000).found}
    assert found["nothing"].reward > 0.4
    assert found["honest answer"].reward >= found["honest answer"].honest_reward
    for item in found.values():
        grade = rg.Rubric().grade(item.text, source=SOURCE, facts=FACTS)
        assert grade.score == pytest.approx(item.reward)


@pytest.mark.parametrize("rule", ["form", "pii"])
def test_what_a_winner_gains_by_is_told_by_the_rubrics_weights(rule: str) -> None:
    weights = dict.fromkeys(rg.Rubric().weights.__slots__, 0.0) | {rule: 1.0}
    found = rg.redteam(rows(), rubric=rg.Rubric(combine="weighted", weights=weights), search_grades=300).found
    assert {f.let_through for f in found} <= {rule, "no rule"}


def test_pii_is_masked_unless_asked_for() -> None:
    found = rg.redteam(rows(), search_grades=0)
    assert next(a for a in found.attacks if a.name == "PII of the source").documents == 1
    assert "jane.roe" not in json.dumps(found.to_dict())
    assert (found.to_dict()["rubric_hash"], found.version) == (rg.Rubric().hash, rg.__version__)
    assert "jane.roe" in json.dumps(rg.redteam(rows(), search_grades=0, show_pii=True).to_dict())


def test_pii_that_an_attack_breaks_up_is_masked_too(tmp_path: Path) -> None:
    reference = f"{FACTS[0]} Write to jane.roe@example.org or call (415) 555-0132; her number is 536-22-8726."
    data = [
        {
            "id": "jane.roe@example.org",
            "source": f"{SOURCE} {reference}",
            "facts": FACTS,
            "reference": reference,
        }
    ]
    found = rg.redteam(data, search_grades=300)
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps(data[0]), "utf-8")
    ran = run(path, "--json", "--search", 0, "--html", tmp_path / "page.html")
    for shown in (repr(found), ran.stdout, (tmp_path / "page.html").read_text("utf-8")):
        assert not re.search(r"jane\W?roe|555-?0132|536-?22-?8726", shown, re.IGNORECASE)


def test_the_page_shows_attacks_examples_and_winners_and_loads_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = run(DOCUMENTS, "--limit", 4, "--search", 600, "--search-documents", 1, "--html", page, "--json")
    found = json.loads(done.stdout)
    text = page.read_text("utf-8")
    assert "What the search found" in text
    assert found["rubric_hash"][:12] in text
    assert all(attack["name"] in html.unescape(text) for attack in found["attacks"])
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text)


def test_data_without_an_honest_answer_is_an_error() -> None:
    with pytest.raises(ValueError, match="no document that has an honest answer"):
        rg.redteam([{"source": SOURCE}])
    with pytest.raises(ValueError, match="got no document"):
        rg.redteam([])
    assert run(EXAMPLES / "nowhere.jsonl").exit_code == 2
