"""The page of a red team's attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollgrade.pages import number, percent, render

if TYPE_CHECKING:
    from rollgrade.audit.redteam import AttackResult, Redteam

__all__ = ["page"]


def page(found: Redteam) -> str:
    """The attacks, their examples and the search's winners as one self-contained page."""
    return render(
        "redteam.html",
        found=found,
        tiles=_tiles(found),
        attacks=[_row(attack, found.tolerance) for attack in found.attacks],
        told=sorted(
            found.attacks, key=lambda attack: (not attack.is_hole(found.tolerance), -(attack.reaches or 0))
        ),
        reasons=[a for a in found.attacks if a.is_over(found.tolerance) and (a.fair or a.unseen)],
    )


def _tiles(found: Redteam) -> list[tuple[str, str, str]]:
    tried = sum(attack.documents > 0 for attack in found.attacks)
    tiles = [
        (
            "Holes",
            f"{len(found.holes):,}",
            f"of {tried:,} attacks; more than {percent(found.tolerance)} of documents",
        ),
        ("Honest answers", number(found.honest), f"mean reward, {found.graded:,} documents"),
    ]
    if found.grades:
        rate = f"{found.grades_per_second:,.0f} a second" if found.grades_per_second else ""
        tiles.append(("Grades of the search", f"{found.grades:,}", rate))
    return tiles


def _row(attack: AttackResult, tolerance: float) -> list[str]:
    verdict = ""
    if attack.is_over(tolerance):
        verdict = "fair" if attack.fair else "unseen" if attack.unseen else "hole"
    return [
        attack.family,
        attack.name,
        f"{attack.documents:,}",
        number(attack.reward),
        number(attack.honest),
        percent(attack.reaches),
        percent(attack.reaches_reference),
        verdict,
    ]
