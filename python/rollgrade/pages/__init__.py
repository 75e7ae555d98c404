"""Self-contained HTML pages: one file each, with no network, in one style.

- ``render``: a template of this folder into a page. Templates extend ``base.html`` and use ``parts.html``; whatever is
  put into them is escaped. The page's Content-Security-Policy lets nothing load and no other script run.
- ``highlighted``: a completion with marks on its evidence
- ``charts``: plots, drawn by Vega-Lite into SVG when the page is made

Needs the extra ``rollgrade[report]``.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from rollgrade import __version__
from rollgrade.evidence import Mark, masked

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["highlighted", "listed", "number", "percent", "render", "require"]

NEEDS_EXTRA = "an HTML page needs jinja2 and vl-convert-python: pip install 'rollgrade[report]'"


def require() -> None:
    """Raises ``ImportError`` that says what to install, where the extra is not: to be called before long work."""
    from importlib.util import find_spec

    if any(find_spec(name) is None for name in ("jinja2", "vl_convert")):
        raise ImportError(NEEDS_EXTRA)


def render(template: str, /, **context: Any) -> str:
    """The page of ``template``, a file of this folder. Raises ``ImportError`` without the extra, and
    ``jinja2.UndefinedError`` where the template asks for what the context lacks."""
    style, script = _file("style.css"), _file("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment = _environment()
    markup = environment.filters["raw"]
    return environment.get_template(template).render(
        context
        | {
            "style": markup(style),
            "script": markup(script),
            "script_hash": f"sha256-{digest}",
            "version": __version__,
        }
    )


def highlighted(text: str, marks: Sequence[Mark], *, show_pii: bool = False, limit: int = 4000) -> Markup:
    """The text as HTML with its marks as ``<mark class="NAME">``, the last of overlapping marks on top; PII masked unless
    ``show_pii``. What stands beyond ``limit`` code points is left out, and the HTML says so."""
    from markupsafe import Markup, escape

    shown = text if show_pii else masked(text, [(m.start, m.end) for m in marks if m.name == "pii"])
    cut = min(len(shown), limit)
    edges = sorted({0, cut, *(min(at, cut) for m in marks for at in (m.start, m.end))})
    parts: list[Markup] = []
    for start, end in itertools.pairwise(edges):
        over = [m for m in marks if m.start <= start and end <= m.end]
        piece = escape(_visible(shown[start:end]))
        if over:
            top = over[-1]
            name = top.name.replace(" ", "-")
            title = ", ".join(dict.fromkeys(f"{m.name} {m.label}".strip() for m in over))
            piece = Markup('<mark class="{}" title="{}">{}</mark>').format(name, title, piece)
            if top.name == "fact" and top.end == end:
                piece += Markup("<sup>{}</sup>").format(top.label)
        parts.append(piece)
    if cut < len(shown):
        more = f" … {len(shown) - cut:,} more characters"
        parts.append(Markup('<span class="more">{}</span>').format(more))
    return Markup("").join(parts)


def percent(share: float | None) -> str:
    """A share as text: ``12.3 %``; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f} %"


def number(value: float | None, digits: int = 3) -> str:
    """A number as text; a dash where there is none."""
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.{digits}f}"


def listed(names: Sequence[str], most: int = 2) -> str:
    """Names as text: the first ones, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _visible(text: str) -> str:
    """Characters that hide or turn text around, and lone surrogates, as U+FFFD; line breaks and tabs as they are."""
    return "".join(c if c.isprintable() or c in "\n\t " else "\ufffd" for c in text)


def _environment() -> Environment:
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        raise ImportError(NEEDS_EXTRA) from None
    made = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": percent, "number": number, "visible": _visible, "raw": Markup}
    return made


def _file(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text("utf-8")
