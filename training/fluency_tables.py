"""Makes the tables of the fluency rule that rust/data/README.md names, but for the word classes.

    python training/fluency_tables.py PROSE.tar.xz PROSE2.tar.xz MASC.zip

Checks and unpacks the archives and runs the four steps of training/fluency (Rust: it uses the kernel's own
tokens and features), each of which reads the tables of the steps before. Needs cargo; a quarter of an hour on one core
and 3 GB of memory.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from fluency_classes import INPUTS

ROOT = Path(__file__).parent.parent
STEPS = ("tags", "ngrams", "detector", "score")
# The part-of-speech tags of the Manually Annotated Sub-Corpus.
MASC = {"masc_tagged.zip": "678a5141cf3381bedb1839c58a330507337be07c7c71603279c0ef5337032304"}


def check(archive: Path) -> None:
    if hashlib.sha256(archive.read_bytes()).hexdigest() != (INPUTS | MASC).get(archive.name):
        raise ValueError(f"{archive} is not the input that the tables are made from")


def unpack(archives: list[Path], folder: Path) -> None:
    """The texts of the archives, side by side."""
    for archive in archives:
        check(archive)
        with tarfile.open(archive) as tar:
            for member in tar:
                handle = tar.extractfile(member)
                if handle is not None and member.name.endswith(".txt"):
                    (folder / Path(member.name).name).write_bytes(handle.read())


def unpack_tagged(archive: Path, folder: Path) -> None:
    """The tagged texts, in a folder of their own."""
    check(archive)
    (folder / "masc").mkdir()
    with zipfile.ZipFile(archive) as tagged:
        for name in map(PurePosixPath, tagged.namelist()):
            if name.suffix == ".txt" and name.parent.name in ("written", "spoken"):
                (folder / "masc" / name.name).write_bytes(tagged.read(str(name)))


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("archives", nargs=2, type=Path)
    parser.add_argument("tagged", type=Path)
    options = parser.parse_args()
    train = ["cargo", "run", "--quiet", "--release", "--features", "training", "--bin", "train-fluency", "--"]
    with tempfile.TemporaryDirectory() as folder:
        unpack(options.archives, Path(folder))
        unpack_tagged(options.tagged, Path(folder))
        for step in STEPS:
            subprocess.run([*train, step, folder, "rust/data"], cwd=ROOT, check=True)
    for table in STEPS:
        path = ROOT / "rust" / "data" / f"fluency_{table}.bin"
        print(f"sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")


if __name__ == "__main__":
    main()
