"""Explanations: the arithmetic is the core's to the last bit, the evidence is where it is said to be, nothing private
is said, and what is shown is safe to show."""

from __future__ import annotations

import builtins
import copy
import json
import pickle
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import rollgrade as rg
from logs_run import ANSWER, FACTS, SOURCE
from rollgrade.evidence import budget_end
from rollgrade.explaining import Differences, Explanation
from rollgrade.explaining.arithmetic import PRIORITY, Term, costs, reward, shares, terms
from rollgrade.grades import RULES
from rollgrade.recipes import tutorial

EXAMPLES = Path(__file__).parent.parent / "examples"
EMAIL = "jane.roe@corp-mail.com"
ATTACK = "<script>alert('owned')</script><b>\"&"
ROWS = [json.loads(line) for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()]


def graded(row: dict[str, Any], rubric: rg.Rubric) -> rg.Grade:
    messages = row["messages"]
    return rubric.grade(messages[-1]["content"], source=messages[1]["content"], facts=row["facts"])


def explained(answer: str = ANSWER, facts: list[str] | None = FACTS, **given_: Any) -> Explanation:
    rubric = given_.pop("rubric", rg.Rubric())
    return rubric.grade(answer, source=SOURCE, facts=facts, **given_).explain()


def drawn(of: Any, width: int, **options: Any) -> str:
    """What a terminal of this width shows."""
    with (console := Console(width=width, highlight=False, **options)).capture() as said:
        console.print(of)
    return said.get()


# ---- the arithmetic ----------------------------------------------------------------------------------------

RUBRICS = [
    rg.Rubric(),
    rg.Rubric(combine="weighted", weights={"length": 1, "form": 0, "pii": 0.3}),
    rg.Rubric(combine="lexicographic", max_tokens=40),
    rg.Rubric(combine="gate", max_tokens=200),
    rg.Rubric(combine="gate", max_tokens=200, gate={"rules": ["coverage", "pii", "form"], "floor": 0.01}),
    rg.Rubric(combine="gate", max_tokens=200, gate={"rules": []}),
    rg.Rubric(over=0.9, coverage={"max_density": 2.5, "support": False}, invalid="grade"),
    rg.Rubric(coverage={"basis": "source"}, fluency={"threshold": 0.97}),
    rg.Rubric(coverage={"basis": "none"}),
    rg.Rubric(combine="weighted", weights={"length": 0, "pii": 0, "fluency": 0, "form": 0}, basis="none"),
    tutorial(3),
    rg.Rubric(tokenizer="words", max_tokens=35),
]


@pytest.mark.parametrize("rubric", RUBRICS, ids=repr)
def test_the_last_line_is_the_reward_on_the_example_log(rubric: rg.Rubric) -> None:
    for row in ROWS[::7]:
        check_arithmetic(graded(row, rubric))


def check_arithmetic(grade: rg.Grade) -> None:
    steps = grade.explain().arithmetic
    assert steps[-1].name == "reward"
    assert steps[-1].value == grade.score
    values = {step.name: step.value for step in steps}
    if "length" in values:
        assert values["length"] == grade.length.score
    if "coverage" in values:
        assert values["coverage"] == grade.coverage.score
    for name in ("facts", "sentences"):
        if name in values:
            assert values[name] == grade.coverage.raw
    for step in steps:
        check_expression(step.expression, step.value)


def check_expression(expression: str, value: float | None) -> None:
    """What is written out comes to what it is said to come to, as far as rounding lets it."""
    if re.search(r"nothing|none|own|the weighted|passes| as ", expression) or value is None:
        return
    text = (
        re.sub(r"[a-z][a-z0-9_-]* (?=[\d(.])", "", expression)
        .replace(",", "")
        .replace("×", "*")
        .replace("·", "*")
    )
    root = re.fullmatch(r"([√∛∜])\((.*)\)", text)
    if root:
        text = f"({root[2]}) ** (1 / {'√∛∜'.index(root[1]) + 2})"
    assert eval(text) == pytest.approx(value, abs=0.02), expression


PIECES = [
    "The council approved the new budget.", "The debate was long.", "Taxes rise by 3 percent in May.", f"Write to {EMAIL}.",
    "- a bullet", "budget council new approved", "the the the the", "Summary:", "Ankara said no to 77 Swedes.", "\n\n",
    "<think>plan</think>", "It did not approve the new budget.", "42", "",
]  # fmt: skip


@st.composite
def rubrics(draw: st.DrawFn) -> rg.Rubric:
    unit = st.sampled_from([0.0, 0.3, 0.5, 1.0])
    weight = st.sampled_from([0.0, 0.1, 1.0, 7.0])
    return rg.Rubric(
        combine=draw(st.sampled_from(["priority", "lexicographic", "gate", "weighted"])),
        invalid=draw(st.sampled_from(["zero", "grade"])),
        thinking=draw(st.sampled_from(["strip", "count", "forbid"])),
        missing="skip",
        length={"max_tokens": draw(st.integers(1, 40)), "over": draw(unit), "min_words": draw(st.integers(0, 4)),
                "tokenizer": draw(st.sampled_from(["gpt2", "words"]))},
        coverage={
            "basis": draw(st.sampled_from(["auto", "facts", "reference", "source", "none"])),
            "measure": draw(st.sampled_from(["content", "rougeL-recall"])), "threshold": draw(unit),
            "support": draw(st.booleans()), "readable": draw(st.booleans()),
            "max_density": draw(st.sampled_from([None, 1.5])),
        },
        fluency={"threshold": draw(st.sampled_from([0.0, 0.5, 0.99]))},
        form={"threshold": draw(unit), "truncated": draw(st.sampled_from(["fail", "ignore"]))},
        gate={"rules": draw(st.lists(st.sampled_from(RULES[1:]), unique=True)), "floor": draw(unit)},
        weights={"length": 1, "coverage": draw(weight), "pii": draw(weight), "fluency": draw(weight), "form": draw(weight)},
    )  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(
    rubrics(),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
    st.none() | st.lists(st.sampled_from([*PIECES[:4], EMAIL]), max_size=4),
    st.none() | st.just(SOURCE),
    st.none() | st.lists(st.sampled_from(PIECES[:3]), max_size=3).map(" ".join),
    st.sampled_from([None, True, False]),
)
@pytest.mark.filterwarnings("ignore:facts hold PII")
def test_the_last_line_is_the_reward_whatever_the_rubric(
    rubric: rg.Rubric,
    answer: str,
    facts: list[str] | None,
    source: str | None,
    reference: str | None,
    truncated: bool | None,
) -> None:
    grade = rubric.grade(answer, source=source, facts=facts, reference=reference, truncated=truncated)
    check_arithmetic(grade)
    found = grade.explain()
    assert "".join(piece.text for piece in found.pieces) == found.text
    assert len(found.text) == len(answer)
    cost = costs(grade, grade._given.settings)  # type: ignore[union-attr]
    assert all(0 <= value <= 1 for value in cost.values())
    assert bool(cost) == (grade.valid and grade.score is not None)
    shown = str(found)
    assert (f"reward {grade.score:.3f}" if grade.score is not None else "no reward") in shown


@settings(deadline=None, max_examples=100)
@given(rubrics(), *[st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" ".join)] * 2)
def test_shares_add_up_to_the_difference(rubric: rg.Rubric, a: str, b: str) -> None:
    grades = [rubric.grade(text, source=SOURCE, facts=FACTS) for text in (a, b)]
    found = grades[0].explain(grades[1])
    if found.change is not None:
        assert found.change == grades[1].score - grades[0].score  # type: ignore[operator]
        of = [rule.share for rule in found.rules if rule.share is not None]
        assert not of or sum(of) == pytest.approx(found.change, abs=1e-12)
        ways = [terms(grade, rubric._settings) for grade in grades]
        alike = all(g.valid for g in grades) and [t.score is None for t in ways[0]] == [
            t.score is None for t in ways[1]
        ]
        assert bool(of) == alike, [rule.share for rule in found.rules]
        assert shares(ways[0], ways[0], rubric._settings) == dict.fromkeys(RULES, 0.0)


@pytest.mark.parametrize(
    ("combine", "more", "expected"),
    [
        (
            "priority",
            [Term("brand", 0.5, 1.0, False, 5.0)],
            0.5 * (8 * 0.25 + 4 + 2 * 0.5 + 1 + 5 * 0.5) / 20,
        ),
        ("weighted", [Term("brand", 0.5, 1.0, False, 5.0)], (16 * 0.5 + 8 * 0.25 + 4 + 1 + 1 + 2.5) / 36),
        ("lexicographic", [Term("brand", 1.0, 1.0, True, 0.0, "not counted")], None),
        (
            "lexicographic",
            [Term("brand", 1.0, 1.0, True, 5.0)],
            (2 * 7 + 1 + (8 + 2 + 4 + 1 + 1 + 5) / 36) / 64,
        ),
        ("gate", [Term("brand", 0.5, 1.0, False, None, "root")], 0.0),
    ],
)
def test_further_rules_are_further_lines(combine: str, more: list[Term], expected: float | None) -> None:
    scores = {"length": 0.5, "coverage": 0.25, "pii": 1.0, "fluency": 0.5, "form": 1.0}
    weights = PRIORITY if combine == "priority" else {"length": 16, **PRIORITY}
    of = [
        Term(rule, score, 0.5, score >= (1.0 if rule == "length" else 0.5), weights.get(rule),
             {"priority": "factor", "gate": "gate"}.get(combine, "") if rule == "length" else "")
        for rule, score in scores.items()
    ]  # fmt: skip
    gate = rg.Rubric().gate
    alone = reward(combine, of, gate)
    assert reward(combine, [*of, *more], gate) == pytest.approx(alone if expected is None else expected)
    raised = [replace(of[0], score=1.0, passed=True), *of[1:], *more]
    if combine == "gate":
        assert reward(combine, raised, gate) == 0.5


def test_what_a_rule_costs_is_what_the_reward_would_gain() -> None:
    grade = rg.Rubric(max_tokens=8).grade(ANSWER, source=SOURCE, facts=[*FACTS, "Taxes rise."])
    cost = costs(grade, grade._given.settings)  # type: ignore[union-attr]
    mean = grade.score / grade.length.score  # type: ignore[operator]
    assert cost["length"] == pytest.approx(mean - grade.score)  # type: ignore[operator]
    gained = grade.length.score * 8 * (1 - grade.coverage.score) / 15  # type: ignore[operator]
    assert cost["coverage"] == pytest.approx(gained)
    assert cost["pii"] == cost["form"] == 0


def test_unreadable_text_costs_coverage_too() -> None:
    salad = "Council budget the new debate approved Monday long a after the on."
    grade = rg.Rubric().grade(salad, source=SOURCE, facts=FACTS)
    assert grade.fluency.score < 0.5
    raised = grade.coverage.raw * grade.coverage.support.factor - grade.coverage.score  # type: ignore[operator,union-attr]
    expected = (8 * raised + 2 * (1 - grade.fluency.score)) / 15
    assert costs(grade, grade._given.settings)["fluency"] == pytest.approx(expected)  # type: ignore[union-attr]


def test_a_combination_of_ones_own_is_said_to_be_one() -> None:
    grade = rg.Rubric(combine=lambda columns: columns["coverage"] / 2).grade(ANSWER, facts=FACTS)
    for found in (
        grade.explain(),
        pickle.loads(pickle.dumps(grade)).explain(),
        copy.deepcopy(grade).explain(),
    ):
        assert found.arithmetic[-1].value == grade.score
        assert "a combination of your own" in found.arithmetic[-1].expression
        assert "lambda" in found.arithmetic[-1].expression
        assert all(rule.cost is None and rule.weight is None for rule in found.rules)


def test_facts_that_do_not_weigh_are_not_written_out() -> None:
    twice = explained(facts=[FACTS[0], FACTS[0], "The debate was held on Tuesday."])
    assert "facts" not in {step.name for step in twice.arithmetic}
    task = rg.Rubric().prepare(source=SOURCE, facts=FACTS, weights=[3, 1])
    steps = {
        step.name: step
        for step in task.grade("The debate was long and the council met.").explain().arithmetic
    }
    assert steps["facts"].expression.startswith("(3·")
    assert steps["facts"].expression.endswith(" / 4")


def test_what_has_no_reward_says_so() -> None:
    none = explained(facts=None, rubric=rg.Rubric(missing="skip", coverage={"basis": "facts"}))
    assert none.score is None
    assert none.arithmetic[-1].value is None
    assert "no reward" in str(none)
    assert "Not graded: facts" in str(none)
    assert "–" in none.to_html()
    invalid = explained("")
    assert invalid.arithmetic[-1].expression == "nothing, as the answer is not valid"
    assert "(empty)" in str(invalid)
    assert "(empty)" in invalid.to_html()


# ---- a grade is what it was --------------------------------------------------------------------------------


def test_a_grade_is_equal_pickled_and_plain_as_before() -> None:
    grade = rg.Rubric().grade(f"{ANSWER} Write to {EMAIL}.", facts=FACTS)
    other = rg.Rubric().grade(f"{ANSWER} Write to {EMAIL}.", facts=tuple(FACTS))
    assert grade == other
    again = pickle.loads(pickle.dumps(grade))
    assert again == grade
    assert again.explain() == grade.explain()
    assert not any(name.startswith("_") for name in grade.to_dict())
    assert EMAIL not in repr(grade)
    assert grade.to_dict(show_pii=True)["pii"]["matches"][0]["text"] == EMAIL
    batch = rg.Rubric().grade_batch([ANSWER, "No."], facts=[FACTS, FACTS])
    assert batch.explain(0).explain().facts == explained().facts
    bare = copy.copy(grade)
    object.__setattr__(bare, "_given", None)
    assert bare == grade
    assert bare._repr_html_() is None
    with pytest.raises(ValueError, match="only grades that a rubric made"):
        bare.explain()


def test_a_grade_holds_its_text_by_reference_and_not_the_source() -> None:
    text = f"{ANSWER} And more."
    task = rg.Rubric().prepare(source=SOURCE, facts=FACTS)
    given_ = task.grade(text)._given
    assert given_ is not None
    assert given_.text is text
    assert given_.facts is task.grade(text)._given.facts  # type: ignore[union-attr]
    assert SOURCE.encode() not in pickle.dumps(task.grade(text))


# ---- the text and its evidence -----------------------------------------------------------------------------


def test_facts_and_the_spans_that_carry_them_have_the_same_number() -> None:
    found = explained("The council approved the new budget. Then it was not long, the debate. Taxes fell.")
    first = found.facts[0]
    assert (first.number, first.state, first.text) == (1, "carried", FACTS[0])
    assert first.quoted == found.text[slice(*first.span)] != ""  # type: ignore[arg-type]
    joined = "".join(piece.text for piece in found.pieces if 1 in piece.facts)
    assert joined == first.quoted
    assert f"¹{first.quoted}¹" in drawn(found, 200)
    html = found._repr_html_() or ""
    assert f'data-facts="1" style="--c:var(--rg-1)" title="fact 1">{first.quoted}</mark>' in html
    assert '<li data-fact="1" tabindex="0" style="--c:var(--rg-1)">' in html


def test_facts_that_overlap_are_all_numbered() -> None:
    found = explained(
        ANSWER, facts=["The council approved the new budget.", "The council approved the budget on Monday."]
    )
    assert any(piece.facts == (1, 2) for piece in found.pieces)
    assert "¹˙²" in drawn(found, 200)
    assert 'data-facts="1 2" style="--c:var(--rg-1);--d:var(--rg-2)"' in (found._repr_html_() or "")


def test_parts_of_facts_and_negated_ones_are_told_from_carried_ones() -> None:
    found = explained("The council did not approve the new budget on Monday, it was said.", facts=[FACTS[0]])
    assert found.facts[0].state == "negated"
    assert found.facts[0].span is not None
    assert "negated fact" in found.marks
    assert "fact" not in found.marks
    fact = "The council approved the new budget for schools."
    partly = explained("The council approved it after nine more long hours.", facts=[fact])
    assert (partly.facts[0].state, partly.facts[0].missing) == (
        "partly carried",
        ("new", "budget", "schools"),
    )
    assert "part of a fact" in partly.marks
    assert "partly carried; missing: new, budget, schools" in drawn(partly, 150)
    none = explained("It rained all day on Monday in the town.", facts=[fact])
    assert (none.facts[0].state, none.facts[0].span) == ("not carried", None)


@pytest.mark.parametrize(
    ("settings_", "before", "unit"),
    [
        ({"max_tokens": 5}, "The council approved the new", "tokens"),
        ({"max_tokens": 5, "tokenizer": "words"}, "The council approved the new", "words"),
        ({"max_tokens": 1}, "The", "tokens"),
        ({"max_tokens": 500}, None, "tokens"),
    ],
)
def test_the_budget_is_a_line_in_the_text(settings_: dict[str, Any], before: str | None, unit: str) -> None:
    found = explained("<think>plan</think> " + ANSWER, rubric=rg.Rubric(**settings_))
    line = f" ▏{settings_['max_tokens']}\u00a0{unit}▕ "
    text = re.sub("[¹²˙]", "", drawn(found, 300))
    if before is None:
        assert found.budget is None
        assert "▏" not in text
        return
    assert found.text[: found.budget] == f"<think>plan</think> {before}"
    assert f"{before}{line}" in text
    html = found._repr_html_() or ""
    assert (
        f'<span class="rg-budget" title="the budget ends here">{settings_["max_tokens"]} {unit}</span>'
        in html
    )


def test_the_budget_of_another_tokenizer(tmp_path: Path) -> None:
    import tokenizers

    own = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    own.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [tokenizers.pre_tokenizers.Whitespace(), tokenizers.pre_tokenizers.Split("a", "isolated")]
    )
    path = tmp_path / "tokenizer.json"
    own.save(str(path))
    rubric = rg.Rubric(tokenizer=str(path), max_tokens=3)
    answer = "The \ud83d banana split \U0001f600 was eaten on Monday."
    grade = rubric.grade(answer, facts=["It was eaten."])
    assert answer[: grade.explain().budget] == "The \ud83d b"
    assert budget_end(answer, grade, rubric) == grade.explain().budget
    path.unlink()
    assert pickle.loads(pickle.dumps(grade)).explain().budget is None  # the line is left out, the rest is not
    assert "b" in str(pickle.loads(pickle.dumps(grade)).explain())


def test_lone_surrogates_and_what_hides_text_are_shown_as_what_they_are() -> None:
    found = explained("The council\x1b[31m approved \u202e the new\x00 budget \ud83d [bold]today[/bold].")
    said = str(found)
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\ud83d" not in said
    assert "␛[31m" in said
    assert "[bold]today[/bold]" in said
    html = found.to_html()
    html.encode("utf-8")
    assert "\u202e" not in html
    json.dumps(found.to_dict()).encode("utf-8")


def test_a_thinking_block_stands_apart_and_is_cut_where_it_is_long() -> None:
    found = explained(f"<think>{'Let me think about it. ' * 100}</think>\n{ANSWER}")
    assert found.text[found.answer[0] :] == ANSWER
    said = drawn(found, 100)
    assert re.search(r"1,\d{3} more\s+│?\s*characters|more characters", said)
    assert said.count("Let me think") < 30
    html = found._repr_html_() or ""
    assert html.count("Let me think") == 100
    assert f"<summary>thinking, {found.answer[0]:,} characters</summary>" in html


def test_a_terminal_is_not_flooded() -> None:
    found = explained("".join(f"Write to a{i}@b{i}.com about it, the council said. " for i in range(1500)))
    said = drawn(found, 120)
    assert "more characters" in said
    assert "1,460 more" in said
    assert len(said.splitlines()) < 250
    assert (found._repr_html_() or "").count(' rg-pii"') > 1400


@pytest.mark.parametrize("text", ["x" * 200_000, f"{ANSWER} {'word ' * 40_000}"])
@pytest.mark.parametrize("max_tokens", [50, 10**6])
def test_a_terminal_is_not_flooded_by_one_long_piece(text: str, max_tokens: int) -> None:
    said = drawn(rg.Rubric(max_tokens=max_tokens).grade(text, facts=FACTS).explain(), 120)
    assert "more characters" in said
    assert len(said.splitlines()) < 250


def test_why_each_rule_scored_what_it_did() -> None:
    answer = "Summary: The council of Ankara approved the new budget on Friday and and and and and and and and and."
    found = explained(answer, rubric=rg.Rubric(coverage={"max_density": 1}))
    said = {rule.rule: " ".join(rule.details) for rule in found.rules}
    copying = found.to_dict()["rules"][1]["details"][3]
    assert re.fullmatch(r"× 0\.\d{3} for copying: density 1\.\d, 1 allowed", copying)
    assert "for what the source does not say: “Ankara”, “Friday”" in said["coverage"]
    assert "worst: “" in said["fluency"]
    assert "“Summary:”" in said["form"]
    assert said["pii"] == "none found"
    cut = rg.Rubric().grade(ANSWER, facts=FACTS, truncated=True).explain()
    assert "cut off by the sampler" in " ".join(cut.rules[0].details)
    assert cut.arithmetic[0].expression == "over 0.5 × 50 / 51"
    other = explained(rubric=rg.Rubric(coverage={"basis": "none"}))
    assert "not graded" in " ".join(other.rules[1].details)
    reference = rg.Rubric().grade(ANSWER, reference=" ".join(FACTS)).explain()
    assert [fact.text for fact in reference.facts] == FACTS
    assert any(step.name == "sentences" for step in reference.arithmetic)


# ---- nothing private is said -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:facts hold PII")
@pytest.mark.parametrize("thinking", ["", f"<think>Is {EMAIL} theirs?</think> "])
def test_pii_is_masked_wherever_text_is_shown(thinking: str) -> None:
    answer = f"{thinking}Write to {EMAIL} or call (415) 555-0132, the council said after it approved the budget budget."
    source = f"The council said: write to {EMAIL} or call (415) 555-0132. It approved the budget."
    facts = [
        f"The council can be reached at {EMAIL}.",
        "Call (415) 555-0132 now.",
        "The phone is 415 and 555-0132 now.",
    ]
    grade = rg.Rubric().grade(answer, source=source, facts=facts)
    other = rg.Rubric(pii={"kinds": ["IBAN"]}).grade(
        "The council approved the budget, it said.", source=source, facts=facts
    )
    private = ("jane", "corp-mail", "555-0132")
    for found in (grade.explain(), grade.explain(other), other.explain(grade)):
        for said in (str(found), found._repr_html_(), found.to_html(), json.dumps(found.to_dict())):
            assert said is not None
            assert not [word for word in private if word in said.lower()]
    found = grade.explain()
    assert [(match.kind, match.verdict, match.fails) for match in found.pii] == [
        ("EMAIL", "leak_exact", True), ("PHONE", "leak_exact", True)
    ]  # fmt: skip
    assert re.search(r"EMAIL +j\S+ +leak exact +fails", drawn(found, 150))
    assert EMAIL in str(grade.explain(show_pii=True))
    assert EMAIL in grade.explain(show_pii=True).to_html()


# ---- views -------------------------------------------------------------------------------------------------


class Wellformed(HTMLParser):
    """Raises where elements do not close in the order in which they opened."""

    VOID = frozenset({"br", "meta", "!doctype"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(html: str) -> Wellformed:
    parser = Wellformed()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


@pytest.fixture
def attacked() -> rg.Grade:
    answer = f"{ATTACK} The council approved the new budget, {ATTACK} said."
    return rg.Rubric().grade(answer, source=SOURCE, facts=[f"The council {ATTACK} approved.", *FACTS])


def test_text_stays_text_in_html(attacked: rg.Grade) -> None:
    for found in (attacked.explain(), attacked.explain(rg.Rubric().grade(ATTACK, facts=[ATTACK]))):
        page = parsed(found._repr_html_() or "")
        assert not page.seen & {"script", "b", "img", "link", "iframe"} - {"b"}
        assert "alert('owned')" in "".join(page.text)
        assert "<script>alert" not in (found._repr_html_() or "")
        whole = parsed(found.to_html())
        assert "<script" not in found.to_html()
        assert "Content-Security-Policy" in found.to_html()
        assert whole.seen >= {"html", "head", "main"}


def test_a_notebook_gets_a_fragment_of_its_own_style(attacked: rg.Grade) -> None:
    html = attacked.explain()._repr_html_() or ""
    assert html.strip().startswith('<div class="rollgrade rg-joined">')
    assert html.strip().endswith("</div>")
    assert "http" not in html
    assert attacked._repr_html_() == html
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    flat = re.sub(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", r"\1", style[1])
    selectors = [
        s for group in re.findall(r"([^{}]+)\{[^{}]*\}", flat) for s in re.split(r",(?![^(]*\))", group)
    ]
    assert len(selectors) > 40
    assert [s for s in selectors if not s.strip().startswith((".rollgrade", ".rg-joined"))] == []


def test_without_the_extra_a_notebook_shows_text(monkeypatch: pytest.MonkeyPatch) -> None:
    found, real = explained(), builtins.__import__

    def missing(name: str, *arguments: Any, **options: Any) -> Any:
        if name.split(".", maxsplit=1)[0] in ("jinja2", "markupsafe"):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert found._repr_html_() is None
    assert "reward" in repr(found)
    with pytest.raises(ImportError, match=r"rollgrade\[report\]"):
        found.to_html()


@pytest.mark.parametrize("width", [30, 60, 100, 119, 120, 200])
def test_a_terminal_of_any_width(width: int) -> None:
    a, b = graded(ROWS[40], rg.Rubric()), graded(ROWS[41], rg.Rubric())
    for found in (a.explain(), a.explain(b)):
        lines = drawn(found, width).splitlines()
        assert max(len(line) for line in lines) <= width
    beside = any(line.count("╭─") == 2 for line in drawn(a.explain(b), width).splitlines())
    assert beside == (width >= 120)


def test_colours_are_for_terminals_and_never_all_there_is() -> None:
    found = explained()
    plain = drawn(found, 100, color_system=None)
    assert "\x1b" not in plain
    coloured = drawn(found, 100, force_terminal=True, color_system="truecolor", no_color=False)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert "¹The council approved ²the new budget¹" in plain
    assert str(found) == repr(found)
    assert "\x1b" not in str(found)


# ---- two of them -------------------------------------------------------------------------------------------


def test_the_differences_of_two_rollouts() -> None:
    rubric = rg.Rubric()
    a = rubric.grade("The council approved the new budget on Monday, it said.", source=SOURCE, facts=FACTS)
    b = rubric.grade("It was a long debate, said the council of Ankara to all.", source=SOURCE, facts=FACTS)
    found = a.explain(b)
    assert isinstance(found, Differences)
    assert found.same_facts
    assert (found.only_a, found.only_b) == ((1,), (2,))
    assert found.change == b.score - a.score  # type: ignore[operator]
    assert found.settings == ()
    assert found.verdict == f"b earns {found.change:.3f} more than a"
    gains = [(rule, share) for rule, share in found.shares if share > 0]
    assert {rule for rule, _ in gains} == {"fluency", "coverage"}
    assert gains == sorted(gains, key=lambda gain: -gain[1])
    said = str(found)
    for words in (found.verdict, "only a", "only b", "a  arithmetic", "b  arithmetic", "in the reward"):
        assert words in said
    html = found._repr_html_() or ""
    assert "<strong>only a</strong>" in html
    assert '<div class="rollgrade rg-joined">' in html
    assert found.to_dict()["change"] == found.change
    same = a.explain(a)
    assert same.verdict == "a and b earn the same"
    assert same.same_marks
    assert str(same).count("╭─") == 1


def test_rollouts_of_different_facts_are_joined_each_on_its_own_side() -> None:
    found = explained()
    other = rg.Rubric().grade(ANSWER, facts=["The council approved the budget."])
    both = rg.Rubric().grade(ANSWER, source=SOURCE, facts=FACTS).explain(other)
    assert not both.same_facts
    assert (both.only_a, both.only_b) == ((), ())
    html = both._repr_html_() or ""
    assert '<div class="rollgrade">' in html
    assert html.count('<section class="rg-joined">') == 2
    assert html.count('<ol class="rg-facts">') == 2
    assert all(fact.text in str(both) for fact in found.facts)


def test_one_rollout_under_two_rubrics_names_the_settings() -> None:
    rubrics_ = (
        rg.Rubric(),
        rg.Rubric(combine="gate", max_tokens=9, pii={"allow": [EMAIL]}, coverage={"max_density": 3}),
    )
    a, b = (rubric.grade(ANSWER, source=SOURCE, facts=FACTS) for rubric in rubrics_)
    found = a.explain(b)
    assert {(s.name, s.a, s.b) for s in found.settings} == {
        ("combine", "priority", "gate"), ("length.max_tokens", "50", "9"), ("pii.allow", "none", "1 given"),
        ("coverage.max_density", "not set", "3"),
    }  # fmt: skip
    assert found.same_text
    assert not found.same_marks
    assert all(rule.share is None for rule in found.rules)
    assert "in the reward" not in str(found)
    assert EMAIL not in str(found) + (found._repr_html_() or "")
    none = rg.Rubric(missing="skip", coverage={"basis": "reference"}).grade(ANSWER, facts=FACTS)
    assert a.explain(none).verdict == "one of the two has no reward"
    assert "one of the two has no reward" in (a.explain(none)._repr_html_() or "")


def every(value: Any) -> Iterator[Any]:
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from every(item)


def test_plain_data_is_plain() -> None:
    found = explained()
    for data in (
        found.to_dict(),
        found and rg.Rubric().grade(ANSWER).explain(rg.Rubric().grade("No.")).to_dict(),
    ):
        assert {type(value) for value in every(data)} <= {dict, list, str, int, float, bool, type(None)}
        assert json.loads(json.dumps(data)) == data
    assert found.to_dict()["facts"][0]["text"] == FACTS[0]
    assert found.to_dict()["arithmetic"][-1]["value"] == found.score
