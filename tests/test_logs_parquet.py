"""Rescoring Parquet: rows of any type and number, in bounded memory."""

from __future__ import annotations

import datetime
import decimal
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from logs_run import ANSWER, FACTS, SOURCE, Told, chat, run, write_log
from rollgrade import Rubric
from rollgrade.logs import parquet
from rollgrade.logs.errors import LogError
from rollgrade.logs.records import grade_shape
from rollgrade.logs.rescore import Style
from rollgrade.logs.selecting import Condition, Selection
from rollgrade.logs.side import Side


def rows(n: int, **more: Any) -> pa.Table:
    return pa.table({"prompt": [SOURCE] * n, "completion": [f"{ANSWER} {i}" for i in range(n)], "facts": [FACTS] * n, **more})  # fmt: skip


def rich(n: int) -> pa.Table:
    """Columns of many types."""
    return rows(
        n,
        words=pa.array([f"v{i % 3}" for i in range(n)]).dictionary_encode(),
        large=pa.array([None if i % 4 == 0 else f"x{i}" for i in range(n)], pa.large_string()),
        view=pa.array(["view"] * n, pa.string_view()),
        time=pa.array([datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)] * n, pa.timestamp("us", "UTC")),
        exact=pa.array([decimal.Decimal("12345678901234567890.123")] * n, pa.decimal128(30, 3)),
        raw=pa.array([b"\xff\x00"] * n),
        pairs=pa.array([[("a", 1), ("b", None)]] * n, pa.map_(pa.string(), pa.int64())),
        deep=pa.array([{"a": {"b": [{"c": 1}, None]}}] * n),
        nothing=pa.nulls(n),
        whole=pa.array([2**64 - 1] * n, pa.uint64()),
        fixed=pa.array([[1, 2]] * n, pa.list_(pa.int32(), 2)),
        empty=pa.array([[]] * n, pa.list_(pa.struct([("x", pa.int8())]))),
    )


@pytest.mark.parametrize("group", [1, 7, 1000])
def test_rows_of_any_type_come_back_as_they_were(group: int, tmp_path: Path) -> None:
    log, out = tmp_path / "log.parquet", tmp_path / "out.parquet"
    pq.write_table(rich(50), log, row_group_size=group)
    assert run(log, out=out).graded == 50
    written = pq.read_table(out)
    assert written.drop_columns(["rollgrade"]).equals(pq.read_table(log))
    assert pq.read_metadata(out).num_row_groups == 1  # however many there were
    later = Selection(
        (Condition.parse("time >= 2026-01-01"), Condition.parse("words = v1"), Condition.parse("exact > 5"))
    )
    assert run(log, out=out, selection=later).graded == 17
    assert pq.read_table(out).column("words").to_pylist() == ["v1"] * 17


def test_a_grade_has_one_list_of_its_fields(tmp_path: Path) -> None:
    lines, out = tmp_path / "log.jsonl", tmp_path / "out"
    write_log(lines, chat())
    rubric = Rubric(rules=[{"name": "own", "must_contain": "a"}])
    shape = grade_shape(rubric.rule_names)
    for ending in ("jsonl", "parquet"):
        run(lines, out=out.with_suffix(f".{ending}"), rubric=rubric)
    grade = json.loads(out.with_suffix(".jsonl").read_text())["rollgrade"]
    assert list(grade) == list(shape)
    assert list(grade["passed"]) == list(rubric.rule_names)
    kind = pq.read_schema(out.with_suffix(".parquet")).field("rollgrade").type
    assert kind == parquet.grade_type(rubric.rule_names)
    assert [field.name for field in kind] == list(shape)


def test_rows_are_read_in_batches_of_bounded_bytes(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    for length, n, group in ((2000, 4000, 4000), (2000, 4000, 10), (300_000, 40, 40), (10, 5000, 5000)):
        texts = [f"{i} " + "word " * (length // 5) for i in range(n)]
        pq.write_table(rows(n, text=texts), log, row_group_size=group)
        batches = list(parquet.read_batches(log, 2048))
        assert all(batch.nbytes < 2 * parquet.BATCH_BYTES or batch.num_rows == 1 for batch, _, _ in batches)
        assert all(batch.num_rows <= 2048 for batch, _, _ in batches)
        assert len(batches) < 20 + 2 * n * length / parquet.BATCH_BYTES
        assert [number for _, number, _ in batches[1:]] == [1 + sum(b.num_rows for b, _, _ in batches[:i]) for i in range(1, len(batches))]  # fmt: skip
        assert pa.Table.from_batches(batch for batch, _, _ in batches).equals(pq.read_table(log))


def test_what_a_file_holds_is_told_by_many_rows(tmp_path: Path) -> None:
    log, told = tmp_path / "log.parquet", Told()
    facts = [None] * 100 + [FACTS] * 100
    texts = [f"{i} " + "word " * 2000 for i in range(200)]  # some fifty a batch
    table = rows(200, text=texts).set_column(2, "facts", pa.array(facts, pa.list_(pa.string())))
    pq.write_table(table, log, row_group_size=10)
    run(log, out=tmp_path / "out.parquet", told=told, paths={"facts": "facts"})
    assert told.forms[0].startswith("trl form: all of the first 64 records")
    assert {r["rollgrade"]["basis"] for r in pq.read_table(tmp_path / "out.parquet").to_pylist()} == {"facts"}
    assert len(told.rejects) == 100


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda data: data[: len(data) // 2], "is cut short: its end, .* is missing; copy or write it again"),
        (
            lambda data: data[:4] + b"\xff" * 40 + data[44:],
            "is damaged, or holds what Arrow cannot read; copy",
        ),
    ],
)
def test_a_file_that_is_not_whole_is_named_before_arrows_reason(
    broken: Callable[[bytes], bytes], said: str, tmp_path: Path
) -> None:
    log = tmp_path / "log.parquet"
    pq.write_table(rows(50), log)
    log.write_bytes(broken(log.read_bytes()))
    with pytest.raises(LogError, match=rf"^{re.escape(str(log))}: {said}.* \(Arrow: .+\)"):
        run(log, out=tmp_path / "out.jsonl")


def test_row_groups_are_of_several_batches(tmp_path: Path) -> None:
    log, out = tmp_path / "log.parquet", tmp_path / "out.parquet"
    texts = [f"{i} " + "word " * 500 for i in range(6000)]
    pq.write_table(rows(6000, text=texts), log)
    run(log, out=out, threads=2)
    metadata = pq.read_metadata(out)
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    assert sum(sizes) == 6000
    assert min(sizes[:-1]) > 1000
    assert pq.read_table(out).column("text").to_pylist() == texts


SCORED = """
import sys, resource
from rollgrade.cli import app
app(["score", *sys.argv[1:]], standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "pandas" in sys.modules)
"""


def test_memory_does_not_grow_with_the_file_and_pandas_is_left_alone(tmp_path: Path) -> None:
    pytest.importorskip("pandas")  # where there is none, nothing could import it

    def peak(n: int) -> int:
        log = tmp_path / f"{n}.parquet"
        texts = [f"{i} " + "word " * 4000 for i in range(n)]
        pq.write_table(rows(n, text=texts), log, use_dictionary=False)
        done = subprocess.run(
            [sys.executable, "-c", SCORED, log, "-o", tmp_path / "out.parquet", "--rubric", "tutorial-1"],
            capture_output=True, text=True, check=True,
            env={"PATH": "", "ARROW_DEFAULT_MEMORY_POOL": "system"},
        )  # fmt: skip
        resident, imported = done.stdout.split()[-2:]
        assert imported == "False"
        return int(resident)

    assert peak(10_000) < peak(2000) + 40  # 160 MB more of text


def test_rows_of_several_rollouts_say_what_can_be_written(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    pq.write_table(pa.table({"prompt": [[SOURCE] * 2] * 3, "completion": [[ANSWER] * 2] * 3}), log)
    with pytest.raises(
        LogError, match=r"log\.parquet: its records hold several rollouts each.*write \.jsonl"
    ):
        run(log, out=tmp_path / "out.parquet")
    run(log, out=tmp_path / "out.jsonl")
    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert len(first["rollgrade"]["score"]) == 2


@pytest.mark.parametrize("flat", [False, True])
def test_columns_of_the_logs_own_are_kept_under_any_key(flat: bool, tmp_path: Path) -> None:
    log, out, again = (tmp_path / f"{name}.parquet" for name in ("log", "out", "again"))
    own, told = {"rollgrade": [{"length": 1}] * 3, "rollgrade_reward": [0.5] * 3}, Told()
    pq.write_table(rows(3, **own), log)
    run(log, out=out, style=Style(flat=flat), told=told)
    kept = pq.read_table(out)
    assert kept.column("rollgrade_reward_").to_pylist() == own["rollgrade"]
    assert kept.column("rollgrade_reward").to_pylist() == own["rollgrade_reward"]
    assert told.notes == [f"{log}: its column `rollgrade` holds no grades; it is kept as `rollgrade_reward_`"]
    pq.write_table(rows(3, **{"mine.valid": [0.5] * 3}), again)
    if flat:
        with pytest.raises(LogError, match="--key mine: it has a column `mine.valid` of its own"):
            run(again, out=out, style=Style("mine", flat=True))
    else:
        run(again, out=out, style=Style("mine"))
        assert pq.read_table(out).drop_columns(["mine"]).equals(pq.read_table(again))
    # An older grade of either style is replaced.
    run(log, out=out, style=Style(flat=flat))
    run(out, out=again, style=Style(flat=not flat))
    run(again, out=tmp_path / "last.parquet", style=Style(flat=flat))
    assert pq.read_table(tmp_path / "last.parquet").equals(pq.read_table(out))


NANO = 1_234_567_890_123_456_789
CELLS = [
    (pa.array([NANO], pa.timestamp("ns")), "2009-02-13 23:31:30.123456789"),
    (pa.array([NANO], pa.timestamp("ns", "Europe/Berlin")), "2009-02-14 00:31:30.123456789+0100"),
    (pa.array([NANO // 1000], pa.timestamp("us", "UTC")), "2009-02-13 23:31:30.123456+00:00"),
    (pa.array([2**60], pa.timestamp("us")), "1152921504606846976"),
    (pa.array([2**30], pa.date32()), "1073741824"),
    (pa.array([1], pa.time64("ns")), "00:00:00.000000001"),
    (pa.array([1], pa.time32("ms")), "00:00:00.001000"),
    (pa.array([-1_500_000_001], pa.duration("ns")), "-PT1.500000001S"),
    (pa.array([86_400_000], pa.duration("ms")), "PT86400S"),
    (pa.array([{"a": [NANO, None], "n": float("nan")}], pa.struct({"a": pa.list_(pa.timestamp("ns")), "n": pa.float64()})), {"a": ["2009-02-13 23:31:30.123456789", None], "n": None}),
    (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.time64("ns"))), [["k", "00:00:00.000000001"]]),
    (pa.array([[("k", float("inf"))]], pa.map_(pa.string(), pa.float64())), [["k", None]]),
    (pa.array([b"\xff\x00"]), "/wA="),
    (pa.array([b"a\xff"]).view(pa.string()), "a\udcff"),
    (pa.array([decimal.Decimal("1.10")]), "1.10"),
]  # fmt: skip
"""A cell, and what it is in JSON."""


@pytest.mark.parametrize(("cell", "written"), CELLS, ids=lambda value: str(getattr(value, "type", ""))[:20])
def test_cells_of_any_type_become_json(cell: pa.Array[Any], written: Any, tmp_path: Path) -> None:
    log, out, told = tmp_path / "log.parquet", tmp_path / "out.jsonl", Told()
    table = pa.concat_tables(
        [rows(1, x=cell), rows(1, x=cell).set_column(2, "facts", pa.nulls(1, pa.list_(pa.string())))]
    )
    pq.write_table(table, log)
    assert run(log, out=out, told=told).graded == 1
    assert json.loads(out.read_text())["x"] == written
    assert json.loads(told.rejects[0].line)["x"] == written
    if isinstance(written, str) and written[0] in "-012P":
        same = Selection((Condition.parse(f'x = "{written}"'),))
        for output in (out, tmp_path / "out.parquet"):
            assert run(log, out=output, selection=same).passed_over == 0


@pytest.mark.parametrize(
    ("own", "style", "named"),
    [
        ({"rollgrade": 7}, Style(), ""),
        ({"rollgrade": {"mine": 1}}, Style(), ""),
        ({}, Style("completion"), "`completion`"),
        ({"reward": 0.5}, Style("reward"), "`reward`"),
        ({"rollgrade.score": "mine", "rollgrade.note": "keep"}, Style(flat=True), "`rollgrade.score`"),
        ({"rollgrade.score": 1.0, "rollgrade.note": "keep"}, Style(flat=True), "`rollgrade.note`"),
        ({"rollgrade.score": 1.0, "rollgrade.rule": 0.5}, Style(flat=True), "`rollgrade.rule`"),
    ],
)
def test_grades_take_the_place_of_no_column_of_the_logs_own(
    own: dict[str, Any], style: Style, named: str, tmp_path: Path
) -> None:
    log, out = tmp_path / "log.parquet", tmp_path / "out.parquet"
    pq.write_table(rows(3, **{name: [value] * 3 for name, value in own.items()}), log)
    for output in (out, out.with_suffix(".jsonl")):
        if named or output.suffix == ".jsonl":
            name = named or "`rollgrade`"
            with pytest.raises(
                LogError, match=f"--key {style.key}: it has a column {name} of its own, which"
            ):
                run(log, out=output, style=style)
            assert not output.exists()
        run(log, out=output, style=Style("mine"))
        run(log, out=output, style=Style(style.key, only_grades=True))


def test_lines_of_rows_keep_the_grade_under_another_key(tmp_path: Path) -> None:
    log, graded, out = tmp_path / "log.parquet", tmp_path / "graded.parquet", tmp_path / "out.jsonl"
    pq.write_table(rows(3), log)
    run(log, out=graded)
    run(graded, out=out, style=Style("mine"))
    first = json.loads(out.read_text().splitlines()[0])
    assert first["mine"] == first["rollgrade"]
    run(graded, out=out, style=Style(flat=True))
    run(graded, out=out)
    assert list(json.loads(out.read_text().splitlines()[0])) == ["prompt", "completion", "facts", "rollgrade"]


def test_what_is_raised_beside_the_grading_is_raised() -> None:
    def items() -> Any:
        yield 1
        raise OSError("read")

    done: list[int] = []

    def fails() -> None:
        raise OSError("written")

    with Side() as side:
        ahead = side.ahead(items())
        side.behind(done.append, next(ahead))
        with pytest.raises(OSError, match="read"):
            next(ahead)
        side.behind(fails)
        with pytest.raises(OSError, match="written"):
            side.behind(done.append, 2)
        side.behind(done.append, 3)
        side.wait()
    assert done == [1, 3]


def test_rows_that_hold_lines_are_read_as_these(tmp_path: Path) -> None:
    path, nested, flat = (tmp_path / name for name in ("log.jsonl", "nested.parquet", "flat.parquet"))
    write_log(path, chat(id="a"), chat("bad", id="b"))
    again = tmp_path / "again.jsonl"
    assert run(path, out=again).graded == 2
    lines = again.read_bytes()
    assert run(path, out=nested).graded == 2
    assert run(path, out=flat, style=Style("mine", True)).graded == 2
    for file in (nested, flat):
        assert run(file, out=tmp_path / "new.parquet").graded == 2
        assert pq.read_table(tmp_path / "new.parquet", columns=["record", "rollgrade"]) == pq.read_table(
            nested
        )
        assert run(file, out=again).graded == 2
        assert again.read_bytes() == lines
        assert run(file, out=again, paths={"completion": "record.messages[-1].content"}).graded == 2
        assert again.read_bytes() == lines


def test_a_row_that_holds_no_line_is_rejected(tmp_path: Path) -> None:
    path, lines = tmp_path / "log.jsonl", tmp_path / "lines.parquet"
    write_log(path, chat())
    run(path, out=lines)
    table = pq.read_table(lines)
    texts = [table["record"][0].as_py(), None, "{"]
    table = pa.concat_tables([table] * 3).set_column(0, "record", pa.array(texts, pa.string()))
    pq.write_table(table, lines)
    summary = run(lines, out=tmp_path / "out.jsonl")
    assert (summary.graded, summary.rejected) == (1, 2)
    rejects = [json.loads(line) for line in (tmp_path / "out.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [reject["line"] for reject in rejects] == [2, 3]
    assert rejects[0]["reason"] == "no text in `record`"
