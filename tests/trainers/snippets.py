"""The snippets of the trainers' pages: fenced blocks, by what stands behind the fence."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = sorted((Path(__file__).parent.parent.parent / "docs" / "trainers").glob("*.md"))


def snippets(wanted: Path | str) -> list[tuple[str, str]]:
    """The blocks of a page, or the blocks of all pages under one heading ("python trl"), each with its heading."""
    pages = [wanted] if isinstance(wanted, Path) else PAGES
    found = [
        (str(language), str(code))
        for page in pages
        for language, code in re.findall(
            r"^```(\w[\w -]*)\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
    ]
    return found if isinstance(wanted, Path) else [block for block in found if block[0] == wanted]
