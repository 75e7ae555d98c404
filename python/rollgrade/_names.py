"""What to say of a name that there is not, or that there is twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

__all__ = ["hinting", "nearest", "repeated_key"]

P = ParamSpec("P")
T = TypeVar("T")


def nearest(name: Any, names: Iterable[Any]) -> str:
    """The nearest of the names there are, to end an error with; empty where none is near."""
    close = get_close_matches(str(name), list(map(str, names)), n=1, cutoff=0.5)
    return f' (did you mean "{close[0]}"?)' if close else ""


def hinting(function: Callable[P, T]) -> Callable[P, T]:
    """A function whose error for a keyword that it does not take tells the nearest one that it does."""
    known = [name for name in signature(function).parameters if name != "self"]

    @wraps(function)
    def hinted(*args: P.args, **kwargs: P.kwargs) -> T:
        for name in kwargs:
            if name not in known:
                raise TypeError(
                    f"{function.__qualname__}() got an unexpected keyword argument {name!r}{nearest(name, known)}"
                )
        return function(*args, **kwargs)

    return hinted


def repeated_key(pairs: Iterable[tuple[str, Any]]) -> str | None:
    """The first key that has been in an object before."""
    seen = set[str]()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return None
