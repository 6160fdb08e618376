# ruff: noqa: ARG001 - the interface of build back-ends has these arguments
"""A build backend of one file, for projects that must be built without fetching anything.

Lies beside a `pyproject.toml` that names it with `backend-path`. The name and
version stand in `project.txt`; a module of that name is all that is packed.
Scripts named after a step, such as `build.sh`, run before it; their failure is
the step's.
"""

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path


def _project() -> tuple[str, str, str]:
    """Name, version and the metadata, with the lines of `metadata.txt` where it exists."""
    name, version = Path("project.txt").read_text().split()
    extra = Path("metadata.txt").read_text() if Path("metadata.txt").exists() else ""
    return name, version, f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extra}"


def _run(script: str) -> None:
    if Path(script).exists():
        done = subprocess.run(["/bin/sh", script], check=False)  # noqa: S603 - the recipe wrote it
        if done.returncode:
            sys.exit(done.returncode)


def get_requires_for_build_wheel(config_settings: object = None) -> list[str]:
    """Whatever `requires.txt` names, else nothing; `requires.sh` runs before it."""
    _run("requires.sh")
    return Path("requires.txt").read_text().split() if Path("requires.txt").exists() else []


get_requires_for_build_editable = get_requires_for_build_wheel


def prepare_metadata_for_build_wheel(folder: str, config_settings: object = None) -> str:
    """Write the metadata alone; `metadata.sh` runs before it."""
    _run("metadata.sh")
    name, version, metadata = _project()
    info = f"{name}-{version}.dist-info"
    os.makedirs(f"{folder}/{info}")  # noqa: PTH103 - the interface gives text
    Path(folder, info, "METADATA").write_text(metadata)
    return info


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_wheel(folder: str, config_settings: object = None, metadata: object = None) -> str:
    """Pack the module."""
    _run("build.sh")
    name = _project()[0]
    return _pack(folder, {f"{name}.py": Path(f"{name}.py").read_text()})


def build_editable(folder: str, config_settings: object = None, metadata: object = None) -> str:
    """Pack a pointer to this folder."""
    return _pack(folder, {"__editable__.pth": f"{Path.cwd()}\n"})


def build_sdist(folder: str, config_settings: object = None) -> str:
    """Pack this folder as it is."""
    name, version, metadata = _project()
    with tarfile.open(f"{folder}/{name}-{version}.tar.gz", "w:gz") as archive:
        archive.add(".", f"{name}-{version}")
        _add(archive, f"{name}-{version}/PKG-INFO", metadata)
    return f"{name}-{version}.tar.gz"


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(text)
    archive.addfile(member, io.BytesIO(text.encode()))


def _pack(folder: str, files: dict[str, str]) -> str:
    name, version, metadata = _project()
    info = f"{name}-{version}.dist-info"
    files = files | {
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    wheel = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{wheel}", "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return wheel
