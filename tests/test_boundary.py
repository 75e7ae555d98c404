"""What crosses between Python and Rust: threads, fork, surrogates, size, a bug that panics, and keywords that there
are not."""

from __future__ import annotations

import copy
import os
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import rollgrade as rg
from rollgrade import _core

FACTS = ["The council approved the new budget on Monday."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "a\x00b",
        "\ud83d\ude00",
        "\ude00\ud83d",  # noqa: PT014 - the other way round it is no pair
        "x" * 10_000_000,
        "\n" * 1_000_000,
        "a " * 500_000,
        "\U0010ffff\ufffe",
        "é" * 100_000,
    ],
    ids=lambda t: f"{t[:4]!r}x{len(t)}",
)
def test_any_text_goes_through_every_function(text: str) -> None:
    rg.count_tokens(text)
    rg.find_pii(text, source=text)
    rg.find_pii(text, patterns=[{"name": "ID", "pattern": r"\bE-?\d{6}\b|x{3,9}y|.a\b", "context": ["a"]}])
    rg.redact(text)
    rg.redact_batch([text, text], style="mask", threads=2)
    rg.rouge(prediction=text, reference=FACTS[0])
    rg.Facts(FACTS).score(text)
    rg.Salience(text).score(text)
    rg.copying(prediction=text, source=text)
    rg.support(prediction=text, source=text)
    rg.fluency(text)
    rg.form(text)
    grade = rg.Rubric().grade(text, source=text, facts=FACTS)
    assert 0 <= (grade.score or 0) <= 1


def test_a_list_that_another_thread_changes_is_graded_as_it_was() -> None:
    texts = ["The council approved the new budget on Monday."] * 20_000
    expected = rg.count_tokens(texts[0])
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            texts.append("x")
            texts.pop()
            texts[0], texts[-1] = texts[-1], texts[0]

    changer = threading.Thread(target=change)
    changer.start()
    try:
        for _ in range(20):
            counts = rg.count_tokens_batch(texts, threads=2)
            assert len(counts) in (20_000, 20_001)
            assert (counts[:19_999] == expected).sum() >= 19_998
            assert len(rg.Rubric().grade_batch(texts[:100], facts=[FACTS] * 100)) == 100
    finally:
        stop.set()
        changer.join()


def test_one_rubric_serves_several_threads() -> None:
    rubric = rg.Rubric()
    answers = [f"The council approved budget number {i} on Monday." for i in range(200)]
    expected = rubric.grade_batch(answers, facts=[FACTS] * 200).score.tolist()
    found: dict[int, list[float]] = {}

    def work(number: int) -> None:
        found[number] = [rubric.grade(a, facts=FACTS).score or 0.0 for a in answers]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[n] == expected for n in range(6))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_grades() -> None:
    code = """
import os, rollgrade as rg
rubric = rg.Rubric()
texts = ["The council approved the new budget on Monday."] * 1000
first = rubric.grade_batch(texts, facts=[["a b c d"]] * 1000, threads=2).score.tolist()
pid = os.fork()
if pid == 0:
    same = rubric.grade_batch(texts, facts=[["a b c d"]] * 1000, threads=2).score.tolist() == first
    os._exit(0 if same else 1)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_bug_that_panics_is_a_runtime_error_that_quotes_nothing() -> None:
    code = """
from rollgrade import _core
try:
    _core._panic("a secret text")
except RuntimeError as e:
    assert "secret" not in str(e) and "bug" in str(e), e
else:
    raise SystemExit("no error")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "rust/python/mod.rs" in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_importing_rollgrade_imports_no_numpy() -> None:
    code = "import sys, rollgrade; rollgrade.count_tokens('x'); sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_public_name_loads_and_has_a_docstring() -> None:
    for name in rg.__all__:
        value = getattr(rg, name)
        assert name == "__version__" or value.__doc__, name
    assert set(rg.__all__) <= set(dir(rg))
    with pytest.raises(AttributeError, match="nonsense"):
        rg.nonsense
    assert rg.__version__ == _core.__version__


def test_what_is_no_text_is_told_by_the_arguments_name() -> None:
    for call in (rg.count_tokens, rg.encode, rg.token_spans, rg.fluency, rg.form, rg.find_pii, rg.redact):
        with pytest.raises(TypeError, match="^text: got NoneType, expected str"):
            call(None)  # type: ignore[operator]
    with pytest.raises(TypeError, match="^prediction: got int"):
        rg.copying(prediction=5, source="a")  # type: ignore[arg-type]
    for prepared in (rg.Source, rg.Salience):
        with pytest.raises(TypeError, match="^source: got NoneType"):
            prepared(None)  # type: ignore[arg-type]


def test_prepared_objects_pickle_and_copy() -> None:
    text = "The vote passed on Monday. Write to jane.roe@example.org."
    pattern = {"name": "EMPLOYEE", "pattern": r"E-\d+"}
    redactor = rg.Redactor(style="hash", key="a key of many bytes", patterns=[pattern])
    reference = rg.RougeReference(text, types=("rouge1",), use_stemmer=True)
    matches = rg.find_pii_batch([text, "", f"{text} Call (415) 555-0132."], sources=[text] * 3)
    for again in (lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy):
        assert again(redactor)(f"{text} E-12") == redactor(f"{text} E-12")
        assert again(reference).score("votes passed") == reference.score("votes passed")
        assert again(rg.Salience(text)).score(text) == rg.Salience(text).score(text)
        assert again(rg.Source(text)).copying(text) == rg.Source(text).copying(text)
        for part in (matches, matches[1:], matches[::-1]):
            assert list(again(part)) == list(part)
            assert list(again(part)[1:]) == list(part[1:])
            for name, column in part[1:].columns().items():
                assert list(again(part)[1:].columns()[name]) == list(column)
    with pytest.raises(IndexError, match="matches: got 5, expected an index below 3"):
        matches[5]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: rg.Rule("own", must_have="a"), "'must_have' (did you mean \"must_contain\"?)"),
        (lambda: rg.Rubric().grade_batch([], source=[]), "'source' (did you mean \"sources\"?)"),
        (lambda: rg.Rubric().grade("a", sources="b"), "'sources' (did you mean \"source\"?)"),
        (lambda: rg.Rubric().prepare(fact=[]), "'fact' (did you mean \"facts\"?)"),
        (lambda: rg.redteam([], search=0), "'search' (did you mean \"search_grades\"?)"),
        (lambda: rg.check([], rubrik=None), "'rubrik' (did you mean \"rubric\"?)"),
        (lambda: rg.compare("log", zzz=0), "'zzz'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_keyword_that_there_is_not_tells_the_nearest(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(TypeError, match=re.escape(f"got an unexpected keyword argument {said}") + "$"):
        call()
