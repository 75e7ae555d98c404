"""PII from Python: kinds, redaction, allow lists, patterns of one's own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rollgrade as rg

TEXT = "Zoë: jane.roe@example.org, (415) 555-0132, SSN 536-90-4399."
EMPLOYEE = {
    "name": "EMPLOYEE_ID",
    "pattern": r"\bE-?\d{6}\b",
    "context": ["employee", "badge no"],
    "severity": 0.5,
    "examples": ["employee E-123456"],
}


def kinds(text: str, **options: Any) -> list[str]:
    return [match.kind for match in rg.find_pii(text, **options)]


# ---- kinds -------------------------------------------------------------------------------------------------


def test_every_kind_is_described_and_found_in_its_example() -> None:
    infos = rg.pii_kind_info()
    assert {info.name: info.severity for info in infos} == rg.pii_kinds()
    assert len(infos) >= 40
    for info in infos:
        assert info.tier in {"default", "strict"}
        assert 0 < info.severity <= 1
        assert info.accepts
        assert info.source
        assert info.name in kinds(info.example, tier="strict"), info


def test_patterns_are_described_behind_the_kinds() -> None:
    more = {
        "name": "CLIENT_NO",
        "pattern": r"\b\d{8}\b",
        "checksum": "luhn",
        "context": ["client"],
        "context_required": True,
    }
    own = rg.pii_kind_info(patterns=[EMPLOYEE, more])[-2:]
    assert [(info.name, info.tier, info.severity, info.example) for info in own] == [
        ("EMPLOYEE_ID", "own", 0.5, "employee E-123456"),
        ("CLIENT_NO", "own", 0.8, ""),
    ]
    assert own[1].accepts == r"matches of \b\d{8}\b with a checksum (luhn) near client"


# ---- redaction ---------------------------------------------------------------------------------------------


def test_redaction_styles() -> None:
    assert rg.redact(TEXT) == "Zoë: [EMAIL], [PHONE], SSN [US_SSN]."
    assert rg.redact(TEXT, style="mask") == "Zoë: j***@e***.org, (***) ***-0132, SSN ***-**-4399."
    hashed = rg.redact(TEXT, style="hash", key="a secret")
    assert re.fullmatch(
        r"Zoë: \[EMAIL:[0-9a-f]{16}\], \[PHONE:[0-9a-f]{16}\], SSN \[US_SSN:[0-9a-f]{16}\]\.", hashed
    )
    assert rg.redact(TEXT, style="hash", key=b"a secret") == hashed
    assert rg.redact(TEXT, style="hash", key="another one") != hashed
    assert rg.redact("no such thing") == "no such thing"


@pytest.mark.parametrize("text", ["no such thing", TEXT])
@pytest.mark.parametrize("style", ["hash", "label"])
@pytest.mark.parametrize(
    ("key", "error"),
    [
        (b"x", "key: got 1 byte, expected a secret of at least 8"),
        ("x" * 7, "key: got 7 bytes, expected a secret of at least 8"),
        (12345678, "key: got int, expected bytes or str"),
    ],
)
def test_a_key_that_can_be_guessed_is_refused_whatever_the_text(
    text: str, style: str, key: Any, error: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=error):
        rg.redact(text, style=style, key=key)
    with pytest.raises((ValueError, TypeError), match=error):
        rg.redact_batch([text], style=style, key=key)


def test_a_key_is_for_hashes() -> None:
    with pytest.raises(ValueError, match="key: got one, expected none, as style is 'label'"):
        rg.redact(TEXT, key="a secret")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"source": 5}, "source: got int, expected str"),
        ({"tier": None}, "tier: got NoneType, expected str"),
        ({"checksum": 5}, "checksum: got int, expected str"),
        ({"exclude": 5}, "exclude: got int, expected a list of strings"),
        ({"kinds": [5]}, r"kinds\[0\]: got int, expected str"),
    ],
)
def test_a_setting_of_another_type_is_named(given: dict[str, Any], error: str) -> None:
    with pytest.raises(TypeError, match=f"^{error}"):
        rg.find_pii(TEXT, **given)


def test_a_hash_is_the_same_however_the_value_is_written() -> None:
    ways = [
        "call (415) 555-0132",
        "call 415.555.0132",
        "call ４１５-５５５-０１３２",
        "call four one five, five five five, zero one three two",
    ]
    labels = {rg.redact(way, style="hash", key="a secret").removeprefix("call ") for way in ways}
    assert len(labels) == 1


def test_kinds_can_be_kept_chosen_excluded_and_allowed() -> None:
    assert rg.redact(TEXT, keep=["EMAIL"]) == "Zoë: jane.roe@example.org, [PHONE], SSN [US_SSN]."
    assert (
        rg.redact(TEXT, keep=["email_address", "PHONE"])
        == "Zoë: jane.roe@example.org, (415) 555-0132, SSN [US_SSN]."
    )
    assert rg.redact(TEXT, kinds=["PHONE"]) == "Zoë: jane.roe@example.org, [PHONE], SSN 536-90-4399."
    assert rg.redact(TEXT, exclude=["PHONE"]) == "Zoë: [EMAIL], (415) 555-0132, SSN [US_SSN]."
    assert (
        rg.redact(TEXT, allow=["example.org", "415-555-*"])
        == "Zoë: jane.roe@example.org, (415) 555-0132, SSN [US_SSN]."
    )
    assert rg.redact("employee E-123456", patterns=[EMPLOYEE]) == "employee [EMPLOYEE_ID]"
    assert rg.redact("employee E-123456", patterns=[EMPLOYEE], keep=["EMPLOYEE_ID"]) == "employee E-123456"


def test_a_batch_equals_single_calls() -> None:
    texts = [TEXT, "", "nothing", "call (415) 555-0132"] * 50
    options: dict[str, Any] = {"style": "hash", "key": "a secret", "keep": ["EMAIL"]}
    expected = [rg.redact(text, **options) for text in texts]
    for threads in (1, 2, 5):
        assert rg.redact_batch(texts, threads=threads, **options) == expected
    assert rg.redact_batch(pa.array(texts), **options) == expected
    assert rg.redact_batch([]) == []
    redactor = rg.Redactor(style="mask")
    assert redactor(TEXT)[1] == ["EMAIL", "PHONE", "US_SSN"]
    assert redactor.batch([TEXT, "nothing"])[1] == ("nothing", [])


@pytest.mark.parametrize("of", [list, pa.array])
def test_a_row_without_a_source_is_judged_as_a_text_without_one(of: Any) -> None:
    found = rg.find_pii_batch([TEXT] * 3, sources=of([TEXT, None, "nothing"]), threads=2)
    for matches, source in zip(found, [TEXT, None, "nothing"], strict=True):
        assert matches == rg.find_pii(TEXT, source=source)
    with pytest.raises(TypeError, match=r"^sources\[1\]: got int, expected str or None"):
        rg.find_pii_batch([TEXT] * 2, sources=["x", 1])
    with pytest.raises(ValueError, match="^sources: got 1 sources for 2 texts"):
        rg.find_pii_batch([TEXT] * 2, sources=["x"])


@given(st.text(max_size=60), st.sampled_from([TEXT, "call 415-555-0132 now", ""]), st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_redaction_replaces_the_matches_and_nothing_else(before: str, inside: str, after: str) -> None:
    text = before + inside + after
    expected, at = "", 0
    for match in rg.find_pii(text):
        expected += text[at : match.start] + f"[{match.kind}]"
        at = match.end
    assert rg.redact(text) == expected + text[at:]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"style": "lable"}, "style: got 'lable', expected label, mask, hash"),
        ({"style": "hash"}, "key: got nothing, expected a secret"),
        ({"style": "hash", "key": ""}, "key: got nothing"),
        ({"keep": ["PONE"]}, r"keep: got 'PONE', expected the name of a kind \(did you mean \"PHONE\"\?\)"),
        ({"keep": "PHONE"}, "keep: got one str, expected a list of strings"),
        ({"kinds": "PHONE"}, "kinds: got one str"),
        ({"kinds": ["PONE"]}, r'pii.kinds: got PONE, .*did you mean "PHONE"'),
        ({"tier": "strct"}, r'pii.tier: got strct, .*did you mean "strict"'),
        ({"checksum": "x"}, "checksum: got \"x\""),
    ],
)  # fmt: skip
def test_wrong_options_are_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rg.redact(TEXT, **options)


@pytest.mark.parametrize("call", [rg.find_pii_batch, rg.redact_batch])
@pytest.mark.parametrize("threads", [0, -1, 1.5, True, "2"])
def test_threads_are_checked(call: Any, threads: Any) -> None:
    with pytest.raises(ValueError, match=r"threads: got .*, expected a whole number of at least 1"):
        call([TEXT], threads=threads)


# ---- allow lists -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allow", "text", "found"),
    [
        ("*.gov", "Ask press@nasa.gov.", []),
        ("*.gov", "Ask press@nasa.gov.uk.", ["EMAIL"]),
        ("example.org", "Ask press@example.org.", []),
        ("@example.org", "Ask press@EXAMPLE.org.", []),
        ("example.org", "Ask press@evil-example.org.", ["EMAIL"]),
        ("example.org", "Ask press@mail.example.org.", ["EMAIL"]),
        ("*.example.org", "Ask press@mail.example.org.", []),
        ("example.org", "Ask press [at] example [dot] org.", []),
        ("911", "Call 911.", []),
        ("911", "Call (415) 555-0911.", ["PHONE"]),
        ("415-555-0132", "Call (415) 555-0132.", []),
        ("4155550132", "Call (415) 555-0132.", []),
        ("800-555-*", "Call 800.555.0199 or 801-555-0199.", ["PHONE"]),
        ("203.0.113.*", "From 203.0.113.77 and 203.0.114.77.", ["IP_ADDRESS"]),
        ("Jane@Example.org", "Ask jane@example.org.", []),
    ],
)
def test_allow_lists(allow: str, text: str, found: list[str]) -> None:
    assert kinds(text, allow=[allow]) == found


# ---- patterns of one's own ---------------------------------------------------------------------------------


def test_patterns_are_found_beside_the_kinds() -> None:
    text = "Employee E-123456 wrote to jane@example.org; E654321 did not."
    found = rg.find_pii(text, patterns=[EMPLOYEE])
    assert [(m.kind, m.text, m.evidence) for m in found] == [
        ("EMPLOYEE_ID", "E-123456", ("shape", "context")),
        ("EMAIL", "jane@example.org", ("shape",)),
        ("EMPLOYEE_ID", "E654321", ("shape",)),
    ]
    assert [m.masked for m in found[:1]] == ["*-******"]
    assert kinds(text, patterns=[EMPLOYEE], kinds=["EMPLOYEE_ID"]) == ["EMPLOYEE_ID"] * 2
    assert kinds(text, patterns=[EMPLOYEE], exclude=["EMPLOYEE_ID"]) == ["EMAIL"]
    assert kinds(text, patterns=[EMPLOYEE | {"context_required": True}]) == ["EMPLOYEE_ID", "EMAIL"]
    hidden = rg.find_pii("It is Ｅ－１２３４５６.", patterns=[EMPLOYEE])
    assert [(m.text, m.obfuscated, m.evidence) for m in hidden] == [
        ("Ｅ－１２３４５６", True, ("shape", "obfuscated"))
    ]
    batch = rg.find_pii_batch([text, "none"], patterns=[EMPLOYEE], threads=2)
    assert [m.kind for m in batch[0]] == [m.kind for m in found]
    assert batch.columns()["kind"] == [m.kind for m in found]


def test_a_rubric_grades_with_patterns() -> None:
    rubric = rg.Rubric(pii={"patterns": [EMPLOYEE]})
    source = "Employee E-123456 and employee E-654321 approved the new budget on Monday."
    facts = ["The new budget was approved on Monday."]
    task = rubric.prepare(source=source, facts=facts)
    for written, verdict in [
        ("E-123456", "leak_exact"),
        ("E123456", "leak_reformatted"),
        ("E-999999", "invented"),
    ]:
        grade = task.grade(f"Employee {written} approved the new budget on Monday.")
        assert [(m.kind, m.verdict) for m in grade.pii.matches] == [("EMPLOYEE_ID", verdict)]
        assert grade.pii.passed == (verdict == "invented")
        expected = 0.75 * 0.5 if verdict != "invented" else 0.75 + 0.25 * 0.5
        assert grade.pii.score == pytest.approx(expected)
        assert ("Leaks PII (EMPLOYEE_ID)" in grade.reason) == (verdict != "invented")
    grades = task.grade_batch(["Employee E-123456 approved the new budget on Monday."])
    assert grades.pii_matches.kind == ["EMPLOYEE_ID"]
    assert "EMPLOYEE_ID" in grades.reasons[0]
    with pytest.warns(UserWarning, match=r"facts hold PII \(EMPLOYEE_ID\)") as caught:
        rubric.prepare(facts=["Employee E-123456 approved the budget."])
    assert "123456" not in str(caught[0].message)


FILE = r"""
[pii]
exclude = ["IP_ADDRESS"]

[[pii.patterns]]
name = "EMPLOYEE_ID"
pattern = '\bE-?\d{6}\b'
context = ["employee"]
context_required = true
examples = ["employee E-123456"]

[[pii.patterns]]
name = "CLIENT_NO"
pattern = '\b\d{8}\b'
checksum = "luhn"
severity = 1
"""


def test_patterns_survive_the_rubric_file(tmp_path: Path) -> None:
    rubric = rg.Rubric.from_dict(tomllib.loads(FILE))
    assert [p.name for p in rubric.pii.patterns] == ["EMPLOYEE_ID", "CLIENT_NO"]
    assert rubric.pii.patterns[1].severity == 1.0
    path = tmp_path / "rubric.toml"
    rubric.to_file(path)
    again = rg.Rubric.from_file(path)
    assert again == rubric
    assert again.hash == rubric.hash != rg.Rubric(exclude=["IP_ADDRESS"]).hash
    assert rg.Rubric.from_dict(rubric.to_dict()) == rubric
    assert rubric.replace(max_tokens=60).pii == rubric.pii
    assert "EMPLOYEE_ID" in repr(rubric)
    assert rg.Rubric(pii=rubric.pii) == rubric


NAMES = st.from_regex(r"\A[A-Z][A-Z0-9_]{2,9}\Z").map(lambda name: "X9_" + name)
PATTERNS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "pattern": st.sampled_from(["a+b", r"\bX\d{3}", 'q"\\\\[é"]', "tab\t[0-9]"])},
        optional={
            "context": st.lists(st.text(max_size=8), max_size=2),
            "checksum": st.sampled_from(["none", "luhn", "mod97", "mod11", "verhoeff", "damm"]),
            "severity": st.floats(0.01, 1),
            "unicode": st.booleans(),
        },
    ),
    max_size=3,
    unique_by=lambda p: p["name"],
)


@given(patterns=PATTERNS)
@settings(deadline=None, max_examples=100)
def test_any_patterns_survive_the_rubric_file(
    tmp_path_factory: pytest.TempPathFactory, patterns: list[dict[str, Any]]
) -> None:
    rubric = rg.Rubric(pii={"patterns": patterns})
    path = tmp_path_factory.mktemp("rubric") / "rubric.toml"
    rubric.to_file(path)
    assert rg.Rubric.from_file(path) == rubric
    assert rg.Rubric.from_file(path).hash == rubric.hash


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        (3, r"pii\.patterns: got 3, expected a list of patterns"),
        ([3], r"pii\.patterns\[0\]: got 3, expected a table"),
        ([{"name": "A"}], r"pii\.patterns\[0\]\.pattern: got nothing, expected a string"),
        ([{"pattern": "a"}], r"pii\.patterns\[0\]\.name: got nothing"),
        ([EMPLOYEE, {"name": "A", "patern": "a"}], r"pii\.patterns\[1\]\.patern: unknown setting \(did you mean \"pattern\"\?\)"),
        ([{"name": "A", "pattern": "a", "severity": 0}], r"pii\.patterns\[0\]\.severity: got 0, expected a number above 0"),
        ([{"name": "A", "pattern": "a", "severity": 1.1}], r"pii\.patterns\[0\]\.severity"),
        ([{"name": "A", "pattern": "a", "checksum": "lun"}], r"checksum: got 'lun', .*\(did you mean \"luhn\"\?\)"),
        ([{"name": "A", "pattern": "a", "context": "x"}], r"pii\.patterns\[0\]\.context: got 'x', expected a list of strings"),
        ([EMPLOYEE, EMPLOYEE], r"pii\.patterns\[1\]\.name: got \"EMPLOYEE_ID\" a second time"),
        ([{"name": "PHONE", "pattern": "a"}], r"pii\.patterns\[0\]\.name: got \"PHONE\", which is a built-in kind"),
        ([{"name": "phone no", "pattern": "a"}], r"pii\.patterns\[0\]\.name: got \"phone no\", expected at most 40 capital"),
        ([EMPLOYEE, EMPLOYEE | {"name": "B"}, {"name": "A", "pattern": "(a"}], r"pii\.patterns\[2\]\.pattern \(A\): got \"\(a\" \(unclosed group"),
        ([{"name": "A", "pattern": "a*"}], r"pii\.patterns\[0\]\.pattern \(A\): .*matches the empty text"),
        ([EMPLOYEE | {"examples": ["employee 5550132"]}], r"pii\.patterns\[0\]\.examples\[0\] \(EMPLOYEE_ID\): got a text in which it is not found"),
    ],
)  # fmt: skip
def test_wrong_patterns_are_named(patterns: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        rg.Rubric(pii={"patterns": patterns})
    assert "5550132" not in str(caught.value)
    with pytest.raises(ValueError, match=said):
        rg.find_pii("", patterns=patterns)
