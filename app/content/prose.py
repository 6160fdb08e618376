"""What a linter can say about prose: HTML, prompts, repeated sentences, Chinese typography."""

import re
from collections.abc import Iterator
from typing import Final

from app.entry import fenced_code, without_code

Complaint = tuple[str, str]
"""What is wrong, and what to write instead."""

SHELLS: Final = frozenset({"sh", "bash", "powershell", "bat"})
"""Fences whose text is meant to be typed; `console` shows a session with its output."""

INLINE_CODE: Final = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)|<https?://[^>\s]+>|https?://[^\s)>，。；：！？（）]+")
_CODE_LINE = re.compile(r"^[ \t]*\{code \d+\}[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<!--")
_PROMPT = re.compile(r"^(?:\$|>|PS [^>\n]*>|[\w.-]+@[\w.-]+[:~].*[$#]) \S", re.MULTILINE)

_HAN: Final = r"\u3400-\u9fff\uf900-\ufaff"
_FULL_WIDTH: Final = {
    ",": "，",
    ".": "。",
    ":": "：",
    ";": "；",
    "?": "？",
    "!": "！",
    "(": "（",
    ")": "）",
}
_HALF_WIDTH = re.compile(rf"(?<=[{_HAN}])[,.:;?!()]|[,:;?!()](?=[{_HAN}])")
_TIGHT = re.compile(rf"[{_HAN}][A-Za-z0-9\x00]|[A-Za-z0-9\x00][{_HAN}]")
_LOOSE = re.compile(r"[ ][，。：；？！（）、“”《》]|[，。：；？！（）、“”《》][ ](?=\S)")


def prose_only(markdown: str, code: str = "") -> str:
    """The text without code and addresses; `code` stands for every piece of inline code."""
    text = _CODE_LINE.sub("", without_code(markdown))
    text = INLINE_CODE.sub(code, text)
    return _LINK_TARGET.sub("]", text)


def raw_html(markdown: str) -> Iterator[Complaint]:
    """HTML outside code: it would be shown as text, so say so before a reader sees it."""
    for match in _TAG.finditer(prose_only(markdown)):
        instead = f"write `{match[0]}` in backquotes, or use Markdown"
        yield f"has HTML outside code: {match[0]}", instead


def fences(markdown: str) -> Iterator[Complaint]:
    """Code blocks that cannot be shown or copied well."""
    for code in fenced_code(markdown):
        if not code.language:
            yield "has a code block without a language", "write ```sh, ```console or ```text"
        elif code.language in SHELLS and (prompt := _PROMPT.search(code.text)):
            yield f"has a prompt in a command: {prompt[0]!r}", "remove it, or write ```console"
        if not code.text.strip():
            yield "has an empty code block", "fill it or remove it"


def sentences(markdown: str) -> Iterator[str]:
    """Sentences long enough that standing twice is no accident, with white space folded."""
    for sentence in re.split(r"(?<=[.!?。！？])\s+|\n\s*\n", prose_only(markdown, "`")):
        folded = " ".join(sentence.split())
        if len(folded) >= 60:
            yield folded


def chinese(markdown: str) -> Iterator[Complaint]:
    """Half-width punctuation and spacing that a Chinese reader would trip over."""
    text = prose_only(markdown, "\0")
    if not re.search(f"[{_HAN}]", text):
        yield "has no Chinese in it", "translate it"
        return
    for match in _HALF_WIDTH.finditer(text):
        yield (
            f"half-width `{match[0]}` in Chinese: {_around(text, match)}",
            f"write `{_FULL_WIDTH[match[0]]}`",
        )
    for match in _TIGHT.finditer(text):
        yield f"no space between Chinese and Latin: {_around(text, match)}", "put one space there"
    for match in _LOOSE.finditer(text):
        yield f"a space beside full-width punctuation: {_around(text, match)}", "remove the space"


def _around(text: str, match: re.Match[str]) -> str:
    shown = text[max(0, match.start() - 6) : match.end() + 6]
    return f"“{' '.join(shown.replace(chr(0), '`…`').split())}”"
