"""Every kind of page, in both languages and themes, narrow and wide: axe, headings, language, reflow."""

import itertools
from pathlib import Path

import pytest

from tests.browser.pages import PAGES, PASTES, PREFIXES, path_of

axe = pytest.importorskip("axe_playwright_python")
AXE = (Path(axe.__file__).parent / "axe.min.js").read_text()
RUN = """async (colorsOnly) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const runOnly = colorsOnly ? {type: "rule", values: ["color-contrast", "link-in-text-block"]}
                             : {type: "tag", values: tags};
  const rules = colorsOnly ? {} : {"target-size": {enabled: true}};
  const found = await axe.run({runOnly, rules, resultTypes: ["violations"]});
  return found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join("  "));
}"""
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LEVELS = "all => all.map((one) => Number(one.tagName[1]))"
NOT_TRANSLATED = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const around = walker.currentNode.parentElement;
    const isCode = around.closest("code, [translate=no], script, mark, .term, .snippet");
    const isProse = /[A-Za-z]{3,}/.test(text) && !/\\p{Script=Han}/u.test(text);
    if (isProse && !isCode && around.closest("[lang]").lang.startsWith("zh")) found.push(text);
  }
  return found;
}"""
NAMES = ("Wayout", "API")


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_accessible_in_both_themes_and_widths(new_page, kind, language):
    page = new_page(path_of(kind, language), reduced_motion="reduce")
    _check(page)


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("kind", PASTES)
def test_the_answer_to_a_paste_is_accessible_in_both_themes_and_widths(new_page, kind, language):
    page = new_page(path_of("home", language), reduced_motion="reduce")
    page.fill("#text", PASTES[kind])
    page.click(".paste button")
    page.wait_for_url("**/match")
    assert "secret" not in page.content()
    _check(page)


def _check(page):
    levels = page.eval_on_selector_all("h1, h2, h3, h4, h5, h6", LEVELS)
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    english = page.evaluate(NOT_TRANSLATED)
    assert [text for text in english if not text.startswith(NAMES)] == []
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE)
    assert _violations(page) == {}
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(OVERFLOW) <= 0


def _violations(page):
    """Everything in the light theme; in the dark one only what colors decide."""
    found = {}
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.evaluate(NEXT_FRAME)
            found[theme, width] = page.evaluate(RUN, theme == "dark")
    return {case: rules for case, rules in found.items() if rules}
