"""prime-rl's ``traces.jsonl``: an episode a line, ``traces[].nodes[].message``, the task's fields in ``traces[].task.data``."""

from __future__ import annotations

from collections.abc import Mapping

from rollgrade.logs.fieldpath import Steps
from rollgrade.logs.forms.form import Form, Record

__all__ = ["FORM"]


def _recognises(record: Record) -> bool:
    traces = record.get("traces")
    return (
        isinstance(traces, list)
        and bool(traces)
        and all(isinstance(trace, Mapping) and isinstance(trace.get("nodes"), list) for trace in traces)
    )


def _split(record: Record) -> list[Record]:
    """A record for each trace: its messages, and the fields of its task."""
    traces = record.get("traces")
    return [_of(trace) for trace in traces] if isinstance(traces, list) else [record]


def _of(trace: object) -> Record:
    if not isinstance(trace, Mapping) or not isinstance(trace.get("nodes"), list):
        return {}
    task = trace.get("task")
    data = task.get("data") if isinstance(task, Mapping) else None
    messages = [node.get("message") if isinstance(node, Mapping) else None for node in trace["nodes"]]
    own = {key: trace[key] for key in ("id", "stop_reason") if key in trace}
    return {**(data if isinstance(data, Mapping) else {}), **own, "messages": messages}


def _turns(record: Record) -> list[tuple[Steps, object]]:
    traces = record.get("traces")
    return [
        (("traces", i, "nodes", j, "message"), node["message"])
        for i, trace in enumerate(traces if isinstance(traces, list) else ())
        for j, node in enumerate(_nodes(trace))
        if isinstance(node, Mapping) and "message" in node
    ]


def _nodes(trace: object) -> list[object]:
    nodes = trace.get("nodes") if isinstance(trace, Mapping) else None
    return nodes if isinstance(nodes, list) else []


FORM = Form.at(
    "prime-rl", "`traces` with `nodes`", _recognises,
    completion="messages", prompt="messages", split=_split, turns=_turns,
)  # fmt: skip
