"""Hostile commands: stopped, reported, and nothing of them is left."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.reproduce import bubblewrap
from app.reproduce.bubblewrap import Machine
from app.reproduce.recipe import Limits
from app.reproduce.sandbox import NoSandbox, Sandbox, Stopped
from app.reproduce.watch import descendants
from tests.reproduce.conftest import needs_bwrap

SMALL = Limits(stage_s=20, memory_mb=300, processes=40, disk_mb=20, output_kb=64)


def machine(**changes: object) -> Machine:
    return Machine(SMALL.model_copy(update=changes), {}, disk_kb=64)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(machine()) as sandbox:
        yield sandbox


def processes_naming(word: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if word in line and "ps -eo" not in line]


@needs_bwrap
class TestInside:
    def test_commands_share_the_home_and_nothing_else(self, box: Sandbox):
        assert box.run("x=1; echo kept > note; exit 3").status == 3
        assert box.run("echo $x; cat note").output == b"\nkept\n"

    def test_names_are_neutral(self, box: Sandbox):
        ask = "hostname; whoami; pwd; id -u; echo $HOME; env; cat /proc/[0-9]*/cmdline"
        out = box.run(ask).output.decode()
        assert out.startswith("build\ndev\n/home/dev/project\n1000\n/home/dev\n")
        assert str(Path(__file__).parents[2]) not in out

    def test_nobody_is_root(self, box: Sandbox):
        out = box.run("grep -E 'Cap(Eff|Prm|Bnd)|NoNewPrivs' /proc/self/status").output.decode()
        privileges = dict(line.split() for line in out.splitlines())
        assert int(privileges["CapEff:"], 16) == int(privileges["CapPrm:"], 16) == 0
        assert privileges["NoNewPrivs:"] == "1"

    def test_the_system_cannot_be_written(self, box: Sandbox):
        for place in ("/x", "/usr/x", "/etc/passwd", "/opt/x", "/dev/x", "/usr/local/x", "/proc/x"):
            assert box.run(f"echo x > {place}").status != 0, place

    def test_nothing_outside_can_be_read(self, box: Sandbox, tmp_path: Path):
        secret = tmp_path / "secret"
        secret.write_text("word")
        places = [secret, Path.home(), Path(__file__), "/etc/pip.conf", "/etc/shadow", "/var"]
        for place in places:
            assert box.run(f"cat {place} || ls {place}").status != 0, place

    def test_no_socket_leads_outside(self, box: Sandbox):
        ask = "import socket; socket.create_connection(('{}', {}), 2)"
        for host, port in (("1.1.1.1", 53), ("10.0.0.1", 80), ("example.com", 80)):
            assert box.run(f'/usr/bin/python3 -c "{ask.format(host, port)}"').status != 0
        listed = box.run("cat /proc/net/dev").output.decode()
        assert [line.split(":")[0].strip() for line in listed.splitlines()[2:]] == ["lo"]

    def test_loopback_works(self, box: Sandbox):
        talk = (
            "import socket; s = socket.create_server(('127.0.0.1', 0)); "
            "c = socket.create_connection(s.getsockname()); print('heard')"
        )
        assert box.run(f'/usr/bin/python3 -c "{talk}"').output == b"heard\n"

    def test_a_server_of_this_computer_is_not_there(self, box: Sandbox):
        import socket

        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            assert box.run(f"exec 5<>/dev/tcp/127.0.0.1/{port}").status != 0

    def test_the_tiny_disk_is_full_soon(self, box: Sandbox):
        ran = box.run("head -c 100000 /dev/zero > ~/disk/file")
        assert b"No space left on device" in ran.output

    def test_a_filled_disk_is_the_recipes_own_trouble(self, box: Sandbox):
        ran = box.run("for n in 1 2 3 4 5; do head -c 9000000 /dev/zero > ~/f$n; done; df ~")
        assert b"No space left on device" in ran.output
        assert box.run("head -c 30000000 /dev/zero > /dev/shm/x").status != 0
        assert box.run("head -c 30000000 /dev/zero > /tmp/x").status != 0

    def test_bytes_come_as_they_are(self, box: Sandbox):
        assert box.run(r"printf '\377\000\033[1m'").output == b"\xff\x00\x1b[1m"


@needs_bwrap
class TestLimits:
    def test_an_endless_loop_is_stopped(self):
        with Sandbox(machine(stage_s=1)) as box, pytest.raises(Stopped, match="longer than 1 sec"):
            box.run("echo begun; while :; do :; done")

    def test_what_was_printed_until_then_is_kept(self):
        with Sandbox(machine(stage_s=1)) as box, pytest.raises(Stopped) as caught:
            box.run("echo begun; sleep 60")
        assert caught.value.output == b"begun\n"

    def test_a_fork_bomb_is_stopped(self):
        started = time.monotonic()
        with Sandbox(machine()) as box, pytest.raises(Stopped, match=r"40 processes|longer"):
            box.run("bomb() { bomb | bomb & }; bomb; sleep 60 # wayout-bomb")
        assert time.monotonic() - started < 15
        assert processes_naming("wayout-bomb") == []

    def test_a_flood_of_output_is_stopped(self):
        with Sandbox(machine()) as box, pytest.raises(Stopped, match="more than 64 KB") as caught:
            box.run("yes flood")
        assert len(caught.value.output) < 1_000_000

    def test_one_greedy_process_is_refused_memory(self):
        with Sandbox(machine()) as box:
            ran = box.run("/usr/bin/python3 -c 'x = bytearray(400_000_000)'")
        assert b"MemoryError" in ran.output

    def test_many_greedy_processes_are_stopped_together(self):
        eat = "/usr/bin/python3 -c 'import time; x = bytearray(b\"x\") * 150_000_000; time.sleep(30)' &"
        with Sandbox(machine()) as box, pytest.raises(Stopped, match="300 MB of memory"):
            box.run(eat * 4 + " wait")

    def test_killing_the_driver_ends_the_machine(self):
        with Sandbox(machine()) as box, pytest.raises(Stopped, match="ended before"):
            box.run("kill -9 $PPID; sleep 60")


@needs_bwrap
class TestAfterwards:
    def test_processes_left_behind_are_gone(self):
        with Sandbox(machine()) as box:
            box.run(
                "setsid sleep 4711 & (trap '' TERM INT HUP; exec nohup sleep 4711) >/dev/null 2>&1 &"
            )
            assert processes_naming("sleep 4711")
        assert processes_naming("sleep 4711") == []

    def test_they_are_gone_when_wayout_itself_is_killed(self, tmp_path: Path):
        program = tmp_path / "program.py"
        program.write_text(
            "from app.reproduce.sandbox import *; from app.reproduce.recipe import Limits\n"
            "with Sandbox(Machine(Limits(), {})) as box:\n"
            "    box.run('sleep 4712 & echo'); print('up', flush=True); box.run('sleep 4712')\n"
        )
        started = subprocess.Popen(
            [sys.executable, str(program)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert started.stdout
        assert started.stdout.readline() == b"up\n"
        started.kill()
        started.communicate()
        deadline = time.monotonic() + 10
        while processes_naming("sleep 4712") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert processes_naming("sleep 4712") == []

    def test_no_descriptor_and_no_process_of_ours_stays(self):
        before = len(list(Path("/proc/self/fd").iterdir())), descendants(os.getpid())
        for _ in range(3):
            with Sandbox(machine()) as box:
                box.run("true")
        assert (len(list(Path("/proc/self/fd").iterdir())), descendants(os.getpid())) == before


@needs_bwrap
@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as root and as another user")
def test_another_user_can_start_it_too():
    options = bubblewrap.options_of(machine(), root=False)
    ran = subprocess.run(
        ["bwrap", *options, "--", "bash", "-c", "id -u; grep CapEff /proc/self/status; touch ~/x"],
        capture_output=True,
        user=65_534,
        group=65_534,
        extra_groups=[],
        cwd="/",
    )
    if b"ermission denied" in ran.stderr:
        pytest.skip("this folder or user namespaces are closed to other users here")
    assert ran.stdout == b"1000\nCapEff:\t0000000000000000\n"


def test_without_bubblewrap_it_refuses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bubblewrap, "available", lambda: False)
    with pytest.raises(NoSandbox, match="apt install bubblewrap"):
        Sandbox(machine())


def test_without_bubblewrap_and_unsafe_it_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bubblewrap, "available", lambda: False)
    generous = machine(processes=500, memory_mb=2000)
    with Sandbox(generous, unsafe=True) as box:
        home = box.run("sleep 4713 & echo $HOME").output.decode().strip()
        assert Path(home, "project").is_dir()
    assert not Path(home).exists()
    assert processes_naming("sleep 4713") == []
