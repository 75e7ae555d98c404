"""Ids of a run: what a list would say, in a fraction of its room and time."""

from __future__ import annotations

import pickle
import struct

from hypothesis import given
from hypothesis import strategies as st

from rollgrade import _core

HASHES = st.integers(0, 40) | st.integers(0, 2**64 - 1)


def packed(hashes: list[int]) -> bytes:
    return struct.pack(f"<{len(hashes)}Q", *hashes)


@given(batches=st.lists(st.lists(HASHES, max_size=12), max_size=12), kept=st.integers(0, 30))
def test_as_a_list(batches: list[list[int]], kept: int) -> None:
    found = _core.LogIds(most=kept)
    expected: list[int] = []
    for batch in batches:
        met = 0
        for key in batch:
            met += key in expected
            if key not in expected and len(expected) < kept:
                expected.append(key)
        assert found.add(packed(batch)) == met
        assert found.packed() == packed(expected)
        assert found.packed(1, 3) == packed(expected[1:3])
        assert len(found) == len(expected)
    again = _core.LogIds(packed(expected))
    assert again == found
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.add(packed(expected)) == len(expected)
    other = next(key for key in range(41, 1000) if key not in expected)
    assert again != _core.LogIds(packed([*expected, other]))


def test_ids_by_name() -> None:
    found = _core.LogIds()
    assert [found.add_id(name) for name in ("a", "b", "a", "")] == [False, False, True, False]
    assert found.add(found.packed(2)) == 1
