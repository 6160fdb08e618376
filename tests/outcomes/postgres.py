"""A PostgreSQL server of our own, which a test can stop, start and restart."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_AUTH = ("--auth", "trust", "--username", "wayout", "--no-sync")
FOLDERS = "/usr/lib/postgresql/*/bin"


def programs() -> Path | None:
    """The folder of the server's programs."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(Path("/").glob(FOLDERS.removeprefix("/")), default=None)


class Server:
    """A cluster in a temporary folder, on a socket there; a superuser may not run one."""

    def __init__(self, folder: Path) -> None:
        self._programs = folder
        self.folder = Path(tempfile.mkdtemp(prefix="wayout-pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "--pgdata", "data", "--encoding", "UTF8", *_AUTH)
        self.start()
        self._run("createdb", "--host", str(self.folder), "--username", "wayout", "outcomes")

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql://wayout@/outcomes?host={self.folder}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is what the end of the power does."""
        self._run("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop("immediate")
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            user=self._user,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout
