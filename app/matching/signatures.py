r"""The language of signatures: a template of printed text to a linear-time pattern.

    ERROR: No matching distribution found for <requirement>

Literal text matches itself, any white space matches any white space, `<name>`
is one or more characters on one line, the same name twice is the same value, a
line that is only `<...>` skips up to 20 lines, `\<` is a literal `<`. What is
wrong with a signature, in words its author can act on, is in `advice`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import re2

from app.entry import Signature
from app.matching.clean import clean
from app.matching.wraps import MAYBE, SURE, mark_wraps

GAP_LINES: Final = 20
"""Lines that `<...>` may skip."""

_TOKEN: Final = re.compile(
    r"\\(?P<literal>[\\<])|(?P<gap>^[ \t]*<\.\.\.>[ \t]*$)|<(?P<name>[A-Za-z][\w-]*)>", re.MULTILINE
)
_BREAK: Final = rf"[\n{SURE}{MAYBE}]"
_SPACE: Final = rf"[ \t\n{SURE}{MAYBE}]+"
_ON_LINE: Final = r"[^\n]"
_AT_EDGE: Final = rf"[^\n{MAYBE}]"
_AT_START: Final = rf"[^\n{SURE}{MAYBE}]"
"""A placeholder at the edge of a template has no literal to stop it at a doubtful wrap."""
_QUOTE: Final = "['`]"
"""Compilers open a quotation with either, by version and locale."""


class SignatureError(ValueError):
    """A signature cannot be compiled; the text says what to write instead."""


@dataclass(frozen=True)
class Placeholder:
    """A part of a template that varies."""

    name: str


@dataclass(frozen=True)
class Gap:
    """Up to `GAP_LINES` lines of anything."""


Part = str | Placeholder | Gap


@dataclass(frozen=True)
class Found:
    """Where a template stands in a `Haystack`, in characters, and what it captured there."""

    start: int
    end: int
    captures: dict[str, str]


class Haystack:
    """A clean text made ready for any number of searches: wraps marked, encoded once."""

    def __init__(self, text: str) -> None:
        marked = mark_wraps(text)
        self.with_wraps = marked.encode("utf-8", "replace")
        self.plain = text.encode("utf-8", "replace")
        self._ascii = text.isascii()
        self._counted = (0, 0)

    def characters(self, position: int) -> int:
        """Characters before a byte position; ask in rising order, for it counts on."""
        if self._ascii:
            return position
        at, characters = self._counted if self._counted[0] <= position else (0, 0)
        characters += len(self.plain[at:position].decode("utf-8", "replace"))
        self._counted = (position, characters)
        return characters


@dataclass(frozen=True)
class Template:
    """A compiled signature. `pattern` is RE2 syntax.

    `literals` are the pieces of literal text; `groups` pairs placeholders with
    the numbers of the groups that capture them; `gaps` counts `<...>` lines.
    """

    pattern: str
    literals: tuple[str, ...]
    groups: tuple[tuple[str, int], ...]
    gaps: int
    marks_wraps: bool
    begins_with_letter: bool = False

    @cached_property
    def _compiled(self) -> re2._Regexp[bytes]:
        return re2.compile(self.pattern.encode(), _options())

    def compile(self) -> None:
        """Compile the pattern now rather than at the first search. Raises SignatureError."""
        try:
            _ = self._compiled
        except re2.error as error:
            raise SignatureError(f"is not RE2 syntax: {_message(error)}") from None

    def search(self, haystack: Haystack, start: int = 0, end: int | None = None) -> Iterator[Found]:
        """Every place of the template between two byte positions, in order and apart."""
        data = haystack.with_wraps if self.marks_wraps else haystack.plain
        at, misses = start, 0
        last = len(data) if end is None else end
        while misses < _MOST_MISSES and (found := self._compiled.search(data, at, last)):
            captures = self._captures(found)
            if captures is None:
                misses += 1
                at = found.start() + 1
                continue
            begin = found.start() + (
                self.begins_with_letter and data[found.start()] in b"0123456789"
            )
            first, after = haystack.characters(begin), haystack.characters(found.end())
            yield Found(first, after, captures)
            at = max(found.end(), at + 1)

    def _captures(self, found: re2._Match[bytes]) -> dict[str, str] | None:
        """By placeholder; None when one is blank or two of the same name differ."""
        captures: dict[str, str] = {}
        for name, group in self.groups:
            value = unwrapped((found[group] or b"").decode("utf-8", "replace"))
            if not value or captures.setdefault(name, value) != value:
                return None
        return captures


_MOST_MISSES: Final = 200
"""Places per stretch of text where repeated placeholders may differ before we give up."""


def unwrapped(text: str) -> str:
    """A captured value as it was before the terminal wrapped it, trimmed."""
    return text.replace(SURE, "").replace(MAYBE, "").strip()


@lru_cache(maxsize=4096)
def compile_text(text: str) -> Template:
    """Compile a template. Raises SignatureError."""
    return _assemble(list(parse(text)))


def compile_signature(signature: Signature) -> Template:
    """Compile what a signature looks for, template or regex. Raises SignatureError."""
    if signature.text is not None:
        return compile_text(signature.text)
    return compile_regex(signature.regex or "")


def parse(text: str) -> Iterator[Part]:
    """The parts of a template, literals cleaned as the log will be. Raises SignatureError."""
    at, literal = 0, ""
    text = clean(text).text
    for token in _TOKEN.finditer(text):
        literal += text[at : token.start()]
        at = token.end()
        if token["literal"]:
            literal += token["literal"]
            continue
        if literal:
            yield literal
        literal = ""
        if token["gap"] is not None:
            yield Gap()
        else:
            yield Placeholder(token["name"])
    if literal + text[at:]:
        yield literal + text[at:]


def _assemble(parts: list[Part]) -> Template:
    parts = _without_space_at_gaps(parts)
    if not any(isinstance(part, str) and part.strip() for part in parts):
        raise SignatureError("has no literal text; write some of the words that the tool prints")
    pattern = [_piece(parts, number) for number in range(len(parts))]
    names = [part.name for part in parts if isinstance(part, Placeholder)]
    return Template(
        pattern="".join(pattern),
        literals=tuple(part.strip() for part in parts if isinstance(part, str) and part.strip()),
        groups=tuple((name, number) for number, name in enumerate(names, 1)),
        gaps=sum(isinstance(part, Gap) for part in parts),
        marks_wraps=True,
        begins_with_letter=isinstance(parts[0], str) and parts[0].lstrip()[:1].isalpha(),
    )


def _without_space_at_gaps(parts: list[Part]) -> list[Part]:
    """The line breaks around `<...>` belong to the gap."""
    trimmed: list[Part] = []
    for number, part in enumerate(parts):
        if isinstance(part, str):
            before, after = parts[number - 1 : number], parts[number + 1 : number + 2]
            text = part.lstrip() if before and isinstance(before[0], Gap) else part
            text = text.rstrip() if after and isinstance(after[0], Gap) else text
            trimmed += [text] if text else []
        else:
            trimmed.append(part)
    return trimmed


def _piece(parts: list[Part], number: int) -> str:
    part = parts[number]
    before = parts[number - 1] if number else None
    after = parts[number + 1] if number + 1 < len(parts) else None
    if isinstance(part, str):
        return _literal(part, first=before is None, last=after is None)
    if isinstance(part, Gap):
        return _gap(before, after)
    if isinstance(before, Placeholder):
        raise SignatureError(
            f"has <{before.name}> and <{part.name}> side by side, so nothing tells where one ends; "
            "write one placeholder, or the text between them"
        )
    if after is None or isinstance(after, Gap):
        return rf"(\S{_AT_EDGE}*)"
    if before is None:
        return rf"([^\s{SURE}]{_AT_START}*?)"
    return rf"({_ON_LINE}*?[^\s{SURE}]{_ON_LINE}*?)"


def _gap(before: Part | None, after: Part | None) -> str:
    if before is None or after is None:
        raise SignatureError(
            "begins or ends with <...>; write the text that stands there, or nothing"
        )
    rest = rf"[^\n{SURE}{MAYBE}]*?"
    return rf"(?:{rest}{_BREAK}){{1,{GAP_LINES + 1}}}?{rest}"


def _literal(text: str, *, first: bool, last: bool) -> str:
    """Literal text; a line break may stand anywhere in it, for terminals wrap mid-word."""
    if first:
        text = text.lstrip()
    if last:
        text = text.rstrip()
    out: list[str] = []
    glued = False
    for run in re.findall(r"\s+|\S", text):
        if run.isspace():
            out.append(_SPACE)
        else:
            out.append(f"{_BREAK}?" if glued else "")
            out.append(_QUOTE if run in "'`" else re2.escape(run))
        glued = not run.isspace()
    # A progress meter may end right before the message: `0curl: (6) Could not …`.
    begin = r"(?:\b|\d)" if first and text[:1].isalpha() and text[:1].isascii() else ""
    end = r"\b" if last and _is_word(text[-1:]) else ""
    return begin + "".join(out) + end


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def compile_regex(regex: str) -> Template:
    """Compile the escape hatch: RE2 syntax, `^` and `$` at lines. Raises SignatureError."""
    pattern = f"(?m){regex}"
    try:
        compiled = re2.compile(pattern.encode(), _options())
    except re2.error as error:
        raise SignatureError(f"is not RE2 syntax: {_message(error)}") from None
    groups = tuple(
        (name.decode() if isinstance(name, bytes) else name, number)
        for name, number in compiled.groupindex.items()
    )
    return Template(pattern, tuple(_regex_literals(regex)), groups, regex.count(r"\n"), False)


_REGEX_TOKEN: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]*\}|.", re.DOTALL)
_SPECIAL: Final = frozenset("()[].^$|+*?{}")


def _regex_literals(regex: str) -> list[str]:
    """The literal runs that every match must have: those outside groups, classes and choices."""
    runs, depth = [""], 0
    for token in _REGEX_TOKEN.finditer(regex):
        text = token[0]
        if text == "|" and depth == 0:
            return []
        depth += (text == "(") - (text == ")")
        character = text[1:] if text[0] == "\\" and not text[1:].isalnum() else text
        plain = len(character) == 1 and (character is not text or text not in _SPECIAL)
        optional = regex[token.end() : token.end() + 1] in ("?", "*", "{")
        if depth == 0 and plain and not optional:
            runs[-1] += character
        else:
            runs.append("")
    # Under (?i) the letters are not what stands in the text.
    return [] if re.search(r"\(\?\w*i", regex) else [run for run in runs if run.strip()]


def _message(error: re2.error) -> str:
    text = error.args[0] if error.args else error
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


@lru_cache(maxsize=1)
def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 16 << 20
    return options
