"""Rewards with the exact contract of each trainer, and what goes wrong in practice. The trainers themselves run in
``tests/trainers``."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import multiprocessing
import pickle
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rollgrade as rg
from rollgrade import recipes
from rollgrade.completion import END_OF_TURN
from rollgrade.grades import RULES
from rollgrade.logs.forms import verl as verl_log
from rollgrade.trainers import openrlhf, trl, verl
from rollgrade.trainers._reward import Grading, Rows, Shared, as_rubric, metrics, zero_variance

FACTS = ["The council approved the new budget on Monday.", "Taxes rise by 3 percent in May."]
ANSWER = "The council approved the new budget on Monday, and taxes rise by 3 percent in May."
LEAK = "The council approved the new budget on Monday, said jane.roe@example.org to reporters."
SOURCE = f"{ANSWER} Write to jane.roe@example.org for more."
CONVERSATION = [{"role": "assistant", "content": ANSWER}]
EXPECTED = rg.Rubric().grade(ANSWER, facts=FACTS).score


def call(reward: Any, completions: list[Any], **columns: Any) -> list[float | None]:
    """A call as TRL 1.16's ``_calculate_rewards`` makes it."""
    n = len(completions)
    prompts = (
        ["Summarise."] * n
        if isinstance(completions[0], str)
        else [[{"role": "user", "content": "Summarise."}]] * n
    )
    given = {
        "prompts": prompts,
        "completion_ids": [[1, 2, 3]] * n,
        "trainer_state": object(),
        "log_extra": lambda column, values: None,
    }
    found: list[float | None] = reward(completions=completions, **(given | columns))
    return found


# ---- TRL's contract ----------------------------------------------------------------------------------------


def test_trl_string_and_conversational_completions_get_the_same_floats() -> None:
    reward = trl.reward(rg.Rubric(), facts="facts", source="source")
    columns = {"facts": [FACTS] * 2, "source": [ANSWER] * 2}
    strings = call(reward, [ANSWER, "The"], **columns)
    messages = call(reward, [CONVERSATION, [{"role": "assistant", "content": "The"}]], **columns)
    assert strings == messages
    assert strings[1] == 0.0
    assert all(type(s) is float for s in strings)
    assert strings[0] == rg.Rubric().grade(ANSWER, facts=FACTS, source=ANSWER).score


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("columns", [{}, {"facts": [FACTS]}])
def test_trl_completions_in_the_place_of_the_prompts_are_told(
    columns: dict[str, Any], asynchronous: bool
) -> None:
    reward: Any = trl.reward(facts="facts" if columns else None, asynchronous=asynchronous)

    def rewards() -> Any:
        found = reward([ANSWER], **columns)
        return asyncio.run(found) if asynchronous else found

    with pytest.raises(
        TypeError, match=r"completions: got nothing, .* prompts \(1\); by position the prompts"
    ):
        rewards()
    assert trl.reward()([], []) == []


def test_trl_metrics_go_through_log_metric_where_it_is_offered() -> None:
    logged: dict[str, float] = {}
    call(trl.reward(facts="facts"), [ANSWER, ANSWER], facts=[FACTS] * 2, log_metric=logged.__setitem__)
    assert logged["rollgrade/length_passed"] == 1.0
    assert {f"rollgrade/{name}" for name in (*RULES, "tokens", "valid")} <= set(logged)
    assert all(type(v) is float and math.isfinite(v) for v in logged.values())
    # A second reward in the same trainer does not mix its metrics with the first one's.
    other: dict[str, float] = {}
    call(trl.reward(facts="facts", name="brief"), [ANSWER], facts=[FACTS], log_metric=other.__setitem__)
    assert {name.split("/")[0] for name in other} == {"brief"}


def test_trl_the_async_trainer_calls_without_state_and_pickles() -> None:
    reward = pickle.loads(pickle.dumps(trl.reward(rg.Rubric(max_tokens=40), facts="facts", name="brief")))
    assert reward.__name__ == "brief"
    assert reward(prompts=["p"], completions=[ANSWER], completion_ids=[[1]], facts=[FACTS]) == [
        rg.Rubric(max_tokens=40).grade(ANSWER, facts=FACTS).score
    ]
    assert not asyncio.iscoroutinefunction(reward.__call__)


def test_trl_an_async_reward_gives_the_same_and_is_seen_as_async() -> None:
    reward = trl.reward(facts="facts", asynchronous=True)
    assert asyncio.iscoroutinefunction(reward.__call__)

    async def many() -> list[Any]:
        return await asyncio.gather(
            *(reward(completions=[ANSWER, "The"], facts=[FACTS] * 2) for _ in range(20))  # type: ignore[misc]
        )

    assert asyncio.run(many()) == [[EXPECTED, 0.0]] * 20
    # What it raises reaches the trainer.
    with pytest.raises(ValueError, match="row 0: facts: got nothing"):
        asyncio.run(reward(completions=[ANSWER], facts=[None]))  # type: ignore[arg-type]


def test_trl_takes_recipes_by_name_and_rubric_files(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    rg.Rubric(max_tokens=10).to_file(path)
    assert trl.reward(path).rubric == trl.reward(str(path)).rubric == rg.Rubric(max_tokens=10)
    assert (
        repr(trl.reward(path, facts="facts")) == "rollgrade(Rubric(length={'max_tokens': 10}), facts='facts')"
    )
    assert trl.reward("ranking").rubric == recipes.ranking()
    with pytest.raises(ValueError, match=r"rubric: got 'rankin', expected .* a recipe \(.*ranking"):
        trl.reward("rankin")
    with pytest.raises(TypeError, match="rubric: got int"):
        as_rubric(3)  # type: ignore[arg-type]


def test_trl_columns_for_the_completion_log_are_sent_by_one_reward_only() -> None:
    sent: dict[str, list[Any]] = {}
    columns: dict[str, Any] = {"points": [FACTS, None], "log_extra": sent.__setitem__}
    fallback = rg.Rubric(missing="fallback", max_tokens=10)
    call(trl.reward(fallback, facts="points", name="other"), [ANSWER] * 2, **columns)
    call(trl.reward(fallback, facts="points", log_columns=False), [ANSWER] * 2, **columns)
    assert not sent
    call(
        trl.reward(fallback, facts="points", eos=3), [ANSWER] * 2, **columns, completion_ids=[[1, 3], [1, 2]]
    )
    assert sent == {"facts": [FACTS, None], "finish_reason": ["stop", "length"]}


def test_trl_without_a_column_the_source_is_what_the_user_said_last() -> None:
    prompts = [[{"role": "user", "content": SOURCE}]]
    reward = trl.reward(facts="facts")
    found = reward(prompts=prompts, completions=[[{"role": "assistant", "content": LEAK}]], facts=[FACTS])
    assert found == [rg.Rubric().grade(LEAK, facts=FACTS, source=SOURCE).score]
    # And alone it is what coverage is measured against.
    alone = trl.reward()(prompts=prompts, completions=[CONVERSATION])
    assert alone == [rg.Rubric().grade(ANSWER, source=SOURCE).score]
    with pytest.warns(UserWarning, match="coverage is not measured"):
        found = trl.reward()(prompts=["Summarise."], completions=[ANSWER])
    assert found == [rg.Rubric().grade(ANSWER).score]


def test_trl_the_five_rules_share_one_pass_and_pay_nothing_for_what_is_not_valid() -> None:
    rules = trl.rules(facts="facts", source="source")
    assert [rule.__name__ for rule in rules] == list(RULES)
    columns = {"facts": [FACTS] * 3, "source": [SOURCE] * 3}
    logged: list[str] = []
    passes: list[Rows] = []
    shared = rules[0]._shared.grading
    grade = shared.grade
    shared.grade = lambda rows: passes.append(rows) or grade(rows)  # type: ignore[method-assign, func-returns-value]

    def all_rules() -> list[list[float | None]]:
        log = {
            "log_metric": lambda name, value: logged.append(name),
            "log_extra": lambda name, v: logged.append(name),
        }
        return [call(rule, [ANSWER, LEAK, "The"], **columns, **log) for rule in rules]

    found = all_rules()
    assert len(passes) == 1
    assert sorted(logged) == sorted(set(logged))  # logged once, not five times
    grades = rg.Rubric().grade_batch([ANSWER, LEAK, "The"], facts=columns["facts"], sources=columns["source"])
    for rule, scores in zip(RULES, found, strict=True):
        assert scores == [*getattr(grades, rule).tolist()[:2], 0.0]
    # The same rows in the next step are a new pass.
    assert all_rules() == found
    assert len(passes) == 2
    # Pickled together, they still share one.
    del shared.grade
    again = pickle.loads(pickle.dumps(rules[1:]))
    assert len({id(rule._shared) for rule in again}) == 1
    assert call(again[0], [ANSWER], facts=[FACTS], source=[SOURCE]) == [found[1][0]]


def test_trl_rules_asked_at_the_same_time_share_one_pass() -> None:
    rules = trl.rules(facts="facts", asynchronous=True)
    passes: list[int] = []
    grade = rules[0]._shared.grading.grade
    rules[0]._shared.grading.grade = lambda rows: passes.append(1) or grade(rows)  # type: ignore[method-assign, func-returns-value]

    async def at_once() -> list[Any]:
        return await asyncio.gather(*(r(completions=[ANSWER] * 64, facts=[FACTS] * 64) for r in rules))  # type: ignore[misc]

    assert len(asyncio.run(at_once())) == 5
    assert len(passes) == 1


def test_trl_a_rule_that_is_not_graded_gives_none() -> None:
    rules = trl.rules(rg.Rubric(basis="none"))
    assert [call(rule, [ANSWER])[0] is None for rule in rules] == [False, True, False, False, False]


# ---- verl's contract ---------------------------------------------------------------------------------------


def compute(solution: str, truth: Any, extra: Any = None, **reward_kwargs: Any) -> dict[str, float]:
    """A call as verl 0.9's reward managers make it."""
    return verl.compute_score(
        data_source="news", solution_str=solution, ground_truth=truth, extra_info=extra or {}, **reward_kwargs
    )


def test_verl_gives_the_same_finite_floats_for_every_sample() -> None:
    answers = [ANSWER, "", "<think>never closed", LEAK, "word " * 400, "- a bullet"]
    found = [compute(answer, {"facts": FACTS, "source": SOURCE}) for answer in answers]
    assert len({tuple(scores) for scores in found}) == 1
    assert {"score", *RULES, *(f"{rule}_passed" for rule in RULES), "valid", "tokens"} == set(found[0])
    assert all(type(v) is float and math.isfinite(v) for scores in found for v in scores.values())
    assert [scores["score"] for scores in found] == [
        rg.Rubric().grade(answer, facts=FACTS, source=SOURCE).score for answer in answers
    ]


@pytest.mark.parametrize(
    "truth",
    [
        FACTS,
        np.array(FACTS, dtype=object),
        json.dumps(FACTS),
        {"facts": FACTS},
        {"key_facts": np.array(FACTS, dtype=object)},
        json.dumps({"facts": FACTS}),
        {"facts": "- " + "\n- ".join(FACTS)},
        np.array({"facts": FACTS}, dtype=object),
    ],
)
def test_verl_takes_facts_in_every_form_as_the_log_reader_does(truth: Any) -> None:
    assert compute(ANSWER, truth)["score"] == EXPECTED
    if not hasattr(truth, "tolist"):  # a dump holds no arrays
        record = {"input": "p", "output": ANSWER, "gts": truth, "score": 0.0}
        read = verl_log.FORM.read(record)
        assert rg.Rubric().grade(ANSWER, facts=read["facts"]).score == EXPECTED


def test_verl_a_string_is_a_reference() -> None:
    assert (
        compute(ANSWER, ANSWER, rubric="summarization")["score"]
        == rg.Rubric().grade(ANSWER, reference=ANSWER).score
    )


def test_verl_reward_kwargs(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    rg.Rubric(max_tokens=10).to_file(path)
    strict = rg.Rubric(max_tokens=10).grade(ANSWER, facts=FACTS).score
    assert compute(ANSWER, FACTS, rubric=str(path))["score"] == strict
    assert compute(ANSWER, FACTS)["score"] == EXPECTED
    assert compute(ANSWER, None, {"points": FACTS}, facts="points")["score"] == EXPECTED
    # What verl passes on its own is no setting.
    assert (
        compute(ANSWER, FACTS, reward_router_address="host", reward_model_tokenizer=None)["score"] == EXPECTED
    )
    with pytest.raises(ValueError, match=r"reward_kwargs: got 'rubrics', expected .*did you mean \"rubric\""):
        compute(ANSWER, FACTS, rubrics=str(path))
    with pytest.raises(
        ValueError,
        match=r"row 0: facts: got 'fact', expected a field of the row \(there are: a, facts\) \(did you mean \"facts\"",
    ):
        compute(ANSWER, {"a": 1}, {"facts": FACTS}, facts="fact")
    mine = verl.ComputeScore(rubric=rg.Rubric(max_tokens=10))
    assert pickle.loads(pickle.dumps(mine))(solution_str=ANSWER, ground_truth=FACTS)["score"] == strict


def test_verl_the_legacy_batch_signature() -> None:
    found = verl.compute_score_batch(
        data_sources=np.array(["news", "news"], dtype=object),
        solution_strs=[ANSWER, "The"],
        ground_truths=[{"facts": np.array(FACTS, dtype=object)}, {"facts": FACTS}],
        extra_infos=np.array([{}, {}], dtype=object),
    )
    assert [scores["score"] for scores in found] == [EXPECTED, 0.0]
    with pytest.raises(ValueError, match="ground_truths: got 1 entries, expected 2"):
        verl.compute_score_batch(solution_strs=[ANSWER, "The"], ground_truths=[FACTS])


# ---- OpenRLHF's contract -----------------------------------------------------------------------------------

PROMPT = f"<|im_start|>user\nSummarise: {SOURCE}<|im_end|>\n<|im_start|>assistant\n"
LABEL = json.dumps({"facts": FACTS, "source": SOURCE})
WITH_SOURCE = rg.Rubric().grade(ANSWER, facts=FACTS, source=SOURCE)


@pytest.mark.parametrize("cut", [0, 1, 50, len(PROMPT) - 30, len(PROMPT) - 3])
@pytest.mark.parametrize("ending", ["", "<|im_end|>", "</s>"])
def test_openrlhf_finds_the_answer_though_the_prompt_lost_its_beginning(cut: int, ending: str) -> None:
    found = openrlhf.reward()([PROMPT[cut:] + ANSWER + ending], [PROMPT], [LABEL])
    assert found["rewards"] == found["scores"] == WITH_SOURCE.score
    assert found["extra_logs"]["tokens"] == WITH_SOURCE.length.tokens
    assert set(found) == {"rewards", "scores", "extra_logs"}
    assert all(type(value) is float for value in found["extra_logs"].values())


def test_openrlhf_an_answer_that_repeats_the_prompt_is_still_an_answer() -> None:
    assert openrlhf.answer_of(f"aba{'aba'}", "aba") == "aba"
    assert openrlhf.answer_of("\ufffdnd of prompt: answer", "the end of prompt: ") == "answer"
    # A tokenizer that gives the prompt back with other white space keeps its end at least.
    assert openrlhf.answer_of("<s>  Question 1 now.\nAnswer: yes", "<s> Question 1 now.\nAnswer: ") == "yes"
    with pytest.raises(ValueError, match="holds neither its prompt nor the end of it"):
        openrlhf.answer_of("something else", "a prompt that is not there: ")


@given(st.text("ab<", max_size=30), st.text("ab<", max_size=30), st.integers(0, 30))
def test_openrlhf_the_overlap_is_the_longest(prompt: str, answer: str, cut: int) -> None:
    query = prompt[cut:] + answer
    longest = max(k for k in range(min(len(query), len(prompt)) + 1) if prompt.endswith(query[:k]))
    assert openrlhf._overlap(query, prompt) == longest


def test_openrlhf_a_query_without_its_end_was_cut_off() -> None:
    reward = openrlhf.reward(eos="<|im_end|>")
    whole = reward([f"{PROMPT}{ANSWER}<|im_end|>"], [PROMPT], [LABEL])
    with pytest.warns(UserWarning, match="limit on a completion"):
        cut = reward([f"{PROMPT}{ANSWER}"], [PROMPT], [LABEL])
    assert whole["rewards"] == WITH_SOURCE.score
    assert cut["extra_logs"]["length"] < 1
    assert cut["rewards"] == rg.Rubric().grade(ANSWER, facts=FACTS, source=SOURCE, truncated=True).score


def test_openrlhf_what_it_swallows_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="row 0: facts: got nothing"):
        openrlhf.reward()([PROMPT + ANSWER], [PROMPT], [None])
    assert "no reward: row 0: facts: got nothing" in caplog.text
    with pytest.raises(ValueError, match="labels: got 0 entries, expected 1"):
        openrlhf.reward()([PROMPT + ANSWER], [PROMPT], [])
    nothing: Any = None
    with pytest.raises(TypeError, match="row 0: query: it is None, expected a string"):
        openrlhf.reward()([nothing], [PROMPT], [FACTS])
    with pytest.raises(TypeError, match="queries: got one str, expected a list of strings"):
        openrlhf.reward()(PROMPT + ANSWER, [PROMPT], [FACTS])


def test_openrlhf_over_http() -> None:
    reward = openrlhf.reward()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = json.dumps(reward.respond(json.loads(body))).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        payload = {"query": [PROMPT + ANSWER, f"{PROMPT}The"], "prompts": [PROMPT] * 2, "labels": [LABEL] * 2}
        request = Request(f"http://127.0.0.1:{server.server_port}", json.dumps(payload).encode())
        with urlopen(request) as response:
            found = json.load(response)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert found["rewards"] == found["scores"] == [WITH_SOURCE.score, 0.0]
    assert found["extra_logs"]["length_passed"] == [1.0, 1.0]
    for payload, error in [
        ({}, "query: got None, expected a list of strings"),
        ({"query": [1], "prompts": [""]}, "query: got a list of 1, expected a list of strings"),
        ({"query": ["a"], "prompts": "a"}, "prompts: got a str, expected a list of strings"),
        ({"query": ["a"], "prompts": [""], "labels": "x"}, "labels: expected a list"),
    ]:
        with pytest.raises(ValueError, match=error):
            reward.respond(payload)
    with pytest.raises(TypeError, match="payload: got list"):
        reward.respond([])


# ---- what goes wrong in practice ---------------------------------------------------------------------------


def everywhere(completion: Any, **grading: Any) -> list[float | None]:
    """The reward that each of the adapters gives a completion, string or messages."""
    text = rg.completion_text(completion)
    rubric = rg.Rubric(**grading)
    found = call(
        trl.reward(rubric, facts="facts", source="source"), [completion], facts=[FACTS], source=[SOURCE]
    )
    found.append(verl.ComputeScore(rubric=rubric)(solution_str=text, ground_truth=LABEL)["score"])
    found.append(openrlhf.reward(rubric)([PROMPT + text], [PROMPT], [LABEL])["rewards"])
    return found


@pytest.mark.parametrize(
    ("completion", "answer"),
    [
        (f"<think>Which facts?</think>\n\n{ANSWER}", ANSWER),
        (f"which facts, opened in the prompt</think>{ANSWER}", ANSWER),
        (f"<think>Her address is jane.roe@example.org</think>{ANSWER}", ANSWER),
        (f"<think>a</think>{ANSWER}</think>", f"{ANSWER}</think>"),
    ],
)
def test_thinking_blocks_are_stripped(completion: str, answer: str) -> None:
    expected = rg.Rubric(thinking="count").grade(answer, facts=FACTS, source=SOURCE).score
    if "</think>" in answer:  # a second closing tag violates the form
        assert rg.Rubric().grade(completion, facts=FACTS).form.score < 1
        expected = rg.Rubric().grade(completion, facts=FACTS, source=SOURCE).score
        assert expected is not None
        assert expected < (WITH_SOURCE.score or 0)
    assert everywhere(completion) == [expected] * 3


def test_thinking_that_never_ends_is_worth_nothing_and_pii_in_it_counts_where_asked() -> None:
    assert everywhere(f"<think>{ANSWER}") == [0.0] * 3
    thought = f"<think>jane.roe@example.org</think>{ANSWER}"
    assert everywhere(thought, pii={"scan_thinking": True}) < everywhere(thought)


@pytest.mark.parametrize(
    ("content", "same_as"),
    [
        (None, ""),
        ([], ""),
        ([{"type": "text", "text": ANSWER}], ANSWER),
        (
            [{"type": "image"}, {"type": "text", "text": ANSWER[:20]}, {"type": "text", "text": ANSWER[20:]}],
            ANSWER,
        ),
    ],
)
def test_content_that_is_none_or_parts(content: Any, same_as: str) -> None:
    assert everywhere([{"role": "assistant", "content": content}]) == everywhere(same_as)


def test_tool_turns_are_passed_over() -> None:
    turns = [
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "search"}}]},
        {"role": "tool", "content": "jane.roe@example.org"},
        {"role": "assistant", "content": ANSWER},
    ]
    assert everywhere(turns) == everywhere(ANSWER)


@pytest.mark.parametrize("token", END_OF_TURN)
def test_a_trailing_end_of_turn_token_is_not_counted(token: str) -> None:
    assert everywhere(f"{ANSWER}{token}") == everywhere(ANSWER)


def test_a_completion_that_was_cut_off_does_not_pass_length_for_free() -> None:
    cut = rg.Rubric().grade(ANSWER, facts=FACTS, truncated=True).score
    assert cut is not None
    assert cut < 0.5 * EXPECTED  # type: ignore[operator]

    class Tokenizer:
        eos_token_id = 7
        pad_token_id = 0

    ids = [[5, 7], [5, 6], [5, 0], [7, 5]]
    for eos in (Tokenizer(), [7, 0], type("Processor", (), {"tokenizer": Tokenizer()})()):
        reward = trl.reward(rg.Rubric(), facts="facts", eos=eos)
        with pytest.warns(UserWarning, match="limit on a completion"):
            found = call(reward, [ANSWER] * 4, facts=[FACTS] * 4, completion_ids=ids)
        assert found == [EXPECTED, cut, EXPECTED, cut]
    with pytest.raises(TypeError, match="eos: got str"):
        trl.reward(eos="</s>")
    with pytest.warns(UserWarning, match="limit on a completion"):
        assert verl.ComputeScore()("news", ANSWER, FACTS, {"finish_reason": "length"})["score"] == cut
    assert compute(ANSWER, FACTS, {"finish_reason": "stop"})["score"] == EXPECTED
    assert compute(ANSWER, FACTS, {"stop_reason": "stop"})["score"] == EXPECTED


def test_a_limit_so_low_that_length_cannot_fail_is_warned_of_once() -> None:
    def warned(completion: str, cut: bool, **grading: Any) -> int:
        reward = trl.reward(rg.Rubric(**grading), facts="facts", eos=7)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(3):
                call(reward, [completion] * 2, facts=[FACTS] * 2, completion_ids=[[5, 6 if cut else 7]] * 2)
        return len([w for w in caught if "no answer can be too long" in str(w.message)])

    assert warned(ANSWER, cut=True) == 1
    assert warned(ANSWER, cut=False) == 0
    assert warned(ANSWER, cut=True, max_tokens=10) == 0
    # What is left of the limit after thinking says nothing about it, and neither does an answer that is none.
    assert warned(f"<think>a</think>{ANSWER}", cut=True) == 0
    assert warned("<think>on and on", cut=True) == 0


def test_rows_without_facts_under_each_missing_setting() -> None:
    def reward(missing: str) -> Any:
        return trl.reward(rg.Rubric(missing=missing), facts="facts", source="source")

    columns = {"facts": [FACTS, None, []], "source": [SOURCE] * 3}
    with pytest.raises(ValueError, match=r'row 1: facts: got nothing, expected a value.*missing = "skip"'):
        call(reward("error"), [ANSWER] * 3, **columns)
    assert call(reward("skip"), [ANSWER] * 3, **columns) == [WITH_SOURCE.score, None, None]
    by_source = rg.Rubric().grade(ANSWER, source=SOURCE).score
    assert call(reward("fallback"), [ANSWER] * 3, **columns) == [WITH_SOURCE.score, by_source, by_source]
    for missing in ("error", "skip"):
        with pytest.raises(ValueError, match="row 0: facts: got nothing, expected a value"):
            verl.ComputeScore(rubric=rg.Rubric(missing=missing))(solution_str=ANSWER, ground_truth=None)
    bare = verl.ComputeScore(rubric=rg.Rubric(missing="fallback"))
    with pytest.raises(
        ValueError, match="row 0: facts, reference or source: got nothing.* leave such rows out"
    ):
        bare(solution_str=ANSWER, ground_truth=None)
    columns = {"facts": [FACTS, None, None], "source": [SOURCE, SOURCE, None]}
    assert call(reward("fallback"), [ANSWER] * 3, **columns) == [WITH_SOURCE.score, by_source, None]
    with pytest.warns(UserWarning, match="coverage is not measured: no row of the call"):
        assert call(trl.reward(rg.Rubric(missing="fallback")), [ANSWER] * 2) == [None, None]


def test_rows_without_a_source_under_each_missing_setting() -> None:
    leaks = {"pii": {"fail_on": "leaks"}}
    columns = {"facts": [FACTS] * 2, "source": [SOURCE, None]}

    def run(missing: str) -> list[float | None]:
        return call(
            trl.reward(rg.Rubric(missing=missing, **leaks), facts="facts", source="source"),
            [LEAK] * 2,
            **columns,
        )

    with pytest.raises(ValueError, match=r'row 1: source: got nothing, .*pii.fail_on is "leaks"'):
        run("error")
    assert run("skip")[1] is None
    assert all(isinstance(score, float) for score in run("fallback"))


def test_metrics_leave_out_rows_that_were_skipped() -> None:
    logged: dict[str, float] = {}
    reward = trl.reward(rg.Rubric(missing="skip"), facts="facts")
    call(reward, [ANSWER, ANSWER], facts=[FACTS, None], log_metric=logged.__setitem__)
    assert logged["rollgrade/coverage"] == rg.Rubric().grade(ANSWER, facts=FACTS).coverage.score
    logged.clear()
    call(reward, [ANSWER], facts=[None], log_metric=logged.__setitem__)
    assert logged == {}


def test_several_tasks_in_one_dataset() -> None:
    """Each reward skips the rows of the other task."""
    facts = trl.reward(rg.Rubric(missing="skip"), facts="facts", name="by_facts")
    reference = trl.reward(rg.Rubric(missing="skip"), reference="summary", name="by_reference")
    columns = {"facts": [FACTS, None], "summary": [None, ANSWER]}
    assert [r is None for r in call(facts, [ANSWER] * 2, **columns)] == [False, True]
    assert [r is None for r in call(reference, [ANSWER] * 2, **columns)] == [True, False]


def test_the_basis_stays_the_same_in_a_run() -> None:
    score = verl.ComputeScore()
    assert score(solution_str=ANSWER, ground_truth=ANSWER)["score"] > 0  # a reference: so it is for this run
    with pytest.raises(
        ValueError, match=r'row 0: facts: got a value .*"reference" so far.*coverage.basis = "facts"'
    ):
        score(solution_str=ANSWER, ground_truth=FACTS)
    with pytest.raises(ValueError, match="reference: got nothing"):
        score(solution_str=ANSWER, ground_truth=None)
    # Said in the rubric, it is no matter of order.
    said = verl.ComputeScore(rubric=rg.Rubric(basis="reference", missing="error"))
    assert said(solution_str=ANSWER, ground_truth={"facts": FACTS, "reference": ANSWER})["score"] > 0
    # What the user names beforehand decides, whatever a batch has.
    reward = trl.reward(rg.Rubric(missing="skip"), facts="facts", source="source")
    assert call(reward, [ANSWER], facts=[None], source=[SOURCE]) == [None]


def test_groups_whose_rewards_are_all_equal_are_counted() -> None:
    logged: dict[str, float] = {}
    prompts = [[{"role": "user", "content": name}] for name in "aaabbbccc"]
    completions = [
        [{"role": "assistant", "content": t}] for t in [ANSWER] * 3 + [ANSWER, "The", LEAK] + ["The"] * 3
    ]
    call(
        trl.reward(facts="facts"), completions, prompts=prompts, facts=[FACTS] * 9, log_metric=logged.__setitem__
    )  # fmt: skip
    assert (logged["rollgrade/groups"], logged["rollgrade/zero_variance_groups"]) == (3, 2)
    assert zero_variance("aabbc", [1.0, None, None, None, 1.0]) == (0, 0)
    assert (
        metrics(rg.Rubric().grade_batch([ANSWER], facts=[FACTS]), groups=None).keys()
        == metrics(rg.Rubric().grade_batch([ANSWER], facts=[FACTS])).keys()
    )


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"completions": [ANSWER, 7]}, "row 1: completion: a completion is an int"),
        (
            {"completions": [ANSWER, [{"role": "user", "content": "a"}]]},
            "row 1: completion: no assistant message",
        ),
        ({"points": [FACTS, 7]}, r"row 1: facts \(column 'points'\): facts are an int"),
        ({"points": [FACTS, [*FACTS, None]]}, r"row 1: facts \(column 'points'\): fact 3 of 3 is None"),
        ({"document": [SOURCE, 7]}, r"row 1: source \(column 'document'\): content is an int"),
        ({"points": [FACTS]}, "facts: the column 'points' has 1 entries, expected 2, one a completion"),
        ({"points": "abc"}, "facts: the column 'points' is one str, expected a list"),
        ({"completions": ANSWER}, "completions: got one str, expected a list"),
        ({"completion_ids": [[1]], "eos": 1}, "completion_ids: got 1 entries, expected 2"),
    ],
)
def test_errors_name_the_row_and_the_field(change: dict[str, Any], error: str) -> None:
    columns: dict[str, Any] = {
        "completions": [ANSWER] * 2,
        "points": [FACTS] * 2,
        "document": [SOURCE] * 2,
    } | change
    reward = trl.reward(facts="points", source="document", eos=columns.pop("eos", None))
    with pytest.raises((TypeError, ValueError), match=error):
        reward(**columns)


def test_errors_quote_no_text() -> None:
    secret = "jane.roe@example.org"
    for change in ({"facts": [[secret, 7]]}, {"completions": [[{"role": "user", "content": secret}]]}):
        with pytest.raises((TypeError, ValueError)) as raised:
            trl.reward(facts="facts")(**({"completions": [secret], "facts": [FACTS]} | change))
        assert secret not in str(raised.value)


def test_trl_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(
        ValueError, match=r"facts: got 'fact', expected a column of the dataset \(there are: facts\)"
    ):
        call(trl.reward(facts="fact"), [ANSWER], facts=[FACTS])


# ---- processes, threads, event loops -----------------------------------------------------------------------


def graded(reward: Callable[..., Any]) -> Any:
    return reward(completions=[ANSWER, "The"], facts=[FACTS] * 2)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_in_processes(method: str) -> None:
    """As Ray actors and TRL's async trainer do: pickled to a spawned child; and in a forked one."""
    reward = trl.reward(facts="facts")
    rule = trl.rules(facts="facts")[1]
    assert graded(reward) == [EXPECTED, 0.0]  # caches are warm when it forks
    expected = graded(rule)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        assert list(pool.map(graded, [reward] * 8)) == [[EXPECTED, 0.0]] * 8
        assert list(pool.map(graded, [rule] * 8)) == [expected] * 8


def test_a_fork_while_another_thread_grades_does_not_hang() -> None:
    rules = trl.rules(facts="facts")
    shared: Shared = rules[0]._shared
    context = multiprocessing.get_context("fork")
    with shared._lock:  # as another thread would hold it
        child = context.Process(target=graded, args=(rules[0],))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child.start()
        child.join(30)
    assert child.exitcode == 0


def test_from_many_threads_at_once() -> None:
    reward = trl.reward(facts="facts", source="source")
    texts = [ANSWER, LEAK, "The", f"{ANSWER} {ANSWER} {ANSWER} {ANSWER}"]

    def one(i: int) -> Any:
        text, source = texts[i % 4], f"{SOURCE} {i % 32}"  # more tasks than one, over and over
        return call(reward, [text], facts=[FACTS], source=[source])[0]

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(one, range(400)))
    rubric = rg.Rubric()
    assert found == [
        rubric.grade(texts[i % 4], facts=FACTS, source=f"{SOURCE} {i % 32}").score for i in range(400)
    ]


def test_the_same_prompts_are_prepared_once() -> None:
    grading = Grading(rg.Rubric())
    prepared: list[int] = []
    core = grading.rubric._grader

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(core, name)

        def prepare(self, basis: str, given: Any, threads: int) -> Any:
            prepared.append(len(given))
            return core.prepare(basis, given, threads)

    grading.rubric._grader = Counting()  # type: ignore[assignment]
    sources = [f"{SOURCE} {i // 8}" for i in range(64)]
    for _ in range(3):
        grading.grade(Rows([ANSWER] * 64, facts=[FACTS] * 64, sources=sources))
    assert prepared == [8]


def test_a_batch_without_rows() -> None:
    assert trl.reward(facts="facts")(prompts=[], completions=[], completion_ids=[], facts=[]) == []
    assert verl.compute_score_batch([], [], [], []) == []
    empty = openrlhf.reward()([], [], [])
    assert list(itertools.chain(empty["rewards"], empty["scores"])) == []


def test_broken_json_is_an_error_and_does_not_fix_the_basis() -> None:
    score = verl.ComputeScore(rubric=rg.Rubric())
    broken = '{"facts": ["The vote passed on Monday."'
    with pytest.raises(
        ValueError, match="row 0: ground_truth: got text that looks like JSON and breaks"
    ) as e:
        score(solution_str=ANSWER, ground_truth=broken, extra_info={})
    assert "vote" not in str(e.value)
    reward = openrlhf.reward(rg.Rubric())
    with pytest.raises(ValueError, match="ground_truth: got text that looks like JSON"):
        reward.respond({"query": [f"p{ANSWER}"], "prompts": ["p"], "labels": [broken]})
    with pytest.raises(ValueError, match="row 0: facts: got text that looks like JSON"):
        call(trl.reward(rg.Rubric(), facts="facts"), [ANSWER], facts=['["The vote passed'])
    good = json.dumps({"facts": FACTS})
    assert score(solution_str=ANSWER, ground_truth=good)["score"] == EXPECTED
    assert reward([f"p{ANSWER}"], ["p"], [good])["rewards"] == EXPECTED
    for nothing in ("null", None):
        with pytest.raises(ValueError, match="facts: got nothing"):
            score(solution_str=ANSWER, ground_truth=nothing)
    with pytest.raises(ValueError, match="facts: got nothing"):
        reward([f"p{ANSWER}"], ["p"], None)


def test_advice_fits_the_trainer_and_names_what_is_not_read() -> None:
    with pytest.raises(ValueError, match="the ground truth has fact, .*did you mean .facts.*verl needs") as e:
        verl.ComputeScore(rubric=rg.Rubric())(solution_str=ANSWER, ground_truth='{"fact": ["x"]}')
    assert "skip" not in str(e.value)


def test_a_column_that_nobody_said_to_use_is_told_once() -> None:
    reward = trl.reward(rg.Rubric())
    with pytest.warns(UserWarning, match=r'pass facts="facts" \(the columns are facts, task\)'):
        call(reward, [ANSWER], facts=[FACTS], task=["a"])
    call(reward, [ANSWER], facts=[FACTS], task=["a"])  # a warning would be an error
    call(trl.reward(rg.Rubric(coverage={"basis": "none"})), [ANSWER], facts=[FACTS])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"facts": FACTS}, TypeError, "facts: got one list, expected the name"),
        ({"source": ""}, ValueError, "source: got an empty string"),
        ({"name": ""}, ValueError, "name: got an empty string"),
        ({"threads": 0}, ValueError, "threads: got 0"),
    ],
)
def test_wrong_arguments_are_named_at_once(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        trl.reward(rg.Rubric(), **arguments)
