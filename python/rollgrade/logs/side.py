"""What goes on beside something else, on one thread: reading the next of something, writing the last."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

__all__ = ["Side"]

P = ParamSpec("P")
T = TypeVar("T")


class Side:
    """A thread that does one thing after the other. One and not two: each keeps memory of its own that is free."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def ahead(self, items: Iterator[T], stop: Callable[[], None] = lambda: None) -> Generator[T]:
        """The items, the next one made while one is worked on. What is raised by making one is raised in its place.
        ``stop`` ends the making of one that is not wanted any more, where that may take for ever."""
        coming = self._thread.submit(next, items, None)
        try:
            while (item := coming.result()) is not None:
                coming = self._thread.submit(next, items, None)
                yield item
        finally:
            stop()
            # The items may be dropped now: nobody is making one.
            coming.exception()

    def behind(self, what: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Does it, while the caller goes on. What it raises is raised by the next call, or by ``wait``."""
        self.wait()
        self._last = self._thread.submit(what, *args, **kwargs)

    def wait(self) -> None:
        """Until all that was left ``behind`` is done."""
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(Exception):  # it was raised, or something else is
            self.wait()
        self._thread.shutdown()
