"""Recipe to evidence: every scenario in every version, then each remedy on a fresh copy of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

from app.entry import Entry, Remedy
from app.matching import Matcher
from app.reproduce import bubblewrap
from app.reproduce.cell import Bench, Cell, Variant, run_cell, versions_of
from app.reproduce.evidence import (
    CHECK_FAILED,
    Evidence,
    ReproducedScenario,
    Run,
    Shown,
    Skipped,
    Trial,
    trials,
    with_words_of,
)
from app.reproduce.fit import applies, require_fit
from app.reproduce.prepare import unprepared
from app.reproduce.recipe import Attempt, LocatedRecipe, Recipe, Scenario
from app.reproduce.reproduction import basis_of
from app.reproduce.sandbox import NoSandbox, Stopped
from app.reproduce.steady import steady_lines
from app.reproduce.versions import within

_TAIL_LINES = 6

Progress: TypeAlias = Callable[[str, int, int, str], None]
"""Told after each cell: the entry's id, cells done, cells in all, and what was done."""


@dataclass(frozen=True)
class Report:
    """What came of one recipe. `missing` tools mean that nothing was tried.

    `evidence` holds only what was proved; `problems` says what else happened,
    one plain line or more each. Evidence is worth keeping when there are none.
    """

    entry_id: str
    evidence: Evidence | None = None
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What came of it, in one line, and a line for each problem."""
        if self.missing:
            return f"{self.entry_id}: not tried, missing: {', '.join(self.missing)}"
        line = f"{self.entry_id}: not tried"
        if self.evidence:
            found = trials(self.evidence)
            worked = sum(each.worked for each in found.values())
            total = sum(each.total for each in found.values())
            line = (
                f"{self.entry_id}: {len(self.evidence.scenarios)} scenarios, "
                f"{len(found)} remedies tried, worked in {worked} of {total} trials"
            )
        return "\n".join([line, *(f"  {problem}" for problem in self.problems)])


@dataclass(frozen=True)
class _Task:
    """One cell to run; `remedy` is None for the scenario by itself."""

    scenario: Scenario
    variant: Variant
    remedy: Remedy | None = None
    attempt: Attempt | None = None

    @property
    def name(self) -> str:
        words = [self.scenario.id, self.variant.label, self.remedy.id if self.remedy else None]
        return " · ".join(word for word in words if word)


@dataclass
class _Matrix:
    """The tasks of a recipe, and what cannot be tried."""

    scenarios: list[_Task] = field(default_factory=list)
    remedies: list[_Task] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def reproduce(
    entry: Entry,
    located: LocatedRecipe,
    matcher: Matcher,
    cache: Path,
    *,
    jobs: int = 1,
    unsafe: bool = False,
    progress: Progress | None = None,
    today: date | None = None,
) -> Report:
    """Run a recipe. `cache` is the folder that `prepare` has filled.

    Raises ContentError when the recipe does not fit the entry, and NoSandbox.
    """
    require_fit(located, entry)
    if not bubblewrap.available() and not unsafe:
        raise NoSandbox
    recipe = located.recipe
    bench = Bench(recipe, matcher, entry.id, cache, unsafe and not bubblewrap.available())
    missing = [f"{name} (run `wayout reproduce --prepare`)" for name in unprepared(recipe, cache)]
    try:
        found = versions_of(bench, tuple(tool for tool in recipe.tools if not tool.versions))
    except Stopped as stopped:
        return Report(entry.id, problems=(f"asking the tools for their versions: {stopped.why}",))
    missing += [name for name, version in found.items() if version is None]
    if missing:
        return Report(entry.id, missing=tuple(missing))
    # Unprotected runs share one network, where two scenarios would want one port.
    workers = 1 if bench.unsafe else jobs
    matrix = _matrix(entry, recipe)
    cells, problems = _run_all(bench, matrix, workers, progress)
    evidence = Evidence(
        entry=entry.id,
        basis=basis_of(entry, located),
        date=today or date.today(),
        sandbox="none" if bench.unsafe else "bubblewrap",
        tools={name: version for name, version in sorted(found.items()) if version is not None},
        scenarios=tuple(_scenarios(recipe, matrix, cells)),
        trials=tuple(_trials(bench, matrix, cells)),
        skipped=tuple(matrix.skipped),
    )
    return Report(entry.id, with_words_of(recipe, evidence), problems=tuple(problems))


def _matrix(entry: Entry, recipe: Recipe) -> _Matrix:
    matrix = _Matrix()
    for scenario in recipe.scenarios:
        variants = _variants(recipe, scenario)
        matrix.scenarios += [_Task(scenario, variant) for variant in variants]
    for remedy in entry.remedies:
        plan = recipe.remedies[remedy.id]
        if plan.skip:
            matrix.skipped.append(Skipped(remedy=remedy.id, scenario=None, why=plan.skip))
        for scenario in recipe.scenarios:
            # Beyond what the entry claims, a remedy is tried where the recipe names the scenario.
            if not applies(remedy, scenario) and scenario.id not in plan.scenarios:
                continue
            attempt = plan.attempt(scenario.id)
            if attempt is None or (attempt.skip and attempt is plan):
                continue
            if attempt.skip:
                skipped = Skipped(remedy=remedy.id, scenario=scenario.id, why=attempt.skip)
                matrix.skipped.append(skipped)
                continue
            matrix.remedies += [
                _Task(scenario, variant, remedy, attempt)
                for variant in _variants(recipe, scenario)
                if _meant_for(remedy, variant)
            ]
    return matrix


def _meant_for(remedy: Remedy, variant: Variant) -> bool:
    return variant.version is None or within(variant.version, remedy.versions)


def _variants(recipe: Recipe, scenario: Scenario) -> list[Variant]:
    varied = recipe.varied
    if varied is None:
        return [Variant()]
    chosen = [version for version in varied.versions if within(version, scenario.versions)]
    return [Variant(varied.name, version) for version in chosen]


_Cells: TypeAlias = dict[_Task, Cell]


def _run_all(
    bench: Bench, matrix: _Matrix, workers: int, progress: Progress | None
) -> tuple[dict[str, Cell], list[str]]:
    """The cells by name, and what went wrong; remedies only where the scenario is reproduced."""
    total = len(matrix.scenarios) + len(matrix.remedies)
    cells: dict[str, Cell] = {}
    problems: list[str] = []

    def run(tasks: list[_Task]) -> None:
        with ThreadPoolExecutor(workers) as pool:
            results = pool.map(
                lambda task: run_cell(bench, task.scenario, task.variant, task.attempt), tasks
            )
            for task, cell in zip(tasks, results, strict=True):
                cells[task.name] = cell
                if cell.trouble:
                    problems.append(f"{task.name}: {cell.trouble}")
                if progress:
                    progress(bench.entry_id, len(cells), total, task.name)

    run(matrix.scenarios)
    reproduced = {
        (task.scenario.id, task.variant)
        for task in matrix.scenarios
        if not cells[task.name].trouble
    }
    run([task for task in matrix.remedies if (task.scenario.id, task.variant) in reproduced])
    return cells, problems


def _scenarios(recipe: Recipe, matrix: _Matrix, cells: dict[str, Cell]) -> list[ReproducedScenario]:
    found = []
    for scenario in recipe.scenarios:
        tasks = [task for task in matrix.scenarios if task.scenario is scenario]
        proved = [(task, cells[task.name]) for task in tasks if not cells[task.name].trouble]
        if not proved:
            continue
        shown = tuple(
            Shown(
                variant=task.variant.label,
                status=cell.trigger.status,
                cause=cell.reading.cause,
                output=steady_lines(cell.trigger.output),
            )
            for task, cell in proved
        )
        found.append(
            ReproducedScenario(
                id=scenario.id,
                title=scenario.title,
                cause=scenario.cause,
                trigger=scenario.trigger,
                shown=shown,
            )
        )
    return found


def _trials(bench: Bench, matrix: _Matrix, cells: dict[str, Cell]) -> list[Trial]:
    grouped: dict[tuple[str, str], list[_Task]] = {}
    for task in matrix.remedies:
        if task.remedy and task.name in cells and not cells[task.name].trouble:
            grouped.setdefault((task.remedy.id, task.scenario.id), []).append(task)
    found = []
    for (remedy_id, scenario_id), tasks in grouped.items():
        first = tasks[0]
        if first.remedy is None or first.attempt is None:
            continue
        found.append(
            Trial(
                remedy=remedy_id,
                scenario=scenario_id,
                applies=applies(first.remedy, first.scenario),
                apply=first.attempt.apply,
                retry=first.attempt.retry,
                runs=tuple(_run(bench, task.variant, cells[task.name]) for task in tasks),
            )
        )
    return found


def _run(bench: Bench, variant: Variant, cell: Cell) -> Run:
    if cell.worked or cell.retry is None:
        return Run(variant=variant.label, worked=cell.worked, why=None)
    retry = cell.retry
    why = f"exit status {retry.status}" if cell.checked else CHECK_FAILED
    then = bench.read(retry.output).entry if retry.status else None
    # The same message again says nothing new, and would fill most of the file.
    lines = () if then == bench.entry_id else steady_lines(retry.output)[-_TAIL_LINES:]
    return Run(variant=variant.label, worked=False, why=why, then=then, output=lines)
