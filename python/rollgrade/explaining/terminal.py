"""Explanations in a terminal: the reward and why, the text with its evidence, facts, rules, PII, arithmetic.

A fact has a colour and a number, which stands at both ends of the span that carries it, so that colour is not needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from rich import box
from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from rollgrade.display import shown
from rollgrade.evidence import OF_FACTS, Piece
from rollgrade.explaining.differences import Differences
from rollgrade.explaining.explanation import Explanation, FactShown, RuleShown
from rollgrade.explaining.views import Shows, signed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rollgrade.explaining.arithmetic import Step

__all__ = ["view"]

FACT_COLOURS = ("green", "bright_blue", "yellow", "cyan")
SIDE_BY_SIDE = 120
"""From this width on two rollouts stand beside each other."""
_STYLES = {
    "fact": "bold",
    "part of a fact": "italic",
    "negated fact": "italic strike",
    "unsupported": "underline red",
    "rule": "bold cyan",
    "pii": "bold white on red",
    "form": "black on yellow",
    "fluency": "underline magenta",
    "over the budget": "dim",
    "thinking": "dim italic",
}
_LEGEND = {
    "fact": "¹fact¹",
    "part of a fact": "¹part of a fact¹",
    "negated fact": "¹negated fact¹",
    "fluency": "worst fluency",
    "pii": "PII",
    "rule": "custom rule",
}
_LONGEST = {"thinking": 400, "over the budget": 1600}
"""A longer run of what counts for little is cut in its middle."""
_ANSWER = 8000
_ROWS = 40
"""So many code points of an answer, or of one piece of it, and so many pieces of PII, are shown; pages show all."""
_STATES = {"carried": "green", "partly carried": "yellow", "negated": "red", "not carried": "red"}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def view(of: Shows, width: int) -> Iterable[RenderableType]:
    """What is printed of an explanation, or of two, in a terminal of ``width`` columns."""
    if isinstance(of, Differences):
        return _two(of, width)
    return _one(cast(Explanation, of))


def _one(of: Explanation) -> Iterable[RenderableType]:
    yield from _head(of)
    yield _completion(of)
    if of.facts:
        yield _facts(of)
    yield _rules(of)
    if of.pii:
        yield _pii(of)
    yield _arithmetic(of.arithmetic)


def _two(of: Differences, width: int) -> Iterable[RenderableType]:
    yield _verdict(of)
    wide = width >= SIDE_BY_SIDE
    both = list(zip(of.names, (of.a, of.b), strict=True))
    heads = [Group(*_head(side, name)) for name, side in both]
    texts = [] if of.same_marks else [_completion(side) for _, side in both]
    yield from _beside([heads, texts] if texts else [heads], wide)
    if of.same_marks:
        yield _completion(of.a)
    if of.same_facts:
        yield _both_facts(of)
    elif of.a.facts or of.b.facts:
        yield from _beside([[_facts(side) for _, side in both]], wide)
    yield _both_rules(of)
    if of.settings:
        yield _settings(of)
    if of.a.pii or of.b.pii:
        yield from _beside([[_pii(side) for _, side in both]], wide)
    yield from _beside([[_arithmetic(side.arithmetic, name) for name, side in both]], wide)


def _beside(rows: Sequence[Sequence[RenderableType]], wide: bool) -> Iterable[RenderableType]:
    """Rows of two parts each, in columns of the same width where there is room; else all of the one, then all of the
    other."""
    if not wide:
        for side in zip(*rows, strict=True):
            yield from side
        return
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=1)
    grid.add_column(ratio=1)
    for row in rows:
        grid.add_row(*row)
    yield grid


# ---- the head ----------------------------------------------------------------------------------------------


def _head(of: Explanation, name: str = "") -> Iterable[RenderableType]:
    if of.heading:
        where = [Text(shown(part), "dim" if i else "bold") for i, part in enumerate(of.heading)]
        yield Text("  ").join([*([Text(name, "bold")] if name else []), *where])
        name = ""
    yield Text.assemble((f"{name}  " if name else "", "bold"), *_reward(of))
    yield Text(shown(of.reason))


def _reward(of: Explanation) -> Iterable[tuple[str, str]]:
    if of.score is None:
        yield "no reward", "bold yellow"
        return
    good = of.valid and not of.failed
    yield f"reward {of.score:.3f}", "bold green" if good else "bold yellow" if of.score else "bold red"
    if of.valid and of.failed:
        yield f"  fails {', '.join(of.failed)}", ""


def _verdict(of: Differences) -> Text:
    said = Text(of.verdict, "bold")
    if of.shares:
        said.append(f": {', '.join(f'{rule} {signed(share)}' for rule, share in of.shares)}", "not bold")
    return said


# ---- the text ----------------------------------------------------------------------------------------------


def _completion(of: Explanation) -> RenderableType:
    title = f"completion, {of.tokens:,} of {of.max_tokens:,} {of.unit}"
    text = _marked(of) if of.text else Text("(empty)", "dim")
    panel = Panel(text, title=title, title_align="left", box=box.ROUNDED)
    return Group(panel, _legend(of)) if of.marks else panel


def _marked(of: Explanation) -> Text:
    text = Text()
    for index, piece in enumerate(of.pieces):
        if piece.start - of.answer[0] >= _ANSWER:
            text.append(f" … {len(of.text) - piece.start:,} more characters", "dim")
            break
        before = of.pieces[index - 1].facts if index else ()
        after = of.pieces[index + 1].facts if index + 1 < len(of.pieces) else ()
        if of.budget is not None and piece.start == of.budget:
            space = "" if piece.text[:1].isspace() else " "
            text.append(f" ▏{of.max_tokens:,}\u00a0{of.unit}▕{space}", "bold cyan")
        text.append_text(_numbers([n for n in piece.facts if n not in before]))
        text.append(_cut(piece), _style(piece))
        text.append_text(_numbers([n for n in piece.facts if n not in after]))
    return text


def _numbers(facts: Sequence[int]) -> Text:
    """The facts' numbers, raised, each in its colour."""
    parts = [(str(number).translate(_SUPERSCRIPTS), f"bold {_colour(number)}") for number in facts]
    return Text("\u02d9").join(Text(*part) for part in parts)


def _style(piece: Piece) -> Style:
    style = Style()
    for mark in piece.marks:
        style += Style.parse(_STYLES[mark.name])
        if mark.name in OF_FACTS:
            style += Style(color=_colour(int(mark.label)))
    return style + Style(dim=False) if style.bgcolor else style


def _cut(piece: Piece) -> str:
    text = shown(piece.text, keep="\n")
    most = min((_LONGEST[mark.name] for mark in piece.marks if mark.name in _LONGEST), default=_ANSWER)
    if len(text) <= most:
        return text
    left_out = len(text) - most
    return f"{text[: most * 3 // 4]} … {left_out:,} more characters … {text[-(most // 4) :]}"


def _colour(number: int) -> str:
    return FACT_COLOURS[(number - 1) % len(FACT_COLOURS)]


def _legend(of: Explanation) -> Text:
    """The styles that were used, each in its own; the facts' by their numbers."""
    parts = [Text(_LEGEND.get(name, name), _STYLES[name]) for name in of.marks]
    return Text("  ").join([Text(" "), *parts])


# ---- tables ------------------------------------------------------------------------------------------------


_NUMBERS = ("score", "asked", "weight", "costs", "a", "b", "b − a", "in the reward")


def _table(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        right = name in _NUMBERS
        table.add_column(name, justify="right" if right else "left", no_wrap=right)
    return table


def _facts(of: Explanation) -> Table:
    table = _table("", of.basis.removesuffix("s"), "score", "in the answer")
    for fact in of.facts:
        said = _state(fact)
        said.append(shown(fact.said.removeprefix(fact.state)), "dim")
        table.add_row(_number(fact), Text(shown(fact.text)), f"{fact.score:.2f}", said)
    return table


def _number(fact: FactShown) -> Text:
    return Text(str(fact.number), f"bold {_colour(fact.number)}")


def _state(fact: FactShown) -> Text:
    return Text.assemble((fact.state, _STATES[fact.state]))


def _both_facts(of: Differences) -> Table:
    a, b = of.names
    table = _table("", of.a.basis.removesuffix("s"), a, b, "")
    for left, right in zip(of.a.facts, of.b.facts, strict=True):
        number = left.number
        if number in of.only_a or number in of.only_b:
            said = Text(f"only {a if number in of.only_a else b}", "bold")
        else:
            said = Text("both" if left.carried else "neither", "dim")
        if left.said == right.said:
            said = _state(left)
            said.append(shown(left.said.removeprefix(left.state)), "dim")
        for name, fact in ((a, left), (b, right)):
            if left.said != right.said and not fact.carried:
                said.append(f"\n{name} {shown(fact.said)}", "not bold dim")
        scores = [Text(f"{fact.score:.2f}", _STATES[fact.state]) for fact in (left, right)]
        table.add_row(_number(left), Text(shown(left.text)), *scores, said)
    return table


def _rules(of: Explanation) -> Table:
    weighed = any(rule.weight is not None or rule.role for rule in of.rules)
    cost = any(rule.cost is not None for rule in of.rules)
    names = ["rule", "score", "asked", *(["weight"] if weighed else []), *(["costs"] if cost else []), ""]
    table = _table(*names)
    for rule in of.rules:
        cells: list[RenderableType] = [rule.rule, _score(rule), f"{rule.threshold:g}"]
        if weighed:
            cells.append(rule.role or _plain(rule.weight))
        if cost:
            cells.append(Text(f"{rule.cost:.3f}", "bold") if rule.cost else "")
        table.add_row(*cells, _details(rule))
    return table


def _details(rule: RuleShown) -> RenderableType:
    return Group(*(Text(shown(line)) for line in rule.details))


def _score(rule: RuleShown | None) -> Text:
    if rule is None or rule.score is None:
        return Text("–")
    return Text(f"{rule.score:.3f} {'✓' if rule.passed else '✗'}", "green" if rule.passed else "red")


def _both_rules(of: Differences) -> Table:
    a, b = of.names
    told = any(rule.share is not None for rule in of.rules)
    table = _table("rule", a, b, "b − a", *(["in the reward"] if told else []), "")
    for rule in of.rules:
        changes = [rule.change, rule.share] if told else [rule.change]
        sides = rule.sides(a, b)
        said: RenderableType = _details(sides[0][1])
        if len(sides) > 1:
            said = Table.grid(padding=(0, 1))
            for name, side in sides:
                said.add_row(Text(name, "dim"), _details(side))
        cells = [Text(signed(change), "bold" if change else "dim") for change in changes]
        table.add_row(rule.rule, _score(rule.a), _score(rule.b), *cells, said)
    return table


def _settings(of: Differences) -> Table:
    table = _table("setting", *of.names)
    for setting in of.settings:
        table.add_row(setting.name, Text(shown(setting.a)), Text(shown(setting.b)))
    return table


def _pii(of: Explanation) -> Table:
    table = _table("PII", "value", "verdict", "", "evidence")
    for match in of.pii[:_ROWS]:
        fails = Text("fails", "red") if match.fails else Text("warns", "yellow")
        verdict, evidence = match.verdict.replace("_", " "), ", ".join(match.evidence)
        table.add_row(match.kind, Text(shown(match.value)), verdict, fails, evidence)
    if len(of.pii) > _ROWS:
        table.add_row("…", f"{len(of.pii) - _ROWS:,} more")
    return table


def _arithmetic(steps: Sequence[Step], name: str = "") -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    for step in steps:
        last = step is steps[-1]
        style = "bold" if last else ""
        equals = "" if step.value is None else f"= {step.value:.3f}"
        grid.add_row(Text(step.name, style), Text(f"= {step.expression}", style), Text(equals, style))
    title = Text(f"{name}  arithmetic" if name else "arithmetic", "dim")
    return Padding(Group(title, grid), (0, 0, 1, 1))


def _plain(weight: float | None) -> str:
    return "" if weight is None else f"{weight:g}"
