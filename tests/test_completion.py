"""What `completion_text` and `facts_list` make of every shape a trainer or a log hands over."""

from __future__ import annotations

import enum
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from rollgrade.completion import END_OF_TURN, completion_text, content_text, facts_list, last_user_text

CALL: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}
TOOL = {"role": "tool", "content": "42 degrees"}


class Role(enum.Enum):
    ASSISTANT = "assistant"


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def assistant(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


def part(text: Any, kind: str = "text") -> dict[str, Any]:
    return {"type": kind, "text": text}


def objects(*items: Any) -> np.ndarray:
    """What pandas makes of a Parquet list: a NumPy array of objects."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        pytest.param("An answer.", "An answer.", id="string"),
        pytest.param(" An answer.\n", " An answer.\n", id="string-keeps-its-white-space"),
        pytest.param("", "", id="empty"),
        pytest.param(np.str_("An answer."), "An answer.", id="numpy-string"),
        pytest.param(None, "", id="content-none"),
        pytest.param(float("nan"), "", id="missing-in-pandas"),
        pytest.param(np.float64("nan"), "", id="missing-in-numpy"),
        pytest.param([], "", id="no-messages"),
        pytest.param(assistant("An answer."), "An answer.", id="bare-message"),
        pytest.param({"content": "An answer."}, "An answer.", id="bare-message-without-role"),
        pytest.param(assistant(None), "", id="bare-message-content-none"),
        pytest.param([assistant("An answer.")], "An answer.", id="trl-conversational"),
        pytest.param([[assistant("An answer.")]], "An answer.", id="trl-nested"),
        pytest.param(["An answer."], "An answer.", id="list-of-one"),
        pytest.param((assistant("An answer."),), "An answer.", id="tuple"),
        pytest.param([user("q"), assistant("a"), user("q2"), assistant("b")], "b", id="last-assistant"),
        pytest.param([assistant("a"), user("thanks")], "a", id="user-has-the-last-word"),
        pytest.param([CALL, TOOL, assistant("It is 42.")], "It is 42.", id="answer-after-tool"),
        pytest.param([assistant("It is 42."), CALL, TOOL], "It is 42.", id="tool-turns-passed-over"),
        pytest.param([CALL, TOOL], "", id="tool-turns-only"),
        pytest.param([assistant("a"), assistant("")], "a", id="empty-message-passed-over"),
        pytest.param([user("q"), assistant("")], "", id="empty-answer"),
        pytest.param(
            [user("q"), assistant("a"), user("q2"), assistant(None)],
            "",
            id="nothing-said-to-the-last-question",
        ),
        pytest.param([{"role": "model", "content": "a"}], "a", id="gemini-role"),
        pytest.param([{"role": "Assistant", "content": "a"}], "a", id="role-in-capitals"),
        pytest.param([{"role": Role.ASSISTANT, "content": "a"}], "a", id="role-as-enum"),
        pytest.param(
            [SimpleNamespace(role="user", content="q"), SimpleNamespace(role="assistant", content="a")],
            "a",
            id="objects",
        ),
        pytest.param(
            [SimpleNamespace(type="human", content="q"), SimpleNamespace(type="ai", content="a")],
            "a",
            id="langchain",
        ),
        pytest.param(
            SimpleNamespace(role="assistant", content=[SimpleNamespace(type="text", text="a")]),
            "a",
            id="object-with-part-objects",
        ),
        pytest.param(
            [
                {"type": "reasoning", "summary": []},
                {**assistant([part("a", "output_text")]), "type": "message"},
            ],
            "a",
            id="openai-responses",
        ),
        pytest.param(assistant([part("One "), part("two.")]), "One two.", id="parts-joined"),
        pytest.param(assistant(["One ", "two."]), "One two.", id="parts-as-strings"),
        pytest.param(
            assistant([part("a"), {"type": "image_url", "image_url": {"url": "x"}}]), "a", id="image-ignored"
        ),
        pytest.param(
            assistant([{"type": "thinking", "thinking": "hm"}, part("a")]), "a", id="anthropic-thinking"
        ),
        pytest.param(
            assistant([part("a"), {"type": "tool_use", "id": "1", "input": {}}]), "a", id="anthropic-tool-use"
        ),
        pytest.param([part("a"), {"type": "tool_result", "content": "42"}], "a", id="anthropic-parts-alone"),
        pytest.param(assistant([{"text": "hm", "thought": True}, {"text": "a"}]), "a", id="gemini-parts"),
        pytest.param(assistant([part({"value": "a", "annotations": []})]), "a", id="openai-assistants"),
        pytest.param(assistant([part(None), part("a")]), "a", id="part-without-text"),
        pytest.param(assistant(part("a")), "a", id="one-part-for-content"),
        pytest.param([part("a", "output_text")], "a", id="bare-content"),
        pytest.param(objects(assistant("a")), "a", id="numpy-objects"),
        pytest.param([assistant(objects(part("a"), part("b")))], "ab", id="numpy-parts"),
        pytest.param(objects(user("q"), assistant("a")), "a", id="numpy-messages"),
        pytest.param("<think>plan</think>a", "<think>plan</think>a", id="thinking-is-left-to-the-rubric"),
        pytest.param("a\ud83d\x00b", "a\ud83d\x00b", id="lone-surrogate-and-nul"),
    ],
)
def test_text_of_a_completion(completion: object, text: str) -> None:
    assert completion_text(completion) == text
    assert type(completion_text(completion)) is str


@pytest.mark.parametrize("token", END_OF_TURN)
def test_one_trailing_end_of_turn_token_is_taken_off(token: str) -> None:
    assert completion_text(f"An answer.{token}") == "An answer."
    assert completion_text(f"An answer.{token}\n ") == "An answer."
    assert completion_text([assistant(f"An answer.{token}")]) == "An answer."
    assert completion_text(token) == ""


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("a<|im_end|><|im_end|>", "a<|im_end|>"),  # one, not all
        ("a <|im_end|>", "a "),  # what stands before it is the answer's
        ("a<|im_end|> b", "a<|im_end|> b"),  # not at the end
        ("a</S>", "a</S>"),
        ("a\n", "a\n"),  # without a token nothing is touched
    ],
)
def test_only_one_token_and_only_at_the_end(completion: str, text: str) -> None:
    assert completion_text(completion) == text


@pytest.mark.parametrize(
    ("completion", "error", "message"),
    [
        (7, TypeError, "a completion is an int; expected a string, a message"),
        (b"secret", TypeError, "a completion is a bytes"),
        ({"choices": ["secret"]}, TypeError, "a content part is an object; expected .* a type or a text"),
        ([1, 2], TypeError, "a content part is an int"),
        (["secret", "secret"], TypeError, "a list of 2 completions.*as a batch"),
        ([[assistant("secret")], [assistant("secret")]], TypeError, "a list of 2 completions"),
        ([assistant("secret"), 7], TypeError, "message 2 of 2 is an int; expected a role and content"),
        (assistant(7), TypeError, "content is an int; expected a string, None or a list of parts"),
        (assistant([7]), TypeError, "a content part is an int"),
        (assistant([part(7)]), TypeError, "the text of a content part is an int"),
        ([user("secret")], ValueError, "no assistant message among 1 messages"),
        (user("secret"), ValueError, "no assistant message"),
    ],
)
def test_what_is_no_completion_says_what_came_and_quotes_nothing(
    completion: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        completion_text(completion)
    assert "secret" not in str(caught.value)


def test_pydantic_messages() -> None:
    import pydantic

    message = pydantic.create_model("Message", role=(str, ...), content=(Any, None))
    assert completion_text([message(role="user", content="q"), message(role="assistant", content="a")]) == "a"
    assert completion_text(message(role="assistant")) == ""


def test_arrow_scalars() -> None:

    column = pa.array([[{"role": "assistant", "content": "a"}]])
    assert completion_text(column[0]) == "a"
    assert facts_list(pa.array([["x", "y"]])[0]) == ["x", "y"]


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ([user("q"), assistant("a"), user("q2"), assistant("b")], "q2"),
        ([{"role": "user", "content": [part("one "), part("two")]}, assistant("a")], "one two"),
        ([assistant("a")], None),
        ([user(""), assistant("a")], None),
        ("a prompt", None),
        (None, None),
    ],
)
def test_last_user_text(messages: object, text: str | None) -> None:
    assert last_user_text(messages) == text


def test_content_text_of_none_is_empty() -> None:
    assert content_text(None) == ""


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        (["a", "b"], ["a", "b"]),
        (("a", "b"), ["a", "b"]),
        ([" a ", "", "  "], ["a"]),
        ([], []),
        ("", []),
        (np.array(["a", "b"], dtype=object), ["a", "b"]),
        (np.array(["a", "b"]), ["a", "b"]),
        (pl.Series(["a", "b"]), ["a", "b"]),
        (pl.Series([["a", "b"]])[0], ["a", "b"]),
        (pa.chunked_array([["a"], ["b"]]), ["a", "b"]),
        ("- a\n- b", ["a", "b"]),
        ("* a\n\n* b\n", ["a", "b"]),
        ("•a\n• b", ["a", "b"]),
        ("1. a\n2) b\n(3) c", ["a", "b", "c"]),
        ("- a\n  goes on\n- b", ["a goes on", "b"]),
        ("Key facts:\n- a\n- b", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        ("a single fact", ["a single fact"]),
        ("-5 degrees were measured", ["-5 degrees were measured"]),
        ("-5 degrees\n3.5 million", ["-5 degrees", "3.5 million"]),
        ("2024 was hot\nit rained", ["2024 was hot", "it rained"]),
        ("a\n\nb\r\nc", ["a", "b", "c"]),
        ("Key facts:\n* a\n  goes on\n  and on\n* b", ["a goes on and on", "b"]),
        ("- \n- a", ["a"]),
        ("- a\n-\n- b\n*", ["a", "b"]),
        ("1. a\n2.\n3. b", ["a", "b"]),
        ("- a\r\n- b\r\n\r\n- c\r\n", ["a", "b", "c"]),
        ("- a\n  - b\n    goes on\n\t* c\n- d", ["a", "b goes on", "c", "d"]),
        ("● a\n○b\n✓ c\n⁃ d\n– e\n— f", ["a", "b", "c", "d", "e", "f"]),
        ("a) a\nB) b\n(c) c", ["a", "b", "c"]),
        ("1.5 million people left\n2.5 stayed", ["1.5 million people left", "2.5 stayed"]),
        ("1. a\n1.5 million more", ["a 1.5 million more"]),
        ("- 1.5 million people left\n- 3,000 stayed", ["1.5 million people left", "3,000 stayed"]),
        ("U.S. troops left.\nJ. Smith stayed.", ["U.S. troops left.", "J. Smith stayed."]),
        ("- A sentence. Another in the same fact.", ["A sentence. Another in the same fact."]),
        (' \n["a", "", "b"]\n', ["a", "b"]),
        ('[" a ", "\\u2022 b"]', ["a", "• b"]),
        ("[]", []),
        ("- \ud800 a", ["\ud800 a"]),
        (np.array("- a\n- b"), ["a", "b"]),
        (np.array(["a", ""], dtype=object), ["a"]),
        (json.dumps(["a", "b"]), ["a", "b"]),
        (" null\n", []),
        ("{not an object}", ["{not an object}"]),
        ("[1] a footnote", ["[1] a footnote"]),
        (str(["It's a", 'The "b"']), ["It's a", 'The "b"']),
        (str(("a", "b")), ["a", "b"]),
        ('("a" is quoted) and b', ['("a" is quoted) and b']),
        ('```json\n[\n  "a",\n  "b"\n]\n```', ["a", "b"]),
        ("```\n- a\n- b\n```\n", ["a", "b"]),
        ("None", []),
        (" nan ", []),
        ("N/A", []),
        ("{}", []),
        ("Nantes won", ["Nantes won"]),
    ],
)
def test_facts_list(value: object, facts: list[str]) -> None:
    assert facts_list(value) == facts


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (7, "facts are an int"),
        (None, "facts are None"),
        ({"a": 1}, "facts are an object"),
        (["a", 7], "fact 2 of 2 is an int; expected a string"),
        ('["secret", 7]', "fact 2 of 2 is an int"),
        (np.array([1.5]), "fact 1 of 1 is a float"),
    ],
)
def test_what_are_no_facts(value: object, message: str) -> None:
    with pytest.raises(TypeError, match=message) as caught:
        facts_list(value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ['["secret", "b"', '{"secret": ', '["secret" "b"]', "[" * 5000 + '"'])
def test_facts_that_were_meant_to_be_json(text: str) -> None:
    with pytest.raises(ValueError, match="looks like JSON") as caught:
        facts_list(text)
    assert "secret" not in str(caught.value)
