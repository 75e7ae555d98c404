"""Every snippet of the README and of the pages in docs/ runs, their links lead somewhere, their tables are true."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rollgrade as rg

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SNIPPETS = [
    (page.name, language, code)
    for page in PAGES
    for language, code in re.findall(
        r"^```(\w+)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
]
PYTHON = [(page, code) for page, language, code in SNIPPETS if language == "python"]
TOML = [(page, code) for page, language, code in SNIPPETS if language == "toml"]
SHELL = [
    (page, line)
    for page, language, code in SNIPPETS
    if language == "sh"
    for line in code.splitlines()
    if line
]


def name(snippet: str) -> str:
    return snippet.strip().splitlines()[-1][:40]


@pytest.mark.parametrize(("page", "code"), PYTHON, ids=name)
def test_python_snippets_run(page: str, code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{page}: {done.stderr}"


@pytest.mark.parametrize(("page", "code"), TOML, ids=name)
def test_toml_snippets_are_rubrics(page: str, code: str) -> None:
    assert rg.Rubric.from_dict(tomllib.loads(code)) != rg.Rubric(), page


@pytest.mark.parametrize(
    ("page", "code"),
    [(p, code) for p, kind, code in SNIPPETS if kind == "sh" and "rollgrade" in code],
    ids=name,
)
def test_commands_run(page: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "out").mkdir()
    # One after another: a line may take up what the one before it wrote.
    for line in code.splitlines():
        if line.startswith("rollgrade"):
            command = [sys.executable, "-m", *shlex.split(line)]
            done = subprocess.run(
                command, cwd=tmp_path, check=False, capture_output=True, text=True, env=os.environ
            )
            assert done.returncode == 0, f"{page}: {line}: {done.stderr}"


@pytest.mark.parametrize(("page", "line"), [item for item in SHELL if item[1].startswith("make")], ids=name)
def test_make_targets_exist_and_are_listed(page: str, line: str) -> None:
    target = line.split("#", maxsplit=1)[0].split()[1]
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), page


def test_every_line_of_the_shell_snippets_is_tested() -> None:
    assert [line for _, line in SHELL if not line.startswith(("make", "rollgrade"))] == []
    assert {language for _, language, _ in SNIPPETS} <= {"python", "toml", "sh"}
    # ```python ray and the like run with their engine (tests/engines/test_snippets.py), those of the server with it
    # (tests/test_server.py).
    elsewhere = {
        page.name for page in PAGES if re.search(r"^```\w+ \w+$", page.read_text("utf-8"), re.MULTILINE)
    }
    assert elsewhere == {"engines.md", "server.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link, anchor in re.findall(r"\]\(([^)#]*)(#[^)]*)?\)", page.read_text("utf-8")):
        target = (page.parent / link) if link else page
        assert target.exists(), link
        headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE) if anchor else []
        slugs = {"#" + re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, anchor


def test_the_table_of_kinds_is_the_packages() -> None:
    tables = runpy.run_path(str(ROOT / "docs" / "tables.py"))
    page = (ROOT / "docs" / "pii.md").read_text("utf-8")
    assert tables["kinds_table"]() in page, "run `make docs`"
    assert tables["with_tables"](page) == page
