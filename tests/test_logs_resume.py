"""A rescore that is cut short, by whatever it may be: nothing half-written is seen, and the same command goes on."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from logs_run import Told, run
from rollgrade import Rubric
from rollgrade.logs import resume
from rollgrade.logs.files import rejects_path
from rollgrade.logs.native import Style
from rollgrade.logs.selecting import Selection

LINES = [
    line
    for i in range(3)
    for line in (Path(__file__).parent.parent / "examples" / "rollouts.jsonl")
    .read_text("utf-8")
    .splitlines()[i::3]
]
KILLS = 100 if os.environ.get("ROLLGRADE_LONG") else 8
EVERY_BLOCK: dict[str, Any] = {"block_bytes": 30_000, "checkpoint_seconds": 0.0}
SCORE = [sys.executable, "-m", "rollgrade", "score"]


def with_bad_lines(lines: list[str]) -> str:
    return "".join("{broken\n" + line + "\n" if i % 40 == 7 else line + "\n" for i, line in enumerate(lines))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


class Interrupting(Told):
    """Presses Ctrl-C after so many blocks."""

    def __init__(self, blocks: int) -> None:
        super().__init__()
        self._blocks = blocks

    def progress(self, bytes_read: int, records: int) -> None:
        self._blocks -= records > 0
        if self._blocks == 0:
            raise KeyboardInterrupt


@pytest.fixture(params=["one large file", "many files", "packed"])
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A log, and where its output goes."""
    folder = tmp_path / "logs"
    folder.mkdir()
    if request.param == "many files":
        for i in range(26):
            (folder / f"{i:02}.jsonl").write_text(with_bad_lines(LINES[20 * i : 20 * i + 20]), "utf-8")
        return folder, "out/"
    if request.param == "packed":
        from rollgrade import _core

        (folder / "log.jsonl.zst").write_bytes(_core.pack_log(with_bad_lines(LINES).encode(), "zstd"))
        return folder, "out/all.jsonl.gz"
    (folder / "log.jsonl").write_text(with_bad_lines(LINES), "utf-8")
    return folder, "out/all.jsonl"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_kill_9_at_any_point_changes_nothing(
    logs: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, out = logs
    # kill -9 loses no page that was written
    monkeypatch.setattr(os, "fsync", lambda _: None)
    started = time.monotonic()
    run(
        log,
        out=tmp_path / "whole" / out if not out.endswith("/") else f"{tmp_path}/whole/{out}",
        **EVERY_BLOCK,
    )
    takes = time.monotonic() - started
    expected = tree(tmp_path / "whole")
    assert expected
    dice, kills, runs = random.Random(0), 0, 0
    target = tmp_path / "killed"
    where = f"{target}/{out}"
    while kills < KILLS or runs == 0:
        child = os.fork()
        if child == 0:  # the child
            try:
                run(log, out=where, **EVERY_BLOCK)
                os._exit(0)
            except BaseException:
                (tmp_path / "why").write_text(traceback.format_exc())
            finally:
                os._exit(1)
        time.sleep(dice.random() * takes if kills < KILLS else 30)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        seen = {name: data for name, data in tree(target).items() if not name.split("/")[1].startswith(".")}
        assert all(expected[name] == data for name, data in seen.items() if name in expected)
        assert set(seen) <= set(expected)
        if os.waitstatus_to_exitcode(status) == 0:
            assert tree(target) == expected
            runs += 1
            for path in target.rglob("*"):
                if path.is_file():
                    path.unlink()
        else:
            assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, (tmp_path / "why").read_text()
            kills += 1


def test_ctrl_c_keeps_what_is_done_and_the_same_call_goes_on(tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text(with_bad_lines(LINES), "utf-8")
    whole = run(log, out=tmp_path / "whole.jsonl", block_bytes=30_000)
    told = Interrupting(20)
    with pytest.raises(KeyboardInterrupt):
        run(log, out=out, told=told, block_bytes=30_000)
    assert told.notes == ["what is done is kept: the same command goes on from there"]
    assert not out.exists()
    again = Told()
    summary = run(log, out=out, told=again, block_bytes=30_000)
    assert again.notes[0].startswith("goes on where an earlier run of the same was cut short: ")
    assert "0 records" not in again.notes[0].split(":")[1].split()[0]
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    rejects = rejects_path(out).read_bytes()
    assert rejects == rejects_path(tmp_path / "whole.jsonl").read_bytes()
    assert len(rejects.splitlines()) == 13
    inexact = {"reward": 0, "scores": 0, "worst": 0}
    assert summary.state() | inexact == whole.state() | inexact
    assert summary.worst() == whole.worst()
    assert summary.reward == pytest.approx(whole.reward)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


@pytest.mark.parametrize("changed", ["rubric", "inputs", "options", "version"])
def test_a_run_of_something_else_starts_anew_and_says_so(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text(with_bad_lines(LINES), "utf-8")
    with pytest.raises(KeyboardInterrupt):
        run(log, out=out, told=Interrupting(20), block_bytes=30_000)
    rubric, options = Rubric(), {}
    if changed == "rubric":
        rubric = Rubric(max_tokens=20)
    elif changed == "inputs":
        log.write_text("".join(line + "\n" for line in LINES), "utf-8")
    elif changed == "version":
        manifest = next(tmp_path.glob(".*.run")) / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"version": "', '"version": "9'))
    else:
        options = {"selection": Selection(at_most=Selection.share(0.5))}
    told = Told()
    run(log, out=out, rubric=rubric, told=told, **options)
    assert told.notes == [f"other {changed} than in the run that was left unfinished: starts anew"]
    run(log, out=tmp_path / "whole.jsonl", rubric=rubric, **options)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert rejects_path(out).exists() == rejects_path(tmp_path / "whole.jsonl").exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("files", [1, 2])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"paths": {"completion": "typo"}}, "--completion typo"),
        ({"style": Style("messages")}, "--key messages"),
    ],
)
def test_a_call_that_is_refused_leaves_an_unfinished_run(
    files: int, options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    logs = [tmp_path / f"{i}.jsonl" for i in range(files)]
    for log in logs:
        log.write_text(with_bad_lines(LINES), "utf-8")
    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(*logs, out=out, told=Interrupting(20), **EVERY_BLOCK)
    before, told = tree(tmp_path), Told()
    with pytest.raises(ValueError, match=said):
        run(*logs, out=out, told=told, **options)
    assert tree(tmp_path) == before
    assert told.notes == []
    run(*logs, out=out, told=told, **EVERY_BLOCK)
    assert told.notes[0].startswith("goes on where")


@pytest.mark.parametrize("damage", ["manifest", "partial", "ids"])
def test_a_damaged_state_is_dropped(damage: str, tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text(with_bad_lines(LINES), "utf-8")
    with pytest.raises(KeyboardInterrupt):
        run(log, out=out, told=Interrupting(20), block_bytes=30_000)
    folder = next(tmp_path.glob(".*.run"))
    path = {
        "manifest": folder / "manifest.json",
        "partial": tmp_path / ".out.jsonl.partial",
        "ids": folder / "ids",
    }[damage]
    path.write_bytes(path.read_bytes()[:10])
    told = Told()
    run(log, out=out, told=told)
    assert told.notes
    assert all(note.endswith("starts anew") for note in told.notes)
    run(log, out=tmp_path / "whole.jsonl")
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.parametrize("stage", range(4))
def test_a_cut_between_the_last_steps_is_made_up_for(
    stage: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rejects get their name, the output gets its, the folder is synced, the manifest goes."""
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text(with_bad_lines(LINES[:100]), "utf-8")
    run(log, out=tmp_path / "whole.jsonl")
    calls, whole = 0, Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal calls
        if self.name.endswith(".partial"):
            calls += 1
            if calls > stage:
                raise KeyboardInterrupt
        return whole(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        if stage >= 2:
            patch.setattr(resume.State, "remove", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run(log, out=out, **EVERY_BLOCK)
    run(log, out=out, **EVERY_BLOCK)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert rejects_path(out).read_bytes() == rejects_path(tmp_path / "whole.jsonl").read_bytes()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text("\n".join(LINES[:50]), "utf-8")
    first = resume.Partial(out)
    first.open().write(b"growing")
    with pytest.raises(ValueError, match="another run is writing it"):
        run(log, out=out)
    first.close()
    assert (tmp_path / ".out.jsonl.partial").exists()
    run(log, out=out)
    assert len(out.read_bytes().splitlines()) == 50


class Disturbed(Interrupting):
    """Is interrupted, and before that another run begins to write the same."""

    def __init__(self, blocks: int, log: Path, out: Path) -> None:
        super().__init__(blocks)
        self._log, self._out = log, out

    def progress(self, bytes_read: int, records: int) -> None:
        if self._blocks in (3, 12):
            with pytest.raises(ValueError, match="another run is writing it"):
                run(self._log, out=self._out, rubric=Rubric(max_tokens=20 + self._blocks))
        super().progress(bytes_read, records)


def test_a_run_that_another_keeps_away_changes_nothing_of_it(tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text(with_bad_lines(LINES), "utf-8")
    whole = run(log, out=tmp_path / "whole.jsonl", **EVERY_BLOCK)
    with pytest.raises(KeyboardInterrupt):
        run(log, out=out, told=Disturbed(20, log, out), **EVERY_BLOCK)
    again = run(log, out=out, **EVERY_BLOCK)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert len(again.ids) == len(whole.ids)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("left", [None, 8])
def test_ids_that_are_lost_meanwhile_are_written_again(left: int | None, tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text("\n".join(LINES), "utf-8")
    whole = run(log, out=tmp_path / "whole.jsonl", **EVERY_BLOCK)

    class Losing(Interrupting):
        def progress(self, bytes_read: int, records: int) -> None:
            if self._blocks == 10:
                ids = tmp_path / ".out.jsonl.run" / "ids"
                ids.unlink() if left is None else os.truncate(ids, left)
            super().progress(bytes_read, records)

    with pytest.raises(KeyboardInterrupt):
        run(log, out=out, told=Losing(20), **EVERY_BLOCK)
    assert b"\0" * 8 not in (tmp_path / ".out.jsonl.run" / "ids").read_bytes()
    told = Told()
    assert len(run(log, out=out, told=told, **EVERY_BLOCK).ids) == len(whole.ids)
    assert told.notes[0].startswith("goes on where")


# ---- the command line --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_a_full_disk_ends_with_a_message_and_what_was_there_stays(name: str, tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl", tmp_path / name
    log.write_text("\n".join(LINES), "utf-8")
    out.write_bytes(b"from before")

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        [*SCORE, log, "-o", out], capture_output=True, text=True, check=False, preexec_fn=small_files
    )
    assert done.returncode == 2
    assert f"{name}: File too large" in done.stderr
    assert out.read_bytes() == b"from before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log.jsonl", name]


def test_a_closed_pipe_ends_the_run(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(LINES), "utf-8")
    with subprocess.Popen(
        [*SCORE, log, "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == b'{"id"'
        process.stdout.close()
        assert process.wait(60) == 141
        assert process.stderr is not None
        said = process.stderr.read()
        assert b"Traceback" not in said
        assert said.endswith(b"stopped: whoever read the output closed the pipe\n")


def test_standard_input_and_output(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join([*LINES[:50], "{broken"]), "utf-8")
    piped = subprocess.run(
        [*SCORE, "-"], input=log.read_bytes(), capture_output=True, check=False, cwd=tmp_path
    )
    assert piped.returncode == 1
    assert b"50" in piped.stderr
    run(log, out=tmp_path / "out.jsonl")
    assert piped.stdout == (tmp_path / "out.jsonl").read_bytes()
    (reject,) = map(json.loads, (tmp_path / "rollgrade.rejects.jsonl").read_text().splitlines())
    assert (reject["file"], reject["line"], reject["record"]) == ("-", 51, "{broken")
    into = subprocess.run(
        [*SCORE, "-", "-o", tmp_path / "in.jsonl"], input=log.read_bytes(), capture_output=True, check=False
    )
    assert into.returncode == 1
    assert (tmp_path / "in.jsonl").read_bytes() == piped.stdout


def test_pipes_given_by_name_are_read_as_standard_input_is(tmp_path: Path) -> None:
    parts = {"first": "\n".join(LINES[:50]).encode(), "second": gzip.compress("\n".join(LINES[50:]).encode())}
    pipes = [tmp_path / name for name in parts]
    for pipe in pipes:
        os.mkfifo(pipe)
        Thread(target=pipe.write_bytes, args=[parts[pipe.name]], daemon=True).start()
    piped = subprocess.run([*SCORE, *pipes], capture_output=True, check=False, cwd=tmp_path, timeout=60)
    assert piped.returncode == 0
    (log := tmp_path / "log.jsonl").write_text("\n".join(LINES), "utf-8")
    run(log, out=tmp_path / "out.jsonl")
    assert piped.stdout == (tmp_path / "out.jsonl").read_bytes()
    for more, said in (("--sample=3", "have no known number of lines"), ("--dry-run", "or a pipe holds")):
        done = subprocess.run([*SCORE, pipes[0], more], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert said in done.stderr


@pytest.mark.parametrize("arguments", [["score", "-"], ["explain", "-"]], ids=lambda a: a[0])
def test_parquet_on_standard_input_is_refused(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*SCORE[:-1], *arguments], input=b"PAR1\x15\x04\nPAR1", capture_output=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert b"standard input: is Parquet, which is read from its end; give the file itself" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not show its threads")
@pytest.mark.parametrize("sent", [0, 3, 2000])
def test_ctrl_c_ends_a_wait_for_standard_input(sent: int, tmp_path: Path) -> None:
    lines = "".join(line + "\n" for line in (LINES * 9)[:sent])
    command = [*SCORE, "-", "-o", tmp_path / "out.jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(lines)
        process.stdin.flush()
        threads = Path(f"/proc/{process.pid}/task")
        while "rollgrade pipe\n" not in [name.read_text() for name in threads.glob("*/comm")]:
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(0.5)  # for what there is to read
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        said = process.stderr.read()
        process.stdin.close()
    assert "standard input and pipes cannot be read again" in said
    assert said.splitlines()[-1].startswith("interrupted")
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("packing", ["plain", "gzip", "zstd"])
def test_standard_input_may_be_packed(packing: str, tmp_path: Path) -> None:
    from rollgrade import _core

    lines = "\n".join(LINES[:50]).encode()
    packed = lines if packing == "plain" else _core.pack_log(lines, packing)
    done = subprocess.run([*SCORE, "-"], input=packed, capture_output=True, check=False, cwd=tmp_path)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 50)
    assert done.stdout.startswith(lines[:100])
    assert b"rollgrade explain" not in done.stderr  # it cannot be read again


def test_standard_output_that_is_full_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(LINES[:50]), "utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*SCORE, log, "-o", "-"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"standard output: No space left on device" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["log.jsonl", "-o", "out.csv"], "out.csv: .csv is not written; expected .jsonl, .jsonl.gz, .jsonl.zst or .parquet"),
        (["log.jsonl", "-o", "out.parquet.gz"], "out.parquet.gz: Parquet is packed inside; expected .parquet"),
        (["log.jsonl", "--key", ""], "--key: got nothing, expected the name that grades go under"),
        (["array.json"], "array.json: is one JSON array; expected a record a line, which `jq -c '.[]' array.json` makes"),
        (["log.jsonl", "-o", "log.jsonl/out.jsonl"], "error: log.jsonl/out.jsonl: "),
    ],
)  # fmt: skip
def test_what_cannot_be_done_says_what_can(options: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(LINES[0])
    (tmp_path / "array.json").write_text(f"\n[{LINES[0]}]")
    done = subprocess.run([*SCORE, *options], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(said if said.startswith("error") else f"error: {said}")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["array.json", "log.jsonl"]


def test_a_dry_run_says_what_would_be_read_and_writes_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(LINES[:10]), "utf-8")
    done = subprocess.run([*SCORE, log, "--dry-run"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "chat form: all of the first 10 records have `messages`" in done.stdout
    assert "4 facts" in done.stdout
    assert "log.graded.jsonl" in done.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["log.jsonl"]
