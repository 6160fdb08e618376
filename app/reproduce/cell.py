"""One cell of the matrix: one scenario in a fresh machine, and at most one remedy tried on it."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.matching import Matcher, UnreadableInput, match
from app.reproduce.bubblewrap import Machine, Mount
from app.reproduce.elsewhere import program_mounts, python_mounts
from app.reproduce.prepare import programs_of
from app.reproduce.recipe import Attempt, Recipe, Scenario, Tool
from app.reproduce.sandbox import Ran, Sandbox, Stopped

_HELPERS: Final = '. "$WAYOUT_HELPERS/helpers.sh"; set -e\n'
_NOT_RUNNABLE: Final = (126, 127)
"""What a shell answers for a command that is not there: the recipe is wrong, not the remedy."""
_TAIL: Final = 15


@dataclass(frozen=True)
class Variant:
    """One version of the varied tool; both are None where no tool is varied."""

    tool: str | None = None
    version: str | None = None

    @property
    def label(self) -> str | None:
        """Such as `pip 26.3`."""
        return f"{self.tool} {self.version}" if self.tool else None


@dataclass(frozen=True)
class Reading:
    """What Wayout says of an output: the first entry and its cause, None where it cannot tell."""

    entry: str | None
    cause: str | None


@dataclass(frozen=True)
class Cell:
    """What happened. `trouble` says why it proves nothing, and is empty when it does.

    `trigger` is what the trigger printed; `retry` what came of the remedy, with
    the check's output behind it when the check failed (`checked` is false).
    """

    trouble: str = ""
    trigger: Ran = field(default_factory=lambda: Ran(b"", 0))
    reading: Reading = field(default_factory=lambda: Reading(None, None))
    retry: Ran | None = None
    checked: bool = True

    @property
    def worked(self) -> bool:
        """Whether the remedy was the way out."""
        return self.retry is not None and self.retry.status == 0 and self.checked


@dataclass(frozen=True)
class Bench:
    """What all cells of a recipe share. `cache` is the folder that `prepare` has filled."""

    recipe: Recipe
    matcher: Matcher
    entry_id: str
    cache: Path
    unsafe: bool = False

    def machine(self, variant: Variant) -> Machine:
        """The machine of one cell."""
        tools = str(self.cache) if self.unsafe else "/opt/wayout/tools"
        environment = {
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **{f"NPM_CONFIG_{what}": "false" for what in ("AUDIT", "FUND", "UPDATE_NOTIFIER")},
            "GIT_CONFIG_COUNT": "0",
            **{f"GIT_{who}_DATE": "2026-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
            "WAYOUT_TOOLS": tools,
            **self.recipe.environment,
        }
        if variant.tool and variant.version:
            environment[f"WAYOUT_{_variable(variant.tool)}"] = variant.version
        mounts = [Mount(self.cache, "/opt/wayout/tools")] if self.cache.is_dir() else []
        mounts += python_mounts(tool.name for tool in self.recipe.tools)
        mounts += program_mounts(tool.name for tool in self.recipe.tools if not tool.versions)
        folders = programs_of(self.recipe, variant.version, self.cache)
        programs = tuple(f"{tools}/{folder}" for folder in folders)
        return Machine(
            self.recipe.limits, environment, tuple(mounts), self.recipe.disk_kb, programs
        )

    def read(self, output: bytes) -> Reading:
        """Let Wayout's own matcher read an output."""
        try:
            answer = match(self.matcher, output.decode("utf-8", "replace"))
        except UnreadableInput:
            return Reading(None, None)
        if not answer.matches:
            return Reading(None, None)
        first = answer.matches[0]
        return Reading(first.id, first.cause.id if first.cause else None)


def _variable(tool: str) -> str:
    """The name of a tool as the name of a variable."""
    return re.sub(r"[^A-Z0-9]+", "_", tool.upper()).strip("_")


def run_cell(
    bench: Bench, scenario: Scenario, variant: Variant, attempt: Attempt | None = None
) -> Cell:
    """Set up, trigger, and where there is a remedy: apply, try again, check.

    Never raises for what happens inside: `trouble` says it.
    """
    try:
        with Sandbox(bench.machine(variant), unsafe=bench.unsafe) as box:
            return _stages(box, bench, scenario, attempt)
    except Stopped as stopped:
        tail = last_line(stopped.output)
        return Cell(f"stopped: it {stopped.why}" + (f" (last line: {tail})" if tail else ""))


def _stages(box: Sandbox, bench: Bench, scenario: Scenario, attempt: Attempt | None) -> Cell:
    setup = "\n".join(text for text in (bench.recipe.setup, scenario.setup) if text)
    if setup:
        done = box.run(_HELPERS + setup)
        if done.status:
            tail = "\n".join(done.output.decode("utf-8", "replace").splitlines()[-_TAIL:])
            return Cell(f"the set-up failed with status {done.status}:\n{tail}")
    trigger = box.run(scenario.trigger)
    reading = bench.read(trigger.output)
    if trouble := _not_reproduced(bench, scenario, trigger, reading):
        return Cell(trouble, trigger, reading)
    if attempt is None:
        return Cell("", trigger, reading)
    if attempt.apply:
        applied = box.run(_HELPERS + attempt.apply)
        if applied.status in _NOT_RUNNABLE:
            return Cell(f"`apply` cannot run: {last_line(applied.output)}", trigger, reading)
    retry = box.run(attempt.retry or scenario.trigger)
    if retry.status == 0 and scenario.check:
        check = box.run(_HELPERS + scenario.check)
        if check.status:
            return Cell("", trigger, reading, Ran(retry.output + check.output, 0), checked=False)
    return Cell("", trigger, reading, retry)


def _not_reproduced(bench: Bench, scenario: Scenario, trigger: Ran, reading: Reading) -> str:
    if trigger.status == 0:
        return "the trigger succeeded, and it must fail"
    if reading.entry != bench.entry_id:
        said = reading.entry or "no entry"
        tail = last_line(trigger.output)
        return f"Wayout put {said} first and not {bench.entry_id} (last line: {tail})"
    if scenario.recognise and reading.cause != scenario.recognise:
        said = f"`{reading.cause}`" if reading.cause else "that it cannot tell"
        return f"Wayout said {said} for the cause, and not `{scenario.recognise}`"
    return ""


def last_line(output: bytes) -> str:
    """The last line that says something, at most 200 characters of it."""
    lines = output[-4_000:].decode("utf-8", "replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")


def versions_of(bench: Bench, tools: tuple[Tool, ...]) -> dict[str, str | None]:
    """What each tool says of its version inside; None for one that is not there."""
    found: dict[str, str | None] = {}
    with Sandbox(bench.machine(Variant()), unsafe=bench.unsafe) as box:
        for tool in tools:
            asked = tool.version or f"{tool.name} --version"
            ran = box.run(
                f"command -v {tool.name} >/dev/null || exit 127\n{asked} 2>&1 | head -n 1"
            )
            there = ran.status == 0
            found[tool.name] = ran.output.decode("utf-8", "replace").strip() if there else None
    return found
