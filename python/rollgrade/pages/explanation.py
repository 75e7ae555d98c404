"""Explanations as HTML: a fragment for a notebook, and the same as a page of its own.

The fragment brings its style along, in a scope of its own, and takes its colours from those of the page around it, so
that it looks right on a light and on a dark one. No script: what a fact and its span are to each other is CSS.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from rollgrade.explaining.differences import Differences
from rollgrade.explaining.views import signed
from rollgrade.pages import embedded, render, visible

if TYPE_CHECKING:
    from markupsafe import Markup

    from rollgrade.evidence import Piece
    from rollgrade.explaining.explanation import Explanation
    from rollgrade.explaining.views import Shows

__all__ = ["fragment", "page"]

_COLOURS = 5
"""How many colours facts have before they repeat: so many as explanation.css names."""


def fragment(of: Shows) -> str:
    """The explanation as HTML to be put into another page. Raises ``ImportError`` without jinja2."""
    return embedded("explanation.html", **_context(of))


def page(of: Shows) -> str:
    """The explanation as one self-contained page. Raises ``ImportError`` without jinja2."""
    if not isinstance(of, Differences):
        heading, about = (
            "Why this reward",
            "One rollout: its text with the evidence, and the arithmetic of its reward.",
        )
    elif of.same_text:
        heading, about = (
            "Two gradings side by side",
            "One completion, graded twice: what made the difference.",
        )
    else:
        heading, about = (
            "Two rollouts side by side",
            "What one has and the other has not, and what made the difference.",
        )
    return render("explain.html", heading=heading, about=about, **_context(of))


def _context(of: Shows) -> dict[str, object]:
    differences = of if isinstance(of, Differences) else None
    sides = [("", cast("Explanation", of))] if differences is None else list(
        zip(differences.names, (differences.a, differences.b), strict=True)
    )  # fmt: skip
    return {
        "of": of,
        "differences": differences,
        "sides": sides,
        "thinking": _thinking,
        "marked": _marked,
        "signed": signed,
        "told": differences is not None and any(rule.share is not None for rule in differences.rules),
        "colour": _colour,
        "linked": _linked(max(len(side.facts) for _, side in sides)),
    }


def _linked(facts: int) -> str:
    """The style that joins each fact with the spans that carry it, where either is pointed at or has the focus."""
    rules = []
    for n in range(1, facts + 1):
        row, span = f'[data-fact="{n}"]', f'mark[data-facts~="{n}"]'
        rules.append(
            f".rg-joined:has({row}:is(:hover,:focus-visible)) {span},.rg-joined:has({span}:hover) {span}"
            f"{{background:color-mix(in srgb,var({_colour(n)}) 55%,transparent)}}"
            f".rg-joined:has({span}:hover) {row},.rg-joined {row}:is(:hover,:focus-visible)"
            f"{{background:color-mix(in srgb,var({_colour(n)}) 22%,transparent)!important}}"
        )
    return "\n".join(rules)


def _colour(number: int) -> str:
    """The name of a fact's colour in the style."""
    return f"--rg-{(number - 1) % _COLOURS + 1}"


def _thinking(of: Explanation) -> Markup:
    """The thinking block that was taken off; empty where there is none."""
    return _html(piece for piece in of.pieces if piece.end <= of.answer[0])


def _marked(of: Explanation) -> Markup:
    """The answer with its evidence, and a line where the budget ends."""
    return _html((piece for piece in of.pieces if piece.start >= of.answer[0]), of)


def _html(pieces: Iterable[Piece], of: Explanation | None = None) -> Markup:
    from markupsafe import Markup

    parts, run = [], list(pieces)
    for index, piece in enumerate(run):
        if of is not None and piece.start == of.budget:
            label = f"{of.max_tokens:,} {of.unit}"
            parts.append(
                Markup('<span class="rg-budget" title="the budget ends here">{}</span>').format(label)
            )
        after = run[index + 1].facts if index + 1 < len(run) else ()
        parts.append(_piece(piece, [n for n in piece.facts if n not in after]))
    return Markup("").join(parts)


def _piece(piece: Piece, ending: Sequence[int]) -> Markup:
    """One run of text under its marks; the numbers of the facts that end with it."""
    from markupsafe import Markup, escape

    # Line breaks as elements: what exports notebooks drops empty lines.
    html = escape(visible(piece.text)).replace("\n", Markup("<br>"))
    if piece.marks:
        names = [mark.name.replace(" ", "-") for mark in piece.marks]
        title = "; ".join(dict.fromkeys(f"{mark.name} {mark.label}".strip() for mark in piece.marks))
        stripes = ";".join(
            f"{layer}:var({_colour(n)})" for layer, n in zip(("--c", "--d"), piece.facts, strict=False)
        )
        html = Markup('<mark class="{}"{} title="{}">{}</mark>').format(
            " ".join(f"rg-{name}" for name in dict.fromkeys(names)),
            Markup(' data-facts="{}" style="{}"').format(" ".join(map(str, piece.facts)), stripes)
            if stripes
            else "",
            title,
            html,
        )
    for number in ending:
        html += Markup('<sup style="--c:var({})">{}</sup>').format(_colour(number), number)
    return html
