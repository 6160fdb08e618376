"""Throw mangled pieces of real logs at the matcher and see that it always answers.

    python -m bench.matching_fuzz [COUNT] [SEED]

Checks that nothing but `UnreadableInput` is raised, that evidence points at
what it quotes, that cleaning twice is cleaning once, and that no input takes
longer than a second. Prints every find; finds become tests.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Final

from app.matching import Matcher, UnreadableInput, match
from app.matching.clean import clean
from app.matching.secrets import mask
from bench.evaluate import entries_of
from bench.matching_mangle import VARIANTS

_ROOT: Final = Path(__file__).parent.parent
_SLOW_S: Final = 1.0
_MOST_FINDS: Final = 20
_DIRT: Final = (
    "\x1b[31m", "\x1b[", "\x1b]8;;", "\x9b", "\b", "\r", "\r\n", "\n", "\0", "\t", " ",
    "\u200b", "\u202e", "\ufeff", "\xa0", "\u3000", "‘", "”", "> ", "│ ", "| ", "web_1  | ",
    "#12 0.3 ", "##[error]", "E   ", "2026-05-01T10:00:00.1234567Z ", "[12:00:01] ",
    "section_start:17:x\r", "\ud800", "错误：", "\x85", "\\n", '\\"', '": "', "password=",
    "-----BEGIN RSA PRIVATE KEY-----", "https://a:b@c/", "Authorization: Bearer ",
)  # fmt: skip


def main() -> None:
    """Run, and exit with 1 if anything was found."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    matcher = Matcher.build(entries_of(_ROOT / "content"))
    pieces = _pieces()
    finds = 0
    for number in range(count):
        data = _input(chance, pieces)
        if problem := _problem(matcher, data):
            finds += 1
            print(f"{number}: {problem}: {data!r}"[:2_000], flush=True)
            if finds >= _MOST_FINDS:
                break
        if number % 100_000 == 0:
            print(f"{number} of {count}, {finds} finds", flush=True)
    print(f"{count} inputs, {finds} finds")
    sys.exit(bool(finds))


def _pieces() -> list[str]:
    """Lines of the red logs and the signatures of the entries."""
    logs = sorted((_ROOT / "tests/logs/red").glob("*.log"))
    lines = {line for log in logs for line in log.read_text("utf-8", "replace").split("\n")}
    texts = [s.text for e in entries_of(_ROOT / "content") for s in e.signatures if s.text]
    return sorted(line for line in lines if line.strip()) + texts * 5


def _input(chance: random.Random, pieces: list[str]) -> str | bytes:
    parts: list[str] = []
    for _ in range(chance.randint(1, 6)):
        part = chance.choice(pieces)[:400]
        for _ in range(chance.randint(0, 3)):
            at = chance.randint(0, len(part))
            end = at + chance.choice((0, 0, 1, 5))
            part = part[:at] + chance.choice(_DIRT) + part[end:]
        parts.append(part)
    text = chance.choice(("\n", "\r\n", "\n\n", " ")).join(parts)
    kind = chance.random()
    if kind < 0.2:
        safe = text.encode("utf-8", "replace").decode("utf-8")
        return VARIANTS[chance.choice(list(VARIANTS))](safe)
    if kind < 0.3:
        data = bytearray(text.encode("utf-8", "replace"))
        for _ in range(chance.randint(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    return text


def _problem(matcher: Matcher, data: str | bytes) -> str:
    begin = time.process_time()
    try:
        answer = match(matcher, data)
    except UnreadableInput:
        return ""
    except Exception as error:
        return f"raised {error!r}"
    if time.process_time() - begin > _SLOW_S:
        return "was slow"
    if isinstance(data, str):
        for found in answer.matches:
            for place in found.evidence:
                quoted = data[place.start : place.end][:4_000].replace("\ud800", "?")
                if mask(quoted) != place.text:
                    return f"evidence {place} is elsewhere"
        once = clean(data).text
        if clean(once).text != once:
            return "cleaning twice is not cleaning once"
    return ""


if __name__ == "__main__":
    main()
