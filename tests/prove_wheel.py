"""Proves a wheel: small, portable, and enough by itself where there is no Rust. Usage: prove_wheel.py DIST."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

MOST_BYTES = 12 * 2**20
ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(c) for c in command], check=False, capture_output=True, text=True, env=env)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def main(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    size = wheel.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{wheel.name}: {size:,} bytes, expected at most {MOST_BYTES:,}")
    shown = run(sys.executable, "-m", "auditwheel", "show", wheel)
    tags = [f"manylinux_2_{minor}" for minor in range(5, 29)] + [
        "manylinux2014",
        "manylinux2010",
        "manylinux1",
    ]
    if not any(f'"{tag}_' in shown for tag in tags):
        sys.exit(f"{wheel.name} is not manylinux_2_28 or older:\n{shown}")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        venv.create(home / "venv", with_pip=True)
        run(home / "venv/bin/pip", "install", "--quiet", wheel)
        # Nothing but the environment itself: no cargo, no compiler, and not this checkout.
        env = {"PATH": str(home / "venv/bin"), "HOME": scratch, "COLUMNS": "100"}
        env |= {k: v for k, v in os.environ.items() if k in ("LANG", "LC_ALL")}
        command = ["score", ROOT / "examples/rollouts.jsonl", "-o", home / "graded.jsonl"]
        print(run(home / "venv/bin/rollgrade", *command, "--rubric", ROOT / "examples/rubric.toml", env=env))
        graded = sum(1 for _ in (home / "graded.jsonl").open("rb"))
        if graded != sum(1 for _ in (ROOT / "examples/rollouts.jsonl").open("rb")):
            sys.exit(f"the demo graded {graded} rollouts")
        print(run(home / "venv/bin/rollgrade", "doctor", env=env))
    print(f"{wheel.name}: {size / 2**20:.1f} MiB, portable, runs in an empty environment")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
