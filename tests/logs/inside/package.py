"""Make a tiny wheel or sdist for the loopback index, always the same bytes for the same arguments.

usage: package.py wheel|sdist NAME VERSION [--requires REQ]... [--python SPEC] [--tag TAG]
                  [--payload BYTES] [--file NAME=PATH]... [--to FOLDER]
"""

import argparse
import base64
import gzip
import hashlib
import io
import random
import tarfile
import zipfile
from pathlib import Path

SETUP_PY = "from setuptools import setup\nsetup(name={name!r}, version={version!r}, py_modules=[{module!r}])\n"


def metadata(options: argparse.Namespace) -> str:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {options.name}",
        f"Version: {options.version}",
        "Summary: Small",
    ]
    lines += [f"Requires-Python: {options.python}"] if options.python else []
    lines += [f"Requires-Dist: {requirement}" for requirement in options.requires]
    return "\n".join(lines) + "\n"


def payload(size: int) -> bytes:
    """Bytes that do not compress, so that a download takes as long as wanted."""
    return random.Random(7).randbytes(size)


def wheel(options: argparse.Namespace) -> tuple[str, bytes]:
    module = options.name.replace("-", "_")
    info = f"{module}-{options.version}.dist-info"
    files = {f"{module}/__init__.py": f'__version__ = "{options.version}"\n'.encode()}
    if options.payload:
        files[f"{module}/data.bin"] = payload(options.payload)
    files |= {name: Path(path).read_bytes() for name, path in options.files}
    files[f"{info}/METADATA"] = metadata(options).encode()
    tags = f"Wheel-Version: 1.0\nGenerator: package\nRoot-Is-Purelib: true\nTag: {options.tag}\n"
    files[f"{info}/WHEEL"] = tags.encode()
    record = [
        f"{name},sha256={_record_digest(content)},{len(content)}" for name, content in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,\n"]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return f"{module}-{options.version}-{options.tag}.whl", buffer.getvalue()


def _record_digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def sdist(options: argparse.Namespace) -> tuple[str, bytes]:
    folder = f"{options.name}-{options.version}"
    module = options.name.replace("-", "_")
    text = SETUP_PY.format(name=options.name, version=options.version, module=module)
    files = {"setup.py": text.encode(), f"{module}.py": b"", "PKG-INFO": metadata(options).encode()}
    files |= {name: Path(path).read_bytes() for name, path in options.files}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return f"{folder}.tar.gz", gzip.compress(buffer.getvalue(), mtime=0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["wheel", "sdist"])
    parser.add_argument("name")
    parser.add_argument("version")
    parser.add_argument("--requires", action="append", default=[])
    parser.add_argument("--python", default="")
    parser.add_argument("--tag", default="py3-none-any")
    parser.add_argument("--payload", type=int, default=0)
    parser.add_argument(
        "--file", dest="files", action="append", default=[], type=lambda text: text.split("=", 1)
    )
    parser.add_argument("--to", type=Path, default=Path.home() / "index")
    options = parser.parse_args()
    filename, content = wheel(options) if options.kind == "wheel" else sdist(options)
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / filename).write_bytes(content)
    print(hashlib.sha256(content).hexdigest())


if __name__ == "__main__":
    main()
