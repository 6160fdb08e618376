"""How fast matching is, beside what one would use instead, in one run.

    python -m bench.matching

Processor time of this process on one core, best of several runs, so that other
work on the machine disturbs little; `grep` by its own user time. The log is
made of real lines of successful builds, the signatures are shaped like real ones.
"""

from __future__ import annotations

import random
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from app.entry import Entry
from app.matching import Matcher, match
from app.matching.information import BACKGROUND, words

_T = TypeVar("_T")
_GREEN: Final = Path(__file__).parent.parent / "tests/logs/green"
_LOG_BYTES: Final = 15_000_000
_SIGNATURES: Final = (100, 2_500, 10_000)
_USUAL: Final = 2_500
_STDLIB_BYTES: Final = 150_000
"""Of the log, for the one-by-one loop, which would take minutes for all of it."""


def main() -> None:
    """Measure and print."""
    for name, value in rows():
        print(f"{name:<58} {value}")


def rows() -> list[tuple[str, str]]:
    """What was measured, with units, in the order of a report."""
    log = _log()
    found = [("log", f"{len(log) / 1e6:.0f} MB, {log.count(10)} lines of successful builds")]
    seconds = {}
    for count in _SIGNATURES:
        entries = _entries(count)
        build, matcher = _timed(lambda entries=entries: Matcher.build(entries), 1)
        stored = matcher.to_bytes()
        load, matcher = _timed(lambda stored=stored: Matcher.from_bytes(stored), 3)
        seconds[count], _ = _timed(lambda matcher=matcher: match(matcher, log), 3)
        found.append((f"{count} signatures: compile", f"{build:.2f} s"))
        found.append((f"{count} signatures: stored form", f"{len(stored) / 1e6:.1f} MB"))
        found.append((f"{count} signatures: load", f"{load:.3f} s"))
        found.append((f"{count} signatures: match the log", _speed(log, seconds[count])))
        if count == _USUAL:
            found += _usual(matcher, entries, log)
    ratio = seconds[_SIGNATURES[-1]] / seconds[_SIGNATURES[0]]
    found.append(("growth of the time, 100 to 10,000 signatures", f"{ratio:.2f} x"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found.append(("most memory of this process, log included", f"{peak} MB"))
    return found


def _usual(matcher: Matcher, entries: list[Entry], log: bytes) -> list[tuple[str, str]]:
    """One line, dirty logs, the fallback engine and the rivals, with 2,500 signatures."""
    message = entries[7].signatures[0].text or ""
    line = message.replace("<name>", "libfoo")
    dirty = {
        "coloured": log.replace(b" the ", b" \x1b[1;31mthe\x1b[0m "),
        "GitHub timestamps": log.replace(b"\n", b"\n2026-05-01T10:00:00.1234567Z "),
        "UTF-16": log[: _LOG_BYTES // 4].decode("utf-8", "replace").encode("utf-16"),
        "with 1,000 errors": log.replace(b"\n", f"\n{line}\n".encode(), 1_000),
    }
    found = []
    once, answer = _timed(lambda: match(matcher, line), 200)
    assert answer.matches, line
    found.append(("one line that matches", f"{once * 1e6:.0f} us"))
    for name, data in dirty.items():
        took, _ = _timed(lambda data=data: match(matcher, data), 3)
        found.append((f"the log, {name}", _speed(data, took)))
    portable = Matcher.build(entries, portable=True)
    took, _ = _timed(lambda: match(portable, log), 2)
    found.append(("the log, engine that runs anywhere (Aho-Corasick)", _speed(log, took)))
    texts = [signature.text or "" for entry in entries for signature in entry.signatures]
    found.append(("stdlib re, one pattern after the other", _stdlib(texts, log)))
    if shutil.which("grep"):
        found.append(("grep -F -f, literal text only, nothing undone", _grep(texts, log)))
    return found


def _log() -> bytes:
    """Real lines of green logs, numbered so that no two are alike, to 15 MB."""
    lines = [
        line
        for path in sorted(_GREEN.glob("*.log"))
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n")
        if len(line) > 20 and line.isascii() and line.isprintable()
    ]
    chance, out, size = random.Random(1), [], 0
    while size < _LOG_BYTES:
        line = f"{chance.choice(lines)} {len(out)}"
        out.append(line)
        size += len(line) + 1
    return "\n".join(out).encode()[:_LOG_BYTES]


def _entries(count: int) -> list[Entry]:
    """Entries with one signature each of seven ordinary words around a placeholder."""
    table = BACKGROUND.read_text(encoding="utf-8").split()
    vocabulary = [word for word in table if len(word) > 3 and words(word) == [word]]
    chance = random.Random(2)
    return [_entry(number, chance.choices(vocabulary, k=7)) for number in range(count)]


def _entry(number: int, chosen: list[str]) -> Entry:
    text = f"error: {' '.join(chosen[:3])} '<name>': {' '.join(chosen[3:])}"
    remedy = [{"id": "x", "title": "x", "explanation": "x"}]
    return Entry.model_validate(
        {
            "id": f"bench/entry-{number}", "title": "x", "message": text, "category": "build",
            "signatures": [text], "docs": [{"title": "x", "url": "https://example.org/"}],
            "provenance": {"written_by": "machine", "written": "2026-01-01", "basis": ["source"]},
            "summary": "x", "meaning": "x", "verify": "x",
            "causes": remedy, "workarounds": remedy, "dead_ends": remedy,
        }
    )  # fmt: skip


def _timed(work: Callable[[], _T], times: int) -> tuple[float, _T]:
    best = float("inf")
    for _ in range(times):
        begin = time.process_time()
        result = work()
        best = min(best, time.process_time() - begin)
    return best, result


def _speed(data: bytes, seconds: float) -> str:
    return f"{len(data) / seconds / 1e6:.1f} MB/s"


def _stdlib(texts: list[str], log: bytes) -> str:
    patterns = [re.compile(re.escape(text).replace("<name>", ".+?")) for text in texts]
    piece = log[:_STDLIB_BYTES].decode()
    took, _ = _timed(lambda: [pattern.search(piece) for pattern in patterns], 1)
    return _speed(log[:_STDLIB_BYTES], took)


def _grep(texts: list[str], log: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        patterns, path = Path(folder, "patterns"), Path(folder, "log")
        patterns.write_text("\n".join(max(text.split("<name>"), key=len) for text in texts))
        path.write_bytes(log)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            ["grep", "-F", "-f", str(patterns), str(path)], check=False, stdout=subprocess.DEVNULL
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return _speed(log, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


if __name__ == "__main__":
    main()
