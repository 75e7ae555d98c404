"""The HTML pages in a real browser: nothing in the console, nothing loaded, text stays text, filters filter.

Run by `make test-report`, which finds or installs a Chromium and names it in CHROMIUM.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
ATTACK = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'"></div>'
EMAIL = "jane.roe@corp-mail.com"


def rollgrade(*arguments: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rollgrade", *map(str, arguments)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Seen:
    """A page that was opened, and all that happened in it."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(file.as_uri())
        self.url = file.as_uri()

    def is_quiet(self) -> bool:
        """Whether the console stayed empty and nothing but the page itself was loaded."""
        return self.said == [] and self.asked == [self.url]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Seen]]:
    pages: list[Page] = []

    def open_page(file: Path, width: int = 1280) -> Seen:
        pages.append(browser.new_page(viewport={"width": width, "height": 900}))
        return Seen(pages[-1], file)

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a training run in steps, with an attack and PII in it."""
    folder = tmp_path_factory.mktemp("report")
    rows = [json.loads(line) for line in (EXAMPLES / "rollouts.jsonl").read_text("utf-8").splitlines()[:200]]
    for i, row in enumerate(rows):
        row["step"] = i // 20
    rows[7]["messages"][-1]["content"] = f"{ATTACK} The answer of {EMAIL} \u202e hides."
    rows[7]["messages"][1]["content"] += f" Write to {EMAIL}."
    rows[7]["facts"][0] = f"A fact {ATTACK}"
    rows[7]["id"] = f"id {ATTACK}"
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    rollgrade("score", folder / "log.jsonl", "-o", folder / "graded.jsonl")
    rollgrade("report", folder / "graded.jsonl", "-o", folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory, report: Path) -> Path:
    folder = tmp_path_factory.mktemp("comparison")
    (folder / "a.toml").write_text("[length]\nmax_tokens = 40\n")
    (folder / "<b>.toml").write_text('combine = "weighted"\n')
    rollgrade(
        "compare", report.parent / "log.jsonl", "--rubric", folder / "a.toml", "--rubric", folder / "<b>.toml",
        "-o", folder / "compare.html",
    )  # fmt: skip
    return folder / "compare.html"


@pytest.mark.parametrize("width", [1280, 380])
def test_pages_are_quiet_and_fit(
    opened: Callable[..., Seen], report: Path, comparison: Path, width: int
) -> None:
    for file in (report, comparison):
        seen = opened(file, width)
        assert seen.is_quiet(), (seen.said, seen.asked)
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        charts = seen.page.locator("figure svg")
        assert charts.count() >= 4
        for chart in charts.all():
            box = chart.bounding_box()
            assert box is not None
            assert box["width"] > 200
            assert box["x"] + box["width"] <= width


def test_text_stays_text(opened: Callable[..., Seen], report: Path, comparison: Path) -> None:
    seen = opened(report)
    assert seen.page.title() == "Graded rollouts"
    card = seen.page.locator(".card", has_text="id <script>")
    assert card.count() == 1
    shown = card.locator(".completion").text_content() or ""
    assert shown.startswith(ATTACK)
    assert "\u202e" not in shown
    assert f"A fact {ATTACK}" in (card.text_content() or "")
    assert seen.page.locator(".card script, .card img").count() == 0
    seen = opened(comparison)
    assert seen.page.title() == "Two rewards compared"
    assert "<b>.toml" in (seen.page.locator(".lead").text_content() or "")


def test_pii_is_masked_and_highlighted(opened: Callable[..., Seen], report: Path, comparison: Path) -> None:
    for file in (report, comparison):
        assert EMAIL not in file.read_text("utf-8")
    seen = opened(report)
    mark = seen.page.locator(".card", has_text="id <script>").locator("mark.pii")
    assert mark.text_content() == "".join("•" if c.isalnum() else c for c in EMAIL)
    assert mark.get_attribute("title") == "pii EMAIL, leak exact"
    rollgrade("report", report.parent / "graded.jsonl", "-o", report.parent / "open.html", "--show-pii")
    assert EMAIL in (opened(report.parent / "open.html").page.text_content("#gallery") or "")


def test_filters(opened: Callable[..., Seen], report: Path) -> None:
    seen = opened(report)
    page = seen.page

    def shown() -> list[Any]:
        cards = page.locator(".card:visible")
        text = page.locator(".filters output").text_content() or ""
        assert text == f"{cards.count()} of {page.locator('.card').count()} shown"
        return cards.all()

    everything = len(shown())
    page.select_option("select[name=failed]", "pii")
    leaking = shown()
    assert 0 < len(leaking) < everything
    assert all("pii" in (card.get_attribute("data-failed") or "").split() for card in leaking)
    page.select_option("select[name=step]", "0")
    assert all(card.get_attribute("data-step") == "0" for card in shown())
    page.select_option("select[name=failed]", "")
    page.fill("input[name=text]", "HIDES answer")
    assert len(shown()) == 1
    page.fill("input[name=text]", "no such words")
    assert shown() == []
    page.press("input[name=text]", "Enter")
    page.fill("input[name=text]", "")
    page.select_option("select[name=step]", "")
    assert len(shown()) == everything
    assert seen.is_quiet()


def test_the_pointer_shows_what_a_mark_of_a_chart_is(opened: Callable[..., Seen], report: Path) -> None:
    titles = opened(report).page.locator("figure svg title").all_text_contents()
    assert any(title.startswith("reward: ") and "rollouts: " in title for title in titles)
    assert any(title.startswith("step: 3; share that passes: ") for title in titles)


def test_no_other_script_may_run_and_nothing_may_load(opened: Callable[..., Seen], report: Path) -> None:
    seen = opened(report)
    seen.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'document.title = 1'; document.body.append(s); "
        "const i = document.createElement('img'); i.src = 'http://example.org/x.png'; document.body.append(i); }"
    )
    assert seen.page.title() == "Graded rollouts"
    assert all("Content Security Policy" in said or "Content-Security-Policy" in said for said in seen.said)
    assert len(seen.said) >= 2


# ---- explanations ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def explanations(report: Path) -> dict[str, Path]:
    """One rollout (the attack), two of one prompt, and two of two prompts."""
    folder, log = report.parent, report.parent / "log.jsonl"
    rows = {"one": [8], "two": [41, 42], "apart": [8, 42]}
    for name, numbers in rows.items():
        chosen = [argument for number in numbers for argument in ("--row", str(number))]
        rollgrade("explain", log, *chosen, "--html", folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in rows}


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_explanations_are_quiet_fit_and_can_be_read(
    opened: Callable[..., Seen], explanations: dict[str, Path], width: int, theme: Any
) -> None:
    for file in explanations.values():
        seen = opened(file, width)
        seen.page.emulate_media(color_scheme=theme)
        assert seen.is_quiet(), (seen.said, seen.asked)
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert seen.page.locator("script").count() == 0
        for selector in (
            ".rg-reward strong",
            ".rg-text",
            ".rg-chip",
            "td",
            ".rg-budget",
            ".rg-soft",
            ".rg-legend mark",
        ):
            for one in seen.page.locator(selector).all()[:6]:
                assert one.evaluate(CONTRAST) >= 4.5, (file.name, selector, one.text_content())


CONTRAST = """element => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  canvas.canvas.width = canvas.canvas.height = 1;
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
  const luminance = colours => {
    canvas.fillStyle = "#fff"; canvas.fillRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
      .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const [ink, paper] = [luminance([...layers, getComputedStyle(element).color]), luminance(layers)];
  return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
}"""
"""How a text's colour stands against all that lies under it, as WCAG has it."""


def background(seen: Seen, selector: str) -> str:
    return str(
        seen.page.locator(selector).first.evaluate("element => getComputedStyle(element).backgroundColor")
    )


def test_a_fact_and_its_span_light_up_together(
    opened: Callable[..., Seen], explanations: dict[str, Path]
) -> None:
    for name in ("one", "two"):
        seen = opened(explanations[name])
        carried = seen.page.locator("mark[data-facts]").first
        number = (carried.get_attribute("data-facts") or "").split()[0]
        span, row = f'mark[data-facts~="{number}"]', f'[data-fact="{number}"]'
        plain = background(seen, span), background(seen, row)
        seen.page.locator(row).hover()
        assert background(seen, span) != plain[0]
        seen.page.locator("h1").hover()
        assert (background(seen, span), background(seen, row)) == plain
        carried.hover()
        assert background(seen, span) != plain[0]
        assert background(seen, row) != plain[1]
        seen.page.locator("h1").hover()
        while (
            seen.page.evaluate("document.activeElement.dataset.fact ?? ''") != number
        ):  # by keyboard as well
            seen.page.keyboard.press("Tab")
        assert background(seen, span) != plain[0]


def test_facts_of_two_prompts_do_not_mix(opened: Callable[..., Seen], explanations: dict[str, Path]) -> None:
    seen = opened(explanations["apart"])
    sides = seen.page.locator("section.rg-joined")
    assert sides.count() == 2
    here = sides.nth(1).locator("mark[data-facts]").first
    number = (here.get_attribute("data-facts") or "").split()[0]
    there = sides.nth(0).locator(f'li[data-fact="{number}"]')
    before = here.evaluate("element => getComputedStyle(element).backgroundColor")
    there.hover()
    assert here.evaluate("element => getComputedStyle(element).backgroundColor") == before


def test_explanations_say_nothing_private_and_text_stays_text(
    opened: Callable[..., Seen], explanations: dict[str, Path]
) -> None:
    for name in ("one", "apart"):
        assert EMAIL not in explanations[name].read_text("utf-8")
        seen = opened(explanations[name])
        assert "owned" not in seen.page.title()
        text = seen.page.locator(".rg-text").first.evaluate(
            "element => { element.querySelectorAll('sup').forEach(s => s.remove()); return element.textContent; }"
        )
        assert text.startswith(ATTACK)
        assert "\u202e" not in text
        assert seen.page.locator("main script, main img").count() == 0
        assert f"id {ATTACK}" in (seen.page.locator(".rg-place").first.text_content() or "")
        assert seen.page.locator("mark.rg-pii").first.get_attribute("title") == "pii EMAIL, leak exact"
