"""Plots for pages: Vega-Lite, drawn into SVG when the page is made, so that a page holds no plotting code.

Each takes aggregates, never rows, so that a chart is as small for a million rollouts as for forty.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rollgrade.pages import NEEDS_EXTRA

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["COLOURS", "bars", "drawn", "heatmap", "histogram", "lines"]

COLOURS = ("#0072b2", "#009e73", "#d55e00", "#cc79a7", "#e69f00", "#56b4e9", "#4d4d4d")
"""Okabe and Ito's palette, which people with any colour vision can tell apart."""

_INK, _SOFT, _LINE = "#1a1d21", "#555d66", "#e3e7eb"
_FONT = "Arial, Helvetica, sans-serif"
_CONFIG = {
    "background": "transparent",
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _SOFT, "titleColor": _SOFT, "titleFontWeight": "normal", "labelFontSize": 12, "titleFontSize": 12,
        "gridColor": _LINE, "domainColor": "#9aa3ad", "tickColor": "#9aa3ad", "titlePadding": 8,
    },
    "legend": {"labelColor": _INK, "labelFontSize": 12, "title": None, "symbolSize": 80, "symbolStrokeWidth": 2},
    "range": {"category": list(COLOURS)},
}  # fmt: skip
_SIZE = {"width": 430, "height": 210}
_IN_A_ROW = 5
"""Entries of a legend that stand in one row."""
_LETTER = 7
"""Pixels of a letter of a label, in a wide font."""


def histogram(
    edges: Sequence[float],
    counts: Sequence[int],
    title: str,
    *,
    counted: str = "rollouts",
    line: float | None = None,
    label: str = "",
) -> Markup:
    """Counts between edges (one edge more than counts), with a dashed line at a value if one is given."""
    rows = [
        {"from": low, "to": high, "n": n} for low, high, n in zip(edges, edges[1:], counts, strict=False) if n
    ]
    bar = {
        "data": {"values": rows},
        "mark": {"type": "bar", "color": COLOURS[0], "binSpacing": 1},
        "encoding": {
            "x": _axis(
                "from",
                title,
                bin="binned",
                axis={"tickCount": 8, "labelOverlap": "greedy", "labelSeparation": 4},
                scale={"domain": [edges[0], edges[-1]], "nice": False},
            ),
            "x2": {"field": "to"},
            "y": _axis("n", counted, axis={"tickMinStep": 1, "format": ",d", "tickCount": 5}),
        },
    }
    layers = [bar]
    if line is not None:
        at = {"data": {"values": [{"at": line, "label": label}]}}
        x = {"x": _axis("at", title)}
        rule = {"type": "rule", "color": COLOURS[2], "strokeDash": [5, 4], "strokeWidth": 2}
        text = {"type": "text", "align": "left", "dx": 5, "y": 8, "color": "#a34700"}
        layers += [
            at | {"mark": rule, "encoding": x},
            at | {"mark": text, "encoding": x | {"text": {"field": "label"}}},
        ]
    return drawn(_SIZE | {"layer": layers}, title)


def lines(
    rows: Sequence[Mapping[str, Any]],
    title: str,
    *,
    unit: str = "share",
    domain: tuple[float, float] | None = None,
    x: str = "step",
) -> Markup:
    """Curves: each row has ``x``, ``value`` and ``series``. ``unit`` is ``"share"``, from 0 to 1, or ``"number"``."""
    order = list(dict.fromkeys(str(row["series"]) for row in rows))
    legend: dict[str, Any] | None = {"orient": "top"} if len(order) > 1 else None
    if legend and len(order) > _IN_A_ROW:
        legend |= {"columns": 4}
    series = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": order},
        "title": None,
        "legend": legend,
    }
    few = len({row[x] for row in rows}) <= 60
    share = unit == "share"
    domain = (0, 1) if share else domain
    scale = {"domain": list(domain)} if domain else {"zero": True}
    encoding = {
        "x": _axis(
            x, x, axis={"grid": False, "tickMinStep": 1, "format": "~d"}, scale={"zero": False, "nice": False}
        ),
        "y": _axis("value", title, axis={"format": ".0%" if share else "~r", "tickCount": 5}, scale=scale),
        "color": series,
    }
    if legend:  # not by colour alone
        encoding["shape" if few else "strokeDash"] = series
    point = {"filled": True, "size": 36} if few else False
    spec = {"data": {"values": list(rows)}, "mark": {"type": "line", "point": point, "strokeWidth": 2}}
    return drawn(_SIZE | spec | {"encoding": encoding}, title)


def bars(
    rows: Sequence[Mapping[str, Any]],
    title: str,
    *,
    share: bool = True,
    stacked: bool = False,
    colours: Sequence[str] = COLOURS,
) -> Markup:
    """Horizontal bars: each row has ``name`` and ``value``, and may have ``series``, whose bars are drawn beside each
    other or ``stacked``, in the order in which they come."""
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    order = list(dict.fromkeys(str(row["series"]) for row in rows if "series" in row))
    axis = {"format": ".0%"} if share else {"format": ",d", "tickMinStep": 1}
    encoding: dict[str, Any] = {
        "y": {
            "field": "name", "type": "nominal", "sort": names, "title": None,
            "axis": {
                "labelColor": _INK, "labelLimit": 220, "ticks": False, "domain": False,
                "minExtent": min(_LETTER * max(map(len, names), default=0), 220),
            },
        },
        "x": _axis("value", title, axis=axis | {"tickCount": 5}, scale={"domain": [0, 1]} if share else {"zero": True}),
    }  # fmt: skip
    if order:
        legend = {"orient": "top"}
        encoding["color"] = {
            "field": "series", "type": "nominal", "title": None, "legend": legend,
            "scale": {"domain": order, "range": list(colours)[: len(order)]},
        }  # fmt: skip
        if not stacked:
            encoding["yOffset"] = {"field": "series", "type": "nominal", "sort": order}
    step = 24 if stacked or len(order) < 2 else 14 * len(order) + 8
    spec = {
        "data": {"values": list(rows)},
        "mark": {"type": "bar", "color": COLOURS[0]},
        "encoding": encoding,
    }
    return drawn(spec | {"width": 330, "height": step * max(1, len(names))}, title)


def heatmap(
    rows: Sequence[Mapping[str, Any]], x: str, y: str, *, domains: tuple[Sequence[float], Sequence[float]]
) -> Markup:
    """A density: each row is a cell (``x``, ``x2``, ``y``, ``y2``, ``rollouts``); darker holds more, by logarithm."""
    colour = {
        "field": "rollouts", "type": "quantitative", "scale": {"type": "log", "scheme": "blues", "domainMin": 0.5},
        "legend": {"orient": "top", "title": "rollouts", "titleFontWeight": "normal", "format": "~s", "tickCount": 4},
    }  # fmt: skip
    encoding = {
        "x": _axis("x", x, scale={"domain": list(domains[0]), "nice": False}),
        "x2": {"field": "x2"},
        "y": _axis("y", y, scale={"domain": list(domains[1]), "nice": False}),
        "y2": {"field": "y2"},
        "color": colour,
    }
    spec = {"data": {"values": list(rows)}, "mark": {"type": "rect"}, "encoding": encoding}
    return drawn(spec | {"width": 320, "height": 300}, f"{y} against {x}")


def drawn(spec: Mapping[str, Any], description: str) -> Markup:
    """A Vega-Lite specification as SVG. Raises ``ImportError`` without the extra."""
    try:
        import vl_convert
        from markupsafe import Markup
    except ImportError:
        raise ImportError(NEEDS_EXTRA) from None
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _CONFIG,
        "description": description,
    }
    svg = vl_convert.vegalite_to_svg(whole | dict(spec), vl_version="6.1")
    # Ids are unique within a drawing only, and a page holds many.
    mark = f"c{zlib.crc32(svg.encode()):08x}"
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{mark}", svg)
    return Markup(svg)


def _axis(field: str, title: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title} | more
