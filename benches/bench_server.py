"""The server under load: requests a second and how long the slowest wait, at 1, 8 and 64 clients, with batches of 1 and
64; nothing is lost, also when it is told to stop in the middle.

Each figure stands beside a request that grades nothing (``/health``), sent by as many clients in the same rounds: what
is left is HTTP itself. Clients and server share the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from oracles import EXAMPLES

ROUNDS = 5
COMPLETIONS = {1: 400, 64: 6400}
"""Completions that all clients together send in one round, by batch."""


@dataclass
class Load:
    """What clients saw: seconds that each request took, and those that were not answered."""

    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    completions: int = 0


class Client:
    """Sends a request again and again over one connection."""

    def __init__(self, port: int, request: bytes, batch: int, load: Load) -> None:
        self._port, self._request, self._batch, self._load = port, request, batch, load

    async def run(self, times: int | None) -> None:
        """``times`` requests; None: until the server goes away."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while times is None or times > 0:
                await self._one(reader, writer)
                times = None if times is None else times - 1
        if times:
            self._load.lost += times
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start = time.perf_counter()
        writer.write(self._request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        body = await reader.readexactly(int(length[1]))
        self._load.seconds.append(time.perf_counter() - start)
        assert head.startswith(b"HTTP/1.1 200 "), body
        if self._batch:
            assert len(json.loads(body)["scores"]) == self._batch
            self._load.completions += self._batch


def request(path: str, payload: Any = None) -> bytes:
    body = b"" if payload is None else json.dumps(payload).encode()
    verb = "GET" if payload is None else "POST"
    head = f"{verb} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def grading(batch: int) -> bytes:
    """Completions of the example log, each with its four facts and its document."""
    records = [json.loads(line) for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()]
    rows = records[:batch]
    return request(
        "/grade_batch",
        {
            "completions": [r["messages"][-1]["content"] for r in rows],
            "facts": [r["facts"] for r in rows],
            "sources": [r["messages"][1]["content"] for r in rows],
        },
    )


def loaded(port: int, sent: bytes, batch: int, clients: int, requests: int, load: Load) -> float:
    """Seconds that a request takes the server, by ``requests`` of them from ``clients`` clients."""

    async def all_of_them() -> None:
        each = [requests // clients + (k < requests % clients) for k in range(clients)]
        await asyncio.gather(*(Client(port, sent, batch, load).run(times) for times in each if times))

    start = time.perf_counter()
    asyncio.run(all_of_them())
    return (time.perf_counter() - start) / requests


@contextlib.contextmanager
def server() -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "rollgrade", "serve", "--port", "0", "--quiet"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.match(r"listening on http://\S+:(\d+) ", line):
                yield process, int(found[1])
                break
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server() as (_, port):
        yield port


@pytest.mark.parametrize("batch", [1, 64])
@pytest.mark.parametrize("clients", [1, 8, 64])
def test_requests_and_waits(
    race_of_times: Callable[..., None],
    port: int,
    clients: int,
    batch: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    load, floor = Load(), Load()
    requests = max(clients, COMPLETIONS[batch] // batch)
    sent, nothing = grading(batch), request("/health")
    race_of_times(
        f"{clients} clients, batches of {batch}: a request",
        {
            "rollgrade": lambda: loaded(port, sent, batch, clients, requests, load),
            "/health": lambda: loaded(port, nothing, 0, clients, requests, floor),
        },
        rounds=ROUNDS,
    )
    assert load.lost == 0
    assert load.completions == requests * batch * ROUNDS
    p50, p99 = (
        1000 * cut for cut in (statistics.median(load.seconds), statistics.quantiles(load.seconds, n=100)[98])
    )
    with capsys.disabled():
        print(
            f"\n{clients} clients, batches of {batch}: p50 {p50:.2f} ms, p99 {p99:.2f} ms, none lost of {len(load.seconds)}"
        )


def test_told_to_stop_it_loses_nothing() -> None:
    """Of what it has begun every request is answered, and it has graded what was answered and no more."""
    load, sent = Load(), grading(64)
    with server() as (process, port):

        async def until_it_ends() -> None:
            clients = [asyncio.create_task(Client(port, sent, 64, load).run(None)) for _ in range(8)]
            while load.completions < 64 * 40:
                await asyncio.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            await asyncio.gather(*clients)

        asyncio.run(until_it_ends())
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait() == 0
    assert f"stopped: {len(load.seconds):,} requests, {load.completions:,} completions graded" in said
