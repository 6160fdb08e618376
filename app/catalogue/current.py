"""The catalogue that is being served: opened once, and again when the file was replaced."""

import threading
import time
from pathlib import Path
from typing import Final

from app.catalogue.queries import Catalogue
from app.errors import CatalogueError

_LOOK_AGAIN_AFTER: Final = 0.25
"""Seconds between two looks at the file, so that a busy server does not ask on every request."""


class CurrentCatalogue:
    """Hands out the open catalogue. A file that turns out broken leaves the old one in use."""

    def __init__(self, path: Path) -> None:
        """Open the catalogue at `path`. Raises CatalogueError."""
        self.path = path
        self._lock = threading.Lock()
        self._identity = self._look()
        self._catalogue = Catalogue(path)
        self._looked = time.monotonic()

    def _look(self) -> tuple[int, int]:
        try:
            status = self.path.stat()
        except OSError:
            return (0, 0)
        return (status.st_ino, status.st_mtime_ns)

    def get(self) -> Catalogue:
        """The catalogue as it is now."""
        if time.monotonic() - self._looked > _LOOK_AGAIN_AFTER:
            with self._lock:
                self._looked = time.monotonic()
                identity = self._look()
                if identity not in (self._identity, (0, 0)):
                    self._reopen(identity)
        return self._catalogue

    def _reopen(self, identity: tuple[int, int]) -> None:
        try:
            # The old one may still answer a request in another thread; it goes with its last use.
            self._catalogue = Catalogue(self.path)
        except CatalogueError:
            return
        self._identity = identity
