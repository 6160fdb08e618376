"""The wheel, installed into an empty environment elsewhere, serves everything it needs."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        str(folder),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_templates_static_files_and_content(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "app/data/templates/entry.html",
        "app/data/static/css/base.css",
        "app/data/content/pip/hash-mismatch.md",
        "app/data/content/pip/hash-mismatch.zh.md",
        "app/locale/zh/messages.po",
        "app/matching/background.tsv",
    ):
        assert name in names
    assert not [
        name for name in names if name.startswith(("tests/", "content/")) or "__pycache__" in name
    ]


@pytest.mark.install
def test_an_installed_wheel_serves_the_site(wheel: Path, tmp_path: Path):
    # The environment sees this one's libraries, so that nothing is fetched; Wayout itself is
    # found nowhere but in the wheel, since the working directory is elsewhere.
    venv.create(tmp_path / "venv", with_pip=False)
    (libraries,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            libraries,
            wheel,
        ],
        check=True,
    )
    here = next(path for path in sys.path if path.endswith("site-packages"))
    linked = [
        path for path in Path(here).iterdir() if not re.search(r"wayout|__editable__", path.name)
    ]
    for path in linked:
        if not (libraries / path.name).exists():
            (libraries / path.name).symlink_to(path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "import app.cli, sys; sys.argv = ['wayout', *sys.argv[1:]]; app.cli.main()"
    server = subprocess.Popen(
        [tmp_path / "venv" / "bin" / "python", "-c", code, "serve", "--port", str(port)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        html = _fetch(server, f"http://127.0.0.1:{port}/pip/hash-mismatch")
        assert "THESE PACKAGES DO NOT MATCH" in html
        css = re.search(r'href="(/static/[^"]+\.css)"', html)
        assert css
        assert "{" in _fetch(server, f"http://127.0.0.1:{port}{css[1]}")
        assert "哈希值" in _fetch(server, f"http://127.0.0.1:{port}/zh/pip/hash-mismatch")
        assert (tmp_path / ".cache" / "wayout").is_dir()
    finally:
        server.terminate()
        server.wait(20)


def _fetch(server: subprocess.Popen[bytes], url: str) -> str:
    for _ in range(600):
        assert server.poll() is None, "the server has stopped"
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return str(response.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}")
