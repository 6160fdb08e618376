"""Static files under names that change with their content, so that clients may keep them.

A style sheet or script may stand for several: a line `@import "rate.css";`, in
a script `// @import "copy.js";`, is replaced by that file, so that components
have files of their own and a page needs one request for each kind.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}

_IMPORT: Final = re.compile(rb'^(?:// )?@import "([\w.-]+)";$', re.MULTILINE)


def _read(file: Path) -> bytes:
    body = file.read_bytes()
    if file.suffix not in (".css", ".js"):
        return body
    return _IMPORT.sub(lambda found: (file.parent / found[1].decode()).read_bytes().rstrip(), body)


@dataclass(frozen=True)
class Asset:
    """A static file in memory."""

    body: bytes
    media_type: str
    address: str


class Assets:
    """All static files of a folder. They are few and small, and read once."""

    def __init__(self, folder: Path) -> None:
        self._by_name: dict[str, Asset] = {}
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix in _MEDIA_TYPES:
                name = file.relative_to(folder).as_posix()
                body = _read(file)
                digest = hashlib.sha256(body).hexdigest()[:10]
                stem, _, suffix = name.rpartition(".")
                address = f"/static/{stem}.{digest}.{suffix}"
                self._by_name[name] = Asset(body, _MEDIA_TYPES[file.suffix], address)
        self._by_address = {asset.address: asset for asset in self._by_name.values()}

    def address(self, name: str) -> str:
        """The address of a file by its name in the folder. Raises KeyError."""
        return self._by_name[name].address

    def at(self, path: str) -> Asset | None:
        """The file at an address, with or without the digest in its name."""
        return self._by_address.get(path) or self._by_name.get(path.removeprefix("/static/"))
