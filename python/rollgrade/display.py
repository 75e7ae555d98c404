"""Text that comes from a model or a log, made safe to show."""

from __future__ import annotations

import unicodedata

__all__ = ["shown"]


def shown(text: str, *, keep: str = "") -> str:
    """Text that a terminal shows and does not obey, as long as the one given: control characters as their
    pictures (those in ``keep`` as they are), characters that hide or turn text around and lone surrogates as
    U+FFFD."""
    return "".join(c if c in keep or c.isprintable() or c == " " else _picture(c) for c in text)


def _picture(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return " " if unicodedata.category(char) == "Zs" else "\ufffd"
