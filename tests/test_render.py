"""Markup: whatever an author writes, no script comes out, and code stays as it was written."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import render


class Tags(HTMLParser):
    """Every tag of a fragment with its attributes, as a browser would read them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def is_harmless(markup: str) -> bool:
    return all(
        tag not in ("script", "style", "iframe", "svg", "object", "embed", "form")
        and not any(name.startswith("on") for name in attributes)
        and not re.match(
            r"\s*(?:javascript|data|vbscript):",
            attributes.get("href", "") + attributes.get("src", ""),
            re.IGNORECASE,
        )
        for tag, attributes in Tags(markup).found
    )


@given(st.text())
def test_no_markdown_gives_a_script(text: str):
    for markup in (
        render.markdown(text),
        render.inline(text),
        render.message(text),
        render.code_block(text, "sh"),
    ):
        assert is_harmless(markup)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "![x](x onerror=alert(1))",
        "<img src=x onerror=alert(1)>",
        "<a href='x' onclick='y'>z</a>",
        "**<svg/onload=alert(1)>**",
    ],
)
def test_hostile_markdown_is_text(text: str):
    assert is_harmless(render.markdown(text))


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n\t")))
def test_code_is_shown_as_it_was_written(text: str):
    for language in ("sh", "text", "python"):
        shown = html.unescape(re.sub(r"<[^>]+>", "", render.code_block(text, language)))
        assert shown.rstrip("\n") == text.rstrip("\n")


def test_a_console_block_keeps_its_last_line():
    markup = render.code_block("$ pip install <x>\nERROR: no", "console")
    assert "ERROR" in markup
    assert '<span class="gp">$ </span>' in markup


def test_placeholders_are_marked_in_commands_and_messages():
    markup = render.code_block('pip install "<package>==<version>" > out', "sh")
    assert re.findall(r'<var data-name="(\w+)">&lt;\w+&gt;</var>', markup) == ["package", "version"]
    assert render.message("no module <name> in <x") == (
        'no module <var data-name="name">&lt;name&gt;</var> in &lt;x'
    )
    assert "<var" not in render.code_block("List<String> x", "java")


def test_code_inside_a_list_is_code():
    markup = render.markdown("1. First:\n\n    ```sh\n    ls\n    ```\n\n2. Second.")
    assert markup.count("<ol>") == 1
    assert '<div class="code" data-kind="command" data-language="sh">' in markup


def test_items_indented_by_their_marker_are_one_list():
    text = "1. Ask:\n\n   ```sh\n   ls\n     -l\n   ```\n\n   It is there.\n2. Else:\n\n   - this\n   - that"
    markup = render.markdown(text)
    assert (markup.count("<ol>"), markup.count("<li>")) == (1, 4)
    assert "<p>It is there.</p>" in markup
    assert render.markdown("- a\n- b\n  c").count("<p>") == 0
    kept = "```text\n1. a\n   b\n2. c\n```"
    assert "1. a\n   b\n2. c" in render.markdown(kept)


def test_image_addresses_are_made_absolute():
    assert 'src="/pip/a.png"' in render.markdown("![a](a.png)", "/pip/")
    assert 'src="/other/a.png"' in render.markdown("![a](/other/a.png)", "/pip/")


def test_plain_text_has_no_marks():
    assert (
        render.plain("**Bold** `code` [link](x)\n\n- item\n\n```sh\nls -l\n```")
        == "Bold code link item ls -l"
    )


@given(st.text(), st.lists(st.integers(0, 30), max_size=6))
def test_marks_leave_the_text_as_it_is(text: str, cuts: list[int]):
    cuts = sorted({cut for cut in cuts if cut <= len(text)})
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    markup = str(render.marked(text, spans))
    assert html.unescape(markup.replace("<mark>", "").replace("</mark>", "")) == html.unescape(
        html.escape(text)
    )
    assert markup.count("<mark>") == len(spans)
