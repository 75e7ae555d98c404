"""How an explanation shows itself, wherever it is shown."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["Shows", "plain", "signed"]

_NARROW, _WIDE = 60, 120


class Shows:
    """Text where text is asked for, HTML in a notebook, a page in a file: a mixin of the explanations."""

    __slots__ = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rollgrade.explaining import terminal

        yield from terminal.view(self, options.max_width)

    def __str__(self) -> str:
        from io import StringIO

        from rich.console import Console

        width = min(max(shutil.get_terminal_size((100, 24)).columns, _NARROW), _WIDE)
        out = StringIO()
        plain = Console(
            file=out,
            width=width,
            color_system=None,
            force_terminal=False,
            force_jupyter=False,
            highlight=False,
        )
        plain.print(self)
        return "\n".join(line.rstrip() for line in out.getvalue().splitlines())

    __repr__ = __str__

    def _repr_html_(self) -> str | None:
        """What a notebook shows; without jinja2 (the extra ``[report]``) it shows the text."""
        from rollgrade.pages.explanation import fragment

        try:
            return fragment(self)
        except ImportError:
            return None

    def to_html(self) -> str:
        """The explanation as one self-contained HTML page. Raises ``ImportError`` without the extra ``[report]``."""
        from rollgrade.pages.explanation import page

        return page(self)


def plain(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists, however deep."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def signed(number: float | None) -> str:
    """A difference as text; a dash where there is none."""
    return "–" if number is None else "0" if abs(number) < 0.0005 else f"{number:+.3f}".replace("-", "−")
