"""What to say of a name that there is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

__all__ = ["nearest"]


def nearest(name: Any, names: Iterable[Any]) -> str:
    """The nearest of the names there are, to end an error with; empty where none is near."""
    close = get_close_matches(str(name), list(map(str, names)), n=1, cutoff=0.5)
    return f' (did you mean "{close[0]}"?)' if close else ""
