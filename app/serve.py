"""Serving: build first, then run the server, and with `watch` rebuild while it runs."""

import logging
import os
import sys
import threading
from pathlib import Path

import uvicorn
from watchfiles import watch as watch_files

from app.catalogue.build import Progress, build
from app.config import Settings
from app.errors import Level, WayoutError

log = logging.getLogger("wayout")


def serve(
    settings: Settings, host: str, port: int, *, watch: bool, progress: Progress | None = None
) -> None:
    """Run until interrupted. Raises CatalogueError when the catalogue cannot be written.

    Broken content does not stop the server: what is wrong is printed, and shown
    at `/status`; all the rest is served.
    """
    _build(settings, progress, keep_last_good=False)
    # Server processes read the environment, so what was given as arguments goes there.
    os.environ["WAYOUT_CONTENT"] = os.pathsep.join(map(str, settings.content))
    os.environ["WAYOUT_CATALOGUE"] = str(settings.catalogue_path)
    stop = threading.Event()
    if watch:
        threading.Thread(target=_watch, args=(settings, stop), daemon=True).start()
    try:
        uvicorn.run(
            "app.web.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=settings.workers,
            server_header=False,
            # A request's address can hold what a reader searched for.
            access_log=False,
        )
    finally:
        stop.set()


def _watch(settings: Settings, stop: threading.Event) -> None:
    folders = [folder for folder in settings.content if folder.is_dir()]
    for _ in watch_files(*folders, stop_event=stop, debounce=200, step=50, rust_timeout=500):
        try:
            _build(settings, None, keep_last_good=True)
        except WayoutError as error:
            print(f"wayout: {error}", file=sys.stderr)


def _build(settings: Settings, progress: Progress | None, *, keep_last_good: bool) -> None:
    path: Path = settings.catalogue_path
    built = build(settings.content, path, progress, keep_last_good=keep_last_good)
    for problem in built.problems:
        if problem.level is Level.ERROR:
            print(problem, file=sys.stderr)
    if not built.reused:
        print(f"wayout: {built.entries} entries, {built.read} read", file=sys.stderr)
