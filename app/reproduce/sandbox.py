"""One throw-away machine: run commands in it one after another, and leave nothing behind.

`Sandbox` starts bubblewrap (or, where asked for, plain processes without
protection) with a driver inside, sends it commands, and collects what each
prints, within limits of time, memory, processes, disk and output. Whatever
still runs when the sandbox is closed is killed with it.
"""

import base64
import contextlib
import fcntl
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from app.errors import WayoutError
from app.reproduce import bubblewrap
from app.reproduce.bubblewrap import Machine
from app.reproduce.watch import Usage, alive, descendants, usage_of

_WATCH_S: Final = 0.1
_FAREWELL_S: Final = 10.0


class NoSandbox(WayoutError):  # noqa: N818 - reads as what it is
    """Bubblewrap is not here, and running without protection was not asked for."""

    def __init__(self) -> None:
        super().__init__(
            "reproductions run in bubblewrap, and `bwrap` is not installed: install it "
            "(apt install bubblewrap), or trust the recipes and say --unsafe"
        )


class Stopped(WayoutError):  # noqa: N818 - reads as what it is
    """A limit was exceeded, or the machine ended by itself; `output` is what came until then."""

    def __init__(self, why: str, output: bytes) -> None:
        super().__init__(why)
        self.why, self.output = why, output


@dataclass(frozen=True)
class Ran:
    """What one command printed, both streams together, and its exit status."""

    output: bytes
    status: int


class Sandbox:
    """A running machine; use it in a `with` block. Raises NoSandbox, and Stopped from `run`."""

    def __init__(self, machine: Machine, *, unsafe: bool = False) -> None:
        self._machine = machine
        self._unsafe = not bubblewrap.available()
        if self._unsafe and not unsafe:
            raise NoSandbox
        self._home = Path(tempfile.mkdtemp(prefix="wayout-")) if self._unsafe else None
        self._seen: set[int] = set()

    def __enter__(self) -> Self:
        orders, self._orders = _pipe()
        self._statuses, statuses = _pipe()
        self._output, output = _pipe()
        options = _high(os.memfd_create("options"))
        command, environment = self._command(options)
        # The driver reads and writes descriptors 3 and 4; a shell puts them there.
        plumbing = f'exec 3<&{orders} 4>&{statuses} {orders}<&- {statuses}>&-; exec "$@"'
        self._process = subprocess.Popen(  # noqa: S603 - running the recipe is the point
            ["/bin/bash", "-c", plumbing, "wayout", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(orders, statuses, options),
            env=environment,
            start_new_session=True,
        )
        for descriptor in (orders, statuses, output, options):
            os.close(descriptor)
        os.set_blocking(self._output, False)
        return self

    def _command(self, options: int) -> tuple[list[str], dict[str, str]]:
        """The command and its environment; what bubblewrap is told goes into a file of its own."""
        if self._home is None:
            root = bubblewrap.started_by_root()
            told = bubblewrap.options_of(self._machine, root=root)
            # Every process inside can read the words of the first one's command line.
            os.write(options, b"".join(word.encode() + b"\0" for word in told))
            os.lseek(options, 0, os.SEEK_SET)
            inner = bubblewrap.inner_command(self._machine.limits, root=root)
            return ["bwrap", "--args", str(options), "--", *inner], {"PATH": os.environ["PATH"]}
        (self._home / "project").mkdir()
        helpers = str(bubblewrap.HELPERS)
        limits = self._machine.limits
        return (
            bubblewrap.inner_command(limits, root=False, helpers=helpers),
            bubblewrap.variables(self._machine, str(self._home), helpers),
        )

    def run(self, script: str) -> Ran:
        """Run commands in a new `bash`. Raises Stopped when a limit is exceeded."""
        deadline = time.monotonic() + self._machine.limits.stage_s
        order = base64.b64encode(script.encode()) + b"\n"
        with contextlib.suppress(BrokenPipeError):
            os.write(self._orders, order)
        printed = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            selector.register(self._statuses, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select(_WATCH_S)}
                if self._output in ready:
                    self._read(printed)
                if self._statuses in ready:
                    self._read(printed)
                    return Ran(bytes(printed), self._status(printed))
                if why := self._excess(len(printed), deadline):
                    self._kill()
                    raise Stopped(why, bytes(printed))

    def _read(self, printed: bytearray) -> None:
        """Take what is in the pipe, but not endlessly from one who prints without end."""
        limit = self._machine.limits.output_kb * 1024
        with contextlib.suppress(BlockingIOError):
            while len(printed) <= limit and (chunk := os.read(self._output, 65_536)):
                printed += chunk

    def _status(self, printed: bytearray) -> int:
        answer = os.read(self._statuses, 64)
        if not answer.strip().isdigit():
            self._kill()
            raise Stopped("the machine ended before the command did", bytes(printed))
        if why := self._too_much_output(len(printed)):
            self._kill()
            raise Stopped(why, bytes(printed))
        return int(answer.split()[-1])

    def _too_much_output(self, size: int) -> str:
        limit = self._machine.limits.output_kb
        return f"printed more than {limit:,} KB" if size > limit * 1024 else ""

    def _excess(self, size: int, deadline: float) -> str:
        limits = self._machine.limits
        if why := self._too_much_output(size):
            return why
        if time.monotonic() > deadline:
            return f"took longer than {limits.stage_s:g} seconds"
        return excess_of(usage_of(self._tree()), limits.memory_mb, limits.processes)

    def _tree(self) -> set[int]:
        """Every process of the machine as seen from outside."""
        tree = descendants(self._process.pid)
        self._seen |= tree
        return tree

    def _kill(self) -> None:
        """End everything: the first process inside takes all others of the machine along."""
        self._tree()
        for process in (*self._seen, self._process.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_FAREWELL_S)
        # The first process inside ends only when the kernel has ended all others.
        deadline = time.monotonic() + _FAREWELL_S
        while any(map(alive, self._seen)) and time.monotonic() < deadline:
            time.sleep(0.005)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._kill()
        for descriptor in (self._orders, self._statuses, self._output):
            os.close(descriptor)
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends lie above the descriptors that the driver expects its own at."""
    readable, writable = os.pipe()
    return _high(readable), _high(writable)


def _high(descriptor: int) -> int:
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


def excess_of(usage: Usage, memory_mb: int, processes: int) -> str:
    """What all processes together use too much of, in words; empty when nothing."""
    if usage.processes > processes:
        return f"started more than {processes} processes"
    if usage.memory_mb > memory_mb:
        return f"used more than {memory_mb:,} MB of memory"
    return ""
