"""A log from a file or a stream, of any size, as bytes that need not all be in memory."""

import mmap
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

Progress = Callable[[int, int], None]
"""Called with how many of how many bytes have been read."""

IN_MEMORY: Final = 1_000_000
"""Bytes that are kept in memory before a temporary file takes over."""

_CHUNK: Final = 1 << 20


@contextmanager
def open_log(name: str, progress: Progress | None = None) -> Iterator[bytes | mmap.mmap]:
    """The bytes of a file, or of standard input for `-`. Raises OSError."""
    if name == "-":
        with spooled() as spool:
            while chunk := sys.stdin.buffer.read(_CHUNK):
                spool.write(chunk)
                if progress:
                    progress(spool.tell(), spool.tell())
            with mapped(spool) as log:
                yield log
        return
    with Path(name).open("rb") as file, mapped(file) as log:
        if progress:
            progress(len(log), len(log))
        yield log


@contextmanager
def spooled() -> Iterator[BinaryIO]:
    """A place to collect a stream: in memory while it is small, then in an unnamed file."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        yield spool  # type: ignore[misc]


@contextmanager
def mapped(file: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    """What a file holds. A large one is mapped, so that its pages come and go as needed."""
    file.flush()
    size = file.seek(0, 2)
    file.seek(0)
    if size <= IN_MEMORY:
        yield file.read()
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as log:
        yield log
