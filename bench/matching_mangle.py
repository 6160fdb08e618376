"""What happens to a log between the terminal and the paste box, done on purpose.

Every function takes clean text and gives the bytes that a reader might paste.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from app.matching.clean import clean

_COLOURS: Final = ("\x1b[31m", "\x1b[1;32m", "\x1b[38;5;208m", "\x1b[0;1m")


def ansi(text: str) -> bytes:
    """Colour some words, and begin and end each line with codes."""
    chance = random.Random(len(text))
    lines = []
    for line in text.split("\n"):
        words = [
            f"{chance.choice(_COLOURS)}{word}\x1b[0m" if chance.random() < 0.3 else word
            for word in line.split(" ")
        ]
        lines.append("\x1b[2m" + " ".join(words) + "\x1b[0m\x1b[K")
    return "\n".join(lines).encode()


def _before_lines(make: Callable[[int], str]) -> Callable[[str], bytes]:
    def variant(text: str) -> bytes:
        return "\n".join(make(n) + line for n, line in enumerate(text.split("\n"))).encode()

    return variant


def github(text: str) -> bytes:
    """A log downloaded from GitHub Actions, its mark at the top included."""
    stamped = _before_lines(lambda n: f"2026-05-01T10:{n // 60 % 60:02d}:{n % 60:02d}.{n:07d}Z ")
    return b"\xef\xbb\xbf" + stamped(
        f"##[group]Run it\n{text}\n##[error]Process completed with exit code 1."
    )


def gitlab(text: str) -> bytes:
    """A job log of GitLab, with sections."""
    body = f"section_start:1700000000:step_script\r\x1b[0K\x1b[36;1mExecuting\x1b[0;m\n{text}"
    end = "\x1b[0K\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m"
    return f"{body}\nsection_end:1700000001:step_script\r{end}".encode()


def wrapped(width: int, *, pad: bool = False) -> Callable[[str], bytes]:
    """Broken at a width in the middle of words, as a terminal does."""

    def variant(text: str) -> bytes:
        return _wrap(text, width, pad=pad).encode()

    return variant


def _wrap(text: str, width: int, *, pad: bool = False) -> str:
    lines = []
    for line in clean(text).text.split("\n"):  # a terminal does not count its own codes
        rest = line.expandtabs(8)
        while True:
            end = _fits(rest, width)
            lines.append(rest[:end].ljust(width) if pad else rest[:end])
            rest = rest[end:]
            if not rest:
                break
    return "\n".join(lines)


def _fits(line: str, width: int) -> int:
    """How many characters fit; Chinese ones take two columns."""
    if line.isascii():
        return width
    used = 0
    for number, character in enumerate(line):
        used += 2 if "\u1100" <= character <= "\u115f" or "\u2e80" <= character <= "\uffef" else 1
        if used > width:
            return number
    return len(line) or 1


VARIANTS: Final[Mapping[str, Callable[[str], bytes]]] = {
    "plain": str.encode,
    "colours": ansi,
    "GitHub Actions": github,
    "GitLab": gitlab,
    "BuildKit": _before_lines(lambda n: f"#12 {n / 10:.3f} "),
    "docker compose": _before_lines(lambda _: "web-1  | "),
    "journal": _before_lines(lambda n: f"May  1 10:00:{n % 60:02d} build-host runner[4242]: "),
    "Jenkins": _before_lines(lambda n: f"[2026-05-01T10:00:{n % 60:02d}.123Z] "),
    "wrapped at 80": wrapped(80),
    "wrapped at 100": wrapped(100),
    "wrapped at 117, padded": wrapped(117, pad=True),
    "quoted": _before_lines(lambda _: "> "),
    "wrapped, then quoted": lambda text: _before_lines(lambda _: "> ")(_wrap(text, 78)),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "UTF-16 with mark": lambda text: text.encode("utf-16"),
    "UTF-16 without mark": lambda text: text.encode("utf-16-le"),
    "GB18030": lambda text: text.encode("gb18030", "replace"),
    "no-break spaces": lambda text: text.replace(" ", "\xa0").encode(),
    "curly quotes": lambda text: _curl(text).encode(),
    "zero-width": lambda text: text.replace(".", ".\u200b").replace("/", "/\u200b").encode(),
}


def _curl(text: str) -> str:
    for straight, pair in (("'", "‘’"), ('"', "“”")):
        parts = text.split(straight)
        text = parts[0] + "".join(pair[n % 2] + part for n, part in enumerate(parts[1:]))
    return text
