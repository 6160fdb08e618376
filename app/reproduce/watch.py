"""How many processes a sandbox has and how much memory they use, read from `/proc`.

`ulimit` bounds one process, or one user over all sandboxes; this bounds the
sandbox as a whole.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_PROC: Final = Path("/proc")


@dataclass(frozen=True)
class Usage:
    """`memory_mb` is what is resident, shared pages counted once for each process."""

    processes: int
    memory_mb: int


def descendants(process: int) -> set[int]:
    """The processes below one, itself left out; orphans of a sandbox stay below its first."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)):
            children.setdefault(parent, []).append(int(entry.name))
    found: set[int] = set()
    queue = [process]
    while queue:
        below = children.get(queue.pop(), [])
        found.update(below)
        queue += below
    return found


def alive(process: int) -> bool:
    """Whether a process is there and has not ended; one that only waits to be counted has."""
    return _fields(_PROC / str(process))[:1] not in ([], [b"Z"])


def _parent(entry: Path) -> int:
    fields = _fields(entry)
    return int(fields[1]) if fields else 0


def _fields(entry: Path) -> list[bytes]:
    """State, parent and so on; empty when the process is gone."""
    try:
        stat = (entry / "stat").read_bytes()
    except OSError:
        return []
    # The name in parentheses may hold anything, spaces and parentheses too.
    return stat[stat.rindex(b")") + 2 :].split()


def usage_of(processes: set[int]) -> Usage:
    """What the given processes use together; those gone meanwhile count as nothing."""
    pages = 0
    for process in processes:
        try:
            pages += int((_PROC / str(process) / "statm").read_bytes().split()[1])
        except (OSError, IndexError, ValueError):
            continue
    return Usage(len(processes), pages * _PAGE // 1_048_576)
