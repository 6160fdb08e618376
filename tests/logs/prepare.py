"""Build the root file system that the cases run in, outside the repository.

This is the only part that talks to registries (Debian, PyPI, npm), through the
machine's ordinary clients. It ends by wiping every trace of where things came
from, so that no log can show it. Needs root, debootstrap and about 8 GB.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
NEUTRAL_SOURCES = "deb http://deb.debian.org/debian bookworm main\n"
NEUTRAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def run(*command: str, **options: object) -> None:
    """Run a preparation step, stopping everything when it fails."""
    print("+", " ".join(command)[:150], flush=True)
    subprocess.run(command, check=True, **options)  # type: ignore[call-overload]


def in_root(root: Path, *command: str) -> None:
    """Run a command inside the root file system, as its root."""
    environment = {
        "PATH": NEUTRAL_PATH,
        "DEBIAN_FRONTEND": "noninteractive",
        "LANG": "C.UTF-8",
        "HOME": "/root",
    }
    run("chroot", str(root), *command, env=environment)


def machine_mirror() -> str:
    """The Debian mirror this machine uses, as its own apt reports it."""
    report = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Codename: bookworm", "Created-By: Packages"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return report.split()[0]


def bootstrap(root: Path, packages: list[str]) -> None:
    """Debian with all packages; the machine's apt settings are lent for the time of it."""
    if not (root / "etc/debian_version").exists():
        run("debootstrap", "--variant=minbase", "bookworm", str(root), machine_mirror())
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    shutil.copytree("/etc/apt", root / "etc/apt", dirs_exist_ok=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    shutil.copy("/etc/hosts", root / "etc/hosts")
    (root / "usr/sbin/policy-rc.d").write_text(
        "#!/bin/sh\nexit 101\n"
    )  # start no service while installing
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    run("mount", "-t", "proc", "proc", str(root / "proc"))
    try:
        in_root(root, "apt-get", "update", "-q")
        in_root(root, "apt-get", "install", "-yq", "--no-install-recommends", *packages)
    finally:
        run("umount", str(root / "proc"))


def make_locales(root: Path, locales: Iterable[str]) -> None:
    (root / "etc/locale.gen").write_text(
        "".join(f"{name} UTF-8\n" for name in locales if not name.startswith("C."))
    )
    in_root(root, "locale-gen")


def copy_pythons(root: Path, versions: list[str]) -> None:
    """Copy Pythons to /opt/python/X.Y; their recorded build paths become the new place."""
    for version in versions:
        found = sorted(Path("~/.pyenv/versions").expanduser().glob(version + ".*"))
        target = root / "opt/python" / version
        if not found or target.exists():
            continue
        unwanted = shutil.ignore_patterns(
            "site-packages", "test", "tests", "__pycache__", "*.a", "pip*", "easy_install*"
        )
        shutil.copytree(found[-1], target, symlinks=True, ignore=unwanted)
        (target / f"lib/python{version}/site-packages").mkdir()
        rewrite_paths(target, str(found[-1]), f"/opt/python/{version}")
    libraries = [f"/opt/python/{version}/lib\n" for version in versions]
    (root / "etc/ld.so.conf.d/pythons.conf").write_text("".join(libraries))
    in_root(root, "ldconfig")


def rewrite_paths(folder: Path, old: str, new: str) -> None:
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 4_000_000:
            continue
        content = path.read_bytes()
        if old.encode() in content and b"\0" not in content:
            path.write_bytes(content.replace(old.encode(), new.encode()))


def fetch_wheels(folder: Path, requirements: Iterable[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for requirement in requirements:
        name = (
            requirement.replace("==", "-").replace("-core", "_core").replace("trove-c", "trove_c")
        )
        if not list(folder.glob(name + "-*.whl")):
            run("pip", "download", "-q", "--no-deps", "--no-binary=:none:", "--ignore-requires-python",
                "-d", str(folder), requirement)  # fmt: skip


def make_venv(root: Path, requirements: list[str], cache: Path) -> None:
    """/opt/venv: wheels are fetched outside, installed inside, so all paths are neutral."""
    if (root / "opt/venv/bin/pytest").exists():
        return
    wheels = cache / "venv-wheels"
    run("pip", "download", "-q", "--prefer-binary", "-d", str(wheels), *requirements)
    shutil.copytree(wheels, root / "tmp/wheels", dirs_exist_ok=True)
    in_root(root, "python3", "-m", "venv", "/opt/venv")
    in_root(
        root,
        "/opt/venv/bin/pip",
        "install",
        "-q",
        "--no-index",
        "--find-links",
        "/tmp/wheels",
        *requirements,
    )
    shutil.copytree(wheels, root / "opt/real-wheels", dirs_exist_ok=True)


def npm_install(folder: Path, packages: list[str]) -> None:
    """Install npm packages into a folder, then drop the lock files: they name the registry."""
    if (folder / "node_modules").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text("{}")
    run(
        "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--legacy-peer-deps",
        *packages,
        cwd=folder,
    )
    for lock in [folder / "package-lock.json", *folder.glob("node_modules/.package-lock.json")]:
        lock.unlink(missing_ok=True)


def neutralise(root: Path) -> None:
    """Make the root file system a plain Debian that knows nothing of this machine."""
    for path in [
        *root.glob("etc/apt/*"),
        *root.glob("var/lib/apt/lists/*"),
        *root.glob("tmp/*"),
        root / "root/.cache",
    ]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in ["apt.conf.d", "preferences.d", "sources.list.d", "trusted.gpg.d"]:
        (root / "etc/apt" / folder).mkdir()
    (root / "etc/apt/sources.list").write_text(NEUTRAL_SOURCES)
    (root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text("# no name server: loopback only\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost build\n::1 localhost\n")
    (root / "etc/hostname").write_text("build\n")
    for log in root.glob("var/log/**/*"):
        if log.is_file():
            log.write_bytes(b"")
    shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
    (root / "var/cache/apt/archives/partial").mkdir(parents=True)
    for settings in root.glob(
        "etc/postgresql/*/main/postgresql.conf"
    ):  # its port depends on what runs here
        settings.write_text(re.sub(r"(?m)^port = \d+", "port = 5432", settings.read_text()))
    if not (root / "home/dev").exists():
        in_root(root, "useradd", "--create-home", "--shell", "/bin/bash", "--uid", "1000", "dev")
    for manifest in root.glob("opt/**/package.json"):
        strip_npm_origin(manifest)


def strip_npm_origin(manifest: Path) -> None:
    """npm 6 writes where a package came from into its package.json."""
    text = manifest.read_text(errors="replace")
    if re.search(r'"_resolved"', text):
        kept = {key: value for key, value in json.loads(text).items() if not key.startswith("_")}
        manifest.write_text(json.dumps(kept, indent=2) + "\n")


def prepare(root: Path, tools: dict[str, object]) -> None:
    """Everything, step by step; steps already done are skipped."""
    if os.geteuid() != 0:
        raise SystemExit("prepare needs root (debootstrap, chroot)")
    root.mkdir(parents=True, exist_ok=True)
    bootstrap(root, str(tools["debian"]).split())
    make_locales(root, tools["locales"])  # type: ignore[arg-type]
    copy_pythons(root, tools["pythons"])  # type: ignore[arg-type]
    fetch_wheels(root / "opt/wheels", str(tools["wheels"]).split())
    make_venv(root, str(tools["venv"]).split(), root.parent)
    for name, package in tools["node"].items():  # type: ignore[attr-defined]
        npm_install(root / "opt/node" / name, [package])
    for name, packages in tools["npm"].items():  # type: ignore[attr-defined]
        npm_install(root / "opt/npm" / name, packages.split())
    neutralise(root)
