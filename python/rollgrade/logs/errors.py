"""What can go wrong with a log: the whole of it, or one record."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LogError", "RecordError", "quoted", "reading", "unpacking"]

_QUOTED = 60
_LOOKED_AT = 4096


class LogError(ValueError):
    """A log that cannot be read, or an output that cannot be written. The message names the file."""


class RecordError(ValueError):
    """One record that cannot be graded. The message is the reason; what it quotes of the content is ``quoted``."""


def reading(path: Path, error: Exception) -> LogError:
    """A ``LogError`` for what the system or a library said about ``path``."""
    what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return LogError(f"{path}: {what}")


def unpacking(path: Path, packing: str, error: Exception, command: str = "") -> LogError:
    """A ``LogError`` for a packed file that breaks off; ``command`` grades what it is piped."""
    unpacked = f"{packing} -dc {path}"
    use = f"can be graded with `{unpacked} | {command}`" if command else f"comes with `{unpacked}`"
    return LogError(f"{path}: cannot be unpacked to its end ({error}); what there is {use}")


def quoted(text: str, *, end: bool = False) -> str:
    """The beginning of a text, or its ``end``, for a reason: short, and PII masked."""
    from rollgrade.evidence import without_pii

    # Masked before it is cut: half a value would not be found.
    text = without_pii(text[-_LOOKED_AT:] if end else text[:_LOOKED_AT])
    if len(text) <= _QUOTED:
        return repr(text)
    return f"...{text[-_QUOTED:]!r}" if end else f"{text[:_QUOTED]!r}..."
