"""What goes on beside the grading: reading the next of something, and writing the last."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

__all__ = ["Behind", "ahead"]

P = ParamSpec("P")
T = TypeVar("T")


def ahead(items: Iterator[T]) -> Generator[T]:
    """The items, the next one made while one is worked on. What is raised by making one is raised in its place."""
    with ThreadPoolExecutor(1) as thread:  # one: an iterator serves one at a time
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


class Behind:
    """Does one thing after the other on a thread of its own; what one raises is raised by what is asked for next."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def do(self, what: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Does it, once what was asked for before is done."""
        self.wait()
        self._last = self._thread.submit(what, *args, **kwargs)

    def wait(self) -> None:
        """Until everything is done."""
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def close(self) -> None:
        """Ends the thread; what the last thing raised was either raised or does not matter any more."""
        with contextlib.suppress(Exception):
            self.wait()
        self._thread.shutdown()
