"""The text of a completion, from whatever a trainer or a log hands over.

This is the one place that knows the shapes: a string; messages; content that is ``None`` or a list of parts;
the same as dicts, as objects with attributes, or as NumPy and Arrow values. What has the right shape always
yields a string (an empty one where the model said nothing); what has not raises ``TypeError``, or
``ValueError`` where messages hold no assistant turn. No error quotes content. Thinking blocks stay: grading
takes them off.
"""

from __future__ import annotations

import ast
import io
import itertools
import json
import math
import re
import tokenize
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

__all__ = [
    "END_OF_TURN",
    "completion_text",
    "content_text",
    "document_text",
    "facts_list",
    "given_json",
    "is_assistant",
    "kind_of",
    "last_user_text",
    "python_literal",
    "says_nothing",
    "there",
]

END_OF_TURN: tuple[str, ...] = (
    "<|im_end|>",  # ChatML: Qwen, SmolLM, Yi, Hermes
    "<|eot_id|>",  # Llama 3
    "<|eom_id|>",  # Llama 3, before a tool's answer
    "<|eot|>",  # Llama 4
    "<|end_of_text|>",  # Llama 3 base, Granite, Falcon 3
    "<|endoftext|>",  # GPT-2, Qwen base, Phi
    "<|end|>",  # Phi 3, gpt-oss
    "<|return|>",  # gpt-oss, end of the final channel
    "</s>",  # Llama 2, Mistral, Zephyr
    "<eos>",  # Gemma base
    "<end_of_turn>",  # Gemma
    "<turn|>",  # Gemma 4
    "<｜end▁of▁sentence｜>",  # DeepSeek
    "<|END_OF_TURN_TOKEN|>",  # Command R
    "[|endofturn|]",  # EXAONE
    "<|endofturn|>",  # HyperCLOVA X
)
"""End-of-turn tokens of well-known chat templates; the last of these at the end of a completion is taken
off."""

_ASSISTANT = frozenset({"assistant", "model", "ai"})
_USER = frozenset({"user", "human"})
_ROLES = _ASSISTANT | _USER | {"system", "developer", "tool", "function"}
_TEXT_PARTS = frozenset({"text", "output_text", "input_text"})
_BULLET = re.compile(r"\s*(?:[-*+–—](?:\s+|$)|[•‣◦▪⁃●■○·➢➤✓✔★]\s*|\(?(?:\d{1,3}[.)]|[A-Za-z]\))(?:\s+|$))")
_LIKE_JSON = re.compile(r"\s*(?:\{\s*[\"']|[\[(]\s*[\"'{\[])")
_FENCED = re.compile(r"\s*(`{3,}|~{3,})[\w-]*[ \t]*\n(.*?)\n?[ \t]*\1\s*", re.DOTALL)
_NOTHING = frozenset({"", "null", "none", "nan", "n/a", "na", "{}"})
_EXPECTED = "a string, a message, a list of messages, or a list of content parts"


def completion_text(completion: object) -> str:
    """The text of a completion.

    Takes a string; one message or a list of messages, as dicts or as objects with ``role`` and ``content``
    (of a list: the assistant message nearest the end that has content, within the last exchange, passing over
    tool turns); or a message's bare content (``None`` or a list of parts, whose text is joined and whose
    images and tool calls are ignored). A list of one completion, NumPy arrays and Arrow scalars are
    unwrapped. One trailing end-of-turn token (``END_OF_TURN``) goes, and white space after it; a text without
    one is returned as it is.

    Raises ``TypeError`` for any other type and ``ValueError`` for messages without an assistant turn.
    """
    # Most completions are plain strings or one assistant message, and a batch may hold millions.
    if type(completion) is str:
        return _without_end_of_turn(completion)
    if type(completion) is list and len(completion) == 1 and type(message := completion[0]) is dict:
        content = message.get("content")
        if type(content) is str and message.get("role") == "assistant":
            return _without_end_of_turn(content)
    return _without_end_of_turn(_text(completion))


def content_text(content: object) -> str:
    """The text of one message's content: a string, ``None`` (nothing) or parts, joined as they come."""
    content = _plain(content)
    if content is None:
        return ""
    if isinstance(content, str):
        return str(content)
    if isinstance(content, Mapping):
        return _part_text(content)
    if _is_list(content):
        return "".join(_part_text(part) for part in content)
    if _has(content, "text"):
        return _part_text(content)
    raise TypeError(f"content is {kind_of(content)}; expected a string, None or a list of parts")


def last_user_text(messages: object) -> str | None:
    """The text of the last user message, or ``None`` where ``messages`` is no list or has none with text."""
    messages = _plain(messages)
    if not _is_list(messages):
        return None
    for message in reversed(messages):
        if _is_message(message) and _role(message) in _USER:
            return content_text(_get(message, "content")) or None
    return None


def is_assistant(message: object) -> bool:
    """Whether a message is one that the model wrote."""
    return _is_message(message) and _role(message) in _ASSISTANT


def document_text(value: object) -> str | None:
    """A source or a reference: a string, content parts, or messages of which the last user's counts. Blank is
    none."""
    if type(value) is str:
        return None if not value or value.isspace() else value
    value = _plain(value)
    if value is None:
        return None
    if _is_list(value) and any(_is_message(item) and _has(item, "role") for item in value):
        return last_user_text(value)
    text = content_text(value)
    return text if text.strip() else None


def facts_list(value: object) -> list[str]:
    """Facts as a list of strings, in order, from a list, a NumPy array, a JSON list in a string, or bullet
    lines.

    Of a string every bullet (``-``, ``*``, ``•``, ``1.``, ``2)``, ``a)``), nested or not, is a fact and the lines under it belong to
    it; without bullets every line is one. A code fence around the whole goes, a list as Python writes it counts as one in
    JSON, and what says that there is nothing (``null``, ``None``, ``NaN``, ``N/A``) is none. Blank facts are dropped. Raises
    ``TypeError`` for anything else, and ``ValueError`` for text that was meant to be JSON and is none.
    """
    if type(value) is list and all(type(fact) is str for fact in value):
        return [bare for fact in value if (bare := fact.strip())]
    value = _plain(value)
    if isinstance(value, str):
        fenced = _FENCED.fullmatch(value)
        value = given_json(fenced[2] if fenced else value)
        if value is None:
            return []
    if isinstance(value, str):
        value = _facts_of_text(value)
    if not _is_list(value):
        raise TypeError(f"facts are {kind_of(value)}; expected a list of strings or a string of bullets")
    facts = []
    for index, fact in enumerate(map(_plain, value)):
        if not isinstance(fact, str):
            raise TypeError(f"fact {index + 1} of {len(value)} is {kind_of(fact)}; expected a string")
        if fact.strip():
            facts.append(fact.strip())
    return facts


def given_json(value: object) -> Any:
    """What a string says as JSON, or as Python writes it, where it looks like an object or a list of strings, objects or
    lists; ``None`` for text that says that there is nothing, and anything else as it is. Raises ``ValueError`` where it looks
    like JSON and breaks, and says where without quoting it."""
    if not isinstance(value, str):
        return value
    if says_nothing(value):
        return None
    if not _LIKE_JSON.match(value):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        if (literal := python_literal(value)) is not None:
            return literal
        if value.lstrip()[0] == "(":  # a bracket opens prose as well
            return value
        raise ValueError(
            f"got text that looks like JSON and breaks off or is wrong at character {min(error.pos + 1, len(value))} of {len(value)} "
            f"({error.msg}); mend it, or write it as plain text"
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; nested too deep
        raise ValueError("got text that looks like JSON and cannot be read as it; mend it") from None


def says_nothing(text: str) -> bool:
    """Whether a text stands for a value that is missing, as JSON, Python, pandas and people write it."""
    return len(text) < 16 and text.strip().lower() in _NOTHING


def python_literal(text: str) -> Any:
    """A list or an object as Python writes it, which a table saved as CSV holds; ``None`` for anything else."""
    try:
        value = ast.literal_eval(text.strip())
        kinds = [token.type for token in tokenize.generate_tokens(io.StringIO(text.strip()).readline)]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, tokenize.TokenError):
        return None
    # Python joins strings that stand side by side: there, a comma was forgotten.
    if any(
        pair == (tokenize.STRING, tokenize.STRING)
        for pair in itertools.pairwise(k for k in kinds if k != tokenize.NL)
    ):
        return None
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, (list, dict)) else None


def _text(value: object) -> str:
    value = _plain(value)
    if value is None or isinstance(value, str):
        return content_text(value)
    if _is_message(value):
        return _of_messages([value])
    if isinstance(value, Mapping) or _has(value, "text"):
        return content_text(value)
    if not _is_list(value):
        raise TypeError(f"a completion is {kind_of(value)}; expected {_EXPECTED}")
    items = [_plain(item) for item in value]
    if len(items) == 1 and (isinstance(items[0], str) or _is_list(items[0])):
        return _text(items[0])
    if any(isinstance(item, str) for item in items) or any(_is_list(item) for item in items):
        raise TypeError(
            f"a completion is a list of {len(items)} completions; expected {_EXPECTED}; grade them as a batch"
        )
    if any(_is_message(item) for item in items):
        return _of_messages(items)
    return content_text(items)


def _of_messages(messages: list[Any]) -> str:
    """The answer of the last exchange: an assistant that answers the last question with nothing has said
    nothing, whatever it said before."""
    answered = False
    for number in range(len(messages), 0, -1):
        message = messages[number - 1]
        if not _is_message(message):
            if _has(message, "type"):  # a call or a reasoning item between messages
                continue
            raise TypeError(
                f"message {number} of {len(messages)} is {kind_of(message)}; expected a role and content"
            )
        role = _role(message)
        if role is None or role in _ASSISTANT:
            answered = True
            if text := content_text(_get(message, "content")):
                return text
        elif role in _USER and answered:
            break
    if not answered:
        raise ValueError(f"no assistant message among {len(messages)} messages")
    return ""


def _part_text(part: object) -> str:
    part = _plain(part)
    if isinstance(part, str):
        return str(part)
    if not _has(part, "type") and not _has(part, "text"):
        ids = "; these look like token ids: decode them" if type(part) is int else ""
        raise TypeError(
            f"a content part is {kind_of(part)}; expected a string or an object with a type or a text{ids}"
        )
    kind = _get(part, "type")
    if kind not in _TEXT_PARTS and (kind is not None or _get(part, "thought")):
        return ""
    text = _plain(_get(part, "text"))
    if isinstance(text, Mapping):
        text = text.get("value")
    if text is None:
        return ""
    if not isinstance(text, str):
        raise TypeError(f"the text of a content part is {kind_of(text)}; expected a string")
    return str(text)


def _without_end_of_turn(text: str) -> str:
    bare = text.rstrip()
    if bare.endswith(END_OF_TURN):
        return next(bare.removesuffix(token) for token in END_OF_TURN if bare.endswith(token))
    return text


def _facts_of_text(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, list):
            return parsed
    lines = [line for line in text.splitlines() if line.strip()]
    bullets = [_BULLET.match(line) for line in lines]
    if not any(bullets):
        return lines
    facts: list[str] = []
    for line, bullet in zip(lines, bullets, strict=True):
        if bullet:
            facts.append(line[bullet.end() :])
        elif facts:
            facts[-1] = f"{facts[-1].rstrip()} {line.strip()}"
        elif not line.rstrip().endswith(":"):  # a heading over the bullets
            facts.append(line)
    return facts


def there(value: Any) -> Any:
    """``None`` for what stands in a pandas column where a value is missing (NaN, ``NA``); anything else as it is."""
    missing = math.isnan(value) if isinstance(value, float) else type(value).__name__ in ("NAType", "NaTType")
    return None if missing else value


def _plain(value: Any) -> Any:
    """Scalars, arrays and columns of NumPy, Arrow, pandas and Polars as Python values, a missing one as ``None``; anything
    else as it is."""
    if isinstance(value, (str, bytes, Mapping, list, tuple)) or value is None:
        return value
    for convert in ("as_py", "tolist", "to_pylist", "to_list"):
        method = getattr(value, convert, None)
        if callable(method):
            return there(method())
    return there(value)


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview))


def _is_message(value: object) -> bool:
    """Whether a value has a role, or content and no type that makes it a part (a tool's result has content
    too)."""
    if _has(value, "role"):
        return True
    return _has(value, "content") and (_get(value, "type") is None or _role(value) in _ROLES)


def _role(message: object) -> str | None:
    """A message's role in lower case; LangChain's messages call it ``type``."""
    role = _get(message, "role" if _has(message, "role") else "type")
    role = getattr(role, "value", role)
    return role.lower() if isinstance(role, str) else None


def _has(value: object, name: str) -> bool:
    return name in value if isinstance(value, Mapping) else hasattr(value, name)


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def kind_of(value: object) -> str:
    """What a value is, in words that quote nothing of it."""
    if value is None:
        return "None"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "an object"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
