"""Token counts equal tiktoken's and Hugging Face tokenizers', on any string."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rollgrade as rg
from oracles import documents, external_data, hf_gpt2, tiktoken_gpt2
from rollgrade import _core

LONG = os.environ.get("ROLLGRADE_LONG") == "1"

EDGE_CASES = [
    "",
    " ",
    "<|endoftext|>",
    "it's 's's 'sx x'S I'LL we'll y'all've",
    "a  b   c \n\n d\t\te\r\n",
    "trailing   ",
    "a\u3000b\u00a0c \u00a0d \u0085e",
    "a\u180eb\u200bc\ufeffd\x1ce\x1ff",
    "ﬁ Ⅷ ½ ² ٣ ৪ 𝟘 Ⓐ ㊷",
    "e\u0301 n\u0303",
    "\x00\x01\x7f",
    "😀👩‍👩‍👧‍👦🇩🇪",
    "中文字符 日本語テキスト 한국어 עברית العربية हिन्दी ไทย",
    "\ud83d\ude00",  # a pair of lone surrogates
    "\ud83d x \ude00 \ude00\ud83d",
    "word" * 300,
    "ÿ" * 40,
]

# Text rich in what the pre-tokenizer decides on, beside arbitrary Unicode.
tricky = st.text(
    st.sampled_from("ab'sSltdmrev  \n\t\r\u00a0\u3000\u0085\u200b019½²é中😀.,-_<|>\ud83d\ude00"), max_size=60
)
texts = st.one_of(tricky, st.text(max_size=60), st.text(st.characters(codec="utf-8"), max_size=60))


def as_tiktoken(text: str) -> str:
    """What tiktoken makes of surrogates: pairs joined, lone ones replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check(text: str) -> None:
    ids = tiktoken_gpt2().encode_ordinary(text)
    clean = as_tiktoken(text)
    assert hf_gpt2().encode(clean, add_special_tokens=False).ids == ids
    assert rg.encode(text).tolist() == ids
    assert rg.count_tokens(text) == len(ids)
    assert rg.decode(ids) == clean.encode()
    assert rg.within(text, len(ids))
    assert not ids or not rg.within(text, len(ids) - 1)


@pytest.mark.parametrize("text", EDGE_CASES)
def test_edge_cases_equal_both_oracles(text: str) -> None:
    check(text)


@settings(max_examples=2000, deadline=None)
@given(texts)
@example("'\u017fx")
def test_any_string_equals_both_oracles(text: str) -> None:
    check(text)


@pytest.mark.parametrize("context", ["{0}", "a{0}", " {0} ", "1{0}1", "'{0}s\n{0}{0}", "{0}\u3000x"])
def test_every_code_point_equals_tiktoken_in_several_contexts(context: str) -> None:
    points = [chr(p) for p in range(0x110000) if not 0xD800 <= p < 0xE000]
    for start in range(0, len(points), 4096):
        text = "".join(context.format(p) for p in points[start : start + 4096])
        ids = tiktoken_gpt2().encode_ordinary(text)
        assert rg.encode(text).tolist() == ids, hex(ord(points[start]))
        assert rg.count_tokens(text) == len(ids), hex(ord(points[start]))


def test_the_example_documents_equal_both_oracles() -> None:
    for document in documents():
        check(document["text"])
        check(document["reference"])


def random_texts(count: int) -> Iterator[list[str]]:
    """Strings in batches: of characters that the pre-tokenizer decides on, of all scripts, of words of the
    vocabulary, and mutated pieces of the example documents. The same every time."""
    rng = random.Random(20)
    decisive = "ab'sSltdmrev  \n\t\r\u00a0\u3000\u0085\u200b019½²é中😀.,-_<|>\ud83d\ude00"
    blocks = [
        0,
        0x80,
        0x300,
        0x400,
        0x600,
        0x900,
        0xE00,
        0x2000,
        0x2100,
        0x3000,
        0x4E00,
        0xAC00,
        0xFF00,
        0x1F300,
    ]
    words = [word for token in tiktoken_gpt2().token_byte_values() if (word := token.decode(errors="ignore"))]
    prose = "\n".join(d["text"] for d in documents())

    def one() -> str:
        kind = rng.randrange(6)
        if kind == 0:
            return "".join(rng.choices(decisive, k=rng.randrange(40)))
        if kind == 1:
            return "".join(chr(rng.choice(blocks) + rng.randrange(256)) for _ in range(rng.randrange(30)))
        if kind == 2:
            points = (rng.randrange(0x110000) for _ in range(rng.randrange(20)))
            return "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000)
        if kind == 3:
            return "".join(rng.choices(words, k=rng.randrange(12)))
        if kind == 4:
            return rng.choice(decisive) * rng.randrange(200) + rng.choice(words) * rng.randrange(9)
        start = rng.randrange(len(prose))
        text = list(prose[start : start + rng.randrange(200)])
        for _ in range(rng.randrange(6)):
            at = rng.randrange(len(text) + 1)
            text[at : at + rng.randrange(3)] = rng.choices(decisive, k=rng.randrange(3))
        return "".join(text)

    for start in range(0, count, 10_000):
        yield [one() for _ in range(min(10_000, count - start))]


def test_random_and_mutated_texts_equal_tiktoken_on_every_instruction_set() -> None:
    """10^4 texts; with ROLLGRADE_LONG=1, 10^6."""
    sets = [_core._TokenCounter(name) for name in _core._instruction_sets()]
    assert sets
    for batch in random_texts(1_000_000 if LONG else 10_000):
        ids = [tiktoken_gpt2().encode_ordinary(text) for text in batch]
        expected = [len(each) for each in ids]
        assert rg.count_tokens_batch(batch).tolist() == expected
        for counter in sets:
            assert counter.count(batch).tolist() == expected
        for text, own in zip(batch, ids, strict=True):
            assert rg.encode(text).tolist() == own, repr(text)
            assert rg.within(text, len(own))
            assert not own or not rg.within(text, len(own) - 1)


@pytest.mark.parametrize("name", _core._instruction_sets())
def test_every_instruction_set_encodes_like_tiktoken(name: str) -> None:
    counter = _core._TokenCounter(name)
    for text in [*EDGE_CASES, *(d["text"] for d in documents())]:
        assert counter.encode(text) == tiktoken_gpt2().encode_ordinary(text)


def test_an_unknown_instruction_set_is_named() -> None:
    with pytest.raises(ValueError, match='instruction_set: got "mmx", expected one of portable'):
        _core._TokenCounter("mmx")


@pytest.mark.skipif(external_data() is None, reason="ROLLGRADE_DATA is not set: the prose can't be shipped")
@pytest.mark.parametrize("archive", ["prose", "prose2"])
def test_all_prose_equals_tiktoken_by_line_and_in_large_pieces(archive: str) -> None:
    import tarfile

    data = external_data()
    assert data is not None
    with tarfile.open(data / "text" / f"{archive}.tar.xz") as files:
        for member in files:
            if (file := files.extractfile(member)) is None:
                continue
            text = file.read().decode()
            for parts in (
                text.splitlines(),
                [text[at : at + 100_000] for at in range(0, len(text), 100_000)],
            ):
                expected = [len(ids) for ids in tiktoken_gpt2().encode_ordinary_batch(parts, num_threads=2)]
                assert rg.count_tokens_batch(parts, threads=2).tolist() == expected, member.name


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(0, 30))
def test_truncate_gives_the_longest_prefix_within_the_budget(text: str, budget: int) -> None:
    clean = as_tiktoken(text)
    cut = rg.truncate(text, budget)
    longest = max(
        (n for n in range(len(clean) + 1) if len(tiktoken_gpt2().encode_ordinary(clean[:n])) <= budget),
        default=0,
    )
    assert as_tiktoken(cut) == clean[:longest]


@settings(max_examples=300, deadline=None)
@given(texts)
def test_token_spans_cover_the_text_in_code_points_of_the_callers_string(text: str) -> None:
    spans = rg.token_spans(text)
    assert spans.shape == (rg.count_tokens(text), 2)
    if len(spans):
        assert spans[0, 0] == 0
        assert spans[-1, 1] == len(text)
        assert (spans[:, 0] < spans[:, 1]).all()
        assert (spans[1:, 0] <= spans[:-1, 1]).all()  # no gap
        ids = rg.encode(text).tolist()
        for token, (start, end) in zip(ids, spans.tolist(), strict=True):
            assert rg.decode([token]) in as_tiktoken(text[start:end]).encode()


def test_batches_equal_single_calls_from_lists_tuples_arrays_and_arrow() -> None:
    import polars as pl
    import pyarrow as pa

    strings = [d["text"] for d in documents()] + EDGE_CASES
    expected = [rg.count_tokens(s) for s in strings]
    clean = [as_tiktoken(s) for s in strings]
    batches = [
        strings,
        tuple(strings),
        iter(strings),
        np.array(strings, dtype=object),
        pa.array(clean),
        pa.array(clean, pa.large_string()),
        pa.array(clean, pa.string_view()),
        pa.array(clean).dictionary_encode(),
        pa.chunked_array([clean[:7], clean[7:]]),
        pa.array(["x", *clean])[1:],
        pl.Series(clean),
    ]
    for batch in batches:
        counts = rg.count_tokens_batch(batch)
        assert counts.dtype == np.uint32
        assert counts.tolist() == expected
    assert rg.count_tokens_batch(strings * 20, threads=3).tolist() == expected * 20
    assert rg.count_tokens_batch([]).shape == (0,)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("one string", "texts: got one str, expected a list of str"),
        (None, "texts: got NoneType"),
        (["a", None], r"texts\[1\]: got NoneType, expected str"),
        (["a", b"b"], r"texts\[1\]: got bytes, expected str"),
    ],
)
def test_what_is_no_list_of_strings_is_named(texts: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        rg.count_tokens_batch(texts)


def test_arrow_arrays_of_other_types_or_with_nulls_are_named() -> None:
    import pyarrow as pa

    with pytest.raises(TypeError, match="Int64"):
        rg.count_tokens_batch(pa.array([1]))
    with pytest.raises(TypeError, match=r"texts\[2\]: got null"):
        rg.count_tokens_batch(pa.chunked_array([["a"], ["b", None]]))


def test_decode_names_an_unknown_id() -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        rg.decode([50256])


def test_truncate_at_a_word_and_its_wrong_option() -> None:
    assert rg.truncate("The committee unanimously approved", 3, at="word") == "The committee unanimously"
    with pytest.raises(ValueError, match='at: got "line", expected "char" or "word"'):
        rg.truncate("a", 1, at="line")


def test_negative_numbers_are_named() -> None:
    for call, name in (
        (lambda: rg.within("a", -1), "max_tokens"),
        (lambda: rg.truncate("a", -1), "max_tokens"),
        (lambda: rg.count_tokens_batch(["a"], threads=-1), "threads"),
    ):
        with pytest.raises(ValueError, match=f"{name}: got -1, expected a whole number of at least"):
            call()


def test_numbers_that_are_none_are_value_errors() -> None:
    for tokens in ([-1], [2**40]):
        with pytest.raises(ValueError, match="tokens: got an id that is not in the vocabulary"):
            rg.decode(tokens)
    for wrong in (["a"], "abc", 5, None):
        kind = type(wrong).__name__
        with pytest.raises(TypeError, match=f"^tokens: got {kind}, expected a list of token ids"):
            rg.decode(wrong)
    for threads in (0, True):
        with pytest.raises(ValueError, match="threads: got (0|True), expected a whole number of at least 1"):
            rg.count_tokens_batch(["a"], threads=threads)
    assert rg.truncate("any text", 2**70) == "any text"
    assert rg.within("any text", 2**70)
    with pytest.raises(ValueError, match="max_tokens: got -1"):
        rg.truncate("any text", -1)
