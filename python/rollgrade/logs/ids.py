"""Ids that were met in a run, as hashes: in order, and few bytes each, as there may be a million."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["IDS_KEPT", "Ids"]

IDS_KEPT = 1_000_000
"""Ids that are compared to find the same one twice; of a longer log the rest is not compared."""

RECENT = 1 << 14
"""Ids that are kept in a set, before they are sorted with the others: a set takes ten times the room."""


class Ids:
    """Hashes (64 bits) in the order in which they were met, each once."""

    __slots__ = ("_order", "_recent", "_sorted")

    def __init__(self, hashes: Iterable[int] = ()) -> None:
        self._order = array("Q")
        self._recent: set[int] = set()
        self._sorted: NDArray[np.uint64] | None = None
        self.add(list(hashes))

    def add(self, hashes: Sequence[int]) -> int:
        """Adds those that were not met before, up to :data:`IDS_KEPT` in all; how many of ``hashes`` were."""
        others = self._not_sorted(hashes)
        met = len(hashes) - len(others)
        for key in others:
            if key in self._recent:
                met += 1
            elif len(self._order) < IDS_KEPT:
                self._recent.add(key)
                self._order.append(key)
        if len(self._recent) > RECENT:
            self._sort()
        return met

    def _not_sorted(self, hashes: Sequence[int]) -> Sequence[int]:
        """Those that are not among the sorted ones."""
        if self._sorted is None or not hashes:
            return hashes
        import numpy as np

        given = np.array(hashes, dtype=np.uint64)
        places = np.searchsorted(self._sorted, given).clip(max=len(self._sorted) - 1)
        others: list[int] = given[self._sorted[places] != given].tolist()
        return others

    def _sort(self) -> None:
        import numpy as np

        self._sorted = None  # its room is wanted
        self._sorted = np.sort(np.frombuffer(self._order, dtype=np.uint64))
        self._recent.clear()

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[int]:
        return iter(self._order)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ids) and self._order == other._order

    __hash__ = None  # type: ignore[assignment]
