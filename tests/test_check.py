"""`rollgrade check`: what it says of the example documents, of data with known faults, and of a log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from typer.testing import CliRunner

import rollgrade as rg
from oracles import EXAMPLES, documents
from rollgrade.cli import app

DOCUMENTS = EXAMPLES / "documents.jsonl"
SOURCE = "The council approved the new budget on Monday. Property taxes rise by 3 percent in May. Mayor Ann Lee signed it."
FACTS = ["The council approved the new budget on Monday.", "Property taxes rise by 3 percent in May."]


def rows(**changed: Any) -> list[dict[str, Any]]:
    return [{"id": "a", "source": SOURCE, "facts": FACTS, "reference": " ".join(FACTS)} | changed]


def about(found: rg.Check) -> set[str]:
    return {item.about for item in found.advice}


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def test_the_example_documents_have_room_between_honest_and_lazy_answers() -> None:
    found = rg.check(DOCUMENTS)
    assert found.documents == found.graded == len(documents())
    assert found.basis == "facts"
    assert found.ok
    by_name = {item.name: item for item in found.candidates}
    assert found.headroom is not None
    assert found.cheap is not None
    assert found.headroom > found.cheap + 0.2
    assert by_name["nothing"].reward == 0
    assert by_name["reference"].passed["length"] == 1
    assert by_name["all facts, joined"].passed["length"] == 0


def test_candidates_are_graded_as_the_rubric_grades_them() -> None:
    rubric = rg.Rubric()
    found = {item.name: item for item in rg.check(rows(), rubric=rubric).candidates}
    grade = rubric.grade(" ".join(FACTS), source=SOURCE, facts=FACTS)
    assert found["reference"].reward == grade.score
    assert found["reference"].coverage == grade.coverage.score
    assert found["reference"].tokens == grade.length.tokens


def test_facts_that_do_not_fit_are_told_with_figures() -> None:
    found = rg.check(DOCUMENTS, rubric=rg.Rubric(max_tokens=20))
    (length,) = [
        item for item in found.advice if item.about == "length" and "raise max_tokens to" in item.text
    ]
    assert length.problem
    assert found.lengths.references is not None
    assert f"raise max_tokens to {round(found.lengths.references[1])}" in length.text
    assert not found.ok


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        (["Write to jane.roe@example.org about the budget.", FACTS[1]], "pii"),
        (["Property taxes rise by 7 percent in May.", FACTS[0]], "unsupported"),
        (["Penguins waddle across antarctic glaciers every winter.", FACTS[0]], "absent"),
        ([FACTS[0], FACTS[0].upper()], "duplicates"),
    ],
)
def test_faults_of_facts_are_found(facts: list[str], finding: str) -> None:
    clean = rg.check(rows())
    assert getattr(clean.facts, finding).facts == 0
    assert "facts" not in about(clean)
    found = rg.check(rows(facts=facts))
    assert getattr(found.facts, finding).facts == 1
    assert getattr(found.facts, finding).where[0].startswith("row 0 fact ")
    assert "facts" in about(found)
    assert "jane.roe" not in json.dumps(found.to_dict())


def test_documents_that_lack_what_the_rubric_needs_are_counted_and_told() -> None:
    data = [*rows(), {"id": "b", "source": SOURCE, "facts": []}]
    found = rg.check(data)
    assert (found.documents, found.graded, found.facts.without) == (2, 1, 1)
    assert {"missing", "facts"} <= about(found)
    assert rg.check(data, rubric=rg.Rubric(missing="fallback")).graded == 2


class HuggingFace:
    """What ``datasets.Dataset`` has."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def to_list(self) -> list[dict[str, Any]]:
        return self._rows

    def to_dict(self, batch_size: int | None = None) -> dict[str, list[Any]]:
        return {name: [row[name] for row in self._rows] for name in self._rows[0]}


def test_any_form_of_data_gives_the_same_result(tmp_path: Path) -> None:
    data = rows() + rows(id="b", source=SOURCE + " It rained.")
    expected = rg.check(data).to_dict()
    assert (expected["rubric_hash"], expected["version"]) == (rg.Rubric().hash, rg.__version__)
    table = pa.Table.from_pylist(data)
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in data), "utf-8")
    renamed = [{"article": r["source"], "bullets": r["facts"], "highlights": r["reference"]} for r in data]
    assert rg.check(table).to_dict() == expected
    assert rg.check(pd.DataFrame(data)).to_dict() == expected
    assert rg.check(pl.DataFrame(data)).to_dict() == expected
    assert rg.check(HuggingFace(data)).to_dict() == expected
    assert rg.check(tmp_path / "d.jsonl").to_dict() == expected
    assert rg.check(renamed, facts="bullets").to_dict() == expected


def test_a_log_says_what_its_rewards_tell_apart() -> None:
    log = [
        {"source": SOURCE, "facts": FACTS, "prompt": "", "completion": text}
        for text in (" ".join(FACTS), "The", "The council approved the new budget on Monday.")
    ]
    for found in (rg.check(rows(), log=log), rg.check(log)):
        assert found.groups is not None
        assert (found.groups.completions, found.groups.groups, found.groups.flat) == (3, 1, 0)
        assert found.groups.deviation is not None
        assert found.groups.deviation > 0.1
        assert found.groups.drives[found.groups.driver or ""] > 0.9
        assert "pii" in found.constant
    flat = rg.check(rows(), log=[log[0]] * 4)
    assert flat.groups is not None
    assert flat.groups.flat == 1
    assert any(item.about == "groups" and item.problem for item in flat.advice)


def test_a_log_of_other_documents_is_an_error() -> None:
    with pytest.raises(ValueError, match="no completion of any of the documents"):
        rg.check(rows(), log=[{"source": "Another one.", "prompt": "", "completion": "x"}])


def test_bad_records_are_counted_with_their_place_and_the_rest_is_checked(tmp_path: Path) -> None:
    lines = [
        json.dumps(rows()[0]),
        "{not json",
        '{"facts": [1]}',
        '{"other": 1}',
        "",
        json.dumps(rows(id="b", source=SOURCE + " X.")[0]),
    ]
    (tmp_path / "d.jsonl").write_text("\n".join(lines), "utf-8")
    done = run(tmp_path / "d.jsonl", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["documents"] == 2
    assert [place.rsplit(":", 1)[1] for place, _ in found["rejected"]] == ["2", "3", "4"]
    assert "facts" in found["rejected"][1][1]
    shown = run(tmp_path / "d.jsonl")
    assert "3 records rejected" in shown.stdout


def test_the_command_shows_a_table_and_its_exit_code_says_whether_there_are_problems() -> None:
    done = run(DOCUMENTS, "--rubric", EXAMPLES / "rubric.toml", "--log", EXAMPLES / "rollouts.jsonl")
    assert done.exit_code == 0, done.output
    for text in ("headroom", "within honest reach", "what drives the differences", "advice"):
        assert text in done.stdout
    assert run(EXAMPLES / "nowhere.jsonl").exit_code == 2
    assert run(DOCUMENTS, "--facts", "nowhere").exit_code == 2


def test_data_without_a_document_is_an_error() -> None:
    with pytest.raises(ValueError, match="got no document"):
        rg.check([])
    with pytest.raises(ValueError, match="the first record was rejected: got int, expected a row"):
        rg.check([1])
    with pytest.raises(TypeError, match="got int, expected a path, rows"):
        rg.check(1)


def test_facts_that_fit_are_not_taken_for_cut_ones() -> None:
    found = rg.check(rows())
    by_name = {item.name: item for item in found.candidates}
    assert by_name["facts, cut at the budget"].documents == 0
    assert found.ok
    assert set(found.gaps) == {"keywords", "word salad", "nothing"}
    assert found.cheap == max(by_name[name].reward or 0 for name in found.gaps)


def test_a_raise_of_the_budget_is_advised_only_where_it_is_one() -> None:
    long = " ".join(f"Member {name} spoke about the budget." for name in ("Ash", "Bo", "Cy", "Di", "Ed"))
    data = [rows(id=str(i), source=f"{i}. {SOURCE}")[0] for i in range(7)]
    data += rows(id="long", reference=long, source=f"{long} {SOURCE}")
    found = rg.check(data, rubric=rg.Rubric(max_tokens=rg.count_tokens(long) - 1))
    (advice,) = [item.text for item in found.advice if item.about == "length"]
    assert f"raise max_tokens to {rg.count_tokens(long)}:" in advice
