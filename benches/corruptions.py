"""Ways to break a text, for benches/fluency_quality.py: written apart from those that the model was trained on.

A way takes the words of a text (with the marks that cling to them) and a generator of random numbers, and returns the
broken text, or None where the text has no place for it. `HELD_OUT` names the kinds that the training has nothing of.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Sequence

Way = Callable[[list[str], random.Random], str | None]

PREPOSITIONS = (
    "of to in for on with at by from into over after under between through during against about".split()
)
AUXILIARIES = "is are was were be been has have had will would can could may should must do does did".split()
DETERMINERS = "the a an this these that those its their his her our".split()
CONJUNCTIONS = "and or but because while when if which that although where".split()
FUNCTION = {
    *PREPOSITIONS, *AUXILIARIES, *DETERMINERS, *CONJUNCTIONS,
    *"he she it they we i you him them us not as than there who what so also more such any each both".split(),
}  # fmt: skip
NUMBER = {
    "is": "are", "are": "is", "was": "were", "were": "was", "has": "have", "have": "has", "does": "do", "do": "does",
    "this": "these", "these": "this", "that": "those", "those": "that",
}  # fmt: skip
CASE = {
    "he": "him",
    "she": "her",
    "they": "them",
    "we": "us",
    "him": "he",
    "them": "they",
    "us": "we",
    "i": "me",
}
HOMOPHONES = {
    "their": "there", "there": "their", "its": "it's", "to": "too", "than": "then", "then": "than", "your": "you're",
    "two": "to", "by": "buy", "for": "four", "know": "no", "here": "hear", "whether": "weather", "affect": "effect",
    "would": "wood", "where": "wear", "our": "hour", "one": "won", "right": "write", "through": "threw", "site": "sight",
    "which": "witch", "new": "knew", "see": "sea", "some": "sum", "be": "bee", "in": "inn", "week": "weak",
}  # fmt: skip
TENSES = {
    "was": "is", "were": "are", "had": "has", "is": "was", "are": "were", "has": "had", "said": "says", "made": "makes",
    "began": "begins", "took": "takes", "became": "becomes", "came": "comes", "found": "finds", "gave": "gives",
    "went": "goes", "led": "leads", "held": "holds", "wrote": "writes", "saw": "sees", "knew": "knows", "uses": "used",
    "provides": "provided", "includes": "included", "allows": "allowed", "makes": "made", "shows": "showed",
    "will": "would", "can": "could", "used": "uses", "called": "calls", "included": "includes", "helped": "helps",
    "won": "wins", "lost": "loses", "left": "leaves", "told": "tells", "thought": "thinks", "announced": "announces",
}  # fmt: skip
FILLERS = "um uh like basically literally er hmm".split()
NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip


def bare(word: str) -> str:
    return re.sub(r"^\W+|\W+$", "", word).lower()


def dress(word: str, new: str) -> str:
    """`new` with the capital and the marks of `word`."""
    head = re.match(r"^\W*", word)
    tail = re.search(r"\W*$", word)
    inner = word.strip("".join({*(head.group() if head else ""), *(tail.group() if tail else "")}) or " ")
    new = new[:1].upper() + new[1:] if inner[:1].isupper() else new
    return (head.group() if head else "") + new + (tail.group() if tail else "")


FEW, MANY = 15, 5
"""Words to each change beyond the first: a light hand and a heavy one."""
_words_a_change = FEW


def set_words_a_change(words: int) -> None:
    """From now on texts are broken in one place, and in one more for every so many words."""
    global _words_a_change  # noqa: PLW0603
    _words_a_change = words


def edits(words: Sequence[str]) -> int:
    return 1 + len(words) // _words_a_change


def sites(words: Sequence[str], rng: random.Random, fit: Callable[[str], bool]) -> list[int]:
    found = [i for i, word in enumerate(words) if fit(word)]
    rng.shuffle(found)
    return sorted(found[: edits(words)], reverse=True)


def fix_start(words: list[str]) -> list[str]:
    return [words[0][:1].upper() + words[0][1:], *words[1:]] if words else words


def change(fit: Callable[[str], bool], to: Callable[[str, random.Random], str | None]) -> Way:
    """Changes some of the words that fit."""

    def way(words: list[str], rng: random.Random) -> str | None:
        out, changed = list(words), False
        for i in sites(words, rng, fit):
            new = to(words[i], rng)
            if new is not None and new != words[i]:
                out[i], changed = new, True
        return " ".join(out) if changed else None

    return way


def drop(fit: Callable[[str], bool], *, every: bool = False) -> Way:
    def way(words: list[str], rng: random.Random) -> str | None:
        gone = {i for i, word in enumerate(words) if fit(word)} if every else set(sites(words, rng, fit))
        kept = [word for i, word in enumerate(words) if i not in gone]
        return " ".join(fix_start(kept)) if gone and len(kept) > 2 else None

    return way


def one_of(words: Collection[str]) -> Callable[[str], bool]:
    return lambda word: bare(word) in words


def other(words: Sequence[str]) -> Callable[[str, random.Random], str | None]:
    return lambda word, rng: dress(word, rng.choice([w for w in words if w != bare(word)]))


def mapped(table: dict[str, str]) -> Way:
    return change(one_of(table), lambda word, _: dress(word, table[bare(word)]))


def insert(new: Callable[[list[str], int, random.Random], str]) -> Way:
    def way(words: list[str], rng: random.Random) -> str | None:
        out = list(words)
        for i in sorted(rng.sample(range(1, len(words)), min(edits(words), len(words) - 1)), reverse=True):
            out.insert(i, new(words, i, rng))
        return " ".join(out)

    return way


def plain(word: str) -> bool:
    return word.isalpha() and word.islower()


def content(word: str) -> bool:
    return plain(word) and len(word) > 3 and word not in FUNCTION


# ---- order -------------------------------------------------------------------------------------------------


def swap_neighbours(words: list[str], rng: random.Random) -> str | None:
    out = list(words)
    for i in sites(words[:-1], rng, bool):
        a, b = out[i], out[i + 1]
        if plain(b) and bare(a) != b and re.fullmatch(r"\w+", a):
            out[i], out[i + 1] = dress(a, b), a[:1].lower() + a[1:] if i == 0 else a
    return " ".join(out)


def swap_distant(words: list[str], rng: random.Random) -> str | None:
    out = list(words)
    places = [i for i, word in enumerate(words) if plain(word)]
    if len(places) < 4:
        return None
    for _ in range(edits(words)):
        a, b = rng.sample(places, 2)
        out[a], out[b] = out[b], out[a]
    return " ".join(out)


def shuffle_window(words: list[str], rng: random.Random) -> str | None:
    if len(words) < 8:
        return None
    at = rng.randrange(1, len(words) - 6)
    window = words[at : at + 5]
    rng.shuffle(window)
    return " ".join([*words[:at], *window, *words[at + 5 :]])


def salad(words: list[str], rng: random.Random) -> str:
    out = list(words)
    rng.shuffle(out)
    return " ".join(out)


def backwards(words: list[str], _: random.Random) -> str:
    return " ".join(fix_start([bare(word) for word in reversed(words)])) + "."


def halves(words: list[str], rng: random.Random) -> str:
    at = rng.randrange(len(words) // 3, 2 * len(words) // 3 + 1)
    return " ".join(fix_start([*words[at:], *words[:at]]))


def fronted_verb(words: list[str], rng: random.Random) -> str | None:
    found = [i for i, word in enumerate(words) if i > 2 and bare(word) in AUXILIARIES[:12]]
    if not found:
        return None
    at = rng.choice(found)
    back = rng.randrange(2, min(at, 4) + 1)
    return " ".join(fix_start([*words[: at - back], words[at], *words[at - back : at], *words[at + 1 :]]))


# ---- form of words -----------------------------------------------------------------------------------------


def toggle_s(word: str, _: random.Random) -> str | None:
    if word.endswith("s"):
        return word[:-1] if not word.endswith(("ss", "us", "is")) else None
    return None if word.endswith(("y", "x", "h", "ly", "ed", "ing")) else word + "s"


def other_ending(word: str, rng: random.Random) -> str | None:
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            stem = word[: -len(ending)]
            return stem + rng.choice([e for e in ("ing", "ed", "s", "") if e != ending])
    return None


def regular_past(word: str, _: random.Random) -> str | None:
    wrong = {
        "made": "maked", "took": "taked", "began": "beginned", "came": "comed", "went": "goed", "led": "leaded",
        "held": "holded", "wrote": "writed", "found": "finded", "gave": "gived", "became": "becomed", "saw": "seed",
        "known": "knowed", "built": "builded", "written": "writted", "given": "gived", "taken": "taked", "men": "mans",
        "children": "childs", "women": "womans", "people": "peoples", "better": "gooder", "worse": "badder",
        "said": "sayed", "brought": "bringed", "felt": "feeled", "left": "leaved", "kept": "keeped", "sent": "sended",
    }  # fmt: skip
    return wrong.get(word)


def transpose(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]


def lose_letter(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + rng.choice(NEIGHBOURS.get(word[at], "e")) + word[at + 1 :]


def without_vowels(word: str, _: random.Random) -> str:
    return word[0] + re.sub("[aeiou]", "", word[1:])


def hyphenated(word: str, rng: random.Random) -> str:
    at = rng.randrange(2, len(word) - 1)
    return word[:at] + "- " + word[at:]


def in_two(word: str, rng: random.Random) -> str:
    at = rng.randrange(2, len(word) - 1)
    return word[:at] + " " + word[at:]


def glued(words: list[str], rng: random.Random) -> str:
    out = list(words)
    for i in sites(words[:-1], rng, plain):
        out[i : i + 2] = ["".join(out[i : i + 2])]
    return " ".join(out)


# ---- negation, repetition, lists ---------------------------------------------------------------------------


def doubled_negation(words: list[str], _: random.Random) -> str | None:
    found = [
        i
        for i, word in enumerate(words)
        if bare(word) in ("is", "are", "was", "were", "not", "will", "can", "did")
    ]
    if not found:
        return None
    return " ".join([*words[: found[0] + 1], "not", "never", *words[found[0] + 1 :]])


def doubled_word(words: list[str], rng: random.Random) -> str:
    out = list(words)
    for i in sites(words, rng, plain):
        out.insert(i, out[i])
    return " ".join(out)


def repeated_phrase(words: list[str], rng: random.Random) -> str | None:
    if len(words) < 8:
        return None
    at = rng.randrange(len(words) - 4)
    return " ".join([*words[: at + 4], *words[at : at + 4], *words[at : at + 4], *words[at + 4 :]])


def repeated_sentence(words: list[str], _: random.Random) -> str:
    return " ".join(words * 2)


def looped(words: list[str], rng: random.Random) -> str:
    at = rng.randrange(len(words) // 2, len(words))
    start = max(0, at - 5)
    return " ".join([*words[:at], *words[start:at] * 3])


def keyword_list(words: list[str], rng: random.Random) -> str:
    keys = list(dict.fromkeys(bare(word) for word in words if bare(word) not in FUNCTION and bare(word)))
    rng.shuffle(keys)
    return ", ".join(keys) + "."


def keywords_and_function_words(words: list[str], rng: random.Random) -> str:
    keys = [bare(word) for word in words if bare(word) not in FUNCTION and bare(word)]
    rng.shuffle(keys)
    out = [
        part
        for key in keys
        for part in ([rng.choice(sorted(FUNCTION))] if rng.random() < 0.6 else []) + [key]
    ]
    return " ".join(fix_start(out)) + "."


def joined_by_one_word(words: list[str], rng: random.Random) -> str:
    """Its chunks in their order, with one small word in the place of all the others."""
    link = rng.choice(["and", "of", "to", "in", "for", "with", "by", "as"])
    out: list[str] = []
    for word in words:
        if bare(word).lower() not in FUNCTION:
            out.append(word)
        elif out and out[-1] != link:
            out.append(link)
    return " ".join(fix_start(out))


def bullets(words: list[str], rng: random.Random) -> str:
    mark = rng.choice(["-", "*", "•"])
    out: list[str] = []
    for i in range(0, len(words), 7):
        out += [mark, *words[i : i + 7]]
    return " ".join(out)


# ---- ends, capitals, marks ---------------------------------------------------------------------------------


def truncated(words: list[str], rng: random.Random) -> str:
    kept = words[: max(4, int(len(words) * rng.uniform(0.4, 0.9)))]
    return " ".join([*kept[:-1], re.sub(r"\W+$", "", kept[-1])])


def cut_and_closed(words: list[str], rng: random.Random) -> str | None:
    found = [i for i, word in enumerate(words) if i > 4 and plain(word) and word in FUNCTION]
    return " ".join(words[: rng.choice(found) + 1]) + "." if found else None


def beheaded(words: list[str], rng: random.Random) -> str | None:
    return " ".join(words[rng.randrange(2, 6) :]) if len(words) > 9 else None


def random_capitals(word: str, _: random.Random) -> str:
    return word.capitalize()


def lower_without_marks(words: list[str], _: random.Random) -> str:
    return " ".join(filter(None, (bare(word) for word in words)))


def title_case(words: list[str], _: random.Random) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in words)


def no_marks(words: list[str], _: random.Random) -> str | None:
    inner = [re.sub(r"[.,;:!?]+$", "", word) for word in words]
    return " ".join(inner) if inner[:-1] != words[:-1] else None


def doubled_marks(words: list[str], _: random.Random) -> str | None:
    out = re.sub(r"([.,;])(?=\s|$)", r"\1\1", " ".join(words))
    return out if out != " ".join(words) else None


def spaced_marks(words: list[str], _: random.Random) -> str | None:
    out = re.sub(r"(?<=\w)([.,;:])(?=\s|$)", r" \1", " ".join(words))
    return out if out != " ".join(words) else None


def unspaced_marks(words: list[str], _: random.Random) -> str | None:
    out = re.sub(r"([.,;]) (?=[A-Za-z])", r"\1", " ".join(words))
    return out if out != " ".join(words) else None


def apostrophes(word: str, _: random.Random) -> str:
    return word[:-1] + "'s"


def fused(words: list[str], rng: random.Random) -> str | None:
    """Without the words between two places."""
    if len(words) < 14:
        return None
    at, gap = rng.randrange(4, len(words) - 8), rng.randrange(3, 6)
    return " ".join([*words[:at], *words[at + gap :]])


WAYS: dict[str, Way] = {
    "neighbours swapped": swap_neighbours,
    "distant words swapped": swap_distant,
    "five words shuffled": shuffle_window,
    "salad": salad,
    "backwards": backwards,
    "halves exchanged": halves,
    "verb fronted": fronted_verb,
    "function words dropped": drop(one_of(FUNCTION)),
    "telegraph style": drop(one_of(FUNCTION), every=True),
    "articles dropped": drop(one_of({"the", "a", "an"}), every=True),
    "auxiliary dropped": drop(one_of(AUXILIARIES)),
    "preposition dropped": drop(one_of(PREPOSITIONS)),
    "content word dropped": drop(content),
    "words lost between": fused,
    "wrong preposition": change(one_of(PREPOSITIONS), other(PREPOSITIONS[:10])),
    "wrong conjunction": change(one_of(CONJUNCTIONS), other(CONJUNCTIONS)),
    "a for an": mapped({"a": "an", "an": "a"}),
    "article inserted": insert(lambda _, __, rng: rng.choice(["the", "a"])),
    "function word inserted": insert(lambda _, __, rng: rng.choice(sorted(FUNCTION))),
    "filler inserted": insert(lambda _, __, rng: rng.choice(FILLERS)),
    "word of the text inserted": insert(lambda words, _, rng: bare(rng.choice(words))),
    "wrong auxiliary": change(one_of(AUXILIARIES), other(AUXILIARIES)),
    "agreement": mapped(NUMBER),
    "-s lost or gained": change(content, toggle_s),
    "wrong ending": change(content, other_ending),
    "regular for irregular": change(plain, regular_past),
    "tenses mixed": mapped(TENSES),
    "wrong case": mapped(CASE),
    "homophones": mapped(HOMOPHONES),
    "negation doubled": doubled_negation,
    "letters transposed": change(content, transpose),
    "letter lost": change(content, lose_letter),
    "key beside": change(content, slip),
    "vowels dropped": change(content, without_vowels),
    "word split": change(content, in_two),
    "broken hyphenation": change(content, hyphenated),
    "words glued": glued,
    "word doubled": doubled_word,
    "phrase repeated": repeated_phrase,
    "sentence repeated": repeated_sentence,
    "loop at the end": looped,
    "keyword list": keyword_list,
    "keywords with function words": keywords_and_function_words,
    "joined by one word": joined_by_one_word,
    "bullets in a line": bullets,
    "truncated": truncated,
    "cut and closed": cut_and_closed,
    "beheaded": beheaded,
    "random capitals": change(content, random_capitals),
    "title case": title_case,
    "all capitals": lambda words, _: " ".join(words).upper(),
    "lower case without marks": lower_without_marks,
    "no punctuation": no_marks,
    "stray commas": change(plain, lambda word, _: word + ","),
    "stray full stops": change(plain, lambda word, _: word + "."),
    "marks doubled": doubled_marks,
    "space before marks": spaced_marks,
    "no space after marks": unspaced_marks,
    "stray apostrophes": change(lambda word: content(word) and word.endswith("s"), apostrophes),
}

# The training has nothing of the kind.
HELD_OUT = {
    "backwards", "halves exchanged", "verb fronted", "telegraph style", "filler inserted", "regular for irregular",
    "tenses mixed", "vowels dropped", "broken hyphenation", "marks doubled",
    "space before marks", "stray apostrophes",
}  # fmt: skip
ATTACKS = {
    "keyword list", "keywords with function words", "joined by one word", "salad", "sentence repeated", "bullets in a line",
    "all capitals", "lower case without marks", "truncated",
}  # fmt: skip
