"""A finished page in Simplified Chinese to the same page in Traditional Chinese.

Only words change: texts between tags, and the attributes that readers see or
hear. Code, messages, placeholders, addresses and what is in another language
stay as they are, letter by letter.
"""

import json
import re
from html.parser import HTMLParser
from typing import Any, Final

from jinja2.utils import htmlsafe_json_dumps

from app.search.scripts import traditional

_KEPT_TAGS: Final = frozenset("code kbd pre samp script style textarea var".split())
_VOID_TAGS: Final = frozenset("br col hr img input link meta source wbr".split())
_WORDS: Final = frozenset({"alt", "aria-label", "content", "placeholder", "title"})
_JSON: Final = "application/ld+json"
_ATTRIBUTE = re.compile(r'\s(?P<name>[\w:-]+)="(?P<value>[^"]*)"')


def traditional_page(html: str) -> str:
    """The page in Traditional Chinese. Nothing but words differs, so neither do its links."""
    page = _Page()
    page.feed(html)
    page.close()
    return "".join(page.pieces)


class _Page(HTMLParser):
    """Writes down again what it reads; `kept` is the element that is being left as it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self._kept = ""
        self._depth = 0
        self._is_json = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = self.get_starttag_text() or ""
        if self._kept:
            self._depth += tag == self._kept
            self.pieces.append(source)
            return
        self.pieces.append(_with_words(source))
        if tag not in _VOID_TAGS and _is_kept(tag, dict(attrs)):
            self._kept, self._depth = tag, 1
            self._is_json = ("type", _JSON) in attrs

    def handle_startendtag(self, *_: object) -> None:
        source = self.get_starttag_text() or ""
        self.pieces.append(source if self._kept else _with_words(source))

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append(f"</{tag}>")
        if tag == self._kept:
            self._depth -= 1
            if not self._depth:
                self._kept, self._is_json = "", False

    def handle_data(self, data: str) -> None:
        if self._is_json:
            data = str(htmlsafe_json_dumps(_with_traditional_texts(json.loads(data))))
        self.pieces.append(data if self._kept else traditional(data))

    def handle_entityref(self, name: str) -> None:
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.pieces.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.pieces.append(f"<!--{data}-->")


def _is_kept(tag: str, attributes: dict[str, str | None]) -> bool:
    if tag in _KEPT_TAGS or attributes.get("translate") == "no":
        return True
    language = attributes.get("lang")
    return language is not None and not language.startswith("zh-Hant")


def _with_words(source: str) -> str:
    """A start tag with its readable attributes converted; most have nothing to convert."""
    return source if source.isascii() else _ATTRIBUTE.sub(_converted, source)


def _converted(attribute: re.Match[str]) -> str:
    name, value = attribute["name"], attribute["value"]
    # A placeholder's name stands in a command; the other data are words for scripts.
    is_words = name in _WORDS or (name.startswith("data-") and name != "data-name")
    return attribute[0].replace(value, traditional(value)) if is_words and value else attribute[0]


def _with_traditional_texts(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return {name: _with_traditional_texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_traditional_texts(each) for each in value]
    return traditional(value) if isinstance(value, str) else value
