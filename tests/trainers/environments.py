"""Environments with a trainer's released package each, and its tests run in them.

``python tests/trainers/environments.py trl verl`` makes what is missing under ``.venv-trainers`` and runs
``real_trl.py`` and ``real_verl.py``. With ``--record`` the outcome, versions included, goes into the package
(``trainers/results.json``, which ``rollgrade doctor`` prints) and into ``docs/trainers/results.md``. With ``--make``
the environments are made, beside something else perhaps, and nothing is run.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import hashlib
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ENVIRONMENTS = ROOT / ".venv-trainers"
REQUIREMENTS = HERE / "requirements"
RESULTS = ROOT / "python" / "rollgrade" / "trainers" / "results.json"
PAGE = ROOT / "docs" / "trainers" / "results.md"

_OFFLINE = (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_DATASETS_OFFLINE",
    "WANDB_DISABLED",
    "EP_NO_UPLOAD",
    "RAY_USAGE_STATS_DISABLED",
)


@dataclass(frozen=True)
class Trainer:
    """A trainer and what its tests need. ``bare``: packages whose own dependencies are left out, since they need
    hardware that the tests do without."""

    name: str
    title: str
    package: str
    torch: bool = False
    bare: tuple[str, ...] = ()


TRAINERS = {
    trainer.name: trainer
    for trainer in (
        Trainer("trl", "TRL (GRPO, RLOO)", "trl", torch=True),
        Trainer("verl", "verl", "verl", torch=True),
        Trainer("eval-protocol", "eval-protocol", "eval-protocol"),
        Trainer("reward-kit", "reward-kit", "reward-kit"),
        Trainer("openrlhf", "OpenRLHF", "openrlhf", torch=True, bare=("openrlhf==0.11.2",)),
        Trainer("verifiers", "verifiers", "verifiers"),
    )
}


@dataclass
class Result:
    """What came of one trainer's tests. ``status``: "passed" or "failed"; what could not be installed has failed, too,
    and has no version."""

    trainer: str
    package: str
    version: str
    python: str
    status: str
    passed: int
    failed: int
    date: str
    detail: str = ""


def main() -> None:
    """Runs the trainers named on the command line, all of them without a name."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "trainers", nargs="*", choices=[*TRAINERS, []], metavar="TRAINER", help=", ".join(TRAINERS)
    )
    parser.add_argument("--make", action="store_true", help="make the environments, and run no tests")
    parser.add_argument("--record", action="store_true", help="keep the outcome in the package and the docs")
    given = parser.parse_args()
    trainers = [TRAINERS[name] for name in given.trainers or TRAINERS]
    if given.make:
        for trainer in trainers:
            # What failed is said now, and again when the tests run.
            with contextlib.suppress(subprocess.CalledProcessError):
                _environment(trainer)
        return
    results = [_result(trainer) for trainer in trainers]
    if given.record:
        _record(results)
    for result in results:
        print(
            f"{result.trainer:<20} {result.version:<10} {result.status}, {result.passed} passed {result.detail}"
        )
    passed, failed = sum(r.passed for r in results), sum(max(r.failed, r.status != "passed") for r in results)
    print(f"{passed} passed, {failed} failed")
    sys.exit(any(result.status != "passed" for result in results))


def _result(trainer: Trainer) -> Result:
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    python = ".".join(map(str, sys.version_info[:3]))
    result = Result(trainer.title, trainer.package, "", python, "failed", 0, 0, today)
    try:
        environment = _environment(trainer)
    except subprocess.CalledProcessError as error:
        result.detail = f"not installed: {_last_line(error.stderr or '')}"
        return result
    result.version = _version(environment, trainer.package)
    result.passed, result.failed = _tests(trainer, environment)
    result.status = "passed" if result.passed and not result.failed else "failed"
    return result


def _environment(trainer: Trainer) -> Path:
    """The trainer's environment, made or made anew where its requirements are not those that it was made with."""
    needed = REQUIREMENTS / f"{trainer.name}.txt"
    paths = [ROOT / "python"]
    if trainer.torch:
        # One torch for all: it is the largest part by far, and the same for each of them.
        torch = _made(
            "torch",
            REQUIREMENTS / "torch.txt",
            [],
            lambda python: _pip(python, "-r", str(REQUIREMENTS / "torch.txt")),
        )
        paths.append(_site(torch))

    def fill(python: Path) -> None:
        _pip(python, "-r", str(needed))
        if trainer.bare:
            _pip(python, "--no-deps", *trainer.bare)

    return _made(trainer.name, needed, paths, fill)


def _made(name: str, needed: Path, paths: list[Path], fill: Callable[[Path], None]) -> Path:
    folder = ENVIRONMENTS / name
    stamp = folder / ".made"
    wanted = hashlib.sha256(needed.read_bytes() + repr(paths).encode() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    started = time.monotonic()
    print(f"making the environment {name} ...", flush=True)
    _run(sys.executable, "-m", "venv", "--clear", str(folder))
    (_site(folder) / "shared.pth").write_text("".join(f"{path}\n" for path in paths))
    fill(folder / "bin" / "python")
    stamp.write_text(wanted)
    print(f"made in {time.monotonic() - started:.0f} s", flush=True)
    return folder


def _site(environment: Path) -> Path:
    return environment / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def _pip(python: Path, *arguments: str) -> None:
    _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


def _run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        done.check_returncode()
    return done.stdout


def _version(environment: Path, package: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return _run(str(environment / "bin" / "python"), "-c", code).strip()


def _tests(trainer: Trainer, environment: Path) -> tuple[int, int]:
    """How many of the trainer's tests passed and failed. They run without a network, on the CPU."""
    report = environment / "report.xml"
    report.unlink(missing_ok=True)
    tests = HERE / f"real_{trainer.name.replace('-', '_')}.py"
    offline = dict.fromkeys(_OFFLINE, "1") | {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "CUDA_VISIBLE_DEVICES": "",
        "TOKENIZERS_PARALLELISM": "false",
    }
    command = [
        str(environment / "bin" / "python"),
        "-m",
        "pytest",
        "-q",
        "-o",
        "filterwarnings=",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
        str(tests),
    ]
    subprocess.run(command, check=False, cwd=ROOT, env=os.environ | offline)
    if not report.exists():
        return 0, 1
    counts = next(ET.parse(report).iter("testsuite")).attrib
    failed = int(counts["failures"]) + int(counts["errors"])
    # A test that was skipped has shown nothing.
    failed += int(counts["skipped"])
    return int(counts["tests"]) - failed, failed


def _last_line(text: str) -> str:
    lines = [line.strip().replace(str(ROOT), ".") for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def _record(results: list[Result]) -> None:
    """Puts the results over those that there are, for ``rollgrade doctor`` and for the docs."""
    known = {r["trainer"]: r for r in (json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else [])}
    known |= {r.trainer: asdict(r) for r in results}
    order = [trainer.title for trainer in TRAINERS.values()]
    rows = sorted(known.values(), key=lambda r: order.index(r["trainer"]))
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    lines = [
        f"| {r['trainer']} | {r['package']} {r['version']} | {r['python']} | {r['status']} | {r['passed']} of {r['passed'] + r['failed']} | {r['date']} | {r['detail']} |"
        for r in rows
    ]
    PAGE.write_text(_HEAD + "\n".join(lines) + "\n", "utf-8")


_HEAD = """# What was run against which release

`make test-trainers-all` writes this page: each trainer's released package in an environment of its own, on the CPU,
without a network, driven by the tests in `tests/trainers/`. `rollgrade doctor` prints the same.

| trainer | release | Python | outcome | tests passed | on | |
|---|---|---|---|---|---|---|
"""

if __name__ == "__main__":
    main()
