"""The command line of bubblewrap that makes the machine of one scenario.

Inside: the system of this computer, read-only and without its settings; an
empty home and `/tmp` of limited size; host `build`, user `dev`; process ids,
message queues and network of its own, so that loopback is all there is.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.reproduce.recipe import Limits

HELPERS: Final = Path(__file__).parent / "helpers"
HOME: Final = "/home/dev"
UID: Final = "1000"
PROGRAMS: Final = "/opt/programs"
SYSTEM_PATH: Final = "/usr/bin:/bin:/usr/sbin:/sbin"
_SYSTEM_FOLDERS: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS: Final = (
    "alternatives",
    "java-*-openjdk",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "maven/logging",
    "maven/m2.conf",
    "mime.types",
    "php/*/cli",
    "php/*/mods-available",
    "ssl/certs",
    "ssl/openssl.cnf",
)
"""What of `/etc` programs need; the rest may name this computer, its mirrors or its users."""


@dataclass(frozen=True)
class Mount:
    """A folder or program of this computer and the place inside where it can be read."""

    source: Path
    target: str


@dataclass(frozen=True)
class Machine:
    """What a scenario finds inside, apart from the system.

    `system` is the root of the file system that is shown read-only: this
    computer's, or a prepared one with other tools. `programs` are folders
    inside whose programs come before the system's.
    """

    limits: Limits
    environment: Mapping[str, str]
    mounts: tuple[Mount, ...] = ()
    disk_kb: int = 0
    programs: tuple[str, ...] = ()
    system: Path = Path("/")


def available() -> bool:
    """Whether bubblewrap is installed here."""
    return shutil.which("bwrap") is not None


def variables(machine: Machine, home: str, helpers: str) -> dict[str, str]:
    """The whole environment of the commands."""
    others = [f"{mount.target}/bin" for mount in machine.mounts if (mount.source / "bin").is_dir()]
    own = [f"{home}/project/.venv/bin", f"{home}/.local/bin", *machine.programs]
    folders = [*own, SYSTEM_PATH, PROGRAMS, *others]
    libraries = [
        f"{mount.target}/lib" for mount in machine.mounts if (mount.source / "lib").is_dir()
    ]
    return {
        **({"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {}),
        "HOME": home,
        "USER": "dev",
        "LOGNAME": "dev",
        "LANG": "C.UTF-8",
        "PATH": ":".join(folders),
        "WAYOUT_HELPERS": helpers,
        "PYTHONDONTWRITEBYTECODE": "1",
        **machine.environment,
    }


def started_by_root() -> bool:
    """Whether root runs this: then users are real inside, and `dev` is another one than root.

    Otherwise `dev` is the user who runs this, under another number.
    """
    return os.geteuid() == 0


def options_of(machine: Machine, *, root: bool) -> list[str]:
    """The options of bubblewrap; they name folders of this computer, so pass them unseen."""
    options = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net"]
    options += ["--unshare-cgroup-try", "--hostname", "build", "--die-with-parent", "--new-session"]
    if root:
        options += ["--cap-drop", "ALL"]
        for capability in ("SETUID", "SETGID", "SETPCAP", "CHOWN"):
            options += ["--cap-add", f"CAP_{capability}"]
    else:
        options += ["--unshare-user", "--uid", UID, "--gid", UID]
    options += [*_system(machine.system), *_places(machine)]
    options += ["--clearenv"]
    for name, value in variables(machine, HOME, "/opt/wayout/helpers").items():
        options += ["--setenv", name, value]
    return [*options, "--chdir", HOME]


def inner_command(limits: Limits, *, root: bool, helpers: str = "/opt/wayout/helpers") -> list[str]:
    """The driver with its limits, behind a change of user where root starts it."""
    kilobytes = (limits.memory_mb * 1024, limits.disk_mb * 1024)
    # The kernel counts a user over all sandboxes; one sandbox is counted by app.reproduce.watch.
    processes = str(limits.processes * 2 + 500)
    driver = ["bash", f"{helpers}/driver.sh", processes, *map(str, kilobytes)]
    return ["bash", f"{helpers}/drop.sh", *driver] if root else driver


def _system(system: Path) -> list[str]:
    """The programs and libraries, read-only; `/usr/local` is hidden, as it is not the system's."""
    options = ["--ro-bind", str(system / "usr"), "/usr", "--tmpfs", "/usr/local"]
    options += ["--remount-ro", "/usr/local"]
    for folder in ("/opt", "/opt/python", PROGRAMS, "/opt/wayout"):
        options += _folder(folder)
    for name in _SYSTEM_FOLDERS:
        place = system / name
        if place.is_symlink():
            options += ["--symlink", str(place.readlink()), f"/{name}"]
        elif place.is_dir():
            options += ["--ro-bind", str(place), f"/{name}"]
    settings = system / "etc"
    shown = sorted(path for pattern in _SETTINGS for path in settings.glob(pattern))
    inside = {path: Path("/etc", path.relative_to(settings)) for path in shown}
    for above in sorted({above for place in inside.values() for above in place.parents}):
        options += _folder(above) if above != Path("/") else []
    for path, place in inside.items():
        options += ["--ro-bind", str(path.resolve()), str(place)]
    for path in sorted((HELPERS / "etc").iterdir()):
        options += ["--ro-bind", str(path), f"/etc/{path.name}"]
    return options


def _folder(path: str | Path) -> list[str]:
    """A folder that all can read; those that bubblewrap makes on the way are for root only."""
    return ["--perms", "0755", "--dir", str(path)]


def _places(machine: Machine) -> list[str]:
    """Devices, helpers, tools, and everything that can be written, each of limited size."""
    size = str(machine.limits.disk_mb * 1024 * 1024)
    options = ["--proc", "/proc", "--dev", "/dev"]
    options += ["--ro-bind", str(HELPERS), "/opt/wayout/helpers"]
    for mount in machine.mounts:
        options += ["--ro-bind", str(mount.source), mount.target]
    for folder, mode in (("/tmp", "1777"), ("/dev/shm", "1777"), (HOME, "0755")):  # noqa: S108
        options += ["--perms", mode, "--size", size, "--tmpfs", folder]
    options += ["--dir", f"{HOME}/project"]
    if machine.disk_kb:
        options += ["--perms", "0755", "--size", str(machine.disk_kb * 1024)]
        options += ["--tmpfs", f"{HOME}/disk"]
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/"]
