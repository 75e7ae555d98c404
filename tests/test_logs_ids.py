"""Ids of a run: what a set and a list would say, in a tenth of their room."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollgrade.logs import ids
from rollgrade.logs.ids import Ids

HASHES = st.integers(0, 40) | st.integers(0, 2**64 - 1)


@given(
    batches=st.lists(st.lists(HASHES, max_size=12), max_size=12),
    recent=st.integers(0, 8),
    kept=st.integers(0, 30),
)
def test_as_a_set_and_a_list(batches: list[list[int]], recent: int, kept: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "RECENT", recent)
        patch.setattr(ids, "IDS_KEPT", kept)
        found, expected = Ids(), []
        for batch in batches:
            met = 0
            for key in batch:
                met += key in expected
                if key not in expected and len(expected) < kept:
                    expected.append(key)
            assert found.add(batch) == met
            assert list(found) == expected
            assert len(found) == len(expected)
        again = Ids(expected)
        assert again == found
        assert pickle.loads(pickle.dumps(found)) == found
        assert found.add(expected) == len(expected)
