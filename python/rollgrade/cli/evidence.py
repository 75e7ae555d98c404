"""One grade in the terminal: the completion with its evidence highlighted, the facts, the rules, the
arithmetic.

PII is masked wherever text is shown, one sign for each letter or digit, unless it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rollgrade.cli.terminal import shown
from rollgrade.evidence import budget_end, marks_of, masked, pii_masked
from rollgrade.grades import Grade, Span

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from rollgrade.logs.records import Rollout
    from rollgrade.rubric import Rubric
    from rollgrade.settings import Gate

__all__ = ["arithmetic", "show"]

_PARTLY = 0.3
_QUOTED = 8
_PRIORITY = {"coverage": 8.0, "pii": 4.0, "fluency": 2.0, "form": 1.0}
_STYLES = {
    "fact": "green",
    "unsupported": "red underline",
    "pii": "bold white on red",
    "form": "black on yellow",
    "fluency": "magenta underline",
    "over the budget": "dim",
    "thinking": "dim italic",
}


def show(
    out: Console, rollout: Rollout, grade: Grade, rubric: Rubric, *, place: str, taken: str, show_pii: bool
) -> None:
    """Prints a rollout, which stands at ``place`` and was read in the form that was ``taken``, and its
    grade."""
    evidence = _Evidence(rollout, grade, rubric, show_pii)
    head = Text.assemble(
        (shown(place), "bold"), f"  {shown(rollout.id)}" if rollout.id else "", (f"  {taken}", "dim")
    )
    out.print(head, soft_wrap=True)
    out.print(Text(shown(evidence.hidden(grade.reason))))
    out.print(Panel(evidence.text(), title="completion", title_align="left", box=box.ROUNDED))
    out.print(evidence.legend())
    if grade.coverage.per_fact:
        out.print(evidence.facts())
    out.print(evidence.rules())
    out.print(arithmetic(grade, rubric), markup=False, soft_wrap=True)


def arithmetic(grade: Grade, rubric: Rubric) -> str:
    """How the reward comes about, in one line."""
    if grade.score is None:
        return "no reward: what a rule needs is missing"
    if not grade.valid:
        return f"reward = {grade.score:.3f}: the answer is not valid"
    scores = {rule: result.score for rule, result in grade.rules.items()}
    combine = rubric.combine
    custom = {rule.name: rule.weight for rule in rubric.rules}
    weights = asdict(rubric.weights) | custom
    if combine == "priority":
        terms = f"length {_short(scores['length'])} × {_mean(_PRIORITY | custom, scores)}"
    elif combine == "weighted":
        terms = _mean(weights, scores)
    elif combine == "lexicographic":
        told = [result for rule, result in grade.rules.items() if custom.get(rule, 1)]
        bits = "".join(str(int(result.passed)) for result in told)
        terms = f"(band {bits} = {int(bits, 2)} + {_mean(weights, scores)}) / {2 ** len(bits)}"
    elif scores["length"] < 1:
        terms = "the gate: over the budget"
    else:
        terms = _gated(rubric.gate, scores)
    return f"reward = {terms} = {grade.score:.3f}"


def _mean(weights: dict[str, float], scores: dict[str, float | None]) -> str:
    """A weighted mean, written out; a rule without a score has no part in it."""
    used = {
        rule: (weights[rule], score)
        for rule, score in scores.items()
        if score is not None and weights.get(rule)
    }
    if not used:
        return "1"
    terms = " + ".join(f"{weight:g}·{rule} {_short(score)}" for rule, (weight, score) in used.items())
    return f"({terms}) / {sum(weight for weight, _ in used.values()):g}"


def _gated(gate: Gate, scores: dict[str, float | None]) -> str:
    """The geometric mean behind the gate, written out; coverage that is not graded counts as 1."""
    used = {rule: 1.0 if (score := scores[rule]) is None else score for rule in gate.rules}
    terms = [f"{rule} {_short(max(score, gate.floor))}" for rule, score in used.items()]
    if len(terms) < 2:
        return terms[0] if terms else "1, within the budget"
    root = {2: "√", 3: "∛", 4: "∜"}.get(len(terms), f"{len(terms)}th root of ")
    return f"{root}({' × '.join(terms)})"


def _short(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")


class _Evidence:
    """The parts of the view of one grade."""

    def __init__(self, rollout: Rollout, grade: Grade, rubric: Rubric, show_pii: bool) -> None:
        self._rollout = rollout
        self._grade = grade
        self._rubric = rubric
        self._show_pii = show_pii
        self._used: list[str] = []

    def hidden(self, text: str, spans: Sequence[Span] | None = None) -> str:
        """The text with PII masked, unless it is to be shown: at ``spans``, or wherever the rubric finds
        it."""
        if self._show_pii:
            return text
        return pii_masked(text, self._rubric) if spans is None else masked(text, spans)

    def text(self) -> Text:
        """The completion, its evidence highlighted: the facts numbered, the budget's end marked."""
        grade, completion = self._grade, self._rollout.completion
        matches = [match.span for match in grade.pii.matches]
        text = Text(shown(self.hidden(completion, matches), keep="\n"))
        found = marks_of(completion, grade, self._rubric)
        for mark in found:
            text.stylize(_STYLES[mark.name], mark.start, mark.end)
        self._used = list(dict.fromkeys([*self._used, *(mark.name for mark in found)]))
        marks = [(mark.end, Text(f"[{mark.label}]", "bold green")) for mark in found if mark.name == "fact"]
        budget = budget_end(completion, grade, self._rubric)
        if budget is not None:
            marks.append((budget, Text(f" ▏{grade.length.max_tokens} tokens▕ ", "bold cyan")))
        return _with_marks(text, marks)

    def legend(self) -> Text:
        """The styles that were used, each in its own."""
        parts = [part for name in self._used for part in ((name, _STYLES[name]), "  ")]
        return Text.assemble(*parts)

    def facts(self) -> RenderableType:
        """What the answer carries of each fact."""
        grade, facts = self._grade, self._rollout.facts or []
        listed = facts if grade.coverage.basis == "facts" else []
        table = _table("", "score", grade.coverage.basis.removesuffix("s"), "in the answer")
        for number, fact in enumerate(grade.coverage.per_fact, 1):
            words = self.hidden(listed[number - 1]) if number <= len(listed) else f"sentence {number}"
            missing = ", ".join(self.hidden(word) for word in fact.missing)
            if fact.negated:
                said = Text("negated", "red")
            elif fact.present:
                said = Text("carried", "green")
            elif fact.score >= _PARTLY:
                said = Text("partly carried", "yellow")
            else:
                said = Text("not carried", "red")
            if missing:
                said.append(f"; missing: {shown(missing)}", "dim")
            table.add_row(f"[{number}]", f"{fact.score:.2f}", Text(shown(words)), said)
        return table

    def rules(self) -> RenderableType:
        """The rules' scores, and what lowered them."""
        table = _table("rule", "score", "", "")
        for rule, result in self._grade.rules.items():
            score = "-" if result.score is None else f"{result.score:.3f}"
            passed = Text("passed", "green") if result.passed else Text("failed", "red")
            lines = [result.reason] if rule in self._grade.custom else getattr(self, f"_{rule}")()
            details = [Text(shown(line)) for line in lines]
            table.add_row(rule, score, passed if result.score is not None else Text(), Group(*details))
        return table

    def _length(self) -> Iterable[str]:
        result = self._grade.length
        unit = "words" if self._rubric.length.tokenizer == "words" else "tokens"
        yield f"{result.tokens} {unit}; the budget is {result.max_tokens}"

    def _coverage(self) -> Iterable[str]:
        result = self._grade.coverage
        if result.score is None or result.raw is None:
            yield "not graded: nothing to measure it against"
            return
        facts = (
            f", {sum(f.present for f in result.per_fact)} of {len(result.per_fact)}"
            if result.per_fact
            else ""
        )
        measure = self._rubric.coverage.measure
        how = "" if measure == "content" else f"{measure} "
        yield f"{how}against {result.basis}: {result.raw:.3f}{facts}; {result.threshold:g} asked for"
        if result.support is not None and result.support.factor < 1:
            spans = [match.span for match in self._grade.pii.matches]
            text = self.hidden(self._rollout.completion, spans)
            quoted = [text[start:end] for start, end in result.unsupported]
            more = f" and {len(quoted) - _QUOTED} more" if len(quoted) > _QUOTED else ""
            yield (
                f"× {result.support.factor:.3f} for what the source does not say: "
                f"{', '.join(quoted[:_QUOTED])}{more}"
            )
        if result.copying is not None and result.copying_factor is not None and result.copying_factor < 1:
            yield (
                f"× {result.copying_factor:.3f} for copying: density {result.copying.density:.1f}, "
                f"{self._rubric.coverage.max_density:g} allowed"
            )
        if self._rubric.coverage.readable and self._grade.fluency.score < self._rubric.fluency.threshold:
            yield "lowered in proportion, as the text is not readable"

    def _pii(self) -> Iterable[str]:
        matches = self._grade.pii.matches
        if not matches:
            yield "none found"
        for match in matches:
            value = match.text if self._show_pii else match.masked
            verdict = f"{match.verdict.replace('_', ' ')}, {'fails' if match.fails else 'warns'}"
            yield f"{match.kind} {value}: {verdict} ({', '.join(match.evidence)})"

    def _fluency(self) -> Iterable[str]:
        result = self._grade.fluency
        yield self.hidden(result.reason) or "nothing broke it"

    def _form(self) -> Iterable[str]:
        violations = self._grade.form.violations
        if not violations:
            yield "only the paragraph"
        for description, times in Counter(v.description for v in violations).items():
            yield self.hidden(description) + (f" ({times} times)" if times > 1 else "")


def _with_marks(text: Text, marks: list[tuple[int, Text]]) -> Text:
    """The text with marks put in at their places."""
    marks = sorted(marks, key=lambda mark: mark[0])
    pieces = text.divide([at for at, _ in marks])
    joined: list[Any] = []
    for piece, (_, mark) in zip(pieces, marks, strict=False):
        joined += [piece, mark]
    return Text().join([*joined, *pieces[len(marks) :]])


def _table(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(names):
        table.add_column(
            name, justify="right" if name == "score" else "left", ratio=1 if index == 3 else None
        )
    return table
