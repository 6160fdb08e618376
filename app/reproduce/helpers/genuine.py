"""Whether what is installed is what was published: compares a wheel with site-packages.

usage: genuine.py SITE-PACKAGES WHEEL

Exits 1 and names the first file that differs, is absent, or was added.
"""

import sys
import zipfile
from pathlib import Path


def added_by_pip(name: str) -> bool:
    """Whether pip itself writes a file of this name beside what is in the wheel."""
    return "/__pycache__/" in name or name.endswith(
        ("/INSTALLER", "/REQUESTED", "/direct_url.json")
    )


def main() -> None:
    """Compare every file of the wheel but the list of files, which pip rewrites."""
    site, wheel = map(Path, sys.argv[1:])
    with zipfile.ZipFile(wheel) as archive:
        published = set(archive.namelist())
        for folder in {name.split("/")[0] for name in published}:
            for path in (site / folder).rglob("*"):
                name = path.relative_to(site).as_posix()
                if path.is_file() and name not in published and not added_by_pip(name):
                    sys.exit(f"{name} was not published")
        for name in archive.namelist():
            if name.endswith("/RECORD"):
                continue
            installed = site / name
            if not installed.exists():
                sys.exit(f"{name} is not installed")
            if installed.read_bytes() != archive.read(name):
                sys.exit(f"{name} is not what was published")


if __name__ == "__main__":
    main()
