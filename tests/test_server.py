"""``rollgrade serve`` as a real process over real HTTP: every form, what it refuses, its limits, its log, its end."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jsonschema
import pytest
from openapi_spec_validator import validate

import rollgrade as rg
from rollgrade.grades import RULES
from rollgrade.trainers import llama_factory, openrlhf

FACTS = ["The council approved the new budget on Monday.", "Taxes rise by 3 percent in May."]
ANSWER = "The council approved the new budget on Monday, and taxes rise by 3 percent in May."
SOURCE = f"{ANSWER} Write to jane.roe@example.org for more."
LEAK = "The council approved the new budget on Monday, said jane.roe@example.org to reporters."
SECRET = "zanzibar-quokka"
TOKEN = "a-token-of-many-characters"
JSON = {"Content-Type": "application/json"}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "ROLLGRADE_TOKEN"}


class Server:
    """A process of ``rollgrade serve`` on a free port."""

    def __init__(self, *options: str, cwd: Path, env: dict[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "rollgrade", "serve", "--port", "0", *options]
        self.process = subprocess.Popen(
            command, cwd=cwd, env=ENVIRONMENT | (env or {}), stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if found := re.match(r"listening on http://(\S+):(\d+) ", line):
                self.port = int(found[2])
                break
        else:
            raise AssertionError(f"did not start: {self.lines}")
        # The rest is read while it comes, so that the process never waits for us.
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr or ()))
        self._reader.start()

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def send(
        self, path: str, body: bytes | None, headers: dict[str, str] | None = None, method: str = "POST"
    ) -> tuple[int, Any]:
        connection = self.connection()
        try:
            connection.request(method, path, body, JSON if headers is None else headers)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            connection.close()

    def post(self, path: str, payload: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        return self.send(path, json.dumps(payload).encode(), headers)

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = self.send("/health", None, {}, "GET")[1]
        return found

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """Ends it; everything it said."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(60)
        self._reader.join()
        if self.process.stderr:
            self.process.stderr.close()
        return "".join(self.lines)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def run(*options: str, rubric: str = "", env: dict[str, str] | None = None) -> Server:
        folder = tmp_path_factory.mktemp("server")
        if rubric:
            (folder / "rubric.toml").write_text(rubric, "utf-8")
            options = ("--rubric", "rubric.toml", *options)
        started.append(Server(*options, cwd=folder, env=env))
        return started[-1]

    yield run
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def server(start: Callable[..., Server]) -> Server:
    """One that is shared, with small limits."""
    return start("--max-body", "100000", "--max-batch", "8")


# ---- forms -------------------------------------------------------------------------------------------------


def test_grade_is_the_whole_grade_with_pii_masked(server: Server) -> None:
    for completion in (LEAK, [{"role": "assistant", "content": LEAK}]):
        payload = {"completion": completion, "facts": FACTS, "source": SOURCE, "truncated": False}
        status, found = server.post("/grade", payload)
        expected = rg.Rubric().grade(LEAK, facts=FACTS, source=SOURCE, truncated=False)
        assert (status, found) == (200, json.loads(json.dumps(expected.to_dict())))
    assert "jane" not in json.dumps(found)
    reference = server.post("/grade", {"completion": ANSWER, "reference": ANSWER})[1]
    assert reference["score"] == rg.Rubric().grade(ANSWER, reference=ANSWER).score


def test_grade_batch_is_columns(server: Server) -> None:
    texts, cut = [ANSWER, LEAK, "The"], [None, True, False]
    payload = {"completions": texts, "facts": [FACTS] * 3, "sources": [SOURCE] * 3, "truncated": cut}
    status, found = server.post("/grade_batch", payload)
    grades = rg.Rubric().grade_batch(texts, facts=[FACTS] * 3, sources=[SOURCE] * 3, truncated=cut)
    assert status == 200
    assert found["scores"] == grades.rewards()
    assert found["reasons"] == grades.reasons
    assert found["basis"] == "facts"
    assert found["rubric_hash"] == grades.rubric_hash
    for rule in RULES:
        assert found[rule] == getattr(grades, rule).tolist()
        assert found[f"{rule}_passed"] == grades.passed[rule].tolist()
    assert server.post("/grade_batch", {"completions": []})[1]["scores"] == []


def test_rules_of_the_rubrics_own_are_replied_and_described(start: Callable[..., Server]) -> None:
    own = rg.Rubric(rules=[rg.Rule("cites-a-year", must_contain=r"\b(19|20)\d\d\b", weight=2)])
    server = start(
        rubric="[[rules]]\nname = 'cites-a-year'\nmust_contain = '\\b(19|20)\\d\\d\\b'\nweight = 2\n"
    )
    paths = server.send("/openapi.json", None, {}, "GET")[1]["paths"]
    expected = own.grade(ANSWER, facts=FACTS)
    found = server.post("/grade", {"completion": ANSWER, "facts": FACTS})[1]
    assert found == json.loads(json.dumps(expected.to_dict()))
    assert found["custom"]["cites-a-year"]["score"] == 0
    many = server.post("/grade_batch", {"completions": [ANSWER, f"In 1999, {ANSWER}"], "facts": [FACTS] * 2})[
        1
    ]
    assert (many["cites-a-year"], many["cites-a-year_passed"]) == ([0.0, 1.0], [False, True])
    assert many["scores"][0] == expected.score
    for path, reply in (("/grade", found), ("/grade_batch", many)):
        described = paths[path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert "cites-a-year" in json.dumps(
            described["required"] + described["properties"].get("custom", {}).get("required", [])
        )
        jsonschema.validate(reply, described)


def test_coverage_that_is_not_graded_is_null(server: Server) -> None:
    found = server.post("/grade_batch", {"completions": [ANSWER], "basis": "none"})[1]
    assert found["coverage"] == [None]
    assert server.post("/grade", {"completion": ANSWER})[1]["coverage"]["score"] is None


def test_openrlhfs_form(start: Callable[..., Server]) -> None:
    server = start("--eos", "<|im_end|>")
    prompt, label = "Summarise: ... ", json.dumps({"facts": FACTS, "source": SOURCE})
    one = {"query": [f"{prompt}{ANSWER}<|im_end|>"], "prompts": [prompt], "labels": [label]}
    expected = openrlhf.reward(eos="<|im_end|>")([f"{prompt}{ANSWER}<|im_end|>"], [prompt], [label])
    assert server.post("/openrlhf", one) == (200, expected)
    assert expected["rewards"] > 0.5
    many = {
        "query": [prompt + ANSWER, f"{prompt}The<|im_end|>"],
        "prompts": [prompt] * 2,
        "labels": [label] * 2,
    }
    status, found = server.post("/openrlhf", many)
    assert status == 200
    assert found["rewards"] == found["scores"]
    assert 0 == found["rewards"][1] < found["rewards"][0] < expected["rewards"]
    assert set(found["extra_logs"]) == set(expected["extra_logs"])


def test_llama_factorys_form(start: Callable[..., Server]) -> None:
    server = start("--eos", "<|im_end|>")
    message = f"<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n{SOURCE}<|im_end|>\n<|im_start|>assistant\n"
    messages = [f"{message}{ANSWER}<|im_end|>", f"{message}{LEAK}<|im_end|>\n", message + ANSWER]
    status, found = server.post("/llamafactory", {"model": "model", "messages": messages})
    given = {"sources": [SOURCE] * 3, "truncated": [False, False, True]}
    expected = rg.Rubric().grade_batch([ANSWER, LEAK, ANSWER], **given).rewards()
    assert (status, found) == (200, {"scores": expected})
    status, found = server.post("/llamafactory", {"model": "model", "messages": ["Sum up.", ANSWER]})
    assert status == 422
    assert found["error"].startswith(
        "row 0: messages: the beginning of an assistant's turn is not in it; say"
    )


@pytest.mark.parametrize("template", llama_factory.TEMPLATES, ids=lambda t: t.assistant.strip())
def test_turns_are_told_apart_in_every_template(template: llama_factory.Template) -> None:
    glue = "" if template.end == template.assistant else template.end + "\n"
    prompt = f"{template.user}{SOURCE}{glue}{template.assistant}"
    assert llama_factory.turns_of(prompt + ANSWER) == (SOURCE, ANSWER)
    # An answer that begins another turn is graded with what stands before.
    assert llama_factory.turns_of(f"{prompt}x{prompt}{ANSWER}") == (SOURCE, f"x{prompt}{ANSWER}")
    assert llama_factory.turns_of(template.assistant + ANSWER) == (None, ANSWER)
    assert llama_factory.turns_of(f"Sum up!>>{ANSWER}", ">>") == (None, ANSWER)
    with pytest.raises(ValueError, match="the end of the prompt that was given is not in it"):
        llama_factory.turns_of(prompt, ">>")


def test_the_prompts_end_can_be_given(start: Callable[..., Server]) -> None:
    server = start("--prompt-end", "ANSWER:")
    status, found = server.post("/llamafactory", {"messages": [f"Sum up. ANSWER:{ANSWER}"]})
    assert (status, found["scores"]) == (200, [rg.Rubric().grade(ANSWER).score])


def test_recipes_go_by_name(start: Callable[..., Server]) -> None:
    server = start("--rubric", "tutorial-3-as-published")
    assert server.post("/grade", {"completion": "The", "facts": FACTS})[1]["score"] == 1


# ---- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "payload", "message"),
    [
        ("/grade", [], "the body: expected an object"),
        ("/grade", {}, "completion: got nothing, expected a value"),
        ("/grade", {"completion": 5}, "a completion is"),
        ("/grade", {"completion": ANSWER, "fact": FACTS}, 'fact: no such field (did you mean "facts"?); the'),
        ("/grade", {"completion": ANSWER, "facts": [1]}, "fact 1 of 1"),
        ("/grade", {"completion": ANSWER, "source": 3}, "source: got int"),
        ("/grade", {"completion": ANSWER, "truncated": "no"}, "truncated: got a string, expected true"),
        ("/grade_batch", {"completions": ANSWER}, "completions: got a string, expected a list"),
        ("/grade_batch", {"facts": [FACTS]}, "completions: got nothing"),
        ("/grade_batch", {"completions": [ANSWER], "facts": []}, "facts: the column 'facts' has 0 entries, expected 1"),
        ("/grade_batch", {"completions": [ANSWER], "facts": [[1]]}, "row 0: facts: fact 1 of 1"),
        ("/grade_batch", {"completions": [ANSWER], "sources": [1]}, "row 0: source (column 'sources'): content is"),
        ("/grade_batch", {"completions": [ANSWER], "sources": SOURCE}, "the column 'sources' is one str"),
        ("/grade_batch", {"completions": [ANSWER], "truncated": [1]}, "row 0: truncated: got a number"),
        ("/grade_batch", {"completions": [ANSWER], "truncated": True}, "truncated: expected a list"),
        ("/grade_batch", {"completions": [ANSWER], "basis": "fact"}, 'basis: got \'fact\', expected "auto"'),
        ("/grade_batch", {"completions": [ANSWER, None, {}]}, "row 2: completion: a content part is"),
        (
            "/grade_batch",
            {"completions": [ANSWER] * 2, "facts": [FACTS, None]},
            "row 1: facts: got nothing, expected a value",
        ),
        ("/openrlhf", {"query": "a"}, "query: got a string"),
        ("/openrlhf", {"query": ["a"], "prompts": "a"}, "prompts: got a str, expected a list of strings"),
        ("/openrlhf", {"query": ["a"], "prompts": [""]}, "row 0: facts: got nothing"),
        ("/openrlhf", {"query": ["ab"], "prompts": ["xyz"], "labels": [None]}, "row 0: query: holds neither"),
        ("/llamafactory", {"messages": [1]}, "messages: got a list of 1, expected a list of strings"),
    ],
)  # fmt: skip
def test_a_payload_of_another_form_is_a_clear_error(
    server: Server, path: str, payload: Any, message: str
) -> None:
    status, found = server.post(path, payload)
    assert status == 422, found
    assert message in found["error"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is not JSON"),
        (b'{"completion": ', "the body is not JSON (line 1, column"),
        (b'{"completion": NaN}', "which knows no NaN"),
        (b'{"completion": "a", "x": -Infinity}', "which knows no -Infinity"),
        (b'{"completion": "\xff"}', "the body is not JSON"),
        (b"[" * 90_000, "the body is not JSON"),
        (b'{"completion": ' + b"9" * 5000 + b"}", "the body is not JSON"),
    ],
    ids=["nothing", "cut off", "NaN", "infinity", "no UTF-8", "deep", "long number"],
)
def test_what_is_not_json_is_a_clear_error(server: Server, body: bytes, message: str) -> None:
    status, found = server.send("/grade", body)
    assert (status, message in found["error"]) == (400, True)


def test_a_key_that_stands_twice_is_refused(server: Server) -> None:
    body = b'{"completion": "a b c d", "facts": ["a"], "facts": ["b"]}'
    status, reply = server.send("/grade", body)
    assert (status, reply["error"]) == (
        400,
        "the body: 'facts' stands twice in one object, expected each key once",
    )


def test_limits_are_kept_and_named(server: Server) -> None:
    status, found = server.post("/grade", {"completion": "a" * 100_000})
    assert (status, found["error"]) == (
        413,
        "the body: got more than 100000 bytes, expected at most so many (--max-body)",
    )
    for path, payload in [
        ("/grade_batch", {"completions": ["a"] * 9}),
        ("/openrlhf", {"query": ["a"] * 9}),
        ("/llamafactory", {"messages": ["a"] * 9}),
    ]:
        status, found = server.post(path, payload)
        assert (status, "got 9 entries, expected at most 8 (--max-batch)" in found["error"]) == (413, True)
    assert server.post("/grade_batch", {"completions": ["a"] * 8})[0] == 200


def test_a_body_without_a_length_is_limited_too(server: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 5000

    connection = server.connection()
    connection.request("POST", "/grade", chunks(), JSON, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_paths_methods_and_types_that_are_not_taken(server: Server) -> None:
    assert server.post("/grades", {})[0] == 404
    assert server.send("/grade", None, {}, "GET")[0] == 405
    status, found = server.post("/grade", {"completion": ANSWER}, {"Content-Type": "text/plain"})
    assert (status, "Content-Type: application/json" in found["error"]) == (415, True)
    assert (
        server.post("/grade", {"completion": ANSWER}, {"Content-Type": "application/json; charset=utf-8"})[0]
        == 200
    )


def test_half_of_a_surrogate_pair_is_graded_and_answered(server: Server) -> None:
    status, found = server.send(
        "/grade", b'{"completion": "The vote \\ud83d passed on Monday.", "facts": ["\\udc00 a b"]}'
    )
    assert status == 200
    assert 0 <= found["score"] <= 1


@pytest.mark.parametrize("missing", ["error", "skip", "fallback"])
def test_rows_without_facts(start: Callable[..., Server], missing: str) -> None:
    server = start(rubric=f'missing = "{missing}"\n[coverage]\nbasis = "facts"\n')
    prompt = "Sum up: "
    one = server.post("/grade", {"completion": ANSWER})
    many = server.post("/grade_batch", {"completions": [ANSWER] * 2, "facts": [None, FACTS]})
    remote = server.post("/openrlhf", {"query": [prompt + ANSWER], "prompts": [prompt], "labels": [None]})
    if missing == "error":
        for row, (status, found) in (("", one), ("row 0: ", many), ("row 0: ", remote)):
            assert status == 422
            assert found["error"].startswith(f"{row}facts: got nothing, expected a value")
        return
    expected = rg.Rubric(missing=missing, basis="facts")
    assert one[1]["score"] == expected.grade(ANSWER).score
    assert many[1]["scores"] == expected.grade_batch([ANSWER] * 2, facts=[None, FACTS]).rewards()
    assert one[1]["score"] is many[1]["scores"][0] is None
    lacking = "facts" if missing == "skip" else "facts, reference or source"
    assert one[1]["reason"].startswith(f"Not graded: {lacking}: got nothing")
    assert (remote[0], "OpenRLHF needs a number for every row" in remote[1]["error"]) == (422, True)
    backed = {"completions": [ANSWER] * 2, "facts": [None, FACTS], "sources": [ANSWER, None]}
    scores = server.post("/grade_batch", backed)[1]["scores"]
    assert [score is None for score in scores] == [missing == "skip", False]


# ---- the token ---------------------------------------------------------------------------------------------


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_without_the_token_nothing_is_graded(start: Callable[..., Server]) -> None:
    server = start("--host", "0.0.0.0", env={"ROLLGRADE_TOKEN": TOKEN})
    payload = {"completion": ANSWER}
    for right in (f"Bearer {TOKEN}", f"bearer {TOKEN}", basic(f"user:{TOKEN}"), basic(f":{TOKEN}")):
        assert server.post("/grade", payload, JSON | {"Authorization": right})[0] == 200, right
    for wrong in (
        None, "", TOKEN, "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é", f"Basic {TOKEN}",
        basic(TOKEN), basic(f"{TOKEN}:"), "Basic ====",
    ):  # fmt: skip
        headers = JSON if wrong is None else JSON | {"Authorization": wrong}
        status, found = server.post("/grade", payload, headers)
        assert (status, "Authorization: Bearer TOKEN" in found["error"]) == (401, True), wrong
    assert server.health()["completions"] == 4
    with urlopen(f"http://127.0.0.1:{server.port}/openapi.json") as reply:
        assert json.load(reply)["security"] == [{"bearer": []}, {"password": []}]
    said = server.stop()
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("options", "token", "message"),
    [
        (["--host", "0.0.0.0"], None, "--host 0.0.0.0: other machines could reach the server, so it needs a token"),
        (["--host", "::"], None, "--host ::: other machines could reach"),
        (["--host", "0.0.0.0"], "short", "ROLLGRADE_TOKEN: expected a token of at least 16 ASCII characters"),
        (["--host", "no.such.host.invalid"], None, "--host no.such.host.invalid: "),
        (["--token-file", "no-such-file"], None, "no-such-file: No such file"),
        (["--rubric", "tutorial"], None, "tutorial-1, tutorial-2"),
        (["--workers", "0"], None, "--workers"),
    ],
)  # fmt: skip
def test_what_it_cannot_start_with_is_a_clear_error(
    options: list[str], token: str | None, message: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rollgrade", "serve", "--port", "0", *options],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=ENVIRONMENT | ({} if token is None else {"ROLLGRADE_TOKEN": token}),
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "short" not in done.stderr


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "rollgrade", "serve", "--port", str(port)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, f"--port {port}: Address already in use" in done.stderr) == (2, True)


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ImportError", "utf-8")
    command = [sys.executable, "-m", "rollgrade", "serve"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(tmp_path)}
    )
    assert done.returncode == 2
    assert "rollgrade serve needs starlette and uvicorn: pip install 'rollgrade[serve]'" in done.stderr
    lazy = "import sys, rollgrade.cli; sys.exit('starlette' in sys.modules or 'uvicorn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", lazy], check=False).returncode == 0


# ---- what it says ------------------------------------------------------------------------------------------


def test_the_log_holds_nothing_of_a_payload(start: Callable[..., Server]) -> None:
    server = start(rubric='[coverage]\nbasis = "facts"\n')
    leak = f"Write to {SECRET}@example.org."
    for path, payload in [
        ("/grade", {"completion": f"{ANSWER} {SECRET}", "facts": [f"The {SECRET} met.", leak]}),
        ("/grade", {"completion": SECRET, SECRET: 1}),
        ("/grade", {"completion": {"role": SECRET}}),
        ("/grade", {"completion": {SECRET: SECRET}}),
        ("/grade_batch", {"completions": [SECRET], "basis": SECRET}),
        ("/openrlhf", {"query": [SECRET], "prompts": [f"x{SECRET}x"], "labels": [SECRET]}),
        ("/openrlhf", {"query": [SECRET], "prompts": [""], "labels": [json.dumps({SECRET: SECRET})]}),
        ("/llamafactory", {"messages": [SECRET]}),
        (f"/{SECRET}", {}),
    ]:
        server.post(path, payload)
    server.send("/grade", f'{{"completion": "{SECRET}'.encode())
    server.send(f"/grade?text={SECRET}", b"{}")
    with socket.create_connection(("127.0.0.1", server.port)) as broken:
        broken.sendall(f"{SECRET} {SECRET}\r\n\r\n".encode())
        broken.recv(1000)
    said = server.stop()
    assert SECRET not in said
    assert re.search(r"INFO POST /grade 200, 1 completions, \d+\.\d ms", said)
    assert "INFO POST /openrlhf 422, 0 completions" in said
    assert "WARNING facts hold PII (EMAIL): it carries no weight in coverage" in said
    assert "stopped: 10 requests, 9 of them refused, 1 completions graded" in said


def test_an_error_that_nobody_foresaw_is_logged_without_what_it_says(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.testclient import TestClient

    from rollgrade.server.app import create_app

    def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(rg.Rubric, "grade", fails)
    with TestClient(create_app(rg.Rubric())) as client:
        reply = client.post("/grade", json={"completion": SECRET})
    assert (reply.status_code, SECRET in reply.text) == (500, False)
    assert "/grade: RuntimeError" in caplog.text
    assert "test_server.py" in caplog.text
    assert SECRET not in caplog.text


async def asked(app: Any, receive: Callable[[], Awaitable[Any]]) -> tuple[int, Any]:
    """What the application answers to a POST to /grade whose body comes from ``receive``."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/grade", "query_string": b"", "headers": [(b"content-type", b"application/json")],
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_a_body_that_does_not_come_is_waited_for_no_longer_than_said() -> None:
    from rollgrade.server.app import Limits, create_app

    async def never() -> Any:
        await asyncio.sleep(3600)

    async def run() -> tuple[int, Any]:
        app = create_app(rg.Rubric(), limits=Limits(body_seconds=0.05))
        async with app.router.lifespan_context(app):
            return await asked(app, never)

    assert asyncio.run(run()) == (408, {"error": "the body did not come in time"})


def test_no_more_requests_are_read_than_are_admitted() -> None:
    from rollgrade.server.app import Limits, create_app

    body = {"type": "http.request", "body": json.dumps({"completion": ANSWER}).encode(), "more_body": False}
    reading = 0
    most = 0

    async def slowly() -> Any:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await asyncio.sleep(0.01)
        reading -= 1
        return body

    async def run() -> list[tuple[int, Any]]:
        app = create_app(rg.Rubric(), limits=Limits(workers=2, waiting=1))
        async with app.router.lifespan_context(app):
            return await asyncio.gather(*(asked(app, slowly) for _ in range(20)))

    replies = asyncio.run(run())
    assert [status for status, _ in replies] == [200] * 20
    assert {found["score"] for _, found in replies} == {rg.Rubric().grade(ANSWER).score}
    assert most == 3


def test_health_and_the_description(server: Server) -> None:
    health = server.health()
    assert health["status"] == "ok"
    assert health["rubric_hash"] == rg.Rubric().hash
    described = server.send("/openapi.json", None, {}, "GET")[1]
    validate(described)
    assert "security" not in described
    for path, methods in described["paths"].items():
        if "post" not in methods:
            continue
        operation = methods["post"]
        body = operation["requestBody"]["content"]["application/json"]
        jsonschema.validate(body["example"], body["schema"])
        status, found = server.post(path, body["example"])
        assert status == 200, found
        jsonschema.validate(found, operation["responses"]["200"]["content"]["application/json"]["schema"])
        status, found = server.post(path, {})
        jsonschema.validate(
            found, operation["responses"][str(status)]["content"]["application/json"]["schema"]
        )
    for path in ("/", "/docs"):
        with urlopen(f"http://127.0.0.1:{server.port}{path}") as reply:
            page = reply.read().decode()
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert 'fetch("openapi.json")' in page
        assert re.findall(r"(?:src|href)=\"(?!openapi\.json)", page) == []


# ---- at work, and its end ----------------------------------------------------------------------------------


def test_many_clients_at_once_each_get_their_own_answers(server: Server) -> None:
    texts = [f"The council approved budget number {i} on Monday." for i in range(64)]
    expected = [rg.Rubric().grade(text, facts=FACTS).score for text in texts]

    def client(k: int) -> list[float]:
        connection = server.connection()
        found = []
        for text in texts[k::8]:
            connection.request("POST", "/grade", json.dumps({"completion": text, "facts": FACTS}), JSON)
            found.append(json.loads(connection.getresponse().read())["score"])
        connection.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        for k, found in enumerate(pool.map(client, range(8))):
            assert found == expected[k::8]


def test_health_answers_while_others_are_graded(start: Callable[..., Server]) -> None:
    server = start("--workers", "1")
    heavy = json.dumps({"completions": [f"{SOURCE} {i}" * 20 for i in range(500)], "basis": "none"}).encode()
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(server.send, "/grade_batch", heavy) for _ in range(4)]
        while not server.health()["in_flight"]:
            time.sleep(0.01)
        waits = []
        while not all(job.done() for job in jobs):
            begun = time.perf_counter()
            server.health()
            waits.append(time.perf_counter() - begun)
        assert [job.result()[0] for job in jobs] == [200] * 4
    assert len(waits) > 3


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_is_finished_when_it_is_told_to_stop(
    start: Callable[..., Server], how: signal.Signals
) -> None:
    server = start("--workers", "1")
    texts = [f"{SOURCE} {i}" * 20 for i in range(400)]
    body = json.dumps({"completions": texts, "basis": "none"}).encode()
    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(server.send, "/grade_batch", body) for _ in range(6)]
        while server.health()["in_flight"] < 6:
            assert not any(job.done() for job in jobs)
        server.process.send_signal(how)
        replies = [job.result() for job in jobs]
    said = server.stop()
    assert [status for status, _ in replies] == [200] * 6
    assert all(
        len(found["scores"]) == 400 and all(map(math.isfinite, found["scores"])) for _, found in replies
    )
    assert server.process.returncode == 0
    assert "stopped: 6 requests, 2,400 completions graded" in said
    with pytest.raises(ConnectionRefusedError):
        server.health()


def test_told_to_stop_at_once_it_stops(start: Callable[..., Server]) -> None:
    server = start()
    assert "stopped: 0 requests, 0 completions graded" in server.stop()
    assert server.process.returncode == 0


def test_a_client_that_goes_away_leaves_the_others_alone(start: Callable[..., Server]) -> None:
    server = start()
    head = (
        "POST /grade HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    with socket.create_connection(("127.0.0.1", server.port)) as gone:
        gone.sendall(head.encode())
        while not server.health()["in_flight"]:
            time.sleep(0.01)
    while server.health()["in_flight"]:
        time.sleep(0.01)
    assert server.post("/grade", {"completion": ANSWER})[0] == 200
    assert "Traceback" not in server.stop()


def test_the_pages_snippets_run(start: Callable[..., Server], tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "server.md").read_text("utf-8")
    snippets = re.findall(r"^```(\w+) server\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (_, command), (_, code), (_, curls) = snippets
    assert command == "rollgrade serve --rubric rubric.toml --port 8000\n"
    server = start(rubric="[length]\nmax_tokens = 40\n")
    here = f"127.0.0.1:{server.port}"
    scores = subprocess.run(
        [sys.executable, "-c", code.replace("127.0.0.1:8000", here)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert 0 < json.loads(scores.stdout)[1] < json.loads(scores.stdout)[0]
    done = subprocess.run(
        ["bash", "-e", "-c", curls.replace("127.0.0.1:8000", here)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert '"score":' in done.stdout
    assert '"status":"ok"' in done.stdout
