"""Tools of this computer that are not the system's, shown inside under neutral paths.

A further Python is a folder, such as `/opt/python/3.12`; another program is
one file in `/opt/programs`, which is enough for those that need nothing else.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from app.reproduce.bubblewrap import PROGRAMS, SYSTEM_PATH, Mount

_NAME: Final = re.compile(r"python(3\.\d+)")
_PLACES: Final = ("~/.pyenv/versions/{}.*", "~/.local/share/uv/python/cpython-{}.*")


def python_mounts(names: Iterable[str]) -> Iterator[Mount]:
    """Where the named Pythons lie that are not the system's; those not found are left out."""
    for name in names:
        asked = _NAME.fullmatch(name)
        if asked and not Path("/usr/bin", name).exists() and (folder := _found(asked[1])):
            yield Mount(folder, f"/opt/python/{asked[1]}")


def program_mounts(names: Iterable[str]) -> Iterator[Mount]:
    """The named programs that are on PATH here and not the system's own."""
    for name in names:
        found = None if shutil.which(name, path=SYSTEM_PATH) else shutil.which(name)
        if found and not _NAME.fullmatch(name):
            yield Mount(Path(found).resolve(), f"{PROGRAMS}/{name}")


def _found(version: str) -> Path | None:
    for place in _PLACES:
        base, _, pattern = place.format(version).rpartition("/")
        folders = sorted(Path(base).expanduser().glob(pattern))
        if folders:
            return folders[-1]
    return None
