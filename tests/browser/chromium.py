"""Prints the path of a Chromium, installing one where there is none: ``python tests/browser/chromium.py``.

In this order: the variable CHROMIUM; what is on the path; Debian's package, where this may install packages;
Playwright's own download. Ends with an error where none of them leads to a browser: the tests are not skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome-headless-shell")


def main() -> None:
    """Prints the path."""
    path = os.environ.get("CHROMIUM") or _on_path() or _from_debian() or _from_playwright()
    if path is None or not Path(path).exists():
        sys.exit("no Chromium found, and none could be installed: set CHROMIUM to the path of one")
    print(path)


def _on_path() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _from_debian() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    _run("apt-get", "update")
    _run("apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core")
    return _on_path()


def _from_playwright() -> str | None:
    if not _run(sys.executable, "-m", "playwright", "install", "chromium"):
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _run(*command: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, check=False, env=environment, stdout=sys.stderr, stderr=sys.stderr, timeout=900
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
