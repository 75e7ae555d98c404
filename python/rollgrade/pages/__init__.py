"""Self-contained HTML pages: one file each, with no network, in one style.

- ``render``: a template of this folder into a page. Templates extend ``base.html`` and use ``parts.html``; whatever is
  put into them is escaped. The page's Content-Security-Policy lets nothing load and no other script run.
- ``embedded``: a template into a part of another page, such as a notebook
- ``highlighted``: a completion with marks on its evidence
- ``charts``: plots, drawn by Vega-Lite into SVG when the page is made

Needs the extra ``rollgrade[report]``.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from rollgrade import __version__
from rollgrade.evidence import Mark, masked, pieces

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["embedded", "highlighted", "listed", "number", "percent", "render", "require", "visible"]

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


def embedded(template: str, /, **context: Any) -> str:
    """The HTML of ``template``, to be put into another page; raises as :func:`render` does."""
    return _environment().get_template(template).render(context)


def highlighted(text: str, marks: Sequence[Mark], *, show_pii: bool = False, limit: int = 4000) -> Markup:
    """The text as HTML with its marks as ``<mark class="NAME">``, the last of overlapping marks on top; PII masked unless
    ``show_pii``. What stands beyond ``limit`` code points is left out, and the HTML says so."""
    from markupsafe import Markup, escape

    shown = text if show_pii else masked(text, [(m.start, m.end) for m in marks if m.name == "pii"])
    parts: list[Markup] = []
    for piece in pieces(shown, marks, [min(limit, len(shown))]):
        if piece.start >= limit:
            break
        html = escape(visible(piece.text))
        if piece.marks:
            top = piece.marks[-1]
            title = ", ".join(dict.fromkeys(f"{m.name} {m.label}".strip() for m in piece.marks))
            html = Markup('<mark class="{}" title="{}">{}</mark>').format(
                top.name.replace(" ", "-"), title, html
            )
            if top.name == "fact" and top.end == piece.end:
                html += Markup("<sup>{}</sup>").format(top.label)
        parts.append(html)
    if limit < len(shown):
        more = f" … {len(shown) - limit:,} more characters"
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


def visible(text: str) -> str:
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
    made.filters |= {"percent": percent, "number": number, "visible": visible, "raw": Markup}
    made.globals["file"] = _file
    return made


def _file(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text("utf-8")
