#!/usr/bin/env python3
"""Regenerate the corpus of real tool outputs from cases/*.yaml.

usage: regenerate.py [--only NAME...] [--new] [--list] [--missing-tools] [--prepare] [--check]

The output of each command is kept exactly as it was written; nothing in it is
changed. A case whose command does not end as its kind says, or whose output
names something of this machine, is refused and leaves the old log in place.
"""

import argparse
import dataclasses
import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True  # the corpus folder holds only what is committed

import prepare  # noqa: E402
import sandbox  # noqa: E402
import yaml  # type: ignore[import-untyped] # noqa: E402
from sandbox import Case  # noqa: E402

HERE = Path(__file__).parent
DEFAULT_CACHE = Path("~/.cache/wayout-logs").expanduser()
MAX_LOG_BYTES = 400_000
SETUP_TAIL = 3_000  # characters of a failed setup that are worth reading
KEYS = frozenset(field.name for field in dataclasses.fields(Case)) - {"ecosystem"} | {"pips"}


class BadCase(Exception):  # noqa: N818 - reads as what it is
    """A case that breaks the format of cases/*.yaml."""


def load_cases() -> list[Case]:
    """All cases, those with `pips` once for each of them."""
    cases = [case for path in sorted(HERE.glob("cases/*.yaml")) for case in _read(path)]
    twice = [
        name
        for name, count in Counter((case.kind, case.name) for case in cases).items()
        if count > 1
    ]
    if twice:
        raise BadCase(f"cases with the same name: {twice}")
    return cases


def _read(path: Path) -> Iterator[Case]:
    for given in yaml.safe_load(path.read_text()) or []:
        if unknown := set(given) - KEYS:
            raise BadCase(f"{path}: {given.get('name')}: unknown keys {sorted(unknown)}")
        if given["kind"] not in ("green", "red"):
            raise BadCase(f"{path}: {given['name']}: kind is green or red")
        raw = {"expects": "none", "setup": "", "ecosystem": path.stem} | given
        raw |= {key: tuple(raw.get(key, ())) for key in ("accepts", "also", "tools")}
        pips = raw.pop("pips", None)
        yield from (_with_pip(raw, pip) for pip in pips) if pips else [Case(**raw)]


def _with_pip(raw: dict[str, object], pip: str) -> Case:
    """The case for one pip: `25.3` with Debian's Python, `19.3.1@3.6` with another."""
    version, _, python = pip.partition("@")
    environment = {"PIP": version, "PYTHON": f"python{python}" if python else "python3"} | raw.get(
        "env", {}
    )  # type: ignore[operator]
    tools = (*raw["tools"], environment["PYTHON"])  # type: ignore[misc]
    suffix = f"-pip{version}" + (f"-py{python}" if python else "")
    return Case(**raw | {"name": f"{raw['name']}{suffix}", "env": environment, "tools": tools})  # type: ignore[arg-type]


def log_path(case: Case) -> Path:
    return HERE / case.kind / f"{case.name}.log"


def traces_of_this_machine() -> re.Pattern[bytes]:
    """What no log may contain: our paths, this host's name and kernel, the registries' hosts."""
    words = {str(HERE.parents[1]), f"{Path.home()}/", "wayout", ".cargo/registry/src/index"}
    words |= _registry_hosts() | _local_indexes()
    words |= {name for name in [socket.gethostname(), os.uname().release] if len(name) > 5}
    return re.compile("|".join(re.escape(word) for word in sorted(words)).encode(), re.IGNORECASE)


def _registry_hosts() -> set[str]:
    questions = (["pip", "config", "list"], ["npm", "config", "get", "registry"],
                 ["apt-get", "indextargets", "--format", "$(REPO_URI)"])  # fmt: skip
    texts = [
        subprocess.run(question, capture_output=True, text=True, check=False).stdout
        for question in questions
    ]
    public = {"pypi.org", "files.pythonhosted.org", "registry.npmjs.org", "deb.debian.org"}
    hosts = {
        host for text in texts for host in re.findall(r"https?://(?:[^/@\s]*@)?([\w.-]+)", text)
    }
    return hosts - public - {"localhost", "127.0.0.1"}


def _local_indexes() -> set[str]:
    """Folders that pip or npm of this machine takes packages from."""
    configured = subprocess.run(
        ["pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return set(re.findall(r"file://(/[\w.-]+/[\w.-]+)", configured.stdout))


def complaint(case: Case, outcome: sandbox.Outcome, forbidden: re.Pattern[bytes]) -> str:
    """Why an outcome may not become a log; empty when it may."""
    if outcome.status == sandbox.SETUP_FAILED:
        return "setup failed:\n" + outcome.setup_output[-SETUP_TAIL:]
    if (outcome.status == 0) != (case.kind == "green"):
        return f"exit status {outcome.status}:\n" + outcome.output[-SETUP_TAIL:].decode(
            errors="replace"
        )
    if not outcome.output.strip():
        return "printed nothing"
    if len(outcome.output) > MAX_LOG_BYTES:
        return f"{len(outcome.output)} bytes: over the limit"
    if found := forbidden.search(outcome.output):
        return f"names this machine: {found.group().decode()!r} in {_line_of(outcome.output, found.start())}"
    return ""


def _line_of(output: bytes, position: int) -> str:
    start = output.rfind(b"\n", 0, position) + 1
    return output[start : start + 200].split(b"\n")[0].decode(errors="replace")


def write_labels(cases: list[Case]) -> None:
    """labels.json: what an evaluator needs to know of each log, without reading YAML."""
    labels = {}
    for case in sorted(cases, key=lambda case: (case.kind, case.name)):
        if log_path(case).exists():
            label: dict[str, object] = {"ecosystem": case.ecosystem, "expects": case.expects}
            label |= {"cause": case.cause} if case.cause else {}
            label |= {} if case.decidable else {"decidable": False}
            label |= {"accepts": list(case.accepts)} if case.accepts else {}
            label |= {"also": list(case.also)} if case.also else {}
            label |= {"lang": case.lang} if case.lang != "C.UTF-8" else {}
            label |= {"columns": case.columns} if case.columns else {}
            labels[f"{case.kind}/{case.name}.log"] = label
    (HERE / "labels.json").write_text(json.dumps(labels, indent=1) + "\n")


def write_versions(root: Path) -> None:
    """versions.json: the first line each tool says of its own version, inside the sandbox."""
    questions = yaml.safe_load((HERE / "tools.yaml").read_text())["versions"]
    command = "\n".join(
        f"printf '%s\\t' '{one['tool']}'; {{ {one['ask']} ;}} 2>&1 | head -1" for one in questions
    )
    tools = tuple({tool for one in questions for tool in one.get("tools", [])})
    case = Case("versions", "green", "none", "", command, "none", tools=tools)
    lines = sandbox.run(case, root).output.decode().splitlines()
    versions = dict(line.split("\t", 1) for line in lines if "\t" in line)
    (HERE / "versions.json").write_text(json.dumps(versions, indent=1, sort_keys=True) + "\n")


def progress(text: str, last: bool = False) -> None:
    """One line that redraws itself, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text[:110]}", end="\n" if last else "", file=sys.stderr, flush=True)


def regenerate(cases: list[Case], root: Path) -> int:
    """Run the cases one after the other. Returns how many were refused."""
    forbidden = traces_of_this_machine()
    refused = 0
    for number, case in enumerate(cases, 1):
        progress(f"[{number}/{len(cases)}] {case.kind}/{case.name} ({refused} refused)")
        if missing := sandbox.missing_tools(case, root):
            print(f"{case.kind}/{case.name}: skipped, needs {', '.join(missing)}", flush=True)
            continue
        outcome = sandbox.run(case, root)
        if problem := complaint(case, outcome, forbidden):
            refused += 1
            print(f"{case.kind}/{case.name}: {problem}", flush=True)
            continue
        log_path(case).parent.mkdir(exist_ok=True)
        log_path(case).write_bytes(outcome.output)
    progress(f"{len(cases)} cases, {refused} refused", last=True)
    return refused


def check(cases: list[Case]) -> int:
    """Complain about logs without a case, cases without a log, and forbidden traces."""
    forbidden = traces_of_this_machine()
    wanted = {log_path(case) for case in cases}
    present = {path for kind in ("green", "red") for path in (HERE / kind).glob("*")}
    complaints = [f"no case for {path}" for path in sorted(present - wanted)]
    complaints += [f"no log at {path}" for path in sorted(wanted - present)]
    for path in sorted(present):
        if found := forbidden.search(path.read_bytes()):
            complaints.append(f"{path}: names this machine: {found.group().decode()}")
    print(*complaints, sep="\n")
    return len(complaints)


def describe(cases: list[Case]) -> None:
    for case in cases:
        print(f"{case.kind:5}  {case.name:50} {case.expects} {case.cause}".rstrip())
    print(
        dict(Counter(case.kind for case in cases)), dict(Counter(case.ecosystem for case in cases))
    )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Regenerate the corpus of real tool outputs.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="cases whose name starts so")
    parser.add_argument("--new", action="store_true", help="only cases that have no log yet")
    parser.add_argument("--list", action="store_true", help="print the cases and stop")
    parser.add_argument(
        "--missing-tools", action="store_true", help="print the tools that are not there and stop"
    )
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="build the root file system first (registries needed)",
    )
    parser.add_argument(
        "--check", action="store_true", help="compare cases and logs, look for forbidden traces"
    )
    parser.add_argument(
        "--cache", type=Path, default=DEFAULT_CACHE, help="where the root file system lies"
    )
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    root = options.cache / "root"
    everything = load_cases()
    if options.check:
        return min(check(everything), 1)
    if options.prepare:
        prepare.prepare(root, yaml.safe_load((HERE / "tools.yaml").read_text()))
    cases = [
        case for case in everything if not options.only or case.name.startswith(tuple(options.only))
    ]
    cases = [case for case in cases if not (options.new and log_path(case).exists())]
    if options.list:
        describe(cases)
    elif options.missing_tools:
        print(
            *sorted({tool for case in cases for tool in sandbox.missing_tools(case, root)}),
            sep="\n",
        )
    else:
        refused = regenerate(cases, root)
        write_labels(everything)
        if not options.only:
            write_versions(root)
        return min(refused, 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
