"""The ASGI application: paths to forms, limits, the token, and grading off the event loop.

What a request says stands in its reply alone: nothing of a payload is logged, and an error that nobody foresaw is logged
by its type and place.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
import traceback
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, NoReturn

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rollgrade import __version__
from rollgrade._names import repeated_key
from rollgrade.rubric import Rubric
from rollgrade.server.forms import Form, Options, forms
from rollgrade.server.openapi import document

__all__ = ["Limits", "Served", "create_app"]

log = logging.getLogger("rollgrade.serve")

_ERRORS = {
    400: "the body is not JSON",
    401: "no token, or not the right one: send it as `Authorization: Bearer TOKEN`",
    408: "the body did not come in time",
    415: "the body is not declared as JSON: send `Content-Type: application/json`",
    500: "an error that was not foreseen; its place is in the server's log",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """``workers`` requests are graded at the same time and ``waiting`` more are read; all others wait in their
    sockets. Bytes, and seconds for a body to come."""

    max_body: int = 16 << 20
    workers: int = 2
    waiting: int = 32
    body_seconds: float = 60.0


@dataclass(slots=True)
class Served:
    """What was done so far."""

    requests: int = 0
    completions: int = 0
    refused: int = 0
    in_flight: int = 0


@dataclass(slots=True)
class _Server:
    """What the requests of one application share."""

    limits: Limits
    token: str | None
    served: Served = field(default_factory=Served)
    pool: ThreadPoolExecutor | None = None
    admitted: asyncio.Semaphore | None = None

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.admitted = asyncio.Semaphore(self.limits.workers + self.limits.waiting)
        with ThreadPoolExecutor(self.limits.workers, thread_name_prefix="rollgrade") as self.pool:
            yield

    async def answer(self, form: Form, request: Request) -> Response:
        """Reads, grades and replies; a line in the log says how it went."""
        start, done = time.perf_counter(), 0
        self.served.in_flight += 1
        try:
            response, done = await self._answered(form, request)
        except HTTPException as error:
            response = _refusal(error.status_code, error.detail)
        except ClientDisconnect:
            response = _refusal(400, "the client went away")
        except Exception as error:
            log.error("%s: %s\n%s", form.path, type(error).__name__, _place(error))  # noqa: TRY400 - its message may quote
            response = _refusal(500, _ERRORS[500])
        finally:
            self.served.in_flight -= 1
        self.served.requests += 1
        self.served.completions += done
        self.served.refused += response.status_code >= 400
        milliseconds = 1000 * (time.perf_counter() - start)
        log.info("POST %s %d, %d completions, %.1f ms", form.path, response.status_code, done, milliseconds)
        return response

    async def _answered(self, form: Form, request: Request) -> tuple[Response, int]:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, _ERRORS[415])
        assert self.pool is not None
        assert self.admitted is not None
        async with self.admitted:
            try:
                async with asyncio.timeout(self.limits.body_seconds):
                    body = await self._body(request)
            except TimeoutError:
                raise HTTPException(408, _ERRORS[408]) from None
            loop = asyncio.get_running_loop()
            content, done = await loop.run_in_executor(self.pool, _graded, form, body)
        return Response(content, media_type="application/json"), done

    async def _body(self, request: Request) -> bytes:
        """The body; one that is too large is read on for a while, so that its sender gets to hear of it."""
        most = self.limits.max_body
        read, chunks = 0, list[bytes]()
        async for chunk in request.stream():
            read += len(chunk)
            if read <= most:
                chunks.append(chunk)
            else:
                chunks.clear()
                if read > 4 * most:
                    break
        if read > most:
            raise HTTPException(
                413, f"the body: got more than {most} bytes, expected at most so many (--max-body)"
            )
        return b"".join(chunks)

    def allows(self, request: Request) -> bool:
        """Whether a request brings the token, as a bearer or, for trainers that can only be given a URL, as the password
        in it (``http://user:TOKEN@host/``)."""
        if self.token is None:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            with contextlib.suppress(NotBase64, ValueError):
                return _same(b64decode(given.strip(), validate=True).partition(b":")[2], self.token)
        return scheme.lower() == "bearer" and _same(given.strip().encode("latin-1"), self.token)


def create_app(
    rubric: Rubric,
    *,
    options: Options | None = None,
    limits: Limits | None = None,
    token: str | None = None,
    served: Served | None = None,
) -> Starlette:
    """The application, for any ASGI server. ``token``: what every request to grade must bring; ``served`` is counted
    up."""
    server = _Server(limits or Limits(), token, served or Served())
    answered = forms(rubric, options or Options())
    described = _json(document(answered, token is not None))
    page = (resources.files("rollgrade.server") / "page.html").read_text("utf-8")

    async def health(_: Request) -> Response:
        about = {"status": "ok", "version": __version__, "rubric_hash": rubric.hash}
        done = {name: getattr(server.served, name) for name in ("requests", "completions", "in_flight")}
        return Response(_json(about | done), media_type="application/json")

    async def openapi(_: Request) -> Response:
        return Response(described, media_type="application/json")

    async def docs(_: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    def post(form: Form) -> Route:
        async def answer(request: Request) -> Response:
            if not server.allows(request):
                return _refusal(401, _ERRORS[401], {"WWW-Authenticate": 'Bearer realm="rollgrade"'})
            return await server.answer(form, request)

        return Route(form.path, answer, methods=["POST"])

    gets = {"/health": health, "/openapi.json": openapi, "/docs": docs, "/": docs}
    return Starlette(
        routes=[*map(post, answered), *(Route(path, get, methods=["GET"]) for path, get in gets.items())],
        exception_handlers={HTTPException: _unrouted},
        lifespan=server.lifespan,
    )


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"


def _graded(form: Form, body: bytes) -> tuple[bytes, int]:
    """The reply to a body, and how many completions it holds. In a thread of the pool."""
    payload = _parsed(body)
    try:
        if not isinstance(payload, dict):
            raise HTTPException(422, "the body: expected an object")
        count = form.completions(payload)
        if count > form.max_batch:
            raise HTTPException(
                413, f"{form.many}: got {count} entries, expected at most {form.max_batch} (--max-batch)"
            )
        return _json(form.answer(payload)), count
    except (ValueError, TypeError) as error:
        raise HTTPException(422, str(error)) from None


def _parsed(body: bytes) -> Any:
    def refused(constant: str) -> NoReturn:
        raise HTTPException(400, f"{_ERRORS[400]}, which knows no {constant}")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if (twice := repeated_key(pairs)) is not None:
            # A key may be anything that a client sends: one that no form knows is not repeated.
            named = f"{twice!r} stands" if twice.isidentifier() and len(twice) < 32 else "a key stands"
            raise HTTPException(400, f"the body: {named} twice in one object, expected each key once")
        return dict(pairs)

    try:
        return json.loads(body, parse_constant=refused, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise HTTPException(400, f"{_ERRORS[400]} (line {error.lineno}, column {error.colno})") from None
    except (ValueError, RecursionError):  # no UTF-8; a number of thousands of digits; nested too deep
        raise HTTPException(400, _ERRORS[400]) from None


def _json(value: Any) -> bytes:
    # ASCII, as a text may hold half of a surrogate pair, which UTF-8 does not have.
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def _refusal(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    return Response(_json({"error": why}), status, headers, media_type="application/json")


async def _unrouted(_: Request, error: Exception) -> Response:
    """No such path, or not with this method."""
    assert isinstance(error, HTTPException)
    why = {404: "no such path; /docs lists them", 405: "not with this method; /docs says which"}
    headers = dict(error.headers) if error.headers else None
    return _refusal(error.status_code, why.get(error.status_code, error.detail), headers)


def _same(given: bytes, token: str) -> bool:
    return secrets.compare_digest(given, token.encode())


def _place(error: Exception) -> str:
    """Where an error was raised, without what it says."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
