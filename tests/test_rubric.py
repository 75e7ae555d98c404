"""A rubric reads, checks, writes and hashes its settings."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rollgrade as rg
from oracles import EXAMPLES
from rollgrade.grades import RULES

unit = st.floats(0, 1)
names = st.lists(st.text(max_size=8), max_size=3)
limits = st.none() | st.floats(0, exclude_min=True, allow_infinity=False)
settings_dicts = st.fixed_dictionaries(
    {},
    optional={
        "combine": st.sampled_from(["priority", "lexicographic", "gate", "weighted"]),
        "missing": st.sampled_from(["error", "skip", "fallback"]),
        "thinking": st.sampled_from(["strip", "count", "forbid"]),
        "length": st.fixed_dictionaries({}, optional={"max_tokens": st.integers(1, 9999), "over": unit}),
        "coverage": st.fixed_dictionaries(
            {}, optional={"threshold": unit, "support": st.booleans(), "max_density": limits}
        ),
        "pii": st.fixed_dictionaries({}, optional={"allow": names, "scan_thinking": st.booleans()}),
        "weights": st.fixed_dictionaries({}, optional={"form": st.floats(0, 1e6)}),
    },
)


@given(settings_dicts)
def test_a_rubric_survives_its_file_its_dict_and_pickling(settings: dict[str, Any]) -> None:
    import tempfile

    rubric = rg.Rubric(**settings)
    with tempfile.TemporaryDirectory() as folder:
        copies = [rg.Rubric.from_dict(rubric.to_dict())]
        for name in ("rubric.toml", "rubric.json"):
            rubric.to_file(Path(folder) / name)
            copies.append(rg.Rubric.from_file(Path(folder) / name))
    copies += [pickle.loads(pickle.dumps(rubric)), rubric.replace()]
    for copy in copies:
        assert copy == rubric
        assert copy.hash == rubric.hash


def test_the_name_of_a_rubric_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "rubric.json"
    rg.Rubric(max_tokens=7).to_file(path)
    assert json.loads(path.read_text("utf-8"))["length"]["max_tokens"] == 7
    for broken, message in (
        ("version = 1", r"rubric\.json: .*; expected a rubric file \(JSON\)"),
        ("[]", r"rubric\.json: rubric: got list, expected a table"),
        ('{"pii": {}, "pii": {}}', r"rubric\.json: 'pii' stands twice in one table, expected each key once"),
        ('{"lenght": {}}', r'rubric\.json: lenght: unknown setting \(did you mean "length"'),
    ):
        path.write_text(broken)
        with pytest.raises(ValueError, match=message):
            rg.Rubric.from_file(path)
    for call in (rg.Rubric().to_file, rg.Rubric.from_file):
        with pytest.raises(ValueError, match=r"r\.yaml: is YAML by its name, expected"):
            call(tmp_path / "r.yaml")
    assert not (tmp_path / "r.yaml").exists()


def test_the_example_rubric_is_the_default_one() -> None:
    assert rg.Rubric.from_file(EXAMPLES / "rubric.toml") == rg.Rubric()


def test_a_limit_that_is_not_set_is_not_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    rg.Rubric().to_file(path)
    assert "max_density" not in path.read_text()
    limited = rg.Rubric(max_density=8)
    limited.to_file(path)
    assert "max_density = 8.0" in path.read_text()
    assert limited.hash != rg.Rubric().hash
    assert limited.replace(max_density=None) == rg.Rubric()
    assert repr(limited) == "Rubric(coverage={'max_density': 8.0})"


def test_any_setting_goes_by_keyword() -> None:
    rubric = rg.Rubric(max_tokens=60, pii={"tier": "strict"}, combine="weighted", basis="facts")
    assert rubric.length.max_tokens == 60
    assert rubric.pii.tier == "strict"
    assert rubric.coverage.basis == "facts"
    assert rubric.combine == "weighted"
    assert repr(rubric) == (
        "Rubric(combine='weighted', length={'max_tokens': 60}, coverage={'basis': 'facts'}, pii={'tier': 'strict'})"
    )
    assert rg.Rubric(length={"max_tokens": 60}, over=0.2).length == rubric.replace(over=0.2).length


def test_what_is_shown_of_settings_masks_pii() -> None:
    email, phone = "jane.roe@example.org", "415-555-0132"
    pattern = {"name": "STAFF", "pattern": r"\bQX\d{4}\b", "context": [phone], "examples": ["QX7391"]}
    rule = rg.Rule("thanks", must_contain="thank", examples=(f"thank {email}",))
    rubric = rg.Rubric(
        pii={"allow": [email, "415-555-*", "example.org"], "patterns": [pattern]},
        rules=[rule, {"name": "no-jane", "must_not_contain": email}],
    )
    with pytest.raises(ValueError, match="pii.allow: got .*, expected a list of strings") as error:
        rg.Rubric(pii={"allow": email})
    shown = [*map(repr, [rubric, rubric.pii, rubric.pii.patterns[0], rule, rubric.rules]), str(error.value)]
    assert not [s for s in shown for secret in ("jane.roe", "555", "0132", "7391") if secret in s]
    assert "'example.org'" in shown[0]
    assert "STAFF" in shown[2]
    assert rubric.replace() == rubric
    assert email in rubric.pii.allow


def test_numbers_of_numpy_are_numbers() -> None:
    rubric = rg.Rubric(max_tokens=np.int64(60), over=np.float64(0.2), max_density=np.uint8(8))
    assert rubric == rg.Rubric(max_tokens=60, over=0.2, max_density=8)
    assert rubric.hash == rg.Rubric(max_tokens=60, over=0.2, max_density=8).hash
    assert type(rubric.length.max_tokens) is int


def test_the_heaviest_weights_give_rewards() -> None:
    heavy = rg.Rubric(combine="weighted", weights=dict.fromkeys(RULES, 1e6))
    same = heavy.replace(weights=dict.fromkeys(RULES, 1))
    text = "The city council approved the new budget on Monday after a long debate."
    assert heavy.grade(text, facts=[text]).score == pytest.approx(same.grade(text, facts=[text]).score)


def test_the_hash_follows_the_settings_not_how_they_were_written() -> None:
    assert rg.Rubric(max_tokens=50).hash == rg.Rubric().hash
    assert rg.Rubric(weights={"form": 1}).hash == rg.Rubric(weights={"form": 1.0}).hash
    assert rg.Rubric(max_tokens=51).hash != rg.Rubric().hash
    assert len(rg.Rubric().hash) == 64


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"exclude": ["EMAIL", "PHONE"]}, {"exclude": ["PHONE", "EMAIL", "EMAIL"]}),
        ({"kinds": ["EMAIL", "US_SSN"]}, {"kinds": ["ssn", "email_address"]}),
        ({"allow": ["b.example", "a.example"]}, {"allow": ["a.example", "b.example"]}),
        (
            {"patterns": [{"name": "BADGE", "pattern": "R-\\d+", "context": ["badge", "pass"]}], "kinds": ["BADGE"]},
            {"patterns": [{"name": "BADGE", "pattern": "R-\\d+", "context": ["pass", "badge"]}], "kinds": ["badge"]},
        ),
    ],
)  # fmt: skip
def test_sets_are_the_same_in_any_order_and_spelling(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = rg.Rubric(pii=one), rg.Rubric(pii=other)
    assert first == second
    assert first.hash == second.hash != rg.Rubric().hash
    assert rg.Rubric(rules=[{"name": n, "must_contain": n} for n in "ab"], gate={"rules": ["b", "a"]}).gate.rules == (
        "a", "b"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_token": 50}, r'max_token: unknown setting \(did you mean "max_tokens"\?\)'),
        ({"length": {"max_tokns": 50}}, r'length.max_tokns: unknown setting \(did you mean "max_tokens"\?\)'),
        ({"max_tokens": 0}, "length.max_tokens: got 0, expected a whole number of at least 1"),
        ({"max_tokens": 50.0}, "length.max_tokens: got 50.0, expected a whole number"),
        ({"max_tokens": True}, "length.max_tokens: got True, expected a whole number"),
        (
            {"max_tokens": 2**62},
            "length.max_tokens: got 4611686018427387904, expected .* of at most 2147483648",
        ),
        ({"max_tokens": np.bool_(True)}, "length.max_tokens: got .*True.*, expected a whole number"),
        (
            {"weights": {"length": float("inf")}},
            "weights.length: got inf, expected a number from 0 to 1000000",
        ),
        (
            {"weights": {"coverage": 1e308}},
            r"weights.coverage: got 1e\+308, expected a number from 0 to 1000000",
        ),
        ({"weights": {"form": 10**400}}, "weights.form: got 1000.*, expected a number from 0 to 1000000"),
        ({"over": 1.5}, "length.over: got 1.5, expected a number from 0 to 1"),
        ({"over": float("nan")}, "length.over: got nan"),
        ({"coverage": {"threshold": -0.1}}, "coverage.threshold: got -0.1, expected a number from 0 to 1"),
        ({"threshold": 0.5}, "coverage and fluency and form have this setting; say which"),
        ({"combine": "prioritty"}, r'combine: got \'prioritty\', expected .*did you mean "priority"'),
        ({"missing": None}, "missing: got None"),
        ({"max_density": 0}, "coverage.max_density: got 0, expected a positive number, or None for no limit"),
        ({"max_density": -1.5}, "coverage.max_density: got -1.5, expected a positive number"),
        ({"max_density": float("nan")}, "coverage.max_density: got nan, expected a positive number"),
        ({"max_density": float("inf")}, "coverage.max_density: got inf, expected a positive number"),
        ({"max_density": 10**400}, "coverage.max_density: got 1000.*, expected a positive number"),
        ({"max_density": True}, "coverage.max_density: got True, expected a positive number"),
        ({"coverage": {"max_density": "8"}}, "coverage.max_density: got '8', expected a positive number"),
        ({"coverage": {"support": "yes"}}, "coverage.support: got 'yes', expected true or false"),
        ({"length": 50}, "length: got 50, expected a table"),
        ({"pii": {"allow": "x"}}, "pii.allow: got 'x', expected a list of strings"),
        ({"pii": {"kinds": ["EMIAL"]}}, "EMAIL"),
        ({"weights": dict.fromkeys(RULES, 0)}, "weights: got only zeros"),
        ({"tokenizer": "no/such/tokenizer.json", "max_tokens": "x"}, "length.max_tokens"),
    ],
)
def test_a_wrong_setting_is_named_with_what_came_and_what_was_expected(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        rg.Rubric(**settings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version = 2", "version: got 2, expected 1"),
        ("[lenght]\nmax_tokens = 3", r'lenght: unknown setting \(did you mean "length"\?\)'),
        ("max_tokens = 3", r"max_tokens: stands at the top of the file, expected in \[length\]"),
        ("tirer = 3", r'tirer: unknown setting \(did you mean "tier"\?\); a rubric has combine'),
        ("[length\n", r"rubric\.toml: .*line 1.*; expected a rubric file \(TOML\)"),
        ('{"length": {}}', r"rubric\.toml: .*; expected a rubric file \(TOML\)"),
        ("[length]\nover = 'x'", "rubric.toml: length.over: got 'x'"),
        (
            "[weights]\nlength = inf",
            "rubric.toml: weights.length: got inf, expected a number from 0 to 1000000",
        ),
        ("[coverage]\nmax_density = 0.0", "rubric.toml: coverage.max_density: got 0.0, expected a positive"),
    ],
)
def test_a_wrong_file_is_named_with_its_path(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        rg.Rubric.from_file(path)


@pytest.mark.parametrize("given", [None, [], "combine"])
def test_settings_that_are_no_table_are_an_error(given: Any) -> None:
    with pytest.raises(TypeError, match=r"rubric: got \w+, expected a table of settings"):
        rg.Rubric.from_dict(given)


def test_a_file_that_is_no_text_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"rubric\.toml: is not UTF-8"):
        rg.Rubric.from_file(path)
    path.write_bytes(b"\xef\xbb\xbf[length]\r\nmax_tokens = 5\r\n")
    assert rg.Rubric.from_file(path) == rg.Rubric(max_tokens=5)
    with pytest.raises(FileNotFoundError):
        rg.Rubric.from_file(tmp_path / "none.toml")


def test_a_rubric_is_not_changed() -> None:
    for name in ("max_tokens", "foo"):
        with pytest.raises(AttributeError, match=f"{name}: a rubric is not changed"):
            setattr(rg.Rubric(), name, 3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"length": {"max_tokens": 3}, "max_tokens": 4}, "max_tokens: got 4 and, in length, 3"),
        ({"fluency": "lm", "scorer": "none"}, "scorer: got 'none' and, in fluency, 'lm'"),
        ({"tokenizer": "nope.json"}, r"length.tokenizer: got 'nope.json', expected .* tokenizer.json"),
        ({"pii": {"kinds": ["EMAIL"], "exclude": ["EMAIL"]}}, "pii.exclude: got EMAIL, expected to leave"),
        ({"version": 2}, "version: got 2, expected 1"),
    ],
)
def test_settings_that_do_not_go_together_are_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rg.Rubric(**given)
    assert rg.Rubric(version=1, length={"max_tokens": 3}, max_tokens=3).length.max_tokens == 3
