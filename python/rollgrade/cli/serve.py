"""``rollgrade serve``: grading over HTTP, for trainers that ask a reward server and for everything else."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import socket
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rollgrade.cli.options import RubricFile
from rollgrade.cli.terminal import errors_reported, notes, rubric_from, shown, usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette

    from rollgrade.server.app import Limits
    from rollgrade.server.forms import Options

__all__ = ["serve"]

_TOKEN = "ROLLGRADE_TOKEN"
_LEAST_TOKEN = 16
_BACKLOG = 2048
_STOPS = (signal.SIGTERM, signal.SIGINT)
_KEPT_OPEN = 75
"""Seconds that a connection may idle: a trainer samples for a while between two calls."""
_TEMPLATE = "The policy's chat template"
_LIMITS = "Limits"


def serve(
    *,
    rubric: RubricFile = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"File with the token that requests must bring; or set {_TOKEN}."),
    ] = None,
    eos: Annotated[
        str | None,
        typer.Option(
            metavar="TOKEN",
            rich_help_panel=_TEMPLATE,
            help="End-of-turn token: an answer that does not end in it was cut off (OpenRLHF, LLaMA-Factory).",
        ),
    ] = None,
    prompt_end: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            rich_help_panel=_TEMPLATE,
            help="What a prompt ends with, where it is none of the known templates (LLaMA-Factory).",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            rich_help_panel=_LIMITS,
            help="Requests graded at the same time; the cores, if not set.",
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, max=256, rich_help_panel=_LIMITS, help="Threads for one request.")
    ] = 1,
    max_batch: Annotated[
        int, typer.Option(min=1, rich_help_panel=_LIMITS, help="Most completions in one request.")
    ] = 4096,
    max_body: Annotated[
        int, typer.Option(min=1, metavar="BYTES", rich_help_panel=_LIMITS, help="Most bytes in one request.")
    ] = 16 << 20,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No line for each request.")] = False,
) -> None:
    """Grade over HTTP: OpenRLHF's and LLaMA-Factory's remote rewards, and plain JSON.

    Paths: `/grade`, `/grade_batch`, `/openrlhf`, `/llamafactory`, `/health`; `/docs`
    describes them. Needs the extra: pip install 'rollgrade\\[serve]'.

    [bold]Examples[/bold]
    \b
      rollgrade serve --rubric rubric.toml --port 8000
      rollgrade serve --rubric tutorial-3 --eos '<|im_end|>'
      ROLLGRADE_TOKEN=... rollgrade serve --host 0.0.0.0
    """
    with errors_reported():
        _check_extra()
        from rollgrade.server.app import Limits
        from rollgrade.server.forms import Options

        token = _token(token_file)
        if token is None and not _is_loopback(host):
            raise ValueError(
                f"--host {host}: other machines could reach the server, so it needs a token that requests bring: "
                f"set {_TOKEN}, or name a file with --token-file"
            )
        options = Options(max_batch=max_batch, threads=threads, eos=eos, prompt_end=prompt_end)
        limits = Limits(max_body=max_body, workers=workers or usable_cores())
        _run(rubric, _listen(host, port), options, limits, token, quiet)


def _run(
    given: str | None,
    listening: socket.socket,
    options: Options,
    limits: Limits,
    token: str | None,
    quiet: bool,
) -> None:
    from rollgrade.server.app import Served, create_app

    rules = rubric_from(given)
    # What a rubric needs that is not here (a language model, a tokenizer) is missed now, not at the first request.
    sentence = "The vote passed on Monday."
    rules.grade(sentence, source=sentence, facts=[sentence], reference=sentence)
    served = Served()
    app = create_app(rules, options=options, limits=limits, token=token, served=served)
    host, port = listening.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    _log_to_stderr(quiet)

    def ready() -> None:
        _say(f"grading by {given or 'the default rubric'} ({rules.hash[:12]})")
        _say(f"listening on {url} (what to send: {url}/docs)")

    _until_stopped(app, listening, ready)
    refused = f", {served.refused:,} of them refused" if served.refused else ""
    _say(f"stopped: {served.requests:,} requests{refused}, {served.completions:,} completions graded")


def _until_stopped(app: Starlette, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serves until a signal comes, and finishes what it has begun."""
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_keep_alive=_KEPT_OPEN,
            server_header=False,
        )
    )

    def stop(*_: object) -> None:
        # Before uvicorn listens to signals; and when it is done it raises once more the one that stopped it.
        server.should_exit = True

    for one in _STOPS:
        signal.signal(one, stop)
    ready()
    with listening:
        server.run(sockets=[listening])
    # Python ends with the default handlers, by which a signal that is sent twice would be the exit code.
    for one in _STOPS:
        signal.signal(one, signal.SIG_IGN)


def _say(line: str) -> None:
    notes().print(shown(line), markup=False, soft_wrap=True)


def _check_extra() -> None:
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        raise ImportError(
            "rollgrade serve needs starlette and uvicorn: pip install 'rollgrade[serve]'"
        ) from None


def _token(file: Path | None) -> str | None:
    token = os.environ.get(_TOKEN) if file is None else file.read_text("utf-8")
    if token is None:
        return None
    token, where = token.strip(), _TOKEN if file is None else str(file)
    if len(token) < _LEAST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError(
            f"{where}: expected a token of at least {_LEAST_TOKEN} ASCII characters without spaces, as from: "
            'python -c "import secrets; print(secrets.token_urlsafe())"'
        )
    return token


def _is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise ValueError(f"--host {host}: {error.strerror}") from None
    return all(ipaddress.ip_address(str(address).partition("%")[0]).is_loopback for address in found)


def _listen(host: str, port: int) -> socket.socket:
    """A socket, taken before anything else is said or loaded, so that a port in use is a clear error."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    try:
        return socket.create_server((str(address[0]), port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ValueError(f"--host {host} --port {port}: {error.strerror}") from None


def _log_to_stderr(quiet: bool) -> None:
    """A line a request, and warnings as lines too. Nothing in them comes from a payload."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    warnings.showwarning = lambda message, *_, **__: logging.getLogger("rollgrade").warning("%s", message)
    for name, level in (
        ("rollgrade", logging.WARNING if quiet else logging.INFO),
        ("uvicorn", logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(level)
        logger.propagate = False
