"""The reader's own values put into the commands of a remedy, quoted for the shell.

A log is hostile input. A value that cannot be put in without any chance of
changing what the command does stays out, and the placeholder stays in.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.matching.shellwords import HEREDOC, PLACEHOLDER, Place, Slot, slots

_SHELLS: Final = {
    **dict.fromkeys(
        ("sh", "bash", "shell", "zsh", "console", "shell-session", "shellsession"), "posix"
    ),
    **dict.fromkeys(("powershell", "pwsh", "ps1"), "powershell"),
    **dict.fromkeys(("cmd", "bat", "batch"), "cmd"),
}

_LONGEST: Final = 300
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+,=-]+")
_PLAINEST: Final = re.compile(r"[A-Za-z0-9_.-]+")
_PLAIN_POWERSHELL: Final = re.compile(r"[A-Za-z0-9_./\\:=+-]+")
_PLAIN_CMD: Final = re.compile(r"[A-Za-z0-9_./\\:+@-]+")
_QUOTABLE_CMD: Final = re.compile(r"[A-Za-z0-9_./\\:+@,()=~ -]*[A-Za-z0-9_.)~]")

# Programs that read an argument as a program again, so that quoting it once is not enough.
_READS_AGAIN: Final = re.compile(
    r"\b(?:eval|ssh|su|watch|xargs|parallel|g?awk|sed|jq|yq|psql|mysql|sqlite3|trap|crontab|alias)\b"
    r"|\b(?:ba|z|da|k|fi)?sh\s+(?:-\w+\s+)*-\w*c|\b(?:python[\d.]*|perl|ruby|node|php|deno|lua)\s[^|;]*-(?:c|e|r|p)\b"
    r"|-exec\b|\b(?:cmd(?:\.exe)?\s+/c|Invoke-Expression|iex|powershell|pwsh)\b|[<>]\(|\bscript\s+-c|\bsu\s+-c",
    re.IGNORECASE,
)
_DESTROYS: Final = re.compile(
    r"\b(?:rm|rmdir|mv|dd|shred|truncate|unlink|chmod|chown|mkfs\S*|del|erase|rd|Remove-Item|ri|format|drop|prune)\b|>",
    re.IGNORECASE,
)
_SHALLOW: Final = re.compile(
    r"[/\\~.*]*|(?:[A-Za-z]:)?(?:[/\\]+[^/\\]*){1,2}[/\\]*|~.*|.*(?:^|[/\\])\.\.(?:[/\\]|$).*|.*[*?\[].*"
)
_MAY_BE_URL: Final = re.compile(
    r"(?i)ur[li]|link|index|registry|mirror|proxy|host|address|remote|repo|image|server|endpoint|source"
)
_REMOTE: Final = re.compile(
    r"(?i)://|^(?:git|hg|svn|bzr)\+|^(?:ext|fd)::|^\w+@[\w.]+:|^(?:file|data|javascript):"
)
_DASHES: Final = "-+=\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"


@dataclass(frozen=True)
class Filled:
    """A command with values in it, and the placeholders that are still open."""

    text: str
    filled: Mapping[str, str]
    missing: tuple[str, ...]


def fill(code: str, language: str, captures: Mapping[str, str]) -> Filled:
    """Put captured values into a command.

    `language` is that of the fenced block: POSIX shells, PowerShell and cmd are
    filled in, other code is not, as there is no quoting that fits all of it.
    """
    shell = _SHELLS.get(language.lower(), "")
    ends = {found[2] for found in HEREDOC.finditer(code)}  # a value could close the document
    out: list[str] = []
    at, filled = 0, {}
    for slot in _slots(code, shell):
        value = captures.get(slot.name)
        if value is None or not _is_harmless(value, slot) or any(value in end for end in ends):
            continue
        put = _put(value, slot, shell)
        if put is None:
            continue
        out += [code[at : slot.start], put]
        at = slot.end
        filled[slot.name] = value
    # A name may be filled in at one place and still be open at another.
    rest = {
        found[1]: None for piece in (*out[::2], code[at:]) for found in PLACEHOLDER.finditer(piece)
    }
    return Filled("".join(out) + code[at:], filled, tuple(rest))


def _slots(code: str, shell: str) -> list[Slot]:
    if not shell:
        return []
    if shell == "cmd":
        return [_cmd_slot(code, found) for found in PLACEHOLDER.finditer(code)]
    return slots(code, powershell=shell == "powershell")


def _cmd_slot(code: str, found: re.Match[str]) -> Slot:
    begin = code.rfind("\n", 0, found.start()) + 1
    line = code[begin:].split("\n", 1)[0]
    before, after = line[: found.start() - begin], line[found.end() - begin :]
    if before.count('"') % 2:
        place = Place.DOUBLE
    elif not re.search(r"[^\s@(&|]\s", before) or re.search(r"[&|(]\s*$", before):
        place = Place.COMMAND
    elif before[-1:].isspace() and (not after or after[0].isspace()):
        place = Place.WORD
    else:
        place = Place.GLUED
    return Slot(found[1], found.start(), found.end(), place, line)


def _is_harmless(value: str, slot: Slot) -> bool:
    """Whether a value is one printable argument that no program takes for something else."""
    if not value or len(value) > _LONGEST or value != value.strip() or value[0] in _DASHES:
        return False
    if any(unicodedata.category(each)[0] in "CZ" and each != " " for each in value):
        return False
    if _REMOTE.search(value) and not (_MAY_BE_URL.search(slot.name) and "::" not in value):
        return False
    return not (
        _DESTROYS.search(slot.line.replace(f"<{slot.name}>", "")) and _SHALLOW.fullmatch(value)
    )


def _put(value: str, slot: Slot, shell: str) -> str | None:
    """The value as it may stand in the slot, or None when it may not."""
    if slot.place is Place.COMMAND:
        return None
    if _READS_AGAIN.search(slot.line):
        plain = _PLAINEST if slot.place is not Place.WORD else _PLAIN
        return value if plain.fullmatch(value) else None
    return {"posix": _posix, "powershell": _powershell, "cmd": _cmd}[shell](value, slot.place)


def _posix(value: str, place: Place) -> str | None:
    if place in (Place.WORD, Place.GLUED):
        return shlex.quote(value)
    if place is Place.SINGLE:
        return value.replace("'", "'\\''")
    if place is Place.DOUBLE and "!" not in value:  # an interactive bash expands it even there
        return re.sub(r'([\\"$`])', r"\\\1", value)
    return value if _PLAINEST.fullmatch(value) else None


def _powershell(value: str, place: Place) -> str | None:
    if _PLAIN_POWERSHELL.fullmatch(value) and not value.endswith("\\"):
        return value if place is not Place.UNCLEAR or _PLAINEST.fullmatch(value) else None
    # Curly quotes are quotes to PowerShell, and a `"` or a final backslash is
    # lost on the way to native programs.
    if re.search(r"[\"\u2018-\u201f]", value) or value.endswith("\\"):
        return None
    if place is Place.WORD:
        return "'" + value.replace("'", "''") + "'"
    return value.replace("'", "''") if place is Place.SINGLE else None


def _cmd(value: str, place: Place) -> str | None:
    if value.startswith("/") or value.endswith("\\"):
        return None
    if _PLAIN_CMD.fullmatch(value):
        return value
    if _QUOTABLE_CMD.fullmatch(value):
        return {Place.WORD: f'"{value}"', Place.DOUBLE: value}.get(place)
    return None
