"""Answers to documents into columns: every audit grades here, on one basis for the whole run."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollgrade.audit.documents import Document
from rollgrade.material import Material
from rollgrade.rubric import Rubric, Task

if TYPE_CHECKING:
    from rollgrade.grades import Grades

__all__ = ["Bench"]


@dataclass(frozen=True, slots=True)
class Bench:
    """A rubric on the documents of one run. A document that lacks what the rubric needs is not graded, whatever the
    rubric says of missing things: the audit counts it."""

    rubric: Rubric
    basis: str
    threads: int

    @classmethod
    def of(cls, rubric: Rubric, documents: Sequence[Document], threads: int) -> Bench:
        """Fixes the coverage basis for ``documents``."""
        skipping = rubric.replace(missing="skip") if rubric.missing == "error" else rubric
        basis = skipping._run_basis([Material.of(d.source, d.facts, None, d.reference) for d in documents])
        return cls(skipping, basis, threads)

    def grade(self, texts: Sequence[str], documents: Sequence[Document]) -> Grades:
        """One grade for each text over the document beside it."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "facts hold PII")  # the audit says so itself
            return self.rubric.grade_batch(
                list(texts),
                sources=[d.source for d in documents],
                facts=[d.facts for d in documents],
                references=[d.reference for d in documents],
                basis=self.basis,
                threads=self.threads,
            )

    def task(self, document: Document) -> Task | None:
        """One document, prepared; None where it lacks what the rubric needs."""
        rubric = self.rubric
        material = Material.of(document.source, document.facts, None, document.reference)
        basis = rubric._row_basis(material, self.basis)
        if basis is None:
            return None
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "facts hold PII")
            return Task(rubric, rubric._prepared([(basis, material)], threads=1)[0], material)
