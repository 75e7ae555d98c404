"""How much PII is found, how much is invented, and what hiding it earns: Presidio beside rollgrade in one run.

Reads `pii/` and `text/` below the folder ROLLGRADE_DATA. Run: `ROLLGRADE_DATA=... python benches/pii_quality.py`, or
with names of sections (`labelled cases phones prose hidden`) for those alone. Presidio is its pattern recognisers,
scores from 0.3 on, without a model of names; `peers=no` leaves it out.
"""

from __future__ import annotations

import collections
import itertools
import json
import logging
import os
import random
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

import rollgrade as rg

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from obfuscation import ALONE, BEYOND, FRAMES, SECOND, TRANSFORMS, values

Spans = list[tuple[int, int, str]]
DATA = Path(os.environ.get("ROLLGRADE_DATA", "."))

# The labels of the sets that name a kind of ours; the others (names, places, organisations) are not claimed.
LABELS = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CREDIT_CARD",
    "IBAN_CODE": "IBAN",
    "US_SSN": "US_SSN",
    "IP_ADDRESS": "IP_ADDRESS",
    "US_DRIVER_LICENSE": "DRIVER_LICENSE",
    "MEDICAL_RECORD_NUMBER": "MEDICAL_RECORD",
}
SHOWN = ["EMAIL", "PHONE", "CREDIT_CARD", "IBAN", "US_SSN", "IP_ADDRESS", "DRIVER_LICENSE", "MEDICAL_RECORD"]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / "pii" / name).read_text("utf-8").splitlines()]


def ours(texts: list[str]) -> list[Spans]:
    return [[(m.start, m.end, m.kind) for m in matches] for matches in rg.find_pii_batch(texts)]


class Presidio:
    """Presidio's pattern recognisers for English, as its registry loads them by default."""

    def __init__(self) -> None:
        from presidio_analyzer import predefined_recognizers as p

        # It asks the network for newer domains, and takes its own where there is none.
        logging.getLogger("tldextract").setLevel(logging.CRITICAL)

        self.recognizers = [
            getattr(p, f"{name}Recognizer")()
            for name in (
                "CreditCard Crypto Email Iban Ip Phone UsBank UsItin UsLicense UsPassport UsSsn Nhs Url"
            ).split()
        ]

    def find(self, texts: Iterable[str]) -> list[Spans]:
        return [
            [
                (r.start, r.end, LABELS.get(r.entity_type, r.entity_type))
                for recognizer in self.recognizers
                for r in recognizer.analyze(text, recognizer.supported_entities, None) or []
                if r.score >= 0.3
            ]
            for text in texts
        ]


def overlaps(a: tuple[int, int, str], others: Spans) -> bool:
    return any(a[0] < end and start < a[1] and a[2] == kind for start, end, kind in others)


def ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def agreement(gold: list[Spans], found: list[Spans], kind: str) -> tuple[float, float, float]:
    """Overlap precision, recall and F1 of one kind."""
    said = right = real = hit = 0
    for wanted, got in zip(gold, found, strict=True):
        mine, theirs = [s for s in got if s[2] == kind], [s for s in wanted if s[2] == kind]
        said, real = said + len(mine), real + len(theirs)
        right += sum(overlaps(s, theirs) for s in mine)
        hit += sum(overlaps(s, mine) for s in theirs)
    p, r = ratio(right, said), ratio(hit, real)
    return p, r, 2 * p * r / (p + r) if p + r > 0 else 0.0


def labelled(peer: Presidio | None) -> None:
    for name in ("presidio_research_synth_v2.jsonl", "pii_anon_eval_test_adversarial.jsonl"):
        items = rows(name)
        texts = [item["text"] for item in items]
        gold = [
            [(s["start"], s["end"], LABELS[s["label"]]) for s in item["spans"] if s["label"] in LABELS]
            for item in items
        ]
        print(f"\n{name}: {len(items)} texts; precision, recall, F1 by overlap")
        contestants = {"rollgrade": ours(texts)} | ({"presidio": peer.find(texts)} if peer else {})
        for kind in SHOWN:
            count = sum(s[2] == kind for spans in gold for s in spans)
            if not count:
                continue
            cells = [
                f"{who} {p:.3f} {r:.3f} {f:.3f}"
                for who, found in contestants.items()
                for p, r, f in [agreement(gold, found, kind)]
            ]
            print(f"  {kind:15} {count:5}  " + "   ".join(cells))
        for who, everything in contestants.items():
            found = [[s for s in spans if s[2] in SHOWN] for spans in everything]
            both = sum(bool(g) and bool(f) for g, f in zip(gold, found, strict=True))
            p, r = ratio(both, sum(map(bool, found))), ratio(both, sum(map(bool, gold)))
            print(f"  has PII of the kinds that the set labels, {who}: precision {p:.4f}, recall {r:.4f}")
            others = collections.Counter(s[2] for spans in everything for s in spans if s[2] not in SHOWN)
            if others:
                print("    of other kinds: " + ", ".join(f"{kind} {n}" for kind, n in others.most_common()))


def cases() -> None:
    """Presidio's own cases: as many matches as it expects, where it says where they are at those places."""
    right: collections.Counter[str] = collections.Counter()
    total: collections.Counter[str] = collections.Counter()
    supported = {alias: alias for alias in rg.pii_kinds()}
    for item in rows("presidio_unit_tests.jsonl"):
        target = item["target"]
        try:
            found = rg.find_pii(item["text"], kinds=[supported.get(target, target)], checksum="require")
        except ValueError:
            continue
        got = [(m.start, m.end, target) for m in found]
        good = len(got) == item["n_expected"]
        if item["spans_known"]:
            good &= all(overlaps((s["start"], s["end"], target), got) for s in item["spans"])
        total[target] += 1
        right[target] += good
    everything = ratio(sum(right.values()), sum(total.values()))
    print(
        f"\nPresidio's recogniser cases: {sum(right.values())} of {sum(total.values())} right ({everything:.4f})"
    )
    print("  not all right: " + ", ".join(f"{k} {right[k]}/{n}" for k, n in total.items() if right[k] < n))


PHONE_WORDS = [
    "phone: {}",
    "Please call {} today.",
    "Tel. {}",
    "His mobile number is {}.",
    "You can reach me at {}",
]


def example_numbers() -> list[phonenumbers.PhoneNumber]:
    """Every example number of the metadata: of each region and type, and of the codes without a region."""
    found = []
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            if region == "001":
                metadata = PhoneMetadata.metadata_for_nongeo_region(code)
            else:
                metadata = PhoneMetadata.metadata_for_region(region)
            for kind in PhoneNumberType.values():
                name = PhoneNumberType.to_string(kind).lower()
                description = getattr(metadata, name, None)
                if description is None or not description.example_number:
                    continue
                national = description.example_number
                zeros = len(national) - len(national.lstrip("0"))
                found.append(
                    phonenumbers.PhoneNumber(
                        country_code=code,
                        national_number=int(national),
                        italian_leading_zero=zeros > 0 or None,
                        number_of_leading_zeros=zeros if zeros > 1 else None,
                    )
                )
    return found


def non_phones(rng: random.Random, each: int) -> dict[str, list[str]]:
    """Numbers that are no phones, in sentences that say what they are."""
    n = rng.randint

    def digits(count: int) -> str:
        return "".join(str(n(0, 9)) for _ in range(count))

    def isbn() -> str:
        body = rng.choice(["978", "979"]) + digits(9)
        check = -sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(body)) % 10
        a, b = n(1, 3), n(3, 5)
        parts = [body[:3], body[3 : 3 + a], body[3 + a : 3 + a + b], body[3 + a + b :], str(check)]
        return rng.choice(["-", " ", ""]).join(parts)

    def date() -> str:
        d, m, y = n(1, 28), n(1, 12), n(1900, 2030)
        return rng.choice(
            [
                f"{y}-{m:02}-{d:02}",
                f"{d:02}.{m:02}.{y}",
                f"{m}/{d}/{y}",
                f"{d:02}-{m:02}-{y}",
                f"{y}{m:02}{d:02}",
            ]
        )

    makers: dict[str, Callable[[], str]] = {
        "price": lambda: rng.choice(
            [f"It costs ${n(1, 9999):,}.{n(0, 99):02} now.", f"The price rose to {n(1, 999)},{n(100, 999)},{n(100, 999)} euros.",
             f"They paid £{n(1000000, 99999999)} for it.", f"a budget of {n(10**6, 10**9)} dollars", f"EUR {n(1, 99)}.{n(100, 999)}.{n(100, 999)},{n(10, 99)} in total"]
        ),
        "date": lambda: rng.choice(["It happened on {}.", "Published {} in London.", "The meeting of {} was short."]).format(date()),
        "score": lambda: rng.choice([f"They won {n(0, 130)}-{n(0, 130)} on Sunday.", f"a score of {n(1, 9)}-{n(0, 9)}, {n(1, 7)}-{n(0, 6)}, {n(1, 7)}-{n(0, 6)}", f"The final result was {n(100, 400)}-{n(1, 9)} to {n(100, 400)}."]),
        "version": lambda: rng.choice([f"Upgrade to version {n(0, 20)}.{n(0, 99)}.{n(0, 9999)}.", f"build {n(10**6, 10**9)} is out", f"v{n(1, 20)}.{n(0, 9)}.{n(0, 9)}-{n(1, 99)} fixes it", f"kernel {n(2, 6)}.{n(0, 20)}.{n(0, 200)}-{n(10, 200)} was released"]),
        "isbn": lambda: rng.choice(["ISBN {}", "The book (ISBN: {}) sold well.", "ISBN-13 {}"]).format(isbn()),
        "order": lambda: rng.choice(["Your order number {} has shipped.", "Order #{} was late.", "Invoice {} is due.", "Tracking number: {}", "Case No. {} was dismissed.", "Ticket {} is closed.", "see docket {}"]).format(
            rng.choice([digits(n(7, 12)), f"{digits(3)}-{digits(7)}-{digits(7)}", f"{digits(3)}-{digits(3)}-{digits(4)}", f"{digits(2)}-{digits(4)}", f"{n(1, 4)}:{n(10, 24)}-cv-{digits(5)}"])
        ),
        "coordinate": lambda: rng.choice([f"at {n(0, 89)}.{digits(6)}, -{n(0, 179)}.{digits(6)}", f"latitude {n(0, 89)}.{digits(4)} and longitude {n(0, 179)}.{digits(4)}", f"{n(0, 89)}°{n(0, 59)}'{n(0, 59)}\" N {n(0, 179)}°{n(0, 59)}'{n(0, 59)}\" W"]),
        "measure": lambda: rng.choice([f"It is {n(1000, 9999999)} km away.", f"a mass of {n(1, 999)}.{digits(5)} kg", f"{n(1, 999)} {n(100, 999)} {n(100, 999)} people live there", f"{n(1, 999)},{n(100, 999)},{n(100, 999)} square miles", f"a screen of {n(640, 3840)} x {n(480, 2160)} pixels", f"{n(1, 99)}.{n(0, 9)}-{n(1, 99)}.{n(0, 9)} mm"]),
        "year": lambda: rng.choice([f"from {n(1800, 1950)} to {n(1951, 2030)}", f"the {n(1800, 1950)}-{n(1951, 2030)} period", f"({n(1800, 1950)}–{n(1951, 2030)})", f"in {n(1900, 1990)}, {n(1991, 2000)} and {n(2001, 2030)}", f"pages {n(100, 999)}-{n(100, 999)} ({n(1900, 2030)})"]),
    }  # fmt: skip
    return {name: [make() for _ in range(each)] for name, make in makers.items()}


def phones(peer: Presidio | None) -> None:
    rng = random.Random(6)
    numbers = example_numbers()
    forms = {
        "international": PhoneNumberFormat.INTERNATIONAL,
        "E.164": PhoneNumberFormat.E164,
        "national with a context word": PhoneNumberFormat.NATIONAL,
    }
    print(f"\nphones: {len(numbers)} example numbers of phonenumbers {phonenumbers.__version__}")
    for name, form in forms.items():
        written = [phonenumbers.format_number(number, form) for number in numbers]
        frames = ["Her number, {}, is new."] if form != PhoneNumberFormat.NATIONAL else PHONE_WORDS
        texts, gold = [], []
        for value, frame in itertools.product(written, frames):
            texts.append(frame.format(value))
            start = frame.index("{")
            gold.append([(start, start + len(value), "PHONE")])
        sample = random.Random(1).sample(range(len(texts)), min(1500, len(texts)))
        line = f"  {name}: rollgrade {recall(gold, ours(texts)):.4f}"
        if peer:
            found = peer.find([texts[i] for i in sample])
            line += f", presidio {recall([gold[i] for i in sample], found):.4f}"
        print(line)
    wrong = whole = theirs = 0
    cells = []
    for name, texts in non_phones(rng, 300).items():
        bad = sum(any(s[2] == "PHONE" for s in spans) for spans in ours(texts))
        wrong, whole = wrong + bad, whole + len(texts)
        if peer:
            theirs += sum(any(s[2] == "PHONE" for s in spans) for spans in peer.find(texts))
        cells.append(f"{name} {ratio(bad, len(texts)):.3f}")
    line = f"  numbers that are no phones, taken for one: rollgrade {ratio(wrong, whole):.4f}"
    print(line + (f", presidio {ratio(theirs, whole):.4f}" if peer else "") + f" ({', '.join(cells)})")


def recall(gold: list[Spans], found: list[Spans]) -> float:
    return ratio(sum(overlaps(g[0], f) for g, f in zip(gold, found, strict=True)), len(gold))


def paragraphs() -> Iterator[tuple[str, str]]:
    """The prose, some kilobytes at a time, with the name of where it is from."""
    for archive in sorted((DATA / "text").glob("prose*.tar.xz")):
        with tarfile.open(archive) as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is None:
                    continue
                text = stream.read().decode("utf-8", "replace")
                lines: list[str] = []
                size = 0
                for line in text.splitlines(keepends=True):
                    lines.append(line)
                    size += len(line)
                    if size > 4000:
                        yield member.name, "".join(lines)
                        lines, size = [], 0
                yield member.name, "".join(lines)


def prose(peer: Presidio | None) -> None:
    parts = list(paragraphs())
    size = sum(len(text.encode()) for _, text in parts) / 1e6
    counts: collections.Counter[str] = collections.Counter()
    values: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for (name, _), matches in zip(parts, rg.find_pii_batch([text for _, text in parts]), strict=True):
        for m in matches:
            counts[m.kind] += 1
            values[m.kind][f"{m.masked} [{'+'.join(m.evidence)}; {Path(name).stem}]"] += 1
    print(f"\nprose: {size:.1f} MB; matches, true and false, {sum(counts.values()) / size:.2f} per MB")
    for kind, count in counts.most_common():
        print(f"  {kind}: {count} ({count / size:.3f} per MB), {len(values[kind])} distinct")
        for value, times in values[kind].most_common(12 if kind == "EMAIL" else 60):
            print(f"      {times:3} {value}")
    if peer:
        few = [text for _, text in parts[:: max(1, len(parts) // 250)]]
        found = collections.Counter(s[2] for spans in peer.find(few) for s in spans)
        small = sum(len(text.encode()) for text in few) / 1e6
        print(
            f"  presidio, on {small:.1f} MB of it, per MB: "
            + ", ".join(f"{k} {n / small:.1f}" for k, n in found.most_common())
        )


# ---- hiding ------------------------------------------------------------------------------------------------------


def hidden(peer: Presidio | None) -> None:
    rng = random.Random(8)
    plain = [(kind, value, frame) for kind, value in values(rng) for frame in FRAMES[kind]]
    seen = ours([frame.format(value) for _, value, frame in plain])
    known = [p for p, spans in zip(plain, seen, strict=True) if any(s[2] == p[0] for s in spans)]
    print(
        f"\nhidden values: {len(known)} of {len(plain)} found in plain form; recall of these, exact spans, `obfuscated`"
    )
    single = {name: ((name,), kinds) for name, (kinds, _) in TRANSFORMS.items()}
    pairs = {
        f"{a} + {b}": ((a, b), TRANSFORMS[a][0] & TRANSFORMS[b][0])
        for a in TRANSFORMS
        for b in SECOND
        if a != b and a not in ALONE and TRANSFORMS[a][0] & TRANSFORMS[b][0]
    }
    report(known, single, rng, peer, shown=2.0)
    print(f"  two at once ({len(pairs)} pairs; those below .98):")
    report(known[::5], pairs, rng, None, shown=0.98)
    print("  not claimed:")
    report(known, {name: ((name,), kinds) for name, (kinds, _) in BEYOND.items()}, rng, None, shown=2.0)


def report(
    known: list[tuple[str, str, str]],
    series: dict[str, tuple[tuple[str, ...], set[str]]],
    rng: random.Random,
    peer: Presidio | None,
    shown: float,
) -> None:
    sums = [0, 0, 0, 0]
    for name, (steps, kinds) in series.items():
        texts, gold = [], []
        for kind, value, frame in known:
            if kind not in kinds:
                continue
            disguise = value
            for step in steps:
                disguise = (TRANSFORMS | BEYOND)[step][1](disguise, rng)
            if disguise != value:
                texts.append(frame.format(disguise))
                start = texts[-1].index(disguise)
                gold.append((start, start + len(disguise), kind))
        if not texts:
            continue
        hit = exact = marked = 0
        missed: collections.Counter[str] = collections.Counter()
        for text, want, matches in zip(texts, gold, rg.find_pii_batch(texts), strict=True):
            got = [m for m in matches if overlaps(want, [(m.start, m.end, m.kind)])]
            hit += bool(got)
            missed[want[2]] += not got
            # Marks around a value, such as those of bold type, are no part of it.
            inner = text[want[0] : want[1]].strip("*")
            exact += any(text[m.start : m.end].strip("*") == inner for m in got)
            marked += any("obfuscated" in m.evidence for m in got)
        for i, n in enumerate((len(texts), hit, exact, marked)):
            sums[i] += n
        if ratio(hit, len(texts)) < shown:
            line = f"    {name:34} {len(texts):4}  {ratio(hit, len(texts)):.3f} {ratio(exact, hit):.3f} {ratio(marked, hit):.3f}"
            if peer:
                few = random.Random(1).sample(range(len(texts)), min(60, len(texts)))
                found = peer.find([texts[i] for i in few])
                line += f"   presidio {recall([[gold[i]] for i in few], found):.3f}"
            lost = ", ".join(f"{kind} {n}" for kind, n in missed.items() if n)
            print(line + (f"   missed: {lost}" if lost else ""))
    print(
        f"    all: {sums[0]} values, recall {ratio(sums[1], sums[0]):.4f}, exact spans {ratio(sums[2], sums[1]):.4f}, marked {ratio(sums[3], sums[1]):.4f}"
    )


def main() -> None:
    words = sys.argv[1:]
    peer = None if "peers=no" in words else Presidio()
    wanted = {word for word in words if "=" not in word}
    sections: dict[str, Callable[[], None]] = {
        "labelled": lambda: labelled(peer),
        "cases": cases,
        "phones": lambda: phones(peer),
        "prose": lambda: prose(peer),
        "hidden": lambda: hidden(peer),
    }
    for name, run in sections.items():
        if not wanted or name in wanted:
            run()


if __name__ == "__main__":
    main()
