"""What can go wrong with a log: the whole of it, or one record."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LogError", "RecordError", "reading"]


class LogError(ValueError):
    """A log that cannot be read, or an output that cannot be written. The message names the file."""


class RecordError(ValueError):
    """One record that cannot be graded. The message is the reason, and quotes no content."""


def reading(path: Path, error: Exception) -> LogError:
    """A ``LogError`` for what the system or a library said about ``path``."""
    what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return LogError(f"{path}: {what}")
