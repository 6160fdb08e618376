"""Where in a shell command each placeholder stands: bare, in quotes, in a comment.

A small reader of POSIX shell and PowerShell syntax. It need not understand a
command: whatever it is unsure of it calls `Place.UNCLEAR`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PLACEHOLDER: Final = re.compile(r"<([A-Za-z][\w-]*)>")


class Place(StrEnum):
    """What surrounds a placeholder."""

    WORD = "word"
    """Unquoted, as an argument of its own."""
    GLUED = "glued"
    """Unquoted, with other text of the same argument before or after it."""
    SINGLE = "single"
    DOUBLE = "double"
    UNCLEAR = "unclear"
    """In a comment, a here-document, a substitution: only harmless characters may go there."""
    COMMAND = "command"
    """It would be the command itself."""


@dataclass(frozen=True)
class Slot:
    """One placeholder: its name, its span in the code, where it stands, and the line around it."""

    name: str
    start: int
    end: int
    place: Place
    line: str


HEREDOC: Final = re.compile(r"<<-?\s*(['\"\\]?)([A-Za-z_]\w*)\1?")
_SEPARATORS: Final = frozenset(";|&(){}\n!`")
_RUNNERS: Final = frozenset(
    "sudo doas exec time env command nohup nice xargs then do else elif if while until builtin "
    "source . eval start call strace watch timeout".split()
)


def slots(code: str, *, powershell: bool = False) -> list[Slot]:
    """Every placeholder of a command, in order; none at all if its quotes do not close."""
    found: list[Slot] = []
    reader = _Reader(code, "`" if powershell else "\\")
    for match, place in reader.places():
        begin = code.rfind("\n", 0, match.start()) + 1
        end = code.find("\n", match.end())
        line = code[begin : end if end != -1 else len(code)]
        found.append(Slot(match[1], match.start(), match.end(), place, line))
    return [] if reader.unclosed else found


class _Reader:
    """Walks over a command once, keeping what quotes are open."""

    def __init__(self, code: str, escape: str) -> None:
        self._code, self._escape = code, escape
        self._quote = ""
        self._depth = 0
        self._word = ""
        self._commanding = True
        self._heredocs: list[str] = []
        self.unclosed = False

    def places(self) -> Iterator[tuple[re.Match[str], Place]]:
        at = 0
        while at < len(self._code):
            if match := PLACEHOLDER.match(self._code, at):
                yield match, self._place(match)
                self._word += "x"
                at = match.end()
            elif self._at_comment(at):
                end = self._line_end(at)
                yield from (
                    (match, Place.UNCLEAR) for match in PLACEHOLDER.finditer(self._code, at, end)
                )
                at = end
            elif not self._quote and (here := HEREDOC.match(self._code, at)):
                self._heredocs.append(here[2])
                at = here.end()
            elif self._code[at] == "\n" and not self._quote and self._heredocs:
                end = self._heredoc_end(at)
                yield from (
                    (match, Place.UNCLEAR) for match in PLACEHOLDER.finditer(self._code, at, end)
                )
                at = end
                self._new_command()
            else:
                at = self._step(at)
        self.unclosed = bool(self._quote or self._heredocs or self._depth)

    def _place(self, match: re.Match[str]) -> Place:
        before = self._code[match.start() - 1 : match.start()]
        if self._depth or before in {self._escape, "$"}:
            return Place.UNCLEAR
        if self._quote:
            return Place.SINGLE if self._quote == "'" else Place.DOUBLE
        after = self._code[match.end() : match.end() + 1]
        if self._commanding and (not self._word or "=" not in self._word):
            return Place.COMMAND
        return (
            Place.GLUED if self._word or not (after == "" or after in " \t\n;|&)") else Place.WORD
        )

    def _at_comment(self, at: int) -> bool:
        return self._code[at] == "#" and not self._quote and not self._word

    def _line_end(self, at: int) -> int:
        end = self._code.find("\n", at)
        return end if end != -1 else len(self._code)

    def _heredoc_end(self, at: int) -> int:
        """The end of the last here-document that begins on the line before."""
        for name in self._heredocs:
            end = re.compile(rf"\n[ \t]*{name}(?=\n|\Z)").search(self._code, at)
            if end is None:
                return len(self._code)
            at = end.end()
        self._heredocs.clear()
        return at

    def _step(self, at: int) -> int:
        character = self._code[at]
        if character == self._escape and self._quote != "'":
            self._word += "x"
            return at + 1 if PLACEHOLDER.match(self._code, at + 1) else at + 2
        if self._quote:
            self._inside_quotes(character, at)
        elif character in "'\"":
            self._quote = character
            self._word += "x"
        elif self._code.startswith(("$(", "${"), at) or (character == "`" and self._escape != "`"):
            self._substitute(character)
            return at + (2 if character == "$" else 1)
        elif character in ")}" and self._depth:
            self._depth -= 1
        elif character in _SEPARATORS:
            self._new_command()
        elif character.isspace():
            self._end_word()
        else:
            self._word += character
        return at + 1

    def _inside_quotes(self, character: str, at: int) -> None:
        if character == self._quote:
            self._quote = ""
        elif self._quote == '"' and (
            self._code.startswith(("$(", "${"), at) or (character == "`" and self._escape != "`")
        ):
            # A substitution inside double quotes: too deep for us, so nothing here is filled in.
            self._depth += 1_000_000

    def _substitute(self, character: str) -> None:
        if character == "`":
            self._depth = 0 if self._depth else 1
        else:
            self._depth += 1

    def _new_command(self) -> None:
        self._word, self._commanding = "", True

    def _end_word(self) -> None:
        word, self._word = self._word, ""
        if not word or word == "$":  # a prompt
            return
        if (
            self._commanding
            and "=" not in word
            and word not in _RUNNERS
            and not word.startswith("-")
        ):
            self._commanding = False
