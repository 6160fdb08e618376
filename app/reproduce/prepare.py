"""Fetch what recipes need from PyPI and npm into a cache outside the repository.

This is the only part that talks to a registry, through the machine's own pip
and npm; reproducing afterwards needs no network. The cache holds `wheels/`;
`pip/<version>/` with each pip unpacked and compiled, so that making a virtual
environment inside costs a copy and no installation; and `npm/<name>@<version>/`
with the package installed, and in `cache/` what npm needs to install it again.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from app.config import cache_home
from app.errors import WayoutError
from app.reproduce.recipe import Recipe

SYSTEM_PYTHON: Final = "/usr/bin/python3"
_FETCH_S: Final = 600
_REASON: Final = re.compile(r"^(?:ERROR: |npm error (?!code|errno|syscall))(.+)", re.MULTILINE)


class CannotFetch(WayoutError):  # noqa: N818 - reads as what it is
    """pip or npm could not fetch a package; `why` holds the line that says most."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} cannot be fetched: {why}")
        self.what, self.why = what, why


def default_cache() -> Path:
    """Where fetched tools are kept."""
    return cache_home() / "wayout" / "reproduce"


def prepare(recipes: Iterable[Recipe], cache: Path) -> list[str]:
    """Fetch what the recipes need and is not there; the names of what was fetched.

    Raises CannotFetch at the first that the registry does not have.
    """
    fetched = []
    for recipe in recipes:
        for what in list(unprepared(recipe, cache)):
            if what.startswith("pip=="):
                _fetch_pip(what, cache)
            elif "==" in what:
                _fetch_wheels(what, cache)
            elif shutil.which("npm"):
                _fetch_from_npm(what, cache)
            else:
                continue
            fetched.append(what)
    return fetched


def unprepared(recipe: Recipe, cache: Path) -> Iterator[str]:
    """Requirements of a recipe that are not in the cache."""
    return (what for what in recipe.requirements if not _place(what, cache).exists())


def _place(requirement: str, cache: Path) -> Path:
    """What exists when a requirement is in the cache with all that it needs."""
    if requirement.startswith("pip=="):
        return cache / "pip" / requirement.removeprefix("pip==")
    if "==" not in requirement:
        return cache / "npm" / requirement
    # Wheels share one folder, so a file tells which requirements are complete.
    name = hashlib.sha256(requirement.encode()).hexdigest()[:16]
    return cache / "wheels" / f".{name}"


def _fetch_wheels(requirement: str, cache: Path) -> None:
    _download(requirement, cache / "wheels", dependencies=True)
    _place(requirement, cache).write_text(f"{requirement}\n")
    _open_to_all(cache / "wheels", cache)


def _fetch_pip(requirement: str, cache: Path) -> None:
    """Unpack a pip and compile it for the Python that the recipes use, aside and then in place."""
    target = _place(requirement, cache)
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
    _open_to_all(target, cache)


def _fetch_from_npm(requirement: str, cache: Path) -> None:
    """Install a package into a folder of its own, beside the cache that npm filled for it.

    Its scripts are not run: fetching is the only step outside the sandbox.
    """
    target = _place(requirement, cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache / "npm") as aside:
        folder = Path(aside) / "package"
        folder.mkdir()
        options = ["--cache", str(folder / "cache"), "--prefix", str(folder)]
        options += ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        _run(requirement, ["npm", "install", *options, requirement])
        shutil.rmtree(folder / "cache" / "_logs", ignore_errors=True)
        shutil.move(folder, target)
    _open_to_all(target, cache)


def _download(requirement: str, folder: Path, *, dependencies: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--prefer-binary", "-d", str(folder), *([] if dependencies else ["--no-deps"])]
    _run(requirement, [*command, requirement])


def _run(requirement: str, command: list[str]) -> None:
    """Run a fetching command. Raises CannotFetch with the first line that says why it failed."""
    done = subprocess.run(  # noqa: S603 - as above
        command, check=False, capture_output=True, text=True, timeout=_FETCH_S
    )
    if done.returncode:
        why = _REASON.search(done.stderr)
        raise CannotFetch(requirement, why[1] if why else f"{command[0]} failed")


def _open_to_all(folder: Path, cache: Path) -> None:
    """Let the sandbox's user read what root has fetched, and run what is a program."""
    above = [path for path in folder.parents if path.is_relative_to(cache)]
    for path in (*above, folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
