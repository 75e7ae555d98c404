"""How well fluency tells broken text from clean, and how often it is wrong about clean text.

    ROLLGRADE_DATA=folder python benches/fluency_quality.py

Reads the prose below the folder ROLLGRADE_DATA, only sources that no table was made from (`TEST` in
training/fluency/corpus.rs), and the references of the example log. The ways to break a text are those of
benches/corruptions.py. Prints the tables of docs/fluency.md; takes a minute. Each way is tried with a light hand and with a heavy one (\"more\").
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from corruptions import ATTACKS, FEW, HELD_OUT, MANY, WAYS, Way, set_words_a_change
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import rollgrade as rg

Floats = NDArray[np.float64]
TEST = ("cia-factbook", "openstax-psychology", "pypi-blog", "uk-gds-nhs", "wikinews-gum", "worldbank")
ROOT = Path(__file__).parent.parent
TEXTS_PER_SOURCE = 300

# Written for this file: as a newspaper's first sentences are.
LEADS = (
    "Senate votes 52-48 to confirm Harlan as budget chief after a late-night debate.",
    "Three hikers were rescued from Mount Ellery on Sunday after two nights in the snow.",
    "Police in Dunmore have arrested a man over the theft of 14 violins.",
    "Oil prices fell 3% on Tuesday as traders bet on weaker demand from China.",
    "Former mayor Ruth Okafor, who led the city through the 1998 flood, has died aged 91.",
    "U.S. regulators fined Norvex $4.2 million for selling faulty pumps to hospitals.",
    "Dr. Lena Voss said the trial would end at 9 a.m. on Friday, a week early.",
    "“We had no warning,” said Tom Reyes, whose bakery burned down overnight.",
    "The centre-left coalition won 61 of 120 seats, according to the final count.",
    "A judge in Ohio blocked the new voting law hours before it was to take effect.",
    "Rail workers will strike for 48 hours next week in a dispute over pay.",
    "NASA's Juno probe has sent back its closest pictures yet of the moon Io.",
    "Scientists in Kyoto have grown a tiny kidney that filters blood in mice.",
    "Apple cut the price of its cheapest laptop by $100 in India and Brazil.",
    "The Labour leader apologised to residents for the colour of the new signs.",
    "Firefighters contained the blaze near Ashby by noon, and schools will reopen Monday.",
    "Schools across Kent will close early on Thursday because of the heat.",
    "Two ferries collided off Sumatra at dawn; all 212 passengers were brought ashore.",
    "Bolt, the ride-hailing firm, plans to hire 2,000 drivers in Lagos by June.",
    "Striker Maya Lund scored twice as Bergen beat Lyon 3-1 to reach the final.",
    "Inflation in the euro zone slowed to 2.1% in May, the lowest since 2021.",
    "Mexico's president rejected the plan, calling it “an insult to every worker.”",
    "A 5.8-magnitude earthquake shook northern Chile, but no injuries were reported.",
    "Nurses at St. Mary's Hospital ended their walkout after winning a 6% raise.",
    "The museum paid $12 million for a Vermeer that hung in a farmhouse for decades.",
    "Storm Edda left 40,000 homes without power and closed roads across Wales.",
    "The FDA approved the first pill for sleeping sickness in children under six.",
    "Lawmakers passed a bill that bans phones in classrooms from September 2026.",
    "Gen. Paul Ames will step down as head of the coast guard, the Pentagon said.",
    "Prices of used cars dropped for the fifth month in a row, a survey found.",
    "The court ruled 7-2 that the city may not tear down the 1887 theatre.",
    "Google and Meta must share ad data with researchers under a new E.U. rule.",
)  # fmt: skip


def sources() -> dict[str, list[str]]:
    """The paragraphs of each test source."""
    data = os.environ.get("ROLLGRADE_DATA")
    if not data:
        sys.exit("set ROLLGRADE_DATA to the folder that holds text/prose.tar.xz and text/prose2.tar.xz")
    found: dict[str, list[str]] = {}
    for archive in ("prose", "prose2"):
        with tarfile.open(f"{data}/text/{archive}.tar.xz") as tar:
            for member in tar:
                name = Path(member.name).stem
                if name in TEST and (handle := tar.extractfile(member)) is not None:
                    found[name] = handle.read().decode().splitlines()
    return dict(sorted(found.items()))


ABBREVIATION = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|St|vs|No|Inc|Jr|e\.g|i\.e|etc|al|Fig|[A-Z])|\.[a-zA-Z])\.$")


def sentences(paragraph: str) -> list[str]:
    found = [""]
    for word in paragraph.split():
        found[-1] += (" " if found[-1] else "") + word
        if re.search(r"[.!?][\"”’)\]]*$", word) and not ABBREVIATION.search(word):
            found.append("")
    return [sentence for sentence in found if sentence]


def is_prose(passage: str) -> bool:
    """Whole sentences; no entry of a bibliography, none that has lost a reference to a figure."""
    is_whole = passage[0].isupper() and re.search(r"[.!?][\"”’)]*$", passage)
    return bool(is_whole) and not re.search(r" [.,]", passage) and len(re.findall(r"\b[A-Z]\.", passage)) <= 3


# "(2007)." behind authors, or "62, 857-873." behind a journal.
ENTRY = re.compile(r"\((?:19|20)\d\d[a-z]?(?:, [\w ]+)?\)\.|\b\d+(?:\(\d+\))?, \d+[-–]\d+\.")


def passages(paragraphs: Iterable[str], rng: random.Random) -> list[str]:
    """Passages of one to three sentences, 8 to 60 words."""
    found = []
    for paragraph in paragraphs:
        # The titles of a bibliography are no sentences.
        if ENTRY.search(paragraph):
            continue
        parts = sentences(paragraph)
        at = 0
        while at < len(parts):
            size = rng.randint(1, 3)
            passage = " ".join(parts[at : at + size])
            if 8 <= len(passage.split()) <= 60 and is_prose(passage):
                found.append(passage)
            at += size
    rng.shuffle(found)
    return found


def scores(texts: Iterable[str]) -> Floats:
    return rg.fluency_batch(list(texts))


def area_under_curve(clean: Floats, broken: Floats) -> float:
    """The chance that a clean text outscores a broken one, ties counting half."""
    order = np.sort(clean)
    below = np.searchsorted(order, broken, "left")
    up_to = np.searchsorted(order, broken, "right")
    return float(1 - (below + up_to).mean() / 2 / len(clean))


def clean_groups(texts: dict[str, list[str]]) -> dict[str, list[str]]:
    """Clean texts of the kinds that a score is easily unjust to."""
    everything = [text for source in texts.values() for text in source]
    tests = {
        "8 to 15 words": lambda t: len(t.split()) <= 15,
        "four names or numbers and more": lambda t: (
            len(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+|\d[\d,.]*", t)) >= 4
        ),
        "quotations": lambda t: bool(re.search(r"[“\"]", t)),
        "abbreviations": lambda t: bool(re.search(r"\b(?:[A-Za-z]\.){2,}|\b(?:Dr|Mr|Mrs|St|Inc|vs)\.", t)),
        "British spelling": lambda t: bool(re.search(r"\w+(?:isation|ise[ds]?|our|ogramme|entre)\b", t)),
    }
    groups = {name: [text for text in everything if test(text)] for name, test in tests.items()}
    examples = (ROOT / "examples" / "documents.jsonl").read_text("utf-8").splitlines()
    groups["references of the example log"] = [json.loads(line)["reference"] for line in examples]
    groups["newspaper leads"] = list(LEADS)
    return groups


def show(title: str, columns: list[str], rows: Iterable[list[str]]) -> None:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=110).print(table)


def clean_row(name: str, found: Floats) -> list[str]:
    low = f"{(found < 0.5).mean():.1%}"
    return [name, str(len(found)), f"{np.median(found):.3f}", f"{np.quantile(found, 0.05):.3f}", low]


def compared(
    texts: list[str], clean: Floats, way: Way, rng: random.Random, words_a_change: int
) -> tuple[float, float, float, int]:
    """AUC, pairwise share, the broken texts' median score and their number."""
    set_words_a_change(words_a_change)
    made = [(place, broken) for place, text in enumerate(texts) if (broken := way(text.split(), rng))]
    made = [(place, broken) for place, broken in made if broken != texts[place]]
    found = scores([broken for _, broken in made])
    own = clean[[place for place, _ in made]]
    pairwise = float((found < own).mean() + 0.5 * (found == own).mean())
    return area_under_curve(clean, found), pairwise, float(np.median(found)), len(found)


def main() -> None:
    rng = random.Random(0)
    per_source = {name: passages(paragraphs, rng) for name, paragraphs in sources().items()}
    rows = [clean_row(name, scores(found[:3000])) for name, found in per_source.items()]
    every = {name: found[:3000] for name, found in per_source.items()}
    rows += [clean_row(name, scores(found)) for name, found in clean_groups(every).items() if found]
    show("Clean text", ["source or kind", "texts", "median", "5 %", "below 0.5"], rows)

    texts = [text for found in per_source.values() for text in found[:TEXTS_PER_SOURCE]]
    clean = scores(texts)
    rows, results = [], {}
    for name, way in track(WAYS.items(), description="breaking", transient=True):
        found = {few: compared(texts, clean, way, rng, few) for few in (FEW, MANY)}
        results[name] = [*found[FEW][:2], *found[MANY][:2]]
        mark = "held out" if name in HELD_OUT else "attack" if name in ATTACKS else ""
        auc, pairwise, median, count = found[FEW]
        figures = (auc, pairwise, median, *found[MANY][:3])
        rows.append([name, mark, str(count), *(f"{figure:.3f}" for figure in figures)])
    rows.sort(key=lambda row: row[3])
    many = ["AUC, more", "pairwise", "median"]
    show("Broken text", ["kind", "", "texts", "AUC", "pairwise", "median", *many], rows)

    def summary(name: str, kinds: Iterable[str]) -> list[str]:
        found = np.array([results[kind] for kind in kinds])
        figures = [
            figure
            for auc, pairwise in ((0, 1), (2, 3))
            for figure in (found[:, auc].mean(), found[:, auc].min(), found[:, pairwise].mean())
        ]
        return [name, str(len(found)), *(f"{figure:.3f}" for figure in figures)]

    show(
        "In short",
        ["kinds", "", "mean AUC", "worst", "pairwise", "mean AUC, more", "worst", "pairwise"],
        [
            summary("all", WAYS),
            summary("held out of the training", HELD_OUT),
            summary("the others", set(WAYS) - HELD_OUT),
            summary("attacks", ATTACKS),
        ],
    )


if __name__ == "__main__":
    main()
