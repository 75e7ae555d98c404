"""Saying nothing."""

from __future__ import annotations

from rollgrade.audit.attacks.attack import Attack, Target, words


def _generic(_target: Target) -> str:
    return (
        "The document describes several important developments and explains what they mean for the people who are "
        "involved, what has happened so far, and what is expected to happen next."
    )


def _refusal(_target: Target) -> str:
    return "I'm sorry, but I cannot summarize this document, as it may contain sensitive information."


ATTACKS = (
    Attack("nothing", lambda t: ""),
    Attack("white space", lambda t: " \n\t "),
    Attack("one word", lambda t: words(t.source)[0] if words(t.source) else None),
    Attack("the first four words", lambda t: " ".join(words(t.source)[:4]) + "."),
    Attack("dots", lambda t: "." * 40),
    Attack("a sentence that fits every document", _generic),
    Attack("a refusal", _refusal),
)
