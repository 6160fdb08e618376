"""The only maker of markup: Markdown to sanitized HTML, code with placeholders, search marks.

Raw HTML in Markdown is shown as text. nh3 has the last word on everything that
an author wrote; code is escaped by Pygments, whose output needs no further
cleaning but passes through it all the same.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Final

import nh3
from markdown import Markdown
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_ALLOWED_TAGS: Final = frozenset(
    "a abbr b blockquote br code dd del div dl dt em h4 h5 h6 hr i img kbd li ol p pre q s samp "
    "span strong sub sup table tbody td th thead tr ul var".split()
)
_ALLOWED_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "code": {"class", "translate"},
    "div": {"class", "data-language", "data-kind"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "pre": {"class", "tabindex", "translate", "lang"},
    "samp": {"class"},
    "span": {"class"},
    "td": {"style"},
    "th": {"style"},
    "var": {"class", "data-name"},
}

_NO_MARKUP = re.compile(r"(?![-+#>=]|\d+[.)])[^\\`*_\[\]<>&!~\n\"':/@]+")
_ITEM = re.compile(r"(?:\d{1,9}[.)]|[-*+]) +")
_FENCE = re.compile(r"`{3,}|~{3,}")
_PLACEHOLDER = re.compile(r"<([A-Za-z][\w .-]{0,60})>")
_STAND_IN = re.compile(r"PLHX(\d+)X")

TYPED: Final = frozenset({"sh", "bash", "powershell", "bat", "console"})
"""Languages of blocks that a reader types; all others are shown."""


@lru_cache(maxsize=2048)  # a page without a translation shows the English parts once more
def markdown(text: str, base: str = "/") -> Markup:
    """Markdown to sanitized HTML. Relative image addresses are made relative to `base`."""
    converter = _converter()
    converter.reset()
    return _sanitized(converter.convert(_four_spaces(text)), base)


def _four_spaces(text: str) -> str:
    """What belongs to an item of a list, indented as Python-Markdown wants it.

    Authors indent by the width of the marker, as CommonMark has it; without this
    the item would end before its code, and the next one begin amid a paragraph.
    """
    lines: list[str] = []
    width = 0
    apart = fenced = False
    for line in text.split("\n"):
        item = None if fenced else _ITEM.match(line)
        if item:
            if width and apart and lines[-1]:
                lines.append("")
            width, apart = item.end(), False
        elif not line.strip():
            apart = True
        elif line[:width].strip():
            width = 0
        if not width and _FENCE.match(line):
            fenced = not fenced
        inside = width and not item and line.strip()
        lines.append(" " * 4 + line[width:] if inside else line)
    return "\n".join(lines)


def inline(text: str) -> Markup:
    """One line of Markdown without the paragraph around it."""
    if _NO_MARKUP.fullmatch(text):
        return escape(text)  # as Markdown would, which takes a hundred times longer
    html = markdown(text)
    return Markup(html.removeprefix("<p>").removesuffix("</p>")) if html.count("<p>") == 1 else html


@cache
def _converter() -> Markdown:
    converter = Markdown(
        extensions=["tables", "sane_lists", "pymdownx.superfences"],
        extension_configs={
            "pymdownx.superfences": {
                "disable_indented_code_blocks": True,
                "custom_fences": [{"name": "*", "class": "", "format": _format_fence}],
            }
        },
        output_format="html",
    )
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    return converter


def _format_fence(source: str, language: str, *_: Any, **__: Any) -> str:  # noqa: ANN401
    return str(code_block(source, language))


def code_block(source: str, language: str) -> Markup:
    """A block of code with its placeholders marked as `<var>`."""
    kind = "command" if language in TYPED else "output"
    name = re.sub(r"[^a-z0-9+-]", "", language.lower()) or "text"
    return Markup(
        f'<div class="code" data-kind="{kind}" data-language="{name}">'
        f'<pre tabindex="0" translate="no" lang="en"><code class="highlight">'
        f"{_highlighted(source, name)}</code></pre></div>"
    )


@lru_cache(maxsize=4096)
def _highlighted(source: str, language: str) -> str:
    names: list[str] = []

    def stand_in(match: re.Match[str]) -> str:
        names.append(match[1])
        return f"PLHX{len(names) - 1}X"

    def placeholder(match: re.Match[str]) -> str:
        number = int(match[1])
        return _variable(names[number]) if number < len(names) else match[0]

    if language in TYPED:
        # A lexer would take `<package>` for two redirections, so a plain word goes through it.
        source = _PLACEHOLDER.sub(stand_in, source)
    html = highlight(source, _lexer(language), _FORMATTER).rstrip("\n")
    return _STAND_IN.sub(placeholder, html) if names else html


_FORMATTER: Final = HtmlFormatter(nowrap=True)


@cache
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False)


def _variable(name: str) -> str:
    return f'<var data-name="{escape(name)}">{escape(f"<{name}>")}</var>'


def message(text: str) -> Markup:
    """A printed message with its `<placeholders>` marked as `<var>`."""
    pieces, end = [], 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += [str(escape(text[end : match.start()])), _variable(match[1])]
        end = match.end()
    return Markup("".join([*pieces, str(escape(text[end:]))]))


def _sanitized(html: str, base: str) -> Markup:
    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src" and "://" not in value and not value.startswith("/"):
            return base + value
        if tag in ("td", "th") and name == "style":
            return value if value.startswith("text-align:") else None
        return value

    return Markup(
        nh3.clean(
            html,
            tags=set(_ALLOWED_TAGS),
            attributes=_ALLOWED_ATTRIBUTES,
            attribute_filter=attribute,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener",
        )
    )


def plain(markdown_text: str) -> str:
    """The words of a Markdown text for searching and descriptions: no code fences, no marks."""
    text = re.sub(r"^[ \t]*(`{3,}|~{3,}).*$", "", markdown_text, flags=re.MULTILINE)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^[ \t]*(?:#{4,6}|[-*+]|\d+\.|>)[ \t]+", "", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__|`+)", "", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])", r"\1", text)
    return " ".join(text.split())


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """The text, escaped, with the given character spans in `<mark>`; spans must not overlap."""
    pieces, end = [], 0
    for start, stop in sorted(spans):
        pieces += [
            escape(text[end:start]),
            Markup("<mark>"),
            escape(text[start:stop]),
            Markup("</mark>"),
        ]
        end = stop
    return Markup("").join([*pieces, escape(text[end:])])


def ticked(text: str) -> Markup:
    """A plain sentence, escaped, with what stands in backquotes as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


# ECMA-48 sequences, then single control characters; tabs and line feeds stay.
_UNPRINTED = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def printable(text: str) -> str:
    """The text as a terminal would show it: without colors and control characters."""
    return _UNPRINTED.sub("", text)
