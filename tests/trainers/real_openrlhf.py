"""OpenRLHF's own executor, unmodified, with rollgrade as the function file and over HTTP.

Its package asks for vLLM and DeepSpeed, which need a GPU; what it imports of them on the way to the executor and to the
conversion of a reward is stood in for, and the engine that samples is a stub.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import tiny
import torch

import rollgrade as rg
from rollgrade.grades import RULES
from rollgrade.trainers import openrlhf as adapter


def stand_in(name: str, **attributes: Any) -> None:
    module = ModuleType(name)
    module.__dict__.update(attributes)
    sys.modules[name] = module


def package(name: str) -> None:
    """A package of OpenRLHF without what its ``__init__`` imports."""
    spec = importlib.util.find_spec(name.split(".", maxsplit=1)[0])
    assert spec is not None
    assert spec.submodule_search_locations is not None
    module = ModuleType(name)
    module.__path__ = [str(Path(spec.submodule_search_locations[0], *name.split(".")[1:]))]
    sys.modules[name] = module


for _package in ("openrlhf.utils", "openrlhf.trainer", "openrlhf.trainer.ppo_utils", "openrlhf.trainer.ray"):
    package(_package)
stand_in("vllm", SamplingParams=object)
stand_in("ray")
stand_in("openrlhf.trainer.ray.vllm_engine", batch_vllm_engine_call=None)
stand_in("openrlhf.trainer.ppo_utils.experience", Experience=SimpleNamespace)
agent = importlib.import_module("openrlhf.utils.agent")
samples = importlib.import_module("openrlhf.trainer.ppo_utils.samples_generator")

ANSWER = "The council approved the budget on Monday . Property taxes rise by 3 percent in May ."
PROMPT = f"user : {tiny.DOCUMENTS[0]} {tiny.DOCUMENTS[1]} assistant : "
LABEL = json.dumps({"facts": tiny.FACTS, "source": tiny.DOCUMENTS[0]})
RUBRIC = rg.Rubric(max_tokens=30)


def expected(answer: str, truncated: bool | None = None) -> rg.Grade:
    if not truncated:  # this tokenizer puts a space before the token that ends the answer
        answer += " "
    return RUBRIC.grade(answer, facts=tiny.FACTS, source=tiny.DOCUMENTS[0], truncated=truncated)


class Engine:
    """Samples what it is told to."""

    def __init__(self, answer: str, finished: bool) -> None:
        self.answer = answer
        self.finished = finished

    async def generate(self, ids: list[int], params: Any, multi_modal_data: Any = None) -> Any:
        tok = tiny.tokenizer()
        tokens = tok(self.answer)["input_ids"] + [tok.eos_token_id] * self.finished
        reason = "stop" if self.finished else "length"
        return SimpleNamespace(
            outputs=[SimpleNamespace(token_ids=tokens, finish_reason=reason, logprobs=None)]
        )


def execute(
    endpoint: str, answer: str, *, finished: bool = True, max_length: int = 500, label: str = LABEL
) -> Any:
    executor = agent.SingleTurnAgentExecutor(endpoint)
    params = SimpleNamespace(max_tokens=30, logprobs=None)
    engine = Engine(answer, finished)
    return asyncio.run(executor.execute(PROMPT, label, params, max_length, tiny.tokenizer(), engine))


@pytest.fixture
def function_file(tmp_path: Path) -> str:
    RUBRIC.to_file(tmp_path / "rubric.toml")
    file = tmp_path / "reward.py"
    lines = [
        "from rollgrade.trainers import openrlhf",
        f"reward_func = openrlhf.reward({str(tmp_path / 'rubric.toml')!r}, eos={tiny.EOS!r})",
    ]
    file.write_text("\n".join(lines), "utf-8")
    return str(file)


@pytest.fixture
def url() -> Any:
    reward = adapter.reward(RUBRIC, eos=tiny.EOS)
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append(payload)
            body = json.dumps(reward.respond(payload)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", seen
    server.shutdown()
    thread.join()
    server.server_close()


def check(output: Any, grade: rg.Grade) -> None:
    assert output["reward"] == output["scores"] == grade.score
    assert output["extra_logs"]["tokens"] == grade.length.tokens
    assert [output["extra_logs"][rule] for rule in RULES] == [getattr(grade, rule).score for rule in RULES]
    # As OpenRLHF makes an experience of it: one number a tensor.
    made = samples.SamplesGenerator._process_response_into_experience(None, output)
    for name in ("reward", "score", *RULES, *(f"{rule}_passed" for rule in RULES), "valid"):
        assert made.info[name].shape == (1,)
        assert made.info[name].dtype == torch.float32


@pytest.mark.parametrize("max_length", [500, 45])
def test_the_function_file(function_file: str, max_length: int) -> None:
    """With 45 tokens the prompt loses its beginning."""
    for answer in (ANSWER, "The library opens on Friday .", "The"):
        check(execute(function_file, answer, max_length=max_length), expected(answer))


@pytest.mark.parametrize("max_length", [500, 45])
def test_the_remote_reward(url: Any, max_length: int) -> None:
    address, seen = url
    check(execute(address, ANSWER, max_length=max_length), expected(ANSWER))
    assert set(seen[0]) == {"query", "prompts", "labels"}
    assert seen[0]["prompts"] == [PROMPT]
    assert seen[0]["query"][0].startswith(PROMPT[:20]) == (max_length == 500)
    assert seen[0]["query"][0].endswith(tiny.EOS)


def test_an_answer_that_was_cut_off(function_file: str) -> None:
    with pytest.warns(UserWarning, match="limit on a completion"):
        output = execute(function_file, ANSWER, finished=False)
    check(output, expected(ANSWER, truncated=True))
    assert output["extra_logs"]["length_passed"] == 0.0


def test_what_openrlhf_swallows_is_in_the_log(function_file: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="rollgrade"):
        output = execute(function_file, ANSWER, label="")
    assert output["reward"] is None
    assert "no reward: row 0: facts: got nothing, expected a value" in caplog.text
