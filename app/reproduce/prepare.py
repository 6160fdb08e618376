"""Fetch what recipes need from PyPI and npm into a cache outside the repository.

This is the only part that talks to a registry, through the machine's own pip
and npm; reproducing afterwards needs no network. The cache holds `wheels/`;
`pip/<version>/` with each pip unpacked and compiled, so that making a virtual
environment inside costs a copy and no installation; `programs/<name>-<version>/`
with wheels unpacked that hold a program; and `npm/<name>@<version>/` with the
package installed, and in `cache/` what npm needs to install it again.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from app.config import cache_home
from app.errors import WayoutError
from app.reproduce.recipe import Need, Recipe

SYSTEM_PYTHON: Final = "/usr/bin/python3"
_PROGRAMS: Final = {"npm": ("node_modules/.bin",), "programs": ("*/bin", "*.data/scripts")}
"""Where the programs of a package lie, by the way it is kept."""
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


def prepare(recipes: Iterable[Recipe], cache: Path) -> list[Need]:
    """Fetch what the recipes need and is not there; what was fetched.

    Raises CannotFetch at the first that the registry does not have.
    """
    fetched = []
    for recipe in recipes:
        for need in list(unprepared(recipe, cache)):
            match need.kind:
                case "wheels":
                    _fetch_wheels(need, cache)
                case "pip":
                    _fetch_pip(need, cache)
                case "programs":
                    _unpack(need, cache)
                case "npm" if shutil.which("npm"):
                    _fetch_from_npm(need, cache)
                case _:
                    continue
            fetched.append(need)
    return fetched


def unprepared(recipe: Recipe, cache: Path) -> Iterator[Need]:
    """What a recipe needs and is not in the cache."""
    return (need for need in recipe.needs if not _place(need, cache).exists())


def programs_of(recipe: Recipe, version: str | None, cache: Path) -> Iterator[str]:
    """Folders below the cache whose programs are to be found first, for a version of the tool."""
    for need in (*recipe.varying(version), *recipe.constant):
        place = _place(need, cache)
        for pattern in _PROGRAMS.get(need.kind, ()):
            yield from (str(folder.relative_to(cache)) for folder in sorted(place.glob(pattern)))


def _place(need: Need, cache: Path) -> Path:
    """What exists when a package is in the cache with all that it needs."""
    match need.kind:
        case "pip":
            return cache / "pip" / need.version
        case "programs":
            return cache / "programs" / f"{need.name}-{need.version}"
        case "npm":
            return cache / "npm" / str(need)
        case "wheels":
            # Wheels share one folder, so a file tells which packages are complete.
            name = hashlib.sha256(str(need).encode()).hexdigest()[:16]
            return cache / "wheels" / f".{name}"


def _fetch_wheels(need: Need, cache: Path) -> None:
    _download(need, cache / "wheels", dependencies=True)
    _place(need, cache).write_text(f"{need}\n")
    _open_to_all(cache / "wheels", cache)


def _fetch_pip(need: Need, cache: Path) -> None:
    """Unpack a pip, and compile it for the Python that the recipes use."""
    # Compiled files that carry a hash stay valid when they are copied.
    compiling = [SYSTEM_PYTHON, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    _unpack(need, cache, then=compiling)


def _unpack(need: Need, cache: Path, then: Sequence[str] = ()) -> None:
    """Unpack the wheel of a package, with a command run on it, aside and then in place."""
    target = _place(need, cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as aside:
        _download(need, Path(aside), dependencies=False)
        wheel = next(Path(aside).glob("*.whl"))
        unpacked = Path(aside) / "unpacked"
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                path = Path(archive.extract(member, unpacked))
                # The archive knows what is a program, but extracting forgets it.
                if member.external_attr >> 16 & 0o111:
                    path.chmod(0o755)
        if then:
            subprocess.run(  # noqa: S603 - no shell, and names that the recipe model has checked
                [*then, str(unpacked)], check=False, capture_output=True
            )
        shutil.move(unpacked, target)
    _open_to_all(target, cache)


def _fetch_from_npm(need: Need, cache: Path) -> None:
    """Install a package into a folder of its own, beside the cache that npm filled for it.

    Its scripts are not run: fetching is the only step outside the sandbox.
    """
    target = _place(need, cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache / "npm") as aside:
        folder = Path(aside) / "package"
        folder.mkdir()
        options = ["--cache", str(folder / "cache"), "--prefix", str(folder)]
        options += ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        _run(need, ["npm", "install", *options, str(need)])
        shutil.rmtree(folder / "cache" / "_logs", ignore_errors=True)
        shutil.move(folder, target)
    _open_to_all(target, cache)


def _download(need: Need, folder: Path, *, dependencies: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--prefer-binary", "-d", str(folder), *([] if dependencies else ["--no-deps"])]
    _run(need, [*command, str(need)])


def _run(need: Need, command: list[str]) -> None:
    """Run a fetching command. Raises CannotFetch with the first line that says why it failed."""
    done = subprocess.run(  # noqa: S603 - as above
        command, check=False, capture_output=True, text=True, timeout=_FETCH_S
    )
    if done.returncode:
        why = _REASON.search(done.stderr)
        raise CannotFetch(str(need), why[1] if why else f"{command[0]} failed")


def _open_to_all(folder: Path, cache: Path) -> None:
    """Let the sandbox's user read what root has fetched, and run what is a program."""
    above = [path for path in folder.parents if path.is_relative_to(cache)]
    for path in (*above, folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
