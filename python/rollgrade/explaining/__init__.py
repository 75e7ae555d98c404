"""Why a rollout got its reward, and what sets two apart: one model, drawn in the terminal, in notebooks and as pages.

- ``arithmetic``: the reward computed again, line by line
- ``explanation``: one grade, its text cut into pieces by the evidence on it
- ``differences``: two of them side by side
- ``terminal``: the view for terminals; that for pages and notebooks is in ``rollgrade.pages.explanation``
"""

from __future__ import annotations

from rollgrade.explaining.differences import Differences, differences, side_by_side
from rollgrade.explaining.explanation import Explanation, explanation

__all__ = ["Differences", "Explanation", "differences", "explanation", "side_by_side"]
