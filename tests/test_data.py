"""The embedded tables are those that their README names."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

DATA = Path(__file__).parent.parent / "rust" / "data"


def test_every_table_has_its_checksum_in_the_readme() -> None:
    readme = (DATA / "README.md").read_text("utf-8")
    named = dict(re.findall(r"^\| `([\w.]+\.bin)` \|(?:.*\|)? `?([0-9a-f]{64})`? \|$", readme, re.MULTILINE))
    tables = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in DATA.rglob("*.bin")}
    assert named == tables
