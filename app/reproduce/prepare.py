"""Fetch what recipes need from PyPI into a cache outside the repository.

This is the only part that talks to a registry, through the machine's own pip;
reproducing afterwards needs no network. The cache holds `wheels/`, and
`pip/<version>/` with each pip unpacked and compiled, so that making a virtual
environment inside costs a copy and no installation.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from app.errors import WayoutError
from app.reproduce.recipe import Recipe

SYSTEM_PYTHON: Final = "/usr/bin/python3"
_FETCH_S: Final = 600


class CannotFetch(WayoutError):  # noqa: N818 - reads as what it is
    """pip could not download a package; `why` holds the last line of what it printed."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} cannot be fetched: {why}")
        self.what, self.why = what, why


def default_cache() -> Path:
    """Where fetched tools are kept: `$XDG_CACHE_HOME/wayout/reproduce`."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "wayout" / "reproduce"


def prepare(recipes: Iterable[Recipe], cache: Path) -> list[str]:
    """Fetch what the recipes need and is not there; the names of what was fetched.

    Raises CannotFetch at the first that the registry does not have.
    """
    fetched = []
    for recipe in recipes:
        for what in list(unprepared(recipe, cache)):
            if what.startswith("pip=="):
                _fetch_pip(what, cache)
            else:
                _fetch_wheels(what, cache)
            fetched.append(what)
    return fetched


def unprepared(recipe: Recipe, cache: Path) -> Iterator[str]:
    """Requirements of a recipe that are not in the cache."""
    varied = recipe.varied
    versions = [f"{varied.name}=={version}" for version in varied.versions] if varied else []
    for requirement in (*versions, *recipe.packages):
        name, _, version = requirement.partition("==")
        place = cache / "pip" / version if name == "pip" else _mark(requirement, cache)
        if not place.exists():
            yield requirement


def _mark(requirement: str, cache: Path) -> Path:
    """A file that exists when a requirement and all it needs lie in `wheels/`."""
    name = hashlib.sha256(requirement.encode()).hexdigest()[:16]
    return cache / "wheels" / f".{name}"


def _fetch_wheels(requirement: str, cache: Path) -> None:
    _download(requirement, cache / "wheels", dependencies=True)
    _mark(requirement, cache).write_text(f"{requirement}\n")
    _open_to_all(cache)


def _fetch_pip(requirement: str, cache: Path) -> None:
    """Unpack a pip and compile it for the Python that the recipes use, aside and then in place."""
    target = cache / "pip" / requirement.partition("==")[2]
    target.parent.mkdir(parents=True, exist_ok=True)
    _download(requirement, cache / "wheels", dependencies=False)
    wheel = next((cache / "wheels").glob(f"{requirement.replace('==', '-')}-*.whl"))
    with tempfile.TemporaryDirectory(dir=target.parent) as aside:
        unpacked = Path(aside) / "pip"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked)
        # Compiled files that carry a hash stay valid when they are copied.
        compiling = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
        subprocess.run(  # noqa: S603 - no shell, and names that the recipe model has checked
            [SYSTEM_PYTHON, *compiling, str(unpacked)], check=False, capture_output=True
        )
        shutil.move(unpacked, target)
    _open_to_all(cache)


def _download(requirement: str, folder: Path, *, dependencies: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--prefer-binary", "-d", str(folder), *([] if dependencies else ["--no-deps"])]
    done = subprocess.run(  # noqa: S603 - as above
        [*command, requirement], check=False, capture_output=True, text=True, timeout=_FETCH_S
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise CannotFetch(requirement, (lines or ["pip failed"])[-1].removeprefix("ERROR: "))


def _open_to_all(folder: Path) -> None:
    """Let the sandbox's user read what root has fetched."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
