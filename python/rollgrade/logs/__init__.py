"""Rollout logs: reading them whatever their form, and writing them back with grades.

- ``files``: which files are inputs and outputs, and output that appears only when whole
- ``jsonl``, ``parquet``: the two kinds of file, in bounded blocks
- ``forms``: the shapes of records, a file each
- ``reader``: from a record to a rollout, by form and by field paths
- ``blocks``, ``options``: an input in bounded blocks, and what a run is told
- ``grading``, ``summary``, ``course``, ``lines``, ``rows``, ``rescore``: grading a log from end to end
- ``chosen``, ``redacting``: which strings of a record are looked at for PII, and a log without it
"""

from __future__ import annotations

from rollgrade.logs.errors import LogError, RecordError

__all__ = ["LogError", "RecordError"]
