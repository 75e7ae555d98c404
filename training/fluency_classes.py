"""Makes rust/data/fluency_classes.bin: the word classes of the fluency rule, their bigram log-odds, which other words
are English, and which hardly ever have a capital.

    python training/fluency_classes.py PROSE.tar.xz PROSE2.tar.xz WORDNET rust/data/fluency_classes.bin

The two archives, and the files of WordNet 3.0 that are read from the folder WORDNET, are named by checksum in INPUTS;
anything else is refused. Every word of a text falls into
one of 256 classes: a frequent closed-class word (fluency_words.txt) is its own class, a word of the frequent
vocabulary belongs to a cluster of words with the same neighbours, the rest go by shape and suffix. The table
holds, for every pair of classes, log p(second | first) / p(second): how much likelier the pair is in prose
than in the same words thrown together. Words without a class that WordNet has, or the prose at least LEAST_SPELT times
in lower case, are listed without one, unless their spelling follows from a listed word's.

Needs numpy. The reader of the table, with the same tokens and shapes, is rust/fluency/.
"""

import argparse
import hashlib
import lzma
import re
import tarfile
from collections import Counter
from collections.abc import Container
from pathlib import Path

import numpy as np
import numpy.typing as npt

INPUTS = {
    "prose.tar.xz": "8c5add2c0d66206c7d3a081d7e3eb5f7784b525c23c5ef1233f0c6d825d0e357",
    "prose2.tar.xz": "fefc55b32ca99b6f2af9bb19f94e8d72fc1faa6cfa3f5f5a10a91b0e447d77b3",
    "data.adj": "c89120dfc1f046ddff4a631bf9b7e9fa1a36b5e86565a23bf82dbe14f30b88a7",
    "data.adv": "444a63bf3955080ab7524f5079cfc07ff9bc682cb98bdb1db73b0fb9829f1139",
    "data.noun": "fea17d2f9656611334eac790e5d69e47645fa180c4aa481fb4cd9b3520754ca2",
    "data.verb": "adcf43e35b581e8036d8b5a52d63d9cd3d3b4870b2720d3c03c799df44777bc2",
    "adj.exc": "8824cc24bbedd797b9702316b27f07cd4c2b76b629539f0a1276f03926758016",
    "adv.exc": "e7291461b629abfe63301bbe1998cee09fd575ed7107abd7ea9763adb05bf0a8",
    "noun.exc": "2b5d675c380b39ecf595af9fa9d4e7feb1d58c643b0bff08c40ed5bfe41fab7a",
    "verb.exc": "dbbcf9a601b2d77e934e413b91d90e88ec7f933a8b77cfc00602a923b891b42c",
}
PARTS_OF_SPEECH = ("noun", "verb", "adj", "adv")
# Kept out of the table: what its quality is measured on.
HELD_OUT = {
    "wikinews-gum", "gov-history-state", "plos", "openstax-us-history", "openstax-psychology", "uk-gds-nhs",
    "worldbank", "pypi-blog", "gov-gsa-guides", "todogroup-site", "cia-factbook", "jose-papers",
}  # fmt: skip
BYTES_PER_SOURCE = 3_000_000

CLASSES = 256
OWN = 120
SLOTS = 1 << 17
VOCABULARY = 60_000
# Rarer words than this are as likely slips as words.
LEAST_COUNT = 6
# So many frequent words are told apart by the detector; the others stand for their class.
COMMON_WORDS = 20_000
SCALE = 20.0
MAGIC = b"rgfluc02"

# Flags of a word; the numbers are those of rust/fluency/classes.rs.
FUNCTION, VERB, SPELT, ABBREVIATION, KNOWN, COMMON, LOWER = 1, 2, 4, 8, 16, 32, 64
# How often the prose has a word that hardly ever has a capital inside of a sentence, and for how many of them one does.
LEAST_LOWER = 20
MOST_CAPITALS = 0.05
# How often the prose has a word that is listed for its spelling alone.
LEAST_SPELT = 3
LEAST_STEM = 3
SPELT_WORD = re.compile("[a-z]{3,24}")
# How words are formed of others, as `rust/fluency/spelling.rs` has it: an ending, and what stands there in the other word.
ENDINGS = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("er", ""),
    ("er", "e"), ("ers", ""), ("ers", "e"), ("est", ""), ("est", "e"), ("ly", ""), ("ness", ""), ("able", ""),
    ("able", "e"), ("less", ""), ("ity", ""), ("ity", "e"),
)  # fmt: skip
DOUBLING = ("ed", "ing", "er", "ers", "est")
BEGINNINGS = (
    "un", "re", "non", "pre", "over", "under", "mis", "dis", "anti", "co", "sub", "inter", "multi", "out", "de",
)  # fmt: skip
GROUPS = {"function": FUNCTION, "verb": VERB, "abbreviation": ABBREVIATION}

# The fixed classes, in the order of `Class` in rust/fluency/classes.rs.
FIXED = (
    "stop comma colon open close dash slash percent money symbol "
    "number year ordinal mixed name acronym capital_function possessive hyphen "
    "ing ed ly tion ment ness ity ous ive able al ic er est ist ate ize ies s other"
).split()
SUFFIXES = (
    ("ing", "ing"), ("ed", "ed"), ("ly", "ly"), ("tion", "tion"), ("sion", "tion"), ("ment", "ment"),
    ("ness", "ness"), ("ity", "ity"), ("ous", "ous"), ("ful", "ous"), ("less", "ous"), ("ive", "ive"),
    ("able", "able"), ("ible", "able"), ("al", "al"), ("ic", "ic"), ("er", "er"), ("or", "er"),
    ("est", "est"), ("ist", "ist"), ("ism", "ist"), ("ate", "ate"), ("ize", "ize"), ("ise", "ize"),
    ("ify", "ize"), ("ies", "ies"), ("s", "s"),
)  # fmt: skip
PUNCTUATION = {
    **dict.fromkeys(".!?…", "stop"), ",": "comma", **dict.fromkeys(";:", "colon"),
    **dict.fromkeys("([{", "open"), **dict.fromkeys(")]}", "close"), **dict.fromkeys("-–—‐‑‒―", "dash"),
    "/": "slash", "%": "percent",
    **dict.fromkeys("$€£¥", "money"),
}  # fmt: skip
QUOTES = "\"'“”‘’„«»`"

LETTER = (
    "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2fff\u3040-\ud7ff"
    "\U00010000-\U0001efff\U00020000-\U0003ffff"
)
TOKEN = re.compile(
    rf"(?P<dotted>(?:[A-Za-z]\.){{2,}})(?![{LETTER}])"
    rf"|(?P<word>[{LETTER}]+(?:['’‑-][{LETTER}]+|(?<=[0-9])[.,:](?=[0-9])[{LETTER}]+)*)"
    r"|(?P<mark>[^\s])"
)


def fingerprint(word: str) -> int:
    """A hash of 64 bits: the UTF-8 in blocks of eight bytes, each multiplied in."""
    data = word.encode()
    value = len(data)
    for at in range(0, len(data), 8):
        block = int.from_bytes(data[at : at + 8], "little")
        value = ((value ^ block) * 0x9FB21C651E98DF25) & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 32
    return value


def lower(word: str) -> str:
    return re.sub("[A-Z]", lambda match: match.group().lower(), word.replace("’", "'"))


class Classes:
    """Which class a token belongs to; grows a vocabulary while the clusters are not known yet."""

    def __init__(self, words_file: Path) -> None:
        self.fixed = {name: number for number, name in enumerate(FIXED)}
        self.word_class: dict[str, int] = {}
        self.flags: dict[str, int] = {}
        self.first_cluster = len(FIXED)
        for line in words_file.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            group, _, words = line.partition(":")
            for word in words.split():
                if word in self.flags:
                    raise ValueError(f"{word!r} stands in two groups")
                self.flags[word] = GROUPS[group]

    def own_classes(self, texts: list[str]) -> None:
        """Gives each of the OWN most frequent closed-class words its class; the rarer ones are clustered."""
        counts = Counter(form for text in texts for form in self.sentence(text)[1])
        closed = [word for word, flags in self.flags.items() if flags & (FUNCTION | VERB)]
        for word in sorted(closed, key=lambda word: (-counts[word], word))[:OWN]:
            self.word_class[word] = self.first_cluster
            self.flags[word] |= KNOWN
            self.first_cluster += 1

    def shape(self, word: str) -> int:
        """The class of a word that stands in no list, from its form alone."""
        if "0" <= word[0] <= "9":
            if word.isascii() and word.isdigit():
                is_year = len(word) == 4 and word[:2] in ("15", "16", "17", "18", "19", "20")
                return self.fixed["year" if is_year else "number"]
            if re.fullmatch(r"[0-9.,:]+", word):
                return self.fixed["number"]
            return self.fixed["ordinal" if word[-2:] in ("st", "nd", "rd", "th") else "mixed"]
        if re.search("[0-9]", word):
            return self.fixed["mixed"]
        if "-" in word or "‑" in word:
            return self.fixed["hyphen"]
        if word.endswith(("'s", "s'")):
            return self.fixed["possessive"]
        for suffix, name in SUFFIXES:
            if len(word) >= len(suffix) + 3 and word.endswith(suffix):
                return self.fixed[name]
        return self.fixed["other"]

    def word(self, word: str, initial: bool) -> tuple[int, str]:
        """The class of a word, and the form it is looked up under."""
        word = word.replace("’", "'")
        if "A" <= word[0] <= "Z":
            low = lower(word)
            is_function = self.flags.get(low, 0) & FUNCTION
            if initial and low in self.word_class:
                return self.word_class[low], low
            if low in ("i", "i'm", "i've", "i'll"):
                return self.word_class.get(low, self.fixed["other"]), low
            if is_function and len(word) > 1 and not initial:
                return self.fixed["capital_function"], ""
            if word in self.word_class:
                return self.word_class[word], word
            if re.search("[0-9]", word):
                return self.fixed["mixed"], ""
            if word.endswith("'s"):
                return self.fixed["possessive"], ""
            if len(word) >= 2 and not re.search("[^A-Z]", word):
                return self.fixed["acronym"], word
            return self.fixed["name"], "" if initial else word
        if word in self.word_class:
            return self.word_class[word], word
        return self.shape(word), word

    def sentence(self, text: str) -> tuple[list[int], list[str]]:
        """Classes of a text's tokens and the form of each ('' for what is no word)."""
        classes, forms = [], []
        initial = True
        skip_stop = False
        for match in TOKEN.finditer(text):
            kind, token = match.lastgroup, match.group()
            if kind == "mark":
                if token in QUOTES or (skip_stop and token == "."):
                    skip_stop = False
                    continue
                classes.append(self.fixed[PUNCTUATION.get(token, "symbol")])
                forms.append("")
                initial = token in PUNCTUATION and PUNCTUATION[token] == "stop"
                skip_stop = False
                continue
            if kind == "dotted":
                classes.append(self.fixed["acronym"])
                forms.append("")
            else:
                number, form = self.word(token, initial)
                classes.append(number)
                forms.append(form)
            single = len(token) == 1 and "A" <= token <= "Z" and token != "I"
            skip_stop = kind == "word" and (single or bool(self.flags.get(lower(token), 0) & ABBREVIATION))
            initial = False
        return classes, forms


def checked(path: Path) -> bytes:
    """The bytes of an input."""
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != INPUTS.get(path.name):
        raise ValueError(f"{path} is not the input this table is made from")
    return raw


def paragraphs(archives: list[Path]) -> list[str]:
    """The training paragraphs: the first BYTES_PER_SOURCE of every source that is not held out."""
    found: list[str] = []
    for archive in archives:
        checked(archive)
        with tarfile.open(fileobj=lzma.open(archive)) as tar:
            for member in sorted(tar.getmembers(), key=lambda member: member.name):
                handle = tar.extractfile(member)
                if handle is None or Path(member.name).stem in HELD_OUT:
                    continue
                lines = handle.read().decode().split("\n")
                # Every k-th paragraph rather than the first ones: a book's chapters all get their say.
                step = max(1, round(member.size / BYTES_PER_SOURCE))
                found.extend(line for line in lines[::step] if line)
    return found


def clusters(classes: Classes, texts: list[str]) -> None:
    """Adds the frequent open-class words to `classes`, each in a cluster of words with like neighbours."""
    counts: Counter[str] = Counter()
    sentences = []
    for text in texts:
        numbers, forms = classes.sentence(text)
        sentences.append((numbers, forms))
        counts.update(form for form in forms if form)
    frequent = [
        word
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if word not in classes.word_class
        and count >= LEAST_COUNT
        and re.fullmatch(r"[A-Za-z][a-z']*[a-z]|[A-Z]{2,}|[a-z]+-[a-z]+(?:-[a-z]+)?", word)
    ][:VOCABULARY]
    rank = {word: number for number, word in enumerate(frequent)}
    first = classes.first_cluster
    # Suffixes help where a rare word's neighbours say little.
    hint = np.zeros((len(frequent), len(FIXED)))
    for word, row in rank.items():
        hint[row, classes.fixed["name"] if word[0].isupper() else classes.shape(word)] = 1.0
    weight = np.sqrt(np.array([counts[word] for word in frequent], dtype=np.float64))
    assigned: npt.NDArray[np.int64] | None = None
    # The second round knows the neighbours by their clusters of the first.
    for _ in range(2):
        left = np.zeros((len(frequent), CLASSES))
        right = np.zeros((len(frequent), CLASSES))
        for numbers, forms in sentences:
            rows = [rank.get(form, -1) if form else -1 for form in forms]
            if assigned is not None:
                numbers = [  # noqa: PLW2901
                    number if row < 0 else first + int(assigned[row])
                    for number, row in zip(numbers, rows, strict=True)
                ]
            for place, row in enumerate(rows):
                if row < 0:
                    continue
                left[row, numbers[place - 1] if place else 0] += 1
                if place + 1 < len(numbers):
                    right[row, numbers[place + 1]] += 1
        features = np.hstack([profile(left), profile(right), 0.3 * hint])
        assigned = k_means(features, weight, CLASSES - first)
    for word, row in rank.items():
        classes.word_class[word] = first + int(assigned[row])
        classes.flags[word] = classes.flags.get(word, 0) | KNOWN | (COMMON if row < COMMON_WORDS else 0)
    for word in classes.word_class:
        if word not in rank:
            classes.flags[word] |= COMMON


Matrix = npt.NDArray[np.float64]


def profile(counts: Matrix) -> Matrix:
    """Neighbour counts as square roots of smoothed shares (so that Euclid's distance is Hellinger's)."""
    prior = (counts.sum(axis=0) + 1.0) / (counts.sum() + counts.shape[1])
    shares = (counts + 10.0 * prior) / (counts.sum(axis=1, keepdims=True) + 10.0)
    profile: Matrix = np.sqrt(shares)
    return profile


def k_means(points: Matrix, weight: Matrix, k: int) -> npt.NDArray[np.int64]:
    """Plain weighted k-means; it starts from the k most frequent words, so it needs no random numbers."""
    centres = points[:k].copy()
    assigned = np.zeros(len(points), dtype=np.int64)
    for _ in range(40):
        distance = (centres**2).sum(axis=1)[None, :] - 2.0 * points @ centres.T
        fresh = distance.argmin(axis=1)
        if (fresh == assigned).all():
            break
        assigned = fresh
        for number in range(k):
            members = assigned == number
            if members.any():
                centres[number] = np.average(points[members], axis=0, weights=weight[members])
    return assigned


def log_odds(classes: Classes, texts: list[str]) -> npt.NDArray[np.int8]:
    """The table: log p(b | a) / p(b), smoothed towards 0 where the pair is rare, in steps of 1 / SCALE."""
    pairs = np.zeros(CLASSES * CLASSES, dtype=np.int64)
    for text in texts:
        numbers = np.array([0, *classes.sentence(text)[0]], dtype=np.int64)
        pairs += np.bincount(numbers[:-1] * CLASSES + numbers[1:], minlength=CLASSES * CLASSES)
    counts = pairs.reshape(CLASSES, CLASSES).astype(np.float64)
    first, second = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    share = (second + 0.5) / (second.sum() + 0.5 * CLASSES)
    odds = np.log((counts + 8.0 * share) / ((first + 8.0) * share))
    steps: npt.NDArray[np.int8] = np.clip(np.rint(odds * SCALE), -127, 127).astype(np.int8)
    return steps


def wordnet(folder: Path) -> set[str]:
    """The single words in small letters that WordNet has, and the irregular forms that it names."""
    found: set[str] = set()
    for part in PARTS_OF_SPEECH:
        for line in checked(folder / f"data.{part}").decode("ascii").splitlines():
            if not line.startswith(" "):
                _, _, _, count, *fields = line.split(" ")
                found.update(field.partition("(")[0] for field in fields[: 2 * int(count, 16) : 2])
        found.update(
            line.partition(" ")[0] for line in checked(folder / f"{part}.exc").decode("ascii").splitlines()
        )
    return found


def is_formed(word: str, known: Container[str]) -> bool:
    """Whether a word is made of a known one by a regular ending or beginning."""
    for ending, instead in ENDINGS:
        stem = word.removesuffix(ending)
        if len(stem) >= LEAST_STEM and stem != word:
            doubled = instead == "" and ending in DOUBLING and stem[-1] == stem[-2] and stem[:-1] in known
            if stem + instead in known or doubled:
                return True
    stems = (word.removeprefix(beginning) for beginning in BEGINNINGS)
    return any(stem != word and len(stem) > LEAST_STEM and stem in known for stem in stems)


def mark_lower(classes: Classes, counts: Counter[str]) -> None:
    """Marks the words that are hardly ever written with a capital inside of a sentence."""
    for word, flags in classes.flags.items():
        count, capitals = counts[word], counts[word.capitalize()]
        is_open = flags & KNOWN and not flags & FUNCTION and SPELT_WORD.fullmatch(word)
        if is_open and count >= LEAST_LOWER and capitals <= MOST_CAPITALS * count:
            classes.flags[word] |= LOWER


def spelt(classes: Classes, counts: Counter[str], folder: Path) -> dict[str, int]:
    """The words without a class that are English all the same, each with its flag."""
    words = wordnet(folder).union(word for word, count in counts.items() if count >= LEAST_SPELT)
    return {
        word: SPELT
        for word in words
        if SPELT_WORD.fullmatch(word) and word not in classes.flags and not is_formed(word, classes.flags)
    }


def slots(classes: Classes, others: dict[str, int]) -> bytes:
    """An open-addressing table of the words: per slot 16 bits of hash, class, flags; all zero where free. The others come
    last, so that none with a class is searched for longer."""
    table = np.zeros((SLOTS, 4), dtype=np.uint8)
    flags = classes.flags | others
    for word in [*sorted(classes.flags), *sorted(others)]:
        key = fingerprint(word)
        slot, tag = key % SLOTS, (key >> 32) & 0xFFFF
        while table[slot, 3]:
            slot = (slot + 1) % SLOTS
        number = classes.word_class.get(word, classes.fixed["name"])
        table[slot] = (tag & 0xFF, tag >> 8, number, flags[word])
    return table.tobytes()


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("archives", nargs=2, type=Path)
    parser.add_argument("wordnet", type=Path, help="folder of WordNet 3.0's data.* and *.exc")
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    classes = Classes(Path(__file__).with_name("fluency_words.txt"))
    texts = paragraphs(options.archives)
    classes.own_classes(texts[::5])
    clusters(classes, texts)
    odds = log_odds(classes, texts)
    counts = Counter(form for text in texts for form in classes.sentence(text)[1])
    mark_lower(classes, counts)
    others = spelt(classes, counts, options.wordnet)
    data = MAGIC + bytes(56) + slots(classes, others) + odds.tobytes()
    options.output.write_bytes(data)
    print(f"{len(texts)} paragraphs, {len(classes.flags)} words, {len(others)} others, {len(data)} bytes")
    print(f"sha256 {hashlib.sha256(data).hexdigest()}  {options.output.name}")


if __name__ == "__main__":
    main()
