"""The trainers' pages: every snippet runs. Those that name a trainer (```python trl) run in its environment
(``tests/trainers``), the others here."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "trainers"))
from snippets import PAGES, snippets

HERE = [(page.name, code) for page in PAGES for language, code in snippets(page) if language == "python"]
ELSEWHERE = {"python trl", "yaml verl", "python eval-protocol", "python verifiers"}


@pytest.mark.parametrize(("page", "code"), HERE, ids=[f"{page}-{i}" for i, (page, _) in enumerate(HERE)])
def test_python_snippets_run(page: str, code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_snippet_is_run_somewhere() -> None:
    languages = {language for page in PAGES for language, _ in snippets(page)}
    assert languages == {"python", "sh"} | ELSEWHERE
    for language in ELSEWHERE:
        name = language.split()[1].replace("-", "_")
        assert f'snippets("{language}")' in (
            Path(__file__).parent / "trainers" / f"real_{name}.py"
        ).read_text("utf-8")
    shell = [
        line
        for page in PAGES
        for language, code in snippets(page)
        if language == "sh"
        for line in code.splitlines()
    ]
    # Run as real_trl.py runs it.
    assert shell == ["rollgrade score run/completions/ --rubric rubric.toml -o rescored/"]


def test_slimes_reward_gives_a_float() -> None:
    (code,) = [code for page, code in HERE if page == "slime.md"]
    found: dict[str, Any] = {}
    exec(code, found)
    facts = ["The vote passed on Monday."]
    sample = SimpleNamespace(response=facts[0], label=facts, status=SimpleNamespace(value="completed"))
    whole = asyncio.run(found["custom_rm"](None, sample))
    sample.status.value = "truncated"
    with pytest.warns(UserWarning, match="limit on a completion"):
        cut = asyncio.run(found["custom_rm"](None, sample))
    assert 0 < cut < 0.5 < whole


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), (page, link)
