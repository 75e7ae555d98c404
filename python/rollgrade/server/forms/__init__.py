"""What the server answers: a form a path, each in a file of its own and registered here."""

from __future__ import annotations

from rollgrade.rubric import Rubric
from rollgrade.server.forms import llama_factory, openrlhf, plain
from rollgrade.server.forms.form import Form, Options

__all__ = ["Form", "Options", "forms"]

_MAKERS = (plain.one, plain.batch, openrlhf.form, llama_factory.form)


def forms(rubric: Rubric, options: Options) -> list[Form]:
    """Every form, for one rubric."""
    return [make(rubric, options) for make in _MAKERS]
