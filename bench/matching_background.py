"""Write app/matching/background.tsv: how common each word is in ordinary text.

    python -m bench.matching_background

Sources are logs of successful commands (tests/logs/green) and what ships on a
Linux machine: documentation and manual pages. A word's weight is the
surprise, in bits, of a line that has it, in the kind of text where it is most
common: `error` is rare in logs of success but says nothing in a log of failure.
"""

from __future__ import annotations

import gzip
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from app.matching.information import BACKGROUND, words

_ROOT: Final = Path(__file__).parent.parent
_SOURCES: Final = {
    "green logs": (_ROOT / "tests/logs/green", "*.log"),
    "documentation": (Path("/usr/share/doc"), "*"),
    "manual pages": (Path("/usr/share/man"), "*.gz"),
}
_FILE_BYTES: Final = 300_000
_FILE_LINES: Final = 300
"""Read of one file, so that no single one decides."""
_SOURCE_LINES: Final = 600_000
_FEWEST_LINES: Final = 5_000
"""Of a source, for its shares to mean anything."""
_FEWEST: Final = 12
"""Lines a word must stand in to count as one of ordinary text."""
_MOST_BITS: Final = 13.5
"""A rarer word says as much as one that is not in the table, so it need not be there."""


def main() -> None:
    """Count the words of every source and write the table."""
    bits: dict[str, float] = {}
    for name, (folder, pattern) in _SOURCES.items():
        counts, lines = _count(_texts(folder, pattern))
        print(f"{name}: {lines} lines, {len(counts)} words")
        if lines < _FEWEST_LINES:
            continue
        for word, count in counts.items():
            found = math.log2(lines / count)
            if count >= _FEWEST and found <= _MOST_BITS:
                bits[word] = min(bits.get(word, found), found)
    rows = sorted((round(value, 1), word) for word, value in bits.items())
    BACKGROUND.write_text("".join(f"{word}\t{value}\n" for value, word in rows), encoding="utf-8")
    print(f"{BACKGROUND}: {len(rows)} words, {BACKGROUND.stat().st_size} bytes")


def _texts(folder: Path, pattern: str) -> Iterator[str]:
    for path in sorted(folder.rglob(pattern)):
        if path.is_file() and not path.is_symlink():
            data = _head(path)
            if b"\0" not in data:
                yield data.decode("utf-8", "replace")


def _head(path: Path) -> bytes:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return file.read(_FILE_BYTES)


def _count(texts: Iterable[str]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    lines = 0
    for text in texts:
        for line in list(dict.fromkeys(text.splitlines()))[:_FILE_LINES]:
            if found := set(words(line)):
                counts.update(found)
                lines += 1
        if lines > _SOURCE_LINES:
            break
    return counts, lines


if __name__ == "__main__":
    main()
