"""Grading on engines that spread work: one callable from Arrow batches to graded batches, and a cluster for a whole log.

- ``batches``: :class:`GradeBatch`, for Ray Data, Daft, Polars, Hugging Face datasets and whatever else maps batches
- ``ray``: rollout logs graded by a Ray cluster, as ``rollgrade score --engine ray`` does
"""

from __future__ import annotations

from rollgrade.engines.batches import GradeBatch

__all__ = ["GradeBatch"]
